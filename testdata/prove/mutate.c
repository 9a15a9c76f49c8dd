/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways to break an operation, a copy and a clear; see mutate.h. */
#include "mutate.h"
#include "code.h"

#include <stdio.h>
#include <string.h>

#define ARMS_MAX 64
#define TABLE_MAX 64

struct target {
	const struct plan *plan;
	struct plan_type *type;
	struct op *op;
	struct slot *old, *new; /* NULL: the operation has none */
};

static bool moves(const struct target *t)
{
	return t->old && t->new &&
	       (t->op->kind == OP_COPY || t->op->kind == OP_WIDEN || t->op->kind == OP_NARROW ||
		t->op->kind == OP_NESTED || t->op->kind == OP_POINTER || t->op->kind == OP_TAIL ||
		t->op->kind == OP_FLAGS || t->op->kind == OP_PICK ||
		(t->op->kind == OP_STEPS && !t->op->code));
}

static bool is_bool(const struct target *t, enum side side)
{
	const struct slot *slot = side == OLD ? t->old : t->new;
	const struct type *type =
		type_at(t->plan->model[side], strip(t->plan->model[side], slot->element));

	return type->kind == KIND_INT && type->encoding == ENC_BOOLEAN;
}

/* True when the plan of TYPE takes anything from the old object: else breaking how it is called is
 * no break. */
static bool reads_old(const struct plan *plan, const struct plan_type *type)
{
	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if (op->new == NO_INDEX || op->kind == OP_ZERO || op->kind == OP_INIT)
			continue;
		if (op->kind != OP_NESTED || reads_old(plan, plan->types.at[op->nested]))
			return true;
	}
	return false;
}

static bool drop(struct target *t)
{
	bool writes = moves(t) || t->op->kind == OP_EXPR || t->op->kind == OP_BITS ||
		      t->op->kind == OP_STEPS ||
		      (t->op->kind == OP_INIT && strcmp(t->op->code, "0"));

	t->op->kind = OP_ZERO;
	return writes;
}

/* One bit aside for bitfields, else one byte. */
static bool shift_new(struct target *t)
{
	if (!moves(t) && t->op->kind != OP_EXPR && t->op->kind != OP_BITS &&
	    t->op->kind != OP_STEPS && (t->op->kind != OP_INIT || !strcmp(t->op->code, "0")))
		return false;
	t->new->bit += t->new->is_bitfield ? 1 : 8;
	return true;
}

static bool shift_old(struct target *t)
{
	if (!moves(t))
		return false;
	t->old->bit += t->old->is_bitfield ? 1 : 8;
	return true;
}

static bool shift_old_down(struct target *t)
{
	uint64_t by = moves(t) && t->old->is_bitfield ? 1 : 8;

	if (!moves(t) || t->old->bit < by)
		return false;
	t->old->bit -= by;
	return true;
}

/* No object crosses whose old member has its top bit set, read with a sign or without: no arm is for it, and no
 * `otherwise`. */
static bool has_no_top(const struct target *t)
{
	__int128 top = t->old->bits < 100 ? (__int128)1 << (t->old->bits - 1) : CODE_MAX;
	struct code_range range;
	bool all;

	for (size_t i = 0; i < t->type->ops.n; i++) {
		const struct op *op = &t->type->ops.at[i];

		all = op->kind == OP_ARM;
		for (size_t k = 0; all && k < op->n_arms; k++)
			all = op->arms[k].when &&
			      code_range(op->arms[k].when, t->old->path, &range) &&
			      range.low >= 0 && range.high < top;
		if (all)
			return true;
	}
	return false;
}

static bool flip_sign(struct target *t)
{
	if (t->op->kind != OP_WIDEN || t->new->bits <= t->old->bits || is_bool(t, OLD) ||
	    is_bool(t, NEW) || has_no_top(t))
		return false;
	t->old->is_signed = !t->old->is_signed;
	return true;
}

/* As many bits as the old value has, and nothing above. */
static bool drop_widening(struct target *t)
{
	if (t->op->kind != OP_WIDEN || t->new->bits <= t->old->bits ||
	    (!t->old->is_signed && (t->new->count == 1 || t->op->rows)))
		return false;
	t->new->bits = t->old->bits;
	t->op->kind = OP_COPY;
	return true;
}

/* The least and the greatest number that there can be. */
struct range {
	__int128 low, high;
};

static struct range range_of(uint64_t bits, bool is_signed, bool is_truth)
{
	if (is_truth)
		return (struct range){0, 1};
	if (bits > 126)
		bits = 126; /* more than all there is to tell apart */
	if (is_signed)
		return (struct range){-((__int128)1 << (bits - 1)),
				      ((__int128)1 << (bits - 1)) - 1};
	return (struct range){0, ((__int128)1 << bits) - 1};
}

static bool is_within(struct range inner, struct range outer)
{
	return inner.low >= outer.low && inner.high <= outer.high;
}

/* Of what can be refused: rows, not values, may be all that is. */
static bool drop_check(struct target *t)
{
	if (t->op->kind != OP_NARROW ||
	    (!t->op->n_values &&
	     is_within(range_of(t->old->bits, t->old->is_signed, is_bool(t, OLD)),
		       range_of(t->new->bits, t->new->is_signed, is_bool(t, NEW)))))
		return false;
	t->op->kind = OP_WIDEN;
	return true;
}

/* What STEP gives of numbers in RANGE, as far as its own type and names tell. */
static struct range range_after(const struct number_step *step, struct range range)
{
	struct range to = range_of(step->to.bits, step->to.is_signed, step->to.is_bool);
	bool first = true;

	if (step->kind != OP_ENUM) {
		if (step->kind != OP_NARROW && !is_within(range, to))
			return to;
		return (struct range){range.low > to.low ? range.low : to.low,
				      range.high < to.high ? range.high : to.high};
	}
	for (size_t i = 0; i < step->n_names; i++) {
		__int128 new = step->to.is_signed ? (__int128)(int64_t)step->names[i].new
						  : (__int128)step->names[i].new;

		if (!step->names[i].crosses)
			continue;
		to.low = first || new < to.low ? new : to.low;
		to.high = first || new > to.high ? new : to.high;
		first = false;
	}
	return to;
}

/* The greatest value of old SLOT with which an object crosses, as far as single operations tell: a
 * greater one is refused. */
static value_t top_of(const struct target *t, uint32_t slot)
{
	const struct plan_type *type = t->type;
	value_t top = (value_t)range_of(type->slots[OLD].at[slot].bits, false, false).high;

	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];
		const struct number_step *first = op->n_steps ? &op->steps[0] : NULL;
		const struct slot *new = op->new == NO_INDEX ? NULL : &type->slots[NEW].at[op->new];
		struct range range = {0, UINT64_MAX};

		if (op->old != slot || op->code || op->rows)
			continue;
		if (op->kind == OP_NARROW && !op->saturates && new->kind == SLOT_INT)
			range = range_of(new->bits, new->is_signed, false);
		else if ((op->kind == OP_STEPS || op->kind == OP_CHECK) && first &&
			 first->kind == OP_NARROW && !first->saturates)
			range = range_of(first->to.bits, first->to.is_signed, first->to.is_bool);
		if ((value_t)range.high < top)
			top = (value_t)range.high;
	}
	return top;
}

/* The greatest value of a name in code; none where it may be negative. */
static bool top_value(const struct code_scope *scope, bool is_member, const char *name, size_t n,
		      value_t *value)
{
	const struct target *t = scope->data;

	for (uint32_t i = 0; is_member && i < t->type->slots[OLD].n; i++) {
		const struct slot *slot = &t->type->slots[OLD].at[i];

		if (strncmp(slot->path, name, n) || slot->path[n])
			continue;
		*value = top_of(t, i);
		return slot->bits <= 64 && !slot->is_signed;
	}
	return false;
}

/* What the code of OP, or its old member, can be. */
static struct range range_of_source(const struct target *t)
{
	struct code_scope scope = {.value = top_value, .data = t};
	value_t top;

	if (!t->op->code && t->old)
		return range_of(t->old->bits, t->old->is_signed, is_bool(t, OLD));
	if (t->op->code && code_top(&scope, t->op->code, &top))
		return (struct range){0, (__int128)top};
	if (t->op->code && strpbrk(t->op->code, "*+"))
		return range_of(64, false, false); /* as every sum and product is cut */
	return range_of(126, true, false);
}

/* The last step of OP takes every number that comes to it as it is, and its member does the same. */
static bool is_idle(const struct target *t)
{
	const struct op *op = t->op;
	const struct number_step *last = &op->steps[op->n_steps - 1];
	struct range range = range_of_source(t);

	if (last->kind == OP_COPY || last->kind == OP_WIDEN)
		return true;
	if (last->kind != OP_NARROW || last->n_values)
		return false;
	for (size_t i = 0; i + 1 < op->n_steps; i++)
		range = range_after(&op->steps[i], range);
	return is_within(range, range_of(last->to.bits, last->to.is_signed, last->to.is_bool));
}

/* The last step of a number's way, where it can do anything. */
static bool drop_step(struct target *t)
{
	if (t->op->kind != OP_STEPS || t->op->n_steps < (t->op->code ? 2 : 1) || is_idle(t))
		return false;
	t->op->n_steps--;
	return true;
}

static bool swap_source(struct target *t)
{
	const struct plan_type *type = t->type;

	if (!moves(t) || t->op->kind == OP_NESTED || t->op->kind == OP_TAIL)
		return false;
	for (uint32_t i = 0; i < type->slots[OLD].n; i++) {
		const struct slot *other = &type->slots[OLD].at[i];

		if (i == t->op->old || other->bits != t->old->bits ||
		    other->count != t->old->count || is_bool(t, OLD) || other->kind != t->old->kind)
			continue;
		t->op->old = i;
		return true;
	}
	return false;
}

static bool wrong_zero(struct target *t)
{
	if (t->op->kind != OP_ZERO || !t->new->bits || !t->new->count)
		return false;
	t->op->kind = OP_INIT;
	t->op->code = "1";
	return true;
}

static bool wrong_init(struct target *t)
{
	if (t->op->kind != OP_INIT)
		return false;
	t->op->code = strcmp(t->op->code, "0") ? "0" : "1";
	return true;
}

static bool wrong_code(struct target *t)
{
	if (t->op->kind != OP_EXPR && (t->op->kind != OP_STEPS || !t->op->code))
		return false;
	t->op->code = "1";
	t->op->code_bits = 0;
	return true;
}

static bool short_array(struct target *t)
{
	if (!moves(t) || t->op->kind == OP_TAIL || t->new->count < 2 || t->op->rows)
		return false;
	t->new->count--;
	return true;
}

/* An operation's arms as a copy that can be broken; mutation_undo() brings the pointer back. */
static struct arm_plan *arms_copy(struct op *op)
{
	static struct arm_plan copy[ARMS_MAX];

	memcpy(copy, op->arms, op->n_arms * sizeof(*copy));
	return op->arms = copy;
}

/* What an operation of an arm does to bits that were zero. */
struct effect {
	enum op_kind kind;
	uint64_t old, new, bits, count;
	bool is_signed;
	uint32_t nested;
	const char *code;
};

/* Pointers are kept, which is a copy, and so is a number that gets zeros above. False: not understood. */
static bool effect_of(const struct target *t, const struct plan_type *part, const struct op *op,
		      struct effect *effect)
{
	const struct slot *old = op->old == NO_INDEX ? NULL : &part->slots[OLD].at[op->old];
	const struct slot *new = op->new == NO_INDEX ? NULL : &part->slots[NEW].at[op->new];
	struct target inner = {.plan = t->plan, .old = (struct slot *)old};

	*effect = (struct effect){.kind = op->kind};
	if (!new)
		return true; /* of the old side alone: nothing is done */
	effect->new = new->bit;
	effect->bits = new->bits;
	effect->count = new->count;
	effect->nested = op->kind == OP_NESTED ? op->nested : 0;
	effect->code = op->kind == OP_INIT ? op->code : "";
	if (old) {
		effect->old = old->bit;
		effect->is_signed = old->is_signed;
	}
	if (op->kind == OP_WIDEN && old->kind == SLOT_INT && new->kind == SLOT_INT &&
	    !old->is_signed && old->count == 1 && !is_bool(&inner, OLD)) {
		effect->kind = OP_COPY;
		effect->bits = old->bits;
	}
	if (op->kind == OP_POINTER)
		effect->kind = OP_COPY;
	if (effect->kind == OP_COPY) {
		effect->bits *= effect->count;
		effect->count = 1;
		effect->is_signed = false;
	}
	return !op->rows &&
	       (effect->kind == OP_COPY || effect->kind == OP_WIDEN || effect->kind == OP_ZERO ||
		effect->kind == OP_NESTED || effect->kind == OP_INIT);
}

static bool is_same_effect(const struct effect *a, const struct effect *b)
{
	return a->kind == b->kind && a->old == b->old && a->new == b->new && a->bits == b->bits &&
	       a->count == b->count && a->is_signed == b->is_signed && a->nested == b->nested &&
	       (a->kind != OP_INIT || !strcmp(a->code, b->code));
}

/* PART, an arm or none, leaves the union zero. */
static bool writes_nothing(const struct plan *plan, uint32_t part)
{
	const struct plan_type *type = part == NO_INDEX ? NULL : plan->types.at[part];

	for (size_t i = 0; type && i < type->ops.n; i++)
		if (type->ops.at[i].new != NO_INDEX && type->ops.at[i].kind != OP_ZERO)
			return false;
	return !type || !type->hooks.n;
}

/* Both arms make the same of every object: as where members of one size lie at one place. */
static bool is_same_arm(const struct target *t, size_t i, size_t k)
{
	uint32_t x = t->op->arms[i].part, y = t->op->arms[k].part;
	const struct plan_type *a, *b;

	if (writes_nothing(t->plan, x) || writes_nothing(t->plan, y))
		return writes_nothing(t->plan, x) && writes_nothing(t->plan, y);
	a = t->plan->types.at[x];
	b = t->plan->types.at[y];
	if (a->ops.n != b->ops.n || a->hooks.n || b->hooks.n)
		return false;
	for (size_t n = 0; n < a->ops.n; n++) {
		struct effect first, second;

		if (!effect_of(t, a, &a->ops.at[n], &first) ||
		    !effect_of(t, b, &b->ops.at[n], &second) || !is_same_effect(&first, &second))
			return false;
	}
	return true;
}

/* The arms change places, their conditions stay. */
static bool swap_arms(struct target *t)
{
	uint32_t part;

	if (t->op->kind != OP_ARM || t->op->n_arms < 2 || t->op->n_arms > ARMS_MAX ||
	    is_same_arm(t, 0, 1))
		return false;
	part = arms_copy(t->op)[0].part;
	t->op->arms[0].part = t->op->arms[1].part;
	t->op->arms[1].part = part;
	return true;
}

/* The first arm is taken without a look at its condition. */
static bool drop_condition(struct target *t)
{
	bool same = t->op->kind == OP_ARM && !t->op->arms[t->op->n_arms - 1].when;

	if (t->op->kind != OP_ARM || t->op->n_arms < 2 || t->op->n_arms > ARMS_MAX)
		return false;
	for (size_t i = 1; i < t->op->n_arms; i++)
		same &= is_same_arm(t, 0, i);
	if (same)
		return false; /* and no object is refused that was not */
	arms_copy(t->op)[0].when = NULL;
	return true;
}

/* The last condition is what it was not. */
static bool turn_condition(struct target *t)
{
	static char turned[4096];
	size_t last = t->op->kind == OP_ARM ? t->op->n_arms : 0;

	while (last && !t->op->arms[last - 1].when)
		last--;
	if (!last || last > ARMS_MAX || (last < t->op->n_arms && is_same_arm(t, last - 1, last)))
		return false;
	snprintf(turned, sizeof(turned), "!(%s)", t->op->arms[last - 1].when);
	arms_copy(t->op)[last - 1].when = turned;
	return true;
}

/* The last arm is never taken. */
static bool forget_arm(struct target *t)
{
	if (t->op->kind != OP_ARM || !t->op->n_arms)
		return false;
	t->op->n_arms--;
	return true;
}

/* ---- the nearest that fits: bounds that some value meets ---------------------------------------
 */

static struct number_step broken_steps[TABLE_MAX];

/* What may come to the step (or the operation itself, of none) that saturates last; NULL: none. */
static struct number_step *step_saturating(struct target *t, struct range *range)
{
	struct op *op = t->op;
	size_t i = 0;

	*range = range_of_source(t);
	if (op->kind != OP_STEPS || op->n_steps > TABLE_MAX)
		return NULL;
	memcpy(broken_steps, op->steps, op->n_steps * sizeof(broken_steps[0]));
	for (i = 0; i + 1 < op->n_steps; i++)
		*range = range_after(&op->steps[i], *range);
	if (!op->n_steps || !op->steps[i].saturates)
		return NULL;
	op->steps = broken_steps;
	return &broken_steps[i];
}

static bool saturates_itself(const struct target *t)
{
	return t->op->saturates &&
	       (t->op->kind == OP_NARROW || (t->op->kind == OP_EXPR && t->op->code_bits));
}

static bool wrong_high(struct target *t)
{
	struct range range;
	struct number_step *step = step_saturating(t, &range);
	uint64_t *high = step ? &step->high : saturates_itself(t) ? &t->op->high : NULL;

	if (!high || range.high < (__int128)*high)
		return false;
	--*high;
	return true;
}

static bool wrong_low(struct target *t)
{
	struct range range;
	struct number_step *step = step_saturating(t, &range);
	int64_t *low = step ? &step->low : saturates_itself(t) ? &t->op->low : NULL;

	if (!low || range.low >= 0 || range.low > (__int128)*low)
		return false; /* only negative numbers are held against it */
	++*low;
	return true;
}

/* Tables of a plan are not to be written to: a broken one stands here while it is used. */
static struct op_bit broken_bits[TABLE_MAX];
static struct enum_value broken_names[TABLE_MAX];

static bool bits_copy(struct target *t)
{
	if (t->op->kind != OP_BITS || t->op->n_bits > TABLE_MAX)
		return false;
	memcpy(broken_bits, t->op->bits, t->op->n_bits * sizeof(broken_bits[0]));
	t->op->bits = broken_bits;
	return true;
}

static bool wrong_bit(struct target *t)
{
	if (!bits_copy(t))
		return false;
	broken_bits[0].mask = broken_bits[0].mask == 2 ? 4 : 2;
	return true;
}

static bool forget_bit(struct target *t)
{
	if (t->op->kind != OP_BITS)
		return false;
	t->op->n_bits--;
	return true;
}

static bool swap_bits(struct target *t)
{
	if (t->op->n_bits < 2 || !bits_copy(t))
		return false;
	broken_bits[0].old = t->op->bits[1].old;
	return true;
}

static bool wrong_name(struct target *t)
{
	if ((t->op->kind != OP_FLAGS && t->op->kind != OP_ENUM) || !t->op->n_names ||
	    t->op->n_names > TABLE_MAX)
		return false;
	memcpy(broken_names, t->op->names, t->op->n_names * sizeof(broken_names[0]));
	t->op->names = broken_names;
	broken_names[t->op->n_names - 1].new ^= 64;
	return broken_names[t->op->n_names - 1].crosses;
}

static bool let_pass(struct target *t)
{
	if (t->op->kind != OP_FLAGS || !t->op->rest)
		return false;
	t->op->rest = 0;
	return true;
}

/* ---- rows: of a copy, which the operation has until it is undone -------------------------------
 */

static struct op_rows *rows_copy(struct target *t)
{
	static struct op_rows rows;
	static struct row_span spans[4096];

	if (!t->op->rows || !moves(t) || t->op->rows->n_spans > 4096)
		return NULL;
	rows = *t->op->rows;
	for (size_t i = 0; i < rows.n_spans; i++)
		spans[i] = rows.spans[i];
	rows.spans = spans;
	t->op->rows = &rows;
	return &rows;
}

static bool wrong_row(struct target *t)
{
	struct op_rows *rows = rows_copy(t);

	if (!rows || !rows->n_spans || rows->old < 2)
		return false;
	((struct row_span *)rows->spans)->old = rows->spans[0].old ? 0 : 1;
	return true;
}

static bool dropped_row(struct target *t)
{
	struct op_rows *rows = rows_copy(t);

	if (!rows || !rows->n_spans)
		return false;
	((struct row_span *)rows->spans)[rows->n_spans - 1].n--;
	return true;
}

/* Where every row keeps its place the stride of rows says nothing. */
static bool wrong_stride(struct target *t)
{
	struct op_rows *rows = rows_copy(t);
	bool apart = false;

	for (size_t i = 0; rows && i < rows->n_spans; i++)
		apart |= rows->spans[i].old != rows->spans[i].new;
	if (!apart)
		return false;
	rows->inner++;
	return true;
}

static bool no_place_taken(struct target *t)
{
	struct op_rows *rows = rows_copy(t);

	if (!rows || !rows->refuses || !rows->n_gone)
		return false;
	rows->refuses = false;
	return true;
}

static const struct mutation {
	const char *how;
	bool (*apply)(struct target *t);
} mutations[] = {
	{"dropped operation", drop},	   {"wrong new offset", shift_new},
	{"wrong old offset", shift_old},   {"lower old offset", shift_old_down},
	{"wrong sign", flip_sign},	   {"dropped widening", drop_widening},
	{"dropped check", drop_check},	   {"dropped step", drop_step},
	{"swapped source", swap_source},   {"wrong zero", wrong_zero},
	{"wrong init", wrong_init},	   {"wrong code", wrong_code},
	{"one element less", short_array}, {"wrong upper bound", wrong_high},
	{"wrong lower bound", wrong_low},  {"turned condition", turn_condition},
	{"swapped arm", swap_arms},	   {"dropped condition", drop_condition},
	{"forgotten arm", forget_arm},	   {"wrong bit", wrong_bit},
	{"forgotten bit", forget_bit},	   {"bits of one member", swap_bits},
	{"wrong name", wrong_name},	   {"bits without a name", let_pass},
	{"wrong row", wrong_row},	   {"dropped row", dropped_row},
	{"wrong stride", wrong_stride},	   {"place not checked", no_place_taken},
};
#define N_MUTATIONS (sizeof(mutations) / sizeof(mutations[0]))

static bool op_break(const struct plan *plan, struct plan_type *type, uint32_t i,
		     struct broken *broken)
{
	const struct mutation *mutation = &mutations[i % N_MUTATIONS];
	struct op *op = &type->ops.at[i / N_MUTATIONS];
	struct target target = {.plan = plan, .type = type, .op = op};

	broken->op = i / (uint32_t)N_MUTATIONS;
	broken->was = *op;
	broken->how = mutation->how;
	if (op->new == NO_INDEX)
		return false;
	target.new = &type->slots[NEW].at[op->new];
	broken->new = *target.new;
	broken->path = target.new->path;
	if (op->kind == OP_NESTED && !reads_old(plan, plan->types.at[op->nested]))
		return false;
	if (op->old != NO_INDEX) {
		target.old = &type->slots[OLD].at[op->old];
		broken->old = *target.old;
	}
	return mutation->apply(&target);
}

/* What lies behind a tail's start is cleared again before the tail is moved. */
static bool is_before_tail(const struct plan_type *type, uint64_t byte)
{
	for (size_t i = 0; i < type->ops.n; i++)
		if (type->ops.at[i].kind == OP_TAIL &&
		    type->slots[NEW].at[type->ops.at[i].new].is_flexible &&
		    type->slots[NEW].at[type->ops.at[i].new].bit / 8 <= byte)
			return false;
	return true;
}

/* A hook writes all of it: it has no parts. */
static bool is_one(const struct slot *slot)
{
	return slot->count == 1 && slot->kind != SLOT_RECORD && slot->kind != SLOT_BYTES;
}

static bool is_written_again(const struct plan *plan, const struct plan_type *type, size_t i,
			     uint64_t byte);

/* What is embedded at SLOT, and moved with its neighbours, is mended at BYTE by its own plan. */
static bool is_mended(const struct plan *plan, const struct op *op, const struct slot *slot,
		      uint64_t byte)
{
	uint64_t at = byte - slot->bit / 8;

	return op->kind == OP_NESTED && slot->bits && at < slot->bits / 8 * slot->count &&
	       is_written_again(plan, plan->types.at[op->nested], 0, at % (slot->bits / 8));
}

static unsigned int bits_written(const struct plan *plan, const struct plan_type *type,
				 uint64_t byte);

/* The bits of BYTE that every arm writes. */
static unsigned int bits_armed(const struct plan *plan, const struct op *op, uint64_t byte)
{
	unsigned int bits = 0xff;

	for (size_t i = 0; i < op->n_arms; i++)
		bits &= op->arms[i].part == NO_INDEX
				? 0
				: bits_written(plan, plan->types.at[op->arms[i].part], byte);
	return bits;
}

/* The bits of the new object's BYTE that operations write which no piece does for them. */
static unsigned int bits_written(const struct plan *plan, const struct plan_type *type,
				 uint64_t byte)
{
	unsigned int bits = 0;

	for (size_t k = 0; k < type->ops.n; k++) {
		const struct op *op = &type->ops.at[k];
		const struct slot *slot =
			op->new == NO_INDEX ? NULL : &type->slots[NEW].at[op->new];

		if (slot && op->run && is_mended(plan, op, slot, byte))
			return 0xff;
		if (op->kind == OP_ARM)
			bits |= bits_armed(plan, op, byte);
		if (!slot || op->run || op->kind == OP_ZERO || op->kind == OP_TAIL ||
		    op->kind == OP_ARM || (op->kind == OP_HOOK && !is_one(slot)))
			continue;
		for (unsigned int i = 0; i < 8; i++)
			if (byte * 8 + i - slot->bit < slot->bits * slot->count)
				bits |= 1u << i;
	}
	return bits;
}

/* What piece I clears at BYTE, a copy before it took from an old member of which some values are
 * refused: it may be zero there in every object that is not. */
static bool is_refused_there(const struct plan_type *type, size_t i, uint64_t byte)
{
	for (size_t k = 0; k < i; k++) {
		const struct piece *piece = &type->pieces.at[k];
		uint64_t bit = (piece->old_byte + byte - piece->new_byte) * 8;

		if (piece->clears || byte - piece->new_byte >= piece->bytes)
			continue;
		for (size_t s = 0; s < type->slots[OLD].n; s++) {
			const struct slot *slot = &type->slots[OLD].at[s];

			if (bit - slot->bit < slot->bits * slot->count &&
			    type->ops.at[slot->op].partial)
				return true;
		}
	}
	return false;
}

/* True when something after piece I writes the byte of the new object, too. */
static bool is_written_again(const struct plan *plan, const struct plan_type *type, size_t i,
			     uint64_t byte)
{
	for (size_t k = i + 1; k < type->pieces.n; k++)
		if (byte - type->pieces.at[k].new_byte < type->pieces.at[k].bytes)
			return true;
	return bits_written(plan, type, byte) == 0xff || !is_before_tail(type, byte);
}

static bool is_rewritten(const struct plan *plan, const struct plan_type *type, size_t i)
{
	const struct piece *piece = &type->pieces.at[i];

	for (uint64_t k = 0; k < piece->bytes; k++)
		if (!is_written_again(plan, type, i, piece->new_byte + k))
			return false;
	return true;
}

static bool piece_break(const struct plan *plan, struct plan_type *type, uint32_t i,
			struct broken *broken)
{
	struct piece *piece = &type->pieces.at[i / 2];
	uint64_t last;

	broken->piece = i / 2;
	broken->was_piece = *piece;
	broken->by_pieces = true;
	if (piece->clears) {
		broken->path = "clear";
		broken->how = i % 2 ? "bytes not cleared" : "last byte not cleared";
		piece->bytes = i % 2 ? 0 : piece->bytes - 1;
		last = piece->new_byte + broken->was_piece.bytes - 1;
		return !is_written_again(plan, type, i / 2, last) &&
		       !is_refused_there(type, i / 2, last);
	}
	broken->path = "copy";
	broken->how = i % 2 ? "wrong source of a copy" : "shorter copy";
	if (i % 2) {
		piece->old_byte++;
		return !is_rewritten(plan, type, i / 2);
	}
	piece->bytes--;
	return !is_written_again(plan, type, i / 2, piece->new_byte + piece->bytes);
}

/* Hook I is never called. What its members' operations say calls nothing. */
static bool hook_break(struct plan_type *type, uint32_t i, struct broken *broken)
{
	broken->hook = i;
	broken->was_hook = type->hooks.at[i];
	broken->path = broken->was_hook.name;
	broken->how = "hook not called";
	type->hooks.at[i] = type->hooks.at[--type->hooks.n];
	return true;
}

bool mutation_apply(const struct plan *plan, struct plan_type *type, uint32_t i,
		    struct broken *broken, bool *applies)
{
	uint32_t ops = (uint32_t)(type->ops.n * N_MUTATIONS);
	uint32_t pieces = ops + (uint32_t)type->pieces.n * 2;

	memset(broken, 0, sizeof(*broken));
	broken->type = type;
	broken->op = broken->piece = broken->hook = NO_INDEX;
	if (i < ops)
		*applies = op_break(plan, type, i, broken);
	else if (i < pieces)
		*applies = piece_break(plan, type, i - ops, broken);
	else if (i < pieces + type->hooks.n)
		*applies = hook_break(type, i - pieces, broken);
	else
		return false;
	return true;
}

void mutation_undo(const struct broken *broken)
{
	struct plan_type *type = broken->type;

	if (broken->op != NO_INDEX) {
		type->ops.at[broken->op] = broken->was;
		if (broken->was.new != NO_INDEX) {
			type->slots[NEW].at[broken->was.new] = broken->new;
			if (broken->was.old != NO_INDEX)
				type->slots[OLD].at[broken->was.old] = broken->old;
		}
	}
	if (broken->piece != NO_INDEX)
		type->pieces.at[broken->piece] = broken->was_piece;
	if (broken->hook != NO_INDEX) {
		type->hooks.at[type->hooks.n] = type->hooks.at[broken->hook];
		type->hooks.at[broken->hook] = broken->was_hook;
		type->hooks.n++;
	}
}
