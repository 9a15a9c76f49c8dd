/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned names: one copy of each string, so that equal names are equal pointers. All models that
 * are compared with each other share one table. Not thread-safe; readers that work in parallel
 * intern while they merge.
 */
#ifndef CO_SCHEMA_INTERN_H
#define CO_SCHEMA_INTERN_H

#include "arena.h"

struct intern {
	struct arena text;
	struct intern_slot *slots;
	size_t n, room; /* room is a power of two */
};

void intern_init(struct intern *table);
void intern_deinit(struct intern *table);

/* The one copy of the N bytes at TEXT, NUL-terminated, owned by TABLE. NULL for a NULL TEXT. */
const char *intern_n(struct intern *table, const char *text, size_t n);
const char *intern(struct intern *table, const char *text);

/* As intern(), but NULL when TEXT was never interned. */
const char *intern_find(const struct intern *table, const char *text);

#endif
