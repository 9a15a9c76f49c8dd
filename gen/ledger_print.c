// SPDX-License-Identifier: GPL-2.0-or-later
/* The two-sided ledger as text for people. */
#include <inttypes.h>
#include <string.h>

#include "emit.h"

struct fate_sum {
	const char *fate;
	uint64_t bits;
};

static void print_row(const struct ledger_row *row, struct text *out)
{
	char range[80];

	text_add(out, "    %-26s %-28s %s", ledger_range(row->bit, row->bits, range, sizeof(range)),
		 row->path ? row->path : "(padding)", row->fate);
	if (row->rule && *row->rule && strcmp(row->rule, row->fate))
		text_add(out, ", %s", row->rule);
	if (row->why)
		text_add(out, ": %s", row->why);
	if (row->path && row->at.file)
		text_add(out, "  [%s:%u]", base_name(row->at.file), row->at.line);
	text_puts(out, "\n");
}

static void print_bits(uint64_t bits, struct text *out)
{
	text_add(out, "%" PRIu64, bits / 8);
	if (bits % 8)
		text_add(out, " + %" PRIu64 "/8", bits % 8);
}

static void print_sums(const struct ledger *ledger, struct text *out)
{
	struct fate_sum sums[32];
	size_t n = 0;

	for (size_t i = 0; i < ledger->n; i++) {
		size_t k = 0;

		while (k < n && strcmp(sums[k].fate, ledger->at[i].fate))
			k++;
		if (k == n && n < 32)
			sums[n++] = (struct fate_sum){.fate = ledger->at[i].fate};
		if (k < n)
			sums[k].bits += ledger->at[i].bits;
	}
	text_puts(out, "    in bytes:");
	for (size_t k = 0; k < n; k++) {
		text_add(out, "%s %s ", k ? "," : "", sums[k].fate);
		print_bits(sums[k].bits, out);
	}
	text_puts(out, "\n");
}

static void print_tail(const struct plan_type *type, enum side side, struct text *out)
{
	for (size_t i = 0; i < type->slots[side].n; i++) {
		const struct slot *slot = &type->slots[side].at[i];

		if (slot->is_flexible)
			text_add(out, "    from byte %-16" PRIu64 " %-28s %s\n", slot->bit / 8,
				 slot->path, type->ops.at[slot->op].rule);
	}
}

static void print_side(const struct plan_type *type, enum side side, struct text *out)
{
	text_add(out, "  %s, %" PRIu64 " bytes:\n",
		 side == OLD ? "old: what becomes of it" : "new: where it comes from",
		 type->size[side]);
	for (size_t i = 0; i < type->ledger[side].n; i++)
		print_row(&type->ledger[side].at[i], out);
	print_tail(type, side, out);
	print_sums(&type->ledger[side], out);
}

static void print_idioms(const struct plan_type *type, struct text *out)
{
	const char *before = "  idioms:";

	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if (!op->idiom || op->new == NO_INDEX)
			continue;
		text_add(out, "%s %s (%s)", before, type->slots[NEW].at[op->new].path, op->idiom);
		before = ",";
	}
	if (*before == ',')
		text_puts(out, "\n");
}

void ledger_print(const struct plan *plan, struct text *out)
{
	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];

		text_add(out, "%s%s%s\n", i ? "\n" : "", type->label,
			 type->is_object ? "" : " (only inside others)");
		print_idioms(type, out);
		print_side(type, OLD, out);
		print_side(type, NEW, out);
	}
}
