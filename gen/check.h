/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `check` makes of a diff: each change is judged by the plan of a mapping, or without one by what
 * `map` would ask, and becomes a finding with its level. Nothing here reads a file or prints.
 */
#ifndef CO_GEN_CHECK_H
#define CO_GEN_CHECK_H

#include "../schema/config.h"
#include "../schema/idioms.h"
#include "findings.h"
#include "plan.h"
#include "scope.h"

struct check_input {
	const struct diff *diff; /* of what was asked for, or with PLAN of all types */
	const struct idioms *idioms;
	const struct config *config;	 /* profile and levels */
	const struct asked *asked;	 /* NULL: all that DIFF, or PLAN, holds */
	const struct option_list *roots; /* -r: labels; what is gone of them cannot cross at all */
	const struct option_list *types; /* -t: labels; NULL: none */
	const struct mapping *mapping;	 /* NULL: none; then PLAN and SAID are NULL, too */
	const struct plan *plan;	 /* made of it and DIFF, or refused for what SAID says */
	const struct diags *said;	 /* of plan_make() alone */
};

/*
 * Adds a finding for every change, for every member about which the plan asks, and for everything
 * that the mapping says wrongly. FINDINGS (made by findings_init()) is not finished yet.
 */
void check_judge(const struct check_input *input, struct findings *findings);

/* Compilers and configurations that differ, as far as the inputs record them. */
void check_inputs(const struct check_input *input, struct findings *findings);

/*
 * The level of a finding: what PROFILE lets pass is a note at most, everything else what CONFIG says of
 * its rule, an error if it says nothing.
 */
enum finding_level check_level(const struct config *config, const char *rule,
			       enum finding_state state);

/* After findings_finish(): sets the verdict. */
void check_verdict(struct findings *findings);

#endif
