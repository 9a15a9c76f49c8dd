/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "intern.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

struct intern_slot {
	const char *text; /* NULL: free */
	uint64_t hash;
	size_t n;
};

void intern_init(struct intern *table)
{
	*table = (struct intern){0};
	arena_init(&table->text);
}

void intern_deinit(struct intern *table)
{
	arena_deinit(&table->text);
	vec_free(table->slots);
	intern_init(table);
}

static struct intern_slot *find_slot(const struct intern *table, const char *text, size_t n,
				     uint64_t hash)
{
	for (size_t at = (size_t)hash & (table->room - 1);; at = (at + 1) & (table->room - 1)) {
		struct intern_slot *slot = &table->slots[at];

		if (!slot->text)
			return slot;
		if (slot->hash == hash && slot->n == n && memcmp(slot->text, text, n) == 0)
			return slot;
	}
}

static void grow(struct intern *table)
{
	struct intern_slot *old = table->slots;
	size_t old_room = table->room, room = 0;

	table->slots = vec_grow(NULL, &room, old_room ? old_room * 2 : 1024, sizeof(*table->slots));
	table->room = room;
	memset(table->slots, 0, room * sizeof(*table->slots));
	for (size_t i = 0; i < old_room; i++)
		if (old[i].text)
			*find_slot(table, old[i].text, old[i].n, old[i].hash) = old[i];
	vec_free(old);
}

const char *intern_n(struct intern *table, const char *text, size_t n)
{
	struct intern_slot *slot;
	uint64_t hash;

	if (!text)
		return NULL;
	if (table->n * 2 >= table->room)
		grow(table);
	hash = hash64(text, n);
	slot = find_slot(table, text, n, hash);
	if (!slot->text) {
		*slot = (struct intern_slot){arena_strndup(&table->text, text, n), hash, n};
		table->n++;
	}
	return slot->text;
}

const char *intern(struct intern *table, const char *text)
{
	return text ? intern_n(table, text, strlen(text)) : NULL;
}

const char *intern_find(const struct intern *table, const char *text)
{
	size_t n;

	if (!text || !table->room)
		return NULL;
	n = strlen(text);
	return find_slot(table, text, n, hash64(text, n))->text;
}
