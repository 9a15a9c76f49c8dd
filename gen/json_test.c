/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "json.h"

static void nests_and_breaks_lines(void **state)
{
	struct text out;
	struct json json;

	(void)state;
	text_init(&out);
	json_init(&json, &out, 2);
	json_object(&json, NULL);
	json_uint(&json, "a", UINT64_MAX);
	json_array(&json, "rows");
	json_object(&json, NULL);
	json_int(&json, "n", -1);
	json_null(&json, "z");
	json_object_end(&json);
	json_bool(&json, NULL, true);
	json_array_end(&json);
	json_array(&json, "none");
	json_array_end(&json);
	json_object_end(&json);
	assert_string_equal(text_string(&out), "{\n"
					       "  \"a\": 18446744073709551615,\n"
					       "  \"rows\": [\n"
					       "    {\"n\": -1, \"z\": null},\n"
					       "    true\n"
					       "  ],\n"
					       "  \"none\": []\n"
					       "}\n");
	text_deinit(&out);
}

static void escapes(void **state)
{
	static const struct {
		const char *value, *json;
	} rows[] = {
		{"plain", "\"plain\""},
		{"a\"b\\c\n\t\x01", "\"a\\\"b\\\\c\\n\\t\\u0001\""},
		{"\xc3\xa4 \xf0\x9f\x98\x80", "\"\xc3\xa4 \xf0\x9f\x98\x80\""},
		{"\xff", "\"\\ufffd\""},
		{"\xc3", "\"\\ufffd\""},		       /* cut off */
		{"\xc0\xaf", "\"\\ufffd\\ufffd\""},	       /* longer than needed */
		{"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""}, /* a surrogate */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct text out;
		struct json json;

		text_init(&out);
		json_init(&json, &out, 1);
		json_string(&json, NULL, rows[i].value);
		assert_string_equal(text_string(&out), rows[i].json);
		text_deinit(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nests_and_breaks_lines),
		cmocka_unit_test(escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
