// SPDX-License-Identifier: GPL-2.0-or-later
/* What the parts of an IPsec state say of their own length and name, whatever they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../kernel/participants/xfrm_parts.h"

/* SIZE bytes of a part, exactly, so that a sanitizer sees who reads more. */
static char *bytes_of(size_t size)
{
	char *bytes = calloc(1, size);

	assert_non_null(bytes);
	return bytes;
}

static void put(char *bytes, size_t at, uint32_t value)
{
	memcpy(bytes + at, &value, sizeof(value));
}

/* Each part with its number at AT, which counts units of so many bits. */
static const struct {
	enum part part;
	size_t at;
	uint32_t bits;
} counted[] = {
	{PART_AUTH, offsetof(struct xfrm_algo_auth, alg_key_len), 1},
	{PART_CRYPT, offsetof(struct xfrm_algo, alg_key_len), 1},
	{PART_AEAD, offsetof(struct xfrm_algo_aead, alg_key_len), 1},
	{PART_REPLAY, offsetof(struct xfrm_replay_state_esn, bmp_len), 32},
};

static void test_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		const enum part part = counted[i].part;
		char *bytes = bytes_of(part_least[part]);

		assert_true(part_is_sound(part, bytes, part_least[part]));
		for (uint64_t n = 1; n <= UINT32_MAX; n = n * 2 + 1) {
			uint64_t length = part_least[part] + (n * counted[i].bits + 7) / 8;

			put(bytes, counted[i].at, (uint32_t)n);
			assert_true(part_is_sound(part, bytes, length));
			assert_false(part_is_sound(part, bytes, length - 1));
			assert_false(part_is_sound(part, bytes, length + 1));
			/* As a number of 32 bits the length would be another. */
			assert_false(part_is_sound(part, bytes,
						   (uint32_t)length - (length <= UINT32_MAX)));
		}
		free(bytes);
	}
}

static void test_fixed(void **state)
{
	(void)state;
	for (enum part part = PART_ENCAP; part <= PART_COADDR; part++) {
		char *bytes = bytes_of(part_least[part]);

		memset(bytes, 0xff, part_least[part]);
		assert_true(part_is_sound(part, bytes, part_least[part]));
		assert_false(part_is_sound(part, bytes, part_least[part] + 1));
		free(bytes);
	}
}

static void test_names(void **state)
{
	(void)state;
	for (enum part part = PART_AUTH; part <= PART_AEAD; part++) {
		char *bytes = bytes_of(part_least[part]);

		memset(bytes, 'A', 63);
		assert_true(part_is_sound(part, bytes, part_least[part]));
		bytes[63] = 'A';
		assert_false(part_is_sound(part, bytes, part_least[part]));
		free(bytes);
	}
	for (int part = 0; part < PARTS; part++)
		for (int other = 0; other < part; other++) {
			assert_string_not_equal(part_names[part], part_names[other]);
			assert_string_not_equal(part_sizes[part], part_sizes[other]);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
