/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mapping: what the maintainer decided, as written, with the place of every word. Reading checks
 * the grammar alone (unknown keys, duplicates, two ways for one member, a lossy way without a
 * reason); whether types and members exist, and whether decisions are stale, is the plan's business.
 * The grammar is published as schema/mapping.schema.json.
 */
#ifndef CO_SCHEMA_MAPPING_H
#define CO_SCHEMA_MAPPING_H

#include "diag.h"

/* Text with its place; text NULL when it was not written. */
struct words {
	const char *text;
	struct place at;
};

struct words_list {
	struct words *at;
	size_t n, room;
};

/* How a new member comes by its value. Exactly one a member. */
enum way {
	WAY_NONE,   /* no way written: automatic, or explained by constants, capture/restore */
	WAY_TODO,   /* an open decision that map left */
	WAY_FROM,   /* from: old path */
	WAY_INIT,   /* init: C constant expression, or the word zero */
	WAY_EXPR,   /* expr: C over `old` */
	WAY_HOOK,   /* hook: function in hooks.c */
	WAY_FOLLOW, /* follow: type; the pointee crosses too */
	WAY_ARRAY,  /* array: {of: type, count: old path or number}; pointer to so many elements */
	WAY_STRING, /* string: maximum bytes; pointer to a NUL-terminated string */
	WAY_SYMBOL, /* symbol: true; by (module, symbol) */
	WAY_OPAQUE, /* opaque: why; the bits cross as they are */
	WAY_NULL,   /* null: why */
	WAY_LIST,   /* list: {of: type, node: path}, list: member (its own type), or list: empty */
	WAY_BITS,   /* bits: flag word gathered from members */
	WAY_ARM,    /* arm: {when: C over `old`, use: member} */
};

struct decision {
	struct words path; /* of the new member */
	enum way way;
	struct words value; /* of the way: an old path, an expression, a function, a type, a reason */
	struct words container; /* follow: the pointee is this member of the type (container_of) */
	struct words mask;	/* follow: tag bits, a number */
	struct words count;	/* array, flexible array: an old path or a number */
	struct words node;	/* list: the member of the elements that links them */
	struct words was, is;	/* shapes, written by map */
	struct words why;
	struct words_list reads; /* old paths that expr, hook or capture read */
	struct words capture, restore; /* functions in hooks.c, of the phases capture and restore */
	struct words constants_prefix, constants_header;
	struct words on_overflow; /* refuse or saturate */
	struct words reverse;
	const struct yaml_node *node_yaml; /* the member's whole mapping node */
};

struct drop {
	struct words path; /* of the old member */
	struct words why;
};

struct type_decisions {
	struct words type; /* its label as written */
	struct {
		struct decision *at;
		size_t n, room;
	} members;
	struct {
		struct drop *at;
		size_t n, room;
	} drops;
	bool has_carry;
	struct words_list carry;     /* new member paths; a view */
	struct words rest_init, rest_why; /* rest: {init: zero, why: ...} */
	struct words extent;	     /* bytes of an old object that may be read, or an old path */
	struct words idiom;	     /* overrides schema/idioms.yaml for this type: a way's name */
	struct words idiom_why;
};

/* Where to go from a root: list, then from each element on. */
struct walk {
	struct words list; /* path of the list head from the object, may pass pointers: signal.thread_head */
	struct words of;   /* type of the elements; empty: the root's type */
	struct words node; /* member of the elements that links them; empty: by the head's name */
	struct walk *then;
};

struct root {
	struct words symbol; /* empty: objects come from a participant */
	struct words type;
	struct words restore; /* a participant's name, or none */
	struct walk *walk;
};

struct mapping {
	const char *file;
	struct arena arena;
	struct words from_release, from_arch, to_release, to_arch;
	struct words pointer_way; /* defaults: pointer: the way's name; only "null" is one */
	struct words pointer_why;
	struct {
		struct root *at;
		size_t n, room;
	} roots;
	struct {
		struct type_decisions *at;
		size_t n, room;
	} types;
	struct words_list symbols; /* further symbols that capture hooks ask for */
	char digest[33]; /* of the file's bytes */
};

/* Reads the N bytes at DATA called FILE. False with every diagnostic there is to give. */
bool mapping_read(const char *file, const char *data, size_t n, struct mapping *mapping,
		  struct diags *diags);
void mapping_deinit(struct mapping *mapping);

/* The key that names WAY in the file: "follow". */
const char *way_key(enum way way);

#endif
