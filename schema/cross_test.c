/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cross.h"

/* Two models of one program, alike but for what a test changes in the second. */
struct fixture {
	struct intern names;
	struct model dwarf, btf;
	struct diags diags;
	struct cross cross;
};

static type_id add(struct fixture *f, struct model *model, struct type type, const char *name)
{
	type.name = intern(&f->names, name);
	return model_add(model, type);
}

static void add_member(struct fixture *f, struct model *model, const char *name, type_id type,
		       uint64_t bit_offset)
{
	*VEC_PUSH(&model->members) = (struct member){
		.name = intern(&f->names, name), .type = type, .bit_offset = bit_offset};
}

/* struct tail { int n; int grid[2][3]; int at[]; }; enum color { RED, GREEN }; as DWARF says it. */
static void make_dwarf(struct fixture *f)
{
	struct model *m = &f->dwarf;
	struct type array = {.kind = KIND_ARRAY, .size = 12, .count = 3};
	type_id i, row;

	i = add(f, m, (struct type){.kind = KIND_INT, .size = 4, .encoding = ENC_SIGNED}, "int");
	array.target = i;
	row = add(f, m, array, NULL);
	add_member(f, m, "n", i, 0);
	add_member(f, m, "grid",
		   add(f, m,
		       (struct type){.kind = KIND_ARRAY, .size = 24, .count = 2, .target = row},
		       NULL),
		   32);
	add_member(f, m, "at",
		   add(f, m, (struct type){.kind = KIND_ARRAY, .flags = TYPE_FLEXIBLE, .target = i},
		       NULL),
		   224);
	add(f, m, (struct type){.kind = KIND_STRUCT, .size = 28, .n = 3}, "tail");
	*VEC_PUSH(&m->enumerators) = (struct enumerator){intern(&f->names, "RED"), 0};
	*VEC_PUSH(&m->enumerators) = (struct enumerator){intern(&f->names, "GREEN"), 1};
	add(f, m, (struct type){.kind = KIND_ENUM, .size = 4, .encoding = ENC_UNSIGNED, .n = 2},
	    "color");
}

/* The same, as BTF says it: with the second member at bit GRID, and GREEN called SECOND. */
static void make_btf(struct fixture *f, uint64_t grid, const char *second, const char *name)
{
	struct model *m = &f->btf;
	struct type array = {.kind = KIND_ARRAY, .size = 24, .count = 6};
	type_id i;

	i = add(f, m, (struct type){.kind = KIND_INT, .size = 4, .encoding = ENC_SIGNED}, "int");
	array.target = i;
	add_member(f, m, "n", i, 0);
	add_member(f, m, "grid", add(f, m, array, NULL), grid);
	array.size = array.count = 0;
	add_member(f, m, "at", add(f, m, array, NULL), 224);
	add(f, m, (struct type){.kind = KIND_STRUCT, .size = 28, .n = 3}, name);
	*VEC_PUSH(&m->enumerators) = (struct enumerator){intern(&f->names, "RED"), 0};
	*VEC_PUSH(&m->enumerators) = (struct enumerator){intern(&f->names, second), 1};
	add(f, m, (struct type){.kind = KIND_ENUM, .size = 4, .encoding = ENC_UNSIGNED, .n = 2},
	    "color");
}

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	intern_init(&f->names);
	model_init(&f->dwarf, &f->names);
	model_init(&f->btf, &f->names);
	diags_init(&f->diags);
	make_dwarf(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	cross_deinit(&f->cross);
	model_deinit(&f->dwarf);
	model_deinit(&f->btf);
	diags_deinit(&f->diags);
	intern_deinit(&f->names);
	test_free(f);
	return 0;
}

static void compare(struct fixture *f)
{
	assert_true(model_finish(&f->dwarf, &f->diags));
	assert_true(model_finish(&f->btf, &f->diags));
	cross_compare(&f->dwarf, &f->btf, &f->cross);
}

static void what_btf_cannot_say_is_an_exception(void **state)
{
	struct fixture *f = *state;

	make_btf(f, 32, "GREEN", "tail");
	compare(f);
	assert_int_equal(f->cross.total, 4);
	assert_int_equal(f->cross.agree, 4);
	assert_int_equal(f->cross.by_exception, 1);
	assert_int_equal(f->cross.exceptions[CROSS_FLEXIBLE], 1);
	assert_int_equal(f->cross.exceptions[CROSS_DIMENSIONS], 1);
	assert_int_equal(f->cross.exceptions[CROSS_ALIGNMENT], 0);
	assert_int_equal(f->cross.types.n, 1);
	assert_string_equal(f->cross.types.at[0].label, "struct tail");
	assert_null(f->cross.types.at[0].why);
}

static void what_differs_is_named_on_both_sides(void **state)
{
	struct fixture *f = *state;

	make_btf(f, 16, "BLUE", "tail");
	compare(f);
	assert_int_equal(f->cross.total, 4);
	assert_int_equal(f->cross.agree, 0);
	assert_int_equal(f->cross.types.n, 4);
	assert_true(f->cross.types.at[1].of_dwarf);
	assert_string_equal(f->cross.types.at[0].label, "enum color");
	assert_string_equal(f->cross.types.at[0].why,
			    "enumerator GREEN is BLUE, or its value differs");
	assert_string_equal(f->cross.types.at[1].label, "struct tail");
	assert_string_equal(f->cross.types.at[1].why, "member grid at bit 32:0 and 16:0");
	assert_false(f->cross.types.at[3].of_dwarf);
}

static void what_one_side_has_alone_is_named(void **state)
{
	struct fixture *f = *state;

	make_btf(f, 32, "GREEN", "head");
	compare(f);
	assert_int_equal(f->cross.agree, 2);
	assert_int_equal(f->cross.types.n, 2);
	assert_string_equal(f->cross.types.at[0].label, "struct tail");
	assert_string_equal(f->cross.types.at[0].why, "is not there");
	assert_string_equal(f->cross.types.at[1].label, "struct head");
	assert_false(f->cross.types.at[1].of_dwarf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_btf_cannot_say_is_an_exception, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_differs_is_named_on_both_sides, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_one_side_has_alone_is_named, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
