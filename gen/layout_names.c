/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout_names.h"

#include <ctype.h>
#include <string.h>

static bool is_keyword(const char *name)
{
	static const char *const words[] = {
		"auto",	    "break",	"case",	    "char",    "const",	   "continue", "default",
		"do",	    "double",	"else",	    "enum",    "extern",   "float",    "for",
		"goto",	    "if",	"inline",   "int",     "long",	   "register", "restrict",
		"return",   "short",	"signed",   "sizeof",  "static",   "struct",   "switch",
		"typedef",  "union",	"unsigned", "void",    "volatile", "while",    "asm",
		"typeof",   "_Alignas", "_Alignof", "_Atomic", "_Bool",	   "_Complex", "_Generic",
		"_Noreturn"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(words[i], name))
			return true;
	/* Compilers have these themselves, as names that cannot be declared again. */
	return !strncmp(name, "__builtin_", 10);
}

static bool is_identifier(const char *name)
{
	if (!*name || isdigit((unsigned char)*name))
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

/* PREFIX and NAME as an identifier. */
static const char *clean(struct layout_names *names, const char *prefix, const char *name)
{
	char *copy;

	if (is_identifier(name) && (*prefix || !is_keyword(name)))
		return *prefix ? arena_printf(&names->arena, "%s%s", prefix, name) : name;
	if (is_identifier(name))
		return arena_printf(&names->arena, "%s_", name);
	copy = arena_printf(&names->arena, "%s%s%s", prefix,
			    isdigit((unsigned char)*name) || !*name ? "_" : "", name);
	for (char *c = copy; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return copy;
}

static const char *numbered(struct layout_names *names, const char *name, unsigned int number)
{
	return arena_printf(&names->arena, "%s__%u", name, number);
}

/*
 * The first number whose name is free, found by halving: the numbers of one name are taken one after
 * the other, and there may be many.
 */
static const char *first_free(struct layout_names *names, const struct intern *taken,
			      const char *name)
{
	unsigned int low = 1, high = 2;

	while (intern_find(taken, numbered(names, name, high))) {
		low = high;
		high *= 2;
	}
	while (high - low > 1) {
		unsigned int middle = low + (high - low) / 2;

		if (intern_find(taken, numbered(names, name, middle)))
			low = middle;
		else
			high = middle;
	}
	return numbered(names, name, high);
}

static const char *claim(struct layout_names *names, struct intern *taken, const char *name)
{
	const char *own = clean(names, names->prefix, name);

	return intern(taken, intern_find(taken, own) ? first_free(names, taken, own) : own);
}

void layout_names_init(struct layout_names *names, const struct model *model,
		       const unsigned char *chosen, const char *prefix)
{
	*names = (struct layout_names){.prefix = prefix ? prefix : ""};
	arena_init(&names->arena);
	intern_init(&names->tags);
	intern_init(&names->identifiers);
	names->of_type = ARENA_NEW_ARRAY(&names->arena, model->types.n, const char *);
	for (type_id id = 0; id < model->types.n; id++) {
		const struct type *type = type_at(model, id);

		if (!chosen[id] || !type->name)
			continue;
		if (*kind_keyword(type->kind))
			names->of_type[id] = claim(names, &names->tags, type->name);
		else if (type->kind == KIND_TYPEDEF)
			names->of_type[id] = claim(names, &names->identifiers, type->name);
	}
}

void layout_names_deinit(struct layout_names *names)
{
	intern_deinit(&names->tags);
	intern_deinit(&names->identifiers);
	arena_deinit(&names->arena);
}

const char *layout_names_enumerator(struct layout_names *names, const char *name)
{
	return claim(names, &names->identifiers, name ? name : "");
}

const char *layout_names_member(struct layout_names *names, const char *name)
{
	return clean(names, "", name);
}
