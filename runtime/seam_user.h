/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * What the core takes from a user-space program: fixed-width types and mem{cpy,move,set,cmp}, which
 * a freestanding compiler may call on its own anyway. A kernel build has the same in seam_kernel.h,
 * and both have the atomic operations by which a mark in shared memory changes.
 */
#ifndef CO_SEAM_USER_H
#define CO_SEAM_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *AT becomes TO if it is FROM, as one step that all processors see; false: it was something else. */
static inline bool co_seam_exchange(uint32_t *at, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(at, &from, to, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST);
}

/* *AT, and *AT = VALUE after everything that was written before. */
static inline uint32_t co_seam_load(const uint32_t *at)
{
	return __atomic_load_n(at, __ATOMIC_ACQUIRE);
}

static inline void co_seam_store(uint32_t *at, uint32_t value)
{
	__atomic_store_n(at, value, __ATOMIC_RELEASE);
}

#endif
