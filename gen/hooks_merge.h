/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks of several mappings as one file. */
#ifndef CO_GEN_HOOKS_MERGE_H
#define CO_GEN_HOOKS_MERGE_H

#include "../schema/diag.h"
#include "../schema/text.h"

struct hooks_file {
	const char *name; /* its path */
	const char *text;
	size_t n;
};

/*
 * Adds the N files to OUT one after another, each under its own name for the compiler. False with a
 * diagnostic for each function that two of them define, at the second.
 */
bool hooks_merge(const struct hooks_file *files, size_t n, struct text *out, struct diags *diags);

#endif
