/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the BTF reader share: records by id, and the table of kinds. */
#ifndef CO_SCHEMA_BTF_INTERNAL_H
#define CO_SCHEMA_BTF_INTERNAL_H

#include "btf_read.h"

/* Linux include/uapi/linux/btf.h, BTF_KIND_*. */
enum btf_kind {
	BTF_VOID,
	BTF_INT,
	BTF_PTR,
	BTF_ARRAY,
	BTF_STRUCT,
	BTF_UNION,
	BTF_ENUM,
	BTF_FWD,
	BTF_TYPEDEF,
	BTF_VOLATILE,
	BTF_CONST,
	BTF_RESTRICT,
	BTF_FUNC,
	BTF_FUNC_PROTO,
	BTF_VAR,
	BTF_DATASEC,
	BTF_FLOAT,
	BTF_DECL_TAG,
	BTF_TYPE_TAG,
	BTF_ENUM64,
	BTF_KINDS
};

/* Diagnostics of one file after which it is given up. */
#define BTF_FAULTS 20

enum btf_naming { NAME_NEVER, NAME_MAY, NAME_MUST };

struct btf_shape {
	const char *word;
	uint8_t fixed; /* bytes after the record's own */
	uint8_t each;  /* bytes for each of the vlen parts after them */
	uint8_t naming;
	bool identifier; /* its name is one of C */
	bool flag;	 /* the kind flag means something */
	bool parts;	 /* vlen may be other than 0 */
	bool refers;	 /* has a type instead of a size */
};

extern const struct btf_shape btf_shapes[BTF_KINDS];

struct btf {
	const char *name;
	const struct btf *base;
	const unsigned char *types;
	const char *strings;
	size_t types_n, strings_n;
	uint32_t first;	       /* id of its first record */
	uint32_t first_string; /* offset of its first string */
	bool big_endian, split;
	struct {
		uint32_t *at; /* offset in types, by id - first */
		size_t n, room;
	} records;
	struct arena arena;
	type_id *map; /* what btf_read() made of each record; TYPE_NONE: no type */
};

/* One record as it stands there. */
struct btf_record {
	enum btf_kind kind;
	bool flag;
	uint16_t n;
	uint32_t name; /* string offset, 0 for none */
	uint32_t size; /* or the type it refers to */
	const unsigned char *parts;
};

/* WIDTH (at most 4) bytes at AT in the file's byte order. */
uint32_t btf_number(const struct btf *btf, const unsigned char *at, unsigned int width);
static inline uint32_t btf_word(const struct btf *btf, const unsigned char *parts, size_t index)
{
	return btf_number(btf, parts + 4 * index, 4);
}

/* One more than the last id. */
uint32_t btf_end(const struct btf *btf);
/* The record ID, from the base when it is one of its; ID must be in range. 0 is void. */
struct btf_record btf_record(const struct btf *btf, uint32_t id);
/* The string at OFFSET, or NULL when that lies outside. */
const char *btf_string(const struct btf *btf, uint32_t offset);

bool btf_is_identifier(const char *name);
bool btf_refuse(const struct btf *btf, struct diags *diags, uint32_t id, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
