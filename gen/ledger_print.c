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
	if (side == OLD && type->extent_by)
		text_add(out, "    extent: as many bytes as %s says\n", type->extent_by->text);
	else if (side == OLD && type->extent < type->size[OLD])
		text_add(out, "    extent: the first %" PRIu64 " bytes\n", type->extent);
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

/* How the bits of each new member of an arm come to be. */
static void print_part(const struct plan_type *part, struct text *out)
{
	for (size_t i = 0; i < part->slots[NEW].n; i++) {
		const struct slot *slot = &part->slots[NEW].at[i];
		const struct op *op = &part->ops.at[slot->op];
		char range[80];

		text_add(out, "      %-24s %-28s %s",
			 ledger_range(slot->bit, slot->bits * slot->count, range, sizeof(range)),
			 slot->path, op->rule);
		if (op->old != NO_INDEX && strcmp(part->slots[OLD].at[op->old].path, slot->path))
			text_add(out, ", from %s", part->slots[OLD].at[op->old].path);
		text_add(out, "%s%s\n", op->why ? ": " : "", op->why ? op->why : "");
	}
	for (size_t i = 0; i < part->slots[OLD].n; i++) {
		const struct op *op = &part->ops.at[part->slots[OLD].at[i].op];

		if (op->kind == OP_DROP && op->way == CO_WAY_DROP)
			text_add(out, "      %s of the old arm: %s: %s\n",
				 part->slots[OLD].at[i].path, op->rule, op->why);
	}
}

/* The arms of a union and when each is live; what no arm takes is lost by the decision itself. */
static void print_arms(const struct plan *plan, const struct plan_type *type, const struct op *op,
		       struct text *out)
{
	text_add(out, "  arms of %s, the first that holds; bytes beside it are zero:\n",
		 type->slots[NEW].at[op->new].path);
	for (size_t i = 0; i < op->n_arms; i++) {
		const struct arm_plan *arm = &op->arms[i];

		if (arm->when)
			text_add(out, "    when %s: %s", arm->when, arm->path);
		else
			text_add(out, "    otherwise: zero: %s", arm->why);
		text_add(out, "  [%s:%u]\n", base_name(arm->at.file), arm->at.line);
		if (arm->part != NO_INDEX)
			print_part(plan->types.at[arm->part], out);
	}
	if (op->partial)
		text_puts(out, "    otherwise: the object is refused\n");
	if (op->unused[OLD])
		text_add(out, "    given up with the decision, for no arm takes it: %s\n",
			 op->unused[OLD]);
	if (op->unused[NEW])
		text_add(out, "    never live in the new union: %s\n", op->unused[NEW]);
}

/* What of PATH is a field of IDIOM, with the dot before it: ".next"; "" for the member itself. */
static const char *member_below(const char *path, const struct idiom *idiom)
{
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot && i < idiom->n_fields; i++)
		if (!strcmp(dot + 1, idiom->fields[i]))
			return dot;
	return path + strlen(path);
}

/* The members that were met as IDIOM, each once: what lies in one is decided with it. */
static void print_met(const struct plan *plan, const struct idiom *idiom, struct text *out)
{
	const char *before = NULL;

	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];
		const char *last = "";

		for (size_t k = 0; k < type->ops.n; k++) {
			const struct op *op = &type->ops.at[k];
			const struct slot *slot;
			size_t n;

			if (type->is_part || !op->idiom || op->new == NO_INDEX ||
			    strcmp(op->idiom, idiom->type) != 0)
				continue;
			slot = &type->slots[NEW].at[op->new];
			n = strlen(slot->path) - strlen(member_below(slot->path, idiom));
			if (strlen(last) >= n && n && !strncmp(last, slot->path, n))
				continue;
			if (!before)
				text_add(out, "  %s (%s):", idiom->type, idiom->says);
			text_add(out, "%s %s.%.*s", before ? before : "", type->label, (int)n,
				 slot->path);
			before = ",";
			last = slot->path;
		}
	}
	if (before && idiom->why)
		text_add(out, "  [%s:%u %s]", base_name(idiom->at.file), idiom->at.line,
			 idiom->why);
	if (before)
		text_puts(out, "\n");
}

static void print_all_met(const struct plan *plan, struct text *out)
{
	bool any = false;

	for (size_t i = 0; i < plan->types.n && !any; i++)
		for (size_t k = 0; k < plan->types.at[i]->ops.n && !any; k++)
			any = plan->types.at[i]->ops.at[k].idiom &&
			      plan->types.at[i]->ops.at[k].new != NO_INDEX;
	if (!any)
		return;
	text_puts(out, "\nidioms met:\n");
	for (size_t i = 0; i < plan->idioms.n; i++)
		print_met(plan, &plan->idioms.at[i], out);
}

void ledger_print(const struct plan *plan, struct text *out)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];

		if (type->is_part)
			continue;
		text_add(out, "%s%s%s\n", n++ ? "\n" : "", type->label,
			 type->is_object ? "" : " (only inside others)");
		print_idioms(type, out);
		print_side(type, OLD, out);
		print_side(type, NEW, out);
		for (size_t k = 0; k < type->ops.n; k++)
			if (type->ops.at[k].kind == OP_ARM)
				print_arms(plan, type, &type->ops.at[k], out);
	}
	print_all_met(plan, out);
}
