/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct list_head {
	struct list_head *next, *prev;
};
struct inode;
struct ext4_sb_info {
	struct list_head *s_mb_avg_fragment_size;
	const u32 *sizes;
} sbi;
struct request_key_auth {
	int pid;
	int spare;
} auth;
struct fscrypt_operations {
	void (*get_devices)(struct inode *inode, u32 *count);
	int (*same)(unsigned int, const char *);
} operations;
