/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table that is built in, the look-up through typedefs, and what a mapping overrides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "idioms.h"

struct fixture {
	struct intern names;
	struct model model;
	struct idioms idioms;
	struct diags diags;
};

static type_id add(struct fixture *f, enum type_kind kind, const char *name, type_id target)
{
	struct type type = {.kind = (uint8_t)kind, .name = intern(&f->names, name), .target = target};

	if (kind == KIND_STRUCT)
		type.size = 4, type.file = intern(&f->names, "a.h");
	return model_add(&f->model, type);
}

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	type_id lock, anonymous;

	intern_init(&f->names);
	diags_init(&f->diags);
	model_init(&f->model, &f->names);
	assert_true(idioms_load(&f->idioms, &f->diags));
	lock = add(f, KIND_STRUCT, "spinlock", TYPE_VOID);
	add(f, KIND_TYPEDEF, "spinlock_t", add(f, KIND_CONST, NULL, lock));
	anonymous = add(f, KIND_STRUCT, NULL, TYPE_VOID);
	add(f, KIND_TYPEDEF, "my_count_t", add(f, KIND_TYPEDEF, "atomic_t", anonymous));
	add(f, KIND_POINTER, NULL, lock);
	add(f, KIND_STRUCT, "plain", TYPE_VOID);
	assert_true(model_finish(&f->model, &f->diags));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	idioms_deinit(&f->idioms);
	model_deinit(&f->model);
	intern_deinit(&f->names);
	diags_deinit(&f->diags);
	test_free(f);
	return 0;
}

static const struct idiom *find(const struct fixture *f, const char *label)
{
	type_id id;

	assert_int_equal(model_lookup(&f->model, label, &id, NULL, 0), 1);
	return idiom_of(&f->idioms, &f->model, id);
}

static void test_built_in(void **state)
{
	struct fixture *f = *state;

	assert_true(f->idioms.n > 80);
	for (size_t i = 0; i < f->idioms.n; i++) {
		assert_non_null(f->idioms.at[i].says);
		assert_true(*f->idioms.at[i].says);
		assert_true(f->idioms.at[i].otherwise != IDIOM_PLAIN);
	}
	assert_int_equal(f->diags.n, 0);
}

static void test_lookup(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(find(f, "spinlock_t")->otherwise, IDIOM_RESET);
	assert_ptr_equal(find(f, "struct spinlock"), find(f, "spinlock_t"));
	assert_int_equal(find(f, "my_count_t")->kind, IDIOM_COUNTER);
	assert_int_equal(find(f, "my_count_t")->otherwise, IDIOM_COPY);
	assert_string_equal(find(f, "my_count_t")->fields[0], "counter");
	assert_null(find(f, "struct plain"));
	for (type_id id = 0; id < f->model.types.n; id++)
		if (type_at(&f->model, id)->kind == KIND_POINTER)
			assert_null(idiom_of(&f->idioms, &f->model, id));
}

static void test_override(void **state)
{
	struct fixture *f = *state;
	static const char text[] =
		"carryover: 1\nfrom: { arch: a }\nto: { arch: a }\ntypes:\n"
		"  struct plain: { idiom: { link: it links things } }\n"
		"  struct spinlock: { idiom: { plain: a lock of our own } }\n";
	struct mapping mapping;

	assert_true(mapping_read("m.yaml", text, sizeof(text) - 1, &mapping, &f->diags));
	idioms_override(&f->idioms, &mapping);
	assert_int_equal(find(f, "struct plain")->otherwise, IDIOM_LINK);
	assert_string_equal(find(f, "struct plain")->why, "it links things");
	assert_int_equal(find(f, "struct plain")->at.line, 5);
	assert_null(find(f, "spinlock_t"));
	assert_non_null(find(f, "my_count_t"));
	mapping_deinit(&mapping);
}

static void check_refused(const char *text, const char *message)
{
	struct idioms idioms;
	struct diags diags;

	diags_init(&diags);
	assert_false(idioms_read("i.yaml", text, strlen(text), &idioms, &diags));
	assert_string_equal(diags.at[0].text, message);
	idioms_deinit(&idioms);
	diags_deinit(&diags);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused("a: b\n", "no `table` of idioms");
	check_refused("table: [{ kind: lokc, default: copy, says: x, types: [a] }]\n",
		      "an unknown kind of idiom");
	check_refused("table: [{ kind: lock, default: x, says: x, types: [a] }]\n",
		      "an unknown default of an idiom");
	check_refused("table: [{ kind: lock, default: copy, says: x }]\n",
		      "an idiom without `types`");
	check_refused("table: [{ kind: lock, default: copy, types: [a] }]\n",
		      "an idiom without `says`");
	check_refused("table: [{ kind: lock, default: copy, says: x, types: [a, a] }]\n",
		      "the idiom a stands twice");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_built_in),
		TEST(test_lookup),
		TEST(test_override),
		TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
