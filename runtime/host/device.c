// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asking /dev/carryover, and reading its report. The reader is strict: a line that it does not know,
 * or a report without its last line, is not understood as success.
 */
#include "device.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPORT_BYTES_MAX (1u << 20) /* the module's is a quarter of it */

/* ---- one line -------------------------------------------------------------------------------- */

/* What is left of a line. Values are taken in the order in which they were written. */
struct fields {
	char *at;
	bool bad;
};

/* Ends a value in quotes where its end is, with \" and \\ replaced; NULL when it has no end. */
static char *unquote(char *value)
{
	char *to = value;

	for (; *value && *value != '"'; value++) {
		if (*value == '\\' && !*++value)
			return NULL;
		*to++ = *value;
	}
	if (!*value)
		return NULL;
	*to = '\0';
	return value + 1;
}

/* The value of KEY, which must be next; "" when it is not. */
static const char *take(struct fields *f, const char *key)
{
	size_t n = strlen(key);
	char *value, *end;

	if (f->bad || strncmp(f->at, key, n) || f->at[n] != '=') {
		f->bad = true;
		return "";
	}
	value = f->at + n + 1;
	if (*value == '"')
		end = unquote(++value);
	else
		end = value + strcspn(value, " ");
	f->bad = !end || (*end && *end != ' ');
	if (f->bad)
		return "";
	f->at = end + (*end == ' ');
	*end = '\0';
	return value;
}

static bool has(const struct fields *f, const char *key)
{
	size_t n = strlen(key);

	return !f->bad && !strncmp(f->at, key, n) && f->at[n] == '=';
}

static uint64_t take_count(struct fields *f, const char *key)
{
	const char *text = take(f, key);
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno)
		f->bad = true;
	return n;
}

static int take_error(struct fields *f)
{
	const char *text = take(f, "error");
	long n;
	char *end;

	errno = 0;
	n = strtol(text, &end, 10);
	if (!*text || *end || errno || n > 0 || n < -4095)
		f->bad = true;
	return (int)n;
}

static bool take_flag(struct fields *f, const char *key)
{
	uint64_t n = take_count(f, key);

	if (n > 1)
		f->bad = true;
	return n == 1;
}

/* "-" is no phase. */
static enum co_phase take_phase(struct fields *f, const char *key)
{
	const char *name = take(f, key);

	if (!strcmp(name, "-"))
		return CO_PHASE_NONE;
	for (unsigned int phase = 0; phase < CO_PHASES; phase++)
		if (!strcmp(name, co_phase_name((enum co_phase)phase)))
			return (enum co_phase)phase;
	f->bad = true;
	return CO_PHASE_NONE;
}

/* ---- what the lines say ---------------------------------------------------------------------- */

static void read_command(struct device_report *out, struct fields *f)
{
	out->word = take(f, "word");
	out->kernel = take(f, "kernel");
}

static void read_phase(struct device_report *out, struct fields *f)
{
	out->ran = true;
	out->reached = take_phase(f, "reached");
	out->failed = take_phase(f, "failed");
	(void)take_error(f); /* the engine's number for what the trouble says */
	out->aborted = take_flag(f, "aborted");
	out->committed = take_flag(f, "committed");
	out->consumed = take_flag(f, "consumed");
}

/* The first one is the cause. */
static void read_trouble(struct device_report *out, struct fields *f)
{
	if (!out->trouble)
		out->trouble = f->at;
	f->at += strlen(f->at);
}

static void read_phase_time(struct device_phases *phases, struct fields *f)
{
	enum co_phase phase = take_phase(f, "phase");

	phases->ns[phase] = take_count(f, "ns");
	phases->known[phase] = true;
}

static void read_time(struct device_report *out, struct fields *f)
{
	read_phase_time(&out->phases, f);
}

static void read_participant(struct device_report *out, struct fields *f)
{
	struct device_participant *one = &out->participants[out->n_participants];

	if (out->n_participants == CO_PARTICIPANTS_MAX) {
		f->bad = true;
		return;
	}
	out->n_participants++;
	one->name = take(f, "name");
	one->counted = !has(f, "announced") || strncmp(f->at, "announced=-1 ", 13);
	if (one->counted)
		one->announced = take_count(f, "announced");
	else
		(void)take(f, "announced");
	one->captured = take_count(f, "captured");
	one->converted = take_count(f, "converted");
	one->restored = take_count(f, "restored");
	one->refused = take_count(f, "refused");
	one->bytes = take_count(f, "bytes");
	one->sides = take_count(f, "sides");
}

static void read_spent(struct device_report *out, struct fields *f)
{
	const char *name = take(f, "participant");

	for (size_t i = 0; i < out->n_participants; i++)
		if (!strcmp(out->participants[i].name, name)) {
			read_phase_time(&out->participants[i].phases, f);
			return;
		}
	f->bad = true;
}

static void read_issue(struct device_report *out, struct fields *f)
{
	struct device_issue *issue;

	if (out->n_issues == out->room)
		out->issues = memory_grow(out->issues, &out->room, sizeof(*out->issues));
	issue = &out->issues[out->n_issues++];
	*issue = (struct device_issue){.phase = take_phase(f, "phase")};
	issue->participant = take(f, "participant");
	issue->error = take_error(f);
	issue->has_value = has(f, "value");
	if (issue->has_value)
		issue->value = take_count(f, "value");
	issue->object = take(f, "object");
	issue->member = take(f, "member");
	issue->reason = take(f, "why");
}

static void read_dropped(struct device_report *out, struct fields *f)
{
	out->n_dropped = take_count(f, "issues");
}

static void read_result(struct device_report *out, struct fields *f)
{
	out->error = take_error(f);
}

static const struct line_kind {
	const char *word;
	void (*read)(struct device_report *out, struct fields *f);
} line_kinds[] = {
	{"phase", read_phase},	   {"trouble", read_trouble},
	{"time", read_time},	   {"participant", read_participant},
	{"spent", read_spent},	   {"issue", read_issue},
	{"dropped", read_dropped},
};

/* One line without its end, at AT. False: not understood. */
static bool read_line(struct device_report *out, char *at, bool first, bool last)
{
	size_t n = strcspn(at, " ");
	struct fields f = {.at = at + n + (at[n] == ' ')};

	at[n] = '\0';
	if (first && !strcmp(at, "command"))
		read_command(out, &f);
	else if (last && !strcmp(at, "result"))
		read_result(out, &f);
	else if (first || last)
		return false;
	else
		for (size_t i = 0; i <= sizeof(line_kinds) / sizeof(line_kinds[0]); i++) {
			if (i == sizeof(line_kinds) / sizeof(line_kinds[0]))
				return false;
			if (!strcmp(at, line_kinds[i].word)) {
				line_kinds[i].read(out, &f);
				break;
			}
		}
	return !f.bad && !*f.at;
}

static int not_understood(const char *path, size_t line, struct device_report *out,
			  struct report *report)
{
	device_report_deinit(out);
	if (!line)
		return report_fail(report, EXIT_UNUSABLE,
				   "%s: the report is not whole; read it as it is with cat", path);
	return report_fail(report, EXIT_UNUSABLE,
			   "%s:%zu: this line of the report is not understood; is carryover.ko of "
			   "the same release as this program? Read the report with cat",
			   path, line);
}

int device_parse(const char *path, const char *text, size_t size, struct device_report *out,
		 struct report *report)
{
	size_t line = 0;
	char *at, *end;

	*out = (struct device_report){.text = memory_zeroed(size + 1, 1), .kernel = ""};
	if (!size)
		return 0;
	memcpy(out->text, text, size);
	if (memchr(text, '\0', size) || text[size - 1] != '\n')
		return not_understood(path, 0, out, report);
	for (at = out->text; *at; at = end + 1) {
		bool last;

		end = strchr(at, '\n');
		*end = '\0';
		last = !end[1];
		line++;
		if (last && strncmp(at, "result ", 7))
			return not_understood(path, 0, out, report);
		if (!read_line(out, at, line == 1, last))
			return not_understood(path, line, out, report);
	}
	return 0;
}

void device_report_deinit(struct device_report *report)
{
	free(report->issues);
	free(report->text);
	*report = (struct device_report){.kernel = ""};
}

uint64_t device_pause(const struct device_report *report)
{
	uint64_t ns = 0;

	for (unsigned int phase = CO_PHASE_FREEZE; phase <= CO_PHASE_COMMIT; phase++)
		ns += report->phases.ns[phase];
	return ns;
}

/* ---- the device ------------------------------------------------------------------------------ */

static int device_open(const char *path, int how, struct report *report)
{
	int fd = open(path, how | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENODEV || errno == ENXIO)
		report_fail(report, EXIT_UNUSABLE,
			    "%s: there is no such device: boot with memmap=SIZE$ADDRESS, load "
			    "carryover.ko with at=ADDRESS and size=SIZE, then the converter of the "
			    "pair of kernels, then the participants",
			    path);
	else
		report_fail(report, EXIT_UNUSABLE, "%s: %s%s", path, strerror(errno),
			    errno == EACCES || errno == EPERM ? "; only root may use it" : "");
	return -1;
}

/* Writes WORD in one piece; *ERROR is what the device answered, as a negative errno. */
static int write_word(const char *path, const char *word, int *error, struct report *report)
{
	size_t n = strlen(word);
	ssize_t done;
	int fd = device_open(path, O_WRONLY, report);

	if (fd < 0)
		return (int)EXIT_UNUSABLE;
	do /* the device answers EINTR only when it did not begin */
		done = write(fd, word, n);
	while (done < 0 && errno == EINTR);
	*error = done < 0 ? -errno : 0;
	close(fd);
	if (done >= 0 && (size_t)done != n)
		return report_fail(report, EXIT_UNUSABLE, "%s: takes no commands", path);
	return 0;
}

static char *read_report(const char *path, size_t *size, struct report *report)
{
	int fd = device_open(path, O_RDONLY, report);
	char *text;
	ssize_t n = 1;

	if (fd < 0)
		return NULL;
	text = memory_zeroed(REPORT_BYTES_MAX, 1);
	*size = 0;
	while (n > 0 && *size < REPORT_BYTES_MAX) {
		n = read(fd, text + *size, REPORT_BYTES_MAX - *size);
		if (n > 0)
			*size += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n < 0)
		report_fail(report, EXIT_UNUSABLE, "%s: %s", path, strerror(errno));
	else if (n > 0)
		report_fail(report, EXIT_UNUSABLE, "%s: a report of more than %u bytes is none",
			    path, REPORT_BYTES_MAX - 1);
	close(fd);
	if (n) {
		free(text);
		text = NULL;
	}
	return text;
}

int device_ask(const char *path, const char *word, struct device_report *out, struct report *report)
{
	size_t size;
	int error = 0, code = 0;
	char *text;

	if (word)
		code = write_word(path, word, &error, report);
	if (code)
		return code;
	text = read_report(path, &size, report);
	if (!text)
		return (int)EXIT_UNUSABLE;
	code = device_parse(path, text, size, out, report);
	free(text);
	if (code || !word)
		return code;
	/* A command that was refused here cannot have been done. */
	if (out->word && !strcmp(out->word, word) && (!error || out->error == error))
		return 0;
	device_report_deinit(out);
	return report_fail(report, EXIT_UNUSABLE,
			   "%s: the report is not of this command (%s): another program uses the "
			   "device, too; `carryover-run switch report` shows the last command",
			   path, word);
}
