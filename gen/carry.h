/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions that outlive a release: the mapping of one pair begun with what the mapping of another pair
 * decided. A decision holds where the shapes it was made about are there again on both sides.
 */
#ifndef CO_GEN_CARRY_H
#define CO_GEN_CARRY_H

#include "../schema/mapping.h"
#include "../schema/model.h"
#include "../schema/text.h"

struct carry_input {
	const struct mapping *mapping; /* of the earlier pair */
	const char *file;	       /* its bytes */
	size_t n;
	const struct model *was[2],
		*now[2]; /* old and new of the earlier pair, and of the one to begin */
};

/* One decision that does not hold any more. */
struct carry_stale {
	const char *about; /* `struct x.y`, `struct x: drop: y` */
	const char *what;  /* what changed in its shapes, one line */
	struct place at;   /* of the decision in the earlier mapping */
};

struct carried {
	struct arena arena;
	size_t decisions; /* of the earlier mapping: members, drops, views, and roots that are no more */
	size_t kept;
	size_t settled; /* about a change that is past, or a member that neither side has: nothing is left to decide */
	size_t code; /* of those kept: expressions and functions, which were written about that pair */
	struct {
		struct carry_stale *at;
		size_t n, room;
	} stale;
};

/*
 * Appends the mapping of the new pair to OUT: the earlier file with its comments, the releases of the new
 * pair, without what is settled, and with TODO in place of what is stale, the old words above it as a
 * comment. What is new is not in it: that is the skeleton's to add. CARRIED is to be carried_deinit()ed.
 */
void carry_write(const struct carry_input *input, struct carried *carried, struct text *out);
void carried_deinit(struct carried *carried);

/* "58 of 63 decisions carried, 3 settled, 2 stale": one line, without a newline; owned by CARRIED. */
const char *carried_summary(struct carried *carried);

#endif
