/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads carryover.yaml. */
#include "config.h"
#include "mapping_read.h"

#include <string.h>

/* A reader of words with what is being made; the mapping only collects open decisions. */
struct config_reader {
	struct mapping_reader words;
	struct mapping unused;
	struct config *config;
	const char *const *rules;
	size_t n_rules;
};

static struct config_reader *outer(struct mapping_reader *words)
{
	return (struct config_reader *)words;
}

void config_init(struct config *config)
{
	*config = (struct config){0};
	arena_init(&config->arena);
}

void config_deinit(struct config *config)
{
	VEC_FREE(&config->levels);
	VEC_FREE(&config->roots);
	arena_deinit(&config->arena);
}

static const char *const profiles[] = {"", "layout", "convertible", "mapped"};

const char *config_profile_word(enum config_profile profile)
{
	return profiles[profile];
}

/* The index of WORD among the N WORDS; N with a diagnostic when it is none of them. */
static size_t choose(const char *word, struct place at, const char *what, const char *const *words,
		     size_t n, struct diags *diags)
{
	struct arena arena;
	const char *near = nearest_word(word, words, n), *list = "";
	size_t i = 0;

	while (i < n && strcmp(words[i], word) != 0)
		i++;
	if (i < n)
		return i;
	arena_init(&arena);
	for (size_t k = 0; k < n; k++)
		list = arena_printf(&arena, "%s%s%s", list, k ? ", " : "", words[k]);
	if (near)
		diag_error(diags, at, "unknown %s `%s`; did you mean `%s`?", what, word, near);
	else
		diag_error(diags, at, "unknown %s `%s`; there are %s", what, word, list);
	arena_deinit(&arena);
	return n;
}

bool config_profile_parse(const char *word, struct place at, enum config_profile *profile,
			  struct diags *diags)
{
	size_t found = choose(word, at, "profile", profiles + 1, 3, diags);

	if (found == 3)
		return false;
	*profile = (enum config_profile)(found + 1);
	return true;
}

bool config_rule_known(const char *rule, struct place at, const char *const *rules, size_t n_rules,
		       struct diags *diags)
{
	return choose(rule, at, "rule", rules, n_rules, diags) < n_rules;
}

static void read_version(struct mapping_reader *words, const struct yaml_node *value, void *target)
{
	struct words version = {0};

	(void)target;
	mapping_word(words, value, &version);
	if (version.text && strcmp(version.text, "1"))
		diag_error(words->diags, value->at,
			   "version `%s` of this format is not known; write `carryover-config: 1`",
			   version.text);
}

static void read_profile(struct mapping_reader *words, const struct yaml_node *value, void *target)
{
	struct words profile = {0};

	(void)target;
	mapping_word(words, value, &profile);
	if (profile.text)
		config_profile_parse(profile.text, value->at, &outer(words)->config->profile,
				     words->diags);
}

static void read_level(struct config_reader *reader, const struct yaml_node *value)
{
	static const char *const weights[] = {"none", "note", "warning", "error"};
	struct config_level level = {.rule = {.text = value->key->text, .at = value->key->at}};
	struct words word = {0};
	bool known = config_rule_known(value->key->text, value->key->at, reader->rules,
				       reader->n_rules, reader->words.diags);
	size_t weight;

	mapping_word(&reader->words, value, &word);
	if (!word.text)
		return;
	weight = choose(word.text, value->at, "level", weights, 4, reader->words.diags);
	level.level = (enum config_weight)weight;
	if (known && weight < 4)
		*VEC_PUSH(&reader->config->levels) = level;
}

static void read_levels(struct mapping_reader *words, const struct yaml_node *value, void *target)
{
	(void)target;
	if (value->kind != YAML_MAPPING) {
		diag_error(words->diags, value->at,
			   "`levels` must be a block of rules: { MOVED: note }");
		return;
	}
	for (const struct yaml_node *level = value->first; level; level = level->next)
		read_level(outer(words), level);
}

static void read_roots(struct mapping_reader *words, const struct yaml_node *value, void *target)
{
	struct words_list *roots = target;

	if (value->kind != YAML_SEQUENCE) {
		diag_error(words->diags, value->at,
			   "`roots` takes a list of types: [struct task_struct]");
		return;
	}
	for (const struct yaml_node *item = value->first; item; item = item->next) {
		struct words label = {0};

		mapping_label(words, item, &label);
		if (label.text)
			*VEC_PUSH(roots) = label;
	}
}

static void read_tree(struct config_reader *reader, const struct yaml_node *tree)
{
	static const struct mapping_key keys[] = {
		{"carryover-config", read_version, 0},
		{"profile", read_profile, 0},
		{"levels", read_levels, 0},
		{"baseline", mapping_word, offsetof(struct config, baseline)},
		{"mapping", mapping_word, offsetof(struct config, mapping)},
		{"waivers", mapping_word, offsetof(struct config, waivers)},
		{"roots", read_roots, offsetof(struct config, roots)},
	};
	struct diags *diags = reader->words.diags;

	mapping_block(&reader->words, tree, "the configuration", keys, sizeof(keys) / sizeof(*keys),
		      reader->config);
	if (tree->kind == YAML_MAPPING && !yaml_get(tree, "carryover-config"))
		diag_error(diags, tree->at, "`carryover-config` is missing: carryover-config: 1");
	for (size_t i = 0; i < reader->unused.todos.n; i++)
		diag_error(diags, reader->unused.todos.at[i].at,
			   "still TODO; write what it shall be, or take the key away");
}

bool config_read(const char *file, const char *data, size_t n, const char *const *rules,
		 size_t n_rules, struct config *config, struct diags *diags)
{
	size_t errors = diags->errors;
	struct config_reader reader = {
		.words = {.arena = &config->arena, .diags = diags, .about = ""},
		.config = config,
		.rules = rules,
		.n_rules = n_rules,
	};
	const struct yaml_node *tree;

	reader.words.mapping = &reader.unused;
	config->file = arena_strdup(&config->arena, file);
	tree = yaml_parse(config->file, data, n, &config->arena, diags);
	if (tree)
		read_tree(&reader, tree);
	VEC_FREE(&reader.unused.todos);
	return diags->errors == errors;
}

const struct config_level *config_level(const struct config *config, const char *rule)
{
	for (size_t i = 0; i < config->levels.n; i++)
		if (!strcmp(config->levels.at[i].rule.text, rule))
			return &config->levels.at[i];
	return NULL;
}
