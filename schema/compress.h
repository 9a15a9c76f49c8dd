/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decompression of whole inputs in memory: xz, zstd, gzip and LZ4's legacy frame (which
 * kernels use), recognised by their magic numbers.
 */
#ifndef CO_SCHEMA_COMPRESS_H
#define CO_SCHEMA_COMPRESS_H

#include "diag.h"

/* "xz", "zstd", "gzip" or "LZ4" when the N bytes at DATA begin as such a file does, else NULL. */
const char *compressed_with(const unsigned char *data, size_t n);

/*
 * Unpacks the N bytes at DATA, called NAME in messages, into *OUT (OUT_N bytes and a NUL after
 * them, from malloc(), freed by the caller with free()). Several streams or frames one after the
 * other are one content, as the command line tools have it. False, nothing to free, and a
 * diagnostic: DIAG_ERROR when DATA is none of these, is corrupt, or unpacks to more than
 * LIMIT bytes; DIAG_EVIDENCE when it is cut off. Memory beyond the result is bounded, whatever DATA
 * says.
 */
bool decompress(const char *name, const unsigned char *data, size_t n, size_t limit, char **out,
		size_t *out_n, struct diags *diags);

/*
 * The same piece by piece: SINK gets the content in order, and says false (with a diagnostic of its
 * own) when it wants no more, which is a failure. Memory does not grow with the content.
 */
bool decompress_to(const char *name, const unsigned char *data, size_t n, size_t limit,
		   bool (*sink)(void *sink_data, const char *bytes, size_t bytes_n),
		   void *sink_data, struct diags *diags);

/* The CRC-32 of the N bytes at DATA, as a debug link has it: zlib's. */
uint32_t checksum_crc32(const void *data, size_t n);

#endif
