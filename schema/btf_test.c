/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The BTF reader on hand-made BTF: every kind in both byte orders, every way to be malformed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "btf_made_test.h"
#include "text.h"

struct fixture {
	struct intern names;
	struct model model;
	struct diags diags;
	struct made made;
};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof(*f));

	intern_init(&f->names);
	model_init(&f->model, &f->names);
	diags_init(&f->diags);
	made_init(&f->made, false);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	made_deinit(&f->made);
	model_deinit(&f->model);
	diags_deinit(&f->diags);
	intern_deinit(&f->names);
	test_free(f);
	return 0;
}

static void start(struct fixture *f, bool big_endian)
{
	made_deinit(&f->made);
	made_init(&f->made, big_endian);
}

/* Reads N bytes, from memory of exactly that size. */
static bool read_bytes(struct fixture *f, const unsigned char *data, size_t n)
{
	unsigned char *copy = test_malloc(n ? n : 1);
	struct btf *btf;
	bool ok;

	model_deinit(&f->model);
	diags_deinit(&f->diags);
	model_init(&f->model, &f->names);
	diags_init(&f->diags);
	f->model.info.address_size = 8;
	memcpy(copy, data, n);
	btf = btf_open("in.btf", (struct elf_bytes){copy, n}, NULL, &f->diags);
	ok = btf && btf_read(btf, &f->model, &f->diags);
	btf_close(btf);
	test_free(copy);
	ok = ok && model_finish(&f->model, &f->diags);
	assert_int_equal(ok, !diags_failed(&f->diags));
	return ok;
}

static void assert_reads(struct fixture *f)
{
	struct made_bytes file = made_file(&f->made);

	if (!read_bytes(f, file.at, file.n))
		fail_msg("%s", f->diags.at[0].text);
	vec_free(file.at);
}

static void assert_refused(struct fixture *f, const char *text)
{
	struct made_bytes file = made_file(&f->made);

	if (read_bytes(f, file.at, file.n))
		fail_msg("read, but should be refused: %s", text);
	vec_free(file.at);
	assert_int_equal(diags_exit_code(&f->diags), 3);
	for (size_t i = 0; i < f->diags.n; i++)
		if (strstr(f->diags.at[i].text, text))
			return;
	fail_msg("no diagnostic says '%s'; the first: %s", text, f->diags.at[0].text);
}

static const struct type *find(const struct fixture *f, const char *label)
{
	type_id id = TYPE_NONE;

	assert_int_equal(model_lookup(&f->model, label, &id, NULL, 0), 1);
	return type_at(&f->model, id);
}

/* A struct or union as text: `size; offset declaration[:bits]; ...`. */
static void assert_layout(const struct fixture *f, const char *label, const char *expected)
{
	const struct type *type = find(f, label);
	struct text text;

	text_init(&text);
	text_add(&text, "%llu", (unsigned long long)type->size);
	for (uint32_t i = 0; i < type->n; i++) {
		const struct member *member = &members_of(&f->model, type)[i];

		text_add(&text, "; %llu ", (unsigned long long)member->bit_offset);
		type_declare(&f->model, member->type, member->name ? member->name : "", &text);
		if (member->bit_size)
			text_add(&text, ":%u", member->bit_size);
	}
	assert_string_equal(text_string(&text), expected);
	text_deinit(&text);
}

/* ---- kinds ---- */

static void test_integers(void **state)
{
	struct fixture *f = *state;

	for (int big = 0; big < 2; big++) {
		start(f, big);
		made_int(&f->made, "int", 4, MADE_SIGNED);
		made_int(&f->made, "unsigned int", 4, 0);
		made_int(&f->made, "char", 1, MADE_SIGNED);
		made_int(&f->made, "unsigned char", 1, 0);
		made_int(&f->made, "_Bool", 1, MADE_BOOL);
		made_int(&f->made, "__int128", 16, MADE_SIGNED);
		made_type(&f->made, "double", BTF_FLOAT, 8);
		assert_reads(f);
		assert_int_equal(find(f, "int")->encoding, ENC_SIGNED);
		assert_int_equal(find(f, "unsigned int")->encoding, ENC_UNSIGNED);
		assert_int_equal(find(f, "char")->encoding, ENC_SIGNED_CHAR);
		assert_int_equal(find(f, "unsigned char")->encoding, ENC_UNSIGNED_CHAR);
		assert_int_equal(find(f, "_Bool")->encoding, ENC_BOOLEAN);
		assert_int_equal(find(f, "__int128")->size, 16);
		assert_int_equal(find(f, "double")->encoding, ENC_FLOAT);
		assert_string_equal(f->model.info.reader, "btf");
	}
}

/* Everything that derives from something, forward references among them. */
static void test_derived(void **state)
{
	struct fixture *f = *state;

	for (int big = 0; big < 2; big++) {
		struct made *m = &f->made;
		uint32_t i, pointer, array, proto, alias, self;

		start(f, big);
		i = made_int(m, "int", 4, MADE_SIGNED);
		self = made_next(m) + 8; /* the struct below */
		pointer = made_type(m, "", BTF_PTR, self);
		made_type(m, "", BTF_CONST, i);
		made_type(m, "", BTF_VOLATILE, made_next(m) - 1);
		array = made_array(m, made_next(m) - 1, i, 3);
		proto = made_parts(m, "", BTF_FUNC_PROTO, false, 2, i);
		made_word(m, made_name(m, "x"));
		made_word(m, pointer);
		made_word(m, 0);
		made_word(m, 0);
		made_type(m, "", BTF_PTR, proto);
		made_type(m, "tag", BTF_TYPE_TAG, made_next(m) - 1);
		alias = made_type(m, "callback", BTF_TYPEDEF, made_next(m) - 1);
		assert_int_equal(self, made_next(m));
		made_parts(m, "self", BTF_STRUCT, false, 4, 40);
		made_member(m, "next", pointer, 0);
		made_member(m, "call", alias, 64);
		made_member(m, "words", array, 128);
		made_member(m, "f", self + 1, 256);
		made_parts(m, "", BTF_UNION, false, 1, 4);
		made_member(m, "r", i, 0);
		assert_reads(f);
		assert_layout(f, "struct self",
			      "40; 0 struct self *next; 64 callback call; "
			      "128 volatile const int words[3]; 256 union {...} f");
		assert_int_equal(find(f, "struct self")->align, 8);
	}
}

static void test_declarations(void **state)
{
	struct fixture *f = *state;
	struct made *m = &f->made;
	uint32_t s = made_type(m, "gone", BTF_FWD, 0), u, e, p;

	u = made_parts(m, "gone", BTF_FWD, true, 0, 0);
	e = made_type(m, "gone", BTF_ENUM, 4);
	p = made_type(m, "", BTF_PTR, s);
	made_type(m, "", BTF_PTR, u);
	made_type(m, "", BTF_PTR, e);
	made_type(m, "", BTF_RESTRICT, 0);
	made_type(m, "", BTF_PTR, made_next(m) - 1);
	made_parts(m, "holder", BTF_STRUCT, false, 4, 32);
	for (uint32_t i = 0; i < 3; i++)
		made_member(m, i == 0 ? "s" : i == 1 ? "u" : "e", p + i, 64 * i);
	made_member(m, "v", p + 4, 192);
	assert_reads(f);
	assert_true(find(f, "struct gone")->flags & TYPE_DECLARATION);
	assert_true(find(f, "union gone")->flags & TYPE_DECLARATION);
	assert_true(find(f, "enum gone")->flags & TYPE_DECLARATION);
	assert_layout(f, "struct holder",
		      "32; 0 struct gone *s; 64 union gone *u; 128 enum gone *e; "
		      "192 restrict void *v");
}

static uint64_t value_of(const struct fixture *f, const char *label, uint32_t index)
{
	return enumerators_of(&f->model, find(f, label))[index].value;
}

static void test_enums(void **state)
{
	struct fixture *f = *state;

	for (int big = 0; big < 2; big++) {
		struct made *m = &f->made;

		start(f, big);
		made_parts(m, "plain", BTF_ENUM, false, 2, 4);
		made_enumerator(m, "A", 1);
		made_enumerator(m, "B", 0xffffffff);
		made_parts(m, "sign", BTF_ENUM, true, 1, 8);
		made_enumerator(m, "C", 0xfffffffe);
		made_parts(m, "small", BTF_ENUM, true, 1, 1);
		made_enumerator(m, "D", 0xffffffff);
		made_parts(m, "wide", BTF_ENUM64, false, 1, 8);
		made_enumerator(m, "E", 0x89abcdef);
		made_word(m, 0x01234567);
		assert_reads(f);
		assert_int_equal(find(f, "enum plain")->encoding, ENC_UNSIGNED);
		assert_int_equal(value_of(f, "enum plain", 1), 0xffffffff);
		assert_int_equal(find(f, "enum sign")->encoding, ENC_SIGNED);
		assert_true(value_of(f, "enum sign", 0) == UINT64_MAX - 1);
		assert_int_equal(value_of(f, "enum small", 0), 0xff);
		assert_int_equal(find(f, "enum small")->encoding, ENC_SIGNED_CHAR);
		assert_true(value_of(f, "enum wide", 0) == 0x0123456789abcdef);
	}
}

/* With the kind flag, and as bits of an INT before there was one. */
static void test_bitfields(void **state)
{
	struct fixture *f = *state;

	for (int big = 0; big < 2; big++) {
		struct made *m = &f->made;
		uint32_t i, e, alias, bits;

		start(f, big);
		i = made_int(m, "int", 4, MADE_SIGNED);
		e = made_parts(m, "mode", BTF_ENUM, false, 1, 4);
		made_enumerator(m, "ON", 1);
		alias = made_type(m, "number", BTF_TYPEDEF, i);
		made_parts(m, "flagged", BTF_STRUCT, true, 4, 8);
		made_member(m, "a", i, 3u << 24 | 0);
		made_member(m, "b", alias, 5u << 24 | 3);
		made_member(m, "c", e, 2u << 24 | 8);
		made_member(m, "d", i, 32);
		bits = made_parts(m, "int", BTF_INT, false, 0, 4);
		made_word(m, 1u << 24 | 2u << 16 | 7);
		alias = made_type(m, "seven", BTF_TYPEDEF, bits);
		made_parts(m, "old", BTF_STRUCT, false, 2, 8);
		made_member(m, "a", alias, 0);
		made_member(m, "b", i, 32);
		assert_reads(f);
		assert_layout(f, "struct flagged",
			      "8; 0 int a:3; 3 number b:5; 8 enum mode c:2; 32 int d");
		assert_layout(f, "struct old", "8; 2 seven a:7; 32 int b");
	}
}

/* What is no type is checked and left out. */
static void test_others(void **state)
{
	struct fixture *f = *state;
	struct made *m = &f->made;
	uint32_t i = made_int(m, "int", 4, MADE_SIGNED), proto, function, variable;

	proto = made_parts(m, "", BTF_FUNC_PROTO, false, 1, 0);
	made_word(m, made_name(m, "x"));
	made_word(m, i);
	function = made_type(m, "run.isra.0", BTF_FUNC, proto);
	variable = made_type(m, "counter", BTF_VAR, i);
	made_word(m, 1);
	made_parts(m, ".data..percpu", BTF_DATASEC, false, 1, 4);
	made_word(m, variable);
	made_word(m, 0);
	made_word(m, 4);
	made_type(m, "kfunc", BTF_DECL_TAG, function);
	made_word(m, UINT32_MAX);
	made_type(m, "arg", BTF_DECL_TAG, function);
	made_word(m, 0);
	assert_reads(f);
	assert_int_equal(f->model.types.n, 2); /* void and int */
}

/* ---- malformed ---- */

static void record(struct made *m, const char *name, uint32_t kind, uint32_t n, uint32_t size,
		   const uint32_t *words, size_t n_words)
{
	made_parts(m, name, kind, false, n, size);
	for (size_t i = 0; i < n_words; i++)
		made_word(m, words[i]);
}

#define X 0x1000000u /* an offset or id far outside */

/* Type 1 is int, type 2 a function prototype, type 3 a function, type 4 what is refused. */
static const struct {
	const char *name;
	uint32_t kind, n, size, words[6];
	size_t n_words;
	const char *text;
} faults[] = {
	{"x", 20, 0, 4, {0}, 0, "kind that is not known"},
	{"", 0, 0, 0, {0}, 0, "kind that is not known"},
	{"x", BTF_INT, 1, 4, {32}, 1, "bits that its kind does not use"},
	{"x", BTF_INT, 0, 4, {0}, 0, "truncated"},
	{"", BTF_INT, 0, 4, {32}, 1, "has no name"},
	{"x", BTF_INT, 0, 3, {24}, 1, "which no integer has"},
	{"x", BTF_INT, 0, 0, {0}, 1, "which no integer has"},
	{"x", BTF_INT, 0, 4, {0}, 1, "bits do not lie"},
	{"x", BTF_INT, 0, 4, {1 << 16 | 32}, 1, "bits do not lie"},
	{"x", BTF_INT, 0, 4, {8u << 24 | 32}, 1, "encoding 8 is not known"},
	{"x\n", BTF_INT, 0, 4, {32}, 1, "not printable"},
	{"x", BTF_FLOAT, 0, 5, {0}, 0, "no floating point type"},
	{"x", BTF_PTR, 0, 1, {0}, 0, "may not have a name"},
	{"", BTF_PTR, 0, X, {0}, 0, "does not exist"},
	{"", BTF_PTR, 0, 3, {0}, 0, "what is no type"},
	{"", BTF_PTR, 0, 4, {0}, 0, ""},
	{"t", BTF_TYPEDEF, 0, 4, {0}, 0, "typedef of itself"},
	{"t", BTF_TYPE_TAG, 0, 4, {0}, 0, "do not end at a type"},
	{"a b", BTF_TYPEDEF, 0, 1, {0}, 0, "no identifier"},
	{"", BTF_TYPEDEF, 0, 1, {0}, 0, "has no name"},
	{"", BTF_CONST, 0, 4, {0}, 0, "itself"},
	{"", BTF_ARRAY, 0, 0, {X, 1, 1}, 3, "does not exist"},
	{"", BTF_ARRAY, 0, 0, {1, X, 1}, 3, "does not exist"},
	{"", BTF_ARRAY, 0, 0, {1, 2, 1}, 3, "index is no integer"},
	{"", BTF_ARRAY, 0, 0, {4, 1, 1}, 3, "contains itself"},
	{"s", BTF_STRUCT, 1, 4, {0, 4, 0}, 3, "contains itself by value"},
	{"s", BTF_STRUCT, 1, 4, {0, X, 0}, 3, "does not exist"},
	{"s", BTF_STRUCT, 1, 4, {0, 2, 0}, 3, "has no size"},
	{"s", BTF_STRUCT, 1, 4, {0, 0, 0}, 3, "has no size"},
	{"s", BTF_STRUCT, 1, 4, {0, 3, 0}, 3, "what is no type"},
	{"s", BTF_STRUCT, 1, 4, {0, 1, 8}, 3, "lies outside its type"},
	{"s", BTF_STRUCT, 1, 8, {0, 1, 4}, 3, "does not begin at a byte"},
	{"s", BTF_STRUCT, 1, 4, {X, 1, 0}, 3, "name of member 0"},
	{"s", BTF_STRUCT, 2, 4, {0, 1, 0}, 3, "truncated"},
	{"u", BTF_UNION, 1, 2, {0, 1, 0}, 3, "lies outside its type"},
	{"e", BTF_ENUM, 1, 3, {1, 0}, 2, "which no enum has"},
	{"e", BTF_ENUM, 1, 4, {0, 0}, 2, "name of enumerator 0"},
	{"e", BTF_ENUM, 1, 4, {X, 0}, 2, "name of enumerator 0"},
	{"e", BTF_ENUM64, 1, 8, {1, 0}, 2, "truncated"},
	{"", BTF_ENUM, 0, 4, {0}, 0, "neither a name nor enumerators"},
	{"", BTF_FWD, 0, 0, {0}, 0, "has no name"},
	{"", BTF_FUNC_PROTO, 1, X, {0, 0}, 2, "does not exist"},
	{"", BTF_FUNC_PROTO, 1, 0, {0, X}, 2, "does not exist"},
	{"", BTF_FUNC_PROTO, 1, 0, {X, 1}, 2, "name of parameter 0"},
	{"", BTF_FUNC_PROTO, 2, 0, {1, 0, 1, 1}, 4, "parameter 0 has no type"},
	{"f", BTF_FUNC, 0, 1, {0}, 0, "is no function's"},
	{"f", BTF_FUNC, 0, X, {0}, 0, "is no function's"},
	{"v", BTF_VAR, 0, X, {0}, 1, "does not exist"},
	{"v", BTF_VAR, 0, 3, {0}, 1, "what is no type"},
	{"d", BTF_DATASEC, 1, 4, {1, 0, 4}, 3, "neither a variable nor a function"},
	{"d", BTF_DATASEC, 1, 4, {X, 0, 4}, 3, "neither a variable nor a function"},
	{"t", BTF_DECL_TAG, 0, 1, {UINT32_MAX}, 1, "cannot have a tag"},
	{"t", BTF_DECL_TAG, 0, X, {UINT32_MAX}, 1, "cannot have a tag"},
	{"t", BTF_DECL_TAG, 0, 3, {1}, 1, "part 1, which does not exist"},
};

static void start_faulty(struct fixture *f)
{
	struct made *m = &f->made;

	start(f, false);
	made_int(m, "int", 4, MADE_SIGNED); /* its name has offset 1 */
	made_parts(m, "", BTF_FUNC_PROTO, false, 1, 0);
	made_word(m, 1);
	made_word(m, 1);
	made_type(m, "run", BTF_FUNC, 2);
}

static void test_malformed(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		start_faulty(f);
		record(&f->made, faults[i].name, faults[i].kind, faults[i].n, faults[i].size,
		       faults[i].words, faults[i].n_words);
		assert_refused(f, faults[i].text);
	}
}

static void test_malformed_bitfields(void **state)
{
	struct fixture *f = *state;
	struct made *m = &f->made;
	uint32_t bits;

	start_faulty(f);
	made_type(m, "", BTF_PTR, 1);
	made_parts(m, "s", BTF_STRUCT, true, 1, 8);
	made_member(m, "p", 4, 3u << 24);
	assert_refused(f, "bitfield of what is no integer");
	start_faulty(f);
	made_parts(m, "s", BTF_STRUCT, true, 1, 8);
	made_member(m, "w", 1, 33u << 24);
	assert_refused(f, "bitfield is wider than its type");
	start_faulty(f);
	bits = made_parts(m, "int", BTF_INT, false, 0, 4);
	made_word(m, 1u << 24 | 7);
	made_parts(m, "s", BTF_STRUCT, true, 1, 8);
	made_member(m, "twice", bits, 3u << 24);
	assert_refused(f, "the size of a bitfield twice");
	start_faulty(f);
	bits = made_parts(m, "int", BTF_INT, false, 0, 4);
	made_word(m, 1u << 24 | 7);
	made_array(m, bits, 1, 2);
	assert_refused(f, "is an array of bitfields");
}

/* Chains that no program has end with a word, not with the stack or the day. */
static void test_chains(void **state)
{
	struct fixture *f = *state;
	struct made *m = &f->made;

	start_faulty(f);
	for (uint32_t i = 0; i < 3000; i++)
		made_type(m, "", BTF_PTR, made_next(m) + 1);
	made_type(m, "end", BTF_TYPEDEF, 1);
	assert_refused(f, "nested too deeply");
	start_faulty(f);
	for (uint32_t i = 0; i < 3000; i++)
		made_type(m, "t", BTF_TYPE_TAG, i ? made_next(m) - 1 : 1);
	made_parts(m, "s", BTF_STRUCT, false, 1, 4);
	made_member(m, "m", made_next(m) - 2, 0);
	assert_refused(f, "do not end at a type");
	start_faulty(f);
	for (uint32_t i = 0; i < 3000; i++)
		made_type(m, "", i % 2 ? BTF_CONST : BTF_VOLATILE, i ? made_next(m) - 1 : 1);
	made_parts(m, "s", BTF_STRUCT, false, 1, 4);
	made_member(m, "m", made_next(m) - 2, 0);
	assert_refused(f, "leads to no end");
}

/* A file with a thousand faults says twenty of them. */
static void test_many_faults(void **state)
{
	struct fixture *f = *state;

	start_faulty(f);
	for (uint32_t i = 0; i < 1000; i++)
		made_type(&f->made, "", BTF_PTR, X);
	assert_refused(f, "does not exist");
	assert_in_range(f->diags.n, 20, 21);
}

static void test_header(void **state)
{
	static const struct {
		size_t at;
		unsigned char value;
		const char *text;
	} bytes[] = {
		{2, 2, "does not begin"}, {3, 1, "flags"},	   {4, 23, "header is incomplete"},
		{5, 1, "incomplete"},	  {4, 28, "not known"},	   {11, 1, "lies outside"},
		{15, 1, "lies outside"},  {19, 1, "lies outside"}, {23, 1, "lies outside"},
		{12, 13, "truncated"},	  {16, 1, "overlap"},
	};
	struct fixture *f = *state;
	struct made_bytes file;

	start_faulty(f);
	file = made_file(&f->made);
	for (size_t i = 0; i < sizeof(bytes) / sizeof(*bytes); i++) {
		unsigned char was = file.at[bytes[i].at];

		file.at[bytes[i].at] = bytes[i].value;
		assert_false(read_bytes(f, file.at, file.n));
		assert_int_equal(diags_exit_code(&f->diags), 3);
		if (!strstr(f->diags.at[0].text, bytes[i].text))
			fail_msg("not '%s': %s", bytes[i].text, f->diags.at[0].text);
		file.at[bytes[i].at] = was;
	}
	file.at[file.n - 1] = 'x';
	assert_false(read_bytes(f, file.at, file.n));
	assert_string_equal(f->diags.at[0].text, "its BTF has strings that do not end");
	vec_free(file.at);
}

/* ---- damage ---- */

/* One of everything. */
static void make_all(struct made *m)
{
	uint32_t i = made_int(m, "int", 4, MADE_SIGNED);

	made_type(m, "", BTF_PTR, i);
	made_array(m, 2, i, 4);
	made_parts(m, "mode", BTF_ENUM, true, 1, 4);
	made_enumerator(m, "ON", 1);
	made_parts(m, "s", BTF_STRUCT, true, 3, 48);
	made_member(m, "a", i, 3u << 24);
	made_member(m, "b", 4, 32);
	made_member(m, "c", 3, 64);
	made_parts(m, "u", BTF_UNION, false, 1, 48);
	made_member(m, "s", 5, 0);
	made_parts(m, "", BTF_FUNC_PROTO, false, 1, i);
	made_word(m, made_name(m, "x"));
	made_word(m, 2);
	made_type(m, "run", BTF_FUNC, 7);
	made_type(m, "v", BTF_VAR, 6);
	made_word(m, 0);
	made_parts(m, ".bss", BTF_DATASEC, false, 1, 48);
	made_word(m, 9);
	made_word(m, 0);
	made_word(m, 48);
	made_type(m, "tag", BTF_DECL_TAG, 5);
	made_word(m, 1);
	made_type(m, "user", BTF_TYPE_TAG, 5);
	made_type(m, "", BTF_CONST, 12);
	made_type(m, "alias", BTF_TYPEDEF, 13);
	made_parts(m, "wide", BTF_ENUM64, false, 1, 8);
	made_enumerator(m, "BIG", 1);
	made_word(m, 1);
	made_type(m, "far", BTF_FWD, 0);
	made_type(m, "", BTF_PTR, 16);
	made_type(m, "float", BTF_FLOAT, 4);
}

static void test_truncated_anywhere(void **state)
{
	struct fixture *f = *state;

	for (int big = 0; big < 2; big++) {
		struct made_bytes file;

		start(f, big);
		make_all(&f->made);
		assert_reads(f);
		file = made_file(&f->made);
		for (size_t n = 0; n < file.n; n++) {
			assert_false(read_bytes(f, file.at, n));
			assert_int_equal(diags_exit_code(&f->diags), 3);
		}
		vec_free(file.at);
	}
}

static void test_any_byte_changed(void **state)
{
	static const unsigned char values[] = {0x01, 0x80, 0xff, 0x10};
	struct fixture *f = *state;
	struct made_bytes file;
	size_t refused = 0;

	make_all(&f->made);
	file = made_file(&f->made);
	for (size_t i = 0; i < file.n * sizeof(values); i++) {
		size_t at = i / sizeof(values);
		unsigned char value = values[i % sizeof(values)];

		file.at[at] ^= value;
		refused += !read_bytes(f, file.at, file.n);
		file.at[at] ^= value;
	}
	assert_in_range(refused, 1, file.n * sizeof(values) - 1);
	assert_true(read_bytes(f, file.at, file.n));
	vec_free(file.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_integers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_derived, setup, teardown),
		cmocka_unit_test_setup_teardown(test_declarations, setup, teardown),
		cmocka_unit_test_setup_teardown(test_enums, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bitfields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_others, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed_bitfields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_chains, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_faults, setup, teardown),
		cmocka_unit_test_setup_teardown(test_header, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truncated_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_any_byte_changed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
