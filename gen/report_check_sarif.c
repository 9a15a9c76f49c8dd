/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings as SARIF 2.1.0. */
#include "explain.h"
#include "json.h"
#include "report.h"
#include "report_check_parts.h"
#include "report_escape.h"

#include <string.h>

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"

static void put_message(struct json *json, const char *key, const char *text)
{
	json_object(json, key);
	json_string(json, "text", text);
	json_object_end(json);
}

static void put_text(struct json *json, const char *key, struct text *text)
{
	json_string(json, key, text_string(text));
	text_deinit(text);
}

/* What to read beside a finding: plain, and with the examples as code. */
static void put_help(struct json *json, const struct rule_help *rule)
{
	struct text text;

	json_object(json, "help");
	text_init(&text);
	text_add(&text, "%s: %s. %s. To do: %s.", rule->words, rule->cause, rule->means, rule->fix);
	put_text(json, "text", &text);
	text_init(&text);
	text_add(&text, "**Cause**: %s.\n\n**Means**: %s.\n\n**To do**: %s.\n", rule->cause,
		 rule->means, rule->fix);
	if (rule->old_c)
		text_add(&text, "\nBefore:\n\n```c\n%s```\n\nAfter:\n\n```c\n%s```\n", rule->old_c,
			 rule->new_c);
	if (rule->mapping)
		text_add(&text, "\nIn the mapping:\n\n```yaml\n%s```\n", rule->mapping);
	put_text(json, "markdown", &text);
	json_object_end(json);
}

static void put_rule(struct json *json, const struct rule_help *rule)
{
	json_object(json, NULL);
	json_string(json, "id", rule->id);
	put_message(json, "shortDescription", rule->words);
	put_message(json, "fullDescription", rule->cause);
	put_help(json, rule);
	json_object_end(json);
}

static void put_tool(struct json *json, const struct explain *explain)
{
	json_object(json, "tool");
	json_object(json, "driver");
	json_string(json, "name", "carryover");
	json_string(json, "version", CARRYOVER_VERSION);
	json_array(json, "rules");
	for (size_t i = 0; i < explain->n; i++)
		put_rule(json, &explain->at[i]);
	json_array_end(json);
	json_object_end(json);
	json_object_end(json);
}

static void put_physical(struct json *json, struct place at)
{
	struct text uri;

	json_object(json, "physicalLocation");
	json_object(json, "artifactLocation");
	text_init(&uri);
	escape_uri(&uri, at.file);
	put_text(json, "uri", &uri);
	if (*at.file != '/')
		json_string(json, "uriBaseId", "SRCROOT");
	json_object_end(json);
	if (at.line) {
		json_object(json, "region");
		json_uint(json, "startLine", at.line);
		if (at.col)
			json_uint(json, "startColumn", at.col);
		json_object_end(json);
	}
	json_object_end(json);
}

static void put_logical(struct json *json, const struct finding *finding)
{
	struct text name;

	if (!*finding->type)
		return;
	json_array(json, "logicalLocations");
	json_object(json, NULL);
	text_init(&name);
	report_put_subject(&name, finding);
	put_text(json, "fullyQualifiedName", &name);
	json_string(json, "kind", *finding->member ? "member" : "type");
	json_object_end(json);
	json_array_end(json);
}

static void put_location(struct json *json, const struct findings *findings,
			 const struct finding *finding)
{
	struct place at = report_place(findings, finding);

	if (!at.file && !*finding->type)
		return;
	json_array(json, "locations");
	json_object(json, NULL);
	if (at.file)
		put_physical(json, at);
	put_logical(json, finding);
	json_object_end(json);
	json_array_end(json);
}

static void put_decided(struct json *json, struct place at)
{
	if (!at.file)
		return;
	json_array(json, "relatedLocations");
	json_object(json, NULL);
	put_physical(json, at);
	put_message(json, "message", "in the mapping");
	json_object_end(json);
	json_array_end(json);
}

static void put_suppression(struct json *json, const struct finding *finding)
{
	json_array(json, "suppressions");
	if (finding->waived_by) {
		json_object(json, NULL);
		json_string(json, "kind", "external");
		json_string(json, "justification", finding->waived_by);
		if (finding->waived_at.file) {
			json_object(json, "location");
			put_physical(json, finding->waived_at);
			json_object_end(json);
		}
		json_object_end(json);
	}
	json_array_end(json);
}

static void put_properties(struct json *json, const struct finding *finding)
{
	json_object(json, "properties");
	json_string(json, "state", finding_state_word(finding->state));
	json_string(json, "type", finding->type);
	json_string(json, "member", finding->member);
	if (finding->cause)
		json_string(json, "cause", finding->cause);
	json_string(json, "consequence", finding->consequence);
	if (finding->suggestion)
		json_string(json, "suggestion", finding->suggestion);
	json_object_end(json);
}

static void put_result(struct json *json, const struct findings *findings,
		       const struct explain *explain, const struct finding *finding)
{
	const struct rule_help *rule = explain_find(explain, finding->rule);
	struct text text;

	json_object(json, NULL);
	json_string(json, "ruleId", finding->rule);
	if (rule)
		json_uint(json, "ruleIndex", (uint64_t)(rule - explain->at));
	/* A severity belongs to what fails; what has none only informs. */
	json_string(json, "kind", finding->level == FINDING_NONE ? "informational" : "fail");
	json_string(json, "level", finding_level_word(finding->level));
	text_init(&text);
	report_put_subject(&text, finding);
	text_add(&text, "%s%s", text.n ? ": " : "", finding->message);
	if (*finding->consequence)
		text_add(&text, "; %s", finding->consequence);
	json_object(json, "message");
	put_text(json, "text", &text);
	json_object_end(json);
	put_location(json, findings, finding);
	put_decided(json, finding->decided_at);
	json_object(json, "partialFingerprints");
	json_string(json, "carryover/v1", finding->fingerprint);
	json_object_end(json);
	put_suppression(json, finding);
	put_properties(json, finding);
	json_object_end(json);
}

static void put_run_properties(struct json *json, const struct findings *findings)
{
	json_object(json, "properties");
	json_string(json, "verdict", findings->verdict);
	json_bool(json, "failed", findings->failed);
	json_string(json, "profile", findings->profile);
	json_string(json, "scope", findings->scope);
	json_string(json, "mapping", findings->mapping);
	json_uint(json, "types", findings->types);
	json_uint(json, "identical", findings->identical);
	if (findings->diff) {
		report_side_json(json, "old", findings->diff->old);
		report_side_json(json, "new", findings->diff->new);
	}
	json_object_end(json);
}

static void put_run(struct json *json, const struct findings *findings,
		    const struct explain *explain)
{
	json_object(json, NULL);
	put_run_properties(json, findings);
	put_tool(json, explain);
	json_object(json, "originalUriBaseIds");
	json_object(json, "SRCROOT");
	put_message(json, "description", "The source tree, in which declarations are named");
	json_object_end(json);
	json_object_end(json);
	json_array(json, "results");
	for (size_t i = 0; i < findings->list.n; i++)
		put_result(json, findings, explain, &findings->list.at[i]);
	json_array_end(json);
	json_object_end(json);
}

void report_check_sarif(const struct findings *findings, bool color, struct text *out)
{
	struct explain explain;
	struct diags diags;
	struct json json;

	(void)color;
	diags_init(&diags);
	explain_load(&explain, &diags);
	json_init(&json, out, 6);
	json_object(&json, NULL);
	json_string(&json, "$schema", SCHEMA);
	json_string(&json, "version", "2.1.0");
	json_array(&json, "runs");
	put_run(&json, findings, &explain);
	json_array_end(&json);
	json_object_end(&json);
	explain_deinit(&explain);
	diags_deinit(&diags);
}
