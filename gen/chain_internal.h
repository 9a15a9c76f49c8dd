/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the composition share. */
#ifndef CO_GEN_CHAIN_INTERNAL_H
#define CO_GEN_CHAIN_INTERNAL_H

#include "chain.h"
#include "plan_internal.h"

enum hop { FIRST, SECOND };

/* An operation of one hop with its slots; the indices in OP are not used. */
struct stage {
	struct op op;
	const struct slot *old, *new, *count;
	bool accounts; /* it is the operation that says what becomes of OLD */
	bool handed;   /* the later hop goes on with what it gives, and with what it refuses */
};

struct stages {
	struct stage *at;
	size_t n, room;
};

/* One hop's side of a type: its operations, some of them opened into those of an embedded type. */
struct half {
	const struct plan *plan;
	const struct plan_type *type;
	struct stages parts;
	struct {
		struct union_choice *at;
		size_t n, room;
	} choices[2];
};

/* Which types of the two plans one type of the composed plan is made of. */
struct pairing {
	uint32_t type[2];
};

struct chain {
	const struct plan *plan[2]; /* by enum hop */
	struct plan *out;
	struct plan_maker maker; /* of OUT */
	struct arena *arena;	 /* OUT's */
	struct diags *diags;
	struct {
		struct pairing *at;
		size_t n, room;
	} pairs; /* in the order of out->types until those are sorted */
};

/* One type while it is composed. */
struct joint {
	struct chain *chain;
	struct half half[2];
	struct plan_type *type;
	struct stages parts; /* composed so far */
};

/* ---- chain.c ---- */

/* The index in OUT of the type composed of FIRST's and SECOND's type, added when it is new. */
uint32_t chain_pair(struct chain *chain, uint32_t first, uint32_t second);
/* "a/mapping.yaml" as it is called in trails: its name, with its folder where both hops have one
 * name. */
const char *chain_file(const struct chain *chain, const char *file);
/* The release between both hops, in words. */
const char *chain_middle(const struct chain *chain);

/* ---- chain_half.c: both hops' operations, cut alike in the middle ---- */

bool chain_halves(struct joint *joint, const struct plan_type *first,
		  const struct plan_type *second);
void half_deinit(struct half *half);
/* The operation of FIRST that fills SLOT of the middle: exactly, or as a part of what it zeroes. */
struct stage *half_source(const struct joint *joint, const struct slot *slot);
/* Some object of the type is refused by its own operations. */
bool type_refuses(const struct plan *plan, uint32_t index);
bool slot_same(const struct slot *a, const struct slot *b);
bool slot_inside(const struct slot *inner, const struct slot *outer);

/* ---- chain_error.c ---- */

/* Adds "TYPE.PATH: MESSAGE" at LATER's decision, and a note at EARLIER's. Either may be NULL.
 * False.
 */
bool chain_error(struct joint *joint, const struct stage *earlier, const struct stage *later,
		 const char *path, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* What both decided, each with its file and line: "a.yaml:31 renamed; b.yaml:12 fits". */
const char *chain_trail(const struct chain *chain, const struct op *earlier,
			const struct op *later);
/* The words for an operation in messages: "`expr`", "a narrowing". */
const char *op_words(const struct op *op);

/* ---- chain_join.c: the new side ---- */

void chain_join(struct joint *joint);

/* ---- chain_numbers.c ---- */

/* A number or an enum that goes from one to the next as it is, is converted, or is checked. */
bool op_is_number(const struct stage *part);
bool number_same(const struct plan *plan, enum side side, const struct slot *slot,
		 const struct plan *other_plan, enum side other_side, const struct slot *other);
/* True when PART hands on exactly the value it found, in a type of the same values. */
bool part_is_identity(const struct plan *plan, const struct stage *part);
/* The composition of EARLIER (a number, INIT, EXPR, ZERO) and LATER (a number) in OUT, which has
 * both outer slots. */
bool number_join(struct joint *joint, const struct stage *earlier, const struct stage *later,
		 struct stage *out);

/* Makes OUT the check of what EARLIER refuses, whose result nobody takes. False: it is no number.
 */
bool number_check(struct joint *joint, const struct stage *earlier, struct stage *out);

/* ---- chain_code.c ---- */

/* CODE, which stands in a type that lies at PREFIX ("a.") of another one. NULL: it names the object
 * itself. */
const char *code_prefix(struct arena *arena, const char *code, const char *prefix);
/*
 * CODE of a later hop over the first hop's old object: what it reads has to arrive there as it was.
 * NULL with a diagnostic for LATER when something does not.
 */
const char *code_compose(struct joint *joint, const struct stage *later, const char *code);
/* False with a diagnostic when CODE of PART names types or enumerators of the middle (their names
 * begin with PREFIX). */
bool code_is_free(struct joint *joint, const struct stage *part, const char *code,
		  const char *prefix);
bool code_reads_path(const char *code, const char *path);

/* ---- chain_old.c: the old side ---- */

void chain_account(struct joint *joint);

#endif
