/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of causes: types that changed by themselves, and under each what follows from it. */
#include "report_html_parts.h"

#include <stdlib.h>

/* Lists are not nested deeper: what is below stands beside. */
#define TREE_DEPTH 12
/* More followers than this are folded, and more types that have some. */
#define SHOWN 12
#define ROOTS_SHOWN 24

struct tree {
	struct page *page;
	size_t *first, *next; /* children of each type: a chain of indices, NO_LEADER at its end */
	size_t *below;	      /* how many types follow from it */
};

/* The type right above TYPE in the tree. */
static size_t parent_of(const struct page *page, size_t i)
{
	const char *cause = causes_main(&page->diff->at[i]);
	const struct diff_type *parent = cause ? causes_find(&page->causes, cause) : NULL;

	return page->causes.leader[i] == NO_LEADER || !parent ? NO_LEADER
							      : (size_t)(parent - page->diff->at);
}

static void tree_init(struct tree *tree, struct page *page)
{
	size_t n = page->diff->n;

	*tree = (struct tree){
		.page = page,
		.first = ARENA_NEW_ARRAY(&page->arena, n + 1, size_t),
		.next = ARENA_NEW_ARRAY(&page->arena, n + 1, size_t),
		.below = ARENA_NEW_ARRAY(&page->arena, n + 1, size_t),
	};
	for (size_t i = 0; i < n; i++)
		tree->first[i] = tree->next[i] = NO_LEADER;
	for (size_t i = n; i-- > 0;) {
		size_t parent = parent_of(page, i);

		if (parent == NO_LEADER)
			continue;
		tree->next[i] = tree->first[parent];
		tree->first[parent] = i;
		tree->below[page->causes.leader[i]]++;
	}
}

static void put_line(const struct tree *tree, size_t i)
{
	const struct diff_type *type = &tree->page->diff->at[i];
	const struct diff_entry *size =
		type->n && type->entries[0].rule == RULE_SIZE_CHANGED ? &type->entries[0] : NULL;
	struct text *out = tree->page->out;

	text_add(out, "<a href=\"#%s\">", tree->page->anchors[i]);
	html_label(out, type);
	html_raw(out, "</a>");
	if (type->status == DIFF_CARRIER)
		html_raw(out, " <small>carries it</small>");
	else if (size) {
		html_raw(out, " <small>");
		html_number(out, size->old_bits / 8);
		html_raw(out, " \xe2\x86\x92 ");
		html_number(out, size->new_bits / 8);
		html_raw(out, "</small>");
	}
}

static void put_children(const struct tree *tree, size_t parent, unsigned int depth)
{
	struct text *out = tree->page->out;

	for (size_t i = tree->first[parent]; i != NO_LEADER; i = tree->next[i]) {
		bool nested = tree->first[i] != NO_LEADER && depth < TREE_DEPTH;

		html_raw(out, "<li>");
		put_line(tree, i);
		if (nested)
			html_raw(out, "<ul>");
		if (tree->first[i] != NO_LEADER)
			put_children(tree, i, depth + 1);
		if (nested)
			html_raw(out, "</ul>");
		html_raw(out, "\n");
	}
}

static void put_root(const struct tree *tree, size_t i)
{
	struct text *out = tree->page->out;

	html_raw(out, "<div class=root><p>");
	put_line(tree, i);
	html_raw(out, "</p>");
	if (tree->below[i] > SHOWN)
		text_add(out, "<details><summary>%zu types follow</summary>", tree->below[i]);
	html_raw(out, "<ul class=tree>");
	put_children(tree, i, 1);
	html_raw(out, tree->below[i] > SHOWN ? "</ul></details></div>\n" : "</ul></div>\n");
}

static bool is_shown(const struct diff_type *type)
{
	return type->status == DIFF_CHANGED || type->status == DIFF_CARRIER;
}

struct root {
	size_t type, below;
};

/* Those that pull most along first. */
static int root_order(const void *va, const void *vb)
{
	const struct root *a = va, *b = vb;

	if (a->below != b->below)
		return a->below > b->below ? -1 : 1;
	return a->type < b->type ? -1 : a->type > b->type;
}

static void put_roots(const struct tree *tree, struct root *roots, size_t n)
{
	struct text *out = tree->page->out;
	bool folded = n > ROOTS_SHOWN + ROOTS_SHOWN / 2;

	qsort(roots, n, sizeof(*roots), root_order);
	for (size_t i = 0; i < n; i++) {
		if (folded && i == ROOTS_SHOWN)
			text_add(out, "<details class=rest><summary>%zu more</summary>\n", n - i);
		put_root(tree, roots[i].type);
	}
	html_raw(out, folded ? "</details></section>\n" : "</section>\n");
}

void html_tree(struct page *page)
{
	struct tree tree;
	struct text *out = page->out;
	struct root *roots = ARENA_NEW_ARRAY(&page->arena, page->diff->n + 1, struct root);
	size_t pulling = 0, alone = 0;

	tree_init(&tree, page);
	for (size_t i = 0; i < page->diff->n; i++) {
		if (!is_shown(&page->diff->at[i]) || page->causes.leader[i] != NO_LEADER)
			continue;
		if (tree.below[i])
			roots[pulling++] = (struct root){i, tree.below[i]};
		else
			alone++;
	}
	if (!pulling)
		return;
	html_raw(out, "<section id=causes><h2>Root causes</h2><p class=lead>");
	html_number(out, pulling);
	text_add(out, " type%s pull%s others along; ", html_plural(pulling),
		 pulling == 1 ? "s" : "");
	html_number(out, alone);
	html_raw(out, " more changed without touching any other.</p>\n");
	put_roots(&tree, roots, pulling);
}
