// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * The engine. An input that begins with 'R' is memory that was handed over: sealed and with right
 * checksums, because hostile memory has them; a new side opens and restores it. Any other tells two
 * participants how to behave on the old side: every number and answer of theirs comes from it. What
 * was committed then arrives whole.
 */
#include "../../runtime/engine_fake.h"
#include "../../runtime/image_bytes.h"
#include "../../runtime/xxh64.h"
#include "fuzz.h"

#define REGION_MAX (1u << 20)
#define WORK_MAX (1u << 26)
#define OBJECTS 8

static struct {
	const uint8_t *data;
	size_t n;
	uint64_t now;
	int frozen[2], prepared[2];
	struct old_rec recs[OBJECTS];
	struct old_box boxes[OBJECTS];
	uint32_t restored, emitted;
} fuzz;

static uint8_t take8(void)
{
	if (!fuzz.n)
		return 0;
	fuzz.n--;
	return *fuzz.data++;
}

static uint32_t take32(void)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 8 | take8();
	return value;
}

/* Mostly small, sometimes enormous. */
static uint64_t take_number(void)
{
	uint8_t how = take8();

	if (how < 0xe0)
		return how;
	return how < 0xf0 ? take32() : (uint64_t)take32() << 32 | take32();
}

static uint64_t fuzz_clock(void *data)
{
	(void)data;
	return fuzz.now += 1000;
}

static int fuzz_read(void *data, uint64_t address, void *buffer, size_t size)
{
	(void)data;
	(void)address;
	memset(buffer, 1, size);
	return 0;
}

static int fuzz_symbol(void *data, const char *name, uint64_t *address)
{
	(void)data;
	(void)name;
	*address = 8;
	return 0;
}

/* ---- participants -------------------------------------------------------------------------------
 */

static int answer(struct co_call *call)
{
	uint8_t what = take8();

	if (what == 0xff)
		return co_veto(call, "fuzzed");
	if (what == 0xfe)
		fuzz.now += 1000000000;
	if (what == 0xfd)
		return (int)take32();
	return 0;
}

static int fuzz_prepare(struct co_call *call, struct co_room *room)
{
	int error = answer(call);

	if (!error)
		fuzz.prepared[call->participant] = 1;
	if (error || !room)
		return error;
	*room = (struct co_room){
		.objects = take_number(),
		.bytes = take_number(),
		.largest = take_number(),
		.copied = take_number(),
		.sides = take_number(),
		.side_bytes = take_number(),
		.name_bytes = take_number(),
		.exact = take8() & 1,
	};
	return 0;
}

static void take_emission(struct co_call *call, struct co_emission *object)
{
	uint8_t which = take8(), i = take8() % OBJECTS, n = take8() % 4 + 1;
	bool is_rec = which & 1;

	*object = (struct co_emission){
		.type = is_rec ? FAKE_REC : FAKE_BOX,
		.bytes = is_rec ? (const void *)&fuzz.recs[i] : (const void *)&fuzz.boxes[i],
		.flags = which & 2 ? CO_EMIT_BORROW : 0,
		.name = which & 4 ? "named" : NULL,
	};
	/* What an object claims to hold must be there: its size is the participant's word. */
	if (n > OBJECTS - i)
		n = 1;
	object->size = n * (is_rec ? sizeof(struct old_rec) : sizeof(struct old_box));
	if (which & 8)
		object->size -= take8() % 16;
	if (which & 16)
		object->type = which & 32 ? CO_NOWHERE : take32();
	if (which & 64)
		object->address = take_number();
	(void)call;
}

static int fuzz_preflight(struct co_call *call)
{
	int error = answer(call);

	for (uint8_t n = take8() % 16; n && !error; n--) {
		struct co_emission object;

		take_emission(call, &object);
		error = co_check(call, &object);
	}
	return error;
}

static int fuzz_freeze(struct co_call *call)
{
	int error = answer(call);

	if (error)
		return error;
	fuzz.frozen[call->participant] = 1;
	if (take8() & 1)
		co_announce(call, take_number());
	return 0;
}

static int fuzz_capture(struct co_call *call)
{
	int error = answer(call);

	for (uint8_t n = take8() % 16; n && !error; n--) {
		struct co_emission object;

		take_emission(call, &object);
		error = co_emit(call, &object);
		if (!error && take8() & 1)
			error = co_emit_side(call, take8() & 1 ? "side" : "", fuzz.recs, take8());
		fuzz.emitted += !error;
	}
	return take8() & 1 ? 0 : error;
}

static int look_at(struct co_call *call, const struct co_arrival *object)
{
	static const char *const paths[] = {"next", "fn", "[0].next", "[1].fn", "", "value"};
	uint8_t sum = 0, side[16];

	for (uint32_t i = 0; i < object->size; i++)
		sum ^= ((const uint8_t *)object->bytes)[i];
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct co_pointee pointee;
		uint64_t address;

		if (co_arrival_pointer(call, object, paths[i], &pointee) == CO_OK)
			sum ^= (uint8_t)pointee.path[0];
		if (co_arrival_address(call, object, paths[i], &address) == CO_OK)
			sum ^= (uint8_t)address;
	}
	if (co_arrival_side(call, object, "side", side, sizeof(side)) == CO_OK)
		sum ^= side[0];
	return sum == 0xa5 && object->name[0] == 'v' ? -1 : 0;
}

static int fuzz_verify(struct co_call *call)
{
	struct co_arrival object;

	for (uint32_t i = 0; co_look(call, i, &object) == CO_OK; i++)
		look_at(call, &object);
	return answer(call);
}

static void fuzz_thaw(struct co_call *call)
{
	FUZZ_ASSERT(fuzz.frozen[call->participant]);
	fuzz.frozen[call->participant] = 0;
}

static void fuzz_abort(struct co_call *call)
{
	FUZZ_ASSERT(fuzz.prepared[call->participant] && !fuzz.frozen[call->participant]);
	fuzz.prepared[call->participant] = 0;
}

static int fuzz_restore(struct co_call *call, const struct co_arrival *object)
{
	if (look_at(call, object))
		return co_veto(call, "fuzzed");
	co_arrived_at(call, 0x1000 + object->index);
	fuzz.restored++;
	return 0;
}

static int fuzz_audit(struct co_call *call, const struct co_tally *tally)
{
	(void)call;
	FUZZ_ASSERT(tally->in_image == tally->restored + tally->refused);
	return 0;
}

static const struct co_carried types[] = {{"struct rec", 0, NULL}, {"struct box", 0, NULL}};
static const struct co_linked symbols[] = {{"", "fn", &fuzz}};

#define FUZZ_PARTICIPANT(name_, first)                                                             \
	{                                                                                          \
		.name = name_, .types = types + first, .n_types = 1, .symbols = symbols,           \
		.n_symbols = 1, .prepare = fuzz_prepare, .preflight = fuzz_preflight,              \
		.freeze = fuzz_freeze, .capture = fuzz_capture, .verify = fuzz_verify,             \
		.thaw = fuzz_thaw, .abort = fuzz_abort, .restore = fuzz_restore,                   \
		.audit = fuzz_audit                                                                \
	}

static const struct co_participant recs = FUZZ_PARTICIPANT("recs", 0);
static const struct co_participant boxes = FUZZ_PARTICIPANT("boxes", 1);
static const struct co_participant *const participants[] = {&recs, &boxes};
static struct co_issue issues[4];

static void configure(struct co_engine_config *config, enum co_role role)
{
	*config = (struct co_engine_config){
		.role = role,
		.converter = &fake_pair,
		.running = {role == CO_ROLE_OLD ? "1.0" : "2.0", FAKE_ARCH, ""},
		.participants = participants,
		.n_participants = 2,
		.seam = {.clock = fuzz_clock, .read = fuzz_read, .symbol = fuzz_symbol},
		.deadline_us = 100000,
		.issues = issues,
		.issues_room = 4,
	};
}

static void *aligned(uint64_t size)
{
	void *data = aligned_alloc(CO_REGION_ALIGN, (size + CO_REGION_ALIGN) & ~63ull);

	FUZZ_ASSERT(data);
	memset(data, 0xdd, size);
	return data;
}

static void check_text(const struct co_report *report)
{
	char text[300];

	FUZZ_ASSERT(co_report_text(report, text, sizeof(text)) == strlen(text));
	for (uint32_t i = 0; i < report->n_issues; i++)
		FUZZ_ASSERT(co_issue_text(&issues[i], text, sizeof(text)) == strlen(text));
}

/* ---- the new side ---------------------------------------------------------------------------- */

static int arrive(void *region, uint64_t size, uint8_t options)
{
	static struct co_engine engine;
	struct co_engine_config config;
	struct co_engine_sizes sizes;
	void *work = NULL;
	int error;

	configure(&config, CO_ROLE_NEW);
	if (options & 1)
		config.missing = CO_MISSING_SKIP;
	if (options & 2)
		config.n_participants = 1;
	FUZZ_ASSERT(co_engine_init(&engine, &config) == CO_OK);
	error = co_engine_open(&engine, region, size);
	if (!error)
		FUZZ_ASSERT(co_engine_measure(&engine, &sizes) == CO_OK);
	if (!error && sizes.work <= WORK_MAX) {
		work = aligned(sizes.work);
		FUZZ_ASSERT(co_engine_memory(&engine, work, sizes.work, NULL, 0) == CO_OK);
		error = co_engine_prepare(&engine);
		if (!error) {
			error = co_engine_restore(&engine);
			FUZZ_ASSERT(engine.report.consumed);
			FUZZ_ASSERT(co_engine_restore(&engine) == CO_E_PHASE);
		}
	}
	FUZZ_ASSERT(!error == !engine.report.failure.error);
	check_text(&engine.report);
	free(work);
	return error;
}

static void set_checksums(uint8_t *data, uint64_t n)
{
	uint64_t sections;

	if (n < CO_IMAGE_HEADER)
		return;
	sections = co_little_get(data + CO_IMAGE_AT_COUNT, 32);
	if (sections > CO_IMAGE_SECTIONS_MAX || n < CO_IMAGE_HEADER + sections * CO_IMAGE_ENTRY)
		return;
	for (uint64_t i = 0; i < sections; i++) {
		uint8_t *row = data + CO_IMAGE_HEADER + i * CO_IMAGE_ENTRY;
		uint64_t at = co_little_get(row + 8, 64), size = co_little_get(row + 16, 64);

		if (at <= n && size <= n - at)
			co_little_put(row + 24, 64, co_xxh64(data + at, size, 0));
	}
	co_little_put(data + CO_IMAGE_SUM, 64, co_image_sum(data, (uint32_t)sections));
}

static void hand_over(const uint8_t *data, size_t n)
{
	uint8_t options = n ? data[0] : 0, *region;

	if (n < 1 || n > REGION_MAX)
		return;
	data++;
	n--;
	region = aligned(CO_SEAL_SIZE + n);
	memcpy(region + CO_SEAL_SIZE, data, n);
	set_checksums(region + CO_SEAL_SIZE, n);
	FUZZ_ASSERT(co_seal_write(region, CO_SEAL_SIZE + n, n, CO_SEAL_SHA256) == CO_OK);
	arrive(region, CO_SEAL_SIZE + n, options);
	free(region);
}

/* ---- the old side ---------------------------------------------------------------------------- */

static void fill_state(void)
{
	for (uint32_t i = 0; i < OBJECTS; i++) {
		uint8_t next = take8();

		fuzz.recs[i] =
			(struct old_rec){.id = i, .value = (int32_t)take32() >> (take8() & 31)};
		if (next & 1)
			fuzz.recs[i].next = (uint64_t)(uintptr_t)&fuzz.recs[(next >> 2) % OBJECTS] +
					    (next >> 1 & 1);
		if (next & 128)
			fuzz.recs[i].fn = (uint64_t)(uintptr_t)&fuzz;
		fuzz.boxes[i] = (struct old_box){.n = i, .deadline = take32()};
	}
}

static int leave(struct co_engine *engine, void **work, void **image)
{
	struct co_engine_config config;
	struct co_engine_sizes sizes;
	int error;

	configure(&config, CO_ROLE_OLD);
	FUZZ_ASSERT(co_engine_init(engine, &config) == CO_OK);
	error = co_engine_prepare(engine);
	if (error)
		return error;
	FUZZ_ASSERT(co_engine_measure(engine, &sizes) == CO_OK);
	if (sizes.work > WORK_MAX || sizes.image > WORK_MAX) {
		co_engine_abort(engine);
		return CO_E_ROOM;
	}
	*work = aligned(sizes.work);
	*image = aligned(sizes.image);
	error = co_engine_memory(engine, *work, sizes.work, *image, sizes.image);
	if (!error)
		error = co_engine_preflight(engine);
	if (!error || error == CO_E_VALUE)
		error = engine->step == CO_STEP_ABORTED ? error : co_engine_switch(engine);
	return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct co_engine engine;
	void *work = NULL, *image = NULL;
	const void *region;
	uint64_t size;
	int error;

	memset(&fuzz, 0, sizeof(fuzz));
	if (n && data[0] == 'R') {
		static const uint8_t quiet[1];

		fuzz.data = quiet;
		hand_over(data + 1, n - 1);
		return 0;
	}
	fuzz.data = data;
	fuzz.n = n;
	fill_state();
	error = leave(&engine, &work, &image);
	check_text(&engine.report);
	if (error) {
		FUZZ_ASSERT(!fuzz.frozen[0] && !fuzz.frozen[1]);
		FUZZ_ASSERT(!fuzz.prepared[0] && !fuzz.prepared[1]);
		FUZZ_ASSERT(engine.step == CO_STEP_ABORTED && !engine.report.committed);
	} else {
		fuzz.n = 0;
		FUZZ_ASSERT(co_engine_region(&engine, &region, &size) == CO_OK);
		error = arrive(image, size, 0);
		/* All that was emitted is in the image; whether it arrives is for the new side to
		 * say. */
		FUZZ_ASSERT(engine.report.participants[0].converted +
				    engine.report.participants[1].converted ==
			    fuzz.emitted);
		FUZZ_ASSERT(fuzz.restored <= fuzz.emitted &&
			    (error || fuzz.restored == fuzz.emitted));
	}
	free(work);
	free(image);
	return 0;
}
