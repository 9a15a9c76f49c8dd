/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshot_scan.h"

#include <string.h>

/* ---- messages ----------------------------------------------------------------------------------
 */

struct place scan_place(const struct scan *s, const char *at)
{
	struct place place = {.file = s->name, .line = 1};
	const char *line = s->start, *next;

	while ((next = memchr(line, '\n', (size_t)(at - line)))) {
		line = next + 1;
		place.line++;
	}
	place.col = (uint32_t)(at - line) + 1;
	return place;
}

bool scan_fail_at(struct scan *s, const char *at, const char *what)
{
	if (!s->failed)
		diag_error(s->diags, scan_place(s, at), "not a snapshot as carryover writes it: %s",
			   what);
	s->failed = true;
	return false;
}

bool scan_fail(struct scan *s, const char *what)
{
	return scan_fail_at(s, s->at, what);
}

/* ---- words and numbers -------------------------------------------------------------------------
 */

bool scan_expect(struct scan *s, const char *text, const char *what)
{
	return scan_take(s, text) || scan_fail(s, what);
}

bool scan_line_end(struct scan *s)
{
	return scan_expect(s, "\n", "expected the end of the line");
}

bool scan_number(struct scan *s, uint64_t limit, uint64_t *number)
{
	const char *start = s->at;

	*number = 0;
	if (!scan_is_digit(s) ||
	    (*s->at == '0' && s->at + 1 < s->end && s->at[1] >= '0' && s->at[1] <= '9'))
		return scan_fail(s, "expected a number");
	for (; scan_is_digit(s); s->at++) {
		unsigned int digit = (unsigned int)(*s->at - '0');

		if (digit > limit || *number > (limit - digit) / 10)
			return scan_fail_at(s, start, "number is too large");
		*number = *number * 10 + digit;
	}
	return true;
}

/* A number with a sign, as two's complement. */
bool scan_signed(struct scan *s, uint64_t *number)
{
	bool negative = scan_take(s, "-");
	const char *start = s->at;

	if (!scan_number(s, UINT64_MAX, number))
		return false;
	if (negative && (*number > (uint64_t)INT64_MAX + 1 || !*number))
		return scan_fail_at(s, start, "number is too large");
	if (negative)
		*number = -*number;
	return true;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool scan_hex(struct scan *s, uint64_t *number)
{
	const char *start;

	if (!scan_expect(s, "0x", "expected 0x"))
		return false;
	*number = 0;
	for (start = s->at; s->at < s->end && hex_digit(*s->at) >= 0; s->at++)
		*number = *number << 4 | (uint64_t)hex_digit(*s->at);
	return (s->at > start && s->at - start <= 16) ||
	       scan_fail_at(s, start, "expected up to 16 hexadecimal digits");
}

/* One escape behind a backslash. */
static bool read_escape(struct scan *s, char **to)
{
	int high, low;

	if (scan_take(s, "\"") || scan_take(s, "\\")) {
		*(*to)++ = s->at[-1];
		return true;
	}
	if (s->end - s->at < 3 || *s->at != 'x')
		return scan_fail(s, "expected an escape");
	high = hex_digit(s->at[1]);
	low = hex_digit(s->at[2]);
	if (high < 0 || low < 0 || high + low == 0)
		return scan_fail(s, "expected an escape");
	*(*to)++ = (char)(high << 4 | low);
	s->at += 3;
	return true;
}

/* Behind the opening quote: where the closing one is, or NULL; *ESCAPES says whether a copy is
 * needed. */
static const char *closing_quote(const struct scan *s, bool *escapes)
{
	*escapes = false;
	for (const char *at = s->at; at < s->end && *at != '\n'; at++) {
		if (*at == '"')
			return at;
		if (*at == '\\') {
			*escapes = true;
			at++;
		}
	}
	return NULL;
}

bool scan_quoted(struct scan *s, struct slice *text)
{
	bool escapes;
	const char *end = closing_quote(s, &escapes);
	char *copy, *to;

	if (!end)
		return scan_fail(s, "expected a closing quote on the same line");
	*text = (struct slice){s->at, (size_t)(end - s->at)};
	if (!escapes) {
		s->at = end + 1;
		return true;
	}
	copy = to = arena_alloc(s->arena, text->n + 1);
	while (s->at < end) {
		if (!scan_take(s, "\\"))
			*to++ = *s->at++;
		else if (!read_escape(s, &to))
			return false;
	}
	*text = (struct slice){copy, (size_t)(to - copy)};
	s->at = end + 1;
	return true;
}

/* Which bytes a plain scalar may hold. */
static bool is_plain_byte(unsigned char c)
{
	static const char others[] = "_ *()./+@-";

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr(others, c));
}

bool scan_scalar(struct scan *s, struct slice *text)
{
	if (scan_take(s, "\""))
		return scan_quoted(s, text);
	text->at = s->at;
	while (s->at < s->end && is_plain_byte((unsigned char)*s->at))
		s->at++;
	text->n = (size_t)(s->at - text->at);
	return text->n > 0 || scan_fail(s, "expected text");
}

/* ---- lines -------------------------------------------------------------------------------------
 */

/* True at the start of a line with exactly the indentation of the block; takes it. Behind "- "
 * there is none to take. */
bool scan_indent(struct scan *s)
{
	if (s->at > s->start && s->at[-1] != '\n')
		return true;
	if ((size_t)(s->end - s->at) <= s->indent)
		return false;
	for (size_t i = 0; i < s->indent; i++)
		if (s->at[i] != ' ')
			return false;
	if (s->at[s->indent] == ' ')
		return false;
	s->at += s->indent;
	return true;
}

/* Takes the indentation and TEXT when the line begins with both, else nothing. */
bool scan_line(struct scan *s, const char *text)
{
	const char *before = s->at;

	if (scan_indent(s) && scan_take(s, text))
		return true;
	s->at = before;
	return false;
}

bool scan_expect_line(struct scan *s, const char *text, const char *what)
{
	if (scan_line(s, text))
		return true;
	scan_indent(s);
	return scan_fail(s, what);
}

/* `KEY: number` on a line of its own; false without a failure when the line is another. */
bool scan_optional_number(struct scan *s, const char *key, uint64_t limit, uint64_t *number)
{
	return scan_line(s, key) && scan_number(s, limit, number) && scan_line_end(s);
}
