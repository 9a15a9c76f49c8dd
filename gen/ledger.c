// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of bits, sorted and checked: every bit of a type is accounted for once. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"

void ledger_deinit(struct ledger *ledger)
{
	VEC_FREE(ledger);
}

void ledger_add(struct ledger *ledger, struct ledger_row row)
{
	if (row.bits)
		*VEC_PUSH(ledger) = row;
}

const char *ledger_range(uint64_t bit, uint64_t bits, char *out, size_t room)
{
	uint64_t first = bit / 8, last = (bit + bits - 1) / 8;

	if (bit % 8 || bits % 8) {
		if (bits == 1)
			snprintf(out, room, "bit %" PRIu64 " of byte %" PRIu64, bit % 8, first);
		else
			snprintf(out, room, "bits %" PRIu64 "-%" PRIu64 " from byte %" PRIu64,
				 bit % 8, bit % 8 + bits - 1, first);
	} else if (first == last) {
		snprintf(out, room, "byte %" PRIu64, first);
	} else {
		snprintf(out, room, "bytes %" PRIu64 "-%" PRIu64, first, last);
	}
	return out;
}

static int row_compare(const void *a_, const void *b_)
{
	const struct ledger_row *a = a_, *b = b_;

	if (a->bit != b->bit)
		return a->bit < b->bit ? -1 : 1;
	if (a->bits != b->bits)
		return a->bits < b->bits ? -1 : 1;
	return strcmp(a->path ? a->path : "", b->path ? b->path : "");
}

/* Puts into OUT what of the soft row ROW the hard rows, sorted, leave free. */
static void soft_split(const struct ledger *hard, struct ledger_row row, struct ledger *out)
{
	uint64_t end = row.bit + row.bits;

	for (size_t i = 0; i < hard->n && row.bits; i++) {
		const struct ledger_row *other = &hard->at[i];

		if (other->bit + other->bits <= row.bit || other->bit >= end)
			continue;
		if (other->bit > row.bit) {
			struct ledger_row piece = row;

			piece.bits = other->bit - row.bit;
			ledger_add(out, piece);
		}
		row.bit = other->bit + other->bits;
		row.bits = row.bit < end ? end - row.bit : 0;
	}
	ledger_add(out, row);
}

/* Soft rows give way to hard ones, and to soft ones before them (an inner union before its outer).
 */
static void soft_settle(struct ledger *ledger)
{
	struct ledger hard = {.bits = ledger->bits};

	for (size_t i = 0; i < ledger->n; i++)
		if (!ledger->at[i].soft)
			ledger_add(&hard, ledger->at[i]);
	for (size_t i = 0; i < ledger->n; i++) {
		struct ledger pieces = {.bits = 0};

		if (!ledger->at[i].soft)
			continue;
		if (hard.n)
			qsort(hard.at, hard.n, sizeof(*hard.at), row_compare);
		soft_split(&hard, ledger->at[i], &pieces);
		for (size_t k = 0; k < pieces.n; k++)
			ledger_add(&hard, pieces.at[k]);
		ledger_deinit(&pieces);
	}
	if (hard.n)
		qsort(hard.at, hard.n, sizeof(*hard.at), row_compare);
	ledger_deinit(ledger);
	*ledger = hard;
}

static void gap_report(const char *type, const char *side, const char *advice, struct place at,
		       uint64_t bit, uint64_t bits, struct diags *diags)
{
	char range[80];

	diag_error(diags, at, "%s: nobody accounts for %s of the %s type; %s", type,
		   ledger_range(bit, bits, range, sizeof(range)), side, advice);
}

static void overlap_report(const char *type, const char *side, const struct ledger_row *first,
			   const struct ledger_row *second, struct diags *diags)
{
	uint64_t from = second->bit, a = first->bit + first->bits, b = second->bit + second->bits;
	char range[80];

	diag_error(diags, second->at.file ? second->at : first->at,
		   "%s.%s: counted twice: %s of the %s type, by this (%s) and by %s.%s (%s); leave "
		   "one of them out",
		   type, second->path ? second->path : "(padding)",
		   ledger_range(from, (a < b ? a : b) - from, range, sizeof(range)), side,
		   second->fate, type, first->path ? first->path : "(padding)", first->fate);
}

bool ledger_close(struct ledger *ledger, const char *type, const char *side, const char *advice,
		  struct place at, struct diags *diags)
{
	uint64_t covered = 0;
	const struct ledger_row *last = NULL;
	bool clean = true;

	soft_settle(ledger);
	for (size_t i = 0; i < ledger->n; i++) {
		const struct ledger_row *row = &ledger->at[i];

		if (row->bit > covered) {
			gap_report(type, side, advice, at, covered, row->bit - covered, diags);
			clean = false;
		} else if (row->bit < covered) {
			overlap_report(type, side, last, row, diags);
			clean = false;
		}
		if (row->bit + row->bits > covered) {
			covered = row->bit + row->bits;
			last = row;
		}
	}
	if (covered < ledger->bits) {
		gap_report(type, side, advice, at, covered, ledger->bits - covered, diags);
		clean = false;
	} else if (covered > ledger->bits) {
		diag_error(diags, at, "%s: a row of the ledger lies outside the %s type", type,
			   side);
		clean = false;
	}
	return clean;
}
