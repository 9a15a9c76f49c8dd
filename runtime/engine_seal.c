// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * The seal before an image in memory that is handed over: size, SHA-256, and the mark that says
 * whether it was committed and whether somebody has it already. FORMAT.md describes it.
 */
#include "engine_core.h"
#include "image_bytes.h"

enum {
	AT_VERSION = 8,
	AT_SEAL = 12,
	AT_SIZE = 16,
	AT_ZERO = 24,
	AT_DIGEST = 32,
	AT_MARK = 64,
	AT_REST = 68,
	SEAL_VERSION = 1,
};

static const uint8_t seal_magic[8] = {'C', 'A', 'R', 'R', 'Y', 'M', 'E', 'M'};

/* The mark is little-endian as all else, but changes as a whole. */
static uint32_t mark_value(uint32_t mark)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return __builtin_bswap32(mark);
#else
	return mark;
#endif
}

static uint32_t *mark_at(void *region)
{
	return (uint32_t *)(void *)((uint8_t *)region + AT_MARK);
}

/* Over the head, up to the digest, then the image. */
static void digest_of(const uint8_t *region, uint64_t image_size, uint8_t digest[CO_SHA256_SIZE])
{
	struct co_sha256 sha;

	co_sha256_init(&sha);
	co_sha256_add(&sha, region, AT_DIGEST);
	co_sha256_add(&sha, region + CO_SEAL_SIZE, image_size);
	co_sha256_final(&sha, digest);
}

int co_seal_prepare(void *region_, uint64_t size, uint64_t image_size, enum co_seal seal)
{
	uint8_t *region = region_;

	if (size < CO_SEAL_SIZE || image_size > size - CO_SEAL_SIZE)
		return CO_E_ROOM;
	co_seam_store(mark_at(region), mark_value(CO_MARK_WRITING));
	memset(region, 0, AT_MARK);
	memset(region + AT_REST, 0, CO_SEAL_SIZE - AT_REST);
	memcpy(region, seal_magic, sizeof(seal_magic));
	co_little_put(region + AT_VERSION, 32, SEAL_VERSION);
	co_little_put(region + AT_SEAL, 32, seal == CO_SEAL_NONE ? 0 : 1);
	co_little_put(region + AT_SIZE, 64, image_size);
	if (seal != CO_SEAL_NONE)
		digest_of(region, image_size, region + AT_DIGEST);
	return CO_OK;
}

void co_seal_ready(void *region)
{
	co_seam_store(mark_at(region), mark_value(CO_MARK_READY));
}

int co_seal_write(void *region, uint64_t size, uint64_t image_size, enum co_seal seal)
{
	int error;

	if ((uintptr_t)region % CO_REGION_ALIGN)
		return CO_E_ARGUMENT;
	error = co_seal_prepare(region, size, image_size, seal);
	if (!error)
		co_seal_ready(region);
	return error;
}

static int check_digest(const uint8_t *region, const struct co_seal_state *state)
{
	uint8_t digest[CO_SHA256_SIZE];

	if (state->seal == CO_SEAL_NONE) {
		memset(digest, 0, sizeof(digest));
		return memcmp(state->digest, digest, sizeof(digest)) ? CO_E_FORMAT : CO_OK;
	}
	digest_of(region, state->size, digest);
	return memcmp(state->digest, digest, sizeof(digest)) ? CO_E_CHECKSUM : CO_OK;
}

int co_seal_peek(const void *region_, uint64_t size, struct co_seal_state *state)
{
	const uint8_t *region = region_;
	uint64_t kind;

	memset(state, 0, sizeof(*state));
	if ((uintptr_t)region % CO_REGION_ALIGN)
		return CO_E_ARGUMENT;
	if (size < CO_SEAL_SIZE || memcmp(region, seal_magic, sizeof(seal_magic)) ||
	    co_little_get(region + AT_VERSION, 32) != SEAL_VERSION)
		return CO_E_FORMAT;
	kind = co_little_get(region + AT_SEAL, 32);
	state->mark = mark_value(co_seam_load(mark_at((void *)(uintptr_t)region)));
	state->seal = kind ? CO_SEAL_SHA256 : CO_SEAL_NONE;
	state->size = co_little_get(region + AT_SIZE, 64);
	if (kind > 1 || state->size > size - CO_SEAL_SIZE || co_little_get(region + AT_ZERO, 64))
		return CO_E_FORMAT;
	for (uint32_t i = AT_REST; i < CO_SEAL_SIZE; i++)
		if (region[i])
			return CO_E_FORMAT;
	memcpy(state->digest, region + AT_DIGEST, sizeof(state->digest));
	return CO_OK;
}

int co_seal_read(const void *region, uint64_t size, struct co_seal_state *state)
{
	int error = co_seal_peek(region, size, state);

	return error ? error : check_digest(region, state);
}

int co_seal_mark(void *region, enum co_mark mark)
{
	return co_seam_exchange(mark_at(region), mark_value(CO_MARK_READY), mark_value(mark))
		       ? CO_OK
		       : CO_E_CONSUMED;
}

int co_seal_erase(void *region, uint64_t size)
{
	struct co_seal_state state;
	int error = co_seal_peek(region, size, &state);

	if (error)
		return error;
	if (state.mark == CO_MARK_READY)
		return CO_E_PHASE;
	memset((uint8_t *)region + CO_SEAL_SIZE, 0, state.size);
	return CO_OK;
}
