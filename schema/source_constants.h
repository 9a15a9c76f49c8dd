/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The constants of one header: its macros that are numbers, and its enumerators. The header is
 * read alone and unconfigured: what it includes is not there, and of its conditions every branch
 * counts. A value is what C makes of the definition, or it is not known: it is never guessed.
 */
#ifndef CO_SCHEMA_SOURCE_CONSTANTS_H
#define CO_SCHEMA_SOURCE_CONSTANTS_H

#include "diag.h"

#define CONSTANTS_BYTES_MAX (4u << 20) /* of a header */
#define CONSTANTS_MAX 32768	       /* macros and enumerators of one */
#define CONSTANTS_COST_MAX (1u << 22)  /* words that all its macros expand to */

struct constant {
	const char *name;
	uint32_t line;	     /* of its first definition */
	const char *unknown; /* why its value is not known, a clause; NULL: it is */
	/* Ascending; an int and an unsigned int of the same bits are one value. Several: the
	   configuration decides which, and `unknown` says so */
	const uint64_t *values;
	size_t n_values;
	bool is_derived;  /* made of others, as a mask or a second name: it changes when they do */
	const char *text; /* of its first definition, behind the name; owned by the header's text */
	size_t n_text;
};

struct constants {
	const char *file;
	struct constant *at; /* by name; owned by the arena */
	size_t n;
};

/*
 * Reads the N bytes of C at TEXT, called FILE, for MACHINE (as a layout says it; NULL: this one),
 * into OUT. TEXT has to outlive OUT. False with a diagnostic when the text is too long or holds a
 * NUL, when its macros are more, or expand to more, than the limits above, or when libclang cannot
 * be had or gives up. An error in the C is none here: what can be read of it is.
 */
bool source_constants(const char *file, const char *text, size_t n, const char *machine,
		      struct arena *arena, struct constants *out, struct diags *diags);

#endif
