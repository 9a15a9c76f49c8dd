/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a report was read from: in every report, so that nobody takes less for more. */
#include "json.h"
#include "report.h"

#include <inttypes.h>

static void put_count(struct text *out, uint64_t n, const char *what)
{
	text_add(out, ", %" PRIu64 " %s%s", n, what, n == 1 ? "" : "s");
}

static void put_forms(const struct evidence *evidence, struct text *out)
{
	const char *before = "";

	for (unsigned int i = 0; i < FORMS; i++) {
		if (!(evidence->forms >> i & 1))
			continue;
		text_add(out, "%s%s", before, form_word((enum input_form)i));
		before = ", ";
	}
}

void report_evidence(const struct model *model, struct text *out)
{
	const struct evidence *evidence = &model->info.evidence;
	const char *before = ", skipped: ";

	put_forms(evidence, out);
	if (evidence->files > 1)
		put_count(out, evidence->files, "file");
	if (evidence->units)
		put_count(out, evidence->units, "unit");
	put_count(out, model_count(model), "type");
	for (unsigned int i = 0; i < SKIP_REASONS; i++) {
		uint32_t n = evidence->skipped[i];

		if (!n)
			continue;
		text_add(out, "%s%" PRIu32 " %s unit%s", before, n, skip_word((enum skip_reason)i),
			 n == 1 ? "" : "s");
		before = ", ";
	}
}

void report_evidence_json(const struct model *model, struct json *json)
{
	static const char *const keys[SKIP_REASONS] = {
		[SKIP_ASSEMBLER] = "assembler",
		[SKIP_RUST] = "rust",
		[SKIP_CPLUSPLUS] = "cplusplus",
		[SKIP_LANGUAGE] = "other",
	};
	const struct evidence *evidence = &model->info.evidence;

	json_uint(json, "files", evidence->files);
	json_array(json, "form");
	for (unsigned int i = 0; i < FORMS; i++)
		if (evidence->forms >> i & 1)
			json_string(json, NULL, form_word((enum input_form)i));
	json_array_end(json);
	json_uint(json, "units", evidence->units);
	json_object(json, "skipped");
	for (unsigned int i = 0; i < SKIP_REASONS; i++)
		json_uint(json, keys[i], evidence->skipped[i]);
	json_object_end(json);
	json_uint(json, "types", model_count(model));
}
