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
	union {
		struct timer_list sk_timer;
		struct timer_list mptcp_retransmit_timer;
	};
	union {
		u32 backlog;
	};
} sock;
union futex_key {
	u64 both;
	struct {
		u64 ptr;
		u64 offset;
	} private;
} key;
