/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Printing an image: the same content as text for people and as JSON. */
#ifndef CO_HOST_INSPECT_H
#define CO_HOST_INSPECT_H

#include "../image.h"
#include "run.h"

/* Prints IMAGE as options->format says; --type and --object filter. An object or type that is not
   there is noted (unusable). */
void inspect_image(const struct co_image *image, const struct run_options *options, FILE *out,
		   struct report *report);

/* ---- values, shared by both formats ---- */

enum value_kind {
	VALUE_ABSENT,  /* not captured, padding: nothing to show */
	VALUE_NUMBER,  /* text: decimal, also of bool ("true") and floating point */
	VALUE_ENUM,    /* text: the name, or the number where it has none */
	VALUE_STRING,  /* text: the bytes, escaped for a quoted string */
	VALUE_BYTES,   /* text: hex digits */
	VALUE_POINTER, /* text: what it points to */
};

struct value {
	enum value_kind kind;
	char *text;	    /* the caller frees */
	const char *number; /* VALUE_ENUM: its number, inside text's allocation */
	bool is_number;	 /* VALUE_POINTER: null, or a number that points to nothing in the image */
	uint32_t target; /* VALUE_POINTER: object number, or CO_NOWHERE */
};

/* Whether this side's objects hold the member: padding, what was dropped and what is outside the
 * view do not. */
bool value_present(const struct co_image *image, const struct co_member *member);

/* Element ELEMENT of PLACE in object OBJECT, whose bytes (all `size` of them) are BYTES; a
 * character array is one value, by element 0. */
struct value value_read(const struct co_image *image, uint32_t object, const uint8_t *bytes,
			const struct co_place *place, uint32_t element);

/* Values that PLACE has: 1 for a character array, else its elements. */
uint32_t value_count(const struct co_place *place);

/* S with JSON's escapes, without quotes; the caller frees. */
char *value_escape(const char *s, size_t size);

/* "cred" of "struct cred". */
const char *value_tag(const char *type);

#endif
