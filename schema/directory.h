/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel modules below a directory. */
#ifndef CO_SCHEMA_DIRECTORY_H
#define CO_SCHEMA_DIRECTORY_H

#include "diag.h"

struct paths {
	const char **at;
	size_t n, room;
};

/*
 * Appends the path of every module (*.ko, also compressed) below DIRECTORY to PATHS, sorted, owned
 * by ARENA. Symbolic links to directories are not followed. False with a diagnostic (DIAG_ERROR) when
 * a directory cannot be read, or when there are none.
 */
bool directory_modules(const char *directory, struct arena *arena, struct paths *paths,
		       struct diags *diags);

#endif
