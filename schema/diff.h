/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What changed between two models, as data. Types are paired (kind and name; where a name has several
 * shapes, equal ones first, then by file, then by similarity; a tie is ambiguous, never a guess), then
 * members by path through anonymous structs and unions. One entry per member and rule.
 *
 * A struct or union without a name of its own belongs to the type it stands in: its members are entries
 * there, with paths `cb.map`; those of an array of them have paths `slot[].state` (every element; offsets
 * are those of the first) and move only when they move within the element. An anonymous enum that no typedef names has the label `enum { FIRST, ... }` of its first
 * enumerator, and is paired with the one it shares most enumerators with.
 *
 * Where plain `char` turned from signed to unsigned (or back) as a whole, no member of type `char` is
 * an entry: struct diff says it once.
 */
#ifndef CO_SCHEMA_DIFF_H
#define CO_SCHEMA_DIFF_H

#include "model.h"

/* id, the words a report uses for it. The ids are stable: reports, waivers and scripts name them. */
#define RULES(X)                                                                                   \
	X(MOVED, "member moved")                                                                   \
	X(ADDED, "member added")                                                                   \
	X(REMOVED, "member removed")                                                               \
	X(RENAME_CANDIDATE, "member may have been renamed")                                        \
	X(WIDENED, "integer became wider")                                                         \
	X(NARROWED, "integer became narrower")                                                     \
	X(SIGNEDNESS, "integer changed its sign")                                                  \
	X(INT_ENUM, "integer became an enum, or an enum an integer")                               \
	X(POINTER_TARGET, "pointer points to another type")                                        \
	X(POINTER_SCALAR, "pointer became a scalar, or a scalar a pointer")                        \
	X(ARRAY_LENGTH, "array changed its length")                                                \
	X(ARRAY_ELEMENT, "array changed its element type")                                         \
	X(FLEXIBLE_ARRAY, "array became flexible, or a flexible array got a bound")                \
	X(BITFIELD, "bitfield changed its width, or became or was a plain member")                 \
	X(UNION_ARM, "arm of a union changed")                                                     \
	X(NESTING, "member moved into or out of a nested or anonymous type")                       \
	X(TYPE_CHANGED, "member has another type")                                                 \
	X(FUNCTION_SIGNATURE, "function pointer has another signature")                            \
	X(ENUMERATOR_ADDED, "enumerator added")                                                    \
	X(ENUMERATOR_REMOVED, "enumerator removed")                                                \
	X(ENUMERATOR_RENUMBERED, "enumerator has another value")                                   \
	X(SIZE_CHANGED, "type has another size")                                                   \
	X(ALIGNMENT, "type or member has another alignment")                                       \
	X(EMBEDDED_CHANGED, "embedded type changed inside")

enum rule {
#define RULE_ENUM(id, words) RULE_##id,
	RULES(RULE_ENUM)
#undef RULE_ENUM
	RULE_COUNT
};

const char *rule_id(enum rule rule);    /* "MOVED" */
const char *rule_words(enum rule rule); /* "member moved" */

enum diff_status {
	DIFF_CHANGED, /* own size, a member's offset, size, type or name, or an enumerator differs */
	DIFF_CARRIER, /* only the inside of an embedded type differs */
	DIFF_ADDED,
	DIFF_REMOVED,
	DIFF_AMBIGUOUS /* a tie: several shapes under one name that cannot be told apart */
};

#define NO_OFFSET UINT64_MAX

struct diff_entry {
	enum rule rule;
	const char *path;      /* of the member or enumerator; "" for the type as a whole */
	const char *old_path;  /* when it differs from path (RENAME_CANDIDATE; a member moved by NESTING), else NULL */
	const char *old_type, *new_type; /* C spellings; NULL on the side where it is not */
	uint64_t old_bit, new_bit; /* offsets in bits from the start of the type, or NO_OFFSET */
	uint64_t old_bits, new_bits; /* sizes in bits, 0 on the side where it is not */
	uint64_t old_value, new_value; /* enumerators */
	uint32_t old_line, new_line; /* declaration lines, 0 unknown */
	const char *cause;     /* label of the type this entry's reason lies in, or NULL: here */
	bool by_enum;	       /* EMBEDDED_CHANGED: nothing but enumerators of an enum inside */
};

struct diff_type {
	enum diff_status status;
	enum type_kind kind;	/* KIND_TYPEDEF for an anonymous type known by its typedef */
	const char *label;	/* the new side's, else the old side's */
	type_id old_id, new_id; /* TYPE_NONE where it is not; of the record itself, typedefs stripped */
	const char *cause;	/* label of the type that alone explains every entry, or NULL */
	bool is_constants;	/* an enum without a name that nothing refers to: a set of constants */
	struct diff_entry *entries;
	size_t n, room;
};

struct diff {
	const struct model *old, *new;
	struct diff_type *at; /* in order of kind (struct, union, enum, typedef) and label */
	size_t n, room;
	size_t compared;      /* structs, unions and enums that were paired and looked at */
	size_t by_status[DIFF_AMBIGUOUS + 1];
	/*
	 * Types that differ in nothing but the enumerators of enums they hold: their layouts are
	 * the same, so they are in AT (as carriers) only when such an enum is not.
	 */
	struct {
		const struct diff_type **at;
		size_t n, room;
	} holders;
	bool char_changed_sign; /* plain char: signed in one model, unsigned in the other */
	struct pairing *pairing;
};

/* Which types to report: all, or exactly these of the old and of the new model (typedefs stand for their target). */
struct diff_scope {
	const type_id *old_ids, *new_ids; /* NULL: all */
	size_t n_old, n_new;
};

/*
 * Compares OLD and NEW, which share one intern table, into DIFF. Cannot fail: what cannot be told is
 * in the data (DIFF_AMBIGUOUS).
 */
void diff_models(const struct model *old, const struct model *new, const struct diff_scope *scope,
		 struct diff *diff);
/* DIFF may also be all zero: never compared. */
void diff_deinit(struct diff *diff);

/* "changed", "carrier", ...: the word in reports and JSON. */
const char *diff_status_word(enum diff_status status);

/* True when an entry of TYPE has its reason in TYPE itself: a root cause, not only a follower of others. */
bool diff_is_root(const struct diff_type *type);

/* True when an entry of TYPE has its reason in the type called LABEL. */
bool diff_names_cause(const struct diff_type *type, const char *label);

/*
 * The partner of an old (new) struct, union or enum, TYPE_NONE without one. Typedefs and qualifiers are
 * looked through. Types without a label have no partner of their own, except anonymous enums.
 */
type_id diff_new_of(const struct diff *diff, type_id old_id);
type_id diff_old_of(const struct diff *diff, type_id new_id);

/*
 * True when an object of OLD_ID and one of NEW_ID have the same bytes with the same meaning as far
 * as layouts say: sizes, offsets, effective alignments, encodings, member names, enumerators; pointees
 * by kind and name. Spelling does not matter (u32, unsigned int, __be32 are one).
 */
bool diff_same_layout(const struct diff *diff, type_id old_id, type_id new_id);

/* The rules that tell member type OLD_ID from NEW_ID (not offsets), as a bit mask of 1 << enum rule; 0: same. */
uint32_t diff_type_rules(const struct diff *diff, type_id old_id, type_id new_id);

#endif
