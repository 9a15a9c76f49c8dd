/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words a mapping is made of: blocks by tables of keys, and single values with their checks. */
#include "mapping_read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 48

bool is_todo(const struct words *words)
{
	return words->text && strcmp(words->text, "TODO") == 0;
}

bool mapping_todo(struct mapping_reader *reader, const struct yaml_node *node)
{
	if (node->kind != YAML_SCALAR || node->quoted || strcmp(node->text, "TODO") != 0)
		return false;
	*VEC_PUSH(&reader->mapping->todos) = (struct words){.text = reader->about, .at = node->at};
	return true;
}

static void unknown_key(struct mapping_reader *reader, const struct yaml_node *key,
			const char *what, const struct mapping_key *keys, size_t n_keys)
{
	const char *names[NAMES_MAX];
	const char *nearest, *list = "";
	size_t n = 0;

	for (size_t i = 0; i < n_keys && n < NAMES_MAX; i++) {
		names[n++] = keys[i].name;
		list = arena_printf(reader->arena, "%s%s%s", list, i ? ", " : "", keys[i].name);
	}
	nearest = nearest_word(key->text, names, n);
	if (nearest)
		diag_error(reader->diags, key->at, "unknown key `%s` in %s; did you mean `%s`?",
			   key->text, what, nearest);
	else
		diag_error(reader->diags, key->at, "unknown key `%s` in %s, which takes %s",
			   key->text, what, list);
}

bool mapping_block(struct mapping_reader *reader, const struct yaml_node *node, const char *what,
		   const struct mapping_key *keys, size_t n_keys, void *target)
{
	bool known = true;

	if (node->kind != YAML_MAPPING)
		return diag_error(reader->diags, node->at,
				  "%s must be a block of keys: { %s: ... }", what, keys[0].name);
	for (const struct yaml_node *value = node->first; value; value = value->next) {
		size_t i = 0;

		while (i < n_keys && strcmp(keys[i].name, value->key->text) != 0)
			i++;
		if (i < n_keys) {
			keys[i].read(reader, value, (char *)target + keys[i].offset);
			continue;
		}
		unknown_key(reader, value->key, what, keys, n_keys);
		known = false;
	}
	return known;
}

static const char *one_line(struct mapping_reader *reader, const char *text)
{
	char *out = arena_strdup(reader->arena, text), *end = out;

	for (const char *c = text; *c; c++) {
		bool blank = isspace((unsigned char)*c) || iscntrl((unsigned char)*c);

		if (!blank)
			*end++ = *c;
		else if (end > out && end[-1] != ' ')
			*end++ = ' ';
	}
	while (end > out && end[-1] == ' ')
		end--;
	*end = '\0';
	return out;
}

void mapping_word(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct words *words = target;

	words->at = value->at;
	if (value->kind != YAML_SCALAR) {
		diag_error(reader->diags, value->at, "`%s` takes one value, not a %s",
			   value->key ? value->key->text : "this",
			   value->kind == YAML_SEQUENCE ? "list" : "block");
		return;
	}
	words->text = one_line(reader, value->text);
	if (!*words->text) {
		diag_error(reader->diags, value->at, "`%s` is empty",
			   value->key ? value->key->text : "this");
		words->text = NULL;
		return;
	}
	mapping_todo(reader, value);
}

void mapping_reason(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	static const char *const no_reasons[] = {"~", "null", "true", "false", "yes", "no"};
	struct words *words = target;

	if (value->kind == YAML_SCALAR && !*one_line(reader, value->text)) {
		words->at = value->at;
		diag_error(reader->diags, value->at, "`%s` has no reason: say why in words",
			   value->key->text);
		return;
	}
	mapping_word(reader, value, target);
	for (size_t i = 0; words->text && !value->quoted && i < 6; i++)
		if (strcmp(words->text, no_reasons[i]) == 0)
			diag_error(reader->diags, value->at,
				   "`%s: %s` is no reason: say why in words", value->key->text,
				   words->text);
}

void mapping_label(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	mapping_word(reader, value, target);
}

bool is_member_path(const char *path)
{
	const char *c = path;

	if (strlen(path) > MAPPING_WORD_MAX)
		return false;
	for (;;) {
		if (!isalpha((unsigned char)*c) && *c != '_')
			return false;
		while (isalnum((unsigned char)*c) || *c == '_')
			c++;
		while (*c == '[') {
			size_t digits = strspn(c + 1, "0123456789");

			if (!digits || c[1 + digits] != ']')
				return false;
			c += digits + 2;
		}
		if (!*c)
			return true;
		if (*c++ != '.')
			return false;
	}
}

void mapping_path(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct words *words = target;

	mapping_word(reader, value, target);
	if (words->text && !is_member_path(words->text))
		diag_error(reader->diags, value->at,
			   "`%s` is no member path: names joined by dots, as in a.b or a[2].b",
			   words->text);
}

static int compare_words(const void *a, const void *b)
{
	const struct words *x = *(const struct words *const *)a,
			   *y = *(const struct words *const *)b;
	int order = strcmp(x->text ? x->text : "", y->text ? y->text : "");

	if (order)
		return order;
	if (x->at.line != y->at.line)
		return x->at.line < y->at.line ? -1 : 1;
	return x->at.col < y->at.col ? -1 : x->at.col > y->at.col;
}

void mapping_words_once(struct mapping_reader *reader, const struct words **words, size_t n,
			const char *what)
{
	size_t first = 0;

	qsort(words, n, sizeof(*words), compare_words);
	for (size_t i = 1; i < n; i++) {
		if (!words[i]->text || !words[first]->text ||
		    strcmp(words[i]->text, words[first]->text) != 0) {
			first = i;
			continue;
		}
		diag_error(reader->diags, words[i]->at, "`%s` stands twice in `%s`", words[i]->text,
			   what);
		diag_note(reader->diags, words[first]->at, "first here");
	}
}

static void check_list_once(struct mapping_reader *reader, const struct words_list *list,
			    const char *what)
{
	const struct words **sorted =
		ARENA_NEW_ARRAY(reader->arena, list->n + 1, const struct words *);

	for (size_t i = 0; i < list->n; i++)
		sorted[i] = &list->at[i];
	mapping_words_once(reader, sorted, list->n, what);
}

/* MODULE:NAME or NAME; compilers put dots into the names of what they made of a function or a static. */
static bool is_symbol(const char *text)
{
	static const char dotted[] =
		".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const char *word = dotted + 1; /* a module's name may begin with a digit: 8021q */
	const char *colon = strchr(text, ':'), *name = colon ? colon + 1 : text;

	if (colon && (colon == text || strspn(text, word) != (size_t)(colon - text)))
		return false;
	return strlen(text) <= MAPPING_WORD_MAX &&
	       (isalpha((unsigned char)*name) || *name == '_') && !name[strspn(name, dotted)];
}

void mapping_symbol(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct words *words = target;

	mapping_word(reader, value, target);
	if (words->text && !is_todo(words) && !is_symbol(words->text))
		diag_error(
			reader->diags, value->at,
			"`%s` is no symbol: write `name`, or `module:name` with the module as the "
			"kernel spells it (`nf_conntrack:nf_ct_expect_hash`, `vmlinux:init_task`)",
			words->text);
}

static void read_list(struct mapping_reader *reader, const struct yaml_node *value,
		      struct words_list *list, const char *example,
		      void (*read)(struct mapping_reader *, const struct yaml_node *, void *))
{
	if (value->kind == YAML_SCALAR) {
		struct words *only = VEC_PUSH(list);

		*only = (struct words){0};
		read(reader, value, only);
		return;
	}
	if (value->kind != YAML_SEQUENCE) {
		diag_error(reader->diags, value->at, "`%s` takes a list of %s", value->key->text,
			   example);
		return;
	}
	for (const struct yaml_node *item = value->first; item; item = item->next) {
		struct words *words = VEC_PUSH(list);

		*words = (struct words){0};
		read(reader, item, words);
	}
	check_list_once(reader, list, value->key->text);
}

void mapping_paths(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	read_list(reader, value, target, "paths: [a, b.c]", mapping_path);
}

void mapping_symbols(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	read_list(reader, value, target, "symbols: [jiffies_64, nf_conntrack:nf_ct_expect_hash]",
		  mapping_symbol);
}

void mapping_function(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct words *words = target;

	mapping_word(reader, value, target);
	if (words->text && (!is_member_path(words->text) || strpbrk(words->text, ".[")))
		diag_error(reader->diags, value->at,
			   "`%s` is no C function name: `%s` names a function of hooks.c",
			   words->text, value->key->text);
}

static bool is_number(const char *text)
{
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return text[2] && strlen(text) <= 18 &&
		       !text[2 + strspn(text + 2, "0123456789abcdefABCDEF")];
	return *text && strlen(text) <= 18 && !text[strspn(text, "0123456789")];
}

void mapping_number(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct words *words = target;

	mapping_word(reader, value, target);
	if (words->text && !is_todo(words) && !is_number(words->text))
		diag_error(reader->diags, value->at, "`%s: %s` must be a number", value->key->text,
			   words->text);
}

void mapping_count(struct mapping_reader *reader, const struct yaml_node *value, void *target)
{
	struct words *words = target;

	mapping_word(reader, value, target);
	if (words->text && !is_number(words->text) && !is_member_path(words->text))
		diag_error(reader->diags, value->at,
			   "`%s: %s` must be a number or the path of an old member",
			   value->key->text, words->text);
}

void mapping_way_reason(struct mapping_reader *reader, const struct yaml_node *value,
			struct words *way, struct words *why, const char *example)
{
	if (value->kind == YAML_SCALAR && mapping_todo(reader, value)) {
		*way = (struct words){.text = "TODO", .at = value->at};
		return;
	}
	if (value->kind != YAML_MAPPING || value->n != 1) {
		diag_error(reader->diags, value->at, "`%s` takes one word with its reason: %s",
			   value->key->text, example);
		return;
	}
	*way = (struct words){.text = value->first->key->text, .at = value->first->key->at};
	mapping_reason(reader, value->first, why);
}

bool mapping_need_reason(struct mapping_reader *reader, struct place at, const char *what,
			 const struct words *why)
{
	if (why->text || why->at.line)
		return true;
	return diag_error(reader->diags, at, "%s: %s without a reason: add `why: ...`",
			  reader->about, what);
}
