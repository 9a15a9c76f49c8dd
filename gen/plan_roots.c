// SPDX-License-Identifier: GPL-2.0-or-later
/* Where objects come from: roots, the lists that lead from object to object, and symbols. */
#include <string.h>

#include "plan_internal.h"

/* By these a capture knows the kernel and its clocks; a layout without them is not refused. */
static const char *const kernel_symbols[] = {
	KERNEL_MODULE ":__num_online_cpus", KERNEL_MODULE ":__start_notes",
	KERNEL_MODULE ":__stop_notes",	    KERNEL_MODULE ":jiffies_64",
	KERNEL_MODULE ":linux_banner",	    KERNEL_MODULE ":tick_nsec",
};
#define N_KERNEL_SYMBOLS (sizeof(kernel_symbols) / sizeof(kernel_symbols[0]))

static void name_put(const char **names, size_t *n, size_t limit, const char *name)
{
	if (name && *n < limit)
		names[(*n)++] = name;
}

size_t plan_symbols_max(const struct mapping *mapping)
{
	return mapping->roots.n + mapping->symbols.n + N_KERNEL_SYMBOLS;
}

size_t plan_symbol_names(const struct mapping *mapping, const char **names, size_t limit)
{
	size_t n = 0;

	for (size_t i = 0; i < mapping->roots.n; i++)
		name_put(names, &n, limit, mapping->roots.at[i].symbol.text);
	for (size_t i = 0; i < mapping->symbols.n; i++)
		name_put(names, &n, limit, mapping->symbols.at[i].text);
	for (size_t i = 0; i < N_KERNEL_SYMBOLS; i++)
		name_put(names, &n, limit, kernel_symbols[i]);
	return n;
}

static const char *module_word(const struct symbol *symbol)
{
	return symbol->module[0] ? symbol->module : KERNEL_MODULE;
}

static int symbol_order(const struct symbol *a, const struct symbol *b)
{
	int order = strcmp(a->name, b->name);

	return order ? order : strcmp(a->module, b->module);
}

/* Keeps plan->symbols ascending and without doubles. */
static void symbol_keep(struct plan *plan, const struct symbol *symbol)
{
	size_t i = plan->symbols.n;

	for (size_t k = 0; k < plan->symbols.n; k++)
		if (!symbol_order(&plan->symbols.at[k], symbol))
			return;
	VEC_PUSH(&plan->symbols);
	for (; i > 0 && symbol_order(&plan->symbols.at[i - 1], symbol) > 0; i--)
		plan->symbols.at[i] = plan->symbols.at[i - 1];
	plan->symbols.at[i] = *symbol;
}

/* A name of several files: which ones, and what to write for each. */
static void refuse_several(struct plan_maker *maker, const struct words *words,
			   const struct symbol *first, size_t n)
{
	const char *list = "";

	for (size_t i = 0; i < n; i++)
		list = arena_printf(maker->arena, "%s%s`%s:%s`", list,
				    !i		 ? ""
				    : i + 1 == n ? " or "
						 : ", ",
				    module_word(&first[i]), first[i].name);
	diag_error(maker->diags, words->at, "%s: %zu files of %s define it; write %s", words->text,
		   n, maker->model[OLD]->info.name ? maker->model[OLD]->info.name : "the layout",
		   list);
}

static const struct symbol *symbol_require(struct plan_maker *maker, const struct words *words)
{
	size_t n;
	const struct symbol *first;
	const struct symbol *symbol = model_symbol(maker->model[OLD], words->text, &n, &first);

	if (n > 1) {
		refuse_several(maker, words, first, n);
		return NULL;
	}
	if (!symbol) {
		diag_error(maker->diags, words->at,
			   "%s: the %s layout %s has no such symbol; check the spelling, give the "
			   "file that defines it with --%s, or make the layout again with "
			   "`carryover dump --carried MAPPING`",
			   words->text, maker->input->is_back ? "new" : "old",
			   maker->model[OLD]->info.name ? maker->model[OLD]->info.name : "",
			   maker->input->is_back ? "new" : "old");
		return NULL;
	}
	if (symbol->no_address) {
		diag_error(
			maker->diags, words->at,
			"%s: lies in `%s`, whose file is relocatable: it has an address only once "
			"it is loaded; leave it out and let a participant bring the objects",
			words->text, module_word(symbol));
		return NULL;
	}
	symbol_keep(maker->plan, symbol);
	return symbol;
}

void symbols_plan(struct plan_maker *maker)
{
	size_t n;
	const struct symbol *first;

	for (size_t i = 0; i < maker->mapping->symbols.n; i++)
		symbol_require(maker, &maker->mapping->symbols.at[i]);
	for (size_t i = 0; i < N_KERNEL_SYMBOLS; i++) {
		const struct symbol *symbol =
			model_symbol(maker->model[OLD], kernel_symbols[i], &n, &first);

		if (symbol && !symbol->no_address)
			symbol_keep(maker->plan, symbol);
	}
	/* Where the new kernel has the same ones: nothing that converts depends on it. */
	for (size_t i = 0; i < maker->plan->symbols.n; i++) {
		const struct symbol *old = &maker->plan->symbols.at[i];
		const char *word = arena_printf(maker->arena, "%s:%s", module_word(old), old->name);
		const struct symbol *symbol = model_symbol(maker->model[NEW], word, &n, &first);

		if (symbol && !symbol->no_address)
			*VEC_PUSH(&maker->plan->new_symbols) = *symbol;
	}
}

/* ---- walks
 * ----------------------------------------------------------------------------------------- */

struct trail {
	type_id at; /* the record that the rest of the path starts from */
	uint32_t steps[16];
	uint32_t n;
	struct field field; /* where the path so far leads */
};

static bool trail_error(struct plan_maker *maker, struct plan_type *type, const struct words *words,
			const char *rest)
{
	return plan_error(maker, type, words->text, words->at,
			  "the path cannot be followed at `%s` in the old kernel: no such member, "
			  "or a pointer to a type without a definition",
			  rest);
}

/* Follows one stretch of the path up to the next pointer; *WORD moves behind it. */
static bool trail_stretch(struct plan_maker *maker, struct trail *trail, const char **word)
{
	const struct model *model = maker->model[OLD];
	size_t n = 0, stop;

	for (;;) {
		const char *part;
		const struct type *type;

		n += strcspn(*word + n, ".");
		part = arena_strndup(maker->arena, *word, n);
		if (!field_find(model, trail->at, part, &trail->field, &stop))
			return false;
		type = type_at(model, strip(model, trail->field.type));
		if (!(*word)[n] || type->kind == KIND_POINTER)
			break;
		n++;
	}
	*word += n;
	return true;
}

static bool trail_follow(struct plan_maker *maker, struct plan_type *type,
			 const struct words *words, struct trail *trail)
{
	const struct model *model = maker->model[OLD];
	const char *word = words->text;

	for (;;) {
		const char *rest = word;

		if (trail->n == 16 || !trail_stretch(maker, trail, &word) ||
		    trail->field.bit_offset % 8)
			return trail_error(maker, type, words, rest);
		trail->steps[trail->n++] = (uint32_t)(trail->field.bit_offset / 8);
		if (!*word)
			return true;
		word++;
		trail->at = strip(model, type_at(model, strip(model, trail->field.type))->target);
		if (!is_record(model, trail->at))
			return trail_error(maker, type, words, rest);
	}
}

static bool is_list_head(const struct plan_maker *maker, type_id id)
{
	const struct idiom *idiom = idiom_of(&maker->idioms, maker->model[OLD], id);

	return is_idiom_list(idiom) && idiom->self;
}

/* The member of ELEMENT that links it into the list, by the head's name when nobody wrote it. */
static const char *node_infer(struct plan_maker *maker, const struct walk *walk,
			      const struct plan_type *from, const struct plan_type *element,
			      const struct trail *trail)
{
	const char *head = strrchr(walk->list.text, '.');
	size_t n;

	if (walk->node.text)
		return walk->node.text;
	if (trail->n == 1 && from == element)
		return walk->list.text;
	head = head ? head + 1 : walk->list.text;
	n = strlen(head);
	if (n > 5 && !strcmp(head + n - 5, "_head"))
		return arena_printf(maker->arena, "%.*s_node", (int)(n - 5), head);
	return NULL;
}

static uint32_t walk_plan(struct plan_maker *maker, const struct walk *walk, uint32_t from_index)
{
	struct plan_type *from = maker->plan->types.at[from_index], *element;
	struct trail trail = {.at = from->id[OLD]};
	struct plan_walk out = {.path = walk->list.text, .then = NO_INDEX, .type = from_index};
	const char *node;
	struct field field;
	size_t stop;

	if (walk->of.text)
		out.type = type_of_words(maker, &walk->of);
	if (out.type == NO_INDEX || !trail_follow(maker, from, &walk->list, &trail))
		return NO_INDEX;
	if (!is_list_head(maker, trail.field.type)) {
		plan_error(maker, from, walk->list.text, walk->list.at,
			   "not a list head, so there is nothing to walk along");
		return NO_INDEX;
	}
	element = maker->plan->types.at[out.type];
	maker->plan->types.at[out.type]->is_object = true;
	node = node_infer(maker, walk, from, element, &trail);
	if (!node || !field_find(maker->model[OLD], element->id[OLD], node, &field, &stop) ||
	    !is_list_head(maker, field.type)) {
		plan_error(maker, from, walk->list.text,
			   walk->node.text ? walk->node.at : walk->list.at,
			   "%s has no list node `%s`; write `node: MEMBER`, the member of %s that "
			   "links it",
			   element->label, node ? node : "", element->label);
		return NO_INDEX;
	}
	out.node = field.bit_offset / 8;
	out.n_steps = trail.n;
	out.steps = ARENA_NEW_ARRAY(maker->arena, trail.n, uint32_t);
	memcpy(out.steps, trail.steps, trail.n * sizeof(*out.steps));
	if (walk->then)
		out.then = walk_plan(maker, walk->then, out.type);
	*VEC_PUSH(&maker->plan->walks) = out;
	return (uint32_t)maker->plan->walks.n - 1;
}

static void root_plan(struct plan_maker *maker, const struct root *root)
{
	struct plan_root out = {.restore = root->restore.text, .walk = NO_INDEX};

	out.type = type_of_words(maker, &root->type);
	if (root->symbol.text) {
		const struct symbol *symbol = symbol_require(maker, &root->symbol);

		out.symbol = symbol ? symbol->name : root->symbol.text;
		out.module = symbol ? symbol->module : "";
		out.address = symbol ? symbol->address : 0;
	}
	if (out.type == NO_INDEX)
		return;
	maker->plan->types.at[out.type]->is_object = true;
	if (root->walk)
		out.walk = walk_plan(maker, root->walk, out.type);
	*VEC_PUSH(&maker->plan->roots) = out;
}

void roots_plan(struct plan_maker *maker)
{
	for (size_t i = 0; i < maker->mapping->roots.n; i++)
		root_plan(maker, &maker->mapping->roots.at[i]);
}
