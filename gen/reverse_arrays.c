// SPDX-License-Identifier: GPL-2.0-or-later
/* How the rows of an array return that got another length, or that an enum counts. */
#include <string.h>

#include "../schema/carried.h"
#include "plan_internal.h"
#include "reverse.h"

/* What took the place of a name that was gone gives it back, unless the old enum has both. */
static void replacements_turn(const struct plan *forward, const struct decision *written,
			      struct decision *decision)
{
	const struct model *old = forward->model[OLD];
	type_id id = carried_index(old, written->index_old.text);

	memset(&decision->replacements, 0, sizeof(decision->replacements));
	for (size_t i = 0; id != TYPE_NONE && i < written->replacements.n; i++) {
		const struct replacement *one = &written->replacements.at[i];

		if (!enumerator_named(old, type_at(old, id), one->new.text))
			*VEC_PUSH(&decision->replacements) =
				(struct replacement){.old = one->new, .new = one->old};
	}
}

void reverse_rows(const struct plan *forward, const struct op *op, const struct decision *written,
		  struct decision *decision)
{
	struct place at = decision->path.at;

	if (!op->rows || !written)
		return;
	if (decision->way == WAY_NONE) {
		decision->way = WAY_FROM;
		decision->value = (struct words){.text = decision->path.text, .at = at};
		decision->key = (struct words){.text = "from", .at = at};
	}
	decision->on_overflow = (struct words){.text = "refuse", .at = at};
	if (!decision->why.text)
		decision->why = (struct words){.text = "as it was before", .at = at};
	if (!written->index_old.text)
		return;
	decision->index_old = written->index_new;
	decision->index_new = written->index_old;
	replacements_turn(forward, written, decision);
}

/* ---- there and back ----------------------------------------------------------------------------
 */

/* Where OP puts the old row ROW; false: nowhere. */
static bool row_to(const struct op *op, uint64_t row, uint64_t *to)
{
	*to = row;
	for (size_t i = 0; op->rows && i < op->rows->n_spans; i++) {
		const struct row_span *span = &op->rows->spans[i];

		if (row >= span->old && row - span->old < span->n) {
			*to = span->new + row - span->old;
			return true;
		}
	}
	return !op->rows;
}

/* Where OP takes the new row ROW from; false: from nowhere, it is zero. */
static bool row_from(const struct op *op, uint64_t row, uint64_t *from)
{
	*from = row;
	for (size_t i = 0; op->rows && i < op->rows->n_spans; i++) {
		const struct row_span *span = &op->rows->spans[i];

		if (row >= span->new &&row - span->new < span->n) {
			*from = span->old + row - span->new;
			return true;
		}
	}
	return !op->rows;
}

enum row_fate reverse_row(const struct op *forth, const struct op *back, uint64_t row)
{
	uint64_t there = 0, from = 0;
	bool goes = forth && row_to(forth, row, &there), comes = row_from(back, row, &from);

	if (!forth)
		return ROW_LOST;
	if (!goes) /* only what was zero got here, and zero it is again */
		return !comes && forth->rows->refuses ? ROW_RETURNS : ROW_LOST;
	if (!comes || from != there)
		return ROW_LOST;
	if (forth->rows && forth->rows->is_text && !forth->rows->refuses &&
	    there + 1 == forth->rows->new)
		return ROW_ENDED;
	return ROW_RETURNS;
}
