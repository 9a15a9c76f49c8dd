/* SPDX-License-Identifier: GPL-2.0-or-later OR MIT */
/*
 * What the core takes from a user-space program: fixed-width types and mem{cpy,move,set,cmp}, which
 * a freestanding compiler may call on its own anyway. A kernel build has the same in seam_kernel.h.
 */
#ifndef CO_SEAM_USER_H
#define CO_SEAM_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#endif
