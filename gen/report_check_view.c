/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_check_view.h"

#include <stdlib.h>
#include <string.h>

enum finding_class view_class(const struct finding *finding)
{
	static const char *const of_files[] = {"STALE_DECISION", "MAPPING", "WAIVER_EXPIRED",
					       "WAIVER_UNUSED"};

	if (report_about_input(finding))
		return FINDING_OF_INPUT;
	for (size_t i = 0; i < sizeof(of_files) / sizeof(*of_files); i++)
		if (!strcmp(finding->rule, of_files[i]))
			return FINDING_OF_FILE;
	return *finding->type ? FINDING_OF_CHANGE : FINDING_OF_FILE;
}

bool view_needs_person(const struct finding *finding)
{
	return view_class(finding) == FINDING_OF_CHANGE && !finding->waived_by &&
	       finding->level >= FINDING_WARNING;
}

/* By type; of one type as the findings stand. */
static int by_type(const void *va, const void *vb)
{
	const struct finding *const *a = va, *const *b = vb;
	int order = strcmp((*a)->type, (*b)->type);

	return order ? order : (*a < *b ? -1 : *a > *b);
}

static bool is_rule(const struct finding *finding, enum rule rule)
{
	return !strcmp(finding->rule, rule_id(rule));
}

/* The findings of GROUP from FIRST on that are about one member: how many. */
static size_t of_member(const struct finding *const *at, size_t n, const char *member)
{
	size_t same = 0;

	while (same < n && !strcmp(at[same]->member, member))
		same++;
	return same;
}

/* A size tells itself in the head of its line. */
static bool is_told_by_head(const struct type_group *group, const struct finding *finding)
{
	return is_rule(finding, RULE_SIZE_CHANGED) && group->n > 1;
}

static void note_moved(struct type_group *group, const struct diff_entry *entry)
{
	int64_t by = entry ? (int64_t)(entry->new_bit - entry->old_bit) : 0;

	group->moved_alike =
		entry && (!group->moved || (group->moved_alike && by == group->moved_by));
	group->moved_by = by;
	group->moved++;
}

static void add_item(struct view *view, struct type_group *group, const struct finding *const *at,
		     size_t n)
{
	struct member_item item = {.first = at[0]};
	struct text rules;

	text_init(&rules);
	for (size_t i = 0; i < n; i++) {
		item.added |= is_rule(at[i], RULE_ADDED) || is_rule(at[i], RULE_ENUMERATOR_ADDED) ||
			      !strcmp(at[i]->rule, "TYPE_ADDED");
		item.removed |= is_rule(at[i], RULE_REMOVED) ||
				is_rule(at[i], RULE_ENUMERATOR_REMOVED) ||
				!strcmp(at[i]->rule, "TYPE_REMOVED");
	}
	for (size_t i = 0; i < n; i++)
		if (!is_rule(at[i], RULE_MOVED) && !item.added && !item.removed)
			text_add(&rules, "%s%s", rules.n ? " " : "", at[i]->rule);
	if (rules.n)
		item.rules = arena_strdup(&view->arena, text_string(&rules));
	text_deinit(&rules);
	*VEC_PUSH(&group->items) = item;
}

/* Enumerators that are only renumbered; a single one is told by its name. */
static size_t count_renumbered(const struct finding *const *at, size_t n)
{
	size_t renumbered = 0;

	for (size_t i = 0; i < n; i++)
		renumbered += is_rule(at[i], RULE_ENUMERATOR_RENUMBERED);
	return renumbered > 1 ? renumbered : 0;
}

static void fill_items(struct view *view, struct type_group *group, const struct finding *const *at,
		       size_t n)
{
	group->renumbered = count_renumbered(at, n);
	for (size_t i = 0; i < n;) {
		size_t same = of_member(at + i, n - i, at[i]->member);
		bool counted = group->renumbered && is_rule(at[i], RULE_ENUMERATOR_RENUMBERED);

		if (same == 1 && is_rule(at[i], RULE_MOVED))
			note_moved(group, at[i]->entry);
		else if (same > 1 || !(counted || is_told_by_head(group, at[i])))
			add_item(view, group, at + i, same);
		i += same;
	}
}

static void fill_group(struct view *view, struct type_group *group, const struct finding *const *at,
		       size_t n)
{
	group->type = at[0]->type;
	group->n = n;
	group->leader = NO_GROUP;
	for (size_t i = 0; i < n; i++) {
		if (!*at[i]->member || !group->at.file)
			group->at = at[i]->at;
		if (is_rule(at[i], RULE_SIZE_CHANGED) && at[i]->entry) {
			group->old_size = at[i]->entry->old_bits / 8;
			group->new_size = at[i]->entry->new_bits / 8;
		}
	}
	fill_items(view, group, at, n);
}

static void collect(struct view *view, bool persons, struct finding_list *into)
{
	for (size_t i = 0; i < view->findings->list.n; i++) {
		const struct finding *finding = &view->findings->list.at[i];

		if (view_class(finding) != FINDING_OF_CHANGE || finding->waived_by)
			continue;
		if (view_needs_person(finding) == persons)
			*VEC_PUSH(into) = finding;
	}
	if (into->n)
		qsort(into->at, into->n, sizeof(*into->at), by_type);
}

/* The group of TYPE, NO_GROUP without one: they are in order. */
static size_t find_group(const struct view *view, const char *type)
{
	size_t low = 0, high = view->groups.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(view->groups.at[middle].type, type);

		if (!order)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NO_GROUP;
}

/* A type follows another one when nothing is found in it that has its reason there. */
static void find_leaders(struct view *view, const struct finding_list *list)
{
	const struct diff *diff = view->findings->diff;
	struct causes causes;

	if (!diff)
		return;
	causes_init(&causes, diff);
	for (size_t g = 0, from = 0; g < view->groups.n; g++) {
		struct type_group *group = &view->groups.at[g];
		const struct diff_type *type = causes_find(&causes, group->type);
		size_t leader = type ? causes.leader[type - diff->at] : NO_LEADER;
		bool follows = leader != NO_LEADER;

		for (size_t i = from; i < from + group->n; i++)
			follows &= list->at[i]->cause != NULL;
		from += group->n;
		if (follows)
			group->leader = find_group(view, diff->at[leader].label);
		if (group->leader != NO_GROUP)
			view->groups.at[group->leader].followers++;
	}
	causes_deinit(&causes);
}

void view_init(struct view *view, const struct findings *findings)
{
	const struct finding_list *persons = &view->persons;

	*view = (struct view){.findings = findings};
	arena_init(&view->arena);
	collect(view, true, &view->persons);
	collect(view, false, &view->quiet);
	for (size_t i = 0; i < persons->n;) {
		struct type_group *group = VEC_PUSH(&view->groups);
		size_t n = 1;

		while (i + n < persons->n &&
		       !strcmp(persons->at[i + n]->type, persons->at[i]->type))
			n++;
		*group = (struct type_group){0};
		fill_group(view, group, persons->at + i, n);
		i += n;
	}
	find_leaders(view, persons);
}

void view_deinit(struct view *view)
{
	for (size_t i = 0; i < view->groups.n; i++)
		VEC_FREE(&view->groups.at[i].items);
	VEC_FREE(&view->groups);
	VEC_FREE(&view->persons);
	VEC_FREE(&view->quiet);
	arena_deinit(&view->arena);
}
