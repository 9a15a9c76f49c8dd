// SPDX-License-Identifier: GPL-2.0-or-later
/* `constants: { enum: NAME }`: integers whose values, or whose bits, have the names of an enum. */
#include <stdlib.h>
#include <string.h>

#include "../schema/hidden_enums.h"
#include "../schema/select.h"
#include "plan_internal.h"

/* The enum that WORDS names: its tag, with or without the keyword, a typedef, or an enumerator of one without either. */
static const struct type *enum_require(struct plan_maker *maker, struct plan_type *type,
				       const struct decision *decision, enum side side)
{
	const struct words *words = &decision->constants_enum[side];
	const struct model *model = maker->model[side];
	const char *label = words->text;
	type_id id, unused;

	id = select_enum(model, label);
	if (id != TYPE_NONE)
		return type_at(model, id);
	if (!strchr(label, ' ') &&
	    !model_lookup(model, arena_printf(maker->arena, "%s", label), &id, &unused, 1))
		label = arena_printf(maker->arena, "enum %s", label);
	else if (strncmp(label, "enum ", 5) &&
		 model_lookup(model, arena_printf(maker->arena, "enum %s", label), &id, &unused,
			      1) == 1)
		label = arena_printf(maker->arena, "enum %s", label);
	if (!model_require(model, label, words->at, maker->diags, &id)) {
		type->failed = true;
		return NULL;
	}
	if (type_at(model, strip(model, id))->kind == KIND_ENUM)
		return type_at(model, strip(model, id));
	plan_error(maker, type, decision->path.text, words->at, "`%s` is no enum", words->text);
	return NULL;
}

/* ---- bits by their names
 * --------------------------------------------------------------------------- */

/* The bit that enumerator I stands for; 0: none. */
static uint64_t bit_of(const struct type *type, const struct enumerator *all, uint32_t i,
		       bool masks)
{
	uint64_t value = all[i].value;

	if (type->size < 8)
		value &= ((uint64_t)1 << type->size * 8) - 1;
	if (masks)
		return value & (value - 1) ? 0 : value;
	return value < 64 && !enum_counts(type, all, i) ? (uint64_t)1 << value : 0;
}

/* Several bits under one name are fine when each has a name of its own. */
static bool masks_check(struct plan_maker *maker, struct plan_type *type,
			const struct decision *decision, const struct type *of)
{
	const struct enumerator *all = enumerators_of(maker->model[OLD], of);
	uint64_t single = 0;

	for (uint32_t i = 0; i < of->n; i++)
		single |= bit_of(of, all, i, true);
	for (uint32_t i = 0; i < of->n; i++)
		if (all[i].value & (all[i].value - 1) & (UINT64_MAX >> (64 - of->size * 8)) &&
		    (all[i].value & ~single & (UINT64_MAX >> (64 - of->size * 8))))
			return plan_error(
				maker, type, decision->path.text, decision->constants_enum[OLD].at,
				"%s (0x%llx) is more than one bit, and not each has a name: "
				"it is a field, or no mask; write `expr` or `hook`",
				all[i].name, (unsigned long long)all[i].value);
	return true;
}

static uint64_t slot_mask(const struct slot *slot)
{
	return slot->bits < 64 ? ((uint64_t)1 << slot->bits) - 1 : UINT64_MAX;
}

/* Turns values into bits: what is no bit of the old word has no say. */
static void flags_names(struct plan_maker *maker, struct plan_type *type,
			const struct decision *decision, const struct type *const enums[2],
			bool masks, struct op *op)
{
	const struct slot *old = &type->slots[OLD].at[op->old],
			  *new = &type->slots[NEW].at[op->new];
	struct enum_value *values = arena_array(maker->arena, enums[OLD]->n, sizeof(*values));

	op->names = values;
	if (!names_check(maker, type, decision, enums))
		return;
	for (uint32_t i = 0; i < enums[OLD]->n; i++) {
		const struct enumerator *all = enumerators_of(maker->model[OLD], enums[OLD]);
		const struct enumerator *others = enumerators_of(maker->model[NEW], enums[NEW]);
		const struct enumerator *to =
			name_partner(maker->model[NEW], enums[NEW], decision, all[i].name);
		uint64_t after =
			to ? bit_of(enums[NEW], others, (uint32_t)(to - others), masks) : 0;
		struct enum_value value = {.name = all[i].name,
					   .old = bit_of(enums[OLD], all, i, masks),
					   .new = after,
					   .crosses = after};

		if (!value.old || value.old & ~slot_mask(old))
			continue;
		if (value.new & ~slot_mask(new))
			plan_error(maker, type, decision->path.text,
				   decision->constants_enum[NEW].at,
				   "%s (0x%llx) does not fit the new member", to->name,
				   (unsigned long long)value.new);
		value_add(maker, type, decision, &value, values, &op->n_names);
	}
}

/* What no enumerator names, and nobody keeps, cannot cross. */
static void rest_settle(const struct slot *old, struct op *op)
{
	op->rest = slot_mask(old) & ~op->keep;
	for (size_t i = 0; i < op->n_names; i++)
		op->rest &= ~op->names[i].old;
}

static void keep_plan(struct plan_maker *maker, struct plan_type *type,
		      const struct decision *decision, struct op *op)
{
	const struct words *keep = &decision->constants_keep;
	const struct slot *new = &type->slots[NEW].at[op->new];

	if (!keep->text)
		return;
	op->keep = strtoull(keep->text, NULL, 0);
	if (op->keep & ~slot_mask(new))
		plan_error(maker, type, new->path, keep->at,
			   "`keep: %s` has bits that the new member has not", keep->text);
	for (size_t i = 0; i < op->n_names; i++) {
		const struct enum_value *value = &op->names[i];

		if (value->old & op->keep)
			plan_error(maker, type, new->path, keep->at,
				   "`keep: %s` holds bit 0x%llx, which is %s: it crosses by its "
				   "name",
				   keep->text, (unsigned long long)value->old, value->name);
		else if (value->crosses && value->new & op->keep)
			plan_error(maker, type, new->path, keep->at,
				   "`keep: %s` holds bit 0x%llx, which is the new place of %s",
				   keep->text, (unsigned long long)value->new, value->name);
	}
}

/* ---- what was asked for
 * ---------------------------------------------------------------------------- */

static bool is_bool(const struct plan_maker *maker, enum side side, const struct slot *slot)
{
	const struct model *model = maker->model[side];

	return type_at(model, strip(model, slot->element))->encoding == ENC_BOOLEAN;
}

static bool holds_constants(struct plan_maker *maker, const struct op *op, const struct slot *old,
			    const struct slot *new)
{
	return old->kind == SLOT_INT && new->kind == SLOT_INT && !is_bool(maker, OLD, old) &&
	       !is_bool(maker, NEW, new) && rows_agree(op, old, new) && old->count &&
	       old->bits <= 64 && new->bits <= 64;
}

bool constants_plan(struct plan_maker *maker, struct plan_type *type,
		    const struct decision *decision, struct op *op)
{
	const struct slot *old = &type->slots[OLD].at[op->old],
			  *new = &type->slots[NEW].at[op->new];
	const char *as = decision ? decision->constants_as.text : NULL;
	const struct type *enums[2];

	if (!decision || !decision->constants_enum[OLD].text)
		return false;
	op->kind = as && strcmp(as, "values") ? OP_FLAGS : OP_ENUM;
	op->way = CO_WAY_WIDEN;
	op->partial = true;
	if (!holds_constants(maker, op, old, new)) {
		plan_error(
			maker, type, new->path, decision->constants_enum[OLD].at,
			"`constants: { enum: ... }` is for integers of at most 64 bits, or as many "
			"of them, on both sides; an enum has `enumerators: by-name`, else write "
			"`expr` or `hook`");
		return true;
	}
	enums[OLD] = enum_require(maker, type, decision, OLD);
	enums[NEW] = enum_require(maker, type, decision, NEW);
	if (!enums[OLD] || !enums[NEW])
		return true;
	if (op->kind == OP_ENUM) {
		enum_names(maker, type, decision, enums, op);
	} else if (strcmp(as, "masks") || masks_check(maker, type, decision, enums[OLD])) {
		flags_names(maker, type, decision, enums, !strcmp(as, "masks"), op);
		keep_plan(maker, type, decision, op);
		rest_settle(old, op);
	}
	return true;
}
