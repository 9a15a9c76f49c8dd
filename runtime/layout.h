/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * One side's layouts as one interface, whether they come from a converter's tables or from an
 * image. Paths name places: "tasks.next", "rlim[3].rlim_cur"; in an array of objects they start
 * with the element ("[2].pid"). Several dimensions count as one.
 */
#ifndef CO_LAYOUT_H
#define CO_LAYOUT_H

#include "carryover.h"

#define CO_PATH_MAX 512 /* bytes of a path, the NUL included */

struct co_layout_type {
	const char *name, *digest;
	uint32_t size, align; /* bytes, without a flexible tail */
	bool is_object;
	uint32_t n_members;
};

/* struct co_field seen from one side. */
struct co_member {
	const char *path, *ctype, *why;
	uint32_t bit; /* CO_NOWHERE: this side does not have the member; then the rest says nothing
		       */
	uint32_t bits, count;
	uint8_t kind, way;
	bool is_signed;
	uint32_t type, container, target_size;
	uint64_t mask;
	uint32_t count_field, limit;  /* co_field.count_field and .count */
	uint32_t n_names, first_name; /* for co_layout.name */
};

struct co_layout {
	uint32_t n_types;
	uint8_t address_size; /* bytes */
	bool big_endian;
	/* Rows must be in bounds; members that this side lacks have bit == CO_NOWHERE. */
	void (*type)(const struct co_layout *layout, uint32_t type, struct co_layout_type *row);
	void (*member)(const struct co_layout *layout, uint32_t type, uint32_t index,
		       struct co_member *row);
	/* Its path alone: what a search looks at first. */
	const char *(*path)(const struct co_layout *layout, uint32_t type, uint32_t index);
	/* The row of TYPE's one flexible tail, or CO_NOWHERE. */
	uint32_t (*tail)(const struct co_layout *layout, uint32_t type);
	/* Enumerator INDEX (< n_names) of member row MEMBER of TYPE. */
	void (*name)(const struct co_layout *layout, uint32_t type, uint32_t member, uint32_t index,
		     struct co_name *row);
	const void *source;
	bool is_new;
};

/* The old or the new side of a checked converter. */
void co_layout_of_converter(struct co_layout *layout, const struct co_converter *converter,
			    bool is_new);

/* A member of an object, or one element of it. */
struct co_place {
	struct co_member member;
	uint32_t type, index; /* the type that has the member, and its row there */
	const char *path;     /* of the member's first element, from the object */
	uint64_t base;	      /* bit offset of the innermost record that holds it */
	uint64_t bit;	      /* bit offset from the object's start */
	uint32_t count; /* elements from bit on; of a flexible tail, as many as the object has */
	bool in_arm;	/* among the rows of an arm of a union */
};

/* One row, for CO_RECORD too with 0 members to go on to; an error ends the walk and is its result.
 */
typedef int (*co_place_fn)(void *data, const struct co_place *place);

/* Whether the arm whose row PLACE is, see co_is_arm(), is the one that the object has. */
typedef bool (*co_live_fn)(void *data, const struct co_place *place);

/* Goes into every arm, for who asks about all that there can be. */
bool co_every_arm(void *data, const struct co_place *place);

/* The row of an arm of a union: CO_RECORD and CO_WAY_ARM. */
bool co_is_arm(uint8_t kind, uint8_t way);

/*
 * Calls FN for every member of an object of TYPE and SIZE bytes, going into records element by
 * element, in the order of the tables, and into the arms of unions for which LIVE is true. TYPE
 * CO_NOWHERE has none. CO_E_LIMIT: nested too deep, or paths too long, or more rows than an object
 * of this size can have.
 */
CO_MUST_CHECK int co_layout_walk(const struct co_layout *layout, uint32_t type, uint64_t size,
				 co_place_fn fn, co_live_fn live, void *data);

/*
 * The place called PATH ("" is the object itself, with member.kind CO_RECORD): CO_OK or CO_E_FORMAT. What
 * lies in an arm of a union is found by its path alone, too, in the first arm that has it.
 */
CO_MUST_CHECK int co_layout_find(const struct co_layout *layout, uint32_t type, uint64_t size,
				 const char *path, struct co_place *place);

/*
 * PATH as people say it, without the rows of arms ("first.u:1.u.peer" is first.u.peer): PATH itself, or BUFFER of
 * CO_PATH_MAX bytes.
 */
const char *co_path_plain(const char *path, char *buffer);

/*
 * The path of the byte at OFFSET, which must be where an object or an element starts, into BUFFER
 * of CO_PATH_MAX bytes; the outermost that does. What lies in an arm of a union has none. CO_OK,
 * CO_E_POINTER: nothing starts there, CO_E_LIMIT.
 */
CO_MUST_CHECK int co_layout_path(const struct co_layout *layout, uint32_t type, uint64_t size,
				 uint64_t offset, char *buffer);

/* The one flexible tail of TYPE, or false. */
bool co_layout_tail(const struct co_layout *layout, uint32_t type, struct co_member *tail);

/* Whether an object, or several in an array, of TYPE can be SIZE bytes long. */
bool co_layout_size_ok(const struct co_layout *layout, uint32_t type, uint64_t size);

/*
 * BITS (1 to 64) bits at BIT of the object, in the byte order of LAYOUT (bit 0 is the lowest of a
 * little-endian, the highest of a big-endian first byte); the caller checked the bounds.
 */
uint64_t co_bits_get(const struct co_layout *layout, const uint8_t *object, uint64_t bit,
		     uint32_t bits);
void co_bits_put(const struct co_layout *layout, uint8_t *object, uint64_t bit, uint32_t bits,
		 uint64_t value);

#endif
