/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam of a user-space host: monotonic time and the clocks of this machine. */
#ifndef CO_HOST_SEAM_H
#define CO_HOST_SEAM_H

#include "../engine.h"
#include "report.h"

/* Fills SEAM; `read` and `symbol` are NULL: a host that has such memory sets them. */
void seam_init(struct co_seam *seam);

/* The machine that this program is built for, as mappings name it; "" for others. */
const char *seam_arch(void);

/* Notes REPORT's trouble and its issues as failures; the exit code of the trouble. */
int seam_fail(const struct co_report *from, const struct co_issue *issues, struct report *report);

#endif
