/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The findings for people: the verdict, what the inputs cause, what needs a person, what does not, what was
 * read. A few findings are told in full; many are folded by type, and a type that only follows another one
 * into that one's line.
 */
#include "report_check_view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FULL_MAX 8	/* findings that are told in full; more are folded by type */
#define FILES_MAX 12	/* findings about lines of a mapping or a waiver */
#define ITEMS_MAX 8	/* members in the line of a type */
#define FOLLOWERS_MAX 4 /* names of types that follow one type */
#define NAMES_MAX 40	/* names in a list of types that need nobody */
#define PASTE_MAX 16	/* lines to paste, when findings are folded */
#define SPELLING_MAX 40 /* columns of a C type in the line of a type */

/* Words that go on in the next line, indented, where the line is full. */
struct flow {
	struct paper *paper;
	size_t column, indent, n;
};

static size_t columns_of(const char *word)
{
	size_t n = 0;

	for (; *word; word++)
		n += ((unsigned char)*word & 0xc0) != 0x80;
	return n;
}

/* Puts SEPARATOR (not before the first word) and WORD, which is clean already. */
static void flow_put(struct flow *flow, enum paint paint, const char *separator, const char *word)
{
	size_t n = columns_of(word), gap = columns_of(separator);
	const char *trimmed = separator + strspn(separator, " ");

	if (flow->n++ && flow->column + gap + n + 1 > PAPER_WIDTH) {
		text_add(flow->paper->out, "%.*s\n%*s", (int)strcspn(trimmed, " "), trimmed,
			 (int)flow->indent, "");
		flow->column = flow->indent;
	} else if (flow->n > 1) {
		text_puts(flow->paper->out, separator);
		flow->column += gap;
	}
	paper_paint(flow->paper, paint, "%s", word);
	flow->column += n;
}

static struct flow flow_start(struct paper *paper, size_t indent)
{
	return (struct flow){.paper = paper, .indent = indent};
}

static void flow_end(struct flow *flow)
{
	if (flow->n)
		text_puts(flow->paper->out, "\n");
}

static enum paint paint_of_level(enum finding_level level)
{
	return level == FINDING_ERROR ? PAINT_RED
				      : (level == FINDING_WARNING ? PAINT_YELLOW : PAINT_NONE);
}

static const char *side_name(const struct model_info *info, const struct model_info *other)
{
	bool distinct = info->release && other->release && strcmp(info->release, other->release);

	if (distinct || (info->release && !info->name))
		return info->release;
	return info->name ? info->name : "?";
}

static void put_head(struct view *view, struct paper *paper)
{
	const struct findings *findings = view->findings;
	const struct diff *diff = findings->diff;

	paper_paint(paper, PAINT_BOLD, "%s\n", view_clean(view, findings->verdict));
	if (diff)
		text_add(paper->out, "%s -> %s, ",
			 view_clean(view, side_name(&diff->old->info, &diff->new->info)),
			 view_clean(view, side_name(&diff->new->info, &diff->old->info)));
	text_add(paper->out, "%s, profile %s, mapping: %s\n", view_clean(view, findings->scope),
		 findings->profile,
		 findings->mapping ? view_clean(view, findings->mapping) : "none");
}

static const char *place_text(struct view *view, struct place at)
{
	if (!at.file)
		return "";
	if (!at.line)
		return view_clean(view, at.file);
	return arena_printf(&view->arena, "%s:%" PRIu32, view_clean(view, at.file), at.line);
}

static void put_lines(struct view *view, struct paper *paper, const char *indent, const char *lines)
{
	while (lines && *lines) {
		size_t n = strcspn(lines, "\n");

		text_add(paper->out, "%s%s\n", indent,
			 view_clean(view, arena_strndup(&view->arena, lines, n)));
		lines += n + (lines[n] == '\n');
	}
}

/* One finding with all that is known of it. */
static void put_full(struct view *view, struct paper *paper, const struct finding *finding,
		     bool paste)
{
	const char *place = place_text(view, finding->at);
	struct text subject;

	text_init(&subject);
	report_put_subject(&subject, finding);
	paper_paint(paper, paint_of_level(finding->level), "%s",
		    finding_level_word(finding->level));
	text_puts(paper->out, ": ");
	paper_paint(paper, PAINT_BOLD, "%s", view_clean(view, text_string(&subject)));
	text_add(paper->out, "%s[%s]%s%s\n", subject.n ? " " : "", finding->rule,
		 *place && strcmp(place, text_string(&subject)) != 0 ? "  " : "",
		 strcmp(place, text_string(&subject)) != 0 ? place : "");
	put_lines(view, paper, "  ", finding->message);
	put_lines(view, paper, "  ", finding->consequence);
	if (finding->decided_at.file)
		text_add(paper->out, "  decided at %s\n", place_text(view, finding->decided_at));
	if (paste && finding->suggestion && *finding->suggestion) {
		text_puts(paper->out, "  to paste:\n");
		put_lines(view, paper, "    ", finding->suggestion);
	}
	text_deinit(&subject);
}

/* The findings about what was read, and about lines of files of ours. */
static void put_around(struct view *view, struct paper *paper)
{
	size_t files = 0;

	for (size_t i = 0; i < view->findings->list.n; i++) {
		const struct finding *finding = &view->findings->list.at[i];

		if (finding->waived_by || view_class(finding) == FINDING_OF_CHANGE)
			continue;
		if (view_class(finding) == FINDING_OF_FILE && files++ >= FILES_MAX)
			continue;
		put_full(view, paper, finding, true);
	}
	if (files > FILES_MAX)
		text_add(paper->out, "and %zu more about the mapping and the waivers\n",
			 files - FILES_MAX);
}

static void put_spelling(struct view *view, struct text *text, const char *between,
			 const char *spelling)
{
	const char *clean = view_clean(view, spelling);

	if (!*clean)
		return;
	if (columns_of(clean) > SPELLING_MAX)
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
static const char *item_text(struct view *view, const struct member_item *item, enum paint *paint)
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

static void put_moved(struct view *view, struct flow *flow, const struct type_group *group)
{
	char distance[48] = "";

	if (!group->moved)
		return;
	if (group->moved_alike)
		snprintf(distance, sizeof(distance),
			 group->moved_by % 8 ? " %+" PRId64 " bits" : " %+" PRId64,
			 group->moved_by % 8 ? group->moved_by : group->moved_by / 8);
	flow_put(flow, PAINT_NONE, ", ",
		 arena_printf(&view->arena, "%zu moved%s", group->moved, distance));
}

static void put_followers(struct view *view, struct flow *flow, size_t index)
{
	const struct type_group *leader = &view->groups.at[index];
	size_t shown = 0;

	if (!leader->followers)
		return;
	flow_put(flow, PAINT_NONE, "; ",
		 arena_printf(&view->arena, "%zu type%s carr%s it:", leader->followers,
			      leader->followers == 1 ? "" : "s",
			      leader->followers == 1 ? "ies" : "y"));
	for (size_t i = 0; i < view->groups.n && shown < FOLLOWERS_MAX; i++) {
		if (view->groups.at[i].leader != index)
			continue;
		flow_put(flow, PAINT_DIM, shown++ ? ", " : " ",
			 view_clean(view, view->groups.at[i].type));
	}
	if (leader->followers > shown)
		flow_put(flow, PAINT_DIM, ", ", "...");
}

static void put_size(struct view *view, struct flow *flow, const struct type_group *group)
{
	if (group->old_size == group->new_size)
		return;
	flow_put(flow, PAINT_NONE, " ",
		 arena_printf(&view->arena, "%" PRIu64 " -> %" PRIu64, group->old_size,
			      group->new_size));
}

static void put_group(struct view *view, struct paper *paper, size_t index)
{
	struct type_group *group = &view->groups.at[index];
	struct flow flow = flow_start(paper, 4);
	const char *place = place_text(view, group->at);
	size_t shown = 0;

	flow_put(&flow, PAINT_BOLD, "", view_clean(view, group->type));
	put_size(view, &flow, group);
	if (*place)
		flow_put(&flow, PAINT_DIM, "  ", place);
	for (size_t i = 0; i < group->items.n && shown < ITEMS_MAX; i++) {
		enum paint paint;
		const char *word = item_text(view, &group->items.at[i], &paint);

		flow_put(&flow, paint, shown++ ? ", " : "  ", word);
	}
	if (group->items.n > shown)
		flow_put(&flow, PAINT_NONE, ", ",
			 arena_printf(&view->arena, "%zu more", group->items.n - shown));
	put_moved(view, &flow, group);
	put_followers(view, &flow, index);
	flow_end(&flow);
}

/* What needs a person, by type; in full when it is little. */
static void put_changes(struct view *view, struct paper *paper, bool full)
{
	for (size_t i = 0; full && i < view->findings->list.n; i++) {
		const struct finding *finding = &view->findings->list.at[i];

		if (view_needs_person(finding))
			put_full(view, paper, finding, true);
	}
	for (size_t i = 0; !full && i < view->groups.n; i++)
		if (view->groups.at[i].leader == NO_GROUP)
			put_group(view, paper, i);
}

static bool is_quiet(const struct finding *finding, enum finding_state state, const char *rule)
{
	bool whole = !strcmp(finding->rule, "TYPE_ADDED") || !strcmp(finding->rule, "TYPE_REMOVED");

	return rule ? !strcmp(finding->rule, rule) : !whole && finding->state == state;
}

/* The types with findings of STATE, or with RULE of that rule, that need nobody: in one list. */
static void put_quiet(struct view *view, struct paper *paper, enum finding_state state,
		      const char *rule, const char *words)
{
	struct flow flow = flow_start(paper, 4);
	size_t n = 0, types = 0;

	for (size_t pass = 0; pass < 2; pass++) {
		const char *before = "";

		if (pass && !n)
			return;
		if (pass)
			flow_put(&flow, PAINT_NONE, "",
				 rule ? arena_printf(&view->arena, "%s:", words)
				      : arena_printf(&view->arena, "%s: %zu in %zu type%s:", words,
						     n, types, types == 1 ? "" : "s"));
		for (size_t i = 0, shown = 0; i < view->quiet.n; i++) {
			const struct finding *finding = view->quiet.at[i];

			if (!is_quiet(finding, state, rule))
				continue;
			n += !pass;
			if (!strcmp(finding->type, before))
				continue;
			before = finding->type;
			types += !pass;
			if (pass && shown++ < NAMES_MAX)
				flow_put(&flow, PAINT_NONE, shown == 1 ? " " : ", ",
					 view_clean(view, finding->type));
		}
		if (pass && types > NAMES_MAX)
			flow_put(&flow, PAINT_NONE, ", ",
				 arena_printf(&view->arena, "%zu more", types - NAMES_MAX));
	}
	flow_end(&flow);
}

static void put_quiets(struct view *view, struct paper *paper)
{
	static const struct {
		enum finding_state state;
		const char *rule, *words;
	} lists[] = {
		{FINDING_UNCONVERTIBLE, NULL, "unconvertible, as a note"},
		{FINDING_STALE, NULL, "stale, as a note"},
		{FINDING_NEEDS_DECISION, NULL, "open, as a note"},
		{FINDING_COVERED, NULL, "covered by the mapping"},
		{FINDING_AUTOMATIC, NULL, "converts by itself"},
		{FINDING_AUTOMATIC, "TYPE_ADDED", "added"},
		{FINDING_AUTOMATIC, "TYPE_REMOVED", "removed"},
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		put_quiet(view, paper, lists[i].state, lists[i].rule, lists[i].words);
}

static void put_waived(struct view *view, struct paper *paper)
{
	size_t shown = 0;

	for (size_t i = 0; i < view->findings->list.n; i++) {
		const struct finding *finding = &view->findings->list.at[i];
		struct text subject;

		if (!finding->waived_by || shown++ >= FILES_MAX)
			continue;
		text_init(&subject);
		report_put_subject(&subject, finding);
		paper_paint(paper, PAINT_DIM, "waived: %s [%s]: %s",
			    view_clean(view, text_string(&subject)), finding->rule,
			    view_clean(view, finding->waived_by));
		text_puts(paper->out, "\n");
		text_deinit(&subject);
	}
	if (shown > FILES_MAX)
		paper_paint(paper, PAINT_DIM, "and %zu more that are waived\n", shown - FILES_MAX);
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

/* The first lines to paste of findings that are folded, as one piece; the rest is only counted. */
static void put_paste(struct view *view, struct paper *paper)
{
	const char *before = "";
	size_t lines = 0, left = 0;

	for (size_t i = 0; i < view->persons.n; i++) {
		const char *suggestion = view->persons.at[i]->suggestion, *rest;

		if (!suggestion || !*suggestion || !strcmp(suggestion, before))
			continue;
		rest = skip_common(before, suggestion);
		if (left || lines + count_lines(rest) > PASTE_MAX) {
			left++;
			continue;
		}
		if (!lines)
			text_puts(paper->out, "to paste:\n");
		lines += count_lines(rest);
		put_lines(view, paper, "  ", rest);
		before = suggestion;
	}
	if (left)
		text_add(paper->out,
			 "  ... %zu more: --format json has them, `carryover map` writes them\n",
			 left);
}

static void put_side(struct view *view, struct flow *flow, const struct model *model,
		     const struct model *other)
{
	const struct model_info *info = &model->info;

	flow_put(flow, PAINT_NONE, "; ",
		 arena_printf(&view->arena, "%s: %zu types",
			      view_clean(view, side_name(info, &other->info)),
			      report_count_types(model)));
	if (info->evidence.units)
		flow_put(flow, PAINT_NONE, ", ",
			 arena_printf(&view->arena, "%" PRIu32 " units", info->evidence.units));
	if (evidence_skipped(&info->evidence))
		flow_put(flow, PAINT_NONE, ", ",
			 arena_printf(&view->arena, "%" PRIu32 " skipped",
				      evidence_skipped(&info->evidence)));
}

static void put_read(struct view *view, struct paper *paper)
{
	const struct findings *findings = view->findings;
	struct flow flow = flow_start(paper, 4);

	flow_put(&flow, PAINT_NONE, "",
		 arena_printf(&view->arena, "compared %zu types, %zu identical", findings->types,
			      findings->identical));
	if (findings->waived)
		flow_put(&flow, PAINT_NONE, ", ",
			 arena_printf(&view->arena, "%zu findings waived", findings->waived));
	if (findings->diff) {
		put_side(view, &flow, findings->diff->old, findings->diff->new);
		put_side(view, &flow, findings->diff->new, findings->diff->old);
	}
	flow_end(&flow);
}

void report_check_text(const struct findings *findings, bool color, struct text *out)
{
	struct paper paper = {.out = out, .color = color};
	struct view view;
	bool full;

	view_init(&view, findings);
	full = view.persons.n <= FULL_MAX;
	put_head(&view, &paper);
	put_around(&view, &paper);
	put_changes(&view, &paper, full);
	put_quiets(&view, &paper);
	put_waived(&view, &paper);
	if (!full)
		put_paste(&view, &paper);
	put_read(&view, &paper);
	view_deinit(&view);
}

void report_check_stat(const struct findings *findings, bool color, struct text *out)
{
	struct paper paper = {.out = out, .color = color};
	size_t followers = 0;
	struct view view;

	view_init(&view, findings);
	paper_paint(&paper, PAINT_BOLD, "%s\n", view_clean(&view, findings->verdict));
	for (size_t i = 0; i < view.groups.n; i++) {
		struct type_group *group = &view.groups.at[i];
		struct flow flow = flow_start(&paper, 4);

		followers += group->leader != NO_GROUP;
		if (group->leader != NO_GROUP)
			continue;
		text_puts(out, " ");
		flow_put(&flow, PAINT_NONE, "", view_clean(&view, group->type));
		put_size(&view, &flow, group);
		flow_put(&flow, PAINT_NONE, " | ",
			 arena_printf(&view.arena, "%zu finding%s", group->n,
				      group->n == 1 ? "" : "s"));
		flow_end(&flow);
	}
	text_add(
		out,
		" %zu types, %zu more that carry one of them; %zu errors, %zu warnings, %zu notes, "
		"%zu waived\n",
		view.groups.n - followers, followers, findings->by_level[FINDING_ERROR],
		findings->by_level[FINDING_WARNING], findings->by_level[FINDING_NOTE],
		findings->waived);
	view_deinit(&view);
}
