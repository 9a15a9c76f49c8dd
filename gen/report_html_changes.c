/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happened to one type, in numbers and words. */
#include "report_html_parts.h"

#include <string.h>

static uint32_t rules_at(const struct diff_type *type, size_t first, size_t *end)
{
	uint32_t rules = 0;
	size_t i = first;

	for (; i < type->n && !strcmp(type->entries[i].path, type->entries[first].path); i++)
		if (!type->entries[i].old_path)
			rules |= 1u << type->entries[i].rule;
	*end = i;
	return rules;
}

struct changes html_changes(const struct diff_type *type)
{
	const uint32_t added = 1u << RULE_ADDED | 1u << RULE_ENUMERATOR_ADDED;
	const uint32_t removed = 1u << RULE_REMOVED | 1u << RULE_ENUMERATOR_REMOVED;
	const uint32_t moved = 1u << RULE_MOVED, inside = 1u << RULE_EMBEDDED_CHANGED;
	struct changes changes = {0};

	for (size_t i = 0, end; i < type->n; i = end) {
		uint32_t rules = rules_at(type, i, &end);

		if (!*type->entries[i].path)
			continue;
		changes.added += !!(rules & added);
		changes.removed += !!(rules & removed);
		changes.moved += !!(rules & moved);
		changes.inside += !!(rules & inside);
		if (!(rules & (added | removed)))
			changes.changed += !!(rules & ~(moved | inside));
	}
	return changes;
}

/* Kinds of change with the signs that stand for them everywhere in the page. */
static const struct {
	size_t offset;
	const char *class, *sign, *words;
} kinds[] = {
	{offsetof(struct changes, added), "a", "+", "added"},
	{offsetof(struct changes, removed), "d", "\xe2\x88\x92", "removed"},
	{offsetof(struct changes, changed), "c", "~", "changed"},
	{offsetof(struct changes, inside), "i", "\xe2\x97\x8b", "changed inside"},
	{offsetof(struct changes, moved), "m", "\xe2\x86\x92", "moved"},
};

static size_t count_of(const struct changes *changes, size_t kind)
{
	return *(const size_t *)((const char *)changes + kinds[kind].offset);
}

void html_badges(struct page *page, const struct diff_type *type)
{
	struct changes changes = html_changes(type);

	html_raw(page->out, "<span class=bs>");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t n = count_of(&changes, i);

		if (n)
			text_add(page->out,
				 "<span class=\"b %s\" title=\"%zu %s\">%s%zu<span class=v> "
				 "%s</span></span> ",
				 kinds[i].class, n, kinds[i].words, kinds[i].sign, n,
				 kinds[i].words);
	}
	html_raw(page->out, "</span>");
}

void html_sentence(struct text *out, const struct diff_type *type)
{
	struct changes changes = html_changes(type);
	bool first = true;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		size_t n = count_of(&changes, i);

		if (!n)
			continue;
		text_add(out, "%s%zu %s", first ? "" : ", ", n, kinds[i].words);
		first = false;
	}
	if (first)
		html_raw(out, "only its size or padding");
}

void html_rules(struct text *out, const struct diff_type *type)
{
	uint32_t rules = 0;
	const char *between = "";

	for (size_t i = 0; i < type->n; i++)
		rules |= 1u << type->entries[i].rule;
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		if (rules & 1u << rule) {
			text_add(out, "%s%s", between, rule_id(rule));
			between = " ";
		}
}
