// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * The image, written in place into the memory that is handed over: section after section, each
 * where it stays. Relocations, audit and strings come last, because nobody knows before how many
 * there are.
 */
#include "engine_core.h"
#include "image_bytes.h"

/* ---- sections ---------------------------------------------------------------------------------
 */

void co_build_begin(struct co_engine *e, uint32_t kind)
{
	*co_build_section(e, kind) = (struct co_section){
		.kind = kind,
		.flags = kind > CO_SECTION_REQUIRED ? CO_IMAGE_OPTIONAL : 0,
		.data = e->region.data + e->region.used,
	};
}

void *co_build_add(struct co_engine *e, uint32_t kind, uint64_t size)
{
	void *at = co_pool_take(&e->region, size, 1);

	if (at)
		co_build_section(e, kind)->size += size;
	else
		co_note_value(e, CO_E_ROOM, CO_NOWHERE,
			      "the image does not fit its memory of bytes", e->region.size);
	return at;
}

void co_build_end(struct co_engine *e, uint32_t kind)
{
	uint64_t size = co_build_section(e, kind)->size;

	if (!co_pool_take(&e->region, co_image_pad(size) - size, 1))
		co_note_value(e, CO_E_ROOM, CO_NOWHERE,
			      "the image does not fit its memory of bytes", e->region.size);
}

/* ---- strings, each once -------------------------------------------------------------------------
 */

static uint32_t hash_string(const char *s, size_t *length)
{
	uint32_t hash = 2166136261u;
	size_t n = 0;

	for (; s[n]; n++)
		hash = (hash ^ (uint8_t)s[n]) * 16777619u;
	*length = n;
	return hash ^ hash >> 15;
}

uint32_t co_build_string(struct co_engine *e, const char *s)
{
	size_t n;
	uint32_t i = hash_string(s, &n), tried = 0;
	char *at;

	for (; e->slots[i & (e->n_slots - 1)]; i++) {
		uint32_t offset = e->slots[i & (e->n_slots - 1)] - 1;

		if (co_equal((const char *)e->strings.data + offset, s))
			return offset;
		if (++tried == e->n_slots)
			break;
	}
	at = tried == e->n_slots ? NULL : co_pool_take(&e->strings, n + 1, 1);
	if (!at) {
		co_note_value(e, CO_E_ROOM, CO_NOWHERE,
			      "the strings do not fit their memory of bytes", e->strings.size);
		return CO_NOWHERE;
	}
	memcpy(at, s, n);
	e->slots[i & (e->n_slots - 1)] = (uint32_t)((uint8_t *)at - e->strings.data) + 1;
	return e->slots[i & (e->n_slots - 1)] - 1;
}

#define PUT(e, kind, record, ...)                                                                  \
	do {                                                                                       \
		struct co_image_##record row_ = {__VA_ARGS__};                                     \
		uint8_t *at_ = co_build_add(e, kind, co_image_##record##_size);                    \
                                                                                                   \
		if (at_)                                                                           \
			co_image_##record##_put(at_, &row_);                                       \
	} while (0)

/* ---- what is known beforehand ---------------------------------------------------------------- */

static void build_identity(struct co_engine *e)
{
	const struct co_converter *c = e->config.converter;
	const char *running = e->config.running.release;

	co_build_begin(e, CO_SECTION_IDENTITY);
	PUT(e, CO_SECTION_IDENTITY, identity, .str_converter = co_build_string(e, c->name),
	    .str_mapping_digest = co_build_string(e, c->mapping_digest),
	    .str_layouts_digest = co_build_string(e, c->new_digest),
	    .str_from_release = co_build_string(e, c->from.release),
	    .str_from_arch = co_build_string(e, c->from.arch),
	    .str_from_build_id = co_build_string(e, c->from.build_id),
	    .str_to_release = co_build_string(e, c->to.release),
	    .str_to_arch = co_build_string(e, c->to.arch),
	    .str_to_build_id = co_build_string(e, c->to.build_id),
	    .str_kernel = co_build_string(e, running ? running : ""), .is_new = 1,
	    .address_size = c->address_size, .big_endian = c->big_endian);
	co_build_end(e, CO_SECTION_IDENTITY);
	co_build_begin(e, CO_SECTION_CLOCKS);
	co_build_add(e, CO_SECTION_CLOCKS, CO_CLOCKS * co_image_clock_size);
	co_build_end(e, CO_SECTION_CLOCKS);
}

/* The row of the new side's members that field INDEX of TYPE becomes, or CO_NOWHERE. */
static uint32_t side_row(const struct co_engine *e, uint32_t type, uint32_t index)
{
	const struct co_field *fields = e->config.converter->types[type].fields;
	uint32_t row = 0;

	if (index == CO_NOWHERE || fields[index].new_bit == CO_NOWHERE)
		return CO_NOWHERE;
	for (uint32_t i = 0; i < index; i++)
		row += fields[i].new_bit != CO_NOWHERE;
	return row;
}

static void build_types(struct co_engine *e)
{
	const struct co_converter *c = e->config.converter;
	uint32_t first = 0;

	co_build_begin(e, CO_SECTION_TYPES);
	for (uint32_t i = 0; i < c->n_types; i++) {
		const struct co_type *t = &c->types[i];
		uint32_t n = 0;

		for (uint32_t k = 0; k < t->n_fields; k++)
			n += t->fields[k].new_bit != CO_NOWHERE;
		PUT(e, CO_SECTION_TYPES, type, .str_name = co_build_string(e, t->name),
		    .str_digest = co_build_string(e, t->new_digest), .size = t->new_size,
		    .align = t->new_align, .is_object = t->is_object, .first_member = first,
		    .n_members = n, .tail = side_row(e, i, e->layout.tail(&e->layout, i)));
		first += n;
	}
	co_build_end(e, CO_SECTION_TYPES);
}

static void build_member(struct co_engine *e, uint32_t type, uint32_t index, uint32_t *names)
{
	struct co_member m;

	e->layout.member(&e->layout, type, index, &m);
	if (m.bit == CO_NOWHERE)
		return;
	PUT(e, CO_SECTION_MEMBERS, member, .str_path = co_build_string(e, m.path),
	    .str_ctype = co_build_string(e, m.ctype), .str_why = co_build_string(e, m.why),
	    .bit = m.bit, .bits = m.bits, .count = m.count, .kind = m.kind, .way = m.way,
	    .is_signed = m.is_signed, .type = m.type, .container = m.container,
	    .target_size = m.target_size, .mask = m.mask,
	    .count_field = side_row(e, type, m.count_field), .limit = m.limit, .first_name = *names,
	    .n_names = m.n_names);
	*names += m.n_names;
}

static void build_names(struct co_engine *e, uint32_t type, uint32_t index)
{
	struct co_member m;

	e->layout.member(&e->layout, type, index, &m);
	for (uint32_t i = 0; i < m.n_names && m.bit != CO_NOWHERE; i++) {
		struct co_name name;

		e->layout.name(&e->layout, type, index, i, &name);
		PUT(e, CO_SECTION_NAMES, name, .value = name.value,
		    .str_name = co_build_string(e, name.name));
	}
}

int co_build_start(struct co_engine *e)
{
	const struct co_converter *c = e->config.converter;
	uint32_t names = 0;

	e->region.used =
		CO_SEAL_SIZE + CO_IMAGE_HEADER + (CO_SECTION_REQUIRED + 1) * CO_IMAGE_ENTRY;
	if (e->region.used > e->region.size)
		return co_note(e, CO_E_ROOM, CO_NOWHERE,
			       "the image's memory is smaller than its header");
	co_build_string(e, "");
	build_identity(e);
	build_types(e);
	co_build_begin(e, CO_SECTION_MEMBERS);
	for (uint32_t i = 0; i < c->n_types; i++)
		for (uint32_t k = 0; k < c->types[i].n_fields; k++)
			build_member(e, i, k, &names);
	co_build_end(e, CO_SECTION_MEMBERS);
	co_build_begin(e, CO_SECTION_NAMES);
	for (uint32_t i = 0; i < c->n_types; i++)
		for (uint32_t k = 0; k < c->types[i].n_fields; k++)
			build_names(e, i, k);
	co_build_end(e, CO_SECTION_NAMES);
	return e->report.failure.error ? e->report.failure.error : co_find_spots(e);
}

/* ---- objects ----------------------------------------------------------------------------------
 */

static void build_sides(struct co_engine *e)
{
	uint8_t *at;

	co_build_begin(e, CO_SECTION_SIDES);
	for (uint32_t i = 0; i < e->n_sides; i++) {
		const struct co_kept_side *side = &e->sides[i];

		PUT(e, CO_SECTION_SIDES, side, .data = side->at, .object = side->object,
		    .size = side->size, .str_name = side->name);
	}
	co_build_end(e, CO_SECTION_SIDES);
	co_build_begin(e, CO_SECTION_SIDE_DATA);
	at = co_build_add(e, CO_SECTION_SIDE_DATA, e->side_bytes.used);
	if (at && e->side_bytes.used)
		memcpy(at, e->side_bytes.data, e->side_bytes.used);
	co_build_end(e, CO_SECTION_SIDE_DATA);
}

static void build_participants(struct co_engine *e)
{
	co_build_begin(e, CO_SECTION_PARTICIPANTS);
	for (uint32_t i = 0; i < e->config.n_participants; i++)
		PUT(e, CO_SECTION_PARTICIPANTS, participant,
		    .str_name = co_build_string(e, co_participant_at(e, i)->name),
		    .first_object = e->first_object[i],
		    .n_objects = e->first_object[i + 1] - e->first_object[i]);
	co_build_end(e, CO_SECTION_PARTICIPANTS);
}

int co_build_objects(struct co_engine *e)
{
	uint64_t data = 0;

	co_build_begin(e, CO_SECTION_OBJECTS);
	for (uint32_t i = 0; i < e->n_kept; i++) {
		struct co_kept *kept = &e->kept[i];

		kept->data = data;
		PUT(e, CO_SECTION_OBJECTS, object, .address = kept->address, .data = data,
		    .type = kept->type, .size = kept->new_size, .extent = kept->new_extent,
		    .str_name = kept->name);
		data += co_image_pad(kept->new_extent);
	}
	co_build_end(e, CO_SECTION_OBJECTS);
	build_sides(e);
	build_participants(e);
	/* The data are written by converting into them: clearing them first would be a pass of its
	 * own. */
	co_build_begin(e, CO_SECTION_DATA);
	if (data > e->region.size - e->region.used)
		return co_note_value(e, CO_E_ROOM, CO_NOWHERE,
				     "the converted objects do not fit the memory: bytes", data);
	co_build_section(e, CO_SECTION_DATA)->size = data;
	e->region.used += data;
	return e->report.failure.error;
}

/* ---- the end ----------------------------------------------------------------------------------
 */

static void build_clocks(struct co_engine *e)
{
	uint8_t *at =
		e->region.data + (co_build_section(e, CO_SECTION_CLOCKS)->data - e->region.data);

	for (uint32_t i = 0; i < CO_CLOCKS; i++) {
		struct co_image_clock row = {.clock = i + 1};

		row.known = e->config.seam.wall &&
			    e->config.seam.wall(e->config.seam.data, i + 1, &row.value) >= 0;
		if (!row.known)
			row.value = 0;
		co_image_clock_put(at + i * co_image_clock_size, &row);
	}
}

static void put_count(char *text, uint64_t value)
{
	char digits[24];
	size_t at = sizeof(digits) - 1, n;

	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	n = sizeof(digits) - at;
	memcpy(text, digits + at, n);
}

/* What a person who has the image alone wants to know: who captured how much. */
static void build_audit(struct co_engine *e)
{
	co_build_begin(e, CO_SECTION_AUDIT);
	PUT(e, CO_SECTION_AUDIT, audit, .str_key = co_build_string(e, "converted"),
	    .str_value = co_build_string(e, e->config.converter->name));
	for (uint32_t i = 0; i < e->config.n_participants; i++) {
		char count[24];

		put_count(count, e->first_object[i + 1] - e->first_object[i]);
		PUT(e, CO_SECTION_AUDIT, audit,
		    .str_key = co_build_string(e, co_participant_at(e, i)->name),
		    .str_value = co_build_string(e, count));
	}
	co_build_end(e, CO_SECTION_AUDIT);
}

int co_build_finish(struct co_engine *e)
{
	static const uint8_t order[] = {
		CO_SECTION_IDENTITY, CO_SECTION_CLOCKS,	     CO_SECTION_TYPES,
		CO_SECTION_MEMBERS,  CO_SECTION_NAMES,	     CO_SECTION_OBJECTS,
		CO_SECTION_SIDES,    CO_SECTION_SIDE_DATA,   CO_SECTION_PARTICIPANTS,
		CO_SECTION_DATA,     CO_SECTION_RELOCATIONS, CO_SECTION_AUDIT,
		CO_SECTION_STRINGS,
	};
	struct co_section *table;
	uint8_t *at;
	int error;

	build_clocks(e);
	build_audit(e);
	co_build_begin(e, CO_SECTION_STRINGS);
	at = co_build_add(e, CO_SECTION_STRINGS, e->strings.used);
	if (at)
		memcpy(at, e->strings.data, e->strings.used);
	co_build_end(e, CO_SECTION_STRINGS);
	/* The reader's table has room for more sections than are ever made: it is put together
	 * there. */
	table = e->image.sections;
	for (size_t i = 0; i < sizeof(order); i++)
		table[i] = *co_build_section(e, order[i]);
	if (e->report.failure.error)
		return e->report.failure.error;
	error = (e->config.seal == CO_SEAL_NONE ? co_image_write_unsummed : co_image_write)(
		table, sizeof(order), e->region.data + CO_SEAL_SIZE, e->region.size - CO_SEAL_SIZE,
		&e->image_size);
	return error ? co_note(e, error, CO_NOWHERE, NULL) : CO_OK;
}

int co_build_open(struct co_engine *e)
{
	int error = (e->config.seal == CO_SEAL_NONE ? co_image_open_unsummed : co_image_open)(
		&e->image, e->region.data + CO_SEAL_SIZE, e->image_size, &e->image_trouble);

	return error ? co_note_value(e, error, CO_NOWHERE, e->image_trouble.reason,
				     e->image_trouble.at)
		     : CO_OK;
}
