/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File names from the header of a unit's line table (.debug_line, DWARF 4 and 5 section 6.2.4); the
 * line programs behind it are never decoded.
 */
#include "dwarf_internal.h"

#include <dwarf.h>
#include <string.h>

#define PATH_MAX_BYTES 4096
#define COMPONENTS_MAX 256
#define FORMATS_MAX 16

struct entry_format {
	uint64_t content, form;
};

struct line_reader {
	const struct dwarf_space *space;
	struct cursor c;
	unsigned int offset_size;
};

static const char *read_path_form(struct line_reader *r, uint64_t form)
{
	switch (form) {
	case DW_FORM_string:
		return read_string(&r->c);
	case DW_FORM_line_strp:
		return string_at(r->space->line_str, read_fixed(&r->c, r->offset_size));
	case DW_FORM_strp:
		return string_at(r->space->str, read_fixed(&r->c, r->offset_size));
	default:
		r->c.bad = true;
		return NULL;
	}
}

static uint64_t read_number_form(struct line_reader *r, uint64_t form)
{
	switch (form) {
	case DW_FORM_data1:
		return read_fixed(&r->c, 1);
	case DW_FORM_data2:
		return read_fixed(&r->c, 2);
	case DW_FORM_data4:
		return read_fixed(&r->c, 4);
	case DW_FORM_data8:
		return read_fixed(&r->c, 8);
	case DW_FORM_udata:
		return read_uleb(&r->c);
	case DW_FORM_data16: /* an MD5 */
		read_skip(&r->c, 16);
		return 0;
	case DW_FORM_block:
		read_skip(&r->c, read_uleb(&r->c));
		return 0;
	default:
		r->c.bad = true;
		return 0;
	}
}

/* One version 5 entry: a path, and the directory it is in. */
static const char *read_entry(struct line_reader *r, const struct entry_format *formats, size_t n,
			      uint64_t *directory)
{
	const char *path = NULL;

	*directory = 0;
	for (size_t i = 0; i < n; i++) {
		if (formats[i].content == DW_LNCT_path)
			path = read_path_form(r, formats[i].form);
		else if (formats[i].form == DW_FORM_string)
			read_string(&r->c);
		else if (formats[i].content == DW_LNCT_directory_index)
			*directory = read_number_form(r, formats[i].form);
		else if (formats[i].form == DW_FORM_line_strp || formats[i].form == DW_FORM_strp)
			read_path_form(r, formats[i].form);
		else
			read_number_form(r, formats[i].form);
	}
	if (!path)
		r->c.bad = true;
	return path;
}

static size_t read_formats(struct line_reader *r, struct entry_format *formats)
{
	size_t n = (size_t)read_fixed(&r->c, 1);

	if (n > FORMATS_MAX)
		r->c.bad = true;
	for (size_t i = 0; i < n && !r->c.bad; i++) {
		formats[i].content = read_uleb(&r->c);
		formats[i].form = read_uleb(&r->c);
	}
	return n;
}

static const char *directory_at(const struct line_table *table, uint64_t index)
{
	return index < table->directories.n ? table->directories.at[index] : NULL;
}

static void read_tables_5(struct line_reader *r, struct line_table *table)
{
	struct entry_format formats[FORMATS_MAX];
	size_t n_formats = read_formats(r, formats);
	uint64_t n = read_uleb(&r->c), directory;

	for (uint64_t i = 0; i < n && n_formats && !r->c.bad; i++) {
		const char *path = read_entry(r, formats, n_formats, &directory);

		*VEC_PUSH(&table->directories) = path;
	}
	n_formats = read_formats(r, formats);
	n = read_uleb(&r->c);
	for (uint64_t i = 0; i < n && n_formats && !r->c.bad; i++) {
		const char *path = read_entry(r, formats, n_formats, &directory);

		*VEC_PUSH(table) = (struct line_file){directory_at(table, directory), path};
	}
}

/* Both tables end with an empty string and count from 1; directory 0 is the compilation's. */
static void read_tables_4(struct line_reader *r, struct line_table *table)
{
	const char *path;

	*VEC_PUSH(&table->directories) = NULL;
	while ((path = read_string(&r->c)) && *path)
		*VEC_PUSH(&table->directories) = path;
	*VEC_PUSH(table) = (struct line_file){NULL, NULL};
	while ((path = read_string(&r->c)) && *path) {
		uint64_t directory = read_uleb(&r->c);

		read_uleb(&r->c); /* time */
		read_uleb(&r->c); /* length */
		*VEC_PUSH(table) = (struct line_file){directory_at(table, directory), path};
	}
}

/* Everything before the tables. Returns the version, 0 when it is not one of ours. */
static unsigned int read_prologue(struct line_reader *r)
{
	uint64_t length = read_fixed(&r->c, 4), header;
	unsigned int version, opcodes;

	r->offset_size = 4;
	if (length == UINT32_MAX) {
		length = read_fixed(&r->c, 8);
		r->offset_size = 8;
	}
	if (r->c.bad || length > (uint64_t)(r->c.end - r->c.p))
		return 0;
	r->c.end = r->c.p + length;
	version = (unsigned int)read_fixed(&r->c, 2);
	if (version < 2 || version > 5)
		return 0;
	if (version >= 5)
		read_skip(&r->c, 2); /* address and segment selector sizes */
	header = read_fixed(&r->c, r->offset_size);
	if (r->c.bad || header > (uint64_t)(r->c.end - r->c.p))
		return 0;
	r->c.end = r->c.p + header;
	/* minimum instruction length, maximum operations (4 on), default_is_stmt, base, range */
	read_skip(&r->c, version >= 4 ? 5 : 4);
	opcodes = (unsigned int)read_fixed(&r->c, 1);
	read_skip(&r->c, opcodes ? opcodes - 1 : 0);
	return r->c.bad ? 0 : version;
}

const char *lines_read(const struct dwarf_unit *unit, struct line_table *table)
{
	const struct dwarf_space *space = unit->line_space;
	struct line_reader r = {.space = space, .c.big_endian = space->big_endian};
	unsigned int version;

	table->read = true;
	table->n = table->directories.n = 0;
	if (unit->line == NO_OFFSET64)
		return NULL;
	if (unit->line >= space->line.n)
		return "its line table lies outside .debug_line";
	r.c.p = space->line.at + unit->line;
	r.c.end = space->line.at + space->line.n;
	version = read_prologue(&r);
	if (!version)
		return "the header of its line table is malformed";
	if (version == 5)
		read_tables_5(&r, table);
	else
		read_tables_4(&r, table);
	return r.c.bad ? "the file names of its line table are malformed" : NULL;
}

void lines_free(struct line_table *table)
{
	VEC_FREE(&table->directories);
	VEC_FREE(table);
}

/* ---- paths ---- */

/* What of PATH is below DIRECTORY, or PATH as it is. */
static const char *below(const char *path, const char *directory)
{
	size_t n = directory ? strlen(directory) : 0;

	while (n && directory[n - 1] == '/')
		n--;
	if (!n || strncmp(path, directory, n) != 0 || (path[n] != '/' && path[n] != '\0'))
		return path;
	path += n;
	return path + strspn(path, "/");
}

/* "." and "a/.." taken out of PATH, in place; a leading ".." stays, also one above the root. */
static void simplify(char *path)
{
	size_t starts[COMPONENTS_MAX], depth = 0;
	char *from = path, *start = path + (path[0] == '/'), *to = start;

	while (*(from += strspn(from, "/"))) {
		size_t n = strcspn(from, "/");
		bool up = n == 2 && from[0] == '.' && from[1] == '.';

		if (up && depth && strncmp(path + starts[depth - 1], "..", 2) != 0) {
			to = path + starts[--depth];
			to -= to > start;
		} else if ((n != 1 || from[0] != '.') && depth < COMPONENTS_MAX) {
			if (to > start)
				*to++ = '/';
			starts[depth++] = (size_t)(to - path);
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	*to = '\0';
}

/* How many bytes PATH and BASE share, whole components only; both absolute, BASE without a final
 * slash. */
static size_t shared(const char *path, const char *base)
{
	size_t n = 0, end = 0;

	while (path[n] && path[n] == base[n]) {
		n++;
		if ((path[n] == '/' || !path[n]) && (base[n] == '/' || !base[n]))
			end = n;
	}
	return end;
}

/* PATH as seen from BASE, with "..", when they have anything in common. */
static bool climb(const char *path, const char *base, char out[PATH_MAX_BYTES])
{
	size_t same = shared(path, base), n = 0;

	if (!same)
		return false;
	for (const char *at = base + same; *at; at++) {
		if (*at != '/')
			continue;
		if (n + 3 >= PATH_MAX_BYTES)
			return false;
		memcpy(out + n, "../", 3);
		n += 3;
	}
	path += same + (path[same] == '/');
	if (n + strlen(path) >= PATH_MAX_BYTES)
		return false;
	strcpy(out + n, path);
	return true;
}

/* The directory that UNIT's absolute source file is in; false without one. */
static bool source_directory(const struct dwarf_unit *unit, char out[PATH_MAX_BYTES])
{
	char *slash;

	if (!unit->name || unit->name[0] != '/' || strlen(unit->name) >= PATH_MAX_BYTES)
		return false;
	strcpy(out, unit->name);
	simplify(out);
	slash = strrchr(out, '/');
	*slash = '\0';
	return slash > out;
}

static bool is_system(const char *path)
{
	return strncmp(path, "/usr/", strlen("/usr/")) == 0;
}

/* A path without a character names nothing. */
static const char *path_known(struct intern *names, const char *path)
{
	return *path ? intern(names, path) : NULL;
}

const char *path_normal(struct intern *names, const struct dwarf_unit *unit, const char *directory,
			const char *name)
{
	char path[PATH_MAX_BYTES], base[PATH_MAX_BYTES] = "", source[PATH_MAX_BYTES] = "",
				   from_base[PATH_MAX_BYTES];
	size_t n = strlen(name), d = directory && name[0] != '/' ? strlen(directory) : 0;
	const char *found;

	if (n + d + 3 > sizeof(path))
		return path_known(names, name);
	memcpy(path, directory ? directory : "", d);
	if (d)
		path[d++] = '/';
	memcpy(path + d, name, n + 1);
	simplify(path);
	if (unit->comp_dir && strlen(unit->comp_dir) < sizeof(base)) {
		strcpy(base, unit->comp_dir);
		simplify(base);
	}
	found = below(path, base);
	if (found != path || path[0] != '/')
		return path_known(names, found);
	if (source_directory(unit, source) && (found = below(path, source)) != path)
		return path_known(names, found);
	if (!is_system(path) && (climb(path, base, from_base) || climb(path, source, from_base)))
		return path_known(names, from_base);
	return path_known(names, path);
}
