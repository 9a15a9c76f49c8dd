/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of carryover.ko share. */
#ifndef CO_KERNEL_INTERNAL_H
#define CO_KERNEL_INTERNAL_H

#include "carryover_kernel.h"

#include <linux/mutex.h>

/* Held by whoever changes the registry or runs a command. */
extern struct mutex co_lock;

/*
 * ---- registry.c: who takes part ----------------------------------------------------------------
 */

/* A snapshot of what is registered, with every module held. */
struct co_registry {
	const struct co_participant *participants[CO_PARTICIPANTS_MAX];
	struct module *owners[CO_PARTICIPANTS_MAX];
	u32 n;
	const struct co_converter *converter;
	struct module *converter_owner;
};

/*
 * Fills TAKEN and holds its modules until registry_release(); co_lock is held. -ENOENT: there is no
 * converter.
 */
int registry_take(struct co_registry *taken);
void registry_release(struct co_registry *taken);

/*
 * ---- memory.c: what both kernels keep their hands off
 * --------------------------------------------
 */

struct co_reserved {
	void *data;
	u64 size;      /* bytes */
	char why[256]; /* a sentence, when it cannot be had */
};

/*
 * Maps the memory that the parameters `at` and `size` name. Refused, with a reason: not given, not
 * aligned to pages, RAM that this kernel uses, or not kept away from it by its command line.
 */
int reserved_map(struct co_reserved *reserved);
void reserved_unmap(struct co_reserved *reserved);

/*
 * ---- seam.c: what the engine takes from this kernel
 * ----------------------------------------------
 */

extern const struct co_seam co_kernel_seam;

/*
 * The running kernel, as the converter names kernels: "6.1.190-1", "x86_64"; its build-id is not
 * known here.
 */
struct co_side_kernel running_kernel(void);

/*
 * ---- report.c: what a person or a program reads from the device
 * -----------------------------------
 */

struct co_lines {
	char *text;
	size_t n, room; /* bytes; what does not fit is left out, whole lines */
};

#define CO_REPORT_ROOM (256u << 10)

/* Appends one line, without its end. */
__printf(2, 3) void lines_add(struct co_lines *lines, const char *format, ...);
void report_write(struct co_lines *lines, const struct co_engine *engine);

#endif
