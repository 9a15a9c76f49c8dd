/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small pairs: which finding each change becomes, in which state and of which weight. */
#include "check_run.h"
#include "fixture_test.h"

/* A pair: what both sides begin with, what each has, and the body of a mapping or NULL. */
struct pair {
	const char *both, *old, *new, *mapping;
};

#define ROOT "roots:\n  - { type: struct root, restore: none }\n"

static void compile(const struct fixture *f, const char *name, const char *both, const char *text)
{
	char source[32];
	struct text all;

	snprintf(source, sizeof(source), "%s.c", name);
	text_init(&all);
	text_add(&all, "%s\n%s\nstruct root root;\n", both, text);
	fixture_write(f, source, text_string(&all));
	text_deinit(&all);
	assert_int_equal(fixture_run(f, "gcc -g -c -o %s.o %s.c", name, name), 0);
}

static void write_mapping(const struct fixture *f, const char *body)
{
	struct text all;

	text_init(&all);
	text_add(&all, "carryover: 1\nfrom: { arch: x86_64 }\nto: { arch: x86_64 }\n%s", body);
	fixture_write(f, "mapping.yaml", text_string(&all));
	text_deinit(&all);
}

/* Judges PAIR with PROFILE and puts a line for each finding into f->said; its exit code. */
static int judge(struct fixture *f, const struct pair *pair, const char *profile)
{
	char old[128], new[128], mapping[128];
	struct options options = {.operands = {old, new, mapping},
				  .n_operands = pair->mapping ? 3 : 2,
				  .read = {.jobs = 1},
				  .profile = profile};
	struct check_run run;
	int code;

	compile(f, "old", pair->both, pair->old);
	compile(f, "new", pair->both, pair->new);
	if (pair->mapping)
		write_mapping(f, pair->mapping);
	snprintf(old, sizeof(old), "%s/old.o", f->directory);
	snprintf(new, sizeof(new), "%s/new.o", f->directory);
	snprintf(mapping, sizeof(mapping), "%s/mapping.yaml", f->directory);
	text_deinit(&f->said);
	text_init(&f->said);
	diags_deinit(&f->diags);
	diags_init(&f->diags);
	check_run_init(&run, &options, &f->diags);
	code = check_run_make(&run) ? run.findings.failed : diags_exit_code(&f->diags);
	for (size_t i = 0; run.has_findings && i < run.findings.list.n; i++) {
		const struct finding *finding = &run.findings.list.at[i];

		text_add(&f->said, "%s %s.%s %s %s", finding->rule, finding->type, finding->member,
			 finding_state_word(finding->state), finding_level_word(finding->level));
		if (finding->decided_at.file)
			text_add(&f->said, " %u", finding->decided_at.line);
		text_puts(&f->said, "\n");
		if (strstr(finding->consequence, "; see "))
			text_add(&f->said, "see%s\n", strrchr(finding->consequence, ':'));
		if (finding->suggestion)
			text_add(&f->said, "%s", finding->suggestion);
	}
	text_puts(&f->said, run.has_findings ? run.findings.verdict : "");
	check_run_deinit(&run);
	return code;
}

static void expect(struct fixture *f, const struct pair *pair, const char *profile, int code,
		   const char *lines)
{
	int got = judge(f, pair, profile);

	if (got != code || !strstr(text_string(&f->said), lines))
		fail_msg("exit %d, not %d, or not in it:\n%s\n--\n%s", got, code, lines,
			 text_string(&f->said));
}

/* ---- without a mapping
 * -------------------------------------------------------------------------- */

static void test_identical(void **state)
{
	const struct pair pair = {"", "struct root { int a; };", "struct root { int a; };", NULL};

	expect(*state, &pair, NULL, 0, "no drift: 1 type, all the same");
}

static void test_automatic(void **state)
{
	const struct pair pair = {"", "struct root { int a; long b; };",
				  "struct root { long b; int a; };", NULL};

	expect(*state, &pair, NULL, 1,
	       "MOVED struct root.b automatic error\nMOVED struct root.a automatic error\n"
	       "drift: 2 changes convert by themselves");
	expect(*state, &pair, "convertible", 0,
	       "MOVED struct root.b automatic note\nMOVED struct root.a automatic note\n"
	       "no drift that is not accounted for: 2 changes convert by themselves");
}

static void test_each_rule(void **state)
{
	static const struct {
		const char *old, *new, *line;
	} rows[] = {
		{"struct root { char a; };", "struct root { char a; char b; };",
		 "ADDED struct root.b needs-decision error\n"},
		{"struct root { char a; char b; };", "struct root { char a; };",
		 "REMOVED struct root.b needs-decision error\n"},
		{"struct root { short a; };", "struct root { int a; };",
		 "WIDENED struct root.a automatic note\n"},
		{"struct root { long a; };", "struct root { int a; };",
		 "NARROWED struct root.a needs-decision error\n"},
		{"struct root { int a; };", "struct root { unsigned a; };",
		 "SIGNEDNESS struct root.a needs-decision error\n"},
		{"struct root { int a[3]; };", "struct root { int a[4]; };",
		 "ARRAY_LENGTH struct root.a needs-decision error\n"},
		{"struct root { int *a; };", "struct root { long *a; };",
		 "POINTER_TARGET struct root.a needs-decision error\n"},
		{"struct root { int *a; };", "struct root { long a; };",
		 "POINTER_SCALAR struct root.a needs-decision error\n"},
		{"struct root { int (*a)(int); };", "struct root { int (*a)(long); };",
		 "FUNCTION_SIGNATURE struct root.a needs-decision error\n"},
		{"struct root { int before; };", "struct root { int after; };",
		 "RENAME_CANDIDATE struct root.after needs-decision error\n"},
		{"enum e { A, B }; struct root { enum e a; };",
		 "enum e { B, A }; struct root { enum e a; };",
		 "ENUMERATOR_RENUMBERED enum e.A needs-decision error\n"},
		{"enum e { A, B }; struct root { enum e a; };",
		 "enum e { A }; struct root { enum e a; };",
		 "ENUMERATOR_REMOVED enum e.B needs-decision error\n"},
		{"enum e { A }; struct root { enum e a; };",
		 "enum e { A, B }; struct root { enum e a; };",
		 "ENUMERATOR_ADDED enum e.B automatic note\n"},
		{"struct in { int x; long y; }; struct root { struct in a; };",
		 "struct in { long y; int x; }; struct root { struct in a; };",
		 "EMBEDDED_CHANGED struct root.a automatic note\n"},
		{"struct root { union { int a; }; };", "struct root { union { int a; long b; }; };",
		 "UNION_ARM struct root.b needs-decision error\n"},
		{"struct gone { int a; } gone; struct root { int a; };", "struct root { int a; };",
		 "TYPE_REMOVED struct gone. needs-decision error\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct pair pair = {"", rows[i].old, rows[i].new, NULL};
		bool open = strstr(rows[i].line, "needs-decision");

		expect(*state, &pair, "convertible", open, rows[i].line);
	}
}

static void test_added_type(void **state)
{
	const struct pair pair = {"", "struct root { int a; };",
				  "struct more { int a; } more; struct root { int a; };", NULL};

	expect(*state, &pair, NULL, 0, "TYPE_ADDED struct more. automatic note\n");
}

/* ---- with a mapping
 * ----------------------------------------------------------------------------- */

static void test_covered(void **state)
{
	struct pair pair = {
		"", "struct root { int a; char gone; };", "struct root { long b; int a; };",
		ROOT "types:\n  struct root:\n    members:\n"
		     "      b: { init: \"0\" }\n    drop:\n      gone: nobody reads it\n"};

	expect(*state, &pair, NULL, 0, "ADDED struct root.b covered note 9\n");
	expect(*state, &pair, NULL, 0, "REMOVED struct root.gone covered note 11\n");
	expect(*state, &pair, NULL, 0, "MOVED struct root.a automatic note\n");
	expect(*state, &pair, "convertible", 1, "ADDED struct root.b covered error 9\n");
	expect(*state, &pair, "layout", 1, "MOVED struct root.a automatic error\n");
}

static void test_undecided(void **state)
{
	struct pair pair = {"", "struct root { int a; };", "struct root { int a; long b; };",
			    ROOT "types:\n  struct root: {}\n"};

	expect(*state, &pair, NULL, 1,
	       "ADDED struct root.b needs-decision error\nsee:7\n"
	       "types:\n  struct root:\n    members:\n"
	       "      # added; choices: init: \"0\" | expr: C over old | hook: FUNCTION\n"
	       "      b:\n        is: long int\n        init: zero\n"
	       "        why: old objects hold no value for it\n");
	assert_non_null(strstr(text_string(&((struct fixture *)*state)->said),
			       "drift: 1 change needs a decision"));
}

/* Nothing changed, yet somebody has to say what becomes of it. */
static void test_unchanged_asks(void **state)
{
	struct pair pair = {"struct far { int x; };", "struct root { struct far *p; };",
			    "struct root { struct far *p; };", ROOT};

	expect(*state, &pair, NULL, 1, "UNDECIDED struct root.p needs-decision error\n");
	pair.mapping = ROOT "types:\n  struct far: {}\n";
	expect(*state, &pair, NULL, 1, "UNDECIDED struct root.p needs-decision error\n");
	pair.mapping = ROOT "defaults: { pointer: { null: they stay behind } }\n";
	expect(*state, &pair, NULL, 0, "no drift: 1 type, all the same");
}

/* A pointer's own move needs no decision, its value does. */
static void test_moved_pointer(void **state)
{
	const struct pair pair = {"struct far { int x; };", "struct root { struct far *p; };",
				  "struct root { long a; struct far *p; };",
				  ROOT
				  "types: { struct root: { members: { a: { init: \"0\" } } } }\n"};

	expect(*state, &pair, NULL, 1, "UNDECIDED struct root.p needs-decision error\n");
	expect(*state, &pair, NULL, 1, "MOVED struct root.p automatic note\n");
}

static void test_stale(void **state)
{
	const struct pair pair = {"", "struct root { int a; };", "struct root { short a; };",
				  ROOT "types:\n  struct root:\n    members:\n"
				       "      a: { was: int, is: char, on-overflow: refuse }\n"};

	expect(*state, &pair, NULL, 1, "NARROWED struct root.a stale error 9\n");
	expect(*state, &pair, NULL, 1, "STALE_DECISION struct root.a stale error 9\n");
	expect(*state, &pair, NULL, 1, "1 decision is stale");
}

static void test_todo(void **state)
{
	const struct pair pair = {"", "struct root { int a; };", "struct root { int a, b; };",
				  ROOT "types:\n  struct root:\n    members:\n      b: TODO\n"};

	expect(*state, &pair, NULL, 1, "ADDED struct root.b needs-decision error\nsee:9\n");
	expect(*state, &pair, NULL, 1, "drift: 1 change needs a decision");
}

static void test_wrong(void **state)
{
	struct pair pair = {"", "struct root { int a; };", "struct root { int a; };",
			    ROOT
			    "types:\n  struct root:\n    members:\n      bb: { init: \"0\" }\n"};

	expect(*state, &pair, NULL, 1, "MAPPING struct root.bb needs-decision error\n");
	pair.mapping = "roots:\n  - { type: struct rooot, restore: none }\n";
	expect(*state, &pair, NULL, 1, "MAPPING . needs-decision error\n");
	pair.mapping = "types: {}\nrots: []\n";
	expect(*state, &pair, NULL, 2, "");
}

static void test_never(void **state)
{
	const struct pair pair = {"", "struct gone { int a; } gone; struct root { int a; };",
				  "struct root { int a; };",
				  ROOT "  - { type: struct gone, restore: none }\n"};

	expect(*state, &pair, NULL, 1, "MAPPING struct gone. unconvertible error\n");
}

/* What the mapping does not carry is nobody's business. */
static void test_scope(void **state)
{
	struct pair pair = {"", "struct other { int o; } other; struct root { int a, b; };",
			    "struct other { long o; } other; struct root { int a, c; };",
			    ROOT "types:\n  struct root:\n    carry: [a]\n"
				 "    rest: { init: zero, why: made anew }\n"};

	expect(*state, &pair, NULL, 0, "no drift: 1 type, all the same");
	pair.mapping = ROOT "types:\n  struct root:\n    carry: [a, c]\n"
			    "    rest: { init: zero, why: made anew }\n";
	expect(*state, &pair, NULL, 1, "ADDED struct root.c needs-decision error\n");
}

/* A view names a pointer that the default gives up. */
static void test_given_up(void **state)
{
	const struct pair pair = {"struct far { int x; };",
				  "struct root { struct far *p; int b; };",
				  "struct root { struct far *p; int b; };",
				  "defaults: { pointer: { null: they stay behind } }\n" ROOT
				  "types:\n  struct root:\n    carry: [p]\n"
				  "    rest: { init: zero, why: made anew }\n"};

	expect(*state, &pair, NULL, 0, "UNDECIDED struct root.p needs-decision warning 4\n");
}

static void test_enum(void **state)
{
	struct pair pair = {"", "enum e { A, B }; struct root { enum e a; };",
			    "enum e { B, A }; struct root { enum e a; };", ROOT};

	expect(*state, &pair, NULL, 1, "ENUMERATOR_RENUMBERED enum e.A needs-decision error\n");
	pair.mapping = ROOT "types:\n  struct root:\n    members:\n"
			    "      a: { enumerators: by-name }\n";
	expect(*state, &pair, NULL, 0, "ENUMERATOR_RENUMBERED enum e.A covered note 9\n");
}

static void test_embedded(void **state)
{
	struct pair pair = {"", "struct in { int x; }; struct root { struct in a; };",
			    "struct in { int x, y; }; struct root { struct in a; };", ROOT};

	expect(*state, &pair, NULL, 1, "ADDED struct in.y needs-decision error\n");
	expect(*state, &pair, NULL, 1, "EMBEDDED_CHANGED struct root.a automatic note\n");
	pair.mapping =
		ROOT "types: { struct root: { members: { a: { init: zero, why: anew } } } }\n";
	expect(*state, &pair, NULL, 0, "EMBEDDED_CHANGED struct root.a covered note 6\n");
}

static void test_hidden_enum(void **state)
{
	const struct pair pair = {
		"", "enum kind { ONE_KIND, OTHER_KIND } e; struct root { int kind; };",
		"enum kind { OTHER_KIND, ONE_KIND } e; struct root { int kind; };", ROOT};

	expect(*state, &pair, NULL, 0, "HIDDEN_ENUM struct root.kind needs-decision warning\n");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_identical),	   CASE(test_automatic),     CASE(test_each_rule),
		CASE(test_added_type),	   CASE(test_covered),	     CASE(test_undecided),
		CASE(test_unchanged_asks), CASE(test_moved_pointer), CASE(test_stale),
		CASE(test_todo),	   CASE(test_wrong),	     CASE(test_never),
		CASE(test_scope),	   CASE(test_given_up),	     CASE(test_enum),
		CASE(test_embedded),	   CASE(test_hidden_enum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
