/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Enums that hide in integers. C lets a plain integer hold the values of an enum, and debug info does not
 * say so; where the enum was renumbered, such an integer crosses as another value. Here is where names
 * and uses tie the two together: hints for a human, never decisions.
 */
#ifndef CO_SCHEMA_HIDDEN_ENUMS_H
#define CO_SCHEMA_HIDDEN_ENUMS_H

#include "diff.h"

/* What ties an integer to an enum. */
enum hidden_how {
	HIDDEN_NAME,	  /* the member is called as the enum is */
	HIDDEN_MEMBER,	  /* another struct has a member of this name with the enum's type */
	HIDDEN_PARAMETER, /* a function has a parameter of this name with the enum's type */
	HIDDEN_LENGTH	  /* an array as long as the enum counts, on both sides */
};

/* An enum of which an old enumerator has another value now, or none. */
struct hidden_enum {
	const struct type *old, *new;
	const char *name; /* its tag or typedef, as `constants: { enum: NAME }` takes it */
	const struct diff_entry *example; /* renumbered rather than removed */
};

struct hidden_tie {
	const struct hidden_enum *of;
	const char *path;      /* of the member, which is an integer or an array of integers on both
				  sides (HIDDEN_LENGTH: any array) */
	struct field old, new;
	enum hidden_how how;
	const char *by; /* what ties them: `struct x.y`, or the enumerator that counts */
};

struct hidden_enums {
	const struct diff *diff;
	struct arena arena;
	struct {
		struct hidden_enum *at;
		size_t n, room;
	} enums;
	struct {
		struct hidden_use *at; /* members and parameters that are declared with one, by name */
		size_t n, room;
	} uses;
};

struct hidden_ties {
	struct hidden_tie *at;
	size_t n, room;
};

/* MAX, NR, NUM, COUNT, NBITS or LAST is one of the words of NAME. */
bool name_counts(const char *name);

/*
 * True when enumerator I of ALL, those of TYPE, counts the others: its name says so, and it is greater than all others.
 */
bool enum_counts(const struct type *type, const struct enumerator *all, uint32_t i);

/* Collects the enums that DIFF (of all types) says were renumbered, and who is declared with one. */
void hidden_init(const struct diff *diff, struct hidden_enums *hidden);
void hidden_deinit(struct hidden_enums *hidden);

/*
 * Appends to OUT what ties members of records OLD_ID and NEW_ID, those in anonymous structs and unions
 * too, to an enum; of each member the strongest tie. Strings belong to HIDDEN; OUT is to be VEC_FREE()d.
 */
void hidden_find(struct hidden_enums *hidden, type_id old_id, type_id new_id,
		 struct hidden_ties *out);

/*
 * The name of the enum in whose file the array FIELD (of the new model) is declared, that counts as
 * many as it has elements, before and after, and whose values changed: what is at an index may be
 * elsewhere now. NULL: FIELD is no array, or there is none.
 */
const char *hidden_index(const struct diff *diff, const struct field *field);

/*
 * What a person should know of TIE of type LABEL at AT, as a warning with notes where both are declared,
 * and what to write.
 */
void hidden_warn(const struct hidden_enums *hidden, const struct hidden_tie *tie, const char *label,
		 struct place at, struct diags *diags);

#endif
