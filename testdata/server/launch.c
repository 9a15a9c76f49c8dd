// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a version of the server until a client asks for the next one, then hands its state over in
 * this process: launch SOCKET RECORDS FIRST.so NEXT.so CONVERTER.so. Prints what the upgrade took,
 * and what copying the records takes.
 */
#include "server.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(address.sun_path))
		return -1;
	strcpy(address.sun_path, path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 16))
		return -1;
	return fd;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The best of five copies of all records into memory that is there already. */
static double copy_ms(const struct server *server)
{
	size_t size = server->size();
	double best = 0;
	void *to = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (to == MAP_FAILED)
		return 0;
	madvise(to, size, MADV_HUGEPAGE);
	memset(to, 1, size);
	for (int i = 0; i < 5; i++) {
		double start = now_ms(), took;

		server->copy(to);
		took = now_ms() - start;
		if (!i || took < best)
			best = took;
	}
	munmap(to, size);
	return best;
}

static const struct server *load(const char *path, const struct inprocess_program **program)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const struct server *server = handle ? dlsym(handle, "server") : NULL;

	*program = handle ? dlsym(handle, INPROCESS_SYMBOL) : NULL;
	if (!server || !*program)
		fprintf(stderr, "launch: %s\n", dlerror());
	return *program ? server : NULL;
}

static const struct server *upgrade(const struct server *server,
				    const struct inprocess_options *options)
{
	static struct inprocess up;
	struct report report = {.n = 0};
	double copy = copy_ms(server);
	const struct server *next = server;

	if (inprocess_upgrade(&up, options, &report)) {
		report_print(&report, stderr);
		server->answer("the old version goes on\n");
	} else {
		next = dlsym(up.next, "server");
		inprocess_print(&up, stdout);
		printf("copying the records %.3f ms; pause / copy %.2f\n", copy,
		       (double)up.pause_ns / 1e6 / copy);
		fflush(stdout);
		next->answer("upgraded\n");
	}
	report_deinit(&report);
	return next;
}

int main(int argc, char **argv)
{
	struct inprocess_options options = {.deadline_us = 10000000};
	const struct server *server;
	enum served what;
	int listener;

	if (argc != 6)
		return 2;
	server = load(argv[3], &options.self);
	listener = listen_at(argv[1]);
	if (!server || listener < 0 || server->fill(strtoull(argv[2], NULL, 10)))
		return 2;
	options.next = argv[4];
	options.converter = argv[5];
	puts("ready");
	fflush(stdout);
	while ((what = server->serve(listener)) == SERVED_UPGRADE)
		server = upgrade(server, &options);
	unlink(argv[1]);
	return what == SERVED_QUIT ? 0 : 1;
}
