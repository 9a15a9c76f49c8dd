/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word that somebody meant who mistyped it. */
#ifndef CO_HOST_NEAREST_H
#define CO_HOST_NEAREST_H

#include <stddef.h>

/*
 * Of words that are offered one by one: the one with the fewest edits to what was written, if they
 * are few enough to be a slip. `word` is NULL as long as there is none.
 */
struct nearest {
	const char *written;
	size_t n; /* bytes of `written` that count */
	size_t edits;
	const char *word; /* what was offered; the caller's */
};

void nearest_init(struct nearest *nearest, const char *written, size_t n);
void nearest_offer(struct nearest *nearest, const char *word);

#endif
