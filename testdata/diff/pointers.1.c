/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct list_head {
	struct list_head *next, *prev;
};
struct inode;
struct xarray;
struct pid;
struct ext4_sb_info {
	struct xarray *s_mb_avg_fragment_size;
	unsigned int *sizes;
} sbi;
struct request_key_auth {
	struct pid *pid;
} auth;
struct fscrypt_operations {
	void **(*get_devices)(struct inode *inode, u32 *count);
	int (*same)(u32, const char *);
} operations;
