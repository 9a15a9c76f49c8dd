/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which types of a model a mapping carries: those whose layouts its converter needs whole. */
#ifndef CO_SCHEMA_CARRIED_H
#define CO_SCHEMA_CARRIED_H

#include "mapping.h"
#include "model.h"

struct type_set {
	type_id *at;
	size_t n, room;
};

/*
 * Appends the types that MAPPING names (of roots, decisions, and what pointers are followed to) and
 * those that its paths reach through pointers, each once; select_closure() adds what they hold. The
 * mapping may name types that only the other release has: they are left out, with DIAG_WARNING.
 * False with a diagnostic when a name is ambiguous, or when MODEL has none of the types.
 */
bool carried_types(const struct mapping *mapping, const struct model *model, struct type_set *out,
		   struct diags *diags);

/* The enum that WORD names in `index`, with or without `enum` before it; TYPE_NONE: none in MODEL.
 */
type_id carried_index(const struct model *model, const char *word);

#endif
