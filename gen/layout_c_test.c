/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the printer writes; that compilers agree with it is testdata/run/circle.test's business. */
#include "layout_c.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

struct world {
	struct intern names;
	struct model model;
	struct diags diags;
	struct text text;
	type_id c, i, l, u;
};

static const char *name(struct world *w, const char *text)
{
	return intern(&w->names, text);
}

static type_id base(struct world *w, const char *called, uint64_t size, enum encoding encoding)
{
	return model_add(&w->model, (struct type){.kind = KIND_INT,
						  .name = name(w, called),
						  .size = size,
						  .encoding = (uint8_t)encoding});
}

static type_id record(struct world *w, struct type type, const struct member *members, uint32_t n)
{
	type.first = (uint32_t)w->model.members.n;
	type.n = n;
	for (uint32_t i = 0; i < n; i++)
		*VEC_PUSH(&w->model.members) = members[i];
	return model_add(&w->model, type);
}

static type_id structure(struct world *w, const char *called, uint64_t size,
			 const struct member *members, uint32_t n)
{
	return record(w, (struct type){.kind = KIND_STRUCT, .name = name(w, called), .size = size},
		      members, n);
}

static type_id derived(struct world *w, enum type_kind kind, type_id target)
{
	return model_add(&w->model, (struct type){.kind = (uint8_t)kind,
						  .target = target,
						  .size = kind == KIND_POINTER ? 8 : 0});
}

static int setup(void **state)
{
	static struct world world;
	struct world *w = &world;

	intern_init(&w->names);
	diags_init(&w->diags);
	text_init(&w->text);
	model_init(&w->model, &w->names);
	w->model.info.arch = "x86_64";
	w->model.info.address_size = 8;
	w->c = base(w, "char", 1, ENC_SIGNED_CHAR);
	w->i = base(w, "int", 4, ENC_SIGNED);
	w->l = base(w, "long int", 8, ENC_SIGNED);
	w->u = base(w, "unsigned int", 4, ENC_UNSIGNED);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	text_deinit(&w->text);
	model_deinit(&w->model);
	intern_deinit(&w->names);
	diags_deinit(&w->diags);
	return 0;
}

static void print(struct world *w, const char *label, const struct layout_style *style)
{
	type_id id;

	if (!w->text.n)
		assert_true(model_finish(&w->model, &w->diags));
	w->text.n = 0;
	if (label)
		assert_int_equal(model_lookup(&w->model, label, &id, NULL, 0), 1);
	layout_print(&w->model, label ? &id : NULL, label ? 1 : 0, style, &w->text);
}

static void expect(struct world *w, const char *lines)
{
	if (!strstr(w->text.at, lines))
		fail_msg("no\n%s\nin\n%s", lines, w->text.at);
}

static void expect_not(struct world *w, const char *words)
{
	if (strstr(w->text.at, words))
		fail_msg("%s in\n%s", words, w->text.at);
}

/* Whether the text compiles behind PRELUDE. */
static bool compiles(struct world *w, const char *prelude)
{
	char path[] = "/tmp/layout_c_test.XXXXXX", command[256];
	int fd = mkstemp(path), code;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	assert_non_null(file);
	fprintf(file, "%s%s", prelude, w->text.at);
	assert_int_equal(fclose(file), 0);
	snprintf(command, sizeof(command),
		 "${CC:-gcc} -std=gnu11 -ffreestanding -Wall -Wextra -Werror -x c -fsyntax-only %s "
		 "2>&1",
		 path);
	code = system(command);
	unlink(path);
	return code == 0;
}

/* What natural layout cannot explain is forced, and nothing else. */
static void layouts_are_forced(void **state)
{
	struct world *w = *state;
	const struct layout_style plain = {0};

	structure(w, "natural", 16,
		  (struct member[]){{.name = "c", .type = w->c},
				    {.name = "l", .type = w->l, .bit_offset = 64}},
		  2);
	structure(w, "dense", 9,
		  (struct member[]){{.name = "c", .type = w->c},
				    {.name = "l", .type = w->l, .bit_offset = 8}},
		  2);
	structure(w, "gaps", 24,
		  (struct member[]){{.name = "i", .type = w->i},
				    {.name = "j", .type = w->i, .bit_offset = 128}},
		  2);
	structure(w, "said", 16, &(struct member){.name = "i", .type = w->i, .align_attr = 16}, 1);
	structure(w, "bits", 4,
		  (struct member[]){{.name = "a", .type = w->u, .bit_size = 3},
				    {.name = "b", .type = w->u, .bit_size = 5, .bit_offset = 16}},
		  2);
	print(w, NULL, &plain);
	expect(w, "struct natural {\n\tchar c;\n\tlong l;\n};\n");
	expect(w, "CO_SIZE(struct natural, 16, 8);\nCO_AT(struct natural, c, 0);\n");
	expect(w, "struct dense {\n\tchar c;\n\tlong l;\n} __attribute__((packed));\n");
	expect(w, "struct gaps {\n\tint i;\n\tunsigned int : 32;\n\tunsigned int : 32;\n"
		  "\tunsigned int : 32;\n\tint j;\n\tunsigned int : 32;\n};\n");
	expect(w, "\tint i __attribute__((aligned(16)));\n");
	expect(w, "\tunsigned int a : 3;\n\tunsigned char : 5;\n\tunsigned char : 8;\n\tunsigned "
		  "int b : 5;\n");
	assert_true(compiles(w, ""));
}

/* A layout that the compiler does not agree with fails there. */
static void wrong_layouts_do_not_compile(void **state)
{
	struct world *w = *state;
	const struct layout_style plain = {0};
	char *at;

	structure(w, "s", 16, &(struct member){.name = "l", .type = w->l, .bit_offset = 64}, 1);
	print(w, NULL, &plain);
	assert_true(compiles(w, ""));
	at = strstr(w->text.at, "CO_AT(struct s, l, 8)");
	assert_non_null(at);
	at[strlen("CO_AT(struct s, l, ")] = '9';
	assert_false(compiles(w, ""));
}

static void names_are_made_unique(void **state)
{
	struct world *w = *state;
	const struct layout_style plain = {0};
	struct enumerator values[] = {{name(w, "SAME"), 0}};
	struct type type = {.kind = KIND_ENUM, .size = 4, .n = 1, .encoding = ENC_UNSIGNED};

	for (int n = 0; n < 2; n++) {
		type.name = name(w, n ? "one" : "two");
		type.first = (uint32_t)w->model.enumerators.n;
		*VEC_PUSH(&w->model.enumerators) = values[0];
		model_add(&w->model, type);
	}
	record(w,
	       (struct type){.kind = KIND_STRUCT, .name = name(w, "x"), .size = 4, .file = "a.c"},
	       &(struct member){.name = "while", .type = w->i}, 1);
	record(w,
	       (struct type){.kind = KIND_STRUCT, .name = name(w, "x"), .size = 8, .file = "b.c"},
	       &(struct member){.name = "l", .type = w->l}, 1);
	print(w, NULL, &plain);
	expect(w, "enum one {\n\tSAME = 0,\n};\nenum two {\n\tSAME__2 = 0,\n};\n");
	expect(w, "/* struct x @ a.c */\nstruct x {\n\tint while_;\n};\n");
	expect(w, "/* struct x @ b.c */\nstruct x__2 {\n\tlong l;\n};\n");
	assert_true(compiles(w, ""));
}

/* Definitions come before those that hold them; pointees are only declared. */
static void order_and_declarations(void **state)
{
	struct world *w = *state;
	const struct layout_style plain = {0};
	type_id inner = structure(w, "z_inner", 4, &(struct member){.name = "i", .type = w->i}, 1);
	type_id far = structure(w, "far", 4, &(struct member){.name = "i", .type = w->i}, 1);

	structure(w, "outer", 16,
		  (struct member[]){
			  {.name = "in", .type = inner},
			  {.name = "p", .type = derived(w, KIND_POINTER, far), .bit_offset = 64}},
		  2);
	print(w, "struct outer", &plain);
	expect(w, "struct far;\n");
	expect_not(w, "struct far {");
	assert_true(strstr(w->text.at, "struct z_inner {") < strstr(w->text.at, "struct outer {"));
	assert_true(compiles(w, ""));
}

static void styles(void **state)
{
	struct world *w = *state;
	const struct layout_style style = {.prefix = "old_",
					   .fixed_width = true,
					   .pointers_as_integers = true,
					   .no_asserts = true};
	type_id alias = model_add(
		&w->model,
		(struct type){.kind = KIND_TYPEDEF, .name = name(w, "u32"), .target = w->u});

	structure(w, "s", 24,
		  (struct member[]){
			  {.name = "c", .type = w->c},
			  {.name = "u", .type = alias, .bit_offset = 32},
			  {.name = "p", .type = derived(w, KIND_POINTER, alias), .bit_offset = 64},
			  {.name = "l", .type = w->l, .bit_offset = 128}},
		  4);
	print(w, NULL, &style);
	expect(w, "typedef uint32_t old_u32;\n");
	expect(w,
	       "struct old_s {\n\tsigned char c;\n\told_u32 u;\n\tuint64_t p;\n\tint64_t l;\n};\n");
	expect_not(w, "_Static_assert");
	assert_true(compiles(w, "#include <stdint.h>\n"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(layouts_are_forced),
		CASE(wrong_layouts_do_not_compile),
		CASE(names_are_made_unique),
		CASE(order_and_declarations),
		CASE(styles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
