/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text built in memory, with indentation. Whoever builds text never opens a file. */
#ifndef CO_SCHEMA_TEXT_H
#define CO_SCHEMA_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct text {
	char *at; /* NUL-terminated when n > 0; owned, freed by text_deinit */
	size_t n, room;
	unsigned int indent; /* tabs or spaces put before the first character of a line */
	const char *indent_with; /* one level; "\t" when NULL */
};

void text_init(struct text *text);
void text_deinit(struct text *text);

/* Appends; a line's indentation is written before its first character, never on an empty line. */
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_addv(struct text *text, const char *format, va_list list);
void text_puts(struct text *text, const char *string);
/* Appends N bytes as they are: no indentation, no formatting. */
void text_raw(struct text *text, const char *bytes, size_t n);

/* The text so far as a string; "" when empty. Owned by TEXT, valid until the next change. */
const char *text_string(const struct text *text);

#endif
