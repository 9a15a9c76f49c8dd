/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/* XXH64, the checksum of images; kernels have the same function as xxh64(). */
#ifndef CO_XXH64_H
#define CO_XXH64_H

#include "core.h"

/* The 64-bit hash of SIZE bytes at DATA (any alignment), as the xxHash specification gives it. */
uint64_t co_xxh64(const void *data, size_t size, uint64_t seed);

#endif
