/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types that DWARF and BTF have of one program held against each other. Every struct, union and
 * enum that either of them has, and every anonymous one that a typedef names, must be in the other
 * with the same name and shape, up to what BTF cannot say.
 */
#ifndef CO_SCHEMA_CROSS_H
#define CO_SCHEMA_CROSS_H

#include "model.h"

/* What BTF cannot say. */
enum cross_exception {
	CROSS_FLEXIBLE,	  /* [] is written [0] */
	CROSS_DIMENSIONS, /* several dimensions are written as one */
	CROSS_ALIGNMENT,  /* an alignment that was asked for is not written */
	CROSS_EXCEPTIONS
};

struct cross_type {
	const char *label;   /* of its model */
	type_id id;	     /* in its model */
	bool of_dwarf;	     /* its model is DWARF's */
	const char *why;     /* what differs, "is not there"; NULL: it agrees, by exception */
	uint32_t exceptions; /* 1 << enum cross_exception, of one that agrees */
};

struct cross {
	struct {
		struct cross_type *at;
		size_t n, room;
	} types; /* those that differ or agree by exception: of DWARF by id, then of BTF by id */
	size_t total, agree; /* types asked about on both sides, and of them those that agree */
	size_t by_exception; /* of DWARF's that agree */
	size_t exceptions[CROSS_EXCEPTIONS];
	struct arena arena;
};

/*
 * Compares two finished models of one program. The result (cross_deinit() frees it) borrows labels
 * from the models. TOTAL is 0 where neither has a type, which proves nothing.
 */
void cross_compare(const struct model *dwarf, const struct model *btf, struct cross *cross);
void cross_deinit(struct cross *cross);

/* "[] is written [0]", ... */
const char *cross_word(enum cross_exception exception);

#endif
