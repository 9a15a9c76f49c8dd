/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ledger of one side of one type: every bit has exactly one entry that says where it comes from
 * (new side) or what becomes of it (old side). Kept in bits, printed in bytes.
 */
#ifndef CO_GEN_LEDGER_H
#define CO_GEN_LEDGER_H

#include "../schema/diag.h"

struct ledger_row {
	uint64_t bit, bits;
	const char *path; /* of the member; NULL: padding */
	const char *fate; /* "copy", "init", "dropped", "rest", "padding", ... */
	const char *rule; /* what decided it */
	const char *why;  /* the reason in words, or NULL */
	struct place at;  /* in the mapping, or of the declaration */
	bool soft;	  /* may be hidden by others: the rest of a union whose arm was chosen */
};

struct ledger {
	struct ledger_row *at;
	size_t n, room;
	uint64_t bits; /* of the whole type */
};

void ledger_deinit(struct ledger *ledger);

/* Adds a row; rows of no bits are left out. */
void ledger_add(struct ledger *ledger, struct ledger_row row);

/*
 * Sorts the rows and checks that they cover every bit once: soft rows give way to the others. False
 * with a diagnostic for every range that has no row, or two. TYPE and SIDE ("old", "new") name it;
 * ADVICE says what to write for a range without a row.
 */
bool ledger_close(struct ledger *ledger, const char *type, const char *side, const char *advice,
		  struct place at, struct diags *diags);

/* "byte 4", "bytes 4-11", "bits 3-4 of byte 8": a range of bits for people, written to OUT. */
const char *ledger_range(uint64_t bit, uint64_t bits, char *out, size_t room);

#endif
