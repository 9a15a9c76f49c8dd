/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover compat A B...: which releases share their run-time structs, and which need what. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"
#include "formats.h"
#include "generation.h"
#include "output.h"

/* A mapping in the folder of --mappings, planned with the layouts beside it. */
struct known {
	const char *file;
	struct generation gen;
	const char *error; /* why it cannot be planned, or NULL */
};

struct compat_run {
	const struct options *options;
	struct diags *diags;
	struct arena arena;
	struct intern names;
	struct model models[COMPAT_RELEASES_MAX];
	struct idioms idioms;
	struct {
		struct known **at;
		size_t n, room;
	} known;
};

static bool read_models(struct compat_run *run)
{
	const struct options *options = run->options;
	bool good = true;

	for (size_t i = 0; i < options->n_operands; i++)
		good &= input_read(options->operands[i], &options->read, &run->models[i],
				   run->diags);
	for (size_t i = 1; good && i < options->n_operands; i++) {
		input_check_readers(&run->models[0], &run->models[i], run->diags);
		good = input_check_machines(&run->models[0], &run->models[i], run->diags);
	}
	return good;
}

/* ---- the mappings that are there --------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct known *const *)a)->file, (*(struct known *const *)b)->file);
}

static const char *first_error(const struct diags *diags, struct arena *arena)
{
	for (size_t i = 0; i < diags->n; i++) {
		const struct diag *diag = &diags->at[i];

		if (diag->level >= DIAG_ERROR)
			return diag->at.line ? arena_printf(arena, "line %u: %s", diag->at.line,
							    diag->text)
					     : arena_strdup(arena, diag->text);
	}
	return "it cannot be planned";
}

static void known_add(struct compat_run *run, const char *file)
{
	struct known *known = ARENA_NEW(&run->arena, struct known);
	struct diags diags;

	*VEC_PUSH(&run->known) = known;
	known->file = file;
	diags_init(&diags);
	generation_init(&known->gen, run->options, file, &diags);
	if (!generation_plan(&known->gen, NULL, NULL)) {
		known->error = first_error(&diags, &run->arena);
		diag_add(run->diags, DIAG_WARNING, place_file(file), "it does not hold: %s",
			 known->error);
	}
	diags_deinit(&diags);
}

/* DIR/mapping.yaml, or DIR/NAME/mapping.yaml for each NAME that has one. */
static bool known_find(struct compat_run *run, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (!dir)
		return diag_error(run->diags, place_file(folder), "cannot read the folder: %s",
				  strerror(errno));
	while ((entry = readdir(dir))) {
		const char *file = arena_printf(&run->arena, "%s/%s%smapping.yaml", folder,
						strcmp(entry->d_name, ".") ? entry->d_name : "",
						strcmp(entry->d_name, ".") ? "/" : "");

		if (strcmp(entry->d_name, "..") && !access(file, F_OK))
			known_add(run, file);
	}
	closedir(dir);
	if (run->known.n)
		qsort(run->known.at, run->known.n, sizeof(*run->known.at), by_name);
	else
		diag_add(run->diags, DIAG_WARNING, place_file(folder),
			 "no mapping.yaml in it, nor in a folder of it");
	return true;
}

static bool is_of(const struct words *release, const struct model *model)
{
	return release->text && model->info.release && !strcmp(release->text, model->info.release);
}

static bool has_root(const struct mapping *mapping, const char *label)
{
	for (size_t i = 0; i < mapping->roots.n; i++)
		if (mapping->roots.at[i].type.text &&
		    !strcmp(mapping->roots.at[i].type.text, label))
			return true;
	return mapping_type(mapping, label) != NULL;
}

/* The roots of the question that MAPPING says nothing about. */
static const char *missing_roots(const struct options *options, const struct mapping *mapping,
				 struct arena *arena)
{
	const char *missing = NULL;

	for (size_t i = 0; i < options->roots.n; i++) {
		const char *label = options->roots.at[i];

		if (!has_root(mapping, label))
			missing = missing ? arena_printf(arena, "%s, %s", missing, label) : label;
	}
	return missing;
}

/* What MODEL has under the label of a carried type is laid out as on SIDE of the mapping's own layouts. */
static bool same_layout(const struct plan_type *type, enum side side, const struct model *model)
{
	char digest[HASH128_HEX];
	type_id id;

	if (model_lookup(model, type->label, &id, NULL, 0) != 1)
		return false;
	id = strip(model, id);
	hash128_hex(model_digest(model, &id, 1), digest);
	return !strcmp(digest, type->digest[side]);
}

/*
 * A type that differs between the layouts that the mapping was made for and those of the two releases, or
 * NULL: then its converter runs between them, whatever they are called.
 */
static const struct plan_type *other_layout(const struct plan *plan, const struct model *old,
					    const struct model *new)
{
	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];

		if (!type->is_part &&
		    (!same_layout(type, OLD, old) || !same_layout(type, NEW, new)))
			return type;
	}
	return NULL;
}

/* Why KNOWN is no mapping of the pair: NULL when it is one, "" when it is not meant to be. */
static const char *misfit(const struct known *known, const struct model *old,
			  const struct model *new, struct arena *arena)
{
	const struct mapping *mapping = &known->gen.mapping;
	bool meant = is_of(&mapping->from_release, old) && is_of(&mapping->to_release, new);
	const struct plan_type *type;

	if (known->error)
		return meant ? known->error : "";
	type = other_layout(&known->gen.plan, old, new);
	if (!type)
		return NULL;
	return meant ? arena_printf(arena, "these two have another %s than the layouts beside it",
				    type->label)
		     : "";
}

/* The first that holds and lacks no root, else one that holds, else one that is meant for the pair. */
static const char *find_mapping(void *data, size_t from, size_t to, struct arena *arena,
				const char **wrong, const char **missing)
{
	struct compat_run *run = data;
	const char *found = NULL;

	*wrong = *missing = NULL;
	for (size_t i = 0; i < run->known.n; i++) {
		const struct known *known = run->known.at[i];
		const char *error = misfit(known, &run->models[from], &run->models[to], arena);
		const char *lacks;

		if (error && (!*error || found))
			continue;
		lacks = error ? NULL : missing_roots(run->options, &known->gen.mapping, arena);
		if (found && !*wrong && lacks)
			continue;
		found = known->file;
		*wrong = error;
		*missing = lacks;
		if (!error && !lacks)
			break;
	}
	return found;
}

/* ---- the command ------------------------------------------------------------------------------- */

static void write_one(const void *compat, const char *format, bool color, struct text *out)
{
	if (!strncmp(format, "json", 4))
		report_compat_json(compat, out);
	else
		report_compat_text(compat, color, out);
}

static void compare(struct compat_run *run, struct text *out)
{
	const struct options *options = run->options;
	struct compat_input input = {
		.models = run->models,
		.n = options->n_operands,
		.roots = options->roots.at,
		.n_roots = options->roots.n,
		.idioms = &run->idioms,
		.mapping = run->known.n ? find_mapping : NULL,
		.data = run,
		.progress = options->read.progress,
		.progress_data = options->read.data,
	};
	struct compat compat;
	struct output files;

	output_init(&files);
	if (compat_make(&input, &compat, run->diags)) {
		formats_write(options, write_one, &compat, out, &files);
		output_commit(&files, NULL, run->diags);
	}
	output_deinit(&files);
	compat_deinit(&compat);
}

int command_compat(const struct options *options, struct text *out, struct diags *diags)
{
	struct compat_run *run = calloc(1, sizeof(*run));

	if (!run) {
		diag_error(diags, (struct place){0}, "out of memory");
		return 2;
	}
	run->options = options;
	run->diags = diags;
	arena_init(&run->arena);
	intern_init(&run->names);
	for (size_t i = 0; i < COMPAT_RELEASES_MAX; i++)
		model_init(&run->models[i], &run->names);
	if (read_models(run) && idioms_load(&run->idioms, diags) &&
	    (!options->mappings || known_find(run, options->mappings)))
		compare(run, out);
	for (size_t i = 0; i < run->known.n; i++)
		generation_deinit(&run->known.at[i]->gen);
	VEC_FREE(&run->known);
	idioms_deinit(&run->idioms);
	for (size_t i = 0; i < COMPAT_RELEASES_MAX; i++)
		model_deinit(&run->models[i]);
	intern_deinit(&run->names);
	arena_deinit(&run->arena);
	free(run);
	return 0;
}
