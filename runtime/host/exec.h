/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host across exec: the image goes to the new program in a memfd, whose number stands in the
 *environment. File descriptors that are not close-on-exec go, too: what participants carry of them
 *are their numbers.
 *
 * The old program:	exec_hand_over()	in its own place; returns only when it failed
 *			exec_spawn()		beside it: returns once the new program took the
 *state The new program:	exec_receive()		at its start
 */
#ifndef CO_HOST_EXEC_H
#define CO_HOST_EXEC_H

#include "../engine.h"
#include "report.h"
#include <sys/types.h>

#define EXEC_VARIABLE "CARRYOVER_FD" /* the number of the memfd */

/* A side of the switch. */
struct exec_side {
	const struct co_converter *converter;
	const char *release; /* as the mapping says; "" where it says none */
	const char *layouts; /* digest, or NULL */
	const struct co_participant *const *participants;
	uint32_t n_participants;
	uint32_t deadline_us, budget_us; /* as in struct co_engine_config */
};

/*
 * Hands the state over and becomes PATH with ARGV and this program's environment. When it returns,
 * that failed (noted in REPORT, an exit code): everything is thawed, and this program goes on.
 */
int exec_hand_over(const struct exec_side *side, const char *path, char *const argv[],
		   struct report *report);

/*
 * The same in a process of its own, *CHILD, which has SECONDS to take the state. 0: it has it, and
 * this program ends what it still has open. Else noted: the child ended, or was ended, without
 * having taken it; everything is thawed, and this program goes on.
 */
int exec_spawn(const struct exec_side *side, const char *path, char *const argv[],
	       unsigned int seconds, pid_t *child, struct report *report);

/* What arrived. */
struct exec_arrival {
	bool handed_over; /* false: this program was started without a state */
	struct co_engine engine;
	struct co_issue issues[64];
	void *region; /* lasting arrivals lie here; exec_release() gives it back */
	uint64_t size;
};

/*
 * Restores what was handed over, if anything was, and takes the variable out of the environment. 0,
 * also with nothing handed over; else noted: refused without having taken anything, or objects that
 * were not restored, which are in ARRIVAL->issues (then engine.report.consumed is true).
 */
int exec_receive(struct exec_arrival *arrival, const struct exec_side *side, struct report *report);
void exec_release(struct exec_arrival *arrival);

#endif
