/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef struct {
	int counter;
} atomic_t;
typedef struct {
	atomic_t refcnt;
} rcuref_t;
struct address_space {
	s64 flags;
	void *i_private_data;
} mapping;
struct dst_entry {
	s64 lastuse;
	rcuref_t __rcuref;
	int __use;
} dst;
