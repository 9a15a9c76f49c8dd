// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The state image: opened, printed in both forms, made a state and converted. Checksums are set
 * right first: a hostile image has right ones.
 */
#include <string.h>

#include "../../runtime/host/change.h"
#include "../../runtime/host/fake_converter.h"
#include "../../runtime/host/inspect.h"
#include "../../runtime/image_bytes.h"
#include "../../runtime/xxh64.h"
#include "fuzz.h"

static void set_checksums(uint8_t *data, uint64_t n)
{
	uint64_t sections;

	if (n < CO_IMAGE_HEADER)
		return;
	sections = co_little_get(data + CO_IMAGE_AT_COUNT, 32);
	if (sections > CO_IMAGE_SECTIONS_MAX || n < CO_IMAGE_HEADER + sections * CO_IMAGE_ENTRY)
		return;
	for (uint64_t i = 0; i < sections; i++) {
		uint8_t *row = data + CO_IMAGE_HEADER + i * CO_IMAGE_ENTRY;
		uint64_t at = co_little_get(row + 8, 64), size = co_little_get(row + 16, 64);

		if (at <= n && size <= n - at)
			co_little_put(row + 24, 64, co_xxh64(data + at, size, 0));
	}
	co_little_put(data + CO_IMAGE_SUM, 64, co_image_sum(data, (uint32_t)sections));
}

static void inspect_both(const struct co_image *image)
{
	struct run_options options = {.object = CO_NOWHERE, .format = FORMAT_TEXT};
	struct report report = {.n = 0};
	FILE *out = fopen("/dev/null", "w");

	FUZZ_ASSERT(out);
	inspect_image(image, &options, out, &report);
	options.format = FORMAT_JSON;
	inspect_image(image, &options, out, &report);
	fclose(out);
	report_deinit(&report);
}

static void convert(const struct co_image *image)
{
	struct report report = {.n = 0};
	struct state old, new;
	uint64_t size;

	state_init(&old);
	state_init(&new);
	if (!state_read(&old, image, &co_converter, &report) &&
	    !change_state(&new, &old, &co_converter, &report))
		free(state_write(&new, &co_converter, true, &size, &report));
	state_deinit(&new);
	state_deinit(&old);
	report_deinit(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct co_image_trouble trouble = {.reason = NULL};
	uint8_t *copy = fuzz_copy(data, n);
	struct co_image image;

	set_checksums(copy, n);
	if (co_image_open(&image, copy, n, &trouble) == CO_OK) {
		inspect_both(&image);
		convert(&image);
	} else {
		FUZZ_ASSERT(trouble.reason && trouble.at <= n);
	}
	free(copy);
	return 0;
}
