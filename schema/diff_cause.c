/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why a member moved. Members are walked in the new layout's order; where the distance between old
 * and new offset changes, what lies between this member and the one before it is the reason: an
 * embedded type that grew (a cause elsewhere), or a member added, removed or resized (no cause:
 * here). A reason here stays one for all that follows until members stand where they stood again.
 */
#include "diff_parts.h"

#include <stdlib.h>

struct walk_state {
	int64_t delta; /* of the member before, new minus old offset, in bits */
	bool own;      /* a reason here takes part in delta */
	const char *cause;
	/* Since delta changed last: */
	bool pending_own;
	const char *pending_cause;
	int64_t pending_growth;
	uint64_t pending_end; /* new offset behind it */
};

static bool is_removed(const struct shift_row *row)
{
	return row->new_bit == NO_OFFSET;
}

static bool is_added(const struct shift_row *row)
{
	return row->old_bit == NO_OFFSET;
}

static int by_new(const void *va, const void *vb)
{
	const struct shift_row *const *a = va, *const *b = vb;

	if ((*a)->new_bit != (*b)->new_bit)
		return (*a)->new_bit < (*b)->new_bit ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

static int by_old(const void *va, const void *vb)
{
	const struct shift_row *const *a = va, *const *b = vb;

	if ((*a)->old_bit != (*b)->old_bit)
		return (*a)->old_bit < (*b)->old_bit ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

static void clear_pending(struct walk_state *state)
{
	state->pending_own = false;
	state->pending_cause = NULL;
	state->pending_growth = 0;
	state->pending_end = 0;
}

/* The distance changes at ROW from state->delta to DELTA: says why, in own and cause. */
static void explain(struct walk_state *state, const struct shift_row *row, int64_t delta)
{
	bool all_grown = delta - state->delta == state->pending_growth;
	bool padding = state->delta && llabs(delta - state->delta) < (int64_t)row->align;
	bool own = state->delta && state->own;
	const char *cause = state->cause;

	if (state->pending_cause && (!state->pending_own || all_grown))
		cause = state->pending_cause;
	else if (state->pending_own)
		own = true;
	else if (row->grown)
		cause = row->grown;
	else if (!padding)
		own = true;
	state->delta = delta;
	state->own = delta && own;
	state->cause = delta && !own ? cause : NULL;
	clear_pending(state);
}

static void pend(struct walk_state *state, const struct shift_row *row)
{
	uint64_t end = row->new_bit + row->new_bits;

	if (row->own)
		state->pending_own = true;
	if (row->grown) {
		state->pending_cause = row->grown;
		state->pending_growth += (int64_t)(row->new_bits - row->old_bits);
	}
	if ((row->own || row->grown) && end > state->pending_end)
		state->pending_end = end;
}

static void step(struct walk_state *state, const struct shift_row *row)
{
	int64_t delta = (int64_t)(row->new_bit - row->old_bit);

	if (delta != state->delta)
		explain(state, row, delta);
	else if (row->new_bit >= state->pending_end)
		clear_pending(state);
	if (delta && row->cause)
		*row->cause = state->own ? NULL : state->cause;
	pend(state, row);
}

void shift_causes(struct shift_row *rows, size_t n, struct arena *scratch)
{
	const struct shift_row **order = ARENA_NEW_ARRAY(scratch, n + 1, const struct shift_row *);
	const struct shift_row **removed =
		ARENA_NEW_ARRAY(scratch, n + 1, const struct shift_row *);
	struct walk_state state = {0};
	size_t kept = 0, gone = 0, passed = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_removed(&rows[i]))
			removed[gone++] = &rows[i];
		else
			order[kept++] = &rows[i];
	}
	qsort(order, kept, sizeof(*order), by_new);
	qsort(removed, gone, sizeof(*removed), by_old);
	for (size_t i = 0; i < kept; i++) {
		if (is_added(order[i])) {
			pend(&state, order[i]);
			continue;
		}
		for (; passed < gone && removed[passed]->old_bit < order[i]->old_bit; passed++)
			state.pending_own = true;
		step(&state, order[i]);
	}
}

const char *union_cause(const struct shift_row *rows, size_t n, uint64_t old_bits,
			uint64_t new_bits)
{
	uint64_t limit = old_bits < new_bits ? old_bits : new_bits;
	const char *cause = NULL;

	for (size_t i = 0; i < n; i++) {
		uint64_t bits = old_bits < new_bits ? rows[i].new_bits : rows[i].old_bits;

		if (bits <= limit)
			continue;
		if (!rows[i].grown)
			return NULL;
		if (!cause)
			cause = rows[i].grown;
	}
	return cause;
}
