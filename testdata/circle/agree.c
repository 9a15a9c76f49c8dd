/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holds the types that DWARF and BTF have of one program against each other: agree DWARF BTF.
 * Prints one line for each that differs or is an exception, then the exceptions counted by their
 * reason, and last "N of N agree".
 */
#include "schema/cross.h"
#include "schema/input.h"

#include <stdio.h>

static bool read_input(const char *path, enum input_reader reader, struct intern *names,
		       struct model *model)
{
	struct read_options options = {.reader = reader};
	struct diags diags;
	bool good;

	diags_init(&diags);
	model_init(model, names);
	good = input_read(path, &options, model, &diags);
	for (size_t i = 0; i < diags.n; i++)
		fprintf(stderr, "%s: %s\n", diags.at[i].at.file ? diags.at[i].at.file : "",
			diags.at[i].text);
	diags_deinit(&diags);
	return good;
}

static void print_type(const struct cross_type *type)
{
	if (type->why)
		printf("%s of %s: %s\n", type->label, type->of_dwarf ? "DWARF" : "BTF", type->why);
	for (unsigned int i = 0; !type->why && i < CROSS_EXCEPTIONS; i++)
		if (type->exceptions >> i & 1)
			printf("%s: %s\n", type->label, cross_word((enum cross_exception)i));
}

static void report(const struct cross *cross)
{
	for (size_t i = 0; i < cross->types.n; i++)
		print_type(&cross->types.at[i]);
	for (unsigned int i = 0; i < CROSS_EXCEPTIONS; i++)
		printf("%zu: %s\n", cross->exceptions[i], cross_word((enum cross_exception)i));
	printf("%zu of %zu agree, %zu of them up to what BTF cannot say\n", cross->agree,
	       cross->total, cross->by_exception);
}

int main(int argc, char **argv)
{
	struct model dwarf, btf;
	struct intern intern;
	struct cross cross;
	bool good;

	if (argc != 3) {
		fprintf(stderr, "usage: agree DWARF BTF\n");
		return 2;
	}
	intern_init(&intern);
	good = read_input(argv[1], READER_DWARF, &intern, &dwarf);
	good &= read_input(argv[2], READER_BTF, &intern, &btf);
	if (good) {
		cross_compare(&dwarf, &btf, &cross);
		report(&cross);
		good = cross.total && cross.agree == cross.total;
		cross_deinit(&cross);
		argc = 0;
	}
	model_deinit(&dwarf);
	model_deinit(&btf);
	intern_deinit(&intern);
	return argc ? 2 : !good;
}
