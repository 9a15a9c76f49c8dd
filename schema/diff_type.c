/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rules tell one member type from another. Offsets and bitfield widths are not its business.
 */
#include "diff_parts.h"

#include <string.h>

#define BIT(rule) (1u << RULE_##rule)

struct type_pair {
	const struct diff *diff;
	type_id old_id, new_id; /* stripped */
	const struct type *old, *new;
	unsigned int depth;
};

static bool is_scalar(const struct type *type)
{
	return type->kind == KIND_INT || type->kind == KIND_FLOAT || type->kind == KIND_ENUM;
}

static bool is_aggregate(const struct type *type)
{
	return type->kind == KIND_STRUCT || type->kind == KIND_UNION;
}

static uint32_t width_rules(const struct type_pair *pair)
{
	if (pair->old->size == pair->new->size)
		return 0;
	return pair->old->size < pair->new->size ? BIT(WIDENED) : BIT(NARROWED);
}

static uint32_t integer_rules(const struct type_pair *pair)
{
	enum encoding old = side_encoding(&pair->diff->pairing->old, pair->old);
	enum encoding new = side_encoding(&pair->diff->pairing->new, pair->new);
	bool plain = (old == ENC_SIGNED || old == ENC_UNSIGNED) &&
		     (new == ENC_SIGNED || new == ENC_UNSIGNED);

	if (old == new)
		return width_rules(pair);
	return width_rules(pair) | (plain ? BIT(SIGNEDNESS) : BIT(TYPE_CHANGED));
}

/* `char` whose sign turned as a whole against an explicit `signed char` or `unsigned char`. */
static uint32_t char_rules(const struct type_pair *pair)
{
	struct side old = {.model = pair->diff->old}, new = {.model = pair->diff->new};

	return side_encoding(&old, pair->old) == side_encoding(&new, pair->new) ? 0
										: BIT(SIGNEDNESS);
}

static bool plain_char(const struct diff *diff, const struct type *type)
{
	return diff->char_changed_sign && type->name && !strcmp(type->name, "char");
}

static uint32_t integer_pair_rules(const struct type_pair *pair)
{
	if (plain_char(pair->diff, pair->old) != plain_char(pair->diff, pair->new))
		return width_rules(pair) | char_rules(pair);
	return integer_rules(pair);
}

/* Both have a tag, and not the same: nothing but a person can say that they mean the same. */
static bool other_tag(const struct type_pair *pair)
{
	return is_aggregate(pair->old) && is_aggregate(pair->new) && pair->old->name &&
	       pair->new->name && pair->old->name != pair->new->name;
}

static uint32_t record_rules(const struct type_pair *pair)
{
	const struct side *old = &pair->diff->pairing->old, *new = &pair->diff->pairing->new;
	bool paired = old->partner[pair->old_id] == pair->new_id;
	bool same_name = old->names[pair->old_id] == new->names[pair->new_id] &&
			 side_kind(old, pair->old_id) == side_kind(new, pair->new_id);

	if (same_layout(pair->diff, pair->old_id, pair->new_id, pair->depth + 1))
		return other_tag(pair) ? BIT(TYPE_CHANGED) : 0;
	if (pair->old->kind == pair->new->kind && (paired || same_name))
		return BIT(EMBEDDED_CHANGED);
	return BIT(TYPE_CHANGED);
}

static uint32_t enum_rules(const struct type_pair *pair)
{
	return record_rules(pair) | width_rules(pair);
}

static uint32_t pointer_rules(const struct type_pair *pair)
{
	struct side *old = &pair->diff->pairing->old, *new = &pair->diff->pairing->new;
	const struct type *from = type_at(old->model, strip(old->model, pair->old->target));
	const struct type *to = type_at(new->model, strip(new->model, pair->new->target));
	uint32_t rules = pair->old->size == pair->new->size ? 0 : BIT(TYPE_CHANGED);

	if (hash128_equal(side_pointee(old, pair->old->target),
			  side_pointee(new, pair->new->target)))
		return rules;
	if (from->kind == KIND_FUNCTION && to->kind == KIND_FUNCTION)
		return rules | BIT(FUNCTION_SIGNATURE);
	return rules | BIT(POINTER_TARGET);
}

/* No bound at all, or none that says anything: `[]` and `[0]` are one. */
static bool open_ended(const struct type *array)
{
	return array->flags & TYPE_FLEXIBLE || !array->count;
}

/*
 * What is different about the elements is the array's ARRAY_ELEMENT, except further dimensions and
 * the inside of a type that is still the same.
 */
static uint32_t element_rules(uint32_t rules)
{
	uint32_t through = BIT(ARRAY_LENGTH) | BIT(FLEXIBLE_ARRAY) | BIT(ARRAY_ELEMENT) |
			   BIT(EMBEDDED_CHANGED);

	return (rules & through) | (rules & ~through ? BIT(ARRAY_ELEMENT) : 0);
}

static uint32_t array_rules(const struct type_pair *pair)
{
	uint32_t rules =
		type_rules(pair->diff, pair->old->target, pair->new->target, pair->depth + 1);

	rules = element_rules(rules);
	if (open_ended(pair->old) != open_ended(pair->new))
		rules |= BIT(FLEXIBLE_ARRAY);
	else if (!open_ended(pair->old) && pair->old->count != pair->new->count)
		rules |= BIT(ARRAY_LENGTH);
	if ((pair->old->flags ^ pair->new->flags) & TYPE_VECTOR)
		rules |= BIT(TYPE_CHANGED);
	return rules;
}

/* One object became an array, or the other way round. */
static uint32_t array_or_not(const struct type_pair *pair)
{
	type_id old = pair->old->kind == KIND_ARRAY ? pair->old->target : pair->old_id;
	type_id new = pair->new->kind == KIND_ARRAY ? pair->new->target : pair->new_id;

	if (type_rules(pair->diff, old, new, pair->depth + 1) & ~BIT(EMBEDDED_CHANGED))
		return BIT(TYPE_CHANGED) | BIT(ARRAY_ELEMENT);
	return BIT(TYPE_CHANGED) | BIT(ARRAY_LENGTH);
}

static uint32_t mixed_rules(const struct type_pair *pair)
{
	if (pair->old->kind == KIND_ARRAY || pair->new->kind == KIND_ARRAY)
		return array_or_not(pair);
	if ((pair->old->kind == KIND_POINTER && is_scalar(pair->new)) ||
	    (pair->new->kind == KIND_POINTER &&is_scalar(pair->old)))
		return BIT(POINTER_SCALAR);
	if ((pair->old->kind == KIND_INT && pair->new->kind == KIND_ENUM) ||
	    (pair->old->kind == KIND_ENUM && pair->new->kind == KIND_INT))
		return BIT(INT_ENUM) | width_rules(pair);
	return BIT(TYPE_CHANGED);
}

static uint32_t rules_of(const struct type_pair *pair)
{
	if (pair->old->kind != pair->new->kind)
		return is_aggregate(pair->old) && is_aggregate(pair->new) ? record_rules(pair)
									  : mixed_rules(pair);
	switch ((enum type_kind)pair->old->kind) {
	case KIND_INT:
		return integer_pair_rules(pair);
	case KIND_ENUM:
		return enum_rules(pair);
	case KIND_STRUCT:
	case KIND_UNION:
		return record_rules(pair);
	case KIND_POINTER:
		return pointer_rules(pair);
	case KIND_ARRAY:
		return array_rules(pair);
	default:
		return BIT(TYPE_CHANGED);
	}
}

uint32_t type_rules(const struct diff *diff, type_id old_id, type_id new_id, unsigned int depth)
{
	struct pairing *pairing = diff->pairing;
	struct type_pair pair = {.diff = diff,
				 .old_id = strip(diff->old, old_id),
				 .new_id = strip(diff->new, new_id),
				 .depth = depth};

	if (hash128_equal(side_layout(&pairing->old, pair.old_id),
			  side_layout(&pairing->new, pair.new_id)))
		return 0;
	pair.old = type_at(diff->old, pair.old_id);
	pair.new = type_at(diff->new, pair.new_id);
	if (depth > DIFF_DEPTH_MAX)
		return BIT(TYPE_CHANGED);
	return rules_of(&pair);
}
