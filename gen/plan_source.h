/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Custom code of a mapping, understood: its functions and expressions are read by schema/source.h
 * against both layouts with every member named, and what they read and write feeds the ledger.
 */
#ifndef CO_GEN_PLAN_SOURCE_H
#define CO_GEN_PLAN_SOURCE_H

#include "../schema/source.h"
#include "plan_internal.h"

/* C names of the members of records, before it is known which of them the plan uses. */
void code_layouts(struct plan_maker *maker, struct text *out);

/* The section's type on both sides, typedefs stripped; false when a side has none. */
bool section_ids(struct plan_maker *maker, const struct type_decisions *decisions, type_id id[2]);
/* The name that the section's type has in C, without old_ or new_. */
const char *section_cname(struct plan_maker *maker, const struct type_decisions *decisions);
/* True when decisions name a function or an expression. */
bool has_code(const struct type_decisions *decisions);

/*
 * True when the embedded struct PATH of the section's type crosses by a plan of its own, because
 * nobody speaks of it or of what lies in it: then code sees it under its own name, and reads it as
 * a whole.
 */
bool crosses_whole(struct plan_maker *maker, const struct type_decisions *decisions,
		   const type_id id[2], const char *path);

#endif
