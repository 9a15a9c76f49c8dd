/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/* Small things that the files of the freestanding core share; no part of the interface. */
#ifndef CO_CORE_H
#define CO_CORE_H

#include "seam.h"
#include "carryover.h"

/* Records inside records, and table rows looked at in one search: what hostile tables cannot
 * exceed. */
#define CO_DEPTH_MAX 32
#define CO_SEARCH_MAX 65536u

static inline size_t co_length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

static inline int co_compare(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

static inline bool co_equal(const char *a, const char *b)
{
	return co_compare(a, b) == 0;
}

static inline bool co_power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

/* Little-endian numbers at any address; a freestanding compiler calls memcpy() by its plain name.
 */
static inline uint32_t co_load32(const uint8_t *at)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint32_t value;

	__builtin_memcpy(&value, at, sizeof(value));
	return value;
#else
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
#endif
}

static inline uint64_t co_load64(const uint8_t *at)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t value;

	__builtin_memcpy(&value, at, sizeof(value));
	return value;
#else
	return co_load32(at) | (uint64_t)co_load32(at + 4) << 32;
#endif
}

/* Bytes of an old object of SIZE bytes up to the last that is read: behind it another may begin. */
uint32_t co_old_extent(const struct co_converter *converter, uint32_t type, uint32_t size);

/* Bytes of a new object of SIZE bytes up to the last member that crosses: the rest is zero. */
uint32_t co_new_extent(const struct co_converter *converter, uint32_t type, uint32_t size);

/* The row whose old_count or new_count is a flexible tail, or NULL. */
const struct co_field *co_tail(const struct co_type *type);

#endif
