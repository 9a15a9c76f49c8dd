/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the snapshot that schema/snapshot.h describes. */
#ifndef CO_GEN_SNAPSHOT_WRITE_H
#define CO_GEN_SNAPSHOT_WRITE_H

#include "../schema/model.h"
#include "../schema/text.h"

/*
 * Appends the snapshot of the N types IDS (0: all) of MODEL and of what they need by value; what
 * they only point to is declared. Reading it gives an equal model. The text depends on nothing but
 * the model, and of the types' own text nothing but their layouts. Of format 1 if that is what the model
 * was read from.
 */
void snapshot_write(const struct model *model, const type_id *ids, size_t n, struct text *out);

#endif
