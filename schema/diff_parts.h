/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pieces of the diff share; schema/diff*.c alone include it. */
#ifndef CO_SCHEMA_DIFF_PARTS_H
#define CO_SCHEMA_DIFF_PARTS_H

#include "diff.h"

/* Deeper nesting by value or by pointer than any C program has is never called the same. */
#define DIFF_DEPTH_MAX 200

/* One model as the diff sees it; the arrays are indexed by type id. */
struct side {
	const struct model *model;
	struct hash128 *layouts; /* memo of side_layout() */
	uint8_t *known;		 /* of layouts: enum known */
	const char *
		*names;	  /* interned: of structs, unions and enums, without ` @ file`; else NULL */
	type_id *partner; /* on the other side */
	uint8_t *tied;	  /* without a partner because of a tie */
	bool char_is_plain; /* the sign of `char` does not count */
};

/* What is known about an old type and its partner. */
enum known { KNOWN_NOTHING, KNOWN_BUSY, KNOWN_YES };
#define VERDICT_UNKNOWN ((size_t)0)
#define VERDICT_SAME ((size_t)1)
#define VERDICT_BUSY ((size_t)2)
#define VERDICT_DIFFERS ((size_t)3) /* + index into all */

struct pairing {
	struct arena arena; /* paths, spellings and labels of the entries */
	struct side old, new;
	size_t *verdict; /* by old id */
	struct {
		struct diff_type **at; /* owned by arena, their entries by themselves */
		size_t n, room;
	} all;			   /* paired types that differ, in the order they were met */
	struct pair_table *others; /* verdicts on types that are not partners */
};

/* diff_layout.c: layouts as hashes; equal hashes are equal layouts of equal meaning. */
void side_init(struct side *side, const struct model *model, struct arena *arena);
struct hash128 side_layout(struct side *side, type_id id);
/* As side_layout(), but a record or enum by kind and name: what a pointer says of its pointee. */
struct hash128 side_pointee(struct side *side, type_id id);
/* The kind under which a struct, union or enum is paired: KIND_TYPEDEF for an anonymous one with a
 * label. */
enum type_kind side_kind(const struct side *side, type_id id);
/* A struct or union that is part of the type it stands in: it has neither name nor typedef. */
bool side_inline(const struct side *side, type_id id);
/* Booleans, signed and unsigned integers: the kinds of char count as integers. */
enum encoding side_encoding(const struct side *side, const struct type *type);

/* diff_pair.c: fills partner and tied of both sides. */
void pair_types(struct pairing *pairing);

/* diff_enum.c */
void pair_anonymous_enums(struct pairing *pairing);
void compare_enums(const struct diff *diff, type_id old_id, type_id new_id, struct diff_type *out);

/* diff_type.c */
uint32_t type_rules(const struct diff *diff, type_id old_id, type_id new_id, unsigned int depth);

/* diff_member.c: appends the entries of two structs or unions to OUT. */
void compare_records(const struct diff *diff, type_id old_id, type_id new_id, struct diff_type *out,
		     unsigned int depth);

/* diff_level.c: the members of one struct or union that C reaches by name, anonymous ones opened.
 */
struct leaf {
	const struct member *member;
	uint64_t bit, bits; /* from the start of the outermost type */
	uint32_t arm;	    /* the innermost union around it, among those of its level; 0: none */
	uint32_t unions;    /* how many unions are around it */
	struct leaf *partner;
};

struct level {
	const struct model *model;
	struct {
		struct leaf *at;
		size_t n, room;
	} leaves; /* in order of declaration */
	struct {
		uint32_t *parent; /* by number of a union: the one around it, 0 none */
		bool *kept;	  /* a member in it has a partner */
		size_t n, room;
	} arms;
};

/* Opens RECORD, which stands at BIT inside UNIONS unions. */
void level_init(struct level *level, const struct model *model, type_id record, uint64_t bit,
		uint32_t unions);
void level_deinit(struct level *level);
/* Sets partners by name. */
void level_match(struct level *old, struct level *new, struct arena *scratch);

/* diff_rename.c: what became of members without a partner: candidates, never certainties. */
struct level_pair {
	const struct diff *diff;
	struct diff_type *out;
	const char *prefix; /* of paths */
	struct level old, new;
	type_id old_id, new_id; /* whose members they are */
	/* Where that stands: bits from the start of the outermost type. */
	uint64_t old_base, new_base;
	/* What MOVED counts from: 0, or the first element of an array. */
	uint64_t old_origin, new_origin;
	uint32_t old_unions, new_unions; /* how many unions they stand in */
	unsigned int depth;
	/* Out: the embedded type that alone explains another size or alignment, else NULL. */
	const char *size_cause, *align_cause;
};
void find_renames(struct level_pair *pair);
void find_nestings(struct level_pair *pair);

/* diff_entry.c */
struct diff_entry *add_entry(struct diff_type *type, enum rule rule, const char *path);
/* An entry about a member: its types, offsets, sizes and lines; either side may be NULL. */
struct diff_entry *add_member_entry(const struct level_pair *pair, enum rule rule,
				    const struct leaf *old, const struct leaf *new);
/* The path of a leaf: PREFIX and its name. */
const char *leaf_path(const struct level_pair *pair, const struct leaf *leaf);

/* diff_cause.c */
struct shift_row {
	uint64_t old_bit, new_bit; /* NO_OFFSET on the side where it is not */
	uint64_t old_bits, new_bits;
	uint32_t align;	    /* bits, the new member's */
	bool own;	    /* added, removed, or of another size by itself */
	const char *grown;  /* the type to blame when the inside of its own type grew or shrank */
	const char **cause; /* where to write why it moved; NULL: nowhere */
};
/* Says for each row that moved which embedded type alone made it move; else leaves NULL. */
void shift_causes(struct shift_row *rows, size_t n, struct arena *scratch);
/* The embedded type that explains a union's other size, else NULL. */
const char *union_cause(const struct shift_row *rows, size_t n, uint64_t old_bits,
			uint64_t new_bits);

/* diff_compare.c */
/* Every entry is about enumerators of an embedded enum. */
bool all_by_enum(const struct diff_type *type);
/* The entries of a type and its partner, compared once; NULL when there are none. */
const struct diff_type *compare_pair(const struct diff *diff, type_id old_id, type_id new_id,
				     unsigned int depth);
bool same_layout(const struct diff *diff, type_id old_id, type_id new_id, unsigned int depth);
/* The type to blame for what is different inside an embedded type (or the elements of an array of
 * it). */
const char *blame(const struct diff *diff, type_id old_id, type_id new_id, unsigned int depth);
/* Two embedded types that differ in nothing but enumerators. */
bool only_enumerators(const struct diff *diff, type_id old_id, type_id new_id);
/* As type_label(), also for an anonymous enum; "" for what has no label. */
const char *display_label(const struct diff *diff, const struct model *model, type_id id);
/* The innermost element of an array of any dimension, stripped; ID itself, stripped, when it is
 * none. */
type_id array_base(const struct model *model, type_id id);

#endif
