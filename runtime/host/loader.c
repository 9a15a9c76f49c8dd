// SPDX-License-Identifier: GPL-2.0-or-later
/* Converters as shared objects, by dlopen. */
#include "loader.h"
#include "memory.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static bool fits_machine(const struct co_converter *converter)
{
	return converter->address_size == sizeof(void *) &&
	       converter->big_endian == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

int loader_open(struct loaded *loaded, const char *path, struct report *report)
{
	/* A name without a slash would be looked for along the library path. */
	char *name = memory_format("%s%s", strchr(path, '/') ? "" : "./", path);
	int code = 0, error;

	loaded->converter = NULL;
	loaded->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	free(name);
	if (!loaded->handle)
		return report_fail(report, EXIT_UNUSABLE, "cannot load converter: %s", dlerror());
	loaded->converter = dlsym(loaded->handle, CO_CONVERTER_SYMBOL);
	if (!loaded->converter) {
		code = report_fail(report, EXIT_UNUSABLE, "%s: not a converter: no symbol '%s'",
				   path, CO_CONVERTER_SYMBOL);
	} else if ((error = co_converter_check(loaded->converter)) != CO_OK) {
		code = report_fail(report, EXIT_UNUSABLE, "%s: %s", path,
				   error == CO_E_API ? co_strerror(error)
						     : "the converter's tables are inconsistent");
	} else if (!fits_machine(loaded->converter)) {
		code = report_fail(report, EXIT_EVIDENCE,
				   "%s: the converter's address size or byte order (%s) is not "
				   "this machine's",
				   path, loaded->converter->from.arch);
	}
	if (code)
		loader_close(loaded);
	return code;
}

void loader_close(struct loaded *loaded)
{
	if (loaded->handle)
		dlclose(loaded->handle);
	loaded->handle = NULL;
	loaded->converter = NULL;
}
