/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef struct spin {
	s64 word;
	s64 more;
} spin_t;
struct fresh {
	int only;
} fresh;
spin_t spin;
