// SPDX-License-Identifier: GPL-2.0-or-later
/* What is compressed: xz, zstd, gzip, LZ4, and the payload of a bootable kernel. */
#include "compress.h"
#include "fuzz_model.h"
#include "vmlinuz.h"

#define LIMIT (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct diags diags;
	char *out = NULL;
	size_t out_n = 0;
	bool good;

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
