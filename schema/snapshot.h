/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The snapshot: a model as sorted YAML, one member a line, which people review and tools compare. It is
 * written by gen/snapshot_write.c and read back here, by a strict parser of exactly what is written.
 *
 *	carryover-snapshot: 2           where the model comes from; nothing of it is in the digest
 *	release: 6.1.190-1
 *	config: 4d1f...                 of the kernel's configuration, if it carries that
 *	...
 *	roots:                          what it was cut to, with all it reaches; `only:`: without
 *	- struct task_struct
 *	digest: "0f4c..."               XXH3-128 of every byte from `types:` to before `sources:`
 *	seal: "91ab..."                 the same of every byte of the file but this line
 *	types:
 *	  base int:
 *	  ...
 *	sources:                        declaration files and lines, which shift all the time
 *	...
 *
 * Types refer to each other by label, written as in C (the grammar stands in schema/snapshot_expr.c). An enum
 * without a name stands where it is used; one that nothing uses has an entry of its own, `enum {FOO}` after its
 * first enumerator, `enum {FOO 2}` where another begins likewise.
 */
#ifndef CO_SCHEMA_SNAPSHOT_H
#define CO_SCHEMA_SNAPSHOT_H

#include "model.h"

/* Format 2 says what it was cut to, and has a seal: a digest of all its other bytes. Format 1 is read, too. */
#define SNAPSHOT_VERSION 2

/* True when the N bytes at DATA begin as a snapshot does, of whatever version. */
bool snapshot_recognise(const char *data, size_t n);

/*
 * Reads the snapshot DATA (N bytes), called NAME in messages, into MODEL (made by model_init()) and
 * finishes it. False with diagnostics: DIAG_EVIDENCE when the text is cut off, DIAG_ERROR for
 * everything else that differs from what snapshot_write() writes (another version, an unknown key,
 * a type that is referred to but not there, a digest that does not match).
 */
bool snapshot_read(const char *name, const char *data, size_t n, struct model *model,
		   struct diags *diags);

#endif
