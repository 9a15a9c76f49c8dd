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

static uint64_t symbols_base(const struct co_engine *e)
{
	return e->config.converter->address_size == 8 ? 0x0d00000000000000ull : 0xd0000000ull;
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
	if (address + gap >= symbols_base(e))
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

/* The object whose new bytes hold ADDRESS, or CO_NOWHERE: new addresses ascend with the numbers. */
static uint32_t object_at(const struct co_engine *e, uint64_t address)
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

static uint32_t participant_of(const struct co_engine *e, uint32_t object)
{
	uint32_t i = 0;

	while (i + 1 < e->config.n_participants && e->first_object[i + 1] <= object)
		i++;
	return i;
}

static const char *kept_name(const struct co_engine *e, uint32_t object)
{
	return (const char *)e->strings.data + e->kept[object].name;
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
		object = object_at(e, b->new_address);
		co_note_issue(e, CO_PHASE_CONVERT, participant_of(e, object), kept_name(e, object),
			      &trouble);
		return co_note_value(e, CO_E_ARGUMENT, participant_of(e, object), trouble.why,
				     b->old_address);
	}
	return CO_OK;
}

/* ---- symbols --------------------------------------------------------------------------------- */

/* Every (participant, row) has an address of its own, aligned for any tag. */
static uint64_t symbol_step(const struct co_engine *e)
{
	return e->config.converter->address_size == 8 ? CO_ADDRESS_GAP : 64;
}

static int translate_symbol(void *data, uint64_t old_address, uint64_t *new_address)
{
	const struct co_engine *e = data;
	uint64_t at = symbols_base(e);

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
	uint64_t at = symbols_base(e);

	for (uint32_t i = 0; i < e->config.n_participants; i++) {
		const struct co_participant *p = co_participant_at(e, i);

		for (uint32_t k = 0; k < p->n_symbols; k++, at += symbol_step(e))
			if (at == address)
				return &p->symbols[k];
	}
	return NULL;
}

/* ---- relocations ----------------------------------------------------------------------------- */

struct relocating {
	struct co_engine *e;
	uint32_t object, participant;
	uint8_t *bytes;	 /* of the new object */
	uint64_t failed; /* pointers that lead nowhere */
	uint32_t arm;	 /* where the next live arm is looked for first */
};

static bool must_cross(uint8_t way)
{
	return way == CO_WAY_FOLLOW || way == CO_WAY_ARRAY || way == CO_WAY_STRING ||
	       way == CO_WAY_SYMBOL || way == CO_WAY_LIST;
}

static bool find_object(struct co_engine *e, const struct co_member *m, uint64_t address,
			struct co_image_relocation *row)
{
	char path[CO_PATH_MAX];
	const struct co_kept *target;

	address -= m->container;
	row->target_object = object_at(e, address);
	if (row->target_object == CO_NOWHERE)
		return false;
	target = &e->kept[row->target_object];
	if (co_layout_path(&e->layout, target->type, target->new_size,
			   address - target->new_address, path) != CO_OK)
		return false;
	row->target = CO_TARGET_OBJECT;
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
static void refuse_pointer(struct relocating *r, const struct co_place *place, uint64_t value)
{
	struct co_trouble trouble = {
		.error = CO_E_POINTER,
		.field = place->path,
		.value = value,
		.why = place->member.way == CO_WAY_SYMBOL ? "no symbol that a participant lists"
							  : NULL,
	};

	co_note_issue(r->e, CO_PHASE_CONVERT, r->participant, kept_name(r->e, r->object), &trouble);
	co_note_value(r->e, CO_E_POINTER, r->participant, "a pointer leads to nothing that crosses",
		      value);
	r->failed++;
}

static int relocate(struct relocating *r, const struct co_place *place, uint32_t index)
{
	struct co_engine *e = r->e;
	const struct co_member *m = &place->member;
	uint64_t bit = place->bit + (uint64_t)index * m->bits, value, address;
	struct co_image_relocation row = {.bit = bit, .object = r->object};

	if (bit + m->bits > (uint64_t)e->kept[r->object].new_extent * 8)
		return CO_OK;
	value = co_bits_get(&e->layout, r->bytes, bit, m->bits);
	row.tag = value & m->mask;
	address = value & ~m->mask;
	if (!address)
		return CO_OK;
	if (m->way == CO_WAY_SYMBOL ? !find_symbol(e, address, &row)
				    : !find_object(e, m, address, &row)) {
		if (must_cross(m->way))
			refuse_pointer(r, place, value);
		return CO_OK;
	}
	row.str_path = element_path(e, place, index);
	if (row.str_path == CO_NOWHERE || row.str_target == CO_NOWHERE)
		return e->report.failure.error;
	co_bits_put(&e->layout, r->bytes, bit, m->bits, 0);
	return put_relocation(e, r->object, &row);
}

static int relocate_place(void *data, const struct co_place *place)
{
	int error = CO_OK;

	if (place->member.kind == CO_POINTER && place->member.way != CO_WAY_OPAQUE)
		for (uint32_t i = 0; i < place->count && !error; i++)
			error = relocate(data, place, i);
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

/* ---- objects --------------------------------------------------------------------------------- */

struct converting {
	struct co_engine *e;
	struct co_ctx ctx;
	uint32_t participant;
	uint32_t type; /* of the last object, and whether it has pointers */
	bool pointers;
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
	co_note_issue(c->e, CO_PHASE_CONVERT, c->participant, kept_name(c->e, object), t);
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
	struct relocating r = {e, object, c->participant, whole, 0, 0};
	uint64_t pad = (CO_IMAGE_ALIGN - kept->new_extent % CO_IMAGE_ALIGN) % CO_IMAGE_ALIGN;

	if (!whole)
		return e->report.failure.error;
	c->ctx.new_address = kept->new_address;
	e->n_arms = 0;
	if (co_convert(&c->ctx, kept->type, kept->bytes, kept->size, whole, kept->new_size)) {
		fail_object(c, object);
		return CO_OK;
	}
	if (kept->type != c->type) {
		c->type = kept->type;
		c->pointers = co_has_pointers(e, kept->type);
	}
	if (c->pointers) {
		int error = e->n_arms > e->arms_room
				    ? CO_E_ROOM
				    : co_layout_walk(&e->layout, kept->type, kept->new_size,
						     relocate_place, is_live, &r);

		if (error)
			return co_note(e, error, c->participant, NULL);
		c->failed += r.failed;
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
	struct co_host host = {.translate_symbol = translate_symbol, .arm = note_arm, .data = e};
	struct converting c = {
		.e = e,
		.type = CO_NOWHERE,
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
