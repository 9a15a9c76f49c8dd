/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Objects that were reached on their own and lie inside others. */
#ifndef CO_HOST_MERGE_H
#define CO_HOST_MERGE_H

#include "state.h"

/*
 * Takes out every object of a captured STATE that is a member, an element or a string of another
 * one; pointers to it become paths into that. Objects that overlap otherwise stay, for state_sort()
 * to refuse.
 */
void merge_contained(struct state *state, const struct co_converter *converter);

#endif
