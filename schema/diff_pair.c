/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which old type is which new type. Candidates have kind and name in common. Equal layouts pair
 * first; of what is left, one of a name on either side are a pair; where there are several, the
 * best score wins: file, then scope, then similarity. Equal best scores are a tie, and a tie is
 * ambiguous.
 */
#include "diff_parts.h"

#include <stdlib.h>
#include <string.h>

/* More types of one name than this on both sides are not told apart by similarity. */
#define GROUP_MAX 64
/* And of more comparisons than this, none is made. */
#define COMPARED_MAX (1u << 20)

#define SCORE_FILE (1u << 20)
#define SCORE_SCOPE (1u << 19)

struct item {
	const char *name; /* interned: compared by address */
	enum type_kind kind;
	type_id id;
};

struct items {
	struct item *at;
	size_t n, room;
};

static int item_order(const void *va, const void *vb)
{
	const struct item *a = va, *b = vb;

	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

/* Complete types with a name of their own or of a typedef, in groups of equal kind and name. */
static struct items items_of(const struct side *side)
{
	struct items items = {0};

	for (type_id id = 0; id < side->model->types.n; id++)
		if (side->names[id] && !(type_at(side->model, id)->flags & TYPE_DECLARATION))
			*VEC_PUSH(&items) = (struct item){
				.name = side->names[id], .kind = side_kind(side, id), .id = id};
	if (items.n)
		qsort(items.at, items.n, sizeof(*items.at), item_order);
	return items;
}

static void set_pair(struct pairing *pairing, type_id old_id, type_id new_id)
{
	pairing->old.partner[old_id] = new_id;
	pairing->new.partner[new_id] = old_id;
}

static bool same_string(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static bool same_place(const struct type *old, const struct type *new)
{
	return same_string(old->file, new->file);
}

static int name_order(const void *va, const void *vb)
{
	const char *const *a = va, *const *b = vb;

	return *a < *b ? -1 : *a > *b;
}

/* The names of members or enumerators, sorted by address. */
static size_t own_names(const struct model *model, const struct type *type, const char **out)
{
	size_t n = 0;

	for (uint32_t i = 0; i < type->n; i++) {
		const char *name = type->kind == KIND_ENUM ? enumerators_of(model, type)[i].name
							   : members_of(model, type)[i].name;
		if (name)
			out[n++] = name;
	}
	if (n)
		qsort(out, n, sizeof(*out), name_order);
	return n;
}

/* The share of names that both have, in thousandths. */
static uint32_t similarity(struct pairing *pairing, type_id old_id, type_id new_id)
{
	const struct type *old = type_at(pairing->old.model, old_id);
	const struct type *new = type_at(pairing->new.model, new_id);
	const char **a = ARENA_NEW_ARRAY(&pairing->arena, old->n + 1, const char *);
	const char **b = ARENA_NEW_ARRAY(&pairing->arena, new->n + 1, const char *);
	size_t n = own_names(pairing->old.model, old, a);
	size_t m = own_names(pairing->new.model, new, b);
	size_t common = 0;

	for (size_t i = 0, j = 0; i < n && j < m;) {
		if (a[i] == b[j])
			common++, i++, j++;
		else if (a[i] < b[j])
			i++;
		else
			j++;
	}
	return n + m ? (uint32_t)(2000 * common / (n + m)) : 0;
}

static uint32_t score(struct pairing *pairing, type_id old_id, type_id new_id)
{
	const struct type *old = type_at(pairing->old.model, old_id);
	const struct type *new = type_at(pairing->new.model, new_id);
	uint32_t points = similarity(pairing, old_id, new_id);

	if (same_place(old, new))
		points += SCORE_FILE;
	if (same_string(old->scope, new->scope) && same_string(old->unit, new->unit))
		points += SCORE_SCOPE;
	return points;
}

/* What is left of one name on either side. */
struct group {
	type_id old[GROUP_MAX], new[GROUP_MAX];
	size_t n_old, n_new;
	uint32_t score[GROUP_MAX][GROUP_MAX];
};

static void forget(type_id *ids, size_t *n, size_t i)
{
	memmove(ids + i, ids + i + 1, (--*n - i) * sizeof(*ids));
}

/* Row I and column J leave the group. */
static void group_remove(struct group *group, size_t i, size_t j)
{
	for (size_t row = 0; row < group->n_old; row++) {
		uint32_t *at = group->score[row];

		memmove(at + j, at + j + 1, (group->n_new - j - 1) * sizeof(*at));
	}
	memmove(group->score[i], group->score[i + 1],
		(group->n_old - i - 1) * sizeof(group->score[0]));
	forget(group->old, &group->n_old, i);
	forget(group->new, &group->n_new, j);
}

static uint32_t best_score(const struct group *group, size_t *best_i, size_t *best_j)
{
	uint32_t best = 0;

	for (size_t i = 0; i < group->n_old; i++)
		for (size_t j = 0; j < group->n_new; j++)
			if (group->score[i][j] > best) {
				best = group->score[i][j];
				*best_i = i;
				*best_j = j;
			}
	return best;
}

/* How often BEST stands in row I or column J. */
static size_t best_count(const struct group *group, uint32_t best, size_t i, size_t j)
{
	size_t n = 0;

	for (size_t k = 0; k < group->n_new; k++)
		n += group->score[i][k] == best;
	for (size_t k = 0; k < group->n_old; k++)
		n += k != i && group->score[k][j] == best;
	return n;
}

/* Pairs by score until nothing in common is left; what cannot be told apart is tied. */
static void pair_by_score(struct pairing *pairing, struct group *group)
{
	size_t i = 0, j = 0;
	uint32_t best;

	for (i = 0; i < group->n_old; i++)
		for (j = 0; j < group->n_new; j++)
			group->score[i][j] = score(pairing, group->old[i], group->new[j]);
	while ((best = best_score(group, &i, &j))) {
		if (best_count(group, best, i, j) > 1) {
			for (i = 0; i < group->n_old; i++)
				pairing->old.tied[group->old[i]] = true;
			for (j = 0; j < group->n_new; j++)
				pairing->new.tied[group->new[j]] = true;
			return;
		}
		set_pair(pairing, group->old[i], group->new[j]);
		group_remove(group, i, j);
	}
}

/* Types of equal layout are one another's partners; those of one file first. */
static void pair_equal(struct pairing *pairing, const struct item *old, size_t n,
		       const struct item *new, size_t m, bool by_file)
{
	for (size_t i = 0; i < n; i++) {
		struct hash128 layout = side_layout(&pairing->old, old[i].id);

		for (size_t j = 0; j < m && pairing->old.partner[old[i].id] == TYPE_NONE; j++)
			if (pairing->new.partner[new[j].id] == TYPE_NONE &&
			    hash128_equal(layout, side_layout(&pairing->new, new[j].id)) &&
			    (!by_file || same_place(type_at(pairing->old.model, old[i].id),
						    type_at(pairing->new.model, new[j].id))))
				set_pair(pairing, old[i].id, new[j].id);
	}
}

static size_t unpaired(const struct side *side, const struct item *items, size_t n, type_id *out)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		if (side->partner[items[i].id] == TYPE_NONE && left++ < GROUP_MAX)
			out[left - 1] = items[i].id;
	return left;
}

static void tie_all(struct side *side, const struct item *items, size_t n)
{
	for (size_t i = 0; i < n; i++)
		side->tied[items[i].id] = side->partner[items[i].id] == TYPE_NONE;
}

static void pair_group(struct pairing *pairing, const struct item *old, size_t n,
		       const struct item *new, size_t m, struct group *group)
{
	if (n == 1 && m == 1) {
		set_pair(pairing, old->id, new->id);
		return;
	}
	if (n <= COMPARED_MAX / m) {
		pair_equal(pairing, old, n, new, m, true);
		pair_equal(pairing, old, n, new, m, false);
	}
	group->n_old = unpaired(&pairing->old, old, n, group->old);
	group->n_new = unpaired(&pairing->new, new, m, group->new);
	if (!group->n_old || !group->n_new)
		return;
	if (group->n_old <= GROUP_MAX && group->n_new <= GROUP_MAX) {
		pair_by_score(pairing, group);
	} else {
		tie_all(&pairing->old, old, n);
		tie_all(&pairing->new, new, m);
	}
}

static size_t group_length(const struct items *items, size_t from)
{
	size_t n = 1;

	while (from + n < items->n && items->at[from + n].name == items->at[from].name &&
	       items->at[from + n].kind == items->at[from].kind)
		n++;
	return n;
}

/* -1, 0, 1 as the groups that begin at OLD and NEW compare, ignoring ids. */
static int group_order(const struct item *old, const struct item *new)
{
	struct item a = *old, b = *new;

	a.id = b.id = 0;
	return item_order(&a, &b);
}

/*
 * An anonymous type known by its typedef may have got a tag, or lost it: `typedef struct {} x` and
 * `typedef struct y {} x` are one type when nothing else claims either.
 */
static void pair_through_typedefs(struct side *from, struct side *to)
{
	for (type_id id = 0; id < from->model->types.n; id++) {
		struct type_list list;
		type_id other;

		if (!from->names[id] || from->partner[id] != TYPE_NONE ||
		    side_kind(from, id) != KIND_TYPEDEF)
			continue;
		list = model_named(to->model, KIND_TYPEDEF, from->names[id]);
		other = list.n == 1 ? strip(to->model, list.first) : TYPE_NONE;
		if (other == TYPE_NONE || !to->names[other] || to->partner[other] != TYPE_NONE ||
		    type_at(to->model, other)->kind != type_at(from->model, id)->kind ||
		    type_at(to->model, other)->flags & TYPE_DECLARATION)
			continue;
		from->partner[id] = other;
		to->partner[other] = id;
	}
}

void pair_types(struct pairing *pairing)
{
	struct items old = items_of(&pairing->old), new = items_of(&pairing->new);
	struct group *group = ARENA_NEW(&pairing->arena, struct group);

	for (size_t i = 0, j = 0; i < old.n && j < new.n;) {
		int order = group_order(&old.at[i], &new.at[j]);
		size_t n = group_length(&old, i), m = group_length(&new, j);

		if (!order)
			pair_group(pairing, old.at + i, n, new.at + j, m, group);
		i += order <= 0 ? n : 0;
		j += order >= 0 ? m : 0;
	}
	VEC_FREE(&old);
	VEC_FREE(&new);
	pair_through_typedefs(&pairing->old, &pairing->new);
	pair_through_typedefs(&pairing->new, &pairing->old);
}
