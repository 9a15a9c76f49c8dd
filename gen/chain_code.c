// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * C of a mapping, moved to where it is composed. Only names are changed: `old->PATH`. Whatever else
 * speaks of the release between is refused.
 */
#include <ctype.h>
#include <string.h>

#include "../schema/text.h"
#include "chain_internal.h"

/* Gives the path of N bytes at PATH its new name in OUT; false: it has none. */
typedef bool (*rename_fn)(void *data, const char *path, size_t n, struct text *out);

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The length of the string or character constant at AT. */
static size_t quoted(const char *at)
{
	size_t n = 1;

	while (at[n] && at[n] != *at)
		n += at[n] == '\\' && at[n + 1] ? 2 : 1;
	return at[n] ? n + 1 : n;
}

/* True when the word at AT is a member of something else: `x->old`, `x.old`. */
static bool is_member(const char *code, const char *at)
{
	while (at > code && at[-1] == ' ')
		at--;
	return at > code && (at[-1] == '.' || (at[-1] == '>' && at - code > 1 && at[-2] == '-'));
}

/* Behind `old`: the `->` of a path, or NULL. */
static const char *arrow_behind(const char *at)
{
	at += strspn(at, " ");
	if (strncmp(at, "->", 2) != 0)
		return NULL;
	return at + 2 + strspn(at + 2, " ");
}

static bool code_walk(const char *code, rename_fn rename, void *data, struct text *out)
{
	for (const char *at = code; *at;) {
		size_t n = 0;

		if (*at == '"' || *at == '\'') {
			n = quoted(at);
		} else {
			while (is_word(at[n]))
				n++;
		}
		if (n == 3 && !strncmp(at, "old", 3) && !is_member(code, at)) {
			const char *path = arrow_behind(at + 3);
			size_t length = 0;

			while (path && (is_word(path[length]) || path[length] == '.'))
				length++;
			if (!length || !rename(data, path, length, out))
				return false;
			at = path + length;
			continue;
		}
		text_add(out, "%.*s", (int)(n ? n : 1), at);
		at += n ? n : 1;
	}
	return true;
}

static const char *walk_text(struct arena *arena, const char *code, rename_fn rename, void *data)
{
	const char *renamed = NULL;
	struct text text;

	text_init(&text);
	if (code_walk(code, rename, data, &text))
		renamed = arena_strdup(arena, text_string(&text));
	text_deinit(&text);
	return renamed;
}

static bool prefix_put(void *data, const char *path, size_t n, struct text *out)
{
	text_add(out, "old->%s%.*s", (const char *)data, (int)n, path);
	return true;
}

const char *code_prefix(struct arena *arena, const char *code, const char *prefix)
{
	char copy[512];

	if (strlen(prefix) >= sizeof(copy))
		return NULL;
	strcpy(copy, prefix);
	return walk_text(arena, code, prefix_put, copy);
}

/* ---- over another release's object ---- */

struct composing {
	struct joint *joint;
	const struct stage *later;
	bool said;
};

/* The operation of the first hop whose new member PATH is, or lies in. */
static const struct stage *maker_of(const struct joint *joint, const char *path)
{
	const struct stages *parts = &joint->half[FIRST].parts;
	const struct stage *best = NULL;

	for (size_t i = 0; i < parts->n; i++)
		if (parts->at[i].new &&path_within(path, parts->at[i].new->path) &&
		    (!best || strlen(parts->at[i].new->path) > strlen(best->new->path)))
			best = &parts->at[i];
	return best;
}

static bool compose_put(void *data, const char *path, size_t n, struct text *out)
{
	struct composing *composing = data;
	struct joint *joint = composing->joint;
	const char *name = arena_strndup(joint->chain->arena, path, n);
	const struct stage *maker = maker_of(joint, name);

	if (!maker || !part_is_identity(joint->chain->plan[FIRST], maker)) {
		composing->said = true;
		return chain_error(joint, maker, composing->later, composing->later->new->path,
				   "its code reads %s of %s, which the hop before does not hand on "
				   "as it was (%s); write the expression over the first release in "
				   "a mapping of that pair, or run the steps one by one",
				   name, chain_middle(joint->chain),
				   maker ? op_words(&maker->op) : "no member of that name");
	}
	text_add(out, "old->%s%s", maker->old->c, name + strlen(maker->new->path));
	return true;
}

const char *code_compose(struct joint *joint, const struct stage *later, const char *code)
{
	struct composing composing = {.joint = joint, .later = later};
	const char *composed;

	if (!code_is_free(joint, later, code, "old_"))
		return NULL;
	composed = walk_text(joint->chain->arena, code, compose_put, &composing);
	if (!composed && !composing.said)
		chain_error(joint, NULL, later, later->new->path,
			    "its code names the object of %s itself; name the members that it "
			    "reads, or run the steps one by one",
			    chain_middle(joint->chain));
	return composed;
}

bool code_is_free(struct joint *joint, const struct stage *part, const char *code,
		  const char *prefix)
{
	bool is_first = *prefix == 'n';

	for (const char *at = code; *at;) {
		size_t n = 0;

		if (*at == '"' || *at == '\'')
			n = quoted(at);
		while (is_word(at[n]) && *at != '"' && *at != '\'')
			n++;
		if (n > 4 && !strncmp(at, prefix, 4))
			return chain_error(
				joint, is_first ? part : NULL, is_first ? NULL : part,
				part->new->path,
				"its code names %.*s, which is of %s and not known in the "
				"converter of the chain; write the value itself, or run "
				"the steps one by one",
				(int)n, at, chain_middle(joint->chain));
		at += n ? n : 1;
	}
	return true;
}

/* ---- */

struct sought {
	const char *path;
	bool found;
};

static bool read_note(void *data, const char *path, size_t n, struct text *out)
{
	struct sought *sought = data;
	size_t length = strlen(sought->path);

	(void)out;
	sought->found |= length <= n && !strncmp(path, sought->path, length) &&
			 (length == n || path[length] == '.');
	sought->found |= n < length && !strncmp(path, sought->path, n) && sought->path[n] == '.';
	return true;
}

bool code_reads_path(const char *code, const char *path)
{
	struct sought sought = {.path = path};
	struct text text;

	text_init(&text);
	if (!code_walk(code, read_note, &sought, &text))
		sought.found = true;
	text_deinit(&text);
	return sought.found;
}
