// SPDX-License-Identifier: GPL-2.0-or-later
/* keygen, sign and verify, through carryover-run's own main: keys, edits, and signatures by others.
 */
#include "../engine_world_test.h"
#include "../image_bytes.h"
#include "../xxh64.h"
#include "run.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/sign_test.XXXXXX";
static char *said;

static const char *at(const char *name)
{
	static char paths[4][128];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* carryover-run with up to six words; what it says is in SAID. */
static int run(const char *a, const char *b, const char *c, const char *d, const char *e,
	       const char *f)
{
	const char *words[] = {"carryover-run", a, b, c, d, e, f, NULL};
	int argc = 0;
	size_t size;
	FILE *out;
	int code;

	while (words[argc])
		argc++;
	free(said);
	out = open_memstream(&said, &size);
	code = run_main(argc, (char **)(uintptr_t)words, out, out);
	fclose(out);
	return code;
}

static void assert_said(const char *part)
{
	if (!strstr(said, part))
		fail_msg("'%s' is not in '%s'", part, said);
}

static void put(const char *name, const uint8_t *data, size_t size)
{
	struct report report = {.n = 0};

	assert_int_equal(file_write(at(name), data, size, &report), 0);
	report_deinit(&report);
}

static uint8_t *get(const char *name, size_t *size)
{
	FILE *file = fopen(at(name), "rb");
	uint8_t *data = malloc(1 << 20);

	assert_non_null(file);
	assert_non_null(data);
	*size = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

/* A hostile editor sets the checksums right. */
static void set_checksums(uint8_t *data)
{
	uint32_t n = (uint32_t)co_little_get(data + CO_IMAGE_AT_COUNT, 32);

	for (uint32_t i = 0; i < n; i++) {
		uint8_t *row = data + CO_IMAGE_HEADER + i * CO_IMAGE_ENTRY;

		co_little_put(row + 24, 64,
			      co_xxh64(data + co_little_get(row + 8, 64),
				       co_little_get(row + 16, 64), 0));
	}
	co_little_put(data + CO_IMAGE_SUM, 64, co_image_sum(data, n));
}

static int setup(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);

	(void)state;
	if (!mkdtemp(folder))
		return -1;
	put("image", region + CO_SEAL_SIZE, size - CO_SEAL_SIZE);
	free(region);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {"image", "signed",	"again", "edited",
					    "key",   "key.pub", "other", "other.pub"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(at(names[i]));
	free(said);
	return rmdir(folder);
}

static void test_keygen(void **state)
{
	struct stat status;
	size_t size, again_size;
	uint8_t *key, *again;

	(void)state;
	assert_int_equal(run("keygen", "-o", at("key"), NULL, NULL, NULL), 0);
	assert_int_equal(stat(at("key"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	key = get("key", &size);
	/* A key that is there is not replaced: what it signed could not be signed again. */
	assert_int_equal(run("keygen", "-o", at("key"), NULL, NULL, NULL), 2);
	assert_said("File exists");
	again = get("key", &again_size);
	assert_int_equal(size, again_size);
	assert_memory_equal(key, again, size);
	free(key);
	free(again);
	assert_int_equal(run("keygen", "-o", at("other"), NULL, NULL, NULL), 0);
}

static void test_sign(void **state)
{
	(void)state;
	assert_int_equal(run("verify", at("image"), NULL, NULL, NULL, NULL), 0);
	assert_said("not signed");
	assert_int_equal(run("verify", at("image"), "-k", at("key.pub"), NULL, NULL), 1);
	assert_said("not signed: sign it");
	assert_int_equal(run("sign", "-k", at("key"), at("image"), "-o", at("signed")), 0);
	assert_int_equal(run("verify", at("signed"), "-k", at("key.pub"), NULL, NULL), 0);
	assert_said("signed by ");
	assert_int_equal(run("verify", at("signed"), NULL, NULL, NULL, NULL), 0);
	assert_said("which nobody asked for");
	assert_int_equal(run("verify", at("signed"), "-k", at("other.pub"), NULL, NULL), 1);
	assert_said("signed by another key");
	/* What is in it reads as before. */
	assert_int_equal(run("inspect", at("signed"), NULL, NULL, NULL, NULL), 0);
	assert_said("the first");
}

static void test_signed_again(void **state)
{
	size_t size, again_size;
	uint8_t *first, *again;

	(void)state;
	/* By the same key: the same file. By another: refused where the first key is asked for. */
	assert_int_equal(run("sign", "-k", at("key"), at("signed"), "-o", at("again")), 0);
	first = get("signed", &size);
	again = get("again", &again_size);
	assert_int_equal(size, again_size);
	assert_memory_equal(first, again, size);
	free(first);
	free(again);
	assert_int_equal(run("sign", "-k", at("other"), at("signed"), "-o", at("again")), 0);
	assert_int_equal(run("verify", at("again"), "-k", at("key.pub"), NULL, NULL), 1);
	assert_said("signed by another key");
}

static void test_every_edit(void **state)
{
	size_t size, edits = 0;
	uint8_t *data = get("signed", &size);

	(void)state;
	for (size_t i = CO_IMAGE_HEADER + 14 * CO_IMAGE_ENTRY; i < size; i += 5) {
		int code;

		data[i] ^= 4;
		set_checksums(data);
		put("edited", data, size);
		code = run("verify", at("edited"), "-k", at("key.pub"), NULL, NULL);
		assert_int_not_equal(code, 0);
		edits += code == 1;
		data[i] ^= 4;
	}
	/* Most are well-formed: only the signature tells. */
	assert_true(edits > 100);
	assert_said("signature");
	free(data);
}

static void test_bad_keys(void **state)
{
	(void)state;
	assert_int_equal(run("sign", "-k", at("key.pub"), at("image"), "-o", at("again")), 2);
	assert_said("not a carryover-secret-key");
	assert_int_equal(run("verify", at("signed"), "-k", at("key"), NULL, NULL), 2);
	assert_said("not a carryover-public-key");
	assert_int_equal(run("sign", "-k", at("nowhere"), at("image"), "-o", at("again")), 2);
	assert_int_equal(run("sign", at("image"), "-o", at("again"), NULL, NULL), 2);
	assert_said("needs -k KEY");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keygen),	     cmocka_unit_test(test_sign),
		cmocka_unit_test(test_signed_again), cmocka_unit_test(test_every_edit),
		cmocka_unit_test(test_bad_keys),
	};

	return cmocka_run_group_tests_name("sign", tests, setup, teardown);
}
