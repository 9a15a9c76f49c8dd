/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Converted objects as an ELF core of the new kernel, which debuggers open with that kernel's debug
 * info: gdb as any core, drgn as a kernel's memory. It is memory of the new kernel that holds these
 * objects and nothing else. An object that is a symbol's lies where the new kernel is linked to have
 * it (KERNELOFFSET is 0); all others lie in the direct mapping of memory, those of one type in a row,
 * with zero bytes after each. Pointers are those addresses.
 */
#ifndef CO_HOST_NEWCORE_H
#define CO_HOST_NEWCORE_H

#include "../image.h"
#include "report.h"
#include "run.h"

struct newcore_object {
	uint64_t address;
	const char *symbol; /* of the new kernel, when its address is that; else NULL */
};

struct newcore {
	const struct co_image *image;
	const struct co_converter *converter;
	struct newcore_object *objects;	  /* by object number */
	struct newcore_segment *segments; /* ascending by address, disjoint */
	size_t n_segments, segments_room;
	uint64_t tables; /* address of the empty page table that stands for swapper_pg_dir */
	uint32_t *nulls; /* relocations to symbols whose address in the new kernel is not known */
	size_t n_nulls, nulls_room;
	uint8_t *data; /* the whole file */
	size_t size;   /* bytes */
};

/* Whether IMAGE holds objects of CONVERTER's new kernel, converted from its old one. */
bool newcore_is_of(const struct co_image *image, const struct co_converter *converter);

/*
 * Makes the core of IMAGE, which holds objects of CONVERTER's new kernel; both stay the caller's and
 * are borrowed until newcore_deinit(), which is due either way. Noted failures: another kernel's
 * image, or one of the old side, or too much for a core (refused); a machine whose memory nobody
 * described here (evidence).
 */
int newcore_make(struct newcore *core, const struct co_image *image,
		 const struct co_converter *converter, struct report *report);
void newcore_deinit(struct newcore *core);

/* Prints where each object lies, and which pointers are null because nobody knows their symbol. */
void newcore_list(const struct newcore *core, enum format format, FILE *out);

#endif
