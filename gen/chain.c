// SPDX-License-Identifier: GPL-2.0-or-later
/* The composition of two plans: which types cross both, and what is said of the whole. */
#include <string.h>

#include "../schema/hash.h"
#include "emit.h"
#include "chain_internal.h"

const char *chain_middle(const struct chain *chain)
{
	const char *release = chain->plan[SECOND]->mapping->from_release.text;

	return release ? release : "the release between";
}

static const char *sources_of(const struct plan *plan)
{
	return plan->sources ? plan->sources : base_name(plan->mapping->file);
}

/* True when NAME is one of the words of SOURCES. */
static bool source_named(const char *sources, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = sources; (at = strstr(at, name)); at += n)
		if ((at == sources || at[-1] == ' ' || at[-1] == '/') && (!at[n] || at[n] == ','))
			return true;
	return false;
}

/* The last two parts of a path. */
static const char *folder_name(const char *path)
{
	const char *base = base_name(path), *at = base;

	if (base == path)
		return path;
	for (at = base - 1; at > path && at[-1] != '/'; at--)
		;
	return at;
}

const char *chain_file(const struct chain *chain, const char *file)
{
	const char *name = base_name(file);
	bool twice = !strcmp(name, base_name(chain->plan[SECOND]->mapping->file)) &&
		     source_named(sources_of(chain->plan[FIRST]), name);

	return twice ? folder_name(file) : name;
}

/* The mappings of one side of the chain, as messages call them. */
static const char *hop_name(const struct chain *chain, enum hop hop)
{
	const struct plan *plan = chain->plan[hop];

	return plan->sources ? plan->sources : chain_file(chain, plan->mapping->file);
}

/* ---- do they follow one another ---- */

static const char *release_of(const struct plan *plan, enum side side)
{
	const struct words *words =
		side == OLD ? &plan->mapping->from_release : &plan->mapping->to_release;

	return words->text ? words->text : plan->model[side]->info.release;
}

static bool same_words(const char *a, const char *b)
{
	return !a || !b || !strcmp(a, b);
}

static struct place head_place(const struct plan *plan, enum side side)
{
	const struct words *words =
		side == OLD ? &plan->mapping->from_release : &plan->mapping->to_release;

	return words->at.file ? words->at : place_file(plan->mapping->file);
}

static bool releases_check(const struct chain *chain)
{
	const struct plan *first = chain->plan[FIRST], *second = chain->plan[SECOND];
	const char *to = release_of(first, NEW), *from = release_of(second, OLD);
	const struct model_info *a = &first->model[NEW]->info, *b = &second->model[OLD]->info;
	bool swapped = release_of(first, OLD) && release_of(second, NEW) &&
		       !strcmp(release_of(first, OLD), release_of(second, NEW));

	if (!same_words(a->arch, b->arch) || a->address_size != b->address_size ||
	    a->big_endian != b->big_endian)
		return diag_error(chain->diags, head_place(second, OLD),
				  "the chain breaks here: %s is for %s and %s for %s",
				  hop_name(chain, FIRST), a->arch ? a->arch : "another machine",
				  hop_name(chain, SECOND), b->arch ? b->arch : "another machine");
	if (same_words(to, from))
		return true;
	diag_error(chain->diags, head_place(second, OLD),
		   "the chain breaks here: %s starts from %s, but %s leads to %s; %s",
		   hop_name(chain, SECOND), from, hop_name(chain, FIRST), to,
		   swapped ? "they are in the wrong order"
			   : "give the mappings in the order of their releases, without a gap");
	diag_note(chain->diags, head_place(first, NEW), "%s leads to %s", hop_name(chain, FIRST),
		  to);
	return false;
}

/* ---- types ---- */

static struct place type_place(const struct plan *plan, const struct plan_type *type)
{
	return type->at.file ? type->at : place_file(plan->mapping->file);
}

static const char *middle_label(const struct chain *chain, enum hop hop,
				const struct plan_type *type)
{
	enum side side = hop == FIRST ? NEW : OLD;

	return type_label(chain->plan[hop]->model[side], type->id[side]);
}

/* Both hops speak of one and the same type between them. */
static bool layouts_check(struct chain *chain, const struct plan_type *first,
			  const struct plan_type *second)
{
	if (!strcmp(first->digest[NEW], second->digest[OLD]))
		return true;
	diag_error(
		chain->diags, type_place(chain->plan[SECOND], second),
		"%s: the old layout of %s is not the new layout of %s: the two were made for "
		"different builds of %s; make both layouts again with `carryover dump --carried`",
		second->label, hop_name(chain, SECOND), hop_name(chain, FIRST),
		chain_middle(chain));
	diag_note(chain->diags, type_place(chain->plan[FIRST], first), "%s is carried here",
		  first->label);
	return false;
}

static struct plan_type *type_new(struct chain *chain, const struct plan_type *first,
				  const struct plan_type *second)
{
	struct plan_type *type = ARENA_NEW(chain->arena, struct plan_type);

	for (int side = OLD; side <= NEW; side++) {
		const struct plan_type *from = side == OLD ? first : second;

		type->id[side] = from->id[side];
		type->size[side] = from->size[side];
		type->align[side] = from->align[side];
		type->promised[side] = from->align[side];
		type->ledger[side].bits = from->size[side] * 8;
	}
	type->label = second->label;
	type->decisions = first->decisions;
	type->at = second->at.file ? second->at : first->at;
	type->is_view = first->is_view || second->is_view;
	type->extent = first->extent;
	for (enum hop hop = FIRST; hop <= SECOND; hop++) {
		const struct plan_type *from = hop == FIRST ? first : second;

		if (from->extent_by)
			diag_error(chain->diags, from->extent_by->at,
				   "%s.extent: `%s` is about the objects of one hop, and a chain "
				   "does not "
				   "compose it; write a mapping of the first and the last release, "
				   "or run "
				   "the steps one by one",
				   from->label, from->extent_by->text);
	}
	return type;
}

uint32_t chain_pair(struct chain *chain, uint32_t first, uint32_t second)
{
	const struct plan_type *types[] = {chain->plan[FIRST]->types.at[first],
					   chain->plan[SECOND]->types.at[second]};

	for (uint32_t i = 0; i < chain->pairs.n; i++)
		if (chain->pairs.at[i].type[FIRST] == first &&
		    chain->pairs.at[i].type[SECOND] == second)
			return i;
	*VEC_PUSH(&chain->pairs) = (struct pairing){.type = {first, second}};
	*VEC_PUSH(&chain->out->types) = type_new(chain, types[FIRST], types[SECOND]);
	return (uint32_t)chain->pairs.n - 1;
}

static uint32_t object_named(const struct chain *chain, enum hop hop, const char *label)
{
	for (uint32_t i = 0; label && i < chain->plan[hop]->types.n; i++) {
		const struct plan_type *type = chain->plan[hop]->types.at[i];
		const char *own = middle_label(chain, hop, type);

		if (type->is_object && own && !strcmp(own, label))
			return i;
	}
	return NO_INDEX;
}

/* Objects that one of both does not carry end there, and somebody has to hear of it. */
static void objects_pair(struct chain *chain)
{
	for (int hop = FIRST; hop <= SECOND; hop++) {
		const struct plan *plan = chain->plan[hop];

		for (uint32_t i = 0; i < plan->types.n; i++) {
			const struct plan_type *type = plan->types.at[i];
			uint32_t found = object_named(chain, hop == FIRST ? SECOND : FIRST,
						      middle_label(chain, (enum hop)hop, type));

			if (!type->is_object)
				continue;
			if (found == NO_INDEX)
				diag_add(chain->diags, DIAG_WARNING, type_place(plan, type),
					 "%s is not carried by %s: no object of it crosses the "
					 "whole chain",
					 type->label,
					 hop_name(chain, hop == FIRST ? SECOND : FIRST));
			else if (hop == FIRST)
				chain_pair(chain, i, found);
		}
	}
	for (size_t i = 0; i < chain->pairs.n; i++)
		chain->out->types.at[i]->is_object = true;
}

static void type_compose(struct chain *chain, uint32_t index)
{
	const struct pairing pairing = chain->pairs.at[index];
	const struct plan_type *first = chain->plan[FIRST]->types.at[pairing.type[FIRST]];
	const struct plan_type *second = chain->plan[SECOND]->types.at[pairing.type[SECOND]];
	struct joint joint = {.chain = chain, .type = chain->out->types.at[index]};

	joint.type->is_object |= first->is_object && second->is_object;
	if (!layouts_check(chain, first, second))
		return;
	if (chain_halves(&joint, first, second)) {
		chain_join(&joint);
		chain_account(&joint);
	}
	half_deinit(&joint.half[FIRST]);
	half_deinit(&joint.half[SECOND]);
	VEC_FREE(&joint.parts);
}

/* ---- roots, walks, symbols: the first release's, restored by who restores in the last ---- */

static uint32_t pair_of(const struct chain *chain, uint32_t first)
{
	for (uint32_t i = 0; i < chain->pairs.n; i++)
		if (chain->pairs.at[i].type[FIRST] == first)
			return i;
	return NO_INDEX;
}

static uint32_t walk_copy(struct chain *chain, uint32_t index)
{
	struct plan_walk walk;

	if (index == NO_INDEX)
		return NO_INDEX;
	walk = chain->plan[FIRST]->walks.at[index];
	walk.type = pair_of(chain, walk.type);
	if (walk.type == NO_INDEX)
		return NO_INDEX;
	walk.then = walk_copy(chain, walk.then);
	*VEC_PUSH(&chain->out->walks) = walk;
	return (uint32_t)chain->out->walks.n - 1;
}

static const struct plan_root *root_later(const struct chain *chain, const struct plan_root *root,
					  uint32_t pair)
{
	const struct plan *plan = chain->plan[SECOND];

	for (size_t i = 0; i < plan->roots.n; i++) {
		const struct plan_root *later = &plan->roots.at[i];

		if (later->type == chain->pairs.at[pair].type[SECOND] &&
		    !later->symbol == !root->symbol &&
		    (!root->symbol || (!strcmp(later->symbol, root->symbol) &&
				       !strcmp(later->module, root->module))))
			return later;
	}
	return NULL;
}

/* Of the first release's symbols those that the last one has. */
static void new_symbols_compose(struct chain *chain)
{
	const struct plan *first = chain->plan[FIRST], *second = chain->plan[SECOND];

	for (size_t i = 0; i < first->symbols.n; i++)
		for (size_t k = 0; k < second->new_symbols.n; k++)
			if (!strcmp(first->symbols.at[i].name, second->new_symbols.at[k].name) &&
			    !strcmp(first->symbols.at[i].module, second->new_symbols.at[k].module))
				*VEC_PUSH(&chain->out->new_symbols) = second->new_symbols.at[k];
}

static void roots_compose(struct chain *chain)
{
	const struct plan *first = chain->plan[FIRST];

	for (size_t i = 0; i < first->roots.n; i++) {
		struct plan_root root = first->roots.at[i];
		const struct plan_root *later;
		uint32_t pair = pair_of(chain, root.type);

		if (pair == NO_INDEX) /* its type was warned about */
			continue;
		later = root_later(chain, &root, pair);
		if (!later)
			diag_add(
				chain->diags, DIAG_WARNING,
				type_place(first, first->types.at[root.type]),
				"root %s is none of %s: nobody restores it at the end of the chain",
				root.symbol ? root.symbol : first->types.at[root.type]->label,
				hop_name(chain, SECOND));
		root.restore = later ? later->restore : NULL;
		root.type = pair;
		root.walk = walk_copy(chain, root.walk);
		*VEC_PUSH(&chain->out->roots) = root;
	}
	for (size_t i = 0; i < first->symbols.n; i++)
		*VEC_PUSH(&chain->out->symbols) = first->symbols.at[i];
	new_symbols_compose(chain);
}

/* ---- the whole ---- */

static void mapping_compose(struct chain *chain)
{
	const struct mapping *first = chain->plan[FIRST]->mapping;
	const struct mapping *second = chain->plan[SECOND]->mapping;
	struct mapping *mapping = ARENA_NEW(chain->arena, struct mapping);
	const char *digests = arena_printf(chain->arena, "%s %s", first->digest, second->digest);

	*mapping = (struct mapping){.file = second->file};
	mapping->from_release = first->from_release;
	mapping->from_arch = first->from_arch;
	mapping->to_release = second->to_release;
	mapping->to_arch = second->to_arch;
	hash128_hex(hash128(digests, strlen(digests)), mapping->digest);
	chain->out->mapping = chain->maker.mapping = mapping;
	chain->out->sources = arena_printf(chain->arena, "%s, %s", hop_name(chain, FIRST),
					   hop_name(chain, SECOND));
}

/* Functions are compiled against old_T and new_T: under the names they were written for. */
static void functions_name_check(struct chain *chain)
{
	for (size_t i = 0; i < chain->out->types.n; i++) {
		const struct plan_type *type = chain->out->types.at[i];
		const struct function_list *lists[] = {&type->hooks, &type->captures,
						       &type->restores};
		const char *own = type_identifier(chain->arena, type->label);

		for (size_t k = 0; k < 3; k++) {
			if (lists[k]->n)
				chain->out->has_hooks = true;
			if (lists[k]->n && strcmp(own, type->cname) != 0)
				diag_error(chain->diags, lists[k]->at[0].at,
					   "%s: %s cannot be compiled in a chain: several types "
					   "are called %s there; run the steps one by one",
					   type->label, lists[k]->at[0].name, own);
		}
	}
}

static void chain_finish(struct chain *chain)
{
	struct plan *out = chain->out;

	roots_compose(chain);
	types_order(&chain->maker);
	types_promise(&chain->maker);
	types_name(&chain->maker);
	functions_name_check(chain);
	for (size_t i = 0; i < out->types.n; i++)
		type_runs(&chain->maker, out->types.at[i]);
	plan_digests(&chain->maker);
}

/* An arm's condition reads the object of its own step, of which a chain has only the first. */
static void arm_refuse(struct chain *chain, const struct plan_type *type, const struct op *op)
{
	if (op->kind == OP_ARM)
		diag_error(chain->diags, op->at,
			   "%s.%s: `arm` is not composed with another step's decisions; write a "
			   "mapping of the first and the last release, or run the steps one by one",
			   type->label, type->slots[NEW].at[op->new].path);
}

static bool arms_refuse(struct chain *chain)
{
	size_t errors = chain->diags->errors;

	for (int hop = FIRST; hop <= SECOND; hop++) {
		const struct plan *plan = chain->plan[hop];

		for (size_t i = 0; i < plan->types.n; i++)
			for (size_t k = 0; k < plan->types.at[i]->ops.n; k++)
				arm_refuse(chain, plan->types.at[i],
					   &plan->types.at[i]->ops.at[k]);
	}
	return chain->diags->errors == errors;
}

bool chain_plan(const struct plan *first, const struct plan *second, struct plan *out,
		struct diags *diags)
{
	struct chain chain = {.plan = {first, second}, .out = out, .diags = diags};
	size_t errors = diags->errors;

	memset(out, 0, sizeof(*out));
	arena_init(&out->arena);
	chain.arena = &out->arena;
	out->model[OLD] = first->model[OLD];
	out->model[NEW] = second->model[NEW];
	chain.maker = (struct plan_maker){.model = {out->model[OLD], out->model[NEW]},
					  .plan = out,
					  .diags = diags,
					  .arena = chain.arena};
	if (releases_check(&chain) && arms_refuse(&chain)) {
		mapping_compose(&chain);
		objects_pair(&chain);
		for (uint32_t i = 0; i < chain.pairs.n; i++)
			type_compose(&chain, i);
		if (!chain.pairs.n)
			diag_error(diags, place_file(second->mapping->file),
				   "no type is carried by both %s and %s: nothing would cross the "
				   "chain",
				   hop_name(&chain, FIRST), hop_name(&chain, SECOND));
		if (diags->errors == errors)
			chain_finish(&chain);
	}
	VEC_FREE(&chain.pairs);
	return diags->errors == errors && !diags_failed(diags);
}
