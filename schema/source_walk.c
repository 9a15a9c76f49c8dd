// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the code does to the tracked objects, followed through its syntax tree: which places of
 * which object a pointer may point to (without regard to the order of statements), and which of
 * them are read and written.
 */
#include <stdlib.h>
#include <string.h>

#include "source_clang.h"

static bool same_record(CXType a, CXType b)
{
	return clang.equalCursors(clang.getTypeDeclaration(bare(a)),
				  clang.getTypeDeclaration(bare(b)));
}

/* ---- what is known about pointers ------------------------------------------------------------ */

static void ref_add(struct refs *refs, struct ref ref)
{
	for (size_t i = 0; i < refs->n; i++)
		if (refs->at[i].object == ref.object && refs->at[i].is_pointer == ref.is_pointer &&
		    !strcmp(refs->at[i].path, ref.path))
			return;
	*VEC_PUSH(refs) = ref;
}

static void alias_add(struct walker *walker, CXCursor variable, struct ref ref)
{
	for (size_t i = 0; i < walker->aliases.n; i++) {
		const struct alias *alias = &walker->aliases.at[i];

		if (clang.equalCursors(alias->variable, variable) &&
		    alias->ref.object == ref.object && !strcmp(alias->ref.path, ref.path))
			return;
	}
	if (walker->aliases.n >= ALIASES_MAX) {
		walker->too_deep = true;
		return;
	}
	*VEC_PUSH(&walker->aliases) = (struct alias){.variable = variable, .ref = ref};
	walker->grown = true;
}

static void aliases_bind(struct walker *walker, CXCursor variable, const struct refs *refs)
{
	for (size_t i = 0; i < refs->n; i++)
		if (refs->at[i].is_pointer)
			alias_add(walker, variable, refs->at[i]);
}

static void aliases_of(const struct walker *walker, CXCursor variable, struct refs *refs)
{
	for (size_t i = 0; i < walker->aliases.n; i++)
		if (clang.equalCursors(walker->aliases.at[i].variable, variable))
			ref_add(refs, walker->aliases.at[i].ref);
}

static void access_add(struct walker *walker, const struct ref *ref, bool written, CXCursor cursor,
		       const char *handed)
{
	struct place at;

	if (!walker->recording)
		return;
	at = source_place_of(walker, cursor);
	if (!at.file && walker->expression)
		at = walker->expression->at;
	source_flow_access(walker, ref, written, at);
	for (size_t i = 0; i < walker->accesses.n; i++) {
		const struct source_access *access = &walker->accesses.at[i];

		if (access->object == ref->object && access->written == written &&
		    access->at.line == at.line && access->at.col == at.col &&
		    !strcmp(access->path, ref->path))
			return;
	}
	*VEC_PUSH(&walker->accesses) = (struct source_access){.object = ref->object,
							      .written = written,
							      .path = ref->path,
							      .at = at,
							      .handed = handed};
}

/* Every place that REFS denote (not what they point to) is read or written. */
static void places_access(struct walker *walker, const struct refs *refs, bool written,
			  CXCursor cursor)
{
	for (size_t i = 0; i < refs->n; i++)
		if (!refs->at[i].is_pointer)
			access_add(walker, &refs->at[i], written, cursor, NULL);
}

/* The pointers among REFS go where nobody follows them. */
static void pointers_escape(struct walker *walker, const struct refs *refs, bool may_write,
			    CXCursor cursor, const char *handed)
{
	for (size_t i = 0; i < refs->n; i++) {
		if (!refs->at[i].is_pointer)
			continue;
		if (refs->at[i].object == SOURCE_OLD || !may_write)
			access_add(walker, &refs->at[i], false, cursor, handed);
		else
			access_add(walker, &refs->at[i], true, cursor, handed);
	}
}

/* ---- expressions ----------------------------------------------------------------------------- */

static void walk(struct walker *walker, CXCursor cursor, struct refs *out);

static void walk_all(struct walker *walker, const struct cursors *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct refs refs = {.n = 0};

		walk(walker, list->at[i], &refs);
		VEC_FREE(&refs);
	}
}

static struct ref ref_below(struct walker *walker, const struct ref *base, const char *name,
			    CXType type)
{
	struct ref ref = *base;

	ref.is_pointer = ref.element = false;
	ref.type = type;
	if (strlen(base->path) + strlen(name) < PATH_MAX_BYTES)
		ref.path = arena_printf(walker->arena, "%s%s%s", base->path,
					*base->path && *name && *name != '[' ? "." : "", name);
	return ref;
}

/* All of the object: where a pointer was made to point at something else inside or around it. */
static struct ref ref_whole(const struct ref *base)
{
	struct ref ref = *base;

	ref.path = "";
	ref.is_pointer = ref.element = false;
	return ref;
}

static bool is_nameless(const char *name)
{
	return !*name || *name == '(';
}

static void walk_member(struct walker *walker, CXCursor cursor, const struct cursors *list,
			struct refs *out)
{
	const char *name = source_string(
		walker->arena, clang.getCursorSpelling(clang.getCursorReferenced(cursor)));
	CXType base_type = {.kind = CXType_Invalid};
	struct refs base = {.n = 0};

	for (size_t i = 0; i < list->n; i++) {
		if (!clang.isExpression(clang.getCursorKind(list->at[i])))
			continue;
		walk(walker, list->at[i], &base);
		base_type = bare(clang.getCursorType(list->at[i]));
	}
	if (base_type.kind == CXType_Pointer)
		base_type = bare(clang.getPointeeType(base_type));
	for (size_t i = 0; i < base.n; i++) {
		struct ref ref = ref_below(walker, &base.at[i], is_nameless(name) ? "" : name,
					   clang.getCursorType(cursor));

		if (!same_record(base_type, base.at[i].type))
			ref = ref_whole(&base.at[i]);
		ref_add(out, ref);
	}
	VEC_FREE(&base);
}

/* BASE[INDEX] or *BASE: the place that a pointer points to. */
static void refs_load(struct walker *walker, const struct refs *base, const CXCursor *index,
		      struct refs *out)
{
	long long value = 0;
	bool known = index && source_constant(*index, &value);

	for (size_t i = 0; i < base->n; i++) {
		struct ref ref = base->at[i];
		size_t n = strlen(ref.path);

		ref.is_pointer = false;
		if (ref.element && known && n > 2)
			ref.path = arena_printf(walker->arena, "%.*s[%lld]", (int)(n - 2), ref.path,
						value);
		ref.element = false;
		ref_add(out, ref);
	}
}

static void walk_subscript(struct walker *walker, const struct cursors *list, struct refs *out)
{
	struct refs base = {.n = 0}, index = {.n = 0};

	if (list->n != 2) {
		walk_all(walker, list);
		return;
	}
	walk(walker, list->at[0], &base);
	walk(walker, list->at[1], &index);
	refs_load(walker, &base, &list->at[1], out);
	refs_load(walker, &index, NULL, out);
	VEC_FREE(&base);
	VEC_FREE(&index);
}

/* An implicit conversion: an array becomes a pointer to its elements, a place is read. */
static void walk_implicit(struct walker *walker, CXCursor cursor, CXCursor child, struct refs *out)
{
	CXType from = clang.getCursorType(child), to = clang.getCursorType(cursor);
	struct refs refs = {.n = 0};

	walk(walker, child, &refs);
	for (size_t i = 0; i < refs.n; i++) {
		struct ref ref = refs.at[i];

		if (ref.is_pointer) {
			if (is_pointer_type(to))
				ref_add(out, ref);
			continue;
		}
		if (!is_array_type(from)) {
			access_add(walker, &ref, false, child, NULL);
			continue;
		}
		ref = ref_below(walker, &ref, "[]", clang.getArrayElementType(bare(from)));
		ref.element = ref.is_pointer = true;
		ref_add(out, ref);
	}
	VEC_FREE(&refs);
}

static void walk_cast(struct walker *walker, CXCursor cursor, CXCursor child, struct refs *out)
{
	CXType to = bare(clang.getCursorType(cursor));
	struct refs refs = {.n = 0};

	walk(walker, child, &refs);
	for (size_t i = 0; i < refs.n; i++)
		if (to.kind == CXType_Pointer)
			ref_add(out, refs.at[i]);
	if (to.kind != CXType_Pointer && to.kind != CXType_Void && to.kind != CXType_Bool)
		pointers_escape(walker, &refs, true, cursor, "");
	VEC_FREE(&refs);
}

/* The operator of a unary expression is told by its types, and where these leave it open by its
 * text. */
static void walk_unary(struct walker *walker, CXCursor cursor, CXCursor child, struct refs *out)
{
	CXType to = bare(clang.getCursorType(cursor)), from = bare(clang.getCursorType(child));
	enum CXCursorKind kind = clang.getCursorKind(child);
	struct refs refs = {.n = 0}, loaded = {.n = 0};
	bool steps = clang.equalTypes(to, from); /* ++, --, and what has no effect on places */
	char first = source_first_char(walker, cursor);

	walk(walker, child, &refs);
	if (is_pointer_type(from) && !steps && to.kind == CXType_Pointer &&
	    kind == CXCursor_DeclRefExpr)
		pointers_escape(walker, &refs, true, cursor, "");
	else if (is_pointer_type(from) && !steps && first != '!')
		refs_load(walker, &refs, NULL, &loaded);
	for (size_t i = 0; i < refs.n; i++) {
		struct ref ref = refs.at[i];

		if (ref.is_pointer && steps)
			ref_add(out, ref);
		else if (!ref.is_pointer && steps) {
			access_add(walker, &ref, false, child, NULL);
			access_add(walker, &ref, true, child, NULL);
		} else if (!ref.is_pointer && to.kind == CXType_Pointer) {
			ref.is_pointer = true;
			ref_add(out, ref);
		}
	}
	for (size_t i = 0; i < loaded.n; i++)
		ref_add(out, loaded.at[i]);
	VEC_FREE(&refs);
	VEC_FREE(&loaded);
}

/*
 * In C the left side of an assignment alone is a place that nothing converts to a value: so an
 * operand of that kind tells `=` from every other operator.
 */
static void walk_binary(struct walker *walker, CXCursor cursor, const struct cursors *list,
			bool compound, struct refs *out)
{
	struct refs left = {.n = 0}, right = {.n = 0};
	CXCursor target;

	if (list->n != 2) {
		walk_all(walker, list);
		return;
	}
	target = source_unwrapped(list->at[0]);
	walk(walker, list->at[0], &left);
	walk(walker, list->at[1], &right);
	if (compound)
		places_access(walker, &left, false, list->at[0]);
	walker->plain = !compound && left.n == 1;
	places_access(walker, &left, true, list->at[0]);
	walker->plain = false;
	if (clang.getCursorKind(target) == CXCursor_DeclRefExpr &&
	    is_pointer_type(clang.getCursorType(target)) && !compound)
		aliases_bind(walker, clang.getCursorReferenced(target), &right);
	else if (clang.getCursorKind(target) != CXCursor_UnexposedExpr &&
		 is_pointer_type(clang.getCursorType(target)) &&
		 is_pointer_type(clang.getCursorType(cursor)) && !compound && !left.n)
		pointers_escape(walker, &right, true, list->at[1], "");
	for (size_t i = 0; i < left.n + right.n; i++) {
		const struct ref *ref = i < left.n ? &left.at[i] : &right.at[i - left.n];

		if (ref->is_pointer && is_pointer_type(clang.getCursorType(cursor)))
			ref_add(out, *ref);
	}
	VEC_FREE(&left);
	VEC_FREE(&right);
}

/* ---- functions ------------------------------------------------------------------------------- */

static void function_enter(struct walker *walker, CXCursor definition)
{
	for (size_t i = 0; i < walker->entered.n; i++)
		if (clang.equalCursors(walker->entered.at[i], definition))
			return;
	*VEC_PUSH(&walker->entered) = definition;
}

static CXType function_type(CXCursor call, CXCursor callee)
{
	struct cursors list;
	CXType type;

	if (clang.getCursorKind(callee) == CXCursor_FunctionDecl)
		return bare(clang.getCursorType(callee));
	list = source_children(call);
	type = list.n ? bare(clang.getCursorType(list.at[0])) : (CXType){.kind = CXType_Invalid};
	VEC_FREE(&list);
	return type.kind == CXType_Pointer ? bare(clang.getPointeeType(type)) : type;
}

/* A pointer to const is only read through. */
static bool may_write(CXType function, unsigned int argument)
{
	CXType type = bare(clang.getArgType(function, argument));

	if (type.kind != CXType_Pointer)
		return true;
	return !clang.isConstQualifiedType(clang.getPointeeType(type));
}

static void walk_argument(struct walker *walker, CXCursor call, CXCursor definition, CXType type,
			  const char *name, unsigned int index, struct refs *given)
{
	CXCursor argument = clang.Cursor_getArgument(call, index);
	struct refs refs = {.n = 0};

	walk(walker, argument, &refs);
	for (size_t i = 0; i < refs.n; i++)
		if (refs.at[i].is_pointer && refs.at[i].object == SOURCE_NEW)
			ref_add(given, refs.at[i]);
	if (!clang.Cursor_isNull(definition) &&
	    (int)index < clang.Cursor_getNumArguments(definition))
		aliases_bind(walker, clang.Cursor_getArgument(definition, index), &refs);
	else
		pointers_escape(walker, &refs, may_write(type, index), argument, name);
	VEC_FREE(&refs);
}

static bool returns_first(const char *name)
{
	return !strcmp(name, "memcpy") || !strcmp(name, "memmove") || !strcmp(name, "memset");
}

static void walk_call(struct walker *walker, CXCursor call, const struct cursors *list,
		      struct refs *out)
{
	CXCursor callee = clang.getCursorReferenced(call);
	CXCursor definition = source_definition(callee);
	CXType type = function_type(call, callee);
	const char *name = source_string(walker->arena, clang.getCursorSpelling(call));
	int n = clang.Cursor_getNumArguments(call);
	struct refs given = {.n = 0};
	struct cursors rest = *list;

	rest.n = list->n && n >= 0 ? list->n - (size_t)n : list->n;
	if (rest.n <= list->n)
		walk_all(walker, &rest);
	for (int i = 0; i < n; i++)
		walk_argument(walker, call, definition, type, *name ? name : "a function pointer",
			      (unsigned int)i, &given);
	if (!clang.Cursor_isNull(definition))
		function_enter(walker, definition);
	source_flow_call(walker, definition, name, &given);
	VEC_FREE(&given);
	if (!clang.Cursor_isNull(definition)) {
		aliases_of(walker, definition, out);
	} else if (n > 0 && returns_first(name)) {
		bool recording = walker->recording;

		walker->recording = false;
		walk(walker, clang.Cursor_getArgument(call, 0), out);
		walker->recording = recording;
	}
}

static void walk_return(struct walker *walker, const struct cursors *list)
{
	struct refs refs = {.n = 0};

	if (list->n)
		walk(walker, list->at[0], &refs);
	if (walker->stack.n)
		aliases_bind(walker, walker->stack.at[walker->stack.n - 1], &refs);
	VEC_FREE(&refs);
}

static void walk_variable(struct walker *walker, CXCursor cursor, const struct cursors *list)
{
	for (size_t i = 0; i < list->n; i++) {
		struct refs refs = {.n = 0};

		walk(walker, list->at[i], &refs);
		if (is_pointer_type(clang.getCursorType(cursor)))
			aliases_bind(walker, cursor, &refs);
		else
			pointers_escape(walker, &refs, true, list->at[i], "");
		VEC_FREE(&refs);
	}
}

/* Every child, and all that they may point to, is also what the whole may. */
static void walk_choice(struct walker *walker, const struct cursors *list, size_t first,
			struct refs *out)
{
	for (size_t i = 0; i < list->n; i++) {
		struct refs refs = {.n = 0};

		walk(walker, list->at[i], &refs);
		for (size_t k = 0; i >= first && k < refs.n; k++)
			ref_add(out, refs.at[k]);
		VEC_FREE(&refs);
	}
}

/* What is not known here: pointers inside it are lost sight of. */
static void walk_other(struct walker *walker, CXCursor cursor, const struct cursors *list)
{
	bool is_statement = clang.isStatement(clang.getCursorKind(cursor));

	for (size_t i = 0; i < list->n; i++) {
		struct refs refs = {.n = 0};

		walk(walker, list->at[i], &refs);
		if (!is_statement) {
			places_access(walker, &refs, false, list->at[i]);
			pointers_escape(walker, &refs, true, list->at[i], "");
		}
		VEC_FREE(&refs);
	}
}

static void walk_kind(struct walker *walker, CXCursor cursor, const struct cursors *list,
		      struct refs *out)
{
	switch (clang.getCursorKind(cursor)) {
	case CXCursor_DeclRefExpr:
		aliases_of(walker, clang.getCursorReferenced(cursor), out);
		break;
	case CXCursor_MemberRefExpr:
		walk_member(walker, cursor, list, out);
		break;
	case CXCursor_ArraySubscriptExpr:
		walk_subscript(walker, list, out);
		break;
	case CXCursor_UnexposedExpr:
		if (list->n == 1)
			walk_implicit(walker, cursor, list->at[0], out);
		else
			walk_other(walker, cursor, list);
		break;
	case CXCursor_ParenExpr:
		walk_choice(walker, list, 0, out);
		break;
	case CXCursor_ConditionalOperator:
	case CXCursor_StmtExpr:
		walk_choice(walker, list, clang.getCursorKind(cursor) == CXCursor_StmtExpr ? 0 : 1,
			    out);
		break;
	case CXCursor_CStyleCastExpr:
		if (list->n)
			walk_cast(walker, cursor, list->at[list->n - 1], out);
		break;
	case CXCursor_UnaryOperator:
		if (list->n)
			walk_unary(walker, cursor, list->at[0], out);
		break;
	case CXCursor_BinaryOperator:
	case CXCursor_CompoundAssignOperator:
		walk_binary(walker, cursor, list,
			    clang.getCursorKind(cursor) == CXCursor_CompoundAssignOperator, out);
		break;
	case CXCursor_CallExpr:
		walk_call(walker, cursor, list, out);
		break;
	case CXCursor_ReturnStmt:
		walk_return(walker, list);
		break;
	case CXCursor_VarDecl:
		walk_variable(walker, cursor, list);
		break;
	case CXCursor_CompoundStmt:
		walk_choice(walker, list, list->n ? list->n - 1 : 0, out);
		break;
	case CXCursor_UnaryExpr: /* sizeof and its like: not evaluated */
		break;
	default:
		walk_other(walker, cursor, list);
	}
}

static void walk(struct walker *walker, CXCursor cursor, struct refs *out)
{
	struct cursors list;
	size_t first;

	if (walker->depth >= DEPTH_MAX) {
		walker->too_deep = true;
		return;
	}
	list = source_children(cursor);
	first = walker->nodes.n;
	walker->depth++;
	walk_kind(walker, cursor, &list, out);
	walker->depth--;
	if (walker->recording)
		source_flow_close(walker, cursor, &list, first);
	VEC_FREE(&list);
}

/* Walks ROOT and every function of the code that it comes to; the list grows meanwhile. */
static void pass(struct walker *walker, CXCursor root)
{
	walker->entered.n = 0;
	walker->grown = false;
	function_enter(walker, root);
	for (size_t i = 0; i < walker->entered.n; i++) {
		CXCursor function = walker->entered.at[i];
		struct cursors list = source_children(function);
		uint32_t first_variable = (uint32_t)walker->variables.n;

		*VEC_PUSH(&walker->stack) = function;
		for (size_t k = 0; k < list.n; k++) {
			struct refs refs = {.n = 0};

			if (clang.getCursorKind(list.at[k]) != CXCursor_CompoundStmt)
				continue;
			walk(walker, list.at[k], &refs);
			VEC_FREE(&refs);
			if (walker->recording)
				source_flow_function(walker, i, list.at[k], first_variable);
		}
		walker->stack.n--;
		VEC_FREE(&list);
	}
}

static int access_compare(const void *a_, const void *b_)
{
	const struct source_access *a = a_, *b = b_;

	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	if (a->at.col != b->at.col)
		return a->at.col < b->at.col ? -1 : 1;
	if (a->object != b->object)
		return a->object < b->object ? -1 : 1;
	if (a->written != b->written)
		return a->written ? 1 : -1;
	return strcmp(a->path, b->path);
}

static void object_bind(struct walker *walker, CXCursor function, int parameter,
			enum source_object object)
{
	CXCursor variable;

	if (parameter < 0 || parameter >= clang.Cursor_getNumArguments(function))
		return;
	variable = clang.Cursor_getArgument(function, (unsigned int)parameter);
	alias_add(walker, variable,
		  (struct ref){.object = object,
			       .path = "",
			       .type = clang.getPointeeType(bare(clang.getCursorType(variable))),
			       .is_pointer = true});
}

bool source_function_walk(struct walker *walker, CXCursor function, const int object[2],
			  struct source_accesses *out, struct place at, struct diags *diags)
{
	walker->aliases.n = walker->accesses.n = walker->nodes.n = 0;
	walker->variables.n = walker->labels.n = 0;
	walker->flow = ARENA_NEW(walker->arena, struct flow);
	walker->flow->arena = walker->arena;
	walker->recording = walker->too_deep = false;
	object_bind(walker, function, object[SOURCE_OLD], SOURCE_OLD);
	object_bind(walker, function, object[SOURCE_NEW], SOURCE_NEW);
	do
		pass(walker, function);
	while (walker->grown && !walker->too_deep);
	walker->recording = true;
	pass(walker, function);
	if (walker->too_deep)
		return diag_error(diags, at,
				  "too deeply nested, or too many pointers to follow what it reads "
				  "and writes; write it simpler");
	out->n = walker->accesses.n;
	out->at = ARENA_NEW_ARRAY(walker->arena, out->n + 1, struct source_access);
	if (out->n) {
		memcpy(out->at, walker->accesses.at, out->n * sizeof(*out->at));
		qsort(out->at, out->n, sizeof(*out->at), access_compare);
	}
	return true;
}
