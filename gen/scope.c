/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two inputs that are compared, and which of their types were asked for. */
#include "scope.h"
#include "output.h"

#include "../schema/select.h"

bool sides_read(struct sides *sides, const struct options *options, struct diags *diags)
{
	bool old, new;

	intern_init(&sides->names);
	model_init(&sides->old, &sides->names);
	model_init(&sides->new, &sides->names);
	old = input_read(options->operands[0], &options->read, &sides->old, diags);
	new = input_read(options->operands[1], &options->read, &sides->new, diags);
	if (old && new)
		input_check_readers(&sides->old, &sides->new, diags);
	return old && new &&input_check_machines(&sides->old, &sides->new, diags);
}

void sides_deinit(struct sides *sides)
{
	model_deinit(&sides->old);
	model_deinit(&sides->new);
	intern_deinit(&sides->names);
}

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

bool scope_ask(const struct sides *sides, const struct options *options, struct asked *asked,
	       struct diags *diags)
{
	bool good = ask_list(sides, &options->types, false, asked, diags);

	good &= ask_list(sides, &options->roots, true, asked, diags);
	if (options->carried)
		good &= ask_mapping(sides, options->carried, asked, diags);
	return good;
}

void scope_of(const struct asked *asked, struct diff_scope *scope)
{
	static const type_id none = TYPE_VOID;

	*scope = (struct diff_scope){
		.old_ids = asked->old.n ? asked->old.at : &none,
		.new_ids = asked->new.n ? asked->new.at : &none,
		.n_old = asked->old.n,
		.n_new = asked->new.n,
	};
}

bool scope_asked(const struct options *options)
{
	return options->types.n || options->roots.n || options->carried;
}

void asked_deinit(struct asked *asked)
{
	VEC_FREE(&asked->old);
	VEC_FREE(&asked->new);
}

bool scope_patches(const struct options *options, struct patch *patch, struct diags *diags)
{
	bool good = true;

	for (size_t i = 0; i < options->patches.n; i++) {
		struct arena scratch;
		char *data;
		size_t n;

		arena_init(&scratch);
		data = input_file(options->patches.at[i], PATCH_BYTES_MAX, &n, &scratch, diags);
		good &= data && patch_read(patch, options->patches.at[i], data, n, diags);
		arena_deinit(&scratch);
	}
	return good;
}
