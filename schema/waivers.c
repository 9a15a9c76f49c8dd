/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a file of waivers. */
#include "waivers.h"
#include "config.h"
#include "hash.h"
#include "mapping_read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct waiver_reader {
	struct mapping_reader words; /* first: it is what the tables hand on */
	struct mapping unused;	     /* collects open decisions */
	struct waivers *waivers;
	const char *const *rules;
	size_t n_rules;
};

static struct waiver_reader *outer(struct mapping_reader *words)
{
	return (struct waiver_reader *)words;
}

void waivers_init(struct waivers *waivers)
{
	*waivers = (struct waivers){0};
	arena_init(&waivers->arena);
}

void waivers_deinit(struct waivers *waivers)
{
	VEC_FREE(&waivers->list);
	arena_deinit(&waivers->arena);
}

static int number(const char *text, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

bool is_day(const char *text)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day, last;

	if (strlen(text) != 10)
		return false;
	for (size_t i = 0; i < 10; i++)
		if (i == 4 || i == 7 ? text[i] != '-' : !isdigit((unsigned char)text[i]))
			return false;
	year = number(text, 4);
	month = number(text + 5, 2);
	day = number(text + 8, 2);
	if (month < 1 || month > 12)
		return false;
	last = days[month - 1];
	if (month == 2 && year % 4 == 0 && (year % 100 || year % 400 == 0))
		last = 29;
	return day >= 1 && day <= last;
}

/* ---- one waiver
 * --------------------------------------------------------------------------------- */

static void read_rule(struct mapping_reader *words, const struct yaml_node *value, void *target)
{
	struct waiver_reader *reader = outer(words);
	struct words *rule = target;

	mapping_word(words, value, rule);
	if (rule->text)
		config_rule_known(rule->text, value->at, reader->rules, reader->n_rules,
				  words->diags);
}

static void read_fingerprint(struct mapping_reader *words, const struct yaml_node *value,
			     void *target)
{
	struct words *print = target;

	mapping_word(words, value, print);
	if (print->text && (strlen(print->text) != HASH128_HEX - 1 ||
			    strspn(print->text, "0123456789abcdef") != HASH128_HEX - 1))
		diag_error(words->diags, value->at,
			   "`%s` is no fingerprint: %d lower-case hexadecimal digits, as check "
			   "prints them",
			   print->text, HASH128_HEX - 1);
}

static void read_day(struct mapping_reader *words, const struct yaml_node *value, void *target)
{
	struct words *day = target;

	mapping_word(words, value, day);
	if (day->text && !is_day(day->text))
		diag_error(words->diags, value->at,
			   "`%s` is no day: write it as YYYY-MM-DD, such as 2027-03-31", day->text);
}

static void require(struct waiver_reader *reader, const struct yaml_node *node, const char *key,
		    const char *example)
{
	if (!yaml_get(node, key))
		diag_error(reader->words.diags, node->at, "a waiver without `%s`: write `%s: %s`",
			   key, key, example);
}

static void read_waiver(struct waiver_reader *reader, const struct yaml_node *node)
{
	static const struct mapping_key keys[] = {
		{"rule", read_rule, offsetof(struct waiver, rule)},
		{"type", mapping_label, offsetof(struct waiver, type)},
		{"member", mapping_word, offsetof(struct waiver, member)},
		{"fingerprint", read_fingerprint, offsetof(struct waiver, fingerprint)},
		{"reason", mapping_reason, offsetof(struct waiver, reason)},
		{"owner", mapping_word, offsetof(struct waiver, owner)},
		{"expires", read_day, offsetof(struct waiver, expires)},
	};
	struct waiver waiver = {.at = node->at};

	if (mapping_block(&reader->words, node, "a waiver", keys, sizeof(keys) / sizeof(*keys),
			  &waiver)) {
		require(reader, node, "rule", "ADDED");
		require(reader, node, "fingerprint", "FINGERPRINT, as check prints it");
		require(reader, node, "reason", "WHY");
	}
	*VEC_PUSH(&reader->waivers->list) = waiver;
}

/* ---- the file
 * ----------------------------------------------------------------------------------- */

static void read_version(struct mapping_reader *words, const struct yaml_node *value, void *target)
{
	struct words version = {0};

	(void)target;
	mapping_word(words, value, &version);
	if (version.text && strcmp(version.text, "1"))
		diag_error(words->diags, value->at,
			   "version `%s` of this format is not known; write `carryover-waivers: 1`",
			   version.text);
}

static void read_list(struct mapping_reader *words, const struct yaml_node *value, void *target)
{
	(void)target;
	if (value->kind != YAML_SEQUENCE) {
		diag_error(words->diags, value->at,
			   "`waivers` takes a list: - { rule: ADDED, type: struct x, ... }");
		return;
	}
	outer(words)->waivers->items = value;
	for (const struct yaml_node *item = value->first; item; item = item->next)
		read_waiver(outer(words), item);
}

static int by_fingerprint(const void *a, const void *b)
{
	const struct waiver *x = *(const struct waiver *const *)a;
	const struct waiver *y = *(const struct waiver *const *)b;
	int order = strcmp(x->fingerprint.text ? x->fingerprint.text : "",
			   y->fingerprint.text ? y->fingerprint.text : "");

	return order ? order : x->at.line < y->at.line ? -1 : x->at.line > y->at.line;
}

static void check_once(struct waiver_reader *reader)
{
	const struct waivers *waivers = reader->waivers;
	struct arena arena;
	const struct waiver **sorted;

	arena_init(&arena);
	sorted = ARENA_NEW_ARRAY(&arena, waivers->list.n + 1, const struct waiver *);
	for (size_t i = 0; i < waivers->list.n; i++)
		sorted[i] = &waivers->list.at[i];
	qsort(sorted, waivers->list.n, sizeof(*sorted), by_fingerprint);
	for (size_t i = 1; i < waivers->list.n; i++) {
		if (!sorted[i]->fingerprint.text || !sorted[i - 1]->fingerprint.text ||
		    strcmp(sorted[i]->fingerprint.text, sorted[i - 1]->fingerprint.text))
			continue;
		diag_error(reader->words.diags, sorted[i]->fingerprint.at,
			   "waived twice: take one of them away");
		diag_note(reader->words.diags, sorted[i - 1]->fingerprint.at, "first here");
	}
	arena_deinit(&arena);
}

static void read_tree(struct waiver_reader *reader, const struct yaml_node *tree)
{
	static const struct mapping_key keys[] = {
		{"carryover-waivers", read_version, 0},
		{"waivers", read_list, 0},
	};
	struct diags *diags = reader->words.diags;

	mapping_block(&reader->words, tree, "the waivers", keys, sizeof(keys) / sizeof(*keys),
		      reader->waivers);
	if (tree->kind == YAML_MAPPING && !yaml_get(tree, "carryover-waivers"))
		diag_error(diags, tree->at, "`carryover-waivers` is missing: carryover-waivers: 1");
	for (size_t i = 0; i < reader->unused.todos.n; i++)
		diag_error(diags, reader->unused.todos.at[i].at, "still TODO; write what it is");
	check_once(reader);
}

bool waivers_read(const char *file, const char *data, size_t n, const char *const *rules,
		  size_t n_rules, struct waivers *waivers, struct diags *diags)
{
	size_t errors = diags->errors;
	struct waiver_reader reader = {
		.words = {.arena = &waivers->arena, .diags = diags, .about = ""},
		.waivers = waivers,
		.rules = rules,
		.n_rules = n_rules,
	};
	const struct yaml_node *tree;

	reader.words.mapping = &reader.unused;
	waivers->file = arena_strdup(&waivers->arena, file);
	tree = yaml_parse(waivers->file, data, n, &waivers->arena, diags);
	if (tree)
		read_tree(&reader, tree);
	VEC_FREE(&reader.unused.todos);
	return diags->errors == errors;
}
