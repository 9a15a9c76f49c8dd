/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/* What the core takes from a kernel that it is built into: fixed-width types and
 * mem{cpy,move,set,cmp}. */
#ifndef CO_SEAM_KERNEL_H
#define CO_SEAM_KERNEL_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#ifndef UINT32_MAX
#define UINT32_MAX U32_MAX
#endif

static inline bool co_seam_exchange(uint32_t *at, uint32_t from, uint32_t to)
{
	return cmpxchg(at, from, to) == from;
}

static inline uint32_t co_seam_load(const uint32_t *at)
{
	return smp_load_acquire(at);
}

static inline void co_seam_store(uint32_t *at, uint32_t value)
{
	smp_store_release(at, value);
}

#endif
