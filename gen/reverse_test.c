/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * There and back: random objects of every type of a converter go to the new release and return.
 * Each bit is the same again or stands in the printed loss set; and each bit of that set is lost at
 * least once.
 */
#include <dlfcn.h>
#include <inttypes.h>

#include "../runtime/carryover.h"
#include "fixture_test.h"

#define ROUNDS 120
#define BYTES 16384

/* Of every bit of an old object: does it return? */
enum mark { SAME, MADE, GONE };

struct ways {
	void *libraries[2];
	const struct co_converter *forth, *back;
	void (*tidy)(void *);
	struct text printed;
};

static const struct co_converter *converter_load(const struct fixture *f, const char *directory,
						 void **library)
{
	char path[256];

	assert_int_equal(fixture_run(f, "make -s -C %s CC=gcc >/dev/null", directory), 0);
	snprintf(path, sizeof(path), "%s/%s/converter.so", f->directory, directory);
	*library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	if (!*library)
		fail_msg("%s", dlerror());
	return dlsym(*library, CO_CONVERTER_SYMBOL);
}

static void ways_load(struct fixture *f, struct ways *ways)
{
	struct arena arena;

	ways->tidy = NULL;
	ways->forth = converter_load(f, "out", &ways->libraries[0]);
	ways->back = converter_load(f, "back", &ways->libraries[1]);
	arena_init(&arena);
	text_init(&ways->printed);
	text_puts(&ways->printed, fixture_read(f, "printed", &arena));
	arena_deinit(&arena);
}

static void ways_close(struct ways *ways)
{
	dlclose(ways->libraries[0]);
	dlclose(ways->libraries[1]);
	text_deinit(&ways->printed);
}

static const struct co_type *type_named(const struct co_converter *converter, const char *name)
{
	for (uint32_t i = 0; i < converter->n_types; i++)
		if (!strcmp(converter->types[i].name, name))
			return &converter->types[i];
	fail_msg("no type %s", name);
	return NULL;
}

/* ---- the printed set, read back
 * ------------------------------------------------------------------------ */

/* "bytes 4-7", "byte 4", "bits 3-7 from byte 56", "bit 0 of byte 4" at LINE: in bits. */
static void range_read(const char *line, uint64_t *bit, uint64_t *bits)
{
	uint64_t first, last, byte = 0;
	const char *word = strstr(line, "byte ");
	bool in_bits = !strncmp(line, "bit", 3);

	line += strcspn(line, "0123456789");
	if (sscanf(line, "%" SCNu64 "-%" SCNu64, &first, &last) != 2)
		last = first;
	if (in_bits && word)
		sscanf(word + 5, "%" SCNu64, &byte);
	*bit = in_bits ? byte * 8 + first : first * 8;
	*bits = in_bits ? last - first + 1 : (last - first + 1) * 8;
}

/* Marks what the printed set says of type NAME into MARKS, one byte a bit of the object. */
static void marks_read(const struct ways *ways, const char *name, unsigned char *marks)
{
	char head[256];
	const char *line;

	snprintf(head, sizeof(head), "\n%s: of ", name);
	line = strstr(text_string(&ways->printed), head);
	if (!line)
		fail_msg("nothing is printed of %s", name);
	for (line = strchr(line + 1, '\n'); line && line[1] == ' '; line = strchr(line + 1, '\n')) {
		const char *words = line + 3, *end = strchr(words, '\n');
		size_t n = end ? (size_t)(end - words) : strlen(words);
		char *row = test_malloc(n + 1);
		uint64_t bit, bits;

		memcpy(row, words, n);
		row[n] = '\0';
		if (strstr(row, ": lost, where")) { /* for some values: not every bit need differ */
			range_read(row, &bit, &bits);
			memset(marks + bit, MADE, bits);
		} else if (strstr(row, ": lost") && strncmp(row, "from", 4) != 0) {
			range_read(row, &bit, &bits);
			memset(marks + bit, GONE, bits);
		} else if (strstr(row, "as its `reverse` makes it")) {
			range_read(row, &bit, &bits);
			memset(marks + bit, MADE, bits);
		}
		test_free(row);
	}
}

/* The same with what lies in nested objects. */
static void marks_all(const struct ways *ways, const struct co_type *back, unsigned char *marks)
{
	marks_read(ways, back->name, marks);
	for (uint32_t i = 0; i < back->n_fields; i++) {
		const struct co_field *field = &back->fields[i];
		const struct co_type *nested;

		if (field->way != CO_WAY_NESTED || field->new_bit == CO_NOWHERE ||
		    field->new_count == CO_NOWHERE)
			continue;
		nested = &ways->back->types[field->type];
		for (uint32_t k = 0; k < field->new_count; k++)
			marks_all(ways, nested,
				  marks + field->new_bit + (uint64_t)k * nested->new_size * 8);
	}
}

/* ---- there and back
 * ------------------------------------------------------------------------------------ */

static void field_clear(const struct co_type *type, const char *path, unsigned char *old)
{
	for (uint32_t i = 0; i < type->n_fields; i++) {
		const struct co_field *field = &type->fields[i];
		size_t n;

		if (strcmp(field->path, path) != 0 || field->old_bit == CO_NOWHERE)
			continue;
		if (field->count_field != CO_NOWHERE)
			field_clear(type, type->fields[field->count_field].path, old);
		n = field->old_count == CO_NOWHERE ? 0
						   : (field->old_bits * field->old_count + 7) / 8;
		memset(old + field->old_bit / 8, 0, n);
	}
}

/* What is refused is cleared in OLD until the object goes through: random values need not fit. */
static void send(const struct ways *ways, const struct co_type *type, unsigned char *old,
		 unsigned char *new)
{
	int error = CO_E_VALUE;

	for (int tries = 0; error && tries < 64; tries++) {
		struct co_ctx ctx = {.converter = ways->forth,
				     .type = type,
				     .pointers = CO_POINTERS_KEEP,
				     .old_size = type->old_size,
				     .new_size = type->new_size,
				     .new_ = new};

		memset(new, 0, type->new_size);
		error = type->convert(&ctx, old, new);
		if (error && ctx.trouble.field)
			field_clear(type, ctx.trouble.field, old);
	}
	if (error)
		fail_msg("%s: cannot be sent: %d", type->name, error);
}

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static void type_check(const struct ways *ways, const struct co_type *back, uint64_t *seed)
{
	static _Alignas(64) unsigned char old[BYTES], new[BYTES], again[BYTES];
	static unsigned char marks[BYTES * 8], lost[BYTES * 8];
	const struct co_type *forth = type_named(ways->forth, back->name);
	struct co_ctx ctx = {.converter = ways->back,
			     .type = back,
			     .pointers = CO_POINTERS_KEEP,
			     .old_size = back->old_size,
			     .new_size = back->new_size,
			     .new_ = again};

	assert_true(forth->old_size < BYTES && forth->new_size < BYTES);
	assert_int_equal(forth->old_size, back->new_size);
	memset(marks, SAME, sizeof(marks));
	memset(lost, 0, sizeof(lost));
	marks_all(ways, back, marks);
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < forth->old_size; i++)
			old[i] = (unsigned char)random_next(seed);
		if (ways->tidy && !strcmp(back->name, "struct thing"))
			ways->tidy(old);
		send(ways, forth, old, new);
		if (back->convert(&ctx, new, again))
			fail_msg("%s: %s: %s", back->name, ctx.trouble.field, ctx.trouble.why);
		for (size_t i = 0; i < forth->old_size * 8; i++) {
			bool differs = (old[i / 8] ^ again[i / 8]) >> i % 8 & 1;

			if (differs && marks[i] == SAME)
				fail_msg("%s: bit %zu of byte %zu is lost, and nothing says so",
					 back->name, i % 8, i / 8);
			lost[i] |= differs;
		}
	}
	for (size_t i = 0; i < forth->old_size * 8; i++)
		if (marks[i] == GONE && !lost[i])
			fail_msg("%s: bit %zu of byte %zu is said to be lost, but returned",
				 back->name, i % 8, i / 8);
}

static void types_check(const struct ways *ways)
{
	uint64_t seed = 88172645463325252u;

	for (uint32_t i = 0; i < ways->back->n_types; i++)
		type_check(ways, &ways->back->types[i], &seed);
}

static void fixture_make(struct fixture *f, const char *name)
{
	char here[256];

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(fixture_run(f,
				     "cd %s/testdata/fixtures && cp fixture.h %s && "
				     "cp %s.0.c %s/old.c && cp %s.1.c %s/new.c && "
				     "cp %s.yaml %s/mapping.yaml",
				     here, f->directory, name, f->directory, name, f->directory,
				     name, f->directory),
			 0);
	fixture_run(f, "cp %s/testdata/fixtures/%s.hooks.c hooks.c 2>/dev/null", here, name);
	assert_int_equal(fixture_run(f, "gcc -g -O1 -shared -fPIC -o old.so old.c && "
					"gcc -g -O1 -shared -fPIC -o new.so new.c"),
			 0);
}

static void both_gen(struct fixture *f, const char *old, const char *new)
{
	if (fixture_gen(f, old, new) || fixture_gen_way(f, old, new, true))
		fail_msg("%s", text_string(&f->said));
}

static void fixture_check(void **state, const char *name)
{
	struct fixture *f = *state;
	struct ways ways;
	char path[256];
	void *old;

	fixture_make(f, name);
	both_gen(f, "old.so", "new.so");
	ways_load(f, &ways);
	snprintf(path, sizeof(path), "%s/old.so", f->directory);
	old = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
	assert_non_null(old);
	*(void **)&ways.tidy = dlsym(old, "tidy");
	types_check(&ways);
	ways_close(&ways);
	dlclose(old);
}

static void test_scalars(void **state)
{
	fixture_check(state, "scalars");
}

static void test_nested(void **state)
{
	fixture_check(state, "nested");
}

static void test_pointers(void **state)
{
	fixture_check(state, "pointers");
}

static void assert_printed(const struct fixture *f, const char *words)
{
	struct arena arena;
	char *printed;

	arena_init(&arena);
	printed = fixture_read(f, "printed", &arena);
	if (!strstr(printed, words))
		fail_msg("not printed: %s\nbut: %s", words, printed);
	arena_deinit(&arena);
}

static void test_flags(void **state)
{
	fixture_check(state, "flags");
	assert_printed(*state, "bits 2-3 from byte 0       has_vnet: lost, where it was another "
			       "number than 0 or 1: each was a bitfield of its own");
	assert_printed(*state, "reason: lost, where it became another value on the way forth");
	assert_printed(*state, "flags: returns, or is refused when it does not fit");
}

static void test_enums(void **state)
{
	fixture_check(state, "enums");
	assert_printed(*state,
		       "state to row: lost, where it became another value on the way forth");
	assert_printed(*state, "before: returns, or is refused when it does not fit");
}

static const struct co_field *field_of(const struct co_type *type, const char *path)
{
	for (uint32_t i = 0; i < type->n_fields; i++)
		if (!strcmp(type->fields[i].path, path))
			return &type->fields[i];
	fail_msg("no field %s", path);
	return NULL;
}

/* Five elements of a flexible tail, there and back; a sixth is not in the object. */
static void test_tail(void **state)
{
	static _Alignas(64) unsigned char old[BYTES], new[BYTES], again[BYTES];
	struct fixture *f = *state;
	const struct co_type *forth, *back;
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP, .new_ = new};
	uint32_t old_tail, new_tail;
	struct ways ways;
	int count = 5;

	fixture_make(f, "nested");
	both_gen(f, "old.so", "new.so");
	ways_load(f, &ways);
	forth = type_named(ways.forth, "struct thing");
	back = type_named(ways.back, "struct thing");
	old_tail = field_of(forth, "tail")->old_bit / 8;
	new_tail = field_of(forth, "tail")->new_bit / 8;
	memset(old, 0, sizeof(old));
	memcpy(old + field_of(forth, "tail_count")->old_bit / 8, &count, sizeof(count));
	for (int i = 0; i < 10; i++)
		old[old_tail + (uint32_t)i] = (unsigned char)(i + 1);
	ctx.converter = ways.forth;
	ctx.type = forth;
	ctx.old_size = old_tail + 10;
	ctx.new_size = new_tail + 10;
	assert_int_equal(forth->convert(&ctx, old, new), CO_OK);
	ctx = (struct co_ctx){.pointers = CO_POINTERS_KEEP,
			      .converter = ways.back,
			      .type = back,
			      .old_size = new_tail + 10,
			      .new_size = old_tail + 10,
			      .new_ = again};
	assert_int_equal(back->convert(&ctx, new, again), CO_OK);
	assert_memory_equal(again + old_tail, old + old_tail, 10);
	ctx.new_size--;
	assert_int_equal(back->convert(&ctx, new, again), CO_E_VALUE);
	assert_string_equal(ctx.trouble.field, "tail");
	ways_close(&ways);
}

static void test_links(void **state)
{
	fixture_check(state, "links");
}

static void test_moves(void **state)
{
	fixture_check(state, "moves");
}

static void test_arrays(void **state)
{
	fixture_check(state, "arrays");
}

static void test_bitfields(void **state)
{
	fixture_check(state, "bitfields");
}

/* The maintained converter, every type of it. */
static void test_maintained(void **state)
{
	struct fixture *f = *state;
	struct ways ways;
	char here[256];

	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(fixture_run(f, "cp %s/converters/linux-6.1.190-1-to-6.1.192-1/* .", here),
			 0);
	both_gen(f, "old.yaml", "new.yaml");
	ways_load(f, &ways);
	assert_string_equal(ways.back->name, "6.1.192-1 to 6.1.190-1");
	types_check(&ways);
	ways_close(&ways);
}

/* ---- what no longer fits, and what nobody knows
 * -------------------------------------------------------- */

static void test_refuses(void **state)
{
	static _Alignas(64) unsigned char new[1024], again[1024];
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP, .new_ = again};
	const struct co_type *back;
	struct fixture *f = *state;
	uint64_t big = 256;
	struct ways ways;

	fixture_make(f, "scalars");
	both_gen(f, "old.so", "new.so");
	ways_load(f, &ways);
	back = type_named(ways.back, "struct thing");
	assert_int_equal(back->convert(&ctx, new, again), CO_OK);
	for (uint32_t i = 0; i < back->n_fields; i++)
		if (!strcmp(back->fields[i].path, "u8"))
			memcpy(new + back->fields[i].old_bit / 8, &big, sizeof(big));
	assert_int_equal(back->convert(&ctx, new, again), CO_E_VALUE);
	assert_string_equal(ctx.trouble.field, "u8");
	assert_int_equal(ctx.trouble.value, big);
	ways_close(&ways);
}

/* Generates the way back for struct s, OLD and NEW inside, by MEMBERS of the mapping. */
static int small_gen(struct fixture *f, const char *old, const char *new, const char *members)
{
	char text[1024];

	snprintf(text, sizeof(text), "struct s { %s };\nstruct s s;\n", old);
	fixture_write(f, "old.c", text);
	snprintf(text, sizeof(text), "struct s { %s };\nstruct s s;\n", new);
	fixture_write(f, "new.c", text);
	snprintf(text, sizeof(text),
		 "carryover: 1\nfrom: { release: 1.0, arch: x86_64 }\n"
		 "to: { release: 2.0, arch: x86_64 }\ntypes:\n  struct s:\n    %s\n",
		 members);
	fixture_write(f, "mapping.yaml", text);
	assert_int_equal(fixture_run(f, "rm -rf back && gcc -g -c -o old.o old.c && "
					"gcc -g -c -o new.o new.c"),
			 0);
	return fixture_gen_way(f, "old.o", "new.o", true);
}

static void assert_said(const struct fixture *f, const char *words)
{
	if (!strstr(text_string(&f->said), words))
		fail_msg("not said: %s\nbut: %s", words, text_string(&f->said));
}

static void test_unknown(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(small_gen(f, "int a, b;", "int b; long c;",
				   "members: { c: { expr: \"old->a * 2\" } }"),
			 2);
	assert_said(f, "mapping.yaml:6:16: struct s.c: on the way back nothing says what the old "
		       "member a becomes: read by expr");
	assert_false(fixture_exists(f, "back"));
	assert_int_equal(
		small_gen(
			f, "int a, b;", "int b; long c;",
			"members: { c: { expr: \"old->a * 2\", reverse: \"(int)(new->c / 2)\" } }"),
		0);
	assert_printed(f, "bytes 0-3                  a: as its `reverse` makes it");
	assert_int_equal(fixture_run(f, "grep -q 'new->a = .*(int)(old->c / 2)' back/converter.c"),
			 0);
	assert_int_equal(small_gen(f, "int a, b;", "int b; long c;",
				   "members: { c: { expr: \"old->a * 2\", reverse: { init: zero, "
				   "why: unknown } } }"),
			 0);
	assert_printed(f, "bytes 0-3                  a: lost, init: unknown");
}

/* What became the nearest value that fits is lost wherever it had not fitted. */
static void test_saturated(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(small_gen(f, "unsigned long a;", "unsigned int a;",
				   "members: { a: { on-overflow: saturate, why: a gauge } }"),
			 0);
	assert_printed(f, "bytes 0-7                  a: lost, where it became another value");
}

/* Conditions are asked of the new object; what an arm gave up, and what is behind it, is lost. */
static void test_arms(void **state)
{
	static const char old[] = "char kind; union { int a; long b; struct { short x, y; } c; } u; "
				  "union { int d; float e; };";
	static const char new[] = "union { float e; long d; }; int pad; "
				  "union { struct { short y, x; int z; } c; long a, b2; } u; int sort;";
	static const char members[] =
		"members: { sort: { from: kind }, pad: { init: zero, why: new },\n"
		"      u: { arm: [{ when: \"old->kind == 1\", use: a, on-overflow: refuse },\n"
		"        { when: \"old->kind == 2\", use: b2, from: b },\n"
		"        { when: \"old->kind == 3\", use: c, members: { z: { init: zero, why: new } } },\n"
		"        { otherwise: zero, why: dead }] },\n"
		"      d: { arm: [{ when: \"old->kind\", use: e }, { when: \"!old->kind\", use: d }] } }";
	struct fixture *f = *state;
	_Alignas(8) unsigned char first[24] = {0}, there[48], again[24];
	struct co_ctx ctx = {.pointers = CO_POINTERS_KEEP};
	struct ways ways;

	assert_int_equal(small_gen(f, old, new, members), 0);
	assert_printed(f, "the arm that is live returns as its members do");
	assert_int_equal(fixture_gen(f, "old.o", "new.o"), 0);
	assert_int_equal(fixture_run(f, "make -s -C out && make -s -C back"), 0);
	ways_load(f, &ways);
	for (int kind = 0; kind < 5; kind++) {
		size_t bytes = kind == 2 ? 8 : kind == 1 || kind == 3 ? 4 : 0;

		memset(first, 0, sizeof(first));
		first[0] = (unsigned char)kind;
		memset(first + 8, 0x5a, bytes);
		memset(first + 16, 0x3c, 4);
		assert_int_equal(type_named(ways.forth, "struct s")->convert(&ctx, first, there), 0);
		assert_int_equal(type_named(ways.back, "struct s")->convert(&ctx, there, again), 0);
		assert_memory_equal(first, again, sizeof(first));
	}
	ways_close(&ways);
	assert_int_equal(small_gen(f, "int k; union { int a; long b; } u;",
				   "short k; union { long b, a; } u;",
				   "members: { k: { on-overflow: refuse }, u: { arm: [{ when: "
				   "\"old->k == 1\", use: a }, { when: \"1\", use: b }] } }"),
			 2);
	assert_said(f, "a condition reads k, which does not move as it is");
	/* An arm that is given up needs no word more; a union without a name returns by its `reverse`. */
	assert_int_equal(small_gen(f, "int k; union { int a; void *p; };",
				   "int k; union { void *p; long a; };",
				   "members: { p: { arm: [{ when: old->k, use: p, null: not needed }, "
				   "{ when: \"!old->k\", use: a }] } }"),
			 0);
	assert_int_equal(small_gen(f, "int k; union { int a; long b; };",
				   "int k; union { long c; long d; };",
				   "members: { c: { arm: [{ when: old->k, use: c, from: a }, { when: "
				   "\"!old->k\", use: d, init: \"1\", why: new }], reverse: { init: "
				   "zero, why: nobody knows } } }"),
			 0);
	assert_printed(f, "nobody knows");
	/* What is made anew, and became an arm. */
	assert_int_equal(small_gen(f, "int k; struct callback_head { void *next, *func; } l;",
				   "int k; union { struct callback_head { void *next, *func; } l; "
				   "long a; };",
				   "members: { l: { from: l, why: the arm that is live } }"),
			 0);
}

static void test_reverse_words(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(small_gen(f, "int a;", "int a; int c;",
				   "members: { c: { init: \"0\", why: new, reverse: new->c } }"),
			 2);
	assert_said(f, "struct s.c: no old member returns by this `reverse`");
	assert_int_equal(small_gen(f, "int a, b;", "int b; long c;",
				   "members: { c: { hook: f, reads: [a], reverse: { why: x } } }"),
			 2);
	assert_said(f, "struct s.c: `reverse` needs a way");
	assert_int_equal(small_gen(f, "int a, b;", "int b; long c;",
				   "members: { c: { expr: old->a, reverse: { hook: g } } }"),
			 2);
	assert_said(f, "g is not defined in hooks-reverse.c, which does not exist");
	assert_said(f, "on the way back: there `old` is 2.0 and `new` is 1.0");
	assert_int_equal(small_gen(f, "int a, b;", "int b;", "drop: { a: nobody reads it }"), 0);
	assert_printed(f, "a: lost, init: dropped on the way to 2.0: nobody reads it");
}

/* What is read in the kernel that is left, and made in the other: both ways by functions of their own. */
static void test_phases(void **state)
{
	static const char hooks[] =
		"#include \"layout.h\"\n"
		"int left(struct co_ctx *ctx, const struct old_s *old)\n"
		"{\n\tlong n = old->%s;\n\treturn co_side_put(ctx, \"left\", &n, sizeof(n));\n}\n"
		"int made(struct co_ctx *ctx, struct new_s *new)\n"
		"{\n\tlong n;\n\tint error = co_side_get(ctx, \"left\", &n, sizeof(n));\n"
		"\tnew->%s = n;\n\treturn error;\n}\n";
	struct fixture *f = *state;
	char text[512];

	snprintf(text, sizeof(text), hooks, "expires", "deadline");
	fixture_write(f, "hooks.c", text);
	snprintf(text, sizeof(text), hooks, "deadline", "expires");
	fixture_write(f, "hooks-reverse.c", text);
	assert_int_equal(small_gen(f, "long expires; int a;", "int a; long deadline;",
				   "members: { deadline: { from: expires, capture: left, restore: made, "
				   "why: x, reverse: { capture: left, restore: made } } }"),
			 0);
	assert_printed(f, "bytes 0-7                  expires: as its `reverse` makes it: x");
	assert_int_equal(fixture_run(f, "make -s -C back CC=gcc && "
					"grep -q '^static int capture_s' back/converter.c && "
					"grep -q '^static int restore_s' back/converter.c && "
					"grep -q 'old->deadline' back/hooks.c"),
			 0);
	assert_int_equal(small_gen(f, "long expires; int a;", "int a; long deadline;",
				   "members: { deadline: { from: expires, capture: left, restore: made, "
				   "why: x } }"),
			 2);
	assert_said(f, "the old member expires becomes: read by capture; write beside it `reverse: { "
		       "capture: FUNCTION, restore: FUNCTION }`");
	assert_int_equal(small_gen(f, "long expires; int a;", "int a; long deadline;",
				   "members: { deadline: { from: expires, capture: left, restore: made, "
				   "why: x, reverse: { capture: left, init: zero, why: y } } }"),
			 2);
	assert_said(f, "two ways in one `reverse`: `init`, and `capture` or `restore`");
	assert_int_equal(small_gen(f, "long expires; int a;", "int a; long deadline;",
				   "members: { deadline: { from: expires, capture: left, restore: made, "
				   "why: x, reverse: { restore: made, reads: [a] } } }"),
			 2);
	assert_said(f, "`reads` in `reverse` means something only with `hook` or `capture`");
	assert_int_equal(small_gen(f, "long expires; int a;", "int a; long deadline;",
				   "members: { deadline: { from: expires, capture: left, restore: made, "
				   "why: x, reverse: { capture: left, restore: nobody } } }"),
			 2);
	assert_said(f, "nobody is not defined in hooks-reverse.c");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_scalars),    TEST(test_nested),	 TEST(test_pointers),
		TEST(test_maintained), TEST(test_saturated),	 TEST(test_refuses),
		TEST(test_unknown),    TEST(test_reverse_words), TEST(test_flags),
		TEST(test_arms),	       TEST(test_phases),
		TEST(test_arrays),     TEST(test_bitfields),
		TEST(test_enums),      TEST(test_links),	 TEST(test_moves),
		TEST(test_tail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
