/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three hashes of every type of a unit. shape: what it is by value, of equal definitions equal
 * in every unit. ref: what a pointer to it counts by, its kind and name. key: what is kept once;
 * for a pointer or a function that includes the exact shape of what it leads to, so that same-name
 * types of different shape stay apart. Keys are never coarser than model_finish()'s identity.
 */
#include "dwarf_internal.h"

#include <string.h>

#define DEPTH_MAX 1000
#define NAME_SLOT_BITS 15
#define NAME_SLOTS ((size_t)1 << NAME_SLOT_BITS)
#define BYTES_LIMIT ((uint64_t)1 << 57)

/* ---- words to hash ---- */

static void add_word(struct worker *w, uint64_t word)
{
	*VEC_PUSH(&w->words) = word;
}

static void add_hash(struct worker *w, struct hash128 hash)
{
	add_word(w, hash.lo);
	add_word(w, hash.hi);
}

/* The hash of everything pushed since BASE, which is taken off. */
static struct hash128 take_hash(struct worker *w, size_t base)
{
	struct hash128 hash =
		hash128(w->words.at + base, (w->words.n - base) * sizeof(*w->words.at));

	w->words.n = base;
	return hash;
}

static struct hash128 name_hash(struct worker *w, const char *name)
{
	uint64_t mixed = (uint64_t)(uintptr_t)name * 0x9e3779b97f4a7c15u;
	struct name_slot *slot = &w->names[mixed >> (64 - NAME_SLOT_BITS)];

	if (slot->name != name) {
		slot->name = name;
		slot->hash = hash128(name, strlen(name));
	}
	return slot->hash;
}

static bool is_inside(const char *name, struct elf_bytes section)
{
	uintptr_t at = (uintptr_t)name, start = (uintptr_t)section.at;

	return at >= start && at - start < section.n;
}

/*
 * Two words that stand for NAME: its address where a linker has merged equal strings, which is
 * exact; up to 15 bytes of it, which is exact too; else its hash. Of two ways to write one name a
 * copy too many is kept, which model_finish() merges.
 */
static void name_words(struct worker *w, const char *name, uint64_t words[2])
{
	char bytes[16] = {0};
	struct hash128 hash;

	if (!name || is_inside(name, w->file->str)) {
		words[0] = name ? (uint64_t)(name - (const char *)w->file->str.at) + 1 : 0;
		words[1] = 0;
		return;
	}
	if (strnlen(name, 16) < 16) {
		strcpy(bytes, name);
		memcpy(words, bytes, 16);
		words[1] |= (uint64_t)0x80 << (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 0 : 56);
		return;
	}
	hash = name_hash(w, name);
	words[0] = hash.lo;
	words[1] = hash.hi;
}

static void add_name(struct worker *w, const char *name)
{
	uint64_t words[2];

	name_words(w, name, words);
	add_word(w, words[0]);
	add_word(w, words[1]);
}

/* ---- references ---- */

static uint32_t resolve(struct worker *w, const struct node *node, uint32_t offset)
{
	uint32_t index = node_find(w, offset);

	for (unsigned int hops = 0; hops < 4 && index != NODE_UNRESOLVED; hops++) {
		if (!w->nodes.at[index].stub)
			return index;
		offset = w->nodes.at[index].type;
		index = node_find(w, offset);
	}
	worker_fault(w, node, node->offset, NULL, "refers to 0x%x, where no C type is", offset);
	return NODE_VOID;
}

static void resolve_all(struct worker *w)
{
	for (uint32_t i = 1; i < w->nodes.n; i++) {
		struct node *node = &w->nodes.at[i];

		if (node->stub)
			continue;
		if (node->target == NODE_UNRESOLVED)
			node->target = resolve(w, node, node->type);
		if (node->kind == KIND_ENUM)
			continue;
		for (uint32_t part = node->first; part != NO_PART; part = w->parts.at[part].next)
			w->parts.at[part].type = resolve(w, node, w->parts.at[part].type);
	}
}

static bool is_tagged(uint8_t kind)
{
	return kind == KIND_STRUCT || kind == KIND_UNION || kind == KIND_ENUM;
}

static bool is_derived(uint8_t kind)
{
	return kind == KIND_POINTER || kind == KIND_ARRAY || kind == KIND_FUNCTION ||
	       (kind >= KIND_CONST && kind <= KIND_ATOMIC);
}

/* Starts work on a node that is not done; false: it leads back to itself. */
static bool enter(struct worker *w, uint32_t index, uint8_t *state, const char *what)
{
	const struct node *node = &w->nodes.at[index];

	if (*state == NODE_BUSY || w->depth >= DEPTH_MAX) {
		worker_fault(w, node, node->offset, NULL, "%s",
			     *state == NODE_BUSY ? what : "is nested too deeply");
		*state = NODE_DONE;
		return false;
	}
	*state = NODE_BUSY;
	w->depth++;
	return true;
}

static void leave(struct worker *w, uint8_t *state)
{
	*state = NODE_DONE;
	w->depth--;
}

static void make_shape(struct worker *w, uint32_t index);
static void make_ref(struct worker *w, uint32_t index);
static void make_key(struct worker *w, uint32_t index);

/* ---- shape ---- */

/*
 * An old bitfield's offset counts from its storage unit's most significant bit: on little-endian
 * machines that is the far end. A packed bitfield may go on behind its unit: a negative offset there,
 * and more bits than the unit has on big-endian machines; but it begins in the unit.
 */
static void settle_bitfield(struct worker *w, const struct node *node, struct part *part)
{
	uint64_t bytes = part->storage ? part->storage : w->nodes.at[part->type].bytes;
	int64_t unit = (int64_t)bytes * 8, old = part->old_offset;

	part->old_bitfield = false;
	if (bytes > 16 ||
	    (w->file->big_endian ? old < 0 || old > unit : part->bit_size > unit - old)) {
		worker_fault(w, node, node->offset, part->name,
			     "its bits lie outside its storage unit");
		return;
	}
	part->value += (uint64_t)(w->file->big_endian ? old : unit - old - part->bit_size);
}

static void add_member(struct worker *w, uint32_t index, struct part *part)
{
	struct node *inner;

	make_shape(w, part->type);
	inner = &w->nodes.at[part->type];
	if (inner->variable)
		worker_fault(w, &w->nodes.at[index], w->nodes.at[index].offset, part->name,
			     "an array whose length is known at run time only is not supported");
	if (part->old_bitfield)
		settle_bitfield(w, &w->nodes.at[index], part);
	add_name(w, part->name);
	add_word(w, part->value);
	add_word(w, (uint64_t)part->bit_size << 32 | part->align);
	add_hash(w, w->hashes.at[part->type].shape);
}

/* Truncates to SIZE bytes: the same enumerator may be written with its sign extended, or not. */
static uint64_t truncate_value(uint64_t value, uint64_t size)
{
	return size >= 8 ? value : value & (((uint64_t)1 << (size * 8)) - 1);
}

/* Its values' sign: the base type's, else DW_AT_encoding's, else signed when one is negative. */
static void settle_enum(struct worker *w, struct node *node)
{
	uint8_t base = w->nodes.at[node->target].encoding;
	bool negative = false;

	for (uint32_t i = node->first; i != NO_PART; i = w->parts.at[i].next) {
		struct part *part = &w->parts.at[i];

		negative |= part->negative;
		part->value = truncate_value(part->value, node->size);
		add_name(w, part->name);
		add_word(w, part->value);
	}
	if (base)
		node->encoding = base;
	else if (!node->has_encoding)
		node->encoding = negative ? ENC_SIGNED : ENC_UNSIGNED;
}

static void settle_array(struct worker *w, struct node *node)
{
	const struct node *element = &w->nodes.at[node->target];

	if (node->flags & TYPE_FLEXIBLE)
		node->count = 0;
	if (node->count && element->bytes > BYTES_LIMIT / node->count) {
		worker_fault(w, node, node->offset, NULL, "an array is larger than any memory");
		node->count = 0;
	}
	node->size = node->bytes = node->count * element->bytes;
	node->variable |= element->variable;
}

static void add_signature(struct worker *w, uint32_t index)
{
	uint32_t target = w->nodes.at[index].target;

	make_ref(w, target);
	add_hash(w, w->hashes.at[target].ref);
	for (uint32_t i = w->nodes.at[index].first; i != NO_PART; i = w->parts.at[i].next) {
		make_ref(w, w->parts.at[i].type);
		add_hash(w, w->hashes.at[w->parts.at[i].type].ref);
	}
}

static void add_target(struct worker *w, uint32_t index)
{
	struct node *node = &w->nodes.at[index];
	const struct node *target;

	make_shape(w, node->target);
	target = &w->nodes.at[node->target];
	node->bytes = target->bytes;
	if (node->kind == KIND_ARRAY)
		settle_array(w, node);
	else
		node->variable = target->variable;
	add_hash(w, w->hashes.at[node->target].shape);
}

/* The parts that count by value, and the size. */
static void add_parts(struct worker *w, uint32_t index)
{
	struct node *node = &w->nodes.at[index];

	node->bytes = node->size;
	switch (node->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
		for (uint32_t i = node->first; i != NO_PART; i = w->parts.at[i].next)
			add_member(w, index, &w->parts.at[i]);
		return;
	case KIND_ENUM:
		make_shape(w, node->target);
		settle_enum(w, node);
		add_hash(w, w->hashes.at[node->target].shape);
		return;
	case KIND_POINTER:
		make_ref(w, node->target);
		add_hash(w, w->hashes.at[node->target].ref);
		return;
	case KIND_FUNCTION:
		add_signature(w, index);
		return;
	case KIND_VOID:
	case KIND_INT:
	case KIND_FLOAT:
	case KIND_UNSPECIFIED:
		return;
	default:
		add_target(w, index);
	}
}

/* An anonymous type belongs to the declaration it stands in: its place tells it apart. */
static void add_place(struct worker *w, const struct node *node)
{
	const struct line_table *lines = worker_lines(w, node->unit);
	const struct line_file *file = NULL;

	if (node->file < lines->n)
		file = &lines->at[node->file];
	add_name(w, file ? file->directory : NULL);
	add_name(w, file ? file->name : NULL);
	add_word(w, node->line);
}

static void make_shape(struct worker *w, uint32_t index)
{
	struct node *node = &w->nodes.at[index];
	size_t base = w->words.n;

	if (node->shape_state == NODE_DONE ||
	    !enter(w, index, &node->shape_state, "contains itself by value"))
		return;
	add_parts(w, index);
	add_word(w, (uint64_t)node->kind | (uint64_t)node->encoding << 8 |
			    (uint64_t)node->flags << 16 | (uint64_t)node->align << 32);
	add_word(w, node->size);
	add_word(w, node->count);
	add_name(w, node->name);
	if (is_tagged(node->kind) && !node->name)
		add_place(w, node);
	w->hashes.at[index].shape = take_hash(w, base);
	leave(w, &node->shape_state);
}

/* ---- ref and key ---- */

static void make_ref(struct worker *w, uint32_t index)
{
	struct node *node = &w->nodes.at[index];
	size_t base = w->words.n;

	if (node->ref_state == NODE_DONE ||
	    !enter(w, index, &node->ref_state, "refers to itself without a name"))
		return;
	add_word(w, (uint64_t)node->kind << 32 | node->flags);
	add_name(w, node->name);
	if (is_derived(node->kind)) {
		add_word(w, node->count);
		add_word(w, node->align);
		add_signature(w, index);
	} else if (is_tagged(node->kind) && !node->name) {
		make_shape(w, index);
		add_hash(w, w->hashes.at[index].shape);
	} else if (node->kind == KIND_INT || node->kind == KIND_FLOAT) {
		add_word(w, node->size << 8 | node->encoding);
	}
	w->hashes.at[index].ref = take_hash(w, base);
	leave(w, &node->ref_state);
}

static void make_key(struct worker *w, uint32_t index)
{
	struct node *node = &w->nodes.at[index];
	size_t base = w->words.n;

	if (node->key_state == NODE_DONE ||
	    !enter(w, index, &node->key_state, "refers to itself without a name"))
		return;
	if (is_derived(node->kind)) {
		add_hash(w, w->hashes.at[index].shape);
		make_key(w, node->target);
		add_hash(w, w->hashes.at[node->target].key);
		for (uint32_t i = node->first; i != NO_PART; i = w->parts.at[i].next) {
			make_key(w, w->parts.at[i].type);
			add_hash(w, w->hashes.at[w->parts.at[i].type].key);
		}
		w->hashes.at[index].key = take_hash(w, base);
	} else {
		w->hashes.at[index].key = w->hashes.at[index].shape;
	}
	leave(w, &node->key_state);
}

void unit_shape(struct worker *w)
{
	if (!w->names) {
		size_t room = 0;

		w->names = vec_grow(NULL, &room, NAME_SLOTS, sizeof(*w->names));
		memset(w->names, 0, NAME_SLOTS * sizeof(*w->names));
	}
	w->hashes.at = vec_grow(w->hashes.at, &w->hashes.room, w->nodes.n, sizeof(*w->hashes.at));
	resolve_all(w);
	w->nodes.at[NODE_VOID].target = NODE_VOID;
	for (uint32_t i = 0; i < w->nodes.n; i++)
		if (!w->nodes.at[i].stub)
			make_shape(w, i);
	for (uint32_t i = 0; i < w->nodes.n; i++)
		if (!w->nodes.at[i].stub)
			make_key(w, i);
}
