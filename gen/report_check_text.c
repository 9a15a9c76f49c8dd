/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The findings for people: the verdict, what the inputs cause, what needs a person, what does not, what was
 * read. A few findings are told in full; many are folded by type, and a type that only follows another one
 * into that one's line.
 */
#include "report_check_view.h"

#include <inttypes.h>
#include <string.h>

#define FULL_MAX 8	/* findings that are told in full; more are folded by type */
#define FILES_MAX 12	/* findings about lines of a mapping or a waiver */
#define ITEMS_MAX 8	/* members in the line of a type */
#define FOLLOWERS_MAX 4 /* names of types that follow one type */
#define NAMES_MAX 40	/* names in a list of types that need nobody */
#define PASTE_MAX 16	/* lines to paste, when findings are folded */

/* Words that go on in the next line, indented, where the line is full. */
struct flow {
	struct paper *paper;
	size_t column, indent, n;
};

/* Puts SEPARATOR (not before the first word) and WORD, which is clean already. */
static void flow_put(struct flow *flow, enum paint paint, const char *separator, const char *word)
{
	size_t n = view_columns(word), gap = view_columns(separator);
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

static void put_head(struct view *view, struct paper *paper)
{
	const struct findings *findings = view->findings;
	const struct diff *diff = findings->diff;
	struct flow flow = flow_start(paper, 4);

	paper_paint(paper, PAINT_BOLD, "%s\n", view_clean(view, findings->verdict));
	if (diff)
		flow_put(&flow, PAINT_NONE, "",
			 arena_printf(
				 &view->arena, "%s -> %s",
				 view_clean(view, view_side(&diff->old->info, &diff->new->info)),
				 view_clean(view, view_side(&diff->new->info, &diff->old->info))));
	flow_put(&flow, PAINT_NONE, ", ", view_clean(view, findings->scope));
	flow_put(&flow, PAINT_NONE, ", ",
		 arena_printf(&view->arena, "profile %s", findings->profile));
	flow_put(&flow, PAINT_NONE, ", ",
		 arena_printf(&view->arena, "mapping: %s",
			      findings->mapping ? view_clean(view, findings->mapping) : "none"));
	flow_end(&flow);
}

/* One line of words, which goes on in the next where it is full. */
static void put_words(struct view *view, struct paper *paper, const char *line)
{
	struct flow flow = {.paper = paper, .column = 2, .indent = 4};

	line = view_clean(view, line);
	if (*line)
		text_puts(paper->out, "  ");
	while (*line) {
		size_t n = strcspn(line, " ");

		flow_put(&flow, PAINT_NONE, " ", arena_strndup(&view->arena, line, n));
		line += n + (line[n] == ' ');
	}
	flow_end(&flow);
}

/* "include/x.h:7: error: ADDED: struct s.m: added as int", as compilers say it, for editors; not wrapped. */
static void put_first(struct view *view, struct paper *paper, const struct finding *finding)
{
	const char *place = view_place(view, finding->at);
	struct text subject;

	text_init(&subject);
	if (*finding->type)
		report_put_subject(&subject, finding);
	text_add(paper->out, "%s%s", place, *place ? ": " : "");
	paper_paint(paper, paint_of_level(finding->level), "%s",
		    finding_level_word(finding->level));
	text_add(paper->out, ": %s: ", finding->rule);
	paper_paint(paper, PAINT_BOLD, "%s", view_clean(view, text_string(&subject)));
	text_add(paper->out, "%s%s\n", subject.n ? ": " : "", view_clean(view, finding->message));
	text_deinit(&subject);
}

/* One finding with all that is known of it. */
static void put_full(struct view *view, struct paper *paper, const struct finding *finding)
{
	text_puts(paper->out, "\n");
	put_first(view, paper, finding);
	put_words(view, paper, finding->consequence);
	if (finding->decided_at.file)
		text_add(paper->out, "  in the mapping: %s\n",
			 view_place(view, finding->decided_at));
	if (finding->suggestion && *finding->suggestion) {
		text_puts(paper->out, "  to paste:\n");
		view_lines(view, "    ", finding->suggestion, paper->out);
	}
	text_add(paper->out, "  fingerprint %s\n", finding->fingerprint);
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
		put_full(view, paper, finding);
	}
	if (files > FILES_MAX)
		text_add(paper->out, "and %zu more about the mapping and the waivers\n",
			 files - FILES_MAX);
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
	const char *place = view_place(view, group->at), *moved = view_moved(view, group);
	size_t shown = 0;

	flow_put(&flow, PAINT_BOLD, "", view_clean(view, group->type));
	put_size(view, &flow, group);
	if (*place)
		flow_put(&flow, PAINT_DIM, "  ", place);
	for (size_t i = 0; i < group->items.n && shown < ITEMS_MAX; i++) {
		enum paint paint;
		const char *word = view_item(view, &group->items.at[i], &paint);

		flow_put(&flow, paint, shown++ ? ", " : "  ", word);
	}
	if (group->items.n > shown)
		flow_put(&flow, PAINT_NONE, ", ",
			 arena_printf(&view->arena, "%zu more", group->items.n - shown));
	if (moved)
		flow_put(&flow, PAINT_NONE, shown ? ", " : "  ", moved);
	put_followers(view, &flow, index);
	flow_end(&flow);
}

/* The rule of a group that is about a type on one side alone, or NULL. */
static const char *one_sided(const struct type_group *group)
{
	const char *rule =
		group->items.n == 1 && group->n == 1 ? group->items.at[0].first->rule : "";

	return !strcmp(rule, "TYPE_ADDED") || !strcmp(rule, "TYPE_REMOVED") ? rule : NULL;
}

static void put_one_sided(struct view *view, struct paper *paper, const char *rule,
			  const char *words)
{
	struct flow flow = flow_start(paper, 4);

	for (size_t i = 0; i < view->groups.n; i++) {
		const char *of = one_sided(&view->groups.at[i]);

		if (!of || strcmp(of, rule) != 0)
			continue;
		if (!flow.n)
			flow_put(&flow, PAINT_NONE, "", words);
		flow_put(&flow, PAINT_BOLD, flow.n == 1 ? " " : ", ",
			 view_clean(view, view->groups.at[i].type));
	}
	flow_end(&flow);
}

static void put_groups(struct view *view, struct paper *paper)
{
	if (view->groups.n)
		text_puts(paper->out, "\n");
	for (size_t i = 0; i < view->groups.n; i++)
		if (view->groups.at[i].leader == NO_GROUP && !one_sided(&view->groups.at[i]))
			put_group(view, paper, i);
	put_one_sided(view, paper, "TYPE_ADDED", "types added:");
	put_one_sided(view, paper, "TYPE_REMOVED", "types removed:");
}

/* What needs a person, by type; in full when it is little. */
static void put_changes(struct view *view, struct paper *paper, bool full)
{
	if (!full) {
		put_groups(view, paper);
		return;
	}
	for (size_t i = 0; i < view->findings->list.n; i++) {
		const struct finding *finding = &view->findings->list.at[i];

		if (view_needs_person(finding))
			put_full(view, paper, finding);
	}
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
				      : arena_printf(&view->arena,
						     "%s: %zu change%s in %zu type%s:", words, n,
						     n == 1 ? "" : "s", types,
						     types == 1 ? "" : "s"));
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
		{FINDING_UNCONVERTIBLE, NULL, "unconvertible, but no error here"},
		{FINDING_STALE, NULL, "stale, but no error here"},
		{FINDING_NEEDS_DECISION, NULL, "open, but no error here"},
		{FINDING_COVERED, NULL, "covered by the mapping"},
		{FINDING_AUTOMATIC, NULL, "automatic"},
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
		struct text line;
		struct paper plain = {.out = &line};

		if (!finding->waived_by || shown++ >= FILES_MAX)
			continue;
		text_init(&line);
		put_first(view, &plain, finding);
		paper_paint(paper, PAINT_DIM, "%.*s; waived: %s", (int)line.n - 1, line.at,
			    view_clean(view, finding->waived_by));
		text_puts(paper->out, "\n");
		text_deinit(&line);
	}
	if (shown > FILES_MAX)
		paper_paint(paper, PAINT_DIM, "and %zu more that are waived\n", shown - FILES_MAX);
}

/* The first lines to paste of findings that are folded; the rest is only counted. */
static void put_paste(struct view *view, struct paper *paper)
{
	struct text lines;
	size_t left;

	text_init(&lines);
	left = view_paste(view, PASTE_MAX, "  ", &lines);
	if (lines.n || left)
		text_puts(paper->out, "\nto paste:\n");
	text_raw(paper->out, text_string(&lines), lines.n);
	if (left)
		text_add(paper->out,
			 "  ... %zu more: --format json has them, `carryover map` writes them\n",
			 left);
	text_deinit(&lines);
}

static void put_side(struct view *view, struct flow *flow, const struct model *model,
		     const struct model *other)
{
	struct text evidence;

	text_init(&evidence);
	report_evidence(model, &evidence);
	flow_put(flow, PAINT_NONE, "; ",
		 arena_printf(&view->arena, "%s: %s",
			      view_clean(view, view_side(&model->info, &other->info)),
			      view_clean(view, text_string(&evidence))));
	text_deinit(&evidence);
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
			 arena_printf(&view->arena, "%zu waived", findings->waived));
	if (findings->by_level[FINDING_NONE])
		flow_put(&flow, PAINT_NONE, ", ",
			 arena_printf(&view->arena, "%zu finding%s of level none",
				      findings->by_level[FINDING_NONE],
				      findings->by_level[FINDING_NONE] == 1 ? "" : "s"));
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
	if (!full)
		put_paste(&view, &paper);
	text_puts(out, "\n");
	put_quiets(&view, &paper);
	put_waived(&view, &paper);
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
	text_add(out,
		 " types: %zu, carried by %zu; errors: %zu, warnings: %zu, notes: %zu, waived: "
		 "%zu\n",
		 view.groups.n - followers, followers, findings->by_level[FINDING_ERROR],
		 findings->by_level[FINDING_WARNING], findings->by_level[FINDING_NOTE],
		 findings->waived);
	view_deinit(&view);
}
