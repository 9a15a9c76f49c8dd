/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words that reports for people share: of a place, of a side, of what became of a member. */
#include "report_check_view.h"
#include "report_escape.h"

#include <inttypes.h>
#include <string.h>

#define SPELLING_MAX 40 /* columns of a C type that is shown */

size_t view_columns(const char *word)
{
	size_t n = 0;

	for (; *word; word++)
		n += ((unsigned char)*word & 0xc0) != 0x80;
	return n;
}

const char *view_clean(struct view *view, const char *string)
{
	struct text text;
	const char *clean;

	text_init(&text);
	escape_line(&text, string);
	clean = arena_strdup(&view->arena, text_string(&text));
	text_deinit(&text);
	return clean;
}

const char *view_side(const struct model_info *info, const struct model_info *other)
{
	bool distinct = info->release && other->release && strcmp(info->release, other->release);

	if (distinct || (info->release && !info->name))
		return info->release;
	return info->name ? info->name : "?";
}

const char *view_place(struct view *view, struct place at)
{
	if (!at.file)
		return "";
	if (!at.line)
		return view_clean(view, at.file);
	return arena_printf(&view->arena, "%s:%" PRIu32, view_clean(view, at.file), at.line);
}

static void put_spelling(struct view *view, struct text *text, const char *between,
			 const char *spelling)
{
	const char *clean = view_clean(view, spelling);

	if (!*clean)
		return;
	if (view_columns(clean) > SPELLING_MAX)
		text_add(text, "%s...", between);
	else
		text_add(text, "%s%s", between, clean);
}

/* The types of the member, as far as they say something. */
static void put_spellings(struct view *view, struct text *text, const struct member_item *item)
{
	const struct diff_entry *entry = item->first->entry;

	if (!entry)
		return;
	if (item->added || item->removed) {
		put_spelling(view, text, " ", item->added ? entry->new_type : entry->old_type);
	} else if (entry->old_type && entry->new_type &&
		   strcmp(entry->old_type, entry->new_type) != 0) {
		put_spelling(view, text, " ", entry->old_type);
		put_spelling(view, text, " -> ", entry->new_type);
	}
}

/* What stands before a member's name says what became of it. */
const char *view_item(struct view *view, const struct member_item *item, enum paint *paint)
{
	const struct finding *finding = item->first;
	const char *mark = "~", *name = view_clean(view, finding->member);
	struct text text;
	char *result;

	*paint = PAINT_YELLOW;
	if (item->added)
		mark = "+", *paint = PAINT_GREEN;
	else if (item->removed)
		mark = "-", *paint = PAINT_RED;
	text_init(&text);
	text_add(&text, "%s %s", mark, *name ? name : "the type");
	put_spellings(view, &text, item);
	if (item->rules)
		text_add(&text, " [%s]", item->rules);
	if (finding->state == FINDING_COVERED || finding->state == FINDING_STALE ||
	    finding->state == FINDING_UNCONVERTIBLE)
		text_add(&text, " %s", finding_state_word(finding->state));
	result = arena_strdup(&view->arena, text_string(&text));
	text_deinit(&text);
	return result;
}

const char *view_moved(struct view *view, const struct type_group *group)
{
	bool bytes = group->moved_by % 8 == 0;

	if (group->renumbered)
		return arena_printf(&view->arena, "%zu renumbered", group->renumbered);
	if (!group->moved)
		return NULL;
	if (!group->moved_alike)
		return arena_printf(&view->arena, "%zu moved", group->moved);
	return arena_printf(&view->arena, "%zu moved %+" PRId64 "%s", group->moved,
			    bytes ? group->moved_by / 8 : group->moved_by, bytes ? "" : " bits");
}

/* Where BEFORE and LINES cease to begin with the same keys: what stands there already is not said again. */
static const char *skip_common(const char *before, const char *lines)
{
	for (;;) {
		size_t n = strcspn(lines, "\n");

		if (!n || !lines[n] || lines[n - 1] != ':' || strncmp(before, lines, n + 1) != 0)
			return lines;
		before += n + 1;
		lines += n + 1;
	}
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");

		n++;
		text += length + (text[length] == '\n');
	}
	return n;
}

size_t view_paste(struct view *view, size_t limit, const char *indent, struct text *out)
{
	const char *before = "";
	size_t lines = 0, left = 0;

	for (size_t i = 0; i < view->persons.n; i++) {
		const char *suggestion = view->persons.at[i]->suggestion, *rest;

		if (!suggestion || !*suggestion || !strcmp(suggestion, before))
			continue;
		rest = skip_common(before, suggestion);
		if (left || lines + count_lines(rest) > limit) {
			left++;
			continue;
		}
		lines += count_lines(rest);
		view_lines(view, indent, rest, out);
		before = suggestion;
	}
	return left;
}

void view_lines(struct view *view, const char *indent, const char *lines, struct text *out)
{
	while (lines && *lines) {
		size_t n = strcspn(lines, "\n");

		text_add(out, "%s%s\n", indent,
			 view_clean(view, arena_strndup(&view->arena, lines, n)));
		lines += n + (lines[n] == '\n');
	}
}
