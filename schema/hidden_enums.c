/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for integers that a name or a use ties to an enum whose numbers changed. */
#include "hidden_enums.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32
#define NO_ENUM UINT32_MAX
#define NAMESAKES_MAX 2 /* integers of a name, for each that is declared with the enum */
#define LENGTH_MIN 3	/* a shorter array has its length from anywhere */
#define LENGTH_SURE 9	/* from here on lengths that changed together are no accident */

/* Members and parameters of one name. */
struct hidden_use {
	const char *name;	     /* interned */
	const char *by;		     /* the first that is declared with the enum, for people */
	uint32_t of;		     /* among the enums; NO_ENUM: none, or several */
	uint32_t declared, integers; /* how many are declared with it, how many are integers */
	enum hidden_how how;
};

/* ---- the enums ----------------------------------------------------------------------------------
 */

/* WORD is one of the words of NAME. */
static bool has_word(const char *name, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = name; (at = strstr(at, word)); at++)
		if ((at == name || at[-1] == '_') && (!at[n] || at[n] == '_'))
			return true;
	return false;
}

bool name_counts(const char *name)
{
	static const char *const words[] = {"MAX", "NR", "NUM", "COUNT", "NBITS", "LAST"};
	bool counts = false;

	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
		counts |= has_word(name, words[k]);
	return counts;
}

bool enum_counts(const struct type *type, const struct enumerator *all, uint32_t i)
{
	bool counts = name_counts(all[i].name);

	for (uint32_t k = 0; k < type->n && counts; k++)
		counts = k == i || all[k].value < all[i].value;
	return counts;
}

/* NAME counts the enumerators of TYPE: it moves when one is added, and is nobody's value. */
static bool is_count(const struct model *model, const struct type *type, const char *name)
{
	const struct enumerator *all = enumerators_of(model, type);

	for (uint32_t i = 0; i < type->n; i++)
		if (!strcmp(all[i].name, name))
			return enum_counts(type, all, i);
	return false;
}

static const struct diff_entry *example_of(const struct model *old, const struct diff_type *type)
{
	const struct diff_entry *gone = NULL;

	for (size_t i = 0; i < type->n; i++) {
		if (is_count(old, type_at(old, type->old_id), type->entries[i].path))
			continue;
		if (type->entries[i].rule == RULE_ENUMERATOR_RENUMBERED)
			return &type->entries[i];
		if (type->entries[i].rule == RULE_ENUMERATOR_REMOVED && !gone)
			gone = &type->entries[i];
	}
	return gone;
}

/* True when TYPE of DIFF is an enum with a name whose old values mean something else now: OUT. */
static bool enum_of(const struct diff *diff, const struct diff_type *type, struct hidden_enum *out)
{
	const char *label;

	if (type->old_id == TYPE_NONE || type->new_id == TYPE_NONE ||
	    type_at(diff->new, type->new_id)->kind != KIND_ENUM ||
	    type_at(diff->old, type->old_id)->kind != KIND_ENUM)
		return false;
	label = type_label(diff->new, type->new_id);
	*out = (struct hidden_enum){
		.old = type_at(diff->old, type->old_id),
		.new = type_at(diff->new, type->new_id),
		.name = label && !strncmp(label, "enum ", 5) ? label + 5 : label,
		.example = example_of(diff->old, type),
	};
	return label && out->example;
}

static void collect_enums(struct hidden_enums *hidden)
{
	struct hidden_enum one;

	for (size_t i = 0; i < hidden->diff->n; i++)
		if (enum_of(hidden->diff, &hidden->diff->at[i], &one))
			*VEC_PUSH(&hidden->enums) = one;
}

/* The changed enum that type ID of the new model is, or is an array of; NO_ENUM: none. */
static uint32_t enum_index(const struct hidden_enums *hidden, type_id id)
{
	const struct model *model = hidden->diff->new;
	const struct type *type = type_at(model, strip(model, id));

	while (type->kind == KIND_ARRAY)
		type = type_at(model, strip(model, type->target));
	for (uint32_t i = 0; type->kind == KIND_ENUM && i < hidden->enums.n; i++)
		if (hidden->enums.at[i].new == type)
			return i;
	return NO_ENUM;
}

/* ---- who is declared with one
 * --------------------------------------------------------------------- */

static int by_name(const void *va, const void *vb)
{
	const struct hidden_use *a = va, *b = vb;

	return a->name < b->name ? -1 : a->name > b->name;
}

static struct hidden_use *use_find(const struct hidden_enums *hidden, const char *name)
{
	struct hidden_use key = {.name = name};

	if (!hidden->uses.n || !name)
		return NULL;
	return bsearch(&key, hidden->uses.at, hidden->uses.n, sizeof(key), by_name);
}

/* One for each declaration, until they are sorted and joined. */
static void uses_of(struct hidden_enums *hidden, const struct type *type)
{
	const struct model *model = hidden->diff->new;
	bool is_function = type->kind == KIND_FUNCTION;

	for (uint32_t i = 0; i < type->n; i++) {
		const char *name = is_function ? parameters_of(model, type)[i].name
					       : members_of(model, type)[i].name;
		uint32_t of = enum_index(hidden, is_function ? parameters_of(model, type)[i].type
							     : members_of(model, type)[i].type);
		const char *by;

		if (of == NO_ENUM || !name)
			continue;
		by = is_function ? arena_printf(&hidden->arena, "parameter %s of a function", name)
				 : arena_printf(&hidden->arena, "%s.%s",
						type->label ? type->label : "(anonymous)", name);
		*VEC_PUSH(&hidden->uses) =
			(struct hidden_use){.name = name,
					    .by = by,
					    .of = of,
					    .declared = 1,
					    .how = is_function ? HIDDEN_PARAMETER : HIDDEN_MEMBER};
	}
}

static void use_join(struct hidden_use *into, const struct hidden_use *use)
{
	if (into->of != use->of)
		into->of = NO_ENUM;
	into->declared++;
	if (use->how < into->how || (use->how == into->how && strcmp(use->by, into->by) < 0)) {
		into->how = use->how;
		into->by = use->by;
	}
}

static void uses_join(struct hidden_enums *hidden)
{
	size_t kept = 0;

	if (hidden->uses.n)
		qsort(hidden->uses.at, hidden->uses.n, sizeof(*hidden->uses.at), by_name);
	for (size_t i = 0; i < hidden->uses.n; i++) {
		const struct hidden_use *use = &hidden->uses.at[i];

		if (kept && hidden->uses.at[kept - 1].name == use->name)
			use_join(&hidden->uses.at[kept - 1], use);
		else
			hidden->uses.at[kept++] = *use;
	}
	hidden->uses.n = kept;
}

/* What else has these names: where it is another enum, the name says nothing. */
static void namesakes_count(struct hidden_enums *hidden, const struct type *type)
{
	const struct model *model = hidden->diff->new;

	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = &members_of(model, type)[i];
		struct hidden_use *use = use_find(hidden, member->name);
		const struct type *of = type_at(model, strip(model, member->type));

		if (!use)
			continue;
		use->integers += of->kind == KIND_INT;
		if (of->kind == KIND_ENUM && enum_index(hidden, member->type) != use->of)
			use->of = NO_ENUM;
	}
}

void hidden_init(const struct diff *diff, struct hidden_enums *hidden)
{
	const struct model *model = diff->new;

	*hidden = (struct hidden_enums){.diff = diff};
	arena_init(&hidden->arena);
	collect_enums(hidden);
	for (type_id id = 0; hidden->enums.n && id < model->types.n; id++) {
		uint8_t kind = type_at(model, id)->kind;

		if (kind == KIND_STRUCT || kind == KIND_UNION || kind == KIND_FUNCTION)
			uses_of(hidden, type_at(model, id));
	}
	uses_join(hidden);
	for (type_id id = 0; hidden->uses.n && id < model->types.n; id++) {
		uint8_t kind = type_at(model, id)->kind;

		if (kind == KIND_STRUCT || kind == KIND_UNION)
			namesakes_count(hidden, type_at(model, id));
	}
}

void hidden_deinit(struct hidden_enums *hidden)
{
	VEC_FREE(&hidden->enums);
	VEC_FREE(&hidden->uses);
	arena_deinit(&hidden->arena);
}

/* ---- names --------------------------------------------------------------------------------------
 */

static size_t words_in(const char *name)
{
	size_t n = 1;

	for (; *name; name++)
		n += *name == '_';
	return n;
}

/* NAME ends in END, a word or several of it. */
static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n > m && name[n - m - 1] == '_' && !strcmp(name + n - m, end);
}

static bool starts_with(const char *name, const char *start, size_t n)
{
	return !strncmp(name, start, n) && (!name[n] || name[n] == '_');
}

/* The tag of a record's label without what tells it from its namesakes. */
static const char *tag_of(const struct type *record)
{
	return record->name ? record->name : "";
}

/* TAG begins with the N bytes of NAME, if underscores are left out: net_device with netdev. */
static bool is_akin(const char *tag, const char *name, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (name[i] == '_')
			continue;
		tag += *tag == '_';
		if (*tag++ != name[i])
			return false;
	}
	return true;
}

/* How many members of the new model are called NAME and are integers. */
static size_t integers_named(const struct model *model, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < model->members.n; i++)
		if (model->members.at[i].name == name)
			n += type_at(model, strip(model, model->members.at[i].type))->kind ==
			     KIND_INT;
	return n;
}

/*
 * MEMBER of struct TAG is called as enum NAME: as the whole, with the struct's name before it, or
 * as its first or last words, where the other words begin the struct's name, or are one and the
 * member's are several and seldom.
 */
static bool is_called(const struct model *model, const char *tag, const char *member,
		      const char *name)
{
	size_t n = strlen(name), m = strlen(member);
	bool few;

	if (!strcmp(member, name) || (*tag && n == strlen(tag) + m && !strncmp(name, tag, n - m) &&
				      !strcmp(name + n - m, member)))
		return true;
	few = words_in(member) > 1 && words_in(name) == words_in(member) + 1;
	if (ends_in(name, member))
		return is_akin(tag, name, n - m - 1) ||
		       (few && integers_named(model, member) <= NAMESAKES_MAX);
	return few && starts_with(name, member, m) &&
	       integers_named(model, member) <= NAMESAKES_MAX;
}

/* ---- one member
 * ----------------------------------------------------------------------------------- */

struct finder {
	struct hidden_enums *hidden;
	const struct type *record; /* whose name counts */
	type_id old_root;
	struct hidden_ties *out;
};

static bool is_whole_number(const struct model *model, const struct field *field)
{
	const struct type *type = type_at(model, strip(model, field->type));

	while (type->kind == KIND_ARRAY)
		type = type_at(model, strip(model, type->target));
	return type->kind == KIND_INT && type->encoding != ENC_BOOLEAN &&
	       type->encoding != ENC_COMPLEX && field->bit_size != 1;
}

static bool same_file(const struct finder *finder, const struct hidden_enum *of)
{
	const char *file = finder->record->file;

	return file && of->new->file && !strcmp(file, of->new->file);
}

/* Declared side by side, or of lengths that changed as the count did. */
static bool length_fits(const struct finder *finder, const struct hidden_enum *of,
			uint64_t old_size, uint64_t new_size)
{
	if (same_file(finder, of))
		return true;
	return old_size != new_size && old_size >= LENGTH_SURE && new_size >= LENGTH_SURE;
}

/* Enough of the values below COUNT have a name for them to be counted. */
static bool is_dense(const struct model *model, const struct type *type, uint64_t count)
{
	const struct enumerator *all = enumerators_of(model, type);
	uint64_t below = 0;

	for (uint32_t i = 0; i < type->n; i++) {
		bool again = false;

		for (uint32_t k = 0; k < i && !again; k++)
			again = all[k].value == all[i].value;
		below += !again && all[i].value < count;
	}
	return below * 4 >= count * 3;
}

/* The enumerator that counts SIZE values in the old enum and NEW_SIZE in the new one. */
static const char *count_of(const struct diff *diff, const struct hidden_enum *of,
			    uint64_t old_size, uint64_t new_size)
{
	const struct enumerator *old = enumerators_of(diff->old, of->old);
	const struct enumerator *new = enumerators_of(diff->new, of->new);

	for (uint32_t i = 0; i < of->new->n; i++)
		for (uint32_t k = 0; k < of->old->n; k++)
			if (!strcmp(new[i].name, old[k].name) && new[i].value == new_size &&
			    old[k].value == old_size &&enum_counts(of->new, new, i) &&
			    enum_counts(of->old, old, k) && is_dense(diff->new, of->new, new_size))
				return new[i].name;
	return NULL;
}

static void tie_add(struct finder *finder, const struct hidden_tie *tie)
{
	*VEC_PUSH(finder->out) = *tie;
}

static bool length_tie(struct finder *finder, struct hidden_tie *tie)
{
	const struct diff *diff = finder->hidden->diff;
	const struct type *old = type_at(diff->old, strip(diff->old, tie->old.type));
	const struct type *new = type_at(diff->new, strip(diff->new, tie->new.type));

	if (old->kind != KIND_ARRAY || new->kind != KIND_ARRAY || new->count < LENGTH_MIN)
		return false;
	for (size_t i = 0; i < finder->hidden->enums.n; i++) {
		tie->of = &finder->hidden->enums.at[i];
		tie->how = HIDDEN_LENGTH;
		tie->by = count_of(diff, tie->of, old->count, new->count);
		if (tie->by && length_fits(finder, tie->of, old->count, new->count))
			return true;
	}
	return false;
}

static bool name_tie(struct finder *finder, const char *name, struct hidden_tie *tie)
{
	for (size_t i = 0; i < finder->hidden->enums.n; i++) {
		tie->of = &finder->hidden->enums.at[i];
		tie->how = HIDDEN_NAME;
		tie->by = NULL;
		if (is_called(finder->hidden->diff->new, tag_of(finder->record), name,
			      tie->of->name))
			return true;
	}
	return false;
}

static bool use_tie(struct finder *finder, const char *name, struct hidden_tie *tie)
{
	const struct hidden_use *use = use_find(finder->hidden, name);

	if (!use || use->of == NO_ENUM || use->integers > NAMESAKES_MAX * use->declared)
		return false;
	tie->of = &finder->hidden->enums.at[use->of];
	if (words_in(name) == 1 && !same_file(finder, tie->of))
		return false;
	tie->how = use->how;
	tie->by = use->by;
	return true;
}

static void find_member(struct finder *finder, const char *path, const char *name,
			const struct field *new)
{
	const struct diff *diff = finder->hidden->diff;
	struct hidden_tie tie = {.path = path, .new = *new};
	size_t stop;

	if (!field_find(diff->old, finder->old_root, path, &tie.old, &stop))
		return;
	if (length_tie(finder, &tie)) {
		tie_add(finder, &tie);
		return;
	}
	if (!is_whole_number(diff->new, new) || !is_whole_number(diff->old, &tie.old))
		return;
	if (name_tie(finder, name, &tie) || use_tie(finder, name, &tie))
		tie_add(finder, &tie);
}

/* Walks the members that C reaches by name from a record, embedded structs with a name excepted:
 * those have their own turn. */
static void find_members(struct finder *finder, type_id id, const char *prefix, uint64_t bit,
			 int depth)
{
	const struct model *model = finder->hidden->diff->new;
	const struct type *record = type_at(model, strip(model, id));
	const struct member *members = members_of(model, record);

	for (uint32_t i = 0; i < record->n && depth < DEPTH_MAX; i++) {
		const struct member *member = &members[i];
		struct field field = {.type = member->type,
				      .bit_offset = bit + member->bit_offset,
				      .bit_size = member->bit_size,
				      .line = member->line,
				      .member = member,
				      .parent = id};
		const char *path = member->name ? arena_printf(&finder->hidden->arena, "%s%s",
							       prefix, member->name)
						: NULL;

		if (is_record(model, member->type) &&
		    !type_label(model, strip(model, member->type)))
			find_members(finder, member->type,
				     path ? arena_printf(&finder->hidden->arena, "%s.", path)
					  : prefix,
				     field.bit_offset, depth + 1);
		else if (path)
			find_member(finder, path, member->name, &field);
	}
}

void hidden_find(struct hidden_enums *hidden, type_id old_id, type_id new_id,
		 struct hidden_ties *out)
{
	struct finder finder = {
		.hidden = hidden,
		.record = type_at(hidden->diff->new, strip(hidden->diff->new, new_id)),
		.old_root = old_id,
		.out = out};

	if (hidden->enums.n && is_record(hidden->diff->new, new_id))
		find_members(&finder, new_id, "", 0, 0);
}

const char *hidden_index(const struct diff *diff, const struct field *field)
{
	const struct type *array = type_at(diff->new, strip(diff->new, field->type));
	const char *file;
	struct hidden_enum one;

	if (array->kind != KIND_ARRAY || array->count < LENGTH_MIN || field->parent == TYPE_NONE)
		return NULL;
	file = type_at(diff->new, strip(diff->new, field->parent))->file;
	for (size_t i = 0; i < diff->n; i++) {
		const struct diff_type *type = &diff->at[i];
		const char *at =
			type->new_id == TYPE_NONE ? NULL : type_at(diff->new, type->new_id)->file;

		if ((type->kind == KIND_ENUM || type->kind == KIND_TYPEDEF) && file && at &&
		    !strcmp(at, file) && enum_of(diff, type, &one) &&
		    count_of(diff, &one, array->count, array->count))
			return one.name;
	}
	return NULL;
}

/* ---- what is said of it
 * -------------------------------------------------------------------------- */

static const char *example_text(const struct hidden_enum *of, struct arena *arena)
{
	const struct diff_entry *example = of->example;
	bool is_signed = of->old->encoding == ENC_SIGNED;

	if (example->rule == RULE_ENUMERATOR_REMOVED)
		return arena_printf(
			arena, is_signed ? "%s (%" PRId64 ") is gone" : "%s (%" PRIu64 ") is gone",
			example->path, example->old_value);
	return arena_printf(arena,
			    is_signed ? "%s was %" PRId64 " and is %" PRId64
				      : "%s was %" PRIu64 " and is %" PRIu64,
			    example->path, example->old_value, example->new_value);
}

static const char *tie_text(const struct hidden_tie *tie, struct arena *arena)
{
	switch (tie->how) {
	case HIDDEN_NAME:
		return "is called as the enum";
	case HIDDEN_LENGTH:
		return arena_printf(arena, "has as many elements as %s counts", tie->by);
	default:
		return arena_printf(arena, "has the name of %s, which is declared with it",
				    tie->by);
	}
}

void hidden_warn(const struct hidden_enums *hidden, const struct hidden_tie *tie, const char *label,
		 struct place at, struct diags *diags)
{
	const struct model *model = hidden->diff->new;
	const struct hidden_enum *of = tie->of;
	const struct type *parent = type_at(model, strip(model, tie->new.parent));
	bool indexed = tie->how == HIDDEN_LENGTH;
	struct place member = {.file = parent->file, .line = tie->new.line};
	struct arena arena;

	arena_init(&arena);
	diag_add(
		diags, DIAG_WARNING, at.file ? at : member,
		"%s.%s may %s enum %s, whose values changed (%s), and nothing decides that: it %s; "
		"under `types: %s: members:` write `%s: { %s }`, or, if it does not, `%s: { from: "
		"%s, "
		"why: ... }`",
		label, tie->path, indexed ? "have an element for each value of" : "hold values of",
		of->name, example_text(of, &arena), tie_text(tie, &arena), label, tie->path,
		arena_printf(&arena, indexed ? "index: %s" : "constants: { enum: %s }", of->name),
		tie->path, tie->path);
	if (at.file && tie->new.line)
		diag_note(diags, member, "%s is declared here", tie->path);
	if (of->new->file)
		diag_note(diags, (struct place){.file = of->new->file, .line = of->new->line},
			  "enum %s is declared here", of->name);
	arena_deinit(&arena);
}
