/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the patch says beside an open decision: its lines about the declaration, and names that it changed. */
#include <string.h>

#include "../schema/patch_types.h"
#include "json.h"
#include "skeleton_parts.h"

#define LINES_BEFORE 6 /* of a hunk, above the first line that changes the declaration */
#define LINES_AFTER 4
#define TEXT_MAX 100

/* How many bytes the character at TEXT has that may stand in a comment of YAML, and on a terminal; 0: none. */
static size_t character(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t n = utf8_length(bytes);

	if (n == 1)
		return *bytes >= ' ' && *bytes != 0x7f;
	if (n == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0) /* controls */
		return 0;
	if (n == 3 && bytes[0] == 0xe2 &&
	    (bytes[1] == 0x80 || bytes[1] == 0x81)) /* line breaks, directions */
		return 0;
	if (n == 3 && bytes[0] == 0xef &&
	    (bytes[1] == 0xbb || bytes[1] == 0xbf)) /* byte order marks */
		return 0;
	return n;
}

/* LINE with its tabs as blanks, and nothing that a terminal or YAML would take for more than text. */
static void expand(const char *line, char text[TEXT_MAX + 1])
{
	size_t n = 0;

	while (*line && n < TEXT_MAX) {
		size_t bytes = character(line);

		if (*line == '\t') {
			do
				text[n++] = ' ';
			while (n % 8 && n < TEXT_MAX);
		} else if (bytes > TEXT_MAX - n) {
			break;
		} else if (bytes) {
			memcpy(text + n, line, bytes);
			n += bytes;
		} else {
			text[n++] = '?';
		}
		line += bytes ? bytes : 1;
	}
	while (n && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
}

/* The blanks that all of these lines begin with, but for those of the preprocessor. */
static size_t common_blanks(const struct hunk *hunk, size_t first, size_t end)
{
	size_t common = TEXT_MAX;

	for (size_t i = first; i < end; i++) {
		char text[TEXT_MAX + 1];
		size_t blanks;

		expand(hunk->lines[i].text, text);
		blanks = strspn(text, " ");
		if (text[blanks] && text[0] != '#' && blanks < common)
			common = blanks;
	}
	return common;
}

static void put_line(struct text *out, const struct patch_line *line, size_t blanks)
{
	char text[TEXT_MAX + 1];

	expand(line->text, text);
	if (*text == '#')
		blanks = 0;
	if (strlen(text) <= blanks)
		text_puts(out, line->sign == ' ' ? "#\n" : line->sign == '+' ? "# +\n" : "# -\n");
	else
		text_add(out, "# %c %s\n", line->sign, text + blanks);
}

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void put_hunk(struct text *out, const struct touch *touch, size_t last)
{
	const struct hunk *hunk = touch->hunk;
	size_t first = touch->line > LINES_BEFORE ? touch->line - LINES_BEFORE : 0;
	size_t end = last + LINES_AFTER + 1 < hunk->n ? last + LINES_AFTER + 1 : hunk->n;
	size_t blanks = common_blanks(hunk, first, end);

	text_add(out, "# %s:%u:\n", base(hunk->at.file), hunk->at.line);
	for (size_t i = first; i < end; i++)
		put_line(out, &hunk->lines[i], blanks);
}

/* The last of the changed lines that follow each other from LINE on: as many as belong to it, at most. */
static size_t run_end(const struct hunk *hunk, size_t line)
{
	size_t end = line;

	while (end + 1 < hunk->n && end - line < LINES_BEFORE && hunk->lines[end + 1].sign != ' ')
		end++;
	return end;
}

/* A line that the patch took away is LINE with another name for the member NAME. */
static void put_rename(struct skeleton *skeleton, const struct hunk *hunk, const char *line,
		       const char *name)
{
	const char *from, *to;

	for (size_t i = 0; i < hunk->n; i++)
		if (hunk->lines[i].sign == '-' &&
		    patch_renames(hunk->lines[i].text, line, &skeleton->arena, &from, &to) &&
		    !strcmp(to, name))
			text_add(skeleton->out,
				 "# a new name of %s? the lines differ in nothing else\n", from);
}

static const char *last_name(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

void skeleton_patch(struct skeleton *skeleton, const struct part *part)
{
	bool new = part->path != NULL;
	const struct patch *patch = skeleton->input->patch;
	struct declared where = new ? field_declared(skeleton->new, &part->new)
				    : field_declared(skeleton->old, &part->old);
	struct touch touch;

	if (!patch)
		return;
	touch = patch_touch(patch, new, &where);
	if (!touch.hunk)
		return;
	put_hunk(skeleton->out, &touch, run_end(touch.hunk, touch.line));
	for (size_t i = touch.line; new &&i < touch.hunk->n; i++)
		if (touch.hunk->lines[i].sign == '+' &&
		    touch.hunk->lines[i].new_line >= where.first &&
		    touch.hunk->lines[i].new_line <= where.last)
			put_rename(skeleton, touch.hunk, touch.hunk->lines[i].text,
				   last_name(part->path));
}
