// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads custom C with libclang. Everything the compiler sees is handed over in memory. What the
 * code does to the tracked objects is followed through its syntax tree: which places of which
 * object a pointer may point to (without regard to the order of statements), and which of them are
 * read and written; the order of the writes is handed on as a tree of statements.
 */
#include <clang-c/Index.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "source_headers.h"
#include "text.h"

/* No such directory is looked at: every name in it is a text in memory. */
#define ROOT "/carryover"
#define UNIT_FILE ROOT "/unit.c"
#define CODE_FILE ROOT "/code.c"

#define DEPTH_MAX 500	 /* of a syntax tree */
#define ALIASES_MAX 4096 /* of all variables of one function and those it calls */
#define PATH_MAX_BYTES 1024

/* clang-format off */
#define FUNCTIONS(X) \
	X(Cursor_getStorageClass) X(getCursorSemanticParent) X(getRangeEnd) \
	X(Cursor_Evaluate) X(Cursor_getArgument) X(Cursor_getNumArguments) X(Cursor_isNull) \
	X(EvalResult_dispose) X(EvalResult_getAsLongLong) X(EvalResult_getKind) \
	X(createIndex) X(disposeDiagnostic) X(disposeIndex) X(disposeString) \
	X(disposeTranslationUnit) X(equalCursors) X(equalTypes) X(getArgType) \
	X(getArrayElementType) X(getCString) X(getCanonicalType) X(getChildDiagnostics) \
	X(getCursorDefinition) X(getCursorExtent) X(getCursorKind) X(getCursorLocation) \
	X(getCursorReferenced) X(getCursorSpelling) X(getCursorType) X(getDiagnostic) \
	X(getDiagnosticInSet) X(getDiagnosticLocation) X(getDiagnosticSeverity) \
	X(getDiagnosticSpelling) X(getExpansionLocation) X(getFileLocation) X(getFileName) \
	X(getNullCursor) X(getNumDiagnostics) X(getNumDiagnosticsInSet) X(getPointeeType) \
	X(getRangeStart) X(getSpellingLocation) X(getTranslationUnitCursor) \
	X(getTypeDeclaration) X(getTypeSpelling) X(isConstQualifiedType) \
	X(isCursorDefinition) X(isExpression) X(isStatement) X(parseTranslationUnit2) \
	X(visitChildren)
/* clang-format on */

/* Loaded when there is code to read: it takes longer to load than most commands take to run. */
static struct {
#define X(name) __typeof__(&clang_##name) name;
	FUNCTIONS(X)
#undef X
	void *library;
} clang;

static bool library_open(struct diags *diags)
{
	void *library = clang.library ? clang.library : dlopen(CO_LIBCLANG, RTLD_LAZY);

	if (!library)
		return diag_error(diags, (struct place){.file = NULL},
				  "%s, which reads expressions and hooks, cannot be loaded: %s; "
				  "install it (`make deps`)",
				  CO_LIBCLANG, dlerror());
#define X(name)                                                                                    \
	clang.name = (__typeof__(&clang_##name))dlsym(library, "clang_" #name);                    \
	if (!clang.name)                                                                           \
		return diag_error(diags, (struct place){.file = NULL},                             \
				  "%s has no clang_%s: it is "                                     \
				  "not the one this program was built for",                        \
				  CO_LIBCLANG, #name);
	FUNCTIONS(X)
#undef X
	clang.library = library;
	return true;
}

/* A place in a tracked object that an expression denotes, or a pointer points to. */
struct ref {
	enum source_object object;
	const char *path;
	CXType type;	 /* of the place; of an element when it is one of an array's */
	bool is_pointer; /* to the place, rather than the place itself */
	bool element;	 /* the place is some element of an array: PATH ends in "[]" */
};

struct refs {
	struct ref *at;
	size_t n, room;
};

/* What a variable, parameter or function (its result) may point to. */
struct alias {
	CXCursor variable;
	struct ref ref;
};

struct accesses {
	struct source_access *at;
	size_t n, room;
};

struct cursors {
	CXCursor *at;
	size_t n, room;
};

struct walker {
	struct source_unit *unit;
	struct arena *arena;
	CXTranslationUnit tu;
	const char *unit_text;
	size_t unit_size;
	uint32_t *first_lines; /* in unit.c, of each expression */
	/* of the function at hand */
	const struct source_expression *expression;
	struct {
		struct alias *at;
		size_t n, room;
	} aliases;
	struct {
		CXCursor *at;
		size_t n, room;
	} entered, stack; /* functions of the code: walked in this pass; being walked */
	struct accesses accesses;
	bool grown;	/* an alias was added in this pass */
	bool recording; /* the last pass: accesses are noted */
	bool too_deep;
	unsigned int depth;
	/* the tree of statements that the recording pass makes: of what was walked and not yet put
	   into its parent */
	struct flow *flow;
	struct {
		struct flow_node **at;
		size_t n, room;
	} nodes;
	struct cursors variables; /* by the ids that the flow has for them, as the labels */
	struct {
		const char **at;
		size_t n, room;
	} labels;
	bool plain; /* what is written now is assigned by `=`, to one place alone */
};

static enum CXChildVisitResult child_push(CXCursor cursor, CXCursor parent, CXClientData data)
{
	struct cursors *list = data;

	(void)parent;
	*VEC_PUSH(list) = cursor;
	return CXChildVisit_Continue;
}

static struct cursors children_of(CXCursor cursor)
{
	struct cursors list = {.n = 0};

	clang.visitChildren(cursor, child_push, &list);
	return list;
}

static const char *take_string(struct arena *arena, CXString string)
{
	const char *text = clang.getCString(string);
	const char *copy = arena_strdup(arena, text ? text : "");

	clang.disposeString(string);
	return copy;
}

static CXType bare(CXType type)
{
	return clang.getCanonicalType(type);
}

static bool is_pointer_type(CXType type)
{
	return bare(type).kind == CXType_Pointer;
}

static bool is_array_type(CXType type)
{
	enum CXTypeKind kind = bare(type).kind;

	return kind == CXType_ConstantArray || kind == CXType_IncompleteArray ||
	       kind == CXType_VariableArray;
}

static bool same_record(CXType a, CXType b)
{
	return clang.equalCursors(clang.getTypeDeclaration(bare(a)),
				  clang.getTypeDeclaration(bare(b)));
}

/* By name: what stands in memory alone has no other identity. */
static bool file_is(CXFile file, const char *name)
{
	CXString found = clang.getFileName(file);
	const char *text = clang.getCString(found);
	bool same = text && !strcmp(text, name);

	clang.disposeString(found);
	return same;
}

/* ---- places ---------------------------------------------------------------------------------- */

/* The expression that line LINE of the unit belongs to, with the assignment before it; NULL: none.
 */
static struct source_expression *expression_at(const struct walker *walker, uint32_t line)
{
	for (size_t i = walker->unit->n_expressions; i > 0; i--)
		if (line + 1 >= walker->first_lines[i - 1])
			return &walker->unit->expressions[i - 1];
	return NULL;
}

static struct place place_in_expression(const struct walker *walker, uint32_t line, uint32_t col)
{
	const struct source_expression *expression = expression_at(walker, line);
	struct place at = {.file = NULL};

	if (!expression)
		return at;
	at = expression->at;
	if (expression->exact &&
	    line == walker->first_lines[expression - walker->unit->expressions] &&
	    col <= strlen(expression->text) + 1)
		at.col += col - 1;
	return at;
}

/* File NULL: a header in memory. */
static struct place place_of(const struct walker *walker, CXSourceLocation location)
{
	unsigned int line, col;
	CXFile file;

	clang.getFileLocation(location, &file, &line, &col, NULL);
	if (file && file_is(file, CODE_FILE))
		return (struct place){.file = walker->unit->code.name, .line = line, .col = col};
	if (file && file_is(file, UNIT_FILE))
		return place_in_expression(walker, line, col);
	return (struct place){.file = NULL};
}

static struct place place_of_cursor(const struct walker *walker, CXCursor cursor)
{
	return place_of(walker, clang.getRangeStart(clang.getCursorExtent(cursor)));
}

/* The character that CURSOR starts with; 0 where a macro made it. */
static char first_char(const struct walker *walker, CXCursor cursor)
{
	CXSourceLocation start = clang.getRangeStart(clang.getCursorExtent(cursor));
	unsigned int offset, spelled;
	CXFile file;

	clang.getExpansionLocation(start, &file, NULL, NULL, &offset);
	clang.getSpellingLocation(start, NULL, NULL, NULL, &spelled);
	if (offset != spelled || !file)
		return 0;
	if (file_is(file, CODE_FILE))
		return offset < walker->unit->code.n ? walker->unit->code.text[offset] : 0;
	if (file_is(file, UNIT_FILE))
		return offset < walker->unit_size ? walker->unit_text[offset] : 0;
	return 0;
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

static struct flow_node *flow_push(struct walker *walker, enum flow_kind kind, struct place at)
{
	struct flow_node *node = flow_node_new(walker->flow, kind, NULL, 0, at);

	*VEC_PUSH(&walker->nodes) = node;
	return node;
}

static void flow_access(struct walker *walker, const struct ref *ref, bool written, struct place at)
{
	struct flow_node *node;

	if (ref->object != SOURCE_NEW)
		return;
	node = flow_push(walker, written ? FLOW_WRITE : FLOW_READ, at);
	node->path = flow_path(walker->flow, ref->path);
	node->plain = walker->plain;
}

static void access_add(struct walker *walker, const struct ref *ref, bool written, CXCursor cursor,
		       const char *handed)
{
	struct place at;

	if (!walker->recording)
		return;
	at = place_of_cursor(walker, cursor);
	if (!at.file && walker->expression)
		at = walker->expression->at;
	flow_access(walker, ref, written, at);
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
	const char *name = take_string(walker->arena,
				       clang.getCursorSpelling(clang.getCursorReferenced(cursor)));
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

static bool constant_of(CXCursor cursor, long long *value)
{
	CXEvalResult result = clang.Cursor_Evaluate(cursor);
	bool is_int = result && clang.EvalResult_getKind(result) == CXEval_Int;

	if (is_int)
		*value = clang.EvalResult_getAsLongLong(result);
	if (result)
		clang.EvalResult_dispose(result);
	return is_int;
}

/* BASE[INDEX] or *BASE: the place that a pointer points to. */
static void refs_load(struct walker *walker, const struct refs *base, const CXCursor *index,
		      struct refs *out)
{
	long long value = 0;
	bool known = index && constant_of(*index, &value);

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
	char first = first_char(walker, cursor);

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

static CXCursor unwrapped(CXCursor cursor)
{
	while (clang.getCursorKind(cursor) == CXCursor_ParenExpr) {
		struct cursors list = children_of(cursor);
		CXCursor child = list.n ? list.at[0] : clang.getNullCursor();

		VEC_FREE(&list);
		if (clang.Cursor_isNull(child))
			break;
		cursor = child;
	}
	return cursor;
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
	target = unwrapped(list->at[0]);
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

static bool is_in_code(CXCursor cursor)
{
	CXFile file;

	clang.getFileLocation(clang.getCursorLocation(cursor), &file, NULL, NULL, NULL);
	return file && file_is(file, CODE_FILE);
}

static CXCursor definition_of(CXCursor function)
{
	CXCursor definition;

	if (clang.getCursorKind(function) != CXCursor_FunctionDecl)
		return clang.getNullCursor();
	definition = clang.getCursorDefinition(function);
	if (clang.Cursor_isNull(definition) || !is_in_code(definition))
		return clang.getNullCursor();
	return definition;
}

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
	list = children_of(call);
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

/* The call itself, after its arguments. */
static void flow_call(struct walker *walker, CXCursor definition, const char *name,
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

static bool returns_first(const char *name)
{
	return !strcmp(name, "memcpy") || !strcmp(name, "memmove") || !strcmp(name, "memset");
}

static void walk_call(struct walker *walker, CXCursor call, const struct cursors *list,
		      struct refs *out)
{
	CXCursor callee = clang.getCursorReferenced(call);
	CXCursor definition = definition_of(callee);
	CXType type = function_type(call, callee);
	const char *name = take_string(walker->arena, clang.getCursorSpelling(call));
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
	flow_call(walker, definition, name, &given);
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

static const char *text_of_file(const struct walker *walker, CXFile file, size_t *n)
{
	if (file && file_is(file, CODE_FILE)) {
		*n = walker->unit->code.n;
		return walker->unit->code.text;
	}
	*n = walker->unit_size;
	return file && file_is(file, UNIT_FILE) ? walker->unit_text : NULL;
}

/* What stands between A and B, without spaces and comments; "" where a macro made them. */
static const char *text_between(const struct walker *walker, CXCursor a, CXCursor b)
{
	unsigned int from, to;
	CXFile file, other;
	const char *text;
	char word[4] = "";
	size_t n, k = 0;

	clang.getExpansionLocation(clang.getRangeEnd(clang.getCursorExtent(a)), &file, NULL, NULL,
				   &from);
	clang.getExpansionLocation(clang.getRangeStart(clang.getCursorExtent(b)), &other, NULL,
				   NULL, &to);
	text = text_of_file(walker, file, &n);
	if (!text || to > n)
		return "";
	for (unsigned int i = from; i < to && k + 1 < sizeof(word); i++) {
		const char *end = NULL;

		if (!strncmp(text + i, "/*", 2))
			end = strstr(text + i + 2, "*/");
		else if (!strncmp(text + i, "//", 2))
			end = strchr(text + i, '\n');
		if (end)
			i = (unsigned int)(end - text) + (*end == '*');
		else if (!strchr(" \t\r\n\\", text[i]))
			word[k++] = text[i];
	}
	return arena_strndup(walker->arena, word, k);
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
	cursor = unwrapped(cursor);
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
	operator= text_between(parts->walker, parts->list->at[0], parts->list->at[1]);
	if (clang.getCursorKind(parts->cursor) == CXCursor_CompoundAssignOperator)
		return is_tracked(target) ? parts_set(parts, target, false)
					  : parts_valued(parts, FLOW_ANY);
	if (is_tracked(target) &&
	    clang.getCursorKind(unwrapped(parts->list->at[0])) == CXCursor_DeclRefExpr)
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
	if (constant_of(parts->cursor, &value))
		return parts_valued(parts, signs_of(value));
	if (!*operator&& parts->n == 2) /* in a macro: the right side may not always be run */
		return parts_node(parts, FLOW_AND);
	return parts_valued(parts, FLOW_ANY);
}

static struct flow_node *flow_unary(const struct flow_parts *parts)
{
	char first = first_char(parts->walker, parts->cursor);
	CXCursor variable = variable_in(parts->list->at[0]);
	CXType type = clang.getCursorType(parts->cursor);
	long long value;

	if (is_tracked(variable) && first != '!')
		return parts_set(parts, variable, false); /* ++, -- or & */
	if (first == '!')
		return parts_node(parts, FLOW_NOT);
	if (!is_pointer_type(type) && constant_of(parts->cursor, &value))
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
	text = text_of_file(walker, file, &n);
	if (first_char(walker, cursor) != 'f' || !text)
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
	struct cursors list = children_of(part);
	bool good = false;

	for (size_t i = 0; i < list.n && !good; i++) {
		struct cursors below = children_of(list.at[i]);

		if (clang.equalCursors(list.at[i], variable) && below.n)
			good = constant_of(below.at[below.n - 1], value);
		else if (list.n == 2 && !i && clang.equalCursors(variable_in(list.at[0]), variable))
			good = constant_of(list.at[1], value);
		VEC_FREE(&below);
	}
	VEC_FREE(&list);
	return good;
}

/* `for (i = 0; i < 4; ...)`: true when the first test holds, as two constants say. */
static bool for_enters(const struct walker *walker, CXCursor first, CXCursor test)
{
	struct cursors list = children_of(test), below = {.n = 0};
	long long from, to;
	bool enters = false;

	if (list.n == 2 && clang.getCursorKind(test) == CXCursor_BinaryOperator) {
		const char *operator= text_between(walker, list.at[0], list.at[1]);
		CXCursor variable = list.at[0];

		while (clang.getCursorKind(variable) == CXCursor_UnexposedExpr) {
			VEC_FREE(&below);
			below = children_of(variable);
			if (below.n != 1)
				break;
			variable = below.at[0];
		}
		enters = constant_of(list.at[1], &to) &&
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
	    constant_of(parts->cursor, &value))
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
	const char *name = take_string(walker->arena, clang.getCursorSpelling(label));

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
		return parts_valued(parts, constant_of(parts->cursor, &value) ? signs_of(value)
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
static void flow_close(struct walker *walker, CXCursor cursor, const struct cursors *list,
		       size_t first)
{
	struct flow_parts parts = {.walker = walker,
				   .cursor = cursor,
				   .list = list,
				   .child = walker->nodes.at + first,
				   .n = walker->nodes.n - first,
				   .at = place_of_cursor(walker, cursor)};
	struct flow_node *node = flow_expression(&parts);

	walker->nodes.n = first;
	*VEC_PUSH(&walker->nodes) = node;
}

static struct place place_of_end(const struct walker *walker, CXCursor cursor)
{
	struct place at = place_of(walker, clang.getRangeEnd(clang.getCursorExtent(cursor)));

	at.col -= at.col > 1;
	return at;
}

/* The functions of the flow have the numbers that they have in `entered`. */
static void flow_function_close(struct walker *walker, size_t index, CXCursor body,
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

static void walk(struct walker *walker, CXCursor cursor, struct refs *out)
{
	struct cursors list;
	size_t first;

	if (walker->depth >= DEPTH_MAX) {
		walker->too_deep = true;
		return;
	}
	list = children_of(cursor);
	first = walker->nodes.n;
	walker->depth++;
	walk_kind(walker, cursor, &list, out);
	walker->depth--;
	if (walker->recording)
		flow_close(walker, cursor, &list, first);
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
		struct cursors list = children_of(function);
		uint32_t first_variable = (uint32_t)walker->variables.n;

		*VEC_PUSH(&walker->stack) = function;
		for (size_t k = 0; k < list.n; k++) {
			struct refs refs = {.n = 0};

			if (clang.getCursorKind(list.at[k]) != CXCursor_CompoundStmt)
				continue;
			walk(walker, list.at[k], &refs);
			VEC_FREE(&refs);
			if (walker->recording)
				flow_function_close(walker, i, list.at[k], first_variable);
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

static bool function_walk(struct walker *walker, CXCursor function, const int object[2],
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

/* ---- the unit -------------------------------------------------------------------------------- */

static uint32_t lines_in(const char *text)
{
	uint32_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* unit.c: the prelude, each expression in a function of its own, then the code. */
static void unit_print(struct walker *walker, struct text *out)
{
	const struct source_unit *unit = walker->unit;

	text_puts(out, unit->prelude);
	text_puts(out, "\n");
	for (size_t i = 0; i < unit->n_expressions; i++) {
		const struct source_expression *expression = &unit->expressions[i];

		text_add(out,
			 "static inline void co_expression_%zu(struct co_ctx *ctx, const %s *old, "
			 "%s *new)\n{\n(void)ctx, (void)old;\nnew->%s = (\n",
			 i, expression->type[SOURCE_OLD], expression->type[SOURCE_NEW],
			 expression->target);
		walker->first_lines[i] = lines_in(text_string(out)) + 1;
		text_puts(out, expression->text);
		text_puts(out, "\n);\n}\n");
	}
	if (unit->code.text)
		text_add(out, "#include \"%s\"\n", "code.c");
}

/* The option that makes libclang compile for MACHINE; NULL: none is needed, or it is not known. */
static const char *target_of(const char *machine)
{
	static const char *const targets[][2] = {
		{"x86_64", "--target=x86_64-linux-gnu"},
		{"i686", "--target=i686-linux-gnu"},
		{"i386", "--target=i686-linux-gnu"},
		{"aarch64", "--target=aarch64-linux-gnu"},
		{"arm64", "--target=aarch64-linux-gnu"},
		{"s390x", "--target=s390x-linux-gnu"},
		{"riscv64", "--target=riscv64-linux-gnu"},
	};

	for (size_t i = 0; machine && i < sizeof(targets) / sizeof(targets[0]); i++)
		if (!strcmp(targets[i][0], machine))
			return targets[i][1];
	return NULL;
}

static struct CXUnsavedFile unsaved(struct arena *arena, const char *folder, const char *name,
				    const char *text, size_t n)
{
	return (struct CXUnsavedFile){.Filename = arena_printf(arena, "%s/%s", folder, name),
				      .Contents = text,
				      .Length = (unsigned long)n};
}

static bool unit_parse(struct walker *walker, CXIndex index, struct diags *diags)
{
	static const char *const options[] = {
		"-xc",
		"-std=gnu11",
		"-ffreestanding",
		"-nostdinc",
		"-isystem",
		ROOT "/include",
		"-Wall",
		"-Wextra",
		"-Werror=incompatible-pointer-types",
		"-Werror=implicit-function-declaration",
		"-Werror=int-conversion",
		"-ferror-limit=0",
		"-fspell-checking",
		"-Wno-incompatible-library-redeclaration",
	};
	int n_options = (int)(sizeof(options) / sizeof(options[0]));
	const struct source_unit *unit = walker->unit;
	const char *arguments[sizeof(options) / sizeof(options[0]) + 1];
	struct CXUnsavedFile *files = ARENA_NEW_ARRAY(
		walker->arena, unit->n_headers + SOURCE_HEADERS + 2, struct CXUnsavedFile);
	unsigned int n = 0;

	memcpy(arguments, options, sizeof(options));
	arguments[n_options] = target_of(unit->machine);
	n_options += arguments[n_options] != NULL;
	files[n++] = unsaved(walker->arena, ROOT, "unit.c", walker->unit_text, walker->unit_size);
	if (unit->code.text)
		files[n++] = unsaved(walker->arena, ROOT, "code.c", unit->code.text, unit->code.n);
	for (size_t i = 0; i < unit->n_headers; i++)
		files[n++] = unsaved(walker->arena, ROOT, unit->headers[i].name,
				     unit->headers[i].text, unit->headers[i].n);
	for (size_t i = 0; i < SOURCE_HEADERS; i++)
		files[n++] = unsaved(walker->arena, ROOT "/include", source_headers[i].name,
				     source_headers[i].text, strlen(source_headers[i].text));
	if (clang.parseTranslationUnit2(index, UNIT_FILE, arguments, n_options, files, n,
					CXTranslationUnit_KeepGoing, &walker->tu) ||
	    !walker->tu)
		return diag_error(diags, place_file(unit->code.name),
				  "libclang could not read the code at all");
	return true;
}

/* ---- what the compiler says ------------------------------------------------------------------ */

static const char *about_of(const struct walker *walker, CXSourceLocation location)
{
	const struct source_expression *expression;
	unsigned int line;
	CXFile file;

	clang.getFileLocation(location, &file, &line, NULL, NULL);
	if (!file || !file_is(file, UNIT_FILE))
		return NULL;
	expression = expression_at(walker, line);
	return expression ? expression->about : NULL;
}

static void note_report(struct walker *walker, CXDiagnostic note, struct place of,
			struct diags *diags)
{
	struct place at = place_of(walker, clang.getDiagnosticLocation(note));

	/* What stands in a header in memory, and who included it, nobody could look at. */
	if (at.file && of.file && !strcmp(at.file, of.file))
		diag_note(diags, at, "%s",
			  take_string(walker->arena, clang.getDiagnosticSpelling(note)));
}

static bool diagnostic_report(struct walker *walker, CXDiagnostic diagnostic, struct diags *diags)
{
	enum CXDiagnosticSeverity severity = clang.getDiagnosticSeverity(diagnostic);
	CXSourceLocation location = clang.getDiagnosticLocation(diagnostic);
	const char *text = take_string(walker->arena, clang.getDiagnosticSpelling(diagnostic));
	const char *about = about_of(walker, location);
	struct place at = place_of(walker, location);
	CXDiagnosticSet notes = clang.getChildDiagnostics(diagnostic);

	if (severity < CXDiagnostic_Warning)
		return true;
	if (!at.file && severity < CXDiagnostic_Error)
		return true;
	if (!at.file)
		at = place_file(walker->unit->code.text ? walker->unit->code.name : NULL);
	diag_add(diags, severity >= CXDiagnostic_Error ? DIAG_ERROR : DIAG_WARNING, at, "%s%s%s",
		 about ? about : "", about ? ": " : "", text);
	for (unsigned int i = 0; i < clang.getNumDiagnosticsInSet(notes); i++) {
		CXDiagnostic note = clang.getDiagnosticInSet(notes, i);

		note_report(walker, note, at, diags);
		clang.disposeDiagnostic(note);
	}
	return severity < CXDiagnostic_Error;
}

static bool diagnostics_report(struct walker *walker, struct diags *diags)
{
	bool good = true;

	for (unsigned int i = 0; i < clang.getNumDiagnostics(walker->tu); i++) {
		CXDiagnostic diagnostic = clang.getDiagnostic(walker->tu, i);

		good = diagnostic_report(walker, diagnostic, diags) && good;
		clang.disposeDiagnostic(diagnostic);
	}
	return good;
}

/* ---- from declarations to results ------------------------------------------------------------ */

static void function_found(struct walker *walker, CXCursor cursor, const char *name,
			   struct diags *diags)
{
	for (size_t i = 0; i < walker->unit->n_functions; i++) {
		struct source_function *function = &walker->unit->functions[i];
		const char *type;

		if (strcmp(function->name, name))
			continue;
		function->defined = true;
		function->at = place_of(walker, clang.getCursorLocation(cursor));
		type = take_string(walker->arena,
				   clang.getTypeSpelling(bare(clang.getCursorType(cursor))));
		if (strcmp(type, function->type)) {
			function->found = type;
			continue;
		}
		walker->expression = NULL;
		function_walk(walker, cursor, function->object, &function->accesses, function->at,
			      diags);
		function->flow = walker->flow;
	}
}

static void expression_found(struct walker *walker, CXCursor cursor, const char *name,
			     struct diags *diags)
{
	static const int object[2] = {[SOURCE_OLD] = 1, [SOURCE_NEW] = 2};
	size_t index = strtoul(name + strlen("co_expression_"), NULL, 10);
	struct source_expression *expression;
	struct source_accesses *accesses;
	size_t n = 0;
	bool good;

	if (index >= walker->unit->n_expressions)
		return;
	expression = &walker->unit->expressions[index];
	accesses = &expression->accesses;
	walker->expression = expression;
	good = function_walk(walker, cursor, object, accesses, expression->at, diags);
	flow_deinit(walker->flow);
	if (!good)
		return;
	/* The one assignment that unit_print() wrote itself stands before the expression. */
	for (size_t i = 0; i < accesses->n; i++)
		if (!accesses->at[i].written || accesses->at[i].object != SOURCE_NEW ||
		    strcmp(accesses->at[i].path, expression->target))
			accesses->at[n++] = accesses->at[i];
	accesses->n = n;
}

static void functions_read(struct walker *walker, struct diags *diags)
{
	struct cursors list = children_of(clang.getTranslationUnitCursor(walker->tu));

	for (size_t i = 0; i < list.n; i++) {
		const char *name;

		if (clang.getCursorKind(list.at[i]) != CXCursor_FunctionDecl ||
		    !clang.isCursorDefinition(list.at[i]))
			continue;
		name = take_string(walker->arena, clang.getCursorSpelling(list.at[i]));
		if (is_in_code(list.at[i]))
			function_found(walker, list.at[i], name, diags);
		else if (!strncmp(name, "co_expression_", strlen("co_expression_")))
			expression_found(walker, list.at[i], name, diags);
	}
	VEC_FREE(&list);
}

bool source_read(struct source_unit *unit, struct arena *arena, struct diags *diags)
{
	struct walker walker = {.unit = unit, .arena = arena};
	size_t errors = diags->errors;
	struct text text;
	CXIndex index;

	if (!library_open(diags))
		return false;
	walker.first_lines = ARENA_NEW_ARRAY(arena, unit->n_expressions + 1, uint32_t);
	text_init(&text);
	unit_print(&walker, &text);
	walker.unit_text = text_string(&text);
	walker.unit_size = text.n;
	index = clang.createIndex(0, 0);
	if (!index) {
		diag_error(diags, place_file(unit->code.name), "libclang could not be started");
	} else if (unit_parse(&walker, index, diags)) {
		if (diagnostics_report(&walker, diags))
			functions_read(&walker, diags);
		clang.disposeTranslationUnit(walker.tu);
	}
	if (index)
		clang.disposeIndex(index);
	text_deinit(&text);
	VEC_FREE(&walker.aliases);
	VEC_FREE(&walker.entered);
	VEC_FREE(&walker.stack);
	VEC_FREE(&walker.accesses);
	VEC_FREE(&walker.nodes);
	VEC_FREE(&walker.variables);
	VEC_FREE(&walker.labels);
	return diags->errors == errors;
}
