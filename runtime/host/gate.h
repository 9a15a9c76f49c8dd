/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a dump is of the kernel that a converter is from; and that kernel's clocks. */
#ifndef CO_HOST_GATE_H
#define CO_HOST_GATE_H

#include "state.h"
#include "vm.h"

/* Noted failures: another kernel, by name (refused); a dump that does not say which (evidence). */
int gate_check(struct vm *vm, const struct co_converter *converter, struct report *report);

/* Fills the clocks that the dump and the converter's symbols tell; the others stay unknown. */
void gate_clocks(struct state *state, struct vm *vm, const struct co_converter *converter);

/*
 * The run-time address of a symbol of the converter's from kernel, NAME as in co_host.symbol; false when it
 * has none, or several modules and not the kernel have a plain name.
 */
bool gate_symbol(const struct vm *vm, const struct co_converter *converter, const char *name,
		 uint64_t *address);

#endif
