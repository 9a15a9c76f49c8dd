/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the reports of `check` share. Only report_check*.c includes this. */
#ifndef CO_GEN_REPORT_CHECK_PARTS_H
#define CO_GEN_REPORT_CHECK_PARTS_H

#include "report_check.h"

typedef void report_check_format(const struct findings *findings, bool color, struct text *out);

report_check_format report_check_text, report_check_stat, report_check_markdown, report_check_json;
report_check_format report_check_sarif, report_check_junit, report_check_github,
	report_check_gitlab;

/* What a side is called: its release, else its name. Unescaped. */
const char *report_side_name(const struct model_info *info);

/* Where a finding stands; what stands nowhere is about the new input as a whole. File NULL: nothing names it. */
struct place report_place(const struct findings *findings, const struct finding *finding);

/* "struct s.m", "struct s"; for what is about no type the place or "". Unescaped. */
void report_put_subject(struct text *out, const struct finding *finding);

/*
 * The message, what follows from it, the lines to paste, and the waiver, each on lines of its own.
 * Unescaped.
 */
void report_put_details(struct text *out, const struct finding *finding);

/* What findings are about: a change of a layout, or the inputs and files around it. */
bool report_about_input(const struct finding *finding);

#endif
