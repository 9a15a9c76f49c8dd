/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef unsigned int u32;
typedef u32 __be32;
typedef struct {
	int counter;
} atomic_t;
struct a {
	unsigned int number;
	atomic_t count;
	s64 tail[0];
} a;
union u {
	int x;
	void *y;
} u;
