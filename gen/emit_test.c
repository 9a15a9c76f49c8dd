/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generated converters, compiled by two compilers, against what C itself says of the same structs:
 * each fixture's two sides tell what they hold, and random and boundary objects must tell the same
 * after the conversion, with every byte that is no member zero.
 */
#include <dlfcn.h>

#include "../runtime/carryover.h"
#include "fixture_test.h"

#define FIXTURES "testdata/fixtures"
#define ROUNDS 300
#define STRICT "-std=gnu11 -Wall -Wextra -Werror -ffreestanding -Wdeclaration-after-statement"

struct pair {
	void *old, *new, *converter;
	void (*tidy)(void *);
	void (*tell_old)(const void *, char *);
	void (*tell_new)(const void *, char *);
	void (*clean)(const void *, void *);
	const struct co_converter *table;
	const struct co_type *type;
};

static void *library(const struct fixture *f, const char *name)
{
	char path[256];
	void *handle;

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (!handle)
		fail_msg("%s", dlerror());
	return handle;
}

static void *function(void *handle, const char *name)
{
	void *address = dlsym(handle, name);

	assert_non_null(address);
	return address;
}

static void fixture_copy(const struct fixture *f, const char *name)
{
	char here[256];

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(fixture_run(f,
				     "cp %s/" FIXTURES "/fixture.h . && "
				     "cp %s/" FIXTURES "/%s.0.c old.c && "
				     "cp %s/" FIXTURES "/%s.1.c new.c && "
				     "cp %s/" FIXTURES "/%s.yaml mapping.yaml",
				     here, here, name, here, name, here, name),
			 0);
	fixture_run(f, "cp %s/" FIXTURES "/%s.hooks.c hooks.c 2>/dev/null", here, name);
}

static void layouts_compile(const struct fixture *f, const char *compiler)
{
	assert_int_equal(fixture_run(f, "%s -g -O1 -shared -fPIC -o old.so old.c", compiler), 0);
	assert_int_equal(fixture_run(f, "%s -g -O1 -shared -fPIC -o new.so new.c", compiler), 0);
}

static void pair_make(struct fixture *f, const char *name, const char *compiler, struct pair *pair)
{
	fixture_copy(f, name);
	layouts_compile(f, compiler);
	if (fixture_gen(f, "old.so", "new.so"))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "cd out && gcc " STRICT " -c -o /dev/null converter.c"), 0);
	assert_int_equal(fixture_run(f, "cd out && clang " STRICT " -c -o /dev/null converter.c"),
			 0);
	assert_int_equal(fixture_run(f, "make -s -C out CC=%s >/dev/null", compiler), 0);
	pair->old = library(f, "old.so");
	pair->new = library(f, "new.so");
	pair->converter = library(f, "out/converter.so");
	*(void **)&pair->tidy = function(pair->old, "tidy");
	*(void **)&pair->tell_old = function(pair->old, "tell");
	*(void **)&pair->tell_new = function(pair->new, "tell");
	*(void **)&pair->clean = function(pair->new, "clean");
	pair->table = function(pair->converter, CO_CONVERTER_SYMBOL);
	assert_ptr_equal(pair->table, function(pair->converter, "co_1_0_to_2_0"));
	for (uint32_t i = 0; i < pair->table->n_types; i++)
		if (!strcmp(pair->table->types[i].name, "struct thing"))
			pair->type = &pair->table->types[i];
	assert_non_null(pair->type);
}

static void pair_close(struct pair *pair)
{
	dlclose(pair->converter);
	dlclose(pair->new);
	dlclose(pair->old);
}

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Boundary objects first: all clear, all set, one byte in each lane; then random ones. */
static void object_fill(unsigned char *bytes, size_t n, int round, uint64_t *seed)
{
	static const unsigned char lanes[] = {0x00, 0xff, 0x80, 0x7f, 0x01};

	for (size_t i = 0; i < n; i++)
		bytes[i] = round < 5 ? lanes[round] : (unsigned char)random_next(seed);
}

static void object_check(const struct pair *pair, const unsigned char *old, int round)
{
	static char expected[16384], found[16384];
	static _Alignas(64) unsigned char new[1024], members[1024];
	struct co_ctx ctx = {.converter = pair->table,
			     .type = pair->type,
			     .pointers = CO_POINTERS_KEEP,
			     .old_size = pair->type->old_size,
			     .new_size = pair->type->new_size,
			     .new_ = new};

	memset(new, 0xa5, sizeof(new));
	if (pair->type->convert(&ctx, old, new))
		fail_msg("round %d: %s: %s", round, ctx.trouble.field, ctx.trouble.why);
	pair->tell_old(old, expected);
	pair->tell_new(new, found);
	assert_string_equal(expected, found);
	pair->clean(new, members);
	assert_memory_equal(new, members, pair->type->new_size);
	assert_int_equal(new[pair->type->new_size], 0xa5);
}

static void fixture_check(void **state, const char *name, const char *compiler)
{
	static _Alignas(64) unsigned char old[1024];
	struct pair pair = {.old = NULL};
	uint64_t seed = 88172645463325252u;

	pair_make(*state, name, compiler, &pair);
	assert_true(pair.type->old_size < sizeof(old));
	for (int round = 0; round < ROUNDS; round++) {
		object_fill(old, pair.type->old_size, round, &seed);
		pair.tidy(old);
		object_check(&pair, old, round);
	}
	pair_close(&pair);
}

#define FIXTURE_TESTS(name)                                                                        \
	static void test_##name##_gcc(void **state)                                                \
	{                                                                                          \
		fixture_check(state, #name, "gcc");                                                \
	}                                                                                          \
	static void test_##name##_clang(void **state)                                              \
	{                                                                                          \
		fixture_check(state, #name, "clang");                                              \
	}

FIXTURE_TESTS(scalars)
FIXTURE_TESTS(nested)
FIXTURE_TESTS(pointers)
FIXTURE_TESTS(corners)
FIXTURE_TESTS(numbers)
FIXTURE_TESTS(enums)
FIXTURE_TESTS(links)
FIXTURE_TESTS(moves)
FIXTURE_TESTS(flags)
FIXTURE_TESTS(arrays)
FIXTURE_TESTS(bitfields)
FIXTURE_TESTS(unions)
FIXTURE_TESTS(containers)

/* ---- a value that does not fit is refused, and by name
 * ------------------------------------------- */

static void test_refuses_value(void **state)
{
	static _Alignas(64) unsigned char old[1024], new[1024];
	struct pair pair = {.old = NULL};
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};
	uint64_t big = (uint64_t)1 << 32;

	pair_make(*state, "scalars", "gcc", &pair);
	for (uint32_t i = 0; i < pair.type->n_fields; i++)
		if (!strcmp(pair.type->fields[i].path, "narrow"))
			memcpy(old + pair.type->fields[i].old_bit / 8, &big, sizeof(big));
	assert_int_equal(pair.type->convert(&ctx, old, new), CO_E_VALUE);
	assert_string_equal(ctx.trouble.field, "narrow");
	assert_int_equal(ctx.trouble.value, big);
	pair_close(&pair);
}

/* A value that one member of a fixture must not take. */
static const struct number_refused {
	const char *fixture;
	const char *field;
	uint64_t value;
	size_t size, skip; /* bytes of it, and how far into the member */
	const char *why;
} numbers_refused[] = {
	{"numbers", "i_state", (uint64_t)1 << 32, 8, 0, "does not fit the new type"},
	{"numbers", "ifindex", (uint32_t)-1, 4, 0, "does not fit the new type"},
	{"numbers", "i_write_hint", 6, 1, 0, "is no enumerator of the new type"},
	{"numbers", "running", 2, 4, 0, "does not fit the new type"},
	{"numbers", "kind", 300, 4, 0, "does not fit the new type"},
	{"numbers", "backlog", (uint32_t)INT32_MAX + 1u, 4, 0, "does not fit the new type"},
	{"numbers", "halves", 1u << 16, 4, 0, "does not fit the new type"},
	{"enums", "state", 1, 4, 0, "CREATE is no enumerator of the new type"},
	{"enums", "row", 5, 4, 0, "is no enumerator of the old type"},
	{"enums", "reason", 1, 4, 0, "is no enumerator of the old type"},
	{"flags", "state", 1, 2, 0, "is set already: 1 << new_SOCK_ORIGDEV"},
	{"flags", "flags", 2, 8, 0, "PG_error has no bit in the new word"},
	{"flags", "flags", 16, 8, 0, "has a bit that no enumerator names"},
	{"flags", "reason", 4, 1, 0, "is no enumerator of the old type"},
	{"flags", "access", 8, 4, 4, "has a bit that no enumerator names"},
	{"numbers", "huge", 1, 8, 8, "does not fit the new type"},
	{"numbers", "sum", (uint64_t)1 << 32, 8, 0, "does not fit the new type"},
	{"numbers", "sum", UINT64_MAX - 31, 8, 0, "does not fit the new type"},
};

static void refusals_check(void **state, const char *name, const char *compiler)
{
	static _Alignas(64) unsigned char old[1024], new[1024];
	struct pair pair = {.old = NULL};

	pair_make(*state, name, compiler, &pair);
	for (size_t i = 0; i < sizeof(numbers_refused) / sizeof(numbers_refused[0]); i++) {
		const struct number_refused *bad = &numbers_refused[i];
		struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};

		if (strcmp(bad->fixture, name))
			continue;
		memset(old, 0, sizeof(old));
		for (uint32_t k = 0; k < pair.type->n_fields; k++)
			if (!strcmp(pair.type->fields[k].path, bad->field))
				memcpy(old + pair.type->fields[k].old_bit / 8 + bad->skip,
				       &bad->value, bad->size);
		assert_int_equal(pair.type->convert(&ctx, old, new), CO_E_VALUE);
		assert_string_equal(ctx.trouble.field, bad->field);
		assert_string_equal(ctx.trouble.why, bad->why);
		assert_int_equal((uint32_t)ctx.trouble.value,
				 bad->skip >= 8 ? 0 : (uint32_t)bad->value);
	}
	pair_close(&pair);
}

/* Names that are not there, or still are, and aliases that part ways: each at its place. */
static void test_enum_names(void **state)
{
	static const char *const bad[][2] = {
		{"NOTHING: PREPARE", "NOTHING is no enumerator of the old enum"},
		{"TIMERS: NOWHERE", "NOWHERE is no enumerator of the new enum"},
		{"DYN: PREPARE", "DYN is an enumerator of the new enum, too"},
		{"WORKQUEUE: DYN", "PREPARE and WORKQUEUE are one value of the old enum"},
	};
	struct fixture *f = *state;

	fixture_copy(f, "enums");
	layouts_compile(f, "gcc");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(fixture_run(f,
					     "sed -i 's/state: { enumerators: {.*/state: { "
					     "enumerators: { %s } }/' mapping.yaml",
					     bad[i][0]),
				 0);
		assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
		if (!strstr(text_string(&f->said), bad[i][1]))
			fail_msg("%s", text_string(&f->said));
		assert_false(fixture_exists(f, "out"));
	}
}

static void test_refuses_numbers_gcc(void **state)
{
	refusals_check(state, "numbers", "gcc");
}

static void test_refuses_enums_gcc(void **state)
{
	refusals_check(state, "enums", "gcc");
}

static void test_refuses_flags(void **state)
{
	refusals_check(state, "flags", "gcc");
}

static void test_refuses_enums_clang(void **state)
{
	refusals_check(state, "enums", "clang");
}

static void test_refuses_numbers_clang(void **state)
{
	refusals_check(state, "numbers", "clang");
}

/* ---- a tail crosses element by element, and no further than the object
 * ---------------------------- */

static void test_tail(void **state)
{
	static _Alignas(64) unsigned char old[1024], new[1024];
	struct pair pair = {.old = NULL};
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};
	uint32_t old_tail = 0, new_tail = 0;
	int count = 5;

	pair_make(*state, "nested", "gcc", &pair);
	for (uint32_t i = 0; i < pair.type->n_fields; i++) {
		const struct co_field *field = &pair.type->fields[i];

		if (!strcmp(field->path, "tail_count"))
			memcpy(old + field->old_bit / 8, &count, sizeof(count));
		if (!strcmp(field->path, "tail")) {
			assert_int_equal(field->new_count, CO_NOWHERE);
			old_tail = field->old_bit / 8;
			new_tail = field->new_bit / 8;
		}
	}
	memset(old + old_tail, 0x77, 10);
	ctx.new_ = new;
	ctx.old_size = old_tail + 10;
	ctx.new_size = new_tail + 10;
	assert_int_equal(pair.type->convert(&ctx, old, new), CO_OK);
	assert_memory_equal(new + new_tail, old + old_tail, 10);
	ctx.old_size--;
	assert_int_equal(pair.type->convert(&ctx, old, new), CO_E_VALUE);
	assert_string_equal(ctx.trouble.field, "tail");
	pair_close(&pair);
}

/* ---- what capture reads, and the phases
 * --------------------------------------------------------------- */

static int side_put(void *data, const char *name, const void *value, size_t size)
{
	assert_string_equal(name, "left");
	memcpy(data, value, size);
	return CO_OK;
}

static int side_get(void *data, const char *name, void *value, size_t size)
{
	assert_string_equal(name, "left");
	memcpy(value, data, size);
	return CO_OK;
}

static const struct co_field *field_named(const struct co_type *type, const char *path)
{
	for (uint32_t i = 0; i < type->n_fields; i++)
		if (!strcmp(type->fields[i].path, path))
			return &type->fields[i];
	fail_msg("no field %s", path);
	return NULL;
}

static bool is_read(const struct co_type *type, uint32_t byte)
{
	for (uint32_t i = 0; i < type->n_reads; i++)
		if (byte >= type->reads[i].offset &&
		    byte - type->reads[i].offset < type->reads[i].size)
			return true;
	return false;
}

static void test_phases(void **state)
{
	static _Alignas(64) unsigned char old[1024], new[1024];
	struct pair pair = {.old = NULL};
	int64_t left = 0, expires = 4711;
	struct co_host host = {.side_put = side_put, .side_get = side_get, .data = &left};
	struct co_ctx ctx = {.host = &host};
	const struct co_field *field;
	uint32_t deadline;

	pair_make(*state, "pointers", "gcc", &pair);
	field = field_named(pair.type, "timer.expires");
	memcpy(old + field->old_bit / 8, &expires, sizeof(expires));
	assert_true(is_read(pair.type, field->old_bit / 8));
	assert_int_equal(pair.type->capture(&ctx, old), CO_OK);
	assert_int_equal(left, 4711);
	assert_int_equal(pair.type->restore(&ctx, new), CO_OK);
	memcpy(&deadline, new + field_named(pair.type, "deadline")->new_bit / 8, sizeof(deadline));
	assert_int_equal(deadline, 4711);
	assert_false(is_read(pair.type, field_named(pair.type, "secret")->old_bit / 8));
	pair_close(&pair);
}

/* How many an index has crosses beside the object. */
static void test_container_phases(void **state)
{
	static _Alignas(64) unsigned char old[1024], new[1024];
	struct pair pair = {.old = NULL};
	int64_t n = 0;
	const int64_t leaves = 12;
	struct co_host host = {.side_put = side_put, .side_get = side_get, .data = &n};
	struct co_ctx ctx = {.host = &host};
	const struct co_field *field;

	pair_make(*state, "containers", "gcc", &pair);
	field = field_named(pair.type, "keys.nr_leaves_on_tree");
	assert_int_equal(field->way, CO_WAY_RESTORE);
	memcpy(old + field->old_bit / 8, &leaves, sizeof(leaves));
	assert_true(is_read(pair.type, field->old_bit / 8));
	assert_int_equal(pair.type->capture(&ctx, old), CO_OK);
	assert_int_equal(n, leaves);
	memset(new, 0xa5, sizeof(new));
	assert_int_equal(pair.type->restore(&ctx, new), CO_OK);
	assert_memory_equal(new + field->new_bit / 8, &leaves, sizeof(leaves));
	assert_memory_equal(new + field_named(pair.type, "keys.root")->new_bit / 8,
			    "\0\0\0\0\0\0\0", 8);
	pair_close(&pair);
}

static void test_pointer_rows(void **state)
{
	struct pair pair = {.old = NULL};
	const struct co_field *field;

	pair_make(*state, "pointers", "gcc", &pair);
	field = field_named(pair.type, "peer");
	assert_int_equal(field->way, CO_WAY_FOLLOW);
	assert_string_equal(pair.table->types[field->type].name, "struct other");
	assert_true(pair.table->types[field->type].is_object);
	field = field_named(pair.type, "numbers");
	assert_int_equal(field->way, CO_WAY_ARRAY);
	assert_int_equal(field->target_size, sizeof(int));
	assert_string_equal(pair.type->fields[field->count_field].path, "n_numbers");
	field = field_named(pair.type, "name");
	assert_int_equal(field->way, CO_WAY_STRING);
	assert_int_equal(field->count, 64);
	assert_int_equal(field_named(pair.type, "outside")->way, CO_WAY_NULL);
	assert_int_equal(field_named(pair.type, "others.next")->way, CO_WAY_LIST);
	assert_int_equal(field_named(pair.type, "slots")->old_count, 3);
	assert_int_equal(field_named(pair.type, "secret")->way, CO_WAY_REST);
	pair_close(&pair);
}

/* ---- unions of which one arm is live
 * -------------------------------------------------------------------------------- */

static void field_put(const struct pair *pair, unsigned char *old, const char *path, int value)
{
	const struct co_field *field = field_named(pair->type, path);

	memcpy(old + field->old_bit / 8, &value, field->old_bits < 32 ? 1 : sizeof(value));
}

/* No condition holds; and a value that does not fit its live arm, which would fit in another. */
static void test_refuses_unions(void **state)
{
	static _Alignas(64) unsigned char old[1024], new[1024];
	struct pair pair = {.old = NULL};
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};

	pair_make(*state, "unions", "gcc", &pair);
	field_put(&pair, old, "last", 1);
	field_put(&pair, old, "n", -1);
	assert_int_equal(pair.type->convert(&ctx, old, new), CO_E_VALUE);
	assert_string_equal(ctx.trouble.field, "one");
	assert_string_equal(ctx.trouble.why, "no arm of it is live");
	memset(old, 0, sizeof(old));
	memset(&ctx.trouble, 0, sizeof(ctx.trouble));
	field_put(&pair, old, "info", 0x10000);
	assert_int_equal(pair.type->convert(&ctx, old, new), CO_OK);
	field_put(&pair, old, "bp_type", 1);
	assert_int_equal(pair.type->convert(&ctx, old, new), CO_E_VALUE);
	assert_string_equal(ctx.trouble.field, "small_info");
	pair_close(&pair);
}

/* The tables say of each arm when it is live, and of its pointers what they are. */
static void test_union_rows(void **state)
{
	static _Alignas(64) unsigned char old[1024];
	struct pair pair = {.old = NULL};
	const struct co_type *private, *cookie, *numbers;
	const struct co_field *field;

	pair_make(*state, "unions", "gcc", &pair);
	field = field_named(pair.type, "data");
	assert_int_equal(field->kind, CO_BYTES);
	assert_int_equal(field->way, CO_WAY_ARM);
	private = &pair.table->types[field_named(pair.type, "data:1")->type];
	cookie = &pair.table->types[field_named(pair.type, "data:2")->type];
	numbers = &pair.table->types[field_named(pair.type, "data:3")->type];
	assert_true(private->live(old));
	assert_false(cookie->live(old));
	field_put(&pair, old, "origin", 2);
	assert_false(private->live(old));
	assert_true(numbers->live(old));
	field = field_named(private, "data.private");
	assert_int_equal(field->kind, CO_POINTER);
	assert_int_equal(field->way, CO_WAY_FOLLOW);
	assert_string_equal(pair.table->types[field->type].name, "struct other");
	assert_int_equal(field->old_bit, field_named(pair.type, "data")->old_bit);
	field = field_named(numbers, "data.private");
	assert_int_equal(field->way, CO_WAY_ARRAY);
	assert_string_equal(numbers->fields[field->count_field].path, "n");
	assert_true(is_read(pair.type, field->old_bit / 8));
	pair_close(&pair);
}

static void test_link_rows(void **state)
{
	struct pair pair = {.old = NULL};
	const struct co_field *field;

	pair_make(*state, "links", "gcc", &pair);
	field = field_named(pair.type, "parent");
	assert_int_equal(field->way, CO_WAY_FOLLOW);
	assert_ptr_equal(&pair.table->types[field->type], pair.type);
	field = field_named(pair.type, "mapping");
	assert_string_equal(pair.table->types[field->type].name, "struct mapping");
	assert_int_equal(field->mask, 3);
	field = field_named(pair.type, "host");
	assert_string_equal(pair.table->types[field->type].name, "struct inode");
	assert_int_equal(field->old_container, 8);
	assert_int_equal(field->new_container, 16);
	field = field_named(pair.type, "inodes.first");
	assert_int_equal(field->way, CO_WAY_LIST);
	assert_string_equal(pair.table->types[field->type].name, "struct inode");
	assert_int_equal(field_named(pair.type, "get_devices")->way, CO_WAY_SYMBOL);
	assert_int_equal(field_named(pair.type, "ops")->way, CO_WAY_SYMBOL);
	pair_close(&pair);
	assert_int_equal(
		fixture_run(*state, "grep -q '^idioms met:$' ledger && grep -q '^  struct rb_root "
				    "(a red-black tree.s root): struct thing.tree$' ledger && grep "
				    "-q '^  struct list_head .*: struct thing.sibling, struct "
				    "thing.children$' ledger"),
		0);
}

/* A tree is no list: its order and colours cannot be carried as pointers. */
static void test_refuses_trees(void **state)
{
	static const char *const bad[][2] = {
		{"tree: { list: { of: struct thing, node: node } }",
		 "struct thing.tree.rb_node: struct rb_root is a red-black tree's root, and no "
		 "list; "
		 "write `list: empty` with `why` and insert the objects again at restore, or "
		 "`hook: "
		 "FUNCTION`"},
		{"node: { list: node }",
		 "struct rb_node is a node in a red-black tree, the colour in "
		 "the parent's low bit, and no list; write"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fixture_copy(f, "links");
		layouts_compile(f, "gcc");
		assert_int_equal(fixture_run(f, "sed -i 's/^      %.4s: .*/      %s/' mapping.yaml",
					     bad[i][0], bad[i][0]),
				 0);
		assert_int_equal(fixture_gen(f, "old.so", "new.so"), 2);
		if (!strstr(text_string(&f->said), bad[i][1]))
			fail_msg("%s", text_string(&f->said));
		assert_false(fixture_exists(f, "out"));
	}
}

/* ---- the same input gives the same bytes, wherever it stands
 * ------------------------------------------ */

static void test_same_bytes(void **state)
{
	struct fixture *f = *state;

	fixture_copy(f, "pointers");
	layouts_compile(f, "gcc");
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 0);
	assert_int_equal(fixture_run(f, "mv out first && mv ledger first.ledger"), 0);
	assert_int_equal(fixture_gen(f, "old.so", "new.so"), 0);
	assert_int_equal(fixture_run(f, "diff -r out first && cmp ledger first.ledger"), 0);
	assert_int_not_equal(fixture_run(f, "grep -rqF \"$PWD\" out ledger"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_scalars_gcc),
		TEST(test_scalars_clang),
		TEST(test_nested_gcc),
		TEST(test_nested_clang),
		TEST(test_pointers_gcc),
		TEST(test_pointers_clang),
		TEST(test_corners_gcc),
		TEST(test_corners_clang),
		TEST(test_numbers_gcc),
		TEST(test_numbers_clang),
		TEST(test_enums_gcc),
		TEST(test_links_gcc),
		TEST(test_links_clang),
		TEST(test_moves_gcc),
		TEST(test_moves_clang),
		TEST(test_link_rows),
		TEST(test_refuses_trees),
		TEST(test_enums_clang),
		TEST(test_flags_gcc),
		TEST(test_flags_clang),
		TEST(test_arrays_gcc),
		TEST(test_arrays_clang),
		TEST(test_bitfields_gcc),
		TEST(test_bitfields_clang),
		TEST(test_unions_gcc),
		TEST(test_unions_clang),
		TEST(test_containers_gcc),
		TEST(test_containers_clang),
		TEST(test_container_phases),
		TEST(test_refuses_value),
		TEST(test_refuses_numbers_gcc),
		TEST(test_refuses_numbers_clang),
		TEST(test_refuses_enums_gcc),
		TEST(test_refuses_flags),
		TEST(test_refuses_enums_clang),
		TEST(test_enum_names),
		TEST(test_refuses_unions),
		TEST(test_union_rows),
		TEST(test_tail),
		TEST(test_phases),
		TEST(test_pointer_rows),
		TEST(test_same_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
