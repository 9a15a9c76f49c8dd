/* SPDX-License-Identifier: GPL-2.0-or-later */
typedef long s64;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
struct index_key {
	s64 hash;
	void *type;
};
struct key {
	int serial;
	struct index_key index_key;
	void *payload;
	s64 expiry;
} key;
struct outer {
	u8 tag;
	struct key key;
	u32 last;
} outer;
struct pointed {
	struct key *key;
} pointed;
struct policy {
	u8 bits;
	u8 spare[7];
};
struct netns {
	struct policy policy;
	u32 after;
} netns;
union either {
	struct key key;
	u64 word;
} either;
struct own {
	struct index_key index_key;
	u32 flags;
} own;
