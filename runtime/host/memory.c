// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory of the tool. */
#include "memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void memory_exhausted(void)
{
	fputs("carryover-run: error: out of memory\n", stderr);
	exit(2);
}

void *memory_zeroed(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		memory_exhausted();
	return p;
}

void *memory_aligned(size_t align, size_t size)
{
	void *p;

	if (align < sizeof(void *))
		align = sizeof(void *);
	if (posix_memalign(&p, align, size ? size : 1))
		memory_exhausted();
	memset(p, 0, size);
	return p;
}

void *memory_grow(void *array, size_t *room, size_t size)
{
	size_t wanted = *room ? *room * 2 : 16;
	void *p = wanted > SIZE_MAX / size ? NULL : realloc(array, wanted * size);

	if (!p)
		memory_exhausted();
	*room = wanted;
	return p;
}

char *memory_string(const char *s)
{
	char *p = strdup(s);

	if (!p)
		memory_exhausted();
	return p;
}

char *memory_format(const char *format, ...)
{
	va_list arguments;
	char *p;

	va_start(arguments, format);
	if (vasprintf(&p, format, arguments) < 0)
		memory_exhausted();
	va_end(arguments);
	return p;
}
