// SPDX-License-Identifier: GPL-2.0-or-later
/* libclang itself, loaded when there is code to read; cursors, their text and their places. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "source_clang.h"

struct source_library clang;

bool source_library_open(struct diags *diags)
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

const char *source_target(const char *machine)
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

static enum CXChildVisitResult child_push(CXCursor cursor, CXCursor parent, CXClientData data)
{
	struct cursors *list = data;

	(void)parent;
	*VEC_PUSH(list) = cursor;
	return CXChildVisit_Continue;
}

struct cursors source_children(CXCursor cursor)
{
	struct cursors list = {.n = 0};

	clang.visitChildren(cursor, child_push, &list);
	return list;
}

const char *source_string(struct arena *arena, CXString string)
{
	const char *text = clang.getCString(string);
	const char *copy = arena_strdup(arena, text ? text : "");

	clang.disposeString(string);
	return copy;
}

/* By name: what stands in memory alone has no other identity. */
bool source_file_is(CXFile file, const char *name)
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
struct source_expression *source_expression_at(const struct walker *walker, uint32_t line)
{
	for (size_t i = walker->unit->n_expressions; i > 0; i--)
		if (line + 1 >= walker->first_lines[i - 1])
			return &walker->unit->expressions[i - 1];
	return NULL;
}

static struct place place_in_expression(const struct walker *walker, uint32_t line, uint32_t col)
{
	const struct source_expression *expression = source_expression_at(walker, line);
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

/* "#line N "FILE"" at TEXT: N and FILE with its length; false: it is something else. */
static bool line_says(const char *text, unsigned int *number, const char **file, size_t *n)
{
	char *end;

	if (strncmp(text, "#line ", 6))
		return false;
	*number = (unsigned int)strtoul(text + 6, &end, 10);
	if (end == text + 6 || end[0] != ' ' || end[1] != '"')
		return false;
	*file = end + 2;
	*n = strcspn(*file, "\"\n");
	return true;
}

/* LINE of the code as its #line directives count: a file that these name lies beside the code's own. */
static struct place place_in_code(const struct walker *walker, unsigned int line, unsigned int col)
{
	const char *name = walker->unit->code.name, *slash = strrchr(name, '/');
	const char *own = slash ? slash + 1 : name, *at = walker->unit->code.text, *end, *file;
	struct place place = {.file = name, .line = line, .col = col};
	unsigned int number;
	size_t n;

	for (unsigned int i = 1; i < line && (end = strchr(at, '\n')); i++, at = end + 1) {
		if (!line_says(at, &number, &file, &n))
			continue;
		place.line = number + (line - i - 1);
		place.file = strlen(own) == n && !strncmp(own, file, n)
				     ? name
				     : arena_printf(walker->arena, "%.*s%.*s",
						    slash ? (int)(slash + 1 - name) : 0, name, (int)n,
						    file);
	}
	return place;
}

/* File NULL: a header in memory. */
struct place source_place(const struct walker *walker, CXSourceLocation location)
{
	unsigned int line, col;
	CXFile file;

	clang.getFileLocation(location, &file, &line, &col, NULL);
	if (file && source_file_is(file, CODE_FILE))
		return place_in_code(walker, line, col);
	if (file && source_file_is(file, UNIT_FILE))
		return place_in_expression(walker, line, col);
	return (struct place){.file = NULL};
}

struct place source_place_of(const struct walker *walker, CXCursor cursor)
{
	return source_place(walker, clang.getRangeStart(clang.getCursorExtent(cursor)));
}

/* The character that CURSOR starts with; 0 where a macro made it. */
char source_first_char(const struct walker *walker, CXCursor cursor)
{
	CXSourceLocation start = clang.getRangeStart(clang.getCursorExtent(cursor));
	unsigned int offset, spelled;
	CXFile file;

	clang.getExpansionLocation(start, &file, NULL, NULL, &offset);
	clang.getSpellingLocation(start, NULL, NULL, NULL, &spelled);
	if (offset != spelled || !file)
		return 0;
	if (source_file_is(file, CODE_FILE))
		return offset < walker->unit->code.n ? walker->unit->code.text[offset] : 0;
	if (source_file_is(file, UNIT_FILE))
		return offset < walker->unit_size ? walker->unit_text[offset] : 0;
	return 0;
}

const char *source_text_of(const struct walker *walker, CXFile file, size_t *n)
{
	if (file && source_file_is(file, CODE_FILE)) {
		*n = walker->unit->code.n;
		return walker->unit->code.text;
	}
	*n = walker->unit_size;
	return file && source_file_is(file, UNIT_FILE) ? walker->unit_text : NULL;
}

/* What stands between A and B, without spaces and comments; "" where a macro made them. */
const char *source_text_between(const struct walker *walker, CXCursor a, CXCursor b)
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
	text = source_text_of(walker, file, &n);
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

/* ---- what a cursor is ------------------------------------------------------------------------ */

bool source_constant(CXCursor cursor, long long *value)
{
	CXEvalResult result = clang.Cursor_Evaluate(cursor);
	bool is_int = result && clang.EvalResult_getKind(result) == CXEval_Int;

	if (is_int)
		*value = clang.EvalResult_getAsLongLong(result);
	if (result)
		clang.EvalResult_dispose(result);
	return is_int;
}

CXCursor source_unwrapped(CXCursor cursor)
{
	while (clang.getCursorKind(cursor) == CXCursor_ParenExpr) {
		struct cursors list = source_children(cursor);
		CXCursor child = list.n ? list.at[0] : clang.getNullCursor();

		VEC_FREE(&list);
		if (clang.Cursor_isNull(child))
			break;
		cursor = child;
	}
	return cursor;
}

bool source_is_in_code(CXCursor cursor)
{
	CXFile file;

	clang.getFileLocation(clang.getCursorLocation(cursor), &file, NULL, NULL, NULL);
	return file && source_file_is(file, CODE_FILE);
}

CXCursor source_definition(CXCursor function)
{
	CXCursor definition;

	if (clang.getCursorKind(function) != CXCursor_FunctionDecl)
		return clang.getNullCursor();
	definition = clang.getCursorDefinition(function);
	if (clang.Cursor_isNull(definition) || !source_is_in_code(definition))
		return clang.getNullCursor();
	return definition;
}
