/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the payload of a bootable image. */
#include "vmlinuz.h"
#include "compress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Linux arch/x86/include/uapi/asm/bootparam.h, struct setup_header: offsets in the file. */
#define SETUP_SECTORS 0x1f1
#define BOOT_FLAG 0x1fe
#define MAGIC 0x202
#define MAGIC_END 0x206
#define VERSION 0x206
#define PAYLOAD_OFFSET 0x248 /* from the end of the setup sectors */
#define PAYLOAD_LENGTH 0x24c
#define PAYLOAD_FIELDS_END 0x250
#define VERSION_WITH_PAYLOAD 0x208
#define SECTOR 512
#define SETUP_SECTORS_DEFAULT 4
/* The build appends the unpacked size to what is compressed; gzip's own last field is that. */
#define SIZE_BYTES 4

static uint32_t little(const unsigned char *at, unsigned int width)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < width; i++)
		value |= (uint32_t)at[i] << 8 * i;
	return value;
}

bool vmlinuz_recognise(const void *data, size_t n)
{
	const unsigned char *at = data;

	return n >= MAGIC_END && little(at + BOOT_FLAG, 2) == 0xaa55 &&
	       memcmp(at + MAGIC, "HdrS", 4) == 0;
}

/* Where the payload lies, with the size behind it. */
static bool find_payload(const char *name, const unsigned char *data, size_t n,
			 const unsigned char **payload, size_t *payload_n, struct diags *diags)
{
	uint64_t from, length;

	if (n < PAYLOAD_FIELDS_END)
		return diag_evidence(diags, place_file(name),
				     "truncated: the header of the bootable image ends at byte %zu",
				     n);
	if (little(data + VERSION, 2) < VERSION_WITH_PAYLOAD)
		return diag_evidence(diags, place_file(name),
				     "a bootable image of protocol %" PRIu32 ".%02" PRIu32
				     ", which does not say where its kernel lies",
				     little(data + VERSION + 1, 1), little(data + VERSION, 1));
	from = data[SETUP_SECTORS] ? data[SETUP_SECTORS] : SETUP_SECTORS_DEFAULT;
	from = (from + 1) * SECTOR + little(data + PAYLOAD_OFFSET, 4);
	length = little(data + PAYLOAD_LENGTH, 4);
	if (from > n || length > n - from)
		return diag_evidence(diags, place_file(name),
				     "truncated: the kernel in it ends at byte %" PRIu64 " of %zu",
				     from + length, n);
	*payload = data + from;
	*payload_n = (size_t)length;
	return true;
}

bool vmlinuz_unpack(const char *name, const unsigned char *data, size_t n, size_t limit, char **out,
		    size_t *out_n, struct diags *diags)
{
	const unsigned char *payload = data;
	const char *format;
	size_t length = 0;
	uint32_t size;

	if (!find_payload(name, data, n, &payload, &length, diags))
		return false;
	format = compressed_with(payload, length);
	if (!format || length < SIZE_BYTES)
		return diag_evidence(
			diags, place_file(name),
			"the kernel in it is compressed in a form that is not supported");
	size = little(payload + length - SIZE_BYTES, SIZE_BYTES);
	if (strcmp(format, "gzip") != 0)
		length -= SIZE_BYTES;
	if (!decompress(name, payload, length, limit, out, out_n, diags))
		return false;
	if ((uint32_t)*out_n == size)
		return true;
	free(*out);
	return diag_error(diags, place_file(name),
			  "the kernel in it unpacks to %zu bytes, not the %" PRIu32
			  " it should have",
			  *out_n, size);
}
