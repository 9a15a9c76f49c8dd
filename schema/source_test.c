/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What code reads and writes: each way that C has to get at a member, alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "source.h"
#include "text.h"

static const char *const header =
	"#pragma once\n"
	"#include <stddef.h>\n"
	"#include <stdint.h>\n"
	"#include <stdbool.h>\n"
	"struct co_ctx { int error; };\n"
	"void *memcpy(void *, const void *, size_t);\n"
	"void sink(const void *);\n"
	"void fill(void *);\n"
	"struct old_inner { int32_t x, y; };\n"
	"struct old_thing { int32_t a; struct old_inner in; int32_t v[4][2];\n"
	"	union { int32_t u; struct { int16_t lo, hi; }; };\n"
	"	struct { int32_t z; } s[3]; uint32_t bit : 3; };\n"
	"struct new_thing { int64_t a; struct { int32_t x; } in; int32_t v[4]; int64_t m; };\n"
	"#define READ(o) ((o)->in.y)\n"
	"#define SET(n, k) do { (n)->in.x = (k); } while (0)\n";

struct fixture {
	struct arena arena;
	struct diags diags;
	struct source_function function;
	struct source_expression expression;
	struct text said;
	bool good;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	arena_init(&f->arena);
	diags_init(&f->diags);
	text_init(&f->said);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	text_deinit(&f->said);
	diags_deinit(&f->diags);
	arena_deinit(&f->arena);
	test_free(f);
	return 0;
}

/* `old<in.x`: read; `new>m`: written; `*memcpy`: by a function that was handed its address. */
static void accesses_say(struct fixture *f, const struct source_accesses *accesses)
{
	for (size_t i = 0; i < accesses->n; i++) {
		const struct source_access *access = &accesses->at[i];

		text_add(&f->said, "%s%s%s%s%s%s", i ? " " : "",
			 access->object == SOURCE_OLD ? "old" : "new", access->written ? ">" : "<",
			 access->path, access->handed ? "*" : "",
			 access->handed ? access->handed : "");
	}
}

static void read_unit(struct fixture *f, const char *code, bool with_expression)
{
	struct source_text headers[] = {{.name = "layout.h", .text = header, .n = strlen(header)}};
	struct source_unit unit = {
		.headers = headers,
		.n_headers = 1,
		.prelude = "#include \"layout.h\"\n",
		.code = {.name = "hooks.c", .text = code, .n = code ? strlen(code) : 0},
		.functions = &f->function,
		.n_functions = code ? 1 : 0,
		.expressions = &f->expression,
		.n_expressions = with_expression ? 1 : 0,
	};

	diags_deinit(&f->diags);
	diags_init(&f->diags);
	text_deinit(&f->said);
	text_init(&f->said);
	f->function.flow = NULL;
	f->good = source_read(&unit, &f->arena, &f->diags);
	if (f->function.flow)
		flow_deinit(f->function.flow);
	for (size_t i = 0; i < f->diags.n; i++)
		text_add(&f->said, "%s:%u:%u: %s\n",
			 f->diags.at[i].at.file ? f->diags.at[i].at.file : "",
			 f->diags.at[i].at.line, f->diags.at[i].at.col, f->diags.at[i].text);
}

/* BEFORE at file scope, BODY of the function `f`, beginning in line 3. */
static const char *function_say(struct fixture *f, const char *before, const char *body)
{
	const char *code =
		arena_printf(&f->arena,
			     "#include \"layout.h\"\n%s\nint f(struct co_ctx *ctx, const "
			     "struct old_thing *old, struct new_thing *new)\n{ (void)ctx; "
			     "(void)old; (void)new; %s\nreturn 0; }\n",
			     before, body);

	f->function = (struct source_function){
		.name = "f",
		.type = "int (struct co_ctx *, const struct old_thing *, struct new_thing *)",
		.object = {1, 2},
	};
	read_unit(f, code, false);
	if (f->function.defined)
		accesses_say(f, &f->function.accesses);
	return text_string(&f->said);
}

struct body {
	const char *before, *body, *said;
};

static const struct body bodies[] = {
	{"", ";", ""},
	{"", "new->m = old->a;", "new>m old<a"},
	{"", "(*new).m = (*old).in.x;", "new>m old<in.x"},
	{"", "const struct old_thing *o = old, *p = o; new->m = p->a;", "new>m old<a"},
	{"", "const struct old_inner *i = &old->in; new->m = i->y;", "new>m old<in.y"},
	{"", "const struct old_thing *o; o = old; new->m = o->a;", "new>m old<a"},
	{"", "new->m = old->v[2][1];", "new>m old<v[2][1]"},
	{"", "for (int i = 0; i < 4; i++) new->v[i] = old->v[i][0];", "new>v[] old<v[][0]"},
	{"", "new->v[3] = *old->v[1];", "new>v[3] old<v[1][]"},
	{"", "new->m = old->u + old->hi;", "new>m old<u old<hi"},
	{"", "new->m = old->s[1].z + old->bit;", "new>m old<s[1].z old<bit"},
	{"", "new->m += old->a;", "new<m new>m old<a"},
	{"", "new->m++; --new->a;", "new<m new>m new<a new>a"},
	{"", "new->a = new->m = old->a;", "new>a new>m old<a"},
	{"", "if (!old->a || old->in.x == 2) new->m = 1;", "old<a old<in.x new>m"},
	{"", "struct old_inner copy = old->in; new->m = copy.x;", "old<in new>m"},
	{"", "struct old_thing copy = *old; new->m = copy.a;", "old< new>m"},
	{"", "memcpy(&new->in, &old->in, 4);", "new>in*memcpy old<in*memcpy"},
	{"", "memcpy(new->v, old->v, sizeof(new->v));", "new>v[]*memcpy old<v[]*memcpy"},
	{"", "memcpy(new, old, 4);", "new>*memcpy old<*memcpy"},
	{"", "sink(&old->in.x); sink(&new->m); fill(&new->a);",
	 "old<in.x*sink new<m*sink new>a*fill"},
	{"", "sink(old); fill(new);", "old<*sink new>*fill"},
	{"", "new->m = (int64_t)(uintptr_t)old;", "new>m old<*"},
	{"", "struct { const void *p; } keep = { old }; (void)keep;", "old<*"},
	{"", "new->m = (int64_t)sizeof(old->in) + (int64_t)offsetof(struct old_thing, v);",
	 "new>m"},
	{"", "new->m = READ(old); SET(new, old->a);", "new>m old<in.y old<a new>in.x"},
	{"", "const unsigned char *p = (const unsigned char *)&old->in; new->m = p[2];",
	 "new>m old<in"},
	{"", "const struct old_inner *i = old->a ? &old->in : NULL; if (i) new->m = i->x;",
	 "old<a new>m old<in.x"},
	/* From a member back to what contains it: anything may be reached. */
	{"", "const int32_t *p = &old->in.x; new->m = ((const struct old_thing *)p)->a;",
	 "new>m old<"},
	{"", "*(int32_t *)&old->a = 1;", "old>a"},
	{"static long sum(const struct old_inner *i) { return i->x + i->y; }",
	 "new->m = sum(&old->in);", "old<in.x old<in.y new>m"},
	{"static long both(const struct old_thing *o, struct new_thing *n) { n->m = 1; return "
	 "o->a; }",
	 "new->a = both(old, new);", "new>m old<a new>a"},
	{"static const struct old_inner *in(const struct old_thing *o) { return &o->in; }",
	 "new->m = in(old)->x;", "new>m old<in.x"},
	/* A function that calls itself is followed once. */
	{"static int rec(const struct old_thing *o, int n) { return n ? rec(o, n - 1) : o->a; }",
	 "new->m = rec(old, 3);", "old<a new>m"},
	{"", "new->m = ({ const struct old_thing *o = old; o->a; });", "new>m old<a"},
};

static void test_bodies(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		const char *said = function_say(f, bodies[i].before, bodies[i].body);

		if (strcmp(said, bodies[i].said))
			fail_msg("%s\nexpected %s\nfound    %s", bodies[i].body, bodies[i].said,
				 said);
	}
}

static void test_places(void **state)
{
	struct fixture *f = *state;
	const struct source_accesses *accesses = &f->function.accesses;

	function_say(f, "static void set(int64_t *to) { *to = 1; }",
		     "\n  set(&new->m);\n  new->a = old->in.x;");
	assert_int_equal(accesses->n, 3);
	assert_string_equal(accesses->at[0].at.file, "hooks.c");
	assert_int_equal(accesses->at[0].at.line, 2);
	assert_int_equal(accesses->at[0].at.col, 32);
	assert_int_equal(accesses->at[2].at.line, 6);
	assert_int_equal(accesses->at[2].at.col, 12);
	assert_int_equal(f->function.at.line, 3);
	assert_int_equal(f->function.at.col, 5);
}

static void test_errors(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(function_say(f, "", "\nnew->q = old->inn.x;"),
			    "hooks.c:5:6: no member named 'q' in 'struct new_thing'\n"
			    "hooks.c:5:15: no member named 'inn' in 'struct old_thing'; did you "
			    "mean 'in'?\n");
	assert_false(f->good);
	assert_string_equal(function_say(f, "", "\nint unused;"),
			    "hooks.c:5:5: unused variable 'unused'\n");
	assert_true(f->good);
	/* A forgotten brace, and an include that leads out of memory. */
	function_say(f, "", "{");
	assert_false(f->good);
	function_say(f, "#include \"/etc/passwd\"", ";");
	assert_false(f->good);
	function_say(f, "#include <sys/types.h>", ";");
	assert_string_equal(text_string(&f->said), "hooks.c:2:10: 'sys/types.h' file not found\n");
}

static void test_types(void **state)
{
	struct fixture *f = *state;

	f->function = (struct source_function){
		.name = "f", .type = "int (struct co_ctx *)", .object = {-1, -1}};
	read_unit(f, "int g(void);\nint g(void) { return 1; }\n", false);
	assert_true(f->good);
	assert_false(f->function.defined);
	read_unit(f, "long f(void);\nlong f(void) { return 1; }\n", false);
	assert_true(f->function.defined);
	assert_string_equal(f->function.found, "long (void)");
	assert_int_equal(f->function.at.line, 2);
}

static const char *expression_say(struct fixture *f, const char *expression)
{
	f->expression = (struct source_expression){
		.text = expression,
		.type = {"struct old_thing", "struct new_thing"},
		.target = "m",
		.about = "struct thing.m",
		.at = {.file = "mapping.yaml", .line = 7, .col = 20},
		.exact = true,
	};
	read_unit(f, NULL, true);
	accesses_say(f, &f->expression.accesses);
	return text_string(&f->said);
}

static void test_expressions(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(expression_say(f, "old->a + old->v[1][0]"), "old<a old<v[1][0]");
	assert_int_equal(f->expression.accesses.at[1].at.line, 7);
	assert_int_equal(f->expression.accesses.at[1].at.col, 29);
	assert_string_equal(
		expression_say(f, "old->a = 1"),
		"mapping.yaml:7:27: struct thing.m: cannot assign to variable 'old' with "
		"const-qualified type 'const struct old_thing *'\n");
	assert_string_equal(
		expression_say(f, "old->in"),
		"mapping.yaml:7:20: struct thing.m: assigning to 'int64_t' (aka 'long') "
		"from incompatible type 'const struct old_inner'\n");
	assert_string_equal(expression_say(f, "new->a"), "new<a");
	expression_say(f, "1 +");
	assert_false(f->good);
	assert_string_equal(f->diags.at[0].at.file, "mapping.yaml");
}

/* A tree too deep to be followed is refused, not half read. */
static void test_long_expression(void **state)
{
	struct fixture *f = *state;
	struct text text;

	text_init(&text);
	for (int i = 0; i < 3000; i++)
		text_puts(&text, "old->a + ");
	text_puts(&text, "0");
	expression_say(f, text_string(&text));
	text_deinit(&text);
	assert_false(f->good);
	assert_non_null(strstr(text_string(&f->said), "too deeply nested"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bodies), TEST(test_places),	   TEST(test_errors),
		TEST(test_types),  TEST(test_expressions), TEST(test_long_expression),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
