/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The printer: enums, then declarations, then everything in an order in which C knows what it
 * needs. */
#include "layout_c.h"
#include "../schema/select.h"
#include "layout_names.h"
#include "layout_spell.h"

#include <inttypes.h>
#include <string.h>

/* Chains of typedefs are followed no deeper; what lies deeper is printed as void. */
#define DEPTH_MAX 1000

enum progress { UNSEEN, BUSY, PRINTED };

struct printer {
	const struct model *model;
	const struct layout_style *style;
	struct text *out;
	struct selection chosen;
	struct layout_names names;
	unsigned char *progress; /* by type id: named records and typedefs */
	struct arena scratch;	 /* spellings and fits of one definition */
	unsigned int depth;
};

static bool is_tagged(const struct type *type)
{
	return *kind_keyword(type->kind) != '\0';
}

static bool is_qualifier(const struct type *type)
{
	return type->kind >= KIND_CONST && type->kind <= KIND_ATOMIC;
}

static bool is_defined(const struct printer *p, type_id id)
{
	return p->chosen.at[id] == SELECT_WHOLE &&
	       !(type_at(p->model, id)->flags & TYPE_DECLARATION);
}

/* ---- declarations ------------------------------------------------------------------------------
 */

static void print_body(struct printer *p, const struct type *type);
static void print_enumerators(struct printer *p, const struct type *type);
static void declare(struct printer *p, type_id id, const char *inner);

static void print_tagged(struct printer *p, type_id id)
{
	const struct type *type = type_at(p->model, id);

	text_puts(p->out, kind_keyword(type->kind));
	if (p->names.of_type[id])
		text_add(p->out, " %s", p->names.of_type[id]);
	else if (type->kind == KIND_ENUM)
		print_enumerators(p, type);
	else
		print_body(p, type);
}

/* What a declaration starts with. */
static void print_specifier(struct printer *p, type_id id)
{
	const struct type *type = type_at(p->model, id);

	switch (type->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_ENUM:
		print_tagged(p, id);
		return;
	case KIND_TYPEDEF:
		text_puts(p->out, p->names.of_type[id] ? p->names.of_type[id] : "void");
		return;
	case KIND_INT:
	case KIND_FLOAT:
		text_puts(p->out, layout_base(p->model, type, p->style, &p->scratch));
		return;
	default:
		text_puts(p->out, "void");
	}
}

/* The list of parameters as text of its own, since it stands inside the declarator. */
static const char *parameters(struct printer *p, const struct type *function)
{
	struct text list, *out = p->out;
	const char *copy;

	if (!function->n && !(function->flags & TYPE_VARIADIC))
		return function->flags & TYPE_NOPROTO ? "" : "void";
	text_init(&list);
	p->out = &list;
	for (uint32_t i = 0; i < function->n; i++) {
		text_puts(&list, i ? ", " : "");
		declare(p, parameters_of(p->model, function)[i].type, "");
	}
	if (function->flags & TYPE_VARIADIC)
		text_puts(&list, function->n ? ", ..." : "");
	p->out = out;
	copy = arena_strdup(&p->scratch, text_string(&list));
	text_deinit(&list);
	return copy;
}

static const char *qualifier(uint8_t kind)
{
	switch (kind) {
	case KIND_CONST:
		return "const";
	case KIND_VOLATILE:
		return "volatile";
	case KIND_RESTRICT:
		return "restrict";
	default:
		return "_Atomic";
	}
}

/* A qualifier that C does not take there changes no layout and is left out. */
static bool can_qualify(const struct printer *p, const struct type *type)
{
	uint8_t kind = type_at(p->model, strip(p->model, type->target))->kind;

	return kind != KIND_FUNCTION && (type->kind != KIND_RESTRICT || kind == KIND_POINTER) &&
	       (type->kind != KIND_ATOMIC || kind != KIND_ARRAY);
}

static const char *pointer(struct printer *p, const struct type *type, const char *inner)
{
	uint8_t kind = type_at(p->model, strip_qualifiers(p->model, type->target))->kind;

	if (kind == KIND_ARRAY || kind == KIND_FUNCTION)
		return arena_printf(&p->scratch, "(*%s)", inner);
	return arena_printf(&p->scratch, "*%s", inner);
}

static const char *joined(struct printer *p, const char *word, const char *inner)
{
	return arena_printf(&p->scratch, "%s%s%s", word, *inner && *inner != '[' ? " " : "", inner);
}

/* What a declaration goes through from its name to its specifier. */
struct declarator {
	const char *inner;
	const char *qualifiers; /* before the specifier */
	uint64_t vector;	/* bytes, of a vector */
};

/* Takes ID into the declarator; returns the type that it derives from. */
static type_id derive(struct printer *p, const struct type *type, struct declarator *d)
{
	uint8_t base;

	switch (type->kind) {
	case KIND_POINTER:
		d->inner = pointer(p, type, d->inner);
		return type->target;
	case KIND_ARRAY:
		if (type->flags & TYPE_VECTOR)
			d->vector = type->size;
		else if (type->flags & TYPE_FLEXIBLE)
			d->inner = arena_printf(&p->scratch, "%s[]", d->inner);
		else
			d->inner =
				arena_printf(&p->scratch, "%s[%" PRIu64 "]", d->inner, type->count);
		return type->target;
	case KIND_FUNCTION:
		d->inner = arena_printf(&p->scratch, "%s(%s)", d->inner, parameters(p, type));
		return type->target;
	default:
		base = type_at(p->model, strip_qualifiers(p->model, type->target))->kind;
		if (!can_qualify(p, type))
			return type->target;
		if (base == KIND_POINTER && !p->style->pointers_as_integers)
			d->inner = joined(p, qualifier(type->kind), d->inner);
		else if (!strstr(d->qualifiers, qualifier(type->kind)))
			d->qualifiers = arena_printf(&p->scratch, "%s%s ", d->qualifiers,
						     qualifier(type->kind));
		return type->target;
	}
}

static bool is_derived(const struct type *type)
{
	return type->kind == KIND_POINTER || type->kind == KIND_ARRAY ||
	       type->kind == KIND_FUNCTION || is_qualifier(type);
}

/* Appends the declaration of INNER (a name, or "") as an ID; INNER is owned by the scratch arena or
 * static. */
static void declare(struct printer *p, type_id id, const char *inner)
{
	struct declarator d = {.inner = inner, .qualifiers = ""};
	const struct type *type = type_at(p->model, id);

	for (; is_derived(type); type = type_at(p->model, id)) {
		if (type->kind == KIND_POINTER && p->style->pointers_as_integers)
			break;
		id = derive(p, type, &d);
	}
	text_puts(p->out, d.qualifiers);
	if (type->kind == KIND_POINTER)
		text_puts(p->out, layout_unsigned(type->size, p->style, &p->scratch));
	else
		print_specifier(p, id);
	if (d.vector)
		text_add(p->out, " __attribute__((vector_size(%" PRIu64 ")))", d.vector);
	text_puts(p->out, *d.inner && *d.inner != '[' ? " " : "");
	text_puts(p->out, d.inner);
}

/* ---- definitions -------------------------------------------------------------------------------
 */

static void print_enumerators(struct printer *p, const struct type *type)
{
	text_puts(p->out, " {\n");
	p->out->indent++;
	for (uint32_t i = 0; i < type->n; i++) {
		const struct enumerator *one = &enumerators_of(p->model, type)[i];

		text_add(p->out, "%s = %s,\n", layout_names_enumerator(&p->names, one->name),
			 layout_enumerator(type, one->value, &p->scratch));
	}
	if (!type->n)
		text_add(p->out, "%s,\n", layout_names_enumerator(&p->names, "no_enumerator"));
	p->out->indent--;
	text_puts(p->out, "}");
	text_puts(p->out, layout_enum_attribute(p->model, type));
	if (type->align_attr)
		text_add(p->out, " __attribute__((aligned(%u)))", type->align_attr);
}

/*
 * Unnamed bitfields from bit AT on, BITS long, none across a unit of its type: they hold room and
 * nothing else, not even in debug info. Their units are no larger than ALIGN bytes.
 */
static void print_padding(struct printer *p, uint64_t at, uint64_t bits, uint32_t align)
{
	while (bits) {
		unsigned int unit = align >= 8 ? 64 : align >= 4 ? 32 : align >= 2 ? 16 : 8;
		uint64_t piece;

		while (unit > 8 && (at % unit || bits < unit))
			unit /= 2;
		piece = unit - at % unit < bits ? unit - at % unit : bits;
		text_add(p->out, "unsigned %s : %" PRIu64 ";\n",
			 unit == 64   ? "long long"
			 : unit == 32 ? "int"
			 : unit == 16 ? "short"
				      : "char",
			 piece);
		at += piece;
		bits -= piece;
	}
}

/* The type of a flexible array's elements, through typedefs of the array. */
static type_id flexible_element(const struct model *model, type_id id)
{
	return type_at(model, strip(model, id))->target;
}

static void print_member(struct printer *p, const struct member *member,
			 const struct member_fit *fit)
{
	const char *name = member->name ? layout_names_member(&p->names, member->name) : "";
	const struct type *type = type_at(p->model, strip(p->model, member->type));

	if (fit->zero_length)
		declare(p, flexible_element(p->model, member->type),
			arena_printf(&p->scratch, "%s[0]", name));
	else if (!member->name && is_tagged(type) && type->name && type->kind != KIND_ENUM) {
		text_puts(p->out, kind_keyword(type->kind));
		print_body(p, type);
	} else {
		declare(p, member->type, name);
	}
	if (member->bit_size)
		text_add(p->out, " : %u", member->bit_size);
	if (fit->aligned)
		text_add(p->out, " __attribute__((aligned(%u)))", fit->aligned);
	text_puts(p->out, ";\n");
}

static void print_attributes(struct printer *p, const struct layout_fit *fit)
{
	if (fit->packed && fit->aligned)
		text_add(p->out, " __attribute__((packed, aligned(%u)))", fit->aligned);
	else if (fit->packed)
		text_puts(p->out, " __attribute__((packed))");
	else if (fit->aligned)
		text_add(p->out, " __attribute__((aligned(%u)))", fit->aligned);
}

/*
 * A union has its padding as one more arm, unnamed too where a bitfield is large enough: a union
 * that debug info gives no members (gcc does, for transparent ones) stays without.
 */
static void print_tail(struct printer *p, const struct type *type, uint64_t bits)
{
	if (!bits)
		return;
	if (type->kind == KIND_STRUCT) {
		print_padding(p, type->size * 8 - bits, bits, type->align);
		return;
	}
	if (type->size <= 8) {
		text_add(p->out, "unsigned long long : %" PRIu64 ";\n", type->size * 8);
		return;
	}
	text_puts(p->out, "struct {\n");
	p->out->indent++;
	print_padding(p, 0, type->size * 8, type->align);
	p->out->indent--;
	text_puts(p->out, "};\n");
}

/* ` { members } attributes` of a record. */
static void print_body(struct printer *p, const struct type *type)
{
	struct layout_fit fit;

	layout_fit(p->model, type, &p->scratch, &fit);
	text_puts(p->out, " {\n");
	p->out->indent++;
	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = &members_of(p->model, type)[i];

		print_padding(p, member->bit_offset - fit.members[i].gap, fit.members[i].gap,
			      type->align);
		print_member(p, member, &fit.members[i]);
	}
	print_tail(p, type, fit.tail);
	p->out->indent--;
	text_puts(p->out, "}");
	print_attributes(p, &fit);
}

/* ---- assertions --------------------------------------------------------------------------------
 */

/* The offsets of the members of TYPE below PATH in the type called WHOLE; through anonymous records
 * too. */
static void assert_members(struct printer *p, const char *whole, const struct type *type,
			   const char *path, uint64_t offset)
{
	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = &members_of(p->model, type)[i];
		const struct type *inner =
			type_at(p->model, strip_qualifiers(p->model, member->type));
		uint64_t at = offset + member->bit_offset / 8;
		const char *name = path;

		if (member->bit_size)
			continue;
		if (member->name) {
			name = arena_printf(&p->scratch, "%s%s%s", path, *path ? "." : "",
					    layout_names_member(&p->names, member->name));
			text_add(p->out, "CO_AT(%s, %s, %" PRIu64 ");\n", whole, name, at);
		}
		if ((inner->kind == KIND_STRUCT || inner->kind == KIND_UNION) &&
		    (!inner->name || !member->name))
			assert_members(p, whole, inner, name, at);
	}
}

static void print_asserts(struct printer *p, type_id id, const char *whole)
{
	const struct type *type = type_at(p->model, id);

	if (p->style->no_asserts)
		return;
	text_add(p->out, "CO_SIZE(%s, %" PRIu64 ", %u);\n", whole, type->size, type->align);
	assert_members(p, whole, type, "", 0);
}

/* ---- order -------------------------------------------------------------------------------------
 */

static void need(struct printer *p, type_id id, bool complete);

static void need_members(struct printer *p, const struct type *type)
{
	for (uint32_t i = 0; i < type->n; i++)
		need(p, members_of(p->model, type)[i].type, true);
}

/* The label of a type whose C name is not its own. */
static void print_label(struct printer *p, type_id id)
{
	const struct type *type = type_at(p->model, id);

	if (type->label && strstr(type->label, " @ ") && !strstr(type->label, "*/"))
		text_add(p->out, "/* %s */\n", type->label);
}

static void define_record(struct printer *p, type_id id)
{
	const struct type *type = type_at(p->model, id);

	if (!is_defined(p, id) || p->progress[id] != UNSEEN)
		return;
	p->progress[id] = BUSY;
	need_members(p, type);
	arena_reset(&p->scratch);
	print_label(p, id);
	print_tagged(p, id);
	print_body(p, type);
	text_puts(p->out, ";\n");
	print_asserts(
		p, id,
		arena_printf(&p->scratch, "%s %s", kind_keyword(type->kind), p->names.of_type[id]));
	text_puts(p->out, "\n");
	p->progress[id] = PRINTED;
}

static void define_typedef(struct printer *p, type_id id)
{
	const struct type *type = type_at(p->model, id);
	const struct type *target = type_at(p->model, type->target);
	const char *name = p->names.of_type[id];

	if (p->progress[id] != UNSEEN || !name)
		return;
	p->progress[id] = BUSY;
	need(p, type->target, false);
	arena_reset(&p->scratch);
	print_label(p, id);
	text_puts(p->out, "typedef ");
	declare(p, type->target, name);
	if (type->align_attr)
		text_add(p->out, " __attribute__((aligned(%u)))", type->align_attr);
	text_puts(p->out, ";\n");
	if ((target->kind == KIND_STRUCT || target->kind == KIND_UNION) && !target->name &&
	    !type->align_attr)
		print_asserts(p, type->target, name);
	p->progress[id] = PRINTED;
}

/* Prints what a declaration of something as an ID needs; its definition too when it must be
 * COMPLETE. */
static void need(struct printer *p, type_id id, bool complete)
{
	const struct type *type = type_at(p->model, id);

	if (p->depth > DEPTH_MAX)
		return;
	p->depth++;
	if ((type->kind == KIND_STRUCT || type->kind == KIND_UNION) && !type->name)
		need_members(p, type);
	else if ((type->kind == KIND_STRUCT || type->kind == KIND_UNION) && complete)
		define_record(p, id);
	else if (type->kind == KIND_TYPEDEF)
		define_typedef(p, id);
	if (type->kind == KIND_FUNCTION)
		for (uint32_t i = 0; i < type->n; i++)
			need(p, parameters_of(p->model, type)[i].type, false);
	if (type->kind == KIND_POINTER && !p->style->pointers_as_integers)
		need(p, type->target, false);
	else if (type->kind == KIND_ARRAY)
		need(p, type->target, true);
	else if (type->kind == KIND_FUNCTION)
		need(p, type->target, false);
	else if (is_qualifier(type) || (type->kind == KIND_TYPEDEF && complete))
		need(p, type->target, complete);
	p->depth--;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static const char preamble[] =
	"#undef linux\n"
	"#undef unix\n"
	"#undef i386\n"
	"#ifdef __clang__\n"
	"#pragma clang diagnostic ignored \"-Wgnu-variable-sized-type-not-at-end\"\n"
	"#pragma clang diagnostic ignored \"-Wflexible-array-extensions\"\n"
	"#else\n"
	"#pragma GCC diagnostic ignored \"-Wpacked-not-aligned\"\n"
	"#endif\n";

static const char assertions[] =
	"#define CO_SIZE(type, size, align)                                                   \\\n"
	"\t_Static_assert(sizeof(type) == (size) && _Alignof(type) == (align), #type)\n"
	"#define CO_AT(type, member, offset)                                                  \\\n"
	"\t_Static_assert(__builtin_offsetof(type, member) == (offset), #type \".\" #member)\n";

static void print_enums(struct printer *p)
{
	for (type_id id = 0; id < p->model->types.n; id++) {
		const struct type *type = type_at(p->model, id);

		if (type->kind != KIND_ENUM || !p->names.of_type[id])
			continue;
		arena_reset(&p->scratch);
		print_label(p, id);
		print_tagged(p, id);
		if (is_defined(p, id))
			print_enumerators(p, type);
		text_puts(p->out, ";\n");
	}
}

/* Enums that stand for nothing but their names. */
static void print_loose_enums(struct printer *p)
{
	size_t room = 0;
	bool *loose = vec_grow(NULL, &room, p->model->types.n, sizeof(*loose));

	select_loose_enums(p->model, &p->chosen, loose);
	for (type_id id = 0; id < p->model->types.n; id++) {
		if (!loose[id])
			continue;
		arena_reset(&p->scratch);
		print_tagged(p, id);
		text_puts(p->out, ";\n");
	}
	vec_free(loose);
}

static void print_declarations(struct printer *p)
{
	for (type_id id = 0; id < p->model->types.n; id++) {
		const struct type *type = type_at(p->model, id);

		if ((type->kind != KIND_STRUCT && type->kind != KIND_UNION) ||
		    !p->names.of_type[id])
			continue;
		text_add(p->out, "%s %s;\n", kind_keyword(type->kind), p->names.of_type[id]);
	}
	text_puts(p->out, "\n");
}

static void print_definitions(struct printer *p)
{
	for (type_id id = 0; id < p->model->types.n; id++)
		if (p->names.of_type[id])
			need(p, id, p->chosen.at[id] == SELECT_WHOLE);
}

void layout_print(const struct model *model, const type_id *ids, size_t n,
		  const struct layout_style *style, struct text *out)
{
	struct printer p = {.model = model, .style = style, .out = out};
	size_t room = 0;

	arena_init(&p.scratch);
	select_closure(model, ids, n, false, &p.chosen);
	layout_names_init(&p.names, model, p.chosen.at, style->prefix);
	p.progress = vec_grow(NULL, &room, model->types.n, 1);
	memset(p.progress, UNSEEN, model->types.n);
	text_puts(out, preamble);
	if (!style->no_asserts)
		text_puts(out, assertions);
	text_puts(out, "\n");
	print_enums(&p);
	print_loose_enums(&p);
	print_declarations(&p);
	print_definitions(&p);
	vec_free(p.progress);
	layout_names_deinit(&p.names);
	selection_deinit(&p.chosen);
	arena_deinit(&p.scratch);
}
