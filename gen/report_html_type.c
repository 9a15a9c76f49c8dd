/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The section of one type: heading, findings, byte map, table, and what follows from it. */
#include "report_html_parts.h"

#include <inttypes.h>

void html_place(struct text *out, const struct model *model, type_id id)
{
	const struct type *type = type_at(model, id);

	if (!type->file)
		return;
	html_text(out, type->file);
	if (type->line)
		text_add(out, ":%" PRIu32, type->line);
}

static uint64_t size_on(const struct diff *diff, const struct diff_type *type, bool new)
{
	return new ? type_at(diff->new, type->new_id)->size
		   : type_at(diff->old, type->old_id)->size;
}

static void put_sizes(struct page *page, const struct diff_type *type)
{
	uint64_t old = size_on(page->diff, type, false), new = size_on(page->diff, type, true);

	html_raw(page->out, "<span class=sz>");
	if (old != new) {
		html_number(page->out, old);
		html_raw(page->out, " \xe2\x86\x92 ");
	}
	html_size(page->out, new * 8);
	html_raw(page->out, "</span>");
}

static void put_heading(struct page *page, const struct diff_type *type)
{
	html_raw(page->out, "<summary><h3>");
	html_label(page->out, type);
	html_raw(page->out, "</h3> ");
	put_sizes(page, type);
	html_raw(page->out, " ");
	html_badges(page, type);
	html_raw(page->out, "</summary>\n");
}

static void put_places(struct page *page, const struct diff_type *type)
{
	const struct type *at = type_at(page->diff->new, type->new_id);

	html_raw(page->out, "<p class=at>");
	if (at->file)
		html_raw(page->out, "<code>");
	html_place(page->out, page->diff->new, type->new_id);
	if (at->file)
		html_raw(page->out, "</code> ");
	if (!diff_is_root(type) && causes_main(type)) {
		html_raw(page->out, "changed only because of ");
		html_link(page, causes_main(type));
	}
	html_raw(page->out, "</p>\n");
}

/* Links to the types of STATUS that type I leads. */
static void put_followers(struct page *page, size_t leader, enum diff_status status,
			  const char *words)
{
	size_t n = 0;

	for (size_t i = 0; i < page->diff->n; i++) {
		if (page->causes.leader[i] != leader || page->diff->at[i].status != status)
			continue;
		text_add(page->out, "%s", n ? ", " : "<p class=fo><b>");
		if (!n++)
			text_add(page->out, "%s</b> ", words);
		text_add(page->out, "<a href=\"#%s\">", page->anchors[i]);
		html_label(page->out, &page->diff->at[i]);
		html_raw(page->out, "</a>");
	}
	if (n)
		html_raw(page->out, "</p>\n");
}

static void put_holders(struct page *page, const struct diff_type *type)
{
	size_t n = 0;

	for (size_t i = 0; i < page->diff->holders.n; i++) {
		const struct diff_type *holder = page->diff->holders.at[i];

		if (!diff_names_cause(holder, type->label))
			continue;
		html_raw(page->out, n++ ? ", " : "<p class=fo><b>Held by</b> ");
		html_link(page, holder->label);
	}
	if (n)
		html_raw(page->out, "</p>\n");
}

void html_type(struct page *page, size_t i)
{
	const struct diff_type *type = &page->diff->at[i];
	enum type_kind kind = (enum type_kind)type_at(page->diff->new, type->new_id)->kind;
	bool looked_at = !page->findings || page->findings_first[i] != NO_LEADER;
	bool open = (page->open && looked_at && diff_is_root(type)) || html_findings_ask(page, i);

	text_add(page->out, "<section class=t id=\"%s\" data-r=\"", page->anchors[i]);
	html_rules(page->out, type);
	html_raw(page->out, "\"");
	html_states(page, i);
	text_add(page->out, "><details%s>", open ? " open" : "");
	put_heading(page, type);
	put_places(page, type);
	if (kind != KIND_ENUM)
		html_map(page, type);
	html_findings_of(page, i);
	html_table(page, type);
	put_followers(page, i, DIFF_CHANGED, "Changes with it");
	put_followers(page, i, DIFF_CARRIER, "Carried by");
	put_holders(page, type);
	html_raw(page->out, "</details></section>\n");
}

void html_carrier(struct page *page, size_t i)
{
	const struct diff_type *type = &page->diff->at[i];

	text_add(page->out, "<li id=\"%s\" data-r=\"", page->anchors[i]);
	html_rules(page->out, type);
	html_raw(page->out, "\"");
	html_states(page, i);
	html_raw(page->out, "><b>");
	html_label(page->out, type);
	html_raw(page->out, "</b>");
	for (size_t k = 0; k < type->n; k++) {
		const struct diff_entry *entry = &type->entries[k];

		html_raw(page->out, k ? ", <code>" : " <code>");
		html_text(page->out, entry->path);
		html_raw(page->out, "</code>");
		if (!entry->cause)
			continue;
		html_raw(page->out, " <small>");
		html_link(page, entry->cause);
		html_raw(page->out, "</small>");
	}
	html_findings_of(page, i);
	html_raw(page->out, "\n");
}
