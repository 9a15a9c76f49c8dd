/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BTF made by hand, record by record, in either byte order: also such as no compiler writes. */
#ifndef CO_SCHEMA_BTF_MADE_TEST_H
#define CO_SCHEMA_BTF_MADE_TEST_H

#include "btf_internal.h"

#include <string.h>

#define MADE_SIGNED 1
#define MADE_BOOL 4

struct made_bytes {
	unsigned char *at;
	size_t n, room;
};

struct made {
	struct made_bytes types, strings;
	uint32_t offsets[8192]; /* of each record, by id - first */
	uint32_t first, first_string, n;
	bool big_endian;
};

static inline void made_init(struct made *m, bool big_endian)
{
	memset(m, 0, sizeof(*m));
	m->big_endian = big_endian;
	m->first = 1;
	*VEC_PUSH(&m->strings) = 0;
}

static inline void made_deinit(struct made *m)
{
	VEC_FREE(&m->types);
	VEC_FREE(&m->strings);
}

/* Makes M split BTF that goes on from BASE. */
static inline void made_split(struct made *m, const struct made *base)
{
	made_init(m, base->big_endian);
	m->strings.n = 0;
	m->first = base->first + base->n;
	m->first_string = base->first_string + (uint32_t)base->strings.n;
}

static inline void made_put(struct made_bytes *to, bool big_endian, uint32_t value,
			    unsigned int width)
{
	for (unsigned int i = 0; i < width; i++)
		*VEC_PUSH(to) = (unsigned char)(value >> 8 * (big_endian ? width - 1 - i : i));
}

static inline void made_word(struct made *m, uint32_t value)
{
	made_put(&m->types, m->big_endian, value, 4);
}

/* The offset of NAME's string, appended; 0 for "". */
static inline uint32_t made_name(struct made *m, const char *name)
{
	uint32_t offset = m->first_string + (uint32_t)m->strings.n;

	if (!*name)
		return 0;
	do
		*VEC_PUSH(&m->strings) = (unsigned char)*name;
	while (*name++);
	return offset;
}

/* The id that the next record gets. */
static inline uint32_t made_next(const struct made *m)
{
	return m->first + m->n;
}

static inline uint32_t made_offset(const struct made *m, uint32_t id)
{
	return m->offsets[id - m->first];
}

/* A record that says it has N parts, which the caller appends; returns its id. */
static inline uint32_t made_parts(struct made *m, const char *name, uint32_t kind, bool flag,
				  uint32_t n, uint32_t size)
{
	uint32_t offset = made_name(m, name);

	m->offsets[m->n++] = (uint32_t)m->types.n;
	made_word(m, offset);
	made_word(m, (uint32_t)flag << 31 | kind << 24 | n);
	made_word(m, size);
	return m->first + m->n - 1;
}

static inline uint32_t made_type(struct made *m, const char *name, uint32_t kind, uint32_t size)
{
	return made_parts(m, name, kind, false, 0, size);
}

static inline uint32_t made_int(struct made *m, const char *name, uint32_t size, uint32_t encoding)
{
	uint32_t id = made_type(m, name, BTF_INT, size);

	made_word(m, encoding << 24 | size * 8);
	return id;
}

static inline uint32_t made_array(struct made *m, uint32_t element, uint32_t index, uint32_t n)
{
	uint32_t id = made_type(m, "", BTF_ARRAY, 0);

	made_word(m, element);
	made_word(m, index);
	made_word(m, n);
	return id;
}

static inline void made_member(struct made *m, const char *name, uint32_t type, uint32_t offset)
{
	made_word(m, made_name(m, name));
	made_word(m, type);
	made_word(m, offset);
}

static inline void made_enumerator(struct made *m, const char *name, uint32_t value)
{
	made_word(m, made_name(m, name));
	made_word(m, value);
}

/* The whole file, to be freed with vec_free(). */
static inline struct made_bytes made_file(const struct made *m)
{
	struct made_bytes file = {0};

	made_put(&file, m->big_endian, 0xeb9f, 2);
	made_put(&file, m->big_endian, 1, 1);
	made_put(&file, m->big_endian, 0, 1);
	made_put(&file, m->big_endian, 24, 4);
	made_put(&file, m->big_endian, 0, 4);
	made_put(&file, m->big_endian, (uint32_t)m->types.n, 4);
	made_put(&file, m->big_endian, (uint32_t)m->types.n, 4);
	made_put(&file, m->big_endian, (uint32_t)m->strings.n, 4);
	for (size_t i = 0; i < m->types.n; i++)
		*VEC_PUSH(&file) = m->types.at[i];
	for (size_t i = 0; i < m->strings.n; i++)
		*VEC_PUSH(&file) = m->strings.at[i];
	return file;
}

#endif
