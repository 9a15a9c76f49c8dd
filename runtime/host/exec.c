// SPDX-License-Identifier: GPL-2.0-or-later
/* State across exec: a memfd that the new program finds by its number in the environment. */
#include "exec.h"
#include "memory.h"
#include "seam.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct leaving {
	struct co_engine engine;
	struct co_issue issues[64];
	struct co_engine_sizes sizes;
	void *work, *region;
	int fd;
};

static void configure(const struct exec_side *side, enum co_role role, struct co_issue *issues,
		      uint32_t n_issues, struct co_engine_config *config)
{
	*config = (struct co_engine_config){
		.role = role,
		.converter = side->converter,
		.running = {side->release, seam_arch(), ""},
		.layouts = side->layouts,
		.participants = side->participants,
		.n_participants = side->n_participants,
		.deadline_us = side->deadline_us,
		.budget_us = side->budget_us,
		.issues = issues,
		.issues_room = n_issues,
	};
	seam_init(&config->seam);
}

/* ---- the old program ------------------------------------------------------------------------- */

static void leave_end(struct leaving *l)
{
	free(l->work);
	if (l->region)
		munmap(l->region, l->sizes.image);
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}

/* A file in memory that nobody can make shorter under its reader. */
static int make_region(struct leaving *l)
{
	l->fd = memfd_create("carryover", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (l->fd < 0 || ftruncate(l->fd, (off_t)l->sizes.image) < 0 ||
	    fcntl(l->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)
		return -1;
	l->region = mmap(NULL, l->sizes.image, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			 l->fd, 0);
	if (l->region == MAP_FAILED)
		l->region = NULL;
	return l->region ? 0 : -1;
}

/* To COMMIT; NULL: noted, and everything runs as before. */
static struct leaving *leave(const struct exec_side *side, struct report *report)
{
	struct leaving *l = memory_zeroed(1, sizeof(*l));
	struct co_engine_config config;
	int error;

	l->fd = -1;
	configure(side, CO_ROLE_OLD, l->issues, 64, &config);
	error = co_engine_init(&l->engine, &config);
	if (!error)
		error = co_engine_prepare(&l->engine);
	if (!error)
		error = co_engine_measure(&l->engine, &l->sizes);
	if (!error && make_region(l)) {
		report_fail(report, EXIT_REFUSED, "no memory for %llu bytes of state: %s",
			    (unsigned long long)l->sizes.image, strerror(errno));
		co_engine_abort(&l->engine);
		leave_end(l);
		return NULL;
	}
	if (!error) {
		l->work = memory_aligned(CO_REGION_ALIGN, l->sizes.work);
		error = co_engine_memory(&l->engine, l->work, l->sizes.work, l->region,
					 l->sizes.image);
	}
	if (!error)
		error = co_engine_preflight(&l->engine);
	if (error && l->engine.step != CO_STEP_ABORTED)
		co_engine_abort(&l->engine);
	if (!error)
		error = co_engine_switch(&l->engine);
	if (!error)
		return l;
	seam_fail(&l->engine.report, l->issues, report);
	leave_end(l);
	return NULL;
}

/* In the process that becomes PATH. Returns an errno. */
static int become(int fd, const char *path, char *const argv[])
{
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	if (setenv(EXEC_VARIABLE, number, 1) || fcntl(fd, F_SETFD, 0) < 0)
		return errno;
	execv(path, argv);
	return errno;
}

static int take_back(struct leaving *l, struct report *report)
{
	int code = EXIT_REFUSED;

	if (co_engine_recall(&l->engine))
		code = report_fail(
			report, EXIT_REFUSED,
			"the new program took the state before it ended: it is lost here");
	leave_end(l);
	return code;
}

int exec_hand_over(const struct exec_side *side, const char *path, char *const argv[],
		   struct report *report)
{
	struct leaving *l = leave(side, report);
	int error;

	if (!l)
		return (int)report_exit(report);
	error = become(l->fd, path, argv);
	unsetenv(EXEC_VARIABLE);
	report_fail(report, EXIT_UNUSABLE, "%s: %s; everything runs as before", path,
		    strerror(error));
	take_back(l, report);
	return (int)report_exit(report);
}

/* Whether the child has the state: the mark says it, whatever the child does afterwards. */
static bool is_taken(const struct leaving *l)
{
	struct co_seal_state state;

	return co_seal_peek(l->region, l->sizes.image, &state) == CO_OK &&
	       state.mark == CO_MARK_CONSUMED;
}

static bool wait_until_taken(const struct leaving *l, pid_t child, unsigned int seconds,
			     bool *ended)
{
	struct timespec pause = {.tv_nsec = 1000000};

	*ended = false;
	for (uint64_t left = seconds * 1000ull; left && !*ended; left--) {
		if (is_taken(l))
			return true;
		*ended = waitpid(child, NULL, WNOHANG) == child;
		if (!*ended)
			nanosleep(&pause, NULL);
	}
	return is_taken(l);
}

int exec_spawn(const struct exec_side *side, const char *path, char *const argv[],
	       unsigned int seconds, pid_t *child, struct report *report)
{
	struct leaving *l = leave(side, report);
	bool ended = false;

	*child = -1;
	if (!l)
		return (int)report_exit(report);
	*child = fork();
	if (!*child) {
		become(l->fd, path, argv);
		_exit(127);
	}
	if (*child > 0 && wait_until_taken(l, *child, seconds, &ended)) {
		leave_end(l);
		return 0;
	}
	report_fail(report, EXIT_REFUSED, "%s: %s; everything runs as before", path,
		    *child < 0 ? strerror(errno)
		    : ended    ? "it ended without having taken the state"
			       : "it did not take the state in time");
	/* First the state, so that it cannot take it any more. */
	take_back(l, report);
	if (*child > 0 && !ended) {
		kill(*child, SIGKILL);
		waitpid(*child, NULL, 0);
	}
	return (int)report_exit(report);
}

/* ---- the new program ------------------------------------------------------------------------- */

static int find_region(struct exec_arrival *a, struct report *report)
{
	const char *text = getenv(EXEC_VARIABLE);
	struct stat status;
	char *end;
	long fd;
	int seals;

	if (!text)
		return 0;
	fd = strtol(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || fd > 1 << 20 || fstat((int)fd, &status) < 0)
		return report_fail(report, EXIT_UNUSABLE, EXEC_VARIABLE "=%s is no open file",
				   text);
	unsetenv(EXEC_VARIABLE);
	/* Of a file that can become shorter no byte is sure. */
	seals = fcntl((int)fd, F_GET_SEALS);
	if (seals < 0 || !(seals & F_SEAL_SHRINK) || status.st_size <= 0) {
		close((int)fd);
		return report_fail(report, EXIT_UNUSABLE, EXEC_VARIABLE ": not a sealed memfd");
	}
	a->size = (uint64_t)status.st_size;
	a->region = mmap(NULL, a->size, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0);
	close((int)fd);
	if (a->region == MAP_FAILED) {
		a->region = NULL;
		return report_fail(report, EXIT_UNUSABLE, EXEC_VARIABLE ": %s", strerror(errno));
	}
	a->handed_over = true;
	return 0;
}

int exec_receive(struct exec_arrival *a, const struct exec_side *side, struct report *report)
{
	struct co_engine_config config;
	struct co_engine_sizes sizes;
	void *work = NULL;
	int error;

	memset(a, 0, sizeof(*a));
	error = find_region(a, report);
	if (error || !a->handed_over)
		return error;
	configure(side, CO_ROLE_NEW, a->issues, 64, &config);
	error = co_engine_init(&a->engine, &config);
	if (!error)
		error = co_engine_open(&a->engine, a->region, a->size);
	if (!error)
		error = co_engine_measure(&a->engine, &sizes);
	if (!error) {
		work = memory_aligned(CO_REGION_ALIGN, sizes.work);
		error = co_engine_memory(&a->engine, work, sizes.work, NULL, 0);
	}
	if (!error)
		error = co_engine_prepare(&a->engine);
	if (!error)
		error = co_engine_restore(&a->engine);
	free(work);
	return error ? seam_fail(&a->engine.report, a->issues, report) : 0;
}

void exec_release(struct exec_arrival *a)
{
	if (a->region)
		munmap(a->region, a->size);
	a->region = NULL;
}
