/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The DWARF reader: every distinct C type of one ELF file and of the files that it leads to (.dwo,
 * .dwp, what dwz made several files share), DWARF 4 and 5, as types of a model. Millions of DIEs are
 * decoded in parallel, and only one copy of equal definitions is ever kept.
 */
#ifndef CO_SCHEMA_DWARF_READ_H
#define CO_SCHEMA_DWARF_READ_H

#include "elf_file.h"
#include "input.h"

/* The types that the files of a set have given so far: most of a module's are its kernel's. */
struct dwarf_seen {
	struct dwarf_seen_slot {
		struct hash128 key;
		uint32_t id; /* + 1; 0: free */
	} * slots;
	size_t n, room; /* room is a power of two */
};

void dwarf_seen_init(struct dwarf_seen *seen);
void dwarf_seen_deinit(struct dwarf_seen *seen);

/*
 * Adds the types of FILE (called NAME in messages) to MODEL, unfinished, and the units read and
 * skipped to its info, whose compiler and reader are set when they are NULL. Of equal definitions
 * the one in the first unit is kept, for any number of threads. False with DIAG_EVIDENCE: no debug
 * info, truncated, malformed, forms or versions that are not supported, no unit with types. With
 * SEEN, of a set of files, types that it has are not added again, and a file may be without types
 * when all of its units are skipped; else SEEN is NULL.
 */
bool dwarf_read(const char *name, struct elf_file *file, const struct read_options *options,
		struct dwarf_seen *seen, struct model *model, struct diags *diags);

#endif
