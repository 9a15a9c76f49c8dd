// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Definitions of both sides by explicit offsets: what the plan uses has its name and a fixed-width
 * type, everything between is a byte array.
 */
#include <inttypes.h>
#include <string.h>

#include "emit.h"

#define DIMENSIONS_MAX 16

struct printer {
	const struct plan *plan;
	const struct plan_type *type;
	enum side side;
	struct text *out;
};

static const char *prefix_of(enum side side)
{
	return side == OLD ? "old_" : "new_";
}

size_t slot_dimensions(const struct model *model, const struct slot *slot, uint64_t *sizes,
		       size_t limit)
{
	type_id id = strip(model, slot->type), last = strip(model, slot->element);
	size_t n = 0;

	for (; id != last && type_at(model, id)->kind == KIND_ARRAY && n < limit;
	     id = strip(model, type_at(model, id)->target))
		sizes[n++] = type_at(model, id)->count;
	return n;
}

static const struct plan_type *nested_of(const struct plan *plan, const struct slot *slot,
					 enum side side)
{
	for (size_t i = 0; i < plan->types.n; i++)
		if (!plan->types.at[i]->is_part &&
		    plan->types.at[i]->id[side] == strip(plan->model[side], slot->element))
			return plan->types.at[i];
	return NULL;
}

static void integer_type(const struct plan *plan, const struct slot *slot, enum side side,
			 struct text *out)
{
	const struct type *type =
		type_at(plan->model[side], strip(plan->model[side], slot->element));

	if (type->encoding == ENC_BOOLEAN && type->kind == KIND_INT)
		text_puts(out, "_Bool");
	else if (type->size == 1)
		text_puts(out, slot->is_signed ? "signed char" : "unsigned char");
	else if (type->size == 16)
		text_puts(out, slot->is_signed ? "__int128" : "unsigned __int128");
	else
		text_add(out, "%sint%" PRIu64 "_t", slot->is_signed ? "" : "u", type->size * 8);
}

void emit_slot_type(const struct plan *plan, const struct slot *slot, enum side side,
		    struct text *out)
{
	switch (slot->kind) {
	case SLOT_INT:
	case SLOT_ENUM:
		integer_type(plan, slot, side, out);
		break;
	case SLOT_POINTER:
		text_add(out, "uint%" PRIu64 "_t", slot->bits);
		break;
	case SLOT_RECORD:
		text_add(out, "struct %s%s", prefix_of(side), nested_of(plan, slot, side)->cname);
		break;
	default:
		text_puts(out, "unsigned char");
	}
}

/* What C would align a slot's declaration to, in bytes. */
static uint64_t natural_align(const struct printer *printer, const struct slot *slot)
{
	const struct model *model = printer->plan->model[printer->side];

	if (slot->kind == SLOT_BYTES || slot->kind == SLOT_FLOAT)
		return 1;
	if (slot->kind == SLOT_RECORD)
		return nested_of(printer->plan, slot, printer->side)->promised[printer->side];
	return type_at(model, strip(model, slot->element))->align;
}

/* True when C's own rules put the slot where it is, in a struct that starts at BASE bits. */
static bool is_natural(const struct printer *printer, const struct slot *slot, uint64_t base)
{
	const struct model *model = printer->plan->model[printer->side];
	uint64_t bit = slot->bit - base, unit;

	if (!slot->is_bitfield)
		return bit % (natural_align(printer, slot) * 8) == 0;
	unit = type_at(model, strip(model, slot->element))->size * 8;
	return bit % unit + slot->bits <= unit;
}

static bool slots_natural(const struct printer *printer, const struct slot *slots, size_t n,
			  uint64_t base, uint64_t align)
{
	for (size_t i = 0; i < n; i++)
		if (slots[i].used && !slots[i].is_flexible &&
		    (!is_natural(printer, &slots[i], base) ||
		     natural_align(printer, &slots[i]) > align))
			return false;
	return true;
}

bool layout_is_packed(const struct plan *plan, const struct plan_type *type, enum side side)
{
	struct printer printer = {.plan = plan, .type = type, .side = side};

	return !slots_natural(&printer, type->slots[side].at, type->slots[side].n, 0,
			      type->promised[side]);
}

/* Fills from bit FROM to bit TO. */
static void emit_padding(const struct printer *printer, uint64_t from, uint64_t to)
{
	uint64_t left = to - from;

	if (from % 8 && left) {
		uint64_t bits = 8 - from % 8 < left ? 8 - from % 8 : left;

		text_add(printer->out, "unsigned char : %" PRIu64 ";\n", bits);
		from += bits;
		left -= bits;
	}
	if (left / 8)
		text_add(printer->out, "unsigned char co_pad_%" PRIu64 "[%" PRIu64 "];\n", from / 8,
			 left / 8);
	if (left % 8)
		text_add(printer->out, "unsigned char : %" PRIu64 ";\n", left % 8);
}

static void emit_slot(const struct printer *printer, const struct slot *slot, const char *name)
{
	uint64_t sizes[DIMENSIONS_MAX];
	size_t n =
		slot_dimensions(printer->plan->model[printer->side], slot, sizes, DIMENSIONS_MAX);

	emit_slot_type(printer->plan, slot, printer->side, printer->out);
	text_add(printer->out, " %s", name);
	if (slot->kind == SLOT_BYTES || slot->kind == SLOT_FLOAT) {
		text_add(printer->out, "[%" PRIu64 "]", slot->bits * slot->count / 8);
		n = 0;
	}
	for (size_t i = 0; i < n; i++)
		text_add(printer->out, "[%" PRIu64 "]", sizes[i]);
	if (slot->is_bitfield)
		text_add(printer->out, " : %" PRIu64, slot->bits);
	text_puts(printer->out, ";\n");
}

static void emit_members(const struct printer *printer, const struct slot *slots, size_t n,
			 size_t skip, uint64_t base, uint64_t end);

static uint64_t slot_end(const struct slot *slot)
{
	return slot->bit + slot->bits * slot->count;
}

/* Where the struct whose member's path are the first N bytes of SLOT's lies: code takes its address. */
static void inner_extent(const struct printer *printer, const struct slot *slot, size_t n,
			 uint64_t *start, uint64_t *end)
{
	const struct model *model = printer->plan->model[printer->side];
	struct text path = {0};
	struct field field;
	size_t stop;

	text_add(&path, "%.*s", (int)n, slot->c);
	if (field_find(model, printer->type->id[printer->side], text_string(&path), &field,
		       &stop)) {
		*start = field.bit_offset;
		*end = field.bit_offset + type_at(model, strip(model, field.type))->size * 8;
	}
	text_deinit(&path);
}

/* The N slots, all below one member name, as a struct of their own, which lies where the type has it. */
static uint64_t emit_inner(const struct printer *printer, const struct slot *slots, size_t n,
			   size_t skip, uint64_t cursor)
{
	const char *name = slots[0].c + skip;
	size_t length = strcspn(name, ".");
	uint64_t start = slots[0].bit / 8 * 8, end = start, align = 1;

	for (size_t i = 0; i < n; i++) {
		if (!slots[i].used)
			continue;
		if (slot_end(&slots[i]) > end)
			end = slot_end(&slots[i]);
		if (natural_align(printer, &slots[i]) > align)
			align = natural_align(printer, &slots[i]);
	}
	end = (end + 7) / 8 * 8;
	inner_extent(printer, &slots[0], skip + length, &start, &end);
	emit_padding(printer, cursor, start);
	text_puts(printer->out, "struct {\n");
	printer->out->indent++;
	emit_members(printer, slots, n, skip + length + 1, start, end);
	printer->out->indent--;
	if (start % (align * 8) || end % (align * 8) ||
	    !slots_natural(printer, slots, n, start, align))
		text_add(printer->out, "} __attribute__((packed)) %.*s;\n", (int)length, name);
	else
		text_add(printer->out, "} %.*s;\n", (int)length, name);
	return end;
}

/* How many slots from the first on lie below the same member name. */
static size_t group_size(const struct slot *slots, size_t n, size_t skip)
{
	size_t length = strcspn(slots[0].c + skip, ".") + 1, i = 1;

	while (i < n && !strncmp(slots[0].c, slots[i].c, skip + length))
		i++;
	while (i > 1 && !slots[i - 1].used)
		i--;
	return i;
}

static void emit_members(const struct printer *printer, const struct slot *slots, size_t n,
			 size_t skip, uint64_t base, uint64_t end)
{
	uint64_t cursor = base;

	for (size_t i = 0; i < n; i++) {
		const struct slot *slot = &slots[i];

		if (!slot->used || slot->is_flexible)
			continue;
		if (strchr(slot->c + skip, '.')) {
			size_t group = group_size(slot, n - i, skip);

			cursor = emit_inner(printer, slot, group, skip, cursor);
			i += group - 1;
			continue;
		}
		emit_padding(printer, cursor, slot->bit);
		emit_slot(printer, slot, slot->c + skip);
		cursor = slot_end(slot);
	}
	emit_padding(printer, cursor, end);
}

static void emit_asserts(const struct printer *printer)
{
	const struct plan_type *type = printer->type;
	const char *prefix = prefix_of(printer->side);

	text_add(printer->out,
		 "_Static_assert(sizeof(struct %s%s) == %" PRIu64 ", \"%s: size\");\n", prefix,
		 type->cname, type->size[printer->side], type->label);
	for (size_t i = 0; i < type->slots[printer->side].n; i++) {
		const struct slot *slot = &type->slots[printer->side].at[i];

		if (slot->used && !slot->is_bitfield && !slot->is_flexible)
			text_add(printer->out,
				 "_Static_assert(offsetof(struct %s%s, %s) == %" PRIu64
				 ", \"%s: offset of %s\");\n",
				 prefix, type->cname, slot->c, slot->bit / 8, type->label,
				 slot->path);
	}
}

static void emit_definition(const struct plan *plan, const struct plan_type *type, enum side side,
			    struct text *out)
{
	struct printer printer = {.plan = plan, .type = type, .side = side, .out = out};

	text_add(out, "\nstruct %s%s {\n", prefix_of(side), type->cname);
	out->indent++;
	emit_members(&printer, type->slots[side].at, type->slots[side].n, 0, 0,
		     type->size[side] * 8);
	out->indent--;
	text_add(out, "} __attribute__((%saligned(%" PRIu32 ")));\n",
		 layout_is_packed(plan, type, side) ? "packed, " : "", type->promised[side]);
	emit_asserts(&printer);
}

/* ---- enumerators
 * -------------------------------------------------------------------------------------- */

struct name_set {
	const char **at;
	size_t n, room;
};

static bool set_add(struct name_set *set, const char *name)
{
	for (size_t i = 0; i < set->n; i++)
		if (!strcmp(set->at[i], name))
			return false;
	*VEC_PUSH(set) = name;
	return true;
}

static int64_t enumerator_value(const struct type *type, const struct enumerator *enumerator)
{
	unsigned int shift = type->size && type->size < 8 ? 64 - 8 * (unsigned int)type->size : 0;

	return (int64_t)(enumerator->value << shift) >> shift;
}

/* An enumerator whose name another enum has taken is left out: C has one space of names for all. */
static void emit_enum(const struct plan *plan, const struct type *type, enum side side,
		      struct name_set *names, struct text *out)
{
	const struct enumerator *enumerators = enumerators_of(plan->model[side], type);
	bool is_signed = type->encoding == ENC_SIGNED || type->encoding == ENC_SIGNED_CHAR;
	bool open = false;

	for (uint32_t i = 0; i < type->n; i++) {
		if (!set_add(names, enumerators[i].name))
			continue;
		text_add(out, open ? "\t%s%s = " : "\nenum {\n\t%s%s = ", prefix_of(side),
			 enumerators[i].name);
		if (is_signed)
			text_add(out, "%" PRId64 ",\n", enumerator_value(type, &enumerators[i]));
		else
			text_add(out, "%" PRIu64 "%s,\n", enumerators[i].value,
				 enumerators[i].value > INT32_MAX ? "u" : "");
		open = true;
	}
	if (open)
		text_puts(out, "};\n");
}

static void emit_enums(const struct plan *plan, enum side side, struct text *out)
{
	const struct model *model = plan->model[side];
	struct name_set names = {.n = 0};

	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];

		for (size_t k = 0; k < type->slots[side].n; k++) {
			const struct slot *slot = &type->slots[side].at[k];

			if (slot->kind == SLOT_ENUM && slot->used)
				emit_enum(plan, type_at(model, strip(model, slot->element)), side,
					  &names, out);
		}
	}
	VEC_FREE(&names);
}

void emit_layouts(const struct plan *plan, struct text *out)
{
	for (int side = OLD; side <= NEW; side++) {
		emit_enums(plan, (enum side)side, out);
		for (size_t i = 0; i < plan->types.n; i++)
			emit_definition(plan, plan->types.at[i], (enum side)side, out);
	}
}
