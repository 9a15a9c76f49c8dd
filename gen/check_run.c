/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a command line and carryover.yaml to findings. */
#include "check_run.h"
#include "hooks_confirm.h"
#include "hooks_include.h"
#include "output.h"
#include "waive.h"

#include <string.h>
#include <unistd.h>

#define HOOKS_BYTES_MAX (16u << 20)
#define SYMBOLS_MAX 4096

/* ---- the configuration
 * -------------------------------------------------------------------------- */

/* PATH as it is seen from where FILE stands. */
static const char *beside(struct check_run *run, const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');

	if (!slash || *path == '/')
		return path;
	return arena_printf(&run->arena, "%.*s%s", (int)(slash - file + 1), file, path);
}

bool check_run_config(struct check_run *run)
{
	const char *file = run->options.config ? run->options.config : CONFIG_NAME;
	const char *const *rules;
	size_t n_rules, n;
	char *data;

	if (!run->options.config && access(file, F_OK))
		return true;
	data = input_file(file, CONFIG_BYTES_MAX, &n, &run->arena, run->diags);
	rules = finding_rule_ids(&n_rules);
	return data && config_read(file, data, n, rules, n_rules, &run->config, run->diags);
}

static const char *baseline(struct check_run *run)
{
	const struct config *config = &run->config;

	if (config->baseline.text)
		return beside(run, config->file, config->baseline.text);
	diag_error(
		run->diags, place_file(NULL),
		"check needs OLD and NEW; with one of them, `baseline` in %s says what it is held "
		"against",
		config->file ? config->file : CONFIG_NAME);
	return NULL;
}

const char *check_run_baseline(struct check_run *run)
{
	return check_run_config(run) ? baseline(run) : NULL;
}

/* What is given on the command line stands above the configuration. */
static bool settle_operands(struct check_run *run)
{
	struct options *options = &run->options;
	const struct config *config = &run->config;

	if (options->n_operands == 1) {
		if (!config->baseline.text)
			return diag_error(
				run->diags, place_file(NULL),
				"check needs OLD and NEW; with one of them, `baseline` in "
				"%s says what it is held against",
				config->file ? config->file : CONFIG_NAME);
		options->operands[1] = options->operands[0];
		options->operands[0] = baseline(run);
		if (!options->operands[0])
			return false;
	}
	if (options->n_operands == 3)
		run->mapping_file = options->operands[2];
	else if (config->mapping.text)
		run->mapping_file = beside(run, config->file, config->mapping.text);
	options->n_operands = 2;
	if (scope_asked(options))
		return true;
	for (size_t i = 0; i < config->roots.n; i++)
		*VEC_PUSH(&options->roots) = config->roots.at[i].text;
	return true;
}

static bool read_waivers(struct check_run *run)
{
	const char *const *rules;
	size_t n_rules, n;
	char *data;

	run->waivers_file = run->options.waivers ? run->options.waivers
			    : run->config.waivers.text
				    ? beside(run, run->config.file, run->config.waivers.text)
				    : NULL;
	if (!run->waivers_file || (run->may_lack_waivers && access(run->waivers_file, F_OK)))
		return true;
	data = input_file(run->waivers_file, WAIVERS_BYTES_MAX, &n, &run->arena, run->diags);
	rules = finding_rule_ids(&n_rules);
	run->waivers_text = data;
	run->waivers_size = n;
	return data &&
	       waivers_read(run->waivers_file, data, n, rules, n_rules, &run->waivers, run->diags);
}

static bool settle_profile(struct check_run *run)
{
	struct config *config = &run->config;

	if (run->options.profile && !config_profile_parse(run->options.profile, place_file(NULL),
							  &config->profile, run->diags))
		return false;
	if (config->profile == PROFILE_DEFAULT)
		config->profile = run->mapping_file ? PROFILE_MAPPED : PROFILE_LAYOUT;
	return true;
}

/* ---- what is read
 * ------------------------------------------------------------------------------- */

static bool read_mapping(struct check_run *run)
{
	const char *file = run->mapping_file, *hooks;
	size_t n;
	char *data;

	if (!file)
		return true;
	data = input_file(file, MAPPING_BYTES_MAX, &n, &run->arena, run->diags);
	if (!data)
		return false;
	run->has_mapping = true;
	if (!mapping_read(file, data, n, &run->mapping, run->diags))
		return false;
	hooks = beside(run, file, "hooks.c");
	if (access(hooks, F_OK))
		return true;
	run->hooks = input_file(hooks, HOOKS_BYTES_MAX, &run->hooks_size, &run->arena, run->diags);
	if (run->hooks)
		run->hooks =
			hooks_include(hooks, run->hooks, &run->hooks_size, &run->arena, run->diags);
	return run->hooks;
}

/* A baseline that was cut down says to what: nothing else of the build is looked at. */
static void recorded_scope(struct check_run *run)
{
	struct options *options = &run->options;
	const struct model *from = &run->sides.old;

	if (scope_asked(options) || run->has_mapping)
		return;
	if (!from->roots.n && !from->only.n)
		from = &run->sides.new;
	for (size_t i = 0; i < from->roots.n; i++)
		*VEC_PUSH(&options->roots) = from->roots.at[i];
	for (size_t i = 0; i < from->only.n; i++)
		*VEC_PUSH(&options->types) = from->only.at[i];
}

static bool read_inputs(struct check_run *run)
{
	struct options *options = &run->options;

	if (run->has_mapping) {
		const char **names = ARENA_NEW_ARRAY(&run->arena, SYMBOLS_MAX, const char *);

		options->read.symbols = names;
		options->read.n_symbols = plan_symbol_names(&run->mapping, names, SYMBOLS_MAX);
	}
	run->has_sides = true;
	if (!sides_read(&run->sides, options, run->diags))
		return false;
	recorded_scope(run);
	return scope_ask(&run->sides, options, &run->asked, run->diags) &&
	       idioms_load(&run->idioms, run->diags);
}

/* ---- judging
 * ------------------------------------------------------------------------------------ */

static void compare(struct check_run *run)
{
	struct diff_scope scope;
	bool scoped = scope_asked(&run->options) && !run->has_mapping;

	scope_of(&run->asked, &scope);
	diff_models(&run->sides.old, &run->sides.new, scoped ? &scope : NULL, &run->diff);
}

/* What is wrong with the mapping is a finding; what keeps it from being looked at is an error. */
static bool pass_on(struct check_run *run)
{
	bool good = true;

	for (size_t i = 0; i < run->said.n; i++) {
		const struct diag *diag = &run->said.at[i];

		if (diag->level != DIAG_EVIDENCE && (diag->level != DIAG_ERROR || diag->at.file))
			continue;
		diag_add(run->diags, diag->level, diag->at, "%s", diag->text);
		good = false;
	}
	return good;
}

static bool make_plan(struct check_run *run)
{
	struct plan_input input = {
		.mapping = &run->mapping,
		.diff = &run->diff,
		.hooks = run->hooks,
		.hooks_file = run->mapping_file ? beside(run, run->mapping_file, "hooks.c") : NULL,
	};

	if (!run->has_mapping)
		return true;
	run->has_plan = true;
	if (plan_make(&input, &run->plan, &run->said) && run->plan.has_hooks && run->hooks)
		hooks_confirm(&run->plan, input.hooks_file, run->hooks, run->hooks_size,
			      &run->arena, &run->said);
	idioms_override(&run->idioms, &run->mapping);
	return pass_on(run);
}

static const char *scope_words(struct check_run *run)
{
	const struct options *options = &run->options;
	const struct option_list *lists[] = {&options->roots, &options->types};
	struct arena *arena = &run->findings.arena;
	const char *words = "";

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			words = arena_printf(arena, k ? "%s%s%s" : "%s%swhat %s reaches", words,
					     *words ? ", " : "", lists[k]->at[i]);
	if (options->carried)
		words = arena_printf(arena, "%s%swhat %s carries", words, *words ? ", " : "",
				     options->carried);
	if (run->has_mapping)
		words = arena_printf(arena, "%s%swhat %s carries", words, *words ? ", of " : "",
				     run->mapping_file);
	return *words ? words : "all types";
}

static bool judge(struct check_run *run)
{
	bool good;

	struct check_input input = {
		.diff = &run->diff,
		.idioms = &run->idioms,
		.config = &run->config,
		.asked = scope_asked(&run->options) ? &run->asked : NULL,
		.roots = &run->options.roots,
		.types = &run->options.types,
		.mapping = run->has_mapping ? &run->mapping : NULL,
		.plan = run->has_plan ? &run->plan : NULL,
		.said = run->has_plan ? &run->said : NULL,
	};

	findings_init(&run->findings, &run->diff);
	run->has_findings = true;
	run->findings.mapping = run->mapping_file;
	run->findings.profile = config_profile_word(run->config.profile);
	run->findings.scope = scope_words(run);
	check_inputs(&input, &run->findings);
	check_judge(&input, &run->findings);
	good = waive(&run->waivers, waive_today(&run->arena), &run->config, &run->findings,
		     run->diags);
	findings_finish(&run->findings);
	check_verdict(&run->findings);
	return good;
}

/* ---- all ----------------------------------------------------------------------------------------
 */

void check_run_init(struct check_run *run, const struct options *options, struct diags *diags)
{
	*run = (struct check_run){.options = *options, .diags = diags};
	run->options.roots = run->options.types = (struct option_list){0};
	for (size_t i = 0; i < options->types.n; i++)
		*VEC_PUSH(&run->options.types) = options->types.at[i];
	for (size_t i = 0; i < options->roots.n; i++)
		*VEC_PUSH(&run->options.roots) = options->roots.at[i];
	arena_init(&run->arena);
	config_init(&run->config);
	waivers_init(&run->waivers);
	diags_init(&run->said);
}

void check_run_deinit(struct check_run *run)
{
	if (run->has_findings)
		findings_deinit(&run->findings);
	if (run->has_plan)
		plan_deinit(&run->plan);
	diff_deinit(&run->diff);
	idioms_deinit(&run->idioms);
	asked_deinit(&run->asked);
	if (run->has_sides)
		sides_deinit(&run->sides);
	if (run->has_mapping)
		mapping_deinit(&run->mapping);
	VEC_FREE(&run->options.roots);
	VEC_FREE(&run->options.types);
	diags_deinit(&run->said);
	waivers_deinit(&run->waivers);
	config_deinit(&run->config);
	arena_deinit(&run->arena);
}

bool check_run_make(struct check_run *run)
{
	if (!check_run_config(run) || !settle_operands(run) || !settle_profile(run) ||
	    !read_waivers(run) || !read_mapping(run) || !read_inputs(run))
		return false;
	compare(run);
	return make_plan(run) && judge(run);
}
