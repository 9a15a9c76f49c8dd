/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The diff as one page of HTML: no network is needed, and no JavaScript to read it. */
#ifndef CO_GEN_REPORT_HTML_H
#define CO_GEN_REPORT_HTML_H

#include "findings.h"

#include "../schema/text.h"

/*
 * Appends the page: the verdict, the tree of causes, and for each type that changed a byte map and
 * a table. FINDINGS of the same diff stand at their types, with what to write; NULL: none. A type's
 * anchor is its label: `#struct-mm_struct`, with one hyphen for whatever is no letter, digit, dot
 * or underscore.
 */
void report_html(const struct diff *diff, const struct findings *findings, struct text *out);

#endif
