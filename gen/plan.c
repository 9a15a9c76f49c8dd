// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes a plan of a mapping and two models, step by step; the steps stand in the other plan_*.c. */
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

/*
 * The types that the mapping decides about; what holds a derived section's type finds it by itself. A section that only names an idiom does not; and where
 * there are roots, what they do not reach stands aside: a section says what changed in it, no more.
 */
static void sections_plan(struct plan_maker *maker)
{
	const struct mapping *mapping = maker->mapping;

	for (size_t i = 0; i < mapping->types.n; i++) {
		const struct type_decisions *decisions = &mapping->types.at[i];
		uint32_t index;

		if (decisions->is_derived)
			continue;
		if (decisions->idiom.text && !decisions->members.n && !decisions->drops.n &&
		    !decisions->has_carry)
			continue;
		index = type_of_words(maker, &decisions->type);
		if (index != NO_INDEX && !maker->aside)
			maker->plan->types.at[index]->is_object = true;
	}
}

static void extent_plan(struct plan_maker *maker, struct plan_type *type)
{
	const struct words *extent = type->decisions ? &type->decisions->extent : NULL;
	char *end;

	type->extent = type->size[OLD];
	if (!extent || !extent->text)
		return;
	if (extent->text[0] < '0' || extent->text[0] > '9') {
		type->extent_by = extent;
		return;
	}
	type->extent = strtoull(extent->text, &end, 0);
	if (*end || !type->extent || type->extent > type->size[OLD])
		plan_error(maker, type, "extent", extent->at,
			   "`%s` is not a number of bytes up to %llu, the old type's size",
			   extent->text, (unsigned long long)type->size[OLD]);
}

/* The list grows while it is worked through: planning a type finds those it holds or follows. */
static void types_plan(struct plan_maker *maker, uint32_t first)
{
	for (uint32_t i = first; i < maker->plan->types.n; i++) {
		struct plan_type *type = maker->plan->types.at[i];

		if (type->is_refused || type->is_part)
			continue;
		extent_plan(maker, type);
		type_plan(maker, type);
		extent_settle(maker, type);
		type_ledger(maker, type);
	}
}

void plan_digests(struct plan_maker *maker)
{
	struct plan *plan = maker->plan;
	type_id *ids = ARENA_NEW_ARRAY(maker->arena, plan->types.n + 1, type_id);

	for (int side = OLD; side <= NEW; side++) {
		for (size_t i = 0; i < plan->types.n; i++) {
			struct plan_type *type = plan->types.at[i];

			ids[i] = type->id[side];
			hash128_hex(model_digest(maker->model[side], &ids[i], 1),
				    type->digest[side]);
		}
		hash128_hex(model_digest(maker->model[side], ids, plan->types.n),
			    plan->digest[side]);
	}
}

static void plan_finish(struct plan_maker *maker)
{
	types_order(maker);
	types_promise(maker);
	types_name(maker);
	code_check(maker);
	check_tails(maker);
	for (size_t i = 0; i < maker->plan->types.n; i++)
		if (!maker->plan->types.at[i]->is_refused)
			type_runs(maker, maker->plan->types.at[i]);
	plan_digests(maker);
}

bool plan_make(const struct plan_input *input, struct plan *plan, struct diags *diags)
{
	struct plan_maker maker = {
		.input = input,
		.mapping = input->mapping,
		.diff = input->diff,
		.model = {[OLD] = input->diff->old, [NEW] = input->diff->new},
		.plan = plan,
		.diags = diags,
		.arena = &plan->arena,
	};
	size_t errors = diags->errors;
	uint32_t reached;

	memset(plan, 0, sizeof(*plan));
	arena_init(&plan->arena);
	plan->mapping = input->mapping;
	plan->diff = input->diff;
	plan->model[OLD] = maker.model[OLD];
	plan->model[NEW] = maker.model[NEW];
	if (!idioms_load(&maker.idioms, diags))
		return false;
	idioms_override(&maker.idioms, input->mapping);
	check_sides(&maker);
	code_read(&maker);
	roots_plan(&maker);
	symbols_plan(&maker);
	types_plan(&maker, 0);
	maker.aside = input->mapping->roots.n;
	reached = (uint32_t)plan->types.n;
	sections_plan(&maker);
	types_plan(&maker, reached);
	plan_finish(&maker);
	hidden_plan(&maker);
	plan->idioms = maker.idioms;
	return diags->errors == errors && !diags_failed(diags);
}

static void type_deinit(struct plan_type *type)
{
	for (int side = OLD; side <= NEW; side++) {
		VEC_FREE(&type->slots[side]);
		VEC_FREE(&type->choices[side]);
		VEC_FREE(&type->armed[side]);
		ledger_deinit(&type->ledger[side]);
	}
	VEC_FREE(&type->ops);
	VEC_FREE(&type->pieces);
	VEC_FREE(&type->reads);
	VEC_FREE(&type->hooks);
	VEC_FREE(&type->captures);
	VEC_FREE(&type->restores);
}

void plan_deinit(struct plan *plan)
{
	for (size_t i = 0; i < plan->types.n; i++)
		type_deinit(plan->types.at[i]);
	VEC_FREE(&plan->types);
	VEC_FREE(&plan->walks);
	VEC_FREE(&plan->roots);
	VEC_FREE(&plan->symbols);
	VEC_FREE(&plan->new_symbols);
	VEC_FREE(&plan->problems);
	idioms_deinit(&plan->idioms);
	arena_deinit(&plan->arena);
}
