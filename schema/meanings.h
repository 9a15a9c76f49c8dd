/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of integers beyond their layout: typedefs of words that are made of constants, and members that
 * came to mean something else although their layouts say the same. Data, in schema/idioms.yaml.
 */
#ifndef CO_SCHEMA_MEANINGS_H
#define CO_SCHEMA_MEANINGS_H

#include "arena.h"
#include "diag.h"
#include "yaml.h"

/* One member that is known to mean something else in a pair of kernels which differ as WAS, IS and BESIDE say. */
struct meaning {
	const char *type;    /* its label: `struct pci_slot` */
	const char *path;    /* the member */
	const char *was, *is; /* shapes on both sides, or NULL: any */
	const char *beside;  /* a member of the new type that the old one has not, or NULL */
	const char *says;    /* what changed, one clause */
};

struct meanings {
	struct {
		const char **at;
		size_t n, room;
	} words; /* typedefs */
	struct {
		struct meaning *at;
		size_t n, room;
	} members;
};

/* Reads `words` and `meanings` of TREE, which stays the owner of all text. False with a diagnostic for each fault. */
bool meanings_read(const struct yaml_node *tree, struct arena *arena, struct meanings *meanings, struct diags *diags);
void meanings_deinit(struct meanings *meanings);

/* True when TYPEDEF is the name of a word that is made of constants. */
bool meanings_is_word(const struct meanings *meanings, const char *name);

#endif
