/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Models are written as snapshots and read back: nothing is lost, and the text stays the same. */
#include "snapshot_write.h"
#include "../schema/snapshot.h"
#include "../schema/yaml.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

struct world {
	struct intern names;
	struct model model, again;
	struct diags diags;
	struct text text;
};

/* ---- models by hand ----------------------------------------------------------------------------
 */

static const char *name(struct world *w, const char *text)
{
	return intern(&w->names, text);
}

static type_id base(struct world *w, const char *called, enum type_kind kind, uint64_t size,
		    enum encoding encoding)
{
	return model_add(&w->model, (struct type){.kind = (uint8_t)kind,
						  .name = name(w, called),
						  .size = size,
						  .encoding = (uint8_t)encoding});
}

static type_id derived(struct world *w, enum type_kind kind, type_id target)
{
	return model_add(&w->model, (struct type){.kind = (uint8_t)kind,
						  .target = target,
						  .size = kind == KIND_POINTER ? 8 : 0});
}

static type_id array(struct world *w, type_id target, uint64_t count, unsigned int flags)
{
	return model_add(&w->model, (struct type){.kind = KIND_ARRAY,
						  .target = target,
						  .count = count,
						  .flags = (uint8_t)flags});
}

static type_id function(struct world *w, type_id result, const struct parameter *parameters,
			uint32_t n, unsigned int flags)
{
	struct type type = {
		.kind = KIND_FUNCTION, .target = result, .n = n, .flags = (uint8_t)flags};

	type.first = (uint32_t)w->model.parameters.n;
	for (uint32_t i = 0; i < n; i++)
		*VEC_PUSH(&w->model.parameters) = parameters[i];
	return model_add(&w->model, type);
}

static type_id record(struct world *w, struct type type, const struct member *members, uint32_t n)
{
	type.first = (uint32_t)w->model.members.n;
	type.n = n;
	for (uint32_t i = 0; i < n; i++)
		*VEC_PUSH(&w->model.members) = members[i];
	return model_add(&w->model, type);
}

static type_id alias(struct world *w, const char *called, type_id target)
{
	return model_add(&w->model, (struct type){.kind = KIND_TYPEDEF,
						  .name = name(w, called),
						  .file = name(w, "include/types.h"),
						  .line = 7,
						  .target = target});
}

static type_id declaration(struct world *w, const char *called)
{
	return model_add(&w->model, (struct type){.kind = KIND_STRUCT,
						  .name = name(w, called),
						  .flags = TYPE_DECLARATION});
}

static type_id enumeration(struct world *w, const char *called, type_id of, enum encoding encoding,
			   const struct enumerator *values, uint32_t n)
{
	struct type type = {.kind = KIND_ENUM, .name = name(w, called), .size = 4, .target = of};

	type.encoding = (uint8_t)encoding;
	type.first = (uint32_t)w->model.enumerators.n;
	type.n = n;
	for (uint32_t i = 0; i < n; i++)
		*VEC_PUSH(&w->model.enumerators) = values[i];
	return model_add(&w->model, type);
}

/* Asks for an alignment of a derived type of its own. */
static type_id aligned(struct world *w, type_id id, uint32_t bytes)
{
	struct type copy = *type_at(&w->model, id);

	copy.align_attr = bytes;
	return model_add(&w->model, copy);
}

/* struct NAME { TYPE m; } of SIZE bytes, declared in FILE. */
static type_id holder(struct world *w, const char *called, type_id type, uint64_t size,
		      const char *file)
{
	return record(w,
		      (struct type){.kind = KIND_STRUCT,
				    .name = name(w, called),
				    .size = size,
				    .file = name(w, file),
				    .line = 10,
				    .unit = name(w, "unit.c")},
		      &(struct member){.name = name(w, "m"), .type = type, .line = 11}, 1);
}

static int setup(void **state)
{
	static struct world world;
	struct world *w = &world;

	intern_init(&w->names);
	diags_init(&w->diags);
	text_init(&w->text);
	model_init(&w->model, &w->names);
	model_init(&w->again, &w->names);
	w->model.info = (struct model_info){.name = "x",
					    .release = "6.1.190-1",
					    .arch = "x86_64",
					    .build_id = "00ff",
					    .compiler = "GNU C11 12.2.0",
					    .reader = "dwarf",
					    .address_size = 8,
					    .evidence = {.units = 3, .skipped[SKIP_RUST] = 1}};
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	text_deinit(&w->text);
	model_deinit(&w->model);
	model_deinit(&w->again);
	intern_deinit(&w->names);
	diags_deinit(&w->diags);
	return 0;
}

/* ---- equality ----------------------------------------------------------------------------------
 */

static void expect_same_text(const char *a, const char *b)
{
	if (!a || !b)
		assert_ptr_equal(a, b);
	else
		assert_string_equal(a, b);
}

static void expect_same_parts(const struct model *a, const struct type *x, const struct model *b,
			      const struct type *y)
{
	for (uint32_t i = 0; i < x->n; i++) {
		if (x->kind == KIND_ENUM) {
			assert_ptr_equal(enumerators_of(a, x)[i].name,
					 enumerators_of(b, y)[i].name);
			assert_int_equal(enumerators_of(a, x)[i].value,
					 enumerators_of(b, y)[i].value);
		} else if (x->kind == KIND_FUNCTION) {
			assert_ptr_equal(parameters_of(a, x)[i].name, parameters_of(b, y)[i].name);
			assert_int_equal(parameters_of(a, x)[i].type, parameters_of(b, y)[i].type);
		} else {
			assert_memory_equal(&members_of(a, x)[i], &members_of(b, y)[i],
					    sizeof(struct member));
		}
	}
}

/* Type by type, id by id; a compile unit matters only where a label needs it. */
static void expect_same_model(const struct model *a, const struct model *b)
{
	assert_int_equal(a->types.n, b->types.n);
	for (type_id id = 0; id < a->types.n; id++) {
		const struct type *x = type_at(a, id), *y = type_at(b, id);

		expect_same_text(x->label, y->label);
		assert_int_equal(x->kind, y->kind);
		assert_ptr_equal(x->name, y->name);
		assert_ptr_equal(x->file, y->file);
		assert_int_equal(x->size, y->size);
		assert_int_equal(x->count, y->count);
		assert_true(hash128_equal(x->shape, y->shape));
		assert_int_equal(x->line, y->line);
		assert_int_equal(x->align, y->align);
		assert_int_equal(x->align_attr, y->align_attr);
		assert_int_equal(x->target, y->target);
		assert_int_equal(x->n, y->n);
		assert_int_equal(x->encoding, y->encoding);
		assert_int_equal(x->flags, y->flags);
		if (x->label && strstr(x->label, " @ ")) {
			assert_ptr_equal(x->unit, y->unit);
			assert_ptr_equal(x->scope, y->scope);
		}
		expect_same_parts(a, x, b, y);
	}
}

static void expect_same_info(const struct model_info *a, const struct model_info *b)
{
	expect_same_text(a->release, b->release);
	expect_same_text(a->arch, b->arch);
	expect_same_text(a->build_id, b->build_id);
	expect_same_text(a->compiler, b->compiler);
	expect_same_text(a->reader, b->reader);
	assert_int_equal(a->big_endian, b->big_endian);
	assert_int_equal(a->address_size, b->address_size);
	assert_int_equal(a->evidence.units, b->evidence.units);
	assert_int_equal(evidence_skipped(&a->evidence), evidence_skipped(&b->evidence));
}

static bool read_again(struct world *w)
{
	model_deinit(&w->again);
	model_init(&w->again, &w->names);
	return snapshot_read("dir/x.yaml", w->text.at, w->text.n, &w->again, &w->diags);
}

static void expect_yaml(struct world *w)
{
	struct arena arena;

	arena_init(&arena);
	if (!yaml_parse("x.yaml", w->text.at, w->text.n, &arena, &w->diags))
		fail_msg("%u:%u: %s\n%s", w->diags.at[0].at.line, w->diags.at[0].at.col,
			 w->diags.at[0].text, w->text.at);
	arena_deinit(&arena);
}

/* Finishes the model by hand, writes it, reads it, compares, and writes that again. */
static void expect_round_trip(struct world *w)
{
	struct text second;

	assert_true(model_finish(&w->model, &w->diags));
	snapshot_write(&w->model, NULL, 0, &w->text);
	expect_yaml(w);
	if (!read_again(w))
		fail_msg("%u:%u: %s\n%s", w->diags.at[0].at.line, w->diags.at[0].at.col,
			 w->diags.at[0].text, w->text.at);
	assert_int_equal(w->diags.n, 0);
	text_init(&second);
	snapshot_write(&w->again, NULL, 0, &second);
	assert_string_equal(second.at, w->text.at);
	text_deinit(&second);
	expect_same_model(&w->model, &w->again);
	expect_same_info(&w->model.info, &w->again.info);
}

static void expect_line(struct world *w, const char *line)
{
	if (!strstr(w->text.at, line))
		fail_msg("no '%s' in:\n%s", line, w->text.at);
}

/* ---- round trips -------------------------------------------------------------------------------
 */

static void test_nothing(void **state)
{
	struct world *w = *state;

	expect_round_trip(w);
	assert_true(snapshot_recognise(w->text.at, w->text.n));
	assert_false(snapshot_recognise("carryover: 1\n", 13));
	expect_line(w, "types: {}\nsources: {}\n...\n");
	assert_string_equal(w->again.info.name, "x.yaml");
}

static void test_base_types(void **state)
{
	struct world *w = *state;

	base(w, "int", KIND_INT, 4, ENC_SIGNED);
	base(w, "long unsigned int", KIND_INT, 8, ENC_UNSIGNED);
	base(w, "__int128", KIND_INT, 16, ENC_SIGNED);
	base(w, "_Bool", KIND_INT, 1, ENC_BOOLEAN);
	base(w, "char", KIND_INT, 1, ENC_SIGNED_CHAR);
	base(w, "odd", KIND_INT, 3, (enum encoding)0x83);
	base(w, "double", KIND_FLOAT, 8, ENC_FLOAT);
	base(w, "complex double", KIND_FLOAT, 16, ENC_COMPLEX);
	base(w, "decltype(nullptr)", KIND_UNSPECIFIED, 0, ENC_NONE);
	expect_round_trip(w);
	expect_line(w, "  base long unsigned int:\n    size: 8\n    encoding: unsigned\n");
	expect_line(w, "  base odd:\n    size: 3\n    encoding: 131\n");
}

/* Every way to derive a type, also those that C has no declarator for. */
static void test_expressions(void **state)
{
	struct world *w = *state;
	type_id c = base(w, "char", KIND_INT, 1, ENC_SIGNED_CHAR);
	type_id pointer = derived(w, KIND_POINTER, c), constant = derived(w, KIND_CONST, c);
	type_id call =
		function(w, c, (struct parameter[]){{NULL, pointer}, {NULL, c}}, 2, TYPE_VARIADIC);
	type_id called = function(w, TYPE_VOID, &(struct parameter){name(w, "a b>"), call}, 1, 0);

	holder(w, "s01", derived(w, KIND_CONST, derived(w, KIND_POINTER, constant)), 8, "a.h");
	holder(w, "s02", derived(w, KIND_POINTER, derived(w, KIND_CONST, pointer)), 8, "a.h");
	holder(w, "s03", array(w, array(w, c, 3, 0), 2, 0), 6, "a.h");
	holder(w, "s04", derived(w, KIND_POINTER, array(w, pointer, 4, 0)), 8, "a.h");
	holder(w, "s05", array(w, derived(w, KIND_POINTER, call), 4, 0), 32, "a.h");
	holder(w, "s06", array(w, c, 0, TYPE_FLEXIBLE), 8, "a.h");
	holder(w, "s07", array(w, c, 0, 0), 8, "a.h");
	holder(w, "s08", array(w, c, 16, TYPE_VECTOR), 16, "a.h");
	holder(w, "s09", derived(w, KIND_CONST, derived(w, KIND_VOLATILE, array(w, c, 4, 0))), 4,
	       "a.h");
	holder(w, "s10", derived(w, KIND_POINTER, derived(w, KIND_CONST, array(w, c, 4, 0))), 8,
	       "a.h");
	holder(w, "s11", derived(w, KIND_POINTER, derived(w, KIND_POINTER, called)), 8, "a.h");
	holder(w, "s12", derived(w, KIND_POINTER, function(w, pointer, NULL, 0, TYPE_NOPROTO)), 8,
	       "a.h");
	holder(w, "s13", derived(w, KIND_POINTER, function(w, call, NULL, 0, 0)), 8, "a.h");
	holder(w, "s14", derived(w, KIND_POINTER, function(w, c, &(struct parameter){0}, 1, 0)), 8,
	       "a.h");
	holder(w, "s15", derived(w, KIND_ATOMIC, derived(w, KIND_VOLATILE, c)), 1, "a.h");
	holder(w, "s16", derived(w, KIND_RESTRICT, derived(w, KIND_POINTER, TYPE_VOID)), 8, "a.h");
	holder(w, "s17",
	       model_add(&w->model,
			 (struct type){.kind = KIND_POINTER, .size = 4, .target = constant}),
	       4, "a.h");
	holder(w, "s18", derived(w, KIND_POINTER, derived(w, KIND_CONST, call)), 8, "a.h");
	holder(w, "s19", aligned(w, derived(w, KIND_POINTER, aligned(w, constant, 4)), 16), 16,
	       "a.h");
	holder(w, "s20", derived(w, KIND_POINTER, aligned(w, array(w, c, 4, 0), 8)), 8, "a.h");
	expect_round_trip(w);
	expect_line(w, "{name: m, at: 0, type: \"char (:aligned(8) *)[4]\"}");
	expect_line(w, "{name: m, at: 0, type: aligned(4) const char *aligned(16)}");
	expect_line(w, "{name: m, at: 0, type: const char *const}");
	expect_line(w, "{name: m, at: 0, type: char *const *}");
	expect_line(w, "{name: m, at: 0, type: \"char[2][3]\"}");
	expect_line(w, "{name: m, at: 0, type: \"char *(*)[4]\"}");
	expect_line(w, "{name: m, at: 0, type: \"char (*[4])(char *, char, ...)\"}");
	expect_line(w, "{name: m, at: 0, type: \"char[]\"}");
	expect_line(w, "{name: m, at: 0, type: \"char[0]\"}");
	expect_line(w, "{name: m, at: 0, type: \"char (:const *)[4]\"}");
	expect_line(w, "{name: m, at: 0, type: char *(*)()}");
	expect_line(w, "{name: m, at: 0, type: \"char (*)(<void>)\"}");
}

static void test_enums(void **state)
{
	struct world *w = *state;
	type_id integer = base(w, "int", KIND_INT, 4, ENC_SIGNED);

	enumeration(w, "sign", integer, ENC_SIGNED,
		    (struct enumerator[]){{name(w, "LOW"), (uint64_t)INT64_MIN},
					  {name(w, "MINUS"), (uint64_t)-1},
					  {name(w, "y"), 1}},
		    3);
	enumeration(
		w, "large", TYPE_VOID, ENC_UNSIGNED,
		(struct enumerator[]){{name(w, "BIG"), UINT64_MAX}, {name(w, "BIT"), 0x80000000}},
		2);
	enumeration(w, "none", TYPE_VOID, ENC_NONE, NULL, 0);
	expect_round_trip(w);
	expect_line(w, "    - LOW: -9223372036854775808\n    - MINUS: -1\n    - \"y\": 1\n");
	expect_line(w, "    - BIG: 18446744073709551615\n");
	expect_line(w, "  enum none:\n    size: 4\n    values: []\n");
}

static void test_records(void **state)
{
	struct world *w = *state;
	type_id u = base(w, "unsigned int", KIND_INT, 4, ENC_UNSIGNED);
	struct member members[] = {
		{.name = name(w, "a"), .type = u, .bit_size = 3, .line = 5},
		{.name = name(w, "b"), .type = u, .bit_offset = 3, .bit_size = 29, .line = 6},
		{.name = name(w, "linux"), .type = u, .bit_offset = 32, .line = 4},
		{.name = name(w, "null"), .type = u, .bit_offset = 64, .align_attr = 8, .line = 0},
	};

	record(w,
	       (struct type){.kind = KIND_STRUCT,
			     .name = name(w, "s"),
			     .size = 16,
			     .align_attr = 8,
			     .file = name(w, "dir/s.h"),
			     .line = 5},
	       members, 4);
	record(w, (struct type){.kind = KIND_STRUCT, .name = name(w, "empty")}, NULL, 0);
	record(w, (struct type){.kind = KIND_UNION, .name = name(w, "u"), .size = 4}, members, 1);
	declaration(w, "far");
	holder(w, "uses", derived(w, KIND_POINTER, declaration(w, "far")), 8, "dir/s.h");
	expect_round_trip(w);
	expect_line(w, "    - {name: b, at: 0, bit: 3, bits: 29, type: unsigned int}\n");
	expect_line(w, "    - {name: \"null\", at: 8, aligned: 8, type: unsigned int}\n");
	expect_line(w, "  struct far:\n    declared: true\n");
	expect_line(w, "  struct s: {file: dir/s.h, line: 5, members: \"0 1 -2 -4\"}\n");
}

static type_id anonymous(struct world *w, enum type_kind kind, type_id type, uint64_t size,
			 uint32_t line)
{
	return record(
		w,
		(struct type){
			.kind = (uint8_t)kind, .size = size, .file = name(w, "a.h"), .line = line},
		&(struct member){.name = name(w, "x"), .type = type, .line = line + 1}, 1);
}

static void test_anonymous_types(void **state)
{
	struct world *w = *state;
	type_id i = base(w, "int", KIND_INT, 4, ENC_SIGNED);
	type_id inner = anonymous(w, KIND_STRUCT, i, 4, 23), outer;
	type_id pointee = anonymous(w, KIND_STRUCT, inner, 4, 40), call;
	struct member members[] = {
		{.type = anonymous(w, KIND_UNION, inner, 4, 22)},
		{.name = name(w, "p"), .type = derived(w, KIND_POINTER, pointee), .bit_offset = 64},
		{.name = name(w, "f"), .bit_offset = 128},
	};

	call = function(w, derived(w, KIND_POINTER, anonymous(w, KIND_STRUCT, i, 4, 50)),
			(struct parameter[]){{NULL, anonymous(w, KIND_UNION, i, 4, 60)}, {NULL, i}},
			2, 0);
	members[2].type = derived(w, KIND_POINTER, call);
	outer = record(w,
		       (struct type){.kind = KIND_STRUCT,
				     .name = name(w, "s"),
				     .size = 24,
				     .file = name(w, "s.h"),
				     .line = 20},
		       members, 3);
	alias(w, "wrapped_t", anonymous(w, KIND_STRUCT, derived(w, KIND_POINTER, outer), 8, 70));
	expect_round_trip(w);
	expect_line(w, "    - at: 0\n      type: \"union {}\"\n      inline:\n      - size: 4\n    "
		       "    members:\n"
		       "        - name: x\n          at: 0\n          type: \"struct {}\"\n"
		       "          inline:\n          - size: 4\n            members:\n"
		       "            - {name: x, at: 0, type: int}\n");
	expect_line(w, "      type: \"struct {2} *(*)(union {}, int)\"\n");
}

/* One name, several shapes: the labels tell them apart, in references too. */
static void test_same_names(void **state)
{
	struct world *w = *state;
	type_id c = base(w, "char", KIND_INT, 1, ENC_SIGNED_CHAR);
	type_id one = holder(w, "info", c, 1, "x/one.c"), two = holder(w, "info", c, 2, "x/two.c");

	w->model.types.at[two].scope = name(w, "f");
	holder(w, "info", c, 3, "x/two.c");
	holder(w, "uses_one", one, 1, "a.h");
	holder(w, "uses_two", derived(w, KIND_POINTER, two), 8, "a.h");
	alias(w, "char", c);
	alias(w, "struct evil", c);
	alias(w, "at @ home", c);
	holder(w, "uses_typedef", alias(w, "char", c), 1, "a.h");
	expect_round_trip(w);
	expect_line(w, "  struct info @ x/one.c:\n");
	expect_line(w, "type: \"<struct info @ x/one.c>\"}");
	expect_line(w, "scope: f");
	expect_line(w, "type: \"<typedef char>\"}");
	expect_line(w, "  typedef at @ home:\n    name: at @ home\n");
}

static void test_symbols(void **state)
{
	struct world *w = *state;

	*VEC_PUSH(&w->model.symbols) =
		(struct symbol){name(w, "init_task"), "", false, 0xffffffff82a1c940, 9728};
	*VEC_PUSH(&w->model.symbols) =
		(struct symbol){name(w, "init_task"), name(w, "nf_conntrack"), true, 0, 8};
	*VEC_PUSH(&w->model.symbols) = (struct symbol){name(w, "zero"), "", false, 0, 0};
	expect_round_trip(w);
	assert_int_equal(w->again.symbols.n, 3);
	assert_ptr_equal(w->again.symbols.at[1].module, name(w, "nf_conntrack"));
	assert_true(w->again.symbols.at[1].no_address);
	assert_string_equal(w->again.symbols.at[0].module, "");
	assert_false(w->again.symbols.at[0].no_address);
	assert_ptr_equal(w->again.symbols.at[0].name, name(w, "init_task"));
	assert_int_equal(w->again.symbols.at[0].address, 0xffffffff82a1c940);
	assert_int_equal(w->again.symbols.at[0].size, 9728);
}

static void test_odd_names(void **state)
{
	struct world *w = *state;
	type_id i = base(w, "a\\b\"c\n\xff>", KIND_INT, 4, ENC_SIGNED);

	holder(w, "x: y # [z]", i, 4, "C:\\dir\\\xc3\xa9.h");
	holder(w, "yes", i, 4, "-.h");
	holder(w, "", derived(w, KIND_POINTER, i), 8, "a.h");
	w->model.info.compiler = "true";
	w->model.info.big_endian = true;
	expect_round_trip(w);
}

/* What is only pointed to becomes a declaration, and the selection reads back as what it is. */
static void test_selection(void **state)
{
	struct world *w = *state;
	type_id i = base(w, "int", KIND_INT, 4, ENC_SIGNED);
	type_id far = holder(w, "far", i, 4, "a.h"), near = holder(w, "near", i, 4, "a.h"), root;
	struct member members[] = {
		{.name = name(w, "near"), .type = near},
		{.name = name(w, "far"), .type = derived(w, KIND_POINTER, far), .bit_offset = 64}};
	struct text second;

	record(w, (struct type){.kind = KIND_STRUCT, .name = name(w, "root"), .size = 16}, members,
	       2);
	holder(w, "other", i, 4, "a.h");
	assert_true(model_finish(&w->model, &w->diags));
	assert_int_equal(model_lookup(&w->model, "struct root", &root, NULL, 0), 1);
	snapshot_write(&w->model, &root, 1, &w->text);
	expect_line(w, "  struct far:\n    declared: true\n");
	expect_line(w, "  struct near:\n    size: 4\n");
	assert_null(strstr(w->text.at, "other"));
	assert_true(read_again(w));
	text_init(&second);
	snapshot_write(&w->again, NULL, 0, &second);
	assert_string_equal(second.at, w->text.at);
	text_deinit(&second);
}

/* What it was cut to is kept, and whichever byte of it becomes another, that is noticed. */
static void test_every_byte(void **state)
{
	struct world *w = *state;
	static const unsigned char changes[] = {0x01, 0x10, 0x20};

	holder(w, "a", base(w, "int", KIND_INT, 4, ENC_SIGNED), 4, "a.h");
	*VEC_PUSH(&w->model.symbols) = (struct symbol){.name = name(w, "init_a"),
						       .module = name(w, ""),
						       .address = 0xffffffff82a1c940,
						       .size = 4};
	*VEC_PUSH(&w->model.roots) = "struct a";
	*VEC_PUSH(&w->model.only) = "int";
	expect_round_trip(w);
	assert_int_equal(w->again.roots.n, 1);
	assert_string_equal(w->again.roots.at[0], "struct a");
	assert_int_equal(w->again.only.n, 1);
	assert_string_equal(w->again.only.at[0], "int");
	for (size_t i = 0; i < w->text.n; i++)
		for (size_t k = 0; k < 3; k++) {
			w->text.at[i] = (char)(w->text.at[i] ^ changes[k]);
			if (read_again(w))
				fail_msg("byte %zu may be another: %.20s", i, w->text.at + i);
			w->text.at[i] = (char)(w->text.at[i] ^ changes[k]);
		}
	diags_deinit(&w->diags);
	diags_init(&w->diags);
	assert_true(read_again(w));
}

/* A snapshot of format 1 is written as such, unless it is cut down. */
static void test_first_format(void **state)
{
	struct world *w = *state;

	w->model.info.format = 1;
	expect_round_trip(w);
	expect_line(w, "carryover-snapshot: 1\n");
	assert_null(strstr(w->text.at, "seal: "));
	*VEC_PUSH(&w->model.roots) = "struct a";
	w->text.n = 0;
	expect_round_trip(w);
	expect_line(w, "carryover-snapshot: 2\n");
	expect_line(w, "seal: ");
}

/* One added member changes no other type's block. */
static void test_locality(void **state)
{
	struct world *w = *state;
	struct text before;
	const char *at;

	holder(w, "a", base(w, "int", KIND_INT, 4, ENC_SIGNED), 4, "a.h");
	holder(w, "b", derived(w, KIND_POINTER, holder(w, "c", 1, 4, "b.h")), 8, "b.h");
	assert_true(model_finish(&w->model, &w->diags));
	text_init(&before);
	snapshot_write(&w->model, NULL, 0, &before);
	model_deinit(&w->model);
	model_init(&w->model, &w->names);
	w->model.info.address_size = 8;
	holder(w, "a", base(w, "int", KIND_INT, 4, ENC_SIGNED), 8, "a.h");
	holder(w, "b", derived(w, KIND_POINTER, holder(w, "c", 1, 4, "b.h")), 8, "b.h");
	assert_true(model_finish(&w->model, &w->diags));
	snapshot_write(&w->model, NULL, 0, &w->text);
	at = strstr(before.at, "  struct b:\n");
	assert_non_null(at);
	assert_string_equal(strstr(w->text.at, "  struct b:\n"), at);
	assert_string_not_equal(strstr(w->text.at, "  struct a:\n"),
				strstr(before.at, "  struct a:\n"));
	text_deinit(&before);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_nothing),	 CASE(test_base_types), CASE(test_expressions),
		CASE(test_enums),	 CASE(test_records),	CASE(test_anonymous_types),
		CASE(test_same_names),	 CASE(test_symbols),	CASE(test_odd_names),
		CASE(test_selection),	 CASE(test_locality),	CASE(test_every_byte),
		CASE(test_first_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
