/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shapes: a member's type in words, as `was` and `is` keep it, and whether such words still fit. */
#include "classify.h"
#include "text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 200

const char *shape_write(const struct model *model, const struct field *field, struct arena *arena)
{
	const char *spelling = type_spelling(model, field->type, arena);

	return field->bit_size ? arena_printf(arena, "%s : %u", spelling, field->bit_size)
			       : spelling;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Compares the N bytes at WORDS with SPELLING; a blank counts only between two words. */
static bool same_words(const char *words, size_t n, const char *spelling)
{
	const char *end = words + n;
	char last = ' ';

	for (;;) {
		bool gap_a = false, gap_b = false;

		while (words < end && *words == ' ')
			words++, gap_a = true;
		while (*spelling == ' ')
			spelling++, gap_b = true;
		if (words == end || !*spelling)
			return words == end && !*spelling;
		if (*words != *spelling)
			return false;
		if (gap_a != gap_b && is_word(last) && is_word(*words))
			return false;
		last = *words;
		words++;
		spelling++;
	}
}

/* `unsigned long`, `long unsigned int`: what C lets people write in any order. */
struct int_words {
	int longs, shorts, chars, is_unsigned, is_signed;
	bool other;
};

static struct int_words count_words(const char *words, size_t n)
{
	static const char *const known[] = {"long", "short", "char", "unsigned", "signed", "int"};
	struct int_words out = {0};
	int *counts[] = {&out.longs, &out.shorts, &out.chars, &out.is_unsigned, &out.is_signed};

	for (size_t i = 0; i < n;) {
		size_t length = 0, word = 0;

		while (i < n && words[i] == ' ')
			i++;
		while (i + length < n && words[i + length] != ' ')
			length++;
		while (word < 6 && (strlen(known[word]) != length ||
				    strncmp(known[word], words + i, length) != 0))
			word++;
		if (length && word == 6)
			out.other = true;
		else if (length && word < 5)
			(*counts[word])++;
		i += length;
	}
	return out;
}

static bool same_int(const char *words, size_t n, const char *name)
{
	struct int_words a = count_words(words, n), b = count_words(name, strlen(name));

	if (!n || a.other || b.other)
		return false;
	return a.longs == b.longs && a.shorts == b.shorts && a.chars == b.chars &&
	       a.is_unsigned == b.is_unsigned && (a.is_signed == b.is_signed || !a.chars);
}

static size_t trimmed(const char *words, size_t n)
{
	while (n && words[n - 1] == ' ')
		n--;
	return n;
}

static bool agrees(const struct model *model, type_id id, const char *words, size_t n,
		   unsigned int depth);

/* `T *`: the star ends the words and T agrees with the rest. */
static bool pointer_agrees(const struct model *model, type_id target, const char *words, size_t n,
			   unsigned int depth)
{
	n = trimmed(words, n);
	if (!n || words[n - 1] != '*')
		return false;
	return agrees(model, target, words, n - 1, depth + 1);
}

/* `T [2][3]`: the first pair of brackets is this array's, the others its element's. */
static bool array_agrees(const struct model *model, const struct type *array, const char *words,
			 size_t n, unsigned int depth)
{
	const char *open = memchr(words, '[', n), *close;
	struct text element;
	char *end;
	uint64_t count;
	bool same;

	if (!open || memchr(words, '(', n))
		return false;
	close = memchr(open, ']', n - (size_t)(open - words));
	if (!close)
		return false;
	count = strtoull(open + 1, &end, 10);
	if (end != close || (end == open + 1) != ((array->flags & TYPE_FLEXIBLE) != 0) ||
	    (end != open + 1 && count != array->count))
		return false;
	text_init(&element);
	text_raw(&element, words, (size_t)(open - words));
	text_raw(&element, close + 1, n - (size_t)(close + 1 - words));
	same = agrees(model, array->target, text_string(&element), element.n, depth + 1);
	text_deinit(&element);
	return same;
}

static bool spelled(const struct model *model, type_id id, const char *words, size_t n)
{
	struct arena scratch;
	bool same;

	arena_init(&scratch);
	same = same_words(words, n, type_spelling(model, id, &scratch));
	arena_deinit(&scratch);
	return same;
}

static bool agrees(const struct model *model, type_id id, const char *words, size_t n,
		   unsigned int depth)
{
	const struct type *type = type_at(model, id);

	if (depth > DEPTH_MAX)
		return false;
	if (spelled(model, id, words, n))
		return true;
	switch (type->kind) {
	case KIND_TYPEDEF:
	case KIND_CONST:
	case KIND_VOLATILE:
	case KIND_RESTRICT:
	case KIND_ATOMIC:
		return agrees(model, type->target, words, n, depth + 1);
	case KIND_INT:
		return type->name && same_int(words, n, type->name);
	case KIND_POINTER:
		return pointer_agrees(model, type->target, words, n, depth);
	case KIND_ARRAY:
		return array_agrees(model, type, words, n, depth);
	default:
		return false;
	}
}

bool shape_agrees(const struct model *model, const struct field *field, const char *words)
{
	const char *colon = strchr(words, ':');
	size_t n = colon ? (size_t)(colon - words) : strlen(words);
	unsigned long bits = 0;

	if (colon) {
		char *end;

		bits = strtoul(colon + 1, &end, 10);
		if (end == colon + 1 || *end)
			return false;
	}
	return bits == field->bit_size && agrees(model, field->type, words, trimmed(words, n), 0);
}
