/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens the files of a set, recognises each by its content and hands it to its reader. */
#include "input.h"
#include "btf_read.h"
#include "compress.h"
#include "debug_file.h"
#include "directory.h"
#include "dwarf_read.h"
#include "elf_file.h"
#include "kernel_config.h"
#include "package.h"
#include "snapshot.h"
#include "text.h"
#include "vmlinuz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a compressed input may unpack to. */
#define UNPACKED_MAX ((size_t)4 << 30)
/* What a pointer takes when nothing says it. */
#define ADDRESS_SIZE 8
/* Enough to recognise anything by. */
#define FIRST_BYTES 4096
/* Files of a set that are refused one by one; more say nothing new. */
#define REFUSED_MAX 20

enum content { UNKNOWN, ELF, BTF, SNAPSHOT };

struct input {
	const char *path; /* of a file in a package: PACKAGE:PATH */
	char *data;	  /* writable; the file itself does not change */
	size_t n;
	bool mapped;
	enum content content;
	struct elf_file *elf;
	struct btf *btf;
	const struct debug_file *debug; /* with the debug info of ELF, which has none */
	struct debug_files others;
	uint32_t forms; /* what had to be taken off before the content was recognised */
};

static void input_close(struct input *input)
{
	btf_close(input->btf);
	elf_close(input->elf);
	debug_files_deinit(&input->others);
	if (input->mapped)
		munmap(input->data, input->n);
	else
		free(input->data);
	*input = (struct input){.path = input->path, .content = input->content};
}

static bool cannot_open(const char *path, int error, struct diags *diags)
{
	return diag_error(diags, place_file(path), "cannot open: %s", strerror(error));
}

static enum content recognise(const char *data, size_t n)
{
	if (elf_recognise(data, n))
		return ELF;
	if (btf_recognise(data, n))
		return BTF;
	return snapshot_recognise(data, n) ? SNAPSHOT : UNKNOWN;
}

static bool is_packed(const char *data, size_t n)
{
	return compressed_with((const unsigned char *)data, n) || vmlinuz_recognise(data, n);
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
		if (input->n >= FIRST_BYTES && !recognise(input->data, input->n) &&
		    !is_packed(input->data, input->n))
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

/* Whatever comes of it, INPUT must be closed. */
static bool input_open(struct input *input, const char *path, struct diags *diags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	*input = (struct input){.path = path};
	if (fd < 0)
		return cannot_open(path, errno, diags);
	ok = load(input, fd, diags);
	close(fd);
	return ok;
}

/* Replaces a compressed content by what is in it. */
static bool unpack(struct input *input, struct diags *diags)
{
	const unsigned char *data = (const unsigned char *)input->data;
	struct input unpacked = {.path = input->path};
	bool ok;

	if (!is_packed(input->data, input->n))
		return true;
	if (vmlinuz_recognise(data, input->n))
		ok = vmlinuz_unpack(input->path, data, input->n, UNPACKED_MAX, &unpacked.data,
				    &unpacked.n, diags);
	else
		ok = decompress(input->path, data, input->n, UNPACKED_MAX, &unpacked.data,
				&unpacked.n, diags);
	if (!ok)
		return false;
	unpacked.forms = 1u << (vmlinuz_recognise(data, input->n) ? FORM_VMLINUZ : FORM_COMPRESSED);
	input_close(input);
	*input = unpacked;
	return true;
}

/* ---- ELF ---- */

/* The build-id of a set is that of its first file: the kernel, whose symbols have addresses. */
static bool set_machine(const char *path, const struct elf_info *info, bool first,
			struct model *model, struct diags *diags)
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
	if (first)
		model->info.build_id = intern(model->names, info->build_id);
	return true;
}

static bool has_symbol(const struct model *model, const struct symbol *symbol)
{
	for (size_t i = 0; i < model->symbols.n; i++)
		if (strcmp(model->symbols.at[i].name, symbol->name) == 0 &&
		    strcmp(model->symbols.at[i].module, symbol->module) == 0)
			return true;
	return false;
}

/*
 * What mappings call a file by: "" the kernel, else the first file, which all others belong to; a file
 * that is no kernel module (a library) by its name up to the first dot.
 */
static const char *module_of(const struct input *input, bool first, struct arena *arena)
{
	const struct elf_info *info = elf_info(input->elf);
	const char *slash = strrchr(input->path, '/'), *base = slash ? slash + 1 : input->path;
	char *name;

	if (info->module)
		return info->module;
	if (info->release || first)
		return "";
	name = arena_strndup(arena, base, strcspn(base, "."));
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	return name;
}

/* The name in WORD, or NULL when it stands for another module's symbol. */
static const char *name_in_module(const char *word, const char *module)
{
	const char *colon = strchr(word, ':');
	size_t n = strlen(module[0] ? module : KERNEL_MODULE);

	if (!colon)
		return word;
	return (size_t)(colon - word) == n && !memcmp(word, module[0] ? module : KERNEL_MODULE, n)
		       ? colon + 1
		       : NULL;
}

static void add_symbol(const struct input *input, const struct elf_wanted *wanted,
		       const char *module, struct model *model, struct diags *diags)
{
	struct symbol symbol = {.name = intern(model->names, wanted->name),
				.module = intern(model->names, module),
				.no_address = elf_info(input->elf)->relocatable,
				.address = wanted->address,
				.size = wanted->size};

	if (!wanted->found || has_symbol(model, &symbol))
		return;
	if (wanted->found > 1) {
		diag_add(diags, DIAG_WARNING, place_file(input->path),
			 "symbol '%s' stands for %u different addresses: not used", wanted->name,
			 wanted->found);
		return;
	}
	if (symbol.no_address)
		symbol.address = 0;
	*VEC_PUSH(&model->symbols) = symbol;
}

/*
 * The symbols that were asked for; each file of a set that has one gives it. ELF: the input's own, or that
 * with its debug info.
 */
static void add_symbols(const struct input *input, struct elf_file *elf, bool first,
			const struct read_options *options, struct model *model,
			struct diags *diags)
{
	struct arena arena;
	struct elf_wanted *wanted;
	const char *module;
	size_t n = 0;

	arena_init(&arena);
	module = module_of(input, first, &arena);
	wanted = ARENA_NEW_ARRAY(&arena, options->n_symbols + 1, struct elf_wanted);
	for (size_t i = 0; i < options->n_symbols; i++) {
		const char *name = name_in_module(options->symbols[i], module);

		if (name)
			wanted[n++].name = name;
	}
	elf_symbols(elf, wanted, n);
	for (size_t i = 0; i < n; i++)
		add_symbol(input, &wanted[i], module, model, diags);
	arena_deinit(&arena);
}

/* Of the kernel, which is no module. */
static void set_config(struct elf_file *elf, struct model *model)
{
	if (model->info.config || !elf_info(elf)->release || elf_info(elf)->relocatable)
		return;
	model->info.config_text = kernel_config_find(elf, &model->arena);
	if (model->info.config_text)
		model->info.config =
			kernel_config_digest(model->info.config_text, &model->arena);
}

/* ---- BTF ---- */

/* What the modules of a set go on from: the BTF in it that is not split. */
static const struct btf *find_base(const struct input *inputs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (inputs[i].btf && !btf_is_split(inputs[i].btf))
			return inputs[i].btf;
	return NULL;
}

static bool open_btf(struct input *input, const struct btf *base, struct diags *diags)
{
	struct elf_bytes bytes = {(const unsigned char *)input->data, input->n};

	if (input->elf && !elf_info(input->elf)->has_btf)
		return diag_evidence(diags, place_file(input->path),
				     "has no BTF, by which all files of the set are read");
	if (input->elf && !elf_section(input->elf, ".BTF", &bytes, diags))
		return false;
	input->btf = btf_open(input->path, bytes, base, diags);
	return input->btf;
}

/* Raw BTF knows its byte order, but no machine: a pointer is as large as its long. */
static bool set_form(const struct input *input, struct model *model, struct diags *diags)
{
	if (!model->info.address_size) {
		model->info.big_endian = btf_big_endian(input->btf);
		model->info.address_size = btf_long_size(input->btf);
		if (!model->info.address_size)
			model->info.address_size = ADDRESS_SIZE;
	}
	if (model->info.big_endian == btf_big_endian(input->btf))
		return true;
	return diag_evidence(diags, place_file(input->path),
			     "its BTF has another byte order than the machine of the set");
}

/* ---- the set ---- */

/*
 * Debug info of any kind in the file itself is what is read: what else is installed does not change
 * that. Only a file without any is asked for another one.
 */
static bool open_elf(struct input *input, struct diags *diags)
{
	const struct elf_info *info;
	size_t before = diags->n;

	input->elf = elf_open(input->path, input->data, input->n, diags);
	if (!input->elf)
		return false;
	info = elf_info(input->elf);
	if (info->has_dwarf || info->has_btf || info->has_split)
		return true;
	debug_files_init(&input->others);
	input->debug = debug_file_separate(&input->others, input->path, input->elf, diags);
	if (input->debug)
		input->forms |= 1u << FORM_DEBUG_FILE;
	return diags->n == before;
}

struct set {
	struct {
		struct input *at;
		size_t n, room;
	} inputs;
	struct arena arena;
	struct diags *diags;
};

/* Recognises what was loaded, and what is packed in it. */
static bool recognise_one(struct input *input, struct diags *diags)
{
	if (!unpack(input, diags))
		return false;
	input->content = recognise(input->data, input->n);
	switch (input->content) {
	case ELF:
		return open_elf(input, diags);
	case BTF:
	case SNAPSHOT:
		return true;
	default:
		return diag_error(diags, place_file(input->path),
				  "not recognised: neither an ELF file, nor BTF, nor a bootable "
				  "kernel, nor a Debian package, nor a snapshot");
	}
}

/* The kernel and the modules in the package INPUT, which is closed. */
static bool open_package(struct set *set, struct input *input)
{
	struct package package;
	bool ok = package_open(input->path, (const unsigned char *)input->data, input->n,
			       UNPACKED_MAX, &package, set->diags);

	for (size_t i = 0; ok && i < package.files.n; i++) {
		struct packed_file *file = &package.files.at[i];
		struct input one = {
			.path = arena_printf(&set->arena, "%s:%s", input->path, file->path),
			.data = file->data,
			.n = file->n};

		file->data = NULL;
		ok = recognise_one(&one, set->diags);
		one.forms |= 1u << FORM_PACKAGE;
		*VEC_PUSH(&set->inputs) = one;
	}
	package_deinit(&package);
	input_close(input);
	return ok;
}

/* Opens one file of a set and recognises it; a package is all that is in it. */
static bool open_file(struct set *set, const char *path, uint32_t forms)
{
	struct input input;
	bool ok = input_open(&input, path, set->diags);

	if (ok && package_recognise(input.data, input.n))
		return open_package(set, &input);
	ok = ok && recognise_one(&input, set->diags);
	input.forms |= forms;
	*VEC_PUSH(&set->inputs) = input;
	return ok;
}

/* Opens what the user named: a file, or a directory, which is all modules below it. */
static bool open_path(struct set *set, const char *path)
{
	size_t before = set->diags->n;
	struct paths modules = {0};
	struct stat status;
	bool ok = true;

	if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
		return open_file(set, path, 0);
	if (!directory_modules(path, &set->arena, &modules, set->diags))
		ok = false;
	for (size_t i = 0; i < modules.n && set->diags->n - before < REFUSED_MAX; i++)
		ok &= open_file(set, modules.at[i], 1u << FORM_DIRECTORY);
	VEC_FREE(&modules);
	return ok;
}

/* A snapshot was made of a whole set. */
static bool check_snapshots(const struct set *set)
{
	bool ok = true;

	for (size_t i = 0; i < set->inputs.n && set->inputs.n > 1; i++)
		if (set->inputs.at[i].content == SNAPSHOT)
			ok = diag_error(set->diags, place_file(set->inputs.at[i].path),
					"is a snapshot, which is a whole set by itself");
	return ok;
}

/* One reader reads all of a set. DWARF says more: BTF is read where a file has nothing else. */
static bool set_needs_btf(const struct input *inputs, size_t n, enum input_reader reader)
{
	if (reader != READER_BEST)
		return reader == READER_BTF;
	for (size_t i = 0; i < n; i++) {
		const struct elf_info *info = inputs[i].elf ? elf_info(inputs[i].elf) : NULL;

		if (info ? info->has_btf && !info->has_dwarf : inputs[i].content == BTF)
			return true;
	}
	return false;
}

/* Records the machine of every file first: raw BTF among them has none of its own. */
static bool set_machines(const struct input *inputs, size_t n, struct model *model,
			 struct diags *diags)
{
	bool ok = true;

	for (size_t i = 0; i < n; i++) {
		if (!inputs[i].elf)
			continue;
		ok &= set_machine(inputs[i].path, elf_info(inputs[i].elf), i == 0, model, diags);
		set_config(inputs[i].elf, model);
	}
	return ok;
}

static bool read_btf(struct btf *btf, struct model *model, struct diags *diags)
{
	model->info.evidence.files++;
	model->info.evidence.forms |= 1u << (btf_is_split(btf) ? FORM_SPLIT_BTF : FORM_BTF);
	return btf_read(btf, model, diags);
}

/* SEEN: what the files before have given, NULL for a file that stands alone. */
static bool read_one(struct input *input, bool first, bool by_btf,
		     const struct read_options *options, struct dwarf_seen *seen,
		     struct model *model, struct diags *diags)
{
	bool ok;

	model->info.evidence.forms |= input->forms;
	if (by_btf)
		ok = set_form(input, model, diags) && read_btf(input->btf, model, diags);
	else if (input->debug)
		ok = dwarf_read(input->debug->path, input->debug->elf, options, seen, model, diags);
	else
		ok = dwarf_read(input->path, input->elf, options, seen, model, diags);
	if (ok && input->elf)
		add_symbols(input, input->elf, first, options, model, diags);
	if (ok && input->debug)
		add_symbols(input, input->debug->elf, first, options, model, diags);
	return ok;
}

/* Kernels before their modules, so that split BTF finds what it goes on from. */
static bool open_all_btf(struct input *inputs, size_t n, struct diags *diags)
{
	size_t before = diags->n;
	bool ok = true;

	for (size_t i = 0; i < n && diags->n - before < REFUSED_MAX; i++)
		ok &= open_btf(&inputs[i], find_base(inputs, i), diags);
	return ok;
}

static bool read_snapshot(const struct input *input, struct model *model, struct diags *diags)
{
	bool ok = snapshot_read(input->path, input->data, input->n, model, diags);

	model->info.evidence.forms |= input->forms;
	return ok;
}

static bool read_set(struct input *inputs, size_t n, const struct read_options *options,
		     struct model *model, struct diags *diags)
{
	bool by_btf = set_needs_btf(inputs, n, options->reader), ok = true;
	size_t before = diags->n;
	struct dwarf_seen seen;

	if (n == 1 && inputs[0].content == SNAPSHOT)
		return read_snapshot(&inputs[0], model, diags);
	if (!set_machines(inputs, n, model, diags))
		return false;
	if (by_btf && !open_all_btf(inputs, n, diags))
		return false;
	dwarf_seen_init(&seen);
	for (size_t i = 0; i < n && diags->n - before < REFUSED_MAX; i++) {
		ok &= read_one(&inputs[i], i == 0, by_btf, options, n > 1 ? &seen : NULL, model,
			       diags);
		/* what the others go on from stays; the rest would add up */
		if (!by_btf || btf_is_split(inputs[i].btf))
			input_close(&inputs[i]);
	}
	dwarf_seen_deinit(&seen);
	return ok;
}

static int compare_symbols(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->module, y->module);
}

/* The set as the user named it, without directories. */
static const char *set_name(struct model *model, char **paths, size_t n)
{
	struct text text;
	const char *name;

	text_init(&text);
	for (size_t i = 0; i < n; i++) {
		size_t end = strlen(paths[i]), start;

		while (end > 1 && paths[i][end - 1] == '/')
			end--;
		for (start = end; start && (paths[i][start - 1] != '/' || start == end);)
			start--;
		text_puts(&text, i ? "," : "");
		text_raw(&text, paths[i] + start, end - start);
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
	struct set set = {.diags = diags};
	bool ok = true, finished;
	char **paths;
	size_t n;

	arena_init(&set.arena);
	n = split(spec, &set.arena, &paths);
	model->info.name = set_name(model, paths, n);
	for (size_t i = 0; i < n; i++)
		ok &= open_path(&set, paths[i]);
	ok = ok && check_snapshots(&set) &&
	     read_set(set.inputs.at, set.inputs.n, options ? options : &none, model, diags);
	finished = set.inputs.n && set.inputs.at[0].content == SNAPSHOT;
	for (size_t i = 0; i < set.inputs.n; i++)
		input_close(&set.inputs.at[i]);
	VEC_FREE(&set.inputs);
	if (ok && !finished)
		ok = model_finish(model, diags);
	if (model->symbols.n)
		qsort(model->symbols.at, model->symbols.n, sizeof(*model->symbols.at),
		      compare_symbols);
	arena_deinit(&set.arena);
	return ok;
}

bool input_check_machines(const struct model *old, const struct model *new, struct diags *diags)
{
	const struct model_info *a = &old->info, *b = &new->info;
	const char *from = a->arch ? a->arch : "another machine";
	const char *to = b->arch ? b->arch : "another machine";

	if (a->address_size == b->address_size && a->big_endian == b->big_endian &&
	    (!a->arch || !b->arch || strcmp(from, to) == 0))
		return true;
	return diag_evidence(diags, place_file(new->info.name),
			     "is for %s, but %s is for %s: the same layout holds other bytes "
			     "there; give two builds for one machine",
			     to, old->info.name ? old->info.name : "the other", from);
}

void input_check_readers(const struct model *old, const struct model *new, struct diags *diags)
{
	const char *from = old->info.reader, *to = new->info.reader;

	if (!from || !to || strcmp(from, to) == 0)
		return;
	diag_add(diags, DIAG_WARNING, place_file(new->info.name),
		 "read by %s, but %s by %s: the flexible arrays, dimensions and alignments that "
		 "BTF cannot say look changed; give both as DWARF or both as BTF",
		 to, old->info.name ? old->info.name : "the other", from);
}
