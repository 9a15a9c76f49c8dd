// SPDX-License-Identifier: GPL-2.0-or-later
/* Clocks of a user-space host, and the engine's report as failures of a command. */
#include "seam.h"

#include <time.h>
#include <unistd.h>

static uint64_t ns_of(clockid_t clock)
{
	struct timespec t = {0};

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t seam_clock(void *data)
{
	(void)data;
	return ns_of(CLOCK_MONOTONIC);
}

static int seam_wall(void *data, uint32_t clock, uint64_t *value)
{
	long n;

	(void)data;
	switch (clock) {
	case CO_CLOCK_REAL:
		*value = ns_of(CLOCK_REALTIME);
		return 0;
	case CO_CLOCK_BOOT:
		*value = ns_of(CLOCK_BOOTTIME);
		return 0;
	case CO_CLOCK_CPUS:
		n = sysconf(_SC_NPROCESSORS_ONLN);
		*value = n > 0 ? (uint64_t)n : 0;
		return n > 0 ? 0 : -1;
	default:
		return -1;
	}
}

void seam_init(struct co_seam *seam)
{
	*seam = (struct co_seam){.clock = seam_clock, .wall = seam_wall};
}

const char *seam_arch(void)
{
#if defined(__x86_64__)
	return "x86_64";
#elif defined(__aarch64__)
	return "aarch64";
#else
	return "";
#endif
}

int seam_fail(const struct co_report *from, const struct co_issue *issues, struct report *report)
{
	enum exit_code code = EXIT_REFUSED;
	char text[1024];

	if (from->failure.error == CO_E_ARGUMENT || from->failure.error == CO_E_PARTICIPANT ||
	    from->failure.error == CO_E_FORMAT || from->failure.error == CO_E_API)
		code = EXIT_UNUSABLE;
	for (uint32_t i = 0; i < from->n_issues; i++) {
		co_issue_text(&issues[i], text, sizeof(text));
		report_fail(report, code, "%s", text);
	}
	if (from->n_issues_dropped)
		report_fail(report, code, "and %llu more objects",
			    (unsigned long long)from->n_issues_dropped);
	co_report_text(from, text, sizeof(text));
	return report_fail(report, code, "%s", text);
}
