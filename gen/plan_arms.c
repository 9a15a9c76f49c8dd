// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Unions with a discriminator: each arm that `arm` names gets a part, a plan of its own for what the
 * arm holds. The union itself stays one slot on both sides, under the one decision.
 */
#include <ctype.h>
#include <string.h>

#include "plan_internal.h"

/* A union on one side, and where the paths of its arms begin. */
struct union_spot {
	const struct type *type;
	uint64_t bit;
	const char *prefix; /* "u." of a member with a name */
};

/* Where an arm stands, or the old member that it is taken from. */
struct arm_spot {
	const char *path; /* NULL: nowhere */
	uint64_t bit, bits;
	bool has_name;	  /* else its members are those of the union */
	bool is_in_union;
	struct union_spot holder; /* the outermost union around it */
};

static const struct type *record_at(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));

	while (type->kind == KIND_ARRAY)
		type = type_at(model, strip(model, type->target));
	return type;
}

/* ---- where the union is ------------------------------------------------------------------------
 */

/*
 * The member of RECORD that WORD, up to its first dot, is or is reached through: goes down through
 * structs without a name and stops at a union without one. *BASE is moved to the record that holds
 * it, or to that union.
 */
static const struct member *member_through(const struct model *model, const struct type **record,
					   const char *word, uint64_t *base)
{
	const struct member *members = members_of(model, *record);

	for (uint32_t i = 0; i < (*record)->n; i++) {
		const struct member *member = &members[i];

		if (!arm_named(model, member, word))
			continue;
		if (member->name)
			return member;
		*base += member->bit_offset;
		*record = record_at(model, member->type);
		return (*record)->kind == KIND_UNION ? member
						     : member_through(model, record, word, base);
	}
	return NULL;
}

/* The outermost union that PATH goes through; false: none. */
static bool outer_union(struct plan_maker *maker, enum side side, type_id id, const char *path,
			struct union_spot *spot)
{
	const struct model *model = maker->model[side];
	const struct type *record = record_at(model, id);
	const char *word = path;
	uint64_t base = 0;

	while (record->kind == KIND_STRUCT) {
		const struct member *member = member_through(model, &record, word, &base);

		if (!member || record->kind == KIND_UNION)
			break;
		base += member->bit_offset;
		record = record_at(model, member->type);
		word += strcspn(word, ".");
		if (!*word++)
			return false;
	}
	if (record->kind != KIND_UNION)
		return false;
	*spot = (struct union_spot){
		.type = record,
		.bit = base,
		.prefix = arena_strndup(maker->arena, path, (size_t)(word - path))};
	return true;
}

/* The union that a decision at PATH is about: a member, or one without a name that has this arm. */
static bool union_find(struct plan_maker *maker, enum side side, type_id id, const char *path,
		       struct union_spot *spot)
{
	const struct model *model = maker->model[side];
	const char *dot = strrchr(path, '.');
	struct field field;
	size_t stop;

	if (!field_find(model, id, path, &field, &stop))
		return false;
	if (type_at(model, strip(model, field.type))->kind == KIND_UNION) {
		*spot = (struct union_spot){
			.type = type_at(model, strip(model, field.type)),
			.bit = field.bit_offset,
			.prefix = arena_printf(maker->arena, "%s.", path),
		};
		return true;
	}
	if (!outer_union(maker, side, id, path, spot))
		return false;
	if (strlen(spot->prefix) != (dot ? (size_t)(dot - path) + 1 : 0))
		return false;
	return !dot || !field_find(model, id, arena_strndup(maker->arena, path,
							    (size_t)(dot - path)),
				   &field, &stop) ||
	       record_at(model, field.type) != spot->type;
}

static const struct member *arm_find(const struct model *model, const struct type *union_,
				     const char *word)
{
	const struct member *arms = members_of(model, union_);

	for (uint32_t i = 0; i < union_->n; i++)
		if (arm_named(model, &arms[i], word))
			return &arms[i];
	return NULL;
}

/* The place of PATH on SIDE: the whole arm that it is or lies in, else the member itself. */
static bool arm_locate(struct plan_maker *maker, enum side side, type_id id, const char *path,
		       struct arm_spot *spot)
{
	const struct model *model = maker->model[side];
	struct field field;
	size_t stop;

	*spot = (struct arm_spot){.path = NULL};
	if (!field_find(model, id, path, &field, &stop))
		return false;
	spot->path = path;
	spot->has_name = true;
	spot->bit = field.bit_offset;
	spot->bits = field.bit_size ? field.bit_size : type_size(model, field.type) * 8;
	spot->is_in_union = outer_union(maker, side, id, path, &spot->holder);
	if (spot->is_in_union) {
		const struct member *arm = arm_find(model, spot->holder.type,
						    path + strlen(spot->holder.prefix));

		spot->has_name = arm->name;
		spot->bit = spot->holder.bit + arm->bit_offset;
		spot->bits = member_bits(model, arm);
	}
	return true;
}

const char *arm_path(struct plan_maker *maker, type_id id, const struct decision *decision,
		     const struct arm *arm)
{
	struct union_spot spot;

	if (!arm->use.text || !union_find(maker, NEW, id, decision->path.text, &spot))
		return NULL;
	return arena_printf(maker->arena, "%s%s", spot.prefix, arm->use.text);
}

const char *arm_inner_path(struct plan_maker *maker, type_id id, const struct decision *decision,
			   const struct arm *arm, const char *path)
{
	const char *arm_is = arm_path(maker, id, decision, arm);
	struct arm_spot spot;

	if (!arm_is || !arm_locate(maker, NEW, id, arm_is, &spot) || !spot.is_in_union)
		return NULL;
	return arena_printf(maker->arena, "%s%s%s", spot.has_name ? arm_is : spot.holder.prefix,
			    spot.has_name ? "." : "", path);
}

/* What the arm called NEW_PATH is taken from: `from` names an arm of the old union first. */
static void source_find(struct plan_maker *maker, const struct plan_type *type,
			const struct decision *decision, const struct arm *arm,
			const char *new_path, struct arm_spot *source)
{
	const char *from = arm->decision.from.text;
	struct union_spot spot;

	*source = (struct arm_spot){.path = NULL};
	if (!from) {
		arm_locate(maker, OLD, type->id[OLD], new_path, source);
		return;
	}
	if (union_find(maker, OLD, type->id[OLD], decision->path.text, &spot) &&
	    arm_locate(maker, OLD, type->id[OLD],
		       arena_printf(maker->arena, "%s%s", spot.prefix, from), source))
		return;
	arm_locate(maker, OLD, type->id[OLD], from, source);
}

/* ---- before the slots are cut ------------------------------------------------------------------
 */

const struct armed_union *armed_find(const struct plan_type *type, enum side side, uint64_t bit,
				     uint64_t bits)
{
	for (size_t i = 0; i < type->armed[side].n; i++)
		if (type->armed[side].at[i].bit == bit && type->armed[side].at[i].bits == bits)
			return &type->armed[side].at[i];
	return NULL;
}

static void armed_add(struct plan_type *type, enum side side, const struct union_spot *spot,
		      const char *path)
{
	if (!armed_find(type, side, spot->bit, spot->type->size * 8))
		*VEC_PUSH(&type->armed[side]) = (struct armed_union){
			.bit = spot->bit, .bits = spot->type->size * 8, .path = path};
}

static void decision_find_unions(struct plan_maker *maker, struct plan_type *type,
				 const struct decision *decision)
{
	const char *path = decision->path.text;
	struct union_spot spot;
	struct arm_spot source;
	struct field field;
	size_t stop;

	if (!field_find(maker->model[NEW], type->id[NEW], path, &field, &stop))
		return; /* said when the paths were checked */
	if (!union_find(maker, NEW, type->id[NEW], path, &spot)) {
		plan_error(maker, type, path, decision->key.at,
			   "`arm` is for a union, or for one without a name under the name of any "
			   "of its arms; an array of unions needs `hook: FUNCTION`");
		return;
	}
	if (armed_find(type, NEW, spot.bit, spot.type->size * 8)) {
		plan_error(maker, type, path, decision->key.at,
			   "decided twice: another `arm` is about the same union");
		return;
	}
	armed_add(type, NEW, &spot, path);
	if (union_find(maker, OLD, type->id[OLD], path, &spot))
		armed_add(type, OLD, &spot, path);
	for (size_t i = 0; i < decision->arms.n; i++) {
		const struct arm *arm = &decision->arms.at[i];
		const char *new_path = arm_path(maker, type->id[NEW], decision, arm);

		if (!new_path)
			continue;
		source_find(maker, type, decision, arm, new_path, &source);
		if (source.path && source.is_in_union)
			armed_add(type, OLD, &source.holder, NULL);
	}
}

/* The whole union is under `arm`: nothing else speaks of what lies in it. */
static void check_alone(struct plan_maker *maker, struct plan_type *type,
			const struct decision *decision)
{
	const struct armed_union *armed;
	struct union_spot spot;

	if (decision->way == WAY_ARM ||
	    !outer_union(maker, NEW, type->id[NEW], decision->path.text, &spot))
		return;
	armed = armed_find(type, NEW, spot.bit, spot.type->size * 8);
	if (armed)
		plan_error(maker, type, decision->path.text, decision->path.at,
			   "decided twice: it lies in the union that `arm` of %s decides about; say "
			   "it in the braces of its arm there",
			   armed->path);
}

void arms_find(struct plan_maker *maker, struct plan_type *type)
{
	const struct type_decisions *decisions = type->decisions;

	for (size_t i = 0; i < decisions->members.n; i++)
		if (decisions->members.at[i].way == WAY_ARM)
			decision_find_unions(maker, type, &decisions->members.at[i]);
	for (size_t i = 0; i < decisions->members.n && type->armed[NEW].n; i++)
		check_alone(maker, type, &decisions->members.at[i]);
}

void arms_mention(struct plan_maker *maker, const struct plan_type *type,
		  const struct decision *decision, struct path_set mentions[2])
{
	struct arm_spot source;

	for (size_t i = 0; i < decision->arms.n; i++) {
		const struct arm *arm = &decision->arms.at[i];
		const char *path = arm_path(maker, type->id[NEW], decision, arm);

		if (!path)
			continue;
		source_find(maker, type, decision, arm, path, &source);
		set_add(&mentions[OLD], source.path);
	}
}

/* ---- one arm ------------------------------------------------------------------------------------
 */

/* What is planned: one arm of one decision. */
struct arming {
	struct plan_maker *maker;
	struct plan_type *type;
	const struct decision *decision;
	const struct arm *arm;
	struct arm_spot to, from; /* the new arm, and what it is taken from */
	struct plan_type *part;
	struct path_set reads; /* old members beside the source */
};

static struct words words_of(const char *text, struct place at)
{
	return (struct words){.text = text, .at = at};
}

/* The arm's decision under its whole path, with a source that is a whole path, too. */
static struct decision decision_whole(const struct arming *arming)
{
	struct decision decision = arming->arm->decision;

	decision.path = words_of(arming->to.path, arming->arm->use.at);
	if (decision.from.text)
		decision.from.text = arming->from.path ? arming->from.path : decision.from.text;
	if (decision.way == WAY_FROM)
		decision.value.text = decision.from.text;
	return decision;
}

/* The decisions about the arm and what lies in it, as a section of their own. */
static const struct type_decisions *arm_decisions(const struct arming *arming, const char *base)
{
	struct arena *arena = arming->maker->arena;
	const struct type_decisions *inside = arming->arm->inside;
	struct type_decisions *out = ARENA_NEW(arena, struct type_decisions);

	out->type = words_of(arming->type->label, arming->arm->use.at);
	if (arming->type->decisions) {
		out->drops.at = arming->type->decisions->drops.at;
		out->drops.n = arming->type->decisions->drops.n;
	}
	out->members.n = inside ? inside->members.n : 1;
	out->members.at = arena_array(arena, out->members.n + 1, sizeof(*out->members.at));
	if (!inside)
		out->members.at[0] = decision_whole(arming);
	for (size_t i = 0; inside && i < inside->members.n; i++) {
		out->members.at[i] = inside->members.at[i];
		out->members.at[i].path.text =
			arena_printf(arena, "%s%s", base, inside->members.at[i].path.text);
	}
	return out;
}

/* What needs more of the object than its arm, or a function for the arm alone. */
static void inside_check(const struct arming *arming)
{
	const struct type_decisions *inside = arming->arm->inside;

	for (size_t i = 0; inside && i < inside->members.n; i++) {
		const struct decision *decision = &inside->members.at[i];
		const char *key = decision->capture.text   ? "capture"
				  : decision->restore.text ? "restore"
							   : way_key(decision->way);

		if (decision->way == WAY_HOOK || decision->way == WAY_BITS ||
		    decision->way == WAY_ARM || decision->capture.text || decision->restore.text)
			plan_error(arming->maker, arming->type, decision->path.text,
				   decision->path.at,
				   "`%s` cannot stand inside an arm; write `hook: FUNCTION` for the "
				   "whole union",
				   key);
		if (decision->reverse)
			plan_error(arming->maker, arming->type, decision->path.text,
				   decision->reverse->path.at,
				   "`reverse` is said of the whole union, beside `arm`");
	}
}

static bool lies_in(const struct slot *slot, const struct arm_spot *spot)
{
	return spot->path && slot->bit >= spot->bit && slot->bit < spot->bit + spot->bits;
}

static bool keep_new(const struct slot *slot, const void *data)
{
	const struct arming *arming = data;

	return lies_in(slot, &arming->to);
}

static bool is_read_beside(const struct slot *slot, const struct arming *arming)
{
	for (size_t i = 0; i < arming->reads.n; i++)
		if (path_within(slot->path, arming->reads.at[i]))
			return true;
	return false;
}

static bool keep_old(const struct slot *slot, const void *data)
{
	return is_read_beside(slot, data) ||
	       lies_in(slot, &((const struct arming *)data)->from);
}

static void part_cut(struct arming *arming)
{
	const struct type_decisions *decisions = arming->part->decisions;
	struct path_set mentions[2] = {{.n = 0}, {.n = 0}}, deep = {.n = 0};
	struct plan_maker *maker = arming->maker;

	set_add(&mentions[NEW], arming->to.path);
	set_add(&mentions[OLD], arming->from.path);
	code_arm_paths(maker, arming->arm, false, &arming->reads);
	for (size_t i = 0; i < decisions->members.n; i++) {
		const struct decision *decision = &decisions->members.at[i];

		set_add(&mentions[NEW], decision->path.text);
		set_add(&mentions[OLD], decision->from.text);
		if (decision->count.text && !isdigit((unsigned char)decision->count.text[0]))
			set_add(&arming->reads, decision->count.text);
	}
	for (size_t i = 0; i < arming->reads.n; i++)
		set_add(&mentions[OLD], arming->reads.at[i]);
	for (size_t i = 0; i < decisions->drops.n; i++)
		if (arming->from.path &&
		    path_within(decisions->drops.at[i].path.text, arming->from.path))
			set_add(&mentions[OLD], decisions->drops.at[i].path.text);
	slots_fill(maker, arming->part, OLD, mentions, &deep);
	slots_fill(maker, arming->part, NEW, mentions, &deep);
	slots_keep(arming->part, OLD, keep_old, arming);
	slots_keep(arming->part, NEW, keep_new, arming);
	VEC_FREE(&mentions[OLD]);
	VEC_FREE(&mentions[NEW]);
}

/* What of the old arm nothing takes: replaced by what the arm's decision makes, or dropped. */
static void part_leftover(struct arming *arming, uint32_t index)
{
	struct plan_type *part = arming->part;
	struct slot *slot = &part->slots[OLD].at[index];
	const struct decision *decision = &arming->arm->decision;
	const struct drop *drop = drop_above(part, slot->path);
	bool replaced = decision->way != WAY_NONE && decision->way != WAY_FROM;
	const char *why = decision->why.text ? decision->why.text
			  : decision->way == WAY_NULL ? decision->value.text
						      : NULL;

	if (is_open(part, slot->path))
		return;
	if (!drop && !(replaced && why)) {
		plan_error(arming->maker, part, slot->path, arming->arm->use.at,
			   replaced ? "the old arm's value is lost without a reason; write `why: ...` "
				      "in the braces of this arm"
				    : "this member of the old arm is consumed by nobody; under the "
				      "type write `drop: {%s: reason}`",
			   slot->key);
		return;
	}
	op_add(part, (struct op){.kind = OP_DROP,
				 .way = CO_WAY_DROP,
				 .old = index,
				 .new = NO_INDEX,
				 .nested = NO_INDEX,
				 .count_slot = NO_INDEX,
				 .rule = drop ? "drop" : "replaced",
				 .why = drop ? drop->why.text : why,
				 .at = drop ? drop->path.at : arming->arm->use.at});
}

static void part_plan(struct arming *arming)
{
	struct plan_type *part = arming->part;

	part_cut(arming);
	for (uint32_t i = 0; i < part->slots[NEW].n; i++) {
		if (part->slots[NEW].at[i].is_flexible)
			plan_error(arming->maker, part, part->slots[NEW].at[i].path,
				   arming->arm->use.at,
				   "a flexible array in an arm has no place of its own; write `hook: "
				   "FUNCTION` for the union");
		else
			slot_plan(arming->maker, part, i);
	}
	for (uint32_t i = 0; i < part->slots[OLD].n && code_known(arming->maker); i++) {
		if (is_read_beside(&part->slots[OLD].at[i], arming))
			read_plan(arming->maker, part, i, arming->decision);
		else if (part->slots[OLD].at[i].op == NO_INDEX)
			part_leftover(arming, i);
	}
	bytes_settle(part);
	arming->type->failed |= part->failed;
}

/* Code that reads a place of the union would have to know already which arm is live. */
static void condition_check(const struct arming *arming)
{
	struct plan_maker *maker = arming->maker;
	struct path_set set = {.n = 0};
	struct union_spot spot;

	code_arm_paths(maker, arming->arm, true, &set);
	for (size_t i = 0; i < set.n; i++)
		if (*set.at[i] &&
		    outer_union(maker, OLD, arming->type->id[OLD], set.at[i], &spot) &&
		    armed_find(arming->type, OLD, spot.bit, spot.type->size * 8))
			plan_error(maker, arming->type, arming->decision->path.text,
				   arming->arm->when.at,
				   "the condition reads %s, which lies in the union itself; let it "
				   "read a member that says which arm is live, or write `hook: "
				   "FUNCTION`",
				   set.at[i]);
	VEC_FREE(&set);
}

static bool use_check(const struct arming *arming, const struct union_spot *spot)
{
	const struct model *model = arming->maker->model[NEW];
	const struct member *arms = members_of(model, spot->type);
	const struct words *use = &arming->arm->use;
	const char *names[256], *near;
	size_t n = 0;

	if (!strpbrk(use->text, ".[") && arm_find(model, spot->type, use->text))
		return true;
	for (uint32_t i = 0; i < spot->type->n && n < 256; i++)
		if (arms[i].name)
			names[n++] = arms[i].name;
	near = nearest_word(use->text, names, n);
	return plan_error(arming->maker, arming->type, arming->decision->path.text, use->at,
			  "the union has no arm `%s`%s%s%s", use->text,
			  near ? "; did you mean `" : "", near ? near : "", near ? "`?" : "");
}

/* An arm without a name that holds another union is under the decision as a whole. */
static void choices_check(const struct arming *arming)
{
	if (!arming->to.has_name && !arming->arm->inside && arming->part->choices[NEW].n > 1)
		plan_error(arming->maker, arming->part, arming->to.path, arming->arm->use.at,
			   "stands in a union inside the arm, so that it would not be said what "
			   "becomes of the rest; name a member of the arm itself");
}

static void arm_make(struct arming *arming, const struct union_spot *spot, uint32_t number,
		     struct arm_plan *out)
{
	struct plan_maker *maker = arming->maker;
	const struct arm *arm = arming->arm;
	const struct type_decisions *decisions;
	const char *base, *path;

	*out = (struct arm_plan){.when = arm->when.text,
				 .when_at = arm->when.at,
				 .part = NO_INDEX,
				 .why = arm->decision.why.text,
				 .at = arm->decision.path.at};
	if (arm->otherwise.text || !arm->use.text || !use_check(arming, spot))
		return;
	condition_check(arming);
	inside_check(arming);
	path = arena_printf(maker->arena, "%s%s", spot->prefix, arm->use.text);
	arm_locate(maker, NEW, arming->type->id[NEW], path, &arming->to);
	source_find(maker, arming->type, arming->decision, arm, path, &arming->from);
	base = arming->to.has_name ? arena_printf(maker->arena, "%s.", path) : spot->prefix;
	decisions = arm_decisions(arming, base);
	out->path = path;
	out->part = type_of_part(maker, arming->type, decisions, path, number);
	arming->part = maker->plan->types.at[out->part];
	arming->part->part_base = base;
	arming->part->at = arm->use.at;
	check_paths(maker, arming->part);
	part_plan(arming);
	choices_check(arming);
}

/* ---- the union ----------------------------------------------------------------------------------
 */

/* The arms of UNION_ that none of the N places lies in. */
static const char *arms_unused(struct plan_maker *maker, enum side side,
			       const struct union_spot *spot, const struct arming *arms, size_t n)
{
	const struct model *model = maker->model[side];
	const struct member *members = members_of(model, spot->type);
	const char *words = NULL;

	for (uint32_t i = 0; i < spot->type->n; i++) {
		bool used = false;

		for (size_t k = 0; k < n && !used; k++) {
			const char *path = side == NEW ? arms[k].to.path : arms[k].from.path;
			size_t prefix = strlen(spot->prefix);

			used = path && !strncmp(path, spot->prefix, prefix) &&
			       arm_named(model, &members[i], path + prefix);
		}
		if (!used)
			words = arena_printf(maker->arena, "%s%s%s", words ? words : "",
					     words ? ", " : "",
					     members[i].name ? members[i].name : "{...}");
	}
	return words;
}

/* Old members outside the old union that its arms are taken from. */
static void sources_read(struct plan_maker *maker, struct plan_type *type,
			 const struct decision *decision, uint32_t partner, const struct arm_spot *source)
{
	for (uint32_t i = 0; i < type->slots[OLD].n; i++) {
		const struct slot *slot = &type->slots[OLD].at[i];

		if (i != partner && source->path && slot->bit < source->bit + source->bits &&
		    source->bit < slot->bit + slot_bits(slot))
			read_plan(maker, type, i, decision);
	}
}

static bool has_otherwise(const struct decision *decision)
{
	return decision->arms.n && decision->arms.at[decision->arms.n - 1].otherwise.text;
}

void arms_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       uint32_t new_slot)
{
	size_t n = decision->arms.n;
	struct op op = {.kind = OP_ARM,
			.way = CO_WAY_ARM,
			.old = slot_find(type, OLD, type->slots[NEW].at[new_slot].path),
			.new = new_slot,
			.nested = NO_INDEX,
			.count_slot = NO_INDEX,
			.rule = "arm",
			.why = decision->why.text,
			.at = decision->path.at,
			.partial = !has_otherwise(decision),
			.arms = arena_array(maker->arena, n + 1, sizeof(*op.arms)),
			.n_arms = n};
	struct arming *arms = ARENA_NEW_ARRAY(maker->arena, n + 1, struct arming);
	struct union_spot spot;

	if (!union_find(maker, NEW, type->id[NEW], decision->path.text, &spot))
		return; /* said when the unions were looked for */
	for (size_t i = 0; i < n; i++) {
		arms[i] = (struct arming){.maker = maker,
					  .type = type,
					  .decision = decision,
					  .arm = &decision->arms.at[i]};
		arm_make(&arms[i], &spot, (uint32_t)i + 1, &op.arms[i]);
		VEC_FREE(&arms[i].reads);
	}
	op.unused[NEW] = arms_unused(maker, NEW, &spot, arms, n);
	if (union_find(maker, OLD, type->id[OLD], decision->path.text, &spot))
		op.unused[OLD] = arms_unused(maker, OLD, &spot, arms, n);
	if (op.old != NO_INDEX && type->slots[OLD].at[op.old].kind != SLOT_BYTES)
		op.old = NO_INDEX;
	op_add(type, op);
	for (size_t i = 0; i < n; i++)
		sources_read(maker, type, decision, op.old, &arms[i].from);
}
