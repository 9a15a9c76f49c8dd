/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text, numbers and links. Names come from debug info: any bytes. */
#include "json.h"
#include "report_html_parts.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void html_raw(struct text *out, const char *markup)
{
	text_raw(out, markup, strlen(markup));
}

/* U+200B-200F, 202A-202E, 2066-2069, FEFF: they show nothing, or turn what follows around. C1
 * controls, too. */
static bool is_unseen(const char *at, size_t n)
{
	const unsigned char *c = (const unsigned char *)at;

	if (n == 1)
		return *c < 0x20 || *c == 0x7f;
	if (n == 2)
		return c[0] == 0xc2 && c[1] < 0xa0;
	if (n != 3)
		return false;
	if (c[0] == 0xe2 && c[1] == 0x80)
		return (c[2] >= 0x8b && c[2] <= 0x8f) || (c[2] >= 0xa8 && c[2] <= 0xae);
	if (c[0] == 0xe2 && c[1] == 0x81)
		return c[2] >= 0xa6 && c[2] <= 0xa9;
	return c[0] == 0xef && ((c[1] == 0xbb && c[2] == 0xbf) || (c[1] == 0xbf && c[2] >= 0xbe));
}

/* Bytes of the character at TEXT; 0 when it is none. */
static size_t character_length(const char *text)
{
	return utf8_length((const unsigned char *)text);
}

static void put_character(struct text *out, const char *at, size_t n)
{
	if (!n || is_unseen(at, n))
		html_raw(out, "\xef\xbf\xbd");
	else if (*at == '&')
		html_raw(out, "&amp;");
	else if (*at == '<')
		html_raw(out, "&lt;");
	else if (*at == '>')
		html_raw(out, "&gt;");
	else if (*at == '"')
		html_raw(out, "&quot;");
	else
		text_raw(out, at, n);
}

void html_text(struct text *out, const char *text)
{
	for (size_t n; *text; text += n ? n : 1) {
		n = character_length(text);
		put_character(out, text, n);
	}
}

void html_lines(struct text *out, const char *text)
{
	for (size_t n; *text; text += n ? n : 1) {
		n = character_length(text);
		if (*text == '\n' || *text == '\t')
			text_raw(out, text, 1);
		else
			put_character(out, text, n);
	}
}

size_t html_length(const char *text)
{
	size_t length = 0;

	for (size_t n; *text; text += n ? n : 1, length++)
		n = character_length(text);
	return length;
}

void html_cut(struct text *out, const char *text, size_t room)
{
	bool whole = html_length(text) <= room;

	if (whole) {
		html_text(out, text);
		return;
	}
	for (size_t n, i = 0; *text && i + 1 < room; text += n ? n : 1, i++) {
		n = character_length(text);
		put_character(out, text, n);
	}
	html_raw(out, "\xe2\x80\xa6");
}

void html_number(struct text *out, uint64_t n)
{
	if (n >= 1000) {
		html_number(out, n / 1000);
		text_add(out, ",%03" PRIu64, n % 1000);
	} else {
		text_add(out, "%" PRIu64, n);
	}
}

void html_offset(struct text *out, uint64_t bit)
{
	text_add(out, "0x%" PRIx64, bit / 8);
	if (bit % 8)
		text_add(out, ":%" PRIu64, bit % 8);
}

void html_size(struct text *out, uint64_t bits)
{
	uint64_t n = bits % 8 ? bits : bits / 8;

	if (bits % 8 && bits > 64) {
		html_size(out, bits / 8 * 8);
		html_raw(out, " ");
		n = bits % 8;
	}
	html_number(out, n);
	text_add(out, " %s%s", bits % 8 ? "bit" : "byte", n == 1 ? "" : "s");
}

void html_distance(struct text *out, int64_t bits)
{
	html_raw(out, bits < 0 ? "\xe2\x88\x92" : "+");
	html_size(out, bits < 0 ? -(uint64_t)bits : (uint64_t)bits);
}

const char *html_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void html_label(struct text *out, const struct diff_type *type)
{
	if (type->kind == KIND_TYPEDEF)
		html_raw(out, "typedef ");
	html_text(out, type->label);
}

/* Letters, digits, dot and underscore stay, anything between them becomes one hyphen. */
static char *plain_anchor(struct page *page, const struct diff_type *type)
{
	const char *label = type->label;
	char *anchor = ARENA_NEW_ARRAY(&page->arena, strlen(label) + 16, char), *to = anchor;

	if (type->kind == KIND_TYPEDEF)
		to = stpcpy(to, "typedef");
	for (bool apart = type->kind == KIND_TYPEDEF; *label; label++) {
		unsigned char c = (unsigned char)*label;

		if (c >= 0x80 || !(isalnum(c) || c == '_' || c == '.')) {
			apart = to != anchor;
			continue;
		}
		if (apart)
			*to++ = '-';
		apart = false;
		*to++ = (char)c;
	}
	*to = '\0';
	return anchor;
}

struct anchor {
	const char *text;
	size_t type;
};

static int anchor_order(const void *va, const void *vb)
{
	const struct anchor *a = va, *b = vb;
	int order = strcmp(a->text, b->text);

	if (order)
		return order;
	return a->type < b->type ? -1 : a->type > b->type;
}

/* What would be the same gets a number behind two hyphens, which no other anchor has. */
void html_anchors(struct page *page)
{
	size_t n = page->diff->n, same = 0;
	struct anchor *sorted = ARENA_NEW_ARRAY(&page->arena, n + 1, struct anchor);

	page->anchors = ARENA_NEW_ARRAY(&page->arena, n + 1, const char *);
	for (size_t i = 0; i < n; i++)
		sorted[i] = (struct anchor){plain_anchor(page, &page->diff->at[i]), i};
	if (n)
		qsort(sorted, n, sizeof(*sorted), anchor_order);
	for (size_t i = 0; i < n; i++) {
		same = i && !strcmp(sorted[i].text, sorted[i - 1].text) ? same + 1 : 0;
		page->anchors[sorted[i].type] =
			same ? arena_printf(&page->arena, "%s--%zu", sorted[i].text, same + 1)
			     : sorted[i].text;
	}
}

void html_link(struct page *page, const char *label)
{
	const struct diff_type *type = causes_find(&page->causes, label);

	if (type)
		text_add(page->out, "<a href=\"#%s\">", page->anchors[type - page->diff->at]);
	html_text(page->out, label);
	if (type)
		html_raw(page->out, "</a>");
}
