// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* The engine's new side: what was handed over and is damaged, old or used; what does not arrive. */
#include "engine_world_test.h"

/* ---- the gate -------------------------------------------------------------------------------- */

static void test_gate_new(void **state)
{
	struct co_converter other = fake_pair;
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct co_type types[2];
	struct side side;

	(void)state;
#define REFUSED(change, error_, says)                                                              \
	do {                                                                                       \
		other = fake_pair;                                                                 \
		memcpy(types, fake_types, sizeof(types));                                          \
		side_init(&side, CO_ROLE_NEW);                                                     \
		side.config.converter = &other;                                                    \
		change;                                                                            \
		assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);               \
		assert_int_equal(co_engine_open(&side.engine, region, size), error_);              \
		assert_says(&side, says);                                                          \
		assert_string_equal(world.log, "");                                                \
	} while (0)
	REFUSED(side.config.running.release = "2.1", CO_E_GATE, "for release 2.0, but here is 2.1");
	REFUSED(other.mapping_digest = "edited", CO_E_GATE,
		"the mapping is edited, but here is mapping");
	REFUSED(other.new_digest = "others", CO_E_GATE, "the layouts are others");
	REFUSED(other.from.release = "0.9", CO_E_GATE,
		"the image comes from release 0.9, but here is 1.0");
	REFUSED((other.types = types, types[0].new_digest = "x", side.participants[0] = &recs),
		CO_E_GATE, "struct rec");
	REFUSED((other.types = types, types[1].new_digest = "x"), CO_E_GATE,
		"another layout of struct box");
	REFUSED(side.config.seal = CO_SEAL_NONE, CO_E_FORMAT, "sealed in another way");
	REFUSED(side.config.max_age_s = 1, CO_OK, "");
	world.real += 5000000000;
	REFUSED(side.config.max_age_s = 4, CO_E_CONSUMED, "too old: its age in seconds (5)");
	world.real -= 200000000000;
	REFUSED(side.config.max_age_s = 4, CO_E_CONSUMED, "from the future");
#undef REFUSED
	/* Nothing of that consumed it. */
	assert_int_equal(new_open(&side, region, size), CO_OK);
	assert_int_equal(new_restore(&side), CO_OK);
	assert_restored();
	side_free(&side);
	free(region);
}

/* ---- what is handed over --------------------------------------------------------------------- */

static void test_corrupted(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side side;

	(void)state;
	for (uint64_t at = 0; at < size; at++) {
		uint8_t kept = region[at];

		region[at] ^= (uint8_t)(1u << at % 8);
		assert_int_not_equal(new_open(&side, region, size), CO_OK);
		assert_int_not_equal(side.engine.report.failure.error, CO_OK);
		region[at] = kept;
	}
	assert_string_equal(world.log, "");
	assert_int_equal(new_open(&side, region, size), CO_OK);
	free(region);
}

static void test_truncated(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side side;

	(void)state;
	for (uint64_t n = 0; n < size; n += n < 300 ? 1 : 37)
		assert_int_not_equal(new_open(&side, region, n), CO_OK);
	assert_string_equal(world.log, "");
	free(region);
}

/* An image whose bytes changed and that was sealed again is refused by its own checksums. */
static void test_sealed_again(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side side;

	(void)state;
	region[size - 9] ^= 1;
	assert_int_equal(co_seal_write(region, size, size - CO_SEAL_SIZE, CO_SEAL_SHA256), CO_OK);
	assert_int_equal(new_open(&side, region, size), CO_E_CHECKSUM);
	assert_string_equal(world.log, "");
	free(region);
}

/*
 * The relocations of the committed REGION become N rows at ROWS, and the NEXT of object 1 becomes
 * NUMBER; then it is sealed again.
 */
static uint8_t *lie(uint8_t *region, uint64_t *size, const struct co_image_relocation *rows,
		    uint32_t n, uint64_t number)
{
	uint8_t put[8 * co_image_relocation_size], *lying;
	struct co_section sections[CO_IMAGE_SECTIONS_MAX];
	struct co_image_trouble trouble;
	struct co_image_object object;
	struct co_image image;
	uint64_t image_size;

	assert_int_equal(co_image_open(&image, region + CO_SEAL_SIZE, *size - CO_SEAL_SIZE, &trouble),
			 CO_OK);
	memcpy(sections, image.sections, sizeof(sections));
	for (uint32_t i = 0; i < image.n_sections; i++)
		if (sections[i].kind == CO_SECTION_RELOCATIONS) {
			sections[i].data = put;
			sections[i].size = n * co_image_relocation_size;
		}
	for (uint32_t i = 0; i < n; i++)
		co_image_relocation_put(put + i * co_image_relocation_size, &rows[i]);
	co_image_object(&image, 1, &object);
	memcpy((uint8_t *)(uintptr_t)co_image_object_data(&image, &object) +
		       offsetof(struct new_rec, next),
	       &number, sizeof(number));
	assert_int_equal(co_image_write(sections, image.n_sections, NULL, 0, &image_size), CO_OK);
	*size = CO_SEAL_SIZE + image_size;
	lying = memory_aligned(CO_REGION_ALIGN, *size);
	assert_int_equal(co_image_write(sections, image.n_sections, lying + CO_SEAL_SIZE, image_size,
					&image_size),
			 CO_OK);
	assert_int_equal(co_seal_write(lying, *size, image_size, CO_SEAL_SHA256), CO_OK);
	free(region);
	return lying;
}

/* The relocation of NEXT in object 1; OTHER: to what is no record. */
static struct co_image_relocation next_of_one(const uint8_t *region, uint64_t size, bool other)
{
	struct co_image_relocation row;
	struct co_image_trouble trouble;
	struct co_image image;
	struct co_place place;

	assert_int_equal(co_image_open(&image, region + CO_SEAL_SIZE, size - CO_SEAL_SIZE, &trouble),
			 CO_OK);
	assert_int_equal(co_layout_find(&image.layout, FAKE_REC, sizeof(struct new_rec), "next",
					&place),
			 CO_OK);
	co_image_relocation(&image, co_image_relocation_at(&image, 1, place.bit), &row);
	if (other)
		row.str_target = row.str_path; /* the pointer itself */
	return row;
}

/*
 * A number where a relocation belongs, and a relocation into the middle of an object, are no
 * addresses: sealed well, and refused, each for its object; the others arrive.
 */
static void test_lying_pointers(void **state)
{
	struct co_image_relocation row;
	uint64_t size;
	uint8_t *region;
	struct side side;

	(void)state;
	for (int way = 0; way < 3; way++) {
		region = committed_region(&size);
		row = next_of_one(region, size, way == 2);
		region = lie(region, &size, &row, way ? 1 : 0, way ? 0 : 0xdead0000beef0000);
		assert_int_equal(new_open(&side, region, size), CO_OK);
		assert_int_equal(new_restore(&side), way == 1 ? CO_OK : CO_E_VETO);
		if (way != 1) {
			assert_int_equal(side.engine.report.n_issues, 1);
			assert_string_equal(side.issues[0].object, "recs[1]");
			assert_string_equal(side.issues[0].why, "what it points to did not arrive");
		}
		assert_int_equal(world.n_recs, way == 1 ? RECS : RECS - 1);
		side_free(&side);
		free(region);
	}
}

/* Erased once it was taken: the mark still says so, and set back it finds nothing. */
static void test_erased(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size), *none;
	struct side side;

	(void)state;
	assert_int_equal(co_seal_erase(region, size), CO_E_PHASE);
	assert_int_equal(co_seal_erase(region, CO_SEAL_SIZE - 1), CO_E_FORMAT);
	assert_int_equal(new_open(&side, region, size), CO_OK);
	assert_int_equal(new_restore(&side), CO_OK);
	side_free(&side);
	assert_int_equal(co_seal_erase(region, size), CO_OK);
	none = calloc(1, size);
	assert_memory_equal(region + CO_SEAL_SIZE, none, size - CO_SEAL_SIZE);
	free(none);
	assert_int_equal(new_open(&side, region, size), CO_E_CONSUMED);
	assert_says(&side, "the image was applied before; ");
	memcpy(region + 64, "REDY", 4);
	assert_int_equal(new_open(&side, region, size), CO_E_CHECKSUM);
	assert_says(&side, "the memory changed since it was sealed");
	free(region);
}

static void test_second_apply(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side first, second;
	struct world after;

	(void)state;
	assert_int_equal(new_open(&first, region, size), CO_OK);
	assert_int_equal(new_open(&second, region, size), CO_OK);
	side_memory(&second);
	assert_int_equal(co_engine_prepare(&second.engine), CO_OK);
	assert_int_equal(new_restore(&first), CO_OK);
	after = world;
	/* By the same engine, by one that had opened it before, and by one that opens it now. */
	assert_int_equal(co_engine_restore(&first.engine), CO_E_PHASE);
	assert_int_equal(co_engine_restore(&second.engine), CO_E_CONSUMED);
	assert_says(&second, "somebody applied the image");
	side_free(&second);
	assert_int_equal(new_open(&second, region, size), CO_E_CONSUMED);
	assert_says(&second, "the image was applied before; ");
	assert_says(&second, "capture again on the old side");
	assert_int_equal(after.n_recs, world.n_recs);
	assert_int_equal(after.n_boxes, world.n_boxes);
	side_free(&first);
	free(region);
}

/* ---- the new side
 * ---------------------------------------------------------------------------------------------------
 */

static void test_missing_participant(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side side;

	(void)state;
	side_init(&side, CO_ROLE_NEW);
	side.config.n_participants = 1;
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_open(&side.engine, region, size), CO_E_PARTICIPANT);
	assert_says(&side, "boxes");
	assert_says(&side, "register what is missing");
	assert_string_equal(world.log, "");
	/* Registered, it works. */
	assert_int_equal(new_open(&side, region, size), CO_OK);
	assert_int_equal(new_restore(&side), CO_OK);
	assert_restored();
	side_free(&side);
	free(region);
}

static void test_missing_participant_skipped(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side side;

	(void)state;
	side_init(&side, CO_ROLE_NEW);
	side.config.n_participants = 1;
	side.config.missing = CO_MISSING_SKIP;
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_open(&side.engine, region, size), CO_OK);
	assert_int_equal(new_restore(&side), CO_E_PARTICIPANT);
	assert_int_equal(world.n_recs, RECS);
	assert_int_equal(side.engine.report.n_issues, 3);
	assert_string_equal(side.issues[0].participant, "boxes");
	assert_string_equal(side.issues[0].object, "the first");
	assert_string_equal(side.issues[0].why, "nobody here restores it");
	assert_string_equal(side.engine.report.participants[1].name, "boxes");
	assert_int_equal(side.engine.report.participants[1].refused, 3);
	side_free(&side);
	free(region);
}

/* One that is refused takes with it what points to it, and nothing else. */
static void test_restore_refuses_one(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side side;

	(void)state;
	world.veto_object = 3;
	assert_int_equal(new_open(&side, region, size), CO_OK);
	assert_int_equal(new_restore(&side), CO_E_VETO);
	assert_int_equal(world.n_recs, 3);
	assert_int_equal(world.n_boxes, BOXES);
	assert_int_equal(side.engine.report.n_issues, 2);
	assert_string_equal(side.issues[0].object, "recs[3]");
	assert_string_equal(side.issues[0].why, "it is not wanted");
	assert_string_equal(side.issues[1].object, "recs[4]");
	assert_string_equal(side.issues[1].why, "what it points to did not arrive");
	assert_says(&side,
		    "RESTORE: veto: objects that were not restored (2); the rest of the state");
	assert_true(strstr(world.log, "recs.audit "));
	side_free(&side);
	free(region);
}

static void test_restore_hangs(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side side;

	(void)state;
	world.fault = FAULT_HANG;
	world.at = CO_PHASE_RESTORE;
	world.who = "recs";
	assert_int_equal(new_open(&side, region, size), CO_OK);
	assert_int_equal(new_restore(&side), CO_E_TIME);
	assert_says(&side, "the rest of the state was restored; make what it names anew by hand");
	/* The first took all the time; the others are told, and boxes are there. */
	assert_int_equal(world.n_recs, 1);
	assert_int_equal(side.engine.report.participants[0].refused, RECS - 1);
	assert_int_equal(world.n_boxes, BOXES);
	side_free(&side);
	free(region);
}

static void test_new_side_vetoes(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side side;

	(void)state;
	world.fault = FAULT_VETO;
	world.at = CO_PHASE_PREPARE;
	world.who = "boxes";
	assert_int_equal(new_open(&side, region, size), CO_OK);
	side_memory(&side);
	world.log[0] = '\0';
	assert_int_equal(co_engine_prepare(&side.engine), CO_E_VETO);
	assert_int_equal(co_engine_restore(&side.engine), CO_E_PHASE);
	side_free(&side);
	/* Nothing is consumed: without the veto it works. */
	world.fault = FAULT_NONE;
	assert_int_equal(new_open(&side, region, size), CO_OK);
	assert_int_equal(new_restore(&side), CO_OK);
	assert_restored();
	side_free(&side);
	free(region);
}

static void test_audit_fails(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side side;

	(void)state;
	world.fault = FAULT_VETO;
	world.at = CO_PHASE_AUDIT;
	world.who = "recs";
	assert_int_equal(new_open(&side, region, size), CO_OK);
	assert_int_equal(new_restore(&side), CO_E_VETO);
	assert_says(&side, "AUDIT: recs: veto: a helper is busy (7)");
	assert_restored();
	side_free(&side);
	free(region);
}

/* ---- SHA-256: FIPS 180-2, appendix B, and RFC 6234 ------------------------------------------- */

static void assert_sha(const char *data, size_t n, size_t times, size_t piece, const char *hex)
{
	struct co_sha256 sha;
	uint8_t digest[CO_SHA256_SIZE];
	char text[2 * CO_SHA256_SIZE + 1];

	co_sha256_init(&sha);
	for (size_t i = 0; i < times; i++)
		for (size_t at = 0; at < n; at += piece)
			co_sha256_add(&sha, data + at, n - at < piece ? n - at : piece);
	co_sha256_final(&sha, digest);
	for (int i = 0; i < CO_SHA256_SIZE; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	assert_string_equal(text, hex);
}

static void test_sha256(void **state)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

	(void)state;
	assert_sha("", 0, 1, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t piece = 1; piece <= 64; piece++) {
		assert_sha("abc", 3, 1, piece,
			   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
		assert_sha(two, 56, 1, piece,
			   "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	}
	assert_sha("aaaaaaaaaa", 10, 100000, 10,
		   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	assert_sha("0123456701234567012345670123456701234567012345670123456701234567", 64, 10, 7,
		   "594847328451bdfa85056225462cc1d867d877fb388df0ce35f25ab5562bfbb5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_gate_new),
		cmocka_unit_test(test_corrupted),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_sealed_again),
		cmocka_unit_test(test_lying_pointers),
		cmocka_unit_test(test_erased),
		cmocka_unit_test(test_second_apply),
		cmocka_unit_test(test_missing_participant),
		cmocka_unit_test(test_missing_participant_skipped),
		cmocka_unit_test(test_restore_refuses_one),
		cmocka_unit_test(test_restore_hangs),
		cmocka_unit_test(test_new_side_vetoes),
		cmocka_unit_test(test_audit_fails),
	};

	return cmocka_run_group_tests_name("engine: new side", tests, NULL, NULL);
}
