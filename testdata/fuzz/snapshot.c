// SPDX-License-Identifier: GPL-2.0-or-later
/* The snapshot reader. What it takes, the writer writes, and that reads as the same again. */
#include "fuzz_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = fuzz_copy(data, n);
	struct intern names;
	struct model model;
	struct diags diags;
	bool good;

	fuzz_snapshot_digest(text, n);
	intern_init(&names);
	model_init(&model, &names);
	diags_init(&diags);
	snapshot_recognise(text, n);
	good = snapshot_read("s.yaml", text, n, &model, &diags);
	fuzz_consistent(good, &diags);
	if (good)
		fuzz_write_and_read(&model);
	diags_deinit(&diags);
	model_deinit(&model);
	intern_deinit(&names);
	free(text);
	return 0;
}
