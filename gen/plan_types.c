// SPDX-License-Identifier: GPL-2.0-or-later
/* Which types have a plan: those the mapping names and what they hold by value or follow. */
#include <ctype.h>
#include <string.h>

#include "plan_internal.h"

#define TYPE_BYTES_MAX (1u << 26) /* offsets in bits have to fit the tables' 32 bits */

/* Slots are not looked for in what is too large: one message is enough. */
static void size_check(struct plan_maker *maker, struct plan_type *type)
{
	for (int side = OLD; side <= NEW; side++) {
		if (type->size[side] && type->size[side] <= TYPE_BYTES_MAX)
			continue;
		plan_error(maker, type, NULL, type->at,
			   "%llu bytes in the %s kernel; types of 1 byte to 64 MiB can be carried",
			   (unsigned long long)type->size[side], side == OLD ? "old" : "new");
		type->is_refused = true;
	}
}

static struct plan_type *type_add(struct plan_maker *maker, type_id old_id, type_id new_id,
				  struct place at)
{
	struct plan_type *type = ARENA_NEW(maker->arena, struct plan_type);

	type->id[OLD] = old_id;
	type->id[NEW] = new_id;
	for (int side = OLD; side <= NEW; side++) {
		const struct type *record = type_at(maker->model[side], type->id[side]);

		type->size[side] = record->size;
		type->align[side] = record->align;
		type->promised[side] = record->align;
		type->ledger[side].bits = record->size * 8;
	}
	type->label = type_label(maker->model[NEW], new_id);
	if (!type->label)
		type->label = arena_printf(maker->arena, "%s {...} at line %u",
					   kind_keyword(type_at(maker->model[NEW], new_id)->kind),
					   type_at(maker->model[NEW], new_id)->line);
	type->decisions = mapping_type(maker->mapping, type->label);
	type->is_aside = maker->aside;
	type->is_view = type->decisions && type->decisions->has_carry;
	type->at = type->decisions ? type->decisions->type.at : at;
	size_check(maker, type);
	*VEC_PUSH(&maker->plan->types) = type;
	return type;
}

uint32_t type_of_pair(struct plan_maker *maker, type_id old_id, type_id new_id, struct place at)
{
	struct plan *plan = maker->plan;

	old_id = strip(maker->model[OLD], old_id);
	new_id = strip(maker->model[NEW], new_id);
	for (uint32_t i = 0; i < plan->types.n; i++)
		if (!plan->types.at[i]->is_part && plan->types.at[i]->id[OLD] == old_id &&
		    plan->types.at[i]->id[NEW] == new_id)
			return i;
	type_add(maker, old_id, new_id, at);
	return (uint32_t)plan->types.n - 1;
}

uint32_t type_of_part(struct plan_maker *maker, const struct plan_type *type,
		      const struct type_decisions *decisions, const char *path, uint32_t number)
{
	struct plan_type *part = ARENA_NEW(maker->arena, struct plan_type);

	for (int side = OLD; side <= NEW; side++) {
		part->id[side] = type->id[side];
		part->size[side] = type->size[side];
		part->align[side] = type->align[side];
		part->promised[side] = type->align[side];
	}
	part->label = type->label;
	part->decisions = decisions;
	part->at = type->at;
	part->is_aside = type->is_aside;
	part->is_part = true;
	part->part_name = arena_printf(maker->arena, "%s: %s (%u)", type->label, path, number);
	part->part_cname = arena_printf(maker->arena, "%s_%s_%u",
					type_identifier(maker->arena, type->label),
					type_identifier(maker->arena, path), number);
	*VEC_PUSH(&maker->plan->types) = part;
	return (uint32_t)maker->plan->types.n - 1;
}

uint32_t type_of_words(struct plan_maker *maker, const struct words *words)
{
	type_id new_id, old_id;

	if (!model_require(maker->model[NEW], words->text, words->at, maker->diags, &new_id)) {
		if (!model_lookup(maker->model[NEW], words->text, &new_id, NULL, 0) &&
		    model_lookup(maker->model[OLD], words->text, &old_id, NULL, 0))
			plan_problem(maker, PROBLEM_NEVER, words->text, NULL);
		return NO_INDEX;
	}
	new_id = strip(maker->model[NEW], new_id);
	if (!is_record(maker->model[NEW], new_id)) {
		diag_error(maker->diags, words->at,
			   "%s: not a struct or union with a definition; only those are carried",
			   words->text);
		return NO_INDEX;
	}
	old_id = diff_old_of(maker->diff, new_id);
	if (old_id == TYPE_NONE || !is_record(maker->model[OLD], old_id)) {
		diag_error(maker->diags, words->at,
			   "%s: the old kernel has no such type, so no object of it can cross",
			   words->text);
		plan_problem(maker, PROBLEM_NEVER, words->text, NULL);
		return NO_INDEX;
	}
	return type_of_pair(maker, old_id, new_id, words->at);
}

/* ---- order -------------------------------------------------------------------------------------
 */

struct order {
	struct plan *plan;
	uint32_t *place; /* of each type in the new order, NO_INDEX before it has one */
	bool *entered;
	uint32_t n;
};

static void order_visit(struct order *order, uint32_t index)
{
	const struct plan_type *type = order->plan->types.at[index];

	if (order->entered[index])
		return;
	order->entered[index] = true;
	for (size_t i = 0; i < type->ops.n; i++)
		if ((type->ops.at[i].kind == OP_NESTED || type->ops.at[i].kind == OP_TAIL) &&
		    type->ops.at[i].nested != NO_INDEX)
			order_visit(order, type->ops.at[i].nested);
	for (size_t i = 0; i < type->ops.n; i++)
		for (size_t k = 0; k < type->ops.at[i].n_arms; k++)
			if (type->ops.at[i].arms[k].part != NO_INDEX)
				order_visit(order, type->ops.at[i].arms[k].part);
	order->place[index] = order->n++;
}

static void op_renumber(const struct order *order, struct op *op)
{
	if (op->nested != NO_INDEX)
		op->nested = order->place[op->nested];
	for (size_t i = 0; i < op->n_arms; i++)
		if (op->arms[i].part != NO_INDEX)
			op->arms[i].part = order->place[op->arms[i].part];
}

static void order_apply(struct order *order, struct arena *arena)
{
	struct plan *plan = order->plan;
	struct plan_type **sorted = ARENA_NEW_ARRAY(arena, plan->types.n, struct plan_type *);

	for (size_t i = 0; i < plan->types.n; i++) {
		struct plan_type *type = plan->types.at[i];

		for (size_t k = 0; k < type->ops.n; k++)
			op_renumber(order, &type->ops.at[k]);
		sorted[order->place[i]] = type;
	}
	for (size_t i = 0; i < plan->types.n; i++)
		plan->types.at[i] = sorted[i];
	for (size_t i = 0; i < plan->roots.n; i++)
		plan->roots.at[i].type = order->place[plan->roots.at[i].type];
	for (size_t i = 0; i < plan->walks.n; i++)
		plan->walks.at[i].type = order->place[plan->walks.at[i].type];
}

void types_order(struct plan_maker *maker)
{
	struct plan *plan = maker->plan;
	struct order order = {
		.plan = plan,
		.place = ARENA_NEW_ARRAY(maker->arena, plan->types.n + 1, uint32_t),
		.entered = ARENA_NEW_ARRAY(maker->arena, plan->types.n + 1, bool),
	};

	for (uint32_t i = 0; i < plan->types.n; i++)
		order_visit(&order, i);
	order_apply(&order, maker->arena);
}

/* The largest power of two that divides both, at most ALIGN. */
static uint32_t align_within(uint32_t align, uint64_t byte)
{
	uint64_t both = byte | align;

	return (uint32_t)(both & -both);
}

static void promise_lower(struct plan *plan, const struct plan_type *type, uint32_t held,
			  enum side side, uint64_t byte)
{
	uint32_t *promised = &plan->types.at[held]->promised[side];
	uint32_t align = align_within(type->promised[side], byte);

	*promised = *promised < align ? *promised : align;
}

void types_promise(struct plan_maker *maker)
{
	struct plan *plan = maker->plan;

	for (size_t i = plan->types.n; i-- > 0;) {
		const struct plan_type *type = plan->types.at[i];

		for (size_t k = 0; k < type->ops.n; k++) {
			const struct op *op = &type->ops.at[k];

			bool holds = op->kind == OP_NESTED ||
				     (op->kind == OP_TAIL && op->nested != NO_INDEX);

			for (int side = OLD; side <= NEW; side++) {
				for (size_t n = 0; n < op->n_arms; n++)
					if (op->arms[n].part != NO_INDEX)
						promise_lower(plan, type, op->arms[n].part,
							      (enum side)side, 0);
				if (holds)
					promise_lower(plan, type, op->nested, (enum side)side,
						      type->slots[side]
								      .at[side == OLD ? op->old
										      : op->new]
								      .bit /
							      8);
			}
		}
	}
}

/* ---- names in C ---------------------------------------------------------------------------------
 */

char *type_identifier(struct arena *arena, const char *label)
{
	const char *space = strchr(label, ' ');
	bool keyword = !strncmp(label, "struct ", 7) || !strncmp(label, "union ", 6);
	char *name = arena_strdup(arena, keyword ? space + 1 : label);
	size_t n = 0;

	name[strcspn(name, " @")] = '\0';
	for (; name[n]; n++)
		if (!isalnum((unsigned char)name[n]) && name[n] != '_')
			name[n] = '_';
	return n && name[0] != '{' ? name : arena_strdup(arena, "anonymous");
}

static bool name_taken(const struct plan *plan, size_t before, const char *name)
{
	for (size_t i = 0; i < before; i++)
		if (!strcmp(plan->types.at[i]->cname, name))
			return true;
	return false;
}

void types_name(struct plan_maker *maker)
{
	struct plan *plan = maker->plan;

	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];
		const char *base = type->is_part ? type->part_cname
						 : type_identifier(maker->arena, type->label);
		const char *name = base;

		for (unsigned int k = 2; name_taken(plan, i, name); k++)
			name = arena_printf(maker->arena, "%s_%u", base, k);
		plan->types.at[i]->cname = name;
	}
}
