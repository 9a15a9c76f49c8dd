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
struct sock {
	void *sk_prot;
	struct timer_list sk_timer;
	union {
		int backlog;
		s64 drops;
	};
} sock;
union futex_key {
	u64 both;
	struct {
		u64 ptr;
		u32 offset;
	} private;
} key;
