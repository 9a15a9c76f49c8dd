/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of an IPsec state that it points to, as they are: all of them are the user-space interface's
 * own types, so what they say of themselves is checked in user space, too.
 */
#ifndef XFRM_PARTS_H
#define XFRM_PARTS_H

#include <linux/xfrm.h>

enum part { PART_AUTH, PART_CRYPT, PART_AEAD, PART_ENCAP, PART_COADDR, PART_REPLAY, PARTS };

static const char *const part_names[PARTS] = {
	[PART_AUTH] = "auth",	[PART_CRYPT] = "crypt",	  [PART_AEAD] = "aead",
	[PART_ENCAP] = "encap", [PART_COADDR] = "coaddr", [PART_REPLAY] = "replay_esn",
};
static const char *const part_sizes[PARTS] = {
	[PART_AUTH] = "auth_size",     [PART_CRYPT] = "crypt_size",
	[PART_AEAD] = "aead_size",     [PART_ENCAP] = "encap_size",
	[PART_COADDR] = "coaddr_size", [PART_REPLAY] = "replay_esn_size",
};

/* Without these bytes a part does not say how long it is. */
static const __u32 part_least[PARTS] = {
	[PART_AUTH] = sizeof(struct xfrm_algo_auth),
	[PART_CRYPT] = sizeof(struct xfrm_algo),
	[PART_AEAD] = sizeof(struct xfrm_algo_aead),
	[PART_ENCAP] = sizeof(struct xfrm_encap_tmpl),
	[PART_COADDR] = sizeof(xfrm_address_t),
	[PART_REPLAY] = sizeof(struct xfrm_replay_state_esn),
};

static inline __u64 part_key_bytes(__u32 bits)
{
	return ((__u64)bits + 7) / 8;
}

/* How long the part at BYTES says that it is; there are at least part_least of them. */
static inline __u64 part_length(enum part part, const void *bytes)
{
	switch (part) {
	case PART_AUTH:
		return part_least[part] +
		       part_key_bytes(((const struct xfrm_algo_auth *)bytes)->alg_key_len);
	case PART_CRYPT:
		return part_least[part] +
		       part_key_bytes(((const struct xfrm_algo *)bytes)->alg_key_len);
	case PART_AEAD:
		return part_least[part] +
		       part_key_bytes(((const struct xfrm_algo_aead *)bytes)->alg_key_len);
	case PART_REPLAY:
		return part_least[part] +
		       (__u64)((const struct xfrm_replay_state_esn *)bytes)->bmp_len *
			       sizeof(__u32);
	default:
		return part_least[part];
	}
}

/* The name of an algorithm ends before its numbers begin; other parts have none. */
static inline int part_is_named(enum part part, const char *bytes)
{
	int i;

	for (i = 0; part <= PART_AEAD && i < 64; i++)
		if (!bytes[i])
			return 1;
	return part > PART_AEAD;
}

/* Whether the SIZE bytes, at least part_least of them, are what they say. */
static inline int part_is_sound(enum part part, const void *bytes, __u64 size)
{
	return part_length(part, bytes) == size && part_is_named(part, bytes);
}

#endif
