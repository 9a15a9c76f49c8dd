/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes to attributes: LEB128, strings, abbreviations and the forms of DWARF 4 and 5 (its chapter
 * 7). */
#include "dwarf_internal.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

enum read_kind {
	READ_NOTHING, /* the value is in the abbreviation */
	READ_1,
	READ_2,
	READ_3,
	READ_4,
	READ_8,
	READ_16,
	READ_ULEB,
	READ_SLEB,
	READ_STRING,
	READ_BLOCK1,
	READ_BLOCK2,
	READ_BLOCK4,
	READ_BLOCK,
	READ_INDIRECT
};

/* ---- bytes ---- */

uint64_t read_uleb_slow(struct cursor *c)
{
	uint64_t value = 0;
	unsigned int shift = 0;

	while (c->p < c->end) {
		unsigned char byte = *c->p++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (!(byte & 0x80))
			return value;
		if (shift > 128)
			break;
	}
	c->bad = true;
	return 0;
}

int64_t read_sleb(struct cursor *c)
{
	uint64_t value = 0;
	unsigned int shift = 0;

	while (c->p < c->end) {
		unsigned char byte = *c->p++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (byte & 0x80) {
			if (shift > 128)
				break;
			continue;
		}
		if ((byte & 0x40) && shift < 64)
			value |= UINT64_MAX << shift;
		return (int64_t)value;
	}
	c->bad = true;
	return 0;
}

const char *read_string(struct cursor *c)
{
	const char *text = (const char *)c->p;
	const unsigned char *nul = c->p;

	/* most strings that are not shared are shorter than a reference */
	while (nul < c->end && nul < c->p + 4 && *nul)
		nul++;
	nul = nul < c->end ? memchr(nul, 0, (size_t)(c->end - nul)) : NULL;

	if (!nul) {
		c->bad = true;
		return NULL;
	}
	c->p = nul + 1;
	return text;
}

void read_skip(struct cursor *c, uint64_t n)
{
	if ((uint64_t)(c->end - c->p) < n)
		c->bad = true;
	else
		c->p += n;
}

const char *string_at(struct elf_bytes section, uint64_t offset)
{
	if (offset >= section.n)
		return NULL;
	/* string sections end with a NUL: see dwarf_units.c */
	return (const char *)section.at + offset;
}

/* ---- abbreviations ---- */

static uint8_t slot_of(uint64_t attribute)
{
	switch (attribute) {
	case DW_AT_name:
		return SLOT_NAME;
	case DW_AT_type:
		return SLOT_TYPE;
	case DW_AT_byte_size:
		return SLOT_BYTE_SIZE;
	case DW_AT_bit_size:
		return SLOT_BIT_SIZE;
	case DW_AT_data_member_location:
		return SLOT_MEMBER_LOCATION;
	case DW_AT_data_bit_offset:
		return SLOT_DATA_BIT_OFFSET;
	case DW_AT_bit_offset:
		return SLOT_BIT_OFFSET;
	case DW_AT_encoding:
		return SLOT_ENCODING;
	case DW_AT_decl_file:
		return SLOT_FILE;
	case DW_AT_decl_line:
		return SLOT_LINE;
	case DW_AT_declaration:
		return SLOT_DECLARATION;
	case DW_AT_upper_bound:
		return SLOT_UPPER_BOUND;
	case DW_AT_lower_bound:
		return SLOT_LOWER_BOUND;
	case DW_AT_count:
		return SLOT_COUNT_ATTR;
	case DW_AT_const_value:
		return SLOT_CONST_VALUE;
	case DW_AT_prototyped:
		return SLOT_PROTOTYPED;
	case DW_AT_alignment:
		return SLOT_ALIGNMENT;
	case DW_AT_GNU_vector:
		return SLOT_VECTOR;
	case DW_AT_endianity:
		return SLOT_ENDIANITY;
	case DW_AT_abstract_origin:
	case DW_AT_specification:
		return SLOT_ORIGIN;
	case DW_AT_bit_stride:
	case DW_AT_byte_stride:
		return SLOT_STRIDE;
	case DW_AT_signature:
		return SLOT_SIGNATURE;
	default:
		return SLOT_NONE;
	}
}

/* The attributes of a unit's own DIE. */
static uint8_t unit_slot_of(uint64_t attribute)
{
	switch (attribute) {
	case DW_AT_name:
		return SLOT_NAME;
	case DW_AT_comp_dir:
		return SLOT_COMP_DIR;
	case DW_AT_language:
		return SLOT_LANGUAGE;
	case DW_AT_producer:
		return SLOT_PRODUCER;
	case DW_AT_stmt_list:
		return SLOT_LINES;
	case DW_AT_str_offsets_base:
		return SLOT_STR_OFFSETS;
	case DW_AT_dwo_name:
	case DW_AT_GNU_dwo_name:
		return SLOT_DWO_NAME;
	case DW_AT_GNU_dwo_id:
		return SLOT_DWO_ID;
	case DW_AT_high_pc:
	case DW_AT_ranges:
		return SLOT_CODE;
	default:
		return SLOT_NONE;
	}
}

static bool is_unit_tag(uint64_t tag)
{
	return tag == DW_TAG_compile_unit || tag == DW_TAG_partial_unit ||
	       tag == DW_TAG_type_unit || tag == DW_TAG_skeleton_unit;
}

static uint8_t slot_in(uint64_t tag, uint64_t attribute)
{
	if (is_unit_tag(tag))
		return unit_slot_of(attribute);
	if (tag == DW_TAG_imported_unit)
		return attribute == DW_AT_import ? SLOT_TYPE : SLOT_NONE;
	return slot_of(attribute);
}

#define UNIT_SLOTS                                                                                 \
	(SLOT_BIT(SLOT_NAME) | SLOT_BIT(SLOT_COMP_DIR) | SLOT_BIT(SLOT_LANGUAGE) |                 \
	 SLOT_BIT(SLOT_PRODUCER) | SLOT_BIT(SLOT_LINES) | SLOT_BIT(SLOT_STR_OFFSETS) |             \
	 SLOT_BIT(SLOT_DWO_NAME) | SLOT_BIT(SLOT_DWO_ID) | SLOT_BIT(SLOT_CODE))

#define COMMON_SLOTS                                                                               \
	(SLOT_BIT(SLOT_NAME) | SLOT_BIT(SLOT_TYPE) | SLOT_BIT(SLOT_FILE) | SLOT_BIT(SLOT_LINE) |   \
	 SLOT_BIT(SLOT_BYTE_SIZE) | SLOT_BIT(SLOT_ALIGNMENT) | SLOT_BIT(SLOT_DECLARATION) |        \
	 SLOT_BIT(SLOT_SIGNATURE))

/* The attributes that are read of a DIE of TAG; everything else is stepped over. */
static uint32_t slots_of_tag(uint64_t tag)
{
	switch (tag) {
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_typedef:
	case DW_TAG_pointer_type:
	case DW_TAG_const_type:
	case DW_TAG_volatile_type:
	case DW_TAG_restrict_type:
	case DW_TAG_atomic_type:
	case DW_TAG_unspecified_type:
		return COMMON_SLOTS;
	case DW_TAG_enumeration_type:
		return COMMON_SLOTS | SLOT_BIT(SLOT_ENCODING);
	case DW_TAG_base_type:
		return COMMON_SLOTS | SLOT_BIT(SLOT_ENCODING) | SLOT_BIT(SLOT_ENDIANITY);
	case DW_TAG_array_type:
		return COMMON_SLOTS | SLOT_BIT(SLOT_VECTOR) | SLOT_BIT(SLOT_STRIDE);
	case DW_TAG_subroutine_type:
		return COMMON_SLOTS | SLOT_BIT(SLOT_PROTOTYPED);
	case DW_TAG_member:
		return SLOT_BIT(SLOT_NAME) | SLOT_BIT(SLOT_TYPE) | SLOT_BIT(SLOT_LINE) |
		       SLOT_BIT(SLOT_MEMBER_LOCATION) | MEMBER_RARE_SLOTS;
	case DW_TAG_enumerator:
		return SLOT_BIT(SLOT_NAME) | SLOT_BIT(SLOT_CONST_VALUE);
	case DW_TAG_subrange_type:
		return SLOT_BIT(SLOT_UPPER_BOUND) | SLOT_BIT(SLOT_LOWER_BOUND) |
		       SLOT_BIT(SLOT_COUNT_ATTR) | SLOT_BIT(SLOT_STRIDE);
	case DW_TAG_formal_parameter:
		return SLOT_BIT(SLOT_NAME) | SLOT_BIT(SLOT_TYPE);
	case DW_TAG_subprogram:
		return SLOT_BIT(SLOT_NAME) | SLOT_BIT(SLOT_ORIGIN) | SLOT_BIT(SLOT_LINE);
	case DW_TAG_imported_unit:
		return SLOT_BIT(SLOT_TYPE);
	case DW_TAG_compile_unit:
	case DW_TAG_partial_unit:
	case DW_TAG_type_unit:
	case DW_TAG_skeleton_unit:
		return UNIT_SLOTS;
	default:
		return 0;
	}
}

static uint8_t read_of_size(unsigned int size)
{
	return size == 8 ? READ_8 : READ_4;
}

/* The forms that are the same in every unit. */
static const struct {
	uint8_t read, class;
} forms[] = {
	[DW_FORM_block2] = {READ_BLOCK2, CLASS_BLOCK},
	[DW_FORM_block4] = {READ_BLOCK4, CLASS_BLOCK},
	[DW_FORM_data2] = {READ_2, CLASS_UNSIGNED},
	[DW_FORM_data4] = {READ_4, CLASS_UNSIGNED},
	[DW_FORM_data8] = {READ_8, CLASS_UNSIGNED},
	[DW_FORM_string] = {READ_STRING, CLASS_STRING},
	[DW_FORM_block] = {READ_BLOCK, CLASS_BLOCK},
	[DW_FORM_block1] = {READ_BLOCK1, CLASS_BLOCK},
	[DW_FORM_data1] = {READ_1, CLASS_UNSIGNED},
	[DW_FORM_flag] = {READ_1, CLASS_FLAG},
	[DW_FORM_sdata] = {READ_SLEB, CLASS_SIGNED},
	[DW_FORM_udata] = {READ_ULEB, CLASS_UNSIGNED},
	[DW_FORM_ref1] = {READ_1, CLASS_REF},
	[DW_FORM_ref2] = {READ_2, CLASS_REF},
	[DW_FORM_ref4] = {READ_4, CLASS_REF},
	[DW_FORM_ref8] = {READ_8, CLASS_REF},
	[DW_FORM_ref_udata] = {READ_ULEB, CLASS_REF},
	[DW_FORM_indirect] = {READ_INDIRECT, CLASS_OTHER},
	[DW_FORM_exprloc] = {READ_BLOCK, CLASS_BLOCK},
	[DW_FORM_flag_present] = {READ_NOTHING, CLASS_FLAG},
	[DW_FORM_strx] = {READ_ULEB, CLASS_STRX},
	[DW_FORM_addrx] = {READ_ULEB, CLASS_OTHER},
	[DW_FORM_ref_sup4] = {READ_4, CLASS_REF_ALT},
	[DW_FORM_data16] = {READ_16, CLASS_OTHER},
	[DW_FORM_ref_sig8] = {READ_8, CLASS_REF_SIG},
	[DW_FORM_implicit_const] = {READ_NOTHING, CLASS_SIGNED},
	[DW_FORM_loclistx] = {READ_ULEB, CLASS_OTHER},
	[DW_FORM_rnglistx] = {READ_ULEB, CLASS_OTHER},
	[DW_FORM_ref_sup8] = {READ_8, CLASS_REF_ALT},
	[DW_FORM_strx1] = {READ_1, CLASS_STRX},
	[DW_FORM_strx2] = {READ_2, CLASS_STRX},
	[DW_FORM_strx3] = {READ_3, CLASS_STRX},
	[DW_FORM_strx4] = {READ_4, CLASS_STRX},
	[DW_FORM_addrx1] = {READ_1, CLASS_OTHER},
	[DW_FORM_addrx2] = {READ_2, CLASS_OTHER},
	[DW_FORM_addrx3] = {READ_3, CLASS_OTHER},
	[DW_FORM_addrx4] = {READ_4, CLASS_OTHER},
};

/* How FORM is read and what it means, in a unit of these sizes. False: an unknown form. */
static bool form_op(uint64_t form, const struct dwarf_unit *unit, struct attr_op *op)
{
	uint8_t offset_read = read_of_size(unit->offset_size);

	switch (form) {
	case DW_FORM_addr:
		op->read = read_of_size(unit->address_size);
		op->class = CLASS_OTHER;
		return true;
	case DW_FORM_strp:
		op->read = offset_read;
		op->class = CLASS_STRP;
		return true;
	case DW_FORM_line_strp:
		op->read = offset_read;
		op->class = CLASS_LINE_STRP;
		return true;
	case DW_FORM_ref_addr:
		op->read = offset_read;
		op->class = CLASS_REF_ADDR;
		return true;
	case DW_FORM_sec_offset:
		op->read = offset_read;
		op->class = CLASS_OFFSET;
		return true;
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
		op->read = offset_read;
		op->class = CLASS_STR_ALT;
		return true;
	case DW_FORM_GNU_ref_alt:
		op->read = offset_read;
		op->class = CLASS_REF_ALT;
		return true;
	case DW_FORM_GNU_addr_index:
		op->read = READ_ULEB;
		op->class = CLASS_OTHER;
		return true;
	case DW_FORM_GNU_str_index:
		op->read = READ_ULEB;
		op->class = CLASS_STRX;
		return true;
	default:
		if (form >= sizeof(forms) / sizeof(*forms))
			return false;
		op->read = forms[form].read;
		op->class = forms[form].class;
		return op->read || op->class == CLASS_FLAG || op->class == CLASS_SIGNED;
	}
}

static unsigned int fixed_size(uint8_t read)
{
	static const uint8_t sizes[] = {[READ_1] = 1, [READ_2] = 2, [READ_3] = 3,
					[READ_4] = 4, [READ_8] = 8, [READ_16] = 16};

	return read < sizeof(sizes) ? sizes[read] : 0;
}

static void push_op(struct abbrev_table *table, struct abbrev *abbrev, struct attr_op op)
{
	*VEC_PUSH(&table->ops) = op;
	abbrev->n++;
}

/* The attributes of one abbreviation as operations; fixed sizes that nobody reads are summed up. */
static const char *read_specs(struct cursor *c, const struct dwarf_unit *unit,
			      struct abbrev_table *table, struct abbrev *abbrev)
{
	uint32_t wanted = slots_of_tag(abbrev->tag), skip = 0, seen = 0;

	/* in their own unit they are found anyway */
	if (unit->extra && !is_unit_tag(abbrev->tag))
		wanted |= unit->extra;

	for (;;) {
		uint64_t attribute = read_uleb(c), form = read_uleb(c);
		struct attr_op op = {.implicit = 1};

		if (c->bad)
			return "the abbreviations are truncated";
		if (form == DW_FORM_implicit_const)
			op.implicit = read_sleb(c);
		if (!attribute && !form)
			break;
		if (!form_op(form, unit, &op))
			return "an abbreviation has an unknown form";
		op.slot = slot_in(abbrev->tag, attribute);
		if (!(wanted & SLOT_BIT(op.slot)) || (seen & SLOT_BIT(op.slot)))
			op.slot = SLOT_NONE;
		seen |= SLOT_BIT(op.slot);
		if (op.slot == SLOT_NONE && op.read == READ_NOTHING)
			continue;
		if (op.slot == SLOT_NONE && fixed_size(op.read) && skip < 1 << 30) {
			skip += fixed_size(op.read);
			continue;
		}
		op.skip = skip;
		skip = 0;
		push_op(table, abbrev, op);
	}
	if (skip)
		push_op(table, abbrev, (struct attr_op){.skip = skip});
	return NULL;
}

static int compare_codes(const void *a, const void *b)
{
	const struct abbrev *x = a, *y = b;

	return (x->code > y->code) - (x->code < y->code);
}

/* Empties TABLE for UNIT; a cursor at its abbreviations, NULL when they lie outside. */
static struct cursor abbrevs_start(const struct dwarf_unit *unit, struct abbrev_table *table)
{
	struct elf_bytes section = unit->space->abbrev;
	struct cursor c = {.big_endian = unit->space->big_endian};

	*table = (struct abbrev_table){.space = unit->space,
				       .offset = unit->abbrev,
				       .version = unit->version,
				       .address_size = unit->address_size,
				       .offset_size = unit->offset_size,
				       .dense = true,
				       .at = table->at,
				       .room = table->room,
				       .ops = {table->ops.at, 0, table->ops.room}};
	if (unit->abbrev < section.n) {
		c.p = section.at + unit->abbrev;
		c.end = section.at + section.n;
	}
	return c;
}

/* The abbreviation at C, with its operations; its code is 0 at the end of a table. */
static const char *read_abbrev(struct cursor *c, const struct dwarf_unit *unit,
			       struct abbrev_table *table, struct abbrev *abbrev)
{
	uint64_t tag;

	*abbrev = (struct abbrev){.first = (uint32_t)table->ops.n};
	/* a table at the section's end may lack its final 0 */
	abbrev->code = c->p < c->end ? read_uleb(c) : 0;
	if (!abbrev->code)
		return c->bad ? "the abbreviations are truncated" : NULL;
	tag = read_uleb(c);
	abbrev->tag = tag <= UINT16_MAX ? (uint16_t)tag : 0;
	abbrev->children = read_fixed(c, 1) != DW_CHILDREN_no;
	return read_specs(c, unit, table, abbrev);
}

const char *abbrevs_read(const struct dwarf_unit *unit, struct abbrev_table *table)
{
	struct cursor c;

	if (table->valid && table->space == unit->space && table->offset == unit->abbrev &&
	    table->version == unit->version && table->address_size == unit->address_size &&
	    table->offset_size == unit->offset_size)
		return NULL;
	c = abbrevs_start(unit, table);
	if (!c.p)
		return "its abbreviations lie outside .debug_abbrev";
	for (;;) {
		struct abbrev abbrev;
		const char *wrong = read_abbrev(&c, unit, table, &abbrev);

		if (wrong)
			return wrong;
		if (!abbrev.code)
			break;
		*VEC_PUSH(table) = abbrev;
		table->dense &= abbrev.code == table->n;
	}
	if (!table->dense)
		qsort(table->at, table->n, sizeof(*table->at), compare_codes);
	table->valid = true;
	return NULL;
}

const char *abbrevs_read_one(const struct dwarf_unit *unit, uint64_t code,
			     struct abbrev_table *table)
{
	struct cursor c = abbrevs_start(unit, table);

	if (!c.p)
		return "its abbreviations lie outside .debug_abbrev";
	table->dense = false;
	for (;;) {
		struct abbrev abbrev;
		const char *wrong = read_abbrev(&c, unit, table, &abbrev);

		if (wrong)
			return wrong;
		if (!abbrev.code)
			return "a DIE has an abbreviation that does not exist";
		if (abbrev.code == code) {
			*VEC_PUSH(table) = abbrev;
			return NULL;
		}
		table->ops.n = 0;
	}
}

void abbrevs_free(struct abbrev_table *table)
{
	VEC_FREE(&table->ops);
	VEC_FREE(table);
}

static const struct abbrev *find_abbrev(const struct abbrev_table *table, uint64_t code)
{
	struct abbrev wanted = {.code = code};

	if (table->dense)
		return code <= table->n ? &table->at[code - 1] : NULL;
	return bsearch(&wanted, table->at, table->n, sizeof(*table->at), compare_codes);
}

/* ---- DIEs ---- */

static uint64_t read_three(struct cursor *c)
{
	uint64_t first = read_fixed(c, 1), second = read_fixed(c, 1), third = read_fixed(c, 1);

	return c->big_endian ? first << 16 | second << 8 | third
			     : third << 16 | second << 8 | first;
}

/* One value of form OP, moved past. */
static uint64_t read_value(struct cursor *c, const struct attr_op *op)
{
	switch (op->read) {
	case READ_NOTHING:
		return (uint64_t)op->implicit;
	case READ_1:
		return read_fixed(c, 1);
	case READ_2:
		return read_fixed(c, 2);
	case READ_3:
		return read_three(c);
	case READ_4:
		return read_fixed(c, 4);
	case READ_8:
		return read_fixed(c, 8);
	case READ_16:
		read_skip(c, 16);
		return 0;
	case READ_ULEB:
		return read_uleb(c);
	case READ_SLEB:
		return (uint64_t)read_sleb(c);
	case READ_STRING:
		return (uint64_t)(uintptr_t)read_string(c);
	case READ_BLOCK1:
		read_skip(c, read_fixed(c, 1));
		return 0;
	case READ_BLOCK2:
		read_skip(c, read_fixed(c, 2));
		return 0;
	case READ_BLOCK4:
		read_skip(c, read_fixed(c, 4));
		return 0;
	case READ_BLOCK:
		read_skip(c, read_uleb(c));
		return 0;
	default:
		c->bad = true;
		return 0;
	}
}

/* DW_FORM_indirect: the form stands before the value; it may be anything but indirect or implicit.
 */
static bool read_indirect(struct cursor *c, const struct dwarf_unit *unit, struct attr_op *op)
{
	uint64_t form = read_uleb(c);

	return form != DW_FORM_indirect && form != DW_FORM_implicit_const &&
	       form_op(form, unit, op);
}

struct cursor unit_cursor(const struct dwarf_unit *unit, uint64_t at)
{
	const struct dwarf_space *space = unit->space;

	return (struct cursor){.p = space->info.at + at,
			       .end = space->info.at + unit->end,
			       .big_endian = space->big_endian};
}

const char *die_read(const struct dwarf_unit *unit, const struct abbrev_table *table,
		     struct cursor *c, struct die *die)
{
	uint64_t code;
	const struct attr_op *op, *end;

	die->offset =
		unit->origin + (uint32_t)((uint64_t)(c->p - unit->space->info.at) - unit->offset);
	die->has = 0;
	die->abbrev = NULL;
	code = read_uleb(c);
	if (!code)
		return c->bad ? "a DIE is truncated" : NULL;
	die->abbrev = find_abbrev(table, code);
	if (!die->abbrev)
		return "a DIE has an abbreviation that does not exist";
	op = table->ops.at + die->abbrev->first;
	for (end = op + die->abbrev->n; op < end; op++) {
		struct attr_op direct;
		const struct attr_op *use = op;
		uint64_t value;

		if ((size_t)(c->end - c->p) < op->skip)
			return "a DIE is truncated";
		c->p += op->skip;
		if (op->read == READ_INDIRECT) {
			direct = *op;
			if (!read_indirect(c, unit, &direct))
				return "a DIE has an unknown indirect form";
			use = &direct;
		}
		value = read_value(c, use);
		die->v[op->slot].value = value;
		die->v[op->slot].class = use->class;
		die->has |= SLOT_BIT(op->slot);
	}
	return c->bad ? "a DIE is truncated" : NULL;
}

enum answer die_flag(const struct die *die, enum slot slot, bool *value)
{
	if (!(die->has & SLOT_BIT(slot)))
		return ABSENT;
	if (die->v[slot].class != CLASS_FLAG)
		return MALFORMED;
	*value = die->v[slot].value != 0;
	return VALUE;
}

/* DW_FORM_strx*: the offset stands in .debug_str_offsets, at the unit's base. */
static const char *indexed_string(const struct dwarf_unit *unit, uint64_t index)
{
	const struct dwarf_space *space = unit->space;
	uint64_t base = unit->str_offsets, size = space->str_offsets.n;
	struct cursor c = {.big_endian = space->big_endian};

	if (base > size || index >= (size - base) / unit->offset_size)
		return NULL;
	c.p = space->str_offsets.at + base + index * unit->offset_size;
	c.end = space->str_offsets.at + size;
	return string_at(space->str, read_fixed(&c, unit->offset_size));
}

enum answer die_string(const struct dwarf_unit *unit, const struct die *die, enum slot slot,
		       const char **value)
{
	const struct dwarf_space *space = unit->space;
	const char *text = NULL;

	if (!(die->has & SLOT_BIT(slot)))
		return ABSENT;
	switch (die->v[slot].class) {
	case CLASS_STRING:
		text = (const char *)(uintptr_t)die->v[slot].value;
		break;
	case CLASS_STRP:
		text = string_at(space->str, die->v[slot].value);
		break;
	case CLASS_LINE_STRP:
		text = string_at(space->line_str, die->v[slot].value);
		break;
	case CLASS_STRX:
		text = indexed_string(unit, die->v[slot].value);
		break;
	case CLASS_STR_ALT:
		if (space->alternate)
			text = string_at(space->alternate->str, die->v[slot].value);
		break;
	default:
		break;
	}
	if (!text)
		return MALFORMED;
	*value = text;
	return VALUE;
}

/* A place counted through all spaces. */
static enum answer reference_to(const struct dwarf_file *file, const struct dwarf_unit *from,
				const struct dwarf_unit *unit, uint64_t place, uint32_t *offset)
{
	uint64_t start, at;

	if (!unit)
		return MALFORMED;
	start = unit->space->base + unit->offset;
	at = place - start;
	if (place < start || at < unit->die - unit->offset || at >= unit->end - unit->offset)
		return MALFORMED;
	if (!file->joined && unit != from)
		return FOREIGN;
	*offset = unit->origin + (uint32_t)at;
	return VALUE;
}

enum answer die_reference(const struct dwarf_file *file, const struct dwarf_unit *unit,
			  const struct die *die, enum slot slot, uint32_t *offset)
{
	uint64_t value = die->v[slot].value, start = unit->space->base + unit->offset;
	const struct dwarf_space *alternate = unit->space->alternate;
	const struct dwarf_unit *target;

	if (!(die->has & SLOT_BIT(slot)))
		return ABSENT;
	switch (die->v[slot].class) {
	case CLASS_REF:
		if (value >= unit->end - unit->offset)
			return MALFORMED;
		return reference_to(file, unit, unit, start + value, offset);
	case CLASS_REF_ADDR:
		if (value >= unit->space->info.n)
			return MALFORMED;
		if (value >= unit->offset && value < unit->end)
			return reference_to(file, unit, unit, unit->space->base + value, offset);
		if (unit->space->isolated)
			return MALFORMED;
		value += unit->space->base;
		return reference_to(file, unit, unit_at(file, value), value, offset);
	case CLASS_REF_ALT:
		if (!alternate || value >= alternate->info.n)
			return MALFORMED;
		value += alternate->base;
		return reference_to(file, unit, unit_at(file, value), value, offset);
	case CLASS_REF_SIG:
		target = unit_of_type(file, value);
		return target ? reference_to(file, unit, target,
					     target->space->base + target->offset + target->type,
					     offset)
			      : MALFORMED;
	default:
		return MALFORMED;
	}
}
