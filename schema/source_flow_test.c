/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of writes: what is missed on a path that succeeds, and what is assigned twice. */
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
	"struct co_ctx { int error; };\n"
	"enum { OK, BAD = -5 };\n"
	"void co_fail(struct co_ctx *ctx, int error);\n"
	"int co_status(const struct co_ctx *ctx);\n"
	"int get(struct co_ctx *ctx, void *to, size_t n);\n"
	"void *memset(void *, int, size_t);\n"
	"struct old_thing { int32_t a, b; int32_t v[4]; const struct old_thing *p; };\n"
	"struct new_thing { int64_t m, n; int32_t v[4]; struct { int32_t x; } in; };\n";

struct fixture {
	struct arena arena;
	struct diags diags;
	struct text said;
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

static const char *const members[] = {"m", "n", "v", "in"};

static bool covers(void *data, size_t member, const char *path)
{
	size_t n = strlen(members[member]);

	(void)data;
	return !*path || (!strncmp(path, members[member], n) && strcspn(path, ".[") == n);
}

static void answer_say(struct fixture *f, const struct flow *flow, size_t n)
{
	struct flow_question question = {.n = n, .covers = covers};
	struct flow_answer answer;

	flow_ask(flow, &question, &f->arena, &answer);
	if (answer.too_hard)
		text_puts(&f->said, "too hard");
	for (size_t i = 0; i < n && !answer.too_hard; i++)
		if (answer.missed[i].line)
			text_add(&f->said, "%s missed at %u:%u;", members[i], answer.missed[i].line,
				 answer.missed[i].col);
	for (size_t i = 0; i < answer.twice.n; i++)
		text_add(&f->said, "%s at %u:%u and %u:%u;", answer.twice.at[i].path,
			 answer.twice.at[i].first.line, answer.twice.at[i].first.col,
			 answer.twice.at[i].again.line, answer.twice.at[i].again.col);
	flow_answer_deinit(&answer);
}

/* BEFORE at file scope in line 2; BODY of the function `f` in line 4; asks about the first N
 * members. */
static const char *say(struct fixture *f, const char *before, const char *body, size_t n)
{
	const char *code = arena_printf(
		&f->arena,
		"#include \"layout.h\"\n%s\nint f(struct co_ctx *ctx, const "
		"struct old_thing *old, struct new_thing *new) { (void)ctx; (void)old;\n"
		"%s\n}\n",
		before, body);
	struct source_text headers[] = {{.name = "layout.h", .text = header, .n = strlen(header)}};
	struct source_function function = {
		.name = "f",
		.type = "int (struct co_ctx *, const struct old_thing *, struct new_thing *)",
		.object = {1, 2},
	};
	struct source_unit unit = {
		.headers = headers,
		.n_headers = 1,
		.prelude = "#include \"layout.h\"\n",
		.code = {.name = "hooks.c", .text = code, .n = strlen(code)},
		.functions = &function,
		.n_functions = 1,
	};

	diags_deinit(&f->diags);
	diags_init(&f->diags);
	text_deinit(&f->said);
	text_init(&f->said);
	if (!source_read(&unit, &f->arena, &f->diags) || !function.flow)
		fail_msg("%s: %s", body, f->diags.n ? f->diags.at[0].text : "no flow");
	answer_say(f, function.flow, n);
	flow_deinit(function.flow);
	return text_string(&f->said);
}

struct body {
	const char *before, *body, *said;
};

/* Asked about `m` alone. */
static const struct body bodies[] = {
	{"", "new->m = 1; return 0;", ""},
	{"", "return 0;", "m missed at 4:1;"},
	{"", "if (old->a) new->m = 1; return 0;", "m missed at 4:25;"},
	{"", "if (old->a) new->m = 1; else new->m = 2; return 0;", ""},
	{"", "new->m = 1; if (old->a) new->m = 2; return 0;", ""},
	{"", "if (old->a) return 0; new->m = 1; return 0;", "m missed at 4:13;"},
	/* refusals */
	{"", "if (old->a) return -1; new->m = 1; return 0;", ""},
	{"", "if (old->a) return BAD; new->m = 1; return OK;", ""},
	{"", "if (old->a) { co_fail(ctx, 1); return co_status(ctx); } new->m = 1; return 0;", ""},
	{"", "if (old->a) co_fail(ctx, 1); else new->m = 1; return co_status(ctx);", ""},
	{"", "if (old->a) return co_status(ctx); new->m = 1; return 0;", "m missed at 4:13;"},
	{"", "int e = get(ctx, 0, 0); if (e) return e; new->m = 1; return 0;", ""},
	{"", "int e = get(ctx, 0, 0); if (e < 0) return e; new->m = 1; return 0;", ""},
	{"", "int e; if ((e = get(ctx, 0, 0)) != 0) return e; new->m = 1; return 0;", ""},
	{"", "int e = get(ctx, 0, 0); if (!e) new->m = 1; return e;", ""},
	{"", "int e = get(ctx, 0, 0); if (e) new->m = 1; return e;", "m missed at 4:44;"},
	{"", "int e = BAD; if (old->a) goto out; new->m = 1; e = 0; out: return e;", ""},
	{"", "int e = 0; if (old->a) goto out; new->m = 1; out: return e;", "m missed at 4:51;"},
	{"", "int e = 1; e--; return e;", "m missed at 4:17;"},
	{"", "return get(ctx, &new->m, sizeof(new->m));", ""},
	{"", "if (old->a) __builtin_unreachable(); new->m = 1; return 0;", ""},
	/* choices */
	{"", "switch (old->a) { case 1: new->m = 1; break; case 2: new->m = 2; } return 0;",
	 "m missed at 4:68;"},
	{"", "switch (old->a) { case 1: new->m = 1; break; default: new->m = 2; } return 0;", ""},
	{"", "switch (old->a) { case 1: case 2: new->m = 1; break; default: return -1; } return 0;",
	 ""},
	{"", "switch (old->a) { case 1: break; default: new->m = 1; } return 0;",
	 "m missed at 4:57;"},
	{"", "old->a ? (new->m = 1) : (new->m = 2); return 0;", ""},
	{"", "if (old->a && (new->m = 1)) return 0; return 0;", "m missed at 4:39;"},
	{"", "if (old->a /* && */ || !old->b) { new->m = 1; } else new->m = 3; return 0;", ""},
	/* loops */
	{"", "for (int i = 0; i < 4; i++) new->m = i; return 0;", ""},
	{"", "for (int i = 0; i < old->a; i++) new->m = i; return 0;", "m missed at 4:46;"},
	{"", "int i; for (i = 0; i < 4; i++) { if (old->v[i]) continue; new->m = i; } return 0;",
	 "m missed at 4:73;"},
	{"", "do new->m = 1; while (old->a); return 0;", ""},
	{"", "while (old->a) new->m = 1; return 0;", "m missed at 4:28;"},
	{"", "while (1) { if (old->a) { new->m = 1; break; } } return 0;", ""},
	{"", "for (;;) { if (old->a) break; new->m = 1; } return 0;", "m missed at 4:45;"},
	{"", "again: if (old->a) { new->m = 1; return 0; } goto again;", ""},
	/* functions of the code */
	{"static void set(int64_t *to) { *to = 1; }", "set(&new->m); return 0;", ""},
	{"static void set(int64_t *to) { *to = 1; }",
	 "if (old->a) set(&new->m); set(&new->n); return 0;", "m missed at 4:41;"},
	{"static int set(struct new_thing *n, int a) { if (!a) return -1; n->m = a; return 0; }",
	 "int e = set(new, old->a); if (e) return e; return 0;", ""},
	{"static int set(struct new_thing *n, int a) { if (!a) return -1; n->m = a; return 0; }",
	 "if (!set(new, old->a)) return 0; return -1;", ""},
	{"static int set(struct new_thing *n, int a) { if (!a) return -1; n->m = a; return 0; }",
	 "set(new, old->a); return 0;", "m missed at 4:19;"},
	{"static int set(struct new_thing *n, int a) { if (!a) return -1; n->m = a; return 0; }",
	 "return set(new, old->a);", ""},
	{"static int down(struct new_thing *n, int a) { if (a) return down(n, a - 1); n->m = 1; "
	 "return 0; }",
	 "return down(new, old->a);", "m missed at 4:1;"},
	{"#define SET(k) do { new->m = (k); } while (0)", "SET(old->a); return 0;", ""},
	/* twice */
	{"", "new->m = 1;\nnew->m = 2; return 0;", "m at 4:1 and 5:1;"},
	{"", "new->m = 1; new->m |= 2; new->m += 1; return 0;", ""},
	{"", "new->m = 1; new->m = new->m | 2; return 0;", ""},
	{"", "new->m = 1; if (!old->p) return 0; new->m = old->p->a; return 0;", ""},
	{"", "new->m = 1; if (!old->p) return -1; new->m = old->p->a; return 0;",
	 "m at 4:1 and 4:37;"},
	{"", "if (old->a) new->m = 1; else new->m = 2;\nnew->m = 3; return 0;",
	 "m at 4:13 and 5:1;"},
	{"", "if (old->a) { new->m = 1; new->m = 2; } else new->m = 3; return 0;",
	 "m at 4:15 and 4:27;"},
	{"", "memset(&new->m, 0, 8); new->m = 1; return 0;", ""},
	{"", "for (int i = 0; i < 4; i++) new->v[i] = i; new->v[0] = 1; new->m = 1; return 0;", ""},
	{"static void set(struct new_thing *n) { n->m = 1; }", "set(new); new->m = 2; return 0;",
	 "m at 2:40 and 4:11;"},
};

static void test_bodies(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		const char *said = say(f, bodies[i].before, bodies[i].body, 1);

		if (strcmp(said, bodies[i].said))
			fail_msg("%s\n%s\nexpected %s\nfound    %s", bodies[i].before,
				 bodies[i].body, bodies[i].said, said);
	}
}

/* Elements that a loop writes, and a path of its own for each member. */
static void test_members(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(say(f, "",
				"new->m = 1; new->in.x = 2; for (int i = 0; i < old->a; i++) "
				"new->v[i] = 3; return 0;",
				4),
			    "n missed at 4:76;");
	assert_string_equal(
		say(f, "", "memset(new, 0, sizeof(*new)); new->m = 1; new->n = 1; return 0;", 4),
		"");
}

/* Far more paths than are told apart: what is written on all is still seen. */
static void test_many_paths(void **state)
{
	struct fixture *f = *state;
	struct text text;

	text_init(&text);
	for (int i = 0; i < 20; i++)
		text_add(&text, "int x%d = 0; if (old->v[%d]) x%d = 1;", i, i % 4, i);
	text_puts(&text, "new->m = 1");
	for (int i = 0; i < 20; i++)
		text_add(&text, " + x%d", i);
	text_puts(&text, "; return 0;");
	assert_string_equal(say(f, "", text_string(&text), 1), "");
	assert_non_null(strstr(say(f, "", text_string(&text), 2), "n missed at 4:"));
	text_deinit(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_bodies),
		TEST(test_members),
		TEST(test_many_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
