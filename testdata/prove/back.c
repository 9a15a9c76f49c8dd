/* SPDX-License-Identifier: GPL-2.0-or-later */
/* There and back; see back.h. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "back.h"
#include "values.h"
#include "interpret.h"
#include "reverse.h"

bool back_open(struct way_back *back, const char *mapping, const char *old, const char *new,
	       const char *converter, struct diags *diags)
{
	back->options.read.jobs = 1;
	back->options.reverse = true;
	generation_init(&back->gen, &back->options, mapping, diags);
	if (!generation_plan(&back->gen, old, new))
		return false;
	back->library = dlopen(converter, RTLD_NOW | RTLD_LOCAL);
	if (!back->library)
		return diag_error(diags, place_file(converter), "%s", dlerror());
	back->converter = dlsym(back->library, CO_CONVERTER_SYMBOL);
	if (!back->converter || co_converter_check(back->converter))
		return diag_error(diags, place_file(converter), "the runtime does not take it");
	return true;
}

/* What makes an old object of LABEL again: the old release may have another name for it. */
static const struct plan_type *type_back(const struct way_back *back, const char *label)
{
	const struct plan *forth = &back->gen.plan, *plan = &back->gen.back.plan;

	for (size_t i = 0; i < forth->types.n; i++) {
		const struct plan_type *there = forth->types.at[i];

		if (there->is_part || strcmp(there->label, label) != 0)
			continue;
		for (size_t k = 0; k < plan->types.n; k++) {
			const struct plan_type *here = plan->types.at[k];

			if (!here->is_part && here->id[OLD] == there->id[NEW] &&
			    here->id[NEW] == there->id[OLD])
				return here;
		}
	}
	return NULL;
}

bool back_begin(struct way_back *back, const char *label, size_t old_size)
{
	const struct plan *plan = &back->gen.back.plan;

	back->type = type_back(back, label);
	if (!back->type || back->type->size[NEW] > old_size)
		return false;
	back->size = old_size;
	back->fates = malloc(old_size * 8 + 1);
	back->differed = calloc(old_size * 8 + 1, 1);
	if (!back->fates || !back->differed)
		abort();
	loss_fates(&back->gen.plan, plan, back->type, old_size, back->fates);
	back->partial = false;
	for (size_t bit = 0; bit < old_size * 8; bit++) {
		int fate = back->fates[bit];

		back->partial |= fate == LOSS_REFUSED || fate == LOSS_DECIDED || fate == LOSS_ARMED;
		if (bit < back->type->size[NEW] * 8)
			back->lost_bits += fate == LOSS_LOST;
	}
	back->all_bits += back->type->size[NEW] * 8;
	return true;
}

void back_end(struct way_back *back)
{
	for (size_t bit = 0; bit < back->type->size[NEW] * 8; bit++)
		back->never_lost += back->fates[bit] == LOSS_LOST && !back->differed[bit];
	free(back->fates);
	free(back->differed);
}

/* Elements that the count does not count are no part of the object, also where they begin in its padding. */
static size_t size_counted(const struct way_back *back, const unsigned char *old)
{
	const struct plan_type *type = back->type;

	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];
		const struct slot *tail, *count;
		uint64_t n = 0;

		if (op->kind != OP_TAIL || !type->slots[NEW].at[op->new].is_flexible)
			continue;
		tail = &type->slots[NEW].at[op->new];
		count = &type->slots[OLD].at[op->count_slot];
		for (size_t k = 0; k < type->slots[NEW].n; k++)
			if (type->slots[NEW].at[k].op == count->op)
				memcpy(&n, old + type->slots[NEW].at[k].bit / 8,
				       type->slots[NEW].at[k].bits / 8);
		return (tail->bit + n * tail->bits) / 8;
	}
	return type->size[NEW];
}

/* The way back said no: at a member of which the plan says that it can. */
static const char *refusal_judge(struct way_back *back, const struct co_ctx *ctx, int error)
{
	const struct plan *plan = &back->gen.back.plan;
	const char *field = ctx->trouble.field ? ctx->trouble.field : "";
	size_t n = strcspn(field, "[");

	back->refused++;
	if (error != CO_E_VALUE && error != CO_E_HOOK)
		return arena_printf(&back->gen.arena, "%s", co_strerror(error));
	for (size_t i = 0; back->partial && i < plan->types.n; i++)
		for (size_t k = 0; k < plan->types.at[i]->ops.n; k++) {
			const struct op *op = &plan->types.at[i]->ops.at[k];
			const char *path = op->new == NO_INDEX
						   ? ""
						   : plan->types.at[i]->slots[NEW].at[op->new].path;

			if ((op->partial || op->kind == OP_HOOK) && !strncmp(path, field, n) &&
			    (!path[n] || path[n] == '['))
				return NULL;
		}
	return arena_printf(&back->gen.arena, "refused at %s, which nothing declares", field);
}

static enum outcome hook_call(struct work *work, const char *hook, const void *old, void *new)
{
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};
	int (*function)(struct co_ctx *, const void *, void *);

	*(void **)&function = dlsym(work->data, hook);
	if (!function)
		return OUTCOME_IMPOSSIBLE;
	return function(&ctx, old, new) ? OUTCOME_REFUSED : OUTCOME_DONE;
}

static const char *member_at(const struct plan_type *type, size_t bit)
{
	for (size_t i = 0; i < type->slots[NEW].n; i++) {
		const struct slot *slot = &type->slots[NEW].at[i];

		if (bit >= slot->bit &&
		    (slot->is_flexible || bit < slot->bit + slot->bits * slot->count))
			return slot->path;
	}
	return "padding";
}

/* NULL: both engines on the way back made FOUND (or refused). Else what differs. */
static const char *engines_compare(struct way_back *back, const unsigned char *new, size_t new_size,
				   const unsigned char *found, size_t size, bool refused)
{
	unsigned char *bytes = buffer_new(size);
	struct work work = {
		.plan = &back->gen.back.plan,
		.old = new,
		.old_size = new_size,
		.new = bytes,
		.new_size = size,
		.new_address = 0x1000,
		.call = hook_call,
		.data = back->library,
	};
	const char *wrong = NULL;
	size_t at = 0;

	interpret(&work, back->type);
	while (at < size && bytes[at] == found[at])
		at++;
	if (work.outcome != (refused ? OUTCOME_REFUSED : OUTCOME_DONE))
		wrong = arena_printf(&back->gen.arena, ": %s by the converter, not by the plan%s%s",
				     refused ? "refused" : "taken", work.why ? ", " : "",
				     work.why ? work.why : "");
	else if (at < size)
		wrong = arena_printf(&back->gen.arena,
				     ": byte %zu, in %s, is 0x%02x by the plan and 0x%02x by the "
				     "converter",
				     at, member_at(back->type, at * 8), bytes[at], found[at]);
	free(bytes);
	return wrong;
}

static const char *bits_compare(struct way_back *back, const unsigned char *old,
				const unsigned char *found)
{
	size_t bits = size_counted(back, old) * 8;
	const char *wrong = NULL;

	for (size_t bit = 0; bit < bits && bit < back->size * 8; bit++) {
		bool differs = (old[bit / 8] ^ found[bit / 8]) >> bit % 8 & 1;
		int fate = back->fates[bit];
		bool returns = fate == LOSS_RETURNS || fate == LOSS_REFUSED;

		back->compared += returns;
		back->made += fate == LOSS_DECIDED || fate == LOSS_ARMED;
		back->lost += fate == LOSS_LOST;
		back->differed[bit] |= differs;
		if (returns && differs && !wrong)
			wrong = arena_printf(&back->gen.arena,
					     "bit %zu, in %s, does not return, and is not in the "
					     "loss set",
					     bit, member_at(back->type, bit));
	}
	return wrong;
}

const char *back_try(struct way_back *back, const unsigned char *old, const unsigned char *new,
		     size_t new_size)
{
	struct co_ctx ctx = {
		.converter = back->converter, .pointers = CO_POINTERS_KEEP, .new_address = 0x1000};
	uint32_t row = co_type_find(back->converter, back->type->label);
	const char *wrong = NULL;
	unsigned char *found;
	size_t size = 0;
	int error = co_new_size(back->converter, row, new_size, &size);

	if (error || size < back->type->size[NEW])
		return "the way back does not know its size";
	found = buffer_new(size + back->size);
	error = co_convert(&ctx, row, new, new_size, found, size);
	wrong = engines_compare(back, new, new_size, found, size, error);
	if (wrong)
		wrong = arena_printf(&back->gen.arena,
				     "plan and converter of the way back differ%s", wrong);
	else if (error)
		wrong = refusal_judge(back, &ctx, error);
	else
		wrong = bits_compare(back, old, found);
	back->objects += !error;
	free(found);
	return wrong;
}
