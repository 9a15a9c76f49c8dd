// SPDX-License-Identifier: GPL-2.0-or-later
/* The way back of words whose bits have names: a member is whether its constant is set. */
#include <inttypes.h>

#include "reverse.h"

/* The word that gathered what OP dropped; NO_INDEX: OP is no such operation. */
static uint32_t word_of(const struct plan_type *type, const struct op *op)
{
	if (op->kind == OP_BITS)
		return op->new;
	for (size_t i = 0; i < type->ops.n && op->kind == OP_DROP && op->mask; i++)
		for (size_t k = 0; k < type->ops.at[i].n_bits; k++)
			if (type->ops.at[i].bits[k].old == op->old &&
			    type->ops.at[i].bits[k].mask == op->mask)
				return type->ops.at[i].new;
	return NO_INDEX;
}

bool is_gathered(const struct plan_type *type, const struct op *op)
{
	return word_of(type, op) != NO_INDEX;
}

void gathered_turn(const struct plan_type *type, const struct op *op, struct arena *arena,
		   struct decision *decision)
{
	const char *word = type->slots[NEW].at[word_of(type, op)].path;
	struct bit *bit = VEC_PUSH(&decision->bits);
	uint64_t mask = op->mask;

	if (op->kind == OP_BITS) {
		mask = 0;
		for (size_t i = 0; i < op->n_bits; i++)
			mask |= op->bits[i].mask;
	}
	*bit = (struct bit){.constant = {.at = op->at}};
	bit->constant.text = arena_printf(arena, "0x%" PRIx64, mask);
	if (op->kind == OP_BITS)
		decision->from = (struct words){.text = word, .at = op->at};
	else
		bit->member = (struct words){.text = word, .at = op->at};
	decision->way = WAY_BITS;
	decision->key = (struct words){.text = "bits", .at = op->at};
	decision->is_turned = true;
	decision->why = (struct words){.text = op->why, .at = op->at};
}

bool gathered_returns(const struct slot *slot, const struct op *op, const struct op *forth,
		      bool is_bool, bool *whole)
{
	*whole = !op->is_test || slot->bits == 1 || is_bool;
	return op->is_test ? forth->kind == OP_DROP && forth->mask == op->mask
			   : forth->kind == OP_BITS;
}
