/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a mapping that would settle a finding. What they say is certain, or refuses at run time
 * what it is not certain about; where only a human knows, they are a TODO with the choices.
 */
#include "check_internal.h"
#include "skeleton_parts.h"

#include <string.h>

static const char *release(const struct model *model, const char *otherwise)
{
	return model->info.release ? model->info.release : otherwise;
}

/* The type that a pointer would be followed to crosses by itself. */
static bool follows_carried(const struct judge *judge, const char *label)
{
	for (size_t i = 0; judge->plan && label && i < judge->plan->types.n; i++) {
		const struct plan_type *type = judge->plan->types.at[i];

		if (type->is_object && !type->is_part && !strcmp(type->label, label))
			return true;
	}
	return false;
}

/* Lines for a candidate that can be written without knowing more; NULL: it cannot. */
static const char *certain_candidate(struct judge *judge, const struct part *part,
				     const struct candidate *candidate)
{
	const char *value = candidate->value;
	bool added = part->reason == REASON_ADDED;

	switch (candidate->way) {
	case WAY_NONE:
		if (!strcmp(value, "on-overflow: refuse") ||
		    !strcmp(value, "enumerators: by-name") || !strncmp(value, "index: ", 7))
			return arena_printf(judge->arena, "%s\n", value);
		return NULL;
	case WAY_FOLLOW:
		return part->reason == REASON_POINTER && follows_carried(judge, value)
			       ? arena_printf(judge->arena, "follow: %s\n", value)
			       : NULL;
	case WAY_SYMBOL:
		return part->reason == REASON_FUNCTION ? "symbol: true\n" : NULL;
	case WAY_INIT:
	case WAY_NULL:
	case WAY_LIST:
		if (!added || (candidate->way == WAY_LIST && (!value || strcmp(value, "empty"))))
			return NULL;
		return arena_printf(judge->arena, "%s\nwhy: old objects hold no value for it\n",
				    candidate->way == WAY_LIST ? "list: empty" : "init: zero");
	case WAY_FROM:
		if (part->reason != REASON_ARRAY_LENGTH)
			return NULL;
		return arena_printf(judge->arena, "from: %s\nwhy: what is new in it is zero\n",
				    value);
	default:
		return NULL;
	}
}

/* A member that was added may be another one's new name: that is never certain. */
static const char *certain(struct judge *judge, const struct part *part)
{
	if (part->reason == REASON_ADDED && part->n_candidates &&
	    part->candidates[0].way == WAY_FROM)
		return NULL;
	for (size_t i = 0; i < part->n_candidates; i++) {
		const char *found = certain_candidate(judge, part, &part->candidates[i]);

		if (found)
			return found;
	}
	return NULL;
}

/* The shapes, by which a later change is noticed. */
static void put_shapes(struct skeleton *skeleton, const struct part *part, struct text *out)
{
	bool same_place = part->old_path && !strcmp(part->old_path, part->path);

	if (part->verdict != VERDICT_DECIDE || part->is_union)
		return;
	if (same_place)
		text_add(out, "was: %s\n",
			 skeleton_scalar(skeleton,
					 shape_write(skeleton->old, &part->old, &skeleton->arena)));
	text_add(out, "is: %s\n",
		 skeleton_scalar(skeleton,
				 shape_write(skeleton->new, &part->new, &skeleton->arena)));
}

static void put_decision(struct judge *judge, struct skeleton *skeleton, const struct part *part,
			 const char *key, const struct decision *decision, struct text *out)
{
	const char *decided = certain(judge, part), *choices = skeleton_choices(skeleton, part);

	text_add(out, "# %s; choices: %s\n", reason_words(part->reason),
		 *choices ? choices : "hook: FUNCTION");
	if (!decided && !decision && part->verdict != VERDICT_DECIDE) {
		text_add(out,
			 part->reason == REASON_FLAGS ? "%s: { constants: TODO }\n" : "%s: TODO\n",
			 key);
		return;
	}
	text_add(out, "%s:\n", key);
	out->indent += 2;
	if (!decision)
		put_shapes(skeleton, part, out);
	text_puts(out, decided ? decided : "TODO:\n");
	out->indent -= 2;
}

static const char *finish(struct judge *judge, struct text *out)
{
	const char *lines = arena_strdup(judge->arena, text_string(out));

	text_deinit(out);
	return lines;
}

static void begin(struct text *out, const char *label, const char *key)
{
	text_init(out);
	out->indent_with = " ";
	text_add(out, "types:\n  %s:\n    %s:\n", label, key);
	out->indent = 6;
}

const char *check_suggest(struct judge *judge, const char *label, type_id new_id,
			  const struct part *part, const char *key, const struct decision *decision)
{
	struct text out;
	struct skeleton skeleton = {.old = judge->diff->old, .new = judge->diff->new};

	if (!part->path)
		return check_suggest_drop(judge, label, new_id, key ? key : part->old_path);
	if (part->verdict == VERDICT_AUTOMATIC || survey_is_whole(part))
		return NULL;
	arena_init(&skeleton.arena);
	begin(&out, label, "members");
	put_decision(judge, &skeleton, part, key ? key : part->path, decision, &out);
	arena_deinit(&skeleton.arena);
	return finish(judge, &out);
}

/* The new member that the old PATH may have become, or NULL. */
static const char *renamed(struct judge *judge, type_id new_id, const char *path)
{
	const struct classification *parts = judge_parts(judge, new_id);

	for (size_t i = 0; parts && i < parts->n; i++) {
		const struct part *part = &parts->at[i];

		for (size_t k = 0; k < part->n_candidates; k++)
			if (part->reason == REASON_ADDED && part->candidates[k].way == WAY_FROM &&
			    !strcmp(part->candidates[k].value, path))
				return part->path;
	}
	return NULL;
}

const char *check_suggest_drop(struct judge *judge, const char *label, type_id new_id,
			       const char *key)
{
	const char *became = renamed(judge, new_id, key);
	struct text out;

	begin(&out, label, "drop");
	if (became)
		text_add(&out, "# became %s? then `from: %s` there, and nothing here\n%s: TODO\n",
			 became, key, key);
	else
		text_add(&out, "%s: %s has nothing that takes its value\n", key,
			 release(judge->diff->new, "the new release"));
	return finish(judge, &out);
}
