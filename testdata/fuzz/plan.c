// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From a mapping and two layouts to the text of the converter: four documents, each ended by a line
 * of equals signs: old snapshot, new snapshot, mapping and, where there is one, hooks.c.
 */
#include "emit.h"
#include "fuzz_model.h"

#define LINE "\n=====\n"

struct part {
	char *at;
	size_t n;
};

/* Takes the first document off DATA; a copy with a NUL behind it. */
static struct part part_take(const uint8_t **data, size_t *n)
{
	const char *text = (const char *)*data, *end = fuzz_find(text, *n, LINE);
	size_t size = end ? (size_t)(end + 1 - text) : *n;
	size_t used = end ? size + strlen(LINE) - 1 : *n;
	struct part part = {malloc(size + 1), size};

	FUZZ_ASSERT(part.at);
	memcpy(part.at, text, size);
	part.at[size] = 0;

	*data += used;
	*n -= used;
	return part;
}

static void emit_all(const struct plan *plan)
{
	struct text text;

	text_init(&text);
	emit_converter(plan, &text);
	emit_layout_header(plan, &text);
	emit_assertions(plan, &text);
	emit_makefile(plan, &text);
	emit_kbuild(plan, &text);
	ledger_print(plan, &text);
	text_deinit(&text);
}

static void make_plan(const struct part *text, const char *hooks, const struct model *model,
		      struct diags *diags)
{
	struct mapping mapping;
	struct plan plan = {.mapping = NULL};
	struct diff diff;

	diff_models(&model[OLD], &model[NEW], NULL, &diff);
	arena_init(&plan.arena);
	if (mapping_read("mapping.yaml", text->at, text->n, &mapping, diags)) {
		struct plan_input input = {.mapping = &mapping,
					   .diff = &diff,
					   .hooks = hooks,
					   .hooks_file = "hooks.c"};
		bool good = plan_make(&input, &plan, diags);

		fuzz_consistent(good, diags);
		if (good)
			emit_all(&plan);
	}
	plan_deinit(&plan);
	mapping_deinit(&mapping);
	diff_deinit(&diff);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct part parts[4];
	struct model model[2];
	struct intern names;
	struct diags diags;
	bool good = true;

	diags_init(&diags);
	intern_init(&names);
	for (int i = 0; i < 4; i++)
		parts[i] = part_take(&data, &n);
	for (int i = 0; i < 2; i++) {
		model_init(&model[i], &names);
		fuzz_snapshot_digest(parts[i].at, parts[i].n);
		good = good && snapshot_read("s", parts[i].at, parts[i].n, &model[i], &diags);
	}
	if (good)
		make_plan(&parts[2], parts[3].n ? parts[3].at : NULL, model, &diags);
	for (int i = 0; i < 2; i++)
		model_deinit(&model[i]);
	for (int i = 0; i < 4; i++)
		free(parts[i].at);
	intern_deinit(&names);
	diags_deinit(&diags);
	return 0;
}
