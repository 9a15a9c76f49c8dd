// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * Opening an image that nobody vouches for: container, then records, then what they say of each
 * other. Each refusal has a sentence of its own.
 */
#include "core.h"
#include "image.h"
#include "image_bytes.h"
#include "xxh64.h"

struct opening {
	struct co_image *image;
	struct co_image_trouble *trouble;
};

static int refuse(const struct opening *o, int error, const char *reason, uint64_t at)
{
	o->trouble->reason = reason;
	o->trouble->at = at;
	return error;
}

static uint64_t offset_of(const struct opening *o, uint32_t kind, uint64_t row, uint32_t size)
{
	return (uint64_t)(o->image->at[kind]->data - o->image->data) + row * size;
}

/* ---- the container --------------------------------------------------------------------------- */

static int open_header(const struct opening *o, uint32_t *n_sections)
{
	const struct co_image *image = o->image;
	const uint8_t *data = image->data;
	uint64_t n;

	if (image->size < sizeof(co_image_magic) ||
	    memcmp(data, co_image_magic, sizeof(co_image_magic)) != 0)
		return refuse(o, CO_E_FORMAT, "not a state image: the magic is another", 0);
	if (image->size < CO_IMAGE_HEADER)
		return refuse(o, CO_E_FORMAT, "truncated inside the header", image->size);
	if (co_little_get(data + CO_IMAGE_AT_VERSION, 32) != CO_IMAGE_VERSION)
		return refuse(o, CO_E_FORMAT, "a version of the image format that is not known",
			      CO_IMAGE_AT_VERSION);
	if (co_little_get(data + CO_IMAGE_AT_ENTRY, 32) != CO_IMAGE_ENTRY)
		return refuse(o, CO_E_FORMAT, "rows of the section table have another size",
			      CO_IMAGE_AT_ENTRY);
	if (co_little_get(data + CO_IMAGE_AT_SIZE, 64) != image->size)
		return refuse(o, CO_E_FORMAT,
			      "truncated or extended: its size is not what the header says",
			      CO_IMAGE_AT_SIZE);
	n = co_little_get(data + CO_IMAGE_AT_COUNT, 32);
	if (n > CO_IMAGE_SECTIONS_MAX || CO_IMAGE_HEADER + n * CO_IMAGE_ENTRY > image->size)
		return refuse(o, CO_E_FORMAT, "the section table does not fit the image",
			      CO_IMAGE_AT_COUNT);
	for (uint32_t i = CO_IMAGE_AT_ZERO; i < CO_IMAGE_SUM; i++)
		if (data[i])
			return refuse(o, CO_E_FORMAT, "a reserved byte of the header is not zero",
				      i);
	if (co_little_get(data + CO_IMAGE_SUM, 64) != co_image_sum(data, (uint32_t)n))
		return refuse(o, CO_E_CHECKSUM, "the checksum of header and table is wrong",
			      CO_IMAGE_SUM);
	*n_sections = (uint32_t)n;
	return CO_OK;
}

static int open_section(const struct opening *o, uint32_t index, uint64_t *at)
{
	struct co_image *image = o->image;
	uint64_t entry_at = CO_IMAGE_HEADER + (uint64_t)index * CO_IMAGE_ENTRY;
	const uint8_t *entry = image->data + entry_at;
	struct co_section *s = &image->sections[index];

	s->kind = (uint32_t)co_little_get(entry, 32);
	s->flags = (uint32_t)co_little_get(entry + 4, 32);
	s->size = co_little_get(entry + 16, 64);
	if (co_little_get(entry + 8, 64) != *at)
		return refuse(o, CO_E_FORMAT, "a section does not follow the one before it",
			      entry_at + 8);
	if (s->size > image->size - *at || co_image_pad(s->size) > image->size - *at)
		return refuse(o, CO_E_FORMAT, "a section ends after the image", entry_at + 16);
	s->data = image->data + *at;
	if ((image->unsummed ? 0 : co_xxh64(s->data, s->size, 0)) != co_little_get(entry + 24, 64))
		return refuse(o, CO_E_CHECKSUM, "the checksum of a section is wrong", *at);
	for (uint64_t i = s->size; i < co_image_pad(s->size); i++)
		if (s->data[i])
			return refuse(o, CO_E_FORMAT, "a padding byte is not zero", *at + i);
	if (s->flags & ~CO_IMAGE_OPTIONAL)
		return refuse(o, CO_E_FORMAT, "a section has unknown flags", entry_at + 4);
	*at += co_image_pad(s->size);
	if (!s->kind || s->kind > CO_SECTION_LAST) {
		if (s->flags & CO_IMAGE_OPTIONAL)
			return CO_OK;
		return refuse(o, CO_E_FORMAT, "a section of an unknown kind", entry_at);
	}
	if (s->kind > CO_SECTION_REQUIRED && !(s->flags & CO_IMAGE_OPTIONAL))
		return refuse(o, CO_E_FORMAT, "an optional section is not marked as one", entry_at);
	if (s->kind == CO_SECTION_SIGNATURE && index != image->n_sections - 1)
		return refuse(o, CO_E_FORMAT, "a signature that is not the last section", entry_at);
	if (image->at[s->kind])
		return refuse(o, CO_E_FORMAT, "two sections of one kind", entry_at);
	image->at[s->kind] = s;
	return CO_OK;
}

static int open_container(const struct opening *o)
{
	struct co_image *image = o->image;
	uint64_t at;
	int error = open_header(o, &image->n_sections);

	if (error)
		return error;
	at = CO_IMAGE_HEADER + (uint64_t)image->n_sections * CO_IMAGE_ENTRY;
	for (uint32_t i = 0; i < image->n_sections; i++) {
		error = open_section(o, i, &at);
		if (error)
			return error;
	}
	if (at != image->size)
		return refuse(o, CO_E_FORMAT, "bytes after the last section", at);
	for (uint32_t kind = 1; kind <= CO_SECTION_REQUIRED; kind++)
		if (!image->at[kind])
			return refuse(o, CO_E_FORMAT, "a required section is missing",
				      CO_IMAGE_HEADER);
	return CO_OK;
}

/* ---- records --------------------------------------------------------------------------------- */

static bool string_ok(const struct co_image *image, uint32_t offset)
{
	return offset < image->at[CO_SECTION_STRINGS]->size;
}

static bool string_present(const struct co_image *image, uint32_t offset)
{
	return string_ok(image, offset) && *co_image_string(image, offset);
}

static int open_strings(const struct opening *o)
{
	const struct co_section *s = o->image->at[CO_SECTION_STRINGS];

	if (!s->size || s->size > UINT32_MAX || s->data[0] || s->data[s->size - 1])
		return refuse(o, CO_E_FORMAT, "the strings do not begin and end with a NUL",
			      offset_of(o, CO_SECTION_STRINGS, 0, 0));
	return CO_OK;
}

static int count_rows(const struct opening *o, uint32_t kind, uint32_t size, uint32_t *n)
{
	const struct co_section *s = o->image->at[kind];

	if (s->size % size || s->size / size >= CO_NOWHERE)
		return refuse(o, CO_E_FORMAT, "a section is not a whole number of records",
			      offset_of(o, kind, 0, 0));
	*n = (uint32_t)(s->size / size);
	return CO_OK;
}

static int open_identity(const struct opening *o)
{
	struct co_image *image = o->image;
	struct co_image_identity *id = &image->identity;
	const struct co_section *s = image->at[CO_SECTION_IDENTITY];
	uint64_t at = offset_of(o, CO_SECTION_IDENTITY, 0, 0);

	if (s->size != co_image_identity_size)
		return refuse(o, CO_E_FORMAT, "the identity has another size", at);
	co_image_identity_get(s->data, id);
	if (!string_ok(image, id->str_converter) || !string_ok(image, id->str_mapping_digest) ||
	    !string_ok(image, id->str_layouts_digest) || !string_ok(image, id->str_from_release) ||
	    !string_ok(image, id->str_from_arch) || !string_ok(image, id->str_from_build_id) ||
	    !string_ok(image, id->str_to_release) || !string_ok(image, id->str_to_arch) ||
	    !string_ok(image, id->str_to_build_id) || !string_ok(image, id->str_kernel))
		return refuse(o, CO_E_FORMAT, "the identity names a string that is not there", at);
	if ((id->address_size != 4 && id->address_size != 8) || id->is_new > 1 ||
	    id->big_endian > 1 || id->zero)
		return refuse(o, CO_E_FORMAT, "the identity has an impossible number", at);
	return CO_OK;
}

static int open_clocks(const struct opening *o)
{
	uint32_t n;
	int error = count_rows(o, CO_SECTION_CLOCKS, co_image_clock_size, &n);

	if (error)
		return error;
	for (uint32_t i = 0; i < n; i++) {
		struct co_image_clock row;

		co_image_clock(o->image, i, &row);
		if (row.clock != i + 1 || row.known > 1 || (!row.known && row.value))
			n = 0;
	}
	if (n != CO_CLOCKS)
		return refuse(o, CO_E_FORMAT, "the clocks are not the five that are known",
			      offset_of(o, CO_SECTION_CLOCKS, 0, 0));
	return CO_OK;
}

/* ---- layouts --------------------------------------------------------------------------------- */

static bool member_kind_ok(const struct co_image *image, const struct co_image_member *m)
{
	struct co_layout_type record;

	if (m->kind == CO_POINTER)
		return m->bits == image->identity.address_size * 8u && m->bit % 8 == 0;
	if (m->kind == CO_BYTES)
		return true;
	if (m->kind != CO_RECORD)
		return m->bits <= 64 || m->kind == CO_FLOAT;
	if (m->type >= image->n_types || m->bit % 8)
		return false;
	image->layout.type(&image->layout, m->type, &record);
	return (uint64_t)record.size * 8 == m->bits;
}

static bool member_ok(const struct co_image *image, const struct co_image_type *t,
		      const struct co_image_member *m)
{
	uint64_t size = (uint64_t)t->size * 8, count = m->count == CO_NOWHERE ? 0 : m->count;

	if (!string_present(image, m->str_path) || !string_ok(image, m->str_ctype) ||
	    !string_ok(image, m->str_why))
		return false;
	if (m->kind < CO_UINT || m->kind > CO_BYTES || m->way < CO_WAY_COPY ||
	    m->way > CO_WAY_ARM || m->is_signed > 1)
		return false;
	if (m->bit == CO_NOWHERE || (m->bits && count > size / m->bits) ||
	    m->bit + m->bits * count > size || (m->count == CO_NOWHERE && !m->bits))
		return false;
	if ((m->type != CO_NOWHERE && m->type >= image->n_types) ||
	    (m->count_field != CO_NOWHERE && m->count_field >= t->n_members))
		return false;
	if (m->first_name > image->n_names || m->n_names > image->n_names - m->first_name)
		return false;
	return member_kind_ok(image, m);
}

static int open_type(const struct opening *o, uint32_t index, uint32_t *next_member)
{
	struct co_image *image = o->image;
	uint64_t at = offset_of(o, CO_SECTION_TYPES, index, co_image_type_size);
	struct co_image_type t;
	uint32_t tail = CO_NOWHERE;

	co_image_type_get(image->data + at, &t);
	if (!string_present(image, t.str_name) || !string_ok(image, t.str_digest) ||
	    !co_power_of_two(t.align) || t.is_object > 1)
		return refuse(o, CO_E_FORMAT, "a type has an impossible name or number", at);
	if (t.first_member != *next_member || t.n_members > image->n_members - *next_member)
		return refuse(o, CO_E_FORMAT, "a type's members are not the next ones", at);
	*next_member += t.n_members;
	for (uint32_t i = 0; i < t.n_members; i++) {
		struct co_image_member m;

		at = offset_of(o, CO_SECTION_MEMBERS, t.first_member + i, co_image_member_size);
		co_image_member_get(image->data + at, &m);
		if (!member_ok(image, &t, &m))
			return refuse(o, CO_E_FORMAT, "a member has an impossible name or number",
				      at);
		if (m.count == CO_NOWHERE && tail != CO_NOWHERE)
			return refuse(o, CO_E_FORMAT, "a type has two flexible tails", at);
		if (m.count == CO_NOWHERE)
			tail = i;
	}
	if (tail != t.tail)
		return refuse(o, CO_E_FORMAT, "a type's flexible tail is another member", at);
	return CO_OK;
}

static int open_names(const struct opening *o)
{
	for (uint32_t i = 0; i < o->image->n_names; i++) {
		uint64_t at = offset_of(o, CO_SECTION_NAMES, i, co_image_name_size);
		struct co_image_name row;

		co_image_name_get(o->image->data + at, &row);
		if (!string_present(o->image, row.str_name) || row.zero)
			return refuse(o, CO_E_FORMAT, "an enumerator has an impossible name", at);
	}
	return CO_OK;
}

static int open_layouts(const struct opening *o)
{
	struct co_image *image = o->image;
	uint32_t members = 0;
	int error = count_rows(o, CO_SECTION_TYPES, co_image_type_size, &image->n_types);

	if (!error)
		error = count_rows(o, CO_SECTION_MEMBERS, co_image_member_size, &image->n_members);
	if (!error)
		error = count_rows(o, CO_SECTION_NAMES, co_image_name_size, &image->n_names);
	if (error)
		return error;
	co_image_layout(image);
	/* Names first: a record's type is looked at from any member. */
	for (uint32_t i = 0; i < image->n_types; i++) {
		uint64_t at = offset_of(o, CO_SECTION_TYPES, i, co_image_type_size);
		struct co_image_type t;

		co_image_type_get(image->data + at, &t);
		if (!string_ok(image, t.str_name) || !string_ok(image, t.str_digest))
			return refuse(o, CO_E_FORMAT, "a type names a string that is not there",
				      at);
	}
	for (uint32_t i = 0; i < image->n_types; i++) {
		error = open_type(o, i, &members);
		if (error)
			return error;
	}
	if (members != image->n_members)
		return refuse(o, CO_E_FORMAT, "members that belong to no type",
			      offset_of(o, CO_SECTION_MEMBERS, members, co_image_member_size));
	return open_names(o);
}

/* ---- state ----------------------------------------------------------------------------------- */

static int open_objects(const struct opening *o)
{
	struct co_image *image = o->image;
	uint64_t data = 0;
	int error = count_rows(o, CO_SECTION_OBJECTS, co_image_object_size, &image->n_objects);

	if (error)
		return error;
	for (uint32_t i = 0; i < image->n_objects; i++) {
		uint64_t at = offset_of(o, CO_SECTION_OBJECTS, i, co_image_object_size);
		struct co_image_object row;

		co_image_object(image, i, &row);
		if (!string_ok(image, row.str_name) ||
		    (row.type != CO_NOWHERE && row.type >= image->n_types))
			return refuse(o, CO_E_FORMAT, "an object has an impossible name or type",
				      at);
		if (!row.extent || row.extent > row.size ||
		    row.size - row.extent > CO_IMAGE_CUT_MAX ||
		    row.address + row.size < row.address ||
		    !co_layout_size_ok(&image->layout, row.type, row.size))
			return refuse(o, CO_E_FORMAT, "an object has an impossible size", at);
		if (row.data != data || image->at[CO_SECTION_DATA]->size - data < row.extent)
			return refuse(o, CO_E_FORMAT, "an object's bytes are not the next ones",
				      at);
		data += co_image_pad(row.extent);
		if (data > image->at[CO_SECTION_DATA]->size)
			data = image->at[CO_SECTION_DATA]->size;
	}
	if (data != image->at[CO_SECTION_DATA]->size)
		return refuse(o, CO_E_FORMAT, "bytes that belong to no object",
			      offset_of(o, CO_SECTION_DATA, 0, 0) + data);
	return CO_OK;
}

static int open_sides(const struct opening *o)
{
	struct co_image *image = o->image;
	uint32_t last = 0;
	uint64_t data = 0, room = image->at[CO_SECTION_SIDE_DATA]->size;
	int error = count_rows(o, CO_SECTION_SIDES, co_image_side_size, &image->n_sides);

	if (error)
		return error;
	for (uint32_t i = 0; i < image->n_sides; i++) {
		uint64_t at = offset_of(o, CO_SECTION_SIDES, i, co_image_side_size);
		struct co_image_side row;

		co_image_side(image, i, &row);
		if (!string_present(image, row.str_name) || row.zero ||
		    row.object >= image->n_objects)
			return refuse(o, CO_E_FORMAT, "a side value has no name or no object", at);
		if (row.object < last)
			return refuse(o, CO_E_FORMAT, "the side values are not in order", at);
		last = row.object;
		if (row.data != data || room - data < row.size)
			return refuse(o, CO_E_FORMAT, "a side value's bytes are not the next ones",
				      at);
		data += row.size;
	}
	if (data != room)
		return refuse(o, CO_E_FORMAT, "bytes that belong to no side value",
			      offset_of(o, CO_SECTION_SIDE_DATA, 0, 0) + data);
	return CO_OK;
}

static bool target_ok(const struct co_image *image, const struct co_image_relocation *row)
{
	struct co_image_object target;
	struct co_place place;

	if (!string_ok(image, row->str_target) || !string_ok(image, row->str_module))
		return false;
	if (row->target == CO_TARGET_SYMBOL)
		return row->target_object == CO_NOWHERE && string_present(image, row->str_target);
	if (row->target != CO_TARGET_OBJECT || row->target_object >= image->n_objects ||
	    row->str_module)
		return false;
	co_image_object(image, row->target_object, &target);
	return co_layout_find(&image->layout, target.type, target.size,
			      co_image_string(image, row->str_target), &place) == CO_OK;
}

static bool source_ok(const struct co_image *image, const struct co_image_relocation *row)
{
	struct co_image_object object;
	struct co_place place;

	if (row->object >= image->n_objects || !string_ok(image, row->str_path))
		return false;
	co_image_object(image, row->object, &object);
	if (co_layout_find(&image->layout, object.type, object.size,
			   co_image_string(image, row->str_path), &place) != CO_OK)
		return false;
	return place.bit == row->bit && place.member.kind == CO_POINTER &&
	       (row->bit + place.member.bits) / 8 <= object.extent &&
	       !(row->tag & ~place.member.mask) &&
	       !co_bits_get(&image->layout, co_image_object_data(image, &object), row->bit,
			    place.member.bits);
}

static int open_relocations(const struct opening *o)
{
	struct co_image *image = o->image;
	struct co_image_relocation row, last = {.object = 0};
	int error = count_rows(o, CO_SECTION_RELOCATIONS, co_image_relocation_size,
			       &image->n_relocations);

	for (uint32_t i = 0; i < image->n_relocations && !error; i++) {
		uint64_t at = offset_of(o, CO_SECTION_RELOCATIONS, i, co_image_relocation_size);

		co_image_relocation(image, i, &row);
		if (i && (row.object < last.object ||
			  (row.object == last.object && row.bit <= last.bit)))
			error = refuse(o, CO_E_FORMAT, "the relocations are not in order", at);
		else if (!source_ok(image, &row))
			error = refuse(o, CO_E_FORMAT,
				       "a relocation is not at an empty pointer of its object", at);
		else if (!target_ok(image, &row))
			error = refuse(o, CO_E_FORMAT, "a relocation's target is not there", at);
		last = row;
	}
	return error;
}

static int open_audit(const struct opening *o)
{
	struct co_image *image = o->image;
	int error = count_rows(o, CO_SECTION_AUDIT, co_image_audit_size, &image->n_audit);

	for (uint32_t i = 0; i < image->n_audit && !error; i++) {
		struct co_image_audit row;

		co_image_audit(image, i, &row);
		if (!string_present(image, row.str_key) || !string_ok(image, row.str_value))
			error = refuse(o, CO_E_FORMAT,
				       "an audit row names a string that is not there",
				       offset_of(o, CO_SECTION_AUDIT, i, co_image_audit_size));
	}
	return error;
}

/* Each object belongs to one participant: theirs are the next ones, and none is left over. */
static int open_participants(const struct opening *o)
{
	struct co_image *image = o->image;
	uint32_t next = 0;
	int error;

	if (!image->at[CO_SECTION_PARTICIPANTS])
		return CO_OK;
	error = count_rows(o, CO_SECTION_PARTICIPANTS, co_image_participant_size,
			   &image->n_participants);
	for (uint32_t i = 0; i < image->n_participants && !error; i++) {
		struct co_image_participant row;

		co_image_participant(image, i, &row);
		if (!string_present(image, row.str_name) || row.zero || row.first_object != next ||
		    row.n_objects > image->n_objects - next)
			return refuse(o, CO_E_FORMAT,
				      "a participant has no name, or other objects than the next",
				      offset_of(o, CO_SECTION_PARTICIPANTS, i,
						co_image_participant_size));
		next += row.n_objects;
	}
	if (!error && next != image->n_objects)
		error = refuse(o, CO_E_FORMAT, "objects that belong to no participant",
			       offset_of(o, CO_SECTION_PARTICIPANTS, 0, 0));
	return error;
}

static int open_image(struct co_image *image, const void *data, uint64_t size, bool unsummed,
		      struct co_image_trouble *trouble)
{
	struct opening o = {.image = image, .trouble = trouble};
	int error;

	memset(image, 0, sizeof(*image));
	image->data = data;
	image->size = size;
	image->unsummed = unsummed;
	error = open_container(&o);
	if (!error)
		error = open_strings(&o);
	if (!error)
		error = open_identity(&o);
	if (!error)
		error = open_clocks(&o);
	if (!error)
		error = open_layouts(&o);
	if (!error)
		error = open_objects(&o);
	if (!error)
		error = open_sides(&o);
	if (!error)
		error = open_relocations(&o);
	if (!error)
		error = open_audit(&o);
	if (!error)
		error = open_participants(&o);
	return error;
}

int co_image_open(struct co_image *image, const void *data, uint64_t size,
		  struct co_image_trouble *trouble)
{
	return open_image(image, data, size, false, trouble);
}

int co_image_open_unsummed(struct co_image *image, const void *data, uint64_t size,
			   struct co_image_trouble *trouble)
{
	return open_image(image, data, size, true, trouble);
}
