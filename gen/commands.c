/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of commands. */
#include "options.h"
#include "report_check.h"

const struct command commands[] = {
	{"dump", "INPUT [-t TYPE]... [-r TYPE]... [--carried MAPPING] [--format FORMAT] [-o FILE]",
	 "print the types of an input", 1, 1, "trCFo", "yaml c json", false, command_dump},
	{"diff",
	 "OLD NEW [-t TYPE]... [-r TYPE]... [--carried MAPPING] [--patch DIFF]... [--format FORMAT[:FILE]]...",
	 "show what changed from one input to another", 2, 2, "trCDF", "text json html", true,
	 command_diff},
	{"map", "OLD NEW [-r TYPE]... [--carry MAPPING] [--patch DIFF]... [--old-headers DIR --new-headers DIR] [-o MAPPING] [--stats]",
	 "write or complete a mapping, with every open decision as TODO", 2, 2, "rADHQoS", NULL, true,
	 command_map},
	{"gen", "MAPPING... [--old INPUT] [--new INPUT] [--reverse] [--old-headers DIR --new-headers DIR] [--ledger FILE] -o DIR",
	 "generate the converter of a mapping, or of a chain of them", 1, OPERANDS_MAX, "ONRHQLo", NULL, true, command_gen},
	{"compat", "INPUT INPUT... [-r TYPE]... [--mappings DIR] [--format FORMAT[:FILE]]...",
	 "show which releases share their layouts, and which need a mapping", 2, OPERANDS_MAX, "rMF",
	 "text json", true, command_compat},
	{"history", "TYPE INPUT INPUT... [--format FORMAT[:FILE]]...",
	 "show one type across releases", 3, OPERANDS_MAX, "F", "text json", true, command_history},
	{"check",
	 "OLD NEW [MAPPING] [-t TYPE]... [-r TYPE]... [--carried MAPPING] [--profile PROFILE] "
	 "[--config FILE] [--waivers FILE] [--update] [--cross] [--stat] [--format FORMAT[:FILE]]...",
	 "hold a build against its baseline, and a mapping against what changed", 1, 3, "trCPGIUBTF",
	 REPORT_CHECK_FORMATS, true, command_check},
	{"accept",
	 "--reason WORDS [--owner WHO] [--expires DAY] [OPTIONS OF CHECK] OLD NEW [MAPPING] "
	 "FINGERPRINT...|--all",
	 "waive findings of check, with a reason", 1, OPERANDS_MAX, "EWXYtrCPGI", NULL, true,
	 command_accept},
	{"why", "TYPE -r ROOT... INPUT", "show how a root reaches a type", 2, 2, "rF", "text json", true,
	 command_why},
	{"explain", "[RULE]", "tell what a rule means, with an example and what to do", 0, 1, "o",
	 NULL, false, command_explain},
	{0},
};
