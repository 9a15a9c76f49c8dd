/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct strparser {
	u32 stopped : 1;
	u32 paused : 1;
	u32 mode : 3;
	int kind : 4;
} parser;
