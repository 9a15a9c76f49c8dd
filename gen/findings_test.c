/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "findings.h"

/* A member that moved: the same change has the same fingerprint wherever it is declared. */
static void fingerprint_is_of_the_change(void **state)
{
	struct diff_entry entry = {.rule = RULE_MOVED, .path = "a", .old_bit = 64, .new_bit = 128};
	struct finding finding = {
		.rule = "MOVED", .type = "struct s", .member = "a", .entry = &entry};
	char first[HASH128_HEX], second[HASH128_HEX];

	(void)state;
	finding_fingerprint(&finding, first);
	finding.at = (struct place){.file = "include/s.h", .line = 7};
	entry.old_line = 3;
	finding.message = "said otherwise";
	finding_fingerprint(&finding, second);
	assert_string_equal(first, second);
	entry.new_bit = 192;
	finding_fingerprint(&finding, second);
	assert_string_not_equal(first, second);
	entry.new_bit = 128;
	finding.member = "b";
	finding_fingerprint(&finding, second);
	assert_string_not_equal(first, second);
}

/* What is about the inputs stands first, then the worst, then by type and place in it. */
static void order_and_counts(void **state)
{
	static const struct diff_entry late = {.old_bit = 64, .new_bit = 640};
	static const struct diff_entry early = {.old_bit = 64, .new_bit = NO_OFFSET};
	static const char *const expected[] = {"COMPILER", "REMOVED", "MOVED", "MOVED", "ADDED"};
	struct findings findings;
	struct finding *one;

	(void)state;
	findings_init(&findings, NULL);
	one = findings_add(&findings, "MOVED", "struct s", "m");
	one->level = FINDING_ERROR, one->entry = &late, one->state = FINDING_NEEDS_DECISION;
	one = findings_add(&findings, "MOVED", "struct t", "m");
	one->level = FINDING_ERROR, one->state = FINDING_STALE, one->waived_by = "known";
	one = findings_add(&findings, "ADDED", "struct a", "m");
	one->level = FINDING_NOTE, one->state = FINDING_AUTOMATIC;
	one = findings_add(&findings, "REMOVED", "struct s", "z");
	one->level = FINDING_ERROR, one->entry = &early, one->state = FINDING_NEEDS_DECISION;
	one = findings_add(&findings, "COMPILER", "", "");
	one->level = FINDING_NOTE, one->state = FINDING_AUTOMATIC;
	findings_finish(&findings);
	for (size_t i = 0; i < findings.list.n; i++)
		assert_string_equal(findings.list.at[i].rule, expected[i]);
	assert_true(findings.failed);
	assert_int_equal(findings.waived, 1);
	assert_int_equal(findings.by_level[FINDING_ERROR], 2);
	assert_int_equal(findings.by_level[FINDING_NOTE], 2);
	assert_int_equal(findings.by_state[FINDING_NEEDS_DECISION], 2);
	assert_int_equal(findings.by_state[FINDING_STALE], 1);
	findings_deinit(&findings);
}

/* An error that a waiver holds fails nothing. */
static void waived_does_not_fail(void **state)
{
	struct findings findings;
	struct finding *one;

	(void)state;
	findings_init(&findings, NULL);
	one = findings_add(&findings, "MOVED", "struct s", "m");
	one->level = FINDING_ERROR, one->waived_by = "known";
	findings_finish(&findings);
	assert_false(findings.failed);
	findings_deinit(&findings);
}

static void rules_have_words(void **state)
{
	size_t n;
	const char *const *ids = finding_rule_ids(&n);

	(void)state;
	assert_true(n > RULE_COUNT);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(finding_rule_words(ids[i]));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(ids[i], ids[k]);
	}
	assert_string_equal(ids[RULE_MOVED], rule_id(RULE_MOVED));
	assert_null(finding_rule_words("NO_SUCH"));
	assert_string_equal(finding_state_word(FINDING_NEEDS_DECISION), "needs-decision");
	assert_string_equal(finding_level_word(FINDING_ERROR), "error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fingerprint_is_of_the_change),
		cmocka_unit_test(order_and_counts),
		cmocka_unit_test(waived_does_not_fail),
		cmocka_unit_test(rules_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
