/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Positions of the tree: where each node begins and where it ends. Malformed input: see mapping_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "yaml.h"

struct fixture {
	struct arena arena;
	struct diags diags;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	arena_init(&f->arena);
	diags_init(&f->diags);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_deinit(&f->arena);
	diags_deinit(&f->diags);
	test_free(f);
	return 0;
}

static struct yaml_node *parse(struct fixture *f, const char *text)
{
	return yaml_parse("f.yaml", text, strlen(text), &f->arena, &f->diags);
}

static void check_place(const struct yaml_node *node, uint32_t line, uint32_t col,
			uint32_t end_line, uint32_t end_col)
{
	assert_non_null(node);
	assert_int_equal(node->at.line, line);
	assert_int_equal(node->at.col, col);
	assert_int_equal(node->end_line, end_line);
	assert_int_equal(node->end_col, end_col);
}

static void test_positions(void **state)
{
	struct fixture *f = *state;
	struct yaml_node *tree = parse(f, "a: one   # comment\n"
					  "b:\n"
					  "  c: [x, 'y z']\n"
					  "  d:\n"
					  "    - p\n"
					  "    - q\n"
					  "  # after\n"
					  "\n"
					  "e: { f: 1 }\n");

	check_place(tree, 1, 1, 9, 12);
	check_place(yaml_get(tree, "a"), 1, 4, 1, 7);
	check_place(yaml_get(tree, "b"), 3, 3, 6, 8);
	check_place(yaml_get(tree, "b")->key, 2, 1, 2, 2);
	check_place(yaml_get(yaml_get(tree, "b"), "c"), 3, 6, 3, 16);
	check_place(yaml_get(yaml_get(tree, "b"), "d"), 5, 5, 6, 8);
	check_place(yaml_get(tree, "e"), 9, 4, 9, 12);
	assert_true(yaml_get(tree, "e")->flow);
	assert_false(yaml_get(tree, "b")->flow);
	assert_int_equal(yaml_get(yaml_get(tree, "b"), "c")->n, 2);
	assert_true(yaml_get(yaml_get(tree, "b"), "c")->first->next->quoted);
	assert_false(yaml_get(tree, "a")->quoted);
	assert_string_equal(yaml_get(tree, "a")->text, "one");
	assert_null(yaml_get(tree, "z"));
	assert_null(yaml_get(NULL, "z"));
	assert_int_equal(f->diags.n, 0);
}

/* A block scalar ends with its last line, whatever stands behind it. */
static void test_block_scalars(void **state)
{
	struct fixture *f = *state;
	struct yaml_node *tree = parse(f, "a: |\n"
					  "  one\n"
					  "  zw\xc3\xb6lf\n"
					  "b: >-\r\n"
					  "  three\r\n"
					  "\n"
					  "# after\n"
					  "c: |+\n"
					  "  kept\n"
					  "\n"
					  "d: |\n"
					  "e:\n"
					  "  f: |\n"
					  "    last");

	check_place(yaml_get(tree, "a"), 1, 4, 3, 8);
	check_place(yaml_get(tree, "b"), 4, 4, 5, 8);
	check_place(yaml_get(tree, "c"), 8, 4, 10, 1);
	check_place(yaml_get(tree, "d"), 11, 4, 11, 5);
	check_place(yaml_get(yaml_get(tree, "e"), "f"), 13, 6, 14, 9);
	assert_int_equal(f->diags.n, 0);
}

/* 64 levels are read, 65 are not. */
static void test_depth(void **state)
{
	struct fixture *f = *state;
	char text[2 * (YAML_DEPTH_MAX + 1) + 1];

	for (size_t depth = YAML_DEPTH_MAX - 1; depth <= YAML_DEPTH_MAX + 1; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		text[2 * depth] = '\0';
		if (depth <= YAML_DEPTH_MAX)
			assert_non_null(parse(f, text));
		else
			assert_null(parse(f, text));
	}
	assert_int_equal(f->diags.errors, 1);
	assert_string_equal(f->diags.at[0].text, "nested deeper than 64 levels");
	assert_int_equal(f->diags.at[0].at.col, 65);
}

/* A hundred thousand keys take no quadratic time, and the one that stands twice is found. */
static void test_many_keys(void **state)
{
	struct fixture *f = *state;
	char *text = malloc(100000 * 9 + 16), *end = text;

	assert_non_null(text);
	for (int i = 0; i < 100000; i++) {
		*end++ = 'k';
		for (int digit = 0, rest = i; digit < 5; digit++, rest /= 10)
			*end++ = (char)('0' + rest % 10);
		memcpy(end, ": \n", 3);
		end += 3;
	}
	strcpy(end, "k00000: \n");
	assert_null(parse(f, text));
	assert_int_equal(f->diags.errors, 1);
	assert_string_equal(f->diags.at[0].text, "duplicate key `k00000`");
	assert_int_equal(f->diags.at[0].at.line, 100001);
	assert_int_equal(f->diags.at[1].at.line, 1);
	free(text);
}

static void test_size(void **state)
{
	struct fixture *f = *state;

	assert_null(yaml_parse("f.yaml", "", (size_t)YAML_BYTES_MAX + 1, &f->arena, &f->diags));
	assert_int_equal(f->diags.errors, 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_positions), TEST(test_block_scalars), TEST(test_depth),
		TEST(test_many_keys), TEST(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
