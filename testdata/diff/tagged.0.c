/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef struct {
	s64 word;
} spin_t;
struct lonely {
	int only;
} lonely;
spin_t spin;
