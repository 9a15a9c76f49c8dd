/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of C in plain text, and how many of them macros expand to, before a compiler expands them.
 */
#ifndef CO_SCHEMA_SOURCE_MACROS_H
#define CO_SCHEMA_SOURCE_MACROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left to read of a text. */
struct c_text {
	const char *at, *end;
};

enum c_word {
	C_END,
	C_NAME,
	C_LINE,
	C_OTHER
}; /* C_LINE: the end of a line that is not continued */

struct c_token {
	enum c_word kind;
	const char *at;
	size_t n;    /* 1 of C_OTHER, but for a string or a number */
	bool spaced; /* something that is no word stands before it */
};

/* The next word of TEXT; comments are blanks. */
struct c_token c_next(struct c_text *text);

/*
 * No less than the words that come of expanding each macro of the N bytes at TEXT once, and the
 * text itself; at most LIMIT. What nests deeper than a compiler should follow, or takes too long
 * to count, is LIMIT.
 */
uint64_t macros_cost(const char *text, size_t n, uint64_t limit);

#endif
