/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What no line of the mapping can say. Compiled with the converter; layout.h has the types. */
#include "layout.h"
#include "../common/keyring.h"

/*
 * include/linux/sched.h: bits of task_struct.flags that are holes in 6.12.107 and mean something in 6.12.117. Nothing in the
 * old kernel sets them.
 */
#define PF_NO_NOTIFY_SIGNAL 0x00800000u

int task_flags(struct co_ctx *ctx, const struct old_task_struct *old, struct new_task_struct *new)
{
	if (old->flags & PF_NO_NOTIFY_SIGNAL)
		co_fail(ctx, CO_E_VALUE, "flags", old->flags,
			"bit 0x00800000 means PF_NO_NOTIFY_SIGNAL in the new kernel");
	new->flags = old->flags;
	return co_status(ctx);
}

int key_restrict_link(struct co_ctx *ctx, const struct old_key *old, struct new_key *new)
{
	new->restrict_link = 0;
	return keyring_unrestricted(ctx, old->restrict_link);
}
