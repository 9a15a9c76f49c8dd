/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files in which the debug info of another one stands: found by its debug link or build-id, by
 * the link to what several files share (dwz -m), or by the name of a .dwo. What is found must say
 * that it is the one that is meant: by its build-id, or its CRC-32.
 */
#ifndef CO_SCHEMA_DEBUG_FILE_H
#define CO_SCHEMA_DEBUG_FILE_H

#include "arena.h"
#include "elf_file.h"

struct debug_file {
	void *data;
	size_t n;
	struct elf_file *elf;
	const char *path;
};

/* Those of one input; closed together. */
struct debug_files {
	struct {
		struct debug_file **at;
		size_t n, room;
	} all;
	struct arena arena;
};

void debug_files_init(struct debug_files *files);
void debug_files_deinit(struct debug_files *files);

/*
 * The ELF file at PATH, opened once. NULL without a diagnostic when there is none, with one
 * (DIAG_EVIDENCE) when it is no ELF file, or damaged. Its relocations are applied in memory alone.
 */
const struct debug_file *debug_file_open(struct debug_files *files, const char *path,
					 struct diags *diags);

/*
 * The file with the debug info of ELF at PATH, which has none: by its build-id below /usr/lib/debug
 * and its own directory, by its debug link beside it, in .debug/ and below /usr/lib/debug. NULL with
 * a diagnostic (DIAG_EVIDENCE) when ELF names one that is not there or is of another build; NULL
 * without one when it names none and none has its build-id.
 */
const struct debug_file *debug_file_separate(struct debug_files *files, const char *path,
					     const struct elf_file *elf, struct diags *diags);

/* The file that ELF at PATH shares with others, which it must name. NULL with DIAG_EVIDENCE. */
const struct debug_file *debug_file_alternate(struct debug_files *files, const char *path,
					      const struct elf_file *elf, struct diags *diags);

/* DIRECTORY/NAME, or NAME when that is absolute or DIRECTORY is NULL; of the arena of FILES. */
const char *debug_file_path(struct debug_files *files, const char *directory, const char *name);
/* The directory of PATH, "." where it has none. */
const char *debug_file_directory(struct debug_files *files, const char *path);

#endif
