/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a memory dump to state: roots, lists and pointers of a converter, read by its tables. */
#ifndef CO_HOST_CAPTURE_H
#define CO_HOST_CAPTURE_H

#include "state.h"
#include "vm.h"

/* Limits against state that never ends; a message names the one that was met. */
#define CAPTURE_OBJECTS_MAX (1u << 20)
#define CAPTURE_LIST_MAX (1u << 20)
#define CAPTURE_OBJECT_MAX (1u << 26)  /* bytes of one object, array or string */
#define CAPTURE_TOTAL_MAX (1ull << 31) /* bytes */

/*
 * Fills STATE with everything that CONVERTER's roots reach in the memory of VM. Noted failures: a
 * dump of another kernel, state that is broken (refused), pages that are missing (evidence).
 */
int capture_run(struct state *state, struct vm *vm, const struct co_converter *converter,
		struct report *report);

#endif
