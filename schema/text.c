/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"
#include "arena.h"

#include <stdio.h>
#include <string.h>

void text_init(struct text *text)
{
	*text = (struct text){0};
}

void text_deinit(struct text *text)
{
	vec_free(text->at);
	text_init(text);
}

void text_raw(struct text *text, const char *bytes, size_t n)
{
	text->at = vec_grow(text->at, &text->room, text->n + n + 1, 1);
	memcpy(text->at + text->n, bytes, n);
	text->n += n;
	text->at[text->n] = '\0';
}

static void add_indent(struct text *text)
{
	const char *with = text->indent_with ? text->indent_with : "\t";

	for (unsigned int i = 0; i < text->indent; i++)
		text_raw(text, with, strlen(with));
}

static void add_lines(struct text *text, const char *string, size_t n)
{
	while (n) {
		const char *end = memchr(string, '\n', n);
		size_t line = end ? (size_t)(end - string) + 1 : n;

		if (*string != '\n' && text->indent && (!text->n || text->at[text->n - 1] == '\n'))
			add_indent(text);
		text_raw(text, string, line);
		string += line;
		n -= line;
	}
}

void text_puts(struct text *text, const char *string)
{
	add_lines(text, string, strlen(string));
}

void text_addv(struct text *text, const char *format, va_list list)
{
	char small[512];
	char *large;
	size_t room = 0;
	va_list again;
	int n;

	va_copy(again, list);
	n = vsnprintf(small, sizeof(small), format, list);
	if (n >= 0 && (size_t)n < sizeof(small)) {
		add_lines(text, small, (size_t)n);
	} else if (n >= 0) {
		large = vec_grow(NULL, &room, (size_t)n + 1, 1);
		vsnprintf(large, (size_t)n + 1, format, again);
		add_lines(text, large, (size_t)n);
		vec_free(large);
	}
	va_end(again);
}

void text_add(struct text *text, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	text_addv(text, format, list);
	va_end(list);
}

const char *text_string(const struct text *text)
{
	return text->n ? text->at : "";
}
