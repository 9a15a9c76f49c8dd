/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Idioms: the kernel's own types whose bytes do not say what they mean (list heads, locks, counters,
 * timers). How each behaves is data, schema/idioms.yaml, built into the program; a mapping can
 * override it for one type with a reason. Wherever a member has such a type, the idiom speaks, not the
 * members of the type.
 */
#ifndef CO_SCHEMA_IDIOMS_H
#define CO_SCHEMA_IDIOMS_H

#include "mapping.h"
#include "meanings.h"
#include "model.h"

/* What such a type is for; a report's word is idiom_kind_word(). */
enum idiom_kind {
	IDIOM_COUNTER,	/* atomics, refcounts: an integer with another spelling */
	IDIOM_LOCK,	/* spinlocks, mutexes, semaphores, seqcounts, lockdep's own */
	IDIOM_RCU,	/* rcu_head */
	IDIOM_LIST,	/* list_head, llist and hlist heads and nodes */
	IDIOM_TREE,	/* rb roots and nodes, timerqueue nodes */
	IDIOM_TIMER,
	IDIOM_WORK,
	IDIOM_WAIT,	/* wait queues, completions */
	IDIOM_PERCPU,
	IDIOM_CONTAINER, /* xarray, idr, maple tree, rhashtable, assoc_array */
	IDIOM_DEVICE,	/* kobject and what embeds one */
	IDIOM_KIND_COUNT
};

/* What happens when the mapping says nothing about a member of such a type. */
enum idiom_default {
	IDIOM_COPY,  /* automatic: its FIELDS cross as integers, bit for bit */
	IDIOM_RESET, /* automatic: never copied, zero in the new object, made anew at restore */
	IDIOM_LINK,  /* asks; `defaults: pointer` covers it: an empty list, an unlinked node */
	IDIOM_ASK,   /* asks, and no default covers it: list, hook, capture/restore, init or drop */
	IDIOM_PLAIN, /* not an idiom: the members of the type speak (only as an override) */
	IDIOM_DEFAULT_COUNT
};

struct idiom {
	const char *type;  /* label: `struct list_head`, or a typedef: `atomic_t` */
	enum idiom_kind kind;
	enum idiom_default otherwise;
	const char *says;  /* what the ledger says of it, one clause */
	const char *const *fields; /* the members that count: next and prev of a list_head */
	size_t n_fields;
	bool self;	   /* empty means pointing at itself (list_head), not zero */
	const char *why;   /* of the override, else NULL */
	struct place at;   /* of the override in the mapping */
};

struct idioms {
	struct arena arena;
	struct idiom *at; /* sorted by type */
	size_t n, room;
	struct meanings meanings;
};

/* Reads the table that is built in. False (with diagnostics) only when schema/idioms.yaml is wrong. */
bool idioms_load(struct idioms *idioms, struct diags *diags);
/* As idioms_load(), from N bytes at DATA called FILE. */
bool idioms_read(const char *file, const char *data, size_t n, struct idioms *idioms,
		 struct diags *diags);
void idioms_deinit(struct idioms *idioms);

/*
 * Applies the `idiom:` words of MAPPING's types, which need not be idioms so far. IDIOMS borrows
 * MAPPING's strings. Grammar errors were refused by mapping_read() already.
 */
void idioms_override(struct idioms *idioms, const struct mapping *mapping);

/*
 * The idiom of type ID: qualifiers are removed, then each typedef's name is looked up on the way down, then
 * the label of the record. Arrays are not looked into. NULL when it is none.
 */
const struct idiom *idiom_of(const struct idioms *idioms, const struct model *model, type_id id);

const char *idiom_kind_word(enum idiom_kind kind);	 /* "list" */
const char *idiom_default_word(enum idiom_default word); /* "reset" */
/* The default that WORD names; false when it names none. */
bool idiom_default_parse(const char *word, enum idiom_default *out);

#endif
