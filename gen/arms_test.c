/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `arm` refuses: each at its place, with what to write, and without output. Unions without it: copied whole, or asked about. */
#include "fixture_test.h"

#include <dlfcn.h>

#include "../runtime/carryover.h"

static const struct bad {
	const char *members, *said;
} bad[] = {
	{"u: { arm: { when: old->kind == 1, use: pp } }",
	 "mapping.yaml:6:55: struct s.u: the union has no arm `pp`; did you mean `p`?"},
	{"u: { arm: { when: old->kind == 1, use: p } }",
	 "mapping.yaml:6:55: struct s.u.p: a pointer: a human has to decide; in the braces of this "
	 "arm "
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
	{"u: { arm: { when: old->kind, use: n } }, u.n: { init: zero }", "decided twice"},
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

	fixture_write(f, "old.c",
		      "struct s { int kind; union { long n; void *p; struct { int x, gone; } "
		      "c; } u; int n2; };\nstruct s s;\n");
	fixture_write(f, "new.c",
		      "struct s { union { long n; void *p; struct { int x; } c; } u; int "
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

/* ---- unions that nobody chose an arm of ---- */

#define HEAD "carryover: 1\nfrom: { arch: x86_64 }\nto: { arch: x86_64 }\ntypes:\n  struct s:\n"

static void sides_write(struct fixture *f, const char *old, const char *new, const char *compiler)
{
	fixture_write(f, "old.c", old);
	fixture_write(f, "new.c", new);
	assert_int_equal(fixture_run(f, "for i in old new; do %s -g -c -o $i.o $i.c || exit; done",
				     compiler),
			 0);
}

static const struct co_type *type_named(const struct co_converter *converter, const char *name)
{
	for (uint32_t i = 0; i < converter->n_types; i++)
		if (!strcmp(converter->types[i].name, name))
			return &converter->types[i];
	fail_msg("no %s", name);
	return NULL;
}

/* Numbers alone: every byte of the region crosses, those that no arm has too, wherever the union went. */
static void region_check(struct fixture *f, const char *compiler)
{
	static const char plain[] =
		"union plain { long n; char raw[9]; double d; struct { short a, b; } c; };\n";
	static _Alignas(16) unsigned char old[48], new[48];
	struct co_ctx ctx = {.pointers = CO_POINTERS_REFUSE, .new_ = new, .new_size = sizeof(new)};
	char path[256], side[2][512];
	const struct co_converter *converter;
	const struct co_type *type;
	void *library;

	snprintf(side[0], sizeof(side[0]),
		 "%sstruct s { char kind; union plain u; union { int i; float f; }; union plain "
		 "two[1]; "
		 "} s;\n",
		 plain);
	snprintf(side[1], sizeof(side[1]),
		 "%sstruct s { union plain two[1]; long added; union plain u; union { int i; float "
		 "f; }; "
		 "char kind; } s;\n",
		 plain);
	sides_write(f, side[0], side[1], compiler);
	fixture_write(f, "mapping.yaml",
		      HEAD "    members: { added: { init: \"1\", why: new } }\n");
	if (fixture_gen(f, "old.o", "new.o"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out CC=%s >/dev/null", compiler), 0);
	snprintf(path, sizeof(path), "%s/out/converter.so", f->directory);
	library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	assert_non_null(library);
	converter = dlsym(library, CO_CONVERTER_SYMBOL);
	type = type_named(converter, "struct s");
	assert_int_equal(type->old_size, sizeof(old));
	assert_int_equal(type->new_size, sizeof(new));
	for (size_t i = 0; i < sizeof(old); i++)
		old[i] = (unsigned char)(i + 1);
	memset(new, 0xa5, sizeof(new));
	assert_int_equal(type->convert(&ctx, old, new), CO_OK);
	assert_memory_equal(new, old + 32, 16);
	assert_memory_equal(new + 24, old + 8, 16);
	assert_memory_equal(new + 40, old + 24, 4);
	assert_int_equal(new[44], 1);
	assert_memory_equal(new + 45, "\0\0\0", 3);
	dlclose(library);
	assert_int_equal(fixture_run(f, "rm -r out"), 0);
}

static void test_region(void **state)
{
	region_check(*state, "gcc");
	region_check(*state, "clang");
}

/* Unchanged, and yet it asks: where a pointer or what may not be copied hides in an arm. */
static const struct asking {
	const char *members; /* of the struct, on both sides */
	const char *said;    /* about it */
	const char *decided; /* what settles it */
} asking[] = {
	{"union { long n; void *p; } u;",
	 "struct s.u: a union with a pointer or an idiom in an arm: a human has to decide",
	 "u: { opaque: only compared }"},
	{"union { long n; void *p; };", "struct s.union of n, p: ", "n: { opaque: only compared }"},
	{"union { long n; struct { int a; union { int b; char *c; } d; } e; } u;",
	 "struct s.u: ", "u: { init: zero, why: nobody asks }"},
	{"union { long n; void *p[2]; } u;", "struct s.u: ", "u: { opaque: only compared }"},
	{"union { long n; void (*f)(void); } u;", "struct s.u: ", "u: { opaque: only compared }"},
	{"struct { int k; union { int n; void *p; }; } in;",
	 "struct s.union of in.n, in.p: ", "in: { members: { n: { opaque: only compared } } }"},
	{"struct { int k; union { int n; void *p; }; } in;",
	 "struct s.union of in.n, in.p: ", "in: { init: zero, why: nobody asks }"},
	{"struct { int k; union { int n; void *p; } u; } in;",
	 "struct s.in.u: ", "in.u: { opaque: only compared }"},
	{"union { struct list_head { struct list_head *next, *prev; } l; long n; } u;",
	 "struct s.u: ", "u: { init: zero, why: nobody asks }"},
};

static void test_unchanged_asks(void **state)
{
	struct fixture *f = *state;
	char text[1024], mapping[1024];

	for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
		snprintf(text, sizeof(text), "struct s { int kind; %s } s;\n", asking[i].members);
		sides_write(f, text, text, "gcc");
		fixture_write(f, "mapping.yaml", HEAD "    members: {}\n");
		assert_int_equal(fixture_gen(f, "old.o", "new.o"), 2);
		if (!strstr(text_string(&f->said), asking[i].said))
			fail_msg("%s: %s", asking[i].members, text_string(&f->said));
		assert_false(fixture_exists(f, "out"));
		snprintf(mapping, sizeof(mapping), HEAD "    members: { %s }\n", asking[i].decided);
		fixture_write(f, "mapping.yaml", mapping);
		if (fixture_gen(f, "old.o", "new.o"))
			fail_msg("%s: %s", asking[i].members, text_string(&f->said));
		assert_int_equal(fixture_run(f, "rm -r out"), 0);
	}
}

/* What stands around a union without a name speaks of it, too: a view, a drop. */
static void test_nameless_inside(void **state)
{
	struct fixture *f = *state;
	static const char old[] = "struct s { int kind; struct { int a; union { int b; float c; }; "
				  "} in, out, gone; } s;\n";
	static const char new[] =
		"struct s { struct { int a; union { int b; float c; }; } in, out; int kind; } s;\n";

	sides_write(f, old, new, "gcc");
	fixture_write(f, "mapping.yaml",
		      HEAD "    carry: [in]\n    rest: { init: zero, why: outside }\n");
	if (fixture_gen(f, "old.o", "new.o"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(
		fixture_run(
			f, "grep -c 'union of in.b, in.c  *copy, same name' ledger | grep -qx 2 && "
			   "grep -c 'union of out.b, out.c  *rest' ledger | grep -qx 2"),
		0);
	assert_int_equal(fixture_run(f, "rm -r out"), 0);
	fixture_write(f, "mapping.yaml",
		      HEAD "    members: {}\n    drop: { gone: nobody looks }\n");
	if (fixture_gen(f, "old.o", "new.o"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(
		fixture_run(f, "grep 'union of gone.b, gone.c' ledger | grep -q 'nobody looks'"),
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refused, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_region, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_nameless_inside, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_unchanged_asks, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
