/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes JSON (RFC 8259) into a text: members in the order of the calls, commas and indentation by
 * itself. KEY is NULL for the elements of an array and for the outermost value. Objects and arrays
 * are written one member a line down to INLINE_AT levels; deeper ones stand on one line.
 */
#ifndef CO_GEN_JSON_H
#define CO_GEN_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "../schema/text.h"

struct json {
	struct text *out;
	unsigned int depth, inline_at;
	bool empty; /* nothing yet in the innermost object or array */
};

/* Writes to OUT, which must be empty or end where a value may begin. Two spaces a level. */
void json_init(struct json *json, struct text *out, unsigned int inline_at);

void json_object(struct json *json, const char *key);
void json_object_end(struct json *json);
void json_array(struct json *json, const char *key);
void json_array_end(struct json *json);

/* null for a NULL value. Bytes that are no UTF-8 become U+FFFD. */
void json_string(struct json *json, const char *key, const char *value);
void json_uint(struct json *json, const char *key, uint64_t value);
void json_int(struct json *json, const char *key, int64_t value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/* How many bytes the UTF-8 character at TEXT has; 0 when it is none. TEXT ends with a NUL. */
size_t utf8_length(const unsigned char *text);

#endif
