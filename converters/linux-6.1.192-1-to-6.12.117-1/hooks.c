/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What no line of the mapping can say. Compiled with the converter; layout.h has the types. */
#include "layout.h"
#include "../common/keyring.h"

/*
 * include/linux/sched.h: bits of task_struct.flags that are holes in 6.1.192 and mean something in 6.12.117. Nothing in the
 * old kernel sets them.
 */
#define PF_USER_WORKER 0x00004000u
#define PF_KCOMPACTD 0x00010000u
#define PF_BLOCK_TS 0x20000000u
#define NEW_FLAGS (PF_USER_WORKER | PF_KCOMPACTD | PF_BLOCK_TS)

int task_flags(struct co_ctx *ctx, const struct old_task_struct *old, struct new_task_struct *new)
{
	if (old->flags & NEW_FLAGS)
		co_fail(ctx, CO_E_VALUE, "flags", old->flags,
			"bits of it mean PF_USER_WORKER, PF_KCOMPACTD or PF_BLOCK_TS in the new kernel");
	new->flags = old->flags;
	return co_status(ctx);
}

int key_restrict_link(struct co_ctx *ctx, const struct old_key *old, struct new_key *new)
{
	new->restrict_link = 0;
	return keyring_unrestricted(ctx, old->restrict_link);
}
