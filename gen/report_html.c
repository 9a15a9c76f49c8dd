/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page: its frame, and the order of its parts. */
#include "report_html_parts.h"

#include <inttypes.h>

/* More changed types than this are shown closed; with findings, all but those that ask. */
#define OPEN_TYPES 150
#define OPEN_TYPES_FOUND 20

/* SHA-256 of report_html.js in base64: the only script that the page lets run, whatever a name may
 * hold. */
#define SCRIPT_HASH "JGrukhX1WmzjFb8kMqL2XxoKvSpEgc4I0m1DVi8XyhU="

static void put_frame(struct page *page)
{
	struct text *out = page->out;

	html_raw(out,
		 "<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "style-src 'unsafe-inline'; script-src 'sha256-" SCRIPT_HASH "'; base-uri 'none'; "
		 "form-action 'none'\">\n"
		 "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
		 "<meta name=color-scheme content=\"light dark\">\n<title>");
	html_text(out, page->diff->old->info.release ? page->diff->old->info.release : "old");
	html_raw(out, " \xe2\x86\x92 ");
	html_text(out, page->diff->new->info.release ? page->diff->new->info.release : "new");
	html_raw(out, ": layout changes</title>\n<style>\n");
	text_raw(out, (const char *)report_html_css, report_html_css_size);
	html_raw(out, "</style>\n</head>\n<body>\n"
		      "<svg class=defs width=0 height=0 aria-hidden=true><defs><pattern id=hatch "
		      "width=6 height=6 "
		      "patternUnits=userSpaceOnUse patternTransform=\"rotate(45)\"><path d=\"M0 "
		      "0v6\"/></pattern></defs></svg>\n");
}

enum part { PART_OWN, PART_ENUM, PART_WITH, PART_OUTSIDE, PART_OTHER };

/* Where a type stands in the page. */
static enum part part_of(const struct page *page, size_t i)
{
	const struct diff_type *type = &page->diff->at[i];

	if (type->status != DIFF_CHANGED)
		return PART_OTHER;
	if (page->findings && page->findings_first[i] == NO_LEADER)
		return PART_OUTSIDE;
	if (type_at(page->diff->new, type->new_id)->kind == KIND_ENUM)
		return PART_ENUM;
	return diff_is_root(type) ? PART_OWN : PART_WITH;
}

static size_t count_part(const struct page *page, enum part part)
{
	size_t n = 0;

	for (size_t i = 0; i < page->diff->n; i++)
		n += part_of(page, i) == part;
	return n;
}

static void put_part(struct page *page, enum part part, const char *id, const char *title)
{
	size_t n = count_part(page, part);

	if (!n)
		return;
	text_add(page->out, "<section class=part id=%s><h2>%s <span class=n>", id, title);
	html_number(page->out, n);
	html_raw(page->out, "</span></h2>\n");
	for (size_t i = 0; i < page->diff->n; i++)
		if (part_of(page, i) == part)
			html_type(page, i);
	html_raw(page->out, "</section>\n");
}

/* The section of all types of STATUS, folded, one line each. */
static bool open_list(struct page *page, enum diff_status status, const char *title)
{
	size_t n = page->diff->by_status[status];

	if (!n)
		return false;
	text_add(page->out, "<section class=part id=%s><details><summary><h2>%s <span class=n>",
		 diff_status_word(status), title);
	html_number(page->out, n);
	html_raw(page->out, "</span></h2></summary><ul class=ls>\n");
	return true;
}

static void put_carriers(struct page *page)
{
	if (!open_list(page, DIFF_CARRIER, "Carry a change"))
		return;
	for (size_t i = 0; i < page->diff->n; i++)
		if (page->diff->at[i].status == DIFF_CARRIER)
			html_carrier(page, i);
	html_raw(page->out, "</ul></details></section>\n");
}

static void put_names(struct page *page, enum diff_status status, const char *title)
{
	if (!open_list(page, status, title))
		return;
	for (size_t i = 0; i < page->diff->n; i++) {
		const struct diff_type *type = &page->diff->at[i];
		bool new = type->new_id != TYPE_NONE;
		const struct model *model = new ? page->diff->new : page->diff->old;
		type_id id = new ? type->new_id : type->old_id;

		if (type->status != status)
			continue;
		text_add(page->out, "<li id=\"%s\"", page->anchors[i]);
		html_states(page, i);
		html_raw(page->out, "><b>");
		html_label(page->out, type);
		html_raw(page->out, "</b> <small>");
		if (status == DIFF_AMBIGUOUS)
			html_raw(page->out, new ? "(new) " : "(old) ");
		html_size(page->out, type_at(model, id)->size * 8);
		html_raw(page->out, " ");
		html_place(page->out, model, id);
		html_raw(page->out, "</small>");
		html_findings_of(page, i);
		html_raw(page->out, "\n");
	}
	html_raw(page->out, "</ul></details></section>\n");
}

static void put_types(struct page *page)
{
	html_raw(page->out, "<div id=types>\n");
	put_part(page, PART_OWN, "own", "Changed by themselves");
	put_part(page, PART_ENUM, "enums", "Enums");
	put_part(page, PART_WITH, "with", "Changed with a type inside");
	put_part(page, PART_OUTSIDE, "outside", "Changed outside of what was looked at");
	put_carriers(page);
	put_names(page, DIFF_ADDED, "Added");
	put_names(page, DIFF_REMOVED, "Removed");
	put_names(page, DIFF_AMBIGUOUS, "Cannot be told apart");
	html_raw(page->out, "</div>\n<p id=none hidden>Nothing matches.</p>\n");
}

void report_html(const struct diff *diff, const struct findings *findings, struct text *out)
{
	struct page page = {.diff = diff, .findings = findings, .out = out};

	arena_init(&page.arena);
	causes_init(&page.causes, diff);
	html_anchors(&page);
	html_findings_index(&page);
	page.open = count_part(&page, PART_OWN) + count_part(&page, PART_ENUM) <=
		    (findings ? OPEN_TYPES_FOUND : OPEN_TYPES);
	put_frame(&page);
	html_head(&page);
	html_raw(out, "<main>\n");
	html_findings_summary(&page);
	html_tree(&page);
	if (diff->n) {
		html_legend(&page);
		html_filter(&page);
	}
	put_types(&page);
	html_raw(out, "</main>\n<script>");
	text_raw(out, (const char *)report_html_js, report_html_js_size);
	html_raw(out, "</script>\n</body>\n</html>\n");
	causes_deinit(&page.causes);
	arena_deinit(&page.arena);
}
