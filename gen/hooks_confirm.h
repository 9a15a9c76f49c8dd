/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks that a plan uses, against the layout that they will be built with. */
#ifndef CO_GEN_HOOKS_CONFIRM_H
#define CO_GEN_HOOKS_CONFIRM_H

#include "plan.h"

/*
 * The plan was made with hooks that were read against every member of both layouts; the converter is
 * built with those that it uses. True when the N bytes at TEXT, the hooks of PLAN called NAME, compile
 * with them; else diagnostics. ARENA is scratch.
 */
bool hooks_confirm(const struct plan *plan, const char *name, const char *text, size_t n,
		   struct arena *arena, struct diags *diags);

#endif
