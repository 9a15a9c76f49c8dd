/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The snapshot's reader: a strict parser of the lines that gen/snapshot_write.c writes. Names of
 * all entries are collected first, so that types may refer to each other in any order; then the
 * bodies are read; then the lines of the declarations.
 */
#include "snapshot.h"
#include "snapshot_parse.h"
#include "snapshot_words.h"

#include <string.h>

#define NESTING_MAX 200

static const char magic[] = "carryover-snapshot: ";
static const char types_line[] = "types:";
static const char sources_line[] = "\nsources:";
static const char end_line[] = "...\n";

struct entry {
	struct slice key; /* as written */
	const char *body; /* the line behind the key's */
	type_id id;
	size_t first_inlined, n_inlined;
};

struct reader {
	struct scan s;
	struct model *model;
	struct expressions x;
	struct {
		struct entry *at;
		size_t n, room;
	} entries;
	struct type_ids inlined; /* anonymous types of all entries, as their bodies come */
	struct {
		struct member *at;
		size_t n, room;
	} members; /* of the records that are being read, as a stack */
	unsigned int depth;
	uint64_t version;
};

static const char *interned(struct reader *r, struct slice text)
{
	return intern_n(r->model->names, text.at, text.n);
}

/* ---- types -------------------------------------------------------------------------------------
 */

static bool read_body(struct reader *r, type_id id);

/* A type expression; its anonymous types are moved to *ANONYMOUS. */
static bool read_type(struct reader *r, type_id *id, struct type_ids *anonymous)
{
	const char *start = r->s.at, *what = NULL;
	struct slice text;
	size_t where = 0;

	if (!scan_scalar(&r->s, &text))
		return false;
	*id = expression_read(&r->x, text, &what, &where);
	*anonymous = r->x.anonymous;
	r->x.anonymous = (struct type_ids){0};
	if (*id == TYPE_NONE)
		return scan_fail_at(&r->s, start + where + (*start == '"'), what);
	return true;
}

/* The definitions of ANONYMOUS, in a list; frees it. */
static bool read_inline(struct reader *r, struct type_ids *anonymous)
{
	bool ok = !anonymous->n || (scan_expect_line(&r->s, "inline:", "expected 'inline:'") &&
				    scan_line_end(&r->s));

	for (size_t i = 0; ok && i < anonymous->n; i++) {
		*VEC_PUSH(&r->inlined) = anonymous->at[i];
		ok = scan_expect_line(&r->s, "- ", "expected the definition of an anonymous type");
		r->s.indent += 2;
		ok = ok && read_body(r, anonymous->at[i]);
		r->s.indent -= 2;
	}
	VEC_FREE(anonymous);
	return ok;
}

/* The rest of a line: a type; then what is anonymous in it. */
static bool read_type_line(struct reader *r, type_id *id)
{
	struct type_ids anonymous = {0};
	bool ok = read_type(r, id, &anonymous) && scan_line_end(&r->s);

	if (ok)
		return read_inline(r, &anonymous);
	VEC_FREE(&anonymous);
	return false;
}

/* Between two parts of a member: a comma, or a new line when the member is a block. */
static bool next_part(struct reader *r, bool block, const char *key)
{
	const char *before = r->s.at;

	if ((block ? scan_take(&r->s, "\n") : scan_take(&r->s, ", ")) &&
	    (!block || scan_indent(&r->s)) && scan_take(&r->s, key))
		return true;
	r->s.at = before;
	return false;
}

static bool optional_part(struct reader *r, bool block, const char *key, uint64_t limit,
			  uint32_t *number)
{
	uint64_t value = 0;

	if (!next_part(r, block, key))
		return true;
	if (!scan_number(&r->s, limit, &value))
		return false;
	*number = (uint32_t)value;
	return true;
}

static bool read_member_parts(struct reader *r, bool block, struct member *member,
			      struct type_ids *anonymous)
{
	struct slice name;
	uint32_t bit = 0;
	uint64_t at = 0;

	if (scan_take(&r->s, "name: ")) {
		if (!scan_scalar(&r->s, &name))
			return false;
		member->name = interned(r, name);
		if (!next_part(r, block, "at: "))
			return scan_fail(&r->s, "expected 'at'");
	} else if (!scan_expect(&r->s, "at: ", "expected 'name' or 'at'")) {
		return false;
	}
	if (!scan_number(&r->s, UINT64_MAX / 16, &at) ||
	    !optional_part(r, block, "bit: ", 7, &bit) ||
	    !optional_part(r, block, "bits: ", UINT32_MAX, &member->bit_size) ||
	    !optional_part(r, block, "aligned: ", UINT32_MAX, &member->align_attr))
		return false;
	member->bit_offset = at * 8 + bit;
	if (!next_part(r, block, "type: "))
		return scan_fail(&r->s, "expected 'type'");
	return read_type(r, &member->type, anonymous);
}

/* Behind "- ": one member, in braces or as a block. */
static bool read_member(struct reader *r)
{
	const char *start = r->s.at;
	bool block = !scan_take(&r->s, "{"), ok;
	struct type_ids anonymous = {0};
	struct member member = {0};

	r->s.indent += 2;
	ok = read_member_parts(r, block, &member, &anonymous) &&
	     (block || scan_expect(&r->s, "}", "expected '}'")) && scan_line_end(&r->s);
	if (ok && !anonymous.n == block)
		ok = scan_fail_at(&r->s, start,
				  "a member is a block exactly when it has anonymous types");
	if (ok)
		ok = read_inline(r, &anonymous);
	r->s.indent -= 2;
	VEC_FREE(&anonymous);
	*VEC_PUSH(&r->members) = member;
	return ok;
}

/* Moves the members above FIRST from the stack to the model. */
static void finish_members(struct reader *r, size_t first, struct type *type)
{
	size_t n = r->members.n - first, before = r->model->members.n;

	if (n) {
		r->model->members.at = vec_grow(r->model->members.at, &r->model->members.room,
						before + n, sizeof(struct member));
		memcpy(r->model->members.at + before, r->members.at + first,
		       n * sizeof(struct member));
	}
	r->model->members.n += n;
	type->first = (uint32_t)before;
	type->n = (uint32_t)n;
	r->members.n = first;
}

static bool optional_alignment(struct reader *r, struct type *type)
{
	uint64_t aligned = 0;

	if (scan_optional_number(&r->s, "aligned: ", UINT32_MAX, &aligned))
		type->align_attr = (uint32_t)aligned;
	return !r->s.failed;
}

static bool read_size(struct reader *r, struct type *type)
{
	return scan_expect_line(&r->s, "size: ", "expected 'size'") &&
	       scan_number(&r->s, UINT64_MAX / 16, &type->size) && scan_line_end(&r->s) &&
	       optional_alignment(r, type);
}

static bool read_record(struct reader *r, struct type *type)
{
	size_t first = r->members.n;

	if (!read_size(r, type))
		return false;
	if (scan_line(&r->s, "members: []\n"))
		return true;
	if (!scan_expect_line(&r->s, "members:\n", "expected 'members'"))
		return false;
	while (scan_line(&r->s, "- "))
		if (!read_member(r))
			return false;
	if (r->members.n == first)
		return scan_fail(&r->s, "expected a member");
	finish_members(r, first, type);
	return true;
}

static bool read_encoding(struct reader *r, struct type *type)
{
	const char *start = r->s.at;
	uint64_t number = 0;
	struct slice word;
	int encoding;

	if (scan_is_digit(&r->s)) {
		if (!scan_number(&r->s, UINT8_MAX, &number))
			return false;
		encoding = (int)number;
	} else {
		if (!scan_scalar(&r->s, &word))
			return false;
		encoding = encoding_of(word.at, word.n);
	}
	if (encoding < 0)
		return scan_fail_at(&r->s, start, "unknown encoding");
	type->encoding = (uint8_t)encoding;
	return scan_line_end(&r->s);
}

static bool read_enumerator(struct reader *r)
{
	struct enumerator one = {0};
	struct slice name;

	if (!scan_scalar(&r->s, &name) || !scan_expect(&r->s, ": ", "expected ': ' and a value") ||
	    !scan_signed(&r->s, &one.value) || !scan_line_end(&r->s))
		return false;
	one.name = interned(r, name);
	*VEC_PUSH(&r->model->enumerators) = one;
	return true;
}

static bool read_enum(struct reader *r, struct type *type)
{
	size_t first;

	if (!read_size(r, type))
		return false;
	if (scan_line(&r->s, "encoding: ") && !read_encoding(r, type))
		return false;
	if (scan_line(&r->s, "base: ") && !read_type_line(r, &type->target))
		return false;
	if (scan_line(&r->s, "values: []\n"))
		return true;
	if (!scan_expect_line(&r->s, "values:\n", "expected 'values'"))
		return false;
	first = r->model->enumerators.n;
	while (scan_line(&r->s, "- "))
		if (!read_enumerator(r))
			return false;
	type->first = (uint32_t)first;
	type->n = (uint32_t)(r->model->enumerators.n - first);
	return type->n > 0 || scan_fail(&r->s, "expected an enumerator");
}

static bool read_typedef(struct reader *r, struct type *type)
{
	return optional_alignment(r, type) &&
	       scan_expect_line(&r->s, "type: ", "expected 'type'") &&
	       read_type_line(r, &type->target);
}

static bool read_definition(struct reader *r, struct type *type)
{
	switch (type->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
		return read_record(r, type);
	case KIND_ENUM:
		return read_enum(r, type);
	case KIND_TYPEDEF:
		return read_typedef(r, type);
	default:
		return read_size(r, type) &&
		       scan_expect_line(&r->s, "encoding: ", "expected 'encoding'") &&
		       read_encoding(r, type);
	}
}

/* The lines of a type's definition, the first without its indentation behind "- ". */
static bool read_body(struct reader *r, type_id id)
{
	struct type type = *type_at(r->model, id);
	bool ok;

	if (++r->depth > NESTING_MAX)
		return scan_fail(&r->s, "nested too deeply");
	if (*kind_keyword(type.kind) && scan_line(&r->s, "declared: true\n")) {
		type.flags |= TYPE_DECLARATION;
		ok = true;
	} else {
		ok = read_definition(r, &type);
	}
	r->model->types.at[id] = type;
	r->depth--;
	return ok;
}

/* ---- entries -----------------------------------------------------------------------------------
 */

static bool starts_with(struct slice text, const char *prefix)
{
	size_t n = strlen(prefix);

	return text.n >= n && !memcmp(text.at, prefix, n);
}

/* Splits `struct x @ file` into the kind and `x`; what a bare reference says is TEXT or its part.
 */
static bool split_key(struct slice key, struct type *type, struct slice *name, struct slice *bare)
{
	const char *at;

	for (enum type_kind kind = KIND_VOID; kind < KIND_COUNT; kind++) {
		const char *keyword = snapshot_keyword(kind);
		size_t n = keyword ? strlen(keyword) : 0;

		if (!keyword || !starts_with(key, keyword) || key.n <= n || key.at[n] != ' ')
			continue;
		type->kind = (uint8_t)kind;
		*name = (struct slice){key.at + n + 1, key.n - n - 1};
		*bare = *kind_keyword(kind) ? key : *name;
		at = memmem(name->at, name->n, " @ ", 3);
		if (at)
			name->n = (size_t)(at - name->at);
		return true;
	}
	return false;
}

/* Behind the indentation of an entry: its key. */
static bool read_key(struct reader *r)
{
	const char *start = r->s.at;
	struct type type = {0};
	struct slice key, name, bare;
	struct entry entry = {.key = {.at = start}};

	if (!scan_scalar(&r->s, &key))
		return false;
	entry.key.n = (size_t)(r->s.at - start);
	if (!split_key(key, &type, &name, &bare))
		return scan_fail_at(&r->s, start, "expected a kind and a name");
	if (!scan_expect(&r->s, ":\n", "expected ':' and the end of the line"))
		return false;
	/* An enum that nothing refers to, by its first enumerator. */
	if (type.kind != KIND_ENUM || !name.n || name.at[0] != '{')
		type.name = interned(r, name);
	entry.id = model_add(r->model, type);
	entry.body = r->s.at;
	if (!slice_table_put(&r->x.entries, key, entry.id))
		return scan_fail_at(&r->s, start, "the same type twice");
	slice_table_put(&r->x.bare, bare, entry.id);
	*VEC_PUSH(&r->entries) = entry;
	return true;
}

/* Adds a type for each key of the section, which ends where r->s.end says. */
static bool read_keys(struct reader *r)
{
	const char *next;

	while (r->s.at < r->s.end) {
		if (r->s.end - r->s.at < 3 || r->s.at[0] != ' ' || r->s.at[1] != ' ')
			return scan_fail(&r->s, "expected an indented line");
		if (r->s.at[2] != ' ') {
			r->s.at += 2;
			if (!read_key(r))
				return false;
			continue;
		}
		next = memchr(r->s.at, '\n', (size_t)(r->s.end - r->s.at));
		r->s.at = next ? next + 1 : r->s.end;
	}
	return true;
}

static bool read_name(struct reader *r, type_id id)
{
	struct slice name;

	if (!scan_line(&r->s, "name: "))
		return true;
	if (!scan_scalar(&r->s, &name) || !scan_line_end(&r->s))
		return false;
	r->model->types.at[id].name = interned(r, name);
	return true;
}

static bool read_entries(struct reader *r)
{
	for (size_t i = 0; i < r->entries.n; i++) {
		struct entry *entry = &r->entries.at[i];
		const char *next = i + 1 < r->entries.n ? entry[1].key.at - 2 : r->s.end;

		r->s.at = entry->body;
		r->s.indent = 4;
		entry->first_inlined = r->inlined.n;
		if (!read_name(r, entry->id) || !read_body(r, entry->id))
			return false;
		entry->n_inlined = r->inlined.n - entry->first_inlined;
		if (r->s.at != next)
			return scan_fail(&r->s, "unexpected line");
	}
	return true;
}

static bool read_types(struct reader *r)
{
	const char *start;

	if (scan_take(&r->s, "types: {}\n"))
		return r->s.at == r->s.end || scan_fail(&r->s, "unexpected line");
	if (!scan_expect(&r->s, "types:\n", "expected 'types'"))
		return false;
	start = r->s.at;
	if (!read_keys(r))
		return false;
	r->s.at = start;
	return read_entries(r);
}

/* ---- sources -----------------------------------------------------------------------------------
 */

/* `KEY` behind "{" or ", ". */
static bool next_key(struct reader *r, const char *key)
{
	const char *before = r->s.at;

	if ((r->s.at[-1] == '{' || scan_take(&r->s, ", ")) && scan_take(&r->s, key))
		return true;
	r->s.at = before;
	return false;
}

static bool optional_text(struct reader *r, const char *key, const char **text)
{
	struct slice slice;

	if (!next_key(r, key))
		return true;
	if (!scan_scalar(&r->s, &slice))
		return false;
	*text = slice.n ? interned(r, slice) : NULL;
	return true;
}

/* The differences between the lines of one member and the next. */
static bool read_member_lines(struct reader *r, const struct type *type)
{
	uint64_t line = type->line, step = 0;

	if (type->kind != KIND_STRUCT && type->kind != KIND_UNION)
		return scan_fail(&r->s, "a type without members has no lines of them");
	for (uint32_t i = 0; i < type->n; i++) {
		const char *start;

		if (i && !scan_expect(&r->s, " ", "expected the line of another member"))
			return false;
		start = r->s.at;
		if (!scan_signed(&r->s, &step))
			return false;
		line += step;
		if (line > UINT32_MAX)
			return scan_fail_at(&r->s, start, "line is out of range");
		r->model->members.at[type->first + i].line = (uint32_t)line;
	}
	return scan_expect(&r->s, "\"", "expected the closing quote behind the last member's line");
}

static bool read_place(struct reader *r, type_id id, const char *inherited)
{
	struct type *type = &r->model->types.at[id];
	uint64_t line = 0;

	type->file = inherited;
	if (!optional_text(r, "file: ", &type->file))
		return false;
	if (next_key(r, "line: ") && !scan_number(&r->s, UINT32_MAX, &line))
		return false;
	type->line = (uint32_t)line;
	if (!optional_text(r, "unit: ", &type->unit) || !optional_text(r, "scope: ", &type->scope))
		return false;
	return !next_key(r, "members: \"") || read_member_lines(r, type);
}

static bool read_inlined_places(struct reader *r, const struct entry *entry)
{
	const char *file = type_at(r->model, entry->id)->file;

	for (size_t i = 0; i < entry->n_inlined; i++) {
		if (!scan_expect(&r->s, i ? ", {" : "{",
				 "expected the place of an anonymous type") ||
		    !read_place(r, r->inlined.at[entry->first_inlined + i], file) ||
		    !scan_expect(&r->s, "}", "expected '}'"))
			return false;
	}
	return scan_expect(&r->s, "]", "expected ']' behind the last anonymous type");
}

/* `  key: {file: ...}`: finds the entry, from *NEXT on, since both sections have one order. */
static bool read_source(struct reader *r, size_t *next)
{
	const char *start;
	struct entry *entry = NULL;

	if (!scan_expect(&r->s, "  ", "expected an indented line"))
		return false;
	start = r->s.at;
	for (; !entry && *next < r->entries.n; ++*next) {
		const struct slice *key = &r->entries.at[*next].key;

		if ((size_t)(r->s.end - r->s.at) > key->n + 3 &&
		    !memcmp(r->s.at, key->at, key->n) && !memcmp(r->s.at + key->n, ": {", 3))
			entry = &r->entries.at[*next];
	}
	if (!entry)
		return scan_fail(&r->s, "no such type above, or not in their order");
	r->s.at = start + entry->key.n + 3;
	if (!read_place(r, entry->id, NULL))
		return false;
	if (entry->n_inlined && next_key(r, "inline: [") && !read_inlined_places(r, entry))
		return false;
	return scan_expect(&r->s, "}\n", "expected '}' and the end of the line");
}

static bool read_sources(struct reader *r)
{
	size_t next = 0;

	if (scan_take(&r->s, "sources: {}\n"))
		return r->s.at == r->s.end || scan_fail(&r->s, "unexpected line");
	if (!scan_expect(&r->s, "sources:\n", "expected 'sources'"))
		return false;
	while (r->s.at < r->s.end)
		if (!read_source(r, &next))
			return false;
	return true;
}

/* ---- the header --------------------------------------------------------------------------------
 */

static bool optional_words(struct reader *r, const char *key, const char **text)
{
	struct slice slice;

	if (!scan_take(&r->s, key))
		return true;
	if (!scan_scalar(&r->s, &slice))
		return false;
	*text = arena_strndup(&r->model->arena, slice.at, slice.n);
	return scan_line_end(&r->s);
}

static bool expect_number(struct reader *r, const char *key, uint64_t limit, const char *what,
			  uint64_t *number)
{
	return scan_expect(&r->s, key, what) && scan_number(&r->s, limit, number) &&
	       scan_line_end(&r->s);
}

static bool read_counts(struct reader *r, struct model_info *info)
{
	uint64_t address_size = 0, units = 0, skipped = 0;

	if (!expect_number(r, "address-size: ", 16, "expected 'address-size'", &address_size))
		return false;
	info->big_endian = scan_take(&r->s, "endian: big\n");
	if (!info->big_endian && !scan_expect(&r->s, "endian: little\n", "expected 'endian'"))
		return false;
	if (!expect_number(r, "units: ", UINT32_MAX, "expected 'units'", &units) ||
	    !expect_number(r, "units-skipped: ", UINT32_MAX, "expected 'units-skipped'", &skipped))
		return false;
	info->address_size = (uint8_t)address_size;
	info->evidence = (struct evidence){.files = 1,
					   .forms = 1u << FORM_SNAPSHOT,
					   .units = (uint32_t)units,
					   .skipped[SKIP_LANGUAGE] = (uint32_t)skipped};
	return true;
}

static bool read_symbol(struct reader *r)
{
	struct symbol symbol = {0};
	struct slice name, module = {"", 0};

	if (scan_take(&r->s, "module: ") &&
	    (!scan_scalar(&r->s, &module) || !module.n ||
	     !scan_expect(&r->s, ", ", "expected a module's name, ', ' and 'name'")))
		return scan_fail(&r->s, "expected a module's name");
	if (!scan_expect(&r->s, "name: ", "expected 'name'") || !scan_scalar(&r->s, &name) ||
	    !scan_expect(&r->s, ", address: ", "expected 'address'"))
		return false;
	symbol.no_address = scan_take(&r->s, "none");
	if ((!symbol.no_address && !scan_hex(&r->s, &symbol.address)) ||
	    !scan_expect(&r->s, ", size: ", "expected 'size'") ||
	    !scan_number(&r->s, UINT64_MAX, &symbol.size) ||
	    !scan_expect(&r->s, "}\n", "expected '}'"))
		return false;
	symbol.name = interned(r, name);
	symbol.module = interned(r, module);
	*VEC_PUSH(&r->model->symbols) = symbol;
	return true;
}

/* An escaped text is a copy: the place is kept apart from it. */
struct written_digest {
	struct slice text;
	const char *at;
};

/* The two of a file: of its types, and of all but the line where the seal stands. */
struct written_digests {
	struct written_digest types, seal;
	const char *seal_line, *behind_seal;
};

static bool read_digest(struct reader *r, const char *key, const char *what,
			struct written_digest *digest)
{
	if (!scan_expect(&r->s, key, what))
		return false;
	digest->at = r->s.at;
	return scan_quoted(&r->s, &digest->text) && scan_line_end(&r->s);
}

static bool read_labels(struct reader *r, const char *key, struct label_list *labels)
{
	if (!scan_take(&r->s, key))
		return true;
	while (scan_take(&r->s, "- ")) {
		struct slice label;

		if (!scan_scalar(&r->s, &label) || !scan_line_end(&r->s))
			return false;
		*VEC_PUSH(labels) = arena_strndup(&r->model->arena, label.at, label.n);
	}
	return labels->n || scan_fail(&r->s, "expected a label");
}

static bool read_header(struct reader *r, struct written_digests *digests)
{
	struct model_info *info = &r->model->info;

	if (!optional_words(r, "release: ", &info->release) ||
	    !optional_words(r, "arch: ", &info->arch) ||
	    !optional_words(r, "build-id: ", &info->build_id) ||
	    (r->version > 1 && !optional_words(r, "config: ", &info->config)) ||
	    !optional_words(r, "compiler: ", &info->compiler) ||
	    !optional_words(r, "reader: ", &info->reader) || !read_counts(r, info))
		return false;
	if (scan_take(&r->s, "symbols:\n"))
		while (scan_take(&r->s, "- {"))
			if (!read_symbol(r))
				return false;
	if (r->version > 1 && (!read_labels(r, "roots:\n", &r->model->roots) ||
			       !read_labels(r, "only:\n", &r->model->only)))
		return false;
	if (!read_digest(r, "digest: \"", "expected 'digest'", &digests->types))
		return false;
	digests->seal_line = r->s.at;
	if (r->version > 1 && !read_digest(r, "seal: \"", "expected 'seal'", &digests->seal))
		return false;
	digests->behind_seal = r->s.at;
	return true;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

bool snapshot_recognise(const char *data, size_t n)
{
	return n >= sizeof(magic) - 1 && !memcmp(data, magic, sizeof(magic) - 1);
}

static bool read_version(struct reader *r)
{
	const char *start;

	if (!scan_expect(&r->s, magic, "expected 'carryover-snapshot'"))
		return false;
	start = r->s.at;
	if (!scan_number(&r->s, UINT32_MAX, &r->version) || !scan_line_end(&r->s))
		return false;
	r->model->info.format = (uint8_t)r->version;
	if (r->version >= 1 && r->version <= SNAPSHOT_VERSION)
		return true;
	r->s.failed = true;
	return diag_error(r->s.diags, scan_place(&r->s, start),
			  "snapshot of format %u; this carryover reads formats 1 to %d",
			  (unsigned int)r->version, SNAPSHOT_VERSION);
}

/* The types may not be edited: everything else says something about them. */
static bool check_digest(struct reader *r, const struct written_digest *digest, const char *types,
			 const char *sources)
{
	char found[HASH128_HEX];

	hash128_hex(hash128(types, (size_t)(sources - types)), found);
	if (digest->text.n == strlen(found) && !memcmp(digest->text.at, found, digest->text.n))
		return true;
	r->s.failed = true;
	return diag_error(
		r->s.diags, scan_place(&r->s, digest->at),
		"digest does not match; the types below were edited or damaged after they were "
		"written, they have %s; write the snapshot again with carryover dump",
		found);
}

/* What no parser would miss: a line of a declaration, a release, an address. */
static bool check_seal(struct reader *r, const struct written_digests *digests, const char *end)
{
	struct hash_stream *stream;
	char found[HASH128_HEX];
	const struct slice *text = &digests->seal.text;

	if (r->version < 2)
		return true;
	stream = hash_stream_create();
	hash_stream_feed(stream, r->s.start, (size_t)(digests->seal_line - r->s.start));
	hash_stream_feed(stream, digests->behind_seal, (size_t)(end - digests->behind_seal));
	hash128_hex(hash_stream_finish(stream), found);
	if (text->n == strlen(found) && !memcmp(text->at, found, text->n))
		return true;
	r->s.failed = true;
	return diag_error(r->s.diags, scan_place(&r->s, digests->seal.at),
			  "seal does not match; something in this file was edited or damaged after "
			  "it was written; write the snapshot again with carryover dump");
}

static bool read_all(struct reader *r)
{
	const char *types, *sources, *end = r->s.end;
	struct written_digests digests;

	if (!read_version(r) || !read_header(r, &digests))
		return false;
	types = r->s.at;
	if (!scan_expect(&r->s, types_line, "expected 'types'"))
		return false;
	sources = memmem(types, (size_t)(end - types), sources_line, sizeof(sources_line) - 1);
	if (!sources)
		return scan_fail_at(&r->s, end, "expected 'sources'");
	sources++;
	r->s.at = types;
	r->s.end = sources;
	if (!check_digest(r, &digests.types, types, sources) ||
	    !check_seal(r, &digests, end + sizeof(end_line) - 1) || !read_types(r))
		return false;
	r->s.end = end;
	return read_sources(r);
}

static void reader_deinit(struct reader *r)
{
	expressions_deinit(&r->x);
	VEC_FREE(&r->entries);
	VEC_FREE(&r->inlined);
	VEC_FREE(&r->members);
}

static const char *without_directory(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

bool snapshot_read(const char *name, const char *data, size_t n, struct model *model,
		   struct diags *diags)
{
	size_t end = sizeof(end_line) - 1;
	struct reader r = {
		.s = {.name = name, .start = data, .at = data, .diags = diags, .arena = &r.x.arena},
		.model = model};
	bool ok;

	if (n < end + 1 || memcmp(data + n - end, end_line, end) != 0 || data[n - end - 1] != '\n')
		return diag_evidence(diags, place_file(name),
				     "snapshot is cut off: its last line is not '...'");
	r.s.end = data + n - end;
	if (!model->info.name)
		model->info.name = arena_strdup(&model->arena, without_directory(name));
	expressions_init(&r.x, model);
	ok = read_all(&r);
	reader_deinit(&r);
	return ok && model_finish(model, diags);
}
