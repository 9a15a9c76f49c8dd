// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers through several releases: each hop's conversion is a step, and the type of the member
 * between is one, too, so that nothing passes which the release between could not have held. What
 * the steps come to as one known operation becomes that.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "chain_internal.h"

typedef unsigned __int128 wide_t;

struct steps {
	struct number_type from;
	struct number_step *at;
	size_t n, room;
};

bool op_is_number(const struct stage *part)
{
	if (part->op.rows)
		return false;
	switch (part->op.kind) {
	case OP_COPY:
	case OP_WIDEN:
	case OP_NARROW:
	case OP_ENUM:
		return part->old && is_integer(part->old) && part->new &&is_integer(part->new);
	case OP_STEPS:
		return true;
	default:
		return false;
	}
}

static struct number_type type_of(const struct plan *plan, enum side side, const struct slot *slot)
{
	const struct model *model = plan->model[side];
	const struct type *type = type_at(model, strip(model, slot->element));

	return (struct number_type){
		.bits = slot->bits,
		.is_signed = slot->is_signed,
		.is_bool = type->kind == KIND_INT && type->encoding == ENC_BOOLEAN,
	};
}

static bool type_same(struct number_type a, struct number_type b)
{
	return a.bits == b.bits && a.is_signed == b.is_signed && a.is_bool == b.is_bool;
}

/* Every value of FROM is the same value in TO. */
static bool type_holds(struct number_type from, struct number_type to)
{
	if (to.is_bool)
		return from.is_bool;
	if (from.is_bool)
		return to.bits > to.is_signed;
	if (from.is_signed == to.is_signed)
		return to.bits >= from.bits;
	return to.is_signed && to.bits > from.bits;
}

bool number_same(const struct plan *plan, enum side side, const struct slot *slot,
		 const struct plan *other_plan, enum side other_side, const struct slot *other)
{
	return type_same(type_of(plan, side, slot), type_of(other_plan, other_side, other));
}

bool part_is_identity(const struct plan *plan, const struct stage *part)
{
	if (part->op.kind != OP_COPY || part->op.rows || !part->old || !part->new ||
	    part->old->count != part->new->count || part->old->kind != part->new->kind)
		return false;
	return !is_integer(part->old) || number_same(plan, OLD, part->old, plan, NEW, part->new);
}

/* ---- the steps of both hops ---- */

static void steps_of(const struct chain *chain, enum hop hop, const struct stage *part,
		     struct steps *steps)
{
	const struct plan *plan = chain->plan[hop];
	const struct op *op = &part->op;

	for (size_t i = 0; i < op->n_steps && op->kind == OP_STEPS; i++)
		*VEC_PUSH(steps) = op->steps[i];
	if (op->kind == OP_STEPS)
		return;
	if (op->code_bits)
		*VEC_PUSH(steps) = (struct number_step){
			.kind = OP_COPY,
			.to = {.bits = op->code_bits, .is_signed = op->code_signed},
			.in = "the expression",
		};
	*VEC_PUSH(steps) = (struct number_step){
		.kind = op->code_bits ? OP_NARROW
			: op->code    ? OP_COPY
				      : op->kind,
		.saturates = op->saturates,
		.to = type_of(plan, NEW, part->new),
		.in = arena_printf(chain->arena, "%s in %s", part->new->path,
				   plan->mapping->to_release.text ? plan->mapping->to_release.text
								  : "the next release"),
		.low = op->low,
		.high = op->high,
		.names = op->names,
		.n_names = op->n_names,
		.values = op->values,
		.n_values = op->n_values,
	};
}

static bool is_plain(const struct number_step *step)
{
	return step->kind == OP_COPY || step->kind == OP_WIDEN;
}

/* Every value that comes to STEP goes on as the same value. */
static bool step_keeps(const struct number_step *step, struct number_type from)
{
	if (!is_plain(step) && (step->kind != OP_NARROW || step->n_values))
		return false;
	return type_holds(from, step->to);
}

/* Steps that change and refuse nothing are none. With code, the first says what it gives. */
static void steps_shorten(struct steps *steps, bool code)
{
	struct number_type from = steps->from;
	size_t kept = 0;

	for (size_t i = 0; i < steps->n; i++) {
		if (!(code && !i) && step_keeps(&steps->at[i], from))
			continue;
		from = steps->at[i].to;
		steps->at[kept++] = steps->at[i];
	}
	steps->n = kept;
}

/* ---- two enums by names, one after the other ---- */

static const struct enum_value *value_of(const struct number_step *step, uint64_t value)
{
	for (size_t i = 0; i < step->n_names; i++)
		if (step->names[i].old == value)
			return &step->names[i];
	return NULL;
}

static void names_join(const struct chain *chain, const struct steps *steps, struct op *op)
{
	const struct number_step *first = &steps->at[0], *second = &steps->at[1];
	struct enum_value *values = arena_array(chain->arena, first->n_names, sizeof(*values));

	for (size_t i = 0; i < first->n_names; i++) {
		const struct enum_value *next = value_of(second, first->names[i].new);

		values[i] = first->names[i];
		if (!values[i].crosses) {
			values[i].gone = values[i].gone ? values[i].gone : first->in;
			continue;
		}
		values[i].crosses = next && next->crosses;
		values[i].new = values[i].crosses ? next->new : 0;
		values[i].gone = next ? next->gone : second->in;
	}
	op->kind = OP_ENUM;
	op->names = values;
	op->n_names = first->n_names;
}

/* ---- constants ---- */

static wide_t mask_of(uint64_t bits)
{
	return bits >= 128 ? ~(wide_t)0 : ((wide_t)1 << bits) - 1;
}

/* VALUE, its sign extended, as a member of TYPE holds it. */
static wide_t value_in(struct number_type type, wide_t value)
{
	if (type.is_bool)
		return value != 0;
	value &= mask_of(type.bits);
	return type.is_signed && value >> (type.bits - 1) ? value | ~mask_of(type.bits) : value;
}

static bool is_negative(struct number_type type, wide_t value)
{
	return type.is_signed && value >> 127;
}

static wide_t value_nearest(const struct number_step *step, struct number_type from, wide_t value)
{
	if (is_negative(from, value))
		return (__int128)value < step->low ? (wide_t)(__int128)step->low : value;
	return value > step->high ? step->high : value;
}

static bool value_listed(const struct number_step *step, uint64_t value)
{
	for (size_t i = 0; i < step->n_values; i++)
		if (step->values[i] == value)
			return true;
	return !step->n_values;
}

/* Takes *VALUE one step further; false: it is refused there. */
static bool value_step(const struct number_step *step, struct number_type from, wide_t *value)
{
	wide_t was = *value;
	const struct enum_value *named;

	if (step->kind == OP_ENUM) {
		named = value_of(step, (uint64_t)was);
		*value = named ? value_in(step->to, (wide_t)(__int128)(int64_t)named->new) : 0;
		return named && named->crosses;
	}
	if (step->kind == OP_NARROW && step->saturates)
		was = *value = value_nearest(step, from, was);
	*value = value_in(step->to, was);
	if (step->kind != OP_NARROW || step->saturates)
		return true;
	return *value == was && is_negative(from, was) == is_negative(step->to, *value) &&
	       value_listed(step, (uint64_t)*value);
}

static bool number_parse(const char *code, wide_t *value)
{
	bool negative = *code == '-';
	unsigned long long number;
	char *end;

	code += negative;
	if (!isdigit((unsigned char)*code) || strlen(code) > 20)
		return false;
	number = strtoull(code, &end, 0);
	end += strspn(end, "uUlL");
	*value = negative ? -(wide_t)number : number;
	return !*end;
}

static const char *number_code(struct arena *arena, struct number_type type, wide_t value)
{
	if (is_negative(type, value) && (int64_t)value == INT64_MIN)
		return "(-9223372036854775807 - 1)";
	if (is_negative(type, value))
		return arena_printf(arena, "%" PRId64, (int64_t)value);
	return arena_printf(arena, (uint64_t)value > INT64_MAX ? "%" PRIu64 "u" : "%" PRIu64,
			    (uint64_t)value);
}

/* The hop before gives VALUE to every object: so does the composition, or nothing ever crosses. */
static bool constant_join(struct joint *joint, const struct stage *earlier,
			  const struct stage *later, const struct steps *steps, wide_t value,
			  struct stage *out)
{
	struct number_type from = steps->from;

	for (size_t i = 0; i < steps->n; i++) {
		wide_t was = value;

		if (!value_step(&steps->at[i], from, &value))
			return chain_error(
				joint, earlier, later, later->new->path,
				"the hop before gives it the constant %s, which %s does not take: "
				"no object would ever cross; write `init` here, or change the "
				"constant there",
				number_code(joint->chain->arena, from, was), steps->at[i].in);
		from = steps->at[i].to;
	}
	if (value >> 64 && !is_negative(from, value))
		return chain_error(joint, earlier, later, later->new->path,
				   "the hop before gives it a constant of more than 64 bits; write "
				   "`init` here");
	out->op = earlier->op;
	if (!value) {
		if (out->op.kind == OP_INIT)
			out->op.code = "0";
		return true;
	}
	if (out->new->is_array)
		return chain_error(
			joint, earlier, later, later->new->path,
			"the hop before leaves it zero, which becomes another value here "
			"in each element; write `init: zero` with `why`, or run the steps "
			"one by one");
	out->op.kind = OP_INIT;
	out->op.code = number_code(joint->chain->arena, from, value);
	out->op.code_at = earlier->op.code_at;
	return true;
}

/* ---- what the steps come to ---- */

static void step_settle(const struct number_step *step, bool same_bits, struct op *op)
{
	op->kind = step->kind;
	op->saturates = step->saturates;
	if (is_plain(step))
		op->kind = same_bits ? OP_COPY : OP_WIDEN;
	op->low = step->low;
	op->high = step->high;
	op->names = step->names;
	op->n_names = step->n_names;
	op->values = step->values;
	op->n_values = step->n_values;
}

static bool is_partial(const struct steps *steps)
{
	for (size_t i = 0; i < steps->n; i++)
		if (steps->at[i].kind == OP_ENUM ||
		    (steps->at[i].kind == OP_NARROW && !steps->at[i].saturates))
			return true;
	return false;
}

/* The steps as they are, owned by the plan. */
static void steps_keep(const struct chain *chain, const struct steps *steps, struct op *op)
{
	struct number_step *kept = arena_array(chain->arena, steps->n, sizeof(*kept));

	memcpy(kept, steps->at, steps->n * sizeof(*kept));
	op->kind = OP_STEPS;
	op->code_bits = 0;
	op->steps = kept;
	op->n_steps = steps->n;
}

/* One step into the type of the new slot: the operation that is known by itself. */
static bool is_single(const struct steps *steps, struct number_type last)
{
	return steps->n == 1 && type_same(steps->at[0].to, last) &&
	       (!is_plain(&steps->at[0]) || (steps->from.bits == last.bits && !last.is_bool));
}

static void steps_settle(const struct chain *chain, const struct steps *steps, struct stage *out)
{
	struct number_type last = type_of(chain->plan[SECOND], NEW, out->new);
	bool same_bits = out->old->bits == out->new->bits;
	struct op *op = &out->op;

	op->way = same_bits ? CO_WAY_COPY : CO_WAY_WIDEN;
	op->partial = is_partial(steps);
	if (!steps->n)
		op->kind = same_bits ? OP_COPY : OP_WIDEN;
	else if (is_single(steps, last))
		step_settle(&steps->at[0], same_bits, op);
	else if (steps->n == 2 && steps->at[0].kind == OP_ENUM && steps->at[1].kind == OP_ENUM &&
		 type_same(steps->at[1].to, last))
		names_join(chain, steps, op);
	else
		steps_keep(chain, steps, op);
}

static bool code_join(struct joint *joint, const struct stage *earlier, const struct steps *steps,
		      struct stage *out)
{
	const struct op *from = &earlier->op;

	if (!code_is_free(joint, earlier, from->code, "new_"))
		return false;
	out->op = *from;
	out->op.partial = is_partial(steps);
	if (from->kind == OP_STEPS || steps->n > (from->code_bits ? 2u : 1u) ||
	    !type_same(steps->at[steps->n - 1].to,
		       type_of(joint->chain->plan[SECOND], NEW, out->new)))
		steps_keep(joint->chain, steps, &out->op);
	return true;
}

static struct op op_between(const struct stage *earlier, const struct stage *later)
{
	return (struct op){
		.nested = NO_INDEX,
		.rule = later->op.rule,
		.idiom = later->op.idiom,
		.code_at = earlier->op.code_at,
	};
}

bool number_join(struct joint *joint, const struct stage *earlier, const struct stage *later,
		 struct stage *out)
{
	const struct chain *chain = joint->chain;
	bool has_code = earlier->op.code != NULL && earlier->op.kind != OP_ZERO;
	bool is_constant = earlier->op.kind == OP_ZERO || earlier->op.kind == OP_INIT;
	struct steps steps = {.n = 0};
	wide_t value = 0;
	bool good = true;

	if (earlier->op.kind != OP_ZERO)
		steps_of(chain, FIRST, earlier, &steps);
	steps_of(chain, SECOND, later, &steps);
	steps.from = earlier->op.kind == OP_ZERO || has_code
			     ? type_of(chain->plan[SECOND], OLD, later->old)
			     : type_of(chain->plan[FIRST], OLD, earlier->old);
	if (is_constant &&
	    (earlier->op.kind == OP_ZERO || number_parse(earlier->op.code, &value))) {
		good = constant_join(joint, earlier, later, &steps, value, out);
	} else {
		steps_shorten(&steps, has_code);
		out->op = op_between(earlier, later);
		if (has_code)
			good = code_join(joint, earlier, &steps, out);
		else
			steps_settle(chain, &steps, out);
	}
	VEC_FREE(&steps);
	return good;
}

bool number_check(struct joint *joint, const struct stage *earlier, struct stage *out)
{
	bool has_code =
		earlier->op.code && (earlier->op.kind == OP_EXPR || earlier->op.kind == OP_STEPS);
	struct steps steps = {.n = 0};

	if (!has_code && !op_is_number(earlier))
		return false;
	steps_of(joint->chain, FIRST, earlier, &steps);
	*out = (struct stage){.op = earlier->op, .old = has_code ? NULL : earlier->old};
	steps_keep(joint->chain, &steps, &out->op);
	out->op.kind = OP_CHECK;
	out->op.way = CO_WAY_DROP;
	out->op.trail = chain_trail(joint->chain, &earlier->op, NULL);
	VEC_FREE(&steps);
	return !has_code || code_is_free(joint, earlier, earlier->op.code, "new_");
}
