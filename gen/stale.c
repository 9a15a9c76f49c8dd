/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decisions that speak of what is no longer there: reported where they stand, never deleted. */
#include "survey.h"

#include <string.h>

struct stale {
	const struct model *old, *new;
	struct arena *arena;
	struct diags *diags;
	const char *label;
	type_id old_id, new_id; /* TYPE_NONE on the side where the type is not */
};

static bool find(const struct model *model, type_id id, const char *path, struct field *field)
{
	size_t stop;

	return id != TYPE_NONE && is_record(model, id) && field_find(model, id, path, field, &stop);
}

static void check_shape(const struct stale *stale, const struct words *words, const char *key,
			const char *path, const struct model *model, const struct field *field)
{
	if (!words->text || shape_agrees(model, field, words->text))
		return;
	diag_add(stale->diags, DIAG_WARNING, words->at,
		 "%s.%s: stale: `%s: %s`, but it is `%s` now; look at the decision again",
		 stale->label, path, key, words->text, shape_write(model, field, stale->arena));
}

static void check_decision(const struct stale *stale, const struct decision *decision)
{
	const char *from = decision->from.text ? decision->from.text : decision->path.text;
	struct field old, new;

	if (!find(stale->new, stale->new_id, decision->path.text, &new)) {
		diag_add(stale->diags, DIAG_WARNING, decision->path.at,
			 "%s.%s: stale: the new type has no such member", stale->label,
			 decision->path.text);
		return;
	}
	check_shape(stale, &decision->is, "is", decision->path.text, stale->new, &new);
	if (find(stale->old, stale->old_id, from, &old))
		check_shape(stale, &decision->was, "was", from, stale->old, &old);
	else if (decision->from.text || decision->was.text)
		diag_add(stale->diags, DIAG_WARNING,
			 decision->from.text ? decision->from.at : decision->was.at,
			 "%s.%s: stale: the old type has no such member", stale->label, from);
}

static void check_drops(const struct stale *stale, const struct type_decisions *type)
{
	struct field field;

	for (size_t i = 0; i < type->drops.n; i++)
		if (!find(stale->old, stale->old_id, type->drops.at[i].path.text, &field))
			diag_add(stale->diags, DIAG_WARNING, type->drops.at[i].path.at,
				 "%s: drop: %s: stale: the old type has no such member",
				 stale->label, type->drops.at[i].path.text);
}

static void check_carry(const struct stale *stale, const struct type_decisions *type)
{
	struct field field;

	for (size_t i = 0; i < type->carry.n; i++)
		if (type->carry.at[i].text &&
		    !find(stale->new, stale->new_id, type->carry.at[i].text, &field))
			diag_add(stale->diags, DIAG_WARNING, type->carry.at[i].at,
				 "%s: carry: %s: stale: the new type has no such member",
				 stale->label, type->carry.at[i].text);
}

static type_id lookup(const struct model *model, const char *label)
{
	type_id id;

	return model_lookup(model, label, &id, NULL, 0) == 1 ? strip(model, id) : TYPE_NONE;
}

void survey_stale(const struct survey_input *input, struct diags *diags)
{
	struct arena scratch;
	struct stale stale = {
		.old = input->diff->old,
		.new = input->diff->new,
		.arena = &scratch,
		.diags = diags,
	};

	arena_init(&scratch);
	for (size_t i = 0; input->mapping && i < input->mapping->types.n; i++) {
		const struct type_decisions *type = &input->mapping->types.at[i];

		stale.label = type->type.text;
		stale.new_id = lookup(stale.new, stale.label);
		stale.old_id = stale.new_id == TYPE_NONE ? lookup(stale.old, stale.label)
							 : diff_old_of(input->diff, stale.new_id);
		if (stale.new_id == TYPE_NONE && stale.old_id == TYPE_NONE) {
			diag_add(diags, DIAG_WARNING, type->type.at,
				 "%s: stale: neither side has such a type", stale.label);
			continue;
		}
		for (size_t k = 0; k < type->members.n; k++)
			check_decision(&stale, &type->members.at[k]);
		check_drops(&stale, type);
		check_carry(&stale, type);
	}
	arena_deinit(&scratch);
}
