// SPDX-License-Identifier: GPL-2.0-or-later
/* The whole tool on a fake kernel: dump to image to new image, and everything that must be refused.
 */
#include "fake_kernel.h"
#include "../image.h"
#include "memory.h"
#include "run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

struct world {
	char folder[64];
	char converter[128], other[128], other2[128], core[128], image[128], image2[128], trim[128];
	struct fake fake;
	struct fake_tasks tasks;
	char *out, *err; /* of the last run */
};

static struct world world;

static void compile(const char *flags, const char *output)
{
	const char *cc = getenv("CC");
	char *command = memory_format("%s -D_GNU_SOURCE -std=gnu11 -O1 -iquote runtime %s -shared "
				      "-fPIC -o %s -x c runtime/host/fake_converter.h",
				      cc && *cc ? cc : "cc", flags, output);

	assert_int_equal(system(command), 0);
	free(command);
}

static int begin(void **state)
{
	(void)state;
	strcpy(world.folder, "/tmp/carryover-run-test-XXXXXX");
	if (!mkdtemp(world.folder))
		return -1;
	snprintf(world.converter, sizeof(world.converter), "%s/converter.so", world.folder);
	snprintf(world.other, sizeof(world.other), "%s/other.so", world.folder);
	snprintf(world.other2, sizeof(world.other2), "%s/other2.so", world.folder);
	snprintf(world.core, sizeof(world.core), "%s/core.elf", world.folder);
	snprintf(world.image, sizeof(world.image), "%s/old.image", world.folder);
	snprintf(world.image2, sizeof(world.image2), "%s/new.image", world.folder);
	snprintf(world.trim, sizeof(world.trim), "%s/trim.elf", world.folder);
	compile("", world.converter);
	compile("-DFAKE_BUILD_ID='\"0123\"'", world.other);
	return 0;
}

static int end(void **state)
{
	char *command = memory_format("rm -rf %s", world.folder);
	int code = system(command);

	(void)state;
	free(command);
	return code;
}

static int fresh(void **state)
{
	(void)state;
	fake_init(&world.fake, 4, &world.tasks);
	unlink(world.core);
	unlink(world.image);
	unlink(world.image2);
	unlink(world.trim);
	return 0;
}

static int discard(void **state)
{
	(void)state;
	free(world.fake.memory);
	free(world.out);
	free(world.err);
	world.out = world.err = NULL;
	return 0;
}

static void write_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	fclose(f);
}

static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	struct stat status;
	uint8_t *data;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &status), 0);
	*size = (size_t)status.st_size;
	data = malloc(*size + 1);
	assert_int_equal(fread(data, 1, *size, f), *size);
	fclose(f);
	return data;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* Runs the tool; the words end with NULL. */
static int run(const char *first, ...)
{
	char *argv[32] = {(char *)(uintptr_t) "carryover-run", (char *)(uintptr_t)first};
	size_t out_size, err_size;
	FILE *out, *err;
	va_list words;
	int argc = 2, code;

	va_start(words, first);
	while ((argv[argc] = va_arg(words, char *)))
		argc++;
	va_end(words);
	free(world.out);
	free(world.err);
	out = open_memstream(&world.out, &out_size);
	err = open_memstream(&world.err, &err_size);
	code = run_main(argc, argv, out, err);
	fclose(out);
	fclose(err);
	return code;
}

static void write_core(void)
{
	size_t size;
	uint8_t *data = fake_core(&world.fake, &size);

	write_file(world.core, data, size);
	free(data);
}

static int capture(void)
{
	write_core();
	return run("capture", "-c", world.converter, world.core, "-o", world.image, NULL);
}

static void assert_said(const char *text)
{
	if (!strstr(world.err, text))
		fail_msg("expected \"%s\" in:\n%s", text, world.err);
}

static void assert_shown(const char *text)
{
	if (!strstr(world.out, text))
		fail_msg("expected \"%s\" in:\n%s", text, world.out);
}

/* Not captured: CODE, TEXT among the messages, no image. */
static void assert_not_captured(int expected, const char *text)
{
	assert_int_equal(capture(), expected);
	assert_said(text);
	assert_false(exists(world.image));
	assert_string_equal(world.out, "");
}

/* ---- capture --------------------------------------------------------------------------------- */

static void test_capture(void **state)
{
	(void)state;
	assert_int_equal(capture(), 0);
	assert_string_equal(world.err, "");
	/* The tasks and the thread; alice's cred is one object; each task's items, label and
	 * signal. */
	assert_shown("struct task                                     5          560\n");
	assert_shown("struct cred                                     2           64\n");
	assert_shown("struct sig                                      4          224\n");
	assert_shown("struct item                                     5           60\n");
	assert_shown("struct blob                                     2           14\n");
	assert_shown("bytes                                           5           30\n");
	assert_shown("side values                                     2\n");
}

static void test_inspect(void **state)
{
	(void)state;
	assert_int_equal(capture(), 0);
	assert_int_equal(run("inspect", world.image, NULL), 0);
	assert_shown("objects of the old kernel");
	assert_shown("clocks: jiffies 4294900000, HZ 250, real time (ns) unknown, "
		     "boot time (ns) 30816000000, CPUs 1\n");
	assert_shown(
		"task#0: struct task at 0xffffffff93001000, 112 bytes, reached as init_task\n");
	assert_shown("reached as tasks[2].signal.thread_head[1]\n");
	assert_shown("\tcomm = \"task33\"\n");
	assert_shown("\ttasks.next → task#1.tasks\n");
	assert_shown("\tcred → cred#5\n");
	assert_shown("\towner → cred#5 | 0x2\n");
	assert_shown("\tfn → acct:task_fn\n");
	assert_shown("\trlim[1].max = 18446744073709551615\n");
	assert_shown("\t[2].id = 65535\n");
	assert_shown("\tdata = {97, 98, 99}\n");
	assert_shown("\tlabel → bytes#7 \"label\"\n");
	assert_shown("\n\t\"label\"\n");
	assert_shown("side value age = bytes ");
	assert_null(strstr(world.out, "unread"));
}

static void test_inspect_filters(void **state)
{
	(void)state;
	assert_int_equal(capture(), 0);
	assert_int_equal(run("inspect", world.image, "--type", "cred", NULL), 0);
	assert_shown("cred#5: struct cred");
	assert_null(strstr(world.out, "task#0:"));
	assert_int_equal(run("inspect", world.image, "--object", "0", "--format=json", NULL), 0);
	assert_shown("\"path\":\"comm\",\"type\":\"char[16]\",\"value\":\"task0\"");
	assert_shown("\"path\":\"cred\",\"type\":\"struct cred *\",\"value\":{\"object\":5,");
	assert_null(strstr(world.out, "\"object\":1,\"type\""));
	assert_int_equal(run("inspect", world.image, "--type", "nothing", NULL), 2);
	assert_int_equal(run("inspect", world.image, "--object", "9999", NULL), 2);
}

static void test_capture_five_levels(void **state)
{
	size_t four_size, five_size;
	uint8_t *four, *five;

	(void)state;
	assert_int_equal(capture(), 0);
	four = read_file(world.image, &four_size);
	free(world.fake.memory);
	fake_init(&world.fake, 5, &world.tasks);
	assert_int_equal(capture(), 0);
	five = read_file(world.image, &five_size);
	assert_int_equal(four_size, five_size);
	assert_memory_equal(four, five, four_size);
	free(four);
	free(five);
}

static void test_capture_trimmed_is_the_same(void **state)
{
	size_t size, trimmed_size, core_size;
	uint8_t *image, *trimmed, *core;

	(void)state;
	write_core();
	assert_int_equal(run("capture", "-c", world.converter, world.core, "-o", world.image,
			     "--trim", world.trim, NULL),
			 0);
	assert_int_equal(
		run("capture", "-c", world.converter, world.trim, "-o", world.image2, NULL), 0);
	image = read_file(world.image, &size);
	trimmed = read_file(world.image2, &trimmed_size);
	assert_int_equal(size, trimmed_size);
	assert_memory_equal(image, trimmed, size);
	free(image);
	free(trimmed);
	core = read_file(world.trim, &core_size);
	assert_true(core_size < FAKE_MEMORY / 16);
	free(core);
}

static void test_capture_reads_only_what_is_consumed(void **state)
{
	size_t size;
	uint8_t *image;
	uint64_t unread = 0xdeadbeefdeadbeefull;

	(void)state;
	assert_int_equal(capture(), 0);
	image = read_file(world.image, &size);
	assert_null(memmem(image, size, &unread, sizeof(unread)));
	free(image);
}

static void test_build_id_from_notes(void **state)
{
	char *line;

	(void)state;
	line = strstr(world.fake.info, "BUILD-ID");
	memcpy(line, "BUILT_ID", 8);
	assert_int_equal(capture(), 0);
	fake_set(&world.fake, FAKE_DATA + 0x110, 0);
	unlink(world.image);
	assert_not_captured(1, "this dump is 6.1.1-1 (build-id 00000000");
	fake_set(&world.fake, FAKE_DATA + 0x100, 0);
	assert_not_captured(3, "neither VMCOREINFO nor the kernel's notes give a build-id");
}

static void test_object_inside_another(void **state)
{
	uint64_t items;

	(void)state;
	/* One task's label is another's comm, its items the last two of another's three. */
	items = fake_get(&world.fake, TASK_FIELD(world.tasks.at[0], items));
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[1], label),
		 TASK_FIELD(world.tasks.at[0], comm));
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[1], items), items + 4);
	fake_write(&world.fake, TASK_FIELD(world.tasks.at[1], n_items), &(uint32_t){2}, 4);
	assert_int_equal(capture(), 0);
	assert_shown("struct item                                     4           48\n");
	assert_int_equal(run("inspect", world.image, "--object", "2", NULL), 0);
	assert_shown("\tlabel → task#1.comm[0]\n");
	assert_shown("[1]\n");
	assert_int_equal(
		run("convert", "-c", world.converter, world.image, "-o", world.image2, NULL), 0);
	assert_int_equal(run("inspect", world.image2, "--object", "2", NULL), 0);
	assert_shown("\tlabel → task#1.comm[0]\n");
	assert_shown("[1]\n");
}

/* A slab object can be shorter than its type: the next one then begins inside it. */
static void test_objects_closer_than_their_type(void **state)
{
	struct old_task task =
		fake_task(&world.fake, 9, fake_cred(&world.fake, 9), fake_signal(&world.fake));
	uint64_t first = world.fake.heap, second = first + 104;

	(void)state;
	world.fake.heap += 4096;
	fake_write(&world.fake, first, &task, 104);
	task.pid = 10;
	fake_write(&world.fake, second, &task, 104);
	fake_list_add(&world.fake, TASK_FIELD(first, tasks), TASK_FIELD(world.tasks.init, tasks));
	fake_list_add(&world.fake, TASK_FIELD(second, tasks), TASK_FIELD(world.tasks.init, tasks));
	fake_list_init(&world.fake, TASK_FIELD(first, thread_node));
	fake_list_init(&world.fake, TASK_FIELD(second, thread_node));
	assert_int_equal(capture(), 0);
	assert_shown("struct task                                     7          784\n");
	assert_int_equal(
		run("convert", "-c", world.converter, world.image, "-o", world.image2, NULL), 0);
	assert_int_equal(run("inspect", world.image2, "--type", "task", NULL), 0);
	assert_shown("\tpid = 9\n");
	assert_shown("\tpid = 10\n");
}

static void test_large_pages(void **state)
{
	uint64_t label = fake_get(&world.fake, TASK_FIELD(world.tasks.at[0], label));

	(void)state;
	/* The same bytes through a page of 1 GiB; the kernel's data lie in one of 2 MiB anyway. */
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[0], label),
		 FAKE_GIANT + fake_physical(label));
	assert_int_equal(capture(), 0);
	assert_int_equal(run("inspect", world.image, "--object", "1", NULL), 0);
	assert_shown("\"label\"\n");
}

static void test_capture_hook_refuses(void **state)
{
	(void)state;
	world.fake.hole = fake_physical(FAKE_DATA);
	assert_not_captured(1, "init_task.cred.serial: capture: a hook refused: no clock");
}

static void test_clocks_unknown(void **state)
{
	(void)state;
	fake_set(&world.fake, FAKE_DATA + 0x18, 17);
	assert_int_equal(capture(), 0);
	assert_int_equal(run("inspect", world.image, "--format", "json", NULL), 0);
	assert_shown("\"clocks\":{\"jiffies\":4294900000,\"hz\":null,\"real_ns\":null,"
		     "\"boot_ns\":null,\"cpus\":1}");
}

/* ---- dumps that must be refused -------------------------------------------------------------- */

static void test_wrong_kernel(void **state)
{
	(void)state;
	write_core();
	assert_int_equal(run("capture", "-c", world.other, world.core, "-o", world.image, NULL), 1);
	assert_said("this dump is 6.1.1-1 (build-id 000102030405060708090a0b0c0d0e0f10111213), the "
		    "converter is from 6.1.1-1 (build-id 0123)");
	assert_false(exists(world.image));
}

static void test_not_a_dump(void **state)
{
	(void)state;
	write_file(world.core, "hello", 5);
	assert_int_equal(run("capture", "-c", world.converter, world.core, "-o", world.image, NULL),
			 2);
	assert_said("not an ELF memory dump");
	write_file(world.core, "KDUMP   ........", 16);
	assert_int_equal(run("capture", "-c", world.converter, world.core, "-o", world.image, NULL),
			 3);
	assert_said("a compressed kdump file");
	assert_int_equal(
		run("capture", "-c", world.converter, world.converter, "-o", world.image, NULL), 2);
	assert_said("no memory dump (its type is not core)");
	assert_int_equal(
		run("capture", "-c", world.converter, "/nonexistent", "-o", world.image, NULL), 2);
	assert_false(exists(world.image));
}

static void test_truncated_core(void **state)
{
	static const size_t sizes[] = {0, 3, 10, 60, 100, 700, 9000, 1u << 20};
	size_t size;
	uint8_t *data = fake_core(&world.fake, &size);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		write_file(world.core, data, sizes[i]);
		assert_int_equal(
			run("capture", "-c", world.converter, world.core, "-o", world.image, NULL),
			sizes[i] < 4 ? 2 : 3);
		assert_false(exists(world.image));
	}
	assert_said("truncated: memory at physical 0x0 ends at file offset 4202496");
	free(data);
}

static void test_no_vmcoreinfo(void **state)
{
	(void)state;
	world.fake.info[0] = '\0';
	assert_not_captured(3, "no VMCOREINFO note");
}

static void test_vmcoreinfo_incomplete(void **state)
{
	(void)state;
	memcpy(strstr(world.fake.info, "NUMBER(phys_base)"), "NUMBER(phys_bass)", 17);
	assert_not_captured(3, "VMCOREINFO has no NUMBER(phys_base)");
}

static void test_other_machine(void **state)
{
	(void)state;
	world.fake.machine = EM_AARCH64;
	assert_not_captured(3, "a memory dump of arm64, which is not supported");
}

static void test_missing_page(void **state)
{
	(void)state;
	world.fake.hole = fake_physical(world.tasks.at[1]) & ~4095ull;
	assert_not_captured(3, "the dump does not hold its page");
}

/*
 * Whatever a dump says, the tool ends with one of its exit codes, and an image only with 0: header,
 * notes and page tables byte by byte, the rest here and there.
 */
static void test_damaged_dump(void **state)
{
	size_t size;
	uint8_t *core;
	uint32_t random = 1;

	(void)state;
	write_core();
	assert_int_equal(run("capture", "-c", world.converter, world.core, "-o", world.image,
			     "--trim", world.trim, NULL),
			 0);
	core = read_file(world.trim, &size);
	for (size_t i = 0; i < 3000; i++) {
		size_t at = i < 1500 ? i : (random = random * 1664525u + 1013904223u) % size;
		uint8_t was = core[at];
		int code;

		core[at] ^= (uint8_t)(1u << (random >> 24) % 8);
		write_file(world.core, core, size);
		unlink(world.image);
		code = run("capture", "-q", "-c", world.converter, world.core, "-o", world.image,
			   NULL);
		assert_in_range(code, 0, 3);
		assert_int_equal(exists(world.image), code == 0);
		assert_int_equal(world.err[0] != '\0', code != 0);
		core[at] = was;
	}
	free(core);
}

/* ---- state that must be refused -------------------------------------------------------------- */

static void test_unmapped_pointer(void **state)
{
	(void)state;
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[1], cred), 0xffff888100000000ull);
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[2], cred), 0x1234567812345678ull);
	assert_not_captured(1, "tasks[1].cred: cannot read 0xffff888100000000: the kernel's page "
			       "tables do not map it");
	assert_said("tasks[2].cred: cannot read 0x1234567812345678");
}

static void test_list_without_end(void **state)
{
	(void)state;
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[2], tasks),
		 TASK_FIELD(world.tasks.at[0], tasks));
	assert_not_captured(1, "tasks[3]: the list comes back to 0x");
}

static void test_list_broken(void **state)
{
	(void)state;
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[0], tasks), 0);
	assert_not_captured(1, "tasks[1]: the list ends in a null pointer");
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[0], tasks), 0xdead000000000100ull);
	assert_not_captured(1, "tasks[1]: cannot read 0xdead0000000000");
}

static void test_string_without_end(void **state)
{
	(void)state;
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[0], label),
		 fake_allocate(&world.fake, "a label of more than sixteen bytes", 35));
	assert_not_captured(1, "tasks[0].label: more than 16 bytes in a string");
}

static void test_array_too_long(void **state)
{
	(void)state;
	fake_write(&world.fake, TASK_FIELD(world.tasks.at[0], n_items), &(uint32_t){0xffffffff}, 4);
	assert_not_captured(1, "tasks[0].items: more than");
}

static void test_array_larger_than_dump(void **state)
{
	(void)state;
	fake_write(&world.fake, TASK_FIELD(world.tasks.at[0], n_items), &(uint32_t){0xffffff}, 4);
	assert_not_captured(1, "tasks[0].items: more than 4202496 bytes");
}

static void test_unknown_symbol(void **state)
{
	(void)state;
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[0], fn), FAKE_DATA + 0x44);
	assert_not_captured(1,
			    "tasks[0].fn: 0xffffffff93000044: no symbol that the converter knows");
}

static void test_dangling_list_node(void **state)
{
	(void)state;
	fake_set(&world.fake, TASK_FIELD(world.tasks.thread, tasks), FAKE_HEAP + 0x30000);
	assert_not_captured(1, "tasks[2].signal.thread_head[1].tasks.next: 0xffff888000030000: the "
			       "pointer's target did not cross");
}

static void test_overlap(void **state)
{
	(void)state;
	/* A string in the middle of a number. */
	fake_set(&world.fake, TASK_FIELD(world.tasks.at[0], label),
		 fake_get(&world.fake, TASK_FIELD(world.tasks.at[0], cred)) + 1);
	assert_not_captured(1, "tasks[0].cred and tasks[0].label overlap at 0xffff8880000");
}

/* ---- convert --------------------------------------------------------------------------------- */

static void test_convert(void **state)
{
	(void)state;
	assert_int_equal(capture(), 0);
	assert_int_equal(
		run("convert", "-c", world.converter, world.image, "-o", world.image2, NULL), 0);
	assert_shown("struct task                                     5          600\n");
	assert_shown("struct item                                     5          120\n");
	assert_shown("struct blob                                     2           22\n");
	assert_int_equal(run("inspect", world.image2, NULL), 0);
	assert_shown("objects of the new kernel");
	assert_shown("converted: 23 objects by 6.1.1-1 to 6.1.2-1\n");
	assert_shown("\tcomm = \"task33\"\n");
	assert_shown("\ttasks.next → task#1.tasks\n");
	assert_shown("\towner → cred#5 | 0x2\n");
	assert_shown("\tfn → acct:task_fn\n");
	assert_shown("\tprio = 120\n");
	assert_shown("\tfresh = 0\n");
	assert_shown("\t[1].kind = KIND_BIG (7)\n");
	assert_shown("\tdata = {97, 98, 99}\n");
	assert_shown("clocks: jiffies 4294900000");
	assert_shown("side value age = bytes ");
}

static void test_convert_lists_every_refusal(void **state)
{
	(void)state;
	fake_write(&world.fake, TASK_FIELD(world.tasks.at[0], prio), &(uint32_t){140}, 4);
	fake_write(&world.fake, TASK_FIELD(world.tasks.at[2], prio), &(uint32_t){4294967295u}, 4);
	assert_int_equal(capture(), 0);
	assert_int_equal(
		run("convert", "-c", world.converter, world.image, "-o", world.image2, NULL), 1);
	assert_said("tasks[0].prio: value 140 (0x8c): the value does not fit the new type\n");
	assert_said("tasks[2].prio: value 4294967295 (0xffffffff)");
	assert_null(strstr(world.err, "tasks[1]"));
	assert_false(exists(world.image2));
}

static void test_convert_wrong_image(void **state)
{
	(void)state;
	assert_int_equal(capture(), 0);
	assert_int_equal(run("convert", "-c", world.other, world.image, "-o", world.image2, NULL),
			 1);
	assert_said("the image's objects are of 6.1.1-1 x86_64 (build-id 00010203");
	assert_int_equal(
		run("convert", "-c", world.converter, world.core, "-o", world.image2, NULL), 2);
	assert_said("not a state image");
	assert_int_equal(
		run("convert", "-c", world.converter, world.image, "-o", world.image2, NULL), 0);
	assert_int_equal(
		run("convert", "-c", world.converter, world.image2, "-o", world.trim, NULL), 1);
	assert_said("the image's objects are of 6.1.2-1");
	assert_false(exists(world.trim));
}

/* Same kernels, but a capture for another mapping, or other layouts. */
static void test_convert_gate(void **state)
{
	(void)state;
	assert_int_equal(capture(), 0);
	compile("-DFAKE_MAPPING='\"mapping-2\"'", world.other2);
	assert_int_equal(run("convert", "-c", world.other2, world.image, "-o", world.image2, NULL),
			 1);
	assert_said("the image was captured for another mapping (mapping-1) than the converter's "
		    "(mapping-2)");
	compile("-DFAKE_RLIM='\"9\"'", world.other2);
	assert_int_equal(run("convert", "-c", world.other2, world.image, "-o", world.image2, NULL),
			 1);
	assert_said(
		"struct rlim: the image's layout (old-4, 16 bytes) is not the converter's (old-9, "
		"16 bytes)");
	assert_false(exists(world.image2));
}

/* Every blob says that it has N bytes. */
static void blobs_say(uint32_t n)
{
	static const char text[] = {'a', 'b', 'c', 'X'};
	uint8_t *at = world.fake.memory, *end = at + FAKE_MEMORY;
	size_t found = 0;

	while ((at = memmem(at, (size_t)(end - at), text, sizeof(text)))) {
		memcpy(at - sizeof(n), &n, sizeof(n));
		at += sizeof(text);
		found++;
	}
	assert_in_range(found, 1, 10);
}

/* A size that the object itself gives is read first, and believed only as far as it can be true. */
static void test_extent(void **state)
{
	static const uint32_t hostile[] = {0, 3, 1u << 31, UINT32_MAX};

	(void)state;
	compile("-DFAKE_EXTENT", world.other2);
	blobs_say(7);
	write_core();
	assert_int_equal(run("capture", "-c", world.other2, world.core, "-o", world.image, NULL), 0);
	assert_int_equal(run("inspect", world.image, NULL), 0);
	assert_shown("\tn = 7\n\tdata = {97, 98, 99}\n");
	blobs_say(4);
	write_core();
	assert_int_equal(run("capture", "-c", world.other2, world.core, "-o", world.image, NULL), 0);
	assert_int_equal(run("inspect", world.image, NULL), 0);
	assert_null(strstr(world.out, "97"));
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		char *said = memory_format(".n: says that the object has %u bytes: neither the 4 that "
					   "are read of it, nor up to 67108864\n",
					   hostile[i]);

		unlink(world.image);
		blobs_say(hostile[i]);
		write_core();
		assert_int_equal(
			run("capture", "-c", world.other2, world.core, "-o", world.image, NULL), 1);
		assert_said(said);
		assert_false(exists(world.image));
		free(said);
	}
}

/* What stood at the output before stays when nothing comes of it. */
static void test_failure_touches_nothing(void **state)
{
	size_t size;
	uint8_t *data;

	(void)state;
	fake_write(&world.fake, TASK_FIELD(world.tasks.at[0], prio), &(uint32_t){140}, 4);
	assert_int_equal(capture(), 0);
	write_file(world.image2, "before", 6);
	assert_int_equal(
		run("convert", "-c", world.converter, world.image, "-o", world.image2, NULL), 1);
	write_file(world.image, "before", 6);
	world.fake.info[0] = '\0';
	assert_int_equal(capture(), 3);
	data = read_file(world.image, &size);
	assert_int_equal(size, 6);
	assert_memory_equal(data, "before", 6);
	free(data);
	data = read_file(world.image2, &size);
	assert_int_equal(size, 6);
	free(data);
}

static void test_verify(void **state)
{
	size_t size;
	uint8_t *data;

	(void)state;
	assert_int_equal(capture(), 0);
	assert_int_equal(run("verify", world.image, NULL), 0);
	assert_shown("intact");
	data = read_file(world.image, &size);
	data[size - 1] ^= 1;
	write_file(world.image, data, size);
	assert_int_equal(run("verify", world.image, NULL), 1);
	assert_said("the checksum of a section is wrong");
	write_file(world.image, data, size - 1);
	assert_int_equal(run("verify", world.image, NULL), 2);
	assert_said("truncated or extended");
	free(data);
}

/* ---- preflight and why ------------------------------------------------------------------------- */

static void test_preflight(void **state)
{
	(void)state;
	write_core();
	assert_int_equal(run("preflight", "-c", world.converter, world.core, NULL), 0);
	assert_shown(" objects convert\n");
	assert_int_equal(run("preflight", "-c", world.other, world.core, NULL), 1);
	fake_write(&world.fake, TASK_FIELD(world.tasks.at[0], prio), &(uint32_t){140}, 4);
	fake_write(&world.fake, TASK_FIELD(world.tasks.at[2], prio), &(uint32_t){4294967295u}, 4);
	write_core();
	assert_int_equal(run("preflight", "-c", world.converter, world.core, NULL), 1);
	assert_said("tasks[0].prio: value 140 (0x8c): the value does not fit the new type\n");
	assert_said("tasks[2].prio: value 4294967295 (0xffffffff)");
	assert_string_equal(world.out, "");
	assert_false(exists(world.image));
}

static void test_why(void **state)
{
	(void)state;
	assert_int_equal(capture(), 0);
	assert_int_equal(run("why", world.image, "task#0.pid", NULL), 0);
	assert_shown("pid = ");
	assert_shown("copied as it was: same name\n");
	assert_shown("object 0, init_task: struct task of ");
	/* By its name, which is the longest that fits; into records and elements; an object alone. */
	assert_int_equal(run("why", world.image, "tasks[0].signal.rlim[1].max", NULL), 0);
	assert_shown("rlim[1].max = ");
	assert_shown(", tasks[0].signal: struct sig of ");
	assert_int_equal(run("why", world.image, "task#0.unread", NULL), 0);
	assert_shown("given up: mapping.yaml:3: a cache\n");
	assert_int_equal(run("why", world.image, "init_task", NULL), 0);
	assert_shown("converted by 6.1.1-1 to 6.1.2-1");
	assert_int_equal(run("why", world.image, "cred#0.uid", NULL), 2);
	assert_said("no object of this name");
	assert_int_equal(run("why", world.image, "task#0.rlim", NULL), 2);
	assert_said("has no member 'rlim'");
	assert_int_equal(run("why", world.image, "task#99999", NULL), 2);
	assert_int_equal(run("why", world.image, NULL), 2);
	assert_int_equal(run("why", world.image, "task#0", "more", NULL), 2);
	assert_said("one operand too many");
}

/* ---- usage ----------------------------------------------------------------------------------- */

static void test_usage(void **state)
{
	(void)state;
	assert_int_equal(run("--help", NULL), 0);
	assert_shown("usage: carryover-run COMMAND");
	assert_int_equal(run("--version", NULL), 0);
	assert_shown("carryover-run 0.");
	assert_int_equal(run("capture", "--help", NULL), 0);
	assert_shown("--trim CORE");
	assert_int_equal(run("nothing", NULL), 2);
	assert_said("unknown command 'nothing'");
	assert_int_equal(run("vreify", NULL), 2);
	assert_said("unknown command 'vreify'; did you mean 'verify'?");
	assert_int_equal(run("inspect", "x", "--fromat=json", NULL), 2);
	assert_said("unknown option '--fromat=json'; did you mean --format?");
	assert_int_equal(run("inspect", "x", "--trim", NULL), 2);
	assert_said("unknown option '--trim'\n");
	assert_int_equal(run("--table", NULL), 0);
	assert_shown("command\tswitch\tpreflight|");
	assert_shown("option\tinspect\t\tformat\ttext|json\tfor people (the default) or for "
		     "programs\ttext json\n");
	assert_int_equal(run("capture", "x", NULL), 2);
	assert_said("needs -c CONVERTER.so");
	assert_said("needs -o FILE");
	assert_int_equal(run("inspect", "x", "--format", "yaml", NULL), 2);
	assert_said("--format takes text|json, not 'yaml'");
	assert_int_equal(run("inspect", "x", "-c", "y", NULL), 2);
	assert_said("unknown option '-c'");
	assert_int_equal(run("inspect", "x", "y", NULL), 2);
	assert_said("one operand too many");
}

static void test_bad_converter(void **state)
{
	(void)state;
	write_core();
	assert_int_equal(run("capture", "-c", world.core, world.core, "-o", world.image, NULL), 2);
	assert_said("cannot load converter");
	assert_int_equal(run("capture", "-c", "libm.so.6", world.core, "-o", world.image, NULL), 2);
	assert_said("cannot load converter: ./libm.so.6");
}

static void test_unwritable_output(void **state)
{
	(void)state;
	write_core();
	assert_int_equal(
		run("capture", "-c", world.converter, world.core, "-o", "/nonexistent/image", NULL),
		2);
	assert_said("/nonexistent/image: No such file or directory");
	assert_string_equal(world.out, "");
}

/* ---- object ---------------------------------------------------------------------------------- */

/* Runs `object` with INPUT on stdin. */
static int run_object(const void *input, size_t size, const char *type, const char *pointers)
{
	int saved = dup(0), code;
	FILE *f = tmpfile();

	fwrite(input, 1, size, f);
	fflush(f);
	lseek(fileno(f), 0, SEEK_SET);
	dup2(fileno(f), 0);
	code = run("object", "-c", world.converter, "--type", type, "--pointers", pointers, NULL);
	dup2(saved, 0);
	close(saved);
	fclose(f);
	return code;
}

static void test_object(void **state)
{
	struct old_item item = {.id = 7, .kind = 8};
	struct new_item expected = {.id = 7, .kind = 8};
	struct old_cred cred = {.uid = 3, .blob = 0x1000};
	struct new_cred converted;

	(void)state;
	assert_int_equal(run_object(&item, sizeof(item), "struct item", "refuse"), 0);
	assert_memory_equal(world.out, &expected, sizeof(expected));
	assert_int_equal(run_object(&item, 3, "item", "refuse"), 2);
	assert_said("stdin: 3 bytes, but struct item has 4");
	item.kind = 256;
	assert_int_equal(run_object(&item, sizeof(item), "item", "refuse"), 1);
	assert_said("struct item.kind: value 256 (0x100): the kind became a byte");
	assert_string_equal(world.out, "");
	assert_int_equal(run_object(&item, sizeof(item), "struct nothing", "refuse"), 2);
	assert_int_equal(run_object(&cred, sizeof(cred), "cred", "refuse"), 1);
	assert_said("struct cred.blob: 0x1000");
	assert_int_equal(run_object(&cred, sizeof(cred), "cred", "keep"), 0);
	memcpy(&converted, world.out, sizeof(converted));
	assert_int_equal(converted.blob, 0x1000);
	assert_int_equal(converted.uid, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, discard)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_capture),
		TEST(test_inspect),
		TEST(test_inspect_filters),
		TEST(test_capture_five_levels),
		TEST(test_capture_trimmed_is_the_same),
		TEST(test_capture_reads_only_what_is_consumed),
		TEST(test_build_id_from_notes),
		TEST(test_object_inside_another),
		TEST(test_objects_closer_than_their_type),
		TEST(test_large_pages),
		TEST(test_capture_hook_refuses),
		TEST(test_clocks_unknown),
		TEST(test_wrong_kernel),
		TEST(test_not_a_dump),
		TEST(test_truncated_core),
		TEST(test_no_vmcoreinfo),
		TEST(test_vmcoreinfo_incomplete),
		TEST(test_other_machine),
		TEST(test_missing_page),
		TEST(test_damaged_dump),
		TEST(test_unmapped_pointer),
		TEST(test_list_without_end),
		TEST(test_list_broken),
		TEST(test_string_without_end),
		TEST(test_array_too_long),
		TEST(test_array_larger_than_dump),
		TEST(test_unknown_symbol),
		TEST(test_dangling_list_node),
		TEST(test_overlap),
		TEST(test_convert),
		TEST(test_convert_lists_every_refusal),
		TEST(test_convert_wrong_image),
		TEST(test_convert_gate), TEST(test_extent),
		TEST(test_failure_touches_nothing),
		TEST(test_verify),
		TEST(test_preflight),
		TEST(test_why),
		TEST(test_usage),
		TEST(test_bad_converter),
		TEST(test_unwritable_output),
		TEST(test_object),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
