/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The skeleton of testdata/mapping/pair.*.c, new and put into mappings that a human wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../schema/input.h"
#include "output.h"
#include "skeleton.h"
#include "stats.h"

#define FOLDER "testdata/mapping/"

struct fixture {
	struct intern names;
	struct model old, new;
	struct diff diff;
	struct diags diags;
	struct arena arena;
	char directory[64];
};

static void read_side(struct fixture *f, int side, struct model *model)
{
	struct read_options options = {.jobs = 1};
	char command[256], path[128];

	snprintf(path, sizeof(path), "%s/%d.o", f->directory, side);
	snprintf(command, sizeof(command), "cd " FOLDER " && gcc -g -c -o %s pair.%d.c", path,
		 side);
	assert_int_equal(system(command), 0);
	model_init(model, &f->names);
	assert_true(input_read(path, &options, model, &f->diags));
}

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	intern_init(&f->names);
	diags_init(&f->diags);
	arena_init(&f->arena);
	strcpy(f->directory, "/tmp/skeleton-test-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	read_side(f, 0, &f->old);
	read_side(f, 1, &f->new);
	f->old.info.arch = f->new.info.arch = "x86_64";
	diff_models(&f->old, &f->new, &(struct diff_scope){0}, &f->diff);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", f->directory);
	assert_int_equal(system(command), 0);
	diff_deinit(&f->diff);
	model_deinit(&f->old);
	model_deinit(&f->new);
	intern_deinit(&f->names);
	diags_deinit(&f->diags);
	arena_deinit(&f->arena);
	test_free(f);
	return 0;
}

/* What map makes of the N bytes of EXISTING (NULL: none) with ROOT (NULL: none); owned by the
 * fixture. */
static const char *map(struct fixture *f, const char *existing, const char *root,
		       const char **stats)
{
	struct option_list roots = {.at = &root, .n = root ? 1 : 0};
	struct survey_input input = {.diff = &f->diff, .roots = &roots};
	struct idioms idioms;
	struct mapping mapping;
	struct survey survey;
	struct text out;
	const char *made;

	assert_true(idioms_load(&idioms, &f->diags));
	if (existing) {
		assert_true(
			mapping_read("m.yaml", existing, strlen(existing), &mapping, &f->diags));
		idioms_override(&idioms, &mapping);
		input.mapping = &mapping;
	}
	input.idioms = &idioms;
	text_init(&out);
	if (!survey_make(&input, &survey, &f->diags)) {
		survey_deinit(&survey);
		idioms_deinit(&idioms);
		return NULL;
	}
	survey_stale(&input, &f->diags);
	if (stats)
		stats_write(&input, &survey, false, &out);
	else if (existing)
		skeleton_merge(&input, &survey, existing, strlen(existing), &out);
	else
		skeleton_write(&input, &survey, &out);
	made = arena_strdup(&f->arena, text_string(&out));
	text_deinit(&out);
	survey_deinit(&survey);
	if (existing)
		mapping_deinit(&mapping);
	idioms_deinit(&idioms);
	return made;
}

static const char *load(struct fixture *f, const char *name)
{
	char *path = arena_printf(&f->arena, FOLDER "%s", name);
	size_t n;
	const char *text = input_file(path, 1 << 20, &n, &f->arena, &f->diags);

	assert_non_null(text);
	return text;
}

/* With UPDATE in the environment, writes the golden file instead. */
static void check(struct fixture *f, const char *made, const char *golden)
{
	if (getenv("UPDATE")) {
		FILE *file = fopen(arena_printf(&f->arena, FOLDER "%s", golden), "w");

		assert_non_null(file);
		fputs(made, file);
		fclose(file);
	}
	assert_string_equal(made, load(f, golden));
}

static void check_idempotent(struct fixture *f, const char *made)
{
	assert_string_equal(map(f, made, NULL, NULL), made);
	assert_int_equal(f->diags.n, 0);
}

static void test_new_with_root(void **state)
{
	struct fixture *f = *state;
	const char *made = map(f, NULL, "struct thing", NULL);

	check(f, made, "pair.root.yaml");
	check_idempotent(f, made);
}

static void test_new_without_roots(void **state)
{
	struct fixture *f = *state;
	const char *made = map(f, NULL, NULL, NULL);

	check(f, made, "pair.all.yaml");
	check_idempotent(f, made);
}

/* A mapping with blocks, braces, comments and a view: every byte of it stays, what is missing is
 * put in. */
static void test_merge(void **state)
{
	struct fixture *f = *state;
	const char *human = load(f, "pair.human.yaml"), *made = map(f, human, NULL, NULL);
	const char *left = human;

	check(f, made, "pair.merged.yaml");
	for (const char *c = made; *c && *left; c++)
		left += *c == *left;
	assert_string_equal(left, "");
	check_idempotent(f, made);
}

/* Following a pointer brings its type in; a default that covers it keeps it out. */
static void test_follow(void **state)
{
	struct fixture *f = *state;
	static const char head[] = "carryover: 1\nfrom: { arch: x86_64 }\nto: { arch: x86_64 }\n"
				   "roots: [ { type: struct thing, restore: none } ]\n"
				   "types:\n  struct thing:\n"
				   "    carry: [same, behind]\n"
				   "    rest: { init: zero, why: a test }\n";
	const char *left_out =
		arena_printf(&f->arena, "%s%s", head, "defaults: { pointer: { null: a test } }\n");
	const char *followed = arena_printf(
		&f->arena, "%s    members:\n      behind: { follow: struct behind }\n%s", head,
		"defaults: { pointer: { null: a test } }\n");
	const char *made;

	assert_string_equal(map(f, left_out, NULL, NULL), left_out);
	made = map(f, followed, NULL, NULL);
	assert_non_null(strstr(made, "struct behind:\n"));
	assert_non_null(strstr(made, "added:"));
	assert_null(strstr(made, "pointed to by"));
	assert_int_equal(f->diags.n, 0);
}

static void check_message(const struct fixture *f, size_t i, uint32_t line, uint32_t col,
			  const char *text)
{
	assert_true(i < f->diags.n);
	assert_string_equal(f->diags.at[i].text, text);
	assert_int_equal(f->diags.at[i].level, DIAG_WARNING);
	assert_int_equal(f->diags.at[i].at.line, line);
	assert_int_equal(f->diags.at[i].at.col, col);
}

/* What speaks of nothing any more is reported at its place and stays. */
static void test_stale(void **state)
{
	struct fixture *f = *state;
	static const char human[] = "carryover: 1\nfrom: { arch: x86_64 }\nto: { arch: x86_64 }\n"
				    "defaults: { pointer: { null: a test } }\n"
				    "types:\n"
				    "  struct never: { drop: { x: gone } }\n"
				    "  struct behind:\n"
				    "    members:\n"
				    "      added: { init: \"0\", is: unsigned long }\n"
				    "      behind_flags: { from: flags_before, why: renamed }\n"
				    "      vanished: { init: \"0\" }\n"
				    "      kept: { was: long, expr: old->kept }\n"
				    "    drop: { more_than: unused }\n";
	const char *made = map(f, human, NULL, NULL);

	assert_non_null(strstr(made, "vanished: { init: \"0\" }"));
	assert_int_equal(f->diags.n, 6);
	check_message(f, 0, 6, 3, "struct never: stale: neither side has such a type");
	check_message(
		f, 1, 9, 31,
		"struct behind.added: stale: `is: unsigned long`, but it is `int` now; look at "
		"the decision again");
	check_message(f, 2, 10, 29,
		      "struct behind.flags_before: stale: the old type has no such member");
	check_message(f, 3, 11, 7,
		      "struct behind.vanished: stale: the new type has no such member");
	check_message(f, 4, 12, 20,
		      "struct behind.kept: stale: `was: long`, but it is `int` now; look at the "
		      "decision again");
	check_message(f, 5, 13, 13,
		      "struct behind: drop: more_than: stale: the old type has no such member");
}

static void test_stats(void **state)
{
	struct fixture *f = *state;
	const char *stats;

	check(f, map(f, NULL, "struct thing", &stats), "pair.stats.txt");
}

static void test_bad_roots(void **state)
{
	struct fixture *f = *state;

	assert_null(map(f, NULL, "struct thong", NULL));
	assert_int_equal(f->diags.errors, 1);
	assert_non_null(strstr(f->diags.at[0].text, "struct thing"));
	assert_null(map(f, NULL, "enum state", NULL));
	assert_string_equal(f->diags.at[f->diags.n - 1].text,
			    "enum state is no struct or union with members");
	assert_null(map(f, NULL, "struct timer_list", NULL));
	assert_string_equal(
		f->diags.at[f->diags.n - 1].text,
		"struct timer_list is an idiom, which no mapping speaks about by itself");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_new_with_root), TEST(test_new_without_roots),
		TEST(test_merge),	  TEST(test_follow),
		TEST(test_stale),	  TEST(test_stats),
		TEST(test_bad_roots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
