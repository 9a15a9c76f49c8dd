// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A number that goes through the types of several releases. It is held in one wide unsigned
 * variable, its sign extended; each step leaves in it what the member of that release would give.
 */
#include <inttypes.h>
#include <string.h>

#include "emit.h"

#define DIMENSIONS_MAX 16

struct walker {
	const struct plan *plan;
	const struct op *op;
	const char *path; /* of the member, in messages */
	struct text *out;
	bool wide; /* 128 bits */
};

size_t text_line(const struct text *out)
{
	size_t lines = 1;

	for (size_t i = 0; i < out->n; i++)
		lines += out->at[i] == '\n';
	return lines;
}

static const char *unsigned_of(const struct walker *walker)
{
	return walker->wide ? "unsigned __int128" : "uint64_t";
}

static const char *signed_of(const struct walker *walker)
{
	return walker->wide ? "__int128" : "int64_t";
}

static void emit_failure(const struct walker *walker, const char *says, const char *in)
{
	text_add(walker->out, "\tco_fail(ctx, CO_E_VALUE, \"%s\", (uint64_t)was, ", walker->path);
	text_puts(walker->out, "\"");
	text_add(walker->out, says, in);
	text_puts(walker->out, "\");\n");
}

/* `now` becomes what a member of TYPE holds of it. */
static void emit_conversion(const struct walker *walker, const struct number_type *type)
{
	uint64_t width = walker->wide ? 128 : 64;

	if (type->is_bool)
		text_puts(walker->out, "now = now != 0;\n");
	else if (type->bits < width && type->is_signed)
		text_add(walker->out, "now = (%s)((%s)(now << %" PRIu64 ") >> %" PRIu64 ");\n",
			 unsigned_of(walker), signed_of(walker), width - type->bits,
			 width - type->bits);
	else if (type->bits < width)
		text_add(walker->out, "now &= ((%s)1 << %" PRIu64 ") - 1;\n", unsigned_of(walker),
			 type->bits);
}

static void emit_nearest(const struct walker *walker, const struct number_type *from,
			 const struct number_step *step)
{
	uint64_t highest = UINT64_MAX >> (64 - (from->bits - from->is_signed));
	int64_t lowest = from->is_signed ? -(int64_t)highest - 1 : 0;
	const char *word = from->is_signed ? signed_of(walker) : unsigned_of(walker);

	if (highest > step->high)
		text_add(walker->out, "if ((%s)now > 0x%" PRIx64 ")\n\tnow = 0x%" PRIx64 ";\n",
			 word, step->high, step->high);
	if (!from->is_signed || step->low <= lowest)
		return;
	if (!step->low)
		text_add(walker->out, "if ((%s)now < 0)\n\tnow = 0;\n", word);
	else
		text_add(walker->out,
			 "if ((%s)now < -%" PRId64 " - 1)\n\tnow = (%s)(-%" PRId64 " - 1);\n", word,
			 -(step->low + 1), unsigned_of(walker), -(step->low + 1));
}

static void emit_fitting(const struct walker *walker, const struct number_type *from,
			 const struct number_step *step)
{
	text_puts(walker->out, "was = now;\n");
	emit_conversion(walker, &step->to);
	text_puts(walker->out, "if (");
	if (from->is_signed != step->to.is_signed)
		text_add(walker->out, "(%s)%s < 0 || ", signed_of(walker),
			 from->is_signed ? "was" : "now");
	text_puts(walker->out, "now != was)\n");
	emit_failure(walker, "does not fit %s", step->in);
	if (!step->n_values)
		return;
	text_puts(walker->out, "switch ((uint64_t)now) {\n");
	for (size_t i = 0; i < step->n_values; i++)
		text_add(walker->out, "case 0x%" PRIx64 "u:\n", step->values[i]);
	text_puts(walker->out, "\tbreak;\ndefault:\n");
	emit_failure(walker, "is no enumerator of %s", step->in);
	text_puts(walker->out, "}\n");
}

static void emit_names(const struct walker *walker, const struct number_step *step)
{
	text_puts(walker->out, "was = now;\nswitch ((uint64_t)was) {\n");
	for (size_t i = 0; i < step->n_names; i++) {
		const struct enum_value *value = &step->names[i];

		text_add(walker->out,
			 "case 0x%" PRIx64 "u: /* %s */\n\tnow = (%s)0x%" PRIx64 "u;\n", value->old,
			 value->name, unsigned_of(walker), value->new);
		if (!value->crosses)
			text_add(walker->out,
				 "\tco_fail(ctx, CO_E_VALUE, \"%s\", (uint64_t)was, \"%s is no "
				 "enumerator of %s\");\n",
				 walker->path, value->name, value->gone ? value->gone : step->in);
		text_puts(walker->out, "\tbreak;\n");
	}
	text_puts(walker->out, "default:\n\tnow = 0;\n");
	emit_failure(walker, "has no name that %s could have", step->in);
	text_puts(walker->out, "}\n");
	emit_conversion(walker, &step->to);
}

static void emit_step(const struct walker *walker, const struct number_type *from,
		      const struct number_step *step)
{
	if (step->kind == OP_ENUM) {
		emit_names(walker, step);
	} else if (step->kind == OP_NARROW && !step->saturates) {
		emit_fitting(walker, from, step);
	} else {
		if (step->kind == OP_NARROW)
			emit_nearest(walker, from, step);
		emit_conversion(walker, &step->to);
	}
}

/* The C type that holds all of TYPE: a bitfield's extra bits are cut by its step. */
static const char *holder_of(const struct number_type *type)
{
	static const char *const words[2][5] = {
		{"uint8_t", "uint16_t", "uint32_t", "uint64_t", "unsigned __int128"},
		{"int8_t", "int16_t", "int32_t", "int64_t", "__int128"},
	};
	unsigned int i = 0;

	while (i < 4 && (8u << i) < type->bits)
		i++;
	return type->is_bool ? "_Bool" : words[type->is_signed][i];
}

static bool needs_was(const struct op *op)
{
	for (size_t i = 0; i < op->n_steps; i++)
		if (op->steps[i].kind == OP_ENUM ||
		    (op->steps[i].kind == OP_NARROW && !op->steps[i].saturates))
			return true;
	return false;
}

static void emit_start(const struct walker *walker, const struct plan_type *type,
		       const char *subscripts)
{
	const struct op *op = walker->op;
	struct text *out = walker->out;
	unsigned int indent = out->indent;

	text_add(out, "%s now%s;\n\n", unsigned_of(walker), needs_was(op) ? ", was" : "");
	if (!op->code) {
		text_add(out, "now = (%s)old->%s%s;\n", unsigned_of(walker),
			 type->slots[OLD].at[op->old].c, subscripts);
		return;
	}
	out->indent = 0;
	text_add(out, "#line %u \"%s\"\n", op->code_at.line, base_name(op->code_at.file));
	text_add(out, "\tnow = (%s)(%s)(%s);\n", unsigned_of(walker), holder_of(&op->steps[0].to),
		 op->code);
	text_add(out, "#line %zu \"converter.c\"\n", text_line(out) + 1);
	out->indent = indent;
}

static bool is_wide(const struct plan_type *type, const struct op *op)
{
	if ((!op->code && type->slots[OLD].at[op->old].bits > 64) ||
	    (op->new != NO_INDEX && type->slots[NEW].at[op->new].bits > 64))
		return true;
	for (size_t i = 0; i < op->n_steps; i++)
		if (op->steps[i].to.bits > 64)
			return true;
	return false;
}

/* All steps, in a block that is left open. */
static void emit_walk(struct walker *walker, const struct plan_type *type, const char *subscripts)
{
	const struct op *op = walker->op;
	struct number_type from = {0};

	walker->wide = is_wide(type, op);
	text_puts(walker->out, "{\n");
	walker->out->indent++;
	emit_start(walker, type, subscripts);
	if (!op->code)
		from = (struct number_type){.bits = type->slots[OLD].at[op->old].bits,
					    .is_signed = type->slots[OLD].at[op->old].is_signed};
	for (size_t i = 0; i < op->n_steps; i++) {
		emit_step(walker, &from, &op->steps[i]);
		from = op->steps[i].to;
	}
}

static void emit_close(struct text *out)
{
	out->indent--;
	text_puts(out, "}\n");
}

void emit_steps(const struct plan *plan, const struct plan_type *type, const struct op *op,
		const char *from_subscripts, const char *to_subscripts, struct text *out)
{
	const struct slot *new = &type->slots[NEW].at[op->new];
	struct walker walker = {.plan = plan, .op = op, .path = new->path, .out = out};

	emit_walk(&walker, type, from_subscripts);
	text_add(out, "new->%s%s = (", new->c, to_subscripts);
	emit_slot_type(plan, new, NEW, out);
	text_puts(out, ")now;\n");
	emit_close(out);
}

void emit_check(const struct plan *plan, const struct plan_type *type, const struct op *op,
		const char *reason, struct arena *arena, struct text *out)
{
	const struct slot *old = op->old == NO_INDEX ? NULL : &type->slots[OLD].at[op->old];
	struct walker walker = {
		.plan = plan, .op = op, .path = old ? old->path : op->code, .out = out};
	uint64_t sizes[DIMENSIONS_MAX];
	const char *subscripts = "";
	size_t n = old ? slot_dimensions(plan->model[OLD], old, sizes, DIMENSIONS_MAX) : 0;

	text_add(out, "/* %s */\n", reason);
	for (size_t i = 0; i < n; i++) {
		text_add(out, "for (size_t k%zu = 0; k%zu < %" PRIu64 "; k%zu++)\n", i, i, sizes[i],
			 i);
		out->indent++;
		subscripts = arena_printf(arena, "%s[k%zu]", subscripts, i);
	}
	emit_walk(&walker, type, subscripts);
	emit_close(out);
	out->indent -= (unsigned int)n;
}
