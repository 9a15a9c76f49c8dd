/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Converters as shared objects. */
#ifndef CO_HOST_LOADER_H
#define CO_HOST_LOADER_H

#include "../carryover.h"
#include "report.h"

struct loaded {
	void *handle;
	const struct co_converter *converter; /* checked */
};

/* Loads the converter in the shared object at PATH; a failure is noted and not 0. */
int loader_open(struct loaded *loaded, const char *path, struct report *report);
void loader_close(struct loaded *loaded);

#endif
