// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers that may not fit: which of them cross, and what becomes of the others. */
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

static const struct type *number_of(const struct plan_maker *maker, enum side side,
				    const struct slot *slot)
{
	const struct model *model = maker->model[side];

	return type_at(model, strip(model, slot->element));
}

static bool is_bool(const struct plan_maker *maker, enum side side, const struct slot *slot)
{
	const struct type *type = number_of(maker, side, slot);

	return type->kind == KIND_INT && type->encoding == ENC_BOOLEAN;
}

/* The values a slot takes, when it has at most 64 bits. */
static void range_of(const struct plan_maker *maker, const struct slot *new, struct op *op)
{
	uint64_t bits = is_bool(maker, NEW, new) ? 1 : new->bits;

	op->high = new->is_signed ? ((uint64_t)1 << (bits - 1)) - 1 : UINT64_MAX >> (64 - bits);
	op->low = new->is_signed ? -(int64_t)op->high - 1 : 0;
}

/* VALUE as C reads it from SLOT, made 64 bits wide: readers differ in how they extend a sign. */
static uint64_t value_in(const struct slot *slot, uint64_t value)
{
	uint64_t mask = slot->bits < 64 ? ((uint64_t)1 << slot->bits) - 1 : UINT64_MAX;

	value &= mask;
	return slot->is_signed && value >> (slot->bits - 1) ? value | ~mask : value;
}

static int value_compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* An integer that becomes an enum has to be one of its enumerators. */
static void enumerators_list(struct plan_maker *maker, const struct slot *new, struct op *op)
{
	const struct model *model = maker->model[NEW];
	const struct type *type = number_of(maker, NEW, new);
	uint64_t *values = arena_array(maker->arena, type->n, sizeof(*values));
	size_t n = 0;

	for (uint32_t i = 0; i < type->n; i++)
		values[i] = value_in(new, enumerators_of(model, type)[i].value);
	qsort(values, type->n, sizeof(*values), value_compare);
	for (uint32_t i = 0; i < type->n; i++)
		if (!n || values[i] != values[n - 1])
			values[n++] = values[i];
	op->values = values;
	op->n_values = n;
}

static bool is_about_numbers(enum reason reason)
{
	return reason == REASON_NARROWED || reason == REASON_SIGNEDNESS ||
	       reason == REASON_INT_ENUM || reason == REASON_TYPE_CHANGED;
}

/* The nearest value that fits is a value like the others only for a plain integer. */
static bool can_saturate(const struct plan_maker *maker, const struct slot *old,
			 const struct slot *new)
{
	return old->kind == SLOT_INT && new->kind == SLOT_INT && old->bits <= 64 &&
	       new->bits <= 64 && !is_bool(maker, NEW, new);
}

bool number_plan(struct plan_maker *maker, const struct plan_type *type,
		 const struct decision *decision, enum reason reason, struct op *op)
{
	const struct slot *old = &type->slots[OLD].at[op->old];
	const struct slot *new = &type->slots[NEW].at[op->new];
	const char *asked = decision ? decision->on_overflow.text : NULL;

	if (!asked || !is_about_numbers(reason) || !is_integer(old) || !is_integer(new) ||
	    old->count != new->count || old->is_flexible || new->is_flexible)
		return false;
	op->partial = !strcmp(asked, "refuse");
	if (!op->partial && !can_saturate(maker, old, new))
		return false;
	if (old->kind == SLOT_INT && new->kind == SLOT_ENUM && !number_of(maker, NEW, new)->n)
		return false;
	op->kind = OP_NARROW;
	op->way = old->bits == new->bits ? CO_WAY_COPY : CO_WAY_WIDEN;
	if (new->bits <= 64)
		range_of(maker, new, op);
	if (old->kind == SLOT_INT && new->kind == SLOT_ENUM)
		enumerators_list(maker, new, op);
	return true;
}
