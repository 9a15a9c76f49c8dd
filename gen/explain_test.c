/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "explain.h"
#include "findings.h"

static void every_rule_is_told(void **state)
{
	struct explain explain;
	struct diags diags;
	size_t n;
	const char *const *ids = finding_rule_ids(&n);

	(void)state;
	diags_init(&diags);
	assert_true(explain_load(&explain, &diags));
	assert_int_equal(explain.n, n);
	for (size_t i = 0; i < n; i++) {
		const struct rule_help *rule = explain_find(&explain, ids[i]);

		assert_non_null(rule);
		assert_string_equal(rule->words, finding_rule_words(ids[i]));
		assert_true(*rule->cause && *rule->means && *rule->fix);
		assert_null(strchr(rule->cause, '\n'));
		assert_null(strchr(rule->means, '\n'));
		assert_null(strchr(rule->fix, '\n'));
		assert_true((rule->old_c && rule->new_c) || rule->example);
	}
	assert_null(explain_find(&explain, "NO_SUCH"));
	explain_deinit(&explain);
	diags_deinit(&diags);
}

static void refuses(const char *text, const char *message)
{
	struct explain explain;
	struct diags diags;
	bool said = false;

	diags_init(&diags);
	assert_false(explain_read("rules.yaml", text, strlen(text), &explain, &diags));
	assert_int_equal(explain.n, 0);
	for (size_t i = 0; i < diags.n; i++)
		said |= strstr(diags.at[i].text, message) != NULL;
	assert_true(said);
	assert_null(explain_find(&explain, "MOVED"));
	explain_deinit(&explain);
	diags_deinit(&diags);
}

static void other_data_is_refused(void **state)
{
	(void)state;
	refuses("rules: {}\n", "no list of `rules`");
	refuses("- a\n", "no list of `rules`");
	refuses("rules: [\n", "");
	refuses("rules:\n  - id: MOVED\n", "MOVED: no text under `cause`");
	refuses("rules:\n  - id: MOVED\n    cause: [a]\n", "MOVED: no text under `cause`");
	refuses("rules:\n  - { id: MOVED, cause: a, means: b, fix: c, old: d }\n",
		"MOVED: neither `old` and `new` nor `example`");
	refuses("rules:\n  - { id: MOVED, cause: a, means: b, fix: c, example: d }\n",
		"nothing is said of ADDED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_rule_is_told),
		cmocka_unit_test(other_data_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
