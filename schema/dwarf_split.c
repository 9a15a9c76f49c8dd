/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Split DWARF (-gsplit-dwarf): the unit in a file is a skeleton, that of its types is in a .dwo file,
 * or with many others in a .dwp file, whose index says which part of each section is whose.
 */
#include "debug_file.h"
#include "dwarf_internal.h"

#include <dwarf.h>
#include <inttypes.h>

#define COLUMNS_MAX 16
#define ROWS_MAX (1u << 24)

/* DW_SECT_*, of the GNU version 2 and of DWARF 5. */
enum { SECT_INFO = 1, SECT_TYPES = 2, SECT_ABBREV = 3, SECT_LINE = 4, SECT_STR_OFFSETS = 6 };

/* Where the parts of a .dwp's sections start that belong to one unit. */
struct contribution {
	uint64_t info, types, abbrev, line, str_offsets;
	bool found;
};

struct package_index {
	struct elf_bytes section;
	bool big_endian;
	uint32_t version, columns, rows, slots;
	uint32_t kinds[COLUMNS_MAX];
};

static uint64_t index_number(const struct package_index *index, uint64_t at, unsigned int width)
{
	if (at > index->section.n || index->section.n - at < width)
		return 0;
	return load_bytes(index->section.at + at, width, index->big_endian);
}

/* DWARF 5 section 7.3.5.3. Returns what is wrong with it, or NULL. */
static const char *index_open(struct package_index *index)
{
	uint64_t table;

	index->version = (uint32_t)index_number(index, 0, 4);
	if (index->version != 2)
		index->version = (uint32_t)index_number(index, 0, 2);
	index->columns = (uint32_t)index_number(index, 4, 4);
	index->rows = (uint32_t)index_number(index, 8, 4);
	index->slots = (uint32_t)index_number(index, 12, 4);
	if (index->version != 2 && index->version != 5)
		return "its index is of a version that is not supported";
	if (index->columns > COLUMNS_MAX || index->rows > ROWS_MAX || index->slots > ROWS_MAX ||
	    (index->slots & (index->slots - 1)))
		return "its index is malformed";
	table = 16 + (uint64_t)index->slots * 12;
	if (table + (uint64_t)index->columns * 4 * (1 + 2 * (uint64_t)index->rows) >
	    index->section.n)
		return "its index is truncated";
	for (uint32_t i = 0; i < index->columns; i++)
		index->kinds[i] = (uint32_t)index_number(index, table + 4 * (uint64_t)i, 4);
	return NULL;
}

static struct contribution index_row(const struct package_index *index, uint32_t row)
{
	uint64_t at = 16 + (uint64_t)index->slots * 12 + (uint64_t)index->columns * 4 * row;
	struct contribution part = {.found = true};

	for (uint32_t i = 0; i < index->columns; i++) {
		uint64_t offset = index_number(index, at + 4 * (uint64_t)i, 4);

		switch (index->kinds[i]) {
		case SECT_INFO:
			part.info = offset;
			break;
		case SECT_TYPES:
			part.types = offset;
			break;
		case SECT_ABBREV:
			part.abbrev = offset;
			break;
		case SECT_LINE:
			part.line = offset;
			break;
		case SECT_STR_OFFSETS:
			part.str_offsets = offset;
			break;
		default:
			break;
		}
	}
	return part;
}

/* A hash table with double hashing; its number of slots is a power of two. */
static struct contribution index_find(const struct package_index *index, uint64_t signature)
{
	uint64_t mask = (uint64_t)index->slots - 1, step = ((signature >> 32) & mask) | 1;
	uint64_t slot = signature & mask, rows = 16 + (uint64_t)index->slots * 8;

	for (uint32_t tries = 0; tries < index->slots; tries++, slot = (slot + step) & mask) {
		uint64_t row = index_number(index, rows + 4 * slot, 4);

		if (!row || row > index->rows)
			break;
		if (index_number(index, 16 + 8 * slot, 8) == signature)
			return index_row(index, (uint32_t)row);
	}
	return (struct contribution){0};
}

/* ---- the units of a .dwo or .dwp ---- */

/* What the units of one such file go by. */
struct split_file {
	struct dwarf_space *first;
	struct package_index units, types; /* of a .dwp */
	bool package;
};

static uint64_t own_id(const struct dwarf_unit *unit, const struct die *die)
{
	return unit->version >= 5		     ? unit->signature
	       : die_has(die, SLOT_BIT(SLOT_DWO_ID)) ? die->v[SLOT_DWO_ID].value
						     : 0;
}

/* Moves what UNIT refers to behind what other units of the package have in its sections. */
static bool shift(const struct split_file *split, const struct contribution *part,
		  struct dwarf_unit *unit)
{
	unit->str_offsets = unit->version < 5 ? 0 : unit->offset_size == 8 ? 16 : 8;
	if (!split->package)
		return true;
	unit->abbrev += part->abbrev;
	unit->str_offsets += part->str_offsets;
	return part->found;
}

/*
 * The split unit for SKELETON: its own names and line table are those of the skeleton where it has
 * none, and the skeleton's place has them, too. A .dwo's line table has no lines, but may have names, from its start.
 */
static void take_skeleton(struct unit_list *list, const struct dwarf_unit *skeleton,
			  const struct contribution *part, struct dwarf_unit *unit)
{
	struct dwarf_unit *place = &list->file->units.at[skeleton->rank];

	if (!unit->name)
		unit->name = skeleton->name;
	if (!unit->comp_dir)
		unit->comp_dir = skeleton->comp_dir;
	place->name = unit->name;
	place->comp_dir = unit->comp_dir;
	unit->has_code = skeleton->has_code;
	unit->rank = skeleton->rank;
	unit->kind = UNIT_COMPILE;
	if (unit->space->line.n) {
		unit->line = part->line;
	} else {
		unit->line_space = skeleton->line_space;
		unit->line = skeleton->line;
	}
}

/* Type units stand in the order of their sections, and are read when something refers to them. */
static bool take_type_unit(struct unit_list *list, const struct split_file *split,
			   struct dwarf_unit *unit)
{
	struct contribution part = {0};
	struct die die;
	const char *wrong;

	if (split->package)
		part = index_find(&split->types, unit->signature);
	if (!shift(split, &part, unit))
		return unit_refuse(list, unit, "is in no index of its package");
	wrong = unit_read_die(list, unit, &die);
	if (wrong)
		return unit_refuse(list, unit, wrong);
	unit_take(unit, &die);
	unit_take_type(unit, &die);
	if (unit->line != NO_OFFSET64)
		unit->line += part.line;
	list->evidence.forms |= 1u << FORM_TYPE_UNITS;
	return true;
}

/* One of a .dwo's or .dwp's compile units: read when it has SKELETON's id. *FOUND: it has. */
static bool take_compile_unit(struct unit_list *list, const struct split_file *split,
			      const struct dwarf_unit *skeleton, struct dwarf_unit *unit,
			      bool *found)
{
	struct contribution part = {0};
	struct die die;
	const char *wrong;

	if (split->package)
		part = index_find(&split->units, skeleton->signature);
	if (split->package && (!part.found || part.info != unit->offset))
		return true;
	shift(split, &part, unit);
	wrong = unit_read_die(list, unit, &die);
	if (wrong)
		return unit_refuse(list, unit, wrong);
	if (own_id(unit, &die) != skeleton->signature)
		return true;
	*found = true;
	unit_take(unit, &die);
	take_skeleton(list, skeleton, &part, unit);
	return unit_take_language(list, unit, &die);
}

/* Adds the units of SPLIT, of which that with SKELETON's id is read. */
static bool take_units(struct unit_list *list, const struct split_file *split,
		       const struct dwarf_unit *skeleton, bool *found)
{
	bool ok = true;

	for (const struct dwarf_space *space = split->first; space; space = space->next)
		for (uint64_t offset = 0; offset < space->info.n;) {
			struct dwarf_unit unit = {.space = space,
						  .line_space = space,
						  .offset = offset,
						  .line = NO_OFFSET64,
						  .rank = skeleton->rank};
			const char *wrong = unit_read_header(&unit);

			if (wrong)
				return unit_refuse(list, &unit, wrong);
			offset = unit.end;
			if (unit.kind == UNIT_TYPE) {
				ok &= take_type_unit(list, split, &unit);
			} else {
				unit.kind = UNIT_SKIPPED;
				ok &= take_compile_unit(list, split, skeleton, &unit, found);
			}
			*VEC_PUSH(&list->file->units) = unit;
		}
	return ok;
}

/* ---- packages ---- */

static bool open_index(struct unit_list *list, struct elf_file *elf, const char *path,
		       const char *name, struct package_index *index)
{
	const char *wrong;

	index->big_endian = elf_info(elf)->big_endian;
	if (!elf_section(elf, name, &index->section, list->diags))
		return false;
	if (!index->section.n)
		return true;
	wrong = index_open(index);
	return !wrong || diag_evidence(list->diags, place_file(path), "%s", wrong);
}

/* A later skeleton finds its unit among those that the first has added. */
static bool claim(struct unit_list *list, const struct split_file *split,
		  const struct dwarf_unit *skeleton, bool *found)
{
	struct contribution part = index_find(&split->units, skeleton->signature);
	const struct dwarf_unit *unit;

	if (!part.found)
		return true;
	unit = unit_at(list->file, split->first->base + part.info);
	if (!unit || unit->space != split->first || unit->offset != part.info)
		return true;
	return take_compile_unit(list, split, skeleton,
				 &list->file->units.at[unit - list->file->units.at], found);
}

/* Looks for SKELETON's unit in the package beside the program, when there is one. */
static bool add_from_package(struct unit_list *list, const struct dwarf_unit *skeleton, bool *found)
{
	struct split_file split = {.package = true};
	const char *path = arena_printf(list->arena, "%s.dwp", list->path);
	size_t before = list->diags->n;
	const struct debug_file *file = debug_file_open(list->others, path, list->diags);

	if (!file)
		return list->diags->n == before;
	if (!open_index(list, file->elf, file->path, ".debug_cu_index", &split.units) ||
	    !open_index(list, file->elf, file->path, ".debug_tu_index", &split.types))
		return false;
	if (list->package) {
		split.first = (struct dwarf_space *)(uintptr_t)list->package;
		return claim(list, &split, skeleton, found);
	}
	if (!spaces_add(list, file->elf, file->path, true, &split.first))
		return false;
	list->package = split.first;
	list->evidence.forms |= 1u << FORM_DWP;
	return take_units(list, &split, skeleton, found);
}

/* ---- .dwo files ---- */

static bool refuse_missing(struct unit_list *list, const struct dwarf_unit *skeleton,
			   const char *dwo_name, const char *other)
{
	const char *what =
		other ? arena_printf(
				list->arena,
				"its types are in %s (-gsplit-dwarf), but %s is of another build",
				dwo_name, other)
		      : arena_printf(list->arena,
				     "its types are in %s (-gsplit-dwarf), which is neither where "
				     "it was built nor beside the file, nor in a .dwp there: keep "
				     "it, or run dwp -e on the file",
				     dwo_name);

	return unit_refuse(list, skeleton, what);
}

static bool add_from_dwo(struct unit_list *list, const struct dwarf_unit *skeleton,
			 const char *path, bool *found)
{
	struct unit_list before = *list;
	size_t faults = list->diags->n;
	const struct debug_file *file = debug_file_open(list->others, path, list->diags);
	struct split_file split = {0};
	size_t n = list->file->units.n;
	uint64_t bytes = list->file->bytes;

	if (!file)
		return list->diags->n == faults;
	if (!spaces_add(list, file->elf, file->path, true, &split.first))
		return false;
	if (!take_units(list, &split, skeleton, found))
		return false;
	if (*found) {
		list->evidence.forms |= 1u << FORM_DWO;
		return true;
	}
	/* of another build: as if it had not been there */
	list->evidence = before.evidence;
	list->file->units.n = n;
	list->file->bytes = bytes;
	return true;
}

bool split_add(struct unit_list *list, uint32_t index, const char *dwo_name)
{
	/* a copy: adding units moves them */
	const struct dwarf_unit skeleton = list->file->units.at[index];
	const char *directory = debug_file_directory(list->others, list->path);
	const char *slash = strrchr(dwo_name, '/'), *other = NULL;
	const char *paths[] = {
		debug_file_path(list->others, skeleton.comp_dir, dwo_name),
		debug_file_path(list->others, directory, dwo_name),
		debug_file_path(list->others, directory, slash ? slash + 1 : dwo_name)};
	bool found = false;

	if (!add_from_package(list, &skeleton, &found))
		return false;
	for (size_t i = 0; !found && i < sizeof(paths) / sizeof(*paths); i++) {
		if (!add_from_dwo(list, &skeleton, paths[i], &found))
			return false;
		if (!found && !other && debug_file_open(list->others, paths[i], list->diags))
			other = paths[i];
	}
	return found || refuse_missing(list, &skeleton, dwo_name, other);
}
