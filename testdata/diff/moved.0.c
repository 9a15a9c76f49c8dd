/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct mm_struct {
	s64 rss;
	struct {
		void *list;
		s64 bitmap;
	} lru_gen;
	struct {
		u8 state;
		u32 value;
	} slot[2];
	u32 flags : 3;
	u32 dumpable : 2;
} mm;
