/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DWARF against BTF: see cross.h. Where one name has several shapes, one that agrees is enough. */
#include "cross.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Anonymous types in each other and pointers in a row: no program has more. */
#define DEPTH_MAX 1000

struct pair {
	const struct model *dwarf, *btf;
	unsigned int depth;
	uint32_t met;  /* exceptions of the two types at hand, as bits */
	char why[256]; /* what differs in them */
};

#define LOST(pair, ...) (snprintf((pair)->why, sizeof((pair)->why), __VA_ARGS__), false)

static bool is_tagged(const struct type *type)
{
	return type->kind == KIND_STRUCT || type->kind == KIND_UNION || type->kind == KIND_ENUM;
}

static bool is_record_type(const struct type *type)
{
	return type->kind == KIND_STRUCT || type->kind == KIND_UNION;
}

static bool same_name(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static void meet(struct pair *p, enum cross_exception exception)
{
	p->met |= 1u << exception;
}

static bool same_type(struct pair *p, type_id a, type_id b, bool by_value);
static bool same_shape(struct pair *p, const struct type *x, const struct type *y);

/* An alignment that was asked for stands in the type, a member, or what is in it by value. */
static bool asks_alignment(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));

	for (type_id alias = id; alias != strip(model, id); alias = type_at(model, alias)->target)
		if (type_at(model, alias)->align_attr)
			return true;
	if (type->align_attr)
		return true;
	if (type->kind == KIND_ARRAY)
		return asks_alignment(model, type->target);
	for (uint32_t i = 0; is_record_type(type) && i < type->n; i++)
		if (members_of(model, type)[i].align_attr ||
		    asks_alignment(model, members_of(model, type)[i].type))
			return true;
	return false;
}

/* An array with those that it is directly made of, as one. */
struct flat {
	uint64_t count;
	unsigned int dimensions;
	bool flexible;
	type_id element;
};

static struct flat flatten(const struct model *model, const struct type *array)
{
	struct flat flat = {.count = 1};

	for (;; array = type_at(model, array->target)) {
		flat.count *= array->count;
		flat.flexible |= array->flags & TYPE_FLEXIBLE;
		flat.dimensions++;
		flat.element = array->target;
		if (type_at(model, array->target)->kind != KIND_ARRAY)
			return flat;
	}
}

static bool same_array(struct pair *p, const struct type *x, const struct type *y, bool by_value)
{
	struct flat a = flatten(p->dwarf, x), b = flatten(p->btf, y);

	if (a.count != b.count)
		return LOST(p, "%" PRIu64 " elements and %" PRIu64, a.count, b.count);
	if (a.flexible)
		meet(p, CROSS_FLEXIBLE);
	if (a.dimensions != b.dimensions)
		meet(p, CROSS_DIMENSIONS);
	return same_type(p, a.element, b.element, by_value);
}

static bool same_function(struct pair *p, const struct type *x, const struct type *y)
{
	if ((x->flags ^ y->flags) & TYPE_VARIADIC)
		return LOST(p, "one has an ellipsis");
	if (x->n != y->n)
		return LOST(p, "%" PRIu32 " parameters and %" PRIu32, x->n, y->n);
	for (uint32_t i = 0; i < x->n; i++)
		if (!same_type(p, parameters_of(p->dwarf, x)[i].type,
			       parameters_of(p->btf, y)[i].type, false))
			return false;
	return same_type(p, x->target, y->target, false);
}

/* What X, called as Y and of its kind, leads to. */
static bool same_target(struct pair *p, const struct type *x, const struct type *y, bool by_value)
{
	switch (x->kind) {
	case KIND_VOID:
		return true;
	case KIND_INT:
	case KIND_FLOAT:
		return x->encoding == y->encoding && x->size == y->size
			       ? true
			       : LOST(p, "encodings %u and %u", x->encoding, y->encoding);
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_ENUM:
		return x->name || same_shape(p, x, y);
	case KIND_ARRAY:
		return same_array(p, x, y, by_value);
	case KIND_FUNCTION:
		return same_function(p, x, y);
	case KIND_POINTER:
		return same_type(p, x->target, y->target, false);
	case KIND_TYPEDEF:
		return !by_value || same_type(p, x->target, y->target, true);
	default:
		return same_type(p, x->target, y->target, by_value);
	}
}

/* By value a type counts with its size; a pointee by kind and name; what has no name by its shape. */
static bool same_type(struct pair *p, type_id a, type_id b, bool by_value)
{
	const struct type *x = type_at(p->dwarf, a), *y = type_at(p->btf, b);
	bool same;

	if (x->kind != y->kind)
		return LOST(p, "%s and %s", kind_word(x->kind), kind_word(y->kind));
	if (!same_name(x->name, y->name))
		return LOST(p, "called %s and %s", x->name ? x->name : "nothing",
			    y->name ? y->name : "nothing");
	if (by_value && type_size(p->dwarf, a) != type_size(p->btf, b))
		return LOST(p, "%" PRIu64 " and %" PRIu64 " bytes", type_size(p->dwarf, a),
			    type_size(p->btf, b));
	if (p->depth == DEPTH_MAX)
		return LOST(p, "nested too deeply");
	p->depth++;
	same = same_target(p, x, y, by_value);
	p->depth--;
	return same;
}

static bool same_enum(struct pair *p, const struct type *x, const struct type *y)
{
	if (x->encoding != y->encoding)
		return LOST(p, "encodings %u and %u", x->encoding, y->encoding);
	for (uint32_t i = 0; i < x->n; i++) {
		const struct enumerator *a = &enumerators_of(p->dwarf, x)[i];
		const struct enumerator *b = &enumerators_of(p->btf, y)[i];

		if (!same_name(a->name, b->name) || a->value != b->value)
			return LOST(p, "enumerator %s is %s, or its value differs", a->name,
				    b->name);
	}
	return true;
}

static bool same_member(struct pair *p, const struct member *a, const struct member *b)
{
	char why[sizeof(p->why)];

	if (a->align_attr)
		meet(p, CROSS_ALIGNMENT);
	if (!same_name(a->name, b->name))
		return LOST(p, "member %s is %s", a->name ? a->name : "without a name",
			    b->name ? b->name : "without a name");
	if (a->bit_offset != b->bit_offset || a->bit_size != b->bit_size)
		return LOST(p, "member %s at bit %" PRIu64 ":%u and %" PRIu64 ":%u",
			    a->name ? a->name : "without a name", a->bit_offset, a->bit_size,
			    b->bit_offset, b->bit_size);
	if (same_type(p, a->type, b->type, true))
		return true;
	memcpy(why, p->why, sizeof(why));
	return LOST(p, "member %.64s: %.150s", a->name ? a->name : "without a name", why);
}

static bool same_record(struct pair *p, const struct type *x, const struct type *y)
{
	for (uint32_t i = 0; i < x->n; i++)
		if (!same_member(p, &members_of(p->dwarf, x)[i], &members_of(p->btf, y)[i]))
			return false;
	if (asks_alignment(p->dwarf, (type_id)(x - p->dwarf->types.at)))
		meet(p, CROSS_ALIGNMENT);
	else if (x->align != y->align || ((x->flags ^ y->flags) & TYPE_PACKED))
		return LOST(p, "alignments %" PRIu32 " and %" PRIu32, x->align, y->align);
	return true;
}

static bool same_shape(struct pair *p, const struct type *x, const struct type *y)
{
	if ((x->flags ^ y->flags) & TYPE_DECLARATION)
		return LOST(p, "one is a declaration");
	if (x->size != y->size)
		return LOST(p, "%" PRIu64 " and %" PRIu64 " bytes", x->size, y->size);
	if (x->n != y->n)
		return LOST(p, "%" PRIu32 " and %" PRIu32 " parts", x->n, y->n);
	return x->kind == KIND_ENUM ? same_enum(p, x, y) : same_record(p, x, y);
}

/* ---- all of them ---- */

/* The struct, union or enum that a named type or a typedef of an anonymous one stands for, or NULL.
 */
static const struct type *asked(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, id);

	if (type->kind == KIND_TYPEDEF) {
		type = type_at(model, type->target);
		return is_tagged(type) && !type->name ? type : NULL;
	}
	return is_tagged(type) && type->name && !(type->flags & TYPE_DECLARATION) ? type : NULL;
}

/* The types of MODEL that ID of the other model, FROM, can be, by kind and name. */
static struct type_list partners(const struct model *from, type_id id, const struct model *model)
{
	return model_named(model, type_at(from, id)->kind, type_at(from, id)->name);
}

static bool has_partner(struct pair *p, type_id id, bool from_dwarf)
{
	const struct model *from = from_dwarf ? p->dwarf : p->btf;
	const struct model *to = from_dwarf ? p->btf : p->dwarf;
	const struct type *type = asked(from, id), *other;
	struct type_list list = partners(from, id, to);

	strcpy(p->why, "is not there");
	for (size_t i = 0; i < list.n; i++) {
		other = asked(to, list.first + (type_id)i);
		if (!other || other->kind != type->kind)
			continue;
		p->met = 0;
		if (from_dwarf ? same_shape(p, type, other) : same_shape(p, other, type))
			return true;
	}
	p->met = 0;
	return false;
}

static void note(struct cross *cross, struct cross_type type)
{
	*VEC_PUSH(&cross->types) = type;
	if (type.why)
		return;
	cross->by_exception++;
	for (unsigned int i = 0; i < CROSS_EXCEPTIONS; i++)
		cross->exceptions[i] += type.exceptions >> i & 1;
}

static void compare_all(struct pair *p, bool from_dwarf, struct cross *cross)
{
	const struct model *from = from_dwarf ? p->dwarf : p->btf;

	for (type_id id = 1; id < from->types.n; id++) {
		struct cross_type type = {.id = id, .of_dwarf = from_dwarf};
		bool good;

		if (!asked(from, id))
			continue;
		type.label = type_label(from, id);
		cross->total++;
		good = has_partner(p, id, from_dwarf);
		cross->agree += good;
		if (!good)
			type.why = arena_strdup(&cross->arena, p->why);
		type.exceptions = p->met;
		if (!good || (from_dwarf && p->met))
			note(cross, type);
	}
}

void cross_compare(const struct model *dwarf, const struct model *btf, struct cross *cross)
{
	struct pair p = {.dwarf = dwarf, .btf = btf};

	*cross = (struct cross){0};
	arena_init(&cross->arena);
	compare_all(&p, true, cross);
	compare_all(&p, false, cross);
}

void cross_deinit(struct cross *cross)
{
	VEC_FREE(&cross->types);
	arena_deinit(&cross->arena);
}

const char *cross_word(enum cross_exception exception)
{
	static const char *const words[CROSS_EXCEPTIONS] = {
		[CROSS_FLEXIBLE] = "[] is written [0]",
		[CROSS_DIMENSIONS] = "several dimensions are written as one",
		[CROSS_ALIGNMENT] = "an alignment that was asked for is not written",
	};

	return words[exception];
}
