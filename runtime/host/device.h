/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /dev/carryover as a program sees it: a word is written, a report is read back. The lines of the
 * report are those of runtime/kernel/report.c.
 */
#ifndef CO_HOST_DEVICE_H
#define CO_HOST_DEVICE_H

#include "report.h"
#include "../engine.h"

#define DEVICE_PATH "/dev/carryover"

struct device_phases {
	bool known[CO_PHASES];
	uint64_t ns[CO_PHASES];
};

struct device_participant {
	const char *name;
	bool counted; /* whether `announced` is known */
	uint64_t announced, captured, converted, restored, refused; /* objects */
	uint64_t bytes, sides;
	struct device_phases phases;
};

struct device_issue {
	const char *participant, *object, *member, *reason; /* member: "" for the whole object */
	enum co_phase phase;
	int error;
	bool has_value;
	uint64_t value;
};

/* What the device said of the last command. Strings lie in `text`. */
struct device_report {
	char *text;
	const char *word;    /* NULL: no command was given since the module was loaded */
	const char *kernel;  /* "" when the module does not know its release */
	const char *trouble; /* a sentence, or NULL */
	int error;	     /* negative errno of the command, 0 when it was done */
	bool ran;	     /* whether an engine was at work; else the next four mean nothing */
	enum co_phase reached, failed; /* failed: CO_PHASE_NONE when none did */
	bool aborted, committed, consumed;
	struct device_phases phases;
	struct device_participant participants[CO_PARTICIPANTS_MAX];
	size_t n_participants;
	struct device_issue *issues;
	size_t n_issues, room;
	uint64_t n_dropped; /* issues for which there was no room */
};

/*
 * Writes WORD to the device at PATH, and reads what it reports of it; WORD NULL: only reads. OUT is
 * filled when the result is 0, also when the command was refused, and device_report_deinit() frees
 * it. Noted as unusable: there is no device, or no right to it; the report is not whole, not
 * understood, or of another program's command.
 */
int device_ask(const char *path, const char *word, struct device_report *out,
	       struct report *report);

/*
 * Reads the SIZE bytes of a report at TEXT, taken from PATH. As device_ask(); TEXT is hostile, and
 * goes on belonging to the caller.
 */
int device_parse(const char *path, const char *text, size_t size, struct device_report *out,
		 struct report *report);

void device_report_deinit(struct device_report *report);

/* FREEZE to COMMIT, in ns: how long the state stood still. */
uint64_t device_pause(const struct device_report *report);

#endif
