/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings as people look at them: by type, with what follows from it. Only report_check*.c includes this. */
#ifndef CO_GEN_REPORT_CHECK_VIEW_H
#define CO_GEN_REPORT_CHECK_VIEW_H

#include "report_causes.h"
#include "report_check_parts.h"
#include "report_text.h"

#define NO_GROUP SIZE_MAX

enum finding_class {
	FINDING_OF_INPUT,  /* about what was read */
	FINDING_OF_FILE,   /* about a line of the mapping or a waiver */
	FINDING_OF_CHANGE, /* about a type */
};

/* What became of one member, by all rules. */
struct member_item {
	const struct finding *first;
	const char *rules; /* ids, with spaces between; NULL where + or - says it all */
	bool added, removed;
};

struct type_group {
	const char *type;
	struct place at;
	uint64_t old_size, new_size; /* equal where it has the size it had, or none */
	size_t n;		     /* findings */
	size_t leader;		     /* the group that it follows, NO_GROUP: none */
	size_t followers;
	struct {
		struct member_item *at;
		size_t n, room;
	} items; /* all that did not only move, and were not only renumbered */
	size_t moved;
	int64_t moved_by; /* bits, when MOVED_ALIKE */
	bool moved_alike;
	size_t renumbered;
};

struct finding_list {
	const struct finding **at;
	size_t n, room;
};

struct view {
	const struct findings *findings;
	struct arena arena;
	struct finding_list persons; /* for which view_needs_person() holds, by type */
	struct {
		struct type_group *at;
		size_t n, room;
	} groups;		   /* of those */
	struct finding_list quiet; /* changes that need nobody and that no waiver holds, by type */
};

void view_init(struct view *view, const struct findings *findings);
void view_deinit(struct view *view);

enum finding_class view_class(const struct finding *finding);

/* A change that no waiver holds and whose level is a warning or an error. */
bool view_needs_person(const struct finding *finding);

/* Whatever returns a string below returns one line for a terminal, owned by VIEW. */

/* STRING, cleaned; "" for NULL. */
const char *view_clean(struct view *view, const char *string);

/* Columns of a clean string. */
size_t view_columns(const char *string);

/* LINES, each cleaned and behind INDENT. */
void view_lines(struct view *view, const char *indent, const char *lines, struct text *out);

/* What INFO's side is called, its release unless OTHER has the same. Not cleaned. */
const char *view_side(const struct model_info *info, const struct model_info *other);

/* "file:line", or "". */
const char *view_place(struct view *view, struct place at);

/* What became of a member: "+ futex_unique_id atomic64_t". PAINT gets its colour. */
const char *view_item(struct view *view, const struct member_item *item, enum paint *paint);

/* "48 moved +8", "3 renumbered" or NULL: how many members are no items of GROUP. */
const char *view_moved(struct view *view, const struct type_group *group);

/*
 * The lines to paste of the findings that need a person, as one piece in which no key stands twice, at most
 * LIMIT lines. Returns of how many findings the lines are not among them.
 */
size_t view_paste(struct view *view, size_t limit, const char *indent, struct text *out);

#endif
