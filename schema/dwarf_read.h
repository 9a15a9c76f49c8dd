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

/*
 * Adds the types of FILE (called NAME in messages) to MODEL, unfinished, and the units read and
 * skipped to its info, whose compiler and reader are set when they are NULL. Of equal definitions
 * the one in the first unit is kept, for any number of threads. False with DIAG_EVIDENCE: no debug
 * info, truncated, malformed, forms or versions that are not supported, no unit with types.
 */
bool dwarf_read(const char *name, struct elf_file *file, const struct read_options *options,
		struct model *model, struct diags *diags);

#endif
