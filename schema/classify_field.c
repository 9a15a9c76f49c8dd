/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict on one value: may what stands in the old field go into the new one without asking. */
#include "classify_parts.h"
#include "hidden_enums.h"

#include <string.h>

#define DEPTH_MAX 200

struct judge {
	const struct diff *diff;
	const struct idioms *idioms;
	struct part *part;
};

static const struct type *stripped(const struct model *model, type_id id)
{
	return type_at(model, strip(model, id));
}

bool is_function_pointer(const struct model *model, type_id id)
{
	const struct type *type = stripped(model, id);

	return type->kind == KIND_POINTER && stripped(model, type->target)->kind == KIND_FUNCTION;
}

static bool holds(const struct idioms *idioms, const struct model *model, type_id id,
		  unsigned int depth)
{
	const struct type *type;

	if (depth > DEPTH_MAX || idiom_of(idioms, model, id))
		return true;
	type = stripped(model, id);
	if (type->kind == KIND_POINTER)
		return true;
	if (type->kind == KIND_ARRAY)
		return holds(idioms, model, type->target, depth + 1);
	if (type->kind != KIND_STRUCT && type->kind != KIND_UNION)
		return false;
	for (uint32_t i = 0; i < type->n; i++)
		if (holds(idioms, model, members_of(model, type)[i].type, depth + 1))
			return true;
	return false;
}

bool holds_pointer_or_idiom(const struct idioms *idioms, const struct model *model, type_id id)
{
	return holds(idioms, model, id, 0);
}

static void judged(const struct judge *judge, enum verdict verdict, enum reason reason)
{
	judge->part->verdict = verdict;
	judge->part->reason = reason;
	judge->part->by_default =
		reason == REASON_POINTER || reason == REASON_FUNCTION || reason == REASON_LINK;
}

/* ---- numbers ------------------------------------------------------------------------------------
 */

struct number {
	bool boolean, is_signed;
	uint64_t bits;
};

static struct number number_of(const struct type *type, uint32_t bit_size)
{
	return (struct number){
		.boolean = type->encoding == ENC_BOOLEAN,
		.is_signed = type->encoding == ENC_SIGNED || type->encoding == ENC_SIGNED_CHAR,
		.bits = bit_size ? bit_size : type->size * 8,
	};
}

/* Plain char has whatever sign the compiler was told; the value of its eight bits is text. */
static bool both_plain_char(const struct type *old, const struct type *new)
{
	return old->size == 1 && new->size == 1 &&
	       old->name &&new->name &&strcmp(old->name, "char") == 0 &&
	       strcmp(new->name, "char") == 0;
}

/* 0 or 1, and nothing else. */
static bool one_bit(const struct number *number)
{
	return number->boolean || (number->bits == 1 && !number->is_signed);
}

static void judge_numbers(const struct judge *judge, const struct type *old_type,
			  const struct type *new_type)
{
	struct number old = number_of(old_type, judge->part->old.bit_size);
	struct number new = number_of(new_type, judge->part->new.bit_size);

	if (old_type->encoding == ENC_COMPLEX || new_type->encoding == ENC_COMPLEX)
		judged(judge, VERDICT_DECIDE, REASON_TYPE_CHANGED);
	else if (old.boolean != new.boolean && one_bit(&old) && one_bit(&new))
		judged(judge, VERDICT_AUTOMATIC, REASON_SAME);
	else if (old.boolean != new.boolean)
		judged(judge, VERDICT_DECIDE, new.boolean ? REASON_NARROWED : REASON_TYPE_CHANGED);
	else if (old.bits == new.bits &&
		 (old.is_signed == new.is_signed || both_plain_char(old_type, new_type)))
		judged(judge, VERDICT_AUTOMATIC, REASON_SAME);
	else if (new.bits > old.bits && (new.is_signed || !old.is_signed))
		judged(judge, VERDICT_AUTOMATIC, REASON_WIDENED);
	else if (new.bits < old.bits)
		judged(judge, VERDICT_DECIDE, REASON_NARROWED);
	else
		judged(judge, VERDICT_DECIDE, REASON_SIGNEDNESS);
}

/* Enumerators are compared modulo the smaller size: 2^31 may be written sign-extended. */
static bool enumerators_agree(const struct judge *judge, const struct type *old,
			      const struct type *new)
{
	uint64_t size = old->size < new->size ? old->size : new->size;
	uint64_t mask = size >= 8 ? UINT64_MAX : (UINT64_C(1) << (size * 8)) - 1;

	for (uint32_t i = 0; i < old->n; i++) {
		const struct enumerator *from = &enumerators_of(judge->diff->old, old)[i];
		bool found = false;

		for (uint32_t j = 0; j < new->n && !found; j++) {
			const struct enumerator *to = &enumerators_of(judge->diff->new, new)[j];

			found = from->name == to->name &&
				(from->value & mask) == (to->value & mask);
		}
		if (!found)
			return false;
	}
	return old->n || old->size == new->size;
}

static void judge_enums(const struct judge *judge, const struct type *old, const struct type *new)
{
	const struct part *part = judge->part;
	bool same_width = part->old.bit_size == part->new.bit_size && old->size == new->size;

	if (!enumerators_agree(judge, old, new))
		judged(judge, VERDICT_DECIDE, REASON_ENUMERATORS);
	else if (part->new.bit_size &&
		 !(part->old.bit_size && part->old.bit_size <= part->new.bit_size))
		judged(judge, VERDICT_DECIDE, REASON_BITFIELD);
	else
		judged(judge, VERDICT_AUTOMATIC,
		       same_width && old->n == new->n ? REASON_SAME : REASON_ENUM);
}

static void judge_floats(const struct judge *judge, const struct type *old, const struct type *new)
{
	if (old->encoding == new->encoding && old->size == new->size)
		judged(judge, VERDICT_AUTOMATIC, REASON_SAME);
	else if (old->encoding == new->encoding &&
		 old->encoding == ENC_FLOAT &&new->size > old->size)
		judged(judge, VERDICT_AUTOMATIC, REASON_WIDENED);
	else
		judged(judge, VERDICT_DECIDE,
		       new->size < old->size ? REASON_NARROWED : REASON_TYPE_CHANGED);
}

/* ---- pointers, records, arrays ------------------------------------------------------------------
 */

static void judge_pointers(const struct judge *judge, type_id old, type_id new)
{
	bool functions = is_function_pointer(judge->diff->old, old) &&
			 is_function_pointer(judge->diff->new, new);

	if (!diff_type_rules(judge->diff, old, new))
		judged(judge, VERDICT_ACKNOWLEDGE, functions ? REASON_FUNCTION : REASON_POINTER);
	else
		judged(judge, VERDICT_DECIDE,
		       functions ? REASON_FUNCTION_SIGNATURE : REASON_POINTER_TARGET);
}

static bool holds_either(const struct judge *judge, type_id old, type_id new)
{
	return holds_pointer_or_idiom(judge->idioms, judge->diff->old, old) ||
	       holds_pointer_or_idiom(judge->idioms, judge->diff->new, new);
}

static void judge_unions(const struct judge *judge, type_id old, type_id new)
{
	bool same = diff_same_layout(judge->diff, old, new) &&
		    !(diff_type_rules(judge->diff, old, new) & 1u << RULE_TYPE_CHANGED);

	judge->part->is_union = true;
	if (!same)
		judged(judge, VERDICT_DECIDE, REASON_UNION_ARM);
	else if (holds_either(judge, old, new))
		judged(judge, VERDICT_ACKNOWLEDGE, REASON_UNION);
	else
		judged(judge, VERDICT_AUTOMATIC, REASON_SAME);
}

static void judge_structs(const struct judge *judge, type_id old, type_id new)
{
	if (type_label(judge->diff->old, old) && type_label(judge->diff->new, new))
		judged(judge,
		       diff_new_of(judge->diff, old) == new ? VERDICT_AUTOMATIC : VERDICT_DECIDE,
		       diff_new_of(judge->diff, old) == new ? REASON_NESTED : REASON_TYPE_CHANGED);
	else if (diff_same_layout(judge->diff, old, new) && !holds_either(judge, old, new))
		judged(judge, VERDICT_AUTOMATIC, REASON_SAME);
	else
		judged(judge, VERDICT_DECIDE, REASON_ANONYMOUS);
}

static void judge_types(const struct judge *judge, type_id old_id, type_id new_id,
			unsigned int depth);

static bool no_bound(const struct type *array)
{
	return (array->flags & TYPE_FLEXIBLE) || !array->count;
}

static void judge_arrays(const struct judge *judge, const struct type *old, const struct type *new,
			 unsigned int depth)
{
	judge_types(judge, old->target, new->target, depth + 1);
	if (no_bound(old) != no_bound(new)) {
		judged(judge, VERDICT_DECIDE, REASON_FLEXIBLE_ARRAY);
	} else if (old->count != new->count) {
		judged(judge, VERDICT_DECIDE, REASON_ARRAY_LENGTH);
	} else if (((old->flags ^ new->flags) & TYPE_FLEXIBLE) &&
		   judge->part->verdict == VERDICT_AUTOMATIC &&
		   judge->part->reason == REASON_SAME) {
		judged(judge, VERDICT_AUTOMATIC, REASON_FLEXIBLE);
	}
}

static void judge_mixed(const struct judge *judge, const struct type *old, const struct type *new)
{
	enum type_kind from = old->kind, to = new->kind;

	if ((from == KIND_INT && to == KIND_ENUM) || (from == KIND_ENUM && to == KIND_INT))
		judged(judge, VERDICT_DECIDE, REASON_INT_ENUM);
	else if ((from == KIND_POINTER) != (to == KIND_POINTER) &&
		 (from == KIND_INT || to == KIND_INT || from == KIND_ENUM || to == KIND_ENUM))
		judged(judge, VERDICT_DECIDE, REASON_POINTER_SCALAR);
	else if (from == KIND_UNION || to == KIND_UNION)
		judged(judge, VERDICT_DECIDE, REASON_UNION_ARM);
	else
		judged(judge, VERDICT_DECIDE, REASON_TYPE_CHANGED);
}

static void judge_idioms(const struct judge *judge, const struct idiom *old,
			 const struct idiom *new, bool same)
{
	if (old && new && old->otherwise == IDIOM_RESET &&new->otherwise == IDIOM_RESET)
		judged(judge, VERDICT_AUTOMATIC, REASON_IDIOM_RESET);
	else if (old != new)
		judged(judge, VERDICT_DECIDE, REASON_TYPE_CHANGED);
	else if (new->otherwise == IDIOM_LINK)
		judged(judge, VERDICT_ACKNOWLEDGE, REASON_LINK);
	else if (new->otherwise == IDIOM_ASK)
		judged(judge, VERDICT_ACKNOWLEDGE, REASON_IDIOM);
	else if (same)
		judged(judge, VERDICT_AUTOMATIC, REASON_IDIOM_COPY);
	else
		judged(judge, VERDICT_DECIDE, REASON_TYPE_CHANGED);
}

static void judge_kinds(const struct judge *judge, type_id old_id, type_id new_id,
			unsigned int depth)
{
	const struct type *old = type_at(judge->diff->old, old_id);
	const struct type *new = type_at(judge->diff->new, new_id);

	if (old->kind != new->kind)
		judge_mixed(judge, old, new);
	else if (old->kind == KIND_INT)
		judge_numbers(judge, old, new);
	else if (old->kind == KIND_FLOAT)
		judge_floats(judge, old, new);
	else if (old->kind == KIND_ENUM)
		judge_enums(judge, old, new);
	else if (old->kind == KIND_POINTER)
		judge_pointers(judge, old_id, new_id);
	else if (old->kind == KIND_ARRAY)
		judge_arrays(judge, old, new, depth);
	else if (old->kind == KIND_UNION)
		judge_unions(judge, old_id, new_id);
	else if (old->kind == KIND_STRUCT)
		judge_structs(judge, old_id, new_id);
	else
		judged(judge, VERDICT_DECIDE, REASON_TYPE_CHANGED);
}

static void judge_types(const struct judge *judge, type_id old_id, type_id new_id,
			unsigned int depth)
{
	const struct idiom *old = idiom_of(judge->idioms, judge->diff->old, old_id);
	const struct idiom *new = idiom_of(judge->idioms, judge->diff->new, new_id);
	type_id old_written = old_id, new_written = new_id;

	old_id = strip(judge->diff->old, old_id);
	new_id = strip(judge->diff->new, new_id);
	if (depth > DEPTH_MAX)
		judged(judge, VERDICT_DECIDE, REASON_TYPE_CHANGED);
	else if (old || new)
		judge_idioms(judge, old, new, diff_same_layout(judge->diff, old_id, new_id));
	else
		judge_kinds(judge, old_id, new_id, depth);
	if (judge->part->verdict == VERDICT_AUTOMATIC && !old && !new &&
	    stripped(judge->diff->old, old_id)->kind == KIND_INT &&
	    !quantities_agree(judge->diff->old, old_written, judge->diff->new, new_written))
		judged(judge, VERDICT_DECIDE, REASON_QUANTITY);
	if (old || new)
		judge->part->idiom = new ? new : old;
}

void classify_fields(const struct diff *diff, const struct idioms *idioms, const struct field *old,
		     const struct field *new, struct part *part)
{
	struct judge judge = {.diff = diff, .idioms = idioms, .part = part};

	part->old = *old;
	part->new = *new;
	part->is_union = false;
	part->idiom = NULL;
	part->meaning = NULL;
	judge_types(&judge, old->type, new->type, 0);
	if (part->verdict == VERDICT_AUTOMATIC && hidden_index(diff, new))
		judged(&judge, VERDICT_DECIDE, REASON_INDEX);
	if ((part->verdict == VERDICT_AUTOMATIC || part->reason == REASON_QUANTITY) &&
	    is_flag_word(idioms, diff->new, new))
		judged(&judge, VERDICT_ACKNOWLEDGE, REASON_FLAGS);
}
