/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/* What the core takes from a kernel that it is built into: fixed-width types and
 * mem{cpy,move,set,cmp}. */
#ifndef CO_SEAM_KERNEL_H
#define CO_SEAM_KERNEL_H

#include <linux/limits.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

#ifndef UINT32_MAX
#define UINT32_MAX U32_MAX
#endif

#endif
