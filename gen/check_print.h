/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings of a check, as text and as JSON. */
#ifndef CO_GEN_CHECK_PRINT_H
#define CO_GEN_CHECK_PRINT_H

#include "../schema/text.h"
#include "findings.h"

/* Appends FINDINGS, which are finished, as FORMAT: text or json. False when it is neither. */
bool report_check(const struct findings *findings, const char *format, bool color,
		  struct text *out);

#endif
