/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan: for every carried type the ordered operations that make a new object of an old one,
 * with the two-sided ledger beside it. Every decision is in here; an emitter reads it and neither
 * validates, chooses nor changes anything.
 */
#ifndef CO_GEN_PLAN_H
#define CO_GEN_PLAN_H

#include "../schema/diff.h"
#include "../schema/idioms.h"
#include "../schema/mapping.h"
#include "../runtime/carryover.h"
#include "ledger.h"

#define NO_INDEX UINT32_MAX

enum side { OLD, NEW };

/* What a slot's bits are, for the C that declares and moves them. */
enum slot_kind {
	SLOT_INT, /* integers, characters and bool; see encoding of its type */
	SLOT_FLOAT,
	SLOT_ENUM,
	SLOT_POINTER,
	SLOT_RECORD, /* struct with a plan of its own */
	SLOT_BYTES,  /* union as one region, vector, complex number: only ever moved as a whole */
};

/*
 * A member of one side that is decided as one: anonymous structs are looked through, a union is one
 * slot unless the mapping names one of its arms, an embedded struct is one slot unless the mapping
 * names a member below it.
 */
struct slot {
	const char *path; /* what a person reads; `union of a, b` for an anonymous union */
	const char *key;  /* what a mapping writes: the path, or an anonymous union's first arm */
	const char *c;	  /* how C reaches it: the path, or a made-up name for an anonymous union */
	type_id type;	  /* as declared, arrays and typedefs included */
	type_id element;  /* arrays removed, typedefs kept */
	const struct member *member;
	type_id parent; /* whose member it is; TYPE_NONE: the type itself, a union */
	uint64_t bit;	/* offset from the start of the type */
	uint64_t bits;	/* of one element */
	uint64_t count; /* elements; 1 for a plain member; 0: flexible tail */
	enum slot_kind kind;
	const struct idiom *link; /* next or prev of a list head: its idiom, and the head's path */
	const char *link_path;
	bool is_bitfield, is_flexible, is_array;
	bool is_signed;
	bool in_union;	 /* reached through an arm that the mapping chose */
	bool used;	 /* named in the generated C; the others are byte arrays */
	uint32_t op;	 /* the operation that accounts for it */
	struct place at; /* of its declaration */
};

enum op_kind {
	OP_COPY,    /* the bits as they are */
	OP_WIDEN,   /* an integer or bitfield to one that holds every value of it */
	OP_NARROW,  /* partial: refuses a value that does not fit, or total: takes the nearest that
		       does */
	OP_ENUM,    /* partial: an enumerator becomes the one of its name */
	OP_FLAGS,   /* partial: each bit that is set becomes the one of its name */
	OP_BITS,    /* an old word, without its sign, or 0, and a constant for each old member that
		       is not 0; partial where there is a word: it has none of them yet */
	OP_PICK,    /* the way back of OP_BITS: the word without the bits outside `mask`; with
		       is_test, whether any of them is set */
	OP_STEPS,   /* a number through the types of the releases between, one step after another */
	OP_INIT,    /* C constant expression */
	OP_EXPR,    /* C over `old` */
	OP_HOOK,    /* left to a function of hooks.c */
	OP_NESTED,  /* by the plan of its type, element by element */
	OP_POINTER, /* by co_pointer() */
	OP_EMPTY,   /* a list head that points to itself */
	OP_ARM,	    /* a union: the arm that is live, by a plan of its own; partial without `otherwise`
		     */
	OP_TAIL,    /* flexible tail: as many elements as the count says */
	OP_ZERO,    /* stays zero: null, rest, an idiom made anew, restore */
	OP_DROP,    /* old side only: bits that nobody carries on */
	OP_CHECK,   /* neither side: steps whose result a later hop of a chain leaves behind; they
		       refuse what they refuse */
};

/* A value of an old enum, under its first name, and the new one that it becomes if there is one. */
struct enum_value {
	const char *name;
	uint64_t old, new; /* signs extended */
	bool crosses;
	const char *gone; /* whose enumerator it no longer is: "enum state of 6.1.190-1"; NULL: of
			     the new type */
};

/* What a number is in C, as far as its value depends on it. */
struct number_type {
	uint64_t bits;
	bool is_signed, is_bool;
};

/* One step of a number's way through several releases: what it becomes, and what may stop it. */
struct number_step {
	enum op_kind kind; /* OP_COPY and OP_WIDEN: as C converts it; OP_NARROW, OP_ENUM */
	bool saturates;
	struct number_type to;
	const char *in; /* where the number is then: "width in 6.1.190-1" */
	int64_t low; /* these five as in struct op */
	uint64_t high;
	const struct enum_value *names;
	size_t n_names;
	const uint64_t *values;
	size_t n_values;
};

/* OP_BITS: what is set when the old member, a number, is not 0. */
struct op_bit {
	uint64_t mask;
	uint32_t old;
	const char *constant; /* as the mapping has it */
};

/* Rows of an array, which are its elements in the first dimension, that move together. */
struct row_span {
	uint64_t old, new, n;
};

/* Old rows that have no place in the new array; WHY says it of each. */
struct row_gone {
	uint64_t row, n;
	const char *why;
};

/* An array whose rows are not simply all of them, in their order. */
struct op_rows {
	uint64_t old, new, inner;     /* rows of either side, elements of one row */
	const struct row_span *spans; /* ascending by the new row; other new rows are zero */
	size_t n_spans;
	const struct row_gone *gone; /* ascending */
	size_t n_gone;
	bool refuses; /* a gone row that is not all zero; else it is left behind */
	bool is_text; /* plain characters that got fewer: what stays ends with a NUL */
	bool by_name; /* an enum counts the rows: some changed their index */
};

/* One arm of OP_ARM: tried in turn, the first whose condition holds crosses. */
struct arm_plan {
	const char *when; /* C over `old`; NULL: otherwise */
	struct place when_at;
	const char *path; /* the new arm; NULL: none */
	uint32_t part; /* the plan's type that makes it: see plan_type.is_part; NO_INDEX: stays zero
			*/
	const char *why;
	struct place at;
};

/* One operation: how the new slot gets its bits, or where the old slot's bits end. */
struct op {
	enum op_kind kind;
	enum co_way way;
	uint32_t old, new; /* slots, or NO_INDEX */
	uint32_t nested;   /* OP_NESTED, OP_TAIL, followed pointers: index of the plan's type, or
			      NO_INDEX */
	const char *code;  /* OP_INIT, OP_EXPR: C; OP_HOOK: the function; OP_STEPS: C that the
			      first step starts from, or NULL: from the old slot */
	struct place code_at;
	uint32_t code_bits; /* OP_EXPR: what its C is, where the member does not hold every value of
			       that: PARTIAL, or the nearest from LOW to HIGH; 0: it does */
	bool code_signed;
	const char *rule;  /* "same name", "rest", "default pointer": what decided it */
	const char *why;   /* the reason in words, or NULL */
	struct place at;   /* of the decision in the mapping; file NULL: automatic */
	const char *trail; /* of a chain: the decisions of all its mappings with their places, said
			      instead of rule, why and at; else NULL */
	const char *idiom; /* the idiom it was met as, or NULL */
	bool partial;	   /* can refuse a value */
	bool is_test;	   /* OP_PICK */
	const struct op_bit *bits;
	size_t n_bits;
	uint64_t keep; /* OP_FLAGS: bits that stay where they are */
	uint64_t rest; /* OP_FLAGS, OP_BITS, OP_PICK: bits of the old word that cannot cross */
	/* OP_NARROW: takes the nearest value that fits, of low to high, the least and the greatest
	   that the new slot takes; no member is wider than 64 bits then. Else refuses */
	bool saturates;
	int64_t low;
	uint64_t high;
	const struct enum_value *names; /* OP_ENUM, OP_FLAGS: every value (or bit) that has a name,
					   in its enum's order */
	size_t n_names;
	const uint64_t *values; /* OP_NARROW into an enum: the only values that cross, ascending */
	size_t n_values;
	bool is_bounded; /* OP_TAIL between a tail and an array */
	bool by_extent;	 /* OP_TAIL: count_slot says how many bytes the object has, not how many elements */
	uint64_t bound;	 /* OP_TAIL: more elements are refused; 0: as many as the objects hold */
	const struct op_rows *rows; /* operations that go element by element; NULL: as they stand */
	const struct number_step *steps; /* OP_STEPS, OP_CHECK: of every element, in order */
	size_t n_steps;
	bool run; /* its bytes are moved by a piece; pointers and nested types are mended then */
	/* pointers */
	uint64_t old_container, new_container; /* bytes */
	uint64_t mask; /* also OP_PICK; OP_DROP of what OP_BITS gathers: the bits that say it */
	uint32_t count_slot;  /* old slot that holds the count, or NO_INDEX */
	uint64_t count;	      /* the count itself; of strings the most bytes */
	uint64_t target_size; /* bytes of one element pointed to that has no plan; else 0 */
	/* OP_ARM */
	struct arm_plan *arms;
	size_t n_arms;
	const char *unused[2]; /* arms that none of them takes, by enum side; NULL: all are taken */
};

/*
 * Bytes that are written as one, in the order of the list and before every operation: a copy of
 * what moves together, or a clear. A later piece, or an operation, may write some of its bytes
 * again.
 */
struct piece {
	bool clears;
	uint64_t old_byte, new_byte, bytes;
	uint32_t first, last; /* of a copy: operations, inclusive, among which are those it does */
};

struct byte_range {
	uint64_t byte, bytes;
};

/* A union of which the mapping chose one arm; the others hold nothing. */
struct union_choice {
	uint64_t bit, bits;
	const char *arm;
};

/* A union that `arm` decides about, or that one of its arms is taken from: one slot, never cut. */
struct armed_union {
	uint64_t bit, bits;
	const char *path; /* what the mapping calls it; NULL: it does not */
};

struct function_use {
	const char *name;
	const char *path; /* of the first member that names it */
	struct place at;
};

struct function_list {
	struct function_use *at;
	size_t n, room;
};

struct plan_type {
	const char *label; /* struct mm_struct */
	const char *cname; /* mm_struct: struct old_mm_struct, convert_mm_struct() */
	type_id id[2];	   /* records, typedefs stripped, by enum side */
	uint64_t size[2];  /* bytes */
	uint32_t align[2];
	uint32_t promised[2]; /* alignment of every place where an object lies, also in packed
				 types; at most align */
	const struct type_decisions *decisions; /* NULL: nothing written for it */
	struct place at;			/* where the mapping asks for it */
	bool is_object;				/* crosses on its own */
	bool is_view;
	bool is_aside;	 /* no root reaches it: only what changed in it needs a decision */
	bool failed;	 /* some diagnostic was about it */
	bool is_refused; /* cannot be planned at all */
	bool whole;	 /* the first piece copies all bytes to the same places; the rest mends */
	bool moves_pointers; /* its pieces, or those of what is embedded, copy pointers: to be
				translated when all else is done */
	bool mends;	     /* there is more to do than the first piece does, pointers aside */
	bool plain;	     /* whole, and nothing to mend or to translate */
	/*
	 * No type by itself, but one arm of a union in the type of the same id: its slots are those
	 * of the arm and what it needs beside, at their offsets in the whole object. It writes into
	 * bytes that are zero, has no ledger, and moves nothing in runs.
	 */
	bool is_part;
	const char *part_name; /* of a part: what it is called where types are listed */
	const char *part_cname;
	const char *part_base; /* what paths in its braces start with */
	struct {
		struct slot *at;
		size_t n, room;
	} slots[2]; /* by offset */
	struct {
		struct union_choice *at;
		size_t n, room;
	} choices[2];
	struct {
		struct armed_union *at;
		size_t n, room;
	} armed[2];
	struct {
		struct op *at;
		size_t n, room;
	} ops; /* by new offset, then those of the old side alone */
	struct {
		struct piece *at;
		size_t n, room;
	} pieces; /* they and the operations write every byte of the new object */
	struct {
		struct byte_range *at;
		size_t n, room;
	} reads; /* bytes of the old object that are consumed */
	struct function_list hooks, captures, restores;
	struct ledger ledger[2];
	char digest[2][HASH128_HEX]; /* of its layout and all it holds by value */
	uint64_t extent; /* bytes of the old object that may be read; its size when not written */
	const struct words *extent_by; /* the old member that says how many; NULL: none does */
	uint32_t extent_slot;	       /* its slot, when there is one that does */
};

struct plan_walk {
	const char *path;
	uint32_t *steps;
	uint32_t n_steps;
	uint32_t type;
	uint64_t node;
	uint32_t then; /* index into plan.walks, or NO_INDEX */
};

struct plan_root {
	const char *symbol; /* NULL: from a participant */
	const char *module; /* of the symbol; "": the kernel */
	uint64_t address;
	uint32_t type;
	const char *restore;
	uint32_t walk; /* index into plan.walks, or NO_INDEX */
};

/* What a diagnostic of plan_make() is about, for who does not read words. */
enum problem {
	PROBLEM_WRONG,	    /* what the mapping, or custom code, says cannot be done */
	PROBLEM_UNDECIDED,  /* a new member about which a human has to decide */
	PROBLEM_UNCONSUMED, /* an old member that nobody takes or gives up */
	PROBLEM_STALE,	    /* a decision about a shape that is no longer there */
	PROBLEM_TODO,	    /* an open decision */
	PROBLEM_RELEASE,    /* the mapping is for other releases */
	PROBLEM_NEVER,	    /* a type that no mapping can carry between these two */
	PROBLEM_HIDDEN	    /* an integer that may hold values of an enum that changed */
};

struct plan_problem {
	enum problem kind;
	size_t diag;	  /* its index in the diagnostics of plan_make() */
	const char *type; /* label; NULL: about no type */
	const char *path; /* of the new member (UNCONSUMED: of the old one); NULL: the type */
	const char *key;  /* what a mapping calls the member, where that differs; else NULL */
};

struct plan {
	struct arena arena;
	const struct mapping *mapping;
	const char *sources; /* of a chain: the names of all its mappings, in order; else NULL */
	const struct diff *diff; /* NULL: a chain */
	const struct model *model[2]; /* by enum side */
	struct {
		struct plan_type **at;
		size_t n, room;
	} types; /* embedded ones before those that embed them */
	struct {
		struct plan_walk *at;
		size_t n, room;
	} walks;
	struct {
		struct plan_root *at;
		size_t n, room;
	} roots;
	struct {
		struct symbol *at;
		size_t n, room;
	} symbols, new_symbols; /* of the old kernel; those of them that the new one's layout has */
	char digest[2][HASH128_HEX]; /* of all carried layouts */
	struct idioms idioms;	     /* with the mapping's overrides; slots point into it */
	bool has_hooks;		     /* some hook, capture or restore function is named */
	struct {
		struct plan_problem *at;
		size_t n, room;
	} problems; /* in the order of their diagnostics; some have none */
};

struct headers;

struct plan_input {
	const struct mapping *mapping;
	const struct diff *diff; /* its old and new are the models */
	const char *hooks;	 /* text of hooks.c beside the mapping, NULL when there is none */
	const char *hooks_file;	 /* its name, for messages */
	struct headers *headers; /* trees with the constants of flag words; NULL: nobody looked */
	bool is_back;		 /* the mapping was turned around: `old` is what it calls new */
};

/*
 * Makes the plan. False with every diagnostic there is: each names the type and member, stands at
 * the decision in the mapping (else at the declaration) and says what to write instead. PLAN is to
 * be plan_deinit()ed either way.
 */
bool plan_make(const struct plan_input *input, struct plan *plan, struct diags *diags);
void plan_deinit(struct plan *plan);

/* How many names plan_symbol_names() gives at most. */
size_t plan_symbols_max(const struct mapping *mapping);

/* The words, `name` or `module:name`, of the symbols whose addresses the old layout must give: roots, then those of hooks. */
size_t plan_symbol_names(const struct mapping *mapping, const char **names, size_t limit);

/* True when PIECE copies all bits of OP from where OP takes them. */
bool piece_moves(const struct plan_type *type, const struct piece *piece, const struct op *op);

/* Prints the ledger of every type, both sides, for people. */
void ledger_print(const struct plan *plan, struct text *out);

#endif
