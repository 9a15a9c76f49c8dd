/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test only: a pair of C files, compiled and compared. */
#ifndef CO_GEN_PAIR_TEST_H
#define CO_GEN_PAIR_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "../schema/diff.h"
#include "../schema/input.h"

struct pair {
	struct intern names;
	struct model old, new;
	struct diff diff;
	struct diags diags;
};

static inline void pair_read_side(struct pair *pair, const char *stem, int side,
				  struct model *model)
{
	struct read_options options = {.jobs = 1};
	char object[] = "/tmp/pair-test-XXXXXX", command[1024];
	int fd = mkstemp(object);

	assert_true(fd >= 0);
	close(fd);
	snprintf(command, sizeof(command), "gcc -g -c -o %s %s.%d.c", object, stem, side);
	assert_int_equal(system(command), 0);
	model_init(model, &pair->names);
	assert_true(input_read(object, &options, model, &pair->diags));
	unlink(object);
}

/* STEM.0.c and STEM.1.c, from the top of the tree. */
static inline void pair_init(struct pair *pair, const char *stem)
{
	intern_init(&pair->names);
	diags_init(&pair->diags);
	pair_read_side(pair, stem, 0, &pair->old);
	pair_read_side(pair, stem, 1, &pair->new);
	diff_models(&pair->old, &pair->new, NULL, &pair->diff);
}

static inline void pair_deinit(struct pair *pair)
{
	diff_deinit(&pair->diff);
	model_deinit(&pair->old);
	model_deinit(&pair->new);
	intern_deinit(&pair->names);
	diags_deinit(&pair->diags);
}

static inline const struct diff_type *pair_type(const struct pair *pair, const char *label)
{
	for (size_t i = 0; i < pair->diff.n; i++)
		if (!strcmp(pair->diff.at[i].label, label))
			return &pair->diff.at[i];
	fail_msg("no %s", label);
	return NULL;
}

#endif
