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
struct nf_conntrack_expect {
	struct timer_list timeout;
	u32 flags;
} expect;
typedef struct {
	double x, y;
} point_t;
point_t point;
