/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collected failures: all of them are told at the end, and together they decide the exit code. */
#ifndef CO_HOST_REPORT_H
#define CO_HOST_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum exit_code {
	EXIT_CLEAN = 0,
	EXIT_REFUSED = 1, /* well-formed, but not this: wrong kernel, value that does not convert */
	EXIT_UNUSABLE = 2, /* usage, cannot open or read, not recognised, malformed */
	EXIT_EVIDENCE = 3, /* recognised, but not enough evidence or an unsupported form */
};

struct report {
	char **lines;
	size_t n, room;
	size_t dropped; /* lines beyond REPORT_MAX */
	bool seen[4];	/* by exit code */
	bool shown;	/* what the command wrote is its result also when something failed */
};

#define REPORT_MAX 1000

void report_deinit(struct report *report);

/* Notes one failure; the sentence ends without a full stop. Returns CODE, never EXIT_CLEAN. */
__attribute__((format(printf, 3, 4))) int report_fail(struct report *report, enum exit_code code,
						      const char *format, ...);

/* The exit code of all failures: unusable before not enough evidence before refused. */
enum exit_code report_exit(const struct report *report);

/* Every line as "carryover-run: error: ...". */
void report_print(const struct report *report, FILE *to);

#endif
