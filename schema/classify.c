/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two types side by side: every part with its partner, what is left over, and the diff's rules for
 * each. */
#include "classify_parts.h"

#include <stdlib.h>
#include <string.h>

static const char *const REASON_IDS[] = {
#define REASON_ID(id, words) #id,
	REASONS(REASON_ID)
#undef REASON_ID
};

static const char *const REASON_WORDS[] = {
#define REASON_WORD(id, words) words,
	REASONS(REASON_WORD)
#undef REASON_WORD
};

const char *reason_words(enum reason reason)
{
	return REASON_WORDS[reason];
}

const char *reason_id(enum reason reason)
{
	return REASON_IDS[reason];
}

struct classifier {
	const struct diff *diff;
	const struct idioms *idioms;
	type_id old_id, new_id;
	struct leaves old, new;
	const struct diff_type *entries; /* of the pair, or NULL */
	struct classification *out;
	const struct diff_entry **sorted; /* ENTRIES by path */
	size_t n_sorted;
};

static const struct field NO_FIELD = {.type = TYPE_NONE, .parent = TYPE_NONE};

static const struct diff_type *entries_of(const struct diff *diff, type_id old_id, type_id new_id)
{
	for (size_t i = 0; i < diff->n; i++)
		if (diff->at[i].old_id == old_id && diff->at[i].new_id == new_id)
			return &diff->at[i];
	return NULL;
}

static struct part *add_part(struct classifier *classifier)
{
	struct part *part = VEC_PUSH(classifier->out);

	*part = (struct part){.old = NO_FIELD, .new = NO_FIELD};
	return part;
}

/* The old leaf whose value a new anonymous union holds: an old union with one of its arms, else a
 * member. */
static struct leaf *partner_of_arms(const struct classifier *classifier, const char *prefix,
				    type_id record, unsigned int depth)
{
	const struct model *model = classifier->new.model;
	const struct type *type = type_at(model, strip(model, record));
	struct leaf *best = NULL;

	if (depth > 32 || (type->kind != KIND_STRUCT && type->kind != KIND_UNION))
		return NULL;
	for (uint32_t i = 0; i < type->n && !(best && best->is_union); i++) {
		const struct member *member = &members_of(model, type)[i];
		struct leaf *leaf;

		if (member->name)
			leaf = leaf_around(&classifier->old, classifier->old_id,
					   arena_printf(&classifier->out->arena, "%s%s", prefix,
							member->name));
		else
			leaf = partner_of_arms(classifier, prefix, member->type, depth + 1);
		if (leaf && (!best || leaf->is_union))
			best = leaf;
	}
	return best;
}

static struct leaf *partner_of(const struct classifier *classifier, const struct leaf *new)
{
	const char *dot = strrchr(new->path, '.');
	const char *prefix;

	if (!new->anonymous)
		return leaf_around(&classifier->old, classifier->old_id, new->path);
	prefix = arena_strndup(&classifier->out->arena, new->path,
			       dot ? (size_t)(dot + 1 - new->path) : 0);
	return partner_of_arms(classifier, prefix, new->field.type, 0);
}

/* The old field that NEW's value comes from: LEAF itself, or the place in it that has NEW's own
 * path. */
static struct field partner_field(const struct classifier *classifier, const struct leaf *new,
				  const struct leaf *leaf)
{
	struct field field;
	size_t stop;

	if (leaf->is_union || new->anonymous || strcmp(leaf->path, new->path) == 0 ||
	    !field_find(classifier->old.model, classifier->old_id, new->path, &field, &stop))
		return leaf->field;
	return field;
}

/* Elements without a bound at the end: a layout does not say how many there are. */
static bool is_tail(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));

	return type->kind == KIND_ARRAY && ((type->flags & TYPE_FLEXIBLE) || !type->count) &&
	       type_size(model, type->target) > 0;
}

/* A member that moved into or out of a union stands under the union's decision, whatever its type.
 */
static void judge_part(const struct classifier *classifier, const struct leaf *new,
		       const struct leaf *old, struct part *part)
{
	struct field from = partner_field(classifier, new, old);

	classify_fields(classifier->diff, classifier->idioms, &from, &new->field, part);
	if (old->is_union != new->is_union) {
		part->verdict = VERDICT_DECIDE;
		part->reason = REASON_UNION_ARM;
		part->by_default = false;
	}
	part->is_union = new->is_union;
	if (part->verdict == VERDICT_AUTOMATIC && is_tail(classifier->new.model, new->field.type)) {
		part->verdict = VERDICT_ACKNOWLEDGE;
		part->reason = REASON_TAIL;
	}
	if (part->path)
		classify_meaning(classifier->diff, classifier->idioms, classifier->old_id,
				 classifier->new_id, part->path, part);
	if (part->reason == REASON_SAME && from.bit_offset != new->field.bit_offset)
		part->reason = REASON_MOVED;
}

static void judge_added(const struct classifier *classifier, const struct leaf *new,
			struct part *part)
{
	const struct model *model = classifier->new.model;
	type_id id = new->field.type;

	part->new = new->field;
	part->is_union = new->is_union;
	part->idiom = idiom_of(classifier->idioms, model, id);
	while (!part->idiom && type_at(model, strip(model, id))->kind == KIND_ARRAY) {
		id = type_at(model, strip(model, id))->target;
		part->idiom = idiom_of(classifier->idioms, model, id);
	}
	part->verdict = VERDICT_DECIDE;
	part->reason = REASON_ADDED;
}

/* Everything of the old type that lies inside LEAF's bits crosses, or is refused, together with it.
 */
static void mark_used(struct classifier *classifier, const struct part *part, struct leaf *leaf)
{
	uint64_t first = part->old.bit_offset;
	uint64_t end = first + field_bits(classifier->old.model, &part->old);

	leaf->used = true;
	if (part->reason != REASON_ANONYMOUS && part->reason != REASON_TYPE_CHANGED &&
	    part->reason != REASON_NESTED)
		return;
	for (size_t i = 0; i < classifier->old.n; i++) {
		struct leaf *inner = &classifier->old.at[i];
		uint64_t bits = field_bits(classifier->old.model, &inner->field);

		if (bits && inner->field.bit_offset >= first &&
		    inner->field.bit_offset + bits <= end)
			inner->used = true;
	}
}

static void add_new(struct classifier *classifier, const struct leaf *new)
{
	struct leaf *old = partner_of(classifier, new);
	struct part *part = add_part(classifier);
	struct field field;
	size_t stop;

	part->path = new->path;
	if (!old && !new->anonymous &&
	    field_find(classifier->old.model, classifier->old_id, new->path, &field, &stop)) {
		/* An anonymous struct's name that became a type of its own. */
		classify_fields(classifier->diff, classifier->idioms, &field, &new->field, part);
		part->old_path = new->path;
		mark_used(classifier, part, &(struct leaf){0});
		return;
	}
	if (!old) {
		judge_added(classifier, new, part);
		return;
	}
	part->old_path = old->is_union || new->anonymous ? old->path : new->path;
	judge_part(classifier, new, old, part);
	mark_used(classifier, part, old);
}

static void add_removed(struct classifier *classifier, const struct leaf *old)
{
	struct part *part = add_part(classifier);

	part->old_path = old->path;
	part->old = old->field;
	part->is_union = old->is_union;
	part->idiom = idiom_of(classifier->idioms, classifier->old.model, old->field.type);
	part->verdict = VERDICT_DECIDE;
	part->reason = REASON_REMOVED;
}

static int by_path(const void *a, const void *b)
{
	const struct diff_entry *x = *(const struct diff_entry *const *)a;
	const struct diff_entry *y = *(const struct diff_entry *const *)b;
	int order = strcmp(x->path, y->path);

	return order ? order : (x > y) - (x < y);
}

/* The entries by their path: a type may have a hundred thousand of them. */
static void sort_entries(struct classifier *classifier)
{
	const struct diff_type *entries = classifier->entries;

	classifier->n_sorted = entries ? entries->n : 0;
	classifier->sorted = ARENA_NEW_ARRAY(&classifier->out->arena, classifier->n_sorted + 1,
					     const struct diff_entry *);
	for (size_t i = 0; i < classifier->n_sorted; i++)
		classifier->sorted[i] = &entries->entries[i];
	qsort(classifier->sorted, classifier->n_sorted, sizeof(*classifier->sorted), by_path);
}

/* The first entry whose path is PATH or greater. */
static size_t first_entry(const struct classifier *classifier, const char *path)
{
	size_t low = 0, high = classifier->n_sorted;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(classifier->sorted[middle]->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void finish_part(struct classifier *classifier, struct part *part)
{
	const char *path = part->path ? part->path : part->old_path;
	const char *renames[CANDIDATES_MAX];
	size_t n = 0;

	for (size_t i = first_entry(classifier, path); i < classifier->n_sorted; i++) {
		const struct diff_entry *entry = classifier->sorted[i];

		if (strcmp(entry->path, path) != 0)
			break;
		part->rules |= UINT32_C(1) << entry->rule;
		if (entry->rule == RULE_RENAME_CANDIDATE && entry->old_path && n < CANDIDATES_MAX)
			renames[n++] = entry->old_path;
	}
	part_candidates(classifier->diff, part, renames, n, &classifier->out->arena);
	classifier->out->by_verdict[part->verdict]++;
}

void classify_types(const struct diff *diff, const struct idioms *idioms, type_id old_id,
		    type_id new_id, struct classification *out)
{
	struct classifier classifier = {
		.diff = diff,
		.idioms = idioms,
		.old_id = strip(diff->old, old_id),
		.new_id = strip(diff->new, new_id),
		.old = {.arena = &out->arena, .idioms = idioms, .model = diff->old},
		.new = {.arena = &out->arena, .idioms = idioms, .model = diff->new},
		.out = out,
	};

	*out = (struct classification){0};
	arena_init(&out->arena);
	classifier.entries = entries_of(diff, classifier.old_id, classifier.new_id);
	leaves_collect(&classifier.old, old_id);
	leaves_collect(&classifier.new, new_id);
	for (size_t i = 0; i < classifier.new.n; i++)
		add_new(&classifier, &classifier.new.at[i]);
	for (size_t i = 0; i < classifier.old.n; i++)
		if (!classifier.old.at[i].used)
			add_removed(&classifier, &classifier.old.at[i]);
	sort_entries(&classifier);
	for (size_t i = 0; i < out->n; i++)
		finish_part(&classifier, &out->at[i]);
	leaves_deinit(&classifier.old);
	leaves_deinit(&classifier.new);
}

void classification_deinit(struct classification *classification)
{
	VEC_FREE(classification);
	arena_deinit(&classification->arena);
}

/* PATH is PART's own or goes on from it. */
static bool reaches_into(const char *path, const char *part)
{
	size_t n = strlen(part);

	return strncmp(path, part, n) == 0 && (!path[n] || path[n] == '.' || path[n] == '[');
}

struct part *part_find(const struct classification *classification, const struct model *new,
		       type_id new_id, const char *path)
{
	struct field field;
	size_t stop;

	for (size_t i = 0; i < classification->n; i++)
		if (classification->at[i].path && reaches_into(path, classification->at[i].path))
			return &classification->at[i];
	if (!field_find(new, new_id, path, &field, &stop))
		return NULL;
	for (size_t i = 0; i < classification->n; i++) {
		struct part *part = &classification->at[i];
		uint64_t first = part->new.bit_offset;

		if (part->path && part->is_union && first <= field.bit_offset &&
		    field.bit_offset + field_bits(new, &field) <=
			    first + field_bits(new, &part->new))
			return part;
	}
	return NULL;
}
