/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines about one type: one for each member, and one for all that moved by the same distance.
 */
#include "report_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Types longer than this are cut: a signature is named, not recited. */
#define TYPE_WIDTH 60

struct block {
	struct paper *paper;
	const struct diff *diff;
	const struct diff_type *type;
	bool *done; /* by entry */
};

/* All rules of one member. */
struct line {
	const struct diff_entry *at; /* the first of its entries */
	uint32_t rules;
	const char *cause;
};

static uint32_t bit(enum rule rule)
{
	return 1u << rule;
}

static void put_bits(struct text *out, uint64_t bits)
{
	text_add(out, "%" PRIu64, bits / 8);
	if (bits % 8)
		text_add(out, ":%" PRIu64, bits % 8);
}

static void put_type(struct text *out, const char *type)
{
	if (strlen(type) > TYPE_WIDTH)
		text_add(out, "%.*s...", TYPE_WIDTH - 3, type);
	else
		text_puts(out, type);
}

/* The distance between two offsets: "+8 bytes", "-3 bits". */
static void put_distance(struct text *out, int64_t bits)
{
	uint64_t size = bits < 0 ? (uint64_t)-bits : (uint64_t)bits;
	bool bytes = size % 8 == 0;
	uint64_t n = bytes ? size / 8 : size;

	text_add(out, "%c%" PRIu64 " %s%s", bits < 0 ? '-' : '+', n, bytes ? "byte" : "bit",
		 n == 1 ? "" : "s");
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

/* All rules of the member that entry FROM is about; with DONE, they are then done. */
static struct line collect_line(const struct block *block, size_t from, bool *done)
{
	struct line line = {.at = &block->type->entries[from]};

	for (size_t i = from; i < block->type->n; i++) {
		const struct diff_entry *entry = &block->type->entries[i];

		if (block->done[i] || strcmp(entry->path, line.at->path) != 0)
			continue;
		if (i != from && (entry->old_path || line.at->old_path))
			continue;
		if (done)
			done[i] = true;
		line.rules |= bit(entry->rule);
		if (entry->cause)
			line.cause = entry->cause;
	}
	return line;
}

static struct line peek_line(const struct block *block, size_t from)
{
	return collect_line(block, from, NULL);
}

static struct line take_line(struct block *block, size_t from)
{
	return collect_line(block, from, block->done);
}

/* True when entry I is the only one of its member. */
static bool alone(const struct diff_type *type, size_t i)
{
	bool before = i && !strcmp(type->entries[i - 1].path, type->entries[i].path);
	bool behind = i + 1 < type->n && !strcmp(type->entries[i + 1].path, type->entries[i].path);

	return !before && !behind;
}

static bool folds_with(const struct block *block, size_t first, size_t i)
{
	const struct diff_entry *a = &block->type->entries[first], *b = &block->type->entries[i];

	return !block->done[i] && a->rule == b->rule && alone(block->type, i) && !b->old_path &&
	       distance(a) == distance(b) && same_text(a->cause, b->cause);
}

static void put_cause(struct block *block, const char *cause)
{
	if (cause)
		text_add(block->paper->out, ", because of %s", cause);
}

/* How many entries fold with entry FIRST. */
static size_t count_folded(const struct block *block, size_t first)
{
	size_t n = 0;

	for (size_t i = first; i < block->type->n; i++)
		n += folds_with(block, first, i);
	return n;
}

/* One line for all members (enumerators) that only moved (got another number), by one distance. */
static void put_folded(struct block *block, size_t first)
{
	const struct diff_entry *entry = &block->type->entries[first], *last = entry;
	bool moved = entry->rule == RULE_MOVED;
	struct text *out = block->paper->out;
	size_t n = 0;

	for (size_t i = first; i < block->type->n; i++)
		if (folds_with(block, first, i)) {
			block->done[i] = true;
			last = &block->type->entries[i];
			n++;
		}
	text_add(out, "  %zu %s%s %s by ", n, moved ? "member" : "enumerator", n == 1 ? "" : "s",
		 moved ? "moved" : "renumbered");
	if (moved)
		put_distance(out, distance(entry));
	else
		text_add(out, "%+" PRId64, distance(entry));
	put_cause(block, moved ? entry->cause : NULL);
	text_add(out, ": %s", entry->path);
	if (n > 1)
		text_add(out, "%s %s", n > 2 ? " ..." : ",", last->path);
	text_puts(out, "\n");
}

static void put_embedded(struct block *block, size_t first)
{
	struct list list;

	list_init(&list, block->paper, 4);
	text_puts(block->paper->out, "  changed inside: ");
	for (size_t i = first; i < block->type->n; i++) {
		const struct diff_entry *entry = &block->type->entries[i];

		if (block->done[i] || entry->rule != RULE_EMBEDDED_CHANGED ||
		    !alone(block->type, i))
			continue;
		block->done[i] = true;
		list_add(&list, "%s (%s)", entry->path,
			 entry->cause ? entry->cause : entry->new_type);
	}
	list_end(&list);
}

static void put_added(struct block *block, const struct line *line)
{
	const struct diff_entry *entry = line->at;
	bool added = line->rules & bit(RULE_ADDED);
	struct text *out = block->paper->out;

	paper_paint(block->paper, added ? PAINT_GREEN : PAINT_RED, "  %c %s", added ? '+' : '-',
		    entry->path);
	text_puts(out, "  ");
	put_type(out, added ? entry->new_type : entry->old_type);
	text_puts(out, added ? " at " : " was at ");
	put_bits(out, added ? entry->new_bit : entry->old_bit);
	text_puts(out, line->rules & bit(RULE_UNION_ARM) ? ", in a union\n" : "\n");
}

static void put_candidate(struct block *block, const struct line *line)
{
	const struct diff_entry *entry = line->at;
	struct text *out = block->paper->out;

	paper_paint(block->paper, PAINT_YELLOW, "  ? %s", entry->path);
	text_add(out, "  %s %s", entry->rule == RULE_NESTING ? "may be" : "may be the renamed",
		 entry->old_path);
	if (strcmp(entry->old_type, entry->new_type) != 0) {
		text_puts(out, ", ");
		put_type(out, entry->old_type);
		text_puts(out, " -> ");
		put_type(out, entry->new_type);
	}
	text_puts(out, "\n");
}

static void put_enumerator(struct block *block, const struct diff_entry *entry)
{
	struct text *out = block->paper->out;

	switch (entry->rule) {
	case RULE_ENUMERATOR_ADDED:
		paper_paint(block->paper, PAINT_GREEN, "  + %s", entry->path);
		text_add(out, " = %" PRId64 "\n", (int64_t)entry->new_value);
		break;
	case RULE_ENUMERATOR_REMOVED:
		paper_paint(block->paper, PAINT_RED, "  - %s", entry->path);
		text_add(out, " = %" PRId64 "\n", (int64_t)entry->old_value);
		break;
	default:
		paper_paint(block->paper, PAINT_YELLOW, "  ~ %s", entry->path);
		text_add(out, "  %" PRId64 " -> %" PRId64 "\n", (int64_t)entry->old_value,
			 (int64_t)entry->new_value);
	}
}

/* What the arrows do not say: the rules, as `carryover explain` knows them. */
static void put_rules(struct block *block, const struct line *line)
{
	uint32_t rules = line->rules & ~bit(RULE_MOVED);
	const char *between = "  [";

	if (rules & ~bit(RULE_UNION_ARM))
		rules &= ~bit(RULE_UNION_ARM);
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		if (rules & bit(rule)) {
			text_add(block->paper->out, "%s%s", between, rule_id(rule));
			between = " ";
		}
	text_puts(block->paper->out, "]");
	put_cause(block, line->cause);
}

/* The same change of the same types, whatever member it happened to. */
static bool same_change(const struct line *a, const struct line *b)
{
	return a->rules == b->rules && !b->at->old_path && same_text(a->cause, b->cause) &&
	       same_text(a->at->old_type, b->at->old_type) &&
	       same_text(a->at->new_type, b->at->new_type);
}

/* The last of the lines that follow FROM with the same change, which are then done. */
static struct line take_alike(struct block *block, const struct line *line, size_t from, size_t *n)
{
	uint32_t plain = bit(RULE_ADDED) | bit(RULE_REMOVED);
	struct line last = *line;

	*n = 1;
	for (size_t i = from + 1; i < block->type->n && !(line->rules & plain); i++) {
		struct line next;

		if (block->done[i])
			continue;
		next = peek_line(block, i);
		if (!same_change(line, &next))
			break;
		last = take_line(block, i);
		++*n;
	}
	return last;
}

static void put_offsets(struct block *block, const struct diff_entry *entry)
{
	struct text *out = block->paper->out;

	text_puts(out, " at ");
	put_bits(out, entry->old_bit);
	if (entry->old_bit != entry->new_bit) {
		text_puts(out, " -> ");
		put_bits(out, entry->new_bit);
	}
}

static void put_changed(struct block *block, const struct line *line, size_t from)
{
	const struct diff_entry *entry = line->at;
	struct text *out = block->paper->out;
	size_t n;
	struct line last = take_alike(block, line, from, &n);

	paper_paint(block->paper, PAINT_YELLOW, "  ~ %s", entry->path);
	if (n > 1)
		paper_paint(block->paper, PAINT_YELLOW, "%s %s (%zu members)", n > 2 ? " ..." : ",",
			    last.at->path, n);
	text_puts(out, "  ");
	put_type(out, entry->old_type);
	if (strcmp(entry->old_type, entry->new_type) != 0) {
		text_puts(out, " -> ");
		put_type(out, entry->new_type);
	}
	if (n == 1)
		put_offsets(block, entry);
	put_rules(block, line);
	text_puts(out, "\n");
}

/* The type as a whole; its size stands in the heading. */
static void put_whole(struct block *block, const struct diff_entry *entry)
{
	if (entry->rule == RULE_ALIGNMENT)
		text_add(block->paper->out, "  alignment %" PRIu64 " -> %" PRIu64, entry->old_value,
			 entry->new_value);
	else if (entry->cause && !diff_is_root(block->type))
		text_puts(block->paper->out, "  resized");
	else if (block->type->n > 1)
		return;
	else
		text_puts(block->paper->out, "  only its size or padding");
	put_cause(block, entry->cause);
	text_puts(block->paper->out, "\n");
}

static void put_entry(struct block *block, size_t i)
{
	const struct diff_entry *entry = &block->type->entries[i];
	struct line line;

	if (!*entry->path) {
		block->done[i] = true;
		put_whole(block, entry);
		return;
	}
	if (alone(block->type, i) && !entry->old_path &&
	    (entry->rule == RULE_MOVED ||
	     (entry->rule == RULE_ENUMERATOR_RENUMBERED && count_folded(block, i) > 1))) {
		put_folded(block, i);
		return;
	}
	if (entry->rule == RULE_EMBEDDED_CHANGED && alone(block->type, i)) {
		put_embedded(block, i);
		return;
	}
	line = take_line(block, i);
	if (line.rules & (bit(RULE_ADDED) | bit(RULE_REMOVED)))
		put_added(block, &line);
	else if (entry->old_path)
		put_candidate(block, &line);
	else if (entry->old_type)
		put_changed(block, &line, i);
	else
		put_enumerator(block, entry);
}

void report_members(struct paper *paper, const struct diff *diff, const struct diff_type *type)
{
	struct arena arena;
	struct block block = {.paper = paper, .diff = diff, .type = type};

	arena_init(&arena);
	block.done = ARENA_NEW_ARRAY(&arena, type->n + 1, bool);
	for (size_t i = 0; i < type->n; i++)
		if (!block.done[i])
			put_entry(&block, i);
	arena_deinit(&arena);
}
