/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files appear whole or not at all: what is there after success, and after every kind of failure.
 */
#include "output.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>

struct state {
	char directory[64];
	struct output output;
	struct diags diags;
};

static const char *path_in(struct state *state, const char *name)
{
	return arena_printf(&state->diags.arena, "%s/%s", state->directory, name);
}

static void add(struct state *state, const char *name, const char *content)
{
	output_add(&state->output, path_in(state, name), content, strlen(content));
}

static void put(struct state *state, const char *name, const char *content)
{
	FILE *file = fopen(path_in(state, name), "w");

	assert_non_null(file);
	fputs(content, file);
	assert_int_equal(fclose(file), 0);
}

static void holds(struct state *state, const char *name, const char *content)
{
	size_t n;
	char *bytes =
		input_file(path_in(state, name), 1 << 20, &n, &state->diags.arena, &state->diags);

	assert_non_null(bytes);
	assert_string_equal(bytes, content);
	assert_int_equal(n, strlen(content));
}

static size_t entries(struct state *state, const char *name)
{
	DIR *directory = opendir(path_in(state, name));
	size_t n = 0;

	assert_non_null(directory);
	while (readdir(directory))
		n++;
	closedir(directory);
	return n - 2;
}

static int setup(void **out)
{
	struct state *state = calloc(1, sizeof(*state));

	strcpy(state->directory, "/tmp/carryover-output.XXXXXX");
	if (!mkdtemp(state->directory))
		return -1;
	output_init(&state->output);
	diags_init(&state->diags);
	*out = state;
	return 0;
}

static int teardown(void **in)
{
	struct state *state = *in;
	char *command = arena_printf(&state->diags.arena, "rm -rf '%s'", state->directory);
	int status = system(command);

	output_deinit(&state->output);
	diags_deinit(&state->diags);
	free(state);
	return status;
}

static void writes_every_file(void **in)
{
	struct state *state = *in;

	add(state, "out/deep/one", "1\n");
	add(state, "out/deep/two", "");
	assert_true(output_commit(&state->output, path_in(state, "out/deep"), &state->diags));
	holds(state, "out/deep/one", "1\n");
	holds(state, "out/deep/two", "");
	assert_int_equal(entries(state, "out/deep"), 2);
}

static void leaves_a_file_of_the_same_content_alone(void **in)
{
	struct state *state = *in;
	struct stat before, after;

	put(state, "same", "content");
	put(state, "other", "old");
	assert_int_equal(stat(path_in(state, "same"), &before), 0);
	add(state, "same", "content");
	add(state, "other", "new");
	assert_true(output_commit(&state->output, NULL, &state->diags));
	assert_int_equal(stat(path_in(state, "same"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	holds(state, "other", "new");
}

static void keeps_mode_and_link(void **in)
{
	struct state *state = *in;
	struct stat status;

	put(state, "target", "old");
	chmod(path_in(state, "target"), 0640);
	assert_int_equal(symlink("target", path_in(state, "link")), 0);
	add(state, "link", "new");
	assert_true(output_commit(&state->output, NULL, &state->diags));
	assert_int_equal(lstat(path_in(state, "link"), &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_int_equal(stat(path_in(state, "target"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
	holds(state, "target", "new");
}

static void writes_a_device_as_it_is(void **in)
{
	struct state *state = *in;
	struct stat status;

	output_add(&state->output, "/dev/null", "x", 1);
	assert_true(output_commit(&state->output, NULL, &state->diags));
	assert_int_equal(stat("/dev/null", &status), 0);
	assert_true(S_ISCHR(status.st_mode));
}

static void refuses_a_directory_and_touches_nothing(void **in)
{
	struct state *state = *in;

	mkdir(path_in(state, "taken"), 0777);
	put(state, "first", "old");
	add(state, "first", "new");
	add(state, "taken", "x");
	assert_false(output_commit(&state->output, NULL, &state->diags));
	assert_int_equal(diags_exit_code(&state->diags), 2);
	assert_string_equal(state->diags.at[0].at.file, path_in(state, "taken"));
	assert_string_equal(state->diags.at[0].text, "is a directory, not a file to write");
	holds(state, "first", "old");
	assert_int_equal(entries(state, "."), 2);
}

static void refuses_two_for_one_file(void **in)
{
	struct state *state = *in;

	put(state, "there", "old");
	assert_int_equal(symlink("there", path_in(state, "link")), 0);
	add(state, "fresh", "1");
	add(state, "./fresh", "2");
	add(state, "there", "1");
	add(state, "link", "old");
	assert_false(output_commit(&state->output, NULL, &state->diags));
	assert_int_equal(state->diags.errors, 2);
	assert_non_null(strstr(state->diags.at[0].text, "two outputs"));
	holds(state, "there", "old");
	assert_int_equal(entries(state, "."), 2);
}

static void a_full_device_touches_nothing_else(void **in)
{
	struct state *state = *in;

	put(state, "first", "old");
	add(state, "first", "new");
	output_add(&state->output, "/dev/full", "x", 1);
	assert_false(output_commit(&state->output, NULL, &state->diags));
	assert_string_equal(state->diags.at[0].text, "cannot write: No space left on device");
	holds(state, "first", "old");
	assert_int_equal(entries(state, "."), 1);
}

static void a_write_that_fails_leaves_nothing(void **in)
{
	struct state *state = *in;
	const struct rlimit small = {.rlim_cur = 1000, .rlim_max = RLIM_INFINITY};
	struct rlimit before;
	char *large = arena_alloc(&state->diags.arena, 5000);

	put(state, "first", "old");
	add(state, "first", "new");
	output_add(&state->output, path_in(state, "out/large"), large, 5000);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_false(output_commit(&state->output, path_in(state, "out"), &state->diags));
	setrlimit(RLIMIT_FSIZE, &before);
	assert_string_equal(state->diags.at[0].text, "cannot write: File too large");
	holds(state, "first", "old");
	assert_int_equal(entries(state, "."), 1); /* neither a temporary file nor the directory */
}

static void refuses_a_missing_directory(void **in)
{
	struct state *state = *in;

	add(state, "missing/file", "x");
	assert_false(output_commit(&state->output, NULL, &state->diags));
	assert_string_equal(state->diags.at[0].text, "cannot write: No such file or directory");
}

static void refuses_a_file_where_the_directory_should_be(void **in)
{
	struct state *state = *in;

	put(state, "file", "x");
	add(state, "file/inside", "y");
	assert_false(output_commit(&state->output, path_in(state, "file"), &state->diags));
	assert_string_equal(state->diags.at[0].text, "is not a directory");
	holds(state, "file", "x");
}

static void reads_within_the_limit(void **in)
{
	struct state *state = *in;
	struct arena *arena = &state->diags.arena;
	size_t n;

	put(state, "four", "1234");
	assert_non_null(input_file(path_in(state, "four"), 4, &n, arena, &state->diags));
	assert_null(input_file(path_in(state, "four"), 3, &n, arena, &state->diags));
	assert_null(input_file(path_in(state, "none"), 3, &n, arena, &state->diags));
	assert_null(input_file(state->directory, 3, &n, arena, &state->diags));
	assert_string_equal(state->diags.at[0].text, "is larger than 3 bytes");
	assert_string_equal(state->diags.at[1].text, "cannot open: No such file or directory");
	assert_string_equal(state->diags.at[2].text, "cannot read: Is a directory");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_every_file),
		TEST(leaves_a_file_of_the_same_content_alone),
		TEST(keeps_mode_and_link),
		TEST(writes_a_device_as_it_is),
		TEST(refuses_a_directory_and_touches_nothing),
		TEST(refuses_two_for_one_file),
		TEST(a_full_device_touches_nothing_else),
		TEST(a_write_that_fails_leaves_nothing),
		TEST(refuses_a_missing_directory),
		TEST(refuses_a_file_where_the_directory_should_be),
		TEST(reads_within_the_limit),
	};

	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
