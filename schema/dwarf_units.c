/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The units of a file and what each says of itself: version, language, names, line table; and the
 * sections of DIEs that they stand in, its own, of its type units, of the file it shares with
 * others.
 */
#include "debug_file.h"
#include "dwarf_internal.h"

#include <dwarf.h>
#include <inttypes.h>
#include <stdlib.h>

#define PRODUCER_MAX 128
/* Files that are named one by one; more say nothing new. */
#define MISSING_MAX 20
#define LENGTH_64 UINT32_MAX
#define LENGTH_RESERVED 0xfffffff0u

/* ---- spaces ---- */

/* Cuts what follows the last NUL off, so that every string inside ends inside. */
static void terminate(struct elf_bytes *section)
{
	while (section->n && section->at[section->n - 1])
		section->n--;
}

static bool load_strings(struct unit_list *list, struct elf_file *elf, bool split,
			 struct dwarf_space *space)
{
	struct {
		const char *name, *split_name;
		struct elf_bytes *bytes;
	} sections[] = {
		{".debug_abbrev", ".debug_abbrev.dwo", &space->abbrev},
		{".debug_str", ".debug_str.dwo", &space->str},
		{".debug_line", ".debug_line.dwo", &space->line},
		{".debug_line_str", ".debug_line_str", &space->line_str},
		{".debug_str_offsets", ".debug_str_offsets.dwo", &space->str_offsets},
	};
	bool ok = true;

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		ok &= elf_section(elf, split ? sections[i].split_name : sections[i].name,
				  sections[i].bytes, list->diags);
	terminate(&space->str);
	terminate(&space->line_str);
	return ok;
}

bool spaces_add(struct unit_list *list, struct elf_file *elf, const char *path, bool split,
		struct dwarf_space **first)
{
	struct dwarf_space common = {.file = path,
				     .big_endian = elf_info(elf)->big_endian,
				     .split = split},
			   **at = first;
	const char *names[] = {split ? ".debug_info.dwo" : ".debug_info",
			       split ? ".debug_types.dwo" : ".debug_types"};

	*first = NULL;
	if (!load_strings(list, elf, split, &common))
		return false;
	for (unsigned int kind = 0; kind < 2; kind++) {
		struct elf_bytes *all;
		size_t n;

		if (!elf_sections(elf, names[kind], &all, &n, list->diags))
			return false;
		for (size_t i = 0; i < n; i++, at = &(*at)->next) {
			*at = ARENA_NEW_ARRAY(list->arena, 1, struct dwarf_space);
			**at = common;
			(*at)->info = all[i];
			(*at)->types = kind == 1;
			(*at)->isolated = n > 1;
			(*at)->base = list->file->bytes;
			list->file->bytes += all[i].n;
		}
	}
	if (elf_info(elf)->compressed)
		list->evidence.forms |= 1u << FORM_COMPRESSED_SECTIONS;
	return true;
}

/* ---- headers ---- */

/* What stands between the length and the unit's own DIE. */
static const char *read_fields(struct dwarf_unit *unit, struct cursor *c)
{
	uint8_t type = unit->space->types ? DW_UT_type : DW_UT_compile;

	unit->version = (uint16_t)read_fixed(c, 2);
	if (unit->version < 2 || unit->version > 5)
		return "its DWARF version is not 4 or 5";
	if (unit->version == 5) {
		type = (uint8_t)read_fixed(c, 1);
		unit->address_size = (uint8_t)read_fixed(c, 1);
	}
	unit->abbrev = read_fixed(c, unit->offset_size);
	if (unit->version < 5)
		unit->address_size = (uint8_t)read_fixed(c, 1);
	if (type == DW_UT_type || type == DW_UT_split_type) {
		unit->signature = read_fixed(c, 8);
		unit->type = read_fixed(c, unit->offset_size);
		unit->kind = UNIT_TYPE;
	} else if (type == DW_UT_skeleton || type == DW_UT_split_compile) {
		unit->signature = read_fixed(c, 8);
		unit->kind = type == DW_UT_skeleton ? UNIT_SKELETON : UNIT_COMPILE;
	} else if (type == DW_UT_partial) {
		unit->kind = UNIT_PARTIAL;
	} else if (type != DW_UT_compile) {
		return "is of a kind that is not known";
	}
	return NULL;
}

const char *unit_read_header(struct dwarf_unit *unit)
{
	const struct dwarf_space *space = unit->space;
	struct cursor c = {.p = space->info.at + unit->offset,
			   .end = space->info.at + space->info.n,
			   .big_endian = space->big_endian};
	uint64_t length = read_fixed(&c, 4);
	const char *wrong;

	unit->offset_size = 4;
	if (length == LENGTH_64) {
		length = read_fixed(&c, 8);
		unit->offset_size = 8;
	}
	if (c.bad || (unit->offset_size == 4 && length >= LENGTH_RESERVED) ||
	    length > (uint64_t)(c.end - c.p))
		return "its header is malformed, or the file is truncated";
	c.end = c.p + length;
	unit->end = (uint64_t)(c.end - space->info.at);
	wrong = read_fields(unit, &c);
	unit->die = (uint64_t)(c.p - space->info.at);
	if (wrong)
		return wrong;
	if (c.bad || (unit->address_size != 4 && unit->address_size != 8))
		return "its header is malformed, or the file is truncated";
	if (unit->end - unit->offset > UINT32_MAX)
		return "is larger than 4 GB";
	return NULL;
}

/* ---- what a unit says of itself ---- */

bool unit_refuse(struct unit_list *list, const struct dwarf_unit *unit, const char *what)
{
	return diag_evidence(list->diags, place_file(unit->space->file),
			     "unit %s%sat 0x%" PRIx64 ": %s", unit->name ? unit->name : "",
			     unit->name ? " " : "", unit->offset, what);
}

const char *unit_read_die(struct unit_list *list, const struct dwarf_unit *unit, struct die *die)
{
	struct cursor c = unit_cursor(unit, unit->die), at = c;
	uint64_t code = read_uleb(&at);
	const char *wrong;

	if (at.bad || !code)
		return "is malformed";
	wrong = abbrevs_read_one(unit, code, &list->abbrevs);
	return wrong ? wrong : die_read(unit, &list->abbrevs, &c, die);
}

static uint64_t take_offset(const struct die *die, enum slot slot)
{
	if (!die_has(die, SLOT_BIT(slot)) ||
	    (die->v[slot].class != CLASS_OFFSET && die->v[slot].class != CLASS_UNSIGNED))
		return NO_OFFSET64;
	return die->v[slot].value;
}

/* In a .dwo there is one table of strings, without a base: it is behind its header, if it has one. */
static uint64_t default_strings(const struct dwarf_unit *unit)
{
	return unit->version < 5 ? 0 : unit->offset_size == 8 ? 16 : 8;
}

void unit_take(struct dwarf_unit *unit, const struct die *die)
{
	const struct dwarf_space *space = unit->space;
	uint64_t strings = take_offset(die, SLOT_STR_OFFSETS);

	if (strings != NO_OFFSET64 && !space->split)
		unit->str_offsets = strings;
	unit->line_space = space;
	unit->line = take_offset(die, SLOT_LINES);
	die_string(unit, die, SLOT_NAME, &unit->name);
	die_string(unit, die, SLOT_COMP_DIR, &unit->comp_dir);
	unit->has_code |= die_has(die, SLOT_BIT(SLOT_CODE));
}

/* Why a unit of LANGUAGE is skipped; SKIP_REASONS: it is in C, and is read. */
static enum skip_reason skip_of(uint64_t language)
{
	switch (language) {
	case DW_LANG_C89:
	case DW_LANG_C:
	case DW_LANG_C99:
	case DW_LANG_C11:
	case 0x2c: /* DW_LANG_C17 */
	case 0x3e: /* DW_LANG_C23 */
		return SKIP_REASONS;
	case DW_LANG_Mips_Assembler:
	case 0x31: /* DW_LANG_Assembly */
		return SKIP_ASSEMBLER;
	case DW_LANG_Rust:
		return SKIP_RUST;
	case DW_LANG_C_plus_plus:
	case DW_LANG_C_plus_plus_03:
	case DW_LANG_C_plus_plus_11:
	case DW_LANG_C_plus_plus_14:
	case 0x2b: /* DW_LANG_C_plus_plus_17 */
	case 0x3a: /* DW_LANG_C_plus_plus_20 */
		return SKIP_CPLUSPLUS;
	default:
		return SKIP_LANGUAGE;
	}
}

/* "GNU C11 12.2.0 -m64 ..." and "clang version 14.0.6 (https://...)": the words before the flags. */
static const char *short_producer(struct unit_list *list, const char *producer)
{
	const char *flags = strstr(producer, " -"), *note = strstr(producer, " (");
	size_t n = strnlen(producer, PRODUCER_MAX);

	if (flags && (size_t)(flags - producer) < n)
		n = (size_t)(flags - producer);
	if (note && (size_t)(note - producer) < n)
		n = (size_t)(note - producer);
	return arena_strndup(list->arena, producer, n);
}

/* gcc writes its options down: the last -g that has a level decides. */
static bool without_types(const char *producer)
{
	bool less = false;

	for (const char *at = producer; (at = strstr(at, " -g")); at += 3)
		if (at[3] >= '0' && at[3] <= '3' && (!at[4] || at[4] == ' '))
			less = at[3] == '1';
		else if (!at[3] || at[3] == ' ' || !strncmp(at + 3, "gdb", 3))
			less = false;
	return less;
}

bool unit_take_language(struct unit_list *list, struct dwarf_unit *unit, const struct die *die)
{
	const char *producer = NULL;
	uint64_t language;

	if (die_unsigned(die, SLOT_LANGUAGE, UINT16_MAX, &language) != VALUE)
		return unit_refuse(list, unit, "says no language");
	if (skip_of(language) != SKIP_REASONS) {
		list->evidence.skipped[skip_of(language)]++;
		unit->kind = UNIT_SKIPPED;
		return true;
	}
	if (unit->version < 4)
		return unit_refuse(list, unit, "its DWARF version is not 4 or 5");
	die_string(unit, die, SLOT_PRODUCER, &producer);
	if (producer && without_types(producer))
		return unit_refuse(list, unit, "compiled with -g1, without types: use -g");
	list->evidence.units++;
	list->evidence.forms |= 1u << (unit->version == 4 ? FORM_DWARF4 : FORM_DWARF5);
	if (!list->producer && producer)
		list->producer = short_producer(list, producer);
	return true;
}

void unit_take_type(struct dwarf_unit *unit, const struct die *die)
{
	uint64_t language;

	unit->in_c = die_unsigned(die, SLOT_LANGUAGE, UINT16_MAX, &language) == VALUE &&
		     skip_of(language) == SKIP_REASONS;
}

static bool tag_fits(const struct dwarf_unit *unit, uint16_t tag)
{
	switch (unit->kind) {
	case UNIT_TYPE:
		return tag == DW_TAG_type_unit;
	case UNIT_PARTIAL:
		return tag == DW_TAG_partial_unit;
	case UNIT_SKELETON:
		return tag == DW_TAG_skeleton_unit;
	default:
		return tag == DW_TAG_compile_unit;
	}
}

/* Takes UNIT, whose own DIE is DIE. *DWO_NAME: the file that its types are in, or NULL. */
static bool take_unit(struct unit_list *list, struct dwarf_unit *unit, const struct die *die,
		      const char **dwo_name)
{
	*dwo_name = NULL;
	/* DWARF 4 says no kind in the header */
	if (unit->version < 5 && unit->kind == UNIT_COMPILE &&
	    die->abbrev->tag == DW_TAG_partial_unit)
		unit->kind = UNIT_PARTIAL;
	if (!tag_fits(unit, die->abbrev->tag))
		return unit_refuse(list, unit, "is no compile unit");
	unit_take(unit, die);
	die_string(unit, die, SLOT_DWO_NAME, dwo_name);
	if (*dwo_name && unit->kind == UNIT_COMPILE && !unit->space->split) {
		unit->kind = UNIT_SKELETON;
		if (die_has(die, SLOT_BIT(SLOT_DWO_ID)))
			unit->signature = die->v[SLOT_DWO_ID].value;
	}
	switch (unit->kind) {
	case UNIT_COMPILE:
		return unit_take_language(list, unit, die);
	case UNIT_SKELETON:
		return *dwo_name ||
		       unit_refuse(list, unit, "its types are in another file, which has no name");
	case UNIT_TYPE:
		list->evidence.forms |= 1u << FORM_TYPE_UNITS;
		unit_take_type(unit, die);
		return true;
	default:
		list->evidence.forms |= 1u << FORM_PARTIAL_UNITS;
		return true;
	}
}

struct skeleton {
	uint32_t unit;
	const char *dwo_name;
};

struct skeletons {
	struct skeleton *at;
	size_t n, room;
};

/* The units in SPACE. Without the header of one, the next cannot be found. */
static bool list_space(struct unit_list *list, const struct dwarf_space *space,
		       struct skeletons *skeletons)
{
	uint64_t offset = 0;
	bool ok = true;

	while (offset < space->info.n) {
		struct dwarf_unit unit = {.space = space,
					  .line_space = space,
					  .offset = offset,
					  .line = NO_OFFSET64,
					  .rank = (uint32_t)list->file->units.n};
		const char *wrong = unit_read_header(&unit), *dwo_name = NULL;
		struct die die;

		if (wrong)
			return unit_refuse(list, &unit, wrong);
		unit.str_offsets = default_strings(&unit);
		wrong = unit_read_die(list, &unit, &die);
		ok &= wrong ? unit_refuse(list, &unit, wrong)
			    : take_unit(list, &unit, &die, &dwo_name);
		if (dwo_name && unit.kind == UNIT_SKELETON)
			*VEC_PUSH(skeletons) = (struct skeleton){unit.rank, dwo_name};
		*VEC_PUSH(&list->file->units) = unit;
		offset = unit.end;
	}
	return ok;
}

/* What the file shares with others: units and strings that its own refer to. */
static bool add_alternate(struct unit_list *list, struct dwarf_space *own,
			  struct dwarf_space **first)
{
	const struct debug_file *file;

	*first = NULL;
	if (!elf_info(list->elf)->alternate)
		return true;
	file = debug_file_alternate(list->others, list->path, list->elf, list->diags);
	if (!file || !spaces_add(list, file->elf, file->path, false, first))
		return false;
	list->evidence.forms |= 1u << FORM_ALTERNATE;
	for (struct dwarf_space *at = own; at; at = at->next)
		at->alternate = *first;
	return true;
}

/* ---- finding them again ---- */

const struct dwarf_unit *unit_at(const struct dwarf_file *file, uint64_t place)
{
	size_t low = 0, high = file->units.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct dwarf_unit *unit = &file->units.at[middle];

		if (place < unit->space->base + unit->offset)
			high = middle;
		else if (place >= unit->space->base + unit->end)
			low = middle + 1;
		else
			return unit;
	}
	return NULL;
}

static int compare_signatures(const void *a, const void *b)
{
	const struct dwarf_signature *x = a, *y = b;

	if (x->signature != y->signature)
		return x->signature < y->signature ? -1 : 1;
	return (x->unit > y->unit) - (x->unit < y->unit);
}

static void list_signatures(struct dwarf_file *file)
{
	for (uint32_t i = 0; i < file->units.n; i++)
		if (file->units.at[i].kind == UNIT_TYPE)
			*VEC_PUSH(&file->signatures) =
				(struct dwarf_signature){file->units.at[i].signature, i};
	if (file->signatures.n)
		qsort(file->signatures.at, file->signatures.n, sizeof(*file->signatures.at),
		      compare_signatures);
}

/* The first of equal ones: a type may have a unit in every object. */
const struct dwarf_unit *unit_of_type(const struct dwarf_file *file, uint64_t signature)
{
	size_t low = 0, high = file->signatures.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (file->signatures.at[middle].signature < signature)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == file->signatures.n || file->signatures.at[low].signature != signature)
		return NULL;
	return &file->units.at[file->signatures.at[low].unit];
}

/* ---- all of them ---- */

static bool add_split(struct unit_list *list, const struct skeletons *skeletons)
{
	unsigned int missing = 0;

	for (size_t i = 0; i < skeletons->n && missing < MISSING_MAX; i++)
		missing += !split_add(list, skeletons->at[i].unit, skeletons->at[i].dwo_name);
	return !missing;
}

bool units_list(struct unit_list *list)
{
	struct skeletons skeletons = {0};
	struct dwarf_space *own, *shared = NULL;
	bool ok = spaces_add(list, list->elf, list->path, false, &own) &&
		  add_alternate(list, own, &shared);

	for (struct dwarf_space *at = ok ? own : NULL; at; at = at->next)
		ok &= list_space(list, at, &skeletons);
	for (struct dwarf_space *at = ok ? shared : NULL; at; at = at->next)
		ok &= list_space(list, at, &skeletons);
	ok = ok && add_split(list, &skeletons);
	list_signatures(list->file);
	if (ok && list->file->bytes == own->info.n && !elf_info(list->elf)->relocatable)
		list->file->str = own->str;
	VEC_FREE(&skeletons);
	abbrevs_free(&list->abbrevs);
	return ok;
}
