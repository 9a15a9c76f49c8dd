/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef unsigned long ulong;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
enum rw_hint { WRITE_LIFE_NOT_SET, WRITE_LIFE_NONE };
struct nh_grp_entry {
	u16 weight;
	void *nh;
} entry;
struct inode {
	u32 i_state;
	enum rw_hint i_write_hint;
	_Bool i_ino;
} inode;
struct net {
	u32 ifindex;
	char name[8];
	u8 level;
} net;
enum rw_hint hint;
