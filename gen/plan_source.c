// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Custom code against the mapping: what functions and expressions read consumes old members, what
 * they write must be what was left to them, on every path, and once.
 */
#include <string.h>

#include "../schema/text.h"
#include "../schema/yaml.h"
#include "emit.h"
#include "plan_source.h"

enum phase { PHASE_CONVERT, PHASE_CAPTURE, PHASE_RESTORE, PHASE_EXPRESSION };

/* One piece of code of one decision; several decisions may name the same function. */
struct code_use {
	const struct type_decisions *decisions;
	const struct decision *decision;
	const struct arm *arm; /* the arm whose condition or expression it is, or NULL */
	bool is_condition;
	const struct decision *value; /* whose `expr` or `init` it is; NULL: neither */
	enum phase phase;
	size_t index; /* of the function or expression in the unit */
};

struct code {
	struct source_unit unit;
	struct {
		struct source_function *at;
		size_t n, room;
	} functions;
	struct {
		struct source_expression *at;
		size_t n, room;
	} expressions;
	struct {
		struct code_use *at;
		size_t n, room;
	} uses;
	bool good;  /* the compiler took it */
	bool known; /* and every function is there: what all of it does is known */
};

/* ---- which code there is --------------------------------------------------------------------- */

/* An `init` that only a compiler can tell the value of. */
static bool is_computed(const struct decision *decision)
{
	struct source_number number;

	return decision->way == WAY_INIT && decision->value.text && !is_todo(&decision->value) &&
	       strcmp(decision->value.text, "zero") != 0 &&
	       !literal_read(decision->value.text, &number);
}

static bool decision_has_code(const struct decision *decision)
{
	if (decision->way == WAY_ARM)
		return true;
	return decision->way == WAY_HOOK || decision->way == WAY_EXPR || is_computed(decision) ||
	       decision->capture.text || decision->restore.text;
}

bool has_code(const struct type_decisions *decisions)
{
	for (size_t i = 0; i < decisions->members.n; i++)
		if (decision_has_code(&decisions->members.at[i]))
			return true;
	return false;
}

bool section_ids(struct plan_maker *maker, const struct type_decisions *decisions, type_id id[2])
{
	const struct model *model = maker->model[NEW];
	type_id candidates[2];

	if (model_lookup(model, decisions->type.text, &id[NEW], candidates, 2) != 1)
		return false;
	id[NEW] = strip(model, id[NEW]);
	if (!is_record(model, id[NEW]))
		return false;
	id[OLD] = diff_old_of(maker->diff, id[NEW]);
	if (id[OLD] == TYPE_NONE)
		return false;
	id[OLD] = strip(maker->model[OLD], id[OLD]);
	return is_record(maker->model[OLD], id[OLD]);
}

const char *section_cname(struct plan_maker *maker, const struct type_decisions *decisions)
{
	return type_identifier(maker->arena, decisions->type.text);
}

static bool related(const char *a, const char *b)
{
	return a && b && (path_within(a, b) || path_within(b, a));
}

static bool spoken_of(const struct type_decisions *decisions, const char *path)
{
	for (size_t i = 0; i < decisions->members.n; i++) {
		const struct decision *decision = &decisions->members.at[i];

		if (related(decision->path.text, path) || related(decision->from.text, path) ||
		    (decision->way == WAY_FROM && related(decision->value.text, path)))
			return true;
		for (size_t k = 0; k < decision->reads.n; k++)
			if (related(decision->reads.at[k].text, path))
				return true;
		for (size_t k = 0; k < decision->arms.n; k++)
			if (related(decision->arms.at[k].decision.from.text, path))
				return true;
	}
	for (size_t i = 0; i < decisions->drops.n; i++)
		if (related(decisions->drops.at[i].path.text, path))
			return true;
	return false;
}

bool crosses_whole(struct plan_maker *maker, const struct type_decisions *decisions,
		   const type_id id[2], const char *path)
{
	bool carried = !decisions->has_carry;

	for (int side = OLD; side <= NEW; side++) {
		const struct model *model = maker->model[side];
		struct field field;
		type_id element;
		size_t stop;

		if (!field_find(model, id[side], path, &field, &stop))
			return false;
		element = strip(model, field.type);
		while (type_at(model, element)->kind == KIND_ARRAY)
			element = strip(model, type_at(model, element)->target);
		if (type_at(model, element)->kind != KIND_STRUCT || !type_label(model, element))
			return false;
	}
	for (size_t i = 0; i < decisions->carry.n && !carried; i++)
		carried = path_within(path, decisions->carry.at[i].text);
	return carried && !spoken_of(decisions, path);
}

/* ---- the unit -------------------------------------------------------------------------------- */

/* Where the expression starts, and whether its characters stand in the file one by one. */
static void expression_place(const struct yaml_node *node, const struct words *code,
			     struct source_expression *expression)
{
	uint32_t quotes = node && node->quoted ? 1 : 0;

	expression->at = code->at;
	if (!node || node->end_line != node->at.line)
		return;
	expression->at.col += quotes;
	expression->exact =
		node->end_col - node->at.col == strlen(code->text) + 2 * quotes;
}

static bool is_scalar_member(struct plan_maker *maker, type_id record, const char *path)
{
	const struct model *model = maker->model[NEW];
	struct field field;
	size_t stop;
	uint8_t kind;

	if (!field_find(model, record, path, &field, &stop))
		return false;
	kind = type_at(model, strip(model, field.type))->kind;
	return kind == KIND_INT || kind == KIND_ENUM || kind == KIND_POINTER;
}

static void use_add(struct code *code, const struct type_decisions *decisions,
		    const struct decision *decision, enum phase phase, size_t index)
{
	*VEC_PUSH(&code->uses) = (struct code_use){
		.decisions = decisions, .decision = decision, .phase = phase, .index = index};
}

/* CODE of USE, in NODE of the file; it is assigned to the new member TARGET, or with NULL is a
 * condition. */
static void expression_add(struct plan_maker *maker, struct code_use use,
			   const struct yaml_node *node, const struct words *code,
			   const char *target)
{
	const char *cname = section_cname(maker, use.decisions);
	struct source_expression expression = {
		.text = code->text,
		.target = target,
		.about = arena_printf(maker->arena, "%s.%s", use.decisions->type.text,
				      use.decision->path.text),
		.type = {arena_printf(maker->arena, "struct old_%s", cname),
			 arena_printf(maker->arena, "struct new_%s", cname)},
	};

	if (!code->text || is_todo(code))
		return;
	expression_place(node, code, &expression);
	use.phase = PHASE_EXPRESSION;
	use.index = maker->code->expressions.n;
	*VEC_PUSH(&maker->code->uses) = use;
	*VEC_PUSH(&maker->code->expressions) = expression;
}

/* The expression of DECISION for the new member PATH of RECORD, if it has one that counts. */
static void computed_add(struct plan_maker *maker, struct code_use use,
		      const struct decision *decision, const char *path, type_id record)
{
	bool is_expr = decision->way == WAY_EXPR;

	if ((!is_expr && !is_computed(decision)) || !path ||
	    !is_scalar_member(maker, record, path))
		return;
	use.value = decision;
	expression_add(maker, use, yaml_get(decision->node_yaml, is_expr ? "expr" : "init"),
		       &decision->value, path);
}

static void arm_add(struct plan_maker *maker, struct code_use use, type_id record)
{
	const struct arm *arm = use.arm;
	const char *path = arm_path(maker, record, use.decision, arm);

	use.is_condition = true;
	expression_add(maker, use, yaml_get(arm->decision.node_yaml, "when"), &arm->when, NULL);
	use.is_condition = false;
	computed_add(maker, use, &arm->decision, path, record);
	for (size_t i = 0; arm->inside && path && i < arm->inside->members.n; i++) {
		const struct decision *inner = &arm->inside->members.at[i];

		computed_add(maker, use, inner,
			  arm_inner_path(maker, record, use.decision, arm, inner->path.text),
			  record);
	}
}

static void decision_code_add(struct plan_maker *maker, const struct type_decisions *decisions,
			      const struct decision *decision, type_id record)
{
	struct code_use use = {.decisions = decisions, .decision = decision};

	computed_add(maker, use, decision, decision->path.text, record);
	for (size_t i = 0; i < decision->arms.n; i++) {
		use.arm = &decision->arms.at[i];
		arm_add(maker, use, record);
	}
}

static const char *type_of_phase(struct plan_maker *maker, const char *cname, enum phase phase)
{
	switch (phase) {
	case PHASE_CAPTURE:
		return arena_printf(maker->arena, "int (struct co_ctx *, const struct old_%s *)",
				    cname);
	case PHASE_RESTORE:
		return arena_printf(maker->arena, "int (struct co_ctx *, struct new_%s *)", cname);
	default:
		return arena_printf(maker->arena,
				    "int (struct co_ctx *, const struct old_%s *, struct new_%s *)",
				    cname, cname);
	}
}

static void function_add(struct plan_maker *maker, const struct type_decisions *decisions,
			 const struct decision *decision, const struct words *name,
			 enum phase phase)
{
	struct code *code = maker->code;
	struct source_function function = {
		.name = name->text,
		.type = type_of_phase(maker, section_cname(maker, decisions), phase),
		.object = {[SOURCE_OLD] = phase == PHASE_RESTORE ? -1 : 1,
			   [SOURCE_NEW] = phase == PHASE_CAPTURE   ? -1
					  : phase == PHASE_RESTORE ? 1
								   : 2},
	};

	if (!name->text || is_todo(name))
		return;
	for (size_t i = 0; i < code->functions.n; i++) {
		if (strcmp(code->functions.at[i].name, name->text))
			continue;
		/* The first phase and type decide its parameters: check_owners() refuses others. */
		if (!strcmp(code->functions.at[i].type, function.type))
			use_add(code, decisions, decision, phase, i);
		return;
	}
	use_add(code, decisions, decision, phase, code->functions.n);
	*VEC_PUSH(&code->functions) = function;
}

static void section_add(struct plan_maker *maker, const struct type_decisions *decisions)
{
	static const struct words none = {.text = NULL};
	type_id id[2];

	if (!has_code(decisions) || !section_ids(maker, decisions, id))
		return;
	for (size_t i = 0; i < decisions->members.n; i++) {
		const struct decision *decision = &decisions->members.at[i];

		decision_code_add(maker, decisions, decision, id[NEW]);
		function_add(maker, decisions, decision,
			     decision->way == WAY_HOOK ? &decision->value : &none, PHASE_CONVERT);
		function_add(maker, decisions, decision, &decision->capture, PHASE_CAPTURE);
		function_add(maker, decisions, decision, &decision->restore, PHASE_RESTORE);
	}
}

static const char *hooks_file(const struct plan_maker *maker)
{
	return maker->input->hooks_file ? maker->input->hooks_file : "hooks.c";
}

static void unit_read(struct plan_maker *maker)
{
	struct code *code = maker->code;
	struct source_text headers[2] = {{.name = "layout.h"}, {.name = "carryover.h"}};
	struct text layout;

	text_init(&layout);
	text_puts(&layout, "#pragma once\n#include \"carryover.h\"\n#undef linux\n#undef unix\n"
			   "#undef i386\n");
	code_layouts(maker, &layout);
	headers[0].text = text_string(&layout);
	headers[0].n = layout.n;
	headers[1].text = emit_runtime_header(&headers[1].n);
	code->unit = (struct source_unit){
		.headers = headers,
		.n_headers = 2,
		.prelude = "#include \"layout.h\"\n",
		.machine = maker->model[NEW]->info.arch,
		.code = {.name = hooks_file(maker),
			 .text = maker->input->hooks,
			 .n = maker->input->hooks ? strlen(maker->input->hooks) : 0},
		.functions = code->functions.at,
		.n_functions = code->functions.n,
		.expressions = code->expressions.at,
		.n_expressions = code->expressions.n,
	};
	if (!code->functions.n)
		code->unit.code.text = NULL;
	code->good = source_read(&code->unit, maker->arena, maker->diags);
	text_deinit(&layout);
}

void code_read(struct plan_maker *maker)
{
	struct code *code = ARENA_NEW(maker->arena, struct code);

	maker->code = code;
	for (size_t i = 0; i < maker->mapping->types.n; i++)
		section_add(maker, &maker->mapping->types.at[i]);
	code->good = true;
	if (code->expressions.n || (code->functions.n && maker->input->hooks))
		unit_read(maker);
	code->known = code->good;
	for (size_t i = 0; i < code->functions.n; i++)
		code->known &= code->functions.at[i].defined && !code->functions.at[i].found;
}

bool code_known(const struct plan_maker *maker)
{
	return !maker->code || maker->code->known;
}

static const struct source_accesses *accesses_of(const struct plan_maker *maker,
						 const struct code_use *use)
{
	return use->phase == PHASE_EXPRESSION ? &maker->code->expressions.at[use->index].accesses
					      : &maker->code->functions.at[use->index].accesses;
}

const struct source_number *code_number(const struct plan_maker *maker,
					const struct decision *decision)
{
	const struct code *code = maker->code;

	for (size_t i = 0; i < code->uses.n && code->good; i++)
		/* What an arm is planned by is a copy, under the arm's whole path. */
		if (code->uses.at[i].value &&
		    code->uses.at[i].value->value.text == decision->value.text)
			return &code->expressions.at[code->uses.at[i].index].number;
	return NULL;
}

/* Members of arrays are not decided one by one: the path up to the first index. */
static const char *plain_path(struct arena *arena, const char *path)
{
	return arena_strndup(arena, path, strcspn(path, "["));
}

/* PATH, or the embedded struct on it that crosses by a plan of its own. */
static const char *read_path(struct plan_maker *maker, const struct type_decisions *decisions,
			     const type_id id[2], const char *path)
{
	const char *plain = plain_path(maker->arena, path);

	for (const char *dot = plain; (dot = strchr(dot, '.')); dot++) {
		const char *above = arena_strndup(maker->arena, plain, (size_t)(dot - plain));

		if (crosses_whole(maker, decisions, id, above))
			return above;
	}
	return plain;
}

void code_paths(const struct plan_maker *maker_, const struct decision *decision, enum side side,
		struct path_set *set)
{
	struct plan_maker *maker = (struct plan_maker *)maker_;
	type_id id[2];

	for (size_t i = 0; i < maker->code->uses.n; i++) {
		const struct code_use *use = &maker->code->uses.at[i];
		const struct source_accesses *accesses = accesses_of(maker, use);

		if (use->decision != decision || !section_ids(maker, use->decisions, id))
			continue;
		for (size_t k = 0; k < accesses->n; k++) {
			const struct source_access *access = &accesses->at[k];

			if (!*access->path || (side == NEW) != (access->object == SOURCE_NEW) ||
			    (side == NEW) != access->written)
				continue;
			if (side == NEW && !path_within(access->path, decision->path.text))
				continue;
			set_add(set, read_path(maker, use->decisions, id, access->path));
		}
	}
}

void code_arm_paths(struct plan_maker *maker, const struct arm *arm, bool condition,
		    struct path_set *set)
{
	for (size_t i = 0; i < maker->code->uses.n; i++) {
		const struct code_use *use = &maker->code->uses.at[i];
		const struct source_accesses *accesses = accesses_of(maker, use);

		if (use->arm != arm || use->is_condition != condition)
			continue;
		for (size_t k = 0; k < accesses->n; k++)
			if (accesses->at[k].object == SOURCE_OLD && !accesses->at[k].written)
				set_add(set, plain_path(maker->arena, accesses->at[k].path));
	}
}

/* ---- `reads` against what is read ------------------------------------------------------------ */

/* True when use I is the first of its function or expression. */
static bool is_first_use(const struct code *code, size_t index)
{
	const struct code_use *use = &code->uses.at[index];

	for (size_t i = 0; i < index; i++)
		if ((code->uses.at[i].phase == PHASE_EXPRESSION) ==
			    (use->phase == PHASE_EXPRESSION) &&
		    code->uses.at[i].index == use->index)
			return false;
	return true;
}

static const char *code_name(const struct plan_maker *maker, const struct code_use *use)
{
	return use->is_condition		 ? "the condition"
	       : use->phase == PHASE_EXPRESSION ? "the expression"
					      : maker->code->functions.at[use->index].name;
}

/* Every path that any decision with the code of USE declares to be read. */
static void declared_reads(const struct plan_maker *maker, const struct code_use *use,
			   struct words_list *list)
{
	for (size_t i = 0; i < maker->code->uses.n; i++) {
		const struct code_use *other = &maker->code->uses.at[i];

		if ((other->phase == PHASE_EXPRESSION) != (use->phase == PHASE_EXPRESSION) ||
		    other->index != use->index)
			continue;
		for (size_t k = 0; k < other->decision->reads.n; k++)
			*VEC_PUSH(list) = other->decision->reads.at[k];
	}
}

static bool is_read_of_old(const struct source_access *access)
{
	return access->object == SOURCE_OLD && !access->written;
}

static bool declares(const struct words_list *list, const char *path)
{
	for (size_t i = 0; i < list->n; i++)
		if (path_within(path, list->at[i].text))
			return true;
	return false;
}

/* `reads: [a, b]`, as the code has it; of an arm, as all of its conditions and expressions have it.
 */
static const char *reads_words(struct plan_maker *maker, const struct code_use *use)
{
	struct path_set set = {.n = 0};
	const char *words = "reads: [";

	for (size_t i = 0; i < maker->code->uses.n; i++) {
		const struct code_use *other = &maker->code->uses.at[i];
		const struct source_accesses *accesses = accesses_of(maker, other);

		if (other != use && !(use->arm && other->decision == use->decision))
			continue;
		for (size_t k = 0; k < accesses->n; k++)
			if (is_read_of_old(&accesses->at[k]) && *accesses->at[k].path)
				set_add(&set, plain_path(maker->arena, accesses->at[k].path));
	}
	for (size_t i = 0; i < set.n; i++)
		words = arena_printf(maker->arena, "%s%s%s", words, i ? ", " : "", set.at[i]);
	VEC_FREE(&set);
	return arena_printf(maker->arena, "%s]", words);
}

static void decision_error(struct plan_maker *maker, const struct code_use *use, const char *path,
			   struct place at, const char *text)
{
	diag_error(maker->diags, at, "%s%s%s: %s", use->decisions->type.text, *path ? "." : "",
		   path, text);
}

static void whole_read(struct plan_maker *maker, const struct code_use *use,
		       const struct source_access *access, bool declared)
{
	const char *how =
		access->handed && *access->handed
			? arena_printf(maker->arena, "%s hands `old` to %s, which is not in %s",
				       code_name(maker, use), access->handed, hooks_file(maker))
			: arena_printf(maker->arena, "%s takes `old` as a whole",
				       code_name(maker, use));

	if (declared)
		diag_add(maker->diags, DIAG_WARNING, access->at,
			 "%s: %s: everything may be read; `reads` is believed, not checked",
			 use->decisions->type.text, how);
	else
		decision_error(maker, use, "", access->at,
			       arena_printf(maker->arena,
					    "%s: everything may be read; hand over the members, or "
					    "write `reads: [MEMBER, ...]` beside %s in the mapping",
					    how,
					    use->phase == PHASE_CONVERT ? "`hook`" : "`capture`"));
}

/* True when the whole object may be read: then `reads` cannot be refuted. */
static bool wholes_check(struct plan_maker *maker, const struct code_use *use,
			 const struct source_accesses *accesses, bool declared)
{
	bool found = false;

	for (size_t i = 0; i < accesses->n; i++) {
		if (!is_read_of_old(&accesses->at[i]) || *accesses->at[i].path)
			continue;
		whole_read(maker, use, &accesses->at[i], declared);
		found = true;
	}
	return found;
}

static bool is_read(const struct source_accesses *accesses, const char *path)
{
	for (size_t i = 0; i < accesses->n; i++)
		if (is_read_of_old(&accesses->at[i]) && related(accesses->at[i].path, path))
			return true;
	return false;
}

/* `reads` of an arm is about all of its conditions and expressions together: the first speaks for
 * them. */
static bool is_read_by_any(struct plan_maker *maker, const struct code_use *use, const char *path)
{
	for (size_t i = 0; i < maker->code->uses.n; i++) {
		const struct code_use *other = &maker->code->uses.at[i];

		if ((other == use || (use->arm && other->decision == use->decision)) &&
		    (is_read(accesses_of(maker, other), path) ||
		     (other < use && use->arm && other->decision == use->decision)))
			return true;
	}
	return false;
}

static void reads_check(struct plan_maker *maker, const struct code_use *use)
{
	const struct source_accesses *accesses = accesses_of(maker, use);
	struct words_list declared = {.n = 0};
	bool whole;

	declared_reads(maker, use, &declared);
	whole = wholes_check(maker, use, accesses, declared.n);
	for (size_t i = 0; i < accesses->n && declared.n; i++) {
		const struct source_access *access = &accesses->at[i];

		if (!is_read_of_old(access) || !*access->path || declares(&declared, access->path))
			continue;
		decision_error(maker, use, access->path, access->at,
			       arena_printf(maker->arena,
					    "%s reads it, which `reads` does not say; write `%s`",
					    code_name(maker, use), reads_words(maker, use)));
		diag_note(maker->diags, declared.at[0].at, "`reads` is here");
	}
	for (size_t i = 0; i < declared.n && !whole; i++)
		if (!is_read_by_any(maker, use, declared.at[i].text))
			decision_error(maker, use, declared.at[i].text, declared.at[i].at,
				       arena_printf(maker->arena, "%s does not read it; write `%s`",
						    code_name(maker, use),
						    reads_words(maker, use)));
	VEC_FREE(&declared);
}

/* ---- what is written ------------------------------------------------------------------------- */

static bool is_owner(const struct op *op, const char *name, enum phase phase)
{
	if (phase == PHASE_RESTORE)
		return op->way == CO_WAY_RESTORE && (!op->code || !strcmp(op->code, name));
	return op->kind == OP_HOOK && !strcmp(op->code, name);
}

/* True when PATH and SLOT have bits in common. */
static bool touches(const struct plan_maker *maker, const struct plan_type *type,
		    const struct slot *slot, const char *path)
{
	const struct model *model = maker->model[NEW];
	struct field field;
	size_t stop;
	uint64_t bits;

	if (related(slot->path, path))
		return true;
	if (!field_find(model, type->id[NEW], path, &field, &stop))
		return false;
	bits = field.bit_size ? field.bit_size : type_size(model, field.type) * 8;
	return field.bit_offset < slot->bit + slot_bits(slot) &&
	       slot->bit < field.bit_offset + bits;
}

static void foreign_write(struct plan_maker *maker, struct plan_type *type,
			  const struct code_use *use, const struct source_access *access,
			  const struct slot *slot)
{
	const struct op *op = slot->op == NO_INDEX ? NULL : &type->ops.at[slot->op];
	const char *name = code_name(maker, use);

	if (op && op->kind == OP_HOOK) {
		plan_error(maker, type, slot->path, access->at,
			   "written twice: %s writes it, and it is left to %s; leave one of them "
			   "out",
			   name, op->code);
	} else {
		plan_error(
			maker, type, slot->path, access->at,
			"%s writes it, but it is decided elsewhere (%s); write `hook: %s` for it "
			"in the mapping, or leave it alone",
			name, op ? op->rule : "undecided", name);
	}
	if (op && op->at.file)
		diag_note(maker->diags, op->at, "%s is decided here", slot->path);
}

static void write_check(struct plan_maker *maker, struct plan_type *type,
			const struct code_use *use, const struct source_access *access)
{
	const char *name = code_name(maker, use);
	const char *path = plain_path(maker->arena, access->path);

	if (access->object == SOURCE_OLD) {
		plan_error(maker, type, access->path, access->at,
			   "%s writes the old object, which nobody may change", name);
		return;
	}
	if (!*path) {
		plan_error(maker, type, "", access->at,
			   "%s %s%s: everything may be written; name the members that are its own",
			   name,
			   access->handed && *access->handed ? "hands `new` to "
							     : "takes `new` as a whole",
			   access->handed ? access->handed : "");
		return;
	}
	for (size_t i = 0; i < type->slots[NEW].n; i++) {
		const struct slot *slot = &type->slots[NEW].at[i];

		if (touches(maker, type, slot, path) &&
		    (slot->op == NO_INDEX || !is_owner(&type->ops.at[slot->op], name, use->phase)))
			foreign_write(maker, type, use, access, slot);
	}
}

static bool is_written(const struct plan_maker *maker, const struct plan_type *type,
		       const struct source_accesses *accesses, const struct slot *slot)
{
	for (size_t i = 0; i < accesses->n; i++)
		if (accesses->at[i].written && accesses->at[i].object == SOURCE_NEW &&
		    (!*accesses->at[i].path ||
		     touches(maker, type, slot, plain_path(maker->arena, accesses->at[i].path))))
			return true;
	return false;
}

static void forgotten_check(struct plan_maker *maker, struct plan_type *type,
			    const struct code_use *use)
{
	const struct source_function *function = &maker->code->functions.at[use->index];

	for (size_t i = 0; i < type->slots[NEW].n; i++) {
		const struct slot *slot = &type->slots[NEW].at[i];
		const struct op *op = slot->op == NO_INDEX ? NULL : &type->ops.at[slot->op];

		if (!op || !op->code || !is_owner(op, function->name, use->phase) ||
		    is_written(maker, type, &function->accesses, slot))
			continue;
		plan_error(maker, type, slot->path, function->at,
			   "%s never writes it, and it is left to %s; set new->%s there, or decide "
			   "it otherwise",
			   function->name, function->name, slot->path);
		diag_note(maker->diags, op->at, "%s is decided here", slot->path);
	}
}

/* ---- the order of what is written ------------------------------------------------------------ */

/* The members that a function has to write, for schema/source_flow.h. */
struct owned {
	const struct plan_maker *maker;
	const struct plan_type *type;
	struct {
		const struct slot **at;
		size_t n, room;
	} slots;
};

static bool owned_covers(void *data, size_t member, const char *path)
{
	const struct owned *owned = data;

	return !*path || touches(owned->maker, owned->type, owned->slots.at[member],
				 plain_path(owned->maker->arena, path));
}

static void owned_find(struct owned *owned, const struct source_function *function,
		       enum phase phase)
{
	for (size_t i = 0; i < owned->type->slots[NEW].n; i++) {
		const struct slot *slot = &owned->type->slots[NEW].at[i];
		const struct op *op = slot->op == NO_INDEX ? NULL : &owned->type->ops.at[slot->op];

		if (op && op->code && is_owner(op, function->name, phase) &&
		    is_written(owned->maker, owned->type, &function->accesses, slot))
			*VEC_PUSH(&owned->slots) = slot;
	}
}

static void missed_report(struct plan_maker *maker, struct plan_type *type,
			  const struct source_function *function, const struct slot *slot,
			  struct place missed)
{
	plan_error(
		maker, type, slot->path, missed,
		"%s succeeds here without having written it; set new->%s on every path, or refuse "
		"the object with co_fail() or a result that is not 0",
		function->name, slot->path);
	diag_note(maker->diags, function->at, "%s is here", function->name);
	diag_note(maker->diags, type->ops.at[slot->op].at, "%s is decided here", slot->path);
}

static void order_check(struct plan_maker *maker, struct plan_type *type,
			const struct code_use *use)
{
	const struct source_function *function = &maker->code->functions.at[use->index];
	struct owned owned = {.maker = maker, .type = type};
	struct flow_question question = {.covers = owned_covers, .data = &owned};
	struct flow_answer answer;

	owned_find(&owned, function, use->phase);
	question.n = owned.slots.n;
	flow_ask(function->flow, &question, maker->arena, &answer);
	if (answer.too_hard)
		plan_error(
			maker, type, "", function->at,
			"%s has too many paths to tell whether each writes its members; write it "
			"simpler, or as several functions",
			function->name);
	for (size_t i = 0; i < owned.slots.n && !answer.too_hard; i++)
		if (answer.missed[i].line)
			missed_report(maker, type, function, owned.slots.at[i], answer.missed[i]);
	for (size_t i = 0; i < answer.twice.n; i++) {
		plan_error(
			maker, type, answer.twice.at[i].path, answer.twice.at[i].again,
			"written twice: on every path %s assigned it before; leave one of the two "
			"out",
			function->name);
		diag_note(maker->diags, answer.twice.at[i].first, "first written here");
	}
	flow_answer_deinit(&answer);
	VEC_FREE(&owned.slots);
}

/* ---- functions ------------------------------------------------------------------------------- */

static const char *signature_of(struct plan_maker *maker, const char *cname, enum phase phase)
{
	switch (phase) {
	case PHASE_CAPTURE:
		return arena_printf(maker->arena, "struct co_ctx *ctx, const struct old_%s *old",
				    cname);
	case PHASE_RESTORE:
		return arena_printf(maker->arena, "struct co_ctx *ctx, struct new_%s *new", cname);
	default:
		return arena_printf(
			maker->arena,
			"struct co_ctx *ctx, const struct old_%s *old, struct new_%s *new", cname,
			cname);
	}
}

static void function_check(struct plan_maker *maker, const struct code_use *use)
{
	const struct source_function *function = &maker->code->functions.at[use->index];
	const char *cname = section_cname(maker, use->decisions);
	const struct words *name = use->phase == PHASE_CONVERT	 ? &use->decision->value
				   : use->phase == PHASE_CAPTURE ? &use->decision->capture
								 : &use->decision->restore;
	const char *path = use->decision->path.text;

	if (!function->defined)
		decision_error(maker, use, path, name->at,
			       arena_printf(maker->arena,
					    "%s is not defined in %s%s; write `int %s(%s)` there",
					    function->name, hooks_file(maker),
					    maker->input->hooks ? "" : ", which does not exist",
					    function->name,
					    signature_of(maker, cname, use->phase)));
	else if (function->found)
		decision_error(maker, use, path, function->at,
			       arena_printf(maker->arena, "%s is `%s` here; write `int %s(%s)`",
					    function->name, function->found, function->name,
					    signature_of(maker, cname, use->phase)));
}

static struct plan_type *type_of_use(struct plan_maker *maker, const struct code_use *use)
{
	for (size_t i = 0; i < maker->plan->types.n; i++)
		if (maker->plan->types.at[i]->decisions == use->decisions)
			return maker->plan->types.at[i];
	return NULL;
}

static void accesses_check(struct plan_maker *maker, const struct code_use *use)
{
	const struct source_accesses *accesses = accesses_of(maker, use);
	struct plan_type *type = type_of_use(maker, use);

	reads_check(maker, use);
	for (size_t i = 0; type && i < accesses->n; i++)
		if (accesses->at[i].written)
			write_check(maker, type, use, &accesses->at[i]);
	if (type && use->phase != PHASE_EXPRESSION && use->phase != PHASE_CAPTURE) {
		forgotten_check(maker, type, use);
		order_check(maker, type, use);
	}
}

void code_check(struct plan_maker *maker)
{
	struct code *code = maker->code;

	maker->plan->has_hooks = code->functions.n;
	check_owners(maker);
	for (size_t i = 0; i < code->uses.n && code->good; i++) {
		const struct code_use *use = &code->uses.at[i];
		bool is_function = use->phase != PHASE_EXPRESSION;
		const struct source_function *function =
			is_function ? &code->functions.at[use->index] : NULL;

		if (!is_first_use(code, i))
			continue;
		if (is_function)
			function_check(maker, use);
		if (!is_function || (function->defined && !function->found))
			accesses_check(maker, use);
	}
	for (size_t i = 0; i < code->functions.n; i++)
		if (code->functions.at[i].flow)
			flow_deinit(code->functions.at[i].flow);
	VEC_FREE(&code->functions);
	VEC_FREE(&code->expressions);
	VEC_FREE(&code->uses);
}
