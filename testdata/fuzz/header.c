/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of a header's constants: what it knows is in order, and the same header twice has no change. */
#include "constants_diff.h"
#include "fuzz_model.h"
#include "source_macros.h"

static void ask(const struct constants *all)
{
	struct constants_diff diff;

	for (size_t i = 0; i < all->n; i++) {
		const struct constant *one = &all->at[i];

		FUZZ_ASSERT(!i || strcmp(all->at[i - 1].name, one->name) < 0);
		FUZZ_ASSERT(one->unknown || one->n_values == 1);
		for (size_t k = 1; k < one->n_values; k++)
			FUZZ_ASSERT(one->values[k - 1] < one->values[k]);
	}
	constants_diff(all, all, "", &diff);
	FUZZ_ASSERT(diff.matched[0] == all->n && diff.n == diff.by[CONSTANT_UNSEEN]);
	constants_diff_deinit(&diff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *copy = fuzz_copy(data, n);
	struct constants constants;
	struct arena arena;
	struct diags diags;
	bool good;

	arena_init(&arena);
	diags_init(&diags);
	FUZZ_ASSERT(macros_cost(copy, n, 1000) <= 1000);
	good = source_constants("h", copy, n, "x86_64", &arena, &constants, &diags);
	fuzz_consistent(good, &diags);
	if (good)
		ask(&constants);
	diags_deinit(&diags);
	arena_deinit(&arena);
	free(copy);
	return 0;
}
