/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layout printer: types of a model as C that gcc and clang compile to the same layout, without
 * any include. It depends on the model alone.
 */
#ifndef CO_GEN_LAYOUT_C_H
#define CO_GEN_LAYOUT_C_H

#include "../schema/model.h"
#include "../schema/text.h"

/* How the C looks; all zero is C as close to the original as it can be. */
struct layout_style {
	const char
		*prefix; /* before every tag, typedef and enumerator: "old_"; NULL or "": nothing */
	bool fixed_width; /* integers as uint8_t ... int64_t (declared by whoever includes the
			     text), and never a plain char */
	bool pointers_as_integers; /* pointers as unsigned integers of their size */
	bool no_asserts; /* leave the _Static_asserts for sizes, alignments and offsets out */
};

/*
 * Appends the definitions of the N types IDS (0: all) and of everything they need by value, in an
 * order that C accepts; what is only pointed to is declared. One name for several shapes becomes
 * name__2 and so on, in the order of type ids; so do enumerators and typedefs whose name is taken.
 * The text is the same for the same model, and a wrong layout fails its compilation.
 */
void layout_print(const struct model *model, const type_id *ids, size_t n,
		  const struct layout_style *style, struct text *out);

/*
 * What it takes to make C lay a record out as it is. Natural layout is predicted with the rules of
 * the System V ABIs that gcc and clang share: where the prediction differs, attributes and unnamed
 * bitfields force it.
 */
struct layout_fit {
	bool packed;	  /* needs __attribute__((packed)) */
	uint32_t aligned; /* needs __attribute__((aligned(N))), bytes; 0: does not */
	uint64_t tail;	  /* bits of unnamed padding after the last member */
	struct member_fit {
		uint64_t gap;	  /* bits of unnamed padding before the member */
		uint32_t aligned; /* needs __attribute__((aligned(N))), bytes; 0: does not */
		bool zero_length; /* a flexible array that C only takes written [0] */
	} * members;		  /* one each, owned by the arena */
};

/* Works out the fit of RECORD, a complete struct or union. */
void layout_fit(const struct model *model, const struct type *record, struct arena *arena,
		struct layout_fit *fit);

#endif
