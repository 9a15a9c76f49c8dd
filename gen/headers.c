// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds headers in both trees, and reads each once. */
#include "headers.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

#define HEADERS_MAX 4096 /* read in one run */

struct header {
	int side;
	const char *name;
	const char *path; /* NULL: it is not there */
	const char *text; /* NULL: it cannot be read */
	size_t n;
	bool tried, good; /* its constants */
	struct constants *constants;
};

static const char *const folders[] = {"", "include/", "include/uapi/"};

#define N_FOLDERS (sizeof(folders) / sizeof(folders[0]))

bool headers_asked(const struct options *options)
{
	return options->old_headers || options->new_headers;
}

bool headers_init(struct headers *headers, const struct options *options, const struct model *old,
		  const struct model *new, struct diags *diags)
{
	const struct place nowhere = {.file = NULL};
	bool good = true;

	*headers = (struct headers){
		.directory = {options->old_headers, options->new_headers},
		.machine = {old->info.arch, new->info.arch},
		.verbose = options->verbose,
	};
	arena_init(&headers->arena);
	if (headers_asked(options) && (!options->old_headers || !options->new_headers))
		return diag_error(diags, nowhere, "--%s-headers needs --%s-headers, too",
				  options->old_headers ? "old" : "new",
				  options->old_headers ? "new" : "old");
	for (int side = 0; side < 2; side++) {
		struct stat status;

		if (headers->directory[side] &&
		    (stat(headers->directory[side], &status) || !S_ISDIR(status.st_mode)))
			good = diag_error(diags, place_file(headers->directory[side]),
					  "is no directory: --%s-headers takes a source or header "
					  "tree of the kernel",
					  side ? "new" : "old");
	}
	return good;
}

void headers_deinit(struct headers *headers)
{
	VEC_FREE(&headers->read);
	arena_deinit(&headers->arena);
}

/* NAME leads out of no tree. */
static bool is_inside(const char *name)
{
	if (*name == '/')
		return false;
	for (const char *at = name; (at = strstr(at, "..")); at++)
		if ((at == name || at[-1] == '/') && (!at[2] || at[2] == '/'))
			return false;
	return *name;
}

static bool is_file(const char *path)
{
	struct stat status;

	return !stat(path, &status) && S_ISREG(status.st_mode);
}

/* The header is kept also when it is not there; -1: too many were asked for. */
static int header_get(struct headers *headers, int side, const char *name)
{
	struct header header = {.side = side};
	struct diags unsaid;

	for (size_t i = 0; i < headers->read.n; i++)
		if (headers->read.at[i].side == side && !strcmp(headers->read.at[i].name, name))
			return (int)i;
	if (headers->read.n == HEADERS_MAX)
		return -1;
	header.name = arena_strdup(&headers->arena, name);
	for (size_t i = 0; i < N_FOLDERS && is_inside(name) && !header.path; i++) {
		const char *path = arena_printf(&headers->arena, "%s/%s%s",
						headers->directory[side], folders[i], name);

		header.path = is_file(path) ? path : NULL;
	}
	diags_init(&unsaid);
	if (header.path)
		header.text = input_file(header.path, CONSTANTS_BYTES_MAX, &header.n,
					 &headers->arena, &unsaid);
	diags_deinit(&unsaid);
	*VEC_PUSH(&headers->read) = header;
	return (int)headers->read.n - 1;
}

const char *headers_text(struct headers *headers, int side, const char *name, size_t *n)
{
	int index = header_get(headers, side, name);

	if (index < 0)
		return NULL;
	*n = headers->read.at[index].n;
	return headers->read.at[index].text;
}

static void missing(struct headers *headers, const struct header *header, struct place at,
		    struct diags *diags)
{
	const char *list = "";

	if (!is_inside(header->name)) {
		diag_error(diags, at, "`%s` is no header of a tree: write it as #include does",
			   header->name);
		return;
	}
	for (size_t i = 0; i < N_FOLDERS; i++)
		list = arena_printf(&headers->arena, "%s%s%s/%s%s", list, i ? ", " : "",
				    headers->directory[header->side], folders[i], header->name);
	diag_error(diags, at, "no header %s on the %s side: looked for %s", header->name,
		   header->side ? "new" : "old", list);
}

const struct constants *headers_constants(struct headers *headers, int side, const char *name,
					  struct place at, struct diags *diags)
{
	int index = header_get(headers, side, name);
	struct header *header = index < 0 ? NULL : &headers->read.at[index];

	if (!header) {
		diag_error(diags, at, "more than %d headers are asked for", HEADERS_MAX);
		return NULL;
	}
	if (header->tried)
		return header->good ? header->constants : NULL;
	header->tried = true;
	header->constants = ARENA_NEW(&headers->arena, struct constants);
	if (!header->path)
		missing(headers, header, at, diags);
	else if (!header->text)
		diag_error(diags, at, "%s cannot be read, or is longer than %u bytes", header->path,
			   CONSTANTS_BYTES_MAX);
	else
		header->good = source_constants(header->path, header->text, header->n,
						headers->machine[side], &headers->arena,
						header->constants, diags);
	return header->good ? header->constants : NULL;
}

bool headers_compare(struct headers *headers, const char *prefix, const char *name, struct place at,
		     struct constants_diff *diff, struct diags *diags)
{
	const struct constants *old = headers_constants(headers, 0, name, at, diags);
	const struct constants *new = headers_constants(headers, 1, name, at, diags);

	if (!old || !new)
		return false;
	constants_diff(old, new, prefix, diff);
	if (diff->matched[0] || diff->matched[1])
		return true;
	constants_diff_deinit(diff);
	return diag_error(diags, at,
			  "neither side's %s defines a constant %s...: name the header that does",
			  name, prefix);
}

const char *headers_list(const struct constants_diff *diff, enum constant_change change,
			 size_t most, struct arena *arena)
{
	const char *list = "";
	size_t n = 0;

	for (size_t i = 0; i < diff->n; i++) {
		if (diff->at[i].change != change)
			continue;
		if (most && n == most)
			return arena_printf(arena, "%s and %zu more", list, diff->by[change] - n);
		list = arena_printf(arena, "%s%s%s", list, n++ ? ", " : "",
				    constant_text(&diff->at[i], arena));
	}
	return list;
}
