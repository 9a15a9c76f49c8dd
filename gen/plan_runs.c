// SPDX-License-Identifier: GPL-2.0-or-later
/* What moves together, what is cleared, and what is read: sums over a finished type's operations.
 */
#include <string.h>

#include "plan_internal.h"

/*
 * What an operation costs, about in processor cycles. Compilers expand copies and clears of a
 * constant size up to INLINE_MAX bytes to moves of 16; above that they call a function that moves
 * 32 at a time.
 */
#define INLINE_MAX 256
#define CALL_COST 12
#define WINDOW_MAX 256	/* atoms that one segment spans at most: bounds the search */
#define CLEAR_ACROSS 16 /* bytes that are written later anyway, between two that are cleared */

/* Bytes of the new object that are alike: the least that is decided as one. */
struct atom {
	enum {
		ATOM_ZERO,  /* nothing writes them, or not all of their bits: cleared */
		ATOM_LATER, /* operations write them, after everything that is decided here */
		ATOM_MOVED, /* whole bytes that all come from the same distance */
	} kind;
	uint64_t byte, end, old_byte;
	uint32_t first, last; /* ATOM_MOVED: operations, inclusive */
};

/*
 * Atoms in order of the new offset, and the cheapest way to write all up to each of them: the last
 * segment is one copy or clear of the atoms from START on, and the others among them are mended.
 */
struct atoms {
	struct atom *at;
	size_t n, room;
	uint64_t *cost;
	size_t *start;
};

static bool moves_bits(const struct plan_maker *maker, const struct plan_type *type,
		       const struct op *op)
{
	const struct slot *old, *new;

	if (op->old == NO_INDEX || op->new == NO_INDEX || op->rows)
		return false;
	old = &type->slots[OLD].at[op->old];
	new = &type->slots[NEW].at[op->new];
	if (slot_bits(old) != slot_bits(new) || old->bit % 8 != new->bit % 8)
		return false;
	return op->kind == OP_COPY || op->kind == OP_POINTER ||
	       (op->kind == OP_NESTED && maker->plan->types.at[op->nested]->whole);
}

bool piece_moves(const struct plan_type *type, const struct piece *piece, const struct op *op)
{
	uint64_t bit = piece->new_byte * 8, end = bit + piece->bytes * 8;
	const struct slot *old, *new;

	if (piece->clears || op->old == NO_INDEX || op->new == NO_INDEX)
		return false;
	old = &type->slots[OLD].at[op->old];
	new = &type->slots[NEW].at[op->new];
	return new->bit >= bit &&new->bit + slot_bits(new) <= end &&new->bit - old->bit ==
	       (piece->new_byte - piece->old_byte) * 8;
}

static void bits_mark(unsigned char *map, uint64_t bit, uint64_t bits)
{
	for (uint64_t i = bit; i < bit + bits; i++)
		map[i / 8] |= (unsigned char)(1 << i % 8);
}

/* Hooks and arms write after everything else, into what was cleared for them. */
static bool op_writes(const struct op *op)
{
	return op->new != NO_INDEX && op->kind != OP_ZERO && op->kind != OP_HOOK &&
	       op->kind != OP_DROP && op->kind != OP_TAIL && op->kind != OP_ARM;
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

/* The bits that operations write, one for each of the new object. */
static unsigned char *written_map(const struct plan_type *type, struct arena *arena)
{
	unsigned char *map = ARENA_NEW_ARRAY(arena, type->size[NEW] + 1, unsigned char);

	for (size_t i = 0; i < type->ops.n; i++)
		if (op_writes(&type->ops.at[i]))
			op_mark(type, &type->ops.at[i], map);
	return map;
}

/* What no copy brings, up to byte END. */
static void others_add(struct atoms *atoms, const unsigned char *written, uint64_t end)
{
	uint64_t byte = atoms->n ? atoms->at[atoms->n - 1].end : 0;

	while (byte < end) {
		bool later = written[byte] == 0xff;
		struct atom *last = atoms->n ? &atoms->at[atoms->n - 1] : NULL;
		struct atom *before = atoms->n > 1 ? last - 1 : NULL;
		uint64_t from = byte;

		while (byte < end && (written[byte] == 0xff) == later)
			byte++;
		if (!later && before && before->kind == ATOM_ZERO && last->kind == ATOM_LATER &&
		    last->end - last->byte <= CLEAR_ACROSS) {
			before->end = byte;
			atoms->n--;
			continue;
		}
		*VEC_PUSH(atoms) = (struct atom){
			.kind = later ? ATOM_LATER : ATOM_ZERO, .byte = from, .end = byte};
	}
}

/* The whole bytes among BITS from bit NEW on, which operations FIRST to LAST move. */
static void moved_add(struct atoms *atoms, const unsigned char *written, uint64_t old, uint64_t new,
		      uint64_t bits, uint32_t first, uint32_t last)
{
	uint64_t byte = (new + 7) / 8, end = (new + bits) / 8;

	if (byte >= end)
		return;
	others_add(atoms, written, byte);
	*VEC_PUSH(atoms) = (struct atom){.kind = ATOM_MOVED,
					 .byte = byte,
					 .end = end,
					 .old_byte = (old + 7) / 8,
					 .first = first,
					 .last = last};
}

static void atoms_find(const struct plan_maker *maker, const struct plan_type *type,
		       struct atoms *atoms, struct arena *arena)
{
	const unsigned char *written = written_map(type, arena);
	uint64_t old = 0, new = 0, bits = 0;
	uint32_t first = 0, last = 0;

	for (uint32_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];
		const struct slot *from, *to;

		if (!moves_bits(maker, type, op))
			continue;
		from = &type->slots[OLD].at[op->old];
		to = &type->slots[NEW].at[op->new];
		if (!bits || from->bit != old + bits || to->bit != new + bits) {
			moved_add(atoms, written, old, new, bits, first, last);
			old = from->bit;
			new = to->bit;
			bits = 0;
			first = i;
		}
		last = i;
		bits += slot_bits(to);
	}
	moved_add(atoms, written, old, new, bits, first, last);
	others_add(atoms, written, type->size[NEW]);
}

static uint64_t cost_of(uint64_t bytes)
{
	return bytes <= INLINE_MAX ? (bytes + 15) / 16 : CALL_COST + (bytes + 31) / 32;
}

static bool moves_alike(const struct atom *a, const struct atom *b)
{
	return b->kind == ATOM_MOVED && a->byte - a->old_byte == b->byte - b->old_byte;
}

/* The cheapest ways that end at or behind atom I, which begins the last segment. */
static void segments_try(struct atoms *atoms, size_t i)
{
	const struct atom *first = &atoms->at[i];
	uint64_t mended = 0;

	if (first->kind == ATOM_LATER && atoms->cost[i] < atoms->cost[i + 1]) {
		atoms->cost[i + 1] = atoms->cost[i];
		atoms->start[i + 1] = i;
	}
	for (size_t k = i; first->kind != ATOM_LATER && k < atoms->n && k - i < WINDOW_MAX; k++) {
		const struct atom *atom = &atoms->at[k];
		uint64_t cost = atoms->cost[i] + mended + cost_of(atom->end - first->byte);
		bool alike = first->kind == ATOM_MOVED ? moves_alike(first, atom)
						       : atom->kind == ATOM_ZERO;

		if (!alike)
			mended += atom->kind == ATOM_LATER ? 0 : cost_of(atom->end - atom->byte);
		else if (cost < atoms->cost[k + 1]) {
			atoms->cost[k + 1] = cost;
			atoms->start[k + 1] = i;
		}
	}
}

static void segments_find(struct atoms *atoms, struct arena *arena)
{
	atoms->cost = ARENA_NEW_ARRAY(arena, atoms->n + 1, uint64_t);
	atoms->start = ARENA_NEW_ARRAY(arena, atoms->n + 1, size_t);
	for (size_t i = 1; i <= atoms->n; i++)
		atoms->cost[i] = UINT64_MAX;
	for (size_t i = 0; i < atoms->n; i++)
		segments_try(atoms, i);
}

/* The operations whose bits are all in ATOM, which a piece copies. */
static void atom_mark(const struct plan_maker *maker, struct plan_type *type,
		      const struct atom *atom)
{
	for (uint32_t i = atom->first; i <= atom->last; i++) {
		struct op *op = &type->ops.at[i];
		const struct slot *new;

		if (!moves_bits(maker, type, op))
			continue;
		new = &type->slots[NEW].at[op->new];
		op->run = new->bit >= atom->byte * 8 && new->bit + slot_bits(new) <= atom->end * 8;
	}
}

static bool mends_with(const struct atom *first, const struct atom *atom)
{
	return atom->kind != ATOM_LATER &&
	       !(first->kind == ATOM_MOVED ? moves_alike(first, atom) : atom->kind == ATOM_ZERO);
}

static void piece_add(struct plan_type *type, const struct atom *first, const struct atom *last)
{
	*VEC_PUSH(&type->pieces) = (struct piece){.clears = first->kind == ATOM_ZERO,
						  .old_byte = first->old_byte,
						  .new_byte = first->byte,
						  .bytes = last->end - first->byte,
						  .first = first->first,
						  .last = last->last};
}

/* A member that moves alone is left to its operation, which says so in its own words. */
static bool moves_alone(const struct atom *first, const struct atom *last)
{
	return first->kind == ATOM_MOVED && first->first == last->last;
}

/* The segment of the atoms FIRST to before END: the piece that writes it, and those that mend it.
 */
static void segment_add(const struct plan_maker *maker, struct plan_type *type,
			const struct atom *first, const struct atom *end)
{
	if (first->kind == ATOM_LATER || moves_alone(first, end - 1))
		return;
	piece_add(type, first, end - 1);
	for (const struct atom *atom = first; atom < end; atom++) {
		bool mending = mends_with(first, atom);

		if (mending && moves_alone(atom, atom))
			continue;
		if (mending)
			piece_add(type, atom, atom);
		if (atom->kind == ATOM_MOVED)
			atom_mark(maker, type, atom);
	}
}

static void segments_add(const struct plan_maker *maker, struct plan_type *type,
			 const struct atoms *atoms, struct arena *arena)
{
	size_t *ends = ARENA_NEW_ARRAY(arena, atoms->n + 1, size_t), n = 0;

	for (size_t end = atoms->n; end; end = atoms->start[end])
		ends[n++] = end;
	while (n-- > 0)
		segment_add(maker, type, &atoms->at[atoms->start[ends[n]]], &atoms->at[ends[n]]);
}

/*
 * True when one copy of all bytes, mended afterwards, is about as cheap as anything: a type that
 * embeds this one then moves it together with its neighbours.
 */
static bool is_whole(const struct plan_type *type, const struct atoms *atoms)
{
	uint64_t cost = cost_of(type->size[NEW]), limit = atoms->cost[atoms->n];
	bool moves = false;

	for (size_t i = 0; i < type->ops.n; i++)
		if (type->ops.at[i].kind == OP_TAIL)
			return false;
	for (size_t i = 0; i < atoms->n; i++) {
		const struct atom *atom = &atoms->at[i];

		if (atom->kind == ATOM_MOVED && atom->byte != atom->old_byte)
			return false;
		moves |= atom->kind == ATOM_MOVED;
		cost += atom->kind == ATOM_ZERO ? cost_of(atom->end - atom->byte) : 0;
	}
	return moves && type->size[OLD] == type->size[NEW] && cost <= limit + limit / 4 + 2;
}

static void whole_add(const struct plan_maker *maker, struct plan_type *type,
		      const struct atoms *atoms)
{
	type->whole = true;
	*VEC_PUSH(&type->pieces) =
		(struct piece){.bytes = type->size[NEW], .last = (uint32_t)type->ops.n - 1};
	for (size_t i = 0; i < atoms->n; i++) {
		if (atoms->at[i].kind == ATOM_ZERO)
			piece_add(type, &atoms->at[i], &atoms->at[i]);
		if (atoms->at[i].kind == ATOM_MOVED)
			atom_mark(maker, type, &atoms->at[i]);
	}
}

static void pieces_find(const struct plan_maker *maker, struct plan_type *type)
{
	struct atoms atoms = {0};
	struct arena scratch;

	arena_init(&scratch);
	atoms_find(maker, type, &atoms, &scratch);
	segments_find(&atoms, &scratch);
	if (is_whole(type, &atoms))
		whole_add(maker, type, &atoms);
	else
		segments_add(maker, type, &atoms, &scratch);
	VEC_FREE(&atoms);
	arena_deinit(&scratch);
}

/* True when some pointers of TYPE, or of what it embeds, are copied like any other bytes. */
static bool moves_pointers(const struct plan_maker *maker, const struct plan_type *type)
{
	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if ((op->run && op->kind == OP_POINTER) ||
		    (op->kind == OP_NESTED && maker->plan->types.at[op->nested]->moves_pointers))
			return true;
		for (size_t k = 0; k < op->n_arms; k++)
			if (op->arms[k].part != NO_INDEX &&
			    maker->plan->types.at[op->arms[k].part]->moves_pointers)
				return true;
	}
	return false;
}

/* True when there is more to do than the first piece does, pointers aside. */
static bool mends(const struct plan_maker *maker, const struct plan_type *type)
{
	if (type->pieces.n > 1 || type->hooks.n)
		return true;
	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if (op->kind == OP_CHECK ||
		    (op->new != NO_INDEX &&
		     (!op->run ||
		      (op->kind == OP_NESTED && maker->plan->types.at[op->nested]->mends))))
			return true;
	}
	return false;
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
	/* An arm is written where others cleared, and one of many: nothing of it moves in pieces. */
	if (type->is_part) {
		type->moves_pointers = moves_pointers(maker, type);
		return;
	}
	pieces_find(maker, type);
	type->moves_pointers = moves_pointers(maker, type);
	type->mends = mends(maker, type);
	type->plain = type->whole && !type->mends && !type->moves_pointers;
	reads_find(maker, type);
	extent_check(maker, type);
}
