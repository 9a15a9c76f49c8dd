/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program: command line in, result on standard output, findings on standard error, exit code
 * out. */
#include "console.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef CARRYOVER_VERSION
#error "the Makefile says which version this is"
#endif

/*
 * A standard stream that was closed would be the number of the next file that is opened: results
 * would go into that file. What cannot be written to takes its place.
 */
static void hold_standard_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != fd)
			_exit(2);
}

static bool write_stdout(const struct text *out, struct diags *diags)
{
	size_t done = 0;

	while (done < out->n) {
		ssize_t n = write(STDOUT_FILENO, out->at + done, out->n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return diag_error(diags, place_file("standard output"), "cannot write: %s",
					  strerror(errno));
		done += (size_t)n;
	}
	return true;
}

static bool write_result(const struct options *options, const struct text *out, struct diags *diags)
{
	struct output output;
	bool good;

	if (!options->output || options->command->writes_itself)
		return write_stdout(out, diags);
	output_init(&output);
	output_add(&output, options->output, text_string(out), out->n);
	good = output_commit(&output, NULL, diags);
	output_deinit(&output);
	return good;
}

static void print_diags(const struct options *options, const struct diags *diags)
{
	struct text out;

	text_init(&out);
	console_diags(diags, options->quiet, console_color(options->color_when, STDERR_FILENO),
		      &out);
	fputs(text_string(&out), stderr);
	text_deinit(&out);
}

static int run(struct options *options, struct text *out, struct diags *diags)
{
	struct progress progress;
	int code;

	if (options->version) {
		text_puts(out, "carryover " CARRYOVER_VERSION "\n");
		return write_stdout(out, diags) ? 0 : 2;
	}
	if (options->help || options->table) {
		if (options->help)
			options_help(options->command, out);
		else
			options_table(out);
		return write_stdout(out, diags) ? 0 : 2;
	}
	options->color = !options->output && console_color(options->color_when, STDOUT_FILENO);
	progress_init(&progress, options->quiet);
	options->read.progress = progress_report;
	options->read.data = &progress;
	code = options->command->run(options, out, diags);
	progress_deinit(&progress);
	if (!diags_failed(diags))
		write_result(options, out, diags);
	return code;
}

int main(int argc, char **argv)
{
	struct options options;
	struct diags diags;
	struct text out;
	int code = 0;

	hold_standard_streams();
	diags_init(&diags);
	text_init(&out);
	if (options_parse(&options, argc, (const char *const *)argv, &diags))
		code = run(&options, &out, &diags);
	print_diags(&options, &diags);
	if (diags_failed(&diags))
		code = diags_exit_code(&diags);
	options_deinit(&options);
	text_deinit(&out);
	diags_deinit(&diags);
	return code;
}
