/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The patch reader: what it reads answers every question within its bounds. */
#include "fuzz_model.h"
#include "patch.h"

static void ask(const struct patch *patch)
{
	for (size_t i = 0; i < patch->hunks.n; i++) {
		const struct hunk *hunk = &patch->hunks.at[i];
		const char *from, *to;
		struct arena scratch;

		arena_init(&scratch);
		FUZZ_ASSERT(hunk->at.line && hunk->old_file && hunk->new_file);
		hunk_is_of(hunk, true, "a/b.h");
		for (int new = 0; new < 2; new ++) {
			size_t all = hunk_changes(hunk, new, 0, UINT32_MAX, 0);

			FUZZ_ASSERT(all <= hunk->n);
			FUZZ_ASSERT(all == hunk->n || hunk->lines[all].sign != ' ');
		}
		for (size_t k = 1; k < hunk->n && k < 8; k++)
			patch_renames(hunk->lines[k - 1].text, hunk->lines[k].text, &scratch, &from,
				      &to);
		arena_deinit(&scratch);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *copy = fuzz_copy(data, n);
	struct patch patch;
	struct diags diags;
	bool good;

	patch_init(&patch);
	diags_init(&diags);
	good = patch_read(&patch, "p", copy, n, &diags);
	fuzz_consistent(good, &diags);
	ask(&patch);
	diags_deinit(&diags);
	patch_deinit(&patch);
	free(copy);
	return 0;
}
