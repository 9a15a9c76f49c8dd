/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signatures of image files: Ed25519, as FORMAT.md says. */
#ifndef CO_HOST_SIGN_H
#define CO_HOST_SIGN_H

#include "../image.h"
#include "report.h"

#define SIGN_KEY_TEXT 65 /* bytes of a public key as text, the NUL included */

/* Makes a pair of keys: PATH, for its owner alone and never in place of a file, and PATH.pub. Noted
 * failures. */
int sign_keygen(const char *path, struct report *report);

/*
 * A signed copy of IMAGE, whose own signature is left out, by the secret key in the file KEY; *SIZE
 * bytes, the caller frees. NULL: noted.
 */
uint8_t *sign_image(const struct co_image *image, const char *key, uint64_t *size,
		    struct report *report);

/*
 * Checks the signature of the image at PATH, where it has one, and, if KEY is not NULL, that it is
 * by the public key in this file. SIGNER gets the key as text, "" without a signature. Noted
 * failures (refused).
 */
int sign_check(const char *path, const struct co_image *image, const char *key,
	       char signer[SIGN_KEY_TEXT], struct report *report);

#endif
