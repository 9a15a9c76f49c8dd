/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

static bool is_resized(const struct diff_type *type)
{
	return type->n && type->kind != KIND_ENUM && type->entries[0].rule == RULE_SIZE_CHANGED;
}

struct diff_summary report_summary(const struct diff *diff)
{
	struct diff_summary summary = {.compared = diff->compared};
	size_t by_status[DIFF_AMBIGUOUS + 1] = {0};

	for (size_t i = 0; i < diff->n; i++) {
		const struct diff_type *type = &diff->at[i];

		if (type->is_constants) {
			summary.constants++;
			continue;
		}
		by_status[type->status]++;
		if (type->status != DIFF_CHANGED)
			continue;
		summary.changed[type->kind]++;
		summary.followers += !diff_is_root(type);
		summary.resized += is_resized(type);
	}
	summary.carriers = by_status[DIFF_CARRIER];
	summary.added = by_status[DIFF_ADDED];
	summary.removed = by_status[DIFF_REMOVED];
	summary.ambiguous = by_status[DIFF_AMBIGUOUS];
	return summary;
}
