// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads what one mapping of `gen` needs and plans it, forth and with --reverse back. */
#include <string.h>
#include <unistd.h>

#include "generation.h"
#include "hooks_include.h"
#include "output.h"
#include "reverse.h"

#define MAPPING_LIMIT (16u << 20)
#define HOOKS_LIMIT (16u << 20)
#define SYMBOLS_MAX 4096

/* NAME beside the mapping. */
static const char *beside(struct generation *gen, const char *name)
{
	const char *slash = strrchr(gen->file, '/');

	return arena_printf(&gen->arena, "%.*s%s", slash ? (int)(slash - gen->file + 1) : 0,
			    gen->file, name);
}

/* The layout that the user named, else old.yaml or new.yaml beside the mapping, plain or
 * compressed. */
static const char *layout_of(struct generation *gen, enum side side, const char *given)
{
	static const char *const endings[] = {".yaml", ".yaml.xz", ".yaml.zst"};
	const char *word = side == OLD ? "old" : "new";

	if (given)
		return given;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		const char *path = beside(gen, arena_printf(&gen->arena, "%s%s", word, endings[i]));

		if (!access(path, F_OK))
			return path;
	}
	diag_error(gen->diags, place_file(beside(gen, arena_printf(&gen->arena, "%s.yaml", word))),
		   "no layout of the %s side beside the mapping: give one with --%s", word, word);
	return NULL;
}

static bool models_read(struct generation *gen, const char *const given[2])
{
	const char *names[SYMBOLS_MAX];
	struct read_options read = gen->options->read;
	bool good = true;

	for (int side = OLD; side <= NEW; side++) {
		const char *layout = layout_of(gen, (enum side)side, given[side]);

		read.symbols = names;
		read.n_symbols = plan_symbol_names(&gen->mapping, names, SYMBOLS_MAX);
		good = layout && input_read(layout, &read, &gen->model[side], gen->diags) && good;
	}
	return good;
}

static bool hooks_read(struct generation *gen, const char *name)
{
	const char *path = beside(gen, name);

	gen->hooks = NULL;
	gen->hooks_file = path;
	if (access(path, F_OK))
		return true;
	gen->hooks = input_file(path, HOOKS_LIMIT, &gen->hooks_size, &gen->arena, gen->diags);
	if (gen->hooks)
		gen->hooks = hooks_include(path, gen->hooks, &gen->hooks_size, &gen->arena, gen->diags);
	return gen->hooks != NULL;
}

bool generation_read(struct generation *gen, const char *old, const char *new)
{
	const char *const given[2] = {old, new};
	size_t n;
	char *data = input_file(gen->file, MAPPING_LIMIT, &n, &gen->arena, gen->diags);

	gen->text = data;
	gen->size = n;
	return data && mapping_read(gen->file, data, n, &gen->mapping, gen->diags) &&
	       hooks_read(gen, "hooks.c") && models_read(gen, given);
}

static bool forth_plan(struct generation *gen)
{
	struct plan_input input = {.mapping = &gen->mapping, .diff = &gen->diff};
	const struct options *options = gen->options;

	if (headers_asked(options)) {
		headers_deinit(&gen->headers);
		if (!headers_init(&gen->headers, options, &gen->model[OLD], &gen->model[NEW],
				  gen->diags))
			return false;
		input.headers = &gen->headers;
	}
	diff_models(&gen->model[OLD], &gen->model[NEW], NULL, &gen->diff);
	input.hooks = gen->hooks;
	input.hooks_file = "hooks.c";
	return plan_make(&input, &gen->plan, gen->diags);
}

/* The forward plan is the ground of the way back: only what it decided can be turned around. */
static bool back_plan(struct generation *gen)
{
	struct plan_input input = {.mapping = &gen->back.mapping,
				   .diff = &gen->back.diff,
				   .hooks_file = "hooks-reverse.c",
				   .is_back = true};

	if (!hooks_read(gen, input.hooks_file))
		return false;
	input.hooks = gen->hooks;
	diff_models(&gen->model[NEW], &gen->model[OLD], NULL, &gen->back.diff);
	if (!reverse_mapping(&gen->plan, &gen->back.diff, &gen->back.mapping, gen->diags))
		return false;
	if (plan_make(&input, &gen->back.plan, gen->diags))
		return true;
	diag_note(gen->diags, gen->mapping.from_release.at,
		  "on the way back: there `old` is %s and `new` is %s",
		  gen->mapping.to_release.text ? gen->mapping.to_release.text : "the new layout",
		  gen->mapping.from_release.text ? gen->mapping.from_release.text
						 : "the old layout");
	return false;
}

bool generation_plan(struct generation *gen, const char *old, const char *new)
{
	return generation_read(gen, old, new) && forth_plan(gen) &&
	       (!gen->options->reverse || back_plan(gen));
}

void generation_init(struct generation *gen, const struct options *options, const char *file,
		     struct diags *diags)
{
	*gen = (struct generation){.options = options, .file = file, .diags = diags};
	arena_init(&gen->arena);
	arena_init(&gen->headers.arena);
	arena_init(&gen->plan.arena);
	arena_init(&gen->back.plan.arena);
	arena_init(&gen->back.mapping.arena);
	intern_init(&gen->names);
	model_init(&gen->model[OLD], &gen->names);
	model_init(&gen->model[NEW], &gen->names);
}

void generation_deinit(struct generation *gen)
{
	plan_deinit(&gen->back.plan);
	plan_deinit(&gen->plan);
	headers_deinit(&gen->headers);
	if (gen->back.diff.pairing)
		diff_deinit(&gen->back.diff);
	mapping_deinit(&gen->back.mapping);
	if (gen->diff.pairing)
		diff_deinit(&gen->diff);
	model_deinit(&gen->model[OLD]);
	model_deinit(&gen->model[NEW]);
	mapping_deinit(&gen->mapping);
	intern_deinit(&gen->names);
	arena_deinit(&gen->arena);
}
