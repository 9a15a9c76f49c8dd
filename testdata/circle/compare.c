/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares the types of an input with what a compiler made of their definitions as carryover dump
 * --format c prints them: compare ORIGINAL COMPILED. Each struct and union (each shape of a name,
 * and each anonymous one that a typedef names) must have the same size and effective alignment, and
 * its members the same names, offsets, sizes, alignments and encodings.
 */
#include "gen/layout_names.h"
#include "schema/input.h"
#include "schema/select.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct circle {
	struct intern intern;
	struct model original, compiled;
	struct selection all;
	struct layout_names names;
	size_t same, total;
};

static void print_diags(const struct diags *diags)
{
	for (size_t i = 0; i < diags->n; i++)
		fprintf(stderr, "%s:%" PRIu32 ": %s\n", diags->at[i].at.file ? diags->at[i].at.file : "",
			diags->at[i].at.line, diags->at[i].text);
}

static bool read_input(const char *path, struct intern *names, struct model *model)
{
	struct read_options options = {0};
	struct diags diags;
	bool good;

	diags_init(&diags);
	model_init(model, names);
	good = input_read(path, &options, model, &diags);
	print_diags(&diags);
	diags_deinit(&diags);
	return good;
}

static bool differ(const char *label, const char *member, const char *what, uint64_t a, uint64_t b)
{
	printf("%s%s%s: %s %" PRIu64 " became %" PRIu64 "\n", label, *member ? "." : "", member, what, a,
	       b);
	return false;
}

static bool same_record(struct circle *c, const char *label, const struct type *x,
			const struct type *y);

static bool is_anonymous_record(const struct type *type)
{
	return (type->kind == KIND_STRUCT || type->kind == KIND_UNION) && !type->name;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* What a member is made of: arrays and aliases removed. */
static const struct type *leaf(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));

	while (type->kind == KIND_ARRAY)
		type = type_at(model, strip(model, type->target));
	return type;
}

static bool same_member(struct circle *c, const char *label, const struct member *a,
			const struct member *b)
{
	const char *name = a->name ? layout_names_member(&c->names, a->name) : "";
	const struct type *x = leaf(&c->original, a->type), *y = leaf(&c->compiled, b->type);
	uint64_t a_align = larger(type_at(&c->original, a->type)->align, a->align_attr);
	uint64_t b_align = larger(type_at(&c->compiled, b->type)->align, b->align_attr);

	if (strcmp(name, b->name ? b->name : "") != 0) {
		printf("%s.%s: became %s\n", label, name, b->name ? b->name : "anonymous");
		return false;
	}
	if (a->bit_offset != b->bit_offset)
		return differ(label, name, "bit offset", a->bit_offset, b->bit_offset);
	if (member_bits(&c->original, a) != member_bits(&c->compiled, b))
		return differ(label, name, "size in bits", member_bits(&c->original, a),
			      member_bits(&c->compiled, b));
	if (a_align != b_align)
		return differ(label, name, "alignment", a_align, b_align);
	if (x->kind != y->kind)
		return differ(label, name, "kind", x->kind, y->kind);
	if (x->kind != KIND_ENUM && x->encoding != y->encoding)
		return differ(label, name, "encoding", x->encoding, y->encoding);
	return !is_anonymous_record(x) || !is_anonymous_record(y) || same_record(c, label, x, y);
}

static bool same_record(struct circle *c, const char *label, const struct type *x,
			const struct type *y)
{
	if (x->size != y->size)
		return differ(label, "", "size", x->size, y->size);
	if (x->align != y->align)
		return differ(label, "", "alignment", x->align, y->align);
	if (x->n != y->n)
		return differ(label, "", "number of members", x->n, y->n);
	for (uint32_t i = 0; i < x->n; i++)
		if (!same_member(c, label, &members_of(&c->original, x)[i],
				 &members_of(&c->compiled, y)[i]))
			return false;
	return true;
}

/* The compiled type that stands for ID, behind a typedef when ID is one. */
static const struct type *partner(struct circle *c, type_id id)
{
	const struct type *type = type_at(&c->original, id);
	struct type_list list = model_named(&c->compiled, type->kind, c->names.of_type[id]);

	if (list.n != 1)
		return NULL;
	if (type->kind == KIND_TYPEDEF)
		return type_at(&c->compiled, type_at(&c->compiled, list.first)->target);
	return type_at(&c->compiled, list.first);
}

static bool is_asked(const struct circle *c, const struct type *type)
{
	if ((type->kind == KIND_STRUCT || type->kind == KIND_UNION) && type->name)
		return !(type->flags & TYPE_DECLARATION);
	return type->kind == KIND_TYPEDEF && is_anonymous_record(type_at(&c->original, type->target));
}

static void compare_all(struct circle *c)
{
	for (type_id id = 0; id < c->original.types.n; id++) {
		const struct type *type = type_at(&c->original, id), *other;

		if (!is_asked(c, type))
			continue;
		c->total++;
		other = partner(c, id);
		if (type->kind == KIND_TYPEDEF)
			type = type_at(&c->original, type->target);
		if (!other)
			printf("%s: is not there\n", type_label(&c->original, id));
		else if (same_record(c, type_label(&c->original, id), type, other))
			c->same++;
	}
}

int main(int argc, char **argv)
{
	struct circle c = {0};
	bool good;

	if (argc != 3) {
		fprintf(stderr, "usage: compare ORIGINAL COMPILED\n");
		return 2;
	}
	intern_init(&c.intern);
	good = read_input(argv[1], &c.intern, &c.original) &&
	       read_input(argv[2], &c.intern, &c.compiled);
	if (good) {
		select_closure(&c.original, NULL, 0, false, &c.all);
		layout_names_init(&c.names, &c.original, c.all.at, NULL);
		compare_all(&c);
		printf("%zu of %zu identical\n", c.same, c.total);
		layout_names_deinit(&c.names);
		selection_deinit(&c.all);
	}
	model_deinit(&c.original);
	model_deinit(&c.compiled);
	intern_deinit(&c.intern);
	return !good ? 2 : c.total == 0 || c.same != c.total;
}
