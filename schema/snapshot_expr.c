/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Type expressions of a snapshot: abstract declarators as in C, built from the base outwards.
 *
 *	type       = { qualifier " " } reference [ [ " " ] declarator ]
 *	reference  = "void" | words | "<" key ">" | keyword " {" [ number ] "}"
 *	declarator = { prefix } [ "(" group ")" ] { suffix }
 *	group      = declarator that begins with "*", or ":" and one that begins with a qualifier
 *	qualifier  = "const" | "volatile" | "restrict" | "_Atomic" | "aligned(" number ")"
 *	prefix     = "*" [ size ] | qualifier, parted by spaces where two words would meet
 *	suffix     = "[" [ [ "vector " ] count ] "]" | "(" parameters ")"
 */
#include "snapshot_parse.h"
#include "snapshot_words.h"

#include <string.h>

#define EXPRESSION_DEPTH 200
#define SUFFIXES_MAX 64

/* ---- tables ------------------------------------------------------------------------------------
 */

struct slice_slot {
	struct slice text; /* at NULL: free */
	uint64_t hash;
	type_id id;
};

void slice_table_deinit(struct slice_table *table)
{
	vec_free(table->slots);
	*table = (struct slice_table){0};
}

static struct slice_slot *find_slot(const struct slice_table *table, struct slice text,
				    uint64_t hash)
{
	for (size_t at = (size_t)hash & (table->room - 1);; at = (at + 1) & (table->room - 1)) {
		struct slice_slot *slot = &table->slots[at];

		if (!slot->text.at)
			return slot;
		if (slot->hash == hash && slot->text.n == text.n &&
		    !memcmp(slot->text.at, text.at, text.n))
			return slot;
	}
}

static void grow_table(struct slice_table *table)
{
	struct slice_table old = *table;
	size_t room = 0;

	table->slots = vec_grow(NULL, &room, old.room ? old.room * 2 : 1024, sizeof(*table->slots));
	table->room = room;
	memset(table->slots, 0, room * sizeof(*table->slots));
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].text.at)
			*find_slot(table, old.slots[i].text, old.slots[i].hash) = old.slots[i];
	vec_free(old.slots);
}

type_id slice_table_get(const struct slice_table *table, struct slice text)
{
	struct slice_slot *slot;

	if (!table->room)
		return TYPE_NONE;
	slot = find_slot(table, text, hash64(text.at, text.n));
	return slot->text.at ? slot->id : TYPE_NONE;
}

bool slice_table_put(struct slice_table *table, struct slice text, type_id id)
{
	struct slice_slot *slot;
	uint64_t hash = hash64(text.at, text.n);

	if (table->n * 2 >= table->room)
		grow_table(table);
	slot = find_slot(table, text, hash);
	if (slot->text.at)
		return false;
	*slot = (struct slice_slot){text, hash, id};
	table->n++;
	return true;
}

void expressions_init(struct expressions *expressions, struct model *model)
{
	*expressions = (struct expressions){.model = model};
	arena_init(&expressions->arena);
}

void expressions_deinit(struct expressions *expressions)
{
	slice_table_deinit(&expressions->entries);
	slice_table_deinit(&expressions->bare);
	slice_table_deinit(&expressions->memory);
	VEC_FREE(&expressions->anonymous);
	VEC_FREE(&expressions->parameters);
	arena_deinit(&expressions->arena);
}

/* ---- reading -----------------------------------------------------------------------------------
 */

struct cursor {
	struct expressions *x;
	const char *at, *end;
	const char *what, *where; /* the first thing that is wrong */
	size_t length;		  /* of the whole expression */
	unsigned int depth;
};

static type_id wrong(struct cursor *c, const char *what)
{
	if (!c->what) {
		c->what = what;
		c->where = c->at;
	}
	return TYPE_NONE;
}

static bool next_is(const struct cursor *c, char byte)
{
	return c->at < c->end && *c->at == byte;
}

static bool take(struct cursor *c, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(c->end - c->at) < n || memcmp(c->at, text, n) != 0)
		return false;
	c->at += n;
	return true;
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* The letters and digits from here on; takes nothing. */
static struct slice word_here(const struct cursor *c)
{
	const char *end = c->at;

	if (end < c->end && is_letter(*end))
		while (end < c->end && (is_letter(*end) || is_digit(*end)))
			end++;
	return (struct slice){c->at, (size_t)(end - c->at)};
}

static bool take_number(struct cursor *c, uint64_t *number)
{
	*number = 0;
	if (c->at == c->end || !is_digit(*c->at) ||
	    (*c->at == '0' && c->at + 1 < c->end && is_digit(c->at[1])))
		return false;
	for (; c->at < c->end && is_digit(*c->at); c->at++) {
		unsigned int digit = (unsigned int)(*c->at - '0');

		if (*number > (UINT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return true;
}

/* From "<" on: where its ">" is, or NULL. */
static const char *bracket_end(const char *at, const char *end)
{
	for (; at < end && *at != '>'; at++)
		if (*at == '\\' && at + 1 < end)
			at++;
	return at < end ? at : NULL;
}

/* What stands between "<" and ">", without its escapes. */
static bool take_bracketed(struct cursor *c, struct slice *text)
{
	const char *end = next_is(c, '<') ? bracket_end(c->at, c->end) : NULL;
	char *copy, *to;

	if (!end)
		return false;
	copy = to = arena_alloc(&c->x->arena, (size_t)(end - c->at));
	for (c->at++; c->at < end; c->at++) {
		c->at += *c->at == '\\';
		*to++ = *c->at;
	}
	c->at = end + 1;
	*text = (struct slice){copy, (size_t)(to - copy)};
	return true;
}

static type_id add_derived(struct cursor *c, enum type_kind kind, type_id target)
{
	return model_add(c->x->model, (struct type){.kind = (uint8_t)kind, .target = target});
}

static enum type_kind keyword_kind(struct slice word)
{
	for (enum type_kind kind = KIND_VOID; kind < KIND_COUNT; kind++) {
		const char *keyword = snapshot_keyword(kind);

		if (keyword && strlen(keyword) == word.n && !memcmp(keyword, word.at, word.n))
			return kind;
	}
	return KIND_VOID;
}

/* `struct {}`: a type that the block below defines; the number says which when there are several.
 */
static type_id read_anonymous(struct cursor *c, enum type_kind kind)
{
	struct type_ids *ids = &c->x->anonymous;
	uint64_t number = 1;

	if (!next_is(c, '}') && (!take_number(c, &number) || number < 2))
		return wrong(c, "expected '}' or the number of an anonymous type");
	if (!take(c, "}"))
		return wrong(c, "expected '}'");
	if (number > c->length)
		return wrong(c, "no such anonymous type");
	while (ids->n < number)
		*VEC_PUSH(ids) = TYPE_NONE;
	if (ids->at[number - 1] != TYPE_NONE)
		return wrong(c, "the same anonymous type twice");
	return ids->at[number - 1] = model_add(c->x->model, (struct type){.kind = (uint8_t)kind});
}

static type_id read_reference(struct cursor *c)
{
	struct slice word = word_here(c), key;
	enum type_kind kind = keyword_kind(word);
	const char *start = c->at;
	type_id id;

	if (next_is(c, '<')) {
		if (!take_bracketed(c, &key))
			return wrong(c, "expected '>'");
		if (key.n == 4 && !memcmp(key.at, "void", 4))
			return TYPE_VOID;
		id = slice_table_get(&c->x->entries, key);
		return id == TYPE_NONE ? wrong(c, "refers to a type that is not here") : id;
	}
	if (!word.n)
		return wrong(c, "expected a type");
	c->at += word.n;
	if (kind != KIND_VOID && take(c, " {"))
		return read_anonymous(c, kind);
	while (c->at + 1 < c->end && *c->at == ' ' && is_letter(c->at[1])) {
		c->at++;
		c->at += word_here(c).n;
	}
	key = (struct slice){start, (size_t)(c->at - start)};
	if (key.n == 4 && !memcmp(start, "void", 4))
		return TYPE_VOID;
	id = slice_table_get(&c->x->bare, key);
	if (id == TYPE_NONE)
		c->at = start;
	return id == TYPE_NONE ? wrong(c, "refers to a type that is not here") : id;
}

static type_id read_type(struct cursor *c);

/* One parameter, a type with a name before it when it has one, onto the stack. */
static bool read_parameter(struct cursor *c)
{
	const char *start = c->at;
	struct parameter parameter = {0};
	struct slice name;

	if (take_bracketed(c, &name) && take(c, ": "))
		parameter.name = intern_n(c->x->model->names, name.at, name.n);
	else
		c->at = start;
	parameter.type = read_type(c);
	*VEC_PUSH(&c->x->parameters) = parameter;
	return parameter.type != TYPE_NONE;
}

/* Moves the parameters above FIRST from the stack to the model. */
static void finish_parameters(struct cursor *c, size_t first, struct type *function)
{
	struct model *model = c->x->model;

	function->first = (uint32_t)model->parameters.n;
	function->n = (uint32_t)(c->x->parameters.n - first);
	for (size_t i = first; i < c->x->parameters.n; i++)
		*VEC_PUSH(&model->parameters) = c->x->parameters.at[i];
	c->x->parameters.n = first;
}

/* After "(": parameters and ")". */
static bool read_parameters(struct cursor *c, struct type *function)
{
	size_t first = c->x->parameters.n;

	*function = (struct type){.kind = KIND_FUNCTION};
	if (take(c, ")")) {
		function->flags = TYPE_NOPROTO;
		return true;
	}
	if (take(c, "void)"))
		return true;
	for (;;) {
		if (take(c, "...")) {
			function->flags |= TYPE_VARIADIC;
			break;
		}
		if (!read_parameter(c)) {
			c->x->parameters.n = first;
			return false;
		}
		if (!take(c, ", "))
			break;
	}
	finish_parameters(c, first, function);
	if (!take(c, ")"))
		wrong(c, "expected ')'");
	return !c->what;
}

/* After "[": a count and "]". */
static bool read_dimension(struct cursor *c, struct type *array)
{
	*array = (struct type){.kind = KIND_ARRAY};
	if (take(c, "]")) {
		array->flags = TYPE_FLEXIBLE;
		return true;
	}
	if (take(c, "vector "))
		array->flags = TYPE_VECTOR;
	if (!take_number(c, &array->count) || !take(c, "]"))
		wrong(c, "expected a number and ']'");
	return !c->what;
}

/* From just behind "(" to its ")", which is taken too: the text between. */
static bool skip_group(struct cursor *c, struct slice *group)
{
	unsigned int open = 1;

	group->at = c->at;
	for (; c->at < c->end; c->at++) {
		if (*c->at == '<' && bracket_end(c->at, c->end))
			c->at = bracket_end(c->at, c->end);
		open += *c->at == '(';
		open -= *c->at == ')';
		if (!open) {
			group->n = (size_t)(c->at++ - group->at);
			return true;
		}
	}
	c->at = c->end;
	return wrong(c, "expected ')'") != TYPE_NONE;
}

/* A qualifier, or the alignment that a derived type has by itself. */
struct qualifier {
	enum type_kind kind; /* KIND_VOID: an alignment */
	uint32_t aligned;
};

/* Takes one if there is one; on failure c->what is set. */
static bool take_qualifier(struct cursor *c, struct qualifier *qualifier)
{
	struct slice word = word_here(c);
	uint64_t aligned = 0;

	qualifier->kind = qualifier_of(word.at, word.n);
	if (word.n && qualifier->kind != KIND_VOID) {
		c->at += word.n;
		return true;
	}
	if (!take(c, "aligned("))
		return false;
	if (!take_number(c, &aligned) || aligned > UINT32_MAX || !take(c, ")"))
		wrong(c, "expected a number of bytes and ')'");
	qualifier->aligned = (uint32_t)aligned;
	return !c->what;
}

static type_id apply_qualifier(struct cursor *c, struct qualifier qualifier, type_id base)
{
	struct type copy = *type_at(c->x->model, base);

	if (qualifier.kind != KIND_VOID)
		return add_derived(c, qualifier.kind, base);
	if (snapshot_keyword(copy.kind) || copy.kind == KIND_VOID)
		return wrong(c, "only a derived type has an alignment of its own here");
	copy.align_attr = qualifier.aligned;
	return model_add(c->x->model, copy);
}

static type_id read_pointer(struct cursor *c, type_id base)
{
	uint64_t size = c->x->model->info.address_size;

	if (c->at < c->end && is_digit(*c->at) && !take_number(c, &size))
		return wrong(c, "expected the size of a pointer");
	base = add_derived(c, KIND_POINTER, base);
	c->x->model->types.at[base].size = size;
	return base;
}

/* Prefix operators apply to BASE in the order they are written. */
static type_id read_prefixes(struct cursor *c, type_id base)
{
	struct qualifier qualifier;

	while (base != TYPE_NONE) {
		if (take(c, "*"))
			base = read_pointer(c, base);
		else if (take_qualifier(c, &qualifier))
			base = apply_qualifier(c, qualifier, base);
		else
			return c->what ? TYPE_NONE : base;
		if (c->at + 1 < c->end && *c->at == ' ')
			c->at++;
	}
	return base;
}

static type_id read_declarator(struct cursor *c, type_id base);

static type_id read_group(struct cursor *c, struct slice group, type_id base)
{
	const char *at = c->at, *end = c->end;

	c->at = group.at;
	c->end = group.at + group.n;
	take(c, ":");
	base = read_declarator(c, base);
	if (base != TYPE_NONE && c->at != c->end)
		base = wrong(c, "expected ')'");
	if (base != TYPE_NONE)
		c->at = at;
	c->end = end;
	return base;
}

/* Suffixes apply to BASE from the last to the first, then the group in the parentheses does. */
static type_id read_suffixes(struct cursor *c, type_id base)
{
	struct type suffixes[SUFFIXES_MAX];
	struct slice group = {0};
	size_t n = 0;

	if (c->at + 1 < c->end && *c->at == '(' && (c->at[1] == '*' || c->at[1] == ':')) {
		c->at++;
		if (!skip_group(c, &group))
			return TYPE_NONE;
	}
	while (next_is(c, '[') || next_is(c, '(')) {
		bool array = *c->at++ == '[';

		if (n == SUFFIXES_MAX)
			return wrong(c, "too many dimensions");
		if (!(array ? read_dimension(c, &suffixes[n]) : read_parameters(c, &suffixes[n])))
			return TYPE_NONE;
		n++;
	}
	while (n--) {
		suffixes[n].target = base;
		base = model_add(c->x->model, suffixes[n]);
	}
	return group.at ? read_group(c, group, base) : base;
}

static type_id read_declarator(struct cursor *c, type_id base)
{
	if (++c->depth > EXPRESSION_DEPTH)
		return wrong(c, "is nested too deeply");
	base = read_prefixes(c, base);
	if (base != TYPE_NONE)
		base = read_suffixes(c, base);
	c->depth--;
	return base;
}

static type_id read_type(struct cursor *c)
{
	struct qualifier qualifiers[SUFFIXES_MAX];
	size_t n = 0;
	type_id base;

	while (n < SUFFIXES_MAX && take_qualifier(c, &qualifiers[n])) {
		if (!take(c, " "))
			return wrong(c, "expected a type behind the qualifier");
		n++;
	}
	base = c->what ? TYPE_NONE : read_reference(c);
	while (n-- && base != TYPE_NONE)
		base = apply_qualifier(c, qualifiers[n], base);
	if (base == TYPE_NONE)
		return TYPE_NONE;
	if (c->at + 1 < c->end && *c->at == ' ')
		c->at++;
	return read_declarator(c, base);
}

static bool has_all_anonymous(const struct type_ids *ids)
{
	for (size_t i = 0; i < ids->n; i++)
		if (ids->at[i] == TYPE_NONE)
			return false;
	return true;
}

type_id expression_read(struct expressions *expressions, struct slice text, const char **what,
			size_t *where)
{
	struct cursor c = {
		.x = expressions, .at = text.at, .end = text.at + text.n, .length = text.n};
	type_id id = slice_table_get(&expressions->memory, text);

	if (id != TYPE_NONE)
		return id;
	id = read_type(&c);
	if (id != TYPE_NONE && c.at != c.end)
		id = wrong(&c, "unexpected text behind the type");
	if (id != TYPE_NONE && !has_all_anonymous(&expressions->anonymous))
		id = wrong(&c, "the numbers of the anonymous types have a gap");
	if (id != TYPE_NONE && !expressions->anonymous.n)
		slice_table_put(&expressions->memory, text, id);
	*what = c.what;
	*where = c.where ? (size_t)(c.where - text.at) : 0;
	return id;
}
