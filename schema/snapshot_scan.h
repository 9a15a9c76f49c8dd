/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words, numbers and lines of a snapshot's text. What does not take what it looks for leaves the
 * place as it was. */
#ifndef CO_SCHEMA_SNAPSHOT_SCAN_H
#define CO_SCHEMA_SNAPSHOT_SCAN_H

#include <string.h>

#include "diag.h"

/* A piece of the text, or of a copy of it without escapes. */
struct slice {
	const char *at;
	size_t n;
};

struct scan {
	const char *name;	      /* of the input, in messages */
	const char *start, *at, *end; /* the text from its first byte on; here; up to here */
	struct diags *diags;
	struct arena *arena; /* owns texts without escapes */
	size_t indent;	     /* of the lines at hand, in spaces */
	bool failed;
};

/* Line and column of AT. */
struct place scan_place(const struct scan *s, const char *at);

/* Says what is wrong AT (or here), once: what follows the first thing cannot be trusted. False. */
bool scan_fail_at(struct scan *s, const char *at, const char *what);
bool scan_fail(struct scan *s, const char *what);

/* Takes TEXT when it stands here. */
static inline bool scan_take(struct scan *s, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(s->end - s->at) < n || memcmp(s->at, text, n) != 0)
		return false;
	s->at += n;
	return true;
}

static inline bool scan_is_digit(const struct scan *s)
{
	return s->at < s->end && *s->at >= '0' && *s->at <= '9';
}

/* Takes TEXT, or fails saying WHAT. */
bool scan_expect(struct scan *s, const char *text, const char *what);
bool scan_line_end(struct scan *s);

/* A decimal number up to LIMIT; one with a sign, as two's complement; 0x and hexadecimal digits. */
bool scan_number(struct scan *s, uint64_t limit, uint64_t *number);
bool scan_signed(struct scan *s, uint64_t *number);
bool scan_hex(struct scan *s, uint64_t *number);

/* Text, plain or in quotes; the rest of text in quotes, behind the first one. */
bool scan_scalar(struct scan *s, struct slice *text);
bool scan_quoted(struct scan *s, struct slice *text);

/*
 * Takes the indentation at the start of a line, exactly that of the block. Behind "- " there is
 * none to take: true too.
 */
bool scan_indent(struct scan *s);
/* Takes the indentation and TEXT when the line begins with both, else nothing. */
bool scan_line(struct scan *s, const char *text);
bool scan_expect_line(struct scan *s, const char *text, const char *what);

/* `KEY: number` on a line of its own; false without a failure when the line is another. */
bool scan_optional_number(struct scan *s, const char *key, uint64_t limit, uint64_t *number);

#endif
