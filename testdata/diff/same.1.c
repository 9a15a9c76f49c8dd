/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef unsigned int u32;
typedef u32 __be32;
typedef struct {
	int counter;
} atomic_t;
struct a {
	__be32 number;
	struct {
		atomic_t count;
	};
	s64 tail[];
} a;
union u {
	void *y;
	int x;
} u;
