// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report of a command, one fact a line: a word that says what it is, then key=value, in this
 * order. What may hold blanks is in quotes, or the rest of the line. carryover-run makes tables and JSON of it; a person can read
 * it as it is.
 *
 *   command word=switch kernel=6.1.190-1
 *   phase reached=CONVERT failed=CONVERT error=-6 aborted=1 committed=0 consumed=0
 *   trouble CONVERT: conntrack: ...
 *   time phase=FREEZE ns=81234
 *   participant name=conntrack announced=9 captured=9 converted=9 restored=0 refused=0 ...
 *   spent participant=conntrack phase=CAPTURE ns=...
 *   issue phase=RESTORE participant=conntrack error=-10 value=12 object="..." member="" why="..."
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

/* TEXT between quotes, in which \" and \\ stand for themselves; cut to ROOM bytes, the quotes too. */
static const char *quote(char *to, size_t room, const char *text)
{
	size_t n = 0;

	to[n++] = '"';
	for (; *text && n + 4 <= room; text++) {
		if (*text == '"' || *text == '\\')
			to[n++] = '\\';
		to[n++] = (u8)*text < ' ' || *text == 0x7f ? '?' : *text;
	}
	to[n++] = '"';
	to[n] = '\0';
	return to;
}

static void issue_write(struct co_lines *lines, const struct co_issue *issue)
{
	char object[CO_NAME_MAX * 2 + 3], member[CO_NAME_MAX * 2 + 3], why[CO_TEXT_MAX + 3];
	char value[32] = "";

	if (issue->error == CO_E_VALUE || issue->error == CO_E_HOOK || issue->value)
		snprintf(value, sizeof(value), "value=%llu ", issue->value);
	lines_add(lines, "issue phase=%s participant=%s error=%d %sobject=%s member=%s why=%s",
		  co_phase_name(issue->phase), issue->participant, issue->error, value,
		  quote(object, sizeof(object), issue->object),
		  quote(member, sizeof(member), issue->field),
		  quote(why, sizeof(why), issue->why));
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
