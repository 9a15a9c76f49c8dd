/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The old kernel's virtual memory, read from a dump through the kernel's own page tables. */
#ifndef CO_HOST_VM_H
#define CO_HOST_VM_H

#include "dump.h"

enum vm_result {
	VM_OK,
	VM_UNMAPPED, /* the page tables do not map the address */
	VM_ABSENT,   /* mapped, but the dump does not hold the page */
};

#define VM_CACHE 64u

struct vm {
	struct dump *dump;
	uint64_t tables;	 /* physical address of the top-level page table */
	uint64_t kaslr;		 /* run-time minus linked address of the kernel's symbols */
	uint64_t encryption_bit; /* to be masked out of page-table entries */
	unsigned int levels;	 /* 4 or 5 */
	struct {
		uint64_t page, physical; /* page + 1, so that zero is empty */
	} cache[VM_CACHE];
};

/*
 * Takes what translation needs from VMCOREINFO. Noted failures (evidence): no VMCOREINFO, a missing
 * entry, a machine other than x86_64.
 */
int vm_init(struct vm *vm, struct dump *dump, struct report *report);

/* Reads SIZE bytes of kernel memory at ADDRESS; BUFFER is undefined after a failure. */
enum vm_result vm_read(struct vm *vm, uint64_t address, void *buffer, size_t size);

/* What a failure means, for messages. */
const char *vm_strerror(enum vm_result result);

#endif
