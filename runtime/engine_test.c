// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* The engine's old side: a whole switch, back from every phase, participants that misbehave, the
 * gate. */
#include "engine_world_test.h"

/* ---- a whole switch -------------------------------------------------------------------------- */

static void test_switch(void **state)
{
	struct side old, new;
	const struct co_participant_report *r;
	const void *region;
	uint64_t size;

	(void)state;
	world_init();
	old_begin(&old);
	assert_int_equal(co_engine_preflight(&old.engine), CO_OK);
	assert_int_equal(co_engine_switch(&old.engine), CO_OK);
	assert_string_equal(world.log,
			    "recs.prepare boxes.prepare recs.preflight recs.freeze boxes.freeze "
			    "recs.capture boxes.capture recs.verify ");
	assert_string_equal(world.looked, "recs[1] is 101");
	assert_string_equal(text_of(&old), "");
	r = old.engine.report.participants;
	assert_int_equal(r[0].captured, RECS);
	assert_int_equal(r[0].converted, RECS);
	assert_int_equal(r[1].announced, 3);
	assert_int_equal(r[1].sides, 4);
	for (int phase = CO_PHASE_PREPARE; phase <= CO_PHASE_COMMIT; phase++)
		assert_true(old.engine.report.ns[phase] > 0);
	assert_true(r[0].ns[CO_PHASE_CAPTURE] > 0 && r[1].ns[CO_PHASE_CONVERT] > 0);
	assert_true(old.engine.report.committed && !old.engine.report.aborted);
	assert_int_equal(co_engine_region(&old.engine, &region, &size), CO_OK);

	world.log[0] = '\0';
	assert_int_equal(new_open(&new, (void *)(uintptr_t)region, size), CO_OK);
	assert_string_equal(world.log, "");
	assert_int_equal(new_restore(&new), CO_OK);
	assert_restored();
	assert_int_equal(new.engine.report.participants[0].restored, RECS);
	assert_int_equal(new.engine.report.participants[1].restored, 3);
	assert_true(new.engine.report.ns[CO_PHASE_RESTORE] > 0);
	assert_true(new.engine.report.ns[CO_PHASE_AUDIT] > 0);
	assert_true(strstr(world.log, "recs.audit "));
	side_free(&old);
	side_free(&new);
}

/* The image alone says what it holds: container, participants, names. */
static void test_image(void **state)
{
	struct co_image *image = memory_zeroed(1, sizeof(*image));
	struct co_image_trouble trouble;
	struct co_image_participant p;
	struct co_image_object object;
	struct co_seal_state seal;
	uint64_t size;
	uint8_t *region = committed_region(&size);

	(void)state;
	assert_int_equal(co_seal_read(region, size, &seal), CO_OK);
	assert_int_equal(seal.mark, CO_MARK_READY);
	assert_int_equal(seal.size, size - CO_SEAL_SIZE);
	assert_int_equal(co_image_open(image, region + CO_SEAL_SIZE, seal.size, &trouble), CO_OK);
	assert_int_equal(image->n_objects, RECS + 3);
	assert_int_equal(image->n_relocations, 4 + 4);
	assert_int_equal(image->n_participants, 2);
	co_image_participant(image, 1, &p);
	assert_string_equal(co_image_string(image, p.str_name), "boxes");
	assert_int_equal(p.first_object, RECS);
	assert_int_equal(p.n_objects, 3);
	co_image_object(image, RECS, &object);
	assert_string_equal(co_image_string(image, object.str_name), "the first");
	co_image_object(image, RECS + 1, &object);
	assert_string_equal(co_image_string(image, object.str_name), "boxes[1]");
	assert_int_equal(object.size, 2 * sizeof(struct new_box));
	assert_true(object.address == (uint64_t)(uintptr_t)&world.boxes[1]);
	free(region);
	free(image);
}

static void test_order(void **state)
{
	struct side side;
	struct co_engine_sizes sizes;
	const void *region;
	uint64_t size;

	(void)state;
	world_init();
	side_init(&side, CO_ROLE_OLD);
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_measure(&side.engine, &sizes), CO_E_PHASE);
	assert_int_equal(co_engine_memory(&side.engine, &side, 8, &side, 8), CO_E_PHASE);
	assert_int_equal(co_engine_step(&side.engine), CO_E_PHASE);
	assert_int_equal(co_engine_preflight(&side.engine), CO_E_PHASE);
	assert_int_equal(co_engine_recall(&side.engine), CO_E_PHASE);
	assert_int_equal(co_engine_restore(&side.engine), CO_E_PHASE);
	assert_int_equal(co_engine_open(&side.engine, &side, 8), CO_E_PHASE);
	assert_int_equal(co_engine_region(&side.engine, &region, &size), CO_E_PHASE);
	assert_int_equal(co_engine_prepare(&side.engine), CO_OK);
	assert_int_equal(co_engine_prepare(&side.engine), CO_E_PHASE);
	assert_int_equal(co_engine_step(&side.engine), CO_E_PHASE); /* without memory */
	assert_int_equal(co_engine_preflight(&side.engine), CO_E_PHASE);
	side_memory(&side);
	assert_int_equal(co_engine_switch(&side.engine), CO_OK);
	assert_int_equal(co_engine_step(&side.engine), CO_E_PHASE);
	assert_int_equal(co_engine_switch(&side.engine), CO_E_PHASE);
	assert_int_equal(co_engine_abort(&side.engine), CO_E_PHASE);
	side_free(&side);
}

/* ---- back from every phase ------------------------------------------------------------------- */

static void test_abort_everywhere(void **state)
{
	(void)state;
	for (int steps = 0; steps <= 4; steps++) {
		struct world before;
		struct side side;

		world_init();
		before = world;
		old_begin(&side);
		for (int i = 0; i < steps; i++)
			assert_int_equal(co_engine_step(&side.engine), CO_OK);
		world.log[0] = '\0';
		assert_int_equal(co_engine_abort(&side.engine), CO_OK);
		assert_string_equal(world.log,
				    steps ? "boxes.thaw recs.thaw boxes.abort recs.abort "
					  : "boxes.abort recs.abort ");
		assert_untouched(&before);
		assert_int_equal(co_engine_abort(&side.engine), CO_OK);
		assert_int_equal(co_engine_step(&side.engine), CO_E_PHASE);
		assert_not_committed(side.image, side.sizes.image);
		side_free(&side);
	}
}

/* The old side stops, and nobody aborts: what it left in memory is no state. */
static void test_killed_everywhere(void **state)
{
	(void)state;
	for (int steps = 0; steps <= 4; steps++) {
		struct side side;

		world_init();
		old_begin(&side);
		for (int i = 0; i < steps; i++)
			assert_int_equal(co_engine_step(&side.engine), CO_OK);
		assert_not_committed(side.image, side.sizes.image);
		side_free(&side);
	}
}

/* After COMMIT the new side has it, whatever becomes of the old one. */
static void test_killed_after_commit(void **state)
{
	uint64_t size;
	uint8_t *region = committed_region(&size);
	struct side new;

	(void)state;
	assert_int_equal(new_open(&new, region, size), CO_OK);
	assert_int_equal(new_restore(&new), CO_OK);
	assert_restored();
	side_free(&new);
	free(region);
}

static void test_recall(void **state)
{
	struct world before;
	struct side old, new;
	const void *region;
	uint64_t size;

	(void)state;
	world_init();
	before = world;
	old_begin(&old);
	assert_int_equal(co_engine_switch(&old.engine), CO_OK);
	assert_int_equal(co_engine_region(&old.engine, &region, &size), CO_OK);
	assert_int_equal(co_engine_recall(&old.engine), CO_OK);
	assert_untouched(&before);
	assert_int_equal(new_open(&new, old.image, old.sizes.image), CO_E_CONSUMED);
	assert_says(&new, "took the image back");
	assert_int_equal(co_engine_recall(&old.engine), CO_E_PHASE);
	side_free(&old);
}

/* What was consumed is not taken back: two systems would have the same state. */
static void test_recall_too_late(void **state)
{
	struct side old, new;

	(void)state;
	world_init();
	old_begin(&old);
	assert_int_equal(co_engine_switch(&old.engine), CO_OK);
	assert_int_equal(new_open(&new, old.image, old.sizes.image), CO_OK);
	assert_int_equal(new_restore(&new), CO_OK);
	world.log[0] = '\0';
	assert_int_equal(co_engine_recall(&old.engine), CO_E_CONSUMED);
	assert_string_equal(world.log, "");
	assert_true(world.recs_frozen);
	side_free(&old);
	side_free(&new);
}

/* The other way round: what was recalled between open and restore is not restored. */
static void test_recall_in_between(void **state)
{
	struct side old, new;

	(void)state;
	world_init();
	old_begin(&old);
	assert_int_equal(co_engine_switch(&old.engine), CO_OK);
	assert_int_equal(new_open(&new, old.image, old.sizes.image), CO_OK);
	side_memory(&new);
	assert_int_equal(co_engine_prepare(&new.engine), CO_OK);
	assert_int_equal(co_engine_recall(&old.engine), CO_OK);
	world.recs_prepared = true; /* of the new side */
	assert_int_equal(co_engine_restore(&new.engine), CO_E_CONSUMED);
	assert_int_equal(world.n_recs, 0);
	assert_false(world.recs_prepared);
	side_free(&old);
	side_free(&new);
}

/* ---- participants that misbehave ------------------------------------------------------------- */

struct misbehaviour {
	enum co_phase at;
	const char *who;
	enum fault fault;
	int error;
	const char *says;
};

static const struct misbehaviour misbehaviours[] = {
	{CO_PHASE_PREPARE, "recs", FAULT_VETO, CO_E_VETO,
	 "PREPARE: recs: veto: a helper is busy (7)"},
	{CO_PHASE_PREPARE, "boxes", FAULT_VETO, CO_E_VETO,
	 "PREPARE: boxes: veto: a helper is busy"},
	{CO_PHASE_PREPARE, "boxes", FAULT_HANG, CO_E_TIME, "PREPARE: boxes: its deadline passed"},
	{CO_PHASE_PREPARE, "boxes", FAULT_MEMORY, CO_E_VETO,
	 "PREPARE: boxes: veto: it has no memory"},
	{CO_PHASE_PREPARE, "boxes", FAULT_BARE, CO_E_VETO,
	 "PREPARE: boxes: veto: no reason given (5)"},
	{CO_PHASE_PREPARE, "recs", FAULT_POSITIVE, CO_E_VETO, "no answer (3)"},
	{CO_PHASE_PREFLIGHT, "recs", FAULT_VETO, CO_E_VETO, "PREFLIGHT: recs: veto"},
	{CO_PHASE_PREFLIGHT, "recs", FAULT_HANG, CO_E_TIME, "PREFLIGHT: recs: its deadline"},
	{CO_PHASE_FREEZE, "recs", FAULT_VETO, CO_E_VETO,
	 "FREEZE: recs: veto: a helper is busy (7)"},
	{CO_PHASE_FREEZE, "boxes", FAULT_VETO, CO_E_VETO, "FREEZE: boxes: veto"},
	{CO_PHASE_FREEZE, "boxes", FAULT_HANG, CO_E_TIME, "FREEZE: boxes: its deadline passed"},
	{CO_PHASE_FREEZE, "boxes", FAULT_MEMORY, CO_E_VETO,
	 "FREEZE: boxes: veto: it has no memory"},
	{CO_PHASE_FREEZE, "boxes", FAULT_SILENT, CO_E_COUNT,
	 "FREEZE: boxes: it announced no count"},
	{CO_PHASE_FREEZE, "boxes", FAULT_MORE, CO_E_ROOM,
	 "more objects than it prepared for (11)"},
	{CO_PHASE_CAPTURE, "recs", FAULT_VETO, CO_E_VETO,
	 "CAPTURE: recs: veto: a helper is busy (7)"},
	{CO_PHASE_CAPTURE, "boxes", FAULT_VETO, CO_E_VETO, "CAPTURE: boxes: veto"},
	{CO_PHASE_CAPTURE, "boxes", FAULT_HANG, CO_E_TIME, "CAPTURE: boxes: its deadline passed"},
	{CO_PHASE_CAPTURE, "boxes", FAULT_BARE, CO_E_VETO,
	 "CAPTURE: boxes: veto: no reason given (5)"},
	{CO_PHASE_CAPTURE, "recs", FAULT_MEMORY, CO_E_VETO,
	 "CAPTURE: recs: veto: it has no memory"},
	{CO_PHASE_CAPTURE, "recs", FAULT_MORE, CO_E_COUNT, "CAPTURE: recs: it emits more objects"},
	{CO_PHASE_CAPTURE, "recs", FAULT_FEWER, CO_E_COUNT,
	 "CAPTURE: recs: it emitted fewer objects"},
	{CO_PHASE_VERIFY, "recs", FAULT_VETO, CO_E_VETO,
	 "VERIFY: recs: veto: a helper is busy (7)"},
	{CO_PHASE_VERIFY, "recs", FAULT_HANG, CO_E_TIME, "VERIFY: recs: its deadline passed"},
};

static void misbehave(const struct misbehaviour *m)
{
	struct world before;
	struct side side;
	int error;

	world_init();
	before = world;
	world.fault = m->fault;
	world.at = m->at;
	world.who = m->who;
	side_init(&side, CO_ROLE_OLD);
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	error = co_engine_prepare(&side.engine);
	if (!error) {
		side_memory(&side);
		error = co_engine_preflight(&side.engine);
	}
	if (!error)
		error = co_engine_switch(&side.engine);
	assert_int_equal(error, m->error);
	assert_int_equal(side.engine.report.failure.phase, m->at);
	assert_string_equal(side.engine.report.failure.participant, m->who);
	assert_true(side.engine.report.aborted && !side.engine.report.committed);
	assert_says(&side, m->says);
	assert_says(&side, "aborted, and everything runs as before; ");
	assert_untouched(&before);
	if (side.image)
		assert_not_committed(side.image, side.sizes.image);
	side_free(&side);
}

static void test_misbehaviour(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(misbehaviours) / sizeof(misbehaviours[0]); i++)
		misbehave(&misbehaviours[i]);
}

/* Only what froze is thawed: a veto of the second leaves the second out. */
static void test_thaw_what_froze(void **state)
{
	struct side side;

	(void)state;
	world_init();
	old_begin(&side);
	world.fault = FAULT_VETO;
	world.at = CO_PHASE_FREEZE;
	world.who = "boxes";
	world.log[0] = '\0';
	assert_int_equal(co_engine_switch(&side.engine), CO_E_VETO);
	assert_string_equal(world.log,
			    "recs.freeze boxes.freeze recs.thaw boxes.abort recs.abort ");
	side_free(&side);
}

static void test_budget(void **state)
{
	struct world before;
	struct side side;

	(void)state;
	world_init();
	before = world;
	side_init(&side, CO_ROLE_OLD);
	side.config.budget_us = 5;
	side.config.deadline_us = 0;
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_prepare(&side.engine), CO_OK);
	side_memory(&side);
	assert_int_equal(co_engine_switch(&side.engine), CO_E_TIME);
	assert_says(&side, "the budget of the pause passed, in microseconds (5)");
	assert_untouched(&before);
	side_free(&side);
}

/* ---- memory
 * --------------------------------------------------------------------------------------------------
 */

static void test_less_memory(void **state)
{
	struct world before;
	struct side side;
	struct co_engine_sizes sizes;
	uint8_t *work, *image;

	(void)state;
	world_init();
	before = world;
	side_init(&side, CO_ROLE_OLD);
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_prepare(&side.engine), CO_OK);
	assert_int_equal(co_engine_measure(&side.engine, &sizes), CO_OK);
	work = memory_aligned(CO_REGION_ALIGN, sizes.work);
	image = memory_aligned(CO_REGION_ALIGN, sizes.image);
	assert_int_equal(co_engine_memory(&side.engine, work, sizes.work - 1, image, sizes.image),
			 CO_E_ROOM);
	assert_int_equal(co_engine_memory(&side.engine, work, sizes.work, image, sizes.image - 1),
			 CO_E_ROOM);
	assert_int_equal(co_engine_memory(&side.engine, work + 8, sizes.work, image, sizes.image),
			 CO_E_ARGUMENT);
	assert_int_equal(co_engine_memory(&side.engine, work, sizes.work, NULL, sizes.image),
			 CO_E_ARGUMENT);
	/* Nothing is aborted by that: with enough it goes on, and back. */
	assert_int_equal(co_engine_memory(&side.engine, work, sizes.work, image, sizes.image),
			 CO_OK);
	assert_int_equal(co_engine_abort(&side.engine), CO_OK);
	assert_untouched(&before);
	free(work);
	free(image);
}

/* A participant that prepares for less than it emits is stopped at the first byte too many. */
static void test_too_few_bytes(void **state)
{
	struct world before;
	struct side side;

	(void)state;
	world_init();
	before = world;
	world.fault = FAULT_SHORT;
	world.at = CO_PHASE_PREPARE;
	world.who = "recs";
	old_begin(&side);
	assert_int_equal(co_engine_switch(&side.engine), CO_E_ROOM);
	assert_says(&side, "CAPTURE: recs: more bytes than it prepared for (24)");
	assert_untouched(&before);
	side_free(&side);
}

#define MANY 700

static struct old_rec many[MANY];

static int many_prepare(struct co_call *call, struct co_room *room)
{
	(void)call;
	*room = (struct co_room){.objects = MANY,
				 .bytes = sizeof(many),
				 .copied = sizeof(many),
				 .sides = MANY,
				 .side_bytes = 8 * MANY,
				 .name_bytes = MANY * CO_NAME_MAX * 2,
				 .exact = true};
	return 0;
}

/* Whatever takes room takes all of it: long names that differ, pointers, side values. */
static int many_capture(struct co_call *call)
{
	int error = 0;

	for (int i = 0; i < MANY && !error; i++) {
		char name[CO_NAME_MAX], side[CO_NAME_MAX];
		uint64_t value = (uint64_t)i;

		snprintf(name, sizeof(name), "%063d", i);
		snprintf(side, sizeof(side), "%062ds", i);
		error = co_emit(call, &(struct co_emission){.type = co_type_of(call, "struct rec"),
							    .bytes = &many[i],
							    .size = sizeof(many[i]),
							    .name = name});
		if (!error)
			error = co_emit_side(call, side, &value, sizeof(value));
	}
	return error;
}

static void test_measured_is_enough(void **state)
{
	static const struct co_participant full = {
		.name = "recs",
		.types = recs_types,
		.n_types = 1,
		.symbols = recs_symbols,
		.n_symbols = 2,
		.prepare = many_prepare,
		.capture = many_capture,
		.restore = recs_restore,
	};
	struct side side;

	(void)state;
	world_init();
	for (int i = 0; i < MANY; i++)
		many[i] = (struct old_rec){
			.next = (uint64_t)(uintptr_t)&many[(i * 37 + 11) % MANY] | 1,
			.fn = (uint64_t)(uintptr_t)(i % 2 ? rec_fn : other_fn)};
	side_init(&side, CO_ROLE_OLD);
	side.participants[0] = &full;
	side.config.deadline_us = 0;
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_prepare(&side.engine), CO_OK);
	side_memory(&side);
	assert_int_equal(co_engine_switch(&side.engine), CO_OK);
	assert_int_equal(side.engine.image.n_relocations, 2 * MANY);
	assert_int_equal(side.engine.image.n_sides, MANY + 4);
	side_free(&side);
}

/* The converter's own capture function has no clock: its object is named, and nothing stays frozen. */
static void test_capture_function_refuses(void **state)
{
	struct world before;
	struct side side;
	char text[256];

	(void)state;
	world_init();
	before = world;
	side_init(&side, CO_ROLE_OLD);
	side.config.seam.symbol = NULL;
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_prepare(&side.engine), CO_OK);
	side_memory(&side);
	assert_int_equal(co_engine_switch(&side.engine), CO_E_HOOK);
	assert_says(&side, "CAPTURE: boxes: no clock");
	co_issue_text(&side.issues[0], text, sizeof(text));
	assert_string_equal(text, "the first.deadline: value 0: no clock");
	assert_untouched(&before);
	side_free(&side);
}

/* ---- values and pointers --------------------------------------------------------------------- */

static void test_preflight_lists_all(void **state)
{
	struct side side;
	char text[256];

	(void)state;
	world_init();
	world.recs[1].value = 40000;
	world.recs[2].value = -40000;
	world.recs[4].value = 32768;
	old_begin(&side);
	assert_int_equal(co_engine_preflight(&side.engine), CO_E_VALUE);
	assert_int_equal(side.engine.report.n_issues, 3);
	co_issue_text(&side.issues[0], text, sizeof(text));
	assert_string_equal(text, "recs[1].value: value 40000: does not fit s16");
	co_issue_text(&side.issues[2], text, sizeof(text));
	assert_string_equal(text, "recs[4].value: value 32768: does not fit s16");
	assert_false(world.recs_frozen);
	/* Corrected meanwhile: it goes on. */
	world.recs[1].value = world.recs[2].value = world.recs[4].value = 5;
	assert_int_equal(co_engine_preflight(&side.engine), CO_OK);
	assert_int_equal(co_engine_switch(&side.engine), CO_OK);
	side_free(&side);
}

static void test_issues_are_bounded(void **state)
{
	struct side side;

	(void)state;
	world_init();
	for (uint32_t i = 0; i < RECS; i++)
		world.recs[i].value = 99999;
	side_init(&side, CO_ROLE_OLD);
	side.config.issues_room = 2;
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_prepare(&side.engine), CO_OK);
	side_memory(&side);
	assert_int_equal(co_engine_preflight(&side.engine), CO_E_VALUE);
	assert_int_equal(side.engine.report.n_issues, 2);
	assert_int_equal(side.engine.report.n_issues_dropped, 3);
	assert_int_equal(co_engine_abort(&side.engine), CO_OK);
	side_free(&side);
}

static void test_value_aborts(void **state)
{
	struct world before;
	struct side side;

	(void)state;
	world_init();
	world.recs[1].value = 40000;
	world.recs[3].value = 50000;
	before = world;
	old_begin(&side);
	assert_int_equal(co_engine_switch(&side.engine), CO_E_VALUE);
	assert_says(&side, "CONVERT: recs: does not fit s16 (40000)");
	assert_int_equal(side.engine.report.n_issues, 2);
	assert_string_equal(side.issues[1].object, "recs[3]");
	assert_untouched(&before);
	assert_not_committed(side.image, side.sizes.image);
	side_free(&side);
}

static void test_pointer_aborts(void **state)
{
	struct world before;
	struct side side;
	static int elsewhere;

	(void)state;
	world_init();
	world.recs[2].next = (uint64_t)(uintptr_t)&elsewhere;
	world.recs[3].fn = (uint64_t)(uintptr_t)&elsewhere;
	before = world;
	old_begin(&side);
	assert_int_equal(co_engine_switch(&side.engine), CO_E_POINTER);
	assert_int_equal(side.engine.report.n_issues, 2);
	assert_string_equal(side.issues[0].field, "next");
	assert_string_equal(side.issues[1].field, "fn");
	assert_untouched(&before);
	side_free(&side);
}

static int twice_capture(struct co_call *call)
{
	int error = CO_OK;

	for (int i = 0; i < 3 && !error; i++)
		error = co_emit(call, &(struct co_emission){.type = co_type_of(call, "struct box"),
							    .bytes = &world.boxes[i & 1],
							    .size = sizeof(world.boxes[0]),
							    .flags = CO_EMIT_BORROW});
	return error;
}

static void test_emitted_twice(void **state)
{
	struct co_participant twin = boxes;
	struct world before;
	struct side side;

	(void)state;
	world_init();
	before = world;
	twin.capture = twice_capture;
	side_init(&side, CO_ROLE_OLD);
	side.participants[1] = &twin;
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_prepare(&side.engine), CO_OK);
	side_memory(&side);
	assert_int_equal(co_engine_switch(&side.engine), CO_E_ARGUMENT);
	assert_says(&side, "CONVERT: boxes: it lies inside another object, or is emitted twice");
	assert_untouched(&before);
	side_free(&side);
}

/* ---- the gate
 * ----------------------------------------------------------------------------------------------------
 */

static void assert_gate(struct side *side, int error, const char *says)
{
	world.log[0] = '\0';
	assert_int_equal(co_engine_init(&side->engine, &side->config), CO_OK);
	assert_int_equal(co_engine_prepare(&side->engine), error);
	assert_says(side, says);
	assert_string_equal(world.log, "");
}

static void test_gate_old(void **state)
{
	static const struct co_carried another[] = {{"struct rec", 25, NULL}};
	static const struct co_carried digest[] = {{"struct rec", 0, "other"}};
	static const struct co_carried unknown[] = {{"struct wreck", 0, NULL}};
	struct co_participant wrong = recs;
	struct side side;

	(void)state;
	world_init();
	side_init(&side, CO_ROLE_OLD);
	side.config.running.release = "1.1";
	assert_gate(&side, CO_E_GATE, "the converter is for release 1.0, but here is 1.1");
	side_init(&side, CO_ROLE_OLD);
	side.config.running.arch = "arm64";
	assert_gate(&side, CO_E_GATE,
		    "the converter is for machine " FAKE_ARCH ", but here is arm64");
	side_init(&side, CO_ROLE_OLD);
	side.config.running.build_id = "bb";
	assert_gate(&side, CO_E_GATE, "the converter is for build-id aa, but here is bb");
	side_init(&side, CO_ROLE_OLD);
	side.config.layouts = "others";
	assert_gate(&side, CO_E_GATE,
		    "the converter is for layouts old-layouts, but here is others");
	side_init(&side, CO_ROLE_OLD);
	side.participants[0] = &wrong;
	wrong.types = another;
	assert_gate(&side, CO_E_GATE, "the size of struct rec");
	wrong.types = digest;
	assert_gate(&side, CO_E_GATE, "the layout of struct rec");
	wrong.types = unknown;
	assert_gate(&side, CO_E_GATE, "struct wreck");
	side.config.n_participants = 1;
	side.participants[0] = &recs;
	assert_gate(&side, CO_E_PARTICIPANT, "a root needs the participant boxes");
	side_init(&side, CO_ROLE_OLD);
	side.config.running.build_id = "aa";
	side.config.layouts = "old-layouts";
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_OK);
	assert_int_equal(co_engine_prepare(&side.engine), CO_OK);
}

/* ---- registrations
 * ------------------------------------------------------------------------------------------------
 */

static void assert_nonsense(struct co_participant p, const char *says)
{
	struct side side;

	side_init(&side, CO_ROLE_OLD);
	side.participants[0] = &p;
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_E_PARTICIPANT);
	assert_says(&side, says);
	assert_int_equal(co_engine_prepare(&side.engine), CO_E_PHASE);
}

#define WITHOUT(...)                                                                               \
	({                                                                                         \
		struct co_participant p_ = recs;                                                   \
		__VA_ARGS__;                                                                       \
		p_;                                                                                \
	})

static void test_registrations(void **state)
{
	static const struct co_carried twice[] = {{"struct rec", 0, NULL}, {"struct rec", 0, NULL}};
	static const struct co_carried unnamed[] = {{NULL, 0, NULL}};
	static const struct co_linked nowhere[] = {{"", "f", NULL}};
	struct side side;

	(void)state;
	assert_nonsense((struct co_participant){.name = "idle"}, "no function at all");
	assert_nonsense(WITHOUT(p_.name = NULL), "name is not");
	assert_nonsense(WITHOUT(p_.name = ""), "name is not");
	assert_nonsense(WITHOUT(p_.name = "two words"), "name is not");
	assert_nonsense(
		WITHOUT(p_.name =
				"0123456789012345678901234567890123456789012345678901234567890123"),
		"name is not");
	assert_nonsense(WITHOUT(p_.thaw = NULL), "freeze and thaw come together");
	assert_nonsense(WITHOUT(p_.freeze = NULL), "freeze and thaw come together");
	assert_nonsense(WITHOUT(p_.prepare = NULL), "capture needs prepare");
	assert_nonsense(WITHOUT(p_.n_types = 0), "capture needs the types");
	assert_nonsense(WITHOUT(p_.types = NULL), "a table is not there");
	assert_nonsense(WITHOUT(p_.capture = NULL), "for what capture emits");
	assert_nonsense(WITHOUT(p_.restore = NULL), "audit is for what restore made");
	assert_nonsense(WITHOUT(p_.types = twice, p_.n_types = 2), "carries twice");
	assert_nonsense(WITHOUT(p_.types = unnamed), "a type without a name");
	assert_nonsense(WITHOUT(p_.symbols = nowhere, p_.n_symbols = 1), "a symbol without");
	assert_nonsense((struct co_participant){.name = "a", .abort = recs_abort},
			"abort undoes prepare");
	assert_nonsense(WITHOUT(p_.name = "boxes"), "two participants of this name");
	side_init(&side, CO_ROLE_OLD);
	side.participants[1] = NULL;
	assert_int_equal(co_engine_init(&side.engine, &side.config), CO_E_PARTICIPANT);
}

static void test_configurations(void **state)
{
	struct co_converter broken = fake_pair;
	struct side side;

	(void)state;
#define IMPOSSIBLE(change, error)                                                                  \
	do {                                                                                       \
		side_init(&side, CO_ROLE_OLD);                                                     \
		change;                                                                            \
		assert_int_equal(co_engine_init(&side.engine, &side.config), error);               \
		assert_int_equal(co_engine_prepare(&side.engine), CO_E_PHASE);                     \
	} while (0)
	IMPOSSIBLE(side.config.seam.clock = NULL, CO_E_ARGUMENT);
	IMPOSSIBLE(side.config.converter = NULL, CO_E_ARGUMENT);
	IMPOSSIBLE(side.config.role = 0, CO_E_ARGUMENT);
	IMPOSSIBLE(side.config.n_participants = CO_PARTICIPANTS_MAX + 1, CO_E_ARGUMENT);
	IMPOSSIBLE(side.config.participants = NULL, CO_E_ARGUMENT);
	IMPOSSIBLE(side.config.issues = NULL, CO_E_ARGUMENT);
	IMPOSSIBLE((side.config.converter = &broken, broken.api = 9), CO_E_API);
	IMPOSSIBLE((side.config.converter = &broken, broken.api = CO_API, broken.name = NULL),
		   CO_E_ARGUMENT);
#undef IMPOSSIBLE
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_switch),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_abort_everywhere),
		cmocka_unit_test(test_killed_everywhere),
		cmocka_unit_test(test_killed_after_commit),
		cmocka_unit_test(test_recall),
		cmocka_unit_test(test_recall_too_late),
		cmocka_unit_test(test_recall_in_between),
		cmocka_unit_test(test_misbehaviour),
		cmocka_unit_test(test_thaw_what_froze),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_less_memory),
		cmocka_unit_test(test_too_few_bytes),
		cmocka_unit_test(test_measured_is_enough),
		cmocka_unit_test(test_capture_function_refuses),
		cmocka_unit_test(test_preflight_lists_all),
		cmocka_unit_test(test_issues_are_bounded),
		cmocka_unit_test(test_value_aborts),
		cmocka_unit_test(test_pointer_aborts),
		cmocka_unit_test(test_emitted_twice),
		cmocka_unit_test(test_gate_old),
		cmocka_unit_test(test_registrations),
		cmocka_unit_test(test_configurations),
	};

	return cmocka_run_group_tests_name("engine: old side", tests, NULL, NULL);
}
