/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One member for each reason (testdata/mapping/pair.*.c), read as gcc and clang write it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "classify.h"
#include "input.h"

struct fixture {
	struct intern names;
	struct model old, new;
	struct diff diff;
	struct idioms idioms;
	struct diags diags;
	char directory[64];
};

static void read_side(struct fixture *f, const char *compile, int side, struct model *model)
{
	struct read_options options = {.jobs = 1};
	char command[256], path[128];

	snprintf(path, sizeof(path), "%s/%d.o", f->directory, side);
	snprintf(command, sizeof(command), "cd testdata/mapping && %s -c -o %s pair.%d.c", compile,
		 path, side);
	assert_int_equal(system(command), 0);
	model_init(model, &f->names);
	assert_true(input_read(path, &options, model, &f->diags));
}

static void setup(struct fixture *f, const char *compile)
{
	intern_init(&f->names);
	diags_init(&f->diags);
	strcpy(f->directory, "/tmp/classify-test-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	read_side(f, compile, 0, &f->old);
	read_side(f, compile, 1, &f->new);
	diff_models(&f->old, &f->new, &(struct diff_scope){0}, &f->diff);
	assert_true(idioms_load(&f->idioms, &f->diags));
}

static void teardown(struct fixture *f)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", f->directory);
	assert_int_equal(system(command), 0);
	idioms_deinit(&f->idioms);
	diff_deinit(&f->diff);
	model_deinit(&f->old);
	model_deinit(&f->new);
	intern_deinit(&f->names);
	diags_deinit(&f->diags);
}

static const struct expected {
	const char *path, *old_path;
	enum verdict verdict;
	enum reason reason;
} EXPECTED[] = {
	{"same", "same", VERDICT_AUTOMATIC, REASON_SAME},
	{"moved", "moved", VERDICT_AUTOMATIC, REASON_MOVED},
	{"widened", "widened", VERDICT_AUTOMATIC, REASON_WIDENED},
	{"narrowed", "narrowed", VERDICT_DECIDE, REASON_NARROWED},
	{"sign", "sign", VERDICT_DECIDE, REASON_SIGNEDNESS},
	{"to_enum", "to_enum", VERDICT_DECIDE, REASON_INT_ENUM},
	{"state", "state", VERDICT_AUTOMATIC, REASON_ENUM},
	{"order", "order", VERDICT_DECIDE, REASON_ENUMERATORS},
	{"ptr", "ptr", VERDICT_ACKNOWLEDGE, REASON_POINTER},
	{"behind", "behind", VERDICT_ACKNOWLEDGE, REASON_POINTER},
	{"retargeted", "retargeted", VERDICT_DECIDE, REASON_POINTER_TARGET},
	{"to_scalar", "to_scalar", VERDICT_DECIDE, REASON_POINTER_SCALAR},
	{"fn", "fn", VERDICT_ACKNOWLEDGE, REASON_FUNCTION},
	{"signature", "signature", VERDICT_DECIDE, REASON_FUNCTION_SIGNATURE},
	{"longer", "longer", VERDICT_DECIDE, REASON_ARRAY_LENGTH},
	{"node", "node", VERDICT_ACKNOWLEDGE, REASON_LINK},
	{"lock", "lock", VERDICT_AUTOMATIC, REASON_IDIOM_RESET},
	{"new_lock", NULL, VERDICT_DECIDE, REASON_ADDED},
	{"rcu", "rcu", VERDICT_AUTOMATIC, REASON_IDIOM_RESET},
	{"timer", "timer", VERDICT_ACKNOWLEDGE, REASON_IDIOM},
	{"deadline", "deadline", VERDICT_DECIDE, REASON_TYPE_CHANGED},
	{"users", "users", VERDICT_AUTOMATIC, REASON_IDIOM_COPY},
	{"plain", "plain", VERDICT_AUTOMATIC, REASON_MOVED},
	{"any", "any", VERDICT_ACKNOWLEDGE, REASON_UNION},
	{"into_union", "into_union", VERDICT_DECIDE, REASON_UNION_ARM},
	{"flags", "flags", VERDICT_ACKNOWLEDGE, REASON_FLAGS},
	{"bits", "bits", VERDICT_AUTOMATIC, REASON_MOVED},
	{"more_bits", "more_bits", VERDICT_DECIDE, REASON_NARROWED},
	{"inner", "inner", VERDICT_AUTOMATIC, REASON_NESTED},
	{"cb.x", "cb.x", VERDICT_AUTOMATIC, REASON_MOVED},
	{"cb.y", "cb.y", VERDICT_AUTOMATIC, REASON_WIDENED},
	{"table", "table", VERDICT_DECIDE, REASON_ANONYMOUS},
	{"new_name", NULL, VERDICT_DECIDE, REASON_ADDED},
	{"name", "name", VERDICT_ACKNOWLEDGE, REASON_POINTER},
	{"tail", "tail", VERDICT_ACKNOWLEDGE, REASON_TAIL},
	{NULL, "removed", VERDICT_DECIDE, REASON_REMOVED},
	{NULL, "old_lock", VERDICT_DECIDE, REASON_REMOVED},
	{NULL, "old_name", VERDICT_DECIDE, REASON_REMOVED},
};

#define N_EXPECTED (sizeof(EXPECTED) / sizeof(*EXPECTED))

static type_id find(const struct model *model, const char *label)
{
	type_id id;

	assert_int_equal(model_lookup(model, label, &id, NULL, 0), 1);
	return id;
}

static void check_part(const struct part *part, const struct expected *expected)
{
	const char *name = expected->path ? expected->path : expected->old_path;

	if (!part->path != !expected->path ||
	    (part->path && strcmp(part->path, expected->path) != 0))
		fail_msg("expected %s, got %s", name, part->path ? part->path : "a removed one");
	if (!part->old_path != !expected->old_path ||
	    (part->old_path && strcmp(part->old_path, expected->old_path) != 0))
		fail_msg("%s: its partner is %s", name, part->old_path ? part->old_path : "none");
	if (part->verdict != expected->verdict || part->reason != expected->reason)
		fail_msg("%s: %s, verdict %d", name, reason_id(part->reason), (int)part->verdict);
}

static void check_all(const char *compile)
{
	struct fixture f;
	struct classification parts;
	size_t by_verdict[VERDICT_DECIDE + 1] = {0};

	setup(&f, compile);
	classify_types(&f.diff, &f.idioms, find(&f.old, "struct thing"),
		       find(&f.new, "struct thing"), &parts);
	for (size_t i = 0; i < parts.n && i < N_EXPECTED; i++) {
		check_part(&parts.at[i], &EXPECTED[i]);
		by_verdict[parts.at[i].verdict]++;
	}
	assert_int_equal(parts.n, N_EXPECTED);
	assert_memory_equal(by_verdict, parts.by_verdict, sizeof(by_verdict));
	classification_deinit(&parts);
	teardown(&f);
}

static void test_gcc(void **state)
{
	(void)state;
	check_all("gcc -g");
	check_all("gcc -gdwarf-4 -m32");
}

static void test_clang(void **state)
{
	(void)state;
	check_all("clang -g");
}

static const struct part *part_at(const struct classification *parts, const struct fixture *f,
				  const char *path)
{
	const struct part *part = part_find(parts, &f->new, find(&f->new, "struct thing"), path);

	assert_non_null(part);
	return part;
}

/* Any arm names its union; what is inside a part leads to it; pointers and links alone are left to
 * the default. */
static void test_finding(void **state)
{
	struct fixture f;
	struct classification parts;

	(void)state;
	setup(&f, "gcc -g");
	classify_types(&f.diff, &f.idioms, find(&f.old, "struct thing"),
		       find(&f.new, "struct thing"), &parts);
	assert_string_equal(part_at(&parts, &f, "number")->path, "any");
	assert_string_equal(part_at(&parts, &f, "beside")->path, "into_union");
	assert_string_equal(part_at(&parts, &f, "timer.expires")->path, "timer");
	assert_string_equal(part_at(&parts, &f, "longer[2]")->path, "longer");
	assert_null(part_find(&parts, &f.new, find(&f.new, "struct thing"), "nothing"));
	assert_true(part_at(&parts, &f, "ptr")->by_default);
	assert_true(part_at(&parts, &f, "fn")->by_default);
	assert_true(part_at(&parts, &f, "node")->by_default);
	assert_false(part_at(&parts, &f, "retargeted")->by_default);
	assert_false(part_at(&parts, &f, "any")->by_default);
	assert_int_equal(part_at(&parts, &f, "ptr")->candidates[0].way, WAY_FOLLOW);
	assert_string_equal(part_at(&parts, &f, "ptr")->candidates[0].value, "struct target");
	assert_int_equal(part_at(&parts, &f, "new_name")->candidates[0].way, WAY_FROM);
	assert_string_equal(part_at(&parts, &f, "new_name")->candidates[0].value, "old_name");
	assert_int_equal(part_at(&parts, &f, "name")->candidates[0].way, WAY_STRING);
	assert_int_equal(part_at(&parts, &f, "any")->candidates[0].way, WAY_ARM);
	for (size_t i = 0; i < part_at(&parts, &f, "into_union")->n_candidates; i++)
		assert_int_not_equal(part_at(&parts, &f, "into_union")->candidates[i].way, WAY_ARM);
	classification_deinit(&parts);
	teardown(&f);
}

static void check_shape(const struct fixture *f, const char *path, const char *words, bool agrees)
{
	struct field field;
	size_t stop;

	assert_true(field_find(&f->new, find(&f->new, "struct thing"), path, &field, &stop));
	if (shape_agrees(&f->new, &field, words) != agrees)
		fail_msg("%s: `%s` %s", path, words, agrees ? "does not agree" : "agrees");
}

/* What is written is read back; blanks, typedefs and the order of C's words do not matter; all else
 * does. */
static void test_shapes(void **state)
{
	struct fixture f;
	struct classification parts;

	(void)state;
	setup(&f, "gcc -g");
	classify_types(&f.diff, &f.idioms, find(&f.old, "struct thing"),
		       find(&f.new, "struct thing"), &parts);
	for (size_t i = 0; i < parts.n; i++)
		if (parts.at[i].path)
			assert_true(
				shape_agrees(&f.new, &parts.at[i].new,
					     shape_write(&f.new, &parts.at[i].new, &parts.arena)));
	check_shape(&f, "to_scalar", "unsigned long", true);
	check_shape(&f, "to_scalar", "long unsigned int", true);
	check_shape(&f, "to_scalar", "unsigned int", false);
	check_shape(&f, "to_scalar", "long", false);
	check_shape(&f, "retargeted", "struct other*", true);
	check_shape(&f, "retargeted", "struct other", false);
	check_shape(&f, "retargeted", "struct others *", false);
	check_shape(&f, "longer", "int [6]", true);
	check_shape(&f, "longer", "int [5]", false);
	check_shape(&f, "longer", "unsigned int[6]", false);
	check_shape(&f, "users", "atomic_t", true);
	check_shape(&f, "more_bits", "unsigned : 2", true);
	check_shape(&f, "more_bits", "unsigned int:2", true);
	check_shape(&f, "more_bits", "unsigned int : 3", false);
	check_shape(&f, "more_bits", "unsigned int", false);
	check_shape(&f, "tail", "char []", true);
	check_shape(&f, "tail", "char [0]", false);
	check_shape(&f, "signature", "int (*)(int,int)", true);
	check_shape(&f, "signature", "int (*)(int)", false);
	check_shape(&f, "same", "", false);
	classification_deinit(&parts);
	teardown(&f);
}

static const struct candidate *first_candidate(struct fixture *f, const char *label,
					       const char *path, struct classification *parts)
{
	struct part *part;

	classify_types(&f->diff, &f->idioms, find(&f->old, label), find(&f->new, label), parts);
	part = part_find(parts, &f->new, find(&f->new, label), path);
	assert_non_null(part);
	assert_true(part->n_candidates > 0);
	return &part->candidates[0];
}

/* Arrays of two real kernels: counted by an enum, just longer, shorter. */
static void test_arrays(void **state)
{
	static const struct {
		const char *label, *path;
		enum way way;
		const char *value;
	} expected[] = {
		{"struct pglist_data", "vm_stat", WAY_NONE, "index: node_stat_item"},
		{"struct zone", "vm_stat", WAY_NONE, "index: zone_stat_item"},
		{"struct dentry", "d_iname", WAY_FROM, "d_iname"},
		{"struct lru_gen_mm_walk", "mm_stats", WAY_NONE, "on-overflow: refuse"},
	};
	struct read_options options = {.jobs = 1};
	struct fixture f;

	(void)state;
	intern_init(&f.names);
	diags_init(&f.diags);
	model_init(&f.old, &f.names);
	model_init(&f.new, &f.names);
	assert_true(input_read("testdata/kernels/6.1.192-2.yaml.xz", &options, &f.old, &f.diags));
	assert_true(input_read("testdata/kernels/6.12.117-1.yaml.xz", &options, &f.new, &f.diags));
	diff_models(&f.old, &f.new, &(struct diff_scope){0}, &f.diff);
	assert_true(idioms_load(&f.idioms, &f.diags));
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct classification parts;
		const struct candidate *first =
			first_candidate(&f, expected[i].label, expected[i].path, &parts);

		assert_int_equal(first->way, expected[i].way);
		assert_string_equal(first->value, expected[i].value);
		classification_deinit(&parts);
	}
	idioms_deinit(&f.idioms);
	diff_deinit(&f.diff);
	model_deinit(&f.old);
	model_deinit(&f.new);
	intern_deinit(&f.names);
	diags_deinit(&f.diags);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gcc),	cmocka_unit_test(test_clang),
		cmocka_unit_test(test_finding), cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_arrays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
