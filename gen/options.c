/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of options; reading the command line by it and the table of commands; help from both.
 */
#include "options.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMMON_KEYS "jqvKhV" /* every command takes these */
#define NAMES_MAX 64

const struct option_row option_rows[] = {
	{'t', "type", "TYPE", "only this type, written as 'struct x'", OPTION_LIST,
	 offsetof(struct options, types)},
	{'r', "root", "TYPE", "this type and everything it reaches, by embedding and by pointer",
	 OPTION_LIST, offsetof(struct options, roots)},
	{'C', "carried", "MAPPING", "only what the carried members of a mapping reach",
	 OPTION_VALUE, offsetof(struct options, carried)},
	{'F', "format", "FORMAT", "how to print the result", OPTION_LIST,
	 offsetof(struct options, formats)},
	{'O', "old", "INPUT", "the old layouts (default: old.yaml beside the first mapping)",
	 OPTION_VALUE, offsetof(struct options, old_input)},
	{'N', "new", "INPUT", "the new layouts (default: new.yaml beside the last mapping)",
	 OPTION_VALUE, offsetof(struct options, new_input)},
	{'R', "reverse", NULL, "generate the way back, from new to old, and print what does not return", OPTION_FLAG,
	 offsetof(struct options, reverse)},
	{'L', "ledger", "FILE", "also write what became of every byte", OPTION_VALUE,
	 offsetof(struct options, ledger)},
	{'D', "patch", "DIFF",
	 "the patch between the sources (unified diff, plain or compressed): what it says stands beside what changed",
	 OPTION_LIST, offsetof(struct options, patches)},
	{'H', "old-headers", "DIR",
	 "the old source or header tree: what became of the constants of flag words (with --new-headers)",
	 OPTION_VALUE, offsetof(struct options, old_headers)},
	{'Q', "new-headers", "DIR", "the new source or header tree", OPTION_VALUE,
	 offsetof(struct options, new_headers)},
	{'A', "carry", "MAPPING",
	 "begin with the decisions of another pair's mapping that still hold; its old.yaml and new.yaml stand beside it",
	 OPTION_VALUE, offsetof(struct options, carry)},
	{'M', "mappings", "DIR", "look there for the mappings that exist: DIR/NAME/mapping.yaml",
	 OPTION_VALUE, offsetof(struct options, mappings)},
	{'P', "profile", "PROFILE",
	 "what is an error: layout (every change), convertible (what does not convert by itself), "
	 "mapped (what the mapping does not cover)",
	 OPTION_VALUE, offsetof(struct options, profile)},
	{'G', "config", "FILE", "the project's settings (default: carryover.yaml, if it is there)",
	 OPTION_VALUE, offsetof(struct options, config)},
	{'I', "waivers", "FILE", "the findings that somebody accepted", OPTION_VALUE,
	 offsetof(struct options, waivers)},
	{'U', "update", NULL, "write OLD, which is a snapshot, anew from NEW", OPTION_FLAG,
	 offsetof(struct options, update)},
	{'B', "cross", NULL, "hold DWARF against BTF of one input", OPTION_FLAG,
	 offsetof(struct options, cross)},
	{'T', "stat", NULL, "one line for each type that changed; the same as --format stat", OPTION_FLAG,
	 offsetof(struct options, stat)},
	{'E', "reason", "WORDS", "why it may stay as it is", OPTION_VALUE,
	 offsetof(struct options, reason)},
	{'W', "owner", "WHO", "who answers for it", OPTION_VALUE, offsetof(struct options, owner)},
	{'X', "expires", "DAY", "the last day on which it holds, as 2027-03-31", OPTION_VALUE,
	 offsetof(struct options, expires)},
	{'Y', "all", NULL, "everything that check fails for", OPTION_FLAG,
	 offsetof(struct options, all)},
	{'S', "stats", NULL, "print how many members were decided, and how", OPTION_FLAG,
	 offsetof(struct options, stats)},
	{'o', "output", "PATH", "write there instead of to standard output", OPTION_VALUE,
	 offsetof(struct options, output)},
	{'j', "jobs", "N", "threads (default: one for each processor)", OPTION_JOBS,
	 offsetof(struct options, jobs)},
	{'q', "quiet", NULL, "no warnings and no progress", OPTION_FLAG,
	 offsetof(struct options, quiet)},
	{'v', "verbose", NULL, "say more about what is done; twice for even more", OPTION_COUNT,
	 offsetof(struct options, verbose)},
	{'K', "color", "WHEN", "auto (on a terminal, unless NO_COLOR is set), always or never",
	 OPTION_COLOR, offsetof(struct options, color_when)},
	{'h', "help", NULL, "print this help", OPTION_FLAG, offsetof(struct options, help)},
	{'V', "version", NULL, "print the version", OPTION_FLAG, offsetof(struct options, version)},
	{0, NULL, NULL, NULL, OPTION_FLAG, 0},
};

/* The words that are left to read, and where messages go. */
struct parser {
	struct options *options;
	const char *const *argv;
	int argc, next;
	bool operands_only;	   /* after `--` */
	bool help_word;		   /* `carryover help COMMAND` */
	char seen_keys[NAMES_MAX]; /* of the single-valued options met so far */
	size_t n_seen;
	struct diags *diags;
};

static const struct place nowhere;

static const char *const color_words[] = {"auto", "always", "never"};

static bool is_short(const struct option_row *row)
{
	return islower((unsigned char)row->key);
}

static bool takes(const struct command *command, const struct option_row *row)
{
	return strchr(COMMON_KEYS, row->key) ||
	       (command && command->options && strchr(command->options, row->key));
}

static const struct option_row *row_by_name(const char *name, size_t n)
{
	for (const struct option_row *row = option_rows; row->name; row++)
		if (strlen(row->name) == n && !memcmp(row->name, name, n))
			return row;
	return NULL;
}

static const struct option_row *row_by_letter(char letter)
{
	for (const struct option_row *row = option_rows; row->name; row++)
		if (is_short(row) && row->key == letter)
			return row;
	return NULL;
}

static void *slot(struct options *options, const struct option_row *row)
{
	return (char *)options + row->offset;
}

static bool unknown_option(struct parser *parser, const char *name)
{
	const char *names[NAMES_MAX], *nearest;
	size_t n = 0;

	diag_error(parser->diags, nowhere, "unknown option --%s", name);
	for (const struct option_row *row = option_rows; row->name && n < NAMES_MAX; row++)
		if (takes(parser->options->command, row))
			names[n++] = row->name;
	nearest = nearest_word(name, names, n);
	if (nearest)
		diag_note(parser->diags, nowhere, "did you mean --%s?", nearest);
	return false;
}

static bool set_jobs(struct parser *parser, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (!isdigit((unsigned char)*value) || *end || n < 1 || n > JOBS_MAX)
		return diag_error(parser->diags, nowhere,
				  "--jobs takes a number from 1 to %d, not '%s'", JOBS_MAX, value);
	parser->options->jobs = (unsigned int)n;
	return true;
}

static bool set_color(struct parser *parser, const char *value)
{
	for (size_t i = 0; i < 3; i++)
		if (!strcmp(value, color_words[i])) {
			parser->options->color_when = (enum color_when)i;
			return true;
		}
	return diag_error(parser->diags, nowhere, "--color takes auto, always or never, not '%s'",
			  value);
}

/* A second value for an option that keeps one would silently win over the first. */
static bool note_once(struct parser *parser, const struct option_row *row)
{
	if (memchr(parser->seen_keys, row->key, parser->n_seen))
		return diag_error(parser->diags, nowhere, "--%s is given more than once",
				  row->name);
	if (parser->n_seen < NAMES_MAX)
		parser->seen_keys[parser->n_seen++] = row->key;
	return true;
}

static bool set_option(struct parser *parser, const struct option_row *row, const char *value)
{
	void *at = slot(parser->options, row);

	if (row->kind != OPTION_LIST && row->kind != OPTION_FLAG && row->kind != OPTION_COUNT &&
	    !note_once(parser, row))
		return false;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return true;
	case OPTION_COUNT:
		++*(unsigned int *)at;
		return true;
	case OPTION_VALUE:
		*(const char **)at = value;
		break;
	case OPTION_LIST:
		*VEC_PUSH((struct option_list *)at) = value;
		break;
	case OPTION_JOBS:
		return set_jobs(parser, value);
	case OPTION_COLOR:
		return set_color(parser, value);
	}
	return *value || diag_error(parser->diags, nowhere, "--%s has an empty value", row->name);
}

/* The value of ROW: INLINE_VALUE when it was written in the same word, else the next word. */
static bool take_value(struct parser *parser, const struct option_row *row,
		       const char *inline_value)
{
	if (!inline_value && parser->next >= parser->argc)
		return diag_error(parser->diags, nowhere, "--%s needs a value: %s", row->name,
				  row->argument);
	return set_option(parser, row, inline_value ? inline_value : parser->argv[parser->next++]);
}

static bool refuse_foreign(struct parser *parser, const struct option_row *row)
{
	const struct command *command = parser->options->command;

	if (takes(command, row))
		return true;
	if (!command)
		return diag_error(parser->diags, nowhere, "--%s needs a command before it",
				  row->name);
	return diag_error(parser->diags, nowhere, "%s takes no --%s", command->name, row->name);
}

static bool parse_long(struct parser *parser, const char *word)
{
	const char *equals = strchr(word, '=');
	size_t n = equals ? (size_t)(equals - word) : strlen(word);
	const struct option_row *row = row_by_name(word, n);

	if (!row) {
		char *name = arena_strndup(&parser->diags->arena, word, n);

		return unknown_option(parser, name);
	}
	if (row->argument) {
		bool known = refuse_foreign(parser, row);

		return known ? take_value(parser, row, equals ? equals + 1 : NULL)
			     : (parser->next += !equals, false);
	}
	if (equals)
		return diag_error(parser->diags, nowhere, "--%s takes no value", row->name);
	return refuse_foreign(parser, row) && set_option(parser, row, NULL);
}

/* A cluster of short options: -qv, -j2, -tfoo. */
static bool parse_short(struct parser *parser, const char *word)
{
	for (; *word; word++) {
		const struct option_row *row = row_by_letter(*word);
		bool known;

		if (!row)
			return diag_error(parser->diags, nowhere, "unknown option -%c", *word);
		known = refuse_foreign(parser, row);
		if (row->argument && known)
			return take_value(parser, row, word[1] ? word + 1 : NULL);
		if (row->argument)
			return parser->next += !word[1], false;
		if (!known || !set_option(parser, row, NULL))
			return false;
	}
	return true;
}

static bool set_command(struct parser *parser, const char *word)
{
	const char *names[NAMES_MAX], *nearest;
	size_t n = 0;

	for (const struct command *command = commands; command->name; command++) {
		if (!strcmp(command->name, word)) {
			parser->options->command = command;
			return true;
		}
		if (n < NAMES_MAX)
			names[n++] = command->name;
	}
	diag_error(parser->diags, nowhere, "unknown command '%s'", word);
	nearest = nearest_word(word, names, n);
	if (nearest)
		diag_note(parser->diags, nowhere, "did you mean '%s'?", nearest);
	return false;
}

static bool parse_operand(struct parser *parser, const char *word)
{
	struct options *options = parser->options;

	if (!options->command && !parser->help_word && !strcmp(word, "help")) {
		parser->help_word = options->help = true;
		return true;
	}
	if (!options->command)
		return set_command(parser, word);
	if (options->n_operands == OPERANDS_MAX)
		return diag_error(parser->diags, nowhere, "more than %d operands", OPERANDS_MAX);
	options->operands[options->n_operands++] = word;
	return true;
}

/* A command that is not known makes everything after it guesswork: reading stops there. */
static void parse_words(struct parser *parser)
{
	while (parser->next < parser->argc) {
		const char *word = parser->argv[parser->next++];
		bool had_command = parser->options->command;

		if (parser->operands_only || word[0] != '-' || !word[1]) {
			if (!parse_operand(parser, word) && !had_command)
				return;
		} else if (!strcmp(word, "--")) {
			parser->operands_only = true;
		} else if (word[1] == '-') {
			parse_long(parser, word + 2);
		} else {
			parse_short(parser, word + 1);
		}
	}
}

/* True when the N bytes at WORD are one of the words of LIST, which spaces separate. */
static bool listed(const char *list, const char *word, size_t n)
{
	while (*list) {
		size_t length = strcspn(list, " ");

		if (length == n && !memcmp(list, word, n))
			return true;
		list += length + (list[length] == ' ');
	}
	return false;
}

static void check_formats(const struct options *options, struct diags *diags)
{
	const struct command *command = options->command;

	for (size_t i = 0; i < options->formats.n; i++) {
		const char *format = options->formats.at[i];
		size_t n = strcspn(format, ":");

		if (!listed(command->formats, format, n))
			diag_error(diags, nowhere, "%s has no format '%.*s'; it has: %s",
				   command->name, (int)n, format, command->formats);
		else if (format[n] && !format[n + 1])
			diag_error(diags, nowhere, "--format %s: no file after the colon", format);
	}
}

static void check_complete(const struct options *options, struct diags *diags)
{
	const struct command *command = options->command;

	if (!command) {
		diag_error(diags, nowhere, "no command");
		return;
	}
	if (options->n_operands < command->min_operands)
		diag_error(diags, nowhere, "%s needs %s%zu operand%s, got %zu", command->name,
			   command->min_operands < command->max_operands ? "at least " : "",
			   command->min_operands, command->min_operands == 1 ? "" : "s",
			   options->n_operands);
	for (size_t i = command->max_operands; i < options->n_operands; i++)
		diag_error(diags, nowhere, "%s: operand '%s' is too many", command->name,
			   options->operands[i]);
	check_formats(options, diags);
}

bool options_parse(struct options *options, int argc, const char *const *argv, struct diags *diags)
{
	struct parser parser = {
		.options = options, .argv = argv, .argc = argc, .next = 1, .diags = diags};

	*options = (struct options){0};
	options->table = argc == 2 && !strcmp(argv[1], "--table");
	if (!options->table)
		parse_words(&parser);
	if (!diags_failed(diags) && !options->help && !options->version && !options->table)
		check_complete(options, diags);
	if (diags_failed(diags))
		diag_note(diags, nowhere, "carryover%s%s --help says more",
			  options->command ? " " : "",
			  options->command ? options->command->name : "");
	options->read.jobs = options->jobs;
	return !diags_failed(diags);
}

void options_deinit(struct options *options)
{
	VEC_FREE(&options->types);
	VEC_FREE(&options->roots);
	VEC_FREE(&options->formats);
	VEC_FREE(&options->patches);
}

static const char *argument_of(const struct option_row *row, const struct command *command)
{
	if (row->key == 'o' && command)
		return strstr(command->synopsis, "-o DIR") ? "DIR" : "FILE";
	return row->argument;
}

static void help_row(const struct option_row *row, const struct command *command, struct text *out)
{
	char left[64];
	const char *argument = argument_of(row, command);

	snprintf(left, sizeof(left), "%c%c%s --%s%s%s", is_short(row) ? '-' : ' ',
		 is_short(row) ? row->key : ' ', is_short(row) ? "," : " ", row->name,
		 argument ? " " : "", argument ? argument : "");
	text_add(out, "  %-24s %s\n", left, row->summary);
	if (row->key == 'F' && command && command->formats)
		text_add(out, "  %-24s one of: %s\n", "", command->formats);
}

static void help_options(const struct command *command, struct text *out)
{
	text_puts(out, "\nOptions:\n");
	for (const struct option_row *row = option_rows; row->name; row++)
		if (takes(command, row))
			help_row(row, command, out);
}

static void help_exit_codes(struct text *out)
{
	text_puts(out,
		  "\nExit codes:\n"
		  "  0  clean\n"
		  "  1  differences, drift that nothing accounts for, no way\n"
		  "  2  usage, an input that cannot be read or is not recognised, a mapping error\n"
		  "  3  recognised, but not enough evidence: stripped, truncated, unsupported\n");
}

void options_help(const struct command *command, struct text *out)
{
	if (command) {
		text_add(out, "Usage: carryover %s %s\n\n%c%s.\n", command->name, command->synopsis,
			 toupper((unsigned char)command->summary[0]), command->summary + 1);
	} else {
		text_puts(out, "Usage: carryover COMMAND [OPTION]...\n\n"
			       "Shows how the types of two releases of a program differ, and "
			       "generates the C\n"
			       "that turns objects of the old one into objects of the new one.\n\n"
			       "Commands:\n");
		for (const struct command *each = commands; each->name; each++)
			text_add(out, "  %-8s %s\n", each->name, each->summary);
		text_puts(out, "\ncarryover COMMAND --help says more about one of them.\n");
	}
	help_options(command, out);
	help_exit_codes(out);
}

static void table_row(const struct option_row *row, const struct command *command, struct text *out)
{
	const char *argument = argument_of(row, command);

	text_add(out, "option\t%s\t%.*s\t%s\t%s\t%s\t", command ? command->name : "",
		 is_short(row), &row->key, row->name, argument ? argument : "", row->summary);
	if (row->key == 'F' && command && command->formats)
		text_puts(out, command->formats);
	for (size_t i = 0; row->kind == OPTION_COLOR && i < 3; i++)
		text_add(out, "%s%s", i ? " " : "", color_words[i]);
	text_puts(out, "\n");
}

void options_table(struct text *out)
{
	for (const struct command *command = commands; command->name; command++) {
		text_add(out, "command\t%s\t%s\t%s\n", command->name, command->synopsis,
			 command->summary);
		for (const struct option_row *row = option_rows; row->name; row++)
			if (takes(command, row))
				table_row(row, command, out);
	}
	for (const struct option_row *row = option_rows; row->name; row++)
		if (takes(NULL, row))
			table_row(row, NULL, out);
}
