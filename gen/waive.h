/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waivers against findings. */
#ifndef CO_GEN_WAIVE_H
#define CO_GEN_WAIVE_H

#include "../schema/config.h"
#include "../schema/waivers.h"
#include "findings.h"

/* The day of SOURCE_DATE_EPOCH, or of the clock, in UTC: YYYY-MM-DD, owned by ARENA. */
const char *waive_today(struct arena *arena);

/*
 * Before findings_finish(): holds each waiver against the findings of its fingerprint, and adds a finding
 * for each that has expired or waives nothing. False with a diagnostic for each whose rule, type or
 * member is another than that of the finding, or whose type neither side has.
 */
bool waive(const struct waivers *waivers, const char *today, const struct config *config,
	   struct findings *findings, struct diags *diags);

#endif
