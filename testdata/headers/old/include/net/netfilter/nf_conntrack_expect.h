/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NF_CONNTRACK_EXPECT_H
#define _NF_CONNTRACK_EXPECT_H

#include <uapi/linux/netfilter/nf_conntrack_common.h>

struct nf_conntrack_expect {
	/* Flags */
	unsigned int flags;

	/* Expectation class */
	unsigned int class;
};

static inline int nf_ct_expect_is_dead(const struct nf_conntrack_expect *exp)
{
	return exp->flags & NF_CT_EXPECT_INACTIVE;
}

#define NF_CT_EXPECT_CLASS_DEFAULT	0
#define NF_CT_EXPECT_MAX_CNT		255

#endif
