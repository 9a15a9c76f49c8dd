/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model_expand.h"

#include <string.h>

#define MEMBERS_MAX ((uint32_t)1 << 20)
#define UNKNOWN UINT32_MAX

/* Members that writing the type out takes, at most MEMBERS_MAX + 1; a named type is not written
 * out. */
static uint32_t expansion(const struct model *model, type_id id, uint32_t *known);

static uint32_t sum(uint32_t a, uint32_t b)
{
	return a + b > MEMBERS_MAX ? MEMBERS_MAX + 1 : a + b;
}

static uint32_t parts(const struct model *model, const struct type *type, uint32_t *known)
{
	uint32_t total = 0;

	if (type->kind == KIND_ENUM)
		return type->n < MEMBERS_MAX ? type->n : MEMBERS_MAX + 1;
	for (uint32_t i = 0; i < type->n && total <= MEMBERS_MAX; i++) {
		if (type->kind == KIND_FUNCTION)
			total = sum(total,
				    expansion(model, parameters_of(model, type)[i].type, known));
		else
			total = sum(sum(total, 1),
				    expansion(model, members_of(model, type)[i].type, known));
	}
	return total;
}

static uint32_t expansion(const struct model *model, type_id id, uint32_t *known)
{
	const struct type *type = type_at(model, id);

	if (type->name || id == TYPE_VOID)
		return 0;
	if (known[id] == UNKNOWN)
		known[id] = sum(parts(model, type, known), expansion(model, type->target, known));
	return known[id];
}

static bool refuse(const struct model *model, const struct type *type, struct diags *diags)
{
	struct place at = {type->file ? type->file : model->info.name, type->file ? type->line : 0,
			   0};

	return diag_evidence(diags, at, "%s %s: its anonymous types have too many members",
			     kind_word(type->kind), type->name);
}

bool model_expansion_is_bounded(const struct model *model, struct diags *diags)
{
	size_t room = 0;
	uint32_t *known = vec_grow(NULL, &room, model->types.n, sizeof(*known));
	bool bounded = true;

	memset(known, 0xff, model->types.n * sizeof(*known));
	for (type_id id = 1; id < model->types.n; id++) {
		const struct type *type = type_at(model, id);

		if (!type->name)
			continue;
		if (sum(type->kind == KIND_ENUM ? 0 : parts(model, type, known),
			expansion(model, type->target, known)) > MEMBERS_MAX)
			bounded = refuse(model, type, diags);
	}
	vec_free(known);
	return bounded;
}
