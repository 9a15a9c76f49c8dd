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

int file_write(const char *path, const void *data, size_t size, struct report *report)
{
	char *temporary = memory_format("%s.XXXXXX", path);
	mode_t mask = umask(0);
	int fd = mkstemp(temporary), error = fd < 0 ? errno : 0, code = 0;

	umask(mask);
	if (!error && (fchmod(fd, 0666 & ~mask) < 0 || !write_all(fd, data, size)))
		error = errno;
	if (fd >= 0 && close(fd) < 0 && !error)
		error = errno;
	if (!error && rename(temporary, path) < 0)
		error = errno;
	if (error) {
		if (fd >= 0)
			unlink(temporary);
		code = report_fail(report, EXIT_UNUSABLE, "%s: %s", path, strerror(error));
	}
	free(temporary);
	return code;
}
