/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover diff OLD NEW: what changed, for people and for programs. */
#include "options.h"
#include "output.h"
#include "report.h"

#include "../schema/select.h"

#include <string.h>

struct sides {
	struct intern names;
	struct model old, new;
};

static bool read_sides(struct sides *sides, const struct options *options, struct diags *diags)
{
	bool old, new;

	intern_init(&sides->names);
	model_init(&sides->old, &sides->names);
	model_init(&sides->new, &sides->names);
	old = input_read(options->operands[0], &options->read, &sides->old, diags);
	new = input_read(options->operands[1], &options->read, &sides->new, diags);
	return old && new;
}

static void sides_deinit(struct sides *sides)
{
	model_deinit(&sides->old);
	model_deinit(&sides->new);
	intern_deinit(&sides->names);
}

/* Ids that were asked for on one side. */
struct asked {
	type_id *at;
	size_t n, room;
};

static void ask_type(struct asked *asked, type_id id)
{
	*VEC_PUSH(asked) = id;
}

static void ask_root(struct asked *asked, const struct model *model, type_id id)
{
	struct selection reached;

	select_closure(model, &id, 1, true, &reached);
	for (size_t i = 0; i < reached.n; i++)
		ask_type(asked, reached.ids[i]);
	selection_deinit(&reached);
}

/*
 * A label may mean a type on one side only (it was added or removed); on neither, it is an error
 * that names what the new side has instead.
 */
static bool ask_label(const struct sides *sides, const char *label, bool root, const char *name,
		      struct asked *old, struct asked *new, struct diags *diags)
{
	type_id id = TYPE_NONE, first[1];
	size_t n_old = model_lookup(&sides->old, label, &id, first, 1);

	if (n_old == 1)
		root ? ask_root(old, &sides->old, id) : ask_type(old, id);
	else if (n_old > 1)
		return model_require(&sides->old, label, place_file(name), diags, &id);
	if (n_old && !model_lookup(&sides->new, label, &id, first, 1))
		return true;
	if (!model_require(&sides->new, label, place_file(name), diags, &id))
		return false;
	root ? ask_root(new, &sides->new, id) : ask_type(new, id);
	return true;
}

static bool ask_list(const struct sides *sides, const struct option_list *labels, bool root,
		     const char *name, struct asked *old, struct asked *new, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < labels->n; i++)
		good &= ask_label(sides, labels->at[i], root, name, old, new, diags);
	return good;
}

static void compare(const struct sides *sides, const struct options *options,
		    const struct asked *old, const struct asked *new, struct diff *diff)
{
	struct diff_scope scope = {
		.old_ids = old->at, .new_ids = new->at, .n_old = old->n, .n_new = new->n};
	bool scoped = options->types.n || options->roots.n;
	type_id none = TYPE_VOID;

	if (!scope.old_ids)
		scope.old_ids = &none;
	if (!scope.new_ids)
		scope.new_ids = &none;
	diff_models(&sides->old, &sides->new, scoped ? &scope : NULL, diff);
}

/* Each --format goes where it says, to standard output or to its file; without any, text. */
static void write_formats(const struct options *options, const struct diff *diff, struct text *out,
			  struct output *files)
{
	for (size_t i = 0; i < options->formats.n; i++) {
		const char *format = options->formats.at[i], *file = strchr(format, ':');
		bool json = !strncmp(format, "json", 4);
		struct text one;

		text_init(&one);
		if (json)
			report_diff_json(diff, &one);
		else
			report_diff_text(diff, options->color && !file, &one);
		if (file)
			output_add(files, file + 1, text_string(&one), one.n);
		else
			text_raw(out, text_string(&one), one.n);
		text_deinit(&one);
	}
	if (!options->formats.n)
		report_diff_text(diff, options->color, out);
}

int command_diff(const struct options *options, struct text *out, struct diags *diags)
{
	struct asked old = {0}, new = {0};
	struct sides sides;
	struct output files;
	struct diff diff;
	bool good;
	int code = 0;

	output_init(&files);
	good = read_sides(&sides, options, diags);
	if (good) {
		good = ask_list(&sides, &options->types, false, "-t", &old, &new, diags);
		good &= ask_list(&sides, &options->roots, true, "-r", &old, &new, diags);
	}
	if (good) {
		compare(&sides, options, &old, &new, &diff);
		code = diff.n ? 1 : 0;
		write_formats(options, &diff, out, &files);
		output_commit(&files, NULL, diags);
		diff_deinit(&diff);
	}
	VEC_FREE(&old);
	VEC_FREE(&new);
	output_deinit(&files);
	sides_deinit(&sides);
	return code;
}
