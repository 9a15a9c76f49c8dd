/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text put into a file that a human wrote, or taken out of it; every other byte stays. */
#ifndef CO_GEN_SPLICE_H
#define CO_GEN_SPLICE_H

#include <stdint.h>

#include "../schema/text.h"
#include "../schema/yaml.h"

struct splice {
	const char *file; /* the N bytes that are there; borrowed */
	size_t n;
	struct arena arena;
	struct insertion *insertions;
	size_t n_insertions, room;
};

void splice_init(struct splice *splice, const char *file, size_t n);
void splice_deinit(struct splice *splice);

/*
 * Adds TEXT, whole lines, after the last line of the block collection NODE and the comments that belong
 * to it: those indented as far as its items. What is added first stands first.
 */
void splice_after(struct splice *splice, const struct yaml_node *node, const char *text);

/* Adds TEXT as the last item of the flow collection NODE, with a comma before it when it has others. */
void splice_flow(struct splice *splice, const struct yaml_node *node, const char *text);

/*
 * Takes the item NODE (a value with its key, or an element) out of COLLECTION: whole lines of a block, with
 * the comments right above that are indented like it; of a flow collection the item and one comma. TEXT, whole
 * lines of a block or an item, takes its place; NULL: nothing does. What is cut twice is cut once.
 */
void splice_cut(struct splice *splice, const struct yaml_node *collection,
		const struct yaml_node *node, const char *text);

/* Leaves out the first N bytes. */
void splice_skip(struct splice *splice, size_t n);

/* Writes TEXT instead of the scalar or flow collection NODE. */
void splice_replace(struct splice *splice, const struct yaml_node *node, const char *text);

/* The bytes of NODE, with its key if it has one: as they stand, in ARENA. */
const char *splice_text(const struct splice *splice, const struct yaml_node *node,
			struct arena *arena);

/* The file with everything put in and taken out. */
void splice_write(const struct splice *splice, struct text *out);

/* The column (from 0) where the items of block collection NODE begin. */
unsigned int splice_indent(const struct yaml_node *node);

#endif
