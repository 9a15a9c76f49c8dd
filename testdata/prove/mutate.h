/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test only: breaks a finished plan in one place at a time, and mends it again. */
#ifndef CO_PROVE_MUTATE_H
#define CO_PROVE_MUTATE_H

#include "plan.h"

/* What one break may change, as it was. */
struct broken {
	struct plan_type *type;
	uint32_t op, piece, hook; /* NO_INDEX: not this */
	struct op was;
	struct slot old, new;
	struct piece was_piece;
	struct function_use was_hook;
	const char *how;
	const char *path; /* of the new member */
	bool by_pieces;	  /* seen only by who moves what moves together */
};

/*
 * Breaks TYPE in the Ith way there is. False when there are no more; *APPLIES is false when the Ith
 * way would change nothing here. mutation_undo() before the next.
 */
bool mutation_apply(const struct plan *plan, struct plan_type *type, uint32_t i,
		    struct broken *broken, bool *applies);
void mutation_undo(const struct broken *broken);

#endif
