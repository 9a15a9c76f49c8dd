/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holds the types that DWARF and BTF have of one program against each other: agree DWARF BTF. Every
 * struct, union and enum that either of them has, and every anonymous one that a typedef names,
 * must be in the other with the same name and shape, up to what BTF cannot say. Prints one line for
 * each that differs or is an exception, then the exceptions counted by their reason, and last "N of
 * N agree".
 */
#include "schema/input.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What BTF cannot say. */
enum exception { FLEXIBLE, DIMENSIONS, ALIGNMENT, EXCEPTIONS };

static const char *const words[EXCEPTIONS] = {
	[FLEXIBLE] = "[] is written [0]",
	[DIMENSIONS] = "several dimensions are written as one",
	[ALIGNMENT] = "an alignment that was asked for is not written",
};

struct pair {
	struct intern intern;
	struct model dwarf, btf;
	unsigned int met; /* exceptions of the two types at hand, as bits */
	char why[256];	  /* what differs in them */
	size_t exceptions[EXCEPTIONS];
	size_t agree, total, by_exception;
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

static void meet(struct pair *p, enum exception exception)
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
	struct flat a = flatten(&p->dwarf, x), b = flatten(&p->btf, y);

	if (a.count != b.count)
		return LOST(p, "%" PRIu64 " elements and %" PRIu64, a.count, b.count);
	if (a.flexible)
		meet(p, FLEXIBLE);
	if (a.dimensions != b.dimensions)
		meet(p, DIMENSIONS);
	return same_type(p, a.element, b.element, by_value);
}

static bool same_function(struct pair *p, const struct type *x, const struct type *y)
{
	if ((x->flags ^ y->flags) & TYPE_VARIADIC)
		return LOST(p, "one has an ellipsis");
	if (x->n != y->n)
		return LOST(p, "%" PRIu32 " parameters and %" PRIu32, x->n, y->n);
	for (uint32_t i = 0; i < x->n; i++)
		if (!same_type(p, parameters_of(&p->dwarf, x)[i].type,
			       parameters_of(&p->btf, y)[i].type, false))
			return false;
	return same_type(p, x->target, y->target, false);
}

/* By value a type counts with its size; a pointee by kind and name; what has no name by its shape.
 */
static bool same_type(struct pair *p, type_id a, type_id b, bool by_value)
{
	const struct type *x = type_at(&p->dwarf, a), *y = type_at(&p->btf, b);

	if (x->kind != y->kind)
		return LOST(p, "%s and %s", kind_word(x->kind), kind_word(y->kind));
	if (!same_name(x->name, y->name))
		return LOST(p, "called %s and %s", x->name ? x->name : "nothing",
			    y->name ? y->name : "nothing");
	if (by_value && type_size(&p->dwarf, a) != type_size(&p->btf, b))
		return LOST(p, "%" PRIu64 " and %" PRIu64 " bytes", type_size(&p->dwarf, a),
			    type_size(&p->btf, b));
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

static bool same_enum(struct pair *p, const struct type *x, const struct type *y)
{
	if (x->encoding != y->encoding)
		return LOST(p, "encodings %u and %u", x->encoding, y->encoding);
	for (uint32_t i = 0; i < x->n; i++) {
		const struct enumerator *a = &enumerators_of(&p->dwarf, x)[i];
		const struct enumerator *b = &enumerators_of(&p->btf, y)[i];

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
		meet(p, ALIGNMENT);
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
		if (!same_member(p, &members_of(&p->dwarf, x)[i], &members_of(&p->btf, y)[i]))
			return false;
	if (asks_alignment(&p->dwarf, (type_id)(x - p->dwarf.types.at)))
		meet(p, ALIGNMENT);
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
	const struct model *from = from_dwarf ? &p->dwarf : &p->btf;
	const struct model *to = from_dwarf ? &p->btf : &p->dwarf;
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

static void count_exceptions(struct pair *p, const char *label)
{
	p->by_exception += p->met != 0;
	for (unsigned int i = 0; i < EXCEPTIONS; i++) {
		if (!(p->met >> i & 1))
			continue;
		p->exceptions[i]++;
		printf("%s: %s\n", label, words[i]);
	}
}

static void compare_all(struct pair *p, bool from_dwarf)
{
	const struct model *from = from_dwarf ? &p->dwarf : &p->btf;

	for (type_id id = 1; id < from->types.n; id++) {
		const char *label = type_label(from, id);

		if (!asked(from, id))
			continue;
		p->total++;
		if (has_partner(p, id, from_dwarf)) {
			p->agree++;
			if (from_dwarf)
				count_exceptions(p, label);
			continue;
		}
		printf("%s of %s: %s\n", label, from_dwarf ? "DWARF" : "BTF", p->why);
	}
}

static bool read_input(const char *path, const char *reader, struct intern *names,
		       struct model *model)
{
	struct diags diags;
	bool good;

	diags_init(&diags);
	model_init(model, names);
	good = input_read(path, NULL, model, &diags);
	for (size_t i = 0; i < diags.n; i++)
		fprintf(stderr, "%s: %s\n", diags.at[i].at.file ? diags.at[i].at.file : "",
			diags.at[i].text);
	if (good && !same_name(model->info.reader, reader)) {
		fprintf(stderr, "%s: not read by %s\n", path, reader);
		good = false;
	}
	diags_deinit(&diags);
	return good;
}

static void report(const struct pair *p)
{
	for (unsigned int i = 0; i < EXCEPTIONS; i++)
		printf("%zu: %s\n", p->exceptions[i], words[i]);
	printf("%zu of %zu agree, %zu of them up to what BTF cannot say\n", p->agree, p->total,
	       p->by_exception);
}

int main(int argc, char **argv)
{
	struct pair p = {0};
	bool good;

	if (argc != 3) {
		fprintf(stderr, "usage: agree DWARF BTF\n");
		return 2;
	}
	intern_init(&p.intern);
	good = read_input(argv[1], "dwarf", &p.intern, &p.dwarf) &&
	       read_input(argv[2], "btf", &p.intern, &p.btf);
	if (good) {
		compare_all(&p, true);
		compare_all(&p, false);
		report(&p);
	}
	model_deinit(&p.dwarf);
	model_deinit(&p.btf);
	intern_deinit(&p.intern);
	return !good ? 2 : p.total == 0 || p.agree != p.total;
}
