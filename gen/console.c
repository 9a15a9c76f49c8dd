/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person sees: diagnostics, colours, and one line of progress on a terminal. */
#include "console.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROGRESS_DELAY 0.5 /* seconds before the first line: short work shows nothing */
#define PROGRESS_EVERY 0.1

bool console_color(enum color_when when, int fd)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return isatty(fd) && !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}

/* A diagnostic with the notes after it: what is sorted. */
struct group {
	size_t first, n;
	struct place at;
};

static int compare_groups(const void *a_, const void *b_)
{
	const struct group *a = a_, *b = b_;
	int order;

	if (!a->at.file != !b->at.file)
		return a->at.file ? 1 : -1;
	order = a->at.file ? strcmp(a->at.file, b->at.file) : 0;
	if (!order)
		order = (a->at.line > b->at.line) - (a->at.line < b->at.line);
	if (!order)
		order = (a->at.col > b->at.col) - (a->at.col < b->at.col);
	return order ? order : (a->first > b->first) - (a->first < b->first);
}

static size_t make_groups(const struct diags *diags, struct group *groups)
{
	size_t n = 0;

	for (size_t i = 0; i < diags->n; i++) {
		if (n && diags->at[i].level == DIAG_NOTE)
			groups[n - 1].n++;
		else
			groups[n++] = (struct group){.first = i, .n = 1, .at = diags->at[i].at};
	}
	qsort(groups, n, sizeof(*groups), compare_groups);
	return n;
}

static void add_place(const struct place *at, struct text *out)
{
	text_puts(out, at->file ? at->file : "carryover");
	if (at->file && at->line)
		text_add(out, ":%" PRIu32, at->line);
	if (at->file && at->line && at->col)
		text_add(out, ":%" PRIu32, at->col);
	text_puts(out, ": ");
}

static void add_diag(const struct diag *diag, bool color, struct text *out)
{
	static const struct {
		const char *word, *color;
	} levels[] = {
		[DIAG_NOTE] = {"note", "\033[36m"},
		[DIAG_WARNING] = {"warning", "\033[35m"},
		[DIAG_ERROR] = {"error", "\033[1;31m"},
		[DIAG_EVIDENCE] = {"error: not enough evidence", "\033[1;31m"},
	};

	add_place(&diag->at, out);
	text_add(out, "%s%s:%s %s\n", color ? levels[diag->level].color : "",
		 levels[diag->level].word, color ? "\033[0m" : "", diag->text);
}

void console_diags(const struct diags *diags, bool quiet, bool color, struct text *out)
{
	struct arena arena;
	struct group *groups;
	size_t n;

	arena_init(&arena);
	groups = ARENA_NEW_ARRAY(&arena, diags->n + 1, struct group);
	n = make_groups(diags, groups);
	for (size_t i = 0; i < n; i++) {
		const struct diag *first = &diags->at[groups[i].first];

		if (quiet && first->level <= DIAG_WARNING)
			continue;
		for (size_t j = 0; j < groups[i].n; j++)
			add_diag(first + j, color, out);
	}
	arena_deinit(&arena);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void progress_init(struct progress *progress, bool quiet)
{
	*progress = (struct progress){.active = !quiet && isatty(STDERR_FILENO)};
	progress->start = progress->active ? now() : 0;
}

void progress_report(void *data, const char *what, uint64_t done, uint64_t total)
{
	struct progress *progress = data;
	double time;

	if (!progress->active)
		return;
	time = now();
	if (time - progress->start < PROGRESS_DELAY || time - progress->last < PROGRESS_EVERY)
		return;
	progress->last = time;
	progress->shown = true;
	if (total)
		fprintf(stderr, "\r\033[K%s: %d %%", what,
			(int)(100.0 * (double)done / (double)total));
	else
		fprintf(stderr, "\r\033[K%s", what);
	fflush(stderr);
}

void progress_deinit(struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->active = false;
}
