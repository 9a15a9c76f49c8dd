/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what a reader added to a finished model: alignments and shapes bottom up, equal types
 * merged, unreachable ones dropped, ids in canonical order, labels.
 */
#include "model.h"
#include "model_expand.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Deeper by-value nesting or longer chains of typedefs are no C program. */
#define DEPTH_MAX 2000

enum progress { UNSEEN, BUSY, DONE };

struct finish {
	struct model *model;
	struct diags *diags;
	struct hash128 *names; /* by id: what a pointer to the type counts by */
	struct hash128 *keys;  /* by id: equal keys are merged */
	uint8_t *shape_progress, *name_progress, *key_progress;
	type_id *definitions; /* named structs, unions, enums with a body, by kind and name */
	size_t n_definitions;
	type_id *map; /* old id to representative, later to new id */
	unsigned int depth;
	bool ok;
};

/* ---- hashing -----------------------------------------------------------------------------------
 */

static void feed_number(struct text *out, uint64_t number)
{
	text_raw(out, (const char *)&number, sizeof(number));
}

static void feed_name(struct text *out, const char *name)
{
	size_t n = name ? strlen(name) + 1 : 0;

	feed_number(out, n);
	text_raw(out, name ? name : "", n);
}

static void feed_hash(struct text *out, struct hash128 hash)
{
	feed_number(out, hash.lo);
	feed_number(out, hash.hi);
}

static struct hash128 finish_hash(struct text *text)
{
	struct hash128 hash = hash128(text->at, text->n);

	text_deinit(text);
	return hash;
}

static struct type *type_of(struct finish *f, type_id id)
{
	return &f->model->types.at[id];
}

static bool refuse(struct finish *f, type_id id, const char *member, const char *what)
{
	const struct type *type = type_of(f, id);
	const char *word = kind_word(type->kind);

	f->ok = false;
	return diag_evidence(f->diags,
			     (struct place){type->file ? type->file : f->model->info.name,
					    type->file ? type->line : 0, 0},
			     "%s %s%s%s: %s", word, type->name ? type->name : "(anonymous)",
			     member ? ", member " : "", member ? member : "", what);
}

static bool is_tagged(uint8_t kind)
{
	return kind == KIND_STRUCT || kind == KIND_UNION || kind == KIND_ENUM;
}

static bool is_named(const struct type *type)
{
	return type->name &&
	       (is_tagged(type->kind) || type->kind == KIND_TYPEDEF || type->kind == KIND_INT ||
		type->kind == KIND_FLOAT || type->kind == KIND_UNSPECIFIED);
}

/* ---- definitions by name -----------------------------------------------------------------------
 */

static int compare_tags(const struct type *x, const struct type *y)
{
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int compare_definitions(const void *a, const void *b, void *data)
{
	const struct finish *f = data;
	type_id i = *(const type_id *)a, j = *(const type_id *)b;
	int order = compare_tags(type_at(f->model, i), type_at(f->model, j));

	return order ? order : (i > j) - (i < j);
}

static void collect_definitions(struct finish *f)
{
	size_t room = 0;

	for (type_id id = 1; id < f->model->types.n; id++) {
		const struct type *type = type_of(f, id);

		if (!is_tagged(type->kind) || !type->name || (type->flags & TYPE_DECLARATION))
			continue;
		f->definitions = vec_grow(f->definitions, &room, f->n_definitions + 1,
					  sizeof(*f->definitions));
		f->definitions[f->n_definitions++] = id;
	}
	if (f->n_definitions)
		qsort_r(f->definitions, f->n_definitions, sizeof(*f->definitions),
			compare_definitions, f);
}

/* The definitions of TYPE's kind and name: *COUNT of them from the returned one on. */
static const type_id *definitions_of(const struct finish *f, const struct type *type, size_t *count)
{
	size_t low = 0, high = f->n_definitions, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_tags(type_at(f->model, f->definitions[middle]), type) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < f->n_definitions; end++)
		if (compare_tags(type_at(f->model, f->definitions[end]), type))
			break;
	*count = end - low;
	return f->definitions + low;
}

/* ---- alignment ---------------------------------------------------------------------------------
 */

static uint32_t power_of_two_at_most(uint64_t size, uint32_t limit)
{
	uint32_t align = 1;

	while (align < limit && (uint64_t)align * 2 <= size)
		align *= 2;
	return align;
}

/* The psABIs: i386 aligns 8-byte scalars in structs to 4, s390x 16-byte ones to 8. */
static uint32_t scalar_alignment(const struct model *model, const struct type *type)
{
	const char *arch = model->info.arch ? model->info.arch : "";
	uint32_t limit = 16;

	if (!strcmp(arch, "i686"))
		limit = type->size == 16 ? 16 : 4;
	else if (!strcmp(arch, "s390x"))
		limit = 8;
	return power_of_two_at_most(type->size, limit);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t member_alignment(const struct model *model, const struct member *member)
{
	return larger(type_at(model, member->type)->align, member->align_attr);
}

/* A bitfield that straddles two units of its type, or a member where its alignment forbids it. */
static bool member_is_packed(const struct model *model, const struct member *member)
{
	uint64_t unit = type_size(model, member->type) * 8;
	uint64_t align = member_alignment(model, member);

	if (member->bit_size)
		return unit && member->bit_offset % unit + member->bit_size > unit;
	return align && member->bit_offset % (align * 8) != 0;
}

/*
 * Debug info does not say `packed`: it shows where an offset, the size or the alignment that it
 * does say (DW_AT_alignment is what the type has, not only what it asked for) defies the natural
 * alignment.
 */
static void align_record(struct model *model, struct type *type)
{
	uint32_t natural = 1, asked = 1;
	bool packed = false;

	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = &members_of(model, type)[i];

		natural = larger(natural, member_alignment(model, member));
		if (member->align_attr && member->bit_offset % (member->align_attr * 8u) == 0)
			asked = larger(asked, member->align_attr);
		packed |= member_is_packed(model, member);
	}
	packed |= type->size % larger(natural, type->align_attr) != 0;
	packed |= type->align_attr && type->align_attr < natural;
	type->align = type->align_attr ? type->align_attr : packed ? asked : natural;
	while (!type->align_attr && type->size % type->align)
		type->align /= 2;
	if (packed)
		type->flags |= TYPE_PACKED;
}

static void align_type(struct model *model, struct type *type)
{
	switch (type->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
		align_record(model, type);
		return;
	case KIND_INT:
	case KIND_FLOAT:
	case KIND_ENUM:
	case KIND_POINTER:
		type->align = type->align_attr ? type->align_attr : scalar_alignment(model, type);
		return;
	case KIND_VOID:
	case KIND_FUNCTION:
	case KIND_UNSPECIFIED:
		type->align = 1;
		return;
	case KIND_ARRAY: /* repeats what its elements ask for */
		if (type->align_attr == type_at(model, type->target)->align)
			type->align_attr = 0;
		/* fall through */
	default:
		type->align =
			type->align_attr ? type->align_attr : type_at(model, type->target)->align;
	}
	if (type->flags & TYPE_VECTOR)
		type->align = larger(type->align, power_of_two_at_most(type->size, 64));
}

/* ---- shapes and names, bottom up ---------------------------------------------------------------
 */

static bool shape(struct finish *f, type_id id);
static bool name_of(struct finish *f, type_id id);

static bool enter(struct finish *f, type_id id, uint8_t *progress)
{
	if (*progress == BUSY)
		return refuse(f, id, NULL, "contains itself by value");
	if (f->depth >= DEPTH_MAX)
		return refuse(f, id, NULL, "is nested too deeply");
	*progress = BUSY;
	f->depth++;
	return true;
}

static void leave(struct finish *f, uint8_t *progress)
{
	*progress = DONE;
	f->depth--;
}

static bool array_size(struct finish *f, type_id id)
{
	struct type *type = type_of(f, id);
	uint64_t element = type_size(f->model, type->target);

	if (type->flags & TYPE_FLEXIBLE)
		type->count = 0;
	if (type->count && element > (UINT64_MAX / 16) / type->count)
		return refuse(f, id, NULL, "array is larger than any address space");
	type->size = type->count * element;
	return true;
}

static bool check_member(struct finish *f, type_id id, const struct member *member)
{
	const struct type *type = type_of(f, id);
	const struct type *inner = type_at(f->model, strip(f->model, member->type));
	const char *name = member->name ? member->name : "(anonymous)";
	uint64_t bits = member_bits(f->model, member);

	if (inner->kind == KIND_FUNCTION || inner->kind == KIND_VOID)
		return refuse(f, id, name, "has no size");
	if (is_tagged(inner->kind) && (inner->flags & TYPE_DECLARATION))
		return refuse(f, id, name, "its type is declared but not defined");
	if (member->bit_size > inner->size * 8)
		return refuse(f, id, name, "bitfield is wider than its type");
	if (bits > type->size * 8 || member->bit_offset > type->size * 8 - bits)
		return refuse(f, id, name, "lies outside its type");
	if (member->align_attr & (member->align_attr - 1))
		return refuse(f, id, name, "alignment is no power of two");
	return true;
}

static bool shape_members(struct finish *f, type_id id, struct text *out)
{
	const struct type *type = type_of(f, id);
	bool ok = true;

	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = &members_of(f->model, type)[i];

		if (!shape(f, member->type)) {
			ok = false;
			continue;
		}
		ok &= check_member(f, id, member);
		feed_name(out, member->name);
		feed_number(out, member->bit_offset);
		feed_number(out, member->bit_size);
		feed_hash(out, type_at(f->model, member->type)->shape);
	}
	return ok;
}

static void feed_enumerators(const struct model *model, const struct type *type, struct text *out)
{
	for (uint32_t i = 0; i < type->n; i++) {
		feed_name(out, enumerators_of(model, type)[i].name);
		feed_number(out, enumerators_of(model, type)[i].value);
	}
}

static bool feed_signature(struct finish *f, const struct type *type, struct text *out)
{
	bool ok = name_of(f, type->target);

	feed_hash(out, f->names[type->target]);
	for (uint32_t i = 0; i < type->n; i++) {
		type_id parameter = parameters_of(f->model, type)[i].type;

		ok = name_of(f, parameter) && ok;
		feed_hash(out, f->names[parameter]);
	}
	return ok;
}

static bool shape_parts(struct finish *f, type_id id, struct text *out)
{
	const struct type *type = type_of(f, id);
	bool ok;

	switch (type->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
		return shape_members(f, id, out);
	case KIND_ENUM:
		feed_enumerators(f->model, type, out);
		return true;
	case KIND_POINTER:
		ok = name_of(f, type->target);
		feed_hash(out, f->names[type->target]);
		return ok;
	case KIND_FUNCTION:
		return feed_signature(f, type, out);
	case KIND_TYPEDEF:
	case KIND_ARRAY:
	case KIND_CONST:
	case KIND_VOLATILE:
	case KIND_RESTRICT:
	case KIND_ATOMIC:
		ok = shape(f, type->target);
		feed_hash(out, type_at(f->model, type->target)->shape);
		return ok && (type->kind != KIND_ARRAY || array_size(f, id));
	default:
		return true;
	}
}

/* A declaration has the shape of the only definition of its name, else one of its own. */
static bool shape_declaration(struct finish *f, type_id id)
{
	struct type *type = type_of(f, id);
	struct text own;
	size_t n;
	const type_id *definitions = definitions_of(f, type, &n);
	bool only = n > 0;

	for (size_t i = 0; i < n; i++) {
		if (!shape(f, definitions[i]))
			return false;
		only &= hash128_equal(type_at(f->model, definitions[i])->shape,
				      type_at(f->model, definitions[0])->shape);
	}
	if (only) {
		type->align = type_at(f->model, definitions[0])->align;
		type->shape = type_at(f->model, definitions[0])->shape;
		return true;
	}
	type->align = 1;
	type->encoding = ENC_NONE; /* that of values which are not here */
	text_init(&own);
	feed_number(&own, type->kind);
	feed_name(&own, type->name);
	feed_name(&own, "declaration");
	type->shape = finish_hash(&own);
	return true;
}

/* Computes size, alignment and shape of ID after those of everything in it. */
static bool shape(struct finish *f, type_id id)
{
	struct type *type = type_of(f, id);
	struct text out;
	bool ok;

	if (f->shape_progress[id] == DONE)
		return true;
	if (!enter(f, id, &f->shape_progress[id]))
		return false;
	if (is_tagged(type->kind) && (type->flags & TYPE_DECLARATION) && type->name) {
		ok = shape_declaration(f, id);
	} else {
		text_init(&out);
		ok = shape_parts(f, id, &out);
		align_type(f->model, type);
		feed_number(&out, type->kind);
		feed_name(&out, type->name);
		feed_number(&out, type->size);
		feed_number(&out, type->count);
		feed_number(&out, type->align);
		feed_number(&out, type->encoding);
		feed_number(&out, type->flags);
		type->shape = finish_hash(&out);
	}
	leave(f, &f->shape_progress[id]);
	return ok;
}

/* What a pointer to ID counts by: kind and name; what has no name, by its parts. */
static bool name_of(struct finish *f, type_id id)
{
	const struct type *type = type_of(f, id);
	struct text out;
	bool ok = true;

	if (f->name_progress[id] == DONE)
		return true;
	if (!enter(f, id, &f->name_progress[id]))
		return false;
	text_init(&out);
	feed_number(&out, type->kind);
	feed_name(&out, type->name);
	if (is_tagged(type->kind) && !type->name) {
		ok = shape(f, id);
		feed_hash(&out, type->shape);
	} else if (type->kind == KIND_INT || type->kind == KIND_FLOAT) {
		feed_number(&out, type->size);
		feed_number(&out, type->encoding);
	} else if (!is_named(type) && type->kind != KIND_VOID) {
		feed_number(&out, type->count);
		feed_number(&out, type->flags & (TYPE_FLEXIBLE | TYPE_VARIADIC | TYPE_NOPROTO));
		ok = feed_signature(f, type, &out);
	}
	f->names[id] = finish_hash(&out);
	leave(f, &f->name_progress[id]);
	return ok;
}

/*
 * What is merged. Named types by shape; anonymous ones also by their place, because they belong to
 * the declaration they stand in; derived ones by what exactly they derive from.
 */
static bool key_of(struct finish *f, type_id id)
{
	const struct type *type = type_of(f, id);
	struct text out;
	bool ok = true;

	if (f->key_progress[id] == DONE)
		return true;
	if (!enter(f, id, &f->key_progress[id]))
		return false;
	text_init(&out);
	feed_hash(&out, type->shape);
	if (is_tagged(type->kind) && !type->name) {
		feed_name(&out, type->file);
		feed_number(&out, type->line);
	} else if (!is_named(type) && type->kind != KIND_VOID && !is_tagged(type->kind)) {
		feed_number(&out, type->align_attr);
		ok = key_of(f, type->target);
		feed_hash(&out, f->keys[type->target]);
		for (uint32_t i = 0; ok && type->kind == KIND_FUNCTION && i < type->n; i++) {
			type_id parameter = parameters_of(f->model, type)[i].type;

			ok = key_of(f, parameter);
			feed_hash(&out, f->keys[parameter]);
		}
	}
	f->keys[id] = finish_hash(&out);
	leave(f, &f->key_progress[id]);
	return ok;
}

/* ---- merging -----------------------------------------------------------------------------------
 */

static int compare_keys(const void *a, const void *b, void *data)
{
	const struct finish *f = data;
	type_id i = *(const type_id *)a, j = *(const type_id *)b;
	const struct hash128 *x = &f->keys[i], *y = &f->keys[j];
	bool x_declared = type_at(f->model, i)->flags & TYPE_DECLARATION;
	bool y_declared = type_at(f->model, j)->flags & TYPE_DECLARATION;

	if (x->hi != y->hi)
		return x->hi < y->hi ? -1 : 1;
	if (x->lo != y->lo)
		return x->lo < y->lo ? -1 : 1;
	if (x_declared != y_declared)
		return x_declared ? 1 : -1;
	return (i > j) - (i < j);
}

/* Every id to the first definition of its key. */
static void merge(struct finish *f)
{
	size_t n = f->model->types.n, room = 0;
	type_id *order = vec_grow(NULL, &room, n, sizeof(*order));
	type_id first = TYPE_VOID;

	for (type_id id = 0; id < n; id++)
		order[id] = id;
	qsort_r(order + 1, n - 1, sizeof(*order), compare_keys, f);
	f->map[TYPE_VOID] = TYPE_VOID;
	for (size_t i = 1; i < n; i++) {
		type_id id = order[i];

		if (i == 1 || !hash128_equal(f->keys[id], f->keys[first]))
			first = id;
		f->map[id] = type_of(f, id)->kind == KIND_VOID ? TYPE_VOID : first;
	}
	vec_free(order);
}

struct stack {
	type_id *at;
	size_t n, room;
};

static void reach(struct finish *f, type_id id, bool *reached, struct stack *stack)
{
	id = f->map[id];
	if (reached[id])
		return;
	reached[id] = true;
	*VEC_PUSH(stack) = id;
}

/* Everything that a named type reaches, and the enums that stand for nothing but their names: `enum { FOO = 1 };`. */
static void mark_reached(struct finish *f, bool *reached)
{
	struct stack stack = {0};

	reached[TYPE_VOID] = true;
	for (type_id id = 1; id < f->model->types.n; id++)
		if (is_named(type_of(f, id)) ||
		    (type_of(f, id)->kind == KIND_ENUM && type_of(f, id)->n))
			reach(f, id, reached, &stack);
	while (stack.n) {
		const struct type *type = type_of(f, stack.at[--stack.n]);

		reach(f, type->target, reached, &stack);
		for (uint32_t i = 0; i < type->n; i++) {
			if (type->kind == KIND_STRUCT || type->kind == KIND_UNION)
				reach(f, members_of(f->model, type)[i].type, reached, &stack);
			else if (type->kind == KIND_FUNCTION)
				reach(f, parameters_of(f->model, type)[i].type, reached, &stack);
		}
	}
	VEC_FREE(&stack);
}

/* ---- canonical order ---------------------------------------------------------------------------
 */

static int compare_text(const char *a, const char *b)
{
	if (a == b)
		return 0;
	if (!a || !b)
		return a ? -1 : 1;
	return strcmp(a, b);
}

/* Where an anonymous type was seen first does not count: its file and line, and what it is, do. */
static int compare_canonical(const void *a, const void *b, void *data)
{
	const struct finish *f = data;
	type_id i = *(const type_id *)a, j = *(const type_id *)b;
	const struct type *x = type_at(f->model, i), *y = type_at(f->model, j);
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if ((order = compare_text(x->name, y->name)))
		return order;
	if ((x->flags ^ y->flags) & TYPE_DECLARATION)
		return x->flags & TYPE_DECLARATION ? 1 : -1;
	if ((order = compare_text(x->file, y->file)))
		return order;
	if (x->name && (order = compare_text(x->unit, y->unit)))
		return order;
	if (x->name && (order = compare_text(x->scope, y->scope)))
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (f->keys[i].hi != f->keys[j].hi)
		return f->keys[i].hi < f->keys[j].hi ? -1 : 1;
	return (f->keys[i].lo > f->keys[j].lo) - (f->keys[i].lo < f->keys[j].lo);
}

/* Copies the range of one type from the old arrays to the new model, ids rewritten. */
static void copy_parts(const struct finish *f, struct model *to, struct type *type)
{
	const struct model *from = f->model;
	uint32_t first = type->first;

	switch (type->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
		type->first = (uint32_t)to->members.n;
		for (uint32_t i = 0; i < type->n; i++) {
			struct member member = from->members.at[first + i];

			member.type = f->map[member.type];
			*VEC_PUSH(&to->members) = member;
		}
		return;
	case KIND_ENUM:
		type->first = (uint32_t)to->enumerators.n;
		for (uint32_t i = 0; i < type->n; i++)
			*VEC_PUSH(&to->enumerators) = from->enumerators.at[first + i];
		return;
	case KIND_FUNCTION:
		type->first = (uint32_t)to->parameters.n;
		for (uint32_t i = 0; i < type->n; i++) {
			struct parameter parameter = from->parameters.at[first + i];

			parameter.type = f->map[parameter.type];
			*VEC_PUSH(&to->parameters) = parameter;
		}
		return;
	default:
		type->first = type->n = 0;
	}
}

/* Replaces the model's arrays by the N types of ORDER; map then leads from old ids to new ones. */
static void rebuild(struct finish *f, const type_id *order, size_t n)
{
	struct model *model = f->model, to = {0};
	size_t room = 0;
	type_id *new_ids = vec_grow(NULL, &room, model->types.n, sizeof(*new_ids));

	for (size_t i = 0; i < n; i++)
		new_ids[order[i]] = (type_id)i;
	for (size_t id = 0; id < model->types.n; id++)
		f->map[id] = new_ids[f->map[id]];
	for (size_t i = 0; i < n; i++) {
		struct type type = model->types.at[order[i]];

		type.target = f->map[type.target];
		copy_parts(f, &to, &type);
		*VEC_PUSH(&to.types) = type;
	}
	vec_free(new_ids);
	VEC_FREE(&model->types);
	VEC_FREE(&model->members);
	VEC_FREE(&model->enumerators);
	VEC_FREE(&model->parameters);
	memcpy(&model->types, &to.types, sizeof(to.types));
	memcpy(&model->members, &to.members, sizeof(to.members));
	memcpy(&model->enumerators, &to.enumerators, sizeof(to.enumerators));
	memcpy(&model->parameters, &to.parameters, sizeof(to.parameters));
}

static void reorder(struct finish *f)
{
	size_t n = f->model->types.n, room = 0, kept = 0;
	bool *reached = vec_grow(NULL, &room, n, sizeof(*reached));
	type_id *order;

	memset(reached, 0, n * sizeof(*reached));
	mark_reached(f, reached);
	room = 0;
	order = vec_grow(NULL, &room, n, sizeof(*order));
	for (type_id id = 0; id < n; id++) {
		if (!reached[f->map[id]])
			f->map[id] = TYPE_VOID;
		if (reached[id] && f->map[id] == id)
			order[kept++] = id;
	}
	qsort_r(order + 1, kept - 1, sizeof(*order), compare_canonical, f);
	rebuild(f, order, kept);
	vec_free(order);
	vec_free(reached);
}

/* ---- labels ------------------------------------------------------------------------------------
 */

static bool same_text(const char *a, const char *b)
{
	return compare_text(a, b) == 0;
}

/* How far types [FIRST, FIRST+N) must be told apart for TYPE: 0 name, 1 file, 2 unit, 3 scope, 4
 * number. */
static unsigned int label_depth(const struct model *model, type_id first, size_t n, type_id id)
{
	const struct type *type = type_at(model, id);
	unsigned int depth = 0;

	for (type_id other = first; other < first + n; other++) {
		const struct type *o = type_at(model, other);
		unsigned int need = 1;

		if (other == id || (o->flags & TYPE_DECLARATION))
			continue;
		if (same_text(o->file, type->file)) {
			need = 2;
			if (same_text(o->unit, type->unit)) {
				need = 3;
				if (same_text(o->scope, type->scope))
					need = 4;
			}
		}
		depth = need > depth ? need : depth;
	}
	return depth;
}

static const char *make_label(struct model *model, type_id first, size_t n, type_id id)
{
	const struct type *type = type_at(model, id);
	const char *keyword = kind_keyword(type->kind);
	unsigned int depth = type->flags & TYPE_DECLARATION ? 0 : label_depth(model, first, n, id);
	bool placed = type->file || type->unit; /* BTF says neither */
	struct text text;
	const char *label;

	text_init(&text);
	text_add(&text, "%s%s%s", keyword, *keyword ? " " : "", type->name);
	if (depth >= 1)
		text_add(&text, " @ %s", type->file ? type->file : "");
	if (depth >= 2 && placed)
		text_add(&text, ":%s", type->unit ? type->unit : "");
	if (depth >= 3 && placed)
		text_add(&text, ":%s", type->scope ? type->scope : "");
	if (depth >= 4)
		text_add(&text, "#%u", (unsigned int)(id - first + 1));
	label = intern(model->names, text_string(&text));
	text_deinit(&text);
	return label;
}

static void label_named(struct model *model)
{
	size_t n;

	for (type_id first = 1; first < model->types.n; first += (type_id)n) {
		const struct type *type = type_at(model, first);

		for (n = 1; is_named(type) && first + n < model->types.n; n++) {
			const struct type *next = type_at(model, first + (type_id)n);

			if (next->kind != type->kind || !same_text(next->name, type->name))
				break;
		}
		for (size_t i = 0; is_named(type) && i < n; i++)
			model->types.at[first + i].label =
				make_label(model, first, n, first + (type_id)i);
	}
}

/* An anonymous struct, union or enum that a typedef names goes by the typedef's label. */
static void label_by_typedefs(struct model *model)
{
	for (type_id id = 1; id < model->types.n; id++) {
		const struct type *type = type_at(model, id);
		struct type *target;

		if (type->kind != KIND_TYPEDEF)
			continue;
		target = &model->types.at[strip_qualifiers(model, type->target)];
		if (is_tagged(target->kind) && !target->name && !target->label)
			target->label = type->label;
	}
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static bool range_fits(uint32_t first, uint32_t n, size_t have)
{
	return first <= have && n <= have - first;
}

/* Ids and ranges point into the model: everything below relies on it. */
static bool check_ids(struct finish *f)
{
	const struct model *model = f->model;

	for (type_id id = 0; id < model->types.n; id++) {
		const struct type *type = type_of(f, id);
		bool record = type->kind == KIND_STRUCT || type->kind == KIND_UNION;
		size_t have = record			    ? model->members.n
			      : type->kind == KIND_ENUM	    ? model->enumerators.n
			      : type->kind == KIND_FUNCTION ? model->parameters.n
							    : 0;

		if (type->kind >= KIND_COUNT || type->target >= model->types.n ||
		    (type->n && !range_fits(type->first, type->n, have)))
			return refuse(f, id, NULL, "refers to a type that does not exist");
		if (type->align_attr & (type->align_attr - 1))
			refuse(f, id, NULL, "alignment is no power of two");
	}
	for (size_t i = 0; i < model->members.n; i++)
		if (model->members.at[i].type >= model->types.n)
			return refuse(f, 0, NULL, "refers to a type that does not exist");
	for (size_t i = 0; i < model->parameters.n; i++)
		if (model->parameters.at[i].type >= model->types.n)
			return refuse(f, 0, NULL, "refers to a type that does not exist");
	return f->ok;
}

static bool is_alias(const struct type *type)
{
	return type->kind == KIND_TYPEDEF ||
	       (type->kind >= KIND_CONST && type->kind <= KIND_ATOMIC);
}

/* strip() ends only where chains of typedefs and qualifiers do. */
static bool check_chains(struct finish *f)
{
	for (type_id id = 0; id < f->model->types.n; id++) {
		const struct type *type = type_of(f, id);

		for (unsigned int steps = 0; is_alias(type); steps++) {
			if (steps > DEPTH_MAX)
				return refuse(f, id, NULL, "is a typedef of itself");
			type = type_of(f, type->target);
		}
	}
	return true;
}

static bool compute(struct finish *f)
{
	for (type_id id = 0; id < f->model->types.n; id++) {
		shape(f, id);
		name_of(f, id);
	}
	for (type_id id = 0; f->ok && id < f->model->types.n; id++)
		key_of(f, id);
	return f->ok;
}

bool model_finish(struct model *model, struct diags *diags)
{
	size_t n = model->types.n;
	struct arena scratch;
	struct finish f = {.model = model, .diags = diags, .ok = true};

	arena_init(&scratch);
	f.names = ARENA_NEW_ARRAY(&scratch, n, struct hash128);
	f.keys = ARENA_NEW_ARRAY(&scratch, n, struct hash128);
	f.map = ARENA_NEW_ARRAY(&scratch, n, type_id);
	f.shape_progress = ARENA_NEW_ARRAY(&scratch, n, uint8_t);
	f.name_progress = ARENA_NEW_ARRAY(&scratch, n, uint8_t);
	f.key_progress = ARENA_NEW_ARRAY(&scratch, n, uint8_t);
	if (check_ids(&f) && check_chains(&f)) {
		collect_definitions(&f);
		if (compute(&f)) {
			merge(&f);
			reorder(&f);
			label_named(model);
			label_by_typedefs(model);
			f.ok = model_expansion_is_bounded(model, diags);
		}
	}
	vec_free(f.definitions);
	arena_deinit(&scratch);
	return f.ok;
}
