// SPDX-License-Identifier: GPL-2.0-or-later
/* `bits`: a flag word that is gathered from old members, and its way back. */
#include <string.h>

#include "plan_internal.h"

/* True when SLOT is one number of at most 64 bits. */
static bool is_number_slot(const struct slot *slot)
{
	return is_integer(slot) && !slot->is_array && slot->bits <= 64;
}

static uint64_t mask_of(const struct slot *slot)
{
	return slot->bits < 64 ? ((uint64_t)1 << slot->bits) - 1 : UINT64_MAX;
}

static bool is_bool(const struct plan_maker *maker, const struct slot *slot)
{
	const struct model *model = maker->model[NEW];

	return type_at(model, strip(model, slot->element))->encoding == ENC_BOOLEAN;
}

static uint32_t slot_require(struct plan_maker *maker, struct plan_type *type,
			     const struct slot *new, const struct words *words)
{
	uint32_t index = slot_find(type, OLD, words->text);
	struct field unused;
	size_t stop;

	if (index == NO_INDEX &&
	    !field_find(maker->model[OLD], type->id[OLD], words->text, &unused, &stop))
		return NO_INDEX; /* check_paths() said so */
	if (index != NO_INDEX && is_number_slot(&type->slots[OLD].at[index]))
		return index;
	plan_error(maker, type, new->path, words->at,
		   "`%s` is no integer, bool, enum or bitfield of the old type; write `expr` or "
		   "`hook` for this word",
		   words->text);
	return NO_INDEX;
}

static bool bit_check(struct plan_maker *maker, struct plan_type *type, const struct slot *new,
		      const struct words *words, uint64_t mask)
{
	if (!mask)
		return plan_error(maker, type, new->path, words->at,
				  "`%s` is 0: no bit of the word says then what the member held",
				  words->text);
	if (mask & ~mask_of(new))
		return plan_error(maker, type, new->path, words->at,
				  "`%s` is 0x%llx, which does not fit the %llu bits of the member",
				  words->text, (unsigned long long)mask,
				  (unsigned long long)new->bits);
	return true;
}

/* Reads every constant: all errors at once. */
static bool bits_read(struct plan_maker *maker, struct plan_type *type,
		      const struct decision *decision, struct op *op)
{
	const struct slot *new = &type->slots[NEW].at[op->new];
	struct op_bit *bits = arena_array(maker->arena, decision->bits.n, sizeof(*bits));
	bool good = true;

	for (size_t i = 0; i < decision->bits.n; i++) {
		const struct bit *bit = &decision->bits.at[i];
		const char *trouble = constant_read(maker->model[NEW], bit->constant.text,
						    maker->arena, &bits[i].mask);

		bits[i].constant = bit->constant.text;
		bits[i].old = slot_require(maker, type, new, &bit->member);
		good &= bits[i].old != NO_INDEX;
		if (trouble)
			good = plan_error(maker, type, new->path, bit->constant.at, "`%s`: %s",
					  bit->constant.text, trouble);
		else
			good &= bit_check(maker, type, new, &bit->constant, bits[i].mask);
		for (size_t k = 0; k < i && !trouble; k++)
			if (bits[k].mask & bits[i].mask)
				good = plan_error(
					maker, type, new->path, bit->constant.at,
					"`%s` (0x%llx) and `%s` (0x%llx) have a bit in "
					"common: two members would be one",
					bits[k].constant, (unsigned long long)bits[k].mask,
					bits[i].constant, (unsigned long long)bits[i].mask);
	}
	op->bits = bits;
	op->n_bits = decision->bits.n;
	return good;
}

/* The old word beside `bits`: its other bits have to mean the same, and to fit. */
static bool word_plan(struct plan_maker *maker, struct plan_type *type,
		      const struct decision *decision, struct op *op)
{
	const struct slot *new = &type->slots[NEW].at[op->new];
	struct field from, to;

	op->old = NO_INDEX;
	if (!decision->from.text)
		return true;
	op->old = slot_require(maker, type, new, &decision->from);
	if (op->old == NO_INDEX)
		return false;
	for (size_t i = 0; i < op->n_bits; i++)
		if (op->bits[i].old == op->old)
			return plan_error(maker, type, new->path, decision->from.at,
					  "`from: %s` is one of the members that `bits` gathers",
					  decision->from.text);
	from = slot_field(&type->slots[OLD].at[op->old]);
	to = slot_field(new);
	if (!decision->constants_prefix.text &&
	    (is_flag_word(&maker->idioms, maker->model[OLD], &from) ||
	     is_flag_word(&maker->idioms, maker->model[NEW], &to)))
		return plan_error(maker, type, new->path, decision->from.at,
				  "`from: %s` is a flag word: a human has to say that its bits "
				  "mean the same; "
				  "write `constants: {prefix: NAME_, header: path.h}` beside it",
				  decision->from.text);
	constants_hold(maker, type, decision, new);
	op->partial = true;
	op->mask = mask_of(&type->slots[OLD].at[op->old]);
	op->rest = op->mask & ~mask_of(new);
	return true;
}

/* A word that goes back: one of its members, or what is left of it without them. */
static bool turned_plan(struct plan_maker *maker, struct plan_type *type,
			const struct decision *decision, struct op *op)
{
	const struct bit *bit = &decision->bits.at[0];
	const struct words *word = bit->member.text ? &bit->member : &decision->from;
	uint64_t mask = 0;

	constant_read(maker->model[NEW], bit->constant.text, maker->arena, &mask);
	op->kind = OP_PICK;
	op->is_test = bit->member.text;
	op->old = slot_require(maker, type, &type->slots[NEW].at[op->new], word);
	if (op->old == NO_INDEX)
		return false;
	op->mask = op->is_test ? mask : mask_of(&type->slots[OLD].at[op->old]) & ~mask;
	op->rest = op->is_test ? 0 : op->mask & ~mask_of(&type->slots[NEW].at[op->new]);
	op->partial = op->rest;
	return true;
}

void bits_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op op)
{
	const struct slot *new = &type->slots[NEW].at[op.new];
	bool good;

	op.kind = OP_BITS;
	op.way = CO_WAY_WIDEN;
	op.rule = "bits";
	if (!is_number_slot(new) || (is_bool(maker, new) && !decision->is_turned)) {
		plan_error(maker, type, new->path, decision->key.at,
			   "`bits` is for an integer of at most 64 bits; write `hook: FUNCTION`");
		return;
	}
	if (decision->is_turned) {
		good = turned_plan(maker, type, decision, &op);
	} else { /* both, so that the errors of both are told */
		good = bits_read(maker, type, decision, &op);
		good = word_plan(maker, type, decision, &op) && good;
	}
	if (good) {
		for (size_t i = 0; i < op.n_bits; i++)
			op.rule = arena_printf(maker->arena, "%s%s %s", op.rule, i ? "," : ":",
					       op.bits[i].constant);
		op_add(type, op);
	}
}

bool bits_consume(struct plan_maker *maker, struct plan_type *type, uint32_t old_slot)
{
	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op op = type->ops.at[i];

		for (size_t k = 0; k < op.n_bits; k++) {
			if (op.bits[k].old != old_slot)
				continue;
			op_add(type,
			       (struct op){.kind = OP_DROP,
					   .way = CO_WAY_EXPR,
					   .old = old_slot,
					   .new = NO_INDEX,
					   .nested = NO_INDEX,
					   .count_slot = NO_INDEX,
					   .mask = op.bits[k].mask,
					   .rule = arena_printf(maker->arena, "%s in %s",
								op.bits[k].constant,
								type->slots[NEW].at[op.new].path),
					   .why = op.why,
					   .at = op.at});
			return true;
		}
	}
	return false;
}
