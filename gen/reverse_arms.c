// SPDX-License-Identifier: GPL-2.0-or-later
/* The way back of unions with a discriminator: their conditions, asked of the new object. */
#include <ctype.h>
#include <string.h>

#include "../schema/text.h"
#include "reverse.h"

static bool is_path(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* The new place of the old member called the first N bytes of PATH, where its value is the same. */
static const char *place_turn(const struct plan_type *type, const char *path, size_t n)
{
	for (size_t i = 0; i < type->slots[OLD].n; i++) {
		const struct slot *slot = &type->slots[OLD].at[i];
		const struct op *op = &type->ops.at[slot->op];

		if (strncmp(slot->path, path, n) || slot->path[n])
			continue;
		if ((op->kind != OP_COPY && op->kind != OP_WIDEN) || op->new == NO_INDEX ||
		    op->rows ||
		    (op->kind == OP_COPY && slot->is_signed != type->slots[NEW].at[op->new].is_signed))
			return NULL;
		return type->slots[NEW].at[op->new].path;
	}
	return NULL;
}

const char *condition_turn(const struct plan_type *type, const char *when, struct arena *arena,
			   const char **path)
{
	const char *turned = NULL;
	struct text text;

	text_init(&text);
	*path = NULL;
	for (const char *at = when; *at && !*path;) {
		size_t n = 0;

		while (is_path(at[n]))
			n++;
		if (n == 3 && !strncmp(at, "old", 3) && at[3] == '-' && at[4] == '>') {
			const char *place;

			at += 5;
			for (n = 0; is_path(at[n]); n++)
				;
			place = place_turn(type, at, n);
			if (!place)
				*path = arena_strndup(arena, at, n);
			else
				text_add(&text, "old->%s", place);
		} else if (n == 3 && !strncmp(at, "old", 3)) {
			*path = "the whole object"; /* through a pointer of its own, or a cast */
		} else {
			n = n ? n : 1;
			text_add(&text, "%.*s", (int)n, at);
		}
		at += n;
	}
	if (!*path)
		turned = arena_strdup(arena, text_string(&text));
	text_deinit(&text);
	return turned;
}
