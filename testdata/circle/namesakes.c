/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second unit of a program: names that traps.c has for something else. */

struct local { long b; struct local *self; };
struct packed { char other; };
struct holds_packed_too { struct packed p; struct local l; };
enum small { SMALL = 1, LARGE = 70000 };
typedef struct { int x; } signature_of;
typedef long vector;
struct uses { vector v; signature_of s; enum small e; };
