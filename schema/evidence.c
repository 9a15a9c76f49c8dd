/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words for what a model was read from. */
#include "evidence.h"

uint32_t evidence_skipped(const struct evidence *evidence)
{
	uint32_t sum = 0;

	for (unsigned int i = 0; i < SKIP_REASONS; i++)
		sum += evidence->skipped[i];
	return sum;
}

void evidence_add(struct evidence *to, const struct evidence *from)
{
	to->files += from->files;
	to->forms |= from->forms;
	to->units += from->units;
	for (unsigned int i = 0; i < SKIP_REASONS; i++)
		to->skipped[i] += from->skipped[i];
}

const char *skip_word(enum skip_reason reason)
{
	static const char *const words[SKIP_REASONS] = {
		[SKIP_ASSEMBLER] = "assembler",
		[SKIP_RUST] = "Rust",
		[SKIP_CPLUSPLUS] = "C++",
		[SKIP_LANGUAGE] = "other",
	};

	return words[reason];
}

const char *form_word(enum input_form form)
{
	static const char *const words[FORMS] = {
		[FORM_DWARF4] = "DWARF 4",
		[FORM_DWARF5] = "DWARF 5",
		[FORM_BTF] = "BTF",
		[FORM_SPLIT_BTF] = "split BTF",
		[FORM_SNAPSHOT] = "snapshot",
		[FORM_COMPRESSED_SECTIONS] = "compressed sections",
		[FORM_TYPE_UNITS] = "type units",
		[FORM_PARTIAL_UNITS] = "partial units",
		[FORM_SHARED_TYPES] = "types shared by units",
		[FORM_DWO] = ".dwo files",
		[FORM_DWP] = ".dwp file",
		[FORM_DEBUG_FILE] = "separate debug file",
		[FORM_ALTERNATE] = "alternate file",
		[FORM_COMPRESSED] = "compressed",
		[FORM_VMLINUZ] = "vmlinuz",
		[FORM_PACKAGE] = "Debian package",
		[FORM_DIRECTORY] = "directory",
	};

	return words[form];
}
