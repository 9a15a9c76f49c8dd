// SPDX-License-Identifier: GPL-2.0-or-later
/* What is compressed: xz, zstd, gzip, LZ4, the payload of a bootable kernel, and packages. */
#include "compress.h"
#include "fuzz_model.h"
#include "package.h"
#include "vmlinuz.h"

#define LIMIT (1u << 20)

static void open_package(const uint8_t *data, size_t n)
{
	struct package package;
	struct diags diags;
	size_t all = 0;
	bool good;

	diags_init(&diags);
	good = package_open("p", data, n, LIMIT, &package, &diags);
	fuzz_consistent(good, &diags);
	for (size_t i = 0; i < package.files.n; i++)
		all += package.files.at[i].n;
	FUZZ_ASSERT(all <= LIMIT && (!good || package.files.n));
	package_deinit(&package);
	diags_deinit(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct diags diags;
	char *out = NULL;
	size_t out_n = 0;
	bool good;

	if (package_recognise(data, n)) {
		open_package(data, n);
		return 0;
	}
	diags_init(&diags);
	if (vmlinuz_recognise(data, n))
		good = vmlinuz_unpack("k", data, n, LIMIT, &out, &out_n, &diags);
	else
		good = decompress("c", data, n, LIMIT, &out, &out_n, &diags);
	fuzz_consistent(good, &diags);
	if (good) {
		FUZZ_ASSERT(out_n <= LIMIT && !out[out_n]);
		free(out);
	}
	diags_deinit(&diags);
	return 0;
}
