// SPDX-License-Identifier: GPL-2.0-or-later
/* Arrays whose rows do not simply move: what has no place, where a text ends, who changed its
 * index. */
#include <inttypes.h>

#include "emit.h"

#define SINGLE_ROWS_MAX 64 /* refused one by one, each with its index; more of them as a range */

static void emit_no_place(const struct slot *old, const char *path, const struct op_rows *rows,
			  uint64_t row, uint64_t n, const char *why, struct text *out)
{
	uint64_t bytes = old->bits * rows->inner / 8;

	if (n == 1)
		text_add(out, "co_no_place(ctx, \"%s[%" PRIu64 "]\", ", path, row);
	else
		text_add(out, "co_no_place(ctx, \"%s[%" PRIu64 "..%" PRIu64 "]\", ", path, row,
			 row + n - 1);
	text_add(out, "(const char *)old + %" PRIu64 ", %" PRIu64 ", %" PRIu64 ",\n\t    ",
		 old->bit / 8 + row * bytes, n * bytes, old->bits / 8);
	emit_string(why, out);
	text_puts(out, ");\n");
}

static void emit_gone(const struct slot *old, const char *path, const struct op_rows *rows,
		      struct text *out)
{
	for (size_t i = 0; i < rows->n_gone; i++) {
		const struct row_gone *gone = &rows->gone[i];
		uint64_t single = gone->n < SINGLE_ROWS_MAX ? gone->n : SINGLE_ROWS_MAX;

		for (uint64_t k = 0; k < single; k++)
			emit_no_place(old, path, rows, gone->row + k, 1, gone->why, out);
		if (single < gone->n)
			emit_no_place(old, path, rows, gone->row + single, gone->n - single,
				      gone->why, out);
	}
}

void emit_row_checks(const struct plan_type *type, const struct op *op, struct text *out)
{
	const struct slot *old = &type->slots[OLD].at[op->old],
			  *new = &type->slots[NEW].at[op->new];
	const struct op_rows *rows = op->rows;

	if (rows->refuses)
		emit_gone(old, new->path, rows, out);
	if (!rows->is_text)
		return;
	text_add(out, "if (!co_ends(&new->%s, %" PRIu64 "))\n", new->c, rows->new);
	if (rows->refuses)
		text_add(out,
			 "\tco_fail(ctx, CO_E_VALUE, \"%s\", %" PRIu64
			 ", \"would lose the NUL at its end\");\n",
			 new->path, rows->old);
	else
		text_add(out, "\tnew->%s[%" PRIu64 "] = 0;\n", new->c, rows->new - 1);
}

static void emit_row_table(const struct plan_type *type, uint32_t slot, const struct op_rows *rows,
			   struct text *out)
{
	text_add(out, "\nstatic const uint32_t rows_%s_%" PRIu32 "[] = {", type->cname, slot);
	for (uint64_t i = 0; i < rows->old; i++) {
		const struct row_span *span = NULL;

		for (size_t k = 0; k < rows->n_spans && !span; k++)
			if (i >= rows->spans[k].old && i - rows->spans[k].old < rows->spans[k].n)
				span = &rows->spans[k];
		text_puts(out, i % 8 ? " " : "\n\t");
		if (span)
			text_add(out, "%" PRIu64 ",", span->new + i - span->old);
		else
			text_puts(out, "CO_NOWHERE,");
	}
	text_puts(out, "\n};\n");
}

void emit_row_tables(const struct plan_type *type, struct text *out)
{
	for (uint32_t i = 0; i < type->slots[NEW].n; i++) {
		const struct op *op = &type->ops.at[type->slots[NEW].at[i].op];

		if (op->rows && op->rows->by_name)
			emit_row_table(type, i, op->rows, out);
	}
}
