// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * assert.c: what converter.c believes about each side, checked by the compiler against the headers
 * of a real kernel. Only types that a header declares can be checked; the others are named.
 */
#include <inttypes.h>
#include <string.h>

#include "emit.h"

/* What a kernel source would include for FILE: linux/sched.h; NULL when nothing can include it. */
static const char *header_of(const char *file)
{
	const char *at = file, *next;

	if (!file || !strstr(file, "include/") || file[strlen(file) - 1] != 'h')
		return NULL;
	while ((next = strstr(at, "include/")))
		at = next + strlen("include/");
	if (!strncmp(at, "generated/", 10))
		at += 10;
	return strncmp(at, "uapi/", 5) ? at : at + 5;
}

static const struct type *record_of(const struct plan *plan, const struct plan_type *type,
				    enum side side)
{
	return type_at(plan->model[side], type->id[side]);
}

/* Its own name in C, as the label says it; one that stands for several types has more in its label.
 */
static bool is_checkable(const struct plan *plan, const struct plan_type *type, enum side side)
{
	return header_of(record_of(plan, type, side)->file) && !strpbrk(type->label, "@{");
}

/*
 * Which types are checked: those that cross on their own and that a header declares, and what they
 * embed, whose definitions come with them. Headers of embedded types are not asked for: some of
 * them have no include guard (linux/task_io_accounting.h).
 */
static bool *find_checked(const struct plan *plan, enum side side, struct arena *arena)
{
	bool *checked = ARENA_NEW_ARRAY(arena, plan->types.n + 1, bool);

	for (size_t i = plan->types.n; i-- > 0;) {
		const struct plan_type *type = plan->types.at[i];

		checked[i] |= type->is_object && is_checkable(plan, type, side);
		for (size_t op = 0; checked[i] && op < type->ops.n; op++)
			if (type->ops.at[op].kind == OP_NESTED &&
			    type->ops.at[op].nested != NO_INDEX)
				checked[type->ops.at[op].nested] |= is_checkable(
					plan, plan->types.at[type->ops.at[op].nested], side);
	}
	return checked;
}

static void emit_include(const struct plan *plan, enum side side, size_t index, struct text *out)
{
	const char *header = header_of(record_of(plan, plan->types.at[index], side)->file);

	for (size_t i = 0; i < index; i++)
		if (plan->types.at[i]->is_object && is_checkable(plan, plan->types.at[i], side) &&
		    !strcmp(header, header_of(record_of(plan, plan->types.at[i], side)->file)))
			return;
	text_add(out, "#include <%s>\n", header);
}

static void emit_checks(const struct plan_type *type, enum side side, struct text *out)
{
	text_add(out, "_Static_assert(sizeof(%s) == %" PRIu64 ", \"%s: size\");\n", type->label,
		 type->size[side], type->label);
	for (size_t i = 0; i < type->slots[side].n; i++) {
		const struct slot *slot = &type->slots[side].at[i];

		if (slot->used && !slot->is_bitfield && !strcmp(slot->c, slot->path))
			text_add(out,
				 "_Static_assert(offsetof(%s, %s) == %" PRIu64
				 ", \"%s: offset of %s\");\n",
				 type->label, slot->path, slot->bit / 8, type->label, slot->path);
	}
}

static void emit_side(const struct plan *plan, enum side side, struct text *out)
{
	struct arena arena;
	const bool *checked;

	arena_init(&arena);
	checked = find_checked(plan, side, &arena);
	for (size_t i = 0; i < plan->types.n; i++)
		if (plan->types.at[i]->is_object && checked[i])
			emit_include(plan, side, i, out);
	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];
		const char *file = record_of(plan, type, side)->file;

		if (checked[i])
			emit_checks(type, side, out);
		else
			text_add(out, "/* %s is not checked: no header declares it (%s) */\n",
				 type->label, file ? base_name(file) : "no file known");
	}
	arena_deinit(&arena);
}

void emit_assertions(const struct plan *plan, struct text *out)
{
	text_puts(out,
		  "/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */\n"
		  "/* The layouts of converter.c against the headers of the kernel it is built "
		  "for. */\n"
		  "#include <linux/stddef.h>\n#include <linux/types.h>\n\n"
		  "#ifdef CO_SIDE_OLD\n");
	emit_side(plan, OLD, out);
	text_puts(out, "#endif\n\n#ifdef CO_SIDE_NEW\n");
	emit_side(plan, NEW, out);
	text_puts(out, "#endif\n");
}
