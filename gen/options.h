/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: one table of commands and options drives parsing, --help, man pages and completion. */
#ifndef CO_GEN_OPTIONS_H
#define CO_GEN_OPTIONS_H

#include "../schema/diag.h"
#include "../schema/input.h"
#include "../schema/text.h"

#define OPERANDS_MAX 16

struct option_list {
	const char **at;
	size_t n, room;
};

struct options {
	const struct command *command;
	const char *operands[OPERANDS_MAX];
	size_t n_operands;
	struct option_list types;   /* -t, --type: labels */
	struct option_list roots;   /* -r, --root: labels, with all they reach by embedding and by pointer */
	struct option_list formats; /* --format: `json` or `json:FILE`, as written */
	const char *carried;	    /* --carried MAPPING: only what its carried members reach */
	const char *output;	    /* -o FILE or DIR */
	const char *old_input, *new_input; /* --old, --new */
	const char *ledger;	    /* --ledger FILE */
	bool reverse, stats, quiet, color;
	unsigned int verbose;
	unsigned int jobs; /* 0: one thread for each processor */
	struct read_options read; /* jobs and progress, ready for input_read() */
};

/*
 * A command builds its result in OUT, which main() writes to stdout (or -o) when no diagnostic failed,
 * and returns its exit code (0 or 1); 2 and 3 come from DIAGS.
 */
struct command {
	const char *name;
	const char *synopsis; /* "INPUT [-t TYPE]... [-o FILE]" */
	const char *summary;  /* one line for --help */
	size_t min_operands, max_operands;
	const char *options;  /* the letters of the option table that it takes */
	int (*run)(const struct options *options, struct text *out, struct diags *diags);
};

int command_dump(const struct options *options, struct text *out, struct diags *diags);
int command_diff(const struct options *options, struct text *out, struct diags *diags);
int command_map(const struct options *options, struct text *out, struct diags *diags);
int command_gen(const struct options *options, struct text *out, struct diags *diags);

#endif
