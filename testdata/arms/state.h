/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unions whose live arm another member tells, in an object of their own, in an array and in what is embedded. */
#include <stdint.h>

enum kind { KIND_PEER, KIND_COUNT, KIND_PAIR, KIND_DEAD };

#if VERSION == 1
struct peer {
	uint32_t id;
	uint64_t weight;
};
struct thing {
	uint32_t kind;
	union {
		struct peer *peer;
		uint64_t count;
		struct {
			uint16_t low, high;
		} pair;
	} u;
	union {
		struct peer *owner;
		uint64_t cookie;
	} v;
	struct peer *last;
};
struct box {
	uint64_t id;
	struct thing first, more[2];
};
#else
struct peer {
	uint32_t id;
	uint64_t added, weight;
};
struct thing {
	union {
		struct {
			uint32_t low, high;
		} pair;
		uint32_t count;
		struct peer *peer;
	} u;
	uint64_t made;
	union {
		uint64_t cookie;
		struct peer *owner;
	} v;
	uint32_t kind;
	struct peer *last;
};
struct box {
	struct thing more[2], first;
	uint64_t id;
};
#endif
