// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* The state machine of the old side: one phase after the other, and back from each but the last. */
#include "engine_core.h"

int co_engine_init(struct co_engine *e, const struct co_engine_config *config)
{
	int error;

	memset(e, 0, sizeof(*e));
	if (!config || !config->seam.clock || !config->converter ||
	    (config->role != CO_ROLE_OLD && config->role != CO_ROLE_NEW) ||
	    config->n_participants > CO_PARTICIPANTS_MAX ||
	    (config->n_participants && !config->participants) ||
	    (config->issues_room && !config->issues) ||
	    (config->seal != CO_SEAL_SHA256 && config->seal != CO_SEAL_NONE) ||
	    (config->missing != CO_MISSING_REFUSE && config->missing != CO_MISSING_SKIP)) {
		e->step = CO_STEP_ABORTED;
		return CO_E_ARGUMENT;
	}
	e->config = *config;
	e->report.role = config->role;
	e->report.n_participants = config->n_participants;
	for (uint32_t i = 0; i < config->n_participants; i++)
		e->report.participants[i].announced = CO_UNKNOWN;
	error = co_converter_check(config->converter);
	if (error)
		co_note(e, error, CO_NOWHERE, NULL);
	else
		error = co_check_registrations(e);
	if (error)
		e->step = CO_STEP_ABORTED;
	else
		co_layout_of_converter(&e->layout, config->converter, true);
	return error;
}

/* A failure before COMMIT: what was frozen is thawed before anybody hears of it. */
static int fail(struct co_engine *e, int error)
{
	if (!e->report.failure.error)
		co_note(e, error, CO_NOWHERE, NULL);
	co_undo(e);
	return e->report.failure.error;
}

/* ---- PREPARE --------------------------------------------------------------------------------- */

static int check_room_of(struct co_engine *e, uint32_t i)
{
	const struct co_room *room = &e->rooms[i];

	if (room->objects >= CO_OBJECTS_LIMIT || room->sides >= CO_OBJECTS_LIMIT)
		return co_note_value(e, CO_E_LIMIT, i,
				     "it prepares for more objects than the limit",
				     room->objects > room->sides ? room->objects : room->sides);
	if (room->bytes >= CO_BYTES_LIMIT || room->copied >= CO_BYTES_LIMIT ||
	    room->side_bytes >= UINT32_MAX || room->name_bytes >= UINT32_MAX ||
	    room->largest > UINT32_MAX)
		return co_note_value(e, CO_E_LIMIT, i, "it prepares for more bytes than the limit",
				     room->bytes > room->copied ? room->bytes : room->copied);
	if (room->copied > room->bytes || room->largest > room->bytes ||
	    (room->objects && !room->bytes))
		return co_note_value(e, CO_E_ARGUMENT, i,
				     "its numbers of bytes contradict each other", room->bytes);
	if (room->objects && !co_participant_at(e, i)->capture)
		return co_note_value(e, CO_E_COUNT, i,
				     "it prepares for objects that it does not capture",
				     room->objects);
	if (room->exact || !room->objects)
		e->report.participants[i].announced = room->objects;
	return CO_OK;
}

static int prepare_one(struct co_engine *e, uint32_t i)
{
	const struct co_participant *p = co_participant_at(e, i);
	struct co_call call;
	int error;

	if (!p->prepare)
		return CO_OK;
	co_call_begin(e, &call, i, CO_PHASE_PREPARE);
	error = p->prepare(&call, e->config.role == CO_ROLE_OLD ? &e->rooms[i] : NULL);
	/* One that refused has undone itself; one that was late is there to be undone. */
	e->report.participants[i].prepared = error == 0;
	error = co_call_end(&call, error);
	if (!error && e->config.role == CO_ROLE_OLD)
		error = check_room_of(e, i);
	return error;
}

int co_engine_prepare(struct co_engine *e)
{
	bool is_old = e->config.role == CO_ROLE_OLD;
	uint64_t start;
	int error = CO_OK;

	if (e->step != (is_old ? CO_STEP_NEW : CO_STEP_OPENED) || (!is_old && !e->arrived))
		return CO_E_PHASE;
	co_phase_begin(e, CO_PHASE_PREPARE, &start);
	if (is_old)
		error = co_gate_old(e);
	for (uint32_t i = 0; i < e->config.n_participants && !error; i++)
		error = prepare_one(e, i);
	if (!error && is_old)
		error = co_measure_old(e);
	co_phase_end(e, CO_PHASE_PREPARE, start);
	if (error)
		return fail(e, error);
	e->step = CO_STEP_PREPARED;
	return CO_OK;
}

/* ---- memory ---------------------------------------------------------------------------------- */

int co_engine_measure(const struct co_engine *e, struct co_engine_sizes *sizes)
{
	if (e->step != (e->config.role == CO_ROLE_OLD ? CO_STEP_PREPARED : CO_STEP_OPENED))
		return CO_E_PHASE;
	*sizes = e->sizes;
	return CO_OK;
}

static bool cut_old(struct co_engine *e)
{
	struct co_pool part;
	uint64_t n = e->total.objects, spare;

	if (!co_pool_cut(&e->work, n * sizeof(*e->kept), &part))
		return false;
	e->kept = (struct co_kept *)(void *)part.data;
	if (!co_pool_cut(&e->work, n * sizeof(*e->table), &part))
		return false;
	e->table = (struct co_object *)(void *)part.data;
	if (!co_pool_cut(&e->work, e->total.sides * sizeof(*e->sides), &part))
		return false;
	e->sides = (struct co_kept_side *)(void *)part.data;
	if (!co_pool_cut(&e->work, e->arms_room * sizeof(*e->arms), &part))
		return false;
	e->arms = (struct co_arm *)(void *)part.data;
	if (!co_pool_cut(&e->work, e->config.converter->n_types * sizeof(*e->spots_of), &part))
		return false;
	e->spots_of = (struct co_spots *)(void *)part.data;
	if (!co_pool_cut(&e->work, e->spots_room * sizeof(*e->spots), &part))
		return false;
	e->spots = (struct co_spot *)(void *)part.data;
	if (!co_pool_cut(&e->work, e->n_slots * sizeof(*e->slots), &part))
		return false;
	e->slots = co_pool_take(&part, e->n_slots * sizeof(*e->slots), 1);
	if (!co_pool_cut(&e->work, e->total.side_bytes, &e->side_bytes) ||
	    !co_pool_cut(&e->work, e->total.copied, &e->copies) ||
	    !co_pool_cut(&e->work, e->total.largest, &e->scratch))
		return false;
	/* Whatever is more than was measured goes to the strings. */
	spare = e->work.size - e->work.used;
	spare = spare > CO_REGION_ALIGN ? spare - CO_REGION_ALIGN : 0;
	return spare >= e->total.name_bytes &&
	       co_pool_cut(&e->work, spare < CO_NOWHERE ? spare : CO_NOWHERE - 1, &e->strings);
}

static bool cut_new(struct co_engine *e)
{
	struct co_pool part;
	uint64_t size = e->image.n_objects * sizeof(*e->arrived);

	if (!co_pool_cut(&e->work, size, &part) ||
	    !co_pool_cut(&e->work, e->total.largest, &e->scratch))
		return false;
	e->arrived = co_pool_take(&part, size, 1);
	return e->arrived;
}

int co_engine_memory(struct co_engine *e, void *work, uint64_t work_size, void *image,
		     uint64_t image_size)
{
	bool is_old = e->config.role == CO_ROLE_OLD;

	if (e->step != (is_old ? CO_STEP_PREPARED : CO_STEP_OPENED))
		return CO_E_PHASE;
	if (!work || (uintptr_t)work % CO_REGION_ALIGN || (uintptr_t)image % CO_REGION_ALIGN ||
	    (is_old && !image))
		return CO_E_ARGUMENT;
	if (work_size < e->sizes.work || image_size < e->sizes.image)
		return CO_E_ROOM;
	e->work = (struct co_pool){.data = work, .size = work_size};
	if (!is_old)
		return cut_new(e) ? CO_OK : CO_E_ROOM;
	e->region = (struct co_pool){.data = image, .size = image_size};
	if (!cut_old(e))
		return CO_E_ROOM;
	/* From here on nobody takes this memory for an image that was committed. */
	memset(image, 0, CO_SEAL_SIZE);
	return co_build_start(e) ? fail(e, CO_E_ROOM) : CO_OK;
}

/* ---- PREFLIGHT ------------------------------------------------------------------------------- */

static int preflight_one(struct co_engine *e, uint32_t i)
{
	const struct co_participant *p = co_participant_at(e, i);
	struct co_call call;
	int error;

	if (!p->preflight)
		return CO_OK;
	co_call_begin(e, &call, i, CO_PHASE_PREFLIGHT);
	error = co_call_end(&call, p->preflight(&call));
	/* It counted what it looked at: capture begins anew. */
	e->report.participants[i].captured = 0;
	return error;
}

int co_engine_preflight(struct co_engine *e)
{
	uint64_t start, issues = e->report.n_issues + e->report.n_issues_dropped;
	int error = CO_OK;

	if (e->config.role != CO_ROLE_OLD || e->step != CO_STEP_PREPARED || !e->slots)
		return CO_E_PHASE;
	co_phase_begin(e, CO_PHASE_PREFLIGHT, &start);
	for (uint32_t i = 0; i < e->config.n_participants && !error; i++)
		error = preflight_one(e, i);
	co_phase_end(e, CO_PHASE_PREFLIGHT, start);
	if (error)
		return fail(e, error);
	return e->report.n_issues + e->report.n_issues_dropped > issues ? CO_E_VALUE : CO_OK;
}

/* ---- FREEZE to COMMIT ------------------------------------------------------------------------ */

static int freeze_one(struct co_engine *e, uint32_t i)
{
	const struct co_participant *p = co_participant_at(e, i);
	struct co_participant_report *r = &e->report.participants[i];
	struct co_call call;
	int error = CO_OK;

	if (p->freeze) {
		co_call_begin(e, &call, i, CO_PHASE_FREEZE);
		error = p->freeze(&call);
		r->frozen = error == 0;
		error = co_call_end(&call, error);
	}
	if (!error && p->capture && r->announced == CO_UNKNOWN)
		error = co_note(e, CO_E_COUNT, i,
				"it announced no count, neither exact nor in freeze");
	return error;
}

static int freeze_all(struct co_engine *e)
{
	int error = CO_OK;

	e->paused = co_now(e);
	for (uint32_t i = 0; i < e->config.n_participants && !error; i++)
		error = freeze_one(e, i);
	return error;
}

static int capture_one(struct co_engine *e, uint32_t i)
{
	const struct co_participant *p = co_participant_at(e, i);
	struct co_participant_report *r = &e->report.participants[i];
	struct co_call call;
	int error = CO_OK;

	e->first_object[i] = e->n_kept;
	if (p->capture) {
		co_call_begin(e, &call, i, CO_PHASE_CAPTURE);
		error = co_call_end(&call, p->capture(&call));
		if (!error && r->captured != r->announced)
			error = co_note_value(e, CO_E_COUNT, i,
					      "it emitted fewer objects than it announced",
					      r->captured);
	}
	e->first_object[i + 1] = e->n_kept;
	return error;
}

static int capture_all(struct co_engine *e)
{
	int error = CO_OK;

	for (uint32_t i = 0; i < e->config.n_participants && !error; i++)
		error = capture_one(e, i);
	return error;
}

static int verify_one(struct co_engine *e, uint32_t i)
{
	const struct co_participant *p = co_participant_at(e, i);
	struct co_participant_report *r = &e->report.participants[i];
	struct co_call call;

	if (r->converted != e->first_object[i + 1] - e->first_object[i])
		return co_note_value(e, CO_E_COUNT, i, "objects that were not converted",
				     r->converted);
	if (!p->verify)
		return CO_OK;
	co_call_begin(e, &call, i, CO_PHASE_VERIFY);
	return co_call_end(&call, p->verify(&call));
}

/* The image is opened as the new side will open it; then the seal is made, all but its mark. */
static int verify_all(struct co_engine *e)
{
	int error = co_build_open(e);

	if (error)
		return error;
	if (e->image.n_objects != e->n_kept || e->image.n_sides != e->n_sides)
		return co_note_value(e, CO_E_COUNT, CO_NOWHERE, "objects that are not in the image",
				     e->n_kept);
	for (uint32_t i = 0; i < e->config.n_participants && !error; i++)
		error = verify_one(e, i);
	if (!error)
		error = co_seal_prepare(e->region.data, e->region.size, e->image_size,
					e->config.seal);
	return error;
}

/* The last that can fail is the time; then one store hands the state over. */
static int commit(struct co_engine *e)
{
	e->report.committed = true;
	co_seal_ready(e->region.data);
	return CO_OK;
}

struct step {
	enum co_phase phase;
	int (*run)(struct co_engine *e);
};

/* By the step that is done before. */
static const struct step steps[] = {
	[CO_STEP_PREPARED] = {CO_PHASE_FREEZE, freeze_all},
	[CO_STEP_FROZEN] = {CO_PHASE_CAPTURE, capture_all},
	[CO_STEP_CAPTURED] = {CO_PHASE_CONVERT, co_convert_all},
	[CO_STEP_CONVERTED] = {CO_PHASE_VERIFY, verify_all},
	[CO_STEP_VERIFIED] = {CO_PHASE_COMMIT, commit},
};

int co_engine_step(struct co_engine *e)
{
	const struct step *step;
	uint64_t start;
	int error = CO_OK;

	if (e->config.role != CO_ROLE_OLD || e->step < CO_STEP_PREPARED ||
	    e->step > CO_STEP_VERIFIED || !e->slots)
		return CO_E_PHASE;
	step = &steps[e->step];
	co_phase_begin(e, step->phase, &start);
	if (co_budget_passed(e))
		error = co_note_value(e, CO_E_TIME, CO_NOWHERE,
				      "the budget of the pause passed, in microseconds",
				      e->config.budget_us);
	if (!error)
		error = step->run(e);
	co_phase_end(e, step->phase, start);
	if (error)
		return fail(e, error);
	e->step++;
	return CO_OK;
}

int co_engine_switch(struct co_engine *e)
{
	int error;

	do
		error = co_engine_step(e);
	while (!error && e->step != CO_STEP_COMMITTED);
	return error;
}

/* ---- back, and out --------------------------------------------------------------------------- */

int co_engine_abort(struct co_engine *e)
{
	if (e->step == CO_STEP_ABORTED)
		return CO_OK;
	if (e->step >= CO_STEP_COMMITTED)
		return CO_E_PHASE;
	co_undo(e);
	return CO_OK;
}

int co_engine_recall(struct co_engine *e)
{
	int error;

	if (e->config.role != CO_ROLE_OLD || e->step != CO_STEP_COMMITTED)
		return CO_E_PHASE;
	error = co_seal_mark(e->region.data, CO_MARK_RECALLED);
	if (error)
		return error;
	e->report.committed = false;
	co_undo(e);
	return CO_OK;
}

int co_engine_region(const struct co_engine *e, const void **data, uint64_t *size)
{
	if (e->config.role != CO_ROLE_OLD || e->step != CO_STEP_COMMITTED)
		return CO_E_PHASE;
	*data = e->region.data;
	*size = CO_SEAL_SIZE + e->image_size;
	return CO_OK;
}
