// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the words around a member's declaration; nothing is decided by them. */
#include "header_declared.h"

#include <ctype.h>
#include <string.h>

#include "../schema/source_macros.h"
#include "../schema/text.h"

#define COMMENT_MAX 240	   /* characters that are shown */
#define COMMENT_LINES 12   /* of one above a member */
#define KERNEL_DOC_MAX 400 /* lines above a type */

static const char *const marks[] = {"__rcu",	    "__percpu",	    "__user",	      "__iomem",
				    "__guarded_by", "__counted_by", "__pt_guarded_by"};

struct lines {
	const char *start, *end;
};

static const char *line_at(const struct lines *text, uint32_t line)
{
	const char *at = text->start;

	for (uint32_t i = 1; at && i < line; i++) {
		at = memchr(at, '\n', (size_t)(text->end - at));
		at = at ? at + 1 : NULL;
	}
	return at && at < text->end ? at : NULL;
}

static const char *line_end(const struct lines *text, const char *at)
{
	const char *end = memchr(at, '\n', (size_t)(text->end - at));

	return end ? end : text->end;
}

/* The line above the one at AT; NULL: there is none. */
static const char *line_above(const struct lines *text, const char *at)
{
	if (at <= text->start)
		return NULL;
	for (at--; at > text->start && at[-1] != '\n';)
		at--;
	return at;
}

static const char *word_in(const char *from, const char *to, const char *word)
{
	struct c_text text = {from, to};

	for (struct c_token token = c_next(&text); token.kind != C_END; token = c_next(&text))
		if (token.n == strlen(word) && !memcmp(token.at, word, token.n))
			return token.at;
	return NULL;
}

/* Comment marks and blanks become single blanks, what is no plain text a question mark. */
static const char *plain(struct arena *arena, const char *from, const char *to)
{
	struct text out;
	const char *copy;
	bool blank = true, first = true; /* on its line */

	text_init(&out);
	for (const char *at = from; at < to && out.n < COMMENT_MAX; at++) {
		unsigned char c = (unsigned char)*at;
		bool mark = c == '/' && ((at + 1 < to && (at[1] == '*' || at[1] == '/')) ||
					 (at > from && (at[-1] == '*' || at[-1] == '/')));

		/* The first of a line, and those of the comment's own marks. */
		mark |= c == '*' && (first || (at > from && at[-1] == '/'));
		first = c == '\n' || (first && (isspace(c) || mark));
		if (isspace(c) || mark) {
			blank = true;
			continue;
		}
		if (blank && out.n)
			text_raw(&out, " ", 1);
		blank = false;
		text_raw(&out, c > ' ' && c < 0x7f ? at : "?", 1);
	}
	if (out.n >= COMMENT_MAX)
		text_raw(&out, "...", 3);
	copy = arena_strdup(arena, text_string(&out));
	text_deinit(&out);
	return copy;
}

static const char *find(const char *from, const char *to, const char *word)
{
	return to > from ? memmem(from, (size_t)(to - from), word, strlen(word)) : NULL;
}

/* The comment that begins on the line at AT, beside the member; "" when there is none. */
static const char *comment_beside(struct arena *arena, const struct lines *text, const char *at)
{
	const char *end = line_end(text, at);
	const char *open = find(at, end, "/*"), *close;

	if (!open) {
		open = find(at, end, "//");
		return open ? plain(arena, open, end) : "";
	}
	close = find(open + 2, text->end, "*/");
	return close ? plain(arena, open, close) : "";
}

/* The comment that ends just above the line at AT, and has its lines for itself. */
static const char *comment_above(struct arena *arena, const struct lines *text, const char *at)
{
	const char *above = line_above(text, at), *last = above;

	if (!above || !find(above, at, "*/"))
		return "";
	for (unsigned int i = 0; above && i < COMMENT_LINES; i++) {
		const char *word = above + strspn(above, " \t");

		if (word < at && !strncmp(word, "/*", 2))
			return plain(arena, word, find(last, at, "*/"));
		if (find(above, line_end(text, above), "/*"))
			return "";
		above = line_above(text, above);
	}
	return "";
}

/* `@NAME: text` in the comment above the type, up to the next `@`, an empty line or its end. */
static const char *kernel_doc(struct arena *arena, const struct lines *text, const char *type,
			      const char *name)
{
	const char *at = type;

	for (unsigned int i = 0; (at = line_above(text, at)) && i < KERNEL_DOC_MAX; i++) {
		const char *end = line_end(text, at), *word = at + strspn(at, " \t*");
		size_t n = strlen(name);

		if (word < end && *word == '@' && !strncmp(word + 1, name, n) &&
		    word[n + 1] == ':') {
			const char *from = word + n + 2;

			while (end + 1 < type) {
				const char *next = end + 1, *first = next + strspn(next, " \t*");

				if (strchr("@/\n", *first))
					break;
				end = line_end(text, next);
			}
			return plain(arena, from, end);
		}
		if (find(at, end, "/**") || *at == '}')
			break;
	}
	return "";
}

static const char *marks_of(struct arena *arena, const char *from, const char *to)
{
	const char *list = "";

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (word_in(from, to, marks[i]))
			list = arena_printf(arena, "%s%s%s", list, *list ? ", " : "", marks[i]);
	return list;
}

void header_declared(struct headers *headers, int side, const char *file, uint32_t line,
		     uint32_t type_line, const char *name, struct header_declared *out)
{
	const char *include = strstr(file, "include/"), *declared, *type;
	struct arena *arena = &headers->arena;
	struct lines text;
	size_t n;

	*out = (struct header_declared){.marks = "", .comment = ""};
	text.start =
		headers_text(headers, side, include == file ? file + strlen("include/") : file, &n);
	if (!text.start || !line)
		return;
	text.end = text.start + n;
	declared = line_at(&text, line);
	if (!declared || !word_in(declared, line_end(&text, declared), name))
		return;
	out->marks = marks_of(arena, declared, line_end(&text, declared));
	out->comment = comment_beside(arena, &text, declared);
	if (!*out->comment)
		out->comment = comment_above(arena, &text, declared);
	type = type_line && type_line < line ? line_at(&text, type_line) : NULL;
	if (!*out->comment && type)
		out->comment = kernel_doc(arena, &text, type, name);
}
