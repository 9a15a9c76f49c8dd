// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gen: mappings and their layouts in, a directory with a converter out, or every reason why not.
 * Several mappings are a chain, which becomes one converter.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "chain.h"
#include "emit.h"
#include "generation.h"
#include "hooks_confirm.h"
#include "hooks_merge.h"
#include "output.h"
#include "reverse.h"

struct command_gen {
	const struct options *options;
	struct diags *diags;
	struct arena arena;
	size_t n; /* mappings */
	struct generation hops[OPERANDS_MAX];
	struct plan joints[2][OPERANDS_MAX]; /* of a chain, forth and back: its first hops composed
					      */
	const struct plan *forth, *back;     /* the whole way; BACK NULL without --reverse */
	struct text merged;		     /* hooks of several mappings */
	const char *hooks;		     /* text of the hooks to compile, or NULL */
	size_t hooks_size;
};

/* The plan to write: of the way that was asked for. */
static const struct plan *plan_asked(const struct command_gen *gen)
{
	return gen->options->reverse ? gen->back : gen->forth;
}

/* ---- the plan of all hops
 * ------------------------------------------------------------------------------------------ */

static const struct plan *hop_plan(const struct command_gen *gen, size_t hop, bool back)
{
	return back ? &gen->hops[gen->n - 1 - hop].back.plan : &gen->hops[hop].plan;
}

/* Composes from the left; NULL with diagnostics. On the way back the last hop comes first. */
static const struct plan *way_compose(struct command_gen *gen, bool back)
{
	const struct plan *plan = hop_plan(gen, 0, back);

	for (size_t i = 1; i < gen->n; i++) {
		struct plan *joint = &gen->joints[back][i];

		if (!chain_plan(plan, hop_plan(gen, i, back), joint, gen->diags))
			return NULL;
		plan = joint;
	}
	return plan;
}

/* All mappings are read before any two are composed: every one's errors are said at once. */
static bool hops_plan(struct command_gen *gen)
{
	const struct options *options = gen->options;
	bool good = true;

	for (size_t i = 0; i < gen->n; i++)
		good = generation_plan(&gen->hops[i], i ? NULL : options->old_input,
				       i + 1 < gen->n ? NULL : options->new_input) &&
		       good;
	if (!good)
		return false;
	gen->forth = way_compose(gen, false);
	if (gen->forth && options->reverse)
		gen->back = way_compose(gen, true);
	return gen->forth && (gen->back || !options->reverse);
}

/* ---- hooks
 * ------------------------------------------------------------------------------------------ */

static bool list_is_of(const struct function_list *list, const char *file)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].at.file && !strcmp(list->at[i].at.file, file))
			return true;
	return false;
}

/* True when the plan calls a function that the mapping FILE names. */
static bool calls_into(const struct plan *plan, const char *file)
{
	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];

		if (list_is_of(&type->hooks, file) || list_is_of(&type->captures, file) ||
		    list_is_of(&type->restores, file))
			return true;
	}
	return false;
}

/* The hooks of every hop whose functions the plan calls, as one file. */
static bool hooks_collect(struct command_gen *gen)
{
	struct hooks_file files[OPERANDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < gen->n; i++) {
		const struct generation *hop = &gen->hops[i];
		bool known = false;

		for (size_t k = 0; k < n; k++)
			known |= !strcmp(files[k].name, hop->hooks_file);
		if (hop->hooks && !known && calls_into(plan_asked(gen), hop->file))
			files[n++] = (struct hooks_file){
				.name = hop->hooks_file, .text = hop->hooks, .n = hop->hooks_size};
	}
	if (n == 1) {
		gen->hooks = files[0].text;
		gen->hooks_size = files[0].n;
		return true;
	}
	if (!hooks_merge(files, n, &gen->merged, gen->diags))
		return false;
	gen->hooks = text_string(&gen->merged);
	gen->hooks_size = gen->merged.n;
	return true;
}

static bool hooks_hold(struct command_gen *gen)
{
	if (!plan_asked(gen)->has_hooks)
		return true;
	return hooks_collect(gen) &&
	       hooks_confirm(plan_asked(gen),
			     gen->options->reverse ? "hooks-reverse.c" : "hooks.c", gen->hooks,
			     gen->hooks_size, &gen->arena, gen->diags);
}

static void file_emit(struct command_gen *gen, struct output *output, const char *name,
		      void (*emit)(const struct plan *, struct text *))
{
	struct text text;

	text_init(&text);
	emit(plan_asked(gen), &text);
	output_add(output, arena_printf(&gen->arena, "%s/%s", gen->options->output, name),
		   text_string(&text), text.n);
	text_deinit(&text);
}

static bool generation_write(struct command_gen *gen, struct text *out)
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
		loss_print(gen->forth, gen->back, out);
		text_add(&ledger, "\n%s", text_string(out));
	} else if (gen->n > 1) {
		chain_loss_print(gen->forth, out);
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
	if (headers_asked(options) && options->n_operands > 1)
		return diag_error(diags, (struct place){.file = NULL},
				  "--old-headers and --new-headers are of one pair of releases, "
				  "and this is a chain: check each mapping by itself");
	for (size_t i = 0; i < options->n_operands; i++)
		if (is_home(options->output, options->operands[i]))
			return diag_error(
				diags, (struct place){.file = options->output},
				"is the mapping's own folder, where generated files could replace "
				"what people wrote; give another with -o");
	return true;
}

int command_gen(const struct options *options, struct text *out, struct diags *diags)
{
	struct command_gen *gen;
	struct arena arena;

	if (!options_check(options, diags))
		return 2;
	arena_init(&arena);
	gen = ARENA_NEW(&arena, struct command_gen);
	*gen = (struct command_gen){.options = options, .diags = diags, .n = options->n_operands};
	arena_init(&gen->arena);
	text_init(&gen->merged);
	for (size_t i = 0; i < gen->n; i++) {
		generation_init(&gen->hops[i], options, options->operands[i], diags);
		arena_init(&gen->joints[false][i].arena);
		arena_init(&gen->joints[true][i].arena);
	}
	if (hops_plan(gen) && hooks_hold(gen))
		generation_write(gen, out);
	for (size_t i = 0; i < gen->n; i++) {
		plan_deinit(&gen->joints[false][i]);
		plan_deinit(&gen->joints[true][i]);
		generation_deinit(&gen->hops[i]);
	}
	text_deinit(&gen->merged);
	arena_deinit(&gen->arena);
	arena_deinit(&arena);
	return 0;
}
