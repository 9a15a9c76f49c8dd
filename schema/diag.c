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

/*
 * Edits between two words, two swapped neighbours being one edit; words longer than WORD_MAX are
 * infinitely far.
 */
static size_t edit_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	size_t rows[3][WORD_MAX + 1]; /* of i - 2, i - 1 and i, at i modulo 3 */

	if (n > WORD_MAX || m > WORD_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = min3(above[j] + 1, row[j - 1] + 1,
				      above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    second[j - 2] + 1 < row[j])
				row[j] = second[j - 2] + 1;
		}
	}
	return rows[n % 3][m];
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
