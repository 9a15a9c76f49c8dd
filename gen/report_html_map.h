/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a byte map is drawn: the old track above the new one, in rows of panels. Units are CSS
 * pixels. Where each step stands is worked out first, and drawn afterwards.
 */
#ifndef CO_GEN_REPORT_HTML_MAP_H
#define CO_GEN_REPORT_HTML_MAP_H

#include "byte_map.h"
#include "report_html_parts.h"

enum {
	MAP_GUTTER = 34,  /* where tracks begin: the words old and new stand before */
	MAP_WIDTH = 1000, /* where they end at the latest */
	MAP_WIDE = 16,	  /* a byte, where all fits into one panel so */
	MAP_BYTE = 12,	  /* a byte elsewhere */
	MAP_BIT = 10,	  /* of a bitfield; as cell_width() has it */
	MAP_BAND = 138,	  /* a folded run */
	MAP_TRACK = 36,	  /* height */
	MAP_GAP = 36,	  /* between the tracks */
	MAP_SCALE = 15,	  /* of the line with offsets */
	MAP_CALL = 15,	  /* of a line with names that have no room in their cells */
	MAP_CALLS = 6,	  /* such lines at most */
	MAP_LETTER = 66,  /* tenths: width of a letter of the names */
	MAP_SMALL = 56,	  /* of the offsets */
	MAP_LINE = 512,	  /* bits of a cache line */
	MAP_PANELS = 24	  /* at most: what follows stands in the table alone */
};

struct span {
	int from, to;
};

/* Where a step is drawn; of a folded run its first step alone. */
struct spot {
	int panel;	      /* -1: part of the run before it */
	struct span old, new; /* empty where its cell is none */
	size_t n;	      /* steps: more than 1 for a folded run */
};

struct drawing {
	struct page *page;
	const struct diff_type *type;
	struct byte_map map;
	struct spot *spots;	       /* by step */
	size_t *old_steps, *new_steps; /* by cell: its step */
	unsigned int byte;
	int panels, width; /* panels: of all, drawn or not */
};

/* report_html_panel.c: appends panel PANEL, and returns its height. */
int map_draw_panel(struct drawing *drawing, int panel, int top);
/* report_html_strip.c: the whole type to scale, in one line; returns its height. */
int map_draw_strip(struct drawing *drawing);

/* The class and the sign of a state: "a", "+". */
const char *map_class(enum cell_state state);
const char *map_sign(enum cell_state state);
/* A joint between SPAN on the line y = TOP and SPAN on y = BOTTOM. */
void map_ribbon(struct text *out, const char *class, struct span upper, int top, struct span lower,
		int bottom);

#endif
