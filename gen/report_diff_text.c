/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The diff for people: the verdict, then each root cause with what follows from it. */
#include "report_causes.h"
#include "report_text.h"

#include <inttypes.h>
#include <string.h>

struct view {
	const struct diff *diff;
	struct paper paper;
	struct causes causes;
};

static const char *side_name(const struct model_info *info, const struct model_info *other)
{
	bool distinct = info->release && other->release && strcmp(info->release, other->release);

	if (distinct || (info->release && !info->name))
		return info->release;
	return info->name ? info->name : "?";
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* "71 structs and unions, 2 enums and 1 typedef changed" */
static void put_changed(struct list *list, const struct diff_summary *summary)
{
	size_t structs = summary->changed[KIND_STRUCT], unions = summary->changed[KIND_UNION];
	size_t enums = summary->changed[KIND_ENUM], typedefs = summary->changed[KIND_TYPEDEF];

	if (structs && unions)
		list_add(list, "%zu structs and unions changed", structs + unions);
	else if (structs || unions)
		list_add(list, "%zu %s%s changed", structs + unions, structs ? "struct" : "union",
			 plural(structs + unions));
	if (enums)
		list_add(list, "%zu enum%s changed", enums, plural(enums));
	if (typedefs)
		list_add(list, "%zu type%s known by typedef changed", typedefs, plural(typedefs));
	if (summary->followers)
		list_add(list, "%zu of them only because a type inside changed",
			 summary->followers);
}

static void put_verdict(struct view *view)
{
	struct diff_summary summary = report_summary(view->diff);
	const struct model_info *old = &view->diff->old->info, *new = &view->diff->new->info;
	struct list list;

	list_init(&list, &view->paper, 4);
	paper_paint(&view->paper, PAINT_BOLD, "%s -> %s", side_name(old, new), side_name(new, old));
	text_add(view->paper.out, "%s%s%s: ", new->arch ? " (" : "", new->arch ? new->arch : "",
		 new->arch ? ")" : "");
	if (!view->diff->n)
		list_add(&list, "nothing changed");
	put_changed(&list, &summary);
	if (summary.carriers)
		list_add(&list, "%zu carr%s a changed type inside", summary.carriers,
			 summary.carriers == 1 ? "ies" : "y");
	if (summary.added)
		list_add(&list, "%zu added", summary.added);
	if (summary.removed)
		list_add(&list, "%zu removed", summary.removed);
	if (summary.ambiguous)
		list_add(&list, "%zu cannot be told apart", summary.ambiguous);
	if (summary.constants)
		list_add(&list, "%zu set%s of constants differ%s", summary.constants,
			 plural(summary.constants), summary.constants == 1 ? "s" : "");
	list_add(&list, "%zu compared", summary.compared);
	list_end(&list);
	if (view->diff->char_changed_sign)
		text_puts(view->paper.out, "plain char is signed on one side only: members of type "
					   "char are not listed for that\n");
}

static void put_place(struct view *view, const struct diff_type *type)
{
	const struct type *at = type->new_id != TYPE_NONE ? type_at(view->diff->new, type->new_id)
							  : type_at(view->diff->old, type->old_id);

	if (at->file && at->line)
		text_add(view->paper.out, "  %s:%" PRIu32, at->file, at->line);
	else if (at->file)
		text_add(view->paper.out, "  %s", at->file);
}

static void put_sizes(struct view *view, const struct diff_type *type)
{
	uint64_t old = type_at(view->diff->old, type->old_id)->size;
	uint64_t new = type_at(view->diff->new, type->new_id)->size;

	if (old == new)
		text_add(view->paper.out, " %" PRIu64, new);
	else
		text_add(view->paper.out, " %" PRIu64 " -> %" PRIu64, old, new);
}

static void put_head(struct view *view, const struct diff_type *type)
{
	paper_paint(&view->paper, PAINT_BOLD, "%s%s", type->kind == KIND_TYPEDEF ? "typedef " : "",
		    type->label);
	text_puts(view->paper.out, " ");
	put_sizes(view, type);
	text_puts(view->paper.out, " bytes");
	put_place(view, type);
	text_puts(view->paper.out, "\n");
}

/* The types under LEADER, or of no leader's, with STATUS; each with its sizes when it was resized.
 */
static void put_followers(struct view *view, size_t leader, enum diff_status status,
			  const char *words)
{
	struct list list;

	list_init(&list, &view->paper, 4);
	for (size_t i = 0; i < view->diff->n; i++) {
		const struct diff_type *type = &view->diff->at[i];

		if (view->causes.leader[i] != leader || type->status != status)
			continue;
		if (!list.n)
			text_add(view->paper.out, "  %s: ", words);
		if (status == DIFF_CHANGED && type->entries[0].rule == RULE_SIZE_CHANGED)
			list_add(&list, "%s %" PRIu64 " -> %" PRIu64, type->label,
				 type->entries[0].old_bits / 8, type->entries[0].new_bits / 8);
		else
			list_add(&list, "%s", type->label);
	}
	list_end(&list);
}

static void put_holders(struct view *view, const struct diff_type *type)
{
	struct list list;

	list_init(&list, &view->paper, 4);
	for (size_t i = 0; i < view->diff->holders.n; i++) {
		if (!diff_names_cause(view->diff->holders.at[i], type->label))
			continue;
		if (!list.n)
			text_puts(view->paper.out, "  held by: ");
		list_add(&list, "%s", view->diff->holders.at[i]->label);
	}
	list_end(&list);
}

static void put_block(struct view *view, size_t index)
{
	const struct diff_type *type = &view->diff->at[index];

	put_head(view, type);
	report_members(&view->paper, view->diff, type);
	put_followers(view, index, DIFF_CHANGED, "changes with it");
	put_followers(view, index, DIFF_CARRIER, "carried by");
	put_holders(view, type);
}

/* One line for all types of STATUS. */
static void put_names(struct view *view, enum diff_status status, enum paint paint,
		      const char *words)
{
	struct list list;

	if (!view->diff->by_status[status])
		return;
	paper_paint(&view->paper, paint, "%s: ", words);
	list_init(&list, &view->paper, 4);
	for (size_t i = 0; i < view->diff->n; i++) {
		const struct diff_type *type = &view->diff->at[i];

		if (type->status == status)
			list_add(&list, "%s%s%s", type->kind == KIND_TYPEDEF ? "typedef " : "",
				 type->label,
				 status != DIFF_AMBIGUOUS    ? ""
				 : type->new_id == TYPE_NONE ? " (old)"
							     : " (new)");
	}
	list_end(&list);
}

/* Last, and once where both sides are alike. */
static void put_evidence(const struct diff *diff, struct text *out)
{
	struct text old, new;

	text_init(&old);
	text_init(&new);
	report_evidence(diff->old, &old);
	report_evidence(diff->new, &new);
	if (strcmp(text_string(&old), text_string(&new)) == 0)
		text_add(out, "read on both sides: %s\n", text_string(&old));
	else
		text_add(out, "read: old %s\n      new %s\n", text_string(&old), text_string(&new));
	text_deinit(&old);
	text_deinit(&new);
}

void report_diff_text(const struct diff *diff, bool color, struct text *out)
{
	struct view view = {.diff = diff, .paper = {.out = out, .color = color}};

	causes_init(&view.causes, diff);
	put_verdict(&view);
	if (diff->n)
		text_puts(out, "\n");
	for (size_t i = 0; i < diff->n; i++)
		if (view.causes.leader[i] == NO_LEADER &&
		    (diff->at[i].status == DIFF_CHANGED || diff->at[i].status == DIFF_CARRIER))
			put_block(&view, i);
	put_names(&view, DIFF_ADDED, PAINT_GREEN, "added");
	put_names(&view, DIFF_REMOVED, PAINT_RED, "removed");
	put_names(&view, DIFF_AMBIGUOUS, PAINT_YELLOW, "cannot be told apart");
	put_evidence(diff, out);
	causes_deinit(&view.causes);
}
