/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What one side of a generated pair tells the prover of each struct. Both sides have the same
 * values, by index; each writes them through the names of its own members, so that C alone says
 * where they lie.
 */
#ifndef CO_PROVE_CASES_H
#define CO_PROVE_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PROVE_TAIL_MAX 5 /* elements that every flexible tail has room for */

enum prove_kind {
	PROVE_UNSIGNED,
	PROVE_SIGNED,
	PROVE_COUNT, /* of a tail: at most PROVE_TAIL_MAX */
};

struct prove_value {
	enum prove_kind kind;
	unsigned int bits;
	bool partial; /* refused outside LOW to HIGH */
	int64_t low;
	uint64_t high;
	/* Of what lies in an arm of a union: whether it is taken, of all values V; V[BY] == MET is one
	   way. Of the value that CHOOSES the arm: whether there is one, without which a PARTIAL one is
	   refused. NULL: of all others */
	bool (*live)(const int64_t *v);
	size_t by;
	int64_t met;
	bool chooses;
};

struct prove_case {
	const char *type; /* struct t0 */
	size_t size, tail,
		element; /* bytes; TAIL is the offset of the flexible tail, ELEMENT 0: none */
	const struct prove_value *values; /* old side only */
	size_t n_values;
	void (*fill)(void *object, const int64_t *v);
};

extern const struct prove_case prove_cases[];
extern const size_t prove_n_cases;

#endif
