/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the old kernel's state to the new one's, by a converter. */
#ifndef CO_HOST_CHANGE_H
#define CO_HOST_CHANGE_H

#include "state.h"

/*
 * Converts every object of OLD (sorted) into NEW. Every object that refuses is noted by name,
 * member and value (refused); then the result is not 0 and NEW is incomplete.
 */
int change_state(struct state *new_state, struct state *old, const struct co_converter *converter,
		 struct report *report);

/* "value 17 (0x11): does not fit", for messages; the caller frees. */
char *change_sentence(const struct co_trouble *trouble);

#endif
