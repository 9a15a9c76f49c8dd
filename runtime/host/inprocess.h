/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The in-process host: a program that loads its own next version (dlopen) and hands its state over
 *within one address space. The old version's participants capture, the next one's restore; what the
 *next one keeps lies in the region, where it was converted to. A failure before the new version
 *took anything leaves the old one running.
 *
 *	struct inprocess up;
 *	if (inprocess_upgrade(&up, &options, &report))	... the old version goes on; REPORT says why
 *	else						... up.next is loaded and has the state
 */
#ifndef CO_HOST_INPROCESS_H
#define CO_HOST_INPROCESS_H

#include "../engine.h"
#include "report.h"

/* Each version's shared object exports one of these by this name. */
#define INPROCESS_SYMBOL "carryover_program"

struct inprocess_program {
	uint32_t api;	     /* CO_API */
	const char *release; /* as the mapping's `release:` says; "" where it says none */
	const char *layouts; /* digest of its layouts, where it knows it; else NULL */
	const struct co_participant *const *participants;
	uint32_t n_participants;
};

struct inprocess_options {
	const struct inprocess_program *self; /* the version that runs */
	const char *next;		      /* path of the next one's shared object */
	const char *converter;		      /* path of the converter's */
	uint32_t deadline_us, budget_us;      /* as in struct co_engine_config */
};

#define INPROCESS_ISSUES 64

/* What became of an upgrade. After success the caller keeps it as long as the new version uses the
 * region. */
struct inprocess {
	void *next;	 /* of dlopen(), for dlsym() */
	void *converter; /* the same of the converter */
	const struct inprocess_program *program;
	struct co_engine old, new_;
	struct co_issue issues[2][INPROCESS_ISSUES]; /* old side, new side */
	void *region;				     /* where lasting arrivals lie */
	uint64_t region_size;
	uint64_t pause_ns; /* from the begin of FREEZE to the end of AUDIT */
};

/*
 * Loads and hands over. 0: the new version has the state; objects that it refused are issues of
 * UP->new_, noted as failures in REPORT, and count as its own decision. Else an exit code, noted:
 * nothing was changed, the old version goes on, and nothing of UP is held.
 */
int inprocess_upgrade(struct inprocess *up, const struct inprocess_options *options,
		      struct report *report);

/* Gives back region and shared object: when the new version needs neither. */
void inprocess_release(struct inprocess *up);

/* A line for each phase and participant with its time and objects. */
void inprocess_print(const struct inprocess *up, FILE *out);

#endif
