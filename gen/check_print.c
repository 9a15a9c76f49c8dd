/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings of a check, as text and as JSON. */
#include "check_print.h"
#include "json.h"

#include <string.h>

static void put_place(const struct place *at, struct text *out)
{
	if (!at->file)
		return;
	text_add(out, "%s", at->file);
	if (at->line)
		text_add(out, ":%u", at->line);
	text_puts(out, ": ");
}

static void put_finding(const struct finding *finding, struct text *out)
{
	put_place(&finding->at, out);
	text_add(out, "%s: %s: %s%s%s%s%s [%s]\n", finding_level_word(finding->level),
		 finding->rule, finding->type, *finding->member ? "." : "", finding->member,
		 *finding->type ? ": " : "", finding->message, finding_state_word(finding->state));
	if (*finding->consequence)
		text_add(out, "  %s\n", finding->consequence);
	if (finding->decided_at.file) {
		text_puts(out, "  see ");
		text_add(out, "%s:%u\n", finding->decided_at.file, finding->decided_at.line);
	}
	if (finding->waived_by)
		text_add(out, "  waived: %s\n", finding->waived_by);
	if (finding->suggestion && finding->level == FINDING_ERROR)
		text_add(out, "%s", finding->suggestion);
	text_add(out, "  fingerprint %s\n", finding->fingerprint);
}

static void put_json(const struct findings *findings, struct text *out)
{
	struct json json;

	json_init(&json, out, 3);
	json_object(&json, NULL);
	json_uint(&json, "carryover", 1);
	json_string(&json, "verdict", findings->verdict);
	json_string(&json, "profile", findings->profile);
	json_array(&json, "findings");
	for (size_t i = 0; i < findings->list.n; i++) {
		const struct finding *finding = &findings->list.at[i];

		json_object(&json, NULL);
		json_string(&json, "rule", finding->rule);
		json_string(&json, "level", finding_level_word(finding->level));
		json_string(&json, "state", finding_state_word(finding->state));
		json_string(&json, "type", finding->type);
		json_string(&json, "member", finding->member);
		json_string(&json, "file", finding->at.file);
		json_uint(&json, "line", finding->at.line);
		json_string(&json, "message", finding->message);
		json_string(&json, "consequence", finding->consequence);
		json_string(&json, "suggestion", finding->suggestion);
		json_string(&json, "waived", finding->waived_by);
		json_string(&json, "fingerprint", finding->fingerprint);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
}

bool report_check(const struct findings *findings, const char *format, bool color, struct text *out)
{
	(void)color;
	if (!strcmp(format, "json")) {
		put_json(findings, out);
		return true;
	}
	if (strcmp(format, "text"))
		return false;
	text_add(out, "%s\n", findings->verdict);
	for (size_t i = 0; i < findings->list.n; i++)
		put_finding(&findings->list.at[i], out);
	return true;
}
