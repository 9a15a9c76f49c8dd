/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reports over findings made by hand, whose strings are as hostile as debug info and YAML may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_check.h"
#include "report_escape.h"

/* Markup, ends of lines, of commands and of CDATA, escapes of terminals, no UTF-8, a turned direction. */
#define HOSTILE                                                                                    \
	"a\x1b[31m]]>&<>\"'\n::error::x%0A\r\n|`*_[l](u)\x01\xff\xc2\x9b\xe2\x80\xae\xef\xbf\xbf," \
	":\\z"

struct made {
	struct intern names;
	struct model old, new;
	struct diff diff;
	struct findings findings;
	struct text out;
};

static int setup(void **state)
{
	struct made *made = test_calloc(1, sizeof(*made));

	intern_init(&made->names);
	model_init(&made->old, &made->names);
	model_init(&made->new, &made->names);
	made->old.info = (struct model_info){
		.name = "old", .release = "1", .evidence = {.units = 3, .forms = 1u << FORM_BTF}};
	made->new.info = (struct model_info){
		.name = "new",
		.release = "2",
		.evidence = {.skipped[SKIP_RUST] = 7, .forms = 1u << FORM_DWARF5}};
	made->diff.old = &made->old;
	made->diff.new = &made->new;
	findings_init(&made->findings, &made->diff);
	made->findings.verdict = "drift: 1 change needs a decision";
	text_init(&made->out);
	*state = made;
	return 0;
}

static int teardown(void **state)
{
	struct made *made = *state;

	text_deinit(&made->out);
	findings_deinit(&made->findings);
	model_deinit(&made->old);
	model_deinit(&made->new);
	intern_deinit(&made->names);
	test_free(made);
	return 0;
}

/* A finding that nothing holds, of an error that nobody decided. */
static struct finding *add(struct made *made, const char *rule, const char *type,
			   const char *member)
{
	struct finding *one = findings_add(&made->findings, rule, type, member);

	one->state = FINDING_NEEDS_DECISION;
	one->level = FINDING_ERROR;
	one->at = (struct place){.file = "include/s.h", .line = 7};
	one->message = "added, int at byte 8";
	one->consequence = "the new member has no value";
	return one;
}

static const char *report(struct made *made, const char *format)
{
	text_deinit(&made->out);
	text_init(&made->out);
	assert_true(report_check(&made->findings, format, false, &made->out));
	return text_string(&made->out);
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

static void add_hostile(struct made *made)
{
	struct finding *one = add(made, "ADDED", HOSTILE, HOSTILE);

	one->at.file = one->message = one->consequence = HOSTILE;
	one->suggestion = HOSTILE "\n  " HOSTILE;
	one = add(made, "MOVED", "struct s", HOSTILE);
	one->waived_by = HOSTILE;
	one->waived_at = (struct place){.file = HOSTILE, .line = 1};
	made->findings.verdict = made->findings.scope = made->findings.mapping = HOSTILE;
	made->old.info.release = made->new.info.name = HOSTILE;
	findings_finish(&made->findings);
}

/* Every line that a terminal gets has no control character, and none stands where only the tool writes. */
static void assert_plain(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		assert_true(*at >= 0x20 || *at == '\n');
		assert_true(*at != 0x7f && *at != 0xff);
		assert_false(at[0] == 0xc2 && at[1] < 0xa0);
	}
	assert_null(strstr(text, "\xe2\x80\xae"));
	for (const char *at = text; (at = strstr(at, "::")); at += 2)
		assert_true(at > text && at[-1] > ' ');
	assert_memory_not_equal(text, "::", 2);
}

static void text_is_plain(void **state)
{
	struct made *made = *state;
	const char *text;

	add_hostile(made);
	text = report(made, "text");
	assert_plain(text);
	assert_int_equal(count(text, ": error: ADDED: "), 1);
	assert_int_equal(count(text, ": error: MOVED: struct s.a"), 1);
	assert_int_equal(count(text, "; waived: a"), 1);
	assert_plain(report(made, "stat"));
}

/* The verdict is the first line, a finding in full has all that is known. */
static void text_in_full(void **state)
{
	struct made *made = *state;
	struct finding *one = add(made, "ADDED", "struct s", "m");

	one->suggestion = "types:\n  struct s:";
	one->decided_at = (struct place){.file = "mapping.yaml", .line = 3};
	findings_finish(&made->findings);
	memset(made->findings.list.at[0].fingerprint, '0', HASH128_HEX - 1);
	assert_string_equal(
		report(made, "text"),
		"drift: 1 change needs a decision\n"
		"1 -> 2, all types, profile layout, mapping: none\n"
		"\n"
		"include/s.h:7: error: ADDED: struct s.m: added, int at byte 8\n"
		"  the new member has no value\n"
		"  in the mapping: mapping.yaml:3\n"
		"  to paste:\n"
		"    types:\n"
		"      struct s:\n"
		"  fingerprint 00000000000000000000000000000000\n"
		"\n"
		"compared 0 types, 0 identical; 1: BTF, 3 units, 0 types; 2: DWARF 5, 0 types, "
		"skipped: 7 Rust units\n");
}

/* Many findings are a line a type, and their lines to paste one piece without a key twice. */
static void text_folds(void **state)
{
	static const struct diff_entry moved = {.old_bit = 64, .new_bit = 128};
	static const struct diff_entry other = {.old_bit = 64, .new_bit = 192};
	struct made *made = *state;

	for (int i = 0; i < 6; i++) {
		struct finding *one = add(made, "ADDED", i % 2 ? "struct s" : "struct t",
					  i < 2 ? "a" : (i < 4 ? "b" : "c"));

		one->suggestion = arena_printf(&made->findings.arena, "types:\n  %s:\n    %s: x",
					       one->type, one->member);
	}
	for (int i = 0; i < 4; i++)
		add(made, "MOVED", i % 2 ? "struct s" : "struct t", i < 2 ? "x" : "y")->entry =
			i == 3 ? &other : &moved;
	findings_finish(&made->findings);
	assert_string_equal(
		report(made, "text"),
		"drift: 1 change needs a decision\n"
		"1 -> 2, all types, profile layout, mapping: none\n"
		"\n"
		"struct s  include/s.h:7  + a, + b, + c, 2 moved\n"
		"struct t  include/s.h:7  + a, + b, + c, 2 moved +8\n"
		"\n"
		"to paste:\n"
		"  types:\n"
		"    struct s:\n"
		"      a: x\n"
		"      b: x\n"
		"      c: x\n"
		"    struct t:\n"
		"      a: x\n"
		"      b: x\n"
		"      c: x\n"
		"\n"
		"compared 0 types, 0 identical; 1: BTF, 3 units, 0 types; 2: DWARF 5, 0 types, "
		"skipped: 7 Rust units\n");
	assert_string_equal(
		report(made, "stat"),
		"drift: 1 change needs a decision\n"
		" struct s | 5 findings\n"
		" struct t | 5 findings\n"
		" types: 2, carried by 0; errors: 10, warnings: 0, notes: 0, waived: 0\n");
}

/* Enumerators that were only renumbered are counted, a single one is named; nothing else folds. */
static void text_counts_renumbered(void **state)
{
	struct made *made = *state;

	for (int i = 0; i < 9; i++) {
		bool last = i == 8;

		add(made, "ENUMERATOR_RENUMBERED", last ? "enum f" : "enum e",
		    arena_printf(&made->findings.arena, "E%d", i));
	}
	add(made, "ENUMERATOR_ADDED", "enum e", "NEW");
	add(made, "MOVED", "struct s", "only");
	findings_finish(&made->findings);
	assert_non_null(strstr(report(made, "text"),
			       "\nenum e  include/s.h:7  + NEW, 8 renumbered\n"
			       "enum f  include/s.h:7  ~ E8 "
			       "[ENUMERATOR_RENUMBERED]\n"
			       "struct s  include/s.h:7  1 moved\n"));
}

/* Colour is all that it adds. */
static void color_alone_differs(void **state)
{
	struct made *made = *state;
	struct text colored;
	size_t n = 0;

	add_hostile(made);
	text_init(&colored);
	assert_true(report_check(&made->findings, "text", true, &colored));
	assert_non_null(strstr(text_string(&colored), "\033[31merror\033[0m"));
	assert_non_null(strstr(text_string(&colored), "; waived: "));
	for (size_t i = 0; i < colored.n; i++) {
		if (colored.at[i] == '\033')
			i += strcspn(colored.at + i, "m");
		else
			colored.at[n++] = colored.at[i];
	}
	colored.at[n] = '\0';
	assert_string_equal(text_string(&colored), report(made, "text"));
	text_deinit(&colored);
}

static void json_holds_all(void **state)
{
	struct made *made = *state;
	const char *text;

	add_hostile(made);
	text = report(made, "json");
	for (const char *at = text; *at; at++)
		assert_true((unsigned char)*at >= 0x20 || *at == '\n');
	assert_int_equal(count(text, "\"fingerprint\": "), 2);
	assert_int_equal(count(text, "\"waiver\": null"), 1);
	assert_non_null(strstr(text, "a\\u001b[31m]]>&<>\\\"'\\n::error::x%0A"));
	assert_non_null(strstr(text, made->findings.list.at[0].fingerprint));
	assert_non_null(strstr(text, made->findings.list.at[1].fingerprint));
}

static void sarif_holds_all(void **state)
{
	struct made *made = *state;
	const char *text;

	add_hostile(made);
	text = report(made, "sarif");
	for (const char *at = text; *at; at++)
		assert_true((unsigned char)*at >= 0x20 || *at == '\n');
	assert_int_equal(count(text, "\"carryover/v1\": "), 2);
	assert_int_equal(count(text, "\"kind\": \"external\""), 1);
	assert_int_equal(count(text, "\"suppressions\": []"), 1);
	assert_non_null(
		strstr(text, "\"uri\": \"a%1B%5B31m%5D%5D%3E%26%3C%3E%22%27%0A%3A%3Aerror"));
	assert_non_null(strstr(text, made->findings.list.at[0].fingerprint));
	assert_non_null(strstr(text, made->findings.list.at[1].fingerprint));
}

static void junit_holds_all(void **state)
{
	struct made *made = *state;
	const char *text;

	add_hostile(made);
	text = report(made, "junit");
	assert_int_equal(count(text, "<testcase "), 2);
	assert_int_equal(count(text, "<failure "), 1);
	assert_int_equal(count(text, "<skipped>waived: "), 1);
	assert_int_equal(count(text, "tests=\"2\" failures=\"1\""), 2);
	assert_int_equal(count(text, "]]>"), 0);
	assert_int_equal(count(text, "\x1b") + count(text, "\x01") + count(text, "\r"), 0);
}

static void junit_without_findings(void **state)
{
	struct made *made = *state;

	findings_finish(&made->findings);
	assert_int_equal(count(report(made, "junit"), "<testcase "), 1);
	assert_non_null(strstr(text_string(&made->out), "tests=\"1\" failures=\"0\""));
}

/* However many lines a string has, a finding is one command, and nobody else begins one. */
static void github_has_one_command_each(void **state)
{
	struct made *made = *state;
	const char *text;

	add_hostile(made);
	text = report(made, "github");
	assert_memory_equal(text, "carryover check: a\\x1b[31m", 26);
	assert_int_equal(count(text, "\n::error "), 1);
	assert_int_equal(count(text, "\n::"), 2);
	assert_non_null(strstr(text,
			       "\n::notice title=carryover check::and 1 more: 0 of these levels, "
			       "1 that need nobody\n"));
	assert_non_null(strstr(text, ",line=7,title="));
	assert_null(strstr(text, "%0A\n\n"));
}

static void github_takes_the_worst_ten(void **state)
{
	struct made *made = *state;
	const char *text, *worst;

	for (int i = 0; i < 12; i++) {
		struct finding *one = add(made, "MOVED", "struct s",
					  arena_printf(&made->findings.arena, "m%02d", i));

		one->state = FINDING_AUTOMATIC;
		one->level = i < 6 ? FINDING_WARNING : FINDING_ERROR;
	}
	add(made, "MOVED", "struct s", "note")->level = FINDING_NOTE;
	made->findings.list.at[12].state = FINDING_AUTOMATIC;
	made->findings.list.at[11].state = FINDING_UNCONVERTIBLE;
	findings_finish(&made->findings);
	text = report(made, "github");
	worst = strstr(text, "\n::");
	assert_memory_equal(worst,
			    "\n::error file=include/s.h,line=7,title=struct s.m11 [MOVED]::", 61);
	assert_int_equal(count(text, "\n::error "), 6);
	assert_int_equal(count(text, "\n::warning "), 4);
	assert_int_equal(count(text, "\n::notice "), 1);
	assert_non_null(strstr(text, "::and 3 more: 2 of these levels, 1 that need nobody\n"));
}

static void gitlab_holds_all(void **state)
{
	struct made *made = *state;
	const char *text;

	add_hostile(made);
	add(made, "COMPILER", "", "")->at = (struct place){0};
	made->new.info.name = "vmlinux";
	findings_finish(&made->findings);
	text = report(made, "gitlab");
	assert_int_equal(count(text, "\"fingerprint\": "), 3);
	assert_int_equal(count(text, "\"severity\": \"major\""), 2);
	assert_int_equal(count(text, "\"severity\": \"info\""), 1);
	assert_non_null(strstr(text, "{\"path\": \"vmlinux\", \"lines\": {\"begin\": 1}}"));
}

static const char *next_line(const char *line)
{
	line = strchr(line, '\n');
	return line ? line + 1 : NULL;
}

/* A string begins no line and ends no cell: the lines are those of the tool, each row has its cells. */
static void markdown_is_a_table(void **state)
{
	struct made *made = *state;
	const char *text;
	bool fenced = false;
	size_t rows = 0;

	add_hostile(made);
	text = report(made, "markdown");
	for (const char *line = text; line; line = next_line(line)) {
		size_t bars = 0;

		for (const char *at = line; *at && *at != '\n'; at++)
			bars += *at == '|' && (at == line || at[-1] != '\\');
		if (!strncmp(line, "```", 3))
			fenced = !fenced;
		if (fenced || *line != '|')
			continue;
		assert_int_equal(bars, 6);
		rows++;
	}
	assert_false(fenced);
	assert_int_equal(rows, 6);
	assert_null(strstr(text, "<i>"));
	assert_int_equal(count(text, "<details>"), count(text, "</details>"));
	assert_int_equal(count(text, "\n````yaml\n") + count(text, "\n```yaml\n"), 1);
}

static void markdown_folds(void **state)
{
	struct made *made = *state;
	const char *text;

	for (int i = 0; i < 30; i++)
		add(made, "ADDED", arena_printf(&made->findings.arena, "struct s%02d", i), "m");
	findings_finish(&made->findings);
	text = report(made, "markdown");
	assert_int_equal(count(text, "| `struct s"), 30);
	assert_non_null(strstr(text, "<details><summary>more types: 10</summary>\n"));
	assert_memory_equal(text, "**drift: 1 change needs a decision**\n", 37);
}

static void escaped(void (*escape)(struct text *, const char *), const char *string,
		    const char *expected)
{
	struct text text;

	text_init(&text);
	escape(&text, string);
	assert_string_equal(text_string(&text), expected);
	text_deinit(&text);
}

static void escapes(void **state)
{
	struct text text;

	(void)state;
	escaped(escape_line, "a\x1b[0m\tb\nc\xff\xc2\x9b\xe2\x80\xae\xc3\xa9",
		"a\\x1b[0m b c\xef\xbf\xbd\\x9b\\u202e\xc3\xa9");
	escaped(escape_line, "::error::x ::y a::b\n::z", "\\x3a:error::x \\x3a:y a::b \\x3a:z");
	escaped(escape_line, NULL, "");
	escaped(escape_markdown, "a_b|<i>\n@x", "a_b&#124;&#60;i&#62; &#64;x");
	escaped(escape_markdown, "__u8 a_ _b", "&#95;&#95;u8 a&#95; &#95;b");
	escaped(escape_markdown,
		"drift: 1. www.x http://y :z:", "drift: 1. www&#46;x http&#58;//y &#58;z:");
	escaped(escape_markdown_code, "a|b``c\n", "``` a\\|b``c  ```");
	escaped(escape_markdown_code, "a_b", "`a_b`");
	escaped(escape_uri, "a b/c%d:e\xff", "a%20b/c%25d%3Ae%FF");
	escaped(escape_uri, "/a", "file:///a");
	text_init(&text);
	escape_xml(&text, "]]>&<'\"\n\x01\xff\xef\xbf\xbe\xc3\xa9\x7f", false);
	escape_xml(&text, "\n\r\t", true);
	assert_string_equal(text_string(&text),
			    "]]&#62;&#38;&#60;&#39;&#34;\n\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
			    "\xc3\xa9&#127;&#10;&#13;&#9;");
	text_deinit(&text);
	text_init(&text);
	escape_github(&text, "50%,a:b\r\n::x\x1b", false);
	escape_github(&text, "50%,a:b\r\n", true);
	assert_string_equal(text_string(&text), "50%25,a:b%0D%0A::x\\x1b50%25%2Ca%3Ab%0D%0A");
	text_deinit(&text);
}

/* Into the folder REPORTS, for testdata/run/reports.test, which reads them as other programs do. */
static void keep(const struct made *made, const char *name)
{
	const char *folder = getenv("REPORTS");
	char path[512];
	FILE *file;

	if (!folder)
		return;
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(made->out.at, 1, made->out.n, file), made->out.n);
	assert_int_equal(fclose(file), 0);
}

/* What a mapping that is kept up usually finds; testdata/reports has what each format makes of it. */
static void add_usual(struct made *made)
{
	static const struct diff_entry added = {
		.new_type = "atomic_long_t", .old_bit = NO_OFFSET, .new_bit = 768};
	static const struct diff_entry moved = {.old_type = "struct ratelimit_state",
						.new_type = "struct ratelimit_state",
						.old_bit = 768,
						.new_bit = 832};
	struct finding *one = add(made, "ADDED", "struct user_struct", "perf_mlock");

	one->entry = &added;
	one->at = (struct place){.file = "include/linux/sched/user.h", .line = 32};
	one->message = "added as atomic_long_t at byte 96, 8 bytes";
	one->consequence = "old objects hold no value for it";
	one->suggestion =
		"types:\n  struct user_struct:\n    members:\n      perf_mlock: { init: \"0\" }";
	one = add(made, "MOVED", "struct user_struct", "ratelimit");
	one->entry = &moved, one->level = FINDING_NOTE, one->state = FINDING_AUTOMATIC;
	one->at = (struct place){.file = "include/linux/sched/user.h", .line = 36};
	one->message = "moved from byte 96 to 104";
	one->consequence = "";
	one = add(made, "TYPE_CHANGED", "struct nf_conntrack_expect", "timeout");
	one->level = FINDING_NOTE, one->state = FINDING_COVERED, one->cause = "struct timer_list";
	one->at = (struct place){.file = "include/net/netfilter/nf_conntrack_expect.h", .line = 45};
	one->decided_at = (struct place){.file = "mapping.yaml", .line = 12, .col = 7};
	one->message = "member has another type: was struct timer_list, is u32";
	one = add(made, "STALE_DECISION", "struct key", "domain_id");
	one->state = FINDING_STALE;
	one->at = (struct place){.file = "mapping.yaml", .line = 20, .col = 9};
	one->message = "was written about u32, and it is u64";
	one->suggestion = "types:\n  struct key:\n    members:\n      domain_id: { is: u64 }";
	one = add(made, "ENUMERATOR_ADDED", "enum io_uring_cmd_flags", "IO_URING_F_IOWQ");
	one->waived_by = "no ring crosses";
	one->waived_at = (struct place){.file = "waivers.yaml", .line = 3};
	one->at = (struct place){.file = "include/linux/io_uring.h", .line = 9};
	one->message = "enumerator added: 64";
	one = add(made, "COMPILER", "", "");
	one->at = (struct place){0};
	one->level = FINDING_WARNING;
	one->message = "the compiler was GNU C11 12.2.0 and is GNU C11 14.2.0";
	one->consequence = "what follows may come from it";
}

static void set_usual(struct made *made)
{
	made->old.info = (struct model_info){.name = "old.yaml",
					     .release = "6.1.190-1",
					     .arch = "x86_64",
					     .compiler = "GNU C11 12.2.0",
					     .evidence = {.units = 2140,
							  .skipped[SKIP_RUST] = 31,
							  .forms = 1u << FORM_SNAPSHOT}};
	made->new.info =
		(struct model_info){.name = "vmlinux",
				    .release = "6.1.192-1",
				    .arch = "x86_64",
				    .build_id = "be80279b",
				    .compiler = "GNU C11 14.2.0",
				    .evidence = {.units = 2141, .forms = 1u << FORM_DWARF5}};
	made->findings.mapping = "mapping.yaml";
	made->findings.profile = "mapped";
	made->findings.scope = "what mapping.yaml carries";
	made->findings.types = 14;
	made->findings.identical = 10;
	made->findings.verdict = "drift: 1 change needs a decision, 1 decision is stale";
}

static void usual_findings(void **state)
{
	struct made *made = *state;
	char words[] = REPORT_CHECK_FORMATS, *word;

	add_usual(made);
	set_usual(made);
	findings_finish(&made->findings);
	assert_int_equal(made->findings.by_level[FINDING_ERROR], 2);
	for (word = strtok(words, " "); word; word = strtok(NULL, " ")) {
		char name[32];

		/* A report of code quality has no place for the verdict. */
		assert_true(strstr(report(made, word), made->findings.verdict) ||
			    !strcmp(word, "gitlab"));
		snprintf(name, sizeof(name), "usual.%s", word);
		keep(made, name);
	}
}

/* Every format of the list is one, and nothing else is. */
static void formats_are_known(void **state)
{
	struct made *made = *state;
	char words[] = REPORT_CHECK_FORMATS, *word;

	add_hostile(made);
	for (word = strtok(words, " "); word; word = strtok(NULL, " ")) {
		assert_true(*report(made, word));
		keep(made, word);
	}
	assert_false(report_check(&made->findings, "nonsense", false, &made->out));
	assert_false(report_check(&made->findings, "", false, &made->out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes),
		cmocka_unit_test_setup_teardown(text_is_plain, setup, teardown),
		cmocka_unit_test_setup_teardown(text_in_full, setup, teardown),
		cmocka_unit_test_setup_teardown(text_folds, setup, teardown),
		cmocka_unit_test_setup_teardown(text_counts_renumbered, setup, teardown),
		cmocka_unit_test_setup_teardown(color_alone_differs, setup, teardown),
		cmocka_unit_test_setup_teardown(json_holds_all, setup, teardown),
		cmocka_unit_test_setup_teardown(sarif_holds_all, setup, teardown),
		cmocka_unit_test_setup_teardown(junit_holds_all, setup, teardown),
		cmocka_unit_test_setup_teardown(junit_without_findings, setup, teardown),
		cmocka_unit_test_setup_teardown(github_has_one_command_each, setup, teardown),
		cmocka_unit_test_setup_teardown(github_takes_the_worst_ten, setup, teardown),
		cmocka_unit_test_setup_teardown(gitlab_holds_all, setup, teardown),
		cmocka_unit_test_setup_teardown(markdown_is_a_table, setup, teardown),
		cmocka_unit_test_setup_teardown(markdown_folds, setup, teardown),
		cmocka_unit_test_setup_teardown(formats_are_known, setup, teardown),
		cmocka_unit_test_setup_teardown(usual_findings, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
