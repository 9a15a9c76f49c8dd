/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings are collected, then reported all at once, each at its place. Nothing below main() exits
 * or prints: a function that fails adds at least one diagnostic and returns false (or an error code).
 */
#ifndef CO_SCHEMA_DIAG_H
#define CO_SCHEMA_DIAG_H

#include <stdarg.h>
#include <stdbool.h>

#include "arena.h"

/* Where something stands. FILE may be NULL (no place); line and col count from 1, 0 when unknown. */
struct place {
	const char *file;
	uint32_t line, col;
};

enum diag_level {
	DIAG_NOTE,    /* belongs to the diagnostic before it: the other place, what to write instead */
	DIAG_WARNING, /* does not change the exit code */
	DIAG_ERROR,   /* exit code 2: usage, cannot read, not recognised, mapping errors */
	DIAG_EVIDENCE /* exit code 3: recognised, but not enough evidence to say anything */
};

struct diag {
	enum diag_level level;
	struct place at;
	const char *text;
};

struct diags {
	struct arena arena;
	struct diag *at;
	size_t n, room;
	size_t errors, evidence;
};

void diags_init(struct diags *diags);
void diags_deinit(struct diags *diags);

/* Adds one diagnostic; the text is one line without a full stop or a newline at the end. Copies AT.file. */
void diag_add(struct diags *diags, enum diag_level level, struct place at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* diag_add(DIAG_ERROR), and false, so that a caller can `return diag_error(...)`. */
bool diag_error(struct diags *diags, struct place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
bool diag_evidence(struct diags *diags, struct place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_note(struct diags *diags, struct place at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* True when an error or missing evidence was added. */
bool diags_failed(const struct diags *diags);

/* 2 when an error was added, else 3 when evidence is missing, else 0. */
int diags_exit_code(const struct diags *diags);

/* A place in FILE as a whole. */
static inline struct place place_file(const char *file)
{
	return (struct place){.file = file};
}

/*
 * The nearest of the N CANDIDATES to WORD by edit distance, or NULL when none is near enough to
 * suggest (more than a third of the word's length, at least one edit).
 */
const char *nearest_word(const char *word, const char *const *candidates, size_t n);

#endif
