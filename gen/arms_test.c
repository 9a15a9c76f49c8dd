/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `arm` refuses: each at its place, with what to write, and without output. */
#include "fixture_test.h"

static const struct bad {
	const char *members, *said;
} bad[] = {
	{"u: { arm: { when: old->kind == 1, use: pp } }",
	 "mapping.yaml:6:55: struct s.u: the union has no arm `pp`; did you mean `p`?"},
	{"u: { arm: { when: old->kind == 1, use: p } }",
	 "mapping.yaml:6:55: struct s.u.p: a pointer: a human has to decide; in the braces of this arm "
	 "write `follow: TYPE`"},
	{"u: { arm: { when: old->kidn, use: n } }",
	 "mapping.yaml:6:39: struct s.u: no member named 'kidn' in 'struct old_s'"},
	{"u: { arm: { when: old->u.n, use: n } }",
	 "mapping.yaml:6:34: struct s.u: the condition reads u.n, which lies in the union itself"},
	{"u: { arm: { when: old->kind, use: n }, reads: [kind, n2] }",
	 "mapping.yaml:6:69: struct s.n2: the condition does not read it; write `reads: [kind]`"},
	{"u: { arm: { when: old->kind, use: c } }",
	 "mapping.yaml:6:50: struct s.u.c.gone: this member of the old arm is consumed by nobody"},
	{"u: { arm: { when: old->kind, use: n, init: zero } }",
	 "mapping.yaml:6:50: struct s.u.n: the old arm's value is lost without a reason"},
	{"u: { arm: { when: old->kind, use: n } }, u.n: { init: zero }",
	 "decided twice"},
	{"kind: { arm: { when: old->n2, use: n } }",
	 "mapping.yaml:6:24: struct s.kind: `arm` is for a union"},
	{"u: { arm: { when: old->kind, use: c, members: { x: { hook: f } } } }",
	 "`hook` cannot stand inside an arm"},
	{"", "struct s.u: "}, /* a union with a pointer in an arm asks */
};

static void test_refused(void **state)
{
	struct fixture *f = *state;
	char text[1024];

	fixture_write(f, "old.c", "struct s { int kind; union { long n; void *p; struct { int x, gone; } "
				  "c; } u; int n2; };\nstruct s s;\n");
	fixture_write(f, "new.c", "struct s { union { long n; void *p; struct { int x; } c; } u; int "
				  "kind, n2; };\nstruct s s;\n");
	assert_int_equal(fixture_run(f, "gcc -g -c -o old.o old.c && gcc -g -c -o new.o new.c"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text),
			 "carryover: 1\nfrom: { arch: x86_64 }\nto: { arch: x86_64 }\ntypes:\n"
			 "  struct s:\n    members: { %s }\n",
			 bad[i].members);
		fixture_write(f, "mapping.yaml", text);
		assert_int_equal(fixture_gen(f, "old.o", "new.o"), 2);
		if (!strstr(text_string(&f->said), bad[i].said))
			fail_msg("%s\nsaid %s\nnot %s", bad[i].members, text_string(&f->said),
				 bad[i].said);
		assert_false(fixture_exists(f, "out"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refused, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
