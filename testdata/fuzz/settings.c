// SPDX-License-Identifier: GPL-2.0-or-later
/* The readers of carryover.yaml and of waivers: each is given everything. */
#include "config.h"
#include "fuzz_model.h"
#include "waivers.h"

static const char *const rules[] = {"ADDED", "MOVED", "COMPILER"};

static void read_config(const char *data, size_t n)
{
	struct config config;
	struct diags diags;

	diags_init(&diags);
	config_init(&config);
	fuzz_consistent(config_read("carryover.yaml", data, n, rules, 3, &config, &diags), &diags);
	for (size_t i = 0; i < config.levels.n; i++)
		FUZZ_ASSERT(config_level(&config, config.levels.at[i].rule.text));
	config_deinit(&config);
	diags_deinit(&diags);
}

static void read_waivers(const char *data, size_t n)
{
	struct waivers waivers;
	struct diags diags;
	bool good;

	diags_init(&diags);
	waivers_init(&waivers);
	good = waivers_read("w.yaml", data, n, rules, 3, &waivers, &diags);
	fuzz_consistent(good, &diags);
	for (size_t i = 0; good && i < waivers.list.n; i++) {
		const struct waiver *waiver = &waivers.list.at[i];

		FUZZ_ASSERT(waiver->rule.text && waiver->fingerprint.text && waiver->reason.text);
		FUZZ_ASSERT(!waiver->expires.text || is_day(waiver->expires.text));
	}
	waivers_deinit(&waivers);
	diags_deinit(&diags);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	read_config((const char *)data, n);
	read_waivers((const char *)data, n);
	return 0;
}
