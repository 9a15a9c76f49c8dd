/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Enums: their enumerators by name, and anonymous ones paired by the names they share. */
#include "diff_parts.h"

#include <stdlib.h>
#include <string.h>

struct named_value {
	const char *name; /* interned: compared by address */
	uint32_t index;	  /* among the enumerators; or which enum it belongs to */
};

static int by_name(const void *va, const void *vb)
{
	const struct named_value *a = va, *b = vb;

	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static struct named_value *sorted(const struct model *model, const struct type *type,
				  struct arena *arena)
{
	struct named_value *out = ARENA_NEW_ARRAY(arena, type->n + 1, struct named_value);

	for (uint32_t i = 0; i < type->n; i++)
		out[i] = (struct named_value){enumerators_of(model, type)[i].name, i};
	qsort(out, type->n, sizeof(*out), by_name);
	return out;
}

/* Values count modulo the enum's size, and are shown with the sign that its type has. */
static uint64_t value_of(const struct type *type, uint64_t value, uint64_t size)
{
	uint64_t sign = size && size < 8 ? 1ull << (size * 8 - 1) : 0;

	if (!sign)
		return value;
	value &= 2 * sign - 1;
	if (type->encoding == ENC_SIGNED || type->encoding == ENC_SIGNED_CHAR)
		value = (value ^ sign) - sign;
	return value;
}

static struct diff_entry *enumerator_entry(struct diff_type *out, enum rule rule,
					   const struct enumerator *at, const struct type *old,
					   const struct type *new)
{
	struct diff_entry *entry = add_entry(out, rule, at->name);

	if (old)
		entry->old_value = value_of(old, at->value, old->size);
	if (new)
		entry->new_value = value_of(new, at->value, new->size);
	return entry;
}

struct enum_pair {
	const struct model *old_model, *new_model;
	const struct type *old, *new;
	uint32_t *partner; /* by index of the new enumerator: index of the old one + 1 */
	bool *kept;	   /* by index of the old one */
};

static void match(struct enum_pair *pair, struct arena *arena)
{
	struct named_value *a = sorted(pair->old_model, pair->old, arena);
	struct named_value *b = sorted(pair->new_model, pair->new, arena);

	pair->partner = ARENA_NEW_ARRAY(arena, pair->new->n + 1, uint32_t);
	pair->kept = ARENA_NEW_ARRAY(arena, pair->old->n + 1, bool);
	for (uint32_t i = 0, j = 0; i < pair->old->n && j < pair->new->n;) {
		if (a[i].name == b[j].name) {
			pair->partner[b[j].index] = a[i].index + 1;
			pair->kept[a[i].index] = true;
			i++, j++;
		} else if (a[i].name < b[j].name) {
			i++;
		} else {
			j++;
		}
	}
}

/* In the order in which the new enum declares them; what was removed comes last. */
static void compare_enumerators(const struct enum_pair *pair, struct diff_type *out)
{
	uint64_t size = pair->old->size < pair->new->size ? pair->old->size : pair->new->size;
	const struct enumerator *old = enumerators_of(pair->old_model, pair->old);
	const struct enumerator *new = enumerators_of(pair->new_model, pair->new);

	for (uint32_t i = 0; i < pair->new->n; i++) {
		const struct enumerator *was = old + pair->partner[i] - 1;

		if (!pair->partner[i])
			enumerator_entry(out, RULE_ENUMERATOR_ADDED, new + i, NULL, pair->new);
		else if (value_of(pair->new, new[i].value, size) !=
			 value_of(pair->new, was->value, size))
			enumerator_entry(out, RULE_ENUMERATOR_RENUMBERED, was, pair->old, NULL)
				->new_value = value_of(pair->new, new[i].value, pair->new->size);
	}
	for (uint32_t i = 0; i < pair->old->n; i++)
		if (!pair->kept[i])
			enumerator_entry(out, RULE_ENUMERATOR_REMOVED, old + i, pair->old, NULL);
}

void compare_enums(const struct diff *diff, type_id old_id, type_id new_id, struct diff_type *out)
{
	struct enum_pair pair = {
		.old_model = diff->old,
		.new_model = diff->new,
		.old = type_at(diff->old, old_id),
		.new = type_at(diff->new, new_id),
	};

	match(&pair, &diff->pairing->arena);
	if (pair.old->size != pair.new->size) {
		struct diff_entry *entry = add_entry(out, RULE_SIZE_CHANGED, "");

		entry->old_bits = pair.old->size * 8;
		entry->new_bits = pair.new->size * 8;
	}
	compare_enumerators(&pair, out);
}

/* An enum with neither tag nor typedef. */
static bool nameless(const struct side *side, type_id id)
{
	const struct type *type = type_at(side->model, id);

	return type->kind == KIND_ENUM && !side->names[id] && !(type->flags & TYPE_DECLARATION);
}

/* Which new enums declare a name: all enumerators of nameless new enums, sorted by name. */
struct name_index {
	struct named_value *at; /* index: the enum's id */
	size_t n, room;
};

static size_t first_of(const struct name_index *index, const char *name)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->at[middle].name < name)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The same enumerator in this many enums says nothing about which is which. */
#define COMMON_NAME 32

/*
 * The unpaired enum that shares most enumerators with TYPE, TYPE_NONE when none does or when
 * several share as many. COUNT is scratch, all zero between calls.
 */
static type_id most_shared(const struct model *model, const struct type *type,
			   const struct side *to, const struct name_index *index, uint32_t *count)
{
	type_id best = TYPE_NONE;
	uint32_t most = 0;

	for (int pass = 0; pass < 2; pass++)
		for (uint32_t i = 0; i < type->n; i++) {
			const char *name = enumerators_of(model, type)[i].name;
			size_t at = first_of(index, name), end = at + COMMON_NAME;

			for (; at < index->n && at < end && index->at[at].name == name; at++) {
				type_id id = index->at[at].index;

				if (pass) {
					count[id] = 0;
				} else if (to->partner[id] == TYPE_NONE && ++count[id] > most) {
					most = count[id];
					best = id;
				} else if (to->partner[id] == TYPE_NONE && count[id] == most &&
					   id != best) {
					best = TYPE_NONE;
				}
			}
		}
	return best;
}

static struct name_index names_of(const struct side *side)
{
	struct name_index index = {0};

	for (type_id id = 0; id < side->model->types.n; id++) {
		const struct type *type = type_at(side->model, id);

		for (uint32_t i = 0; nameless(side, id) && i < type->n; i++)
			*VEC_PUSH(&index) =
				(struct named_value){enumerators_of(side->model, type)[i].name, id};
	}
	if (index.n)
		qsort(index.at, index.n, sizeof(*index.at), by_name);
	return index;
}

/* Pairs enums of equal layout that declare the same names; the first of several. */
static void pair_equal_enums(struct pairing *pairing, const struct name_index *index)
{
	for (type_id id = 0; id < pairing->old.model->types.n; id++) {
		const struct type *type = type_at(pairing->old.model, id);
		const char *name;
		size_t at, end;

		if (!nameless(&pairing->old, id) || !type->n)
			continue;
		name = enumerators_of(pairing->old.model, type)->name;
		at = first_of(index, name);
		end = at + COMMON_NAME;
		for (; at < index->n && at < end && index->at[at].name == name; at++) {
			type_id other = index->at[at].index;

			if (pairing->new.partner[other] != TYPE_NONE ||
			    !hash128_equal(side_layout(&pairing->old, id),
					   side_layout(&pairing->new, other)))
				continue;
			pairing->old.partner[id] = other;
			pairing->new.partner[other] = id;
			break;
		}
	}
}

/* Each must be the other's best. */
void pair_anonymous_enums(struct pairing *pairing)
{
	struct side *old = &pairing->old, *new = &pairing->new;
	struct name_index old_names = names_of(old), new_names = names_of(new);
	size_t n = old->model->types.n > new->model->types.n ? old->model->types.n
							     : new->model->types.n;
	uint32_t *count = ARENA_NEW_ARRAY(&pairing->arena, n, uint32_t);

	pair_equal_enums(pairing, &new_names);
	for (type_id id = 0; id < old->model->types.n; id++) {
		type_id other;

		if (!nameless(old, id) || old->partner[id] != TYPE_NONE)
			continue;
		other = most_shared(old->model, type_at(old->model, id), new, &new_names, count);
		if (other == TYPE_NONE || most_shared(new->model, type_at(new->model, other), old,
						      &old_names, count) != id)
			continue;
		old->partner[id] = other;
		new->partner[other] = id;
	}
	VEC_FREE(&old_names);
	VEC_FREE(&new_names);
}
