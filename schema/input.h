/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Inputs are recognised by content, not by name: ELF with DWARF 4/5 or BTF, raw BTF, a bootable
 * kernel image with an ELF in it, a Debian package with a kernel or modules, a directory with
 * modules below it, a snapshot; plain or compressed. An input is a set, written
 * `vmlinux[,module.ko...]`: one release, one model, by one reader. That is DWARF's unless a file of
 * the set has BTF alone; then all are read by BTF, and the kernel stands before its modules.
 */
#ifndef CO_SCHEMA_INPUT_H
#define CO_SCHEMA_INPUT_H

#include "model.h"

/* Who reads a set that has both. */
enum input_reader { READER_BEST, READER_DWARF, READER_BTF };

struct read_options {
	enum input_reader reader;   /* READER_BEST: as above; not of a snapshot, which was read */
	unsigned int jobs; /* threads; 0: as many as the machine has processors */
	const char *const *symbols; /* `name` or `module:name` that the model shall hold; may be NULL */
	size_t n_symbols;
	/* Called now and then from one thread, at most; DONE of TOTAL are bytes. May be NULL. */
	void (*progress)(void *data, const char *what, uint64_t done, uint64_t total);
	void *data;
};

/*
 * Reads the set SPEC into MODEL (made by model_init()) and finishes it. False with diagnostics when
 * a file cannot be opened or is not recognised (DIAG_ERROR), or is recognised but stripped, truncated,
 * partly without types, of an unsupported form or for another machine than the rest of the set
 * (DIAG_EVIDENCE). A symbol that is asked for and not there is left out, without a diagnostic; one that
 * several files have is there as often (model_symbol() tells them apart).
 */
bool input_read(const char *spec, const struct read_options *options, struct model *model,
		struct diags *diags);

/*
 * False with a diagnostic (DIAG_EVIDENCE) when OLD and NEW are for two machines: equal layouts there
 * do not hold equal bytes.
 */
bool input_check_machines(const struct model *old, const struct model *new, struct diags *diags);

/* Warns when OLD and NEW were not read by the same reader: what BTF cannot say then looks changed. */
void input_check_readers(const struct model *old, const struct model *new, struct diags *diags);

#endif
