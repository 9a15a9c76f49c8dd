/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef struct {
	int counter;
} atomic_t;
struct address_space {
	s64 flags;
	void *private_data;
} mapping;
struct dst_entry {
	s64 lastuse;
	atomic_t __refcnt;
	int __use;
} dst;
