/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Integers that hide the values of a renumbered enum: which are told, by map and by gen, and which
 * not. */
#include "../schema/hidden_enums.h"
#include "fixture_test.h"

#define MEMBERS                                                                                    \
	"struct thing_page { unsigned long flags; };\n"                                            \
	"struct skb_ref { int reason; unsigned char drop_reason; unsigned short skb_drop_reason; " \
	"_Bool phy_state; unsigned one : 1; };\n"                                                  \
	"struct user { enum phy_state link_mode; };\n"                                             \
	"struct other { enum mode mode; enum drop drop; };\n"                                      \
	"struct sk { int link_mode; int mode; int drop; long state; struct { int phy_state; } "    \
	"in; "                                                                                     \
	"};\n"                                                                                     \
	"struct zone { long vm_stat[NR_ITEMS]; int same[NR_ITEMS + 1]; char text[3]; };\n"         \
	"struct left { int x; };\n"                                                                \
	"struct skb_ref a; struct sk b; struct zone c; struct thing_page d; struct user u; "       \
	"struct "                                                                                  \
	"other o; struct left l;\n"
#define OLD_ENUMS                                                                                  \
	"enum thing_pageflags { A, B, C };\nenum skb_drop_reason { NO_SOCKET, CSUM };\n"           \
	"enum phy_state { DOWN, READY };\nenum mode { M_A, M_B };\nenum drop { D_A, D_MAX };\n"    \
	"enum item { ONE, TWO, THREE, FOUR, NR_ITEMS };\nenum thing_pageflags of;\n"               \
	"enum skb_drop_reason sk;\n"
#define NEW_ENUMS                                                                                  \
	"enum thing_pageflags { A, C, B };\nenum skb_drop_reason { ADDED, NO_SOCKET, CSUM };\n"    \
	"enum phy_state { READY, DOWN };\nenum mode { M_A, M_B };\nenum drop { D_A, D_B, D_MAX "   \
	"};\nenum item { ONE, THREE, TWO, FOUR, NR_ITEMS };\nenum thing_pageflags of;\n"           \
	"enum skb_drop_reason sk;\n"

static void layouts_make(struct fixture *f)
{
	fixture_write(f, "old.c", OLD_ENUMS MEMBERS);
	fixture_write(f, "new.c", NEW_ENUMS MEMBERS);
	assert_int_equal(fixture_run(f, "gcc -g -c -o old.o old.c && gcc -g -c -o new.o new.c"), 0);
}

static void mapping_write(const struct fixture *f, const char *types)
{
	char text[2048];

	snprintf(text, sizeof(text),
		 "carryover: 1\nfrom: { release: 1.0, arch: x86_64 }\n"
		 "to: { release: 2.0, arch: x86_64 }\ntypes:\n%s",
		 types);
	fixture_write(f, "mapping.yaml", text);
}

static void assert_said(const struct fixture *f, const char *words, bool said)
{
	if (!strstr(text_string(&f->said), words) == said)
		fail_msg("%s: %s\n%s", said ? "not said" : "said", words, text_string(&f->said));
}

static void test_told(void **state)
{
	struct fixture *f = *state;

	layouts_make(f);
	mapping_write(f, "  struct skb_ref: {}\n  struct sk: {}\n  struct zone: {}\n"
			 "  struct thing_page: { members: { flags: TODO } }\n");
	fixture_gen(f, "old.o", "new.o");
	assert_said(
		f,
		"mapping.yaml:5:3: struct skb_ref.skb_drop_reason may hold values of enum "
		"skb_drop_reason, whose values changed (NO_SOCKET was 0 and is 1), and nothing "
		"decides that: it is called as the enum; under `types: struct skb_ref: members:` "
		"write "
		"`skb_drop_reason: { constants: { enum: skb_drop_reason } }`, or, if it does not, "
		"`skb_drop_reason: { from: skb_drop_reason, why: ... }`",
		true);
	assert_said(f, "new.c:10:0: skb_drop_reason is declared here", true);
	assert_said(f, "new.c:2:0: enum skb_drop_reason is declared here", true);
	assert_said(f, "struct skb_ref.drop_reason may", true);
	assert_said(f, "struct sk.link_mode may hold values of enum phy_state", true);
	assert_said(f, "it has the name of struct user.link_mode, which is declared with it", true);
	assert_said(f, "struct sk.in.phy_state may", true);
}

/* An array of the same length is no automatic copy when what counts it was renumbered. */
static void test_array_asks(void **state)
{
	struct fixture *f = *state;

	layouts_make(f);
	mapping_write(f, "  struct zone: {}\n");
	assert_int_equal(fixture_gen(f, "old.o", "new.o"), 2);
	assert_said(
		f,
		"mapping.yaml:5:3: struct zone.vm_stat: an array as long as an enum counts whose "
		"values changed: a human has to decide; under `types: struct zone: members: "
		"vm_stat:` write `index: ENUM`, or `from` with `why`",
		true);
	mapping_write(
		f, "  struct zone: { members: { vm_stat: { from: vm_stat, why: any order } } }\n");
	assert_int_equal(fixture_gen(f, "old.o", "new.o"), 0);
	mapping_write(f, "  struct zone: { members: { vm_stat: { index: item } } }\n");
	assert_int_equal(fixture_gen(f, "old.o", "new.o"), 0);
	assert_int_equal(fixture_gen_way(f, "old.o", "new.o", true), 0);
}

static const char *const EVERY =
	"  struct skb_ref: {}\n  struct sk: {}\n  struct zone: {}\n  struct thing_page: {}\n";

/* Another type of number, another enum of that name, only the count moved, no tie at all. */
static void test_not_told(void **state)
{
	static const char *const words[] = {"skb_ref.phy_state", "skb_ref.one",	 "sk.mode",
					    "sk.drop ",		 "sk.state",	 "zone.same",
					    "zone.text",	 "struct left.x"};
	struct fixture *f = *state;

	layouts_make(f);
	mapping_write(f, EVERY);
	fixture_gen(f, "old.o", "new.o");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_said(f, words[i], false);
}

static void test_decided(void **state)
{
	struct fixture *f = *state;

	layouts_make(f);
	mapping_write(
		f, "  struct skb_ref: { members: { skb_drop_reason: { constants: { enum: "
		   "skb_drop_reason } }, drop_reason: { from: drop_reason, why: another one } } }\n"
		   "  struct zone: { carry: [same], rest: { init: zero, why: counted anew } }\n"
		   "  struct sk: { members: { link_mode: { init: zero, why: new }, in: { from: in, "
		   "why: x } } }\n");
	fixture_gen(f, "old.o", "new.o");
	assert_said(f, ", and nothing decides that", false);
}

/* map says the same of what the roots carry; of a type behind a pointer nothing. */
static void test_map(void **state)
{
	static char old[128], new[128], root[] = "struct skb_ref";
	struct fixture *f = *state;
	struct options options = {.operands = {old, new}, .n_operands = 2, .read = {.jobs = 1}};
	const char *roots[] = {root, "struct thing_page"};
	bool told = false, flags = false;
	struct text out;

	layouts_make(f);
	snprintf(old, sizeof(old), "%s/old.o", f->directory);
	snprintf(new, sizeof(new), "%s/new.o", f->directory);
	options.roots.at = roots;
	options.roots.n = 2;
	text_init(&out);
	assert_int_equal(command_map(&options, &out, &f->diags), 0);
	for (size_t i = 0; i < f->diags.n; i++) {
		const struct diag *diag = &f->diags.at[i];

		assert_null(strstr(diag->text, "struct sk."));
		flags |= strstr(diag->text, "struct thing_page.flags may hold") != NULL;
		if (strstr(diag->text, "struct skb_ref.drop_reason may")) {
			told = true;
			assert_int_equal(diag->level, DIAG_WARNING);
			assert_int_equal(diag->at.line, 10);
		}
	}
	assert_true(told);
	assert_true(flags);
	text_deinit(&out);
}

/* No compiler here writes the names of parameters into a function's type: they are put there. */
static void test_parameter(void **state)
{
	struct fixture *f = *state;
	struct intern names;
	struct model models[2];
	struct diff diff;
	struct hidden_enums hidden;
	struct hidden_ties ties = {.n = 0};
	type_id old, new;
	char path[128];

	fixture_write(
		f, "old.c",
		"enum how { A, B }; struct ops { int (*go)(enum how); }; struct s { int by_way; "
		"int other; }; struct ops o; struct s s;\n");
	fixture_run(f,
		    "gcc -g -c -o old.o old.c && sed 's/A, B/B, A/' old.c > new.c && gcc -g -c -o "
		    "new.o new.c");
	intern_init(&names);
	for (int i = 0; i < 2; i++) {
		model_init(&models[i], &names);
		snprintf(path, sizeof(path), "%s/%s.o", f->directory, i ? "new" : "old");
		assert_true(
			input_read(path, &(struct read_options){.jobs = 1}, &models[i], &f->diags));
	}
	assert_int_equal(models[1].parameters.n, 1);
	models[1].parameters.at[0].name = intern(&names, "by_way");
	diff_models(&models[0], &models[1], &(struct diff_scope){0}, &diff);
	hidden_init(&diff, &hidden);
	assert_int_equal(model_lookup(&models[0], "struct s", &old, &old, 1), 1);
	assert_int_equal(model_lookup(&models[1], "struct s", &new, &new, 1), 1);
	hidden_find(&hidden, old, new, &ties);
	assert_int_equal(ties.n, 1);
	assert_int_equal(ties.at[0].how, HIDDEN_PARAMETER);
	assert_string_equal(ties.at[0].path, "by_way");
	assert_string_equal(ties.at[0].of->name, "how");
	VEC_FREE(&ties);
	hidden_deinit(&hidden);
	diff_deinit(&diff);
	model_deinit(&models[0]);
	model_deinit(&models[1]);
	intern_deinit(&names);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_told),	  TEST(test_not_told),
					   TEST(test_decided),	  TEST(test_map),
					   TEST(test_array_asks), TEST(test_parameter)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
