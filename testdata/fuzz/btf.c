// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Raw BTF, alone or split. The first byte tells where the base ends and the split one begins, in
 * sixteenths of what follows; 0: there is none.
 */
#include "btf_read.h"
#include "fuzz_model.h"

static bool read_types(struct btf *btf, struct model *model, struct diags *diags)
{
	return btf && btf_read(btf, model, diags);
}

static void read_set(struct elf_bytes base_bytes, struct elf_bytes split_bytes)
{
	struct btf *base, *split = NULL;
	struct intern names;
	struct model model;
	struct diags diags;
	bool good;

	intern_init(&names);
	model_init(&model, &names);
	diags_init(&diags);
	base = btf_open("base", base_bytes, NULL, &diags);
	if (base) {
		model.info.big_endian = btf_big_endian(base);
		model.info.address_size = btf_long_size(base) ? btf_long_size(base) : 8;
	}
	good = read_types(base, &model, &diags);
	if (good && split_bytes.n) {
		split = btf_open("split", split_bytes, base, &diags);
		good = read_types(split, &model, &diags);
	}
	good = good && model_finish(&model, &diags);
	fuzz_consistent(good, &diags);
	if (good)
		fuzz_write_and_read(&model);
	btf_close(split);
	btf_close(base);
	diags_deinit(&diags);
	model_deinit(&model);
	intern_deinit(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t at;
	void *base, *split;

	if (!n)
		return 0;
	at = data[0] ? (n - 1) * (data[0] % 16) / 16 : n - 1;
	base = fuzz_copy(data + 1, at);
	split = fuzz_copy(data + 1 + at, n - 1 - at);
	read_set((struct elf_bytes){base, at}, (struct elf_bytes){split, n - 1 - at});
	free(split);
	free(base);
	return 0;
}
