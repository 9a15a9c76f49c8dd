/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a patch and the layouts agree, for people. */
#include <string.h>

#include "report_text.h"

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void put_types(struct paper *paper, const struct patched *patched, enum touched touched,
		      enum paint paint, const char *consequence)
{
	struct list list;

	if (!patched->by[touched])
		return;
	paper_paint(paper, paint, "%s (%zu)", touched_words(touched), patched->by[touched]);
	text_add(paper->out, ", %s: ", consequence);
	list_init(&list, paper, 4);
	for (size_t i = 0; i < patched->n; i++) {
		const struct patched_type *type = &patched->at[i];

		if (type->touched != touched)
			continue;
		if (type->touch.hunk)
			list_add(&list, "%s %s:%u", type->label, base(type->touch.hunk->at.file),
				 type->touch.hunk->at.line);
		else
			list_add(&list, "%s", type->label);
	}
	list_end(&list);
}

void report_patched_text(const struct patched *patched, bool color, struct text *out)
{
	struct paper paper = {.out = out, .color = color};

	text_puts(out, "\n");
	if (!patched->n)
		text_puts(out, "the patch touches no type, and none changed\n");
	put_types(&paper, patched, TOUCHED_CHANGED, PAINT_BOLD, "as the patch says");
	put_types(&paper, patched, TOUCHED_ONLY, PAINT_YELLOW,
		  "the layout is the same and the meaning need not be");
	put_types(&paper, patched, TOUCHED_BY_OTHERS, PAINT_YELLOW,
		  "by configuration, the compiler, or files that the patch does not have");
}
