/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The type model: every distinct type of one input (a set of files of one release), with ids
 * instead of pointers between types, owned by one arena.
 *
 * Identity: two definitions are one type when kind, name and shape agree. Shape follows by-value
 * members and arrays; pointees, parameters and results count by kind and name (an anonymous pointee
 * by its shape); a declaration stands for the only definition of its name. Declaration file, compile
 * unit and function scope separate types only where shapes differ; they then stand in the label.
 */
#ifndef CO_SCHEMA_MODEL_H
#define CO_SCHEMA_MODEL_H

#include "diag.h"
#include "evidence.h"
#include "hash.h"
#include "intern.h"

typedef uint32_t type_id; /* index into model.types */
#define TYPE_VOID ((type_id)0)	       /* types[0] is void in every model */
#define TYPE_NONE ((type_id)UINT32_MAX) /* not found */

enum type_kind {
	KIND_VOID,
	KIND_INT, /* every DW_TAG_base_type that is no float: see encoding */
	KIND_FLOAT,
	KIND_ENUM,
	KIND_STRUCT,
	KIND_UNION,
	KIND_TYPEDEF,
	KIND_POINTER,
	KIND_ARRAY, /* one dimension; int a[2][3] is an array of 2 arrays of 3 */
	KIND_FUNCTION,
	KIND_CONST,
	KIND_VOLATILE,
	KIND_RESTRICT,
	KIND_ATOMIC,
	KIND_UNSPECIFIED, /* DW_TAG_unspecified_type, named */
	KIND_COUNT
};

/* What a base type's bits mean; the values are DWARF's DW_ATE_*. */
enum encoding {
	ENC_NONE = 0,
	ENC_BOOLEAN = 0x02,
	ENC_COMPLEX = 0x03,
	ENC_FLOAT = 0x04,
	ENC_SIGNED = 0x05,
	ENC_SIGNED_CHAR = 0x06,
	ENC_UNSIGNED = 0x07,
	ENC_UNSIGNED_CHAR = 0x08,
	ENC_UTF = 0x10,
};

enum type_flags {
	TYPE_DECLARATION = 1 << 0, /* struct, union or enum without a definition in this input */
	TYPE_FLEXIBLE = 1 << 1,	   /* array written []: no bound at all; [0] has count 0 without this */
	TYPE_VARIADIC = 1 << 2,	   /* function: has an ellipsis */
	TYPE_NOPROTO = 1 << 3,	   /* function: K&R, () without a prototype */
	TYPE_PACKED = 1 << 4,	   /* struct, union: inferred by model_finish(): laid out denser than natural */
	TYPE_VECTOR = 1 << 5,	   /* array: DW_AT_GNU_vector */
};

struct member {
	const char *name;    /* interned; NULL for an anonymous struct, union or a nameless bitfield */
	type_id type;
	uint32_t line;	     /* of its declaration, in the type's file; 0 unknown */
	uint64_t bit_offset; /* from the start of the type; for a bitfield, of its lowest-addressed bit
				as DW_AT_data_bit_offset counts */
	uint32_t bit_size;   /* of a bitfield; 0 for a plain member */
	uint32_t align_attr; /* bytes, DW_AT_alignment; 0 when not given */
};

struct enumerator {
	const char *name;
	uint64_t value; /* modulo the enum's size: an enumerator of 2^31 may be written sign-extended */
};

struct parameter {
	const char *name; /* usually NULL */
	type_id type;
};

struct type {
	const char *name;  /* interned; NULL for an anonymous type */
	const char *file;  /* declaration file, normalised (no a/../b), as the compiler was given it */
	const char *unit;  /* name of the compile unit it was first seen in */
	const char *scope; /* the function it is declared in, or NULL */
	const char *label; /* set by model_finish(): see type_label() */
	uint64_t size;	   /* bytes; 0 for functions, declarations and flexible arrays */
	uint64_t count;	   /* array: elements */
	struct hash128 shape; /* set by model_finish(): equal iff identity's shape is equal */
	uint32_t line;	   /* of the declaration; 0 unknown */
	uint32_t align;	   /* bytes, effective; set by model_finish() */
	uint32_t align_attr; /* bytes, DW_AT_alignment; 0 when not given */
	type_id target;	   /* pointee, element, aliased or qualified type, result, enum's base type */
	uint32_t first, n; /* members, enumerators or parameters: a range of the model's arrays */
	uint8_t kind;	   /* enum type_kind */
	uint8_t encoding;  /* enum encoding: of ints and floats, and of an enum's values (signed or not) */
	uint8_t flags;	   /* enum type_flags */
};

/* Where a model comes from. Every string may be NULL: unknown. */
struct model_info {
	const char *name;      /* as the user named the input, without a directory */
	const char *release;   /* as the distribution numbers it: 6.1.190-1, from linux_banner */
	const char *arch;      /* x86_64, i686, aarch64, s390x, ... (uname -m words) */
	const char *build_id;  /* lower-case hex of NT_GNU_BUILD_ID */
	const char *config;    /* digest of the configuration that a kernel carries: kernel_config.h */
	const char *config_text; /* the options themselves; no snapshot keeps them */
	const char *compiler;  /* DW_AT_producer's first words: GNU C11 12.2.0 */
	const char *reader;    /* dwarf or btf: what read the debug info first; a snapshot keeps it */
	bool big_endian;
	uint8_t address_size;  /* bytes */
	uint8_t format; /* of the snapshot that it was read from; 0: of none */
	struct evidence evidence;
};

/* A symbol whose address somebody needs: a root of a mapping. Two files of a set may have one name. */
struct symbol {
	const char *name;   /* interned */
	const char *module; /* interned: what `module:name` says; "" is the kernel, or a set's first file */
	bool no_address;    /* its file is relocatable: where it lies is known once it is loaded */
	uint64_t address;   /* as linked: before KASLR */
	uint64_t size;	    /* bytes, 0 unknown */
};

/* What stands before the colon for the module "". */
#define KERNEL_MODULE "vmlinux"


struct model {
	struct intern *names; /* not owned; shared by the models that are compared */
	struct model_info info;
	struct {
		struct type *at;
		size_t n, room;
	} types;
	struct {
		struct member *at;
		size_t n, room;
	} members;
	struct {
		struct enumerator *at;
		size_t n, room;
	} enumerators;
	struct {
		struct parameter *at;
		size_t n, room;
	} parameters;
	struct {
		struct symbol *at;
		size_t n, room;
	} symbols; /* only those asked for; by name, then module */
	/*
	 * Labels that a snapshot was cut to: roots with all they reach, and single types. Both empty: it
	 * holds everything, or nothing says what it holds.
	 */
	struct label_list {
		const char **at;
		size_t n, room;
	} roots, only;
	struct arena arena; /* labels and whatever else belongs to the model */
};

/* Makes MODEL hold void alone. NAMES must outlive it. */
void model_init(struct model *model, struct intern *names);
void model_deinit(struct model *model);

/* Appends a type, a copy of TYPE; returns its id. */
type_id model_add(struct model *model, struct type type);

/*
 * The symbol that WORD, `name` or `module:name`, stands for in MODEL. NULL with *N 0: there is none; NULL
 * with *N above 1: so many files have the name, and the first of them is at *FIRST, side by side.
 */
const struct symbol *model_symbol(const struct model *model, const char *word, size_t *n,
				  const struct symbol **first);

static inline const struct type *type_at(const struct model *model, type_id id)
{
	return &model->types.at[id];
}

static inline const struct member *members_of(const struct model *model, const struct type *type)
{
	return model->members.at + type->first;
}

static inline const struct enumerator *enumerators_of(const struct model *model,
						      const struct type *type)
{
	return model->enumerators.at + type->first;
}

static inline const struct parameter *parameters_of(const struct model *model,
						    const struct type *type)
{
	return model->parameters.at + type->first;
}

/*
 * Once, when a reader has added everything: resolves declarations to the only definition of their
 * name, merges types of equal identity (anonymous ones only at the same file and line), drops what no
 * named type reaches, computes effective alignments and infers packing, computes shapes and labels.
 * The result does not depend on the order in which types were added, except that of two equal
 * definitions the first keeps its file and line; ids are renumbered in canonical order: kind, name
 * (anonymous last), declarations last, file, compile unit, scope, line. Refuses (false, DIAG_EVIDENCE
 * that names the type) what cannot be a C type: members outside their type, a type that contains
 * itself by value, an id out of range, nesting beyond all measure, anonymous types that hold each other
 * so often that writing one out would take more than a million members. TYPE_VOID stays 0.
 */
bool model_finish(struct model *model, struct diags *diags);

/*
 * What a person writes for a type: `struct x`, `union x`, `enum x`, the bare name for a typedef or base
 * type; where one name stands for several shapes, with ` @ file`, and if that is not enough
 * ` @ file:unit`, ` @ file:unit:function` or ` @ file:unit:function#N` after it (` @ #N` where nothing
 * says the file). An anonymous type that
 * a typedef names has that typedef's label; other anonymous types have none (NULL).
 */
const char *type_label(const struct model *model, type_id id);

/*
 * Finds the type that LABEL means (as type_label() prints it, or its part before ` @ ` when that is
 * unique). A bare name finds a typedef or base type first, else the only struct, union or enum.
 * Returns how many types it could mean: 0 none, 1 found (in *FOUND), more: ambiguous, with the
 * first LIMIT of them in CANDIDATES.
 */
size_t model_lookup(const struct model *model, const char *label, type_id *found,
		    type_id *candidates, size_t limit);

/* As model_lookup(), but adds a diagnostic at AT (with a did-you-mean, or the candidates) unless one was found. */
bool model_require(const struct model *model, const char *label, struct place at,
		   struct diags *diags, type_id *found);

/* The label nearest to LABEL, or NULL when none is near enough to suggest. */
const char *model_nearest(const struct model *model, const char *label);

/* The types called NAME (interned or not) of KIND, definitions first, in id order: ids FIRST to FIRST + N - 1. */
struct type_list {
	type_id first;
	size_t n;
};
struct type_list model_named(const struct model *model, enum type_kind kind, const char *name);

/*
 * The types read: definitions of structs, unions and enums that have a label, and typedefs. Of a
 * finished model.
 */
size_t model_count(const struct model *model);

/* Typedefs and qualifiers removed. */
type_id strip(const struct model *model, type_id id);
/* Qualifiers removed, typedefs kept. */
type_id strip_qualifiers(const struct model *model, type_id id);

/* A complete struct or union, after strip(). */
bool is_record(const struct model *model, type_id id);

/* Size in bytes of an object of type ID, 0 when it has none. */
uint64_t type_size(const struct model *model, type_id id);

/* Size in bits of a member: its bit_size, or its type's size. */
uint64_t member_bits(const struct model *model, const struct member *member);

struct text;
/* Appends the C spelling of type ID declaring NAME ("" for none): `struct list_head *next`, `char comm[16]`. */
void type_declare(const struct model *model, type_id id, const char *name, struct text *out);
/* The C spelling without a name, owned by ARENA: `int (*)(struct file *, loff_t)`. Anonymous: `struct {...}`. */
const char *type_spelling(const struct model *model, type_id id, struct arena *arena);

/*
 * Finds a member by path from the struct or union ROOT: `a.b`, `a[2].b`; names reach through
 * anonymous members as in C. Does not follow pointers.
 */
struct field {
	type_id type;
	uint64_t bit_offset; /* from the start of ROOT */
	uint32_t bit_size;   /* 0 unless a bitfield */
	uint32_t line;
	const struct member *member; /* the last member on the path; NULL for an empty path */
	type_id parent;	     /* the struct or union whose member it is */
};
/* Returns true when PATH names a field; on false *STOP is the byte of PATH that could not be resolved. */
bool field_find(const struct model *model, type_id root, const char *path, struct field *field,
		size_t *stop);

/* `struct x`, `union x`, ... : the keyword of a kind, "" for kinds that have none. */
const char *kind_keyword(enum type_kind kind);
/* struct, union, enum, typedef, int, pointer, ...: the word for a kind, in messages and JSON. */
const char *kind_word(enum type_kind kind);

/*
 * The digest of what is laid out at run time by the types IDS and everything they reach by value:
 * sizes, offsets, effective alignments, encodings, names; not files or lines.
 */
struct hash128 model_digest(const struct model *model, const type_id *ids, size_t n);

#endif
