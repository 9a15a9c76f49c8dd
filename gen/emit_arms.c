// SPDX-License-Identifier: GPL-2.0-or-later
/* converter.c: unions with a discriminator. Which arm is live is asked in one place of each type. */
#include <inttypes.h>

#include "emit.h"

/* The condition as it stands in the mapping: the compiler's complaints about it point there. */
static void emit_condition(const struct arm_plan *arm, size_t index, struct text *out)
{
	out->indent = 0;
	text_add(out, "#line %u \"%s\"\n", arm->when_at.line, base_name(arm->when_at.file));
	text_add(out, "\tif (%s)\n", arm->when);
	text_add(out, "#line %zu \"converter.c\"\n", text_line(out) + 1);
	text_add(out, "\t\treturn %zu;\n", index);
}

static void emit_which(const struct plan_type *type, const struct op *op, struct text *out)
{
	size_t n = op->n_arms;
	bool otherwise = n && !op->arms[n - 1].when;

	text_add(out, "\n/* Which arm of %s.%s is live; -1: none. */\n", type->label,
		 type->slots[NEW].at[op->new].path);
	text_add(out, "static int which_%s_%" PRIu32 "(const struct old_%s *old)\n{\n\t(void)old;\n",
		 type->cname, op->new, type->cname);
	for (size_t i = 0; i < n; i++)
		if (op->arms[i].when)
			emit_condition(&op->arms[i], i, out);
	if (otherwise)
		text_add(out, "\treturn %zu;\n}\n", n - 1);
	else
		text_puts(out, "\treturn -1;\n}\n");
}

static void emit_live(const struct plan *plan, const struct plan_type *type, const struct op *op,
		      struct text *out)
{
	for (size_t i = 0; i < op->n_arms; i++)
		if (op->arms[i].part != NO_INDEX)
			text_add(out,
				 "\nstatic _Bool live_%s(const void *old_)\n{\n"
				 "\treturn which_%s_%" PRIu32 "(old_) == %zu;\n}\n",
				 plan->types.at[op->arms[i].part]->cname, type->cname, op->new, i);
}

void emit_arm_choices(const struct plan *plan, const struct plan_type *type, struct text *out)
{
	for (size_t i = 0; i < type->ops.n; i++) {
		if (type->ops.at[i].kind != OP_ARM)
			continue;
		emit_which(type, &type->ops.at[i], out);
		emit_live(plan, type, &type->ops.at[i], out);
	}
}

static const char *reason_of(const struct arm_plan *arm, struct arena *arena)
{
	struct op op = {.at = arm->at,
			.rule = arm->path ? arm->path : "otherwise: zero",
			.why = arm->why};

	return reason_text(&op, arena);
}

void emit_arms(const struct plan *plan, const struct plan_type *type, const struct op *op,
	       struct arena *arena, struct text *out)
{
	const char *path = type->slots[NEW].at[op->new].path;

	text_add(out, "switch (which_%s_%" PRIu32 "(old)) { /* %s */\n", type->cname, op->new,
		 reason_text(op, arena));
	for (size_t i = 0; i < op->n_arms; i++) {
		const struct arm_plan *arm = &op->arms[i];

		text_add(out, "case %zu: /* %s */\n", i, reason_of(arm, arena));
		if (arm->part != NO_INDEX) {
			text_add(out,
				 "\tconvert_%s(ctx, (const void *)old, (void *)new);\n"
				 "\tco_arm(ctx, new, %" PRIu32 ");\n",
				 plan->types.at[arm->part]->cname, arm->part);
		}
		text_puts(out, "\tbreak;\n");
	}
	text_add(out, "default:\n\tco_fail(ctx, CO_E_VALUE, ");
	emit_string(path, out);
	text_puts(out, ", 0, \"no arm of it is live\");\n}\n");
}

bool arms_move_pointers(const struct plan *plan, const struct op *op)
{
	for (size_t i = 0; i < op->n_arms; i++)
		if (op->arms[i].part != NO_INDEX &&
		    plan->types.at[op->arms[i].part]->moves_pointers)
			return true;
	return false;
}

void emit_arms_translation(const struct plan *plan, const struct plan_type *type,
			   const struct op *op, struct text *out)
{
	text_add(out, "switch (which_%s_%" PRIu32 "(old)) {\n", type->cname, op->new);
	for (size_t i = 0; i < op->n_arms; i++) {
		uint32_t part = op->arms[i].part;

		if (part != NO_INDEX && plan->types.at[part]->moves_pointers)
			text_add(out,
				 "case %zu:\n\ttranslate_%s(ctx, (const void *)old, (void *)new);\n"
				 "\tbreak;\n",
				 i, plan->types.at[part]->cname);
	}
	text_puts(out, "default:\n\tbreak;\n}\n");
}
