/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line about what changed, and one about what follows for an object that crosses. */
#include "check_internal.h"

#include <inttypes.h>
#include <string.h>

/* Bytes, with the bit in it when it is not the first: `24:3`. */
static const char *offset(struct arena *arena, uint64_t bit)
{
	if (bit % 8)
		return arena_printf(arena, "%" PRIu64 ":%" PRIu64, bit / 8, bit % 8);
	return arena_printf(arena, "%" PRIu64, bit / 8);
}

static const char *size(struct arena *arena, uint64_t bits)
{
	if (bits % 8)
		return arena_printf(arena, "%" PRIu64 " bit%s", bits, bits == 1 ? "" : "s");
	return arena_printf(arena, "%" PRIu64 " byte%s", bits / 8, bits == 8 ? "" : "s");
}

static const char *spelled(const char *type)
{
	return type ? type : "nothing";
}

/* Values as a reader writes them: small negative ones with their sign. */
static const char *value(struct arena *arena, uint64_t number)
{
	return arena_printf(arena, "%" PRId64, (int64_t)number);
}

static const char *moved(struct arena *arena, const struct diff_entry *entry)
{
	return arena_printf(arena, "moved from byte %s to %s", offset(arena, entry->old_bit),
			    offset(arena, entry->new_bit));
}

static const char *came(struct arena *arena, const struct diff_entry *entry)
{
	return arena_printf(arena, "added as %s at byte %s, %s", spelled(entry->new_type),
			    offset(arena, entry->new_bit), size(arena, entry->new_bits));
}

static const char *went(struct arena *arena, const struct diff_entry *entry)
{
	return arena_printf(arena, "removed; was %s at byte %s, %s", spelled(entry->old_type),
			    offset(arena, entry->old_bit), size(arena, entry->old_bits));
}

static const char *resized(struct arena *arena, const struct diff_entry *entry)
{
	return arena_printf(arena, "size changed from %s to %s", size(arena, entry->old_bits),
			    size(arena, entry->new_bits));
}

static const char *nested(struct arena *arena, const struct diff_entry *entry)
{
	if (!entry->old_path)
		return rule_words(RULE_NESTING);
	return arena_printf(arena, "was %s, at byte %s; now at byte %s", entry->old_path,
			    offset(arena, entry->old_bit), offset(arena, entry->new_bit));
}

const char *check_message(struct arena *arena, const struct diff_entry *entry)
{
	const char *words = rule_words(entry->rule);

	switch (entry->rule) {
	case RULE_MOVED:
		return moved(arena, entry);
	case RULE_ADDED:
		return came(arena, entry);
	case RULE_REMOVED:
		return went(arena, entry);
	case RULE_RENAME_CANDIDATE:
		return arena_printf(arena, "may be what %s was: same place or type, another name",
				    entry->old_path ? entry->old_path : "another member");
	case RULE_SIZE_CHANGED:
		return resized(arena, entry);
	case RULE_NESTING:
		return nested(arena, entry);
	case RULE_ENUMERATOR_ADDED:
		return arena_printf(arena, "enumerator added: %s", value(arena, entry->new_value));
	case RULE_ENUMERATOR_REMOVED:
		return arena_printf(arena, "enumerator removed: was %s",
				    value(arena, entry->old_value));
	case RULE_ENUMERATOR_RENUMBERED:
		return arena_printf(arena, "value changed from %s to %s",
				    value(arena, entry->old_value), value(arena, entry->new_value));
	case RULE_EMBEDDED_CHANGED:
		return arena_printf(arena, "%s changed inside",
				    entry->cause      ? entry->cause
				    : entry->new_type ? entry->new_type
						      : "its type");
	default:
		if (!entry->old_type || !entry->new_type ||
		    !strcmp(entry->old_type, entry->new_type))
			return words;
		return arena_printf(arena, "%s: was %s, is %s", words, entry->old_type,
				    entry->new_type);
	}
}

const char *check_consequence(const struct diff_entry *entry)
{
	static const char *const words[RULE_COUNT] = {
		[RULE_MOVED] = "a copy of the old bytes would put it beside its place",
		[RULE_ADDED] = "old objects hold no value for it",
		[RULE_REMOVED] = "the value of old objects has no place in the new ones",
		[RULE_RENAME_CANDIDATE] =
			"the old value crosses only when somebody says that both are one",
		[RULE_WIDENED] = "old values fit, but it takes more bytes",
		[RULE_NARROWED] = "old values may not fit",
		[RULE_SIGNEDNESS] = "old values beyond the half of its range mean something else",
		[RULE_INT_ENUM] = "old values may be none of those that it can hold now",
		[RULE_POINTER_TARGET] = "the object it points to is of another type",
		[RULE_POINTER_SCALAR] = "an address would be read as a number, or a number as one",
		[RULE_ARRAY_LENGTH] = "elements are missing, or have no place",
		[RULE_ARRAY_ELEMENT] = "its elements are of another type",
		[RULE_FLEXIBLE_ARRAY] = "its length is no longer said by the same thing",
		[RULE_BITFIELD] = "its bits are read at another place or width",
		[RULE_UNION_ARM] = "the same bytes may be read as another arm",
		[RULE_NESTING] = "its path differs, and code must find it elsewhere",
		[RULE_TYPE_CHANGED] = "the old value is of another type",
		[RULE_FUNCTION_SIGNATURE] = "an old function would be called with other parameters",
		[RULE_ENUMERATOR_ADDED] = "the old release does not know this value",
		[RULE_ENUMERATOR_REMOVED] = "the new release does not know this value",
		[RULE_ENUMERATOR_RENUMBERED] = "the old number means something else now",
		[RULE_SIZE_CHANGED] = "arrays of it, and what embeds it, are laid out anew",
		[RULE_ALIGNMENT] = "objects may lie where the new release does not expect them",
		[RULE_EMBEDDED_CHANGED] = "it crosses as that type does",
	};

	return words[entry->rule];
}
