// SPDX-License-Identifier: GPL-2.0-or-later
/* Integers that may hold values of a renumbered enum, and that cross because nobody decided. */
#include <string.h>

#include "../schema/hidden_enums.h"
#include "plan_internal.h"

/* The slot that PATH is, or lies in; NO_INDEX: its type has a plan of its own. */
static uint32_t slot_around(const struct plan_type *type, const char *path)
{
	for (uint32_t i = 0; i < type->slots[NEW].n; i++)
		if (path_within(path, type->slots[NEW].at[i].key))
			return i;
	return NO_INDEX;
}

static bool is_written(const struct plan_type *type, const char *path)
{
	for (size_t i = 0; type->decisions && i < type->decisions->members.n; i++)
		if (path_within(path, type->decisions->members.at[i].path.text))
			return true;
	return false;
}

static bool crosses_unasked(const struct plan_type *type, const char *path)
{
	uint32_t slot = slot_around(type, path);
	const struct op *op;

	if (slot == NO_INDEX || type->slots[NEW].at[slot].op == NO_INDEX || is_written(type, path))
		return false;
	op = &type->ops.at[type->slots[NEW].at[slot].op];
	return op->kind == OP_COPY || op->kind == OP_WIDEN || op->kind == OP_NESTED;
}

void hidden_plan(struct plan_maker *maker)
{
	struct hidden_enums hidden;

	if (maker->input->is_back) /* the forward way warned */
		return;
	hidden_init(maker->diff, &hidden);
	for (size_t i = 0; i < maker->plan->types.n && hidden.enums.n; i++) {
		const struct plan_type *type = maker->plan->types.at[i];
		struct hidden_ties ties = {.n = 0};

		hidden_find(&hidden, type->id[OLD], type->id[NEW], &ties);
		for (size_t k = 0; k < ties.n; k++)
			if (crosses_unasked(type, ties.at[k].path)) {
				size_t before = maker->diags->n;

				hidden_warn(&hidden, &ties.at[k], type->label, type->at,
					    maker->diags);
				if (maker->diags->n > before)
					plan_problem(maker, PROBLEM_HIDDEN, type->label,
						     arena_strdup(maker->arena, ties.at[k].path))
						->diag = before;
			}
		VEC_FREE(&ties);
	}
	hidden_deinit(&hidden);
}
