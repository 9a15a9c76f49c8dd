/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diag.h"

#include <stdio.h>
#include <string.h>

void diags_init(struct diags *diags)
{
	*diags = (struct diags){0};
	arena_init(&diags->arena);
}

void diags_deinit(struct diags *diags)
{
	arena_deinit(&diags->arena);
	VEC_FREE(diags);
	diags_init(diags);
}

static void add(struct diags *diags, enum diag_level level, struct place at, const char *format,
		va_list list)
{
	char *text;
	va_list again;
	int n;

	va_copy(again, list);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = arena_alloc(&diags->arena, n > 0 ? (size_t)n + 1 : 1);
	if (n > 0)
		vsnprintf(text, (size_t)n + 1, format, list);
	if (at.file)
		at.file = arena_strdup(&diags->arena, at.file);
	*VEC_PUSH(diags) = (struct diag){.level = level, .at = at, .text = text};
	if (level == DIAG_ERROR)
		diags->errors++;
	if (level == DIAG_EVIDENCE)
		diags->evidence++;
}

void diag_add(struct diags *diags, enum diag_level level, struct place at, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	add(diags, level, at, format, list);
	va_end(list);
}

bool diag_error(struct diags *diags, struct place at, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	add(diags, DIAG_ERROR, at, format, list);
	va_end(list);
	return false;
}

bool diag_evidence(struct diags *diags, struct place at, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	add(diags, DIAG_EVIDENCE, at, format, list);
	va_end(list);
	return false;
}

void diag_note(struct diags *diags, struct place at, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	add(diags, DIAG_NOTE, at, format, list);
	va_end(list);
}

bool diags_failed(const struct diags *diags)
{
	return diags->errors || diags->evidence;
}

int diags_exit_code(const struct diags *diags)
{
	return diags->errors ? 2 : diags->evidence ? 3 : 0;
}

#define WORD_MAX 128

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein distance; words longer than WORD_MAX are infinitely far. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	size_t row[WORD_MAX + 1];

	if (n > WORD_MAX || m > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[m];
}

const char *nearest_word(const char *word, const char *const *candidates, size_t n)
{
	size_t best = strlen(word) / 3 > 1 ? strlen(word) / 3 : 1;
	const char *nearest = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t distance = edit_distance(word, candidates[i]);

		if (distance < best || (distance == best && !nearest)) {
			best = distance;
			nearest = candidates[i];
		}
	}
	return nearest;
}
