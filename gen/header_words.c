// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Looks for the constants that a flag word is made of: in its declaration, its comment, and code
 * beside it.
 */
#include "header_words.h"

#include <ctype.h>
#include <string.h>

#include "../schema/source_macros.h"

#define NEW_SIDE 1
#define INCLUDES_MAX 256 /* headers that are looked into for a definition */
#define COMMENT_LINES 12 /* above a member */
#define SHARERS 3	 /* so many names make a prefix */
#define OTHERS_MAX 6
#define NAMES_MAX 64	    /* looked up for one member */
#define CONSTANTS_MANY 8192 /* of a header whose prefixes are not worth a list */

struct search {
	struct headers *headers;
	const char *name; /* of the declaring header */
	struct c_text text;
	const char *member;
	struct word_candidates *out;
	struct diags *diags;
	unsigned int names; /* looked up so far */
};

/* ---- text ----------------------------------------------------------------------------------- */

static const char *line_start(const struct c_text *text, uint32_t line)
{
	const char *at = text->at;

	for (uint32_t i = 1; at && i < line; i++) {
		at = memchr(at, '\n', (size_t)(text->end - at));
		at = at ? at + 1 : NULL;
	}
	return at && at < text->end ? at : NULL;
}

static const char *line_end(const struct c_text *text, const char *at)
{
	const char *end = memchr(at, '\n', (size_t)(text->end - at));

	return end ? end : text->end;
}

static bool token_is(const struct c_token *token, const char *word)
{
	return token->n == strlen(word) && !memcmp(token->at, word, token->n);
}

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* FIRST_SECOND, as constants are written. */
static bool is_constant_word(const char *at, size_t n)
{
	bool under = false;

	for (size_t i = 0; i < n; i++) {
		if (!isupper((unsigned char)at[i]) && !isdigit((unsigned char)at[i]) &&
		    at[i] != '_')
			return false;
		under |= at[i] == '_' && i && i + 1 < n;
	}
	return n && under && !isdigit((unsigned char)*at);
}

static bool has_word(const char *from, const char *to, const char *word)
{
	struct c_text text = {from, to};

	for (struct c_token token = c_next(&text); token.kind != C_END; token = c_next(&text))
		if (token_is(&token, word))
			return true;
	return false;
}

/*
 * TEXT defines NAME, or with PREFIX a name that begins so: a macro, or an enumerator on a line of
 * its own.
 */
static bool defines(struct c_text text, const char *name, bool prefix)
{
	bool first = true, macro = false;
	size_t n = strlen(name);

	if (!memmem(text.at, (size_t)(text.end - text.at), name, n))
		return false;
	for (struct c_token token = c_next(&text); token.kind != C_END; token = c_next(&text)) {
		struct c_text ahead = text;
		struct c_token next = c_next(&ahead);
		bool enumerator = first && (next.kind == C_LINE || next.kind == C_END ||
					    *next.at == ',' || *next.at == '=');

		if (token.kind == C_NAME && (macro || enumerator) &&
		    (prefix ? token.n > n : token.n == n) && !memcmp(token.at, name, n))
			return true;
		first = token.kind == C_LINE;
		macro = token_is(&token, "define");
	}
	return false;
}

/* ---- the header that defines a name --------------------------------------------------------- */

struct names {
	const char **at;
	size_t n, room;
};

static void names_add(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->at[i], name))
			return;
	if (names->n < INCLUDES_MAX)
		*VEC_PUSH(names) = name;
}

/* The name is written into a comment of a mapping: nothing may end that. */
static bool is_plain(const char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!in_name(at[i]) && !strchr("./+-", at[i]))
			return false;
	return n;
}

static void includes_add(struct headers *headers, struct c_text text, struct names *names)
{
	for (const char *at = text.at; at < text.end; at = line_end(&text, at) + 1) {
		const char *end = line_end(&text, at), *close;

		while (at < end && (*at == ' ' || *at == '\t' || *at == '#'))
			at++;
		if (end - at < 10 || memcmp(at, "include", 7))
			continue;
		for (at += 7; at < end && (*at == ' ' || *at == '\t'); at++)
			;
		if (at == end || (*at != '<' && *at != '"'))
			continue;
		close = memchr(at + 1, *at == '<' ? '>' : '"', (size_t)(end - at - 1));
		if (close && close - at < 256 && is_plain(at + 1, (size_t)(close - at - 1)))
			names_add(names,
				  arena_strndup(&headers->arena, at + 1, (size_t)(close - at - 1)));
	}
}

/*
 * The nearest header, by includes, that defines NAME (PREFIX: what begins so); NULL: none was
 * found.
 */
static const char *definer(const struct search *search, const char *name, bool prefix)
{
	struct names names = {.n = 0};
	const char *found = NULL;

	names_add(&names, search->name);
	for (size_t i = 0; i < names.n && !found; i++) {
		size_t n;
		const char *at = headers_text(search->headers, NEW_SIDE, names.at[i], &n);
		struct c_text text = {at, at + (at ? n : 0)};

		if (!at)
			continue;
		if (defines(text, name, prefix))
			found = names.at[i];
		else
			includes_add(search->headers, text, &names);
	}
	VEC_FREE(&names);
	return found;
}

/* ---- candidates ----------------------------------------------------------------------------- */

static void candidate_add(const struct search *search, const char *prefix, const char *header,
			  const char *because)
{
	struct word_candidates *out = search->out;

	for (size_t i = 0; i < out->n; i++)
		if (!strncmp(out->at[i].prefix, prefix, strlen(out->at[i].prefix)) &&
		    !strcmp(out->at[i].header, header))
			return;
	if (out->n < WORDS_MAX)
		out->at[out->n++] = (struct word_candidate){prefix, header, because};
}

static size_t sharers(const struct constants *all, const char *prefix, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < all->n; i++)
		count += !strncmp(all->at[i].name, prefix, n);
	return count;
}

/* The longest prefix of NAME, up to an underscore, that SHARERS names of ALL have; 0: none. */
static size_t prefix_length(const struct constants *all, const char *name)
{
	for (size_t n = strlen(name); n > 1; n--)
		if (name[n - 1] == '_' && sharers(all, name, n) >= SHARERS)
			return n;
	return 0;
}

static void name_found(struct search *search, const char *at, size_t n, const char *because)
{
	const char *name = arena_strndup(&search->headers->arena, at, n), *header;
	const struct constants *all;
	size_t length;

	header = search->names++ < NAMES_MAX ? definer(search, name, false) : NULL;
	if (!header)
		return;
	all = headers_constants(search->headers, NEW_SIDE, header, place_file(header),
				search->diags);
	length = all ? prefix_length(all, name) : 0;
	if (length)
		candidate_add(search, arena_strndup(&search->headers->arena, name, length), header,
			      because);
}

/* `PF_*`, or names of constants, in the words from FROM to TO. */
static void comment_search(struct search *search, const char *from, const char *to)
{
	for (const char *at = from, *end; at < to; at = end + (end == at)) {
		const char *prefix, *header;

		for (end = at; end < to && in_name(*end);)
			end++;
		if (end == at || end - at > 64)
			continue;
		if (end < to && *end == '*' && end[-1] == '_' && isupper((unsigned char)*at) &&
		    search->names++ < NAMES_MAX) {
			prefix = arena_strndup(&search->headers->arena, at, (size_t)(end - at));
			header = definer(search, prefix, true);
			if (header)
				candidate_add(search, prefix, header, "its comment names them");
		} else if (is_constant_word(at, (size_t)(end - at))) {
			name_found(search, at, (size_t)(end - at), "its comment names one");
		}
	}
}

/* The comment above the line at DECLARED, if one ends there, and what stands beside the member. */
static void comments_search(struct search *search, const char *declared)
{
	const char *from = declared, *start = search->text.at;

	for (unsigned int i = 0; i < COMMENT_LINES && from > start; i++) {
		const char *above = from - 1;
		const char *open;

		while (above > start && above[-1] != '\n')
			above--;
		if (i == 0 && !memmem(above, (size_t)(from - above), "*/", 2) &&
		    !memmem(above, (size_t)(from - above), "//", 2))
			break;
		from = above;
		open = memmem(above, (size_t)(declared - above), "/*", 2);
		if (open || memmem(above, (size_t)(declared - above), "//", 2))
			break;
	}
	comment_search(search, from, line_end(&search->text, declared));
}

/* `#define`s behind the line at DECLARED, before anything else. */
static void defines_search(struct search *search, const char *declared)
{
	const char *at = line_end(&search->text, declared);
	struct c_text text = {at, search->text.end};
	struct c_token token = c_next(&text);

	while (token.kind == C_LINE || (token.kind == C_OTHER && *token.at == '#')) {
		if (token.kind == C_LINE) {
			token = c_next(&text);
			continue;
		}
		token = c_next(&text);
		if (!token_is(&token, "define"))
			return;
		token = c_next(&text);
		if (is_constant_word(token.at, token.n))
			name_found(search, token.at, token.n, "they are defined behind it");
		while (token.kind != C_LINE && token.kind != C_END)
			token = c_next(&text);
	}
}

/* Constants behind `->member` or `.member` on one line of code. */
static void code_search(struct search *search)
{
	struct c_text text = search->text;
	bool used = false, reached = false;
	char before = 0;

	for (struct c_token token = c_next(&text); token.kind != C_END; token = c_next(&text)) {
		if (token.kind == C_LINE || *token.at == ';')
			used = false;
		reached = before == '>' || before == '.';
		if (reached && token_is(&token, search->member))
			used = true;
		else if (used && token.kind == C_NAME && is_constant_word(token.at, token.n))
			name_found(search, token.at, token.n, "one is used with it in code");
		before = token.n ? *token.at : 0;
	}
}

/* `TASK_ 14, PF_ 31`: what several constants of the declaring header share, the most first. */
static const char *others_of(const struct search *search)
{
	const struct constants *all = headers_constants(search->headers, NEW_SIDE, search->name,
							place_file(search->name), search->diags);
	struct arena *arena = &search->headers->arena;
	struct {
		const char *prefix;
		size_t n, count;
	} best[OTHERS_MAX] = {{NULL, 0, 0}};
	const char *list = "";

	for (size_t i = 0; all && all->n < CONSTANTS_MANY && i < all->n; i++) {
		size_t n = prefix_length(all, all->at[i].name), count, k;
		bool known = false;

		for (k = 0; k < OTHERS_MAX && best[k].count; k++)
			known |= best[k].n == n && !strncmp(best[k].prefix, all->at[i].name, n);
		if (!n || known)
			continue;
		count = sharers(all, all->at[i].name, n);
		for (k = OTHERS_MAX; k && best[k - 1].count < count; k--)
			if (k < OTHERS_MAX)
				best[k] = best[k - 1];
		if (k < OTHERS_MAX) {
			best[k].prefix = all->at[i].name;
			best[k].n = n;
			best[k].count = count;
		}
	}
	for (size_t k = 0; k < OTHERS_MAX && best[k].count; k++)
		list = arena_printf(arena, "%s%s%.*s %zu", list, k ? ", " : "", (int)best[k].n,
				    best[k].prefix, best[k].count);
	return list;
}

/* As a mapping names FILE, which debug info has from the top of the tree. */
static const char *include_name(const char *file)
{
	const char *include = strstr(file, "include/");

	return include == file ? file + strlen("include/") : file;
}

void header_words(struct headers *headers, const char *file, uint32_t line, const char *name,
		  struct word_candidates *out, struct diags *diags)
{
	struct search search = {.headers = headers, .member = name, .out = out, .diags = diags};
	const char *text, *declared;
	size_t n;

	*out = (struct word_candidates){.others = ""};
	search.name = include_name(file);
	text = headers_text(headers, NEW_SIDE, search.name, &n);
	if (!text || !line)
		return;
	search.text = (struct c_text){text, text + n};
	declared = line_start(&search.text, line);
	if (!declared || !has_word(declared, line_end(&search.text, declared), name))
		return;
	comments_search(&search, declared);
	defines_search(&search, declared);
	code_search(&search);
	if (!out->n)
		out->others = others_of(&search);
}
