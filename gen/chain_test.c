/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chains: the converter of all mappings against the converters of each, one after the other, on
 * random and boundary objects; and what does not compose, each at its place.
 */
#include <dlfcn.h>

#include "../runtime/carryover.h"
#include "fixture_test.h"

#define FIXTURES "testdata/fixtures"
#define HOPS 3
#define ROUNDS 4000
#define BYTES 4096

struct chain_run {
	void *libraries[HOPS + 1]; /* of each hop, then of the chain */
	const struct co_converter *converters[HOPS + 1];
};

/* carryover gen of N mappings MAPPINGS in the fixture; its exit code, with what it said in
 * f->said. */
static int chain_gen(struct fixture *f, const char *const *mappings, size_t n, bool reverse,
		     const char *output)
{
	char paths[OPERANDS_MAX][128], directory[128], ledger[128];
	struct options options = {.n_operands = n, .read = {.jobs = 1}, .reverse = reverse};
	struct text out;
	int code;

	for (size_t i = 0; i < n; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", f->directory, mappings[i]);
		options.operands[i] = paths[i];
	}
	snprintf(directory, sizeof(directory), "%s/%s", f->directory, output);
	snprintf(ledger, sizeof(ledger), "%s/ledger", f->directory);
	options.output = directory;
	options.ledger = ledger;
	diags_deinit(&f->diags);
	diags_init(&f->diags);
	text_deinit(&f->said);
	text_init(&f->said);
	text_init(&out);
	code = command_gen(&options, &out, &f->diags);
	fixture_write(f, "printed", text_string(&out));
	text_deinit(&out);
	for (size_t i = 0; i < f->diags.n; i++) {
		const struct diag *diag = &f->diags.at[i];
		const char *file = diag->at.file ? diag->at.file : "";

		if (!strncmp(file, f->directory, strlen(f->directory)))
			file += strlen(f->directory) + 1;
		text_add(&f->said, "%s:%u:%u: %s\n", file, diag->at.line, diag->at.col, diag->text);
	}
	return diags_exit_code(&f->diags) ? diags_exit_code(&f->diags) : code;
}

static const char *const mappings[] = {"1/mapping.yaml", "2/mapping.yaml", "3/mapping.yaml"};

/* Hop I in folder I, with its layouts beside its mapping. */
static void hops_copy(const struct fixture *f)
{
	char here[256];

	assert_non_null(getcwd(here, sizeof(here)));
	for (int i = 0; i <= HOPS; i++)
		assert_int_equal(fixture_run(f, "gcc -w -g -c -o %d.o %s/" FIXTURES "/chain.%d.c",
					     i, here, i),
				 0);
	for (int i = 1; i <= HOPS; i++)
		assert_int_equal(
			fixture_run(f,
				    "mkdir %d && cp %d.o %d/old.yaml && cp %d.o %d/new.yaml"
				    " && cp %s/" FIXTURES "/chain.%d.yaml %d/mapping.yaml",
				    i, i - 1, i, i, i, here, i, i),
			0);
	assert_int_equal(fixture_run(f, "cp %s/" FIXTURES "/chain.hooks.c 1/hooks.c", here), 0);
}

static const struct co_converter *converter_load(const struct fixture *f, const char *directory,
						 const char *compiler, void **library)
{
	char path[256];

	assert_int_equal(fixture_run(f, "make -s -C %s CC=%s >/dev/null", directory, compiler), 0);
	snprintf(path, sizeof(path), "%s/%s/converter.so", f->directory, directory);
	*library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (!*library)
		fail_msg("%s", dlerror());
	return dlsym(*library, CO_CONVERTER_SYMBOL);
}

/* On the way back the last hop comes first. */
static void run_load(struct fixture *f, struct chain_run *run, bool back)
{
	hops_copy(f);
	for (int i = 0; i < HOPS; i++) {
		char name[8];

		snprintf(name, sizeof(name), "out%d", i);
		if (chain_gen(f, &mappings[back ? HOPS - 1 - i : i], 1, back, name))
			fail_msg("%s", text_string(&f->said));
		run->converters[i] = converter_load(f, name, "gcc", &run->libraries[i]);
	}
	if (chain_gen(f, mappings, HOPS, back, "out"))
		fail_msg("%s", text_string(&f->said));
	run->converters[HOPS] = converter_load(f, "out", "gcc", &run->libraries[HOPS]);
}

static void run_close(struct chain_run *run)
{
	for (int i = 0; i <= HOPS; i++)
		dlclose(run->libraries[i]);
}

static const struct co_type *type_named(const struct co_converter *converter, const char *name)
{
	for (uint32_t i = 0; i < converter->n_types; i++)
		if (!strcmp(converter->types[i].name, name))
			return &converter->types[i];
	fail_msg("no type %s", name);
	return NULL;
}

/* How many bytes an object of OLD_SIZE has on the new side. */
static size_t new_size_of(const struct co_type *type, size_t old_size)
{
	for (uint32_t i = 0; i < type->n_fields; i++) {
		const struct co_field *tail = &type->fields[i];

		if (tail->old_count == CO_NOWHERE)
			return tail->new_bit / 8 + (old_size - tail->old_bit / 8) /
							   (tail->old_bits / 8) *
							   (tail->new_bits / 8);
	}
	return type->new_size;
}

/* One object through CONVERTER; *SIZE becomes that of NEW. */
static int convert(const struct co_converter *converter, const char *name, const void *old,
		   void *new, size_t *size)
{
	const struct co_type *type = type_named(converter, name);
	struct co_ctx ctx = {.converter = converter,
			     .type = type,
			     .old_size = (uint32_t)*size,
			     .new_ = new,
			     .pointers = CO_POINTERS_KEEP,
			     .new_address = 0x1000};

	*size = new_size_of(type, *size);
	assert_true(*size <= BYTES);
	ctx.new_size = (uint32_t)*size;
	return type->convert(&ctx, old, new);
}

static uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Small numbers are likelier than others, so that not every object is refused. */
static void object_fill(unsigned char *object, size_t size, unsigned int round, uint64_t *state)
{
	static const unsigned char lanes[] = {0x00, 0xff, 0x80, 0x7f, 0x01};
	uint64_t mask = round % 3 ? 0x0000007fu : 0x000001ffu;

	for (size_t i = 0; i < size; i += 4) {
		uint32_t word = (uint32_t)random_next(state);

		if (round < 5)
			word = lanes[round] * 0x01010101u;
		else if (round % 2)
			word &= random_next(state) % 16 ? (uint32_t)mask : UINT32_MAX;
		else
			word = random_next(state) % 3 ? word & 3 : 0;
		memcpy(object + i, &word, size - i < 4 ? size - i : 4);
	}
}

static void type_compare(const struct chain_run *run, const char *type, size_t old_size)
{
	static _Alignas(64) unsigned char hop[2][BYTES], whole[BYTES];
	uint64_t state = 88172645463325252u;
	size_t crossed = 0, refused = 0;

	for (unsigned int round = 0; round < ROUNDS; round++) {
		size_t size = old_size, whole_size = old_size;
		int error = 0;

		object_fill(hop[0], old_size, round, &state);
		memset(whole, 0xa5, sizeof(whole));
		int at_once = convert(run->converters[HOPS], type, hop[0], whole, &whole_size);

		for (int i = 0; i < HOPS && !error; i++) {
			memset(hop[!(i % 2)], 0x5a, BYTES);
			error = convert(run->converters[i], type, hop[i % 2], hop[!(i % 2)], &size);
		}
		if (!error != !at_once)
			fail_msg("%s, round %u: %d by steps, %d at once", type, round, error,
				 at_once);
		refused += error != 0;
		crossed += !error;
		if (error)
			continue;
		assert_int_equal(size, whole_size);
		assert_memory_equal(hop[HOPS % 2], whole, size);
	}
	if (!crossed || !refused)
		fail_msg("%s: %zu crossed, %zu refused", type, crossed, refused);
}

static void test_chain_equals_steps(void **state)
{
	struct fixture *f = *state;
	struct chain_run run;

	run_load(f, &run, false);
	type_compare(&run, "struct meter", type_named(run.converters[0], "struct meter")->old_size);
	type_compare(&run, "struct peer", 16);
	type_compare(&run, "struct bag", 4 + 5 * 4);
	run_close(&run);
}

static void test_way_back_equals_steps(void **state)
{
	struct fixture *f = *state;
	struct chain_run run;

	run_load(f, &run, true);
	assert_string_equal(run.converters[HOPS]->from.release, "1.3");
	assert_string_equal(run.converters[HOPS]->to.release, "1.0");
	type_compare(&run, "struct meter", type_named(run.converters[0], "struct meter")->old_size);
	type_compare(&run, "struct bag", 4 + 5 * 4);
	run_close(&run);
}

static void test_chain_names_itself(void **state)
{
	struct fixture *f = *state;
	struct chain_run run;
	const struct co_converter *whole;

	run_load(f, &run, false);
	whole = run.converters[HOPS];
	assert_string_equal(whole->from.release, "1.0");
	assert_string_equal(whole->to.release, "1.3");
	assert_string_equal(whole->old_digest, run.converters[0]->old_digest);
	for (int i = 0; i < HOPS; i++)
		assert_string_not_equal(whole->mapping_digest, run.converters[i]->mapping_digest);
	run_close(&run);
}

/* What each hop said stands at each line and row, with its file and line. */
static void test_chain_reasons(void **state)
{
	struct fixture *f = *state;
	struct arena arena;
	const char *text;

	hops_copy(f);
	assert_int_equal(chain_gen(f, mappings, HOPS, false, "out"), 0);
	arena_init(&arena);
	text = fixture_read(f, "out/converter.c", &arena);
	assert_non_null(strstr(text, "/* 1/mapping.yaml:8 no burst is longer; 2/mapping.yaml:7 a "
				     "byte is enough; wider, every old value fits */"));
	assert_non_null(strstr(text, "RUNNING is no enumerator of state in 1.1"));
	assert_non_null(strstr(text, "new->added = 200;"));
	assert_non_null(strstr(text, "new->below = 0;"));
	assert_non_null(strstr(text, "does not fit limit in 1.1"));
	text = fixture_read(f, "ledger", &arena);
	assert_non_null(strstr(text, "pointer, 1/mapping.yaml:16 follow; 2/mapping.yaml:12 "
				     "follow; 3/mapping.yaml:14 follow"));
	text = fixture_read(f, "printed", &arena);
	assert_non_null(strstr(text, "Loss set: 1.0 to 1.3 by 1/mapping.yaml, 2/mapping.yaml, "
				     "3/mapping.yaml"));
	assert_non_null(strstr(text, "epoch: lost, 1/mapping.yaml:22 counted no more"));
	arena_deinit(&arena);
}

/* ---- what does not compose
 * ------------------------------------------------------------------------------- */

struct refusal {
	const char *releases[3]; /* the members of struct thing */
	const char *decisions[2];
	const char *hooks[2];
	const char *says;
};

#define THING(members) "struct thing { " members " }; struct thing *make_thing;\n"

static void refusal_write(const struct fixture *f, const struct refusal *refusal)
{
	char text[2048];

	for (int i = 0; i < 3; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d.c", i);
		fixture_write(f, name, refusal->releases[i]);
		assert_int_equal(fixture_run(f, "gcc -w -g -c -o %d.o %d.c", i, i), 0);
	}
	assert_int_equal(fixture_run(f, "rm -rf 1 2 && mkdir 1 2"), 0);
	for (int i = 1; i < 3; i++) {
		char name[32];

		snprintf(text, sizeof(text),
			 "carryover: 1\nfrom: { release: \"%d\", arch: x86_64 }\n"
			 "to: { release: \"%d\", arch: x86_64 }\ntypes:\n  struct thing:\n%s",
			 i - 1, i, refusal->decisions[i - 1]);
		snprintf(name, sizeof(name), "%d/mapping.yaml", i);
		fixture_write(f, name, text);
		snprintf(name, sizeof(name), "%d/hooks.c", i);
		if (refusal->hooks[i - 1])
			fixture_write(f, name, refusal->hooks[i - 1]);
		assert_int_equal(fixture_run(f, "cp %d.o %d/old.yaml && cp %d.o %d/new.yaml", i - 1,
					     i, i, i),
				 0);
	}
}

static void refusal_check(struct fixture *f, const struct refusal *refusal)
{
	refusal_write(f, refusal);
	for (int i = 0; i < 2; i++) {
		if (chain_gen(f, &mappings[i], 1, false, "one"))
			fail_msg("hop %d alone: %s", i + 1, text_string(&f->said));
		assert_int_equal(fixture_run(f, "rm -r one"), 0);
	}
	assert_int_equal(chain_gen(f, mappings, 2, false, "out"), 2);
	if (!strstr(text_string(&f->said), refusal->says))
		fail_msg("expected `%s` in\n%s", refusal->says, text_string(&f->said));
	assert_false(fixture_exists(f, "out"));
}

#define HOOK(name, member)                                                                         \
	"#include \"layout.h\"\n"                                                                  \
	"int " name "(struct co_ctx *ctx, const struct old_thing *old, struct new_thing *new)\n"   \
	"{\n\t(void)ctx;\n\tnew->" member " = old->a;\n\treturn 0;\n}\n"

static const struct refusal refusals[] = {
	{/* a hook of a later hop */
	 {THING("int a;"), THING("int a;"), THING("int a, b;")},
	 {"    members: {}\n", "    members:\n      b: { hook: make_b, reads: [a] }\n"},
	 {NULL, HOOK("make_b", "b")},
	 "2/mapping.yaml:7:7: struct thing.b: `hook: make_b` reads objects of 1, which the "
	 "converter of the chain never makes; write a hook in a mapping of the first and the last"},
	{/* what a hook wrote is converted */
	 {THING("int a;"), THING("int a, b;"), THING("int a; short b;")},
	 {"    members:\n      b: { hook: make_b, reads: [a] }\n",
	  "    members:\n      b: { on-overflow: refuse }\n"},
	 {HOOK("make_b", "b"), NULL},
	 "2/mapping.yaml:7:7: struct thing.b: a narrowing does not compose with what the hop "
	 "before makes of it in 1 (`hook`); a function writes the member of its own release"},
	{/* what a hook wrote is dropped */
	 {THING("int a;"), THING("int a, b;"), THING("int a;")},
	 {"    members:\n      b: { hook: make_b, reads: [a] }\n", "    drop: { b: not needed }\n"},
	 {HOOK("make_b", "b"), NULL},
	 "2/mapping.yaml:6:13: struct thing.b: make_b sets it in 1, and the next hop does not hand "
	 "it on under that name"},
	{/* code reads what was converted */
	 {THING("short a;"), THING("int a;"), THING("int a; long b;")},
	 {"    members: {}\n", "    members:\n      b: { expr: \"old->a * 2L\" }\n"},
	 {NULL, NULL},
	 "2/mapping.yaml:7:7: struct thing.b: its code reads a of 1, which the hop before does not "
	 "hand on as it was (a widening)"},
	{/* a constant that the later hop refuses */
	 {THING("int a;"), THING("int a, b;"), THING("int a; signed char b;")},
	 {"    members:\n      b: { init: \"300\", why: new }\n",
	  "    members:\n      b: { on-overflow: refuse }\n"},
	 {NULL, NULL},
	 "2/mapping.yaml:7:7: struct thing.b: the hop before gives it the constant 300, which b in "
	 "2 does not take: no object would ever cross"},
	{/* a pointer by two ways */
	 {"struct thing { int a; void *p; } *make_thing;",
	  "struct thing { int a; void *p; } *make_thing;",
	  "struct thing { int a; void *p; } *make_thing;"},
	 {"    members:\n      p: { symbol: true }\n",
	  "    members:\n      p: { opaque: a number }\n"},
	 {NULL, NULL},
	 "2/mapping.yaml:7:7: struct thing.p: the value as it is does not compose with what the "
	 "hop before makes of it in 1 (a pointer); decide this pointer by the same way"},
	{/* the arm that is named by one of both only */
	 {THING("int a; union { int x; long y; } u;"), THING("int a; union { int x; long y; } u;"),
	  THING("int a; int x;")},
	 {"    members: {}\n", "    members:\n      x: { from: u.x, why: the arm that is live }\n"},
	 {NULL, NULL},
	 "2/mapping.yaml:7:7: struct thing.x: it is taken from u.x of 1, which the hop before cuts "
	 "into other pieces (the arms of a union, the members of a struct)"},
	{/* an object that says how long it is */
	 {THING("int a; char tail[];"), THING("int a; char tail[];"), THING("int a; char tail[];")},
	 {"    extent: a\n", "    extent: a\n"},
	 {NULL, NULL},
	 "2/mapping.yaml:6:13: struct thing.extent: `a` is about the objects of one hop, and a chain "
	 "does not compose it"},
	{/* the arm of a union that is live, in the hop before */
	 {THING("int a; union { int x; long y; } u;"), THING("int a; union { int x; long y; } u;"),
	  THING("int a; union { int x; long y; } u;")},
	 {"    members:\n      u: { arm: { when: old->a == 1, use: x } }\n", "    members: {}\n"},
	 {NULL, NULL},
	 "1/mapping.yaml:7:7: struct thing.u: `arm` is not composed with another step's decisions; "
	 "write a mapping of the first and the last release"},
	{/* and in the later one */
	 {THING("int a; union { int x; long y; } u;"), THING("int a; union { int x; long y; } u;"),
	  THING("int a; union { int x; long y; } u;")},
	 {"    members: {}\n", "    members:\n      u: { arm: { when: old->a == 1, use: x } }\n"},
	 {NULL, NULL},
	 "2/mapping.yaml:7:7: struct thing.u: `arm` is not composed with another step's decisions; "
	 "write a mapping of the first and the last release"},
};

static void test_refuses_what_does_not_compose(void **state)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		refusal_check(*state, &refusals[i]);
}

static void test_refuses_wrong_order(void **state)
{
	static const char *const swapped[] = {"2/mapping.yaml", "1/mapping.yaml"};
	static const char *const gap[] = {"1/mapping.yaml", "3/mapping.yaml"};
	struct fixture *f = *state;

	hops_copy(f);
	assert_int_equal(chain_gen(f, swapped, 2, false, "out"), 2);
	assert_non_null(
		strstr(text_string(&f->said),
		       "1/mapping.yaml:2:18: the chain breaks here: 1/mapping.yaml starts "
		       "from 1.0, but 2/mapping.yaml leads to 1.2; they are in the wrong order"));
	assert_int_equal(chain_gen(f, gap, 2, false, "out"), 2);
	assert_non_null(strstr(text_string(&f->said), "3/mapping.yaml:2:18: the chain breaks here: "
						      "3/mapping.yaml starts from 1.2, but"));
	assert_false(fixture_exists(f, "out"));
}

/* One name of a release, two builds of it. */
static void test_refuses_other_layouts(void **state)
{
	static const struct refusal refusal = {
		{THING("int a;"), THING("int a;"), THING("int a;")},
		{"    members: {}\n", "    members: {}\n"},
		{NULL, NULL},
		"2/mapping.yaml:5:3: struct thing: the old layout of 2/mapping.yaml is not the new "
		"layout of 1/mapping.yaml: the two were made for different builds of 1"};
	struct fixture *f = *state;

	refusal_write(f, &refusal);
	fixture_write(f, "x.c", THING("short a;"));
	assert_int_equal(fixture_run(f, "gcc -w -g -c -o 2/old.yaml x.c"), 0);
	assert_int_equal(chain_gen(f, mappings, 2, false, "out"), 2);
	if (!strstr(text_string(&f->said), refusal.says))
		fail_msg("%s", text_string(&f->said));
}

/* Two files may define one function only once. */
static void test_hooks_collide(void **state)
{
	static const struct refusal refusal = {
		{THING("int a, b;"), THING("int a, b;"), THING("int a, b;")},
		{"    members:\n      a: { capture: keep, restore: give, why: anew }\n",
		 "    members:\n      b: { restore: give, why: anew }\n"},
		{"#include \"layout.h\"\n"
		 "int keep(struct co_ctx *ctx, const struct old_thing *old)\n"
		 "{\n\treturn co_side_put(ctx, \"a\", &old->a, 4);\n}\n"
		 "int give(struct co_ctx *ctx, struct new_thing *new)\n"
		 "{\n\treturn co_side_get(ctx, \"a\", &new->a, 4);\n}\n",
		 "#include \"layout.h\"\n/* int give( */\n"
		 "int give(struct co_ctx *ctx, struct new_thing *new)\n"
		 "{\n\t(void)ctx;\n\tnew->b = 1;\n\treturn 0;\n}\n"},
		"2/hooks.c:3:5: give is also a function of"};

	refusal_check(*state, &refusal);
}

/* What several hooks files share is in the place of its include, once in a chain; messages name its lines. */
static void test_hooks_share(void **state)
{
	static const struct refusal parts = {
		{THING("int a, b;"), THING("int a, b;"), THING("int a, b;")},
		{"    members:\n      a: { capture: keep, restore: make_a, why: anew }\n",
		 "    members:\n      b: { restore: make_b, why: anew }\n"},
		{"#include \"layout.h\"\n#include \"../common/twice.h\"\n"
		 "int keep(struct co_ctx *ctx, const struct old_thing *old)\n"
		 "{\n\treturn co_side_put(ctx, \"a\", &old->a, 4);\n}\n"
		 "int make_a(struct co_ctx *ctx, struct new_thing *new)\n"
		 "{\n\tint a = 0, error = co_side_get(ctx, \"a\", &a, 4);\n"
		 "\tnew->a = twice(a);\n\treturn error;\n}\n",
		 "#include \"layout.h\"\n#include \"../common/twice.h\"\n"
		 "int make_b(struct co_ctx *ctx, struct new_thing *new)\n"
		 "{\n\t(void)ctx;\n\tnew->b = twice(1);\n\treturn 0;\n}\n"},
		NULL};
	struct fixture *f = *state;

	refusal_write(f, &parts);
	assert_int_equal(fixture_run(f, "mkdir common"), 0);
	fixture_write(f, "common/twice.h",
		      "#ifndef TWICE_H\n#define TWICE_H\nstatic int twice(int n)\n{\n"
		      "\treturn 2 * n;\n}\n#endif\n");
	assert_int_equal(chain_gen(f, mappings, 1, false, "one"), 0);
	assert_int_equal(fixture_run(f, "make -s -C one CC=gcc && grep -q 'int twice' one/hooks.c"), 0);
	assert_int_equal(chain_gen(f, mappings, 2, false, "out"), 0);
	assert_int_equal(fixture_run(f, "make -s -C out CC=gcc"), 0);
	assert_int_equal(fixture_run(f, "sed -i 's/2 [*] n/2 * m/' common/twice.h"), 0);
	assert_int_equal(chain_gen(f, mappings, 1, false, "bad"), 2);
	assert_non_null(strstr(text_string(&f->said), "../common/twice.h:5:13: use of undeclared"));
	assert_int_equal(fixture_run(f, "sed -i 's/2 [*] m/2 * n/' common/twice.h && "
					"sed -i 's/new->a/new->nothing/' 1/hooks.c"),
			 0);
	assert_int_equal(chain_gen(f, mappings, 1, false, "bad"), 2);
	assert_non_null(strstr(text_string(&f->said), "hooks.c:10:7: no member named 'nothing'"));
	assert_int_equal(fixture_run(f, "rm common/twice.h"), 0);
	assert_int_equal(chain_gen(f, mappings, 1, false, "bad"), 2);
	assert_non_null(strstr(text_string(&f->said), "1/hooks.c:2:1: it is included here"));
	assert_false(fixture_exists(f, "bad"));
}

static void test_carried_by_one_only(void **state)
{
	struct fixture *f = *state;

	hops_copy(f);
	assert_int_equal(fixture_run(f, "sed -i '/struct bag/,$d' 2/mapping.yaml"), 0);
	assert_int_equal(chain_gen(f, mappings, 2, false, "out"), 0);
	assert_non_null(strstr(text_string(&f->said),
			       "1/mapping.yaml:26:3: struct bag is not carried by 2/mapping.yaml: "
			       "no object of it crosses the whole chain"));
}

/* Where the last kernel has the first one's symbols: what the hops between have is nobody's business. */
static void test_symbols(void **state)
{
	static const struct refusal chain = {
		{THING("int a;") " int keeper = 1, lost = 2;",
		 THING("int a;") " int first[4] = {1}, keeper = 1, lost = 2;",
		 THING("int a;") " int first[8] = {1}, keeper = 1, last = 2;"},
		{"    members: {}\nsymbols: [keeper, lost]\n",
		 "    members: {}\nsymbols: [keeper, lost]\n"},
		{NULL, NULL},
		""};
	struct fixture *f = *state;

	refusal_write(f, &chain);
	/* Only what is linked has addresses. */
	assert_int_equal(fixture_run(f, "for i in 0 1 2; do gcc -w -g -shared -fPIC -o $i.so $i.c; done"
					" && cp 0.so 1/old.yaml && cp 1.so 1/new.yaml"
					" && cp 1.so 2/old.yaml && cp 2.so 2/new.yaml"),
			 0);
	if (chain_gen(f, mappings, 2, false, "out"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "nm 0.so | grep -E ' (keeper|lost)$' | sort -k3 |"
					" sed -E 's/^0*([^ ]*) . (.*)/\t{\"\\2\", 0x\\1u, \"\"},/' >old &&"
					" sed -n '/co_symbol symbols/,/};/{/{\"/p}' out/converter.c |"
					" cmp - old"),
			 0);
	assert_int_equal(fixture_run(f, "nm 2.so | grep ' keeper$' |"
					" sed -E 's/^0*([^ ]*) . (.*)/\t{\"\\2\", 0x\\1u, \"\"},/' >new &&"
					" sed -n '/co_symbol new_symbols/,/};/{/{\"/p}' out/converter.c |"
					" cmp - new && grep -q 'n_new_symbols = 1' out/converter.c"),
			 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_chain_equals_steps),
		TEST(test_way_back_equals_steps),
		TEST(test_chain_names_itself),
		TEST(test_chain_reasons),
		TEST(test_refuses_what_does_not_compose),
		TEST(test_refuses_wrong_order),
		TEST(test_refuses_other_layouts),
		TEST(test_hooks_collide),
		TEST(test_hooks_share),
		TEST(test_carried_by_one_only),
		TEST(test_symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
