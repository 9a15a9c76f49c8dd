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

struct yaml_node;

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
	WAY_TODO,   /* an open decision that map left: TODO as the value, as a key, or in place of any value */
	WAY_FROM,   /* from: old path */
	WAY_INIT,   /* init: C constant expression, or the word zero. Where the old type has a member of
		       that path, `why` is the reason its value is dropped and the plan asks for it */
	WAY_EXPR,   /* expr: C over `old` */
	WAY_HOOK,   /* hook: function in hooks.c */
	WAY_FOLLOW, /* follow: type; the pointee crosses too */
	WAY_ARRAY,  /* array: {of: type, count: old path or number}; pointer to so many elements */
	WAY_STRING, /* string: maximum bytes; pointer to a NUL-terminated string */
	WAY_SYMBOL, /* symbol: true; by (module, symbol) */
	WAY_OPAQUE, /* opaque: why; the bits cross as they are */
	WAY_NULL,   /* null: why */
	WAY_LIST,   /* list: {of: type, node: path}, list: member (its own type), or list: empty (why) */
	WAY_BITS,   /* bits: {CONSTANT: old path, ...}; flag word gathered from members */
	WAY_ARM,    /* arm: {when: C over `old`, use: member}, or several of them in a list */
	WAY_COUNT
};

struct bit {
	struct words constant; /* C constant that is set when the member is not zero */
	struct words member;   /* old path */
};

/* An enumerator of the old enum and the one of the new enum that takes its place. */
struct replacement {
	struct words old, new;
};

/* A constant whose number another one has now, or that has another number, and why the word crosses all the same. */
struct moved {
	struct words constant, why;
};

struct decision {
	struct words path; /* of the new member, from its type; nested `members:` are joined with dots */
	enum way way;
	struct words key;   /* of the way in the file: its place, when way is not WAY_NONE */
	struct words value; /* of the way: an old path, an expression, a function, a type, a reason;
			       list: `empty`, a member, or the type of the elements when NODE is given.
			       NULL for WAY_TODO, WAY_BITS, WAY_ARM */
	struct words from;  /* the old path; beside a pointer way (follow, array, string, symbol,
			       opaque,  list) it says where the pointer stood, beside bits the word
			       that they  are added to, else the way is WAY_FROM */
	struct words container; /* follow: the pointee is this member of the type (container_of) */
	struct words mask;	/* follow: tag bits, a number */
	struct words count;	/* array, flexible array: an old path or a number */
	struct words node;	/* list: the member of the elements that links them */
	struct {
		struct bit *at;
		size_t n, room;
	} bits;
	bool is_turned; /* bits, made for the way back: the member is whether the word (the only
			   bit's member) has the constant; or, without one, the word (`from`)
			   without it */
	struct {
		struct arm *at;
		size_t n, room;
	} arms; /* WAY_ARM: in the order in which they are tried */
	struct words was, is;	/* shapes, written by map */
	struct words why;
	struct words_list reads; /* old paths that expr, hook or capture read */
	struct words capture, restore; /* functions in hooks.c, of the phases capture and restore */
	struct words constants_prefix, constants_header;
	struct {
		struct moved *at;
		size_t n, room;
	} moved; /* constants: { ..., moved: { CONSTANT: WHY } } */
	/* constants: { enum: NAME } or { old: NAME, new: NAME }: the enum, as written, before and
	 * after; `as` is values, bits or masks, NULL: values; the bits that `keep` leaves where
	 * they are, a number */
	struct words constants_enum[2];
	struct words constants_as, constants_keep;
	struct words on_overflow; /* refuse or saturate */
	struct words index_old,
		index_new; /* the enum that an array's elements are counted by, on each side */
	struct words enumerators; /* by-name; also set when only replacements are written */
	struct {
		struct replacement *at;
		size_t n, room;
	} replacements; /* of enumerators that the new enum has not */
	/*
	 * How the old member returns (gen --reverse) when its value cannot be turned around: way WAY_EXPR
	 * (C over `new`; written alone or as {expr: C}), WAY_INIT or WAY_HOOK, or WAY_NONE with capture or
	 * restore (functions in hooks-reverse.c), with its own why and reads (members of the new type).
	 * NULL when it was not written.
	 */
	struct decision *reverse;
	const struct yaml_node *node_yaml; /* the member's value in the file */
};

/* One arm of a union, the condition under which it is live, and how it crosses. */
struct arm {
	struct words when;	/* C over `old`; not written for `otherwise` */
	struct words otherwise; /* zero: what the union becomes when no condition holds */
	struct words use;	/* the arm: its name in the union */
	struct decision decision; /* about the arm; its path is not set */
	struct type_decisions *inside; /* decisions about what lies in the arm; paths from the arm on, or
					  of an arm without a name from the union on; NULL: none */
};

struct drop {
	struct words path; /* of the old member */
	struct words why; /* never empty; the word TODO when it is open */
};

struct type_decisions {
	struct words type; /* its label as written, runs of blanks made one */
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
	bool is_derived; /* made for the way back of a type of which the mapping says nothing */
	struct words extent;	     /* bytes of an old object that may be read, or an old path */
	struct words idiom;	     /* overrides schema/idioms.yaml for this type: an idiom_default's word,
					written idiom: {reset: why} */
	struct words idiom_why;
	const struct yaml_node *node; /* the type's value in the file */
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
	struct words pointer_way; /* defaults: pointer: the way's name; only "null" is one, or TODO */
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
	/*
	 * Every TODO in the file, with its place and what it is about (`struct mm_struct.futex_unique_id`,
	 * `defaults.pointer`, `struct x: drop: y`). A file with some reads without an error; the plan refuses each.
	 */
	struct words_list todos;
	const struct yaml_node *tree; /* the file itself */
	char digest[33]; /* of the file's bytes */
};

#define MAPPING_BYTES_MAX (4u << 20)

/*
 * Reads the N bytes at DATA called FILE, at most MAPPING_BYTES_MAX. False with every diagnostic there is
 * to give; mapping_deinit() is due in either case.
 */
bool mapping_read(const char *file, const char *data, size_t n, struct mapping *mapping,
		  struct diags *diags);
void mapping_deinit(struct mapping *mapping);

/* The key that names WAY in the file: "follow"; "TODO" for WAY_TODO, "" for WAY_NONE. */
const char *way_key(enum way way);

/* True when WORDS was written and is the open decision TODO. */
bool is_todo(const struct words *words);

/* The decisions for the type whose label is LABEL (compared up to blanks), or NULL. */
const struct type_decisions *mapping_type(const struct mapping *mapping, const char *label);

/* The decision for the new member PATH, or NULL. */
const struct decision *decision_find(const struct type_decisions *type, const char *path);

#endif
