/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One mapping of a `gen` command with its two layouts and the plans made of them. */
#ifndef CO_GEN_GENERATION_H
#define CO_GEN_GENERATION_H

#include "headers.h"
#include "options.h"
#include "plan.h"

struct generation {
	const struct options *options;
	const char *file; /* the mapping's */
	const char *text; /* its bytes */
	size_t size;
	struct diags *diags;
	struct arena arena;
	struct mapping mapping;
	struct intern names;
	struct model model[2];
	struct diff diff;
	struct headers headers; /* empty unless they were asked for */
	struct plan plan;
	struct {
		struct mapping mapping;
		struct diff diff;
		struct plan plan;
	} back;		   /* the way back, with --reverse; else empty */
	const char *hooks; /* text of the hooks to compile (with --reverse, of the way back), or
			      NULL */
	const char *hooks_file; /* its path */
	size_t hooks_size;
};

/* GEN is to be generation_deinit()ed; OPTIONS, FILE and DIAGS are borrowed. */
void generation_init(struct generation *gen, const struct options *options, const char *file,
		     struct diags *diags);
void generation_deinit(struct generation *gen);

/*
 * Reads the mapping, its hooks.c and the layouts OLD and NEW (NULL: old.yaml and new.yaml beside it). False
 * with diagnostics.
 */
bool generation_read(struct generation *gen, const char *old, const char *new);

/* Reads all of that and makes the plan; with --reverse that of the way back, too. False with diagnostics. */
bool generation_plan(struct generation *gen, const char *old, const char *new);

#endif
