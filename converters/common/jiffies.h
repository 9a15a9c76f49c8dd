/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deadlines in jiffies cross as what is left of them, in milliseconds: for hooks of any pair of kernels. */
#ifndef COMMON_JIFFIES_H
#define COMMON_JIFFIES_H

#define NSEC_PER_MSEC 1000000u
#define TICKS_MAX 0x7fffffffu /* that a deadline in 32 bits can be ahead of jiffies */

/* kernel/time/jiffies.c: jiffies_64 counts ticks; kernel/time/ntp.c: tick_nsec is the length of one. */
static int clock_read(struct co_ctx *ctx, uint64_t *now, uint64_t *tick_nsec)
{
	uint64_t address;

	if (co_symbol(ctx, "jiffies_64", &address) || co_read(ctx, address, now, sizeof(*now)) ||
	    co_symbol(ctx, "tick_nsec", &address) ||
	    co_read(ctx, address, tick_nsec, sizeof(*tick_nsec)) || !*tick_nsec)
		return CO_E_READ;
	return CO_OK;
}

/* TICKS are left, or none when the deadline passed. */
static int left_put(struct co_ctx *ctx, int64_t ticks, uint64_t tick_nsec)
{
	uint64_t left = ticks > 0 ? (uint64_t)ticks * tick_nsec / NSEC_PER_MSEC : 0;

	return co_side_put(ctx, "left_ms", &left, sizeof(left));
}

/* Of DEADLINE in the low 32 bits of jiffies. */
static int low_left_put(struct co_ctx *ctx, uint32_t deadline)
{
	uint64_t now, tick_nsec;
	int error = clock_read(ctx, &now, &tick_nsec);

	return error ? error : left_put(ctx, (int32_t)(deadline - (uint32_t)now), tick_nsec);
}

/* A deadline in the low 32 bits of jiffies, from what is left. */
static int deadline_get(struct co_ctx *ctx, uint32_t *deadline)
{
	uint64_t now, tick_nsec, left;
	int error = clock_read(ctx, &now, &tick_nsec);

	if (!error)
		error = co_side_get(ctx, "left_ms", &left, sizeof(left));
	if (error)
		return error;
	if (left > (uint64_t)TICKS_MAX * tick_nsec / NSEC_PER_MSEC) {
		co_fail(ctx, CO_E_VALUE, "left_ms", left,
			"more is left of it than a deadline in 32 bits can say");
		return CO_E_VALUE;
	}
	*deadline = (uint32_t)(now + left * NSEC_PER_MSEC / tick_nsec);
	return CO_OK;
}

#endif
