/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the records of BTF to types of a model. */
#include "btf_internal.h"

#include <string.h>

/* BTF_INT_ENCODING, BTF_INT_OFFSET and BTF_INT_BITS of an INT's word. */
#define INT_SIGNED 1
#define INT_CHAR 2
#define INT_BOOL 4
/* A member's offset when its type has the kind flag: BTF_MEMBER_BIT_OFFSET, ..._BITFIELD_SIZE. */
#define MEMBER_OFFSET 0xffffffu
#define MEMBER_SIZE_SHIFT 24

/* Longer chains of qualifiers, typedefs and tags are no C program. */
#define CHAIN_MAX 2000

struct reading {
	struct btf *btf;
	struct model *model;
	struct diags *diags;
	unsigned int faults;
};

/* An INT's second word. Irregular ones are bitfields as they were written before the kind flag. */
struct int_word {
	uint8_t encoding, offset, bits;
	bool regular;
};

#define FAULT(r, id, ...) ((r)->faults++, btf_refuse((r)->btf, (r)->diags, (id), __VA_ARGS__))

static struct int_word int_word(const struct btf *btf, struct btf_record record)
{
	uint32_t word = btf_word(btf, record.parts, 0);
	struct int_word value = {
		.encoding = word >> 24 & 0x0f, .offset = word >> 16 & 0xff, .bits = word & 0xff};

	value.regular = !value.offset && value.bits == record.size * 8;
	return value;
}

static const char *name_of(struct reading *r, uint32_t offset)
{
	const char *name = btf_string(r->btf, offset);

	return name && *name ? intern(r->model->names, name) : NULL;
}

/*
 * Follows records of the kinds that MASK has to the first other one. TYPE_NONE when they lead back,
 * out of the file or too far.
 */
static uint32_t follow(const struct btf *btf, uint32_t id, uint32_t mask)
{
	for (uint32_t steps = CHAIN_MAX; id < btf_end(btf); steps--) {
		struct btf_record record = btf_record(btf, id);

		if (!(mask >> record.kind & 1))
			return id;
		if (!steps)
			return TYPE_NONE;
		id = record.size;
	}
	return TYPE_NONE;
}

#define TAGS (1u << BTF_TYPE_TAG)
#define ALIASES                                                                                    \
	(TAGS | 1u << BTF_TYPEDEF | 1u << BTF_CONST | 1u << BTF_VOLATILE | 1u << BTF_RESTRICT)

static type_id mapped(const struct btf *btf, uint32_t id)
{
	if (!id)
		return TYPE_VOID;
	while (id < btf->first)
		btf = btf->base;
	return btf->map[id - btf->first];
}

/* What ID, to which record OWNER refers, is in the model; TYPE_VOID after a fault. */
static type_id type_of(struct reading *r, uint32_t owner, uint32_t id)
{
	type_id type;

	if (id >= btf_end(r->btf)) {
		FAULT(r, owner, "refers to type %u, which does not exist", id);
		return TYPE_VOID;
	}
	id = follow(r->btf, id, TAGS);
	type = id == TYPE_NONE ? TYPE_NONE : mapped(r->btf, id);
	if (type != TYPE_NONE)
		return type;
	FAULT(r, owner,
	      id == TYPE_NONE ? "its type tags do not end at a type" : "refers to what is no type");
	return TYPE_VOID;
}

/* ---- kinds ---- */

static void read_int(struct reading *r, uint32_t id, struct btf_record record, struct type *type)
{
	struct int_word word = int_word(r->btf, record);
	bool byte = record.size == 1;

	if (!record.size || record.size > 16 || record.size & (record.size - 1))
		FAULT(r, id, "has a size of %u bytes, which no integer has", record.size);
	else if (!word.bits || word.offset + word.bits > record.size * 8)
		FAULT(r, id, "its bits do not lie in its %u bytes", record.size);
	switch (word.encoding) {
	case INT_BOOL:
		type->encoding = ENC_BOOLEAN;
		break;
	case INT_SIGNED:
	case INT_SIGNED | INT_CHAR:
		type->encoding = byte ? ENC_SIGNED_CHAR : ENC_SIGNED;
		break;
	case 0:
	case INT_CHAR:
		type->encoding = byte ? ENC_UNSIGNED_CHAR : ENC_UNSIGNED;
		break;
	default:
		FAULT(r, id, "its encoding %u is not known", word.encoding);
	}
}

static void read_float(struct reading *r, uint32_t id, struct btf_record record, struct type *type)
{
	if (record.size != 2 && record.size != 4 && record.size != 8 && record.size != 12 &&
	    record.size != 16)
		FAULT(r, id, "has a size of %u bytes, which no floating point type has",
		      record.size);
	type->encoding = ENC_FLOAT;
}

static bool is_irregular(const struct btf *btf, uint32_t id)
{
	struct btf_record record = btf_record(btf, id);

	return record.kind == BTF_INT && !int_word(btf, record).regular;
}

static void read_array(struct reading *r, uint32_t id, struct btf_record record, struct type *type)
{
	uint32_t element = btf_word(r->btf, record.parts, 0);
	uint32_t index = btf_word(r->btf, record.parts, 1);

	type->target = type_of(r, id, element);
	type->count = btf_word(r->btf, record.parts, 2);
	type->size = 0;
	type_of(r, id, index);
	element = follow(r->btf, element, ALIASES);
	index = follow(r->btf, index, ALIASES);
	if (element != TYPE_NONE && is_irregular(r->btf, element))
		FAULT(r, id, "is an array of bitfields");
	if (index != TYPE_NONE && btf_record(r->btf, index).kind != BTF_INT)
		FAULT(r, id, "its index is no integer");
}

/* The place of a member: a bitfield's size is in its offset, or, as it once was, in its INT. */
static void place_member(struct reading *r, uint32_t id, struct btf_record record, uint32_t type,
			 struct member *member)
{
	uint32_t offset = (uint32_t)member->bit_offset, leaf = follow(r->btf, type, ALIASES);
	struct btf_record target = btf_record(r->btf, leaf == TYPE_NONE ? 0 : leaf);
	const char *name = member->name ? member->name : "(anonymous)";

	if (leaf == TYPE_NONE && type < btf_end(r->btf))
		FAULT(r, id, "member %s: its type leads to no end", name);
	if (record.flag) {
		member->bit_offset = offset & MEMBER_OFFSET;
		member->bit_size = offset >> MEMBER_SIZE_SHIFT;
	}
	if (target.kind == BTF_INT && is_irregular(r->btf, leaf)) {
		struct int_word word = int_word(r->btf, target);

		if (record.flag)
			FAULT(r, id, "member %s has the size of a bitfield twice", name);
		member->bit_offset += word.offset;
		member->bit_size = word.bits;
	}
	if (!member->bit_size && member->bit_offset % 8)
		FAULT(r, id, "member %s does not begin at a byte", name);
	if (member->bit_size && target.kind != BTF_INT && target.kind != BTF_ENUM &&
	    target.kind != BTF_ENUM64)
		FAULT(r, id, "member %s is a bitfield of what is no integer", name);
}

static bool is_c_name(const char *name)
{
	return !name || btf_is_identifier(name);
}

static void read_members(struct reading *r, uint32_t id, struct btf_record record,
			 struct type *type)
{
	type->first = (uint32_t)r->model->members.n;
	type->n = record.n;
	for (uint32_t i = 0; i < record.n && r->faults < BTF_FAULTS; i++) {
		const unsigned char *part = record.parts + (size_t)12 * i;
		uint32_t target = btf_word(r->btf, part, 1);
		struct member member = {.name = name_of(r, btf_word(r->btf, part, 0)),
					.bit_offset = btf_word(r->btf, part, 2)};

		if (!btf_string(r->btf, btf_word(r->btf, part, 0)) || !is_c_name(member.name)) {
			FAULT(r, id, "the name of member %u is no identifier", i);
			member.name = NULL;
		}
		member.type = type_of(r, id, target);
		place_member(r, id, record, target, &member);
		*VEC_PUSH(&r->model->members) = member;
	}
}

static uint64_t enumerator_value(const struct reading *r, struct btf_record record,
				 const unsigned char *part)
{
	uint64_t value = btf_word(r->btf, part, 1);

	if (record.kind == BTF_ENUM64)
		value |= (uint64_t)btf_word(r->btf, part, 2) << 32;
	else if (record.flag && value >> 31)
		value |= ~(uint64_t)UINT32_MAX;
	return record.size < 8 ? value & (((uint64_t)1 << record.size * 8) - 1) : value;
}

/* One without enumerators is how a declaration is written. */
static void read_enum(struct reading *r, uint32_t id, struct btf_record record, struct type *type)
{
	size_t each = btf_shapes[record.kind].each;

	if (!record.size || record.size > 8 || record.size & (record.size - 1)) {
		FAULT(r, id, "has a size of %u bytes, which no enum has", record.size);
		return;
	}
	if (record.size == 1)
		type->encoding = record.flag ? ENC_SIGNED_CHAR : ENC_UNSIGNED_CHAR;
	else
		type->encoding = record.flag ? ENC_SIGNED : ENC_UNSIGNED;
	type->first = (uint32_t)r->model->enumerators.n;
	type->n = record.n;
	if (!record.n) {
		type->flags = TYPE_DECLARATION;
		type->encoding = ENC_NONE;
		type->size = 0;
		if (!type->name)
			FAULT(r, id, "has neither a name nor enumerators");
	}
	for (uint32_t i = 0; i < record.n && r->faults < BTF_FAULTS; i++) {
		const unsigned char *part = record.parts + each * i;
		const char *name = name_of(r, btf_word(r->btf, part, 0));

		if (!name || !is_c_name(name))
			FAULT(r, id, "the name of enumerator %u is no identifier", i);
		*VEC_PUSH(&r->model->enumerators) =
			(struct enumerator){name, enumerator_value(r, record, part)};
	}
}

/* The last parameter stands for an ellipsis when it has neither a name nor a type. */
static void read_parameters(struct reading *r, uint32_t id, struct btf_record record,
			    struct type *type)
{
	type->target = type_of(r, id, record.size);
	type->size = 0;
	type->first = (uint32_t)r->model->parameters.n;
	for (uint32_t i = 0; i < record.n && r->faults < BTF_FAULTS; i++) {
		uint32_t name = btf_word(r->btf, record.parts, 2 * (size_t)i);
		uint32_t target = btf_word(r->btf, record.parts, 2 * (size_t)i + 1);
		struct parameter parameter = {.name = name_of(r, name)};

		if (i == record.n - 1u && !name && !target) {
			type->flags = TYPE_VARIADIC;
			return;
		}
		if (!btf_string(r->btf, name) || !is_c_name(parameter.name))
			FAULT(r, id, "the name of parameter %u is no identifier", i);
		if (!target)
			FAULT(r, id, "parameter %u has no type", i);
		parameter.type = type_of(r, id, target);
		*VEC_PUSH(&r->model->parameters) = parameter;
		type->n++;
	}
}

static void read_type(struct reading *r, uint32_t id, struct btf_record record, struct type *type)
{
	switch (record.kind) {
	case BTF_INT:
		read_int(r, id, record, type);
		return;
	case BTF_FLOAT:
		read_float(r, id, record, type);
		return;
	case BTF_ARRAY:
		read_array(r, id, record, type);
		return;
	case BTF_STRUCT:
	case BTF_UNION:
		read_members(r, id, record, type);
		return;
	case BTF_ENUM:
	case BTF_ENUM64:
		read_enum(r, id, record, type);
		return;
	case BTF_FWD:
		type->flags = TYPE_DECLARATION;
		type->size = 0;
		return;
	case BTF_FUNC_PROTO:
		read_parameters(r, id, record, type);
		return;
	default: /* refers to one other type */
		type->target = type_of(r, id, record.size);
		type->size = record.kind == BTF_PTR ? r->model->info.address_size : 0;
	}
}

/* ---- what is no type, but must still make sense ---- */

static enum btf_kind kind_at(const struct reading *r, uint32_t id)
{
	return id < btf_end(r->btf) ? btf_record(r->btf, id).kind : BTF_KINDS;
}

static void check_section(struct reading *r, uint32_t id, struct btf_record record)
{
	for (uint32_t i = 0; i < record.n && r->faults < BTF_FAULTS; i++) {
		enum btf_kind kind = kind_at(r, btf_word(r->btf, record.parts, 3 * (size_t)i));

		if (kind != BTF_VAR && kind != BTF_FUNC)
			FAULT(r, id, "entry %u is neither a variable nor a function", i);
	}
}

static void check_tag(struct reading *r, uint32_t id, struct btf_record record)
{
	enum btf_kind kind = kind_at(r, record.size);
	uint32_t index = btf_word(r->btf, record.parts, 0), n = 0;

	if (kind == BTF_FUNC) {
		uint32_t type = btf_record(r->btf, record.size).size;

		if (kind_at(r, type) == BTF_FUNC_PROTO)
			n = btf_record(r->btf, type).n;
	} else if (kind == BTF_STRUCT || kind == BTF_UNION) {
		n = btf_record(r->btf, record.size).n;
	} else if (kind != BTF_VAR && kind != BTF_TYPEDEF) {
		FAULT(r, id, "tags what cannot have a tag");
	}
	if (index != UINT32_MAX && index >= n)
		FAULT(r, id, "tags part %u, which does not exist", index);
}

static void check_other(struct reading *r, uint32_t id, struct btf_record record)
{
	switch (record.kind) {
	case BTF_FUNC:
		if (kind_at(r, record.size) != BTF_FUNC_PROTO)
			FAULT(r, id, "its type %u is no function's", record.size);
		return;
	case BTF_DATASEC:
		check_section(r, id, record);
		return;
	case BTF_DECL_TAG:
		check_tag(r, id, record);
		return;
	default: /* VAR, TYPE_TAG */
		type_of(r, id, record.size);
	}
}

/* ---- the whole ---- */

/* The model's kind for a record, KIND_COUNT when it becomes no type of its own. */
static enum type_kind kind_of(struct btf_record record)
{
	static const enum type_kind kinds[BTF_KINDS] = {
		[BTF_INT] = KIND_INT,	      [BTF_PTR] = KIND_POINTER,
		[BTF_ARRAY] = KIND_ARRAY,     [BTF_STRUCT] = KIND_STRUCT,
		[BTF_UNION] = KIND_UNION,     [BTF_ENUM] = KIND_ENUM,
		[BTF_TYPEDEF] = KIND_TYPEDEF, [BTF_VOLATILE] = KIND_VOLATILE,
		[BTF_CONST] = KIND_CONST,     [BTF_RESTRICT] = KIND_RESTRICT,
		[BTF_FUNC] = KIND_COUNT,      [BTF_FUNC_PROTO] = KIND_FUNCTION,
		[BTF_VAR] = KIND_COUNT,	      [BTF_DATASEC] = KIND_COUNT,
		[BTF_FLOAT] = KIND_FLOAT,     [BTF_DECL_TAG] = KIND_COUNT,
		[BTF_TYPE_TAG] = KIND_COUNT,  [BTF_ENUM64] = KIND_ENUM,
	};

	if (record.kind == BTF_FWD)
		return record.flag ? KIND_UNION : KIND_STRUCT;
	return kinds[record.kind];
}

/* Records refer forward as well: every type gets its id before any is read. */
static void reserve(struct reading *r)
{
	struct btf *btf = r->btf;

	btf->map = ARENA_NEW_ARRAY(&btf->arena, btf->records.n + 1, type_id);
	for (uint32_t id = btf->first; id < btf_end(btf); id++) {
		struct btf_record record = btf_record(btf, id);
		enum type_kind kind = kind_of(record);
		struct type type = {.kind = (uint8_t)kind, .size = record.size};

		btf->map[id - btf->first] = TYPE_NONE;
		if (kind == KIND_COUNT)
			continue;
		type.name = name_of(r, record.name);
		btf->map[id - btf->first] = model_add(r->model, type);
	}
}

bool btf_read(struct btf *btf, struct model *model, struct diags *diags)
{
	struct reading r = {.btf = btf, .model = model, .diags = diags};

	reserve(&r);
	for (uint32_t id = btf->first; id < btf_end(btf) && r.faults < BTF_FAULTS; id++) {
		struct btf_record record = btf_record(btf, id);
		type_id to = btf->map[id - btf->first];
		struct type type;

		if (to == TYPE_NONE) {
			check_other(&r, id, record);
			continue;
		}
		type = *type_at(model, to);
		read_type(&r, id, record, &type);
		model->types.at[to] = type;
	}
	if (!model->info.reader)
		model->info.reader = intern(model->names, "btf");
	return !r.faults;
}
