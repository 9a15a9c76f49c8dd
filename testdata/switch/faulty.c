// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Test only: a participant that goes wrong as its parameters say, in the phase that they name.
 *
 *   veto      refuses            nomem   says that memory is short
 *   hang      sleeps until long after its deadline
 *   hold      says so on the console, and waits until the parameter `release` is set
 *   fewer     announces one object and emits none        more   emits one that it did not announce
 *   stray     emits an object whose value does not convert
 *   plain     emits two objects that do; what becomes of them in the new kernel is as told there
 */
#include "carryover_kernel.h"

#include <linux/delay.h>
#include <linux/resource.h>

static char phase[16] = "NONE";
module_param_string(phase, phase, sizeof(phase), 0600);
static char mode[16] = "none";
module_param_string(mode, mode, sizeof(mode), 0600);
static bool release;
module_param(release, bool, 0600);

/* The mapping of the test has a hook that refuses this value. */
#define UNWANTED 666

static const struct rlimit stray = {.rlim_cur = UNWANTED, .rlim_max = 1};
static const struct rlimit plain[] = {{.rlim_cur = 2, .rlim_max = 3}, {.rlim_cur = 4, .rlim_max = 5}};

static bool is_mode(const char *word)
{
	return !strcmp(strim(mode), word);
}

static bool is_now(const struct co_call *call)
{
	return !strcmp(strim(phase), co_phase_name(call->phase));
}

static int act(struct co_call *call)
{
	if (!is_now(call))
		return 0;
	if (is_mode("veto"))
		return co_veto(call, "it was told to refuse");
	if (is_mode("nomem"))
		return co_no_memory(call);
	if (is_mode("hang"))
		while (!co_deadline_passed(call))
			msleep(20);
	if (is_mode("hold"))
		pr_emerg("HOLDING in %s\n", co_phase_name(call->phase));
	while (is_mode("hold") && !READ_ONCE(release))
		msleep(20);
	return 0;
}

static int prepare(struct co_call *call, struct co_room *room)
{
	if (call->role == CO_ROLE_OLD &&
	    (is_mode("fewer") || is_mode("more") || is_mode("stray") || is_mode("plain")))
		*room = (struct co_room){
			.objects = is_mode("plain") ? 2 : !is_mode("more"),
			.bytes = 2 * sizeof(stray),
			.copied = 2 * sizeof(stray),
			.sides = 4,
			.side_bytes = 64,
			.name_bytes = 64,
			.exact = true,
		};
	else if (call->role == CO_ROLE_OLD)
		room->exact = true;
	return act(call);
}

static struct co_emission stray_object(const struct co_call *call)
{
	return (struct co_emission){
		.type = co_type_of(call, "struct rlimit"),
		.bytes = &stray,
		.size = sizeof(stray),
		.name = "the stray one",
	};
}

/* With `capture` as its phase the stray object comes only once all is frozen. */
static int preflight(struct co_call *call)
{
	const struct co_emission object = stray_object(call);

	return is_mode("stray") && is_now(call) ? co_check(call, &object) : act(call);
}

static int capture_plain(struct co_call *call)
{
	struct co_emission object = stray_object(call);
	int error;

	object.bytes = &plain[0];
	object.name = "a plain one";
	error = co_emit(call, &object);
	object.bytes = &plain[1];
	object.name = "another plain one";
	return error ? error : co_emit(call, &object);
}

static int capture(struct co_call *call)
{
	const struct co_emission object = stray_object(call);

	if (is_mode("plain"))
		return capture_plain(call);
	return is_mode("more") || is_mode("stray") ? co_emit(call, &object) : act(call);
}

static void thaw(struct co_call *call)
{
	pr_info("faulty: thawed\n");
}

static void abort_(struct co_call *call)
{
}

static int restore(struct co_call *call, const struct co_arrival *object)
{
	return act(call);
}

static int audit(struct co_call *call, const struct co_tally *tally)
{
	return act(call);
}

static const struct co_carried types[] = {{.type = "struct rlimit", .size = sizeof(struct rlimit)}};

static const struct co_participant faulty = {
	.name = "faulty",
	.types = types,
	.n_types = ARRAY_SIZE(types),
	.prepare = prepare,
	.preflight = preflight,
	.freeze = act,
	.capture = capture,
	.verify = act,
	.thaw = thaw,
	.abort = abort_,
	.restore = restore,
	.audit = audit,
};

CO_PARTICIPANT_MODULE(faulty);
