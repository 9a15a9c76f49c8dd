/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * A world for tests of the engine: an old system, a new one, two participants that can be told to
 * misbehave, and the caller's memory of a side. Time is a number that each look at it moves on.
 */
#ifndef CO_ENGINE_WORLD_TEST_H
#define CO_ENGINE_WORLD_TEST_H

#include "engine_fake.h"
#include "host/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define RECS 5
#define BOXES 3
#define TICK 1000 /* ns that pass when somebody looks at the clock */

/* ---- the world ------------------------------------------------------------------------------- */

enum fault {
	FAULT_NONE,
	FAULT_VETO,
	FAULT_BARE,	/* a negative number, without a reason */
	FAULT_POSITIVE, /* a number that is no answer */
	FAULT_HANG,
	FAULT_MEMORY,
	FAULT_MORE, /* of capture: one more than was announced */
	FAULT_FEWER,
	FAULT_SILENT, /* of freeze: announces nothing */
	FAULT_SHORT,  /* of prepare: too few bytes */
};

static struct world {
	uint64_t now;
	uint64_t real; /* ns since 1970 */
	/* the old system */
	struct old_rec recs[RECS];
	struct old_box boxes[BOXES];
	bool recs_frozen, boxes_frozen, recs_prepared, boxes_prepared;
	/* the new one */
	struct new_rec new_recs[RECS];
	struct new_box new_boxes[BOXES];
	uint32_t n_recs, n_boxes;
	/* the fault: of this participant in this phase */
	enum fault fault;
	enum co_phase at;
	const char *who;
	uint32_t veto_object; /* restore refuses it; CO_NOWHERE: none */
	char log[1024];
	char looked[64];
} world;

static uint64_t fake_clock(void *data)
{
	(void)data;
	return world.now += TICK;
}

static int fake_wall(void *data, uint32_t clock, uint64_t *value)
{
	(void)data;
	*value = clock == CO_CLOCK_REAL ? world.real : 0;
	return clock == CO_CLOCK_REAL ? 0 : -1;
}

static uint64_t fake_now = 1000;

static int fake_read(void *data, uint64_t address, void *buffer, size_t size)
{
	(void)data;
	if (address != (uint64_t)(uintptr_t)&fake_now || size != sizeof(fake_now))
		return -1;
	memcpy(buffer, &fake_now, size);
	return 0;
}

static int fake_symbol(void *data, const char *name, uint64_t *address)
{
	(void)data;
	*address = (uint64_t)(uintptr_t)&fake_now;
	return strcmp(name, "now") ? -1 : 0;
}

static void say(const char *who, const char *what)
{
	size_t n = strlen(world.log);

	snprintf(world.log + n, sizeof(world.log) - n, "%s.%s ", who, what);
}

static bool faulty(const struct co_call *call, const char *who, enum fault fault)
{
	return world.fault == fault && world.at == call->phase && world.who &&
	       !strcmp(world.who, who);
}

/* What every function of a participant does first. */
static int begin(struct co_call *call, const char *who, const char *what)
{
	say(who, what);
	if (faulty(call, who, FAULT_VETO))
		return co_veto_value(call, "a helper is busy", 7);
	if (faulty(call, who, FAULT_BARE))
		return -5;
	if (faulty(call, who, FAULT_POSITIVE))
		return 3;
	if (faulty(call, who, FAULT_MEMORY))
		return co_no_memory(call);
	if (faulty(call, who, FAULT_HANG))
		while (!co_deadline_passed(call))
			;
	return 0;
}

/* ---- records --------------------------------------------------------------------------------- */

static void rec_fn(void)
{
}

static void other_fn(void)
{
}

static int recs_prepare(struct co_call *call, struct co_room *room)
{
	int error = begin(call, "recs", "prepare");

	if (error)
		return error;
	world.recs_prepared = true;
	if (room)
		*room = (struct co_room){.objects = RECS,
					 .bytes = sizeof(world.recs),
					 .copied = sizeof(world.recs),
					 .exact = true};
	if (room && faulty(call, "recs", FAULT_SHORT))
		room->bytes = room->copied = sizeof(world.recs[0]);
	return 0;
}

static int recs_preflight(struct co_call *call)
{
	int error = begin(call, "recs", "preflight");

	for (int i = 0; i < RECS && !error; i++)
		error = co_check(call, &(struct co_emission){.type = co_type_of(call, "struct rec"),
							     .bytes = &world.recs[i],
							     .size = sizeof(world.recs[i])});
	return error;
}

static int recs_freeze(struct co_call *call)
{
	int error = begin(call, "recs", "freeze");

	world.recs_frozen = !error;
	return error;
}

static int recs_capture(struct co_call *call)
{
	int error = begin(call, "recs", "capture"), n = RECS;

	assert_true(world.recs_frozen);
	n -= faulty(call, "recs", FAULT_FEWER);
	for (int i = 0; i < n && !error; i++)
		error = co_emit(call, &(struct co_emission){.type = co_type_of(call, "struct rec"),
							    .bytes = &world.recs[i],
							    .size = sizeof(world.recs[i])});
	if (!error && faulty(call, "recs", FAULT_MORE))
		error = co_emit(call,
				&(struct co_emission){.type = CO_NOWHERE, .bytes = "x", .size = 1});
	return error;
}

static int recs_verify(struct co_call *call)
{
	struct co_arrival object;
	int error = begin(call, "recs", "verify");

	if (error)
		return error;
	assert_int_equal(co_look(call, 1, &object), CO_OK);
	snprintf(world.looked, sizeof(world.looked), "%s is %u", object.name,
		 ((const struct new_rec *)object.bytes)->id);
	assert_int_equal(co_look(call, RECS, &object), CO_E_ARGUMENT);
	return 0;
}

static void recs_thaw(struct co_call *call)
{
	say("recs", "thaw");
	assert_int_equal(call->phase, CO_PHASE_ABORT);
	assert_true(world.recs_frozen);
	world.recs_frozen = false;
}

static void recs_abort(struct co_call *call)
{
	say("recs", "abort");
	assert_int_equal(call->phase, CO_PHASE_ABORT);
	assert_true(world.recs_prepared);
	world.recs_prepared = false;
}

static int recs_restore(struct co_call *call, const struct co_arrival *object)
{
	struct new_rec *rec = &world.new_recs[world.n_recs];
	int error = begin(call, "recs", "restore");

	if (error)
		return error;
	if (world.veto_object == object->index)
		return co_veto_value(call, "it is not wanted", object->index);
	*rec = *(const struct new_rec *)object->bytes;
	/* Records point at those before them: what did not arrive makes this one refuse, too. */
	if (co_arrival_address(call, object, "next", &rec->next) ||
	    co_arrival_address(call, object, "fn", &rec->fn))
		return co_veto(call, "what it points to did not arrive");
	co_arrived_at(call, (uint64_t)(uintptr_t)rec);
	world.n_recs++;
	return 0;
}

static int recs_audit(struct co_call *call, const struct co_tally *tally)
{
	int error = begin(call, "recs", "audit");

	if (!error && tally->restored != world.n_recs)
		error = co_veto_value(call, "records that are not there", tally->restored);
	return error;
}

static const struct co_carried recs_types[] = {{"struct rec", sizeof(struct old_rec), "old-rec"}};
static const struct co_carried recs_new_types[] = {
	{"struct rec", sizeof(struct new_rec), "new-rec"}};
static const struct co_linked recs_symbols[] = {{"", "rec_fn", rec_fn}, {"mod", "fn", other_fn}};

#define RECS_ROWS(types_)                                                                          \
	.name = "recs", .types = types_, .n_types = 1, .symbols = recs_symbols, .n_symbols = 2,    \
	.prepare = recs_prepare, .preflight = recs_preflight, .freeze = recs_freeze,               \
	.capture = recs_capture, .verify = recs_verify, .thaw = recs_thaw, .abort = recs_abort,    \
	.restore = recs_restore, .audit = recs_audit

static const struct co_participant recs = {RECS_ROWS(recs_types)};
static const struct co_participant recs_new = {RECS_ROWS(recs_new_types)};

/* ---- boxes: counted when they are frozen, borrowed, with names and a string ------------------ */

static int boxes_prepare(struct co_call *call, struct co_room *room)
{
	int error = begin(call, "boxes", "prepare");

	if (error)
		return error;
	world.boxes_prepared = true;
	if (room)
		*room = (struct co_room){.objects = 10,
					 .bytes = 1000,
					 .largest = 128,
					 .copied = 6,
					 .sides = 16,
					 .side_bytes = 256,
					 .name_bytes = 256};
	return 0;
}

static int boxes_freeze(struct co_call *call)
{
	int error = begin(call, "boxes", "freeze");

	world.boxes_frozen = !error;
	if (error || faulty(call, "boxes", FAULT_SILENT))
		return error;
	co_announce(call, faulty(call, "boxes", FAULT_MORE) ? 11 : 3);
	return 0;
}

static int boxes_capture(struct co_call *call)
{
	int error = begin(call, "boxes", "capture");
	uint32_t type = co_type_of(call, "struct box");

	if (!error)
		error = co_emit(call, &(struct co_emission){.type = type,
							    .bytes = &world.boxes[0],
							    .size = sizeof(world.boxes[0]),
							    .flags = CO_EMIT_BORROW,
							    .name = "the first"});
	if (!error)
		error = co_emit_side(call, "colour", "red", 4);
	if (!error)
		error = co_emit(call, &(struct co_emission){.type = type,
							    .bytes = &world.boxes[1],
							    .size = 2 * sizeof(world.boxes[0]),
							    .flags = CO_EMIT_BORROW});
	if (!error)
		error = co_emit(call, &(struct co_emission){
					      .type = CO_NOWHERE, .bytes = "hello", .size = 6});
	return error;
}

static void boxes_thaw(struct co_call *call)
{
	(void)call;
	say("boxes", "thaw");
	assert_true(world.boxes_frozen);
	world.boxes_frozen = false;
}

static void boxes_abort(struct co_call *call)
{
	(void)call;
	say("boxes", "abort");
	world.boxes_prepared = false;
}

static int boxes_restore(struct co_call *call, const struct co_arrival *object)
{
	const struct new_box *box = object->bytes;
	int error = begin(call, "boxes", "restore");
	char colour[4];

	if (error)
		return error;
	if (object->type == CO_NOWHERE) {
		assert_string_equal(object->bytes, "hello");
		return 0;
	}
	if (!strcmp(object->name, "the first")) {
		assert_int_equal(co_arrival_side(call, object, "colour", colour, 4), CO_OK);
		assert_string_equal(colour, "red");
		assert_int_equal(co_arrival_side(call, object, "colour", colour, 3), CO_E_ARGUMENT);
		assert_int_equal(co_arrival_side(call, object, "shape", colour, 4), CO_E_ARGUMENT);
	}
	for (uint32_t i = 0; i < object->size / sizeof(*box); i++)
		world.new_boxes[world.n_boxes++] = box[i];
	return 0;
}

static const struct co_carried boxes_types[] = {{"struct box", 0, NULL}};
static const struct co_participant boxes = {
	.name = "boxes",
	.types = boxes_types,
	.n_types = 1,
	.prepare = boxes_prepare,
	.freeze = boxes_freeze,
	.capture = boxes_capture,
	.thaw = boxes_thaw,
	.abort = boxes_abort,
	.restore = boxes_restore,
};

/* ---- a side of a switch ---------------------------------------------------------------------- */

struct side {
	struct co_engine engine;
	struct co_engine_config config;
	const struct co_participant *participants[2];
	struct co_issue issues[8];
	uint8_t *work, *image; /* the caller's memory, exactly what was measured */
	struct co_engine_sizes sizes;
};

static inline void world_init(void)
{
	world = (struct world){.veto_object = CO_NOWHERE, .real = 5000ull * 1000000000};
	for (uint32_t i = 0; i < RECS; i++)
		world.recs[i] = (struct old_rec){
			.id = 100 + i,
			.value = -(int32_t)i,
			.next = i ? (uint64_t)(uintptr_t)&world.recs[i - 1] | (i & 1) : 0,
			.fn = (uint64_t)(uintptr_t)(i % 2 ? rec_fn : other_fn),
		};
	world.recs[4].fn = 0;
	for (uint32_t i = 0; i < BOXES; i++)
		world.boxes[i] = (struct old_box){.n = i, .deadline = 1500 + i, .unread = 99};
}

static inline void side_init(struct side *side, enum co_role role)
{
	memset(side, 0, sizeof(*side));
	side->participants[0] = role == CO_ROLE_OLD ? &recs : &recs_new;
	side->participants[1] = &boxes;
	side->config = (struct co_engine_config){
		.role = role,
		.converter = &fake_pair,
		.running = {role == CO_ROLE_OLD ? "1.0" : "2.0", FAKE_ARCH, ""},
		.participants = side->participants,
		.n_participants = 2,
		.seam = {.clock = fake_clock,
			 .wall = fake_wall,
			 .read = fake_read,
			 .symbol = fake_symbol},
		.deadline_us = 10000,
		.issues = side->issues,
		.issues_room = 8,
	};
}

static inline void side_free(struct side *side)
{
	free(side->work);
	free(side->image);
	side->work = side->image = NULL;
}

static inline void side_memory(struct side *side)
{
	assert_int_equal(co_engine_measure(&side->engine, &side->sizes), CO_OK);
	side->work = memory_aligned(CO_REGION_ALIGN, side->sizes.work);
	side->image = memory_aligned(CO_REGION_ALIGN, side->sizes.image);
	assert_int_equal(co_engine_memory(&side->engine, side->work, side->sizes.work,
					  side->config.role == CO_ROLE_OLD ? side->image : NULL,
					  side->sizes.image),
			 CO_OK);
}

/* Prepared, with memory. */
static inline void old_begin(struct side *side)
{
	side_init(side, CO_ROLE_OLD);
	assert_int_equal(co_engine_init(&side->engine, &side->config), CO_OK);
	assert_int_equal(co_engine_prepare(&side->engine), CO_OK);
	side_memory(side);
}

/* A committed region of SIZE bytes, a copy of its own. */
static inline uint8_t *committed_region(uint64_t *size)
{
	struct side side;
	const void *data;
	uint8_t *copy;

	world_init();
	old_begin(&side);
	assert_int_equal(co_engine_switch(&side.engine), CO_OK);
	assert_int_equal(co_engine_region(&side.engine, &data, size), CO_OK);
	copy = memory_aligned(CO_REGION_ALIGN, *size);
	memcpy(copy, data, *size);
	side_free(&side);
	world.log[0] = '\0';
	return copy;
}

static inline int new_open(struct side *side, void *region, uint64_t size)
{
	side_init(side, CO_ROLE_NEW);
	assert_int_equal(co_engine_init(&side->engine, &side->config), CO_OK);
	return co_engine_open(&side->engine, region, size);
}

static inline int new_restore(struct side *side)
{
	side_memory(side);
	assert_int_equal(co_engine_prepare(&side->engine), CO_OK);
	return co_engine_restore(&side->engine);
}

static inline const char *text_of(const struct side *side)
{
	static char text[512];

	co_report_text(&side->engine.report, text, sizeof(text));
	return text;
}

static inline void assert_says(const struct side *side, const char *part)
{
	if (!strstr(text_of(side), part))
		fail_msg("'%s' is not in '%s'", part, text_of(side));
}

/* The old system is as it was: nothing frozen, nothing prepared, every byte the same. */
static inline void assert_untouched(const struct world *before)
{
	assert_false(world.recs_frozen);
	assert_false(world.boxes_frozen);
	assert_false(world.recs_prepared);
	assert_false(world.boxes_prepared);
	assert_memory_equal(before->recs, world.recs, sizeof(world.recs));
	assert_memory_equal(before->boxes, world.boxes, sizeof(world.boxes));
}

/* A region that nobody committed is refused, and no participant hears of it. */
static inline void assert_not_committed(void *region, uint64_t size)
{
	struct side side;
	int error;

	world.log[0] = '\0';
	error = new_open(&side, region, size);
	assert_true(error == CO_E_FORMAT || error == CO_E_CHECKSUM);
	assert_string_equal(world.log, "");
	assert_int_equal(side.engine.report.failure.error, error);
}

/* Everything lives in the new system. */
static inline void assert_restored(void)
{
	assert_int_equal(world.n_recs, RECS);
	for (uint32_t i = 0; i < RECS; i++) {
		const struct new_rec *rec = &world.new_recs[i];

		assert_int_equal(rec->id, 100 + i);
		assert_int_equal(rec->value, -(int)i);
		assert_int_equal(rec->fresh, 7);
		assert_true(rec->next ==
			    (i ? (uint64_t)(uintptr_t)&world.new_recs[i - 1] | (i & 1) : 0));
	}
	assert_true(world.new_recs[0].fn == (uint64_t)(uintptr_t)other_fn);
	assert_true(world.new_recs[1].fn == (uint64_t)(uintptr_t)rec_fn);
	assert_true(world.new_recs[4].fn == 0);
	assert_int_equal(world.n_boxes, BOXES);
	for (uint32_t i = 0; i < BOXES; i++) {
		assert_int_equal(world.new_boxes[i].n, i);
		assert_int_equal(world.new_boxes[i].left, 500 + i);
	}
}

#endif
