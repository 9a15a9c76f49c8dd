/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which constants a member may be made of, as far as the header that declares it tells. Only ever
 * candidates.
 */
#ifndef CO_GEN_HEADER_WORDS_H
#define CO_GEN_HEADER_WORDS_H

#include "headers.h"

#define WORDS_MAX 6

struct word_candidate {
	const char *prefix;
	const char *header; /* that defines them, as a mapping names it */
	const char *because;
};

struct word_candidates {
	struct word_candidate at[WORDS_MAX];
	size_t n;
	const char *
		others; /* with N 0: prefixes that several constants of the declaring header share; "" */
};

/*
 * Candidates for the member NAME that line LINE of FILE, in the new tree, declares: by the comment
 * above or beside it, by constants defined just behind it, and by those used with it in the code
 * of that header. Strings are owned by HEADERS. Empty when the tree has no such file, or its line
 * declares no NAME.
 */
void header_words(struct headers *headers, const char *file, uint32_t line, const char *name,
		  struct word_candidates *out, struct diags *diags);

#endif
