// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What does not return: of every bit of the old object, whether it comes back as it was. A bit does
 * when the forward plan moved it to a place from which the plan of the way back moves it to where
 * it was; nothing else is believed.
 */
#include <inttypes.h>
#include <string.h>

#include "../schema/text.h"
#include "reverse.h"

/* One stretch of an old object with one fate and one reason. */
struct stretch {
	uint64_t bit, bits;
	const char *first, *last; /* members; NULL: padding */
	const char *rule, *why;
	enum loss_fate fate;
};

struct stretches {
	struct stretch *at;
	size_t n, room;
};

struct loss {
	const struct plan *forward, *back;
	struct arena *arena; /* of paths */
	const struct plan_type *there,
		*here; /* the forward plan of the type (or NULL), that back */
};

static bool op_moves(const struct op *op)
{
	switch (op->kind) {
	case OP_COPY:
	case OP_WIDEN:
	case OP_NARROW:
	case OP_ENUM:
	case OP_FLAGS:
	case OP_NESTED:
	case OP_STEPS:
	case OP_POINTER:
	case OP_TAIL:
		return true;
	default:
		return false;
	}
}

static const struct plan_type *type_there(const struct plan *forward, const struct plan_type *here)
{
	for (size_t i = 0; i < forward->types.n; i++) {
		const struct plan_type *type = forward->types.at[i];

		if (!type->is_part && type->id[OLD] == here->id[NEW] && type->id[NEW] == here->id[OLD])
			return type;
	}
	return NULL;
}

/* The slot of SIDE that is exactly these bits. */
static const struct slot *slot_at(const struct plan_type *type, enum side side,
				  const struct slot *like)
{
	for (size_t i = 0; i < type->slots[side].n; i++) {
		const struct slot *slot = &type->slots[side].at[i];

		if (slot->bit == like->bit && slot->bits == like->bits &&
		    slot->count == like->count)
			return slot;
	}
	return NULL;
}

/* What the forward plan did to what SLOT (new side of the way back) held, when it put it where OP
 * takes it from; else NULL. */
static const struct op *came_by(const struct loss *loss, const struct slot *slot,
				const struct op *op)
{
	const struct slot *old;
	const struct op *forth;

	if (!loss->there || op->old == NO_INDEX || !op_moves(op))
		return NULL;
	old = slot_at(loss->there, OLD, slot);
	if (!old)
		return NULL;
	forth = &loss->there->ops.at[old->op];
	if (!op_moves(forth) || forth->new == NO_INDEX ||
	    &loss->there->slots[OLD].at[forth->old] != old)
		return NULL;
	return loss->there->slots[NEW].at[forth->new].bit == loss->here->slots[OLD].at[op->old].bit
		       ? forth
		       : NULL;
}

/* Some names became one. */
static bool names_meet(const struct enum_value *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (names[i].crosses && names[k].crosses && names[i].new == names[k].new)
				return true;
	return false;
}

/* Some old values became one. */
static bool saturates(const struct op *op)
{
	for (size_t i = 0; op->kind == OP_STEPS && i < op->n_steps; i++) {
		const struct number_step *step = &op->steps[i];

		if (step->saturates ||
		    (step->kind == OP_ENUM && names_meet(step->names, step->n_names)))
			return true;
	}
	return names_meet(op->names, op->n_names) || (op->kind == OP_NARROW && op->saturates);
}

static bool is_bool(const struct model *model, const struct slot *slot)
{
	return type_at(model, strip(model, slot->element))->encoding == ENC_BOOLEAN;
}

/* A member that a word gathered. */
static void gathered_judge(const struct loss *loss, const struct slot *slot, const struct op *op,
			   struct stretch *stretch)
{
	const struct slot *old = loss->there ? slot_at(loss->there, OLD, slot) : NULL;
	bool whole;

	if (!old || !gathered_returns(slot, op, &loss->there->ops.at[old->op],
				      is_bool(loss->back->model[NEW], slot), &whole)) {
		stretch->fate = LOSS_LOST;
	} else if (!whole) {
		stretch->fate = LOSS_LOST;
		stretch->rule = "where it was another number than 0 or 1";
	} else {
		stretch->fate = op->partial ? LOSS_REFUSED : LOSS_RETURNS;
	}
}

/* A union whose live arm went there and comes back. */
static bool is_armed(const struct loss *loss, const struct slot *slot, const struct op *op)
{
	const struct slot *old = loss->there ? slot_at(loss->there, OLD, slot) : NULL;

	return op->kind == OP_ARM && old && loss->there->ops.at[old->op].kind == OP_ARM;
}

/* Sets the fate of STRETCH, which is SLOT, and why. */
static void slot_judge(const struct loss *loss, const struct slot *slot, struct stretch *stretch)
{
	const struct op *op = &loss->here->ops.at[slot->op], *forth = came_by(loss, slot, op);

	if (op->kind == OP_EXPR || op->kind == OP_HOOK || (op->kind == OP_STEPS && op->code) ||
	    op->way == CO_WAY_RESTORE) {
		stretch->fate = LOSS_DECIDED;
	} else if (is_armed(loss, slot, op)) {
		stretch->fate = LOSS_ARMED;
	} else if (op->kind == OP_PICK) {
		gathered_judge(loss, slot, op, stretch);
	} else if (!forth) {
		stretch->fate = LOSS_LOST;
	} else if (forth->is_bounded) {
		stretch->fate = LOSS_LOST;
		stretch->rule = "where it lies beyond its count";
		stretch->why = forth->why;
	} else if (saturates(forth)) {
		stretch->fate = LOSS_LOST;
		stretch->rule = "where it became another value on the way forth";
		stretch->why = forth->why;
	} else {
		stretch->fate = op->kind == OP_NARROW || op->kind == OP_ENUM ||
						op->kind == OP_FLAGS ||
						(op->kind == OP_STEPS && op->partial)
					? LOSS_REFUSED
					: LOSS_RETURNS;
	}
}

/* Of the member called PATH, which may name elements of it. */
static const struct slot *slot_named(const struct plan_type *type, const char *path)
{
	size_t n = path ? strcspn(path, "[") : 0;

	for (size_t i = 0; path && i < type->slots[NEW].n; i++) {
		const char *slot = type->slots[NEW].at[i].path;

		if (!strncmp(slot, path, n) && !slot[n])
			return &type->slots[NEW].at[i];
	}
	return NULL;
}

static bool same_words(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static void stretch_add(struct stretches *list, struct stretch stretch)
{
	struct stretch *last = list->n ? &list->at[list->n - 1] : NULL;

	if (last && last->fate == stretch.fate && !last->first == !stretch.first &&
	    last->bit + last->bits == stretch.bit && same_words(last->rule, stretch.rule) &&
	    same_words(last->why, stretch.why) &&
	    (stretch.fate == LOSS_LOST || stretch.fate == LOSS_RETURNS)) {
		last->bits += stretch.bits;
		last->last = stretch.last;
	} else {
		*VEC_PUSH(list) = stretch;
	}
}

/* Elements of an array, WHOLE, whose rows do not simply move: stretch by stretch with one fate. */
static void rows_collect(const struct loss *loss, const struct slot *slot,
			 const struct stretch *whole, struct stretches *list)
{
	const struct op *op = &loss->here->ops.at[slot->op], *forth = came_by(loss, slot, op);
	uint64_t bits = slot->bits * op->rows->inner, first = (whole->bit - slot->bit) / bits;
	uint64_t end = first + whole->bits / bits;

	for (uint64_t row = first, next; row < end; row = next) {
		enum row_fate fate = reverse_row(forth, op, row);
		struct stretch stretch = *whole;

		for (next = row + 1; next < end && reverse_row(forth, op, next) == fate;)
			next++;
		stretch.bit = slot->bit + row * bits;
		stretch.bits = (next - row) * bits;
		stretch.first = stretch.last =
			next - row == 1
				? arena_printf(loss->arena, "%s[%" PRIu64 "]", slot->path, row)
				: arena_printf(loss->arena, "%s[%" PRIu64 "..%" PRIu64 "]",
					       slot->path, row, next - 1);
		if (fate == ROW_RETURNS) {
			slot_judge(loss, slot, &stretch);
			if (stretch.fate == LOSS_RETURNS && op->rows->is_text)
				stretch.fate = LOSS_REFUSED; /* where no NUL would be left */
		} else {
			stretch.fate = LOSS_LOST;
			stretch.rule = fate == ROW_ENDED ? "where a text that was cut ends"
							 : "left behind on the way forth";
			stretch.why = forth ? forth->why : whole->why;
		}
		stretch_add(list, stretch);
	}
}

static void type_collect(const struct loss *loss, struct stretches *list)
{
	const struct ledger *ledger = &loss->here->ledger[NEW];

	for (size_t i = 0; i < ledger->n; i++) {
		const struct ledger_row *row = &ledger->at[i];
		const struct slot *slot = slot_named(loss->here, row->path);

		struct stretch stretch = {.bit = row->bit,
					  .bits = row->bits,
					  .first = row->path,
					  .last = row->path,
					  .rule = slot ? row->rule : "not kept",
					  .why = row->why,
					  .fate = LOSS_LOST};

		if (slot && loss->here->ops.at[slot->op].rows) {
			rows_collect(loss, slot, &stretch, list);
			continue;
		}
		if (slot)
			slot_judge(loss, slot, &stretch);
		stretch_add(list, stretch);
	}
}

static void bits_print(uint64_t bits, struct text *out)
{
	text_add(out, "%" PRIu64, bits / 8);
	if (bits % 8)
		text_add(out, " + %" PRIu64 "/8", bits % 8);
}

static void stretch_print(const struct stretch *stretch, struct text *out)
{
	static const char *const words[] = {
		[LOSS_REFUSED] = "returns, or is refused when it does not fit",
		[LOSS_DECIDED] = "as its `reverse` makes it",
		[LOSS_ARMED] =
			"the arm that is live returns as its members do; what lies beside it, and "
			"arms that do not cross, are lost",
		[LOSS_LOST] = "lost",
	};
	char range[80];

	text_add(out, "  %-26s ", ledger_range(stretch->bit, stretch->bits, range, sizeof(range)));
	if (!stretch->first)
		text_puts(out, "(padding)");
	else if (strcmp(stretch->first, stretch->last) != 0)
		text_add(out, "%s to %s", stretch->first, stretch->last);
	else
		text_puts(out, stretch->first);
	text_add(out, ": %s", words[stretch->fate]);
	if (stretch->fate == LOSS_LOST && stretch->first && stretch->rule)
		text_add(out, ", %s", stretch->rule);
	if (stretch->fate != LOSS_REFUSED && stretch->fate != LOSS_ARMED && stretch->why)
		text_add(out, ": %s", stretch->why);
	text_puts(out, "\n");
}

/* Tails have no bits of their own in the ledger. */
static void tails_print(const struct loss *loss, struct text *out)
{
	for (size_t i = 0; i < loss->here->slots[NEW].n; i++) {
		const struct slot *slot = &loss->here->slots[NEW].at[i];

		if (slot->is_flexible && !came_by(loss, slot, &loss->here->ops.at[slot->op]))
			text_add(out, "  from byte %-16" PRIu64 " %s: lost\n", slot->bit / 8,
				 slot->path);
	}
}

static void type_print(const struct loss *loss, struct text *out)
{
	struct stretches list = {.n = 0};
	uint64_t sums[LOSS_LOST + 1] = {0};

	type_collect(loss, &list);
	for (size_t i = 0; i < list.n; i++)
		sums[list.at[i].fate] += list.at[i].bits;
	text_add(out, "%s: of %" PRIu64 " bytes ", loss->here->label, loss->here->size[NEW]);
	bits_print(sums[LOSS_RETURNS] + sums[LOSS_REFUSED], out);
	text_puts(out, " return");
	if (sums[LOSS_LOST]) {
		text_puts(out, ", ");
		bits_print(sums[LOSS_LOST], out);
		text_puts(out, " are lost");
	}
	if (sums[LOSS_DECIDED]) {
		text_puts(out, ", ");
		bits_print(sums[LOSS_DECIDED], out);
		text_puts(out, " are made anew");
	}
	if (sums[LOSS_ARMED]) {
		text_puts(out, ", ");
		bits_print(sums[LOSS_ARMED], out);
		text_puts(out, " return as far as their live arm holds them");
	}
	text_puts(out, "\n");
	for (size_t i = 0; i < list.n; i++)
		if (list.at[i].fate != LOSS_RETURNS)
			stretch_print(&list.at[i], out);
	tails_print(loss, out);
	VEC_FREE(&list);
}

/* ---- bit by bit --------------------------------------------------------------------------------
 */

static void fates_of_type(const struct loss *outer, const struct plan_type *here, uint64_t bits,
			  unsigned char *fates);

/* SLOT holds elements of a planned type: theirs is what it said to return. */
static void fates_inside(const struct loss *loss, const struct slot *slot, uint64_t bits,
			 unsigned char *fates)
{
	const struct op *op = &loss->here->ops.at[slot->op];
	const struct plan_type *inner =
		op->nested != NO_INDEX ? loss->back->types.at[op->nested] : NULL;
	uint64_t n =
		slot->is_flexible && slot->bits ? (bits - slot->bit) / slot->bits : slot->count;

	if (!inner || (op->kind != OP_NESTED && op->kind != OP_TAIL))
		return;
	for (uint64_t i = 0; i < n; i++) {
		unsigned char *at = fates + slot->bit + i * slot->bits;

		if (*at == LOSS_RETURNS)
			fates_of_type(loss, inner, inner->size[NEW] * 8, at);
	}
}

static void fates_of_type(const struct loss *outer, const struct plan_type *here, uint64_t bits,
			  unsigned char *fates)
{
	struct loss loss = *outer;
	struct stretches list = {.n = 0};

	loss.here = here;
	loss.there = type_there(loss.forward, here);
	memset(fates, LOSS_LOST, bits);
	type_collect(&loss, &list);
	for (size_t i = 0; i < list.n; i++)
		memset(fates + list.at[i].bit, (int)list.at[i].fate, list.at[i].bits);
	VEC_FREE(&list);
	for (size_t i = 0; i < here->slots[NEW].n; i++) {
		const struct slot *slot = &here->slots[NEW].at[i];

		if (slot->is_flexible && slot->bit < bits &&
		    came_by(&loss, slot, &here->ops.at[slot->op]))
			memset(fates + slot->bit, LOSS_RETURNS, bits - slot->bit);
		fates_inside(&loss, slot, bits, fates);
	}
}

void loss_fates(const struct plan *forward, const struct plan *back, const struct plan_type *here,
		uint64_t size, unsigned char *fates)
{
	struct arena arena;
	struct loss loss = {.forward = forward, .back = back, .arena = &arena};

	arena_init(&arena);
	fates_of_type(&loss, here, size * 8, fates);
	arena_deinit(&arena);
}

/* ---- for people --------------------------------------------------------------------------------
 */

void loss_print(const struct plan *forward, const struct plan *back, struct text *out)
{
	struct arena arena;
	struct loss loss = {.forward = forward, .back = back, .arena = &arena};
	const struct mapping *mapping = forward->mapping;

	arena_init(&arena);
	text_add(out, "Loss set: %s to %s and back\n",
		 mapping->from_release.text ? mapping->from_release.text : "old",
		 mapping->to_release.text ? mapping->to_release.text : "new");
	for (size_t i = 0; i < back->types.n; i++) {
		loss.here = back->types.at[i];
		loss.there = type_there(forward, loss.here);
		if (!loss.here->is_refused && !loss.here->is_part)
			type_print(&loss, out);
	}
	arena_deinit(&arena);
}
