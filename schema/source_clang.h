/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files that read custom C share: libclang's functions, and the walk through one function.
 * No header outside schema/source*.c includes it.
 */
#ifndef CO_SCHEMA_SOURCE_CLANG_H
#define CO_SCHEMA_SOURCE_CLANG_H

#include <clang-c/Index.h>

#include "source.h"

/* No such directory is looked at: every name in it is a text in memory. */
#define ROOT "/carryover"
#define UNIT_FILE ROOT "/unit.c"
#define CODE_FILE ROOT "/code.c"

#define DEPTH_MAX 500	 /* of a syntax tree */
#define ALIASES_MAX 4096 /* of all variables of one function and those it calls */
#define PATH_MAX_BYTES 1024

/* clang-format off */
#define FUNCTIONS(X) \
	X(EvalResult_getAsUnsigned) X(EvalResult_isUnsignedInt) X(Type_getSizeOf) \
	X(getEnumDeclIntegerType) X(Cursor_getStorageClass) X(getCursorSemanticParent) X(getRangeEnd) \
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
	X(visitChildren) X(Cursor_isMacroFunctionLike)
/* clang-format on */

/* Loaded when there is code to read: it takes longer to load than most commands take to run. */
extern struct source_library {
#define X(name) __typeof__(&clang_##name) name;
	FUNCTIONS(X)
#undef X
	void *library;
} clang;

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

static inline CXType bare(CXType type)
{
	return clang.getCanonicalType(type);
}

static inline bool is_pointer_type(CXType type)
{
	return bare(type).kind == CXType_Pointer;
}

static inline bool is_array_type(CXType type)
{
	enum CXTypeKind kind = bare(type).kind;

	return kind == CXType_ConstantArray || kind == CXType_IncompleteArray ||
	       kind == CXType_VariableArray;
}

/* ---- source_clang.c: cursors, texts and places ----------------------------------------------- */

/* False with a diagnostic when libclang is not there. */
bool source_library_open(struct diags *diags);
/* The option that makes libclang compile for MACHINE; NULL: none is needed, or it is not known. */
const char *source_target(const char *machine);
/* Freed with VEC_FREE(). */
struct cursors source_children(CXCursor cursor);
/* A copy in ARENA; STRING is disposed of. */
const char *source_string(struct arena *arena, CXString string);
/* By name: what stands in memory alone has no other identity. */
bool source_file_is(CXFile file, const char *name);
/* The expression that line LINE of the unit belongs to, with the assignment before it; NULL: none.
 */
struct source_expression *source_expression_at(const struct walker *walker, uint32_t line);
/* File NULL: a header in memory. */
struct place source_place(const struct walker *walker, CXSourceLocation location);
struct place source_place_of(const struct walker *walker, CXCursor cursor);
/* The character that CURSOR starts with; 0 where a macro made it. */
char source_first_char(const struct walker *walker, CXCursor cursor);
/* The text of FILE and its length; NULL for a header. */
const char *source_text_of(const struct walker *walker, CXFile file, size_t *n);
/* What stands between A and B, without spaces and comments; "" where a macro made them. */
const char *source_text_between(const struct walker *walker, CXCursor a, CXCursor b);
/* False when CURSOR is no integer constant. */
bool source_constant(CXCursor cursor, long long *value);
/* CURSOR without parentheses around it. */
CXCursor source_unwrapped(CXCursor cursor);
bool source_is_in_code(CXCursor cursor);
/* The body in the code of FUNCTION, or the null cursor. */
CXCursor source_definition(CXCursor function);

/* ---- source_walk.c --------------------------------------------------------------------------- */

/*
 * What FUNCTION, whose parameters OBJECT point to the tracked objects, does to them: OUT and
 * walker->flow. False with a diagnostic at AT when it cannot be followed.
 */
bool source_function_walk(struct walker *walker, CXCursor function, const int object[2],
			  struct source_accesses *out, struct place at, struct diags *diags);

/* ---- source_tree.c: the statements, in the recording pass -------------------------------------
 */

/* REF is read or written at AT. */
void source_flow_access(struct walker *walker, const struct ref *ref, bool written,
			struct place at);
/* The call of NAME itself, after its arguments, which point to GIVEN. */
void source_flow_call(struct walker *walker, CXCursor definition, const char *name,
		      const struct refs *given);
/* Puts what was pushed since FIRST, CURSOR's children LIST and what it does itself, into one node.
 */
void source_flow_close(struct walker *walker, CXCursor cursor, const struct cursors *list,
		       size_t first);
/* All that was pushed is function INDEX of the flow; its variables begin with FIRST_VARIABLE. */
void source_flow_function(struct walker *walker, size_t index, CXCursor body,
			  uint32_t first_variable);

#endif
