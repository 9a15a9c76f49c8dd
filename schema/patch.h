/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The patch between two releases, as far as it tells why layouts changed: a unified diff as diff -u, git and quilt
 * write it, plain or compressed. What stands around the hunks is passed over; binary files have none.
 */
#ifndef CO_SCHEMA_PATCH_H
#define CO_SCHEMA_PATCH_H

#include "diag.h"

#define PATCH_BYTES_MAX ((size_t)512 << 20) /* unpacked */

struct patch_line {
	char sign;	  /* ' ', '-' or '+' */
	const char *text; /* without sign and newline; any bytes but NUL */
	uint32_t old_line,
		new_line; /* its number; on the side that has it not, of the line it stands before */
};

struct hunk {
	const char *old_file,
		*new_file;  /* as written, without a time stamp; /dev/null: no such file there */
	struct place at;    /* of its @@ line in the patch */
	const char *header; /* the @@ line */
	struct patch_line *lines;
	size_t n;
};

struct patch {
	struct arena arena;
	struct {
		struct hunk *at;
		size_t n, room;
	} hunks;		      /* of all files that were read, in their order */
	struct hunk_name *by_name[2]; /* of the old and of the new side: see patch_hunks_of() */
};

void patch_init(struct patch *patch);
void patch_deinit(struct patch *patch);

/*
 * Adds the hunks of the N bytes at DATA, called FILE in messages. False with a diagnostic at its line for each hunk
 * that is cut off or whose header is none, when it has no hunk at all, holds a NUL, or unpacks to more
 * than PATCH_BYTES_MAX.
 */
bool patch_read(struct patch *patch, const char *file, const char *data, size_t n,
		struct diags *diags);

/*
 * True when the hunk is about FILE, a declaration file as debug info has it (`include/linux/mm_types.h`): its name on the
 * old side, or with NEW on the new one, is that after `a/`, `b/` or any other leading folders.
 */
bool hunk_is_of(const struct hunk *hunk, bool new, const char *file);

/* A hunk by the last part of its file's name on one side. */
struct hunk_name {
	const char *name;
	size_t hunk; /* index */
};

/*
 * The hunks that may be about FILE (NULL: none are), by the last part of its name alone: hunk_is_of() tells. In the order of
 * the patch; N gets how many.
 */
const struct hunk_name *patch_hunks_of(const struct patch *patch, bool new, const char *file,
				       size_t *n);

/*
 * The first line of HUNK, counted from FROM, that adds or takes away something between lines FIRST and LAST of the old
 * (with NEW: the new) file, both included; hunk->n when there is none. What the other side alone has counts where it
 * stands between two of these lines.
 */
size_t hunk_changes(const struct hunk *hunk, bool new, uint32_t first, uint32_t last, size_t from);

/*
 * True when OLD and NEW, two lines of C, differ in one word alone, which occurs once in each: *OLD_NAME and *NEW_NAME are then
 * copies of it in ARENA. Blanks do not matter.
 */
bool patch_renames(const char *old, const char *new, struct arena *arena, const char **old_name,
		   const char **new_name);

#endif
