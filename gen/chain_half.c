// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both hops decide about the type between them, but each cuts it as its own mapping speaks of it.
 * Where one has an embedded struct as a whole and the other its members, the whole is opened into
 * the operations of its own plan.
 */
#include <string.h>

#include "chain_internal.h"

void half_deinit(struct half *half)
{
	VEC_FREE(&half->parts);
	VEC_FREE(&half->choices[OLD]);
	VEC_FREE(&half->choices[NEW]);
}

bool slot_same(const struct slot *a, const struct slot *b)
{
	return a->bit == b->bit && a->bits == b->bits && a->count == b->count &&
	       a->is_bitfield == b->is_bitfield && !strcmp(a->path, b->path);
}

bool slot_inside(const struct slot *inner, const struct slot *outer)
{
	return inner->bit >= outer->bit && inner->bits && outer->bits &&
	       inner->bit + slot_bits(inner) <= outer->bit + slot_bits(outer);
}

static const struct slot *slot_of(const struct slot *slots, uint32_t index)
{
	return index == NO_INDEX ? NULL : &slots[index];
}

/* SLOTS are TYPE's own, or copies of them. */
static void parts_add(struct half *half, const struct plan_type *type,
		      const struct slot *const slots[2])
{
	for (uint32_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		*VEC_PUSH(&half->parts) = (struct stage){
			.op = *op,
			.old = slot_of(slots[OLD], op->old),
			.new = slot_of(slots[NEW], op->new),
			.count = slot_of(slots[OLD], op->count_slot),
			.accounts = op->old != NO_INDEX &&slots[OLD][op->old].op == i,
		};
	}
}

static void choices_add(struct half *half, const struct plan_type *type, const uint64_t base[2])
{
	for (int side = OLD; side <= NEW; side++)
		for (size_t i = 0; i < type->choices[side].n; i++) {
			struct union_choice choice = type->choices[side].at[i];

			choice.bit += base[side];
			*VEC_PUSH(&half->choices[side]) = choice;
		}
}

static void half_init(struct half *half, const struct plan *plan, const struct plan_type *type)
{
	const struct slot *const slots[2] = {type->slots[OLD].at, type->slots[NEW].at};

	*half = (struct half){.plan = plan, .type = type};
	parts_add(half, type, slots);
	choices_add(half, type, (const uint64_t[2]){0, 0});
}

/* "union of a, b" in what is called PREFIX: "union of x.a, x.b", as the whole would be cut. */
static const char *union_lift(struct arena *arena, const char *path, const char *outer)
{
	const char *lifted = "union of", *arm = path + strlen(lifted), *end;

	for (; *arm; arm = end) {
		arm += strspn(arm, ", ");
		end = arm + strcspn(arm, ",");
		lifted = arena_printf(arena, "%s %s.%.*s%s", lifted, outer, (int)(end - arm), arm,
				      *end ? "," : "");
	}
	return lifted;
}

/* Copies of the slots of an embedded type, as members of what embeds it in OUTER. */
static struct slot *slots_lift(struct chain *chain, const struct plan_type *type, enum side side,
			       const struct slot *outer)
{
	struct arena *arena = chain->arena;
	size_t n = type->slots[side].n;
	struct slot *slots = ARENA_NEW_ARRAY(arena, n + 1, struct slot);

	for (size_t i = 0; i < n; i++) {
		struct slot *slot = &slots[i];

		*slot = type->slots[side].at[i];
		slot->path = !strncmp(slot->path, "union of", 8)
				     ? union_lift(arena, slot->path, outer->path)
				     : arena_printf(arena, "%s.%s", outer->path, slot->path);
		slot->key = arena_printf(arena, "%s.%s", outer->key, slot->key);
		slot->c = arena_printf(arena, "%s.%s", outer->c, slot->c);
		slot->bit += outer->bit;
		if (slot->link_path)
			slot->link_path =
				*slot->link_path
					? arena_printf(arena, "%s.%s", outer->path, slot->link_path)
					: outer->path;
	}
	return slots;
}

static bool is_openable(const struct stage *part)
{
	return part->op.kind == OP_NESTED && part->old && part->new && !part->old->is_array &&
	       !part->new->is_array;
}

static bool open_error(struct joint *joint, const struct half *half, const struct stage *part,
		       const char *words)
{
	bool is_first = half == &joint->half[FIRST];

	return chain_error(joint, is_first ? part : NULL, is_first ? NULL : part, part->new->path,
			   "%s, and another mapping of the chain decides about single members of "
			   "it; write both decisions in the section of that type, or run the steps "
			   "one by one",
			   words);
}

/* Expressions of the embedded type speak of its own object. */
static bool code_lift(struct joint *joint, struct half *half, size_t from,
		      const struct stage *whole)
{
	const char *prefix = arena_printf(joint->chain->arena, "%s.", whole->old->c);

	for (size_t i = from; i < half->parts.n; i++) {
		struct stage *part = &half->parts.at[i];

		if (!part->op.code || (part->op.kind != OP_EXPR && part->op.kind != OP_STEPS))
			continue;
		part->op.code = code_prefix(joint->chain->arena, part->op.code, prefix);
		if (!part->op.code)
			return open_error(joint, half, part, "its code names the object itself");
	}
	return true;
}

/* The part at INDEX becomes the operations of its type's plan. */
static bool part_open(struct joint *joint, struct half *half, size_t index)
{
	struct stage whole = half->parts.at[index];
	const struct plan_type *type = half->plan->types.at[whole.op.nested];
	const struct slot *const slots[2] = {slots_lift(joint->chain, type, OLD, whole.old),
					     slots_lift(joint->chain, type, NEW, whole.new)};
	size_t n;

	if (type->hooks.n || type->captures.n || type->restores.n)
		return open_error(joint, half, &whole, "its type has functions of its own");
	memmove(&half->parts.at[index], &half->parts.at[index + 1],
		(half->parts.n - index - 1) * sizeof(whole));
	n = --half->parts.n;
	parts_add(half, type, slots);
	choices_add(half, type, (const uint64_t[2]){whole.old->bit, whole.new->bit});
	return code_lift(joint, half, n, &whole);
}

static bool is_within(const struct slot *inner, const struct slot *outer)
{
	return slot_inside(inner, outer) && path_within(inner->path, outer->path) &&
	       !slot_same(inner, outer);
}

/* True when LATER has to be opened for EARLIER, whose new slot lies in what it takes as a whole. */
static bool opens_later(const struct stage *earlier, const struct stage *later)
{
	if (!is_openable(later) || !earlier->new)
		return false;
	return is_within(earlier->new, later->old) ||
	       (earlier->op.kind == OP_ZERO && slot_inside(later->old, earlier->new));
}

bool type_refuses(const struct plan *plan, uint32_t index)
{
	const struct plan_type *type = plan->types.at[index];

	for (size_t i = 0; i < type->ops.n; i++)
		if (type->ops.at[i].partial || type->ops.at[i].kind == OP_CHECK ||
		    type->ops.at[i].kind == OP_ARM ||
		    (type->ops.at[i].kind == OP_NESTED &&
		     type_refuses(plan, type->ops.at[i].nested)))
			return true;
	return type->hooks.n;
}

/* What is left behind as a whole still refuses what its members refuse. */
static bool opens_dropped(const struct half *first, const struct stage *earlier,
			  const struct stage *later)
{
	return is_openable(earlier) && later->old && later->op.kind == OP_DROP &&
	       slot_inside(earlier->new, later->old) &&
	       type_refuses(first->plan, earlier->op.nested);
}

static bool opens_earlier(const struct stage *earlier, const struct stage *later)
{
	return is_openable(earlier) && later->old && is_within(later->old, earlier->new);
}

/* Opens one part; false when there is none to open, or with a diagnostic. */
static bool halves_step(struct joint *joint, bool *good)
{
	struct half *first = &joint->half[FIRST], *second = &joint->half[SECOND];

	for (size_t i = 0; i < first->parts.n; i++) {
		for (size_t k = 0; k < second->parts.n; k++) {
			if (opens_later(&first->parts.at[i], &second->parts.at[k])) {
				*good = part_open(joint, second, k);
				return *good;
			}
			if (opens_earlier(&first->parts.at[i], &second->parts.at[k]) ||
			    opens_dropped(first, &first->parts.at[i], &second->parts.at[k])) {
				*good = part_open(joint, first, i);
				return *good;
			}
		}
	}
	return false;
}

bool chain_halves(struct joint *joint, const struct plan_type *first,
		  const struct plan_type *second)
{
	bool good = true;

	half_init(&joint->half[FIRST], joint->chain->plan[FIRST], first);
	half_init(&joint->half[SECOND], joint->chain->plan[SECOND], second);
	while (halves_step(joint, &good))
		;
	return good;
}

struct stage *half_source(const struct joint *joint, const struct slot *slot)
{
	const struct stages *parts = &joint->half[FIRST].parts;

	for (size_t i = 0; i < parts->n; i++)
		if (parts->at[i].new &&slot_same(parts->at[i].new, slot))
			return &parts->at[i];
	for (size_t i = 0; i < parts->n; i++)
		if (parts->at[i].new && parts->at[i].op.kind == OP_ZERO &&
		    slot_inside(slot, parts->at[i].new))
			return &parts->at[i];
	return NULL;
}
