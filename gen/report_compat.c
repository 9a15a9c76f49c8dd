/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compatibility of releases: a matrix for people, every pair for programs. */
#include <stdio.h>
#include <string.h>

#include "compat.h"
#include "json.h"
#include "report_text.h"

/* What stands in the matrix for a pair; of one that needs a mapping the number of decisions. */
static const char *cell(const struct compat_pair *pair, char room[24])
{
	static const char *const signs[COMPAT_VERDICTS] = {"=", "auto", NULL, "map", "cold"};

	if (signs[pair->verdict])
		return signs[pair->verdict];
	snprintf(room, 24, "%zu", pair->decisions);
	return room;
}

static enum paint paint_of(enum compat_verdict verdict)
{
	static const enum paint paints[COMPAT_VERDICTS] = {PAINT_GREEN, PAINT_GREEN, PAINT_YELLOW,
							   PAINT_GREEN, PAINT_RED};

	return paints[verdict];
}

static const struct compat_pair *pair_at(const struct compat *compat, size_t from, size_t to)
{
	return &compat->pairs[from * compat->n + to];
}

/* The columns of the matrix are as wide as the widest cell. */
static size_t cell_width(const struct compat *compat)
{
	char room[24];
	size_t width = 4;

	for (size_t i = 0; i < compat->n * compat->n; i++)
		if (strlen(cell(&compat->pairs[i], room)) > width)
			width = strlen(cell(&compat->pairs[i], room));
	return width;
}

static size_t name_width(const struct compat *compat)
{
	size_t width = strlen("from \\ to");

	for (size_t i = 0; i < compat->n; i++)
		if (strlen(compat->releases[i].name) + 4 > width)
			width = strlen(compat->releases[i].name) + 4;
	return width;
}

static void put_row(struct paper *paper, const struct compat *compat, size_t from, size_t width)
{
	for (size_t to = 0; to < compat->n; to++) {
		const struct compat_pair *pair = pair_at(compat, from, to);
		char room[24];

		if (from == to)
			text_add(paper->out, "  %*s", (int)width, ".");
		else {
			text_puts(paper->out, "  ");
			paper_paint(paper, paint_of(pair->verdict), "%*s", (int)width,
				    cell(pair, room));
		}
	}
}

static void put_matrix(struct paper *paper, const struct compat *compat)
{
	size_t width = cell_width(compat), names = name_width(compat);

	text_add(paper->out, "%-*s", (int)names, "from \\ to");
	for (size_t to = 0; to < compat->n; to++)
		text_add(paper->out, "  %*zu", (int)width, to + 1);
	text_puts(paper->out, "  suggested version\n");
	for (size_t from = 0; from < compat->n; from++) {
		text_add(paper->out, "%2zu  %-*s", from + 1, (int)names - 4,
			 compat->releases[from].name);
		put_row(paper, compat, from, width);
		text_add(paper->out, "  %s\n",
			 compat->releases[from].version ? compat->releases[from].version : "-");
	}
}

static size_t count(const struct compat *compat, enum compat_verdict verdict)
{
	size_t n = 0;

	for (size_t from = 0; from < compat->n; from++)
		for (size_t to = 0; to < compat->n; to++)
			n += from != to && pair_at(compat, from, to)->verdict == verdict;
	return n;
}

/* Only what occurs is explained. */
static void put_legend(struct paper *paper, const struct compat *compat)
{
	static const struct {
		enum compat_verdict verdict;
		const char *sign, *words;
	} rows[] = {
		{COMPAT_SAME, "=", "every layout is the same: a live patch is enough"},
		{COMPAT_AUTOMATIC, "auto", "layouts differ, everything converts by itself"},
		{COMPAT_NEEDS, "number", "decisions that a mapping has to make: carryover map"},
		{COMPAT_HAS, "map", "there is a mapping that makes every decision"},
		{COMPAT_COLD, "cold", "a cold boot: no mapping can carry a root"},
	};

	text_puts(paper->out, "\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (count(compat, rows[i].verdict))
			text_add(paper->out, "  %-6s  %s\n", rows[i].sign, rows[i].words);
}

static void put_pair(struct paper *paper, const struct compat *compat, size_t from, size_t to)
{
	const struct compat_pair *pair = pair_at(compat, from, to);

	text_add(paper->out, "%s -> %s\n", compat->releases[from].name, compat->releases[to].name);
	if (pair->mapping)
		text_add(paper->out, "  %s%s%s\n", pair->mapping,
			 pair->wrong ? " does not hold: " : "", pair->wrong ? pair->wrong : "");
	if (pair->missing)
		text_add(paper->out, "  it does not carry %s\n", pair->missing);
	for (size_t i = 0; i < pair->n_cold; i++)
		text_add(paper->out, "  cold boot: %s\n", pair->cold[i]);
}

/* What the matrix has no room for. */
static void put_pairs(struct paper *paper, const struct compat *compat)
{
	bool first = true;

	for (size_t from = 0; from < compat->n; from++) {
		for (size_t to = 0; to < compat->n; to++) {
			const struct compat_pair *pair = pair_at(compat, from, to);

			if (!pair->mapping && !pair->n_cold)
				continue;
			if (first)
				text_puts(paper->out, "\n");
			first = false;
			put_pair(paper, compat, from, to);
		}
	}
}

void report_compat_text(const struct compat *compat, bool color, struct text *out)
{
	struct paper paper = {.out = out, .color = color};

	paper_paint(&paper, PAINT_BOLD, "%zu releases", compat->n);
	text_add(out,
		 ", %s: %zu of %zu ways are a live patch's, %zu automatic, %zu mapped, %zu need a "
		 "mapping, %zu a cold boot\n\n",
		 compat->scope, count(compat, COMPAT_SAME), compat->n * (compat->n - 1),
		 count(compat, COMPAT_AUTOMATIC), count(compat, COMPAT_HAS),
		 count(compat, COMPAT_NEEDS), count(compat, COMPAT_COLD));
	put_matrix(&paper, compat);
	put_legend(&paper, compat);
	put_pairs(&paper, compat);
}

/* ---- JSON -------------------------------------------------------------------------------------- */

static void json_release(struct json *json, const struct compat_release *release)
{
	json_object(json, NULL);
	json_string(json, "release", release->name);
	json_string(json, "version", release->version);
	json_uint(json, "number", release->number);
	json_uint(json, "types", release->types);
	json_object_end(json);
}

static void json_pair(struct json *json, const struct compat *compat, size_t from, size_t to)
{
	const struct compat_pair *pair = pair_at(compat, from, to);

	json_object(json, NULL);
	json_string(json, "from", compat->releases[from].name);
	json_string(json, "to", compat->releases[to].name);
	json_string(json, "verdict", compat_verdict_word(pair->verdict));
	json_uint(json, "changed", pair->changed);
	json_uint(json, "automatic", pair->automatic);
	json_uint(json, "decisions", pair->decisions);
	json_string(json, "mapping", pair->mapping);
	json_string(json, "wrong", pair->wrong);
	json_string(json, "missing", pair->missing);
	json_array(json, "cold");
	for (size_t i = 0; i < pair->n_cold; i++)
		json_string(json, NULL, pair->cold[i]);
	json_array_end(json);
	json_object_end(json);
}

void report_compat_json(const struct compat *compat, struct text *out)
{
	struct json json;

	json_init(&json, out, 2);
	json_object(&json, NULL);
	json_uint(&json, "carryover", 1);
	json_string(&json, "scope", compat->scope);
	json_array(&json, "releases");
	for (size_t i = 0; i < compat->n; i++)
		json_release(&json, &compat->releases[i]);
	json_array_end(&json);
	json_array(&json, "pairs");
	for (size_t from = 0; from < compat->n; from++)
		for (size_t to = 0; to < compat->n; to++)
			if (from != to)
				json_pair(&json, compat, from, to);
	json_array_end(&json);
	json_object_end(&json);
}
