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
void range_of(const struct plan_maker *maker, const struct slot *new, struct op *op)
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
	       reason == REASON_INT_ENUM || reason == REASON_TYPE_CHANGED ||
	       reason == REASON_BITFIELD;
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
	    !rows_agree(op, old, new) || old->is_flexible || new->is_flexible)
		return false;
	if (strcmp(asked, "refuse") && !can_saturate(maker, old, new))
		return false;
	op->saturates = strcmp(asked, "refuse");
	op->partial |= !op->saturates;
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

/* ---- enums by the names of their values
 * ------------------------------------------------------- */

const struct enumerator *enumerator_named(const struct model *model, const struct type *type,
					  const char *name)
{
	for (uint32_t i = 0; name && i < type->n; i++)
		if (!strcmp(enumerators_of(model, type)[i].name, name))
			return &enumerators_of(model, type)[i];
	return NULL;
}

static const char *name_in_new(const struct decision *decision, const char *name)
{
	for (size_t i = 0; i < decision->replacements.n; i++)
		if (!strcmp(decision->replacements.at[i].old.text, name))
			return decision->replacements.at[i].new.text;
	return name;
}

const struct enumerator *name_partner(const struct model *model, const struct type *type,
				      const struct decision *decision, const char *name)
{
	return enumerator_named(model, type, name_in_new(decision, name));
}

/* What is written of names has to be about names that are there. */
bool names_check(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
		 const struct type *const enums[2])
{
	bool good = true;

	for (size_t i = 0; i < decision->replacements.n; i++) {
		const struct replacement *one = &decision->replacements.at[i];

		if (!enumerator_named(maker->model[OLD], enums[OLD], one->old.text))
			good = plan_error(maker, type, decision->path.text, one->old.at,
					  "%s is no enumerator of the old enum", one->old.text);
		if (one->new.text &&
		    !enumerator_named(maker->model[NEW], enums[NEW], one->new.text))
			good = plan_error(maker, type, decision->path.text, one->new.at,
					  "%s is no enumerator of the new enum", one->new.text);
		if (one->new.text && strcmp(one->old.text, one->new.text) &&
		    enumerator_named(maker->model[NEW], enums[NEW], one->old.text))
			good = plan_error(maker, type, decision->path.text, one->old.at,
					  "%s is an enumerator of the new enum, too: only one that "
					  "is gone can be replaced",
					  one->old.text);
	}
	return good;
}

static struct enum_value *value_of(struct enum_value *values, size_t n, uint64_t old)
{
	for (size_t i = 0; i < n; i++)
		if (values[i].old == old)
			return &values[i];
	return NULL;
}

/* Where the mapping says that names decide. */
static struct place names_place(const struct decision *decision)
{
	return decision->enumerators.text ? decision->enumerators.at
					  : decision->constants_enum[0].at;
}

/* Several names of one old value have to agree on the new one; those that are gone have no say. */
static bool value_join(struct plan_maker *maker, struct plan_type *type,
		       const struct decision *decision, struct enum_value *known,
		       const struct enum_value *more)
{
	if (!more->crosses)
		return true;
	if (known->crosses && known->new != more->new)
		return plan_error(
			maker, type, decision->path.text, names_place(decision),
			"%s and %s are one value of the old enum, but two of the new one; "
			"write `expr` or `hook`",
			known->name, more->name);
	if (!known->crosses)
		*known = *more;
	return true;
}

/* The value of an enumerator as C has it, made 64 bits wide. */
static uint64_t enumerator_value(const struct type *type, uint64_t value)
{
	return value_in(&(struct slot){.bits = type->size * 8,
				       .is_signed = type->encoding == ENC_SIGNED ||
						    type->encoding == ENC_SIGNED_CHAR},
			value);
}

/*
 * True when SLOT gives back what it is given, as C compares it: an object cannot hold any other
 * value. From int's width on -1 is equal to what an unsigned integer keeps of it.
 */
static bool value_stays(const struct slot *slot, uint64_t value)
{
	uint64_t kept = value_in(slot, value);
	struct slot as_signed = {.bits = slot->bits, .is_signed = true};

	return kept == value ||
	       (slot->kind == SLOT_INT && slot->bits >= 32 && value_in(&as_signed, kept) == value);
}

void value_add(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       const struct enum_value *value, struct enum_value *values, size_t *n)
{
	struct enum_value *known = value_of(values, *n, value->old);

	if (known)
		value_join(maker, type, decision, known, value);
	else
		values[(*n)++] = *value;
}

void enum_names(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
		const struct type *const enums[2], struct op *op)
{
	const struct slot *old = &type->slots[OLD].at[op->old];
	const struct slot *new = &type->slots[NEW].at[op->new];
	struct enum_value *values = arena_array(maker->arena, enums[OLD]->n, sizeof(*values));

	op->names = values;
	if (!names_check(maker, type, decision, enums))
		return;
	for (uint32_t i = 0; i < enums[OLD]->n; i++) {
		const struct enumerator *from = &enumerators_of(maker->model[OLD], enums[OLD])[i];
		const struct enumerator *to =
			name_partner(maker->model[NEW], enums[NEW], decision, from->name);
		uint64_t before = enumerator_value(enums[OLD], from->value);
		uint64_t after = to ? enumerator_value(enums[NEW], to->value) : 0;
		struct enum_value value = {.name = from->name,
					   .old = value_in(old, before),
					   .new = value_in(new, after),
					   .crosses = to};

		if (!value_stays(old, before))
			continue;
		if (to && !value_stays(new, after))
			plan_error(maker, type, decision->path.text, names_place(decision),
				   "%s does not fit the new %s", to->name,
				   new->is_bitfield ? "bitfield" : "member");
		value_add(maker, type, decision, &value, values, &op->n_names);
	}
}

bool enum_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op *op)
{
	const struct slot *old = &type->slots[OLD].at[op->old];
	const struct slot *new = &type->slots[NEW].at[op->new];
	const struct type *enums[] = {number_of(maker, OLD, old), number_of(maker, NEW, new)};

	if (!decision || !decision->enumerators.text || decision->index_old.text ||
	    old->kind != SLOT_ENUM || new->kind != SLOT_ENUM || !rows_agree(op, old, new) ||
	    !enums[OLD]->n)
		return false;
	op->kind = OP_ENUM;
	op->way = CO_WAY_WIDEN;
	op->partial = true;
	enum_names(maker, type, decision, enums, op);
	return true;
}
