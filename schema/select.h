/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which types a request means: the closure of some roots, by embedding alone or by pointer too. */
#ifndef CO_SCHEMA_SELECT_H
#define CO_SCHEMA_SELECT_H

#include "model.h"

/*
 * How far a selection holds a type. NAMED is what is only pointed to, or occurs in a signature: a
 * struct, union or enum then stands as a declaration.
 */
enum selected { SELECT_NOT, SELECT_NAMED, SELECT_WHOLE };

struct selection {
	unsigned char *at; /* enum selected, by type id */
	type_id *ids;	   /* the WHOLE ones, ascending */
	size_t n;
};

/*
 * Selects the N types ROOTS (0: every type of MODEL) and all they hold by value: members, elements,
 * aliased, qualified and base types; with FOLLOW_POINTERS also what their members point to, and so
 * on. Parameters and results of functions are never followed: they are NAMED, with the typedefs
 * needed to spell them. A struct, union or enum whose name stands for several shapes is never NAMED
 * but WHOLE, since a declaration could not say which one is meant; so is an anonymous one. The
 * result is freed with selection_deinit().
 */
void select_closure(const struct model *model, const type_id *roots, size_t n, bool follow_pointers,
		    struct selection *out);
void selection_deinit(struct selection *selection);

/*
 * The enums of SELECTION that have enumerators and no name, and that nothing in it refers to: OUT (room for
 * every type of MODEL) is true for these ids alone.
 */
void select_loose_enums(const struct model *model, const struct selection *selection, bool *out);

/*
 * The enum that a mapping calls WORD: by its tag, by a typedef, or by any enumerator of an enum that has neither.
 * TYPE_NONE: there is none, or several.
 */
type_id select_enum(const struct model *model, const char *word);

/*
 * Finds the type of each of the N LABELS, into OUT (room for N). False with a diagnostic for each
 * that is unknown or ambiguous.
 */
bool select_labels(const struct model *model, const char *const *labels, size_t n, type_id *out,
		   struct diags *diags);

#endif
