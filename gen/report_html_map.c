/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The byte map of one type as SVG: where everything stands, and the frame around it. */
#include "report_html_map.h"

#include <inttypes.h>

const char *map_class(enum cell_state state)
{
	static const char *const classes[] = {
		[CELL_SAME] = "s",    [CELL_MOVED] = "m", [CELL_INSIDE] = "i",
		[CELL_CHANGED] = "c", [CELL_ADDED] = "a", [CELL_REMOVED] = "d",
	};

	return classes[state];
}

const char *map_sign(enum cell_state state)
{
	static const char *const signs[] = {
		[CELL_SAME] = "",      [CELL_MOVED] = "",   [CELL_INSIDE] = "\xe2\x97\x8b ",
		[CELL_CHANGED] = "~ ", [CELL_ADDED] = "+ ", [CELL_REMOVED] = "\xe2\x88\x92 ",
	};

	return signs[state];
}

void map_ribbon(struct text *out, const char *class, struct span upper, int top, struct span lower,
		int bottom)
{
	int middle = (top + bottom) / 2;

	if (upper.from == lower.from && upper.to == lower.to)
		text_add(out, "<path class=\"%s\" d=\"M%d %dH%dV%dH%dz\"/>", class, upper.from, top,
			 upper.to, bottom, lower.from);
	else
		text_add(
			out,
			"<path class=\"%s\" d=\"M%d %dC%d %d %d %d %d %dH%dC%d %d %d %d %d %dz\"/>",
			class, upper.from, top, upper.from, middle, lower.from, middle, lower.from,
			bottom, lower.to, lower.to, middle, upper.to, middle, upper.to, top);
}

/* Where the tracks of the panel that is being filled end. */
struct pen {
	int panel, old, new;
};

static void new_panel(struct pen *pen)
{
	pen->panel++;
	pen->old = pen->new = MAP_GUTTER;
}

static int later(const struct pen *pen)
{
	return pen->old > pen->new ? pen->old : pen->new;
}

/* A run ends at the same place on both tracks, wherever they begin it. */
static void place_run(struct drawing *drawing, struct pen *pen, size_t first, size_t n)
{
	struct spot *spot = &drawing->spots[first];
	int end;

	if (later(pen) + MAP_BAND > MAP_WIDTH)
		new_panel(pen);
	end = later(pen) + MAP_BAND;
	*spot = (struct spot){pen->panel, {pen->old, end}, {pen->new, end}, n};
	pen->old = pen->new = end;
	for (size_t i = 1; i < n; i++)
		spot[i].panel = -1;
}

static int width_of(const struct drawing *drawing, const struct track *track, size_t cell)
{
	return cell == CELL_NONE ? 0
				 : (int)cell_width(&track->cells.at[cell], track, drawing->byte);
}

static void place_step(struct drawing *drawing, struct pen *pen, size_t i)
{
	const struct map_step *step = &drawing->map.steps.at[i];
	int old = width_of(drawing, &drawing->map.old, step->old);
	int new = width_of(drawing, &drawing->map.new, step->new);

	/* A member that went into a union is as wide as it is there. */
	if (step->old != CELL_NONE && step->new != CELL_NONE &&
	    drawing->map.old.cells.at[step->old].bits == drawing->map.new.cells.at[step->new].bits)
		old = new = old > new ? old : new;
	if (pen->old + old > MAP_WIDTH || pen->new + new > MAP_WIDTH)
		new_panel(pen);
	drawing->spots[i] = (struct spot){
		pen->panel, {pen->old, pen->old + old}, {pen->new, pen->new + new}, 1};
	pen->old += old;
	pen->new += new;
}

static void find_steps(struct drawing *drawing)
{
	struct byte_map *map = &drawing->map;

	drawing->spots = ARENA_NEW_ARRAY(&map->arena, map->steps.n + 1, struct spot);
	drawing->old_steps = ARENA_NEW_ARRAY(&map->arena, map->old.cells.n + 1, size_t);
	drawing->new_steps = ARENA_NEW_ARRAY(&map->arena, map->new.cells.n + 1, size_t);
	for (size_t i = 0; i < map->steps.n; i++) {
		if (map->steps.at[i].old != CELL_NONE)
			drawing->old_steps[map->steps.at[i].old] = i;
		if (map->steps.at[i].new != CELL_NONE)
			drawing->new_steps[map->steps.at[i].new] = i;
	}
}

/* The end of the run that is folded together with step I. */
static size_t run_end(const struct byte_map *map, size_t i)
{
	int64_t shift = step_shift(map, &map->steps.at[i]);
	size_t end = i + 1;

	while (end < map->steps.n && map->steps.at[end].folded &&
	       step_shift(map, &map->steps.at[end]) == shift)
		end++;
	return end;
}

static bool place_all(struct drawing *drawing, unsigned int byte)
{
	const struct byte_map *map = &drawing->map;
	struct pen pen = {0, MAP_GUTTER, MAP_GUTTER};

	drawing->byte = byte;
	drawing->width = 0;
	for (size_t i = 0, end; i < map->steps.n; i = end) {
		end = map->steps.at[i].folded ? run_end(map, i) : i + 1;
		if (map->steps.at[i].folded)
			place_run(drawing, &pen, i, end - i);
		else
			place_step(drawing, &pen, i);
		if (later(&pen) > drawing->width)
			drawing->width = later(&pen);
	}
	drawing->panels = pen.panel + 1;
	return drawing->panels == 1;
}

/* All in one panel where it fits; else runs are folded; else bytes are narrower. */
static void place(struct drawing *drawing)
{
	find_steps(drawing);
	if (place_all(drawing, MAP_WIDE))
		return;
	byte_map_fold(&drawing->map, MAP_WIDE, MAP_BAND);
	if (!place_all(drawing, MAP_WIDE))
		place_all(drawing, MAP_BYTE);
}

/* Title and description: what the picture shows, in words. */
static void put_words(struct drawing *drawing)
{
	struct text *out = drawing->page->out;
	const char *anchor = drawing->page->anchors[drawing->type - drawing->page->diff->at];

	text_add(out, " role=img aria-labelledby=\"%s:t %s:d\"><title id=\"%s:t\">Byte map of ",
		 anchor, anchor, anchor);
	html_label(out, drawing->type);
	text_add(out, "</title><desc id=\"%s:d\">The old layout of ", anchor);
	html_size(out, drawing->map.old.bits);
	html_raw(out, " above the new one of ");
	html_size(out, drawing->map.new.bits);
	html_raw(out, "; ");
	html_sentence(out, drawing->type);
	html_raw(out, ". The table below has every member that changed.</desc>");
}

void html_map(struct page *page, const struct diff_type *type)
{
	struct drawing drawing = {.page = page, .type = type};
	struct text body, *out = page->out;
	int top = 0;

	byte_map_init(&drawing.map, page->diff, type);
	place(&drawing);
	text_init(&body);
	page->out = &body;
	if (drawing.map.folds) {
		drawing.width = drawing.width < 560 ? 560 : drawing.width;
		top = map_draw_strip(&drawing);
	}
	for (int i = 0; i < drawing.panels && i < MAP_PANELS; i++)
		top += map_draw_panel(&drawing, i, top);
	if (drawing.panels > MAP_PANELS) {
		text_add(&body, "<text class=o x=%d y=%d>The table has the rest.</text>",
			 MAP_GUTTER, top + 12);
		top += 20;
	}
	page->out = out;
	text_add(out,
		 "<div class=map tabindex=0 role=group aria-label=\"Byte map\"><svg width=%d "
		 "height=%d",
		 drawing.width + 40, top);
	put_words(&drawing);
	text_raw(out, text_string(&body), body.n);
	html_raw(out, "</svg></div>\n");
	text_deinit(&body);
	byte_map_deinit(&drawing.map);
}
