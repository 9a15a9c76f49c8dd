/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The skeleton of a mapping: every open decision as a TODO with its candidates, shapes and declaration
 * sites; what is automatic is left out. Written anew, or put into a mapping that is there already, of which
 * every byte is kept.
 */
#ifndef CO_GEN_SKELETON_H
#define CO_GEN_SKELETON_H

#include "survey.h"

/* Writes a new mapping for what SURVEY found. */
void skeleton_write(const struct survey_input *input, const struct survey *survey, struct text *out);

/* Writes the N bytes of FILE, which INPUT's mapping was read from, with what is open in SURVEY put in. */
void skeleton_merge(const struct survey_input *input, const struct survey *survey, const char *file,
		    size_t n, struct text *out);

#endif
