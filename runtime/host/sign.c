// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys and signatures, by libsodium. Key files are one line: a word, a version, and hex digits. */
#include "sign.h"
#include "../image_bytes.h"
#include "../xxh64.h"
#include "file.h"
#include "memory.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_WORD "carryover-secret-key-1 "
#define PUBLIC_WORD "carryover-public-key-1 "

enum {
	PUBLIC_SIZE = crypto_sign_PUBLICKEYBYTES,
	SECRET_SIZE = crypto_sign_SECRETKEYBYTES,
	SIGNATURE_SIZE = crypto_sign_BYTES,
	SECTION_SIZE = PUBLIC_SIZE + SIGNATURE_SIZE,
};

static int start(struct report *report)
{
	return sodium_init() < 0 ? report_fail(report, EXIT_UNUSABLE, "libsodium does not start")
				 : 0;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static char *key_text(const char *word, const uint8_t *key, size_t size)
{
	char *hex = memory_zeroed(2 * size + 1, 1), *text;

	sodium_bin2hex(hex, 2 * size + 1, key, size);
	text = memory_format("%s%s\n", word, hex);
	sodium_memzero(hex, 2 * size);
	free(hex);
	return text;
}

static int key_read(const char *path, const char *word, uint8_t *key, size_t size,
		    struct report *report)
{
	struct file file;
	size_t n = strlen(word), read = 0;
	int code = file_open(&file, path, report);

	if (code)
		return code;
	if (file.size != n + 2 * size + 1 || memcmp(file.data, word, n) ||
	    file.data[n + 2 * size] != '\n' ||
	    sodium_hex2bin(key, size, (const char *)file.data + n, 2 * size, NULL, &read, NULL) ||
	    read != size)
		code = report_fail(report, EXIT_UNUSABLE, "%s: not a %.*s", path, (int)n - 3, word);
	file_close(&file);
	return code;
}

int sign_keygen(const char *path, struct report *report)
{
	uint8_t public[PUBLIC_SIZE], secret[SECRET_SIZE];
	char *public_path = memory_format("%s.pub", path), *text;
	int code = start(report);

	if (!code) {
		crypto_sign_keypair(public, secret);
		text = key_text(SECRET_WORD, secret, sizeof(secret));
		sodium_memzero(secret, sizeof(secret));
		code = file_write_secret(path, text, strlen(text), report);
		sodium_memzero(text, strlen(text));
		free(text);
	}
	if (!code) {
		text = key_text(PUBLIC_WORD, public, sizeof(public));
		code = file_write(public_path, text, strlen(text), report);
		free(text);
	}
	free(public_path);
	return code;
}

/* ---- what is signed -------------------------------------------------------------------------- */

/* The bytes before the last section of an image, with what depends on the signature as zero; the
 * caller frees. */
static uint8_t *signed_bytes(const uint8_t *data, uint32_t n_sections, uint64_t *size)
{
	uint64_t row = CO_IMAGE_HEADER + (n_sections - 1ull) * CO_IMAGE_ENTRY;
	uint8_t *bytes;

	*size = co_little_get(data + row + 8, 64);
	bytes = memory_zeroed((size_t)*size, 1);
	memcpy(bytes, data, (size_t)*size);
	memset(bytes + row, 0, CO_IMAGE_ENTRY);
	memset(bytes + CO_IMAGE_SUM, 0, 8);
	return bytes;
}

/* IMAGE with a signature section of SECTION_SIZE zero bytes; the caller frees. NULL: too many
 * sections. */
static uint8_t *with_section(const struct co_image *image, uint32_t *n, uint64_t *size)
{
	static const uint8_t zero[SECTION_SIZE];
	struct co_section sections[CO_IMAGE_SECTIONS_MAX + 1];
	uint8_t *data;

	*n = 0;
	for (uint32_t i = 0; i < image->n_sections; i++)
		if (image->sections[i].kind != CO_SECTION_SIGNATURE)
			sections[(*n)++] = image->sections[i];
	sections[(*n)++] =
		(struct co_section){CO_SECTION_SIGNATURE, CO_IMAGE_OPTIONAL, zero, SECTION_SIZE};
	if (co_image_write(sections, *n, NULL, 0, size) != CO_OK)
		return NULL;
	data = memory_zeroed((size_t)*size, 1);
	if (co_image_write(sections, *n, data, *size, size) == CO_OK)
		return data;
	free(data);
	return NULL;
}

/* Puts the section's own checksum, then that of header and table, after the section was filled. */
static void set_sums(uint8_t *data, uint32_t n, uint64_t at)
{
	uint8_t *row = data + CO_IMAGE_HEADER + (n - 1ull) * CO_IMAGE_ENTRY;

	co_little_put(row + 24, 64, co_xxh64(data + at, SECTION_SIZE, 0));
	co_little_put(data + CO_IMAGE_SUM, 64, co_image_sum(data, n));
}

uint8_t *sign_image(const struct co_image *image, const char *key, uint64_t *size,
		    struct report *report)
{
	uint8_t secret[SECRET_SIZE], *data, *bytes;
	uint64_t n_bytes;
	uint32_t n;

	if (start(report) || key_read(key, SECRET_WORD, secret, sizeof(secret), report))
		return NULL;
	data = with_section(image, &n, size);
	if (!data) {
		report_fail(report, EXIT_UNUSABLE, "the image has no room for one more section");
	} else {
		bytes = signed_bytes(data, n, &n_bytes);
		crypto_sign_ed25519_sk_to_pk(data + n_bytes, secret);
		crypto_sign_detached(data + n_bytes + PUBLIC_SIZE, NULL, bytes, n_bytes, secret);
		set_sums(data, n, n_bytes);
		free(bytes);
	}
	sodium_memzero(secret, sizeof(secret));
	return data;
}

/* ---- checking -------------------------------------------------------------------------------- */

static int check_signature(const char *path, const struct co_image *image,
			   const struct co_section *section, struct report *report)
{
	uint64_t size;
	uint8_t *bytes;
	int wrong;

	if (section->size != SECTION_SIZE)
		return report_fail(report, EXIT_UNUSABLE, "%s: a signature of %llu bytes", path,
				   (unsigned long long)section->size);
	bytes = signed_bytes(image->data, image->n_sections, &size);
	wrong = crypto_sign_verify_detached(section->data + PUBLIC_SIZE, bytes, size,
					    section->data);
	free(bytes);
	return wrong ? report_fail(report, EXIT_REFUSED,
				   "%s: the signature is not of this image: it was edited after it "
				   "was signed",
				   path)
		     : 0;
}

int sign_check(const char *path, const struct co_image *image, const char *key,
	       char signer[SIGN_KEY_TEXT], struct report *report)
{
	const struct co_section *section = image->at[CO_SECTION_SIGNATURE];
	uint8_t public[PUBLIC_SIZE];
	int code = start(report);

	signer[0] = '\0';
	if (!code && key)
		code = key_read(key, PUBLIC_WORD, public, sizeof(public), report);
	if (code)
		return code;
	if (!section)
		return key ? report_fail(report, EXIT_REFUSED,
					 "%s: not signed: sign it (carryover-run sign), or ask for "
					 "no key",
					 path)
			   : 0;
	code = check_signature(path, image, section, report);
	if (code)
		return code;
	sodium_bin2hex(signer, SIGN_KEY_TEXT, section->data, PUBLIC_SIZE);
	if (key && sodium_memcmp(public, section->data, PUBLIC_SIZE))
		return report_fail(report, EXIT_REFUSED, "%s: signed by another key: %s", path,
				   signer);
	return 0;
}
