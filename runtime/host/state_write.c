// SPDX-License-Identifier: GPL-2.0-or-later
/* From state to image: layouts, objects without pointers, and relocations for the pointers. */
#include "state.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct bytes {
	uint8_t *data;
	size_t size, room;
};

struct strings {
	struct bytes pool;
	uint32_t *slots; /* open addressing: offset + 1, 0 empty */
	size_t n, n_slots;
};

struct writer {
	const struct state *state;
	const struct co_converter *converter;
	struct co_layout layout;
	struct strings strings;
	struct bytes sections[CO_SECTION_REQUIRED + 1]; /* by kind, the strings apart */
	struct report *report;
	uint32_t object; /* at hand */
	uint8_t *copy;	 /* of its bytes, in the data section */
	int failed;
};

static uint8_t *bytes_add(struct bytes *bytes, size_t size)
{
	uint8_t *at;

	while (bytes->room - bytes->size < size)
		bytes->data = memory_grow(bytes->data, &bytes->room, 1);
	at = bytes->data + bytes->size;
	memset(at, 0, size);
	bytes->size += size;
	return at;
}

/* ---- strings, each once ---------------------------------------------------------------------- */

static size_t hash_string(const char *s)
{
	size_t hash = 1469598103934665603u;

	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 1099511628211u;
	return hash;
}

static uint32_t *strings_slot(struct strings *strings, const char *s)
{
	size_t i = hash_string(s) & (strings->n_slots - 1);

	while (strings->slots[i] &&
	       strcmp((const char *)strings->pool.data + strings->slots[i] - 1, s) != 0)
		i = (i + 1) & (strings->n_slots - 1);
	return &strings->slots[i];
}

static void strings_rehash(struct strings *strings)
{
	uint32_t *old = strings->slots;
	size_t n = strings->n_slots;

	strings->n_slots = n ? n * 2 : 1024;
	strings->slots = memory_zeroed(strings->n_slots, sizeof(uint32_t));
	for (size_t i = 0; i < n; i++)
		if (old[i])
			*strings_slot(strings, (char *)strings->pool.data + old[i] - 1) = old[i];
	free(old);
}

static uint32_t put_string(struct writer *w, const char *s)
{
	struct strings *strings = &w->strings;
	uint32_t *slot;

	if (strings->n * 2 >= strings->n_slots)
		strings_rehash(strings);
	slot = strings_slot(strings, s);
	if (!*slot) {
		size_t n = strlen(s) + 1;

		*slot = (uint32_t)strings->pool.size + 1;
		memcpy(bytes_add(&strings->pool, n), s, n);
		strings->n++;
	}
	return *slot - 1;
}

#define PUT(w, kind, record, ...)                                                                  \
	co_image_##record##_put(bytes_add(&(w)->sections[kind], co_image_##record##_size),         \
				&(struct co_image_##record){__VA_ARGS__})

/* ---- identity, clocks, layouts --------------------------------------------------------------- */

static void put_identity(struct writer *w)
{
	const struct co_converter *c = w->converter;

	PUT(w, CO_SECTION_IDENTITY, identity, .str_converter = put_string(w, c->name),
	    .str_mapping_digest = put_string(w, c->mapping_digest),
	    .str_layouts_digest = put_string(w, w->layout.is_new ? c->new_digest : c->old_digest),
	    .str_from_release = put_string(w, c->from.release),
	    .str_from_arch = put_string(w, c->from.arch),
	    .str_from_build_id = put_string(w, c->from.build_id),
	    .str_to_release = put_string(w, c->to.release),
	    .str_to_arch = put_string(w, c->to.arch),
	    .str_to_build_id = put_string(w, c->to.build_id),
	    .str_kernel = put_string(w, w->state->kernel ? w->state->kernel : ""),
	    .is_new = w->layout.is_new, .address_size = c->address_size,
	    .big_endian = c->big_endian);
	for (uint32_t i = 0; i < CO_CLOCKS; i++)
		PUT(w, CO_SECTION_CLOCKS, clock, .clock = i + 1, .known = w->state->clocks[i].known,
		    .value = w->state->clocks[i].value);
}

static void put_names(struct writer *w, uint32_t type, uint32_t member, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		struct co_name name;

		w->layout.name(&w->layout, type, member, i, &name);
		PUT(w, CO_SECTION_NAMES, name, .value = name.value,
		    .str_name = put_string(w, name.name));
	}
}

/* The row of this side's members that member row INDEX of TYPE becomes, or CO_NOWHERE. */
static uint32_t side_row(const struct writer *w, uint32_t type, uint32_t index)
{
	struct co_member m;
	uint32_t row = 0;

	if (index == CO_NOWHERE)
		return CO_NOWHERE;
	for (uint32_t i = 0; i < index; i++) {
		w->layout.member(&w->layout, type, i, &m);
		row += m.bit != CO_NOWHERE;
	}
	w->layout.member(&w->layout, type, index, &m);
	return m.bit == CO_NOWHERE ? CO_NOWHERE : row;
}

static uint32_t put_members(struct writer *w, uint32_t type, uint32_t n)
{
	uint32_t put = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct co_member m;
		size_t first = w->sections[CO_SECTION_NAMES].size / co_image_name_size;

		w->layout.member(&w->layout, type, i, &m);
		if (m.bit == CO_NOWHERE)
			continue;
		put_names(w, type, i, m.n_names);
		PUT(w, CO_SECTION_MEMBERS, member, .str_path = put_string(w, m.path),
		    .str_ctype = put_string(w, m.ctype), .str_why = put_string(w, m.why),
		    .bit = m.bit, .bits = m.bits, .count = m.count, .kind = m.kind, .way = m.way,
		    .is_signed = m.is_signed, .type = m.type, .container = m.container,
		    .target_size = m.target_size, .mask = m.mask,
		    .count_field = side_row(w, type, m.count_field), .limit = m.limit,
		    .first_name = (uint32_t)first, .n_names = m.n_names);
		put++;
	}
	return put;
}

static void put_layouts(struct writer *w)
{
	for (uint32_t i = 0; i < w->layout.n_types; i++) {
		size_t first = w->sections[CO_SECTION_MEMBERS].size / co_image_member_size;
		struct co_layout_type t;
		uint32_t n;

		w->layout.type(&w->layout, i, &t);
		n = put_members(w, i, t.n_members);
		PUT(w, CO_SECTION_TYPES, type, .str_name = put_string(w, t.name),
		    .str_digest = put_string(w, t.digest), .size = t.size, .align = t.align,
		    .is_object = t.is_object, .first_member = (uint32_t)first, .n_members = n,
		    .tail = side_row(w, i, w->layout.tail(&w->layout, i)));
	}
}

/* ---- objects and relocations ----------------------------------------------------------------- */

static bool must_cross(uint8_t way)
{
	return way == CO_WAY_FOLLOW || way == CO_WAY_ARRAY || way == CO_WAY_STRING ||
	       way == CO_WAY_SYMBOL || way == CO_WAY_LIST;
}

static void refuse_pointer(struct writer *w, const char *path, const struct co_member *m,
			   uint64_t value)
{
	const struct state_object *object = &w->state->objects[w->object];
	char plain[CO_PATH_MAX];

	w->failed = report_fail(w->report, EXIT_REFUSED, "%s.%s: 0x%llx: %s", object->name,
				co_path_plain(path, plain), (unsigned long long)value,
				m->way == CO_WAY_SYMBOL ? "no symbol that the converter knows"
							: co_strerror(CO_E_POINTER));
}

static bool relocate_object(struct writer *w, struct co_image_relocation *row,
			    const struct co_member *m, uint64_t address)
{
	const struct state_object *target;
	char path[CO_PATH_MAX];

	address -= m->container;
	row->target_object = state_find(w->state, address);
	if (row->target_object == CO_NOWHERE)
		return false;
	target = &w->state->objects[row->target_object];
	if (co_layout_path(&w->layout, target->type, target->size, address - target->address,
			   path) != CO_OK)
		return false;
	row->target = CO_TARGET_OBJECT;
	row->str_target = put_string(w, path);
	return true;
}

static bool relocate_symbol(struct writer *w, struct co_image_relocation *row, uint64_t address)
{
	const struct state_symbol *symbol = state_find_symbol(w->state, address);

	if (!symbol)
		return false;
	row->target = CO_TARGET_SYMBOL;
	row->target_object = CO_NOWHERE;
	row->str_target = put_string(w, symbol->name);
	row->str_module = put_string(w, symbol->module);
	return true;
}

static void put_pointer(struct writer *w, const struct co_place *place, uint32_t element)
{
	const struct co_member *m = &place->member;
	uint64_t bit = place->bit + (uint64_t)element * m->bits, value;
	struct co_image_relocation row = {.bit = bit, .object = w->object};
	char path[CO_PATH_MAX + 16];
	bool found;

	if (bit + m->bits > (uint64_t)w->state->objects[w->object].extent * 8)
		return;
	value = co_bits_get(&w->layout, w->copy, bit, m->bits);
	row.tag = value & m->mask;
	if (!(value & ~m->mask))
		return;
	if (m->count == 1)
		snprintf(path, sizeof(path), "%s", place->path);
	else
		snprintf(path, sizeof(path), "%s[%u]", place->path, element);
	found = m->way == CO_WAY_SYMBOL ? relocate_symbol(w, &row, value & ~m->mask)
					: relocate_object(w, &row, m, value & ~m->mask);
	if (!found && must_cross(m->way))
		refuse_pointer(w, path, m, value);
	if (!found)
		return;
	row.str_path = put_string(w, path);
	co_image_relocation_put(
		bytes_add(&w->sections[CO_SECTION_RELOCATIONS], co_image_relocation_size), &row);
	co_bits_put(&w->layout, w->copy, bit, m->bits, 0);
}

static int put_pointers(void *data, const struct co_place *place)
{
	if (place->member.kind == CO_POINTER && place->member.way != CO_WAY_OPAQUE)
		for (uint32_t i = 0; i < place->count; i++)
			put_pointer(data, place, i);
	return CO_OK;
}

/* Asked of the object itself: its copy has lost pointers already. */
static bool is_live(void *data, const struct co_place *place)
{
	const struct writer *w = data;
	uint32_t type = place->member.type;
	const struct state_object *object = &w->state->objects[w->object];

	if (w->layout.is_new)
		return state_has_arm(w->state, w->object, (uint32_t)(place->bit / 8), type);
	return w->converter->types[type].live(object->bytes + place->bit / 8);
}

static void put_object(struct writer *w)
{
	const struct state_object *object = &w->state->objects[w->object];
	struct bytes *data = &w->sections[CO_SECTION_DATA];
	size_t at = data->size;
	int error;

	PUT(w, CO_SECTION_OBJECTS, object, .address = object->origin, .data = at,
	    .type = object->type, .size = object->size, .extent = object->extent,
	    .str_name = put_string(w, object->name));
	w->copy = bytes_add(data, (object->extent + CO_IMAGE_ALIGN - 1u) & ~(CO_IMAGE_ALIGN - 1u));
	memcpy(w->copy, object->bytes, object->extent);
	error = co_layout_walk(&w->layout, object->type, object->size, put_pointers, is_live, w);
	if (error)
		w->failed = report_fail(w->report, EXIT_REFUSED, "%s: %s", object->name,
					co_strerror(error));
}

static int compare_relocations(const void *a, const void *b)
{
	struct co_image_relocation x, y;

	co_image_relocation_get(a, &x);
	co_image_relocation_get(b, &y);
	if (x.object != y.object)
		return x.object > y.object ? 1 : -1;
	return (x.bit > y.bit) - (x.bit < y.bit);
}

static void put_state(struct writer *w)
{
	const struct state *state = w->state;
	struct bytes *relocations = &w->sections[CO_SECTION_RELOCATIONS];

	for (w->object = 0; w->object < state->n_objects; w->object++)
		put_object(w);
	if (relocations->size)
		qsort(relocations->data, relocations->size / co_image_relocation_size,
		      co_image_relocation_size, compare_relocations);
	for (size_t i = 0; i < state->n_sides; i++) {
		const struct state_side *side = &state->sides[i];
		size_t at = w->sections[CO_SECTION_SIDE_DATA].size;

		memcpy(bytes_add(&w->sections[CO_SECTION_SIDE_DATA], side->size), side->bytes,
		       side->size);
		PUT(w, CO_SECTION_SIDES, side, .data = at, .object = side->object,
		    .size = side->size, .str_name = put_string(w, side->name));
	}
	for (size_t i = 0; i < state->n_audit; i++)
		PUT(w, CO_SECTION_AUDIT, audit, .str_key = put_string(w, state->audit[i].key),
		    .str_value = put_string(w, state->audit[i].value));
}

static uint8_t *seal(struct writer *w, uint64_t *size)
{
	struct co_section sections[CO_SECTION_REQUIRED];
	uint8_t *data;

	w->sections[CO_SECTION_STRINGS] = w->strings.pool;
	for (uint32_t i = 0; i < CO_SECTION_REQUIRED; i++)
		sections[i] = (struct co_section){
			.kind = i + 1,
			.data = w->sections[i + 1].data,
			.size = w->sections[i + 1].size,
		};
	if (co_image_write(sections, CO_SECTION_REQUIRED, NULL, 0, size) != CO_OK)
		return NULL;
	data = memory_zeroed((size_t)*size, 1);
	if (co_image_write(sections, CO_SECTION_REQUIRED, data, *size, size) != CO_OK) {
		free(data);
		return NULL;
	}
	return data;
}

uint8_t *state_write(const struct state *state, const struct co_converter *converter, bool is_new,
		     uint64_t *size, struct report *report)
{
	struct writer w = {.state = state, .converter = converter, .report = report};
	uint8_t *data = NULL;

	co_layout_of_converter(&w.layout, converter, is_new);
	put_string(&w, "");
	put_identity(&w);
	put_layouts(&w);
	put_state(&w);
	if (!w.failed)
		data = seal(&w, size);
	w.sections[CO_SECTION_STRINGS].data = NULL;
	for (uint32_t i = 0; i <= CO_SECTION_REQUIRED; i++)
		free(w.sections[i].data);
	free(w.strings.pool.data);
	free(w.strings.slots);
	return data;
}
