/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the name of a member and the typedefs of its type say about an integer, beyond its bits. */
#include "classify_parts.h"

#include <string.h>

#define CHAIN_MAX 8

static const struct type *stripped(const struct model *model, type_id id)
{
	return type_at(model, strip(model, id));
}

/* ---- flag words ---------------------------------------------------------------------------------
 */

static bool says_flags(const char *name)
{
	size_t n = strlen(name);

	return strstr(name, "flags") || strcmp(name, "flag") == 0 ||
	       (n > 5 && strcmp(name + n - 5, "_flag") == 0);
}

/* A typedef of ID says that it is made of constants: slab_flags_t, gfp_t. */
static bool is_word_type(const struct idioms *idioms, const struct model *model, type_id id)
{
	id = strip_qualifiers(model, id);
	while (type_at(model, id)->kind == KIND_TYPEDEF) {
		const char *name = type_at(model, id)->name;

		if (name && (says_flags(name) || meanings_is_word(&idioms->meanings, name)))
			return true;
		id = strip_qualifiers(model, type_at(model, id)->target);
	}
	return false;
}

bool is_flag_word(const struct idioms *idioms, const struct model *model, const struct field *field)
{
	const struct idiom *idiom;
	const struct type *type;
	type_id id = field->type;

	if (!field->member || !field->member->name || field->bit_size == 1)
		return false;
	while (stripped(model, id)->kind == KIND_ARRAY)
		id = stripped(model, id)->target;
	if (!says_flags(field->member->name) && !is_word_type(idioms, model, id))
		return false;
	idiom = idiom_of(idioms, model, id);
	type = stripped(model, id);
	if (idiom)
		return idiom->kind == IDIOM_COUNTER && idiom->otherwise == IDIOM_COPY;
	return type->kind == KIND_INT && type->encoding != ENC_BOOLEAN &&
	       type->encoding != ENC_COMPLEX;
}

/* ---- quantities ---------------------------------------------------------------------------------
 */

/* Typedefs that say how wide an integer is, and nothing else. */
static bool is_width(const char *name)
{
	static const char *const stems[] = {"u",   "s",	    "__u",    "__s",  "uint",
					    "int", "u_int", "__uint", "__int"};
	static const char *const tails[] = {"8",   "16",   "32",   "64",  "128",
					    "8_t", "16_t", "32_t", "64_t"};
	static const char *const words[] = {
		"bool",
		"uint",
		"ulong",
		"ushort",
		"uchar",
		"unchar",
		"u_int",
		"u_long",
		"u_short",
		"u_char",
		"size_t",
		"ssize_t",
		"__kernel_size_t",
		"__kernel_ssize_t",
		"__kernel_long_t",
		"uintptr_t",
		"intptr_t",
		"ptrdiff_t",
		"__kernel_ptrdiff_t",
		"__kernel_ulong_t",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(name, words[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof(stems) / sizeof(*stems); i++) {
		size_t n = strlen(stems[i]);

		for (size_t k = 0; k < sizeof(tails) / sizeof(*tails); k++)
			if (strncmp(name, stems[i], n) == 0 && strcmp(name + n, tails[k]) == 0)
				return true;
	}
	return false;
}

/* The typedefs of ID that say more than a width, outermost first. */
static size_t quantities_of(const struct model *model, type_id id, const char **names)
{
	size_t n = 0;

	id = strip_qualifiers(model, id);
	while (type_at(model, id)->kind == KIND_TYPEDEF && n < CHAIN_MAX) {
		const char *name = type_at(model, id)->name;

		if (name && !is_width(name))
			names[n++] = name;
		id = strip_qualifiers(model, type_at(model, id)->target);
	}
	return n;
}

bool quantities_agree(const struct model *old, type_id old_id, const struct model *new,
		      type_id new_id)
{
	const char *from[CHAIN_MAX], *to[CHAIN_MAX];
	size_t n_from = quantities_of(old, old_id, from), n_to = quantities_of(new, new_id, to);

	for (size_t i = 0; i < n_from; i++)
		for (size_t k = 0; k < n_to; k++)
			if (strcmp(from[i], to[k]) == 0)
				return true;
	return !n_from && !n_to;
}

/* ---- known meanings
 * ------------------------------------------------------------------------------ */

static bool is_called(const struct model *model, type_id id, const char *label)
{
	const char *own = type_label(model, strip(model, id));
	size_t n = strlen(label);

	return own && strncmp(own, label, n) == 0 && (!own[n] || strncmp(own + n, " @ ", 3) == 0);
}

static bool has(const struct model *model, type_id root, const char *path)
{
	struct field field;
	size_t stop;

	return field_find(model, root, path, &field, &stop);
}

static bool speaks_of(const struct meaning *meaning, const struct diff *diff, type_id old_root,
		      type_id new_root, const struct part *part)
{
	if (!is_called(diff->new, new_root, meaning->type))
		return false;
	if (meaning->was && !shape_agrees(diff->old, &part->old, meaning->was))
		return false;
	if (meaning->is && !shape_agrees(diff->new, &part->new, meaning->is))
		return false;
	return !meaning->beside || (has(diff->new, new_root, meaning->beside) &&
				    !has(diff->old, old_root, meaning->beside));
}

void classify_meaning(const struct diff *diff, const struct idioms *idioms, type_id old_root,
		      type_id new_root, const char *path, struct part *part)
{
	if (part->verdict != VERDICT_AUTOMATIC && part->reason != REASON_FLAGS)
		return;
	for (size_t i = 0; i < idioms->meanings.members.n; i++) {
		const struct meaning *meaning = &idioms->meanings.members.at[i];

		if (strcmp(meaning->path, path) != 0 ||
		    !speaks_of(meaning, diff, old_root, new_root, part))
			continue;
		part->verdict = VERDICT_DECIDE;
		part->reason = REASON_MEANING;
		part->by_default = false;
		part->meaning = meaning;
		return;
	}
}
