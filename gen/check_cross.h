/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check --cross: the DWARF and the BTF of one input, which say the same of every type they share. */
#ifndef CO_GEN_CHECK_CROSS_H
#define CO_GEN_CHECK_CROSS_H

#include "check_run.h"

/*
 * Reads the only operand of RUN twice and makes a finding of each type in which its readers disagree.
 * False with diagnostics: usage, what cannot be read, or does not have both.
 */
bool check_cross(struct check_run *run);

#endif
