/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line, with a table of commands of its own; diagnostics as people see them. */
#include "console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

const struct command commands[] = {
	{"dump", "INPUT [-o FILE]", "print the types", 1, 1, "trFo", "yaml c", false, NULL},
	{"diff", "OLD NEW", "show what changed", 2, 2, "tF", "text json", true, NULL},
	{"check", "OLD NEW [MAPPING]", "find drift", 2, 3, NULL, NULL, false, NULL},
	{"gen", "MAPPING -o DIR", "generate", 1, 1, "o", NULL, true, NULL},
	{0},
};

struct state {
	struct options options;
	struct diags diags;
};

/* Parses the words of LINE, which single spaces separate; `''` is an empty word. */
static bool parse(struct state *state, const char *line)
{
	const char *argv[OPERANDS_MAX + 16] = {"carryover"};
	char *copy = arena_strdup(&state->diags.arena, line), *word;
	int argc = 1;

	while ((word = strsep(&copy, " ")))
		if (*word)
			argv[argc++] = strcmp(word, "''") ? word : "";
	options_deinit(&state->options);
	return options_parse(&state->options, argc, argv, &state->diags);
}

/* Refuses LINE, with MESSAGE as its first diagnostic and, unless it is NULL, NOTE as the second. */
static void refuses(const char *line, const char *message, const char *note)
{
	struct state state = {0};

	diags_init(&state.diags);
	assert_false(parse(&state, line));
	assert_int_equal(diags_exit_code(&state.diags), 2);
	assert_string_equal(state.diags.at[0].text, message);
	if (note)
		assert_string_equal(state.diags.at[1].text, note);
	options_deinit(&state.options);
	diags_deinit(&state.diags);
}

static int setup(void **out)
{
	struct state *state = calloc(1, sizeof(*state));

	diags_init(&state->diags);
	*out = state;
	return 0;
}

static int teardown(void **in)
{
	struct state *state = *in;

	options_deinit(&state->options);
	diags_deinit(&state->diags);
	free(state);
	return 0;
}

static void reads_every_form(void **in)
{
	struct state *state = *in;
	struct options *options = &state->options;

	assert_true(
		parse(state, "-qvv dump -j3 -t a --type b --type=c -oout vmlinux --format yaml"));
	assert_string_equal(options->command->name, "dump");
	assert_true(options->quiet);
	assert_int_equal(options->verbose, 2);
	assert_int_equal(options->jobs, 3);
	assert_int_equal(options->read.jobs, 3);
	assert_int_equal(options->types.n, 3);
	assert_string_equal(options->types.at[1], "b");
	assert_string_equal(options->types.at[2], "c");
	assert_string_equal(options->output, "out");
	assert_string_equal(options->formats.at[0], "yaml");
	assert_int_equal(options->n_operands, 1);
	assert_string_equal(options->operands[0], "vmlinux");
}

static void reads_operands_after_dashes(void **in)
{
	struct state *state = *in;

	assert_true(parse(state, "diff -- -t --type"));
	assert_string_equal(state->options.operands[0], "-t");
	assert_string_equal(state->options.operands[1], "--type");
	assert_true(parse(state, "dump -"));
	assert_string_equal(state->options.operands[0], "-");
}

static void reads_color(void **in)
{
	struct state *state = *in;

	assert_true(parse(state, "dump x --color=never"));
	assert_int_equal(state->options.color_when, COLOR_NEVER);
	assert_true(console_color(COLOR_ALWAYS, -1));
	assert_false(console_color(COLOR_NEVER, -1));
	assert_false(console_color(COLOR_AUTO, -1));
}

static void accepts_several_formats(void **in)
{
	struct state *state = *in;

	assert_true(parse(state, "diff a b --format text --format json:report.json"));
	assert_int_equal(state->options.formats.n, 2);
	assert_string_equal(state->options.formats.at[1], "json:report.json");
}

static void help_needs_nothing_else(void **in)
{
	struct state *state = *in;

	assert_true(parse(state, "--help"));
	assert_null(state->options.command);
	assert_true(parse(state, "dump -h"));
	assert_true(state->options.help);
	assert_true(parse(state, "help diff"));
	assert_true(state->options.help);
	assert_string_equal(state->options.command->name, "diff");
	assert_true(parse(state, "--version"));
	assert_true(state->options.version);
}

static void help_lists_what_a_command_takes(void **in)
{
	struct text out;

	(void)in;
	text_init(&out);
	options_help(&commands[3], &out);
	assert_non_null(strstr(text_string(&out), "  -o, --output DIR "));
	text_deinit(&out);
	options_help(&commands[0], &out);
	assert_non_null(strstr(text_string(&out), "Usage: carryover dump INPUT [-o FILE]\n"));
	assert_non_null(strstr(text_string(&out), "  -t, --type TYPE "));
	assert_non_null(strstr(text_string(&out), "one of: yaml c\n"));
	assert_non_null(strstr(text_string(&out), "  -o, --output FILE "));
	assert_null(strstr(text_string(&out), "--ledger"));
	text_deinit(&out);
	options_help(NULL, &out);
	for (const struct command *command = commands; command->name; command++)
		assert_non_null(strstr(text_string(&out), command->summary));
	text_deinit(&out);
}

#define MANY_2 " a b"
#define MANY_10 MANY_2 MANY_2 MANY_2 MANY_2 MANY_2
#define MANY MANY_10 MANY_10 MANY_10 MANY_10 MANY_10 MANY_10 MANY_2
static void table_has_every_row(void **in)
{
	struct state *state = *in;
	struct text out;

	assert_true(parse(state, "--table"));
	assert_true(state->options.table);
	assert_false(parse(state, "dump x --table"));
	text_init(&out);
	options_table(&out);
	assert_non_null(strstr(text_string(&out), "option\tdump\t\tformat\tFORMAT\thow to print the "
						  "result\tyaml c\n"));
	assert_non_null(strstr(text_string(&out), "option\t\tq\tquiet\t\t"));
	assert_non_null(strstr(text_string(&out), "\tauto always never\n"));
	for (const struct command *command = commands; command->name; command++)
		assert_non_null(strstr(text_string(&out), command->synopsis));
	assert_null(strstr(text_string(&out), "\tledger\t")); /* none of them takes it */
	text_deinit(&out);
}

static void refuses_bad_usage(void **in)
{
	static const struct {
		const char *line, *message, *note;
	} cases[] = {
		{"", "no command", "carryover --help says more"},
		{"dupm x", "unknown command 'dupm'", "did you mean 'dump'?"},
		{"frobnicate x --also", "unknown command 'frobnicate'",
		 "carryover --help says more"},
		{"dump x --fromat yaml", "unknown option --fromat", "did you mean --format?"},
		{"dump x --zzzzzzzz", "unknown option --zzzzzzzz",
		 "carryover dump --help says more"},
		{"dump x -z", "unknown option -z", NULL},
		{"check a b -t x", "check takes no --type", NULL},
		{"check a b --type=x", "check takes no --type", NULL},
		{"-t x dump y", "--type needs a command before it", NULL},
		{"dump x --quiet=yes", "--quiet takes no value", NULL},
		{"dump x -o", "--output needs a value: PATH", NULL},
		{"dump x -o ''", "--output has an empty value", NULL},
		{"dump x -o a -o b", "--output is given more than once", NULL},
		{"dump x -j 0", "--jobs takes a number from 1 to 1024, not '0'", NULL},
		{"dump x -j -1", "--jobs takes a number from 1 to 1024, not '-1'", NULL},
		{"dump x -j 2k", "--jobs takes a number from 1 to 1024, not '2k'", NULL},
		{"dump x -j 99999999999999999999",
		 "--jobs takes a number from 1 to 1024, not '99999999999999999999'", NULL},
		{"dump x --color red", "--color takes auto, always or never, not 'red'", NULL},
		{"dump x --format json", "dump has no format 'json'; it has: yaml c", NULL},
		{"dump x --format yam", "dump has no format 'yam'; it has: yaml c", NULL},
		{"diff a b --format json:", "--format json:: no file after the colon", NULL},
		{"dump", "dump needs 1 operand, got 0", NULL},
		{"diff a", "diff needs 2 operands, got 1", NULL},
		{"check a", "check needs at least 2 operands, got 1", NULL},
		{"diff a b c", "diff: operand 'c' is too many", NULL},
		{"diff a b" MANY " g", "more than 64 operands", NULL},
	};

	(void)in;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuses(cases[i].line, cases[i].message, cases[i].note);
}

static void reports_every_usage_error_at_once(void **in)
{
	struct state *state = *in;

	assert_false(parse(state, "dump --nope -j x --color red"));
	assert_int_equal(state->diags.errors, 3);
}

static void sorts_diags_and_keeps_notes_with_them(void **in)
{
	struct state *state = *in;
	struct diags *diags = &state->diags;
	struct text out;

	diag_error(diags, (struct place){"b", 2, 1}, "fourth");
	diag_note(diags, (struct place){"a", 9, 9}, "its note");
	diag_error(diags, (struct place){"a", 10, 2}, "third");
	diag_evidence(diags, (struct place){"a", 10, 1}, "second");
	diag_add(diags, DIAG_WARNING, (struct place){.file = "a"}, "first");
	diag_error(diags, (struct place){0}, "no place");
	text_init(&out);
	console_diags(diags, false, false, &out);
	assert_string_equal(text_string(&out), "carryover: error: no place\n"
					       "a: warning: first\n"
					       "a:10:1: error: not enough evidence: second\n"
					       "a:10:2: error: third\n"
					       "b:2:1: error: fourth\n"
					       "a:9:9: note: its note\n");
	text_deinit(&out);
	console_diags(diags, true, true, &out);
	assert_null(strstr(text_string(&out), "first"));
	assert_non_null(strstr(text_string(&out), "a:10:2: \033[1;31merror:\033[0m third\n"));
	text_deinit(&out);
}

static void missing_evidence_comes_after_errors_in_the_exit_code(void **in)
{
	struct state *state = *in;

	diag_evidence(&state->diags, place_file("x"), "stripped");
	assert_int_equal(diags_exit_code(&state->diags), 3);
	diag_error(&state->diags, place_file("y"), "not there");
	assert_int_equal(diags_exit_code(&state->diags), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_every_form, setup, teardown),
		cmocka_unit_test_setup_teardown(reads_operands_after_dashes, setup, teardown),
		cmocka_unit_test_setup_teardown(reads_color, setup, teardown),
		cmocka_unit_test_setup_teardown(accepts_several_formats, setup, teardown),
		cmocka_unit_test_setup_teardown(help_needs_nothing_else, setup, teardown),
		cmocka_unit_test(help_lists_what_a_command_takes),
		cmocka_unit_test_setup_teardown(table_has_every_row, setup, teardown),
		cmocka_unit_test(refuses_bad_usage),
		cmocka_unit_test_setup_teardown(reports_every_usage_error_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(sorts_diags_and_keeps_notes_with_them, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			missing_evidence_comes_after_errors_in_the_exit_code, setup, teardown),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
