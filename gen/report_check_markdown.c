/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings as the comment on a merge request: the verdict, a table, and the rest folded. */
#include "report_check_view.h"
#include "report_escape.h"

#include <inttypes.h>
#include <string.h>

#define ROWS_MAX 20    /* of a table that is not folded */
#define FOLDED_MAX 200 /* of one that is: a comment has its bounds */
#define ITEMS_MAX 8    /* members in one row */
#define PASTE_MAX 300  /* lines */

static void put_row(struct text *out, const struct finding *finding, struct view *view)
{
	struct text subject;

	text_init(&subject);
	report_put_subject(&subject, finding);
	text_add(out, "| %s | ", finding_level_word(finding->level));
	escape_markdown_code(out, text_string(&subject));
	text_add(out, " | `%s` | ", finding->rule);
	escape_markdown(out, finding->message);
	if (*finding->consequence) {
		text_puts(out, "; ");
		escape_markdown(out, finding->consequence);
	}
	if (finding->waived_by) {
		text_puts(out, "; waived: ");
		escape_markdown(out, finding->waived_by);
	}
	text_puts(out, " | ");
	escape_markdown_code(out, view_place(view, finding->at));
	text_puts(out, " |\n");
	text_deinit(&subject);
}

static void begin_rows(struct text *out)
{
	text_puts(out, "\n| level | what | rule | changed | declared |\n|---|---|---|---|---|\n");
}

static void begin_folded(struct text *out, const char *summary, size_t n)
{
	text_add(out, "\n<details><summary>%s: %zu</summary>\n", summary, n);
}

static void end_folded(struct text *out)
{
	text_puts(out, "\n</details>\n");
}

static void put_cut(struct text *out, size_t shown, size_t n)
{
	if (n > shown)
		text_add(out, "\nand %zu more\n", n - shown);
}

/* Rows for the findings of which PICK holds; folded under SUMMARY unless it is NULL. */
static void put_rows(struct view *view, struct text *out, bool (*pick)(const struct finding *),
		     const char *summary)
{
	const struct findings *findings = view->findings;
	size_t n = 0, shown = 0;

	for (size_t i = 0; i < findings->list.n; i++)
		n += pick(&findings->list.at[i]);
	if (!n)
		return;
	if (summary)
		begin_folded(out, summary, n);
	begin_rows(out);
	for (size_t i = 0; i < findings->list.n && shown < FOLDED_MAX; i++) {
		if (!pick(&findings->list.at[i]))
			continue;
		put_row(out, &findings->list.at[i], view);
		shown++;
	}
	put_cut(out, shown, n);
	if (summary)
		end_folded(out);
}

static bool is_around(const struct finding *finding)
{
	return !finding->waived_by && view_class(finding) != FINDING_OF_CHANGE;
}

static bool is_waived(const struct finding *finding)
{
	return finding->waived_by != NULL;
}

static bool is_quiet(const struct finding *finding)
{
	return !finding->waived_by && view_class(finding) == FINDING_OF_CHANGE &&
	       !view_needs_person(finding);
}

static void put_followers(struct view *view, struct text *out, size_t index)
{
	const struct type_group *leader = &view->groups.at[index];
	size_t shown = 0;

	if (!leader->followers)
		return;
	text_add(out, "; %zu carry it: ", leader->followers);
	for (size_t i = 0; i < view->groups.n && shown < ITEMS_MAX; i++) {
		if (view->groups.at[i].leader != index)
			continue;
		text_puts(out, shown++ ? ", " : "");
		escape_markdown_code(out, view->groups.at[i].type);
	}
	if (leader->followers > shown)
		text_puts(out, ", ...");
}

static void put_group(struct view *view, struct text *out, size_t index)
{
	const struct type_group *group = &view->groups.at[index];
	const char *moved = view_moved(view, group);
	size_t shown = 0;

	text_puts(out, "| ");
	escape_markdown_code(out, group->type);
	if (group->old_size != group->new_size)
		text_add(out, " | %" PRIu64 " &rarr; %" PRIu64 " | ", group->old_size,
			 group->new_size);
	else
		text_puts(out, " | | ");
	for (size_t i = 0; i < group->items.n && shown < ITEMS_MAX; i++) {
		enum paint paint;

		text_puts(out, shown++ ? ", " : "");
		escape_markdown_code(out, view_item(view, &group->items.at[i], &paint));
	}
	if (group->items.n > shown)
		text_add(out, ", %zu more", group->items.n - shown);
	if (moved)
		text_add(out, "%s%s", shown ? ", " : "", moved);
	put_followers(view, out, index);
	text_puts(out, " | ");
	escape_markdown_code(out, view_place(view, group->at));
	text_puts(out, " |\n");
}

/* The types that need a person: the first rows open, the rest folded. */
static void put_groups(struct view *view, struct text *out)
{
	static const char head[] = "\n| type | size | changed | declared |\n|---|---|---|---|\n";
	size_t n = 0, shown = 0;

	for (size_t i = 0; i < view->groups.n; i++)
		n += view->groups.at[i].leader == NO_GROUP;
	if (n)
		text_puts(out, head);
	for (size_t i = 0; i < view->groups.n && shown < FOLDED_MAX; i++) {
		if (view->groups.at[i].leader != NO_GROUP)
			continue;
		if (shown == ROWS_MAX) {
			begin_folded(out, "more types", n - shown);
			text_puts(out, head);
		}
		put_group(view, out, i);
		shown++;
	}
	put_cut(out, shown, n);
	if (shown > ROWS_MAX)
		end_folded(out);
}

/* A fence that LINES do not hold. */
static void put_fence(struct text *out, const char *lines)
{
	size_t longest = 2;

	for (; *lines; lines++) {
		size_t n = strspn(lines, "`");

		if (n > longest)
			longest = n;
		if (n)
			lines += n - 1;
	}
	for (size_t i = 0; i <= longest; i++)
		text_puts(out, "`");
}

static void put_paste(struct view *view, struct text *out)
{
	struct text lines;
	size_t left;

	text_init(&lines);
	left = view_paste(view, PASTE_MAX, "", &lines);
	if (lines.n) {
		text_puts(out, "\n<details><summary>lines to paste</summary>\n\n");
		put_fence(out, text_string(&lines));
		text_add(out, "yaml\n%s", text_string(&lines));
		put_fence(out, text_string(&lines));
		text_puts(out, "\n");
		if (left)
			text_add(out, "\nand lines for %zu more\n", left);
		end_folded(out);
	}
	text_deinit(&lines);
}

static void put_side(struct text *out, const char *words, const struct model *model,
		     const struct model *other)
{
	struct text evidence;

	text_init(&evidence);
	report_evidence(model, &evidence);
	text_puts(out, words);
	escape_markdown(out, view_side(&model->info, &other->info));
	text_puts(out, ", ");
	escape_markdown(out, text_string(&evidence));
	text_deinit(&evidence);
}

static void put_read(const struct findings *findings, struct text *out)
{
	text_add(out, "\nCompared %zu types, %zu identical; ", findings->types,
		 findings->identical);
	if (findings->by_level[FINDING_NONE])
		text_add(out, "findings of level none: %zu; ", findings->by_level[FINDING_NONE]);
	escape_markdown(out, findings->scope);
	text_add(out, ", profile %s, mapping ", findings->profile);
	if (findings->mapping)
		escape_markdown_code(out, findings->mapping);
	else
		text_puts(out, "none");
	if (findings->diff) {
		put_side(out, "; old: ", findings->diff->old, findings->diff->new);
		put_side(out, "; new: ", findings->diff->new, findings->diff->old);
	}
	text_puts(out, ".\n");
}

void report_check_markdown(const struct findings *findings, bool color, struct text *out)
{
	struct view view;

	(void)color;
	view_init(&view, findings);
	text_puts(out, "**");
	escape_markdown(out, findings->verdict);
	text_puts(out, "**\n");
	put_rows(&view, out, is_around, NULL);
	if (view.persons.n > ROWS_MAX)
		put_groups(&view, out);
	else
		put_rows(&view, out, view_needs_person, NULL);
	put_paste(&view, out);
	put_rows(&view, out, is_quiet, "changes that need nobody");
	put_rows(&view, out, is_waived, "waived");
	put_read(findings, out);
	view_deinit(&view);
}
