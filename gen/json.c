/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <inttypes.h>
#include <string.h>

void json_init(struct json *json, struct text *out, unsigned int inline_at)
{
	*json = (struct json){.out = out, .inline_at = inline_at, .empty = true};
}

size_t utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char first, last, low, high; /* of the first byte, and of the second */
		size_t n;
	} rows[] = {
		{0x01, 0x7f, 0, 0, 1},	     {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (*text < rows[i].first || *text > rows[i].last)
			continue;
		if (rows[i].n > 1 && (text[1] < rows[i].low || text[1] > rows[i].high))
			return 0;
		for (size_t k = 2; k < rows[i].n; k++)
			if ((text[k] & 0xc0) != 0x80)
				return 0;
		return rows[i].n;
	}
	return 0;
}

static void put_string(struct text *out, const char *string)
{
	const unsigned char *at = (const unsigned char *)string;

	text_raw(out, "\"", 1);
	while (*at) {
		size_t n = utf8_length(at);

		if (!n)
			text_raw(out, "\\ufffd", 6);
		else if (*at == '"' || *at == '\\')
			text_add(out, "\\%c", *at);
		else if (*at == '\n')
			text_raw(out, "\\n", 2);
		else if (*at == '\t')
			text_raw(out, "\\t", 2);
		else if (*at < 0x20 || *at == 0x7f)
			text_add(out, "\\u%04x", *at);
		else
			text_raw(out, (const char *)at, n);
		at += n ? n : 1;
	}
	text_raw(out, "\"", 1);
}

static void put_break(const struct json *json)
{
	text_raw(json->out, "\n", 1);
	for (unsigned int i = 0; i < json->depth; i++)
		text_raw(json->out, "  ", 2);
}

/* What stands before a value: the comma behind the one before it, the place, the key. */
static void begin(struct json *json, const char *key)
{
	if (!json->empty)
		text_raw(json->out, ",", 1);
	if (json->depth && json->depth <= json->inline_at)
		put_break(json);
	else if (!json->empty)
		text_raw(json->out, " ", 1);
	json->empty = false;
	if (key) {
		put_string(json->out, key);
		text_raw(json->out, ": ", 2);
	}
}

static void open(struct json *json, const char *key, const char *bracket)
{
	begin(json, key);
	text_raw(json->out, bracket, 1);
	json->depth++;
	json->empty = true;
}

static void close(struct json *json, const char *bracket)
{
	bool broken = !json->empty && json->depth <= json->inline_at;

	json->depth--;
	if (broken)
		put_break(json);
	text_raw(json->out, bracket, 1);
	json->empty = false;
	if (!json->depth)
		text_raw(json->out, "\n", 1);
}

void json_object(struct json *json, const char *key)
{
	open(json, key, "{");
}

void json_object_end(struct json *json)
{
	close(json, "}");
}

void json_array(struct json *json, const char *key)
{
	open(json, key, "[");
}

void json_array_end(struct json *json)
{
	close(json, "]");
}

void json_string(struct json *json, const char *key, const char *value)
{
	begin(json, key);
	if (value)
		put_string(json->out, value);
	else
		text_raw(json->out, "null", 4);
}

void json_uint(struct json *json, const char *key, uint64_t value)
{
	begin(json, key);
	text_add(json->out, "%" PRIu64, value);
}

void json_int(struct json *json, const char *key, int64_t value)
{
	begin(json, key);
	text_add(json->out, "%" PRId64, value);
}

void json_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	text_raw(json->out, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *json, const char *key)
{
	json_string(json, key, NULL);
}
