// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads custom C with libclang: puts together what the compiler sees, all of it in memory, and hands
 * on what it says and what the functions and expressions do.
 */
#include <stdlib.h>
#include <string.h>

#include "source_clang.h"
#include "source_headers.h"
#include "text.h"

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
			 "__attribute__((unused)) static void co_expression_%zu(struct co_ctx "
			 "*ctx, const %s *old, "
			 "%s *new)\n{\n(void)ctx, (void)old, (void)new;\n",
			 i, expression->type[SOURCE_OLD], expression->type[SOURCE_NEW]);
		if (expression->target)
			text_add(out, "new->%s = (\n", expression->target);
		else
			text_puts(out, "if (\n");
		walker->first_lines[i] = lines_in(text_string(out)) + 1;
		text_puts(out, expression->text);
		text_puts(out, expression->target ? "\n);\n}\n" : "\n)\nreturn;\n}\n");
	}
	if (unit->code.text)
		text_add(out, "#include \"%s\"\n", "code.c");
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
	arguments[n_options] = source_target(unit->machine);
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
	if (!file || !source_file_is(file, UNIT_FILE))
		return NULL;
	expression = source_expression_at(walker, line);
	return expression ? expression->about : NULL;
}

static void note_report(struct walker *walker, CXDiagnostic note, struct place of,
			struct diags *diags)
{
	struct place at = source_place(walker, clang.getDiagnosticLocation(note));

	/* What stands in a header in memory, and who included it, nobody could look at. */
	if (at.file && of.file && !strcmp(at.file, of.file))
		diag_note(diags, at, "%s",
			  source_string(walker->arena, clang.getDiagnosticSpelling(note)));
}

static bool diagnostic_report(struct walker *walker, CXDiagnostic diagnostic, struct diags *diags)
{
	enum CXDiagnosticSeverity severity = clang.getDiagnosticSeverity(diagnostic);
	CXSourceLocation location = clang.getDiagnosticLocation(diagnostic);
	const char *text = source_string(walker->arena, clang.getDiagnosticSpelling(diagnostic));
	const char *about = about_of(walker, location);
	struct place at = source_place(walker, location);
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
		function->at = source_place(walker, clang.getCursorLocation(cursor));
		type = source_string(walker->arena,
				   clang.getTypeSpelling(bare(clang.getCursorType(cursor))));
		if (strcmp(type, function->type)) {
			function->found = type;
			continue;
		}
		walker->expression = NULL;
		source_function_walk(walker, cursor, function->object, &function->accesses, function->at,
			      diags);
		function->flow = walker->flow;
	}
}

static bool is_signed_kind(enum CXTypeKind kind)
{
	return kind == CXType_Char_S || (kind >= CXType_SChar && kind <= CXType_Int128);
}

static void constant_read(CXCursor cursor, struct source_number *number)
{
	CXEvalResult result = clang.Cursor_Evaluate(cursor);

	if (result && clang.EvalResult_getKind(result) == CXEval_Int) {
		number->is_constant = true;
		number->value = clang.EvalResult_isUnsignedInt(result)
					? clang.EvalResult_getAsUnsigned(result)
					: (uint64_t)clang.EvalResult_getAsLongLong(result);
	}
	if (result)
		clang.EvalResult_dispose(result);
}

/* The last child of a kind, downwards: a function's body, its assignment, the parentheses. */
static CXCursor child_of(CXCursor cursor, enum CXCursorKind kind)
{
	struct cursors list = source_children(cursor);
	CXCursor found = clang.getNullCursor();

	for (size_t i = 0; i < list.n; i++)
		if (clang.getCursorKind(list.at[i]) == kind)
			found = list.at[i];
	VEC_FREE(&list);
	return found;
}

/* Conversions that nobody wrote stand around the parentheses that unit_print() wrote. */
static void number_read(CXCursor function, struct source_number *number)
{
	CXCursor body = child_of(function, CXCursor_CompoundStmt);
	CXCursor assignment = child_of(body, CXCursor_BinaryOperator);
	struct cursors list = source_children(assignment);
	CXCursor value = list.n == 2 ? list.at[1] : clang.getNullCursor();
	CXType type;

	VEC_FREE(&list);
	while (clang.getCursorKind(value) == CXCursor_UnexposedExpr) {
		list = source_children(value);
		value = list.n == 1 ? list.at[0] : clang.getNullCursor();
		VEC_FREE(&list);
	}
	type = bare(clang.getCursorType(value));
	if (type.kind == CXType_Enum)
		type = bare(clang.getEnumDeclIntegerType(clang.getTypeDeclaration(type)));
	if (type.kind < CXType_Bool || type.kind > CXType_Int128)
		return;
	number->is_integer = true;
	number->is_signed = is_signed_kind(type.kind);
	number->bits = type.kind == CXType_Bool ? 1 : (uint32_t)clang.Type_getSizeOf(type) * 8;
	if (number->bits <= 64)
		constant_read(value, number);
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
	good = source_function_walk(walker, cursor, object, accesses, expression->at, diags);
	flow_deinit(walker->flow);
	if (!good)
		return;
	/* The one assignment that unit_print() wrote itself stands before the expression. */
	for (size_t i = 0; i < accesses->n; i++)
		if (!accesses->at[i].written || accesses->at[i].object != SOURCE_NEW ||
		    !expression->target || strcmp(accesses->at[i].path, expression->target))
			accesses->at[n++] = accesses->at[i];
	accesses->n = n;
	if (expression->target)
		number_read(cursor, &expression->number);
}

static void functions_read(struct walker *walker, struct diags *diags)
{
	struct cursors list = source_children(clang.getTranslationUnitCursor(walker->tu));

	for (size_t i = 0; i < list.n; i++) {
		const char *name;

		if (clang.getCursorKind(list.at[i]) != CXCursor_FunctionDecl ||
		    !clang.isCursorDefinition(list.at[i]))
			continue;
		name = source_string(walker->arena, clang.getCursorSpelling(list.at[i]));
		if (source_is_in_code(list.at[i]))
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

	if (!source_library_open(diags))
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
