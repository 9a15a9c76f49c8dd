/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The formats of `check`, and what they share. */
#include "report_check_parts.h"
#include "report_html.h"

#include <string.h>

static void report_check_html(const struct findings *findings, bool color, struct text *out)
{
	(void)color;
	report_html(findings->diff, findings, out);
}

static const struct {
	const char *word;
	report_check_format *write;
} formats[] = {
	{"text", report_check_text},	     {"stat", report_check_stat},
	{"markdown", report_check_markdown}, {"json", report_check_json},
	{"sarif", report_check_sarif},	     {"junit", report_check_junit},
	{"github", report_check_github},     {"gitlab", report_check_gitlab},
	{"html", report_check_html},
};

bool report_check(const struct findings *findings, const char *format, bool color, struct text *out)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (!strcmp(formats[i].word, format)) {
			formats[i].write(findings, color, out);
			return true;
		}
	return false;
}

const char *report_side_name(const struct model_info *info)
{
	return info->release ? info->release : (info->name ? info->name : "?");
}

struct place report_place(const struct findings *findings, const struct finding *finding)
{
	if (!finding->at.file && findings->diff)
		return place_file(findings->diff->new->info.name);
	return finding->at;
}

void report_put_subject(struct text *out, const struct finding *finding)
{
	if (*finding->type) {
		text_puts(out, finding->type);
		if (*finding->member)
			text_add(out, ".%s", finding->member);
	} else if (*finding->member) {
		text_puts(out, finding->member);
	} else if (finding->at.file) {
		text_puts(out, finding->at.file);
	}
}

static void put_line(struct text *out, const char *before, const char *line)
{
	if (line && *line)
		text_add(out, "%s%s\n", before, line);
}

void report_put_details(struct text *out, const struct finding *finding)
{
	put_line(out, "", finding->message);
	put_line(out, "", finding->consequence);
	if (finding->decided_at.file)
		text_add(out, "in the mapping: %s:%u\n", finding->decided_at.file,
			 finding->decided_at.line);
	put_line(out, "waived: ", finding->waived_by);
	if (finding->suggestion && *finding->suggestion)
		text_add(out, "to paste:\n%s\n", finding->suggestion);
}

bool report_about_input(const struct finding *finding)
{
	static const char *const rules[] = {"CONFIG", "COMPILER", "INPUT_SKIPPED",
					    "READERS_DISAGREE", "BASELINE"};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (!strcmp(finding->rule, rules[i]))
			return true;
	return false;
}
