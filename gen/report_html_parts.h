/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pieces of the HTML report share; gen/report_html*.c alone include it. */
#ifndef CO_GEN_REPORT_HTML_PARTS_H
#define CO_GEN_REPORT_HTML_PARTS_H

#include "report.h"
#include "report_causes.h"
#include "report_html.h"

struct page {
	const struct diff *diff;
	const struct findings *findings; /* NULL: none */
	struct text *out;
	struct causes causes;
	struct arena arena;
	const char **anchors; /* by index in diff->at */
	size_t *findings_first,
		*findings_next; /* of each type, of each finding: NO_LEADER at the end */
	bool open;		/* few enough types to show them all at once */
};

/* ---- report_html_text.c: whatever comes from an input goes through these ---- */

/* Appends markup as it is. */
void html_raw(struct text *out, const char *markup);
/* Appends text: markup is no markup, and what is no UTF-8, controls or turns the direction becomes
 * U+FFFD. */
void html_text(struct text *out, const char *text);
/* As html_text(), but lines stay lines, and tabs tabs: for <pre>. */
void html_lines(struct text *out, const char *text);
/* As html_text(), at most ROOM characters; the last is an ellipsis where it was cut. */
void html_cut(struct text *out, const char *text, size_t room);
/* Characters that html_text() shows. */
size_t html_length(const char *text);
/* 9728 as `9,728`. */
void html_number(struct text *out, uint64_t n);
/* A place in bits as `0x40`, or `0x40:3`. */
void html_offset(struct text *out, uint64_t bit);
/* A size in bits as `8 bytes`, `1 byte`, `3 bits`, `169 bytes 2 bits`. */
void html_size(struct text *out, uint64_t bits);
/* A distance in bits as `+8 bytes`, with a true minus sign. */
void html_distance(struct text *out, int64_t bits);
/* "s" unless N is 1. */
const char *html_plural(size_t n);
/* Labels as ids: `struct-mm_struct`; no two are the same. Fills page->anchors. */
void html_anchors(struct page *page);
/* A label, as a link where the type has a place in the page. */
void html_link(struct page *page, const char *label);
/* The label, `typedef x` for one of a typedef. */
void html_label(struct text *out, const struct diff_type *type);

/* ---- report_html_changes.c ---- */

/* How many members (or enumerators) something happened to; each counts once in each. */
struct changes {
	size_t added, removed, changed, moved, inside;
};
struct changes html_changes(const struct diff_type *type);
/* `+2 −1 ~3`, each with its words. */
void html_badges(struct page *page, const struct diff_type *type);
/* The same as a sentence, without markup. */
void html_sentence(struct text *out, const struct diff_type *type);
/* What the rules of TYPE are, for the filter: ids with spaces between them. */
void html_rules(struct text *out, const struct diff_type *type);

/* ---- the parts ---- */

/* report_html_head.c: the verdict and both sides; the legend; the filter, shown by JavaScript. */
void html_head(struct page *page);
void html_legend(struct page *page);
void html_filter(struct page *page);
/* report_html_tree.c: what follows from what. */
void html_tree(struct page *page);
/* report_html_type.c: the section of type I of the diff, and a line for one that only carries a
 * change. */
void html_type(struct page *page, size_t i);
void html_carrier(struct page *page, size_t i);
/* ` 704 bytes, include/linux/x.h:12` of one side. */
void html_place(struct text *out, const struct model *model, type_id id);
/* report_html_table.c and report_html_map.c: two ways to show one type; the map is for structs and
 * unions. */
void html_table(struct page *page, const struct diff_type *type);
void html_map(struct page *page, const struct diff_type *type);
/* report_html_findings.c; each does nothing without findings. */
void html_findings_index(struct page *page);
void html_findings_summary(struct page *page); /* counts, and what is about no type of the page */
void html_findings_of(struct page *page, size_t i);
/* Some finding about type I asks for a person. */
bool html_findings_ask(const struct page *page, size_t i);
/* The attribute with the states of the findings about type I, for the filter. */
void html_states(struct page *page, size_t i);

/* Style and script, built in; see Makefile. */
extern const unsigned char report_html_css[], report_html_js[];
extern const unsigned int report_html_css_size, report_html_js_size;

#endif
