/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the bits of a struct or union are before and after, as a picture needs it: cells on two
 * tracks, which of them belong together, and which runs say nothing new. Only geometry that does
 * not depend on how it is drawn.
 *
 * Members of anonymous structs stand among the others. A union is one cell, with its arms in lanes;
 * so is a type that is a union itself. A member whose type is a struct without a name is opened
 * when something in it changed. Whatever no member covers is a hole.
 */
#ifndef CO_GEN_BYTE_MAP_H
#define CO_GEN_BYTE_MAP_H

#include "../schema/arena.h"
#include "../schema/diff.h"

#define CELL_NONE SIZE_MAX
/* Longer members are not drawn to scale. */
#define CELL_BITS_MAX (16 * 8)

enum cell_state {
	CELL_SAME,
	CELL_MOVED,
	CELL_INSIDE,  /* an embedded type changed */
	CELL_CHANGED, /* its type, width, nesting, ... */
	CELL_ADDED,
	CELL_REMOVED,
	CELL_STATES
};

/* A member, in its cell alone or one of those of a union. */
struct cell_arm {
	const char *path; /* as in the entries of the diff; owned by the map */
	const struct member *member;
	uint64_t bit, bits; /* from the start of the type */
	enum cell_state state;
	uint32_t lane;
};

struct cell {
	size_t first, n; /* of the track's arms; none: a hole */
	uint64_t bit, bits;
	uint32_t lanes;	       /* 1 unless a union */
	enum cell_state state; /* the most telling one of its arms */
	size_t partner;	       /* index on the other track, or CELL_NONE */
	bool in_step; /* its partner stands in the same order; a partner that does not has jumped */
};

struct track {
	const struct model *model;
	struct {
		struct cell *at;
		size_t n, room;
	} cells; /* by offset, holes between them */
	struct {
		struct cell_arm *at;
		size_t n, room;
	} arms;
	uint64_t bits; /* size of the type */
};

/* One place of both tracks: cells that belong together, or one cell that is alone on its track. */
struct map_step {
	size_t old, new; /* CELL_NONE where there is none */
	bool folded;	 /* nothing happened, or all moved together: part of a band */
};

/* Two cells that may be one member under two names. */
struct map_guess {
	size_t old, new;
};

struct byte_map {
	struct arena arena;
	struct track old, new;
	struct {
		struct map_step *at;
		size_t n, room;
	} steps; /* in the order of both tracks */
	struct {
		struct map_guess *at;
		size_t n, room;
	} guesses;
	bool folds; /* a step is folded */
};

/* Fills MAP for TYPE, a struct or union of both sides of DIFF. Nothing is folded yet. */
void byte_map_init(struct byte_map *map, const struct diff *diff, const struct diff_type *type);
void byte_map_deinit(struct byte_map *map);

/*
 * How wide CELL is drawn when a byte is BYTE wide: to scale up to 16 bytes; longer ones are cut,
 * bits are wider, and nothing is too narrow to be seen.
 */
unsigned int cell_width(const struct cell *cell, const struct track *track, unsigned int byte);
bool cell_is_cut(const struct cell *cell);

/* Folds each run that says nothing new into a band of width BAND, where that is narrower. */
void byte_map_fold(struct byte_map *map, unsigned int byte, unsigned int band);

/* How far the cells of STEP are from each other, in bits; 0 when one is alone. */
int64_t step_shift(const struct byte_map *map, const struct map_step *step);

/* True for a cell that is one bitfield. */
bool cell_is_bits(const struct cell *cell, const struct track *track);

#endif
