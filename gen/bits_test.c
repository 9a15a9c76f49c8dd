/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the planner says of `bits` and of `constants: { enum: ... }` that cannot be, and where. */
#include "fixture_test.h"

#define OLD_STRUCT                                                                                 \
	"enum kind { A, B, C, KIND_MAX }; enum mask { M1 = 1, M2 = 2, FIELD = 0x30 };\n"           \
	"struct s { unsigned a : 1, b : 1; float f; int n[2]; unsigned flags; int word; "          \
	"unsigned long long big; _Bool yes; };\n"
#define NEW_STRUCT                                                                                 \
	"enum kind { B, A, KIND_MAX }; enum flag { RUNNING = 3, ORIGDEV, ZERO = 0 };\n"            \
	"enum mask { M1 = 4, M2 = 2, FIELD = 0x30 }; enum twice { ONE = 1 }; enum other { OTHER "  \
	"= "                                                                                       \
	"256 };\n"                                                                                 \
	"struct s { unsigned char flags; float f; int n[2]; unsigned short word; unsigned long "   \
	"long big; _Bool yes; };\n"
#define USES "enum kind of_kind; enum mask of_mask;\nstruct s s;\n"

static void layouts_make(struct fixture *f)
{
	fixture_write(f, "old.c", OLD_STRUCT USES);
	fixture_write(f, "new.c",
		      NEW_STRUCT USES "enum flag of_flag; enum twice of_twice; enum "
				      "other of_other;\n");
	assert_int_equal(fixture_run(f, "gcc -g -c -o old.o old.c && gcc -g -c -o new.o new.c"), 0);
}

static int member_gen(struct fixture *f, const char *member)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "carryover: 1\nfrom: { release: 1.0, arch: x86_64 }\n"
		 "to: { release: 2.0, arch: x86_64 }\ntypes:\n  struct s:\n    members:\n"
		 "      %s\n",
		 member);
	fixture_write(f, "mapping.yaml", text);
	assert_int_equal(fixture_run(f, "rm -rf out"), 0);
	return fixture_gen(f, "old.o", "new.o");
}

static const struct {
	const char *member, *said;
} BAD[] = {
	{"flags: { bits: { 1 << RUNING: a } }",
	 "7:24: struct s.flags: `1 << RUNING`: RUNING is no enumerator of the new layout; did you "
	 "mean `RUNNING`?"},
	{"flags: { bits: { 1: a, 3: b } }",
	 "7:30: struct s.flags: `1` (0x1) and `3` (0x3) have a bit "
	 "in common"},
	{"flags: { bits: { ZERO: a } }", "7:24: struct s.flags: `ZERO` is 0"},
	{"flags: { bits: { OTHER: a } }",
	 "7:24: struct s.flags: `OTHER` is 0x100, which does not fit the 8 bits of the member"},
	{"flags: { bits: { ~1: a } }", "7:24: struct s.flags: `~1` is 0xfffffffffffffffe"},
	{"flags: { bits: { 1: f } }",
	 "7:27: struct s.flags: `f` is no integer, bool, enum or bitfield of the old type"},
	{"flags: { bits: { 1: n } }", "7:27: struct s.flags: `n` is no integer"},
	{"flags: { bits: { 1: c } }",
	 "7:27: struct s.c: the old type has no member `c`; did you mean"},
	{"flags: { bits: { 1: a }, from: flags }",
	 "7:38: struct s.flags: `from: flags` is a flag word: a human has to say"},
	{"flags: { bits: { 1: a, 2: word }, from: word }",
	 "7:47: struct s.flags: `from: word` is one of the members that `bits` gathers"},
	{"f: { bits: { 1: a } }", "7:12: struct s.f: `bits` is for an integer of at most 64 bits"},
	{"yes: { bits: { 1: a } }", "7:14: struct s.yes: `bits` is for an integer"},
	{"flags: { bits: { 1 <<: a } }", "a number or the name of an enumerator is missing"},
	{"flags: { bits: { (1: a } }", "a bracket is not closed"},
	{"flags: { bits: { 1 << 64: a } }", "a shift by more than 63 bits"},
	{"flags: { bits: { 1 a: a } }", "`a` at its end is not understood"},
	{"flags: { bits: { 12x: a } }", "no number of C"},
	{"flags: { bits: { BIT 3: a } }", "BIT needs its number in brackets"},
	{"word: { constants: { enum: knd } }", "7:34: no type 'enum knd'"},
	{"word: { constants: { enum: struct s } }", "7:34: struct s.word: `struct s` is no enum"},
	{"f: { constants: { enum: kind } }", "7:31: struct s.f: `constants: { enum: ... }` is for "
					     "integers"},
	{"yes: { constants: { enum: kind } }", "is for integers"},
	{"word: { constants: { enum: kind }, enumerators: { D: A } }",
	 "7:57: struct s.word: D is no enumerator of the old enum"},
	{"word: { constants: { enum: mask, as: masks } }",
	 "7:34: struct s.word: FIELD (0x30) is more than one bit, and not each has a name"},
	{"word: { constants: { enum: kind, as: bits, keep: 1 }, why: x }",
	 "7:56: struct s.word: `keep: 1` holds bit 0x1, which is A"},
	{"word: { constants: { enum: kind, as: bits, keep: 0x10000 }, why: x }",
	 "`keep: 0x10000` has bits that the new member has not"},
};

static void test_bad(void **state)
{
	struct fixture *f = *state;

	layouts_make(f);
	for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
		assert_int_equal(member_gen(f, BAD[i].member), 2);
		if (!strstr(text_string(&f->said), BAD[i].said))
			fail_msg("%s\nnot said: %s\nbut: %s", BAD[i].member, BAD[i].said,
				 text_string(&f->said));
		assert_false(fixture_exists(f, "out"));
	}
}

static char *ledger_read(struct fixture *f, struct arena *arena)
{
	if (fixture_gen(f, "old.so", "new.so"))
		fail_msg("%s", text_string(&f->said));
	return fixture_read(f, "ledger", arena);
}

/* Both sides say which constant became of which member. */
static void test_ledger(void **state)
{
	static const char *const words[] = {
		"bits: 1 << SOCK_AUXDATA, 1 << new_SOCK_ORIGDEV, BIT(SOCK_VNET)",
		"1 << SOCK_AUXDATA in state", "0x100000000 in state", "2 in low"};
	struct fixture *f = *state;
	struct arena arena;
	char here[256], *ledger;

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(
		fixture_run(f,
			    "cp %s/testdata/fixtures/fixture.h . && "
			    "cp %s/testdata/fixtures/flags.yaml mapping.yaml && for n in 0 1; "
			    "do cp %s/testdata/fixtures/flags.$n.c . && gcc -g -shared -fPIC "
			    "-o $n.so flags.$n.c || exit 1; done; mv 0.so old.so; mv 1.so "
			    "new.so",
			    here, here, here),
		0);
	arena_init(&arena);
	ledger = ledger_read(f, &arena);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strstr(ledger, words[i]))
			fail_msg("not in the ledger: %s\n%s", words[i], ledger);
	arena_deinit(&arena);
}

/* A narrower word refuses what it cannot hold; the count of an enum is no bit of it. */
static void test_narrow(void **state)
{
	struct fixture *f = *state;

	layouts_make(f);
	member_gen(f, "flags: { bits: { 0x80: a }, from: word, constants: { prefix: S_, header: "
		      "s.h }, why: x }");
	assert_null(strstr(text_string(&f->said), "struct s.flags"));
	member_gen(f, "word: { constants: { enum: kind, as: bits, keep: 0xfff0 }, why: x }");
	assert_null(strstr(text_string(&f->said), "struct s.word"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_bad), TEST(test_ledger), TEST(test_narrow)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
