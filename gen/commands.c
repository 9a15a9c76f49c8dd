/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of commands and the table of options. */
#include "options.h"

#include <stddef.h>

const struct option_row option_rows[] = {
	{'t', "type", "TYPE", "only this type, written as 'struct x'", OPTION_LIST,
	 offsetof(struct options, types)},
	{'r', "root", "TYPE", "this type and everything it reaches, by embedding and by pointer",
	 OPTION_LIST, offsetof(struct options, roots)},
	{'C', "carried", "MAPPING", "only what the carried members of a mapping reach",
	 OPTION_VALUE, offsetof(struct options, carried)},
	{'F', "format", "FORMAT", "how to print the result", OPTION_LIST,
	 offsetof(struct options, formats)},
	{'O', "old", "INPUT", "the old layouts (default: old.yaml beside the mapping)",
	 OPTION_VALUE, offsetof(struct options, old_input)},
	{'N', "new", "INPUT", "the new layouts (default: new.yaml beside the mapping)",
	 OPTION_VALUE, offsetof(struct options, new_input)},
	{'R', "reverse", NULL, "generate the converter from new to old", OPTION_FLAG,
	 offsetof(struct options, reverse)},
	{'L', "ledger", "FILE", "also write what became of every byte", OPTION_VALUE,
	 offsetof(struct options, ledger)},
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

const struct command commands[] = {
#if __has_include("cmd_dump.c")
	{"dump", "INPUT [-t TYPE]... [-r TYPE]... [--carried MAPPING] [--format FORMAT] [-o FILE]",
	 "print the types of an input", 1, 1, "trCFo", "yaml c json", false, command_dump},
#endif
#if __has_include("cmd_diff.c")
	{"diff",
	 "OLD NEW [-t TYPE]... [-r TYPE]... [--carried MAPPING] [--format FORMAT[:FILE]]...",
	 "show what changed from one input to another", 2, 2, "trCF", "text json", true,
	 command_diff},
#endif
#if __has_include("cmd_map.c")
	{"map", "OLD NEW [-r TYPE]... [-o MAPPING] [--stats]",
	 "write or complete a mapping, with every open decision as TODO", 2, 2, "roS", NULL, false,
	 command_map},
#endif
#if __has_include("cmd_gen.c")
	{"gen", "MAPPING [--old INPUT --new INPUT] [--reverse] [--ledger FILE] -o DIR",
	 "generate the converter of a mapping", 1, 1, "ONRLo", NULL, true, command_gen},
#endif
	{0},
};
