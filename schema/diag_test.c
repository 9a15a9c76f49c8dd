/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which word a mistyped one is taken for. */
#include "diag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void suggests_the_nearest_word(void **in)
{
	static const char *const words[] = {"dump", "diff", "members", "restore"};
	static const struct {
		const char *word, *nearest;
	} cases[] = {
		{"dumb", "dump"},	{"dupm", "dump"},	{"udmp", "dump"},
		{"dif", "diff"},	{"mebmers", "members"}, {"member", "members"},
		{"resotre", "restore"}, {"ditto", NULL},	{"", NULL},
		{"restoration", NULL},	{"mmbrs", NULL},
	};

	(void)in;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *nearest = nearest_word(cases[i].word, words, 4);

		assert_string_equal(nearest ? nearest : "-",
				    cases[i].nearest ? cases[i].nearest : "-");
	}
}

static void is_bounded(void **in)
{
	char word[1000];
	const char *words[] = {word};

	(void)in;
	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_null(nearest_word(word, words, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suggests_the_nearest_word),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
