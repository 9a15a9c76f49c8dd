// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits between words: a letter more, less or another, or two neighbours that changed places. */
#include "nearest.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 32

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t edits(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[WORD_MAX + 1][WORD_MAX + 1];

	if (n > WORD_MAX || m > WORD_MAX)
		return SIZE_MAX;
	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			if (!i || !j) {
				rows[i][j] = i + j;
				continue;
			}
			rows[i][j] = least(least(rows[i - 1][j], rows[i][j - 1]) + 1,
					   rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
		}
	}
	return rows[n][m];
}

void nearest_init(struct nearest *nearest, const char *written, size_t n)
{
	/* A third of the word, and of a short one a letter. */
	*nearest = (struct nearest){.written = written, .n = n, .edits = n / 3 > 1 ? n / 3 + 1 : 2};
}

void nearest_offer(struct nearest *nearest, const char *word)
{
	size_t n = edits(nearest->written, nearest->n, word, strlen(word));

	if (n >= nearest->edits)
		return;
	nearest->edits = n;
	nearest->word = word;
}
