/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration in a kernel's read-only data. */
#include "kernel_config.h"
#include "compress.h"
#include "hash.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define CONFIG_TEXT_MAX (8u << 20)

static const char begin[] = "IKCFG_ST", end[] = "IKCFG_ED";

/* The lines that set something, and nothing of the comments: `# CONFIG_X is not set` is what lacks. */
static const char *keep_options(const char *text, size_t n, struct arena *arena)
{
	const char *at = text, *stop = text + n;
	struct text out;
	const char *kept;

	text_init(&out);
	while (at < stop) {
		const char *newline = memchr(at, '\n', (size_t)(stop - at));
		size_t length = (size_t)((newline ? newline : stop) - at);

		if (length > 7 && !memcmp(at, "CONFIG_", 7) && memchr(at, '=', length)) {
			text_raw(&out, at, length);
			text_raw(&out, "\n", 1);
		}
		at += length + 1;
	}
	kept = out.n ? arena_strndup(arena, out.at, out.n) : NULL;
	text_deinit(&out);
	return kept;
}

const char *kernel_config_find(struct elf_file *elf, struct arena *arena)
{
	struct elf_bytes bytes = {NULL, 0};
	const unsigned char *from, *to = NULL;
	const char *config = NULL;
	struct diags unsaid; /* whatever is wrong with it, no layout depends on it */
	size_t n;
	char *text;

	diags_init(&unsaid);
	if (!elf_section(elf, ".rodata", &bytes, &unsaid))
		bytes.n = 0;
	from = bytes.n ? memmem(bytes.at, bytes.n, begin, sizeof(begin) - 1) : NULL;
	if (from) {
		from += sizeof(begin) - 1;
		to = memmem(from, (size_t)(bytes.at + bytes.n - from), end, sizeof(end) - 1);
	}
	if (to && decompress("configuration", from, (size_t)(to - from), CONFIG_TEXT_MAX, &text, &n,
			     &unsaid)) {
		config = keep_options(text, n, arena);
		free(text);
	}
	diags_deinit(&unsaid);
	return config;
}

const char *kernel_config_digest(const char *config, struct arena *arena)
{
	char hex[HASH128_HEX];

	hash128_hex(hash128(config, strlen(config)), hex);
	return arena_strdup(arena, hex);
}

/* ---- two of them
 * -------------------------------------------------------------------------------- */

struct option_line {
	const char *name, *value;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct option_line *)a)->name, ((const struct option_line *)b)->name);
}

static struct option_line *read_options_of(const char *config, struct arena *arena, size_t *n)
{
	struct option_line *lines;
	char *text = arena_strdup(arena, config), *save = NULL;
	size_t room = 0;

	for (const char *c = config; *c; c++)
		room += *c == '\n';
	lines = ARENA_NEW_ARRAY(arena, room + 1, struct option_line);
	*n = 0;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *equals = strchr(line, '=');

		if (!equals || *n > room)
			continue;
		*equals = '\0';
		lines[(*n)++] = (struct option_line){.name = line, .value = equals + 1};
	}
	qsort(lines, *n, sizeof(*lines), by_name);
	return lines;
}

size_t kernel_config_compare(const char *old, const char *new, struct arena *arena,
			     struct config_change **at)
{
	size_t n_old, n_new, i = 0, k = 0, n = 0;
	const struct option_line *a = read_options_of(old, arena, &n_old);
	const struct option_line *b = read_options_of(new, arena, &n_new);

	*at = ARENA_NEW_ARRAY(arena, n_old + n_new + 1, struct config_change);
	while (i < n_old || k < n_new) {
		int order = i == n_old ? 1 : k == n_new ? -1 : strcmp(a[i].name, b[k].name);

		if (order < 0)
			(*at)[n++] = (struct config_change){.name = a[i].name, .old = a[i].value};
		else if (order > 0)
			(*at)[n++] = (struct config_change){.name = b[k].name, .new = b[k].value};
		else if (strcmp(a[i].value, b[k].value))
			(*at)[n++] = (struct config_change){a[i].name, a[i].value, b[k].value};
		i += order <= 0;
		k += order >= 0;
	}
	return n;
}
