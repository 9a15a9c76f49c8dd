/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "carried.h"
#include "select.h"

#include <ctype.h>
#include <string.h>

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

struct carried {
	const struct model *model;
	struct type_set *out;
	struct diags *diags;
	bool ok;
};

/* NAME is a word of TEXT, by itself or behind new_. */
static bool names_word(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = text; (at = strstr(at, name)); at++) {
		bool begins = at == text || !is_word(at[-1]) ||
			      (at - text >= 4 && !strncmp(at - 4, "new_", 4));

		if (begins && !is_word(at[n]))
			return true;
	}
	return false;
}

static void add_type(struct carried *c, type_id id)
{
	id = strip(c->model, id);
	for (size_t i = 0; i < c->out->n; i++)
		if (c->out->at[i] == id)
			return;
	*VEC_PUSH(c->out) = id;
}

/* The type that LABEL names, added to the set; TYPE_NONE when this release has none. */
static type_id add_label(struct carried *c, const struct words *label)
{
	type_id found = TYPE_NONE, candidate;
	size_t n;

	if (!label->text || is_todo(label))
		return TYPE_NONE;
	n = model_lookup(c->model, label->text, &found, &candidate, 1);
	if (n > 1)
		c->ok &= model_require(c->model, label->text, label->at, c->diags, &found);
	else if (!n)
		diag_add(c->diags, DIAG_WARNING, label->at, "%s has no '%s'",
			 c->model->info.name ? c->model->info.name : "the input", label->text);
	if (n == 1)
		add_type(c, found);
	return n == 1 ? found : TYPE_NONE;
}

/* The record that a member of type ID holds, is an array of, or points to; that one is added. */
static type_id enter(struct carried *c, type_id id)
{
	bool pointed = false;

	id = strip(c->model, id);
	while (type_at(c->model, id)->kind == KIND_ARRAY ||
	       type_at(c->model, id)->kind == KIND_POINTER) {
		pointed |= type_at(c->model, id)->kind == KIND_POINTER;
		id = strip(c->model, type_at(c->model, id)->target);
	}
	if (!is_record(c->model, id))
		return TYPE_NONE;
	if (pointed)
		add_type(c, id);
	return id;
}

/* Adds what PATH reaches through pointers, up to where this release does not have it. */
static void add_path(struct carried *c, type_id root, const struct words *path)
{
	const char *at = path->text;
	struct arena arena;

	if (!at || root == TYPE_NONE)
		return;
	arena_init(&arena);
	while (root != TYPE_NONE && *at) {
		size_t n = strcspn(at, "."), stop;
		struct field field;

		if (!field_find(c->model, root, arena_strndup(&arena, at, n), &field, &stop))
			break;
		at += n + (at[n] == '.');
		root = *at ? enter(c, field.type) : TYPE_NONE;
	}
	arena_deinit(&arena);
}

/* An enum whose names the mapping takes, where this release has it: the other side may alone. */
static void add_enum(struct carried *c, const struct words *words)
{
	type_id found;

	if (!words->text || is_todo(words))
		return;
	found = select_enum(c->model, words->text);
	if (found != TYPE_NONE)
		add_type(c, found);
}

/* Every enum that declares a name in the constant expression TEXT. */
static void add_constant(struct carried *c, const char *text)
{
	for (type_id id = 0; id < c->model->types.n; id++) {
		const struct type *type = type_at(c->model, id);

		for (uint32_t i = 0; type->kind == KIND_ENUM && i < type->n; i++)
			if (names_word(text, enumerators_of(c->model, type)[i].name))
				add_type(c, id);
	}
}

static void add_decision(struct carried *c, type_id root, const struct decision *decision)
{
	switch (decision->way) {
	case WAY_FOLLOW:
	case WAY_ARRAY:
		add_label(c, &decision->value);
		break;
	case WAY_LIST:
		if (decision->node.text)
			add_label(c, &decision->value);
		break;
	default:
		break;
	}
	if (decision->container.text && strchr(decision->container.text, ' '))
		add_label(c, &decision->container);
	add_path(c, root, &decision->from);
	add_path(c, root, &decision->count);
	for (size_t i = 0; i < decision->bits.n; i++)
		add_path(c, root, &decision->bits.at[i].member);
	for (size_t i = 0; i < decision->bits.n; i++)
		add_constant(c, decision->bits.at[i].constant.text);
	add_enum(c, &decision->constants_enum[0]);
	add_enum(c, &decision->constants_enum[1]);
	for (size_t i = 0; i < decision->reads.n; i++)
		add_path(c, root, &decision->reads.at[i]);
}

/* Each arm decides as a member does, and about what lies in it. Conditions read members of ROOT alone. */
static void add_arms(struct carried *c, type_id root, const struct decision *decision)
{
	for (size_t i = 0; i < decision->arms.n; i++) {
		const struct arm *arm = &decision->arms.at[i];

		add_decision(c, root, &arm->decision);
		for (size_t k = 0; arm->inside && k < arm->inside->members.n; k++)
			add_decision(c, root, &arm->inside->members.at[k]);
	}
}

type_id carried_index(const struct model *model, const char *word)
{
	return select_enum(model, word);
}

/* Each side has at least its own of the two names. */
static void add_index(struct carried *c, const struct decision *decision)
{
	const struct words *names[] = {&decision->index_old, &decision->index_new};

	for (int i = 0; i < 2; i++) {
		type_id id = names[i]->text ? carried_index(c->model, names[i]->text) : TYPE_NONE;

		if (id != TYPE_NONE)
			add_type(c, id);
	}
}

static void add_decisions(struct carried *c, const struct type_decisions *type)
{
	type_id root = add_label(c, &type->type);

	for (size_t i = 0; i < type->members.n; i++) {
		add_decision(c, root, &type->members.at[i]);
		add_arms(c, root, &type->members.at[i]);
		add_index(c, &type->members.at[i]);
	}
	add_path(c, root, &type->extent);
}

static void add_root(struct carried *c, const struct root *root)
{
	type_id id = add_label(c, &root->type);

	for (const struct walk *walk = root->walk; walk; walk = walk->then) {
		add_path(c, id, &walk->list);
		if (walk->of.text)
			id = add_label(c, &walk->of);
		add_path(c, id, &walk->node);
	}
}

bool carried_types(const struct mapping *mapping, const struct model *model, struct type_set *out,
		   struct diags *diags)
{
	struct carried c = {.model = model, .out = out, .diags = diags, .ok = true};

	for (size_t i = 0; i < mapping->roots.n; i++)
		add_root(&c, &mapping->roots.at[i]);
	for (size_t i = 0; i < mapping->types.n; i++)
		add_decisions(&c, &mapping->types.at[i]);
	if (c.ok && !out->n)
		return diag_error(diags, place_file(mapping->file),
				  "%s has none of the carried types",
				  model->info.name ? model->info.name : "the input");
	return c.ok;
}
