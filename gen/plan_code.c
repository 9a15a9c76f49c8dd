// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `init` and `expr`: values that C gives. A constant has to be one of the member's; a computed
 * value that C would cut, or take for one of another sign, is checked when the object is converted.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

bool literal_read(const char *text, struct source_number *number)
{
	bool negative = *text == '-';
	char *end;

	*number = (struct source_number){.is_integer = true, .is_signed = negative, .bits = 64};
	text += negative;
	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number->value = strtoull(text, &end, 0);
	if (errno || (negative && number->value > (uint64_t)1 << 63) || end[strspn(end, "uUlL")])
		return false;
	number->is_constant = true;
	if (negative)
		number->value = -number->value;
	return true;
}

static bool is_zero_word(const char *text)
{
	return !strcmp(text, "zero") || !strcmp(text, "0");
}

static bool is_scalar(const struct slot *slot)
{
	return !slot->is_array && (is_integer(slot) || slot->kind == SLOT_POINTER);
}

static bool is_truth(const struct plan_maker *maker, const struct slot *slot)
{
	const struct model *model = maker->model[NEW];
	const struct type *type = type_at(model, strip(model, slot->element));

	return type->kind == KIND_INT && type->encoding == ENC_BOOLEAN;
}

/* True when C keeps every value of NUMBER in SLOT. */
static bool holds_number(const struct slot *slot, const struct source_number *number)
{
	if (number->is_signed)
		return slot->is_signed && number->bits <= slot->bits;
	return number->bits <= slot->bits - slot->is_signed;
}

/* The constant NUMBER against the range of SLOT. */
static void constant_check(struct plan_maker *maker, struct plan_type *type,
			   const struct slot *slot, const struct decision *decision,
			   const struct source_number *number)
{
	bool negative = number->is_signed && number->value >> 63;
	const char *value;
	struct op range;

	if (slot->bits > 64)
		return;
	range_of(maker, slot, &range);
	if (negative ? (int64_t)number->value >= range.low : number->value <= range.high)
		return;
	value = arena_printf(maker->arena, negative ? "%" PRId64 : "%" PRIu64, number->value);
	plan_error(maker, type, slot->path, decision->value.at,
		   "%s does not fit the new type, which holds %" PRId64 " to %" PRIu64
		   "; write a value that it holds, or a cast to its type",
		   value, range.low, range.high);
}

static void init_check(struct plan_maker *maker, struct plan_type *type, const struct slot *slot,
		       const struct decision *decision)
{
	const struct source_number *known;
	struct source_number number;

	if (!literal_read(decision->value.text, &number)) {
		known = code_number(maker, decision);
		if (!known)
			return;
		number = *known;
	}
	if (slot->kind == SLOT_POINTER)
		return;
	if (!number.is_integer || (!number.is_constant && number.bits <= 64))
		plan_error(maker, type, slot->path, decision->value.at,
			   "`init` takes a constant; write `expr` for what is computed");
	else if (number.is_constant)
		constant_check(maker, type, slot, decision, &number);
}

void init_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op op)
{
	const struct slot *new = &type->slots[NEW].at[op.new];
	bool zero = is_zero_word(decision->value.text);

	op.way = CO_WAY_INIT;
	op.rule = "init";
	op.kind = is_scalar(new) ? OP_INIT : OP_ZERO;
	op.code = zero ? "0" : decision->value.text;
	op.code_at = decision->value.at;
	if (!is_scalar(new) && !zero) {
		plan_error(maker, type, new->path, decision->value.at,
			   "only an integer, an enum or a pointer can be given a value; write "
			   "`init: zero` or `hook: FUNCTION`");
		return;
	}
	if (!zero)
		init_check(maker, type, new, decision);
	op_add(type, op);
}

/* A computed value that the member may not hold: refused, or the nearest, when that is asked for.
 */
static void computed_check(struct plan_maker *maker, struct plan_type *type,
			   const struct slot *slot, const struct decision *decision,
			   const struct source_number *number, struct op *op)
{
	const char *asked = decision->on_overflow.text;
	bool nearest = asked && !strcmp(asked, "saturate");

	if (holds_number(slot, number))
		return;
	if (nearest && (slot->kind != SLOT_INT || slot->bits > 64 || number->bits > 64)) {
		plan_error(maker, type, slot->path, decision->on_overflow.at,
			   "only a plain integer of at most 64 bits has a nearest value; write "
			   "`on-overflow: refuse`, or a cast in the expression");
		return;
	}
	op->code_bits = number->bits;
	op->code_signed = number->is_signed;
	op->partial = !nearest;
	op->saturates = nearest;
	if (slot->bits <= 64)
		range_of(maker, slot, op);
}

void expr_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op op)
{
	const struct slot *new = &type->slots[NEW].at[op.new];
	const struct source_number *number = code_number(maker, decision);

	op.kind = OP_EXPR;
	op.way = CO_WAY_EXPR;
	op.rule = "expr";
	op.code = decision->value.text;
	op.code_at = decision->value.at;
	if (!is_scalar(new)) {
		plan_error(maker, type, new->path, decision->value.at,
			   "an expression gives an integer, an enum or a pointer; write `hook: "
			   "FUNCTION` for this one");
		return;
	}
	/* To C every number is a bool, and what it says of pointers it says as an error. */
	if (!number || new->kind == SLOT_POINTER || is_truth(maker, new))
		number = NULL;
	else if (!number->is_integer)
		plan_error(maker, type, new->path, decision->value.at,
			   "the expression is no integer, and C would cut it; write a cast to the "
			   "type of the member");
	else if (number->is_constant)
		constant_check(maker, type, new, decision, number);
	else
		computed_check(maker, type, new, decision, number, &op);
	op_add(type, op);
}
