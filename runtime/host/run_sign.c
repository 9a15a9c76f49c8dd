// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands about who vouches for an image: keygen, sign, verify. */
#include "memory.h"
#include "run.h"
#include "sign.h"

#include <stdlib.h>

void command_keygen(const struct run_options *options, FILE *out, struct report *report)
{
	if (!sign_keygen(options->output, report) && !options->quiet)
		fprintf(out, "%s: keep it secret; %s.pub: give it to who verifies\n",
			options->output, options->output);
}

void command_sign(const struct run_options *options, FILE *out, struct report *report)
{
	struct co_image *image = memory_zeroed(1, sizeof(*image));
	struct file file;
	uint8_t *data;
	uint64_t size;

	if (!run_open_image(options->operand, &file, image, report)) {
		data = sign_image(image, options->key, &size, report);
		if (data && !file_write(options->output, data, size, report) && !options->quiet)
			fprintf(out, "%s: signed\n", options->output);
		free(data);
		file_close(&file);
	}
	free(image);
}

static void print_verified(const struct run_options *options, const struct co_image *image,
			   const char *signer, FILE *out)
{
	fprintf(out, "%s: intact: %u sections, %u objects, %u relocations, %u side values\n",
		options->operand, image->n_sections, image->n_objects, image->n_relocations,
		image->n_sides);
	if (!signer[0])
		fprintf(out, "%s: not signed\n", options->operand);
	else
		fprintf(out, "%s: signed by %s%s\n", options->operand, signer,
			options->key ? "" : ", which nobody asked for: -k KEY.pub does");
}

void command_verify(const struct run_options *options, FILE *out, struct report *report)
{
	struct co_image *image = memory_zeroed(1, sizeof(*image));
	char signer[SIGN_KEY_TEXT];
	struct file file;

	if (!run_open_image(options->operand, &file, image, report)) {
		if (!sign_check(options->operand, image, options->key, signer, report) &&
		    !options->quiet)
			print_verified(options, image, signer, out);
		file_close(&file);
	}
	free(image);
}
