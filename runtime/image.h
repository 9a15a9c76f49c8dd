/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * The state image, container version 1; FORMAT.md is its description. co_image_open() checks every
 * byte before anything is read: afterwards all indexes, strings, paths and offsets are in bounds.
 * Records are little-endian numbers without padding between; objects keep their kernel's byte order.
 */
#ifndef CO_IMAGE_H
#define CO_IMAGE_H

#include "layout.h"

#define CO_IMAGE_VERSION 1
#define CO_IMAGE_HEADER 64	/* bytes */
#define CO_IMAGE_ENTRY 32	/* bytes of a row of the section table */
#define CO_IMAGE_SECTIONS_MAX 64
#define CO_IMAGE_OPTIONAL 1u	/* section flag: a reader that does not know the kind passes it over */
#define CO_IMAGE_CUT_MAX (1u << 20) /* bytes that an object may be longer than its extent */
#define CO_IMAGE_ALIGN 8	/* of sections and of objects in the data section */

extern const uint8_t co_image_magic[8];

enum co_section_kind {
	CO_SECTION_STRINGS = 1,
	CO_SECTION_IDENTITY,
	CO_SECTION_CLOCKS,
	CO_SECTION_TYPES,
	CO_SECTION_MEMBERS,
	CO_SECTION_NAMES,
	CO_SECTION_OBJECTS,
	CO_SECTION_DATA,
	CO_SECTION_SIDES,
	CO_SECTION_SIDE_DATA,
	CO_SECTION_RELOCATIONS,
	CO_SECTION_AUDIT,
	CO_SECTION_SIGNATURE,	 /* optional, the last section of a file */
	CO_SECTION_PARTICIPANTS, /* optional: what the engine makes has it */
	CO_SECTION_LAST = CO_SECTION_PARTICIPANTS,
};
#define CO_SECTION_REQUIRED CO_SECTION_AUDIT /* all kinds up to it are there once */

enum co_clock {
	CO_CLOCK_JIFFIES = 1, /* of the old kernel, 64 bits wide */
	CO_CLOCK_HZ,
	CO_CLOCK_REAL, /* ns since 1970 */
	CO_CLOCK_BOOT, /* ns since boot, to a tick */
	CO_CLOCK_CPUS,
};
#define CO_CLOCKS 5

enum co_target {
	CO_TARGET_OBJECT = 1,
	CO_TARGET_SYMBOL,
};

/*
 * The records: X(bits, name). Members called str_* are offsets in the string section. From these rows
 * come the structs, their sizes in the image, and the functions that get and put them.
 */
#define CO_RECORD_IDENTITY(X)                                                                      \
	X(32, str_converter) X(32, str_mapping_digest) X(32, str_layouts_digest)                   \
	X(32, str_from_release) X(32, str_from_arch) X(32, str_from_build_id)                      \
	X(32, str_to_release) X(32, str_to_arch) X(32, str_to_build_id)                            \
	X(32, str_kernel) /* the release as the running kernel called itself */                    \
	X(32, is_new)	  /* 0: objects of the from kernel; 1: of the to kernel */                 \
	X(32, address_size) X(32, big_endian) X(32, zero)
#define CO_RECORD_CLOCK(X) X(32, clock) X(32, known) X(64, value)
#define CO_RECORD_TYPE(X)                                                                          \
	X(32, str_name) X(32, str_digest) X(32, size) X(32, align)                                 \
	X(32, is_object) X(32, first_member) X(32, n_members)                                      \
	X(32, tail) /* of its members, the flexible one, or CO_NOWHERE */
#define CO_RECORD_MEMBER(X)                                                                        \
	X(32, str_path) X(32, str_ctype) X(32, str_why) X(32, bit) X(32, bits) X(32, count)        \
	X(32, kind) X(32, way) X(32, is_signed) X(32, type) X(32, container) X(32, target_size)    \
	X(64, mask) X(32, count_field) X(32, limit) X(32, first_name) X(32, n_names)
#define CO_RECORD_NAME(X) X(64, value) X(32, str_name) X(32, zero)
#define CO_RECORD_OBJECT(X)                                                                        \
	X(64, address) /* in the old kernel */                                                     \
	X(64, data)    /* offset in the data section */                                            \
	X(32, type) X(32, size) /* bytes of the object */                                  \
	X(32, extent) /* of them, how many are here: the others are zero */                        \
	X(32, str_name)
#define CO_RECORD_SIDE(X)                                                                          \
	X(64, data) /* offset in the side-data section */                                          \
	X(32, object) X(32, size) X(32, str_name) X(32, zero)
#define CO_RECORD_RELOCATION(X)                                                                    \
	X(64, bit) /* of the pointer in its object */                                              \
	X(64, tag) X(32, object) X(32, str_path) X(32, target) X(32, target_object)                \
	X(32, str_target) /* the target's path; for a symbol its name */                           \
	X(32, str_module) /* of a symbol; "" is the kernel itself */
#define CO_RECORD_AUDIT(X) X(32, str_key) X(32, str_value)
#define CO_RECORD_PARTICIPANT(X) X(32, str_name) X(32, first_object) X(32, n_objects) X(32, zero)

#define CO_RECORD_MEMBER_OF(bits, name) uint##bits##_t name;
#define CO_RECORD_SIZE_OF(bits, name) +bits / 8
#define CO_RECORD_DECLARE(record, ROWS)                                                            \
	struct co_image_##record {                                                                 \
		ROWS(CO_RECORD_MEMBER_OF)                                                          \
	};                                                                                         \
	enum { co_image_##record##_size = 0 ROWS(CO_RECORD_SIZE_OF) };                             \
	void co_image_##record##_get(const uint8_t *at, struct co_image_##record *record);         \
	void co_image_##record##_put(uint8_t *at, const struct co_image_##record *record);

CO_RECORD_DECLARE(identity, CO_RECORD_IDENTITY)
CO_RECORD_DECLARE(clock, CO_RECORD_CLOCK)
CO_RECORD_DECLARE(type, CO_RECORD_TYPE)
CO_RECORD_DECLARE(member, CO_RECORD_MEMBER)
CO_RECORD_DECLARE(name, CO_RECORD_NAME)
CO_RECORD_DECLARE(object, CO_RECORD_OBJECT)
CO_RECORD_DECLARE(side, CO_RECORD_SIDE)
CO_RECORD_DECLARE(relocation, CO_RECORD_RELOCATION)
CO_RECORD_DECLARE(audit, CO_RECORD_AUDIT)
CO_RECORD_DECLARE(participant, CO_RECORD_PARTICIPANT)

struct co_section {
	uint32_t kind, flags;
	const uint8_t *data;
	uint64_t size;
};

/* An opened image: it borrows the caller's bytes. */
struct co_image {
	const uint8_t *data;
	uint64_t size;
	struct co_section sections[CO_IMAGE_SECTIONS_MAX];
	uint32_t n_sections;
	const struct co_section *at[CO_SECTION_LAST + 1]; /* by kind; optional ones may be NULL */
	struct co_image_identity identity;
	uint32_t n_types, n_members, n_names, n_objects, n_sides, n_relocations, n_audit;
	uint32_t n_participants;
	bool unsummed; /* opened so */
	struct co_layout layout; /* of this very struct: do not copy it */
};

/* Why an image was refused: a sentence, and the byte where it showed. */
struct co_image_trouble {
	const char *reason;
	uint64_t at;
};

/* Opens SIZE bytes at DATA: CO_OK, CO_E_FORMAT or CO_E_CHECKSUM with TROUBLE filled. */
CO_MUST_CHECK int co_image_open(struct co_image *image, const void *data, uint64_t size,
				struct co_image_trouble *trouble);

/*
 * The same of memory that never left its process: sections have no checksums (they must be zero), so that
 * opening does not read all data. Everything else is checked.
 */
CO_MUST_CHECK int co_image_open_unsummed(struct co_image *image, const void *data, uint64_t size,
					 struct co_image_trouble *trouble);

/*
 * Writes header, table and the N sections in their order into ROOM bytes at DATA; *SIZE is what that
 * takes. A section whose data are there already, at their place, stays. DATA NULL measures. CO_E_ROOM: too small; CO_E_ARGUMENT: too many sections. It does not check
 * what the sections say: open the result for that.
 */
CO_MUST_CHECK int co_image_write(const struct co_section *sections, uint32_t n, void *data,
				 uint64_t room, uint64_t *size);

/* The same for co_image_open_unsummed(). */
CO_MUST_CHECK int co_image_write_unsummed(const struct co_section *sections, uint32_t n, void *data,
					  uint64_t room, uint64_t *size);

/* Rows of an opened image; INDEX is in bounds by the caller. */
const char *co_image_string(const struct co_image *image, uint32_t offset);
void co_image_clock(const struct co_image *image, uint32_t index, struct co_image_clock *row);
void co_image_object(const struct co_image *image, uint32_t index, struct co_image_object *row);
void co_image_side(const struct co_image *image, uint32_t index, struct co_image_side *row);
void co_image_relocation(const struct co_image *image, uint32_t index,
			 struct co_image_relocation *row);
void co_image_audit(const struct co_image *image, uint32_t index, struct co_image_audit *row);
void co_image_participant(const struct co_image *image, uint32_t index,
			  struct co_image_participant *row);
/* The object's first `extent` bytes. */
const uint8_t *co_image_object_data(const struct co_image *image,
				    const struct co_image_object *object);
const uint8_t *co_image_side_data(const struct co_image *image, const struct co_image_side *side);

/* The relocation of the pointer at BIT of OBJECT: its row, or CO_NOWHERE. */
uint32_t co_image_relocation_at(const struct co_image *image, uint32_t object, uint64_t bit);

#endif
