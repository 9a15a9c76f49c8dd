/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map: integers that may hold values of a renumbered enum, and that nobody decided. */
#include <string.h>

#include "../schema/hidden_enums.h"
#include "survey.h"

/* PATH is ABOVE, or lies in it. */
static bool within(const char *path, const char *above)
{
	size_t n = strlen(above);

	return !strncmp(path, above, n) && (!path[n] || path[n] == '.' || path[n] == '[');
}

/* The mapping speaks of the member, or leaves it out of a view. */
static bool is_decided(const struct type_decisions *decisions, const char *path)
{
	bool carried = !decisions || !decisions->has_carry;

	for (size_t i = 0; decisions && i < decisions->members.n; i++)
		if (within(path, decisions->members.at[i].path.text))
			return true;
	for (size_t i = 0; decisions && i < decisions->carry.n; i++)
		carried |= within(path, decisions->carry.at[i].text);
	return !carried;
}

/* Changed types are listed, and asked about, also where nobody carries them: those are not. */
void survey_hidden(const struct survey_input *input, const struct survey *survey,
		   struct diags *diags)
{
	struct hidden_enums hidden;

	hidden_init(input->diff, &hidden);
	for (size_t i = 0; i < survey->n && hidden.enums.n; i++) {
		const struct surveyed *type = survey->at[i];
		struct place at = {.file = NULL};
		struct hidden_ties ties = {.n = 0};

		if (survey->has_roots && type->reach != REACH_CARRIED)
			continue;
		if (type->decisions)
			at = type->decisions->type.at;
		hidden_find(&hidden, type->old_id, type->new_id, &ties);
		for (size_t k = 0; k < ties.n; k++)
			if (!is_decided(type->decisions, ties.at[k].path))
				hidden_warn(&hidden, &ties.at[k], type->label, at, diags);
		VEC_FREE(&ties);
	}
	hidden_deinit(&hidden);
}
