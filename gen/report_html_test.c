/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pair_test.h"

#include "report_html_parts.h"

struct fixture {
	struct pair pair;
	struct text page;
};

static void write_page(struct fixture *f, const char *stem)
{
	pair_init(&f->pair, stem);
	text_init(&f->page);
	report_html(&f->pair.diff, NULL, &f->page);
}

static void close_page(struct fixture *f)
{
	text_deinit(&f->page);
	pair_deinit(&f->pair);
}

static void expect(const struct text *page, const char *markup)
{
	if (!strstr(text_string(page), markup))
		fail_msg("not in the page: %s", markup);
}

static void expect_not(const struct text *page, const char *markup)
{
	if (strstr(text_string(page), markup))
		fail_msg("in the page: %s", markup);
}

static void changed_struct(void **state)
{
	struct fixture f;

	(void)state;
	write_page(&f, "testdata/diff/moved");
	expect(&f.page,
	       "<section class=t id=\"struct-mm_struct\" data-r=\"MOVED ADDED SIZE_CHANGED\">");
	expect(&f.page, "1 struct changed.");
	expect(&f.page, "role=img aria-labelledby=\"struct-mm_struct:t struct-mm_struct:d\"");
	expect(&f.page,
	       "</i> futex_unique_id<td><code title=\"member added\">ADDED</code> <td class=no>"
	       "\xe2\x80\x94<td><code>u64</code><br><small>at <b>0x8</b>, 8 bytes");
	expect(&f.page, "<code>flags</code> 0x28 \xe2\x86\x92 0x30");
	expect(&f.page, "<code>dumpable</code> 0x28:3 \xe2\x86\x92 0x30:3");
	close_page(&f);
}

static void enums_have_values(void **state)
{
	struct fixture f;

	(void)state;
	write_page(&f, "testdata/diff/enums");
	expect(&f.page, "<th scope=col>Enumerator");
	expect(&f.page, "ENUMERATOR_ADDED");
	close_page(&f);
}

/* What follows from a cause stands under it, and links to it. */
static void causes_are_a_tree(void **state)
{
	struct fixture f;

	(void)state;
	write_page(&f, "testdata/diff/causes");
	expect(&f.page, "<div class=root><p><a href=\"#struct-index_key\">struct index_key</a>");
	expect(&f.page, "because of <a href=\"#struct-index_key\">struct index_key</a>");
	expect(&f.page, "<section class=part id=carrier><details><summary>");
	close_page(&f);
}

static void nothing_changed(void **state)
{
	struct fixture f;

	(void)state;
	write_page(&f, "testdata/diff/same");
	expect(&f.page, "<p class=verdict>Nothing changed.</p>");
	expect_not(&f.page, "<section");
	close_page(&f);
}

static void same_bytes_again(void **state)
{
	struct fixture f;
	struct text again;

	(void)state;
	write_page(&f, "testdata/diff/unions");
	text_init(&again);
	report_html(&f.pair.diff, NULL, &again);
	assert_string_equal(text_string(&f.page), text_string(&again));
	text_deinit(&again);
	close_page(&f);
}

static void findings_say_what_to_write(void **state)
{
	struct fixture f;
	struct findings findings;
	struct finding *one;

	(void)state;
	write_page(&f, "testdata/diff/moved");
	findings_init(&findings, &f.pair.diff);
	findings.verdict = "drift: 1 change <needs> a decision";
	one = findings_add(&findings, "ADDED", "struct mm_struct", "futex_unique_id");
	one->state = FINDING_NEEDS_DECISION, one->level = FINDING_ERROR;
	one->message = "added at byte 8", one->consequence = "it has no old value";
	one->suggestion = "futex_unique_id:\n\tinit: \"0\"\n";
	one->at = (struct place){.file = "mm.h", .line = 9};
	one = findings_add(&findings, "MOVED", "struct mm_struct", "flags");
	one->state = FINDING_AUTOMATIC, one->level = FINDING_NOTE,
	one->message = "moved by 8 bytes";
	one = findings_add(&findings, "COMPILER", "", "");
	one->state = FINDING_NEEDS_DECISION, one->level = FINDING_WARNING,
	one->message = "gcc 12, gcc 13";
	findings_finish(&findings);
	text_deinit(&f.page);
	report_html(&f.pair.diff, &findings, &f.page);
	expect(&f.page, "<b class=\"bad\">drift: 1 change &lt;needs&gt; a decision.</b>");
	expect(&f.page, "<span class=lv>error</span> <span class=st>needs-decision</span>");
	expect(&f.page, "<pre>futex_unique_id:\n\tinit: &quot;0&quot;\n</pre>");
	expect(&f.page, "<p class=co>it has no old value</p>");
	expect(&f.page, "<code>mm.h:9</code>");
	expect(&f.page, "<details class=fq><summary>1 automatic</summary>");
	expect(&f.page, " data-s=\"automatic needs-decision \"");
	expect(&f.page, "gcc 12, gcc 13");
	for (size_t i = 0; i < findings.list.n; i++)
		expect(&f.page, findings.list.at[i].fingerprint);
	findings_deinit(&findings);
	close_page(&f);
}

/* ---- hostile names: models made by hand, for no compiler takes them ------------------------------ */

#define HOSTILE "</title><script>alert(1)</script>&\"'"

static void add_struct(struct model *model, const char *name, const char *member, uint64_t size)
{
	type_id id = model_add(model, (struct type){.kind = KIND_INT,
						    .name = intern(model->names, "int"),
						    .size = size,
						    .encoding = ENC_SIGNED});

	*VEC_PUSH(&model->members) =
		(struct member){.name = intern(model->names, member), .type = id};
	model_add(model, (struct type){.kind = KIND_STRUCT,
				       .name = intern(model->names, name),
				       .file = intern(model->names, "<b>.h"),
				       .size = size,
				       .first = (uint32_t)model->members.n - 1,
				       .n = 1});
}

static void finish_and_compare(struct pair *pair)
{
	assert_true(model_finish(&pair->old, &pair->diags));
	assert_true(model_finish(&pair->new, &pair->diags));
	diff_models(&pair->old, &pair->new, NULL, &pair->diff);
}

static void names_are_text(void **state)
{
	struct fixture f = {0};
	size_t scripts = 0;

	(void)state;
	intern_init(&f.pair.names);
	diags_init(&f.pair.diags);
	model_init(&f.pair.old, &f.pair.names);
	model_init(&f.pair.new, &f.pair.names);
	add_struct(&f.pair.old, HOSTILE, "m", 4);
	add_struct(&f.pair.new, HOSTILE, HOSTILE, 8);
	f.pair.new.info.release = f.pair.new.info.compiler = HOSTILE;
	finish_and_compare(&f.pair);
	report_html(&f.pair.diff, NULL, &f.page);
	for (const char *at = text_string(&f.page); (at = strstr(at, "<script>")); at++)
		scripts++;
	assert_int_equal(scripts, 1);
	expect(&f.page, "struct &lt;/title&gt;&lt;script&gt;");
	expect(&f.page, "&lt;b&gt;.h");
	expect(&f.page, "id=\"struct-title-script-alert-1-script\"");
	close_page(&f);
}

static void two_labels_two_anchors(void **state)
{
	struct fixture f = {0};

	(void)state;
	intern_init(&f.pair.names);
	diags_init(&f.pair.diags);
	model_init(&f.pair.old, &f.pair.names);
	model_init(&f.pair.new, &f.pair.names);
	add_struct(&f.pair.old, "a b", "m", 4);
	add_struct(&f.pair.old, "a-b", "m", 4);
	add_struct(&f.pair.new, "a b", "m", 8);
	add_struct(&f.pair.new, "a-b", "m", 8);
	finish_and_compare(&f.pair);
	report_html(&f.pair.diff, NULL, &f.page);
	expect(&f.page, "id=\"struct-a-b\"");
	expect(&f.page, "id=\"struct-a-b--2\"");
	close_page(&f);
}

static void expect_text(const char *given, const char *wanted)
{
	struct text out;

	text_init(&out);
	html_text(&out, given);
	assert_string_equal(text_string(&out), wanted);
	text_deinit(&out);
}

static void text_is_escaped(void **state)
{
	struct text out;

	(void)state;
	expect_text("a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;");
	expect_text("\xff"
		    "a\n\x01",
		    "\xef\xbf\xbd"
		    "a\xef\xbf\xbd\xef\xbf\xbd");
	expect_text("\xe2\x80\xae"
		    "x",
		    "\xef\xbf\xbdx"); /* right to left */
	expect_text("\xc3\xa9", "\xc3\xa9");
	text_init(&out);
	html_cut(&out,
		 "\xc3\xa9"
		 "bcdef",
		 3);
	assert_string_equal(text_string(&out), "\xc3\xa9"
					       "b\xe2\x80\xa6");
	text_deinit(&out);
	text_init(&out);
	html_number(&out, 1234567);
	html_offset(&out, 67);
	html_distance(&out, -8);
	html_size(&out, 3);
	html_size(&out, 1354);
	assert_string_equal(text_string(&out), "1,234,5670x8:3\xe2\x88\x92"
					       "1 byte3 bits169 bytes 2 bits");
	text_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed_struct),    cmocka_unit_test(enums_have_values),
		cmocka_unit_test(causes_are_a_tree), cmocka_unit_test(nothing_changed),
		cmocka_unit_test(same_bytes_again),  cmocka_unit_test(findings_say_what_to_write),
		cmocka_unit_test(names_are_text),    cmocka_unit_test(two_labels_two_anchors),
		cmocka_unit_test(text_is_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
