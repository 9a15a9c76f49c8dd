/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only file that knows liblzma, libzstd, zlib and liblz4. */
#include "compress.h"

#include <lz4.h>
#include <lzma.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* What a decoder may use besides the result; xz -9 needs 65 MB, zstd -19 8 MB. */
#define DECODER_BYTES ((uint64_t)160 * 1024 * 1024)
#define DECODER_WINDOW_LOG 27

/* zlib: the largest window, and a gzip header is expected. */
#define GZIP_WINDOW (MAX_WBITS + 16)
/* What a block of a legacy frame holds at most: LEGACY_BLOCKSIZE of the lz4 command. */
#define LZ4_BLOCK ((size_t)8 << 20)

/*
 * The result as it grows: never more than LIMIT bytes, with one more for the NUL. LIMIT is one more
 * than the caller allows, to tell "exactly as much" from "more". With a sink, what is there goes to
 * it before more comes.
 */
struct growing {
	char *at;
	size_t n, room, limit;
	bool (*sink)(void *data, const char *bytes, size_t n);
	void *sink_data;
	bool stopped; /* the sink wants no more */
};

/* Hands over what is there. */
static bool drain(struct growing *out)
{
	if (!out->sink || !out->n)
		return true;
	out->stopped |= !out->sink(out->sink_data, out->at, out->n);
	out->limit -= out->n;
	out->n = 0;
	return !out->stopped;
}

/* Makes room for WANTED more bytes, or as many as the limit allows; false when that is none. */
static bool grow(struct growing *out, size_t wanted)
{
	size_t room = out->room ? out->room : (size_t)1 << 20;

	if (!drain(out))
		return false;
	if (wanted > out->limit - out->n)
		wanted = out->limit - out->n;
	if (wanted && wanted <= out->room - out->n)
		return true;
	while (room - out->n < wanted)
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
	if (out->stopped)
		return false;
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
	while (code == LZMA_OK && (roomy = grow(out, 1))) {
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
	       (roomy = grow(out, 1))) {
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

static bool corrupt(const char *name, const char *format, struct diags *diags)
{
	return diag_error(diags, place_file(name), "%s data is corrupt", format);
}

/* One step of inflate(); its counters have 32 bits. */
static int inflate_some(z_stream *stream, const unsigned char **at, size_t *left,
			struct growing *out)
{
	size_t room = out->room - out->n;
	int code;

	stream->next_in = (unsigned char *)(uintptr_t)*at;
	stream->avail_in = *left < UINT32_MAX ? (uInt)*left : UINT32_MAX;
	stream->next_out = (unsigned char *)out->at + out->n;
	stream->avail_out = room < UINT32_MAX ? (uInt)room : UINT32_MAX;
	code = inflate(stream, Z_NO_FLUSH);
	*left -= (size_t)(stream->next_in - *at);
	*at = stream->next_in;
	out->n = (size_t)((char *)stream->next_out - out->at);
	return code;
}

static bool unpack_gzip(const char *name, const unsigned char *data, size_t n, struct growing *out,
			struct diags *diags)
{
	z_stream stream = {0};
	int code = Z_OK;
	bool roomy = true;

	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		abort();
	while (code == Z_OK && (roomy = grow(out, 1))) {
		code = inflate_some(&stream, &data, &n, out);
		if (code == Z_STREAM_END && n)
			code = inflateReset(&stream);
	}
	inflateEnd(&stream);
	if (!roomy)
		return too_large(name, out, diags);
	if (code == Z_BUF_ERROR)
		return cut_off(name, "gzip", diags);
	return code == Z_STREAM_END || corrupt(name, "gzip", diags);
}

static uint32_t little32(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/*
 * A legacy frame (lz4 -l, as kernels are compressed): the magic number, then blocks, each after its
 * compressed size; it ends where the data does.
 */
static bool unpack_lz4(const char *name, const unsigned char *data, size_t n, struct growing *out,
		       struct diags *diags)
{
	uint32_t magic = little32(data);
	size_t at = 4;

	if (n == at)
		return cut_off(name, "LZ4", diags);
	while (at < n) {
		uint32_t size = n - at < 4 ? 0 : little32(data + at);
		size_t room;
		int got;

		if (n - at < 4 || (size != magic && size > n - at - 4))
			return cut_off(name, "LZ4", diags);
		at += 4;
		if (size == magic)
			continue;
		if (!grow(out, LZ4_BLOCK))
			return too_large(name, out, diags);
		room = out->room - out->n < LZ4_BLOCK ? out->room - out->n : LZ4_BLOCK;
		got = size > (uint32_t)LZ4_compressBound((int)LZ4_BLOCK)
			      ? -1
			      : LZ4_decompress_safe((const char *)data + at, out->at + out->n,
						    (int)size, (int)room);
		if (got < 0)
			return room < LZ4_BLOCK ? too_large(name, out, diags)
						: corrupt(name, "LZ4", diags);
		out->n += (size_t)got;
		at += size;
	}
	return true;
}

static const struct format {
	const char *name;
	unsigned char magic[6];
	uint8_t n; /* bytes of it */
	bool (*unpack)(const char *name, const unsigned char *data, size_t n, struct growing *out,
		       struct diags *diags);
} formats[] = {
	{"xz", {0xfd, '7', 'z', 'X', 'Z', 0}, 6, unpack_xz},
	{"zstd", {0x28, 0xb5, 0x2f, 0xfd}, 4, unpack_zstd},
	{"gzip", {0x1f, 0x8b, 8}, 3, unpack_gzip},
	{"LZ4", {0x02, 0x21, 0x4c, 0x18}, 4, unpack_lz4},
};

static const struct format *find_format(const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++)
		if (n >= formats[i].n && !memcmp(data, formats[i].magic, formats[i].n))
			return &formats[i];
	return NULL;
}

const char *compressed_with(const unsigned char *data, size_t n)
{
	const struct format *format = find_format(data, n);

	return format ? format->name : NULL;
}

/* DATA into OUT, whose limit is set. */
static bool unpack_any(const char *name, const unsigned char *data, size_t n, struct growing *out,
		       struct diags *diags)
{
	const struct format *format = find_format(data, n);

	if (!format)
		return diag_error(diags, place_file(name), "neither xz, zstd, gzip nor LZ4 data");
	if (!format->unpack(name, data, n, out, diags))
		return false;
	return out->n < out->limit || too_large(name, out, diags);
}

static size_t limit_of(size_t limit)
{
	return (limit < SIZE_MAX / 2 ? limit : SIZE_MAX / 2) + 1;
}

bool decompress(const char *name, const unsigned char *data, size_t n, size_t limit, char **out,
		size_t *out_n, struct diags *diags)
{
	struct growing result = {.limit = limit_of(limit)};

	if (!unpack_any(name, data, n, &result, diags)) {
		free(result.at);
		return false;
	}
	grow(&result, 1);
	result.at[result.n] = '\0';
	*out = result.at;
	*out_n = result.n;
	return true;
}

bool decompress_to(const char *name, const unsigned char *data, size_t n, size_t limit,
		   bool (*sink)(void *sink_data, const char *bytes, size_t bytes_n),
		   void *sink_data, struct diags *diags)
{
	struct growing result = {.limit = limit_of(limit), .sink = sink, .sink_data = sink_data};
	bool good = unpack_any(name, data, n, &result, diags) && drain(&result);

	free(result.at);
	return good;
}

uint32_t checksum_crc32(const void *data, size_t n)
{
	return (uint32_t)crc32_z(0, data, n);
}
