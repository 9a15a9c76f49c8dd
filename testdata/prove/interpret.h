/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test only: executes a plan on bytes, bit by bit, and never through the C that is emitted from it.
 * Knows little-endian objects, and pointers that are kept.
 */
#ifndef CO_PROVE_INTERPRET_H
#define CO_PROVE_INTERPRET_H

#include "plan.h"

enum outcome {
	OUTCOME_DONE,
	OUTCOME_REFUSED,   /* a value that does not fit */
	OUTCOME_IMPOSSIBLE /* beyond the object, or code that is not understood */
};

/* One object at hand. NEW is written as a whole; hooks are called with what CALL finds by their
 * name. */
struct work {
	const struct plan *plan;
	const unsigned char *old;
	size_t old_size;
	unsigned char *new;
	size_t new_size;
	uint64_t new_address;
	bool by_pieces; /* moves what the plan says moves together, into memory that was not clean
			 */
	enum outcome (*call)(struct work *work, const char *hook, const void *old, void *new);
	void *data; /* for CALL */
	enum outcome outcome;
	const char *why; /* of OUTCOME_IMPOSSIBLE: a path or code */
};

enum outcome interpret(struct work *work, const struct plan_type *type);

#endif
