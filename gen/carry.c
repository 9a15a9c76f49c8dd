/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which decisions of an earlier mapping hold for another pair, and the text that is left of it. */
#include "carry.h"

#include <string.h>

#include "../schema/classify.h"
#include "../schema/yaml.h"
#include "plan.h"
#include "splice.h"

enum holding {
	HOLDS,
	SETTLED, /* the change is past, and the value crosses as it is now */
	STALE
};

/* An item that goes, or (TEXT) that something else takes the place of. */
struct mark {
	const struct yaml_node *node;
	const char *stale; /* why it becomes TODO; NULL: it goes */
};

/* One type of the mapping on all four sides; TYPE_NONE where it is not. */
struct sides {
	const struct type_decisions *type;
	type_id was[2], now[2];
};

struct carrier {
	const struct carry_input *input;
	struct carried *carried;
	struct splice splice;
	struct {
		struct mark *at;
		size_t n, room;
	} marks;
};

/* ---- what holds ------------------------------------------------------------------------------- */

static type_id look_up(const struct model *model, const char *label)
{
	type_id id;

	return model_lookup(model, label, &id, NULL, 0) == 1 ? strip(model, id) : TYPE_NONE;
}

/* The shape of a member, NULL where there is none. */
static const char *shape(struct carrier *carrier, const struct model *model, type_id id,
			 const char *path)
{
	struct field field;
	size_t stop;

	if (id == TYPE_NONE || !is_record(model, id) || !field_find(model, id, path, &field, &stop))
		return NULL;
	return shape_write(model, &field, &carrier->carried->arena);
}

static const char *was_shape(struct carrier *carrier, const struct sides *sides, enum side side,
			     const char *path)
{
	return shape(carrier, carrier->input->was[side], sides->was[side], path);
}

static const char *now_shape(struct carrier *carrier, const struct sides *sides, enum side side,
			     const char *path)
{
	return shape(carrier, carrier->input->now[side], sides->now[side], path);
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/*
 * The way hands the value on as it is: once both sides are alike there is nothing to say. One that makes a
 * value anew may be meant for every release, and copying is another decision: that is asked again.
 */
static bool hands_on(const struct decision *decision)
{
	return (decision->way == WAY_NONE || decision->way == WAY_FROM) &&
	       !decision->capture.text && !decision->restore.text &&
	       !decision->constants_prefix.text && !decision->constants_enum[OLD].text;
}

static const char *from_of(const struct decision *decision)
{
	return decision->from.text ? decision->from.text : decision->path.text;
}

static enum holding judge_member(struct carrier *carrier, const struct sides *sides,
				 const struct decision *decision, const char **what)
{
	const char *path = decision->path.text, *from = from_of(decision);
	const char *was_old = was_shape(carrier, sides, OLD, from);
	const char *was_new = was_shape(carrier, sides, NEW, path);
	const char *now_old = now_shape(carrier, sides, OLD, from);
	const char *now_new = now_shape(carrier, sides, NEW, path);
	const char *before = now_shape(carrier, sides, OLD, path);

	if (same(was_old, now_old) && same(was_new, now_new))
		return HOLDS;
	if (!now_old && !now_new)
		return SETTLED;
	if (hands_on(decision) && same(before, was_new) && same(now_new, was_new))
		return SETTLED;
	*what = arena_printf(&carrier->carried->arena,
			     "was decided for `%s` -> `%s`, and is `%s` -> `%s` now",
			     was_old ? was_old : "nothing", was_new ? was_new : "nothing",
			     now_old ? now_old : "nothing", now_new ? now_new : "nothing");
	return STALE;
}

static enum holding judge_drop(struct carrier *carrier, const struct sides *sides,
			       const struct drop *drop, const char **what)
{
	const char *path = drop->path.text;
	const char *was_old = was_shape(carrier, sides, OLD, path);
	const char *now_old = now_shape(carrier, sides, OLD, path);
	bool was_kept = was_shape(carrier, sides, NEW, path) != NULL;
	bool is_kept = now_shape(carrier, sides, NEW, path) != NULL;

	if (!now_old)
		return SETTLED;
	if (same(was_old, now_old) && was_kept == is_kept)
		return HOLDS;
	*what = was_kept == is_kept
			? arena_printf(&carrier->carried->arena, "was `%s`, and is `%s` now",
				       was_old ? was_old : "nothing", now_old)
			: "the new type has this member now";
	return STALE;
}

/* ---- marks ------------------------------------------------------------------------------------ */

static void mark(struct carrier *carrier, const struct yaml_node *node, const char *stale)
{
	*VEC_PUSH(&carrier->marks) = (struct mark){.node = node, .stale = stale};
}

static void add_stale(struct carrier *carrier, struct place at, const char *about, const char *what)
{
	*VEC_PUSH(&carrier->carried->stale) =
		(struct carry_stale){.about = about, .what = what, .at = at};
}

static bool runs_code(const struct decision *decision)
{
	return decision->way == WAY_HOOK || decision->way == WAY_EXPR || decision->capture.text ||
	       decision->restore.text || (decision->reverse && decision->reverse->way != WAY_INIT);
}

static void carry_member(struct carrier *carrier, const struct sides *sides,
			 const struct decision *decision)
{
	struct carried *carried = carrier->carried;
	const char *what = NULL;

	carried->decisions++;
	switch (judge_member(carrier, sides, decision, &what)) {
	case HOLDS:
		carried->kept++;
		carried->code += runs_code(decision);
		break;
	case SETTLED:
		carried->settled++;
		mark(carrier, decision->node_yaml, NULL);
		break;
	case STALE:
		add_stale(carrier, decision->path.at,
			  arena_printf(&carried->arena, "%s.%s", sides->type->type.text,
				       decision->path.text),
			  what);
		mark(carrier, decision->node_yaml, what);
		break;
	}
}

static void carry_drop(struct carrier *carrier, const struct sides *sides, const struct drop *drop)
{
	struct carried *carried = carrier->carried;
	const struct yaml_node *drops = yaml_get(sides->type->node, "drop");
	const struct yaml_node *node = yaml_get(drops, drop->path.text);
	const char *what = NULL;
	enum holding holding = judge_drop(carrier, sides, drop, &what);

	carried->decisions++;
	if (holding == HOLDS || !node) {
		carried->kept++;
		return;
	}
	carried->settled += holding == SETTLED;
	if (holding == STALE)
		add_stale(carrier, drop->path.at,
			  arena_printf(&carried->arena, "%s: drop: %s", sides->type->type.text,
				       drop->path.text),
			  what);
	mark(carrier, node, NULL);
}

/* What a view names and the new type has no more is taken off its list. */
static void carry_view(struct carrier *carrier, const struct sides *sides)
{
	const struct yaml_node *list = yaml_get(sides->type->node, "carry");
	bool whole = true;

	if (!sides->type->has_carry)
		return;
	carrier->carried->decisions++;
	for (const struct yaml_node *item = list ? list->first : NULL; item; item = item->next) {
		if (item->kind != YAML_SCALAR || now_shape(carrier, sides, NEW, item->text))
			continue;
		mark(carrier, item, NULL);
		if (!now_shape(carrier, sides, OLD, item->text))
			continue;
		whole = false;
		add_stale(carrier, item->at,
			  arena_printf(&carrier->carried->arena, "%s: carry: %s",
				       sides->type->type.text, item->text),
			  "the new type has no such member");
	}
	carrier->carried->kept += whole;
}

/* Why LABEL is not one type on both sides of the new pair, or NULL: it is. */
static const char *lost_words(struct carrier *carrier, const char *label)
{
	static const char *const words[2][2] = {
		{"the old side has no such type", "the old side has several types of this name"},
		{"the new side has no such type", "the new side has several types of this name"},
	};

	for (int side = OLD; side <= NEW; side++) {
		type_id id;
		size_t n = model_lookup(carrier->input->now[side], label, &id, NULL, 0);

		if (n != 1)
			return words[side][n > 1];
	}
	return NULL;
}

/* A type that is not on both sides any more: nothing that was said of it can be meant. */
static void lose_type(struct carrier *carrier, const struct sides *sides, const char *what)
{
	struct carried *carried = carrier->carried;
	const struct type_decisions *type = sides->type;

	carried->decisions += type->members.n + type->drops.n + type->has_carry;
	add_stale(carrier, type->type.at, type->type.text, what);
	mark(carrier, type->node, NULL);
}

/* A root that one side has no more crosses no more. */
static void carry_root(struct carrier *carrier, const struct words *type,
		       const struct yaml_node *item)
{
	const char *what = type->text ? lost_words(carrier, type->text) : NULL;

	if (!what)
		return;
	carrier->carried->decisions++;
	add_stale(carrier, type->at,
		  arena_printf(&carrier->carried->arena, "roots: %s", type->text), what);
	mark(carrier, item, NULL);
}

static void carry_roots(struct carrier *carrier)
{
	const struct mapping *mapping = carrier->input->mapping;
	const struct yaml_node *list = yaml_get(mapping->tree, "roots");
	const struct yaml_node *item = list ? list->first : NULL;

	for (size_t i = 0; item && i < mapping->roots.n; i++, item = item->next)
		carry_root(carrier, &mapping->roots.at[i].type, item);
}

static void carry_type(struct carrier *carrier, const struct type_decisions *type)
{
	const char *lost = lost_words(carrier, type->type.text);
	struct sides sides = {.type = type};

	for (int side = OLD; side <= NEW; side++) {
		sides.was[side] = look_up(carrier->input->was[side], type->type.text);
		sides.now[side] = look_up(carrier->input->now[side], type->type.text);
	}
	if (lost) {
		lose_type(carrier, &sides, lost);
		return;
	}
	carry_view(carrier, &sides);
	for (size_t i = 0; i < type->members.n; i++)
		carry_member(carrier, &sides, &type->members.at[i]);
	for (size_t i = 0; i < type->drops.n; i++)
		carry_drop(carrier, &sides, &type->drops.at[i]);
}

/* ---- the text --------------------------------------------------------------------------------- */

static const struct mark *mark_of(const struct carrier *carrier, const struct yaml_node *node)
{
	for (size_t i = 0; i < carrier->marks.n; i++)
		if (carrier->marks.at[i].node == node)
			return &carrier->marks.at[i];
	return NULL;
}

/* The old words as a comment, each line INDENT blanks in. */
static void comment_out(struct text *out, const char *words, unsigned int indent)
{
	while (*words) {
		size_t n = strcspn(words, "\n"), blanks = strspn(words, " ");

		if (blanks > indent)
			blanks = indent;
		text_add(out, "%*s#   %.*s\n", (int)indent, "", (int)(n - blanks), words + blanks);
		words += n + (words[n] == '\n');
	}
}

static const char *key_text(struct carrier *carrier, const struct yaml_node *node)
{
	return splice_text(&carrier->splice, node->key, &carrier->carried->arena);
}

/* NODE's key with TODO; in a block, with what it said before. */
static void cut_stale(struct carrier *carrier, const struct yaml_node *parent,
		      const struct mark *mark)
{
	const struct yaml_node *node = mark->node;
	struct arena *arena = &carrier->carried->arena;
	unsigned int indent = splice_indent(parent);
	struct text text;

	if (parent->flow) {
		splice_cut(&carrier->splice, parent, node,
			   arena_printf(arena, "%s: TODO", key_text(carrier, node)));
		return;
	}
	text_init(&text);
	text_add(&text, "%*s# stale: %s; it said\n", (int)indent, "", mark->stale);
	comment_out(&text, splice_text(&carrier->splice, node, arena), indent);
	text_add(&text, "%*s%s: TODO\n", (int)indent, "", key_text(carrier, node));
	splice_cut(&carrier->splice, parent, node, text_string(&text));
	text_deinit(&text);
}

/* Cuts what is marked below NODE; true when nothing of NODE is left, which then is its parent's to cut. */
static bool cut_below(struct carrier *carrier, const struct yaml_node *node)
{
	size_t gone = 0;
	const struct yaml_node **cut;

	if (node->kind == YAML_SCALAR || !node->n)
		return false;
	cut = ARENA_NEW_ARRAY(&carrier->carried->arena, node->n, const struct yaml_node *);
	for (const struct yaml_node *item = node->first; item; item = item->next) {
		const struct mark *mark = mark_of(carrier, item);

		if (mark && mark->stale)
			cut_stale(carrier, node, mark);
		else if (mark || cut_below(carrier, item))
			cut[gone++] = item;
	}
	if (gone == node->n)
		return true;
	for (size_t i = 0; i < gone; i++)
		splice_cut(&carrier->splice, node, cut[i], NULL);
	return false;
}

static void replace_word(struct carrier *carrier, const char *side, const char *key,
			 const char *word)
{
	const struct yaml_node *node = yaml_get(yaml_get(carrier->input->mapping->tree, side), key);

	if (node && word)
		splice_replace(&carrier->splice, node, word);
}

static void replace_releases(struct carrier *carrier)
{
	static const char *const keys[] = {"from", "to"};

	for (int side = OLD; side <= NEW; side++) {
		const struct model_info *info = &carrier->input->now[side]->info;

		replace_word(carrier, keys[side], "release", info->release);
		replace_word(carrier, keys[side], "arch", info->arch);
	}
}

/* The comments at the top of the file speak of the earlier pair. */
static size_t head_length(const struct carry_input *input)
{
	size_t at = 0;

	while (at < input->n && (input->file[at] == '#' || input->file[at] == '\n')) {
		const char *end = memchr(input->file + at, '\n', input->n - at);

		at = end ? (size_t)(end - input->file) + 1 : input->n;
	}
	return at;
}

static void write_text(struct carrier *carrier, struct text *out)
{
	const struct carry_input *input = carrier->input;
	const struct mapping *mapping = input->mapping;

	text_add(out, "# %s, from the mapping of %s to %s.\n", carried_summary(carrier->carried),
		 mapping->from_release.text ? mapping->from_release.text : "another old release",
		 mapping->to_release.text ? mapping->to_release.text : "another new one");
	splice_skip(&carrier->splice, head_length(input));
	splice_write(&carrier->splice, out);
}

const char *carried_summary(struct carried *carried)
{
	return arena_printf(&carried->arena, "%zu of %zu decisions carried, %zu settled, %zu stale",
			    carried->kept, carried->decisions, carried->settled,
			    carried->decisions - carried->kept - carried->settled);
}

void carry_write(const struct carry_input *input, struct carried *carried, struct text *out)
{
	struct carrier carrier = {.input = input, .carried = carried};

	*carried = (struct carried){0};
	arena_init(&carried->arena);
	splice_init(&carrier.splice, input->file, input->n);
	for (size_t i = 0; i < input->mapping->types.n; i++)
		carry_type(&carrier, &input->mapping->types.at[i]);
	carry_roots(&carrier);
	replace_releases(&carrier);
	cut_below(&carrier, input->mapping->tree);
	write_text(&carrier, out);
	splice_deinit(&carrier.splice);
	VEC_FREE(&carrier.marks);
}

void carried_deinit(struct carried *carried)
{
	VEC_FREE(&carried->stale);
	arena_deinit(&carried->arena);
}
