// SPDX-License-Identifier: GPL-2.0-or-later
/* The core by itself: checksums, checks of tables, sizes, conversion and pointers. */
#include "fake_kernel.h"
#include "../layout.h"
#include "../xxh64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void test_xxh64(void **state)
{
	uint8_t data[256];

	(void)state;
	/* Values of xxhsum 0.8.1. */
	assert_int_equal(co_xxh64("", 0, 0), 0xef46db3751d8e999ull);
	assert_int_equal(co_xxh64("a", 1, 0), 0xd24ec4f1a98c6e5bull);
	assert_int_equal(co_xxh64("abc", 3, 0), 0x44bc2cf5ad770999ull);
	assert_int_equal(co_xxh64("The quick brown fox jumps over the lazy dog", 43, 0),
			 0x0b242d361fda71bcull);
	for (int i = 0; i < 256; i++)
		data[i] = (uint8_t)i;
	assert_int_not_equal(co_xxh64(data, 256, 0), co_xxh64(data, 256, 1));
}

static void test_strerror(void **state)
{
	(void)state;
	for (int error = -20; error <= 1; error++)
		assert_non_null(co_strerror(error));
	assert_string_equal(co_strerror(CO_E_TYPE), "the converter does not carry this type");
	assert_string_equal(co_strerror(CO_E_PARTICIPANT - 1), "unknown error");
	assert_string_equal(co_strerror(1), "unknown error");
}

/* ---- co_converter_check ---------------------------------------------------------------------- */

struct copy {
	struct co_converter converter;
	struct co_type types[6];
	struct co_field tasks[16];
	struct co_root roots[1];
	struct co_symbol symbols[7];
};

static void copy_converter(struct copy *copy)
{
	copy->converter = co_converter;
	memcpy(copy->types, types, sizeof(types));
	memcpy(copy->tasks, task_fields, sizeof(task_fields));
	memcpy(copy->roots, roots, sizeof(roots));
	memcpy(copy->symbols, symbols, sizeof(symbols));
	copy->types[TYPE_TASK].fields = copy->tasks;
	copy->converter.types = copy->types;
	copy->converter.roots = copy->roots;
	copy->converter.symbols = copy->symbols;
}

#define SPOILED(spoil)                                                                             \
	do {                                                                                       \
		struct copy c;                                                                     \
                                                                                                   \
		copy_converter(&c);                                                                \
		assert_int_equal(co_converter_check(&c.converter), CO_OK);                         \
		spoil;                                                                             \
		assert_int_equal(co_converter_check(&c.converter), CO_E_ARGUMENT);                 \
	} while (0)

static void test_check(void **state)
{
	static const struct co_range backward[] = {{8, 8}, {0, 8}}, long_[] = {{0, 999}};
	static const uint32_t beyond[] = {16}, descending[] = {1, 0};
	struct copy api;

	(void)state;
	assert_int_equal(co_converter_check(NULL), CO_E_ARGUMENT);
	copy_converter(&api);
	api.converter.api = CO_API + 1;
	assert_int_equal(co_converter_check(&api.converter), CO_E_API);
	SPOILED(c.converter.name = NULL);
	SPOILED(c.converter.from.build_id = NULL);
	SPOILED(c.converter.address_size = 3);
	SPOILED(c.types[0].name = "");
	SPOILED(c.types[0].old_align = 3);
	SPOILED(c.types[0].fields = NULL);
	SPOILED(c.types[0].n_reads = 2; c.types[0].reads = backward);
	SPOILED(c.types[0].reads = long_);
	SPOILED(c.types[0].extent = 100);
	SPOILED(c.types[0].extent = 113);
	SPOILED(c.types[0].extent_row = c.types[0].n_fields + 1);
	SPOILED(c.types[0].extent_row = 3);
	SPOILED(c.types[0].n_by_old = 1);
	SPOILED(c.types[0].n_by_old = 1; c.types[0].by_old = beyond);
	SPOILED(c.types[0].n_by_old = 2; c.types[0].by_old = descending);
	SPOILED(c.types[TYPE_SIG].old_size = 8);
	SPOILED(c.types[TYPE_RLIM].new_size = 8);
	SPOILED(c.types[TYPE_TASK].has_tail = true);
	SPOILED(c.types[TYPE_BLOB].has_tail = false);
	SPOILED(c.tasks[0].path = NULL);
	SPOILED(c.tasks[0].kind = 99);
	SPOILED(c.tasks[0].way = 0);
	SPOILED(c.tasks[0].type = 6);
	SPOILED(c.tasks[0].old_bits = 32);
	SPOILED(c.tasks[5].count_field = 16);
	SPOILED(c.tasks[4].target_size = 0);
	SPOILED(c.tasks[8].new_count = 0xfffffffe);
	SPOILED(c.tasks[8].new_bit = 8 * sizeof(struct new_task));
	SPOILED(c.tasks[14].new_bit = CO_NOWHERE);
	SPOILED(c.roots[0].type = 6);
	SPOILED(c.symbols[1].name = "zz");
	SPOILED(c.symbols[1].module = NULL);
	SPOILED(c.symbols[1].name = c.symbols[0].name);
	SPOILED(c.roots[0].module = NULL);
	SPOILED(c.converter.new_symbols = NULL);
	SPOILED(c.converter.new_symbols = c.symbols; c.symbols[0].name = "zz");
}

static void test_check_nesting(void **state)
{
	struct co_field self = {.path = "self",
				.ctype = "struct s",
				.old_bits = 64,
				.new_bits = 64,
				.old_count = 1,
				.new_count = 1,
				.kind = CO_RECORD,
				.way = CO_WAY_NESTED,
				.count_field = CO_NOWHERE,
				.why = "x"};
	struct co_type type = {.name = "struct s",
			       .old_size = 8,
			       .new_size = 8,
			       .old_align = 8,
			       .new_align = 8,
			       .old_digest = "",
			       .new_digest = "",
			       .fields = &self,
			       .n_fields = 1};
	struct co_converter converter = co_converter;

	(void)state;
	converter.types = &type;
	converter.n_types = 1;
	converter.n_roots = 0;
	assert_int_equal(co_converter_check(&converter), CO_E_ARGUMENT);
}

/* An array of three rows of two elements, of which the last row became the first and the first is
 * gone. */
static void test_rows(void **state)
{
	uint32_t rows[] = {CO_NOWHERE, 2, 0};
	const struct co_object object = {0x1000, 0x5000, 0, 24, 32, 24};
	struct co_field stat = {.path = "stat",
				.ctype = "int [3][2]",
				.old_bits = 32,
				.new_bits = 64,
				.old_count = 6,
				.new_count = 6,
				.kind = CO_UINT,
				.way = CO_WAY_WIDEN,
				.type = CO_NOWHERE,
				.count_field = CO_NOWHERE,
				.why = "x",
				.rows = rows,
				.n_rows = 3};
	struct co_type type = {.name = "struct s",
			       .old_size = 24,
			       .new_size = 48,
			       .old_align = 8,
			       .new_align = 8,
			       .old_digest = "",
			       .new_digest = "",
			       .fields = &stat,
			       .n_fields = 1};
	struct co_converter converter = co_converter;
	struct co_ctx ctx = {.converter = &converter, .objects = &object, .n_objects = 1};
	uint64_t moved;

	(void)state;
	converter.types = &type;
	converter.n_types = 1;
	converter.n_roots = 0;
	assert_int_equal(co_converter_check(&converter), CO_OK);
	assert_int_equal(co_relocate(&ctx, 0x1000 + 20, &moved), CO_OK);
	assert_int_equal(moved, 0x5000 + 8);
	assert_int_equal(co_relocate(&ctx, 0x1000 + 8, &moved), CO_OK);
	assert_int_equal(moved, 0x5000 + 32);
	assert_int_equal(co_relocate(&ctx, 0x1000 + 4, &moved), CO_E_POINTER);
	rows[1] = 3;
	assert_int_equal(co_converter_check(&converter), CO_E_ARGUMENT);
	rows[1] = 2;
	stat.n_rows = 4;
	assert_int_equal(co_converter_check(&converter), CO_E_ARGUMENT);
	stat.n_rows = 3;
	stat.rows = NULL;
	assert_int_equal(co_converter_check(&converter), CO_E_ARGUMENT);
}

/* An array at the end that became a tail may have more elements than were declared; one before
 * other members has all of them. */
static void test_new_tail(void **state)
{
	struct co_field tail = {.path = "tail",
				.ctype = "int []",
				.old_bit = 32,
				.old_bits = 32,
				.old_count = 1,
				.new_bit = 64,
				.new_bits = 64,
				.new_count = CO_NOWHERE,
				.kind = CO_UINT,
				.way = CO_WAY_COPY,
				.type = CO_NOWHERE,
				.count_field = CO_NOWHERE,
				.why = "x"};
	struct co_type type = {.name = "struct s",
			       .old_size = 8,
			       .new_size = 8,
			       .old_align = 4,
			       .new_align = 8,
			       .old_digest = "",
			       .new_digest = "",
			       .has_tail = true,
			       .fields = &tail,
			       .n_fields = 1};
	struct co_converter converter = co_converter;
	size_t size;

	(void)state;
	converter.types = &type;
	converter.n_types = 1;
	converter.n_roots = 0;
	assert_int_equal(co_converter_check(&converter), CO_OK);
	assert_int_equal(co_new_size(&converter, 0, 8, &size), CO_OK);
	assert_int_equal(size, 16);
	assert_int_equal(co_new_size(&converter, 0, 16, &size), CO_OK);
	assert_int_equal(size, 32);
	type.old_size = 12;
	assert_int_equal(co_new_size(&converter, 0, 12, &size), CO_OK);
	assert_int_equal(size, 16);
}

/* One side's tail stays behind, and the other side's is another member; a side has one. */
static void test_two_tails(void **state)
{
	struct co_field tails[2] = {{.path = "left",
				     .ctype = "int []",
				     .old_bit = 32,
				     .old_bits = 32,
				     .old_count = CO_NOWHERE,
				     .new_bit = CO_NOWHERE,
				     .kind = CO_UINT,
				     .way = CO_WAY_DROP,
				     .type = CO_NOWHERE,
				     .count_field = CO_NOWHERE,
				     .why = "x"}};
	struct co_type type = {.name = "struct s",
			       .old_size = 4,
			       .new_size = 8,
			       .old_align = 4,
			       .new_align = 8,
			       .old_digest = "",
			       .new_digest = "",
			       .has_tail = true,
			       .fields = tails,
			       .n_fields = 2};
	struct co_converter converter = co_converter;
	size_t size;

	(void)state;
	tails[1] = tails[0];
	tails[1].path = "added";
	tails[1].old_bit = CO_NOWHERE;
	tails[1].old_count = 0;
	tails[1].new_bit = 64;
	tails[1].new_bits = 64;
	tails[1].new_count = CO_NOWHERE;
	tails[1].way = CO_WAY_INIT;
	converter.types = &type;
	converter.n_types = 1;
	converter.n_roots = 0;
	assert_int_equal(co_converter_check(&converter), CO_OK);
	assert_int_equal(co_new_size(&converter, 0, 20, &size), CO_OK);
	assert_int_equal(size, 8);
	tails[1].old_count = CO_NOWHERE;
	assert_int_equal(co_converter_check(&converter), CO_E_ARGUMENT);
}

/* ---- converting ------------------------------------------------------------------------------ */

static void test_type_find(void **state)
{
	(void)state;
	assert_int_equal(co_type_find(&co_converter, "struct sig"), TYPE_SIG);
	assert_int_equal(co_type_find(&co_converter, "sig"), CO_NOWHERE);
}

static void test_new_size(void **state)
{
	size_t size = 0;

	(void)state;
	assert_int_equal(co_new_size(&co_converter, TYPE_ITEM, 12, &size), CO_OK);
	assert_int_equal(size, 24);
	assert_int_equal(co_new_size(&co_converter, TYPE_ITEM, 13, &size), CO_E_ARGUMENT);
	assert_int_equal(co_new_size(&co_converter, TYPE_ITEM, 0, &size), CO_E_ARGUMENT);
	assert_int_equal(co_new_size(&co_converter, TYPE_BLOB, 4, &size), CO_OK);
	assert_int_equal(size, 8);
	assert_int_equal(co_new_size(&co_converter, TYPE_BLOB, 9, &size), CO_OK);
	assert_int_equal(size, 13);
	assert_int_equal(co_new_size(&co_converter, CO_NOWHERE, 9, &size), CO_OK);
	assert_int_equal(size, 9);
	assert_int_equal(co_new_size(&co_converter, 6, 9, &size), CO_E_TYPE);
}

static void test_convert(void **state)
{
	struct old_item old[2] __attribute__((aligned(8))) = {{1, 2}, {3, 4}};
	struct new_item new[2] __attribute__((aligned(8)));
	struct new_item zero[2] = {{0}};
	struct co_ctx ctx = {.converter = &co_converter};

	(void)state;
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 8, new, 16), CO_OK);
	assert_int_equal(new[1].id, 3);
	assert_int_equal(new[1].kind, 4);
	old[1].kind = 300;
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 8, new, 16), CO_E_VALUE);
	assert_memory_equal(new, zero, sizeof(new));
	assert_string_equal(ctx.trouble.field, "kind");
	assert_int_equal(ctx.trouble.value, 300);
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 8, new, 8), CO_E_ARGUMENT);
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, (char *)old + 4, 4, new, 8), CO_E_ARGUMENT);
	assert_int_equal(co_convert(&ctx, 17, old, 8, new, 16), CO_E_TYPE);
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 4, new, 8), CO_OK);
	assert_int_equal(ctx.trouble.error, CO_OK);
}

/* The checks that one object saves the next are not saved where anything differs. */
static void test_convert_again(void **state)
{
	struct old_item old[2] __attribute__((aligned(8))) = {{1, 2}, {3, 300}};
	struct old_item large __attribute__((aligned(8))) = {3, 300};
	struct new_item new[2] __attribute__((aligned(8)));
	struct old_blob blob __attribute__((aligned(8))) = {0};
	struct new_blob new_blob[2] __attribute__((aligned(8)));
	struct co_ctx ctx = {.converter = &co_converter};

	(void)state;
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 4, new, 8), CO_OK);
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 4, (char *)new + 1, 8), CO_E_ARGUMENT);
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 4, new, 8), CO_OK);
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 4, new, 16), CO_E_ARGUMENT);
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 8, new, 16), CO_E_VALUE);
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, &large, 4, &new[1], 8), CO_E_VALUE);
	assert_int_equal(new[1].id, 0);
	assert_int_equal(ctx.trouble.value, 300);
	assert_int_equal(co_convert(&ctx, 17, old, 4, new, 8), CO_E_TYPE);
	assert_int_equal(co_convert(&ctx, TYPE_BLOB, &blob, 4, new_blob, 8), CO_OK);
	assert_int_equal(co_convert(&ctx, TYPE_BLOB, &blob, 4, new_blob, 9), CO_E_ARGUMENT);
	assert_int_equal(co_convert(&ctx, TYPE_ITEM, old, 4, new, 8), CO_OK);
	assert_int_equal(ctx.trouble.error, CO_OK);
}

/* ---- pointers -------------------------------------------------------------------------------- */

/* The rows of T by their old place: those that have one, each of them moved up to where it belongs.
 */
static uint32_t rows_sort(const struct co_type *t, uint32_t *rows)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->n_fields; i++) {
		const struct co_field *f = &t->fields[i];
		uint32_t at = n;

		if (f->old_bit == CO_NOWHERE || f->old_bit % 8 || f->old_bits < 8)
			continue;
		for (n++; at && t->fields[rows[at - 1]].old_bit > f->old_bit; at--)
			rows[at] = rows[at - 1];
		rows[at] = i;
	}
	return n;
}

/* Every byte of an object is found at the same place with the rows in order as without. */
static void test_rows_by_old(void **state)
{
	struct copy c;
	struct co_ctx plain = {.converter = &co_converter, .n_objects = 1}, sorted = plain;
	uint32_t rows[6][32];

	(void)state;
	copy_converter(&c);
	for (uint32_t i = 0; i < 6; i++) {
		c.types[i].n_by_old = rows_sort(&c.types[i], rows[i]);
		c.types[i].by_old = rows[i];
	}
	assert_int_equal(co_converter_check(&c.converter), CO_OK);
	sorted.converter = &c.converter;
	for (uint32_t i = 0; i < 6; i++) {
		struct co_object object = {0x1000,
					   0x9000,
					   i,
					   c.types[i].old_size + 4,
					   c.types[i].new_size,
					   c.types[i].old_size + 4};

		plain.objects = sorted.objects = &object;
		for (uint64_t at = 0; at < object.old_size; at++) {
			uint64_t one = 0, other = 0;

			assert_int_equal(co_relocate(&plain, 0x1000 + at, &one),
					 co_relocate(&sorted, 0x1000 + at, &other));
			assert_int_equal(one, other);
		}
	}
}

static int symbol_moves(void *data, uint64_t old_address, uint64_t *new_address)
{
	(void)data;
	*new_address = old_address + 1;
	return old_address == 0x99 ? CO_E_POINTER : CO_OK;
}

static void test_translate(void **state)
{
	static const struct co_object objects[] = {
		{0x1000, 0x5000, TYPE_TASK, sizeof(struct old_task), sizeof(struct new_task),
		 sizeof(struct old_task)},
		{0x2000, 0x6000, TYPE_CRED, sizeof(struct old_cred), sizeof(struct new_cred),
		 sizeof(struct old_cred)},
		{0x3000, 0x7000, TYPE_ITEM, 12, 24, 12},
		{0x4000, 0x8000, TYPE_SIG, sizeof(struct old_sig), sizeof(struct new_sig),
		 sizeof(struct old_sig)},
		{0x4100, 0x8100, CO_NOWHERE, 16, 16, 16},
		{0x4200, 0x8200, TYPE_BLOB, 9, 13, 9},
	};
	struct co_host host = {.translate_symbol = symbol_moves};
	struct co_ctx ctx = {.converter = &co_converter,
			     .pointers = CO_POINTERS_TRANSLATE,
			     .objects = objects,
			     .n_objects = 6,
			     .host = &host};
	uint64_t moved;

	(void)state;
	assert_int_equal(co_translate(&ctx, &task_fields[0], 0), 0);
	assert_int_equal(co_translate(&ctx, &task_fields[0], 0x2000), 0x6000);
	/* A node, a tagged pointer to a member that is in no table, an element, the inside of a
	 * record. */
	assert_int_equal(
		co_translate(&ctx, &task_fields[2], 0x1000 + offsetof(struct old_task, tasks)),
		0x5000 + offsetof(struct new_task, tasks));
	assert_int_equal(
		co_translate(&ctx, &task_fields[13], (0x2000 + offsetof(struct old_cred, rcu)) | 3),
		(0x6000 + offsetof(struct new_cred, rcu)) | 3);
	assert_int_equal(co_relocate(&ctx, 0x3008, &moved), CO_OK);
	assert_int_equal(moved, 0x7010);
	assert_int_equal(co_relocate(&ctx, 0x4000 + 24 + 16 + 8, &moved), CO_OK);
	assert_int_equal(moved, 0x8000 + 24 + 16);
	assert_int_equal(co_relocate(&ctx, 0x4105, &moved), CO_OK);
	assert_int_equal(moved, 0x8105);
	assert_int_equal(co_relocate(&ctx, 0x4208, &moved), CO_OK);
	assert_int_equal(moved, 0x820c);
	assert_int_equal(co_translate(&ctx, &task_fields[9], 0x98), 0x99);
	assert_int_equal(co_status(&ctx), CO_OK);
	/* One past an object, inside a member, a member that does not cross, before all objects. */
	assert_int_equal(co_relocate(&ctx, 0x300c, &moved), CO_E_POINTER);
	assert_int_equal(co_relocate(&ctx, 0x1002, &moved), CO_E_POINTER);
	assert_int_equal(co_relocate(&ctx, 0x1000 + offsetof(struct old_task, unread), &moved),
			 CO_E_POINTER);
	assert_int_equal(co_relocate(&ctx, 0xfff, &moved), CO_E_POINTER);
	assert_int_equal(co_translate(&ctx, &task_fields[9], 0x99), 0);
	assert_int_equal(ctx.trouble.error, CO_E_POINTER);
	assert_string_equal(ctx.trouble.field, "fn");
}

static void test_pointer_modes(void **state)
{
	struct co_ctx ctx = {.converter = &co_converter, .pointers = CO_POINTERS_KEEP};

	(void)state;
	assert_int_equal(co_pointer(&ctx, &task_fields[0], 0x1234), 0x1234);
	ctx.pointers = CO_POINTERS_REFUSE;
	assert_int_equal(co_pointer(&ctx, &task_fields[0], 0), 0);
	assert_int_equal(co_status(&ctx), CO_OK);
	assert_int_equal(co_pointer(&ctx, &task_fields[0], 0x1234), 0);
	assert_int_equal(co_status(&ctx), CO_E_POINTER);
}

/* ---- layouts --------------------------------------------------------------------------------- */

static void test_paths(void **state)
{
	static const struct {
		uint32_t type;
		uint64_t size, offset;
		const char *path;
	} cases[] = {
		{TYPE_SIG, 56, 0, ""},
		{TYPE_SIG, 56, 48, "rlim[1]"},
		{TYPE_SIG, 56, 40, "rlim[1].cur"},
		{TYPE_ITEM, 12, 8, "[2]"},
		{TYPE_ITEM, 12, 10, "[2].kind"},
		{TYPE_BLOB, 9, 7, "data[3]"},
		{CO_NOWHERE, 9, 7, "[7]"},
		{TYPE_TASK, 112, 16, "tasks.next"},
	};
	struct co_layout layout;
	struct co_place place;
	char path[CO_PATH_MAX];

	(void)state;
	co_layout_of_converter(&layout, &co_converter, false);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint64_t offset = cases[i].offset;

		/* old_rlim starts with cur; rlim[1] itself is the outermost that starts there. */
		assert_int_equal(co_layout_path(&layout, cases[i].type, cases[i].size,
						i == 1 ? 40 : offset, path),
				 CO_OK);
		assert_int_equal(co_layout_find(&layout, cases[i].type, cases[i].size,
						cases[i].path, &place),
				 CO_OK);
		if (i != 2)
			assert_string_equal(path, cases[i].path);
		assert_int_equal(place.bit, (i == 1 ? 40 : offset) * 8);
	}
	assert_int_equal(co_layout_path(&layout, TYPE_SIG, 56, 41, path), CO_E_POINTER);
	assert_int_equal(co_layout_path(&layout, TYPE_SIG, 56, 56, path), CO_E_POINTER);
}

static void test_bad_paths(void **state)
{
	static const char *const paths[] = {
		"nothing",
		"rlim[2]",
		"rlim.cur",
		"rlim[1].nothing",
		"rlim[1]x",
		"rlim[01]",
		"rlim[]",
		"rlim[1",
		"rlim[99999999999999999999999]",
		"nr[0]",
		"[0]",
		".nr",
		"nr.",
		"rlim[1].cur[0]",
		"rlim[-1]",
		"[",
		"]",
		"rli",
	};
	struct co_layout layout;
	struct co_place place;

	(void)state;
	co_layout_of_converter(&layout, &co_converter, false);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (co_layout_find(&layout, TYPE_SIG, 56, paths[i], &place) != CO_E_FORMAT)
			fail_msg("%s was found", paths[i]);
	assert_int_equal(co_layout_find(&layout, TYPE_ITEM, 12, "[3]", &place), CO_E_FORMAT);
	assert_int_equal(co_layout_find(&layout, TYPE_ITEM, 12, "id", &place), CO_E_FORMAT);
}

static void test_bits(void **state)
{
	struct co_layout little = {.big_endian = false}, big = {.big_endian = true};
	uint8_t bytes[12];

	(void)state;
	for (uint32_t bit = 0; bit < 24; bit++) {
		for (uint32_t bits = 1; bits <= 64; bits++) {
			uint64_t mask = bits == 64 ? ~0ull : (1ull << bits) - 1;
			uint64_t value = 0x9e3779b97f4a7c15ull & mask;

			memset(bytes, 0, sizeof(bytes));
			co_bits_put(&little, bytes, bit, bits, value);
			assert_int_equal(co_bits_get(&little, bytes, bit, bits), value);
			memset(bytes, 0xff, sizeof(bytes));
			co_bits_put(&big, bytes, bit, bits, value);
			assert_int_equal(co_bits_get(&big, bytes, bit, bits), value);
		}
	}
	memset(bytes, 0, sizeof(bytes));
	co_bits_put(&big, bytes, 8, 16, 0x1234);
	assert_int_equal(bytes[1], 0x12);
	co_bits_put(&little, bytes, 8, 16, 0x1234);
	assert_int_equal(bytes[1], 0x34);
}

/* ---- arms ------------------------------------------------------------------------------------ */

static bool never_live(const void *old_)
{
	(void)old_;
	return false;
}

#define ARM_ROW(path_, bit, bits, kind_, way_, type_)                                              \
	{.path = path_, .ctype = "x", .old_bit = bit, .old_bits = bits, .old_count = 1,            \
	 .new_bit = bit, .new_bits = bits, .new_count = 1, .kind = kind_, .way = way_,             \
	 .type = type_, .count_field = CO_NOWHERE, .target_size = 1, .why = "y"}

/* Two arms with a pointer of one path, by different ways, in a record that another holds twice. */
static const struct co_field arm_one[] = {ARM_ROW("u.p", 64, 64, CO_POINTER, CO_WAY_FOLLOW, 3)};
static const struct co_field arm_two[] = {ARM_ROW("u.p", 64, 64, CO_POINTER, CO_WAY_OPAQUE, CO_NOWHERE),
					  ARM_ROW("u.q", 96, 32, CO_UINT, CO_WAY_COPY, CO_NOWHERE)};
static const struct co_field arm_thing[] = {
	ARM_ROW("u", 64, 64, CO_BYTES, CO_WAY_ARM, CO_NOWHERE),
	ARM_ROW("u:1", 0, 128, CO_RECORD, CO_WAY_ARM, 0),
	ARM_ROW("u:2", 0, 128, CO_RECORD, CO_WAY_ARM, 1)};
static const struct co_field arm_pair[] = {{.path = "t",
					    .ctype = "struct thing[2]",
					    .old_bits = 128,
					    .old_count = 2,
					    .new_bits = 128,
					    .new_count = 2,
					    .kind = CO_RECORD,
					    .way = CO_WAY_NESTED,
					    .type = 2,
					    .count_field = CO_NOWHERE,
					    .why = "y"}};
#define ARM_TYPE(name_, fields_, size)                                                             \
	.name = name_, .old_size = size, .new_size = size, .old_align = 8, .new_align = 8,         \
	.old_digest = "o", .new_digest = "n", .fields = fields_,                                   \
	.n_fields = sizeof(fields_) / sizeof(fields_[0])

static void test_arm_paths(void **state)
{
	struct co_type arm_types[] = {
		{ARM_TYPE("one", arm_one, 16), .live = never_live},
		{ARM_TYPE("two", arm_two, 16), .live = never_live},
		{ARM_TYPE("struct thing", arm_thing, 16)},
		{ARM_TYPE("struct pair", arm_pair, 32), .is_object = true},
	};
	struct co_converter arms = co_converter;
	struct co_layout layout;
	struct co_place place;
	char buffer[CO_PATH_MAX], path[CO_PATH_MAX];

	(void)state;
	arms.types = arm_types;
	arms.n_types = 4;
	arms.n_roots = 0;
	assert_int_equal(co_converter_check(&arms), CO_OK);
	co_layout_of_converter(&layout, &arms, true);
	assert_int_equal(co_layout_find(&layout, 3, 32, "t[1].u:2.u.p", &place), CO_OK);
	assert_int_equal(place.bit, 192);
	assert_int_equal(place.member.way, CO_WAY_OPAQUE);
	assert_int_equal(co_layout_find(&layout, 3, 32, "t[1].u.p", &place), CO_OK);
	assert_int_equal(place.bit, 192);
	assert_int_equal(place.member.way, CO_WAY_FOLLOW);
	assert_int_equal(co_layout_find(&layout, 3, 32, "t[0].u.q", &place), CO_OK);
	assert_int_equal(place.bit, 96);
	assert_int_equal(co_layout_find(&layout, 3, 32, "t[0].u", &place), CO_OK);
	assert_int_equal(place.member.kind, CO_BYTES);
	assert_int_equal(co_layout_find(&layout, 3, 32, "t[0].u.r", &place), CO_E_FORMAT);
	assert_int_equal(co_layout_find(&layout, 3, 32, "t[0].u:1.u.q", &place), CO_E_FORMAT);
	/* What lies in an arm has no path of its own. */
	assert_int_equal(co_layout_path(&layout, 3, 32, 12, path), CO_E_POINTER);
	/* An arm must know whether it is live, and fill its record. */
	arm_types[0].live = NULL;
	assert_int_equal(co_converter_check(&arms), CO_E_ARGUMENT);
	arm_types[0].live = never_live;
	arm_types[0].new_size = 8;
	assert_int_equal(co_converter_check(&arms), CO_E_ARGUMENT);
	assert_string_equal(co_path_plain("a.u:12.u.p[3]", buffer), "a.u.p[3]");
	assert_string_equal(co_path_plain("[2].u:1.v:2.v", buffer), "[2].v");
	assert_string_equal(co_path_plain("a.u:1", buffer), "a");
	assert_string_equal(co_path_plain("u:1", buffer), "u:1");
	assert_string_equal(co_path_plain("a.b", buffer), "a.b");
	assert_string_equal(co_path_plain("", buffer), "");
	memset(path, 'x', sizeof(path) - 1);
	path[3] = ':';
	path[sizeof(path) - 1] = '\0';
	assert_in_range(strlen(co_path_plain(path, buffer)), 0, CO_PATH_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xxh64),	      cmocka_unit_test(test_strerror),
		cmocka_unit_test(test_two_tails),
		cmocka_unit_test(test_check),	      cmocka_unit_test(test_check_nesting),
		cmocka_unit_test(test_type_find),     cmocka_unit_test(test_new_size),
		cmocka_unit_test(test_convert),	      cmocka_unit_test(test_translate),
		cmocka_unit_test(test_pointer_modes), cmocka_unit_test(test_paths),
		cmocka_unit_test(test_bad_paths),     cmocka_unit_test(test_bits),
		cmocka_unit_test(test_rows),	      cmocka_unit_test(test_convert_again),
		cmocka_unit_test(test_rows_by_old),   cmocka_unit_test(test_new_tail),
		cmocka_unit_test(test_arm_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
