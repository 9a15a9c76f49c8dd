/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands of carryover-run and their options: one table each. */
#ifndef CO_HOST_RUN_H
#define CO_HOST_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "../image.h"
#include "file.h"
#include "report.h"

enum format { FORMAT_TEXT, FORMAT_JSON };

struct run_options {
	const char *converter; /* -c */
	const char *output;    /* -o */
	const char *type;      /* --type */
	const char *trim;      /* --trim */
	const char *key;       /* -k */
	const char *core;      /* --core */
	const char *device;    /* --device; NULL: DEVICE_PATH */
	uint32_t object;       /* --object; CO_NOWHERE: all */
	enum format format;    /* --format */
	bool keep_pointers;    /* --pointers keep */
	bool quiet, verbose, help;
	const char *operand; /* CORE or IMAGE, or the word of `switch` */
	const char *place;   /* the second operand: OBJECT.member */
};

/*
 * A command writes its result to OUT, which main() puts on stdout when nothing failed (or with
 * REPORT's `shown`), and its files itself, last. Failures go to REPORT and decide the exit code.
 */
struct run_command {
	const char *name;
	const char *synopsis; /* after the name */
	const char *summary;
	const char
		*options; /* letters of the option table: what it takes; upper case ones it needs */
	unsigned int operands; /* how many, all needed */
	void (*run)(const struct run_options *options, FILE *out, struct report *report);
};

void command_capture(const struct run_options *options, FILE *out, struct report *report);
void command_convert(const struct run_options *options, FILE *out, struct report *report);
void command_inspect(const struct run_options *options, FILE *out, struct report *report);
void command_keygen(const struct run_options *options, FILE *out, struct report *report);
void command_preflight(const struct run_options *options, FILE *out, struct report *report);
void command_object(const struct run_options *options, FILE *out, struct report *report);
void command_sign(const struct run_options *options, FILE *out, struct report *report);
void command_switch(const struct run_options *options, FILE *out, struct report *report);
void command_verify(const struct run_options *options, FILE *out, struct report *report);
void command_why(const struct run_options *options, FILE *out, struct report *report);

/* Opens the image at PATH, which borrows FILE; 0, or noted. file_close() after success. */
int run_open_image(const char *path, struct file *file, struct co_image *image,
		   struct report *report);

/*
 * Parses ARGV after the program's name: the command, or NULL with what was wrong noted (unusable).
 * With --help or --version the text goes to OUT and options->help is true.
 */
const struct run_command *run_parse(int argc, char **argv, struct run_options *options, FILE *out,
				    struct report *report);

/* Whether progress and times may be shown: -v, or a terminal on stderr, and never with -q. */
bool run_shows_progress(const struct run_options *options);

/* Everything from argv to exit code; results to OUT, messages to ERR. */
int run_main(int argc, char **argv, FILE *out, FILE *err);

#endif
