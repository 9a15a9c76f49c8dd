/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sources that were compiled without debug info and linked with others: no unit speaks of them, only
 * the symbol table does. An assembler writes the name of each source there; where more objects come
 * from a source in C than there are units of it, and a symbol is in no unit's DIEs, types are missing.
 * (A source that declares only, and defines nothing, has no unit either.)
 */
#include "dwarf_internal.h"

#include <dwarf.h>
#include <stdlib.h>

/* What a compiler and a C library add to every program; nobody has debug info of it. */
static bool is_start_file(const char *name)
{
	static const char *const names[] = {"crtstuff.c", "crt1.o",    "Scrt1.o", "rcrt1.o",
					    "gcrt1.o",	  "grcrt1.o",  "Mcrt1.o", "crti.o",
					    "crtn.o",	  "abi-note.c"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static bool is_start_symbol(const char *name)
{
	static const char *const names[] = {"_start",
					    "_init",
					    "_fini",
					    "deregister_tm_clones",
					    "register_tm_clones",
					    "__do_global_dtors_aux",
					    "frame_dummy",
					    "_dl_relocate_static_pie",
					    "_IO_stdin_used",
					    "completed",
					    "__TMC_END__",
					    "__dso_handle",
					    "__EH_FRAME_BEGIN__",
					    "__FRAME_END__",
					    "__abi_tag",
					    "__frame_dummy_init_array_entry",
					    "__do_global_dtors_aux_fini_array_entry",
					    "_DYNAMIC"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

struct names {
	const char **at;
	size_t n, room;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_names(struct names *names)
{
	if (names->n)
		qsort(names->at, names->n, sizeof(*names->at), compare_names);
}

static void list_units(const struct dwarf_file *file, struct names *names)
{
	for (size_t i = 0; i < file->units.n; i++) {
		const struct dwarf_unit *unit = &file->units.at[i];

		if ((unit->kind == UNIT_COMPILE || unit->kind == UNIT_SKIPPED) && unit->name)
			*VEC_PUSH(names) = base_name(unit->name);
	}
	sort_names(names);
}

/* How many of NAMES are the first N bytes of NAME: EXACT, or up to a suffix with a dot. */
static size_t count_names(const struct names *names, const char *name, size_t n, bool exact)
{
	size_t low = 0, high = names->n, found = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strncmp(names->at[middle], name, n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < names->n && strncmp(names->at[low], name, n) == 0; low++)
		found += exact ? !names->at[low][n]
			       : names->at[low][n] == '.' && !strchr(names->at[low] + n + 1, '.');
	return found;
}

/* ---- the names of functions and variables ---- */

struct described {
	struct intern names;
	struct unit_list *list;
	const char *missing; /* a symbol that no DIE describes */
};

/* Every name of a function or variable in UNIT. What is malformed is noticed when types are read. */
static void describe_unit(struct described *d, struct dwarf_unit unit)
{
	struct abbrev_table *table = &d->list->abbrevs;
	struct cursor c = unit_cursor(&unit, unit.die);
	const char *name;
	struct die die;

	unit.extra = SLOT_BIT(SLOT_NAME);
	table->valid = false;
	if (abbrevs_read(&unit, table))
		return;
	while (c.p < c.end && !die_read(&unit, table, &c, &die))
		if (die.abbrev &&
		    (die.abbrev->tag == DW_TAG_subprogram || die.abbrev->tag == DW_TAG_variable) &&
		    die_string(&unit, &die, SLOT_NAME, &name) == VALUE)
			intern(&d->names, name);
	table->valid = false;
}

/* What compilers and linkers make of a name: clones, parts, statics of functions. */
static void check_symbol(void *data, const char *name)
{
	struct described *d = data;
	size_t n = strcspn(name, ".");
	char *plain;

	if (d->missing || !n || is_start_symbol(name) || strncmp(name, "_Z", 2) == 0 ||
	    strncmp(name, "_R", 2) == 0)
		return;
	plain = arena_strndup(d->list->arena, name, n);
	if (!is_start_symbol(plain) && !intern_find(&d->names, plain))
		d->missing = arena_strdup(d->list->arena, name);
}

static const char *find_undescribed(struct unit_list *list)
{
	struct described d = {.list = list};

	intern_init(&d.names);
	for (size_t i = 0; i < list->file->units.n; i++)
		if (list->file->units.at[i].kind != UNIT_SKELETON)
			describe_unit(&d, list->file->units.at[i]);
	elf_defined(list->elf, check_symbol, &d);
	intern_deinit(&d.names);
	abbrevs_free(&list->abbrevs);
	list->abbrevs = (struct abbrev_table){0};
	return d.missing;
}

/* ---- the sources ---- */

static void add_source(void *data, const char *name)
{
	struct names *names = data;

	if (!is_start_file(base_name(name)))
		*VEC_PUSH(names) = base_name(name);
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

/* Sources in assembler; an object that names none was assembled without a compiler. */
static bool is_assembler(const char *name)
{
	return ends_in(name, ".S") || ends_in(name, ".s") || ends_in(name, ".o");
}

bool sources_check(struct unit_list *list)
{
	struct names sources = {0}, units = {0};
	const char *without = NULL, *symbol;

	elf_sources(list->elf, add_source, &sources);
	sort_names(&sources);
	list_units(list->file, &units);
	for (size_t i = 0, next; i < sources.n; i = next) {
		const char *name = sources.at[i];
		size_t n = strlen(name), known;
		bool assembler = is_assembler(name);

		for (next = i; next < sources.n && !strcmp(sources.at[next], name);)
			next++;
		known = count_names(&units, name, assembler ? n - 2 : n, !assembler);
		if (assembler && next - i > known)
			list->evidence.skipped[SKIP_ASSEMBLER] += (uint32_t)(next - i - known);
		else if (!without && ends_in(name, ".c") && next - i > known)
			without = arena_strdup(list->arena, name);
	}
	VEC_FREE(&sources);
	VEC_FREE(&units);
	symbol = without ? find_undescribed(list) : NULL;
	return !symbol ||
	       diag_evidence(list->diags, place_file(list->path),
			     "%s is in it without debug info (%s is in no unit): compile all of it "
			     "with -g",
			     without, symbol);
}
