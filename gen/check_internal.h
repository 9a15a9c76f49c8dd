/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the judge share. */
#ifndef CO_GEN_CHECK_INTERNAL_H
#define CO_GEN_CHECK_INTERNAL_H

#include "../schema/classify.h"
#include "check.h"

struct judge {
	const struct check_input *input;
	const struct diff *diff;
	struct findings *findings;
	struct arena *arena; /* of the findings */
	const struct plan *plan;
	const struct plan_type **by_new; /* the plan's types by new type id; NULL without a plan */
	size_t uncarried;		 /* types that were asked for by name and that the plan does not carry */
	bool *in_old, *in_new;		 /* what was asked for, by type id; NULL: all */
	bool *answered;			 /* by the plan's problems: some change stands for it */
	struct classification *parts;	 /* by new type id, made when first asked for */
	bool *classified;
};

/* The parts of the pair that NEW_ID belongs to; NULL: no such pair. */
const struct classification *judge_parts(struct judge *judge, type_id new_id);
/* The part that the new PATH, or without one the OLD_PATH, belongs to; NULL: none. */
const struct part *judge_part(struct judge *judge, type_id new_id, const char *path,
			      const char *old_path);

/* check_plan.c: state, place and suggestion of FINDING about ENTRY of TYPE, from the plan. False: it
 * does not cross, so it is no finding. */
bool judge_by_plan(struct judge *judge, const struct diff_type *type, struct finding *finding);
/* check_plan.c: true when the plan carries TYPE, or what an enum's values stand for. */
bool judge_carries(const struct judge *judge, const struct diff_type *type);
/* check_plan.c: what the plan says beyond changes. */
void judge_problems(struct judge *judge);
/* check_plan.c: how many structs, unions and enums the plan carries. */
size_t judge_carried(const struct judge *judge);

/* check_words.c: what changed, and what follows. */
const char *check_message(struct arena *arena, const struct diff_entry *entry);
const char *check_consequence(const struct diff_entry *entry);

/*
 * check_suggest.c: lines to paste into a mapping that decide PART of the type called LABEL, whose new
 * side is NEW_ID; where only a human can, a TODO with the choices. KEY is what the mapping calls the
 * member, DECISION what it says of it so far, or NULL. NULL when there is nothing to write there.
 */
const char *check_suggest(struct judge *judge, const char *label, type_id new_id,
			  const struct part *part, const char *key,
			  const struct decision *decision);
/* The same for an old member KEY that nobody takes. */
const char *check_suggest_drop(struct judge *judge, const char *label, type_id new_id,
			       const char *key);

#endif
