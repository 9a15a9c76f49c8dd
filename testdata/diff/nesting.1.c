/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct hrtimer {
	s64 expires;
};
struct bpf_async_cb {
	void *map;
	u64 flags;
};
struct bpf_hrtimer {
	struct bpf_async_cb cb;
	struct hrtimer timer;
	u64 cookie;
	int depth;
} timer;
