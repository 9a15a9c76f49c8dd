/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which members convert without asking and which need a human: the one place that decides it, used by
 * `map` (which writes the open ones down) and by the plan (which refuses while one is open). Pure: it
 * reads two models, their diff and the idioms, never the mapping's decisions.
 *
 * The unit is what a mapping can name, a *part* of a record:
 * - a member, also one inside anonymous structs (its name reaches through them) and inside a named
 *   member of an anonymous struct type (`cb.map`);
 * - a member whose type is a struct with a label: one part, automatic when its types are paired (NESTED: its
 *   own type's parts are classified there, under that type's name in the mapping);
 * - a union, named or not, is one part. An anonymous one is named by its first named arm (depth first);
 *   a decision may name any arm, and two arms of one union are the same part twice;
 * - a member of an idiom's type (schema/idioms.h), whatever is inside.
 * Nameless bitfields and padding are no parts. Every part of the new type stands in the result once, with
 * its old partner if it has one; every part of the old type that is nobody's partner stands there once
 * with path NULL: REMOVED, which only a drop (or another part's `from`) settles.
 */
#ifndef CO_SCHEMA_CLASSIFY_H
#define CO_SCHEMA_CLASSIFY_H

#include "diff.h"
#include "idioms.h"

enum verdict {
	VERDICT_AUTOMATIC,   /* converts without asking */
	VERDICT_ACKNOWLEDGE, /* nothing changed that a layout shows, yet only a human knows the answer:
				flag words, unchanged pointers, links, unions with one inside */
	VERDICT_DECIDE	     /* something changed, or cannot be carried by itself */
};

/* Why; the words are reason_words(). Those before FLAGS are automatic, those from FLAGS to UNION acknowledge. */
#define REASONS(X)                                                                                 \
	X(SAME, "same name, same meaning")                                                         \
	X(MOVED, "same name, moved")                                                               \
	X(NESTED, "embedded, by the rules of its own type")                                        \
	X(WIDENED, "wider, every old value fits")                                                  \
	X(FLEXIBLE, "[0] and [] are the same")                                                     \
	X(ENUM, "every old enumerator has its value")                                              \
	X(IDIOM_COPY, "idiom, copied as integers")                                                 \
	X(IDIOM_RESET, "idiom, made anew at restore")                                              \
	X(FLAGS, "a flag word: which constants is it made of")                                     \
	X(POINTER, "a pointer")                                                                    \
	X(FUNCTION, "a function pointer")                                                          \
	X(LINK, "links objects")                                                                   \
	X(IDIOM, "cannot be copied")                                                               \
	X(TAIL, "a flexible tail: how many elements has it")                                       \
	X(UNION, "a union with a pointer or an idiom in an arm")                                   \
	X(ADDED, "added")                                                                          \
	X(REMOVED, "removed")                                                                      \
	X(NARROWED, "narrower, not every old value fits")                                          \
	X(SIGNEDNESS, "changed its sign, not every old value fits")                                \
	X(INT_ENUM, "an integer became an enum, or an enum an integer")                            \
	X(ENUMERATORS, "its enumerators changed")                                                  \
	X(POINTER_TARGET, "points to another type")                                                \
	X(POINTER_SCALAR, "a pointer became a scalar, or a scalar a pointer")                      \
	X(FUNCTION_SIGNATURE, "a function pointer with another signature")                         \
	X(ARRAY_LENGTH, "an array of another length")                                              \
	X(INDEX, "an array as long as an enum counts whose values changed")                        \
	X(FLEXIBLE_ARRAY, "became flexible, or got a bound")                                       \
	X(BITFIELD, "a bitfield changed")                                                          \
	X(UNION_ARM, "a union changed, or a member moved into or out of one")                      \
	X(TYPE_CHANGED, "another type")                                                            \
	X(ANONYMOUS, "an array of anonymous structs that changed, or with a pointer or an idiom")   \
	X(QUANTITY, "a typedef came, went or changed: it may count something else")                \
	X(MEANING, "known to mean something else")

enum reason {
#define REASON_ENUM_(id, words) REASON_##id,
	REASONS(REASON_ENUM_)
#undef REASON_ENUM_
	REASON_COUNT
};

const char *reason_words(enum reason reason);
const char *reason_id(enum reason reason); /* "POINTER_TARGET" */

/*
 * A way that would settle a part, best first. VALUE is what to write after the key, NULL: for the human to
 * fill in. With WAY_NONE it is all there is to write, keys included; only `constants` stands for itself.
 */
struct candidate {
	enum way way;
	const char *value;
};
#define CANDIDATES_MAX 6

struct part {
	enum verdict verdict;
	enum reason reason;
	bool by_default;       /* `defaults: pointer` may settle it (POINTER, FUNCTION, LINK) */
	bool is_union;	       /* a region under one decision; field.type is the union */
	const char *path;      /* of the new part; NULL: only the old type has it (REMOVED) */
	const char *old_path;  /* of its partner; NULL: none (ADDED) */
	struct field new, old; /* as field_find(); type TYPE_NONE on the side where it is not */
	const struct meaning *meaning; /* MEANING: what is known; else NULL */
	const struct idiom *idiom; /* of the new side (of its elements when an array), else of the old, else NULL */
	uint32_t rules;	       /* 1 << enum rule: the diff's entries for this path */
	struct candidate candidates[CANDIDATES_MAX];
	size_t n_candidates;
};

struct classification {
	struct arena arena; /* paths and candidates */
	struct part *at;    /* the new type's parts in layout order, then the removed ones in layout order */
	size_t n, room;
	size_t by_verdict[VERDICT_DECIDE + 1];
};

/*
 * Classifies the parts of records OLD_ID and NEW_ID (struct or union, typedefs allowed) into OUT, which is
 * overwritten; free it with classification_deinit(). They are compared as they stand, whether the diff
 * pairs them or not. When the type as a whole is a union, it has one part with path "".
 */
void classify_types(const struct diff *diff, const struct idioms *idioms, type_id old_id,
		    type_id new_id, struct classification *out);
void classification_deinit(struct classification *classification);

/*
 * The verdict on carrying the value of field OLD into field NEW, wherever they stand: what a `from` needs.
 * Sets verdict, reason, by_default, is_union, idiom of PART and copies both fields; nothing else. The new
 * field's member gives the name that FLAGS goes by: without it no flag word is seen.
 */
void classify_fields(const struct diff *diff, const struct idioms *idioms, const struct field *old,
		     const struct field *new, struct part *part);

/*
 * What is known (schema/meanings.h) of member PATH of records OLD_ROOT and NEW_ROOT: when it came to mean something
 * else, an automatic PART, or one that asks for constants, has to be decided.
 */
void classify_meaning(const struct diff *diff, const struct idioms *idioms, type_id old_root,
		      type_id new_root, const char *path, struct part *part);

/* The part whose new path is PATH, or a union of which PATH names an arm, or an array or idiom that
 * PATH reaches into; NULL when none. */
struct part *part_find(const struct classification *classification, const struct model *new,
		       type_id new_id, const char *path);

/*
 * An integer (or array of them, or atomic one) whose name says flags (contains `flags`, is `flag` or ends in
 * `_flag`), or that has a typedef that does or is known as a word of constants (gfp_t); no boolean and no single bit.
 */
bool is_flag_word(const struct idioms *idioms, const struct model *model,
		  const struct field *field);

/* True when an object of ID holds a pointer or an idiom, in any depth by value. */
bool holds_pointer_or_idiom(const struct idioms *idioms, const struct model *model, type_id id);

/*
 * The shape of a field as `was` and `is` write it: the C spelling of its type, with ` : 3` for a
 * bitfield. Owned by ARENA.
 */
const char *shape_write(const struct model *model, const struct field *field, struct arena *arena);

/*
 * True when WORDS is the shape of FIELD: blanks do not matter, and at every level a typedef may be written
 * or its target (`u32`, `__u32` and `unsigned int` are one shape).
 */
bool shape_agrees(const struct model *model, const struct field *field, const char *words);

#endif
