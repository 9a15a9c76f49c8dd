/* SPDX-License-Identifier: GPL-2.0-or-later */
enum cpuhp_state { CPUHP_INVALID = -1, CPUHP_OFFLINE, CPUHP_MAPS, CPUHP_CREATE, CPUHP_ONLINE } state;
struct expect {
	enum { PERMANENT = 1, DEAD = 4, INACTIVE = 2 } constants;
} expect;
typedef enum { IGET_NORMAL, IGET_SPECIAL, IGET_NOWAIT } iget_flags;
iget_flags iget;
struct holder {
	enum cpuhp_state state;
} holder;
