/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The overview above a byte map: all bytes to scale in one line, with their cache lines. */
#include "report_html_map.h"

#include <inttypes.h>

enum {
	STRIP_TOP = 16,
	STRIP_BAR = 11,
	STRIP_GAP = 14,
	STRIP_NEW = STRIP_TOP + STRIP_BAR + STRIP_GAP,
	STRIP_END = STRIP_NEW + STRIP_BAR,
	STRIP_HEIGHT = STRIP_END + 24,
	STRIP_LINES = 160 /* ticks at most: then every second line, every fourth, ... */
};

struct strip {
	struct text *out;
	uint64_t bits; /* of the longer track */
	int width;
};

static int at(const struct strip *strip, uint64_t bit)
{
	return MAP_GUTTER + (int)((double)bit * strip->width / (double)strip->bits + 0.5);
}

/* At least two pixels, so that one bit of a large type is seen. */
static struct span span_of(const struct strip *strip, uint64_t bit, uint64_t bits)
{
	struct span span = {at(strip, bit), at(strip, bit + bits)};

	if (span.to < span.from + 2)
		span.to = span.from + 2;
	return span;
}

static struct span cell_span(const struct strip *strip, const struct cell *cell)
{
	return span_of(strip, cell->bit, cell->bits);
}

static void put_bar(const struct strip *strip, const char *class, struct span span, int top)
{
	text_add(strip->out, "<rect class=\"%s\" x=%d y=%d width=%d height=%d />", class, span.from,
		 top, span.to - span.from, STRIP_BAR);
}

static void put_track(const struct strip *strip, const struct track *track, int top)
{
	put_bar(strip, "k s", span_of(strip, 0, track->bits), top);
	for (size_t i = 0; i < track->cells.n; i++) {
		const struct cell *cell = &track->cells.at[i];

		if (cell->n && cell->state > CELL_MOVED)
			continue;
		if (!cell->n && cell->bits >= 8)
			put_bar(strip, "k h", cell_span(strip, cell), top);
	}
	for (size_t i = 0; i < track->cells.n; i++) {
		const struct cell *cell = &track->cells.at[i];
		char class[4] = {'k', ' ', *map_class(cell->state), '\0'};

		if (cell->n && cell->state > CELL_MOVED)
			put_bar(strip, class, cell_span(strip, cell), top);
	}
}

/* One ribbon for all that moved by one distance, one behind the other. */
static void put_ribbons(const struct strip *strip, const struct byte_map *map)
{
	const struct map_step *steps = map->steps.at;

	for (size_t i = 0, end; i < map->steps.n; i = end) {
		const struct cell *first_old, *first_new, *old, *new;
		int64_t shift = step_shift(map, &steps[i]);

		for (end = i + 1;
		     shift && end < map->steps.n && step_shift(map, &steps[end]) == shift;)
			end++;
		if (!shift)
			continue;
		first_old = &map->old.cells.at[steps[i].old];
		first_new = &map->new.cells.at[steps[i].new];
		old = &map->old.cells.at[steps[end - 1].old];
		new = &map->new.cells.at[steps[end - 1].new];
		map_ribbon(strip->out, "r m",
			   span_of(strip, first_old->bit, old->bit + old->bits - first_old->bit),
			   STRIP_TOP + STRIP_BAR,
			   span_of(strip, first_new->bit, new->bit + new->bits - first_new->bit),
			   STRIP_NEW);
	}
}

/* Members whose partner stands elsewhere in the order. */
static void put_jumps(const struct strip *strip, const struct byte_map *map)
{
	for (size_t i = 0; i < map->old.cells.n; i++) {
		const struct cell *old = &map->old.cells.at[i];

		if (old->partner == CELL_NONE || old->in_step)
			continue;
		map_ribbon(strip->out, "r j", cell_span(strip, old), STRIP_TOP + STRIP_BAR,
			   cell_span(strip, &map->new.cells.at[old->partner]), STRIP_NEW);
	}
}

static void put_lines(const struct strip *strip)
{
	uint64_t lines = strip->bits / MAP_LINE, every = 1;

	while (lines / every > STRIP_LINES)
		every *= 2;
	html_raw(strip->out, "<path class=cl d=\"");
	for (uint64_t line = every; line <= lines && line * MAP_LINE < strip->bits; line += every) {
		int x = at(strip, line * MAP_LINE);

		text_add(strip->out, "M%d %dv4M%d %dv4", x, STRIP_TOP - 2, x, STRIP_END - 2);
	}
	html_raw(strip->out, "\"/>");
	text_add(strip->out, "<text class=o x=%d y=%d>", MAP_GUTTER, STRIP_TOP - 5);
	html_number(strip->out, lines + (strip->bits % MAP_LINE != 0));
	text_add(strip->out, " cache line%s of 64 bytes",
		 lines + (strip->bits % MAP_LINE != 0) == 1 ? "" : "s");
	if (every > 1)
		text_add(strip->out, ", a mark for every %" PRIu64, every);
	html_raw(strip->out, "</text>");
}

static void put_side(const struct strip *strip, const char *word, uint64_t bits, int y)
{
	(void)bits;
	text_add(strip->out, "<text class=w x=%d y=%d>%s</text>", MAP_GUTTER - 8, y, word);
}

int map_draw_strip(struct drawing *drawing)
{
	const struct byte_map *map = &drawing->map;
	struct strip strip = {
		.out = drawing->page->out,
		.bits = map->old.bits > map->new.bits ? map->old.bits : map->new.bits,
		.width = drawing->width - MAP_GUTTER,
	};

	if (!strip.bits)
		return 0;
	put_ribbons(&strip, map);
	put_jumps(&strip, map);
	put_track(&strip, &map->old, STRIP_TOP);
	put_track(&strip, &map->new, STRIP_NEW);
	put_lines(&strip);
	put_side(&strip, "old", map->old.bits, STRIP_TOP + STRIP_BAR - 2);
	put_side(&strip, "new", map->new.bits, STRIP_END - 2);
	return STRIP_HEIGHT;
}
