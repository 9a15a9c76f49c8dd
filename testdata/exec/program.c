// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program that becomes its own next version. The first one (VERSION 1) fills a table and a pipe
 * and hands them over: program-1 CONVERTER exec|spawn NEXT RECORDS. The second one says what it
 * has.
 */
#include "../../runtime/host/exec.h"
#include "../../runtime/host/loader.h"
#include "../server/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct record *table;
static uint64_t n_records, room;
static struct client client;
static bool frozen;

/* ---- participants ---------------------------------------------------------------------------- */

static int prepare(struct co_call *call, struct co_room *out)
{
	uint64_t size = *(const uint64_t *)call->data, n = size == sizeof(table[0]) ? n_records : 1;

#ifdef REFUSES
	if (call->role == CO_ROLE_NEW)
		return co_veto(call, "this version does not start");
#endif
	if (out)
		*out = (struct co_room){
			.objects = n, .bytes = n * size, .copied = n * size, .exact = true};
	return 0;
}

static int freeze(struct co_call *call)
{
	(void)call;
	frozen = true;
	return 0;
}

static void thaw(struct co_call *call)
{
	(void)call;
	frozen = false;
}

static int capture_records(struct co_call *call)
{
	uint32_t type = co_type_of(call, "struct record");
	int error = 0;

	for (uint64_t i = 0; i < n_records && !error; i++)
		error = co_emit(call, &(struct co_emission){.type = type,
							    .bytes = &table[i],
							    .size = sizeof(table[i])});
	return error;
}

static int restore_record(struct co_call *call, const struct co_arrival *object)
{
	if (n_records == room) {
		struct record *more = realloc(table, (room + 65536) * sizeof(*table));

		if (!more)
			return co_no_memory(call);
		table = more;
		room += 65536;
	}
	memcpy(&table[n_records++], object->bytes, sizeof(*table));
	return 0;
}

static int capture_client(struct co_call *call)
{
	return co_emit(call, &(struct co_emission){.type = co_type_of(call, "struct client"),
						   .bytes = &client,
						   .size = sizeof(client)});
}

static int restore_client(struct co_call *call, const struct co_arrival *object)
{
	(void)call;
	memcpy(&client, object->bytes, sizeof(client));
	return 0;
}

static const uint64_t record_size = sizeof(struct record), client_size = sizeof(struct client);
static const struct co_carried record_types[] = {{"struct record", sizeof(struct record), NULL}};
static const struct co_carried client_types[] = {{"struct client", sizeof(struct client), NULL}};

static const struct co_participant records = {
	.name = "records",
	.types = record_types,
	.n_types = 1,
	.prepare = prepare,
	.freeze = freeze,
	.thaw = thaw,
	.capture = capture_records,
	.restore = restore_record,
	.data = (void *)(uintptr_t)&record_size,
};
static const struct co_participant clients = {
	.name = "clients",
	.types = client_types,
	.n_types = 1,
	.prepare = prepare,
	.capture = capture_client,
	.restore = restore_client,
	.data = (void *)(uintptr_t)&client_size,
};
static const struct co_participant *const participants[] = {&records, &clients};

/* ---- the program ----------------------------------------------------------------------------- */

static void fill(uint64_t n)
{
	int ends[2];

	table = calloc(n, sizeof(*table));
	if (!table || pipe(ends) || write(ends[1], "hello", 5) != 5)
		exit(2);
	close(ends[1]);
	n_records = n;
	for (uint64_t i = 0; i < n; i++) {
		table[i].key = i;
		table[i].hits = (uint32_t)i * 3;
		snprintf(table[i].name, sizeof(table[i].name), "record %llu",
			 (unsigned long long)i);
	}
	client.fd = ends[0];
	client.id = 17;
}

static void tell(const char *what)
{
	uint64_t hits = 0, names = 0;
	char text[16] = "";
	ssize_t n = read(client.fd, text, sizeof(text) - 1);

	for (uint64_t i = 0; i < n_records; i++) {
		char name[40];

		snprintf(name, sizeof(name), "record %llu", (unsigned long long)table[i].key);
		hits += table[i].hits;
		names += !strcmp(name, table[i].name) && table[i].key == i;
	}
	printf("version %d %s: %llu records, %llu right, hits %llu, client %u reads %zd '%s'%s\n",
	       VERSION, what, (unsigned long long)n_records, (unsigned long long)names,
	       (unsigned long long)hits, client.id, n, text, frozen ? ", frozen" : "");
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct exec_side side = {.release = "", .participants = participants, .n_participants = 2};
	static struct exec_arrival arrival;
	struct report report = {.n = 0};
	struct loaded loaded;
	pid_t child;
	int code;

	if (argc < 2 || loader_open(&loaded, argv[1], &report)) {
		report_print(&report, stderr);
		return 2;
	}
	side.converter = loaded.converter;
	code = exec_receive(&arrival, &side, &report);
	if (!code && !arrival.handed_over && argc == 5) {
		char *const words[] = {argv[3], argv[1], NULL};

		fill(strtoull(argv[4], NULL, 10));
		code = strcmp(argv[2], "exec")
			       ? exec_spawn(&side, argv[3], words, 30, &child, &report)
			       : exec_hand_over(&side, argv[3], words, &report);
		if (code)
			tell("goes on");
		else
			waitpid(child, NULL, 0);
	} else if (!code) {
		tell(arrival.handed_over ? "took over" : "starts anew");
	}
	report_print(&report, stderr);
	report_deinit(&report);
	exec_release(&arrival);
	return code;
}
