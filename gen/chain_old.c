// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The old side of a composed type: each member of the first release is taken by what was composed,
 * or is given up by the hop that gave it up; then the type is built of both sides.
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

static bool is_taken(const struct joint *joint, const struct slot *slot)
{
	for (size_t i = 0; i < joint->parts.n; i++)
		if (joint->parts.at[i].old == slot && takes_value(&joint->parts.at[i]))
			return true;
	return false;
}

/* ---- what is read without being taken ---- */

static bool is_code(const struct stage *part)
{
	return part->op.code &&
	       (part->op.kind == OP_EXPR || part->op.kind == OP_STEPS || part->op.kind == OP_CHECK);
}

/* Some code or count of the composition reads SLOT. */
static bool is_read(const struct joint *joint, const struct slot *slot)
{
	for (size_t i = 0; i < joint->parts.n; i++) {
		const struct stage *part = &joint->parts.at[i];

		if (part->count == slot || (part->op.kind == OP_CHECK && part->old == slot) ||
		    (is_code(part) && code_reads_path(part->op.code, slot->c)))
			return true;
	}
	return false;
}

static bool has_functions(const struct plan_type *type)
{
	return type->hooks.n || type->captures.n;
}

/* ---- the fate of one old member ---- */

/* What the later hop does with SLOT of the middle, or with all around it, or with a part of it. */
static const struct stage *fate_of(const struct joint *joint, const struct slot *slot)
{
	const struct stages *parts = &joint->half[SECOND].parts;
	const struct stage *best = NULL;

	for (size_t i = 0; i < parts->n; i++) {
		const struct stage *part = &parts->at[i];

		if (!part->old || !part->accounts)
			continue;
		if (slot_same(part->old, slot))
			return part;
		if (!best && (slot_inside(slot, part->old) || slot_inside(part->old, slot)))
			best = part;
	}
	return best;
}

static struct op drop_op(const struct chain *chain, const struct op *earlier,
			 const struct op *later, const char *rule)
{
	const struct op *decides = later ? later : earlier;

	return (struct op){
		.kind = OP_DROP,
		.way = later && later->kind == OP_DROP ? later->way : CO_WAY_DROP,
		.nested = NO_INDEX,
		.rule = rule,
		.why = decides->why,
		.at = decides->at,
		.idiom = decides->idiom,
		.trail = chain_trail(chain, earlier, later),
	};
}

static void member_account(struct joint *joint, const struct stage *earlier)
{
	const struct chain *chain = joint->chain;
	struct stage out = {.old = earlier->old, .accounts = true};
	const struct stage *later;
	bool hooked = earlier->op.rule && strcmp(earlier->op.rule, "read by expr") != 0 &&
		      strcmp(earlier->op.rule, "read as count") != 0;

	if (is_taken(joint, earlier->old))
		return;
	if (!earlier->new) {
		out.op = earlier->op;
		out.op.trail = chain_trail(chain, &earlier->op, NULL);
		if (earlier->op.way == CO_WAY_EXPR && !hooked && !is_read(joint, earlier->old)) {
			out.op.way = CO_WAY_DROP;
			out.op.trail = arena_printf(chain->arena,
						    "%s; a later hop leaves behind "
						    "what was made of it",
						    out.op.trail);
		}
	} else {
		later = fate_of(joint, earlier->new);
		out.op = drop_op(chain, &earlier->op, later ? &later->op : NULL,
				 later && later->op.kind == OP_DROP ? later->op.rule : "replaced");
	}
	*VEC_PUSH(&joint->parts) = out;
}

/* What the first hop refuses stays refused, also where its result goes no further. */
static void check_keep(struct joint *joint, const struct stage *earlier)
{
	const struct plan *plan = joint->chain->plan[FIRST];
	bool refuses = earlier->op.partial || earlier->op.kind == OP_ARM ||
		       (earlier->op.kind == OP_NESTED && type_refuses(plan, earlier->op.nested));
	struct stage check;

	if (earlier->op.kind == OP_CHECK) {
		check = *earlier;
		*VEC_PUSH(&joint->parts) = check;
	} else if (earlier->new && !earlier->handed && refuses) {
		if (number_check(joint, earlier, &check))
			*VEC_PUSH(&joint->parts) = check;
		else
			chain_error(joint, earlier, fate_of(joint, earlier->new),
				    earlier->new->path,
				    "it is left behind here, but the hop before refuses some "
				    "objects for it: leave it behind in both mappings, or run the "
				    "steps one by one");
	}
}

/* Functions of the first mapping go on writing what they wrote. */
static void functions_check(struct joint *joint)
{
	const struct stages *parts = &joint->half[FIRST].parts;

	for (size_t i = 0; i < parts->n; i++) {
		const struct stage *earlier = &parts->at[i];
		bool function = earlier->op.kind == OP_HOOK ||
				(earlier->op.kind == OP_ZERO && earlier->op.way == CO_WAY_RESTORE &&
				 earlier->op.code);
		bool found = false;

		for (size_t k = 0; k < joint->parts.n && function && !found; k++) {
			const struct stage *part = &joint->parts.at[k];

			found = part->new && part->op.kind == earlier->op.kind && part->op.code &&
				!strcmp(part->op.code, earlier->op.code) &&
				!strcmp(part->new->path, earlier->new->path);
		}
		if (function && !found && !joint->type->failed)
			chain_error(joint, earlier, fate_of(joint, earlier->new),
				    earlier->new->path,
				    "%s sets it in %s, and the next hop does not hand it on under "
				    "that name: write a mapping of the first and the last release, "
				    "or run the steps one by one",
				    earlier->op.code, chain_middle(joint->chain));
	}
}

/* A later hop's capture reads objects that no kernel of the chain holds. */
static void captures_check(struct joint *joint)
{
	const struct function_list *captures = &joint->half[SECOND].type->captures;

	for (size_t i = 0; i < captures->n; i++) {
		diag_error(joint->chain->diags, captures->at[i].at,
			   "%s.%s: `capture: %s` runs in %s, which a chain never boots: let the "
			   "first mapping capture it, or run the steps one by one",
			   joint->type->label, captures->at[i].path, captures->at[i].name,
			   chain_middle(joint->chain));
		joint->type->failed = true;
	}
}

/* ---- building the type ---- */

struct sources {
	const struct slot **at;
	size_t n, room;
};

static void source_add(struct sources *sources, const struct slot *slot)
{
	size_t i;

	for (i = 0; i < sources->n; i++)
		if (sources->at[i] == slot)
			return;
	VEC_PUSH(sources);
	for (; i > 0 && sources->at[i - 1]->bit > slot->bit; i--)
		sources->at[i] = sources->at[i - 1];
	sources->at[i] = slot;
}

static uint32_t source_index(const struct sources *sources, const struct slot *slot)
{
	for (size_t i = 0; i < sources->n && slot; i++)
		if (sources->at[i] == slot)
			return (uint32_t)i;
	return NO_INDEX;
}

static void slots_build(struct plan_type *type, enum side side, const struct sources *sources)
{
	for (size_t i = 0; i < sources->n; i++) {
		struct slot *slot = VEC_PUSH(&type->slots[side]);

		*slot = *sources->at[i];
		slot->op = NO_INDEX;
		if (side == OLD)
			slot->used = false;
	}
}

static void op_build(struct joint *joint, const struct stage *part, const struct sources sources[2])
{
	struct op op = part->op;

	op.old = source_index(&sources[OLD], part->old);
	op.new = source_index(&sources[NEW], part->new);
	op.count_slot = source_index(&sources[OLD], part->count);
	op.run = false;
	op_add(joint->type, op);
}

static void ops_build(struct joint *joint, const struct sources sources[2])
{
	struct plan_type *type = joint->type;

	for (size_t i = 0; i < sources[NEW].n; i++)
		for (size_t k = 0; k < joint->parts.n; k++)
			if (joint->parts.at[k].new == sources[NEW].at[i])
				op_build(joint, &joint->parts.at[k], sources);
	for (size_t k = 0; k < joint->parts.n; k++)
		if (!joint->parts.at[k].new)
			op_build(joint, &joint->parts.at[k], sources);
	for (size_t i = 0; i < sources[OLD].n; i++) {
		struct slot *slot = &type->slots[OLD].at[i];
		const struct op *op = slot->op == NO_INDEX ? NULL : &type->ops.at[slot->op];

		slot->used |= is_read(joint, sources[OLD].at[i]) ||
			      (op && op->kind == OP_DROP && op->way == CO_WAY_EXPR) ||
			      (has_functions(joint->half[FIRST].type) && sources[OLD].at[i]->used);
	}
}

/* What no plan of its own moves is bytes. */
static void bytes_build(struct plan_type *type)
{
	for (int side = OLD; side <= NEW; side++)
		for (size_t i = 0; i < type->slots[side].n; i++) {
			struct slot *slot = &type->slots[side].at[i];
			const struct op *op = slot->op == NO_INDEX ? NULL : &type->ops.at[slot->op];

			if (slot->kind == SLOT_RECORD &&
			    (!op || (op->kind != OP_NESTED && op->kind != OP_TAIL)))
				slot->kind = SLOT_BYTES;
		}
}

static void functions_add(struct function_list *list, const struct function_list *from)
{
	for (size_t i = 0; i < from->n; i++)
		*VEC_PUSH(list) = from->at[i];
}

static void type_build(struct joint *joint)
{
	struct plan_type *type = joint->type;
	const struct plan_type *first = joint->half[FIRST].type;
	struct sources sources[2] = {{.n = 0}, {.n = 0}};

	for (size_t i = 0; i < joint->half[FIRST].parts.n; i++)
		if (joint->half[FIRST].parts.at[i].old)
			source_add(&sources[OLD], joint->half[FIRST].parts.at[i].old);
	for (size_t i = 0; i < joint->half[SECOND].parts.n; i++)
		if (joint->half[SECOND].parts.at[i].new)
			source_add(&sources[NEW], joint->half[SECOND].parts.at[i].new);
	slots_build(type, OLD, &sources[OLD]);
	slots_build(type, NEW, &sources[NEW]);
	ops_build(joint, sources);
	bytes_build(type);
	for (int side = OLD; side <= NEW; side++) {
		const struct half *half = &joint->half[side == OLD ? FIRST : SECOND];

		for (size_t i = 0; i < half->choices[side].n; i++)
			*VEC_PUSH(&type->choices[side]) = half->choices[side].at[i];
		VEC_FREE(&sources[side]);
	}
	functions_add(&type->hooks, &first->hooks);
	functions_add(&type->captures, &first->captures);
	functions_add(&type->restores, &first->restores);
	functions_add(&type->restores, &joint->half[SECOND].type->restores);
}

void chain_account(struct joint *joint)
{
	const struct stages *parts = &joint->half[FIRST].parts;

	functions_check(joint);
	captures_check(joint);
	if (joint->type->failed)
		return;
	for (size_t i = 0; i < parts->n; i++)
		if (parts->at[i].old && parts->at[i].accounts)
			member_account(joint, &parts->at[i]);
	for (size_t i = 0; i < parts->n; i++)
		check_keep(joint, &parts->at[i]);
	type_build(joint);
	type_ledger(&joint->chain->maker, joint->type);
}
