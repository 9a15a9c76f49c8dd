/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would settle a part: the ways that make sense for it, likeliest first. */
#include "classify_parts.h"
#include "hidden_enums.h"

#include <string.h>

static void suggest(struct part *part, enum way way, const char *value)
{
	if (part->n_candidates < CANDIDATES_MAX)
		part->candidates[part->n_candidates++] = (struct candidate){way, value};
}

static bool is_char(const struct type *type)
{
	return type->kind == KIND_INT && type->size == 1 && type->name &&
	       strcmp(type->name, "char") == 0;
}

static void suggest_pointer(const struct model *model, struct part *part)
{
	type_id id = strip(model, part->new.type);
	type_id target;

	while (type_at(model, id)->kind == KIND_ARRAY)
		id = strip(model, type_at(model, id)->target);
	if (type_at(model, id)->kind != KIND_POINTER)
		return;
	target = strip(model, type_at(model, id)->target);
	if (type_at(model, target)->kind == KIND_FUNCTION)
		suggest(part, WAY_SYMBOL, "true");
	else if (is_record(model, target) && type_label(model, target))
		suggest(part, WAY_FOLLOW, type_label(model, target));
	else if (is_char(type_at(model, target)))
		suggest(part, WAY_STRING, NULL);
	else if (target != TYPE_VOID)
		suggest(part, WAY_ARRAY, NULL);
	suggest(part, WAY_NULL, NULL);
	suggest(part, WAY_OPAQUE, NULL);
}

static void suggest_idiom(struct part *part)
{
	if (part->idiom->otherwise == IDIOM_LINK) {
		if (part->idiom->kind == IDIOM_LIST)
			suggest(part, WAY_LIST, NULL);
		suggest(part, WAY_LIST, "empty");
		return;
	}
	if (part->idiom->kind != IDIOM_LOCK && part->idiom->kind != IDIOM_DEVICE)
		suggest(part, WAY_NONE, "capture: FUNCTION, restore: FUNCTION");
	suggest(part, WAY_HOOK, NULL);
	suggest(part, WAY_INIT, "zero");
}

static void suggest_added(const struct diff *diff, struct part *part)
{
	const struct type *type = type_at(diff->new, strip(diff->new, part->new.type));

	if (part->idiom && part->idiom->otherwise == IDIOM_LINK) {
		suggest_idiom(part);
	} else if (type->kind == KIND_POINTER) {
		suggest(part, WAY_NULL, NULL);
		suggest(part, WAY_HOOK, NULL);
	} else {
		if (type->kind == KIND_INT && part->new.member &&
		    part->new.member->name &&strstr(part->new.member->name, "flags"))
			suggest(part, WAY_BITS, NULL);
		suggest(part, WAY_INIT,
			type->kind == KIND_INT || type->kind == KIND_ENUM ? "\"0\"" : "zero");
		if (type->kind == KIND_INT || type->kind == KIND_ENUM || type->kind == KIND_FLOAT)
			suggest(part, WAY_EXPR, NULL);
		suggest(part, WAY_HOOK, NULL);
	}
}

/*
 * A union on both sides crosses by the arm that is live. That gives nothing up, so it stands before `from`, which
 * copies bytes under a name that may have come to mean something else.
 */
static void suggest_arm(const struct diff *diff, struct part *part)
{
	if (part->is_union && part->old.type != TYPE_NONE &&
	    type_at(diff->old, strip(diff->old, part->old.type))->kind == KIND_UNION)
		suggest(part, WAY_ARM, NULL);
}

/* ---- arrays -------------------------------------------------------------------------------------
 */

static const struct type *array_at(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));

	return type->kind == KIND_ARRAY && !(type->flags & TYPE_FLEXIBLE) && type->count ? type
											 : NULL;
}

/* The interned name of TYPE's greatest enumerator, which counts the others, when its value is N. */
static const char *count_name(const struct model *model, const struct type *type, uint64_t n)
{
	const struct enumerator *all = enumerators_of(model, type);
	const struct enumerator *last = NULL;

	for (uint32_t i = 0; i < type->n; i++)
		if (!last || all[i].value > last->value)
			last = &all[i];
	return last && last->value == n ? last->name : NULL;
}

/* Enum ID has one name for how many it counts: OLD of them before, NEW now. */
static bool counts(const struct diff *diff, type_id id, uint64_t old, uint64_t new)
{
	const struct type *type = type_at(diff->new, id);
	const char *name;
	type_id before;

	if (type->kind != KIND_ENUM || !type_label(diff->new, id))
		return false;
	before = diff_old_of(diff, id);
	name = count_name(diff->new, type, new);
	return name && before != TYPE_NONE && type_at(diff->old, before)->kind == KIND_ENUM &&
	       count_name(diff->old, type_at(diff->old, before), old) == name;
}

/* The enums whose number of names grew or shrank as the array did. */
static void suggest_index(const struct diff *diff, struct part *part, uint64_t old, uint64_t new,
			  struct arena *arena)
{
	size_t n = 0;

	for (type_id id = 0; id < diff->new->types.n &&n < 2; id++) {
		const char *label;

		if (!counts(diff, id, old, new))
			continue;
		label = type_label(diff->new, id);
		label += strncmp(label, "enum ", 5) ? 0 : 5;
		suggest(part, WAY_NONE, arena_printf(arena, "index: %s", label));
		n++;
	}
}

static void suggest_array(const struct diff *diff, struct part *part, struct arena *arena)
{
	const struct type *old = array_at(diff->old, part->old.type);
	const struct type *new = array_at(diff->new, part->new.type);

	if (!old && new)
		suggest(part, WAY_NONE, "count: OLD_MEMBER, on-overflow: refuse");
	else if (old && !new)
		suggest(part, WAY_NONE, "count: OLD_MEMBER");
	if (!old || !new || old->count == new->count)
		return;
	suggest_index(diff, part, old->count, new->count, arena);
	if (new->count > old->count)
		suggest(part, WAY_FROM, part->old_path);
	else
		suggest(part, WAY_NONE, "on-overflow: refuse");
}

static void suggest_changed(const struct diff *diff, struct part *part, struct arena *arena)
{
	switch (part->reason) {
	case REASON_ARRAY_LENGTH:
	case REASON_FLEXIBLE_ARRAY:
		suggest_array(diff, part, arena);
		break;
	case REASON_NARROWED:
	case REASON_SIGNEDNESS:
		suggest(part, WAY_NONE, "on-overflow: refuse");
		suggest(part, WAY_EXPR, NULL);
		break;
	case REASON_INT_ENUM:
		suggest(part, WAY_NONE, "on-overflow: refuse");
		suggest(part, WAY_FROM, part->old_path);
		suggest(part, WAY_EXPR, NULL);
		break;
	case REASON_ENUMERATORS:
		suggest(part, WAY_NONE, "enumerators: by-name");
		suggest(part, WAY_FROM, part->old_path);
		suggest(part, WAY_EXPR, NULL);
		break;
	case REASON_QUANTITY:
	case REASON_MEANING:
		suggest(part, WAY_EXPR, NULL);
		suggest(part, WAY_FROM, part->old_path);
		break;
	case REASON_INDEX:
		suggest(part, WAY_NONE,
			arena_printf(arena, "index: %s", hidden_index(diff, &part->new)));
		suggest(part, WAY_FROM, part->old_path);
		break;
	case REASON_BITFIELD:
		suggest(part, WAY_NONE, "on-overflow: refuse");
		suggest(part, WAY_EXPR, NULL);
		break;
	case REASON_UNION:
	case REASON_UNION_ARM:
		suggest_arm(diff, part);
		if (part->reason == REASON_UNION_ARM && part->is_union && part->old.member &&
		    part->old.member->name)
			suggest(part, WAY_FROM, part->old_path);
		break;
	case REASON_TAIL:
		suggest(part, WAY_NONE, "count: OLD_MEMBER");
		break;
	case REASON_POINTER_SCALAR:
		suggest(part, WAY_EXPR, NULL);
		break;
	case REASON_TYPE_CHANGED:
		suggest(part, WAY_EXPR, NULL);
		suggest(part, WAY_NONE, "capture: FUNCTION, restore: FUNCTION");
		break;
	default:
		break;
	}
	suggest(part, WAY_HOOK, NULL);
	suggest(part, WAY_INIT, "zero");
}

void part_candidates(const struct diff *diff, struct part *part, const char *const *renames,
		     size_t n_renames, struct arena *arena)
{
	if (part->verdict == VERDICT_AUTOMATIC || !part->path)
		return;
	for (size_t i = 0; i < n_renames && i < 3; i++)
		suggest(part, WAY_FROM, arena_strdup(arena, renames[i]));
	switch (part->reason) {
	case REASON_FLAGS:
		suggest(part, WAY_NONE, "constants");
		break;
	case REASON_POINTER:
	case REASON_FUNCTION:
	case REASON_POINTER_TARGET:
	case REASON_FUNCTION_SIGNATURE:
		suggest_pointer(diff->new, part);
		break;
	case REASON_LINK:
	case REASON_IDIOM:
		suggest_idiom(part);
		break;
	case REASON_ADDED:
		suggest_added(diff, part);
		break;
	default:
		suggest_changed(diff, part, arena);
		break;
	}
}
