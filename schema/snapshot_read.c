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
	const char *name, *start, *at, *end;
	struct model *model;
	struct diags *diags;
	struct expressions x;
	struct {
		struct entry *at;
		size_t n, room;
	} entries;
	struct type_ids inlined; /* anonymous types of all entries, as their bodies come */
	struct {
		struct member *at;
		size_t n, room;
	} members;     /* of the records that are being read, as a stack */
	size_t indent; /* of the lines at hand, in spaces */
	unsigned int depth;
	bool failed;
};

/* ---- messages ----------------------------------------------------------------------------------
 */

static struct place place_of(const struct reader *r, const char *at)
{
	struct place place = {.file = r->name, .line = 1};
	const char *line = r->start, *next;

	while ((next = memchr(line, '\n', (size_t)(at - line)))) {
		line = next + 1;
		place.line++;
	}
	place.col = (uint32_t)(at - line) + 1;
	return place;
}

/* The first thing that is wrong is the only one: what follows it cannot be trusted. */
static bool fail_at(struct reader *r, const char *at, const char *what)
{
	if (!r->failed)
		diag_error(r->diags, place_of(r, at), "not a snapshot as carryover writes it: %s",
			   what);
	r->failed = true;
	return false;
}

static bool fail(struct reader *r, const char *what)
{
	return fail_at(r, r->at, what);
}

/* ---- words and numbers -------------------------------------------------------------------------
 */

static bool take(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n) != 0)
		return false;
	r->at += n;
	return true;
}

static bool expect(struct reader *r, const char *text, const char *what)
{
	return take(r, text) || fail(r, what);
}

static bool expect_line_end(struct reader *r)
{
	return expect(r, "\n", "expected the end of the line");
}

static bool is_digit(const struct reader *r)
{
	return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool read_number(struct reader *r, uint64_t limit, uint64_t *number)
{
	const char *start = r->at;

	*number = 0;
	if (!is_digit(r) ||
	    (*r->at == '0' && r->at + 1 < r->end && r->at[1] >= '0' && r->at[1] <= '9'))
		return fail(r, "expected a number");
	for (; is_digit(r); r->at++) {
		unsigned int digit = (unsigned int)(*r->at - '0');

		if (digit > limit || *number > (limit - digit) / 10)
			return fail_at(r, start, "number is too large");
		*number = *number * 10 + digit;
	}
	return true;
}

/* A number with a sign, as two's complement. */
static bool read_signed(struct reader *r, uint64_t *number)
{
	bool negative = take(r, "-");
	const char *start = r->at;

	if (!read_number(r, UINT64_MAX, number))
		return false;
	if (negative && (*number > (uint64_t)INT64_MAX + 1 || !*number))
		return fail_at(r, start, "number is too large");
	if (negative)
		*number = -*number;
	return true;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct reader *r, uint64_t *number)
{
	const char *start;

	if (!expect(r, "0x", "expected 0x"))
		return false;
	*number = 0;
	for (start = r->at; r->at < r->end && hex_digit(*r->at) >= 0; r->at++)
		*number = *number << 4 | (uint64_t)hex_digit(*r->at);
	return (r->at > start && r->at - start <= 16) ||
	       fail_at(r, start, "expected up to 16 hexadecimal digits");
}

/* One escape behind a backslash. */
static bool read_escape(struct reader *r, char **to)
{
	int high, low;

	if (take(r, "\"") || take(r, "\\")) {
		*(*to)++ = r->at[-1];
		return true;
	}
	if (r->end - r->at < 3 || *r->at != 'x')
		return fail(r, "expected an escape");
	high = hex_digit(r->at[1]);
	low = hex_digit(r->at[2]);
	if (high < 0 || low < 0 || high + low == 0)
		return fail(r, "expected an escape");
	*(*to)++ = (char)(high << 4 | low);
	r->at += 3;
	return true;
}

/* Behind the opening quote: where the closing one is, or NULL; *ESCAPES says whether a copy is
 * needed. */
static const char *closing_quote(const struct reader *r, bool *escapes)
{
	*escapes = false;
	for (const char *at = r->at; at < r->end && *at != '\n'; at++) {
		if (*at == '"')
			return at;
		if (*at == '\\') {
			*escapes = true;
			at++;
		}
	}
	return NULL;
}

static bool read_quoted(struct reader *r, struct slice *text)
{
	bool escapes;
	const char *end = closing_quote(r, &escapes);
	char *copy, *to;

	if (!end)
		return fail(r, "expected a closing quote on the same line");
	*text = (struct slice){r->at, (size_t)(end - r->at)};
	if (!escapes) {
		r->at = end + 1;
		return true;
	}
	copy = to = arena_alloc(&r->x.arena, text->n + 1);
	while (r->at < end) {
		if (!take(r, "\\"))
			*to++ = *r->at++;
		else if (!read_escape(r, &to))
			return false;
	}
	*text = (struct slice){copy, (size_t)(to - copy)};
	r->at = end + 1;
	return true;
}

/* Which bytes a plain scalar may hold. */
static bool is_plain_byte(unsigned char c)
{
	static const char others[] = "_ *()./+@-";

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr(others, c));
}

static bool read_scalar(struct reader *r, struct slice *text)
{
	if (take(r, "\""))
		return read_quoted(r, text);
	text->at = r->at;
	while (r->at < r->end && is_plain_byte((unsigned char)*r->at))
		r->at++;
	text->n = (size_t)(r->at - text->at);
	return text->n > 0 || fail(r, "expected text");
}

static const char *interned(struct reader *r, struct slice text)
{
	return intern_n(r->model->names, text.at, text.n);
}

/* ---- lines -------------------------------------------------------------------------------------
 */

/* True at the start of a line with exactly the indentation of the block; takes it. Behind "- "
 * there is none to take. */
static bool take_indent(struct reader *r)
{
	if (r->at > r->start && r->at[-1] != '\n')
		return true;
	if ((size_t)(r->end - r->at) <= r->indent)
		return false;
	for (size_t i = 0; i < r->indent; i++)
		if (r->at[i] != ' ')
			return false;
	if (r->at[r->indent] == ' ')
		return false;
	r->at += r->indent;
	return true;
}

/* Takes the indentation and TEXT when the line begins with both, else nothing. */
static bool take_line(struct reader *r, const char *text)
{
	const char *before = r->at;

	if (take_indent(r) && take(r, text))
		return true;
	r->at = before;
	return false;
}

static bool expect_line(struct reader *r, const char *text, const char *what)
{
	if (take_line(r, text))
		return true;
	take_indent(r);
	return fail(r, what);
}

/* `KEY: number` on a line of its own; false without a failure when the line is another. */
static bool optional_number(struct reader *r, const char *key, uint64_t limit, uint64_t *number)
{
	return take_line(r, key) && read_number(r, limit, number) && expect_line_end(r);
}

/* ---- types -------------------------------------------------------------------------------------
 */

static bool read_body(struct reader *r, type_id id);

/* A type expression; its anonymous types are moved to *ANONYMOUS. */
static bool read_type(struct reader *r, type_id *id, struct type_ids *anonymous)
{
	const char *start = r->at, *what = NULL;
	struct slice text;
	size_t where = 0;

	if (!read_scalar(r, &text))
		return false;
	*id = expression_read(&r->x, text, &what, &where);
	*anonymous = r->x.anonymous;
	r->x.anonymous = (struct type_ids){0};
	if (*id == TYPE_NONE)
		return fail_at(r, start + where + (*start == '"'), what);
	return true;
}

/* The definitions of ANONYMOUS, in a list; frees it. */
static bool read_inline(struct reader *r, struct type_ids *anonymous)
{
	bool ok = !anonymous->n ||
		  (expect_line(r, "inline:", "expected 'inline:'") && expect_line_end(r));

	for (size_t i = 0; ok && i < anonymous->n; i++) {
		*VEC_PUSH(&r->inlined) = anonymous->at[i];
		ok = expect_line(r, "- ", "expected the definition of an anonymous type");
		r->indent += 2;
		ok = ok && read_body(r, anonymous->at[i]);
		r->indent -= 2;
	}
	VEC_FREE(anonymous);
	return ok;
}

/* The rest of a line: a type; then what is anonymous in it. */
static bool read_type_line(struct reader *r, type_id *id)
{
	struct type_ids anonymous = {0};
	bool ok = read_type(r, id, &anonymous) && expect_line_end(r);

	if (ok)
		return read_inline(r, &anonymous);
	VEC_FREE(&anonymous);
	return false;
}

/* Between two parts of a member: a comma, or a new line when the member is a block. */
static bool next_part(struct reader *r, bool block, const char *key)
{
	const char *before = r->at;

	if ((block ? take(r, "\n") : take(r, ", ")) && (!block || take_indent(r)) && take(r, key))
		return true;
	r->at = before;
	return false;
}

static bool optional_part(struct reader *r, bool block, const char *key, uint64_t limit,
			  uint32_t *number)
{
	uint64_t value = 0;

	if (!next_part(r, block, key))
		return true;
	if (!read_number(r, limit, &value))
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

	if (take(r, "name: ")) {
		if (!read_scalar(r, &name))
			return false;
		member->name = interned(r, name);
		if (!next_part(r, block, "at: "))
			return fail(r, "expected 'at'");
	} else if (!expect(r, "at: ", "expected 'name' or 'at'")) {
		return false;
	}
	if (!read_number(r, UINT64_MAX / 16, &at) || !optional_part(r, block, "bit: ", 7, &bit) ||
	    !optional_part(r, block, "bits: ", UINT32_MAX, &member->bit_size) ||
	    !optional_part(r, block, "aligned: ", UINT32_MAX, &member->align_attr))
		return false;
	member->bit_offset = at * 8 + bit;
	if (!next_part(r, block, "type: "))
		return fail(r, "expected 'type'");
	return read_type(r, &member->type, anonymous);
}

/* Behind "- ": one member, in braces or as a block. */
static bool read_member(struct reader *r)
{
	const char *start = r->at;
	bool block = !take(r, "{"), ok;
	struct type_ids anonymous = {0};
	struct member member = {0};

	r->indent += 2;
	ok = read_member_parts(r, block, &member, &anonymous) &&
	     (block || expect(r, "}", "expected '}'")) && expect_line_end(r);
	if (ok && !anonymous.n == block)
		ok = fail_at(r, start, "a member is a block exactly when it has anonymous types");
	if (ok)
		ok = read_inline(r, &anonymous);
	r->indent -= 2;
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

	if (optional_number(r, "aligned: ", UINT32_MAX, &aligned))
		type->align_attr = (uint32_t)aligned;
	return !r->failed;
}

static bool read_size(struct reader *r, struct type *type)
{
	return expect_line(r, "size: ", "expected 'size'") &&
	       read_number(r, UINT64_MAX / 16, &type->size) && expect_line_end(r) &&
	       optional_alignment(r, type);
}

static bool read_record(struct reader *r, struct type *type)
{
	size_t first = r->members.n;

	if (!read_size(r, type))
		return false;
	if (take_line(r, "members: []\n"))
		return true;
	if (!expect_line(r, "members:\n", "expected 'members'"))
		return false;
	while (take_line(r, "- "))
		if (!read_member(r))
			return false;
	if (r->members.n == first)
		return fail(r, "expected a member");
	finish_members(r, first, type);
	return true;
}

static bool read_encoding(struct reader *r, struct type *type)
{
	const char *start = r->at;
	uint64_t number = 0;
	struct slice word;
	int encoding;

	if (is_digit(r)) {
		if (!read_number(r, UINT8_MAX, &number))
			return false;
		encoding = (int)number;
	} else {
		if (!read_scalar(r, &word))
			return false;
		encoding = encoding_of(word.at, word.n);
	}
	if (encoding < 0)
		return fail_at(r, start, "unknown encoding");
	type->encoding = (uint8_t)encoding;
	return expect_line_end(r);
}

static bool read_enumerator(struct reader *r)
{
	struct enumerator one = {0};
	struct slice name;

	if (!read_scalar(r, &name) || !expect(r, ": ", "expected ': ' and a value") ||
	    !read_signed(r, &one.value) || !expect_line_end(r))
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
	if (take_line(r, "encoding: ") && !read_encoding(r, type))
		return false;
	if (take_line(r, "base: ") && !read_type_line(r, &type->target))
		return false;
	if (take_line(r, "values: []\n"))
		return true;
	if (!expect_line(r, "values:\n", "expected 'values'"))
		return false;
	first = r->model->enumerators.n;
	while (take_line(r, "- "))
		if (!read_enumerator(r))
			return false;
	type->first = (uint32_t)first;
	type->n = (uint32_t)(r->model->enumerators.n - first);
	return type->n > 0 || fail(r, "expected an enumerator");
}

static bool read_typedef(struct reader *r, struct type *type)
{
	return optional_alignment(r, type) && expect_line(r, "type: ", "expected 'type'") &&
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
		return read_size(r, type) && expect_line(r, "encoding: ", "expected 'encoding'") &&
		       read_encoding(r, type);
	}
}

/* The lines of a type's definition, the first without its indentation behind "- ". */
static bool read_body(struct reader *r, type_id id)
{
	struct type type = *type_at(r->model, id);
	bool ok;

	if (++r->depth > NESTING_MAX)
		return fail(r, "nested too deeply");
	if (*kind_keyword(type.kind) && take_line(r, "declared: true\n")) {
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
	const char *start = r->at;
	struct type type = {0};
	struct slice key, name, bare;
	struct entry entry = {.key = {.at = start}};

	if (!read_scalar(r, &key))
		return false;
	entry.key.n = (size_t)(r->at - start);
	if (!split_key(key, &type, &name, &bare))
		return fail_at(r, start, "expected a kind and a name");
	if (!expect(r, ":\n", "expected ':' and the end of the line"))
		return false;
	type.name = interned(r, name);
	entry.id = model_add(r->model, type);
	entry.body = r->at;
	if (!slice_table_put(&r->x.entries, key, entry.id))
		return fail_at(r, start, "the same type twice");
	slice_table_put(&r->x.bare, bare, entry.id);
	*VEC_PUSH(&r->entries) = entry;
	return true;
}

/* Adds a type for each key of the section, which ends where r->end says. */
static bool read_keys(struct reader *r)
{
	const char *next;

	while (r->at < r->end) {
		if (r->end - r->at < 3 || r->at[0] != ' ' || r->at[1] != ' ')
			return fail(r, "expected an indented line");
		if (r->at[2] != ' ') {
			r->at += 2;
			if (!read_key(r))
				return false;
			continue;
		}
		next = memchr(r->at, '\n', (size_t)(r->end - r->at));
		r->at = next ? next + 1 : r->end;
	}
	return true;
}

static bool read_name(struct reader *r, type_id id)
{
	struct slice name;

	if (!take_line(r, "name: "))
		return true;
	if (!read_scalar(r, &name) || !expect_line_end(r))
		return false;
	r->model->types.at[id].name = interned(r, name);
	return true;
}

static bool read_entries(struct reader *r)
{
	for (size_t i = 0; i < r->entries.n; i++) {
		struct entry *entry = &r->entries.at[i];
		const char *next = i + 1 < r->entries.n ? entry[1].key.at - 2 : r->end;

		r->at = entry->body;
		r->indent = 4;
		entry->first_inlined = r->inlined.n;
		if (!read_name(r, entry->id) || !read_body(r, entry->id))
			return false;
		entry->n_inlined = r->inlined.n - entry->first_inlined;
		if (r->at != next)
			return fail(r, "unexpected line");
	}
	return true;
}

static bool read_types(struct reader *r)
{
	const char *start;

	if (take(r, "types: {}\n"))
		return r->at == r->end || fail(r, "unexpected line");
	if (!expect(r, "types:\n", "expected 'types'"))
		return false;
	start = r->at;
	if (!read_keys(r))
		return false;
	r->at = start;
	return read_entries(r);
}

/* ---- sources -----------------------------------------------------------------------------------
 */

/* `KEY` behind "{" or ", ". */
static bool next_key(struct reader *r, const char *key)
{
	const char *before = r->at;

	if ((r->at[-1] == '{' || take(r, ", ")) && take(r, key))
		return true;
	r->at = before;
	return false;
}

static bool optional_text(struct reader *r, const char *key, const char **text)
{
	struct slice slice;

	if (!next_key(r, key))
		return true;
	if (!read_scalar(r, &slice))
		return false;
	*text = slice.n ? interned(r, slice) : NULL;
	return true;
}

/* The differences between the lines of one member and the next. */
static bool read_member_lines(struct reader *r, const struct type *type)
{
	uint64_t line = type->line, step = 0;

	if (type->kind != KIND_STRUCT && type->kind != KIND_UNION)
		return fail(r, "a type without members has no lines of them");
	for (uint32_t i = 0; i < type->n; i++) {
		const char *start;

		if (i && !expect(r, " ", "expected the line of another member"))
			return false;
		start = r->at;
		if (!read_signed(r, &step))
			return false;
		line += step;
		if (line > UINT32_MAX)
			return fail_at(r, start, "line is out of range");
		r->model->members.at[type->first + i].line = (uint32_t)line;
	}
	return expect(r, "\"", "expected the closing quote behind the last member's line");
}

static bool read_place(struct reader *r, type_id id, const char *inherited)
{
	struct type *type = &r->model->types.at[id];
	uint64_t line = 0;

	type->file = inherited;
	if (!optional_text(r, "file: ", &type->file))
		return false;
	if (next_key(r, "line: ") && !read_number(r, UINT32_MAX, &line))
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
		if (!expect(r, i ? ", {" : "{", "expected the place of an anonymous type") ||
		    !read_place(r, r->inlined.at[entry->first_inlined + i], file) ||
		    !expect(r, "}", "expected '}'"))
			return false;
	}
	return expect(r, "]", "expected ']' behind the last anonymous type");
}

/* `  key: {file: ...}`: finds the entry, from *NEXT on, since both sections have one order. */
static bool read_source(struct reader *r, size_t *next)
{
	const char *start;
	struct entry *entry = NULL;

	if (!expect(r, "  ", "expected an indented line"))
		return false;
	start = r->at;
	for (; !entry && *next < r->entries.n; ++*next) {
		const struct slice *key = &r->entries.at[*next].key;

		if ((size_t)(r->end - r->at) > key->n + 3 && !memcmp(r->at, key->at, key->n) &&
		    !memcmp(r->at + key->n, ": {", 3))
			entry = &r->entries.at[*next];
	}
	if (!entry)
		return fail(r, "no such type above, or not in their order");
	r->at = start + entry->key.n + 3;
	if (!read_place(r, entry->id, NULL))
		return false;
	if (entry->n_inlined && next_key(r, "inline: [") && !read_inlined_places(r, entry))
		return false;
	return expect(r, "}\n", "expected '}' and the end of the line");
}

static bool read_sources(struct reader *r)
{
	size_t next = 0;

	if (take(r, "sources: {}\n"))
		return r->at == r->end || fail(r, "unexpected line");
	if (!expect(r, "sources:\n", "expected 'sources'"))
		return false;
	while (r->at < r->end)
		if (!read_source(r, &next))
			return false;
	return true;
}

/* ---- the header --------------------------------------------------------------------------------
 */

static bool optional_words(struct reader *r, const char *key, const char **text)
{
	struct slice slice;

	if (!take(r, key))
		return true;
	if (!read_scalar(r, &slice))
		return false;
	*text = arena_strndup(&r->model->arena, slice.at, slice.n);
	return expect_line_end(r);
}

static bool expect_number(struct reader *r, const char *key, uint64_t limit, const char *what,
			  uint64_t *number)
{
	return expect(r, key, what) && read_number(r, limit, number) && expect_line_end(r);
}

static bool read_counts(struct reader *r, struct model_info *info)
{
	uint64_t address_size = 0, units = 0, skipped = 0;

	if (!expect_number(r, "address-size: ", 16, "expected 'address-size'", &address_size))
		return false;
	info->big_endian = take(r, "endian: big\n");
	if (!info->big_endian && !expect(r, "endian: little\n", "expected 'endian'"))
		return false;
	if (!expect_number(r, "units: ", UINT32_MAX, "expected 'units'", &units) ||
	    !expect_number(r, "units-skipped: ", UINT32_MAX, "expected 'units-skipped'", &skipped))
		return false;
	info->address_size = (uint8_t)address_size;
	info->units = (uint32_t)units;
	info->units_skipped = (uint32_t)skipped;
	return true;
}

static bool read_symbol(struct reader *r)
{
	struct symbol symbol = {0};
	struct slice name;

	if (!expect(r, "name: ", "expected 'name'") || !read_scalar(r, &name) ||
	    !expect(r, ", address: ", "expected 'address'") || !read_hex(r, &symbol.address) ||
	    !expect(r, ", size: ", "expected 'size'") ||
	    !read_number(r, UINT64_MAX, &symbol.size) || !expect(r, "}\n", "expected '}'"))
		return false;
	symbol.name = interned(r, name);
	*VEC_PUSH(&r->model->symbols) = symbol;
	return true;
}

static bool read_header(struct reader *r, struct slice *digest)
{
	struct model_info *info = &r->model->info;

	if (!optional_words(r, "release: ", &info->release) ||
	    !optional_words(r, "arch: ", &info->arch) ||
	    !optional_words(r, "build-id: ", &info->build_id) ||
	    !optional_words(r, "compiler: ", &info->compiler) ||
	    !optional_words(r, "reader: ", &info->reader) || !read_counts(r, info))
		return false;
	if (take(r, "symbols:\n"))
		while (take(r, "- {"))
			if (!read_symbol(r))
				return false;
	return expect(r, "digest: \"", "expected 'digest'") && read_quoted(r, digest) &&
	       expect_line_end(r);
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

bool snapshot_recognise(const char *data, size_t n)
{
	return n >= sizeof(magic) - 1 && !memcmp(data, magic, sizeof(magic) - 1);
}

static bool read_version(struct reader *r)
{
	uint64_t version = 0;
	const char *start;

	if (!expect(r, magic, "expected 'carryover-snapshot'"))
		return false;
	start = r->at;
	if (!read_number(r, UINT32_MAX, &version) || !expect_line_end(r))
		return false;
	if (version == SNAPSHOT_VERSION)
		return true;
	r->failed = true;
	return diag_error(r->diags, place_of(r, start),
			  "snapshot of format %u; this carryover reads format %d",
			  (unsigned int)version, SNAPSHOT_VERSION);
}

/* The types may not be edited: everything else says something about them. */
static bool check_digest(struct reader *r, struct slice digest, const char *types,
			 const char *sources)
{
	char found[HASH128_HEX];

	hash128_hex(hash128(types, (size_t)(sources - types)), found);
	if (digest.n == strlen(found) && !memcmp(digest.at, found, digest.n))
		return true;
	r->failed = true;
	return diag_error(
		r->diags, place_of(r, digest.at),
		"digest does not match; the types below were edited or damaged after they were "
		"written, they have %s; write the snapshot again with carryover dump",
		found);
}

static bool read_all(struct reader *r)
{
	const char *types, *sources, *end = r->end;
	struct slice digest;

	if (!read_version(r) || !read_header(r, &digest))
		return false;
	types = r->at;
	if (!expect(r, types_line, "expected 'types'"))
		return false;
	sources = memmem(types, (size_t)(end - types), sources_line, sizeof(sources_line) - 1);
	if (!sources)
		return fail_at(r, end, "expected 'sources'");
	sources++;
	r->at = types;
	r->end = sources;
	if (!check_digest(r, digest, types, sources) || !read_types(r))
		return false;
	r->end = end;
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
	struct reader r = {.name = name, .start = data, .at = data, .model = model, .diags = diags};
	bool ok;

	if (n < end + 1 || memcmp(data + n - end, end_line, end) != 0 || data[n - end - 1] != '\n')
		return diag_evidence(diags, place_file(name),
				     "snapshot is cut off: its last line is not '...'");
	r.end = data + n - end;
	if (!model->info.name)
		model->info.name = arena_strdup(&model->arena, without_directory(name));
	expressions_init(&r.x, model);
	ok = read_all(&r);
	reader_deinit(&r);
	return ok && model_finish(model, diags);
}
