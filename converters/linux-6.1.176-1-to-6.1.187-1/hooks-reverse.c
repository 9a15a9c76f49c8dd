/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks of the way back: here `old` is 6.1.187-1 and `new` is 6.1.176-1. */
#include "layout.h"
#include "../common/keyring.h"

int key_restrict_link_back(struct co_ctx *ctx, const struct old_key *old, struct new_key *new)
{
	new->restrict_link = 0;
	return keyring_unrestricted(ctx, old->restrict_link);
}
