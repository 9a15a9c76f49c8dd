// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * How much memory a switch takes, from what the participants prepared for and the converter's
 * tables; and the pools that it is cut into. All sums are bounds: what is measured is enough.
 */
#include "engine_core.h"

/* ---- pools ----------------------------------------------------------------------------------- */

void *co_pool_take(struct co_pool *pool, uint64_t size, uint64_t align)
{
	uint64_t at = (uint64_t)(uintptr_t)pool->data + pool->used;
	uint64_t gap = (0 - at) & (align - 1);
	uint8_t *taken;

	if (gap > pool->size - pool->used || size > pool->size - pool->used - gap)
		return NULL;
	taken = pool->data + pool->used + gap;
	pool->used += gap + size;
	if (size)
		memset(taken, 0, size);
	return taken;
}

bool co_pool_cut(struct co_pool *pool, uint64_t size, struct co_pool *part)
{
	uint64_t gap = (0 - ((uint64_t)(uintptr_t)pool->data + pool->used)) & (CO_REGION_ALIGN - 1);

	if (gap > pool->size - pool->used || size > pool->size - pool->used - gap)
		return false;
	*part = (struct co_pool){.data = pool->data + pool->used + gap, .size = size};
	pool->used += gap + size;
	return true;
}

static uint64_t padded(uint64_t size)
{
	return (size + CO_REGION_ALIGN) & ~(uint64_t)(CO_REGION_ALIGN - 1);
}

/* ---- pointers and paths of a type ---------------------------------------------------------------
 */

struct pointers {
	uint64_t n;
	size_t path; /* the longest of any member */
};

static bool is_pointer(const struct co_member *m)
{
	return m->kind == CO_POINTER && m->way != CO_WAY_OPAQUE;
}

static int count_pointers(void *data, const struct co_place *place)
{
	struct pointers *p = data;
	size_t n = co_length(place->path);

	if (is_pointer(&place->member))
		p->n += place->count;
	if (n > p->path)
		p->path = n;
	return CO_OK;
}

/* Of one new object of TYPE; one with a tail has one element in it. */
static int type_pointers(const struct co_engine *e, uint32_t type, struct pointers *p)
{
	struct co_member tail;
	uint64_t size = e->config.converter->types[type].new_size;

	*p = (struct pointers){.n = 0};
	if (co_layout_tail(&e->layout, type, &tail) && size < tail.bit / 8 + tail.bits / 8)
		size = tail.bit / 8 + tail.bits / 8;
	return co_layout_walk(&e->layout, type, size, count_pointers, co_every_arm, p);
}

/* ---- what the layouts take ------------------------------------------------------------------- */

struct layout_sum {
	uint64_t types, members, names, strings, string_bytes;
	uint64_t pointers; /* in one object of each type */
	size_t path; /* of an object's member, the longest */
};

static void add_string(struct layout_sum *sum, const char *s)
{
	sum->strings++;
	sum->string_bytes += co_length(s) + 1;
}

static void sum_member(const struct co_engine *e, uint32_t type, uint32_t index,
		       struct layout_sum *sum)
{
	struct co_member m;

	e->layout.member(&e->layout, type, index, &m);
	if (m.bit == CO_NOWHERE)
		return;
	sum->members++;
	add_string(sum, m.path);
	add_string(sum, m.ctype);
	add_string(sum, m.why);
	for (uint32_t k = 0; k < m.n_names; k++) {
		struct co_name name;

		e->layout.name(&e->layout, type, index, k, &name);
		sum->names++;
		add_string(sum, name.name);
	}
}

static int sum_layout(struct co_engine *e, struct layout_sum *sum)
{
	const struct co_converter *c = e->config.converter;

	*sum = (struct layout_sum){.types = c->n_types, .strings = 64, .string_bytes = 4096};
	for (uint32_t i = 0; i < c->n_types; i++) {
		struct pointers p;

		add_string(sum, c->types[i].name);
		add_string(sum, c->types[i].new_digest);
		for (uint32_t k = 0; k < c->types[i].n_fields; k++)
			sum_member(e, i, k, sum);
		if (type_pointers(e, i, &p) != CO_OK)
			return co_note(e, CO_E_LIMIT, CO_NOWHERE,
				       "the converter's types nest deeper than the limit");
		sum->pointers += p.n;
		if (p.path > sum->path)
			sum->path = p.path;
	}
	add_string(sum, c->name);
	add_string(sum, c->mapping_digest);
	add_string(sum, c->new_digest);
	add_string(sum, c->from.release);
	add_string(sum, c->from.arch);
	add_string(sum, c->from.build_id);
	add_string(sum, c->to.release);
	add_string(sum, c->to.arch);
	add_string(sum, c->to.build_id);
	if (e->config.running.release)
		add_string(sum, e->config.running.release);
	return CO_OK;
}

/* ---- what a participant's objects become ----------------------------------------------------- */

struct sums {
	uint64_t new_bytes, relocations, scratch, align;
};

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Bytes of new objects for OBJECTS of TYPE with BYTES together, and how many pointers are in them.
 */
static void bound_type(const struct co_engine *e, uint32_t type, uint64_t objects, uint64_t bytes,
		       struct sums *sums)
{
	const struct co_type *t = &e->config.converter->types[type];
	const struct co_field *tail = co_tail(t);
	uint64_t old_unit = t->old_size, new_unit = t->new_size, units, fixed = 0;
	struct pointers p;

	if (tail) {
		old_unit = tail->old_bits / 8 ? tail->old_bits / 8 : 1;
		new_unit = tail->new_bits / 8;
		fixed = objects * (t->new_size + new_unit);
	}
	units = bytes / (old_unit ? old_unit : 1) + 1;
	if (type_pointers(e, type, &p) != CO_OK)
		p.n = 0;
	sums->new_bytes = larger(sums->new_bytes, fixed + units * new_unit);
	sums->relocations = larger(sums->relocations, (units + (tail ? objects : 0)) * p.n);
	sums->align = larger(sums->align, larger(t->old_align, t->new_align));
}

static uint32_t largest_of(const struct co_engine *e, uint32_t participant)
{
	const struct co_participant *p = co_participant_at(e, participant);
	uint32_t largest = 0;

	for (uint32_t i = 0; i < p->n_types; i++) {
		uint32_t row = co_type_find(e->config.converter, p->types[i].type);

		if (row != CO_NOWHERE)
			largest =
				(uint32_t)larger(largest, e->config.converter->types[row].old_size);
	}
	return largest;
}

/* Of all that participant I emits, in SUMS; of its largest object alone, in ONE. */
static void bound_participant(const struct co_engine *e, uint32_t i, struct sums *sums)
{
	const struct co_participant *p = co_participant_at(e, i);
	const struct co_room *room = &e->rooms[i];
	struct sums one = {.new_bytes = larger(room->largest, largest_of(e, i)), .align = 16};

	*sums = (struct sums){.new_bytes = room->bytes, .align = 16};
	for (uint32_t k = 0; k < p->n_types; k++) {
		uint32_t row = co_type_find(e->config.converter, p->types[k].type);

		if (row == CO_NOWHERE)
			continue;
		bound_type(e, row, room->objects, room->bytes, sums);
		bound_type(e, row, 1, larger(room->largest, largest_of(e, i)), &one);
	}
	sums->scratch = one.new_bytes + sums->align;
	sums->new_bytes += room->objects * CO_IMAGE_ALIGN;
}

/* ---- the old side ---------------------------------------------------------------------------- */

static void sum_rooms(struct co_engine *e)
{
	e->total = (struct co_room){.objects = 0};
	for (uint32_t i = 0; i < e->config.n_participants; i++) {
		const struct co_room *room = &e->rooms[i];

		e->total.objects += room->objects;
		e->total.bytes += room->bytes;
		e->total.copied += room->copied;
		e->total.sides += room->sides;
		e->total.side_bytes += room->side_bytes;
		e->total.name_bytes += room->name_bytes;
	}
}

static uint32_t slots_for(uint64_t strings)
{
	uint32_t n = 64;

	while (n < strings * 2 && n < 1u << 31)
		n *= 2;
	return n;
}

/* What the participants that capture ask for, in ALL; too many pointers are refused. */
static int sum_participants(struct co_engine *e, struct sums *all)
{
	struct sums one;

	for (uint32_t i = 0; i < e->config.n_participants; i++) {
		if (!co_participant_at(e, i)->capture)
			continue;
		bound_participant(e, i, &one);
		all->new_bytes += one.new_bytes;
		all->relocations += one.relocations;
		all->scratch = larger(all->scratch, one.scratch);
		all->align = larger(all->align, one.align);
	}
	if (all->relocations > CO_OBJECTS_LIMIT)
		return co_note_value(e, CO_E_LIMIT, CO_NOWHERE, "more pointers than the limit",
				     all->relocations);
	return CO_OK;
}

int co_measure_old(struct co_engine *e)
{
	struct layout_sum layout;
	struct sums all = {.align = 16};
	uint64_t strings, string_bytes, work, image;
	int error = sum_layout(e, &layout);

	if (error)
		return error;
	sum_rooms(e);
	error = sum_participants(e, &all);
	if (error)
		return error;
	/* A name that the engine makes: PARTICIPANT[N]. A relocation has two paths, with an element
	 * each. */
	strings = layout.strings + layout.pointers + e->total.objects + e->total.sides +
		  2 * all.relocations;
	string_bytes = layout.string_bytes + e->total.objects * (CO_NAME_MAX + 16) +
		       e->total.name_bytes + e->total.sides * CO_NAME_MAX +
		       (2 * all.relocations + layout.pointers) * (layout.path + 32);
	if (string_bytes >= CO_NOWHERE)
		string_bytes = CO_NOWHERE - 1;
	e->n_slots = slots_for(strings);
	if (layout.pointers > CO_OBJECTS_LIMIT)
		return co_note_value(e, CO_E_LIMIT, CO_NOWHERE, "more pointers than the limit",
				     layout.pointers);
	e->spots_room = (uint32_t)layout.pointers;
	/* One for each four bytes of the largest object: more unions than any type has. */
	e->arms_room =
		(uint32_t)(all.scratch / 4 < CO_OBJECTS_LIMIT ? all.scratch / 4 : CO_OBJECTS_LIMIT);
	work = padded(e->total.objects * sizeof(struct co_kept)) +
	       padded(e->arms_room * sizeof(struct co_arm)) +
	       padded(layout.types * sizeof(struct co_spots)) +
	       padded(e->spots_room * sizeof(struct co_spot)) +
	       padded(e->total.objects * sizeof(struct co_object)) +
	       padded(e->total.sides * sizeof(struct co_kept_side)) + padded(e->total.side_bytes) +
	       padded(e->total.copied + e->total.objects * all.align) + padded(string_bytes) +
	       padded(e->n_slots * sizeof(uint32_t)) + padded(all.scratch + all.align);
	image = CO_SEAL_SIZE + CO_IMAGE_HEADER +
		CO_SECTION_LAST * (CO_IMAGE_ENTRY + CO_IMAGE_ALIGN) + co_image_identity_size +
		CO_CLOCKS * co_image_clock_size + layout.types * co_image_type_size +
		layout.members * co_image_member_size + layout.names * co_image_name_size +
		e->total.objects * co_image_object_size + all.new_bytes +
		e->total.sides * co_image_side_size + e->total.side_bytes +
		e->config.n_participants * (co_image_participant_size + 2 * co_image_audit_size) +
		all.relocations * co_image_relocation_size + string_bytes;
	e->sizes.work = work + 16 * CO_REGION_ALIGN;
	e->sizes.image = padded(image);
	e->total.copied += e->total.objects * all.align;
	e->total.largest = all.scratch + all.align;
	e->total.name_bytes = string_bytes;
	return CO_OK;
}

/* ---- the new side ---------------------------------------------------------------------------- */

int co_measure_new(struct co_engine *e)
{
	uint64_t largest = 0;

	for (uint32_t i = 0; i < e->image.n_objects; i++) {
		struct co_image_object row;

		co_image_object(&e->image, i, &row);
		largest = larger(largest, row.size);
	}
	e->total.largest = largest + CO_ADDRESS_GAP;
	e->sizes.work = padded(e->image.n_objects * sizeof(uint64_t)) + padded(e->total.largest) +
			4 * CO_REGION_ALIGN;
	e->sizes.image = 0;
	return CO_OK;
}
