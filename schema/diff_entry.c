/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries: one for each member and rule. */
#include "diff_parts.h"

struct diff_entry *add_entry(struct diff_type *type, enum rule rule, const char *path)
{
	type->entries = vec_grow(type->entries, &type->room, type->n + 1, sizeof(*type->entries));
	type->entries[type->n] = (struct diff_entry){
		.rule = rule,
		.path = path,
		.old_bit = NO_OFFSET,
		.new_bit = NO_OFFSET,
	};
	return &type->entries[type->n++];
}

const char *leaf_path(const struct level_pair *pair, const struct leaf *leaf)
{
	if (!*pair->prefix)
		return leaf->member->name;
	return arena_printf(&pair->diff->pairing->arena, "%s%s", pair->prefix, leaf->member->name);
}

static const char *spelling(const struct level_pair *pair, const struct model *model,
			    const struct leaf *leaf)
{
	struct arena *arena = &pair->diff->pairing->arena;
	const char *type = type_spelling(model, leaf->member->type, arena);

	return leaf->member->bit_size ? arena_printf(arena, "%s : %u", type, leaf->member->bit_size)
				      : type;
}

struct diff_entry *add_member_entry(const struct level_pair *pair, enum rule rule,
				    const struct leaf *old, const struct leaf *new)
{
	struct diff_entry *entry = add_entry(pair->out, rule, leaf_path(pair, new ? new : old));

	if (old) {
		entry->old_type = spelling(pair, pair->old.model, old);
		entry->old_bit = old->bit;
		entry->old_bits = old->bits;
		entry->old_line = old->member->line;
	}
	if (new) {
		entry->new_type = spelling(pair, pair->new.model, new);
		entry->new_bit = new->bit;
		entry->new_bits = new->bits;
		entry->new_line = new->member->line;
	}
	return entry;
}
