/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a header says of a member beside its type: comments, and marks that debug info has not. */
#ifndef CO_GEN_HEADER_DECLARED_H
#define CO_GEN_HEADER_DECLARED_H

#include "headers.h"

struct header_declared {
	const char *marks;   /* `__rcu, __percpu`; "" */
	const char *comment; /* in one line of plain text, cut where it is long; "" */
};

/*
 * Of the member NAME that line LINE of FILE declares, in the tree of SIDE (0 old, 1 new), in a
 * type that begins at line TYPE_LINE: a comment is that beside it, else that above it, else what
 * kernel-doc above the type says of `@NAME:`. Strings are owned by HEADERS. Empty when the tree
 * has no such file, or its line declares no NAME.
 */
void header_declared(struct headers *headers, int side, const char *file, uint32_t line,
		     uint32_t type_line, const char *name, struct header_declared *out);

#endif
