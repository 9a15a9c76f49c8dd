/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may have become of members that have no partner. Layouts cannot prove a rename: the removed
 * and the added member stay what they are, and the candidate is a third entry beside them.
 */
#include "diff_parts.h"

#include <string.h>

/* Two rewritten types of this many comparisons have nothing to find in each other. */
#define COMPARED_MAX (1u << 16)

struct orphans {
	struct leaf **at;
	size_t n, room;
};

static struct orphans orphans_of(struct level *level)
{
	struct orphans orphans = {0};

	for (size_t i = 0; i < level->leaves.n; i++)
		if (!level->leaves.at[i].partner)
			*VEC_PUSH(&orphans) = &level->leaves.at[i];
	return orphans;
}

static bool too_many(const struct orphans *removed, const struct orphans *added)
{
	return added->n && removed->n > COMPARED_MAX / added->n;
}

static bool equal_types(const struct diff *diff, type_id old_id, type_id new_id)
{
	return hash128_equal(side_layout(&diff->pairing->old, old_id),
			     side_layout(&diff->pairing->new, new_id));
}

/* The only scalar or pointer that a type consists of, through structs of one member; else the type.
 */
static type_id kernel_of(const struct model *model, type_id id)
{
	for (unsigned int depth = 0; depth < DIFF_DEPTH_MAX; depth++) {
		const struct type *type;

		id = strip(model, id);
		type = type_at(model, id);
		if (!is_record(model, id) || type->n != 1 ||
		    member_bits(model, members_of(model, type)) != type->size * 8)
			break;
		id = members_of(model, type)->type;
	}
	return id;
}

static bool similar_names(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), head = 0, tail = 0, less = n < m ? n : m;

	while (head < less && a[head] == b[head])
		head++;
	while (tail < less - head && a[n - 1 - tail] == b[m - 1 - tail])
		tail++;
	return (head + tail) * 2 > (n > m ? n : m) || strstr(a, b) || strstr(b, a);
}

static bool is_inline(const struct side *side, const struct leaf *leaf)
{
	return side_inline(side, array_base(side->model, leaf->member->type));
}

/* The same bits, integers that changed only their width or sign, or a pointer that took its name
 * along. */
static bool compatible(const struct diff *diff, const struct leaf *old, const struct leaf *new)
{
	uint32_t allowed = 1u << RULE_WIDENED | 1u << RULE_NARROWED | 1u << RULE_SIGNEDNESS |
			   1u << RULE_INT_ENUM | 1u << RULE_EMBEDDED_CHANGED |
			   1u << RULE_ARRAY_LENGTH | 1u << RULE_FLEXIBLE_ARRAY |
			   1u << RULE_FUNCTION_SIGNATURE;
	uint32_t rules;

	if (old->member->bit_size != new->member->bit_size ||
	    is_inline(&diff->pairing->old, old) != is_inline(&diff->pairing->new, new))
		return false;
	if (equal_types(diff, kernel_of(diff->old, old->member->type),
			kernel_of(diff->new, new->member->type)))
		return true;
	rules = type_rules(diff, old->member->type, new->member->type, 1);
	if (similar_names(old->member->name, new->member->name))
		allowed |= 1u << RULE_POINTER_TARGET;
	return !(rules & ~allowed);
}

/* How far the members around OLD moved: before it and behind it. */
static void neighbours(const struct level *level, const struct leaf *old, uint64_t shift[2])
{
	const struct leaf *before = NULL, *behind = NULL;

	for (size_t i = 0; i < level->leaves.n; i++) {
		const struct leaf *leaf = &level->leaves.at[i];

		if (!leaf->partner)
			continue;
		if (leaf->bit <= old->bit && (!before || leaf->bit >= before->bit))
			before = leaf;
		if (leaf->bit > old->bit && (!behind || leaf->bit < behind->bit))
			behind = leaf;
	}
	shift[0] = before ? before->partner->bit - before->bit : 0;
	shift[1] = behind ? behind->partner->bit - behind->bit : 0;
}

static bool overlap(uint64_t a, uint64_t a_bits, uint64_t b, uint64_t b_bits)
{
	return a == b || (a < b ? b - a < a_bits : a - b < b_bits);
}

/* 0: no candidate; more is better. */
static unsigned int likeness(const struct level_pair *pair, const struct leaf *old,
			     const struct leaf *new)
{
	uint64_t shift[2];
	unsigned int points = 0;

	neighbours(&pair->old, old, shift);
	points += old->bit == new->bit ? 2 : 0;
	points += old->bit + shift[0] == new->bit || old->bit + shift[1] == new->bit ? 2 : 0;
	if (!points && !overlap(old->bit, old->bits, new->bit, new->bits) &&
	    !overlap(old->bit + shift[0], old->bits, new->bit, new->bits) &&
	    !overlap(old->bit + shift[1], old->bits, new->bit, new->bits))
		return 0;
	if (!compatible(pair->diff, old, new))
		return 0;
	points += similar_names(old->member->name, new->member->name) ? 4 : 0;
	points += equal_types(pair->diff, old->member->type, new->member->type) ? 3 : 0;
	return points + 1;
}

void find_renames(struct level_pair *pair)
{
	struct level *old = &pair->old, *new = &pair->new;
	struct orphans removed = orphans_of(old), added = orphans_of(new);

	for (size_t j = 0; j < added.n && !too_many(&removed, &added); j++) {
		struct diff_entry *entry;
		unsigned int most = 0;
		size_t best = 0;

		for (size_t i = 0; i < removed.n; i++) {
			unsigned int points =
				removed.at[i] ? likeness(pair, removed.at[i], added.at[j]) : 0;

			if (points > most) {
				most = points;
				best = i;
			}
		}
		if (!most)
			continue;
		entry = add_member_entry(pair, RULE_RENAME_CANDIDATE, removed.at[best],
					 added.at[j]);
		entry->old_path = leaf_path(pair, removed.at[best]);
		removed.at[best] = NULL;
	}
	VEC_FREE(&removed);
	VEC_FREE(&added);
}

/* The members of the struct or union that LEAF embeds; false when it embeds none. */
static bool open_leaf(const struct model *model, const struct leaf *leaf, struct level *inside)
{
	if (!is_record(model, leaf->member->type))
		return false;
	level_init(inside, model, strip(model, leaf->member->type), leaf->bit, leaf->unions);
	return true;
}

static struct leaf *named(const struct level *level, const char *name)
{
	for (size_t i = 0; i < level->leaves.n; i++)
		if (level->leaves.at[i].member->name == name)
			return &level->leaves.at[i];
	return NULL;
}

static void add_nesting(const struct level_pair *pair, const struct leaf *outer, bool outer_is_new,
			const struct leaf *old, const struct leaf *new)
{
	struct arena *arena = &pair->diff->pairing->arena;
	struct diff_entry *entry = add_member_entry(pair, RULE_NESTING, old, new);
	const struct leaf *inner = outer_is_new ? new : old;
	const char *nested =
		arena_printf(arena, "%s.%s", leaf_path(pair, outer), inner->member->name);

	entry->path = outer_is_new ? nested : leaf_path(pair, new);
	entry->old_path = outer_is_new ? leaf_path(pair, old) : nested;
}

/*
 * SINGLES lost their partner; looks for each name inside what OUTERS, on the other side, embed. It
 * counts when one place alone has the name with an equal type.
 */
static void find_inside(const struct level_pair *pair, const struct orphans *singles,
			const struct orphans *outers, bool outer_is_new)
{
	const struct model *model = outer_is_new ? pair->new.model : pair->old.model;

	for (size_t i = 0; i < singles->n; i++) {
		const struct leaf *single = singles->at[i], *outer = NULL;
		struct leaf found = {0};
		size_t places = 0;

		for (size_t j = 0; j < outers->n; j++) {
			struct level inside;
			struct leaf *inner;

			if (!open_leaf(model, outers->at[j], &inside))
				continue;
			inner = named(&inside, single->member->name);
			if (inner && inner->member->bit_size == single->member->bit_size &&
			    equal_types(pair->diff,
					outer_is_new ? single->member->type : inner->member->type,
					outer_is_new ? inner->member->type
						     : single->member->type)) {
				found = *inner;
				outer = outers->at[j];
				places++;
			}
			level_deinit(&inside);
		}
		if (places == 1)
			add_nesting(pair, outer, outer_is_new, outer_is_new ? single : &found,
				    outer_is_new ? &found : single);
	}
}

void find_nestings(struct level_pair *pair)
{
	struct level *old = &pair->old, *new = &pair->new;
	struct orphans removed = orphans_of(old), added = orphans_of(new);

	if (!too_many(&removed, &added)) {
		find_inside(pair, &removed, &added, true);
		find_inside(pair, &added, &removed, false);
	}
	VEC_FREE(&removed);
	VEC_FREE(&added);
}
