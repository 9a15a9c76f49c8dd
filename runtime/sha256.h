/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/* SHA-256 (FIPS 180-4), by which memory that is handed over is known to be as it was sealed. */
#ifndef CO_SHA256_H
#define CO_SHA256_H

#include "core.h"

#define CO_SHA256_SIZE 32 /* bytes of a digest */

struct co_sha256 {
	uint32_t state[8];
	uint64_t size; /* bytes so far */
	uint8_t block[64];
};

void co_sha256_init(struct co_sha256 *sha);
/* SIZE bytes at DATA (any alignment), after those before. */
void co_sha256_add(struct co_sha256 *sha, const void *data, size_t size);
/* The digest of all that was added; SHA is used up. */
void co_sha256_final(struct co_sha256 *sha, uint8_t digest[CO_SHA256_SIZE]);

#endif
