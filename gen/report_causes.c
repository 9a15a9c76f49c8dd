/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_causes.h"

#include <stdlib.h>
#include <string.h>

static int label_order(const void *va, const void *vb)
{
	const struct diff_type *const *a = va, *const *b = vb;
	int order = strcmp((*a)->label, (*b)->label);

	return order ? order : (*a < *b ? -1 : *a > *b);
}

const struct diff_type *causes_find(const struct causes *causes, const char *label)
{
	size_t low = 0, high = causes->diff->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(causes->by_label[middle]->label, label);

		if (!order)
			return causes->by_label[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *causes_main(const struct diff_type *type)
{
	for (size_t i = 0; i < type->n; i++)
		if (type->entries[i].rule != RULE_EMBEDDED_CHANGED)
			return type->entries[i].cause;
	return type->n ? type->entries[0].cause : NULL;
}

/* Climbs from cause to cause up to a root that is in the report. */
static size_t find_leader(const struct causes *causes, const struct diff_type *type)
{
	const struct diff_type *at = type;

	for (size_t steps = 0; steps < causes->diff->n && !diff_is_root(at); steps++) {
		const char *cause = causes_main(at);
		const struct diff_type *next = cause ? causes_find(causes, cause) : NULL;

		if (!next || next == at)
			break;
		at = next;
	}
	return at == type || !diff_is_root(at) ? NO_LEADER : (size_t)(at - causes->diff->at);
}

void causes_init(struct causes *causes, const struct diff *diff)
{
	size_t n = diff->n;

	*causes = (struct causes){.diff = diff};
	arena_init(&causes->arena);
	causes->by_label = ARENA_NEW_ARRAY(&causes->arena, n + 1, const struct diff_type *);
	causes->leader = ARENA_NEW_ARRAY(&causes->arena, n + 1, size_t);
	for (size_t i = 0; i < n; i++)
		causes->by_label[i] = &diff->at[i];
	if (n)
		qsort(causes->by_label, n, sizeof(*causes->by_label), label_order);
	for (size_t i = 0; i < n; i++)
		causes->leader[i] = find_leader(causes, &diff->at[i]);
}

void causes_deinit(struct causes *causes)
{
	arena_deinit(&causes->arena);
}
