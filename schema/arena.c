/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)64 * 1024)
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t used, room;
	_Alignas(max_align_t) unsigned char data[];
};

static _Noreturn void out_of_memory(void)
{
	fputs("carryover: out of memory\n", stderr);
	exit(2);
}

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

void arena_deinit(struct arena *arena)
{
	struct arena_block *next;

	for (struct arena_block *block = arena->head; block; block = next) {
		next = block->next;
		free(block);
	}
	arena_init(arena);
}

void arena_reset(struct arena *arena)
{
	struct arena_block *keep = arena->head;

	if (!keep)
		return;
	arena->head = keep->next;
	arena_deinit(arena);
	keep->next = NULL;
	keep->used = 0;
	arena->head = keep;
}

static struct arena_block *add_block(struct arena *arena, size_t need)
{
	size_t room = need > BLOCK_BYTES ? need : BLOCK_BYTES;
	struct arena_block *block;

	if (room > SIZE_MAX - sizeof(*block))
		out_of_memory();
	block = malloc(sizeof(*block) + room);
	if (!block)
		out_of_memory();
	block->used = 0;
	block->room = room;
	block->next = arena->head;
	arena->head = block;
	return block;
}

static void *take(struct arena *arena, size_t size)
{
	struct arena_block *block = arena->head;
	void *result;

	if (size > SIZE_MAX - ALIGNMENT)
		out_of_memory();
	size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (!block || size > block->room - block->used)
		block = add_block(arena, size);
	result = block->data + block->used;
	block->used += size;
	arena->used += size;
	return result;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	return memset(take(arena, size), 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		out_of_memory();
	return arena_alloc(arena, count * size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t n)
{
	char *copy;

	if (n == SIZE_MAX)
		out_of_memory();
	copy = take(arena, n + 1);
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list list;
	char *text;
	int n;

	va_start(list, format);
	n = vsnprintf(NULL, 0, format, list);
	va_end(list);
	if (n < 0)
		out_of_memory();
	text = take(arena, (size_t)n + 1);
	va_start(list, format);
	vsnprintf(text, (size_t)n + 1, format, list);
	va_end(list);
	return text;
}

void *vec_grow(void *at, size_t *room, size_t need, size_t size)
{
	size_t more = *room ? *room : 8;

	if (need <= *room)
		return at;
	while (more < need) {
		if (more > SIZE_MAX / 2)
			out_of_memory();
		more *= 2;
	}
	if (more > SIZE_MAX / size)
		out_of_memory();
	at = realloc(at, more * size);
	if (!at)
		out_of_memory();
	*room = more;
	return at;
}

void vec_free(void *at)
{
	free(at);
}
