// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Integer constant expressions of C over the enumerators of the new layout, as the keys of `bits`
 * are: 0x4, PACKET_SOCK_AUXDATA, 1 << PACKET_SOCK_RUNNING, BIT(3) | A. All is computed in 64 bits
 * without a sign.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

#define DEPTH_MAX 32 /* of brackets and signs */

struct reading {
	const struct model *model;
	struct arena *arena;
	const char *at;
	const char *trouble; /* the first one */
	int depth;
};

static uint64_t trouble(struct reading *r, const char *words)
{
	if (!r->trouble)
		r->trouble = words;
	return 0;
}

static void blanks(struct reading *r)
{
	r->at += strspn(r->at, " \t\n");
}

static bool takes(struct reading *r, const char *word)
{
	size_t n = strlen(word);

	blanks(r);
	if (strncmp(r->at, word, n))
		return false;
	r->at += n;
	return true;
}

/* ---- names --------------------------------------------------------------------------------------
 */

static uint64_t enumerator_value(const struct type *type, uint64_t value)
{
	uint64_t sign = type->size && type->size < 8 ? 1ull << (type->size * 8 - 1) : 0;
	bool is_signed = type->encoding == ENC_SIGNED || type->encoding == ENC_SIGNED_CHAR;

	if (!sign)
		return value;
	value &= 2 * sign - 1;
	return is_signed ? (value ^ sign) - sign : value;
}

static const char *enumerator_near(struct reading *r, const char *name)
{
	const struct model *model = r->model;
	const char **names = arena_array(r->arena, model->enumerators.n + 1, sizeof(*names));
	size_t n = 0;

	for (type_id id = 0; id < model->types.n; id++) {
		const struct type *type = type_at(model, id);

		for (uint32_t i = 0; type->kind == KIND_ENUM && i < type->n; i++)
			if (n < model->enumerators.n)
				names[n++] = enumerators_of(model, type)[i].name;
	}
	return nearest_word(name, names, n);
}

static uint64_t name_value(struct reading *r, const char *name)
{
	const struct model *model = r->model;
	const char *near;
	uint64_t value = 0;
	bool found = false;

	for (type_id id = 0; id < model->types.n; id++) {
		const struct type *type = type_at(model, id);

		for (uint32_t i = 0; type->kind == KIND_ENUM && i < type->n; i++) {
			const struct enumerator *one = &enumerators_of(model, type)[i];

			if (strcmp(one->name, name))
				continue;
			if (found && enumerator_value(type, one->value) != value)
				return trouble(r, arena_printf(r->arena,
							       "%s has several values, in several "
							       "enums; write the number",
							       name));
			value = enumerator_value(type, one->value);
			found = true;
		}
	}
	if (found)
		return value;
	near = enumerator_near(r, name);
	return trouble(r, arena_printf(r->arena,
				       "%s is no enumerator of the new layout%s%s%s; a macro is "
				       "written as its number",
				       name, near ? "; did you mean `" : "", near ? near : "",
				       near ? "`?" : ""));
}

/* ---- the expression
 * ------------------------------------------------------------------------------ */

static uint64_t read_or(struct reading *r);

static uint64_t shifted(struct reading *r, uint64_t value, uint64_t by, bool left)
{
	if (by > 63)
		return trouble(r, "a shift by more than 63 bits");
	return left ? value << by : value >> by;
}

static uint64_t read_number(struct reading *r)
{
	char *end;
	uint64_t value = strtoull(r->at, &end, 0);

	end += strspn(end, "uUlL");
	if (isalnum((unsigned char)*end) || *end == '_' || end - r->at > 24)
		return trouble(r, "no number of C");
	r->at = end;
	return value;
}

static uint64_t read_word(struct reading *r)
{
	size_t n = 0;
	const char *name;

	while (isalnum((unsigned char)r->at[n]) || r->at[n] == '_')
		n++;
	name = arena_strndup(r->arena, r->at, n);
	r->at += n;
	if (!strcmp(name, "BIT") || !strcmp(name, "BIT_ULL")) {
		uint64_t by = 0;

		if (takes(r, "("))
			by = read_or(r);
		else
			trouble(r, "BIT needs its number in brackets");
		if (!takes(r, ")"))
			trouble(r, "a bracket is not closed");
		return shifted(r, 1, by, true);
	}
	return name_value(r, strncmp(name, "new_", 4) ? name : name + 4);
}

static uint64_t read_unary(struct reading *r)
{
	uint64_t value = 0;

	blanks(r);
	if (r->depth >= DEPTH_MAX)
		return trouble(r, "nested too deeply");
	r->depth++;
	if (takes(r, "~")) {
		value = ~read_unary(r);
	} else if (takes(r, "-")) {
		value = 0 - read_unary(r);
	} else if (takes(r, "(")) {
		value = read_or(r);
		if (!takes(r, ")"))
			trouble(r, "a bracket is not closed");
	} else if (isdigit((unsigned char)*r->at)) {
		value = read_number(r);
	} else if (isalpha((unsigned char)*r->at) || *r->at == '_') {
		value = read_word(r);
	} else {
		trouble(r, "a number or the name of an enumerator is missing");
	}
	r->depth--;
	return value;
}

static uint64_t read_sum(struct reading *r)
{
	uint64_t value = read_unary(r);

	while (!r->trouble) {
		if (takes(r, "+"))
			value += read_unary(r);
		else if (takes(r, "-"))
			value -= read_unary(r);
		else if (takes(r, "*"))
			return trouble(r, "only |, &, ^, ~, <<, >>, + and - are understood");
		else
			break;
	}
	return value;
}

static uint64_t read_shift(struct reading *r)
{
	uint64_t value = read_sum(r);

	while (!r->trouble) {
		if (takes(r, "<<"))
			value = shifted(r, value, read_sum(r), true);
		else if (takes(r, ">>"))
			value = shifted(r, value, read_sum(r), false);
		else
			break;
	}
	return value;
}

static uint64_t read_and(struct reading *r)
{
	uint64_t value = read_shift(r);

	while (!r->trouble && takes(r, "&"))
		value &= read_shift(r);
	return value;
}

static uint64_t read_xor(struct reading *r)
{
	uint64_t value = read_and(r);

	while (!r->trouble && takes(r, "^"))
		value ^= read_and(r);
	return value;
}

static uint64_t read_or(struct reading *r)
{
	uint64_t value = read_xor(r);

	while (!r->trouble && takes(r, "|"))
		value |= read_xor(r);
	return value;
}

const char *constant_read(const struct model *model, const char *text, struct arena *arena,
			  uint64_t *value)
{
	struct reading r = {.model = model, .arena = arena, .at = text};

	*value = read_or(&r);
	blanks(&r);
	if (!r.trouble && *r.at)
		trouble(&r, arena_printf(arena, "`%s` at its end is not understood", r.at));
	return r.trouble;
}
