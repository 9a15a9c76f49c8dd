/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct epitem {
	u8 nwait;
	void *ep;
} item;
struct dst_entry {
	void *ops;
	union {
		void *dev;
	};
} dst;
