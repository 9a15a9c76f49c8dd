/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two inputs that are compared, and which of their types were asked for. */
#ifndef CO_GEN_SCOPE_H
#define CO_GEN_SCOPE_H

#include "../schema/carried.h"
#include "../schema/diff.h"
#include "../schema/patch.h"
#include "options.h"

struct sides {
	struct intern names;
	struct model old, new;
};

/*
 * Reads the first two operands of OPTIONS. False with diagnostics; SIDES is to be sides_deinit()ed
 * either way.
 */
bool sides_read(struct sides *sides, const struct options *options, struct diags *diags);
void sides_deinit(struct sides *sides);

/* What was asked for, on either side. All zero: nothing yet. */
struct asked {
	struct type_set old, new;
};

/*
 * Adds what -t, -r and --carried of OPTIONS name, on either side. False with a diagnostic for each
 * name that neither side has, or that is ambiguous.
 */
bool scope_ask(const struct sides *sides, const struct options *options, struct asked *asked,
	       struct diags *diags);
/* True when OPTIONS ask for less than all types. */
bool scope_asked(const struct options *options);
/* The scope for diff_models(): exactly what is in ASKED, which has to outlive SCOPE. */
void scope_of(const struct asked *asked, struct diff_scope *scope);
void asked_deinit(struct asked *asked);

/* Adds the hunks of every --patch to PATCH. False with diagnostics. */
bool scope_patches(const struct options *options, struct patch *patch, struct diags *diags);

#endif
