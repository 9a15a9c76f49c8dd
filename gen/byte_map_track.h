/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CO_GEN_BYTE_MAP_TRACK_H
#define CO_GEN_BYTE_MAP_TRACK_H

#include "byte_map.h"

/* The cells of one side of TYPE without partners; strings belong to ARENA. */
void track_init(struct track *track, const struct model *model, const struct diff_type *type,
		bool is_new, struct arena *arena);
void track_deinit(struct track *track);

#endif
