/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a finding weighs, and the verdict over all. */
#include "check.h"

#include <string.h>

/* What a rule weighs when nothing is said. */
static enum finding_level level_of_rule(const struct config *config, const char *rule)
{
	static const char *const warnings[] = {"HIDDEN_ENUM", "WAIVER_UNUSED", "CONFIG",
					       "COMPILER"};
	const struct config_level *said = config_level(config, rule);

	if (said)
		return (enum finding_level)said->level;
	/* No object of a new type can be there; and what is skipped always is, it has no C. */
	if (!strcmp(rule, "TYPE_ADDED") || !strcmp(rule, "INPUT_SKIPPED"))
		return FINDING_NOTE;
	for (size_t i = 0; i < sizeof(warnings) / sizeof(*warnings); i++)
		if (!strcmp(rule, warnings[i]))
			return FINDING_WARNING;
	return FINDING_ERROR;
}

static bool passes(enum config_profile profile, enum finding_state state)
{
	switch (profile) {
	case PROFILE_MAPPED:
		return state == FINDING_AUTOMATIC || state == FINDING_COVERED;
	case PROFILE_CONVERTIBLE:
		return state == FINDING_AUTOMATIC;
	default:
		return false;
	}
}

enum finding_level check_level(const struct config *config, const char *rule,
			       enum finding_state state)
{
	enum finding_level level = level_of_rule(config, rule);

	return level > FINDING_NOTE && passes(config->profile, state) ? FINDING_NOTE : level;
}

/* ---- the verdict --------------------------------------------------------------------------------
 */

struct tally {
	size_t automatic, covered, open, stale, never, mapping, waivers, inputs;
};

static void count(const struct finding *finding, struct tally *tally)
{
	const char *rule = finding->rule;

	if (!strcmp(rule, "STALE_DECISION"))
		tally->stale++;
	else if (!strcmp(rule, "UNDECIDED") || !strcmp(rule, "HIDDEN_ENUM"))
		tally->open++;
	else if (!strcmp(rule, "MAPPING"))
		tally->mapping++;
	else if (!strncmp(rule, "WAIVER_", 7))
		tally->waivers++;
	else if (!*finding->type)
		tally->inputs++;
	else if (finding->state == FINDING_UNCONVERTIBLE)
		tally->never++;
	else if (finding->state == FINDING_NEEDS_DECISION)
		tally->open++;
	else if (finding->state == FINDING_COVERED)
		tally->covered++;
	else if (finding->state == FINDING_AUTOMATIC)
		tally->automatic++;
}

static void put(struct text *out, size_t n, const char *one, const char *many)
{
	if (n)
		text_add(out, "%s%zu %s", out->n ? ", " : "", n, n == 1 ? one : many);
}

static void put_errors(struct text *out, const struct tally *tally)
{
	put(out, tally->open, "change needs a decision", "changes need a decision");
	put(out, tally->stale, "decision is stale", "decisions are stale");
	put(out, tally->never, "change no mapping can carry", "changes no mapping can carry");
	put(out, tally->mapping, "line of the mapping does not hold",
	    "lines of the mapping do not hold");
	put(out, tally->covered, "change is covered by the mapping",
	    "changes are covered by the mapping");
	put(out, tally->automatic, "change converts by itself", "changes convert by themselves");
	put(out, tally->waivers, "waiver does not hold", "waivers do not hold");
	put(out, tally->inputs, "finding about the inputs", "findings about the inputs");
}

static void put_clean(struct text *out, const struct findings *findings, const struct tally *tally)
{
	put(out, tally->automatic, "change converts by itself", "changes convert by themselves");
	put(out, tally->covered, "change is covered by the mapping",
	    "changes are covered by the mapping");
	put(out, tally->open + tally->never + tally->stale, "change is left open",
	    "changes are left open");
	put(out, findings->waived, "is waived", "are waived");
	put(out, findings->by_level[FINDING_NONE], "finding is of level none",
	    "findings are of level none");
}

void check_verdict(struct findings *findings)
{
	struct tally tally = {0};
	struct text out;

	for (size_t i = 0; i < findings->list.n; i++) {
		const struct finding *finding = &findings->list.at[i];

		if (!finding->waived_by && (!findings->failed || finding->level == FINDING_ERROR))
			count(finding, &tally);
	}
	text_init(&out);
	if (findings->failed)
		put_errors(&out, &tally);
	else
		put_clean(&out, findings, &tally);
	if (findings->failed)
		findings->verdict = arena_printf(&findings->arena, "drift: %s", text_string(&out));
	else if (out.n)
		findings->verdict =
			arena_printf(&findings->arena, "no drift that is not accounted for: %s",
				     text_string(&out));
	else
		findings->verdict =
			arena_printf(&findings->arena, "no drift: %zu type%s, all the same",
				     findings->types, findings->types == 1 ? "" : "s");
	text_deinit(&out);
}
