// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * Converting what was captured, on the old side: a table of addresses first, then each object into
 * its place in the image, then its pointers become relocations.
 */
#include "engine_core.h"

/* ---- addresses ------------------------------------------------------------------------------- */

static uint64_t objects_base(const struct co_engine *e)
{
	return e->config.converter->address_size == 8 ? 0x0c00000000000000ull : 0x0c000000ull;
}

/* Far enough apart for one past the end, and aligned for any tag. */
static int place_objects(struct co_engine *e)
{
	uint64_t address = objects_base(e), gap = CO_ADDRESS_GAP;

	for (uint32_t i = 0; i < e->n_kept; i++) {
		struct co_kept *kept = &e->kept[i];

		address = (address + gap) & ~(gap - 1);
		kept->new_address = address;
		e->table[i] = (struct co_object){
			.old_address = kept->address,
			.new_address = address,
			.type = kept->type,
			.old_size = kept->size,
			.new_size = kept->new_size,
			.old_extent = co_old_extent(e->config.converter, kept->type, kept->size),
		};
		address += kept->new_size;
	}
	if (address + gap >= co_symbols_base(e))
		return co_note_value(e, CO_E_LIMIT, CO_NOWHERE, "more objects than addresses",
				     e->n_kept);
	return CO_OK;
}

static void sift(struct co_object *table, uint32_t root, uint32_t n)
{
	struct co_object moved = table[root];

	for (;;) {
		uint64_t child = 2ull * root + 1;

		if (child >= n)
			break;
		if (child + 1 < n && table[child].old_address < table[child + 1].old_address)
			child++;
		if (table[child].old_address <= moved.old_address)
			break;
		table[root] = table[child];
		root = (uint32_t)child;
	}
	table[root] = moved;
}

static bool is_sorted(const struct co_object *table, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++)
		if (table[i - 1].old_address > table[i].old_address)
			return false;
	return true;
}

static void sort_table(struct co_object *table, uint32_t n)
{
	if (is_sorted(table, n))
		return;
	for (uint32_t i = n / 2; i--;)
		sift(table, i, n);
	for (uint32_t i = n; i-- > 1;) {
		struct co_object last = table[i];

		table[i] = table[0];
		table[0] = last;
		sift(table, 0, i);
	}
}

static uint32_t participant_of(const struct co_engine *e, uint32_t object)
{
	uint32_t i = 0;

	while (i + 1 < e->config.n_participants && e->first_object[i + 1] <= object)
		i++;
	return i;
}

static int check_overlap(struct co_engine *e)
{
	for (uint32_t i = 1; i < e->n_kept; i++) {
		const struct co_object *a = &e->table[i - 1], *b = &e->table[i];
		struct co_trouble trouble = {
			.error = CO_E_ARGUMENT,
			.why = "it lies inside another object, or is emitted twice",
			.value = b->old_address};
		uint32_t object;

		if (b->old_address - a->old_address >= a->old_extent)
			continue;
		object = co_object_at(e, b->new_address);
		co_note_issue(e, CO_PHASE_CONVERT, participant_of(e, object), co_kept_name(e, object),
			      &trouble);
		return co_note_value(e, CO_E_ARGUMENT, participant_of(e, object), trouble.why,
				     b->old_address);
	}
	return CO_OK;
}

/* ---- objects --------------------------------------------------------------------------------- */

struct converting {
	struct co_engine *e;
	struct co_ctx ctx;
	uint32_t participant;
	uint64_t failed;
};

static void note_arm(void *data, const void *new_, uint32_t type)
{
	struct co_engine *e = data;

	if (e->n_arms < e->arms_room)
		e->arms[e->n_arms] = (struct co_arm){.record = new_, .type = type};
	if (e->n_arms <= e->arms_room)
		e->n_arms++;
}

static void fail_object(struct converting *c, uint32_t object)
{
	const struct co_trouble *t = &c->ctx.trouble;

	c->failed++;
	co_note_issue(c->e, CO_PHASE_CONVERT, c->participant, co_kept_name(c->e, object), t);
	co_note_value(c->e, t->error == CO_E_POINTER ? CO_E_POINTER : CO_E_VALUE, c->participant,
		      t->why ? t->why : co_strerror(t->error), t->value);
}

/* Where the whole object is written: in the image when it is there whole and aligned, else aside.
 */
static uint8_t *destination(struct converting *c, const struct co_kept *kept, uint8_t *stored)
{
	struct co_engine *e = c->e;
	uint32_t align =
		kept->type == CO_NOWHERE ? 1 : e->config.converter->types[kept->type].new_align;

	if (kept->new_extent == kept->new_size && ((uintptr_t)stored & (align - 1)) == 0)
		return stored;
	e->scratch.used = 0;
	stored = co_pool_take(&e->scratch, kept->new_size, align);
	if (!stored)
		co_note_value(e, CO_E_ROOM, c->participant,
			      "an object larger than the largest it prepared for", kept->size);
	return stored;
}

static int convert_object(struct converting *c, uint32_t object)
{
	struct co_engine *e = c->e;
	const struct co_kept *kept = &e->kept[object];
	uint8_t *data =
		e->region.data + (co_build_section(e, CO_SECTION_DATA)->data - e->region.data);
	uint8_t *stored = data + kept->data, *whole = destination(c, kept, stored);
	uint64_t pad = (CO_IMAGE_ALIGN - kept->new_extent % CO_IMAGE_ALIGN) % CO_IMAGE_ALIGN;

	if (!whole)
		return e->report.failure.error;
	c->ctx.new_address = kept->new_address;
	e->n_arms = 0;
	if (co_convert(&c->ctx, kept->type, kept->bytes, kept->size, whole, kept->new_size)) {
		fail_object(c, object);
		return CO_OK;
	}
	if (kept->type != CO_NOWHERE) {
		int error = co_relocate_object(e, object, c->participant, whole, &c->failed);

		if (error)
			return error;
	}
	if (whole != stored)
		memcpy(stored, whole, kept->new_extent);
	memset(stored + kept->new_extent, 0, pad);
	e->report.participants[c->participant].converted++;
	return CO_OK;
}

static int convert_participant(struct converting *c, uint32_t i)
{
	struct co_engine *e = c->e;
	uint64_t start = co_now(e), total = e->first_object[i + 1] - e->first_object[i];
	int error = CO_OK;

	c->participant = i;
	for (uint32_t k = e->first_object[i]; k < e->first_object[i + 1] && !error; k++) {
		error = convert_object(c, k);
		co_tick(e, CO_PHASE_CONVERT, i, k - e->first_object[i] + 1, total);
		if (!error && k % 64 == 63 && co_budget_passed(e))
			error = co_note_value(e, CO_E_TIME, i,
					      "the budget of the pause passed, in microseconds",
					      e->config.budget_us);
	}
	e->report.participants[i].ns[CO_PHASE_CONVERT] += co_now(e) - start;
	return error;
}

int co_convert_all(struct co_engine *e)
{
	struct co_host host = {.translate_symbol = co_symbol_to_number, .arm = note_arm, .data = e};
	struct converting c = {
		.e = e,
		.ctx = {.converter = e->config.converter,
			.pointers = CO_POINTERS_TRANSLATE,
			.objects = e->table,
			.n_objects = e->n_kept,
			.host = &host},
	};
	int error = place_objects(e);

	if (!error) {
		sort_table(e->table, e->n_kept);
		error = check_overlap(e);
	}
	if (!error)
		error = co_build_objects(e);
	if (error)
		return error;
	co_build_begin(e, CO_SECTION_RELOCATIONS);
	for (uint32_t i = 0; i < e->config.n_participants && !error; i++)
		error = convert_participant(&c, i);
	if (!error && c.failed)
		error = e->report.failure.error;
	if (error)
		return error;
	co_build_end(e, CO_SECTION_RELOCATIONS);
	return co_build_finish(e);
}

int co_convert_probe(struct co_engine *e, uint32_t type, const void *bytes, uint64_t size,
		     struct co_trouble *trouble)
{
	const struct co_converter *c = e->config.converter;
	struct co_ctx ctx = {.converter = c, .pointers = CO_POINTERS_KEEP};
	size_t new_size;
	uint8_t *to;
	int error;

	if (type == CO_NOWHERE)
		return CO_OK;
	error = co_new_size(c, type, (size_t)size, &new_size);
	if (error)
		return error;
	e->scratch.used = 0;
	to = co_pool_take(&e->scratch, new_size, c->types[type].new_align);
	if (!to)
		return CO_E_ROOM;
	error = co_convert(&ctx, type, bytes, (size_t)size, to, new_size);
	*trouble = ctx.trouble;
	return error;
}
