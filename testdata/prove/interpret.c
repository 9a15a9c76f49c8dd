/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Executes the operations of a plan one by one; see interpret.h. */
#include <stdlib.h>
#include <string.h>

#include "code.h"
#include "interpret.h"

/* The part of the object that one type's operations are about. */
struct frame {
	struct work *work;
	const struct plan_type *type;
	uint64_t old, new; /* bits before it */
	bool is_moved;	   /* with its neighbours, by a piece of what embeds it */
};

static void frame_run(const struct frame *frame);

static void impossible(struct work *work, const char *why)
{
	work->outcome = OUTCOME_IMPOSSIBLE;
	work->why = why;
}

static void refuse(struct work *work)
{
	if (work->outcome == OUTCOME_DONE)
		work->outcome = OUTCOME_REFUSED;
}

static bool is_inside(struct work *work, size_t size, uint64_t bit, uint64_t bits, const char *path)
{
	bool inside = bit <= size * 8 && bits <= size * 8 - bit;

	if (!inside)
		impossible(work, path);
	return inside;
}

static bool bit_get(const unsigned char *bytes, uint64_t bit)
{
	return bytes[bit / 8] >> bit % 8 & 1;
}

static void bit_put(unsigned char *bytes, uint64_t bit, bool value)
{
	unsigned char mask = (unsigned char)(1 << bit % 8);

	bytes[bit / 8] = (unsigned char)(value ? bytes[bit / 8] | mask : bytes[bit / 8] & ~mask);
}

static void bits_move(const struct frame *frame, uint64_t old, uint64_t new, uint64_t bits,
		      const char *path)
{
	struct work *work = frame->work;

	if (!is_inside(work, work->old_size, old, bits, path) ||
	    !is_inside(work, work->new_size, new, bits, path))
		return;
	for (uint64_t i = 0; i < bits; i++)
		bit_put(work->new, new + i, bit_get(work->old, old + i));
}

static const struct slot *old_of(const struct frame *frame, const struct op *op)
{
	return &frame->type->slots[OLD].at[op->old];
}

static const struct slot *new_of(const struct frame *frame, const struct op *op)
{
	return &frame->type->slots[NEW].at[op->new];
}

/* ---- values ------------------------------------------------------------------------------------
 */

static bool is_bool(const struct plan *plan, enum side side, const struct slot *slot)
{
	const struct type *type =
		type_at(plan->model[side], strip(plan->model[side], slot->element));

	return slot->kind == SLOT_INT && type->encoding == ENC_BOOLEAN;
}

static value_t mask_of(uint64_t bits)
{
	return bits >= 128 ? ~(value_t)0 : ((value_t)1 << bits) - 1;
}

/* Element I of SLOT, its sign extended to all of the value. */
static value_t value_get(const struct frame *frame, const struct slot *slot, uint64_t i)
{
	uint64_t bit = frame->old + slot->bit + i * slot->bits;
	value_t value = 0;

	if (slot->bits > 128 ||
	    !is_inside(frame->work, frame->work->old_size, bit, slot->bits, slot->path))
		return 0;
	for (uint64_t k = 0; k < slot->bits; k++)
		value |= (value_t)bit_get(frame->work->old, bit + k) << k;
	if (slot->is_signed && slot->bits && value >> (slot->bits - 1))
		value |= ~mask_of(slot->bits);
	return value;
}

static void value_put(const struct frame *frame, const struct slot *slot, uint64_t i, value_t value)
{
	uint64_t bit = frame->new + slot->bit + i * slot->bits;

	if (!is_inside(frame->work, frame->work->new_size, bit, slot->bits, slot->path))
		return;
	if (is_bool(frame->work->plan, NEW, slot))
		value = value != 0;
	for (uint64_t k = 0; k < slot->bits && k < 128; k++)
		bit_put(frame->work->new, bit + k, (bool)(value >> k & 1));
}

static bool value_fits(const struct frame *frame, const struct slot *old, const struct slot *new,
		       value_t value)
{
	bool negative = old->is_signed && value >> 127;
	uint64_t bits = is_bool(frame->work->plan, NEW, new) ? 1 : new->bits - new->is_signed;

	if (negative)
		return new->is_signed && (~value & ~mask_of(bits)) == 0;
	return (value & ~mask_of(bits)) == 0;
}

static value_t value_nearest(const struct op *op, const struct slot *old, value_t value)
{
	if (old->is_signed && (__int128)value < op->low)
		return (value_t)op->low;
	if ((!old->is_signed || !(value >> 127)) && value > op->high)
		return op->high;
	return value;
}

static bool value_listed(const struct op *op, value_t value)
{
	for (size_t i = 0; i < op->n_values; i++)
		if (op->values[i] == (uint64_t)value)
			return true;
	return !op->n_values;
}

/* ---- rows: which old element a new one comes from ----------------------------------------------
 */

/* False: no old element becomes element I of the new slot. */
static bool source_of(const struct op *op, uint64_t i, uint64_t *from)
{
	const struct op_rows *rows = op->rows;

	*from = i;
	for (size_t k = 0; rows && k < rows->n_spans; k++) {
		uint64_t row = i / rows->inner - rows->spans[k].new;

		if (row < rows->spans[k].n) {
			*from = (rows->spans[k].old + row) * rows->inner + i % rows->inner;
			return true;
		}
	}
	return !rows;
}

/* Old rows without a place must be clear, and a text that was cut must end. */
static void run_rows(const struct frame *frame, const struct op *op)
{
	const struct slot *old = old_of(frame, op), *new = new_of(frame, op);
	const struct op_rows *rows = op->rows;
	uint64_t row = old->bits * rows->inner;
	bool ends = false;

	for (size_t k = 0; rows->refuses && k < rows->n_gone; k++) {
		uint64_t bit = frame->old + old->bit + rows->gone[k].row * row;

		if (!is_inside(frame->work, frame->work->old_size, bit, rows->gone[k].n * row,
			       old->path))
			return;
		for (uint64_t i = 0; i < rows->gone[k].n * row; i++)
			if (bit_get(frame->work->old, bit + i))
				refuse(frame->work);
	}
	if (!rows->is_text)
		return;
	for (uint64_t i = 0; i < rows->new; i++)
		ends |= !frame->work->new[(frame->new + new->bit) / 8 + i];
	if (!ends && rows->refuses)
		refuse(frame->work);
	else if (!ends)
		value_put(frame, new, rows->new - 1, 0);
}

static void run_values(const struct frame *frame, const struct op *op)
{
	const struct slot *old = old_of(frame, op), *new = new_of(frame, op);

	for (uint64_t i = 0, from; i < new->count; i++) {
		value_t value;

		if (!source_of(op, i, &from))
			continue;
		value = value_get(frame, old, from);

		if (op->kind == OP_NARROW && op->saturates)
			value = value_nearest(op, old, value);
		else if (op->kind == OP_NARROW &&
			 (!value_fits(frame, old, new, value) || !value_listed(op, value)))
			refuse(frame->work);
		value_put(frame, new, i, value);
	}
}

static void run_enum(const struct frame *frame, const struct op *op)
{
	const struct slot *old = old_of(frame, op), *new = new_of(frame, op);

	for (uint64_t i = 0, from; i < new->count; i++) {
		const struct enum_value *named = NULL;
		uint64_t value;

		if (!source_of(op, i, &from))
			continue;
		value = (uint64_t)value_get(frame, old, from);

		for (size_t k = 0; k < op->n_names && !named; k++)
			named = op->names[k].old == value ? &op->names[k] : NULL;
		if (!named || !named->crosses)
			refuse(frame->work);
		value_put(frame, new, i, named ? named->new : 0);
	}
}

/* ---- words whose bits have names
 * ------------------------------------------------------------------- */

static void run_flags(const struct frame *frame, const struct op *op)
{
	const struct slot *old = old_of(frame, op), *new = new_of(frame, op);

	for (uint64_t i = 0, from; i < new->count; i++) {
		uint64_t word, value;

		if (!source_of(op, i, &from))
			continue;
		word = (uint64_t)value_get(frame, old, from);
		value = word & op->keep;
		if (word & op->rest)
			refuse(frame->work);
		for (size_t k = 0; k < op->n_names; k++) {
			if (!(word & op->names[k].old))
				continue;
			if (!op->names[k].crosses)
				refuse(frame->work);
			value |= op->names[k].new;
		}
		value_put(frame, new, i, value);
	}
}

static void run_bits(const struct frame *frame, const struct op *op)
{
	uint64_t word = 0, value;

	if (op->old != NO_INDEX)
		word = (uint64_t)value_get(frame, old_of(frame, op), 0) & op->mask;
	if (word & op->rest)
		refuse(frame->work);
	value = word;
	for (size_t i = 0; i < op->n_bits; i++) {
		if (word & op->bits[i].mask)
			refuse(frame->work);
		if (value_get(frame, &frame->type->slots[OLD].at[op->bits[i].old], 0))
			value |= op->bits[i].mask;
	}
	value_put(frame, new_of(frame, op), 0, value);
}

static void run_pick(const struct frame *frame, const struct op *op)
{
	uint64_t word = (uint64_t)value_get(frame, old_of(frame, op), 0) & op->mask;

	if (word & op->rest)
		refuse(frame->work);
	value_put(frame, new_of(frame, op), 0, op->is_test ? (value_t)(word != 0) : word);
}

/* ---- code ---------------------------------------------------------------------------------------
 */

/* An enumerator of the old release, which the mapping writes as old_NAME. */
static bool enumerator_value(const struct model *model, const char *name, size_t n, value_t *value)
{
	if (n < 5 || strncmp(name, "old_", 4))
		return false;
	for (size_t i = 0; i < model->enumerators.n; i++) {
		const struct enumerator *one = &model->enumerators.at[i];

		if (strncmp(one->name, name + 4, n - 4) || one->name[n - 4])
			continue;
		*value = one->value;
		return true;
	}
	return false;
}

/* The N bytes at NAME are `[I]`, and the array SLOT, of one dimension, has this element. */
static bool is_element(const char *name, size_t n, const struct slot *slot, uint64_t *element)
{
	char *end;

	if (*name != '[' || !slot->is_array)
		return false;
	*element = strtoull(name + 1, &end, 10);
	return end + 1 == name + n && *end == ']' && *element < slot->count;
}

static bool scope_value(const struct code_scope *scope, bool is_member, const char *name, size_t n,
			value_t *value)
{
	const struct frame *frame = scope->data;
	const struct plan_type *type = frame->type;

	if (!is_member)
		return enumerator_value(frame->work->plan->model[OLD], name, n, value);
	for (size_t i = 0; i < type->slots[OLD].n; i++) {
		const struct slot *slot = &type->slots[OLD].at[i];

		size_t length = strlen(slot->path);
		uint64_t element = 0;

		if (length > n || strncmp(slot->path, name, length))
			continue;
		if (length < n && !is_element(name + length, n - length, slot, &element))
			continue;
		*value = value_get(frame, slot, element);
		return true;
	}
	return false;
}

static value_t code_run(const struct frame *frame, const char *code)
{
	struct code_scope scope = {.value = scope_value, .data = frame};
	value_t value;

	if (!code_value(&scope, code, &value))
		impossible(frame->work, code);
	return value;
}

/* VALUE, as C has it in the type of the expression, for a member that may not hold it. */
static value_t code_fit(const struct frame *frame, const struct op *op, value_t value)
{
	struct slot code = {.bits = op->code_bits, .is_signed = op->code_signed};

	value &= mask_of(code.bits);
	if (code.is_signed && value >> (code.bits - 1) & 1)
		value |= ~mask_of(code.bits);
	if (op->saturates)
		return value_nearest(op, &code, value);
	if (!value_fits(frame, &code, new_of(frame, op), value))
		refuse(frame->work);
	return value;
}

static value_t op_value(const struct frame *frame, const struct op *op)
{
	value_t value = code_run(frame, op->code);

	return op->code_bits ? code_fit(frame, op, value) : value;
}

static void run_code(const struct frame *frame, const struct op *op)
{
	value_put(frame, new_of(frame, op), 0, op_value(frame, op));
}

/* ---- numbers through several releases ----------------------------------------------------------
 */

/* What a member of TYPE gives back of VALUE, its sign extended to all of the value. */
static value_t value_held(const struct number_type *type, value_t value)
{
	if (type->is_bool)
		return value != 0;
	value &= mask_of(type->bits);
	if (type->is_signed && value >> (type->bits - 1))
		value |= ~mask_of(type->bits);
	return value;
}

static value_t step_names(struct work *work, const struct number_step *step, value_t value)
{
	for (size_t i = 0; i < step->n_names; i++) {
		if (step->names[i].old != (uint64_t)value)
			continue;
		if (!step->names[i].crosses)
			refuse(work);
		return step->names[i].new;
	}
	refuse(work);
	return 0;
}

static value_t step_take(struct work *work, const struct number_step *step, bool was_signed,
			 value_t value)
{
	bool negative = was_signed && value >> 127, listed = !step->n_values;
	value_t held;

	if (step->kind == OP_ENUM)
		return value_held(&step->to, step_names(work, step, value));
	if (step->kind == OP_NARROW && step->saturates) {
		if (negative && (__int128)value < step->low)
			value = (value_t)(__int128)step->low;
		else if (!negative && value > step->high)
			value = step->high;
	}
	held = value_held(&step->to, value);
	if (step->kind != OP_NARROW || step->saturates)
		return held;
	for (size_t i = 0; i < step->n_values; i++)
		listed |= step->values[i] == (uint64_t)held;
	if (held != value || negative != (step->to.is_signed && held >> 127) || !listed)
		refuse(work);
	return held;
}

/* Element I after all steps. */
static value_t steps_value(const struct frame *frame, const struct op *op, uint64_t i)
{
	const struct slot *old = op->code ? NULL : old_of(frame, op);
	bool was_signed = old && old->is_signed;
	value_t value = old ? value_get(frame, old, i) : op_value(frame, op);

	for (size_t k = 0; k < op->n_steps; k++) {
		value = step_take(frame->work, &op->steps[k], was_signed, value);
		was_signed = op->steps[k].to.is_signed;
	}
	return value;
}

static void run_steps(const struct frame *frame, const struct op *op)
{
	const struct slot *new = new_of(frame, op);

	for (uint64_t i = 0; i < new->count; i++)
		value_put(frame, new, i, steps_value(frame, op, i));
}

static void run_check(const struct frame *frame, const struct op *op)
{
	uint64_t n = op->code ? 1 : old_of(frame, op)->count;

	for (uint64_t i = 0; i < n; i++)
		steps_value(frame, op, i);
}

/* ---- operations --------------------------------------------------------------------------------
 */

/* Element FROM of the old slot and I of the new one. */
static struct frame inner_frame(const struct frame *frame, const struct op *op, uint64_t from,
				uint64_t i)
{
	const struct slot *old = old_of(frame, op), *new = new_of(frame, op);

	return (struct frame){
		.work = frame->work,
		.type = frame->work->plan->types.at[op->nested],
		.old = frame->old + old->bit + from * old->bits,
		.new = frame->new + new->bit + i *new->bits,
		.is_moved = op->run,
	};
}

static void run_nested(const struct frame *frame, const struct op *op)
{
	for (uint64_t i = 0, from; i < new_of(frame, op)->count; i++) {
		struct frame inner;

		if (!source_of(op, i, &from))
			continue;
		inner = inner_frame(frame, op, from, i);
		frame_run(&inner);
	}
}

static void run_tail(const struct frame *frame, const struct op *op)
{
	const struct slot *old = old_of(frame, op), *new = new_of(frame, op);
	uint64_t n = (uint64_t)value_get(frame, &frame->type->slots[OLD].at[op->count_slot], 0);
	struct work *work = frame->work;

	if (op->by_extent)
		n = n > old->bit / 8 ? (n - old->bit / 8) / (old->bits / 8) : 0;
	for (uint64_t bit = new->bit;
	     new->is_flexible && work->by_pieces &&bit < work->new_size * 8; bit++)
		bit_put(work->new, bit, false);
	if ((op->bound && n > op->bound) || old->bit > work->old_size * 8 ||
	    new->bit > work->new_size * 8 || n > (work->old_size * 8 - old->bit) / old->bits ||
	    n > (work->new_size * 8 - new->bit) / new->bits) {
		refuse(work);
		return;
	}
	for (uint64_t i = 0; i < n; i++) {
		if (op->nested == NO_INDEX) {
			bits_move(frame, frame->old + old->bit + i * old->bits,
				  frame->new + new->bit + i *new->bits, new->bits, new->path);
		} else {
			struct frame inner = inner_frame(frame, op, i, i);

			frame_run(&inner);
		}
	}
}

/* A list head that points to itself, wherever its object will be. */
static void run_empty(const struct frame *frame, const struct op *op)
{
	const struct slot *new = new_of(frame, op);
	const struct plan *plan = frame->work->plan;
	struct field field = {.bit_offset = 0};
	size_t stop;

	if (new->link_path &&*new->link_path &&
	    !field_find(plan->model[NEW], frame->type->id[NEW], new->link_path, &field, &stop))
		impossible(frame->work, new->link_path);
	value_put(frame, new, 0,
		  frame->work->new_address
			  ? frame->work->new_address + (frame->new + field.bit_offset) / 8
			  : 0);
}

static void run_copy(const struct frame *frame, const struct op *op)
{
	const struct slot *old = old_of(frame, op), *new = new_of(frame, op);

	for (uint64_t i = 0, from; i < new->count; i++)
		if (source_of(op, i, &from))
			bits_move(frame, frame->old + old->bit + from * new->bits,
				  frame->new + new->bit + i *new->bits, new->bits, new->path);
}

static void run_arm(const struct frame *frame, const struct op *op)
{
	for (size_t i = 0; i < op->n_arms; i++) {
		const struct arm_plan *arm = &op->arms[i];
		struct frame inner = *frame;

		if (arm->when && !code_run(frame, arm->when))
			continue;
		if (arm->part != NO_INDEX) {
			inner.type = frame->work->plan->types.at[arm->part];
			frame_run(&inner);
		}
		return;
	}
	refuse(frame->work);
}

static void run_op(const struct frame *frame, const struct op *op)
{
	switch (op->kind) {
	case OP_COPY:
	case OP_POINTER:
		run_copy(frame, op);
		break;
	case OP_WIDEN:
	case OP_NARROW:
		run_values(frame, op);
		break;
	case OP_ENUM:
		run_enum(frame, op);
		break;
	case OP_FLAGS:
		run_flags(frame, op);
		break;
	case OP_BITS:
		run_bits(frame, op);
		break;
	case OP_PICK:
		run_pick(frame, op);
		break;
	case OP_STEPS:
		run_steps(frame, op);
		break;
	case OP_INIT:
	case OP_EXPR:
		run_code(frame, op);
		break;
	case OP_NESTED:
		run_nested(frame, op);
		break;
	case OP_TAIL:
		run_tail(frame, op);
		break;
	case OP_EMPTY:
		run_empty(frame, op);
		break;
	case OP_ARM:
		run_arm(frame, op);
		break;
	case OP_HOOK:
	case OP_ZERO:
	case OP_DROP:
	case OP_CHECK:
		break;
	}
	if (op->rows && frame->work->outcome != OUTCOME_IMPOSSIBLE)
		run_rows(frame, op);
}

static void run_pieces(const struct frame *frame, size_t first)
{
	struct work *work = frame->work;

	for (size_t i = first; i < frame->type->pieces.n; i++) {
		const struct piece *piece = &frame->type->pieces.at[i];
		uint64_t bit = frame->new + piece->new_byte * 8, bits = piece->bytes * 8;

		if (!piece->clears)
			bits_move(frame, frame->old + piece->old_byte * 8, bit, bits, "copy");
		else if (is_inside(work, work->new_size, bit, bits, "clear"))
			memset(work->new + bit / 8, 0, piece->bytes);
	}
}

static void run_hooks(const struct frame *frame)
{
	struct work *work = frame->work;

	for (size_t i = 0; i < frame->type->hooks.n; i++) {
		const char *name = frame->type->hooks.at[i].name;

		enum outcome outcome = work->call(work, name, work->old + frame->old / 8,
						  work->new + frame->new / 8);

		if (outcome == OUTCOME_REFUSED)
			refuse(work);
		if (outcome == OUTCOME_IMPOSSIBLE)
			impossible(work, name);
	}
}

/* By pieces an operation that one of them does is left out, but for what mends a nested type. */
static void frame_run(const struct frame *frame)
{
	const struct plan_type *type = frame->type;
	bool by_pieces = frame->work->by_pieces;

	if (by_pieces)
		run_pieces(frame, frame->is_moved ? 1 : 0);
	for (size_t i = 0; i < type->ops.n && frame->work->outcome != OUTCOME_IMPOSSIBLE; i++) {
		const struct op *op = &type->ops.at[i];

		if (op->kind == OP_CHECK)
			run_check(frame, op);
		else if (op->new != NO_INDEX && !(by_pieces && op->run && op->kind != OP_NESTED))
			run_op(frame, op);
	}
	run_hooks(frame);
}

enum outcome interpret(struct work *work, const struct plan_type *type)
{
	struct frame frame = {.work = work, .type = type};

	work->outcome = OUTCOME_DONE;
	work->why = NULL;
	memset(work->new, 0, work->new_size); /* the runtime clears what lies beyond the type */
	if (work->by_pieces)
		memset(work->new, 0xa5,
		       type->size[NEW] < work->new_size ? type->size[NEW] : work->new_size);
	frame_run(&frame);
	if (work->outcome != OUTCOME_DONE)
		memset(work->new, 0, work->new_size);
	return work->outcome;
}
