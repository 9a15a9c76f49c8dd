/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "input.h"
#include "text.h"

/* Enough that several threads take part. */
#define UNITS 40
#define FILE_MAX ((size_t)1 << 20)

struct fixture {
	struct intern names;
	struct model model;
	struct diags diags;
	char directory[64];
};

static int setup(void **state)
{
	struct fixture *f = test_malloc(sizeof(*f));

	intern_init(&f->names);
	model_init(&f->model, &f->names);
	diags_init(&f->diags);
	strcpy(f->directory, "/tmp/dwarf-test-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", f->directory);
	assert_int_equal(system(command), 0);
	model_deinit(&f->model);
	diags_deinit(&f->diags);
	intern_deinit(&f->names);
	test_free(f);
	return 0;
}

static void run(const struct fixture *f, const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s && %s", f->directory, command);
	assert_int_equal(system(line), 0);
}

static void write_file(const struct fixture *f, const char *name, const void *data, size_t n)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

static unsigned char *load_file(const struct fixture *f, const char *name, size_t *n)
{
	unsigned char *data = test_malloc(FILE_MAX);
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	file = fopen(path, "r");
	assert_non_null(file);
	*n = fread(data, 1, FILE_MAX, file);
	assert_in_range(*n, 1, FILE_MAX - 1);
	fclose(file);
	return data;
}

/* Reads the set SPEC of files in the fixture's directory; commas separate. */
static bool read_set(struct fixture *f, const char *spec, const struct read_options *options)
{
	char cwd[512];
	bool ok;

	model_deinit(&f->model);
	diags_deinit(&f->diags);
	model_init(&f->model, &f->names);
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_int_equal(chdir(f->directory), 0);
	ok = input_read(spec, options, &f->model, &f->diags);
	assert_int_equal(chdir(cwd), 0);
	assert_int_equal(ok, !diags_failed(&f->diags));
	return ok;
}

static bool read_file(struct fixture *f, const char *name)
{
	struct read_options options = {.jobs = 2};

	return read_set(f, name, &options);
}

static void assert_reads(struct fixture *f, const char *name)
{
	if (!read_file(f, name))
		fail_msg("%s: %s", name, f->diags.at[0].text);
}

/* Reading NAME ends with EXIT_CODE and a diagnostic at LINE (0: any) that contains TEXT. */
static void assert_refused(struct fixture *f, const char *name, int exit_code, uint32_t line,
			   const char *text)
{
	if (read_file(f, name))
		fail_msg("read, but should be refused: %s", text);
	if (diags_exit_code(&f->diags) != exit_code)
		fail_msg("exit code %d: %s", diags_exit_code(&f->diags), f->diags.at[0].text);
	for (size_t i = 0; i < f->diags.n; i++)
		if (strstr(f->diags.at[i].text, text) && (!line || f->diags.at[i].at.line == line))
			return;
	fail_msg("no diagnostic says '%s'; the first: %s", text, f->diags.at[0].text);
}

/* Compiles SOURCE to `out` with COMPILER and FLAGS. */
static void compile(const struct fixture *f, const char *source, const char *compiler,
		    const char *flags)
{
	char command[512];

	write_file(f, "a.c", source, strlen(source));
	snprintf(command, sizeof(command), "%s -w %s -o out a.c", compiler, flags);
	run(f, command);
}

static const struct type *find(const struct fixture *f, const char *label)
{
	type_id id = TYPE_NONE;

	assert_int_equal(model_lookup(&f->model, label, &id, NULL, 0), 1);
	return type_at(&f->model, id);
}

/* A type as text: `size N; offset[:bits] declaration; ...`. */
static void assert_layout(const struct fixture *f, const char *label, const char *expected)
{
	const struct type *type = find(f, label);
	struct text text;

	text_init(&text);
	text_add(&text, "%llu", (unsigned long long)type->size);
	for (uint32_t i = 0; i < type->n && type->kind != KIND_ENUM; i++) {
		const struct member *member = &members_of(&f->model, type)[i];

		text_add(&text, "; %llu ", (unsigned long long)member->bit_offset);
		type_declare(&f->model, member->type, member->name ? member->name : "", &text);
		if (member->bit_size)
			text_add(&text, " : %u", member->bit_size);
	}
	for (uint32_t i = 0; i < type->n && type->kind == KIND_ENUM; i++) {
		const struct enumerator *enumerator = &enumerators_of(&f->model, type)[i];

		text_add(&text, "; %s %llx", enumerator->name,
			 (unsigned long long)enumerator->value);
	}
	assert_string_equal(text_string(&text), expected);
	text_deinit(&text);
}

static const struct {
	const char *compiler, *flags;
} builds[] = {
	{"gcc", "-gdwarf-4 -c"},
	{"gcc", "-gdwarf-5 -c"},
	{"clang", "-gdwarf-4 -c"},
	{"clang", "-gdwarf-5 -c"},
	{"gcc", "-gdwarf-4 -fPIC -shared"},
	{"gcc", "-gdwarf-5 -fPIC -shared"},
	{"clang", "-gdwarf-4 -fPIC -shared"},
	{"clang", "-gdwarf-5 -fPIC -shared"},
	{"gcc", "-gdwarf-5 -gz -c"},
	{"gcc", "-gdwarf-4 -m32 -c"},
};

#define BUILDS (sizeof(builds) / sizeof(*builds))

static const char layouts[] =
	"typedef long long wide;\n"
	"struct bits { int a : 3; unsigned b : 5; _Bool c : 1; wide d : 40; char e; };\n"
	"struct bits bits;\n"
	"struct arrays { int m[2][3]; char z[0]; char e[4]; struct { short s; }; int f[]; };\n"
	"struct arrays arrays;\n"
	"enum sign { MINUS = -1, PLUS = 0x7fffffff }; enum sign sign;\n"
	"enum nosign { TOP = 0x80000000u, LOW = 200 }; enum nosign nosign;\n"
	"union u { int i; float f; void (*call)(const char *, ...); struct hidden *h; };\n"
	"union u u;\n"
	"struct self { struct self *next; volatile int *const p; unsigned char c; };\n"
	"struct self self;\n"
	"struct aligned { char c; int x __attribute__((aligned(16))); };\n"
	"struct aligned aligned;\n"
	"struct packed { char c; int x; } __attribute__((packed)); struct packed packed;\n"
	"typedef struct { int counter; } atomic_type; atomic_type at;\n"
	"int f(void) { struct local { int q; } l = {1}; return l.q; }\n";

static void test_layouts(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < BUILDS; i++) {
		bool m32 = strstr(builds[i].flags, "-m32");

		compile(f, layouts, builds[i].compiler, builds[i].flags);
		assert_reads(f, "out");
		assert_layout(f, "struct bits",
			      "8; 0 int a : 3; 3 unsigned int b : 5; 8 _Bool c : 1; "
			      "9 wide d : 40; 56 char e");
		assert_layout(f, "enum sign", "4; MINUS ffffffff; PLUS 7fffffff");
		assert_int_equal(find(f, "enum sign")->encoding, ENC_SIGNED);
		assert_layout(f, "enum nosign", "4; TOP 80000000; LOW c8");
		assert_int_equal(find(f, "enum nosign")->encoding, ENC_UNSIGNED);
		assert_layout(f, "struct arrays",
			      "32; 0 int m[2][3]; 192 char z[0]; 192 char e[4]; "
			      "224 struct {...}; 256 int f[]");
		assert_layout(f, "union u",
			      m32 ? "4; 0 int i; 0 float f; 0 void (*call)(const char *, ...); "
				    "0 struct hidden *h"
				  : "8; 0 int i; 0 float f; 0 void (*call)(const char *, ...); "
				    "0 struct hidden *h");
		assert_layout(f, "struct aligned", "32; 0 char c; 128 int x");
		assert_int_equal(find(f, "struct aligned")->align, 16);
		assert_layout(f, "struct packed", "5; 0 char c; 8 int x");
		assert_layout(f, "struct local", "4; 0 int q");
		assert_string_equal(find(f, "struct local")->scope, "f");
		assert_string_equal(find(f, "struct local")->file, "a.c");
		assert_int_equal(find(f, "struct local")->line, 16);
		assert_int_equal(find(f, "struct hidden")->flags, TYPE_DECLARATION);
	}
}

static const char kinds[] =
	"__int128 wide; _Complex double complex; float f; double d; long double ld; _Bool b;\n"
	"char c; signed char sc; unsigned char uc; typedef int v4 "
	"__attribute__((vector_size(16)));\n"
	"struct k { v4 v; int (*noproto)(); int (*none)(void); int (*some)(int, ...);\n"
	"char *restrict r; int a; volatile int cv; void *p; const void *cp;\n"
	"int (*table[2])(struct k *); int (*matrix)[3]; } k;\n"
	"void vla(int n, int (*a)[n]) { (*a)[0] = k.cv; }\n";

static void test_kinds(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 4; i++) {
		compile(f, kinds, builds[i].compiler, builds[i].flags);
		assert_reads(f, "out");
		assert_int_equal(find(f, "__int128")->size, 16);
		assert_int_equal(find(f, "__int128")->encoding, ENC_SIGNED);
		assert_int_equal(find(f, "_Bool")->encoding, ENC_BOOLEAN);
		assert_int_equal(find(f, "char")->encoding, ENC_SIGNED_CHAR);
		assert_int_equal(find(f, "unsigned char")->encoding, ENC_UNSIGNED_CHAR);
		assert_int_equal(find(f, "float")->kind, KIND_FLOAT);
		assert_int_equal(find(f, "long double")->size, 16);
		assert_layout(f, "struct k",
			      "96; 0 v4 v; 128 int (*noproto)(); 192 int (*none)(void); "
			      "256 int (*some)(int, ...); 320 char *restrict r; 384 int a; "
			      "416 volatile int cv; 448 void *p; 512 const void *cp; "
			      "576 int (*table[2])(struct k *); 704 int (*matrix)[3]");
		assert_int_equal(type_at(&f->model, find(f, "v4")->target)->flags & TYPE_VECTOR,
				 TYPE_VECTOR);
		assert_string_equal(f->model.info.arch, "x86_64");
		assert_string_equal(f->model.info.reader, "dwarf");
		assert_int_equal(f->model.info.address_size, 8);
		assert_non_null(
			strstr(f->model.info.compiler, i < 2 ? "GNU C17 " : "clang version "));
	}
}

/* ---- several units -----------------------------------------------------------------------------
 */

static void test_same_names(void **state)
{
	static const char one[] = "struct x { int a; }; struct holder1 { struct x *p; } h1;\n"
				  "struct same { long l; } s1; struct x x1;\n";
	static const char two[] = "struct x { char a[9]; }; struct holder2 { struct x *p; } h2;\n"
				  "struct same { long l; } s2; struct x x2;\n";
	static const char *const links[] = {
		"gcc -shared -fPIC one.c two.c -o out",
		"gcc -c one.c && gcc -c two.c && ld -r one.o two.o -o out"};
	struct fixture *f = *state;
	type_id candidates[4], found;
	char command[256];

	write_file(f, "one.c", one, sizeof(one) - 1);
	write_file(f, "two.c", two, sizeof(two) - 1);
	for (size_t i = 0; i < 4; i++) {
		snprintf(command, sizeof(command), "gcc() { command gcc -gdwarf-%s \"$@\"; }; %s",
			 i & 1 ? "4" : "5", links[i / 2]);
		run(f, command);
		assert_reads(f, "out");
		assert_int_equal(f->model.info.evidence.units, 2);
		assert_int_equal(model_lookup(&f->model, "struct x", &found, candidates, 4), 2);
		assert_layout(f, "struct x @ one.c", "4; 0 int a");
		assert_layout(f, "struct x @ two.c", "9; 0 char a[9]");
		assert_layout(f, "struct same", "8; 0 long int l");
		for (size_t h = 0; h < 2; h++) {
			const struct type *holder =
				find(f, h ? "struct holder2" : "struct holder1");
			const struct type *pointer =
				type_at(&f->model, members_of(&f->model, holder)[0].type);

			assert_string_equal(type_label(&f->model, pointer->target),
					    h ? "struct x @ two.c" : "struct x @ one.c");
		}
	}
}

/* A declaration in one unit stands for the definition in the other. */
static void test_declarations(void **state)
{
	static const char one[] = "struct hidden; struct user { struct hidden *h; } u;\n";
	static const char two[] = "struct hidden { int i; } h;\n";
	struct fixture *f = *state;
	const struct type *user;

	write_file(f, "one.c", one, sizeof(one) - 1);
	write_file(f, "two.c", two, sizeof(two) - 1);
	run(f, "gcc -g -shared -fPIC one.c two.c -o out");
	assert_reads(f, "out");
	user = find(f, "struct user");
	assert_int_equal(
		type_at(&f->model, type_at(&f->model, members_of(&f->model, user)[0].type)->target)
			->size,
		4);
}

static void test_scopes(void **state)
{
	static const char source[] =
		"int f(void) { struct l { int q; } l = {1}; return l.q; }\n"
		"int g(void) { { struct l { char q[3]; } l = {1}; return l.q[0]; } }\n"
		"static inline int h(int i) { struct l { long q; } l = {i}; return l.q; }\n"
		"int k(int i) { return h(i) + h(i + 1); }\n";
	struct fixture *f = *state;
	char command[64];

	for (size_t i = 0; i < 6; i++) {
		/* clang leaves a type out whose variables it has optimised away */
		const char *compiler = i < 4 ? "gcc" : "clang";

		snprintf(command, sizeof(command), "-gdwarf-%s -O%s -c", i & 1 ? "4" : "5",
			 i & 2 ? "2" : "0");
		compile(f, source, compiler, command);
		assert_reads(f, "out");
		assert_layout(f, "struct l @ a.c:a.c:f", "4; 0 int q");
		assert_layout(f, "struct l @ a.c:a.c:g", "3; 0 char q[3]");
		assert_int_equal(find(f, "struct l @ a.c:a.c:h")->size, 8);
	}
}

static void assert_same_models(const struct model *a, const struct model *b)
{
	assert_int_equal(a->types.n, b->types.n);
	for (type_id id = 0; id < a->types.n; id++) {
		const struct type *x = type_at(a, id), *y = type_at(b, id);

		assert_ptr_equal(x->label, y->label);
		assert_ptr_equal(x->file, y->file);
		assert_ptr_equal(x->unit, y->unit);
		assert_int_equal(x->line, y->line);
		assert_int_equal(x->target, y->target);
		assert_true(hash128_equal(x->shape, y->shape));
	}
}

/* Units that declare the same type at different lines: the first one's place counts, for any -j. */
static void test_any_jobs(void **state)
{
	struct fixture *f = *state;
	struct model other;
	struct text text;
	char command[64];

	for (unsigned int i = 0; i < UNITS; i++) {
		text_init(&text);
		for (unsigned int line = 0; line < i % 7; line++)
			text_puts(&text, "\n");
		text_add(&text,
			 "struct all { int i; }; struct own%u { struct all a; char c[%u]; } own%u;",
			 i, i + 1, i);
		for (unsigned int n = 0; n < 1000; n++)
			text_add(&text,
				 "struct pad%u { int a, b, c, d, e; long l[5]; } *pad%u_%u;\n", n,
				 n, i);
		write_file(f, "u.c", text_string(&text), text.n);
		text_deinit(&text);
		snprintf(command, sizeof(command), "gcc -g -c u.c -o u%u.o", i);
		run(f, command);
	}
	run(f, "gcc -shared u*.o -o out");
	model_init(&other, &f->names);
	for (unsigned int jobs = 1; jobs < 6; jobs += 2) {
		struct read_options options = {.jobs = jobs};

		assert_true(read_set(f, "out", &options));
		assert_int_equal(f->model.info.evidence.units, UNITS);
		if (jobs > 1)
			assert_same_models(&f->model, &other);
		model_deinit(&other);
		other = f->model;
		model_init(&f->model, &f->names);
	}
	model_deinit(&other);
}

/* ---- files and the set -------------------------------------------------------------------------
 */

static void test_paths(void **state)
{
	static const char main_source[] = "#include \"sub/../sub/./b.h\"\n#include \"c.h\"\n"
					  "struct b b; struct c c; struct a { int i; } a;\n";
	struct fixture *f = *state;
	char command[512];

	write_file(f, "main.c", main_source, sizeof(main_source) - 1);
	for (size_t i = 0; i < 4; i++) {
		run(f, "mkdir -p sub/build && echo 'struct b { int i; };' > sub/b.h && "
		       "echo 'struct c { int i; };' > c.h");
		snprintf(command, sizeof(command), "cd sub/build && %s %s %s/main.c -o ../../out",
			 builds[i].compiler, builds[i].flags, f->directory);
		run(f, command);
		assert_reads(f, "out");
		assert_string_equal(find(f, "struct a")->file, "main.c");
		assert_string_equal(find(f, "struct b")->file, "sub/b.h");
		snprintf(command, sizeof(command),
			 "mkdir -p other && mv c.h other && cd sub/build && "
			 "%s %s -I%s/other ../../main.c -o ../../out",
			 builds[i].compiler, builds[i].flags, f->directory);
		run(f, command);
		assert_reads(f, "out");
		assert_string_equal(find(f, "struct a")->file, "../../main.c");
		assert_string_equal(find(f, "struct c")->file, "../../other/c.h");
		run(f, "mv other/c.h .");
		snprintf(command, sizeof(command), "%s %s $PWD/main.c -o out", builds[i].compiler,
			 builds[i].flags);
		run(f, command);
		assert_reads(f, "out");
		assert_string_equal(find(f, "struct a")->file, "main.c");
		assert_string_equal(find(f, "struct a")->unit, "main.c");
		assert_string_equal(find(f, "struct b")->file, "sub/b.h");
		assert_string_equal(find(f, "struct c")->file, "c.h");
	}
}

static void test_set(void **state)
{
	const char *symbols[] = {"gone", "root", "hidden"};
	struct read_options options = {.symbols = symbols, .n_symbols = 3};
	struct fixture *f = *state;

	compile(f, "struct a { int i; } root; static struct a hidden; void *p = &hidden;", "gcc",
		"-g -shared -fPIC");
	run(f, "mv out one.so && echo 'struct b { int i; } other;' | gcc -g -c -x c - -o two.ko");
	assert_true(read_set(f, "one.so,./two.ko", &options));
	assert_string_equal(f->model.info.name, "one.so,two.ko");
	assert_int_equal(f->model.info.evidence.units, 2);
	assert_int_equal(find(f, "struct a")->size, 4);
	assert_int_equal(find(f, "struct b")->size, 4);
	assert_int_equal(strlen(f->model.info.build_id), 40);
	assert_null(f->model.info.release);
	assert_int_equal(f->model.symbols.n, 2);
	assert_string_equal(f->model.symbols.at[0].name, "hidden");
	assert_string_equal(f->model.symbols.at[1].name, "root");
	assert_int_not_equal(f->model.symbols.at[1].address, 0);
	assert_int_equal(f->model.symbols.at[1].size, 4);
	run(f, "gcc -m32 -g -c a.c -o two.ko");
	assert_refused(f, "one.so,two.ko", 3, 0, "is for i686, but");
}

/* init/version.c of a Debian kernel, and of one that nobody numbered. */
static void test_release(void **state)
{
	struct fixture *f = *state;

	compile(f,
		"const char linux_banner[] = \"Linux version 6.1.0-54-cloud-amd64 (d@debian.org) "
		"(gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP "
		"Debian 6.1.190-1 (2026-10-16)\\n\"; struct a { int i; } a;",
		"gcc", "-g -shared -fPIC");
	assert_reads(f, "out");
	assert_string_equal(f->model.info.release, "6.1.190-1");
	compile(f,
		"const char linux_banner[] = \"Linux version 6.9.0-rc1 (me@home) (gcc-12 (Debian "
		"12.2.0-14) 12.2.0) #1 SMP Mon\\n\"; struct a { int i; } a;",
		"gcc", "-g -shared -fPIC");
	assert_reads(f, "out");
	assert_string_equal(f->model.info.release, "6.9.0-rc1");
}

static void test_other_units(void **state)
{
	struct fixture *f = *state;

	compile(f, "struct a { int i; } a;", "gcc", "-g -c");
	run(f, "echo '.text; nop' > b.s && gcc -g -c b.s && echo 'int c;' > c.cc && clang -g -c -x "
	       "c++ c.cc &&"
	       " ld -r out b.o c.o -o all && ld -r b.o c.o -o none");
	assert_reads(f, "all");
	assert_int_equal(f->model.info.evidence.units, 1);
	assert_int_equal(f->model.info.evidence.skipped[SKIP_ASSEMBLER], 1);
	assert_int_equal(f->model.info.evidence.skipped[SKIP_CPLUSPLUS], 1);
	assert_int_equal(f->model.info.evidence.files, 1);
	assert_refused(f, "none", 3, 0, "no C types");
}

/* ---- what is refused ---------------------------------------------------------------------------
 */

static void test_unsupported(void **state)
{
	static const char source[] = "struct a { int i; } a; enum { X } x;\n";
	static const struct {
		const char *flags, *text;
	} refusals[] = {
		{"-c", "no debug info"},
		{"-g -shared -fPIC -s", "no debug info"},
		{"-gdwarf-3 -c", "version is not 4 or 5"},
		{"-g1 -c", "without types"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		compile(f, source, "gcc", refusals[i].flags);
		assert_refused(f, "out", 3, 0, refusals[i].text);
	}
	compile(f, "int use(void *);\nvoid g(int n)\n{\n struct v { int a[n]; } x;\n use(&x);\n}\n",
		"gcc", "-g -c");
	assert_refused(f, "out", 3, 4,
		       "struct v, member a: an array whose length is known at run time only");
	compile(f, "struct __attribute__((scalar_storage_order(\"big-endian\"))) s { int i; } s;",
		"gcc", "-gdwarf-5 -c");
	assert_refused(f, "out", 3, 0, "byte order");
}

static void test_not_elf(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, "gone", 2, 0, "cannot open: No such file");
	assert_refused(f, ".", 2, 0, "a directory without kernel modules");
	write_file(f, "empty", "", 0);
	assert_refused(f, "empty", 2, 0, "not recognised");
	write_file(f, "text", "hello, world\n", 13);
	assert_refused(f, "text", 2, 0, "not recognised");
	write_file(f, "magic", "\177ELF", 4);
	assert_refused(f, "magic", 3, 0, "truncated");
	compile(f, "struct a { int i; } a;", "gcc", "-g -c");
	run(f, "printf '\\376' | dd of=out bs=1 seek=18 conv=notrunc 2>&1 | grep -q copied");
	assert_refused(f, "out", 3, 0, "machine 254");
}

static void test_truncated(void **state)
{
	struct fixture *f = *state;
	unsigned char *data;
	size_t n;

	compile(f, layouts, "gcc", "-gdwarf-5 -c");
	data = load_file(f, "out", &n);
	for (size_t length = 64; length < n; length += 61) {
		write_file(f, "cut", data, length);
		assert_false(read_file(f, "cut"));
		assert_int_equal(diags_exit_code(&f->diags), 3);
	}
	test_free(data);
}

static void assert_model_in_bounds(const struct fixture *f)
{
	for (type_id id = 1; id < f->model.types.n; id++)
		assert_in_range(type_at(&f->model, id)->target, 0, f->model.types.n - 1);
}

/* One byte after the other is turned over: read or refused, never a crash or a failure in silence.
 */
static void test_flipped(void **state)
{
	static const unsigned char flips[] = {0x01, 0x80, 0xff};
	struct fixture *f = *state;
	unsigned char *data;
	size_t n, read = 0, refused = 0;

	for (size_t build = 0; build < 4; build++) {
		compile(f, layouts, builds[build].compiler, builds[build].flags);
		data = load_file(f, "out", &n);
		for (size_t at = build; at < n; at += 7) {
			unsigned char flip = flips[at % 3];

			data[at] ^= flip;
			write_file(f, "flipped", data, n);
			if (read_file(f, "flipped")) {
				read++;
				assert_model_in_bounds(f);
			} else {
				refused++;
			}
			data[at] ^= flip;
		}
		test_free(data);
	}
	assert_int_not_equal(read, 0);
	assert_int_not_equal(refused, 0);
}

/* ---- DWARF that no compiler writes -------------------------------------------------------------
 */

static const char prelude[] =
	".section .debug_abbrev,\"\",%progbits\n"
	".macro abbrev code, tag, children\n .uleb128 \\code, \\tag\n .byte \\children\n.endm\n"
	".macro attrs list:vararg\n .uleb128 \\list\n .byte 0, 0\n.endm\n"
	"abbrev 1, 0x11, 1\n attrs 0x03, 0x08, 0x13, 0x0b\n"		 /* unit */
	"abbrev 2, 0x24, 0\n attrs 0x03, 0x08, 0x0b, 0x0b, 0x3e, 0x0b\n" /* base */
	"abbrev 3, 0x13, 1\n attrs 0x03, 0x08, 0x0b, 0x0f\n"		 /* struct */
	"abbrev 4, 0x0d, 0\n attrs 0x03, 0x08, 0x49, 0x13, 0x38, 0x0d\n" /* member */
	"abbrev 5, 0x16, 0\n attrs 0x03, 0x08, 0x49, 0x13\n"		 /* typedef */
	"abbrev 6, 0x0f, 0\n attrs 0x49, 0x13\n"			 /* pointer */
	"abbrev 7, 0x0d, 0\n attrs 0x03, 0x08, 0x49, 0x13, 0x0b, 0x0b, 0x0d, 0x0b, 0x0c, 0x0b, "
	"0x38, 0x0b\n"							  /* old bitfield */
	"abbrev 8, 0x01, 1\n attrs 0x49, 0x13\n"			  /* array */
	"abbrev 9, 0x21, 0\n attrs 0x2f, 0x0f\n"			  /* upper bound */
	"abbrev 10, 0x0d, 0\n attrs 0x03, 0x08, 0x49, 0x13, 0x38, 0x18\n" /* by expression */
	"abbrev 11, 0x0d, 0\n attrs 0x03, 0x08, 0x49, 0x16, 0x38, 0x16\n" /* indirect forms */
	"abbrev 12, 0x0d, 0\n attrs 0x03, 0x08, 0x49, 0x10, 0x38, 0x0b\n" /* by ref_addr */
	"abbrev 13, 0x0d, 0\n attrs 0x03, 0x08, 0x49, 0x13, 0x0d, 0x0b, 0x6b, 0x0f\n" /* bitfield */
	".byte 0\n"
	".section .debug_info,\"\",%progbits\n"
	".Lcu: .long .Lend - .Lstart\n.Lstart: .short 4\n .long 0\n .byte 8\n"
	".uleb128 1\n .asciz \"x.c\"\n .byte 0x0c\n"
	".macro base name, size, encoding\n .uleb128 2\n .asciz \"\\name\"\n .byte \\size, "
	"\\encoding\n.endm\n"
	".macro struct name, size\n .uleb128 3\n .asciz \"\\name\"\n .uleb128 \\size\n.endm\n"
	".macro member name, type, at\n .uleb128 4\n .asciz \"\\name\"\n .long \\type - .Lcu\n "
	".sleb128 \\at\n.endm\n"
	".macro typedef name, type\n .uleb128 5\n .asciz \"\\name\"\n .long \\type - .Lcu\n.endm\n"
	".macro pointer type\n .uleb128 6\n .long \\type - .Lcu\n.endm\n"
	".macro old name, type, storage, bits, offset, at\n .uleb128 7\n .asciz \"\\name\"\n"
	" .long \\type - .Lcu\n .byte \\storage, \\bits, \\offset, \\at\n.endm\n"
	".macro array type, upper\n .uleb128 8\n .long \\type - .Lcu\n .uleb128 9, \\upper\n"
	" .byte 0\n.endm\n"
	".macro end\n .byte 0\n.endm\n"
	"int: base int, 4, 5\n";

/* Assembles BODY for TARGET, behind a unit and `int`, to `out`. */
static void assemble(const struct fixture *f, const char *target, const char *body)
{
	struct text text;
	char command[256];

	text_init(&text);
	text_puts(&text, prelude);
	text_puts(&text, body);
	text_puts(&text, "\nend\n.Lend:\n");
	write_file(f, "x.s", text_string(&text), text.n);
	text_deinit(&text);
	snprintf(command, sizeof(command), "clang --target=%s -c x.s -o out", target);
	run(f, command);
}

/* DW_AT_bit_offset counts from the storage unit's most significant bit, on either machine. */
static void test_old_bitfields(void **state)
{
	static const char body[] =
		"struct s, 8\n old a, int, 4, 3, 29, 0\n old b, int, 4, 5, 0, 0\n"
		" old c, int, 0, 1, 31, 4\n end\n";
	struct fixture *f = *state;

	assemble(f, "x86_64-linux-gnu", body);
	assert_reads(f, "out");
	assert_layout(f, "struct s", "8; 0 int a : 3; 27 int b : 5; 32 int c : 1");
	assemble(f, "s390x-linux-gnu", body);
	assert_reads(f, "out");
	assert_true(f->model.info.big_endian);
	assert_string_equal(f->model.info.arch, "s390x");
	assert_layout(f, "struct s", "8; 29 int a : 3; 0 int b : 5; 63 int c : 1");
	/* packed: 30 bits that begin 5 bits into their unit end behind it */
	assemble(f, "s390x-linux-gnu", "struct s, 8\n old a, int, 4, 30, 5, 0\n end\n");
	assert_reads(f, "out");
	assert_layout(f, "struct s", "8; 5 int a : 30");
}

static void test_forms(void **state)
{
	struct fixture *f = *state;

	assemble(f, "x86_64-linux-gnu",
		 "struct s, 24\n .uleb128 11\n .asciz \"i\"\n .uleb128 0x13\n .long int - .Lcu\n"
		 " .uleb128 0x0b\n .byte 4\n"
		 " .uleb128 12\n .asciz \"r\"\n .long int - .Lcu\n .byte 8\n"
		 " .uleb128 13\n .asciz \"d\"\n .long int - .Lcu\n .byte 3\n .uleb128 97\n"
		 " member z, none, 16\n member m, minus, 16\n end\n"
		 "none: array int, 0xffffffffffffffff\n minus: array int, 1\n");
	assert_reads(f, "out");
	assert_layout(f, "struct s",
		      "24; 32 int i; 64 int r; 97 int d : 3; 128 int z[0]; 128 int m[2]");
}

static void test_malformed(void **state)
{
	static const struct {
		const char *body, *text;
	} cases[] = {
		{"a: typedef a, b\nb: typedef b, a\n", "contains itself"},
		{"a: struct a, 4\n member m, a, 0\n end\n", "contains itself"},
		{"p: pointer p\n", "refers to itself"},
		{"struct s, 4\n member m, .Lcu+1, 0\n end\n", "DW_AT_type is malformed"},
		{"struct s, 4\n member m, int+1, 0\n end\n", "where no C type is"},
		{"struct s, 4\n member m, .Lend, 0\n end\n", "DW_AT_type is malformed"},
		{"struct s, 4\n member m, int, -4\n end\n",
		 "member m: its offset is not a constant"},
		{"struct s, 4\n member m, int, 1\n end\n", "lies outside its type"},
		{"struct s, 0xffffffffffffffff\n end\n", "its size is known at run time only"},
		{"a: array int, 0x7fffffffffffffff\n", "larger than any memory"},
		{"a: array int, 0xffffffff0000\nb: array a, 0xfffffff\n", "larger than any memory"},
		{"struct s, 4\n .uleb128 10\n .asciz \"m\"\n .long int - .Lcu\n .byte 1, 0\n end\n",
		 "member m: its offset is not a constant"},
		{"struct s, 4\n .uleb128 11\n .asciz \"m\"\n .uleb128 0x16\n end\n",
		 "unknown indirect form"},
		{"struct s, 4\n old a, int, 4, 33, 0, 0\n end\n", "outside its storage unit"},
		{"struct s, 4\n old a, int, 4, 0, 0, 0\n end\n", "has no bits"},
		{".uleb128 14\n", "abbreviation that does not exist"},
		{".uleb128 0x7fffffffff\n", "abbreviation that does not exist"},
		{"base odd, 4, 0x99\n", "encoding 0x99 is not supported"},
		{"struct s, 4\n", "truncated"},
		{".uleb128 2\n .ascii \"no NUL\"\n.purgem end\n.macro end\n.endm\n", "truncated"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assemble(f, "x86_64-linux-gnu", cases[i].body);
		assert_refused(f, "out", 3, 0, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_layouts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kinds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_same_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_declarations, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scopes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_any_jobs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_set, setup, teardown),
		cmocka_unit_test_setup_teardown(test_release, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_units, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsupported, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_elf, setup, teardown),
		cmocka_unit_test_setup_teardown(test_truncated, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flipped, setup, teardown),
		cmocka_unit_test_setup_teardown(test_old_bitfields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
	};

	return cmocka_run_group_tests_name("dwarf", tests, NULL, NULL);
}
