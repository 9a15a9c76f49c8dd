/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Closures over a finished model, with an explicit stack: nesting is as deep as the input has it.
 */
#include "select.h"

#include <string.h>

struct walk {
	const struct model *model;
	unsigned char *at;
	bool follow_pointers;
	struct {
		type_id *at;
		size_t n, room;
	} stack;
};

static bool is_tagged(uint8_t kind)
{
	return kind == KIND_STRUCT || kind == KIND_UNION || kind == KIND_ENUM;
}

/* Only a name that means one type can stand for it. */
static bool can_be_declared(const struct type *type)
{
	return type->name && type->label && !strstr(type->label, " @ ");
}

static void want(struct walk *walk, type_id id, enum selected how)
{
	const struct type *type = type_at(walk->model, id);

	if (how == SELECT_NAMED && is_tagged(type->kind) && !can_be_declared(type))
		how = SELECT_WHOLE;
	if (walk->at[id] >= how)
		return;
	walk->at[id] = (unsigned char)how;
	*VEC_PUSH(&walk->stack) = id;
}

/* Signatures are spelled, never entered, also behind typedefs. */
static enum selected through_pointer(const struct walk *walk, const struct type *pointer,
				     enum selected how)
{
	const struct type *pointee = type_at(walk->model, strip(walk->model, pointer->target));

	if (how != SELECT_WHOLE || !walk->follow_pointers || pointee->kind == KIND_FUNCTION)
		return SELECT_NAMED;
	return SELECT_WHOLE;
}

static void enter_record(struct walk *walk, const struct type *type, enum selected how)
{
	if (how == SELECT_WHOLE)
		for (uint32_t i = 0; i < type->n; i++)
			want(walk, members_of(walk->model, type)[i].type, SELECT_WHOLE);
}

static void enter_function(struct walk *walk, const struct type *type)
{
	want(walk, type->target, SELECT_NAMED);
	for (uint32_t i = 0; i < type->n; i++)
		want(walk, parameters_of(walk->model, type)[i].type, SELECT_NAMED);
}

static void enter(struct walk *walk, type_id id)
{
	const struct type *type = type_at(walk->model, id);
	enum selected how = walk->at[id];

	switch (type->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
		enter_record(walk, type, how);
		return;
	case KIND_FUNCTION:
		enter_function(walk, type);
		return;
	case KIND_POINTER:
		want(walk, type->target, through_pointer(walk, type, how));
		return;
	case KIND_ARRAY: /* C has no array of an incomplete type */
	case KIND_ENUM:
		want(walk, type->target, SELECT_WHOLE);
		return;
	default:
		want(walk, type->target, how);
	}
}

void select_closure(const struct model *model, const type_id *roots, size_t n, bool follow_pointers,
		    struct selection *out)
{
	struct walk walk = {.model = model, .follow_pointers = follow_pointers};
	size_t room = 0, ids_room = 0;

	*out = (struct selection){0};
	walk.at = vec_grow(NULL, &room, model->types.n, 1);
	memset(walk.at, n ? SELECT_NOT : SELECT_WHOLE, model->types.n);
	for (size_t i = 0; i < n; i++)
		want(&walk, roots[i], SELECT_WHOLE);
	while (walk.stack.n)
		enter(&walk, walk.stack.at[--walk.stack.n]);
	VEC_FREE(&walk.stack);
	out->at = walk.at;
	out->ids = vec_grow(NULL, &ids_room, model->types.n, sizeof(*out->ids));
	for (type_id id = 0; id < model->types.n; id++)
		if (walk.at[id] == SELECT_WHOLE)
			out->ids[out->n++] = id;
}

void selection_deinit(struct selection *selection)
{
	vec_free(selection->at);
	vec_free(selection->ids);
	*selection = (struct selection){0};
}

bool select_labels(const struct model *model, const char *const *labels, size_t n, type_id *out,
		   struct diags *diags)
{
	bool found = true;

	for (size_t i = 0; i < n; i++)
		found &= model_require(model, labels[i], (struct place){0}, diags, &out[i]);
	return found;
}

static void unmark(const struct model *model, type_id id, bool *out)
{
	out[id] = false;
	out[strip_qualifiers(model, id)] = false;
}

void select_loose_enums(const struct model *model, const struct selection *selection, bool *out)
{
	for (type_id id = 0; id < model->types.n; id++) {
		const struct type *type = type_at(model, id);

		out[id] = selection->at[id] == SELECT_WHOLE && type->kind == KIND_ENUM &&
			  !type->name && type->n;
	}
	for (type_id id = 0; id < model->types.n; id++) {
		const struct type *type = type_at(model, id);

		if (!selection->at[id])
			continue;
		unmark(model, type->target, out);
		for (uint32_t i = 0; i < type->n; i++) {
			if (type->kind == KIND_STRUCT || type->kind == KIND_UNION)
				unmark(model, members_of(model, type)[i].type, out);
			else if (type->kind == KIND_FUNCTION)
				unmark(model, parameters_of(model, type)[i].type, out);
		}
	}
}

/* The one enum without a label that declares WORD. */
static type_id nameless_enum(const struct model *model, const char *word)
{
	type_id found = TYPE_NONE;

	for (type_id id = 0; id < model->types.n; id++) {
		const struct type *type = type_at(model, id);

		if (type->kind != KIND_ENUM || type->label)
			continue;
		for (uint32_t i = 0; i < type->n; i++) {
			if (strcmp(enumerators_of(model, type)[i].name, word) != 0)
				continue;
			if (found != TYPE_NONE && found != id)
				return TYPE_NONE;
			found = id;
		}
	}
	return found;
}

type_id select_enum(const struct model *model, const char *word)
{
	type_id found = TYPE_NONE, candidate;
	struct arena arena;

	arena_init(&arena);
	if (model_lookup(model, arena_printf(&arena, "enum %s", word), &found, &candidate, 1) !=
		    1 &&
	    model_lookup(model, word, &found, &candidate, 1) != 1)
		found = nameless_enum(model, word);
	arena_deinit(&arena);
	if (found == TYPE_NONE || type_at(model, strip(model, found))->kind != KIND_ENUM)
		return TYPE_NONE;
	return strip(model, found);
}
