/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens the files of a set, recognises each by its content and hands it to its reader. */
#include "input.h"
#include "compress.h"
#include "dwarf_read.h"
#include "elf_file.h"
#include "snapshot.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a compressed input may unpack to. */
#define UNPACKED_MAX ((size_t)4 << 30)
/* Enough to recognise anything by. */
#define FIRST_BYTES 4096

struct input {
	const char *path;
	char *data; /* writable; the file itself does not change */
	size_t n;
	bool mapped;
};

static void input_close(struct input *input)
{
	if (input->mapped)
		munmap(input->data, input->n);
	else
		free(input->data);
}

static bool cannot_open(const char *path, int error, struct diags *diags)
{
	return diag_error(diags, place_file(path), "cannot open: %s", strerror(error));
}

static bool recognise(const char *data, size_t n)
{
	return elf_recognise(data, n) || snapshot_recognise(data, n) ||
	       compressed_with((const unsigned char *)data, n);
}

/* What cannot be mapped: a pipe. One that begins as nothing we know is not read to its end. */
static bool read_stream(struct input *input, int fd, struct diags *diags)
{
	size_t room = 0;
	ssize_t got;

	do {
		input->data = vec_grow(input->data, &room, input->n + 65536, 1);
		got = read(fd, input->data + input->n, room - input->n);
		if (got > 0)
			input->n += (size_t)got;
		if (input->n >= FIRST_BYTES && !recognise(input->data, input->n))
			break;
	} while ((got > 0 && input->n <= UNPACKED_MAX) || (got < 0 && errno == EINTR));
	if (got < 0)
		return diag_error(diags, place_file(input->path), "cannot read: %s",
				  strerror(errno));
	return true;
}

static bool load(struct input *input, int fd, struct diags *diags)
{
	struct stat status;
	void *map;

	if (fstat(fd, &status) != 0)
		return cannot_open(input->path, errno, diags);
	if (S_ISDIR(status.st_mode))
		return cannot_open(input->path, EISDIR, diags);
	if (!S_ISREG(status.st_mode) || !status.st_size)
		return read_stream(input, fd, diags);
	input->n = (size_t)status.st_size;
	map = mmap(NULL, input->n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
	if (map == MAP_FAILED)
		return diag_error(diags, place_file(input->path), "cannot map: %s",
				  strerror(errno));
	input->data = map;
	input->mapped = true;
	return true;
}

static bool input_open(struct input *input, const char *path, struct diags *diags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	*input = (struct input){.path = path};
	if (fd < 0)
		return cannot_open(path, errno, diags);
	ok = load(input, fd, diags);
	close(fd);
	if (!ok)
		input_close(input);
	return ok;
}

/* Replaces a compressed content by what is in it. */
static bool unpack(struct input *input, struct diags *diags)
{
	struct input unpacked = {.path = input->path};

	if (!compressed_with((const unsigned char *)input->data, input->n))
		return true;
	if (!decompress(input->path, (const unsigned char *)input->data, input->n, UNPACKED_MAX,
			&unpacked.data, &unpacked.n, diags))
		return false;
	input_close(input);
	*input = unpacked;
	return true;
}

/* ---- ELF ---- */

static bool set_machine(const char *path, const struct elf_info *info, struct model *model,
			struct diags *diags)
{
	if (model->info.arch && strcmp(model->info.arch, info->arch) != 0)
		return diag_evidence(diags, place_file(path),
				     "is for %s, but the files before it are for %s", info->arch,
				     model->info.arch);
	model->info.arch = intern(model->names, info->arch);
	model->info.big_endian = info->big_endian;
	model->info.address_size = info->address_size;
	if (!model->info.release)
		model->info.release = intern(model->names, info->release);
	if (!model->info.build_id)
		model->info.build_id = intern(model->names, info->build_id);
	return true;
}

static bool has_symbol(const struct model *model, const char *name)
{
	for (size_t i = 0; i < model->symbols.n; i++)
		if (strcmp(model->symbols.at[i].name, name) == 0)
			return true;
	return false;
}

/* The addresses that were asked for; the first file of a set that has a symbol gives it. */
static void add_symbols(const char *path, struct elf_file *elf, const struct read_options *options,
			struct model *model, struct diags *diags)
{
	struct arena arena;
	struct elf_wanted *wanted;

	arena_init(&arena);
	wanted = ARENA_NEW_ARRAY(&arena, options->n_symbols + 1, struct elf_wanted);
	for (size_t i = 0; i < options->n_symbols; i++)
		wanted[i].name = options->symbols[i];
	elf_symbols(elf, wanted, options->n_symbols);
	for (size_t i = 0; i < options->n_symbols; i++) {
		if (!wanted[i].found || has_symbol(model, wanted[i].name))
			continue;
		if (wanted[i].found > 1) {
			diag_add(diags, DIAG_WARNING, place_file(path),
				 "symbol '%s' stands for %u different addresses: not used",
				 wanted[i].name, wanted[i].found);
			continue;
		}
		*VEC_PUSH(&model->symbols) =
			(struct symbol){.name = intern(model->names, wanted[i].name),
					.address = wanted[i].address,
					.size = wanted[i].size};
	}
	arena_deinit(&arena);
}

static bool read_elf(struct input *input, const struct read_options *options, struct model *model,
		     struct diags *diags)
{
	struct elf_file *elf = elf_open(input->path, input->data, input->n, diags);
	bool ok;

	if (!elf)
		return false;
	ok = set_machine(input->path, elf_info(elf), model, diags) &&
	     dwarf_read(input->path, elf, options, model, diags);
	if (ok)
		add_symbols(input->path, elf, options, model, diags);
	elf_close(elf);
	return ok;
}

/* ---- the set ---- */

/* Reads one file of a set. *FINISHED: its reader has finished the model already. */
static bool read_one(const char *path, bool alone, const struct read_options *options,
		     struct model *model, bool *finished, struct diags *diags)
{
	struct input input;
	bool ok;

	if (!input_open(&input, path, diags))
		return false;
	ok = unpack(&input, diags);
	if (!ok) {
		input_close(&input);
		return false;
	}
	if (elf_recognise(input.data, input.n)) {
		ok = read_elf(&input, options, model, diags);
	} else if (snapshot_recognise(input.data, input.n)) {
		*finished = true;
		ok = alone ? snapshot_read(path, input.data, input.n, model, diags)
			   : diag_error(diags, place_file(path),
					"is a snapshot, which is a whole set by itself");
	} else {
		ok = diag_error(diags, place_file(path),
				"not recognised: neither an ELF file nor a snapshot");
	}
	input_close(&input);
	return ok;
}

static int compare_symbols(const void *a, const void *b)
{
	return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

/* The set as the user named it, without directories. */
static const char *set_name(struct model *model, char **paths, size_t n)
{
	struct text text;
	const char *name;

	text_init(&text);
	for (size_t i = 0; i < n; i++) {
		const char *slash = strrchr(paths[i], '/');

		text_puts(&text, i ? "," : "");
		text_puts(&text, slash ? slash + 1 : paths[i]);
	}
	name = intern(model->names, text_string(&text));
	text_deinit(&text);
	return name;
}

static size_t split(const char *spec, struct arena *arena, char ***paths)
{
	size_t n = 1, i = 0;
	char *copy = arena_strdup(arena, spec), *rest = copy;

	for (const char *at = spec; *at; at++)
		n += *at == ',';
	*paths = ARENA_NEW_ARRAY(arena, n, char *);
	while ((copy = strsep(&rest, ",")))
		(*paths)[i++] = copy;
	return n;
}

bool input_read(const char *spec, const struct read_options *options, struct model *model,
		struct diags *diags)
{
	static const struct read_options none;
	bool ok = true, finished = false;
	struct arena arena;
	char **paths;
	size_t n;

	arena_init(&arena);
	n = split(spec, &arena, &paths);
	model->info.name = set_name(model, paths, n);
	for (size_t i = 0; i < n; i++)
		ok &= read_one(paths[i], n == 1, options ? options : &none, model, &finished,
			       diags);
	if (ok && !finished)
		ok = model_finish(model, diags);
	if (model->symbols.n)
		qsort(model->symbols.at, model->symbols.n, sizeof(*model->symbols.at),
		      compare_symbols);
	arena_deinit(&arena);
	return ok;
}
