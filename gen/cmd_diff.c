/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover diff OLD NEW: what changed, for people and for programs. */
#include "options.h"
#include "output.h"
#include "report.h"
#include "scope.h"

#include <string.h>

static void compare(const struct sides *sides, const struct options *options,
		    const struct asked *asked, struct diff *diff)
{
	struct diff_scope scope;

	scope_of(asked, &scope);
	diff_models(&sides->old, &sides->new, scope_asked(options) ? &scope : NULL, diff);
}

/* Each --format goes where it says, to standard output or to its file; without any, text. */
static void write_formats(const struct options *options, const struct diff *diff, struct text *out,
			  struct output *files)
{
	for (size_t i = 0; i < options->formats.n; i++) {
		const char *format = options->formats.at[i], *file = strchr(format, ':');
		bool json = !strncmp(format, "json", 4);
		struct text one;

		text_init(&one);
		if (json)
			report_diff_json(diff, &one);
		else
			report_diff_text(diff, options->color && !file, &one);
		if (file)
			output_add(files, file + 1, text_string(&one), one.n);
		else
			text_raw(out, text_string(&one), one.n);
		text_deinit(&one);
	}
	if (!options->formats.n)
		report_diff_text(diff, options->color, out);
}

int command_diff(const struct options *options, struct text *out, struct diags *diags)
{
	struct asked asked = {0};
	struct sides sides;
	struct output files;
	struct diff diff;
	int code = 0;

	output_init(&files);
	if (sides_read(&sides, options, diags) && scope_ask(&sides, options, &asked, diags)) {
		compare(&sides, options, &asked, &diff);
		code = diff.n ? 1 : 0;
		write_formats(options, &diff, out, &files);
		output_commit(&files, NULL, diags);
		diff_deinit(&diff);
	}
	asked_deinit(&asked);
	output_deinit(&files);
	sides_deinit(&sides);
	return code;
}
