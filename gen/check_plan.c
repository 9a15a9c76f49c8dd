/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the plan of a mapping does with a change, and what it says beyond changes. */
#include "check_internal.h"

#include <string.h>

/* PATH is BELOW, or a member or an element of it. */
static bool within(const char *path, const char *below)
{
	size_t n = strlen(below);

	return !strncmp(path, below, n) && (!path[n] || path[n] == '.' || path[n] == '[');
}

/* One lies in the other. */
static bool meets(const char *a, const char *b)
{
	return within(a, b) || within(b, a);
}

static const struct plan_type *plan_type_of(const struct judge *judge, type_id new_id)
{
	return new_id == TYPE_NONE ? NULL : judge->by_new[new_id];
}

/* ---- slots --------------------------------------------------------------------------------------
 */

static bool slot_holds(const struct slot *slot, const char *path, uint64_t bit)
{
	uint64_t end = slot->bit + slot->bits * (slot->count ? slot->count : 1);

	if (meets(path, slot->path) || within(path, slot->key))
		return true;
	return bit != NO_OFFSET && bit >= slot->bit && bit < end;
}

/* The slot that PATH lies in, or that lies in it: of several the one that weighs most, an open one, then
 * one that crosses. NULL: none. */
static const struct slot *slot_of(const struct plan_type *type, enum side side, const char *path,
				  uint64_t bit)
{
	const struct slot *best = NULL;

	for (size_t i = 0; i < type->slots[side].n; i++) {
		const struct slot *slot = &type->slots[side].at[i];

		if (!slot_holds(slot, path, bit))
			continue;
		if (slot->op == NO_INDEX)
			return slot;
		if (!best || (type->ops.at[best->op].way == CO_WAY_REST &&
			      type->ops.at[slot->op].way != CO_WAY_REST))
			best = slot;
	}
	return best;
}

/* ---- problems -----------------------------------------------------------------------------------
 */

/* Nothing but its place changed: that needs no decision, whatever else is asked of the member. */
static bool moves_alone(enum rule rule)
{
	return rule == RULE_MOVED || rule == RULE_SIZE_CHANGED || rule == RULE_ALIGNMENT ||
	       rule == RULE_ENUMERATOR_ADDED;
}

static bool is_about(const struct plan_problem *problem, const char *label, const char *path)
{
	if (!problem->type || strcmp(problem->type, label))
		return false;
	if (!problem->path)
		return true;
	return meets(path, problem->path) || (problem->key && meets(path, problem->key));
}

/* The problem that keeps PATH of TYPE from crossing, or NULL; of two, the one that is stale. */
static const struct plan_problem *problem_of(const struct judge *judge, const char *label,
					     const char *path)
{
	const struct plan_problem *best = NULL;

	for (size_t i = 0; i < judge->plan->problems.n; i++) {
		const struct plan_problem *problem = &judge->plan->problems.at[i];

		if (problem->kind == PROBLEM_HIDDEN || problem->kind == PROBLEM_WRONG ||
		    !is_about(problem, label, path))
			continue;
		if (!best || problem->kind == PROBLEM_STALE)
			best = problem;
	}
	return best;
}

static const struct diag *diag_of(const struct judge *judge, const struct plan_problem *problem)
{
	return &judge->input->said->at[problem->diag];
}

static const char *lines_for(struct judge *judge, const struct plan_problem *problem)
{
	const struct plan_type *type = NULL;
	const struct part *part;
	const struct decision *decision = NULL;

	for (size_t i = 0; i < judge->plan->types.n && !type; i++)
		if (!judge->plan->types.at[i]->is_part &&
		    !strcmp(judge->plan->types.at[i]->label, problem->type))
			type = judge->plan->types.at[i];
	if (problem->kind == PROBLEM_UNCONSUMED)
		return check_suggest_drop(judge, problem->type, type ? type->id[NEW] : TYPE_NONE,
					  problem->key ? problem->key : problem->path);
	if (!type || problem->kind != PROBLEM_UNDECIDED)
		return NULL;
	part = judge_part(judge, type->id[NEW], problem->path, NULL);
	if (!part && problem->key)
		part = judge_part(judge, type->id[NEW], problem->key, NULL);
	if (!part)
		return NULL;
	if (type->decisions)
		decision = decision_find(type->decisions, problem->key ? problem->key : part->path);
	return check_suggest(judge, problem->type, type->id[NEW], part, problem->key, decision);
}

/* FINDING is one of the changes that PROBLEM is about. */
static void take_problem(struct judge *judge, const struct plan_problem *problem,
			 struct finding *finding)
{
	const struct diag *diag = diag_of(judge, problem);

	finding->state = problem->kind == PROBLEM_STALE ? FINDING_STALE : FINDING_NEEDS_DECISION;
	finding->consequence = diag->text;
	finding->decided_at = problem->kind == PROBLEM_STALE ? diag->at : place_file(NULL);
	if (problem->kind != PROBLEM_STALE && diag->at.file &&
	    !strcmp(diag->at.file, judge->input->mapping->file))
		finding->consequence = arena_printf(judge->arena, "%s; see %s:%u", diag->text,
						    diag->at.file, diag->at.line);
	finding->suggestion = lines_for(judge, problem);
	if (problem->kind != PROBLEM_STALE)
		judge->answered[problem - judge->plan->problems.at] = true;
}

static void take_op(const struct op *op, struct finding *finding)
{
	finding->state = op->at.file ? FINDING_COVERED : FINDING_AUTOMATIC;
	finding->decided_at = op->at;
}

/* ---- enums --------------------------------------------------------------------------------------
 */

static type_id enum_of(const struct model *model, const struct slot *slot)
{
	return strip(model, slot->element);
}

/* What carries values of the enum ID: the worst of what becomes of them. */
static bool judge_enum(struct judge *judge, type_id id, struct finding *finding)
{
	bool found = false;

	for (size_t i = 0; i < judge->plan->types.n; i++) {
		const struct plan_type *type = judge->plan->types.at[i];

		for (size_t k = 0; k < type->slots[NEW].n; k++) {
			const struct slot *slot = &type->slots[NEW].at[k];
			const struct op *op = slot->op == NO_INDEX ? NULL : &type->ops.at[slot->op];
			const struct plan_problem *problem;

			if (enum_of(judge->diff->new, slot) != id || (op && op->way == CO_WAY_REST))
				continue;
			found = true;
			problem = op ? NULL : problem_of(judge, type->label, slot->path);
			if (!finding)
				return true;
			if (finding->state >= FINDING_NEEDS_DECISION)
				continue;
			if (problem)
				take_problem(judge, problem, finding);
			else if (op && op->at.file)
				take_op(op, finding);
		}
	}
	return found;
}

/* ---- one change ---------------------------------------------------------------------------------
 */

bool judge_carries(const struct judge *judge, const struct diff_type *type)
{
	if (type->kind == KIND_ENUM || (type->new_id != TYPE_NONE &&
					type_at(judge->diff->new, type->new_id)->kind == KIND_ENUM))
		return type->new_id != TYPE_NONE &&
		       judge_enum((struct judge *)judge, type->new_id, NULL);
	return plan_type_of(judge, type->new_id);
}

bool judge_by_plan(struct judge *judge, const struct diff_type *type, struct finding *finding)
{
	const struct diff_entry *entry = finding->entry;
	const struct plan_type *planned = plan_type_of(judge, type->new_id);
	enum side side = entry->new_bit == NO_OFFSET && entry->old_bit != NO_OFFSET ? OLD : NEW;
	const char *path = side == OLD && entry->old_path ? entry->old_path : entry->path;
	const struct plan_problem *problem;
	const struct slot *slot;
	const struct op *op;

	finding->state = FINDING_AUTOMATIC;
	if (!planned)
		return entry->rule == RULE_ENUMERATOR_ADDED ||
		       judge_enum(judge, type->new_id, finding);
	if (!*entry->path)
		return true;
	slot = slot_of(planned, side, path, side == OLD ? entry->old_bit : entry->new_bit);
	op = slot && slot->op != NO_INDEX ? &planned->ops.at[slot->op] : NULL;
	if (op && op->way == CO_WAY_REST)
		return false;
	problem = problem_of(judge, planned->label, path);
	if (!problem && slot && !op)
		problem = problem_of(judge, planned->label, slot->path);
	if (op)
		take_op(op, finding);
	if (problem && (!moves_alone(entry->rule) || problem->kind == PROBLEM_STALE))
		take_problem(judge, problem, finding);
	else if (slot && !op && !moves_alone(entry->rule))
		finding->state = FINDING_NEEDS_DECISION;
	return true;
}

size_t judge_carried(const struct judge *judge)
{
	size_t n = 0;

	for (size_t i = 0; i < judge->plan->types.n; i++) {
		const struct plan_type *type = judge->plan->types.at[i];

		n += !type->is_part && (!judge->in_new || judge->in_new[type->id[NEW]]);
	}
	return n;
}

/* ---- what the plan says beyond changes
 * ----------------------------------------------------------- */

static const char *const rules[] = {
	[PROBLEM_WRONG] = "MAPPING",	    [PROBLEM_UNDECIDED] = "UNDECIDED",
	[PROBLEM_UNCONSUMED] = "UNDECIDED", [PROBLEM_STALE] = "STALE_DECISION",
	[PROBLEM_TODO] = "UNDECIDED",	    [PROBLEM_RELEASE] = "MAPPING",
	[PROBLEM_HIDDEN] = "HIDDEN_ENUM",   [PROBLEM_NEVER] = "MAPPING",
};

static const char *consequence_of(const char *rule)
{
	if (!strcmp(rule, "STALE_DECISION"))
		return "what was decided may be wrong for what is there now";
	if (!strcmp(rule, "HIDDEN_ENUM"))
		return "an old number may mean something else in the new release";
	if (!strcmp(rule, "UNDECIDED"))
		return "no converter can be generated until somebody decides";
	return "no converter can be generated from the mapping as it is";
}

/* `struct x.y: what is wrong`: the message without what TYPE and MEMBER say already. */
static const char *without_subject(struct judge *judge, const char *text, const char *type,
				   const char *member)
{
	const char *subject =
		arena_printf(judge->arena, "%s%s%s: ", type, *member ? "." : "", member);
	size_t n = strlen(subject);

	return strncmp(text, subject, n) ? text : text + n;
}

/* Gives FINDING, the last one, its level: MOST at most. */
static void weigh(struct judge *judge, struct finding *finding, enum finding_level most)
{
	finding->level = check_level(judge->input->config, finding->rule, finding->state);
	if (finding->level > most)
		finding->level = most;
	findings_weighed(judge->findings);
}

static void judge_diag(struct judge *judge, const struct diag *diag,
		       const struct plan_problem *problem)
{
	const char *rule = problem ? rules[problem->kind] : "MAPPING";
	const char *type = problem && problem->type ? problem->type : "";
	const char *member = problem && problem->path ? problem->path : "";
	struct finding *finding = findings_add(judge->findings, rule, type, member);

	finding->state = FINDING_NEEDS_DECISION;
	finding->at = diag->at;
	finding->message = without_subject(judge, diag->text, type, member);
	finding->consequence = consequence_of(rule);
	if (problem && problem->kind == PROBLEM_STALE) {
		finding->state = FINDING_STALE;
		finding->decided_at = diag->at;
	}
	if (problem && problem->kind == PROBLEM_NEVER)
		finding->state = FINDING_UNCONVERTIBLE;
	if (problem && problem->type)
		finding->suggestion = lines_for(judge, problem);
	weigh(judge, finding, diag->level == DIAG_WARNING ? FINDING_WARNING : FINDING_ERROR);
}

static const struct plan_problem *problem_at(const struct judge *judge, size_t diag)
{
	for (size_t i = 0; i < judge->plan->problems.n; i++)
		if (judge->plan->problems.at[i].diag == diag)
			return &judge->plan->problems.at[i];
	return NULL;
}

/* An open decision is one finding: that the old value goes nowhere meanwhile follows from it. */
static bool is_cascade(const struct judge *judge, const struct plan_problem *problem)
{
	for (size_t i = 0; problem && i < judge->plan->problems.n; i++) {
		const struct plan_problem *todo = &judge->plan->problems.at[i];

		if (todo->kind == PROBLEM_TODO && problem->kind == PROBLEM_UNCONSUMED &&
		    todo->path && is_about(problem, todo->type, todo->path))
			return true;
	}
	return false;
}

static bool is_outside(const struct judge *judge, const struct plan_problem *problem)
{
	type_id id;

	if (!judge->in_new || !problem || !problem->type)
		return false;
	return model_lookup(judge->diff->new, problem->type, &id, NULL, 0) == 1 &&
	       !judge->in_new[strip(judge->diff->new, id)];
}

/* What a view names, and the default gives up nevertheless. */
static void judge_given_up(struct judge *judge, const struct plan_type *type,
			   const struct words *carried)
{
	const struct place *by = &judge->input->mapping->pointer_way.at;

	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];
		const struct part *part;
		struct finding *finding;

		if (op->new == NO_INDEX || !op->at.file || op->at.line != by->line ||
		    op->at.col != by->col ||
		    strcmp(type->slots[NEW].at[op->new].path, carried->text))
			continue;
		part = judge_part(judge, type->id[NEW], carried->text, NULL);
		finding = findings_add(judge->findings, "UNDECIDED", type->label, carried->text);
		finding->state = FINDING_NEEDS_DECISION;
		finding->at = carried->at;
		finding->decided_at = *by;
		finding->message = "`carry` names it, yet `defaults: pointer` gives it up";
		finding->consequence = "no object of the new release gets it";
		finding->suggestion =
			part ? check_suggest(judge, type->label, type->id[NEW], part, NULL, NULL)
			     : NULL;
		weigh(judge, finding, FINDING_WARNING);
		return;
	}
}

static void judge_views(struct judge *judge)
{
	for (size_t i = 0; i < judge->plan->types.n; i++) {
		const struct plan_type *type = judge->plan->types.at[i];

		for (size_t k = 0; type->is_view && !type->is_part && k < type->decisions->carry.n;
		     k++)
			if (type->decisions->carry.at[k].text)
				judge_given_up(judge, type, &type->decisions->carry.at[k]);
	}
}

void judge_problems(struct judge *judge)
{
	const struct diags *said = judge->input->said;

	for (size_t i = 0; i < said->n; i++) {
		const struct plan_problem *problem = problem_at(judge, i);

		if (said->at[i].level == DIAG_NOTE || is_outside(judge, problem) ||
		    is_cascade(judge, problem))
			continue;
		if (problem && judge->answered[problem - judge->plan->problems.at])
			continue;
		judge_diag(judge, &said->at[i], problem);
	}
	judge_views(judge);
}
