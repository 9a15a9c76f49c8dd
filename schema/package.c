/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debian packages: see package.h. Formats: ar(5), deb(5), tar(5). */
#include "package.h"
#include "compress.h"

#include <stdlib.h>
#include <string.h>

/* Most of a package is not taken: the archive may be so many times as large as what is. */
#define SKIPPED_FACTOR 8
#define AR_MAGIC "!<arch>\n"
#define AR_FIRST "debian-binary"
#define AR_HEADER 60
#define AR_NAME 16
#define AR_SIZE 48
#define AR_SIZE_N 10
#define BLOCK 512
#define TAR_NAME 0
#define TAR_NAME_N 100
#define TAR_SIZE 124
#define TAR_SIZE_N 12
#define TAR_SUM 148
#define TAR_SUM_N 8
#define TAR_TYPE 156
#define TAR_MAGIC 257
#define TAR_PREFIX 345
#define TAR_PREFIX_N 155
#define NAME_MAX_BYTES 4096

bool package_recognise(const void *data, size_t n)
{
	const char *text = data;

	return n >= strlen(AR_MAGIC AR_FIRST) &&
	       !memcmp(text, AR_MAGIC AR_FIRST, strlen(AR_MAGIC AR_FIRST));
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && strcmp(name + n - m, suffix) == 0;
}

bool is_module_name(const char *path)
{
	static const char *const suffixes[] = {".ko", ".ko.xz", ".ko.zst", ".ko.gz"};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (ends_in(path, suffixes[i]))
			return true;
	return false;
}

static bool is_kernel_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return (!strcmp(name, "vmlinux") || !strncmp(name, "vmlinux-", 8) ||
		!strncmp(name, "vmlinuz-", 8) || !strcmp(name, "vmlinuz")) &&
	       !ends_in(name, ".lds") && !ends_in(name, ".py");
}

/* ---- tar, as its bytes come ---- */

enum use { USE_NOTHING, USE_FILE, USE_LONG_NAME, USE_EXTENDED };

struct tar {
	const char *name; /* of the package */
	struct package *package;
	struct diags *diags;
	size_t left_in_all; /* bytes that may still be taken */
	unsigned char header[BLOCK];
	size_t in_header;
	uint64_t left, padding; /* of the member at hand */
	enum use use;
	struct packed_file file;
	char path[NAME_MAX_BYTES];     /* of the next member, when it stands before it */
	char extended[NAME_MAX_BYTES]; /* a record of attributes */
	size_t in_extended;
	bool ended;
};

static bool corrupt(struct tar *tar)
{
	return diag_error(tar->diags, place_file(tar->name), "the archive in it is corrupt");
}

/* Octal, or with the first bit set big-endian binary. */
static bool read_number(const unsigned char *at, size_t n, uint64_t *value)
{
	*value = 0;
	if (at[0] & 0x80) {
		for (size_t i = 1; i < n; i++) {
			if (*value >> 55)
				return false;
			*value = *value << 8 | at[i];
		}
		return !(at[0] & 0x7f);
	}
	for (size_t i = 0; i < n && at[i] && at[i] != ' '; i++) {
		if (at[i] < '0' || at[i] > '7' || *value >> 60)
			return false;
		*value = *value << 3 | (uint64_t)(at[i] - '0');
	}
	return true;
}

static bool header_is_good(const unsigned char *header)
{
	uint64_t written, sum = 0;
	const unsigned char *field = header + TAR_SUM;

	while (field < header + TAR_SUM + TAR_SUM_N && *field == ' ')
		field++;
	if (!read_number(field, (size_t)(header + TAR_SUM + TAR_SUM_N - field), &written))
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= TAR_SUM && i < TAR_SUM + TAR_SUM_N ? ' ' : header[i];
	return sum == written;
}

static bool is_zero(const unsigned char *header)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (header[i])
			return false;
	return true;
}

/* PATH of the member whose header this is, unless an earlier one said it; without "./". */
static const char *take_path(struct tar *tar)
{
	const char *header = (const char *)tar->header;
	size_t prefix = 0;
	const char *path = tar->path;

	if (!tar->path[0]) {
		if (!memcmp(header + TAR_MAGIC, "ustar\0", 6))
			prefix = strnlen(header + TAR_PREFIX, TAR_PREFIX_N);
		memcpy(tar->path, header + TAR_PREFIX, prefix);
		if (prefix)
			tar->path[prefix++] = '/';
		memcpy(tar->path + prefix, header + TAR_NAME, TAR_NAME_N);
		tar->path[prefix + TAR_NAME_N] = '\0';
	}
	while (!strncmp(path, "./", 2))
		path += 2;
	return path;
}

static bool start_member(struct tar *tar)
{
	char type = (char)tar->header[TAR_TYPE];
	const char *path;

	if (!header_is_good(tar->header) ||
	    !read_number(tar->header + TAR_SIZE, TAR_SIZE_N, &tar->left))
		return corrupt(tar);
	tar->padding = (BLOCK - tar->left % BLOCK) % BLOCK;
	tar->use = USE_NOTHING;
	if (type == 'L' || type == 'x') {
		tar->use = type == 'L' ? USE_LONG_NAME : USE_EXTENDED;
		tar->in_extended = 0;
		return tar->left < NAME_MAX_BYTES || corrupt(tar);
	}
	path = take_path(tar);
	if ((type == '0' || !type) && (is_kernel_name(path) || is_module_name(path))) {
		if (tar->left > tar->left_in_all)
			return diag_error(tar->diags, place_file(tar->name),
					  "holds more than the bytes allowed here");
		tar->left_in_all -= (size_t)tar->left;
		tar->use = USE_FILE;
		tar->file = (struct packed_file){.path = arena_strdup(&tar->package->arena, path),
						 .data = malloc((size_t)tar->left + 1)};
		if (!tar->file.data)
			abort();
	}
	tar->path[0] = '\0';
	return true;
}

/* "27 path=usr/lib/...\n": of the records of a pax header the path alone matters. */
static void take_extended(struct tar *tar)
{
	char *at = tar->extended, *end = at + tar->in_extended;

	while (at < end) {
		char *rest;
		unsigned long n = strtoul(at, &rest, 10);

		if (!n || n > (size_t)(end - at) || *rest != ' ' || at[n - 1] != '\n')
			return;
		at[n - 1] = '\0';
		if (!strncmp(rest + 1, "path=", 5))
			strcpy(tar->path, rest + 6);
		at += n;
	}
}

static void end_member(struct tar *tar)
{
	tar->extended[tar->in_extended] = '\0';
	if (tar->use == USE_FILE)
		*VEC_PUSH(&tar->package->files) = tar->file;
	else if (tar->use == USE_LONG_NAME)
		strcpy(tar->path, tar->extended);
	else if (tar->use == USE_EXTENDED)
		take_extended(tar);
	tar->file.data = NULL;
	tar->use = USE_NOTHING;
}

static size_t take_header(struct tar *tar, const char *bytes, size_t n, bool *ok)
{
	size_t some = BLOCK - tar->in_header < n ? BLOCK - tar->in_header : n;

	memcpy(tar->header + tar->in_header, bytes, some);
	tar->in_header += some;
	if (tar->in_header < BLOCK)
		return some;
	tar->in_header = 0;
	if (is_zero(tar->header)) {
		tar->ended = true;
		return some;
	}
	*ok = start_member(tar);
	if (*ok && !tar->left)
		end_member(tar);
	return some;
}

static size_t take_content(struct tar *tar, const char *bytes, size_t n)
{
	size_t some = tar->left < n ? (size_t)tar->left : n;

	if (tar->use == USE_FILE) {
		memcpy(tar->file.data + tar->file.n, bytes, some);
		tar->file.n += some;
	} else if (tar->use != USE_NOTHING) {
		memcpy(tar->extended + tar->in_extended, bytes, some);
		tar->in_extended += some;
	}
	tar->left -= some;
	if (!tar->left)
		end_member(tar);
	return some;
}

static bool take_bytes(void *data, const char *bytes, size_t n)
{
	struct tar *tar = data;
	bool ok = true;

	while (n && ok && !tar->ended) {
		size_t some;

		if (tar->left) {
			some = take_content(tar, bytes, n);
		} else if (tar->padding) {
			some = tar->padding < n ? (size_t)tar->padding : n;
			tar->padding -= some;
		} else {
			some = take_header(tar, bytes, n, &ok);
		}
		bytes += some;
		n -= some;
	}
	return ok;
}

/* ---- ar ---- */

struct ar_member {
	const unsigned char *data;
	size_t n;
};

/* The member whose name begins with NAME. */
static bool find_member(const char *package, const unsigned char *data, size_t n, const char *name,
			struct ar_member *member, struct diags *diags)
{
	size_t at = strlen(AR_MAGIC);

	while (n - at >= AR_HEADER) {
		const unsigned char *header = data + at;
		size_t size = 0;

		for (size_t i = AR_SIZE; i < AR_SIZE + AR_SIZE_N && header[i] != ' '; i++) {
			if (header[i] < '0' || header[i] > '9')
				return diag_error(diags, place_file(package),
						  "the package is corrupt");
			size = size * 10 + (size_t)(header[i] - '0');
		}
		at += AR_HEADER;
		if (size > n - at)
			break;
		if (strncmp((const char *)header, name, strlen(name)) == 0) {
			*member = (struct ar_member){data + at, size};
			return true;
		}
		at += size;
		at += at % 2 && at < n;
	}
	return diag_evidence(diags, place_file(package), "truncated: its %s* is not whole", name);
}

static int compare_files(const void *a, const void *b)
{
	const struct packed_file *x = a, *y = b;
	bool module = is_module_name(x->path);

	if (module != is_module_name(y->path))
		return module ? 1 : -1;
	return strcmp(x->path, y->path);
}

/* Plain, or compressed with anything that decompress() knows. */
static bool unpack(const char *name, const struct ar_member *member, size_t limit, struct tar *tar,
		   struct diags *diags)
{
	if (!compressed_with(member->data, member->n))
		return take_bytes(tar, (const char *)member->data, member->n);
	return decompress_to(name, member->data, member->n, limit, take_bytes, tar, diags);
}

bool package_open(const char *name, const unsigned char *data, size_t n, size_t limit,
		  struct package *package, struct diags *diags)
{
	struct tar *tar;
	struct ar_member member = {0};
	bool ok;

	*package = (struct package){0};
	arena_init(&package->arena);
	if (!find_member(name, data, n, "data.tar", &member, diags))
		return false;
	tar = ARENA_NEW_ARRAY(&package->arena, 1, struct tar);
	*tar = (struct tar){.name = name, .package = package, .diags = diags, .left_in_all = limit};
	ok = unpack(name, &member,
		    limit > SIZE_MAX / SKIPPED_FACTOR ? SIZE_MAX : limit * SKIPPED_FACTOR, tar,
		    diags);
	free(tar->file.data);
	if (ok && !tar->ended)
		ok = diag_evidence(diags, place_file(name),
				   "truncated: the archive in it has no end");
	if (ok && !package->files.n)
		ok = diag_evidence(diags, place_file(name),
				   "a package with neither a kernel (vmlinux, vmlinuz) nor modules "
				   "(.ko) in it");
	if (package->files.n)
		qsort(package->files.at, package->files.n, sizeof(*package->files.at),
		      compare_files);
	return ok;
}

void package_deinit(struct package *package)
{
	for (size_t i = 0; i < package->files.n; i++)
		free(package->files.at[i].data);
	VEC_FREE(&package->files);
	arena_deinit(&package->arena);
}
