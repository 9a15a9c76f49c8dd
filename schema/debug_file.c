/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where debug info stands that is not in the file itself: see debug_file.h. */
#include "debug_file.h"
#include "compress.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEM_DIRECTORY "/usr/lib/debug"
#define CANDIDATES 6

void debug_files_init(struct debug_files *files)
{
	*files = (struct debug_files){0};
	arena_init(&files->arena);
}

void debug_files_deinit(struct debug_files *files)
{
	for (size_t i = 0; i < files->all.n; i++) {
		elf_close(files->all.at[i]->elf);
		munmap(files->all.at[i]->data, files->all.at[i]->n);
	}
	VEC_FREE(&files->all);
	arena_deinit(&files->arena);
}

static void *map_file(const char *path, size_t *n)
{
	struct stat status;
	void *map = MAP_FAILED;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return NULL;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
		*n = (size_t)status.st_size;
		map = mmap(NULL, *n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
	}
	close(fd);
	return map == MAP_FAILED ? NULL : map;
}

const struct debug_file *debug_file_open(struct debug_files *files, const char *path,
					 struct diags *diags)
{
	struct debug_file file = {0}, *kept;

	for (size_t i = 0; i < files->all.n; i++)
		if (strcmp(files->all.at[i]->path, path) == 0)
			return files->all.at[i];
	file.data = map_file(path, &file.n);
	if (!file.data)
		return NULL;
	file.path = arena_strdup(&files->arena, path);
	if (elf_recognise(file.data, file.n))
		file.elf = elf_open(file.path, file.data, file.n, diags);
	else
		diag_evidence(diags, place_file(file.path),
			      "should hold debug info, but is no ELF file");
	if (!file.elf) {
		munmap(file.data, file.n);
		return NULL;
	}
	kept = arena_alloc(&files->arena, sizeof(*kept));
	*kept = file;
	*VEC_PUSH(&files->all) = kept;
	return kept;
}

const char *debug_file_path(struct debug_files *files, const char *directory, const char *name)
{
	if (name[0] == '/' || !directory)
		return arena_strdup(&files->arena, name);
	return arena_printf(&files->arena, "%s/%s", directory, name);
}

const char *debug_file_directory(struct debug_files *files, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(&files->arena, path, (size_t)(slash - path));
}

/* ---- which one is meant ---- */

/* What is looked for, and where. */
struct search {
	const char *path[CANDIDATES]; /* NULL: no further one */
	size_t n;
	const char *build_id; /* what it must be, or NULL: CRC counts */
	uint32_t crc;
};

static void look_in(struct debug_files *files, struct search *search, const char *directory,
		    const char *name)
{
	search->path[search->n++] = debug_file_path(files, directory, name);
}

static void look_by_id(struct debug_files *files, struct search *search, const char *directory)
{
	const char *id = search->build_id;

	if (id && strlen(id) > 2)
		search->path[search->n++] = arena_printf(
			&files->arena, "%s/.build-id/%.2s/%s.debug", directory, id, id + 2);
}

static bool is_meant(const struct search *search, const struct debug_file *file)
{
	const struct elf_info *info = elf_info(file->elf);
	const char *id = info->shared_id ? info->shared_id : info->build_id;

	if (search->build_id)
		return id && strcmp(id, search->build_id) == 0;
	return checksum_crc32(file->data, file->n) == search->crc;
}

/* The first that is meant. *OTHER: one that is there, but is not. */
static const struct debug_file *find(struct debug_files *files, const struct search *search,
				     const char **other, struct diags *diags)
{
	*other = NULL;
	for (size_t i = 0; i < search->n; i++) {
		size_t before = diags->n;
		const struct debug_file *file = debug_file_open(files, search->path[i], diags);

		if (file && is_meant(search, file))
			return file;
		if (diags->n > before)
			return NULL;
		if (file && !*other)
			*other = search->path[i];
	}
	return NULL;
}

const struct debug_file *debug_file_separate(struct debug_files *files, const char *path,
					     const struct elf_file *elf, struct diags *diags)
{
	const struct elf_info *info = elf_info(elf);
	const char *directory = debug_file_directory(files, path), *other, *full;
	struct search search = {.build_id = info->build_id, .crc = info->debug_crc};
	const struct debug_file *found;
	size_t before = diags->n;
	char *absolute;

	look_by_id(files, &search, SYSTEM_DIRECTORY);
	look_by_id(files, &search, directory);
	if (info->debug_link) {
		absolute = realpath(directory, NULL);
		full = arena_printf(&files->arena, "%s%s", SYSTEM_DIRECTORY,
				    absolute ? absolute : "");
		free(absolute);
		look_in(files, &search, directory, info->debug_link);
		look_in(files, &search, debug_file_path(files, directory, ".debug"),
			info->debug_link);
		look_in(files, &search, full, info->debug_link);
	}
	found = find(files, &search, &other, diags);
	if (found || diags->n > before || !(other || info->debug_link))
		return found;
	if (other)
		diag_evidence(diags, place_file(path),
			      "its debug info should be in %s, which is of another build", other);
	else
		diag_evidence(diags, place_file(path),
			      "its debug info is in %s, which is neither beside it nor "
			      "below " SYSTEM_DIRECTORY ": install it, or give that file",
			      info->debug_link);
	return NULL;
}

const struct debug_file *debug_file_alternate(struct debug_files *files, const char *path,
					      const struct elf_file *elf, struct diags *diags)
{
	const struct elf_info *info = elf_info(elf);
	const char *directory = debug_file_directory(files, path), *other;
	struct search search = {.build_id = info->alternate_id};
	const struct debug_file *found;
	size_t before = diags->n;

	look_in(files, &search, directory, info->alternate);
	look_by_id(files, &search, SYSTEM_DIRECTORY);
	look_by_id(files, &search, directory);
	found = find(files, &search, &other, diags);
	if (found || diags->n > before)
		return found;
	if (other)
		diag_evidence(
			diags, place_file(path),
			"shares debug info with others (dwz) in %s, which is of another build",
			other);
	else
		diag_evidence(diags, place_file(path),
			      "shares debug info with others (dwz) in %s, which is not there: "
			      "install it",
			      info->alternate);
	return NULL;
}
