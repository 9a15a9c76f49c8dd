/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a keyring must not lose on its way, forth or back, between any two kernels. */
#ifndef COMMON_KEYRING_H
#define COMMON_KEYRING_H

/* A restriction is a function and data of the old kernel; dropping it would loosen the keyring. */
static int keyring_unrestricted(struct co_ctx *ctx, uint64_t restrict_link)
{
	if (restrict_link)
		co_fail(ctx, CO_E_VALUE, "restrict_link", restrict_link,
			"a keyring with restricted links cannot cross");
	return co_status(ctx);
}

#endif
