/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The findings as JUnit XML: one test case for each, of the class of its type. An error fails, what a waiver
 * holds is skipped, everything else passes and says what it is in its output. No times: none is measured.
 */
#include "report_check_parts.h"
#include "report_escape.h"

static void put_attribute(struct text *out, const char *name, const char *value)
{
	text_add(out, " %s=\"", name);
	escape_xml(out, value, true);
	text_puts(out, "\"");
}

static void put_property(struct text *out, const char *name, const char *value)
{
	text_puts(out, "      <property");
	put_attribute(out, "name", name);
	put_attribute(out, "value", value ? value : "");
	text_puts(out, "/>\n");
}

static void put_properties(struct text *out, const struct findings *findings)
{
	text_puts(out, "    <properties>\n");
	put_property(out, "verdict", findings->verdict);
	put_property(out, "profile", findings->profile);
	put_property(out, "scope", findings->scope);
	put_property(out, "mapping", findings->mapping);
	if (findings->diff) {
		put_property(out, "old", report_side_name(&findings->diff->old->info));
		put_property(out, "new", report_side_name(&findings->diff->new->info));
	}
	text_puts(out, "    </properties>\n");
}

static bool fails(const struct finding *finding)
{
	return finding->level == FINDING_ERROR && !finding->waived_by;
}

static void put_body(struct text *out, const struct findings *findings,
		     const struct finding *finding)
{
	struct place at = report_place(findings, finding);
	struct text body;

	text_init(&body);
	text_add(&body, "%s %s %s\n", finding_level_word(finding->level), finding->rule,
		 finding_state_word(finding->state));
	if (at.file && at.line)
		text_add(&body, "%s:%u\n", at.file, at.line);
	else if (at.file)
		text_add(&body, "%s\n", at.file);
	report_put_details(&body, finding);
	text_add(&body, "fingerprint: %s\n", finding->fingerprint);
	escape_xml(out, text_string(&body), false);
	text_deinit(&body);
}

static void put_case(struct text *out, const struct findings *findings,
		     const struct finding *finding)
{
	struct text name;

	text_init(&name);
	text_add(&name, "%s%s%s", *finding->member ? finding->member : "",
		 *finding->member ? " " : "", finding->rule);
	text_puts(out, "    <testcase");
	put_attribute(out, "classname", *finding->type ? finding->type : "inputs");
	put_attribute(out, "name", text_string(&name));
	text_puts(out, ">\n");
	if (finding->waived_by) {
		text_puts(out, "      <skipped>waived: ");
		escape_xml(out, finding->waived_by, false);
		text_puts(out, "</skipped>\n");
	}
	if (fails(finding)) {
		text_puts(out, "      <failure");
		put_attribute(out, "type", finding->rule);
		put_attribute(out, "message", finding->message);
		text_puts(out, ">");
		put_body(out, findings, finding);
		text_puts(out, "</failure>\n");
	} else {
		text_puts(out, "      <system-out>");
		put_body(out, findings, finding);
		text_puts(out, "</system-out>\n");
	}
	text_puts(out, "    </testcase>\n");
	text_deinit(&name);
}

/* Without a finding there is one case that passed: no test at all would look like a failure. */
static void put_clean(struct text *out, const struct findings *findings)
{
	text_puts(out,
		  "    <testcase classname=\"carryover\" name=\"no finding\">\n      <system-out>");
	escape_xml(out, findings->verdict, false);
	text_puts(out, "</system-out>\n    </testcase>\n");
}

void report_check_junit(const struct findings *findings, bool color, struct text *out)
{
	size_t n = findings->list.n ? findings->list.n : 1;

	(void)color;
	text_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	text_add(out, "<testsuites name=\"carryover check\" tests=\"%zu\" failures=\"%zu\">\n", n,
		 findings->by_level[FINDING_ERROR]);
	text_add(
		out,
		"  <testsuite name=\"carryover check\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		"skipped=\"%zu\">\n",
		n, findings->by_level[FINDING_ERROR], findings->waived);
	put_properties(out, findings);
	for (size_t i = 0; i < findings->list.n; i++)
		put_case(out, findings, &findings->list.at[i]);
	if (!findings->list.n)
		put_clean(out, findings);
	text_puts(out, "  </testsuite>\n</testsuites>\n");
}
