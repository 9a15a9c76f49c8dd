/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Plain char has the sign that the compiler was told (-funsigned-char, as kernels are built since
 * 6.2): another sign is no change of a text, and what is widened has the sign of the old side.
 */
#include <dlfcn.h>

#include "../runtime/carryover.h"
#include "fixture_test.h"

static const char old_text[] = "struct s { char same, text[3], to_int, to_row[2]; } s;\n";
static const char new_text[] = "struct s { int to_int; short to_row[2]; char text[3], same; } s;\n";

struct new_s {
	int to_int;
	short to_row[2];
	char text[3], same;
};

static int layouts_gen(struct fixture *f, const char *old_sign, const char *new_sign,
		       const char *new)
{
	fixture_write(f, "old.c", old_text);
	fixture_write(f, "new.c", new);
	fixture_write(f, "mapping.yaml",
		      "carryover: 1\nfrom: { release: 1, arch: x86_64 }\n"
		      "to: { release: 2, arch: x86_64 }\n"
		      "roots:\n  - { type: struct s, restore: none }\n");
	assert_int_equal(fixture_run(f,
				     "rm -rf out && %s -g -c -o old.o old.c && %s -g -c -o new.o "
				     "new.c",
				     old_sign, new_sign),
			 0);
	return fixture_gen(f, "old.o", "new.o");
}

static void signs_check(void **state, const char *old_sign, const char *new_sign, int expected)
{
	static const unsigned char old[] = {0x80, 'a', 0xfe, 0, 0xff, 0x7f, 0x80};
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};
	struct fixture *f = *state;
	const struct co_converter *converter;
	struct new_s new;
	char path[256];
	void *library;

	if (layouts_gen(f, old_sign, new_sign, new_text))
		fail_msg("%s", text_string(&f->said));
	assert_int_equal(fixture_run(f, "make -s -C out CC=gcc >/dev/null"), 0);
	snprintf(path, sizeof(path), "%s/out/converter.so", f->directory);
	library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	assert_non_null(library);
	converter = dlsym(library, CO_CONVERTER_SYMBOL);
	memset(&new, 0xa5, sizeof(new));
	assert_int_equal(converter->types[0].convert(&ctx, old, &new), CO_OK);
	assert_int_equal(new.to_int, expected < 0 ? -1 : 255);
	assert_int_equal(new.to_row[0], 127);
	assert_int_equal(new.to_row[1], expected < 0 ? -128 : 128);
	assert_int_equal((unsigned char)new.same, 0x80);
	assert_memory_equal(new.text, old + 1, 3);
	dlclose(library);
}

static void test_signed_to_unsigned(void **state)
{
	signs_check(state, "gcc -fsigned-char", "gcc -funsigned-char", -1);
	signs_check(state, "clang -fsigned-char", "clang -funsigned-char", -1);
}

static void test_unsigned_to_signed(void **state)
{
	signs_check(state, "gcc -funsigned-char", "gcc -fsigned-char", 1);
	signs_check(state, "clang -funsigned-char", "gcc -fsigned-char", 1);
}

/* An unsigned integer takes what was unsigned; what was signed asks. */
static void test_asks(void **state)
{
	static const char new[] =
		"struct s { unsigned int to_int; short to_row[2]; char text[3], same; } s;\n";
	struct fixture *f = *state;

	assert_int_equal(layouts_gen(f, "gcc -funsigned-char", "gcc -fsigned-char", new), 0);
	assert_int_equal(layouts_gen(f, "gcc -fsigned-char", "gcc -funsigned-char", new), 2);
	if (!strstr(text_string(&f->said), "struct s.to_int: changed its sign"))
		fail_msg("%s", text_string(&f->said));
	assert_false(fixture_exists(f, "out"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_signed_to_unsigned),
		TEST(test_unsigned_to_signed),
		TEST(test_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
