/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report_text.h"

#include <string.h>

static const char *const paints[] = {
	[PAINT_NONE] = "",	  [PAINT_BOLD] = "\033[1m",    [PAINT_GREEN] = "\033[32m",
	[PAINT_RED] = "\033[31m", [PAINT_YELLOW] = "\033[33m", [PAINT_DIM] = "\033[2m",
};

void paper_paint(struct paper *paper, enum paint paint, const char *format, ...)
{
	bool painted = paper->color && paint != PAINT_NONE;
	va_list list;

	if (painted)
		text_puts(paper->out, paints[paint]);
	va_start(list, format);
	text_addv(paper->out, format, list);
	va_end(list);
	if (painted)
		text_puts(paper->out, "\033[0m");
}

void list_init(struct list *list, struct paper *paper, unsigned int indent)
{
	*list = (struct list){.paper = paper, .indent = indent};
}

/* Columns written since the last line end; paint takes none. */
static size_t column(const struct text *out)
{
	size_t at = out->n, columns = 0;

	while (at && out->at[at - 1] != '\n')
		at--;
	for (; at < out->n; at++) {
		if (out->at[at] == '\033')
			at += strcspn(out->at + at, "m");
		else
			columns++;
	}
	return columns;
}

void list_add(struct list *list, const char *format, ...)
{
	struct text word, *out = list->paper->out;
	va_list arguments;

	text_init(&word);
	va_start(arguments, format);
	text_addv(&word, format, arguments);
	va_end(arguments);
	if (list->n) {
		text_puts(out, ",");
		if (column(out) + 1 + word.n > PAPER_WIDTH)
			text_add(out, "\n%*s", (int)list->indent, "");
		else
			text_puts(out, " ");
	}
	text_raw(out, text_string(&word), word.n);
	text_deinit(&word);
	list->n++;
}

void list_end(struct list *list)
{
	if (list->n)
		text_puts(list->paper->out, "\n");
}
