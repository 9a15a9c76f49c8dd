/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashes, by xxHash (XXH3). The 128-bit one stands for equality; the 64-bit one is for tables. */
#ifndef CO_SCHEMA_HASH_H
#define CO_SCHEMA_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash128 {
	uint64_t lo, hi;
};

uint64_t hash64(const void *data, size_t n);
struct hash128 hash128(const void *data, size_t n);

static inline bool hash128_equal(struct hash128 a, struct hash128 b)
{
	return a.lo == b.lo && a.hi == b.hi;
}

/* 32 lower-case hexadecimal digits, high half first, and a NUL. */
#define HASH128_HEX 33
void hash128_hex(struct hash128 hash, char out[HASH128_HEX]);

/* Hashing in pieces: feed any number of times, then finish once. */
struct hash_stream;
struct hash_stream *hash_stream_create(void);
void hash_stream_feed(struct hash_stream *stream, const void *data, size_t n);
struct hash128 hash_stream_finish(struct hash_stream *stream); /* frees STREAM */

#endif
