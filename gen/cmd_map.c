/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover map: writes or completes a mapping, with every open decision as TODO. */
#include <string.h>
#include <unistd.h>

#include "carry.h"
#include "generation.h"
#include "output.h"
#include "scope.h"
#include "skeleton.h"
#include "stats.h"

struct map_run {
	const struct options *options;
	struct diags *diags;
	struct intern names;
	struct model old, new;
	struct diff diff;
	struct idioms idioms;
	struct mapping mapping;
	struct arena arena;
	char *file; /* what -o names already holds, or NULL */
	size_t file_size;
	bool has_diff, has_mapping;
	struct patch patch;
	struct headers headers;
	struct {
		struct generation earlier; /* the mapping of --carry, with its layouts */
		struct carried carried;
		struct text text; /* what is left of it */
		bool done;
	} carry;
};

static bool read_models(struct map_run *run)
{
	const struct options *options = run->options;
	bool good = input_read(options->operands[0], &options->read, &run->old, run->diags);

	good &= input_read(options->operands[1], &options->read, &run->new, run->diags);
	if (!good)
		return false;
	if (!input_check_machines(&run->old, &run->new, run->diags))
		return false;
	input_check_readers(&run->old, &run->new, run->diags);
	diff_models(&run->old, &run->new, &(struct diff_scope){0}, &run->diff);
	run->has_diff = true;
	return idioms_load(&run->idioms, run->diags);
}

static void check_side(struct map_run *run, const char *key, const struct words *words,
		       const char *what, const char *is)
{
	if (words->text && is && strcmp(words->text, is) != 0)
		diag_error(run->diags, words->at,
			   "`%s: { %s: %s }`, but that input is %s: a mapping belongs to one pair "
			   "of releases",
			   key, what, words->text, is);
}

static bool read_mapping(struct map_run *run)
{
	const char *path = run->options->output;
	struct mapping *mapping = &run->mapping;
	size_t errors = run->diags->errors;

	if (!path || access(path, F_OK) != 0)
		return true;
	run->file = input_file(path, MAPPING_BYTES_MAX, &run->file_size, &run->arena, run->diags);
	if (!run->file)
		return false;
	if (!run->file_size)
		return true;
	run->has_mapping = true;
	if (!mapping_read(path, run->file, run->file_size, mapping, run->diags))
		return false;
	check_side(run, "from", &mapping->from_release, "release", run->old.info.release);
	check_side(run, "from", &mapping->from_arch, "arch", run->old.info.arch);
	check_side(run, "to", &mapping->to_release, "release", run->new.info.release);
	check_side(run, "to", &mapping->to_arch, "arch", run->new.info.arch);
	idioms_override(&run->idioms, mapping);
	return run->diags->errors == errors;
}

/* ---- decisions of an earlier pair -------------------------------------------------------------- */

static void report_carried(struct map_run *run)
{
	const struct carried *carried = &run->carry.carried;

	for (size_t i = 0; i < carried->stale.n; i++)
		diag_add(run->diags, DIAG_WARNING, carried->stale.at[i].at, "%s: stale: %s",
			 carried->stale.at[i].about, carried->stale.at[i].what);
	if (carried->code)
		diag_add(run->diags, DIAG_WARNING, place_file(run->options->carry),
			 "%zu carried decision%s code that was written about the earlier pair: "
			 "look at "
			 "it again",
			 carried->code, carried->code == 1 ? " runs" : "s run");
}

/* Begins the mapping with what --carry names; a mapping that is there has its decisions already. */
static bool read_earlier(struct map_run *run)
{
	const struct options *options = run->options;
	struct generation *earlier = &run->carry.earlier;
	struct carry_input input = {
		.mapping = &earlier->mapping,
		.was = {&earlier->model[OLD], &earlier->model[NEW]},
		.now = {&run->old, &run->new},
	};
	const char *name = options->output ? options->output : "the carried mapping";

	if (run->file_size)
		return diag_error(
			run->diags, place_file(options->output),
			"--carry begins a mapping, and this one is there: leave --carry out "
			"to complete it, or name another file");
	if (!generation_read(earlier, NULL, NULL))
		return false;
	input.file = earlier->text;
	input.n = earlier->size;
	carry_write(&input, &run->carry.carried, &run->carry.text);
	run->carry.done = true;
	report_carried(run);
	run->file = run->carry.text.at;
	run->file_size = run->carry.text.n;
	run->has_mapping = true;
	if (!mapping_read(name, run->file, run->file_size, &run->mapping, run->diags))
		return false;
	idioms_override(&run->idioms, &run->mapping);
	return true;
}

/* NAME beside FILE. */
static const char *beside(struct map_run *run, const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');

	return arena_printf(&run->arena, "%.*s%s", slash ? (int)(slash - file + 1) : 0, file, name);
}

/* The functions that carried decisions name go with them, unless there are some already. */
static bool add_hooks(struct map_run *run, struct output *output)
{
	static const char *const names[] = {"hooks.c", "hooks-reverse.c"};

	for (size_t i = 0; i < 2 && run->carry.carried.code; i++) {
		const char *from = beside(run, run->options->carry, names[i]);
		const char *to = beside(run, run->options->output, names[i]);
		char *data;
		size_t n;

		if (access(from, F_OK) || !access(to, F_OK))
			continue;
		data = input_file(from, MAPPING_BYTES_MAX, &n, &run->arena, run->diags);
		if (!data)
			return false;
		output_add(output, to, data, n);
	}
	return true;
}

/* ---- the result --------------------------------------------------------------------------------- */

static bool write_file(struct map_run *run, const struct text *text)
{
	struct output output;
	bool good;

	output_init(&output);
	if (!add_hooks(run, &output)) {
		output_deinit(&output);
		return false;
	}
	output_add(&output, run->options->output, text_string(text), text->n);
	good = output_commit(&output, NULL, run->diags);
	output_deinit(&output);
	return good;
}

/* What is added must be read as meant, and not spoil a file that is written in an unusual way. */
static bool reads_back(struct map_run *run, const struct text *text)
{
	const struct options *options = run->options;
	const char *name = options->output ? options->output : "the mapping";
	struct mapping mapping;
	struct diags said;
	bool good;

	diags_init(&said);
	good = mapping_read(name, text_string(text), text->n, &mapping, &said);
	mapping_deinit(&mapping);
	if (!good)
		diag_error(
			run->diags, place_file(options->carry ? options->carry : name),
			"nothing can be added to it as it is written; write `carryover`, `from`, "
			"`to`, `roots` and `types` at the start of a line each, and no `...` "
			"behind "
			"them (line %u of the result: %s)",
			said.n ? said.at[0].at.line : 0, said.n ? said.at[0].text : "unreadable");
	diags_deinit(&said);
	return good;
}

static bool survey_and_write(struct map_run *run, struct text *out)
{
	const struct options *options = run->options;
	struct survey_input input = {
		.diff = &run->diff,
		.idioms = &run->idioms,
		.mapping = run->has_mapping ? &run->mapping : NULL,
		.roots = &options->roots,
		.patch = options->patches.n ? &run->patch : NULL,
		.headers = headers_asked(options) ? &run->headers : NULL,
	};
	struct survey survey;
	struct text text;
	bool good = survey_make(&input, &survey, run->diags);

	text_init(&text);
	good = good && survey_constants(&input, run->diags);
	if (good) {
		survey_stale(&input, run->diags);
		survey_hidden(&input, &survey, run->diags);
		if (run->has_mapping)
			skeleton_merge(&input, &survey, run->file, run->file_size, &text);
		else
			skeleton_write(&input, &survey, &text);
		good = reads_back(run, &text);
		if (good && options->output)
			good = write_file(run, &text);
		else if (good && !options->stats)
			text_raw(out, text_string(&text), text.n);
		if (run->carry.done && options->output)
			text_add(out, "%s\n", carried_summary(&run->carry.carried));
		if (options->stats)
			stats_write(&input, &survey, options->verbose, out);
	}
	text_deinit(&text);
	survey_deinit(&survey);
	return good;
}

int command_map(const struct options *options, struct text *out, struct diags *diags)
{
	struct map_run run = {.options = options, .diags = diags};

	arena_init(&run.arena);
	intern_init(&run.names);
	model_init(&run.old, &run.names);
	model_init(&run.new, &run.names);
	text_init(&run.carry.text);
	patch_init(&run.patch);
	arena_init(&run.headers.arena);
	generation_init(&run.carry.earlier, options, options->carry, diags);
	if (scope_patches(options, &run.patch, diags) && read_models(&run) &&
	    headers_init(&run.headers, options, &run.old, &run.new, diags) && read_mapping(&run) &&
	    (!options->carry || read_earlier(&run)))
		survey_and_write(&run, out);
	if (run.has_mapping)
		mapping_deinit(&run.mapping);
	if (run.has_diff)
		diff_deinit(&run.diff);
	if (run.carry.done)
		carried_deinit(&run.carry.carried);
	generation_deinit(&run.carry.earlier);
	text_deinit(&run.carry.text);
	patch_deinit(&run.patch);
	headers_deinit(&run.headers);
	idioms_deinit(&run.idioms);
	model_deinit(&run.old);
	model_deinit(&run.new);
	intern_deinit(&run.names);
	arena_deinit(&run.arena);
	return 0;
}
