/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings of others (names from debug info, reasons from YAML) written where they must not be taken for
 * anything else. What is no UTF-8 becomes U+FFFD everywhere. STRING may be NULL: nothing is written.
 */
#ifndef CO_GEN_REPORT_ESCAPE_H
#define CO_GEN_REPORT_ESCAPE_H

#include <stdbool.h>

#include "../schema/text.h"

/*
 * One line for a terminal: control characters (C1 ones and those that turn the direction of writing too)
 * as \x1b or \u202e, a line end as a space. `::` begins no word, since a log may be read for commands.
 */
void escape_line(struct text *out, const char *string);

/* Text of XML 1.0, or the value of an ATTRIBUTE; what XML cannot hold as U+FFFD. */
void escape_xml(struct text *out, const char *string, bool attribute);

/* Plain words within a markdown line or table cell, not at its beginning: nothing is markup, a link, a mention or HTML. */
void escape_markdown(struct text *out, const char *string);

/* Code in a markdown line or table cell, in backquotes. */
void escape_markdown_code(struct text *out, const char *string);

/* A workflow command's message, or with PROPERTY the value of one of its properties. */
void escape_github(struct text *out, const char *string, bool property);

/* The path of a file as a URI reference; an absolute one begins with file://. */
void escape_uri(struct text *out, const char *path);

#endif
