/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads unified diffs, and answers what they touch. */
#include "patch.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "compress.h"

struct patch_reader {
	struct patch *patch;
	const char *file;
	const char *at, *end;		 /* what is left to read */
	uint32_t line;			 /* of AT */
	const char *old_file, *new_file; /* of the last --- and +++ lines */
	size_t found;
	struct diags *diags;
};

void patch_init(struct patch *patch)
{
	*patch = (struct patch){0};
	arena_init(&patch->arena);
}

void patch_deinit(struct patch *patch)
{
	VEC_FREE(&patch->hunks);
	vec_free(patch->by_name[0]);
	vec_free(patch->by_name[1]);
	arena_deinit(&patch->arena);
}

/* ---- lines ------------------------------------------------------------------------------------ */

/* The length of the line at AT, without its newline (and a carriage return before that). */
static size_t line_length(const struct patch_reader *reader)
{
	const char *newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	size_t n = (size_t)((newline ? newline : reader->end) - reader->at);

	return n && reader->at[n - 1] == '\r' ? n - 1 : n;
}

static void next_line(struct patch_reader *reader)
{
	const char *newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));

	reader->at = newline ? newline + 1 : reader->end;
	reader->line++;
}

static bool starts(const struct patch_reader *reader, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(reader->end - reader->at) >= n && !memcmp(reader->at, word, n);
}

static struct place here(const struct patch_reader *reader)
{
	return (struct place){.file = reader->file, .line = reader->line, .col = 1};
}

/* The name behind `--- ` or `+++ `: up to a tab, or the blanks before a time stamp's end of line. */
static const char *file_name(const struct patch_reader *reader)
{
	size_t n = line_length(reader), length = 4;

	while (length < n && reader->at[length] != '\t')
		length++;
	return arena_strndup(&reader->patch->arena, reader->at + 4, length - 4);
}

/* ---- hunks ------------------------------------------------------------------------------------ */

struct range {
	uint32_t first, n;
};

static bool read_number(const char **at, uint32_t *out)
{
	char *end;
	unsigned long long value;

	if (!isdigit((unsigned char)**at))
		return false;
	value = strtoull(*at, &end, 10);
	*at = end;
	*out = (uint32_t)value;
	return value <= INT_MAX;
}

/* `-12,3`: SIGN, the first line, and how many, which is one when it is not written. */
static bool read_range(const char **at, char sign, struct range *range)
{
	if (*(*at)++ != sign || !read_number(at, &range->first))
		return false;
	range->n = 1;
	if (**at != ',')
		return true;
	++*at;
	return read_number(at, &range->n);
}

static bool read_ranges(const char *header, struct range *old, struct range *new)
{
	const char *at = header + strlen("@@ ");

	return read_range(&at, '-', old) && *at++ == ' ' && read_range(&at, '+', new) &&
	       !strncmp(at, " @@", 3);
}

/* A blank line in the middle of a hunk is an empty line of both sides whose blank an editor took away. */
static char sign_of(const struct patch_reader *reader)
{
	if (reader->at == reader->end)
		return '\0';
	return *reader->at == '\n' || *reader->at == '\r' ? ' ' : *reader->at;
}

/* Reads the lines that the header promises; where they end too early is told. */
static bool read_lines(struct patch_reader *reader, struct hunk *hunk, struct range old,
		       struct range new)
{
	struct arena *arena = &reader->patch->arena;
	uint32_t old_end = old.first + old.n, new_end = new.first + new.n;
	size_t room = 0;

	while (old.first < old_end || new.first < new_end) {
		char sign = sign_of(reader);
		size_t n = line_length(reader), skip = n > 0;

		if (sign == '\\') { /* no newline at the end of the file */
			next_line(reader);
			continue;
		}
		if (!sign || !strchr(" -+", sign) || (sign != '+' && old.first == old_end) ||
		    (sign != '-' && new.first == new_end))
			return false;
		if (hunk->n == room)
			hunk->lines =
				vec_grow(hunk->lines, &room, hunk->n + 1, sizeof(*hunk->lines));
		hunk->lines[hunk->n++] = (struct patch_line){
			.sign = sign,
			.text = arena_strndup(arena, reader->at + skip, n - skip),
			.old_line = old.first,
			.new_line = new.first,
		};
		old.first += sign != '+';
		new.first += sign != '-';
		next_line(reader);
	}
	return true;
}

static bool read_hunk(struct patch_reader *reader)
{
	struct arena *arena = &reader->patch->arena;
	struct hunk hunk = {
		.old_file = reader->old_file,
		.new_file = reader->new_file,
		.at = here(reader),
		.header = arena_strndup(arena, reader->at, line_length(reader)),
	};
	struct range old, new;
	struct patch_line *lines;
	bool good;

	if (!hunk.old_file || !hunk.new_file)
		return diag_error(reader->diags, hunk.at,
				  "a hunk without the `---` and `+++` lines that name its file");
	if (!read_ranges(hunk.header, &old, &new))
		return diag_error(reader->diags, hunk.at,
				  "malformed hunk: `@@ -LINE,COUNT +LINE,COUNT @@` is expected");
	next_line(reader);
	good = read_lines(reader, &hunk, old, new);
	lines = ARENA_NEW_ARRAY(arena, hunk.n + 1, struct patch_line);
	if (hunk.n)
		memcpy(lines, hunk.lines, hunk.n * sizeof(*lines));
	vec_free(hunk.lines);
	hunk.lines = lines;
	if (!good)
		return diag_error(reader->diags, here(reader),
				  "the hunk of line %u ends before its %u old and %u new lines",
				  hunk.at.line, old.n, new.n);
	*VEC_PUSH(&reader->patch->hunks) = hunk;
	reader->found++;
	return true;
}

/* `--- name` begins a file's hunks only when `+++ name` follows: a signature's `-- ` and text do not. */
static bool read_names(struct patch_reader *reader)
{
	const char *old = file_name(reader);

	next_line(reader);
	if (!starts(reader, "+++ "))
		return false;
	reader->old_file = old;
	reader->new_file = file_name(reader);
	next_line(reader);
	return true;
}

static bool read_plain(struct patch *patch, const char *file, const char *data, size_t n,
		       struct diags *diags)
{
	struct patch_reader reader = {.patch = patch,
				      .file = file,
				      .at = data,
				      .end = data + n,
				      .line = 1,
				      .diags = diags};
	bool good = true;

	if (memchr(data, '\0', n))
		return diag_error(
			diags, place_file(file),
			"holds a NUL byte: a unified diff is expected, plain or compressed");
	while (reader.at < reader.end) {
		if (starts(&reader, "--- "))
			read_names(&reader);
		else if (starts(&reader, "@@ -"))
			good &= read_hunk(&reader);
		else
			next_line(&reader);
		if (!good && diags->errors > 64)
			break;
	}
	if (good && !reader.found)
		return diag_error(diags, place_file(file),
				  "no hunk in it: a unified diff is expected, as diff -u or git "
				  "diff makes it");
	return good;
}

/* ---- hunks by name ---------------------------------------------------------------------------- */

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int by_name(const void *a, const void *b)
{
	const struct hunk_name *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->hunk > y->hunk) - (x->hunk < y->hunk);
}

static void index_side(struct patch *patch, bool new)
{
	size_t room = 0, n = patch->hunks.n;
	struct hunk_name *names = vec_grow(NULL, &room, n + 1, sizeof(*names));

	for (size_t i = 0; i < n; i++) {
		const struct hunk *hunk = &patch->hunks.at[i];

		names[i] = (struct hunk_name){.name = base(new ? hunk->new_file : hunk->old_file),
					      .hunk = i};
	}
	qsort(names, n, sizeof(*names), by_name);
	vec_free(patch->by_name[new]);
	patch->by_name[new] = names;
}

/* The first hunk whose name is NAME or greater. */
static size_t first_of(const struct patch *patch, bool new, const char *name)
{
	size_t low = 0, high = patch->hunks.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(patch->by_name[new][middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct hunk_name *patch_hunks_of(const struct patch *patch, bool new, const char *file,
				       size_t *n)
{
	const char *name = file ? base(file) : NULL;
	size_t first;

	*n = 0;
	if (!name || !patch->by_name[new])
		return NULL;
	first = first_of(patch, new, name);
	while (first + *n < patch->hunks.n && !strcmp(patch->by_name[new][first + *n].name, name))
		++*n;
	return &patch->by_name[new][first];
}

/* ---- a file ----------------------------------------------------------------------------------- */

static bool read_file(struct patch *patch, const char *file, const char *data, size_t n,
		      struct diags *diags)
{
	char *plain;
	size_t size;
	bool good;

	file = arena_strdup(&patch->arena, file);
	if (!compressed_with((const unsigned char *)data, n))
		return read_plain(patch, file, data, n, diags);
	if (!decompress(file, (const unsigned char *)data, n, PATCH_BYTES_MAX, &plain, &size,
			diags))
		return false;
	good = read_plain(patch, file, plain, size, diags);
	free(plain);
	return good;
}

bool patch_read(struct patch *patch, const char *file, const char *data, size_t n,
		struct diags *diags)
{
	bool good = read_file(patch, file, data, n, diags);

	index_side(patch, false);
	index_side(patch, true);
	return good;
}

/* ---- what is touched -------------------------------------------------------------------------- */

bool hunk_is_of(const struct hunk *hunk, bool new, const char *file)
{
	const char *name = new ? hunk->new_file : hunk->old_file;
	size_t n = strlen(name), length = file ? strlen(file) : 0;

	if (!length || n < length || strcmp(name + n - length, file) != 0)
		return false;
	return n == length || name[n - length - 1] == '/';
}

static bool within(const struct patch_line *line, bool new, uint32_t first, uint32_t last)
{
	uint32_t at = new ? line->new_line : line->old_line;

	if (line->sign == (new ? '+' : '-'))
		return at >= first && at <= last;
	return at > first && at <= last;
}

size_t hunk_changes(const struct hunk *hunk, bool new, uint32_t first, uint32_t last, size_t from)
{
	for (size_t i = from; i < hunk->n; i++)
		if (hunk->lines[i].sign != ' ' && within(&hunk->lines[i], new, first, last))
			return i;
	return hunk->n;
}

/* ---- renames ---------------------------------------------------------------------------------- */

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The next token of C at *AT, blanks skipped; 0: none is left. */
static size_t token(const char **at)
{
	size_t n = 0;

	while (isspace((unsigned char)**at))
		++*at;
	while (in_word((*at)[n]))
		n++;
	return n ? n : **at != '\0';
}

bool patch_renames(const char *old, const char *new, struct arena *arena, const char **old_name,
		   const char **new_name)
{
	size_t n_old, n_new, differ = 0;

	for (;; old += n_old, new += n_new) {
		n_old = token(&old);
		n_new = token(&new);
		if (!n_old || !n_new)
			break;
		if (n_old == n_new && !memcmp(old, new, n_old))
			continue;
		if (++differ > 1 || !in_word(*old) || !in_word(*new) ||
		    isdigit((unsigned char)*old) || isdigit((unsigned char)*new))
			return false;
		*old_name = arena_strndup(arena, old, n_old);
		*new_name = arena_strndup(arena, new, n_new);
	}
	return differ == 1 && n_old == n_new;
}
