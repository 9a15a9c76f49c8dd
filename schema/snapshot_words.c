/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snapshot_words.h"

#include <string.h>

static const char *const encodings[] = {
	[ENC_BOOLEAN] = "boolean",
	[ENC_COMPLEX] = "complex",
	[ENC_FLOAT] = "float",
	[ENC_SIGNED] = "signed",
	[ENC_SIGNED_CHAR] = "signed char",
	[ENC_UNSIGNED] = "unsigned",
	[ENC_UNSIGNED_CHAR] = "unsigned char",
	[ENC_UTF] = "utf",
};

#define ENCODINGS (sizeof(encodings) / sizeof(*encodings))

static bool is_word(const char *word, const char *text, size_t n)
{
	return strlen(word) == n && memcmp(word, text, n) == 0;
}

const char *snapshot_keyword(enum type_kind kind)
{
	switch (kind) {
	case KIND_INT:
		return "base";
	case KIND_FLOAT:
	case KIND_ENUM:
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_TYPEDEF:
	case KIND_UNSPECIFIED:
		return kind_word(kind);
	default:
		return NULL;
	}
}

const char *encoding_word(unsigned int encoding)
{
	return encoding < ENCODINGS ? encodings[encoding] : NULL;
}

int encoding_of(const char *word, size_t n)
{
	for (size_t i = 0; i < ENCODINGS; i++)
		if (encodings[i] && is_word(encodings[i], word, n))
			return (int)i;
	return -1;
}

const char *qualifier_word(enum type_kind kind)
{
	switch (kind) {
	case KIND_CONST:
		return "const";
	case KIND_VOLATILE:
		return "volatile";
	case KIND_RESTRICT:
		return "restrict";
	case KIND_ATOMIC:
		return "_Atomic";
	default:
		return NULL;
	}
}

enum type_kind qualifier_of(const char *word, size_t n)
{
	for (enum type_kind kind = KIND_CONST; kind <= KIND_ATOMIC; kind++)
		if (is_word(qualifier_word(kind), word, n))
			return kind;
	return KIND_VOID;
}

static bool is_reserved(const char *word, size_t n)
{
	static const char *const reserved[] = {"void",	"struct",  "union",	  "enum",   "base",
					       "float", "typedef", "unspecified", "aligned"};

	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++)
		if (is_word(reserved[i], word, n))
			return true;
	return qualifier_of(word, n) != KIND_VOID;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool words_are_plain(const char *text, size_t n)
{
	size_t at = 0;

	for (;;) {
		size_t start = at;

		if (at == n || !is_letter(text[at]))
			return false;
		while (at < n && (is_letter(text[at]) || (text[at] >= '0' && text[at] <= '9')))
			at++;
		if (is_reserved(text + start, at - start))
			return false;
		if (at == n)
			return true;
		if (text[at++] != ' ')
			return false;
	}
}
