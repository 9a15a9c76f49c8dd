/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover dump INPUT: its types, or those asked for, as a snapshot, as C or as JSON. */
#include "dump_json.h"
#include "layout_c.h"
#include "options.h"
#include "output.h"
#include "plan.h"
#include "snapshot_write.h"

#include "../schema/carried.h"
#include "../schema/select.h"

#include <string.h>

/* What is asked for: the types themselves; nothing at all is everything. */
static void add_closure(const struct model *model, type_id root, struct type_set *asked)
{
	struct selection reached;

	select_closure(model, &root, 1, true, &reached);
	for (size_t i = 0; i < reached.n; i++)
		*VEC_PUSH(asked) = reached.ids[i];
	selection_deinit(&reached);
}

static bool ask_labels(const struct options *options, const struct model *model,
		       struct type_set *asked, struct diags *diags)
{
	bool good = true;
	type_id id;

	for (size_t i = 0; i < options->types.n; i++) {
		if (!select_labels(model, &options->types.at[i], 1, &id, diags))
			good = false;
		else
			*VEC_PUSH(asked) = id;
	}
	for (size_t i = 0; i < options->roots.n; i++) {
		if (!select_labels(model, &options->roots.at[i], 1, &id, diags))
			good = false;
		else
			add_closure(model, id, asked);
	}
	return good;
}

/* The file of --carried; the symbols that its converter will need are what the model shall look up.
 */
static bool read_mapping(const struct options *options, struct mapping *mapping,
			 struct option_list *symbols, struct arena *arena, struct diags *diags)
{
	size_t n;
	char *data = input_file(options->carried, MAPPING_BYTES_MAX, &n, arena, diags);

	if (!data || !mapping_read(options->carried, data, n, mapping, diags))
		return false;
	symbols->room = 0;
	symbols->at =
		vec_grow(NULL, &symbols->room, plan_symbols_max(mapping), sizeof(*symbols->at));
	symbols->n = plan_symbol_names(mapping, symbols->at, symbols->room);
	return true;
}

/* A baseline that was cut down says to what. */
static void note_scope(const struct options *options, struct model *model)
{
	if (!options->roots.n && !options->types.n && !options->carried)
		return;
	model->roots.n = model->only.n = 0;
	for (size_t i = 0; i < options->roots.n; i++)
		*VEC_PUSH(&model->roots) = options->roots.at[i];
	for (size_t i = 0; i < options->types.n; i++)
		*VEC_PUSH(&model->only) = options->types.at[i];
}

static void print(const struct options *options, const struct model *model,
		  const struct type_set *asked, struct text *out)
{
	const char *format = options->formats.n ? options->formats.at[0] : "yaml";
	const struct layout_style style = {0};

	if (!strcmp(format, "c"))
		layout_print(model, asked->at, asked->n, &style, out);
	else if (!strcmp(format, "json"))
		dump_json(model, asked->at, asked->n, out);
	else
		snapshot_write(model, asked->at, asked->n, out);
}

static void dump(const struct options *options, const struct mapping *mapping,
		 const struct option_list *symbols, struct text *out, struct diags *diags)
{
	struct read_options read = options->read;
	struct type_set asked = {0};
	struct intern names;
	struct model model;
	bool good;

	read.symbols = symbols->at;
	read.n_symbols = symbols->n;
	intern_init(&names);
	model_init(&model, &names);
	good = input_read(options->operands[0], &read, &model, diags) &&
	       ask_labels(options, &model, &asked, diags);
	if (good && mapping)
		good = carried_types(mapping, &model, &asked, diags);
	if (good)
		note_scope(options, &model);
	if (good)
		print(options, &model, &asked, out);
	VEC_FREE(&asked);
	model_deinit(&model);
	intern_deinit(&names);
}

static bool check_formats(const struct options *options, struct diags *diags)
{
	if (options->formats.n > 1)
		return diag_error(diags, (struct place){0}, "dump prints one --format");
	if (options->formats.n && strchr(options->formats.at[0], ':'))
		return diag_error(diags, (struct place){0},
				  "--format %s: dump writes to a file with -o FILE",
				  options->formats.at[0]);
	return true;
}

int command_dump(const struct options *options, struct text *out, struct diags *diags)
{
	struct option_list symbols = {0};
	struct mapping mapping = {0};
	struct arena arena;
	bool good = check_formats(options, diags);

	arena_init(&arena);
	if (good && options->carried)
		good = read_mapping(options, &mapping, &symbols, &arena, diags);
	if (good)
		dump(options, options->carried ? &mapping : NULL, &symbols, out, diags);
	if (options->carried)
		mapping_deinit(&mapping);
	VEC_FREE(&symbols);
	arena_deinit(&arena);
	return 0;
}
