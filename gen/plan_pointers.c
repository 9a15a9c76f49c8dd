// SPDX-License-Identifier: GPL-2.0-or-later
/* The pointer ways: what a pointer's target is and how the pointer finds it again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

static bool number_parse(struct plan_maker *maker, struct plan_type *type, const char *path,
			 const struct words *words, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(words->text, &end, 0);
	if (errno || end == words->text || *end || words->text[0] == '-')
		return plan_error(maker, type, path, words->at, "`%s` is not a number",
				  words->text);
	return true;
}

/* The offset in bytes of MEMBER in both sides of plan type INDEX. */
static bool member_bytes(struct plan_maker *maker, struct plan_type *type, const char *path,
			 uint32_t index, const struct words *member, uint64_t *old_byte,
			 uint64_t *new_byte)
{
	const struct plan_type *target = maker->plan->types.at[index];
	struct field field[2];
	size_t stop;

	for (int side = OLD; side <= NEW; side++) {
		if (!field_find(maker->model[side], target->id[side], member->text, &field[side],
				&stop) ||
		    field[side].bit_offset % 8)
			return plan_error(maker, type, path, member->at,
					  "%s has no member `%s` in the %s kernel", target->label,
					  member->text, side == OLD ? "old" : "new");
	}
	*old_byte = field[OLD].bit_offset / 8;
	*new_byte = field[NEW].bit_offset / 8;
	return true;
}

/*
 * What SIDE's slot points to is a struct that DECISION's type is not: reading it as one would take
 * the neighbours of a member, or nonsense. void *, scalars and `container` leave it to the human.
 */
static bool target_differs(const struct plan_maker *maker, const struct plan_type *type,
			   const struct op *op, enum side side, const char **label)
{
	const struct slot *slot = &type->slots[side].at[side == NEW ? op->new : op->old];
	const struct model *model = maker->model[side];
	type_id pointee = type_at(model, strip(model, slot->element))->target;
	const struct plan_type *target = maker->plan->types.at[op->nested];

	*label = type_label(model, strip(model, pointee));
	return *label && is_record(model, pointee) &&
	       strip(model, pointee) != strip(model, target->id[side]) &&
	       strcmp(*label, target->label) != 0;
}

static void follow_plan(struct plan_maker *maker, struct plan_type *type,
			const struct decision *decision, struct op *op)
{
	const char *path = type->slots[NEW].at[op->new].path, *label;

	op->way = CO_WAY_FOLLOW;
	op->rule = "follow";
	op->nested = type_of_words(maker, &decision->value);
	if (op->nested == NO_INDEX)
		return;
	if (!decision->container.text && target_differs(maker, type, op, OLD, &label)) {
		plan_error(
			maker, type, path, decision->value.at,
			"points to a %s, not to a %s; write `follow: %s`, or `container: MEMBER` "
			"when that is what it lies in",
			label, maker->plan->types.at[op->nested]->label, label);
		return;
	}
	maker->plan->types.at[op->nested]->is_object = true;
	if (decision->container.text)
		member_bytes(maker, type, path, op->nested, &decision->container,
			     &op->old_container, &op->new_container);
	if (decision->mask.text)
		number_parse(maker, type, path, &decision->mask, &op->mask);
	op_add(type, *op);
}

static bool count_plan(struct plan_maker *maker, struct plan_type *type,
		       const struct decision *decision, struct op *op)
{
	const char *path = type->slots[NEW].at[op->new].path;

	if (decision->count.text[0] >= '0' && decision->count.text[0] <= '9')
		return number_parse(maker, type, path, &decision->count, &op->count);
	op->count_slot = slot_find(type, OLD, decision->count.text);
	if (op->count_slot == NO_INDEX || type->slots[OLD].at[op->count_slot].kind != SLOT_INT)
		return plan_error(maker, type, path, decision->count.at,
				  "the count `%s` is not an integer member of the old type",
				  decision->count.text);
	return true;
}

static void array_plan(struct plan_maker *maker, struct plan_type *type,
		       const struct decision *decision, struct op *op)
{
	type_id new_id;

	op->way = CO_WAY_ARRAY;
	op->rule = "array";
	if (!count_plan(maker, type, decision, op) ||
	    !model_require(maker->model[NEW], decision->value.text, decision->value.at,
			   maker->diags, &new_id))
		return;
	if (is_record(maker->model[NEW], new_id)) {
		op->nested = type_of_words(maker, &decision->value);
		if (op->nested == NO_INDEX)
			return;
		maker->plan->types.at[op->nested]->is_object = true;
	} else {
		op->target_size = type_size(maker->model[NEW], new_id);
	}
	op_add(type, *op);
}

static void string_plan(struct plan_maker *maker, struct plan_type *type,
			const struct decision *decision, struct op *op)
{
	op->way = CO_WAY_STRING;
	op->rule = "string";
	op->target_size = 1;
	if (number_parse(maker, type, type->slots[NEW].at[op->new].path, &decision->value,
			 &op->count))
		op_add(type, *op);
}

const struct idiom *decided_idiom(const struct plan_maker *maker, const struct plan_type *type,
				  const struct decision *decision)
{
	struct field field;
	size_t stop;

	if (!decision->path.text ||
	    !field_find(maker->model[NEW], type->id[NEW], decision->path.text, &field, &stop))
		return NULL;
	return idiom_of(&maker->idioms, maker->model[NEW], field.type);
}

/* Trees keep an order and colours, xarrays and their like shifts and tags: no pointer says those.
 */
static bool is_list_kind(struct plan_maker *maker, struct plan_type *type,
			 const struct decision *decision, const struct op *op)
{
	const struct idiom *idiom = decided_idiom(maker, type, decision);

	if (!idiom || is_idiom_list(idiom))
		return true;
	return plan_error(maker, type, type->slots[NEW].at[op->new].path, decision->key.at,
			  "%s is %s, and no list; write `list: empty` with `why` and insert the "
			  "objects again at restore, or `hook: FUNCTION`",
			  idiom->type, idiom->says);
}

static void list_plan(struct plan_maker *maker, struct plan_type *type,
		      const struct decision *decision, struct op *op)
{
	const struct slot *new = &type->slots[NEW].at[op->new];
	uint64_t old_byte, new_byte;
	struct words own = {.text = type->label, .at = decision->value.at};
	const struct words *node = decision->node.text ? &decision->node : &decision->value;

	op->way = CO_WAY_LIST;
	op->rule = "list";
	if (!strcmp(decision->value.text, "empty") && !decision->node.text) {
		op->kind = new->link ? OP_EMPTY : OP_ZERO;
		op->rule = "list: empty";
		op_add(type, *op);
		return;
	}
	op->nested = type_of_words(maker, decision->node.text ? &decision->value : &own);
	if (op->nested == NO_INDEX ||
	    !member_bytes(maker, type, new->path, op->nested, node, &old_byte, &new_byte))
		return;
	maker->plan->types.at[op->nested]->is_object = true;
	op_add(type, *op);
}

static void opaque_plan(struct plan_maker *maker, struct plan_type *type,
			const struct decision *decision, struct op *op)
{
	struct slot *old = &type->slots[OLD].at[op->old], *new = &type->slots[NEW].at[op->new];
	const struct idiom *idiom;

	op->kind = OP_COPY;
	op->way = CO_WAY_OPAQUE;
	op->rule = "opaque";
	op->why = op->why ? op->why : decision->value.text;
	idiom = idiom_of(&maker->idioms, maker->model[NEW], new->element);
	if (idiom && idiom->otherwise == IDIOM_RESET) {
		plan_error(maker, type, new->path, decision->key.at,
			   "%s: it is never copied; take the decision away, write `init: zero` or "
			   "`hook: FUNCTION`, or say under its type that it is none: `idiom: "
			   "{plain: why}`",
			   idiom->says);
		return;
	}
	if (old->is_flexible || new->is_flexible) {
		plan_error(maker, type, new->path, decision->key.at,
			   "a flexible tail: write `count: MEMBER` (the old member that says how many "
			   "elements there are), or `init: zero` with `why` to leave it behind");
		return;
	}
	if (new->kind == SLOT_POINTER ? old->bits != new->bits || old->count != new->count
				      : !diff_same_layout(maker->diff, old->type, new->type)) {
		plan_error(maker, type, new->path, decision->key.at,
			   "its bits cannot cross as they are: the layouts differ; write `hook: "
			   "FUNCTION`");
		return;
	}
	op_add(type, *op);
}

static void null_plan(struct plan_type *type, const struct decision *decision, struct op *op)
{
	const struct slot *new = &type->slots[NEW].at[op->new];

	op->kind = new->link ? OP_EMPTY : OP_ZERO;
	op->way = new->link ? CO_WAY_LIST : CO_WAY_NULL;
	op->rule = "null";
	op->why = op->why ? op->why : decision->value.text;
	op_add(type, *op);
}

/* A pointer is taken from a pointer: DECISION's `from`, else the member of the same path. */
static bool partner_find(struct plan_maker *maker, struct plan_type *type,
			 const struct decision *decision, struct op *op)
{
	const struct slot *new = &type->slots[NEW].at[op->new];
	const char *below = new->path + strlen(decision->path.text);

	if (path_within(new->path, decision->path.text) && decision->from.text)
		op->old = slot_find(type, OLD,
				    arena_printf(maker->arena, "%s%s", decision->from.text, below));
	if (op->old == NO_INDEX)
		return plan_error(maker, type, new->path, decision->key.at,
				  "`%s` needs a member of the old type; write `from: OLD_MEMBER` "
				  "beside it, or `init` or `hook` instead",
				  way_key(decision->way));
	if (decision->way != WAY_OPAQUE &&
	    (new->kind != SLOT_POINTER || type->slots[OLD].at[op->old].kind != SLOT_POINTER ||
	     (!rows_plan(maker, type, decision, op) &&
	      new->count != type->slots[OLD].at[op->old].count)))
		return plan_error(maker, type, new->path, decision->key.at,
				  "`%s` is for a pointer that is one on both sides; write `expr` "
				  "or `hook`",
				  way_key(decision->way));
	if (!op->rows && (decision->index_old.text || decision->on_overflow.text))
		return plan_error(maker, type, new->path,
				  decision->index_old.text ? decision->index_old.at
							   : decision->on_overflow.at,
				  "`%s` beside `%s` is for an array of pointers whose length or "
				  "order changed; take it away",
				  decision->index_old.text ? "index" : "on-overflow",
				  way_key(decision->way));
	return true;
}

void pointer_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
		  uint32_t new_slot, struct op *op)
{
	bool empty = decision->way == WAY_LIST && decision->value.text &&
		     !strcmp(decision->value.text, "empty") && !decision->node.text;

	(void)new_slot;
	op->kind = OP_POINTER;
	if (decision->way == WAY_NULL) {
		null_plan(type, decision, op);
		return;
	}
	if (decision->way == WAY_LIST && !empty && !is_list_kind(maker, type, decision, op))
		return;
	if (!empty && !partner_find(maker, type, decision, op))
		return;
	switch (decision->way) {
	case WAY_FOLLOW:
		follow_plan(maker, type, decision, op);
		break;
	case WAY_ARRAY:
		array_plan(maker, type, decision, op);
		break;
	case WAY_STRING:
		string_plan(maker, type, decision, op);
		break;
	case WAY_LIST:
		list_plan(maker, type, decision, op);
		break;
	case WAY_OPAQUE:
		opaque_plan(maker, type, decision, op);
		break;
	default:
		op->way = CO_WAY_SYMBOL;
		op->rule = "symbol";
		op_add(type, *op);
	}
}
