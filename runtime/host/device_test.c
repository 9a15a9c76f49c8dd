// SPDX-License-Identifier: GPL-2.0-or-later
/* `carryover-run switch` on a device that a child process plays: it takes the word, and reports. */
#include "device.h"
#include "memory.h"
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static const char committed[] =
	"command word=switch kernel=6.1.190-1\n"
	"phase reached=COMMIT failed=- error=0 aborted=0 committed=1 consumed=0\n"
	"time phase=PREPARE ns=1500000\n"
	"time phase=FREEZE ns=1000000\n"
	"time phase=CAPTURE ns=2000000\n"
	"time phase=COMMIT ns=500\n"
	"participant name=conntrack announced=9 captured=9 converted=8 restored=0 refused=0 "
	"bytes=2000 "
	"sides=18\n"
	"spent participant=conntrack phase=FREEZE ns=700\n"
	"participant name=late announced=-1 captured=0 converted=0 restored=0 refused=0 bytes=0 "
	"sides=0\n"
	"result error=0\n";

static const char vetoed[] =
	"command word=restore kernel=6.1.192-1\n"
	"phase reached=AUDIT failed=RESTORE error=-10 aborted=0 committed=0 consumed=1\n"
	"trouble RESTORE: key: veto: nobody has it; the rest of the state was restored\n"
	"participant name=key announced=-1 captured=0 converted=0 restored=1 refused=2 bytes=0 "
	"sides=0\n"
	"issue phase=RESTORE participant=key error=-6 value=666 object=\"the \\\"stray\\\" one\" "
	"member=\"rlim_cur\" why=\"it does not fit\"\n"
	"issue phase=RESTORE participant=key error=-10 object=\"key[2]\" member=\"\" "
	"why=\"a\\\\b\"\n"
	"dropped issues=7\n"
	"result error=-121\n";

static struct {
	char folder[64], path[128];
	char *out, *err;
} world;

static int begin(void **state)
{
	(void)state;
	strcpy(world.folder, "/tmp/carryover-device-test-XXXXXX");
	if (!mkdtemp(world.folder))
		return -1;
	snprintf(world.path, sizeof(world.path), "%s/device", world.folder);
	return 0;
}

static int end(void **state)
{
	(void)state;
	free(world.out);
	free(world.err);
	return rmdir(world.folder);
}

static int discard(void **state)
{
	(void)state;
	unlink(world.path);
	return 0;
}

/* Runs `switch WORD`, with up to two more words. */
static int run_switch(const char *word, const char *more, const char *value)
{
	const char *argv[] = {"carryover-run", "switch", word, "--device", world.path, more, value};
	size_t out_size, err_size;
	FILE *out, *err;
	int argc = value ? 7 : more ? 6 : 5, code;

	free(world.out);
	free(world.err);
	out = open_memstream(&world.out, &out_size);
	err = open_memstream(&world.err, &err_size);
	code = run_main(argc, (char **)(uintptr_t)argv, out, err);
	fclose(out);
	fclose(err);
	return code;
}

/* Plays the device once; ends with 0 when the word that came is WORD. */
static void play(const char *word, const char *said)
{
	char got[32] = "";
	int fd = open(world.path, O_RDONLY);
	ssize_t n = read(fd, got, sizeof(got) - 1);

	while (n > 0 && read(fd, got + n, 1) > 0) /* until who asks has closed it */
		n++;
	close(fd);
	fd = open(world.path, O_WRONLY);
	if (write(fd, said, strlen(said)) != (ssize_t)strlen(said))
		_exit(2);
	_exit(strcmp(got, word) != 0);
}

/* The exit code of `switch COMMAND` on a device that expects WORD and says SAID. */
static int ask(const char *command, const char *word, const char *said, const char *more,
	       const char *value)
{
	int code, status;
	pid_t child;

	assert_int_equal(mkfifo(world.path, 0600), 0);
	child = fork();
	if (!child)
		play(word, said);
	code = run_switch(command, more, value);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	return code;
}

static void write_file(const char *text, size_t n)
{
	FILE *f = fopen(world.path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static void assert_in(const char *text, const char *whole)
{
	if (!strstr(whole, text))
		fail_msg("expected \"%s\" in:\n%s", text, whole);
}

static void test_commit(void **state)
{
	(void)state;
	assert_int_equal(ask("commit", "switch", committed, NULL, NULL), 0);
	assert_string_equal(world.err, "");
	assert_string_equal(
		world.out,
		"switch commit on 6.1.190-1: done\n\n"
		"participant       announced   captured  converted   restored    refused      "
		"bytes\n"
		"conntrack                 9          9          8          0          0       "
		"2000\n"
		"late                      -          0          0          0          0          "
		"0\n\n"
		"phase                     time\n"
		"PREPARE               1.500 ms\n"
		"FREEZE                1.000 ms\n"
		"CAPTURE               2.000 ms\n"
		"COMMIT                0.001 ms\n"
		"pause                 3.001 ms\n\n"
		"next: the state stands still: `kexec -e` goes to the next kernel, where "
		"`carryover-run switch restore` brings it back; `carryover-run switch recall` lets "
		"everything run on here\n");
}

static void test_quiet(void **state)
{
	(void)state;
	assert_int_equal(ask("commit", "switch", committed, "-q", NULL), 0);
	assert_string_equal(world.out, "");
}

static void test_json(void **state)
{
	(void)state;
	assert_int_equal(ask("restore", "restore", vetoed, "--format", "json"), 1);
	assert_string_equal(
		world.out,
		"{\"carryover\":1,\"command\":\"restore\",\"kernel\":\"6.1.192-1\",\"done\":false,"
		"\"error\":-121,\"trouble\":\"RESTORE: key: veto: nobody has it; the rest of the "
		"state was restored\",\"reached\":\"AUDIT\",\"failed\":\"RESTORE\",\"aborted\":"
		"false,\"committed\":false,\"consumed\":true,\"pause_ns\":null,\"phases\":[],"
		"\"participants\":[{\"name\":\"key\",\"announced\":null,\"captured\":0,"
		"\"converted\":0,\"restored\":1,\"refused\":2,\"bytes\":0,\"sides\":0,\"phases\":[]"
		"}],\"issues\":[{\"phase\":\"RESTORE\",\"participant\":\"key\",\"object\":\"the "
		"\\\"stray\\\" one\",\"member\":\"rlim_cur\",\"value\":666,\"reason\":\"it does "
		"not "
		"fit\"},{\"phase\":\"RESTORE\",\"participant\":\"key\",\"object\":\"key[2]\","
		"\"member\":null,\"value\":null,\"reason\":\"a\\\\b\"}],\"issues_dropped\":7,"
		"\"next\":null}\n");
}

static void test_refused(void **state)
{
	(void)state;
	assert_int_equal(ask("restore", "restore", vetoed, NULL, NULL), 1);
	assert_string_equal(world.err, "carryover-run: error: switch restore: RESTORE: key: veto: "
				       "nobody has it; the rest of the state was restored\n");
	assert_in("switch restore on 6.1.192-1: refused\n", world.out);
	assert_in("RESTORE key: the \"stray\" one.rlim_cur: value 666: it does not fit\n"
		  "RESTORE key: key[2]: a\\b\nand 7 more\n",
		  world.out);
	assert_null(strstr(world.out, "next:"));
}

static void test_not_set_up(void **state)
{
	(void)state;
	assert_int_equal(ask("preflight", "preflight",
			     "command word=preflight kernel=\ntrouble no converter is loaded\n"
			     "result error=-6\n",
			     NULL, NULL),
			 2);
	assert_in("error: switch preflight: no converter is loaded\n", world.err);
	assert_in("switch preflight on an unknown kernel: refused\n", world.out);
}

static void test_no_device(void **state)
{
	(void)state;
	assert_int_equal(run_switch("commit", NULL, NULL), 2);
	assert_in("there is no such device: boot with memmap=SIZE$ADDRESS, load carryover.ko",
		  world.err);
	assert_string_equal(world.out, "");
	assert_int_equal(run_switch("comit", NULL, NULL), 2);
	assert_in("'comit' is none of preflight, commit, recall, restore, discard, "
		  "report", world.err);
}

/* What another program did in between is no answer. */
static void test_foreign_report(void **state)
{
	(void)state;
	assert_int_equal(ask("recall", "recall", committed, NULL, NULL), 2);
	assert_in("the report is not of this command (recall): another program", world.err);
	assert_string_equal(world.out, "");
}

static void test_report(void **state)
{
	(void)state;
	write_file("", 0);
	assert_int_equal(run_switch("report", NULL, NULL), 0);
	assert_string_equal(world.out, "no command was given since carryover.ko was loaded\n");
	write_file(vetoed, strlen(vetoed));
	assert_int_equal(run_switch("report", NULL, NULL), 0);
	assert_in("refused\nRESTORE: key: veto: nobody has it; the rest", world.out);
	assert_string_equal(world.err, "");
	write_file(committed, strlen(committed));
	assert_int_equal(run_switch("report", "--format=json", NULL), 0);
	assert_in("\"pause_ns\":3000500,", world.out);
	assert_in("\"next\":\"the state stands still: ", world.out);
}

static int parse(const char *text, size_t n)
{
	struct report report = {.n = 0};
	struct device_report said;
	int code = device_parse("device", text, n, &said, &report);

	assert_int_equal(code, (int)report_exit(&report));
	assert_true(!code || report.n == 1);
	if (!code)
		device_report_deinit(&said);
	report_deinit(&report);
	return code;
}

/* A report that ends early, wherever it does, is none. */
static void test_cut(void **state)
{
	(void)state;
	for (size_t n = 1; n < strlen(vetoed); n++)
		assert_int_equal(parse(vetoed, n), EXIT_UNUSABLE);
	assert_int_equal(parse(vetoed, strlen(vetoed)), 0);
}

/* Any byte may be any other: what comes out is understood or is not, and nothing is read beyond. */
static void test_bytes(void **state)
{
	static const char others[] = {'\0', '\n', ' ', '"', '\\', '=', '9', '-'};
	char *text = memory_string(vetoed);

	(void)state;
	for (size_t at = 0; at < strlen(vetoed); at++)
		for (size_t i = 0; i < sizeof(others); i++) {
			text[at] = others[i];
			(void)parse(text, strlen(vetoed));
			text[at] = vetoed[at];
		}
	free(text);
}

static void test_lines(void **state)
{
	static const char *const bad[] = {
		"phase reached=NOWHERE failed=- error=0 aborted=0 committed=0 consumed=0\n",
		"phase reached=COMMIT failed=- error=0 aborted=2 committed=0 consumed=0\n",
		"phase reached=COMMIT failed=- error=1 aborted=0 committed=0 consumed=0\n",
		"time phase=FREEZE ns=99999999999999999999\n",
		"time phase=FREEZE ns=-1\n",
		"time phase=FREEZE ns=1 more=2\n",
		"spent participant=nobody phase=FREEZE ns=1\n",
		"issue phase=FREEZE participant=a error=-1 object=\"a\n",
		"surprise a=b\n",
		"command word=switch kernel=a\n",
		"result error=0\n",
		"\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text =
			memory_format("command word=switch kernel=a\n%sresult error=0\n", bad[i]);

		assert_int_equal(parse(text, strlen(text)), EXIT_UNUSABLE);
		free(text);
	}
}

/* More participants than there can be. */
static void test_participants(void **state)
{
	char *text = memory_string("command word=switch kernel=a\n");

	(void)state;
	for (int i = 0; i <= CO_PARTICIPANTS_MAX; i++) {
		char *longer =
			memory_format("%sparticipant name=p%d announced=0 captured=0 converted=0 "
				      "restored=0 refused=0 bytes=0 sides=0\n",
				      text, i);
		char *whole = memory_format("%sresult error=0\n", longer);

		free(text);
		text = longer;
		assert_int_equal(parse(whole, strlen(whole)),
				 i < CO_PARTICIPANTS_MAX ? 0 : EXIT_UNUSABLE);
		free(whole);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_commit, discard),
		cmocka_unit_test_teardown(test_quiet, discard),
		cmocka_unit_test_teardown(test_json, discard),
		cmocka_unit_test_teardown(test_refused, discard),
		cmocka_unit_test_teardown(test_not_set_up, discard),
		cmocka_unit_test_teardown(test_no_device, discard),
		cmocka_unit_test_teardown(test_foreign_report, discard),
		cmocka_unit_test_teardown(test_report, discard),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_participants),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
