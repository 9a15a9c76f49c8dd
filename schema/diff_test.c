/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairing, causes and the questions others ask, on models built by hand; testdata/diff has the
 * rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "diff.h"
#include "text.h"

struct world {
	struct intern names;
	struct model old, new;
	struct diff diff;
	bool compared;
};

static int setup(void **state)
{
	static struct world world;

	world = (struct world){0};
	intern_init(&world.names);
	model_init(&world.old, &world.names);
	model_init(&world.new, &world.names);
	*state = &world;
	return 0;
}

static int teardown(void **state)
{
	struct world *world = *state;

	if (world->compared)
		diff_deinit(&world->diff);
	model_deinit(&world->old);
	model_deinit(&world->new);
	intern_deinit(&world->names);
	return 0;
}

static type_id base(struct model *model, const char *name, uint64_t size, enum encoding encoding)
{
	return model_add(model, (struct type){.kind = KIND_INT,
					      .name = intern(model->names, name),
					      .size = size,
					      .encoding = (uint8_t)encoding});
}

static type_id u32(struct model *model)
{
	return base(model, "unsigned int", 4, ENC_UNSIGNED);
}

static type_id u64(struct model *model)
{
	return base(model, "unsigned long", 8, ENC_UNSIGNED);
}

static type_id pointer(struct model *model, type_id target)
{
	return model_add(model, (struct type){.kind = KIND_POINTER, .size = 8, .target = target});
}

static type_id array(struct model *model, type_id element, uint64_t count, uint64_t size)
{
	return model_add(model, (struct type){.kind = KIND_ARRAY,
					      .target = element,
					      .count = count,
					      .size = size * count});
}

static type_id alias(struct model *model, const char *name, type_id target)
{
	return model_add(model, (struct type){.kind = KIND_TYPEDEF,
					      .name = intern(model->names, name),
					      .target = target});
}

/* A struct of plain members, each {name, type, byte offset}; NAME may be NULL. */
struct row {
	const char *name;
	type_id type;
	uint64_t offset;
};

#define RECORD(model, name, file, size, ...)                                                       \
	record((model), (name), (file), (size), (struct row[]){__VA_ARGS__},                       \
	       sizeof((struct row[]){__VA_ARGS__}) / sizeof(struct row))

static type_id record(struct model *model, const char *name, const char *file, uint64_t size,
		      const struct row *rows, size_t n)
{
	struct type type = {.kind = KIND_STRUCT,
			    .name = intern(model->names, name),
			    .file = intern(model->names, file),
			    .size = size,
			    .first = (uint32_t)model->members.n,
			    .n = (uint32_t)n};

	for (size_t i = 0; i < n; i++)
		*VEC_PUSH(&model->members) =
			(struct member){.name = intern(model->names, rows[i].name),
					.type = rows[i].type,
					.bit_offset = rows[i].offset * 8};
	return model_add(model, type);
}

static type_id enumeration(struct model *model, const char *name, uint64_t size,
			   const struct enumerator *at, size_t n)
{
	struct type type = {.kind = KIND_ENUM,
			    .name = intern(model->names, name),
			    .size = size,
			    .encoding = ENC_UNSIGNED,
			    .first = (uint32_t)model->enumerators.n,
			    .n = (uint32_t)n};

	for (size_t i = 0; i < n; i++)
		*VEC_PUSH(&model->enumerators) = (struct enumerator){
			.name = intern(model->names, at[i].name), .value = at[i].value};
	return model_add(model, type);
}

static void finish(struct world *world)
{
	struct diags diags;

	diags_init(&diags);
	if (!model_finish(&world->old, &diags) || !model_finish(&world->new, &diags))
		fail_msg("%s", diags.at[0].text);
	diags_deinit(&diags);
}

static void compare(struct world *world, const struct diff_scope *scope)
{
	finish(world);
	diff_models(&world->old, &world->new, scope, &world->diff);
	world->compared = true;
}

/* Every type on a line, its entries below: RULE path (cause). */
static void expect(const struct diff *diff, const char *wanted)
{
	struct text out;

	text_init(&out);
	for (size_t i = 0; i < diff->n; i++) {
		const struct diff_type *type = &diff->at[i];

		text_add(&out, "%s %s", diff_status_word(type->status), type->label);
		text_add(&out, "%s%s\n", type->cause ? " because of " : "",
			 type->cause ? type->cause : "");
		for (size_t k = 0; k < type->n; k++) {
			const struct diff_entry *entry = &type->entries[k];

			text_add(&out, " %s %s%s%s\n", rule_id(entry->rule), entry->path,
				 entry->cause ? " because of " : "",
				 entry->cause ? entry->cause : "");
		}
	}
	assert_string_equal(text_string(&out), wanted);
	text_deinit(&out);
}

static type_id find(const struct model *model, const char *label)
{
	type_id id = TYPE_NONE;

	assert_int_equal(model_lookup(model, label, &id, NULL, 0), 1);
	return id;
}

static void equal_types_of_one_name_are_partners(void **state)
{
	struct world *world = *state;
	struct model *old = &world->old, *new = &world->new;

	/* Other files, other order: nothing changed. */
	RECORD(old, "irq", "a.c", 8, {"x", u64(old), 0});
	RECORD(old, "irq", "b.c", 4, {"x", u32(old), 0});
	RECORD(new, "irq", "c.c", 4, {"x", u32(new), 0});
	RECORD(new, "irq", "d.c", 8, {"x", u64(new), 0});
	compare(world, NULL);
	expect(&world->diff, "");
	assert_int_equal(world->diff.compared, 2);
}

static void then_the_file_decides(void **state)
{
	struct world *world = *state;
	struct model *old = &world->old, *new = &world->new;

	RECORD(old, "irq", "a.c", 8, {"x", u64(old), 0});
	RECORD(old, "irq", "b.c", 4, {"x", u32(old), 0});
	/* By names alone, b.c is as near as a.c. */
	RECORD(new, "irq", "a.c", 16, {"x", u64(new), 0}, {"y", u64(new), 8});
	RECORD(new, "irq", "b.c", 8, {"x", u32(new), 0}, {"y", u32(new), 4});
	compare(world, NULL);
	expect(&world->diff, "changed struct irq @ a.c\n"
			     " SIZE_CHANGED \n"
			     " ADDED y\n"
			     "changed struct irq @ b.c\n"
			     " SIZE_CHANGED \n"
			     " ADDED y\n");
	assert_int_equal(diff_new_of(&world->diff, find(old, "struct irq @ a.c")),
			 find(new, "struct irq @ a.c"));
	assert_int_equal(diff_old_of(&world->diff, find(new, "struct irq @ b.c")),
			 find(old, "struct irq @ b.c"));
}

static void then_similarity(void **state)
{
	struct world *world = *state;
	struct model *old = &world->old, *new = &world->new;

	RECORD(old, "irq", "a.c", 8, {"alpha", u32(old), 0}, {"beta", u32(old), 4});
	RECORD(old, "irq", "b.c", 8, {"gamma", u64(old), 0});
	RECORD(new, "irq", "c.c", 16, {"gamma", u64(new), 0}, {"delta", u64(new), 8});
	RECORD(new, "irq", "d.c", 12, {"alpha", u32(new), 0}, {"beta", u32(new), 4},
	       {"omega", u32(new), 8});
	compare(world, NULL);
	assert_int_equal(diff_new_of(&world->diff, find(old, "struct irq @ a.c")),
			 find(new, "struct irq @ d.c"));
	assert_int_equal(diff_new_of(&world->diff, find(old, "struct irq @ b.c")),
			 find(new, "struct irq @ c.c"));
	assert_int_equal(world->diff.by_status[DIFF_CHANGED], 2);
}

static void a_tie_is_ambiguous(void **state)
{
	struct world *world = *state;
	struct model *old = &world->old, *new = &world->new;

	RECORD(old, "irq", "a.c", 8, {"x", u64(old), 0});
	RECORD(old, "irq", "b.c", 4, {"x", u32(old), 0});
	RECORD(new, "irq", "c.c", 16, {"x", u64(new), 0}, {"y", u64(new), 8});
	compare(world, NULL);
	expect(&world->diff, "ambiguous struct irq\n"
			     "ambiguous struct irq @ a.c\n"
			     "ambiguous struct irq @ b.c\n");
	assert_int_equal(diff_new_of(&world->diff, find(old, "struct irq @ a.c")), TYPE_NONE);
}

static void what_has_nothing_in_common_is_no_partner(void **state)
{
	struct world *world = *state;
	struct model *old = &world->old, *new = &world->new;

	RECORD(old, "irq", "a.c", 8, {"x", u64(old), 0});
	RECORD(old, "irq", "b.c", 4, {"y", u32(old), 0});
	RECORD(new, "irq", "a.c", 8, {"x", u64(new), 0});
	RECORD(new, "irq", "c.c", 4, {"z", u32(new), 0});
	compare(world, NULL);
	expect(&world->diff, "removed struct irq @ b.c\n"
			     "added struct irq @ c.c\n");
}

static void kinds_are_not_mixed(void **state)
{
	struct world *world = *state;
	struct model *old = &world->old, *new = &world->new;

	RECORD(old, "x", "a.c", 8, {"x", u64(old), 0});
	alias(new, "x", RECORD(new, NULL, "a.c", 8, {"x", u64(new), 0}));
	compare(world, NULL);
	expect(&world->diff, "removed struct x\nadded x\n");
}

/* key holds index_key; outer holds key; net holds two types that change. */
static void build_chain(struct model *model, bool grown)
{
	uint64_t more = grown ? 8 : 0;
	type_id index_key, key, mpls;

	if (grown)
		index_key = RECORD(model, "index_key", "key.h", 16, {"hash", u64(model), 0},
				   {"id", u64(model), 8});
	else
		index_key = RECORD(model, "index_key", "key.h", 8, {"hash", u64(model), 0});
	key = RECORD(model, "key", "key.h", 24 + more, {"serial", u64(model), 0},
		     {"index", index_key, 8}, {"payload", u64(model), 16 + more});
	RECORD(model, "outer", "key.h", 32 + more, {"key", key, 0},
	       {"last", u64(model), 24 + more});
	if (grown)
		mpls = RECORD(model, "mpls", "net.h", 8, {"ctl", u32(model), 0},
			      {"seq", u32(model), 4});
	else
		mpls = RECORD(model, "mpls", "net.h", 8, {"ctl", u32(model), 0});
	RECORD(model, "net", "net.h", 40 + more, {"mpls", mpls, 0}, {"key", key, 8},
	       {"after", u64(model), 32 + more});
	RECORD(model, "points", "net.h", 8, {"key", pointer(model, key), 0});
}

static void causes_lead_to_the_root(void **state)
{
	struct world *world = *state;

	build_chain(&world->old, false);
	build_chain(&world->new, true);
	compare(world, NULL);
	expect(&world->diff, "changed struct index_key\n"
			     " SIZE_CHANGED \n"
			     " ADDED id\n"
			     "changed struct key because of struct index_key\n"
			     " SIZE_CHANGED  because of struct index_key\n"
			     " EMBEDDED_CHANGED index because of struct index_key\n"
			     " MOVED payload because of struct index_key\n"
			     "changed struct mpls\n"
			     " ADDED seq\n"
			     "changed struct net\n"
			     " SIZE_CHANGED  because of struct index_key\n"
			     " EMBEDDED_CHANGED mpls because of struct mpls\n"
			     " EMBEDDED_CHANGED key because of struct index_key\n"
			     " MOVED after because of struct index_key\n"
			     "changed struct outer because of struct index_key\n"
			     " SIZE_CHANGED  because of struct index_key\n"
			     " EMBEDDED_CHANGED key because of struct index_key\n"
			     " MOVED last because of struct index_key\n");
	assert_true(diff_is_root(&world->diff.at[0]));
	assert_false(diff_is_root(&world->diff.at[3])); /* net: two causes, none its own */
	assert_false(diff_is_root(&world->diff.at[4]));
}

static void a_reason_here_is_no_cause_elsewhere(void **state)
{
	struct world *world = *state;
	struct model *models[] = {&world->old, &world->new};

	/* inner grows by 8; then a member is added here, before the last one moves by 16. */
	for (int i = 0; i < 2; i++) {
		struct model *m = models[i];
		type_id inner =
			i ? RECORD(m, "inner", "x.h", 16, {"a", u64(m), 0}, {"b", u64(m), 8})
			  : RECORD(m, "inner", "x.h", 8, {"a", u64(m), 0});

		if (i)
			RECORD(m, "own", "x.h", 40, {"inner", inner, 0}, {"one", u64(m), 16},
			       {"more", u64(m), 24}, {"two", u64(m), 32});
		else
			RECORD(m, "own", "x.h", 24, {"inner", inner, 0}, {"one", u64(m), 8},
			       {"two", u64(m), 16});
	}
	compare(world, NULL);
	expect(&world->diff, "changed struct inner\n"
			     " SIZE_CHANGED \n"
			     " ADDED b\n"
			     "changed struct own\n"
			     " SIZE_CHANGED \n"
			     " EMBEDDED_CHANGED inner because of struct inner\n"
			     " MOVED one because of struct inner\n"
			     " ADDED more\n"
			     " MOVED two\n");
}

static void plain_char_is_said_once(void **state)
{
	struct world *world = *state;
	struct model *models[] = {&world->old, &world->new};

	for (int i = 0; i < 2; i++) {
		struct model *m = models[i];
		type_id plain = base(m, "char", 1, i ? ENC_UNSIGNED_CHAR : ENC_SIGNED_CHAR);
		type_id s8 = base(m, "signed char", 1, ENC_SIGNED_CHAR);
		type_id u8 = base(m, "unsigned char", 1, ENC_UNSIGNED_CHAR);

		RECORD(m, "comm", "x.h", 17, {"name", array(m, plain, 16, 1), 0}, {"c", plain, 16});
		RECORD(m, "explicit", "x.h", 1, {"c", i ? s8 : plain, 0});
		RECORD(m, "turned", "x.h", 1, {"c", i ? u8 : plain, 0});
	}
	compare(world, NULL);
	assert_true(world->diff.char_changed_sign);
	/* signed char stays what char was; unsigned char is not. */
	expect(&world->diff, "changed struct turned\n SIGNEDNESS c\n");
	assert_true(diff_same_layout(&world->diff, find(&world->old, "struct comm"),
				     find(&world->new, "struct comm")));
}

static void spelling_does_not_matter(void **state)
{
	struct world *world = *state;
	struct model *old = &world->old, *new = &world->new;

	RECORD(old, "s", "x.h", 8, {"x", u32(old), 0}, {"y", alias(old, "u32", u32(old)), 4});
	RECORD(new, "s", "x.h", 8, {"x", alias(new, "__be32", u32(new)), 0},
	       {"y", base(new, "uint", 4, ENC_UNSIGNED), 4});
	compare(world, NULL);
	expect(&world->diff, "");
	assert_false(world->diff.char_changed_sign);
}

static void strangers_are_compared_by_their_bits(void **state)
{
	struct world *world = *state;
	struct model *old = &world->old, *new = &world->new;
	type_id a, b;

	RECORD(old, "a", "x.h", 8, {"x", u32(old), 0}, {"y", u32(old), 4});
	RECORD(old, "both", "x.h", 8, {"x", u32(old), 0}, {"y", u32(old), 4});
	RECORD(new, "b", "x.h", 8, {"x", u32(new), 0}, {"y", u32(new), 4});
	RECORD(new, "both", "x.h", 8, {"x", u32(new), 0}, {"z", u32(new), 4});
	compare(world, NULL);
	a = find(old, "struct a");
	b = find(new, "struct b");
	assert_int_equal(diff_new_of(&world->diff, a), TYPE_NONE);
	assert_true(diff_same_layout(&world->diff, a, b));
	/* The bits are the same, and yet the one need not mean what the other did. */
	assert_int_equal(diff_type_rules(&world->diff, a, b), 1u << RULE_TYPE_CHANGED);
	assert_false(diff_same_layout(&world->diff, a, find(new, "struct both")));
	assert_int_equal(diff_type_rules(&world->diff, a, find(new, "struct both")),
			 1u << RULE_TYPE_CHANGED);
	assert_int_equal(
		diff_type_rules(&world->diff, find(old, "struct both"), find(new, "struct both")),
		1u << RULE_EMBEDDED_CHANGED);
}

static void enumerators_count_modulo_their_size(void **state)
{
	struct world *world = *state;
	const struct enumerator old[] = {{"TOP", 0xffffffff80000000u}, {"ONE", 1}};
	const struct enumerator new[] = {{"TOP", 0x80000000u}, {"ONE", 1}};

	enumeration(&world->old, "flags", 4, old, 2);
	enumeration(&world->new, "flags", 4, new, 2);
	compare(world, NULL);
	expect(&world->diff, "");
}

static void a_changed_enum_leaves_layouts_alone(void **state)
{
	struct world *world = *state;
	const struct enumerator at[] = {{"A", 0}, {"B", 1}, {"C", 2}};
	struct model *models[] = {&world->old, &world->new};
	struct diff_scope scope = {0};
	type_id old_id, new_id;

	for (int i = 0; i < 2; i++) {
		struct model *m = models[i];
		type_id inner = RECORD(m, "inner", "x.h", 4,
				       {"e", enumeration(m, "e", 4, at, i ? 3 : 2), 0});

		RECORD(m, "outer", "x.h", 4, {"inner", inner, 0});
	}
	compare(world, NULL);
	expect(&world->diff, "changed enum e\n ENUMERATOR_ADDED C\n");
	assert_int_equal(world->diff.holders.n, 2);
	old_id = find(&world->old, "struct outer");
	new_id = find(&world->new, "struct outer");
	/* Their values may mean something else all the same. */
	assert_false(diff_same_layout(&world->diff, old_id, new_id));
	diff_deinit(&world->diff);

	/* Asked for by itself, it is not passed over in silence. */
	scope = (struct diff_scope){&old_id, &new_id, 1, 1};
	diff_models(&world->old, &world->new, &scope, &world->diff);
	expect(&world->diff, "carrier struct outer because of enum e\n"
			     " EMBEDDED_CHANGED inner because of enum e\n");
}

static void a_scope_reports_its_types_alone(void **state)
{
	struct world *world = *state;
	struct diff_scope scope;
	type_id old_id, new_id;

	build_chain(&world->old, false);
	build_chain(&world->new, true);
	finish(world);
	old_id = find(&world->old, "struct outer");
	new_id = find(&world->new, "struct points");
	scope = (struct diff_scope){&old_id, &new_id, 1, 1};
	compare(world, &scope);
	assert_int_equal(world->diff.n, 1);
	assert_string_equal(world->diff.at[0].label, "struct outer");
	assert_string_equal(world->diff.at[0].cause, "struct index_key");
	assert_int_equal(world->diff.compared, 2);
}

static void deep_nesting_is_never_called_the_same(void **state)
{
	struct world *world = *state;
	struct model *models[] = {&world->old, &world->new};

	for (int i = 0; i < 2; i++) {
		struct model *m = models[i];
		type_id id = i ? u64(m) : base(m, "long", 8, ENC_SIGNED);

		for (int depth = 0; depth < 1000; depth++)
			id = pointer(m, id);
		RECORD(m, "deep", "x.h", 8, {"p", id, 0});
	}
	compare(world, NULL);
	expect(&world->diff, "changed struct deep\n POINTER_TARGET p\n");
}

static void wide_nesting_is_compared_once(void **state)
{
	struct world *world = *state;
	struct model *models[] = {&world->old, &world->new};

	/* Each level holds the one below twice, under other names: 2^24 paths lead to the bottom.
	 */
	for (int i = 0; i < 2; i++) {
		struct model *m = models[i];
		type_id id = i ? u64(m) : base(m, "long", 8, ENC_SIGNED);
		uint64_t size = 8;

		for (int depth = 0; depth < 24; depth++, size *= 2) {
			char name[16];

			snprintf(name, sizeof(name), "%s%d", i ? "new" : "old", depth);
			id = RECORD(m, name, "x.h", size * 2, {"a", id, 0}, {"b", id, size});
		}
		RECORD(m, "wide", "x.h", size, {"top", id, 0});
	}
	compare(world, NULL);
	assert_int_equal(world->diff.by_status[DIFF_CHANGED], 1);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(equal_types_of_one_name_are_partners),
		TEST(then_the_file_decides),
		TEST(then_similarity),
		TEST(a_tie_is_ambiguous),
		TEST(what_has_nothing_in_common_is_no_partner),
		TEST(kinds_are_not_mixed),
		TEST(causes_lead_to_the_root),
		TEST(a_reason_here_is_no_cause_elsewhere),
		TEST(plain_char_is_said_once),
		TEST(spelling_does_not_matter),
		TEST(strangers_are_compared_by_their_bits),
		TEST(enumerators_count_modulo_their_size),
		TEST(a_changed_enum_leaves_layouts_alone),
		TEST(a_scope_reports_its_types_alone),
		TEST(deep_nesting_is_never_called_the_same),
		TEST(wide_nesting_is_compared_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
