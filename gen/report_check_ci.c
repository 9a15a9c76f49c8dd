/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings where a pull request or a merge request shows them: annotations of GitHub, code quality of GitLab. */
#include "json.h"
#include "report_check_parts.h"
#include "report_escape.h"

#include <stdlib.h>

#define WORST 10 /* GitHub shows no more of a step */

struct picked {
	const struct finding **at;
	size_t n, room;
};

/* By level, then by what became of it; of those alike as they stand, which is one array. */
static int worst_first(const void *va, const void *vb)
{
	const struct finding *const *a = va, *const *b = vb;
	int order = (int)(*b)->level - (int)(*a)->level;

	if (!order)
		order = (int)(*b)->state - (int)(*a)->state;
	return order ? order : (*a < *b ? -1 : *a > *b);
}

static const char *command_of(enum finding_level level)
{
	return level == FINDING_ERROR ? "error" : (level == FINDING_WARNING ? "warning" : "notice");
}

static void put_annotation(struct text *out, const struct findings *findings,
			   const struct finding *finding)
{
	struct place at = report_place(findings, finding);
	struct text words;

	text_add(out, "::%s ", command_of(finding->level));
	if (at.file) {
		text_puts(out, "file=");
		escape_github(out, at.file, true);
		if (at.line)
			text_add(out, ",line=%u", at.line);
		if (at.line && at.col)
			text_add(out, ",col=%u", at.col);
		text_puts(out, ",");
	}
	text_puts(out, "title=");
	text_init(&words);
	report_put_subject(&words, finding);
	text_add(&words, "%s[%s]", words.n ? " " : "", finding->rule);
	escape_github(out, text_string(&words), true);
	text_puts(out, "::");
	text_deinit(&words);
	text_init(&words);
	report_put_details(&words, finding);
	escape_github(out, text_string(&words), false);
	text_puts(out, "\n");
	text_deinit(&words);
}

/* How many are not among the annotations, which are at most WORST of N. */
static void put_rest(struct text *out, const struct findings *findings, size_t n)
{
	size_t shown = n < WORST ? n : WORST, rest = findings->list.n - shown;

	if (rest)
		text_add(out,
			 "::notice title=carryover check::and %zu more: %zu of these levels, %zu "
			 "that need "
			 "nobody\n",
			 rest, n - shown, findings->list.n - n);
}

/* Not what a waiver holds, and of mere notes only those that are open. */
static bool asks_somebody(const struct finding *finding)
{
	if (finding->waived_by || finding->level == FINDING_NONE)
		return false;
	return finding->level > FINDING_NOTE || finding->state >= FINDING_NEEDS_DECISION;
}

void report_check_github(const struct findings *findings, bool color, struct text *out)
{
	struct picked picked = {0};

	(void)color;
	text_puts(out, "carryover check: ");
	escape_line(out, findings->verdict);
	text_puts(out, "\n");
	for (size_t i = 0; i < findings->list.n; i++)
		if (asks_somebody(&findings->list.at[i]))
			*VEC_PUSH(&picked) = &findings->list.at[i];
	if (picked.n)
		qsort(picked.at, picked.n, sizeof(*picked.at), worst_first);
	for (size_t i = 0; i < picked.n && i < WORST; i++)
		put_annotation(out, findings, picked.at[i]);
	put_rest(out, findings, picked.n);
	VEC_FREE(&picked);
}

static const char *severity_of(const struct finding *finding)
{
	if (finding->waived_by || finding->level <= FINDING_NOTE)
		return "info";
	if (finding->level == FINDING_WARNING)
		return "minor";
	return finding->state == FINDING_UNCONVERTIBLE ? "critical" : "major";
}

static void put_quality(struct json *json, const struct findings *findings,
			const struct finding *finding)
{
	struct place at = report_place(findings, finding);
	struct text words;

	text_init(&words);
	report_put_subject(&words, finding);
	text_add(&words, "%s%s", words.n ? ": " : "", finding->message);
	if (finding->waived_by)
		text_add(&words, " (waived: %s)", finding->waived_by);
	json_object(json, NULL);
	json_string(json, "description", text_string(&words));
	json_string(json, "check_name", finding->rule);
	json_string(json, "fingerprint", finding->fingerprint);
	json_string(json, "severity", severity_of(finding));
	json_object(json, "location");
	json_string(json, "path", at.file ? at.file : "carryover");
	json_object(json, "lines");
	json_uint(json, "begin", at.line ? at.line : 1);
	json_object_end(json);
	json_object_end(json);
	json_object_end(json);
	text_deinit(&words);
}

void report_check_gitlab(const struct findings *findings, bool color, struct text *out)
{
	struct json json;

	(void)color;
	json_init(&json, out, 2);
	json_array(&json, NULL);
	for (size_t i = 0; i < findings->list.n; i++)
		put_quality(&json, findings, &findings->list.at[i]);
	json_array_end(&json);
}
