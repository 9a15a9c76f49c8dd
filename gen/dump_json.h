/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types of a model as JSON, for programs. */
#ifndef CO_GEN_DUMP_JSON_H
#define CO_GEN_DUMP_JSON_H

#include "../schema/model.h"
#include "../schema/text.h"

/*
 * Appends one JSON document with the N types IDS (0: all) of MODEL and what they need by value;
 * what they only point to is declared. Offsets and sizes of members are in bits, those of types in
 * bytes; anonymous structs and unions stand inside the member that has them, as "members".
 */
void dump_json(const struct model *model, const type_id *ids, size_t n, struct text *out);

#endif
