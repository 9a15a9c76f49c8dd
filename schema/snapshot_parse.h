/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the snapshot's reader share: its blocks (snapshot_read.c) and type
 * expressions in them. */
#ifndef CO_SCHEMA_SNAPSHOT_PARSE_H
#define CO_SCHEMA_SNAPSHOT_PARSE_H

#include "model.h"
#include "snapshot_scan.h"

/* From texts to types, by open addressing. */
struct slice_table {
	struct slice_slot *slots;
	size_t n, room;
};

void slice_table_deinit(struct slice_table *table);
/* The id stored for TEXT, else TYPE_NONE. */
type_id slice_table_get(const struct slice_table *table, struct slice text);
/* Stores ID for TEXT, which must outlive the table; false when there is one already. */
bool slice_table_put(struct slice_table *table, struct slice text, type_id id);

struct type_ids {
	type_id *at;
	size_t n, room;
};

struct expressions {
	struct model *model;
	struct slice_table entries; /* by key: `typedef u32` */
	struct slice_table bare;    /* by what a type is called in an expression: `u32` */
	struct slice_table memory;  /* expressions that were read before */
	struct type_ids anonymous;  /* of the expression at hand, by their numbers */
	struct {
		struct parameter *at;
		size_t n, room;
	} parameters;	    /* of the functions that are being read, as a stack */
	struct arena arena; /* texts without escapes */
};

void expressions_init(struct expressions *expressions, struct model *model);
void expressions_deinit(struct expressions *expressions);

/*
 * The type that TEXT spells; the anonymous ones in it are added and left in EXPRESSIONS->anonymous,
 * which the caller empties. TYPE_NONE when it does not spell one, with *WHAT saying why and *WHERE
 * the byte of TEXT.
 */
type_id expression_read(struct expressions *expressions, struct slice text, const char **what,
			size_t *where);

#endif
