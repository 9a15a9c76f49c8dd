/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The survey: which types a mapping has to speak about, and which of their parts are still open. It
 * follows roots by embedding, and by pointer as far as the mapping follows them or has not said.
 */
#ifndef CO_GEN_SURVEY_H
#define CO_GEN_SURVEY_H

#include "../schema/classify.h"
#include "../schema/patch.h"
#include "headers.h"
#include "options.h"

struct survey_input {
	const struct diff *diff;
	const struct idioms *idioms;
	const struct mapping *mapping;	  /* what is decided so far, or NULL */
	const struct patch *patch;	  /* what changed in the source, or NULL: nobody said */
	struct headers *headers;	  /* both trees, or NULL */
	const struct option_list *roots; /* -r: labels; empty: the mapping's roots, else all types that changed */
};

enum reach {
	REACH_CARRIED, /* a root, embedded in one, or followed: everything that asks is listed */
	REACH_POINTER  /* a pointer that nobody decided leads here: what changed is listed */
};

struct surveyed {
	type_id old_id, new_id;
	const char *label;
	enum reach reach;
	uint32_t root;	     /* its number among the roots, or UINT32_MAX */
	const char *through; /* the member that led here, `struct x.y`; NULL for a root */
	const struct type_decisions *decisions; /* of the mapping, or NULL */
	struct classification parts;
	bool *asks; /* for each part: open, and to be written down */
	size_t n_asks;
	bool changed; /* its own members differ */
};

struct survey {
	struct arena arena;
	struct surveyed **at; /* roots in their order, then carried types, then those behind pointers, by label */
	size_t n, room;
	size_t *by_id; /* index + 1 by new type id */
	bool has_roots;
	bool defaults_open; /* pointers are left to `defaults: pointer` */
};

/* False with a diagnostic for each root that is no struct or union of both sides. */
bool survey_make(const struct survey_input *input, struct survey *survey, struct diags *diags);
void survey_deinit(struct survey *survey);

/* The section of MAPPING for new type ID, or NULL; labels are looked up, so a shorter spelling is found too. */
const struct type_decisions *survey_section(const struct mapping *mapping, const struct model *model,
					    type_id id);

/* The only part of a union: no mapping names it there, it is decided at each member that has the union. */
bool survey_is_whole(const struct part *part);

/* Warns at each decision of MAPPING that speaks of what is no longer there. */
void survey_stale(const struct survey_input *input, struct diags *diags);

/*
 * Warns of what became of the constants that MAPPING says flag words are made of; nothing without headers. False
 * with a diagnostic for each header that cannot be read, or has none of them.
 */
bool survey_constants(const struct survey_input *input, struct diags *diags);

/*
 * Warns at each member of a carried type that may hold values of an enum that was renumbered, and that
 * the mapping leaves to cross as a number.
 */
void survey_hidden(const struct survey_input *input, const struct survey *survey,
		   struct diags *diags);

#endif
