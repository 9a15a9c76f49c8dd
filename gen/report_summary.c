/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

static bool is_resized(const struct diff_type *type)
{
	return type->n && type->kind != KIND_ENUM && type->entries[0].rule == RULE_SIZE_CHANGED;
}

struct diff_summary report_summary(const struct diff *diff)
{
	struct diff_summary summary = {
		.compared = diff->compared,
		.carriers = diff->by_status[DIFF_CARRIER],
		.added = diff->by_status[DIFF_ADDED],
		.removed = diff->by_status[DIFF_REMOVED],
		.ambiguous = diff->by_status[DIFF_AMBIGUOUS],
	};

	for (size_t i = 0; i < diff->n; i++) {
		const struct diff_type *type = &diff->at[i];

		if (type->status != DIFF_CHANGED)
			continue;
		summary.changed[type->kind]++;
		summary.followers += !diff_is_root(type);
		summary.resized += is_resized(type);
	}
	return summary;
}
