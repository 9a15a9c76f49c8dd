/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct inet_hashinfo {
	void *ehash;
	s64 mask;
} info;
struct aligned {
	s64 value;
} aligned;
struct member {
	u32 first;
	u32 second;
} member;
