/* SPDX-License-Identifier: GPL-2.0-or-later */
/* C in mappings, evaluated; see code.h. */
#include "code.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 16

struct code {
	const struct code_scope *scope;
	const char *at;
	bool failed, wraps; /* not understood; a step was cut to 64 bits */
	bool bends;	    /* something in it does not grow with what it is made of */
};

static value_t code_or(struct code *code, int depth);

static bool code_takes(struct code *code, const char *token)
{
	code->at += strspn(code->at, " ");
	if (strncmp(code->at, token, strlen(token)))
		return false;
	code->at += strlen(token);
	return true;
}

/* VALUE in 64 bits, as the type of the expression has it. */
static value_t code_cut(struct code *code, value_t value)
{
	code->wraps |= value >> 64 != 0;
	return (uint64_t)value;
}

static value_t code_name(struct code *code, bool is_member)
{
	size_t n = strspn(code->at,
			  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.[]");
	value_t value = 0;

	code->failed |= !n || !code->scope->value(code->scope, is_member, code->at, n, &value);
	code->at += n;
	return value;
}

static value_t code_number(struct code *code)
{
	char *end;
	value_t value = *code->at == '-' ? (value_t)strtoll(code->at, &end, 0)
					 : (value_t)strtoull(code->at, &end, 0);

	code->failed |= end == code->at;
	code->bends |= value >> 64 != 0;
	code->at = end + strspn(end, "uUlL");
	return value;
}

static value_t code_atom(struct code *code, int depth)
{
	value_t value;

	if (!depth) {
		code->failed = true;
		return 0;
	}
	if (code_takes(code, "(uint64_t)"))
		return code_cut(code, code_atom(code, depth - 1));
	if (code_takes(code, "(")) {
		value = code_or(code, depth - 1);
		code->failed |= !code_takes(code, ")");
		return value;
	}
	if (code_takes(code, "!")) {
		code->bends = true;
		return !code_atom(code, depth - 1);
	}
	if (code_takes(code, "old->"))
		return code_name(code, true);
	if (isdigit((unsigned char)*code->at) || *code->at == '-')
		return code_number(code);
	return code_name(code, false);
}

static value_t code_product(struct code *code, int depth)
{
	value_t value = code_atom(code, depth);

	while (code_takes(code, "*"))
		value = code_cut(code, value * code_atom(code, depth));
	return value;
}

static value_t code_sum(struct code *code, int depth)
{
	value_t value = code_product(code, depth);

	while (code_takes(code, "+"))
		value = code_cut(code, value + code_product(code, depth));
	return value;
}

static value_t code_shift(struct code *code, int depth)
{
	value_t value = code_sum(code, depth);

	while (code_takes(code, "<<")) {
		value_t by = code_sum(code, depth);

		code->failed |= by > 63;
		value = code_cut(code, by > 63 ? 0 : (value_t)(uint64_t)value << by);
	}
	return value;
}

static const char *const signs[] = {"==", "!=", ">=", "<=", ">", "<"};

/* Which of the signs is next; 6: none. */
static size_t code_sign(struct code *code)
{
	size_t i = 0;

	while (i < 6 && !code_takes(code, signs[i]))
		i++;
	return i;
}

static value_t code_compared(struct code *code, int depth)
{
	value_t value = code_shift(code, depth), other;
	size_t i = code_sign(code);
	__int128 apart;

	if (i == 6)
		return value;
	code->bends = true;
	other = code_shift(code, depth);
	apart = (__int128)value - (__int128)other;
	switch (i) {
	case 0:
		return !apart;
	case 1:
		return apart != 0;
	case 2:
		return apart >= 0;
	case 3:
		return apart <= 0;
	case 4:
		return apart > 0;
	default:
		return apart < 0;
	}
}

static value_t code_bits(struct code *code, int depth)
{
	value_t value = code_compared(code, depth);

	for (;;) {
		code->at += strspn(code->at, " ");
		if (*code->at != '|' || code->at[1] == '|')
			return value;
		code->at++;
		code->bends = true;
		value |= code_compared(code, depth);
	}
}

static value_t code_and(struct code *code, int depth)
{
	value_t value = code_bits(code, depth);

	while (code_takes(code, "&&")) {
		value_t other = code_bits(code, depth);

		value = value && other;
		code->bends = true;
	}
	return value;
}

static value_t code_or(struct code *code, int depth)
{
	value_t value = code_and(code, depth);

	while (code_takes(code, "||")) {
		value_t other = code_and(code, depth);

		value = value || other;
		code->bends = true;
	}
	return value;
}

bool code_value(const struct code_scope *scope, const char *text, value_t *value)
{
	struct code code = {.scope = scope, .at = text};

	*value = code_or(&code, DEPTH_MAX);
	return code_takes(&code, "") && !code.failed && !*code.at;
}

bool code_top(const struct code_scope *scope, const char *text, value_t *top)
{
	struct code code = {.scope = scope, .at = text};

	*top = code_or(&code, DEPTH_MAX);
	return code_takes(&code, "") && !code.failed && !*code.at && !code.wraps && !code.bends;
}

static bool no_value(const struct code_scope *scope, bool is_member, const char *name, size_t n,
		     value_t *value)
{
	(void)scope, (void)is_member, (void)name, (void)n, (void)value;
	return false;
}

static struct code_range range_compared(struct code *code, const char *member)
{
	struct code_range range = {-CODE_MAX, CODE_MAX};
	bool is_not = code_takes(code, "!");
	size_t n = strlen(member), i;
	__int128 value;

	if (!code_takes(code, "old->") || strncmp(code->at, member, n) ||
	    isalnum((unsigned char)code->at[n]) || (code->at[n] && strchr("_.[", code->at[n]))) {
		code->failed = true;
		return range;
	}
	code->at += n;
	if (is_not)
		return (struct code_range){0, 0};
	i = code_sign(code);
	if (i == 6)
		return range;
	value = (__int128)code_sum(code, DEPTH_MAX);
	if (i == 0 || i == 2 || i == 4)
		range.low = i == 4 ? value + 1 : value;
	if (i == 0 || i == 3 || i == 5)
		range.high = i == 5 ? value - 1 : value;
	return range;
}

static struct code_range range_and(struct code *code, const char *member)
{
	struct code_range range = range_compared(code, member);

	while (code_takes(code, "&&")) {
		struct code_range other = range_compared(code, member);

		range.low = other.low > range.low ? other.low : range.low;
		range.high = other.high < range.high ? other.high : range.high;
	}
	return range;
}

bool code_range(const char *text, const char *member, struct code_range *range)
{
	const struct code_scope scope = {.value = no_value};
	struct code code = {.scope = &scope, .at = text};

	*range = range_and(&code, member);
	while (code_takes(&code, "||")) {
		struct code_range other = range_and(&code, member);

		range->low = other.low < range->low ? other.low : range->low;
		range->high = other.high > range->high ? other.high : range->high;
	}
	return code_takes(&code, "") && !code.failed && !*code.at;
}
