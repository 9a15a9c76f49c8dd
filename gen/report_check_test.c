/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reports over findings made by hand, whose strings are as hostile as debug info and YAML may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
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
	made->old.info = (struct model_info){.name = "old", .release = "1", .evidence.units = 3};
	made->new.info = (struct model_info){.name = "new", .release = "2", .evidence.skipped[SKIP_RUST] = 7};
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
	assert_null(strstr(text, "\n::"));
	assert_memory_not_equal(text, "::", 2);
}

static void text_is_plain(void **state)
{
	struct made *made = *state;
	const char *text;

	add_hostile(made);
	text = report(made, "text");
	assert_plain(text);
	assert_int_equal(count(text, "[ADDED]"), 1);
	assert_int_equal(count(text, "waived: struct s."), 1);
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
	assert_string_equal(
		report(made, "text"),
		"drift: 1 change needs a decision\n"
		"1 -> 2, all types, profile layout, mapping: none\n"
		"error: struct s.m [ADDED]  include/s.h:7\n"
		"  added, int at byte 8\n"
		"  the new member has no value\n"
		"  decided at mapping.yaml:3\n"
		"  to paste:\n"
		"    types:\n"
		"      struct s:\n"
		"compared 0 types, 0 identical; 1: 0 types, 3 units; 2: 0 types, 7 skipped\n");
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
		"struct s  include/s.h:7  + a, + b, + c, 2 moved\n"
		"struct t  include/s.h:7  + a, + b, + c, 2 moved +8\n"
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
		"compared 0 types, 0 identical; 1: 0 types, 3 units; 2: 0 types, 7 skipped\n");
	assert_string_equal(
		report(made, "stat"),
		"drift: 1 change needs a decision\n"
		" struct s | 5 findings\n"
		" struct t | 5 findings\n"
		" 2 types, 0 more that carry one of them; 10 errors, 0 warnings, 0 notes, "
		"0 waived\n");
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
	assert_non_null(strstr(text_string(&colored), "\033[2mwaived: "));
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
	escaped(escape_line, NULL, "");
	escaped(escape_xml, "]]>&<'\"\n\x01\xff\xef\xbf\xbe\xc3\xa9",
		"]]&#62;&#38;&#60;&#39;&#34;&#10;\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9");
	escaped(escape_markdown, "a_b|<i>\n@x", "a&#95;b&#124;&#60;i&#62; &#64;x");
	escaped(escape_markdown_code, "a|b``c\n", "``` a\\|b``c  ```");
	escaped(escape_markdown_code, "a_b", "`a_b`");
	escaped(escape_uri, "a b/c%d:e\xff", "a%20b/c%25d%3Ae%FF");
	escaped(escape_uri, "/a", "file:///a");
	text_init(&text);
	escape_github(&text, "50%,a:b\r\n::x\x1b", false);
	escape_github(&text, "50%,a:b\r\n", true);
	assert_string_equal(text_string(&text), "50%25,a:b%0D%0A::x\\x1b50%25%2Ca%3Ab%0D%0A");
	text_deinit(&text);
}

/* Every format of the list is one, and nothing else is. */
static void formats_are_known(void **state)
{
	struct made *made = *state;
	char words[] = REPORT_CHECK_FORMATS, *word;

	findings_finish(&made->findings);
	for (word = strtok(words, " "); word; word = strtok(NULL, " "))
		assert_true(*report(made, word));
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
		cmocka_unit_test_setup_teardown(color_alone_differs, setup, teardown),
		cmocka_unit_test_setup_teardown(json_holds_all, setup, teardown),
		cmocka_unit_test_setup_teardown(formats_are_known, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
