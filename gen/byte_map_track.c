/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One side of a byte map: members in order of their offsets, with holes between them. */
#include "byte_map_track.h"

#include <stdlib.h>
#include <string.h>

/* Anonymous types are not opened deeper than this: what is below is one cell. */
#define OPEN_DEPTH_MAX 40

/* An entry as one side sees it. */
struct said {
	const char *path;
	enum cell_state state;
};

struct builder {
	struct track *track;
	struct arena *arena;
	struct said *said; /* by path */
	size_t n_said;
	struct cell *region; /* the union being collected, or NULL */
	unsigned int depth;
};

/* An entry of two names is a guess, and another says what became of each. */
static enum cell_state entry_state(const struct diff_entry *entry)
{
	if (entry->old_path)
		return CELL_SAME;
	switch (entry->rule) {
	case RULE_MOVED:
		return CELL_MOVED;
	case RULE_ADDED:
		return CELL_ADDED;
	case RULE_REMOVED:
		return CELL_REMOVED;
	case RULE_EMBEDDED_CHANGED:
		return CELL_INSIDE;
	default:
		return CELL_CHANGED;
	}
}

static int said_order(const void *va, const void *vb)
{
	const struct said *a = va, *b = vb;

	return strcmp(a->path, b->path);
}

static void collect_said(struct builder *builder, const struct diff_type *type, bool is_new)
{
	builder->said = ARENA_NEW_ARRAY(builder->arena, type->n + 1, struct said);
	for (size_t i = 0; i < type->n; i++) {
		const struct diff_entry *entry = &type->entries[i];
		const char *path = entry->old_path && !is_new ? entry->old_path : entry->path;

		if (*path)
			builder->said[builder->n_said++] = (struct said){path, entry_state(entry)};
	}
	if (builder->n_said)
		qsort(builder->said, builder->n_said, sizeof(*builder->said), said_order);
}

/* The first entry whose path is not before PATH. */
static size_t said_from(const struct builder *builder, const char *path)
{
	size_t low = 0, high = builder->n_said;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(builder->said[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool starts(const char *path, const char *prefix, size_t n, char next)
{
	return !strncmp(path, prefix, n) && path[n] == next;
}

/* What happened to the member at PATH; INSIDE also when something below it was said. */
static enum cell_state state_of(const struct builder *builder, const char *path)
{
	size_t n = strlen(path);
	enum cell_state state = CELL_SAME;

	for (size_t i = said_from(builder, path);
	     i < builder->n_said && !strncmp(builder->said[i].path, path, n); i++) {
		const char *rest = builder->said[i].path + n;
		enum cell_state one = !*rest			     ? builder->said[i].state
				      : *rest == '.' || *rest == '[' ? CELL_INSIDE
								     : CELL_SAME;

		if (one > state)
			state = one;
	}
	return state;
}

/* Something was said of what lies directly below PATH. */
static bool opens(const struct builder *builder, const char *path)
{
	size_t n = strlen(path);

	for (size_t i = said_from(builder, path);
	     i < builder->n_said && !strncmp(builder->said[i].path, path, n); i++)
		if (starts(builder->said[i].path, path, n, '.'))
			return true;
	return false;
}

static const char *join_path(const struct builder *builder, const char *prefix, const char *name)
{
	return *prefix ? arena_printf(builder->arena, "%s.%s", prefix, name) : name;
}

static void add_member(struct builder *builder, const struct member *member, const char *path,
		       uint64_t bit, uint32_t lane)
{
	struct track *track = builder->track;
	struct cell_arm arm = {
		.path = path,
		.member = member,
		.bit = bit,
		.bits = member_bits(track->model, member),
		.state = state_of(builder, path),
		.lane = lane,
	};

	*VEC_PUSH(&track->arms) = arm;
	if (builder->region) {
		builder->region->n++;
		if (arm.state > builder->region->state)
			builder->region->state = arm.state;
		return;
	}
	*VEC_PUSH(&track->cells) = (struct cell){
		.first = track->arms.n - 1,
		.n = 1,
		.bit = bit,
		.bits = arm.bits,
		.lanes = 1,
		.state = arm.state,
		.partner = CELL_NONE,
	};
}

static void open_record(struct builder *builder, type_id id, const char *prefix, uint64_t bit,
			uint32_t lane);

/* Members stand below each other in lanes where they share bits, beside each other where not. */
static void open_members(struct builder *builder, const struct type *type, const char *prefix,
			 uint64_t bit, uint32_t lane)
{
	const struct model *model = builder->track->model;

	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = members_of(model, type) + i;
		bool record = is_record(model, member->type);
		bool nameless = record && !type_label(model, strip(model, member->type));
		bool open = !member->name && record;
		const char *path = prefix;

		if (!member->name && !record)
			continue;
		if (type->kind == KIND_UNION && i)
			lane = builder->region->lanes++;
		if (member->name) {
			path = join_path(builder, prefix, member->name);
			open = nameless && opens(builder, path);
		}
		if (open && builder->depth < OPEN_DEPTH_MAX)
			open_record(builder, strip(model, member->type), path,
				    bit + member->bit_offset, lane);
		else if (member->name)
			add_member(builder, member, path, bit + member->bit_offset, lane);
	}
}

/* A union outside any other becomes one cell. */
static void open_record(struct builder *builder, type_id id, const char *prefix, uint64_t bit,
			uint32_t lane)
{
	struct track *track = builder->track;
	const struct type *type = type_at(track->model, id);
	struct cell region = {
		.first = track->arms.n,
		.bit = bit,
		.bits = type->size * 8,
		.lanes = 1,
		.partner = CELL_NONE,
	};
	bool own = type->kind == KIND_UNION && !builder->region;

	builder->depth++;
	if (own)
		builder->region = &region;
	open_members(builder, type, prefix, bit, lane);
	builder->depth--;
	if (!own)
		return;
	builder->region = NULL;
	if (region.n)
		*VEC_PUSH(&track->cells) = region;
}

static int cell_order(const void *va, const void *vb)
{
	const struct cell *a = va, *b = vb;

	if (a->bit != b->bit)
		return a->bit < b->bit ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

static struct cell hole(uint64_t from, uint64_t to)
{
	return (struct cell){.bit = from, .bits = to - from, .lanes = 1, .partner = CELL_NONE};
}

/* Sorts the cells, and puts a hole wherever none is. */
static void add_holes(struct track *track, struct arena *arena)
{
	size_t n = track->cells.n;
	struct cell *cells = ARENA_NEW_ARRAY(arena, n + 1, struct cell);
	uint64_t end = 0;

	if (n) {
		memcpy(cells, track->cells.at, n * sizeof(*cells));
		qsort(cells, n, sizeof(*cells), cell_order);
	}
	track->cells.n = 0;
	for (size_t i = 0; i < n; i++) {
		if (cells[i].bit > end)
			*VEC_PUSH(&track->cells) = hole(end, cells[i].bit);
		*VEC_PUSH(&track->cells) = cells[i];
		if (cells[i].bit + cells[i].bits > end)
			end = cells[i].bit + cells[i].bits;
	}
	if (track->bits > end)
		*VEC_PUSH(&track->cells) = hole(end, track->bits);
}

void track_init(struct track *track, const struct model *model, const struct diff_type *type,
		bool is_new, struct arena *arena)
{
	type_id id = is_new ? type->new_id : type->old_id;
	struct builder builder = {.track = track, .arena = arena};

	*track = (struct track){.model = model, .bits = type_at(model, id)->size * 8};
	collect_said(&builder, type, is_new);
	open_record(&builder, id, "", 0, 0);
	add_holes(track, arena);
}

void track_deinit(struct track *track)
{
	VEC_FREE(&track->cells);
	VEC_FREE(&track->arms);
}
