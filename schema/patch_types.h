/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where types and members are declared, and which hunks of a patch change that. */
#ifndef CO_SCHEMA_PATCH_TYPES_H
#define CO_SCHEMA_PATCH_TYPES_H

#include "diff.h"
#include "patch.h"

/* Lines of a file, both included; file NULL: debug info does not say (BTF never does). */
struct declared {
	const char *file;
	uint32_t first, last;
};

/* From the type's line to that behind its last member; of an enum, whose enumerators have no lines, its first alone. */
struct declared type_declared(const struct model *model, type_id id);
/* Of a member its line; of an anonymous struct or union the lines of all in it. */
struct declared field_declared(const struct model *model, const struct field *field);

/* A place in a patch: the first changed line of a hunk that lies within a declaration. */
struct touch {
	const struct hunk *hunk; /* NULL: none */
	size_t line;		 /* index into its lines */
};

/*
 * The first hunk of PATCH that changes WHERE, lines of the old (with NEW: of the new) side. HUNK NULL when there
 * is none.
 */
struct touch patch_touch(const struct patch *patch, bool new, const struct declared *where);

/* How the patch and the layouts agree about a type. */
enum touched {
	TOUCHED_NOT,
	TOUCHED_CHANGED, /* its declaration and its layout */
	TOUCHED_ONLY, /* its declaration, and the layout is the same: a comment, a macro, a meaning */
	TOUCHED_BY_OTHERS, /* its layout alone: configuration, compiler, or what the patch does not have */
};

/* "touched and changed", "touched only", ... */
const char *touched_words(enum touched touched);

struct patched_type {
	enum touched touched;
	const char *label;
	type_id old_id, new_id; /* TYPE_NONE on the side where it is not */
	struct touch touch;	/* of the new side, else of the old; hunk NULL: BY_OTHERS */
	bool on_new;		/* TOUCH is of the new side */
};

struct patched {
	struct patched_type *at; /* structs, unions and enums that are not TOUCHED_NOT, by label */
	size_t n, room;
	size_t by[TOUCHED_BY_OTHERS + 1];
};

/*
 * Holds PATCH against DIFF: every type whose declaration it touches, and every one of DIFF that changed itself. A type
 * that only carries a change, or whose change has its cause in another one, is not BY_OTHERS: its cause is. SCOPE:
 * only these, as diff_models() takes them; NULL: all.
 */
void patch_types(const struct patch *patch, const struct diff *diff, const struct diff_scope *scope,
		 struct patched *out);
void patched_deinit(struct patched *patched);

#endif
