// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A union's open decision: the list form of `arm` in comments, with an item for every arm of the new union and a
 * line for every old one that none of them takes. Without its marks it is what a mapping says.
 */
#include <string.h>

#include "skeleton_parts.h"

#define ITEMS_MAX 24 /* a union of more arms names so many */
#define DEPTH_MAX 32

/* One arm: an unnamed struct is called by the first name in it. */
struct union_arm {
	const char *name;
	struct field field;
};

struct union_arms {
	struct union_arm at[ITEMS_MAX];
	size_t n, all;
};

static const char *first_name(const struct model *model, type_id id)
{
	for (unsigned int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct type *type = type_at(model, strip(model, id));
		const struct member *first = members_of(model, type);

		if ((type->kind != KIND_STRUCT && type->kind != KIND_UNION) || !type->n)
			return NULL;
		if (first->name)
			return first->name;
		id = first->type;
	}
	return NULL;
}

static void arms_collect(const struct model *model, type_id id, unsigned int depth,
			 struct union_arms *arms)
{
	const struct type *type = type_at(model, strip(model, id));

	for (uint32_t i = 0; i < type->n && depth < DEPTH_MAX; i++) {
		const struct member *member = &members_of(model, type)[i];
		const struct type *inner = type_at(model, strip(model, member->type));
		struct union_arm arm = {.name = member->name};

		if (!member->name && inner->kind == KIND_UNION) {
			arms_collect(model, member->type, depth + 1, arms);
			continue;
		}
		if (!arm.name)
			arm.name = first_name(model, member->type);
		if (!arm.name)
			continue;
		arm.field.type = member->type;
		arm.field.parent = strip(model, id);
		arm.field.member = member;
		arm.field.bit_size = member->bit_size;
		arm.field.line = member->line;
		if (arms->n < ITEMS_MAX)
			arms->at[arms->n++] = arm;
		arms->all++;
	}
}

static const struct union_arm *arm_named(const struct union_arms *arms, const char *name)
{
	for (size_t i = 0; i < arms->n; i++)
		if (strcmp(arms->at[i].name, name) == 0)
			return &arms->at[i];
	return NULL;
}

/* How a pointer in a live arm crosses: what it leads to, too, where that has a name and members. */
static const char *pointer_way(struct skeleton *skeleton, const struct type *pointer)
{
	type_id target = strip(skeleton->new, pointer->target);
	const char *label =
		is_record(skeleton->new, target) ? type_label(skeleton->new, target) : NULL;

	if (type_at(skeleton->new, target)->kind == KIND_FUNCTION)
		return ", symbol: true";
	return label ? arena_printf(&skeleton->arena, ", follow: %s", label) : ", opaque: WHY";
}

/* What the item of ARM says beside its condition; OLD is the old arm of its name, NULL: there is none. */
static const char *item_way(struct skeleton *skeleton, const struct union_arm *arm,
			    const struct union_arm *old)
{
	const struct type *type = type_at(skeleton->new, strip(skeleton->new, arm->field.type));
	const struct survey_input *input = skeleton->input;
	struct part part = {.verdict = VERDICT_AUTOMATIC};

	if (!old)
		return type->kind == KIND_POINTER
			       ? arena_printf(&skeleton->arena, ", from: OLD_MEMBER%s",
					      pointer_way(skeleton, type))
			       : ", from: OLD_MEMBER";
	if (type->kind == KIND_POINTER)
		return pointer_way(skeleton, type);
	classify_fields(input->diff, input->idioms, &old->field, &arm->field, &part);
	if (part.verdict == VERDICT_AUTOMATIC)
		return "";
	if (part.reason == REASON_NARROWED || part.reason == REASON_SIGNEDNESS)
		return ", on-overflow: refuse";
	if (part.reason == REASON_ENUMERATORS)
		return ", enumerators: by-name";
	if (type->kind == KIND_STRUCT || type->kind == KIND_UNION)
		return ", members: { MEMBER: { WAY } }";
	return ", WAY";
}

static void item_line(struct skeleton *skeleton, const struct union_arm *arm,
		      const struct union_arm *old)
{
	const char *is = skeleton_shape(skeleton, skeleton->new, &arm->field);
	const char *was = old ? skeleton_shape(skeleton, skeleton->old, &old->field) : is;

	text_add(skeleton->out, "#   - { when: \"C over old\", use: %s%s } # ", arm->name,
		 item_way(skeleton, arm, old));
	if (strcmp(was, is) != 0)
		text_add(skeleton->out, "%s -> ", was);
	text_add(skeleton->out, "%s%s\n", is, old ? "" : ", new");
}

void skeleton_arms(struct skeleton *skeleton, const struct part *part)
{
	struct union_arms old = {.n = 0}, new = {.n = 0};
	bool asks = false;

	for (size_t i = 0; i < part->n_candidates; i++)
		asks |= part->candidates[i].way == WAY_ARM;
	if (!asks)
		return;
	arms_collect(skeleton->old, part->old.type, 0, &old);
	arms_collect(skeleton->new, part->new.type, 0, &new);
	text_puts(skeleton->out, "# arm: # the first whose condition holds; take away those that "
				 "never live\n");
	for (size_t i = 0; i < new.n; i++)
		item_line(skeleton, &new.at[i], arm_named(&old, new.at[i].name));
	if (new.all > new.n)
		text_add(skeleton->out, "#   # and %zu arms more\n", new.all - new.n);
	for (size_t i = 0; i < old.n; i++)
		if (!arm_named(&new, old.at[i].name))
			text_add(skeleton->out,
				 "#   # old %s (%s): `from: %s` in an item, or given up\n",
				 old.at[i].name,
				 skeleton_shape(skeleton, skeleton->old, &old.at[i].field),
				 old.at[i].name);
	text_puts(skeleton->out, "#   - { otherwise: zero, why: WHY }\n");
}
