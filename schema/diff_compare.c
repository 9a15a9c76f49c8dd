/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One pair of types compared, once: partners and strangers, with what to blame for the difference.
 */
#include "diff_parts.h"

#include <string.h>

type_id array_base(const struct model *model, type_id id)
{
	for (id = strip(model, id); type_at(model, id)->kind == KIND_ARRAY;)
		id = strip(model, type_at(model, id)->target);
	return id;
}

const char *display_label(const struct diff *diff, const struct model *model, type_id id)
{
	const struct type *type = type_at(model, id);

	if (type->label)
		return type->label;
	if (type->kind == KIND_ENUM && type->n)
		return arena_printf(&diff->pairing->arena, "enum { %s%s }",
				    enumerators_of(model, type)->name, type->n > 1 ? ", ..." : "");
	return "";
}

/* The other type that alone explains every entry; NULL when there is none, or a reason here. */
static const char *common_cause(const struct diff_type *type)
{
	const char *cause = type->n ? type->entries[0].cause : NULL;

	for (size_t i = 1; i < type->n && cause; i++)
		if (!type->entries[i].cause || strcmp(type->entries[i].cause, cause) != 0)
			return NULL;
	return cause;
}

/* A member that takes other bytes is a change of its own, also where padding makes up for it. */
static enum diff_status status_of(const struct diff_type *type)
{
	for (size_t i = 0; i < type->n; i++)
		if (type->entries[i].rule != RULE_EMBEDDED_CHANGED ||
		    type->entries[i].old_bits != type->entries[i].new_bits)
			return DIFF_CHANGED;
	return DIFF_CARRIER;
}

static struct diff_type compare(const struct diff *diff, type_id old_id, type_id new_id,
				unsigned int depth)
{
	struct diff_type type = {
		.kind = side_kind(&diff->pairing->new, new_id),
		.old_id = old_id,
		.new_id = new_id,
	};

	if (type_at(diff->new, new_id)->kind == KIND_ENUM)
		compare_enums(diff, old_id, new_id, &type);
	else
		compare_records(diff, old_id, new_id, &type, depth);
	type.label = display_label(diff, diff->new, new_id);
	type.status = status_of(&type);
	type.cause = common_cause(&type);
	return type;
}

static bool equal_hash(const struct diff *diff, type_id old_id, type_id new_id)
{
	return hash128_equal(side_layout(&diff->pairing->old, old_id),
			     side_layout(&diff->pairing->new, new_id));
}

const struct diff_type *compare_pair(const struct diff *diff, type_id old_id, type_id new_id,
				     unsigned int depth)
{
	struct pairing *pairing = diff->pairing;
	size_t *verdict = &pairing->verdict[old_id];
	struct diff_type type;

	if (*verdict >= VERDICT_DIFFERS)
		return pairing->all.at[*verdict - VERDICT_DIFFERS];
	if (*verdict != VERDICT_UNKNOWN)
		return NULL;
	if (equal_hash(diff, old_id, new_id)) {
		*verdict = VERDICT_SAME;
		return NULL;
	}
	*verdict = VERDICT_BUSY;
	type = compare(diff, old_id, new_id, depth);
	*verdict = VERDICT_SAME;
	if (!type.n)
		return NULL;
	*verdict = VERDICT_DIFFERS + pairing->all.n;
	*VEC_PUSH(&pairing->all) = ARENA_NEW(&pairing->arena, struct diff_type);
	*pairing->all.at[pairing->all.n - 1] = type;
	return pairing->all.at[pairing->all.n - 1];
}

/* Verdicts on types that are not partners, so that none is compared twice. */
struct pair_slot {
	uint64_t key; /* old id, new id; + 1 so that 0 is free */
	bool same;
};

struct pair_table {
	struct pair_slot *slots;
	size_t n, room; /* room is a power of two */
};

static struct pair_slot *pair_slot(struct pair_table *table, uint64_t key)
{
	size_t i = (size_t)hash64(&key, sizeof(key)) & (table->room - 1);

	while (table->slots[i].key && table->slots[i].key != key)
		i = (i + 1) & (table->room - 1);
	return &table->slots[i];
}

static void grow_table(struct pair_table *table, struct arena *arena)
{
	struct pair_table more = {.n = table->n, .room = table->room ? table->room * 2 : 64};

	if (table->room && table->n * 2 < table->room)
		return;
	more.slots = ARENA_NEW_ARRAY(arena, more.room, struct pair_slot);
	for (size_t i = 0; i < table->room; i++)
		if (table->slots[i].key)
			*pair_slot(&more, table->slots[i].key) = table->slots[i];
	*table = more;
}

static struct pair_table *pair_table(struct pairing *pairing)
{
	if (!pairing->others)
		pairing->others = ARENA_NEW(&pairing->arena, struct pair_table);
	return pairing->others;
}

/* Types that are not partners; while they are compared, they count as different. */
static bool same_strangers(const struct diff *diff, type_id old_id, type_id new_id,
			   unsigned int depth)
{
	struct pair_table *table = pair_table(diff->pairing);
	uint64_t key = ((uint64_t)old_id << 32 | new_id) + 1;
	struct pair_slot *slot;
	struct diff_type type;
	bool same;

	grow_table(table, &diff->pairing->arena);
	slot = pair_slot(table, key);
	if (slot->key)
		return slot->same;
	*slot = (struct pair_slot){.key = key};
	table->n++;
	type = compare(diff, old_id, new_id, depth);
	same = !type.n;
	vec_free(type.entries);
	pair_slot(table, key)->same = same;
	return same;
}

static bool same_partners(const struct diff *diff, type_id old_id, type_id new_id,
			  unsigned int depth)
{
	return !compare_pair(diff, old_id, new_id, depth) &&
	       diff->pairing->verdict[old_id] == VERDICT_SAME;
}

bool same_layout(const struct diff *diff, type_id old_id, type_id new_id, unsigned int depth)
{
	const struct type *old, *new;

	old_id = strip(diff->old, old_id);
	new_id = strip(diff->new, new_id);
	old = type_at(diff->old, old_id);
	new = type_at(diff->new, new_id);
	if (equal_hash(diff, old_id, new_id))
		return true;
	if (old->kind != new->kind || depth > DIFF_DEPTH_MAX)
		return false;
	if ((old->flags | new->flags) & TYPE_DECLARATION)
		return false;
	if (old->kind != KIND_STRUCT && old->kind != KIND_UNION && old->kind != KIND_ENUM)
		return !type_rules(diff, old_id, new_id, depth);
	if (diff->pairing->old.partner[old_id] == new_id)
		return same_partners(diff, old_id, new_id, depth);
	return same_strangers(diff, old_id, new_id, depth);
}

const char *blame(const struct diff *diff, type_id old_id, type_id new_id, unsigned int depth)
{
	const struct diff_type *type = NULL;

	old_id = array_base(diff->old, old_id);
	new_id = array_base(diff->new, new_id);
	if (diff->pairing->old.partner[old_id] == new_id)
		type = compare_pair(diff, old_id, new_id, depth);
	if (type && type->cause)
		return type->cause;
	return type ? type->label : display_label(diff, diff->new, new_id);
}

bool all_by_enum(const struct diff_type *type)
{
	for (size_t i = 0; i < type->n; i++)
		if (!type->entries[i].by_enum)
			return false;
	return type->n > 0;
}

bool only_enumerators(const struct diff *diff, type_id old_id, type_id new_id)
{
	const struct diff_type *type;

	old_id = array_base(diff->old, old_id);
	new_id = array_base(diff->new, new_id);
	if (type_at(diff->new, new_id)->kind == KIND_ENUM)
		return true;
	if (diff->pairing->old.partner[old_id] != new_id)
		return false;
	type = compare_pair(diff, old_id, new_id, 0);
	return type && all_by_enum(type);
}
