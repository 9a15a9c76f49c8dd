// SPDX-License-Identifier: GPL-2.0-or-later
/* What both header trees say beside a flag word: which constants it may be made of, and what became of them. */
#include <string.h>

#include "header_words.h"
#include "skeleton_parts.h"

#define CHANGES_MAX 24 /* of one kind, beside one member */

static const char *last_name(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
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

	if (!skeleton->input->headers || !part->path || part->reason != REASON_FLAGS ||
	    field->parent == TYPE_NONE)
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
