/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover explain [RULE]: what a rule means, with an example and what to do; without one, all rules. */
#include "explain.h"
#include "findings.h"
#include "options.h"

#include <ctype.h>
#include <string.h>

/* As ids are written: `moved` and `rename-candidate` mean MOVED and RENAME_CANDIDATE. */
static const char *as_id(const char *word, struct arena *arena)
{
	char *id = arena_strdup(arena, word);

	for (char *at = id; *at; at++)
		*at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
	return id;
}

static void explain_one(const struct explain *explain, const struct options *options,
			struct text *out, struct diags *diags)
{
	const char *word = options->operands[0], *id = as_id(word, &diags->arena), *nearest;
	const struct rule_help *rule = explain_find(explain, id);
	const struct place nowhere = {0};
	size_t n;
	const char *const *ids = finding_rule_ids(&n);

	if (rule) {
		explain_put(rule, options->color, out);
		return;
	}
	diag_error(diags, nowhere, "no rule '%s'", word);
	nearest = nearest_word(id, ids, n);
	if (nearest)
		diag_note(diags, nowhere, "did you mean '%s'?", nearest);
	else
		diag_note(diags, nowhere, "`carryover explain` lists all rules");
}

int command_explain(const struct options *options, struct text *out, struct diags *diags)
{
	struct explain explain;

	if (explain_load(&explain, diags)) {
		if (options->n_operands)
			explain_one(&explain, options, out, diags);
		else
			explain_list(&explain, out);
	}
	explain_deinit(&explain);
	return 0;
}
