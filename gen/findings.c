/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of findings: made, counted, put in order. */
#include "findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *id, *words;
} rules[] = {
#define ROW(id, words) {#id, words},
	RULES(ROW) CHECK_RULES(ROW)
#undef ROW
};

static const char *const ids[] = {
#define ID(id, words) #id,
	RULES(ID) CHECK_RULES(ID)
#undef ID
};

#define N_RULES (sizeof(rules) / sizeof(*rules))

const char *finding_rule_words(const char *id)
{
	for (size_t i = 0; i < N_RULES; i++)
		if (!strcmp(rules[i].id, id))
			return rules[i].words;
	return NULL;
}

const char *const *finding_rule_ids(size_t *n)
{
	*n = N_RULES;
	return ids;
}

const char *finding_state_word(enum finding_state state)
{
	static const char *const words[FINDING_STATES] = {
		[FINDING_IDENTICAL] = "identical", [FINDING_AUTOMATIC] = "automatic",
		[FINDING_COVERED] = "covered",	   [FINDING_NEEDS_DECISION] = "needs-decision",
		[FINDING_STALE] = "stale",	   [FINDING_UNCONVERTIBLE] = "unconvertible",
	};

	return words[state];
}

const char *finding_level_word(enum finding_level level)
{
	static const char *const words[FINDING_LEVELS] = {"none", "note", "warning", "error"};

	return words[level];
}

void findings_init(struct findings *findings, const struct diff *diff)
{
	*findings = (struct findings){
		.diff = diff, .profile = "layout", .scope = "all types", .verdict = ""};
	arena_init(&findings->arena);
}

void findings_deinit(struct findings *findings)
{
	VEC_FREE(&findings->list);
	arena_deinit(&findings->arena);
}

struct finding *findings_add(struct findings *findings, const char *rule, const char *type,
			     const char *member)
{
	struct finding *finding = VEC_PUSH(&findings->list);

	*finding = (struct finding){
		.rule = rule, .type = type, .member = member, .message = "", .consequence = ""};
	return finding;
}

void findings_weighed(struct findings *findings)
{
	const struct finding *last = &findings->list.at[findings->list.n - 1];

	if (last->level != FINDING_NONE)
		return;
	findings->list.n--;
	findings->by_level[FINDING_NONE]++;
}

/* A string and what tells it from the next one: "a" "bc" is not "ab" "c". */
static void feed(struct hash_stream *stream, const char *string)
{
	hash_stream_feed(stream, string ? "1" : "0", 1);
	if (string)
		hash_stream_feed(stream, string, strlen(string) + 1);
}

/* Numbers as text, so that a fingerprint is the same on every machine. */
static void feed_number(struct hash_stream *stream, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	feed(stream, text);
}

static void feed_entry(struct hash_stream *stream, const struct diff_entry *entry)
{
	const uint64_t numbers[] = {entry->old_bit,  entry->new_bit,   entry->old_bits,
				    entry->new_bits, entry->old_value, entry->new_value};

	feed(stream, entry->old_path);
	feed(stream, entry->old_type);
	feed(stream, entry->new_type);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		feed_number(stream, numbers[i]);
}

void finding_fingerprint(const struct finding *finding, char out[HASH128_HEX])
{
	struct hash_stream *stream = hash_stream_create();

	feed(stream, finding->rule);
	feed(stream, finding->type);
	feed(stream, finding->member);
	if (finding->entry)
		feed_entry(stream, finding->entry);
	else
		feed(stream, finding->about ? finding->about : finding->message);
	hash128_hex(hash_stream_finish(stream), out);
}

static bool about_input(const struct finding *finding)
{
	static const char *const of_input[] = {"CONFIG", "COMPILER", "INPUT_SKIPPED",
					       "READERS_DISAGREE", "BASELINE"};

	for (size_t i = 0; i < sizeof(of_input) / sizeof(*of_input); i++)
		if (!strcmp(finding->rule, of_input[i]))
			return true;
	return false;
}

/* Where a finding stands in its type: what has no offset any more or none at all comes last. */
static uint64_t offset_of(const struct finding *finding)
{
	if (!finding->entry)
		return NO_OFFSET;
	return finding->entry->new_bit != NO_OFFSET ? finding->entry->new_bit
						    : finding->entry->old_bit;
}

static int by_number(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = about_input(y) - about_input(x);

	if (!order)
		order = (int)y->level - (int)x->level;
	if (!order)
		order = strcmp(x->type, y->type);
	if (!order)
		order = by_number(offset_of(x), offset_of(y));
	if (!order)
		order = strcmp(x->member, y->member);
	if (!order)
		order = strcmp(x->rule, y->rule);
	return order ? order : strcmp(x->fingerprint, y->fingerprint);
}

void findings_finish(struct findings *findings)
{
	for (size_t i = 0; i < findings->list.n; i++) {
		struct finding *finding = &findings->list.at[i];

		finding_fingerprint(finding, finding->fingerprint);
		findings->by_state[finding->state]++;
		if (finding->waived_by)
			findings->waived++;
		else
			findings->by_level[finding->level]++;
	}
	if (findings->list.n)
		qsort(findings->list.at, findings->list.n, sizeof(*findings->list.at), compare);
	findings->failed = findings->by_level[FINDING_ERROR] > 0;
}
