/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds the lines of declarations against the lines that a patch changes. */
#include "patch_types.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32

/* ---- lines of declarations --------------------------------------------------------------------- */

static void widen(struct declared *declared, uint32_t line)
{
	if (!line)
		return;
	if (!declared->first || line < declared->first)
		declared->first = line;
	if (line > declared->last)
		declared->last = line;
}

/* Declared where it stands: a typedef would have its own place. */
static bool is_anonymous(const struct model *model, type_id id)
{
	id = strip_qualifiers(model, id);
	return is_record(model, id) && strip(model, id) == id && !type_label(model, id);
}

static void widen_by_members(const struct model *model, type_id id, unsigned int depth,
			     struct declared *declared)
{
	const struct type *type = type_at(model, strip(model, id));

	if (type->kind != KIND_STRUCT && type->kind != KIND_UNION)
		return;
	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = &members_of(model, type)[i];

		widen(declared, member->line);
		if (depth < DEPTH_MAX && is_anonymous(model, member->type))
			widen_by_members(model, member->type, depth + 1, declared);
	}
}

struct declared type_declared(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));
	struct declared declared = {.file = type->file};

	widen(&declared, type->line);
	widen_by_members(model, id, 0, &declared);
	if (!declared.first)
		declared.file = NULL;
	else if (type->n && (type->kind == KIND_STRUCT || type->kind == KIND_UNION))
		declared.last++;
	return declared;
}

struct declared field_declared(const struct model *model, const struct field *field)
{
	struct declared declared = {0};

	if (field->type == TYPE_NONE || field->parent == TYPE_NONE)
		return declared;
	declared.file = type_at(model, field->parent)->file;
	widen(&declared, field->line);
	if (is_anonymous(model, field->type))
		widen_by_members(model, field->type, 0, &declared);
	if (!declared.first)
		declared.file = NULL;
	return declared;
}

/* ---- hunks ------------------------------------------------------------------------------------ */

struct touch patch_touch(const struct patch *patch, bool new, const struct declared *where)
{
	size_t n;
	const struct hunk_name *names = patch_hunks_of(patch, new, where->file, &n);

	for (size_t i = 0; i < n; i++) {
		const struct hunk *hunk = &patch->hunks.at[names[i].hunk];
		size_t line;

		if (!hunk_is_of(hunk, new, where->file))
			continue;
		line = hunk_changes(hunk, new, where->first, where->last, 0);
		if (line < hunk->n)
			return (struct touch){.hunk = hunk, .line = line};
	}
	return (struct touch){0};
}

const char *touched_words(enum touched touched)
{
	static const char *const words[] = {
		[TOUCHED_NOT] = "not touched",
		[TOUCHED_CHANGED] = "touched and changed",
		[TOUCHED_ONLY] = "touched only",
		[TOUCHED_BY_OTHERS] = "changed only",
	};

	return words[touched];
}

/* ---- all types -------------------------------------------------------------------------------- */

struct patching {
	const struct patch *patch;
	const struct diff *diff;
	size_t *entry; /* by new id, and behind them by old id: index in diff->at plus one */
	struct patched *out;
};

static const struct diff_type *entry_of(const struct patching *patching, type_id old_id,
					type_id new_id)
{
	size_t at = 0;

	if (new_id != TYPE_NONE)
		at = patching->entry[new_id];
	if (!at && old_id != TYPE_NONE)
		at = patching->entry[patching->diff->new->types.n + old_id];
	return at ? &patching->diff->at[at - 1] : NULL;
}

static bool in_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_';
}

/* NAME is a word of TEXT. */
static bool has_word(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name))
		if ((at == text || !in_word(at[-1])) && !in_word(at[n]))
			return true;
	return false;
}

static bool names_enumerator(const struct model *model, const struct type *type, const char *text)
{
	for (uint32_t i = 0; i < type->n; i++)
		if (has_word(text, enumerators_of(model, type)[i].name))
			return true;
	return false;
}

/* Enumerators have no lines in debug info: a changed line that names one is about the enum. */
static struct touch touch_enum(const struct patch *patch, bool new, const struct model *model,
			       type_id id)
{
	const struct type *type = type_at(model, id);
	size_t n;
	const struct hunk_name *names = patch_hunks_of(patch, new, type->file, &n);

	for (size_t i = 0; type->kind == KIND_ENUM && i < n; i++) {
		const struct hunk *hunk = &patch->hunks.at[names[i].hunk];

		if (!hunk_is_of(hunk, new, type->file))
			continue;
		for (size_t k = 0; k < hunk->n; k++)
			if (hunk->lines[k].sign != ' ' &&
			    names_enumerator(model, type, hunk->lines[k].text))
				return (struct touch){.hunk = hunk, .line = k};
	}
	return (struct touch){0};
}

static struct touch touch_type(const struct patching *patching, bool new, type_id id)
{
	const struct model *model = new ? patching->diff->new : patching->diff->old;
	struct declared where = type_declared(model, id);
	struct touch touch = {0};

	if (!where.file)
		return touch;
	touch = patch_touch(patching->patch, new, &where);
	return touch.hunk ? touch : touch_enum(patching->patch, new, model, id);
}

/* Where the patch changes the declaration of a type that either side has. */
static bool find_touch(const struct patching *patching, struct patched_type *type)
{
	if (type->new_id != TYPE_NONE) {
		type->touch = touch_type(patching, true, type->new_id);
		type->on_new = type->touch.hunk != NULL;
	}
	if (!type->touch.hunk && type->old_id != TYPE_NONE)
		type->touch = touch_type(patching, false, type->old_id);
	return type->touch.hunk != NULL;
}

static void sort_in(struct patching *patching, const char *label, type_id old_id, type_id new_id)
{
	struct patched_type type = {.label = label, .old_id = old_id, .new_id = new_id};
	const struct diff_type *entry = entry_of(patching, old_id, new_id);
	bool changed = entry && entry->status != DIFF_CARRIER && !entry->cause;

	if (find_touch(patching, &type))
		type.touched = changed ? TOUCHED_CHANGED : TOUCHED_ONLY;
	else if (changed)
		type.touched = TOUCHED_BY_OTHERS;
	else
		return;
	*VEC_PUSH(patching->out) = type;
	patching->out->by[type.touched]++;
}

static bool is_sorted_in(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, id);

	return (type->kind == KIND_STRUCT || type->kind == KIND_UNION || type->kind == KIND_ENUM) &&
	       type_label(model, id) && !(type->flags & TYPE_DECLARATION);
}

static void index_entries(struct patching *patching)
{
	const struct diff *diff = patching->diff;
	size_t room = 0;

	patching->entry = vec_grow(NULL, &room, diff->new->types.n + diff->old->types.n + 1,
				   sizeof(*patching->entry));
	memset(patching->entry, 0,
	       (diff->new->types.n + diff->old->types.n + 1) * sizeof(*patching->entry));
	for (size_t i = 0; i < diff->n; i++) {
		if (diff->at[i].new_id != TYPE_NONE)
			patching->entry[diff->at[i].new_id] = i + 1;
		if (diff->at[i].old_id != TYPE_NONE)
			patching->entry[diff->new->types.n + diff->at[i].old_id] = i + 1;
	}
}

/* Every type of the new side with its partner, then those that only the old side has. */
static void sort_all(struct patching *patching, const bool *old_in, const bool *new_in)
{
	const struct diff *diff = patching->diff;

	for (type_id id = 0; id < diff->new->types.n; id++)
		if ((!new_in || new_in[id]) && is_sorted_in(diff->new, id))
			sort_in(patching, type_label(diff->new, id), diff_old_of(diff, id), id);
	for (type_id id = 0; id < diff->old->types.n; id++)
		if ((!old_in || old_in[id]) && is_sorted_in(diff->old, id) &&
		    diff_new_of(diff, id) == TYPE_NONE)
			sort_in(patching, type_label(diff->old, id), id, TYPE_NONE);
}

static bool *ids_in(const struct model *model, const type_id *ids, size_t n, struct arena *arena)
{
	bool *in = ARENA_NEW_ARRAY(arena, model->types.n + 1, bool);

	for (size_t i = 0; i < n; i++)
		in[strip(model, ids[i])] = true;
	return in;
}

static int by_label(const void *a, const void *b)
{
	const struct patched_type *x = a, *y = b;
	int order = strcmp(x->label, y->label);

	if (order)
		return order;
	return x->new_id < y->new_id ? -1 : x->new_id > y->new_id;
}

void patch_types(const struct patch *patch, const struct diff *diff, const struct diff_scope *scope,
		 struct patched *out)
{
	struct patching patching = {.patch = patch, .diff = diff, .out = out};
	struct arena scratch;

	*out = (struct patched){0};
	arena_init(&scratch);
	index_entries(&patching);
	if (scope)
		sort_all(&patching, ids_in(diff->old, scope->old_ids, scope->n_old, &scratch),
			 ids_in(diff->new, scope->new_ids, scope->n_new, &scratch));
	else
		sort_all(&patching, NULL, NULL);
	if (out->n)
		qsort(out->at, out->n, sizeof(*out->at), by_label);
	vec_free(patching.entry);
	arena_deinit(&scratch);
}

void patched_deinit(struct patched *patched)
{
	VEC_FREE(patched);
}
