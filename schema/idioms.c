/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of idioms: read from the YAML that is built in, overridden by a mapping, looked up by
 * type. */
#include "idioms.h"
#include "yaml.h"

#include <stdlib.h>
#include <string.h>

/* schema/idioms.yaml, made into an array by the build. */
extern const unsigned char idioms_yaml[];
extern const unsigned int idioms_yaml_size;

static const char *const KIND_WORDS[IDIOM_KIND_COUNT] = {
	[IDIOM_COUNTER] = "counter",	 [IDIOM_LOCK] = "lock",	    [IDIOM_RCU] = "rcu",
	[IDIOM_LIST] = "list",		 [IDIOM_TREE] = "tree",	    [IDIOM_TIMER] = "timer",
	[IDIOM_WORK] = "work",		 [IDIOM_WAIT] = "wait",	    [IDIOM_PERCPU] = "percpu",
	[IDIOM_CONTAINER] = "container", [IDIOM_DEVICE] = "device",
};

static const char *const DEFAULT_WORDS[IDIOM_DEFAULT_COUNT] = {
	[IDIOM_COPY] = "copy", [IDIOM_RESET] = "reset", [IDIOM_LINK] = "link",
	[IDIOM_ASK] = "ask",   [IDIOM_PLAIN] = "plain",
};

const char *idiom_kind_word(enum idiom_kind kind)
{
	return KIND_WORDS[kind];
}

const char *idiom_default_word(enum idiom_default word)
{
	return DEFAULT_WORDS[word];
}

bool idiom_default_parse(const char *word, enum idiom_default *out)
{
	for (unsigned int i = 0; i < IDIOM_DEFAULT_COUNT; i++) {
		if (strcmp(word, DEFAULT_WORDS[i]) == 0) {
			*out = (enum idiom_default)i;
			return true;
		}
	}
	return false;
}

static bool kind_parse(const char *word, enum idiom_kind *out)
{
	for (unsigned int i = 0; i < IDIOM_KIND_COUNT; i++) {
		if (strcmp(word, KIND_WORDS[i]) == 0) {
			*out = (enum idiom_kind)i;
			return true;
		}
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct idiom *)a)->type, ((const struct idiom *)b)->type);
}

static const struct idiom *find(const struct idioms *idioms, const char *type)
{
	struct idiom key = {.type = type};

	if (!type || !idioms->n)
		return NULL;
	return bsearch(&key, idioms->at, idioms->n, sizeof(*idioms->at), compare);
}

/* The text of the scalar under KEY of GROUP; "" (with a diagnostic) without one. */
static const char *text_of(const struct yaml_node *group, const char *key, struct diags *diags)
{
	const struct yaml_node *value = yaml_get(group, key);

	if (value && value->kind == YAML_SCALAR)
		return value->text;
	diag_error(diags, group->at, "an idiom without `%s`", key);
	return "";
}

static bool read_fields(struct idioms *idioms, const struct yaml_node *group, struct idiom *idiom,
			struct diags *diags)
{
	const struct yaml_node *fields = yaml_get(group, "fields");
	const char **names;

	if (!fields)
		return true;
	if (fields->kind != YAML_SEQUENCE)
		return diag_error(diags, fields->at, "`fields` takes a list");
	names = ARENA_NEW_ARRAY(&idioms->arena, fields->n + 1, const char *);
	for (const struct yaml_node *field = fields->first; field; field = field->next) {
		if (field->kind != YAML_SCALAR)
			return diag_error(diags, field->at, "a field is a name");
		names[idiom->n_fields++] = field->text;
	}
	idiom->fields = names;
	return true;
}

static bool read_group(struct idioms *idioms, const struct yaml_node *group, struct diags *diags)
{
	const struct yaml_node *types = yaml_get(group, "types"), *empty = yaml_get(group, "empty");
	struct idiom idiom = {.says = text_of(group, "says", diags)};

	if (!kind_parse(text_of(group, "kind", diags), &idiom.kind))
		return diag_error(diags, group->at, "an unknown kind of idiom");
	if (!idiom_default_parse(text_of(group, "default", diags), &idiom.otherwise))
		return diag_error(diags, group->at, "an unknown default of an idiom");
	if (!types || types->kind != YAML_SEQUENCE)
		return diag_error(diags, group->at, "an idiom without `types`");
	idiom.self = empty && empty->kind == YAML_SCALAR && strcmp(empty->text, "self") == 0;
	if (!read_fields(idioms, group, &idiom, diags))
		return false;
	for (const struct yaml_node *type = types->first; type; type = type->next) {
		if (type->kind != YAML_SCALAR)
			return diag_error(diags, type->at, "a type is a name");
		idiom.type = type->text;
		*VEC_PUSH(idioms) = idiom;
	}
	return true;
}

bool idioms_read(const char *file, const char *data, size_t n, struct idioms *idioms,
		 struct diags *diags)
{
	const struct yaml_node *tree, *table;
	size_t errors = diags->errors;

	*idioms = (struct idioms){0};
	arena_init(&idioms->arena);
	tree = yaml_parse(file, data, n, &idioms->arena, diags);
	if (!tree)
		return false;
	meanings_read(tree, &idioms->arena, &idioms->meanings, diags);
	table = yaml_get(tree, "table");
	if (!table || table->kind != YAML_SEQUENCE)
		return diag_error(diags, tree->at, "no `table` of idioms");
	for (const struct yaml_node *group = table->first; group; group = group->next)
		read_group(idioms, group, diags);
	if (idioms->n)
		qsort(idioms->at, idioms->n, sizeof(*idioms->at), compare);
	for (size_t i = 1; i < idioms->n; i++)
		if (!compare(&idioms->at[i - 1], &idioms->at[i]))
			diag_error(diags, table->at, "the idiom %s stands twice",
				   idioms->at[i].type);
	return diags->errors == errors;
}

bool idioms_load(struct idioms *idioms, struct diags *diags)
{
	return idioms_read("idioms.yaml", (const char *)idioms_yaml, idioms_yaml_size, idioms,
			   diags);
}

void idioms_deinit(struct idioms *idioms)
{
	VEC_FREE(idioms);
	meanings_deinit(&idioms->meanings);
	arena_deinit(&idioms->arena);
}

void idioms_override(struct idioms *idioms, const struct mapping *mapping)
{
	for (size_t i = 0; i < mapping->types.n; i++) {
		const struct type_decisions *type = &mapping->types.at[i];
		struct idiom idiom = {.type = type->type.text, .kind = IDIOM_CONTAINER};
		const struct idiom *known = find(idioms, type->type.text);
		enum idiom_default otherwise;

		if (!type->idiom.text || !idiom_default_parse(type->idiom.text, &otherwise))
			continue;
		if (known)
			idiom = *known;
		idiom.otherwise = otherwise;
		idiom.says = idiom.why = type->idiom_why.text;
		idiom.at = type->idiom.at;
		if (known) {
			idioms->at[known - idioms->at] = idiom;
		} else {
			*VEC_PUSH(idioms) = idiom;
			qsort(idioms->at, idioms->n, sizeof(*idioms->at), compare);
		}
	}
}

static const struct idiom *find_label(const struct idioms *idioms, const char *label)
{
	const struct idiom *found = find(idioms, label);
	const char *at = label ? strstr(label, " @ ") : NULL;
	char bare[128];

	if (found || !at || (size_t)(at - label) >= sizeof(bare))
		return found;
	memcpy(bare, label, (size_t)(at - label));
	bare[at - label] = '\0';
	return find(idioms, bare);
}

const struct idiom *idiom_of(const struct idioms *idioms, const struct model *model, type_id id)
{
	const struct idiom *found = NULL;

	id = strip_qualifiers(model, id);
	while (!found && type_at(model, id)->kind == KIND_TYPEDEF) {
		found = find(idioms, type_at(model, id)->name);
		id = strip_qualifiers(model, type_at(model, id)->target);
	}
	if (!found &&
	    (type_at(model, id)->kind == KIND_STRUCT || type_at(model, id)->kind == KIND_UNION))
		found = find_label(idioms, type_label(model, id));
	return found && found->otherwise != IDIOM_PLAIN ? found : NULL;
}
