/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/* Where the numbers of an image's header stand: shared by its writer and its reader alone. */
#ifndef CO_IMAGE_BYTES_H
#define CO_IMAGE_BYTES_H

#include "core.h"
#include "image.h"

enum {
	CO_IMAGE_AT_VERSION = 8, /* 32 bits */
	CO_IMAGE_AT_ENTRY = 12,	 /* 32 bits: bytes of a row of the table */
	CO_IMAGE_AT_SIZE = 16,	 /* 64 bits: of the whole image */
	CO_IMAGE_AT_COUNT = 24,	 /* 32 bits: sections; zero from here to the checksum */
	CO_IMAGE_AT_ZERO = 28,
	CO_IMAGE_AT_FIRST_MEMBER = 20, /* in a type's record */
	CO_IMAGE_AT_TAIL = 28,
	CO_IMAGE_SUM = 56, /* 64 bits: XXH64 over header and table, itself taken as zero */
};

static inline uint64_t co_image_pad(uint64_t size)
{
	return (size + CO_IMAGE_ALIGN - 1) & ~(uint64_t)(CO_IMAGE_ALIGN - 1);
}

static inline uint64_t co_little_get(const uint8_t *at, uint32_t bits)
{
	return bits == 64 ? co_load64(at) : co_load32(at);
}

static inline void co_little_put(uint8_t *at, uint32_t bits, uint64_t value)
{
	for (uint32_t i = 0; i < bits; i += 8)
		at[i / 8] = (uint8_t)(value >> i);
}

/* The checksum of header and table: the seed of each part is the hash of the part before it. */
uint64_t co_image_sum(const uint8_t *data, uint32_t n_sections);

/* Sets image->layout, once identity and row counts are known. */
void co_image_layout(struct co_image *image);

#endif
