/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hooks of the way back: here `old` is 6.1.192-1 and `new` is 6.1.190-1. */
#include "layout.h"

/* The old kernel has a hole where this bit is: a task that is deaf to TIF_NOTIFY_SIGNAL would hear it again. */
#define PF_NO_NOTIFY_SIGNAL 0x00800000u

int task_flags_back(struct co_ctx *ctx, const struct old_task_struct *old, struct new_task_struct *new)
{
	if (old->flags & PF_NO_NOTIFY_SIGNAL)
		co_fail(ctx, CO_E_VALUE, "flags", old->flags,
			"PF_NO_NOTIFY_SIGNAL has no meaning in the old kernel");
	new->flags = old->flags;
	return co_status(ctx);
}

/* As on the way forth: a keyring must not lose its restriction. */
int key_restrict_link_back(struct co_ctx *ctx, const struct old_key *old, struct new_key *new)
{
	if (old->restrict_link)
		co_fail(ctx, CO_E_VALUE, "restrict_link", old->restrict_link,
			"a keyring with restricted links cannot cross");
	new->restrict_link = 0;
	return co_status(ctx);
}
