// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* The objects of an image as participants see them: whole, aligned, with side values and pointers.
 */
#include "engine_core.h"

static int check_index(const struct co_engine *e, uint32_t index)
{
	return index < e->image.n_objects ? CO_OK : CO_E_ARGUMENT;
}

/* The object's bytes, all of them: where they lie when they are whole, aligned and nobody makes
 * more of them. */
static const uint8_t *whole_bytes(struct co_engine *e, const struct co_image_object *row,
				  bool *lasting)
{
	const uint8_t *data = co_image_object_data(&e->image, row);
	const struct co_converter *c = e->config.converter;
	uint32_t align = row->type == CO_NOWHERE ? 1 : c->types[row->type].new_align;
	bool made = row->type != CO_NOWHERE && c->types[row->type].restore;
	uint8_t *copy;

	*lasting = !made && row->extent == row->size && ((uintptr_t)data & (align - 1)) == 0;
	if (*lasting)
		return data;
	e->scratch.used = 0;
	copy = co_pool_take(&e->scratch, row->size, align);
	if (copy)
		memcpy(copy, data, row->extent);
	return copy;
}

int co_view(struct co_engine *e, uint32_t index, struct co_arrival *object)
{
	struct co_image_object row;
	int error = check_index(e, index);

	if (error)
		return error;
	co_image_object(&e->image, index, &row);
	if (row.type != CO_NOWHERE && row.type >= e->config.converter->n_types)
		return CO_E_TYPE;
	*object = (struct co_arrival){
		.index = index,
		.type = row.type,
		.type_name =
			row.type == CO_NOWHERE ? "" : e->config.converter->types[row.type].name,
		.name = co_image_string(&e->image, row.str_name),
		.size = row.size,
		.old_address = row.address,
	};
	object->bytes = whole_bytes(e, &row, &object->lasting);
	return object->bytes ? CO_OK : CO_E_ROOM;
}

int co_look(struct co_call *call, uint32_t n, struct co_arrival *object)
{
	const struct co_engine *e = call->engine;
	uint32_t first = e->first_object[call->participant];

	if (call->phase != CO_PHASE_VERIFY)
		return CO_E_PHASE;
	if (n >= e->first_object[call->participant + 1] - first)
		return CO_E_ARGUMENT;
	return co_view(call->engine, first + n, object);
}

/* ---- side values ----------------------------------------------------------------------------- */

/* The first side value of OBJECT or of a later one. */
static uint32_t first_side(const struct co_image *image, uint32_t object)
{
	uint32_t low = 0, high = image->n_sides;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct co_image_side row;

		co_image_side(image, middle, &row);
		if (row.object < object)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int co_arrival_side(const struct co_call *call, const struct co_arrival *object, const char *name,
		    void *value, uint32_t size)
{
	const struct co_image *image = &call->engine->image;

	for (uint32_t i = first_side(image, object->index); i < image->n_sides; i++) {
		struct co_image_side row;

		co_image_side(image, i, &row);
		if (row.object != object->index)
			break;
		if (!co_equal(co_image_string(image, row.str_name), name))
			continue;
		if (row.size != size)
			return CO_E_ARGUMENT;
		if (size)
			memcpy(value, co_image_side_data(image, &row), size);
		return CO_OK;
	}
	return CO_E_ARGUMENT;
}

/* ---- pointers -------------------------------------------------------------------------------- */

int co_arrival_pointer(const struct co_call *call, const struct co_arrival *object,
		       const char *path, struct co_pointee *pointee)
{
	const struct co_image *image = &call->engine->image;
	struct co_image_relocation row;
	struct co_place place;
	uint32_t at;

	*pointee = (struct co_pointee){.object = CO_NOWHERE, .path = "", .module = ""};
	if (check_index(call->engine, object->index) || object->type == CO_NOWHERE ||
	    co_layout_find(&call->engine->layout, object->type, object->size, path, &place) !=
		    CO_OK ||
	    place.member.kind != CO_POINTER)
		return CO_E_ARGUMENT;
	at = co_image_relocation_at(image, object->index, place.bit);
	if (at == CO_NOWHERE)
		return CO_OK;
	co_image_relocation(image, at, &row);
	*pointee = (struct co_pointee){
		.target = row.target,
		.object = row.target_object,
		.path = co_image_string(image, row.str_target),
		.module = co_image_string(image, row.str_module),
		.tag = row.tag,
	};
	return CO_OK;
}

static int symbol_address(const struct co_engine *e, const struct co_pointee *p, uint64_t *address)
{
	for (uint32_t i = 0; i < e->config.n_participants; i++) {
		const struct co_participant *who = co_participant_at(e, i);

		for (uint32_t k = 0; k < who->n_symbols; k++)
			if (co_equal(who->symbols[k].name, p->path) &&
			    co_equal(who->symbols[k].module, p->module)) {
				*address = (uint64_t)(uintptr_t)who->symbols[k].address;
				return CO_OK;
			}
	}
	return CO_E_POINTER;
}

/*
 * Whether an object of TYPE is where a pointer to WANT may lead: one of that type, or one that begins
 * with one.
 */
static bool begins_with(const struct co_layout *layout, uint32_t type, uint32_t want,
			uint32_t depth)
{
	struct co_layout_type t;

	if (type == want)
		return true;
	if (type == CO_NOWHERE || !depth)
		return false;
	layout->type(layout, type, &t);
	for (uint32_t i = 0; i < t.n_members; i++) {
		struct co_member m;

		layout->member(layout, type, i, &m);
		if (m.bit == 0 && m.kind == CO_RECORD &&
		    begins_with(layout, m.type, want, depth - 1))
			return true;
	}
	return false;
}

#define BEGIN_DEPTH 8 /* records that begin with one another */

/*
 * By the converter's own layouts: what the image says of its types is not more believed than its
 * numbers.
 */
static int object_address(const struct co_engine *e, const struct co_member *pointer,
			  const struct co_pointee *p, uint64_t *address)
{
	struct co_image_object row;
	struct co_place place;

	if (!e->arrived || !e->arrived[p->object])
		return CO_E_POINTER;
	co_image_object(&e->image, p->object, &row);
	if (co_layout_find(&e->layout, row.type, row.size, p->path, &place) != CO_OK)
		return CO_E_POINTER;
	if (pointer->type != CO_NOWHERE &&
	    (place.member.kind != CO_RECORD ||
	     !begins_with(&e->layout, place.member.type, pointer->type, BEGIN_DEPTH)))
		return CO_E_POINTER;
	*address = e->arrived[p->object] + place.bit / 8;
	return CO_OK;
}

int co_arrival_address(const struct co_call *call, const struct co_arrival *object,
		       const char *path, uint64_t *address)
{
	const struct co_engine *e = call->engine;
	struct co_image_relocation row;
	struct co_pointee pointee;
	struct co_place place;
	uint32_t at;
	int error = co_arrival_pointer(call, object, path, &pointee);

	*address = 0;
	if (error)
		return error;
	if (co_layout_find(&e->layout, object->type, object->size, path, &place) != CO_OK)
		return CO_E_ARGUMENT;
	/* Of an arm that has the path, too: its row says what container_of subtracted. */
	at = co_image_relocation_at(&e->image, object->index, place.bit);
	if (at != CO_NOWHERE) {
		co_image_relocation(&e->image, at, &row);
		if (co_layout_find(&e->image.layout, object->type, object->size,
				   co_image_string(&e->image, row.str_path), &place) != CO_OK)
			return CO_E_ARGUMENT;
	}
	if (!pointee.target) {
		*address = co_bits_get(&e->layout, object->bytes, place.bit, place.member.bits);
		if (!*address || !co_must_cross(place.member.way))
			return CO_OK;
		*address = 0;
		return CO_E_POINTER;
	}
	error = pointee.target == CO_TARGET_SYMBOL
			? symbol_address(e, &pointee, address)
			: object_address(e, &place.member, &pointee, address);
	if (error)
		return error;
	if (pointee.target == CO_TARGET_OBJECT)
		*address += place.member.container;
	*address |= pointee.tag;
	return CO_OK;
}

void co_arrived_at(struct co_call *call, uint64_t address)
{
	struct co_engine *e = call->engine;

	if (call->phase == CO_PHASE_RESTORE && e->object < e->image.n_objects)
		e->arrived[e->object] = address;
}

uint64_t co_arrived(const struct co_call *call, uint32_t index)
{
	const struct co_engine *e = call->engine;

	return e->arrived && index < e->image.n_objects ? e->arrived[index] : 0;
}

int co_old_clock(const struct co_call *call, enum co_clock clock, uint64_t *value)
{
	struct co_image_clock row;

	if (clock < 1 || clock > CO_CLOCKS)
		return CO_E_ARGUMENT;
	co_image_clock(&call->engine->image, clock - 1, &row);
	*value = row.value;
	return row.known ? CO_OK : CO_E_READ;
}
