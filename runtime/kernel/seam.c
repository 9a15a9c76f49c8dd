// SPDX-License-Identifier: GPL-2.0-or-later
/* What the engine takes from this kernel: its clocks, and the few variables that hooks may read. */
#include "internal.h"

#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>

/* Nanoseconds of one tick: kernel/time/ntp.c has it as a variable that is not exported. */
static const unsigned long length_of_tick = TICK_NSEC;

/* What hooks may ask for by name: nothing else is read for them. */
static const struct {
	const char *name;
	const volatile void *at;
	size_t size;
} variables[] = {
	{"jiffies_64", &jiffies_64, sizeof(jiffies_64)},
	{"tick_nsec", &length_of_tick, sizeof(length_of_tick)},
};

static uint64_t seam_clock(void *data)
{
	return ktime_get_ns();
}

static int seam_wall(void *data, uint32_t clock, uint64_t *value)
{
	switch (clock) {
	case CO_CLOCK_JIFFIES:
		*value = get_jiffies_64();
		return 0;
	case CO_CLOCK_HZ:
		*value = HZ;
		return 0;
	case CO_CLOCK_REAL:
		*value = ktime_get_real_ns();
		return 0;
	case CO_CLOCK_BOOT:
		*value = ktime_get_boottime_ns();
		return 0;
	case CO_CLOCK_CPUS:
		*value = num_online_cpus();
		return 0;
	default:
		return -ENOENT;
	}
}

static int seam_read(void *data, uint64_t address, void *buffer, size_t size)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(variables); i++) {
		if (address != (uintptr_t)variables[i].at || size != variables[i].size)
			continue;
		if (size == sizeof(u64))
			*(u64 *)buffer = READ_ONCE(*(const u64 *)(uintptr_t)address);
		else
			memcpy(buffer, (const void *)(uintptr_t)address, size);
		return 0;
	}
	return -EFAULT;
}

static int seam_symbol(void *data, const char *name, uint64_t *address)
{
	size_t i;

	if (!strncmp(name, "vmlinux:", 8))
		name += 8;
	for (i = 0; i < ARRAY_SIZE(variables); i++) {
		if (strcmp(variables[i].name, name))
			continue;
		*address = (uintptr_t)variables[i].at;
		return 0;
	}
	return -ENOENT;
}

/* Participants emit under locks, too: only where the scheduler may be entered. */
static void seam_relax(void *data)
{
	if (preemptible() && !rcu_preempt_depth())
		cond_resched();
}

const struct co_seam co_kernel_seam = {
	.clock = seam_clock,
	.wall = seam_wall,
	.read = seam_read,
	.symbol = seam_symbol,
	.relax = seam_relax,
};

/*
 * utsname.version is "#1 SMP PREEMPT_DYNAMIC Debian 6.1.190-1 (2026-10-16)"; elsewhere the release
 * speaks for itself.
 */
struct co_side_kernel running_kernel(void)
{
	static char release[__NEW_UTS_LEN + 1];
	const char *debian = strstr(init_utsname()->version, "Debian ");

	if (debian) {
		strscpy(release, debian + strlen("Debian "), sizeof(release));
		release[strcspn(release, " ")] = '\0';
	} else {
		strscpy(release, init_utsname()->release, sizeof(release));
	}
	return (struct co_side_kernel){
		.release = release, .arch = init_utsname()->machine, .build_id = ""};
}
