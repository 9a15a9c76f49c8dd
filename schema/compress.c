/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that knows liblzma and libzstd. */
#include "compress.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* What a decoder may use besides the result; xz -9 needs 65 MB, zstd -19 8 MB. */
#define DECODER_BYTES ((uint64_t)160 * 1024 * 1024)
#define DECODER_WINDOW_LOG 27

static const unsigned char xz_magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};
static const unsigned char zstd_magic[] = {0x28, 0xb5, 0x2f, 0xfd};

/*
 * The result as it grows: never more than LIMIT bytes, with one more for the NUL. LIMIT is one more
 * than the caller allows, to tell "exactly as much" from "more".
 */
struct growing {
	char *at;
	size_t n, room, limit;
};

const char *compressed_with(const unsigned char *data, size_t n)
{
	if (n >= sizeof(xz_magic) && !memcmp(data, xz_magic, sizeof(xz_magic)))
		return "xz";
	if (n >= sizeof(zstd_magic) && !memcmp(data, zstd_magic, sizeof(zstd_magic)))
		return "zstd";
	return NULL;
}

/* Makes room for at least one more byte; false when the limit is reached. */
static bool grow(struct growing *out)
{
	size_t room = out->room ? out->room : (size_t)1 << 20;

	if (out->n < out->room)
		return true;
	if (out->room)
		room = room > out->limit / 2 ? out->limit : room * 2;
	if (room > out->limit)
		room = out->limit;
	if (out->n >= room)
		return false;
	out->at = realloc(out->at, room + 1);
	if (!out->at)
		abort();
	out->room = room;
	return true;
}

static bool too_large(const char *name, const struct growing *out, struct diags *diags)
{
	return diag_error(diags, place_file(name),
			  "unpacks to more than the %zu bytes allowed here", out->limit - 1);
}

static bool cut_off(const char *name, const char *format, struct diags *diags)
{
	return diag_evidence(diags, place_file(name), "%s data is cut off", format);
}

static bool xz_finished(const char *name, lzma_ret code, struct diags *diags)
{
	switch (code) {
	case LZMA_STREAM_END:
		return true;
	case LZMA_BUF_ERROR:
		return cut_off(name, "xz", diags);
	case LZMA_MEMLIMIT_ERROR:
		return diag_error(diags, place_file(name),
				  "xz data needs more memory than is allowed");
	case LZMA_OPTIONS_ERROR:
		return diag_error(diags, place_file(name), "xz data uses an unsupported option");
	default:
		return diag_error(diags, place_file(name), "xz data is corrupt");
	}
}

static bool unpack_xz(const char *name, const unsigned char *data, size_t n, struct growing *out,
		      struct diags *diags)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret code = lzma_stream_decoder(&stream, DECODER_BYTES, LZMA_CONCATENATED);
	bool roomy = true;

	stream.next_in = data;
	stream.avail_in = n;
	while (code == LZMA_OK && (roomy = grow(out))) {
		stream.next_out = (unsigned char *)out->at + out->n;
		stream.avail_out = out->room - out->n;
		code = lzma_code(&stream, LZMA_FINISH);
		out->n = out->room - stream.avail_out;
	}
	lzma_end(&stream);
	return roomy ? xz_finished(name, code, diags) : too_large(name, out, diags);
}

static bool unpack_zstd(const char *name, const unsigned char *data, size_t n, struct growing *out,
			struct diags *diags)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	ZSTD_inBuffer in = {data, n, 0};
	size_t code = 1;
	bool roomy = true, stalled = false;

	if (!stream)
		abort();
	ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, DECODER_WINDOW_LOG);
	while ((code || in.pos < in.size) && !ZSTD_isError(code) && !stalled &&
	       (roomy = grow(out))) {
		ZSTD_outBuffer to = {out->at + out->n, out->room - out->n, 0};
		size_t before = in.pos;

		code = ZSTD_decompressStream(stream, &to, &in);
		out->n += to.pos;
		stalled = in.pos == before && !to.pos;
	}
	ZSTD_freeDStream(stream);
	if (!roomy)
		return too_large(name, out, diags);
	if (ZSTD_isError(code))
		return diag_error(diags, place_file(name), "zstd data is corrupt: %s",
				  ZSTD_getErrorName(code));
	return code ? cut_off(name, "zstd", diags) : true;
}

bool decompress(const char *name, const unsigned char *data, size_t n, size_t limit, char **out,
		size_t *out_n, struct diags *diags)
{
	const char *format = compressed_with(data, n);
	struct growing result = {.limit = (limit < SIZE_MAX / 2 ? limit : SIZE_MAX / 2) + 1};
	bool good;

	if (!format)
		return diag_error(diags, place_file(name), "neither xz nor zstd data");
	if (format[0] == 'x')
		good = unpack_xz(name, data, n, &result, diags);
	else
		good = unpack_zstd(name, data, n, &result, diags);
	if (good && result.n == result.limit)
		good = too_large(name, &result, diags);
	if (!good) {
		free(result.at);
		return false;
	}
	result.at[result.n] = '\0';
	*out = result.at;
	*out_n = result.n;
	return true;
}
