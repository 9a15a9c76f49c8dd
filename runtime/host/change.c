// SPDX-License-Identifier: GPL-2.0-or-later
/* Converting a whole state: a table of new addresses first, then each object with its pointers. */
#include "change.h"
#include "../core.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct change {
	struct state *new_state;
	struct state *old;
	const struct co_converter *converter;
	struct report *report;
	struct co_object *table; /* ascending by old address */
	uint32_t object;	 /* that is converted */
	int failed;
};

char *change_sentence(const struct co_trouble *trouble)
{
	const char *why = trouble->why ? trouble->why : co_strerror(trouble->error);

	if (trouble->error == CO_E_POINTER)
		return memory_format("0x%llx: %s", (unsigned long long)trouble->value, why);
	return memory_format("value %llu (0x%llx): %s", (unsigned long long)trouble->value,
			     (unsigned long long)trouble->value, why);
}

static void fail_object(struct change *c, const char *name, const struct co_trouble *trouble)
{
	char *sentence = change_sentence(trouble);

	c->failed =
		report_fail(c->report, EXIT_REFUSED, "%s%s%s: %s", name, trouble->field ? "." : "",
			    trouble->field ? trouble->field : "", sentence);
	free(sentence);
}

/* New objects with their sizes, at addresses that no kernel has, far enough apart for one past the
 * end. */
static void place_objects(struct change *c)
{
	uint64_t address = STATE_OBJECTS_BASE;

	for (size_t i = 0; i < c->old->n_objects; i++) {
		const struct state_object *object = &c->old->objects[i];
		uint32_t align = object->type == CO_NOWHERE
					 ? 16
					 : c->converter->types[object->type].new_align;
		size_t size = 0;
		int error = co_new_size(c->converter, object->type, object->size, &size);

		if (error || !size || size > UINT32_MAX) {
			fail_object(c, object->name,
				    &(struct co_trouble){.error = error ? error : CO_E_ARGUMENT,
							 .value = object->size});
			size = 1;
		}
		address = (address + STATE_ALIGN_MAX) & ~(uint64_t)(STATE_ALIGN_MAX - 1);
		state_add_object(c->new_state, address, object->type, (uint32_t)size, align,
				 memory_string(object->name));
		c->new_state->objects[i].origin = object->origin;
		address += size;
	}
}

static void make_table(struct change *c)
{
	c->table = memory_zeroed(c->old->n_objects, sizeof(c->table[0]));
	for (size_t i = 0; i < c->old->n_objects; i++) {
		uint32_t number = c->old->by_address[i];
		const struct state_object *from = &c->old->objects[number];
		const struct state_object *to = &c->new_state->objects[number];

		c->table[i] = (struct co_object){
			.old_address = from->address,
			.new_address = to->address,
			.type = from->type,
			.old_size = from->size,
			.new_size = to->size,
			.old_extent = from->extent,
		};
	}
}

/* Symbols keep their synthetic addresses: both states name the same (module, symbol). */
static int translate_symbol(void *data, uint64_t old_address, uint64_t *new_address)
{
	const struct change *c = data;

	if (!state_find_symbol(c->old, old_address))
		return CO_E_POINTER;
	*new_address = old_address;
	return CO_OK;
}

static void note_arm(void *data, const void *new_, uint32_t type)
{
	struct change *c = data;
	const struct state_object *to = &c->new_state->objects[c->object];

	state_add_arm(c->new_state, c->object, (uint32_t)((const uint8_t *)new_ - to->bytes), type);
}

static void convert_objects(struct change *c)
{
	struct co_host host = {
		.translate_symbol = translate_symbol, .arm = note_arm, .data = c};
	struct co_ctx ctx = {
		.converter = c->converter,
		.pointers = CO_POINTERS_TRANSLATE,
		.objects = c->table,
		.n_objects = (uint32_t)c->old->n_objects,
		.host = &host,
	};

	for (size_t i = 0; i < c->old->n_objects; i++) {
		const struct state_object *from = &c->old->objects[i];
		struct state_object *to = &c->new_state->objects[i];

		c->object = (uint32_t)i;
		ctx.new_address = to->address;
		if (co_convert(&ctx, from->type, from->bytes, from->size, to->bytes, to->size))
			fail_object(c, from->name, &ctx.trouble);
		to->extent = co_new_extent(c->converter, to->type, to->size);
	}
}

static void carry_rest(struct change *c)
{
	const struct state *old = c->old;

	for (size_t i = 0; i < old->n_sides; i++)
		state_add_side(c->new_state, old->sides[i].object, old->sides[i].name,
			       old->sides[i].bytes, old->sides[i].size);
	for (size_t i = 0; i < old->n_symbols; i++)
		state_add_symbol(c->new_state, old->symbols[i].address, old->symbols[i].module,
				 old->symbols[i].name);
	for (size_t i = 0; i < old->n_audit; i++)
		state_add_audit(c->new_state, old->audit[i].key, "%s", old->audit[i].value);
	memcpy(c->new_state->clocks, old->clocks, sizeof(old->clocks));
	c->new_state->kernel = memory_string(old->kernel ? old->kernel : "");
	state_add_audit(c->new_state, "converted", "%zu objects by %s", old->n_objects,
			c->converter->name);
}

int change_state(struct state *new_state, struct state *old, const struct co_converter *converter,
		 struct report *report)
{
	struct change c = {
		.new_state = new_state, .old = old, .converter = converter, .report = report};

	place_objects(&c);
	if (c.failed)
		return c.failed;
	make_table(&c);
	convert_objects(&c);
	carry_rest(&c);
	free(c.table);
	if (!c.failed)
		c.failed = state_sort(new_state, report);
	return c.failed;
}
