// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Turns a mapping around. The forward plan says of every slot what became of it; from that each
 * type gets the decisions of the way back, slot by slot. What moved moves back; what was dropped or
 * made anew comes back as zero (or by the same constant); what only a function or an expression
 * knows needs a `reverse`.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../schema/classify.h"
#include "../schema/text.h"
#include "reverse.h"

struct turner {
	const struct plan *forward;
	const struct diff *back;
	struct mapping *out;
	struct arena *arena;
	struct diags *diags;
};

/* One type while it is turned. */
struct turn {
	struct turner *turner;
	const struct plan_type *type;
	struct type_decisions *section;
};

/* ---- names on the other side
 * -------------------------------------------------------------------------- */

/* As the planner names the type of the old model. */
static const char *old_label(const struct turner *turner, type_id id)
{
	const struct model *model = turner->forward->model[OLD];
	const char *label = type_label(model, id);

	if (label)
		return label;
	return arena_printf(turner->arena, "%s {...} at line %u",
			    kind_keyword(type_at(model, id)->kind), type_at(model, id)->line);
}

/* The old release's name for the type that the mapping calls WORDS; itself where there is none. */
static struct words label_turn(const struct turner *turner, struct words words)
{
	const struct plan *forward = turner->forward;
	struct diags unused;
	type_id id;

	if (!words.text)
		return words;
	diags_init(&unused);
	if (model_require(forward->model[NEW], words.text, words.at, &unused, &id)) {
		id = diff_old_of(forward->diff, strip(forward->model[NEW], id));
		if (id != TYPE_NONE && type_label(forward->model[OLD], id))
			words.text = type_label(forward->model[OLD], id);
	}
	diags_deinit(&unused);
	return words;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* CODE speaks of `new` and `new_X` as the mapping does; on the way back that is the side read from.
 */
static const char *code_turn(struct arena *arena, const char *code)
{
	struct text text;
	const char *turned;

	text_init(&text);
	for (const char *at = code; *at; at++) {
		bool starts = at == code || !is_word(at[-1]);
		bool ends = at[0] && at[1] && at[2] && (!is_word(at[3]) || at[3] == '_');

		if (starts && ends && !strncmp(at, "new", 3)) {
			text_puts(&text, "old");
			at += 2;
		} else if (starts && ends && !strncmp(at, "old", 3)) {
			text_puts(&text, "new");
			at += 2;
		} else {
			text_add(&text, "%c", *at);
		}
	}
	turned = arena_strdup(arena, text_string(&text));
	text_deinit(&text);
	return turned;
}

/* ---- the forward plan, asked
 * -------------------------------------------------------------------------- */

static const struct op *op_of(const struct plan_type *type, enum side side, uint32_t slot)
{
	return &type->ops.at[type->slots[side].at[slot].op];
}

static bool op_moves(const struct op *op)
{
	return op->old != NO_INDEX && op->new != NO_INDEX &&
	       (op->kind == OP_COPY || op->kind == OP_WIDEN || op->kind == OP_NARROW ||
		op->kind == OP_ENUM || op->kind == OP_FLAGS || op->kind == OP_NESTED ||
		op->kind == OP_POINTER || op->kind == OP_TAIL);
}

/* The decision that an operation comes from; NULL: automatic, a default, the rest of a view, a
 * drop. */
static const struct decision *decision_of(const struct plan_type *type, const struct op *op)
{
	for (size_t i = 0; op->at.file && type->decisions && i < type->decisions->members.n; i++) {
		const struct decision *decision = &type->decisions->members.at[i];

		if (decision->path.at.line == op->at.line && decision->path.at.col == op->at.col)
			return decision;
	}
	return NULL;
}

/* The new slot to which the old slot's value moved, or NO_INDEX. */
static uint32_t moved_to(const struct plan_type *type, uint32_t old_slot)
{
	const struct op *op = op_of(type, OLD, old_slot);

	return op_moves(op) && op->old == old_slot ? op->new : NO_INDEX;
}

/* ---- one member
 * --------------------------------------------------------------------------------------- */

static struct decision *decision_add(struct turn *turn, const struct slot *old, struct place at)
{
	struct decision *decision = VEC_PUSH(&turn->section->members);

	/* What a mapping writes: a union without a name goes by an arm. */
	*decision = (struct decision){.path = {.text = old->key, .at = at}};
	return decision;
}

static const char *why_lost(struct turn *turn, const struct op *op)
{
	const char *why = op->why ? op->why : "no reason given";

	return arena_printf(turn->turner->arena, "%s on the way to %s: %s",
			    op->rule && !strcmp(op->rule, "drop") ? "dropped" : "not carried",
			    turn->turner->forward->mapping->to_release.text
				    ? turn->turner->forward->mapping->to_release.text
				    : "the new release",
			    why);
}

/* Nothing is left of the value: zero, or for what points to itself when empty, empty. */
static void lost_turn(struct turn *turn, const struct slot *old, const struct op *op,
		      const char *value)
{
	struct decision *decision = decision_add(turn, old, op->at);

	decision->why = (struct words){.text = why_lost(turn, op), .at = op->at};
	decision->way = old->link ? WAY_NULL : WAY_INIT;
	decision->key = (struct words){.text = way_key(decision->way), .at = op->at};
	decision->value =
		(struct words){.text = old->link ? decision->why.text : value, .at = op->at};
}

static struct words path_words(const char *path, struct place at)
{
	return (struct words){.text = path, .at = at};
}

/* `reverse: ...` of DECISION, for OLD. */
static void written_turn(struct turn *turn, const struct slot *old, const struct decision *written)
{
	const struct decision *reverse = written->reverse;
	struct decision *decision = decision_add(turn, old, reverse->path.at);

	decision->way = reverse->way;
	decision->key = reverse->key;
	decision->value = reverse->value;
	decision->why = reverse->why.text ? reverse->why : written->why;
	decision->capture = reverse->capture;
	decision->restore = reverse->restore;
	if (reverse->way == WAY_EXPR)
		decision->value.text = code_turn(turn->turner->arena, reverse->value.text);
	if ((reverse->way == WAY_HOOK || reverse->capture.text) && !reverse->reads.n)
		decision->from = path_words(written->path.text, reverse->path.at);
	for (size_t i = 0; i < reverse->reads.n; i++)
		*VEC_PUSH(&decision->reads) = reverse->reads.at[i];
}

/* A count is a member of the object that is read: on the way back, the one that its value moved to.
 */
static struct words count_turn(struct turn *turn, const struct op *op, struct words count)
{
	uint32_t slot =
		op->count_slot == NO_INDEX ? NO_INDEX : moved_to(turn->type, op->count_slot);

	if (slot != NO_INDEX)
		count.text = turn->type->slots[NEW].at[slot].path;
	return count;
}

static void refuse_unturned(struct turn *turn, const struct slot *old,
			    const struct decision *written, const char *reason)
{
	const struct plan_type *type = turn->type;

	diag_error(turn->turner->diags, written->path.at,
		   "%s.%s: on the way back nothing says what the old member %s becomes: %s; write "
		   "beside it %s`reverse: { init: zero, why: ... }`",
		   type->label, written->path.text, old->path, reason,
		   written->capture.text || written->restore.text
			   ? "`reverse: { capture: FUNCTION, restore: FUNCTION }` (in "
			     "hooks-reverse.c) or "
			   : "`reverse: C over new`, `reverse: { hook: FUNCTION }` (in "
			     "hooks-reverse.c) or ");
}

/* How the way back settles what the forward way did not ask about, or asked differently. */
static void move_settle(struct turn *turn, const struct op *op, const struct decision *written,
			struct decision *decision)
{
	const struct slot *old = &turn->type->slots[OLD].at[op->old];
	const struct slot *new = &turn->type->slots[NEW].at[op->new];
	struct field from = {0}, to = {0};
	struct part part;

	if (written && written->constants_enum[0].text) {
		decision->constants_enum[0] = written->constants_enum[1];
		decision->constants_enum[1] = written->constants_enum[0];
		decision->constants_as = written->constants_as;
		decision->constants_keep = written->constants_keep;
		return;
	}
	memset(&part, 0, sizeof(part));
	from = (struct field){.type = op->rows ? new->element : new->type,
			      .bit_offset = new->bit,
			      .bit_size = new->is_bitfield ? (uint32_t) new->bits : 0,
			      .member = new->member,
			      .parent = TYPE_NONE};
	to = (struct field){.type = op->rows ? old->element : old->type,
			    .bit_offset = old->bit,
			    .bit_size = old->is_bitfield ? (uint32_t)old->bits : 0,
			    .member = old->member,
			    .parent = TYPE_NONE};
	classify_fields(turn->turner->back, &turn->turner->forward->idioms, &from, &to, &part);
	if (part.reason == REASON_NARROWED || part.reason == REASON_SIGNEDNESS ||
	    part.reason == REASON_INT_ENUM || part.reason == REASON_TYPE_CHANGED ||
	    part.reason == REASON_BITFIELD)
		decision->on_overflow = (struct words){.text = "refuse", .at = decision->path.at};
	if (written) {
		decision->constants_prefix = written->constants_prefix;
		decision->constants_header = written->constants_header;
	}
	/* Names are turned, not replacements: what took another's place returns as itself. */
	if ((written && written->enumerators.text && !written->index_old.text) ||
	    (part.reason == REASON_ENUMERATORS && (!written || written->way != WAY_FROM)))
		decision->enumerators = (struct words){.text = "by-name", .at = decision->path.at};
}

/* The value moved: it moves back, by the same way. */
static void moved_turn(struct turn *turn, const struct op *op, const struct decision *written)
{
	const struct slot *old = &turn->type->slots[OLD].at[op->old];
	const struct slot *new = &turn->type->slots[NEW].at[op->new];
	struct place at = written ? written->path.at : turn->type->at;
	struct decision *decision = decision_add(turn, old, at);
	bool renamed = strcmp(old->path, new->path) != 0;

	if (written && written->way >= WAY_FOLLOW && written->way <= WAY_LIST) {
		bool is_type = written->way == WAY_FOLLOW || written->way == WAY_ARRAY ||
			       (written->way == WAY_LIST && written->node.text);

		*decision = *written;
		decision->path = path_words(old->path, at);
		decision->from = renamed ? path_words(new->path, at) : (struct words){.text = NULL};
		decision->value =
			is_type ? label_turn(turn->turner, written->value) : written->value;
		decision->count = count_turn(turn, op, written->count);
		decision->was = decision->is = (struct words){.text = NULL};
		decision->reverse = NULL;
		memset(&decision->reads, 0, sizeof(decision->reads));
		memset(&decision->bits, 0, sizeof(decision->bits));
		memset(&decision->replacements, 0, sizeof(decision->replacements));
		memset(&decision->moved, 0, sizeof(decision->moved));
		reverse_rows(turn->turner->forward, op, written, decision);
		return;
	}
	decision->why = written ? written->why : (struct words){.text = NULL};
	if (op->kind == OP_TAIL && op->by_extent) {
		turn->section->members.n--;
		return;
	}
	if (op->kind == OP_TAIL) {
		decision->count = count_turn(turn, op, written->count);
		decision->from = path_words(renamed ? new->path : NULL, at);
		if (op->is_bounded)
			decision->on_overflow = path_words("refuse", at);
		return;
	}
	decision->way = renamed || (written && written->way == WAY_FROM) ? WAY_FROM : WAY_NONE;
	decision->value = path_words(decision->way == WAY_FROM ? new->path : NULL, at);
	decision->key = path_words("from", at);
	move_settle(turn, op, written, decision);
	reverse_rows(turn->turner->forward, op, written, decision);
	if (decision->way == WAY_NONE && !decision->on_overflow.text &&
	    !decision->constants_prefix.text && !decision->constants_enum[0].text &&
	    !decision->enumerators.text)
		turn->section->members.n--;
}

static bool is_number(const char *text)
{
	char *end;

	strtoll(text, &end, 0);
	return end != text && !*end;
}

/* The value did not move, by decision WRITTEN: replaced by what it says, or read by its code. */
static void settled_turn(struct turn *turn, uint32_t slot, const struct op *op,
			 const struct decision *written)
{
	const struct slot *old = &turn->type->slots[OLD].at[slot];
	bool constant =
		written->way == WAY_INIT || written->way == WAY_NULL || written->way == WAY_LIST;
	const char *value = written->way == WAY_INIT ? written->value.text : "zero";
	bool zero = !strcmp(value, "zero") || !strcmp(value, "0");

	if (!constant || op->way != CO_WAY_DROP)
		refuse_unturned(turn, old, written,
				op->way == CO_WAY_DROP ? "it was replaced" : op->rule);
	else if (!zero && !is_number(value))
		refuse_unturned(turn, old, written,
				"it was replaced by a value that is no plain number");
	else
		lost_turn(turn, old, op,
			  old->is_array || (old->kind != SLOT_INT && old->kind != SLOT_ENUM)
				  ? "zero"
				  : value);
}

/* ---- unions with a discriminator
 * ------------------------------------------------------------------------ */

static void old_turn(struct turn *turn, uint32_t slot);
static void new_turn(struct turn *turn, uint32_t slot);

/* SLOT is an arm as a whole, and no member of one. */
static bool is_arm(const struct model *model, const struct slot *slot)
{
	return slot->parent == TYPE_NONE || type_at(model, slot->parent)->kind == KIND_UNION;
}

/* How the members of PART return to the old union; those that lie beside it are none of its own. */
static struct type_decisions *part_turn(struct turn *turn, const struct plan_type *part,
					const struct slot *region)
{
	struct turn inner = {.turner = turn->turner, .type = part};

	inner.section = ARENA_NEW(turn->turner->arena, struct type_decisions);
	for (uint32_t i = 0; i < part->slots[OLD].n; i++)
		if (part->slots[OLD].at[i].bit >= region->bit &&
		    part->slots[OLD].at[i].bit < region->bit + region->bits)
			old_turn(&inner, i);
	/* What stands for an arm as a whole is given up with it; what lies in one needs its word. */
	for (uint32_t i = 0; i < part->slots[NEW].n; i++)
		if (!is_arm(turn->turner->forward->model[NEW], &part->slots[NEW].at[i]))
			new_turn(&inner, i);
	for (size_t i = 0; i < inner.section->drops.n; i++)
		*VEC_PUSH(&turn->section->drops) = inner.section->drops.at[i];
	VEC_FREE(&inner.section->drops);
	return inner.section;
}

/* An old member of PART that lies in the union REGION; NULL: none does. */
static const struct slot *part_source(const struct plan_type *part, const struct slot *region)
{
	for (uint32_t i = 0; i < part->slots[OLD].n; i++)
		if (part->slots[OLD].at[i].bit >= region->bit &&
		    part->slots[OLD].at[i].bit < region->bit + region->bits)
			return &part->slots[OLD].at[i];
	return NULL;
}

/* Decisions at whole paths as the braces of an arm have them: about the arm, or what lies in it. */
static void arm_settle(struct arm *arm, const char *prefix, struct type_decisions *inside)
{
	size_t n = strlen(prefix), length = strlen(arm->use.text);

	for (size_t i = 0; i < inside->members.n; i++)
		if (inside->members.at[i].way == WAY_FROM)
			inside->members.at[i].from = inside->members.at[i].value;
	if (inside->members.n == 1 && !strcmp(inside->members.at[0].path.text + n, arm->use.text)) {
		struct words why = arm->decision.why;

		arm->decision = inside->members.at[0];
		arm->decision.why = arm->decision.why.text ? arm->decision.why : why;
		VEC_FREE(&inside->members);
		return;
	}
	for (size_t i = 0; i < inside->members.n; i++) {
		struct words *path = &inside->members.at[i].path;

		path->text += n;
		if (!strncmp(path->text, arm->use.text, length) && path->text[length] == '.')
			path->text += length + 1;
	}
	if (!inside->members.n) /* what needs no word was taken back */
		VEC_FREE(&inside->members);
	arm->inside = inside->members.n ? inside : NULL;
}

/* ARM of the way forth turned into OUT; false: WHY says what is in the way. */
static bool arm_turn(struct turn *turn, const struct arm_plan *arm, const struct slot *region,
		     struct arm *out, const char **why)
{
	const struct plan_type *part =
		arm->part == NO_INDEX ? NULL : turn->turner->forward->types.at[arm->part];
	const struct slot *source = part ? part_source(part, region) : NULL;
	struct arena *arena = turn->turner->arena;
	const char *path, *dot, *prefix;

	*out = (struct arm){.decision = {.path = {.at = arm->at}, .why = path_words(arm->why, arm->at)}};
	if (!arm->when) {
		out->otherwise = path_words("zero", arm->at);
		return true;
	}
	out->when = path_words(condition_turn(turn->type, arm->when, arena, &path), arm->when_at);
	if (!out->when.text)
		*why = arena_printf(arena, "a condition reads %s, which does not move as it is", path);
	else if (!source)
		*why = arena_printf(arena, "%s has no place in the old union", arm->path);
	if (!out->when.text || !source)
		return false;
	dot = strrchr(region->path, '.');
	prefix = region->member && region->member->name
			 ? arena_printf(arena, "%s.", region->path)
			 : arena_strndup(arena, region->path,
					 dot ? (size_t)(dot - region->path) + 1 : 0);
	out->use = path_words(arena_strndup(arena, source->path + strlen(prefix),
					    strcspn(source->path + strlen(prefix), ".")),
			      arm->at);
	arm_settle(out, prefix, part_turn(turn, part, region));
	return true;
}

static void arms_turn(struct turn *turn, const struct slot *old, const struct op *op,
		      const struct decision *written)
{
	size_t drops = turn->section->drops.n;
	struct decision decision = {.path = path_words(old->path, written->path.at),
				    .way = WAY_ARM,
				    .key = written->key,
				    .why = written->why};
	const char *why = NULL;

	for (size_t i = 0; i < op->n_arms && !why; i++)
		arm_turn(turn, &op->arms[i], old, VEC_PUSH(&decision.arms), &why);
	if (why) {
		turn->section->drops.n = drops;
		refuse_unturned(turn, old, written, why);
	}
	*VEC_PUSH(&turn->section->members) = decision;
}

/* Where what is made anew for the old SLOT lies, if it is, or was, the arm of a union: it has to be named again. */
static const struct slot *reset_arm(const struct plan_type *type, uint32_t slot)
{
	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if (op->kind == OP_ZERO && op->way == CO_WAY_RESTORE && op->old == slot &&
		    op->new != NO_INDEX &&
		    (type->slots[NEW].at[op->new].in_union || type->slots[OLD].at[slot].in_union))
			return &type->slots[NEW].at[op->new];
	}
	return NULL;
}

static void reset_turn(struct turn *turn, const struct slot *old, const struct slot *new,
		       const struct op *op)
{
	struct decision *decision = decision_add(turn, old, turn->type->at);

	decision->way = WAY_FROM;
	decision->key = path_words("from", turn->type->at);
	decision->value = path_words(new->path, turn->type->at);
	decision->why = path_words(op->why, turn->type->at);
}

static void old_turn(struct turn *turn, uint32_t slot)
{
	const struct plan_type *type = turn->type;
	const struct slot *old = &type->slots[OLD].at[slot];
	const struct op *op = op_of(type, OLD, slot);
	const struct decision *written = decision_of(type, op);

	if (written && written->reverse)
		written_turn(turn, old, written);
	else if (is_gathered(type, op))
		gathered_turn(type, op, turn->turner->arena, decision_add(turn, old, op->at));
	else if (op_moves(op) && op->old == slot)
		moved_turn(turn, op, written);
	else if (op->kind == OP_ARM && op->old == slot)
		arms_turn(turn, old, op, written);
	else if (written)
		settled_turn(turn, slot, op, written);
	else if (op->kind == OP_DROP && op->way == CO_WAY_RESTORE && reset_arm(type, slot))
		reset_turn(turn, old, reset_arm(type, slot), op);
	else if (op->way == CO_WAY_DROP && op->rule && !strcmp(op->rule, "drop"))
		lost_turn(turn, old, op, "zero");
}

/* ---- what only the new release has
 * -------------------------------------------------------------------- */

static bool path_under(const char *path, const char *above)
{
	size_t n = strlen(above);

	return !strncmp(path, above, n) && (!path[n] || path[n] == '.' || path[n] == '[');
}

/* CODE names old->PATH, or what PATH lies in or holds. */
static bool code_reads(const char *code, const char *path)
{
	for (const char *at = code; (at = strstr(at, "old->")); at += 5) {
		size_t n = 0;

		if (at > code && is_word(at[-1]))
			continue;
		while (is_word(at[5 + n]) || at[5 + n] == '.')
			n++;
		if (!strncmp(path, at + 5, n) && (!path[n] || path[n] == '.'))
			return true;
	}
	return false;
}

static bool is_read(const struct type_decisions *section, const char *path)
{
	for (size_t i = 0; i < section->members.n; i++) {
		const struct decision *decision = &section->members.at[i];

		if (decision->way == WAY_EXPR && code_reads(decision->value.text, path))
			return true;
		if ((decision->way == WAY_HOOK || decision->capture.text) && decision->from.text &&
		    path_under(path, decision->from.text))
			return true;
		if (decision->is_turned && decision->from.text &&
		    path_under(path, decision->from.text))
			return true;
		for (size_t k = 0; k < decision->bits.n && decision->is_turned; k++)
			if (decision->bits.at[k].member.text &&
			    path_under(path, decision->bits.at[k].member.text))
				return true;
		for (size_t k = 0; k < decision->reads.n; k++)
			if (path_under(path, decision->reads.at[k].text))
				return true;
	}
	return false;
}

/* Members of the new type whose value the old object does not take. */
static void new_turn(struct turn *turn, uint32_t slot)
{
	const struct plan_type *type = turn->type;
	const struct slot *new = &type->slots[NEW].at[slot];
	const struct op *op = op_of(type, NEW, slot);
	const struct decision *written = decision_of(type, op);
	const struct mapping *mapping = turn->turner->forward->mapping;
	struct drop *drop;

	if (!written || is_read(turn->section, new->path))
		return;
	if ((op_moves(op) || (op->kind == OP_ARM && op->old != NO_INDEX)) &&
	    op_of(type, OLD, op->old) == op && !written->reverse)
		return;
	drop = VEC_PUSH(&turn->section->drops);
	drop->path = path_words(new->path, written->path.at);
	drop->why = path_words(
		op->old == NO_INDEX
			? arena_printf(turn->turner->arena, "added in %s",
				       mapping->to_release.text ? mapping->to_release.text
								: "the new release")
			: arena_printf(turn->turner->arena,
				       "made on the way forth (%s), not the old value", op->rule),
		written->path.at);
}

/* A `reverse` that no old member waits for is a mistake. */
static void reverse_unused(struct turn *turn)
{
	const struct type_decisions *decisions = turn->type->decisions;

	for (size_t i = 0; decisions && i < decisions->members.n; i++) {
		const struct decision *written = &decisions->members.at[i];
		size_t n = 0;

		if (!written->reverse)
			continue;
		for (size_t k = 0; k < turn->section->members.n; k++)
			n += turn->section->members.at[k].path.at.line ==
				     written->reverse->path.at.line &&
			     turn->section->members.at[k].path.at.col ==
				     written->reverse->path.at.col;
		if (!n)
			diag_error(turn->turner->diags, written->reverse->path.at,
				   "%s.%s: no old member returns by this `reverse`: each has a way "
				   "of its own; take it away",
				   turn->type->label, written->path.text);
		else if (n > 1 && written->reverse->way == WAY_EXPR)
			diag_error(turn->turner->diags, written->reverse->path.at,
				   "%s.%s: %zu old members return by this `reverse`, and an "
				   "expression makes one; write `reverse: { hook: FUNCTION }`",
				   turn->type->label, written->path.text, n);
	}
}

/* ---- a type
 * ------------------------------------------------------------------------------------------- */

static void view_turn(struct turn *turn)
{
	const struct plan_type *type = turn->type;

	turn->section->has_carry = true;
	turn->section->rest_init = type->decisions->rest_init;
	turn->section->rest_why = type->decisions->rest_why;
	for (uint32_t i = 0; i < type->slots[OLD].n; i++)
		if (op_of(type, OLD, i)->way != CO_WAY_REST &&
		    is_word(type->slots[OLD].at[i].path[0]) &&
		    !strchr(type->slots[OLD].at[i].path, ' '))
			*VEC_PUSH(&turn->section->carry) =
				path_words(type->slots[OLD].at[i].path, type->at);
}

/* The new member that the old one moved to says it of the new object, whose bytes are as many. */
static void extent_member_turn(struct turn *turn)
{
	const struct plan_type *type = turn->type;
	uint32_t slot = moved_to(type, type->extent_slot);

	turn->section->extent = *type->extent_by;
	if (slot != NO_INDEX) {
		turn->section->extent.text = type->slots[NEW].at[slot].path;
		return;
	}
	diag_error(turn->turner->diags, type->extent_by->at,
		   "%s.extent: on the way back no member says how many bytes a new object has, because "
		   "`%s` does not move into one as it is; there is no way back for this type",
		   type->label, type->extent_by->text);
}

/* How far a new object may be read is written nowhere: as far as what returns reaches. */
static void extent_turn(struct turn *turn)
{
	const struct plan_type *type = turn->type;
	uint64_t bytes = 0;

	if (!type->decisions->extent.text)
		return;
	if (type->extent_by) {
		extent_member_turn(turn);
		return;
	}
	for (uint32_t i = 0; i < type->slots[NEW].n; i++) {
		const struct slot *slot = &type->slots[NEW].at[i];
		const struct op *op = op_of(type, NEW, i);
		uint64_t end = (slot->bit + slot->bits * slot->count + 7) / 8;

		if (op->way != CO_WAY_REST && end > bytes)
			bytes = end;
	}
	turn->section->extent = type->decisions->extent;
	turn->section->extent.text =
		arena_printf(turn->turner->arena, "%llu", (unsigned long long)bytes);
}

static void type_turn(struct turner *turner, const struct plan_type *type)
{
	const char *label = old_label(turner, type->id[OLD]);
	struct turn turn = {.turner = turner, .type = type};

	if (mapping_type(turner->out, label))
		return;
	turn.section = VEC_PUSH(&turner->out->types);
	*turn.section = (struct type_decisions){
		.type = {.text = label, .at = type->at},
		.is_derived = !type->decisions,
	};
	if (type->decisions) {
		turn.section->idiom = type->decisions->idiom;
		turn.section->idiom_why = type->decisions->idiom_why;
		extent_turn(&turn);
	}
	for (uint32_t i = 0; i < type->slots[OLD].n; i++)
		old_turn(&turn, i);
	for (uint32_t i = 0; i < type->slots[NEW].n; i++)
		new_turn(&turn, i);
	if (type->is_view)
		view_turn(&turn);
	reverse_unused(&turn);
}

/* Sections that only name an idiom have no plan. */
static void idioms_turn(struct turner *turner)
{
	const struct mapping *mapping = turner->forward->mapping;

	for (size_t i = 0; i < mapping->types.n; i++) {
		const struct type_decisions *from = &mapping->types.at[i];
		struct words label = label_turn(turner, from->type);

		if (from->idiom.text && !mapping_type(turner->out, label.text))
			*VEC_PUSH(&turner->out->types) = (struct type_decisions){
				.type = label, .idiom = from->idiom, .idiom_why = from->idiom_why};
	}
}

/* ---- the whole
 * ---------------------------------------------------------------------------------------- */

static struct walk *walk_turn(struct turner *turner, const struct walk *walk)
{
	struct walk *out;

	if (!walk)
		return NULL;
	out = ARENA_NEW(turner->arena, struct walk);
	*out = *walk;
	out->of = label_turn(turner, walk->of);
	out->then = walk_turn(turner, walk->then);
	return out;
}

static void head_turn(struct turner *turner)
{
	const struct mapping *from = turner->forward->mapping;
	struct mapping *out = turner->out;

	out->file = from->file;
	out->from_release = from->to_release;
	out->from_arch = from->to_arch;
	out->to_release = from->from_release;
	out->to_arch = from->from_arch;
	out->pointer_way = from->pointer_way;
	out->pointer_why = from->pointer_why;
	out->tree = from->tree;
	memcpy(out->digest, from->digest, sizeof(out->digest));
	for (size_t i = 0; i < from->symbols.n; i++)
		*VEC_PUSH(&out->symbols) = from->symbols.at[i];
	for (size_t i = 0; i < from->roots.n; i++) {
		struct root *root = VEC_PUSH(&out->roots);

		*root = from->roots.at[i];
		root->type = label_turn(turner, root->type);
		root->walk = walk_turn(turner, root->walk);
	}
}

bool reverse_mapping(const struct plan *forward, const struct diff *back, struct mapping *out,
		     struct diags *diags)
{
	struct turner turner = {.forward = forward, .back = back, .out = out, .diags = diags};
	size_t errors = diags->errors;

	*out = (struct mapping){0};
	arena_init(&out->arena);
	turner.arena = &out->arena;
	head_turn(&turner);
	for (size_t i = 0; i < forward->types.n; i++)
		if (!forward->types.at[i]->is_part)
			type_turn(&turner, forward->types.at[i]);
	idioms_turn(&turner);
	return diags->errors == errors;
}
