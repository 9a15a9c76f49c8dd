// SPDX-License-Identifier: GPL-2.0-or-later
/* Turns one way of the mapping, or none, into an operation. */
#include <string.h>

#include "plan_internal.h"

static struct op op_blank(uint32_t old_slot, uint32_t new_slot)
{
	return (struct op){
		.old = old_slot, .new = new_slot, .nested = NO_INDEX, .count_slot = NO_INDEX};
}

/* The place to point to when nothing was written: the type's section, else the declaration. */
static struct place place_of(const struct plan_type *type, const struct slot *slot)
{
	return type->at.file ? type->at : slot->at;
}

/* ---- moving a value as it is
 * ----------------------------------------------------------------------- */

bool is_integer(const struct slot *slot)
{
	return slot->kind == SLOT_INT || slot->kind == SLOT_ENUM;
}

/* Same bits, or more of them with every value kept. */
static bool holds_all(const struct slot *old, const struct slot *new)
{
	if (old->is_signed == new->is_signed)
		return new->bits >= old->bits;
	return new->is_signed &&new->bits > old->bits;
}

/* 0 or 1, and nothing else. */
static bool one_bit(const struct plan_maker *maker, enum side side, const struct slot *slot)
{
	const struct model *model = maker->model[side];

	return (slot->bits == 1 && !slot->is_signed) ||
	       type_at(model, strip(model, slot->element))->encoding == ENC_BOOLEAN;
}

bool move_plan(struct plan_maker *maker, struct plan_type *type, struct op *op)
{
	struct slot *old = &type->slots[OLD].at[op->old], *new = &type->slots[NEW].at[op->new];

	if (!rows_agree(op, old, new))
		return false;
	if (is_integer(old) && is_integer(new)) {
		op->kind = old->bits == new->bits ? OP_COPY : OP_WIDEN;
		op->way = old->bits == new->bits ? CO_WAY_COPY : CO_WAY_WIDEN;
		return holds_all(old, new) || old->bits == new->bits ||
		       (one_bit(maker, OLD, old) && one_bit(maker, NEW, new));
	}
	if (old->kind != new->kind)
		return false;
	if (new->kind == SLOT_RECORD) {
		op->kind = OP_NESTED;
		op->way = CO_WAY_NESTED;
		op->nested = type_of_pair(maker, old->element, new->element, place_of(type, new));
		return true;
	}
	op->kind = OP_COPY;
	op->way = CO_WAY_COPY;
	return old->bits == new->bits;
}

/* ---- what to write when a member is undecided
 * ------------------------------------------------------- */

static const char *advice_of(enum reason reason)
{
	switch (reason) {
	case REASON_FLAGS:
		return "`constants: {prefix: NAME_, header: path.h}` once its values are known to "
		       "mean the same on both sides, else `expr` or `hook`";
	case REASON_POINTER:
		return "`follow: TYPE`, `array: {of: TYPE, count: MEMBER}`, `string: BYTES`, "
		       "`symbol: true`, `opaque: why` or `null: why`";
	case REASON_FUNCTION:
	case REASON_FUNCTION_SIGNATURE:
		return "`symbol: true`, `null: why` or `hook: FUNCTION`";
	case REASON_POINTER_TARGET:
		return "`follow: TYPE`, `null: why` or `hook: FUNCTION`";
	case REASON_LINK:
		return "`list: {of: TYPE, node: MEMBER}`, `list: MEMBER`, `list: empty` or `hook: "
		       "FUNCTION`";
	case REASON_IDIOM:
		return "`hook: FUNCTION`, `capture: FUNCTION` with `restore: FUNCTION`, or `init: "
		       "zero` with `why`";
	case REASON_UNION:
	case REASON_UNION_ARM:
		return "`arm: [{when: CONDITION, use: ARM}, ...]`, a decision for the one arm that is "
		       "live, `hook: FUNCTION`, `opaque: why` or `init: zero` with `why`";
	case REASON_NARROWED:
	case REASON_SIGNEDNESS:
		return "`on-overflow: refuse`, `on-overflow: saturate` with `why` for a plain "
		       "integer, "
		       "`expr` or `hook`";
	case REASON_INT_ENUM:
		return "`on-overflow: refuse`, `expr`, `hook`, or `from` with `why` when the "
		       "values "
		       "mean the same";
	case REASON_ENUMERATORS:
		return "`enumerators: by-name`, `enumerators: {GONE: INSTEAD}`, `expr`, `hook`, or "
		       "`from` with `why` when the values mean the same";
	case REASON_ARRAY_LENGTH:
		return "`from: OLD_MEMBER` with `why` where it grew, `on-overflow: refuse` or "
		       "`saturate` (with `why`) where it shrank, `index: ENUM` where an enum "
		       "counts "
		       "its elements, else `hook: FUNCTION`";
	case REASON_FLEXIBLE_ARRAY:
		return "`count: OLD_MEMBER` (with `on-overflow: refuse` where it got a bound) or "
		       "`hook: FUNCTION`";
	case REASON_BITFIELD:
		return "`on-overflow: refuse`, `enumerators: by-name`, `expr` or `hook`";
	case REASON_QUANTITY:
	case REASON_MEANING:
		return "`expr`, `hook`, or `from` with `why` when the values mean the same";
	case REASON_INDEX:
		return "`index: ENUM`, or `from` with `why` when its elements are not counted by "
		       "it";
	case REASON_ADDED:
		return "`from: OLD_MEMBER`, `init: VALUE`, `expr: ...` or `hook: FUNCTION`";
	default:
		return "`hook: FUNCTION`, `expr`, `capture` with `restore`, or `init: zero` with "
		       "`why`";
	}
}

/* SAYS is what is known beyond REASON, or NULL. */
static void undecided(struct plan_maker *maker, struct plan_type *type, const struct slot *new,
		      const struct decision *decision, enum reason reason, const char *says)
{
	const char *what = arena_printf(maker->arena, "%s%s%s", reason_words(reason),
					says ? ": " : "", says ? says : "");
	size_t base = type->is_part ? strlen(type->part_base) : 0;

	if (type->is_part && !strncmp(new->path, type->part_base, base))
		plan_open(maker, PROBLEM_UNDECIDED, type, new, decision ? decision->path.at : type->at,
			   "%s: a human has to decide; in the braces of this arm, under `members: "
			   "%s:`, write %s",
			   what, new->path + base, advice_of(reason));
	else if (type->is_part)
		plan_open(maker, PROBLEM_UNDECIDED, type, new, type->at,
			   "%s: a human has to decide; in the braces of this arm write %s", what,
			   advice_of(reason));
	else
		plan_open(maker, PROBLEM_UNDECIDED, type, new,
			   decision ? decision->path.at : place_of(type, new),
			   "%s: a human has to decide; under `types: %s: members: %s:` write %s",
			   what, type->label, new->key, advice_of(reason));
	if (new->at.file && (decision || type->at.file))
		diag_note(maker->diags, new->at, "%s is declared here", new->path);
}

/* ---- nothing written
 * ---------------------------------------------------------------------------------- */

static const char *rule_of(const struct slot *old, const struct slot *new, enum reason reason)
{
	if (reason == REASON_SAME && old->bit != new->bit)
		reason = REASON_MOVED;
	return reason == REASON_SAME ? "same name" : reason_words(reason);
}

static const char *rows_rule(const struct op_rows *rows)
{
	return rows->by_name	       ? "by the names of its elements"
	       : rows->old < rows->new ? "longer: the same elements, then zero"
				       : "shorter: the same elements";
}

static void default_plan(struct plan_maker *maker, struct plan_type *type, struct op op)
{
	const struct slot *new = &type->slots[NEW].at[op.new];

	op.kind = new->link ? OP_EMPTY : OP_ZERO;
	op.way = new->link ? CO_WAY_LIST : CO_WAY_NULL;
	op.rule = new->link ? "default pointer: an empty list" : "default pointer: null";
	op.why = maker->mapping->pointer_why.text;
	op.at = maker->mapping->pointer_way.at;
	op_add(type, op);
	if (op.old != NO_INDEX && type->slots[OLD].at[op.old].op == NO_INDEX)
		op_add(type, (struct op){.kind = OP_DROP,
					 .way = CO_WAY_DROP,
					 .old = op.old,
					 .new = NO_INDEX,
					 .nested = NO_INDEX,
					 .count_slot = NO_INDEX,
					 .rule = op.rule,
					 .why = op.why,
					 .at = op.at});
}

/* Nothing changed and nobody reaches it: what only a human could carry is left behind. */
static void aside_plan(struct plan_type *type, struct op op)
{
	op.kind = OP_ZERO;
	op.way = CO_WAY_REST;
	op.rule = "left behind: no root reaches this type";
	op_add(type, op);
	if (op.old != NO_INDEX && type->slots[OLD].at[op.old].op == NO_INDEX) {
		op.kind = OP_DROP;
		op.new = NO_INDEX;
		op_add(type, op);
	}
}

static void reset_plan(struct plan_type *type, struct op op, const struct part *part)
{
	op.kind = OP_ZERO;
	op.way = CO_WAY_RESTORE;
	op.rule = reason_words(part->reason);
	op.why = part->idiom ? part->idiom->says : NULL;
	op.idiom = part->idiom ? part->idiom->type : NULL;
	op.at = part->idiom ? part->idiom->at : (struct place){.file = NULL};
	op_add(type, op);
	if (type->slots[OLD].at[op.old].op == NO_INDEX) {
		op.kind = OP_DROP;
		op.new = NO_INDEX;
		op_add(type, op);
	}
}

/* True when DECISION lets the value cross although REASON asks. */
static bool acknowledged(const struct plan_maker *maker, const struct decision *decision,
			 enum reason reason)
{
	switch (reason) {
	case REASON_QUANTITY:
	case REASON_MEANING:
		if (maker->input->is_back) /* the forward way asked */
			return true;
		return decision && decision->way == WAY_FROM && decision->why.text;
	case REASON_FLAGS:
		return decision && decision->constants_prefix.text;
	case REASON_INT_ENUM:
	case REASON_ENUMERATORS:
	case REASON_INDEX:
	case REASON_UNION_ARM:
		return decision && decision->way == WAY_FROM && decision->why.text;
	default:
		return false;
	}
}

static bool is_named_in_view(const struct plan_type *type, const char *path)
{
	for (size_t i = 0; type->is_view && i < type->decisions->carry.n; i++)
		if (!strcmp(type->decisions->carry.at[i].text, path))
			return true;
	return false;
}

/*
 * A flag word crosses without `constants` where a human named it in a view, and inside an embedded
 * type that nobody speaks of; but not in silence.
 */
static bool flags_pass(struct plan_maker *maker, const struct plan_type *type,
		       const struct slot *new, const struct decision *decision)
{
	if (type->is_aside || maker->input->is_back) /* the forward way asked, and warned */
		return true;
	if (decision ||
	    (!is_named_in_view(type, new->path) &&
	     (type->is_object || (type->decisions && !type->decisions->is_derived))))
		return false;
	diag_add(
		maker->diags, DIAG_WARNING, place_of(type, new),
		"%s.%s: a flag word crosses as it is: whether its bits mean the same on both sides "
		"was not checked; write `constants: {prefix: NAME_, header: path.h}` for it",
		type->label, new->path);
	return true;
}

/* What was written of enums, rows or numbers has to be about a member that has them. */
static bool words_fit(struct plan_maker *maker, struct plan_type *type,
		      const struct decision *decision, const struct op *op)
{
	const char *path = type->slots[NEW].at[op->new].path;

	if (decision && decision->index_old.text && !op->rows)
		return plan_error(
			maker, type, path, decision->index_old.at,
			"`index` is for an array that is one on both sides, with the same "
			"dimensions from the second on; write `hook: FUNCTION`");
	if (decision && decision->enumerators.text && !decision->index_old.text &&
	    op->kind != OP_ENUM && op->kind != OP_FLAGS)
		return plan_error(
			maker, type, path, decision->enumerators.at,
			"`enumerators` is for a member that is an enum on both sides; write `expr` "
			"or `hook`");
	return true;
}

/*
 * A reason for what became of an array speaks of its rows, not of what its elements mean; where an enum says
 * which row goes where, it is left for them.
 */
static bool is_about_elements(const struct op_rows *rows, enum reason reason)
{
	return !rows || reason == REASON_FLAGS || (rows->by_name && reason == REASON_INT_ENUM);
}

/*
 * Who decided about the member that came beside this one has seen what changed: the value crosses, but not in
 * silence.
 */
static bool meaning_pass(struct plan_maker *maker, struct plan_type *type, const struct slot *new,
			 const struct part *part)
{
	const struct meaning *meaning = part->meaning;

	if (part->reason != REASON_MEANING || !meaning || !meaning->beside ||
	    !decision_above(type, meaning->beside))
		return false;
	if (!maker->input->is_back)
		diag_add(maker->diags, DIAG_WARNING, place_of(type, new),
			 "%s.%s: known to mean something else: %s; its value crosses as it is, "
			 "because %s is decided; write `from` with `why`, `expr` or `init` for it",
			 type->label, new->path, meaning->says, meaning->beside);
	return true;
}

static void tail_undecided(struct plan_maker *maker, struct plan_type *type,
			   const struct slot *tail, struct place at)
{
	plan_open(maker, PROBLEM_UNDECIDED, type, tail, at,
		  "a flexible tail: write `count: MEMBER` (the old member that says how many "
		  "elements there are), `extent: MEMBER` for its type (the old member that says how "
		  "many bytes an object has), or `init: zero` with `why` to leave it behind");
}

static void value_plan(struct plan_maker *maker, struct plan_type *type,
		       const struct decision *decision, const struct part *part, struct op op)
{
	const struct slot *new = &type->slots[NEW].at[op.new];
	bool goes = constants_plan(maker, type, decision, &op) ||
		    enum_plan(maker, type, decision, &op) || part->verdict == VERDICT_AUTOMATIC ||
		    (part->reason == REASON_FLAGS && flags_pass(maker, type, new, decision)) ||
		    (!decision && meaning_pass(maker, type, new, part)) ||
		    (acknowledged(maker, decision, part->reason) &&
		     is_about_elements(op.rows, part->reason)) ||
		    number_plan(maker, type, decision, part->reason, &op);

	if (decision && decision->constants_prefix.text)
		op.rule = "same name, constants";
	if (decision && decision->way == WAY_FROM && !op.rows)
		op.rule = "from";
	if (!words_fit(maker, type, decision, &op))
		return;
	if (!goes || (op.kind != OP_NARROW && op.kind != OP_ENUM && op.kind != OP_FLAGS &&
		      !move_plan(maker, type, &op))) {
		undecided(maker, type, new, decision, goes ? REASON_TYPE_CHANGED : part->reason,
			  part->meaning ? part->meaning->says : NULL);
		return;
	}
	if (op.kind == OP_COPY || op.kind == OP_WIDEN || op.kind == OP_NARROW)
		constants_hold(maker, type, decision, new);
	if (!op.why)
		op.why = moved_why(decision, maker->arena);
	op_add(type, op);
}

static void pair_plan(struct plan_maker *maker, struct plan_type *type,
		      const struct decision *decision, uint32_t old_slot, uint32_t new_slot)
{
	struct slot *old = &type->slots[OLD].at[old_slot], *new = &type->slots[NEW].at[new_slot];
	struct field old_field = slot_field(old), new_field = slot_field(new);
	struct op op = op_blank(old_slot, new_slot);
	struct part part;

	/* What is said of its elements does not say how many there are. */
	if (new->is_flexible && decision) {
		tail_undecided(maker, type, new, decision->path.at);
		return;
	}
	if (rows_plan(maker, type, decision, &op)) {
		old_field = slot_element_field(old);
		new_field = slot_element_field(new);
	}
	memset(&part, 0, sizeof(part));
	classify_fields(maker->diff, &maker->idioms, &old_field, &new_field, &part);
	if (!strcmp(old->path, new->path))
		classify_meaning(maker->diff, &maker->idioms, type->id[OLD], type->id[NEW],
				 new->path, &part);
	op.rule = op.rows ? rows_rule(op.rows) : rule_of(old, new, part.reason);
	op.idiom = part.idiom ? part.idiom->type : NULL;
	op.why = decision ? decision->why.text : NULL;
	if (decision)
		op.at = decision->path.at;
	if (part.reason == REASON_IDIOM_RESET) {
		op.rows = NULL;
		reset_plan(type, op, &part);
		return;
	}
	/* An arm that is named is singled out: it waits for its own way. */
	if (part.verdict == VERDICT_ACKNOWLEDGE && part.by_default &&
	    !(type->is_part && decision) && maker->mapping->pointer_way.text) {
		op.rows = NULL;
		default_plan(maker, type, op);
		return;
	}
	if (type->is_aside && part.verdict == VERDICT_ACKNOWLEDGE && part.reason != REASON_FLAGS) {
		op.rows = NULL;
		aside_plan(type, op);
		return;
	}
	value_plan(maker, type, decision, &part, op);
}

/* A tail without a count, of an object that says how many bytes it has: what fits into them. */
static bool room_plan(struct plan_maker *maker, struct plan_type *type, uint32_t new_slot,
		      uint32_t old_slot)
{
	const struct slot *new = &type->slots[NEW].at[new_slot];
	struct op op = op_blank(old_slot, new_slot);

	if (!type->extent_by || !type->slots[OLD].at[old_slot].is_flexible)
		return false;
	op.count_slot = slot_find(type, OLD, type->extent_by->text);
	if (op.count_slot == NO_INDEX || !is_integer(&type->slots[OLD].at[op.count_slot]))
		return true; /* extent_settle() says so */
	op.partial = true;
	op.by_extent = true;
	op.rule = "as many elements as its extent holds";
	if (!move_plan(maker, type, &op) || op.kind == OP_WIDEN) {
		undecided(maker, type, new, NULL, REASON_TYPE_CHANGED, NULL);
		return true;
	}
	op.kind = OP_TAIL;
	op_add(type, op);
	return true;
}

void automatic_plan(struct plan_maker *maker, struct plan_type *type, uint32_t new_slot,
		    uint32_t old_slot)
{
	struct slot *new = &type->slots[NEW].at[new_slot];

	if (new->is_flexible && old_slot != NO_INDEX &&
	    room_plan(maker, type, new_slot, old_slot))
		return;
	if (new->is_flexible && type->is_aside && old_slot != NO_INDEX)
		aside_plan(type, op_blank(old_slot, new_slot));
	else if (new->is_flexible)
		tail_undecided(maker, type, new, place_of(type, new));
	else if (old_slot == NO_INDEX)
		undecided(maker, type, new, NULL, REASON_ADDED, NULL);
	else
		pair_plan(maker, type, NULL, old_slot, new_slot);
}

/* ---- written ways
 * --------------------------------------------------------------------------------------- */

static void function_add(struct function_list *list, const struct words *words, const char *path)
{
	if (!words->text)
		return;
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->at[i].name, words->text))
			return;
	*VEC_PUSH(list) = (struct function_use){.name = words->text, .path = path, .at = words->at};
}

static void from_plan(struct plan_maker *maker, struct plan_type *type,
		      const struct decision *decision, uint32_t new_slot)
{
	const char *below = type->slots[NEW].at[new_slot].path + strlen(decision->path.text);
	const char *path = arena_printf(maker->arena, "%s%s", decision->value.text, below);
	uint32_t old_slot = slot_find(type, OLD, path);

	if (old_slot == NO_INDEX)
		plan_error(maker, type, type->slots[NEW].at[new_slot].path, decision->value.at,
			   "`from: %s` names nothing in the old type that can be taken as one; "
			   "write `expr` or `hook`",
			   path);
	else
		pair_plan(maker, type, decision, old_slot, new_slot);
}

static void hook_plan(struct plan_type *type, const struct decision *decision, struct op op)
{
	op.kind = OP_HOOK;
	op.way = CO_WAY_HOOK;
	op.rule = "hook";
	op.code = decision->value.text;
	function_add(&type->hooks, &decision->value, type->slots[NEW].at[op.new].path);
	op_add(type, op);
}

static void restore_plan(struct plan_type *type, const struct decision *decision, struct op op)
{
	op.kind = OP_ZERO;
	op.way = CO_WAY_RESTORE;
	op.rule = decision->restore.text ? "restore" : "capture";
	op.code = decision->restore.text;
	op_add(type, op);
	type->slots[NEW].at[op.new].used = true;
}

static void tail_plan(struct plan_maker *maker, struct plan_type *type,
		      const struct decision *decision, struct op op)
{
	const struct slot *new = &type->slots[NEW].at[op.new];

	op.old = slot_find(type, OLD, decision->from.text ? decision->from.text : new->path);
	op.count_slot = slot_find(type, OLD, decision->count.text);
	if (op.old == NO_INDEX || op.count_slot == NO_INDEX ||
	    !is_integer(&type->slots[OLD].at[op.count_slot])) {
		plan_error(maker, type, new->path, decision->count.at,
			   "a tail needs a tail or an array in the old type and a count that is "
			   "one of its members");
		return;
	}
	if (!bound_plan(maker, type, decision, &op))
		return;
	op.partial = true;
	op.rule = op.is_bounded ? "as many elements as its count says" : "flexible tail";
	if (!move_plan(maker, type, &op) || op.kind == OP_WIDEN) {
		undecided(maker, type, new, decision, REASON_TYPE_CHANGED, NULL);
		return;
	}
	op.kind = OP_TAIL;
	op_add(type, op);
}

static void plain_plan(struct plan_maker *maker, struct plan_type *type,
		       const struct decision *decision, struct op op)
{
	if (decision->capture.text || decision->restore.text)
		restore_plan(type, decision, op);
	else if (decision->count.text &&
		 (type->slots[NEW].at[op.new].is_flexible ||
		  (op.old != NO_INDEX && type->slots[OLD].at[op.old].is_flexible)))
		tail_plan(maker, type, decision, op);
	else if (op.old == NO_INDEX)
		undecided(maker, type, &type->slots[NEW].at[op.new], decision, REASON_ADDED, NULL);
	else
		pair_plan(maker, type, decision, op.old, op.new);
}

static void refuse_plan(struct plan_maker *maker, struct plan_type *type,
			const struct decision *decision, uint32_t new_slot)
{
	plan_error(maker, type, type->slots[NEW].at[new_slot].path,
		   decision->key.at.file ? decision->key.at : decision->path.at,
		   "`%s` cannot be generated yet; write `hook: FUNCTION` and do it there",
		   way_key(decision->way));
}

/* The idiom of the member that DECISION is about; NULL: it has none. */
static const char *idiom_met(const struct plan_maker *maker, const struct plan_type *type,
			     const struct decision *decision)
{
	const struct idiom *idiom = decided_idiom(maker, type, decision);

	return idiom ? idiom->type : NULL;
}

void way_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	      uint32_t new_slot)
{
	struct slot *new = &type->slots[NEW].at[new_slot];
	struct op op = op_blank(slot_find(type, OLD, new->path), new_slot);

	op.why = decision->why.text;
	op.at = decision->path.at;
	op.idiom = idiom_met(maker, type, decision);
	function_add(&type->captures, &decision->capture, new->path);
	function_add(&type->restores, &decision->restore, new->path);
	switch (decision->way) {
	case WAY_TODO:
		op.kind = OP_ZERO;
		op.rule = "TODO";
		op_add(type, op);
		break;
	case WAY_NONE:
		plain_plan(maker, type, decision, op);
		break;
	case WAY_FROM:
		if (decision->capture.text || decision->restore.text)
			restore_plan(type, decision, op);
		else
			from_plan(maker, type, decision, new_slot);
		break;
	case WAY_INIT:
		init_plan(maker, type, decision, op);
		break;
	case WAY_EXPR:
		expr_plan(maker, type, decision, op);
		break;
	case WAY_HOOK:
		hook_plan(type, decision, op);
		break;
	case WAY_BITS:
		bits_plan(maker, type, decision, op);
		break;
	case WAY_ARM:
		arms_plan(maker, type, decision, new_slot);
		break;
	case WAY_COUNT:
		refuse_plan(maker, type, decision, new_slot);
		break;
	default:
		pointer_plan(maker, type, decision, new_slot, &op);
	}
}
