/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: one table of commands and options drives parsing, --help, man pages and
 * completion. */
#ifndef CO_GEN_OPTIONS_H
#define CO_GEN_OPTIONS_H

#include "../schema/diag.h"
#include "../schema/input.h"
#include "../schema/text.h"

#define OPERANDS_MAX 64
#define JOBS_MAX 1024

struct option_list {
	const char **at;
	size_t n, room;
};

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
	const struct command *command; /* NULL when help or version was asked for without one */
	const char *operands[OPERANDS_MAX];
	size_t n_operands;
	struct option_list types; /* -t, --type: labels */
	struct option_list
		roots; /* -r, --root: labels, with all they reach by embedding and by pointer */
	struct option_list formats; /* --format: `json` or `json:FILE`, as written; its word is one
				       of the command's */
	const char *carried;	    /* --carried MAPPING: only what its carried members reach */
	const char *output;	    /* -o FILE or DIR */
	const char *old_input, *new_input; /* --old, --new */
	const char *ledger;		   /* --ledger FILE */
	struct option_list patches;	   /* --patch DIFF */
	const char *old_headers, *new_headers; /* --old-headers DIR, --new-headers DIR */
	const char *carry;		   /* --carry MAPPING: decisions of another pair */
	const char *mappings;		   /* --mappings DIR: what converters there are */
	const char *profile;		   /* --profile: as carryover.yaml has it */
	const char *config; /* --config FILE; NULL: carryover.yaml when it is there */
	const char *waivers; /* --waivers FILE */
	const char *reason, *owner, *expires; /* of accept */
	bool all;    /* of accept: whatever check fails for */
	bool update; /* of check: the baseline is written anew */
	bool cross;  /* of check: one input, its DWARF against its BTF */
	bool stat;   /* of check: the format stat, unless --format says another */
	bool reverse, stats, quiet;
	bool help, version;
	bool table; /* --table, which --help does not list */
	enum color_when color_when; /* --color */
	bool color; /* whether the result on stdout shall be coloured; set by main() */
	unsigned int verbose;
	unsigned int jobs;	  /* 0: one thread for each processor */
	struct read_options read; /* jobs and progress, ready for input_read() */
};

/* How an option's value is kept in struct options. */
enum option_kind {
	OPTION_FLAG,
	OPTION_COUNT,
	OPTION_VALUE,
	OPTION_LIST,
	OPTION_JOBS,
	OPTION_COLOR
};

struct option_row {
	char key; /* names the row in struct command; a lower-case letter is also its short form */
	const char *name; /* without the dashes */
	const char
		*argument; /* what --help calls its value; NULL for OPTION_FLAG and OPTION_COUNT */
	const char *summary;
	enum option_kind kind;
	size_t offset; /* in struct options */
};

/*
 * A command builds its result in OUT, which main() writes to stdout (or -o) when no diagnostic
 * failed, and returns its exit code (0 or 1); 2 and 3 come from DIAGS.
 */
struct command {
	const char *name;
	const char *synopsis; /* "INPUT [-t TYPE]... [-o FILE]" */
	const char *summary;  /* one line for --help */
	size_t min_operands, max_operands;
	const char *
		options; /* the keys of the option rows that it takes, beyond those that all take */
	const char
		*formats;   /* what --format may name, separated by spaces; NULL without --format */
	bool writes_itself; /* -o names a directory, or several files appear: main() leaves -o alone
			     */
	int (*run)(const struct options *options, struct text *out, struct diags *diags);
};

/* Every command and every option, in the order in which --help lists them; both end with a NULL
 * name. */
extern const struct command commands[];
extern const struct option_row option_rows[];

/*
 * Reads the ARGC words at ARGV (the program's name first, not looked at) into OPTIONS, which keeps
 * pointers to them. False with a diagnostic for each usage error. With help or version asked for,
 * nothing that is missing is an error.
 */
bool options_parse(struct options *options, int argc, const char *const *argv, struct diags *diags);
void options_deinit(struct options *options);

/* The text of --help: of COMMAND, or of the whole when it is NULL. */
void options_help(const struct command *command, struct text *out);

/*
 * The tables as lines of tab-separated fields, from which man pages and completion are made:
 *
 *   command  NAME SYNOPSIS SUMMARY
 *   option   COMMAND LETTER NAME ARGUMENT SUMMARY WORDS
 *
 * COMMAND is empty for what is written without one, LETTER and ARGUMENT where there is none; WORDS, if
 * any, are the values that there are, separated by spaces.
 */
void options_table(struct text *out);

int command_dump(const struct options *options, struct text *out, struct diags *diags);
int command_diff(const struct options *options, struct text *out, struct diags *diags);
int command_map(const struct options *options, struct text *out, struct diags *diags);
int command_compat(const struct options *options, struct text *out, struct diags *diags);
int command_history(const struct options *options, struct text *out, struct diags *diags);
int command_gen(const struct options *options, struct text *out, struct diags *diags);
int command_accept(const struct options *options, struct text *out, struct diags *diags);
int command_why(const struct options *options, struct text *out, struct diags *diags);
int command_check(const struct options *options, struct text *out, struct diags *diags);
int command_explain(const struct options *options, struct text *out, struct diags *diags);

#endif
