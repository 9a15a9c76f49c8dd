/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words that the snapshot's writer and its reader share. */
#ifndef CO_SCHEMA_SNAPSHOT_WORDS_H
#define CO_SCHEMA_SNAPSHOT_WORDS_H

#include "model.h"

/* What stands before the name in an entry's key: base, float, enum, struct, union, typedef,
 * unspecified; else NULL. */
const char *snapshot_keyword(enum type_kind kind);

/* The word for an encoding, or NULL: then its number is written. */
const char *encoding_word(unsigned int encoding);
/* The encoding of the N bytes at WORD, or -1. */
int encoding_of(const char *word, size_t n);

/* const, volatile, restrict, _Atomic, or NULL. */
const char *qualifier_word(enum type_kind kind);
/* The kind of the N bytes at WORD, or KIND_VOID. */
enum type_kind qualifier_of(const char *word, size_t n);

/* True when the N bytes at TEXT are words of C parted by single spaces that a type may be referred
 * to by as they are. */
bool words_are_plain(const char *text, size_t n);

#endif
