/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compress.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* printf 'hello hello hello\n' | xz, | zstd, | gzip -n, and | lz4 -l */
static const unsigned char xz_data[] = {
	0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21,
	0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0xe0, 0x00, 0x11, 0x00, 0x0c, 0x5d,
	0x00, 0x34, 0x19, 0x49, 0xee, 0x8d, 0xe9, 0x4f, 0x7e, 0x21, 0x21, 0xb0, 0x00, 0x00, 0x1f,
	0x01, 0xd9, 0xc8, 0x87, 0xc1, 0x43, 0xc8, 0x00, 0x01, 0x28, 0x12, 0xc9, 0x6a, 0x62, 0x8e,
	0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
};
static const unsigned char zstd_data[] = {
	0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x6d, 0x00, 0x00, 0x38, 0x68, 0x65, 0x6c,
	0x6c, 0x6f, 0x20, 0x0a, 0x01, 0x00, 0x31, 0x4a, 0x11, 0xa3, 0xaa, 0x74, 0xce,
};
static const unsigned char gzip_data[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9,
	0x57, 0xc8, 0x40, 0x90, 0x5c, 0x00, 0x3b, 0x7c, 0x8a, 0xdf, 0x12, 0x00, 0x00, 0x00,
};
static const unsigned char lz4_data[] = {
	0x02, 0x21, 0x4c, 0x18, 0x0f, 0x00, 0x00, 0x00, 0x63, 0x68, 0x65, 0x6c,
	0x6c, 0x6f, 0x20, 0x06, 0x00, 0x50, 0x65, 0x6c, 0x6c, 0x6f, 0x0a,
};
static const char content[] = "hello hello hello\n";

static char *unpack(const unsigned char *data, size_t n, size_t limit, size_t *out_n,
		    struct diags *diags)
{
	char *out = NULL;

	diags_init(diags);
	if (!decompress("in.xz", data, n, limit, &out, out_n, diags)) {
		assert_null(out);
		assert_int_equal(diags->n, 1);
		assert_string_equal(diags->at[0].at.file, "in.xz");
		return NULL;
	}
	assert_int_equal(diags->n, 0);
	assert_int_equal(out[*out_n], 0);
	return out;
}

static void expect_content(const unsigned char *data, size_t n, size_t limit)
{
	struct diags diags;
	size_t out_n = 0;
	char *out = unpack(data, n, limit, &out_n, &diags);

	assert_non_null(out);
	assert_int_equal(out_n, strlen(content));
	assert_string_equal(out, content);
	free(out);
	diags_deinit(&diags);
}

static void expect_refusal(const unsigned char *data, size_t n, size_t limit, int exit_code,
			   const char *text)
{
	struct diags diags;
	size_t out_n = 0;

	assert_null(unpack(data, n, limit, &out_n, &diags));
	if (!strstr(diags.at[0].text, text))
		fail_msg("%s, not %s", diags.at[0].text, text);
	assert_int_equal(diags_exit_code(&diags), exit_code);
	diags_deinit(&diags);
}

static void test_unpacks(void **state)
{
	(void)state;
	expect_content(xz_data, sizeof(xz_data), 1000);
	expect_content(zstd_data, sizeof(zstd_data), 1000);
	expect_content(gzip_data, sizeof(gzip_data), 1000);
	expect_content(lz4_data, sizeof(lz4_data), 1000);
}

static void test_limit_is_exact(void **state)
{
	(void)state;
	expect_content(xz_data, sizeof(xz_data), strlen(content));
	expect_content(zstd_data, sizeof(zstd_data), strlen(content));
	expect_content(gzip_data, sizeof(gzip_data), strlen(content));
	expect_content(lz4_data, sizeof(lz4_data), strlen(content));
	expect_refusal(xz_data, sizeof(xz_data), strlen(content) - 1, 2, "more than the 17 bytes");
	expect_refusal(zstd_data, sizeof(zstd_data), strlen(content) - 1, 2,
		       "more than the 17 bytes");
	expect_refusal(gzip_data, sizeof(gzip_data), strlen(content) - 1, 2,
		       "more than the 17 bytes");
	expect_refusal(lz4_data, sizeof(lz4_data), strlen(content) - 1, 2,
		       "more than the 17 bytes");
}

/* Every proper prefix that still has its magic number is cut off, never accepted. */
static void test_cut_off(void **state)
{
	(void)state;
	for (size_t n = 6; n < sizeof(xz_data); n++)
		expect_refusal(xz_data, n, 1000, 3, "xz data is cut off");
	for (size_t n = 4; n < sizeof(zstd_data); n++)
		expect_refusal(zstd_data, n, 1000, 3, "zstd data is cut off");
	for (size_t n = 3; n < sizeof(gzip_data); n++)
		expect_refusal(gzip_data, n, 1000, 3, "gzip data is cut off");
	for (size_t n = 4; n < sizeof(lz4_data); n++)
		expect_refusal(lz4_data, n, 1000, 3, "LZ4 data is cut off");
}

/* A flipped bit is noticed or harmless (one parameter of the coder is); never other content. */
static void test_corrupt(void **state)
{
	unsigned char copy[sizeof(xz_data) + sizeof(zstd_data)];
	struct diags diags;

	(void)state;
	for (size_t bit = 0; bit < sizeof(xz_data) * 8; bit++) {
		char *out = NULL;
		size_t out_n = 0;

		memcpy(copy, xz_data, sizeof(xz_data));
		copy[bit / 8] = (unsigned char)(copy[bit / 8] ^ 1 << bit % 8);
		diags_init(&diags);
		if (decompress("x", copy, sizeof(xz_data), 1000, &out, &out_n, &diags))
			assert_string_equal(out, content);
		else
			assert_true(diags_failed(&diags));
		free(out);
		diags_deinit(&diags);
	}
	memcpy(copy, zstd_data, sizeof(zstd_data));
	copy[sizeof(zstd_data) - 1] ^= 1;
	expect_refusal(copy, sizeof(zstd_data), 1000, 2, "zstd data is corrupt");
	memcpy(copy, gzip_data, sizeof(gzip_data));
	copy[sizeof(gzip_data) - 1] ^= 1;
	expect_refusal(copy, sizeof(gzip_data), 1000, 2, "gzip data is corrupt");
	memcpy(copy, lz4_data, sizeof(lz4_data));
	copy[sizeof(lz4_data) - 7] = 0xff;
	expect_refusal(copy, sizeof(lz4_data), (size_t)16 << 20, 2, "LZ4 data is corrupt");
	memcpy(copy, xz_data, sizeof(xz_data));
	memcpy(copy + sizeof(xz_data), "no such stream", 14);
	expect_refusal(copy, sizeof(xz_data) + 14, 1000, 2, "xz data is corrupt");
}

static void expect_twice(const unsigned char *data, size_t n)
{
	unsigned char *twice = test_malloc(2 * n);
	struct diags diags;
	size_t out_n = 0;
	char *out;

	memcpy(twice, data, n);
	memcpy(twice + n, data, n);
	out = unpack(twice, 2 * n, 1000, &out_n, &diags);
	assert_non_null(out);
	assert_int_equal(out_n, 2 * strlen(content));
	free(out);
	diags_deinit(&diags);
	test_free(twice);
}

static void test_concatenated(void **state)
{
	(void)state;
	expect_twice(xz_data, sizeof(xz_data));
	expect_twice(zstd_data, sizeof(zstd_data));
	expect_twice(gzip_data, sizeof(gzip_data));
	expect_twice(lz4_data, sizeof(lz4_data));
}

static void test_neither(void **state)
{
	(void)state;
	expect_refusal((const unsigned char *)"plain text", 10, 1000, 2,
		       "neither xz, zstd, gzip nor LZ4");
	expect_refusal((const unsigned char *)"", 0, 1000, 2, "neither xz, zstd, gzip nor LZ4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unpacks),	     cmocka_unit_test(test_limit_is_exact),
		cmocka_unit_test(test_cut_off),	     cmocka_unit_test(test_corrupt),
		cmocka_unit_test(test_concatenated), cmocka_unit_test(test_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
