/* SPDX-License-Identifier: GPL-2.0-or-later */
/* YAML documents as trees with exact positions, on libyaml. Anchors, aliases, tags and several documents are refused. */
#ifndef CO_SCHEMA_YAML_H
#define CO_SCHEMA_YAML_H

#include "diag.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
	enum yaml_kind kind;
	struct place at;      /* of its first character */
	uint32_t end_line, end_col; /* just after its last character; of a block collection: of its last item */
	bool flow;	      /* sequence, mapping: written with brackets or braces */
	bool quoted;	      /* scalar: was in quotes, so "~" and "null" are text */
	const char *text;     /* scalar: NUL-terminated; refused when it holds a NUL */
	struct yaml_node *key;	 /* in a mapping: the key node of this value */
	struct yaml_node *first; /* sequence: items; mapping: values, each with its key */
	struct yaml_node *next;
	size_t n;
};

#define YAML_DEPTH_MAX 64
#define YAML_BYTES_MAX (64u << 20)

/*
 * Parses the N bytes at DATA, which are called FILE in messages (borrowed: it must outlive the tree). The
 * tree is owned by ARENA. NULL with diagnostics on malformed input, an empty document, duplicate keys
 * (each is reported), a NUL in a scalar, a key that is no scalar, anchors, aliases and tags, more than
 * YAML_DEPTH_MAX levels, YAML_BYTES_MAX bytes or one document.
 */
struct yaml_node *yaml_parse(const char *file, const char *data, size_t n, struct arena *arena,
			     struct diags *diags);

/* The value under KEY of a mapping, or NULL; NULL also when MAPPING is NULL or no mapping. */
struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

#endif
