/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what there is to say of each rule, and says it. */
#include "explain.h"

#include "../schema/yaml.h"
#include "findings.h"
#include "report_text.h"

#include <string.h>

/* schema/rules.yaml, made into an array by the build. */
extern const unsigned char rules_yaml[];
extern const unsigned int rules_yaml_size;

struct key {
	const char *name;
	size_t offset; /* in struct rule_help */
	bool required;
};

static const struct key keys[] = {
	{"cause", offsetof(struct rule_help, cause), true},
	{"means", offsetof(struct rule_help, means), true},
	{"fix", offsetof(struct rule_help, fix), true},
	{"old", offsetof(struct rule_help, old_c), false},
	{"new", offsetof(struct rule_help, new_c), false},
	{"example", offsetof(struct rule_help, example), false},
	{"wrong", offsetof(struct rule_help, wrong), false},
	{"mapping", offsetof(struct rule_help, mapping), false},
};

static bool read_rule(const struct yaml_node *node, struct rule_help *rule, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct yaml_node *value = yaml_get(node, keys[i].name);

		if (value && value->kind == YAML_SCALAR)
			*(const char **)((char *)rule + keys[i].offset) = value->text;
		else if (value || keys[i].required)
			good = diag_error(diags, node->at, "%s: no text under `%s`", rule->id,
					  keys[i].name);
	}
	if (!rule->example && !(rule->old_c && rule->new_c))
		good = diag_error(diags, node->at, "%s: neither `old` and `new` nor `example`",
				  rule->id);
	return good;
}

/* The node of LIST with this id, or NULL. */
static const struct yaml_node *find_node(const struct yaml_node *list, const char *id)
{
	for (const struct yaml_node *node = list->first; node; node = node->next) {
		const struct yaml_node *at = yaml_get(node, "id");

		if (at && at->kind == YAML_SCALAR && !strcmp(at->text, id))
			return node;
	}
	return NULL;
}

static bool read_rules(const struct yaml_node *list, struct explain *explain, struct diags *diags)
{
	bool good = true;
	size_t n;
	const char *const *ids = finding_rule_ids(&n);

	explain->at = ARENA_NEW_ARRAY(&explain->arena, n, struct rule_help);
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *node = find_node(list, ids[i]);

		explain->at[i].id = ids[i];
		explain->at[i].words = finding_rule_words(ids[i]);
		if (node)
			good &= read_rule(node, &explain->at[i], diags);
		else
			good = diag_error(diags, list->at, "nothing is said of %s", ids[i]);
	}
	if (good && list->n != n)
		good = diag_error(diags, list->at, "%zu rules, and there are %zu", list->n, n);
	explain->n = good ? n : 0;
	return good;
}

bool explain_read(const char *file, const char *data, size_t n, struct explain *explain,
		  struct diags *diags)
{
	const struct yaml_node *tree, *list;

	*explain = (struct explain){0};
	arena_init(&explain->arena);
	tree = yaml_parse(file, data, n, &explain->arena, diags);
	if (!tree)
		return false;
	list = yaml_get(tree, "rules");
	if (!list || list->kind != YAML_SEQUENCE)
		return diag_error(diags, tree->at, "no list of `rules`");
	return read_rules(list, explain, diags);
}

bool explain_load(struct explain *explain, struct diags *diags)
{
	return explain_read("rules.yaml", (const char *)rules_yaml, rules_yaml_size, explain,
			    diags);
}

void explain_deinit(struct explain *explain)
{
	arena_deinit(&explain->arena);
	*explain = (struct explain){0};
}

const struct rule_help *explain_find(const struct explain *explain, const char *id)
{
	for (size_t i = 0; i < explain->n; i++)
		if (!strcmp(explain->at[i].id, id))
			return &explain->at[i];
	return NULL;
}

/* Words behind a heading of 7 columns, wrapped. */
static void put_words(struct paper *paper, const char *heading, const char *words)
{
	size_t column = 7;

	paper_paint(paper, PAINT_BOLD, "%-7s", heading);
	while (*words) {
		size_t n = strcspn(words, " ");

		if (column > 7 && column + 1 + n > PAPER_WIDTH) {
			text_puts(paper->out, "\n       ");
			column = 7;
		} else if (column > 7) {
			text_puts(paper->out, " ");
			column++;
		}
		text_raw(paper->out, words, n);
		column += n;
		words += n;
		words += strspn(words, " ");
	}
	text_puts(paper->out, "\n");
}

static void put_lines(struct paper *paper, const char *heading, const char *lines)
{
	if (!lines)
		return;
	text_puts(paper->out, "\n");
	paper_paint(paper, PAINT_BOLD, "%s", heading);
	text_puts(paper->out, "\n");
	while (*lines) {
		size_t n = strcspn(lines, "\n");

		text_add(paper->out, "    %.*s\n", (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}

void explain_put(const struct rule_help *rule, bool color, struct text *out)
{
	struct paper paper = {.out = out, .color = color};

	paper_paint(&paper, PAINT_BOLD, "%s", rule->id);
	text_add(out, ": %s\n\n", rule->words);
	put_words(&paper, "cause", rule->cause);
	put_words(&paper, "means", rule->means);
	put_words(&paper, "fix", rule->fix);
	put_lines(&paper, "before", rule->old_c);
	put_lines(&paper, "after", rule->new_c);
	put_lines(&paper, "example", rule->example);
	put_lines(&paper, "found in a mapping with", rule->wrong);
	put_lines(&paper, "in the mapping", rule->mapping);
}

void explain_list(const struct explain *explain, struct text *out)
{
	size_t widest = 0;

	for (size_t i = 0; i < explain->n; i++)
		if (strlen(explain->at[i].id) > widest)
			widest = strlen(explain->at[i].id);
	for (size_t i = 0; i < explain->n; i++)
		text_add(out, "%-*s  %s\n", (int)widest, explain->at[i].id, explain->at[i].words);
}
