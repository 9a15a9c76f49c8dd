/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CO_SCHEMA_MODEL_EXPAND_H
#define CO_SCHEMA_MODEL_EXPAND_H

#include "model.h"

/*
 * True when no type of a finished MODEL becomes too large where each anonymous type is written out
 * in every type that holds it, as C, snapshots and member paths do. Shared ones can make a small
 * input double with each level of nesting; false (DIAG_EVIDENCE that names the type) beyond a
 * million members.
 */
bool model_expansion_is_bounded(const struct model *model, struct diags *diags);

#endif
