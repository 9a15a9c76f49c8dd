/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both hops of a chain, one after the other; see steps.h. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "steps.h"
#include "values.h"

bool steps_open(struct steps_run *run, const char *directory, struct arena *arena,
		struct plan *plan, struct diags *diags)
{
	run->options.read.jobs = 1;
	for (int i = 0; i < 2; i++) {
		const char *file = arena_printf(arena, "%s/%d/mapping.yaml", directory, i + 1);
		const char *library =
			arena_printf(arena, "%s/out%d/converter.so", directory, i + 1);

		generation_init(&run->hops[i], &run->options, file, diags);
		if (!generation_plan(&run->hops[i], NULL, NULL))
			return false;
		run->libraries[i] = dlopen(library, RTLD_NOW | RTLD_LOCAL);
		if (!run->libraries[i])
			return diag_error(diags, place_file(library), "%s", dlerror());
		run->converters[i] = dlsym(run->libraries[i], CO_CONVERTER_SYMBOL);
	}
	return chain_plan(&run->hops[0].plan, &run->hops[1].plan, plan, diags);
}

static int hop_convert(const struct co_converter *converter, const char *type, const void *old,
		       size_t old_size, void *new, size_t new_size)
{
	struct co_ctx ctx = {
		.converter = converter, .pointers = CO_POINTERS_KEEP, .new_address = 0x1000};

	return co_convert(&ctx, co_type_find(converter, type), old, old_size, new, new_size);
}

int steps_convert(const struct steps_run *run, const char *type, const unsigned char *old,
		  size_t old_size, unsigned char *new, size_t new_size)
{
	const struct co_converter *first = run->converters[0], *second = run->converters[1];
	size_t middle_size, size;
	unsigned char *middle, *last = NULL;
	int error = co_new_size(first, co_type_find(first, type), old_size, &middle_size);

	memset(new, 0, new_size);
	if (error)
		return error;
	middle = buffer_new(middle_size);
	error = hop_convert(first, type, old, old_size, middle, middle_size);
	if (!error)
		error = co_new_size(second, co_type_find(second, type), middle_size, &size);
	if (!error)
		last = buffer_new(size);
	if (last)
		error = hop_convert(second, type, middle, middle_size, last, size);
	if (last && !error)
		memcpy(new, last, size < new_size ? size : new_size);
	for (size_t i = new_size; last && !error && i < size; i++)
		error = last[i] ? CO_E_ARGUMENT : 0;
	free(middle);
	free(last);
	return error;
}
