/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover diff OLD NEW: what changed, for people and for programs. */
#include "options.h"
#include "output.h"
#include "report.h"
#include "report_html.h"
#include "scope.h"

#include <string.h>

static void compare(const struct sides *sides, const struct options *options,
		    const struct asked *asked, const struct patch *patch, struct diff *diff,
		    struct patched *patched)
{
	struct diff_scope scope;
	bool scoped = scope_asked(options);

	scope_of(asked, &scope);
	diff_models(&sides->old, &sides->new, scoped ? &scope : NULL, diff);
	if (options->patches.n)
		patch_types(patch, diff, scoped ? &scope : NULL, patched);
}

/* Each --format goes where it says, to standard output or to its file; without any, text. */
static void write_one(const struct diff *diff, const struct patched *patched, const char *format,
		      bool color, struct text *out)
{
	if (!strncmp(format, "json", 4))
		report_diff_json(diff, patched, out);
	else if (!strncmp(format, "html", 4))
		report_html(diff, NULL, out);
	else
		report_diff_text(diff, color, out);
	if (patched && !strncmp(format, "text", 4))
		report_patched_text(patched, color, out);
}

static void write_formats(const struct options *options, const struct diff *diff,
			  const struct patched *patched, struct text *out, struct output *files)
{
	for (size_t i = 0; i < options->formats.n; i++) {
		const char *format = options->formats.at[i], *file = strchr(format, ':');
		struct text one;

		text_init(&one);
		write_one(diff, patched, format, options->color && !file, &one);
		if (file)
			output_add(files, file + 1, text_string(&one), one.n);
		else
			text_raw(out, text_string(&one), one.n);
		text_deinit(&one);
	}
	if (!options->formats.n)
		write_one(diff, patched, "text", options->color, out);
}

int command_diff(const struct options *options, struct text *out, struct diags *diags)
{
	struct asked asked = {0};
	struct sides sides;
	struct output files;
	struct diff diff;
	struct patch patch;
	struct patched patched = {0};
	int code = 0;
	bool good;

	patch_init(&patch);
	output_init(&files);
	good = scope_patches(options, &patch, diags);
	if (sides_read(&sides, options, diags) && good &&
	    scope_ask(&sides, options, &asked, diags)) {
		compare(&sides, options, &asked, &patch, &diff, &patched);
		code = diff.n ? 1 : 0;
		write_formats(options, &diff, options->patches.n ? &patched : NULL, out, &files);
		output_commit(&files, NULL, diags);
		diff_deinit(&diff);
	}
	patched_deinit(&patched);
	patch_deinit(&patch);
	asked_deinit(&asked);
	output_deinit(&files);
	sides_deinit(&sides);
	return code;
}
