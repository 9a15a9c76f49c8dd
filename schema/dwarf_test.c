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

/* Compiles SOURCE to DIRECTORY/out with COMPILER and FLAGS, which end with what is compiled. */
static void compile(const struct fixture *f, const char *source, const char *compiler,
		    const char *flags)
{
	char path[128], command[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/a.c", f->directory);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(source, file);
	assert_int_equal(fclose(file), 0);
	snprintf(command, sizeof(command), "cd %s && %s -w %s -o out a.c", f->directory, compiler,
		 flags);
	assert_int_equal(system(command), 0);
}

static bool read_file(struct fixture *f, const char *name)
{
	struct read_options options = {.jobs = 2};
	char path[128];

	model_deinit(&f->model);
	diags_deinit(&f->diags);
	model_init(&f->model, &f->names);
	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	return input_read(path, &options, &f->model, &f->diags);
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
		if (!read_file(f, "out"))
			fail_msg("%s: %s", builds[i].flags, f->diags.at[0].text);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_layouts, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
