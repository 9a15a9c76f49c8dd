/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands above everything: the verdict, what was compared, what the signs mean. */
#include "report_html_parts.h"

#include <string.h>

static const char *side_name(const struct model_info *info, const struct model_info *other)
{
	bool distinct = info->release && other->release && strcmp(info->release, other->release);

	if (distinct || (info->release && !info->name))
		return info->release;
	return info->name ? info->name : "?";
}

/* One part of the verdict, N of something; nothing for none. */
static void put_count(struct text *out, bool *first, size_t n, const char *one, const char *many)
{
	if (!n)
		return;
	html_raw(out, *first ? "" : ", ");
	*first = false;
	html_number(out, n);
	text_add(out, " %s", n == 1 ? one : many);
}

static void put_counts(struct text *out, const struct diff_summary *summary)
{
	size_t unions = summary->changed[KIND_UNION];
	bool first = true;

	put_count(out, &first, summary->changed[KIND_STRUCT] + unions,
		  summary->changed[KIND_STRUCT] ? "struct changed" : "union changed",
		  unions ? "structs and unions changed" : "structs changed");
	put_count(out, &first, summary->carriers, "carries a change inside",
		  "carry a change inside");
	put_count(out, &first, summary->changed[KIND_ENUM], "enum changed", "enums changed");
	put_count(out, &first, summary->changed[KIND_TYPEDEF], "type known by typedef changed",
		  "types known by typedef changed");
	put_count(out, &first, summary->constants, "set of constants differs",
		  "sets of constants differ");
	put_count(out, &first, summary->added, "added", "added");
	put_count(out, &first, summary->removed, "removed", "removed");
	put_count(out, &first, summary->ambiguous, "cannot be told apart", "cannot be told apart");
	html_raw(out, first ? "Nothing changed." : ".");
}

static void put_figure(struct text *out, size_t n, const char *words)
{
	if (!n)
		return;
	text_add(out, "<div><dt>%s<dd>", words);
	html_number(out, n);
	html_raw(out, "</div>");
}

static void put_figures(struct text *out, const struct diff_summary *summary)
{
	size_t changed = 0;

	for (int kind = 0; kind < KIND_COUNT; kind++)
		changed += summary->changed[kind];
	html_raw(out, "<dl class=fig>");
	put_figure(out, changed - summary->followers, "changed by themselves");
	put_figure(out, summary->followers, "changed with a type inside");
	put_figure(out, summary->resized, "of another size");
	put_figure(out, summary->carriers, "carry a change");
	put_figure(out, summary->added, "added");
	put_figure(out, summary->removed, "removed");
	put_figure(out, summary->compared, "compared");
	html_raw(out, "</dl>\n");
}

static void put_fact(struct text *out, const char *name, const char *old, const char *new)
{
	bool same = old && new && !strcmp(old, new);

	if (!old && !new)
		return;
	text_add(out, "<tr><th scope=row>%s<td%s>", name, same ? " colspan=2" : "");
	html_text(out, old ? old : "unknown");
	if (!same) {
		html_raw(out, "<td>");
		html_text(out, new ? new : "unknown");
	}
	html_raw(out, "\n");
}

static void put_evidence(const struct diff *diff, struct text *out)
{
	struct text old, new;

	text_init(&old);
	text_init(&new);
	report_evidence(diff->old, &old);
	report_evidence(diff->new, &new);
	put_fact(out, "Read", text_string(&old), text_string(&new));
	text_deinit(&old);
	text_deinit(&new);
}

static void put_sides(const struct diff *diff, struct text *out)
{
	const struct model_info *old = &diff->old->info, *new = &diff->new->info;

	html_raw(out,
		 "<table class=sides><thead><tr><td><th scope=col>old<th scope=col>new</thead>\n");
	put_fact(out, "Release", old->release, new->release);
	put_fact(out, "Machine", old->arch, new->arch);
	put_fact(out, "Build id", old->build_id, new->build_id);
	put_fact(out, "Compiler", old->compiler, new->compiler);
	put_fact(out, "Input", old->name, new->name);
	put_evidence(diff, out);
	html_raw(out, "</table>\n");
}

void html_head(struct page *page)
{
	const struct model_info *old = &page->diff->old->info, *new = &page->diff->new->info;
	struct diff_summary summary = report_summary(page->diff);
	struct text *out = page->out;

	html_raw(out, "<header><p class=eye>carryover layout report</p>\n<h1>");
	html_text(out, side_name(old, new));
	html_raw(out, " <span>\xe2\x86\x92</span> ");
	html_text(out, side_name(new, old));
	html_raw(out, "</h1>\n<p class=verdict>");
	if (page->findings && page->findings->verdict) {
		text_add(out, "<b class=\"%s\">", page->findings->failed ? "bad" : "good");
		html_text(out, page->findings->verdict);
		html_raw(out, ".</b> ");
	}
	put_counts(out, &summary);
	html_raw(out, "</p>\n");
	if (page->diff->char_changed_sign)
		html_raw(out, "<p class=lead>Plain <code>char</code> is signed on one side only: "
			      "members of type <code>char</code> are not listed for that.</p>\n");
	put_figures(out, &summary);
	put_sides(page->diff, out);
	html_raw(out, "</header>\n");
}

void html_legend(struct page *page)
{
	static const struct {
		const char *class, *words;
	} rows[] = {
		{"k a", "+ added"},
		{"k d", "\xe2\x88\x92 removed"},
		{"k c", "~ another type, width or nesting"},
		{"k i", "\xe2\x97\x8b an embedded type changed inside"},
		{"k s", "unchanged"},
		{"r m", "\xe2\x86\x92 moved: a ribbon from old to new"},
		{"k h", "hole: bytes that no member has"},
		{"k f", "a run of members, folded"},
	};
	struct text *out = page->out;

	html_raw(out,
		 "<section id=legend><h2>How to read a byte map</h2>\n<p class=lead>The old layout "
		 "stands above the new one, to scale; offsets are in bytes, <code>0x18:3</code> is "
		 "bit 3 "
		 "of byte 0x18. A blue line begins a cache line of 64 bytes, bitfields are drawn "
		 "bit by bit, "
		 "and a member longer than 16 bytes is cut.</p>\n<ul class=key>");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		text_add(out,
			 "<li><svg width=34 height=18 aria-hidden=true><rect class=\"%s\" x=1 y=1 "
			 "width=32 height=16 rx=2 /></svg> %s\n",
			 rows[i].class, rows[i].words);
	html_raw(out, "</ul></section>\n");
}

/* How many types have an entry of each rule. */
static void count_rules(const struct diff *diff, size_t counts[RULE_COUNT])
{
	for (size_t i = 0; i < diff->n; i++) {
		uint32_t rules = 0;

		for (size_t k = 0; k < diff->at[i].n; k++)
			rules |= 1u << diff->at[i].entries[k].rule;
		for (enum rule rule = 0; rule < RULE_COUNT; rule++)
			counts[rule] += !!(rules & 1u << rule);
	}
}

/* A choice of states, when there are findings. */
static void put_states(struct page *page)
{
	if (!page->findings)
		return;
	html_raw(page->out,
		 "<select id=state aria-label=\"Only types with a finding of this state\">"
		 "<option value=\"\">Every state");
	for (int state = FINDING_AUTOMATIC; state < FINDING_STATES; state++)
		if (page->findings->by_state[state])
			text_add(page->out, "<option value=%s>%s (%zu)",
				 finding_state_word((enum finding_state)state),
				 finding_state_word((enum finding_state)state),
				 page->findings->by_state[state]);
	html_raw(page->out, "</select>\n");
}

void html_filter(struct page *page)
{
	size_t counts[RULE_COUNT] = {0};
	struct text *out = page->out;

	count_rules(page->diff, counts);
	html_raw(out, "<form id=bar role=search hidden><input id=q type=search autocomplete=off "
		      "spellcheck=false "
		      "placeholder=\"Find a type, member or file\" aria-label=\"Find a type, "
		      "member or file\">\n"
		      "<select id=rule aria-label=\"Only types with this rule\"><option "
		      "value=\"\">Every rule");
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		if (counts[rule])
			text_add(out, "<option value=%s>%s (%zu)", rule_id(rule), rule_id(rule),
				 counts[rule]);
	html_raw(out, "</select>\n");
	put_states(page);
	html_raw(out, "<button type=button id=all>Open all</button>"
		      "<output id=hits for=\"q rule\"></output></form>\n");
}
