/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover check OLD NEW [MAPPING]: what drifted, and whether the mapping covers it. */
#include "check.h"
#include "report_check.h"
#include "output.h"

#include <string.h>
#include <unistd.h>

#define HOOKS_BYTES_MAX (16u << 20)
#define SYMBOLS_MAX 4096

struct check_run {
	struct options options; /* as given, with what the configuration adds */
	struct diags *diags;
	struct arena arena;
	struct config config;
	const char *mapping_file; /* NULL: none */
	struct mapping mapping;
	const char *hooks;
	struct sides sides;
	struct asked asked;
	struct diff diff;
	struct idioms idioms;
	struct plan plan;
	struct diags said; /* by the plan */
	struct findings findings;
	bool has_sides, has_mapping, has_plan, has_findings;
};

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

static bool read_config(struct check_run *run)
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
		options->operands[0] = beside(run, config->file, config->baseline.text);
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
	run->hooks = input_file(hooks, HOOKS_BYTES_MAX, &n, &run->arena, run->diags);
	return run->hooks;
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
	return sides_read(&run->sides, options, run->diags) &&
	       scope_ask(&run->sides, options, &run->asked, run->diags) &&
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
	plan_make(&input, &run->plan, &run->said);
	idioms_override(&run->idioms, &run->mapping);
	return pass_on(run);
}

static const char *scope_words(struct check_run *run)
{
	const struct options *options = &run->options;
	const struct option_list *lists[] = {&options->roots, &options->types};
	const char *words = "";

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			words = arena_printf(&run->findings.arena, "%s%s%s%s", words,
					     *words ? ", " : "", k ? "" : "what reaches from ",
					     lists[k]->at[i]);
	if (options->carried)
		words = arena_printf(&run->findings.arena, "%s%swhat %s carries", words,
				     *words ? ", " : "", options->carried);
	if (run->has_mapping)
		words = arena_printf(&run->findings.arena, "%s%swhat %s carries", words,
				     *words ? ", of " : "", run->mapping_file);
	return *words ? words : "all types";
}

static void judge(struct check_run *run)
{
	struct check_input input = {
		.diff = &run->diff,
		.idioms = &run->idioms,
		.config = &run->config,
		.asked = scope_asked(&run->options) ? &run->asked : NULL,
		.roots = &run->options.roots,
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
	findings_finish(&run->findings);
	check_verdict(&run->findings);
}

/* ---- reports
 * ------------------------------------------------------------------------------------ */

/* Each --format goes where it says, to standard output or to its file; without any, text. */
static void write_formats(struct check_run *run, struct text *out, struct output *files)
{
	const struct options *options = &run->options;

	for (size_t i = 0; i < options->formats.n; i++) {
		const char *format = options->formats.at[i], *file = strchr(format, ':');
		struct text one;

		text_init(&one);
		if (file)
			format = arena_strndup(&run->arena, format, (size_t)(file - format));
		report_check(&run->findings, format, options->color && !file, &one);
		if (file)
			output_add(files, file + 1, text_string(&one), one.n);
		else
			text_raw(out, text_string(&one), one.n);
		text_deinit(&one);
	}
	if (!options->formats.n)
		report_check(&run->findings, "text", options->color, out);
}

static int report(struct check_run *run, struct text *out)
{
	struct output files;

	output_init(&files);
	write_formats(run, out, &files);
	output_commit(&files, NULL, run->diags);
	output_deinit(&files);
	return run->findings.failed;
}

/* ---- the command
 * -------------------------------------------------------------------------------- */

static void run_init(struct check_run *run, const struct options *options, struct diags *diags)
{
	*run = (struct check_run){.options = *options, .diags = diags};
	run->options.roots = (struct option_list){0};
	for (size_t i = 0; i < options->roots.n; i++)
		*VEC_PUSH(&run->options.roots) = options->roots.at[i];
	arena_init(&run->arena);
	config_init(&run->config);
	diags_init(&run->said);
}

static void run_deinit(struct check_run *run)
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
	diags_deinit(&run->said);
	config_deinit(&run->config);
	arena_deinit(&run->arena);
}

int command_check(const struct options *options, struct text *out, struct diags *diags)
{
	struct check_run run;
	int code = 0;

	run_init(&run, options, diags);
	if (read_config(&run) && settle_operands(&run) && settle_profile(&run) &&
	    read_mapping(&run) && read_inputs(&run)) {
		compare(&run);
		if (make_plan(&run)) {
			judge(&run);
			code = report(&run, out);
		}
	}
	run_deinit(&run);
	return code;
}
