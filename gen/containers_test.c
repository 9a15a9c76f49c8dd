/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Indexes of the kernel: xarray, idr, ida, maple tree, assoc_array. What crosses is in the fixture `containers`
 * (gen/emit_test.c compares it); here every way that would copy them, or take them for a list, is refused by name.
 */
#include "fixture_test.h"

#define FIXTURES "testdata/fixtures"

/* KEY stands for the member itself. */
static const struct {
	const char *member, *decision, *said;
} bad[] = {
	{"pages", "", "struct thing.pages: cannot be copied: a human has to decide"},
	{"ids", "", "struct thing.ids: cannot be copied"},
	{"numbers", "", "struct thing.numbers: cannot be copied"},
	{"areas", "", "struct thing.areas: cannot be copied"},
	{"keys", "", "struct thing.keys: cannot be copied"},
	{"pages", "{ from: pages, why: the same }", "struct thing.pages: cannot be copied"},
	{"areas", "{ from: areas, why: the same }", "struct thing.areas: cannot be copied"},
	{"keys", "{ from: keys, why: the same }", "struct thing.keys: cannot be copied"},
	{"areas", "{ opaque: the same }", "its bits cannot cross as they are: the layouts differ"},
	{"numbers", "{ init: zero }",
	 "struct thing.numbers: bytes 48-63 of the old type are consumed by nobody"},
	{"pages", "{ list: { of: struct thing, node: number } }",
	 "struct thing.pages.xa_head: struct xarray is an index whose nodes the kernel allocates; "
	 "fill "
	 "it again at restore, and no list; write `list: empty` with `why`"},
	{"ids", "{ list: { of: struct thing, node: number } }",
	 "struct thing.ids.idr_base: struct idr is an index"},
	{"numbers", "{ list: { of: struct thing, node: number } }",
	 "struct thing.numbers.xa.xa_head: struct ida is an index"},
	{"areas", "{ list: { of: struct thing, node: number } }",
	 "struct thing.areas.ma_root: struct maple_tree is an index"},
	{"keys", "{ list: { of: struct thing, node: number } }",
	 "struct thing.keys.root: struct assoc_array is an index"},
	{"pages", "{ follow: struct thing }",
	 "`follow` is for a pointer that is one on both sides"},
	{"keys", "{ expr: \"old->number\" }",
	 "an expression gives an integer, an enum or a pointer"},
	/* A hook that forgets the lock, and one whose index keeps the old root. */
	{"ids", "{ hook: empty_pages, why: x }", "hooks.c:5:5: "},
};

static void begin(struct fixture *f)
{
	char here[256];

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(fixture_run(f,
				     "cd %s/" FIXTURES " && cp fixture.h %s && cp containers.0.c "
				     "%s/old.c && cp containers.1.c %s/new.c",
				     here, f->directory, f->directory, f->directory),
			 0);
	assert_int_equal(fixture_run(f,
				     "cp %s/" FIXTURES "/containers.yaml good.yaml && "
				     "cp %s/" FIXTURES "/containers.hooks.c good.c",
				     here, here),
			 0);
	assert_int_equal(fixture_run(f,
				     "for i in old new; do gcc -g -shared -fPIC -o $i.so $i.c || "
				     "exit; done"),
			 0);
}

static void test_refused(void **state)
{
	struct fixture *f = *state;

	begin(f);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *decision = bad[i].decision;

		assert_int_equal(fixture_run(f,
					     "cp good.c hooks.c && sed 's/^      %s: .*/%s%s%s%s/' "
					     "good.yaml >mapping.yaml",
					     bad[i].member, *decision ? "      " : "",
					     *decision ? bad[i].member : "", *decision ? ": " : "",
					     decision),
				 0);
		assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
		if (!strstr(text_string(&f->said), bad[i].said))
			fail_msg("%s: %s\n%s", bad[i].member, decision, text_string(&f->said));
		assert_false(fixture_exists(f, "out"));
	}
}

/* A hook has to make all of an index anew: root and lock too, also inside a union without a name. */
static void test_hook_is_complete(void **state)
{
	static const char *const forgotten[][2] = {
		{"areas.ma_lock.slock",
		 "struct thing.union of areas.ma_lock, areas.ma_external_lock: "},
		{"areas.ma_root", "struct thing.areas.ma_root: empty_areas never writes it"},
		{"pages.xa_head", "struct thing.pages.xa_head: empty_pages never writes it"},
		{"ids.idr_base", "struct thing.ids.idr_base: empty_ids never writes it"},
		{"keys.root", "struct thing.keys.root: link_keys never writes it"},
	};
	struct fixture *f = *state;

	begin(f);
	assert_int_equal(fixture_run(f, "cp good.yaml mapping.yaml"), 0);
	for (size_t i = 0; i < sizeof(forgotten) / sizeof(forgotten[0]); i++) {
		assert_int_equal(
			fixture_run(f, "grep -v 'new->%s = ' good.c >hooks.c", forgotten[i][0]), 0);
		assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
		if (!strstr(text_string(&f->said), forgotten[i][1]))
			fail_msg("%s: %s", forgotten[i][0], text_string(&f->said));
		assert_false(fixture_exists(f, "out"));
	}
}

/* There and back: what hooks made needs to be told how it returns, each by name. */
static void test_back_asks(void **state)
{
	struct fixture *f = *state;

	begin(f);
	assert_int_equal(fixture_run(f, "cp good.yaml mapping.yaml && cp good.c hooks.c"), 0);
	assert_int_equal(fixture_gen_way(f, "old.so", "new.so", true), 2);
	assert_non_null(
		strstr(text_string(&f->said),
		       "struct thing.pages: on the way back nothing says what the old member "
		       "pages"));
	assert_non_null(strstr(text_string(&f->said), "struct thing.keys: on the way back"));
	assert_false(fixture_exists(f, "back"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refused, fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_hook_is_complete, fixture_setup,
						fixture_teardown),
		cmocka_unit_test_setup_teardown(test_back_asks, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
