// SPDX-License-Identifier: GPL-2.0-or-later
/* What a chain says: both hops' decisions with their places, in messages and in reasons. */
#include <string.h>

#include "emit.h"
#include "chain_internal.h"

const char *op_words(const struct op *op)
{
	static const char *const words[] = {
		[OP_COPY] = "the value as it is",
		[OP_WIDEN] = "a widening",
		[OP_NARROW] = "a narrowing",
		[OP_ENUM] = "an enum by names",
		[OP_FLAGS] = "flags by names",
		[OP_BITS] = "gathered bits",
		[OP_PICK] = "a bit of a word",
		[OP_ARM] = "`arm`",
		[OP_STEPS] = "a conversion",
		[OP_CHECK] = "a check",
		[OP_INIT] = "`init`",
		[OP_EXPR] = "`expr`",
		[OP_HOOK] = "`hook`",
		[OP_NESTED] = "a plan of its own",
		[OP_POINTER] = "a pointer",
		[OP_EMPTY] = "an empty list",
		[OP_TAIL] = "a flexible tail",
		[OP_ZERO] = "zero",
		[OP_DROP] = "a drop",
	};
	const char *word =
		(size_t)op->kind < sizeof(words) / sizeof(words[0]) ? words[op->kind] : NULL;

	return word ? word : op->rule;
}

/* Where the decision of PART stands; what converts by itself has the place of its type. */
static struct place place_of(const struct joint *joint, enum hop hop, const struct stage *part)
{
	const struct plan *plan = joint->chain->plan[hop];

	if (part && part->op.at.file)
		return part->op.at;
	if (joint->half[hop].type->at.file)
		return joint->half[hop].type->at;
	return plan->mapping->from_release.at.file ? plan->mapping->from_release.at
						   : place_file(plan->mapping->file);
}

bool chain_error(struct joint *joint, const struct stage *earlier, const struct stage *later,
		 const char *path, const char *format, ...)
{
	struct place at = place_of(joint, later ? SECOND : FIRST, later ? later : earlier);
	struct text text;
	va_list list;

	text_init(&text);
	va_start(list, format);
	text_addv(&text, format, list);
	va_end(list);
	diag_error(joint->chain->diags, at, "%s%s%s: %s", joint->type->label, path ? "." : "",
		   path ? path : "", text_string(&text));
	if (earlier && later)
		diag_note(joint->chain->diags, place_of(joint, FIRST, earlier),
			  "%s is decided here for the hop before: %s",
			  earlier->new ? earlier->new->path : path, op_words(&earlier->op));
	joint->type->failed = true;
	text_deinit(&text);
	return false;
}

/* ---- trails ---- */

static const char *words_of(const struct chain *chain, const struct op *op)
{
	if (op->trail)
		return op->trail;
	if (op->at.file)
		return arena_printf(chain->arena, "%s:%u %s", chain_file(chain, op->at.file),
				    op->at.line, op->why ? op->why : op->rule);
	return op->why ? arena_printf(chain->arena, "%s: %s", op->rule, op->why) : op->rule;
}

static bool says_nothing(const struct op *op)
{
	return !op->trail && !op->at.file && !op->why && !strcmp(op->rule, "same name");
}

const char *chain_trail(const struct chain *chain, const struct op *earlier, const struct op *later)
{
	const char *first = earlier ? words_of(chain, earlier) : NULL;
	const char *second = later ? words_of(chain, later) : NULL;

	if (!first || (second && says_nothing(earlier)))
		return second;
	if (!second || says_nothing(later) || !strcmp(first, second))
		return first;
	return arena_printf(chain->arena, "%s; %s", first, second);
}
