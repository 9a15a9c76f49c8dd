/* SPDX-License-Identifier: GPL-2.0-or-later */
/* carryover accept: adds waivers for findings that somebody looked at, and keeps what stands there. */
#include "check_run.h"
#include "output.h"
#include "skeleton_parts.h"
#include "splice.h"
#include "waive.h"

#include <string.h>

#define PREFIX_MIN 8 /* digits of a fingerprint that name it, when no other begins so */

struct accept {
	struct check_run run;
	const char *prints[OPERANDS_MAX]; /* as given: first digits */
	size_t n_prints;
	const struct finding **chosen;
	size_t n, room;
};

static bool is_print(const char *word)
{
	size_t n = strlen(word);

	return n >= PREFIX_MIN && n < HASH128_HEX && strspn(word, "0123456789abcdef") == n;
}

/* Fingerprints stand behind the inputs; the inputs are what check takes. */
static bool sort_operands(struct accept *accept, struct options *options, struct diags *diags)
{
	size_t inputs = 0;

	while (inputs < options->n_operands && !is_print(options->operands[inputs]))
		inputs++;
	for (size_t i = inputs; i < options->n_operands; i++) {
		if (!is_print(options->operands[i]))
			return diag_error(diags, place_file(NULL),
					  "'%s' is no fingerprint: at least %d of the digits that "
					  "check prints",
					  options->operands[i], PREFIX_MIN);
		accept->prints[accept->n_prints++] = options->operands[i];
	}
	options->n_operands = inputs;
	if (inputs < 1 || inputs > 3)
		return diag_error(diags, place_file(NULL),
				  "accept needs the inputs of check, then fingerprints");
	if (!accept->n_prints && !options->all)
		return diag_error(diags, place_file(NULL),
				  "accept needs fingerprints, or --all for everything that check "
				  "fails for");
	return true;
}

static bool is_past(const char *day, struct diags *diags)
{
	struct arena arena;
	const char *today;
	bool past;

	arena_init(&arena);
	today = waive_today(&arena);
	past = strcmp(day, today) < 0;
	if (past)
		diag_error(diags, place_file(NULL),
			   "--expires %s is past (today is %s): such a waiver waives nothing", day,
			   today);
	arena_deinit(&arena);
	return past;
}

static bool check_options(const struct options *options, struct diags *diags)
{
	if (!options->reason || !options->reason[strspn(options->reason, " \t\n")])
		return diag_error(diags, place_file(NULL),
				  "accept needs --reason: why may this change stay as it is?");
	if (options->expires && !is_day(options->expires))
		return diag_error(diags, place_file(NULL),
				  "--expires takes a day as YYYY-MM-DD, not '%s'",
				  options->expires);
	return !options->expires || !is_past(options->expires, diags);
}

/* ---- which findings
 * ------------------------------------------------------------------------------ */

static void choose(struct accept *accept, const struct finding *finding)
{
	for (size_t i = 0; i < accept->n; i++)
		if (!strcmp(accept->chosen[i]->fingerprint, finding->fingerprint))
			return;
	accept->chosen =
		vec_grow(accept->chosen, &accept->room, accept->n + 1, sizeof(*accept->chosen));
	accept->chosen[accept->n++] = finding;
}

static bool is_waiver(const struct finding *finding)
{
	return !strncmp(finding->rule, "WAIVER_", 7);
}

static bool choose_print(struct accept *accept, const char *print, struct diags *diags)
{
	const struct findings *findings = &accept->run.findings;
	const struct finding *found = NULL;

	for (size_t i = 0; i < findings->list.n; i++) {
		const struct finding *finding = &findings->list.at[i];

		if (strncmp(finding->fingerprint, print, strlen(print)) || is_waiver(finding))
			continue;
		if (found && strcmp(found->fingerprint, finding->fingerprint))
			return diag_error(diags, place_file(NULL),
					  "several fingerprints begin with %s: write more of it",
					  print);
		found = finding;
	}
	if (!found)
		return diag_error(
			diags, place_file(NULL),
			"no finding has the fingerprint %s; check prints those that there "
			"are",
			print);
	if (found->waived_by)
		return diag_error(diags, found->waived_at, "%s is waived here already", print);
	choose(accept, found);
	return true;
}

/* A waiver that expired still stands in the file, and one finding has one waiver. */
static bool none_expired(const struct accept *accept, struct diags *diags)
{
	const struct waivers *waivers = &accept->run.waivers;
	bool good = true;

	for (size_t i = 0; i < waivers->list.n; i++) {
		const struct waiver *waiver = &waivers->list.at[i];

		for (size_t k = 0; k < accept->n; k++)
			if (!strcmp(accept->chosen[k]->fingerprint, waiver->fingerprint.text))
				good = diag_error(diags,
						  waiver->expires.text ? waiver->expires.at
								       : waiver->at,
						  "this waiver of it has expired: write another "
						  "day here, or take it away");
	}
	return good;
}

static bool choose_all(struct accept *accept, struct diags *diags)
{
	const struct findings *findings = &accept->run.findings;
	bool good = true;

	for (size_t i = 0; i < accept->n_prints; i++)
		good &= choose_print(accept, accept->prints[i], diags);
	for (size_t i = 0; accept->run.options.all && i < findings->list.n; i++) {
		const struct finding *finding = &findings->list.at[i];

		if (finding->level == FINDING_ERROR && !finding->waived_by && !is_waiver(finding))
			choose(accept, finding);
	}
	return none_expired(accept, diags) && good;
}

/* ---- the file
 * ------------------------------------------------------------------------------------ */

static void put_line(struct skeleton *words, const char *key, const char *value, struct text *out)
{
	if (value && *value)
		text_add(out, "%s: %s\n", key, skeleton_scalar(words, value));
}

static void put_waiver(const struct accept *accept, const struct finding *finding,
		       unsigned int indent, struct text *out)
{
	const struct options *options = &accept->run.options;
	struct skeleton words = {0};

	arena_init(&words.arena);
	out->indent = indent;
	text_add(out, "- rule: %s\n", finding->rule);
	out->indent += 2;
	put_line(&words, "type", finding->type, out);
	put_line(&words, "member", finding->member, out);
	text_add(out, "fingerprint: \"%s\"\n", finding->fingerprint);
	put_line(&words, "reason", options->reason, out);
	put_line(&words, "owner", options->owner, out);
	put_line(&words, "expires", options->expires, out);
	out->indent = 0;
	arena_deinit(&words.arena);
}

static void put_waivers(const struct accept *accept, unsigned int indent, struct text *out)
{
	for (size_t i = 0; i < accept->n; i++)
		put_waiver(accept, accept->chosen[i], indent, out);
}

/* What stands in the file stays as it is: the new ones come last. */
static bool add_waivers(struct accept *accept, struct text *out, struct diags *diags)
{
	const struct check_run *run = &accept->run;
	const struct yaml_node *items = run->waivers.items;
	struct splice splice;
	struct text lines;

	text_init(&lines);
	lines.indent_with = " ";
	if (items && items->flow && items->first) {
		text_deinit(&lines);
		return diag_error(diags, items->at,
				  "the list stands in brackets, where nothing can be added line by "
				  "line; write each waiver in lines of its own");
	}
	if (items && !items->flow) {
		put_waivers(accept, splice_indent(items), &lines);
		splice_init(&splice, run->waivers_text, run->waivers_size);
		splice_after(&splice, items, text_string(&lines));
		splice_write(&splice, out);
		splice_deinit(&splice);
	} else if (items) {
		text_deinit(&lines);
		return diag_error(diags, items->at, "take the empty list away, key and all");
	} else {
		if (run->waivers_text)
			text_raw(out, run->waivers_text, run->waivers_size);
		else
			text_puts(out, "carryover-waivers: 1\n");
		if (out->n && out->at[out->n - 1] != '\n')
			text_raw(out, "\n", 1);
		put_waivers(accept, 2, &lines);
		text_puts(out, "waivers:\n");
		text_raw(out, text_string(&lines), lines.n);
	}
	text_deinit(&lines);
	return true;
}

/* Words such as TODO would be no reason to whoever reads the file next. */
static bool reads_well(const char *file, const struct text *text, struct diags *diags)
{
	struct waivers waivers;
	const char *const *rules;
	size_t n_rules;
	bool good;

	rules = finding_rule_ids(&n_rules);
	waivers_init(&waivers);
	good = waivers_read(file, text_string(text), text->n, rules, n_rules, &waivers, diags);
	waivers_deinit(&waivers);
	return good;
}

static void write_waivers(struct accept *accept, struct text *out, struct diags *diags)
{
	const char *file = accept->run.waivers_file;
	struct output output;
	struct text text;

	text_init(&text);
	output_init(&output);
	if (add_waivers(accept, &text, diags) && reads_well(file, &text, diags)) {
		output_add(&output, file, text_string(&text), text.n);
		if (output_commit(&output, NULL, diags))
			text_add(out, "%s: %zu waiver%s added\n", file, accept->n,
				 accept->n == 1 ? "" : "s");
	}
	output_deinit(&output);
	text_deinit(&text);
}

static void accept_findings(struct accept *accept, struct text *out, struct diags *diags)
{
	if (!accept->run.waivers_file)
		diag_error(diags, place_file(NULL),
			   "accept needs a file: --waivers FILE, or `waivers` in " CONFIG_NAME);
	else if (!choose_all(accept, diags))
		return;
	else if (!accept->n)
		text_puts(out, "nothing to waive\n");
	else
		write_waivers(accept, out, diags);
}

int command_accept(const struct options *given, struct text *out, struct diags *diags)
{
	struct accept accept = {.n = 0};
	struct options options = *given;

	if (!check_options(&options, diags) || !sort_operands(&accept, &options, diags))
		return 0;
	check_run_init(&accept.run, &options, diags);
	accept.run.may_lack_waivers = true;
	if (check_run_make(&accept.run))
		accept_findings(&accept, out, diags);
	check_run_deinit(&accept.run);
	vec_free(accept.chosen);
	return 0;
}
