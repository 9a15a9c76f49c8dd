// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both layouts as custom code is checked against: the same names and types as in layout.h, but with
 * every member of every type, so that a misspelt one is told from one that nobody used before. Only
 * names and types count here: offsets are asserted in layout.h.
 */
#include <inttypes.h>
#include <string.h>

#include "../schema/intern.h"
#include "../schema/text.h"
#include "plan_source.h"

#define DEPTH_MAX 64

struct code_printer {
	struct plan_maker *maker;
	struct text *out;
	enum side side;
	const struct type_decisions *decisions; /* of the type being printed, or NULL */
	const type_id *id;			/* of the type being printed, on both sides */
	struct intern names;			/* tags and enumerators that are taken */
};

static const char *prefix_of(const struct code_printer *p)
{
	return p->side == OLD ? "old_" : "new_";
}

static const struct type *stripped(const struct code_printer *p, type_id id)
{
	const struct model *model = p->maker->model[p->side];

	return type_at(model, strip(model, id));
}

static bool name_claim(struct code_printer *p, const char *name)
{
	const char *full = arena_printf(p->maker->arena, "%s%s", prefix_of(p), name);

	if (intern_find(&p->names, full))
		return false;
	intern(&p->names, full);
	return true;
}

static void print_scalar(struct code_printer *p, const struct type *type)
{
	bool is_signed = type->encoding == ENC_SIGNED || type->encoding == ENC_SIGNED_CHAR;

	if (type->kind == KIND_INT && type->encoding == ENC_BOOLEAN)
		text_puts(p->out, "_Bool");
	else if (type->kind != KIND_POINTER && type->size == 1)
		text_puts(p->out, is_signed ? "signed char" : "unsigned char");
	else if (type->size == 16)
		text_puts(p->out, is_signed ? "__int128" : "unsigned __int128");
	else
		text_add(p->out, "%sint%" PRIu64 "_t",
			 is_signed && type->kind != KIND_POINTER ? "" : "u", type->size * 8);
}

static bool is_scalar_type(const struct type *type)
{
	bool is_int = (type->kind == KIND_INT && type->encoding != ENC_COMPLEX) ||
		      type->kind == KIND_ENUM || type->kind == KIND_POINTER;

	return is_int && type->size && type->size <= 16 && !(type->size & (type->size - 1));
}

/* C has one space of names for all enumerators: the first one of a name has it. */
static void print_enumerators(struct code_printer *p, const struct type *type)
{
	const struct model *model = p->maker->model[p->side];
	const struct enumerator *enumerators = enumerators_of(model, type);

	for (uint32_t i = 0; i < type->n; i++)
		if (name_claim(p, enumerators[i].name))
			text_add(p->out, "enum { %s%s = (%s)%" PRIu64 "u };\n", prefix_of(p),
				 enumerators[i].name,
				 type->encoding == ENC_SIGNED ? "int" : "unsigned int",
				 enumerators[i].value & UINT32_MAX);
}

static void print_members(struct code_printer *p, const struct type *record, const char *prefix,
			  int depth);

static void print_bytes(struct code_printer *p, const char *name, uint64_t bytes)
{
	text_add(p->out, "unsigned char %s[%" PRIu64 "];\n", name, bytes);
}

static void print_record(struct code_printer *p, const struct type *record, const char *name,
			 const char *path, int depth)
{
	text_add(p->out, "%s {\n", record->kind == KIND_UNION ? "union" : "struct");
	print_members(p, record, arena_printf(p->maker->arena, "%s%s", path, *path ? "." : ""),
		      depth + 1);
	text_add(p->out, "} %s;\n", name);
}

/* An embedded struct under its own name, where it has a plan of its own. */
static const char *own_name(struct code_printer *p, const struct type *type, type_id id,
			    const char *path)
{
	const struct model *model = p->maker->model[p->side];
	const char *label;

	if (type->kind != KIND_STRUCT || !p->decisions ||
	    !crosses_whole(p->maker, p->decisions, p->id, path))
		return NULL;
	label = type_label(model, strip(model, id));
	return label ? type_identifier(p->maker->arena, label) : NULL;
}

static void print_named(struct code_printer *p, const struct member *member, const char *prefix,
			int depth)
{
	const struct model *model = p->maker->model[p->side];
	const struct type *type = stripped(p, member->type);
	const char *path = arena_printf(p->maker->arena, "%s%s", prefix, member->name), *own;
	uint64_t bytes = type_size(model, member->type);
	const char *dimensions = "";
	type_id id = member->type;

	for (; type->kind == KIND_ARRAY && !(type->flags & TYPE_VECTOR);
	     id = type->target, type = stripped(p, id))
		dimensions =
			arena_printf(p->maker->arena, "%s[%" PRIu64 "]", dimensions, type->count);
	own = own_name(p, type, id, path);
	if (member->bit_size && is_scalar_type(type)) {
		print_scalar(p, type);
		text_add(p->out, " %s : %" PRIu32 ";\n", member->name, (uint32_t)member->bit_size);
	} else if (is_scalar_type(type)) {
		print_scalar(p, type);
		text_add(p->out, " %s%s;\n", member->name, dimensions);
	} else if (own) {
		text_add(p->out, "struct %s%s %s%s;\n", prefix_of(p), own, member->name,
			 dimensions);
	} else if ((type->kind == KIND_STRUCT || type->kind == KIND_UNION) && !*dimensions &&
		   depth < DEPTH_MAX) {
		print_record(p, type, member->name, path, depth);
	} else {
		print_bytes(p, member->name, bytes);
	}
}

static void print_members(struct code_printer *p, const struct type *record, const char *prefix,
			  int depth)
{
	const struct model *model = p->maker->model[p->side];
	const struct member *members = members_of(model, record);

	for (uint32_t i = 0; i < record->n; i++) {
		const struct type *type = stripped(p, members[i].type);

		if (members[i].name) {
			print_named(p, &members[i], prefix, depth);
		} else if ((type->kind == KIND_STRUCT || type->kind == KIND_UNION) &&
			   depth < DEPTH_MAX) {
			text_add(p->out, "%s {\n", type->kind == KIND_UNION ? "union" : "struct");
			print_members(p, type, prefix, depth + 1);
			text_puts(p->out, "};\n");
		}
	}
}

/* What must stand before RECORD: enumerators, and structs with a name of their own. */
static void print_needed(struct code_printer *p, const struct type *record, const char *prefix,
			 int depth);

static void print_definition(struct code_printer *p, const struct type *record, const char *name,
			     int depth)
{
	if (!name_claim(p, arena_printf(p->maker->arena, "struct %s", name)))
		return;
	print_needed(p, record, "", depth + 1);
	text_add(p->out, "struct %s%s {\n", prefix_of(p), name);
	text_puts(p->out, record->kind == KIND_UNION ? "union {\n" : "");
	print_members(p, record, "", depth + 1);
	text_puts(p->out, record->kind == KIND_UNION ? "};\n};\n" : "};\n");
}

static void print_needed(struct code_printer *p, const struct type *record, const char *prefix,
			 int depth)
{
	const struct model *model = p->maker->model[p->side];
	const struct member *members = members_of(model, record);

	for (uint32_t i = 0; i < record->n && depth < DEPTH_MAX; i++) {
		const struct type *type = stripped(p, members[i].type);
		const char *name = members[i].name ? members[i].name : "";
		const char *path = arena_printf(p->maker->arena, "%s%s", prefix, name);
		type_id id = members[i].type;

		for (; type->kind == KIND_ARRAY; id = type->target, type = stripped(p, id))
			;
		if (type->kind == KIND_ENUM) {
			print_enumerators(p, type);
		} else if (*name && own_name(p, type, id, path)) {
			const struct type_decisions *decisions = p->decisions;
			const char *own = own_name(p, type, id, path);

			p->decisions = NULL;
			print_definition(p, type, own, depth);
			p->decisions = decisions;
		} else if (type->kind == KIND_STRUCT || type->kind == KIND_UNION) {
			print_needed(p, type,
				     *name ? arena_printf(p->maker->arena, "%s.", path) : prefix,
				     depth + 1);
		}
	}
}

void code_layouts(struct plan_maker *maker, struct text *out)
{
	const struct mapping *mapping = maker->mapping;
	struct code_printer printer = {.maker = maker, .out = out};
	type_id id[2];

	intern_init(&printer.names);
	for (int side = OLD; side <= NEW; side++) {
		for (size_t i = 0; i < mapping->types.n; i++) {
			printer.side = (enum side)side;
			printer.decisions = &mapping->types.at[i];
			printer.id = id;
			if (!has_code(printer.decisions) ||
			    !section_ids(maker, printer.decisions, id))
				continue;
			print_definition(&printer, type_at(maker->model[side], id[side]),
					 section_cname(maker, printer.decisions), 0);
		}
	}
	intern_deinit(&printer.names);
}
