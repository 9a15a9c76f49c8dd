/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame of BTF: header, sections, and where each record and string lies. */
#include "btf_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0xeb9f
#define VERSION 1
#define HEADER_MIN 24
#define RECORD 12 /* struct btf_type */
#define INFO_UNUSED 0x60ff0000u
#define TYPE_MAX 0x7fffffffu

const struct btf_shape btf_shapes[BTF_KINDS] = {
	[BTF_INT] = {.word = "INT", .fixed = 4, .naming = NAME_MUST},
	[BTF_PTR] = {.word = "PTR", .naming = NAME_NEVER, .refers = true},
	[BTF_ARRAY] = {.word = "ARRAY", .fixed = 12, .naming = NAME_NEVER},
	[BTF_STRUCT] = {.word = "STRUCT",
			.each = 12,
			.naming = NAME_MAY,
			.identifier = true,
			.flag = true,
			.parts = true},
	[BTF_UNION] = {.word = "UNION",
		       .each = 12,
		       .naming = NAME_MAY,
		       .identifier = true,
		       .flag = true,
		       .parts = true},
	[BTF_ENUM] = {.word = "ENUM",
		      .each = 8,
		      .naming = NAME_MAY,
		      .identifier = true,
		      .flag = true,
		      .parts = true},
	[BTF_FWD] = {.word = "FWD", .naming = NAME_MUST, .identifier = true, .flag = true},
	[BTF_TYPEDEF] = {.word = "TYPEDEF",
			 .naming = NAME_MUST,
			 .identifier = true,
			 .refers = true},
	[BTF_VOLATILE] = {.word = "VOLATILE", .naming = NAME_NEVER, .refers = true},
	[BTF_CONST] = {.word = "CONST", .naming = NAME_NEVER, .refers = true},
	[BTF_RESTRICT] = {.word = "RESTRICT", .naming = NAME_NEVER, .refers = true},
	[BTF_FUNC] = {.word = "FUNC", .naming = NAME_MUST, .parts = true, .refers = true},
	[BTF_FUNC_PROTO] = {.word = "FUNC_PROTO",
			    .each = 8,
			    .naming = NAME_NEVER,
			    .parts = true,
			    .refers = true},
	[BTF_VAR] = {.word = "VAR", .fixed = 4, .naming = NAME_MUST, .refers = true},
	[BTF_DATASEC] = {.word = "DATASEC", .each = 12, .naming = NAME_MUST, .parts = true},
	[BTF_FLOAT] = {.word = "FLOAT", .naming = NAME_MUST},
	[BTF_DECL_TAG] =
		{.word = "DECL_TAG", .fixed = 4, .naming = NAME_MUST, .flag = true, .refers = true},
	[BTF_TYPE_TAG] = {.word = "TYPE_TAG", .naming = NAME_MUST, .flag = true, .refers = true},
	[BTF_ENUM64] = {.word = "ENUM64",
			.each = 12,
			.naming = NAME_MAY,
			.identifier = true,
			.flag = true,
			.parts = true},
};

bool btf_recognise(const void *data, size_t n)
{
	const unsigned char *at = data;

	return n >= 3 && at[2] == VERSION &&
	       ((at[0] == 0x9f && at[1] == 0xeb) || (at[0] == 0xeb && at[1] == 0x9f));
}

uint32_t btf_number(const struct btf *btf, const unsigned char *at, unsigned int width)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < width; i++)
		value = value << 8 | at[btf->big_endian ? i : width - 1 - i];
	return value;
}

uint32_t btf_end(const struct btf *btf)
{
	return btf->first + (uint32_t)btf->records.n;
}

struct btf_record btf_record(const struct btf *btf, uint32_t id)
{
	struct btf_record record = {.kind = BTF_VOID};
	const unsigned char *at;
	uint32_t info;

	if (!id)
		return record;
	while (id < btf->first)
		btf = btf->base;
	at = btf->types + btf->records.at[id - btf->first];
	info = btf_word(btf, at, 1);
	record.name = btf_word(btf, at, 0);
	record.kind = info >> 24 & 0x1f;
	record.flag = info >> 31;
	record.n = info & 0xffff;
	record.size = btf_word(btf, at, 2);
	record.parts = at + RECORD;
	return record;
}

const char *btf_string(const struct btf *btf, uint32_t offset)
{
	while (offset < btf->first_string)
		btf = btf->base;
	offset -= btf->first_string;
	return offset < btf->strings_n ? btf->strings + offset : NULL;
}

bool btf_is_split(const struct btf *btf)
{
	return btf->split;
}

bool btf_big_endian(const struct btf *btf)
{
	return btf->big_endian;
}

uint8_t btf_long_size(const struct btf *btf)
{
	static const char *const names[] = {"long unsigned int", "unsigned long", "long int",
					    "long"};

	for (uint32_t id = btf->first; id < btf_end(btf); id++) {
		struct btf_record record = btf_record(btf, id);
		const char *name = btf_string(btf, record.name);

		for (size_t i = 0; record.kind == BTF_INT && i < 4; i++)
			if (strcmp(name, names[i]) == 0 && (record.size == 4 || record.size == 8))
				return (uint8_t)record.size;
	}
	return 0;
}

bool btf_refuse(const struct btf *btf, struct diags *diags, uint32_t id, const char *format, ...)
{
	struct btf_record record = btf_record(btf, id);
	const char *name = btf_string(btf, record.name);
	char what[256];
	va_list list;

	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	return diag_evidence(diags, place_file(btf->name), "BTF type %u (%s%s%.*s): %s", id,
			     btf_shapes[record.kind].word, name && *name ? " " : "", 128,
			     name ? name : "", what);
}

/* ---- header and sections ---- */

static bool malformed(const struct btf *btf, struct diags *diags, const char *what)
{
	return diag_evidence(diags, place_file(btf->name), "its BTF %s", what);
}

/* A section of BYTES behind the header: field INDEX of it is the offset, the next the length. */
static bool find_section(const struct btf *btf, struct elf_bytes bytes, size_t index,
			 uint32_t header, const unsigned char **at, size_t *n, struct diags *diags)
{
	uint64_t from = (uint64_t)header + btf_word(btf, bytes.at, index);
	uint64_t length = btf_word(btf, bytes.at, index + 1);

	if (from > bytes.n || length > bytes.n - from)
		return malformed(btf, diags, "is truncated: a section lies outside");
	*at = bytes.at + from;
	*n = (size_t)length;
	return true;
}

static bool read_header(struct btf *btf, struct elf_bytes bytes, struct diags *diags)
{
	const unsigned char *strings;
	uint32_t header;

	if (!bytes.n || !btf_recognise(bytes.at, bytes.n))
		return malformed(btf, diags, "does not begin as BTF version 1 does");
	btf->big_endian = bytes.at[0] == 0xeb;
	if (bytes.n < HEADER_MIN)
		return malformed(btf, diags, "is truncated: its header is incomplete");
	header = btf_word(btf, bytes.at, 1);
	if (bytes.at[3])
		return malformed(btf, diags, "has flags that are not known");
	if (header < HEADER_MIN || header > bytes.n)
		return malformed(btf, diags, "is truncated: its header is incomplete");
	for (size_t i = HEADER_MIN; i < header; i++)
		if (bytes.at[i])
			return malformed(btf, diags, "has a header with fields that are not known");
	if (!find_section(btf, bytes, 2, header, &btf->types, &btf->types_n, diags) ||
	    !find_section(btf, bytes, 4, header, &strings, &btf->strings_n, diags))
		return false;
	btf->strings = (const char *)strings;
	if (btf->types < strings + btf->strings_n && strings < btf->types + btf->types_n)
		return malformed(btf, diags, "has sections that overlap");
	if (btf->strings_n && btf->strings[btf->strings_n - 1])
		return malformed(btf, diags, "has strings that do not end");
	return true;
}

/* The strings of BTF that stands alone begin with the empty one; split BTF finds it in its base. */
static bool find_base(struct btf *btf, const struct btf *base, struct diags *diags)
{
	btf->first = 1;
	btf->split = !btf->strings_n || btf->strings[0];
	if (!btf->split)
		return true;
	if (!base)
		return diag_evidence(diags, place_file(btf->name),
				     "its BTF is split: it goes on from that of its kernel, which "
				     "must stand before it (vmlinux,module.ko)");
	if (base->big_endian != btf->big_endian)
		return malformed(btf, diags, "has another byte order than that of its kernel");
	btf->base = base;
	btf->first = btf_end(base);
	btf->first_string = (uint32_t)base->strings_n;
	return true;
}

/* ---- records ---- */

bool btf_is_identifier(const char *name)
{
	if (*name >= '0' && *name <= '9')
		return false;
	while ((*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
	       (*name >= '0' && *name <= '9') || *name == '_' || *name == '$')
		name++;
	return !*name;
}

static bool is_printable(const char *name)
{
	while (*name >= ' ' && *name <= '~')
		name++;
	return !*name;
}

static bool check_name(const struct btf *btf, uint32_t id, struct btf_record record,
		       struct diags *diags)
{
	const struct btf_shape *shape = &btf_shapes[record.kind];
	const char *name = btf_string(btf, record.name);

	if (!name || !is_printable(name))
		return diag_evidence(diags, place_file(btf->name),
				     "BTF type %u (%s): its name is not printable or lies outside "
				     "the strings",
				     id, shape->word);
	if (shape->naming == NAME_NEVER && *name)
		return btf_refuse(btf, diags, id, "may not have a name");
	if (shape->naming == NAME_MUST && !*name)
		return btf_refuse(btf, diags, id, "has no name");
	if (shape->identifier && !btf_is_identifier(name))
		return btf_refuse(btf, diags, id, "its name is no identifier");
	return true;
}

static bool broken_record(const struct btf *btf, uint64_t id, const char *what, struct diags *diags)
{
	return diag_evidence(diags, place_file(btf->name), "BTF type %llu: %s",
			     (unsigned long long)id, what);
}

/* How many bytes the record at AT takes; 0 with a diagnostic when it is not whole or unknown. */
static size_t record_bytes(const struct btf *btf, size_t at, uint64_t id, struct diags *diags)
{
	size_t left = btf->types_n - at, need;
	uint32_t info, kind;

	if (left < RECORD)
		return broken_record(btf, id, "the record is truncated", diags);
	info = btf_word(btf, btf->types + at, 1);
	kind = info >> 24 & 0x1f;
	if (kind == BTF_VOID || kind >= BTF_KINDS)
		return broken_record(btf, id, "is of a kind that is not known", diags);
	if (info & INFO_UNUSED || (info >> 31 && !btf_shapes[kind].flag) ||
	    (info & 0xffff && !btf_shapes[kind].parts))
		return broken_record(btf, id, "has bits that its kind does not use", diags);
	need = RECORD + btf_shapes[kind].fixed + (size_t)btf_shapes[kind].each * (info & 0xffff);
	if (need > left)
		return broken_record(btf, id, "the record is truncated", diags);
	return need;
}

static bool index_records(struct btf *btf, struct diags *diags)
{
	unsigned int faults = 0;

	for (size_t at = 0, size; at < btf->types_n; at += size) {
		uint64_t id = (uint64_t)btf->first + btf->records.n;

		if (id > TYPE_MAX)
			return broken_record(btf, id, "there are more types than ids", diags);
		size = record_bytes(btf, at, id, diags);
		if (!size)
			return false;
		*VEC_PUSH(&btf->records) = (uint32_t)at;
	}
	for (uint32_t id = btf->first; id < btf_end(btf) && faults < BTF_FAULTS; id++)
		faults += !check_name(btf, id, btf_record(btf, id), diags);
	return !faults;
}

struct btf *btf_open(const char *name, struct elf_bytes bytes, const struct btf *base,
		     struct diags *diags)
{
	struct btf *btf = calloc(1, sizeof(*btf));

	if (!btf)
		abort();
	btf->name = name;
	arena_init(&btf->arena);
	if (read_header(btf, bytes, diags) && find_base(btf, base, diags) &&
	    index_records(btf, diags))
		return btf;
	btf_close(btf);
	return NULL;
}

void btf_close(struct btf *btf)
{
	if (!btf)
		return;
	VEC_FREE(&btf->records);
	arena_deinit(&btf->arena);
	free(btf);
}
