/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Insertions and cuts at positions of a YAML file, applied at once from the first byte to the last. */
#include "splice.h"

#include <stdlib.h>
#include <string.h>

struct insertion {
	size_t at;    /* byte of the file before which TEXT goes */
	size_t cut;   /* bytes from there on that go */
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

static void change(struct splice *splice, size_t at, size_t cut, const char *text, bool line)
{
	splice->insertions = vec_grow(splice->insertions, &splice->room, splice->n_insertions + 1,
				      sizeof(*splice->insertions));
	splice->insertions[splice->n_insertions] = (struct insertion){
		.at = at,
		.cut = cut,
		.order = splice->n_insertions,
		.text = arena_strdup(&splice->arena, text),
		.line = line,
	};
	splice->n_insertions++;
}

static void add(struct splice *splice, size_t at, const char *text, bool line)
{
	change(splice, at, 0, text, line);
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

/* Where NODE begins, with its key. */
static size_t start_of(const struct splice *splice, const struct yaml_node *node)
{
	const struct place *at = node->key ? &node->key->at : &node->at;

	return byte_of(splice, at->line, at->col);
}

static size_t end_of(const struct splice *splice, const struct yaml_node *node)
{
	return byte_of(splice, node->end_line, node->end_col);
}

/* The start of the line before the one that starts at AT. */
static size_t line_before(const struct splice *splice, size_t at)
{
	if (at)
		at--;
	while (at && splice->file[at - 1] != '\n')
		at--;
	return at;
}

/* The comment lines right above the line at AT that are indented by INDENT. */
static size_t with_comments(const struct splice *splice, size_t at, size_t indent)
{
	while (at) {
		size_t before = line_before(splice, at), blanks = 0;

		while (splice->file[before + blanks] == ' ')
			blanks++;
		if (blanks != indent || splice->file[before + blanks] != '#')
			break;
		at = before;
	}
	return at;
}

static void cut_block(struct splice *splice, const struct yaml_node *collection,
		      const struct yaml_node *node, const char *text)
{
	const struct place *first = node->key ? &node->key->at : &node->at;
	size_t at =
		with_comments(splice, line_start(splice, first->line), splice_indent(collection));

	change(splice, at, line_start(splice, node->end_line + 1) - at, text ? text : "", true);
}

static void cut_flow(struct splice *splice, const struct yaml_node *collection,
		     const struct yaml_node *node, const char *text)
{
	const struct yaml_node *before = NULL;
	size_t at = start_of(splice, node), end = end_of(splice, node);

	for (const struct yaml_node *item = collection->first; item != node; item = item->next)
		before = item;
	if (!text && node->next)
		end = start_of(splice, node->next);
	else if (!text && before)
		at = end_of(splice, before);
	change(splice, at, end - at, text ? text : "", false);
}

void splice_cut(struct splice *splice, const struct yaml_node *collection,
		const struct yaml_node *node, const char *text)
{
	if (collection->flow)
		cut_flow(splice, collection, node, text);
	else
		cut_block(splice, collection, node, text);
}

void splice_skip(struct splice *splice, size_t n)
{
	change(splice, 0, n, "", false);
}

void splice_replace(struct splice *splice, const struct yaml_node *node, const char *text)
{
	size_t at = byte_of(splice, node->at.line, node->at.col);

	change(splice, at, end_of(splice, node) - at, text, false);
}

const char *splice_text(const struct splice *splice, const struct yaml_node *node,
			struct arena *arena)
{
	size_t at = start_of(splice, node);

	return arena_strndup(arena, splice->file + at, end_of(splice, node) - at);
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

		if (insertion->at > done) {
			text_raw(out, splice->file + done, insertion->at - done);
			done = insertion->at;
		}
		if (insertion->at + insertion->cut > done)
			done = insertion->at + insertion->cut;
		if (insertion->line && *insertion->text && out->n && out->at[out->n - 1] != '\n')
			text_raw(out, "\n", 1);
		text_raw(out, insertion->text, strlen(insertion->text));
	}
	text_raw(out, splice->file + done, splice->n - done);
}
