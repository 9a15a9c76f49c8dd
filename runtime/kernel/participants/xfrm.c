// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IPsec states and policies of the first network namespace.
 *
 * Frozen: every packet that comes in or goes out is dropped, so that no sequence number, counter or
 * replay window moves; every state and policy is held by reference.
 *
 * What crosses: addresses, SPI, selectors, marks, mode, lifetimes with what of them is used up (in
 * wall-clock seconds), sequence numbers and replay windows, algorithms with their keys,
 * encapsulation. Refused by name: states that are offloaded to a device, that carry a security
 * context, use a compression, or are still being negotiated; policies with a security context.
 */
#include "../carryover_kernel.h"
#include "xfrm_parts.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/xfrm.h>

#define SLACK 16
#define NAME_ROOM 96
#define ALGORITHM_MAX 4096 /* bytes of a key with its name and lengths */

static struct {
	struct xfrm_state **states;
	struct xfrm_policy **policies;
	u32 n_states, n_policies, states_room, policies_room;
	bool full;
} held;

/*
 * ---- what is there ------------------------------------------------------------------------------
 */

static int visit_state(struct xfrm_state *x, int n, void *data)
{
	u32 *count = data;

	if (x->km.state != XFRM_STATE_VALID && x->km.state != XFRM_STATE_ACQ)
		return 0;
	if (count) {
		++*count;
	} else if (held.n_states == held.states_room) {
		held.full = true;
	} else {
		xfrm_state_hold(x);
		held.states[held.n_states++] = x;
	}
	return 0;
}

/* Policies of sockets go with their sockets: they are not in a direction that a rule has. */
static int visit_policy(struct xfrm_policy *policy, int direction, int n, void *data)
{
	u32 *count = data;

	if (direction >= XFRM_POLICY_MAX)
		return 0;
	if (count) {
		++*count;
	} else if (held.n_policies == held.policies_room) {
		held.full = true;
	} else {
		xfrm_pol_hold(policy);
		held.policies[held.n_policies++] = policy;
	}
	return 0;
}

static void walk(u32 *states, u32 *policies)
{
	struct xfrm_policy_walk policy_walk;
	struct xfrm_state_walk state_walk;

	xfrm_state_walk_init(&state_walk, IPSEC_PROTO_ANY, NULL);
	xfrm_state_walk(&init_net, &state_walk, visit_state, states);
	xfrm_state_walk_done(&state_walk, &init_net);
	xfrm_policy_walk_init(&policy_walk, XFRM_POLICY_TYPE_MAIN);
	xfrm_policy_walk(&init_net, &policy_walk, visit_policy, policies);
	xfrm_policy_walk_done(&policy_walk, &init_net);
}

static void held_put(void)
{
	while (held.n_states)
		xfrm_state_put(held.states[--held.n_states]);
	while (held.n_policies)
		xfrm_pol_put(held.policies[--held.n_policies]);
}

/*
 * ---- the old side -------------------------------------------------------------------------------
 */

static const void *part_of(const struct xfrm_state *x, enum part part)
{
	switch (part) {
	case PART_AUTH:
		return x->aalg;
	case PART_CRYPT:
		return x->ealg;
	case PART_AEAD:
		return x->aead;
	case PART_ENCAP:
		return x->encap;
	case PART_COADDR:
		return x->coaddr;
	case PART_REPLAY:
		return x->replay_esn;
	default:
		return NULL;
	}
}

static int old_prepare(struct co_call *call, struct co_room *room)
{
	u32 states = 0, policies = 0;

	walk(&states, &policies);
	held.states_room = states + states / 4 + SLACK;
	held.policies_room = policies + policies / 4 + SLACK;
	held.states = kvcalloc(held.states_room, sizeof(*held.states), GFP_KERNEL);
	held.policies = kvcalloc(held.policies_room, sizeof(*held.policies), GFP_KERNEL);
	if (!held.states || !held.policies) {
		kvfree(held.states);
		kvfree(held.policies);
		memset(&held, 0, sizeof(held));
		return co_no_memory(call);
	}
	room->objects = (u64)held.states_room + held.policies_room;
	room->bytes = held.states_room * (u64)sizeof(struct xfrm_state) +
		      held.policies_room * (u64)sizeof(struct xfrm_policy);
	room->copied = room->bytes;
	room->sides = (u64)held.states_room * (2 * PARTS + 1);
	room->side_bytes = (u64)held.states_room * (PARTS * sizeof(u32) + 2048);
	room->name_bytes = room->objects * NAME_ROOM + (u64)held.states_room * PARTS * 32;
	return 0;
}

static void old_thaw(struct co_call *call)
{
	held_put();
	co_packets_start();
}

static int old_freeze(struct co_call *call)
{
	int error = co_packets_stop();

	if (error)
		return co_veto_value(call, "packets cannot be stopped", -error);
	held.full = false;
	walk(NULL, NULL);
	if (held.full) {
		old_thaw(call);
		return co_veto(call,
			       "more states or policies came than there is room for; try again");
	}
	co_announce(call, (u64)held.n_states + held.n_policies);
	return 0;
}

static const char *state_refusal(const struct xfrm_state *x)
{
	if (x->km.state != XFRM_STATE_VALID)
		return "it is still being negotiated";
	if (x->xso.dev)
		return "it is offloaded to a device";
	if (x->security)
		return "it has a security context";
	if (x->calg || x->tunnel)
		return "it compresses";
	return NULL;
}

static int emit_parts(struct co_call *call, const struct xfrm_state *x)
{
	u32 refused = state_refusal(x) != NULL;
	int error = co_emit_side(call, "refused", &refused, sizeof(refused)), part;

	for (part = 0; part < PARTS && !error; part++) {
		const void *bytes = part_of(x, part);
		u32 size;

		if (!bytes)
			continue;
		size = part_length(part, bytes);
		error = co_emit_side(call, part_sizes[part], &size, sizeof(size));
		if (!error)
			error = co_emit_side(call, part_names[part], bytes, size);
	}
	return error;
}

static struct co_emission state_object(const struct co_call *call, const struct xfrm_state *x,
				       char name[NAME_ROOM])
{
	if (x->props.family == AF_INET)
		snprintf(name, NAME_ROOM, "state %pI4>%pI4 spi 0x%x", &x->props.saddr.a4,
			 &x->id.daddr.a4, ntohl(x->id.spi));
	else
		snprintf(name, NAME_ROOM, "state %pI6c>%pI6c spi 0x%x", &x->props.saddr,
			 &x->id.daddr, ntohl(x->id.spi));
	return (struct co_emission){
		.type = co_type_of(call, "struct xfrm_state"),
		.bytes = x,
		.size = sizeof(*x),
		.name = name,
	};
}

static struct co_emission policy_object(const struct co_call *call,
					const struct xfrm_policy *policy, char name[NAME_ROOM])
{
	snprintf(name, NAME_ROOM, "policy %u priority %u", policy->index, policy->priority);
	return (struct co_emission){
		.type = co_type_of(call, "struct xfrm_policy"),
		.bytes = policy,
		.size = sizeof(*policy),
		.name = name,
	};
}

static int emit_state(struct co_call *call, struct xfrm_state *x)
{
	char name[NAME_ROOM];
	const struct co_emission object = state_object(call, x, name);
	int error;

	spin_lock_bh(&x->lock);
	error = co_emit(call, &object);
	if (!error)
		error = emit_parts(call, x);
	spin_unlock_bh(&x->lock);
	return error;
}

static int emit_policy(struct co_call *call, struct xfrm_policy *policy)
{
	char name[NAME_ROOM];
	const struct co_emission object = policy_object(call, policy, name);
	int error;

	read_lock_bh(&policy->lock);
	error = co_emit(call, &object);
	read_unlock_bh(&policy->lock);
	return error;
}

/* Holds what there is as freeze does, for as long as it is looked at. */
static int old_preflight(struct co_call *call)
{
	char name[NAME_ROOM];
	int error = 0;
	u32 i;

	walk(NULL, NULL);
	for (i = 0; i < held.n_states && !error; i++) {
		const struct co_emission object = state_object(call, held.states[i], name);

		spin_lock_bh(&held.states[i]->lock);
		error = co_check(call, &object);
		spin_unlock_bh(&held.states[i]->lock);
	}
	for (i = 0; i < held.n_policies && !error; i++) {
		const struct co_emission object = policy_object(call, held.policies[i], name);

		error = co_check(call, &object);
	}
	held_put();
	return error;
}

static int old_capture(struct co_call *call)
{
	int error = 0;
	u32 i;

	for (i = 0; i < held.n_states && !error; i++)
		error = emit_state(call, held.states[i]);
	for (i = 0; i < held.n_policies && !error; i++)
		error = emit_policy(call, held.policies[i]);
	return error;
}

/*
 * ---- the new side -------------------------------------------------------------------------------
 */

static int part_set(struct xfrm_state *x, enum part part, void *bytes)
{
	switch (part) {
	case PART_AUTH:
		x->aalg = bytes;
		return 0;
	case PART_CRYPT:
		x->ealg = bytes;
		return 0;
	case PART_AEAD:
		x->aead = bytes;
		return 0;
	case PART_ENCAP:
		x->encap = bytes;
		return 0;
	case PART_COADDR:
		x->coaddr = bytes;
		return 0;
	case PART_REPLAY:
		x->replay_esn = bytes;
		x->preplay_esn = kmemdup(bytes, xfrm_replay_state_esn_len(bytes), GFP_KERNEL);
		return x->preplay_esn ? 0 : -ENOMEM;
	default:
		return -EINVAL;
	}
}

static int add_part(struct co_call *call, const struct co_arrival *object, struct xfrm_state *x,
		    enum part part)
{
	void *bytes;
	u32 size;

	if (co_arrival_side(call, object, part_sizes[part], &size, sizeof(size)))
		return 0;
	if (size < part_least[part] || size > ALGORITHM_MAX)
		return co_veto(call, "a part of it has an impossible size");
	bytes = kzalloc(size, GFP_KERNEL);
	if (!bytes)
		return co_no_memory(call);
	if (co_arrival_side(call, object, part_names[part], bytes, size)) {
		kfree_sensitive(bytes);
		return co_veto(call, "a part of it is missing in the image");
	}
	if (!part_is_sound(part, bytes, size)) {
		kfree_sensitive(bytes);
		return co_veto(call,
			       "a part of it does not have the size or the name that it says");
	}
	return part_set(x, part, bytes) ? co_no_memory(call) : 0;
}

/*
 * geniv is a string of the algorithm's own module: net/xfrm/xfrm_user.c, attach_crypt() and
 * attach_aead().
 */
static int find_algorithms(struct co_call *call, struct xfrm_state *x)
{
	struct xfrm_algo_desc *algorithm;

	if (x->ealg) {
		algorithm = xfrm_ealg_get_byname(x->ealg->alg_name, 1);
		if (!algorithm)
			return co_veto(
				call,
				"its cipher is not to be had in this kernel: load the module");
		x->geniv = algorithm->uinfo.encr.geniv;
	}
	if (x->aalg && !xfrm_aalg_get_byname(x->aalg->alg_name, 1))
		return co_veto(
			call,
			"its authentication is not to be had in this kernel: load the module");
	if (x->aead) {
		algorithm = xfrm_aead_get_byname(x->aead->alg_name, x->aead->alg_icv_len, 1);
		if (!algorithm)
			return co_veto(
				call,
				"its cipher is not to be had in this kernel: load the module");
		x->geniv = algorithm->uinfo.aead.geniv;
	}
	return 0;
}

/* Zero is a selector of any family; prefixes are counted in the bits of an address. */
static bool is_selector(const struct xfrm_selector *sel, u16 family)
{
	const u8 bits = family == AF_INET ? 32 : 128;

	return (family == AF_INET || family == AF_INET6) && sel->prefixlen_s <= bits &&
	       sel->prefixlen_d <= bits;
}

/*
 * net/xfrm/xfrm_user.c, verify_newsa_info(): what xfrm_init_state() takes as said, because whoever
 * writes by netlink is asked there.
 */
static const char *state_contradiction(const struct xfrm_state *image)
{
	const u16 family = image->sel.family ? image->sel.family : image->props.family;

	if (image->props.family != AF_INET && image->props.family != AF_INET6)
		return "its addresses are of no family that IPsec has";
	if (!is_selector(&image->sel, family))
		return "it selects addresses that cannot be";
	if (image->props.mode >= XFRM_MODE_MAX)
		return "it is in no mode that this kernel knows";
	if (image->props.replay_window > 8 * sizeof(image->replay.bitmap))
		return "its replay window is wider than what it keeps of it";
	return NULL;
}

static void fill_state(struct xfrm_state *x, const struct xfrm_state *image)
{
	x->id = image->id;
	x->sel = image->sel;
	x->mark = image->mark;
	x->if_id = image->if_id;
	x->tfcpad = image->tfcpad;
	x->lft = image->lft;
	x->props.reqid = image->props.reqid;
	x->props.mode = image->props.mode;
	x->props.replay_window = image->props.replay_window;
	x->props.aalgo = image->props.aalgo;
	x->props.ealgo = image->props.ealgo;
	x->props.calgo = image->props.calgo;
	x->props.flags = image->props.flags;
	x->props.family = image->props.family;
	x->props.saddr = image->props.saddr;
	x->props.extra_flags = image->props.extra_flags;
	x->props.smark = image->props.smark;
	x->mapping_maxage = image->mapping_maxage;
}

static int build_state(struct co_call *call, const struct co_arrival *object, struct xfrm_state *x)
{
	const struct xfrm_state *image = object->bytes;
	int error = 0, part;

	fill_state(x, image);
	for (part = 0; part < PARTS && !error; part++)
		error = add_part(call, object, x, part);
	if (!error)
		error = find_algorithms(call, x);
	if (error)
		return error;
	error = xfrm_init_state(x);
	if (error)
		return co_veto_value(
			call,
			"this kernel cannot set the state up: are its protocol and ciphers loaded",
			-error);
	x->replay = image->replay;
	x->preplay = image->preplay;
	x->replay_maxage = image->replay_maxage;
	x->replay_maxdiff = image->replay_maxdiff;
	x->curlft = image->curlft;
	x->lastused = image->lastused;
	return 0;
}

static int restore_state(struct co_call *call, const struct co_arrival *object)
{
	const char *why = state_contradiction(object->bytes);
	struct xfrm_state *x;
	u32 refused;
	int error;

	if (co_arrival_side(call, object, "refused", &refused, sizeof(refused)) || refused)
		return co_veto(call, "it was offloaded, compressing, being negotiated, or had a "
				     "security context");
	if (why)
		return co_veto(call, why);
	x = xfrm_state_alloc(&init_net);
	if (!x)
		return co_no_memory(call);
	error = build_state(call, object, x);
	if (!error && xfrm_state_add(x))
		error = co_veto(call, "this kernel has a state of that address and SPI already");
	if (error) {
		x->km.state = XFRM_STATE_DEAD;
		xfrm_state_put(x);
		return error;
	}
	co_arrived_at(call, (uintptr_t)x);
	return 0;
}

static bool is_template(const struct xfrm_tmpl *tmpl)
{
	return tmpl->mode < XFRM_MODE_MAX &&
	       (tmpl->encap_family == AF_INET || tmpl->encap_family == AF_INET6);
}

/* verify_newpolicy_info() and validate_tmpl(), as above. */
static const char *policy_contradiction(const struct xfrm_policy *image)
{
	u32 i;

	if (image->xfrm_nr > XFRM_MAX_DEPTH ||
	    xfrm_policy_id2dir(image->index) >= XFRM_POLICY_MAX ||
	    image->type != XFRM_POLICY_TYPE_MAIN || image->action > XFRM_POLICY_BLOCK)
		return "it is no policy that a rule makes";
	if (!is_selector(&image->selector, image->family) ||
	    (image->selector.family && image->selector.family != image->family))
		return "it selects addresses that cannot be";
	for (i = 0; i < image->xfrm_nr; i++)
		if (!is_template(&image->xfrm_vec[i]))
			return "it asks for a state that cannot be";
	return NULL;
}

static int restore_policy(struct co_call *call, const struct co_arrival *object)
{
	const struct xfrm_policy *image = object->bytes;
	const char *why = policy_contradiction(image);
	struct xfrm_policy *policy;
	int error;

	if (why)
		return co_veto(call, why);
	policy = xfrm_policy_alloc(&init_net, GFP_KERNEL);
	if (!policy)
		return co_no_memory(call);
	policy->priority = image->priority;
	policy->index = image->index;
	policy->if_id = image->if_id;
	policy->mark = image->mark;
	policy->selector = image->selector;
	policy->lft = image->lft;
	policy->type = image->type;
	policy->action = image->action;
	policy->flags = image->flags;
	policy->xfrm_nr = image->xfrm_nr;
	policy->family = image->family;
	memcpy(policy->xfrm_vec, image->xfrm_vec, sizeof(policy->xfrm_vec));
	error = xfrm_policy_insert(xfrm_policy_id2dir(image->index), policy, 1);
	if (error) {
		policy->walk.dead = 1;
		xfrm_policy_destroy(policy);
		return co_veto_value(call, "this kernel has a policy of that selector already",
				     -error);
	}
	write_lock_bh(&policy->lock);
	policy->curlft = image->curlft; /* set anew by xfrm_policy_insert() */
	write_unlock_bh(&policy->lock);
	co_arrived_at(call, (uintptr_t)policy);
	return 0;
}

static int new_restore(struct co_call *call, const struct co_arrival *object)
{
	return strcmp(object->type_name, "struct xfrm_state") ? restore_policy(call, object)
							      : restore_state(call, object);
}

static int new_audit(struct co_call *call, const struct co_tally *tally)
{
	u32 states = 0, policies = 0;

	walk(&states, &policies);
	if ((u64)states + policies < tally->restored)
		return co_veto_value(call, "fewer states and policies are there than were restored",
				     states + policies);
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
	kvfree(held.states);
	kvfree(held.policies);
	memset(&held, 0, sizeof(held));
}

static const struct co_carried types[] = {
	{.type = "struct xfrm_state", .size = sizeof(struct xfrm_state)},
	{.type = "struct xfrm_policy", .size = sizeof(struct xfrm_policy)},
};

static const struct co_participant xfrm = {
	.name = "xfrm",
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

CO_PARTICIPANT_MODULE(xfrm);
