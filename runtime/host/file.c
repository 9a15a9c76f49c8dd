// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole files. */
#include "file.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int file_open(struct file *file, const char *path, struct report *report)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), code = 0;
	struct stat status;
	void *data = NULL;

	*file = (struct file){.data = NULL};
	if (fd < 0 || fstat(fd, &status) < 0) {
		code = report_fail(report, EXIT_UNUSABLE, "%s: %s", path, strerror(errno));
	} else if (!S_ISREG(status.st_mode)) {
		code = report_fail(report, EXIT_UNUSABLE, "%s: not a regular file", path);
	} else if (status.st_size) {
		data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (data == MAP_FAILED)
			code = report_fail(report, EXIT_UNUSABLE, "%s: %s", path, strerror(errno));
		else
			*file = (struct file){.data = data, .size = (size_t)status.st_size};
	}
	if (fd >= 0)
		close(fd);
	return code;
}

void file_close(struct file *file)
{
	if (file->data)
		munmap((void *)(uintptr_t)file->data, file->size);
	*file = (struct file){.data = NULL};
}

static bool write_all(int fd, const uint8_t *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

/* The name of a file that was renamed is on the disk once its folder is. */
static int sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder =
		slash ? memory_format("%.*s/", (int)(slash - path), path) : memory_string(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = 0;

	/* Some file systems cannot sync a folder: then nothing more can be had. */
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL && errno != EROFS))
		error = errno;
	if (fd >= 0)
		close(fd);
	free(folder);
	return error;
}

/* Writes and closes FD. */
static int write_temporary(int fd, mode_t mode, const void *data, size_t size)
{
	int error = 0;

	if (fchmod(fd, mode) < 0 || !write_all(fd, data, size) || fsync(fd) < 0)
		error = errno;
	if (close(fd) < 0 && !error)
		error = errno;
	return error;
}

static int write_file(const char *path, const void *data, size_t size, bool secret,
		      struct report *report)
{
	char *temporary = memory_format("%s.XXXXXX", path);
	mode_t mask = umask(0);
	int fd = mkstemp(temporary), error = fd < 0 ? errno : 0, code = 0;

	umask(mask);
	if (!error)
		error = write_temporary(fd, secret ? 0600 : 0666 & ~mask, data, size);
	if (!error && (secret ? link(temporary, path) : rename(temporary, path)) < 0)
		error = errno;
	if (fd >= 0 && (error || secret))
		unlink(temporary);
	if (!error)
		error = sync_folder(path);
	if (error)
		code = report_fail(report, EXIT_UNUSABLE, "%s: %s", path, strerror(error));
	free(temporary);
	return code;
}

int file_write(const char *path, const void *data, size_t size, struct report *report)
{
	return write_file(path, data, size, false, report);
}

int file_write_secret(const char *path, const void *data, size_t size, struct report *report)
{
	return write_file(path, data, size, true, report);
}
