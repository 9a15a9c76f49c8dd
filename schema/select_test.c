/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "select.h"

#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

/*
 *	struct leaf { int a; };
 *	struct far { struct leaf l; };
 *	struct argument;
 *	typedef struct { struct far *p; } wrapped;
 *	struct root { struct leaf l[2]; struct far *far; wrapped w; int (*call)(struct leaf *,
 *struct far); };
 */
struct world {
	struct intern names;
	struct model model;
	struct diags diags;
	struct selection selection;
};

static type_id record(struct world *w, const char *name, uint64_t size,
		      const struct member *members, uint32_t n)
{
	struct type type = {.kind = KIND_STRUCT, .name = intern(&w->names, name), .size = size};

	type.first = (uint32_t)w->model.members.n;
	type.n = n;
	for (uint32_t i = 0; i < n; i++)
		*VEC_PUSH(&w->model.members) = members[i];
	return model_add(&w->model, type);
}

static type_id derived(struct world *w, enum type_kind kind, type_id target, uint64_t count)
{
	return model_add(&w->model, (struct type){.kind = (uint8_t)kind,
						  .target = target,
						  .count = count,
						  .size = kind == KIND_POINTER ? 8 : 0});
}

static type_id call_type(struct world *w, type_id leaf_pointer, type_id far)
{
	struct type type = {.kind = KIND_FUNCTION, .n = 2};

	*VEC_PUSH(&w->model.parameters) = (struct parameter){.type = leaf_pointer};
	*VEC_PUSH(&w->model.parameters) = (struct parameter){.type = far};
	return model_add(&w->model, type);
}

static int setup(void **state)
{
	static struct world world;
	struct world *w = &world;
	type_id integer, leaf, far, wrapped, call, far_pointer;

	intern_init(&w->names);
	diags_init(&w->diags);
	model_init(&w->model, &w->names);
	integer = model_add(&w->model, (struct type){.kind = KIND_INT,
						     .name = intern(&w->names, "int"),
						     .size = 4,
						     .encoding = ENC_SIGNED});
	leaf = record(w, "leaf", 4, &(struct member){.name = "a", .type = integer}, 1);
	far = record(w, "far", 4, &(struct member){.name = "l", .type = leaf}, 1);
	far_pointer = derived(w, KIND_POINTER, far, 0);
	wrapped = record(w, NULL, 8, &(struct member){.name = "p", .type = far_pointer}, 1);
	wrapped = model_add(&w->model, (struct type){.kind = KIND_TYPEDEF,
						     .name = intern(&w->names, "wrapped"),
						     .target = wrapped});
	call = call_type(w, derived(w, KIND_POINTER, leaf, 0), far);
	record(w, "root", 32,
	       (struct member[]){
		       {.name = "l", .type = derived(w, KIND_ARRAY, leaf, 2)},
		       {.name = "far", .type = far_pointer, .bit_offset = 64},
		       {.name = "w", .type = wrapped, .bit_offset = 128},
		       {.name = "call",
			.type = derived(w, KIND_POINTER, call, 0),
			.bit_offset = 192},
	       },
	       4);
	record(w, "other", 8, &(struct member){.name = "p", .type = far_pointer}, 1);
	assert_true(model_finish(&w->model, &w->diags));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	selection_deinit(&w->selection);
	model_deinit(&w->model);
	intern_deinit(&w->names);
	diags_deinit(&w->diags);
	return 0;
}

static enum selected selected(struct world *w, const char *label)
{
	type_id id;

	assert_int_equal(model_lookup(&w->model, label, &id, NULL, 0), 1);
	return w->selection.at[id];
}

static void select_root(struct world *w, const char *label, bool follow)
{
	type_id root;

	selection_deinit(&w->selection);
	assert_true(select_labels(&w->model, &label, 1, &root, &w->diags));
	select_closure(&w->model, &root, 1, follow, &w->selection);
}

static void test_by_value(void **state)
{
	struct world *w = *state;

	select_root(w, "struct root", false);
	assert_int_equal(selected(w, "struct root"), SELECT_WHOLE);
	assert_int_equal(selected(w, "struct leaf"), SELECT_WHOLE);
	assert_int_equal(selected(w, "wrapped"), SELECT_WHOLE);
	assert_int_equal(selected(w, "int"), SELECT_WHOLE);
	assert_int_equal(selected(w, "struct far"), SELECT_NAMED);
	assert_int_equal(selected(w, "struct other"), SELECT_NOT);
}

static void test_by_pointer(void **state)
{
	struct world *w = *state;

	select_root(w, "struct root", true);
	assert_int_equal(selected(w, "struct far"), SELECT_WHOLE);
	assert_int_equal(selected(w, "struct other"), SELECT_NOT);
}

/* What only a signature mentions is named, also when pointers are followed. */
static void test_signatures_are_not_followed(void **state)
{
	struct world *w = *state;
	struct model *model = &w->model;
	type_id call = TYPE_NONE;

	for (type_id id = 0; id < model->types.n; id++)
		if (type_at(model, id)->kind == KIND_POINTER &&
		    type_at(model, type_at(model, id)->target)->kind == KIND_FUNCTION)
			call = id;
	assert_int_not_equal(call, TYPE_NONE);
	selection_deinit(&w->selection);
	select_closure(model, &call, 1, true, &w->selection);
	assert_int_equal(selected(w, "struct leaf"), SELECT_NAMED);
	assert_int_equal(selected(w, "struct far"), SELECT_NAMED);
}

static void test_all(void **state)
{
	struct world *w = *state;

	selection_deinit(&w->selection);
	select_closure(&w->model, NULL, 0, false, &w->selection);
	assert_int_equal(w->selection.n, w->model.types.n);
	assert_int_equal(selected(w, "struct other"), SELECT_WHOLE);
}

static void test_unknown_label(void **state)
{
	struct world *w = *state;
	const char *labels[] = {"struct roof", "struct root", "struct nowhere_near"};
	type_id out[3];

	assert_false(select_labels(&w->model, labels, 3, out, &w->diags));
	assert_int_equal(w->diags.errors, 2);
	assert_non_null(strstr(w->diags.at[0].text, "did you mean 'struct root'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_by_value, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_pointer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_signatures_are_not_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_label, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
