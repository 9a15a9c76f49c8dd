/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that appear whole or not at all: written to a temporary name beside the target, then
 * renamed. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum fate {
	FATE_RENAME, /* to be written beside the target and renamed over it */
	FATE_KEEP,   /* holds these bytes already */
	FATE_DIRECT, /* no regular file: written to as it is, before anything is renamed */
};

struct output_file {
	const char *path;
	const char *target; /* where symbolic links lead */
	const char *bytes;
	size_t n;
	enum fate fate;
	mode_t mode;
	char *temporary; /* NULL while there is none */
};

/* The directories that a commit made, outermost first. */
struct made {
	const char **at;
	size_t n, room;
};

void output_init(struct output *output)
{
	*output = (struct output){0};
	arena_init(&output->arena);
}

void output_deinit(struct output *output)
{
	vec_free(output->files);
	arena_deinit(&output->arena);
	output_init(output);
}

void output_add(struct output *output, const char *path, const char *bytes, size_t n)
{
	output->files =
		vec_grow(output->files, &output->room, output->n + 1, sizeof(*output->files));
	output->files[output->n++] = (struct output_file){
		.path = arena_strdup(&output->arena, path),
		.bytes = arena_strndup(&output->arena, bytes, n),
		.n = n,
	};
}

static bool fail(struct diags *diags, const char *path, const char *what)
{
	return diag_error(diags, place_file(path), "cannot %s: %s", what, strerror(errno));
}

static bool write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		n -= (size_t)done;
	}
	return true;
}

static bool same_content(const char *path, const struct output_file *file, const struct stat *stat)
{
	char buffer[65536];
	size_t at = 0;
	ssize_t n = 0;
	int fd;

	if ((uint64_t)stat->st_size != file->n)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (at < file->n && (n = read(fd, buffer, sizeof(buffer))) > 0) {
		if ((size_t)n > file->n - at || memcmp(buffer, file->bytes + at, (size_t)n))
			break;
		at += (size_t)n;
	}
	close(fd);
	return at == file->n;
}

/* Where PATH, of which nothing is there yet, will stand: however its folder was spelled. */
static const char *place_of(struct output *output, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *folder =
		slash ? arena_strndup(&output->arena, path, (size_t)(slash + 1 - path)) : NULL;
	char *real = realpath(folder ? folder : ".", NULL);
	const char *place = real ? arena_printf(&output->arena, "%s/%s", real, name) : path;

	free(real);
	return place;
}

/* What shall happen to FILE, by what stands at its path now. */
static bool decide_fate(struct output *output, struct output_file *file, struct diags *diags)
{
	struct stat stat_;
	char *real = realpath(file->path, NULL);
	mode_t mask = umask(0);

	umask(mask);
	file->target = real ? arena_strdup(&output->arena, real) : place_of(output, file->path);
	file->mode = 0666 & ~mask;
	file->fate = FATE_RENAME;
	free(real);
	if (stat(file->path, &stat_))
		return true;
	file->mode = stat_.st_mode & 0777;
	if (S_ISDIR(stat_.st_mode))
		return diag_error(diags, place_file(file->path),
				  "is a directory, not a file to write");
	if (!S_ISREG(stat_.st_mode))
		file->fate = FATE_DIRECT;
	else if (same_content(file->path, file, &stat_))
		file->fate = FATE_KEEP;
	return true;
}

static int by_target(const void *a, const void *b)
{
	const struct output_file *x = *(struct output_file *const *)a;
	const struct output_file *y = *(struct output_file *const *)b;

	return strcmp(x->target, y->target);
}

/* One of two would be lost. */
static bool all_differ(struct output *output, struct diags *diags)
{
	struct output_file **files =
		ARENA_NEW_ARRAY(&output->arena, output->n + 1, struct output_file *);
	bool good = true;
	size_t n = 0;

	for (size_t i = 0; i < output->n; i++)
		if (output->files[i].fate != FATE_DIRECT)
			files[n++] = &output->files[i];
	qsort(files, n, sizeof(*files), by_target);
	for (size_t i = 1; i < n; i++)
		if (!by_target(&files[i - 1], &files[i]))
			good = diag_error(diags, place_file(files[i]->path),
					  "is to hold two outputs: give each a file of its own");
	return good;
}

static bool write_temporary(struct output *output, struct output_file *file, struct diags *diags)
{
	char *name = arena_printf(&output->arena, "%s.XXXXXX", file->target);
	int fd = mkstemp(name);
	bool good;

	if (fd < 0)
		return fail(diags, file->path, "write");
	file->temporary = name;
	good = write_all(fd, file->bytes, file->n) && !fchmod(fd, file->mode);
	if (good && fsync(fd) && errno != EINVAL && errno != ENOSYS)
		good = false;
	if (!good)
		fail(diags, file->path, "write");
	if (close(fd) && good)
		good = fail(diags, file->path, "write");
	return good;
}

static bool write_direct(const struct output_file *file, struct diags *diags)
{
	int fd = open(file->path, O_WRONLY | O_CLOEXEC);
	bool good;

	if (fd < 0)
		return fail(diags, file->path, "open");
	good = write_all(fd, file->bytes, file->n) || fail(diags, file->path, "write");
	if (close(fd) && good)
		good = fail(diags, file->path, "write");
	return good;
}

/* Makes PATH with its missing parents; notes what it made. */
static bool make_directories(struct output *output, const char *path, struct made *made,
			     struct diags *diags)
{
	char *part = arena_strdup(&output->arena, path);
	struct stat stat_;

	for (char *end = part + 1; *part; end++) {
		char saved = *end;

		if (saved && saved != '/')
			continue;
		*end = '\0';
		if (!mkdir(part, 0777))
			*VEC_PUSH(made) = arena_strdup(&output->arena, part);
		else if (errno != EEXIST)
			return fail(diags, part, "make this directory");
		*end = saved;
		if (!saved)
			break;
	}
	if (stat(path, &stat_) || !S_ISDIR(stat_.st_mode))
		return diag_error(diags, place_file(path), "is not a directory");
	return true;
}

static bool write_every(struct output *output, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < output->n; i++)
		good &= decide_fate(output, &output->files[i], diags);
	good = good && all_differ(output, diags);
	for (size_t i = 0; good && i < output->n; i++)
		if (output->files[i].fate == FATE_RENAME)
			good = write_temporary(output, &output->files[i], diags);
	return good;
}

static bool rename_every(struct output *output, struct diags *diags)
{
	for (size_t i = 0; i < output->n; i++)
		if (output->files[i].fate == FATE_DIRECT && !write_direct(&output->files[i], diags))
			return false;
	for (size_t i = 0; i < output->n; i++) {
		struct output_file *file = &output->files[i];

		if (file->fate != FATE_RENAME)
			continue;
		if (rename(file->temporary, file->target))
			return fail(diags, file->path, "write");
		file->temporary = NULL;
	}
	return true;
}

static void remove_remains(struct output *output, const struct made *made)
{
	for (size_t i = 0; i < output->n; i++)
		if (output->files[i].temporary)
			unlink(output->files[i].temporary);
	for (size_t i = made->n; i--;)
		rmdir(made->at[i]); /* stays when somebody put something there */
}

bool output_commit(struct output *output, const char *directory, struct diags *diags)
{
	struct made made = {0};
	sigset_t stops, before;
	bool good;

	/* An interruption waits until the files are whole or the remains are gone. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGHUP);
	sigprocmask(SIG_BLOCK, &stops, &before);
	good = (!directory || make_directories(output, directory, &made, diags)) &&
	       write_every(output, diags) && rename_every(output, diags);
	if (!good)
		remove_remains(output, &made);
	sigprocmask(SIG_SETMASK, &before, NULL);
	VEC_FREE(&made);
	return good;
}

static bool read_all(int fd, const char *path, size_t limit, struct text *text, struct diags *diags)
{
	char buffer[65536];
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(diags, path, "read");
		if ((size_t)n > limit - text->n)
			return diag_error(diags, place_file(path), "is larger than %zu bytes",
					  limit);
		text_raw(text, buffer, (size_t)n);
	}
	return true;
}

char *input_file(const char *path, size_t limit, size_t *n, struct arena *arena,
		 struct diags *diags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes = NULL;
	struct text text;

	if (fd < 0) {
		fail(diags, path, "open");
		return NULL;
	}
	text_init(&text);
	if (read_all(fd, path, limit, &text, diags)) {
		bytes = arena_strndup(arena, text_string(&text), text.n);
		*n = text.n;
	}
	text_deinit(&text);
	close(fd);
	return bytes;
}
