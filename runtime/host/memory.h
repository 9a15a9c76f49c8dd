/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of the tool. Running out of it ends the process: nothing was written by then. */
#ifndef CO_HOST_MEMORY_H
#define CO_HOST_MEMORY_H

#include <stddef.h>

__attribute__((noreturn)) void memory_exhausted(void);

/* Zeroed; never NULL, also for SIZE 0. The caller frees. */
void *memory_zeroed(size_t n, size_t size);

/* Zeroed and aligned to ALIGN, a power of two. The caller frees. */
void *memory_aligned(size_t align, size_t size);

/* ARRAY with at least twice the *ROOM elements of SIZE bytes. */
void *memory_grow(void *array, size_t *room, size_t size);

char *memory_string(const char *s);
__attribute__((format(printf, 1, 2))) char *memory_format(const char *format, ...);

#endif
