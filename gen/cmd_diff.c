/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover diff OLD NEW: what changed, for people and for programs. */
#include "options.h"
#include "output.h"
#include "report.h"

#include "../schema/carried.h"
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
	if (old && new)
		input_check_readers(&sides->old, &sides->new, diags);
	return old && new && input_check_machines(&sides->old, &sides->new, diags);
}

static void sides_deinit(struct sides *sides)
{
	model_deinit(&sides->old);
	model_deinit(&sides->new);
	intern_deinit(&sides->names);
}

/* What was asked for, on either side. */
struct asked {
	struct type_set old, new;
};

/* Adds ID, or with FOLLOW all that it holds and points to. */
static void ask_id(struct type_set *asked, const struct model *model, type_id id, bool follow)
{
	struct selection reached;

	if (!follow) {
		*VEC_PUSH(asked) = id;
		return;
	}
	select_closure(model, &id, 1, true, &reached);
	for (size_t i = 0; i < reached.n; i++)
		*VEC_PUSH(asked) = reached.ids[i];
	selection_deinit(&reached);
}

/*
 * A label may mean a type of one side alone (it was added or removed); on neither, it is an error
 * that names what the new side has instead.
 */
static bool ask_label(const struct sides *sides, const char *label, bool follow,
		      struct asked *asked, struct diags *diags)
{
	const struct place nowhere = {0};
	type_id id;
	bool has_old = model_lookup(&sides->old, label, &id, NULL, 0);
	bool has_new = model_lookup(&sides->new, label, &id, NULL, 0);

	if (has_old) {
		if (!model_require(&sides->old, label, nowhere, diags, &id))
			return false;
		ask_id(&asked->old, &sides->old, id, follow);
	}
	if (has_new || !has_old) {
		if (!model_require(&sides->new, label, nowhere, diags, &id))
			return false;
		ask_id(&asked->new, &sides->new, id, follow);
	}
	return true;
}

static bool ask_list(const struct sides *sides, const struct option_list *labels, bool follow,
		     struct asked *asked, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < labels->n; i++)
		good &= ask_label(sides, labels->at[i], follow, asked, diags);
	return good;
}

static bool ask_carried(const struct model *model, const struct mapping *mapping,
			struct type_set *asked, struct diags *diags)
{
	struct type_set roots = {0};
	struct selection reached;
	bool good = carried_types(mapping, model, &roots, diags);

	if (good && roots.n) {
		select_closure(model, roots.at, roots.n, false, &reached);
		for (size_t i = 0; i < reached.n; i++)
			*VEC_PUSH(asked) = reached.ids[i];
		selection_deinit(&reached);
	}
	VEC_FREE(&roots);
	return good;
}

/* The types that the mapping of --carried names, of both sides. */
static bool ask_mapping(const struct sides *sides, const char *file, struct asked *asked,
			struct diags *diags)
{
	struct mapping mapping;
	struct arena arena;
	char *data;
	size_t n;
	bool good;

	arena_init(&arena);
	data = input_file(file, MAPPING_BYTES_MAX, &n, &arena, diags);
	good = data && mapping_read(file, data, n, &mapping, diags);
	if (good) {
		good = ask_carried(&sides->old, &mapping, &asked->old, diags);
		good &= ask_carried(&sides->new, &mapping, &asked->new, diags);
	}
	if (data)
		mapping_deinit(&mapping);
	arena_deinit(&arena);
	return good;
}

static bool ask(const struct sides *sides, const struct options *options, struct asked *asked,
		struct diags *diags)
{
	bool good = ask_list(sides, &options->types, false, asked, diags);

	good &= ask_list(sides, &options->roots, true, asked, diags);
	if (options->carried)
		good &= ask_mapping(sides, options->carried, asked, diags);
	return good;
}

static void compare(const struct sides *sides, const struct options *options,
		    const struct asked *asked, struct diff *diff)
{
	const type_id none = TYPE_VOID;
	struct diff_scope scope = {
		.old_ids = asked->old.n ? asked->old.at : &none,
		.new_ids = asked->new.n ? asked->new.at : &none,
		.n_old = asked->old.n,
		.n_new = asked->new.n,
	};
	bool scoped = options->types.n || options->roots.n || options->carried;

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
	struct asked asked = {0};
	struct sides sides;
	struct output files;
	struct diff diff;
	int code = 0;

	output_init(&files);
	if (read_sides(&sides, options, diags) && ask(&sides, options, &asked, diags)) {
		compare(&sides, options, &asked, &diff);
		code = diff.n ? 1 : 0;
		write_formats(options, &diff, out, &files);
		output_commit(&files, NULL, diags);
		diff_deinit(&diff);
	}
	VEC_FREE(&asked.old);
	VEC_FREE(&asked.new);
	output_deinit(&files);
	sides_deinit(&sides);
	return code;
}
