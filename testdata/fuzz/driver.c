// SPDX-License-Identifier: GPL-2.0-or-later
/* Gives each file named on the command line to a fuzz target once, without libFuzzer. */
#include "fuzz.h"

static uint8_t *read_all(const char *path, size_t *n)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (!file || fseek(file, 0, SEEK_END) || (size = ftell(file)) < 0) {
		perror(path);
		exit(2);
	}
	rewind(file);
	*n = (size_t)size;
	data = malloc(*n + 1);
	if (!data || fread(data, 1, *n, file) != *n) {
		perror(path);
		exit(2);
	}
	fclose(file);
	return data;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		size_t n;
		uint8_t *data = read_all(argv[i], &n), *exact;

		fprintf(stderr, "%s\n", argv[i]);
		exact = fuzz_copy(data, n);
		free(data);
		LLVMFuzzerTestOneInput(exact, n);
		free(exact);
	}
	return argc > 1 ? 0 : 2;
}
