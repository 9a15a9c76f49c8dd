/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old objects that no generator knows; see values.h. */
#include <stdlib.h>
#include <string.h>

#include "values.h"

#define LANES 5 /* rounds with one byte everywhere, as it is; as many follow with what fits */

struct filling {
	const struct plan *plan;
	unsigned char *object;
	uint64_t *seed;
	bool edges, fits;    /* put values at the ends; make what may be refused fit */
	size_t loose, n_fit; /* the one that stays; how many were met */
	bool unfit;	     /* it is met, and made one that does not fit */
};

uint64_t random_step(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

unsigned char *buffer_new(size_t n)
{
	size_t room = (n + 511) / 256 * 256;
	void *buffer;

	if (posix_memalign(&buffer, BUFFER_ALIGN, room))
		abort();
	return memset(buffer, 0, room);
}

static uint64_t mask_of(uint64_t bits)
{
	return bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

/* Of what is wider, the low 64 bits; what is above is cleared by number_put(). */
static uint64_t number_get(const unsigned char *object, uint64_t bit, uint64_t bits)
{
	uint64_t value = 0;

	for (uint64_t i = 0; i < bits && i < 64; i++)
		value |= (uint64_t)(object[(bit + i) / 8] >> (bit + i) % 8 & 1) << i;
	return value;
}

static void number_put(unsigned char *object, uint64_t bit, uint64_t bits, uint64_t value)
{
	for (uint64_t i = 0; i < bits; i++) {
		unsigned char one = (unsigned char)(1 << (bit + i) % 8);
		unsigned char *byte = &object[(bit + i) / 8];

		*byte = (unsigned char)(i < 64 && value >> i & 1 ? *byte | one : *byte & ~one);
	}
}

static bool is_bool(const struct plan *plan, enum side side, const struct slot *slot)
{
	const struct type *type =
		type_at(plan->model[side], strip(plan->model[side], slot->element));

	return type->kind == KIND_INT && type->encoding == ENC_BOOLEAN;
}

static uint64_t number_edge(uint64_t *seed, uint64_t bits)
{
	uint64_t top = (uint64_t)1 << ((bits > 64 ? 64 : bits) - 1);

	switch (random_step(seed) % 6) {
	case 0:
		return 0;
	case 1:
		return UINT64_MAX;
	case 2:
		return top;
	case 3:
		return top - 1;
	case 4:
		return 1;
	default:
		return random_step(seed) % 16;
	}
}

/* One of the old values that have a place among the new ones; VALUE when there is none. */
static uint64_t name_pick(const struct enum_value *names, size_t n, uint64_t *seed, uint64_t value)
{
	uint64_t start = n ? (random_step(seed) % 4 ? random_step(seed) % n : n - 1) : 0;

	for (size_t i = 0; i < n; i++)
		if (names[(start + i) % n].crosses)
			return names[(start + i) % n].old;
	return value;
}

static uint64_t bits_that_cross(const struct op *op)
{
	uint64_t bits = op->keep;

	for (size_t i = 0; i < op->n_names; i++)
		bits |= op->names[i].crosses ? op->names[i].old : 0;
	for (size_t i = 0; i < op->n_names; i++)
		bits &= op->names[i].crosses ? UINT64_MAX : ~op->names[i].old;
	return bits & ~op->rest;
}

static uint64_t bits_that_are_free(const struct op *op)
{
	uint64_t bits = op->mask & ~op->rest;

	for (size_t i = 0; i < op->n_bits; i++)
		bits &= ~op->bits[i].mask;
	return bits;
}

/* VALUE of OLD, or one like it that OP does not refuse, as far as the plan alone tells. */
static uint64_t number_fit(const struct filling *filling, const struct plan_type *type,
			   const struct op *op, const struct slot *old, uint64_t value)
{
	const struct slot *new = op->new == NO_INDEX ? NULL : &type->slots[NEW].at[op->new];
	uint64_t room = old->bits - old->is_signed, there = 0;

	switch (op->kind) {
	case OP_NARROW:
		if (op->n_values)
			return op->values[random_step(filling->seed) % op->n_values];
		there = is_bool(filling->plan, NEW, new) ? 1 : new->bits - new->is_signed;
		return value & mask_of(there < room ? there : room);
	case OP_ENUM:
		return name_pick(op->names, op->n_names, filling->seed, value);
	case OP_FLAGS:
		return value & bits_that_cross(op);
	case OP_BITS:
		return op->old != NO_INDEX && &type->slots[OLD].at[op->old] == old
			       ? value & bits_that_are_free(op)
			       : value;
	case OP_PICK:
		return value & op->mask & ~op->rest;
	case OP_STEPS:
		if (op->n_steps && op->steps[0].kind == OP_ENUM)
			return name_pick(op->steps[0].names, op->steps[0].n_names, filling->seed,
					 value);
		return value % 4;
	default:
		return value % 8;
	}
}

static bool is_number(const struct slot *slot)
{
	return (slot->kind == SLOT_INT || slot->kind == SLOT_ENUM || slot->kind == SLOT_POINTER) &&
	       slot->bits && slot->bits <= 128;
}

/* VALUE of SLOT, with the top bit and not the one below, which nothing narrower holds and no other sign. */
static uint64_t number_unfit(const struct slot *slot, uint64_t value)
{
	return slot->bits < 2 ? value
			      : (value & mask_of(slot->bits - 2)) | (uint64_t)1 << (slot->bits - 1);
}

/* Element I of SLOT, which lies BASE bits into the object. */
static void element_fill(struct filling *filling, const struct plan_type *type,
			 const struct slot *slot, uint64_t base, bool fits, uint64_t i)
{
	const struct op *op = &type->ops.at[slot->op];
	uint64_t bit = base + slot->bit + i * slot->bits, value;

	if (!is_number(slot))
		return;
	value = number_get(filling->object, bit, slot->bits);
	if (filling->edges && random_step(filling->seed) % 3 == 0)
		number_put(filling->object, bit, slot->bits,
			   value = number_edge(filling->seed, slot->bits));
	if (fits)
		number_put(filling->object, bit, slot->bits,
			   number_fit(filling, type, op, slot, value));
	else if (filling->unfit && op->kind == OP_NARROW && !op->n_values && slot->bits <= 64)
		number_put(filling->object, bit, slot->bits, number_unfit(slot, value));
	if (is_bool(filling->plan, OLD, slot))
		number_put(filling->object, bit, slot->bits, value & 1);
}

/* Rows that have no place are clear, and a text that is cut ends before. */
static void rows_fill(struct filling *filling, const struct plan_type *type,
		      const struct slot *slot, uint64_t base)
{
	const struct op_rows *rows = type->ops.at[slot->op].rows;
	uint64_t row = rows ? slot->bits * rows->inner : 0;

	for (size_t i = 0; rows && i < rows->n_gone; i++)
		for (uint64_t k = 0; k < rows->gone[i].n; k++)
			number_put(filling->object,
				   base + slot->bit + (rows->gone[i].row + k) * row, row, 0);
	if (rows && rows->is_text && rows->new && rows->new <= rows->old)
		number_put(filling->object, base + slot->bit + (rows->new - 1) * row, row, 0);
}

static void type_fill(struct filling *filling, const struct plan_type *type, uint64_t base)
{
	for (uint32_t i = 0; i < type->slots[OLD].n; i++) {
		const struct slot *slot = &type->slots[OLD].at[i];
		const struct op *op = &type->ops.at[slot->op];
		bool inside = op->kind == OP_NESTED && op->old == i, fits;

		fits = filling->fits && op->partial && filling->n_fit++ != filling->loose;
		filling->unfit =
			filling->fits && op->partial && !fits && random_step(filling->seed) % 4;
		for (uint64_t k = 0; k < slot->count; k++)
			if (inside)
				type_fill(filling, filling->plan->types.at[op->nested],
					  base + slot->bit + k * slot->bits);
			else
				element_fill(filling, type, slot, base, fits && !inside, k);
		if (fits)
			rows_fill(filling, type, slot, base);
	}
}

const struct op *tail_of(const struct plan_type *type)
{
	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if (op->kind == OP_TAIL && type->slots[OLD].at[op->old].is_flexible)
			return op;
	}
	return NULL;
}

uint64_t size_with_room(const struct plan_type *type)
{
	const struct op *op = tail_of(type);
	const struct slot *tail = op ? &type->slots[OLD].at[op->old] : NULL;
	uint64_t end = tail ? (tail->bit + ROOM_ELEMENTS * tail->bits) / 8 : 0;

	return end > type->size[OLD] ? end : type->size[OLD];
}

/* The tail's elements, and a count that they can have. */
static void tail_fill(struct filling *filling, const struct plan_type *type, bool counts)
{
	const struct op *op = tail_of(type);
	const struct slot *tail, *count;

	if (!op)
		return;
	tail = &type->slots[OLD].at[op->old];
	count = &type->slots[OLD].at[op->count_slot];
	if (counts)
		number_put(filling->object, count->bit, count->bits,
			   random_step(filling->seed) % (ROOM_ELEMENTS + 1));
	for (uint64_t i = 0; op->nested != NO_INDEX && i < ROOM_ELEMENTS; i++)
		type_fill(filling, filling->plan->types.at[op->nested], tail->bit + i * tail->bits);
}

void object_fill(const struct plan *plan, const struct plan_type *type, unsigned char *object,
		 unsigned int round, uint64_t *seed)
{
	static const unsigned char lanes[LANES] = {0x00, 0xff, 0x80, 0x7f, 0x01};
	struct filling filling = {.plan = plan, .object = object, .seed = seed, .loose = SIZE_MAX};
	uint64_t size = size_with_room(type);

	for (uint64_t i = 0; i < size; i++)
		object[i] =
			round < 2 * LANES ? lanes[round % LANES] : (unsigned char)random_step(seed);
	filling.fits = round >= LANES && (round < 2 * LANES || round % 3);
	filling.edges = round >= 2 * LANES;
	if (filling.fits && round >= 2 * LANES && round % 3 == 1) {
		type_fill(&filling, type, 0); /* a first time, to count what may be refused */
		filling.loose = filling.n_fit ? round / 3 % filling.n_fit : SIZE_MAX;
		filling.n_fit = 0;
		for (uint64_t i = 0; i < size; i++)
			object[i] = (unsigned char)random_step(seed);
	}
	type_fill(&filling, type, 0);
	tail_fill(&filling, type, filling.fits);
}
