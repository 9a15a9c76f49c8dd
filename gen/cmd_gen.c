// SPDX-License-Identifier: GPL-2.0-or-later
/* gen: a mapping and two layouts in, a directory with a converter out, or every reason why not. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../schema/source.h"
#include "emit.h"
#include "options.h"
#include "output.h"
#include "reverse.h"

#define MAPPING_LIMIT (16u << 20)
#define HOOKS_LIMIT (16u << 20)
#define SYMBOLS_MAX 4096

struct generation {
	const struct options *options;
	struct diags *diags;
	struct arena arena;
	struct mapping mapping;
	struct intern names;
	struct model model[2];
	struct diff diff;
	struct plan plan;
	struct {
		struct mapping mapping;
		struct diff diff;
		struct plan plan;
	} back;		   /* with --reverse; else empty */
	const char *hooks; /* text of the hooks to compile, or NULL */
	size_t hooks_size;
};

/* NAME beside the mapping. */
static const char *beside(struct generation *gen, const char *name)
{
	const char *mapping = gen->options->operands[0], *slash = strrchr(mapping, '/');

	return arena_printf(&gen->arena, "%.*s%s", slash ? (int)(slash - mapping + 1) : 0, mapping,
			    name);
}

/* The layout that the user named, else old.yaml or new.yaml beside the mapping, plain or
 * compressed. */
static const char *layout_of(struct generation *gen, enum side side)
{
	static const char *const endings[] = {".yaml", ".yaml.xz", ".yaml.zst"};
	const char *given = side == OLD ? gen->options->old_input : gen->options->new_input;
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

static bool models_read(struct generation *gen)
{
	const char *names[SYMBOLS_MAX];
	struct read_options read = gen->options->read;
	bool good = true;

	for (int side = OLD; side <= NEW; side++) {
		const char *layout = layout_of(gen, (enum side)side);

		bool wanted = side == OLD || gen->options->reverse;

		read.symbols = wanted ? names : NULL;
		read.n_symbols = wanted ? plan_symbol_names(&gen->mapping, names, SYMBOLS_MAX) : 0;
		good = layout && input_read(layout, &read, &gen->model[side], gen->diags) && good;
	}
	return good;
}

static bool hooks_read(struct generation *gen, const char *name)
{
	const char *path = beside(gen, name);

	gen->hooks = NULL;
	if (access(path, F_OK))
		return true;
	gen->hooks = input_file(path, HOOKS_LIMIT, &gen->hooks_size, &gen->arena, gen->diags);
	return gen->hooks != NULL;
}

static bool generation_plan(struct generation *gen)
{
	const char *file = gen->options->operands[0];
	struct plan_input input = {.mapping = &gen->mapping, .diff = &gen->diff};
	size_t n;
	char *data = input_file(file, MAPPING_LIMIT, &n, &gen->arena, gen->diags);

	if (!data || !mapping_read(file, data, n, &gen->mapping, gen->diags))
		return false;
	if (!hooks_read(gen, "hooks.c") || !models_read(gen))
		return false;
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

/* The plan to write: of the way that was asked for. */
static const struct plan *plan_asked(const struct generation *gen)
{
	return gen->options->reverse ? &gen->back.plan : &gen->plan;
}

/* What an embedded type's own plan leaves behind has no name there, so a hook cannot see it. */
static bool errors_copy(const struct diags *from, struct diags *to)
{
	for (size_t i = 0; i < from->n; i++)
		if (from->at[i].level >= DIAG_ERROR)
			diag_add(
				to, from->at[i].level, from->at[i].at,
				"%s, as layout.h of this plan has it; name in `reads` what is read "
				"of an embedded type",
				from->at[i].text);
	return !diags_failed(from);
}

/*
 * The plan was made with hooks that were read against every member of both layouts; the converter
 * is built with those that it uses. What is written compiles.
 */
static bool hooks_confirm(struct generation *gen)
{
	struct source_text headers[2] = {{.name = "layout.h"}, {.name = "carryover.h"}};
	struct source_unit unit = {
		.headers = headers,
		.n_headers = 2,
		.prelude = "",
		.machine = gen->model[NEW].info.arch,
		.code = {.name = gen->options->reverse ? "hooks-reverse.c" : "hooks.c",
			 .text = gen->hooks,
			 .n = gen->hooks_size},
	};
	struct diags found;
	struct text layout;
	bool good;

	if (!plan_asked(gen)->has_hooks)
		return true;
	diags_init(&found);
	text_init(&layout);
	emit_layout_header(plan_asked(gen), &layout);
	headers[0].text = text_string(&layout);
	headers[0].n = layout.n;
	headers[1].text = emit_runtime_header(&headers[1].n);
	source_read(&unit, &gen->arena, &found);
	good = errors_copy(&found, gen->diags);
	text_deinit(&layout);
	diags_deinit(&found);
	return good;
}

static void file_emit(struct generation *gen, struct output *output, const char *name,
		      void (*emit)(const struct plan *, struct text *))
{
	struct text text;

	text_init(&text);
	emit(plan_asked(gen), &text);
	output_add(output, arena_printf(&gen->arena, "%s/%s", gen->options->output, name),
		   text_string(&text), text.n);
	text_deinit(&text);
}

static bool generation_write(struct generation *gen, struct text *out)
{
	const char *directory = gen->options->output, *header;
	struct output output;
	struct text ledger;
	size_t n;
	bool good;

	output_init(&output);
	file_emit(gen, &output, "converter.c", emit_converter);
	file_emit(gen, &output, "layout.h", emit_layout_header);
	file_emit(gen, &output, "assert.c", emit_assertions);
	file_emit(gen, &output, "Makefile", emit_makefile);
	file_emit(gen, &output, "Kbuild", emit_kbuild);
	header = emit_runtime_header(&n);
	output_add(&output, arena_printf(&gen->arena, "%s/carryover.h", directory), header, n);
	if (plan_asked(gen)->has_hooks)
		output_add(&output, arena_printf(&gen->arena, "%s/hooks.c", directory), gen->hooks,
			   gen->hooks_size);
	text_init(&ledger);
	ledger_print(plan_asked(gen), &ledger);
	if (gen->options->reverse) {
		loss_print(&gen->plan, &gen->back.plan, out);
		text_add(&ledger, "\n%s", text_string(out));
	}
	if (gen->options->ledger)
		output_add(&output, gen->options->ledger, text_string(&ledger), ledger.n);
	text_deinit(&ledger);
	good = output_commit(&output, directory, gen->diags);
	output_deinit(&output);
	return good;
}

/* What is generated would replace what a person wrote there: a Makefile, or the hooks themselves.
 */
static bool is_home(const char *directory, const char *mapping)
{
	const char *slash = strrchr(mapping, '/');
	char home[PATH_MAX];
	struct stat a, b;

	if (snprintf(home, sizeof(home), "%.*s", slash ? (int)(slash - mapping) + 1 : 1,
		     slash ? mapping : ".") >= (int)sizeof(home))
		return false;
	return stat(directory, &a) == 0 && stat(home, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static bool options_check(const struct options *options, struct diags *diags)
{
	if (!options->output)
		return diag_error(diags, (struct place){.file = NULL},
				  "gen needs -o DIR, the directory to write the converter to");
	if (is_home(options->output, options->operands[0]))
		return diag_error(
			diags, (struct place){.file = options->output},
			"is the mapping's own folder, where generated files could replace "
			"what people wrote; give another with -o");
	return true;
}

int command_gen(const struct options *options, struct text *out, struct diags *diags)
{
	struct generation gen = {.options = options, .diags = diags};

	if (!options_check(options, diags))
		return 2;
	arena_init(&gen.arena);
	arena_init(&gen.plan.arena);
	arena_init(&gen.back.plan.arena);
	arena_init(&gen.back.mapping.arena);
	intern_init(&gen.names);
	model_init(&gen.model[OLD], &gen.names);
	model_init(&gen.model[NEW], &gen.names);
	if (generation_plan(&gen) && (!options->reverse || back_plan(&gen)) && hooks_confirm(&gen))
		generation_write(&gen, out);
	plan_deinit(&gen.back.plan);
	plan_deinit(&gen.plan);
	if (gen.back.diff.pairing)
		diff_deinit(&gen.back.diff);
	mapping_deinit(&gen.back.mapping);
	if (gen.diff.pairing)
		diff_deinit(&gen.diff);
	model_deinit(&gen.model[OLD]);
	model_deinit(&gen.model[NEW]);
	mapping_deinit(&gen.mapping);
	intern_deinit(&gen.names);
	arena_deinit(&gen.arena);
	return 0;
}
