/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/* What the files of the engine share; no part of its interface. */
#ifndef CO_ENGINE_CORE_H
#define CO_ENGINE_CORE_H

#include "core.h"
#include "engine.h"

#define CO_OBJECTS_LIMIT (1ull << 31)
#define CO_BYTES_LIMIT (1ull << 40)
#define CO_UNKNOWN (~0ull)

/* Addresses that no 64-bit kernel has: what pointers of converted objects are until they are
 * relocations. */
#define CO_ADDRESS_GAP 65536u /* bytes between objects, and the greatest alignment of a type */

/* A captured object. */
struct co_kept {
	uint64_t address, new_address;
	const uint8_t *bytes;
	uint64_t data; /* offset in the data section */
	uint32_t type, size, new_size, new_extent;
	uint32_t name; /* offset in the strings */
	uint32_t zero;
};

struct co_kept_side {
	uint32_t object, size, name;
	uint32_t at; /* offset in the side bytes */
};

/* The arm of a union that the object at hand has, as its converter told. */
struct co_arm {
	const uint8_t *record;
	uint32_t type;
};

/* Where the objects of a type have a pointer, and what becomes of it. */
struct co_spot {
	uint64_t bit, mask;
	uint32_t bits, container;
	uint32_t path; /* offset in the strings */
	uint8_t way;
};

/* A type's rows of those; WALK: its objects have others, too. */
struct co_spots {
	uint32_t first, n;
	bool walk;
};

/* ---- engine_report.c ---- */

/* Notes the first trouble; REASON is copied, NULL: the error's sentence. PARTICIPANT may be
 * CO_NOWHERE. Returns ERROR. */
int co_note(struct co_engine *e, int error, uint32_t participant, const char *reason);
int co_note_value(struct co_engine *e, int error, uint32_t participant, const char *reason,
		  uint64_t value);
/* Adds an issue about object NAME, unless there is no room. */
void co_note_issue(struct co_engine *e, enum co_phase phase, uint32_t participant, const char *name,
		   const struct co_trouble *trouble);
void co_text_copy(char *to, size_t room, const char *from);

/* ---- engine_call.c: calls of participants, phases and their times ---- */

void co_phase_begin(struct co_engine *e, enum co_phase phase, uint64_t *start);
void co_phase_end(struct co_engine *e, enum co_phase phase, uint64_t start);
void co_call_begin(struct co_engine *e, struct co_call *call, uint32_t participant,
		   enum co_phase phase);
/* RESULT is what the function returned; the call's own error, CO_E_VETO or CO_E_TIME when it
 * failed. */
int co_call_end(struct co_call *call, int result);
/* Between two objects: progress, and a place to let others run. */
void co_tick(struct co_engine *e, enum co_phase phase, uint32_t participant, uint64_t done,
	     uint64_t total);
bool co_budget_passed(struct co_engine *e);
/* Thaws and aborts in reverse order, what is frozen and prepared. */
void co_undo(struct co_engine *e);
static inline uint64_t co_now(const struct co_engine *e)
{
	return e->config.seam.clock(e->config.seam.data);
}

/* ---- engine_gate.c ---- */

int co_check_registrations(struct co_engine *e);
int co_gate_old(struct co_engine *e);
int co_gate_new(struct co_engine *e);
/* The registered participant called NAME, or CO_NOWHERE. */
uint32_t co_participant_find(const struct co_engine *e, const char *name);
static inline const struct co_participant *co_participant_at(const struct co_engine *e, uint32_t i)
{
	return e->config.participants[i];
}
bool co_carries(const struct co_engine *e, uint32_t participant, uint32_t type);

/* ---- engine_memory.c: measuring, and the caller's memory ---- */

int co_measure_old(struct co_engine *e);
int co_measure_new(struct co_engine *e);
/* SIZE zeroed bytes aligned to ALIGN, or NULL. */
void *co_pool_take(struct co_pool *pool, uint64_t size, uint64_t align);
/* A pool of SIZE bytes cut from another; false: no room. */
bool co_pool_cut(struct co_pool *pool, uint64_t size, struct co_pool *part);

/* ---- engine_build.c: the image in the region ---- */

/* Identity, types, members and enumerators: what is known before anything is frozen. */
int co_build_start(struct co_engine *e);
/* The objects, side values and participants, with room for the data. */
int co_build_objects(struct co_engine *e);
/* Clocks, audit, strings, then header and checksums. */
int co_build_finish(struct co_engine *e);
void co_build_begin(struct co_engine *e, uint32_t kind);
void *co_build_add(struct co_engine *e, uint32_t kind, uint64_t size);
void co_build_end(struct co_engine *e, uint32_t kind);
static inline struct co_section *co_build_section(struct co_engine *e, uint32_t kind)
{
	return &e->sections[kind - 1];
}
/* The offset of S among the strings, each once; CO_NOWHERE: no room. */
uint32_t co_build_string(struct co_engine *e, const char *s);

/* Opens the image of IMAGE_SIZE bytes in the region as the seal says; notes what is wrong. */
int co_build_open(struct co_engine *e);

/* ---- engine_convert.c ---- */

int co_convert_all(struct co_engine *e);
/* Converts into scratch memory, pointers kept; trouble says why not. */
int co_convert_probe(struct co_engine *e, uint32_t type, const void *bytes, uint64_t size,
		     struct co_trouble *trouble);

/* ---- engine_relocate.c ---- */

/* Fills e->spots_of and e->spots, once the strings are there. */
int co_find_spots(struct co_engine *e);
/* Whether a pointer of this way is NULL in the image, or has a relocation. */
bool co_must_cross(uint8_t way);
/* Makes relocations of the pointers in BYTES, which object OBJECT became; counts those that lead nowhere. */
int co_relocate_object(struct co_engine *e, uint32_t object, uint32_t participant, uint8_t *bytes,
		       uint64_t *failed);
/* The object whose new bytes hold ADDRESS, or CO_NOWHERE: new addresses ascend with the numbers. */
uint32_t co_object_at(const struct co_engine *e, uint64_t address);
/* Numbers from here on stand for symbols until they are relocations. */
uint64_t co_symbols_base(const struct co_engine *e);
/* co_host.translate_symbol; DATA is the engine. */
int co_symbol_to_number(void *data, uint64_t old_address, uint64_t *new_address);
static inline const char *co_kept_name(const struct co_engine *e, uint32_t object)
{
	return (const char *)e->strings.data + e->kept[object].name;
}

/* ---- engine_view.c: objects of an image as arrivals ---- */

/* Object INDEX of e->image; its bytes may lie in scratch until the next call. */
int co_view(struct co_engine *e, uint32_t index, struct co_arrival *object);

/* ---- engine_seal.c ---- */

/* All of the seal but that it is ready. */
int co_seal_prepare(void *region, uint64_t size, uint64_t image_size, enum co_seal seal);
void co_seal_ready(void *region);

#endif
