// SPDX-License-Identifier: GPL-2.0-or-later
/* Gives every slot of a type its operation: as decided, else automatic, else an error that says
 * what to write. */
#include <ctype.h>
#include <string.h>

#include "plan_internal.h"

/* True when the operation takes the old slot's value itself, rather than leaving it to others. */
static bool op_consumes(const struct op *op)
{
	switch (op->kind) {
	case OP_COPY:
	case OP_WIDEN:
	case OP_NARROW:
	case OP_ENUM:
	case OP_FLAGS:
	case OP_BITS:
	case OP_PICK:
	case OP_STEPS:
	case OP_NESTED:
	case OP_POINTER:
	case OP_ARM:
	case OP_TAIL:
	case OP_DROP:
		return true;
	default:
		return false;
	}
}

uint32_t op_add(struct plan_type *type, struct op op)
{
	uint32_t index = (uint32_t)type->ops.n;
	bool writes = op.kind != OP_ZERO && op.kind != OP_DROP;

	*VEC_PUSH(&type->ops) = op;
	if (op.new != NO_INDEX) {
		type->slots[NEW].at[op.new].op = index;
		type->slots[NEW].at[op.new].used |= writes;
	}
	if (op.old != NO_INDEX && op_consumes(&op)) {
		if (type->slots[OLD].at[op.old].op == NO_INDEX)
			type->slots[OLD].at[op.old].op = index;
		type->slots[OLD].at[op.old].used |= writes;
	}
	return index;
}

/* ---- what the mapping names ---------------------------------------------------------------------
 */

void set_add(struct path_set *set, const char *path)
{
	if (!path || !*path)
		return;
	for (size_t i = 0; i < set->n; i++)
		if (!strcmp(set->at[i], path))
			return;
	*VEC_PUSH(set) = path;
}

static bool is_number(const char *text)
{
	return isdigit((unsigned char)text[0]);
}

/* The old paths that DECISION reads beside its partner. */
static void decision_reads(struct plan_maker *maker, const struct decision *decision,
			   struct path_set *set)
{
	for (size_t i = 0; i < decision->reads.n; i++)
		set_add(set, decision->reads.at[i].text);
	code_paths(maker, decision, OLD, set);
	for (size_t i = 0; i < decision->bits.n; i++)
		set_add(set, decision->bits.at[i].member.text);
	if (decision->count.text && !is_number(decision->count.text))
		set_add(set, decision->count.text);
	for (size_t i = 0; i < decision->arms.n; i++)
		decision_reads(maker, &decision->arms.at[i].decision, set);
}

static bool calls_function(const struct decision *decision)
{
	return decision->way == WAY_HOOK || decision->capture.text || decision->restore.text;
}

/* The old member that the decision is about. */
static const char *decision_source(const struct decision *decision)
{
	if (decision->from.text)
		return decision->from.text;
	return decision->way == WAY_FROM ? decision->value.text : decision->path.text;
}

static void decision_mentions(struct plan_maker *maker, const struct plan_type *type,
			      const struct decision *decision, struct path_set mentions[2],
			      struct path_set *deep)
{
	set_add(&mentions[NEW], decision->path.text);
	set_add(&mentions[OLD], decision->from.text);
	if (decision->way == WAY_FROM)
		set_add(&mentions[OLD], decision->value.text);
	if (decision->way == WAY_ARM)
		arms_mention(maker, type, decision, mentions);
	decision_reads(maker, decision, &mentions[OLD]);
	code_paths(maker, decision, NEW, &mentions[NEW]);
	if (calls_function(decision) || decision->way == WAY_LIST) {
		set_add(deep, decision->path.text);
		set_add(deep, decision_source(decision));
	}
	for (size_t i = 0; i < decision->reads.n; i++)
		set_add(deep, decision->reads.at[i].text);
}

static void type_mentions(struct plan_maker *maker, const struct plan_type *type,
			  struct path_set mentions[2], struct path_set *deep)
{
	const struct type_decisions *decisions = type->decisions;

	for (size_t i = 0; i < decisions->members.n; i++)
		decision_mentions(maker, type, &decisions->members.at[i], mentions, deep);
	for (size_t i = 0; i < decisions->drops.n; i++)
		set_add(&mentions[OLD], decisions->drops.at[i].path.text);
	for (size_t i = 0; i < decisions->carry.n; i++)
		set_add(&mentions[NEW], decisions->carry.at[i].text);
	if (decisions->extent.text && !is_number(decisions->extent.text))
		set_add(&mentions[OLD], decisions->extent.text);
}

const struct decision *decision_above(const struct plan_type *type, const char *path)
{
	const struct decision *best = NULL;

	for (size_t i = 0; type->decisions && i < type->decisions->members.n; i++) {
		const struct decision *decision = &type->decisions->members.at[i];

		if (path_within(path, decision->path.text) &&
		    (!best || strlen(decision->path.text) > strlen(best->path.text)))
			best = decision;
	}
	return best;
}

/* The decision that speaks of the old member PATH: one that stands at it, or takes it to its
 * functions. */
static const struct decision *decision_about(const struct plan_type *type, const char *path)
{
	for (size_t i = 0; type->decisions && i < type->decisions->members.n; i++) {
		const struct decision *decision = &type->decisions->members.at[i];

		if (calls_function(decision) && path_within(path, decision_source(decision)))
			return decision;
	}
	return decision_above(type, path);
}

static bool is_carried(const struct plan_type *type, const char *path)
{
	if (!type->is_view)
		return true;
	for (size_t i = 0; i < type->decisions->carry.n; i++)
		if (path_within(path, type->decisions->carry.at[i].text))
			return true;
	return false;
}

/* ---- the new side
 * -------------------------------------------------------------------------------- */

static void rest_plan(struct plan_type *type, uint32_t new_slot, uint32_t old_slot)
{
	op_add(type, (struct op){.kind = new_slot == NO_INDEX ? OP_DROP : OP_ZERO,
				 .way = CO_WAY_REST,
				 .old = old_slot,
				 .new = new_slot,
				 .nested = NO_INDEX,
				 .count_slot = NO_INDEX,
				 .rule = "rest: outside the view",
				 .why = type->decisions->rest_why.text,
				 .at = type->decisions->rest_why.at});
}

void slot_plan(struct plan_maker *maker, struct plan_type *type, uint32_t index)
{
	const struct slot *slot = &type->slots[NEW].at[index];
	/* By its key: the path of a union without a name is no path. */
	const struct decision *decision = decision_above(type, slot->key);
	uint32_t partner = slot_find(type, OLD, slot->path);

	if (decision)
		way_plan(maker, type, decision, index);
	else if (!is_carried(type, slot->key))
		rest_plan(type, index, partner);
	else
		automatic_plan(maker, type, index, partner);
}

/* ---- the old side
 * -------------------------------------------------------------------------------- */

const struct drop *drop_above(const struct plan_type *type, const char *path)
{
	for (size_t i = 0; type->decisions && i < type->decisions->drops.n; i++)
		if (path_within(path, type->decisions->drops.at[i].path.text))
			return &type->decisions->drops.at[i];
	return NULL;
}

/* The first decision that reads PATH, or anything in it, or all around it. */
static const struct decision *reader_of(struct plan_maker *maker, const struct plan_type *type,
					const char *path)
{
	for (size_t i = 0; type->decisions && i < type->decisions->members.n; i++) {
		const struct decision *decision = &type->decisions->members.at[i];
		struct path_set reads = {.n = 0};
		bool found = false;

		decision_reads(maker, decision, &reads);
		for (size_t k = 0; k < reads.n && !found; k++)
			found = path_within(path, reads.at[k]);
		VEC_FREE(&reads);
		if (found)
			return decision;
	}
	return NULL;
}

void read_plan(struct plan_maker *maker, struct plan_type *type, uint32_t index,
	       const struct decision *decision)
{
	struct slot *slot = &type->slots[OLD].at[index];

	slot->used = true;
	if (slot->op == NO_INDEX && !bits_consume(maker, type, index))
		op_add(type, (struct op){.kind = OP_DROP,
					 .way = CO_WAY_EXPR,
					 .old = index,
					 .new = NO_INDEX,
					 .nested = NO_INDEX,
					 .count_slot = NO_INDEX,
					 .rule = decision->capture.text	     ? "read by capture"
						 : decision->way == WAY_HOOK ? "read by hook"
						 : decision->way == WAY_EXPR ? "read by expr"
						 : decision->way == WAY_ARM  ? "read by arm"
									     : "read as count",
					 .why = decision->why.text,
					 .at = decision->path.at});
}

/* True when the place where DECISION stands decides about the old member of the same path, too. */
static bool replaced_plan(struct plan_maker *maker, struct plan_type *type, uint32_t index,
			  const struct decision *decision)
{
	struct slot *slot = &type->slots[OLD].at[index];
	const char *why = decision->why.text;

	if (decision->way == WAY_NULL || decision->way == WAY_LIST)
		why = why ? why : decision->value.text;
	if (!why)
		return plan_open(maker, PROBLEM_UNCONSUMED, type, slot, decision->path.at,
				  "the old member's value is lost without a reason; write `why: "
				  "...` beside %s, or `drop: {%s: reason}`",
				  decision->way == WAY_NONE ? "it" : way_key(decision->way),
				  slot->key);
	op_add(type, (struct op){.kind = OP_DROP,
				 .way = CO_WAY_DROP,
				 .old = index,
				 .new = NO_INDEX,
				 .nested = NO_INDEX,
				 .count_slot = NO_INDEX,
				 .rule = "replaced",
				 .why = why,
				 .at = decision->path.at});
	return true;
}

static void drop_plan(struct plan_maker *maker, struct plan_type *type, uint32_t index,
		      const struct drop *drop)
{
	struct slot *slot = &type->slots[OLD].at[index];

	if (slot->op != NO_INDEX) {
		plan_error(maker, type, slot->path, drop->path.at,
			   "dropped, but the new type takes its value (%s); take `drop` away or "
			   "decide the new member otherwise",
			   type->ops.at[slot->op].rule);
		return;
	}
	op_add(type, (struct op){.kind = OP_DROP,
				 .way = CO_WAY_DROP,
				 .old = index,
				 .new = NO_INDEX,
				 .nested = NO_INDEX,
				 .count_slot = NO_INDEX,
				 .rule = "drop",
				 .why = drop->why.text,
				 .at = drop->path.at});
}

static void old_plan(struct plan_maker *maker, struct plan_type *type, uint32_t index)
{
	struct slot *slot = &type->slots[OLD].at[index];
	const struct decision *reader = reader_of(maker, type, slot->key);
	const struct drop *drop = drop_above(type, slot->key);
	const struct decision *same = decision_about(type, slot->key);

	if (reader)
		read_plan(maker, type, index, reader);
	if (drop)
		drop_plan(maker, type, index, drop);
	if (slot->op != NO_INDEX)
		return;
	if (same && is_open(type, same->path.text))
		return;
	if (same)
		replaced_plan(maker, type, index, same);
	else if (type->is_view)
		rest_plan(type, NO_INDEX, index);
}

void bytes_settle(struct plan_type *type)
{
	for (int side = OLD; side <= NEW; side++) {
		for (size_t i = 0; i < type->slots[side].n; i++) {
			struct slot *slot = &type->slots[side].at[i];
			const struct op *op = slot->op == NO_INDEX ? NULL : &type->ops.at[slot->op];

			if (slot->kind == SLOT_RECORD &&
			    (!op || (op->kind != OP_NESTED && op->kind != OP_TAIL)))
				slot->kind = SLOT_BYTES;
		}
	}
}

void type_plan(struct plan_maker *maker, struct plan_type *type)
{
	struct path_set mentions[2] = {{.n = 0}, {.n = 0}}, deep = {.n = 0};

	if (type->decisions) {
		check_paths(maker, type);
		arms_find(maker, type);
		type_mentions(maker, type, mentions, &deep);
	}
	slots_fill(maker, type, OLD, mentions, &deep);
	slots_fill(maker, type, NEW, mentions, &deep);
	check_overlaps(maker, type);
	for (uint32_t i = 0; i < type->slots[NEW].n; i++)
		slot_plan(maker, type, i);
	/* What unknown code reads cannot be told from what nobody consumes: its errors come first.
	 */
	for (uint32_t i = 0; i < type->slots[OLD].n && code_known(maker); i++)
		old_plan(maker, type, i);
	bytes_settle(type);
	VEC_FREE(&mentions[OLD]);
	VEC_FREE(&mentions[NEW]);
	VEC_FREE(&deep);
}
