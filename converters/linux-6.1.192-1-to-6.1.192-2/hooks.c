/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What no line of the mapping can say. Compiled with the converter; layout.h has the types. */
#include "layout.h"
#include "../common/keyring.h"

int key_restrict_link(struct co_ctx *ctx, const struct old_key *old, struct new_key *new)
{
	new->restrict_link = 0;
	return keyring_unrestricted(ctx, old->restrict_link);
}
