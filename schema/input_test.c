/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How inputs are recognised and sets put together: BTF raw, split, in ELF files and bootable
 * images. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "btf_made_test.h"
#include "input.h"

#define IMAGE_MAX ((size_t)1 << 20)
#define SETUP 1024 /* bytes before the payload: the boot sector and one more */

struct fixture {
	struct intern names;
	struct model model;
	struct diags diags;
	char directory[64];
	struct made kernel, module;
};

static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

static void write_file(const char *name, const void *data, size_t n)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static size_t load_file(const char *name, unsigned char *data, size_t room)
{
	FILE *file = fopen(name, "r");
	size_t n;

	assert_non_null(file);
	n = fread(data, 1, room, file);
	assert_in_range(n, 1, room - 1);
	fclose(file);
	return n;
}

static void write_made(const char *name, const struct made *made)
{
	struct made_bytes file = made_file(made);

	write_file(name, file.at, file.n);
	vec_free(file.at);
}

/* kernel.btf, and module.btf that goes on from it; ELF files with the one and the other. */
static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));
	uint32_t number;

	intern_init(&f->names);
	model_init(&f->model, &f->names);
	diags_init(&f->diags);
	strcpy(f->directory, "/tmp/input-test-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	assert_int_equal(chdir(f->directory), 0);
	made_init(&f->kernel, false);
	number = made_int(&f->kernel, "long int", 8, MADE_SIGNED);
	made_parts(&f->kernel, "core", BTF_STRUCT, false, 1, 8);
	made_member(&f->kernel, "n", number, 0);
	made_split(&f->module, &f->kernel);
	made_parts(&f->module, "user", BTF_STRUCT, false, 2, 16);
	made_member(&f->module, "core", number + 1, 0);
	made_member(&f->module, "again", made_next(&f->module), 64);
	made_type(&f->module, "", BTF_PTR, made_next(&f->module) - 1);
	write_made("kernel.btf", &f->kernel);
	write_made("module.btf", &f->module);
	run("echo 'struct core { long n; } core;' >a.c && gcc -c -o bare a.c && gcc -g -c -o debug "
	    "a.c");
	run("objcopy --add-section .BTF=kernel.btf bare kernel.elf");
	run("objcopy --add-section .BTF=module.btf bare module.ko");
	run("objcopy --add-section .BTF=kernel.btf debug both.elf");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -r %s", f->directory);
	run(command);
	made_deinit(&f->kernel);
	made_deinit(&f->module);
	model_deinit(&f->model);
	diags_deinit(&f->diags);
	intern_deinit(&f->names);
	test_free(f);
	return 0;
}

static bool read_set(struct fixture *f, const char *spec)
{
	bool ok;

	model_deinit(&f->model);
	diags_deinit(&f->diags);
	model_init(&f->model, &f->names);
	diags_init(&f->diags);
	ok = input_read(spec, NULL, &f->model, &f->diags);
	assert_int_equal(ok, !diags_failed(&f->diags));
	return ok;
}

static void assert_reads(struct fixture *f, const char *spec, const char *reader, const char *arch)
{
	if (!read_set(f, spec))
		fail_msg("%s: %s", spec, f->diags.at[0].text);
	assert_string_equal(f->model.info.reader, reader);
	assert_int_equal(f->model.info.address_size, 8);
	if (arch)
		assert_string_equal(f->model.info.arch, arch);
	else
		assert_null(f->model.info.arch);
}

static void assert_refused(struct fixture *f, const char *spec, int exit_code, const char *text)
{
	if (read_set(f, spec))
		fail_msg("read, but should be refused: %s", text);
	assert_int_equal(diags_exit_code(&f->diags), exit_code);
	for (size_t i = 0; i < f->diags.n; i++)
		if (strstr(f->diags.at[i].text, text))
			return;
	fail_msg("no diagnostic says '%s'; the first: %s", text, f->diags.at[0].text);
}

static void assert_size(const struct fixture *f, const char *label, uint64_t size)
{
	type_id id = TYPE_NONE;

	assert_int_equal(model_lookup(&f->model, label, &id, NULL, 0), 1);
	assert_int_equal(type_at(&f->model, id)->size, size);
}

static void test_raw(void **state)
{
	struct fixture *f = *state;

	assert_reads(f, "kernel.btf", "btf", NULL);
	assert_null(f->model.info.release);
	assert_size(f, "struct core", 8);
	run("gzip -k kernel.btf");
	assert_reads(f, "kernel.btf.gz", "btf", NULL);
}

static void test_in_elf(void **state)
{
	struct fixture *f = *state;

	assert_reads(f, "kernel.elf", "btf", "x86_64");
	assert_size(f, "struct core", 8);
	assert_reads(f, "both.elf", "dwarf", "x86_64");
	run("printf 'x' >bad && objcopy --add-section .BTF=bad bare bad.elf");
	assert_refused(f, "bad.elf", 3, "does not begin as BTF");
}

/* Module and kernel are one model, whatever holds the one and the other. */
static void test_split(void **state)
{
	static const char *const sets[] = {
		"kernel.btf,module.btf", "kernel.btf,module.ko",	   "kernel.elf,module.btf",
		"kernel.elf,module.ko",	 "kernel.elf,module.ko,module.ko", "both.elf,module.ko",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		assert_reads(f, sets[i], "btf", i ? "x86_64" : NULL);
		assert_size(f, "struct core", 8);
		assert_size(f, "struct user", 16);
	}
}

static void test_split_refused(void **state)
{
	struct fixture *f = *state;
	struct made other;

	assert_refused(f, "module.ko", 3, "is split");
	assert_refused(f, "module.btf", 3, "is split");
	assert_refused(f, "module.ko,kernel.elf", 3, "is split");
	assert_refused(f, "debug,module.ko", 3, "has no BTF");
	made_init(&other, true);
	made_int(&other, "long int", 8, MADE_SIGNED);
	write_made("big.btf", &other);
	made_deinit(&other);
	assert_refused(f, "big.btf,module.btf", 3, "another byte order");
	assert_refused(f, "kernel.elf,big.btf", 3, "another byte order");
	assert_reads(f, "big.btf", "btf", NULL);
	assert_true(f->model.info.big_endian);
}

/* A pointer is as large as a long, when no machine says it. */
static void test_address_size(void **state)
{
	struct fixture *f = *state;
	struct made m;

	made_init(&m, false);
	made_int(&m, "long int", 4, MADE_SIGNED);
	made_parts(&m, "p", BTF_STRUCT, false, 1, 4);
	made_member(&m, "p", 3, 0);
	made_type(&m, "", BTF_PTR, 1);
	write_made("narrow.btf", &m);
	made_deinit(&m);
	assert_true(read_set(f, "narrow.btf"));
	assert_int_equal(f->model.info.address_size, 4);
	made_init(&m, false);
	made_int(&m, "int", 4, MADE_SIGNED);
	write_made("unknown.btf", &m);
	made_deinit(&m);
	assert_reads(f, "unknown.btf", "btf", NULL);
}

/* ---- bootable images ---- */

static void put(unsigned char *at, size_t value, unsigned int width)
{
	for (unsigned int i = 0; i < width; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

/* An image around PAYLOAD, a file; all formats but gzip's have the unpacked SIZE behind it. */
static size_t make_image(unsigned char *image, const char *payload, size_t size)
{
	size_t n = load_file(payload, image + SETUP, IMAGE_MAX - SETUP - 4);

	memset(image, 0, SETUP);
	if (size) {
		put(image + SETUP + n, size, 4);
		n += 4;
	}
	image[0x1f1] = 1;
	put(image + 0x1fe, 0xaa55, 2);
	memcpy(image + 0x202, "HdrS", 4);
	put(image + 0x206, 0x20f, 2);
	put(image + 0x248, 0, 4);
	put(image + 0x24c, n, 4);
	write_file("vmlinuz", image, SETUP + n);
	return SETUP + n;
}

/* One block of literals: what `lz4 -l` writes for data that does not repeat. */
static void write_lz4(const unsigned char *data, size_t n)
{
	unsigned char *out = test_malloc(2 * n + 64);
	size_t at = 8, left = n;

	put(out, 0x184c2102, 4);
	out[at++] = 0xf0;
	for (left -= 15; left >= 255; left -= 255)
		out[at++] = 255;
	out[at++] = (unsigned char)left;
	memcpy(out + at, data, n);
	put(out + 4, at + n - 8, 4);
	write_file("elf.lz4", out, at + n);
	test_free(out);
}

static void test_vmlinuz(void **state)
{
	static const char *const payloads[] = {"elf.xz", "elf.zst", "elf.lz4", "elf.gz"};
	struct fixture *f = *state;
	unsigned char *image = test_malloc(IMAGE_MAX);
	size_t size = load_file("kernel.elf", image, IMAGE_MAX);

	write_lz4(image, size);
	run("xz -c kernel.elf >elf.xz && zstd -qc kernel.elf >elf.zst && gzip -c kernel.elf "
	    ">elf.gz");
	for (size_t i = 0; i < 4; i++) {
		make_image(image, payloads[i], i < 3 ? size : 0);
		assert_reads(f, "vmlinuz", "btf", "x86_64");
		assert_reads(f, "vmlinuz,module.ko", "btf", "x86_64");
		assert_size(f, "struct user", 16);
	}
	test_free(image);
}

static void test_vmlinuz_refused(void **state)
{
	struct fixture *f = *state;
	unsigned char *image = test_malloc(IMAGE_MAX);
	size_t size = load_file("kernel.elf", image, IMAGE_MAX), n;

	write_lz4(image, size);
	n = make_image(image, "elf.lz4", size + 1);
	assert_refused(f, "vmlinuz", 2, "not the");
	n = make_image(image, "elf.lz4", size);
	for (size_t cut = 0x206; cut < n; cut += cut < SETUP ? 1 : 97) {
		write_file("vmlinuz", image, cut);
		assert_refused(f, "vmlinuz", 3, "truncated");
	}
	write_file("vmlinuz", image, 0x205);
	assert_refused(f, "vmlinuz", 2, "not recognised");
	image[0x206] = 7;
	write_file("vmlinuz", image, n);
	assert_refused(f, "vmlinuz", 3, "protocol 2.07");
	image[0x206] = 15;
	image[SETUP] = 'x';
	write_file("vmlinuz", image, n);
	assert_refused(f, "vmlinuz", 3, "a form that is not supported");
	test_free(image);
}

/* A stripped kernel has its banner still; text that only looks like one is none. */
static void test_release_without_symbols(void **state)
{
	struct fixture *f = *state;

	run("echo 'const char a[] = \"Linux version %s\"; const char b[] = \"Linux version "
	    "6.1.0-9-amd64 (me@here) (gcc) #1 SMP Debian 6.1.27-1 (2023)\";' >b.c && "
	    "gcc -shared -s -o k b.c && objcopy --add-section .BTF=kernel.btf k kernel.so && "
	    "echo 'const char a[] = \"Linux version %s\";' >c.c && gcc -shared -s -o k c.c && "
	    "objcopy --add-section .BTF=kernel.btf k none.so");
	assert_reads(f, "kernel.so", "btf", "x86_64");
	assert_string_equal(f->model.info.release, "6.1.27-1");
	assert_reads(f, "none.so", "btf", "x86_64");
	assert_null(f->model.info.release);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_raw, setup, teardown),
		cmocka_unit_test_setup_teardown(test_in_elf, setup, teardown),
		cmocka_unit_test_setup_teardown(test_split, setup, teardown),
		cmocka_unit_test_setup_teardown(test_split_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_address_size, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vmlinuz, setup, teardown),
		cmocka_unit_test_setup_teardown(test_vmlinuz_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_release_without_symbols, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
