/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State in memory: objects with the pointers of one kernel in them, as they are when they are
 * captured or converted. Only an image has relocations instead; state_write() and state_read() go
 * between.
 */
#ifndef CO_HOST_STATE_H
#define CO_HOST_STATE_H

#include "../image.h"
#include "report.h"

/*
 * Addresses that no 64-bit kernel has: what pointers of a converted state are until they are
 * relocations. (A converter's addresses are as wide as this program's: the loader sees to that.)
 */
#define STATE_OBJECTS_BASE (sizeof(void *) == 8 ? 0x0c00000000000000ull : 0x0c000000ull)
#define STATE_SYMBOLS_BASE (sizeof(void *) == 8 ? 0x0d00000000000000ull : 0xd0000000ull)

#define STATE_ALIGN_MAX 65536u /* bytes: no type of a kernel asks for more */

/* An arm of a union that a converted object has: the rows of TYPE, in the record at BYTE. */
struct state_arm {
	uint32_t byte, type;
};

struct state_object {
	uint64_t address; /* where pointers of this state say that it is */
	uint64_t origin;  /* its address in the old kernel */
	uint32_t type;	  /* row of the converter's types, or CO_NOWHERE */
	uint32_t size;	  /* bytes */
	uint32_t extent; /* of them, up to the last that is known to be its own; the rest is zero */
	uint8_t *bytes;	 /* aligned as its type says */
	char *name;	 /* how it was reached: "tasks[42].mm" */
	struct state_arm *arms; /* of a converted object, ascending; an old one is asked itself */
	size_t n_arms, arms_room;
};

struct state_side {
	uint32_t object;
	uint32_t size;
	char *name;
	uint8_t *bytes;
};

struct state_symbol {
	uint64_t address;
	char *module, *name;
};

struct state_clock {
	bool known;
	uint64_t value;
};

struct state_audit {
	char *key, *value;
};

struct state {
	struct state_object *objects; /* numbered in the order in which they were reached */
	size_t n_objects, objects_room;
	uint32_t *by_address;	  /* object numbers, ascending by address; made by state_sort() */
	struct state_side *sides; /* ascending by object */
	size_t n_sides, sides_room;
	struct state_symbol *symbols; /* ascending by address */
	size_t n_symbols, symbols_room;
	struct state_audit *audit;
	size_t n_audit, audit_room;
	struct state_clock clocks[CO_CLOCKS]; /* by enum co_clock minus 1 */
	char *kernel;			      /* the release as the running kernel called itself */
};

void state_init(struct state *state);
void state_deinit(struct state *state);

/* Appends an object of SIZE zeroed bytes aligned to ALIGN; takes NAME over. Returns its number. */
uint32_t state_add_object(struct state *state, uint64_t address, uint32_t type, uint32_t size,
			  uint32_t align, char *name);
/* Notes an arm of object number OBJECT; in any order, until state_sort(). */
void state_add_arm(struct state *state, uint32_t object, uint32_t byte, uint32_t type);
/* Whether the arm with the rows of TYPE is the one in the record at BYTE of converted object OBJECT. */
bool state_has_arm(const struct state *state, uint32_t object, uint32_t byte, uint32_t type);
void state_add_side(struct state *state, uint32_t object, const char *name, const void *value,
		    uint32_t size);
/* Symbols are appended in ascending order of address. */
void state_add_symbol(struct state *state, uint64_t address, const char *module, const char *name);
__attribute__((format(printf, 3, 4))) void state_add_audit(struct state *state, const char *key,
							   const char *format, ...);

/*
 * Sorts by address, for state_find(). Objects that overlap are noted (refused) and not 0.
 */
int state_sort(struct state *state, struct report *report);

/* The object that holds ADDRESS, or CO_NOWHERE. */
uint32_t state_find(const struct state *state, uint64_t address);
const struct state_symbol *state_find_symbol(const struct state *state, uint64_t address);

/*
 * The image of STATE, whose objects are of CONVERTER's old or new side; the caller frees. Every
 * pointer that must cross and has no target is noted (refused); then the result is NULL.
 */
uint8_t *state_write(const struct state *state, const struct co_converter *converter, bool is_new,
		     uint64_t *size, struct report *report);

/*
 * The state of an opened image, with the types of CONVERTER's old side. Noted failures: the image
 * is of another kernel, mapping or layouts (refused).
 */
int state_read(struct state *state, const struct co_image *image,
	       const struct co_converter *converter, struct report *report);

#endif
