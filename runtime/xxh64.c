// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* XXH64 after the xxHash specification 0.1.1, for either byte order. */
#include "xxh64.h"

#define P1 0x9E3779B185EBCA87ull
#define P2 0xC2B2AE3D27D4EB4Full
#define P3 0x165667B19E3779F9ull
#define P4 0x85EBCA77C2B2AE63ull
#define P5 0x27D4EB2F165667C5ull

static uint64_t rotate(uint64_t v, unsigned int n)
{
	return (v << n) | (v >> (64 - n));
}

static uint64_t round64(uint64_t lane, uint64_t input)
{
	return rotate(lane + input * P2, 31) * P1;
}

static uint64_t merge(uint64_t hash, uint64_t lane)
{
	return (hash ^ round64(0, lane)) * P1 + P4;
}

static uint64_t stripes(const uint8_t **at, const uint8_t *end, uint64_t seed)
{
	uint64_t lane[4] = {seed + P1 + P2, seed + P2, seed, seed - P1};
	const uint8_t *p = *at;
	uint64_t hash;

	for (; end - p >= 32; p += 32)
		for (unsigned int i = 0; i < 4; i++)
			lane[i] = round64(lane[i], co_load64(p + 8 * i));
	*at = p;
	hash = rotate(lane[0], 1) + rotate(lane[1], 7) + rotate(lane[2], 12) + rotate(lane[3], 18);
	for (unsigned int i = 0; i < 4; i++)
		hash = merge(hash, lane[i]);
	return hash;
}

uint64_t co_xxh64(const void *data, size_t size, uint64_t seed)
{
	const uint8_t *p = data, *end = p + size;
	uint64_t hash = size >= 32 ? stripes(&p, end, seed) : seed + P5;

	hash += size;
	for (; end - p >= 8; p += 8)
		hash = rotate(hash ^ round64(0, co_load64(p)), 27) * P1 + P4;
	if (end - p >= 4) {
		hash = rotate(hash ^ co_load32(p) * P1, 23) * P2 + P3;
		p += 4;
	}
	for (; p < end; p++)
		hash = rotate(hash ^ *p * P5, 11) * P1;
	hash = (hash ^ (hash >> 33)) * P2;
	hash = (hash ^ (hash >> 29)) * P3;
	return hash ^ (hash >> 32);
}
