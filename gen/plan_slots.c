// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts a type into the slots that are decided one by one. */
#include <string.h>

#include "plan_internal.h"

#define NESTING_MAX 64

struct cutter {
	struct plan_maker *maker;
	struct plan_type *type;
	enum side side;
	const struct model *model;
	const struct path_set *own, *other, *deep;
	const struct idiom *link; /* the list head or node that is being cut, and its path */
	const char *link_path;
	const struct type *record; /* whose member is being cut */
};

bool path_within(const char *path, const char *below)
{
	size_t n = strlen(below);

	return !strncmp(path, below, n) && (!path[n] || path[n] == '.' || path[n] == '[');
}

static bool set_below(const struct path_set *set, const char *path)
{
	for (size_t i = 0; i < set->n; i++)
		if (path_within(set->at[i], path) && strcmp(set->at[i], path))
			return true;
	return false;
}

static bool set_covers(const struct path_set *set, const char *path)
{
	for (size_t i = 0; i < set->n; i++)
		if (path_within(path, set->at[i]))
			return true;
	return false;
}

uint64_t slot_bits(const struct slot *slot)
{
	return slot->bits * slot->count;
}

struct field slot_field(const struct slot *slot)
{
	return (struct field){
		.type = slot->type,
		.bit_offset = slot->bit,
		.bit_size = slot->is_bitfield ? (uint32_t)slot->bits : 0,
		.line = slot->at.line,
		.member = slot->member,
		.parent = slot->parent,
	};
}

uint32_t slot_find(const struct plan_type *type, enum side side, const char *path)
{
	for (uint32_t i = 0; i < type->slots[side].n; i++)
		if (!strcmp(type->slots[side].at[i].path, path))
			return i;
	return NO_INDEX;
}

bool is_idiom_list(const struct idiom *idiom)
{
	return idiom && idiom->kind == IDIOM_LIST;
}

static bool is_vector(const struct type *type)
{
	return type->kind == KIND_ARRAY && (type->flags & TYPE_VECTOR);
}

/* Removes arrays: the element's type and how many there are; a flexible tail counts 0. */
static void slot_count(const struct model *model, struct slot *slot)
{
	type_id id = strip(model, slot->type);

	slot->count = 1;
	while (type_at(model, id)->kind == KIND_ARRAY && !is_vector(type_at(model, id))) {
		const struct type *array = type_at(model, id);

		slot->is_array = true;
		if ((array->flags & TYPE_FLEXIBLE) || !array->count)
			slot->is_flexible = true;
		slot->count *= slot->is_flexible ? 0 : array->count;
		slot->element = strip_qualifiers(model, array->target);
		id = strip(model, array->target);
	}
	if (!slot->is_array)
		slot->element = strip_qualifiers(model, slot->type);
}

static enum slot_kind kind_of(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));

	switch (type->kind) {
	case KIND_INT:
		return type->encoding == ENC_COMPLEX ? SLOT_BYTES : SLOT_INT;
	case KIND_FLOAT:
		return type->encoding == ENC_COMPLEX ? SLOT_BYTES : SLOT_FLOAT;
	case KIND_ENUM:
		return SLOT_ENUM;
	case KIND_POINTER:
		return SLOT_POINTER;
	case KIND_STRUCT:
		return SLOT_RECORD;
	default:
		return SLOT_BYTES;
	}
}

static bool signed_of(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));

	return type->encoding == ENC_SIGNED || type->encoding == ENC_SIGNED_CHAR;
}

static struct slot *slot_add(struct cutter *cutter, const char *path, const struct member *member,
			     uint64_t base, bool in_union, struct place at)
{
	const struct model *model = cutter->model;
	struct slot slot = {.path = path,
			    .key = path,
			    .c = path,
			    .type = member->type,
			    .member = member,
			    .parent = cutter->record ? (type_id)(cutter->record - model->types.at)
						     : TYPE_NONE,
			    .in_union = in_union,
			    .bit = base + member->bit_offset,
			    .op = NO_INDEX,
			    .at = at};

	slot_count(model, &slot);
	slot.is_bitfield = member->bit_size;
	slot.bits = slot.is_bitfield ? member->bit_size : type_size(model, slot.element) * 8;
	slot.kind = kind_of(model, slot.element);
	slot.is_signed = signed_of(model, slot.element);
	slot.link = cutter->link;
	slot.link_path = cutter->link_path;
	if (!slot.bits)
		return NULL;
	*VEC_PUSH(&cutter->type->slots[cutter->side]) = slot;
	return &cutter->type->slots[cutter->side].at[cutter->type->slots[cutter->side].n - 1];
}

/* The names that reach through an anonymous record ID, one after another: true when one is WORD's
 * first N bytes. */
static bool reaches(const struct model *model, type_id id, const char *word, size_t n, int depth)
{
	const struct type *record = type_at(model, strip(model, id));
	const struct member *members = members_of(model, record);

	if (depth > 32 || (record->kind != KIND_STRUCT && record->kind != KIND_UNION))
		return false;
	for (uint32_t i = 0; i < record->n; i++) {
		if (members[i].name ? !strncmp(members[i].name, word, n) && !members[i].name[n]
				    : reaches(model, members[i].type, word, n, depth + 1))
			return true;
	}
	return false;
}

bool arm_named(const struct model *model, const struct member *arm, const char *word)
{
	size_t n = strcspn(word, ".[");

	if (arm->name)
		return !strncmp(arm->name, word, n) && !arm->name[n];
	return reaches(model, arm->type, word, n, 0);
}

/* Where the mapping names the member PATH. */
static struct place mention_place(const struct cutter *cutter, const char *path,
				  struct place otherwise)
{
	const struct type_decisions *decisions = cutter->type->decisions;

	for (size_t i = 0; i < decisions->members.n; i++)
		if (!strcmp(decisions->members.at[i].path.text, path))
			return decisions->members.at[i].path.at;
	for (size_t i = 0; i < decisions->carry.n; i++)
		if (!strcmp(decisions->carry.at[i].text, path))
			return decisions->carry.at[i].at;
	return otherwise;
}

/* The arm of union UNION_ under PREFIX that a path of SET names; -1 none. Two are an error. */
static int arm_named_in(struct cutter *cutter, const struct path_set *set,
			const struct type *union_, const char *prefix, struct place at)
{
	const struct member *arms = members_of(cutter->model, union_);
	size_t n = strlen(prefix);
	const char *first = NULL;
	int chosen = -1;

	for (size_t m = 0; m < set->n; m++) {
		const char *word = set->at[m];

		if (strncmp(word, prefix, n) || !word[n])
			continue;
		for (uint32_t i = 0; i < union_->n; i++) {
			if ((int)i == chosen || !arm_named(cutter->model, &arms[i], word + n))
				continue;
			if (chosen >= 0) {
				plan_error(cutter->maker, cutter->type, word,
					   mention_place(cutter, word, at),
					   "decided twice: %s and %s are arms of one union: a "
					   "union is one region under one decision, name only one "
					   "of them",
					   first, word);
				return chosen;
			}
			chosen = (int)i;
			first = word;
		}
	}
	return chosen;
}

/* What the mapping takes from the old union names its arm, else the new member of the same path. */
static int arm_chosen(struct cutter *cutter, const struct type *union_, const char *prefix,
		      struct place at)
{
	int arm = arm_named_in(cutter, cutter->own, union_, prefix, at);

	return arm < 0 && cutter->side == OLD
		       ? arm_named_in(cutter, cutter->other, union_, prefix, at)
		       : arm;
}

static void cut_record(struct cutter *cutter, const struct type *record, const char *prefix,
		       uint64_t base, bool in_union, int depth);
static void cut_member(struct cutter *cutter, const struct type *record,
		       const struct member *member, const char *prefix, uint64_t base,
		       bool in_union, int depth);

static void choice_add(struct cutter *cutter, const struct type *union_, int arm, uint64_t bit)
{
	const struct member *member = &members_of(cutter->model, union_)[arm];

	*VEC_PUSH(&cutter->type->choices[cutter->side]) = (struct union_choice){
		.bit = bit, .bits = union_->size * 8, .arm = member->name ? member->name : "{...}"};
}

/* The idiom of a list head that points to itself when empty. */
static const struct idiom *link_of(struct cutter *cutter, type_id id)
{
	const struct idiom *idiom = idiom_of(&cutter->maker->idioms, cutter->model, id);

	return is_idiom_list(idiom) && idiom->self ? idiom : NULL;
}

static const char *union_words(struct cutter *cutter, const struct type *union_, const char *prefix)
{
	const struct member *arms = members_of(cutter->model, union_);
	const char *words = "union of";

	for (uint32_t i = 0; i < union_->n; i++)
		words = arena_printf(cutter->maker->arena, "%s%s %s%s", words, i ? "," : "", prefix,
				     arms[i].name ? arms[i].name : "{...}");
	return words;
}

/* The first name that reaches into anonymous record ID: how a mapping speaks of it. */
static const char *first_arm(const struct model *model, type_id id, int depth)
{
	const struct type *record = type_at(model, strip(model, id));
	const struct member *members = members_of(model, record);
	const char *name = NULL;

	if (depth > NESTING_MAX || (record->kind != KIND_STRUCT && record->kind != KIND_UNION))
		return NULL;
	for (uint32_t i = 0; i < record->n && !name; i++)
		name = members[i].name ? members[i].name
				       : first_arm(model, members[i].type, depth + 1);
	return name;
}

static void cut_union(struct cutter *cutter, const struct type *union_, const struct member *member,
		      const char *prefix, uint64_t base, bool in_union, struct place at, int depth)
{
	uint64_t bit = base + member->bit_offset;
	const struct armed_union *armed =
		armed_find(cutter->type, cutter->side, bit, union_->size * 8);
	int arm = armed ? -1 : arm_chosen(cutter, union_, prefix, at);
	const char *name;
	struct slot *slot;

	if (arm >= 0) {
		choice_add(cutter, union_, arm, bit);
		cut_member(cutter, union_, &members_of(cutter->model, union_)[arm], prefix, bit,
			   true, depth + 1);
		return;
	}
	slot = slot_add(cutter, union_words(cutter, union_, prefix), member, base, in_union, at);
	if (!slot)
		return;
	slot->c = arena_printf(cutter->maker->arena, "%sco_union_%llu", prefix,
			       (unsigned long long)slot->bit / 8);
	name = first_arm(cutter->model, member->type, 0);
	if (name)
		slot->key = arena_printf(cutter->maker->arena, "%s%s", prefix, name);
	if (armed && armed->path)
		slot->path = slot->key = armed->path;
}

/* True when the struct or union at PATH is cut further instead of being a slot itself. */
static bool is_opened(struct cutter *cutter, type_id element, const char *path, bool is_array)
{
	const struct type *record = type_at(cutter->model, strip(cutter->model, element));

	if ((record->kind != KIND_STRUCT && record->kind != KIND_UNION) || is_array)
		return false;
	if (set_below(cutter->own, path))
		return true;
	if (set_below(cutter->other, path) && (record->kind == KIND_STRUCT || cutter->side == OLD))
		return true;
	if (record->kind == KIND_UNION)
		return false;
	if (link_of(cutter, element) && (!cutter->type->is_view || set_covers(cutter->own, path) ||
					 set_covers(cutter->other, path)))
		return true;
	if (!type_label(cutter->model, strip_qualifiers(cutter->model, element)) &&
	    !type_label(cutter->model, strip(cutter->model, element)))
		return true;
	return set_covers(cutter->deep, path);
}

static void cut_named(struct cutter *cutter, const struct member *member, const char *path,
		      uint64_t base, bool in_union, struct place at, int depth)
{
	const struct model *model = cutter->model;
	const struct type *type = type_at(model, strip(model, member->type));
	const char *prefix;

	if (armed_find(cutter->type, cutter->side, base + member->bit_offset,
		       type->kind == KIND_UNION ? type->size * 8 : 0) ||
	    !is_opened(cutter, member->type, path, type->kind == KIND_ARRAY)) {
		slot_add(cutter, path, member, base, in_union, at);
		return;
	}
	prefix = arena_printf(cutter->maker->arena, "%s.", path);
	if (type->kind == KIND_UNION) {
		int arm = arm_chosen(cutter, type, prefix, at);

		if (arm < 0) {
			slot_add(cutter, path, member, base, in_union, at);
			return;
		}
		choice_add(cutter, type, arm, base + member->bit_offset);
		cut_member(cutter, type, &members_of(model, type)[arm], prefix,
			   base + member->bit_offset, true, depth + 1);
	} else {
		cutter->link = link_of(cutter, member->type);
		cutter->link_path = cutter->link ? path : NULL;
		cut_record(cutter, type, prefix, base + member->bit_offset, in_union, depth + 1);
		cutter->link = NULL;
		cutter->link_path = NULL;
	}
}

static void cut_member(struct cutter *cutter, const struct type *record,
		       const struct member *member, const char *prefix, uint64_t base,
		       bool in_union, int depth)
{
	const struct model *model = cutter->model;
	const struct type *type = type_at(model, strip(model, member->type));
	struct place at = {.file = record->file, .line = member->line};

	cutter->record = record;
	if (member->name) {
		const char *path = arena_printf(cutter->maker->arena, "%s%s", prefix, member->name);

		cut_named(cutter, member, path, base, in_union, at, depth);
	} else if (type->kind == KIND_STRUCT) {
		cut_record(cutter, type, prefix, base + member->bit_offset, in_union, depth + 1);
	} else if (type->kind == KIND_UNION) {
		cut_union(cutter, type, member, prefix, base, in_union, at, depth);
	}
}

/* What lies deeper has no slot, and would pass for padding. */
static void nesting_refuse(struct cutter *cutter, const char *prefix)
{
	size_t n = strcspn(prefix, ".");
	const char *first = n ? arena_strndup(cutter->maker->arena, prefix, n) : "(anonymous)";

	plan_error(cutter->maker, cutter->type, first, cutter->type->at,
		   "nested deeper than %d levels, which is not supported; give a struct on the way "
		   "down a name of its own",
		   NESTING_MAX);
}

static void cut_record(struct cutter *cutter, const struct type *record, const char *prefix,
		       uint64_t base, bool in_union, int depth)
{
	const struct member *members = members_of(cutter->model, record);

	if (depth > NESTING_MAX) {
		nesting_refuse(cutter, prefix);
		return;
	}
	for (uint32_t i = 0; i < record->n; i++)
		cut_member(cutter, record, &members[i], prefix, base, in_union, depth);
}

static int slot_compare(const struct slot *a, const struct slot *b)
{
	return a->bit < b->bit ? -1 : a->bit > b->bit;
}

/* Stable: declaration order decides between slots at one place. */
static void slots_sort(struct slot *at, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct slot slot = at[i];
		size_t j = i;

		for (; j > 0 && slot_compare(&slot, &at[j - 1]) < 0; j--)
			at[j] = at[j - 1];
		at[j] = slot;
	}
}

/* Arrays of no elements before other members mark a place and hold nothing. */
static void markers_remove(struct plan_type *type, enum side side)
{
	size_t n = 0, last = 0;

	for (size_t i = 0; i < type->slots[side].n; i++)
		if (!type->slots[side].at[i].is_flexible)
			last = i;
	for (size_t i = 0; i < type->slots[side].n; i++)
		if (!type->slots[side].at[i].is_flexible || i > last)
			type->slots[side].at[n++] = type->slots[side].at[i];
	type->slots[side].n = n;
}

void slots_keep(struct plan_type *type, enum side side,
		bool (*keep)(const struct slot *slot, const void *data), const void *data)
{
	size_t n = 0;

	for (size_t i = 0; i < type->slots[side].n; i++)
		if (keep(&type->slots[side].at[i], data))
			type->slots[side].at[n++] = type->slots[side].at[i];
	type->slots[side].n = n;
}

void slots_fill(struct plan_maker *maker, struct plan_type *type, enum side side,
		const struct path_set mentions[2], const struct path_set *deep)
{
	struct cutter cutter = {
		.maker = maker,
		.type = type,
		.side = side,
		.own = &mentions[side],
		.other = &mentions[!side],
		.deep = deep,
		.model = maker->model[side],
	};
	const struct type *record = type_at(cutter.model, type->id[side]);

	if (record->kind == KIND_STRUCT) {
		cutter.link = link_of(&cutter, type->id[side]);
		cutter.link_path = "";
		cut_record(&cutter, record, "", 0, false, 0);
	} else {
		struct member *whole = ARENA_NEW(maker->arena, struct member);

		whole->type = type->id[side];
		cut_union(&cutter, record, whole, "", 0, false,
			  (struct place){.file = record->file, .line = record->line}, 0);
	}
	slots_sort(type->slots[side].at, type->slots[side].n);
	markers_remove(type, side);
}
