/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "model.h"
#include "text.h"

struct fixture {
	struct intern names;
	struct model model;
	struct diags diags;
};

static int setup(void **state)
{
	struct fixture *f = test_malloc(sizeof(*f));

	intern_init(&f->names);
	model_init(&f->model, &f->names);
	diags_init(&f->diags);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	model_deinit(&f->model);
	diags_deinit(&f->diags);
	intern_deinit(&f->names);
	test_free(f);
	return 0;
}

static type_id add_int(struct fixture *f, const char *name, uint64_t size, enum encoding encoding)
{
	return model_add(&f->model, (struct type){.kind = KIND_INT,
						  .name = intern(&f->names, name),
						  .size = size,
						  .encoding = (uint8_t)encoding});
}

static void add_member(struct fixture *f, const char *name, type_id type, uint64_t bit_offset,
		       uint32_t bit_size)
{
	*VEC_PUSH(&f->model.members) = (struct member){.name = intern(&f->names, name),
						       .type = type,
						       .bit_offset = bit_offset,
						       .bit_size = bit_size};
}

/* The N newest members become those of a new record. */
static type_id add_record(struct fixture *f, enum type_kind kind, const char *name, uint64_t size,
			  uint32_t n, const char *file)
{
	return model_add(&f->model, (struct type){.kind = (uint8_t)kind,
						  .name = intern(&f->names, name),
						  .file = intern(&f->names, file),
						  .size = size,
						  .first = (uint32_t)f->model.members.n - n,
						  .n = n});
}

static type_id add_derived(struct fixture *f, enum type_kind kind, const char *name, type_id target)
{
	return model_add(&f->model, (struct type){.kind = (uint8_t)kind,
						  .name = intern(&f->names, name),
						  .size = kind == KIND_POINTER ? 8 : 0,
						  .target = target});
}

static type_id find(struct fixture *f, const char *label)
{
	type_id found = TYPE_NONE, candidates[4];

	assert_int_equal(model_lookup(&f->model, label, &found, candidates, 4), 1);
	return found;
}

static void equal_definitions_merge_and_declarations_resolve(void **state)
{
	struct fixture *f = *state;
	type_id i = add_int(f, "int", 4, ENC_SIGNED);
	type_id declaration = model_add(&f->model, (struct type){.kind = KIND_STRUCT,
								 .name = intern(&f->names, "a"),
								 .flags = TYPE_DECLARATION});
	type_id pointer = add_derived(f, KIND_POINTER, NULL, declaration);

	add_member(f, "x", i, 0, 0);
	add_record(f, KIND_STRUCT, "a", 4, 1, "a.h");
	add_member(f, "x", i, 0, 0);
	add_record(f, KIND_STRUCT, "a", 4, 1, "b.h");
	add_member(f, "p", pointer, 0, 0);
	add_record(f, KIND_STRUCT, "b", 8, 1, "a.h");
	assert_true(model_finish(&f->model, &f->diags));
	assert_int_equal(model_named(&f->model, KIND_STRUCT, "a").n, 1);
	assert_string_equal(type_at(&f->model, find(f, "struct a"))->file, "a.h");
	pointer = members_of(&f->model, type_at(&f->model, find(f, "struct b")))->type;
	assert_int_equal(type_at(&f->model, pointer)->target, find(f, "struct a"));
}

static void typedefs_of_a_declaration_and_of_its_definition_are_one(void **state)
{
	struct fixture *f = *state;
	type_id l = add_int(f, "long", 8, ENC_SIGNED);

	add_derived(f, KIND_TYPEDEF, "a_t",
		    model_add(&f->model, (struct type){.kind = KIND_STRUCT,
						       .name = intern(&f->names, "a"),
						       .flags = TYPE_DECLARATION}));
	add_member(f, "x", l, 0, 0);
	add_derived(f, KIND_TYPEDEF, "a_t", add_record(f, KIND_STRUCT, "a", 8, 1, "a.h"));
	assert_true(model_finish(&f->model, &f->diags));
	assert_int_equal(model_named(&f->model, KIND_TYPEDEF, "a_t").n, 1);
	assert_int_equal(find(f, "typedef a_t"), find(f, "a_t"));
	assert_int_equal(model_lookup(&f->model, "typedef a", NULL, NULL, 0), 0);
}

static void different_shapes_under_one_name_stay_apart(void **state)
{
	struct fixture *f = *state;
	type_id i = add_int(f, "int", 4, ENC_SIGNED), found, candidates[4];

	add_member(f, "x", i, 0, 0);
	add_record(f, KIND_STRUCT, "a", 4, 1, "one.c");
	add_member(f, "y", i, 0, 0);
	add_record(f, KIND_STRUCT, "a", 4, 1, "two.c");
	assert_true(model_finish(&f->model, &f->diags));
	assert_int_equal(model_lookup(&f->model, "struct a", &found, candidates, 4), 2);
	assert_string_equal(type_label(&f->model, find(f, "struct a @ one.c")), "struct a @ one.c");
	assert_false(model_require(&f->model, "struct a", place_file(NULL), &f->diags, &found));
	assert_int_equal(diags_exit_code(&f->diags), 2);
}

static void order_of_adding_does_not_matter(void **state)
{
	struct fixture *f = *state;
	struct hash128 first;
	struct model again;

	add_member(f, "x", add_int(f, "int", 4, ENC_SIGNED), 0, 0);
	add_record(f, KIND_STRUCT, "a", 4, 1, "a.h");
	assert_true(model_finish(&f->model, &f->diags));
	first = type_at(&f->model, find(f, "struct a"))->shape;
	again = f->model;
	model_init(&f->model, &f->names);
	*VEC_PUSH(&f->model.members) = (struct member){.name = intern(&f->names, "x"), .type = 2};
	add_record(f, KIND_STRUCT, "a", 4, 1, "a.h");
	add_int(f, "int", 4, ENC_SIGNED);
	assert_true(model_finish(&f->model, &f->diags));
	assert_true(hash128_equal(first, type_at(&f->model, find(f, "struct a"))->shape));
	assert_int_equal(f->model.types.n, again.types.n);
	model_deinit(&again);
}

static void packing_is_inferred(void **state)
{
	struct fixture *f = *state;
	type_id c = add_int(f, "char", 1, ENC_SIGNED_CHAR), l = add_int(f, "long", 8, ENC_SIGNED);

	add_member(f, "c", c, 0, 0);
	add_member(f, "l", l, 8, 0);
	add_record(f, KIND_STRUCT, "packed", 9, 2, "a.h");
	add_member(f, "c", c, 0, 0);
	add_member(f, "l", l, 64, 0);
	add_record(f, KIND_STRUCT, "plain", 16, 2, "a.h");
	assert_true(model_finish(&f->model, &f->diags));
	assert_int_equal(type_at(&f->model, find(f, "struct packed"))->align, 1);
	assert_true(type_at(&f->model, find(f, "struct packed"))->flags & TYPE_PACKED);
	assert_int_equal(type_at(&f->model, find(f, "struct plain"))->align, 8);
}

/* Packed with all members where they would be anyway: only DW_AT_alignment tells. */
static void the_alignment_in_debug_info_is_exact(void **state)
{
	struct fixture *f = *state;
	type_id l = add_int(f, "long int", 8, ENC_SIGNED), id, array;

	add_member(f, "l", l, 0, 0);
	id = add_record(f, KIND_STRUCT, "packed", 8, 1, "a.h");
	f->model.types.at[id].align_attr = 2;
	array = model_add(
		&f->model,
		(struct type){.kind = KIND_ARRAY, .target = id, .count = 2, .align_attr = 2});
	add_member(f, "c", add_int(f, "char", 1, ENC_SIGNED_CHAR), 0, 0);
	add_member(f, "many", array, 16, 0);
	add_record(f, KIND_STRUCT, "holder", 18, 2, "a.h");
	assert_true(model_finish(&f->model, &f->diags));
	assert_int_equal(type_at(&f->model, find(f, "struct packed"))->align, 2);
	assert_true(type_at(&f->model, find(f, "struct packed"))->flags & TYPE_PACKED);
	assert_int_equal(type_at(&f->model, find(f, "struct holder"))->align, 2);
	assert_false(type_at(&f->model, find(f, "struct holder"))->flags & TYPE_PACKED);
}

static void a_typedef_of_a_declaration_is_that_of_the_definition(void **state)
{
	struct fixture *f = *state;
	type_id i = add_int(f, "int", 4, ENC_SIGNED), whole, declared;

	add_member(f, "a", i, 0, 0);
	whole = add_record(f, KIND_STRUCT, "x", 4, 1, "a.h");
	declared = model_add(&f->model, (struct type){.kind = KIND_STRUCT,
						      .name = intern(&f->names, "x"),
						      .flags = TYPE_DECLARATION});
	add_derived(f, KIND_TYPEDEF, "x_t", whole);
	add_derived(f, KIND_TYPEDEF, "x_t", declared);
	assert_true(model_finish(&f->model, &f->diags));
	assert_int_equal(model_named(&f->model, KIND_TYPEDEF, "x_t").n, 1);
	assert_int_equal(model_named(&f->model, KIND_STRUCT, "x").n, 1);
}

static void impossible_types_are_refused(void **state)
{
	struct fixture *f = *state;
	type_id i = add_int(f, "int", 4, ENC_SIGNED);

	add_member(f, "self", 2, 0, 0);
	assert_int_equal(add_record(f, KIND_STRUCT, "loop", 4, 1, "a.h"), 2);
	add_member(f, "out", i, 1, 0);
	add_record(f, KIND_STRUCT, "small", 4, 1, "a.h");
	assert_false(model_finish(&f->model, &f->diags));
	assert_int_equal(diags_exit_code(&f->diags), 3);
	assert_int_equal(f->diags.n, 2);
	assert_string_equal(f->diags.at[0].text, "struct loop: contains itself by value");
	assert_string_equal(f->diags.at[1].text, "struct small, member out: lies outside its type");
}

/* Forty levels of two members each are small as a graph and never end as text. */
static void exploding_anonymous_types_are_refused(void **state)
{
	struct fixture *f = *state;
	type_id id = add_int(f, "int", 4, ENC_SIGNED);
	uint64_t size = 4;

	for (int i = 0; i < 40; i++) {
		add_member(f, "a", id, 0, 0);
		add_member(f, "b", id, size * 8, 0);
		size *= 2;
		id = add_record(f, KIND_STRUCT, i < 39 ? NULL : "bomb", size, 2, "a.h");
	}
	assert_false(model_finish(&f->model, &f->diags));
	assert_int_equal(diags_exit_code(&f->diags), 3);
	assert_string_equal(f->diags.at[0].text,
			    "struct bomb: its anonymous types have too many members");
}

static void ids_out_of_range_are_refused(void **state)
{
	struct fixture *f = *state;

	add_derived(f, KIND_POINTER, NULL, 77);
	assert_false(model_finish(&f->model, &f->diags));
}

static void a_typedef_of_itself_is_refused(void **state)
{
	struct fixture *f = *state;

	add_derived(f, KIND_TYPEDEF, "a", 2);
	add_derived(f, KIND_TYPEDEF, "b", 1);
	assert_false(model_finish(&f->model, &f->diags));
}

static void paths_reach_through_anonymous_members_and_arrays(void **state)
{
	struct fixture *f = *state;
	type_id i = add_int(f, "int", 4, ENC_SIGNED), inner, array;
	struct field field;
	size_t stop;

	add_member(f, "y", i, 32, 0);
	inner = add_record(f, KIND_STRUCT, NULL, 8, 1, "a.h");
	array = model_add(&f->model,
			  (struct type){.kind = KIND_ARRAY, .target = inner, .count = 3});
	add_member(f, NULL, inner, 64, 0);
	add_member(f, "many", array, 128, 0);
	add_record(f, KIND_STRUCT, "a", 40, 2, "a.h");
	assert_true(model_finish(&f->model, &f->diags));
	assert_true(field_find(&f->model, find(f, "struct a"), "y", &field, &stop));
	assert_int_equal(field.bit_offset, 96);
	assert_true(field_find(&f->model, find(f, "struct a"), "many[2].y", &field, &stop));
	assert_int_equal(field.bit_offset, 128 + 2 * 64 + 32);
	assert_false(field_find(&f->model, find(f, "struct a"), "many[3].y", &field, &stop));
	assert_int_equal(stop, 4);
	assert_false(field_find(&f->model, find(f, "struct a"), "many.y", &field, &stop));
	assert_false(field_find(&f->model, find(f, "struct a"), "y.", &field, &stop));
}

static void types_are_spelled_as_in_c(void **state)
{
	struct fixture *f = *state;
	type_id i = add_int(f, "int", 4, ENC_SIGNED), function, pointer, array;
	struct text text;

	*VEC_PUSH(&f->model.parameters) = (struct parameter){
		.type = add_derived(f, KIND_POINTER, NULL, add_derived(f, KIND_CONST, NULL, i))};
	function = model_add(&f->model, (struct type){.kind = KIND_FUNCTION, .target = i, .n = 1});
	pointer = add_derived(f, KIND_POINTER, NULL, function);
	array = model_add(&f->model,
			  (struct type){.kind = KIND_ARRAY, .target = pointer, .count = 4});
	text_init(&text);
	type_declare(&f->model, array, "ops", &text);
	assert_string_equal(text_string(&text), "int (*ops[4])(const int *)");
	text_deinit(&text);
	type_declare(&f->model, add_derived(f, KIND_CONST, NULL, pointer), "op", &text);
	assert_string_equal(text_string(&text), "int (*const op)(const int *)");
	text_deinit(&text);
}

static void a_misspelled_type_gets_a_suggestion(void **state)
{
	struct fixture *f = *state;
	type_id found;

	add_record(f, KIND_STRUCT, "task_struct", 0, 0, "a.h");
	assert_true(model_finish(&f->model, &f->diags));
	assert_false(model_require(&f->model, "struct task_strct", place_file("m.yaml"), &f->diags,
				   &found));
	assert_non_null(strstr(f->diags.at[0].text, "did you mean 'struct task_struct'?"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(equal_definitions_merge_and_declarations_resolve),
		TEST(typedefs_of_a_declaration_and_of_its_definition_are_one),
		TEST(different_shapes_under_one_name_stay_apart),
		TEST(order_of_adding_does_not_matter),
		TEST(packing_is_inferred),
		TEST(the_alignment_in_debug_info_is_exact),
		TEST(a_typedef_of_a_declaration_is_that_of_the_definition),
		TEST(impossible_types_are_refused),
		TEST(exploding_anonymous_types_are_refused),
		TEST(ids_out_of_range_are_refused),
		TEST(a_typedef_of_itself_is_refused),
		TEST(paths_reach_through_anonymous_members_and_arrays),
		TEST(types_are_spelled_as_in_c),
		TEST(a_misspelled_type_gets_a_suggestion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
