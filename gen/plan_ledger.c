// SPDX-License-Identifier: GPL-2.0-or-later
/* Fills the two ledgers of a planned type and closes them: not one bit may be left or counted
 * twice. */
#include <string.h>

#include "plan_internal.h"

static const char *fate_of(const struct op *op)
{
	static const char *const words[] = {
		[OP_COPY] = "copy",	  [OP_WIDEN] = "conversion", [OP_NARROW] = "conversion",
		[OP_ENUM] = "conversion", [OP_INIT] = "init",	     [OP_EXPR] = "conversion",
		[OP_HOOK] = "hook",	  [OP_NESTED] = "nested",    [OP_POINTER] = "pointer",
		[OP_EMPTY] = "init",	  [OP_TAIL] = "tail",	     [OP_ZERO] = "zero",
		[OP_DROP] = "dropped",	  [OP_FLAGS] = "conversion", [OP_BITS] = "conversion",
		[OP_PICK] = "conversion", [OP_STEPS] = "conversion",
		[OP_ARM] = "arm",	  [OP_CHECK] = "checked",
	};

	if (op->way == CO_WAY_REST)
		return "rest";
	if (op->way == CO_WAY_RESTORE)
		return op->kind == OP_DROP ? "dropped" : "restore";
	if (op->kind == OP_DROP && op->way != CO_WAY_DROP)
		return "read";
	return words[op->kind];
}

static void slot_row(struct plan_maker *maker, struct plan_type *type, enum side side,
		     const struct slot *slot)
{
	const struct op *op = &type->ops.at[slot->op];
	struct ledger_row row = {.bit = slot->bit,
				 .bits = slot_bits(slot),
				 .path = slot->path,
				 .fate = fate_of(op),
				 .rule = op->trail ? op->trail : op->rule,
				 .why = op->trail ? NULL : op->why,
				 .at = op->at.file ? op->at : slot->at};

	if (op->rows)
		rows_ledger(maker, &type->ledger[side], side, slot, op, row);
	else
		ledger_add(&type->ledger[side], row);
}

/* ---- padding: the bits that no member covers, taken from the type and not from the slots
 * ------------ */

struct coverage {
	const struct model *model;
	const struct plan_type *type;
	enum side side;
	struct arena *arena;
	unsigned char *bits; /* one bit each */
};

static void cover(struct coverage *coverage, uint64_t bit, uint64_t bits)
{
	uint64_t end = coverage->type->size[coverage->side] * 8;

	for (uint64_t i = bit; i < bit + bits && i < end; i++)
		coverage->bits[i / 8] |= (unsigned char)(1 << i % 8);
}

/* True when the struct at PATH is decided as a whole: else what it holds lies in other slots. */
static bool is_slot(const struct coverage *coverage, const char *path)
{
	const struct plan_type *type = coverage->type;

	for (size_t i = 0; i < type->slots[coverage->side].n; i++)
		if (!strcmp(type->slots[coverage->side].at[i].path, path))
			return true;
	return false;
}

static void cover_record(struct coverage *coverage, const struct type *record, const char *prefix,
			 uint64_t base, int depth)
{
	const struct member *members = members_of(coverage->model, record);

	for (uint32_t i = 0; i < record->n && depth < 64; i++) {
		const struct member *member = &members[i];
		type_id id = strip(coverage->model, member->type);
		const struct type *type = type_at(coverage->model, id);
		bool is_struct = type->kind == KIND_STRUCT;
		uint64_t bit = base + member->bit_offset;

		if (!member->name && !is_struct && type->kind != KIND_UNION)
			continue;
		if (!member->name && is_struct) {
			cover_record(coverage, type, prefix, bit, depth + 1);
		} else if (is_struct && !is_slot(coverage, arena_printf(coverage->arena, "%s%s",
									prefix, member->name))) {
			cover_record(coverage, type,
				     arena_printf(coverage->arena, "%s%s.", prefix, member->name),
				     bit, depth + 1);
		} else {
			cover(coverage, bit, member_bits(coverage->model, member));
		}
	}
}

static void padding_rows(struct plan_maker *maker, struct plan_type *type, enum side side)
{
	uint64_t bits = type->size[side] * 8, from = 0;
	struct coverage coverage = {
		.model = maker->model[side], .type = type, .side = side, .arena = maker->arena};
	const struct type *record = type_at(coverage.model, type->id[side]);

	coverage.bits = ARENA_NEW_ARRAY(maker->arena, type->size[side] + 1, unsigned char);
	if (record->kind == KIND_UNION)
		cover(&coverage, 0, bits);
	else
		cover_record(&coverage, record, "", 0, 0);
	while (from < bits) {
		uint64_t to = from;

		while (to < bits && !(coverage.bits[to / 8] >> to % 8 & 1))
			to++;
		if (to > from)
			ledger_add(&type->ledger[side],
				   (struct ledger_row){.bit = from,
						       .bits = to - from,
						       .fate = "padding",
						       .rule = side == NEW ? "always zero" : "",
						       .soft = true});
		from = to + 1;
	}
}

static void choice_rows(struct plan_maker *maker, struct plan_type *type, enum side side)
{
	for (size_t i = 0; i < type->choices[side].n; i++) {
		const struct union_choice *choice = &type->choices[side].at[i];

		ledger_add(&type->ledger[side],
			   (struct ledger_row){.bit = choice->bit,
					       .bits = choice->bits,
					       .path = "(other arms)",
					       .fate = side == NEW ? "zero" : "dropped",
					       .rule = arena_printf(maker->arena,
								    "the mapping chose arm %s",
								    choice->arm),
					       .at = type->at,
					       .soft = true});
	}
}

static void old_unconsumed(struct plan_maker *maker, struct plan_type *type,
			   const struct slot *slot)
{
	char range[80];

	if (!slot_bits(slot)) {
		plan_open(maker, PROBLEM_UNCONSUMED, type, slot, type->at.file ? type->at : slot->at,
			   "the old type's flexible tail is consumed by nobody; write `count` for "
			   "a new member, or `drop: {%s: reason}`",
			   slot->key);
		return;
	}
	plan_open(maker, PROBLEM_UNCONSUMED, type, slot, type->at.file ? type->at : slot->at,
		   "%s of the old type are consumed by nobody; under `types: %s:` write `drop: "
		   "{%s: reason}`, or let a new member take it with `from`, `expr` or `reads`",
		   ledger_range(slot->bit, slot_bits(slot), range, sizeof(range)), type->label,
		   slot->key);
	if (type->at.file && slot->at.file)
		diag_note(maker->diags, slot->at, "%s is declared here", slot->path);
}

bool is_open(const struct plan_type *type, const char *path)
{
	uint32_t index = slot_find(type, NEW, path);

	return index != NO_INDEX && type->slots[NEW].at[index].op == NO_INDEX;
}

void type_ledger(struct plan_maker *maker, struct plan_type *type)
{
	size_t errors = maker->diags->errors;

	for (size_t i = 0; i < type->slots[OLD].n && code_known(maker); i++)
		if (type->slots[OLD].at[i].op == NO_INDEX &&
		    !is_open(type, type->slots[OLD].at[i].path))
			old_unconsumed(maker, type, &type->slots[OLD].at[i]);
	if (errors != maker->diags->errors || type->failed || !code_known(maker))
		return;
	for (int side = OLD; side <= NEW; side++) {
		for (size_t i = 0; i < type->slots[side].n; i++)
			if (type->slots[side].at[i].op != NO_INDEX)
				slot_row(maker, type, (enum side)side, &type->slots[side].at[i]);
		padding_rows(maker, type, (enum side)side);
		choice_rows(maker, type, (enum side)side);
		ledger_close(&type->ledger[side], type->label, side == OLD ? "old" : "new",
			     side == OLD ? "write `drop` for what lies there"
					 : "write a way for what lies there",
			     type->at, maker->diags);
	}
}
