// SPDX-License-Identifier: GPL-2.0-or-later
/* The C of words whose bits have names: moved by name, gathered from members, taken apart again. */
#include <inttypes.h>

#include "emit.h"

/* Says that the old word FROM cannot cross, and why. */
static void emit_fail(struct text *out, const char *path, const char *from, const char *what,
		      const char *why)
{
	text_puts(out, "\tco_fail(ctx, CO_E_VALUE, ");
	emit_string(path, out);
	text_add(out, ", (uint64_t)%s, \"%s%s\");\n", from, what, why);
}

static void emit_cast(const struct plan *plan, const struct slot *new, struct text *out)
{
	text_puts(out, "(");
	emit_slot_type(plan, new, NEW, out);
	text_puts(out, ")");
}

static void emit_rest(const struct slot *new, const struct op *op, const char *from,
		      const char *why, struct text *out)
{
	if (!op->rest)
		return;
	text_add(out, "if ((uint64_t)%s & 0x%" PRIx64 "u)\n", from, op->rest);
	emit_fail(out, new->path, from, "", why);
}

void emit_flags(const struct plan *plan, const struct slot *new, const struct op *op,
		const char *from, const char *to, const char *reason, struct text *out)
{
	text_add(out, "%s = ", to);
	emit_cast(plan, new, out);
	text_add(out, "((uint64_t)%s & 0x%" PRIx64 "u); /* %s */\n", from, op->keep, reason);
	for (size_t i = 0; i < op->n_names; i++) {
		const struct enum_value *name = &op->names[i];

		text_add(out, "if ((uint64_t)%s & 0x%" PRIx64 "u) /* %s */\n", from, name->old,
			 name->name);
		if (!name->crosses) {
			emit_fail(out, new->path, from, name->name, " has no bit in the new word");
			continue;
		}
		text_add(out, "\t%s = ", to);
		emit_cast(plan, new, out);
		text_add(out, "((uint64_t)%s | 0x%" PRIx64 "u);\n", to, name->new);
	}
	emit_rest(new, op, from, "has a bit that no enumerator names", out);
}

void emit_bits(const struct plan *plan, const struct plan_type *type, const struct op *op,
	       const char *reason, struct arena *arena, struct text *out)
{
	const struct slot *new = &type->slots[NEW].at[op->new];
	const struct slot *old = op->old == NO_INDEX ? NULL : &type->slots[OLD].at[op->old];
	const char *word = old ? arena_printf(arena, "old->%s", old->c) : "0";

	text_add(out, "new->%s = ", new->c);
	emit_cast(plan, new, out);
	text_add(out, "((uint64_t)%s & 0x%" PRIx64 "u); /* %s */\n", word, op->mask, reason);
	for (size_t i = 0; i < op->n_bits; i++) {
		const struct op_bit *bit = &op->bits[i];

		if (old) {
			text_add(out, "if ((uint64_t)%s & 0x%" PRIx64 "u)\n", word, bit->mask);
			emit_fail(out, new->path, word, "is set already: ", bit->constant);
		}
		text_add(out, "if (old->%s)\n\tnew->%s = ", type->slots[OLD].at[bit->old].c,
			 new->c);
		emit_cast(plan, new, out);
		text_add(out, "((uint64_t)new->%s | 0x%" PRIx64 "u);\n", new->c, bit->mask);
	}
	emit_rest(new, op, word, "does not fit the new type", out);
}

void emit_pick(const struct plan *plan, const struct plan_type *type, const struct op *op,
	       const char *reason, struct arena *arena, struct text *out)
{
	const struct slot *new = &type->slots[NEW].at[op->new];
	const char *from = arena_printf(arena, "old->%s", type->slots[OLD].at[op->old].c);

	text_add(out, "new->%s = ", new->c);
	emit_cast(plan, new, out);
	text_add(out, "(((uint64_t)%s & 0x%" PRIx64 "u)%s); /* %s */\n", from, op->mask,
		 op->is_test ? " != 0" : "", reason);
	emit_rest(new, op, from, "does not fit the new type", out);
}
