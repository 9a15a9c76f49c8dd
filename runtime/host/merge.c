// SPDX-License-Identifier: GPL-2.0-or-later
/* An address belongs to the outermost captured allocation: what lies inside another object goes. */
#include "merge.h"
#include "memory.h"

#include <stdlib.h>

struct merge {
	const struct co_converter *converter;
	struct co_layout layout;
};

static int compare_outermost(const void *a, const void *b, void *data)
{
	const struct state_object *objects = data;
	const struct state_object *x = &objects[*(const uint32_t *)a];
	const struct state_object *y = &objects[*(const uint32_t *)b];

	if (x->address != y->address)
		return x->address > y->address ? 1 : -1;
	if (x->size != y->size)
		return x->size < y->size ? 1 : -1;
	return x < y ? -1 : x > y;
}

static bool contains_at(const struct merge *c, uint32_t outer, uint64_t size, uint64_t offset,
			const struct state_object *inner, uint32_t depth);

/* Whether one element of MEMBER, in a record of SIZE bytes, is or contains INNER at OFFSET. */
static bool member_contains(const struct merge *c, const struct co_member *m, uint64_t offset,
			    const struct state_object *inner, uint32_t depth)
{
	uint64_t start = m->bit / 8, bytes = m->bits / 8;

	/* Whether an arm of a union is the one that holds it, nobody knows here. */
	if (m->bit == CO_NOWHERE || m->kind != CO_RECORD || m->way == CO_WAY_ARM || offset < start || !bytes ||
	    (m->count != CO_NOWHERE && offset >= start + bytes * m->count))
		return false;
	offset = (offset - start) % bytes;
	if (!offset && m->type == inner->type)
		return true;
	return contains_at(c, m->type, bytes, offset, inner, depth + 1);
}

static bool contains_at(const struct merge *c, uint32_t outer, uint64_t size, uint64_t offset,
			const struct state_object *inner, uint32_t depth)
{
	const struct co_type *t = &c->converter->types[outer];

	if (depth > 32 || offset + inner->size > size)
		return false;
	for (uint32_t i = 0; i < t->n_fields; i++) {
		struct co_member m;

		c->layout.member(&c->layout, outer, i, &m);
		if (member_contains(c, &m, offset, inner, depth))
			return true;
	}
	return false;
}

static bool contains(const struct merge *c, const struct state_object *outer,
		     const struct state_object *inner)
{
	uint64_t offset = inner->address - outer->address, size;
	char path[CO_PATH_MAX];

	if (offset >= outer->extent || inner->size > outer->size - offset)
		return false;
	if (outer->type == CO_NOWHERE)
		return inner->type == CO_NOWHERE;
	/* A string in a character array of its owner. */
	if (inner->type == CO_NOWHERE)
		return co_layout_path(&c->layout, outer->type, outer->size, offset, path) == CO_OK;
	size = c->converter->types[outer->type].old_size;
	/* One of an array's elements, or several in a row. */
	if (outer->type == inner->type && offset % size == 0)
		return true;
	if (outer->size % size == 0)
		offset %= size;
	else
		size = outer->size;
	return contains_at(c, outer->type, size, offset, inner, 0);
}

void merge_contained(struct state *state, const struct co_converter *converter)
{
	struct merge merge = {.converter = converter};
	uint32_t *order = memory_zeroed(state->n_objects, sizeof(uint32_t));
	bool *gone = memory_zeroed(state->n_objects, sizeof(bool));
	size_t kept = 0, outer = 0;

	co_layout_of_converter(&merge.layout, converter, false);
	for (size_t i = 0; i < state->n_objects; i++)
		order[i] = (uint32_t)i;
	if (state->n_objects)
		qsort_r(order, state->n_objects, sizeof(uint32_t), compare_outermost,
			state->objects);
	for (size_t i = 1; i < state->n_objects; i++) {
		if (contains(&merge, &state->objects[order[outer]], &state->objects[order[i]]))
			gone[order[i]] = true;
		else
			outer = i;
	}
	for (size_t i = 0; i < state->n_objects; i++) {
		if (gone[i]) {
			free(state->objects[i].bytes);
			free(state->objects[i].name);
		} else {
			state->objects[kept++] = state->objects[i];
		}
	}
	state->n_objects = kept;
	free(order);
	free(gone);
}
