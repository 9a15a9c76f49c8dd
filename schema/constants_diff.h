/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What became of the constants of one prefix from one header to its next version. */
#ifndef CO_SCHEMA_CONSTANTS_DIFF_H
#define CO_SCHEMA_CONSTANTS_DIFF_H

#include "source_constants.h"

enum constant_change {
	CONSTANT_REUSED,     /* OLD is gone, and its value is NEW's; else the value moved */
	CONSTANT_RENUMBERED, /* one name, another value */
	CONSTANT_ADDED,
	CONSTANT_REMOVED,
	CONSTANT_DERIVED, /* renumbered, but made of others, or counting them: nobody's own value */
	CONSTANT_UNSEEN,  /* a value is not known on a side that has the name */
	CONSTANT_CHANGES
};

struct constant_difference {
	enum constant_change change;
	const struct constant *old, *new; /* NULL: that side has not the name */
};

struct constants_diff {
	struct constant_difference *at; /* by change, then by value */
	size_t n, room;
	size_t by[CONSTANT_CHANGES];
	size_t matched[2]; /* names with the prefix, of the old and of the new side */
};

/*
 * Compares all names that begin with PREFIX. Freed with constants_diff_deinit(); OLD and NEW have
 * to outlive it.
 */
void constants_diff(const struct constants *old, const struct constants *new, const char *prefix,
		    struct constants_diff *diff);
void constants_diff_deinit(struct constants_diff *diff);

/*
 * A number that was given to a constant crosses as it is and means something else: REUSED and
 * RENUMBERED.
 */
bool constant_moved(const struct constant_difference *one);

/* `PF_X 0x4 -> PF_Y (re-used)`, `PF_Z 0x8 (added)`; in ARENA. */
const char *constant_text(const struct constant_difference *one, struct arena *arena);

#endif
