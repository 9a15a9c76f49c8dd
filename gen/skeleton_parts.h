/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pieces of a skeleton, at any indentation: shared by writing one and by completing one. */
#ifndef CO_GEN_SKELETON_PARTS_H
#define CO_GEN_SKELETON_PARTS_H

#include "skeleton.h"

struct skeleton {
	const struct survey_input *input;
	const struct survey *survey;
	const struct model *old, *new;
	struct arena arena; /* scratch */
	struct text *out;
};

/* A whole type: its comment, its key and what asks. Nothing when nothing does. */
void skeleton_type(struct skeleton *skeleton, const struct surveyed *type);
/* What asks among the members, or (DROPS) among the old ones that went: lines of a block. */
void skeleton_members(struct skeleton *skeleton, const struct surveyed *type);
void skeleton_drops(struct skeleton *skeleton, const struct surveyed *type);
size_t skeleton_count(const struct surveyed *type, bool drops);
/* A root of so many parts that naming those that cross is shorter. */
bool skeleton_is_large(const struct surveyed *type);
/* One line for a root. */
void skeleton_root(struct skeleton *skeleton, const struct surveyed *type);
/* What could be written about PART: `from: a | init: zero, why: WHY`; owned by the scratch arena. */
const char *skeleton_choices(struct skeleton *skeleton, const struct part *part);
/* What FIELD of MODEL is, as `was` and `is` say it; an unnamed union by its arms. Owned by the scratch arena. */
const char *skeleton_shape(struct skeleton *skeleton, const struct model *model,
			   const struct field *field);
/* The arms of PART, when `arm` can decide about it, as a list in comments. */
void skeleton_arms(struct skeleton *skeleton, const struct part *part);
/* The lines of the patch that change the declaration of PART, in comments; nothing without a patch. */
void skeleton_patch(struct skeleton *skeleton, const struct part *part);
/*
 * The comment and marks of PART's declaration, and of a flag word the constants that it may be made of, with what became
 * of them, in comments; nothing without headers.
 */
void skeleton_headers(struct skeleton *skeleton, const struct part *part);
/* WORDS as a YAML scalar, in quotes where it needs them; owned by the scratch arena. */
const char *skeleton_scalar(struct skeleton *skeleton, const char *words);

#endif
