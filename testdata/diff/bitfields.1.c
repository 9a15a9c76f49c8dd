/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct strparser {
	u8 stopped;
	u32 paused : 1;
	u32 mode : 5;
	u32 kind : 4;
} parser;
