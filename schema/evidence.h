/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a model was read from, as numbers and words that every report prints: files, their form,
 * units read, units skipped and why, types. Nothing of it says anything about a layout.
 */
#ifndef CO_SCHEMA_EVIDENCE_H
#define CO_SCHEMA_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

/* Why the types of a unit are not read although nothing is wrong with it. */
enum skip_reason {
	SKIP_ASSEMBLER, /* with debug info or without */
	SKIP_RUST,
	SKIP_CPLUSPLUS,
	SKIP_LANGUAGE, /* another language; in a snapshot, which has their sum alone: any */
	SKIP_REASONS
};

/* What was met on the way to the types; several may be true of one input. */
enum input_form {
	FORM_DWARF4,
	FORM_DWARF5,
	FORM_BTF,
	FORM_SPLIT_BTF,
	FORM_SNAPSHOT,
	FORM_COMPRESSED_SECTIONS, /* SHF_COMPRESSED or .zdebug */
	FORM_TYPE_UNITS,
	FORM_PARTIAL_UNITS, /* dwz */
	FORM_SHARED_TYPES,  /* units refer to each other's types: link-time optimisation */
	FORM_DWO,	    /* types in .dwo files */
	FORM_DWP,	    /* types in a .dwp file */
	FORM_DEBUG_FILE,    /* debug info in a file of its own: a debug link or the build-id */
	FORM_ALTERNATE,	    /* what several files share is in another one: dwz -m */
	FORM_COMPRESSED,    /* the whole file: xz, zstd, gzip, LZ4 */
	FORM_VMLINUZ,
	FORM_PACKAGE,	/* .deb */
	FORM_DIRECTORY, /* the modules below it */
	FORMS
};

struct evidence {
	uint32_t files; /* whose types were read; each module counts */
	uint32_t forms; /* 1 << enum input_form */
	uint32_t units; /* compile units read; BTF has none */
	uint32_t skipped[SKIP_REASONS];
};

/* All units that were skipped. */
uint32_t evidence_skipped(const struct evidence *evidence);

/* Adds what FROM counts, a part of the same input, to TO. */
void evidence_add(struct evidence *to, const struct evidence *from);

/* "assembler", "Rust", ...: before " units". */
const char *skip_word(enum skip_reason reason);
/* "DWARF 5", "type units", ... */
const char *form_word(enum input_form form);

#endif
