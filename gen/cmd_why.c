/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover why TYPE -r ROOT INPUT: the shortest way from a root to a type, by value and by pointer. */
#include "json.h"
#include "options.h"

#include <string.h>

#define DEPTH_MAX 64

/* How a type was reached first: from the type BEFORE through the member PATH. */
struct step {
	type_id before; /* TYPE_NONE: a root */
	const char *path;
	bool by_pointer, reached;
};

struct way {
	const struct model *model;
	struct arena arena;
	struct step *steps; /* by type id */
	struct {
		type_id *at;
		size_t n, room;
	} queue; /* what was reached, nearest first */
};

static void reach(struct way *way, type_id id, type_id before, const char *path, bool by_pointer)
{
	struct step *step = &way->steps[id];

	if (step->reached)
		return;
	*step = (struct step){
		.before = before, .path = path, .by_pointer = by_pointer, .reached = true};
	*VEC_PUSH(&way->queue) = id;
}

static void reach_members(struct way *way, type_id record, type_id holder, const char *prefix,
			  unsigned int depth);

/* What a member called PATH of HOLDER leads to. */
static void reach_type(struct way *way, type_id id, type_id holder, const char *path,
		       unsigned int depth)
{
	const struct type *type;
	bool by_pointer = false;

	for (unsigned int i = 0; i < DEPTH_MAX; i++) {
		id = strip(way->model, id);
		type = type_at(way->model, id);
		if (type->kind != KIND_POINTER && type->kind != KIND_ARRAY)
			break;
		by_pointer |= type->kind == KIND_POINTER;
		id = type->target;
	}
	if (type->kind == KIND_FUNCTION || type->kind == KIND_VOID)
		return;
	if (is_record(way->model, id) && !type_label(way->model, id) && !by_pointer)
		reach_members(way, id, holder, path, depth + 1);
	else
		reach(way, id, holder, path, by_pointer);
}

static void reach_members(struct way *way, type_id record, type_id holder, const char *prefix,
			  unsigned int depth)
{
	const struct type *type = type_at(way->model, record);

	for (uint32_t i = 0; i < type->n && depth < DEPTH_MAX; i++) {
		const struct member *member = &members_of(way->model, type)[i];
		const char *path = prefix;

		if (member->name)
			path = arena_printf(&way->arena, "%s.%s", prefix, member->name);
		reach_type(way, member->type, holder, path, depth);
	}
}

/* Anonymous types that are pointed to have no label. */
static const char *label_of(const struct way *way, type_id id)
{
	const char *label = type_label(way->model, id);

	return label ? label : "an anonymous type";
}

/* False: TYPE cannot be reached. */
static bool find(struct way *way, type_id target)
{
	for (size_t i = 0; i < way->queue.n && !way->steps[target].reached; i++)
		if (is_record(way->model, way->queue.at[i]))
			reach_members(way, way->queue.at[i], way->queue.at[i], "", 0);
	return way->steps[target].reached;
}

/* The types on the way, the root first; N gets how many. */
static type_id *stations(struct way *way, type_id target, size_t *n)
{
	type_id *at;
	size_t i = 0;

	for (type_id id = target; id != TYPE_NONE; id = way->steps[id].before)
		i++;
	at = ARENA_NEW_ARRAY(&way->arena, i, type_id);
	*n = i;
	for (type_id id = target; id != TYPE_NONE; id = way->steps[id].before)
		at[--i] = id;
	return at;
}

/* `struct a.b -> struct c.d.e (struct f)`: what is held by value goes on as in C. */
static void put_text(struct way *way, type_id target, struct text *out)
{
	size_t n;
	const type_id *at = stations(way, target, &n);

	text_puts(out, label_of(way, at[0]));
	for (size_t i = 1; i < n; i++) {
		const struct step *step = &way->steps[at[i]];

		text_puts(out, step->path);
		if (step->by_pointer)
			text_add(out, " -> %s", label_of(way, at[i]));
	}
	if (n > 1 && !way->steps[target].by_pointer)
		text_add(out, " (%s)", label_of(way, target));
	text_puts(out, "\n");
}

static void put_json(struct way *way, type_id target, bool found, struct text *out)
{
	struct json json;
	size_t n = 0;
	const type_id *at = found ? stations(way, target, &n) : NULL;

	json_init(&json, out, 2);
	json_object(&json, NULL);
	json_uint(&json, "carryover", 1);
	json_string(&json, "type", label_of(way, target));
	json_bool(&json, "reached", found);
	json_array(&json, "path");
	for (size_t i = 0; i < n; i++) {
		const struct step *step = &way->steps[at[i]];

		json_object(&json, NULL);
		json_string(&json, "type", label_of(way, at[i]));
		json_string(&json, "member", step->path ? step->path + 1 : NULL);
		json_string(&json, "by",
			    !step->path	       ? NULL
			    : step->by_pointer ? "pointer"
					       : "value");
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
}

static bool add_roots(struct way *way, const struct options *options, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < options->roots.n; i++) {
		type_id id;

		if (!model_require(way->model, options->roots.at[i], place_file(NULL), diags, &id))
			good = false;
		else
			reach(way, strip(way->model, id), TYPE_NONE, NULL, false);
	}
	if (!options->roots.n)
		return diag_error(diags, place_file(NULL),
				  "why needs a root to start from: -r 'struct x'");
	return good;
}

static int answer(struct way *way, const struct options *options, struct text *out,
		  struct diags *diags)
{
	const char *format = options->formats.n ? options->formats.at[0] : "text";
	const char *label = options->operands[0];
	type_id target;
	bool found, known = model_require(way->model, label, place_file(NULL), diags, &target);

	if (!add_roots(way, options, diags) || !known)
		return 0;
	target = strip(way->model, target);
	found = find(way, target);
	if (!strcmp(format, "json"))
		put_json(way, target, found, out);
	else if (found)
		put_text(way, target, out);
	else
		text_add(out, "%s is not reached from %s%s\n", label, options->roots.at[0],
			 options->roots.n > 1 ? " or any other root" : "");
	return !found;
}

static bool check_formats(const struct options *options, struct diags *diags)
{
	if (options->formats.n > 1 || (options->formats.n && strchr(options->formats.at[0], ':')))
		return diag_error(diags, place_file(NULL),
				  "why prints one --format, to standard output");
	return true;
}

int command_why(const struct options *options, struct text *out, struct diags *diags)
{
	struct intern names;
	struct model model;
	struct way way = {.model = &model};
	int code = 0;

	if (!check_formats(options, diags))
		return 0;
	arena_init(&way.arena);
	intern_init(&names);
	model_init(&model, &names);
	if (input_read(options->operands[1], &options->read, &model, diags)) {
		way.steps = ARENA_NEW_ARRAY(&way.arena, model.types.n, struct step);
		code = answer(&way, options, out, diags);
	}
	VEC_FREE(&way.queue);
	model_deinit(&model);
	intern_deinit(&names);
	arena_deinit(&way.arena);
	return code;
}
