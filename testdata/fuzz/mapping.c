// SPDX-License-Identifier: GPL-2.0-or-later
/* The mapping reader, and what is asked of a mapping that was read. */
#include "fuzz_model.h"
#include "mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct mapping mapping;
	struct diags diags;

	diags_init(&diags);
	fuzz_consistent(mapping_read("m.yaml", (const char *)data, n, &mapping, &diags), &diags);
	for (size_t i = 0; i < mapping.types.n; i++) {
		const struct type_decisions *type = &mapping.types.at[i];

		if (type->type.text)
			mapping_type(&mapping, type->type.text);
		for (size_t j = 0; j < type->members.n; j++)
			if (type->members.at[j].path.text)
				decision_find(type, type->members.at[j].path.text);
	}
	mapping_deinit(&mapping);
	diags_deinit(&diags);
	return 0;
}
