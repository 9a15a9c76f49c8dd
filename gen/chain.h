/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chains: the plans of two mappings that follow one another, composed slot by slot into the plan
 * from the first's old release to the second's new one. What the composed plan does to an object is
 * what both do one after the other, refusals included.
 */
#ifndef CO_GEN_CHAIN_H
#define CO_GEN_CHAIN_H

#include "plan.h"

/*
 * Fills OUT from FIRST and SECOND, both made without an error, by plan_make() or by this. False
 * with a diagnostic for every member whose two decisions do not compose: at the later decision,
 * with the earlier one as its note; or for releases or layouts of which the second does not begin
 * where the first ends. A warning for what only one of both carries: it does not cross. OUT borrows
 * from both and is to be plan_deinit()ed either way.
 */
bool chain_plan(const struct plan *first, const struct plan *second, struct plan *out,
		struct diags *diags);

/*
 * Prints for each type of CHAIN the bits of the first release's object that do not arrive, with the
 * mapping, line and reason that leave them behind, and those that may be refused on the way.
 */
void chain_loss_print(const struct plan *chain, struct text *out);

#endif
