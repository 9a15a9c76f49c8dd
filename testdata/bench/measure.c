/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure OUT COMMAND [ARGUMENT]...: runs the command and writes one line to OUT: seconds of
 * wall-clock time, kilobytes of maximum resident memory, exit code. Exits as the command did.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	double start = now();
	pid_t child;
	int status, code;
	FILE *out;

	if (argc < 3)
		return 2;
	child = fork();
	if (!child) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
		perror("measure");
		return 2;
	}
	code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	out = fopen(argv[1], "w");
	if (!out || fprintf(out, "%.3f %ld %d\n", now() - start, usage.ru_maxrss, code) < 0 ||
	    fclose(out)) {
		perror(argv[1]);
		return 2;
	}
	return code;
}
