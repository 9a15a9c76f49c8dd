/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that appear whole or not at all: written to a temporary name beside the target, then
 * renamed. */
#ifndef CO_GEN_OUTPUT_H
#define CO_GEN_OUTPUT_H

#include "../schema/diag.h"
#include "../schema/text.h"

struct output_file;

/*
 * A set of files that appears together: nothing is opened before output_commit(), which writes
 * every one to a temporary name, checks every write and close, and only then renames them all. A
 * file whose content would not change is left as it is. A symbolic link keeps pointing where it
 * did; what is no regular file (/dev/null, a pipe) is written to as it is.
 */
struct output {
	struct arena arena;
	struct output_file *files;
	size_t n, room;
};

void output_init(struct output *output);
void output_deinit(struct output *output);

/* Adds N bytes for PATH, as open(2) takes it; both are copied. */
void output_add(struct output *output, const char *path, const char *bytes, size_t n);

/*
 * Writes all. False with a diagnostic (and no file touched) when one cannot be written, or when two are one
 * file, however its path is spelled. DIRECTORY,
 * when not NULL, is made first with its missing parents, and removed again on failure.
 */
bool output_commit(struct output *output, const char *directory, struct diags *diags);

/* The whole content of the file PATH, at most LIMIT bytes, owned by ARENA. NULL with a diagnostic.
 */
char *input_file(const char *path, size_t limit, size_t *n, struct arena *arena,
		 struct diags *diags);

#endif
