/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check --update: a baseline is written anew, of the same scope, so that its diff shows what changed. */
#include "check_update.h"
#include "check_run.h"
#include "output.h"
#include "snapshot_write.h"

#include "../schema/select.h"
#include "../schema/snapshot.h"

#include <string.h>

#define SNAPSHOT_BYTES_MAX (1u << 30)

struct update {
	struct options options;
	struct diags *diags;
	struct arena arena;
	struct intern names;
	struct model old, new;
	const char *file, *text;
	size_t size;
};

/* The baseline as it is: one snapshot, as text, of which git shows what changes. */
static bool read_baseline(struct update *update)
{
	const char *file = update->file;

	update->text =
		input_file(file, SNAPSHOT_BYTES_MAX, &update->size, &update->arena, update->diags);
	if (!update->text)
		return false;
	if (!snapshot_recognise(update->text, update->size))
		return diag_error(
			update->diags, place_file(file),
			"no snapshot as plain text: a baseline is made by `carryover dump "
			"INPUT -o FILE` and kept as it is, so that its changes can be "
			"reviewed");
	return snapshot_read(file, update->text, update->size, &update->old, update->diags);
}

/* The labels of GIVEN, else what the baseline was cut to. */
static void keep_labels(const struct option_list *given, const struct label_list *kept,
			struct label_list *labels)
{
	for (size_t i = 0; i < given->n; i++)
		*VEC_PUSH(labels) = given->at[i];
	for (size_t i = 0; !given->n && i < kept->n; i++)
		*VEC_PUSH(labels) = kept->at[i];
}

static bool read_input(struct update *update)
{
	struct read_options read = update->options.read;
	size_t n = update->old.symbols.n;
	const char **symbols = ARENA_NEW_ARRAY(&update->arena, n + 1, const char *);
	const char *input = update->options.operands[update->options.n_operands - 1];

	for (size_t i = 0; i < n; i++)
		symbols[i] = update->old.symbols.at[i].name;
	read.symbols = symbols;
	read.n_symbols = n;
	return input_read(input, &read, &update->new, update->diags) &&
	       input_check_machines(&update->old, &update->new, update->diags);
}

static bool add_label(struct update *update, const char *label, bool follow, struct type_set *ids)
{
	struct selection reached;
	type_id id;

	if (!model_require(&update->new, label, place_file(update->file), update->diags, &id))
		return false;
	if (!follow) {
		*VEC_PUSH(ids) = id;
		return true;
	}
	select_closure(&update->new, &id, 1, true, &reached);
	for (size_t i = 0; i < reached.n; i++)
		*VEC_PUSH(ids) = reached.ids[i];
	selection_deinit(&reached);
	return true;
}

static bool settle_scope(struct update *update, struct type_set *ids)
{
	const struct options *options = &update->options;
	bool given = options->roots.n || options->types.n, good = true;
	const struct label_list none = {0};
	struct model *new = &update->new;

	new->roots.n = new->only.n = 0;
	keep_labels(&options->roots, given ? &none : &update->old.roots, &new->roots);
	keep_labels(&options->types, given ? &none : &update->old.only, &new->only);
	for (size_t i = 0; i < new->roots.n; i++)
		good &= add_label(update, new->roots.at[i], true, ids);
	for (size_t i = 0; i < new->only.n; i++)
		good &= add_label(update, new->only.at[i], false, ids);
	return good;
}

/* ---- what changed
 * -------------------------------------------------------------------------------- */

static void say_types(const struct diff *diff, enum diff_status status, const char *what,
		      struct text *out)
{
	for (size_t i = 0; i < diff->n; i++)
		if (diff->at[i].status == status)
			text_add(out, "  %s: %s\n", diff->at[i].label, what);
}

static void say(struct update *update, const struct text *text, struct text *out)
{
	struct model now;
	struct diff diff;

	model_init(&now, &update->names);
	if (snapshot_read(update->file, text_string(text), text->n, &now, update->diags)) {
		diff_models(&update->old, &now, NULL, &diff);
		text_add(out, "%s: written anew: types changed: %zu, added: %zu, removed: %zu\n",
			 update->file,
			 diff.by_status[DIFF_CHANGED] + diff.by_status[DIFF_CARRIER] +
				 diff.by_status[DIFF_AMBIGUOUS],
			 diff.by_status[DIFF_ADDED], diff.by_status[DIFF_REMOVED]);
		say_types(&diff, DIFF_CHANGED, "changed", out);
		say_types(&diff, DIFF_CARRIER, "changed inside", out);
		say_types(&diff, DIFF_ADDED, "added", out);
		say_types(&diff, DIFF_REMOVED, "removed", out);
		say_types(&diff, DIFF_AMBIGUOUS, "ambiguous", out);
		diff_deinit(&diff);
	}
	model_deinit(&now);
}

static void write_baseline(struct update *update, struct text *out)
{
	struct type_set ids = {0};
	struct output output;
	struct text text;

	text_init(&text);
	output_init(&output);
	if (settle_scope(update, &ids)) {
		snapshot_write(&update->new, ids.at, ids.n, &text);
		output_add(&output, update->file, text_string(&text), text.n);
		if (text.n == update->size && !memcmp(text_string(&text), update->text, text.n))
			text_add(out, "%s: nothing changed\n", update->file);
		else if (output_commit(&output, NULL, update->diags))
			say(update, &text, out);
	}
	VEC_FREE(&ids);
	output_deinit(&output);
	text_deinit(&text);
}

/* ---- the command
 * --------------------------------------------------------------------------------- */

static bool settle_file(struct update *update)
{
	struct check_run run;
	bool good = update->options.n_operands < 3 ||
		    diag_error(update->diags, place_file(NULL),
			       "--update takes OLD and NEW: no mapping has a say in a baseline");

	if (!good || update->options.n_operands == 2) {
		update->file = update->options.operands[0];
		return good;
	}
	check_run_init(&run, &update->options, update->diags);
	update->file = check_run_baseline(&run);
	if (update->file)
		update->file = arena_strdup(&update->arena, update->file);
	check_run_deinit(&run);
	return update->file;
}

int check_update(const struct options *options, struct text *out, struct diags *diags)
{
	struct update update = {.options = *options, .diags = diags};

	if (options->carried || options->formats.n || options->waivers || options->profile) {
		diag_error(diags, place_file(NULL),
			   "--update takes none of --carried, --format, --profile and --waivers");
		return 0;
	}
	arena_init(&update.arena);
	intern_init(&update.names);
	model_init(&update.old, &update.names);
	model_init(&update.new, &update.names);
	if (settle_file(&update) && read_baseline(&update) && read_input(&update))
		write_baseline(&update, out);
	model_deinit(&update.old);
	model_deinit(&update.new);
	intern_deinit(&update.names);
	arena_deinit(&update.arena);
	return 0;
}
