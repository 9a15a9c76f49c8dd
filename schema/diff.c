/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The diff of two models: which types are reported, what caused what, and the questions others ask.
 */
#include "diff_parts.h"
#include "select.h"

#include <stdlib.h>
#include <string.h>

const char *rule_id(enum rule rule)
{
	static const char *const ids[] = {
#define RULE_ID(id, words) #id,
		RULES(RULE_ID)
#undef RULE_ID
	};

	return ids[rule];
}

const char *rule_words(enum rule rule)
{
	static const char *const all[] = {
#define RULE_WORDS(id, words) words,
		RULES(RULE_WORDS)
#undef RULE_WORDS
	};

	return all[rule];
}

const char *diff_status_word(enum diff_status status)
{
	static const char *const words[] = {
		[DIFF_CHANGED] = "changed", [DIFF_CARRIER] = "carrier",	    [DIFF_ADDED] = "added",
		[DIFF_REMOVED] = "removed", [DIFF_AMBIGUOUS] = "ambiguous",
	};

	return words[status];
}

bool diff_is_root(const struct diff_type *type)
{
	for (size_t i = 0; i < type->n; i++)
		if (!type->entries[i].cause)
			return true;
	return !type->n;
}

bool diff_names_cause(const struct diff_type *type, const char *label)
{
	for (size_t i = 0; i < type->n; i++)
		if (type->entries[i].cause && !strcmp(type->entries[i].cause, label))
			return true;
	return false;
}

bool diff_same_layout(const struct diff *diff, type_id old_id, type_id new_id)
{
	return same_layout(diff, old_id, new_id, 0);
}

uint32_t diff_type_rules(const struct diff *diff, type_id old_id, type_id new_id)
{
	return type_rules(diff, old_id, new_id, 0);
}

type_id diff_new_of(const struct diff *diff, type_id old_id)
{
	return diff->pairing->old.partner[strip(diff->old, old_id)];
}

type_id diff_old_of(const struct diff *diff, type_id new_id)
{
	return diff->pairing->new.partner[strip(diff->new, new_id)];
}

/* The encoding of plain char, ENC_NONE when the model has none. */
static enum encoding plain_char(const struct side *side)
{
	struct type_list list = model_named(side->model, KIND_INT, "char");

	return list.n ? side_encoding(side, type_at(side->model, list.first)) : ENC_NONE;
}

static void compare_chars(struct diff *diff)
{
	enum encoding old = plain_char(&diff->pairing->old);
	enum encoding new = plain_char(&diff->pairing->new);

	diff->char_changed_sign = old != ENC_NONE && new != ENC_NONE &&old != new;
	diff->pairing->old.char_is_plain = diff->char_changed_sign;
	diff->pairing->new.char_is_plain = diff->char_changed_sign;
}

/* Types that are reported by themselves: complete, with a label, or an anonymous enum. */
static bool reported(const struct side *side, type_id id)
{
	const struct type *type = type_at(side->model, id);

	if (type->flags & TYPE_DECLARATION)
		return false;
	return side->names[id] || (type->kind == KIND_ENUM && type->n);
}

/* Which ids to report, by id; everything without a scope. */
static bool *wanted(const struct side *side, bool all, const type_id *ids, size_t n,
		    struct arena *arena)
{
	bool *out = ARENA_NEW_ARRAY(arena, side->model->types.n, bool);

	for (type_id id = 0; all && id < side->model->types.n; id++)
		out[id] = true;
	for (size_t i = 0; i < n; i++)
		out[strip(side->model, ids[i])] = true;
	return out;
}

static void report(struct diff *diff, struct diff_type type)
{
	diff->by_status[type.status]++;
	*VEC_PUSH(diff) = type;
}

static void report_lonely(struct diff *diff, const struct side *side, const bool *scope,
			  bool is_new)
{
	for (type_id id = 0; id < side->model->types.n; id++) {
		struct diff_type type = {
			.status = side->tied[id] ? DIFF_AMBIGUOUS
				  : is_new	 ? DIFF_ADDED
						 : DIFF_REMOVED,
			.kind = side_kind(side, id),
			.old_id = is_new ? TYPE_NONE : id,
			.new_id = is_new ? id : TYPE_NONE,
		};

		if (!scope[id] || !reported(side, id) || side->partner[id] != TYPE_NONE)
			continue;
		type.label = display_label(diff, side->model, id);
		report(diff, type);
	}
}

static int kind_rank(enum type_kind kind)
{
	switch (kind) {
	case KIND_STRUCT:
		return 0;
	case KIND_UNION:
		return 1;
	case KIND_ENUM:
		return 2;
	default:
		return 3;
	}
}

static int type_order(const void *va, const void *vb)
{
	const struct diff_type *a = va, *b = vb;
	int order = kind_rank(a->kind) - kind_rank(b->kind);

	if (!order)
		order = strcmp(a->label, b->label);
	if (!order)
		order = (int)a->status - (int)b->status;
	if (!order && a->new_id != b->new_id)
		order = a->new_id < b->new_id ? -1 : 1;
	if (!order && a->old_id != b->old_id)
		order = a->old_id < b->old_id ? -1 : 1;
	return order;
}

static void report_paired(struct diff *diff, const bool *old_scope, const bool *new_scope)
{
	const struct side *old = &diff->pairing->old;

	for (type_id id = 0; id < diff->old->types.n; id++) {
		type_id other = old->partner[id];
		const struct diff_type *type;

		if (other == TYPE_NONE)
			continue;
		type = compare_pair(diff, id, other, 0);
		if (!old_scope[id] && !new_scope[other])
			continue;
		diff->compared++;
		if (type && all_by_enum(type))
			*VEC_PUSH(&diff->holders) = type;
		else if (type)
			report(diff, *type);
	}
}

/* Of either side, by id: nameless enums that nothing refers to. */
static bool *constants_of(const struct model *model, struct arena *arena)
{
	bool *out = ARENA_NEW_ARRAY(arena, model->types.n, bool);
	struct selection all;

	select_closure(model, NULL, 0, false, &all);
	select_loose_enums(model, &all, out);
	selection_deinit(&all);
	return out;
}

/* One that somebody refers to on a side is a type there. */
static void mark_constants(struct diff *diff)
{
	bool *old = NULL, *new = NULL;

	for (size_t i = 0; i < diff->n; i++) {
		struct diff_type *type = &diff->at[i];

		if (type->kind != KIND_ENUM)
			continue;
		if (!old) {
			old = constants_of(diff->old, &diff->pairing->arena);
			new = constants_of(diff->new, &diff->pairing->arena);
		}
		type->is_constants = (type->old_id == TYPE_NONE || old[type->old_id]) &&
				     (type->new_id == TYPE_NONE || new[type->new_id]);
	}
}

static bool is_reported(const struct diff *diff, const char *label)
{
	for (size_t i = 0; i < diff->n; i++)
		if (!strcmp(diff->at[i].label, label))
			return true;
	for (size_t i = 0; i < diff->holders.n; i++)
		if (!strcmp(diff->holders.at[i]->label, label))
			return true;
	return false;
}

/* A holder whose enum is out of scope speaks for itself. */
static void report_holders(struct diff *diff)
{
	size_t kept = 0;

	for (size_t i = 0; i < diff->holders.n; i++) {
		const struct diff_type *type = diff->holders.at[i];
		bool told = true;

		for (size_t k = 0; k < type->n; k++)
			told &= is_reported(diff, type->entries[k].cause);
		if (told)
			diff->holders.at[kept++] = type;
		else
			report(diff, *type);
	}
	diff->holders.n = kept;
}

void diff_models(const struct model *old, const struct model *new, const struct diff_scope *scope,
		 struct diff *diff)
{
	bool all_old = !scope || !scope->old_ids, all_new = !scope || !scope->new_ids;
	bool *old_scope, *new_scope;
	struct pairing *pairing = vec_grow(NULL, &(size_t){0}, 1, sizeof(*pairing));

	*diff = (struct diff){.old = old, .new = new, .pairing = pairing};
	*pairing = (struct pairing){0};
	arena_init(&pairing->arena);
	side_init(&pairing->old, old, &pairing->arena);
	side_init(&pairing->new, new, &pairing->arena);
	pairing->verdict = ARENA_NEW_ARRAY(&pairing->arena, old->types.n, size_t);
	compare_chars(diff);
	pair_types(pairing);
	pair_anonymous_enums(pairing);
	old_scope = wanted(&pairing->old, all_old, scope ? scope->old_ids : NULL,
			   scope ? scope->n_old : 0, &pairing->arena);
	new_scope = wanted(&pairing->new, all_new, scope ? scope->new_ids : NULL,
			   scope ? scope->n_new : 0, &pairing->arena);
	report_paired(diff, old_scope, new_scope);
	report_holders(diff);
	report_lonely(diff, &pairing->old, old_scope, false);
	report_lonely(diff, &pairing->new, new_scope, true);
	mark_constants(diff);
	if (diff->n)
		qsort(diff->at, diff->n, sizeof(*diff->at), type_order);
}

void diff_deinit(struct diff *diff)
{
	struct pairing *pairing = diff->pairing;

	if (!pairing)
		return;
	for (size_t i = 0; i < pairing->all.n; i++)
		vec_free(pairing->all.at[i]->entries);
	VEC_FREE(&pairing->all);
	arena_deinit(&pairing->arena);
	vec_free(pairing);
	VEC_FREE(diff);
	VEC_FREE(&diff->holders);
	*diff = (struct diff){0};
}
