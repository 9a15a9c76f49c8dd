// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of runtime/carryover.h: what inspect, capture and the pointer table read at run time.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "emit.h"

struct names {
	const struct plan *plan;
	struct arena *arena;
	struct text *out;
};

/* ---- fields
 * -------------------------------------------------------------------------------------------- */

static const char *integer_kind(const struct model *model, const struct slot *slot)
{
	const struct type *type = type_at(model, strip(model, slot->element));

	if (type->encoding == ENC_BOOLEAN)
		return "CO_BOOL";
	if (type->name && !strcmp(type->name, "char"))
		return "CO_CHAR";
	return slot->is_signed ? "CO_INT" : "CO_UINT";
}

/*
 * The integer that is all there is in a struct, as in an atomic_t or a refcount_t; NULL when there
 * is more. The generated code moves such a struct as bytes; for people it is a number.
 */
static const struct type *only_integer(const struct model *model, type_id id)
{
	const struct type *type = type_at(model, strip(model, id));
	uint64_t size = type->size;

	if (type->kind != KIND_STRUCT)
		return NULL;

	while (is_record(model, id) && type->n == 1 && !members_of(model, type)->bit_size) {
		id = members_of(model, type)->type;
		type = type_at(model, strip(model, id));
	}
	return type->kind == KIND_INT && type->size == size ? type : NULL;
}

static const char *kind_of_bytes(const struct plan *plan, const struct slot *slot, enum side side)
{
	const struct type *only = only_integer(plan->model[side], slot->element);

	if (!only)
		return "CO_BYTES";
	return only->encoding == ENC_SIGNED ? "CO_INT" : "CO_UINT";
}

static const char *kind_of_field(const struct plan *plan, const struct slot *slot, enum side side,
				 const struct op *op)
{
	switch (slot->kind) {
	case SLOT_INT:
		return integer_kind(plan->model[side], slot);
	case SLOT_FLOAT:
		return "CO_FLOAT";
	case SLOT_ENUM:
		return "CO_ENUM";
	case SLOT_POINTER:
		return "CO_POINTER";
	case SLOT_RECORD:
		return op->nested == NO_INDEX ? kind_of_bytes(plan, slot, side) : "CO_RECORD";
	default:
		return kind_of_bytes(plan, slot, side);
	}
}

static const char *way_word(enum co_way way)
{
	static const char *const words[] = {
		[CO_WAY_COPY] = "COPY",	      [CO_WAY_WIDEN] = "WIDEN",
		[CO_WAY_INIT] = "INIT",	      [CO_WAY_EXPR] = "EXPR",
		[CO_WAY_HOOK] = "HOOK",	      [CO_WAY_NESTED] = "NESTED",
		[CO_WAY_RESTORE] = "RESTORE", [CO_WAY_DROP] = "DROP",
		[CO_WAY_REST] = "REST",	      [CO_WAY_PAD] = "PAD",
		[CO_WAY_FOLLOW] = "FOLLOW",   [CO_WAY_ARRAY] = "ARRAY",
		[CO_WAY_STRING] = "STRING",   [CO_WAY_SYMBOL] = "SYMBOL",
		[CO_WAY_OPAQUE] = "OPAQUE",   [CO_WAY_NULL] = "NULL",
		[CO_WAY_LIST] = "LIST",	      [CO_WAY_ARM] = "ARM",
	};

	return words[way];
}

static void emit_side(const struct slot *slot, const char *side, struct text *out)
{
	if (!slot) {
		text_add(out, ".%s_bit = CO_NOWHERE, ", side);
		return;
	}
	text_add(out, ".%s_bit = %" PRIu64 ", .%s_bits = %" PRIu64 ", .%s_count = ", side,
		 slot->bit, side, slot->bits, side);
	if (slot->is_flexible)
		text_puts(out, "CO_NOWHERE, ");
	else
		text_add(out, "%" PRIu64 ", ", slot->count);
}

static void emit_target(const struct plan_type *type, const struct op *op, struct text *out)
{
	if (op->nested != NO_INDEX)
		text_add(out, ".type = %" PRIu32 ", ", op->nested);
	else
		text_puts(out, ".type = CO_NOWHERE, ");
	if (op->old_container || op->new_container)
		text_add(out, ".old_container = %" PRIu64 ", .new_container = %" PRIu64 ", ",
			 op->old_container, op->new_container);
	if (op->mask)
		text_add(out, ".mask = 0x%" PRIx64 "u, ", op->mask);
	if (op->target_size)
		text_add(out, ".target_size = %" PRIu64 ", ", op->target_size);
	if (op->count_slot != NO_INDEX && !op->by_extent)
		text_add(out, ".count_field = %" PRIu32 ", ", field_row(type, op->count_slot));
	else
		text_puts(out, ".count_field = CO_NOWHERE, ");
	if (op->count)
		text_add(out, ".count = %" PRIu64 ", ", op->count);
}

static void emit_field(const struct names *names, const struct plan_type *type,
		       const struct slot *old, const struct slot *new, const struct op *op)
{
	const struct plan *plan = names->plan;
	const struct slot *slot = new ? new : old;
	enum side side = new ? NEW : OLD;
	struct text *out = names->out;

	text_puts(out, "\t{.path = ");
	emit_string(slot->path, out);
	text_puts(out, ", .ctype = ");
	emit_string(type_spelling(plan->model[side], slot->type, names->arena), out);
	text_puts(out, ",\n\t ");
	emit_side(old, "old", out);
	emit_side(new, "new", out);
	text_add(out, ".kind = %s, .way = CO_WAY_%s,\n\t ", kind_of_field(plan, slot, side, op),
		 way_word(op->way));
	emit_target(type, op, out);
	if (slot->is_signed && slot->kind == SLOT_ENUM)
		text_puts(out, ".is_signed = true, ");
	if (slot->kind == SLOT_ENUM && op->way != CO_WAY_REST) {
		const struct model *model = plan->model[side];
		type_id id = strip(model, slot->element);

		text_add(out, ".names = names_%s_%" PRIu32 ", .n_names = %" PRIu32 ", ",
			 side == OLD ? "old" : "new", id, type_at(model, id)->n);
	}
	if (new && op->rows && op->rows->by_name)
		text_add(out, ".rows = rows_%s_%td, .n_rows = %" PRIu64 ", ", type->cname,
			 new - type->slots[NEW].at, op->rows->old);
	text_puts(out, "\n\t .why = ");
	emit_string(reason_text(op, names->arena), out);
	text_puts(out, "},\n");
}

static void emit_names_of(const struct names *names, enum side side, type_id id)
{
	const struct model *model = names->plan->model[side];
	const struct type *type = type_at(model, id);
	const struct enumerator *enumerators = enumerators_of(model, type);

	text_add(names->out, "\nstatic const struct co_name names_%s_%" PRIu32 "[] = {\n",
		 side == OLD ? "old" : "new", id);
	for (uint32_t i = 0; i < type->n; i++) {
		text_puts(names->out, "\t{");
		emit_string(enumerators[i].name, names->out);
		text_add(names->out, ", 0x%" PRIx64 "u},\n", enumerators[i].value);
	}
	if (!type->n)
		text_puts(names->out, "\t{\"\", 0},\n");
	text_puts(names->out, "};\n");
}

static bool is_paired(const struct plan_type *type, uint32_t old_slot)
{
	return field_row(type, old_slot) < type->slots[NEW].n;
}

/* True when slot K of type I is the first of SIDE's rows to need the names of its enum. */
static bool is_first_use(const struct plan *plan, enum side side, size_t i, size_t k, type_id id)
{
	for (size_t a = 0; a <= i; a++) {
		const struct plan_type *type = plan->types.at[a];
		size_t end = a == i ? k : type->slots[side].n;

		for (size_t b = 0; b < end; b++) {
			const struct slot *slot = &type->slots[side].at[b];

			if (slot->kind == SLOT_ENUM && type->ops.at[slot->op].way != CO_WAY_REST &&
			    (side == NEW || !is_paired(type, (uint32_t)b)) &&
			    strip(plan->model[side], slot->element) == id)
				return false;
		}
	}
	return true;
}

static void emit_enum_names(const struct names *names)
{
	const struct plan *plan = names->plan;

	for (int side = OLD; side <= NEW; side++) {
		for (size_t i = 0; i < plan->types.n; i++) {
			const struct plan_type *type = plan->types.at[i];

			for (uint32_t k = 0; k < type->slots[side].n; k++) {
				const struct slot *slot = &type->slots[side].at[k];
				type_id id = strip(plan->model[side], slot->element);

				if (slot->kind == SLOT_ENUM &&
				    type->ops.at[slot->op].way != CO_WAY_REST &&
				    (side == NEW || !is_paired(type, k)) &&
				    is_first_use(plan, (enum side)side, i, k, id))
					emit_names_of(names, (enum side)side, id);
			}
		}
	}
}

/* A row as large as the whole object for each arm, under a name that no member has. */
static void emit_arm_rows(const struct names *names, const struct plan_type *type,
			  const struct op *op)
{
	const struct plan *plan = names->plan;
	const struct slot *slot = &type->slots[NEW].at[op->new];

	for (size_t i = 0; i < op->n_arms; i++) {
		const struct arm_plan *arm = &op->arms[i];
		const char *ctype = type_spelling(plan->model[NEW], slot->type, names->arena);

		if (arm->part == NO_INDEX)
			continue;
		text_puts(names->out, "\t{.path = ");
		emit_string(arena_printf(names->arena, "%s:%zu", slot->path, i + 1), names->out);
		text_puts(names->out, ", .ctype = ");
		emit_string(ctype, names->out);
		text_add(names->out,
			 ",\n\t .old_bit = 0, .old_bits = %" PRIu64
			 ", .old_count = 1, .new_bit = 0, .new_bits = %" PRIu64
			 ", .new_count = 1,\n\t .kind = CO_RECORD, .way = CO_WAY_ARM, .type = %" PRIu32
			 ", .count_field = CO_NOWHERE,\n\t .why = ",
			 type->size[OLD] * 8, type->size[NEW] * 8, arm->part);
		emit_string(reason_text(op, names->arena), names->out);
		text_puts(names->out, "},\n");
	}
}

static void emit_fields_of(const struct names *names, const struct plan_type *type)
{
	emit_row_tables(type, names->out);
	text_add(names->out, "\nstatic const struct co_field fields_%s[] = {\n", type->cname);
	for (uint32_t i = 0; i < type->slots[NEW].n; i++) {
		const struct slot *new = &type->slots[NEW].at[i];
		const struct op *op = &type->ops.at[new->op];

		emit_field(names, type, op->old == NO_INDEX ? NULL : &type->slots[OLD].at[op->old],
			   new, op);
	}
	for (uint32_t i = 0; i < type->slots[OLD].n; i++) {
		const struct slot *old = &type->slots[OLD].at[i];

		if (!is_paired(type, i))
			emit_field(names, type, old, NULL, &type->ops.at[old->op]);
	}
	for (size_t i = 0; i < type->ops.n; i++)
		emit_arm_rows(names, type, &type->ops.at[i]);
	text_puts(names->out, "};\n");
}

void emit_fields(const struct plan *plan, struct text *out)
{
	struct arena arena;
	struct names names = {.plan = plan, .arena = &arena, .out = out};

	arena_init(&arena);
	emit_enum_names(&names);
	for (size_t i = 0; i < plan->types.n; i++)
		emit_fields_of(&names, plan->types.at[i]);
	arena_deinit(&arena);
}

/* ---- rows by their old place
 * ----------------------------------------------------------------------------- */

struct row {
	uint64_t bit;
	uint32_t row;
};

static int row_compare(const void *a, const void *b)
{
	const struct row *left = a, *right = b;

	if (left->bit != right->bit)
		return left->bit < right->bit ? -1 : 1;
	return left->row < right->row ? -1 : left->row > right->row;
}

/* An object may begin at a whole byte, and nothing is smaller than one. */
static void row_add(struct row *rows, size_t *n, const struct slot *old, uint32_t row)
{
	if (old->bit % 8 == 0 && old->bits >= 8)
		rows[(*n)++] = (struct row){.bit = old->bit, .row = row};
}

/* The rows of TYPE that have an old place, sorted; there is room for all. Returns how many. */
static size_t rows_by_old(const struct plan_type *type, struct row *rows)
{
	uint32_t row = (uint32_t)type->slots[NEW].n;
	size_t n = 0;

	for (uint32_t i = 0; i < type->slots[NEW].n; i++) {
		uint32_t old = type->ops.at[type->slots[NEW].at[i].op].old;

		if (old != NO_INDEX)
			row_add(rows, &n, &type->slots[OLD].at[old], i);
	}
	for (uint32_t i = 0; i < type->slots[OLD].n; i++)
		if (!is_paired(type, i))
			row_add(rows, &n, &type->slots[OLD].at[i], row++);
	qsort(rows, n, sizeof(*rows), row_compare);
	return n;
}

static size_t emit_by_old(const struct plan_type *type, struct text *out)
{
	size_t all = type->slots[NEW].n + type->slots[OLD].n, n;
	struct arena scratch;
	struct row *rows;

	arena_init(&scratch);
	rows = ARENA_NEW_ARRAY(&scratch, all + 1, struct row);
	n = rows_by_old(type, rows);
	if (n && out)
		text_add(out, "\nstatic const uint32_t by_old_%s[] = {", type->cname);
	for (size_t i = 0; out && i < n; i++)
		text_add(out, "%s%" PRIu32 ",", i % 16 ? " " : "\n\t", rows[i].row);
	if (n && out)
		text_puts(out, "\n};\n");
	arena_deinit(&scratch);
	return n;
}

/* ---- ranges and types
 * ------------------------------------------------------------------------------------ */

static size_t rows_of(const struct plan_type *type)
{
	size_t n = type->slots[NEW].n;

	for (uint32_t i = 0; i < type->slots[OLD].n; i++)
		n += !is_paired(type, i);
	for (size_t i = 0; i < type->ops.n; i++)
		for (size_t k = 0; k < type->ops.at[i].n_arms; k++)
			n += type->ops.at[i].arms[k].part != NO_INDEX;
	return n;
}

static void emit_reads(const struct plan_type *type, struct text *out)
{
	if (!type->reads.n)
		return;
	text_add(out, "\nstatic const struct co_range reads_%s[] = {\n", type->cname);
	for (size_t i = 0; i < type->reads.n; i++)
		text_add(out, "\t{%" PRIu64 ", %" PRIu64 "},\n", type->reads.at[i].byte,
			 type->reads.at[i].bytes);
	text_puts(out, "};\n");
}

static bool has_tail(const struct plan_type *type)
{
	for (int side = OLD; side <= NEW; side++)
		for (uint32_t i = 0; i < type->slots[side].n; i++)
			if (type->slots[side].at[i].is_flexible)
				return true;
	return false;
}

static void emit_type(const struct plan_type *type, struct text *out)
{
	size_t n_by_old;

	text_puts(out, "\t{.name = ");
	emit_string(type->is_part ? type->part_name : type->label, out);
	text_add(out,
		 ",\n\t .old_size = %" PRIu64 ", .new_size = %" PRIu64 ", .old_align = %" PRIu32
		 ", .new_align = %" PRIu32 ",\n",
		 type->size[OLD], type->size[NEW], type->align[OLD], type->align[NEW]);
	text_add(out, "\t .extent = %" PRIu64 ",\n", type->extent);
	text_add(out, "\t .old_digest = \"%s\", .new_digest = \"%s\",\n", type->digest[OLD],
		 type->digest[NEW]);
	text_add(out, "\t .is_object = %s, .fields = fields_%s, .n_fields = %zu,\n",
		 type->is_object ? "true" : "false", type->cname, rows_of(type));
	if (type->extent_by)
		text_add(out, "\t .extent_row = %" PRIu32 ",\n",
			 field_row(type, type->extent_slot) + 1);
	if (has_tail(type))
		text_puts(out, "\t .has_tail = true,\n");
	n_by_old = emit_by_old(type, NULL);
	if (n_by_old)
		text_add(out, "\t .by_old = by_old_%s, .n_by_old = %zu,\n", type->cname, n_by_old);
	if (type->reads.n)
		text_add(out, "\t .reads = reads_%s, .n_reads = %zu,\n", type->cname,
			 type->reads.n);
	if (type->is_part)
		text_add(out, "\t .live = live_%s,\n", type->cname);
	else
		text_add(out, "\t .convert = enter_%s,\n", type->cname);
	if (type->captures.n)
		text_add(out, "\t .capture = capture_%s,\n", type->cname);
	if (type->restores.n)
		text_add(out, "\t .restore = restore_%s,\n", type->cname);
	text_puts(out, "\t},\n");
}

/* ---- walks, roots, symbols
 * ----------------------------------------------------------------------------- */

static void emit_walks(const struct plan *plan, struct text *out)
{
	for (size_t i = 0; i < plan->walks.n; i++) {
		const struct plan_walk *walk = &plan->walks.at[i];

		text_add(out, "\nstatic const uint32_t steps_%zu[] = {", i);
		for (uint32_t k = 0; k < walk->n_steps; k++)
			text_add(out, "%s%" PRIu32, k ? ", " : "", walk->steps[k]);
		text_add(out, "};\nstatic const struct co_walk walk_%zu = {\n\t.path = ", i);
		emit_string(walk->path, out);
		text_add(out,
			 ", .steps = steps_%zu, .n_steps = %" PRIu32 ",\n\t.type = %" PRIu32
			 ", .node = %" PRIu64 ",\n",
			 i, walk->n_steps, walk->type, walk->node);
		if (walk->then != NO_INDEX)
			text_add(out, "\t.then = &walk_%" PRIu32 ",\n", walk->then);
		text_puts(out, "};\n");
	}
}

static void emit_roots(const struct plan *plan, struct text *out)
{
	if (!plan->roots.n)
		return;
	text_puts(out, "\nstatic const struct co_root roots[] = {\n");
	for (size_t i = 0; i < plan->roots.n; i++) {
		const struct plan_root *root = &plan->roots.at[i];

		text_puts(out, "\t{");
		if (root->symbol) {
			text_puts(out, ".symbol = ");
			emit_string(root->symbol, out);
			text_puts(out, ", .module = ");
			emit_string(root->module, out);
			text_add(out, ", .address = 0x%" PRIx64 "u, ", root->address);
		}
		text_add(out, ".type = %" PRIu32 ", .restore = ", root->type);
		emit_string(root->restore ? root->restore : "none", out);
		if (root->walk != NO_INDEX)
			text_add(out, ", .walk = &walk_%" PRIu32, root->walk);
		text_puts(out, "},\n");
	}
	text_puts(out, "};\n");
}

static void emit_symbols(const char *table, const struct symbol *symbols, size_t n, struct text *out)
{
	if (!n)
		return;
	text_add(out, "\nstatic const struct co_symbol %s[] = {\n", table);
	for (size_t i = 0; i < n; i++) {
		text_puts(out, "\t{");
		emit_string(symbols[i].name, out);
		text_add(out, ", 0x%" PRIx64 "u, ", symbols[i].address);
		emit_string(symbols[i].module, out);
		text_puts(out, "},\n");
	}
	text_puts(out, "};\n");
}

static void emit_kernel(const struct plan *plan, enum side side, struct text *out)
{
	const struct model_info *info = &plan->model[side]->info;
	const struct words *release =
		side == OLD ? &plan->mapping->from_release : &plan->mapping->to_release;
	const struct words *arch =
		side == OLD ? &plan->mapping->from_arch : &plan->mapping->to_arch;

	text_add(out, "\t.%s = {.release = ", side == OLD ? "from" : "to");
	emit_string(release->text ? release->text : info->release ? info->release : "", out);
	text_puts(out, ", .arch = ");
	emit_string(arch->text ? arch->text : info->arch ? info->arch : "", out);
	text_puts(out, ", .build_id = ");
	emit_string(info->build_id ? info->build_id : "", out);
	text_puts(out, "},\n");
}

static const char *release_of(const struct plan *plan, enum side side)
{
	const struct words *words =
		side == OLD ? &plan->mapping->from_release : &plan->mapping->to_release;

	return words->text ? words->text : side == OLD ? "old" : "new";
}

static void emit_the_converter(const struct plan *plan, struct arena *arena, struct text *out)
{
	const char *name =
		arena_printf(arena, "co_%s_to_%s", name_of_release(release_of(plan, OLD), arena),
			     name_of_release(release_of(plan, NEW), arena));

	text_add(out,
		 "\nextern const struct co_converter %s;\nconst struct co_converter %s = {\n"
		 "\t.api = CO_API,\n\t.name = ",
		 name, name);
	emit_string(arena_printf(arena, "%s to %s", release_of(plan, OLD), release_of(plan, NEW)),
		    out);
	text_puts(out, ",\n");
	emit_kernel(plan, OLD, out);
	emit_kernel(plan, NEW, out);
	text_add(out,
		 "\t.mapping_digest = \"%s\",\n\t.old_digest = \"%s\",\n\t.new_digest = \"%s\",\n",
		 plan->mapping->digest, plan->digest[OLD], plan->digest[NEW]);
	text_add(out, "\t.address_size = %u,\n\t.big_endian = %s,\n",
		 plan->model[OLD]->info.address_size,
		 plan->model[OLD]->info.big_endian ? "true" : "false");
	text_add(out, "\t.types = types,\n\t.n_types = %zu,\n", plan->types.n);
	if (plan->roots.n)
		text_add(out, "\t.roots = roots,\n\t.n_roots = %zu,\n", plan->roots.n);
	if (plan->symbols.n)
		text_add(out, "\t.symbols = symbols,\n\t.n_symbols = %zu,\n", plan->symbols.n);
	if (plan->new_symbols.n)
		text_add(out, "\t.new_symbols = new_symbols,\n\t.n_new_symbols = %zu,\n",
			 plan->new_symbols.n);
	text_add(out,
		 "};\n\nextern const struct co_converter co_converter "
		 "__attribute__((alias(\"%s\")));\n",
		 name);
}

void emit_tables(const struct plan *plan, struct text *out)
{
	struct arena arena;

	arena_init(&arena);
	for (size_t i = 0; i < plan->types.n; i++) {
		emit_by_old(plan->types.at[i], out);
		emit_reads(plan->types.at[i], out);
	}
	text_puts(out, "\nstatic const struct co_type types[] = {\n");
	for (size_t i = 0; i < plan->types.n; i++)
		emit_type(plan->types.at[i], out);
	text_puts(out, "};\n");
	emit_walks(plan, out);
	emit_roots(plan, out);
	emit_symbols("symbols", plan->symbols.at, plan->symbols.n, out);
	emit_symbols("new_symbols", plan->new_symbols.at, plan->new_symbols.n, out);
	emit_the_converter(plan, &arena, out);
	arena_deinit(&arena);
}
