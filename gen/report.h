/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a diff looks like: for people and for programs. Both only read it. */
#ifndef CO_GEN_REPORT_H
#define CO_GEN_REPORT_H

#include "../schema/diff.h"
#include "../schema/patch_types.h"
#include "../schema/text.h"

struct diff_summary {
	size_t compared;	    /* types that have a partner, equal or not */
	size_t changed[KIND_COUNT]; /* by kind, status changed */
	size_t followers; /* of them: those whose every entry has its cause in another type */
	size_t resized;	  /* structs and unions */
	size_t carriers, added, removed, ambiguous;
	size_t constants; /* sets of constants that changed, came or went; in no other count but COMPARED */
};

struct diff_summary report_summary(const struct diff *diff);

/*
 * Appends the text for people: the verdict, then each root cause with what follows from it. Offsets
 * and sizes in bytes, `24:3` is bit 3 of byte 24. With COLOR, terminal colours.
 */
void report_diff_text(const struct diff *diff, bool color, struct text *out);

/*
 * Appends the JSON of schema/diff.schema.json. PATCHED: how a patch agrees with DIFF, NULL: there was none.
 */
void report_diff_json(const struct diff *diff, const struct patched *patched, struct text *out);

/* Appends, for people, how a patch and the layouts agree: what it touches without a change above all. */
void report_patched_text(const struct patched *patched, bool color, struct text *out);

/*
 * Appends "DWARF 5, 2141 units, 8582 types, skipped: 31 assembler units": what MODEL was read from.
 */
void report_evidence(const struct model *model, struct text *out);

struct json;
/* The object under KEY that says where one side comes from: `side` of that schema. */
void report_side_json(struct json *json, const char *key, const struct model *model);
/* The same as members of the JSON object that is open: files, form, units, skipped, types. */
void report_evidence_json(const struct model *model, struct json *json);

#endif
