// SPDX-License-Identifier: GPL-2.0-or-later
/* A core of converted objects: where they lie, what their pointers are, and what makes no core. */
#include "fake_kernel.h"
#include "memory.h"
#include "newcore.h"
#include "state.h"

#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define RAN (FAKE_LINKED + 0x1000 + 0x5000000) /* where the old kernel had init_task */

enum { INIT, OTHER, CRED, BLOB, ITEMS, LABEL }; /* objects of the image */

static struct co_image *image;
static uint8_t *image_data;
static struct co_converter converter; /* what a test may change */
static struct co_symbol changed[2];
static struct report report;
static struct newcore core;

static void fill(struct state *state, uint32_t object, const void *bytes, uint32_t size)
{
	memcpy(state->objects[object].bytes, bytes, size);
}

/* Two tasks on one list, a cred with a blob, and what they point to, as the new kernel has them. */
static void make_image(void)
{
	static const struct {
		uint64_t origin;
		uint32_t type, size;
		const char *name;
	} objects[] = {
		{RAN, TYPE_TASK, sizeof(struct new_task), "init_task"},
		{0x4000, TYPE_TASK, sizeof(struct new_task), "tasks[0]"},
		{0x1000, TYPE_CRED, sizeof(struct new_cred), "tasks[0].cred"},
		{0x2000, TYPE_BLOB, 11, "tasks[0].cred.blob"},
		{0x3000, TYPE_ITEM, 2 * sizeof(struct new_item), "tasks[0].items"},
		{0x5000, CO_NOWHERE, 6, "tasks[0].label"},
	};
	const uint64_t tasks = offsetof(struct new_task, tasks);
	struct new_task init = {.tasks = {0x4000 + tasks, 0x4000 + tasks}, .comm = "swapper"};
	struct new_task other = {.pid = 7,
				 .tasks = {RAN + tasks, RAN + tasks},
				 .cred = 0x1000,
				 .items = 0x3000,
				 .label = 0x5000,
				 .n_items = 2,
				 .owner = (0x1000 + offsetof(struct new_cred, rcu)) | 1,
				 .fn = 0x9000};
	struct new_cred cred = {.uid = 1, .serial = 2, .blob = 0x2000};
	struct new_item items[2] = {{.id = 1}, {.id = 2}};
	struct state state;
	uint64_t size;

	state_init(&state);
	state_add_symbol(&state, 0x9000, "", "task_fn");
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		state_add_object(&state, objects[i].origin, objects[i].type, objects[i].size, 8,
				 memory_string(objects[i].name));
	fill(&state, INIT, &init, sizeof(init));
	fill(&state, OTHER, &other, sizeof(other));
	fill(&state, CRED, &cred, sizeof(cred));
	fill(&state, BLOB, "\3\0\0\0\0\0\0\0abc", 11);
	fill(&state, ITEMS, items, sizeof(items));
	fill(&state, LABEL, "label", 6);
	assert_int_equal(state_sort(&state, &report), 0);
	image_data = state_write(&state, &co_converter, true, &size, &report);
	report_print(&report, stderr);
	assert_non_null(image_data);
	assert_int_equal(co_image_open(image, image_data, size, &(struct co_image_trouble){0}),
			 CO_OK);
	state_deinit(&state);
}

static int begin(void **unused)
{
	(void)unused;
	image = memory_zeroed(1, sizeof(*image));
	make_image();
	converter = co_converter;
	memcpy(changed, new_symbols, sizeof(changed));
	converter.new_symbols = changed;
	return 0;
}

static int discard(void **unused)
{
	(void)unused;
	newcore_deinit(&core);
	report_deinit(&report);
	memset(&report, 0, sizeof(report));
	free(image_data);
	free(image);
	return 0;
}

static int make(void)
{
	newcore_deinit(&core);
	return newcore_make(&core, image, &converter, &report);
}

/* The bytes that the core has at ADDRESS, by its program headers alone. */
static const void *at(uint64_t address, uint64_t size)
{
	Elf64_Ehdr header;
	Elf64_Phdr row;

	memcpy(&header, core.data, sizeof(header));
	for (uint32_t i = 0; i < header.e_phnum; i++) {
		memcpy(&row, core.data + header.e_phoff + i * sizeof(row), sizeof(row));
		if (row.p_type == PT_LOAD && address >= row.p_vaddr &&
		    address - row.p_vaddr + size <= row.p_filesz)
			return core.data + row.p_offset + (address - row.p_vaddr);
	}
	fail_msg("nothing at 0x%llx", (unsigned long long)address);
	return NULL;
}

static uint64_t address_of(uint32_t object)
{
	return core.objects[object].address;
}

static void read_object(uint32_t object, void *buffer, size_t size)
{
	memcpy(buffer, at(address_of(object), size), size);
}

/* Puts BYTES into a section and opens the image again. */
static void change_section(uint32_t kind, uint64_t offset, const void *bytes, size_t size)
{
	struct co_section sections[CO_IMAGE_SECTIONS_MAX];
	uint64_t length = image->size;
	uint8_t *data = memory_zeroed((size_t)length, 1);

	memcpy(sections, image->sections, sizeof(sections));
	memcpy(image_data + (image->at[kind]->data - image_data) + offset, bytes, size);
	assert_int_equal(co_image_write(sections, image->n_sections, data, length, &length), CO_OK);
	free(image_data);
	image_data = data;
	assert_int_equal(co_image_open(image, data, length, &(struct co_image_trouble){0}), CO_OK);
}

/* ---------------------------------------------------------------------------------------------- */

static void test_objects(void **unused)
{
	struct new_task init, other;
	struct new_cred cred;

	(void)unused;
	assert_int_equal(make(), 0);
	assert_int_equal(address_of(INIT), FAKE_LINKED + 0x5100);
	assert_string_equal(core.objects[INIT].symbol, "init_task");
	read_object(INIT, &init, sizeof(init));
	read_object(OTHER, &other, sizeof(other));
	read_object(CRED, &cred, sizeof(cred));
	assert_string_equal(init.comm, "swapper");
	assert_int_equal(init.tasks.next, address_of(OTHER) + offsetof(struct new_task, tasks));
	assert_int_equal(other.tasks.next, address_of(INIT) + offsetof(struct new_task, tasks));
	assert_int_equal(init.cred, 0);
	assert_int_equal(other.pid, 7);
	assert_int_equal(other.cred, address_of(CRED));
	assert_int_equal(other.owner, (address_of(CRED) + offsetof(struct new_cred, rcu)) | 1);
	assert_int_equal(other.fn, FAKE_LINKED + 0x50);
	assert_string_equal(at(other.label, 6), "label");
	assert_int_equal(((const struct new_item *)at(other.items, 16))[1].id, 2);
	assert_int_equal(cred.serial, 2);
	assert_memory_equal(at(cred.blob, 11), "\3\0\0\0\0\0\0\0abc", 11);
	assert_int_equal(core.n_nulls, 0);
}

/* Behind each object in the direct mapping there are zero bytes; no segment touches another. */
static void test_apart(void **unused)
{
	static const uint8_t zero[64];

	(void)unused;
	assert_int_equal(make(), 0);
	for (uint32_t i = OTHER; i <= LABEL; i++) {
		struct co_image_object row;

		co_image_object(image, i, &row);
		assert_int_equal(address_of(i) % 64, 0);
		assert_true(address_of(i) >= 0xffff888100000000ull);
		assert_memory_equal(at(address_of(i) + row.size, 64), zero, 64);
	}
	for (uint32_t i = 0; i + 1 < core.n_segments; i++) {
		Elf64_Phdr row, next;

		memcpy(&row, core.data + sizeof(Elf64_Ehdr) + (i + 1) * sizeof(row), sizeof(row));
		memcpy(&next, core.data + sizeof(Elf64_Ehdr) + (i + 2) * sizeof(row), sizeof(row));
		assert_true(next.p_vaddr > row.p_vaddr + row.p_filesz);
		assert_int_equal(row.p_offset % row.p_align, row.p_vaddr % row.p_align);
		assert_int_equal(row.p_paddr,
				 row.p_vaddr - (row.p_vaddr >> 63 && row.p_vaddr < FAKE_LINKED
							? 0xffff888000000000ull
							: 0xffffffff80000000ull));
	}
}

static void test_notes(void **unused)
{
	Elf64_Phdr row;
	Elf64_Nhdr note;
	const char *text;

	(void)unused;
	assert_int_equal(make(), 0);
	memcpy(&row, core.data + sizeof(Elf64_Ehdr), sizeof(row));
	assert_int_equal(row.p_type, PT_NOTE);
	memcpy(&note, core.data + row.p_offset, sizeof(note));
	assert_string_equal((char *)core.data + row.p_offset + sizeof(note), "VMCOREINFO");
	text = (char *)core.data + row.p_offset + sizeof(note) + 12;
	assert_true(sizeof(note) + 12 + note.n_descsz <= row.p_filesz);
	assert_memory_equal(text, "OSRELEASE=6.1.2-1\nBUILD-ID=ff\nPAGESIZE=4096\n", 44);
	assert_non_null(memmem(text, note.n_descsz, "\nKERNELOFFSET=0\n", 16));
	assert_non_null(memmem(text, note.n_descsz, "\nSYMBOL(init_task)=ffffffff81005100\n", 35));
	/* The table of pages that the note names is there, and maps nothing. */
	assert_int_equal(*(const uint64_t *)at(core.tables, 4096), 0);
}

/* A release that would begin another line, or that is none. */
static void test_release(void **unused)
{
	(void)unused;
	change_section(CO_SECTION_STRINGS, image->identity.str_to_release, "6.1.2\n1", 8);
	converter.to.release = "6.1.2\n1";
	assert_int_equal(make(), 0);
	assert_non_null(memmem(core.data, core.size, "OSRELEASE=6.1.2\nBUILD-ID=ff\n", 28));
	change_section(CO_SECTION_STRINGS, image->identity.str_to_release, "", 1);
	converter.to.release = "";
	assert_int_equal(make(), 0);
	assert_non_null(memmem(core.data, core.size, "OSRELEASE=unknown\nBUILD-ID=ff\n", 30));
}

/* A symbol that the new kernel does not have leaves null behind, and the list says so. */
static void test_unknown_symbol(void **unused)
{
	struct new_task other;
	char *text = NULL;
	size_t size;
	FILE *out;

	(void)unused;
	converter.n_new_symbols = 1;
	assert_int_equal(make(), 0);
	read_object(OTHER, &other, sizeof(other));
	assert_int_equal(other.fn, 0);
	assert_int_equal(core.n_nulls, 1);
	out = open_memstream(&text, &size);
	newcore_list(&core, FORMAT_TEXT, out);
	fclose(out);
	assert_non_null(
		strstr(text, "task#1.fn is null: nobody knows where 6.1.2-1 has task_fn\n"));
	assert_non_null(strstr(text, "init_task, at the symbol init_task\n"));
	free(text);
	out = open_memstream(&text, &size);
	newcore_list(&core, FORMAT_JSON, out);
	fclose(out);
	assert_non_null(strstr(
		text, "\"unknown_symbols\":[\n  {\"object\":1,\"path\":\"fn\",\"module\":\"\","
		      "\"symbol\":\"task_fn\"}]}"));
	free(text);
}

/* An address where the object cannot lie, or might hide others, is not taken. */
static void test_symbol_out_of_place(void **unused)
{
	static const uint64_t bad[] = {0, FAKE_LINKED + 0x5101, UINT64_MAX - 7,
				       0xffff888100000000ull + 8};

	(void)unused;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct new_task other;

		changed[0].address = bad[i];
		assert_int_equal(make(), 0);
		assert_null(core.objects[INIT].symbol);
		assert_true(address_of(INIT) >= 0xffff888100001000ull);
		read_object(OTHER, &other, sizeof(other));
		assert_int_equal(other.tasks.prev,
				 address_of(INIT) + offsetof(struct new_task, tasks));
	}
	/* Below the kernel's image there is no physical address that it could have. */
	changed[0].address = 0x400000;
	assert_int_equal(make(), 0);
	assert_int_equal(address_of(INIT), 0x400000);
}

static void test_refused(void **unused)
{
	(void)unused;
	converter.to.build_id = "fe";
	assert_int_equal(make(), EXIT_REFUSED);
	assert_non_null(
		strstr(report.lines[0], "not hold objects that were converted from 6.1.1-1"));
	converter.to.build_id = "ff";
	converter.from.release = "6.1.0-1";
	assert_int_equal(make(), EXIT_REFUSED);
	converter = co_converter;
	change_section(CO_SECTION_IDENTITY, 40, "\0\0\0", 4); /* is_new */
	assert_int_equal(make(), EXIT_REFUSED);
	assert_null(core.data);
}

static void test_other_machine(void **unused)
{
	uint32_t arch = image->identity.str_to_arch;

	(void)unused;
	change_section(CO_SECTION_STRINGS, arch, "mips64", 7);
	converter.to.arch = converter.from.arch = "mips64";
	assert_int_equal(make(), EXIT_EVIDENCE);
	assert_non_null(strstr(report.lines[0], "objects of mips64"));
	assert_null(core.data);
}

/* Objects whose sizes say more than a core describes: a small image can. */
static void test_too_much(void **unused)
{
	enum { MANY = 65537 };
	struct co_section sections[CO_IMAGE_SECTIONS_MAX];
	uint8_t *rows = memory_zeroed(MANY, co_image_object_size), *data,
		*bytes = memory_zeroed(MANY, 8);
	uint64_t size;

	(void)unused;
	for (uint32_t i = 0; i < MANY; i++)
		co_image_object_put(rows + i * co_image_object_size,
				    &(struct co_image_object){.data = 8ull * i,
							      .type = CO_NOWHERE,
							      .size = CO_IMAGE_CUT_MAX,
							      .extent = 1});
	memcpy(sections, image->sections, sizeof(sections));
	for (uint32_t i = 0; i < image->n_sections; i++) {
		if (sections[i].kind == CO_SECTION_OBJECTS)
			sections[i].data = rows, sections[i].size = MANY * co_image_object_size;
		else if (sections[i].kind == CO_SECTION_DATA)
			sections[i].data = bytes, sections[i].size = 8ull * MANY;
		else if (sections[i].kind == CO_SECTION_RELOCATIONS)
			sections[i].size = 0;
	}
	assert_int_equal(co_image_write(sections, image->n_sections, NULL, 0, &size), CO_OK);
	data = memory_zeroed((size_t)size, 1);
	assert_int_equal(co_image_write(sections, image->n_sections, data, size, &size), CO_OK);
	free(image_data);
	image_data = data;
	assert_int_equal(co_image_open(image, data, size, &(struct co_image_trouble){0}), CO_OK);
	assert_int_equal(make(), EXIT_REFUSED);
	assert_non_null(strstr(report.lines[0], "too much for a core"));
	assert_null(core.data);
	free(rows);
	free(bytes);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, discard)
	const struct CMUnitTest tests[] = {
		TEST(test_objects),
		TEST(test_apart),
		TEST(test_notes),
		TEST(test_unknown_symbol),
		TEST(test_symbol_out_of_place),
		TEST(test_refused),
		TEST(test_other_machine),
		TEST(test_too_much),
		TEST(test_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
