/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How much of a change converts by itself and how much a human must say: the numbers of `map --stats`.
 *
 * Counted are the members that changed (the diff has an entry for them) of the structs and unions that changed
 * themselves. Those that ask and stand under one decision, such as the arms of a union, count once.
 */
#ifndef CO_GEN_STATS_H
#define CO_GEN_STATS_H

#include "survey.h"

/* What becomes of a member that changed. */
enum change {
	CHANGE_AUTOMATIC,   /* moved, wider, embedded and changed inside, ... */
	CHANGE_ACKNOWLEDGE, /* the same, but a pointer, a flag word, a union with one: asked whether it changed or not */
	CHANGE_ADDED,	    /* takes a value; no old one is lost */
	CHANGE_SIGNATURE,   /* a function pointer with another signature */
	CHANGE_DECIDE,	    /* everything else: only a human knows */
	CHANGE_COUNT
};

struct pair_stats {
	/* Structs and unions with a name of their own; anonymous ones known by a typedef are not among them. */
	size_t matched, changed, carriers, resized;
	size_t members[CHANGE_COUNT];
};

/* Counts over the types of SURVEY, or over all types of INPUT's diff when there are no roots. */
void stats_count(const struct survey_input *input, const struct survey *survey, struct pair_stats *stats);

/*
 * A table of what is automatic, to acknowledge and to decide, by type and in total, and the counts of
 * stats_count(). A type of which everything is automatic has a row only with ALL.
 */
void stats_write(const struct survey_input *input, const struct survey *survey, bool all, struct text *out);

#endif
