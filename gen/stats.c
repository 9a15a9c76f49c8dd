/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts what a pair of releases leaves to a human, and prints it as a table. */
#include "stats.h"

#include <string.h>

/* ---- members that changed -------------------------------------------------------------------- */

/* The part that the old member PATH went into: its own row, or a region that it lies in. */
static const struct part *part_of_old(const struct diff *diff, const struct classification *parts,
				      type_id old_id, const char *path)
{
	struct field field;
	size_t stop;

	for (size_t i = 0; i < parts->n; i++)
		if (parts->at[i].old_path && strcmp(parts->at[i].old_path, path) == 0)
			return &parts->at[i];
	if (!field_find(diff->old, old_id, path, &field, &stop))
		return NULL;
	for (size_t i = 0; i < parts->n; i++) {
		const struct part *part = &parts->at[i];
		uint64_t bits;

		if (!part->old_path)
			continue;
		bits = part->old.bit_size ? part->old.bit_size
					  : type_size(diff->old, part->old.type) * 8;
		if (field.bit_offset >= part->old.bit_offset &&
		    field.bit_offset < part->old.bit_offset + bits)
			return part;
	}
	return NULL;
}

static const struct part *part_of(const struct diff *diff, const struct diff_type *type,
				  const struct classification *parts,
				  const struct diff_entry *entry)
{
	const struct part *part = NULL;

	if (entry->new_bit != NO_OFFSET)
		part = part_find(parts, diff->new, type->new_id, entry->path);
	return part ? part : part_of_old(diff, parts, type->old_id, entry->path);
}

static enum change change_of(const struct part *part)
{
	if (part->verdict == VERDICT_AUTOMATIC)
		return CHANGE_AUTOMATIC;
	if (part->verdict == VERDICT_ACKNOWLEDGE)
		return CHANGE_ACKNOWLEDGE;
	if (part->reason == REASON_ADDED)
		return CHANGE_ADDED;
	return part->reason == REASON_FUNCTION_SIGNATURE ? CHANGE_SIGNATURE : CHANGE_DECIDE;
}

/* Entry I speaks of a member of which no entry before it does. */
static bool is_first(const struct diff_type *type, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(type->entries[k].path, type->entries[i].path) == 0)
			return false;
	return true;
}

/* The rules by which members of one part differ. */
static uint32_t rules_of(const struct diff *diff, const struct diff_type *type,
			 const struct classification *parts, const struct part *part)
{
	uint32_t rules = 0;

	for (size_t i = 0; i < type->n; i++)
		if (*type->entries[i].path && part_of(diff, type, parts, &type->entries[i]) == part)
			rules |= UINT32_C(1) << type->entries[i].rule;
	return rules;
}

/*
 * What a union asks for because of its arms: one that is no other union than before, moved or with
 * a changed struct inside, asks which arm is meant as an unchanged one does; a function pointer in
 * it asks for its new signature as it does outside of one.
 */
static enum change change_of_union(const struct survey_input *input, const struct part *part,
				   uint32_t rules)
{
	const uint32_t inside = UINT32_C(1) << RULE_MOVED | UINT32_C(1) << RULE_EMBEDDED_CHANGED;
	const uint32_t signature =
		UINT32_C(1) << RULE_FUNCTION_SIGNATURE | UINT32_C(1) << RULE_UNION_ARM;

	if (!(rules & ~inside) &&
	    holds_pointer_or_idiom(input->idioms, input->diff->new, part->new.type))
		return CHANGE_ACKNOWLEDGE;
	return rules & ~signature ? CHANGE_DECIDE : CHANGE_SIGNATURE;
}

static void count_members(const struct survey_input *input, const struct diff_type *type,
			  const struct classification *parts, struct pair_stats *stats)
{
	const struct diff *diff = input->diff;
	struct arena scratch;
	bool *seen;

	arena_init(&scratch);
	seen = ARENA_NEW_ARRAY(&scratch, parts->n + 1, bool);
	for (size_t i = 0; i < type->n; i++) {
		const struct part *part;
		enum change change;

		if (!*type->entries[i].path || !is_first(type, i))
			continue;
		part = part_of(diff, type, parts, &type->entries[i]);
		if (!part)
			continue;
		change = change_of(part);
		if (part->reason == REASON_UNION_ARM)
			change = change_of_union(input, part, rules_of(diff, type, parts, part));
		if (change <= CHANGE_ACKNOWLEDGE || !seen[part - parts->at])
			stats->members[change]++;
		seen[part - parts->at] = true;
	}
	arena_deinit(&scratch);
}

/* ---- structs and unions ------------------------------------------------------------------------
 */

/* Records with a name of their own, complete on the side that is asked. */
static bool is_named(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, id);

	return type->name && (type->kind == KIND_STRUCT || type->kind == KIND_UNION) &&
	       !(type->flags & TYPE_DECLARATION);
}

static const struct surveyed *surveyed_as(const struct survey *survey, type_id new_id)
{
	for (size_t i = 0; i < survey->n; i++)
		if (survey->at[i]->new_id == new_id)
			return survey->at[i];
	return NULL;
}

static void count_changed(const struct survey_input *input, const struct diff_type *type,
			  const struct surveyed *surveyed, struct pair_stats *stats)
{
	struct classification parts;

	stats->changed++;
	stats->resized += type->n && type->entries[0].rule == RULE_SIZE_CHANGED;
	if (surveyed) {
		count_members(input, type, &surveyed->parts, stats);
		return;
	}
	classify_types(input->diff, input->idioms, type->old_id, type->new_id, &parts);
	count_members(input, type, &parts, stats);
	classification_deinit(&parts);
}

void stats_count(const struct survey_input *input, const struct survey *survey,
		 struct pair_stats *stats)
{
	const struct diff *diff = input->diff;

	*stats = (struct pair_stats){0};
	for (type_id id = 0; id < diff->old->types.n; id++) {
		type_id new_id = is_named(diff->old, id) ? diff_new_of(diff, id) : TYPE_NONE;

		stats->matched +=
			new_id != TYPE_NONE && (!survey->has_roots || surveyed_as(survey, new_id));
	}
	for (size_t i = 0; i < diff->n; i++) {
		const struct diff_type *type = &diff->at[i];
		const struct surveyed *surveyed;

		if (type->kind != KIND_STRUCT && type->kind != KIND_UNION)
			continue;
		surveyed = surveyed_as(survey, type->new_id);
		if (survey->has_roots && !surveyed)
			continue;
		stats->carriers += type->status == DIFF_CARRIER;
		if (type->status == DIFF_CHANGED)
			count_changed(input, type, surveyed, stats);
	}
}

/* ---- the table ---------------------------------------------------------------------------------
 */

static void count_parts(const struct surveyed *type, size_t *count)
{
	for (size_t i = 0; i < type->parts.n; i++)
		count[change_of(&type->parts.at[i])]++;
}

static void write_row(struct text *out, size_t width, const char *label, const size_t *count)
{
	text_add(out, "%-*s  %9zu  %11zu  %5zu  %9zu  %6zu\n", (int)width, label,
		 count[CHANGE_AUTOMATIC], count[CHANGE_ACKNOWLEDGE], count[CHANGE_ADDED],
		 count[CHANGE_SIGNATURE], count[CHANGE_DECIDE]);
}

static void write_table(const struct survey *survey, bool all, struct text *out)
{
	size_t total[CHANGE_COUNT] = {0}, width = strlen("total");

	for (size_t i = 0; i < survey->n; i++)
		if (strlen(survey->at[i]->label) > width)
			width = strlen(survey->at[i]->label);
	text_add(out, "%-*s  automatic  acknowledge  added  signature  decide\n", (int)width,
		 "type");
	for (size_t i = 0; i < survey->n; i++) {
		size_t count[CHANGE_COUNT] = {0};

		count_parts(survey->at[i], count);
		if (all || count[CHANGE_AUTOMATIC] < survey->at[i]->parts.n)
			write_row(out, width, survey->at[i]->label, count);
		for (int change = 0; change < CHANGE_COUNT; change++)
			total[change] += count[change];
	}
	write_row(out, width, "total", total);
}

void stats_write(const struct survey_input *input, const struct survey *survey, bool all,
		 struct text *out)
{
	struct pair_stats stats;
	const size_t *members = stats.members;

	stats_count(input, survey, &stats);
	write_table(survey, all, out);
	text_add(out,
		 "\nstructs and unions: %zu matched, %zu changed themselves, %zu with those that "
		 "embed one, %zu resized\n",
		 stats.matched, stats.changed, stats.changed + stats.carriers, stats.resized);
	text_add(out,
		 "members that changed: %zu automatic (%zu of them to acknowledge, as if they had "
		 "not), %zu added, %zu function pointers, %zu for a human\n",
		 members[CHANGE_AUTOMATIC] + members[CHANGE_ACKNOWLEDGE],
		 members[CHANGE_ACKNOWLEDGE], members[CHANGE_ADDED], members[CHANGE_SIGNATURE],
		 members[CHANGE_DECIDE]);
}
