/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Layouts as hashes, so that the thousands of types that did not change cost one comparison each.
 * Names are interned, so a name counts by its address: the hashes mean nothing outside this
 * process.
 */
#include "diff_parts.h"

#include <string.h>

/* Words to hash; small types fit, large ones grow onto the heap. */
struct words64 {
	uint64_t *at;
	size_t n, room;
};

static void put(struct words64 *words, uint64_t word)
{
	*VEC_PUSH(words) = word;
}

static void put_hash(struct words64 *words, struct hash128 hash)
{
	put(words, hash.lo);
	put(words, hash.hi);
}

static void put_name(struct words64 *words, const char *name)
{
	put(words, (uint64_t)(uintptr_t)name);
}

static struct hash128 finish(struct words64 *words)
{
	struct hash128 hash = hash128(words->at, words->n * sizeof(*words->at));

	VEC_FREE(words);
	return hash;
}

static struct hash128 layout(struct side *side, type_id id, unsigned int depth);
static struct hash128 pointee(struct side *side, type_id id, unsigned int depth);

/* Equal to nothing but itself: what is nested beyond all measure is never called the same. */
static struct hash128 unlike_any(const struct side *side, type_id id)
{
	struct words64 words = {0};

	put(&words, UINT64_MAX);
	put(&words, (uint64_t)(uintptr_t)side->model);
	put(&words, id);
	return finish(&words);
}

enum encoding side_encoding(const struct side *side, const struct type *type)
{
	bool plain = side->char_is_plain && type->name && !strcmp(type->name, "char");

	switch (type->encoding) {
	case ENC_SIGNED:
	case ENC_SIGNED_CHAR:
		return plain ? ENC_UNSIGNED_CHAR : ENC_SIGNED;
	case ENC_UNSIGNED:
	case ENC_UNSIGNED_CHAR:
	case ENC_UTF:
		return plain ? ENC_UNSIGNED_CHAR : ENC_UNSIGNED;
	default:
		return (enum encoding)type->encoding;
	}
}

enum type_kind side_kind(const struct side *side, type_id id)
{
	const struct type *type = type_at(side->model, id);

	return !type->name && type->label ? KIND_TYPEDEF : (enum type_kind)type->kind;
}

bool side_inline(const struct side *side, type_id id)
{
	const struct type *type = type_at(side->model, id);

	return (type->kind == KIND_STRUCT || type->kind == KIND_UNION) && !type->name &&
	       !type->label;
}

static void put_enum(struct side *side, const struct type *type, struct words64 *words)
{
	uint64_t mask = type->size && type->size < 8 ? (1ull << (type->size * 8)) - 1 : UINT64_MAX;
	const struct enumerator *at = enumerators_of(side->model, type);

	put(words, type->size);
	for (uint32_t i = 0; i < type->n; i++) {
		put_name(words, at[i].name);
		put(words, at[i].value & mask);
	}
}

static void put_record(struct side *side, const struct type *type, struct words64 *words,
		       unsigned int depth)
{
	put_name(words, type->name);
	put(words, type->size);
	put(words, type->align);
	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = members_of(side->model, type) + i;

		put_name(words, member->name);
		put(words, member->bit_offset);
		put(words, (uint64_t)member->bit_size << 32 | member->align_attr);
		put_hash(words, layout(side, member->type, depth + 1));
	}
}

static void put_function(struct side *side, const struct type *type, struct words64 *words,
			 unsigned int depth)
{
	put(words, type->flags & (TYPE_VARIADIC | TYPE_NOPROTO));
	put_hash(words, pointee(side, type->target, depth + 1));
	for (uint32_t i = 0; i < type->n; i++)
		put_hash(words, pointee(side, parameters_of(side->model, type)[i].type, depth + 1));
}

static struct hash128 layout_of(struct side *side, type_id id, unsigned int depth)
{
	const struct type *type = type_at(side->model, id);
	struct words64 words = {0};

	put(&words, type->kind);
	switch ((enum type_kind)type->kind) {
	case KIND_INT:
	case KIND_FLOAT:
		put(&words, type->size);
		put(&words, side_encoding(side, type));
		break;
	case KIND_ENUM:
		put_enum(side, type, &words);
		break;
	case KIND_STRUCT:
	case KIND_UNION:
		if (type->flags & TYPE_DECLARATION)
			put_name(&words, type->name);
		put_record(side, type, &words, depth);
		break;
	case KIND_POINTER:
		put(&words, type->size);
		put_hash(&words, pointee(side, type->target, depth + 1));
		break;
	case KIND_ARRAY:
		put(&words, type->flags & TYPE_FLEXIBLE ? 0 : type->count);
		put(&words, type->flags & TYPE_VECTOR);
		put_hash(&words, layout(side, type->target, depth + 1));
		break;
	case KIND_FUNCTION:
		put_function(side, type, &words, depth);
		break;
	default:
		put_name(&words, type->name);
	}
	return finish(&words);
}

/* A type that is met inside itself (through pointers to anonymous types) counts as its kind. */
static struct hash128 layout(struct side *side, type_id id, unsigned int depth)
{
	struct hash128 hash;

	id = strip(side->model, id);
	if (side->known[id] == KNOWN_YES)
		return side->layouts[id];
	if (side->known[id] == KNOWN_BUSY)
		return (struct hash128){.lo = type_at(side->model, id)->kind};
	if (depth > DIFF_DEPTH_MAX)
		return unlike_any(side, id);
	side->known[id] = KNOWN_BUSY;
	hash = layout_of(side, id, depth);
	side->known[id] = KNOWN_YES;
	side->layouts[id] = hash;
	return hash;
}

static struct hash128 pointee(struct side *side, type_id id, unsigned int depth)
{
	struct words64 words = {0};
	const struct type *type;

	id = strip(side->model, id);
	type = type_at(side->model, id);
	if (depth > DIFF_DEPTH_MAX)
		return unlike_any(side, id);
	if (side->names[id]) {
		put(&words, UINT64_MAX - 1);
		put(&words, side_kind(side, id));
		put_name(&words, side->names[id]);
		return finish(&words);
	}
	if (type->kind == KIND_ARRAY) {
		put(&words, KIND_ARRAY);
		put(&words, type->flags & TYPE_FLEXIBLE ? 0 : type->count);
		put_hash(&words, pointee(side, type->target, depth + 1));
		return finish(&words);
	}
	return layout(side, id, depth);
}

struct hash128 side_layout(struct side *side, type_id id)
{
	return layout(side, id, 0);
}

struct hash128 side_pointee(struct side *side, type_id id)
{
	return pointee(side, id, 0);
}

/* The label of an anonymous type without what tells it from others of that name. */
static const char *base_name(const struct type *type, struct intern *names)
{
	const char *end;

	if (type->name || !type->label)
		return type->name;
	end = strstr(type->label, " @ ");
	return end ? intern_n(names, type->label, (size_t)(end - type->label))
		   : intern(names, type->label);
}

void side_init(struct side *side, const struct model *model, struct arena *arena)
{
	size_t n = model->types.n;

	*side = (struct side){
		.model = model,
		.layouts = ARENA_NEW_ARRAY(arena, n, struct hash128),
		.known = ARENA_NEW_ARRAY(arena, n, uint8_t),
		.names = ARENA_NEW_ARRAY(arena, n, const char *),
		.partner = ARENA_NEW_ARRAY(arena, n, type_id),
		.tied = ARENA_NEW_ARRAY(arena, n, uint8_t),
	};
	for (type_id id = 0; id < n; id++) {
		const struct type *type = type_at(model, id);

		side->partner[id] = TYPE_NONE;
		if (type->kind == KIND_STRUCT || type->kind == KIND_UNION ||
		    type->kind == KIND_ENUM)
			side->names[id] = base_name(type, model->names);
	}
}
