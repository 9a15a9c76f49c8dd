/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two tracks of a byte map: cells, partners, steps and folds. */
#include "byte_map.h"
#include "byte_map_track.h"

#include <stdlib.h>
#include <string.h>

struct name {
	const char *path;
	size_t cell;
};

static int name_order(const void *va, const void *vb)
{
	const struct name *a = va, *b = vb;
	int order = strcmp(a->path, b->path);

	if (order)
		return order;
	return a->cell < b->cell ? -1 : a->cell > b->cell;
}

/* The paths of TRACK in order; there are arms.n of them. */
static struct name *sorted_names(const struct track *track, struct arena *arena)
{
	struct name *names = ARENA_NEW_ARRAY(arena, track->arms.n + 1, struct name);
	size_t n = 0;

	for (size_t i = 0; i < track->cells.n; i++) {
		const struct cell *cell = &track->cells.at[i];

		for (size_t k = cell->first; k < cell->first + cell->n; k++)
			names[n++] = (struct name){track->arms.at[k].path, i};
	}
	if (n)
		qsort(names, n, sizeof(*names), name_order);
	return names;
}

static size_t find_name(const struct name *names, size_t n, const char *path)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && !strcmp(names[low].path, path) ? names[low].cell : CELL_NONE;
}

static void join(struct byte_map *map, size_t old, size_t new)
{
	if (old == CELL_NONE || new == CELL_NONE || map->old.cells.at[old].partner != CELL_NONE ||
	    map->new.cells.at[new].partner != CELL_NONE)
		return;
	map->old.cells.at[old].partner = new;
	map->new.cells.at[new].partner = old;
}

/* Cells with a member in common are partners; entries that know of two names are guesses. */
static void match_cells(struct byte_map *map, const struct diff_type *type)
{
	struct name *old = sorted_names(&map->old, &map->arena);
	struct name *new = sorted_names(&map->new, &map->arena);
	size_t n_old = map->old.arms.n, n_new = map->new.arms.n;

	for (size_t i = 0; i < map->old.cells.n; i++) {
		const struct cell *cell = &map->old.cells.at[i];

		for (size_t k = cell->first; k < cell->first + cell->n; k++)
			join(map, i, find_name(new, n_new, map->old.arms.at[k].path));
	}
	for (size_t i = 0; i < type->n; i++) {
		const struct diff_entry *entry = &type->entries[i];
		size_t a, b;

		if (!entry->old_path)
			continue;
		a = find_name(old, n_old, entry->old_path);
		b = find_name(new, n_new, entry->path);
		if (a != CELL_NONE && b != CELL_NONE && map->old.cells.at[a].partner != b)
			*VEC_PUSH(&map->guesses) = (struct map_guess){a, b};
	}
}

/*
 * Marks the longest sequence of partners that stand in one order on both tracks; the others have
 * jumped. TAILS[k] is the cell at which the best sequence of k + 1 partners ends.
 */
static void find_steady(struct byte_map *map)
{
	size_t n = map->old.cells.n, length = 0;
	size_t *tails = ARENA_NEW_ARRAY(&map->arena, n + 1, size_t);
	size_t *before = ARENA_NEW_ARRAY(&map->arena, n + 1, size_t);
	struct cell *old = map->old.cells.at, *new = map->new.cells.at;

	for (size_t i = 0; i < n; i++) {
		size_t low = 0, high = length;

		if (old[i].partner == CELL_NONE)
			continue;
		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (old[tails[middle]].partner < old[i].partner)
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low ? tails[low - 1] : CELL_NONE;
		tails[low] = i;
		if (low == length)
			length++;
	}
	for (size_t i = length ? tails[length - 1] : CELL_NONE; i != CELL_NONE; i = before[i])
		old[i].in_step = new[old[i].partner].in_step = true;
}

static void join_holes(struct byte_map *map, size_t old, size_t new)
{
	struct cell *a = &map->old.cells.at[old], *b = &map->new.cells.at[new];

	if (a->n || b->n || a->bits != b->bits || a->partner != CELL_NONE ||
	    b->partner != CELL_NONE)
		return;
	join(map, old, new);
	a->in_step = b->in_step = true;
	if (a->bit != b->bit)
		a->state = b->state = CELL_MOVED;
}

/* Equal holes before the same member, and at the end, belong together. */
static void match_holes(struct byte_map *map)
{
	for (size_t i = 1; i < map->old.cells.n; i++) {
		const struct cell *cell = &map->old.cells.at[i];

		if (cell->n && cell->in_step && cell->partner)
			join_holes(map, i - 1, cell->partner - 1);
	}
	if (map->old.cells.n && map->new.cells.n)
		join_holes(map, map->old.cells.n - 1, map->new.cells.n - 1);
}

static void make_steps(struct byte_map *map)
{
	size_t i = 0, j = 0;

	while (i < map->old.cells.n || j < map->new.cells.n) {
		struct map_step step = {CELL_NONE, CELL_NONE, false};

		if (i < map->old.cells.n && !map->old.cells.at[i].in_step)
			step.old = i++;
		else if (j < map->new.cells.n && !map->new.cells.at[j].in_step)
			step.new = j++;
		else
			step.old = i++, step.new = j++;
		*VEC_PUSH(&map->steps) = step;
	}
}

int64_t step_shift(const struct byte_map *map, const struct map_step *step)
{
	if (step->old == CELL_NONE || step->new == CELL_NONE)
		return 0;
	return (int64_t)(map->new.cells.at[step->new].bit - map->old.cells.at[step->old].bit);
}

bool cell_is_bits(const struct cell *cell, const struct track *track)
{
	return cell->n == 1 && track->arms.at[cell->first].member->bit_size;
}

static bool is_quiet(const struct byte_map *map, const struct map_step *step)
{
	return step->old != CELL_NONE && step->new != CELL_NONE &&
	       map->old.cells.at[step->old].state <= CELL_MOVED &&
	       map->new.cells.at[step->new].state <= CELL_MOVED;
}

/* The end of the run of quiet steps from FIRST on that all moved alike. */
static size_t quiet_end(const struct byte_map *map, size_t first)
{
	const struct map_step *steps = map->steps.at;
	size_t end = first;

	while (end < map->steps.n && is_quiet(map, &steps[end]) &&
	       step_shift(map, &steps[end]) == step_shift(map, &steps[first]))
		end++;
	return end;
}

bool cell_is_cut(const struct cell *cell)
{
	return cell->bits > CELL_BITS_MAX;
}

/* A union has room for what stands in it. */
static unsigned int union_width(const struct cell *cell, unsigned int byte)
{
	const unsigned int most = 40;

	return (cell->bits < most * 8 ? (unsigned int)((cell->bits + 7) / 8) : most) * byte;
}

unsigned int cell_width(const struct cell *cell, const struct track *track, unsigned int byte)
{
	const unsigned int bit = 10, bits_max = 32, step = 16, step_max = 100;
	unsigned int width = CELL_BITS_MAX / 8 * byte, limit = width + step_max;

	if (cell_is_bits(cell, track))
		return (unsigned int)(cell->bits > bits_max ? bits_max : cell->bits) * bit;
	if (cell->lanes > 1 && cell_is_cut(cell))
		return union_width(cell, byte);
	if (!cell_is_cut(cell)) {
		width = (unsigned int)(cell->bits * byte / 8);
		return width < bit ? bit : width;
	}
	for (uint64_t bits = cell->bits; bits >= 2 * CELL_BITS_MAX && width < limit; bits /= 2)
		width += step;
	return width;
}

/* Leaves one member on either side that something happens on, and folds what is between them. */
static void fold_run(struct byte_map *map, size_t first, size_t end, unsigned int byte,
		     unsigned int band)
{
	const struct map_step *steps = map->steps.at;
	unsigned int wide = 0;

	if (first) {
		while (first < end && !map->new.cells.at[steps[first].new].n)
			first++;
		first += first < end;
	}
	if (end < map->steps.n) {
		while (end > first && !map->new.cells.at[steps[end - 1].new].n)
			end--;
		end -= end > first;
	}
	for (size_t i = first; i < end && wide <= band; i++)
		wide += cell_width(&map->new.cells.at[steps[i].new], &map->new, byte);
	if (wide <= band)
		return;
	for (size_t i = first; i < end; i++)
		map->steps.at[i].folded = true;
	map->folds = true;
}

void byte_map_fold(struct byte_map *map, unsigned int byte, unsigned int band)
{
	for (size_t i = 0, end; i<map->steps.n; i = end> i ? end : i + 1) {
		end = quiet_end(map, i);
		if (end > i)
			fold_run(map, i, end, byte, band);
	}
}

void byte_map_init(struct byte_map *map, const struct diff *diff, const struct diff_type *type)
{
	*map = (struct byte_map){0};
	arena_init(&map->arena);
	track_init(&map->old, diff->old, type, false, &map->arena);
	track_init(&map->new, diff->new, type, true, &map->arena);
	match_cells(map, type);
	find_steady(map);
	match_holes(map);
	make_steps(map);
}

void byte_map_deinit(struct byte_map *map)
{
	track_deinit(&map->old);
	track_deinit(&map->new);
	VEC_FREE(&map->steps);
	VEC_FREE(&map->guesses);
	arena_deinit(&map->arena);
}
