/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover history TYPE A B...: one type across releases. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "json.h"
#include "options.h"
#include "output.h"
#include "report_text.h"

/* One release of the type. */
struct stage {
	struct model model;
	const char *name;
	type_id id;	  /* TYPE_NONE: it has no such type */
	struct diff diff; /* from the nearest stage before that has the type */
	bool has_diff;
};

struct history {
	const char *label;
	struct intern names;
	struct stage *stages;
	size_t n;
};

static bool read_stages(struct history *history, const struct options *options, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < history->n; i++) {
		struct stage *stage = &history->stages[i];
		const struct model_info *info = &stage->model.info;

		good &= input_read(options->operands[i + 1], &options->read, &stage->model, diags);
		stage->name = info->release ? info->release : info->name ? info->name : "?";
		stage->id = TYPE_NONE;
	}
	for (size_t i = 1; good && i < history->n; i++) {
		input_check_readers(&history->stages[0].model, &history->stages[i].model, diags);
		good = input_check_machines(&history->stages[0].model, &history->stages[i].model,
					    diags);
	}
	return good;
}

/* Nobody has it: the newest says what it has instead. */
static bool find_type(struct history *history, struct diags *diags)
{
	const struct place nowhere = {0};
	bool found = false, good = true;
	type_id id;

	for (size_t i = 0; i < history->n; i++) {
		struct stage *stage = &history->stages[i];

		if (!model_lookup(&stage->model, history->label, &id, NULL, 0))
			continue;
		found = true;
		if (model_require(&stage->model, history->label, nowhere, diags, &id))
			stage->id = strip(&stage->model, id);
		else
			good = false;
	}
	return good && (found || model_require(&history->stages[history->n - 1].model,
					       history->label, nowhere, diags, &id));
}

static void compare_stages(struct history *history)
{
	struct stage *before = NULL;

	for (size_t i = 0; i < history->n; i++) {
		struct stage *stage = &history->stages[i];

		if (stage->id == TYPE_NONE)
			continue;
		if (before) {
			struct diff_scope scope = {.old_ids = &before->id,
						   .new_ids = &stage->id,
						   .n_old = 1,
						   .n_new = 1};

			diff_models(&before->model, &stage->model, &scope, &stage->diff);
			stage->has_diff = true;
		}
		before = stage;
	}
}

/* "same", "changed", "first", "absent": what became of the type from the release before. */
static const char *stage_word(const struct stage *stage)
{
	if (stage->id == TYPE_NONE)
		return "absent";
	if (!stage->has_diff)
		return "first";
	return stage->diff.n ? diff_status_word(stage->diff.at[0].status) : "same";
}

static void put_stage(struct paper *paper, const struct stage *stage, size_t width)
{
	const struct type *type;

	paper_paint(paper, PAINT_BOLD, "%-*s", (int)width, stage->name);
	if (stage->id == TYPE_NONE) {
		text_puts(paper->out, "  has no such type\n");
		return;
	}
	type = type_at(&stage->model, stage->id);
	text_add(paper->out, "  %6" PRIu64 " bytes  %4" PRIu32 " %s  %s", type->size, type->n,
		 type->kind == KIND_ENUM ? "enumerators" : "members", stage_word(stage));
	if (type->file && stage->has_diff && stage->diff.n)
		text_add(paper->out, "  %s:%" PRIu32, type->file, type->line);
	text_puts(paper->out, "\n");
	for (size_t i = 0; stage->has_diff && i < stage->diff.n; i++)
		report_members(paper, &stage->diff, &stage->diff.at[i]);
}

static void put_text(const struct history *history, bool color, struct text *out)
{
	struct paper paper = {.out = out, .color = color};
	size_t changes = 0, absent = 0, width = 0;

	for (size_t i = 0; i < history->n; i++) {
		const struct stage *stage = &history->stages[i];

		changes += stage->has_diff && stage->diff.n;
		absent += stage->id == TYPE_NONE;
		if (strlen(stage->name) > width)
			width = strlen(stage->name);
	}
	paper_paint(&paper, PAINT_BOLD, "%s", history->label);
	text_add(out, " in %zu releases: ", history->n);
	if (changes)
		text_add(out, "changed %zu time%s", changes, changes == 1 ? "" : "s");
	else
		text_puts(out, "never changed");
	if (absent)
		text_add(out, ", not in %zu of them", absent);
	text_puts(out, "\n\n");
	for (size_t i = 0; i < history->n; i++)
		put_stage(&paper, &history->stages[i], width);
}

static void json_entry(struct json *json, const struct diff_entry *entry)
{
	json_object(json, NULL);
	json_string(json, "path", entry->path);
	json_string(json, "rule", rule_id(entry->rule));
	json_string(json, "old_type", entry->old_type);
	json_string(json, "new_type", entry->new_type);
	json_string(json, "cause", entry->cause);
	json_object_end(json);
}

static void json_stage(struct json *json, const struct stage *stage)
{
	json_object(json, NULL);
	json_string(json, "release", stage->name);
	json_string(json, "status", stage_word(stage));
	if (stage->id == TYPE_NONE)
		json_null(json, "size");
	else
		json_uint(json, "size", type_at(&stage->model, stage->id)->size);
	json_array(json, "changes");
	for (size_t i = 0; stage->has_diff && i < stage->diff.n; i++)
		for (size_t k = 0; k < stage->diff.at[i].n; k++)
			json_entry(json, &stage->diff.at[i].entries[k]);
	json_array_end(json);
	json_object_end(json);
}

static void put_json(const struct history *history, struct text *out)
{
	struct json json;

	json_init(&json, out, 4);
	json_object(&json, NULL);
	json_uint(&json, "carryover", 1);
	json_string(&json, "type", history->label);
	json_array(&json, "releases");
	for (size_t i = 0; i < history->n; i++)
		json_stage(&json, &history->stages[i]);
	json_array_end(&json);
	json_object_end(&json);
}

static void write_one(const void *history, const char *format, bool color, struct text *out)
{
	if (!strncmp(format, "json", 4))
		put_json(history, out);
	else
		put_text(history, color, out);
}

int command_history(const struct options *options, struct text *out, struct diags *diags)
{
	struct stage stages[OPERANDS_MAX];
	struct history history = {
		.label = options->operands[0], .stages = stages, .n = options->n_operands - 1};
	struct output files;

	intern_init(&history.names);
	output_init(&files);
	memset(stages, 0, sizeof(stages));
	for (size_t i = 0; i < history.n; i++)
		model_init(&stages[i].model, &history.names);
	if (read_stages(&history, options, diags) && find_type(&history, diags)) {
		compare_stages(&history);
		formats_write(options, write_one, &history, out, &files);
		output_commit(&files, NULL, diags);
	}
	output_deinit(&files);
	for (size_t i = 0; i < history.n; i++) {
		if (stages[i].has_diff)
			diff_deinit(&stages[i].diff);
		model_deinit(&stages[i].model);
	}
	intern_deinit(&history.names);
	return 0;
}
