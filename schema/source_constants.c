// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads the constants of a header with libclang: one parse finds what it defines, then units made
 * of these definitions alone have the compiler work out each value. An error at a definition, or
 * at what it needs, leaves it unknown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source_clang.h"
#include "source_constants.h"
#include "source_macros.h"
#include "text.h"

#define HEADER_FILE ROOT "/header.h"
#define DEFINITION_BYTES_MAX 4096 /* a longer one is no constant */
#define ROUNDS_MAX 8		  /* each drops the enums that the one before found an error in */

/* One definition of a name. */
struct definition {
	const char *name;
	const char
		*text; /* behind the name: ` 0x4`, `(x) ((x) + 1)`, ` = BIT(3)`; not terminated */
	size_t n;
	uint32_t line;
	uint32_t group; /* of an enumerator: its enum, from 1; 0: a macro */
	bool is_function;
	bool several; /* other definitions of this name say something else */
	bool floats;  /* an enumerator whose value a condition decides */
	bool known;
	uint64_t value;
};

struct reader {
	const char *file, *text, *machine;
	size_t n;
	struct arena *arena;
	struct {
		struct definition *at;
		size_t n, room;
	} found;
	struct {
		bool *at;
		size_t n, room;
	} broken; /* by group: an enum that cannot be had whole; [0] is of no enum */
	bool overflow;
};

/* ---- what there is -------------------------------------------------------------------------- */

/*
 * The bytes of the header that CURSOR stands for; false where a macro made it, or another file has
 * it.
 */
static bool extent_of(const struct reader *reader, CXCursor cursor, size_t *from, size_t *to)
{
	CXSourceRange range = clang.getCursorExtent(cursor);
	unsigned int start, end, spelled;
	CXFile file;

	clang.getExpansionLocation(clang.getRangeStart(range), &file, NULL, NULL, &start);
	if (!file || !source_file_is(file, HEADER_FILE))
		return false;
	clang.getSpellingLocation(clang.getRangeStart(range), NULL, NULL, NULL, &spelled);
	clang.getExpansionLocation(clang.getRangeEnd(range), NULL, NULL, NULL, &end);
	*from = start;
	*to = end;
	return spelled == start && start < end && end <= reader->n;
}

static struct definition *definition_add(struct reader *reader, CXCursor cursor)
{
	const char *name = source_string(reader->arena, clang.getCursorSpelling(cursor));
	size_t from, to, n = strlen(name);
	struct definition *one;
	unsigned int line;

	if (reader->found.n == CONSTANTS_MAX)
		reader->overflow = true;
	if (reader->overflow || !extent_of(reader, cursor, &from, &to) || to - from < n ||
	    memcmp(reader->text + from, name, n))
		return NULL;
	clang.getExpansionLocation(clang.getCursorLocation(cursor), NULL, &line, NULL, NULL);
	one = VEC_PUSH(&reader->found);
	*one = (struct definition){
		.name = name, .text = reader->text + from + n, .n = to - from - n, .line = line};
	return one;
}

/* True when a directive other than `#define` stands from FROM to TO. */
static bool has_directive(const char *from, const char *to)
{
	struct c_text text = {from, to};
	bool first = false;

	for (struct c_token token = c_next(&text); token.kind != C_END; token = c_next(&text)) {
		if (first && *token.at == '#') {
			struct c_text ahead = text;

			token = c_next(&ahead);
			if (token.n != 6 || memcmp(token.at, "define", 6))
				return true;
		}
		first = token.kind == C_LINE;
	}
	return false;
}

/*
 * The bytes of an enumerator behind its name, of those up to END: its extent is no help, as
 * libclang leaves a value that it could not read out of it.
 */
static size_t enumerator_length(const char *from, const char *end)
{
	struct c_text text = {from, end};
	unsigned int depth = 0;
	bool first = false;

	for (struct c_token token = c_next(&text); token.kind != C_END; token = c_next(&text)) {
		if ((first && *token.at == '#') || (!depth && strchr(",}", *token.at)))
			return (size_t)(token.at - from);
		first = token.kind == C_LINE;
		if (token.n == 1 && strchr("([{", *token.at))
			depth++;
		if (token.n == 1 && strchr(")]}", *token.at) && depth)
			depth--;
	}
	return (size_t)(end - from);
}

/*
 * An enumerator without a value of its own counts from the one before: which that is, a condition
 * may decide.
 */
static bool floats(const struct definition *one, const char *before, bool floated)
{
	struct c_text text = {one->text, one->text + one->n};

	for (struct c_token token = c_next(&text); token.kind != C_END; token = c_next(&text))
		if (*token.at == '=')
			return false;
	return floated || has_directive(before, one->text);
}

static void enum_add(struct reader *reader, CXCursor cursor)
{
	struct cursors list = source_children(cursor);
	size_t from, to;
	bool broken = !extent_of(reader, cursor, &from, &to), floated = false;
	const char *before = reader->text + (broken ? 0 : from);

	for (size_t i = 0; i < list.n; i++) {
		struct definition *one;

		if (clang.getCursorKind(list.at[i]) != CXCursor_EnumConstantDecl)
			continue;
		one = definition_add(reader, list.at[i]);
		/* An enum that is never closed may end anywhere, as far as libclang knows. */
		broken |= !one || one->text > reader->text + to;
		if (!one)
			continue;
		one->group = (uint32_t)reader->broken.n;
		if (!broken)
			one->n = enumerator_length(one->text, reader->text + to);
		one->floats = floated = !broken && floats(one, before, floated);
		before = one->text + one->n;
	}
	VEC_FREE(&list);
	*VEC_PUSH(&reader->broken) = broken;
}

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent, CXClientData data)
{
	struct reader *reader = data;
	struct definition *one;

	(void)parent;
	switch (clang.getCursorKind(cursor)) {
	case CXCursor_MacroDefinition:
		one = definition_add(reader, cursor);
		if (one)
			one->is_function = clang.Cursor_isMacroFunctionLike(cursor);
		return CXChildVisit_Continue;
	case CXCursor_EnumDecl:
		if (clang.isCursorDefinition(cursor))
			enum_add(reader, cursor);
		return CXChildVisit_Continue;
	case CXCursor_StructDecl:
	case CXCursor_UnionDecl:
	case CXCursor_FieldDecl:
	case CXCursor_TypedefDecl:
	case CXCursor_VarDecl:
		return CXChildVisit_Recurse;
	default:
		return CXChildVisit_Continue;
	}
}

/* What the kernel's own headers would define, for one that is read without them. */
static const char *const options[] = {
	"-xc",
	"-std=gnu11",
	"-ffreestanding",
	"-nostdinc",
	"-ferror-limit=0",
	"-w",
	"-Werror=gnu-folding-constant",
	"-Werror=shift-count-overflow",
	"-Werror=shift-count-negative",
	"-Werror=implicitly-unsigned-literal",
	"-DBIT(n)=(1UL<<(n))",
	"-DBIT_ULL(n)=(1ULL<<(n))",
	"-D_BITUL(n)=(1UL<<(n))",
	"-D_BITULL(n)=(1ULL<<(n))",
	"-DGENMASK(h,l)=(((~0UL)-(1UL<<(l))+1)&(~0UL>>(__SIZEOF_LONG__*8-1-(h))))",
	"-DGENMASK_ULL(h,l)=(((~0ULL)-(1ULL<<(l))+1)&(~0ULL>>(63-(h))))",
	"-DCO_PASTE_(x,y)=x##y",
	"-D_AC(x,y)=CO_PASTE_(x,y)",
	"-D__AC(x,y)=CO_PASTE_(x,y)",
	"-DUL(x)=CO_PASTE_(x,UL)",
	"-DULL(x)=CO_PASTE_(x,ULL)",
	"-D_UL(x)=CO_PASTE_(x,UL)",
	"-D_ULL(x)=CO_PASTE_(x,ULL)",
	"-DBITS_PER_LONG=(__SIZEOF_LONG__*8)",
	"-DBITS_PER_LONG_LONG=64",
	"-D__force=",
	"-D__bitwise=",
	"-D__user=",
	"-D__rcu=",
	"-D__percpu=",
	"-D__iomem=",
	"-Du8=unsigned char",
	"-D__u8=unsigned char",
	"-Du16=unsigned short",
	"-D__u16=unsigned short",
	"-Du32=unsigned int",
	"-D__u32=unsigned int",
	"-Du64=unsigned long long",
	"-D__u64=unsigned long long",
	"-Ds32=int",
	"-D__s32=int",
	"-Ds64=long long",
	"-D__s64=long long",
	/* words of flags: as wide as one can be */
	"-Dgfp_t=unsigned long long",
	"-Dslab_flags_t=unsigned long long",
	"-Dfmode_t=unsigned long long",
	"-Dvm_fault_t=unsigned long long",
	"-Dblk_opf_t=unsigned long long",
	"-Dreq_flags_t=unsigned long long",
};

#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

/* NULL when libclang gave up. */
static CXTranslationUnit parse(const struct reader *reader, CXIndex index, const char *text,
			       size_t n, unsigned int flags)
{
	const char *arguments[N_OPTIONS + 1];
	struct CXUnsavedFile file = {HEADER_FILE, text, n};
	CXTranslationUnit tu = NULL;
	int n_arguments = N_OPTIONS;

	memcpy(arguments, options, sizeof(options));
	arguments[n_arguments] = source_target(reader->machine);
	n_arguments += arguments[n_arguments] != NULL;
	if (clang.parseTranslationUnit2(index, HEADER_FILE, arguments, n_arguments, &file, 1,
					flags | CXTranslationUnit_KeepGoing, &tu))
		return NULL;
	return tu;
}

/*
 * Blanks out the condition CONDITION of TEXT, up to its line's end, when it asks for names that
 * are not known here.
 */
static void condition_open(char *text, struct c_text *condition, const char *start)
{
	const char *from = condition->at;
	bool asks = false;

	for (struct c_token token = c_next(condition); token.kind != C_LINE && token.kind != C_END;
	     token = c_next(condition))
		asks |= token.kind == C_NAME && (token.n != 7 || memcmp(token.at, "defined", 7)) &&
			(token.n != 13 || memcmp(token.at, "BITS_PER_LONG", 13));
	if (!asks || condition->at - from < 3)
		return;
	for (const char *at = from; at < condition->at; at++)
		if (*at != '\n' && *at != '\r' && *at != '\\')
			text[at - start] = ' ';
	text[from + 1 - start] = '_';
}

/*
 * The header with every condition unknown, byte by byte in its place: libclang then takes all
 * branches. By itself it does so only where no unknown name is compared.
 */
static char *conditions_open(const struct reader *reader)
{
	char *copy = arena_strndup(reader->arena, reader->text, reader->n);
	struct c_text text = {reader->text, reader->text + reader->n};
	bool first = true;

	for (struct c_token token = c_next(&text); token.kind != C_END; token = c_next(&text)) {
		bool hash = first && *token.at == '#';

		first = token.kind == C_LINE;
		if (!hash)
			continue;
		token = c_next(&text);
		if ((token.n == 2 && !memcmp(token.at, "if", 2)) ||
		    (token.n == 4 && !memcmp(token.at, "elif", 4))) {
			condition_open(copy, &text, reader->text);
			first = true;
		} else {
			first = token.kind == C_LINE;
		}
	}
	return copy;
}

static bool definitions_find(struct reader *reader, CXIndex index, struct diags *diags)
{
	CXTranslationUnit tu = parse(reader, index, conditions_open(reader), reader->n,
				     CXTranslationUnit_SingleFileParse |
					     CXTranslationUnit_DetailedPreprocessingRecord |
					     CXTranslationUnit_SkipFunctionBodies);

	if (!tu)
		return diag_error(diags, place_file(reader->file),
				  "libclang could not read it at all");
	clang.visitChildren(clang.getTranslationUnitCursor(tu), visit, reader);
	clang.disposeTranslationUnit(tu);
	return !reader->overflow ||
	       diag_error(diags, place_file(reader->file),
			  "has more than %d macros and enumerators", CONSTANTS_MAX);
}

/* ---- what may be worked out ----------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
	const struct definition *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* The words of both are the same, however they are spaced. */
static bool same_words(const struct definition *a, const struct definition *b)
{
	struct c_text x = {a->text, a->text + a->n}, y = {b->text, b->text + b->n};
	struct c_token p, q;

	do {
		p = c_next(&x);
		q = c_next(&y);
		if (p.kind != q.kind || p.n != q.n || memcmp(p.at, q.at, p.n))
			return false;
	} while (p.kind != C_END);
	return a->is_function == b->is_function && !a->group == !b->group;
}

/* A macro that stands for its own enumerator is a second definition of nothing. */
static bool is_echo(const struct definition *macro)
{
	struct c_text text = {macro->text, macro->text + macro->n};
	struct c_token token = c_next(&text);

	return !macro->group && token.n == strlen(macro->name) &&
	       !memcmp(token.at, macro->name, token.n) && c_next(&text).kind == C_END;
}

/*
 * Which definition counts is then a question of configuration: what needs the name cannot be
 * known.
 */
static void several_mark(struct reader *reader)
{
	for (size_t i = 1; i < reader->found.n; i++) {
		struct definition *a = &reader->found.at[i - 1], *b = &reader->found.at[i];

		if (strcmp(a->name, b->name) || is_echo(a) || is_echo(b))
			continue;
		if (a->several || !same_words(a, b))
			a->several = b->several = true;
	}
}

/* Nothing that ends an expression, and not too long. */
static bool is_expression(const struct definition *one)
{
	struct c_text text = {one->text, one->text + one->n};
	size_t words = 0;

	if (one->is_function || one->n > DEFINITION_BYTES_MAX)
		return false;
	if (one->group) /* its value is asked for by its name */
		return true;
	for (struct c_token token = c_next(&text); token.kind != C_END;
	     token = c_next(&text), words++)
		if (token.kind == C_LINE || strchr(";{}#", *token.at))
			return false;
	return words;
}

/* ---- the units that the compiler works out -------------------------------------------------- */

struct unit {
	struct text text;
	uint32_t line;	   /* that is written next */
	uint32_t *lines;   /* by definition: of its value */
	uint32_t *members; /* by definition: of its enumerator */
};

static void unit_add(struct unit *unit, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		unit->line += bytes[i] == '\n';
	text_raw(&unit->text, bytes, n);
}

static void unit_puts(struct unit *unit, const char *words)
{
	unit_add(unit, words, strlen(words));
}

static void unit_macros(const struct reader *reader, struct unit *unit)
{
	for (size_t i = 0; i < reader->found.n; i++) {
		const struct definition *one = &reader->found.at[i];
		bool repeats = i && !strcmp(one->name, reader->found.at[i - 1].name) &&
			       !is_echo(&reader->found.at[i - 1]);

		if (one->group || one->several || repeats || is_echo(one))
			continue;
		unit_puts(unit, "#undef ");
		unit_puts(unit, one->name);
		unit_puts(unit, "\n#define ");
		unit_puts(unit, one->name);
		unit_add(unit, one->text, one->n);
		unit_puts(unit, "\n");
	}
}

/*
 * The definitions of enum GROUP in their order: they were found in it, and sorting by name lost
 * it.
 */
static void unit_enum(const struct reader *reader, struct unit *unit,
		      const struct definition *const *members, size_t n)
{
	unit_puts(unit, "enum {\n");
	for (size_t i = 0; i < n; i++) {
		unit->members[members[i] - reader->found.at] = unit->line;
		unit_puts(unit, members[i]->name);
		unit_add(unit, members[i]->text, members[i]->n);
		unit_puts(unit, "\n,\n");
	}
	unit_puts(unit, "};\n");
}

static int by_group(const void *a, const void *b)
{
	const struct definition *x = *(const struct definition *const *)a;
	const struct definition *y = *(const struct definition *const *)b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->text > y->text) - (x->text < y->text);
}

static void unit_enums(const struct reader *reader, struct unit *unit)
{
	const struct definition **list =
		ARENA_NEW_ARRAY(reader->arena, reader->found.n + 1, const struct definition *);
	size_t n = 0;

	for (size_t i = 0; i < reader->found.n; i++)
		if (reader->found.at[i].group && !reader->found.at[i].floats)
			list[n++] = &reader->found.at[i];
	qsort(list, n, sizeof(*list), by_group);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && list[end]->group == list[i]->group;)
			end++;
		if (!reader->broken.at[list[i]->group])
			unit_enum(reader, unit, list + i, end - i);
	}
}

/*
 * Each value in a line of its own: an integer constant of at most 64 bits, or an error in that
 * line. What is 32 bits wide stays so: whether 1 << 31 has a sign is no matter of flags.
 */
static void unit_values(const struct reader *reader, struct unit *unit)
{
	for (size_t i = 0; i < reader->found.n; i++) {
		const struct definition *one = &reader->found.at[i];
		char words[400];

		if (!is_expression(one) || one->floats ||
		    (one->group && reader->broken.at[one->group]))
			continue;
		if (one->group || is_echo(one)) {
			snprintf(words, sizeof(words), "#define co_x_%zu ", i);
			unit_puts(unit, words);
			unit_puts(unit, one->name);
		} else {
			snprintf(words, sizeof(words), "#define co_x_%zu", i);
			unit_puts(unit, words);
			unit_puts(unit, " ");
			unit_add(unit, one->text, one->n);
		}
		unit_puts(unit, "\n");
		unit->lines[i] = unit->line;
		snprintf(words, sizeof(words),
			 "const unsigned long long co_v_%zu = sizeof(co_x_%zu) == 4 ? (unsigned "
			 "int)(co_x_%zu) : (unsigned long long)(co_x_%zu); "
			 "_Static_assert(sizeof(co_x_%zu) <= 8 && ((co_x_%zu) | 1), \"\");\n",
			 i, i, i, i, i, i);
		unit_puts(unit, words);
	}
}

/* By line: whether it has an error. */
static bool *errors_of(const struct reader *reader, CXTranslationUnit tu, uint32_t n_lines)
{
	bool *wrong = ARENA_NEW_ARRAY(reader->arena, n_lines + 2, bool);

	for (unsigned int i = 0; i < clang.getNumDiagnostics(tu); i++) {
		CXDiagnostic diagnostic = clang.getDiagnostic(tu, i);
		unsigned int line = 0;

		if (clang.getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error)
			clang.getExpansionLocation(clang.getDiagnosticLocation(diagnostic), NULL,
						   &line, NULL, NULL);
		if (line <= n_lines)
			wrong[line] = true;
		clang.disposeDiagnostic(diagnostic);
	}
	return wrong;
}

static void value_read(struct reader *reader, const struct unit *unit, const bool *wrong,
		       CXCursor cursor)
{
	const char *name = source_string(reader->arena, clang.getCursorSpelling(cursor));
	struct definition *one;
	CXEvalResult result;
	unsigned int line;
	size_t i;

	if (clang.getCursorKind(cursor) != CXCursor_VarDecl || strncmp(name, "co_v_", 5))
		return;
	i = strtoul(name + 5, NULL, 10);
	clang.getExpansionLocation(clang.getCursorLocation(cursor), NULL, &line, NULL, NULL);
	if (i >= reader->found.n || !unit->lines[i] || unit->lines[i] != line || wrong[line])
		return;
	one = &reader->found.at[i];
	result = clang.Cursor_Evaluate(cursor);
	if (result && clang.EvalResult_getKind(result) == CXEval_Int) {
		one->known = true;
		one->value = clang.EvalResult_isUnsignedInt(result)
				     ? clang.EvalResult_getAsUnsigned(result)
				     : (uint64_t)clang.EvalResult_getAsLongLong(result);
	}
	if (result)
		clang.EvalResult_dispose(result);
}

/*
 * Drops every enum that has an error in it: its other values would be guesses. True when there was
 * one.
 */
static bool enums_drop(struct reader *reader, const struct unit *unit, const bool *wrong)
{
	bool dropped = false;

	for (size_t i = 0; i < reader->found.n; i++) {
		const struct definition *one = &reader->found.at[i];
		uint32_t line = unit->members[i];
		bool bad = false;

		for (size_t k = 0; line && k <= one->n; k++) {
			bad |= wrong[line];
			line += k < one->n && one->text[k] == '\n';
		}
		if (bad && one->group && !reader->broken.at[one->group])
			dropped = reader->broken.at[one->group] = true;
	}
	return dropped;
}

/* One unit. True when an enum was dropped, so that nothing of it counts. */
static bool round_work(struct reader *reader, CXIndex index, bool *failed)
{
	struct unit unit = {.line = 1};
	CXTranslationUnit tu;
	bool again = false;

	text_init(&unit.text);
	unit.lines = ARENA_NEW_ARRAY(reader->arena, reader->found.n + 1, uint32_t);
	unit.members = ARENA_NEW_ARRAY(reader->arena, reader->found.n + 1, uint32_t);
	unit_macros(reader, &unit);
	unit_enums(reader, &unit);
	unit_values(reader, &unit);
	tu = parse(reader, index, text_string(&unit.text), unit.text.n, 0);
	*failed = !tu;
	if (tu) {
		const bool *wrong = errors_of(reader, tu, unit.line);
		struct cursors list = source_children(clang.getTranslationUnitCursor(tu));

		again = enums_drop(reader, &unit, wrong);
		for (size_t i = 0; i < list.n && !again; i++)
			value_read(reader, &unit, wrong, list.at[i]);
		VEC_FREE(&list);
		clang.disposeTranslationUnit(tu);
	}
	text_deinit(&unit.text);
	return again;
}

/* Until no enum is dropped any more; when that takes too long, none is believed. */
static bool values_work(struct reader *reader, CXIndex index, struct diags *diags)
{
	bool failed = false;

	for (unsigned int round = 0; round < ROUNDS_MAX; round++)
		if (!round_work(reader, index, &failed))
			break;
		else if (round + 2 == ROUNDS_MAX)
			memset(reader->broken.at, true, reader->broken.n);
	return !failed || diag_error(diags, place_file(reader->file),
				     "libclang could not work out its constants");
}

/* ---- names and their values ----------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The N definitions at FIRST, which are of one name. */
static struct constant constant_of(const struct reader *reader, const struct definition *first,
				   size_t n)
{
	struct constant constant = {
		.name = first->name, .line = first->line, .text = first->text, .n_text = first->n};
	uint64_t *values = ARENA_NEW_ARRAY(reader->arena, n, uint64_t);
	size_t n_values = 0;

	for (size_t i = 0; i < n; i++) {
		if (first[i].floats)
			constant.unknown = "the configuration decides it";
		else if (!first[i].known)
			constant.unknown = first[i].group ? "its enum cannot be worked out alone"
							  : "it cannot be worked out alone";
		values[i] = first[i].value;
	}
	if (constant.unknown)
		return constant;
	qsort(values, n, sizeof(*values), by_value);
	for (size_t i = 0; i < n; i++)
		if (!i || values[i] != values[n_values - 1])
			values[n_values++] = values[i];
	constant.values = values;
	constant.n_values = n_values;
	if (n_values > 1)
		constant.unknown = "the configuration decides it";
	return constant;
}

static int name_order(const void *key, const void *at)
{
	const struct c_token *token = key;
	const struct constant *constant = at;
	int order = strncmp(token->at, constant->name, token->n);

	return order ? order : -(int)(constant->name[token->n] != '\0');
}

/* A mask or a second name; `FIRST << 3`, one bit of its own, is neither. */
static bool is_derived(const struct constants *all, const struct constant *one)
{
	struct c_text text = {one->text, one->text + one->n_text};
	uint64_t value = one->n_values ? one->values[0] : 0;
	bool refers = false;

	for (struct c_token token = c_next(&text); token.kind != C_END; token = c_next(&text)) {
		const struct constant *other =
			token.kind == C_NAME
				? bsearch(&token, all->at, all->n, sizeof(*all->at), name_order)
				: NULL;

		if (!other || other == one)
			continue;
		refers = true;
		if (other->n_values && other->values[0] == value)
			return true;
	}
	return refers && (value & (value - 1));
}

static void constants_fill(const struct reader *reader, struct constants *out)
{
	out->at = ARENA_NEW_ARRAY(reader->arena, reader->found.n + 1, struct constant);
	for (size_t i = 0, end; i < reader->found.n; i = end) {
		const struct definition *first = &reader->found.at[i];
		struct c_text text = {first->text, first->text + first->n};
		bool function = false;

		for (end = i;
		     end < reader->found.n && !strcmp(reader->found.at[end].name, first->name);
		     end++)
			function |= reader->found.at[end].is_function;
		if (!function && (first->group || end > i + 1 || c_next(&text).kind != C_END))
			out->at[out->n++] = constant_of(reader, first, end - i);
	}
	for (size_t i = 0; i < out->n; i++)
		out->at[i].is_derived = is_derived(out, &out->at[i]);
}

static bool text_check(const char *file, const char *text, size_t n, struct diags *diags)
{
	if (n > CONSTANTS_BYTES_MAX)
		return diag_error(diags, place_file(file), "is longer than %u bytes",
				  CONSTANTS_BYTES_MAX);
	if (memchr(text, '\0', n))
		return diag_error(diags, place_file(file), "is no text: it holds a NUL");
	return macros_cost(text, n, CONSTANTS_COST_MAX) < CONSTANTS_COST_MAX ||
	       diag_error(diags, place_file(file),
			  "its macros may expand to more than %u words: it is not read",
			  CONSTANTS_COST_MAX);
}

bool source_constants(const char *file, const char *text, size_t n, const char *machine,
		      struct arena *arena, struct constants *out, struct diags *diags)
{
	struct reader reader = {
		.file = file, .text = text, .n = n, .machine = machine, .arena = arena};
	CXIndex index;
	bool good;

	*out = (struct constants){.file = file};
	if (!text_check(file, text, n, diags) || !source_library_open(diags))
		return false;
	*VEC_PUSH(&reader.broken) = true;
	index = clang.createIndex(0, 0);
	good = index ? definitions_find(&reader, index, diags)
		     : diag_error(diags, place_file(file), "libclang could not be started");
	if (good) {
		if (reader.found.n)
			qsort(reader.found.at, reader.found.n, sizeof(*reader.found.at), by_name);
		several_mark(&reader);
		good = values_work(&reader, index, diags);
	}
	if (good)
		constants_fill(&reader, out);
	if (index)
		clang.disposeIndex(index);
	VEC_FREE(&reader.found);
	VEC_FREE(&reader.broken);
	return good;
}
