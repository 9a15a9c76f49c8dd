/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `check` prints: one set of findings, in the format that its reader takes. */
#ifndef CO_GEN_REPORT_CHECK_H
#define CO_GEN_REPORT_CHECK_H

#include "findings.h"

#include "../schema/text.h"

/* What `check --format` may name, separated by spaces. */
#define REPORT_CHECK_FORMATS "text stat markdown json sarif junit github gitlab html"

/*
 * Appends the report of FINDINGS, which findings_finish() has put in order, to OUT, which is empty:
 *
 *   text      for people: the verdict, what the inputs cause, what needs a person, what does not
 *   stat      the same in one line a type
 *   markdown  for the comment on a merge request
 *   json      as schema/check.schema.json says
 *   sarif     SARIF 2.1.0
 *   junit     JUnit XML: one test case for each finding
 *   github    workflow commands of GitHub: the worst ten, then how many more
 *   gitlab    a code quality report of GitLab
 *   html      one page with a byte map of each type: report_html()
 *
 * COLOR: terminal colours, in text and stat alone. False when FORMAT is none of them.
 */
bool report_check(const struct findings *findings, const char *format, bool color,
		  struct text *out);

#endif
