/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Insertions at positions of a YAML file, applied at once from the first byte to the last. */
#include "splice.h"

#include <stdlib.h>
#include <string.h>

struct insertion {
	size_t at;    /* byte of the file before which TEXT goes */
	size_t order; /* of being added, for those at one place */
	const char *text;
	bool line; /* whole lines: the line before it must end */
};

void splice_init(struct splice *splice, const char *file, size_t n)
{
	*splice = (struct splice){.file = file, .n = n};
	arena_init(&splice->arena);
}

void splice_deinit(struct splice *splice)
{
	vec_free(splice->insertions);
	arena_deinit(&splice->arena);
}

unsigned int splice_indent(const struct yaml_node *node)
{
	if (!node->first)
		return 0;
	if (node->kind == YAML_SEQUENCE)
		return node->at.col - 1;
	return node->first->key->at.col - 1;
}

static size_t line_start(const struct splice *splice, uint32_t line)
{
	size_t at = 0;

	for (uint32_t i = 1; i < line && at < splice->n; i++) {
		const char *end = memchr(splice->file + at, '\n', splice->n - at);

		at = end ? (size_t)(end - splice->file) + 1 : splice->n;
	}
	return at;
}

static void add(struct splice *splice, size_t at, const char *text, bool line)
{
	splice->insertions = vec_grow(splice->insertions, &splice->room, splice->n_insertions + 1,
				      sizeof(*splice->insertions));
	splice->insertions[splice->n_insertions] = (struct insertion){
		.at = at,
		.order = splice->n_insertions,
		.text = arena_strdup(&splice->arena, text),
		.line = line,
	};
	splice->n_insertions++;
}

/* The line at AT is a comment, indented by at least INDENT. */
static bool is_own_comment(const struct splice *splice, size_t at, size_t indent)
{
	size_t blanks = 0;

	while (at + blanks < splice->n && splice->file[at + blanks] == ' ')
		blanks++;
	return blanks >= indent && at + blanks < splice->n && splice->file[at + blanks] == '#';
}

void splice_after(struct splice *splice, const struct yaml_node *node, const char *text)
{
	size_t at = line_start(splice, node->end_line + 1);

	while (is_own_comment(splice, at, splice_indent(node))) {
		const char *end = memchr(splice->file + at, '\n', splice->n - at);

		at = end ? (size_t)(end - splice->file) + 1 : splice->n;
	}
	add(splice, at, text, true);
}

/* libyaml counts characters, not bytes. */
static size_t byte_of(const struct splice *splice, uint32_t line, uint32_t col)
{
	size_t at = line_start(splice, line);

	for (uint32_t i = 1; i < col && at < splice->n; i++) {
		at++;
		while (at < splice->n && ((unsigned char)splice->file[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

void splice_flow(struct splice *splice, const struct yaml_node *node, const char *text)
{
	size_t at = byte_of(splice, node->end_line, node->end_col);
	size_t close = at ? at - 1 : 0, before = close;

	while (before && strchr(" \t\n", splice->file[before - 1]))
		before--;
	if (before && splice->file[before - 1] == ',')
		add(splice, before, arena_printf(&splice->arena, " %s", text), false);
	else if (node->first)
		add(splice, before, arena_printf(&splice->arena, ", %s", text), false);
	else
		add(splice, close, arena_printf(&splice->arena, " %s ", text), false);
}

static int compare(const void *a, const void *b)
{
	const struct insertion *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void splice_write(const struct splice *splice, struct text *out)
{
	size_t done = 0;

	if (splice->n_insertions)
		qsort(splice->insertions, splice->n_insertions, sizeof(*splice->insertions),
		      compare);
	for (size_t i = 0; i < splice->n_insertions; i++) {
		const struct insertion *insertion = &splice->insertions[i];

		text_raw(out, splice->file + done, insertion->at - done);
		done = insertion->at;
		if (insertion->line && out->n && out->at[out->n - 1] != '\n')
			text_raw(out, "\n", 1);
		text_raw(out, insertion->text, strlen(insertion->text));
	}
	text_raw(out, splice->file + done, splice->n - done);
}
