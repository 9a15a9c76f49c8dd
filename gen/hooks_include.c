// SPDX-License-Identifier: GPL-2.0-or-later
/* Puts shared headers into hooks, so that what reads, checks and compiles these sees one text. */
#include <ctype.h>
#include <string.h>

#include "../schema/text.h"
#include "emit.h"
#include "hooks_include.h"
#include "output.h"

#define HEADER_LIMIT (1u << 20)
#define BEGIN "#include \"../common/"

/* The name in "../common/NAME.h" on LINE, N bytes long; 0: it includes something else. */
static size_t shared_name(const char *line)
{
	size_t n = 0;

	if (strncmp(line, BEGIN, strlen(BEGIN)))
		return 0;
	line += strlen(BEGIN);
	while (isalnum((unsigned char)line[n]) || line[n] == '_' || line[n] == '-')
		n++;
	return strncmp(line + n, ".h\"", 3) ? 0 : n;
}

static bool header_put(const char *file, uint32_t line, const char *name, struct text *out,
		       struct arena *arena, struct diags *diags)
{
	const char *slash = strrchr(file, '/');
	const char *path =
		arena_printf(arena, "%.*s%s", slash ? (int)(slash - file + 1) : 0, file, name);
	char *header;
	size_t n;

	header = input_file(path, HEADER_LIMIT, &n, arena, diags);
	if (!header)
		return diag_note(diags, (struct place){.file = file, .line = line, .col = 1},
				 "it is included here"),
		       false;
	text_puts(out, "#line 1 ");
	emit_string(name, out);
	text_add(out, "\n%s\n#line %u ", header, line + 1);
	emit_string(base_name(file), out);
	text_puts(out, "\n");
	return true;
}

const char *hooks_include(const char *file, const char *text, size_t *n, struct arena *arena,
			  struct diags *diags)
{
	const char *at = text;
	struct text out;
	bool found = false, good = true;

	text_init(&out);
	for (uint32_t line = 1; *at && good; line++) {
		size_t length = strcspn(at, "\n"), name = shared_name(at);

		if (name) {
			found = true;
			good = header_put(file, line,
					  arena_printf(arena, "../common/%.*s.h", (int)name,
						       at + strlen(BEGIN)),
					  &out, arena, diags);
		} else {
			text_add(&out, "%.*s\n", (int)length, at);
		}
		at += length + (at[length] == '\n');
	}
	if (good && found) {
		*n = out.n;
		text = arena_strdup(arena, text_string(&out));
	}
	text_deinit(&out);
	return good ? text : NULL;
}
