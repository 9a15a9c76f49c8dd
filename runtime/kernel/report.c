// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report of a command, one fact a line: a word that says what it is, then key=value. A value
 * with blanks comes last on its line. carryover-run makes tables and JSON of it; a person can read
 * it as it is.
 *
 *   phase failed=CONVERT aborted=1 committed=0 consumed=0
 *   trouble CONVERT: conntrack: ...
 *   time phase=FREEZE ns=81234
 *   participant name=conntrack announced=9 captured=9 converted=9 restored=0 refused=0 ...
 *   spent participant=conntrack phase=CAPTURE ns=...
 *   issue phase=RESTORE participant=conntrack object=... text=...
 */
#include "internal.h"

void lines_add(struct co_lines *lines, const char *format, ...)
{
	size_t left = lines->room - lines->n;
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(lines->text + lines->n, left, format, arguments);
	va_end(arguments);
	if (n < 0 || (size_t)n + 2 > left) {
		lines->text[lines->n] = '\0';
		return;
	}
	lines->n += n;
	lines->text[lines->n++] = '\n';
	lines->text[lines->n] = '\0';
}

static void participant_write(struct co_lines *lines, const struct co_participant_report *one)
{
	u32 phase;

	lines_add(lines,
		  "participant name=%s announced=%lld captured=%llu converted=%llu restored=%llu "
		  "refused=%llu bytes=%llu sides=%llu",
		  one->name, one->announced == U64_MAX ? -1 : (s64)one->announced, one->captured,
		  one->converted, one->restored, one->refused, one->bytes, one->sides);
	for (phase = CO_PHASE_PREPARE; phase < CO_PHASES; phase++)
		if (one->ns[phase])
			lines_add(lines, "spent participant=%s phase=%s ns=%llu", one->name,
				  co_phase_name(phase), one->ns[phase]);
}

static void issue_write(struct co_lines *lines, const struct co_issue *issue)
{
	char text[CO_NAME_MAX * 2 + CO_TEXT_MAX + 64];

	co_issue_text(issue, text, sizeof(text));
	lines_add(lines, "issue phase=%s participant=%s error=%d text=%s",
		  co_phase_name(issue->phase), issue->participant, issue->error, text);
}

void report_write(struct co_lines *lines, const struct co_engine *engine)
{
	const struct co_report *report = &engine->report;
	char text[512];
	u32 i;

	lines_add(lines, "phase reached=%s failed=%s error=%d aborted=%d committed=%d consumed=%d",
		  co_phase_name(report->phase),
		  report->failure.phase ? co_phase_name(report->failure.phase) : "-",
		  report->failure.error, report->aborted, report->committed, report->consumed);
	if (co_report_text(report, text, sizeof(text)))
		lines_add(lines, "trouble %s", text);
	for (i = CO_PHASE_PREPARE; i < CO_PHASES; i++)
		if (report->ns[i])
			lines_add(lines, "time phase=%s ns=%llu", co_phase_name(i), report->ns[i]);
	for (i = 0; i < report->n_participants; i++)
		participant_write(lines, &report->participants[i]);
	for (i = 0; i < report->n_issues; i++)
		issue_write(lines, &engine->config.issues[i]);
	if (report->n_issues_dropped)
		lines_add(lines, "dropped issues=%llu", report->n_issues_dropped);
}
