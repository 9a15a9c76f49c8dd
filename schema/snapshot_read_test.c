/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is not a snapshot as carryover writes it is refused, at its place. */
#include "snapshot.h"
#include "text.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define HEADER                                                                                     \
	"carryover-snapshot: 1\nreader: dwarf\naddress-size: 8\nendian: little\nunits: 1\n"        \
	"units-skipped: 0\n"
#define INT "  base int:\n    size: 4\n    encoding: signed\n"

/* The line of the first entry behind HEADER, the digest and `types:`. */
#define FIRST 9

struct world {
	struct intern names;
	struct model model;
	struct diags diags;
	struct text text;
};

static int setup(void **state)
{
	static struct world world;

	intern_init(&world.names);
	model_init(&world.model, &world.names);
	diags_init(&world.diags);
	text_init(&world.text);
	*state = &world;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	model_deinit(&w->model);
	intern_deinit(&w->names);
	diags_deinit(&w->diags);
	text_deinit(&w->text);
	return 0;
}

/* A snapshot whose digest is right: TYPES from `types:` on, SOURCES from `sources:` on. */
static void compose(struct world *w, const char *types, const char *sources)
{
	char digest[HASH128_HEX];

	hash128_hex(hash128(types, strlen(types)), digest);
	w->text.n = 0;
	text_add(&w->text, HEADER "digest: \"%s\"\n", digest);
	text_puts(&w->text, types);
	text_puts(&w->text, sources);
	text_puts(&w->text, "...\n");
}

static bool read_text(struct world *w)
{
	model_deinit(&w->model);
	model_init(&w->model, &w->names);
	diags_deinit(&w->diags);
	diags_init(&w->diags);
	return snapshot_read("s.yaml", w->text.at, w->text.n, &w->model, &w->diags);
}

/* Reading fails with one diagnostic, which says TEXT at LINE:COL (COL 0: somewhere) and has
 * EXIT_CODE. */
static void expect_diag(struct world *w, int exit_code, uint32_t line, uint32_t col,
			const char *text)
{
	assert_false(read_text(w));
	assert_int_equal(w->diags.n, 1);
	if (w->diags.at[0].at.line != line || (col && w->diags.at[0].at.col != col) ||
	    !strstr(w->diags.at[0].text, text))
		fail_msg("%u:%u: %s\n%s", w->diags.at[0].at.line, w->diags.at[0].at.col,
			 w->diags.at[0].text, w->text.at);
	assert_int_equal(diags_exit_code(&w->diags), exit_code);
}

/* The same for the entries TYPES; LINE counts from the first of them. */
static void expect_bad(struct world *w, const char *types, uint32_t line, uint32_t col,
		       const char *text)
{
	struct text all;

	text_init(&all);
	text_add(&all, "types:\n%s", types);
	compose(w, text_string(&all), "sources: {}\n");
	text_deinit(&all);
	expect_diag(w, 2, FIRST + line - 1, col, text);
}

static void expect_bad_member(struct world *w, const char *member, uint32_t col, const char *text)
{
	struct text all;

	text_init(&all);
	text_add(&all, INT "  struct s:\n    size: 4\n    members:\n    - %s\n", member);
	expect_bad(w, text_string(&all), 7, col, text);
	text_deinit(&all);
}

static void expect_bad_source(struct world *w, const char *source, uint32_t col, const char *text)
{
	struct text all;

	text_init(&all);
	text_add(&all, "sources:\n%s\n", source);
	compose(w,
		"types:\n" INT
		"  struct s:\n    size: 4\n    members:\n    - {name: a, at: 0, type: int}\n",
		text_string(&all));
	text_deinit(&all);
	expect_diag(w, 2, FIRST + 8, col, text);
}

static void replace(struct world *w, const char *from, const char *to)
{
	char *at = strstr(w->text.at, from);

	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
}

static void a_good_one_is_read(void **state)
{
	struct world *w = *state;

	compose(w,
		"types:\n" INT "  struct s:\n    size: 8\n    aligned: 8\n    members:\n"
		"    - {name: a, at: 0, type: int}\n    - {at: 4, bit: 0, bits: 3, type: int}\n",
		"sources:\n  struct s: {file: a.h, line: 3, members: \"1 2\"}\n");
	assert_true(read_text(w));
	assert_int_equal(w->model.types.n, 3);
	assert_int_equal(type_at(&w->model, 2)->line, 3);
	assert_int_equal(w->model.members.at[1].line, 6);
	assert_int_equal(w->model.members.at[1].bit_size, 3);
}

static void headers_are_checked(void **state)
{
	struct world *w = *state;

	compose(w, "types: {}\n", "sources: {}\n");
	assert_true(read_text(w));
	replace(w, "snapshot: 1", "snapshot: 3");
	expect_diag(w, 2, 1, 21, "snapshot of format 3; this carryover reads formats 1 to 2");
	replace(w, "snapshot: 3", "snapshot: 2");
	expect_diag(w, 2, 8, 1, "expected 'seal'");
	replace(w, "snapshot: 2", "snapshot: x");
	expect_diag(w, 2, 1, 21, "expected a number");
	compose(w, "types: {}\n", "sources: {}\n");
	replace(w, "endian: little", "endian: middle");
	expect_diag(w, 2, 4, 1, "expected 'endian'");
	compose(w, "types: {}\n", "sources: {}\n");
	replace(w, "units: 1", "stuff: 1");
	expect_diag(w, 2, 5, 1, "expected 'units'");
	compose(w, "types: {}\n", "sources: {}\nmore: 1\n");
	expect_diag(w, 2, 10, 1, "unexpected line");
	compose(w, "types: {}\n", "origins: {}\n");
	expect_diag(w, 2, 10, 1, "expected 'sources'");
}

/* Every bit of the types is in the digest. */
static void flipped_bits_are_noticed(void **state)
{
	struct world *w = *state;
	static const char types[] =
		"types:\n" INT
		"  struct s:\n    size: 4\n    members:\n    - {name: a, at: 0, type: int}\n";
	size_t start;

	compose(w, types, "sources: {}\n");
	start = (size_t)(strstr(w->text.at, types) - w->text.at);
	for (size_t i = start + 6; i < start + strlen(types); i++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			w->text.at[i] = (char)(w->text.at[i] ^ 1 << bit);
			if (i + 1 < start + strlen(types))
				expect_diag(w, 2, 7, 10,
					    "digest does not match; the types below were edited");
			else
				expect_diag(w, 2, 16, 1, "expected 'sources'");
			w->text.at[i] = (char)(w->text.at[i] ^ 1 << bit);
		}
	}
	assert_true(read_text(w));
}

/* A text with an escape in it is read into a copy; its place is still that in the file. */
static void an_escaped_digest_has_its_place(void **state)
{
	struct world *w = *state;
	char *digest;

	compose(w, "types:\n", "sources: {}\n");
	digest = strstr(w->text.at, "digest: \"") + strlen("digest: \"");
	memcpy(digest, "\\\"", 2);
	expect_diag(w, 2, 7, 10, "digest does not match");
}

/* A text that ends early is missing evidence, wherever it ends. */
static void cut_off_ones_are_noticed(void **state)
{
	struct world *w = *state;
	size_t whole;

	compose(w, "types:\n" INT, "sources:\n  base int: {file: \"...\", line: 3}\n");
	whole = w->text.n;
	for (w->text.n = 0; w->text.n < whole; w->text.n++)
		expect_diag(w, 3, 0, 0, "snapshot is cut off");
	assert_true(read_text(w));
}

static void keys_are_checked(void **state)
{
	struct world *w = *state;

	expect_bad(w, "base int:\n", 1, 1, "expected an indented line");
	expect_bad(w, "  bases int:\n", 1, 3, "expected a kind and a name");
	expect_bad(w, "  base int: {}\n", 1, 11, "expected ':' and the end of the line");
	expect_bad(w, INT INT, 4, 3, "the same type twice");
	expect_bad(w, "  base \"int:\n", 1, 8, "expected ':'");
	expect_bad(w, "  \"base int:\n", 1, 4, "expected a closing quote");
	expect_bad(w, "  \"base \\q\":\n", 1, 10, "expected an escape");
	expect_bad(w, "  \"base \\x00\":\n", 1, 10, "expected an escape");
}

static void bodies_are_checked(void **state)
{
	struct world *w = *state;

	expect_bad(w, "  base int:\n    encoding: signed\n", 2, 5, "expected 'size'");
	expect_bad(w, "  base int:\n    size: four\n", 2, 11, "expected a number");
	expect_bad(w, "  base int:\n    size: 04\n", 2, 11, "expected a number");
	expect_bad(w, "  base int:\n    size: 99999999999999999999\n", 2, 11,
		   "number is too large");
	expect_bad(w, "  base int:\n    size: 4\n    encoding: roman\n", 3, 15, "unknown encoding");
	expect_bad(w, "  base int:\n    size: 4\n    encoding: 256\n", 3, 15, "too large");
	expect_bad(w, INT "    more: 1\n", 4, 1, "unexpected line");
	expect_bad(w, "  base int:\n      size: 4\n", 2, 1, "expected 'size'");
	expect_bad(w, "  struct s:\n    size: 4\n    members:\n", 4, 1, "expected a member");
	expect_bad(w, "  enum e:\n    size: 4\n    values:\n    - A\n", 4, 8,
		   "expected ': ' and a value");
	expect_bad(w, "  enum e:\n    size: 4\n    values:\n    - A: -9223372036854775809\n", 4, 11,
		   "too large");
	expect_bad(w, "  typedef t:\n    type: \n", 2, 11, "expected text");
	expect_bad(w, "  base int:\n    declared: true\n", 2, 5, "expected 'size'");
}

static void members_are_checked(void **state)
{
	struct world *w = *state;

	expect_bad_member(w, "{name: a, type: int}", 15, "expected 'at'");
	expect_bad_member(w, "{nam: a, at: 0, type: int}", 8, "expected 'name' or 'at'");
	expect_bad_member(w, "{name: a, at: 0}", 22, "expected 'type'");
	expect_bad_member(w, "{name: a, at: 0, bit: 8, type: int}", 29, "too large");
	expect_bad_member(w, "{name: a, at: 0, type: int, type: int}", 33, "expected '}'");
	expect_bad_member(w, "{name: a, at: 0, type: int} # why", 34,
			  "expected the end of the line");
	expect_bad_member(w, "name: a\n      at: 0\n      type: int", 7,
			  "a member is a block exactly when");
}

static void expressions_are_checked(void **state)
{
	struct world *w = *state;

	expect_bad_member(w, "{name: a, at: 0, type: imt}", 30,
			  "refers to a type that is not here");
	expect_bad_member(w, "{name: a, at: 0, type: struct t *}", 30,
			  "refers to a type that is not here");
	expect_bad_member(w, "{name: a, at: 0, type: \"<base imt>\"}", 41,
			  "refers to a type that is not here");
	expect_bad_member(w, "{name: a, at: 0, type: \"int[x]\"}", 35, "expected a number and ']'");
	expect_bad_member(w, "{name: a, at: 0, type: int (*}", 36, "expected ')'");
	expect_bad_member(w, "{name: a, at: 0, type: int )}", 34, "unexpected text");
	expect_bad_member(w, "{name: a, at: 0, type: const}", 35,
			  "expected a type behind the qualifier");
	expect_bad_member(w, "{name: a, at: 0, type: aligned(8) int}", 44, "only a derived type");
	expect_bad_member(w, "{name: a, at: 0, type: \"struct {2}\"}", 41, "have a gap");
	expect_bad_member(w, "{name: a, at: 0, type: \"int (*)(struct {}, struct {})\"}", 59,
			  "the same anonymous type twice");
	expect_bad_member(w, "{name: a, at: 0, type: \"struct {}\"}", 7,
			  "a member is a block exactly when");
}

/* Hostile depth: no stack runs out. */
static void depth_is_bounded(void **state)
{
	struct world *w = *state;
	struct text nested;

	text_init(&nested);
	text_puts(&nested, "{name: a, at: 0, type: int ");
	for (int i = 0; i < 100000; i++)
		text_puts(&nested, "(*");
	for (int i = 0; i < 100000; i++)
		text_puts(&nested, ")");
	text_puts(&nested, "}");
	expect_bad_member(w, text_string(&nested), 0, "nested too deeply");
	text_deinit(&nested);
}

static void sources_are_checked(void **state)
{
	struct world *w = *state;

	expect_bad_source(w, "  struct t: {line: 1}", 3, "no such type above");
	expect_bad_source(w, "struct s: {line: 1}", 1, "expected an indented line");
	expect_bad_source(w, "  struct s: {line: 1, lines: 1}", 21, "expected '}'");
	expect_bad_source(w, "  struct s: {members: \"-1\"}", 24, "line is out of range");
	expect_bad_source(w, "  struct s: {members: \"1 2\"}", 25, "expected the closing quote");
	expect_bad_source(w, "  struct s: {line: 1, inline: [{line: 2}]}", 21, "expected '}'");
	expect_bad_source(w, "  base int: {members: \"1\"}", 24, "has no lines");
}

/* What only the finished model can tell: nothing here is a C type. */
static void impossible_types_are_refused(void **state)
{
	struct world *w = *state;

	compose(w,
		"types:\n  struct s:\n    size: 8\n    members:\n    - {name: a, at: 0, type: "
		"struct s}\n",
		"sources: {}\n");
	assert_false(read_text(w));
	assert_non_null(strstr(w->diags.at[0].text, "contains itself by value"));
	compose(w, "types:\n  typedef a:\n    type: b\n  typedef b:\n    type: a\n",
		"sources: {}\n");
	assert_false(read_text(w));
	compose(w,
		"types:\n" INT
		"  struct s:\n    size: 4\n    members:\n    - {name: a, at: 2, type: int}\n",
		"sources: {}\n");
	assert_false(read_text(w));
	assert_non_null(strstr(w->diags.at[0].text, "lies outside its type"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_good_one_is_read),
		CASE(headers_are_checked),
		CASE(flipped_bits_are_noticed),
		CASE(an_escaped_digest_has_its_place),
		CASE(cut_off_ones_are_noticed),
		CASE(keys_are_checked),
		CASE(bodies_are_checked),
		CASE(members_are_checked),
		CASE(expressions_are_checked),
		CASE(depth_is_bounded),
		CASE(sources_are_checked),
		CASE(impossible_types_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
