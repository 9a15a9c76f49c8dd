// SPDX-License-Identifier: GPL-2.0-or-later
/* The command `switch`: what an operator says to the kernel module, and what is shown of it. */
#include "device.h"
#include "inspect.h"
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What the operator writes, what the device is told, and what comes next when it was done. */
static const struct step {
	const char *name, *word, *next;
} steps[] = {
	{"preflight", "preflight",
	 "load the next kernel with `kexec -l`, then `carryover-run switch commit`"},
	{"commit", "switch",
	 "the state stands still: `kexec -e` goes to the next kernel, where `carryover-run switch "
	 "restore` brings it back; `carryover-run switch recall` lets everything run on here"},
	{"recall", "recall",
	 "everything runs as before, and what was handed over is worth nothing any more"},
	{"restore", "restore", "there is nothing left to do"},
	{"discard", "discard", "the memory is free for the next switch"},
	{"report", NULL, NULL},
};

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static const struct step *step_by_name(const char *name)
{
	for (size_t i = 0; i < STEPS; i++)
		if (!strcmp(steps[i].name, name))
			return &steps[i];
	return NULL;
}

/* The step that the report is of; NULL for a word that only another program can have written. */
static const struct step *step_of(const struct device_report *said)
{
	for (size_t i = 0; i < STEPS; i++)
		if (steps[i].word && said->word && !strcmp(steps[i].word, said->word))
			return &steps[i];
	return NULL;
}

static const char *next_of(const struct device_report *said)
{
	const struct step *step = step_of(said);

	return step && !said->error ? step->next : NULL;
}

static const char *name_of(const struct device_report *said)
{
	const struct step *step = step_of(said);

	return step ? step->name : said->word;
}

static const char *reason_of(const struct device_report *said)
{
	return said->trouble ? said->trouble : strerror(-said->error);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_count(FILE *out, bool known, uint64_t n)
{
	if (known)
		fprintf(out, " %10llu", (unsigned long long)n);
	else
		fprintf(out, " %10s", "-");
}

static void print_participants(const struct device_report *said, FILE *out)
{
	if (!said->n_participants)
		return;
	fprintf(out, "\n%-16s %10s %10s %10s %10s %10s %10s\n", "participant", "announced",
		"captured", "converted", "restored", "refused", "bytes");
	for (size_t i = 0; i < said->n_participants; i++) {
		const struct device_participant *one = &said->participants[i];

		fprintf(out, "%-16s", one->name);
		print_count(out, one->counted, one->announced);
		print_count(out, true, one->captured);
		print_count(out, true, one->converted);
		print_count(out, true, one->restored);
		print_count(out, true, one->refused);
		print_count(out, true, one->bytes);
		fputc('\n', out);
	}
}

static void print_times(const struct device_report *said, FILE *out)
{
	bool any = false;

	for (unsigned int phase = 0; phase < CO_PHASES; phase++) {
		if (!said->phases.known[phase])
			continue;
		if (!any)
			fprintf(out, "\n%-16s %13s\n", "phase", "time");
		any = true;
		fprintf(out, "%-16s %10.3f ms\n", co_phase_name((enum co_phase)phase),
			(double)said->phases.ns[phase] / 1e6);
	}
	if (said->phases.known[CO_PHASE_FREEZE])
		fprintf(out, "%-16s %10.3f ms\n", "pause", (double)device_pause(said) / 1e6);
}

/* One a line: PHASE participant: object.member: value N: reason. */
static void print_issues(const struct device_report *said, FILE *out)
{
	if (said->n_issues)
		fputc('\n', out);
	for (size_t i = 0; i < said->n_issues; i++) {
		const struct device_issue *issue = &said->issues[i];

		fprintf(out, "%s %s: %s%s%s: ", co_phase_name(issue->phase), issue->participant,
			issue->object, *issue->member ? "." : "", issue->member);
		if (issue->has_value)
			fprintf(out, "value %llu: ", (unsigned long long)issue->value);
		fprintf(out, "%s\n", issue->reason);
	}
	if (said->n_dropped)
		fprintf(out, "and %llu more\n", (unsigned long long)said->n_dropped);
}

/* LATER: the command was another one's, so that its reason is no message of this one. */
static void print_text(const struct device_report *said, bool later, FILE *out)
{
	const char *next = next_of(said);

	if (!said->word) {
		fprintf(out, "no command was given since carryover.ko was loaded\n");
		return;
	}
	fprintf(out, "switch %s on %s: %s\n", name_of(said),
		*said->kernel ? said->kernel : "an unknown kernel",
		said->error ? "refused" : "done");
	if (said->error && later)
		fprintf(out, "%s\n", reason_of(said));
	print_participants(said, out);
	print_times(said, out);
	print_issues(said, out);
	if (next)
		fprintf(out, "\nnext: %s\n", next);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

/* S NULL: null. */
static void print_json(FILE *out, const char *key, const char *s)
{
	char *text = s ? value_escape(s, strlen(s)) : NULL;

	if (text)
		fprintf(out, "\"%s\":\"%s\"", key, text);
	else
		fprintf(out, "\"%s\":null", key);
	free(text);
}

static void print_json_number(FILE *out, const char *key, bool known, uint64_t n)
{
	if (known)
		fprintf(out, ",\"%s\":%llu", key, (unsigned long long)n);
	else
		fprintf(out, ",\"%s\":null", key);
}

static void print_json_phases(const struct device_phases *phases, FILE *out)
{
	bool first = true;

	fprintf(out, ",\"phases\":[");
	for (unsigned int phase = 0; phase < CO_PHASES; phase++) {
		if (!phases->known[phase])
			continue;
		fprintf(out, "%s{\"phase\":\"%s\",\"ns\":%llu}", first ? "" : ",",
			co_phase_name((enum co_phase)phase), (unsigned long long)phases->ns[phase]);
		first = false;
	}
	fputc(']', out);
}

static void print_json_participant(const struct device_participant *one, FILE *out)
{
	fputc('{', out);
	print_json(out, "name", one->name);
	print_json_number(out, "announced", one->counted, one->announced);
	print_json_number(out, "captured", true, one->captured);
	print_json_number(out, "converted", true, one->converted);
	print_json_number(out, "restored", true, one->restored);
	print_json_number(out, "refused", true, one->refused);
	print_json_number(out, "bytes", true, one->bytes);
	print_json_number(out, "sides", true, one->sides);
	print_json_phases(&one->phases, out);
	fputc('}', out);
}

static void print_json_issue(const struct device_issue *issue, FILE *out)
{
	fputc('{', out);
	print_json(out, "phase", co_phase_name(issue->phase));
	fputc(',', out);
	print_json(out, "participant", issue->participant);
	fputc(',', out);
	print_json(out, "object", issue->object);
	fputc(',', out);
	print_json(out, "member", *issue->member ? issue->member : NULL);
	print_json_number(out, "value", issue->has_value, issue->value);
	fputc(',', out);
	print_json(out, "reason", issue->reason);
	fputc('}', out);
}

static void print_json_head(const struct device_report *said, FILE *out)
{
	fprintf(out, "{\"carryover\":1,");
	print_json(out, "command", said->word ? name_of(said) : NULL);
	fputc(',', out);
	print_json(out, "kernel", *said->kernel ? said->kernel : NULL);
	fprintf(out, ",\"done\":%s,\"error\":%d,", said->word && !said->error ? "true" : "false",
		said->error);
	print_json(out, "trouble", said->error ? reason_of(said) : NULL);
	fputc(',', out);
	print_json(out, "reached", said->ran ? co_phase_name(said->reached) : NULL);
	fputc(',', out);
	print_json(out, "failed", said->failed ? co_phase_name(said->failed) : NULL);
	fprintf(out, ",\"aborted\":%s,\"committed\":%s,\"consumed\":%s",
		said->aborted ? "true" : "false", said->committed ? "true" : "false",
		said->consumed ? "true" : "false");
	print_json_number(out, "pause_ns", said->phases.known[CO_PHASE_FREEZE], device_pause(said));
}

static void print_report_json(const struct device_report *said, FILE *out)
{
	print_json_head(said, out);
	print_json_phases(&said->phases, out);
	fprintf(out, ",\"participants\":[");
	for (size_t i = 0; i < said->n_participants; i++) {
		fputs(i ? "," : "", out);
		print_json_participant(&said->participants[i], out);
	}
	fprintf(out, "],\"issues\":[");
	for (size_t i = 0; i < said->n_issues; i++) {
		fputs(i ? "," : "", out);
		print_json_issue(&said->issues[i], out);
	}
	fputc(']', out);
	print_json_number(out, "issues_dropped", true, said->n_dropped);
	fputc(',', out);
	print_json(out, "next", next_of(said));
	fprintf(out, "}\n");
}

/* ---- the command ----------------------------------------------------------------------------- */

/* A machine that is not set up is unusable; all else that the module says no to is a refusal. */
static void note_refusal(const struct step *step, const struct device_report *said,
			 struct report *report)
{
	if (step->word && said->error)
		report_fail(report, said->error == -ENXIO ? EXIT_UNUSABLE : EXIT_REFUSED,
			    "switch %s: %s", step->name, reason_of(said));
}

void command_switch(const struct run_options *options, FILE *out, struct report *report)
{
	const char *path = options->device ? options->device : DEVICE_PATH;
	const struct step *step = step_by_name(options->operand);
	struct device_report said;

	if (!step) {
		report_fail(report, EXIT_UNUSABLE,
			    "switch: '%s' is none of preflight, commit, recall, restore, discard, report",
			    options->operand);
		return;
	}
	if (device_ask(path, step->word, &said, report))
		return;
	report->shown = true;
	if (options->format == FORMAT_JSON)
		print_report_json(&said, out);
	else if (!options->quiet || !step->word)
		print_text(&said, !step->word, out);
	note_refusal(step, &said, report);
	device_report_deinit(&said);
}
