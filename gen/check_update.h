/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check --update: a baseline is written anew. */
#ifndef CO_GEN_CHECK_UPDATE_H
#define CO_GEN_CHECK_UPDATE_H

#include "options.h"

/*
 * Writes the first operand (or the configured baseline), which is a snapshot as plain text, anew from the
 * last one, of the same roots, types and symbols; -r and -t give others. OUT says what changed. Returns
 * 0, or fails with diagnostics and leaves the file as it was.
 */
int check_update(const struct options *options, struct text *out, struct diags *diags);

#endif
