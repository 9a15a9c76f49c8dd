/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which change follows from which: the forest that reports show types in. */
#ifndef CO_GEN_REPORT_CAUSES_H
#define CO_GEN_REPORT_CAUSES_H

#include "../schema/arena.h"
#include "../schema/diff.h"

#define NO_LEADER SIZE_MAX

struct causes {
	const struct diff *diff;
	struct arena arena;
	const struct diff_type **by_label;
	size_t *leader; /* by index in diff->at: the type it is shown under, NO_LEADER: a block of
			   its own */
};

/* DIFF must outlive CAUSES. */
void causes_init(struct causes *causes, const struct diff *diff);
void causes_deinit(struct causes *causes);

/* The reported change of the type called LABEL, or NULL. */
const struct diff_type *causes_find(const struct causes *causes, const char *label);

/* Label of what made the members of TYPE move or its size change, else of what changed inside it first; or NULL. */
const char *causes_main(const struct diff_type *type);

#endif
