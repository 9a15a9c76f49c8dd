/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets share. A target feeds arbitrary bytes to one reader and to what follows it.
 */
#ifndef CO_FUZZ_H
#define CO_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A property that must hold for every input. */
#define FUZZ_ASSERT(condition)                                                                     \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* A copy of exactly N bytes, so that a sanitizer sees any access beyond them; the caller frees. */
static inline void *fuzz_copy(const void *data, size_t n)
{
	void *copy = malloc(n ? n : 1);

	FUZZ_ASSERT(copy);
	if (n)
		memcpy(copy, data, n);
	return copy;
}

#endif
