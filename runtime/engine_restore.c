// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * The new side: nothing is believed before it is checked, nothing is restored twice, and each
 * object lives wholly or is reported.
 */
#include "engine_core.h"

/* ---- opening --------------------------------------------------------------------------------- */

/*
 * What the mark says of an image that is not to be had any more goes before its digest: the bytes of
 * one that was taken may be gone.
 */
static int check_mark(struct co_engine *e, uint32_t mark)
{
	if (mark == CO_MARK_CONSUMED)
		return co_note(e, CO_E_CONSUMED, CO_NOWHERE, "the image was applied before");
	if (mark == CO_MARK_RECALLED)
		return co_note(e, CO_E_CONSUMED, CO_NOWHERE,
			       "the old side took the image back and went on");
	return CO_OK;
}

static int open_seal(struct co_engine *e, struct co_seal_state *state)
{
	int error = co_seal_peek(e->region.data, e->region.size, state);

	if (error)
		return co_note(e, error, CO_NOWHERE, "no sealed image begins in this memory");
	error = check_mark(e, state->mark);
	if (error)
		return error;
	error = co_seal_read(e->region.data, e->region.size, state);
	if (error == CO_E_CHECKSUM)
		return co_note(e, error, CO_NOWHERE,
			       "the memory changed since it was sealed: its SHA-256 is another");
	if (error)
		return co_note(e, error, CO_NOWHERE, "no sealed image begins in this memory");
	error = check_mark(e, state->mark);
	if (error)
		return error;
	if (state->mark != CO_MARK_READY)
		return co_note(e, CO_E_FORMAT, CO_NOWHERE,
			       "the old side never committed this image");
	if (state->seal != e->config.seal)
		return co_note(e, CO_E_FORMAT, CO_NOWHERE,
			       "the image is sealed in another way than this side asks for");
	return CO_OK;
}

int co_engine_open(struct co_engine *e, void *region, uint64_t size)
{
	struct co_seal_state state;
	int error;

	if (e->config.role != CO_ROLE_NEW || e->step != CO_STEP_NEW)
		return CO_E_PHASE;
	if ((uintptr_t)region % CO_REGION_ALIGN)
		return CO_E_ARGUMENT;
	e->report.phase = CO_PHASE_PREPARE;
	e->region = (struct co_pool){.data = region, .size = size};
	error = open_seal(e, &state);
	if (!error) {
		e->image_size = state.size;
		error = co_build_open(e);
	}
	if (!error)
		error = co_gate_new(e);
	if (!error)
		error = co_measure_new(e);
	if (error)
		co_undo(e);
	else
		e->step = CO_STEP_OPENED;
	return error;
}

/* ---- restoring ------------------------------------------------------------------------------- */

/* A participant of the image: who takes its objects, and its calls' time. */
struct arriving {
	struct co_engine *e;
	uint32_t who; /* registered, or CO_NOWHERE */
	const char *name;
	struct co_participant_report *report;
	struct co_call call;
	int worst;
};

static void refuse_object(struct arriving *a, const char *name, int error, const char *why,
			  uint64_t value)
{
	struct co_engine *e = a->e;
	struct co_trouble trouble = {.error = error, .why = why, .value = value};

	a->report->refused++;
	co_note_issue(e, CO_PHASE_RESTORE, a->who, name, &trouble);
	if (a->who == CO_NOWHERE && e->report.n_issues && !e->report.n_issues_dropped)
		co_text_copy(e->config.issues[e->report.n_issues - 1].participant, CO_NAME_MAX,
			     a->name);
	if (!a->worst)
		a->worst = error;
}

/* What a participant noted about one object is that object's, not the end of all. */
static void take_trouble(struct arriving *a, const char *name, int result)
{
	struct co_failure f = a->e->report.failure;
	uint64_t number = (uint64_t)(result < 0 ? -(int64_t)result : result);

	memset(&a->e->report.failure, 0, sizeof(f));
	if (f.error)
		refuse_object(a, name, f.error, f.reason, f.value);
	else
		refuse_object(a, name, CO_E_VETO, "no reason given", number);
}

static int hook_side_get(void *data, const char *name, void *value, size_t size)
{
	const struct arriving *a = data;
	struct co_arrival object = {.index = a->e->object};
	char text[CO_NAME_MAX + 32] = "[";
	char digits[24];
	size_t at = sizeof(digits) - 1, n;
	uint64_t element = a->e->element;

	if (!name || size > UINT32_MAX)
		return CO_E_ARGUMENT;
	if (a->e->element == CO_NOWHERE)
		return co_arrival_side(&a->call, &object, name, value, (uint32_t)size);
	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + element % 10);
	while (element /= 10);
	co_text_copy(text + 1, sizeof(text) - 1, digits + at);
	n = co_length(text);
	co_text_copy(text + n, sizeof(text) - n, "].");
	n = co_length(text);
	co_text_copy(text + n, sizeof(text) - n, name);
	return co_arrival_side(&a->call, &object, text, value, (uint32_t)size);
}

static int hook_read(void *data, uint64_t address, void *buffer, size_t size)
{
	const struct arriving *a = data;
	const struct co_seam *seam = &a->e->config.seam;

	return seam->read && seam->read(seam->data, address, buffer, size) >= 0 ? CO_OK : CO_E_READ;
}

static int hook_symbol(void *data, const char *name, uint64_t *address)
{
	const struct arriving *a = data;
	const struct co_seam *seam = &a->e->config.seam;

	return seam->symbol && seam->symbol(seam->data, name, address) >= 0 ? CO_OK : CO_E_READ;
}

/* The converter's restore functions make what could not cross, in a copy that is this object's
 * alone. */
static int run_restore(struct arriving *a, struct co_arrival *object)
{
	struct co_engine *e = a->e;
	const struct co_type *t;
	struct co_host host = {
		.read = hook_read, .side_get = hook_side_get, .symbol = hook_symbol, .data = a};
	struct co_ctx ctx = {.converter = e->config.converter, .host = &host};
	uint32_t step;

	if (object->type == CO_NOWHERE || !e->config.converter->types[object->type].restore)
		return CO_OK;
	t = &e->config.converter->types[object->type];
	step = t->has_tail ? object->size : t->new_size;
	ctx.type = t;
	ctx.new_size = step;
	for (uint32_t at = 0; at < object->size; at += step) {
		uint8_t *element = (uint8_t *)(uintptr_t)object->bytes + at;
		int error;

		e->element = object->size > step ? at / step : CO_NOWHERE;
		ctx.new_ = element;
		error = t->restore(&ctx, element);
		if (error && !ctx.trouble.error)
			co_fail(&ctx, error, NULL, 0, NULL);
		if (ctx.trouble.error) {
			refuse_object(a, object->name, ctx.trouble.error,
				      ctx.trouble.why ? ctx.trouble.why
						      : co_strerror(ctx.trouble.error),
				      ctx.trouble.value);
			return ctx.trouble.error;
		}
	}
	return CO_OK;
}

static void restore_object(struct arriving *a, uint32_t index)
{
	struct co_engine *e = a->e;
	struct co_image_object row;
	struct co_arrival object;
	const char *name;
	int result;

	co_image_object(&e->image, index, &row);
	name = co_image_string(&e->image, row.str_name);
	e->object = index;
	if (a->who == CO_NOWHERE || !co_participant_at(e, a->who)->restore) {
		refuse_object(a, name, CO_E_PARTICIPANT, "nobody here restores it", 0);
		return;
	}
	if (!co_carries(e, a->who, row.type)) {
		refuse_object(a, name, CO_E_TYPE, "its participant does not carry this type", 0);
		return;
	}
	/* A participant that hangs once would for each: what is left of its objects is told. */
	if (a->call.deadline && (a->call.late || co_now(e) > a->call.deadline)) {
		a->call.late = true;
		refuse_object(a, name, CO_E_TIME, "its participant's deadline passed", 0);
		return;
	}
	result = co_view(e, index, &object);
	if (result) {
		refuse_object(a, name, result, co_strerror(result), 0);
		return;
	}
	if (run_restore(a, &object))
		return;
	result = co_participant_at(e, a->who)->restore(&a->call, &object);
	if (result || e->report.failure.error) {
		e->arrived[index] = 0;
		take_trouble(a, name, result);
	} else {
		a->report->restored++;
	}
}

/* The report's row of a participant of the image: its registration's, or one of its own. */
static struct co_participant_report *report_row(struct co_engine *e, uint32_t who, const char *name)
{
	if (who != CO_NOWHERE)
		return &e->report.participants[who];
	if (e->report.n_participants < CO_PARTICIPANTS_MAX)
		e->report.n_participants++;
	e->report.participants[e->report.n_participants - 1].name = name;
	return &e->report.participants[e->report.n_participants - 1];
}

static int restore_participant(struct co_engine *e, uint32_t index)
{
	struct co_image_participant row;
	struct arriving a = {.e = e};

	co_image_participant(&e->image, index, &row);
	a.name = co_image_string(&e->image, row.str_name);
	a.who = co_participant_find(e, a.name);
	a.report = report_row(e, a.who, a.name);
	a.report->captured += row.n_objects;
	if (a.who != CO_NOWHERE)
		co_call_begin(e, &a.call, a.who, CO_PHASE_RESTORE);
	for (uint32_t i = 0; i < row.n_objects; i++) {
		restore_object(&a, row.first_object + i);
		co_tick(e, CO_PHASE_RESTORE, a.who, i + 1, row.n_objects);
	}
	if (a.who != CO_NOWHERE)
		a.report->ns[CO_PHASE_RESTORE] += co_now(e) - a.call.start;
	return a.worst;
}

static void restore_all(struct co_engine *e)
{
	uint64_t start, refused = 0;
	int worst = CO_OK;

	co_phase_begin(e, CO_PHASE_RESTORE, &start);
	for (uint32_t i = 0; i < e->image.n_participants; i++) {
		int error = restore_participant(e, i);

		if (!worst)
			worst = error;
	}
	for (uint32_t i = 0; i < e->report.n_participants; i++)
		refused += e->report.participants[i].refused;
	if (worst)
		co_note_value(e, worst, CO_NOWHERE, "objects that were not restored", refused);
	co_phase_end(e, CO_PHASE_RESTORE, start);
}

/* ---- audit ----------------------------------------------------------------------------------- */

static int audit_one(struct co_engine *e, uint32_t i)
{
	const struct co_participant *p = co_participant_at(e, i);
	struct co_participant_report *r = &e->report.participants[i];
	struct co_tally tally = {
		.in_image = (uint32_t)r->captured,
		.restored = (uint32_t)r->restored,
		.refused = (uint32_t)r->refused,
	};
	struct co_call call;

	if (r->captured != r->restored + r->refused)
		return co_note_value(e, CO_E_COUNT, i,
				     "objects in the image that nothing became of",
				     r->captured - r->restored - r->refused);
	if (!p->audit)
		return CO_OK;
	co_call_begin(e, &call, i, CO_PHASE_AUDIT);
	return co_call_end(&call, p->audit(&call, &tally));
}

/* Every audit is made, whatever came before; the first trouble of all is kept. */
static int audit_all(struct co_engine *e)
{
	struct co_failure *f = &e->report.failure, first = *f;
	uint64_t start;

	co_phase_begin(e, CO_PHASE_AUDIT, &start);
	for (uint32_t i = 0; i < e->config.n_participants; i++) {
		memset(f, 0, sizeof(*f));
		audit_one(e, i);
		if (!first.error)
			first = *f;
	}
	*f = first;
	co_phase_end(e, CO_PHASE_AUDIT, start);
	return first.error;
}

int co_engine_restore(struct co_engine *e)
{
	int error;

	if (e->config.role != CO_ROLE_NEW || e->step != CO_STEP_PREPARED || !e->arrived)
		return CO_E_PHASE;
	error = co_seal_mark(e->region.data, CO_MARK_CONSUMED);
	if (error) {
		co_note(e, error, CO_NOWHERE,
			"somebody applied the image, or took it back, just now");
		co_undo(e);
		return error;
	}
	e->report.consumed = true;
	e->step = CO_STEP_RESTORED;
	restore_all(e);
	error = audit_all(e);
	e->step = CO_STEP_DONE;
	return error;
}
