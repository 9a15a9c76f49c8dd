/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings for programs, as schema/check.schema.json says. */
#include "explain.h"
#include "json.h"
#include "report.h"
#include "report_check_parts.h"

#include <string.h>

static void put_place(struct json *json, const char *key, struct place at)
{
	if (!at.file) {
		json_null(json, key);
		return;
	}
	json_object(json, key);
	json_string(json, "file", at.file);
	if (at.line)
		json_uint(json, "line", at.line);
	if (at.line && at.col)
		json_uint(json, "column", at.col);
	json_object_end(json);
}

static void put_waiver(struct json *json, const struct finding *finding)
{
	if (!finding->waived_by) {
		json_null(json, "waiver");
		return;
	}
	json_object(json, "waiver");
	json_string(json, "reason", finding->waived_by);
	put_place(json, "place", finding->waived_at);
	json_object_end(json);
}

static void put_finding(struct json *json, const struct finding *finding)
{
	json_object(json, NULL);
	json_string(json, "rule", finding->rule);
	json_string(json, "level", finding_level_word(finding->level));
	json_string(json, "state", finding_state_word(finding->state));
	json_string(json, "type", finding->type);
	json_string(json, "member", finding->member);
	json_string(json, "cause", finding->cause);
	put_place(json, "place", finding->at);
	put_place(json, "decided_at", finding->decided_at);
	json_string(json, "message", finding->message);
	json_string(json, "consequence", finding->consequence);
	json_string(json, "suggestion", finding->suggestion);
	json_string(json, "fingerprint", finding->fingerprint);
	put_waiver(json, finding);
	json_object_end(json);
}

static void put_summary(struct json *json, const struct findings *findings)
{
	json_object(json, "summary");
	json_uint(json, "types", findings->types);
	json_uint(json, "identical", findings->identical);
	json_object(json, "states");
	for (int i = FINDING_AUTOMATIC; i < FINDING_STATES; i++)
		json_uint(json, finding_state_word((enum finding_state)i), findings->by_state[i]);
	json_object_end(json);
	json_object(json, "levels");
	for (int i = FINDING_ERROR; i >= FINDING_NONE; i--)
		json_uint(json, finding_level_word((enum finding_level)i), findings->by_level[i]);
	json_object_end(json);
	json_uint(json, "waived", findings->waived);
	json_object_end(json);
}

static void put_sides(struct json *json, const struct diff *diff)
{
	if (diff) {
		report_side_json(json, "old", diff->old);
		report_side_json(json, "new", diff->new);
	} else {
		json_null(json, "old");
		json_null(json, "new");
	}
}

static bool occurs(const struct findings *findings, const char *rule)
{
	for (size_t i = 0; i < findings->list.n; i++)
		if (!strcmp(findings->list.at[i].rule, rule))
			return true;
	return false;
}

/* What there is to say of the rules that occur, as `explain` says it. */
static void put_rules(struct json *json, const struct findings *findings)
{
	struct explain explain;
	struct diags diags;

	diags_init(&diags);
	explain_load(&explain, &diags);
	json_object(json, "rules");
	for (size_t i = 0; i < explain.n; i++) {
		const struct rule_help *rule = &explain.at[i];

		if (!occurs(findings, rule->id))
			continue;
		json_object(json, rule->id);
		json_string(json, "words", rule->words);
		json_string(json, "cause", rule->cause);
		json_string(json, "means", rule->means);
		json_string(json, "fix", rule->fix);
		json_object_end(json);
	}
	json_object_end(json);
	explain_deinit(&explain);
	diags_deinit(&diags);
}

void report_check_json(const struct findings *findings, bool color, struct text *out)
{
	struct json json;

	(void)color;
	json_init(&json, out, 3);
	json_object(&json, NULL);
	json_uint(&json, "carryover", 1);
	json_string(&json, "verdict", findings->verdict);
	json_bool(&json, "failed", findings->failed);
	json_string(&json, "profile", findings->profile);
	json_string(&json, "scope", findings->scope);
	json_string(&json, "mapping", findings->mapping);
	put_sides(&json, findings->diff);
	put_summary(&json, findings);
	put_rules(&json, findings);
	json_array(&json, "findings");
	for (size_t i = 0; i < findings->list.n; i++)
		put_finding(&json, &findings->list.at[i]);
	json_array_end(&json);
	json_object_end(&json);
}
