/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings that read, and every file under testdata/mapping/bad with the messages beside it. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mapping.h"
#include "text.h"

#define FOLDER "testdata/mapping/"
#define SAMPLE "testdata/sample/mapping.yaml"

struct fixture {
	struct diags diags;
	struct mapping mapping;
	char *data;
	size_t n;
};

static bool read_bytes(struct fixture *f, const char *name, const char *data, size_t n)
{
	diags_init(&f->diags);
	return mapping_read(name, data, n, &f->mapping, &f->diags);
}

static void load(struct fixture *f, const char *path)
{
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	f->data = test_calloc(1, 1 << 16);
	f->n = fread(f->data, 1, 1 << 16, file);
	fclose(file);
}

static bool read_path(struct fixture *f, const char *path)
{
	const char *slash = strrchr(path, '/');

	load(f, path);
	return read_bytes(f, slash + 1, f->data, f->n);
}

static void finish(struct fixture *f)
{
	mapping_deinit(&f->mapping);
	diags_deinit(&f->diags);
	if (f->data)
		test_free(f->data);
	f->data = NULL;
}

static bool read_text(struct fixture *f, const char *text)
{
	return read_bytes(f, "m.yaml", text, strlen(text));
}

static void print_diags(const struct diags *diags, struct text *out)
{
	static const char *const levels[] = {"note", "warning", "error", "evidence"};

	for (size_t i = 0; i < diags->n; i++)
		text_add(out, "%u:%u: %s: %s\n", diags->at[i].at.line, diags->at[i].at.col,
			 levels[diags->at[i].level], diags->at[i].text);
}

static void check_bad(const char *name)
{
	struct fixture f = {.data = NULL}, golden = {.data = NULL};
	struct text out;
	char path[512];

	snprintf(path, sizeof(path), FOLDER "bad/%s.yaml", name);
	if (read_path(&f, path))
		fail_msg("%s reads without an error", name);
	text_init(&out);
	print_diags(&f.diags, &out);
	snprintf(path, sizeof(path), FOLDER "bad/%s.txt", name);
	load(&golden, path);
	if (strcmp(text_string(&out), golden.data) != 0)
		fail_msg("%s: expected\n%sgot\n%s", name, golden.data, text_string(&out));
	test_free(golden.data);
	text_deinit(&out);
	finish(&f);
}

static void test_bad_files(void **state)
{
	DIR *folder = opendir(FOLDER "bad");
	struct dirent *entry;
	char name[256];
	int n = 0;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		size_t length = strlen(entry->d_name);

		if (length < 5 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(length - 5), entry->d_name);
		check_bad(name);
		n++;
	}
	closedir(folder);
	assert_true(n >= 19);
}

static void test_sample(void **state)
{
	struct fixture f = {.data = NULL};
	const struct type_decisions *type;
	const struct decision *decision;

	(void)state;
	assert_true(read_path(&f, SAMPLE));
	assert_int_equal(f.diags.n, 0);
	assert_int_equal(f.mapping.roots.n, 2);
	assert_string_equal(f.mapping.roots.at[1].walk->then->list.text, "signal.thread_head");
	assert_string_equal(f.mapping.from_release.text, "6.1.190-1");
	assert_string_equal(f.mapping.pointer_way.text, "null");
	type = mapping_type(&f.mapping, "struct  nf_conntrack_expect");
	assert_non_null(type);
	decision = decision_find(type, "timeout");
	assert_int_equal(decision->way, WAY_NONE);
	assert_string_equal(decision->was.text, "struct timer_list");
	assert_string_equal(decision->capture.text, "expect_left");
	assert_int_equal(decision->path.at.line, 16);
	assert_int_equal(decision->path.at.col, 7);
	type = mapping_type(&f.mapping, "struct task_struct");
	assert_int_equal(type->carry.n, 6);
	assert_string_equal(type->rest_why.text, "rebuilt when a task is made anew");
	assert_int_equal(f.mapping.todos.n, 0);
	finish(&f);
}

static const struct decision *member(const struct fixture *f, const char *path)
{
	const struct decision *found =
		decision_find(mapping_type(&f->mapping, "struct a @ kernel/a.c"), path);

	assert_non_null(found);
	return found;
}

static void test_every_way(void **state)
{
	struct fixture f = {.data = NULL};

	(void)state;
	assert_true(read_path(&f, FOLDER "good/every-way.yaml"));
	assert_int_equal(f.diags.n, 0);
	assert_int_equal(member(&f, "from")->way, WAY_FROM);
	assert_string_equal(member(&f, "from")->value.text, "old_name");
	assert_int_equal(member(&f, "expr")->reads.n, 2);
	assert_string_equal(member(&f, "hook")->reads.at[0].text, "x.y");
	assert_int_equal(member(&f, "follow")->way, WAY_FOLLOW);
	assert_string_equal(member(&f, "follow")->from.text, "old_follow");
	assert_string_equal(member(&f, "follow")->mask.text, "0x3");
	assert_string_equal(member(&f, "array")->count.text, "n");
	assert_string_equal(member(&f, "null")->value.text, "made again");
	assert_string_equal(member(&f, "list")->node.text, "link");
	assert_string_equal(member(&f, "children")->value.text, "sibling");
	assert_int_equal(member(&f, "bits")->bits.n, 2);
	assert_string_equal(member(&f, "bits")->bits.at[1].member.text, "dead");
	assert_string_equal(member(&f, "word")->bits.at[0].constant.text, "1 << A_FIRST");
	assert_string_equal(member(&f, "word")->from.text, "old_word");
	assert_string_equal(member(&f, "reason")->constants_enum[1].text, "drop_reason");
	assert_string_equal(member(&f, "page")->constants_enum[0].text, "enum a");
	assert_string_equal(member(&f, "page")->constants_keep.text, "0xff");
	assert_int_equal(member(&f, "arm")->arms.n, 1);
	assert_string_equal(member(&f, "arm")->arms.at[0].use.text, "one");
	assert_int_equal(member(&f, "arms")->arms.n, 4);
	assert_string_equal(member(&f, "arms")->arms.at[1].decision.value.text, "struct b");
	assert_string_equal(member(&f, "arms")->arms.at[1].decision.from.text, "two");
	assert_string_equal(member(&f, "arms")->arms.at[2].inside->members.at[0].path.text, "x.y");
	assert_string_equal(member(&f, "arms")->arms.at[3].otherwise.text, "zero");
	assert_string_equal(member(&f, "deadline")->why.text, "a timer: now a deadline");
	assert_string_equal(member(&f, "flags")->constants_prefix.text, "A_");
	assert_string_equal(member(&f, "flags")->moved.at[0].constant.text, "A_HOLE");
	assert_string_equal(member(&f, "flags")->moved.at[0].why.text, "never set");
	assert_string_equal(member(&f, "cb.key")->value.text, "key");
	assert_string_equal(mapping_type(&f.mapping, "struct lock")->idiom.text, "reset");
	assert_int_equal(f.mapping.symbols.n, 2);
	finish(&f);
}

static void test_todo_reads(void **state)
{
	struct fixture f = {.data = NULL};
	static const char *const about[] = {
		"defaults.pointer", "root struct a",	 "struct a.a",	    "struct a.b",
		"struct a.c",	    "struct a.d",	 "struct a.d",	    "struct a.e",
		"struct a.f",	    "struct a: drop: z", "struct a: idiom",
	};
	const struct type_decisions *type;

	(void)state;
	assert_true(read_path(&f, FOLDER "good/todo.yaml"));
	assert_int_equal(f.diags.n, 0);
	assert_int_equal(f.mapping.todos.n, 11);
	for (size_t i = 0; i < f.mapping.todos.n; i++)
		assert_string_equal(f.mapping.todos.at[i].text, about[i]);
	assert_int_equal(f.mapping.todos.at[2].at.line, 10);
	assert_int_equal(f.mapping.todos.at[2].at.col, 10);
	type = mapping_type(&f.mapping, "struct a");
	for (size_t i = 0; i < type->members.n; i++)
		assert_int_equal(type->members.at[i].way, WAY_TODO);
	finish(&f);
}

/* A quoted TODO is a word like any other. */
static void test_quoted_todo(void **state)
{
	struct fixture f = {.data = NULL};

	(void)state;
	assert_true(read_text(&f, "carryover: 1\nfrom: { arch: a }\nto: { arch: a }\n"
				  "types: { struct a: { members: { x: { init: \"TODO\" } } } }\n"));
	assert_int_equal(f.mapping.todos.n, 0);
	assert_int_equal(f.mapping.types.at[0].members.at[0].way, WAY_INIT);
	finish(&f);
}

static void test_limits(void **state)
{
	struct fixture f = {.data = NULL};
	size_t n = MAPPING_BYTES_MAX + 1;
	char *data = malloc(n);

	(void)state;
	assert_non_null(data);
	memset(data, ' ', n);
	assert_false(read_bytes(&f, "m.yaml", data, n));
	assert_non_null(strstr(f.diags.at[0].text, "no mapping is so large"));
	finish(&f);
	memset(data, 'a', n);
	assert_false(read_bytes(&f, "m.yaml", data, n - 1));
	finish(&f);
	free(data);
}

/* Every prefix of a good file is read without harm, and none but whole lines of its end is taken.
 */
static void test_every_prefix(void **state)
{
	struct fixture whole = {.data = NULL}, f = {.data = NULL};

	(void)state;
	assert_true(read_path(&whole, FOLDER "good/every-way.yaml"));
	for (size_t n = 0; n < whole.n; n++) {
		if (!read_bytes(&f, "m.yaml", whole.data, n))
			assert_true(f.diags.errors > 0);
		finish(&f);
	}
	finish(&whole);
}

/* Every byte in turn is overwritten: the reader answers, whatever it says. */
static void test_every_byte(void **state)
{
	static const char noise[] = {'\0', '{', ':', '\n', '\xff', '*'};
	struct fixture whole = {.data = NULL}, f = {.data = NULL};

	(void)state;
	assert_true(read_path(&whole, SAMPLE));
	for (size_t i = 0; i < whole.n * sizeof(noise); i++) {
		char *byte = &whole.data[i / sizeof(noise)], saved = *byte;

		*byte = noise[i % sizeof(noise)];
		if (!read_bytes(&f, "m.yaml", whole.data, whole.n))
			assert_true(f.diags.errors > 0);
		finish(&f);
		*byte = saved;
	}
	finish(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_files),    cmocka_unit_test(test_sample),
		cmocka_unit_test(test_every_way),    cmocka_unit_test(test_todo_reads),
		cmocka_unit_test(test_quoted_todo),  cmocka_unit_test(test_limits),
		cmocka_unit_test(test_every_prefix), cmocka_unit_test(test_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
