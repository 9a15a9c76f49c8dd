// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The memory through which an image crosses. Both kernels are told to keep away from it on their
 * command lines (memmap=SIZE$ADDRESS): the reservation is not inherited across kexec, and without
 * it the bytes often survive by luck alone, so a kernel that was not told is refused.
 */
#include "internal.h"

#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>

static ulong at;
module_param(at, ulong, 0444);
MODULE_PARM_DESC(at, "physical address of the reserved memory");

static ulong size;
module_param(size, ulong, 0444);
MODULE_PARM_DESC(size, "its size in bytes");

static int refuse(struct co_reserved *reserved, const char *why)
{
	snprintf(reserved->why, sizeof(reserved->why),
		 "%s; boot with memmap=%luM$0x%lx and load carryover with at= and size= that say "
		 "the same",
		 why, size ? size >> 20 : 16, at ? at : 0x18000000ul);
	return -ENXIO;
}

int reserved_map(struct co_reserved *reserved)
{
	if (!at || !size)
		return refuse(reserved, "no reserved memory was named");
	if ((at | size) & ~PAGE_MASK || at + size < at)
		return refuse(reserved, "the reserved memory does not begin and end at pages");
	if (region_intersects(at, size, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) != REGION_DISJOINT)
		return refuse(reserved,
			      "this kernel uses the memory that was named: it is not reserved");
	if (region_intersects(at, size, IORESOURCE_MEM, IORES_DESC_RESERVED) != REGION_INTERSECTS)
		return refuse(reserved,
			      "the memory that was named is not reserved by the command line");
	reserved->data = memremap(at, size, MEMREMAP_WB);
	if (!reserved->data)
		return refuse(reserved, "the reserved memory cannot be mapped");
	reserved->size = size;
	return 0;
}

void reserved_unmap(struct co_reserved *reserved)
{
	if (reserved->data)
		memunmap(reserved->data);
	reserved->data = NULL;
}
