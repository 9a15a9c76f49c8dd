/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The C spelling of types: declarators from the inside out. */
#include "model.h"
#include "text.h"

#include <string.h>

#define SPELL_DEPTH 64

/* Puts S before what DECLARATOR holds. */
static void prepend(struct text *declarator, const char *s)
{
	struct text joined;

	text_init(&joined);
	text_puts(&joined, s);
	text_puts(&joined, text_string(declarator));
	text_deinit(declarator);
	*declarator = joined;
}

static void declare(const struct model *model, type_id id, struct text *declarator,
		    unsigned int depth);

static void add_parameters(const struct model *model, const struct type *function,
			   struct text *declarator, unsigned int depth)
{
	struct text one;

	text_puts(declarator, "(");
	for (uint32_t i = 0; i < function->n; i++) {
		text_init(&one);
		declare(model, parameters_of(model, function)[i].type, &one, depth + 1);
		text_add(declarator, "%s%s", i ? ", " : "", text_string(&one));
		text_deinit(&one);
	}
	if (function->flags & TYPE_VARIADIC)
		text_puts(declarator, function->n ? ", ..." : "...");
	else if (!function->n && !(function->flags & TYPE_NOPROTO))
		text_puts(declarator, "void");
	text_puts(declarator, ")");
}

static void finish_with(struct text *declarator, const char *specifier)
{
	const char *have = text_string(declarator);
	bool space = *have && *have != '[' && *have != ')';

	if (space)
		prepend(declarator, " ");
	prepend(declarator, specifier);
}

static void declare_tagged(const struct type *type, struct text *declarator)
{
	struct text specifier;

	text_init(&specifier);
	text_add(&specifier, "%s %s", kind_keyword(type->kind), type->name ? type->name : "{...}");
	finish_with(declarator, text_string(&specifier));
	text_deinit(&specifier);
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

/* A qualifier of a pointer stands right of the star; of anything else it leads. */
static void declare_qualified(const struct model *model, const struct type *type,
			      struct text *declarator, unsigned int depth)
{
	struct text inner;
	const char *word = qualifier(type->kind);

	if (type_at(model, strip_qualifiers(model, type->target))->kind == KIND_POINTER) {
		if (*text_string(declarator))
			prepend(declarator, " ");
		prepend(declarator, word);
		declare(model, type->target, declarator, depth + 1);
		return;
	}
	text_init(&inner);
	text_puts(&inner, text_string(declarator));
	declare(model, type->target, &inner, depth + 1);
	prepend(&inner, " ");
	prepend(&inner, word);
	text_deinit(declarator);
	*declarator = inner;
}

static void declare_pointer(const struct model *model, const struct type *type,
			    struct text *declarator, unsigned int depth)
{
	uint8_t kind = type_at(model, strip_qualifiers(model, type->target))->kind;

	prepend(declarator, "*");
	if (kind == KIND_ARRAY || kind == KIND_FUNCTION) {
		prepend(declarator, "(");
		text_puts(declarator, ")");
	}
	declare(model, type->target, declarator, depth + 1);
}

static void declare(const struct model *model, type_id id, struct text *declarator,
		    unsigned int depth)
{
	const struct type *type = type_at(model, id);

	if (depth > SPELL_DEPTH) {
		finish_with(declarator, "...");
		return;
	}
	switch (type->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_ENUM:
		declare_tagged(type, declarator);
		return;
	case KIND_POINTER:
		declare_pointer(model, type, declarator, depth);
		return;
	case KIND_ARRAY:
		if (type->flags & TYPE_FLEXIBLE)
			text_puts(declarator, "[]");
		else
			text_add(declarator, "[%llu]", (unsigned long long)type->count);
		declare(model, type->target, declarator, depth + 1);
		return;
	case KIND_FUNCTION:
		add_parameters(model, type, declarator, depth);
		declare(model, type->target, declarator, depth + 1);
		return;
	case KIND_CONST:
	case KIND_VOLATILE:
	case KIND_RESTRICT:
	case KIND_ATOMIC:
		declare_qualified(model, type, declarator, depth);
		return;
	case KIND_VOID:
		finish_with(declarator, "void");
		return;
	default:
		finish_with(declarator, type->name ? type->name : "?");
	}
}

void type_declare(const struct model *model, type_id id, const char *name, struct text *out)
{
	struct text declarator;

	text_init(&declarator);
	text_puts(&declarator, name);
	declare(model, id, &declarator, 0);
	text_puts(out, text_string(&declarator));
	text_deinit(&declarator);
}

const char *type_spelling(const struct model *model, type_id id, struct arena *arena)
{
	struct text text;
	const char *spelling;

	text_init(&text);
	type_declare(model, id, "", &text);
	spelling = arena_strdup(arena, text_string(&text));
	text_deinit(&text);
	return spelling;
}
