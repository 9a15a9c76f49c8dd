// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* What an operator reads: the first trouble, issues by object, and what to do about them. */
#include "engine_core.h"

const char *co_phase_name(enum co_phase phase)
{
	static const char *const names[CO_PHASES] = {
		[CO_PHASE_NONE] = "START",	    [CO_PHASE_PREPARE] = "PREPARE",
		[CO_PHASE_PREFLIGHT] = "PREFLIGHT", [CO_PHASE_FREEZE] = "FREEZE",
		[CO_PHASE_CAPTURE] = "CAPTURE",	    [CO_PHASE_CONVERT] = "CONVERT",
		[CO_PHASE_VERIFY] = "VERIFY",	    [CO_PHASE_COMMIT] = "COMMIT",
		[CO_PHASE_RESTORE] = "RESTORE",	    [CO_PHASE_AUDIT] = "AUDIT",
		[CO_PHASE_ABORT] = "ABORT",
	};

	return phase < CO_PHASES ? names[phase] : "no phase";
}

void co_text_copy(char *to, size_t room, const char *from)
{
	size_t n = 0;

	while (from && from[n] && n + 1 < room) {
		to[n] = from[n];
		n++;
	}
	to[n] = '\0';
}

int co_note_value(struct co_engine *e, int error, uint32_t participant, const char *reason,
		  uint64_t value)
{
	struct co_failure *f = &e->report.failure;

	if (f->error)
		return error;
	*f = (struct co_failure){.error = error, .phase = e->report.phase, .value = value};
	f->has_value = true;
	if (participant != CO_NOWHERE)
		f->participant = co_participant_at(e, participant)->name;
	co_text_copy(f->reason, sizeof(f->reason), reason ? reason : co_strerror(error));
	return error;
}

int co_note(struct co_engine *e, int error, uint32_t participant, const char *reason)
{
	bool first = !e->report.failure.error;

	co_note_value(e, error, participant, reason, 0);
	if (first)
		e->report.failure.has_value = false;
	return error;
}

void co_note_issue(struct co_engine *e, enum co_phase phase, uint32_t participant, const char *name,
		   const struct co_trouble *trouble)
{
	struct co_report *r = &e->report;
	struct co_issue *issue;

	if (r->n_issues >= e->config.issues_room) {
		r->n_issues_dropped++;
		return;
	}
	issue = &e->config.issues[r->n_issues++];
	memset(issue, 0, sizeof(*issue));
	issue->phase = phase;
	issue->error = trouble->error;
	issue->value = trouble->value;
	if (participant != CO_NOWHERE)
		co_text_copy(issue->participant, sizeof(issue->participant),
			     co_participant_at(e, participant)->name);
	co_text_copy(issue->object, sizeof(issue->object), name);
	co_text_copy(issue->field, sizeof(issue->field), trouble->field);
	co_text_copy(issue->why, sizeof(issue->why),
		     trouble->why ? trouble->why : co_strerror(trouble->error));
}

/* ---- text ------------------------------------------------------------------------------------ */

struct text {
	char *to;
	size_t room, length;
};

static void put(struct text *t, const char *s)
{
	for (; *s && t->length + 1 < t->room; s++)
		t->to[t->length++] = *s;
	if (t->room)
		t->to[t->length] = '\0';
}

static void put_number(struct text *t, uint64_t value)
{
	char digits[24];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do
		digits[--at] = (char)('0' + value % 10);
	while (value /= 10);
	put(t, digits + at);
}

const char *co_remedy(int error, enum co_phase phase)
{
	/* The image was taken, and its old side is gone. */
	if (error && phase >= CO_PHASE_RESTORE)
		return "make what it names anew by hand";
	switch (error) {
	case CO_OK:
		return "there is nothing to do";
	case CO_E_GATE:
		return "use the converter that was made for this pair of releases";
	case CO_E_ROOM:
		return "let prepare ask for more, or lend more memory than was measured";
	case CO_E_VALUE:
	case CO_E_HOOK:
		return "change or drop the named objects, or decide in the mapping what becomes of "
		       "such values";
	case CO_E_POINTER:
		return "the mapping must carry what the pointer leads to, or give it up with null";
	case CO_E_FORMAT:
	case CO_E_CHECKSUM:
		return "what lies there is no whole image and was not used: capture again on the old "
		       "side";
	case CO_E_TIME:
		return "try again when there is less state or load, or give it more time";
	case CO_E_COUNT:
		return "the participant's freeze does not hold, or it counts wrongly: this is a "
		       "bug in it";
	case CO_E_CONSUMED:
		return "state arrives once: capture again on the old side";
	case CO_E_PARTICIPANT:
		return "register what is missing (load its module), or correct the registration";
	case CO_E_VETO:
		return "remove what it names, and try again";
	default:
		return "who is named uses the engine wrongly: this is a bug in it";
	}
}

/* Whether anything changed: what an operator wants to know first. */
static const char *outcome(const struct co_report *r)
{
	if (r->consumed)
		return "the rest of the state was restored";
	if (r->committed)
		return "the state was handed over";
	if (r->role == CO_ROLE_NEW)
		return "nothing of it was restored";
	return r->aborted ? "aborted, and everything runs as before" : "nothing was changed";
}

size_t co_report_text(const struct co_report *r, char *text, size_t room)
{
	const struct co_failure *f = &r->failure;
	struct text t = {text, room, 0};

	put(&t, "");
	if (!f->error)
		return 0;
	put(&t, co_phase_name(f->phase));
	put(&t, ": ");
	if (f->participant) {
		put(&t, f->participant);
		put(&t, ": ");
	}
	if (f->error == CO_E_VETO)
		put(&t, "veto: ");
	put(&t, f->reason);
	if (f->has_value) {
		put(&t, " (");
		put_number(&t, f->value);
		put(&t, ")");
	}
	put(&t, "; ");
	put(&t, outcome(r));
	put(&t, "; ");
	put(&t, co_remedy(f->error, f->phase));
	return t.length;
}

size_t co_issue_text(const struct co_issue *issue, char *text, size_t room)
{
	struct text t = {text, room, 0};

	put(&t, issue->object);
	if (issue->field[0]) {
		put(&t, ".");
		put(&t, issue->field);
	}
	if (issue->error == CO_E_VALUE || issue->error == CO_E_HOOK || issue->value) {
		put(&t, ": value ");
		put_number(&t, issue->value);
	}
	put(&t, ": ");
	put(&t, issue->why);
	return t.length;
}
