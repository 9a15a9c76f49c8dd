/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the planner share while a plan is made. */
#ifndef CO_GEN_PLAN_INTERNAL_H
#define CO_GEN_PLAN_INTERNAL_H

#include "../schema/classify.h"
#include "../schema/source.h"
#include "plan.h"

struct plan_maker {
	const struct plan_input *input;
	const struct mapping *mapping;
	const struct diff *diff;
	const struct model *model[2];
	struct idioms idioms;
	struct plan *plan;
	struct diags *diags;
	struct arena *arena; /* the plan's */
	bool aside;	     /* types found from now on are reached by no root */
	struct code *code;   /* what custom code does; NULL: there is none */
};

/* A set of member paths of one type that the mapping speaks of. */
struct path_set {
	const char **at;
	size_t n, room;
};

/* ---- plan_slots.c: what of a type is decided as one -------------------------------------------
 */

/*
 * Fills type->slots[side]. MENTIONS are the paths that the mapping names on either side: they open
 * embedded structs and choose arms of unions (of a new union only those of its own side). DEEP are
 * paths whose whole inside becomes slots (for hooks that write or read a struct that has no
 * partner). Diagnostics for two arms of one union.
 */
void slots_fill(struct plan_maker *maker, struct plan_type *type, enum side side,
		const struct path_set mentions[2], const struct path_set *deep);
/* Takes slots away for which KEEP is false; before any operation refers to them. */
void slots_keep(struct plan_type *type, enum side side,
		bool (*keep)(const struct slot *slot, const void *data), const void *data);
/* The slot called PATH, or NO_INDEX. */
uint32_t slot_find(const struct plan_type *type, enum side side, const char *path);
/* The arm of a union is called WORD, up to its first dot, or holds it through structs without a
 * name. */
bool arm_named(const struct model *model, const struct member *arm, const char *word);
/* PATH is BELOW itself or a member of it: "a.b" is below "a". */
bool path_within(const char *path, const char *below);
/* A slot as schema/classify.h wants it. */
struct field slot_field(const struct slot *slot);
uint64_t slot_bits(const struct slot *slot);
bool is_idiom_list(const struct idiom *idiom);

/* ---- plan_types.c: which types have a plan ------------------------------------------------------
 */

/* The index of the plan of the pair, added when it is new. */
uint32_t type_of_pair(struct plan_maker *maker, type_id old_id, type_id new_id, struct place at);
/*
 * The plan of the type that WORDS names in the mapping, an object of its own. NO_INDEX with
 * diagnostics: no such type on a side, not a struct, no counterpart.
 */
uint32_t type_of_words(struct plan_maker *maker, const struct words *words);
/* A part of TYPE for one arm of a union, with the decisions about it alone. */
uint32_t type_of_part(struct plan_maker *maker, const struct plan_type *type,
		      const struct type_decisions *decisions, const char *path, uint32_t number);
/* Orders the types so that embedded ones come first, and mends every index to them. */
void types_order(struct plan_maker *maker);
void types_name(struct plan_maker *maker);
/* Lowers plan_type.promised to what the places of embedded objects keep; after types_order(). */
void types_promise(struct plan_maker *maker);
/* The label as a C identifier: `struct mm_struct @ file` is mm_struct. */
char *type_identifier(struct arena *arena, const char *label);

/* ---- plan_members.c, plan_ways.c: how each member gets its bits ---------------------------------
 */

/* Makes slots, operations and both ledgers of TYPE. */
void type_plan(struct plan_maker *maker, struct plan_type *type);
/* The decision of TYPE whose path is the new PATH or nearest above it, or NULL. */
const struct decision *decision_above(const struct plan_type *type, const char *path);
/* The operation of a decision for slot NEW_SLOT; DECISION's path may be above the slot's. */
void way_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	      uint32_t new_slot);
/* The operation of a slot about which nothing was written; AT is its partner or NO_INDEX. */
void automatic_plan(struct plan_maker *maker, struct plan_type *type, uint32_t new_slot,
		    uint32_t old_slot);
/* Moves the bits of OLD_SLOT to NEW_SLOT in OP, by what both sides are. False: cannot be moved as
 * they are. */
bool move_plan(struct plan_maker *maker, struct plan_type *type, struct op *op);
bool is_integer(const struct slot *slot);
/*
 * plan_values.c: makes OP what `on-overflow` of DECISION asks for. False: it was not asked for, the
 * numbers are not of the kind it is for, or REASON is about something else.
 */
bool number_plan(struct plan_maker *maker, const struct plan_type *type,
		 const struct decision *decision, enum reason reason, struct op *op);
/*
 * plan_values.c: makes OP what `enumerators` of DECISION asks for. False: it was not asked for, or
 * the member is not an enum on both sides. Errors about the names are in the diagnostics.
 */
bool enum_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op *op);
/*
 * plan_constants.c: makes OP what `constants: { enum: NAME }` of DECISION asks for. False: it was
 * not asked for. Errors, also of a member that it is not for, are in the diagnostics, and OP is
 * made all the same.
 */
bool constants_plan(struct plan_maker *maker, struct plan_type *type,
		    const struct decision *decision, struct op *op);
/* plan_moved.c: the reasons that DECISION gives for constants that moved; NULL: none. */
const char *moved_why(const struct decision *decision, struct arena *arena);
/*
 * plan_moved.c: holds the constants that DECISION names for the word NEW, which is copied, against the headers. False
 * with a diagnostic for each that moved; what was added, removed or is not known is a warning. Without headers, on
 * the way back and without `constants: { prefix, header }` nothing is said.
 */
bool constants_hold(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
		    const struct slot *new);
/*
 * plan_values.c: the values of enum ENUMS[OLD] as SLOTS hold them, by the names of ENUMS[NEW] and
 * the replacements of DECISION, into names of OP. Errors are in the diagnostics.
 */
void enum_names(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
		const struct type *const enums[2], struct op *op);
/* plan_values.c: every name in the replacements of DECISION is there, else an error. */
bool names_check(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
		 const struct type *const enums[2]);
/* The enumerator of the new enum TYPE that NAME, or what replaces it, is; NULL: it is gone. */
const struct enumerator *name_partner(const struct model *model, const struct type *type,
				      const struct decision *decision, const char *name);
/* Adds VALUE, or joins it with the one of the same old value: both have to agree, else an error. */
void value_add(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       const struct enum_value *value, struct enum_value *values, size_t *n);
/* plan_bits.c: the operation of `bits`. */
void bits_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op op);
/* The operation of an old member that some `bits` gathers; false: none does. */
bool bits_consume(struct plan_maker *maker, struct plan_type *type, uint32_t old_slot);
/*
 * plan_constant.c: the value of an integer constant expression of C over the enumerators of MODEL.
 * Returns NULL, or what is wrong with it, owned by ARENA.
 */
const char *constant_read(const struct model *model, const char *text, struct arena *arena,
			  uint64_t *value);
/* The enumerator of TYPE that is called NAME, or NULL. */
const struct enumerator *enumerator_named(const struct model *model, const struct type *type,
					  const char *name);

/* ---- plan_arrays.c: arrays whose length changed, or that an enum counts -----------------------
 */

/*
 * Sets OP's rows when DECISION says what becomes of them: `index`, `on-overflow` where the array
 * got shorter, a way with `why` where it grew. False: nothing about rows was asked for, or the
 * slots are no arrays of the same inner dimensions. Errors are in the diagnostics.
 */
bool rows_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op *op);
/* Sets the bound of OP, a tail's, where one side is an array: false with a diagnostic when DECISION
 * does not say enough of it. */
bool bound_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
		struct op *op);
/* A slot's element as schema/classify.h wants it. */
struct field slot_element_field(const struct slot *slot);
/* True when element goes to element: by rows, or as many of them on both sides. */
bool rows_agree(const struct op *op, const struct slot *old, const struct slot *new);
/* Adds SLOT's rows to LEDGER: those that move, those that are gone, those that are zero. ROW says
 * what they share. */
void rows_ledger(struct plan_maker *maker, struct ledger *ledger, enum side side,
		 const struct slot *slot, const struct op *op, struct ledger_row row);

/* plan_hidden.c: warns at each member that may hold values of a renumbered enum and crosses unasked. */
void hidden_plan(struct plan_maker *maker);
/* The idiom of the member that DECISION is about, or NULL. */
const struct idiom *decided_idiom(const struct plan_maker *maker, const struct plan_type *type,
				  const struct decision *decision);
/* The pointer ways: WAY_FOLLOW to WAY_LIST. */
void pointer_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
		  uint32_t new_slot, struct op *op);
uint32_t op_add(struct plan_type *type, struct op op);
/* The operation of new slot INDEX: as decided, else automatic, else an error that says what to
 * write. */
void slot_plan(struct plan_maker *maker, struct plan_type *type, uint32_t index);
/* A struct or union that no plan of its own moves is bytes to the generated code. */
void bytes_settle(struct plan_type *type);
void set_add(struct path_set *set, const char *path);
/* DECISION reads old slot INDEX beside its partner: that consumes it. */
void read_plan(struct plan_maker *maker, struct plan_type *type, uint32_t index,
	       const struct decision *decision);
const struct drop *drop_above(const struct plan_type *type, const char *path);

/* ---- plan_arms.c: unions of which one arm is live -----------------------------------------------
 */

/* Finds the unions on both sides that `arm` decides about; before the slots are cut. */
void arms_find(struct plan_maker *maker, struct plan_type *type);
/* Adds the old members outside unions that the arms of DECISION take. */
void arms_mention(struct plan_maker *maker, const struct plan_type *type,
		  const struct decision *decision, struct path_set mentions[2]);
/* The operation of the union NEW_SLOT; plans each of its arms. */
void arms_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       uint32_t new_slot);
/* The armed union of SIDE at BIT that has BITS, or NULL. */
const struct armed_union *armed_find(const struct plan_type *type, enum side side, uint64_t bit,
				     uint64_t bits);
/* The path of ARM's member from the new type ID on, under the union that DECISION names; NULL: there
 * is none. */
const char *arm_path(struct plan_maker *maker, type_id id, const struct decision *decision,
		     const struct arm *arm);
/* The path of what PATH names in the braces of ARM: from the arm on, or of an arm without a name from
 * the union on. */
const char *arm_inner_path(struct plan_maker *maker, type_id id, const struct decision *decision,
			   const struct arm *arm, const char *path);

/* ---- plan_code.c: `init` and `expr` -------------------------------------------------------------
 */

/* What a number as C writes it, without operators, is; false when TEXT is none. */
bool literal_read(const char *text, struct source_number *number);
/* OP as `init` or `expr` of DECISION have it, with what of its values fits. */
void init_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op op);
void expr_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op op);
/* The least and the greatest value of NEW, of at most 64 bits, in OP. */
void range_of(const struct plan_maker *maker, const struct slot *new, struct op *op);

/* ---- plan_source.c: custom code, read before the types are planned and checked afterwards
 * ---------
 */

/* Reads the functions and expressions that the mapping names. */
void code_read(struct plan_maker *maker);
/* Adds the old members that the code of DECISION reads, or the new ones that it writes. */
void code_paths(const struct plan_maker *maker, const struct decision *decision, enum side side,
		struct path_set *set);
/* Adds the old members that the code of ARM reads: its condition, or else its expression. */
void code_arm_paths(struct plan_maker *maker, const struct arm *arm, bool condition,
		    struct path_set *set);
/* What the compiler says of the expression of DECISION; NULL: it refused the code, or saw none. */
const struct source_number *code_number(const struct plan_maker *maker,
					const struct decision *decision);
/* False when the compiler refused the code, or some of it is not there: what it does is not known.
 */
bool code_known(const struct plan_maker *maker);
/*
 * Every function that the plan calls stands in hooks.c, with its parameters; `reads` says what is
 * read; a function writes what is its own, and nothing else.
 */
void code_check(struct plan_maker *maker);

/* ---- plan_ledger.c: both sides of a planned type ------------------------------------------------
 */

/* True when the new member PATH waits for its decision, or got one that is refused: that will speak
 * of the old member too. */
bool is_open(const struct plan_type *type, const char *path);

void type_ledger(struct plan_maker *maker, struct plan_type *type);

/* ---- plan_runs.c
 * ---------------------------------------------------------------------------------- */

void type_runs(struct plan_maker *maker, struct plan_type *type);

/* ---- plan.c
 * ---------------------------------------------------------------------------------- */

/* The digests of every type's layouts, and of all of them. */
void plan_digests(struct plan_maker *maker);

/* ---- plan_roots.c
 * --------------------------------------------------------------------------------- */

void roots_plan(struct plan_maker *maker);
void symbols_plan(struct plan_maker *maker);

/* ---- plan_check.c
 * --------------------------------------------------------------------------------- */

/* The mapping against the two layouts: releases, machines, open decisions. */
void check_sides(struct plan_maker *maker);
/* Every path that the mapping names in a type exists; was and is agree. */
void check_paths(struct plan_maker *maker, struct plan_type *type);
/* No two members lie on the same bits, unless in a union: else the debug info is not to be
 * believed. */
void check_overlaps(struct plan_maker *maker, struct plan_type *type);
/*
 * Of a type with an `extent` that a member gives: finds its slot, or says why it cannot be. The member
 * counts bytes of the old object, so one that crosses by itself has to be true of the new one, too.
 */
void extent_settle(struct plan_maker *maker, struct plan_type *type);

/* Only an object's own tail crosses: what embeds a type with one has nowhere to put it. */
void check_tails(struct plan_maker *maker);
/* One function serves one phase of one type. */
void check_owners(struct plan_maker *maker);
/* Says what the last diagnostic is about; PATH may be NULL. The pointer holds until the next one. */
struct plan_problem *plan_problem(struct plan_maker *maker, enum problem kind, const char *type,
				  const char *path);
/* As plan_error(), about a slot that is open in the way KIND says. */
bool plan_open(struct plan_maker *maker, enum problem kind, struct plan_type *type,
	       const struct slot *slot, struct place at, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
/* Adds "TYPE.PATH: MESSAGE" at AT. */
bool plan_error(struct plan_maker *maker, struct plan_type *type, const char *path, struct place at,
		const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
