/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout.h"
#include "../common/jiffies.h"

/* include/net/netfilter/nf_conntrack.h: timeout is a deadline in the low 32 bits of jiffies. */
int conn_left(struct co_ctx *ctx, const struct old_nf_conn *old)
{
	return low_left_put(ctx, old->timeout);
}

int conn_deadline(struct co_ctx *ctx, struct new_nf_conn *new)
{
	uint32_t deadline;
	int error = deadline_get(ctx, &deadline);

	if (error)
		return error;
	new->timeout = deadline;
	return CO_OK;
}

/* include/net/netfilter/nf_conntrack_expect.h: timeout is a deadline in the low 32 bits of jiffies. */
int expect_left(struct co_ctx *ctx, const struct old_nf_conntrack_expect *old)
{
	return low_left_put(ctx, old->timeout);
}

int expect_deadline(struct co_ctx *ctx, struct new_nf_conntrack_expect *new)
{
	uint32_t deadline;
	int error = deadline_get(ctx, &deadline);

	if (error)
		return error;
	new->timeout = deadline;
	return CO_OK;
}
