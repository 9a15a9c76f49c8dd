// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What both header trees say beside a decision: the member's comment and marks, and of a flag word
 * which constants it may be made of, and what became of them.
 */
#include <string.h>

#include "header_declared.h"
#include "header_words.h"
#include "skeleton_parts.h"

#define COMMENT_COLUMNS 84 /* of one line */
#define CHANGES_MAX 24	   /* of one kind, beside one member */

static const char *last_name(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

/* WORDS in lines of comments, broken at blanks. */
static void put_words(struct text *out, const char *words)
{
	while (*words) {
		size_t n = strlen(words);

		if (n > COMMENT_COLUMNS)
			for (n = COMMENT_COLUMNS; n && words[n] != ' ';)
				n--;
		n = n ? n : strcspn(words, " ");
		text_add(out, "# %.*s\n", (int)n, words);
		words += n + (words[n] == ' ');
	}
}

/* Of the new side; what the old one says is told when it is something else. */
static void put_declared(struct skeleton *skeleton, const struct part *part)
{
	const struct field *fields[] = {&part->old, &part->new};
	const struct model *models[] = {skeleton->old, skeleton->new};
	const char *paths[] = {part->old_path, part->path};
	struct header_declared said[2] = {{"", ""}, {"", ""}};

	for (int side = 0; side < 2; side++) {
		const struct field *field = fields[side];
		const struct type *parent;

		if (!paths[side] || field->parent == TYPE_NONE)
			continue;
		parent = type_at(models[side], field->parent);
		if (parent->file)
			header_declared(skeleton->input->headers, side, parent->file, field->line,
					parent->line, last_name(paths[side]), &said[side]);
	}
	if (*said[1].comment)
		put_words(skeleton->out,
			  arena_printf(&skeleton->arena, "says: %s", said[1].comment));
	if (*said[0].comment && strcmp(said[0].comment, said[1].comment))
		put_words(skeleton->out,
			  arena_printf(&skeleton->arena, "said: %s", said[0].comment));
	if (*said[1].marks)
		text_add(skeleton->out, "# declared %s\n", said[1].marks);
	if (strcmp(said[0].marks, said[1].marks) && paths[0] && paths[1])
		text_add(skeleton->out, "# was declared %s\n",
			 *said[0].marks ? said[0].marks : "without marks");
}

static void put_changes(struct skeleton *skeleton, const struct constants_diff *diff)
{
	size_t most = skeleton->input->headers->verbose ? SIZE_MAX : CHANGES_MAX;
	size_t n[CONSTANT_CHANGES] = {0};

	for (size_t i = 0; i < diff->n; i++) {
		const struct constant_difference *one = &diff->at[i];

		if (one->change == CONSTANT_UNSEEN && !skeleton->input->headers->verbose)
			continue;
		if (++n[one->change] <= most)
			text_add(skeleton->out, "#   %s\n", constant_text(one, &skeleton->arena));
		else if (n[one->change] == most + 1)
			text_add(skeleton->out, "#   and %zu more like it\n",
				 diff->by[one->change] - most);
	}
	if (diff->by[CONSTANT_UNSEEN] && !skeleton->input->headers->verbose)
		text_add(skeleton->out, "#   %zu cannot be compared; -v names them\n",
			 diff->by[CONSTANT_UNSEEN]);
}

static void put_candidate(struct skeleton *skeleton, const struct word_candidate *candidate,
			  struct diags *unsaid)
{
	struct constants_diff diff;

	text_add(skeleton->out, "# constants: { prefix: %s, header: %s }? %s\n", candidate->prefix,
		 candidate->header, candidate->because);
	if (!headers_compare(skeleton->input->headers, candidate->prefix, candidate->header,
			     place_file(NULL), &diff, unsaid)) {
		text_puts(skeleton->out, "#   the old tree has no such header that can be read\n");
		return;
	}
	if (!diff.n)
		text_add(skeleton->out, "#   %zu constants, the same on both sides\n",
			 diff.matched[1]);
	put_changes(skeleton, &diff);
	constants_diff_deinit(&diff);
}

void skeleton_headers(struct skeleton *skeleton, const struct part *part)
{
	const struct field *field = &part->new;
	struct word_candidates words;
	struct diags unsaid;
	const char *file;

	if (!skeleton->input->headers)
		return;
	put_declared(skeleton, part);
	if (!part->path || part->reason != REASON_FLAGS || field->parent == TYPE_NONE)
		return;
	file = type_at(skeleton->new, field->parent)->file;
	if (!file)
		return;
	diags_init(&unsaid); /* candidates only: what cannot be read is none */
	header_words(skeleton->input->headers, file, field->line, last_name(part->path), &words,
		     &unsaid);
	for (size_t i = 0; i < words.n; i++)
		put_candidate(skeleton, &words.at[i], &unsaid);
	if (*words.others)
		text_add(skeleton->out, "# its header has constants %s\n", words.others);
	diags_deinit(&unsaid);
}
