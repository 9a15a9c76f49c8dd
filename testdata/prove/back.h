/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test only: what a converter made goes back through the converter of `gen --reverse`, and is held
 * against the loss set bit by bit. */
#ifndef CO_PROVE_BACK_H
#define CO_PROVE_BACK_H

#include "generation.h"

struct way_back {
	struct options options;
	struct generation gen; /* plans of both ways */
	void *library;
	const struct co_converter *converter;
	/* sums: objects that went there and back, or were refused on the way back; bits that had to
	   return, were made by a `reverse` or hang on an arm, and are in the loss set; of these,
	   those that each object got back nevertheless */
	size_t objects, refused, compared, made, lost, never_lost;
	/* of all types, once for each: bits in the loss set, and all there are */
	size_t lost_bits, all_bits;
	/* the type at hand */
	const struct plan_type *type;
	size_t size;
	unsigned char *fates, *differed; /* by bit */
	bool partial;			 /* some bit is refused, made or armed */
};

/* Plans MAPPING both ways and loads CONVERTER, that of the way back. False with diagnostics. */
bool back_open(struct way_back *back, const char *mapping, const char *old, const char *new,
	       const char *converter, struct diags *diags);

/* Begins with old objects of LABEL, of OLD_SIZE bytes with their tail; back_end() sums them up. False:
 * the way back does not know the type. */
bool back_begin(struct way_back *back, const char *label, size_t old_size);
void back_end(struct way_back *back);

/*
 * Sends NEW back, which OLD became. NULL when it is OLD again outside the loss set, made as the plan
 * of the way back says, or rightly refused; else what is wrong, in memory of BACK.
 */
const char *back_try(struct way_back *back, const unsigned char *old, const unsigned char *new,
		     size_t new_size);

#endif
