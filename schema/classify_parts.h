/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pieces of the classification share; schema/classify*.c alone include it. */
#ifndef CO_SCHEMA_CLASSIFY_PARTS_H
#define CO_SCHEMA_CLASSIFY_PARTS_H

#include "classify.h"

/* classify_field.c */
bool is_function_pointer(const struct model *model, type_id id);

/*
 * classify_words.c: the typedefs of two integers name one quantity (or none, as u32 and unsigned int do). A `gfn_t`
 * is none that an `unsigned long` was before, and a `__be16` none that becomes a u32 by being widened.
 */
bool quantities_agree(const struct model *old, type_id old_id, const struct model *new, type_id new_id);

/* classify_candidates.c: fills part->candidates by its reason; RENAMES are old paths, likeliest first. */
void part_candidates(const struct diff *diff, struct part *part, const char *const *renames,
		     size_t n_renames, struct arena *arena);

/* classify_leaves.c: the parts of one type, before they are paired. */
struct leaf {
	const char *path;
	struct field field;
	bool is_union, anonymous; /* anonymous: a union named by its first arm */
	bool used;
};

struct leaves {
	struct arena *arena;
	const struct idioms *idioms;
	const struct model *model;
	struct leaf *at; /* in order of declaration */
	size_t n, room;
	struct leaf **by_path; /* sorted; set by leaves_index() */
};

void leaves_collect(struct leaves *leaves, type_id root);
void leaves_deinit(struct leaves *leaves);
/* The leaf called PATH, or NULL. */
struct leaf *leaf_named(const struct leaves *leaves, const char *path);
/* The leaf that PATH reaches into or is: a union of which it names an arm, an embedded struct. */
struct leaf *leaf_around(const struct leaves *leaves, type_id root, const char *path);
/* The bits of a field, arrays and flexible tails included; 0 for what has no size. */
uint64_t field_bits(const struct model *model, const struct field *field);

#endif
