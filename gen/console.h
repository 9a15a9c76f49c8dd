/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person sees: diagnostics, colours, and one line of progress on a terminal. */
#ifndef CO_GEN_CONSOLE_H
#define CO_GEN_CONSOLE_H

#include "options.h"

/* True when what is written to FD shall be coloured: always, or a terminal and NO_COLOR is not set.
 */
bool console_color(enum color_when when, int fd);

/*
 * Appends every diagnostic as `file:line:col: error: text`, in order of file, line and column and
 * otherwise as they were found; notes stay under what they belong to. Without warnings when QUIET.
 */
void console_diags(const struct diags *diags, bool quiet, bool color, struct text *out);

/* Progress on standard error, from half a second on; nothing at all unless that is a terminal. */
struct progress {
	bool active, shown;
	double start, last; /* seconds */
};

void progress_init(struct progress *progress, bool quiet);
/* For struct read_options: DATA is a struct progress. */
void progress_report(void *data, const char *what, uint64_t done, uint64_t total);
/* Takes the line away again. */
void progress_deinit(struct progress *progress);

#endif
