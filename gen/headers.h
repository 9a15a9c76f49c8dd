/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The source or header trees of both releases: what their headers say of constants. Each header is
 * read once.
 */
#ifndef CO_GEN_HEADERS_H
#define CO_GEN_HEADERS_H

#include "../schema/constants_diff.h"
#include "../schema/model.h"
#include "options.h"

struct header; /* one that was asked for, on one side */

struct headers {
	struct arena arena;
	const char *directory[2]; /* old and new */
	const char *machine[2];
	unsigned int verbose;
	struct {
		struct header *at;
		size_t n, room;
	} read;
};

/*
 * The trees that OPTIONS name, for the machines of OLD and NEW. False with a diagnostic when only
 * one is named, or one is no directory. HEADERS is to be headers_deinit()ed either way; OPTIONS
 * and the models have to outlive it.
 */
bool headers_init(struct headers *headers, const struct options *options, const struct model *old,
		  const struct model *new, struct diags *diags);
void headers_deinit(struct headers *headers);
/* True when OPTIONS name a tree. */
bool headers_asked(const struct options *options);

/*
 * The text of NAME, as a mapping or an #include writes it, in DIR, DIR/include or DIR/include/uapi
 * of SIDE (0 old, 1 new), and *N, its length; owned by HEADERS. NULL when there is none; it is no
 * error.
 */
const char *headers_text(struct headers *headers, int side, const char *name, size_t *n);

/*
 * What it defines; NULL with diagnostics at AT, the first time only, when it is not there or
 * cannot be read.
 */
const struct constants *headers_constants(struct headers *headers, int side, const char *name,
					  struct place at, struct diags *diags);

/*
 * What became of the constants PREFIX... of header NAME. False with diagnostics at AT: a header
 * that cannot be read, or not one constant of the prefix on either side. DIFF is freed with
 * constants_diff_deinit() when true.
 */
bool headers_compare(struct headers *headers, const char *prefix, const char *name, struct place at,
		     struct constants_diff *diff, struct diags *diags);

/*
 * The changes of kind CHANGE as a list, at most MOST by name and the rest counted (0: all); owned
 * by ARENA.
 */
const char *headers_list(const struct constants_diff *diff, enum constant_change change,
			 size_t most, struct arena *arena);

#endif
