/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What names and typedefs say of integers (testdata/mapping/words.*.c), and the table of known
 * meanings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "classify.h"
#include "input.h"

struct fixture {
	struct intern names;
	struct model old, new;
	struct diff diff;
	struct idioms idioms;
	struct diags diags;
	char directory[64];
};

static void read_side(struct fixture *f, int side, struct model *model)
{
	struct read_options options = {.jobs = 1};
	char command[256], path[128];

	snprintf(path, sizeof(path), "%s/%d.o", f->directory, side);
	snprintf(command, sizeof(command), "cd testdata/mapping && gcc -g -c -o %s words.%d.c",
		 path, side);
	assert_int_equal(system(command), 0);
	model_init(model, &f->names);
	assert_true(input_read(path, &options, model, &f->diags));
}

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	intern_init(&f->names);
	diags_init(&f->diags);
	strcpy(f->directory, "/tmp/words-test-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	read_side(f, 0, &f->old);
	read_side(f, 1, &f->new);
	diff_models(&f->old, &f->new, &(struct diff_scope){0}, &f->diff);
	assert_true(idioms_load(&f->idioms, &f->diags));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", f->directory);
	assert_int_equal(system(command), 0);
	idioms_deinit(&f->idioms);
	diff_deinit(&f->diff);
	model_deinit(&f->old);
	model_deinit(&f->new);
	intern_deinit(&f->names);
	diags_deinit(&f->diags);
	test_free(f);
	return 0;
}

struct expected {
	const char *path;
	enum verdict verdict;
	enum reason reason;
};

static type_id find(const struct model *model, const char *label)
{
	type_id id;

	assert_int_equal(model_lookup(model, label, &id, NULL, 0), 1);
	return id;
}

static void check(struct fixture *f, const char *label, const struct expected *expected, size_t n)
{
	struct classification parts;

	classify_types(&f->diff, &f->idioms, find(&f->old, label), find(&f->new, label), &parts);
	assert_int_equal(parts.n, n);
	for (size_t i = 0; i < n; i++) {
		const struct part *part = &parts.at[i];

		assert_string_equal(part->path, expected[i].path);
		if (part->verdict != expected[i].verdict || part->reason != expected[i].reason)
			fail_msg("%s.%s: %s, verdict %d", label, part->path,
				 reason_id(part->reason), (int)part->verdict);
		assert_int_equal(part->meaning != NULL, part->reason == REASON_MEANING);
	}
	classification_deinit(&parts);
}

#define CHECK(f, label, ...)                                                                       \
	check(f, label, (struct expected[]){__VA_ARGS__},                                          \
	      sizeof((struct expected[]){__VA_ARGS__}) / sizeof(struct expected))

/* A width may be spelled in any way; another typedef may count something else, however wide it is.
 */
static void test_typedefs(void **state)
{
	CHECK(*state, "struct words", {"range_start", VERDICT_DECIDE, REASON_QUANTITY},
	      {"option", VERDICT_DECIDE, REASON_QUANTITY},
	      {"hwirq", VERDICT_DECIDE, REASON_QUANTITY},
	      {"leader", VERDICT_AUTOMATIC, REASON_SAME},
	      {"plain", VERDICT_AUTOMATIC, REASON_SAME},
	      {"wider", VERDICT_AUTOMATIC, REASON_WIDENED},
	      {"allocation", VERDICT_ACKNOWLEDGE, REASON_FLAGS},
	      {"allocations", VERDICT_ACKNOWLEDGE, REASON_FLAGS},
	      {"cache", VERDICT_ACKNOWLEDGE, REASON_FLAGS},
	      {"request_flags", VERDICT_ACKNOWLEDGE, REASON_FLAGS},
	      {"said", VERDICT_AUTOMATIC, REASON_MOVED},
	      {"flags", VERDICT_AUTOMATIC, REASON_MOVED});
}

static void test_meanings(void **state)
{
	CHECK(*state, "struct pci_slot", {"number", VERDICT_DECIDE, REASON_MEANING},
	      {"other", VERDICT_AUTOMATIC, REASON_WIDENED});
	CHECK(*state, "struct user_struct", {"locked_vm", VERDICT_DECIDE, REASON_MEANING},
	      {"perf_mlock", VERDICT_DECIDE, REASON_ADDED});
	CHECK(*state, "struct user_like", {"locked_vm", VERDICT_AUTOMATIC, REASON_IDIOM_COPY});
}

/* What is candidate for them: the way they were asked for, and the old value with a reason. */
static void test_candidates(void **state)
{
	struct fixture *f = *state;
	struct classification parts;

	classify_types(&f->diff, &f->idioms, find(&f->old, "struct pci_slot"),
		       find(&f->new, "struct pci_slot"), &parts);
	assert_int_equal(parts.at[0].candidates[0].way, WAY_EXPR);
	assert_int_equal(parts.at[0].candidates[1].way, WAY_FROM);
	assert_string_equal(parts.at[0].candidates[1].value, "number");
	assert_non_null(strstr(parts.at[0].meaning->says, "0xffff"));
	classification_deinit(&parts);
}

/* A meaning that holds for every pair, or says nothing, is refused where it stands. */
static void test_bad_tables(void **state)
{
	static const char *const bad[] = {
		"table: []\nmeanings:\n  - { member: struct x.y, says: it }\n",
		"table: []\nmeanings:\n  - { member: struct x.y, was: int }\n",
		"table: []\nmeanings:\n  - { member: x, was: int, says: it }\n",
		"table: []\nmeanings: none\n",
		"table: []\nwords: gfp_t\n",
		"table: []\nwords: [[gfp_t]]\n",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct idioms idioms;
		size_t errors = f->diags.errors;

		assert_false(idioms_read("t.yaml", bad[i], strlen(bad[i]), &idioms, &f->diags));
		assert_int_equal(f->diags.errors, errors + 1);
		assert_true(f->diags.at[f->diags.n - 1].at.line > 0);
		idioms_deinit(&idioms);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_typedefs),
		TEST(test_meanings),
		TEST(test_candidates),
		TEST(test_bad_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
