// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/*
 * Checks a converter's tables before anything else walks them. A converter is trusted code, but its
 * tables steer every later read: an index or offset out of bounds stops here.
 */
#include "core.h"

static bool check_extent(uint32_t bit, uint32_t bits, uint32_t count, uint32_t size)
{
	uint64_t elements = count == CO_NOWHERE ? 0 : count;

	if (bit == CO_NOWHERE)
		return true;
	/* Division, because a product of three 32-bit numbers can overflow. */
	if (bits && elements > (uint64_t)size * 8 / bits)
		return false;
	return bit + bits * elements <= (uint64_t)size * 8;
}

/* A member that is made by a table must be what the table is of, on both sides; so must an arm. */
static bool check_record(const struct co_converter *c, const struct co_field *f)
{
	const struct co_type *t;

	if (f->type >= c->n_types)
		return false;
	t = &c->types[f->type];
	if (f->way == CO_WAY_ARM && (!t->live || f->old_count != 1 || f->new_count != 1))
		return false;
	return (f->way != CO_WAY_NESTED && f->way != CO_WAY_ARM) ||
	       ((uint64_t)t->old_size * 8 == f->old_bits &&
		(uint64_t)t->new_size * 8 == f->new_bits);
}

/* A hook may make a pointer from something else: only what crosses as a pointer is one on both
 * sides. */
static bool check_pointer(const struct co_converter *c, const struct co_field *f)
{
	uint32_t bits = c->address_size * 8u;

	if (f->way < CO_WAY_FOLLOW || f->way == CO_WAY_NULL)
		return true;
	if ((f->old_bit != CO_NOWHERE && (f->old_bits != bits || f->old_bit % 8)) ||
	    (f->new_bit != CO_NOWHERE && (f->new_bits != bits || f->new_bit % 8)))
		return false;
	if (f->way == CO_WAY_FOLLOW || f->way == CO_WAY_ARRAY || f->way == CO_WAY_STRING)
		return f->type != CO_NOWHERE || f->target_size;
	return true;
}

/* Whole rows, each of which stays inside the new array. */
static bool check_rows(const struct co_field *f)
{
	if (!f->n_rows)
		return true;
	if (!f->rows || f->old_bit == CO_NOWHERE || f->new_bit == CO_NOWHERE ||
	    f->old_count == CO_NOWHERE || f->new_count == CO_NOWHERE || f->old_count % f->n_rows ||
	    !f->old_count)
		return false;
	for (uint32_t i = 0; i < f->n_rows; i++)
		if (f->rows[i] != CO_NOWHERE &&
		    f->rows[i] >= f->new_count / (f->old_count / f->n_rows))
			return false;
	return true;
}

static bool check_field(const struct co_converter *c, const struct co_type *t,
			const struct co_field *f)
{
	if (!f->path || !f->path[0] || !f->ctype || !f->why)
		return false;
	if (f->kind < CO_UINT || f->kind > CO_BYTES || f->way < CO_WAY_COPY || f->way > CO_WAY_ARM)
		return false;
	if (f->old_bit == CO_NOWHERE && f->new_bit == CO_NOWHERE)
		return false;
	if (!check_extent(f->old_bit, f->old_bits, f->old_count, t->old_size) ||
	    !check_extent(f->new_bit, f->new_bits, f->new_count, t->new_size))
		return false;
	if ((f->old_count == CO_NOWHERE && !f->old_bits && f->old_bit != CO_NOWHERE) ||
	    (f->new_count == CO_NOWHERE && !f->new_bits && f->new_bit != CO_NOWHERE))
		return false;
	if (!check_rows(f))
		return false;
	if ((f->type != CO_NOWHERE && f->type >= c->n_types) ||
	    (f->count_field != CO_NOWHERE && f->count_field >= t->n_fields) ||
	    (f->n_names && !f->names))
		return false;
	if (f->kind == CO_RECORD)
		return check_record(c, f);
	return f->kind != CO_POINTER || check_pointer(c, f);
}

static bool check_reads(const struct co_type *t)
{
	uint64_t end = 0;

	if (t->n_reads && !t->reads)
		return false;
	for (uint32_t i = 0; i < t->n_reads; i++) {
		if (t->reads[i].offset < end)
			return false;
		end = (uint64_t)t->reads[i].offset + t->reads[i].size;
	}
	return end <= t->old_size && t->extent <= t->old_size && (!t->extent || end <= t->extent);
}

static bool check_extent_row(const struct co_type *t)
{
	const struct co_field *f;

	if (!t->extent_row)
		return true;
	if (t->extent_row > t->n_fields || !t->old_size)
		return false;
	f = &t->fields[t->extent_row - 1];
	return f->old_bit != CO_NOWHERE && f->old_count == 1 && f->old_bit % 8 == 0 &&
	       f->old_bits && f->old_bits <= 64 && f->old_bits % 8 == 0 &&
	       (f->kind == CO_UINT || f->kind == CO_INT || f->kind == CO_CHAR);
}

static bool check_by_old(const struct co_type *t)
{
	uint32_t bit = 0;

	if (t->n_by_old && !t->by_old)
		return false;
	for (uint32_t i = 0; i < t->n_by_old; i++) {
		const struct co_field *f =
			&t->fields[t->by_old[i] < t->n_fields ? t->by_old[i] : 0];

		if (t->by_old[i] >= t->n_fields || f->old_bit % 8 || f->old_bits < 8 ||
		    f->old_bit == CO_NOWHERE || f->old_bit < bit)
			return false;
		bit = f->old_bit;
	}
	return true;
}

static bool check_type(const struct co_converter *c, const struct co_type *t)
{
	uint32_t old_tails = 0, new_tails = 0;

	if (!t->name || !t->name[0] || !t->old_digest || !t->new_digest)
		return false;
	if (!co_power_of_two(t->old_align) || !co_power_of_two(t->new_align))
		return false;
	if ((t->n_fields && !t->fields) || !check_reads(t) || !check_extent_row(t) ||
	    !check_by_old(t))
		return false;
	if (t->is_object && (!t->old_size || !t->new_size))
		return false;
	for (uint32_t i = 0; i < t->n_fields; i++) {
		if (!check_field(c, t, &t->fields[i]))
			return false;
		old_tails += t->fields[i].old_count == CO_NOWHERE;
		new_tails += t->fields[i].new_count == CO_NOWHERE;
	}
	/* Two rows where one side's stays behind, and the other side's is new. */
	return old_tails <= 1 && new_tails <= 1 && t->has_tail == (old_tails || new_tails);
}

static bool check_walk(const struct co_converter *c, const struct co_walk *walk)
{
	uint32_t depth = 0;

	for (; walk; walk = walk->then) {
		if (++depth > CO_DEPTH_MAX || !walk->path || !walk->n_steps || !walk->steps)
			return false;
		if (walk->type >= c->n_types || walk->node >= c->types[walk->type].old_size)
			return false;
	}
	return true;
}

static bool check_side(const struct co_side_kernel *side)
{
	return side->release && side->arch && side->build_id;
}

/* Records inside records must end: a type whose nesting is deeper than the limit contains itself.
 */
static bool check_depth(const struct co_converter *c, uint32_t type, uint32_t depth,
			uint32_t *budget)
{
	const struct co_type *t = &c->types[type];

	if (depth > CO_DEPTH_MAX)
		return false;
	for (uint32_t i = 0; i < t->n_fields; i++) {
		if (t->fields[i].kind != CO_RECORD)
			continue;
		if (!*budget)
			return false;
		--*budget;
		if (!check_depth(c, t->fields[i].type, depth + 1, budget))
			return false;
	}
	return true;
}

static bool check_symbols(const struct co_symbol *symbols, uint32_t n)
{
	if (n && !symbols)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		int order;

		if (!symbols[i].name || !symbols[i].module)
			return false;
		order = i ? co_compare(symbols[i - 1].name, symbols[i].name) : -1;
		if (order > 0 ||
		    (!order && co_compare(symbols[i - 1].module, symbols[i].module) >= 0))
			return false;
	}
	return true;
}

int co_converter_check(const struct co_converter *c)
{
	if (!c)
		return CO_E_ARGUMENT;
	if (c->api != CO_API)
		return CO_E_API;
	if (!c->name || !check_side(&c->from) || !check_side(&c->to) || !c->mapping_digest ||
	    !c->old_digest || !c->new_digest || (c->address_size != 4 && c->address_size != 8))
		return CO_E_ARGUMENT;
	if (c->n_types == CO_NOWHERE || (c->n_types && !c->types) || (c->n_roots && !c->roots) ||
	    !check_symbols(c->symbols, c->n_symbols) ||
	    !check_symbols(c->new_symbols, c->n_new_symbols))
		return CO_E_ARGUMENT;
	for (uint32_t i = 0; i < c->n_types; i++)
		if (!check_type(c, &c->types[i]))
			return CO_E_ARGUMENT;
	for (uint32_t i = 0; i < c->n_types; i++) {
		uint32_t budget = CO_SEARCH_MAX;

		if (!check_depth(c, i, 0, &budget))
			return CO_E_ARGUMENT;
	}
	for (uint32_t i = 0; i < c->n_roots; i++)
		if (c->roots[i].type >= c->n_types || !c->roots[i].restore ||
		    (c->roots[i].symbol && !c->roots[i].module) || !check_walk(c, c->roots[i].walk))
			return CO_E_ARGUMENT;
	return CO_OK;
}
