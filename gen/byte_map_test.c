/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pair_test.h"

#include <dirent.h>

#include "byte_map.h"

/* Cells follow each other without a gap, and reach the end. */
static void check_cover(const struct track *track)
{
	uint64_t end = 0;

	for (size_t i = 0; i < track->cells.n; i++) {
		const struct cell *cell = &track->cells.at[i];

		assert_true(cell->bit <= end);
		if (!cell->n) {
			assert_int_equal(cell->bit, end);
			assert_true(cell->bits > 0);
		}
		if (cell->bit + cell->bits > end)
			end = cell->bit + cell->bits;
		for (size_t k = cell->first; k < cell->first + cell->n; k++) {
			assert_true(track->arms.at[k].bit >= cell->bit);
			assert_true(track->arms.at[k].lane < cell->lanes);
		}
	}
	assert_int_equal(end, track->bits);
}

/* Partners name each other, and every cell of both tracks stands in one step, in order. */
static void check_steps(const struct byte_map *map)
{
	size_t old = 0, new = 0;

	for (size_t i = 0; i < map->steps.n; i++) {
		const struct map_step *step = &map->steps.at[i];

		if (step->old != CELL_NONE)
			assert_int_equal(step->old, old++);
		if (step->new != CELL_NONE)
			assert_int_equal(step->new, new ++);
		if (step->old != CELL_NONE && step->new != CELL_NONE) {
			assert_int_equal(map->old.cells.at[step->old].partner, step->new);
			assert_int_equal(map->new.cells.at[step->new].partner, step->old);
		}
	}
	assert_int_equal(old, map->old.cells.n);
	assert_int_equal(new, map->new.cells.n);
}

/* Nothing that changed by itself is ever folded. */
static void check_folds(const struct byte_map *map)
{
	for (size_t i = 0; i < map->steps.n; i++) {
		const struct map_step *step = &map->steps.at[i];

		if (!step->folded)
			continue;
		assert_true(map->old.cells.at[step->old].state <= CELL_MOVED);
		assert_true(map->new.cells.at[step->new].state <= CELL_MOVED);
	}
}

static void check_pair(const char *stem)
{
	struct pair pair;

	pair_init(&pair, stem);
	for (size_t i = 0; i < pair.diff.n; i++) {
		const struct diff_type *type = &pair.diff.at[i];
		struct byte_map map;

		if (type->status > DIFF_CARRIER || !is_record(&pair.new, type->new_id))
			continue;
		byte_map_init(&map, &pair.diff, type);
		check_cover(&map.old);
		check_cover(&map.new);
		check_steps(&map);
		byte_map_fold(&map, 1000, 0);
		check_folds(&map);
		byte_map_deinit(&map);
	}
	pair_deinit(&pair);
}

static void every_bit_of_every_pair(void **state)
{
	DIR *folder = opendir("testdata/diff");
	struct dirent *at;
	size_t n = 0;

	(void)state;
	assert_non_null(folder);
	while ((at = readdir(folder))) {
		const char *end = strstr(at->d_name, ".0.c");
		char stem[512];

		if (!end)
			continue;
		snprintf(stem, sizeof(stem), "testdata/diff/%.*s", (int)(end - at->d_name),
			 at->d_name);
		check_pair(stem);
		n++;
	}
	closedir(folder);
	assert_true(n > 10);
}

struct fixture {
	struct pair pair;
	struct byte_map map;
};

static void open_map(struct fixture *f, const char *stem, const char *label)
{
	pair_init(&f->pair, stem);
	byte_map_init(&f->map, &f->pair.diff, pair_type(&f->pair, label));
}

static void close_map(struct fixture *f)
{
	byte_map_deinit(&f->map);
	pair_deinit(&f->pair);
}

static const struct cell *find(const struct track *track, const char *path,
			       const struct cell_arm **arm)
{
	for (size_t i = 0; i < track->cells.n; i++)
		for (size_t k = 0; k < track->cells.at[i].n; k++) {
			*arm = &track->arms.at[track->cells.at[i].first + k];
			if (!strcmp((*arm)->path, path))
				return &track->cells.at[i];
		}
	fail_msg("no cell %s", path);
	return NULL;
}

static void added_moves_the_rest(void **state)
{
	struct fixture f;
	const struct cell_arm *arm;
	const struct cell *cell;

	(void)state;
	open_map(&f, "testdata/diff/moved", "struct mm_struct");
	cell = find(&f.map.new, "futex_unique_id", &arm);
	assert_int_equal(arm->state, CELL_ADDED);
	assert_int_equal(cell->partner, CELL_NONE);
	cell = find(&f.map.new, "lru_gen.list", &arm);
	assert_int_equal(arm->state, CELL_MOVED);
	assert_true(cell->in_step);
	find(&f.map.new, "rss", &arm);
	assert_int_equal(arm->state, CELL_SAME);
	byte_map_fold(&f.map, 1000, 0);
	assert_true(f.map.folds);
	close_map(&f);
}

static void bits_are_cells(void **state)
{
	struct fixture f;
	const struct cell_arm *arm;
	const struct cell *cell;

	(void)state;
	open_map(&f, "testdata/diff/bitfields", "struct strparser");
	cell = find(&f.map.old, "stopped", &arm);
	assert_true(cell_is_bits(cell, &f.map.old));
	assert_int_equal(cell->bits, 1);
	assert_int_equal(arm->state, CELL_CHANGED);
	assert_int_equal(cell_width(cell, &f.map.old, 12), 10);
	cell = find(&f.map.new, "stopped", &arm);
	assert_false(cell_is_bits(cell, &f.map.new));
	assert_int_equal(cell_width(cell, &f.map.new, 12), 12);
	cell = find(&f.map.old, "mode", &arm);
	assert_int_equal(cell_width(cell, &f.map.old, 12), 30);
	close_map(&f);
}

/* A member that went into a union is the partner of the union's cell. */
static void union_is_one_cell(void **state)
{
	struct fixture f;
	const struct cell_arm *first, *second;
	const struct cell *cell;

	(void)state;
	open_map(&f, "testdata/diff/unions", "struct sock");
	cell = find(&f.map.new, "sk_timer", &first);
	assert_int_equal(cell->lanes, 2);
	assert_ptr_equal(find(&f.map.new, "mptcp_retransmit_timer", &second), cell);
	assert_int_not_equal(first->lane, second->lane);
	assert_int_equal(second->state, CELL_ADDED);
	assert_ptr_equal(&f.map.old.cells.at[cell->partner], find(&f.map.old, "sk_timer", &first));
	close_map(&f);
}

static void rename_is_a_guess(void **state)
{
	struct fixture f;
	const struct cell_arm *arm;
	const struct cell *old;

	(void)state;
	open_map(&f, "testdata/diff/rename", "struct address_space");
	old = find(&f.map.old, "private_data", &arm);
	assert_int_equal(arm->state, CELL_REMOVED);
	assert_int_equal(old->partner, CELL_NONE);
	assert_int_equal(f.map.guesses.n, 1);
	assert_ptr_equal(&f.map.old.cells.at[f.map.guesses.at[0].old], old);
	close_map(&f);
}

/* Of two members that changed places one has jumped, the other stands in step. */
static void order_is_kept_by_most(void **state)
{
	struct fixture f;
	const struct cell_arm *arm;
	size_t jumped = 0;

	(void)state;
	open_map(&f, "testdata/diff/nesting", "struct bpf_hrtimer");
	for (size_t i = 0; i < f.map.old.cells.n; i++)
		jumped += f.map.old.cells.at[i].partner != CELL_NONE &&
			  !f.map.old.cells.at[i].in_step;
	assert_true(find(&f.map.old, "timer", &arm)->in_step);
	assert_true(find(&f.map.old, "cookie", &arm)->in_step);
	assert_true(jumped <= 1);
	close_map(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_of_every_pair), cmocka_unit_test(added_moves_the_rest),
		cmocka_unit_test(bits_are_cells),	   cmocka_unit_test(union_is_one_cell),
		cmocka_unit_test(rename_is_a_guess),	   cmocka_unit_test(order_is_kept_by_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
