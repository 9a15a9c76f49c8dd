// SPDX-License-Identifier: GPL-2.0-or-later
/* The mapping against what it speaks of: kernels, members, shapes, functions. */
#include <ctype.h>
#include <string.h>

#include "../schema/text.h"
#include "plan_internal.h"

/* One and the same mistake shows on both sides. */
static bool said_before(const struct diags *diags, struct place at, const char *words)
{
	for (size_t i = 0; i < diags->n; i++)
		if (diags->at[i].at.line == at.line && diags->at[i].at.col == at.col &&
		    !strcmp(diags->at[i].text, words))
			return true;
	return false;
}

struct plan_problem *plan_problem(struct plan_maker *maker, enum problem kind, const char *type,
				  const char *path)
{
	struct plan_problem *problem = VEC_PUSH(&maker->plan->problems);

	*problem = (struct plan_problem){
		.kind = kind,
		.diag = maker->diags->n - 1,
		.type = type,
		.path = path && *path ? path : NULL,
	};
	return problem;
}

static void error_add(struct plan_maker *maker, enum problem kind, struct plan_type *type,
		      const char *path, struct place at, const char *format, va_list list)
{
	const char *where;
	struct text text;

	text_init(&text);
	text_addv(&text, format, list);
	where = arena_printf(maker->arena, "%s%s%s: %s", type->label, path && *path ? "." : "",
			     path ? path : "", text_string(&text));
	text_deinit(&text);
	type->failed = true;
	if (said_before(maker->diags, at, where))
		return;
	diag_error(maker->diags, at, "%s", where);
	plan_problem(maker, kind, type->label, path);
}

bool plan_error(struct plan_maker *maker, struct plan_type *type, const char *path, struct place at,
		const char *format, ...)
{
	va_list list;

	va_start(list, format);
	error_add(maker, PROBLEM_WRONG, type, path, at, format, list);
	va_end(list);
	return false;
}

bool plan_open(struct plan_maker *maker, enum problem kind, struct plan_type *type,
	       const struct slot *slot, struct place at, const char *format, ...)
{
	size_t known = maker->plan->problems.n;
	va_list list;

	va_start(list, format);
	error_add(maker, kind, type, slot->path, at, format, list);
	va_end(list);
	if (maker->plan->problems.n > known)
		maker->plan->problems.at[known].key = slot->key;
	return false;
}

__attribute__((format(printf, 5, 6))) static bool
stale_error(struct plan_maker *maker, struct plan_type *type, const char *path, struct place at,
	    const char *format, ...)
{
	va_list list;

	va_start(list, format);
	error_add(maker, PROBLEM_STALE, type, path, at, format, list);
	va_end(list);
	return false;
}

/* ---- both kernels
 * ------------------------------------------------------------------------------------ */

static void word_check(struct plan_maker *maker, const struct words *written, const char *found,
		       const char *what, const struct model *model)
{
	const char *name = model->info.name ? model->info.name : "the layout";

	if (!written->text)
		return;
	if (!found)
		diag_add(maker->diags, DIAG_WARNING, written->at,
			 "%s does not say its %s, so %s was not checked", name, what,
			 written->text);
	else if (strcmp(written->text, found)) {
		diag_error(maker->diags, written->at,
			   "the mapping is for %s %s, but %s is %s; give the layouts it was made "
			   "for, or make a mapping for this pair with `carryover map`",
			   what, written->text, name, found);
		plan_problem(maker, PROBLEM_RELEASE, NULL, NULL);
	}
}

/* What an open decision is about, from its words: `struct x.y`, `struct x: drop: y`. */
static void todo_problem(struct plan_maker *maker, const char *about)
{
	struct plan_problem *problem = plan_problem(maker, PROBLEM_TODO, NULL, NULL);

	for (size_t i = 0; i < maker->mapping->types.n; i++) {
		const char *type = maker->mapping->types.at[i].type.text;
		size_t n = strlen(type);

		if (strncmp(about, type, n) || (about[n] != '.' && strncmp(about + n, ": drop: ", 8)))
			continue;
		problem->type = type;
		problem->path = about + n + (about[n] == '.' ? 1 : 8);
	}
}

void check_sides(struct plan_maker *maker)
{
	const struct mapping *mapping = maker->mapping;
	const struct model_info *old = &maker->model[OLD]->info, *new = &maker->model[NEW]->info;

	if (maker->input->is_back) /* the same words were held against the same layouts before */
		return;
	word_check(maker, &mapping->from_release, old->release, "release", maker->model[OLD]);
	word_check(maker, &mapping->from_arch, old->arch, "machine", maker->model[OLD]);
	word_check(maker, &mapping->to_release, new->release, "release", maker->model[NEW]);
	word_check(maker, &mapping->to_arch, new->arch, "machine", maker->model[NEW]);
	if (old->address_size != new->address_size || old->big_endian != new->big_endian ||
	    (old->arch && new->arch &&strcmp(old->arch, new->arch)))
		diag_error(maker->diags, mapping->to_arch.at,
			   "%s is for %s and %s for %s: objects do not cross between machines",
			   old->name ? old->name : "the old layout",
			   old->arch ? old->arch : "another machine",
			   new->name ? new->name : "the new layout",
			   new->arch ? new->arch : "another machine");
	for (size_t i = 0; i < mapping->todos.n; i++) {
		diag_error(maker->diags, mapping->todos.at[i].at,
			   "%s: still TODO; decide it and write the decision in its place",
			   mapping->todos.at[i].text);
		todo_problem(maker, mapping->todos.at[i].text);
	}
}

/* ---- paths
 * -------------------------------------------------------------------------------------------- */

static void names_collect(const struct model *model, type_id id, const char **names, size_t *n,
			  size_t limit, int depth)
{
	const struct type *record = type_at(model, strip(model, id));
	const struct member *members = members_of(model, record);

	if (depth > 32 || (record->kind != KIND_STRUCT && record->kind != KIND_UNION))
		return;
	for (uint32_t i = 0; i < record->n && *n < limit; i++) {
		if (members[i].name)
			names[(*n)++] = members[i].name;
		else
			names_collect(model, members[i].type, names, n, limit, depth + 1);
	}
}

/* The member name nearest to the component of PATH that starts at STOP. */
static const char *member_near(struct plan_maker *maker, const struct model *model, type_id root,
			       const char *path, size_t stop)
{
	const char *names[1024];
	size_t n = 0, unused;
	struct field field = {.type = root};
	const char *word = arena_strndup(maker->arena, path + stop, strcspn(path + stop, ".["));

	if (stop > 1 &&
	    !field_find(model, root, arena_strndup(maker->arena, path, stop - 1), &field, &unused))
		return NULL;
	names_collect(model, field.type, names, &n, 1024, 0);
	return nearest_word(word, names, n);
}

static bool path_check(struct plan_maker *maker, struct plan_type *type, enum side side,
		       const struct words *words, struct field *field)
{
	const struct model *model = maker->model[side];
	struct field unused;
	const char *near;
	size_t stop;

	if (!words->text || is_todo(words))
		return false;
	if (field_find(model, type->id[side], words->text, field ? field : &unused, &stop)) {
		if (strchr(words->text, '['))
			return plan_error(maker, type, words->text, words->at,
					  "elements of an array are not decided one by one; write "
					  "the array's path, with `hook: FUNCTION`");
		return true;
	}
	near = member_near(maker, model, type->id[side], words->text, stop);
	return plan_error(maker, type, words->text, words->at,
			  "the %s type has no member `%s`%s%s%s", side == OLD ? "old" : "new",
			  words->text + stop, near ? "; did you mean `" : "", near ? near : "",
			  near ? "`?" : "");
}

static bool is_number(const char *text)
{
	return text && isdigit((unsigned char)text[0]);
}

static void shape_check(struct plan_maker *maker, struct plan_type *type, enum side side,
			const struct words *shape, const struct words *path)
{
	const struct model *model = maker->model[side];
	const char *key = side == OLD ? "was" : "is";
	struct field field;
	size_t stop;

	if (!shape->text)
		return;
	if (!field_find(model, type->id[side], path->text, &field, &stop))
		stale_error(maker, type, path->text, shape->at,
			    "stale: `%s: %s`, but the %s type has no such member; look at the "
			   "decision again and take `%s` away",
			   key, shape->text, side == OLD ? "old" : "new", key);
	else if (!shape_agrees(model, &field, shape->text))
		stale_error(maker, type, path->text, shape->at,
			    "stale: `%s: %s`, but the %s type has `%s`; look at the decision again, "
			   "then write `%s: %s`",
			   key, shape->text, side == OLD ? "old" : "new",
			   shape_write(model, &field, maker->arena), key,
			   shape_write(model, &field, maker->arena));
}

static void decision_check(struct plan_maker *maker, struct plan_type *type,
			   const struct decision *decision)
{
	const struct words *source = decision->from.text	 ? &decision->from
				     : decision->way == WAY_FROM ? &decision->value
								 : &decision->path;

	path_check(maker, type, NEW, &decision->path, NULL);
	if (source != &decision->path)
		path_check(maker, type, OLD, source, NULL);
	if (!is_number(decision->count.text))
		path_check(maker, type, OLD, &decision->count, NULL);
	for (size_t i = 0; i < decision->reads.n; i++)
		path_check(maker, type, OLD, &decision->reads.at[i], NULL);
	for (size_t i = 0; i < decision->bits.n; i++)
		path_check(maker, type, OLD, &decision->bits.at[i].member, NULL);
	shape_check(maker, type, OLD, &decision->was, source);
	shape_check(maker, type, NEW, &decision->is, &decision->path);
}

void check_paths(struct plan_maker *maker, struct plan_type *type)
{
	const struct type_decisions *decisions = type->decisions;

	for (size_t i = 0; i < decisions->members.n; i++)
		decision_check(maker, type, &decisions->members.at[i]);
	for (size_t i = 0; i < decisions->drops.n; i++)
		path_check(maker, type, OLD, &decisions->drops.at[i].path, NULL);
	for (size_t i = 0; i < decisions->carry.n; i++)
		path_check(maker, type, NEW, &decisions->carry.at[i], NULL);
	if (decisions->has_carry && !decisions->rest_why.text)
		plan_error(maker, type, "rest",
			   decisions->carry.n ? decisions->carry.at[0].at : decisions->type.at,
			   "a view needs `rest: {init: zero, why: ...}` for what it leaves behind");
}

/* ---- debug info that cannot be true
 * --------------------------------------------------------------- */

void check_overlaps(struct plan_maker *maker, struct plan_type *type)
{
	for (int side = OLD; side <= NEW; side++) {
		const struct slot *last = NULL;

		for (size_t i = 0; i < type->slots[side].n; i++) {
			const struct slot *slot = &type->slots[side].at[i];

			if (slot->in_union || slot->is_flexible)
				continue;
			if (last && slot->bit < last->bit + slot_bits(last))
				plan_error(
					maker, type, slot->path,
					type->at.file ? type->at : slot->at,
					"lies on the same bits as %s in the %s kernel's debug "
					"info, which "
					"cannot be true: clang leaves out the width of a bitfield "
					"that is as wide as its type in a packed struct; take the "
					"layout from a build by gcc, or decide the whole struct "
					"with "
					"a `hook` where it is embedded",
					last->path, side == OLD ? "old" : "new");
			if (!last || slot->bit + slot_bits(slot) > last->bit + slot_bits(last))
				last = slot;
		}
	}
}

/* ---- functions
 * ------------------------------------------------------------------------------------------ */

enum phase { PHASE_CONVERT, PHASE_CAPTURE, PHASE_RESTORE };

static bool has_tail(const struct plan_type *type)
{
	for (size_t i = 0; i < type->ops.n; i++)
		if (type->ops.at[i].kind == OP_TAIL)
			return true;
	return false;
}

static bool is_extent(const struct plan_type *type, uint32_t index)
{
	const struct slot *slot = index == NO_INDEX ? NULL : &type->slots[OLD].at[index];

	return slot && is_integer(slot) && slot->kind == SLOT_INT && !slot->is_array &&
	       slot->bits <= 64 && slot->bits % 8 == 0 && slot->bit % 8 == 0 &&
	       slot->op != NO_INDEX;
}

/* Whether what an old object has in bytes is what the new one has. */
static bool is_as_long(const struct plan_type *type)
{
	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if (op->kind == OP_TAIL)
			return type->slots[OLD].at[op->old].bit ==
				       type->slots[NEW].at[op->new].bit &&
			       type->slots[OLD].at[op->old].bits ==
				       type->slots[NEW].at[op->new].bits;
	}
	return type->size[OLD] == type->size[NEW];
}

void extent_settle(struct plan_maker *maker, struct plan_type *type)
{
	const struct words *words = type->extent_by;
	uint32_t index;

	if (!words)
		return;
	index = slot_find(type, OLD, words->text);
	if (!is_extent(type, index)) {
		plan_error(
			maker, type, "extent", words->at,
			"`%s` is no whole number among the old members outside unions; write the "
			"member that says how many bytes the object has, or a number of bytes",
			words->text);
		type->extent_by = NULL;
		return;
	}
	type->extent_slot = index;
	type->slots[OLD].at[index].used = true;
	for (uint32_t i = 0; i < type->slots[NEW].n && !is_as_long(type); i++) {
		const struct op *op = &type->ops.at[type->slots[NEW].at[i].op];

		if (op->old == index && !op->why && op->kind != OP_ZERO)
			plan_error(
				maker, type, type->slots[NEW].at[i].path, words->at,
				"it would go on saying how many bytes the old object had, and the "
				"new one has others; write `expr`, `hook` or `init` for it, or "
				"`from: %s` with `why`",
				words->text);
	}
}

void check_tails(struct plan_maker *maker)
{
	for (size_t i = 0; i < maker->plan->types.n; i++) {
		struct plan_type *type = maker->plan->types.at[i];

		for (size_t k = 0; k < type->ops.n; k++) {
			const struct op *op = &type->ops.at[k];
			const struct slot *slot;

			if (op->nested == NO_INDEX || op->kind == OP_POINTER)
				continue;
			slot = &type->slots[NEW].at[op->new];
			if (maker->plan->types.at[op->nested]->extent_by)
				plan_error(
					maker, type, slot->path,
					maker->plan->types.at[op->nested]->extent_by->at,
					"%s says by a member how many bytes it has, which is about "
					"an object of its own; here it lies in another: write a "
					"number, or leave `extent` out",
					maker->plan->types.at[op->nested]->label);
			if (!has_tail(maker->plan->types.at[op->nested]))
				continue;
			plan_error(maker, type, slot->path, type->at.file ? type->at : slot->at,
				   "%s has a flexible tail, which crosses only at the end of an "
				   "object of its own; write `hook: FUNCTION` for this member",
				   maker->plan->types.at[op->nested]->label);
		}
	}
}

/* The phase and type that first named a function decide its parameters. */
struct function_owner {
	const char *name;
	const struct plan_type *type;
	enum phase phase;
};

struct owners {
	struct function_owner *at;
	size_t n, room;
};

static void owner_check(struct plan_maker *maker, struct plan_type *type, enum phase phase,
			const struct function_use *use, struct owners *owners)
{
	static const char *const words[] = {"hook", "capture", "restore"};

	for (size_t i = 0; i < owners->n; i++) {
		const struct function_owner *owner = &owners->at[i];

		if (strcmp(owner->name, use->name))
			continue;
		plan_error(maker, type, use->path, use->at,
			   "%s cannot be a %s here and a %s of %s, for its parameters differ; "
			   "write a function for each",
			   use->name, words[phase], words[owner->phase], owner->type->label);
		return;
	}
	*VEC_PUSH(owners) =
		(struct function_owner){.name = use->name, .type = type, .phase = phase};
}

void check_owners(struct plan_maker *maker)
{
	struct owners owners = {.n = 0};

	for (size_t i = 0; i < maker->plan->types.n; i++) {
		struct plan_type *type = maker->plan->types.at[i];
		const struct function_list *lists[] = {&type->hooks, &type->captures,
						       &type->restores};

		for (int phase = PHASE_CONVERT; phase <= PHASE_RESTORE; phase++)
			for (size_t k = 0; k < lists[phase]->n; k++)
				owner_check(maker, type, (enum phase)phase, &lists[phase]->at[k],
					    &owners);
	}
	VEC_FREE(&owners);
}
