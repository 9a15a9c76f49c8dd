/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where each --format of a command goes: to standard output, or to its file. */
#ifndef CO_GEN_FORMATS_H
#define CO_GEN_FORMATS_H

#include "options.h"
#include "output.h"

/* Appends WHAT as FORMAT, a word of the command's `formats` with what stands behind it; COLOR: for a terminal. */
typedef void (*format_write)(const void *what, const char *format, bool color, struct text *out);

/* Writes WHAT once for each --format, into OUT or as a file of FILES; without any --format, as text into OUT. */
void formats_write(const struct options *options, format_write write, const void *what,
		   struct text *out, struct output *files);

#endif
