/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What no line of the mapping can say. Compiled with the converter; layout.h has the types. */
#include "layout.h"

/*
 * include/linux/sched.h: bit 0x00800000 of task_struct.flags is PF__HOLE__00800000 in 6.1.190 and
 * PF_NO_NOTIFY_SIGNAL in 6.1.192. Nothing in the old kernel sets it; a task that had it would be deaf to
 * TIF_NOTIFY_SIGNAL in the new one.
 */
#define OLD_PF_HOLE 0x00800000u

int task_flags(struct co_ctx *ctx, const struct old_task_struct *old, struct new_task_struct *new)
{
	if (old->flags & OLD_PF_HOLE)
		co_fail(ctx, CO_E_VALUE, "flags", old->flags,
			"bit 0x00800000 means PF_NO_NOTIFY_SIGNAL in the new kernel");
	new->flags = old->flags;
	return co_status(ctx);
}

/* A restriction is a function and data of the old kernel; dropping it would loosen the keyring. */
int key_restrict_link(struct co_ctx *ctx, const struct old_key *old, struct new_key *new)
{
	if (old->restrict_link)
		co_fail(ctx, CO_E_VALUE, "restrict_link", old->restrict_link,
			"a keyring with restricted links cannot cross");
	new->restrict_link = 0;
	return co_status(ctx);
}
