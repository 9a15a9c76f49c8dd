/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks of the way back: here `old` is 6.12.117-1 and `new` is 6.1.192-1. */
#include "layout.h"
#include "../common/keyring.h"

/* What these bits of task_struct.flags say, the old kernel cannot: holes are where they would be. */
#define PF_USER_WORKER 0x00004000u
#define PF_KCOMPACTD 0x00010000u
#define PF_BLOCK_TS 0x20000000u
#define NEW_FLAGS (PF_USER_WORKER | PF_KCOMPACTD | PF_BLOCK_TS)

int task_flags_back(struct co_ctx *ctx, const struct old_task_struct *old, struct new_task_struct *new)
{
	if (old->flags & NEW_FLAGS)
		co_fail(ctx, CO_E_VALUE, "flags", old->flags,
			"PF_USER_WORKER, PF_KCOMPACTD and PF_BLOCK_TS have no meaning in the old kernel");
	new->flags = old->flags;
	return co_status(ctx);
}

/* One word of 64 bits is two of 32 again, the low one first. */
int capabilities_back(struct co_ctx *ctx, const struct old_kernel_cap_struct *old, struct new_kernel_cap_struct *new)
{
	new->cap[0] = (uint32_t)old->val;
	new->cap[1] = (uint32_t)(old->val >> 32);
	return co_status(ctx);
}

int key_restrict_link_back(struct co_ctx *ctx, const struct old_key *old, struct new_key *new)
{
	new->restrict_link = 0;
	return keyring_unrestricted(ctx, old->restrict_link);
}
