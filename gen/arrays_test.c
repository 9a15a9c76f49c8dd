/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays that change: what has no place is refused by member, index and value; what cannot be
 * decided from the mapping is refused at its place. The conversions themselves are in emit_test.c.
 */
#include <dlfcn.h>

#include "../runtime/carryover.h"
#include "fixture_test.h"

#define FIXTURES "testdata/fixtures"

/* ---- elements without a place ------------------------------------------------------------------
 */

static const struct misfit {
	const char *member;
	uint32_t index; /* of its elements, all dimensions in one */
	uint64_t value;
	const char *field, *why;
} misfits[] = {
	{"tag", 15, 'x', "tag[15]", "has no place in the new array, and is not zero"},
	{"limits", 4, 70000, "limits[4]", "has no place in the new array, and is not zero"},
	{"limits", 3, 70000, "limits", "does not fit the new type"},
	{"vm_stat", 4, UINT64_MAX, "vm_stat[4]",
	 "NR_WRITEBACK_TEMP is no enumerator of the new enum, and is not zero"},
	{"vm_stat", 7, 1, "vm_stat[7]",
	 "NR_VM_NODE_STAT_ITEMS has no place in the new array, and is not zero"},
	{"grid", 5, 9, "grid[1]", "ZONE_BATCHES is no enumerator of the new enum, and is not zero"},
	{"hooks", 1, 0x1000, "hooks[1]",
	 "ZONE_BATCHES is no enumerator of the new enum, and is not zero"},
	{"states", 1, 77, "states", "is no enumerator of the old type"},
};

static void fixture_make(struct fixture *f, const char *name, const char *compiler)
{
	char here[256];

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(fixture_run(f,
				     "cd %s/" FIXTURES " && cp fixture.h %s && cp %s.0.c %s/old.c "
				     "&& cp %s.1.c %s/new.c && cp %s.yaml %s/mapping.yaml",
				     here, f->directory, name, f->directory, name, f->directory,
				     name, f->directory),
			 0);
	assert_int_equal(fixture_run(f,
				     "%s -g -O1 -shared -fPIC -o old.so old.c && "
				     "%s -g -O1 -shared -fPIC -o new.so new.c",
				     compiler, compiler),
			 0);
	if (fixture_gen(f, "old.so", "new.so"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out CC=%s >/dev/null", compiler), 0);
}

static const struct co_type *type_load(struct fixture *f, void **library, const char *name)
{
	const struct co_converter *converter;
	char path[256];

	snprintf(path, sizeof(path), "%s/out/converter.so", f->directory);
	*library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (!*library)
		fail_msg("%s", dlerror());
	converter = dlsym(*library, CO_CONVERTER_SYMBOL);
	for (uint32_t i = 0; i < converter->n_types; i++)
		if (!strcmp(converter->types[i].name, name))
			return &converter->types[i];
	fail_msg("no %s", name);
	return NULL;
}

static const struct co_field *field_named(const struct co_type *type, const char *path)
{
	for (uint32_t i = 0; i < type->n_fields; i++)
		if (!strcmp(type->fields[i].path, path))
			return &type->fields[i];
	fail_msg("no member %s", path);
	return NULL;
}

static void misfits_check(void **state, const char *compiler)
{
	static _Alignas(64) unsigned char old[1024], new[1024];
	void *library;
	const struct co_type *type;

	fixture_make(*state, "arrays", compiler);
	type = type_load(*state, &library, "struct thing");
	for (size_t i = 0; i < sizeof(misfits) / sizeof(misfits[0]); i++) {
		const struct misfit *misfit = &misfits[i];
		const struct co_field *field = field_named(type, misfit->member);
		struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};
		size_t bytes = field->old_bits / 8;

		memset(old, 0, sizeof(old));
		assert_int_equal(type->convert(&ctx, old, new), CO_OK);
		memcpy(old + field->old_bit / 8 + misfit->index * bytes, &misfit->value, bytes);
		assert_int_equal(type->convert(&ctx, old, new), CO_E_VALUE);
		assert_string_equal(ctx.trouble.field, misfit->field);
		assert_string_equal(ctx.trouble.why, misfit->why);
		assert_int_equal(ctx.trouble.value, misfit->value);
	}
	dlclose(library);
}

static void test_no_place_gcc(void **state)
{
	misfits_check(state, "gcc");
}

static void test_no_place_clang(void **state)
{
	misfits_check(state, "clang");
}

/* Eight characters fit, but then no NUL would; what may be cut gets one. */
static void test_text(void **state)
{
	static _Alignas(64) unsigned char old[1024], new[1024];
	void *library;
	const struct co_type *type;
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};
	const struct co_field *field;

	fixture_make(*state, "arrays", "gcc");
	type = type_load(*state, &library, "struct thing");
	field = field_named(type, "label");
	memcpy(old + field->old_bit / 8, "a long name", 11);
	assert_int_equal(type->convert(&ctx, old, new), CO_OK);
	assert_string_equal((char *)new + field->new_bit / 8, "a long ");
	field = field_named(type, "tag");
	memcpy(old + field->old_bit / 8, "sevens!", 7);
	assert_int_equal(type->convert(&ctx, old, new), CO_OK);
	assert_string_equal((char *)new + field->new_bit / 8, "sevens!");
	memcpy(old + field->old_bit / 8, "eightful", 8);
	assert_int_equal(type->convert(&ctx, old, new), CO_E_VALUE);
	assert_string_equal(ctx.trouble.field, "tag");
	assert_string_equal(ctx.trouble.why, "would lose the NUL at its end");
	dlclose(library);
}

/* Which row went where is in the table, for pointers to elements. */
static void test_row_table(void **state)
{
	void *library;
	const struct co_field *field;

	fixture_make(*state, "arrays", "gcc");
	field = field_named(type_load(*state, &library, "struct thing"), "grid");
	assert_int_equal(field->n_rows, 4);
	assert_int_equal(field->rows[0], 1);
	assert_int_equal(field->rows[1], CO_NOWHERE);
	assert_int_equal(field->rows[2], 0);
	assert_int_equal(field->rows[3], 3);
	dlclose(library);
}

/* The kernel's own: 6.12 counts NR_IOMMU_PAGES before the last three of 6.1, and three behind them.
 */
static void test_real(void **state)
{
	static const char mapping[] =
		"carryover: 1\nfrom: { arch: x86_64 }\nto: { arch: x86_64 }\ntypes:\n"
		"  struct pglist_data:\n    carry: [vm_stat]\n"
		"    rest: { init: zero, why: made anew }\n"
		"    members: { vm_stat: { index: node_stat_item } }\n";
	struct fixture *f = *state;
	const struct co_field *field;
	char here[256];
	void *library;

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(fixture_run(f,
				     "cp %s/testdata/kernels/6.1.192-2.yaml.xz old.xz && "
				     "cp %s/testdata/kernels/6.12.117-1.yaml.xz new.xz",
				     here, here),
			 0);
	fixture_write(f, "mapping.yaml", mapping);
	if (fixture_gen(f, "old.xz", "new.xz"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out CC=gcc >/dev/null"), 0);
	field = field_named(type_load(f, &library, "struct pglist_data"), "vm_stat");
	assert_int_equal(field->old_count, 43);
	assert_int_equal(field->new_count, 47);
	assert_int_equal(field->n_rows, 43);
	for (uint32_t i = 0; i < 43; i++)
		assert_int_equal(field->rows[i], i < 40 ? i : i + 1);
	dlclose(library);
}

/* ---- tails that were arrays, and the other way about -------------------------------------------
 */

static int tail_convert(const struct co_type *type, const void *old, size_t old_size, void *new,
			size_t new_size, struct co_trouble *trouble)
{
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP,
			     .old_size = (uint32_t)old_size,
			     .new_size = (uint32_t)new_size,
			     .new_ = new};
	int error;

	memset(new, 0xa5, new_size);
	error = type->convert(&ctx, old, new);
	*trouble = ctx.trouble;
	return error;
}

static void tails_check(void **state, const char *compiler)
{
	struct old_irq {
		uint8_t count;
		uint32_t interrupts[4];
	} irq = {.count = 3, .interrupts = {7, 8, 9, 10}};
	struct new_irq {
		uint64_t gsi;
		uint8_t count;
		uint32_t interrupts[4];
	} __attribute__((packed, aligned(4))) new_irq;
	const uint32_t inner[] = {1, 2, 3, 2};
	uint32_t new_inner[4];
	const struct {
		int n_items;
		struct {
			short id;
			int weight;
		} items[4];
	} thing = {3, {{-1, 2}, {3, 4}, {5, 6}, {7, 8}}};
	int new_thing[7], beyond[9];
	static const int expected[] = {-1, 2, 3, 4, 5, 6, 3};
	struct co_trouble trouble;
	const struct co_type *type;
	void *library;

	fixture_make(*state, "tails", compiler);
	type = type_load(*state, &library, "struct irq");
	assert_int_equal(field_named(type, "interrupts")->new_bit, 96);
	assert_int_equal(tail_convert(type, &irq, 16, &new_irq, 12 + 4 * 3, &trouble), CO_OK);
	assert_int_equal(new_irq.gsi, 0);
	assert_int_equal(new_irq.count, 3);
	assert_memory_equal((char *)&new_irq + 12, irq.interrupts, 12);
	assert_int_equal(tail_convert(type, &irq, 8, &new_irq, 24, &trouble), CO_E_VALUE);
	assert_string_equal(trouble.field, "interrupts");
	type = type_load(*state, &library, "struct inner");
	assert_int_equal(tail_convert(type, inner, 16, new_inner, 16, &trouble), CO_OK);
	assert_int_equal(new_inner[0], 2);
	assert_int_equal(new_inner[1], 1);
	assert_int_equal(new_inner[2], 2);
	assert_int_equal(new_inner[3], 0);
	assert_int_equal(
		tail_convert(type, (const uint32_t[]){1, 2, 3, 4}, 16, new_inner, 16, &trouble),
		CO_E_VALUE);
	assert_string_equal(trouble.why, "more elements than the array has");
	assert_int_equal(trouble.value, 4);
	type = type_load(*state, &library, "struct thing");
	assert_int_equal(tail_convert(type, &thing, sizeof(thing), new_thing, 28, &trouble), CO_OK);
	assert_memory_equal(new_thing, expected, sizeof(expected));
	memcpy(beyond, &thing, sizeof(beyond));
	beyond[0] = 4;
	assert_int_equal(tail_convert(type, beyond, 36, new_thing, 28, &trouble), CO_E_VALUE);
	assert_string_equal(trouble.field, "items");
	assert_int_equal(trouble.value, 4);
	dlclose(library);
}

static void test_tails_gcc(void **state)
{
	tails_check(state, "gcc");
}

static void test_tails_clang(void **state)
{
	tails_check(state, "clang");
}

/* What lies beyond the count does not return; the bounded side is checked on the way back. */
static void test_tails_back(void **state)
{
	struct fixture *f = *state;

	fixture_make(f, "tails", "gcc");
	if (fixture_gen_way(f, "old.so", "new.so", true))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(
		fixture_run(f, "grep -q 'first: lost, where it lies beyond its count' printed"), 0);
	assert_int_equal(fixture_run(f, "grep -q 'old->n_first > 3' back/converter.c"), 0);
	assert_int_equal(fixture_run(f, "make -s -C back CC=gcc >/dev/null"), 0);
}

/* ---- objects that say how many bytes they have ---- */

static void extent_check(void **state, const char *compiler)
{
	unsigned char ext[16] = {1, 2, 3, 4, 11, 9, 0, 0, 'a', 'b', 'c', 'd'};
	unsigned char new_ext[16];
	int rec[] = {24, 2, -1, 5, 7, 6}, new_rec[10];
	struct {
		uint16_t size;
		int a, gone[30];
	} cut = {.size = 8, .a = 77};
	int new_cut[2];
	struct co_trouble trouble;
	const struct co_type *type;
	void *library;

	fixture_make(*state, "extent", compiler);
	type = type_load(*state, &library, "struct ext");
	assert_int_equal(type->fields[type->extent_row - 1].old_bit, 32);
	assert_int_equal(field_named(type, "data")->count_field, CO_NOWHERE);
	assert_int_equal(tail_convert(type, ext, 11, new_ext, 11, &trouble), CO_OK);
	assert_memory_equal(new_ext, "\1\2\3\4\11\0\13\0abc", 11);
	/* An extent that cuts into what is read, and one beyond the object. */
	ext[4] = 5;
	assert_int_equal(tail_convert(type, ext, 11, new_ext, 11, &trouble), CO_E_VALUE);
	assert_string_equal(trouble.field, "len");
	assert_int_equal(trouble.value, 5);
	ext[4] = 6;
	assert_int_equal(tail_convert(type, ext, 11, new_ext, 11, &trouble), CO_OK);
	assert_memory_equal(new_ext + 8, "\0\0\0", 3);
	ext[4] = 255;
	assert_int_equal(tail_convert(type, ext, 11, new_ext, 11, &trouble), CO_E_VALUE);
	assert_string_equal(trouble.field, "data");
	assert_int_equal(trouble.value, 247);
	/* A count that the extent does not hold, a negative one of each, and the most of both. */
	type = type_load(*state, &library, "struct rec");
	assert_int_equal(tail_convert(type, rec, 24, new_rec, 40, &trouble), CO_OK);
	assert_int_equal(new_rec[0], 40);
	assert_int_equal(new_rec[6], 7);
	rec[0] = 23;
	assert_int_equal(tail_convert(type, rec, 24, new_rec, 40, &trouble), CO_E_VALUE);
	assert_string_equal(trouble.field, "bytes");
	assert_int_equal(trouble.value, 23);
	rec[0] = -8;
	assert_int_equal(tail_convert(type, rec, 24, new_rec, 40, &trouble), CO_E_VALUE);
	assert_string_equal(trouble.field, "bytes");
	rec[0] = 24;
	rec[1] = -1;
	assert_int_equal(tail_convert(type, rec, 24, new_rec, 40, &trouble), CO_E_VALUE);
	rec[0] = rec[1] = INT32_MAX;
	assert_int_equal(tail_convert(type, rec, 24, new_rec, 40, &trouble), CO_E_VALUE);
	/* Shorter than its type. */
	type = type_load(*state, &library, "struct cut");
	assert_int_equal(tail_convert(type, &cut, sizeof(cut), new_cut, 8, &trouble), CO_OK);
	assert_int_equal(new_cut[0], 77);
	cut.size = 7;
	assert_int_equal(tail_convert(type, &cut, sizeof(cut), new_cut, 8, &trouble), CO_E_VALUE);
	assert_string_equal(trouble.field, "size");
	assert_string_equal(trouble.why, "no number of bytes that hold what is read of the object");
	dlclose(library);
}

static void test_extent_gcc(void **state)
{
	extent_check(state, "gcc");
}

static void test_extent_clang(void **state)
{
	extent_check(state, "clang");
}

static void test_extent_ledger(void **state)
{
	struct fixture *f = *state;

	fixture_make(f, "extent", "gcc");
	assert_int_equal(
		fixture_run(f, "grep -q 'data  *as many elements as its extent holds' ledger &&"
			       " grep -q 'extent: as many bytes as len says' ledger"),
		0);
}

/* What says it goes back where it moved; where it was made anew nobody says it of the new object. */
static void test_extent_back(void **state)
{
	struct fixture *f = *state;

	fixture_make(f, "extent", "gcc");
	assert_int_equal(fixture_gen_way(f, "old.so", "new.so", true), 2);
	assert_non_null(
		strstr(text_string(&f->said),
		       "mapping.yaml:12:13: struct rec.extent: on the way back no member says how "
		       "many bytes a new object has, because `bytes` does not move"));
	assert_non_null(strstr(text_string(&f->said), "mapping.yaml:17:13: struct cut.extent: "));
	assert_null(strstr(text_string(&f->said), "struct ext.extent"));
	assert_int_equal(
		fixture_run(f, "sed -i '/^  - .*struct [rc]/d; /^  struct rec/,$d' mapping.yaml"),
		0);
	if (fixture_gen_way(f, "old.so", "new.so", true))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "grep -q 'co_tail_room(old->len, 8, 1)' back/converter.c &&"
					" make -s -C back CC=gcc >/dev/null"),
			 0);
}

/* ---- mappings that do not say enough, or too much
 * ------------------------------------------------- */

static const struct bad {
	const char *old, *new, *member; /* what the structs hold; the decision of `a` */
	const char *said;
} bad[] = {
	{"int a[2];", "int a[3];", "why: more",
	 "5:26: struct s.a: decides nothing: give it a way (from, init, expr, hook, ...)"},
	{"int a[2];", "int a[3];", "from: a",
	 "struct s.a: an array of another length: a human has to decide; under `types: struct s: "
	 "members: a:` write `from: OLD_MEMBER` with `why` where it grew"},
	{"int a[2];", "int a[3];", "on-overflow: refuse", "struct s.a: an array of another length"},
	{"int a[3];", "int a[2];", "from: a, why: fewer", "struct s.a: an array of another length"},
	{"int a[3];", "int a[2];", "on-overflow: saturate",
	 "5:44: struct s.a: `on-overflow: saturate` without a reason"},
	{"int a[2][3];", "int a[3][4];", "from: a, why: more",
	 "struct s.a: an array of another length"},
	{"long a[2];", "int a[3];", "from: a, why: more",
	 "struct s.a: narrower, not every old value fits: a human has to decide"},
	{"int a[2];", "enum color a[3];", "from: a, why: more",
	 "struct s.a: an integer became an enum, or an enum an integer: a human has to decide"},
	{"enum color a[2];", "int a[2];", "index: color",
	 "struct s.a: an integer became an enum, or an enum an integer: a human has to decide"},
	{"enum color a[3];", "int a[4];", "from: a, why: more",
	 "struct s.a: an integer became an enum, or an enum an integer: a human has to decide"},
	{"enum color a[2];", "enum color a[2];", "index: color, from: a, why: the same",
	 "struct s.a: its enumerators changed: a human has to decide"},
	{"enum color a[2];", "enum color a[3];", "from: a, why: more",
	 "struct s.a: its enumerators changed: a human has to decide"},
	{"struct rss { long n[4]; } a;", "struct percpu { long n; int *p; } a[4];", "index: color",
	 "5:38: struct s.a: `index` is for an array that is one on both sides"},
	{"struct rss { long n[4]; } a;", "struct percpu { long n; int *p; } a[4];",
	 "from: a, why: counters of each processor", "struct s.a: another type: a human has to"},
	{"int *a[2];", "int *a[3];", "string: 9",
	 "5:31: struct s.a: `string` is for a pointer that is one on both sides"},
	{"int *a[2];", "int *a[2];", "string: 9, on-overflow: refuse",
	 "5:55: struct s.a: `on-overflow` beside `string` is for an array of pointers"},
	{"int a[2];", "int a[];", "why: more", "5:26: struct s.a: decides nothing"},
	{"int a[2][3];", "int a[][3];", "count: other", "5:38: struct s.a: `count` is for a tail"},
	{"int a[];", "int a[2];", "count: other",
	 "5:38: struct s.a: the new array has 2 elements, and its count may promise more"},
	{"int a[];", "int a[2];", "count: other, on-overflow: saturate, why: fewer",
	 "5:58: struct s.a: the new array has 2 elements"},
	{"long a[2];", "int a[];", "count: other", "struct s.a: another type: a human"},
	{"int a;", "int a;", "index: color", "5:38: struct s.a: `index` is for an array"},
	{"int a[4];", "int a[4];", "index: colour",
	 "5:38: struct s.a: the old kernel has no enum `colour`"},
	{"int a[4];", "int a[4];", "index: { old: color, new: fresh }",
	 "5:57: struct s.a: the new kernel has no enum `fresh`"},
	{"int a[9];", "int a[9];", "index: twin",
	 "5:38: struct s.a: ONE and UNO are one element of the old array, but two of the new one"},
	{"int a[9];", "int a[9];", "index: merged",
	 "5:38: struct s.a: elements 1 (EAST) and 2 (WEST) of the old array would be one"},
	{"int a[4];", "int a[4];", "index: color, enumerators: { BLUE: RED }",
	 "5:38: struct s.a: elements 0 (RED) and 2 (BLUE) of the old array would be one of the new "
	 "one; write `hook: FUNCTION`"},
	{"int a[4];", "int a[4];", "index: color, enumerators: { GREEN: RED }",
	 "5:60: struct s.a: GREEN is an enumerator of the new enum, too"},
	{"int a[];", "int a[];", "constants: { prefix: A_, header: a.h }",
	 "5:26: struct s.a: a flexible tail: write `count: MEMBER`"},
	{"int a[];", "int a[];", "opaque: as it is",
	 "5:31: struct s.a: a flexible tail: write `count: MEMBER`"},
	{"int a[70000];", "int a[70000];", "index: color",
	 "5:38: struct s.a: an enum counts at most 65536 elements"},
};

static int bad_gen(struct fixture *f, const struct bad *one)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "enum color { RED, GREEN, BLUE } color;\nenum twin { ONE, UNO = 0 } twin;\n"
		 "enum merged { EAST = 1, WEST } merged;\nstruct s { int other; %s } s;\n",
		 one->old);
	fixture_write(f, "old.c", text);
	snprintf(text, sizeof(text),
		 "enum color { GREEN, RED } color;\nenum twin { ONE, UNO } twin;\n"
		 "enum merged { EAST = 1, WEST = 1 } merged;\nstruct s { int other; %s } s;\n",
		 one->new);
	fixture_write(f, "new.c", text);
	snprintf(text, sizeof(text),
		 "carryover: 1\nfrom: { release: 1.0, arch: x86_64 }\n"
		 "to: { release: 2.0, arch: x86_64 }\ntypes:\n"
		 "  struct s: { members: { a: { %s } } }\n",
		 one->member);
	fixture_write(f, "mapping.yaml", text);
	assert_int_equal(fixture_run(f, "gcc -g -c -o old.o old.c && gcc -g -c -o new.o new.c"), 0);
	return fixture_gen(f, "old.o", "new.o");
}

static void test_bad_mappings(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (bad_gen(f, &bad[i]) != 2)
			fail_msg("%s is taken: %s", bad[i].member, text_string(&f->said));
		if (!strstr(text_string(&f->said), bad[i].said))
			fail_msg("%s: not said: %s\nbut: %s", bad[i].member, bad[i].said,
				 text_string(&f->said));
		assert_false(fixture_exists(f, "out"));
	}
}

/* An enum says where each row goes; the reason is then about its elements, as it is about a single member. */
static void test_indexed_numbers(void **state)
{
	static const struct bad way = {
		"enum color a[3];", "int a[4];",
		"from: a, index: color, enumerators: { BLUE: BLUE2 }, why: numbers", NULL};
	struct fixture *f = *state;
	const unsigned int old[] = {7, 10, 11, 12};
	int new[5];
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP, .new_ = new, .new_size = sizeof(new)};
	const struct co_type *type;
	void *library;

	(void)bad_gen(f, &way);
	assert_int_equal(
		fixture_run(f, "sed -i 's/{ GREEN, RED }/{ GREEN, RED, NONE, BLUE2 }/' new.c && "
			       "gcc -g -c -o new.o new.c"),
		0);
	if (fixture_gen(f, "old.o", "new.o"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out CC=gcc >/dev/null"), 0);
	type = type_load(f, &library, "struct s");
	memset(new, 0xa5, sizeof(new));
	assert_int_equal(type->convert(&ctx, old, new), CO_OK);
	assert_int_equal(new[0], 7);
	assert_int_equal(new[1], 11);
	assert_int_equal(new[2], 10);
	assert_int_equal(new[3], 0);
	assert_int_equal(new[4], 12);
	dlclose(library);
}

/* clang says of such a bitfield that it begins with its byte, where another one lies. */
static void test_overlap(void **state)
{
	static const char text[] =
		"struct __attribute__((packed)) s { unsigned a : 3, b : 32, c : 5; } s;\n";
	struct fixture *f = *state;

	fixture_write(f, "old.c", text);
	fixture_write(f, "mapping.yaml",
		      "carryover: 1\nfrom: { arch: x86_64 }\nto: { arch: x86_64 }\ntypes:\n"
		      "  struct s: { idiom: { plain: it is none } }\nroots:\n"
		      "  - { type: struct s, restore: none }\n");
	assert_int_equal(fixture_run(f, "gcc -g -c -o gcc.o old.c && clang -g -c -o clang.o old.c"),
			 0);
	assert_int_equal(fixture_gen(f, "clang.o", "gcc.o"), 2);
	if (!strstr(text_string(&f->said),
		    "mapping.yaml:5:3: struct s.b: lies on the same bits as a in the old kernel's "
		    "debug info, which cannot be true: clang leaves out the width"))
		fail_msg("%s", text_string(&f->said));
	assert_false(fixture_exists(f, "out"));
	assert_int_equal(fixture_gen(f, "gcc.o", "gcc.o"), 0);
}

/* Its object is one copy, and nothing mends it. */
static void test_tail_left(void **state)
{
	static const struct bad left = {"int a[];", "int a[];", "init: zero, why: it stays", NULL};
	struct fixture *f = *state;

	if (bad_gen(f, &left))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out CC=gcc >/dev/null"), 0);
}

/* A kernel's bool is a type, and the name of a member, too. */
static void test_member_bool(void **state)
{
	static const struct bad named = {"int bool, a;", "int a, bool;", "from: a, why: the same", NULL};
	struct fixture *f = *state;

	if (bad_gen(f, &named))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out CC=gcc >/dev/null"), 0);
}

/* What is decided inside one member: gcc wants it as large as its alignment says. */
static void test_inner(void **state)
{
	static const struct bad inner = {
		"struct { char one; struct t { long n; } t; char gone; } a;",
		"struct { struct t { long n; } t; char one, added; } a; int last;",
		"members: {}", NULL};
	struct fixture *f = *state;

	bad_gen(f, &inner);
	fixture_write(f, "mapping.yaml",
		      "carryover: 1\nfrom: { release: 1.0, arch: x86_64 }\n"
		      "to: { release: 2.0, arch: x86_64 }\ntypes:\n  struct t: {}\n"
		      "  struct s:\n    members: { a.added: { init: zero, why: new }, last: { init: "
		      "zero, why: new } }\n    drop: { a.gone: nobody reads it }\n");
	if (fixture_gen(f, "old.o", "new.o"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out CC=gcc >/dev/null"), 0);
}

/* An empty list points to itself, also where no pointer is aligned and nothing stands before it. */
static void test_unaligned_list(void **state)
{
	static const struct bad list = {
		"struct list_head { struct list_head *next, *prev; } a;",
		"struct { int : 24, : 32; struct list_head { struct list_head *next, *prev; } a; } "
		"__attribute__((packed)) b;",
		"members: {}", NULL};
	struct fixture *f = *state;
	unsigned char old[24] = {0}, new[28];
	const uint64_t self[2] = {0x1000 + 4 + 7, 0x1000 + 4 + 7};
	struct co_ctx ctx = {.new_ = new, .new_size = sizeof(new), .new_address = 0x1000};
	const struct co_type *type;
	void *library;

	bad_gen(f, &list);
	fixture_write(f, "mapping.yaml",
		      "carryover: 1\nfrom: { release: 1.0, arch: x86_64 }\n"
		      "to: { release: 2.0, arch: x86_64 }\ntypes:\n  struct s:\n"
		      "    members: { b.a: { list: empty, why: made anew } }\n"
		      "    drop: { a: made anew }\n");
	if (fixture_gen(f, "old.o", "new.o"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out CC=gcc >/dev/null"), 0);
	type = type_load(f, &library, "struct s");
	assert_int_equal(type->new_size, sizeof(new));
	assert_int_equal(type->convert(&ctx, old, new), CO_OK);
	assert_memory_equal(new + 4 + 7, self, sizeof(self));
	dlclose(library);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_place_gcc),
		TEST(test_no_place_clang),
		TEST(test_text),
		TEST(test_row_table),
		TEST(test_real),
		TEST(test_bad_mappings),
		TEST(test_overlap),
		TEST(test_tails_gcc),
		TEST(test_tails_clang),
		TEST(test_tails_back),
		TEST(test_extent_gcc),
		TEST(test_extent_clang),
		TEST(test_indexed_numbers),
		TEST(test_extent_ledger),
		TEST(test_extent_back),
		TEST(test_tail_left),
		TEST(test_member_bool),
		TEST(test_inner),
		TEST(test_unaligned_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
