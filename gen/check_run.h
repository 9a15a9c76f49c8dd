/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a command line and carryover.yaml to findings: what check and accept share. */
#ifndef CO_GEN_CHECK_RUN_H
#define CO_GEN_CHECK_RUN_H

#include "../schema/waivers.h"
#include "check.h"

struct check_run {
	struct options options; /* as given, with what the configuration adds */
	struct diags *diags;
	struct arena arena;
	struct config config;
	struct waivers waivers;
	const char *waivers_file; /* NULL: none */
	const char *waivers_text; /* what is in it, or NULL */
	size_t waivers_size;
	bool may_lack_waivers;	  /* the file need not be there */
	const char *mapping_file; /* NULL: none */
	struct mapping mapping;
	const char *hooks; /* text of hooks.c beside the mapping, or NULL */
	size_t hooks_size;
	struct sides sides;
	struct asked asked;
	struct diff diff;
	struct idioms idioms;
	struct plan plan;
	struct diags said; /* by the plan */
	struct findings findings;
	bool has_sides, has_mapping, has_plan, has_findings;
};

/* OPTIONS and DIAGS are borrowed. */
void check_run_init(struct check_run *run, const struct options *options, struct diags *diags);
void check_run_deinit(struct check_run *run);

/*
 * Reads the configuration, waivers, mapping and inputs and judges what changed into run->findings.
 * False with diagnostics: usage, what cannot be read, is malformed or is not enough evidence.
 */
bool check_run_make(struct check_run *run);

/* Reads the configuration alone, into run->config. */
bool check_run_config(struct check_run *run);

/* The baseline that the configuration names, owned by RUN; NULL with a diagnostic. */
const char *check_run_baseline(struct check_run *run);

#endif
