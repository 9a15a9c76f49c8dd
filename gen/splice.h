/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text put into a file that a human wrote, which keeps every byte of it. */
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

/* The file with everything put in. */
void splice_write(const struct splice *splice, struct text *out);

/* The column (from 0) where the items of block collection NODE begin. */
unsigned int splice_indent(const struct yaml_node *node);

#endif
