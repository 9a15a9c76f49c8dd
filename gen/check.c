/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every change becomes a finding: by what the plan does with it, or without one by what `map` asks. */
#include "check_internal.h"

#include "../schema/kernel_config.h"

#include <string.h>

/* ---- parts --------------------------------------------------------------------------------------
 */

const struct classification *judge_parts(struct judge *judge, type_id new_id)
{
	type_id old_id = new_id == TYPE_NONE ? TYPE_NONE : diff_old_of(judge->diff, new_id);

	if (old_id == TYPE_NONE || !is_record(judge->diff->new, new_id))
		return NULL;
	if (!judge->classified[new_id])
		classify_types(judge->diff, judge->input->idioms, old_id, new_id,
			       &judge->parts[new_id]);
	judge->classified[new_id] = true;
	return &judge->parts[new_id];
}

/* PATH is BELOW, or a member or an element of it. */
static bool within(const char *path, const char *below)
{
	size_t n = strlen(below);

	return !strncmp(path, below, n) && (!path[n] || path[n] == '.' || path[n] == '[');
}

const struct part *judge_part(struct judge *judge, type_id new_id, const char *path,
			      const char *old_path)
{
	const struct classification *parts = judge_parts(judge, new_id);
	const struct part *found = NULL;

	if (!parts)
		return NULL;
	if (path)
		found = part_find(parts, judge->diff->new, new_id, path);
	for (size_t i = 0; i < parts->n && !found; i++) {
		const struct part *part = &parts->at[i];

		if (part->path ? path && within(path, part->path)
			       : old_path && within(old_path, part->old_path))
			found = part;
	}
	return found;
}

/* ---- without a mapping
 * -------------------------------------------------------------------------- */

/* Nothing that somebody would have to say more about. */
static bool moves_alone(enum rule rule)
{
	return rule == RULE_MOVED || rule == RULE_SIZE_CHANGED || rule == RULE_ALIGNMENT ||
	       rule == RULE_ENUMERATOR_ADDED;
}

static void judge_entry(struct judge *judge, const struct diff_type *type, struct finding *finding)
{
	const struct diff_entry *entry = finding->entry;
	const struct part *part = NULL;
	bool is_new = entry->new_type;

	finding->state = FINDING_AUTOMATIC;
	if (moves_alone(entry->rule))
		return;
	if (type->kind != KIND_ENUM)
		part = judge_part(judge, type->new_id, is_new ? entry->path : NULL,
				  is_new	    ? NULL
				  : entry->old_path ? entry->old_path
						    : entry->path);
	if (part && part->verdict == VERDICT_AUTOMATIC)
		return;
	if (part && entry->rule == RULE_EMBEDDED_CHANGED && part->verdict == VERDICT_ACKNOWLEDGE)
		return;
	finding->state = FINDING_NEEDS_DECISION;
	if (part)
		finding->suggestion =
			check_suggest(judge, type->label, type->new_id, part, NULL, NULL);
}

/* ---- one change ---------------------------------------------------------------------------------
 */

static struct place declared(const struct judge *judge, const struct diff_type *type,
			     const struct diff_entry *entry)
{
	bool is_new = type->new_id != TYPE_NONE && (!entry || entry->new_line || !entry->old_line);
	const struct model *model = is_new ? judge->diff->new : judge->diff->old;
	const struct type *found = type_at(model, is_new ? type->new_id : type->old_id);
	uint32_t line = !entry ? 0 : is_new ? entry->new_line : entry->old_line;

	return (struct place){.file = found->file,
			      .line = found->file ? line ? line : found->line : 0};
}

/* Gives a finding, the last one, its level. */
static void settle(struct judge *judge, struct finding *finding)
{
	finding->level = check_level(judge->input->config, finding->rule, finding->state);
	findings_weighed(judge->findings);
}

static void judge_change(struct judge *judge, const struct diff_type *type,
			 const struct diff_entry *entry)
{
	struct finding *finding =
		findings_add(judge->findings, rule_id(entry->rule), type->label, entry->path);

	finding->entry = entry;
	finding->cause = entry->cause;
	finding->at = declared(judge, type, entry);
	finding->message = check_message(judge->arena, entry);
	finding->consequence = check_consequence(entry);
	if (!judge->plan)
		judge_entry(judge, type, finding);
	else if (!judge_by_plan(judge, type, finding)) {
		judge->findings->list.n--;
		return;
	}
	settle(judge, finding);
}

/* ---- whole types
 * --------------------------------------------------------------------------------- */

static bool is_root(const struct judge *judge, const char *label)
{
	const struct option_list *roots = judge->input->roots;

	for (size_t i = 0; roots && i < roots->n; i++)
		if (!strcmp(roots->at[i], label))
			return true;
	return false;
}

static void judge_whole(struct judge *judge, const struct diff_type *type)
{
	static const struct {
		const char *rule, *message, *consequence;
		enum finding_state state;
	} rows[] = {
		[DIFF_ADDED] = {"TYPE_ADDED", "only the new side has it",
				"no old object is of this type", FINDING_AUTOMATIC},
		[DIFF_REMOVED] = {"TYPE_REMOVED", "only the old side has it",
				  "objects of it have nowhere to go", FINDING_NEEDS_DECISION},
		[DIFF_AMBIGUOUS] =
			{"TYPE_AMBIGUOUS",
			 "several types have this name, and nothing tells which became which",
			 "what changed in them was not judged", FINDING_NEEDS_DECISION},
	};
	struct finding *finding =
		findings_add(judge->findings, rows[type->status].rule, type->label, "");

	finding->state = rows[type->status].state;
	if (type->status == DIFF_REMOVED && is_root(judge, type->label))
		finding->state = FINDING_UNCONVERTIBLE;
	finding->at = declared(judge, type, NULL);
	finding->message = rows[type->status].message;
	finding->consequence = rows[type->status].consequence;
	settle(judge, finding);
}

/* ---- all ----------------------------------------------------------------------------------------
 */

static bool *asked_ids(struct judge *judge, const struct type_set *set, const struct model *model)
{
	bool *in = ARENA_NEW_ARRAY(judge->arena, model->types.n + 1, bool);

	for (size_t i = 0; i < set->n; i++)
		in[strip(model, set->at[i])] = true;
	return in;
}

static bool is_asked(const struct judge *judge, const struct diff_type *type)
{
	if (!judge->in_new)
		return true;
	return (type->new_id != TYPE_NONE && judge->in_new[type->new_id]) ||
	       (type->old_id != TYPE_NONE && judge->in_old[type->old_id]);
}

static size_t count_found(const struct findings *findings)
{
	return findings->list.n + findings->by_level[FINDING_NONE];
}

static bool is_among(const struct option_list *labels, const struct model *model, type_id wanted)
{
	type_id id;

	for (size_t i = 0; labels && wanted != TYPE_NONE && i < labels->n; i++)
		if (model_lookup(model, labels->at[i], &id, NULL, 0) == 1 &&
		    strip(model, id) == wanted)
			return true;
	return false;
}

/* Somebody asked for TYPE itself, not only for what leads to it. */
static bool is_named(const struct judge *judge, const struct diff_type *type)
{
	const struct check_input *input = judge->input;

	return is_among(input->types, judge->diff->new, type->new_id) ||
	       is_among(input->roots, judge->diff->new, type->new_id) ||
	       is_among(input->types, judge->diff->old, type->old_id) ||
	       is_among(input->roots, judge->diff->old, type->old_id);
}

static bool judge_type(struct judge *judge, const struct diff_type *type);

/* A type that was asked for by its name, and that no root of the mapping leads to: nothing of it crosses. */
static bool judge_uncarried(struct judge *judge, const struct diff_type *type)
{
	const struct plan *plan = judge->plan;
	size_t first = judge->findings->list.n;
	bool found;

	judge->plan = NULL;
	found = judge_type(judge, type);
	judge->plan = plan;
	for (size_t i = first; i < judge->findings->list.n; i++) {
		struct finding *finding = &judge->findings->list.at[i];

		if (finding->state == FINDING_UNCONVERTIBLE)
			continue;
		finding->state = FINDING_NEEDS_DECISION;
		finding->level = check_level(judge->input->config, finding->rule, finding->state);
		finding->consequence =
			"the mapping does not carry this type: nothing of it crosses";
	}
	judge->uncarried++;
	return found;
}

/* Returns whether anything was found about TYPE, of whatever level. */
static bool judge_type(struct judge *judge, const struct diff_type *type)
{
	size_t before = count_found(judge->findings);

	if (judge->plan && !judge_carries(judge, type))
		return is_named(judge, type) && judge_uncarried(judge, type);
	if (type->status != DIFF_CHANGED && type->status != DIFF_CARRIER) {
		judge_whole(judge, type);
		return false; /* it was not compared */
	}
	for (size_t i = 0; i < type->n; i++)
		judge_change(judge, type, &type->entries[i]);
	return count_found(judge->findings) > before;
}

static void index_plan(struct judge *judge)
{
	const struct plan *plan = judge->plan;

	judge->by_new = ARENA_NEW_ARRAY(judge->arena, judge->diff->new->types.n + 1,
					const struct plan_type *);
	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];

		/* A type that becomes another one by a decision is none that the diff compared. */
		if (!type->is_part && diff_old_of(judge->diff, type->id[NEW]) == type->id[OLD])
			judge->by_new[type->id[NEW]] = type;
	}
	judge->answered = ARENA_NEW_ARRAY(judge->arena, plan->problems.n + 1, bool);
}

static void judge_init(struct judge *judge, const struct check_input *input,
		       struct findings *findings)
{
	size_t n = input->diff->new->types.n + 1;

	*judge = (struct judge){
		.input = input,
		.diff = input->diff,
		.findings = findings,
		.arena = &findings->arena,
		.plan = input->plan,
	};
	judge->parts = ARENA_NEW_ARRAY(judge->arena, n, struct classification);
	judge->classified = ARENA_NEW_ARRAY(judge->arena, n, bool);
	if (input->asked) {
		judge->in_old = asked_ids(judge, &input->asked->old, input->diff->old);
		judge->in_new = asked_ids(judge, &input->asked->new, input->diff->new);
	}
	if (judge->plan)
		index_plan(judge);
}

static void judge_deinit(struct judge *judge)
{
	for (size_t i = 0; i < judge->diff->new->types.n; i++)
		if (judge->classified[i])
			classification_deinit(&judge->parts[i]);
}

void check_judge(const struct check_input *input, struct findings *findings)
{
	struct judge judge;
	size_t changed = 0;

	judge_init(&judge, input, findings);
	for (size_t i = 0; i < input->diff->n; i++)
		if (is_asked(&judge, &input->diff->at[i]))
			changed += judge_type(&judge, &input->diff->at[i]);
	if (judge.plan)
		judge_problems(&judge);
	findings->types =
		judge.plan ? judge_carried(&judge) + judge.uncarried : input->diff->compared;
	findings->identical = findings->types > changed ? findings->types - changed : 0;
	judge_deinit(&judge);
}

/* ---- the inputs
 * ---------------------------------------------------------------------------------- */

static struct finding *about_inputs(const struct check_input *input, struct findings *findings,
				    const char *rule, const char *file)
{
	struct finding *finding = findings_add(findings, rule, "", "");

	finding->state = FINDING_NEEDS_DECISION;
	finding->level = check_level(input->config, rule, finding->state);
	finding->at = place_file(file);
	return finding;
}

/* Assembler has no types to miss; of a snapshot's units nothing is known but their number. */
static void judge_skipped(const struct check_input *input, const struct model *model,
			  struct findings *findings)
{
	for (enum skip_reason reason = SKIP_RUST; reason < SKIP_REASONS; reason++) {
		uint32_t n = model->info.evidence.skipped[reason];
		struct finding *finding;

		if (!n || model->info.format)
			continue;
		finding = about_inputs(input, findings, "INPUT_SKIPPED", model->info.name);
		finding->message = arena_printf(&findings->arena, "%u %s unit%s not read", n,
						skip_word(reason), n == 1 ? " was" : "s were");
		finding->consequence = "types that only they have were not compared";
		findings_weighed(findings);
	}
}

static void judge_compilers(const struct check_input *input, struct findings *findings)
{
	const struct model_info *old = &input->diff->old->info, *new = &input->diff->new->info;
	struct finding *finding;

	if (!old->compiler || !new->compiler || !strcmp(old->compiler, new->compiler))
		return;
	finding = about_inputs(input, findings, "COMPILER", new->name);
	finding->message = arena_printf(&findings->arena, "made by %s, was made by %s",
					new->compiler, old->compiler);
	finding->consequence = "what changed may come from the compiler, and from no source";
	findings_weighed(findings);
}

#define OPTIONS_MAX 5 /* that are named */

/* `CONFIG_HZ 250 -> 1000, CONFIG_SMP y -> not set, and 12 more`, where both sides say which are set. */
static const char *config_words(const struct model_info *old, const struct model_info *new,
				struct arena *arena)
{
	const char *words = "another configuration";
	struct config_change *changes;
	size_t n;

	if (!old->config_text || !new->config_text)
		return words;
	n = kernel_config_compare(old->config_text, new->config_text, arena, &changes);
	words = arena_printf(arena, "another configuration:");
	for (size_t i = 0; i < n && i < OPTIONS_MAX; i++)
		words = arena_printf(arena, "%s%s %s %s -> %s", words, i ? "," : "",
				     changes[i].name, changes[i].old ? changes[i].old : "not set",
				     changes[i].new ? changes[i].new : "not set");
	if (n > OPTIONS_MAX)
		words = arena_printf(arena, "%s, and %zu more", words, n - OPTIONS_MAX);
	return words;
}

static void judge_configs(const struct check_input *input, struct findings *findings)
{
	const struct model_info *old = &input->diff->old->info, *new = &input->diff->new->info;
	struct finding *finding;

	if (!old->config || !new->config || !strcmp(old->config, new->config))
		return;
	finding = about_inputs(input, findings, "CONFIG", new->name);
	finding->message = config_words(old, new, &findings->arena);
	finding->consequence = "what changed may come from the configuration, and from no source";
	findings_weighed(findings);
}

void check_inputs(const struct check_input *input, struct findings *findings)
{
	judge_configs(input, findings);
	judge_compilers(input, findings);
	judge_skipped(input, input->diff->old, findings);
	judge_skipped(input, input->diff->new, findings);
}
