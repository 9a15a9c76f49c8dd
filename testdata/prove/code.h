/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test only: the C of `expr`, `init` and `when`, as far as it is understood: sums, products, shifts to the left and `|`
 * of numbers, enumerators, old members and elements of old arrays, with casts to uint64_t; conditions compare two of them, and are joined by
 * && and ||. Whoever compares does so with a number or enumerator that is not negative: then C's conversions
 * change nothing.
 */
#ifndef CO_PROVE_CODE_H
#define CO_PROVE_CODE_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned __int128 value_t;

struct code_scope {
	/* The value of a member of `old`, or `member[N]`, or of an enumerator, called the N bytes at NAME,
	   its sign extended. False: there is none. */
	bool (*value)(const struct code_scope *scope, bool is_member, const char *name, size_t n,
		      value_t *value);
	const void *data;
};

/* What CODE comes to; a condition to 0 or not. False: it is not understood. */
bool code_value(const struct code_scope *scope, const char *code, value_t *value);

/*
 * False unless CODE is made of sums and products that no step cuts to 64 bits when each name has the value that
 * SCOPE gives it. Where that is the greatest of each, and none can be negative, *TOP is the greatest that CODE
 * comes to.
 */
bool code_top(const struct code_scope *scope, const char *code, value_t *top);

struct code_range {
	__int128 low, high;
};
#define CODE_MAX ((__int128)1 << 100) /* and its negative: no end */

/*
 * False unless CODE is made of MEMBER of `old` alone, compared with numbers, `!`, && and ||. Where it holds, MEMBER lies
 * in *RANGE, however its sign is read.
 */
bool code_range(const char *code, const char *member, struct code_range *range);

#endif
