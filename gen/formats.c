/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "formats.h"

#include <string.h>

void formats_write(const struct options *options, format_write write, const void *what,
		   struct text *out, struct output *files)
{
	for (size_t i = 0; i < options->formats.n; i++) {
		const char *format = options->formats.at[i], *file = strchr(format, ':');
		struct text one;

		text_init(&one);
		write(what, format, options->color && !file, &one);
		if (file)
			output_add(files, file + 1, text_string(&one), one.n);
		else
			text_raw(out, text_string(&one), one.n);
		text_deinit(&one);
	}
	if (!options->formats.n)
		write(what, "text", options->color, out);
}
