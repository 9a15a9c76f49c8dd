// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the tree of statements of schema/source_flow.h out of libclang's. */
#include <string.h>

#include "source_clang.h"

static struct flow_node *flow_push(struct walker *walker, enum flow_kind kind, struct place at)
{
	struct flow_node *node = flow_node_new(walker->flow, kind, NULL, 0, at);

	*VEC_PUSH(&walker->nodes) = node;
	return node;
}

void source_flow_access(struct walker *walker, const struct ref *ref, bool written, struct place at)
{
	struct flow_node *node;

	if (ref->object != SOURCE_NEW)
		return;
	node = flow_push(walker, written ? FLOW_WRITE : FLOW_READ, at);
	node->path = flow_path(walker->flow, ref->path);
	node->plain = walker->plain;
}

/* ---- the tree of statements ------------------------------------------------------------------ */

static uint32_t cursor_id(struct cursors *list, CXCursor cursor)
{
	for (size_t i = 0; i < list->n; i++)
		if (clang.equalCursors(list->at[i], cursor))
			return (uint32_t)i;
	*VEC_PUSH(list) = cursor;
	return (uint32_t)list->n - 1;
}

/* A local integer that nobody else sees: what is known of it stays true until it is assigned. */
static bool is_tracked(CXCursor variable)
{
	enum CXCursorKind kind = clang.getCursorKind(variable);
	enum CXTypeKind type = bare(clang.getCursorType(variable)).kind;

	return (kind == CXCursor_VarDecl || kind == CXCursor_ParmDecl) &&
	       clang.getCursorKind(clang.getCursorSemanticParent(variable)) ==
		       CXCursor_FunctionDecl &&
	       clang.Cursor_getStorageClass(variable) != CX_SC_Static &&
	       clang.Cursor_getStorageClass(variable) != CX_SC_Extern &&
	       ((type >= CXType_Bool && type <= CXType_Int128) || type == CXType_Enum);
}

static uint8_t signs_of(long long value)
{
	return value < 0 ? FLOW_NEGATIVE : value ? FLOW_POSITIVE : FLOW_ZERO;
}

static bool is_zero(const struct flow_node *node)
{
	while (node->kind == FLOW_ALL && node->n)
		node = node->child[node->n - 1];
	return node->kind == FLOW_CONSTANT && node->signs == FLOW_ZERO;
}

/* The signs of a number whose comparison OPERATOR with 0 is true; 0: it is no comparison. */
static uint8_t signs_compared(const char *operator)
{
	static const struct {
		const char *word;
		uint8_t signs;
	} operators[] = {
		{"==", FLOW_ZERO},    {"!=", FLOW_NEGATIVE | FLOW_POSITIVE},
		{"<", FLOW_NEGATIVE}, {"<=", FLOW_NEGATIVE | FLOW_ZERO},
		{">", FLOW_POSITIVE}, {">=", FLOW_POSITIVE | FLOW_ZERO},
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (!strcmp(operators[i].word, operator))
			return operators[i].signs;
	return 0;
}

/* The node of CURSOR, of which CHILD are those of its children and what it does itself. */
struct flow_parts {
	struct walker *walker;
	CXCursor cursor;
	const struct cursors *list;
	struct flow_node **child;
	size_t n;
	struct place at;
};

static struct flow_node *parts_node(const struct flow_parts *parts, enum flow_kind kind)
{
	return flow_node_new(parts->walker->flow, kind, parts->child, parts->n, parts->at);
}

/* All of it, with a value of which only SIGNS is known. */
static struct flow_node *parts_valued(const struct flow_parts *parts, uint8_t signs)
{
	struct flow_node *both[2] = {parts_node(parts, FLOW_ALL)};

	both[1] = flow_node_new(parts->walker->flow, FLOW_CONSTANT, NULL, 0, parts->at);
	both[1]->signs = signs;
	return flow_node_new(parts->walker->flow, FLOW_ALL, both, 2, parts->at);
}

static struct flow_node *parts_set(const struct flow_parts *parts, CXCursor variable, bool valued)
{
	struct flow_node *all =
		valued ? parts_node(parts, FLOW_ALL) : parts_valued(parts, FLOW_ANY);
	struct flow_node *set = flow_node_new(parts->walker->flow, FLOW_SET, &all, 1, parts->at);

	set->id = cursor_id(&parts->walker->variables, variable);
	return set;
}

static CXCursor variable_in(CXCursor cursor)
{
	cursor = source_unwrapped(cursor);
	if (clang.getCursorKind(cursor) == CXCursor_DeclRefExpr)
		cursor = clang.getCursorReferenced(cursor);
	return cursor;
}

static struct flow_node *flow_binary(const struct flow_parts *parts)
{
	CXCursor target;
	const char *operator;
	long long value;

	if (parts->list->n != 2 || parts->n < 2)
		return parts_valued(parts, FLOW_ANY);
	target = variable_in(parts->list->at[0]);
	operator= source_text_between(parts->walker, parts->list->at[0], parts->list->at[1]);
	if (clang.getCursorKind(parts->cursor) == CXCursor_CompoundAssignOperator)
		return is_tracked(target) ? parts_set(parts, target, false)
					  : parts_valued(parts, FLOW_ANY);
	if (is_tracked(target) &&
	    clang.getCursorKind(source_unwrapped(parts->list->at[0])) == CXCursor_DeclRefExpr)
		return parts_set(parts, target, true);
	if (!strcmp(operator, "&&") || !strcmp(operator, "||"))
		return parts_node(parts, *operator== '&' ? FLOW_AND : FLOW_OR);
	if (!strcmp(operator, ","))
		return parts_node(parts, FLOW_ALL);
	if (signs_compared(operator) && is_zero(parts->child[1])) {
		struct flow_node *node = parts_node(parts, FLOW_COMPARE);

		node->signs = signs_compared(operator);
		return node;
	}
	if (source_constant(parts->cursor, &value))
		return parts_valued(parts, signs_of(value));
	if (!*operator&& parts->n == 2) /* in a macro: the right side may not always be run */
		return parts_node(parts, FLOW_AND);
	return parts_valued(parts, FLOW_ANY);
}

static struct flow_node *flow_unary(const struct flow_parts *parts)
{
	char first = source_first_char(parts->walker, parts->cursor);
	CXCursor variable = variable_in(parts->list->at[0]);
	CXType type = clang.getCursorType(parts->cursor);
	long long value;

	if (is_tracked(variable) && first != '!')
		return parts_set(parts, variable, false); /* ++, -- or & */
	if (first == '!')
		return parts_node(parts, FLOW_NOT);
	if (!is_pointer_type(type) && source_constant(parts->cursor, &value))
		return parts_valued(parts, signs_of(value));
	return parts_valued(parts, FLOW_ANY);
}

/* Where the parts of a `for` stand: the offsets of its parenthesis, of both semicolons and of its
 * end. */
static bool for_marks(const struct walker *walker, CXCursor cursor, unsigned int mark[4])
{
	unsigned int at, depth = 0, found = 0;
	const char *text;
	CXFile file;
	size_t n;

	clang.getExpansionLocation(clang.getRangeStart(clang.getCursorExtent(cursor)), &file, NULL,
				   NULL, &at);
	text = source_text_of(walker, file, &n);
	if (source_first_char(walker, cursor) != 'f' || !text)
		return false;
	for (; at < n && found < 4; at++) {
		char c = text[at];

		if (c == '"' || c == '\'' || !strncmp(text + at, "/*", 2) ||
		    !strncmp(text + at, "//", 2))
			return false;
		depth -= c == ')' && depth;
		if ((c == '(' && !depth && !found) || (c == ';' && depth == 1) ||
		    (c == ')' && !depth && found == 3))
			mark[found++] = at;
		depth += c == '(';
	}
	return found == 4;
}

/* The first value of VARIABLE that PART, the beginning of a `for`, gives it. */
static bool first_value(CXCursor part, CXCursor variable, long long *value)
{
	struct cursors list = source_children(part);
	bool good = false;

	for (size_t i = 0; i < list.n && !good; i++) {
		struct cursors below = source_children(list.at[i]);

		if (clang.equalCursors(list.at[i], variable) && below.n)
			good = source_constant(below.at[below.n - 1], value);
		else if (list.n == 2 && !i && clang.equalCursors(variable_in(list.at[0]), variable))
			good = source_constant(list.at[1], value);
		VEC_FREE(&below);
	}
	VEC_FREE(&list);
	return good;
}

/* `for (i = 0; i < 4; ...)`: true when the first test holds, as two constants say. */
static bool for_enters(const struct walker *walker, CXCursor first, CXCursor test)
{
	struct cursors list = source_children(test), below = {.n = 0};
	long long from, to;
	bool enters = false;

	if (list.n == 2 && clang.getCursorKind(test) == CXCursor_BinaryOperator) {
		const char *operator= source_text_between(walker, list.at[0], list.at[1]);
		CXCursor variable = list.at[0];

		while (clang.getCursorKind(variable) == CXCursor_UnexposedExpr) {
			VEC_FREE(&below);
			below = source_children(variable);
			if (below.n != 1)
				break;
			variable = below.at[0];
		}
		enters = source_constant(list.at[1], &to) &&
			 first_value(first, variable_in(variable), &from) &&
			 ((!strcmp(operator, "<") && from < to) ||
			  (!strcmp(operator, "<=") && from <= to) ||
			  (!strcmp(operator, "!=") && from != to));
	}
	VEC_FREE(&list);
	VEC_FREE(&below);
	return enters;
}

/* Only what is there is a child: where it stands tells which part it is. */
static struct flow_node *flow_for(const struct flow_parts *parts)
{
	struct flow_node *part[4] = {NULL}, *node;
	CXCursor at[4];
	unsigned int mark[4], offset;
	bool known = for_marks(parts->walker, parts->cursor, mark);

	for (size_t i = 0; i < parts->n && i < parts->list->n; i++) {
		unsigned int k = 0;

		clang.getExpansionLocation(
			clang.getRangeStart(clang.getCursorExtent(parts->list->at[i])), NULL, NULL,
			NULL, &offset);
		while (known && k < 3 && offset > mark[k + 1])
			k++;
		if (!known)
			k = i + 1 == parts->n ? 3 : i ? 2 : 0;
		part[k] = parts->child[i];
		at[k] = parts->list->at[i];
	}
	if (!known) /* it may run or not */
		part[1] = flow_node_new(parts->walker->flow, FLOW_CONSTANT, NULL, 0, parts->at);
	if (!part[3])
		part[3] = flow_node_new(parts->walker->flow, FLOW_ALL, NULL, 0, parts->at);
	node = flow_node_new(parts->walker->flow, FLOW_LOOP, part, 4, parts->at);
	node->enters = known && part[0] && part[1] && for_enters(parts->walker, at[0], at[1]);
	return node;
}

static struct flow_node *flow_while(const struct flow_parts *parts)
{
	struct flow_node *part[4] = {NULL, parts->child[0], NULL, parts->child[1]};

	return flow_node_new(parts->walker->flow, FLOW_LOOP, part, 4, parts->at);
}

static struct flow_node *flow_reference(const struct flow_parts *parts)
{
	CXCursor to = clang.getCursorReferenced(parts->cursor);
	struct flow_node *node;
	long long value;

	if (clang.getCursorKind(to) == CXCursor_EnumConstantDecl &&
	    source_constant(parts->cursor, &value))
		return parts_valued(parts, signs_of(value));
	if (!is_tracked(to))
		return parts_valued(parts, FLOW_ANY);
	node = parts_node(parts, FLOW_VARIABLE);
	node->id = cursor_id(&parts->walker->variables, to);
	return node;
}

static struct flow_node *flow_variable(const struct flow_parts *parts)
{
	const struct cursors *list = parts->list;
	bool valued = list->n && parts->n &&
		      clang.isExpression(clang.getCursorKind(list->at[list->n - 1]));

	if (!is_tracked(parts->cursor))
		return parts_valued(parts, FLOW_ANY);
	return parts_set(parts, parts->cursor, valued);
}

/* By name: functions may share a number, for each looks at its own. */
static uint32_t label_id(struct walker *walker, CXCursor label)
{
	const char *name = source_string(walker->arena, clang.getCursorSpelling(label));

	for (size_t i = 0; i < walker->labels.n; i++)
		if (!strcmp(walker->labels.at[i], name))
			return (uint32_t)i;
	*VEC_PUSH(&walker->labels) = name;
	return (uint32_t)walker->labels.n - 1;
}

static struct flow_node *flow_jump(const struct flow_parts *parts)
{
	enum CXCursorKind kind = clang.getCursorKind(parts->cursor);
	struct walker *walker = parts->walker;
	struct flow_node *node =
		parts_node(parts, kind == CXCursor_LabelStmt ? FLOW_LABEL : FLOW_GOTO);
	CXCursor label = parts->cursor;

	if (kind == CXCursor_IndirectGotoStmt || (kind == CXCursor_GotoStmt && !parts->list->n))
		walker->flow->unknown = true;
	else if (kind == CXCursor_GotoStmt)
		label = clang.getCursorReferenced(parts->list->at[0]);
	node->id = label_id(walker, label);
	return node;
}

/* The last child alone: a case's value is no statement. */
static struct flow_node *flow_case(const struct flow_parts *parts)
{
	return flow_node_new(parts->walker->flow, FLOW_CASE,
			     parts->n ? &parts->child[parts->n - 1] : NULL, parts->n ? 1 : 0,
			     parts->at);
}

static struct flow_node *flow_statement(const struct flow_parts *parts)
{
	switch (clang.getCursorKind(parts->cursor)) {
	case CXCursor_IfStmt:
	case CXCursor_ConditionalOperator:
		return parts_node(parts, parts->n > 1 ? FLOW_CHOICE : FLOW_ALL);
	case CXCursor_ForStmt:
		return flow_for(parts);
	case CXCursor_WhileStmt:
		return parts->n == 2 ? flow_while(parts) : parts_node(parts, FLOW_ALL);
	case CXCursor_DoStmt:
		return parts_node(parts, parts->n == 2 ? FLOW_DO : FLOW_ALL);
	case CXCursor_SwitchStmt:
		return parts_node(parts, parts->n == 2 ? FLOW_SWITCH : FLOW_ALL);
	case CXCursor_CaseStmt:
		return flow_case(parts);
	case CXCursor_DefaultStmt:
		return parts_node(parts, FLOW_DEFAULT);
	case CXCursor_LabelStmt:
	case CXCursor_GotoStmt:
	case CXCursor_IndirectGotoStmt:
		return flow_jump(parts);
	case CXCursor_BreakStmt:
		return parts_node(parts, FLOW_BREAK);
	case CXCursor_ContinueStmt:
		return parts_node(parts, FLOW_CONTINUE);
	case CXCursor_ReturnStmt:
		return parts_node(parts, FLOW_RETURN);
	default: /* declarations, blocks, lists of expressions */
		return parts_node(parts, FLOW_ALL);
	}
}

static struct flow_node *flow_expression(const struct flow_parts *parts)
{
	long long value;

	switch (clang.getCursorKind(parts->cursor)) {
	case CXCursor_DeclRefExpr:
		return flow_reference(parts);
	case CXCursor_IntegerLiteral:
	case CXCursor_CharacterLiteral:
		return parts_valued(parts, source_constant(parts->cursor, &value) ? signs_of(value)
										  : FLOW_ANY);
	case CXCursor_UnaryOperator:
		return parts->n ? flow_unary(parts) : parts_node(parts, FLOW_ALL);
	case CXCursor_BinaryOperator:
	case CXCursor_CompoundAssignOperator:
		return flow_binary(parts);
	case CXCursor_VarDecl:
		return flow_variable(parts);
	case CXCursor_MemberRefExpr:
	case CXCursor_ArraySubscriptExpr:
	case CXCursor_CStyleCastExpr:
		return parts_valued(parts, FLOW_ANY);
	case CXCursor_UnaryExpr:
		return parts_valued(parts, FLOW_POSITIVE);
	default:
		return flow_statement(parts);
	}
}

/* Puts what was pushed since FIRST, CURSOR's children and what it does itself, into its own node.
 */
void source_flow_close(struct walker *walker, CXCursor cursor, const struct cursors *list,
		       size_t first)
{
	struct flow_parts parts = {.walker = walker,
				   .cursor = cursor,
				   .list = list,
				   .child = walker->nodes.n > first ? walker->nodes.at + first
								    : NULL,
				   .n = walker->nodes.n - first,
				   .at = source_place_of(walker, cursor)};
	struct flow_node *node = flow_expression(&parts);

	walker->nodes.n = first;
	*VEC_PUSH(&walker->nodes) = node;
}

static struct place place_of_end(const struct walker *walker, CXCursor cursor)
{
	struct place at = source_place(walker, clang.getRangeEnd(clang.getCursorExtent(cursor)));

	at.col -= at.col > 1;
	return at;
}

/* The functions of the flow have the numbers that they have in `entered`. */
void source_flow_function(struct walker *walker, size_t index, CXCursor body,
			  uint32_t first_variable)
{
	struct flow *flow = walker->flow;

	while (flow->functions.n < walker->entered.n)
		*VEC_PUSH(&flow->functions) = (struct flow_function){.body = NULL};
	flow->functions.at[index] = (struct flow_function){
		.body = walker->nodes.n ? walker->nodes.at[0] : NULL,
		.first_variable = first_variable,
		.n_variables = (uint32_t)walker->variables.n - first_variable,
		.end = place_of_end(walker, body),
	};
	flow->n_variables = (uint32_t)walker->variables.n;
	flow->n_labels = (uint32_t)walker->labels.n;
	walker->nodes.n = 0;
}

/* The call itself, after its arguments. */
void source_flow_call(struct walker *walker, CXCursor definition, const char *name,
		      const struct refs *given)
{
	struct flow_node *node;
	uint32_t *paths;

	if (!walker->recording)
		return;
	if (!strcmp(name, "co_fail") || !strcmp(name, "__builtin_unreachable") ||
	    !strcmp(name, "__builtin_trap")) {
		flow_push(walker, FLOW_REFUSE, place_file(NULL));
		return;
	}
	if (clang.Cursor_isNull(definition)) {
		flow_push(walker, FLOW_CONSTANT, place_file(NULL));
		return;
	}
	node = flow_push(walker, FLOW_CALL, place_file(NULL));
	while (!clang.equalCursors(walker->entered.at[node->id], definition))
		node->id++;
	node->given = paths = ARENA_NEW_ARRAY(walker->arena, given->n + 1, uint32_t);
	node->n_given = given->n;
	for (size_t i = 0; i < given->n; i++)
		paths[i] = flow_path(walker->flow, given->at[i].path);
}
