/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inputs are recognised by content, not by name: ELF with DWARF 4/5, a snapshot (plain, xz or zstd).
 * An input is a set, written `vmlinux[,module.ko...]`: one release, one model.
 */
#ifndef CO_SCHEMA_INPUT_H
#define CO_SCHEMA_INPUT_H

#include "model.h"

struct read_options {
	unsigned int jobs; /* threads; 0: as many as the machine has processors */
	const char *const *symbols; /* names whose addresses the model shall hold; may be NULL */
	size_t n_symbols;
	/* Called now and then from one thread, at most; DONE of TOTAL are bytes. May be NULL. */
	void (*progress)(void *data, const char *what, uint64_t done, uint64_t total);
	void *data;
};

/*
 * Reads the set SPEC into MODEL (made by model_init()) and finishes it. False with diagnostics when
 * a file cannot be opened or is not recognised (DIAG_ERROR), or is recognised but stripped, truncated,
 * partly without types, of an unsupported form or for another machine than the rest of the set
 * (DIAG_EVIDENCE). A symbol that is asked for and not there is left out, without a diagnostic.
 */
bool input_read(const char *spec, const struct read_options *options, struct model *model,
		struct diags *diags);

#endif
