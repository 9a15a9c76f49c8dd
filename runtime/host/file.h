/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files: in by mmap, out by a temporary name and a rename. */
#ifndef CO_HOST_FILE_H
#define CO_HOST_FILE_H

#include <stdint.h>
#include "report.h"

struct file {
	const uint8_t *data;
	size_t size;
};

/* Maps PATH for reading; not a regular file, unreadable: noted and not 0. file_close() after
 * success. */
int file_open(struct file *file, const char *path, struct report *report);
void file_close(struct file *file);

/*
 * Puts SIZE bytes at PATH: all of them or none, on the disk before the name is there; what was there stays on
 * failure, which is noted.
 */
int file_write(const char *path, const void *data, size_t size, struct report *report);

/* The same for a secret: for its owner alone, and never in place of a file that is there. */
int file_write_secret(const char *path, const void *data, size_t size, struct report *report);

#endif
