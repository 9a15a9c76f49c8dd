// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Things with a live arm each, in memory and in a core. VERSION 1: program CONVERTER NEXT [SPOIL] hands them to the
 * next version, which says what arrived; program - CORE [SPOIL] writes the core of a kernel that has them. SPOIL
 * makes one of them what no converter takes.
 */
#if VERSION == 1
#include "../../runtime/host/fake_kernel.h"
#else
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#endif

#include "../../runtime/host/exec.h"
#include "../../runtime/host/loader.h"
#include "state.h"

struct box box;
struct peer peers[3];
static unsigned int n_boxes, n_peers;

/* ---- participants ---------------------------------------------------------------------------- */

static int prepare(struct co_call *call, struct co_room *out)
{
	(void)call;
	if (out)
		*out = (struct co_room){.objects = 4,
					.bytes = sizeof(box) + sizeof(peers),
					.copied = sizeof(box) + sizeof(peers),
					.name_bytes = 16,
					.exact = true};
	return 0;
}

static int capture(struct co_call *call)
{
	uint32_t type = co_type_of(call, "struct peer");
	int error = co_emit(call, &(struct co_emission){.type = co_type_of(call, "struct box"),
							.bytes = &box,
							.size = sizeof(box),
							.name = "the box"});

	for (int i = 0; i < 3 && !error; i++)
		error = co_emit(call, &(struct co_emission){.type = type,
							    .bytes = &peers[i],
							    .size = sizeof(peers[i])});
	return error;
}

static void show(const char *what, const struct co_pointee *to)
{
	printf(" %s=%u%s%s", what, to->object, *to->path ? "." : "", to->path);
}

static int restore(struct co_call *call, const struct co_arrival *object)
{
	static const char *const paths[] = {
		"first.u.peer",	   "first.v.owner",  "first.last",	"more[0].u.peer",
		"more[0].v.owner", "more[1].u.peer", "more[1].v.owner",
	};
	struct co_pointee to;

	if (object->type == co_type_of(call, "struct peer")) {
		memcpy(&peers[n_peers++], object->bytes, sizeof(peers[0]));
		return 0;
	}
	memcpy(&box, object->bytes, sizeof(box));
	n_boxes++;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!co_arrival_pointer(call, object, paths[i], &to) && to.target)
			show(paths[i], &to);
	return 0;
}

static const struct co_carried box_types[] = {
	{"struct box", sizeof(struct box), NULL},
	{"struct peer", sizeof(struct peer), NULL},
};
static const struct co_participant boxes = {
	.name = "boxes",
	.types = box_types,
	.n_types = 2,
	.prepare = prepare,
	.capture = capture,
	.restore = restore,
};
static const struct co_participant *const participants[] = {&boxes};

/* ---- the state ------------------------------------------------------------------------------- */

#if VERSION == 1
static void fill(const char *spoil, struct peer *at[3])
{
	for (unsigned int i = 0; i < 3; i++)
		peers[i] = (struct peer){.id = 10 + i, .weight = 1000 + i};
	box.id = 7;
	box.first.kind = KIND_PEER;
	box.first.u.peer = at[1];
	box.first.v.owner = at[2];
	box.first.last = at[1];
	/* A number that would be a pointer if another arm were live. */
	box.more[0].kind = KIND_COUNT;
	box.more[0].u.count = 5;
	box.more[0].v.cookie = (uint64_t)(uintptr_t)at[0];
	box.more[1].kind = KIND_PAIR;
	box.more[1].u.pair.low = 3;
	box.more[1].u.pair.high = 4;
	box.more[1].v.cookie = 99;
	if (!strcmp(spoil, "wide"))
		box.more[0].u.count = 1ull << 33;
	else if (!strcmp(spoil, "none"))
		box.more[1].kind = 9;
	else if (!strcmp(spoil, "lost"))
		box.first.u.peer = (struct peer *)(uintptr_t)0x1230;
	else if (!strcmp(spoil, "middle"))
		box.first.u.peer = (struct peer *)(void *)&at[1]->weight;
}

static int write_core(const char *path, const char *spoil)
{
	static struct peer none;
	struct fake_tasks tasks;
	struct fake fake;
	struct peer *at[3];
	size_t size;
	uint8_t *core;
	FILE *file;

	fake_init(&fake, 4, &tasks);
	for (unsigned int i = 0; i < 3; i++)
		at[i] = (struct peer *)(uintptr_t)fake_allocate(&fake, &none, sizeof(none));
	fill(spoil, at);
	for (unsigned int i = 0; i < 3; i++)
		fake_write(&fake, (uint64_t)(uintptr_t)at[i], &peers[i], sizeof(peers[i]));
	if (!strcmp(spoil, "arm"))
		box.first.u.peer = (struct peer *)(uintptr_t)(FAKE_DATA + 0x1000 +
							      offsetof(struct box, more[0].u));
	fake_write(&fake, FAKE_DATA + 0x1000, &box, sizeof(box));
	core = fake_core(&fake, &size);
	file = fopen(path, "wb");
	if (!file || fwrite(core, 1, size, file) != size || fclose(file))
		return 2;
	free(core);
	free(fake.memory);
	return 0;
}
#endif

static void tell(void)
{
	printf(" boxes=%u peers=%u id=%llu count=%llu cookie=%llu pair=%u,%u none=%llu\n", n_boxes,
	       n_peers, (unsigned long long)box.id, (unsigned long long)box.more[0].u.count,
	       (unsigned long long)(box.more[0].v.cookie != 0), box.more[1].u.pair.low,
	       box.more[1].u.pair.high, (unsigned long long)box.more[1].v.cookie);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct exec_side side = {.release = "", .participants = participants, .n_participants = 1};
	static struct exec_arrival arrival;
	struct report report = {.n = 0};
	struct loaded loaded;
	int code;

#if VERSION == 1
	struct peer *at[3] = {&peers[0], &peers[1], &peers[2]};

	if (argc >= 3 && !strcmp(argv[1], "-"))
		return write_core(argv[2], argc > 3 ? argv[3] : "");
#endif
	if (argc < 2 || loader_open(&loaded, argv[1], &report)) {
		report_print(&report, stderr);
		return 2;
	}
	side.converter = loaded.converter;
	code = exec_receive(&arrival, &side, &report);
#if VERSION == 1
	if (!code && argc > 2) {
		char *const words[] = {argv[2], argv[1], NULL};

		fill(argc > 3 ? argv[3] : "", at);
		code = exec_hand_over(&side, argv[2], words, &report);
	}
#endif
	if (arrival.handed_over)
		tell();
	report_print(&report, stderr);
	report_deinit(&report);
	exec_release(&arrival);
	return code;
}
