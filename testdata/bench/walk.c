/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * walk FILE [THREADS]: visits every debugging entry of FILE with libdw and does nothing with it:
 * the least time in which a reader on libdw could be done. Prints how many there are.
 */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS_MAX 64

struct worker {
	pthread_t thread;
	const char *file;
	unsigned int number, of;
	unsigned long entries;
	int failed;
};

static unsigned long walk_children(Dwarf_Die *parent)
{
	unsigned long n = 0;
	Dwarf_Die die;

	if (dwarf_child(parent, &die))
		return 0;
	do {
		n += 1 + (dwarf_tag(&die) != DW_TAG_invalid && dwarf_haschildren(&die) > 0
				  ? walk_children(&die)
				  : 0);
	} while (!dwarf_siblingof(&die, &die));
	return n;
}

/* Each worker opens the file for itself and takes every of-th unit. */
static void *walk(void *data)
{
	struct worker *worker = data;
	int fd = open(worker->file, O_RDONLY);
	Dwarf *dwarf = fd < 0 ? NULL : dwarf_begin(fd, DWARF_C_READ);
	Dwarf_CU *unit = NULL;
	Dwarf_Die die;

	worker->failed = !dwarf;
	for (unsigned int i = 0;
	     dwarf && !dwarf_get_units(dwarf, unit, &unit, NULL, NULL, &die, NULL); i++)
		if (i % worker->of == worker->number)
			worker->entries += 1 + walk_children(&die);
	dwarf_end(dwarf);
	if (fd >= 0)
		close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	struct worker workers[THREADS_MAX] = {0};
	unsigned int n = argc > 2 ? (unsigned int)atoi(argv[2]) : 1;
	unsigned long entries = 0;
	int failed = 0;

	if (argc < 2 || n < 1 || n > THREADS_MAX)
		return 2;
	for (unsigned int i = 0; i < n; i++) {
		workers[i] = (struct worker){.file = argv[1], .number = i, .of = n};
		if (pthread_create(&workers[i].thread, NULL, walk, &workers[i]))
			return 2;
	}
	for (unsigned int i = 0; i < n; i++) {
		pthread_join(workers[i].thread, NULL);
		entries += workers[i].entries;
		failed |= workers[i].failed;
	}
	printf("%lu entries\n", entries);
	return failed ? 2 : 0;
}
