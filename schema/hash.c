/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that knows xxHash. */
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "hash.h"

#include <stdio.h>
#include <stdlib.h>

uint64_t hash64(const void *data, size_t n)
{
	return XXH3_64bits(data, n);
}

struct hash128 hash128(const void *data, size_t n)
{
	XXH128_hash_t hash = XXH3_128bits(data, n);

	return (struct hash128){.lo = hash.low64, .hi = hash.high64};
}

void hash128_hex(struct hash128 hash, char out[HASH128_HEX])
{
	snprintf(out, HASH128_HEX, "%016llx%016llx", (unsigned long long)hash.hi,
		 (unsigned long long)hash.lo);
}

struct hash_stream {
	XXH3_state_t *state;
};

struct hash_stream *hash_stream_create(void)
{
	struct hash_stream *stream = malloc(sizeof(*stream));

	if (!stream)
		abort();
	stream->state = XXH3_createState();
	if (!stream->state)
		abort();
	XXH3_128bits_reset(stream->state);
	return stream;
}

void hash_stream_feed(struct hash_stream *stream, const void *data, size_t n)
{
	XXH3_128bits_update(stream->state, data, n);
}

struct hash128 hash_stream_finish(struct hash_stream *stream)
{
	XXH128_hash_t hash = XXH3_128bits_digest(stream->state);

	XXH3_freeState(stream->state);
	free(stream);
	return (struct hash128){.lo = hash.low64, .hi = hash.high64};
}
