/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks a directory: see directory.h. */
#include "directory.h"
#include "package.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 64

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool walk(const char *directory, unsigned int depth, struct arena *arena,
		 struct paths *paths, struct diags *diags)
{
	DIR *open = opendir(directory);
	struct dirent *entry;
	bool ok = true;

	if (!open)
		return diag_error(diags, place_file(directory), "cannot open: %s", strerror(errno));
	while ((entry = readdir(open))) {
		const char *path;
		struct stat status;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		path = arena_printf(arena, "%s%s%s", directory,
				    directory[strlen(directory) - 1] == '/' ? "" : "/",
				    entry->d_name);
		if (lstat(path, &status) != 0)
			continue;
		if (S_ISDIR(status.st_mode) && depth < DEPTH_MAX)
			ok &= walk(path, depth + 1, arena, paths, diags);
		else if (!S_ISDIR(status.st_mode) && is_module_name(entry->d_name))
			*VEC_PUSH(paths) = path;
	}
	closedir(open);
	return ok;
}

bool directory_modules(const char *directory, struct arena *arena, struct paths *paths,
		       struct diags *diags)
{
	size_t before = paths->n;

	if (!walk(directory, 0, arena, paths, diags))
		return false;
	if (paths->n == before)
		return diag_error(diags, place_file(directory),
				  "a directory without kernel modules (.ko) below it");
	qsort(paths->at + before, paths->n - before, sizeof(*paths->at), compare_paths);
	return true;
}
