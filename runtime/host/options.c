// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of commands and options, parsing by them, and the help made from them. */
#include "run.h"
#include "../carryover.h"
#include "nearest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct run_command commands[] = {
	{"capture", "-c CONVERTER.so CORE -o IMAGE",
	 "read the state that a converter carries from a kernel's memory dump", "COtqvh", 1,
	 command_capture},
	{"convert", "-c CONVERTER.so IMAGE [-o IMAGE] [--core CORE [--format text|json]]",
	 "turn an image of the old kernel's objects into one of the new kernel's, or into a\n"
	 "core that gdb and drgn open with the new kernel's debug info", "CodFqvh", 1,
	 command_convert},
	{"inspect", "IMAGE [--format text|json]",
	 "print an image, object by object and field by field", "fTnqvh", 1, command_inspect},
	{"keygen", "-o KEY", "make a pair of keys for signing: KEY, which stays secret, and KEY.pub", "Oqvh",
	 0, command_keygen},
	{"object", "-c CONVERTER.so --type T [--pointers keep|refuse] <old >new",
	 "convert one raw object from stdin to stdout", "CYpqvh", 0, command_object},
	{"preflight", "-c CONVERTER.so CORE",
	 "say which objects of a memory dump would not convert; nothing is written", "Cqvh", 1,
	 command_preflight},
	{"sign", "-k KEY IMAGE -o IMAGE", "sign an image, in place of the signature that it has",
	 "KOqvh", 1, command_sign},
	{"switch", "preflight|commit|recall|restore|discard|report [--device PATH] [--format text|json]",
	 "carry the running kernel's state to the next kernel, through /dev/carryover", "efqh", 1,
	 command_switch},
	{"verify", "IMAGE [-k KEY.pub]",
	 "check every checksum, every number and the signature of an image", "kqvh", 1,
	 command_verify},
	{"why", "IMAGE OBJECT[.MEMBER]",
	 "say where a value of an image comes from, or why it is not there", "qvh", 2, command_why},
};

/*
 * KEY is the letter by which commands name an option: lower case where a command may have it, upper
 * case where it must (Y: the type that `object` needs; T: the filter of `inspect`).
 */
struct option_row {
	char key, letter; /* letter: 0 for none */
	const char *name, *argument, *help;
};

static const struct option_row option_rows[] = {
	{'C', 'c', "converter", "CONVERTER.so", "the compiled converter"},
	{'O', 'o', "output", "FILE", "where the result goes; written whole or not at all"},
	{'K', 'k', "key", "KEY", "the secret key of keygen"},
	{'k', 'k', "key", "KEY.pub", "the image must be signed by this key"},
	{'o', 'o', "output", "IMAGE", "where the image goes; written whole or not at all"},
	{'d', 0, "core", "CORE",
	 "where a core with the converted objects goes; lists their addresses"},
	{'e', 0, "device", "PATH", "the device of carryover.ko (default: /dev/carryover)"},
	{'t', 0, "trim", "CORE", "also write the dump with only the pages that were read"},
	{'f', 0, "format", "text|json", "for people (the default) or for programs"},
	{'F', 0, "format", "text|json", "the list of --core: for people (the default) or for programs"},
	{'Y', 't', "type", "T", "the type of the object, as in 'struct cred'"},
	{'T', 't', "type", "T", "only objects of this type"},
	{'n', 0, "object", "N", "only object number N"},
	{'p', 0, "pointers", "keep|refuse",
	 "keep pointers as they are, or refuse any (the default)"},
	{'q', 'q', "quiet", NULL, "no summary and no progress"},
	{'v', 'v', "verbose", NULL, "say more; show times also without a terminal"},
	{'h', 'h', "help", NULL, "this text"},
};

#define ROWS (sizeof(option_rows) / sizeof(option_rows[0]))
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

bool run_shows_progress(const struct run_options *options)
{
	return !options->quiet && (options->verbose || isatty(STDERR_FILENO));
}

/* ---- help ------------------------------------------------------------------------------------ */

static void print_commands(FILE *out)
{
	fprintf(out, "usage: carryover-run COMMAND ...\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
	fprintf(out, "\ncarryover-run COMMAND --help says more.\n"
		     "\nExit codes:\n"
		     "  0  done\n"
		     "  1  refused: another kernel, a value that does not convert, a bad checksum, a "
		     "fault of a switch\n"
		     "  2  usage, an input that cannot be read or is malformed, a machine that is not "
		     "set up for a switch\n"
		     "  3  recognised, but not enough evidence\n");
}

static void print_command(const struct run_command *command, FILE *out)
{
	fprintf(out, "usage: carryover-run %s %s\n\n%s\n\n", command->name, command->synopsis,
		command->summary);
	for (size_t i = 0; i < ROWS; i++) {
		const struct option_row *row = &option_rows[i];
		char left[64];

		if (!strchr(command->options, row->key))
			continue;
		snprintf(left, sizeof(left), "%c%c%s--%s%s%s", row->letter ? '-' : ' ',
			 row->letter ? row->letter : ' ', row->letter ? ", " : "  ", row->name,
			 row->argument ? " " : "", row->argument ? row->argument : "");
		fprintf(out, "  %-32s %s\n", left, row->help);
	}
}

/*
 * The tables as lines of tab-separated fields, from which man pages and completion are made:
 *
 *   command  NAME SYNOPSIS SUMMARY
 *   option   COMMAND LETTER NAME ARGUMENT SUMMARY WORDS
 *
 * COMMAND is empty for what is written without one; WORDS, if any, are the values that there are,
 * separated by spaces.
 */
static void print_table_row(const char *command, const struct option_row *row, FILE *out)
{
	fprintf(out, "option\t%s\t%.*s\t%s\t%s\t%s\t", command, row->letter != 0, &row->letter,
		row->name, row->argument ? row->argument : "", row->help);
	for (const char *c = row->argument; c && strchr(row->argument, '|') && *c; c++)
		fputc(*c == '|' ? ' ' : *c, out);
	fputc('\n', out);
}

static void print_table(FILE *out)
{
	static const struct option_row alone[] = {
		{'h', 'h', "help", NULL, "print the commands; after one of them: its options"},
		{0, 0, "version", NULL, "print the version"},
	};

	for (size_t i = 0; i < COMMANDS; i++) {
		fprintf(out, "command\t%s\t%s\t", commands[i].name, commands[i].synopsis);
		for (const char *c = commands[i].summary; *c; c++)
			fputc(*c == '\n' ? ' ' : *c, out);
		fputc('\n', out);
		for (size_t j = 0; j < ROWS; j++)
			if (strchr(commands[i].options, option_rows[j].key))
				print_table_row(commands[i].name, &option_rows[j], out);
	}
	for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		print_table_row("", &alone[i], out);
}

/* ---- parsing --------------------------------------------------------------------------------- */

static int parse_number(const char *text, uint32_t *value)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end || n >= CO_NOWHERE)
		return -1;
	*value = (uint32_t)n;
	return 0;
}

/* One of the two words A and B of an option: 0 or 1. */
static int parse_word(const char *text, const char *a, const char *b, int *which)
{
	*which = !strcmp(text, b);
	return *which || !strcmp(text, a) ? 0 : -1;
}

static int set_option(struct run_options *options, char key, const char *value)
{
	int which = 0, error = 0;

	switch (key) {
	case 'C':
		options->converter = value;
		break;
	case 'O':
	case 'o':
		options->output = value;
		break;
	case 'k':
	case 'K':
		options->key = value;
		break;
	case 'e':
		options->device = value;
		break;
	case 't':
		options->trim = value;
		break;
	case 'd':
		options->core = value;
		break;
	case 'f':
	case 'F':
		error = parse_word(value, "text", "json", &which);
		options->format = which ? FORMAT_JSON : FORMAT_TEXT;
		break;
	case 'Y':
	case 'T':
		options->type = value;
		break;
	case 'n':
		error = parse_number(value, &options->object);
		break;
	case 'p':
		error = parse_word(value, "refuse", "keep", &which);
		options->keep_pointers = which;
		break;
	case 'q':
		options->quiet = true;
		break;
	case 'v':
		options->verbose = true;
		break;
	case 'h':
		options->help = true;
		break;
	}
	return error;
}

static const struct option_row *find_option(const struct run_command *command, const char *word)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct option_row *row = &option_rows[i];
		size_t n = strlen(row->name);

		if (!strchr(command->options, row->key))
			continue;
		if (word[1] == '-' && !strncmp(word + 2, row->name, n) &&
		    (!word[2 + n] || word[2 + n] == '='))
			return row;
		if (word[1] != '-' && row->letter == word[1])
			return row;
	}
	return NULL;
}

static int refuse_option(const struct run_command *command, const char *word, struct report *report)
{
	struct nearest nearest;

	nearest_init(&nearest, word + 2, strcspn(word + 2, "="));
	for (size_t i = 0; word[1] == '-' && i < ROWS; i++)
		if (strchr(command->options, option_rows[i].key))
			nearest_offer(&nearest, option_rows[i].name);
	return report_fail(report, EXIT_UNUSABLE, "%s: unknown option '%s'%s%s%s", command->name,
			   word, nearest.word ? "; did you mean --" : "",
			   nearest.word ? nearest.word : "", nearest.word ? "?" : "");
}

static void refuse_command(const char *word, struct report *report)
{
	struct nearest nearest;

	nearest_init(&nearest, word, strlen(word));
	for (size_t i = 0; i < COMMANDS; i++)
		nearest_offer(&nearest, commands[i].name);
	if (nearest.word)
		report_fail(report, EXIT_UNUSABLE, "unknown command '%s'; did you mean '%s'?", word,
			    nearest.word);
	else
		report_fail(report, EXIT_UNUSABLE, "unknown command '%s': try carryover-run --help",
			    word);
}

/* Parses the option at ARGV[*AT], moving *AT to its last word. */
static int parse_option(const struct run_command *command, int argc, char **argv, int *at,
			struct run_options *options, struct report *report)
{
	const char *word = argv[*at], *value = NULL;
	const struct option_row *row = find_option(command, word);

	if (!row)
		return refuse_option(command, word, report);
	if (word[1] == '-' && strchr(word, '='))
		value = strchr(word, '=') + 1;
	else if (word[1] != '-' && word[2])
		value = word + 2;
	if (!row->argument && value)
		return report_fail(report, EXIT_UNUSABLE, "%s: '%s': --%s takes no argument",
				   command->name, word, row->name);
	if (row->argument && !value) {
		if (*at + 1 >= argc)
			return report_fail(report, EXIT_UNUSABLE, "%s: --%s needs %s",
					   command->name, row->name, row->argument);
		value = argv[++*at];
	}
	if (set_option(options, row->key, value))
		return report_fail(report, EXIT_UNUSABLE, "%s: --%s takes %s, not '%s'",
				   command->name, row->name, row->argument, value);
	return 0;
}

static int check_complete(const struct run_command *command, const struct run_options *options,
			  struct report *report)
{
	int code = 0;

	if (strchr(command->options, 'C') && !options->converter)
		code = report_fail(report, EXIT_UNUSABLE, "%s: needs -c CONVERTER.so",
				   command->name);
	if (strchr(command->options, 'O') && !options->output)
		code = report_fail(report, EXIT_UNUSABLE, "%s: needs -o FILE", command->name);
	if (strchr(command->options, 'K') && !options->key)
		code = report_fail(report, EXIT_UNUSABLE, "%s: needs -k KEY", command->name);
	if (strchr(command->options, 'Y') && !options->type)
		code = report_fail(report, EXIT_UNUSABLE, "%s: needs --type T", command->name);
	if ((command->operands >= 1 && !options->operand) ||
	    (command->operands >= 2 && !options->place))
		code = report_fail(report, EXIT_UNUSABLE, "%s: usage: carryover-run %s %s",
				   command->name, command->name, command->synopsis);
	return code;
}

static int parse_words(const struct run_command *command, int argc, char **argv,
		       struct run_options *options, struct report *report)
{
	bool only_operands = false;
	int code = 0;

	for (int i = 2; i < argc && !code; i++) {
		if (!only_operands && !strcmp(argv[i], "--"))
			only_operands = true;
		else if (!only_operands && argv[i][0] == '-' && argv[i][1])
			code = parse_option(command, argc, argv, &i, options, report);
		else if (!options->operand && command->operands >= 1)
			options->operand = argv[i];
		else if (!options->place && command->operands >= 2)
			options->place = argv[i];
		else
			code = report_fail(report, EXIT_UNUSABLE,
					   "%s: '%s' is one operand too many", command->name,
					   argv[i]);
	}
	return code;
}

const struct run_command *run_parse(int argc, char **argv, struct run_options *options, FILE *out,
				    struct report *report)
{
	const struct run_command *command = NULL;

	*options = (struct run_options){.object = CO_NOWHERE};
	if (argc < 2) {
		report_fail(report, EXIT_UNUSABLE, "no command: try carryover-run --help");
		return NULL;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_commands(out);
		options->help = true;
		return NULL;
	}
	if (!strcmp(argv[1], "--version")) {
		fprintf(out, "carryover-run %s\n", CARRYOVER_VERSION);
		options->help = true;
		return NULL;
	}
	if (!strcmp(argv[1], "--table")) {
		print_table(out);
		options->help = true;
		return NULL;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			command = &commands[i];
	if (!command) {
		refuse_command(argv[1], report);
		return NULL;
	}
	if (parse_words(command, argc, argv, options, report))
		return NULL;
	if (options->help)
		print_command(command, out);
	else if (check_complete(command, options, report))
		return NULL;
	return command;
}
