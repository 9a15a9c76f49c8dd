/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What carryover.ko offers to other modules: participants and a converter register here, and may
 * leave again while no switch is under way. See runtime/engine.h for what a participant is; here
 * nothing of an arrival lasts longer than its restore, as the image is erased after the audit.
 */
#ifndef CO_KERNEL_H
#define CO_KERNEL_H

#include "engine.h"

#include <linux/module.h>

/*
 * Adds PARTICIPANT, a constant that lies in OWNER, which is held while a switch is under way.
 * -EBUSY: one is; -EEXIST: one of that name is registered; -ENOSPC: CO_PARTICIPANTS_MAX are.
 */
int co_participant_register(const struct co_participant *participant, struct module *owner);

/* Takes it back; does nothing when it is not registered. */
void co_participant_unregister(const struct co_participant *participant);

/*
 * The converter of the pair that is crossed: one at a time. -EBUSY: a switch is under way; -EEXIST:
 * there is one.
 */
int co_converter_register(const struct co_converter *converter, struct module *owner);
void co_converter_unregister(const struct co_converter *converter);

/*
 * Stops all IPv4, IPv6 and ARP packets of the first network namespace, in and out; each call wants
 * its co_packets_start(). Waits until those under way are through. For freeze and thaw. Negative errno
 * on failure.
 */
int co_packets_stop(void);
void co_packets_start(void);

/* A module that is nothing but one participant. */
#define CO_PARTICIPANT_MODULE(participant_)                                                        \
	static int __init participant_init(void)                                                   \
	{                                                                                          \
		return co_participant_register(&(participant_), THIS_MODULE);                      \
	}                                                                                          \
	static void __exit participant_exit(void)                                                  \
	{                                                                                          \
		co_participant_unregister(&(participant_));                                        \
	}                                                                                          \
	module_init(participant_init);                                                             \
	module_exit(participant_exit);                                                             \
	MODULE_LICENSE("GPL")

#endif
