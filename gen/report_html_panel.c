/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One panel of a byte map: cells of both tracks, the ribbons between them, offsets and names
 * outside. */
#include "report_html_map.h"

#include <inttypes.h>
#include <string.h>

enum {
	LANES = 3,   /* of a union, at most */
	LABELS = 160 /* offsets in one line, at most */
};

/* A name outside its cell, with a line to it. */
struct call {
	const char *name;
	const char *sign, *class;
	uint64_t elsewhere; /* where its partner is, in another panel; else NO_OFFSET */
	int x, left, width; /* of the cell's middle, of the text */
	int row;
};

struct label {
	uint64_t bit;
	int x;
	bool first; /* placed before others */
};

/* One track of the panel. */
struct row {
	struct drawing *drawing;
	const struct track *track;
	bool is_new;
	int y; /* of the cells */
	struct {
		struct call *at;
		size_t n, room;
	} calls;
	int ends[MAP_CALLS]; /* of the texts in each line of calls */
	int lines;	     /* of calls in use */
	struct {
		struct label *at;
		size_t n, room;
	} labels;
};

static const struct cell *cell_of(const struct row *row, size_t step, struct span *span)
{
	const struct map_step *at = &row->drawing->map.steps.at[step];
	const struct spot *spot = &row->drawing->spots[step];
	size_t cell = row->is_new ? at->new : at->old;

	*span = row->is_new ? spot->new : spot->old;
	return cell == CELL_NONE ? NULL : &row->track->cells.at[cell];
}

static int text_width(size_t letters, int tenths)
{
	return (int)((letters * (size_t)tenths + 9) / 10);
}

static const struct cell_arm *arms_of(const struct row *row, const struct cell *cell)
{
	return row->track->arms.at + cell->first;
}

/* ---- what is outside the cells -------------------------------------------------------------- */

/* Where the partner of a cell that jumped is drawn, when that is another panel. */
static uint64_t partner_elsewhere(const struct row *row, const struct cell *cell, size_t step)
{
	const struct drawing *drawing = row->drawing;
	size_t other;

	if (cell->partner == CELL_NONE || cell->in_step)
		return NO_OFFSET;
	other = row->is_new ? drawing->old_steps[cell->partner] : drawing->new_steps[cell->partner];
	if (drawing->spots[other].panel == drawing->spots[step].panel)
		return NO_OFFSET;
	return row->is_new ? drawing->map.old.cells.at[cell->partner].bit
			   : drawing->map.new.cells.at[cell->partner].bit;
}

/* A member that is named above already, where it was. */
static bool named_above(const struct row *row, const struct cell *cell, size_t step,
			const struct cell_arm *arm)
{
	const struct drawing *drawing = row->drawing;
	const struct cell *old;

	if (!row->is_new || cell->partner == CELL_NONE || arm->state != CELL_CHANGED ||
	    drawing->spots[drawing->old_steps[cell->partner]].panel != drawing->spots[step].panel)
		return false;
	old = &drawing->map.old.cells.at[cell->partner];
	return old->n == 1 && cell->n == 1 &&
	       !strcmp(drawing->map.old.arms.at[old->first].path, arm->path);
}

/* Puts a name into the first line with room for it; where none has, the table alone says it. */
static void add_call(struct row *row, struct call call, struct span span)
{
	size_t letters = html_length(call.name) + (*call.sign ? 2 : 0) +
			 (call.elsewhere == NO_OFFSET ? 0 : 8);

	if (letters > 60)
		letters = 60;
	call.x = (span.from + span.to) / 2;
	call.width = text_width(letters, MAP_LETTER);
	call.left = call.x - call.width / 2;
	if (call.left + call.width > row->drawing->width + 6)
		call.left = row->drawing->width + 6 - call.width;
	if (call.left < 2)
		call.left = 2;
	for (call.row = 0; call.row < MAP_CALLS; call.row++)
		if (row->ends[call.row] <= call.left)
			break;
	if (call.row == MAP_CALLS)
		return;
	row->ends[call.row] = call.left + call.width + 10;
	if (call.row >= row->lines)
		row->lines = call.row + 1;
	*VEC_PUSH(&row->calls) = call;
}

static bool name_fits(const char *name, enum cell_state state, struct span span)
{
	size_t letters = html_length(name) + (*map_sign(state) ? 2 : 0);

	return text_width(letters, MAP_LETTER) + 8 <= span.to - span.from;
}

static struct span arm_span(const struct cell *cell, const struct cell_arm *arm, struct span span)
{
	double scale = cell->bits ? (double)(span.to - span.from) / (double)cell->bits : 0;
	struct span out = {span.from + (int)((double)(arm->bit - cell->bit) * scale),
			   span.from + (int)((double)(arm->bit - cell->bit + arm->bits) * scale)};

	if (out.to < out.from + 3)
		out.to = out.from + 3;
	return out;
}

static void call_names(struct row *row, size_t step)
{
	struct span span;
	const struct cell *cell = cell_of(row, step, &span);

	if (!cell)
		return;
	for (size_t i = 0; i < cell->n; i++) {
		const struct cell_arm *arm = &arms_of(row, cell)[i];
		struct span place = cell->n > 1 ? arm_span(cell, arm, span) : span;
		uint64_t elsewhere = partner_elsewhere(row, cell, step);

		if (elsewhere == NO_OFFSET && named_above(row, cell, step, arm))
			continue;
		if (elsewhere == NO_OFFSET &&
		    (arm->state <= CELL_MOVED || name_fits(arm->path, arm->state, place)))
			continue;
		add_call(row,
			 (struct call){.name = arm->path,
				       .sign = map_sign(arm->state),
				       .class = map_class(arm->state),
				       .elsewhere = elsewhere},
			 place);
	}
}

/* The base of the text of CALL. */
static int call_line(const struct row *row, const struct call *call)
{
	return row->is_new ? row->y + MAP_TRACK + MAP_SCALE + (call->row + 1) * MAP_CALL - 2
			   : row->y - MAP_SCALE - call->row * MAP_CALL - 4;
}

static void put_call(const struct row *row, const struct call *call)
{
	struct text *out = row->drawing->page->out;

	text_add(out, "<text class=\"x cn t%s\" x=%d y=%d>%s", call->class, call->left,
		 call_line(row, call), call->sign);
	html_cut(out, call->name, 48);
	if (call->elsewhere != NO_OFFSET) {
		html_raw(out, row->is_new ? " \xe2\x86\x90 " : " \xe2\x86\x92 ");
		html_offset(out, call->elsewhere);
	}
	html_raw(out, "</text>");
}

/* Lines first: they end behind other names. */
static void put_calls(const struct row *row)
{
	struct text *out = row->drawing->page->out;

	if (!row->calls.n)
		return;
	html_raw(out, "<path class=ld d=\"");
	for (size_t i = 0; i < row->calls.n; i++) {
		const struct call *call = &row->calls.at[i];
		int line = call_line(row, call);

		text_add(out, "M%d %dV%d", call->x, row->is_new ? row->y + MAP_TRACK : row->y,
			 row->is_new ? line - 10 : line + 3);
	}
	html_raw(out, "\"/>");
	for (size_t i = 0; i < row->calls.n; i++)
		put_call(row, &row->calls.at[i]);
}

static void add_label(struct row *row, uint64_t bit, int x, bool first)
{
	if (row->labels.n < LABELS)
		*VEC_PUSH(&row->labels) = (struct label){bit, x, first};
}

static void collect_labels(struct row *row, size_t step)
{
	struct span span;
	const struct spot *spot = &row->drawing->spots[step];
	const struct cell *cell = cell_of(row, step, &span), *last = cell;

	if (!cell)
		return;
	add_label(row, cell->bit, span.from,
		  (cell->n && cell->state > CELL_MOVED) || cell->bit % MAP_LINE == 0);
	if (spot->n > 1)
		last = cell + spot->n - 1;
	if (last == &row->track->cells.at[row->track->cells.n - 1])
		add_label(row, row->track->bits, span.to, true);
}

static bool has_room(const struct label *placed, size_t n, const struct label *label)
{
	for (size_t i = 0; i < n; i++) {
		int apart = placed[i].x - label->x;

		if (apart < 44 && apart > -44)
			return false;
	}
	return true;
}

/* Offsets where they do not run into each other. */
static void put_labels(const struct row *row)
{
	struct text *out = row->drawing->page->out;
	struct label placed[LABELS];
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < row->labels.n; i++)
			if (row->labels.at[i].first == !pass &&
			    has_room(placed, n, &row->labels.at[i]))
				placed[n++] = row->labels.at[i];
	for (size_t i = 0; i < n; i++) {
		text_add(out, "<text class=o x=%d y=%d>", placed[i].x,
			 row->is_new ? row->y + MAP_TRACK + 12 : row->y - 5);
		html_offset(out, placed[i].bit);
		html_raw(out, "</text>");
	}
}

/* ---- cells ---------------------------------------------------------------------------------- */

static void put_tip(const struct row *row, const struct cell_arm *arm)
{
	struct text *out = row->drawing->page->out;
	const char *type =
		type_spelling(row->track->model, arm->member->type, &row->drawing->map.arena);

	html_raw(out, "<title>");
	html_text(out, arm->path);
	html_raw(out, ": ");
	html_cut(out, type, 80);
	html_raw(out, " at ");
	html_offset(out, arm->bit);
	html_raw(out, ", ");
	html_size(out, arm->bits);
	html_raw(out, "</title>");
}

static void put_box(const struct row *row, const char *class, struct span span, int y, int height)
{
	text_add(row->drawing->page->out,
		 "<rect class=\"k %s\" x=%d y=%d width=%d height=%d rx=2 />", class, span.from, y,
		 span.to - span.from, height);
}

static void put_name(const struct row *row, const char *name, enum cell_state state,
		     struct span span, int y, int height)
{
	struct text *out = row->drawing->page->out;
	bool small = height < 16;
	int room = (span.to - span.from - 8) * 10 / (small ? 56 : MAP_LETTER);
	bool called = state > CELL_MOVED && !name_fits(name, state, span);

	if (room < 3 || called) {
		if (state > CELL_MOVED && room >= 1)
			text_add(out, "<text class=\"x t%s\" x=%d y=%d>%.*s</text>",
				 map_class(state), span.from + 5, y + height / 2 + 4,
				 (int)strcspn(map_sign(state), " "), map_sign(state));
		return;
	}
	text_add(out, "<text class=\"x%s t%s\" x=%d y=%d>%s", small ? " l" : "", map_class(state),
		 span.from + 5, y + height / 2 + (small ? 3 : 4), map_sign(state));
	html_cut(out, name, (size_t)room - (*map_sign(state) ? 2 : 0));
	html_raw(out, "</text>");
}

/* One line for each bit but the first. */
static void put_bits(const struct row *row, const struct cell *cell, struct span span)
{
	struct text *out = row->drawing->page->out;

	html_raw(out, "<path class=bt d=\"");
	for (int x = span.from + MAP_BIT; x < span.to && cell->bits > 1; x += MAP_BIT)
		text_add(out, "M%d %dv%d", x, row->y, MAP_TRACK);
	text_add(out, "M%d %dh%d\"/>", span.from + 1, row->y + MAP_TRACK - 5,
		 span.to - span.from - 2);
}

static void put_member(const struct row *row, const struct cell *cell, struct span span)
{
	const struct cell_arm *arm = arms_of(row, cell);
	struct text *out = row->drawing->page->out;

	html_raw(out, "<g>");
	put_tip(row, arm);
	put_box(row, map_class(arm->state), span, row->y, MAP_TRACK);
	if (cell_is_bits(cell, row->track))
		put_bits(row, cell, span);
	put_name(row, arm->path, arm->state, span, row->y, MAP_TRACK);
	if (cell_is_cut(cell))
		text_add(out, "<path class=br d=\"M%d %dl-8 %d\"/>", span.to - 14, row->y - 1,
			 MAP_TRACK + 2);
	html_raw(out, "</g>");
}

/* The most telling state in a lane. */
static enum cell_state lane_state(const struct row *row, const struct cell *cell, uint32_t lane)
{
	enum cell_state state = CELL_SAME;

	for (size_t i = 0; i < cell->n; i++)
		if (arms_of(row, cell)[i].lane == lane && arms_of(row, cell)[i].state > state)
			state = arms_of(row, cell)[i].state;
	return state;
}

static void put_lane(const struct row *row, const struct cell *cell, struct span span,
		     uint32_t lane, int y, int height)
{
	struct text *out = row->drawing->page->out;

	for (size_t i = 0; i < cell->n; i++) {
		const struct cell_arm *arm = &arms_of(row, cell)[i];
		struct span place = arm_span(cell, arm, span);

		if (arm->lane != lane)
			continue;
		html_raw(out, "<g>");
		put_tip(row, arm);
		put_box(row, map_class(arm->state), place, y, height);
		put_name(row, arm->path, arm->state, place, y, height);
		html_raw(out, "</g>");
	}
}

/* Lanes that changed come first; how many are left out stands in the last. */
static void put_union(const struct row *row, const struct cell *cell, struct span span)
{
	struct text *out = row->drawing->page->out;
	uint32_t shown = cell->lanes > LANES ? LANES - 1 : cell->lanes, done = 0;
	int height = MAP_TRACK / (int)(cell->lanes > LANES ? LANES : cell->lanes);

	put_box(row, "u", span, row->y, MAP_TRACK);
	for (int pass = 0; pass < 2; pass++)
		for (uint32_t lane = 0; lane < cell->lanes && done < shown; lane++) {
			bool tells = lane_state(row, cell, lane) > CELL_MOVED;

			if (tells == !pass)
				put_lane(row, cell, span, lane, row->y + (int)done++ * height,
					 height);
		}
	if (cell->lanes > shown && span.to - span.from >= 60)
		text_add(out, "<text class=\"x l ts\" x=%d y=%d>+%" PRIu32 " more</text>",
			 span.from + 5, row->y + MAP_TRACK - 3, cell->lanes - shown);
}

static void put_hole(const struct row *row, const struct cell *cell, struct span span)
{
	struct text *out = row->drawing->page->out;

	html_raw(out, "<g><title>");
	html_size(out, cell->bits);
	html_raw(out, " that no member has, at ");
	html_offset(out, cell->bit);
	html_raw(out, "</title>");
	put_box(row, "h", span, row->y, MAP_TRACK);
	html_raw(out, "</g>");
}

/* A folded run: how many members, from where to where. */
static void put_run(const struct row *row, size_t step, struct span span)
{
	const struct spot *spot = &row->drawing->spots[step];
	struct text *out = row->drawing->page->out;
	const struct cell *cell = cell_of(row, step, &span), *last = cell + spot->n - 1;
	int middle = span.to - MAP_BAND / 2;
	size_t members = 0;

	for (const struct cell *at = cell; at <= last; at++)
		members += at->n;
	put_box(row, "f", span, row->y, MAP_TRACK);
	text_add(out, "<text class=\"x tf\" x=%d y=%d>%zu member%s</text>", middle, row->y + 15,
		 members, html_plural(members));
	text_add(out, "<text class=\"o of\" x=%d y=%d>", middle, row->y + 28);
	html_size(out, last->bit + last->bits - cell->bit);
	html_raw(out, "</text>");
}

static void put_cell(const struct row *row, size_t step)
{
	struct span span;
	const struct cell *cell = cell_of(row, step, &span);

	if (!cell)
		return;
	if (row->drawing->map.steps.at[step].folded)
		put_run(row, step, span);
	else if (!cell->n)
		put_hole(row, cell, span);
	else if (cell->n > 1 || cell->lanes > 1)
		put_union(row, cell, span);
	else
		put_member(row, cell, span);
}

/* A mark where a cache line begins in what is drawn to scale. */
static void put_line_marks(const struct row *row, size_t step)
{
	struct span span;
	const struct cell *cell = cell_of(row, step, &span);
	uint64_t line;

	if (!cell || row->drawing->map.steps.at[step].folded || !cell->bits)
		return;
	line = (cell->bit + MAP_LINE - 1) / MAP_LINE * MAP_LINE;
	if (line >= cell->bit + cell->bits || (cell_is_cut(cell) && line != cell->bit))
		return;
	text_add(row->drawing->page->out, "<path class=cl d=\"M%d %dv%d\"/>",
		 span.from +
			 (int)((line - cell->bit) * (uint64_t)(span.to - span.from) / cell->bits),
		 row->y - 4, MAP_TRACK + 8);
}

/* ---- between the tracks --------------------------------------------------------------------- */

static void put_shift(struct drawing *drawing, size_t step, int top)
{
	const struct spot *spot = &drawing->spots[step];
	int64_t shift = step_shift(&drawing->map, &drawing->map.steps.at[step]);

	if (!shift)
		return;
	text_add(drawing->page->out, "<text class=\"o of\" x=%d y=%d>\xe2\x86\x92 ",
		 spot->new.to - MAP_BAND / 2, top + MAP_GAP / 2 + 3);
	html_distance(drawing->page->out, shift);
	html_raw(drawing->page->out, "</text>");
}

static void put_pair(struct drawing *drawing, size_t step, int top)
{
	const struct map_step *at = &drawing->map.steps.at[step];
	const struct spot *spot = &drawing->spots[step];
	enum cell_state state;
	char class[4] = "r s";

	if (at->old == CELL_NONE || at->new == CELL_NONE)
		return;
	state = drawing->map.new.cells.at[at->new].state;
	if (!drawing->map.new.cells.at[at->new].n)
		return;
	if (state > CELL_MOVED && state < CELL_ADDED)
		class[2] = *map_class(state);
	else if (step_shift(&drawing->map, at))
		class[2] = 'm';
	map_ribbon(drawing->page->out, class, spot->old, top, spot->new, top + MAP_GAP);
	if (at->folded)
		put_shift(drawing, step, top);
}

static void put_link(struct drawing *drawing, const char *class, size_t old, size_t new, int panel,
		     int top)
{
	const struct spot *from = &drawing->spots[drawing->old_steps[old]];
	const struct spot *to = &drawing->spots[drawing->new_steps[new]];

	if (from->panel == panel && to->panel == panel)
		map_ribbon(drawing->page->out, class, from->old, top, to->new, top + MAP_GAP);
}

/* Members that changed their order, and those that may have got another name. */
static void put_links(struct drawing *drawing, int panel, int top)
{
	for (size_t i = 0; i < drawing->map.old.cells.n; i++) {
		const struct cell *cell = &drawing->map.old.cells.at[i];

		if (cell->partner != CELL_NONE && !cell->in_step)
			put_link(drawing, "r j", i, cell->partner, panel, top);
	}
	for (size_t i = 0; i < drawing->map.guesses.n; i++) {
		const struct map_guess *guess = &drawing->map.guesses.at[i];

		if (drawing->map.old.cells.at[guess->old].n == 1 &&
		    drawing->map.new.cells.at[guess->new].n == 1)
			put_link(drawing, "r q", guess->old, guess->new, panel, top);
	}
}

/* ---- the panel ------------------------------------------------------------------------------ */

static void for_steps(struct row *row, int panel, void (*act)(struct row *, size_t))
{
	for (size_t i = 0; i < row->drawing->map.steps.n; i++)
		if (row->drawing->spots[i].panel == panel)
			act(row, i);
}

static void prepare_step(struct row *row, size_t step)
{
	if (!row->drawing->map.steps.at[step].folded)
		call_names(row, step);
	collect_labels(row, step);
}

static void draw_step(struct row *row, size_t step)
{
	put_cell(row, step);
	put_line_marks(row, step);
}

static void draw_row(struct row *row, int panel)
{
	for_steps(row, panel, draw_step);
	put_calls(row);
	put_labels(row);
	text_add(row->drawing->page->out, "<text class=w x=%d y=%d>%s</text>", MAP_GUTTER - 8,
		 row->y + MAP_TRACK / 2 + 4, row->is_new ? "new" : "old");
	VEC_FREE(&row->calls);
	VEC_FREE(&row->labels);
}

static bool is_empty(const struct row *row, int panel)
{
	for (size_t i = 0; i < row->drawing->map.steps.n; i++) {
		const struct map_step *step = &row->drawing->map.steps.at[i];

		if (row->drawing->spots[i].panel == panel &&
		    (row->is_new ? step->new : step->old) != CELL_NONE)
			return false;
	}
	return true;
}

/* Where only one track has something, it stands alone. */
static int draw_one_row(struct row *row, int panel, int top)
{
	row->y = top + 4 + (row->is_new ? 0 : row->lines * MAP_CALL + MAP_SCALE);
	draw_row(row, panel);
	return row->y + MAP_TRACK + (row->is_new ? MAP_SCALE + row->lines * MAP_CALL : 0) + 10 -
	       top;
}

int map_draw_panel(struct drawing *drawing, int panel, int top)
{
	struct row old = {.drawing = drawing, .track = &drawing->map.old};
	struct row new = {.drawing = drawing, .track = &drawing->map.new, .is_new = true};

	for_steps(&old, panel, prepare_step);
	for_steps(&new, panel, prepare_step);
	if (is_empty(&old, panel))
		return draw_one_row(&new, panel, top);
	if (is_empty(&new, panel))
		return draw_one_row(&old, panel, top);
	old.y = top + 4 + old.lines * MAP_CALL + MAP_SCALE;
	new.y = old.y + MAP_TRACK + MAP_GAP;
	for (size_t i = 0; i < drawing->map.steps.n; i++)
		if (drawing->spots[i].panel == panel)
			put_pair(drawing, i, old.y + MAP_TRACK);
	put_links(drawing, panel, old.y + MAP_TRACK);
	draw_row(&old, panel);
	draw_row(&new, panel);
	return new.y + MAP_TRACK + MAP_SCALE + new.lines *MAP_CALL + 10 - top;
}
