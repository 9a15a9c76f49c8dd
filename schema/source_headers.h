/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headers that every freestanding C compiler has, for code that is read without any on disk. */
#ifndef CO_SCHEMA_SOURCE_HEADERS_H
#define CO_SCHEMA_SOURCE_HEADERS_H

#include "source.h"

#define SOURCE_HEADERS 5

/* Their names and texts; the types are those of the machine that is compiled for. */
extern const struct source_text source_headers[SOURCE_HEADERS];

#endif
