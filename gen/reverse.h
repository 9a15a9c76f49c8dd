/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way back: the decisions of a mapping turned around, so that the planner makes a converter
 * from the new release to the old one, and what of the old objects that converter cannot bring
 * back.
 */
#ifndef CO_GEN_REVERSE_H
#define CO_GEN_REVERSE_H

#include "plan.h"

/*
 * Fills OUT, a mapping for the swapped releases, from FORWARD (a plan that was made without an
 * error) and its mapping; BACK is the diff of the new models against the old ones. Every place in
 * OUT is one in the original mapping. False with a diagnostic for each old member whose value
 * nothing turns around and for which no `reverse` is written. OUT borrows strings from FORWARD and
 * its mapping and is to be mapping_deinit()ed either way.
 */
bool reverse_mapping(const struct plan *forward, const struct diff *back, struct mapping *out,
		     struct diags *diags);

/* reverse_bits.c: true when OP is what became of an old member that `bits` gathers, or of their
 * word.
 */
bool is_gathered(const struct plan_type *type, const struct op *op);
/* Makes DECISION, whose path is there, how that member returns. Strings are owned by ARENA. */
void gathered_turn(const struct plan_type *type, const struct op *op, struct arena *arena,
		   struct decision *decision);
/*
 * True when an old member, SLOT, returns by OP, an OP_PICK of the way back, as FORTH, its operation
 * on the way forth, left it. *WHOLE: with every value that it had.
 */
bool gathered_returns(const struct slot *slot, const struct op *op, const struct op *forth,
		      bool is_bool, bool *whole);

/*
 * reverse_arms.c: the condition WHEN of an arm of TYPE as it is asked of the new object, owned by
 * ARENA. NULL when it reads an old member that does not move as it is: then *PATH is that.
 */
const char *condition_turn(const struct plan_type *type, const char *when, struct arena *arena,
			   const char **path);

/* What becomes of bits of an old object on the way there and back. */
enum loss_fate {
	LOSS_RETURNS, /* as they were */
	LOSS_REFUSED, /* as they were, or the way back refuses the object */
	LOSS_DECIDED, /* as a `reverse` makes them */
	LOSS_ARMED,   /* in a union: as far as its live arm holds them */
	LOSS_LOST,
};

/*
 * Says in FATES, one enum loss_fate for each bit of an old object of SIZE bytes (at least that of
 * HERE, a type of BACK; more with a flexible tail), what the loss set says of that bit. A bit inside
 * an embedded type is what the loss set of that type makes of it.
 */
void loss_fates(const struct plan *forward, const struct plan *back, const struct plan_type *here,
		uint64_t size, unsigned char *fates);

/*
 * Prints the loss set: for each type of BACK (the plan of the turned mapping) the bits of the old
 * object that do not come back after FORWARD and BACK, with the reason; then those that a `reverse`
 * makes, and those for which BACK refuses a value that does not fit.
 */
void loss_print(const struct plan *forward, const struct plan *back, struct text *out);

/* Says in DECISION how the rows of the array that OP moved by WRITTEN return: what grew must fit
 * again, what an enum counts goes back by its names. Nothing for an operation without rows. */
void reverse_rows(const struct plan *forward, const struct op *op, const struct decision *written,
		  struct decision *decision);

/* What becomes of the old row ROW on the way there (FORTH) and back (BACK). */
enum row_fate {
	ROW_RETURNS,
	ROW_LOST,  /* nothing brings it back */
	ROW_ENDED, /* the last of a text that was cut: a NUL may have taken its place */
};
enum row_fate reverse_row(const struct op *forth, const struct op *back, uint64_t row);

#endif
