// SPDX-License-Identifier: GPL-2.0-or-later
/* What of the first release's objects a chain does not bring to the last, by whom and why. */
#include <inttypes.h>
#include <string.h>

#include "../schema/text.h"
#include "chain.h"

static bool is_lost(const struct op *op)
{
	return op->kind == OP_DROP && op->way != CO_WAY_EXPR;
}

static bool saturates(const struct op *op)
{
	for (size_t i = 0; i < op->n_steps && op->kind == OP_STEPS; i++)
		if (op->steps[i].saturates)
			return true;
	return op->kind == OP_NARROW && op->saturates;
}

static void bits_print(uint64_t bits, struct text *out)
{
	text_add(out, "%" PRIu64, bits / 8);
	if (bits % 8)
		text_add(out, " + %" PRIu64 "/8", bits % 8);
}

static void slot_print(const struct slot *slot, const struct op *op, const char *fate,
		       struct text *out)
{
	char range[80];

	if (slot->is_flexible)
		text_add(out, "  from byte %-16" PRIu64 " %s: %s", slot->bit / 8, slot->path, fate);
	else
		text_add(out, "  %-26s %s: %s",
			 ledger_range(slot->bit, slot->bits * slot->count, range, sizeof(range)),
			 slot->path, fate);
	text_add(out, ", %s\n", op->trail ? op->trail : op->rule);
}

static void type_print(const struct plan_type *type, struct text *out)
{
	uint64_t lost = 0, member_bits = 0;

	for (size_t i = 0; i < type->slots[OLD].n; i++) {
		const struct slot *slot = &type->slots[OLD].at[i];
		uint64_t bits = slot->bits * slot->count;

		member_bits += bits;
		lost += is_lost(&type->ops.at[slot->op]) ? bits : 0;
	}
	text_add(out, "%s: of %" PRIu64 " bytes ", type->label, type->size[OLD]);
	bits_print(member_bits - lost, out);
	text_puts(out, " arrive or are read");
	if (lost) {
		text_puts(out, ", ");
		bits_print(lost, out);
		text_puts(out, " are left behind");
	}
	text_puts(out, "\n");
	for (size_t i = 0; i < type->slots[OLD].n; i++) {
		const struct slot *slot = &type->slots[OLD].at[i];
		const struct op *op = &type->ops.at[slot->op];

		if (is_lost(op))
			slot_print(slot, op, "lost", out);
		else if (saturates(op))
			slot_print(slot, op, "lost where it becomes the nearest value", out);
		else if (op->partial && op->new != NO_INDEX)
			slot_print(slot, op, "arrives, or is refused", out);
	}
}

void chain_loss_print(const struct plan *chain, struct text *out)
{
	const struct mapping *mapping = chain->mapping;

	text_add(out, "Loss set: %s to %s by %s\n",
		 mapping->from_release.text ? mapping->from_release.text : "old",
		 mapping->to_release.text ? mapping->to_release.text : "new", chain->sources);
	for (size_t i = 0; i < chain->types.n; i++)
		type_print(chain->types.at[i], out);
}
