// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `constants: { prefix, header }` against the headers: a word that is copied has to mean the same
 * on both sides.
 */
#include <string.h>

#include "headers.h"
#include "plan_internal.h"

#define NAMES_MAX 6 /* in one warning, unless more is asked for */

static struct moved *moved_find(const struct decision *decision, const char *name)
{
	for (size_t i = 0; i < decision->moved.n; i++)
		if (!strcmp(decision->moved.at[i].constant.text, name))
			return &decision->moved.at[i];
	return NULL;
}

static void warn(struct plan_maker *maker, const struct plan_type *type,
		 const struct decision *decision, const char *path,
		 const struct constants_diff *diff, enum constant_change change, const char *what)
{
	size_t most = maker->input->headers->verbose ? 0 : NAMES_MAX;

	if (diff->by[change])
		diag_add(maker->diags, DIAG_WARNING, decision->constants_prefix.at, "%s.%s: %s: %s",
			 type->label, path, what, headers_list(diff, change, most, maker->arena));
}

static void warn_all(struct plan_maker *maker, const struct plan_type *type,
		     const struct decision *decision, const char *path,
		     const struct constants_diff *diff)
{
	warn(maker, type, decision, path, diff, CONSTANT_ADDED, "no old object has these bits");
	warn(maker, type, decision, path, diff, CONSTANT_REMOVED,
	     "what an old object has of these means nothing any more");
	if (!diff->by[CONSTANT_UNSEEN])
		return;
	if (maker->input->headers->verbose)
		warn(maker, type, decision, path, diff, CONSTANT_UNSEEN, "not compared");
	else
		diag_add(maker->diags, DIAG_WARNING, decision->constants_prefix.at,
			 "%s.%s: %zu constants %s... of %s cannot be compared; -v names them",
			 type->label, path, diff->by[CONSTANT_UNSEEN],
			 decision->constants_prefix.text, decision->constants_header.text);
}

/* What `moved` speaks of has to have moved: else it was written about other headers. */
static bool moved_check(struct plan_maker *maker, struct plan_type *type,
			const struct decision *decision, const char *path,
			const struct constants_diff *diff)
{
	bool good = true;

	for (size_t i = 0; i < decision->moved.n; i++) {
		const struct words *constant = &decision->moved.at[i].constant;
		bool found = false;

		for (size_t k = 0; k < diff->n; k++)
			found |= constant_moved(&diff->at[k]) &&
				 !strcmp(diff->at[k].old->name, constant->text);
		if (!found)
			good = plan_error(maker, type, path, constant->at,
					  "`moved: %s`: no constant of that name moved in %s; take "
					  "it away",
					  constant->text, decision->constants_header.text);
	}
	return good;
}

const char *moved_why(const struct decision *decision, struct arena *arena)
{
	const char *list = NULL;

	for (size_t i = 0; decision && i < decision->moved.n; i++)
		list = arena_printf(arena, "%s%s%s: %s", list ? list : "", list ? "; " : "",
				    decision->moved.at[i].constant.text,
				    decision->moved.at[i].why.text);
	return list;
}

bool constants_hold(struct plan_maker *maker, struct plan_type *type,
		    const struct decision *decision, const struct slot *new)
{
	struct headers *headers = maker->input->headers;
	struct constants_diff diff;
	bool good;

	if (!headers || maker->input->is_back || !decision || !decision->constants_header.text ||
	    is_todo(&decision->constants_prefix) || is_todo(&decision->constants_header))
		return true;
	if (!headers_compare(headers, decision->constants_prefix.text,
			     decision->constants_header.text, decision->constants_header.at, &diff,
			     maker->diags)) {
		type->failed = true;
		return false;
	}
	good = moved_check(maker, type, decision, new->path, &diff);
	for (size_t i = 0; i < diff.n; i++)
		if (constant_moved(&diff.at[i]) && !moved_find(decision, diff.at[i].old->name))
			good = plan_error(
				maker, type, new->path, decision->constants_prefix.at,
				"%s: the word cannot be copied; write a `hook`, `expr` or `bits`, "
				"or `constants: { ..., moved: { %s: WHY } }` when no old value has "
				"it",
				constant_text(&diff.at[i], maker->arena), diff.at[i].old->name);
	warn_all(maker, type, decision, new->path, &diff);
	constants_diff_deinit(&diff);
	return good;
}
