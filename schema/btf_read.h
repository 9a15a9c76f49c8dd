/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The BTF reader: the types of a kernel or a module as Linux Documentation/bpf/btf.rst lays them
 * out, in either byte order. A module's BTF is split: its type ids and string offsets go on where
 * those of its base, the kernel, end.
 *
 * BTF says less than DWARF: no files and lines, `[]` is written as [0], several dimensions as one,
 * an alignment that was asked for not at all.
 */
#ifndef CO_SCHEMA_BTF_READ_H
#define CO_SCHEMA_BTF_READ_H

#include "elf_file.h"
#include "model.h"

struct btf;

/* True when the N bytes at DATA begin as raw BTF does: magic 0xeb9f in either byte order, version.
 */
bool btf_recognise(const void *data, size_t n);

/*
 * Opens BYTES, called NAME in messages; both stay the caller's and must outlive the result. Checks
 * the header and that every record and every name lies inside. BASE is what split BTF goes on from
 * (opened, and read before the result is; must outlive it), or NULL when the set has none. NULL
 * with DIAG_EVIDENCE: truncated, malformed, of another version or byte order than BASE, a kind that
 * is not known, split without a base.
 */
struct btf *btf_open(const char *name, struct elf_bytes bytes, const struct btf *base,
		     struct diags *diags);
void btf_close(struct btf *btf);

/* Its types go on where those of a base end. Only what is not split can be a base. */
bool btf_is_split(const struct btf *btf);
bool btf_big_endian(const struct btf *btf);
/* The size of `long` in bytes, which is that of a pointer in all kernels; 0 when BTF does not have
 * it. */
uint8_t btf_long_size(const struct btf *btf);

/*
 * Adds the types of BTF to MODEL, unfinished; its address size must be known. False with
 * DIAG_EVIDENCE: an id that is out of range, stands for something that is no type or leads back to
 * itself, a name that is no C identifier, a bitfield of something that is no integer.
 */
bool btf_read(struct btf *btf, struct model *model, struct diags *diags);

#endif
