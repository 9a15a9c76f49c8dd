// SPDX-License-Identifier: GPL-2.0-or-later
/* converter.c: the conversions, one line for each operation with the reason why it is there. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "emit.h"

#define DIMENSIONS_MAX 16

/* gcc's own macros in gnu11, which are names of members in a kernel. */
#define OLD_MACROS "#undef linux\n#undef unix\n#undef i386\n"

/* Also where -ffreestanding or a kernel makes calls of them. */
#define IN_PLACE                                                                                   \
	"/* Copies and clears of a constant size are expanded in place. */\n"                      \
	"#undef memcpy\n#define memcpy __builtin_memcpy\n"                                         \
	"#undef memset\n#define memset __builtin_memset\n"

/* What the printing of one conversion needs to know. */
struct body {
	const struct plan *plan;
	const struct plan_type *type;
	struct arena *arena;
	struct text *out;
	bool packed;
	const struct row_span *span; /* the rows of an array that are at hand; NULL: all of them */
};

/* Open loops over the elements of a slot: how each side is subscripted, and how many they are. */
struct loops {
	const char *from, *to;
	size_t n;
};

/* ---- words
 * ------------------------------------------------------------------------------------------ */

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A comment must not end early, and stays on its line. */
static char *comment_safe(char *text)
{
	for (char *at = text; *at; at++) {
		if ((at[0] == '*' && at[1] == '/') || (at[0] == '/' && at[1] == '*'))
			at[1] = ' ';
		if ((unsigned char)*at < ' ')
			*at = ' ';
	}
	return text;
}

const char *reason_text(const struct op *op, struct arena *arena)
{
	char *text;

	if (op->trail)
		text = arena_strdup(arena, op->trail);
	else if (!op->at.file)
		text = arena_printf(arena, "%s%s%s", op->rule, op->why ? ": " : "",
				    op->why ? op->why : "");
	else
		text = arena_printf(arena, "%s:%u %s", base_name(op->at.file), op->at.line,
				    op->why ? op->why : op->rule);
	return comment_safe(text);
}

void emit_string(const char *string, struct text *out)
{
	text_puts(out, "\"");
	for (; *string; string++) {
		unsigned char c = (unsigned char)*string;

		if (c == '"' || c == '\\' || c == '?')
			text_add(out, "\\%c", c);
		else if (c < ' ' || c >= 127)
			text_add(out, "\\%03o", c);
		else
			text_add(out, "%c", c);
	}
	text_puts(out, "\"");
}

const char *name_of_release(const char *release, struct arena *arena)
{
	char *name = arena_strdup(arena, release ? release : "unknown");

	for (char *at = name; *at; at++)
		if (!isalnum((unsigned char)*at))
			*at = '_';
	return name;
}

uint32_t field_row(const struct plan_type *type, uint32_t old_slot)
{
	uint32_t row = (uint32_t)type->slots[NEW].n;

	for (uint32_t i = 0; i < type->slots[NEW].n; i++)
		if (type->ops.at[type->slots[NEW].at[i].op].old == old_slot)
			return i;
	for (uint32_t i = 0; i < type->slots[OLD].n; i++) {
		bool paired = false;

		for (uint32_t k = 0; k < type->slots[NEW].n && !paired; k++)
			paired = type->ops.at[type->slots[NEW].at[k].op].old == i;
		if (i == old_slot)
			return paired ? NO_INDEX : row;
		row += !paired;
	}
	return NO_INDEX;
}

/* ---- one operation
 * ------------------------------------------------------------------------------------ */

static const struct slot *old_of(const struct body *body, const struct op *op)
{
	return &body->type->slots[OLD].at[op->old];
}

static const struct slot *new_of(const struct body *body, const struct op *op)
{
	return &body->type->slots[NEW].at[op->new];
}

static void emit_reason(const struct body *body, const struct op *op)
{
	text_add(body->out, " /* %s */\n", reason_text(op, body->arena));
}

/* The subscript of the old side where the new one's is i0. */
static const char *old_index(const struct body *body)
{
	const struct row_span *span = body->span;

	if (!span || span->old == span->new)
		return "i0";
	if (span->old > span->new)
		return arena_printf(body->arena, "i0 + %" PRIu64, span->old - span->new);
	return arena_printf(body->arena, "i0 - %" PRIu64, span->new - span->old);
}

/* Opens one loop for each dimension of the new slot. */
static struct loops loops_open(const struct body *body, const struct slot *slot)
{
	const struct row_span *span = body->span;
	struct loops loops = {.from = "", .to = ""};
	uint64_t sizes[DIMENSIONS_MAX];

	loops.n = slot_dimensions(body->plan->model[NEW], slot, sizes, DIMENSIONS_MAX);
	for (size_t i = 0; i < loops.n; i++) {
		bool rows = span && !i;

		text_add(body->out, "for (i%zu = %" PRIu64 "; i%zu < %" PRIu64 "; i%zu++)%s\n", i,
			 rows ? span->new : 0, i, rows ? span->new + span->n : sizes[i], i,
			 i + 1 == loops.n ? " {" : "");
		body->out->indent++;
		loops.to = arena_printf(body->arena, "%s[i%zu]", loops.to, i);
		loops.from = i ? arena_printf(body->arena, "%s[i%zu]", loops.from, i)
			       : arena_printf(body->arena, "[%s]", old_index(body));
	}
	return loops;
}

static void loops_close(const struct body *body, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		body->out->indent--;
		if (!i)
			text_puts(body->out, "}\n");
	}
}

/* Elements that move as bytes: all of them, or the rows at hand. */
static void emit_copy(const struct body *body, const struct op *op)
{
	const struct slot *old = old_of(body, op), *new = new_of(body, op);
	const struct row_span *span = body->span;
	uint64_t row = op->rows ? new->bits * op->rows->inner / 8 : 0;

	if (span)
		text_add(body->out,
			 "memcpy((char *)new + %" PRIu64 ", (const char *)old + %" PRIu64
			 ", %" PRIu64 ");",
			 new->bit / 8 + span->new *row, old->bit / 8 + span->old * row,
			 span->n * row);
	else
		text_add(body->out, "memcpy(&new->%s, &old->%s, %" PRIu64 ");", new->c, old->c,
			 new->bits *new->count / 8);
	emit_reason(body, op);
}

static void emit_assign(const struct body *body, const struct op *op)
{
	const struct slot *old = old_of(body, op), *new = new_of(body, op);
	struct loops loops;

	if (op->kind == OP_COPY &&
	    (new->is_array || new->kind == SLOT_BYTES || new->kind == SLOT_FLOAT)) {
		emit_copy(body, op);
		return;
	}
	loops = loops_open(body, new);
	text_add(body->out, "new->%s%s = old->%s%s;", new->c, loops.to, old->c, loops.from);
	emit_reason(body, op);
	loops_close(body, loops.n);
}

/* What wraps a comparison so that no value of either side is cut: 128 bits where one has them. */
static const char *widest_of(const struct slot *old, const struct slot *new)
{
	return old->bits > 64 || new->bits > 64 ? "unsigned __int128" : "uint64_t";
}

static void emit_refusal(const struct body *body, const struct op *op, const struct slot *old,
			 const char *from, const char *to)
{
	const struct slot *new = new_of(body, op);
	const char *wide = widest_of(old, new);

	text_puts(body->out, "if (");
	if (old->is_signed && !new->is_signed)
		text_add(body->out, "%s < 0 || ", from);
	else if (!old->is_signed && new->is_signed)
		text_add(body->out, "%s < 0 || ", to);
	text_add(body->out, "(%s)%s != (%s)%s)\n", wide, to, wide, from);
	text_add(body->out,
		 "\tco_fail(ctx, CO_E_VALUE, \"%s\", (uint64_t)%s, \"does not fit the new "
		 "type\");\n",
		 new->path, from);
	if (!op->n_values)
		return;
	text_add(body->out, "switch ((uint64_t)%s) {\n", to);
	for (size_t i = 0; i < op->n_values; i++)
		text_add(body->out, "case 0x%" PRIx64 "u:\n", op->values[i]);
	text_add(body->out,
		 "\tbreak;\ndefault:\n\tco_fail(ctx, CO_E_VALUE, \"%s\", (uint64_t)%s, "
		 "\"is no enumerator of the new type\");\n}\n",
		 new->path, from);
}

/* Only the comparisons that some value of the old type can meet. */
static void emit_nearest(const struct body *body, const struct op *op, const struct slot *old,
			 const char *from, const char *to)
{
	const struct slot *new = new_of(body, op);
	const char *wide = old->is_signed ? "int64_t" : "uint64_t";
	uint64_t highest = UINT64_MAX >> (64 - (old->bits - old->is_signed));

	if (highest > op->high)
		text_add(body->out, "if ((%s)%s > 0x%" PRIx64 ")\n\t%s = 0x%" PRIx64 ";\n", wide,
			 from, op->high, to, op->high);
	if (old->is_signed && (!new->is_signed || new->bits < old->bits))
		text_add(body->out, "if ((int64_t)%s < %" PRId64 ")\n\t%s = %" PRId64 ";\n", from,
			 op->low, to, op->low);
}

static void emit_narrow(const struct body *body, const struct op *op)
{
	const struct slot *old = old_of(body, op), *new = new_of(body, op);
	struct loops loops = loops_open(body, new);
	const char *from = arena_printf(body->arena, "old->%s%s", old->c, loops.from);
	const char *to = arena_printf(body->arena, "new->%s%s", new->c, loops.to);

	text_add(body->out, "%s = (", to);
	emit_slot_type(body->plan, new, NEW, body->out);
	text_add(body->out, ")%s;", from);
	emit_reason(body, op);
	if (op->saturates)
		emit_nearest(body, op, old, from, to);
	else
		emit_refusal(body, op, old, from, to);
	loops_close(body, loops.n);
}

static void emit_enum(const struct body *body, const struct op *op)
{
	const struct slot *old = old_of(body, op), *new = new_of(body, op);
	struct text *out = body->out;
	struct loops loops = loops_open(body, new);

	text_add(out, "switch ((uint64_t)old->%s%s) {", old->c, loops.from);
	emit_reason(body, op);
	for (size_t i = 0; i < op->n_names; i++) {
		const struct enum_value *value = &op->names[i];

		text_add(out, "case 0x%" PRIx64 "u: /* %s */\n\tnew->%s%s = (", value->old,
			 value->name, new->c, loops.to);
		emit_slot_type(body->plan, new, NEW, out);
		text_add(out, ")0x%" PRIx64 "u;\n", value->new);
		if (!value->crosses)
			text_add(out,
				 "\tco_fail(ctx, CO_E_VALUE, \"%s\", 0x%" PRIx64
				 "u, \"%s is no enumerator of %s\");\n",
				 new->path, value->old, value->name,
				 value->gone ? value->gone : "the new type");
		text_puts(out, "\tbreak;\n");
	}
	text_add(out,
		 "default:\n\tnew->%s%s = 0;\n\tco_fail(ctx, CO_E_VALUE, \"%s\", "
		 "(uint64_t)old->%s%s, \"is no enumerator of the old type\");\n}\n",
		 new->c, loops.to, new->path, old->c, loops.from);
	loops_close(body, loops.n);
}

static void emit_flag_word(const struct body *body, const struct op *op)
{
	struct loops loops = loops_open(body, new_of(body, op));

	emit_flags(body->plan, new_of(body, op), op,
		   arena_printf(body->arena, "old->%s%s", old_of(body, op)->c, loops.from),
		   arena_printf(body->arena, "new->%s%s", new_of(body, op)->c, loops.to),
		   reason_text(op, body->arena), body->out);
	loops_close(body, loops.n);
}

static void emit_number(const struct body *body, const struct op *op)
{
	struct loops loops;

	text_add(body->out, "/* %s */\n", reason_text(op, body->arena));
	loops = loops_open(body, new_of(body, op));
	emit_steps(body->plan, body->type, op, loops.from, loops.to, body->out);
	loops_close(body, loops.n);
}

static bool is_literal(const char *code)
{
	size_t n = strspn(code, "-0123456789abcdefxABCDEFXuUlL");

	return n && !code[n] && (isdigit((unsigned char)*code) || *code == '-');
}

/* A line of C that a human wrote: the compiler's complaints about it point into the mapping. */
static void emit_line(const struct body *body, const struct op *op, const char *target)
{
	unsigned int indent = body->out->indent;

	body->out->indent = 0;
	text_add(body->out, "#line %u \"%s\"\n", op->code_at.line, base_name(op->code_at.file));
	text_add(body->out, "\t%s = (%s);\n", target, op->code);
	text_add(body->out, "#line %zu \"converter.c\"\n", text_line(body->out) + 1);
	body->out->indent = indent;
}

/* A value that the member may not hold is looked at in C's own type of the expression. */
static void emit_checked(const struct body *body, const struct op *op)
{
	struct slot value = {.bits = op->code_bits, .is_signed = op->code_signed};
	const char *target = arena_printf(body->arena, "new->%s", new_of(body, op)->c);
	const char *sign = op->code_signed ? "" : "u";

	text_puts(body->out, "{\n");
	body->out->indent++;
	if (op->code_bits > 64)
		text_add(body->out, "%s __int128 value;\n", *sign ? "unsigned" : "signed");
	else
		text_add(body->out, "%sint%u_t value;\n", sign, op->code_bits);
	emit_line(body, op, "value");
	text_add(body->out, "%s = (", target);
	emit_slot_type(body->plan, new_of(body, op), NEW, body->out);
	text_puts(body->out, ")value;\n");
	if (op->saturates)
		emit_nearest(body, op, &value, "value", target);
	else
		emit_refusal(body, op, &value, "value", target);
	body->out->indent--;
	text_puts(body->out, "}\n");
}

static void emit_code(const struct body *body, const struct op *op)
{
	const struct slot *new = new_of(body, op);

	if (is_literal(op->code)) {
		text_add(body->out, "new->%s = %s;", new->c, op->code);
		emit_reason(body, op);
		return;
	}
	text_add(body->out, "/* %s */\n", reason_text(op, body->arena));
	if (op->code_bits)
		emit_checked(body, op);
	else
		emit_line(body, op, arena_printf(body->arena, "new->%s", new->c));
}

/* By its offset: where something around it is packed, the address of a member is not to be taken.
 */
static const char *nested_address(const struct body *body, const struct slot *slot, enum side side,
				  const char *subscripts)
{
	uint64_t sizes[DIMENSIONS_MAX];
	const char *word = side == OLD ? "old" : "new", *index = NULL;
	size_t n;

	if (!body->packed && !strchr(slot->c, '.'))
		return arena_printf(body->arena, "&%s->%s%s", word, slot->c, subscripts);
	n = slot_dimensions(body->plan->model[side], slot, sizes, DIMENSIONS_MAX);
	for (size_t i = 0; i < n; i++)
		index = index ? arena_printf(body->arena, "(%s * %" PRIu64 " + i%zu)", index,
					     sizes[i], i)
			      : arena_printf(body->arena, "(%s)",
					     side == OLD ? old_index(body) : "i0");
	return arena_printf(body->arena, "(%svoid *)((%schar *)%s + %" PRIu64 "%s%s%s)",
			    side == OLD ? "const " : "", side == OLD ? "const " : "", word,
			    slot->bit / 8, index ? " + " : "", index ? index : "",
			    index ? arena_printf(body->arena, " * %" PRIu64, slot->bits / 8) : "");
}

/* Calls VERB_T() for every element. */
static void emit_call(const struct body *body, const struct op *op, const char *verb)
{
	const struct slot *old = old_of(body, op), *new = new_of(body, op);
	const struct plan_type *nested = body->plan->types.at[op->nested];
	struct loops loops;

	loops = loops_open(body, new);
	text_add(body->out, "%s_%s(ctx, %s, %s);", verb, nested->cname,
		 nested_address(body, old, OLD, loops.from),
		 nested_address(body, new, NEW, loops.to));
	emit_reason(body, op);
	loops_close(body, loops.n);
}

static void emit_nested(const struct body *body, const struct op *op)
{
	const struct plan_type *nested = body->plan->types.at[op->nested];

	if (nested->plain) {
		emit_copy(body, op);
		return;
	}
	emit_call(body, op, op->run ? "mend" : "convert");
}

static void emit_pointer(const struct body *body, const struct op *op, bool reason)
{
	const struct slot *old = old_of(body, op), *new = new_of(body, op);
	struct loops loops = loops_open(body, new);

	text_add(body->out, "new->%s%s = co_pointer(ctx, &fields_%s[%u], old->%s%s);", new->c,
		 loops.to, body->type->cname, op->new, old->c, loops.from);
	if (reason)
		emit_reason(body, op);
	else
		text_puts(body->out, "\n");
	loops_close(body, loops.n);
}

static void emit_empty(const struct body *body, const struct op *op)
{
	const struct slot *new = new_of(body, op);

	if (new->link_path &&*new->link_path)
		text_add(body->out, "new->%s = co_self(ctx, &new->%s);", new->c, new->link_path);
	else
		text_add(body->out, "new->%s = co_self(ctx, new);", new->c);
	emit_reason(body, op);
}

/* Calls VERB_T() for element i0 of a tail. */
static void emit_element(const struct body *body, const struct op *op, const char *verb)
{
	const struct slot *old = old_of(body, op), *new = new_of(body, op);

	text_add(body->out,
		 "\t%s_%s(ctx, (const void *)((const char *)old + %" PRIu64 " + i0 * %" PRIu64
		 "),\n",
		 verb, body->plan->types.at[op->nested]->cname, old->bit / 8, old->bits / 8);
	text_add(body->out, "\t\t(void *)((char *)new + %" PRIu64 " + i0 * %" PRIu64 "));\n",
		 new->bit / 8, new->bits / 8);
}

/* How many elements the old tail has, in C. */
static const char *tail_count(const struct body *body, const struct op *op, const struct slot *old)
{
	const char *member = body->type->slots[OLD].at[op->count_slot].c;

	if (!op->by_extent)
		return arena_printf(body->arena, "old->%s", member);
	return arena_printf(body->arena, "co_tail_room(old->%s, %" PRIu64 ", %" PRIu64 ")", member,
			    old->bit / 8, old->bits / 8);
}

static void emit_tail(const struct body *body, const struct op *op)
{
	const struct slot *old = old_of(body, op), *new = new_of(body, op);
	uint64_t old_size = old->bits / 8, new_size = new->bits / 8;
	const char *count = tail_count(body, op, old);

	if (new->is_flexible)
		text_add(body->out,
			 "if (ctx->new_size > %" PRIu64 ")\n\tmemset((char *)new + %" PRIu64
			 ", 0, ctx->new_size - %" PRIu64 ");\n",
			 new->bit / 8, new->bit / 8, new->bit / 8);
	if (op->bound)
		text_add(body->out,
			 "if ((uint64_t)%s > %" PRIu64 ")\n\tco_fail(ctx, CO_E_VALUE, "
			 "\"%s\", (uint64_t)%s, \"more elements than the array has\");\n"
			 "else ",
			 count, op->bound, new->path, count);
	text_add(body->out,
		 "if (co_tail_fits(ctx, \"%s\", %s, %" PRIu64 ", %" PRIu64 ", %" PRIu64
		 ", %" PRIu64 ")) {",
		 new->path, count, old->bit / 8, old_size, new->bit / 8, new_size);
	emit_reason(body, op);
	body->out->indent++;
	if (op->nested == NO_INDEX || body->plan->types.at[op->nested]->plain) {
		text_add(body->out,
			 "memcpy((char *)new + %" PRIu64 ", (const char *)old + %" PRIu64
			 ", (size_t)%s * %" PRIu64 ");\n",
			 new->bit / 8, old->bit / 8, count, new_size);
	} else {
		const struct plan_type *nested = body->plan->types.at[op->nested];

		text_add(body->out, "for (i0 = 0; i0 < (size_t)%s; i0++) {\n", count);
		emit_element(body, op, "convert");
		if (nested->moves_pointers) {
			text_puts(body->out, "\tif (ctx->pointers != CO_POINTERS_KEEP)\n\t");
			emit_element(body, op, "translate");
		}
		text_puts(body->out, "}\n");
	}
	body->out->indent--;
	text_puts(body->out, "}\n");
}

static void emit_value(const struct body *body, const struct op *op)
{
	switch (op->kind) {
	case OP_COPY:
	case OP_WIDEN:
		emit_assign(body, op);
		break;
	case OP_NARROW:
		emit_narrow(body, op);
		break;
	case OP_ENUM:
		emit_enum(body, op);
		break;
	case OP_FLAGS:
		emit_flag_word(body, op);
		break;
	case OP_BITS:
		emit_bits(body->plan, body->type, op, reason_text(op, body->arena), body->arena,
			  body->out);
		break;
	case OP_PICK:
		emit_pick(body->plan, body->type, op, reason_text(op, body->arena), body->arena,
			  body->out);
		break;
	case OP_STEPS:
		emit_number(body, op);
		break;
	case OP_INIT:
	case OP_EXPR:
		emit_code(body, op);
		break;
	case OP_NESTED:
		emit_nested(body, op);
		break;
	case OP_POINTER:
		emit_pointer(body, op, true);
		break;
	case OP_EMPTY:
		emit_empty(body, op);
		break;
	case OP_ARM:
		emit_arms(body->plan, body->type, op, body->arena, body->out);
		break;
	case OP_TAIL:
		emit_tail(body, op);
		break;
	case OP_ZERO:
		if (op->way != CO_WAY_REST)
			text_add(body->out, "/* new->%s stays zero: %s */\n",
				 new_of(body, op)->path, reason_text(op, body->arena));
		break;
	case OP_HOOK: /* called once, at the end */
	case OP_DROP:
	case OP_CHECK:
		break;
	}
}

/* PRINT for all of OP, or for each span of its rows. */
static void emit_spans(const struct body *body, const struct op *op,
		       void (*print)(const struct body *body, const struct op *op))
{
	struct body rows = *body;

	if (!op->rows)
		print(body, op);
	for (size_t i = 0; op->rows && i < op->rows->n_spans; i++) {
		rows.span = &op->rows->spans[i];
		print(&rows, op);
	}
}

static void emit_op(const struct body *body, const struct op *op)
{
	emit_spans(body, op, emit_value);
	if (op->rows)
		emit_row_checks(body->type, op, body->out);
}

/* ---- pieces: one copy or clear each, and what mends them
 * ----------------------------------------------- */

static bool needs_mending(const struct body *body, const struct op *op)
{
	return op->run && op->kind == OP_NESTED && body->plan->types.at[op->nested]->mends;
}

static void emit_piece(const struct body *body, const struct piece *piece)
{
	if (piece->clears) {
		text_add(body->out, "memset((char *)new + %" PRIu64 ", 0, %" PRIu64 ");\n",
			 piece->new_byte, piece->bytes);
		return;
	}
	text_puts(body->out, "/*\n");
	for (uint32_t i = piece->first; i <= piece->last; i++) {
		const struct op *op = &body->type->ops.at[i];

		if (op->run && piece_moves(body->type, piece, op))
			text_add(body->out, " * %s: %s\n", new_of(body, op)->path,
				 reason_text(op, body->arena));
	}
	text_puts(body->out, " */\n");
	text_add(body->out,
		 "memcpy((char *)new + %" PRIu64 ", (const char *)old + %" PRIu64 ", %" PRIu64
		 ");\n",
		 piece->new_byte, piece->old_byte, piece->bytes);
}

/* True when the pointers in what OP moved are still those of the old kernel. */
static bool needs_translation(const struct body *body, const struct op *op)
{
	return (op->run && op->kind == OP_POINTER) ||
	       (op->kind == OP_NESTED && body->plan->types.at[op->nested]->moves_pointers) ||
	       arms_move_pointers(body->plan, op);
}

/* ---- one type
 * -------------------------------------------------------------------------------------------- */

static size_t deeper(const struct body *body, const struct op *op, size_t deepest)
{
	uint64_t sizes[DIMENSIONS_MAX];
	size_t n = slot_dimensions(body->plan->model[NEW], new_of(body, op), sizes, DIMENSIONS_MAX);

	return n > deepest ? n : deepest;
}

static size_t loop_depth(const struct body *body)
{
	size_t deepest = 0;

	for (size_t i = 0; i < body->type->ops.n; i++) {
		const struct op *op = &body->type->ops.at[i];

		if (op->new == NO_INDEX || op->kind == OP_ZERO || op->kind == OP_HOOK)
			continue;
		if (op->kind == OP_COPY)
			continue;
		if (op->nested != NO_INDEX && op->kind != OP_POINTER &&
		    body->plan->types.at[op->nested]->plain)
			continue;
		if (op->kind == OP_TAIL && op->nested == NO_INDEX)
			continue;
		if (op->run && !needs_mending(body, op))
			continue;
		deepest = deeper(body, op, deepest);
	}
	return deepest;
}

static void emit_hooks(const struct body *body)
{
	for (size_t i = 0; i < body->type->hooks.n; i++) {
		const struct function_use *use = &body->type->hooks.at[i];

		text_add(body->out, "if (%s(ctx, old, new)) /* %s:%u */\n", use->name,
			 base_name(use->at.file), use->at.line);
		text_add(body->out, "\tco_fail(ctx, CO_E_HOOK, \"%s\", 0, \"%s refused\");\n",
			 use->path, use->name);
	}
}

static void emit_ops(const struct body *body)
{
	for (uint32_t i = 0; i < body->type->ops.n; i++) {
		const struct op *op = &body->type->ops.at[i];

		if (op->kind == OP_CHECK)
			emit_check(body->plan, body->type, op, reason_text(op, body->arena),
				   body->arena, body->out);
		else if (op->new != NO_INDEX && (!op->run || needs_mending(body, op)))
			emit_op(body, op);
	}
}

/* From the piece FIRST on, all that there is. */
static void emit_body(const struct body *body, size_t first)
{
	for (size_t i = first; i < body->type->pieces.n; i++)
		emit_piece(body, &body->type->pieces.at[i]);
	emit_ops(body);
	emit_hooks(body);
}

static bool op_uses_old(const struct op *op)
{
	switch (op->kind) {
	case OP_INIT:
	case OP_EMPTY:
	case OP_ZERO:
	case OP_DROP:
		return false;
	case OP_EXPR:
	case OP_STEPS:
	case OP_CHECK:
		return !op->code || strstr(op->code, "old->");
	default:
		return true;
	}
}

/* Whether anything but the copies of the pieces reads the old object. */
static bool uses_old(const struct body *body)
{
	for (size_t i = 0; i < body->type->ops.n; i++) {
		const struct op *op = &body->type->ops.at[i];

		if (op->run ? needs_mending(body, op) : op_uses_old(op))
			return true;
	}
	return false;
}

/* Whether anything but the first piece writes into the new object: a tail that stays behind does not. */
static bool mending_writes(const struct body *body)
{
	if (body->type->pieces.n > 1 || body->type->hooks.n)
		return true;
	for (size_t i = 0; i < body->type->ops.n; i++) {
		const struct op *op = &body->type->ops.at[i];

		if (op->run ? needs_mending(body, op) : op->new != NO_INDEX && op->kind != OP_ZERO)
			return true;
	}
	return false;
}

static void emit_start(const struct body *body, const char *result, const char *verb)
{
	text_add(body->out, "%s %s_%s(struct co_ctx *ctx, const struct old_%s *old,\n", result,
		 verb, body->type->cname, body->type->cname);
	text_add(body->out, "\t\tstruct new_%s *new)\n{\n", body->type->cname);
	body->out->indent++;
}

static void emit_end(const struct body *body)
{
	body->out->indent--;
	text_puts(body->out, "}\n");
}

static void emit_loops(const struct body *body, size_t loops)
{
	for (size_t i = 0; i < loops; i++)
		text_add(body->out, "size_t i%zu;\n", i);
	if (loops)
		text_puts(body->out, "\n");
}

static void emit_moved(const struct body *body, const struct op *op)
{
	if (op->kind == OP_POINTER)
		emit_pointer(body, op, false);
	else if (op->kind == OP_ARM)
		emit_arms_translation(body->plan, body->type, op, body->out);
	else
		emit_call(body, op, "translate");
}

/* The pointers among what was copied, here and in what is nested, when all else is done. */
static void emit_translation(const struct body *body)
{
	const struct plan_type *type = body->type;
	size_t loops = 0;

	for (size_t i = 0; i < type->ops.n; i++)
		if (needs_translation(body, &type->ops.at[i]))
			loops = deeper(body, &type->ops.at[i], loops);
	emit_start(body, "static int", "translate");
	emit_loops(body, loops);
	for (size_t i = 0; i < type->ops.n; i++) {
		const struct op *op = &type->ops.at[i];

		if (needs_translation(body, op))
			emit_spans(body, op, emit_moved);
	}
	text_puts(body->out, "return co_status(ctx);\n");
	emit_end(body);
	text_puts(body->out, "\n");
}

/* What is left to do where all bytes of the object were copied already, alone or with others. */
static void emit_mending(const struct body *body)
{
	emit_start(body, "static inline void", "mend");
	emit_loops(body, loop_depth(body));
	text_puts(body->out, "(void)ctx;\n");
	if (!uses_old(body))
		text_puts(body->out, "(void)old;\n");
	if (!mending_writes(body))
		text_puts(body->out, "(void)new;\n");
	emit_body(body, 1);
	emit_end(body);
	text_puts(body->out, "\n");
}

static void emit_whole(const struct body *body)
{
	emit_start(body, "static int", "convert");
	if (body->type->plain)
		text_puts(body->out,
			  "/* nothing differs: every member moves to its own place */\n");
	else
		emit_piece(body, &body->type->pieces.at[0]);
	if (body->type->plain)
		text_add(body->out, "memcpy(new, old, %" PRIu64 ");\n", body->type->size[NEW]);
	else if (body->type->mends)
		text_add(body->out, "mend_%s(ctx, old, new);\n", body->type->cname);
	text_puts(body->out, "return co_status(ctx);\n");
	emit_end(body);
}

static bool copies(const struct plan_type *type)
{
	for (size_t i = 0; i < type->pieces.n; i++)
		if (!type->pieces.at[i].clears)
			return true;
	return false;
}

static void emit_conversion(const struct body *body)
{
	emit_arm_choices(body->plan, body->type, body->out);
	text_add(body->out, "\n/* %s */\n",
		 body->type->is_part ? body->type->part_name : body->type->label);
	if (body->type->moves_pointers)
		emit_translation(body);
	if (body->type->whole) {
		if (body->type->mends)
			emit_mending(body);
		emit_whole(body);
		return;
	}
	emit_start(body, "static int", "convert");
	emit_loops(body, loop_depth(body));
	if (!copies(body->type) && !uses_old(body))
		text_puts(body->out, "(void)old;\n");
	if (body->type->is_part)
		text_puts(body->out, "(void)new;\n");
	emit_body(body, 0);
	text_puts(body->out, "return co_status(ctx);\n");
	emit_end(body);
}

/* ---- what the type table points to
 * ---------------------------------------------------------------------- */

static void emit_phase(const struct plan_type *type, const struct function_list *list,
		       const char *phase, bool is_capture, struct text *out)
{
	if (!list->n)
		return;
	text_add(out, "\nstatic int %s_%s(struct co_ctx *ctx, %svoid *object)\n{\n", phase,
		 type->cname, is_capture ? "const " : "");
	text_add(out, "\t%sstruct %s%s *%s = object;\n\n", is_capture ? "const " : "",
		 is_capture ? "old_" : "new_", type->cname, is_capture ? "old" : "new");
	for (size_t i = 0; i < list->n; i++) {
		const struct function_use *use = &list->at[i];

		text_add(out, "\tif (%s(ctx, %s)) /* %s:%u */\n", use->name,
			 is_capture ? "old" : "new", base_name(use->at.file), use->at.line);
		text_add(out, "\t\tco_fail(ctx, CO_E_HOOK, \"%s\", 0, \"%s refused\");\n",
			 use->path, use->name);
	}
	text_puts(out, "\treturn co_status(ctx);\n}\n");
}

/* What the object says of its own size holds all that is read of it. */
static void emit_extent(const struct plan_type *type, struct text *out)
{
	const struct slot *slot = &type->slots[OLD].at[type->extent_slot];
	const struct byte_range *last = type->reads.n ? &type->reads.at[type->reads.n - 1] : NULL;
	const struct op *tail = NULL;

	if (!type->extent_by)
		return;
	for (size_t i = 0; i < type->ops.n; i++)
		if (type->ops.at[i].kind == OP_TAIL && !type->ops.at[i].by_extent &&
		    type->slots[OLD].at[type->ops.at[i].old].is_flexible)
			tail = &type->ops.at[i];
	text_add(out,
		 "\tconst struct old_%s *old = old_;\n\tint error;\n\n"
		 "\tif (!co_extent_holds(ctx, \"%s\", (uint64_t)old->%s, %" PRIu64 ", ",
		 type->cname, slot->path, slot->c, last ? last->byte + last->bytes : 0);
	if (tail)
		text_add(out, "(uint64_t)old->%s, %" PRIu64 ", %" PRIu64 "))",
			 type->slots[OLD].at[tail->count_slot].c,
			 type->slots[OLD].at[tail->old].bit / 8,
			 type->slots[OLD].at[tail->old].bits / 8);
	else
		text_puts(out, "0, 0, 1))");
	text_add(out, " /* %s:%u */\n\t\treturn co_finish(ctx, co_status(ctx));\n",
		 base_name(type->extent_by->at.file), type->extent_by->at.line);
}

/* Translating is out of line, so that who keeps pointers saves no registers for it. */
static void emit_entry(const struct plan_type *type, struct text *out)
{
	static const char parameters[] = "(struct co_ctx *ctx, const void *old_, void *new_)";

	if (type->moves_pointers)
		text_add(out,
			 "\nstatic __attribute__((__noinline__)) int finish_%s%s\n{\n"
			 "\treturn co_finish(ctx, translate_%s(ctx, old_, new_));\n}\n",
			 type->cname, parameters, type->cname);
	text_add(out, "\nstatic int enter_%s%s\n{\n", type->cname, parameters);
	emit_extent(type, out);
	text_add(out, "\t%sconvert_%s(ctx, old_, new_);\n\n",
		 type->extent_by ? "error = " : "int error = ", type->cname);
	if (type->moves_pointers)
		text_add(out,
			 "\tif (ctx->pointers != CO_POINTERS_KEEP)\n"
			 "\t\treturn finish_%s(ctx, old_, new_);\n",
			 type->cname);
	text_puts(out, "\treturn co_finish(ctx, error);\n}\n");
	emit_phase(type, &type->captures, "capture", true, out);
	emit_phase(type, &type->restores, "restore", false, out);
}

void emit_conversions(const struct plan *plan, struct text *out)
{
	struct arena arena;

	arena_init(&arena);
	for (size_t i = 0; i < plan->types.n; i++) {
		struct body body = {
			.plan = plan, .type = plan->types.at[i], .arena = &arena, .out = out};

		body.packed = layout_is_packed(plan, body.type, OLD) ||
			      layout_is_packed(plan, body.type, NEW);
		emit_conversion(&body);
		if (!body.type->is_part)
			emit_entry(body.type, out);
	}
	arena_deinit(&arena);
}

void emit_prototypes(const struct plan *plan, struct text *out)
{
	for (size_t i = 0; i < plan->types.n; i++) {
		const struct plan_type *type = plan->types.at[i];

		for (size_t k = 0; k < type->hooks.n; k++)
			text_add(out,
				 "int %s(struct co_ctx *ctx, const struct old_%s *old, struct "
				 "new_%s *new);\n",
				 type->hooks.at[k].name, type->cname, type->cname);
		for (size_t k = 0; k < type->captures.n; k++)
			text_add(out, "int %s(struct co_ctx *ctx, const struct old_%s *old);\n",
				 type->captures.at[k].name, type->cname);
		for (size_t k = 0; k < type->restores.n; k++)
			text_add(out, "int %s(struct co_ctx *ctx, struct new_%s *new);\n",
				 type->restores.at[k].name, type->cname);
	}
}

static void emit_heading(const struct plan *plan, const char *what, struct text *out)
{
	const struct mapping *mapping = plan->mapping;

	text_puts(out, "/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */\n");
	text_add(out,
		 "/*\n * %s of the converter %s to %s.\n * Generated by carryover gen from %s "
		 "(%s): edit that instead.\n */\n",
		 what, mapping->from_release.text ? mapping->from_release.text : "old",
		 mapping->to_release.text ? mapping->to_release.text : "new",
		 plan->sources ? plan->sources : base_name(mapping->file), mapping->digest);
}

static bool has_word(const char *path, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = strstr(path, word); at; at = strstr(at + 1, word))
		if ((at == path || at[-1] == '.') && (!at[n] || at[n] == '.'))
			return true;
	return false;
}

/* Where a member is called bool, which is a type in a kernel and a macro elsewhere. */
static void emit_bool(const struct plan *plan, struct text *out)
{
	for (size_t i = 0; i < plan->types.n; i++)
		for (int side = OLD; side <= NEW; side++)
			for (size_t k = 0; k < plan->types.at[i]->slots[side].n; k++)
				if (has_word(plan->types.at[i]->slots[side].at[k].path, "bool")) {
					text_puts(out, "#undef bool\n");
					return;
				}
}

void emit_converter(const struct plan *plan, struct text *out)
{
	emit_heading(plan, "The conversions and tables", out);
	text_puts(out, "#include \"carryover.h\"\n" OLD_MACROS IN_PLACE);
	emit_bool(plan, out);
	emit_layouts(plan, out);
	if (plan->has_hooks) {
		text_puts(out, "\n/* hooks.c */\n");
		emit_prototypes(plan, out);
	}
	emit_fields(plan, out);
	emit_conversions(plan, out);
	emit_tables(plan, out);
}

void emit_layout_header(const struct plan *plan, struct text *out)
{
	emit_heading(plan, "The layouts on both sides", out);
	text_puts(out, "#ifndef CO_LAYOUT_H\n#define CO_LAYOUT_H\n\n#include "
		       "\"carryover.h\"\n" OLD_MACROS);
	emit_bool(plan, out);
	emit_layouts(plan, out);
	if (plan->has_hooks)
		text_puts(out, "\n");
	emit_prototypes(plan, out);
	text_puts(out, "\n#endif\n");
}
