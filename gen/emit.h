/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Emitters: they read a finished plan and print. None validates, chooses or changes anything, so
 * that whatever one prints is what the plan says.
 */
#ifndef CO_GEN_EMIT_H
#define CO_GEN_EMIT_H

#include "../schema/text.h"
#include "plan.h"

/* converter.c as a whole: definitions, assertions, conversions, tables. */
void emit_converter(const struct plan *plan, struct text *out);

/* layout.h: the definitions of converter.c and the prototypes of hooks.c. */
void emit_layout_header(const struct plan *plan, struct text *out);

/* assert.c: both sides' layouts against real kernel headers, for a build with KDIR. */
void emit_assertions(const struct plan *plan, struct text *out);

/* The files that build it: Makefile and Kbuild. */
void emit_makefile(const struct plan *plan, struct text *out);
void emit_kbuild(const struct plan *plan, struct text *out);

/* runtime/carryover.h as this program was built with it; *N bytes. */
const char *emit_runtime_header(size_t *n);

/* ---- the parts of converter.c
 * -------------------------------------------------------------------- */

/* The old_ and new_ definitions, in dependency order, with their assertions. */
void emit_layouts(const struct plan *plan, struct text *out);
/* Prototypes of the functions of hooks.c. */
void emit_prototypes(const struct plan *plan, struct text *out);
/* The field tables, which conversions refer to. */
void emit_fields(const struct plan *plan, struct text *out);
/* convert_T() and the entries that the type table names. */
void emit_conversions(const struct plan *plan, struct text *out);
/* emit_arrays.c: what follows once the rows of OP have moved: refusals of those that have no place,
 * and the end of a text that was cut. */
void emit_row_checks(const struct plan_type *type, const struct op *op, struct text *out);
/* The tables of rows that changed their index, which emit_fields() refers to as rows_T_SLOT. */
void emit_row_tables(const struct plan_type *type, struct text *out);
/* Everything that refers to them: ranges, types, walks, roots, symbols, the converter. */
void emit_tables(const struct plan *plan, struct text *out);

/* ---- emit_bits.c: words whose bits have names ---------------------------------------------------
 */

/* OP_FLAGS of one element: FROM and TO are how C reaches it; REASON is its comment. */
void emit_flags(const struct plan *plan, const struct slot *new, const struct op *op,
		const char *from, const char *to, const char *reason, struct text *out);
/* OP_BITS and OP_PICK. */
void emit_bits(const struct plan *plan, const struct plan_type *type, const struct op *op,
	       const char *reason, struct arena *arena, struct text *out);
void emit_pick(const struct plan *plan, const struct plan_type *type, const struct op *op,
	       const char *reason, struct arena *arena, struct text *out);

/*
 * One number of OP (OP_STEPS) through all its steps; the subscripts are those of its element. Whatever a
 * release between could not hold is refused, or made what it is there.
 */
void emit_steps(const struct plan *plan, const struct plan_type *type, const struct op *op,
		const char *from_subscripts, const char *to_subscripts, struct text *out);

/* The steps of OP (OP_CHECK) for each element, without a result. */
void emit_check(const struct plan *plan, const struct plan_type *type, const struct op *op,
		const char *reason, struct arena *arena, struct text *out);

/* ---- emit_arms.c -----------------------------------------------------------------------------------
 */

/* Of TYPE's unions with a discriminator: the functions that say which arm of an old object is live,
 * and the lines that convert that arm. */
void emit_arm_choices(const struct plan *plan, const struct plan_type *type, struct text *out);
void emit_arms(const struct plan *plan, const struct plan_type *type, const struct op *op,
	       struct arena *arena, struct text *out);

/* Whether what some arm of OP embeds has pointers to translate when all else is done; and the lines
 * that do so. */
bool arms_move_pointers(const struct plan *plan, const struct op *op);
void emit_arms_translation(const struct plan *plan, const struct plan_type *type,
			   const struct op *op, struct text *out);

/* ---- shared by them
 * ---------------------------------------------------------------------------------- */

/* True when the C definition of TYPE on SIDE is packed, so that addresses of its members may be
 * unaligned. */
bool layout_is_packed(const struct plan *plan, const struct plan_type *type, enum side side);
/* The C type of a slot's element: "uint32_t", "struct old_key". */
void emit_slot_type(const struct plan *plan, const struct slot *slot, enum side side,
		    struct text *out);
/* The sizes of the arrays of a slot, outermost first: at most LIMIT; returns how many. */
size_t slot_dimensions(const struct model *model, const struct slot *slot, uint64_t *sizes,
		       size_t limit);
/* "mapping.yaml:31 no perf mapping survives", or the rule; safe inside a comment. Owned by ARENA.
 */
const char *reason_text(const struct op *op, struct arena *arena);
/* The file name without its directory. */
const char *base_name(const char *path);
/* The number of the line that OUT is at, for #line. */
size_t text_line(const struct text *out);
/* A C string literal. */
void emit_string(const char *string, struct text *out);
/* 6.1.190-1 as part of an identifier: 6_1_190_1. */
const char *name_of_release(const char *release, struct arena *arena);
/* The row of OLD_SLOT in the field table of TYPE, or NO_INDEX. */
uint32_t field_row(const struct plan_type *type, uint32_t old_slot);

#endif
