/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The snapshot's text: the header, one block for each named type, then where each is declared. */
#include "snapshot_write.h"
#include "../schema/select.h"
#include "../schema/snapshot.h"
#include "../schema/snapshot_words.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

struct ids {
	type_id *at;
	size_t n, room;
};

struct writer {
	const struct model *model;
	int format; /* of the snapshot */
	struct text *out;
	struct selection chosen;
	struct arena scratch; /* spellings of one member */
	bool *loose;	      /* of every type: an enum without a name that nothing refers to */
	struct ids inlined;   /* anonymous types of the entry in the order they are written */
	struct ids pending;   /* anonymous types of the spelling at hand */
};

/* ---- scalars -----------------------------------------------------------------------------------
 */

/* What YAML 1.1 or 1.2 would take for something else than text. */
static bool is_yaml_word(const char *text)
{
	static const char *const words[] = {"y",     "n",  "yes", "no",	 "true",
					    "false", "on", "off", "null"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(words[i], text))
			return true;
	return false;
}

static bool is_plain(const char *text)
{
	size_t n = strlen(text);

	if (!n || (!isalpha((unsigned char)*text) && *text != '_' && *text != '/') ||
	    text[n - 1] == ' ' || is_yaml_word(text))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("_ *()./+@-", text[i]))
			return false;
	return true;
}

static void add_quoted(struct text *out, const char *text)
{
	text_raw(out, "\"", 1);
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			text_add(out, "\\%c", *c);
		else if (*c < ' ' || *c > '~')
			text_add(out, "\\x%02x", (unsigned int)(unsigned char)*c);
		else
			text_raw(out, c, 1);
	}
	text_raw(out, "\"", 1);
}

static void add_scalar(struct text *out, const char *text)
{
	if (is_plain(text))
		text_raw(out, text, strlen(text));
	else
		add_quoted(out, text);
}

/* ---- type expressions --------------------------------------------------------------------------
 */

/*
 * An enum that nothing refers to goes by its first enumerator, which no other type has for a name: `enum
 * {FOO}`; the second with that one is `enum {FOO 2}`.
 */
static const char *loose_key(struct writer *w, const struct type *type)
{
	const char *first = enumerators_of(w->model, type)[0].name;
	unsigned int same = 1;

	for (type_id id = 0; type_at(w->model, id) != type; id++)
		if (w->loose[id] &&
		    enumerators_of(w->model, type_at(w->model, id))[0].name == first)
			same++;
	return same > 1 ? arena_printf(&w->scratch, "enum {%s %u}", first, same)
			: arena_printf(&w->scratch, "enum {%s}", first);
}

/* The key of a type's entry: `struct list_head`, `typedef u32`, `struct x @ a.c`. */
static const char *entry_key(struct writer *w, const struct type *type)
{
	const char *keyword = snapshot_keyword(type->kind);

	if (!type->name)
		return loose_key(w, type);
	if (*kind_keyword(type->kind))
		return type->label;
	return arena_printf(&w->scratch, "%s %s", keyword, type->label);
}

/* Of several kinds that share a bare label, the first in the order of kinds goes by the label
 * alone. */
static bool label_is_taken(const struct writer *w, const struct type *type)
{
	for (enum type_kind kind = KIND_INT; kind < type->kind; kind++) {
		struct type_list list = {0};

		if (!*kind_keyword(kind) && snapshot_keyword(kind))
			list = model_named(w->model, kind, type->name);
		for (size_t i = 0; i < list.n; i++)
			if (w->chosen.at[list.first + i] &&
			    !strcmp(type_at(w->model, list.first + (type_id)i)->label, type->label))
				return true;
	}
	return false;
}

static const char *escaped(struct writer *w, const char *text)
{
	char *copy = arena_alloc(&w->scratch, strlen(text) * 2 + 1), *to = copy;

	for (; *text; text++) {
		if (*text == '\\' || *text == '>')
			*to++ = '\\';
		*to++ = *text;
	}
	return copy;
}

static const char *reference(struct writer *w, type_id id)
{
	const struct type *type = type_at(w->model, id);
	const char *label = type->label;
	size_t skip;

	if (type->kind == KIND_VOID)
		return "void";
	if (!type->name) {
		*VEC_PUSH(&w->pending) = id;
		if (w->pending.n == 1)
			return arena_printf(&w->scratch, "%s {}", snapshot_keyword(type->kind));
		return arena_printf(&w->scratch, "%s {%zu}", snapshot_keyword(type->kind),
				    w->pending.n);
	}
	skip = *kind_keyword(type->kind) ? strlen(kind_keyword(type->kind)) + 1 : 0;
	if (words_are_plain(label + skip, strlen(label + skip)) &&
	    (skip || !label_is_taken(w, type)))
		return label;
	return arena_printf(&w->scratch, "<%s>", escaped(w, entry_key(w, type)));
}

static const char *spell(struct writer *w, type_id id, const char *inner, const char *qualifiers);

static const char *spell_parameters(struct writer *w, const struct type *function)
{
	const char *list = "";

	for (uint32_t i = 0; i < function->n; i++) {
		const struct parameter *parameter = &parameters_of(w->model, function)[i];
		const char *type = spell(w, parameter->type, "", "");

		if (function->n == 1 && !parameter->name && !strcmp(type, "void"))
			type = "<void>";
		if (parameter->name)
			type = arena_printf(&w->scratch, "<%s>: %s", escaped(w, parameter->name),
					    type);
		list = arena_printf(&w->scratch, "%s%s%s", list, i ? ", " : "", type);
	}
	if (function->flags & TYPE_VARIADIC)
		return arena_printf(&w->scratch, "%s%s...", list, function->n ? ", " : "");
	if (!function->n && !(function->flags & TYPE_NOPROTO))
		return "void";
	return list;
}

static const char *joined(struct writer *w, const char *word, const char *inner)
{
	return arena_printf(&w->scratch, "%s%s%s", word, *inner ? " " : "", inner);
}

/*
 * Puts WORD, a qualifier, between INNER and what TARGET is. Operators before the hole of a
 * declarator apply from right to left; a group that starts with a word is marked by a colon,
 * because it would look like a list of parameters.
 */
static void qualify(struct writer *w, const char *word, type_id target, const char **inner,
		    const char **qualifiers)
{
	uint8_t kind = type_at(w->model, target)->kind;
	uint8_t base = type_at(w->model, strip_qualifiers(w->model, target))->kind;

	if (base != KIND_POINTER && base != KIND_ARRAY && base != KIND_FUNCTION) {
		*qualifiers = arena_printf(&w->scratch, "%s%s ", *qualifiers, word);
		return;
	}
	*inner = joined(w, word, *inner);
	if (kind == KIND_ARRAY || kind == KIND_FUNCTION)
		*inner = arena_printf(&w->scratch, "(:%s)", *inner);
}

static const char *spell_pointer(struct writer *w, const struct type *type, const char *inner)
{
	const struct type *target = type_at(w->model, type->target);

	if (type->size == w->model->info.address_size)
		inner = arena_printf(&w->scratch, "*%s", inner);
	else
		inner = arena_printf(&w->scratch, "*%" PRIu64 "%s", type->size,
				     joined(w, "", inner));
	if ((target->kind == KIND_ARRAY || target->kind == KIND_FUNCTION) && !target->align_attr)
		inner = arena_printf(&w->scratch, "(%s)", inner);
	return spell(w, type->target, inner, "");
}

static const char *spell_array(struct writer *w, const struct type *type, const char *inner)
{
	const char *vector = type->flags & TYPE_VECTOR ? "vector " : "";

	if (type->flags & TYPE_FLEXIBLE)
		inner = arena_printf(&w->scratch, "%s[]", inner);
	else
		inner = arena_printf(&w->scratch, "%s[%s%" PRIu64 "]", inner, vector, type->count);
	return spell(w, type->target, inner, "");
}

/* What ID is by its kind, without the alignment it asks for. */
static const char *spell_kind(struct writer *w, type_id id, const char *inner,
			      const char *qualifiers)
{
	const struct type *type = type_at(w->model, id);
	const char *space = *inner && *inner != '[' ? " " : "";

	switch (type->kind) {
	case KIND_POINTER:
		return spell_pointer(w, type, inner);
	case KIND_ARRAY:
		return spell_array(w, type, inner);
	case KIND_FUNCTION:
		inner = arena_printf(&w->scratch, "%s(%s)", inner, spell_parameters(w, type));
		return spell(w, type->target, inner, "");
	case KIND_CONST:
	case KIND_VOLATILE:
	case KIND_RESTRICT:
	case KIND_ATOMIC:
		qualify(w, qualifier_word(type->kind), type->target, &inner, &qualifiers);
		return spell(w, type->target, inner, qualifiers);
	default:
		return arena_printf(&w->scratch, "%s%s%s%s", qualifiers, reference(w, id), space,
				    inner);
	}
}

/*
 * The C spelling of ID around INNER, as an abstract declarator; anonymous types go to w->pending.
 * The alignment of a derived type stands where a qualifier of it would.
 */
static const char *spell(struct writer *w, type_id id, const char *inner, const char *qualifiers)
{
	const struct type *type = type_at(w->model, id);
	const char *word;

	if (!type->align_attr || snapshot_keyword(type->kind))
		return spell_kind(w, id, inner, qualifiers);
	word = arena_printf(&w->scratch, "aligned(%u)", type->align_attr);
	qualify(w, word, id, &inner, &qualifiers);
	return spell_kind(w, id, inner, qualifiers);
}

/* ---- entries -----------------------------------------------------------------------------------
 */

static void add_body(struct writer *w, type_id id);

/* Appends `type: ...`; the anonymous types in it go to w->pending. */
static void add_type(struct writer *w, const char *key, type_id id)
{
	const char *spelling = spell(w, id, "", "");

	text_add(w->out, "%s: ", key);
	add_scalar(w->out, spelling);
}

/* The definitions of the anonymous types that the line before refers to, in that order. */
static void add_inlined(struct writer *w, const struct ids *ids)
{
	text_puts(w->out, "inline:\n");
	for (size_t i = 0; i < ids->n; i++) {
		*VEC_PUSH(&w->inlined) = ids->at[i];
		text_puts(w->out, "- ");
		w->out->indent++;
		add_body(w, ids->at[i]);
		w->out->indent--;
	}
}

static struct ids take_pending(struct writer *w)
{
	struct ids ids = w->pending;

	w->pending = (struct ids){0};
	arena_reset(&w->scratch);
	return ids;
}

static void add_offset(struct text *out, const struct member *member, const char *separator)
{
	text_add(out, "at: %" PRIu64 "%s", member->bit_offset / 8, separator);
	if (member->bit_offset % 8 || member->bit_size)
		text_add(out, "bit: %u%s", (unsigned int)(member->bit_offset % 8), separator);
	if (member->bit_size)
		text_add(out, "bits: %u%s", member->bit_size, separator);
	if (member->align_attr)
		text_add(out, "aligned: %u%s", member->align_attr, separator);
}

/* One line; a block when the type has anonymous parts. */
static void add_member(struct writer *w, const struct member *member)
{
	const char *spelling = spell(w, member->type, "", "");
	const char *separator = w->pending.n ? "\n" : ", ";
	struct ids ids;

	text_puts(w->out, w->pending.n ? "- " : "- {");
	w->out->indent++;
	if (member->name) {
		text_puts(w->out, "name: ");
		add_scalar(w->out, member->name);
		text_puts(w->out, separator);
	}
	add_offset(w->out, member, separator);
	text_puts(w->out, "type: ");
	add_scalar(w->out, spelling);
	text_puts(w->out, w->pending.n ? "\n" : "}\n");
	ids = take_pending(w);
	if (ids.n)
		add_inlined(w, &ids);
	VEC_FREE(&ids);
	w->out->indent--;
}

static void add_record(struct writer *w, const struct type *type)
{
	text_add(w->out, "size: %" PRIu64 "\n", type->size);
	if (type->align_attr)
		text_add(w->out, "aligned: %u\n", type->align_attr);
	text_puts(w->out, type->n ? "members:\n" : "members: []\n");
	for (uint32_t i = 0; i < type->n; i++)
		add_member(w, &members_of(w->model, type)[i]);
}

static void add_encoding(struct text *out, const struct type *type)
{
	const char *word = encoding_word(type->encoding);

	if (word)
		text_add(out, "encoding: %s", word);
	else
		text_add(out, "encoding: %u", type->encoding);
}

static void add_enumerators(struct writer *w, const struct type *type)
{
	text_puts(w->out, type->n ? "values:\n" : "values: []\n");
	for (uint32_t i = 0; i < type->n; i++) {
		const struct enumerator *one = &enumerators_of(w->model, type)[i];

		text_puts(w->out, "- ");
		add_scalar(w->out, one->name ? one->name : "");
		if (type->encoding == ENC_SIGNED)
			text_add(w->out, ": %" PRId64 "\n", (int64_t)one->value);
		else
			text_add(w->out, ": %" PRIu64 "\n", one->value);
	}
}

/* A type expression on a line of its own, with what is anonymous in it. */
static void add_type_line(struct writer *w, const char *key, type_id id)
{
	struct ids ids;

	add_type(w, key, id);
	text_puts(w->out, "\n");
	ids = take_pending(w);
	if (ids.n)
		add_inlined(w, &ids);
	VEC_FREE(&ids);
}

static void add_enum(struct writer *w, const struct type *type)
{
	text_add(w->out, "size: %" PRIu64 "\n", type->size);
	if (type->align_attr)
		text_add(w->out, "aligned: %u\n", type->align_attr);
	if (type->encoding) {
		add_encoding(w->out, type);
		text_puts(w->out, "\n");
	}
	if (type->target != TYPE_VOID)
		add_type_line(w, "base", type->target);
	add_enumerators(w, type);
}

static void add_base(struct writer *w, const struct type *type)
{
	text_add(w->out, "size: %" PRIu64 "\n", type->size);
	if (type->align_attr)
		text_add(w->out, "aligned: %u\n", type->align_attr);
	add_encoding(w->out, type);
	text_puts(w->out, "\n");
}

/* The lines of a type's definition, from the current column on. */
static void add_body(struct writer *w, type_id id)
{
	const struct type *type = type_at(w->model, id);

	if ((type->flags & TYPE_DECLARATION) ||
	    (w->chosen.at[id] == SELECT_NAMED && *kind_keyword(type->kind))) {
		text_puts(w->out, "declared: true\n");
		return;
	}
	switch (type->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
		add_record(w, type);
		return;
	case KIND_ENUM:
		add_enum(w, type);
		return;
	case KIND_TYPEDEF:
		if (type->align_attr)
			text_add(w->out, "aligned: %u\n", type->align_attr);
		add_type_line(w, "type", type->target);
		return;
	default:
		add_base(w, type);
	}
}

/* A name that the key does not show as it is (it holds " @ " itself) is written out. */
static void add_name(struct writer *w, const struct type *type)
{
	const char *keyword = kind_keyword(type->kind);
	const char *name = type->label + (*keyword ? strlen(keyword) + 1 : 0);
	const char *at = strstr(name, " @ ");
	size_t n = at ? (size_t)(at - name) : strlen(name);

	if (strlen(type->name) == n && !memcmp(type->name, name, n))
		return;
	text_puts(w->out, "name: ");
	add_scalar(w->out, type->name);
	text_puts(w->out, "\n");
}

static void add_entry(struct writer *w, type_id id)
{
	const struct type *type = type_at(w->model, id);

	text_puts(w->out, "  ");
	add_scalar(w->out, entry_key(w, type));
	text_puts(w->out, ":\n");
	arena_reset(&w->scratch);
	w->out->indent = 2;
	if (type->name)
		add_name(w, type);
	add_body(w, id);
	w->out->indent = 0;
}

/* ---- sources -----------------------------------------------------------------------------------
 */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Lines of members as differences, from the type's own line on: what moves together stays the same.
 */
static void add_member_lines(struct writer *w, const struct type *type, const char **separator)
{
	uint32_t before = type->line;
	bool known = false;

	if (type->kind != KIND_STRUCT && type->kind != KIND_UNION)
		return;
	for (uint32_t i = 0; i < type->n; i++)
		known |= members_of(w->model, type)[i].line != 0;
	if (!known)
		return;
	text_add(w->out, "%smembers: \"", *separator);
	for (uint32_t i = 0; i < type->n; i++) {
		uint32_t line = members_of(w->model, type)[i].line;

		text_add(w->out, "%s%" PRId64, i ? " " : "", (int64_t)line - (int64_t)before);
		before = line;
	}
	text_puts(w->out, "\"");
	*separator = ", ";
}

static void add_word(struct writer *w, const char *key, const char *text, const char **separator)
{
	text_add(w->out, "%s%s: ", *separator, key);
	add_scalar(w->out, text);
	*separator = ", ";
}

/* What is known of one type's place, but not its file when that is INHERITED. Unit and scope count
 * only among namesakes. */
static void add_place(struct writer *w, type_id id, const char *inherited, const char **separator)
{
	const struct type *type = type_at(w->model, id);
	bool cut = w->chosen.at[id] == SELECT_NAMED && *kind_keyword(type->kind);

	if (!same_text(type->file, inherited))
		add_word(w, "file", type->file ? type->file : "", separator);
	if (type->line) {
		text_add(w->out, "%sline: %u", *separator, type->line);
		*separator = ", ";
	}
	if (type->name && strstr(type->label, " @ ")) {
		if (type->unit)
			add_word(w, "unit", type->unit, separator);
		if (type->scope)
			add_word(w, "scope", type->scope, separator);
	}
	if (!cut)
		add_member_lines(w, type, separator);
}

/* One line, or nothing when nothing is known. */
static void add_source(struct writer *w, type_id id)
{
	const struct type *type = type_at(w->model, id);
	const char *separator = "";
	size_t before = w->out->n;

	text_puts(w->out, "  ");
	add_scalar(w->out, entry_key(w, type));
	text_puts(w->out, ": {");
	arena_reset(&w->scratch);
	add_place(w, id, NULL, &separator);
	if (!*separator && !w->inlined.n) {
		w->out->n = before;
		return;
	}
	if (w->inlined.n)
		text_add(w->out, "%sinline: [", separator);
	for (size_t i = 0; i < w->inlined.n; i++) {
		separator = "";
		text_puts(w->out, i ? ", {" : "{");
		add_place(w, w->inlined.at[i], type->file, &separator);
		text_puts(w->out, "}");
	}
	text_puts(w->out, w->inlined.n ? "]}\n" : "}\n");
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static void add_symbols(struct writer *w)
{
	if (!w->model->symbols.n)
		return;
	text_puts(w->out, "symbols:\n");
	for (size_t i = 0; i < w->model->symbols.n; i++) {
		const struct symbol *symbol = &w->model->symbols.at[i];

		text_puts(w->out, "- {");
		if (symbol->module[0]) {
			text_puts(w->out, "module: ");
			add_scalar(w->out, symbol->module);
			text_puts(w->out, ", ");
		}
		text_puts(w->out, "name: ");
		add_scalar(w->out, symbol->name);
		if (symbol->no_address)
			text_puts(w->out, ", address: none");
		else
			text_add(w->out, ", address: 0x%" PRIx64, symbol->address);
		text_add(w->out, ", size: %" PRIu64 "}\n", symbol->size);
	}
}

static void add_labels(struct writer *w, const char *key, const struct label_list *labels)
{
	if (labels->n)
		text_add(w->out, "%s:\n", key);
	for (size_t i = 0; i < labels->n; i++) {
		text_puts(w->out, "- ");
		add_scalar(w->out, labels->at[i]);
		text_puts(w->out, "\n");
	}
}

static void add_words(struct writer *w, const char *key, const char *text)
{
	if (!text)
		return;
	text_add(w->out, "%s: ", key);
	add_scalar(w->out, text);
	text_puts(w->out, "\n");
}

static void add_header(struct writer *w)
{
	const struct model_info *info = &w->model->info;

	text_add(w->out, "carryover-snapshot: %d\n", w->format);
	add_words(w, "release", info->release);
	add_words(w, "arch", info->arch);
	add_words(w, "build-id", info->build_id);
	if (w->format > 1)
		add_words(w, "config", info->config);
	add_words(w, "compiler", info->compiler);
	add_words(w, "reader", info->reader);
	text_add(w->out, "address-size: %u\n", info->address_size);
	text_add(w->out, "endian: %s\n", info->big_endian ? "big" : "little");
	text_add(w->out, "units: %u\n", info->evidence.units);
	text_add(w->out, "units-skipped: %u\n", evidence_skipped(&info->evidence));
	add_symbols(w);
	add_labels(w, "roots", &w->model->roots);
	add_labels(w, "only", &w->model->only);
}

static bool has_entry(const struct writer *w, type_id id)
{
	return id != TYPE_VOID && w->chosen.at[id] &&
	       (w->loose[id] || (type_at(w->model, id)->name &&
				 snapshot_keyword(type_at(w->model, id)->kind)));
}

/* The blocks of the types, and beside them where each is declared. */
static void add_entries(struct writer *w, struct text *types, struct text *sources)
{
	for (type_id id = 1; id < w->model->types.n; id++) {
		if (!has_entry(w, id))
			continue;
		w->inlined.n = 0;
		w->out = types;
		add_entry(w, id);
		w->out = sources;
		add_source(w, id);
	}
}

static void add_section(const char *key, const struct text *lines, struct text *out)
{
	text_add(out, lines->n ? "%s:\n" : "%s: {}\n", key);
	text_raw(out, text_string(lines), lines->n);
}

/* The digest of the types, the seal over HEAD, that line and all that follows, and BODY. */
static void add_digested(const struct writer *w, const struct text *head, const struct text *types,
			 const struct text *sources, struct text *out)
{
	struct hash_stream *stream = hash_stream_create();
	struct text body, line;
	char digest[HASH128_HEX];

	text_init(&body);
	text_init(&line);
	add_section("types", types, &body);
	hash128_hex(hash128(body.at, body.n), digest);
	text_add(&line, "digest: \"%s\"\n", digest);
	add_section("sources", sources, &body);
	text_puts(&body, "...\n");
	hash_stream_feed(stream, head->at, head->n);
	hash_stream_feed(stream, line.at, line.n);
	hash_stream_feed(stream, body.at, body.n);
	hash128_hex(hash_stream_finish(stream), digest);
	text_raw(out, head->at, head->n);
	text_raw(out, line.at, line.n);
	if (w->format > 1)
		text_add(out, "seal: \"%s\"\n", digest);
	text_raw(out, body.at, body.n);
	text_deinit(&line);
	text_deinit(&body);
}

/* What was read from a format without a seal says no more than it did, unless it is cut down. */
static int format_of(const struct model *model)
{
	bool is_first = model->info.format == 1 && !model->roots.n && !model->only.n;

	return is_first ? 1 : SNAPSHOT_VERSION;
}

void snapshot_write(const struct model *model, const type_id *ids, size_t n, struct text *out)
{
	struct text types, sources, head;
	struct writer w = {.model = model, .out = &head, .format = format_of(model)};
	struct arena keys;

	text_init(&head);
	text_init(&types);
	text_init(&sources);
	types.indent_with = "  ";
	arena_init(&w.scratch);
	arena_init(&keys);
	select_closure(model, ids, n, false, &w.chosen);
	w.loose = arena_array(&keys, model->types.n, sizeof(*w.loose));
	select_loose_enums(model, &w.chosen, w.loose);
	add_header(&w);
	add_entries(&w, &types, &sources);
	add_digested(&w, &head, &types, &sources, out);
	selection_deinit(&w.chosen);
	VEC_FREE(&w.inlined);
	VEC_FREE(&w.pending);
	arena_deinit(&w.scratch);
	arena_deinit(&keys);
	text_deinit(&types);
	text_deinit(&sources);
	text_deinit(&head);
}
