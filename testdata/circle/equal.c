/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether two inputs give one model, type by type and field by field: equal INPUT INPUT, of a
 * program and its snapshot. Only the compile unit of a type whose label does not name it may be
 * unknown to one.
 */
#include "schema/input.h"

#include <stdio.h>
#include <string.h>

#define PRINTED_MAX 20

struct sides {
	struct intern names;
	struct model a, b;
	size_t different;
};

static bool read_input(const char *path, struct intern *names, struct model *model)
{
	struct read_options options = {0};
	struct diags diags;
	bool good;

	diags_init(&diags);
	model_init(model, names);
	good = input_read(path, &options, model, &diags);
	for (size_t i = 0; i < diags.n; i++)
		fprintf(stderr, "%s: %s\n", path, diags.at[i].text);
	diags_deinit(&diags);
	return good;
}

static void differ(struct sides *s, const struct type *type, const char *what)
{
	if (s->different++ < PRINTED_MAX)
		printf("%s %s: %s\n", kind_word(type->kind),
		       type->name ? type->name : "(anonymous)", what);
}

static bool same_members(const struct sides *s, const struct type *x, const struct type *y)
{
	for (uint32_t i = 0; i < x->n; i++) {
		const struct member *a = &members_of(&s->a, x)[i], *b = &members_of(&s->b, y)[i];

		if (a->name != b->name || a->type != b->type || a->line != b->line ||
		    a->bit_offset != b->bit_offset || a->bit_size != b->bit_size ||
		    a->align_attr != b->align_attr)
			return false;
	}
	return true;
}

static bool same_parts(const struct sides *s, const struct type *x, const struct type *y)
{
	if (x->n != y->n)
		return false;
	if (x->kind == KIND_STRUCT || x->kind == KIND_UNION)
		return same_members(s, x, y);
	for (uint32_t i = 0; i < x->n; i++) {
		if (x->kind == KIND_ENUM &&
		    (enumerators_of(&s->a, x)[i].name != enumerators_of(&s->b, y)[i].name ||
		     enumerators_of(&s->a, x)[i].value != enumerators_of(&s->b, y)[i].value))
			return false;
		if (x->kind == KIND_FUNCTION &&
		    (parameters_of(&s->a, x)[i].name != parameters_of(&s->b, y)[i].name ||
		     parameters_of(&s->a, x)[i].type != parameters_of(&s->b, y)[i].type))
			return false;
	}
	return true;
}

static bool same_place(const struct type *x, const struct type *y)
{
	if (x->file != y->file || x->line != y->line)
		return false;
	return !x->name || !strstr(x->label, " @ ") || (x->unit == y->unit && x->scope == y->scope);
}

static void compare(struct sides *s, const struct type *x, const struct type *y)
{
	if (x->kind != y->kind || x->name != y->name || x->label != y->label)
		differ(s, x, "another type stands in its place");
	else if (!hash128_equal(x->shape, y->shape))
		differ(s, x, "shape");
	else if (x->size != y->size || x->count != y->count || x->align != y->align ||
		 x->align_attr != y->align_attr)
		differ(s, x, "size or alignment");
	else if (x->target != y->target || x->encoding != y->encoding || x->flags != y->flags)
		differ(s, x, "target, encoding or flags");
	else if (!same_parts(s, x, y))
		differ(s, x, "members, enumerators or parameters");
	else if (!same_place(x, y))
		differ(s, x, "place of the declaration");
}

int main(int argc, char **argv)
{
	struct sides s = {0};
	bool good;

	if (argc != 3) {
		fprintf(stderr, "usage: equal INPUT INPUT\n");
		return 2;
	}
	intern_init(&s.names);
	good = read_input(argv[1], &s.names, &s.a) && read_input(argv[2], &s.names, &s.b);
	if (good && s.a.types.n != s.b.types.n)
		printf("%zu types, not %zu\n", s.b.types.n, s.a.types.n);
	for (type_id id = 0; good && id < s.a.types.n && id < s.b.types.n; id++)
		compare(&s, type_at(&s.a, id), type_at(&s.b, id));
	good = good && s.a.types.n == s.b.types.n && !s.different;
	if (good)
		printf("%zu types equal\n", s.a.types.n);
	model_deinit(&s.a);
	model_deinit(&s.b);
	intern_deinit(&s.names);
	return !good;
}
