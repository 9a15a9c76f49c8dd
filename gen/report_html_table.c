/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members or enumerators of one type, old and new beside each other: what the byte map says, in
 * text. */
#include "report_html_parts.h"

#include <inttypes.h>
#include <string.h>

/* Longer types are cut here; the whole one is in the tooltip. */
#define TYPE_ROOM 160

struct rows {
	struct page *page;
	const struct diff_type *type;
	struct text *out;
};

/* All entries of one member. */
struct group {
	const struct diff_entry *at;
	size_t n;
	uint32_t rules;
	const char *cause;
};

static const uint32_t added = 1u << RULE_ADDED | 1u << RULE_ENUMERATOR_ADDED;
static const uint32_t removed = 1u << RULE_REMOVED | 1u << RULE_ENUMERATOR_REMOVED;
static const uint32_t values = 1u << RULE_ENUMERATOR_ADDED | 1u << RULE_ENUMERATOR_REMOVED |
			       1u << RULE_ENUMERATOR_RENUMBERED;

/* A candidate is a row of its own, beside what was added and what was removed. */
static bool stands_alone(const struct diff_entry *entry)
{
	return entry->old_path;
}

static struct group group_at(const struct diff_type *type, size_t first)
{
	struct group group = {.at = &type->entries[first]};

	for (size_t i = first; i < type->n; i++) {
		const struct diff_entry *entry = &type->entries[i];

		if (i > first && (strcmp(entry->path, group.at->path) != 0 || stands_alone(entry) ||
				  stands_alone(group.at)))
			break;
		group.n++;
		group.rules |= 1u << entry->rule;
		if (entry->cause)
			group.cause = entry->cause;
	}
	return group;
}

static int64_t distance(const struct diff_entry *entry)
{
	if (entry->rule == RULE_ENUMERATOR_RENUMBERED)
		return (int64_t)(entry->new_value - entry->old_value);
	return (int64_t)(entry->new_bit - entry->old_bit);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_plain(const struct group *group)
{
	return group->n == 1 && *group->at->path && !group->at->old_path &&
	       (group->at->rule == RULE_MOVED || group->at->rule == RULE_ENUMERATOR_RENUMBERED);
}

/* How many entries from FIRST on only moved (got another number), all by one distance. */
static size_t count_alike(const struct diff_type *type, size_t first)
{
	struct group one = group_at(type, first);
	size_t n = 0;

	if (!is_plain(&one))
		return 0;
	for (size_t i = first; i < type->n; i++, n++) {
		struct group next = group_at(type, i);

		if (!is_plain(&next) || next.at->rule != one.at->rule ||
		    distance(next.at) != distance(one.at) ||
		    !same_text(next.at->cause, one.at->cause))
			break;
	}
	return n;
}

static const char *row_class(const struct group *group)
{
	if (group->rules & added)
		return "a";
	if (group->rules & removed)
		return "d";
	if (group->rules == 1u << RULE_MOVED || !*group->at->path)
		return "m";
	if (!(group->rules & ~(1u << RULE_MOVED | 1u << RULE_EMBEDDED_CHANGED)))
		return "i";
	return "c";
}

static const char *row_sign(const struct group *group)
{
	switch (*row_class(group)) {
	case 'a':
		return "+";
	case 'd':
		return "\xe2\x88\x92";
	case 'm':
		return *group->at->path ? "\xe2\x86\x92" : "";
	case 'i':
		return "\xe2\x97\x8b";
	default:
		return group->at->old_path ? "?" : "~";
	}
}

static void put_change(const struct rows *rows, const struct group *group)
{
	html_raw(rows->out, "<td>");
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		if (group->rules & 1u << rule)
			text_add(rows->out, "<code title=\"%s\">%s</code> ", rule_words(rule),
				 rule_id(rule));
	if (group->cause) {
		html_raw(rows->out, "<small>because of ");
		html_link(rows->page, group->cause);
		html_raw(rows->out, "</small>");
	}
}

static void put_value(const struct rows *rows, bool new, uint64_t value)
{
	const struct diff *diff = rows->page->diff;
	type_id id = new ? rows->type->new_id : rows->type->old_id;
	enum encoding encoding = (enum encoding)type_at(new ? diff->new : diff->old, id)->encoding;

	html_raw(rows->out, "<td><b>");
	if (encoding == ENC_SIGNED || encoding == ENC_SIGNED_CHAR)
		text_add(rows->out, "%" PRId64, (int64_t)value);
	else
		text_add(rows->out, "%" PRIu64, value);
	html_raw(rows->out, "</b>");
}

static void put_type(const struct rows *rows, const char *type)
{
	bool cut = html_length(type) > TYPE_ROOM;

	html_raw(rows->out, cut ? "<code title=\"" : "<code>");
	if (cut) {
		html_text(rows->out, type);
		html_raw(rows->out, "\">");
	}
	html_cut(rows->out, type, TYPE_ROOM);
	html_raw(rows->out, "</code>");
}

static uint64_t alignment(const struct group *group, bool new)
{
	for (size_t i = 0; i < group->n; i++)
		if (group->at[i].rule == RULE_ALIGNMENT)
			return new ? group->at[i].new_value : group->at[i].old_value;
	return 0;
}

static void put_place(const struct rows *rows, uint64_t bit, uint64_t bits, uint64_t align,
		      uint32_t line)
{
	html_raw(rows->out, "<br><small>");
	if (bit != NO_OFFSET) {
		html_raw(rows->out, "at <b>");
		html_offset(rows->out, bit);
		html_raw(rows->out, "</b>, ");
	}
	html_size(rows->out, bits);
	if (align)
		text_add(rows->out, ", aligned to %" PRIu64, align);
	if (line)
		text_add(rows->out, ", line %" PRIu32, line);
	html_raw(rows->out, "</small>");
}

static void put_old(const struct rows *rows, const struct group *group)
{
	const struct diff_entry *entry = group->at;

	if (!entry->old_type) {
		html_raw(rows->out, "<td class=no>\xe2\x80\x94");
		return;
	}
	html_raw(rows->out, "<td>");
	if (entry->old_path) {
		html_raw(rows->out, "<b>");
		html_text(rows->out, entry->old_path);
		html_raw(rows->out, "</b> ");
	}
	put_type(rows, entry->old_type);
	put_place(rows, entry->old_bit, entry->old_bits, alignment(group, false), entry->old_line);
}

static void put_new(const struct rows *rows, const struct group *group)
{
	const struct diff_entry *entry = group->at;

	if (!entry->new_type) {
		html_raw(rows->out, "<td class=no>\xe2\x80\x94");
		return;
	}
	html_raw(rows->out, "<td>");
	if (entry->old_type && !entry->old_path && !strcmp(entry->old_type, entry->new_type))
		html_raw(rows->out, "<span class=no>same type</span>");
	else
		put_type(rows, entry->new_type);
	put_place(rows, entry->new_bit, entry->new_bits, alignment(group, true), entry->new_line);
}

static void put_enumerator(const struct rows *rows, const struct group *group)
{
	const struct diff_entry *entry = group->at;

	if (entry->rule == RULE_ENUMERATOR_ADDED)
		html_raw(rows->out, "<td class=no>\xe2\x80\x94");
	else
		put_value(rows, false, entry->old_value);
	if (entry->rule == RULE_ENUMERATOR_REMOVED)
		html_raw(rows->out, "<td class=no>\xe2\x80\x94");
	else
		put_value(rows, true, entry->new_value);
}

/* Its size or alignment. */
static void put_whole(const struct rows *rows, const struct group *group)
{
	for (int new = 0; new < 2; new ++) {
		const char *between = "<td>";

		for (size_t i = 0; i < group->n; i++) {
			const struct diff_entry *entry = &group->at[i];

			html_raw(rows->out, between);
			between = ", ";
			if (entry->rule == RULE_SIZE_CHANGED)
				html_size(rows->out, new ? entry->new_bits : entry->old_bits);
			else
				text_add(rows->out, "aligned to %" PRIu64,
					 new ? entry->new_value : entry->old_value);
		}
	}
}

static void put_row(const struct rows *rows, const struct group *group)
{
	text_add(rows->out, "<tr class=%s><th scope=row><i>%s</i> ", row_class(group),
		 row_sign(group));
	if (*group->at->path)
		html_text(rows->out, group->at->path);
	else
		html_raw(rows->out, "<em>the whole type</em>");
	put_change(rows, group);
	if (!*group->at->path)
		put_whole(rows, group);
	else if (group->rules & values)
		put_enumerator(rows, group);
	else {
		put_old(rows, group);
		put_new(rows, group);
	}
	html_raw(rows->out, "\n");
}

static void put_moved(const struct rows *rows, const struct diff_entry *entry)
{
	html_raw(rows->out, "<li><code>");
	html_text(rows->out, entry->path);
	html_raw(rows->out, "</code> ");
	if (entry->rule == RULE_MOVED) {
		html_offset(rows->out, entry->old_bit);
		html_raw(rows->out, " \xe2\x86\x92 ");
		html_offset(rows->out, entry->new_bit);
	} else {
		text_add(rows->out, "%" PRId64 " \xe2\x86\x92 %" PRId64, (int64_t)entry->old_value,
			 (int64_t)entry->new_value);
	}
}

/* One row for all that moved by one distance, each of them behind a fold. */
static void put_alike(const struct rows *rows, const struct diff_entry *entries, size_t n)
{
	struct group group = {
		.at = entries, .n = 1, .rules = 1u << entries->rule, .cause = entries->cause};
	bool moved = entries->rule == RULE_MOVED;

	text_add(rows->out, "<tr class=m><th scope=row><i>%s</i> <em>%zu %ss</em>",
		 moved ? "\xe2\x86\x92" : "~", n, moved ? "member" : "enumerator");
	put_change(rows, &group);
	html_raw(rows->out, "<td colspan=2><details><summary>");
	if (moved)
		html_distance(rows->out, distance(entries));
	else
		text_add(rows->out, "%+" PRId64, distance(entries));
	html_raw(rows->out, ": <code>");
	html_text(rows->out, entries->path);
	html_raw(rows->out, n > 2 ? "</code> \xe2\x80\xa6 <code>" : "</code>, <code>");
	html_text(rows->out, entries[n - 1].path);
	html_raw(rows->out, "</code></summary><ul class=mv>");
	for (size_t i = 0; i < n; i++)
		put_moved(rows, &entries[i]);
	html_raw(rows->out, "</ul></details>\n");
}

static void put_heads(const struct rows *rows)
{
	const struct model_info *old = &rows->page->diff->old->info;
	const struct model_info *new = &rows->page->diff->new->info;
	bool named = old->release && new->release &&strcmp(old->release, new->release) != 0;
	bool is_enum = type_at(rows->page->diff->new, rows->type->new_id)->kind == KIND_ENUM;

	text_add(rows->out, "<thead><tr><th scope=col>%s<th scope=col>Change<th scope=col>",
		 is_enum ? "Enumerator" : "Member");
	html_text(rows->out, named ? old->release : "old");
	html_raw(rows->out, "<th scope=col>");
	html_text(rows->out, named ? new->release : "new");
	html_raw(rows->out, "</thead>\n");
}

void html_table(struct page *page, const struct diff_type *type)
{
	struct rows rows = {.page = page, .type = type, .out = page->out};

	html_raw(rows.out, "<table>");
	put_heads(&rows);
	for (size_t i = 0; i < type->n;) {
		size_t alike = count_alike(type, i);
		struct group group = group_at(type, i);

		if (alike > 1) {
			put_alike(&rows, &type->entries[i], alike);
			i += alike;
		} else {
			put_row(&rows, &group);
			i += group.n;
		}
	}
	html_raw(rows.out, "</table>\n");
}
