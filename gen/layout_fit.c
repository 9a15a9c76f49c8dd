/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes a compiler lay a record out as a model has it: natural layout is tried first, then
 * packing with everything explicit.
 */
#include "layout_c.h"

static uint64_t round_up(uint64_t bits, uint64_t unit)
{
	return unit > 1 && bits % unit ? bits + (unit - bits % unit) : bits;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/*
 * Where a bitfield lands that follows bit AT: GCC's PCC_BITFIELD_TYPE_MATTERS. It moves on to the
 * next unit of its type's alignment when it would cross more of them than its type has.
 */
static uint64_t place_bitfield(const struct model *model, const struct member *member, bool packed,
			       uint64_t at)
{
	uint64_t unit = type_at(model, member->type)->align * (uint64_t)8;
	uint64_t have = type_size(model, member->type) * 8;

	if (packed || !unit)
		return at;
	if ((at % unit + member->bit_size + unit - 1) / unit > have / unit)
		return round_up(at, unit);
	return at;
}

/* The alignment in bytes that a compiler gives the member, with ALIGNED asked for. */
static uint32_t member_alignment(const struct model *model, const struct member *member,
				 bool packed, uint32_t aligned)
{
	return larger(packed ? 1 : type_at(model, member->type)->align, aligned);
}

static uint64_t place_member(const struct model *model, const struct member *member, bool packed,
			     uint32_t aligned, uint64_t at)
{
	if (member->bit_size)
		return place_bitfield(model, member, packed, round_up(at, aligned * (uint64_t)8));
	return round_up(at, member_alignment(model, member, packed, aligned) * (uint64_t)8);
}

/* C has a flexible array only at the end of a struct that has something else too. */
static bool is_misplaced_flexible(const struct model *model, const struct type *record, uint32_t i)
{
	const struct type *type = type_at(model, strip(model, members_of(model, record)[i].type));

	return type->kind == KIND_ARRAY && (type->flags & TYPE_FLEXIBLE) &&
	       (record->kind == KIND_UNION || i == 0 || i + 1 < record->n);
}

/*
 * The fit of member I behind bit *AT, which moves to its end. False when it lies before where the
 * compiler would put it.
 */
static bool fit_member(const struct model *model, const struct type *record, uint32_t i,
		       bool packed, uint64_t *at, struct member_fit *fit)
{
	const struct member *member = &members_of(model, record)[i];
	uint64_t place;

	*fit = (struct member_fit){.aligned = member->align_attr,
				   .zero_length = is_misplaced_flexible(model, record, i)};
	place = place_member(model, member, packed, fit->aligned, *at);
	if (place > member->bit_offset && packed) {
		fit->aligned = 0;
		place = place_member(model, member, packed, 0, *at);
	}
	if (place > member->bit_offset)
		return false;
	if (place < member->bit_offset && record->kind == KIND_STRUCT)
		fit->gap = member->bit_offset - *at;
	*at = member->bit_offset + member_bits(model, member);
	return true;
}

static bool fit_members(const struct model *model, const struct type *record,
			struct layout_fit *fit)
{
	uint64_t at = 0, end = 0;
	uint32_t align = 1;

	for (uint32_t i = 0; i < record->n; i++) {
		const struct member *member = &members_of(model, record)[i];

		if (record->kind == KIND_UNION)
			at = 0;
		if (!fit_member(model, record, i, fit->packed, &at, &fit->members[i]))
			return false;
		end = at > end ? at : end;
		align = larger(align, member_alignment(model, member, fit->packed,
						       fit->members[i].aligned));
	}
	fit->aligned = record->align_attr;
	if (align < record->align)
		fit->aligned = larger(fit->aligned, record->align);
	align = larger(align, fit->aligned);
	if (align > record->align || round_up(end, align * (uint64_t)8) > record->size * 8)
		return false;
	fit->tail =
		round_up(end, align * (uint64_t)8) < record->size * 8 ? record->size * 8 - end : 0;
	return true;
}

void layout_fit(const struct model *model, const struct type *record, struct arena *arena,
		struct layout_fit *fit)
{
	*fit = (struct layout_fit){0};
	fit->members = ARENA_NEW_ARRAY(arena, record->n, struct member_fit);
	if (fit_members(model, record, fit))
		return;
	fit->packed = true;
	fit_members(model, record, fit);
}
