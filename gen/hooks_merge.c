// SPDX-License-Identifier: GPL-2.0-or-later
/* Puts hooks files together; what they define is found by a scan of the words at file scope. */
#include <ctype.h>
#include <string.h>

#include "emit.h"
#include "hooks_merge.h"

struct defined {
	const char *name;
	size_t n, file;
	struct place at;
};

struct scan {
	const struct hooks_file *files;
	size_t file;
	bool shared; /* in the text of a header that hooks share: it guards itself */
	const char *at, *line_start;
	uint32_t line;
	struct {
		struct defined *at;
		size_t n, room;
	} functions;
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Over a comment, a constant or a preprocessor line; false when there is none at SCAN. */
static bool skip_opaque(struct scan *scan, bool line_begins)
{
	const char *at = scan->at, *end;

	if (!strncmp(at, "/*", 2))
		end = strstr(at + 2, "*/");
	else if (!strncmp(at, "//", 2) || (line_begins && *at == '#'))
		end = strchr(at, '\n');
	else if (*at == '"' || *at == '\'')
		for (end = at + 1; *end && *end != *at; end++)
			end += *end == '\\' && end[1];
	else
		return false;
	if (line_begins && !strncmp(at, "#line ", 6))
		scan->shared = strstr(at, "../common/") && strstr(at, "../common/") < end;
	if (!end || !*end)
		end = at + strlen(at);
	else if (*end != '\n')
		end += *at == '/' ? 2 : 1;
	for (; scan->at < end; scan->at++)
		if (*scan->at == '\n') {
			scan->line++;
			scan->line_start = scan->at + 1;
		}
	return true;
}

static void function_note(struct scan *scan, struct defined found, struct diags *diags)
{
	const struct hooks_file *files = scan->files;

	for (size_t i = 0; i < scan->functions.n; i++) {
		const struct defined *known = &scan->functions.at[i];

		if (known->file == found.file || known->n != found.n ||
		    strncmp(known->name, found.name, found.n) != 0)
			continue;
		diag_error(diags, found.at,
			   "%.*s is also a function of %s, and a chain compiles both as one file; "
			   "give one of them another name, here and in its mapping",
			   (int)found.n, found.name, files[known->file].name);
		diag_note(diags, known->at, "%.*s is defined here, too", (int)found.n, found.name);
	}
	*VEC_PUSH(&scan->functions) = found;
}

/* At file scope a name, parentheses and a brace are a function. */
static void file_scan(struct scan *scan, struct diags *diags)
{
	struct defined last = {.n = 0};
	int braces = 0, parens = 0;
	bool line_begins = true, called = false;

	scan->at = scan->line_start = scan->files[scan->file].text;
	scan->line = 1;
	scan->shared = false;
	while (*scan->at) {
		size_t n = 0;
		char c = *scan->at;

		if (skip_opaque(scan, line_begins))
			continue;
		while (is_word(scan->at[n]))
			n++;
		if (n && !braces && !parens) {
			called = false;
			last = (struct defined){
				.name = scan->at,
				.n = n,
				.file = scan->file,
				.at = {.file = scan->files[scan->file].name,
				       .line = scan->line,
				       .col = (uint32_t)(scan->at - scan->line_start) + 1}};
		}
		if (c == '{' && !braces && !parens && called && last.n && !scan->shared)
			function_note(scan, last, diags);
		braces += (c == '{') - (c == '}');
		parens += (c == '(') - (c == ')');
		called = (c == ')' && !parens && !braces) || (called && isspace((unsigned char)c));
		line_begins = c == '\n' || (line_begins && isspace((unsigned char)c));
		if (c == '\n') {
			scan->line++;
			scan->line_start = scan->at + 1;
		}
		scan->at += n ? n : 1;
	}
}

bool hooks_merge(const struct hooks_file *files, size_t n, struct text *out, struct diags *diags)
{
	struct scan scan = {.files = files};
	size_t errors = diags->errors;

	for (scan.file = 0; scan.file < n; scan.file++) {
		file_scan(&scan, diags);
		text_puts(out, "#line 1 ");
		emit_string(base_name(files[scan.file].name), out);
		text_add(out, "\n%s\n", files[scan.file].text);
	}
	VEC_FREE(&scan.functions);
	return diags->errors == errors;
}
