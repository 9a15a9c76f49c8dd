// SPDX-License-Identifier: GPL-2.0-or-later
/* Collected failures. */
#include "report.h"
#include "memory.h"

#include <stdarg.h>
#include <stdlib.h>

void report_deinit(struct report *report)
{
	for (size_t i = 0; i < report->n; i++)
		free(report->lines[i]);
	free(report->lines);
	*report = (struct report){.n = 0};
}

int report_fail(struct report *report, enum exit_code code, const char *format, ...)
{
	va_list arguments;

	report->seen[code] = true;
	if (report->n >= REPORT_MAX) {
		report->dropped++;
		return (int)code;
	}
	if (report->n == report->room)
		report->lines = memory_grow(report->lines, &report->room, sizeof(char *));
	va_start(arguments, format);
	if (vasprintf(&report->lines[report->n], format, arguments) < 0)
		memory_exhausted();
	va_end(arguments);
	report->n++;
	return (int)code;
}

enum exit_code report_exit(const struct report *report)
{
	if (report->seen[EXIT_UNUSABLE])
		return EXIT_UNUSABLE;
	if (report->seen[EXIT_EVIDENCE])
		return EXIT_EVIDENCE;
	return report->seen[EXIT_REFUSED] ? EXIT_REFUSED : EXIT_CLEAN;
}

void report_print(const struct report *report, FILE *to)
{
	for (size_t i = 0; i < report->n; i++)
		fprintf(to, "carryover-run: error: %s\n", report->lines[i]);
	if (report->dropped)
		fprintf(to, "carryover-run: error: and %zu more\n", report->dropped);
}
