/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings at the types they are about: what follows, and what to write. */
#include "report_html_parts.h"

#include <inttypes.h>

void html_findings_index(struct page *page)
{
	size_t n = page->findings ? page->findings->list.n : 0;

	page->findings_first = ARENA_NEW_ARRAY(&page->arena, page->diff->n + 1, size_t);
	page->findings_next = ARENA_NEW_ARRAY(&page->arena, n + 1, size_t);
	for (size_t i = 0; i <= page->diff->n; i++)
		page->findings_first[i] = NO_LEADER;
	for (size_t i = n; i-- > 0;) {
		const struct diff_type *type =
			causes_find(&page->causes, page->findings->list.at[i].type);
		/* Those about no type of the page hang at the end. */
		size_t at = type ? (size_t)(type - page->diff->at) : page->diff->n;

		page->findings_next[i] = page->findings_first[at];
		page->findings_first[at] = i;
	}
}

static void put_at(struct text *out, const char *words, struct place at)
{
	if (!at.file)
		return;
	text_add(out, "%s<code>", words);
	html_text(out, at.file);
	if (at.line)
		text_add(out, ":%" PRIu32, at.line);
	if (at.line && at.col)
		text_add(out, ":%" PRIu32, at.col);
	html_raw(out, "</code>");
}

/* What a person must look at; the rest is folded. */
static bool is_open(const struct finding *finding)
{
	return !finding->waived_by && finding->state >= FINDING_NEEDS_DECISION;
}

static void put_trail(struct text *out, const struct finding *finding)
{
	html_raw(out, "<small class=tr>");
	put_at(out, "", finding->at);
	put_at(out, " decided at ", finding->decided_at);
	if (finding->waived_by) {
		html_raw(out, " waived: ");
		html_text(out, finding->waived_by);
		put_at(out, ", ", finding->waived_at);
	}
	if (finding->cause) {
		html_raw(out, " because of ");
		html_text(out, finding->cause);
	}
	html_raw(out, " fingerprint <code>");
	html_text(out, finding->fingerprint);
	html_raw(out, "</code></small>");
}

static void put_finding(struct page *page, const struct finding *finding)
{
	const char *words = finding_rule_words(finding->rule);
	struct text *out = page->out;

	html_raw(out, "<li class=\"fd l-");
	html_raw(out, finding_level_word(finding->level));
	html_raw(out, "\"><p><span class=lv>");
	html_raw(out, finding_level_word(finding->level));
	html_raw(out, "</span> <span class=st>");
	html_raw(out, finding_state_word(finding->state));
	html_raw(out, "</span> <code title=\"");
	html_text(out, words ? words : "");
	html_raw(out, "\">");
	html_text(out, finding->rule);
	html_raw(out, "</code> <b>");
	html_text(out, *finding->member ? finding->member : finding->type);
	html_raw(out, "</b> ");
	html_text(out, finding->message ? finding->message : "");
	html_raw(out, "</p>");
	if (finding->consequence) {
		html_raw(out, "<p class=co>");
		html_text(out, finding->consequence);
		html_raw(out, "</p>");
	}
	if (finding->suggestion) {
		html_raw(out, "<pre>");
		html_lines(out, finding->suggestion);
		html_raw(out, "</pre>");
	}
	put_trail(out, finding);
	html_raw(out, "\n");
}

/* The findings of a chain for which is_open() is OPEN; returns how many. */
static size_t put_chain(struct page *page, size_t first, bool open, bool write)
{
	size_t n = 0;

	for (size_t i = first; i != NO_LEADER; i = page->findings_next[i]) {
		const struct finding *finding = &page->findings->list.at[i];

		if (is_open(finding) != open)
			continue;
		if (write)
			put_finding(page, finding);
		n++;
	}
	return n;
}

/* "39 automatic, 2 covered" */
static void put_quiet_words(struct page *page, size_t first)
{
	size_t states[FINDING_STATES] = {0}, waived = 0;
	const char *between = "";

	for (size_t i = first; i != NO_LEADER; i = page->findings_next[i]) {
		const struct finding *finding = &page->findings->list.at[i];

		waived += !!finding->waived_by;
		states[finding->state] += !finding->waived_by && !is_open(finding);
	}
	for (int state = 0; state < FINDING_STATES; state++) {
		if (!states[state])
			continue;
		text_add(page->out, "%s%zu %s", between, states[state],
			 finding_state_word((enum finding_state)state));
		between = ", ";
	}
	if (waived)
		text_add(page->out, "%s%zu waived", between, waived);
}

static void put_all(struct page *page, size_t first)
{
	if (!page->findings || first == NO_LEADER)
		return;
	if (put_chain(page, first, true, false)) {
		html_raw(page->out, "<ul class=fds>");
		put_chain(page, first, true, true);
		html_raw(page->out, "</ul>\n");
	}
	if (!put_chain(page, first, false, false))
		return;
	html_raw(page->out, "<details class=fq><summary>");
	put_quiet_words(page, first);
	html_raw(page->out, "</summary><ul class=\"fds q\">");
	put_chain(page, first, false, true);
	html_raw(page->out, "</ul></details>\n");
}

bool html_findings_ask(const struct page *page, size_t i)
{
	for (size_t k = page->findings_first[i]; k != NO_LEADER; k = page->findings_next[k])
		if (is_open(&page->findings->list.at[k]))
			return true;
	return false;
}

void html_states(struct page *page, size_t i)
{
	uint32_t states = 0;

	for (size_t k = page->findings_first[i]; k != NO_LEADER; k = page->findings_next[k])
		states |= 1u << page->findings->list.at[k].state;
	if (!states)
		return;
	html_raw(page->out, " data-s=\"");
	for (int state = 0; state < FINDING_STATES; state++)
		if (states & 1u << state)
			text_add(page->out, "%s ", finding_state_word((enum finding_state)state));
	html_raw(page->out, "\"");
}

void html_findings_of(struct page *page, size_t i)
{
	put_all(page, page->findings_first[i]);
}

static void put_count(struct text *out, size_t n, const char *words)
{
	if (n)
		text_add(out, "<li><b>%zu</b> %s", n, words);
}

void html_findings_summary(struct page *page)
{
	const struct findings *findings = page->findings;
	struct text *out = page->out;

	if (!findings)
		return;
	html_raw(out, "<section id=findings><h2>Findings</h2><p class=lead>");
	if (findings->scope) {
		html_raw(out, "Looked at: ");
		html_text(out, findings->scope);
		html_raw(out, ". ");
	}
	if (findings->profile) {
		html_raw(out, "Profile: ");
		html_text(out, findings->profile);
		html_raw(out, ". ");
	}
	if (findings->mapping) {
		html_raw(out, "Mapping: <code>");
		html_text(out, findings->mapping);
		html_raw(out, "</code>. ");
	}
	html_raw(out, "What needs a person stands at its type below.</p><ul class=cnt>");
	for (int state = FINDING_AUTOMATIC; state < FINDING_STATES; state++)
		put_count(out, findings->by_state[state],
			  finding_state_word((enum finding_state)state));
	put_count(out, findings->waived, "waived");
	put_count(out, findings->by_level[FINDING_ERROR], "errors");
	put_count(out, findings->by_level[FINDING_WARNING], "warnings");
	put_count(out, findings->by_level[FINDING_NONE], "of level none");
	html_raw(out, "</ul>\n");
	put_all(page, page->findings_first[page->diff->n]);
	html_raw(out, "</section>\n");
}
