// SPDX-License-Identifier: GPL-2.0-or-later
/* What moves together, what stays zero, and what is read: sums over a finished type's operations.
 */
#include <string.h>

#include "plan_internal.h"

#define ZERO_RANGES_MAX 2 /* more of them, over half of the object: it is cleared as a whole */
#define BRIDGE_MAX 32	  /* bytes that stay zero inside a run: copied with it, cleared after it */

static bool moves_bytes(const struct plan_maker *maker, const struct plan_type *type,
			const struct op *op)
{
	const struct slot *old, *new;

	if (op->old == NO_INDEX || op->new == NO_INDEX || op->rows)
		return false;
	old = &type->slots[OLD].at[op->old];
	new = &type->slots[NEW].at[op->new];
	if (old->is_bitfield || new->is_bitfield || slot_bits(old) != slot_bits(new))
		return false;
	return op->kind == OP_COPY || op->kind == OP_POINTER ||
	       (op->kind == OP_NESTED && maker->plan->types.at[op->nested]->plain);
}

/* True when OP moves as far as RUN does and begins at most a bridge behind it. */
static bool continues(const struct plan_type *type, const struct run *run, const struct op *op)
{
	uint64_t old_end = (run->old_byte + run->bytes) * 8, old = type->slots[OLD].at[op->old].bit;
	uint64_t new_end = (run->new_byte + run->bytes) * 8, new = type->slots[NEW].at[op->new].bit;
	uint64_t bridge = type->cleared ? 0 : BRIDGE_MAX * 8;

	return old >= old_end &&
	       new >= new_end &&old - old_end == new - new_end &&new - new_end <= bridge;
}

static void runs_find(struct plan_maker *maker, struct plan_type *type)
{
	struct run *run = NULL;
	size_t kept = 0;

	for (uint32_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if (op->new == NO_INDEX || op->kind == OP_ZERO)
			continue;
		if (!moves_bytes(maker, type, op)) {
			run = NULL;
			continue;
		}
		if (!run || !continues(type, run, op)) {
			run = VEC_PUSH(&type->runs);
			*run = (struct run){.old_byte = type->slots[OLD].at[op->old].bit / 8,
					    .new_byte = type->slots[NEW].at[op->new].bit / 8,
					    .first = i};
		}
		run->last = i;
		run->bytes = (type->slots[NEW].at[op->new].bit +
			      slot_bits(&type->slots[NEW].at[op->new])) /
				     8 -
			     run->new_byte;
	}
	for (size_t i = 0; i < type->runs.n; i++) {
		if (type->runs.at[i].first == type->runs.at[i].last)
			continue;
		for (uint32_t k = type->runs.at[i].first; k <= type->runs.at[i].last; k++)
			type->ops.at[k].run = true;
		type->runs.at[kept++] = type->runs.at[i];
	}
	type->runs.n = kept;
}

static void bits_mark(unsigned char *map, uint64_t bit, uint64_t bits)
{
	for (uint64_t i = bit; i < bit + bits; i++)
		map[i / 8] |= (unsigned char)(1 << i % 8);
}

/* Hooks write after everything else, into what was cleared for them. */
static bool op_writes(const struct op *op)
{
	return op->new != NO_INDEX && op->kind != OP_ZERO && op->kind != OP_HOOK &&
	       op->kind != OP_DROP && op->kind != OP_TAIL;
}

/* The bits of the new object that OP sets. */
static void op_mark(const struct plan_type *type, const struct op *op, unsigned char *map)
{
	const struct slot *new = &type->slots[NEW].at[op->new];
	uint64_t row;

	if (!op->rows) {
		bits_mark(map, new->bit, slot_bits(new));
		return;
	}
	row = new->bits * op->rows->inner;
	for (size_t i = 0; i < op->rows->n_spans; i++)
		bits_mark(map, new->bit + op->rows->spans[i].new *row, op->rows->spans[i].n * row);
}

static void zeros_find(struct plan_type *type)
{
	uint64_t size = type->size[NEW], total = 0;
	struct arena scratch;
	unsigned char *map;

	arena_init(&scratch);
	map = ARENA_NEW_ARRAY(&scratch, size + 1, unsigned char);
	for (size_t i = 0; i < type->ops.n; i++)
		if (op_writes(&type->ops.at[i]))
			op_mark(type, &type->ops.at[i], map);
	for (uint64_t from = 0; from < size; from++) {
		uint64_t to = from;

		while (to < size && map[to] != 0xff)
			to++;
		if (to == from)
			continue;
		*VEC_PUSH(&type->zeros) = (struct byte_range){.byte = from, .bytes = to - from};
		total += to - from;
		from = to;
	}
	arena_deinit(&scratch);
	if (type->zeros.n > ZERO_RANGES_MAX && total * 2 > size) {
		type->cleared = true;
		type->zeros.n = 1;
		type->zeros.at[0] = (struct byte_range){.bytes = size};
	}
}

static bool is_plain(const struct plan_maker *maker, const struct plan_type *type)
{
	if (type->size[OLD] != type->size[NEW] || type->zeros.n)
		return false;
	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];
		bool copies = op->kind == OP_COPY ||
			      (op->kind == OP_NESTED && maker->plan->types.at[op->nested]->plain);

		if (!copies || op->rows ||
		    type->slots[OLD].at[op->old].bit != type->slots[NEW].at[op->new].bit)
			return false;
	}
	return true;
}

static void nested_reads(const struct plan_maker *maker, unsigned char *map,
			 const struct slot *slot, const struct op *op)
{
	const struct plan_type *nested = maker->plan->types.at[op->nested];
	const struct op_rows *rows = op->rows;

	for (size_t i = 0; rows && rows->refuses && i < rows->n_gone; i++)
		memset(map + slot->bit / 8 + rows->gone[i].row * rows->inner * (slot->bits / 8), 1,
		       rows->gone[i].n * rows->inner * (slot->bits / 8));
	for (uint64_t i = 0; i < slot->count; i++)
		for (size_t k = 0; k < nested->reads.n; k++)
			memset(map + slot->bit / 8 + i * (slot->bits / 8) +
				       nested->reads.at[k].byte,
			       1, nested->reads.at[k].bytes);
}

/* The bytes of the old object that anything consumes. */
static void reads_find(const struct plan_maker *maker, struct plan_type *type)
{
	uint64_t size = type->size[OLD];
	struct arena scratch;
	unsigned char *map;

	arena_init(&scratch);
	map = ARENA_NEW_ARRAY(&scratch, size + 1, unsigned char);
	for (size_t i = 0; i < type->slots[OLD].n; i++) {
		const struct slot *slot = &type->slots[OLD].at[i];
		uint64_t first = slot->bit / 8, end = (slot->bit + slot_bits(slot) + 7) / 8;

		if (!slot->used || slot->op == NO_INDEX)
			continue;
		if (type->ops.at[slot->op].kind == OP_NESTED)
			nested_reads(maker, map, slot, &type->ops.at[slot->op]);
		else
			memset(map + first, 1, end - first);
	}
	for (uint64_t from = 0; from < size; from++) {
		uint64_t to = from;

		while (to < size && map[to])
			to++;
		if (to > from)
			*VEC_PUSH(&type->reads) =
				(struct byte_range){.byte = from, .bytes = to - from};
		from = to;
	}
	arena_deinit(&scratch);
}

static void extent_check(struct plan_maker *maker, struct plan_type *type)
{
	const struct byte_range *last = type->reads.n ? &type->reads.at[type->reads.n - 1] : NULL;

	if (last && last->byte + last->bytes > type->extent)
		plan_error(maker, type, "extent", type->decisions->extent.at,
			   "the plan reads up to byte %llu, beyond the extent of %llu; carry less "
			   "or correct the extent",
			   (unsigned long long)(last->byte + last->bytes),
			   (unsigned long long)type->extent);
}

void type_runs(struct plan_maker *maker, struct plan_type *type)
{
	zeros_find(type);
	runs_find(maker, type);
	type->plain = is_plain(maker, type);
	reads_find(maker, type);
	extent_check(maker, type);
}
