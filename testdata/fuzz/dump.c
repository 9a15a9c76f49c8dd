// SPDX-License-Identifier: GPL-2.0-or-later
/* A memory dump: opened, its notes read, its page tables walked, its objects captured, trimmed. */
#include <string.h>

#include "../../runtime/host/capture.h"
#include "../../runtime/host/fake_converter.h"
#include "../../runtime/host/gate.h"
#include "../../runtime/host/vm.h"
#include "fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static void walk(struct dump *dump, struct report *report)
{
	static const uint64_t places[] = {0, FAKE_LINKED, UINT64_MAX - 4000, 0xffff888000000ff8ull};
	uint8_t bytes[5000];
	struct state state;
	struct vm vm;

	if (vm_init(&vm, dump, report))
		return;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		vm_strerror(vm_read(&vm, places[i], bytes, sizeof(bytes)));
	gate_check(&vm, &co_converter, report);
	state_init(&state);
	gate_clocks(&state, &vm, &co_converter);
	capture_run(&state, &vm, &co_converter, report);
	state_deinit(&state);
}

static void look(const char *path)
{
	struct report report = {.n = 0};
	struct dump dump;
	uint64_t size;
	size_t trimmed;

	if (!dump_open(&dump, path, &report)) {
		for (size_t i = 0; i < dump.n_loads; i++)
			dump_piece(&dump, i, &size);
		walk(&dump, &report);
		free(dump_trim(&dump, &trimmed));
		dump_close(&dump);
	}
	report_deinit(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char path[64];
	int fd = memfd_create("dump", MFD_CLOEXEC);

	FUZZ_ASSERT(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	look(path);
	close(fd);
	return 0;
}
