/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two phases of an expectation's timeout: a timer of the old kernel becomes a deadline in the new one. */
#include "layout.h"

#define NSEC_PER_MSEC 1000000u

/* kernel/time/jiffies.c: jiffies_64 counts ticks; kernel/time/ntp.c: tick_nsec is the length of one. */
static int clock_read(struct co_ctx *ctx, uint64_t *now, uint64_t *tick_nsec)
{
	uint64_t address;

	if (co_symbol(ctx, "jiffies_64", &address) || co_read(ctx, address, now, sizeof(*now)) ||
	    co_symbol(ctx, "tick_nsec", &address) || co_read(ctx, address, tick_nsec, sizeof(*tick_nsec)) ||
	    !*tick_nsec)
		return CO_E_READ;
	return CO_OK;
}

/* include/linux/timer.h: timer_list.expires is in jiffies. A timer that is due has 0 ms left. */
int expect_left(struct co_ctx *ctx, const struct old_nf_conntrack_expect *old)
{
	uint64_t now, tick_nsec, left = 0;
	int error = clock_read(ctx, &now, &tick_nsec);

	if (error)
		return error;
	if ((int64_t)(old->timeout.expires - now) > 0)
		left = (old->timeout.expires - now) * tick_nsec / NSEC_PER_MSEC;
	return co_side_put(ctx, "left_ms", &left, sizeof(left));
}

/* include/net/netfilter/nf_conntrack_expect.h: timeout is a deadline in the low 32 bits of jiffies. */
int expect_deadline(struct co_ctx *ctx, struct new_nf_conntrack_expect *new)
{
	uint64_t now, tick_nsec, left;
	int error = clock_read(ctx, &now, &tick_nsec);

	if (!error)
		error = co_side_get(ctx, "left_ms", &left, sizeof(left));
	if (error)
		return error;
	new->timeout = (uint32_t)(now + left * NSEC_PER_MSEC / tick_nsec);
	return CO_OK;
}
