// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* Calls of participants: their time, their deadline, their veto, and undoing what they did. */
#include "engine_core.h"

void co_phase_begin(struct co_engine *e, enum co_phase phase, uint64_t *start)
{
	struct co_progress progress = {.phase = phase};

	if (phase != CO_PHASE_ABORT)
		e->report.phase = phase;
	if (e->config.progress)
		e->config.progress(e->config.progress_data, &progress);
	*start = co_now(e);
}

void co_phase_end(struct co_engine *e, enum co_phase phase, uint64_t start)
{
	e->report.ns[phase] += co_now(e) - start;
}

void co_call_begin(struct co_engine *e, struct co_call *call, uint32_t participant,
		   enum co_phase phase)
{
	const struct co_participant *p = co_participant_at(e, participant);
	uint32_t us = p->deadline_us[phase] ? p->deadline_us[phase] : e->config.deadline_us;
	struct co_progress progress = {.phase = phase, .participant = p->name};

	if (e->config.progress)
		e->config.progress(e->config.progress_data, &progress);
	*call = (struct co_call){
		.data = p->data,
		.role = e->config.role,
		.phase = phase,
		.engine = e,
		.participant = participant,
		.start = co_now(e),
	};
	call->deadline = us ? call->start + us * 1000ull : 0;
}

static int note_late(struct co_call *call)
{
	struct co_engine *e = call->engine;

	call->late = true;
	return co_note_value(e, CO_E_TIME, call->participant,
			     "its deadline passed, in microseconds",
			     (call->deadline - call->start) / 1000);
}

int co_call_end(struct co_call *call, int result)
{
	struct co_engine *e = call->engine;
	uint64_t now = co_now(e);

	e->report.participants[call->participant].ns[call->phase] += now - call->start;
	if (result > 0)
		return co_note_value(e, CO_E_VETO, call->participant,
				     "its function returned a number that is no answer",
				     (uint64_t)result);
	/* What the engine or co_veto() noted came first; a bare number is a veto without a reason.
	 */
	if (result < 0) {
		if (!e->report.failure.error)
			co_note_value(e, CO_E_VETO, call->participant, "no reason given",
				      (uint64_t) - (int64_t)result);
		return e->report.failure.error;
	}
	/* A failure that its function swallowed is one all the same. */
	if (e->report.failure.error)
		return e->report.failure.error;
	if (call->late || (call->deadline && now > call->deadline))
		return note_late(call);
	return CO_OK;
}

bool co_deadline_passed(struct co_call *call)
{
	if (call->deadline && !call->late && co_now(call->engine) > call->deadline)
		call->late = true;
	return call->late;
}

uint64_t co_time_left(const struct co_call *call)
{
	uint64_t now = co_now(call->engine);

	if (!call->deadline)
		return CO_UNKNOWN;
	return now < call->deadline ? (call->deadline - now) / 1000 : 0;
}

int co_veto(struct co_call *call, const char *reason)
{
	return co_note(call->engine, CO_E_VETO, call->participant, reason);
}

int co_veto_value(struct co_call *call, const char *reason, uint64_t value)
{
	return co_note_value(call->engine, CO_E_VETO, call->participant, reason, value);
}

int co_no_memory(struct co_call *call)
{
	return co_note(call->engine, CO_E_VETO, call->participant, "it has no memory");
}

void co_tick(struct co_engine *e, enum co_phase phase, uint32_t participant, uint64_t done,
	     uint64_t total)
{
	struct co_progress progress = {.phase = phase, .done = done, .total = total};

	if (done % 1024)
		return;
	if (participant != CO_NOWHERE)
		progress.participant = co_participant_at(e, participant)->name;
	if (e->config.progress)
		e->config.progress(e->config.progress_data, &progress);
	if (e->config.seam.relax)
		e->config.seam.relax(e->config.seam.data);
}

bool co_budget_passed(struct co_engine *e)
{
	uint64_t ns = e->config.budget_us * 1000ull;

	return ns && e->paused && co_now(e) - e->paused > ns;
}

static void undo_one(struct co_engine *e, uint32_t i, void (*undo)(struct co_call *call))
{
	struct co_call call;

	co_call_begin(e, &call, i, CO_PHASE_ABORT);
	call.deadline = 0;
	undo(&call);
	e->report.participants[i].ns[CO_PHASE_ABORT] += co_now(e) - call.start;
}

void co_undo(struct co_engine *e)
{
	uint64_t start;

	co_phase_begin(e, CO_PHASE_ABORT, &start);
	for (uint32_t i = e->config.n_participants; i--;) {
		const struct co_participant *p = co_participant_at(e, i);

		if (e->report.participants[i].frozen && p->thaw)
			undo_one(e, i, p->thaw);
		e->report.participants[i].frozen = false;
	}
	for (uint32_t i = e->config.n_participants; i--;) {
		const struct co_participant *p = co_participant_at(e, i);

		if (e->report.participants[i].prepared && p->abort)
			undo_one(e, i, p->abort);
		e->report.participants[i].prepared = false;
	}
	e->report.aborted = true;
	e->step = CO_STEP_ABORTED;
	co_phase_end(e, CO_PHASE_ABORT, start);
}
