/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the parts of the DWARF reader: bytes (dwarf_die.c: abbreviations and DIEs), units and where
 * they stand (dwarf_units.c, dwarf_split.c, dwarf_sources.c), a unit's types (dwarf_scan.c), their shapes
 * (dwarf_shape.c), files (dwarf_line.c), what is kept of them and becomes the model (dwarf_keep.c).
 *
 * Units are read one by one, by any thread, until one refers to a type of another: then all are read
 * again as one, by one thread, with offsets that go through all sections of DIEs.
 */
#ifndef CO_SCHEMA_DWARF_INTERNAL_H
#define CO_SCHEMA_DWARF_INTERNAL_H

#include "elf_file.h"
#include "model.h"

#include <string.h>

#define NO_OFFSET64 UINT64_MAX

/* One section of DIEs, with the sections that these refer to. */
struct dwarf_space {
	const char *file; /* for messages */
	struct elf_bytes info, abbrev, str, line, line_str, str_offsets;
	uint64_t
		base; /* of its first byte, as if the sections of DIEs stood one behind the other */
	const struct dwarf_space *alternate; /* what several files share (dwz -m), or NULL */
	struct dwarf_space *next;	     /* of the same file */
	bool big_endian;
	bool types;    /* .debug_types: the headers of DWARF 4's type units */
	bool split;    /* of a .dwo or .dwp file */
	bool isolated; /* one of several in an object: no offset leads into another unit */
};

enum unit_kind {
	UNIT_COMPILE,
	UNIT_SKELETON, /* its types are in a unit of another file */
	UNIT_PARTIAL,  /* read when a compile unit refers to it */
	UNIT_TYPE,     /* likewise */
	UNIT_SKIPPED
};

struct dwarf_unit {
	const struct dwarf_space *space;
	const struct dwarf_space *line_space; /* whose .debug_line has its file names */
	uint64_t offset;      /* of the header in its section: what DW_FORM_ref4 counts from */
	uint64_t die, end;    /* of the unit's own DIE; behind its last byte */
	uint64_t abbrev;      /* of its abbreviations in .debug_abbrev */
	uint64_t str_offsets; /* DW_AT_str_offsets_base, or NO_OFFSET64 */
	uint64_t line;	      /* DW_AT_stmt_list, or NO_OFFSET64 */
	uint64_t signature;   /* of a type unit, or of a .dwo's unit */
	uint64_t type;	      /* of a type unit: offset of its type, from the header */
	const char *name, *comp_dir; /* as in the file; NULL when absent */
	uint32_t origin; /* what offsets of its DIEs begin with: 0, or its place when joined */
	uint32_t rank;	 /* the unit whose place in the order of units it has: its skeleton's */
	uint16_t version;
	uint8_t kind; /* enum unit_kind */
	uint8_t address_size, offset_size;
	bool has_code;	/* machine code was made of it */
	bool in_c;	/* a type unit, or read as one of C */
	uint32_t extra; /* slots to take of every DIE: see units_read_joined() */
};

struct dwarf_signature {
	uint64_t signature;
	uint32_t unit;
};

/* The DIEs of one ELF file, and of those that it leads to; does not change while threads read it. */
struct dwarf_file {
	const char *name;
	struct elf_bytes str; /* a linker has merged its equal strings: names in it differ iff their
				 addresses do; nothing when that does not hold */
	bool big_endian;
	bool joined; /* all units are read as one */
	struct {
		struct dwarf_unit *at;
		size_t n, room;
	} units; /* all, in the order of spaces and offsets */
	struct {
		struct dwarf_signature *at;
		size_t n, room;
	} signatures;	/* of type units, sorted */
	uint64_t bytes; /* of DIEs, in all spaces */
};

/* ---- bytes ---- */

struct cursor {
	const unsigned char *p, *end;
	bool big_endian;
	bool bad; /* ran over the end: everything read since is 0 */
};

/* N bytes (1, 2, 4 or 8) in the file's order. */
static inline uint64_t load_bytes(const unsigned char *p, unsigned int n, bool big_endian)
{
	bool swap = big_endian != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (n) {
	case 1:
		return *p;
	case 2:
		memcpy(&two, p, sizeof(two));
		return swap ? __builtin_bswap16(two) : two;
	case 4:
		memcpy(&four, p, sizeof(four));
		return swap ? __builtin_bswap32(four) : four;
	default:
		memcpy(&eight, p, sizeof(eight));
		return swap ? __builtin_bswap64(eight) : eight;
	}
}

static inline uint64_t read_fixed(struct cursor *c, unsigned int n)
{
	uint64_t value;

	if ((size_t)(c->end - c->p) < n) {
		c->bad = true;
		return 0;
	}
	value = load_bytes(c->p, n, c->big_endian);
	c->p += n;
	return value;
}

uint64_t read_uleb_slow(struct cursor *c);
int64_t read_sleb(struct cursor *c);

static inline uint64_t read_uleb(struct cursor *c)
{
	if (c->p < c->end && *c->p < 0x80)
		return *c->p++;
	return read_uleb_slow(c);
}

/* The string at the cursor, or NULL when no NUL follows inside. */
const char *read_string(struct cursor *c);
void read_skip(struct cursor *c, uint64_t n);

/* The string at OFFSET of a string section, or NULL when OFFSET is outside or no NUL follows. */
const char *string_at(struct elf_bytes section, uint64_t offset);

/* ---- DIEs ---- */

/* The attributes that types need. */
enum slot {
	SLOT_NONE,
	SLOT_NAME,
	SLOT_TYPE,
	SLOT_BYTE_SIZE,
	SLOT_BIT_SIZE,
	SLOT_MEMBER_LOCATION,
	SLOT_DATA_BIT_OFFSET,
	SLOT_BIT_OFFSET,
	SLOT_ENCODING,
	SLOT_FILE,
	SLOT_LINE,
	SLOT_DECLARATION,
	SLOT_UPPER_BOUND,
	SLOT_LOWER_BOUND,
	SLOT_COUNT_ATTR,
	SLOT_CONST_VALUE,
	SLOT_PROTOTYPED,
	SLOT_ALIGNMENT,
	SLOT_VECTOR,
	SLOT_ENDIANITY,
	SLOT_ORIGIN, /* DW_AT_abstract_origin, DW_AT_specification */
	SLOT_STRIDE,
	SLOT_SIGNATURE,
	SLOTS,

	/* of units, whose DIEs have none of the above but DW_AT_name */
	SLOT_COMP_DIR = SLOT_TYPE,
	SLOT_LANGUAGE = SLOT_BYTE_SIZE,
	SLOT_PRODUCER = SLOT_BIT_SIZE,
	SLOT_LINES = SLOT_MEMBER_LOCATION,
	SLOT_STR_OFFSETS = SLOT_DATA_BIT_OFFSET,
	SLOT_DWO_NAME = SLOT_BIT_OFFSET,
	SLOT_DWO_ID = SLOT_ENCODING,
	SLOT_CODE = SLOT_FILE, /* DW_AT_high_pc or DW_AT_ranges */
};

/* What a form's value is. */
enum value_class {
	CLASS_UNSIGNED,
	CLASS_SIGNED,
	CLASS_FLAG,
	CLASS_STRING, /* the value is the address of an inline string */
	CLASS_STRP,
	CLASS_LINE_STRP,
	CLASS_STRX,
	CLASS_STR_ALT, /* of the alternate file */
	CLASS_REF,
	CLASS_REF_ADDR,
	CLASS_REF_ALT,
	CLASS_REF_SIG,
	CLASS_OFFSET, /* into another section */
	CLASS_BLOCK,  /* an expression or bytes: the value is not read */
	CLASS_OTHER   /* addresses, lists */
};

struct attr_op {
	uint32_t skip; /* bytes of attributes nobody reads, before this one */
	uint8_t read;  /* enum read_kind, dwarf_die.c */
	uint8_t slot;
	uint8_t class;
	int64_t implicit;
};

struct abbrev {
	uint64_t code;
	uint32_t first, n; /* of the table's ops */
	uint16_t tag;
	bool children;
};

struct abbrev_table {
	const struct dwarf_space
		*space; /* which table this is, to read it once for several units */
	uint64_t offset;
	uint16_t version;
	uint8_t address_size, offset_size;
	bool valid, dense; /* dense: code N is at N - 1 */
	struct abbrev *at;
	size_t n, room;
	struct {
		struct attr_op *at;
		size_t n, room;
	} ops;
};

struct die {
	const struct abbrev *abbrev; /* NULL: the end of a list of children */
	uint32_t offset;
	uint32_t has; /* 1 << slot */
	struct {
		uint64_t value;
		uint8_t class;
	} v[SLOTS];
};

/* Reads UNIT's abbreviations into TABLE. Returns what is wrong with them, or NULL. */
const char *abbrevs_read(const struct dwarf_unit *unit, struct abbrev_table *table);
/* Only the one with CODE, as the only one of TABLE. */
const char *abbrevs_read_one(const struct dwarf_unit *unit, uint64_t code,
			     struct abbrev_table *table);
void abbrevs_free(struct abbrev_table *table);

/* Reads the DIE at C, which starts in UNIT. Returns what is wrong with it, or NULL. */
const char *die_read(const struct dwarf_unit *unit, const struct abbrev_table *table,
		     struct cursor *c, struct die *die);

/* A cursor at byte AT of UNIT's section that ends with the unit. */
struct cursor unit_cursor(const struct dwarf_unit *unit, uint64_t at);

/*
 * Every attribute is absent, has a value, or is malformed: there are no defaults. A reference may
 * also lead out of its unit while units are read one by one.
 */
enum answer { ABSENT, VALUE, MALFORMED, FOREIGN };

#define SLOT_BIT(slot) ((uint32_t)1 << (slot))

/* What few members have beside a name, a type, a line and a location in bytes. */
#define MEMBER_RARE_SLOTS                                                                          \
	(SLOT_BIT(SLOT_BIT_SIZE) | SLOT_BIT(SLOT_DATA_BIT_OFFSET) | SLOT_BIT(SLOT_BIT_OFFSET) |    \
	 SLOT_BIT(SLOT_BYTE_SIZE) | SLOT_BIT(SLOT_ALIGNMENT))

static inline bool die_has(const struct die *die, uint32_t slots)
{
	return (die->has & slots) != 0;
}

static inline enum answer die_constant(const struct die *die, enum slot slot, uint64_t *value,
				       bool *negative)
{
	if (!die_has(die, SLOT_BIT(slot)))
		return ABSENT;
	if (die->v[slot].class != CLASS_UNSIGNED && die->v[slot].class != CLASS_SIGNED)
		return MALFORMED;
	*value = die->v[slot].value;
	*negative = die->v[slot].class == CLASS_SIGNED && (int64_t)*value < 0;
	return VALUE;
}

static inline enum answer die_unsigned(const struct die *die, enum slot slot, uint64_t limit,
				       uint64_t *value)
{
	uint64_t have = 0;
	bool negative = false;
	enum answer answer = die_constant(die, slot, &have, &negative);

	if (answer == VALUE && (negative || have > limit))
		return MALFORMED;
	if (answer == VALUE)
		*value = have;
	return answer;
}

/* A small number of either sign, also when its form has no sign (DW_FORM_data8): -LIMIT to LIMIT. */
static inline enum answer die_signed(const struct die *die, enum slot slot, int64_t limit,
				     int64_t *value)
{
	uint64_t have = 0;
	bool negative = false;
	enum answer answer = die_constant(die, slot, &have, &negative);

	if (answer == VALUE && ((int64_t)have > limit || (int64_t)have < -limit))
		return MALFORMED;
	if (answer == VALUE)
		*value = (int64_t)have;
	return answer;
}

enum answer die_flag(const struct die *die, enum slot slot, bool *value);
enum answer die_string(const struct dwarf_unit *unit, const struct die *die, enum slot slot,
		       const char **value);
/* VALUE: *OFFSET is of a DIE in UNIT or, when FILE is joined, of one in any unit. */
enum answer die_reference(const struct dwarf_file *file, const struct dwarf_unit *unit,
			  const struct die *die, enum slot slot, uint32_t *offset);

/* ---- units ---- */

struct debug_files;
struct dwarf_seen;

/* What listing units needs and finds. */
struct unit_list {
	struct dwarf_file *file;
	struct elf_file *elf;
	const char *path; /* of ELF */
	struct debug_files *others;
	struct diags *diags;
	struct arena *arena;		   /* of spaces and names */
	const struct dwarf_space *package; /* the first of a .dwp's, when that was opened */
	struct abbrev_table abbrevs;
	struct evidence evidence;
	const char *producer; /* of the first unit in C, shortened */
};

/*
 * Lists all units of the file, and of the files that it leads to: each with what its own DIE says.
 * False with diagnostics (DIAG_EVIDENCE) when one cannot be read.
 */
bool units_list(struct unit_list *list);

/*
 * Counts sources in assembler that no unit speaks of; false with DIAG_EVIDENCE when there is one in C
 * that defines something.
 */
bool sources_check(struct unit_list *list);

/* Reads the header of the unit at UNIT->offset of UNIT->space. Returns what is wrong, or NULL. */
const char *unit_read_header(struct dwarf_unit *unit);
/* Reads UNIT's own DIE. Returns what is wrong, or NULL. */
const char *unit_read_die(struct unit_list *list, const struct dwarf_unit *unit, struct die *die);
/* Takes from UNIT's own DIE what types need. */
void unit_take(struct dwarf_unit *unit, const struct die *die);
/* Takes the language of a type unit: see units_read_joined(). */
void unit_take_type(struct dwarf_unit *unit, const struct die *die);
/* Takes the language of a compile unit: it is counted, and read or skipped. */
bool unit_take_language(struct unit_list *list, struct dwarf_unit *unit, const struct die *die);
bool unit_refuse(struct unit_list *list, const struct dwarf_unit *unit, const char *what);

/*
 * Adds the sections of DIEs that ELF has, with SPLIT those of a .dwo or .dwp. *FIRST is the first of
 * them, the others follow it by NEXT.
 */
bool spaces_add(struct unit_list *list, struct elf_file *elf, const char *path, bool split,
		struct dwarf_space **first);

/*
 * For the skeleton at INDEX, whose own DIE is DIE: adds the unit of another file (a .dwp beside the
 * program, or a .dwo) that has its types.
 */
bool split_add(struct unit_list *list, uint32_t index, const char *dwo_name);

/* The unit that holds byte PLACE, counted through all spaces, or NULL. */
const struct dwarf_unit *unit_at(const struct dwarf_file *file, uint64_t place);
/* The unit of the type with SIGNATURE, or NULL. */
const struct dwarf_unit *unit_of_type(const struct dwarf_file *file, uint64_t signature);

/* ---- files ---- */

struct line_file {
	const char *directory, *name; /* as in the header; DIRECTORY may be NULL */
};

struct line_table {
	bool read;
	bool faulty; /* said so */
	struct {
		const char **at;
		size_t n, room;
	} directories;
	struct line_file *at;
	size_t n, room;
};

/* Reads the file names of UNIT's line table. Returns what is wrong with it, or NULL. */
const char *lines_read(const struct dwarf_unit *unit, struct line_table *table);
void lines_free(struct line_table *table);

/*
 * DIRECTORY/NAME without "." and "a/..", free of where it was built: relative to UNIT's
 * DW_AT_comp_dir, or to the directory of its source file, when below; else, but for /usr, relative
 * to them by "..", when they share a first component; else as it is. Interned in NAMES, NULL when
 * nothing is left of it; DIRECTORY may be NULL.
 */
const char *path_normal(struct intern *names, const struct dwarf_unit *unit, const char *directory,
			const char *name);

/* ---- the types of a unit ---- */

#define NODE_VOID 0
#define NODE_UNRESOLVED UINT32_MAX
#define NO_PART UINT32_MAX

enum node_progress { NODE_NEW, NODE_BUSY, NODE_DONE };

struct node {
	uint32_t offset; /* of its DIE; 0 for void and for the inner dimensions of arrays */
	uint8_t kind, encoding, flags;
	bool has_encoding : 1;
	bool variable : 1; /* an array whose length is known at run time only */
	bool stub : 1;	   /* stands for TYPE, which is in a type unit */
	uint8_t shape_state, ref_state, key_state;
	uint32_t type;		 /* DIE offset of DW_AT_type, 0 for void */
	uint32_t target;	 /* its node */
	uint32_t first, last, n; /* parts */
	uint32_t file, line, align;
	uint32_t unit;
	const char *name, *scope;
	uint64_t size, count;
	uint64_t bytes; /* sizeof, typedefs and qualifiers seen through; known with the shape */
};

/* Valid as far as the node's states say. */
struct node_hashes {
	struct hash128 shape; /* by value: what identity goes by */
	struct hash128 ref;   /* by kind and name: what a pointer to it counts by */
	struct hash128 key;   /* exact: what is kept once */
};

/* A member, enumerator, parameter or dimension. */
struct part {
	const char *name;
	uint64_t value; /* bit offset; enumerator's value; number of elements */
	uint32_t type;	/* DIE offset, then node */
	uint32_t line, align, next;
	uint8_t bit_size;      /* at most 128 */
	uint8_t storage;       /* old bitfields: bytes of the storage unit, 0: that of the type */
	int16_t old_offset;    /* old bitfields: DW_AT_bit_offset */
	bool old_bitfield : 1; /* VALUE is of the storage unit until the type's size is known */
	bool negative : 1;
	bool unbounded : 1; /* dimension without a bound */
	bool variable : 1;  /* dimension with a bound that is computed */
};

struct context {
	uint32_t node;	   /* whose parts the children are; NODE_VOID: nobody's */
	const char *scope; /* the function they are in */
};

/* Something wrong at a DIE; sorted, made unique and reported when all units are read. */
struct fault {
	uint32_t unit, offset;
	struct place at;
	const char *text;
};

struct name_slot {
	const char *name;
	struct hash128 hash;
};

struct key_slot {
	struct hash128 key;
	uint32_t index; /* of kept, + 1; 0: free */
};

struct kept {
	struct hash128 key, target;
	uint32_t unit, order;
	const char *name, *file, *scope;
	uint64_t size, count;
	uint32_t line, align, first, n;
	uint8_t kind, encoding, flags;
};

struct kept_part {
	const char *name;
	struct hash128 type;
	uint64_t value;
	uint32_t bit_size, align, line;
};

/* What one thread needs, from its first unit to its last. */
struct worker {
	const struct dwarf_file *file;
	const struct dwarf_unit *unit;
	uint32_t index; /* of the unit */
	bool foreign;	/* a unit refers to a type of another: all have to be read as one */
	struct abbrev_table abbrevs, other; /* the unit's; those of one that it refers to */
	struct line_table *lines;	    /* of the unit; when joined, of all by index */
	size_t n_lines;
	struct {
		uint32_t *at;
		size_t n, room;
	} wanted;	    /* when joined: units that are referred to and not read yet */
	uint32_t *rank;	    /* when joined: 1 + the rank of each unit that is read or wanted */
	uint32_t functions; /* DIEs of functions in the unit that say where they are declared */
	struct {
		struct node *at;
		size_t n, room;
	} nodes;
	struct {
		struct node_hashes *at; /* by node */
		size_t room;
	} hashes;
	struct {
		struct part *at;
		size_t n, room;
	} parts;
	struct {
		struct context *at;
		size_t n, room;
	} contexts;
	struct {
		uint32_t *at; /* by offset / 8: the first node there, or 0 */
		size_t n, room;
	} buckets;
	struct {
		uint64_t *at;
		size_t n, room;
	} words; /* what is being hashed, as a stack */
	struct name_slot *names;
	struct {
		struct kept *at;
		size_t n, room;
	} kept;
	struct {
		struct kept_part *at;
		size_t n, room;
	} kept_parts;
	struct key_slot *slots; /* hash table over kept */
	size_t n_slots;
	struct intern paths;
	struct {
		struct fault *at;
		size_t n, room;
	} faults;
	struct arena arena; /* fault texts */
	unsigned int depth; /* of recursion */
};

void worker_init(struct worker *worker, const struct dwarf_file *file);
void worker_deinit(struct worker *worker);

/* Notes that something is wrong with NODE (NULL: with the unit), in MEMBER (NULL: as a whole). */
void worker_fault(struct worker *w, const struct node *node, uint32_t offset, const char *member,
		  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The normalised path of file INDEX of UNIT's line table, or NULL. */
const char *worker_path(struct worker *w, uint32_t unit, uint64_t index);
/* The names in the line table of UNIT. */
struct line_table *worker_lines(struct worker *w, uint32_t unit);
/* The unit whose name and directory paths in UNIT are relative to: a partial unit has none. */
const struct dwarf_unit *worker_naming(const struct worker *w, uint32_t unit);

/* Forgets the types of the units before, and makes room for those in SIZE bytes of DIEs. */
void worker_start(struct worker *w, uint64_t size);
/* Reads the types of unit INDEX into nodes and parts. False: the unit cannot be read (a fault). */
bool unit_scan(struct worker *w, uint32_t index);
/* Resolves references, computes sizes, shapes and keys of all nodes. Problems are faults. */
void unit_shape(struct worker *w);
/* Keeps what no earlier unit of this worker had. */
void unit_keep(struct worker *w);
/* Unit INDEX, alone. */
void unit_read(struct worker *w, uint32_t index);
/* All units that are compiled or referred to, as one. */
void units_read_joined(struct worker *w, void (*progress)(void *data, uint64_t bytes), void *data);

/*
 * Adds what the workers kept to MODEL, in the order of units, but for what SEEN (NULL: nothing) has.
 * Returns how many types they kept.
 */
size_t kept_to_model(struct worker *workers, size_t n, struct dwarf_seen *seen,
		     struct model *model);
/* Reports what the workers noted, in the order of units. False when there was anything. */
bool faults_report(struct worker *workers, size_t n, struct diags *diags);

/* The node whose DIE is at OFFSET, or NODE_UNRESOLVED. */
uint32_t node_find(const struct worker *w, uint32_t offset);

#endif
