/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares releases each with each, in what the roots reach. */
#include "compat.h"

#include <stdlib.h>
#include <string.h>

#include "../schema/select.h"
#include "stats.h"

struct reached {
	type_id *ids; /* what the roots reach; all types when there are none */
	size_t n;
	type_id *roots; /* by the input's roots; TYPE_NONE: this release has none of that name */
};

struct comparer {
	const struct compat_input *input;
	struct compat *compat;
	struct reached *reach; /* by release */
	struct diags *diags;
};

const char *compat_verdict_word(enum compat_verdict verdict)
{
	static const char *const words[COMPAT_VERDICTS] = {"same", "automatic", "needs-mapping",
							   "has-mapping", "cold-boot"};

	return words[verdict];
}

/* ---- what the roots reach ---------------------------------------------------------------------- */

/* Nobody has LABEL: the last release says what it has instead. */
static bool root_find(struct comparer *comparer, size_t root)
{
	const struct compat_input *input = comparer->input;
	const char *label = input->roots[root];
	bool found = false, good = true;

	for (size_t i = 0; i < input->n; i++) {
		const struct model *model = &input->models[i];
		type_id id = TYPE_NONE;

		comparer->reach[i].roots[root] = TYPE_NONE;
		if (!model_lookup(model, label, &id, NULL, 0))
			continue;
		found = true;
		if (model_require(model, label, (struct place){0}, comparer->diags, &id))
			comparer->reach[i].roots[root] = strip(model, id);
		else
			good = false;
	}
	if (!found) {
		type_id id;

		return model_require(&input->models[input->n - 1], label, (struct place){0},
				     comparer->diags, &id);
	}
	return good;
}

static size_t count_types(const struct model *model, const struct reached *reach)
{
	size_t n = 0;

	for (size_t i = 0; i < reach->n; i++) {
		const struct type *type = type_at(model, reach->ids[i]);

		n += (type->kind == KIND_STRUCT || type->kind == KIND_UNION ||
		      type->kind == KIND_ENUM) &&
		     type_label(model, reach->ids[i]) && !(type->flags & TYPE_DECLARATION);
	}
	return n;
}

static void reach_make(struct comparer *comparer, size_t release)
{
	const struct compat_input *input = comparer->input;
	const struct model *model = &input->models[release];
	struct reached *reach = &comparer->reach[release];
	struct arena *arena = &comparer->compat->arena;
	type_id *present = ARENA_NEW_ARRAY(arena, input->n_roots + 1, type_id);
	struct selection selection;
	size_t n = 0;

	for (size_t i = 0; i < input->n_roots; i++)
		if (reach->roots[i] != TYPE_NONE)
			present[n++] = reach->roots[i];
	if (input->n_roots && !n)
		return;
	select_closure(model, present, n, true, &selection);
	reach->ids = ARENA_NEW_ARRAY(arena, selection.n + 1, type_id);
	reach->n = selection.n;
	for (size_t i = 0; i < selection.n; i++)
		reach->ids[i] = selection.ids[i];
	selection_deinit(&selection);
	comparer->compat->releases[release].types = count_types(model, reach);
}

/* ---- one pair ---------------------------------------------------------------------------------- */

static void cold_add(struct comparer *comparer, struct compat_pair *pair, const char *why)
{
	if (!pair->cold)
		pair->cold = ARENA_NEW_ARRAY(&comparer->compat->arena, comparer->input->n_roots + 1,
					     const char *);
	pair->cold[pair->n_cold++] = why;
	pair->verdict = COMPAT_COLD;
}

/*
 * Roots that are not on both sides, or not as the same kind of type: nothing can say how they cross. Where neither side has
 * any root, nothing was compared.
 */
static void find_cold(struct comparer *comparer, size_t from, size_t to, const struct diff *diff,
		      struct compat_pair *pair)
{
	const struct compat_input *input = comparer->input;
	struct arena *arena = &comparer->compat->arena;
	const struct compat_release *releases = comparer->compat->releases;

	for (size_t i = 0; i < input->n_roots; i++) {
		type_id old = comparer->reach[from].roots[i], new = comparer->reach[to].roots[i];
		const char *label = input->roots[i];

		if (old == TYPE_NONE && new == TYPE_NONE) {
			if (!comparer->reach[from].n && !comparer->reach[to].n)
				cold_add(comparer, pair,
					 arena_printf(arena, "%s: neither has such a type", label));
			continue;
		}
		if (old == TYPE_NONE || new == TYPE_NONE)
			cold_add(comparer, pair,
				 arena_printf(arena, "%s: %s has no such type", label,
					      releases[old == TYPE_NONE ? from : to].name));
		else if (diff_new_of(diff, old) != new)
			cold_add(comparer, pair,
				 arena_printf(arena, "%s: nothing says which type of %s it became",
					      label, releases[to].name));
	}
}

/* Enumerators that got another value, or that are gone: whoever holds the enum is asked. */
static size_t enum_decisions(const struct diff_type *type)
{
	for (size_t i = 0; i < type->n; i++)
		if (type->entries[i].rule == RULE_ENUMERATOR_REMOVED ||
		    type->entries[i].rule == RULE_ENUMERATOR_RENUMBERED)
			return 1;
	return 0;
}

static void count_pair(struct comparer *comparer, const struct diff *diff, struct compat_pair *pair)
{
	struct survey_input input = {.diff = diff, .idioms = comparer->input->idioms};
	struct survey none = {0};
	struct pair_stats stats;

	stats_count(&input, &none, &stats);
	pair->changed = diff->by_status[DIFF_CHANGED];
	pair->automatic = stats.members[CHANGE_AUTOMATIC] + stats.members[CHANGE_ACKNOWLEDGE];
	pair->decisions = stats.members[CHANGE_ADDED] + stats.members[CHANGE_SIGNATURE] +
			  stats.members[CHANGE_DECIDE] + diff->by_status[DIFF_AMBIGUOUS];
	for (size_t i = 0; i < diff->n; i++)
		if (diff->at[i].kind == KIND_ENUM && diff->at[i].status == DIFF_CHANGED)
			pair->decisions += enum_decisions(&diff->at[i]);
}

static void ask_mapping(struct comparer *comparer, size_t from, size_t to, struct compat_pair *pair)
{
	const struct compat_input *input = comparer->input;

	if (!input->mapping)
		return;
	pair->mapping = input->mapping(input->data, from, to, &comparer->compat->arena,
				       &pair->wrong, &pair->missing);
	if (pair->mapping && !pair->wrong && !pair->missing)
		pair->verdict = COMPAT_HAS;
}

static void compare_pair(struct comparer *comparer, size_t from, size_t to)
{
	const type_id none = TYPE_VOID;
	const struct compat_input *input = comparer->input;
	const struct reached *old = &comparer->reach[from], *new = &comparer->reach[to];
	struct compat_pair *pair = &comparer->compat->pairs[from * input->n + to];
	struct diff_scope scope = {
		.old_ids = old->n ? old->ids : &none,
		.new_ids = new->n ? new->ids : &none,
		.n_old = old->n,
		.n_new = new->n,
	};
	struct diff diff;

	diff_models(&input->models[from], &input->models[to], input->n_roots ? &scope : NULL,
		    &diff);
	pair->verdict = COMPAT_SAME;
	if (diff.n) {
		count_pair(comparer, &diff, pair);
		pair->verdict = pair->decisions ? COMPAT_NEEDS : COMPAT_AUTOMATIC;
		ask_mapping(comparer, from, to, pair);
	}
	find_cold(comparer, from, to, &diff, pair);
	diff_deinit(&diff);
}

static void compare_all(struct comparer *comparer)
{
	const struct compat_input *input = comparer->input;
	uint64_t done = 0, total = input->n * (input->n - 1);

	for (size_t from = 0; from < input->n; from++) {
		for (size_t to = 0; to < input->n; to++) {
			if (from == to)
				continue;
			if (input->progress)
				input->progress(input->progress_data, "comparing releases", done++,
						total);
			compare_pair(comparer, from, to);
		}
	}
}

/* ---- the fourth number ------------------------------------------------------------------------- */

/* The first two numbers of a release, which begin a series: `6.1` of 6.1.192-1. */
static size_t series_length(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot ? (size_t)(dot + 1 - name) + strspn(dot + 1, "0123456789") : strlen(name);
}

static bool same_series(const char *a, const char *b)
{
	size_t n = series_length(a);

	return n == series_length(b) && !strncmp(a, b, n);
}

/* The numbers that NAME, a release, begins with, and NUMBER behind them; NULL when it begins with none. */
static const char *fourth(struct arena *arena, const char *name, unsigned int number)
{
	size_t n = name ? strspn(name, "0123456789.") : 0;

	while (n && name[n - 1] == '.')
		n--;
	return n ? arena_printf(arena, "%.*s.%u", (int)n, name, number) : NULL;
}

/* The release before it in its series counts on, unless all layouts in reach are the same. */
static void number_releases(const struct compat_input *input, struct compat *compat)
{
	for (size_t i = 0; i < compat->n; i++) {
		struct compat_release *release = &compat->releases[i];
		size_t before = i;

		while (before-- > 0)
			if (same_series(compat->releases[before].name, release->name))
				break;
		if (before != SIZE_MAX)
			release->number =
				compat->releases[before].number +
				(compat->pairs[before * compat->n + i].verdict != COMPAT_SAME);
		release->version =
			fourth(&compat->arena, input->models[i].info.release, release->number);
	}
}

/* ---- all of it --------------------------------------------------------------------------------- */

static const char *scope_words(const struct compat_input *input, struct arena *arena)
{
	const char *words = input->n_roots ? input->roots[0] : "all types";

	for (size_t i = 1; i < input->n_roots; i++)
		words = arena_printf(arena, "%s, %s", words, input->roots[i]);
	return input->n_roots ? arena_printf(arena, "%s and what %s", words,
					     input->n_roots > 1 ? "they reach" : "it reaches")
			      : words;
}

bool compat_make(const struct compat_input *input, struct compat *compat, struct diags *diags)
{
	struct comparer comparer = {.input = input, .compat = compat, .diags = diags};
	bool good = true;

	*compat = (struct compat){.n = input->n};
	arena_init(&compat->arena);
	compat->scope = scope_words(input, &compat->arena);
	compat->releases = ARENA_NEW_ARRAY(&compat->arena, input->n, struct compat_release);
	compat->pairs = ARENA_NEW_ARRAY(&compat->arena, input->n * input->n, struct compat_pair);
	comparer.reach = ARENA_NEW_ARRAY(&compat->arena, input->n, struct reached);
	for (size_t i = 0; i < input->n; i++) {
		const struct model_info *info = &input->models[i].info;

		compat->releases[i].name = info->release ? info->release
					   : info->name	 ? info->name
							 : "?";
		comparer.reach[i].roots =
			ARENA_NEW_ARRAY(&compat->arena, input->n_roots + 1, type_id);
	}
	for (size_t i = 0; i < input->n_roots; i++)
		good &= root_find(&comparer, i);
	if (!good)
		return false;
	for (size_t i = 0; i < input->n; i++)
		reach_make(&comparer, i);
	compare_all(&comparer);
	number_releases(input, compat);
	return true;
}

void compat_deinit(struct compat *compat)
{
	arena_deinit(&compat->arena);
}
