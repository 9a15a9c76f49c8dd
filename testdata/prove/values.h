/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test only: bytes for old objects of which only the plan is known. */
#ifndef CO_PROVE_VALUES_H
#define CO_PROVE_VALUES_H

#include "plan.h"

/* The next number, of a seed that is never 0. */
uint64_t random_step(uint64_t *seed);

#define BUFFER_ALIGN 32768 /* of every object: some types lie on pages, stacks on more of them */

/* N bytes at least, all zero, that free() takes. */
unsigned char *buffer_new(size_t n);

#define ROOM_ELEMENTS 5	   /* that a flexible tail has room for */

/* The operation that moves a flexible tail of the old TYPE; NULL: it has none. */
const struct op *tail_of(const struct plan_type *type);

/* Bytes of an old object of TYPE, with such a tail. */
uint64_t size_with_room(const struct plan_type *type);

/*
 * Fills OBJECT, an old object of TYPE with that size, for the ROUNDth trial: first the same byte everywhere, then
 * random bytes with values at their types' ends among them. Every third object stays so; in the
 * others each value that an operation may refuse is one that it takes, but for one of them in every
 * second. A bool is always one.
 */
void object_fill(const struct plan *plan, const struct plan_type *type, unsigned char *object,
		 unsigned int round, uint64_t *seed);

#endif
