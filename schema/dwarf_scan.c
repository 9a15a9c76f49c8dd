/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One unit's DIEs, front to back, into nodes (types) and parts (members, enumerators, parameters,
 * dimensions). Nothing is skipped by DW_AT_sibling: types declared inside functions are types too,
 * and stepping over a DIE costs less than asking where its sibling is.
 */
#include "dwarf_internal.h"

#include <dwarf.h>
#include <string.h>

/* Deeper nesting of lexical blocks and inlined functions is no compiler's work. */
#define CONTEXTS_MAX 65536
#define NODES_MAX (UINT32_MAX / 2)
/* Sizes above 2^56 bytes overflow in bits; no object has them. */
#define SIZE_LIMIT ((uint64_t)1 << 56)
#define ALIGN_LIMIT (1 << 30)
#define BUCKET_SHIFT 3

uint32_t node_find(const struct worker *w, uint32_t offset)
{
	uint32_t index;

	if (!offset)
		return NODE_VOID;
	if (offset >> BUCKET_SHIFT >= w->buckets.n)
		return NODE_UNRESOLVED;
	index = w->buckets.at[offset >> BUCKET_SHIFT];
	if (!index)
		return NODE_UNRESOLVED;
	/* behind the types of a bucket may stand those of any unit: no bucket has two units' */
	while (index < w->nodes.n && w->nodes.at[index].offset < offset &&
	       w->nodes.at[index].offset >> BUCKET_SHIFT <= offset >> BUCKET_SHIFT)
		index++;
	if (index < w->nodes.n && w->nodes.at[index].offset == offset)
		return index;
	return NODE_UNRESOLVED;
}

static struct node *push_node(struct worker *w, const struct node *node)
{
	uint32_t bucket = node->offset >> BUCKET_SHIFT;
	struct node *pushed = VEC_PUSH(&w->nodes);

	*pushed = *node;
	if (node->offset && bucket < w->buckets.n && !w->buckets.at[bucket])
		w->buckets.at[bucket] = (uint32_t)w->nodes.n - 1;
	return pushed;
}

static void add_part(struct worker *w, uint32_t owner, const struct part *part)
{
	struct node *node = &w->nodes.at[owner];
	uint32_t index = (uint32_t)w->parts.n;

	*VEC_PUSH(&w->parts) = *part;
	w->parts.at[index].next = NO_PART;
	if (node->first == NO_PART)
		node->first = index;
	else
		w->parts.at[node->last].next = index;
	node->last = index;
	node->n++;
}

/* ---- attributes that every kind has ---- */

static uint64_t get_unsigned(struct worker *w, const struct die *die, enum slot slot,
			     uint64_t limit, const char *what)
{
	uint64_t value = 0;

	if (die_unsigned(die, slot, limit, &value) == MALFORMED)
		worker_fault(w, NULL, die->offset, NULL, "%s is malformed or out of range", what);
	return value;
}

/* Does not look at the name itself: most are of copies that nobody keeps, and not in the cache. */
static const char *get_name(struct worker *w, const struct die *die)
{
	const char *name = NULL;

	if (die_string(w->unit, die, SLOT_NAME, &name) == MALFORMED)
		worker_fault(w, NULL, die->offset, NULL,
			     "DW_AT_name is malformed, or in a file that is not there");
	return name;
}

/* The unit that a reference leads to has to be read, too. */
static void want(struct worker *w, uint32_t offset)
{
	const struct dwarf_unit *unit;
	uint32_t index;

	if (!w->file->joined || (offset >= w->unit->origin &&
				 offset - w->unit->origin < w->unit->end - w->unit->offset))
		return;
	unit = unit_at(w->file, offset);
	index = unit ? (uint32_t)(unit - w->file->units.at) : 0;
	if (!unit || w->rank[index] || unit->kind == UNIT_COMPILE)
		return;
	if (unit->kind != UNIT_PARTIAL && unit->kind != UNIT_TYPE) {
		worker_fault(w, NULL, (uint32_t)(w->unit->die - w->unit->offset) + w->unit->origin,
			     NULL, "it refers to a type of a unit in another language");
		return;
	}
	w->rank[index] = w->rank[w->index];
	*VEC_PUSH(&w->wanted) = index;
}

static uint32_t get_reference(struct worker *w, const struct die *die, enum slot slot,
			      const char *what)
{
	const struct dwarf_unit *unit = w->unit;
	uint32_t offset = 0;
	uint64_t value;

	if (!die_has(die, SLOT_BIT(slot)))
		return 0;
	/* nearly all */
	value = die->v[slot].value;
	if (die->v[slot].class == CLASS_REF && value >= unit->die - unit->offset &&
	    value < unit->end - unit->offset)
		return unit->origin + (uint32_t)value;
	switch (die_reference(w->file, unit, die, slot, &offset)) {
	case MALFORMED:
		worker_fault(w, NULL, die->offset, NULL,
			     die->v[slot].class == CLASS_REF_SIG
				     ? "%s is in a type unit that is not there: link all of it"
				     : "%s is malformed, or refers to what is not there",
			     what);
		break;
	case FOREIGN:
		w->foreign = true;
		break;
	case VALUE:
		want(w, offset);
		break;
	case ABSENT:
		break;
	}
	return offset;
}

static uint32_t get_type(struct worker *w, const struct die *die)
{
	return get_reference(w, die, SLOT_TYPE, "DW_AT_type");
}

static bool get_flag(struct worker *w, const struct die *die, enum slot slot, const char *what)
{
	bool value = false;

	if (die_flag(die, slot, &value) == MALFORMED)
		worker_fault(w, NULL, die->offset, NULL, "%s is malformed", what);
	return value;
}

static void get_common(struct worker *w, const struct die *die, struct node *node)
{
	*node = (struct node){.offset = die->offset,
			      .unit = w->index,
			      .first = NO_PART,
			      .last = NO_PART,
			      .target = NODE_UNRESOLVED};
	node->name = get_name(w, die);
	node->type = get_type(w, die);
	node->file = (uint32_t)get_unsigned(w, die, SLOT_FILE, UINT32_MAX, "DW_AT_decl_file");
	node->line = (uint32_t)get_unsigned(w, die, SLOT_LINE, UINT32_MAX, "DW_AT_decl_line");
	node->align =
		(uint32_t)get_unsigned(w, die, SLOT_ALIGNMENT, ALIGN_LIMIT, "DW_AT_alignment");
	if (get_flag(w, die, SLOT_DECLARATION, "DW_AT_declaration"))
		node->flags |= TYPE_DECLARATION;
	if (!die_has(die, SLOT_BIT(SLOT_SIGNATURE)))
		return;
	node->stub = true;
	node->flags |= TYPE_DECLARATION;
	node->type = get_reference(w, die, SLOT_SIGNATURE, "its definition");
}

/* The size of what must have one unless it is only declared. */
static uint64_t get_size(struct worker *w, const struct die *die, const struct node *node)
{
	uint64_t size = 0;

	switch (die_unsigned(die, SLOT_BYTE_SIZE, SIZE_LIMIT, &size)) {
	case MALFORMED:
		worker_fault(w, node, die->offset, NULL,
			     "its size is known at run time only, or malformed");
		break;
	case ABSENT:
		if (!(node->flags & TYPE_DECLARATION))
			worker_fault(w, node, die->offset, NULL, "has no size");
		break;
	default:
		break;
	}
	return size;
}

/* ---- one function per kind ---- */

static void scan_base(struct worker *w, const struct die *die, struct node *node)
{
	uint64_t encoding = 0, endianity = 0;

	node->size = get_size(w, die, node);
	if (die_unsigned(die, SLOT_ENCODING, UINT8_MAX, &encoding) != VALUE)
		worker_fault(w, node, die->offset, NULL, "has no encoding");
	switch (encoding) {
	case ENC_BOOLEAN:
	case ENC_SIGNED:
	case ENC_SIGNED_CHAR:
	case ENC_UNSIGNED:
	case ENC_UNSIGNED_CHAR:
	case ENC_UTF:
		node->kind = KIND_INT;
		break;
	case ENC_FLOAT:
	case ENC_COMPLEX:
	case DW_ATE_decimal_float:
		node->kind = KIND_FLOAT;
		break;
	default:
		node->kind = KIND_INT;
		worker_fault(w, node, die->offset, NULL, "encoding 0x%llx is not supported",
			     (unsigned long long)encoding);
	}
	node->encoding = (uint8_t)encoding;
	if (die_unsigned(die, SLOT_ENDIANITY, UINT8_MAX, &endianity) != ABSENT &&
	    endianity != DW_END_default &&
	    endianity != (w->file->big_endian ? DW_END_big : DW_END_little))
		worker_fault(w, node, die->offset, NULL,
			     "has the other byte order (scalar_storage_order), which is not "
			     "supported");
	if (!node->name)
		worker_fault(w, node, die->offset, NULL, "a base type has no name");
}

static void scan_enum(struct worker *w, const struct die *die, struct node *node)
{
	uint64_t encoding = 0;

	node->size = get_size(w, die, node);
	if (die_unsigned(die, SLOT_ENCODING, UINT8_MAX, &encoding) == VALUE) {
		node->has_encoding = true;
		node->encoding = (uint8_t)encoding;
	}
}

static void scan_array(struct worker *w, const struct die *die, struct node *node)
{
	if (get_flag(w, die, SLOT_VECTOR, "DW_AT_GNU_vector"))
		node->flags |= TYPE_VECTOR;
	if (die_has(die, SLOT_BIT(SLOT_STRIDE)))
		worker_fault(w, node, die->offset, NULL, "arrays with a stride are not supported");
	if (!node->type)
		worker_fault(w, node, die->offset, NULL, "an array has no element type");
}

static void scan_kind(struct worker *w, const struct die *die, struct node *node)
{
	switch (node->kind) {
	case KIND_INT:
		scan_base(w, die, node);
		return;
	case KIND_STRUCT:
	case KIND_UNION:
		node->size = get_size(w, die, node);
		return;
	case KIND_ENUM:
		scan_enum(w, die, node);
		return;
	case KIND_ARRAY:
		scan_array(w, die, node);
		return;
	case KIND_POINTER:
		node->size = get_unsigned(w, die, SLOT_BYTE_SIZE, 16, "a pointer's size");
		if (!node->size)
			node->size = w->unit->address_size;
		return;
	case KIND_FUNCTION:
		if (!get_flag(w, die, SLOT_PROTOTYPED, "DW_AT_prototyped"))
			node->flags |= TYPE_NOPROTO;
		return;
	case KIND_TYPEDEF:
	case KIND_UNSPECIFIED:
		if (!node->name)
			worker_fault(w, node, die->offset, NULL, "has no name");
		return;
	default:
		return;
	}
}

static void scan_type(struct worker *w, const struct die *die, enum type_kind kind,
		      struct context *context)
{
	struct node node;

	get_common(w, die, &node);
	node.kind = (uint8_t)kind;
	node.scope = context->scope;
	scan_kind(w, die, &node);
	push_node(w, &node);
	context->node = (uint32_t)w->nodes.n - 1;
}

/* ---- parts ---- */

/*
 * Where a member starts. DW_AT_data_bit_offset counts bits from the start of the type. The older
 * form is DW_AT_data_member_location in bytes, and for bitfields DW_AT_bit_offset from the storage
 * unit's most significant bit, in DW_AT_byte_size bytes; negative where a packed bitfield goes on
 * behind that unit. Neither: at the start, as in unions.
 */
static bool parse_member_offset(const struct die *die, struct part *part)
{
	uint64_t bits = 0, bytes = 0, storage = 0;
	int64_t old = 0;
	enum answer location = die_unsigned(die, SLOT_MEMBER_LOCATION, SIZE_LIMIT, &bytes);
	enum answer data, offset;

	part->value = bytes * 8;
	if (!die_has(die, MEMBER_RARE_SLOTS))
		return location != MALFORMED;
	data = die_unsigned(die, SLOT_DATA_BIT_OFFSET, SIZE_LIMIT * 8, &bits);
	offset = die_signed(die, SLOT_BIT_OFFSET, 128, &old);
	if (data == MALFORMED || location == MALFORMED || offset == MALFORMED)
		return false;
	if (data == VALUE && location == VALUE && bytes)
		return false;
	part->value += bits;
	if (offset == ABSENT || data == VALUE)
		return true;
	part->old_bitfield = true;
	part->old_offset = (int16_t)old;
	if (die_unsigned(die, SLOT_BYTE_SIZE, 16, &storage) == MALFORMED)
		return false;
	part->storage = (uint8_t)storage;
	return part->bit_size != 0;
}

/* The attributes that few members have, their location apart. Returns what is wrong, or NULL. */
static const char *scan_rare(const struct die *die, struct part *part)
{
	uint64_t bits = 0, align = 0;

	switch (die_unsigned(die, SLOT_BIT_SIZE, 128, &bits)) {
	case MALFORMED:
		return "DW_AT_bit_size is malformed";
	case VALUE:
		if (!bits)
			return "a bitfield has no bits";
		break;
	default:
		break;
	}
	if (die_unsigned(die, SLOT_ALIGNMENT, ALIGN_LIMIT, &align) == MALFORMED)
		return "DW_AT_alignment is malformed";
	part->bit_size = (uint8_t)bits;
	part->align = (uint32_t)align;
	return NULL;
}

static void scan_member(struct worker *w, const struct die *die, uint32_t owner)
{
	struct part part = {.name = get_name(w, die), .type = get_type(w, die)};
	const char *wrong = NULL;

	part.line = (uint32_t)get_unsigned(w, die, SLOT_LINE, UINT32_MAX, "DW_AT_decl_line");
	if (die_has(die, MEMBER_RARE_SLOTS))
		wrong = scan_rare(die, &part);
	if (!wrong && !parse_member_offset(die, &part))
		wrong = "its offset is not a constant, or malformed";
	if (!part.type)
		wrong = "has no type";
	if (wrong)
		worker_fault(w, &w->nodes.at[owner], die->offset,
			     part.name ? part.name : "(anonymous)", "%s", wrong);
	add_part(w, owner, &part);
}

static void scan_enumerator(struct worker *w, const struct die *die, uint32_t owner)
{
	struct part part = {.name = get_name(w, die)};
	bool negative = false;

	if (die_constant(die, SLOT_CONST_VALUE, &part.value, &negative) != VALUE || !part.name)
		worker_fault(w, &w->nodes.at[owner], die->offset, part.name,
			     "an enumerator has no name or no constant value");
	part.negative = negative;
	add_part(w, owner, &part);
}

static void scan_parameter(struct worker *w, const struct die *die, uint32_t owner)
{
	struct part part = {.name = get_name(w, die), .type = get_type(w, die)};

	add_part(w, owner, &part);
}

/* [0] is written as DW_AT_count 0, or as the upper bound -1 of the width of size_t. */
static bool is_minus_one(const struct worker *w, uint64_t bound)
{
	return bound == UINT64_MAX || (w->unit->address_size == 4 && bound == UINT32_MAX);
}

static void scan_dimension(struct worker *w, const struct die *die, uint32_t owner)
{
	struct node *node = &w->nodes.at[owner];
	struct part part = {0};
	uint64_t low = 0, upper = 0;
	bool negative = false;
	enum answer count, bound;

	count = die_unsigned(die, SLOT_COUNT_ATTR, SIZE_LIMIT, &part.value);
	bound = die_constant(die, SLOT_UPPER_BOUND, &upper, &negative);
	if (die_unsigned(die, SLOT_LOWER_BOUND, SIZE_LIMIT, &low) != ABSENT && low)
		worker_fault(w, node, die->offset, NULL, "an array does not start at 0");
	if (die_has(die, SLOT_BIT(SLOT_STRIDE)))
		worker_fault(w, node, die->offset, NULL, "arrays with a stride are not supported");
	if (count == MALFORMED || (count == ABSENT && bound == MALFORMED))
		part.variable = true;
	else if (count == ABSENT && bound == ABSENT)
		part.unbounded = true;
	else if (count == ABSENT && !is_minus_one(w, upper))
		part.value = upper + 1;
	if (part.value > SIZE_LIMIT) {
		worker_fault(w, node, die->offset, NULL, "an array is larger than any memory");
		part.value = 0;
	}
	add_part(w, owner, &part);
}

/* ---- functions ---- */

/*
 * The DIE that ORIGIN, of *UNIT, is an instance of; in whatever unit that is. False: not a function.
 */
static bool step_to_origin(struct worker *w, const struct dwarf_unit **unit, struct die *origin)
{
	const struct dwarf_unit *from = *unit;
	uint64_t value = origin->v[SLOT_ORIGIN].value;
	struct abbrev_table *table = &w->abbrevs;
	struct cursor c;

	if (!die_has(origin, SLOT_BIT(SLOT_ORIGIN)))
		return false;
	if (origin->v[SLOT_ORIGIN].class == CLASS_REF)
		value += from->space->base + from->offset;
	else if (origin->v[SLOT_ORIGIN].class == CLASS_REF_ADDR && !from->space->isolated)
		value += from->space->base;
	else if (origin->v[SLOT_ORIGIN].class == CLASS_REF_ALT && from->space->alternate)
		value += from->space->alternate->base;
	else
		return false;
	*unit = unit_at(w->file, value);
	if (!*unit || value < (*unit)->space->base + (*unit)->die)
		return false;
	if (*unit != w->unit) {
		table = &w->other;
		if (abbrevs_read(*unit, table))
			return false;
	}
	c = unit_cursor(*unit, value - (*unit)->space->base);
	return !die_read(*unit, table, &c, origin) && origin->abbrev &&
	       origin->abbrev->tag == DW_TAG_subprogram;
}

/* The name of the function at DIE, or of the one it is an instance of. */
static const char *function_name(struct worker *w, const struct die *die)
{
	const struct dwarf_unit *unit = w->unit;
	struct die origin = *die;

	for (unsigned int hops = 0; hops < 4; hops++) {
		const char *name = NULL;

		if (die_string(unit, &origin, SLOT_NAME, &name) != ABSENT)
			return name;
		if (!step_to_origin(w, &unit, &origin))
			return NULL;
	}
	return NULL;
}

/* ---- the walk ---- */

static enum type_kind kind_of_tag(uint16_t tag)
{
	switch (tag) {
	case DW_TAG_base_type:
		return KIND_INT;
	case DW_TAG_structure_type:
		return KIND_STRUCT;
	case DW_TAG_union_type:
		return KIND_UNION;
	case DW_TAG_enumeration_type:
		return KIND_ENUM;
	case DW_TAG_typedef:
		return KIND_TYPEDEF;
	case DW_TAG_pointer_type:
		return KIND_POINTER;
	case DW_TAG_array_type:
		return KIND_ARRAY;
	case DW_TAG_subroutine_type:
		return KIND_FUNCTION;
	case DW_TAG_const_type:
		return KIND_CONST;
	case DW_TAG_volatile_type:
		return KIND_VOLATILE;
	case DW_TAG_restrict_type:
		return KIND_RESTRICT;
	case DW_TAG_atomic_type:
		return KIND_ATOMIC;
	case DW_TAG_unspecified_type:
		return KIND_UNSPECIFIED;
	default:
		return KIND_VOID;
	}
}

/* Takes a DIE that is part of the type OWNER, when it is one that OWNER's kind has. */
static void scan_part(struct worker *w, const struct die *die, uint32_t owner)
{
	uint8_t kind = w->nodes.at[owner].kind;
	uint16_t tag = die->abbrev->tag;

	if (tag == DW_TAG_member && (kind == KIND_STRUCT || kind == KIND_UNION))
		scan_member(w, die, owner);
	else if (tag == DW_TAG_enumerator && kind == KIND_ENUM)
		scan_enumerator(w, die, owner);
	else if (tag == DW_TAG_formal_parameter && kind == KIND_FUNCTION)
		scan_parameter(w, die, owner);
	else if (tag == DW_TAG_unspecified_parameters && kind == KIND_FUNCTION)
		w->nodes.at[owner].flags |= TYPE_VARIADIC;
	else if (tag == DW_TAG_subrange_type && kind == KIND_ARRAY)
		scan_dimension(w, die, owner);
}

static void scan_function(struct worker *w, const struct die *die, struct context *own)
{
	w->functions += die_has(die, SLOT_BIT(SLOT_LINE) | SLOT_BIT(SLOT_ORIGIN));
	if (die->abbrev->children)
		own->scope = function_name(w, die);
}

/* What stands in a partial unit counts as if it stood here. A unit that is compiled is read anyway. */
static void scan_import(struct worker *w, const struct die *die)
{
	const struct dwarf_unit *unit = NULL;
	uint64_t value = die->v[SLOT_TYPE].value;

	if (die_has(die, SLOT_BIT(SLOT_TYPE)) && die->v[SLOT_TYPE].class == CLASS_REF_ADDR)
		unit = unit_at(w->file, w->unit->space->base + value);
	if (!unit || unit->kind == UNIT_PARTIAL)
		get_reference(w, die, SLOT_TYPE, "DW_AT_import");
}

/* Takes DIE, whose parent's context is PARENT; returns the context of its children. */
static struct context scan_die(struct worker *w, const struct die *die, struct context parent)
{
	struct context own = {NODE_VOID, parent.scope};
	enum type_kind kind = kind_of_tag(die->abbrev->tag);

	if (kind != KIND_VOID)
		scan_type(w, die, kind, &own);
	else if (parent.node != NODE_VOID)
		scan_part(w, die, parent.node);
	else if (die->abbrev->tag == DW_TAG_subprogram)
		scan_function(w, die, &own);
	else if (die->abbrev->tag == DW_TAG_imported_unit)
		scan_import(w, die);
	/* the first DIE is the unit's own */
	if (kind == KIND_VOID && w->unit->extra && parent.node == NODE_VOID && w->contexts.n)
		get_type(w, die);
	return own;
}

static void take_dimension(struct node *node, const struct part *part)
{
	node->count = part->value;
	node->variable = part->variable;
	if (part->unbounded || part->variable)
		node->flags |= TYPE_FLEXIBLE;
}

/* int a[2][3] is an array of 2 arrays of 3: the inner dimensions become nodes of their own. */
static void finish_array(struct worker *w, uint32_t index)
{
	struct node *node = &w->nodes.at[index];
	uint32_t part = node->first, outer = index, type = node->type;

	if (part == NO_PART) {
		node->flags |= TYPE_FLEXIBLE;
		return;
	}
	take_dimension(node, &w->parts.at[part]);
	while ((part = w->parts.at[part].next) != NO_PART) {
		struct node inner = {.kind = KIND_ARRAY,
				     .unit = w->index,
				     .flags = w->nodes.at[index].flags & TYPE_VECTOR,
				     .first = NO_PART,
				     .last = NO_PART,
				     .target = NODE_UNRESOLVED};

		take_dimension(&inner, &w->parts.at[part]);
		push_node(w, &inner);
		w->nodes.at[outer].target = (uint32_t)w->nodes.n - 1;
		outer = (uint32_t)w->nodes.n - 1;
	}
	w->nodes.at[outer].type = type;
	w->nodes.at[index].first = NO_PART;
	w->nodes.at[index].n = 0;
}

/* `()` is written without DW_AT_prototyped, and with unspecified parameters: not as an ellipsis. */
static void finish_function(struct node *node)
{
	if (node->flags & TYPE_NOPROTO)
		node->flags &= (uint8_t)(node->n ? ~TYPE_NOPROTO : ~TYPE_VARIADIC);
}

static void finish_type(struct worker *w, uint32_t index)
{
	if (w->nodes.at[index].kind == KIND_ARRAY)
		finish_array(w, index);
	else if (w->nodes.at[index].kind == KIND_FUNCTION)
		finish_function(&w->nodes.at[index]);
}

void worker_start(struct worker *w, uint64_t size)
{
	struct node nothing = {.kind = KIND_VOID, .first = NO_PART, .last = NO_PART};

	w->nodes.n = w->parts.n = 0;
	size = (size >> BUCKET_SHIFT) + 1;
	w->buckets.at = vec_grow(w->buckets.at, &w->buckets.room, size, sizeof(*w->buckets.at));
	w->buckets.n = size;
	memset(w->buckets.at, 0, size * sizeof(*w->buckets.at));
	push_node(w, &nothing);
}

/* Reads DIEs until the unit's own DIE is closed. Returns what is wrong, or NULL. */
static const char *walk(struct worker *w, struct cursor *c)
{
	struct context none = {NODE_VOID, NULL};
	struct die die;

	do {
		const char *wrong = die_read(w->unit, &w->abbrevs, c, &die);
		struct context own;

		if (wrong)
			return wrong;
		if (!die.abbrev) {
			if (w->contexts.n)
				finish_type(w, w->contexts.at[--w->contexts.n].node);
			continue;
		}
		own = scan_die(w, &die, w->contexts.n ? w->contexts.at[w->contexts.n - 1] : none);
		if (die.abbrev->children)
			*VEC_PUSH(&w->contexts) = own;
		else if (own.node)
			finish_type(w, own.node);
		if (w->contexts.n > CONTEXTS_MAX || w->nodes.n > NODES_MAX)
			return "its DIEs are nested too deeply";
	} while (w->contexts.n && c->p < c->end);
	return w->contexts.n ? "its DIEs are truncated" : NULL;
}

/* A unit of which machine code was made, with no word of any function: clang -gline-tables-only. */
static void check_functions(struct worker *w, size_t nodes)
{
	if (w->unit->has_code && w->unit->kind == UNIT_COMPILE && !w->functions &&
	    w->nodes.n == nodes)
		worker_fault(w, NULL, (uint32_t)(w->unit->die - w->unit->offset), NULL,
			     "it has code, but no types: compile it with -g, not -g1 or "
			     "-gline-tables-only");
}

bool unit_scan(struct worker *w, uint32_t index)
{
	size_t nodes = w->nodes.n;
	const char *wrong;
	struct cursor c;

	w->index = index;
	w->unit = &w->file->units.at[index];
	w->contexts.n = 0;
	w->functions = 0;
	c = unit_cursor(w->unit, w->unit->die);
	wrong = abbrevs_read(w->unit, &w->abbrevs);
	if (!wrong)
		wrong = walk(w, &c);
	if (wrong)
		worker_fault(
			w, NULL,
			(uint32_t)((uint64_t)(c.p - w->unit->space->info.at) - w->unit->offset) +
				w->unit->origin,
			NULL, "%s", wrong);
	else
		check_functions(w, nodes);
	return !wrong;
}
