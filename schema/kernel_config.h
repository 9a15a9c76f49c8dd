/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration that a kernel was built with, as it carries it itself (CONFIG_IKCONFIG): gzip
 * between the words IKCFG_ST and IKCFG_ED in its read-only data. Most kernels of distributions carry
 * none; then nothing is known, which is not the same as no difference.
 */
#ifndef CO_SCHEMA_KERNEL_CONFIG_H
#define CO_SCHEMA_KERNEL_CONFIG_H

#include "elf_file.h"
#include "model.h"

/*
 * The options that are set in ELF, one `CONFIG_X=value` a line in their order, owned by ARENA; NULL:
 * it carries none that can be read.
 */
const char *kernel_config_find(struct elf_file *elf, struct arena *arena);

/* The digest of such a text, owned by ARENA. */
const char *kernel_config_digest(const char *config, struct arena *arena);

/* One option that differs; a side without it is NULL. */
struct config_change {
	const char *name, *old, *new;
};

/* Sets *AT to the options in which the two texts differ, owned by ARENA, by name; returns how many. */
size_t kernel_config_compare(const char *old, const char *new, struct arena *arena,
			     struct config_change **at);

#endif
