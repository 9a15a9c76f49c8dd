/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of a struct or union as C sees them: those of anonymous members stand beside the
 * others. */
#include "diff_parts.h"

#include <stdlib.h>

/* The number of a new union inside PARENT. */
static uint32_t add_arm(struct level *level, uint32_t parent)
{
	size_t room = level->arms.room;
	size_t n = level->arms.n ? level->arms.n + 1 : 2;

	level->arms.parent =
		vec_grow(level->arms.parent, &level->arms.room, n, sizeof(*level->arms.parent));
	level->arms.kept = vec_grow(level->arms.kept, &room, n, sizeof(*level->arms.kept));
	level->arms.n = n;
	level->arms.parent[n - 1] = parent;
	level->arms.kept[n - 1] = false;
	return (uint32_t)(n - 1);
}

static void open_record(struct level *level, type_id record, uint64_t bit, uint32_t arm,
			uint32_t unions)
{
	const struct type *type = type_at(level->model, record);

	if (type->kind == KIND_UNION) {
		arm = add_arm(level, arm);
		unions++;
	}
	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = members_of(level->model, type) + i;
		uint64_t at = bit + member->bit_offset;

		if (member->name)
			*VEC_PUSH(&level->leaves) = (struct leaf){
				.member = member,
				.bit = at,
				.bits = member_bits(level->model, member),
				.arm = arm,
				.unions = unions,
			};
		else if (is_record(level->model, member->type))
			open_record(level, strip(level->model, member->type), at, arm, unions);
	}
}

void level_init(struct level *level, const struct model *model, type_id record, uint64_t bit,
		uint32_t unions)
{
	*level = (struct level){.model = model};
	open_record(level, record, bit, 0, unions);
}

void level_deinit(struct level *level)
{
	VEC_FREE(&level->leaves);
	vec_free(level->arms.parent);
	vec_free(level->arms.kept);
}

static int by_name(const void *va, const void *vb)
{
	const struct leaf *const *a = va, *const *b = vb;

	if ((*a)->member->name != (*b)->member->name)
		return (*a)->member->name < (*b)->member->name ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

static struct leaf **sorted(struct level *level, struct arena *scratch)
{
	struct leaf **out = ARENA_NEW_ARRAY(scratch, level->leaves.n + 1, struct leaf *);

	for (size_t i = 0; i < level->leaves.n; i++)
		out[i] = &level->leaves.at[i];
	qsort(out, level->leaves.n, sizeof(*out), by_name);
	return out;
}

static void keep_arms(struct level *level, uint32_t arm)
{
	for (; arm && !level->arms.kept[arm]; arm = level->arms.parent[arm])
		level->arms.kept[arm] = true;
}

void level_match(struct level *old, struct level *new, struct arena *scratch)
{
	struct leaf **a = sorted(old, scratch), **b = sorted(new, scratch);

	for (size_t i = 0, j = 0; i < old->leaves.n && j < new->leaves.n;) {
		if (a[i]->member->name == b[j]->member->name) {
			keep_arms(old, a[i]->arm);
			keep_arms(new, b[j]->arm);
			a[i]->partner = b[j];
			b[j]->partner = a[i];
			i++, j++;
		} else if (a[i]->member->name < b[j]->member->name) {
			i++;
		} else {
			j++;
		}
	}
}
