// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tracked connections of the first network namespace, with their helpers and expectations.
 *
 * Frozen: every packet that comes in or goes out is dropped, so that no entry is made or changed;
 * what there is when that has settled is held by reference, so that neither a timeout nor the
 * garbage collector takes it away until thaw. Root is trusted not to change entries by netlink.
 *
 * What crosses: both tuples, zone, status, mark, the protocol's own state, what is left of the
 * lifetime, the helper by name; of expectations what they expect, of whom, and what is left of
 * their time. What does not: counters, labels, timestamps and a helper's private data (an FTP
 * helper sees the next line as a first one). Connections that NAT translates are refused by name:
 * their binding belongs to a rule that made it.
 */
#include "../carryover_kernel.h"

#include <linux/slab.h>
#include <linux/string.h>
#include <linux/mm.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_expect.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_timestamp.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/tcp.h>

#define NAME_ROOM 112 /* bytes of "expect 6 [IPv6]:40000>[IPv6]:21", with the NUL */
#define SLACK                                                                                      \
	64 /* entries that may come between prepare and freeze, beside a quarter of those there are */

/*
 * ---- what is there ------------------------------------------------------------------------------
 */

struct held {
	struct nf_conn **connections;
	struct nf_conntrack_expect **expectations;
	u32 n_connections, n_expectations;
	u32 connections_room, expectations_room;
	bool full; /* there is more than room for it */
};

static struct held held;

static int count_connection(struct nf_conn *ct, void *data)
{
	++*(u32 *)data;
	return 0;
}

static bool count_expectation(struct nf_conntrack_expect *exp, void *data)
{
	++*(u32 *)data;
	return false;
}

static void each_connection(int (*visit)(struct nf_conn *ct, void *data), void *data)
{
	const struct nf_ct_iter_data iter = {.net = &init_net, .data = data};

	nf_ct_iterate_cleanup_net(visit, &iter);
}

static void each_expectation(bool (*visit)(struct nf_conntrack_expect *exp, void *data), void *data)
{
	nf_ct_expect_iterate_net(&init_net, visit, data, 0, 0);
}

/*
 * A table is walked once for each direction's entry: a connection counts at its original one, which
 * comes alone.
 */
static int hold_connection(struct nf_conn *ct, void *data)
{
	struct held *all = data;

	if (nf_ct_is_expired(ct) || nf_ct_is_dying(ct))
		return 0;
	if (all->n_connections == all->connections_room)
		all->full = true;
	else if (refcount_inc_not_zero(&ct->ct_general.use))
		all->connections[all->n_connections++] = ct;
	return 0;
}

static bool hold_expectation(struct nf_conntrack_expect *exp, void *data)
{
	struct held *all = data;

	if (all->n_expectations == all->expectations_room)
		all->full = true;
	else if (refcount_inc_not_zero(&exp->use))
		all->expectations[all->n_expectations++] = exp;
	return false;
}

static void held_put(void)
{
	while (held.n_connections)
		nf_ct_put(held.connections[--held.n_connections]);
	while (held.n_expectations)
		nf_ct_expect_put(held.expectations[--held.n_expectations]);
}

static void held_free(void)
{
	held_put();
	kvfree(held.connections);
	kvfree(held.expectations);
	memset(&held, 0, sizeof(held));
}

/*
 * ---- the old side -------------------------------------------------------------------------------
 */

static u32 with_slack(u32 n)
{
	return n + n / 4 + SLACK;
}

static int old_prepare(struct co_call *call, struct co_room *room)
{
	u32 connections = 0, expectations = 0;

	each_connection(count_connection, &connections);
	each_expectation(count_expectation, &expectations);
	held.connections_room = with_slack(connections);
	held.expectations_room = with_slack(expectations);
	held.connections = kvcalloc(held.connections_room, sizeof(*held.connections), GFP_KERNEL);
	held.expectations =
		kvcalloc(held.expectations_room, sizeof(*held.expectations), GFP_KERNEL);
	if (!held.connections || !held.expectations) {
		held_free();
		return co_no_memory(call);
	}
	room->objects = (u64)held.connections_room + held.expectations_room;
	room->bytes = held.connections_room * sizeof(struct nf_conn) +
		      held.expectations_room * sizeof(struct nf_conntrack_expect);
	room->copied = room->bytes;
	room->sides = room->objects * 3;
	room->side_bytes = room->objects * (2 * NF_CT_HELPER_NAME_LEN + sizeof(u64));
	room->name_bytes = room->objects * (NAME_ROOM + sizeof("assign_helper") + sizeof("helper") +
					    sizeof("left_ms"));
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
	each_connection(hold_connection, &held);
	each_expectation(hold_expectation, &held);
	if (held.full) {
		old_thaw(call);
		return co_veto(call, "more connections came than there is room for; try again");
	}
	co_announce(call, (u64)held.n_connections + held.n_expectations);
	return 0;
}

static void tuple_name(const struct nf_conntrack_tuple *tuple, char *name, size_t room)
{
	if (tuple->src.l3num == NFPROTO_IPV4)
		snprintf(name, room, "%u %pI4:%u>%pI4:%u", tuple->dst.protonum, &tuple->src.u3.ip,
			 ntohs(tuple->src.u.all), &tuple->dst.u3.ip, ntohs(tuple->dst.u.all));
	else
		snprintf(name, room, "%u [%pI6c]:%u>[%pI6c]:%u", tuple->dst.protonum,
			 &tuple->src.u3.in6, ntohs(tuple->src.u.all), &tuple->dst.u3.in6,
			 ntohs(tuple->dst.u.all));
}

static int emit_name(struct co_call *call, const char *side, struct nf_conntrack_helper *helper)
{
	char name[NF_CT_HELPER_NAME_LEN] = "";

	if (!helper)
		return 0;
	strscpy(name, helper->name, sizeof(name));
	return co_emit_side(call, side, name, sizeof(name));
}

static struct co_emission connection_object(const struct co_call *call, const struct nf_conn *ct,
					    char name[NAME_ROOM])
{
	tuple_name(&ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple, name, NAME_ROOM);
	return (struct co_emission){
		.type = co_type_of(call, "struct nf_conn"),
		.bytes = ct,
		.size = sizeof(*ct),
		.name = name,
	};
}

static struct co_emission expectation_object(const struct co_call *call,
					     const struct nf_conntrack_expect *exp,
					     char name[NAME_ROOM])
{
	memcpy(name, "expect ", sizeof("expect "));
	tuple_name(&exp->tuple, name + strlen(name), NAME_ROOM - strlen(name));
	return (struct co_emission){
		.type = co_type_of(call, "struct nf_conntrack_expect"),
		.bytes = exp,
		.size = sizeof(*exp),
		.name = name,
	};
}

static int emit_connection(struct co_call *call, struct nf_conn *ct)
{
	char name[NAME_ROOM];
	const struct co_emission object = connection_object(call, ct, name);
	struct nf_conn_help *help;
	int error = co_emit(call, &object);

	if (error)
		return error;
	rcu_read_lock();
	help = nfct_help(ct);
	error = help ? emit_name(call, "helper", rcu_dereference(help->helper)) : 0;
	rcu_read_unlock();
	return error;
}

static int emit_expectation(struct co_call *call, struct nf_conntrack_expect *exp)
{
	char name[NAME_ROOM];
	const struct co_emission object = expectation_object(call, exp, name);
	int error = co_emit(call, &object);

	if (error)
		return error;
	rcu_read_lock();
	error = emit_name(call, "helper", rcu_dereference(exp->helper));
	if (!error)
		error = emit_name(call, "assign_helper", rcu_dereference(exp->assign_helper));
	rcu_read_unlock();
	return error;
}

/* A walk over what lives, unfrozen, and what came of it. */
struct looking {
	struct co_call *call;
	int error;
};

static int check_connection(struct nf_conn *ct, void *data)
{
	struct looking *looking = data;
	char name[NAME_ROOM];
	const struct co_emission object = connection_object(looking->call, ct, name);

	if (!looking->error)
		looking->error = co_check(looking->call, &object);
	return 0;
}

static bool check_expectation(struct nf_conntrack_expect *exp, void *data)
{
	struct looking *looking = data;
	char name[NAME_ROOM];
	const struct co_emission object = expectation_object(looking->call, exp, name);

	if (!looking->error)
		looking->error = co_check(looking->call, &object);
	return false;
}

static int old_preflight(struct co_call *call)
{
	struct looking looking = {.call = call};

	each_connection(check_connection, &looking);
	each_expectation(check_expectation, &looking);
	return looking.error;
}

static int old_capture(struct co_call *call)
{
	int error = 0;
	u32 i;

	for (i = 0; i < held.n_connections && !error; i++)
		error = emit_connection(call, held.connections[i]);
	for (i = 0; i < held.n_expectations && !error; i++)
		error = emit_expectation(call, held.expectations[i]);
	return error;
}

/*
 * ---- the new side -------------------------------------------------------------------------------
 */

/* Connections that were made, each held until the audit: an expectation of one may come later. */
struct made {
	struct list_head list;
	struct nf_conn *ct;
};

static LIST_HEAD(all_made);

static void made_free(void)
{
	struct made *made, *next;

	list_for_each_entry_safe(made, next, &all_made, list)
	{
		nf_ct_put(made->ct);
		kfree(made);
	}
	INIT_LIST_HEAD(&all_made);
}

/* The helper whose name is the side value SIDE: NULL without one. Under rcu_read_lock(). */
static int helper_find(struct co_call *call, const struct co_arrival *object, const char *side,
		       u16 l3num, u8 protonum, struct nf_conntrack_helper **helper)
{
	char name[NF_CT_HELPER_NAME_LEN];

	*helper = NULL;
	if (co_arrival_side(call, object, side, name, sizeof(name)))
		return 0;
	name[sizeof(name) - 1] = '\0';
	*helper = __nf_conntrack_helper_find(name, l3num, protonum);
	return *helper ? 0
		       : co_veto(call, "its helper is not loaded here: load the module, as "
				       "nf_conntrack_ftp, before restoring");
}

static int add_helper(struct co_call *call, const struct co_arrival *object, struct nf_conn *ct)
{
	struct nf_conntrack_helper *helper;
	struct nf_conn_help *help;
	int error =
		helper_find(call, object, "helper", nf_ct_l3num(ct), nf_ct_protonum(ct), &helper);

	if (error || !helper)
		return error;
	help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help)
		return co_no_memory(call);
	__set_bit(IPS_HELPER_BIT, &ct->status);
	RCU_INIT_POINTER(help->helper, helper);
	return 0;
}

/* What of the old status holds here; IPS_CONFIRMED is this kernel's to say. */
#define STATUS_CROSSES (IPS_SEEN_REPLY | IPS_ASSURED | IPS_FIXED_TIMEOUT | IPS_UNTRACKED)
#define STATUS_TRANSLATED (IPS_NAT_MASK | IPS_NAT_CLASH | IPS_SEQ_ADJUST)

/*
 * Whether the state of the connection's protocol is one that its tables have: net/netfilter's
 * nf_conntrack_proto_*.c index by it.
 */
static bool has_state(const struct nf_conn *image)
{
	switch (nf_ct_protonum(image)) {
	case IPPROTO_TCP:
		return image->proto.tcp.state < TCP_CONNTRACK_MAX &&
		       image->proto.tcp.last_dir < IP_CT_DIR_MAX &&
		       image->proto.tcp.seen[0].td_scale <= TCP_MAX_WSCALE &&
		       image->proto.tcp.seen[1].td_scale <= TCP_MAX_WSCALE;
	case IPPROTO_SCTP:
		return image->proto.sctp.state < SCTP_CONNTRACK_MAX;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
	case IPPROTO_GRE:
		return true;
	default: /* tracked without a state of its own, or not known here */
		return !memchr_inv(&image->proto, 0, sizeof(image->proto));
	}
}

static bool is_family(u16 l3num)
{
	return l3num == NFPROTO_IPV4 || l3num == NFPROTO_IPV6;
}

/*
 * Whether the tuples are those of one connection. The table finds a connection by the direction that
 * an entry of it says: one that says another is taken for memory that it is not.
 */
static bool is_pair(const struct nf_conn *image)
{
	const struct nf_conntrack_tuple *there = &image->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	const struct nf_conntrack_tuple *back = &image->tuplehash[IP_CT_DIR_REPLY].tuple;

	return there->dst.dir == IP_CT_DIR_ORIGINAL && back->dst.dir == IP_CT_DIR_REPLY &&
	       is_family(there->src.l3num) && there->src.l3num == back->src.l3num &&
	       there->dst.protonum == back->dst.protonum;
}

static int fill_connection(struct co_call *call, const struct co_arrival *object,
			   const struct nf_conn *image, struct nf_conn *ct)
{
	int error;

	rcu_read_lock();
	error = add_helper(call, object, ct);
	rcu_read_unlock();
	if (error)
		return error;
	nf_ct_acct_ext_add(ct, GFP_ATOMIC);
	nf_ct_tstamp_ext_add(ct, GFP_ATOMIC);
	nf_ct_ecache_ext_add(ct, 0, 0, GFP_ATOMIC);
	ct->status |= (image->status & STATUS_CROSSES) | IPS_CONFIRMED;
	ct->timeout = image->timeout;
	ct->mark = image->mark;
	memcpy(&ct->proto, &image->proto, sizeof(ct->proto));
	return 0;
}

static int restore_connection(struct co_call *call, const struct co_arrival *object)
{
	const struct nf_conn *image = object->bytes;
	struct made *made;
	struct nf_conn *ct;
	int error;

	if (image->status & STATUS_TRANSLATED)
		return co_veto(
			call,
			"NAT translates it, and its binding belongs to a rule of the old kernel");
	if (!is_pair(image))
		return co_veto(call, "its two directions are not those of one connection");
	if (!has_state(image))
		return co_veto(call, "its protocol is in a state that this kernel does not know");
	made = kzalloc(sizeof(*made), GFP_KERNEL);
	if (!made)
		return co_no_memory(call);
	ct = nf_conntrack_alloc(&init_net, &image->zone,
				&image->tuplehash[IP_CT_DIR_ORIGINAL].tuple,
				&image->tuplehash[IP_CT_DIR_REPLY].tuple, GFP_KERNEL);
	if (IS_ERR(ct)) {
		kfree(made);
		return co_no_memory(call);
	}
	error = fill_connection(call, object, image, ct);
	if (!error && nf_conntrack_hash_check_insert(ct))
		error = co_veto(call,
				"this kernel tracks a connection of the same addresses already");
	if (error) {
		nf_conntrack_free(ct);
		kfree(made);
		return error;
	}
	made->ct = ct;
	list_add_tail(&made->list, &all_made);
	co_arrived_at(call, (uintptr_t)ct);
	return 0;
}

/*
 * nf_ct_expect_related_report() gives an expectation the time that its class has; what the old
 * kernel had left is less. Where the deadline is a number it adds to what stands there, where it is
 * a timer it starts one.
 */
static void expectation_before(struct nf_conntrack_expect *exp, u32 deadline, u32 given)
{
	if (__same_type(exp->timeout, u32))
		*(u32 *)&exp->timeout = deadline - given;
}

static void expectation_after(struct nf_conntrack_expect *exp, u32 deadline)
{
	if (__same_type(exp->timeout, struct timer_list))
		mod_timer((struct timer_list *)&exp->timeout,
			  jiffies + (s32)(deadline - (u32)jiffies));
}

/*
 * As struct nf_conntrack_expect has it in this kernel: what is left, as a deadline, is a side value
 * either way.
 */
static int expectation_deadline(struct co_call *call, const struct co_arrival *object,
				u32 *deadline)
{
	u64 left_ms;

	if (co_arrival_side(call, object, "left_ms", &left_ms, sizeof(left_ms)))
		return co_veto(call, "nothing says how much of its time was left");
	*deadline = (u32)jiffies + (u32)msecs_to_jiffies(min_t(u64, left_ms, 24 * 3600 * 1000));
	return 0;
}

static void expectation_fill(struct nf_conntrack_expect *exp,
			     const struct nf_conntrack_expect *image)
{
	exp->tuple = image->tuple;
	exp->mask = image->mask;
	exp->flags = image->flags &
		     (NF_CT_EXPECT_PERMANENT | NF_CT_EXPECT_INACTIVE | NF_CT_EXPECT_USERSPACE);
	exp->class = image->class;
	exp->zone = image->zone;
	write_pnet(&exp->net, &init_net);
	exp->saved_addr = image->saved_addr;
	exp->saved_proto = image->saved_proto;
	exp->dir = image->dir;
}

/* Under rcu_read_lock(). */
static int expectation_add(struct co_call *call, const struct co_arrival *object,
			   struct nf_conn *master)
{
	const struct nf_conntrack_expect *image = object->bytes;
	struct nf_conn_help *help = nfct_help(master);
	struct nf_conntrack_helper *helper = NULL, *assign = NULL, *of_master;
	struct nf_conntrack_expect *exp;
	u32 deadline;
	int error;

	of_master = help ? rcu_dereference(help->helper) : NULL;
	if (!of_master || image->class > of_master->expect_class_max)
		return co_veto(call,
			       "its connection has no helper that expects something of this class");
	error = expectation_deadline(call, object, &deadline);
	if (!error)
		error = helper_find(call, object, "helper", image->tuple.src.l3num,
				    image->tuple.dst.protonum, &helper);
	if (!error)
		error = helper_find(call, object, "assign_helper", image->tuple.src.l3num,
				    image->tuple.dst.protonum, &assign);
	if (error)
		return error;
	exp = nf_ct_expect_alloc(master);
	if (!exp)
		return co_no_memory(call);
	expectation_fill(exp, image);
	RCU_INIT_POINTER(exp->helper, helper);
	RCU_INIT_POINTER(exp->assign_helper, assign);
	expectation_before(exp, deadline, of_master->expect_policy[image->class].timeout * HZ);
	error = nf_ct_expect_related_report(exp, 0, 0, 0);
	if (error)
		error = co_veto_value(call, "this kernel does not take the expectation", -error);
	else
		expectation_after(exp, deadline);
	nf_ct_expect_put(exp);
	return error;
}

static int restore_expectation(struct co_call *call, const struct co_arrival *object)
{
	const struct nf_conntrack_expect *image = object->bytes;
	u64 master = 0;
	int error;

	if (co_arrival_address(call, object, "master", &master) || !master)
		return co_veto(call, "the connection that it belongs to was not restored");
	if (image->expectfn)
		return co_veto(call, "it calls a function of the module that expected it");
	if (image->dir >= IP_CT_DIR_MAX || !is_family(image->tuple.src.l3num))
		return co_veto(call, "it expects nothing that this kernel knows");
	rcu_read_lock();
	error = expectation_add(call, object, (struct nf_conn *)(uintptr_t)master);
	rcu_read_unlock();
	return error;
}

static int new_restore(struct co_call *call, const struct co_arrival *object)
{
	return strcmp(object->type_name, "struct nf_conn") ? restore_expectation(call, object)
							   : restore_connection(call, object);
}

static int new_audit(struct co_call *call, const struct co_tally *tally)
{
	u32 connections = 0, expectations = 0;

	each_connection(count_connection, &connections);
	each_expectation(count_expectation, &expectations);
	made_free();
	if ((u64)connections + expectations < tally->restored)
		return co_veto_value(
			call, "fewer connections and expectations are tracked than were restored",
			connections + expectations);
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
	held_free();
	made_free();
}

static const struct co_carried types[] = {
	{.type = "struct nf_conn", .size = sizeof(struct nf_conn)},
	{.type = "struct nf_conntrack_expect", .size = sizeof(struct nf_conntrack_expect)},
};

static const struct co_participant conntrack = {
	.name = "conntrack",
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

CO_PARTICIPANT_MODULE(conntrack);
