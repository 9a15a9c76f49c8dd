// SPDX-License-Identifier: GPL-2.0-or-later
/* State in memory: objects, side values, symbols, and finding them by address. */
#include "state.h"
#include "memory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void state_init(struct state *state)
{
	*state = (struct state){.n_objects = 0};
}

void state_deinit(struct state *state)
{
	for (size_t i = 0; i < state->n_objects; i++) {
		free(state->objects[i].bytes);
		free(state->objects[i].name);
		free(state->objects[i].arms);
	}
	for (size_t i = 0; i < state->n_sides; i++) {
		free(state->sides[i].name);
		free(state->sides[i].bytes);
	}
	for (size_t i = 0; i < state->n_symbols; i++) {
		free(state->symbols[i].module);
		free(state->symbols[i].name);
	}
	for (size_t i = 0; i < state->n_audit; i++) {
		free(state->audit[i].key);
		free(state->audit[i].value);
	}
	free(state->objects);
	free(state->by_address);
	free(state->sides);
	free(state->symbols);
	free(state->audit);
	free(state->kernel);
	state_init(state);
}

uint32_t state_add_object(struct state *state, uint64_t address, uint32_t type, uint32_t size,
			  uint32_t align, char *name)
{
	if (state->n_objects == state->objects_room)
		state->objects = memory_grow(state->objects, &state->objects_room,
					     sizeof(state->objects[0]));
	state->objects[state->n_objects] = (struct state_object){
		.address = address,
		.origin = address,
		.type = type,
		.size = size,
		.extent = size,
		.bytes = memory_aligned(align, size),
		.name = name,
	};
	return (uint32_t)state->n_objects++;
}

static int compare_arms(const void *a, const void *b)
{
	const struct state_arm *x = a, *y = b;

	if (x->byte != y->byte)
		return x->byte > y->byte ? 1 : -1;
	return (x->type > y->type) - (x->type < y->type);
}

void state_add_arm(struct state *state, uint32_t object, uint32_t byte, uint32_t type)
{
	struct state_object *to = &state->objects[object];

	if (to->n_arms == to->arms_room)
		to->arms = memory_grow(to->arms, &to->arms_room, sizeof(to->arms[0]));
	to->arms[to->n_arms++] = (struct state_arm){.byte = byte, .type = type};
}

bool state_has_arm(const struct state *state, uint32_t object, uint32_t byte, uint32_t type)
{
	const struct state_object *of = &state->objects[object];
	struct state_arm arm = {.byte = byte, .type = type};

	return of->n_arms &&
	       bsearch(&arm, of->arms, of->n_arms, sizeof(arm), compare_arms) != NULL;
}

void state_add_side(struct state *state, uint32_t object, const char *name, const void *value,
		    uint32_t size)
{
	struct state_side side = {.object = object, .size = size};

	side.name = memory_string(name);
	side.bytes = memory_zeroed(size, 1);
	if (size)
		memcpy(side.bytes, value, size);
	if (state->n_sides == state->sides_room)
		state->sides =
			memory_grow(state->sides, &state->sides_room, sizeof(state->sides[0]));
	state->sides[state->n_sides++] = side;
}

void state_add_symbol(struct state *state, uint64_t address, const char *module, const char *name)
{
	if (state->n_symbols == state->symbols_room)
		state->symbols = memory_grow(state->symbols, &state->symbols_room,
					     sizeof(state->symbols[0]));
	state->symbols[state->n_symbols++] = (struct state_symbol){
		.address = address,
		.module = memory_string(module),
		.name = memory_string(name),
	};
}

void state_add_audit(struct state *state, const char *key, const char *format, ...)
{
	struct state_audit row = {.key = memory_string(key)};
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&row.value, format, arguments) < 0)
		memory_exhausted();
	va_end(arguments);
	if (state->n_audit == state->audit_room)
		state->audit =
			memory_grow(state->audit, &state->audit_room, sizeof(state->audit[0]));
	state->audit[state->n_audit++] = row;
}

static int compare_addresses(const void *a, const void *b, void *data)
{
	const struct state *state = data;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	uint64_t x = state->objects[i].address, y = state->objects[j].address;

	return x != y ? (x > y) - (x < y) : (i > j) - (i < j);
}

int state_sort(struct state *state, struct report *report)
{
	int code = 0;

	for (size_t i = 0; i < state->n_objects; i++)
		if (state->objects[i].n_arms)
			qsort(state->objects[i].arms, state->objects[i].n_arms,
			      sizeof(struct state_arm), compare_arms);
	free(state->by_address);
	state->by_address = memory_zeroed(state->n_objects, sizeof(uint32_t));
	for (size_t i = 0; i < state->n_objects; i++)
		state->by_address[i] = (uint32_t)i;
	if (state->n_objects)
		qsort_r(state->by_address, state->n_objects, sizeof(uint32_t), compare_addresses,
			state);
	for (size_t i = 1; i < state->n_objects; i++) {
		const struct state_object *a = &state->objects[state->by_address[i - 1]];
		const struct state_object *b = &state->objects[state->by_address[i]];

		if (b->address - a->address < a->extent)
			code = report_fail(report, EXIT_REFUSED,
					   "%s and %s overlap at 0x%llx, and neither contains the "
					   "other as a member",
					   a->name, b->name, (unsigned long long)b->address);
	}
	return code;
}

uint32_t state_find(const struct state *state, uint64_t address)
{
	size_t low = 0, high = state->n_objects;
	const struct state_object *object;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (state->objects[state->by_address[middle]].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return CO_NOWHERE;
	object = &state->objects[state->by_address[low - 1]];
	return address - object->address < object->extent ? state->by_address[low - 1] : CO_NOWHERE;
}

const struct state_symbol *state_find_symbol(const struct state *state, uint64_t address)
{
	size_t low = 0, high = state->n_symbols;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (state->symbols[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < state->n_symbols && state->symbols[low].address == address
		       ? &state->symbols[low]
		       : NULL;
}
