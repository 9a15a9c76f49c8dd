/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct timer_list {
	s64 expires;
	void *function;
};
struct timer_list timer;
struct nf_conntrack_expect {
	u32 timeout;
	u32 flags;
} expect;
typedef struct {
	float x, y;
} point_t;
point_t point;
