/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The whole file: written anew, or completed where it stands. */
#include "skeleton_parts.h"
#include "splice.h"

#include <string.h>

static void skeleton_init(struct skeleton *skeleton, const struct survey_input *input,
			  const struct survey *survey, struct text *out)
{
	*skeleton = (struct skeleton){
		.input = input,
		.survey = survey,
		.old = input->diff->old,
		.new = input->diff->new,
		.out = out,
	};
	arena_init(&skeleton->arena);
	out->indent_with = " ";
}

/* Open decisions, by where they are met. */
struct open_count {
	size_t roots, carried, behind;
	size_t n_types, n_behind; /* with some that are open */
};

static struct open_count count_open(const struct survey *survey)
{
	struct open_count open = {0};

	for (size_t i = 0; i < survey->n; i++) {
		const struct surveyed *type = survey->at[i];
		size_t *count = type->reach == REACH_POINTER ? &open.behind
				: type->root != UINT32_MAX   ? &open.roots
							     : &open.carried;

		*count += type->n_asks;
		open.n_types += type->n_asks > 0;
		open.n_behind += type->n_asks > 0 && type->reach == REACH_POINTER;
	}
	return open;
}

static void write_side(struct skeleton *skeleton, const char *key, const struct model_info *info)
{
	const char *arch = info->arch ? info->arch : "unknown";

	if (info->release)
		text_add(skeleton->out, "%s { release: %s, arch: %s }\n", key,
			 skeleton_scalar(skeleton, info->release), arch);
	else
		text_add(skeleton->out, "%s { arch: %s }\n", key, arch);
}

/* A root of so many parts is best cut down to a view first. */
static bool wants_view(const struct survey *survey)
{
	for (size_t i = 0; i < survey->n; i++)
		if (skeleton_is_large(survey->at[i]))
			return true;
	return false;
}

static void write_counts(struct skeleton *skeleton, const struct open_count *open)
{
	struct text *out = skeleton->out;

	text_add(out, "# %zu decisions are open, in %zu types",
		 open->roots + open->carried + open->behind, open->n_types);
	if (skeleton->survey->has_roots)
		text_add(
			out,
			": %zu in the roots, %zu in what they embed or follow, %zu behind pointers",
			open->roots, open->carried, open->behind);
	text_puts(out, ".\n");
}

/* What to do, in the order in which it makes the rest less. */
static void write_steps(struct skeleton *skeleton, const struct open_count *open, bool defaults)
{
	struct text *out = skeleton->out;
	unsigned int step = 1;

	if (defaults)
		text_add(out, "# %u. Decide `defaults: pointer`.\n", step++);
	if (skeleton->survey->has_roots)
		text_add(out, "# %u. Say for each root who brings it back.\n", step++);
	if (wants_view(skeleton->survey))
		text_add(out,
			 "# %u. Name what crosses with `carry` and `rest`: what stays behind "
			 "asks nothing more.\n",
			 step++);
	if (open->behind)
		text_add(out,
			 "# %u. Take away the %zu types behind pointers that nothing shall "
			 "follow.\n",
			 step++, open->n_behind);
	text_add(out,
		 "# %u. Put one of the candidates in place of each TODO, with `why: ...` where a "
		 "value is given up.\n"
		 "#    A rename is a question: `from: OLD_MEMBER` only where both are one value.\n"
		 "# Then run `carryover map` again: it keeps what is written, and adds what has "
		 "become "
		 "open.\n",
		 step);
}

static void write_head(struct skeleton *skeleton, bool defaults)
{
	struct open_count open = count_open(skeleton->survey);

	text_puts(skeleton->out, "# What needs a human, from the old layouts to the new ones; what "
				 "converts by itself is left out.\n");
	write_counts(skeleton, &open);
	if (open.n_types || defaults || skeleton->survey->has_roots)
		write_steps(skeleton, &open, defaults);
	text_puts(skeleton->out, "carryover: 1\n");
	write_side(skeleton, "from:", &skeleton->old->info);
	write_side(skeleton, "to:  ", &skeleton->new->info);
}

/* Some carried part is a pointer or a link, so that the default has work to do. */
static bool wants_default(const struct survey *survey)
{
	for (size_t i = 0; i < survey->n; i++) {
		const struct classification *parts = &survey->at[i]->parts;

		for (size_t k = 0; survey->at[i]->reach == REACH_CARRIED && k < parts->n; k++)
			if (parts->at[k].by_default)
				return true;
	}
	return false;
}

static void write_roots(struct skeleton *skeleton)
{
	for (size_t i = 0; i < skeleton->survey->n; i++)
		if (skeleton->survey->at[i]->root != UINT32_MAX)
			skeleton_root(skeleton, skeleton->survey->at[i]);
}

/* The roots come first, then what is carried with them, then what only pointers lead to. */
static const char *banner_of(const struct surveyed *type)
{
	if (type->reach == REACH_POINTER)
		return "# ---- behind pointers: needed only when something follows them ----\n\n";
	return type->root == UINT32_MAX
		       ? "# ---- embedded or followed: crosses with the roots ----\n\n"
		       : NULL;
}

static void write_types(struct skeleton *skeleton)
{
	struct text *out = skeleton->out;
	const char *last = NULL;

	for (size_t i = 0; i < skeleton->survey->n; i++) {
		const char *banner = banner_of(skeleton->survey->at[i]);
		size_t before;

		if (skeleton->survey->has_roots && banner && banner != last &&
		    skeleton->survey->at[i]->n_asks)
			text_puts(out, last = banner);
		before = out->n;
		skeleton_type(skeleton, skeleton->survey->at[i]);
		if (out->n > before)
			text_raw(out, "\n", 1);
	}
	if (out->n > 1 && out->at[out->n - 2] == '\n')
		out->at[--out->n] = '\0';
}

void skeleton_write(const struct survey_input *input, const struct survey *survey, struct text *out)
{
	struct skeleton skeleton;
	bool defaults = wants_default(survey);

	skeleton_init(&skeleton, input, survey, out);
	write_head(&skeleton, defaults);
	if (defaults)
		text_puts(out, "\ndefaults:\n"
			       "  pointer: TODO   # { null: WHY } gives up every pointer and link "
			       "not decided below\n");
	if (survey->has_roots) {
		text_puts(out, "\nroots:\n");
		out->indent = 2;
		write_roots(&skeleton);
		out->indent = 0;
	}
	if (count_open(survey).n_types) {
		text_puts(out, "\ntypes:\n");
		out->indent = 2;
		write_types(&skeleton);
		out->indent = 0;
	}
	arena_deinit(&skeleton.arena);
}

/* ---- completing a mapping
 * ------------------------------------------------------------------------- */

struct merge {
	struct skeleton skeleton;
	struct splice splice;
	const struct yaml_node *tree;
};

/* A block's lines at INDENT, made by WRITE. */
static const char *lines(struct merge *merge, const struct surveyed *type, unsigned int indent,
			 const char *key,
			 void (*write)(struct skeleton *skeleton, const struct surveyed *type))
{
	struct text out;
	const char *made;

	text_init(&out);
	out.indent_with = " ";
	out.indent = indent;
	merge->skeleton.out = &out;
	if (key) {
		text_add(&out, "%s:\n", key);
		out.indent += 2;
	}
	write(&merge->skeleton, type);
	made = arena_strdup(&merge->skeleton.arena, text_string(&out));
	text_deinit(&out);
	return made;
}

/* The same for a place in braces, where there is no room for comments: `a: TODO, b: TODO`. */
static const char *inline_items(struct merge *merge, const struct surveyed *type, bool drops)
{
	const char *list = "";

	for (size_t i = 0; i < type->parts.n; i++) {
		const struct part *part = &type->parts.at[i];

		if (!type->asks[i] || !part->path != drops)
			continue;
		list = arena_printf(&merge->skeleton.arena,
				    part->reason == REASON_FLAGS ? "%s%s%s: { constants: TODO }"
								 : "%s%s%s: TODO",
				    list, *list ? ", " : "", drops ? part->old_path : part->path);
	}
	return list;
}

static void merge_block(struct merge *merge, const struct surveyed *type, bool drops)
{
	void (*write)(struct skeleton *, const struct surveyed *) =
		drops ? skeleton_drops : skeleton_members;
	const struct yaml_node *section = type->decisions->node;
	const char *key = drops ? "drop" : "members";
	const struct yaml_node *block = yaml_get(section, key);

	if (!skeleton_count(type, drops))
		return;
	if (block && block->flow)
		splice_flow(&merge->splice, block, inline_items(merge, type, drops));
	else if (block)
		splice_after(&merge->splice, block,
			     lines(merge, type, splice_indent(block), NULL, write));
	else if (section->flow)
		splice_flow(&merge->splice, section,
			    arena_printf(&merge->skeleton.arena, "%s: { %s }", key,
					 inline_items(merge, type, drops)));
	else
		splice_after(&merge->splice, section,
			     lines(merge, type, splice_indent(section), key, write));
}

static const char *inline_type(struct merge *merge, const struct surveyed *type)
{
	const char *members = inline_items(merge, type, false);
	const char *drops = inline_items(merge, type, true);
	struct arena *arena = &merge->skeleton.arena;

	if (!*drops)
		return arena_printf(arena, "%s: { members: { %s } }", type->label, members);
	if (!*members)
		return arena_printf(arena, "%s: { drop: { %s } }", type->label, drops);
	return arena_printf(arena, "%s: { members: { %s }, drop: { %s } }", type->label, members,
			    drops);
}

static void merge_types(struct merge *merge)
{
	const struct survey *survey = merge->skeleton.survey;
	const struct yaml_node *types = yaml_get(merge->tree, "types");
	unsigned int indent = types ? splice_indent(types) : 2;
	bool key = types;

	for (size_t i = 0; i < survey->n; i++) {
		const struct surveyed *type = survey->at[i];

		if (!type->n_asks)
			continue;
		if (type->decisions) {
			merge_block(merge, type, false);
			merge_block(merge, type, true);
		}
	}
	for (size_t i = 0; i < survey->n; i++) {
		const struct surveyed *type = survey->at[i];

		if (!type->n_asks || type->decisions)
			continue;
		if (types && types->flow) {
			splice_flow(&merge->splice, types, inline_type(merge, type));
			continue;
		}
		if (!key)
			splice_after(&merge->splice, merge->tree, "\ntypes:\n");
		key = true;
		splice_after(&merge->splice, types ? types : merge->tree,
			     lines(merge, type, indent, NULL, skeleton_type));
	}
}

static void merge_roots(struct merge *merge)
{
	const struct survey *survey = merge->skeleton.survey;
	const struct yaml_node *roots = yaml_get(merge->tree, "roots");
	bool key = roots;

	for (size_t i = 0; i < survey->n; i++) {
		const struct surveyed *type = survey->at[i];

		if (type->root == UINT32_MAX ||
		    type->root < merge->skeleton.input->mapping->roots.n)
			continue;
		if (roots && roots->flow) {
			splice_flow(&merge->splice, roots,
				    arena_printf(&merge->skeleton.arena,
						 "{ type: %s, restore: TODO }", type->label));
			continue;
		}
		if (!key)
			splice_after(&merge->splice, merge->tree, "\nroots:\n");
		key = true;
		splice_after(
			&merge->splice, roots ? roots : merge->tree,
			lines(merge, type, roots ? splice_indent(roots) : 2, NULL, skeleton_root));
	}
}

void skeleton_merge(const struct survey_input *input, const struct survey *survey, const char *file,
		    size_t n, struct text *out)
{
	struct merge merge = {.tree = input->mapping->tree};

	skeleton_init(&merge.skeleton, input, survey, out);
	splice_init(&merge.splice, file, n);
	merge_types(&merge);
	merge_roots(&merge);
	splice_write(&merge.splice, out);
	splice_deinit(&merge.splice);
	arena_deinit(&merge.skeleton.arena);
}
