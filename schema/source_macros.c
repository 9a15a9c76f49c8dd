// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How much the macros of a text expand to. Plain text: a compiler that expands them is asked only
 * after.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "source_macros.h"

#define CHAIN_MAX 400  /* macros that expand to each other */
#define NESTED_MAX 200 /* arguments within arguments */
#define WORK_MAX 1000000

/* ---- words ---------------------------------------------------------------------------------- */

/* The length of a backslash and the end of its line at AT; 0: there is none. */
static size_t continued(const struct c_text *text)
{
	const char *at = text->at;

	if (*at != '\\' || at + 1 >= text->end)
		return 0;
	if (at[1] == '\n')
		return 2;
	return at[1] == '\r' && at + 2 < text->end && at[2] == '\n' ? 3 : 0;
}

static void skip_comment(struct c_text *text)
{
	bool block = text->at[1] == '*';

	for (text->at += 2; text->at < text->end; text->at++) {
		if (block && *text->at == '*' && text->at + 1 < text->end && text->at[1] == '/') {
			text->at += 2;
			return;
		}
		if (!block && *text->at == '\n')
			return;
		if (!block && continued(text))
			text->at += continued(text) - 1;
	}
}

/* False where a word starts. */
static bool skip_blank(struct c_text *text)
{
	size_t n = continued(text);

	if (!n && *text->at != '\n' && isspace((unsigned char)*text->at))
		n = 1;
	if (n) {
		text->at += n;
		return true;
	}
	if (*text->at != '/' || text->at + 1 >= text->end ||
	    (text->at[1] != '*' && text->at[1] != '/'))
		return false;
	skip_comment(text);
	return true;
}

static void skip_string(struct c_text *text)
{
	char quote = *text->at++;

	while (text->at < text->end && *text->at != quote && *text->at != '\n')
		text->at += *text->at == '\\' && text->at + 1 < text->end ? 2 : 1;
	text->at += text->at < text->end && *text->at == quote;
}

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$';
}

struct c_token c_next(struct c_text *text)
{
	struct c_token token = {.kind = C_END};

	while (text->at < text->end && skip_blank(text))
		token.spaced = true;
	token.at = text->at;
	if (text->at >= text->end)
		return token;
	token.kind = C_OTHER;
	if (in_name(*text->at)) {
		token.kind = isdigit((unsigned char)*text->at) ? C_OTHER : C_NAME;
		while (text->at < text->end && in_name(*text->at))
			text->at++;
	} else if (*text->at == '"' || *text->at == '\'') {
		skip_string(text);
	} else {
		token.kind = *text->at == '\n' ? C_LINE : C_OTHER;
		text->at++;
	}
	token.n = (size_t)(text->at - token.at);
	return token;
}

static bool token_is(const struct c_token *token, const char *word)
{
	return token->n == strlen(word) && !memcmp(token->at, word, token->n);
}

/* ---- macros --------------------------------------------------------------------------------- */

struct macro {
	const char *name;
	size_t n;
	struct c_text body; /* with its parameters */
	unsigned int depth; /* while it is expanded: its place in the chain, from 1 */
	bool done;
	uint64_t cost;
};

struct macros {
	struct macro *at;
	size_t n, room;
	uint64_t limit;
	unsigned int chain;
	unsigned int
		low; /* the first in the chain that was met again, as C does not expand it there */
	unsigned int work; /* macros looked at so far */
};

static int by_name(const void *a, const void *b)
{
	const struct macro *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int order = memcmp(x->name, y->name, n);

	if (order)
		return order;
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* Of several definitions of one name the first; the others stand behind it. */
static struct macro *macro_find(struct macros *macros, const struct c_token *token)
{
	size_t low = 0, high = macros->n;
	struct macro key = {.name = token->at, .n = token->n};

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct macro *at = &macros->at[middle];
		size_t n = at->n < key.n ? at->n : key.n;
		int order = memcmp(at->name, key.name, n);

		if (order < 0 || (!order && at->n < key.n))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == macros->n || macros->at[low].n != key.n ||
	    memcmp(macros->at[low].name, key.name, key.n))
		return NULL;
	return &macros->at[low];
}

/* The rest of the line, as the body of a macro. */
static struct c_text rest_of_line(struct c_text *text)
{
	struct c_text body = *text;
	struct c_token token = c_next(text);

	while (token.kind != C_LINE && token.kind != C_END)
		token = c_next(text);
	body.end = token.at;
	return body;
}

/* Behind `#`: notes a definition; any other directive is passed over. */
static void directive(struct macros *macros, struct c_text *text)
{
	struct c_token word = c_next(text), name;

	if (word.kind == C_LINE)
		return;
	if (!token_is(&word, "define")) {
		rest_of_line(text);
		return;
	}
	name = c_next(text);
	if (name.kind == C_NAME) {
		struct macro *macro = VEC_PUSH(macros);

		*macro = (struct macro){.name = name.at, .n = name.n};
		macro->body = rest_of_line(text);
	} else if (name.kind != C_LINE) {
		rest_of_line(text);
	}
}

static uint64_t limited(const struct macros *macros, uint64_t cost)
{
	return cost < macros->limit ? cost : macros->limit;
}

static uint64_t macro_cost(struct macros *macros, struct macro *macro);

/* The words of all definitions of the one of MACRO's name that expands to most. */
static uint64_t name_cost(struct macros *macros, struct macro *macro)
{
	uint64_t most = 0;

	for (struct macro *at = macro; at < macros->at + macros->n; at++) {
		uint64_t cost;

		if (at->n != macro->n || memcmp(at->name, macro->name, at->n))
			break;
		cost = macro_cost(macros, at);
		most = cost > most ? cost : most;
	}
	return most;
}

/*
 * Up to the end of TEXT, or with NESTED up to the parenthesis that closes this one; without
 * directives.
 */
static uint64_t words_cost(struct macros *macros, struct c_text *text, unsigned int nested)
{
	bool first = false;
	uint64_t cost = 0;

	if (nested > NESTED_MAX) {
		text->at = text->end;
		return macros->limit;
	}
	for (struct c_token token = c_next(text); token.kind != C_END; token = c_next(text)) {
		struct macro *macro = token.kind == C_NAME ? macro_find(macros, &token) : NULL;
		struct c_text ahead = *text;
		struct c_token next = {.kind = C_END};
		uint64_t one = macro ? name_cost(macros, macro) : 1;

		if (nested && token_is(&token, ")"))
			break;
		if (first && token_is(&token, "#"))
			rest_of_line(text);
		first = token.kind == C_LINE || (first && token_is(&token, "#"));
		if (macro)
			next = c_next(&ahead);
		if (macro && token_is(&next, "(")) {
			*text = ahead;
			one = limited(macros, one * (1 + words_cost(macros, text, nested + 1)));
		} else if (token_is(&token, "(")) {
			one += words_cost(macros, text, nested + 1);
		}
		cost = limited(macros, cost + one);
	}
	return cost;
}

static uint64_t macro_cost(struct macros *macros, struct macro *macro)
{
	unsigned int before = macros->low;
	struct c_text body = macro->body;

	if (macro->done)
		return macro->cost;
	if (macro->depth) {
		macros->low = macro->depth < before ? macro->depth : before;
		return 1;
	}
	if (macros->chain >= CHAIN_MAX || ++macros->work > WORK_MAX)
		return macros->limit;
	macro->depth = ++macros->chain;
	macros->low = UINT32_MAX;
	macro->cost = limited(macros, 1 + words_cost(macros, &body, 0));
	/* What it met of those around it holds for this chain alone. */
	macro->done = macros->low >= macro->depth;
	if (macro->done || before < macros->low)
		macros->low = before;
	macros->chain--;
	macro->depth = 0;
	return macro->cost;
}

/* Notes every definition. */
static void directives(struct macros *macros, const char *text, size_t n)
{
	struct c_text rest = {text, text + n};
	bool first = true;

	for (struct c_token token = c_next(&rest); token.kind != C_END; token = c_next(&rest)) {
		if (first && token_is(&token, "#"))
			directive(macros, &rest);
		else
			first = token.kind == C_LINE;
	}
}

uint64_t macros_cost(const char *text, size_t n, uint64_t limit)
{
	struct macros macros = {.limit = limit};
	struct c_text rest = {text, text + n};
	uint64_t cost = 0;

	directives(&macros, text, n);
	if (macros.n)
		qsort(macros.at, macros.n, sizeof(*macros.at), by_name);
	for (size_t i = 0; i < macros.n && cost < limit; i++)
		cost = limited(&macros, cost + macro_cost(&macros, &macros.at[i]));
	if (cost < limit)
		cost = limited(&macros, cost + words_cost(&macros, &rest, 0));
	VEC_FREE(&macros);
	return cost;
}
