// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* The state image: its records, and writing it. Opening one is in image_open.c. */
#include "core.h"
#include "image.h"
#include "image_bytes.h"
#include "xxh64.h"

const uint8_t co_image_magic[8] = {'C', 'A', 'R', 'R', 'Y', 'O', 'V', 'R'};

#define RECORD_GET(bits, name)                                                                     \
	record->name = (uint##bits##_t)co_little_get(at, bits);                                    \
	at += bits / 8;
#define RECORD_PUT(bits, name)                                                                     \
	co_little_put(at, bits, record->name);                                                     \
	at += bits / 8;
#define RECORD_DEFINE(record_, ROWS)                                                               \
	void co_image_##record_##_get(const uint8_t *at, struct co_image_##record_ *record)        \
	{                                                                                          \
		ROWS(RECORD_GET)                                                                   \
	}                                                                                          \
	void co_image_##record_##_put(uint8_t *at, const struct co_image_##record_ *record)        \
	{                                                                                          \
		ROWS(RECORD_PUT)                                                                   \
	}

RECORD_DEFINE(identity, CO_RECORD_IDENTITY)
RECORD_DEFINE(clock, CO_RECORD_CLOCK)
RECORD_DEFINE(type, CO_RECORD_TYPE)
RECORD_DEFINE(member, CO_RECORD_MEMBER)
RECORD_DEFINE(name, CO_RECORD_NAME)
RECORD_DEFINE(object, CO_RECORD_OBJECT)
RECORD_DEFINE(side, CO_RECORD_SIDE)
RECORD_DEFINE(relocation, CO_RECORD_RELOCATION)
RECORD_DEFINE(audit, CO_RECORD_AUDIT)
RECORD_DEFINE(participant, CO_RECORD_PARTICIPANT)

const char *co_image_string(const struct co_image *image, uint32_t offset)
{
	return (const char *)image->at[CO_SECTION_STRINGS]->data + offset;
}

static const uint8_t *row_at(const struct co_image *image, uint32_t kind, uint32_t index,
			     uint32_t size)
{
	return image->at[kind]->data + (uint64_t)index * size;
}

#define ROW_DEFINE(record, kind)                                                                   \
	void co_image_##record(const struct co_image *image, uint32_t index,                       \
			       struct co_image_##record *row)                                      \
	{                                                                                          \
		co_image_##record##_get(row_at(image, kind, index, co_image_##record##_size),      \
					row);                                                      \
	}

ROW_DEFINE(clock, CO_SECTION_CLOCKS)
ROW_DEFINE(object, CO_SECTION_OBJECTS)
ROW_DEFINE(side, CO_SECTION_SIDES)
ROW_DEFINE(relocation, CO_SECTION_RELOCATIONS)
ROW_DEFINE(audit, CO_SECTION_AUDIT)
ROW_DEFINE(participant, CO_SECTION_PARTICIPANTS)

const uint8_t *co_image_object_data(const struct co_image *image,
				    const struct co_image_object *object)
{
	return image->at[CO_SECTION_DATA]->data + object->data;
}

const uint8_t *co_image_side_data(const struct co_image *image, const struct co_image_side *side)
{
	return image->at[CO_SECTION_SIDE_DATA]->data + side->data;
}

uint32_t co_image_relocation_at(const struct co_image *image, uint32_t object, uint64_t bit)
{
	uint32_t low = 0, high = image->n_relocations;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		struct co_image_relocation row;

		co_image_relocation(image, middle, &row);
		if (row.object == object && row.bit == bit)
			return middle;
		if (row.object < object || (row.object == object && row.bit < bit))
			low = middle + 1;
		else
			high = middle;
	}
	return CO_NOWHERE;
}

/* ---- the layouts of an image ----------------------------------------------------------------- */

static void image_type(const struct co_image *image, uint32_t index, struct co_image_type *row)
{
	co_image_type_get(row_at(image, CO_SECTION_TYPES, index, co_image_type_size), row);
}

static void layout_type(const struct co_layout *layout, uint32_t type, struct co_layout_type *out)
{
	const struct co_image *image = layout->source;
	struct co_image_type row;

	image_type(image, type, &row);
	*out = (struct co_layout_type){
		.name = co_image_string(image, row.str_name),
		.digest = co_image_string(image, row.str_digest),
		.size = row.size,
		.align = row.align,
		.is_object = row.is_object,
		.n_members = row.n_members,
	};
}

static uint32_t layout_first(const struct co_image *image, uint32_t type)
{
	return co_load32(row_at(image, CO_SECTION_TYPES, type, co_image_type_size) +
			 CO_IMAGE_AT_FIRST_MEMBER);
}

static uint32_t layout_tail(const struct co_layout *layout, uint32_t type)
{
	return co_load32(row_at(layout->source, CO_SECTION_TYPES, type, co_image_type_size) +
			 CO_IMAGE_AT_TAIL);
}

static void layout_member(const struct co_layout *layout, uint32_t type, uint32_t index,
			  struct co_member *out)
{
	const struct co_image *image = layout->source;
	struct co_image_member row;

	co_image_member_get(row_at(image, CO_SECTION_MEMBERS, layout_first(image, type) + index,
				   co_image_member_size),
			    &row);
	*out = (struct co_member){
		.path = co_image_string(image, row.str_path),
		.ctype = co_image_string(image, row.str_ctype),
		.why = co_image_string(image, row.str_why),
		.bit = row.bit,
		.bits = row.bits,
		.count = row.count,
		.kind = (uint8_t)row.kind,
		.way = (uint8_t)row.way,
		.is_signed = row.is_signed,
		.type = row.type,
		.container = row.container,
		.target_size = row.target_size,
		.mask = row.mask,
		.count_field = row.count_field,
		.limit = row.limit,
		.n_names = row.n_names,
		.first_name = row.first_name,
	};
}

static const char *layout_path(const struct co_layout *layout, uint32_t type, uint32_t index)
{
	const struct co_image *image = layout->source;
	uint32_t row = layout_first(image, type) + index;

	return co_image_string(
		image, co_load32(row_at(image, CO_SECTION_MEMBERS, row, co_image_member_size)));
}

static void layout_name(const struct co_layout *layout, uint32_t type, uint32_t member,
			uint32_t index, struct co_name *out)
{
	const struct co_image *image = layout->source;
	struct co_image_name row;
	struct co_member m;

	layout_member(layout, type, member, &m);
	co_image_name_get(row_at(image, CO_SECTION_NAMES, m.first_name + index, co_image_name_size),
			  &row);
	*out = (struct co_name){
		.name = co_image_string(image, row.str_name),
		.value = row.value,
	};
}

void co_image_layout(struct co_image *image)
{
	image->layout = (struct co_layout){
		.n_types = image->n_types,
		.address_size = (uint8_t)image->identity.address_size,
		.big_endian = image->identity.big_endian,
		.type = layout_type,
		.member = layout_member,
		.path = layout_path,
		.tail = layout_tail,
		.name = layout_name,
		.source = image,
		.is_new = image->identity.is_new,
	};
}

/* ---- writing --------------------------------------------------------------------------------- */

uint64_t co_image_sum(const uint8_t *data, uint32_t n_sections)
{
	uint8_t zero[8] = {0};
	uint64_t sum = co_xxh64(data, CO_IMAGE_SUM, 0);

	/* The checksum's own place counts as zero. */
	sum = co_xxh64(zero, sizeof(zero), sum);
	return co_xxh64(data + CO_IMAGE_HEADER, (uint64_t)n_sections * CO_IMAGE_ENTRY, sum);
}

static void write_header(uint8_t *data, uint32_t n, uint64_t size)
{
	memset(data, 0, CO_IMAGE_HEADER);
	memcpy(data, co_image_magic, sizeof(co_image_magic));
	co_little_put(data + CO_IMAGE_AT_VERSION, 32, CO_IMAGE_VERSION);
	co_little_put(data + CO_IMAGE_AT_ENTRY, 32, CO_IMAGE_ENTRY);
	co_little_put(data + CO_IMAGE_AT_SIZE, 64, size);
	co_little_put(data + CO_IMAGE_AT_COUNT, 32, n);
}

static void write_section(uint8_t *data, uint32_t index, const struct co_section *section,
			  uint64_t at, bool summed)
{
	uint8_t *entry = data + CO_IMAGE_HEADER + (uint64_t)index * CO_IMAGE_ENTRY;

	if (section->size && section->data != data + at)
		memcpy(data + at, section->data, section->size);
	memset(data + at + section->size, 0, co_image_pad(section->size) - section->size);
	co_little_put(entry, 32, section->kind);
	co_little_put(entry + 4, 32, section->flags);
	co_little_put(entry + 8, 64, at);
	co_little_put(entry + 16, 64, section->size);
	co_little_put(entry + 24, 64, summed ? co_xxh64(section->data, section->size, 0) : 0);
}

static int write_image(const struct co_section *sections, uint32_t n, void *data, uint64_t room,
		       bool summed, uint64_t *size)
{
	uint64_t at = CO_IMAGE_HEADER + (uint64_t)n * CO_IMAGE_ENTRY;

	if (n > CO_IMAGE_SECTIONS_MAX)
		return CO_E_ARGUMENT;
	*size = at;
	for (uint32_t i = 0; i < n; i++)
		*size += co_image_pad(sections[i].size);
	if (!data)
		return CO_OK;
	if (room < *size)
		return CO_E_ROOM;
	write_header(data, n, *size);
	for (uint32_t i = 0; i < n; i++) {
		write_section(data, i, &sections[i], at, summed);
		at += co_image_pad(sections[i].size);
	}
	co_little_put((uint8_t *)data + CO_IMAGE_SUM, 64, co_image_sum(data, n));
	return CO_OK;
}

int co_image_write(const struct co_section *sections, uint32_t n, void *data, uint64_t room,
		   uint64_t *size)
{
	return write_image(sections, n, data, room, true, size);
}

int co_image_write_unsummed(const struct co_section *sections, uint32_t n, void *data,
			    uint64_t room, uint64_t *size)
{
	return write_image(sections, n, data, room, false, size);
}
