/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes a record apart into what a mapping can name. */
#include "classify_parts.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64

struct walk_at {
	uint64_t base;	    /* bits from the start of the root */
	const char *prefix; /* of paths: "" or "cb." */
};

uint64_t field_bits(const struct model *model, const struct field *field)
{
	return field->bit_size ? field->bit_size : type_size(model, field->type) * 8;
}

static void collect(struct leaves *leaves, type_id record, struct walk_at at, unsigned int depth);

/* The name of the first arm of an anonymous record, depth first; NULL when it has none. */
static const char *first_name(const struct model *model, type_id id, unsigned int depth)
{
	const struct type *type = type_at(model, strip(model, id));

	if (depth > DEPTH_MAX || (type->kind != KIND_STRUCT && type->kind != KIND_UNION))
		return NULL;
	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = &members_of(model, type)[i];
		const char *name = member->name;

		if (!name && !member->bit_size)
			name = first_name(model, member->type, depth + 1);
		if (name)
			return name;
	}
	return NULL;
}

static struct leaf *add_leaf(struct leaves *leaves, type_id parent, const struct member *member,
			     struct walk_at at, const char *name)
{
	struct leaf *leaf = VEC_PUSH(leaves);

	*leaf = (struct leaf){
		.path = arena_printf(leaves->arena, "%s%s", at.prefix, name),
		.field = {.type = member->type,
			  .bit_offset = at.base + member->bit_offset,
			  .bit_size = member->bit_size,
			  .line = member->line,
			  .member = member,
			  .parent = parent},
	};
	return leaf;
}

static void collect_member(struct leaves *leaves, type_id parent, const struct member *member,
			   struct walk_at at, unsigned int depth)
{
	const struct model *model = leaves->model;
	type_id id = strip(model, member->type);
	const struct type *type = type_at(model, id);
	struct walk_at inner = {.base = at.base + member->bit_offset, .prefix = at.prefix};
	const char *name = member->name;
	bool inside = !type_label(model, id) && !idiom_of(leaves->idioms, model, member->type);

	if (!name && type->kind == KIND_STRUCT) {
		collect(leaves, id, inner, depth + 1);
	} else if (!name && type->kind == KIND_UNION) {
		name = first_name(model, id, 0);
		if (name)
			add_leaf(leaves, parent, member, at, name)->anonymous = true;
	} else if (name && type->kind == KIND_STRUCT && inside && depth < DEPTH_MAX) {
		inner.prefix = arena_printf(leaves->arena, "%s%s.", at.prefix, name);
		collect(leaves, id, inner, depth + 1);
	} else if (name) {
		add_leaf(leaves, parent, member, at, name);
	}
}

static void collect(struct leaves *leaves, type_id record, struct walk_at at, unsigned int depth)
{
	const struct type *type = type_at(leaves->model, record);

	if (depth > DEPTH_MAX)
		return;
	for (uint32_t i = 0; i < type->n; i++)
		collect_member(leaves, record, &members_of(leaves->model, type)[i], at, depth);
}

static int compare(const void *a, const void *b)
{
	return strcmp((*(struct leaf *const *)a)->path, (*(struct leaf *const *)b)->path);
}

void leaves_collect(struct leaves *leaves, type_id root)
{
	root = strip(leaves->model, root);
	if (type_at(leaves->model, root)->kind == KIND_UNION) {
		struct leaf *whole = VEC_PUSH(leaves);

		*whole = (struct leaf){.path = "", .field = {.type = root, .parent = TYPE_NONE}};
	} else {
		collect(leaves, root, (struct walk_at){.prefix = ""}, 0);
	}
	leaves->by_path = ARENA_NEW_ARRAY(leaves->arena, leaves->n + 1, struct leaf *);
	for (size_t i = 0; i < leaves->n; i++) {
		struct leaf *leaf = &leaves->at[i];
		const struct type *type =
			type_at(leaves->model, strip(leaves->model, leaf->field.type));

		leaf->is_union = type->kind == KIND_UNION &&
				 !idiom_of(leaves->idioms, leaves->model, leaf->field.type);
		leaves->by_path[i] = leaf;
	}
	qsort(leaves->by_path, leaves->n, sizeof(*leaves->by_path), compare);
}

void leaves_deinit(struct leaves *leaves)
{
	vec_free(leaves->at);
}

struct leaf *leaf_named(const struct leaves *leaves, const char *path)
{
	struct leaf key = {.path = path}, *wanted = &key, **found;

	found = leaves->n ? bsearch(&wanted, leaves->by_path, leaves->n, sizeof(*leaves->by_path),
				    compare)
			  : NULL;
	return found ? *found : NULL;
}

/* PATH is LEAF's own or goes on from it: `a.b` and `a[1]` from `a`. */
static bool goes_on(const char *path, const char *leaf)
{
	size_t n = strlen(leaf);

	return strncmp(path, leaf, n) == 0 && (!path[n] || path[n] == '.' || path[n] == '[');
}

struct leaf *leaf_around(const struct leaves *leaves, type_id root, const char *path)
{
	struct leaf *found = leaf_named(leaves, path);
	struct field field;
	uint64_t end;
	size_t stop;

	if (found || !field_find(leaves->model, root, path, &field, &stop))
		return found;
	end = field.bit_offset + field_bits(leaves->model, &field);
	for (size_t i = 0; i < leaves->n; i++) {
		struct leaf *leaf = &leaves->at[i];
		uint64_t first = leaf->field.bit_offset;

		if (goes_on(path, leaf->path) ||
		    (leaf->anonymous && first <= field.bit_offset &&
		     end <= first + field_bits(leaves->model, &leaf->field)))
			return leaf;
	}
	return NULL;
}
