// SPDX-License-Identifier: GPL-2.0-or-later OR MIT
/* Converting objects, and finding where an old address lies among the new ones. */
#include "core.h"

uint32_t co_type_find(const struct co_converter *c, const char *name)
{
	for (uint32_t i = 0; i < c->n_types; i++)
		if (co_equal(c->types[i].name, name))
			return i;
	return CO_NOWHERE;
}

const struct co_field *co_tail(const struct co_type *type)
{
	if (!type->has_tail)
		return NULL;
	/* It is the last member of one side at least. */
	for (uint32_t i = type->n_fields; i-- > 0;)
		if (type->fields[i].old_count == CO_NOWHERE ||
		    type->fields[i].new_count == CO_NOWHERE)
			return &type->fields[i];
	return NULL;
}

/* Elements of the tail in an old object of OLD_SIZE bytes; the struct's own padding holds none of
 * its own. */
static size_t tail_count(const struct co_type *t, const struct co_field *tail, size_t old_size)
{
	size_t start = tail->old_bit / 8, element = tail->old_bits / 8;

	if (tail->old_bit == CO_NOWHERE || !element)
		return 0;
	/* An array that became a tail; where it ends its struct the object may have more of it. */
	if (tail->old_count != CO_NOWHERE &&
	    start + element * tail->old_count + t->old_align <= t->old_size)
		return tail->old_count;
	return old_size > start ? (old_size - start) / element : 0;
}

int co_new_size(const struct co_converter *c, uint32_t type, size_t old_size, size_t *new_size)
{
	const struct co_type *t;
	const struct co_field *tail;
	size_t n, size;

	if (type == CO_NOWHERE) {
		*new_size = old_size;
		return CO_OK;
	}
	if (type >= c->n_types)
		return CO_E_TYPE;
	t = &c->types[type];
	if (!t->old_size || old_size < t->old_size || old_size > UINT32_MAX)
		return CO_E_ARGUMENT;
	tail = co_tail(t);
	if (!tail) {
		if (old_size % t->old_size ||
		    __builtin_mul_overflow(old_size / t->old_size, (size_t)t->new_size, new_size))
			return CO_E_ARGUMENT;
		return CO_OK;
	}
	*new_size = t->new_size;
	if (tail->new_bit == CO_NOWHERE || tail->new_count != CO_NOWHERE)
		return CO_OK;
	n = tail_count(t, tail, old_size);
	if (__builtin_mul_overflow(n, (size_t)tail->new_bits / 8, &size) ||
	    __builtin_add_overflow(size, (size_t)tail->new_bit / 8, &size))
		return CO_E_ARGUMENT;
	if (size > t->new_size)
		*new_size = size;
	return CO_OK;
}

uint32_t co_old_extent(const struct co_converter *c, uint32_t type, uint32_t size)
{
	const struct co_type *t;
	const struct co_field *tail;
	uint32_t read;

	if (type == CO_NOWHERE)
		return size;
	t = &c->types[type];
	tail = co_tail(t);
	if (tail && tail->old_count == CO_NOWHERE && tail->old_bit != CO_NOWHERE)
		return size;
	read = t->n_reads ? t->reads[t->n_reads - 1].offset + t->reads[t->n_reads - 1].size : 1;
	return size - t->old_size + read;
}

static bool crosses(const struct co_field *f)
{
	return f->new_bit != CO_NOWHERE && f->way != CO_WAY_REST && f->way != CO_WAY_PAD &&
	       f->way != CO_WAY_DROP && !(f->kind == CO_RECORD && f->way == CO_WAY_ARM);
}

uint32_t co_new_extent(const struct co_converter *c, uint32_t type, uint32_t size)
{
	const struct co_type *t;
	uint64_t end = 1;

	if (type == CO_NOWHERE || c->types[type].has_tail)
		return size;
	t = &c->types[type];
	for (uint32_t i = 0; i < t->n_fields; i++) {
		const struct co_field *f = &t->fields[i];
		uint64_t bits = (uint64_t)f->new_bits * f->new_count;

		if (crosses(f) && (f->new_bit + bits + 7) / 8 > end)
			end = (f->new_bit + bits + 7) / 8;
	}
	end += size - t->new_size;
	return end < size ? (uint32_t)end : size;
}

static bool is_aligned(const void *p, uint32_t alignment)
{
	return ((uintptr_t)p & (alignment - 1)) == 0;
}

/* What CTX says of the object at hand before its converter runs. */
static void object_set(struct co_ctx *ctx, const struct co_type *t, uint32_t old_size, void *new_,
		       uint32_t new_size)
{
	ctx->type = t;
	ctx->old_size = old_size;
	ctx->new_size = new_size;
	ctx->new_ = new_;
}

/* What converter T said of one object: a hook may return its refusal without having noted why. */
static int noted(struct co_ctx *ctx, int error)
{
	if (error && !ctx->trouble.error)
		co_fail(ctx, error, NULL, 0, NULL);
	return ctx->trouble.error;
}

static int convert_elements(struct co_ctx *ctx, const struct co_type *t, const uint8_t *old_,
			    size_t old_size, uint8_t *new_, size_t new_size)
{
	size_t n = t->has_tail || old_size == t->old_size ? 1 : old_size / t->old_size;

	object_set(ctx, t, (uint32_t)(t->has_tail ? old_size : t->old_size), new_,
		   (uint32_t)(t->has_tail ? new_size : t->new_size));
	/* A converter writes its own bytes; what a shorter tail leaves over is nobody's. */
	if (new_size > t->new_size && t->has_tail)
		memset(new_ + t->new_size, 0, new_size - t->new_size);
	for (size_t i = 0; i < n; i++) {
		int error =
			noted(ctx, t->convert(ctx, old_ + i * t->old_size, new_ + i * t->new_size));

		if (error)
			return error;
	}
	return CO_OK;
}

/* What can be said without looking at the objects themselves. */
static int check_call(const struct co_ctx *ctx, uint32_t type, const void *old_, size_t old_size,
		      const void *new_, size_t new_size)
{
	const struct co_type *t;
	size_t expected;
	int error;

	if (type == CO_NOWHERE)
		return CO_E_ARGUMENT;
	if (type >= ctx->converter->n_types)
		return CO_E_TYPE;
	t = &ctx->converter->types[type];
	if (!t->convert)
		return CO_E_TYPE;
	if (!is_aligned(old_, t->old_align) || !is_aligned(new_, t->new_align))
		return CO_E_ARGUMENT;
	error = co_new_size(ctx->converter, type, old_size, &expected);
	if (!error && expected != new_size)
		error = CO_E_ARGUMENT;
	return error;
}

/* Bytes, arrays, flexible tails, and everything that is refused. Out of line, so that the way of
 * one object saves no registers for it. */
static __attribute__((__noinline__)) int convert_any(struct co_ctx *ctx, uint32_t type,
						 const void *old_, size_t old_size, void *new_,
						 size_t new_size)
{
	int error;

	ctx->trouble = (struct co_trouble){.error = CO_OK};
	if (type == CO_NOWHERE && old_size == new_size) {
		memcpy(new_, old_, old_size);
		return CO_OK;
	}
	error = check_call(ctx, type, old_, old_size, new_, new_size);
	if (error)
		co_fail(ctx, error, NULL, old_size, NULL);
	else
		error = convert_elements(ctx, &ctx->converter->types[type], old_, old_size, new_,
					 new_size);
	if (error)
		memset(new_, 0, new_size);
	return error;
}

/*
 * Nearly every call is about one more object like the last one: then what was checked of that need
 * not be checked again. Copying a small object takes twenty loads and stores, so that this must
 * take fewer.
 */
int co_convert(struct co_ctx *ctx, uint32_t type, const void *old_, size_t old_size, void *new_,
	       size_t new_size)
{
	const struct co_type *t = ctx->type;

	if ((uintptr_t)t != (uintptr_t)ctx->converter->types + (uintptr_t)type * sizeof(*t) ||
	    old_size != ctx->old_size || new_size != t->new_size ||
	    !is_aligned(old_, t->old_align) || !is_aligned(new_, t->new_align))
		return convert_any(ctx, type, old_, old_size, new_, new_size);
	ctx->trouble.error = CO_OK;
	ctx->new_ = new_;
	return t->convert(ctx, old_, new_);
}

/* ---- pointers -------------------------------------------------------------------------------- */

struct place {
	const struct co_converter *converter;
	uint32_t budget; /* rows still to look at: records in records could multiply */
};

static int place_in_type(struct place *place, uint32_t type, uint64_t old_size, uint64_t old_at,
			 uint32_t depth, uint64_t *new_at);

/* The place OLD_AT bytes into FIELD, whose old elements end with the object of OLD_SIZE bytes. */
static int place_in_field(struct place *place, const struct co_field *f, uint64_t old_at,
			  uint32_t depth, uint64_t *new_at)
{
	uint64_t old_bytes = f->old_bits / 8, new_bytes = f->new_bits / 8;
	uint64_t element = 0, inner = old_at;
	int error = CO_OK;

	if (old_bytes && old_at >= old_bytes) {
		element = old_at / old_bytes;
		inner = old_at % old_bytes;
	}
	if (f->n_rows) {
		uint64_t in_row = f->old_count / f->n_rows, row = element / in_row;

		if (f->rows[row] == CO_NOWHERE)
			return CO_E_POINTER;
		element = f->rows[row] * in_row + element % in_row;
	}
	if (f->new_bit == CO_NOWHERE || f->new_bit % 8 ||
	    (f->new_count != CO_NOWHERE && element >= f->new_count))
		return CO_E_POINTER;
	if (inner && f->kind == CO_RECORD && f->way == CO_WAY_NESTED)
		error = place_in_type(place, f->type, old_bytes, inner, depth + 1, &inner);
	else if (inner && (f->kind != CO_BYTES || f->old_bits != f->new_bits ||
			   f->way == CO_WAY_ARM)) /* which arm it is in, nobody knows */
		error = CO_E_POINTER;
	*new_at = f->new_bit / 8 + element * new_bytes + inner;
	return error;
}

/*
 * The rows from *FIRST to before *END are those that the byte OLD_AT can be in: the last ones that
 * begin at or before it. Several new members may take one old one, and then begin together. Without
 * an order it is all rows.
 */
static void rows_for(const struct co_type *t, uint64_t old_at, uint32_t *first, uint32_t *end)
{
	uint32_t low = 0, high = t->n_by_old;

	*first = 0;
	*end = t->n_fields;
	if (!t->by_old)
		return;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (t->fields[t->by_old[middle]].old_bit / 8 <= old_at)
			low = middle + 1;
		else
			high = middle;
	}
	*end = *first = low;
	while (*first &&
	       t->fields[t->by_old[*first - 1]].old_bit == t->fields[t->by_old[low - 1]].old_bit)
		--*first;
}

static int place_in_type(struct place *place, uint32_t type, uint64_t old_size, uint64_t old_at,
			 uint32_t depth, uint64_t *new_at)
{
	const struct co_type *t = &place->converter->types[type];
	uint32_t i, n;

	if (!old_at) {
		*new_at = 0;
		return CO_OK;
	}
	if (depth > CO_DEPTH_MAX)
		return CO_E_POINTER;
	for (rows_for(t, old_at, &i, &n); i < n; i++) {
		const struct co_field *f = &t->fields[t->by_old ? t->by_old[i] : i];
		uint64_t start = f->old_bit / 8, end;

		if (!place->budget--) {
			place->budget = 0;
			return CO_E_POINTER;
		}
		if (f->old_bit == CO_NOWHERE || f->old_bit % 8 || old_at < start ||
		    (f->kind == CO_RECORD && f->way == CO_WAY_ARM))
			continue;
		end = f->old_count == CO_NOWHERE ? old_size
						 : start + (uint64_t)f->old_bits / 8 * f->old_count;
		if (old_at < end &&
		    place_in_field(place, f, old_at - start, depth, new_at) == CO_OK)
			return CO_OK;
	}
	return CO_E_POINTER;
}

static const struct co_object *object_at(const struct co_ctx *ctx, uint64_t address)
{
	uint32_t low = 0, high = ctx->n_objects;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (ctx->objects[middle].old_address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address - ctx->objects[low - 1].old_address >= ctx->objects[low - 1].old_extent)
		return NULL;
	return &ctx->objects[low - 1];
}

int co_relocate(const struct co_ctx *ctx, uint64_t address, uint64_t *new_address)
{
	const struct co_object *object = object_at(ctx, address);
	struct place place = {.converter = ctx->converter, .budget = CO_SEARCH_MAX};
	const struct co_type *t;
	uint64_t at, inner, element = 0;
	int error;

	if (!object)
		return CO_E_POINTER;
	at = address - object->old_address;
	if (object->type == CO_NOWHERE) {
		*new_address = object->new_address + at;
		return CO_OK;
	}
	if (object->type >= ctx->converter->n_types)
		return CO_E_TYPE;
	t = &ctx->converter->types[object->type];
	if (!t->has_tail && t->old_size && at >= t->old_size) {
		element = at / t->old_size;
		at %= t->old_size;
	}
	error = place_in_type(&place, object->type, object->old_size, at, 0, &inner);
	*new_address = error ? 0 : object->new_address + element * t->new_size + inner;
	return error;
}

uint64_t co_translate(struct co_ctx *ctx, const struct co_field *field, uint64_t value)
{
	uint64_t tag = value & field->mask, address = value & ~field->mask, moved = 0;
	int error;

	if (ctx->pointers == CO_POINTERS_KEEP || !value)
		return value;
	if (!address)
		return tag;
	if (ctx->pointers == CO_POINTERS_REFUSE) {
		error = CO_E_POINTER;
	} else if (field->way == CO_WAY_SYMBOL) {
		error = ctx->host && ctx->host->translate_symbol
				? ctx->host->translate_symbol(ctx->host->data, address, &moved)
				: CO_E_POINTER;
	} else {
		error = co_relocate(ctx, address - field->old_container, &moved);
		moved += field->new_container;
	}
	if (error) {
		co_fail(ctx, error, field->path, value, NULL);
		return 0;
	}
	return moved | tag;
}
