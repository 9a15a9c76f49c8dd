/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two structs or unions, member by member. */
#include "diff_parts.h"

#include <stdlib.h>
#include <string.h>

#define BIT(rule) (1u << RULE_##rule)

/* Opening inline types inside inline types never yields more entries for one type than this. */
#define ENTRIES_MAX (1u << 20)

struct matched {
	const struct leaf *old, *new;
	uint32_t rules;	    /* of their types */
	const char *blamed; /* the embedded type that changed inside */
};

/* Effective alignment in bytes. */
static uint32_t leaf_align(const struct model *model, const struct leaf *leaf)
{
	uint32_t natural = type_at(model, leaf->member->type)->align;

	return leaf->member->align_attr > natural ? leaf->member->align_attr : natural;
}

static bool bitfield_differs(const struct matched *row)
{
	return row->old->member->bit_size != row->new->member->bit_size;
}

/* A bitfield's width is its own; the size of the type it is declared with says nothing. */
static uint32_t bitfield_rules(const struct matched *row, uint32_t rules)
{
	if (row->old->member->bit_size || row->new->member->bit_size)
		rules &= ~(BIT(WIDENED) | BIT(NARROWED));
	return rules | (bitfield_differs(row) ? BIT(BITFIELD) : 0);
}

/* Both sides embed a struct or union that has no name: its members belong to the type at hand. */
struct inline_pair {
	type_id old_id, new_id;
	uint32_t rules; /* of the arrays around them */
	unsigned int dimensions;
};

static bool open_ended(const struct type *array)
{
	return array->flags & TYPE_FLEXIBLE || !array->count;
}

static bool find_inline(const struct level_pair *pair, const struct matched *row,
			struct inline_pair *out)
{
	const struct diff *diff = pair->diff;

	*out = (struct inline_pair){.old_id = strip(diff->old, row->old->member->type),
				    .new_id = strip(diff->new, row->new->member->type)};
	for (;; out->dimensions++) {
		const struct type *old = type_at(diff->old, out->old_id);
		const struct type *new = type_at(diff->new, out->new_id);

		if (old->kind != KIND_ARRAY || new->kind != KIND_ARRAY)
			return old->kind ==
				       new->kind &&side_inline(&diff->pairing->old, out->old_id) &&
			       side_inline(&diff->pairing->new, out->new_id);
		if (open_ended(old) != open_ended(new))
			out->rules |= BIT(FLEXIBLE_ARRAY);
		else if (!open_ended(old) && old->count != new->count)
			out->rules |= BIT(ARRAY_LENGTH);
		out->old_id = strip(diff->old, old->target);
		out->new_id = strip(diff->new, new->target);
	}
}

static void compare_level(struct level_pair *pair);

/* The cause of a MOVED entry of an inline type that moved as a whole, until that is known. */
static const char moved_with_it[] = "";

static bool has_moved(const struct level_pair *pair, const struct leaf *old, const struct leaf *new)
{
	return old->bit - pair->old_origin != new->bit - pair->new_origin;
}

/* What of the inside of two inline types explains that they have another size: SIZE_CAUSE. */
static const char *compare_inline(const struct level_pair *pair, const struct matched *row,
				  const struct inline_pair *inside)
{
	struct arena *arena = &pair->diff->pairing->arena;
	const char *prefix = leaf_path(pair, row->new);
	struct level_pair below = {
		.diff = pair->diff,
		.out = pair->out,
		.depth = pair->depth + 1,
		.old_id = inside->old_id,
		.new_id = inside->new_id,
		.old_base = row->old->bit,
		.new_base = row->new->bit,
		.old_origin = inside->dimensions ? row->old->bit : pair->old_origin,
		.new_origin = inside->dimensions ? row->new->bit : pair->new_origin,
		.old_unions = row->old->unions,
		.new_unions = row->new->unions,
	};

	if (!has_moved(&below, row->old, row->new) &&
	    hash128_equal(side_layout(&pair->diff->pairing->old, inside->old_id),
			  side_layout(&pair->diff->pairing->new, inside->new_id)))
		return NULL;
	if (below.depth > DIFF_DEPTH_MAX || pair->out->n > ENTRIES_MAX) {
		add_member_entry(pair, RULE_TYPE_CHANGED, row->old, row->new);
		return NULL;
	}
	for (unsigned int i = 0; i < inside->dimensions; i++)
		prefix = arena_printf(arena, "%s[]", prefix);
	below.prefix = arena_printf(arena, "%s.", prefix);
	compare_level(&below);
	return below.size_cause;
}

static uint32_t member_rules(const struct level_pair *pair, struct matched *row)
{
	uint32_t rules = type_rules(pair->diff, row->old->member->type, row->new->member->type,
				    pair->depth + 1);

	if (rules & BIT(EMBEDDED_CHANGED))
		row->blamed = blame(pair->diff, row->old->member->type, row->new->member->type,
				    pair->depth + 1);
	rules = bitfield_rules(row, rules);
	if (!rules &&
	    leaf_align(pair->old.model, row->old) != leaf_align(pair->new.model, row->new))
		rules |= BIT(ALIGNMENT);
	return rules;
}

static void add_rules(const struct level_pair *pair, const struct matched *row)
{
	for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
		struct diff_entry *entry;

		if (!(row->rules & 1u << rule))
			continue;
		entry = add_member_entry(pair, rule, row->old, row->new);
		if (rule == RULE_EMBEDDED_CHANGED) {
			entry->cause = row->blamed;
			entry->by_enum = only_enumerators(pair->diff, row->old->member->type,
							  row->new->member->type);
		}
		if (rule == RULE_ALIGNMENT) {
			entry->old_value = leaf_align(pair->old.model, row->old);
			entry->new_value = leaf_align(pair->new.model, row->new);
		}
	}
}

static void compare_member(const struct level_pair *pair, struct matched *row,
			   const struct inline_pair *inside)
{
	if (row->old->unions != row->new->unions)
		add_member_entry(pair, RULE_NESTING, row->old, row->new);
	if (inside) {
		row->rules = inside->rules;
		add_rules(pair, row);
		row->blamed = compare_inline(pair, row, inside);
		return;
	}
	row->rules = member_rules(pair, row);
	add_rules(pair, row);
	if (row->old->unions && row->new->unions && row->rules & ~BIT(EMBEDDED_CHANGED))
		add_member_entry(pair, RULE_UNION_ARM, row->old, row->new);
}

/* A union that is still there got or lost an arm. */
static bool arm_of_kept(const struct level *level, const struct leaf *leaf)
{
	for (uint32_t arm = leaf->arm; arm; arm = level->arms.parent[arm])
		if (level->arms.kept[arm])
			return true;
	return false;
}

static void add_orphan(const struct level_pair *pair, const struct leaf *old,
		       const struct leaf *new)
{
	add_member_entry(pair, old ? RULE_REMOVED : RULE_ADDED, old, new);
	if (arm_of_kept(old ? &pair->old : &pair->new, old ? old : new) ||
	    (pair->old_unions && pair->new_unions))
		add_member_entry(pair, RULE_UNION_ARM, old, new);
}

/* The rows that say why members moved, and where in the entries the answers go. */
struct shifts {
	struct shift_row *rows;
	const char **causes; /* by row */
	size_t *from, *to;   /* by row: its entries */
	size_t n;
};

static struct shift_row *add_shift(struct shifts *shifts, const struct leaf *old,
				   const struct leaf *new)
{
	struct shift_row *row = &shifts->rows[shifts->n];

	*row = (struct shift_row){
		.old_bit = old ? old->bit : NO_OFFSET,
		.new_bit = new ? new->bit : NO_OFFSET,
		.old_bits = old ? old->bits : 0,
		.new_bits = new ? new->bits : 0,
		.own = !old || !new,
		.cause = &shifts->causes[shifts->n],
	};
	shifts->n++;
	return row;
}

static void compare_matched(struct level_pair *pair, const struct leaf *new, struct shifts *shifts)
{
	struct matched row = {.old = new->partner, .new = new};
	uint32_t old_align = leaf_align(pair->old.model, row.old);
	uint32_t new_align = leaf_align(pair->new.model, row.new);
	struct inline_pair inside;
	bool opened = find_inline(pair, &row, &inside);
	struct shift_row *shift;

	shifts->from[shifts->n] = pair->out->n;
	if (has_moved(pair, row.old, row.new) && !(opened && !inside.dimensions))
		add_member_entry(pair, RULE_MOVED, row.old, row.new)->cause = moved_with_it;
	compare_member(pair, &row, opened ? &inside : NULL);
	shifts->to[shifts->n] = pair->out->n;
	shift = add_shift(shifts, row.old, row.new);
	shift->old_bit -= pair->old_base;
	shift->new_bit -= pair->new_base;
	shift->align = new_align * 8;
	if (row.blamed && !(row.rules & ~BIT(EMBEDDED_CHANGED)) &&
	    (row.old->bits != row.new->bits || old_align != new_align))
		shift->grown = row.blamed;
	shift->own = !shift->grown && row.old->bits != row.new->bits;
	if (shift->grown && old_align != new_align &&
	    new_align == type_at(pair->new.model, pair->new_id)->align)
		pair->align_cause = shift->grown;
}

/* The end of the type moves like a member; in a union it is where the largest arm ends. */
static const char *end_cause(struct level_pair *pair, struct shifts *shifts)
{
	const struct type *old = type_at(pair->old.model, pair->old_id);
	const struct type *new = type_at(pair->new.model, pair->new_id);
	struct shift_row *end;

	if (new->kind == KIND_UNION)
		return union_cause(shifts->rows, shifts->n, old->size * 8, new->size * 8);
	end = add_shift(shifts, NULL, NULL);
	end->old_bit = old->size * 8;
	end->new_bit = new->size * 8;
	end->own = false;
	end->align = new->align * 8;
	end->grown = pair->align_cause;
	shift_causes(shifts->rows, shifts->n, &pair->diff->pairing->arena);
	return *end->cause;
}

static void compare_leaves(struct level_pair *pair, struct shifts *shifts)
{
	for (size_t i = 0; i < pair->new.leaves.n; i++) {
		const struct leaf *leaf = &pair->new.leaves.at[i];

		if (leaf->partner) {
			compare_matched(pair, leaf, shifts);
		} else {
			add_orphan(pair, NULL, leaf);
			add_shift(shifts, NULL, leaf)->new_bit -= pair->new_base;
		}
	}
	for (size_t i = 0; i < pair->old.leaves.n; i++) {
		const struct leaf *leaf = &pair->old.leaves.at[i];

		if (!leaf->partner) {
			add_orphan(pair, leaf, NULL);
			add_shift(shifts, leaf, NULL)->old_bit -= pair->old_base;
		}
	}
}

/* What moved within this level has its cause here; the rest moved with what it all stands in. */
static void give_causes(const struct level_pair *pair, const struct shifts *shifts)
{
	for (size_t i = 0; i < shifts->n; i++) {
		if (shifts->rows[i].old_bit == shifts->rows[i].new_bit)
			continue;
		for (size_t k = shifts->from[i]; k < shifts->to[i]; k++)
			if (pair->out->entries[k].cause == moved_with_it)
				pair->out->entries[k].cause = shifts->causes[i];
	}
}

static void compare_level(struct level_pair *pair)
{
	struct arena *arena = &pair->diff->pairing->arena;
	struct shifts shifts = {0};
	size_t room;

	level_init(&pair->old, pair->diff->old, pair->old_id, pair->old_base, pair->old_unions);
	level_init(&pair->new, pair->diff->new, pair->new_id, pair->new_base, pair->new_unions);
	level_match(&pair->old, &pair->new, arena);
	room = pair->old.leaves.n + pair->new.leaves.n + 1;
	shifts.rows = ARENA_NEW_ARRAY(arena, room, struct shift_row);
	shifts.causes = ARENA_NEW_ARRAY(arena, room, const char *);
	shifts.from = ARENA_NEW_ARRAY(arena, room, size_t);
	shifts.to = ARENA_NEW_ARRAY(arena, room, size_t);
	compare_leaves(pair, &shifts);
	pair->size_cause = end_cause(pair, &shifts);
	give_causes(pair, &shifts);
	find_renames(pair);
	find_nestings(pair);
	level_deinit(&pair->old);
	level_deinit(&pair->new);
}

struct place_of_entry {
	uint64_t bit;
	size_t index;
};

static int by_place(const void *va, const void *vb)
{
	const struct place_of_entry *a = va, *b = vb;

	if (a->bit != b->bit)
		return a->bit < b->bit ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* In the order of the new layout, what is gone where it was; entries of one member stay together.
 */
static void sort_entries(struct diff_type *out, size_t from, struct arena *arena)
{
	size_t n = out->n - from;
	struct place_of_entry *order = ARENA_NEW_ARRAY(arena, n + 1, struct place_of_entry);
	struct diff_entry *copy = ARENA_NEW_ARRAY(arena, n + 1, struct diff_entry);

	for (size_t i = 0; i < n; i++) {
		const struct diff_entry *entry = &out->entries[from + i];

		copy[i] = *entry;
		order[i].index = i;
		order[i].bit = entry->new_bit != NO_OFFSET ? entry->new_bit : entry->old_bit;
	}
	qsort(order, n, sizeof(*order), by_place);
	for (size_t i = 0; i < n; i++)
		out->entries[from + i] = copy[order[i].index];
}

void compare_records(const struct diff *diff, type_id old_id, type_id new_id, struct diff_type *out,
		     unsigned int depth)
{
	const struct type *old = type_at(diff->old, old_id), *new = type_at(diff->new, new_id);
	struct level_pair pair = {.diff = diff,
				  .out = out,
				  .prefix = "",
				  .depth = depth,
				  .old_id = old_id,
				  .new_id = new_id};
	size_t size_at = 0, align_at = 0, from;

	if (old->size != new->size) {
		struct diff_entry *entry = add_entry(out, RULE_SIZE_CHANGED, "");

		entry->old_bits = old->size * 8;
		entry->new_bits = new->size * 8;
		size_at = out->n;
	}
	if (old->align != new->align) {
		struct diff_entry *entry = add_entry(out, RULE_ALIGNMENT, "");

		entry->old_value = old->align;
		entry->new_value = new->align;
		align_at = out->n;
	}
	from = out->n;

	compare_level(&pair);
	if (size_at)
		out->entries[size_at - 1].cause = pair.size_cause;
	if (align_at)
		out->entries[align_at - 1].cause = pair.align_cause;
	sort_entries(out, from, &diff->pairing->arena);
}
