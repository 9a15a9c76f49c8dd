// SPDX-License-Identifier: GPL-2.0-or-later
/* The image format against damage and malice: each change of a small image is refused or harmless.
 */
#include "fake_kernel.h"
#include "inspect.h"
#include "memory.h"
#include "state.h"
#include "../image.h"
#include "../image_bytes.h"
#include "../xxh64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static uint8_t *image_data;
static uint64_t image_size;

/* A cred with its blob, an array of items and a task: relocations, side values and an audit row. */
static int make(void **unused)
{
	struct old_cred cred = {.uid = 1, .serial = 2, .blob = 0x2000};
	struct old_item items[2] = {{1, 0}, {2, 7}};
	struct old_task task = {.pid = 1,
				.comm = "init",
				.cred = 0x1000,
				.items = 0x3000,
				.n_items = 2,
				.owner = 0x1000 + offsetof(struct old_cred, rcu) + 1,
				.fn = 0x9000};
	struct report report = {.n = 0};
	struct state state;

	(void)unused;
	state_init(&state);
	state_add_symbol(&state, 0x9000, "", "task_fn");
	state_add_object(&state, 0x4000, TYPE_TASK, sizeof(task), 8, memory_string("task"));
	memcpy(state.objects[0].bytes, &task, sizeof(task));
	state_add_object(&state, 0x1000, TYPE_CRED, sizeof(cred), 8, memory_string("cred"));
	memcpy(state.objects[1].bytes, &cred, sizeof(cred));
	state_add_object(&state, 0x2000, TYPE_BLOB, 7, 8, memory_string("blob"));
	memcpy(state.objects[2].bytes, "\3\0\0\0abc", 7);
	state_add_object(&state, 0x3000, TYPE_ITEM, sizeof(items), 8, memory_string("items"));
	memcpy(state.objects[3].bytes, items, sizeof(items));
	state_add_side(&state, 1, "age", "12345", 5);
	state_add_side(&state, 3, "[1].age", "1", 1);
	state_add_audit(&state, "captured", "by hand");
	assert_int_equal(state_sort(&state, &report), 0);
	image_data = state_write(&state, &co_converter, false, &image_size, &report);
	report_print(&report, stderr);
	state_deinit(&state);
	report_deinit(&report);
	return image_data ? 0 : -1;
}

static int discard(void **unused)
{
	(void)unused;
	free(image_data);
	return 0;
}

static int open_bytes(const uint8_t *data, uint64_t size, struct co_image *image,
		      struct co_image_trouble *trouble)
{
	/* An allocation of exactly this size, so that a sanitizer sees any read beyond it. */
	uint8_t *copy = malloc(size ? size : 1);
	int error;

	memcpy(copy, data, size);
	*trouble = (struct co_image_trouble){.reason = NULL};
	error = co_image_open(image, copy, size, trouble);
	if (error)
		assert_non_null(trouble->reason);
	free(copy);
	return error;
}

static void test_open(void **unused)
{
	struct co_image image;
	struct co_image_trouble trouble;

	(void)unused;
	assert_int_equal(co_image_open(&image, image_data, image_size, &trouble), CO_OK);
	assert_int_equal(image.n_objects, 4);
	assert_int_equal(image.n_relocations, 5);
	assert_int_equal(image.n_sides, 2);
	assert_int_equal(image.n_audit, 1);
	assert_string_equal(co_image_string(&image, image.identity.str_from_release), "6.1.1-1");
}

/* Every single bit that changes is noticed: this is what the checksums are for. */
static void test_every_bit_flip(void **unused)
{
	struct co_image image;
	struct co_image_trouble trouble;

	(void)unused;
	for (uint64_t bit = 0; bit < image_size * 8; bit++) {
		image_data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		if (open_bytes(image_data, image_size, &image, &trouble) == CO_OK)
			fail_msg("a flip of bit %llu is not noticed", (unsigned long long)bit);
		image_data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
}

static void test_every_truncation(void **unused)
{
	struct co_image image;
	struct co_image_trouble trouble;

	(void)unused;
	for (uint64_t size = 0; size < image_size; size++)
		assert_int_equal(open_bytes(image_data, size, &image, &trouble), CO_E_FORMAT);
}

/* ---- a forger knows how to compute checksums ------------------------------------------------- */

static void reseal(uint8_t *data)
{
	uint32_t n = (uint32_t)co_little_get(data + CO_IMAGE_AT_COUNT, 32);

	for (uint32_t i = 0; i < n; i++) {
		uint8_t *entry = data + CO_IMAGE_HEADER + i * CO_IMAGE_ENTRY;

		co_little_put(entry + 24, 64,
			      co_xxh64(data + co_little_get(entry + 8, 64),
				       co_little_get(entry + 16, 64), 0));
	}
	co_little_put(data + CO_IMAGE_SUM, 64, co_image_sum(data, n));
}

static uint64_t section_at(uint32_t kind)
{
	return co_little_get(image_data + CO_IMAGE_HEADER + (kind - 1) * CO_IMAGE_ENTRY + 8, 64);
}

/* Whatever opens can be printed and read whole, in bounds. */
static void use_image(const struct co_image *image)
{
	struct run_options text = {.object = CO_NOWHERE, .verbose = true};
	struct run_options json = {.object = CO_NOWHERE, .format = FORMAT_JSON};
	struct report report = {.n = 0};
	struct state state;
	FILE *out = fopen("/dev/null", "w");

	inspect_image(image, &text, out, &report);
	inspect_image(image, &json, out, &report);
	fclose(out);
	state_init(&state);
	if (!state_read(&state, image, &co_converter, &report)) {
		uint64_t size;

		free(state_write(&state, &co_converter, false, &size, &report));
	}
	state_deinit(&state);
	report_deinit(&report);
}

static void test_every_forged_byte(void **unused)
{
	static const uint8_t changes[] = {0x01, 0x80, 0xff, 0x10};
	uint8_t *copy = malloc(image_size);
	struct co_image image;
	struct co_image_trouble trouble;

	(void)unused;
	for (uint64_t at = section_at(CO_SECTION_STRINGS); at < image_size; at++) {
		for (size_t i = 0; i < sizeof(changes); i++) {
			memcpy(copy, image_data, image_size);
			copy[at] ^= changes[i];
			reseal(copy);
			if (co_image_open(&image, copy, image_size, &trouble) == CO_OK)
				use_image(&image);
		}
	}
	free(copy);
}

static void assert_forged(uint64_t at, uint32_t bits, uint64_t value, const char *reason)
{
	uint8_t *copy = malloc(image_size);
	struct co_image image;
	struct co_image_trouble trouble;

	memcpy(copy, image_data, image_size);
	co_little_put(copy + at, bits, value);
	reseal(copy);
	assert_int_equal(co_image_open(&image, copy, image_size, &trouble), CO_E_FORMAT);
	assert_string_equal(trouble.reason, reason);
	free(copy);
}

static void test_forgeries_by_name(void **unused)
{
	uint64_t object = section_at(CO_SECTION_OBJECTS), type = section_at(CO_SECTION_TYPES);
	uint64_t member = section_at(CO_SECTION_MEMBERS), data = section_at(CO_SECTION_DATA);
	uint64_t relocation = section_at(CO_SECTION_RELOCATIONS);

	(void)unused;
	assert_forged(8, 32, 2, "a version of the image format that is not known");
	assert_forged(CO_IMAGE_AT_ZERO, 32, 1, "a reserved byte of the header is not zero");
	assert_forged(CO_IMAGE_HEADER, 32, 99, "a section of an unknown kind");
	assert_forged(CO_IMAGE_HEADER, 32, 2, "two sections of one kind");
	assert_forged(section_at(CO_SECTION_IDENTITY), 32, 1u << 30,
		      "the identity names a string that is not there");
	assert_forged(section_at(CO_SECTION_CLOCKS), 32, 3,
		      "the clocks are not the five that are known");
	assert_forged(type, 32, 0, "a type has an impossible name or number");
	assert_forged(type + 12, 32, 3, "a type has an impossible name or number");
	assert_forged(type + 24, 32, 1000, "a type's members are not the next ones");
	assert_forged(member + 12, 32, 112 * 8, "a member has an impossible name or number");
	assert_forged(member + 36, 32, 6, "a member has an impossible name or number");
	assert_forged(object + 16, 32, 6, "an object has an impossible name or type");
	assert_forged(object + 20, 32, 113, "an object has an impossible size");
	assert_forged(object + 8, 64, 8, "an object's bytes are not the next ones");
	assert_forged(object + 24, 32, 113, "an object has an impossible size");
	assert_forged(object + 24, 32, 0, "an object has an impossible size");
	assert_forged(data + 32, 64, 1, "a relocation is not at an empty pointer of its object");
	assert_forged(section_at(CO_SECTION_SIDES) + 8, 32, 9,
		      "a side value has no name or no object");
	assert_forged(section_at(CO_SECTION_SIDES) + co_image_side_size + 8, 32, 0,
		      "the side values are not in order");
	assert_forged(relocation, 64, 8, "a relocation is not at an empty pointer of its object");
	assert_forged(relocation + 16, 32, 9,
		      "a relocation is not at an empty pointer of its object");
	assert_forged(relocation + 28, 32, 9, "a relocation's target is not there");
}

/* Records that contain themselves end at a limit, not at the end of the stack. */
static void test_nested_in_itself(void **unused)
{
	uint64_t member = section_at(CO_SECTION_MEMBERS);
	uint8_t *copy = malloc(image_size);
	struct co_image image;
	struct co_image_trouble trouble;

	(void)unused;
	for (uint64_t at = member; at < section_at(CO_SECTION_NAMES); at += co_image_member_size) {
		for (uint32_t type = 0; type < 6; type++) {
			memcpy(copy, image_data, image_size);
			co_little_put(copy + at + 12, 32, 0);
			co_little_put(copy + at + 16, 32, types[type].old_size * 8);
			co_little_put(copy + at + 20, 32, 1);
			co_little_put(copy + at + 24, 32, CO_RECORD);
			co_little_put(copy + at + 36, 32, type);
			reseal(copy);
			if (co_image_open(&image, copy, image_size, &trouble) == CO_OK)
				use_image(&image);
		}
	}
	free(copy);
}

/* A later version adds a section that this one passes over when its flag says so. */
static void test_signature_section(void **unused)
{
	struct co_section sections[CO_SECTION_REQUIRED + 1];
	struct co_image image, again;
	struct co_image_trouble trouble;
	uint8_t signature[64] = {1, 2, 3};
	uint64_t size;
	uint8_t *data;

	(void)unused;
	assert_int_equal(co_image_open(&image, image_data, image_size, &trouble), CO_OK);
	memcpy(sections, image.sections, CO_SECTION_REQUIRED * sizeof(sections[0]));
	sections[CO_SECTION_REQUIRED] = (struct co_section){CO_SECTION_SIGNATURE, CO_IMAGE_OPTIONAL,
							    signature, sizeof(signature)};
	assert_int_equal(co_image_write(sections, CO_SECTION_REQUIRED + 1, NULL, 0, &size), CO_OK);
	data = malloc(size);
	assert_int_equal(co_image_write(sections, CO_SECTION_REQUIRED + 1, data, size - 1, &size),
			 CO_E_ROOM);
	assert_int_equal(co_image_write(sections, CO_SECTION_REQUIRED + 1, data, size, &size),
			 CO_OK);
	assert_int_equal(co_image_open(&again, data, size, &trouble), CO_OK);
	assert_int_equal(again.n_objects, 4);
	co_little_put(data + CO_IMAGE_HEADER + CO_SECTION_REQUIRED * CO_IMAGE_ENTRY + 4, 32, 0);
	reseal(data);
	assert_int_equal(co_image_open(&again, data, size, &trouble), CO_E_FORMAT);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_every_bit_flip),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_forged_byte),
		cmocka_unit_test(test_forgeries_by_name),
		cmocka_unit_test(test_nested_in_itself),
		cmocka_unit_test(test_signature_section),
	};

	return cmocka_run_group_tests(tests, make, discard);
}
