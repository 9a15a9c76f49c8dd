/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks from the roots to every type that a mapping has to speak about. */
#include "survey.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64
#define NO_ROOT UINT32_MAX

struct surveyor {
	const struct survey_input *input;
	const struct model *old, *new;
	struct survey *survey;
	enum reach reach; /* of the round: first what is surely carried, then what open pointers
			     lead to */
	const struct surveyed *from;
	const char *path; /* of the part that is being followed */
};

const struct type_decisions *survey_section(const struct mapping *mapping,
					    const struct model *model, type_id id)
{
	const struct type_decisions *found;
	const char *label = type_label(model, id);
	type_id other;

	if (!mapping || !label)
		return NULL;
	found = mapping_type(mapping, label);
	for (size_t i = 0; !found && i < mapping->types.n; i++)
		if (model_lookup(model, mapping->types.at[i].type.text, &other, NULL, 0) == 1 &&
		    strip(model, other) == id)
			found = &mapping->types.at[i];
	return found;
}

static const struct diff_type *entries_of(const struct diff *diff, type_id new_id)
{
	for (size_t i = 0; i < diff->n; i++)
		if (diff->at[i].new_id == new_id)
			return &diff->at[i];
	return NULL;
}

/* Adds the new type ID with its partner; what has none, or no name, is nothing a mapping speaks
 * about. */
static struct surveyed *reach_type(struct surveyor *surveyor, type_id id)
{
	struct survey *survey = surveyor->survey;
	const struct diff *diff = surveyor->input->diff;
	const struct diff_type *entries;
	struct surveyed *type;

	id = strip(surveyor->new, id);
	if (!is_record(surveyor->new, id) || !type_label(surveyor->new, id) ||
	    idiom_of(surveyor->input->idioms, surveyor->new, id))
		return NULL;
	if (survey->by_id[id])
		return survey->at[survey->by_id[id] - 1];
	if (diff_old_of(diff, id) == TYPE_NONE)
		return NULL;
	type = ARENA_NEW(&survey->arena, struct surveyed);
	*VEC_PUSH(survey) = type;
	survey->by_id[id] = survey->n;
	entries = entries_of(diff, id);
	*type = (struct surveyed){
		.old_id = diff_old_of(diff, id),
		.new_id = id,
		.label = type_label(surveyor->new, id),
		.reach = surveyor->reach,
		.root = NO_ROOT,
		.decisions = survey_section(surveyor->input->mapping, surveyor->new, id),
		.changed = entries && entries->status == DIFF_CHANGED,
	};
	if (surveyor->from)
		type->through = arena_printf(&survey->arena, "%s.%s", surveyor->from->label,
					     surveyor->path);
	classify_types(diff, surveyor->input->idioms, type->old_id, type->new_id, &type->parts);
	return type;
}

/* ---- what a decision says about a part ----------------------------------------------------------
 */

/* PATH is BELOW or something in it. */
static bool within(const char *path, const char *below)
{
	size_t n = strlen(below);

	return strncmp(path, below, n) == 0 && (!path[n] || path[n] == '.' || path[n] == '[');
}

static const struct decision *decision_of(const struct surveyor *surveyor,
					  const struct surveyed *type, const struct part *part)
{
	for (size_t i = 0; type->decisions && i < type->decisions->members.n; i++) {
		const struct decision *decision = &type->decisions->members.at[i];

		if (within(part->path, decision->path.text) ||
		    part_find(&type->parts, surveyor->new, type->new_id, decision->path.text) ==
			    part)
			return decision;
	}
	return NULL;
}

/* `old->PATH` stands in CODE. */
static bool code_reads(const char *code, const char *path)
{
	for (const char *at = strstr(code, "old->"); at; at = strstr(at + 5, "old->"))
		if (within(at + 5, path) || strncmp(at + 5, path, strlen(path)) == 0)
			return true;
	return false;
}

static bool words_read(const struct words *words, const char *path)
{
	return words->text && (within(words->text, path) || within(path, words->text));
}

/* The arm's condition, its source or its expression takes the old member PATH. */
static bool arm_reads(const struct arm *arm, const char *path)
{
	const struct decision *decision = &arm->decision;

	return (arm->when.text && code_reads(arm->when.text, path)) ||
	       words_read(&decision->from, path) || words_read(&decision->count, path) ||
	       (decision->way == WAY_EXPR && decision->value.text &&
		code_reads(decision->value.text, path));
}

/* Some decision takes or reads the old member PATH. */
static bool old_is_read(const struct type_decisions *decisions, const char *path)
{
	for (size_t i = 0; i < decisions->drops.n; i++)
		if (within(path, decisions->drops.at[i].path.text))
			return true;
	for (size_t i = 0; i < decisions->members.n; i++) {
		const struct decision *decision = &decisions->members.at[i];

		if (words_read(&decision->from, path) || words_read(&decision->count, path) ||
		    within(path, decision->path.text))
			return true;
		if (decision->way == WAY_EXPR && decision->value.text &&
		    code_reads(decision->value.text, path))
			return true;
		for (size_t k = 0; k < decision->arms.n; k++)
			if (arm_reads(&decision->arms.at[k], path))
				return true;
		for (size_t k = 0; k < decision->reads.n; k++)
			if (words_read(&decision->reads.at[k], path))
				return true;
		for (size_t k = 0; k < decision->bits.n; k++)
			if (words_read(&decision->bits.at[k].member, path))
				return true;
	}
	return false;
}

/* The view of TYPE leaves PART to `rest`. */
static bool outside_view(const struct surveyed *type, const struct part *part)
{
	if (!type->decisions || !type->decisions->has_carry)
		return false;
	if (!part->path)
		return true;
	for (size_t i = 0; i < type->decisions->carry.n; i++) {
		const char *carried = type->decisions->carry.at[i].text;

		if (carried && (within(part->path, carried) || within(carried, part->path)))
			return false;
	}
	return true;
}

static bool settled(const struct surveyor *surveyor, const struct surveyed *type,
		    const struct part *part)
{
	if (part->verdict == VERDICT_AUTOMATIC || outside_view(type, part))
		return true;
	if (!part->path)
		return type->decisions && old_is_read(type->decisions, part->old_path);
	return decision_of(surveyor, type, part);
}

/* ---- where a part leads
 * -------------------------------------------------------------------------- */

static void reach_member(struct surveyor *surveyor, type_id id, bool embedded, unsigned int depth)
{
	const struct type *type;

	if (depth > DEPTH_MAX || idiom_of(surveyor->input->idioms, surveyor->new, id))
		return;
	id = strip(surveyor->new, id);
	type = type_at(surveyor->new, id);
	if (type->kind == KIND_ARRAY) {
		reach_member(surveyor, type->target, embedded, depth + 1);
	} else if (type->kind == KIND_POINTER) {
		if (surveyor->reach == REACH_POINTER)
			reach_type(surveyor, type->target);
	} else if (is_record(surveyor->new, id) && type->kind == KIND_STRUCT &&
		   type_label(surveyor->new, id)) {
		if (embedded || surveyor->reach == REACH_POINTER)
			reach_type(surveyor, id);
	} else if (is_record(surveyor->new, id)) {
		for (uint32_t i = 0; i < type->n; i++)
			reach_member(surveyor, members_of(surveyor->new, type)[i].type, false,
				     depth + 1);
	}
}

static bool follows(enum way way)
{
	return way == WAY_FOLLOW || way == WAY_ARRAY || way == WAY_LIST;
}

static void reach_named(struct surveyor *surveyor, const char *label)
{
	type_id id;

	if (label && model_lookup(surveyor->new, label, &id, NULL, 0) == 1)
		reach_type(surveyor, id);
}

static void reach_part(struct surveyor *surveyor, const struct surveyed *type,
		       const struct part *part)
{
	const struct decision *decision;
	bool covered = part->by_default && surveyor->input->mapping &&
		       surveyor->input->mapping->pointer_way.text &&
		       !is_todo(&surveyor->input->mapping->pointer_way);

	if (!part->path || outside_view(type, part))
		return;
	surveyor->from = type;
	surveyor->path = part->path;
	decision = decision_of(surveyor, type, part);
	if (decision && follows(decision->way))
		reach_named(surveyor, decision->value.text);
	else if (!decision || decision->way == WAY_TODO || decision->way == WAY_NONE)
		if (!covered || decision)
			reach_member(surveyor, part->new.type, true, 0);
}

/* The list grows while it is worked through. */
static void reach_all(struct surveyor *surveyor)
{
	for (size_t i = 0; i < surveyor->survey->n; i++) {
		const struct surveyed *type = surveyor->survey->at[i];

		for (size_t k = 0; k < type->parts.n; k++)
			reach_part(surveyor, type, &type->parts.at[k]);
	}
	surveyor->from = NULL;
}

/* ---- roots
 * ---------------------------------------------------------------------------------------- */

static bool add_root(struct surveyor *surveyor, const char *label, struct place at,
		     struct diags *diags, uint32_t number)
{
	struct surveyed *type;
	type_id id, old_id;

	if (!model_require(surveyor->new, label, at, diags, &id))
		return false;
	if (!is_record(surveyor->new, id))
		return diag_error(diags, at, "%s is no struct or union with members", label);
	id = strip(surveyor->new, id);
	if (idiom_of(surveyor->input->idioms, surveyor->new, id))
		return diag_error(diags, at,
				  "%s is an idiom, which no mapping speaks about by itself", label);
	type = reach_type(surveyor, id);
	if (!type && !model_require(surveyor->old, label, at, diags, &old_id))
		return false;
	if (!type)
		return diag_error(diags, at, "%s has no partner in the old input", label);
	if (type->root == NO_ROOT)
		type->root = number;
	return true;
}

static bool add_roots(struct surveyor *surveyor, struct diags *diags)
{
	const struct option_list *labels = surveyor->input->roots;
	const struct mapping *mapping = surveyor->input->mapping;
	uint32_t number = 0;
	bool good = true;

	for (size_t i = 0; mapping && i < mapping->roots.n; i++)
		if (mapping->roots.at[i].type.text)
			good &= add_root(surveyor, mapping->roots.at[i].type.text,
					 mapping->roots.at[i].type.at, diags, number++);
	for (size_t i = 0; labels && i < labels->n; i++)
		good &= add_root(surveyor, labels->at[i], place_file(NULL), diags, number++);
	surveyor->survey->has_roots = number > 0;
	return good;
}

static void add_changed(struct surveyor *surveyor)
{
	const struct diff *diff = surveyor->input->diff;

	for (size_t i = 0; i < diff->n; i++)
		if (diff->at[i].status == DIFF_CHANGED && is_record(diff->new, diff->at[i].new_id))
			reach_type(surveyor, diff->at[i].new_id);
}

/* ---- what is open
 * --------------------------------------------------------------------------------- */

bool survey_is_whole(const struct part *part)
{
	return part->path && !*part->path;
}

static bool asks(const struct surveyor *surveyor, const struct surveyed *type,
		 const struct part *part)
{
	if (survey_is_whole(part) || settled(surveyor, type, part))
		return false;
	if (part->verdict == VERDICT_DECIDE)
		return true;
	if (part->reason == REASON_FLAGS)
		return type->reach == REACH_CARRIED || type->changed;
	if (part->by_default && surveyor->survey->defaults_open)
		return false;
	return type->reach == REACH_CARRIED;
}

static void ask(struct surveyor *surveyor, struct surveyed *type)
{
	type->asks = ARENA_NEW_ARRAY(&surveyor->survey->arena, type->parts.n + 1, bool);
	for (size_t i = 0; i < type->parts.n; i++) {
		type->asks[i] = asks(surveyor, type, &type->parts.at[i]);
		type->n_asks += type->asks[i];
	}
}

static int compare(const void *a, const void *b)
{
	const struct surveyed *x = *(const struct surveyed *const *)a;
	const struct surveyed *y = *(const struct surveyed *const *)b;

	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	if (x->reach != y->reach)
		return x->reach < y->reach ? -1 : 1;
	return x->new_id < y->new_id ? -1 : x->new_id > y->new_id;
}

/* Behind a pointer only what changed is worth a word. */
static bool worth_listing(const struct surveyed *type)
{
	return type->reach == REACH_CARRIED || type->changed ||
	       type->parts.by_verdict[VERDICT_DECIDE] > 0;
}

static void keep_listed(struct survey *survey)
{
	size_t kept = 0;

	for (size_t i = 0; i < survey->n; i++) {
		if (worth_listing(survey->at[i]))
			survey->at[kept++] = survey->at[i];
		else
			classification_deinit(&survey->at[i]->parts);
	}
	survey->n = kept;
	if (survey->n)
		qsort(survey->at, survey->n, sizeof(*survey->at), compare);
}

bool survey_make(const struct survey_input *input, struct survey *survey, struct diags *diags)
{
	struct surveyor surveyor = {
		.input = input,
		.old = input->diff->old,
		.new = input->diff->new,
		.survey = survey,
		.reach = REACH_CARRIED,
	};

	*survey = (struct survey){0};
	arena_init(&survey->arena);
	survey->by_id = ARENA_NEW_ARRAY(&survey->arena, surveyor.new->types.n, size_t);
	survey->defaults_open = !input->mapping || input->mapping->pointer_way.text;
	if (!add_roots(&surveyor, diags))
		return false;
	if (!survey->has_roots)
		add_changed(&surveyor);
	reach_all(&surveyor);
	if (survey->has_roots) {
		surveyor.reach = REACH_POINTER;
		reach_all(&surveyor);
	}
	keep_listed(survey);
	for (size_t i = 0; i < survey->n; i++)
		ask(&surveyor, survey->at[i]);
	return true;
}

void survey_deinit(struct survey *survey)
{
	for (size_t i = 0; i < survey->n; i++)
		classification_deinit(&survey->at[i]->parts);
	VEC_FREE(survey);
	arena_deinit(&survey->arena);
}
