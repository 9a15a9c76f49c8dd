// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands of carryover-run, but for inspect and signatures: files in, core functions, files out. */
#include "run.h"
#include "capture.h"
#include "change.h"
#include "inspect.h"
#include "loader.h"
#include "memory.h"
#include "newcore.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- summaries ------------------------------------------------------------------------------- */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_time(const struct run_options *options, const char *what, double since)
{
	if (run_shows_progress(options))
		fprintf(stderr, "%s in %.1f ms\n", what, (now() - since) * 1e3);
}

static void print_row(FILE *out, const char *name, size_t n, size_t bytes)
{
	if (n)
		fprintf(out, "%-40s %8zu %12zu\n", name, n, bytes);
}

/* Objects and bytes of each type that is there, in the converter's order. */
static void print_summary(const struct run_options *options, const struct state *state,
			  const struct co_converter *converter, FILE *out)
{
	size_t *n = memory_zeroed(converter->n_types + 1u, sizeof(*n));
	size_t *bytes = memory_zeroed(converter->n_types + 1u, sizeof(*bytes));
	size_t all = 0;

	for (size_t i = 0; i < state->n_objects; i++) {
		const struct state_object *object = &state->objects[i];
		uint32_t row = object->type == CO_NOWHERE ? converter->n_types : object->type;

		n[row]++;
		bytes[row] += object->size;
		all += object->size;
	}
	if (!options->quiet) {
		fprintf(out, "%-40s %8s %12s\n", "type", "objects", "bytes");
		for (uint32_t i = 0; i < converter->n_types; i++)
			print_row(out, converter->types[i].name, n[i], bytes[i]);
		print_row(out, "bytes", n[converter->n_types], bytes[converter->n_types]);
		print_row(out, "all", state->n_objects, all);
		if (state->n_sides)
			fprintf(out, "%-40s %8zu\n", "side values", state->n_sides);
	}
	free(n);
	free(bytes);
}

/* ---- images ---------------------------------------------------------------------------------- */

static int fail_image(const char *path, int error, const struct co_image_trouble *trouble,
		      struct report *report)
{
	return report_fail(report, error == CO_E_CHECKSUM ? EXIT_REFUSED : EXIT_UNUSABLE,
			   "%s: %s (at byte %llu)", path, trouble->reason,
			   (unsigned long long)trouble->at);
}

int run_open_image(const char *path, struct file *file, struct co_image *image,
		   struct report *report)
{
	struct co_image_trouble trouble = {.reason = ""};
	int code = file_open(file, path, report), error;

	if (code)
		return code;
	error = co_image_open(image, file->data, file->size, &trouble);
	if (!error)
		return 0;
	code = fail_image(path, error, &trouble, report);
	file_close(file);
	return code;
}

/* The image of STATE, which must also pass what every reader asks. */
static uint8_t *make_image(const struct state *state, const struct co_converter *converter,
			   bool is_new, uint64_t *size, struct report *report)
{
	uint8_t *data = state_write(state, converter, is_new, size, report);
	struct co_image *image = memory_zeroed(1, sizeof(*image));
	struct co_image_trouble trouble;

	if (data && co_image_open(image, data, *size, &trouble) != CO_OK) {
		report_fail(report, EXIT_UNUSABLE,
			    "the converter's tables make no image that can be read: %s (at byte "
			    "%llu)",
			    trouble.reason, (unsigned long long)trouble.at);
		free(data);
		data = NULL;
	}
	free(image);
	return data;
}

/* ---- capture --------------------------------------------------------------------------------- */

static void write_capture(const struct run_options *options, const struct state *state,
			  const struct dump *dump, const struct co_converter *converter, FILE *out,
			  struct report *report)
{
	uint64_t size;
	size_t trimmed_size = 0;
	uint8_t *data = make_image(state, converter, false, &size, report), *trimmed = NULL;
	int code = data ? 0 : EXIT_REFUSED;

	if (!code && options->trim) {
		trimmed = dump_trim(dump, &trimmed_size);
		if (!trimmed)
			code = report_fail(report, EXIT_UNUSABLE,
					   "%s: too many separate pieces of memory for an ELF file",
					   options->trim);
		else
			code = file_write(options->trim, trimmed, trimmed_size, report);
	}
	if (!code)
		code = file_write(options->output, data, size, report);
	if (!code)
		print_summary(options, state, converter, out);
	free(trimmed);
	free(data);
}

void command_capture(const struct run_options *options, FILE *out, struct report *report)
{
	struct loaded loaded;
	struct dump dump;
	struct vm vm;
	struct state state;
	double start = now();

	if (loader_open(&loaded, options->converter, report))
		return;
	if (dump_open(&dump, options->operand, report)) {
		loader_close(&loaded);
		return;
	}
	state_init(&state);
	if (!vm_init(&vm, &dump, report) && !capture_run(&state, &vm, loaded.converter, report)) {
		write_capture(options, &state, &dump, loaded.converter, out, report);
		print_time(options, "captured", start);
	}
	state_deinit(&state);
	dump_close(&dump);
	loader_close(&loaded);
}

/* ---- preflight ------------------------------------------------------------------------------- */

/* What convert would do, without its result: every refusal is told, not the first alone. */
static void preflight_state(const struct run_options *options, struct state *old,
			    const struct co_converter *converter, FILE *out, struct report *report)
{
	struct state new;
	uint64_t size;

	state_init(&new);
	if (!change_state(&new, old, converter, report)) {
		free(make_image(&new, converter, true, &size, report));
		if (!report_exit(report) && !options->quiet)
			fprintf(out, "%zu objects convert\n", new.n_objects);
	}
	state_deinit(&new);
}

void command_preflight(const struct run_options *options, FILE *out, struct report *report)
{
	struct loaded loaded;
	struct dump dump;
	struct vm vm;
	struct state state;

	if (loader_open(&loaded, options->converter, report))
		return;
	if (dump_open(&dump, options->operand, report)) {
		loader_close(&loaded);
		return;
	}
	state_init(&state);
	if (!vm_init(&vm, &dump, report) && !capture_run(&state, &vm, loaded.converter, report))
		preflight_state(options, &state, loaded.converter, out, report);
	state_deinit(&state);
	dump_close(&dump);
	loader_close(&loaded);
}

/* ---- convert --------------------------------------------------------------------------------- */

/* The core of IMAGE, whose objects are the new kernel's; its list and, with STATE, what there is. */
static void write_core(const struct run_options *options, const struct co_image *image,
		       const struct state *state, const struct co_converter *converter, FILE *out,
		       struct report *report)
{
	struct newcore core;

	if (!newcore_make(&core, image, converter, report) &&
	    (!options->output || !file_write(options->output, image->data, image->size, report)) &&
	    !file_write(options->core, core.data, core.size, report)) {
		if (state && options->format == FORMAT_TEXT)
			print_summary(options, state, converter, out);
		if (!options->quiet)
			newcore_list(&core, options->format, out);
	}
	newcore_deinit(&core);
}

static void write_converted(const struct run_options *options, const struct state *state,
			    const struct co_converter *converter, FILE *out, struct report *report)
{
	struct co_image *image = memory_zeroed(1, sizeof(*image));
	struct co_image_trouble trouble;
	uint64_t size;
	uint8_t *data = make_image(state, converter, true, &size, report);

	if (data && options->core) {
		if (co_image_open(image, data, size, &trouble) == CO_OK)
			write_core(options, image, state, converter, out, report);
	} else if (data && !file_write(options->output, data, size, report)) {
		print_summary(options, state, converter, out);
	}
	free(image);
	free(data);
}

static void convert_image(const struct run_options *options, const struct co_image *image,
			  const struct co_converter *converter, FILE *out, struct report *report)
{
	struct state old, new;
	double start = now();

	state_init(&old);
	state_init(&new);
	if (!state_read(&old, image, converter, report) &&
	    !change_state(&new, &old, converter, report)) {
		print_time(options, "converted", start);
		write_converted(options, &new, converter, out, report);
		print_time(options, "done", start);
	}
	state_deinit(&old);
	state_deinit(&new);
}

void command_convert(const struct run_options *options, FILE *out, struct report *report)
{
	struct co_image *image = memory_zeroed(1, sizeof(*image));
	struct loaded loaded;
	struct file file;

	if (!options->output && !options->core)
		report_fail(report, EXIT_UNUSABLE, "convert: needs -o IMAGE or --core CORE");
	else if (!options->core && options->format == FORMAT_JSON)
		report_fail(report, EXIT_UNUSABLE, "convert: --format is about the list of --core");
	else if (!loader_open(&loaded, options->converter, report)) {
		if (!run_open_image(options->operand, &file, image, report)) {
			/* What was converted already needs no more than its core. */
			if (!options->output && newcore_is_of(image, loaded.converter))
				write_core(options, image, NULL, loaded.converter, out, report);
			else
				convert_image(options, image, loaded.converter, out, report);
			file_close(&file);
		}
		loader_close(&loaded);
	}
	free(image);
}

/* ---- inspect ---------------------------------------------------------------------- */

void command_inspect(const struct run_options *options, FILE *out, struct report *report)
{
	struct co_image *image = memory_zeroed(1, sizeof(*image));
	struct file file;

	if (!run_open_image(options->operand, &file, image, report)) {
		inspect_image(image, options, out, report);
		file_close(&file);
	}
	free(image);
}

/* ---- object ---------------------------------------------------------------------------------- */

#define STDIN_MAX (1u << 26)

static uint8_t *read_stdin(size_t *size, struct report *report)
{
	uint8_t *data = NULL;
	size_t room = 0;
	ssize_t n = 1;

	*size = 0;
	while (n > 0 && *size < STDIN_MAX) {
		if (*size == room)
			data = memory_grow(data, &room, 1);
		n = read(STDIN_FILENO, data + *size, room - *size);
		if (n > 0)
			*size += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n < 0)
		report_fail(report, EXIT_UNUSABLE, "stdin: %s", strerror(errno));
	else if (n > 0)
		report_fail(report, EXIT_UNUSABLE, "stdin: more than %u bytes", STDIN_MAX);
	else
		return data;
	free(data);
	return NULL;
}

/* A type by its name, with or without struct or union before it. */
static uint32_t find_type(const struct co_converter *converter, const char *name)
{
	static const char *const prefixes[] = {"", "struct ", "union "};
	uint32_t type = CO_NOWHERE;

	for (size_t i = 0; i < 3 && type == CO_NOWHERE; i++) {
		char *whole = memory_format("%s%s", prefixes[i], name);

		type = co_type_find(converter, whole);
		free(whole);
	}
	return type;
}

static void convert_object(const struct run_options *options, const struct co_converter *converter,
			   uint32_t type, const uint8_t *input, size_t size, FILE *out,
			   struct report *report)
{
	const struct co_type *t = &converter->types[type];
	struct co_ctx ctx = {
		.converter = converter,
		.pointers = options->keep_pointers ? CO_POINTERS_KEEP : CO_POINTERS_REFUSE,
	};
	uint8_t *old, *new;
	size_t new_size;

	if (co_new_size(converter, type, size, &new_size)) {
		report_fail(report, EXIT_UNUSABLE, "stdin: %zu bytes, but %s has %u", size, t->name,
			    t->old_size);
		return;
	}
	old = memory_aligned(t->old_align, size);
	new = memory_aligned(t->new_align, new_size);
	memcpy(old, input, size);
	if (co_convert(&ctx, type, old, size, new, new_size)) {
		char *sentence = change_sentence(&ctx.trouble);

		report_fail(report, EXIT_REFUSED, "%s%s%s: %s", t->name,
			    ctx.trouble.field ? "." : "",
			    ctx.trouble.field ? ctx.trouble.field : "", sentence);
		free(sentence);
	} else {
		fwrite(new, 1, new_size, out);
	}
	free(old);
	free(new);
}

void command_object(const struct run_options *options, FILE *out, struct report *report)
{
	struct loaded loaded;
	uint8_t *input;
	uint32_t type;
	size_t size;

	if (loader_open(&loaded, options->converter, report))
		return;
	type = find_type(loaded.converter, options->type);
	if (type == CO_NOWHERE) {
		report_fail(report, EXIT_UNUSABLE, "%s: the converter %s does not carry this type",
			    options->type, loaded.converter->name);
	} else {
		input = read_stdin(&size, report);
		if (input)
			convert_object(options, loaded.converter, type, input, size, out, report);
		free(input);
	}
	loader_close(&loaded);
}

/* ---- from argv to exit code ------------------------------------------------------------------ */

int run_main(int argc, char **argv, FILE *out, FILE *err)
{
	struct report report = {.n = 0};
	struct run_options options;
	const struct run_command *command;
	char *text = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&text, &size);
	int code;

	if (!memory)
		memory_exhausted();
	command = run_parse(argc, argv, &options, memory, &report);
	if (command && !options.help)
		command->run(&options, memory, &report);
	if (fclose(memory))
		memory_exhausted();
	if ((report.shown || !report_exit(&report)) &&
	    (fwrite(text, 1, size, out) != size || fflush(out)))
		report_fail(&report, EXIT_UNUSABLE, "stdout: %s", strerror(errno));
	report_print(&report, err);
	code = (int)report_exit(&report);
	report_deinit(&report);
	free(text);
	return code;
}
