/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ledger.h"

struct book {
	struct ledger ledger;
	struct diags diags;
};

static int setup(void **state)
{
	struct book *book = test_malloc(sizeof(*book));

	memset(book, 0, sizeof(*book));
	diags_init(&book->diags);
	*state = book;
	return 0;
}

static int teardown(void **state)
{
	struct book *book = *state;

	ledger_deinit(&book->ledger);
	diags_deinit(&book->diags);
	test_free(book);
	return 0;
}

static void row(struct book *book, uint64_t bit, uint64_t bits, const char *path, bool soft)
{
	ledger_add(&book->ledger, (struct ledger_row){.bit = bit,
						      .bits = bits,
						      .path = path,
						      .fate = "copy",
						      .rule = "",
						      .soft = soft});
}

static bool close_book(struct book *book, uint64_t bits)
{
	book->ledger.bits = bits;
	return ledger_close(&book->ledger, "struct x", "new", "write a way",
			    (struct place){.file = "mapping.yaml", .line = 3, .col = 1},
			    &book->diags);
}

static void test_complete(void **state)
{
	struct book *book = *state;

	row(book, 32, 32, "b", false);
	row(book, 0, 32, "a", false);
	assert_true(close_book(book, 64));
	assert_string_equal(book->ledger.at[0].path, "a");
	assert_int_equal(book->diags.n, 0);
}

static void test_missing_bit(void **state)
{
	struct book *book = *state;

	row(book, 0, 32, "a", false);
	row(book, 33, 31, "b", false);
	assert_false(close_book(book, 64));
	assert_int_equal(book->diags.n, 1);
	assert_string_equal(book->diags.at[0].text,
			    "struct x: nobody accounts for bit 0 of byte 4 of the new type; "
			    "write a way");
	assert_int_equal(book->diags.at[0].at.line, 3);
}

static void test_missing_end(void **state)
{
	struct book *book = *state;

	row(book, 0, 32, "a", false);
	assert_false(close_book(book, 64));
	assert_non_null(strstr(book->diags.at[0].text, "bytes 4-7 of the new type"));
}

static void test_bit_twice(void **state)
{
	struct book *book = *state;

	row(book, 0, 33, "a", false);
	row(book, 32, 32, "b", false);
	assert_false(close_book(book, 64));
	assert_int_equal(book->diags.n, 1);
	assert_non_null(
		strstr(book->diags.at[0].text, "counted twice: bit 0 of byte 4 of the new type"));
	assert_non_null(strstr(book->diags.at[0].text, "struct x.b: "));
	assert_non_null(strstr(book->diags.at[0].text, "struct x.a"));
}

static void test_outside(void **state)
{
	struct book *book = *state;

	row(book, 0, 65, "a", false);
	assert_false(close_book(book, 64));
}

static void test_soft_gives_way(void **state)
{
	struct book *book = *state;

	row(book, 0, 64, "(other arms)", true);
	row(book, 8, 16, "arm", false);
	assert_true(close_book(book, 64));
	assert_int_equal(book->ledger.n, 3);
	assert_int_equal(book->ledger.at[0].bits, 8);
	assert_string_equal(book->ledger.at[1].path, "arm");
	assert_int_equal(book->ledger.at[2].bit, 24);
	assert_int_equal(book->ledger.at[2].bits, 40);
}

static void test_soft_counts_once(void **state)
{
	struct book *book = *state;

	row(book, 0, 64, "outer", true);
	row(book, 0, 32, "inner", true);
	assert_true(close_book(book, 64));
}

static void test_ranges(void **state)
{
	char out[80];

	(void)state;
	assert_string_equal(ledger_range(32, 8, out, sizeof(out)), "byte 4");
	assert_string_equal(ledger_range(32, 64, out, sizeof(out)), "bytes 4-11");
	assert_string_equal(ledger_range(35, 1, out, sizeof(out)), "bit 3 of byte 4");
	assert_string_equal(ledger_range(35, 2, out, sizeof(out)), "bits 3-4 from byte 4");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_complete),	     TEST(test_missing_bit), TEST(test_missing_end),
		TEST(test_bit_twice),	     TEST(test_outside),     TEST(test_soft_gives_way),
		TEST(test_soft_counts_once), TEST(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
