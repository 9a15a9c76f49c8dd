// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * Pointers of converted objects become relocations: by object and path, or by symbol. Where they are is the
 * same in every object of a type, unless it has a tail or arms: then its layout is walked.
 */
#include "engine_core.h"

/* ---- where addresses lead -------------------------------------------------------------------- */

uint64_t co_symbols_base(const struct co_engine *e)
{
	return e->config.converter->address_size == 8 ? 0x0d00000000000000ull : 0xd0000000ull;
}

uint32_t co_object_at(const struct co_engine *e, uint64_t address)
{
	uint32_t low = 0, high = e->n_kept;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (e->kept[middle].new_address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address - e->kept[low - 1].new_address >= e->kept[low - 1].new_size)
		return CO_NOWHERE;
	return low - 1;
}

/* Every (participant, row) has an address of its own, aligned for any tag. */
static uint64_t symbol_step(const struct co_engine *e)
{
	return e->config.converter->address_size == 8 ? CO_ADDRESS_GAP : 64;
}

int co_symbol_to_number(void *data, uint64_t old_address, uint64_t *new_address)
{
	const struct co_engine *e = data;
	uint64_t at = co_symbols_base(e);

	for (uint32_t i = 0; i < e->config.n_participants; i++) {
		const struct co_participant *p = co_participant_at(e, i);

		for (uint32_t k = 0; k < p->n_symbols; k++, at += symbol_step(e))
			if ((uint64_t)(uintptr_t)p->symbols[k].address == old_address) {
				*new_address = at;
				return CO_OK;
			}
	}
	return CO_E_POINTER;
}

static const struct co_linked *symbol_at(const struct co_engine *e, uint64_t address)
{
	uint64_t at = co_symbols_base(e);

	for (uint32_t i = 0; i < e->config.n_participants; i++) {
		const struct co_participant *p = co_participant_at(e, i);

		for (uint32_t k = 0; k < p->n_symbols; k++, at += symbol_step(e))
			if (at == address)
				return &p->symbols[k];
	}
	return NULL;
}

/* ---- one pointer ----------------------------------------------------------------------------- */

struct relocating {
	struct co_engine *e;
	uint32_t object, participant;
	uint8_t *bytes;	  /* of the new object */
	uint64_t *failed; /* counts pointers that lead nowhere */
	uint32_t arm;	  /* where the next live arm is looked for first */
};

bool co_must_cross(uint8_t way)
{
	return way == CO_WAY_FOLLOW || way == CO_WAY_ARRAY || way == CO_WAY_STRING ||
	       way == CO_WAY_SYMBOL || way == CO_WAY_LIST;
}

static bool find_object(struct co_engine *e, uint64_t address, struct co_image_relocation *row)
{
	char path[CO_PATH_MAX];
	const struct co_kept *target;

	row->target_object = co_object_at(e, address);
	if (row->target_object == CO_NOWHERE)
		return false;
	target = &e->kept[row->target_object];
	row->target = CO_TARGET_OBJECT;
	/* The first string is the empty one, and most pointers are to the begin of an object. */
	if (address == target->new_address)
		return true;
	if (co_layout_path(&e->layout, target->type, target->new_size,
			   address - target->new_address, path) != CO_OK)
		return false;
	row->str_target = co_build_string(e, path);
	return true;
}

static bool find_symbol(struct co_engine *e, uint64_t address, struct co_image_relocation *row)
{
	const struct co_linked *symbol = symbol_at(e, address);

	if (!symbol)
		return false;
	row->target = CO_TARGET_SYMBOL;
	row->target_object = CO_NOWHERE;
	row->str_target = co_build_string(e, symbol->name);
	row->str_module = co_build_string(e, symbol->module);
	return true;
}

/* Appends ROW, behind those of the object whose bit is lower: tables need not ascend inside unions.
 */
static int put_relocation(struct co_engine *e, uint32_t object,
			  const struct co_image_relocation *row)
{
	uint8_t *at = co_build_add(e, CO_SECTION_RELOCATIONS, co_image_relocation_size);
	const uint8_t *first = co_build_section(e, CO_SECTION_RELOCATIONS)->data;

	if (!at)
		return e->report.failure.error;
	for (; at > first; at -= co_image_relocation_size) {
		struct co_image_relocation before;

		co_image_relocation_get(at - co_image_relocation_size, &before);
		if (before.object != object || before.bit < row->bit)
			break;
		memcpy(at, at - co_image_relocation_size, co_image_relocation_size);
	}
	co_image_relocation_put(at, row);
	return CO_OK;
}

/* PATH, with [INDEX] where the member has several elements. */
static uint32_t element_path(struct co_engine *e, const struct co_place *place, uint32_t index)
{
	char path[CO_PATH_MAX + 16];
	size_t n, at = sizeof(path) - 1;

	co_text_copy(path, CO_PATH_MAX, place->path);
	if (place->member.count == 1)
		return co_build_string(e, path);
	n = co_length(path);
	path[at] = '\0';
	path[--at] = ']';
	do
		path[--at] = (char)('0' + index % 10);
	while (index /= 10);
	path[--at] = '[';
	memmove(path + n, path + at, sizeof(path) - at);
	return co_build_string(e, path);
}

/* All of them are told, not the first alone. */
static void refuse_pointer(struct relocating *r, const char *path, uint8_t way, uint64_t value)
{
	struct co_engine *e = r->e;
	char plain[CO_PATH_MAX];
	struct co_trouble trouble = {
		.error = CO_E_POINTER,
		.field = co_path_plain(path, plain),
		.value = value,
		.why = way == CO_WAY_SYMBOL ? "no symbol that a participant lists" : NULL,
	};

	co_note_issue(e, CO_PHASE_CONVERT, r->participant, co_kept_name(e, r->object), &trouble);
	co_note_value(e, CO_E_POINTER, r->participant, "a pointer leads to nothing that crosses",
		      value);
	++*r->failed;
}

static uint64_t load_pointer(const struct relocating *r, const struct co_spot *spot)
{
	if (spot->bits == 64 && spot->bit % 8 == 0 && !r->e->layout.big_endian)
		return co_load64(r->bytes + spot->bit / 8);
	return co_bits_get(&r->e->layout, r->bytes, spot->bit, spot->bits);
}

/* PLACE and INDEX say the path where the spot does not know it yet. */
static int relocate(struct relocating *r, const struct co_spot *spot, const struct co_place *place,
		    uint32_t index)
{
	struct co_engine *e = r->e;
	struct co_image_relocation row = {.bit = spot->bit, .object = r->object};
	uint64_t value, address;

	if (spot->bit + spot->bits > (uint64_t)e->kept[r->object].new_extent * 8)
		return CO_OK;
	value = load_pointer(r, spot);
	row.tag = value & spot->mask;
	address = value & ~spot->mask;
	if (!address)
		return CO_OK;
	row.str_path = spot->path;
	if (spot->way == CO_WAY_SYMBOL ? !find_symbol(e, address, &row)
				       : !find_object(e, address - spot->container, &row)) {
		if (co_must_cross(spot->way))
			refuse_pointer(r,
				       place ? place->path
					     : (const char *)e->strings.data + spot->path,
				       spot->way, value);
		return CO_OK;
	}
	if (place)
		row.str_path = element_path(e, place, index);
	if (row.str_path == CO_NOWHERE || row.str_target == CO_NOWHERE)
		return e->report.failure.error;
	co_bits_put(&e->layout, r->bytes, spot->bit, spot->bits, 0);
	return put_relocation(e, r->object, &row);
}

static struct co_spot spot_of(const struct co_place *place, uint32_t index)
{
	const struct co_member *m = &place->member;

	return (struct co_spot){
		.bit = place->bit + (uint64_t)index * m->bits,
		.mask = m->mask,
		.bits = m->bits,
		.container = m->container,
		.path = CO_NOWHERE,
		.way = m->way,
	};
}

static bool is_pointer(const struct co_place *place)
{
	return place->member.kind == CO_POINTER && place->member.way != CO_WAY_OPAQUE;
}

/* ---- of an object ---------------------------------------------------------------------------- */

static int relocate_place(void *data, const struct co_place *place)
{
	int error = CO_OK;

	for (uint32_t i = 0; is_pointer(place) && i < place->count && !error; i++) {
		struct co_spot spot = spot_of(place, i);

		error = relocate(data, &spot, place, i);
	}
	return error;
}

/* Arms are noted in the order of conversion, which is nearly that of the walk. */
static bool is_live(void *data, const struct co_place *place)
{
	struct relocating *r = data;
	const struct co_engine *e = r->e;
	const uint8_t *record = r->bytes + place->bit / 8;

	for (uint32_t i = 0; i < e->n_arms; i++) {
		const struct co_arm *arm = &e->arms[r->arm];

		r->arm = r->arm + 1 < e->n_arms ? r->arm + 1 : 0;
		if (arm->record == record && arm->type == place->member.type)
			return true;
	}
	return false;
}

static int relocate_by_walk(struct relocating *r)
{
	struct co_engine *e = r->e;
	const struct co_kept *kept = &e->kept[r->object];
	int error = e->n_arms > e->arms_room
			    ? CO_E_ROOM
			    : co_layout_walk(&e->layout, kept->type, kept->new_size, relocate_place,
					     is_live, r);

	return error ? co_note(e, error, r->participant, NULL) : CO_OK;
}

int co_relocate_object(struct co_engine *e, uint32_t object, uint32_t participant, uint8_t *bytes,
		       uint64_t *failed)
{
	struct relocating r = {e, object, participant, bytes, failed, 0};
	const struct co_kept *kept = &e->kept[object];
	const struct co_spots *spots = &e->spots_of[kept->type];
	int error = CO_OK;

	if (!spots->n && !spots->walk)
		return CO_OK;
	if (spots->walk || kept->new_size != e->config.converter->types[kept->type].new_size)
		return relocate_by_walk(&r);
	for (uint32_t i = 0; i < spots->n && !error; i++)
		error = relocate(&r, &e->spots[spots->first + i], NULL, 0);
	return error;
}

/* ---- of a type --------------------------------------------------------------------------------- */

struct spotting {
	struct co_engine *e;
	struct co_spots *spots;
};

static int add_spot(void *data, const struct co_place *place)
{
	struct spotting *s = data;
	struct co_engine *e = s->e;

	s->spots->walk |= place->in_arm && is_pointer(place);
	for (uint32_t i = 0; is_pointer(place) && i < place->count; i++) {
		struct co_spot *spot = &e->spots[s->spots->first + s->spots->n];

		if (s->spots->first + s->spots->n == e->spots_room)
			return CO_E_ROOM;
		*spot = spot_of(place, i);
		spot->path = element_path(e, place, i);
		if (spot->path == CO_NOWHERE)
			return e->report.failure.error;
		s->spots->n++;
	}
	return CO_OK;
}

int co_find_spots(struct co_engine *e)
{
	const struct co_converter *c = e->config.converter;
	uint32_t next = 0;

	for (uint32_t i = 0; i < c->n_types; i++) {
		struct spotting s = {e, &e->spots_of[i]};
		int error;

		*s.spots = (struct co_spots){.first = next};
		if (!c->types[i].is_object)
			continue;
		error = co_layout_walk(&e->layout, i, c->types[i].new_size, add_spot, co_every_arm,
				       &s);
		if (error)
			return co_note(e, error, CO_NOWHERE, NULL);
		/* What is in a tail is in no table. */
		s.spots->walk |= c->types[i].has_tail;
		next += s.spots->n;
	}
	return CO_OK;
}
