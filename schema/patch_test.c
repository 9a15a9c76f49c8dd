/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "patch.h"

struct fixture {
	struct patch patch;
	struct diags diags;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	patch_init(&f->patch);
	diags_init(&f->diags);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	patch_deinit(&f->patch);
	diags_deinit(&f->diags);
	test_free(f);
	return 0;
}

static bool reads(struct fixture *f, const char *text)
{
	return patch_read(&f->patch, "p.diff", text, strlen(text), &f->diags);
}

static const char two_files[] = "From: somebody\n"
				"--- a word in the message\n"
				"\n"
				"diff --git a/include/s.h b/include/s.h\n"
				"index 1..2 100644\n"
				"--- a/include/s.h\n"
				"+++ b/include/s.h\n"
				"@@ -10,4 +10,5 @@ struct s {\n"
				" 	int a;\n"
				"-	int old;\n"
				"+	int fresh;\n"
				"+	int more;\n"
				"\n"
				" 	int z;\n"
				"--- linux-6.1/kernel/f.c	2025-01-01 00:00:00\n"
				"+++ linux-6.2/kernel/f.c	2025-01-01 00:00:00\n"
				"@@ -1 +1,2 @@\n"
				" x\n"
				"+y\n"
				"\\ No newline at end of file\n"
				"-- \n"
				"2.39\n";

static void reads_what_tools_write(void **state)
{
	struct fixture *f = *state;
	const struct hunk *hunk;

	assert_true(reads(f, two_files));
	assert_int_equal(f->patch.hunks.n, 2);
	hunk = &f->patch.hunks.at[0];
	assert_int_equal(hunk->n, 6);
	assert_int_equal(hunk->at.line, 8);
	assert_string_equal(hunk->header, "@@ -10,4 +10,5 @@ struct s {");
	assert_string_equal(hunk->lines[2].text, "	int fresh;");
	assert_int_equal(hunk->lines[2].new_line, 11);
	assert_int_equal(hunk->lines[4].old_line, 12);
	assert_true(hunk_is_of(hunk, true, "include/s.h"));
	assert_false(hunk_is_of(hunk, true, "clude/s.h"));
	assert_false(hunk_is_of(hunk, true, ""));
	assert_false(hunk_is_of(hunk, true, NULL));
	assert_true(hunk_is_of(&f->patch.hunks.at[1], false, "kernel/f.c"));
}

/* By the last part of the name, in the order of the patch, also over several files. */
static void finds_hunks_by_name(void **state)
{
	struct fixture *f = *state;
	const struct hunk_name *names;
	size_t n;

	patch_hunks_of(&f->patch, true, "s.h", &n);
	assert_int_equal(n, 0);
	assert_true(reads(f, two_files));
	assert_true(reads(f, two_files));
	names = patch_hunks_of(&f->patch, true, "other/s.h", &n);
	assert_int_equal(n, 2);
	assert_int_equal(names[0].hunk, 0);
	assert_int_equal(names[1].hunk, 2);
	names = patch_hunks_of(&f->patch, false, "f.c", &n);
	assert_int_equal(n, 2);
	assert_int_equal(names[0].hunk, 1);
	patch_hunks_of(&f->patch, true, "none.h", &n);
	assert_int_equal(n, 0);
	patch_hunks_of(&f->patch, true, NULL, &n);
	assert_int_equal(n, 0);
}

static void finds_what_is_touched(void **state)
{
	struct fixture *f = *state;
	const struct hunk *hunk;

	assert_true(reads(f, two_files));
	hunk = &f->patch.hunks.at[0];
	assert_int_equal(hunk_changes(hunk, true, 11, 11, 0), 2);
	assert_int_equal(hunk_changes(hunk, true, 12, 30, 0), 3);
	assert_int_equal(hunk_changes(hunk, true, 13, 30, 0), hunk->n);
	assert_int_equal(hunk_changes(hunk, true, 1, 10, 0), hunk->n);
	assert_int_equal(hunk_changes(hunk, false, 11, 11, 0), 1);
	/* What was added stands before the old line 12: not within a type that begins there. */
	assert_int_equal(hunk_changes(hunk, false, 12, 20, 0), hunk->n);
	assert_int_equal(hunk_changes(hunk, false, 11, 12, 2), 2);
}

static void refuses_what_is_none(void **state)
{
	static const struct {
		const char *text, *message;
		uint32_t line;
	} rows[] = {
		{"", "no hunk in it: a unified diff is expected, as diff -u or git diff makes it",
		 0},
		{"int x;\n",
		 "no hunk in it: a unified diff is expected, as diff -u or git diff makes it", 0},
		{"@@ -1 +1 @@\n-a\n+b\n",
		 "a hunk without the `---` and `+++` lines that name its file", 1},
		{"--- a\n+++ b\n@@ -1,2 +1 @@\n-a\n",
		 "the hunk of line 3 ends before its 2 old and 1 new lines", 5},
		{"--- a\n+++ b\n@@ -1,2 +1 @@\n-a\n+b\n+c\n",
		 "the hunk of line 3 ends before its 2 old and 1 new lines", 6},
		{"--- a\n+++ b\n@@ -1,99999999999 +1 @@\n-a\n",
		 "malformed hunk: `@@ -LINE,COUNT +LINE,COUNT @@` is expected", 3},
		{"--- a\n+++ b\n@@ -x +1 @@\n-a\n",
		 "malformed hunk: `@@ -LINE,COUNT +LINE,COUNT @@` is expected", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fixture f;

		patch_init(&f.patch);
		diags_init(&f.diags);
		/* What follows a hunk that is none may be one more error. */
		assert_false(reads(&f, rows[i].text));
		assert_string_equal(f.diags.at[0].text, rows[i].message);
		assert_int_equal(f.diags.at[0].at.line, rows[i].line);
		diags_deinit(&f.diags);
		patch_deinit(&f.patch);
	}
}

static void tells_a_new_name(void **state)
{
	static const struct {
		const char *old, *new, *from, *to;
	} rows[] = {
		{"	int old;", "	int fresh;", "old", "fresh"},
		{"	int old;", "	int  fresh ;", "old", "fresh"},
		{"int old; /* was */", "int fresh; /* was */", "old", "fresh"},
		{"int old;", "long fresh;", NULL, NULL},
		{"int old;", "int old;", NULL, NULL},
		{"int a[3];", "int a[4];", NULL, NULL},
		{"int old;", "int fresh", NULL, NULL},
		{"int old", "int fresh;", NULL, NULL},
		{"", "", NULL, NULL},
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *from = NULL, *to = NULL;

		assert_int_equal(patch_renames(rows[i].old, rows[i].new, &arena, &from, &to),
				 rows[i].from != NULL);
		if (rows[i].from) {
			assert_string_equal(from, rows[i].from);
			assert_string_equal(to, rows[i].to);
		}
	}
	arena_deinit(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_what_tools_write, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_hunks_by_name, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_what_is_touched, setup, teardown),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(tells_a_new_name),
	};

	return cmocka_run_group_tests_name("patch", tests, NULL, NULL);
}
