/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the targets that make models share. */
#ifndef CO_FUZZ_MODEL_H
#define CO_FUZZ_MODEL_H

#include "fuzz.h"
#include "snapshot.h"
#include "snapshot_write.h"

static inline const char *fuzz_find(const char *text, size_t n, const char *word)
{
	return n ? memmem(text, n, word, strlen(word)) : NULL;
}

/* The same for the seal of format 2. */
static inline void fuzz_snapshot_seal(char *text, size_t n)
{
	const char *line = fuzz_find(text, n, "\nseal: \""), *end;
	char digest[HASH128_HEX];
	struct hash_stream *stream;

	end = line ? fuzz_find(line + 1, (size_t)(text + n - line - 1), "\n") : NULL;
	if (!end || end - line < 8 + HASH128_HEX - 1)
		return;
	stream = hash_stream_create();
	hash_stream_feed(stream, text, (size_t)(line + 1 - text));
	hash_stream_feed(stream, end + 1, (size_t)(text + n - end - 1));
	hash128_hex(hash_stream_finish(stream), digest);
	memcpy(text + (line - text) + 8, digest, HASH128_HEX - 1);
}

/* Puts the right digest into the snapshot TEXT, in place: what lies behind it is to be reached. */
static inline void fuzz_snapshot_digest(char *text, size_t n)
{
	char digest[HASH128_HEX];
	const char *types = fuzz_find(text, n, "\ntypes:"), *end, *at;

	at = types ? fuzz_find(text, (size_t)(types - text), "\ndigest: \"") : NULL;
	if (!at || types - at < 10 + HASH128_HEX - 1)
		return;
	types++;
	end = fuzz_find(types, (size_t)(text + n - types), "\nsources:");
	if (!end)
		return;
	hash128_hex(hash128(types, (size_t)(end + 1 - types)), digest);
	memcpy(text + (at - text) + 10, digest, HASH128_HEX - 1);
	fuzz_snapshot_seal(text, n);
}

/* A reader that fails says why; one that does not has no error to tell. */
static inline void fuzz_consistent(bool good, const struct diags *diags)
{
	FUZZ_ASSERT(good != diags_failed(diags));
}

/* Whatever was read can be written, and what is written reads again as the same text. */
static inline void fuzz_write_and_read(const struct model *model)
{
	struct text first, second;
	struct intern names;
	struct model again;
	struct diags diags;
	bool good;

	text_init(&first);
	text_init(&second);
	intern_init(&names);
	model_init(&again, &names);
	diags_init(&diags);
	snapshot_write(model, NULL, 0, &first);
	good = snapshot_read("again", text_string(&first), first.n, &again, &diags);
	for (size_t i = 0; i < diags.n; i++)
		fprintf(stderr, "%u:%u: %s\n", diags.at[i].at.line, diags.at[i].at.col,
			diags.at[i].text);
	FUZZ_ASSERT(good);
	snapshot_write(&again, NULL, 0, &second);
	FUZZ_ASSERT(!strcmp(text_string(&first), text_string(&second)));
	diags_deinit(&diags);
	model_deinit(&again);
	intern_deinit(&names);
	text_deinit(&second);
	text_deinit(&first);
}

#endif
