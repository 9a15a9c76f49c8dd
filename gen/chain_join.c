// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The new side of a composed type: for each member of the last release, what the later hop does
 * with what the earlier one left in the middle. A pair of operations that is not known by name is
 * refused.
 */
#include <string.h>

#include "chain_internal.h"

static bool takes_value(const struct stage *part)
{
	switch (part->op.kind) {
	case OP_COPY:
	case OP_WIDEN:
	case OP_NARROW:
	case OP_ENUM:
	case OP_FLAGS:
	case OP_PICK:
	case OP_NESTED:
	case OP_POINTER:
	case OP_TAIL:
		return true;
	case OP_STEPS:
		return !part->op.code;
	default:
		return false;
	}
}

static bool cannot(struct joint *joint, const struct stage *earlier, const struct stage *later,
		   const char *instead)
{
	return chain_error(
		joint, earlier, later, later->new->path,
		"%s does not compose with what the hop before makes of it in %s (%s); %s",
		op_words(&later->op), chain_middle(joint->chain), op_words(&earlier->op), instead);
}

/* ---- pointers, embedded types, tails ---- */

static bool pointer_join(struct joint *joint, const struct stage *earlier,
			 const struct stage *later, struct stage *out)
{
	const struct op *first = &earlier->op, *second = &later->op;

	if (first->way != second->way || first->mask != second->mask ||
	    first->new_container != second->old_container ||
	    (first->nested == NO_INDEX) != (second->nested == NO_INDEX) ||
	    first->target_size != second->target_size || first->count != second->count ||
	    !earlier->count != !later->count)
		return cannot(joint, earlier, later,
			      "decide this pointer by the same way, the same count, mask and "
			      "container in both mappings, or `null` with a reason in one");
	if (later->count) {
		const struct stage *count = half_source(joint, later->count);

		if (!count || count->old != earlier->count ||
		    (!part_is_identity(joint->chain->plan[FIRST], count) &&
		     count->op.kind != OP_WIDEN))
			return cannot(joint, earlier, later,
				      "let the same member count in both mappings");
	}
	out->op = *second;
	out->op.old_container = first->old_container;
	out->count = earlier->count;
	if (second->nested != NO_INDEX)
		out->op.nested = chain_pair(joint->chain, first->nested, second->nested);
	return true;
}

/* True when a type of which nothing is set becomes one of which nothing is set. */
static bool keeps_zero(const struct plan *plan, uint32_t index)
{
	const struct plan_type *type = plan->types.at[index];

	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if (op->rows || op->is_bounded)
			return false;
		if (op->new == NO_INDEX || op->kind == OP_COPY || op->kind == OP_WIDEN ||
		    op->kind == OP_POINTER || (op->kind == OP_ZERO && !op->code))
			continue;
		if (op->kind != OP_NESTED || !keeps_zero(plan, op->nested))
			return false;
	}
	return true;
}

static bool is_plain(const struct plan *plan, const struct op *op)
{
	return op->kind == OP_COPY || (op->kind == OP_NESTED && plan->types.at[op->nested]->plain);
}

static bool nested_join(struct joint *joint, const struct stage *earlier, const struct stage *later,
			struct stage *out)
{
	const struct chain *chain = joint->chain;

	out->op = later->op;
	if (earlier->op.kind == OP_NESTED && later->op.kind == OP_NESTED) {
		out->op.nested = chain_pair(joint->chain, earlier->op.nested, later->op.nested);
		return true;
	}
	if (is_plain(chain->plan[FIRST], &earlier->op) &&
	    is_plain(chain->plan[SECOND], &later->op) && earlier->old->bits == later->new->bits) {
		out->op = earlier->op.kind == OP_COPY ? earlier->op : later->op;
		return true;
	}
	return cannot(joint, earlier, later,
		      "let it cross by the plan of its type in both mappings, or as its bits in "
		      "both");
}

static bool tail_join(struct joint *joint, const struct stage *earlier, const struct stage *later,
		      struct stage *out)
{
	const struct stage *count = later->count ? half_source(joint, later->count) : NULL;
	const struct plan *plan = joint->chain->plan[FIRST];

	if (earlier->op.kind != OP_TAIL || !count || count->old != earlier->count ||
	    (!part_is_identity(plan, count) && count->op.kind != OP_WIDEN) ||
	    (earlier->op.nested == NO_INDEX) != (later->op.nested == NO_INDEX))
		return cannot(joint, earlier, later,
			      "a tail crosses a chain where every hop takes it with `count`, and "
			      "the count crosses as it is");
	out->op = later->op;
	out->count = earlier->count;
	if (later->op.nested != NO_INDEX)
		out->op.nested = chain_pair(joint->chain, earlier->op.nested, later->op.nested);
	return true;
}

/* ---- what the hop before left there ---- */

/* Functions of the first mapping write the last release's member, when it is the middle's. */
static bool function_join(struct joint *joint, const struct stage *earlier,
			  const struct stage *later, struct stage *out)
{
	if (!part_is_identity(joint->chain->plan[SECOND], later) ||
	    strcmp(earlier->new->path, later->new->path) || !slot_same(earlier->new, later->old))
		return cannot(joint, earlier, later,
			      "a function writes the member of its own release: write a hook for "
			      "the pair of the first and the last release, or run the steps one by "
			      "one");
	out->op = earlier->op;
	return true;
}

static bool zero_join(struct joint *joint, const struct stage *earlier, const struct stage *later,
		      struct stage *out)
{
	if (earlier->op.way == CO_WAY_RESTORE && earlier->op.code)
		return function_join(joint, earlier, later, out);
	if (op_is_number(later))
		return number_join(joint, earlier, later, out);
	if (later->op.kind == OP_TAIL ||
	    (later->op.kind == OP_NESTED &&
	     !keeps_zero(joint->chain->plan[SECOND], later->op.nested)))
		return cannot(joint, earlier, later,
			      "the hop before leaves nothing in it that could be converted: decide "
			      "it here by `init: zero` with `why`");
	out->op = earlier->op;
	return true;
}

static bool code_result_join(struct joint *joint, const struct stage *earlier,
			     const struct stage *later, struct stage *out)
{
	if (op_is_number(later) && is_integer(earlier->new))
		return number_join(joint, earlier, later, out);
	if (!part_is_identity(joint->chain->plan[SECOND], later))
		return cannot(joint, earlier, later, "write `expr`, `init` or `hook` here, too");
	out->op = earlier->op;
	return code_is_free(joint, earlier, earlier->op.code, "new_");
}

static bool empty_join(struct joint *joint, const struct stage *earlier, const struct stage *later,
		       struct stage *out)
{
	if (later->op.way != CO_WAY_LIST || !later->new->link)
		return cannot(joint, earlier, later,
			      "write `list: empty` here, too, or `null` with a reason");
	out->op = earlier->op;
	return true;
}

/* Operations over one old member alone, whatever they make of it. */
static bool is_unary(const struct op *op)
{
	return op->kind == OP_COPY || op->kind == OP_WIDEN || op->kind == OP_NARROW ||
	       op->kind == OP_ENUM || op->kind == OP_FLAGS || op->kind == OP_PICK;
}

/* What is known by name only in one hop stands as it is when the other hop hands on the value. */
static bool single_join(struct joint *joint, const struct stage *earlier, const struct stage *later,
			struct stage *out)
{
	bool zero = earlier->op.kind == OP_ZERO && !earlier->op.code && later->op.kind != OP_ENUM &&
		    !later->op.n_values;

	if (zero && is_unary(&later->op))
		out->op = earlier->op;
	else if (is_unary(&later->op) && part_is_identity(joint->chain->plan[FIRST], earlier))
		out->op = later->op;
	else if (is_unary(&earlier->op) && part_is_identity(joint->chain->plan[SECOND], later))
		out->op = earlier->op;
	else
		return cannot(joint, earlier, later,
			      "let one of both hops hand it on as it is, or run the steps one by "
			      "one");
	return true;
}

static bool is_special(const struct op *op)
{
	return op->rows || op->is_bounded || op->kind == OP_FLAGS || op->kind == OP_PICK;
}

static bool value_join(struct joint *joint, const struct stage *earlier, const struct stage *later,
		       struct stage *out)
{
	if (is_special(&earlier->op) || is_special(&later->op))
		return single_join(joint, earlier, later, out);
	switch (earlier->op.kind) {
	case OP_ZERO:
		return zero_join(joint, earlier, later, out);
	case OP_INIT:
	case OP_EXPR:
		return code_result_join(joint, earlier, later, out);
	case OP_HOOK:
		return function_join(joint, earlier, later, out);
	case OP_EMPTY:
		return empty_join(joint, earlier, later, out);
	case OP_POINTER:
		if (later->op.kind == OP_POINTER)
			return pointer_join(joint, earlier, later, out);
		return cannot(joint, earlier, later,
			      "decide this pointer by the same way in both mappings");
	case OP_TAIL:
		return tail_join(joint, earlier, later, out);
	default:
		break;
	}
	if (op_is_number(earlier) && op_is_number(later))
		return number_join(joint, earlier, later, out);
	if (later->op.kind == OP_TAIL)
		return tail_join(joint, earlier, later, out);
	if ((earlier->op.kind == OP_COPY || earlier->op.kind == OP_NESTED) &&
	    (later->op.kind == OP_COPY || later->op.kind == OP_NESTED))
		return nested_join(joint, earlier, later, out);
	return cannot(joint, earlier, later, "run the steps one by one");
}

/* ---- one member ---- */

static bool code_member(struct joint *joint, const struct stage *later, struct stage *out)
{
	out->op = later->op;
	out->old = NULL;
	out->op.code = code_compose(joint, later, later->op.code);
	return out->op.code != NULL;
}

/* What stands for itself: the middle has no say in it. */
static bool settled_member(struct joint *joint, const struct stage *later, struct stage *out)
{
	out->op = later->op;
	out->old = NULL;
	return later->op.kind != OP_INIT || code_is_free(joint, later, later->op.code, "old_");
}

static bool moved_member(struct joint *joint, const struct stage *later, struct stage *out)
{
	struct stage *earlier = half_source(joint, later->old);

	if (!earlier)
		return chain_error(
			joint, NULL, later, later->new->path,
			"it is taken from %s of %s, which the hop before cuts into other "
			"pieces (the arms of a union, the members of a struct); name the "
			"same members in both mappings",
			later->old->path, chain_middle(joint->chain));
	out->old = earlier->old;
	if (!value_join(joint, earlier, later, out))
		return false;
	earlier->handed = true;
	out->op.trail = chain_trail(joint->chain, &earlier->op, &later->op);
	if (later->op.at.file)
		out->op.at = later->op.at;
	else if (earlier->op.at.file)
		out->op.at = earlier->op.at;
	return true;
}

static bool member_join(struct joint *joint, const struct stage *later, struct stage *out)
{
	if (takes_value(later))
		return moved_member(joint, later, out);
	switch (later->op.kind) {
	case OP_ZERO:
	case OP_INIT:
	case OP_EMPTY:
		return settled_member(joint, later, out);
	case OP_EXPR:
	case OP_STEPS:
		return code_member(joint, later, out);
	case OP_HOOK:
		return chain_error(
			joint, NULL, later, later->new->path,
			"`hook: %s` reads objects of %s, which the converter of the chain "
			"never makes; write a hook in a mapping of the first and the last "
			"release, or run the steps one by one",
			later->op.code, chain_middle(joint->chain));
	default:
		return chain_error(joint, NULL, later, later->new->path,
				   "%s (%s) is not known to compose with the hop before; run the "
				   "steps one by one",
				   op_words(&later->op), later->op.rule);
	}
}

void chain_join(struct joint *joint)
{
	const struct stages *parts = &joint->half[SECOND].parts;

	for (size_t i = 0; i < parts->n; i++) {
		const struct stage *later = &parts->at[i];
		struct stage out = {.new = later->new};

		if (!later->new)
			continue;
		if (later->op.kind != OP_TAIL && later->op.kind != OP_POINTER)
			out.count = NULL;
		if (!member_join(joint, later, &out))
			continue;
		if (!out.op.trail)
			out.op.trail = chain_trail(joint->chain, NULL, &later->op);
		*VEC_PUSH(&joint->parts) = out;
	}
}
