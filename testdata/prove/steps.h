/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test only: the converters of both hops of a chain, run one after the other. */
#ifndef CO_PROVE_STEPS_H
#define CO_PROVE_STEPS_H

#include "generation.h"

struct steps_run {
	struct options options;
	struct generation hops[2];
	void *libraries[2];
	const struct co_converter *converters[2];
};

/*
 * Plans DIRECTORY/1/mapping.yaml and DIRECTORY/2/mapping.yaml, composes both into PLAN, and loads
 * DIRECTORY/out1/converter.so and out2. False with diagnostics.
 */
bool steps_open(struct steps_run *run, const char *directory, struct arena *arena,
		struct plan *plan, struct diags *diags);

/*
 * What both converters make of OLD, an object of TYPE: in NEW, all zero when one refuses it.
 * A release between may have room for more elements of a tail: what lies beyond NEW_SIZE has to be
 * zero. CO_OK, what the one that refused said, or CO_E_ARGUMENT.
 */
int steps_convert(const struct steps_run *run, const char *type, const unsigned char *old,
		  size_t old_size, unsigned char *new, size_t new_size);

#endif
