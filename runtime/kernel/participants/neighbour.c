// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Neighbours (ARP and IPv6) of the first network namespace: which address lies behind which.
 *
 * Frozen: every packet that comes in or goes out is dropped, ARP too, so that no neighbour is
 * confirmed, probed or changed; the timer that ages an entry is stopped, and started again by thaw;
 * every entry is held by reference. Root is trusted not to change entries by netlink.
 *
 * What crosses: the address, the link-layer address, state, type, protocol and flags, and the
 * device by name. An entry whose state is about a probe under way (INCOMPLETE, DELAY, PROBE,
 * FAILED) crosses as STALE where a link-layer address is known, and does not cross where none is:
 * there is nothing to keep.
 */
#include "../carryover_kernel.h"

#include <linux/mm.h>
#include <linux/netdevice.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/net_namespace.h>

#define SLACK 64
#define NAME_ROOM 64
#define KEY_ROOM 16 /* bytes of an IPv6 address; an IPv4 one is four and zeros */

/* An entry that is held; TIMED: its timer was stopped, with the reference that a timer has. */
struct kept {
	struct neighbour *neigh;
	unsigned long expires;
	bool timed;
};

static struct {
	struct kept *at;
	u32 n, room;
	bool full;
} held;

static struct neigh_table *const tables[] = {&arp_tbl, &nd_tbl};

/*
 * ---- the old side -------------------------------------------------------------------------------
 */

static bool is_worth(const struct neighbour *neigh)
{
	return net_eq(dev_net(neigh->dev), &init_net) && !neigh->dead &&
	       (READ_ONCE(neigh->nud_state) & NUD_VALID) && !(neigh->dev->flags & IFF_LOOPBACK) &&
	       neigh->type == RTN_UNICAST;
}

static void count_one(struct neighbour *neigh, void *data)
{
	*(u32 *)data += is_worth(neigh);
}

static void hold_one(struct neighbour *neigh, void *data)
{
	if (!is_worth(neigh))
		return;
	if (held.n == held.room)
		held.full = true;
	else if (refcount_inc_not_zero(&neigh->refcnt))
		held.at[held.n++].neigh = neigh;
}

static void each(void (*visit)(struct neighbour *neigh, void *data), void *data)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		neigh_for_each(tables[i], visit, data);
}

static int old_prepare(struct co_call *call, struct co_room *room)
{
	u32 n = 0;

	each(count_one, &n);
	held.room = n + n / 4 + SLACK;
	held.at = kvcalloc(held.room, sizeof(*held.at), GFP_KERNEL);
	if (!held.at)
		return co_no_memory(call);
	room->objects = held.room;
	room->bytes = held.room * (u64)sizeof(struct neighbour);
	room->copied = room->bytes;
	room->sides = held.room * 3;
	room->side_bytes = held.room * (KEY_ROOM + IFNAMSIZ + sizeof(u32));
	room->name_bytes =
		held.room * (NAME_ROOM + sizeof("key") + sizeof("device") + sizeof("family"));
	return 0;
}

/* Waits for a handler that runs: it may change the entry, and start the timer once more. */
static void timer_hold(struct kept *kept)
{
	kept->timed = del_timer_sync(&kept->neigh->timer);
	kept->expires = kept->neigh->timer.expires;
}

static void timer_go(struct kept *kept)
{
	if (kept->timed && mod_timer(&kept->neigh->timer, kept->expires))
		neigh_release(
			kept->neigh); /* somebody started it meanwhile, with another reference */
}

static void old_thaw(struct co_call *call)
{
	while (held.n) {
		struct kept *kept = &held.at[--held.n];

		timer_go(kept);
		neigh_release(kept->neigh);
		memset(kept, 0, sizeof(*kept));
	}
	co_packets_start();
}

static int old_freeze(struct co_call *call)
{
	int error = co_packets_stop();
	u32 i;

	if (error)
		return co_veto_value(call, "packets cannot be stopped", -error);
	held.full = false;
	each(hold_one, NULL);
	for (i = 0; i < held.n; i++)
		timer_hold(&held.at[i]);
	if (held.full) {
		old_thaw(call);
		return co_veto(call, "more neighbours came than there is room for; try again");
	}
	co_announce(call, held.n);
	return 0;
}

static int emit_sides(struct co_call *call, struct neighbour *neigh)
{
	u32 family = neigh->tbl->family;
	char device[IFNAMSIZ] = "";
	u8 key[KEY_ROOM] = {0};
	int error;

	memcpy(key, neigh->primary_key, min_t(u32, neigh->tbl->key_len, sizeof(key)));
	strscpy(device, neigh->dev->name, sizeof(device));
	error = co_emit_side(call, "family", &family, sizeof(family));
	if (!error)
		error = co_emit_side(call, "key", key, sizeof(key));
	if (!error)
		error = co_emit_side(call, "device", device, sizeof(device));
	return error;
}

static struct co_emission object_of(const struct co_call *call, const struct neighbour *neigh,
				    char name[NAME_ROOM])
{
	if (neigh->tbl->family == AF_INET)
		snprintf(name, NAME_ROOM, "%pI4 dev %s", neigh->primary_key, neigh->dev->name);
	else
		snprintf(name, NAME_ROOM, "%pI6c dev %s", neigh->primary_key, neigh->dev->name);
	return (struct co_emission){
		.type = co_type_of(call, "struct neighbour"),
		.bytes = neigh,
		.size = sizeof(*neigh),
		.name = name,
	};
}

static int emit_one(struct co_call *call, struct neighbour *neigh)
{
	char name[NAME_ROOM];
	const struct co_emission object = object_of(call, neigh, name);
	int error;

	read_lock_bh(&neigh->lock);
	error = co_emit(call, &object);
	read_unlock_bh(&neigh->lock);
	return error ? error : emit_sides(call, neigh);
}

struct looking {
	struct co_call *call;
	int error;
};

static void check_one(struct neighbour *neigh, void *data)
{
	struct looking *looking = data;
	char name[NAME_ROOM];
	const struct co_emission object = object_of(looking->call, neigh, name);

	if (is_worth(neigh) && !looking->error)
		looking->error = co_check(looking->call, &object);
}

static int old_preflight(struct co_call *call)
{
	struct looking looking = {.call = call};

	each(check_one, &looking);
	return looking.error;
}

static int old_capture(struct co_call *call)
{
	int error = 0;
	u32 i;

	for (i = 0; i < held.n && !error; i++)
		error = emit_one(call, held.at[i].neigh);
	return error;
}

/*
 * ---- the new side -------------------------------------------------------------------------------
 */

/* A neighbour is in one state, and one without a link-layer address was not captured. */
static bool is_state(u8 state)
{
	return hweight8(state) == 1 && state & (NUD_VALID | NUD_INCOMPLETE | NUD_FAILED);
}

static u8 state_here(u8 state)
{
	return state & (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_STALE) ? state : NUD_STALE;
}

static int make_one(struct co_call *call, const struct neighbour *image, struct neigh_table *table,
		    const u8 *key, struct net_device *dev)
{
	struct neighbour *neigh = __neigh_lookup_errno(table, key, dev);
	int error;

	if (IS_ERR(neigh))
		return co_veto_value(call, "this kernel does not take the neighbour",
				     -PTR_ERR(neigh));
	neigh->protocol = image->protocol;
	error = neigh_update(neigh, image->ha, state_here(image->nud_state),
			     NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN |
				     (image->flags & NTF_ROUTER ? NEIGH_UPDATE_F_ISROUTER : 0),
			     0);
	if (!error)
		co_arrived_at(call, (uintptr_t)neigh);
	neigh_release(neigh);
	return error ? co_veto_value(call, "this kernel does not take the neighbour's state",
				     -error)
		     : 0;
}

static int new_restore(struct co_call *call, const struct co_arrival *object)
{
	const struct neighbour *image = object->bytes;
	char device[IFNAMSIZ];
	struct net_device *dev;
	u8 key[KEY_ROOM];
	u32 family;
	int error;

	if (co_arrival_side(call, object, "family", &family, sizeof(family)) ||
	    co_arrival_side(call, object, "key", key, sizeof(key)) ||
	    co_arrival_side(call, object, "device", device, sizeof(device)))
		return co_veto(call, "its address or its device is missing in the image");
	if (family != AF_INET && family != AF_INET6)
		return co_veto_value(call, "its address is of a family that has no neighbours",
				     family);
	if (!is_state(image->nud_state))
		return co_veto_value(call, "it is in a state that no neighbour has",
				     image->nud_state);
	device[sizeof(device) - 1] = '\0';
	dev = dev_get_by_name(&init_net, device);
	if (!dev)
		return co_veto(call,
			       "there is no device of that name here: make it before restoring");
	if (!(dev->flags & IFF_UP))
		error = co_veto(call, "its device is down: set it up before restoring");
	else
		error = make_one(call, image, family == AF_INET ? &arp_tbl : &nd_tbl, key,
				 dev);
	dev_put(dev);
	return error;
}

static int new_audit(struct co_call *call, const struct co_tally *tally)
{
	u32 n = 0;

	each(count_one, &n);
	if (n < tally->restored)
		return co_veto_value(call, "fewer neighbours are known than were restored", n);
	return 0;
}

/*
 * ---- both ---------------------------------------------------------------------------------------
 */

static int prepare(struct co_call *call, struct co_room *room)
{
	return call->role == CO_ROLE_OLD ? old_prepare(call, room) : 0;
}

static void abort_(struct co_call *call)
{
	kvfree(held.at);
	memset(&held, 0, sizeof(held));
}

static const struct co_carried types[] = {
	{.type = "struct neighbour", .size = sizeof(struct neighbour)},
};

static const struct co_participant neighbour = {
	.name = "neighbour",
	.types = types,
	.n_types = ARRAY_SIZE(types),
	.prepare = prepare,
	.preflight = old_preflight,
	.freeze = old_freeze,
	.capture = old_capture,
	.thaw = old_thaw,
	.abort = abort_,
	.restore = new_restore,
	.audit = new_audit,
};

CO_PARTICIPANT_MODULE(neighbour);
