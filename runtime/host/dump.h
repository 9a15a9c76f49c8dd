/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A memory dump of a machine as an ELF core of physical memory: QEMU's dump-guest-memory
 * (paging=false) and kdump's /proc/vmcore. The file is hostile: every offset and length is checked
 * against it.
 */
#ifndef CO_HOST_DUMP_H
#define CO_HOST_DUMP_H

#include "file.h"

#define DUMP_PAGE 4096u

struct dump_load {
	uint64_t physical, virtual; /* of the first byte; virtual as the file says */
	uint64_t offset, size;	    /* in the file */
	uint8_t *touched;	    /* a bit for each page that was read */
};

struct dump {
	struct file file;
	const char *path;
	struct dump_load *loads; /* ascending by physical address, disjoint */
	size_t n_loads;
	const uint8_t *notes; /* all PT_NOTE segments, where there is more than one: the first */
	size_t notes_size;
	uint16_t machine; /* EM_* */
	const char *info; /* VMCOREINFO text of info_size bytes, or NULL */
	size_t info_size;
	unsigned int cpus; /* NT_PRSTATUS notes */
};

/* Opens PATH. Noted failures: unusable (not an ELF core), evidence (truncated, 32 bit, other
 * forms). */
int dump_open(struct dump *dump, const char *path, struct report *report);
void dump_close(struct dump *dump);

/* The bytes at physical ADDRESS as far as *SIZE (shortened to what is there in one piece), or NULL.
 */
const uint8_t *dump_physical(struct dump *dump, uint64_t address, uint64_t *size);

/* The value of the line "KEY=..." in VMCOREINFO into BUFFER of ROOM bytes; false when there is
 * none. */
bool dump_info(const struct dump *dump, const char *key, char *buffer, size_t room);
bool dump_info_number(const struct dump *dump, const char *key, int base, uint64_t *value);

/* Every piece of memory, in order; for searching. */
const uint8_t *dump_piece(const struct dump *dump, size_t index, uint64_t *size);

/* The same dump with the touched pages and the notes alone, as the bytes of a file; the caller
 * frees. */
uint8_t *dump_trim(const struct dump *dump, size_t *size);

#endif
