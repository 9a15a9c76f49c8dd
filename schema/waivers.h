/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Waivers: findings that somebody accepted, each with who, why and until when. Published as
 * schema/waivers.schema.json:
 *
 *	carryover-waivers: 1
 *	waivers:
 *	  - rule: ADDED
 *	    type: struct mm_struct
 *	    member: futex_unique_id        left out for the type as a whole
 *	    fingerprint: 7a0b...           of the change itself: another one is not waived
 *	    reason: no restorer reads it
 *	    owner: mm team                 may be left out
 *	    expires: 2027-03-31            the last day on which it holds; may be left out
 */
#ifndef CO_SCHEMA_WAIVERS_H
#define CO_SCHEMA_WAIVERS_H

#include "mapping.h"

#define WAIVERS_BYTES_MAX (4u << 20)

struct waiver {
	struct words rule, type, member, fingerprint, reason, owner, expires;
	struct place at; /* of the waiver itself */
};

struct waivers {
	const char *file;
	struct arena arena;
	struct {
		struct waiver *at;
		size_t n, room;
	} list;
	const struct yaml_node *items; /* the list in the file, or NULL: it has none */
};

void waivers_init(struct waivers *waivers);
void waivers_deinit(struct waivers *waivers);

/*
 * Reads the N bytes at DATA called FILE into WAIVERS (made by waivers_init()). RULES are the N_RULES ids
 * that there are. False with every diagnostic there is to give: also for a rule, a fingerprint or a
 * day that is none, a waiver without a reason, and one that stands twice.
 */
bool waivers_read(const char *file, const char *data, size_t n, const char *const *rules,
		  size_t n_rules, struct waivers *waivers, struct diags *diags);

/* True when TEXT is a day that there is, written YYYY-MM-DD. */
bool is_day(const char *text);

#endif
