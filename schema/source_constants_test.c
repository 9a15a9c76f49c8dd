/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What constants a header defines, what cannot be known of it, and what became of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "constants_diff.h"
#include "text.h"

struct fixture {
	struct arena arena;
	struct diags diags;
	struct constants old, new;
	struct constants_diff diff;
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

	constants_diff_deinit(&f->diff);
	diags_deinit(&f->diags);
	arena_deinit(&f->arena);
	test_free(f);
	return 0;
}

static void read_old(struct fixture *f, const char *text)
{
	assert_true(source_constants("old.h", text, strlen(text), "x86_64", &f->arena, &f->old,
				     &f->diags));
	assert_int_equal(f->diags.n, 0);
}

static const struct constant *find(const struct fixture *f, const char *name)
{
	for (size_t i = 0; i < f->old.n; i++)
		if (!strcmp(f->old.at[i].name, name))
			return &f->old.at[i];
	return NULL;
}

static void is(const struct fixture *f, const char *name, uint64_t value)
{
	const struct constant *one = find(f, name);

	assert_non_null(one);
	if (one->unknown)
		fail_msg("%s: %s", name, one->unknown);
	assert_int_equal(one->n_values, 1);
	assert_int_equal(one->values[0], value);
}

static void is_unknown(const struct fixture *f, const char *name, const char *why)
{
	const struct constant *one = find(f, name);

	assert_non_null(one);
	if (!one->unknown || !why)
		fail_msg("%s is 0x%llx", name, (unsigned long long)one->values[0]);
	assert_string_equal(one->unknown, why);
}

static const char alone[] = "it cannot be worked out alone";
static const char configured[] = "the configuration decides it";
static const char broken[] = "its enum cannot be worked out alone";

static void test_values(void **state)
{
	struct fixture *f = *state;

	read_old(f,
		 "#include <linux/not-there.h>\n"
		 "#define F_A 0x1 /* of one\n#define F_NONE 7 */\n"
		 "#define F_B BIT(1)\n#define F_C _BITUL(2)\n#define F_D (1 << 31)\n"
		 "#define F_E (F_A | \\\n\t F_B)\n#define F_F UL(5)\n#define F_G (-1)\n"
		 "#define F_H ((__force gfp_t)0x40u)\n#define F_FN(x) (x)\n#define F_EMPTY\n"
		 "#define F_I F_FN(9)\n#define F_J (F_A << 5)\n#define F_K 0xffffffffffffffffULL\n"
		 "struct s { unknown_t x; int flags;\n#define F_IN 0x10\n};\n"
		 "static inline int f(void) { return gone(1); }\n"
		 "enum e { F_E0, F_E1 = 4, F_E2, F_E3 = BIT(7),\n\tF_E4 = F_E1 |\n\t F_E3 "
		 "};\n#define F_E1 F_E1\n");
	is(f, "F_A", 1);
	is(f, "F_B", 2);
	is(f, "F_C", 4);
	is(f, "F_D", 0x80000000);
	is(f, "F_E", 3);
	assert_true(find(f, "F_E")->is_derived);
	is(f, "F_F", 5);
	is(f, "F_G", 0xffffffff);
	is(f, "F_H", 0x40);
	is(f, "F_I", 9);
	is(f, "F_J", 32);
	assert_false(find(f, "F_J")->is_derived);
	is(f, "F_K", UINT64_MAX);
	is(f, "F_IN", 16);
	is(f, "F_E0", 0);
	is(f, "F_E1", 4);
	is(f, "F_E2", 5);
	is(f, "F_E3", 128);
	is(f, "F_E4", 132);
	assert_null(find(f, "F_FN"));
	assert_null(find(f, "F_EMPTY"));
	assert_null(find(f, "F_NONE"));
	assert_int_equal(find(f, "F_B")->line, 4);
}

/* Of each condition both branches count, however it is written. */
static void test_conditions(void **state)
{
	struct fixture *f = *state;

	read_old(f, "#ifdef CONFIG_A\n#define F_A 1\n#else\n#define F_A 2\n#endif\n"
		    "#if CONFIG_B > 3 || \\\n  defined(X)\n#define F_B 4\n#else\n#define F_C "
		    "8\n#endif\n"
		    "#if A != 0\n#define F_SAME 3\n#elif B == 1\n#define F_SAME  3\n#endif\n"
		    "#define F_D (F_A | 1)\n"
		    "enum e { F_E0,\n#ifdef C\nF_E1,\n#endif\nF_E2, F_E3 = 9, F_E4 };\n");
	is_unknown(f, "F_A", configured);
	assert_int_equal(find(f, "F_A")->n_values, 2);
	is(f, "F_B", 4);
	is(f, "F_C", 8);
	is(f, "F_SAME", 3);
	is_unknown(f, "F_D", alone);
	is(f, "F_E0", 0);
	is_unknown(f, "F_E1", configured);
	is_unknown(f, "F_E2", configured);
	is(f, "F_E3", 9);
	is(f, "F_E4", 10);
}

/* What C does not say is never made up: a value after an error, a cut number, another number's place. */
static void test_unknown(void **state)
{
	struct fixture *f = *state;

	read_old(f, "#define F_SELF F_SELF\n#define F_P F_Q\n#define F_Q F_P\n"
		    "#define F_WIDE 0x1ffffffffffffffffff\n#define F_128 ((unsigned __int128)1 << "
		    "100)\n"
		    "#define F_STRING \"abc\"\n#define F_FLOAT 1.5\n#define F_LIST 1, 2\n"
		    "#define F_ZERO (1 / 0)\n#define F_SHIFT (1UL << 64)\n#define F_CALL f(1)\n"
		    "#define F_OPEN (1\n#define F_CLOSE 1)\n#define F_BRACE 1; }\n"
		    "#define F_INJECT 1); const unsigned long long co_v_9 = (7\n"
		    "#define F_FINE 6\n"
		    "enum e { F_E0 = GONE(1), F_E1, F_E2 = 7 };\n#define F_OF (F_E1 + 1)\n"
		    "enum late { F_L0 = F_E1, F_L1 };\n");
	for (size_t i = 0; i < f->old.n; i++)
		if (strcmp(f->old.at[i].name, "F_FINE"))
			is_unknown(f, f->old.at[i].name, f->old.at[i].unknown);
	is(f, "F_FINE", 6);
	is_unknown(f, "F_SELF", alone);
	is_unknown(f, "F_WIDE", alone);
	is_unknown(f, "F_E1", broken);
	is_unknown(f, "F_E2", broken);
	is_unknown(f, "F_OF", alone);
	is_unknown(f, "F_L1", broken);
	assert_int_equal(f->old.n, 22);
}

static void refused(struct fixture *f, const char *text, size_t n, const char *why)
{
	assert_false(source_constants("old.h", text, n, NULL, &f->arena, &f->old, &f->diags));
	assert_int_equal(f->diags.n, 1);
	assert_non_null(strstr(f->diags.at[0].text, why));
	assert_string_equal(f->diags.at[0].at.file, "old.h");
	diags_deinit(&f->diags);
	diags_init(&f->diags);
}

static void test_hostile(void **state)
{
	struct fixture *f = *state;
	struct text text;

	refused(f, "#define A\0 1", 12, "holds a NUL");
	text_init(&text);
	text_puts(&text, "#define A0 1 + 1\n");
	for (int i = 1; i < 40; i++)
		text_add(&text, "#define A%d A%d + A%d\n", i, i - 1, i - 1);
	refused(f, text_string(&text), text.n, "expand to more than");
	text_deinit(&text);
	text_init(&text);
	text_puts(&text, "#define F(x) x x\n#define A ");
	for (int i = 0; i < 40; i++)
		text_puts(&text, "F(");
	refused(f, text_string(&text), text.n, "expand to more than");
	text_deinit(&text);
	text_init(&text);
	for (int i = 0; i < 14; i++) {
		text_add(&text, "#define A%d 0", i);
		for (int k = 0; k < 14; k++)
			text_add(&text, " + A%d", k == i ? 14 : k);
		text_puts(&text, "\n");
	}
	refused(f, text_string(&text), text.n, "expand to more than");
	text_deinit(&text);
	text_init(&text);
	for (int i = 0; i <= CONSTANTS_MAX; i++)
		text_add(&text, "#define A%d\n", i);
	refused(f, text_string(&text), text.n, "more than 32768 macros");
	text_deinit(&text);
}

/* Bytes that are no C, cut anywhere. */
static void test_junk(void **state)
{
	static const char junk[] =
		"\x7f"
		"ELF\xff\xfe#define \x80\x81 \"\n#if (\n'\n#define F_A 1\n/* \\\n#define";
	struct fixture *f = *state;

	for (size_t n = 0; n < sizeof(junk); n++)
		assert_true(
			source_constants("old.h", junk, n, NULL, &f->arena, &f->old, &f->diags));
	assert_int_equal(f->diags.n, 0);
	for (size_t i = 0; i < f->old.n; i++)
		if (!strcmp(f->old.at[i].name, "F_A") && !f->old.at[i].unknown)
			assert_int_equal(f->old.at[i].values[0], 1);
}

/* ---- what became of them ----------------------------------------------------------------------- */

static void compared(struct fixture *f, const char *old, const char *new, const char *expected)
{
	struct text text;

	read_old(f, old);
	assert_true(source_constants("new.h", new, strlen(new), "x86_64", &f->arena, &f->new,
				     &f->diags));
	constants_diff_deinit(&f->diff);
	constants_diff(&f->old, &f->new, "F_", &f->diff);
	text_init(&text);
	for (size_t i = 0; i < f->diff.n; i++)
		text_add(&text, "%s%s\n", constant_moved(&f->diff.at[i]) ? "! " : "",
			 constant_text(&f->diff.at[i], &f->arena));
	assert_string_equal(text_string(&text), expected);
	text_deinit(&text);
}

static void test_changes(void **state)
{
	struct fixture *f = *state;

	compared(f, "#define F_A 1\n#define G_B 2\n", "#define F_A 0x01u\n", "");
	compared(f, "#define F__HOLE 8\n#define F_GONE 16\n",
		 "#define F_NEW 8\n#define F_MORE 32\n",
		 "! F__HOLE 0x8 -> F_NEW (re-used)\nF_MORE 0x20 (added)\nF_GONE 0x10 (removed)\n");
	compared(f, "#define F_A 1\n#define F_B 2\n", "#define F_A 2\n#define F_B 1\n",
		 "! F_A 0x1 -> 0x2 (renumbered)\n! F_B 0x2 -> 0x1 (renumbered)\n");
	/* a second name of a value that kept its first */
	compared(f, "#define F_A 1\n#define F_ALIAS 1\n", "#define F_A 1\n#define F_OTHER 1\n",
		 "F_OTHER 0x1 (added)\nF_ALIAS 0x1 (removed)\n");
	/* a value that a constant moved to */
	compared(f, "#define F_A 1\n#define F_B 2\n", "#define F_A 2\n",
		 "! F_B 0x2 -> F_A (re-used)\n! F_A 0x1 -> 0x2 (renumbered)\n");
	compared(f, "#define F_A 1\n#define F_B 2\n#define F_ALL (F_A | F_B)\n",
		 "#define F_A 1\n#define F_B 2\n#define F_C 4\n#define F_ALL (F_A | F_B | F_C)\n",
		 "F_C 0x4 (added)\nF_ALL 0x3 -> 0x7 (made of others)\n");
	compared(f, "enum { F_A, F_B, F_NR };\n", "enum { F_A, F_B, F_C, F_NR };\n",
		 "F_C 0x2 (added)\nF_NR 0x2 -> 0x3 (made of others)\n");
	compared(f, "#define F_A GONE\n#define F_B 1\n", "#define F_A GONE\n#define F_B f()\n",
		 "F_A (not known: it cannot be worked out alone)\n"
		 "F_B (not known: it cannot be worked out alone)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_conditions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_junk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_changes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
