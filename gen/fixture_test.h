/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test only: a directory with a mapping, two layouts compiled on the spot, and what gen makes of
 * them. */
#ifndef CO_GEN_FIXTURE_TEST_H
#define CO_GEN_FIXTURE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../schema/diag.h"
#include "options.h"
#include "output.h"

struct fixture {
	char directory[64];
	struct diags diags;
	struct text said; /* every diagnostic, one a line: file:line:col: text */
};

static inline int fixture_setup(void **state)
{
	struct fixture *f = test_malloc(sizeof(*f));

	strcpy(f->directory, "/tmp/gen-test-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	diags_init(&f->diags);
	text_init(&f->said);
	*state = f;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", f->directory);
	assert_int_equal(system(command), 0);
	diags_deinit(&f->diags);
	text_deinit(&f->said);
	test_free(f);
	return 0;
}

/* Runs a shell command in the fixture's directory; its exit status. */
__attribute__((format(printf, 2, 3))) static inline int fixture_run(const struct fixture *f,
								    const char *format, ...)
{
	char command[1024];
	int n = snprintf(command, sizeof(command), "cd %s && ", f->directory);
	va_list list;

	va_start(list, format);
	vsnprintf(command + n, sizeof(command) - (size_t)n, format, list);
	va_end(list);
	return system(command);
}

static inline void fixture_write(const struct fixture *f, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static inline char *fixture_read(const struct fixture *f, const char *name, struct arena *arena)
{
	struct diags diags;
	char path[256];
	char *text;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	diags_init(&diags);
	text = input_file(path, 1 << 24, &n, arena, &diags);
	diags_deinit(&diags);
	return text;
}

static inline bool fixture_exists(const struct fixture *f, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	return !access(path, F_OK);
}

/* carryover gen mapping.yaml --old OLD --new NEW --ledger ledger -o out, in the fixture; its exit
 * code. REVERSE: the way back, to the directory back, and what is printed to the file printed. */
static inline int fixture_gen_way(struct fixture *f, const char *old, const char *new, bool reverse)
{
	char mapping[128], old_path[128], new_path[128], output[128], ledger[128];
	struct options options = {.operands = {mapping}, .n_operands = 1, .read = {.jobs = 1}};
	struct text out;
	int code;

	snprintf(mapping, sizeof(mapping), "%s/mapping.yaml", f->directory);
	snprintf(old_path, sizeof(old_path), "%s/%s", f->directory, old);
	snprintf(new_path, sizeof(new_path), "%s/%s", f->directory, new);
	snprintf(output, sizeof(output), "%s/%s", f->directory, reverse ? "back" : "out");
	options.reverse = reverse;
	snprintf(ledger, sizeof(ledger), "%s/ledger", f->directory);
	options.old_input = old_path;
	options.new_input = new_path;
	options.output = output;
	options.ledger = ledger;
	diags_deinit(&f->diags);
	diags_init(&f->diags);
	text_deinit(&f->said);
	text_init(&f->said);
	text_init(&out);
	code = command_gen(&options, &out, &f->diags);
	if (reverse)
		fixture_write(f, "printed", text_string(&out));
	text_deinit(&out);
	for (size_t i = 0; i < f->diags.n; i++) {
		const struct diag *diag = &f->diags.at[i];
		const char *slash = diag->at.file ? strrchr(diag->at.file, '/') : NULL;

		text_add(&f->said, "%s:%u:%u: %s\n",
			 slash		 ? slash + 1
			 : diag->at.file ? diag->at.file
					 : "",
			 diag->at.line, diag->at.col, diag->text);
	}
	return diags_exit_code(&f->diags) ? diags_exit_code(&f->diags) : code;
}

static inline int fixture_gen(struct fixture *f, const char *old, const char *new)
{
	return fixture_gen_way(f, old, new, false);
}

#endif
