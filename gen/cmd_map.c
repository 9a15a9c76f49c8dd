/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover map: writes or completes a mapping, with every open decision as TODO. */
#include <string.h>
#include <unistd.h>

#include "output.h"
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

static bool write_file(struct map_run *run, const struct text *text)
{
	struct output output;
	bool good;

	output_init(&output);
	output_add(&output, run->options->output, text_string(text), text->n);
	good = output_commit(&output, NULL, run->diags);
	output_deinit(&output);
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
	};
	struct survey survey;
	struct text text;
	bool good = survey_make(&input, &survey, run->diags);

	text_init(&text);
	if (good) {
		survey_stale(&input, run->diags);
		survey_hidden(&input, &survey, run->diags);
		if (run->has_mapping)
			skeleton_merge(&input, &survey, run->file, run->file_size, &text);
		else
			skeleton_write(&input, &survey, &text);
		if (options->output)
			good = write_file(run, &text);
		else if (!options->stats)
			text_raw(out, text_string(&text), text.n);
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
	if (read_models(&run) && read_mapping(&run))
		survey_and_write(&run, out);
	if (run.has_mapping)
		mapping_deinit(&run.mapping);
	if (run.has_diff)
		diff_deinit(&run.diff);
	idioms_deinit(&run.idioms);
	model_deinit(&run.old);
	model_deinit(&run.new);
	intern_deinit(&run.names);
	arena_deinit(&run.arena);
	return 0;
}
