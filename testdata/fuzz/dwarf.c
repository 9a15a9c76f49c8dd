// SPDX-License-Identifier: GPL-2.0-or-later
/* ELF files with DWARF: the headers, the symbols, sections that are compressed or relocated, the
 * types. */
#include "dwarf_read.h"
#include "fuzz_model.h"

static void read_types(struct elf_file *elf, struct diags *diags)
{
	struct read_options options = {.jobs = 1};
	struct intern names;
	struct model model;
	bool good;

	intern_init(&names);
	model_init(&model, &names);
	model.info.arch = intern(&names, elf_info(elf)->arch);
	model.info.big_endian = elf_info(elf)->big_endian;
	model.info.address_size = elf_info(elf)->address_size;
	good = dwarf_read("f.elf", elf, &options, NULL, &model, diags) && model_finish(&model, diags);
	fuzz_consistent(good, diags);
	if (good)
		fuzz_write_and_read(&model);
	model_deinit(&model);
	intern_deinit(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct elf_wanted wanted[] = {{.name = "init_task"}, {.name = "main"}};
	char *copy = fuzz_copy(data, n);
	struct diags diags;
	struct elf_file *elf;

	diags_init(&diags);
	elf = elf_recognise(copy, n) ? elf_open("f.elf", copy, n, &diags) : NULL;
	if (elf) {
		elf_symbols(elf, wanted, sizeof(wanted) / sizeof(wanted[0]));
		read_types(elf, &diags);
		elf_close(elf);
	}
	diags_deinit(&diags);
	free(copy);
	return 0;
}
