/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover check OLD NEW [MAPPING]: what drifted, and whether the mapping covers it. */
#include "check_cross.h"
#include "check_run.h"
#include "check_update.h"
#include "output.h"
#include "report_check.h"

#include <string.h>

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
		report_check(&run->findings, options->stat ? "stat" : "text", options->color, out);
}

int command_check(const struct options *options, struct text *out, struct diags *diags)
{
	struct check_run run;
	struct output files;
	int code = 0;

	if (options->update)
		return check_update(options, out, diags);
	output_init(&files);
	check_run_init(&run, options, diags);
	if (options->cross ? check_cross(&run) : check_run_make(&run)) {
		code = run.findings.failed;
		write_formats(&run, out, &files);
		output_commit(&files, NULL, diags);
	}
	check_run_deinit(&run);
	output_deinit(&files);
	return code;
}
