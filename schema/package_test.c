/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "package.h"
#include "text.h"

#define LIMIT 4096

static void put_tar(struct text *tar, const char *name, char type, const char *content, size_t n)
{
	char header[512] = "";
	unsigned int sum = 0;
	static const char zeros[512];

	snprintf(header, 100, "%s", name);
	snprintf(header + 124, 12, "%06o", (unsigned int)n & 0777777);
	header[156] = type;
	memcpy(header + 257, "ustar", 6);
	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < sizeof(header); i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum & 0777777);
	text_raw(tar, header, sizeof(header));
	text_raw(tar, content, n);
	text_raw(tar, zeros, (512 - n % 512) % 512);
}

static void put_ar(struct text *ar, const char *name, const char *content, size_t n)
{
	text_add(ar, "%-16s%-12s%-6s%-6s%-8s%-10zu`\n", name, "0", "0", "0", "100644", n);
	text_raw(ar, content, n);
	text_raw(ar, "\n", n % 2);
}

/* A package with a kernel, two modules with their names said in two ways, and what nobody wants. */
static void make(struct text *package)
{
	static const char record[] = "34 path=./lib/modules/extended.ko\n", zeros[1024];
	char name[300];
	struct text tar;

	memset(name, 'n', 200);
	strcpy(name + 200, "/long.ko.xz");
	text_init(&tar);
	put_tar(&tar, "./lib/", '5', "", 0);
	put_tar(&tar, "././@LongLink", 'L', name, strlen(name) + 1);
	put_tar(&tar, "cut", '0', "LONG", 4);
	put_tar(&tar, "x", 'x', record, sizeof(record) - 1);
	put_tar(&tar, "cut", '0', "EXTENDED", 8);
	put_tar(&tar, "./lib/other.txt", '0', "OTHER", 5);
	put_tar(&tar, "./boot/vmlinuz-1", '0', "KERNEL", 6);
	put_tar(&tar, "./boot/linked.ko", '2', "", 0);
	text_raw(&tar, zeros, sizeof(zeros));
	text_puts(package, "!<arch>\n");
	put_ar(package, "debian-binary", "2.0\n", 4);
	put_ar(package, "control.tar", "c", 1);
	put_ar(package, "data.tar", text_string(&tar), tar.n);
	text_deinit(&tar);
}

static bool open_bytes(const char *bytes, size_t n, size_t limit, struct package *package,
		       struct diags *diags)
{
	diags_init(diags);
	return package_open("p.deb", (const unsigned char *)bytes, n, limit, package, diags);
}

static void kernels_and_modules_are_taken(void **state)
{
	struct package package;
	struct diags diags;
	struct text text;

	(void)state;
	text_init(&text);
	make(&text);
	assert_true(package_recognise(text_string(&text), text.n));
	assert_true(open_bytes(text_string(&text), text.n, LIMIT, &package, &diags));
	assert_int_equal(package.files.n, 3);
	assert_string_equal(package.files.at[0].path, "boot/vmlinuz-1");
	assert_int_equal(package.files.at[0].n, 6);
	assert_memory_equal(package.files.at[0].data, "KERNEL", 6);
	assert_string_equal(package.files.at[1].path, "lib/modules/extended.ko");
	assert_memory_equal(package.files.at[1].data, "EXTENDED", 8);
	assert_string_equal(strrchr(package.files.at[2].path, '/'), "/long.ko.xz");
	assert_memory_equal(package.files.at[2].data, "LONG", 4);
	package_deinit(&package);
	diags_deinit(&diags);
	text_deinit(&text);
}

/* The end of the archive is two blocks of zeros; what follows the first has nothing to say. */
static void cut_off_ones_are_refused(void **state)
{
	struct package package;
	struct diags diags;
	struct text text;

	(void)state;
	text_init(&text);
	make(&text);
	for (size_t n = 21; n < text.n; n += 37) {
		assert_false(open_bytes(text_string(&text), n, LIMIT, &package, &diags));
		assert_int_equal(diags_exit_code(&diags), 3);
		package_deinit(&package);
		diags_deinit(&diags);
	}
	text_deinit(&text);
}

static void too_much_is_refused(void **state)
{
	struct package package;
	struct diags diags;
	struct text text;

	(void)state;
	text_init(&text);
	make(&text);
	assert_true(open_bytes(text_string(&text), text.n, 18, &package, &diags));
	package_deinit(&package);
	diags_deinit(&diags);
	assert_false(open_bytes(text_string(&text), text.n, 17, &package, &diags));
	assert_int_equal(diags_exit_code(&diags), 2);
	package_deinit(&package);
	diags_deinit(&diags);
	text_deinit(&text);
}

/* A header has a checksum; contents have none of their own. */
static void flipped_ones_do_no_harm(void **state)
{
	struct package package;
	struct diags diags;
	struct text text;
	char *bytes;
	bool good;

	(void)state;
	text_init(&text);
	make(&text);
	bytes = test_malloc(text.n);
	memcpy(bytes, text_string(&text), text.n);
	for (size_t i = 0; i < text.n; i += 3) {
		bytes[i] = (char)~bytes[i];
		good = open_bytes(bytes, text.n, LIMIT, &package, &diags);
		assert_int_equal(good, !diags_failed(&diags));
		package_deinit(&package);
		diags_deinit(&diags);
		bytes[i] = (char)~bytes[i];
	}
	test_free(bytes);
	text_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_and_modules_are_taken),
		cmocka_unit_test(cut_off_ones_are_refused),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(flipped_ones_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
