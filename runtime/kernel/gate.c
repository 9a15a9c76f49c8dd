// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A gate for packets: while it is shut, none comes in and none goes out, so that none changes what
 * is captured.
 */
#include "internal.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <net/net_namespace.h>

static unsigned int drop(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return NF_DROP;
}

/* Before everything else, defragmentation and raw tables too. */
static const struct nf_hook_ops gates[] = {
	{.hook = drop, .pf = NFPROTO_INET, .hooknum = NF_INET_PRE_ROUTING, .priority = INT_MIN},
	{.hook = drop, .pf = NFPROTO_INET, .hooknum = NF_INET_LOCAL_OUT, .priority = INT_MIN},
#if IS_ENABLED(CONFIG_NETFILTER_FAMILY_ARP)
	{.hook = drop, .pf = NFPROTO_ARP, .hooknum = NF_ARP_IN, .priority = INT_MIN},
	{.hook = drop, .pf = NFPROTO_ARP, .hooknum = NF_ARP_OUT, .priority = INT_MIN},
#endif
};

static u32 shut;

int co_packets_stop(void)
{
	int error = 0;

	lockdep_assert_held(&co_lock);
	if (!shut)
		error = nf_register_net_hooks(&init_net, gates, ARRAY_SIZE(gates));
	if (error)
		return error;
	shut++;
	synchronize_net(); /* those that passed before are through */
	return 0;
}
EXPORT_SYMBOL_GPL(co_packets_stop);

void co_packets_start(void)
{
	lockdep_assert_held(&co_lock);
	if (!--shut)
		nf_unregister_net_hooks(&init_net, gates, ARRAY_SIZE(gates));
}
EXPORT_SYMBOL_GPL(co_packets_start);
