/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks of the way back: here `old` is 6.12.117-1 and `new` is 6.12.107-1. */
#include "layout.h"
#include "../common/keyring.h"

/* What these bits of task_struct.flags say, the old kernel cannot: holes are where they would be. */
#define PF_NO_NOTIFY_SIGNAL 0x00800000u

int task_flags_back(struct co_ctx *ctx, const struct old_task_struct *old, struct new_task_struct *new)
{
	if (old->flags & PF_NO_NOTIFY_SIGNAL)
		co_fail(ctx, CO_E_VALUE, "flags", old->flags,
			"PF_NO_NOTIFY_SIGNAL has no meaning in the old kernel");
	new->flags = old->flags;
	return co_status(ctx);
}

int key_restrict_link_back(struct co_ctx *ctx, const struct old_key *old, struct new_key *new)
{
	new->restrict_link = 0;
	return keyring_unrestricted(ctx, old->restrict_link);
}
