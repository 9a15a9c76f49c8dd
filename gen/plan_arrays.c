// SPDX-License-Identifier: GPL-2.0-or-later
/* Arrays whose length changed, or whose elements an enum counts: which row goes where. */
#include <string.h>

#include "../schema/carried.h"
#include "plan_internal.h"

#define INDEXED_ROWS_MAX 65536u
#define NO_ROW UINT64_MAX

struct spans {
	struct row_span *at;
	size_t n, room;
};

struct gones {
	struct row_gone *at;
	size_t n, room;
};

/* ---- the shape of both arrays ------------------------------------------------------------------
 */

static const struct type *array_of(const struct model *model, const struct slot *slot)
{
	const struct type *type = type_at(model, strip(model, slot->type));

	return slot->is_array && !slot->is_flexible && type->kind == KIND_ARRAY ? type : NULL;
}

/* From the second dimension on both have the same. */
static bool same_inside(const struct plan_maker *maker, const struct type *old,
			const struct type *new)
{
	const struct model *models[] = {maker->model[OLD], maker->model[NEW]};

	for (;;) {
		old = type_at(models[OLD], strip(models[OLD], old->target));
		new = type_at(models[NEW], strip(models[NEW], new->target));
		if (old->kind != KIND_ARRAY || new->kind != KIND_ARRAY)
			return old->kind != KIND_ARRAY && new->kind != KIND_ARRAY;
		if (old->count != new->count || (old->flags ^ new->flags) & TYPE_VECTOR)
			return false;
	}
}

static bool is_text(const struct plan_maker *maker, enum side side, const struct slot *slot)
{
	const struct model *model = maker->model[side];
	const struct type *row = type_at(model, strip(model, array_of(model, slot)->target));

	return row->kind == KIND_INT && row->size == 1 && row->name && !strcmp(row->name, "char");
}

bool rows_agree(const struct op *op, const struct slot *old, const struct slot *new)
{
	if (op->rows || op->is_bounded)
		return true;
	return old->count == new->count && old->is_flexible == new->is_flexible;
}

struct field slot_element_field(const struct slot *slot)
{
	struct field field = slot_field(slot);

	field.type = slot->element;
	return field;
}

/* ---- rows that keep their index ----------------------------------------------------------------
 */

static void *rows_keep(struct plan_maker *maker, const void *at, size_t n, size_t size)
{
	void *kept = arena_array(maker->arena, n + 1, size);

	if (n)
		memcpy(kept, at, n * size);
	return kept;
}

static void prefix_plan(struct plan_maker *maker, struct op_rows *rows)
{
	uint64_t both = rows->old < rows->new ? rows->old : rows->new;
	struct row_span span = {.n = both};
	struct row_gone gone = {.row = both,
				.n = rows->old - both,
				.why = "has no place in the new array, and is not zero"};

	rows->spans = rows_keep(maker, &span, 1, sizeof(span));
	rows->n_spans = 1;
	rows->gone = rows_keep(maker, &gone, 1, sizeof(gone));
	rows->n_gone = gone.n > 0;
}

/* True when DECISION says what becomes of an array that has NEW rows instead of OLD. */
static bool length_decided(const struct decision *decision, uint64_t old, uint64_t new)
{
	bool takes = decision->way == WAY_FROM ||
		     (decision->way >= WAY_FOLLOW && decision->way <= WAY_SYMBOL);

	if (old > new)
		return decision->on_overflow.text;
	return old < new &&takes && decision->why.text;
}

/* ---- rows that an enum counts ------------------------------------------------------------------
 */

struct indexing {
	struct plan_maker *maker;
	struct plan_type *type;
	const struct decision *decision;
	const char *path;
	const struct type *enums[2];
	struct op_rows *rows;
	uint64_t *to;	    /* of each old row: the new one, or NO_ROW */
	const char **names; /* of each old row: its enumerator, or NULL */
	const char **why;   /* of each old row that is gone */
};

static const struct enumerator *enumerators_in(const struct indexing *x, enum side side)
{
	return enumerators_of(x->maker->model[side], x->enums[side]);
}

static bool enums_find(struct indexing *x)
{
	const struct words *words[] = {&x->decision->index_old, &x->decision->index_new};

	for (int side = OLD; side <= NEW; side++) {
		type_id id = carried_index(x->maker->model[side], words[side]->text);

		if (id == TYPE_NONE)
			return plan_error(
				x->maker, x->type, x->path, words[side]->at,
				"the %s kernel has no enum `%s`; write `index: ENUM` with "
				"one that both have, `{ old: ENUM, new: ENUM }`, or `hook: "
				"FUNCTION`",
				side == OLD ? "old" : "new", words[side]->text);
		x->enums[side] = type_at(x->maker->model[side], id);
	}
	return names_check(x->maker, x->type, x->decision, x->enums);
}

/* Enumerator FROM counts its row: by name it has one in the new array, or is gone. */
static bool row_name(struct indexing *x, const struct enumerator *from)
{
	const struct enumerator *to =
		name_partner(x->maker->model[NEW], x->enums[NEW], x->decision, from->name);
	uint64_t row = from->value;

	if (!to || to->value >= x->rows->new) {
		if (!x->names[row]) {
			x->names[row] = from->name;
			x->why[row] =
				arena_printf(x->maker->arena, "%s %s, and is not zero", from->name,
					     to ? "has no place in the new array"
						: "is no enumerator of the new enum");
		}
		return true;
	}
	if (x->to[row] != NO_ROW && x->to[row] != to->value)
		return plan_error(x->maker, x->type, x->path, x->decision->index_old.at,
				  "%s and %s are one element of the old array, but two of the new "
				  "one; write `hook: FUNCTION`",
				  x->names[row], from->name);
	x->names[row] = from->name;
	x->to[row] = to->value;
	return true;
}

/* A row without a name keeps its index, unless that belongs to a name now. */
static void row_unnamed(struct indexing *x, uint64_t row, const char *const *new_names)
{
	if (row < x->rows->new && !new_names[row])
		x->to[row] = row;
	else if (row < x->rows->new)
		x->why[row] = arena_printf(x->maker->arena,
					   "has no name, its index is %s now, and it is not zero",
					   new_names[row]);
	else
		x->why[row] = "has no place in the new array, and is not zero";
}

/* Two old rows are never added up. */
static bool rows_apart(struct indexing *x, uint64_t *from)
{
	bool good = true;

	for (uint64_t i = 0; i < x->rows->new; i++)
		from[i] = NO_ROW;
	for (uint64_t i = 0; i < x->rows->old; i++) {
		uint64_t to = x->to[i];

		if (to == NO_ROW)
			continue;
		if (from[to] != NO_ROW)
			good = plan_error(
				x->maker, x->type, x->path, x->decision->index_old.at,
				"elements %llu (%s) and %llu (%s) of the old array would be one of "
				"the new one; write `hook: FUNCTION`",
				(unsigned long long)from[to],
				x->names[from[to]] ? x->names[from[to]] : "without a name",
				(unsigned long long)i,
				x->names[i] ? x->names[i] : "without a name");
		from[to] = i;
	}
	return good;
}

static void spans_collect(struct indexing *x, const uint64_t *from)
{
	struct spans spans = {.n = 0};
	struct gones gones = {.n = 0};
	const char *last = NULL;

	for (uint64_t i = 0; i < x->rows->new; i++) {
		struct row_span *span = spans.n ? &spans.at[spans.n - 1] : NULL;

		if (from[i] == NO_ROW)
			continue;
		if (span && span->new + span->n == i && span->old + span->n == from[i])
			span->n++;
		else
			*VEC_PUSH(&spans) = (struct row_span){.old = from[i], .new = i, .n = 1};
	}
	for (uint64_t i = 0; i < x->rows->old; i++) {
		if (x->to[i] != NO_ROW)
			continue;
		if (gones.n && last == x->why[i] && gones.at[gones.n - 1].row + 1 == i)
			gones.at[gones.n - 1].n++;
		else
			*VEC_PUSH(&gones) = (struct row_gone){.row = i, .n = 1, .why = x->why[i]};
		last = x->why[i];
	}
	x->rows->spans = rows_keep(x->maker, spans.at, spans.n, sizeof(*spans.at));
	x->rows->n_spans = spans.n;
	x->rows->gone = rows_keep(x->maker, gones.at, gones.n, sizeof(*gones.at));
	x->rows->n_gone = gones.n;
	VEC_FREE(&spans);
	VEC_FREE(&gones);
}

static void index_plan(struct indexing *x)
{
	struct arena *arena = x->maker->arena;
	const char **new_names = arena_array(arena, x->rows->new + 1, sizeof(*new_names));
	bool good = true;

	x->to = arena_array(arena, x->rows->old + 1, sizeof(*x->to));
	x->names = arena_array(arena, x->rows->old + 1, sizeof(*x->names));
	x->why = arena_array(arena, x->rows->old + 1, sizeof(*x->why));
	for (uint64_t i = 0; i < x->rows->old; i++)
		x->to[i] = NO_ROW;
	for (uint32_t i = 0; i < x->enums[OLD]->n; i++)
		if (enumerators_in(x, OLD)[i].value < x->rows->old)
			good &= row_name(x, &enumerators_in(x, OLD)[i]);
	for (uint32_t i = 0; i < x->enums[NEW]->n; i++)
		if (enumerators_in(x, NEW)[i].value < x->rows->new)
			new_names[enumerators_in(x, NEW)[i].value] = enumerators_in(x, NEW)[i].name;
	for (uint64_t i = 0; i < x->rows->old; i++)
		if (!x->names[i])
			row_unnamed(x, i, new_names);
	x->rows->by_name = true;
	if (good) {
		uint64_t *from = arena_array(arena, x->rows->new + 1, sizeof(*from));

		if (rows_apart(x, from))
			spans_collect(x, from);
	}
}

/* ---- what a decision asks for ------------------------------------------------------------------
 */

bool rows_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
	       struct op *op)
{
	const struct slot *old = &type->slots[OLD].at[op->old];
	const struct slot *new = &type->slots[NEW].at[op->new];
	const struct type *arrays[] = {array_of(maker->model[OLD], old),
				       array_of(maker->model[NEW], new)};
	bool indexed = decision && decision->index_old.text;
	struct op_rows *rows;

	if (!decision || !arrays[OLD] || !arrays[NEW] ||
	    !same_inside(maker, arrays[OLD], arrays[NEW]) ||
	    (!indexed && !length_decided(decision, arrays[OLD]->count, arrays[NEW]->count)))
		return false;
	op->rows = rows = ARENA_NEW(maker->arena, struct op_rows);
	rows->old = arrays[OLD]->count;
	rows->new = arrays[NEW]->count;
	rows->inner = old->count / rows->old;
	rows->refuses =
		!decision->on_overflow.text || strcmp(decision->on_overflow.text, "saturate");
	if (indexed) {
		struct indexing x = {maker, type, decision, new->path, {NULL, NULL},
				     rows,  NULL, NULL,	    NULL};

		if (rows->old > INDEXED_ROWS_MAX || rows->new > INDEXED_ROWS_MAX)
			plan_error(maker, type, new->path, decision->index_old.at,
				   "an enum counts at most %u elements; write `hook: FUNCTION`",
				   INDEXED_ROWS_MAX);
		else if (enums_find(&x))
			index_plan(&x);
	} else {
		prefix_plan(maker, rows);
		rows->is_text = rows->old > rows->new &&is_text(maker, OLD, old) &&
				is_text(maker, NEW, new);
	}
	op->partial |= rows->refuses && (rows->n_gone || rows->is_text);
	return true;
}

/* Nothing lies behind it, unless elements that the object has beyond the one it was declared with.
 */
static bool is_last(const struct plan_type *type, const struct slot *old)
{
	return old->bit / 8 + slot_bits(old) / 8 + type->align[OLD] > type->size[OLD];
}

static bool is_row(const struct plan_maker *maker, enum side side, const struct slot *slot)
{
	const struct model *model = maker->model[side];
	const struct type *array = type_at(model, strip(model, slot->type));

	return slot->is_array && type_at(model, strip(model, array->target))->kind != KIND_ARRAY;
}

bool bound_plan(struct plan_maker *maker, struct plan_type *type, const struct decision *decision,
		struct op *op)
{
	const struct slot *old = &type->slots[OLD].at[op->old];
	const struct slot *new = &type->slots[NEW].at[op->new];
	const char *asked = decision->on_overflow.text;

	if (old->is_flexible && new->is_flexible)
		return true;
	if (!is_row(maker, OLD, old) || !is_row(maker, NEW, new))
		return plan_error(
			maker, type, new->path, decision->count.at,
			"`count` is for a tail that was a tail or an array of one dimension, "
			"and for an array that was a tail; write `hook: FUNCTION`");
	if (old->is_flexible && (!asked || strcmp(asked, "refuse")))
		return plan_error(
			maker, type, new->path,
			asked ? decision->on_overflow.at : decision->count.at,
			"the new array has %llu elements, and its count may promise more; "
			"write `on-overflow: refuse` beside `count`, or `hook: FUNCTION`",
			(unsigned long long)new->count);
	op->is_bounded = true;
	op->bound = old->is_flexible ? new->count : is_last(type, old) ? 0 : old->count;
	return true;
}

/* ---- the ledger --------------------------------------------------------------------------------
 */

static const char *rows_path(struct plan_maker *maker, const struct slot *slot, uint64_t row,
			     uint64_t n)
{
	if (n == 1)
		return arena_printf(maker->arena, "%s[%llu]", slot->path, (unsigned long long)row);
	return arena_printf(maker->arena, "%s[%llu..%llu]", slot->path, (unsigned long long)row,
			    (unsigned long long)(row + n - 1));
}

static void new_rows(struct plan_maker *maker, struct ledger *ledger, const struct slot *slot,
		     const struct op_rows *rows, struct ledger_row row)
{
	uint64_t bits = slot->bits * rows->inner, next = 0;
	const char *fate = row.fate, *rule = row.rule;

	for (size_t i = 0; i <= rows->n_spans; i++) {
		const struct row_span *span = &rows->spans[i];
		uint64_t end = i < rows->n_spans ? span->new : rows->new;

		if (end > next) {
			row.bit = slot->bit + next * bits;
			row.bits = (end - next) * bits;
			row.path = rows_path(maker, slot, next, end - next);
			row.fate = "zero";
			row.rule = "no old element";
			ledger_add(ledger, row);
		}
		if (i == rows->n_spans)
			break;
		row.bit = slot->bit + span->new *bits;
		row.bits = span->n * bits;
		row.path = rows_path(maker, slot, span->new, span->n);
		row.fate = fate;
		row.rule = rule;
		ledger_add(ledger, row);
		next = span->new + span->n;
	}
}

void rows_ledger(struct plan_maker *maker, struct ledger *ledger, enum side side,
		 const struct slot *slot, const struct op *op, struct ledger_row row)
{
	const struct op_rows *rows = op->rows;
	uint64_t bits = slot->bits * rows->inner;

	if (side == NEW) {
		new_rows(maker, ledger, slot, rows, row);
		return;
	}
	for (size_t i = 0; i < rows->n_spans; i++) {
		row.bit = slot->bit + rows->spans[i].old * bits;
		row.bits = rows->spans[i].n * bits;
		row.path = rows_path(maker, slot, rows->spans[i].old, rows->spans[i].n);
		ledger_add(ledger, row);
	}
	for (size_t i = 0; i < rows->n_gone; i++) {
		row.bit = slot->bit + rows->gone[i].row * bits;
		row.bits = rows->gone[i].n * bits;
		row.path = rows_path(maker, slot, rows->gone[i].row, rows->gone[i].n);
		row.fate = rows->refuses ? "refused" : "dropped";
		row.rule = rows->refuses ? "refused when not zero" : "left behind: saturate";
		ledger_add(ledger, row);
	}
}
