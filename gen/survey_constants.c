// SPDX-License-Identifier: GPL-2.0-or-later
/* What became of the constants of which a mapping says that a flag word is made of them. */
#include "survey.h"

static void warn_change(const struct type_decisions *type, const struct decision *decision,
			const struct constants_diff *diff, enum constant_change change,
			struct arena *arena, struct diags *diags)
{
	if (diff->by[change])
		diag_add(diags, DIAG_WARNING, decision->constants_prefix.at, "%s.%s: %s",
			 type->type.text, decision->path.text,
			 headers_list(diff, change, 0, arena));
}

static bool decision_check(const struct survey_input *input, const struct type_decisions *type,
			   const struct decision *decision, struct diags *diags)
{
	struct headers *headers = input->headers;
	struct constants_diff diff;

	if (!decision->constants_header.text || is_todo(&decision->constants_prefix) ||
	    is_todo(&decision->constants_header))
		return true;
	if (!headers_compare(headers, decision->constants_prefix.text,
			     decision->constants_header.text, decision->constants_header.at, &diff,
			     diags))
		return false;
	for (enum constant_change change = 0; change < CONSTANT_UNSEEN; change++)
		warn_change(type, decision, &diff, change, &headers->arena, diags);
	if (headers->verbose)
		warn_change(type, decision, &diff, CONSTANT_UNSEEN, &headers->arena, diags);
	else if (diff.by[CONSTANT_UNSEEN])
		diag_add(diags, DIAG_WARNING, decision->constants_prefix.at,
			 "%s.%s: %zu constants %s... cannot be compared; -v names them",
			 type->type.text, decision->path.text, diff.by[CONSTANT_UNSEEN],
			 decision->constants_prefix.text);
	constants_diff_deinit(&diff);
	return true;
}

bool survey_constants(const struct survey_input *input, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; input->headers && input->mapping && i < input->mapping->types.n; i++) {
		const struct type_decisions *type = &input->mapping->types.at[i];

		for (size_t k = 0; k < type->members.n; k++)
			good &= decision_check(input, type, &type->members.at[k], diags);
	}
	return good;
}
