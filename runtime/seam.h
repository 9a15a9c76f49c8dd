/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * The seam: everything that the core takes from where it runs. Types and two atomic operations come
 * from seam_user.h or seam_kernel.h; functions come in struct co_seam, so that the core's objects
 * have no undefined symbol but mem{cpy,set,move,cmp}.
 */
#ifndef CO_SEAM_H
#define CO_SEAM_H

#ifdef __KERNEL__
#include "seam_kernel.h"
#else
#include "seam_user.h"
#endif

/*
 * What a host lends to the engine. Any may be NULL but the clock. `clock`, `read` and `symbol` are also called
 * from inside a participant's calls into the engine, under whatever locks that holds; the others never are.
 */
struct co_seam {
	/* Nanoseconds of a clock that never goes back. */
	uint64_t (*clock)(void *data);
	/* The value of a clock (enum co_clock) of the running system; 0, or negative: not known. */
	int (*wall)(void *data, uint32_t clock, uint64_t *value);
	/* Reads SIZE bytes at ADDRESS of the running system for hooks; 0, or negative: cannot be
	 * read. */
	int (*read)(void *data, uint64_t address, void *buffer, size_t size);
	/* The address of a symbol of the running system for hooks; 0, or negative: not known. */
	int (*symbol)(void *data, const char *name, uint64_t *address);
	/* Called between objects that are converted or restored: a place to let others run (cond_resched()). */
	void (*relax)(void *data);
	void *data;
};

#endif
