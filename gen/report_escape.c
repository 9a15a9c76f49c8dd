/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_escape.h"
#include "json.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* One character of a string: N bytes at AT, or none that is UTF-8 (then N is 1). */
struct character {
	const char *at;
	size_t n;
	uint32_t code;
	bool valid;
};

static struct character character_at(const char *at)
{
	const unsigned char *bytes = (const unsigned char *)at;
	size_t n = utf8_length(bytes);
	struct character one = {.at = at, .n = n ? n : 1, .valid = n};

	if (!n)
		return one;
	one.code = n == 1 ? bytes[0] : bytes[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++)
		one.code = one.code << 6 | (bytes[i] & 0x3f);
	return one;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* Turns the direction of what follows, ends a line, or cannot be seen. */
static bool is_hidden(uint32_t code)
{
	return (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x2069) || code == 0xfeff;
}

static void put_plain(struct text *out, const struct character *one)
{
	if (!one->valid)
		text_raw(out, REPLACEMENT, 3);
	else if (one->code == '\n' || one->code == '\r' || one->code == '\t')
		text_raw(out, " ", 1);
	else if (is_control(one->code))
		text_add(out, "\\x%02x", one->code);
	else if (is_hidden(one->code))
		text_add(out, "\\u%04x", one->code);
	else
		text_raw(out, one->at, one->n);
}

/* Two colons where a word begins: at the beginning of a line, they are a command to what runs a job on GitHub. */
static bool is_command(const char *at, const char *string)
{
	return !strncmp(at, "::", 2) && (at == string || strchr(" \n\r\t", at[-1]));
}

void escape_line(struct text *out, const char *string)
{
	for (const char *at = string; at && *at;) {
		struct character one = character_at(at);

		if (is_command(at, string))
			text_raw(out, "\\x3a", 4);
		else
			put_plain(out, &one);
		at += one.n;
	}
}

static bool xml_holds(const struct character *one)
{
	if (!one->valid || one->code == 0xfffe || one->code == 0xffff)
		return false;
	return one->code >= 0x20 || one->code == '\t' || one->code == '\n' || one->code == '\r';
}

void escape_xml(struct text *out, const char *string, bool attribute)
{
	for (const char *at = string; at && *at;) {
		struct character one = character_at(at);

		if (!xml_holds(&one))
			text_raw(out, REPLACEMENT, 3);
		else if (one.code == '\n' && !attribute)
			text_raw(out, "\n", 1);
		else if (one.code < 0x20 || one.code == 0x7f ||
			 (one.code < 0x7f && strchr("&<>\"'", (int)one.code)))
			text_add(out, "&#%u;", one.code);
		else
			text_raw(out, one.at, one.n);
		at += one.n;
	}
}

static bool is_word(char byte)
{
	return isalnum((unsigned char)byte);
}

/*
 * What markdown would take for markup where it stands in STRING: a colon before a word makes a link or a
 * picture, the dot of `www.` a link; an underscore within a word is one.
 */
static bool is_markup(const struct character *one, const char *string)
{
	const char *at = one->at;

	if (!one->valid || one->code <= 0x20 || one->code >= 0x7f)
		return false;
	switch (*at) {
	case '_':
		return at == string || !is_word(at[-1]) || !is_word(at[1]);
	case ':':
		return at[1] && at[1] != ' ';
	case '.':
		return at - string >= 3 && !strncasecmp(at - 3, "www", 3);
	default:
		return strchr("\\`*[]<>#!|~&@$", *at);
	}
}

void escape_markdown(struct text *out, const char *string)
{
	for (const char *at = string; at && *at;) {
		struct character one = character_at(at);

		if (is_markup(&one, string))
			text_add(out, "&#%u;", one.code);
		else
			put_plain(out, &one);
		at += one.n;
	}
}

/* The longest run of backquotes in STRING. */
static size_t backquotes(const char *string)
{
	size_t longest = 0;

	for (const char *at = string; *at;) {
		size_t n = strspn(at, "`");

		if (n > longest)
			longest = n;
		at += n ? n : 1;
	}
	return longest;
}

void escape_markdown_code(struct text *out, const char *string)
{
	size_t fence = string ? backquotes(string) + 1 : 0;

	if (!string || !*string)
		return;
	for (size_t i = 0; i < fence; i++)
		text_raw(out, "`", 1);
	if (fence > 1)
		text_raw(out, " ", 1);
	for (const char *at = string; *at;) {
		struct character one = character_at(at);

		/* A cell of a table ends at a bar, in code too, unless a backslash stands before it. */
		if (one.valid && one.code == '|')
			text_raw(out, "\\", 1);
		put_plain(out, &one);
		at += one.n;
	}
	if (fence > 1)
		text_raw(out, " ", 1);
	for (size_t i = 0; i < fence; i++)
		text_raw(out, "`", 1);
}

void escape_github(struct text *out, const char *string, bool property)
{
	for (const char *at = string; at && *at;) {
		struct character one = character_at(at);

		if (one.valid && (one.code == '%' || one.code == '\r' || one.code == '\n'))
			text_add(out, "%%%02X", one.code);
		else if (property && one.valid && (one.code == ':' || one.code == ','))
			text_add(out, "%%%02X", one.code);
		else
			put_plain(out, &one);
		at += one.n;
	}
}

void escape_uri(struct text *out, const char *path)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";

	if (!path)
		return;
	if (*path == '/')
		text_raw(out, "file://", 7);
	for (; *path; path++) {
		if (strchr(plain, *path))
			text_raw(out, path, 1);
		else
			text_add(out, "%%%02X", (unsigned char)*path);
	}
}
