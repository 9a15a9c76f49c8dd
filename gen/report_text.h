/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the text report is put together from: paint, lists that wrap, and the lines of one type. */
#ifndef CO_GEN_REPORT_TEXT_H
#define CO_GEN_REPORT_TEXT_H

#include "report.h"

/* Columns; a longer list goes on in the next line. */
#define PAPER_WIDTH 100

struct paper {
	struct text *out;
	bool color;
};

enum paint { PAINT_NONE, PAINT_BOLD, PAINT_GREEN, PAINT_RED, PAINT_YELLOW, PAINT_DIM };

void paper_paint(struct paper *paper, enum paint paint, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Words with commas between them, from where the line stands now. */
struct list {
	struct paper *paper;
	size_t n;
	unsigned int indent; /* columns, of the lines it goes on in */
};

void list_init(struct list *list, struct paper *paper, unsigned int indent);
void list_add(struct list *list, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Ends the line, when anything was added. */
void list_end(struct list *list);

/* The lines about the members or enumerators of TYPE. */
void report_members(struct paper *paper, const struct diff *diff, const struct diff_type *type);

#endif
