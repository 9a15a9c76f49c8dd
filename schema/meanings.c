/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what is known of integers: `words` and `meanings` of the built-in table. */
#include "meanings.h"

#include <string.h>

static bool read_words(const struct yaml_node *list, struct meanings *meanings, struct diags *diags)
{
	if (list->kind != YAML_SEQUENCE)
		return diag_error(diags, list->at, "`words` takes a list of typedefs");
	for (const struct yaml_node *word = list->first; word; word = word->next) {
		if (word->kind != YAML_SCALAR)
			return diag_error(diags, word->at, "a typedef is a name");
		*VEC_PUSH(&meanings->words) = word->text;
	}
	return true;
}

static const char *text_of(const struct yaml_node *node, const char *key)
{
	const struct yaml_node *value = yaml_get(node, key);

	return value && value->kind == YAML_SCALAR ? value->text : NULL;
}

static bool read_member(const struct yaml_node *node, struct arena *arena,
			struct meanings *meanings, struct diags *diags)
{
	const char *member = text_of(node, "member");
	const char *dot = member ? strchr(member, '.') : NULL;
	struct meaning meaning = {
		.was = text_of(node, "was"),
		.is = text_of(node, "is"),
		.beside = text_of(node, "beside"),
		.says = text_of(node, "says"),
	};

	if (!dot || !meaning.says)
		return diag_error(diags, node->at,
				  "a meaning is written `{ member: struct x.y, says: ... }`");
	if (!meaning.was && !meaning.is && !meaning.beside)
		return diag_error(
			diags, node->at,
			"`%s` needs `was`, `is` or `beside`: what tells the pairs in which "
			"it changed from others",
			member);
	meaning.type = arena_strndup(arena, member, (size_t)(dot - member));
	meaning.path = dot + 1;
	*VEC_PUSH(&meanings->members) = meaning;
	return true;
}

bool meanings_read(const struct yaml_node *tree, struct arena *arena, struct meanings *meanings,
		   struct diags *diags)
{
	const struct yaml_node *words = yaml_get(tree, "words");
	const struct yaml_node *members = yaml_get(tree, "meanings");
	bool good = true;

	*meanings = (struct meanings){0};
	if (words)
		good &= read_words(words, meanings, diags);
	if (members && members->kind != YAML_SEQUENCE)
		return diag_error(diags, members->at, "`meanings` takes a list");
	for (const struct yaml_node *node = members ? members->first : NULL; node;
	     node = node->next)
		good &= read_member(node, arena, meanings, diags);
	return good;
}

void meanings_deinit(struct meanings *meanings)
{
	VEC_FREE(&meanings->words);
	VEC_FREE(&meanings->members);
}

bool meanings_is_word(const struct meanings *meanings, const char *name)
{
	for (size_t i = 0; i < meanings->words.n; i++)
		if (strcmp(meanings->words.at[i], name) == 0)
			return true;
	return false;
}
