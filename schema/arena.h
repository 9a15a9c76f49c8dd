/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One allocator per lifetime: everything allocated from an arena is freed with it, nothing before. */
#ifndef CO_SCHEMA_ARENA_H
#define CO_SCHEMA_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	struct arena_block *head;
	size_t used; /* bytes handed out, for reports */
};

/* Makes ARENA empty; it owns nothing until the first allocation. */
void arena_init(struct arena *arena);

/* Frees every block. ARENA is empty afterwards and may be used again. */
void arena_deinit(struct arena *arena);

/* Forgets every allocation but keeps the newest block for reuse: for scratch memory in a loop. */
void arena_reset(struct arena *arena);

/*
 * Returns SIZE bytes, zeroed, aligned for any type; owned by ARENA. Never returns NULL: when the
 * system has no memory left, the process ends with a message (there is no state to save in a reader).
 */
void *arena_alloc(struct arena *arena, size_t size);

/* COUNT elements of SIZE bytes, zeroed; ends the process when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Copies N bytes and adds a NUL. TEXT may hold any bytes. */
char *arena_strndup(struct arena *arena, const char *text, size_t n);
char *arena_strdup(struct arena *arena, const char *text);

/* printf into ARENA. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_NEW_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))

/*
 * Growable arrays of any element type, on the heap: struct { T *at; size_t n, room; } grown by
 * VEC_PUSH. Freed with VEC_FREE.
 */
void *vec_grow(void *at, size_t *room, size_t need, size_t size);
#define VEC_PUSH(vec)                                                                              \
	((vec)->n < (vec)->room                                                                    \
		 ? (void)0                                                                         \
		 : (void)((vec)->at = vec_grow((vec)->at, &(vec)->room, (vec)->n + 1,              \
					       sizeof(*(vec)->at))),                               \
	 &(vec)->at[(vec)->n++])
#define VEC_FREE(vec) (vec_free((vec)->at), (vec)->at = NULL, (vec)->n = (vec)->room = 0)
void vec_free(void *at);

#endif
