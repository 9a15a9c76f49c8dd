/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers that hooks of several mappings share. */
#ifndef HOOKS_INCLUDE_H
#define HOOKS_INCLUDE_H

#include <stddef.h>

#include "../schema/arena.h"
#include "../schema/diag.h"

/*
 * The text of the hooks file FILE, *N bytes at TEXT, with the shared header in the place of each line
 * #include "../common/NAME.h", found from FILE's folder on; #line says what is whose. What such a header
 * includes itself is not looked at. TEXT itself where there is no such line, else owned by ARENA, with
 * *N its new size, and a NUL behind. NULL with a diagnostic when one cannot be read.
 */
const char *hooks_include(const char *file, const char *text, size_t *n, struct arena *arena,
			  struct diags *diags);

#endif
